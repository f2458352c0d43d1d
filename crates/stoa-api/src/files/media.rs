//! What a file is called and what it is, for browsers.
//!
//! Invariant: nothing in a repository runs as this site. Pages, scripts and styles are sent as plain text, SVG and
//! everything else under a policy that forbids scripts (see `content.rs`), and `nosniff` stands on every answer.

use std::fmt::Write;

use axum::http::HeaderValue;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

const TEXT: &str = "text/plain; charset=utf-8";
const BYTES: &str = "application/octet-stream";

/// What RFC 8187 lets stand in `filename*`.
const ATTR: &AsciiSet = &NON_ALPHANUMERIC.remove(b'.').remove(b'-').remove(b'_');

/// The `Content-Type` of a file by its name.
pub(super) fn media_type(name: &str) -> &'static str {
    let Some((stem, extension)) = name.rsplit_once('.') else {
        return if name.bytes().all(|b| b.is_ascii_uppercase()) { TEXT } else { BYTES };
    };
    if stem.is_empty() && name.starts_with(".git") {
        return TEXT;
    }
    match extension.to_ascii_lowercase().as_str() {
        "json" | "ipynb" => "application/json; charset=utf-8",
        "txt" | "md" | "rst" | "csv" | "tsv" | "jsonl" | "ndjson" | "yaml" | "yml" | "toml" | "ini"
        | "cfg" | "conf" | "log" | "py" | "rs" | "c" | "h" | "cc" | "cpp" | "cu" | "go" | "java" | "rb"
        | "sh" | "bat" | "sql" | "r" | "jl" | "lua" | "tex" | "bib" | "srt" | "vtt" | "diff" | "patch"
        | "jinja" | "jinja2" | "j2" | "lock" | "html" | "htm" | "xhtml" | "shtml" | "xml" | "xsl"
        | "xslt" | "js" | "mjs" | "cjs" | "jsx" | "ts" | "tsx" | "css" | "vue" | "svelte"
        | "gitattributes" | "gitignore" => TEXT,
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "gif" => "image/gif",
        "webp" => "image/webp",
        "avif" => "image/avif",
        "bmp" => "image/bmp",
        "ico" => "image/x-icon",
        "mp3" => "audio/mpeg",
        "wav" => "audio/wav",
        "flac" => "audio/flac",
        "ogg" | "oga" | "opus" => "audio/ogg",
        "m4a" => "audio/mp4",
        "mp4" | "m4v" => "video/mp4",
        "webm" => "video/webm",
        "pdf" => "application/pdf",
        "zip" => "application/zip",
        "gz" | "tgz" => "application/gzip",
        _ => BYTES,
    }
}

/// `inline; filename*=UTF-8''x; filename="x";`, from which clients take the name they show.
pub(super) fn disposition(name: &str, attachment: bool) -> HeaderValue {
    let plain: String = name
        .chars()
        .map(|c| if (c.is_ascii_graphic() || c == ' ') && !matches!(c, '"' | '\\' | '%') { c } else { '_' })
        .collect();
    let mut text = String::from(if attachment { "attachment" } else { "inline" });
    let _ = write!(text, "; filename*=UTF-8''{}; filename=\"{plain}\";", utf8_percent_encode(name, ATTR));
    HeaderValue::from_str(&text).unwrap_or_else(|_| HeaderValue::from_static("inline"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_a_browser_runs_keeps_its_type() {
        for name in
            ["a.html", "a.HTM", "a.xhtml", "a.xml", "a.xsl", "a.js", "a.mjs", "a.css", ".gitattributes"]
        {
            assert_eq!(media_type(name), TEXT, "{name}");
        }
        for name in [
            "a.swf",
            "a.jar",
            "a.wasm",
            "a.hta",
            "a.mhtml",
            "a.unknown",
            "a.",
            "noextension",
            "a.safetensors",
        ] {
            assert_eq!(media_type(name), BYTES, "{name}");
        }
    }

    #[test]
    fn names_survive_in_both_spellings() {
        assert_eq!(
            disposition("a b.txt", false),
            "inline; filename*=UTF-8''a%20b.txt; filename=\"a b.txt\";"
        );
        assert_eq!(
            disposition("é\"\r\n.bin", true),
            "attachment; filename*=UTF-8''%C3%A9%22%0D%0A.bin; filename=\"____.bin\";"
        );
    }
}
