//! What a page shows of a file: text, prose, a table, a picture; decided by its name and its first bytes.

use axum::body::{Body, to_bytes};
use sha2::{Digest, Sha256};
use stoa_core::{Failure, Reply};
use stoa_http::Origin;
use stoa_hub::{Access, File, Repo};
use stoa_render::{Links, Table, delimited, highlight, json_array, json_lines, markdown, notebook, plain};

use super::place::Place;
use crate::markup::{Markup, below};
use crate::work;

/// Bytes of a text that are shown.
pub(super) const TEXT: u64 = 512 << 10;
/// Bytes of a notebook that is read: pictures in it are long.
const NOTEBOOK: u64 = 8 << 20;
/// Lines of a text that are shown.
const LINES: usize = 20_000;
/// Rows of a table that are shown.
const ROWS: usize = 100;
/// Milliseconds that coloring may take.
const COLORING: u64 = 250;

/// The beginning of a text.
pub(super) struct Text {
    pub(super) text: String,
    /// Whether the file goes on.
    pub(super) cut: bool,
}

/// A text that somebody is writing, as it will look.
pub(super) async fn preview(place: &Place, path: &str, text: String, origin: &Origin) -> Reply<View> {
    let etag =
        Sha256::digest(text.as_bytes()).iter().fold(String::new(), |id, byte| format!("{id}{byte:02x}"));
    let at = (path, etag.as_str());
    Ok(match kind_of(path) {
        Kind::Markdown => View::Prose { html: prose(place, at, text, origin).await?, cut: false },
        _ => View::Code { html: code(at, text).await?, cut: false },
    })
}

/// What a page shows.
pub(super) enum View {
    /// Numbered lines.
    Code {
        html: Markup,
        cut: bool,
    },
    /// Prose or a notebook.
    Prose {
        html: Markup,
        cut: bool,
    },
    /// The first rows of a table.
    Rows {
        table: Table,
        cut: bool,
    },
    Image,
    Audio,
    Video,
    Pdf,
    /// Weights, of which the page of the repository shows the tensors.
    Tensors,
    Parquet,
    /// Nothing to be shown.
    Binary,
    Empty,
    /// The files are behind a gate; the sentence says what to do.
    Gated(String),
}

/// What files of a kind are shown as.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Kind {
    Markdown,
    Notebook,
    Delimited(char),
    JsonLines,
    Json,
    Svg,
    Image,
    Audio,
    Video,
    Pdf,
    Tensors,
    Parquet,
    Other,
}

fn kind_of(name: &str) -> Kind {
    let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension).to_ascii_lowercase();
    match extension.as_str() {
        "md" | "markdown" => Kind::Markdown,
        "ipynb" => Kind::Notebook,
        "csv" => Kind::Delimited(','),
        "tsv" => Kind::Delimited('\t'),
        "jsonl" | "ndjson" => Kind::JsonLines,
        "json" => Kind::Json,
        "svg" => Kind::Svg,
        "png" | "jpg" | "jpeg" | "gif" | "webp" | "avif" | "bmp" | "ico" => Kind::Image,
        "mp3" | "wav" | "flac" | "ogg" | "oga" | "opus" | "m4a" => Kind::Audio,
        "mp4" | "m4v" | "webm" => Kind::Video,
        "pdf" => Kind::Pdf,
        "safetensors" | "gguf" => Kind::Tensors,
        "parquet" => Kind::Parquet,
        _ => Kind::Other,
    }
}

/// Whether a file of this name is a picture that browsers draw.
pub(super) fn is_picture(name: &str) -> bool {
    matches!(kind_of(name), Kind::Image | Kind::Svg)
}

/// Whether a file of this name is shown as something else than its text, if it has one.
pub(super) fn has_source(name: &str) -> bool {
    matches!(
        kind_of(name),
        Kind::Markdown | Kind::Notebook | Kind::Delimited(_) | Kind::JsonLines | Kind::Json | Kind::Svg
    )
}

/// The beginning of a file as text, at most `max` bytes up to the end of a line; `None` if it is no text.
pub(super) async fn text<A: Access>(repo: &Repo<A>, file: &File, max: u64) -> Reply<Option<Text>> {
    let end = file.size.min(max);
    let body = Body::from_stream(repo.open_file(file, 0..end).await?);
    let bytes = to_bytes(body, max as usize).await.map_err(Failure::internal)?;
    Ok(read(&bytes, file.size > max))
}

fn read(bytes: &[u8], cut: bool) -> Option<Text> {
    if bytes.contains(&0) {
        return None;
    }
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text,
        // The last character may be cut in two.
        Err(error) if cut && error.error_len().is_none() => {
            std::str::from_utf8(&bytes[..error.valid_up_to()]).unwrap_or_default()
        }
        Err(_) => return None,
    };
    let whole = if cut { text.rfind('\n').map_or(text, |at| &text[..=at]) } else { text };
    Some(Text { text: whole.to_owned(), cut })
}

/// What to show of a file. `source`: its text, whatever else it could be shown as.
pub(super) async fn view(
    place: &Place,
    file: &File,
    source: bool,
    origin: &Origin,
) -> Reply<(View, Option<usize>)> {
    if let Err(failure) = place.repo.check_content().await {
        return Ok((View::Gated(failure.message), None));
    }
    if file.size == 0 {
        return Ok((View::Empty, None));
    }
    let kind = kind_of(&file.path);
    match kind {
        Kind::Svg if !source => return Ok((View::Image, None)),
        Kind::Image => return Ok((View::Image, None)),
        Kind::Audio => return Ok((View::Audio, None)),
        Kind::Video => return Ok((View::Video, None)),
        Kind::Pdf => return Ok((View::Pdf, None)),
        Kind::Tensors => return Ok((View::Tensors, None)),
        Kind::Parquet => return Ok((View::Parquet, None)),
        _ => {}
    }
    let max = if kind == Kind::Notebook && !source { NOTEBOOK } else { TEXT };
    let Some(Text { text, cut }) = text(&place.repo, file, max).await? else {
        return Ok((View::Binary, None));
    };
    let lines = (!cut).then(|| text.lines().count());
    if !source {
        match kind {
            Kind::Markdown => {
                return Ok((
                    View::Prose { html: prose(place, (&file.path, &file.etag()), text, origin).await?, cut },
                    lines,
                ));
            }
            Kind::Notebook if !cut => {
                if let Some(html) = cells(place, file, text.clone(), origin).await? {
                    return Ok((View::Prose { html, cut }, lines));
                }
            }
            Kind::Delimited(_) | Kind::JsonLines | Kind::Json => {
                let whole = text.clone();
                if let Some(table) = work::run(move || table(kind, &whole, cut)).await? {
                    return Ok((View::Rows { table, cut }, lines));
                }
            }
            _ => {}
        }
    }
    let cut_lines = lines.is_none_or(|lines| lines > LINES);
    let html = code((&file.path, &file.etag()), text).await?;
    Ok((View::Code { html, cut: cut || cut_lines }, lines))
}

/// The first rows, if the text is a table.
fn table(kind: Kind, text: &str, cut: bool) -> Option<Table> {
    let table = match kind {
        Kind::Delimited(separator) => delimited(text, separator, ROWS),
        Kind::JsonLines => json_lines(text, ROWS),
        Kind::Json if !cut => json_array(text, ROWS)?,
        _ => return None,
    };
    // Values that are no objects are read better as they stand.
    let bare = !matches!(kind, Kind::Delimited(_)) && table.columns.iter().all(|column| column == "value");
    (!bare && !table.rows.is_empty()).then_some(table)
}

/// Numbered lines, colored where the language is known.
pub(super) async fn code((path, etag): (&str, &str), mut text: String) -> Reply<Markup> {
    let name = path.rsplit('/').next().unwrap_or_default().to_owned();
    if text.len() as u64 > TEXT {
        text.truncate(text.floor_char_boundary(TEXT as usize));
    }
    let key = format!("code {etag} {name}");
    let work = move || {
        let more = work::budget(COLORING);
        let colored = highlight(&text, &name, &more);
        let complete = more();
        let mut html = String::with_capacity(text.len() * 3);
        let plain = colored.is_none().then(|| text.lines().take(LINES).map(plain).collect());
        for (at, line) in colored.or(plain).unwrap_or_default().iter().take(LINES).enumerate() {
            let number = (at + 1).to_string();
            for part in ["<div class=\"line\" id=\"L", &number, "\"><a href=\"#L", &number, "\">", &number] {
                html.push_str(part);
            }
            html.push_str("</a><code>");
            html.push_str(line);
            html.push_str("\n</code></div>");
        }
        (html, complete)
    };
    Ok(Markup(work::once(key, work).await?.to_string()))
}

/// Markdown as HTML; its front matter, if it has one, stands before it as code.
pub(super) async fn prose(
    place: &Place,
    (path, etag): (&str, &str),
    text: String,
    origin: &Origin,
) -> Reply<Markup> {
    let around = Around::of(place, path, origin);
    let key = around.key("prose", etag);
    let work = move || {
        let more = work::budget(COLORING);
        let split = stoa_meta::card::split(&text);
        let mut html = String::new();
        if let Some(yaml) = split.yaml {
            let lines = highlight(yaml, "card.yaml", &more);
            let lines = lines.unwrap_or_else(|| yaml.lines().map(plain).collect());
            html.push_str("<pre class=\"front-matter\" tabindex=\"0\"><code>");
            html.push_str(&lines.join("\n"));
            html.push_str("</code></pre>");
        }
        html.push_str(&below(around.with(&more, |links| markdown(split.body, links)).html));
        let complete = more();
        (html, complete)
    };
    Ok(Markup(work::once(key, work).await?.to_string()))
}

/// A notebook as HTML, if it is one.
async fn cells(place: &Place, file: &File, text: String, origin: &Origin) -> Reply<Option<Markup>> {
    let around = Around::of(place, &file.path, origin);
    let key = around.key("notebook", &file.etag());
    let work = move || {
        let more = work::budget(COLORING);
        let made = around.with(&more, |links| notebook(&text, links));
        let complete = more();
        (made.map(|html| below(html.html)).unwrap_or_default(), complete)
    };
    let html = work::once(key, work).await?.to_string();
    Ok((!html.is_empty()).then_some(Markup(html)))
}

/// Where a text stands, for the links in it.
struct Around {
    page: String,
    file: String,
    folder: String,
    origin: String,
}

impl Around {
    fn of(place: &Place, path: &str, origin: &Origin) -> Self {
        Self {
            page: format!("{}/", place.at("blob", "")),
            file: format!("{}/", place.at("resolve", "")),
            folder: path.rfind('/').map_or("", |at| &path[..=at]).to_owned(),
            origin: origin.to_string(),
        }
    }

    fn key(&self, what: &str, etag: &str) -> String {
        let Self { page, folder, origin, .. } = self;
        format!("{what} {etag} {origin}{page} {folder}")
    }

    fn with<T>(&self, budget: &dyn Fn() -> bool, make: impl FnOnce(&Links<'_>) -> T) -> T {
        let Self { page, file, folder, origin, .. } = self;
        make(&Links { page, file, folder, origin, gallery: &[], budget })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_text_is_not_read_as_one() {
        let text = |bytes: &[u8], cut| read(bytes, cut).map(|text| text.text);
        assert_eq!(text("grüße\nwelt".as_bytes(), false).as_deref(), Some("grüße\nwelt"));
        assert_eq!(text(b"a\0b", false), None);
        assert_eq!(text(b"\x89PNG", true), None);
        assert_eq!(
            text(b"a\nb\xe4\xb8", true).as_deref(),
            Some("a\n"),
            "cut in a character, shown to a line"
        );
        assert_eq!(text(b"a\nb\xe4\xb8", false), None);
    }

    #[test]
    fn only_rows_with_names_become_a_table() {
        let columns = |kind, text| table(kind, text, false).map(|table| table.columns);
        assert_eq!(columns(Kind::Json, "[{\"a\": 1}]"), Some(vec!["a".to_owned()]));
        assert_eq!(columns(Kind::Json, "[1, 2]"), None);
        assert_eq!(columns(Kind::Json, "{\"a\": 1}"), None);
        assert_eq!(columns(Kind::JsonLines, "1\n2\n"), None);
        assert_eq!(columns(Kind::Delimited(','), "a,b\n1,2\n"), Some(vec!["a".to_owned(), "b".to_owned()]));
        assert_eq!(columns(Kind::Delimited(','), "a,b\n"), None);
    }
}
