//! Code that uses a repository of this hub: a table of ways, filled with what is known of the repository.
//!
//! A way is data: who it is for, and texts with gaps such as `{repo}`. A text with a gap that nothing fills is left out,
//! and so is a way without texts. Every text that is shown names this hub, for no tool finds it otherwise.

mod calls;
mod models;
mod others;
#[cfg(test)]
mod tests;

use stoa_core::RepoKind;

use crate::markup::Markup;

/// A way to use repositories of one kind.
pub(super) struct Way {
    /// What `?library=` calls it.
    pub(super) id: &'static str,
    pub(super) label: &'static str,
    /// Which repositories it is for.
    fits: fn(&Facts) -> bool,
    texts: &'static [Text],
}

/// A piece of code with gaps.
struct Text {
    /// The language, for coloring.
    language: &'static str,
    code: &'static str,
}

const fn way(id: &'static str, label: &'static str, fits: fn(&Facts) -> bool, texts: &'static [Text]) -> Way {
    Way { id, label, fits, texts }
}

const fn python(code: &'static str) -> Text {
    Text { language: "python", code }
}

const fn shell(code: &'static str) -> Text {
    Text { language: "bash", code }
}

/// What the gaps are filled with.
#[derive(Clone, Debug, Default)]
pub(super) struct Facts {
    /// The address of this hub.
    pub(super) hub: String,
    pub(super) kind: Option<RepoKind>,
    /// `ada/m`.
    pub(super) repo: String,
    /// `m`.
    pub(super) name: String,
    pub(super) task: Option<String>,
    pub(super) library: Option<String>,
    pub(super) tags: Vec<String>,
    /// The class that loads the model, and the one that prepares its input.
    pub(super) auto: Option<String>,
    pub(super) processor: Option<String>,
    /// What stands for the gap of a fill-mask prompt.
    pub(super) mask: Option<String>,
    /// A model on this hub's naming that this one builds on.
    pub(super) base: Option<String>,
    /// GGUF files: name of the quantization and path.
    pub(super) gguf: Vec<(String, String)>,
    /// Paths of other files.
    pub(super) files: Vec<String>,
    /// The configuration of a dataset that must be named.
    pub(super) config: Option<String>,
    pub(super) sdk: Option<String>,
    /// Whether reading it takes a token.
    pub(super) secret: bool,
    /// Where git over SSH answers: `ssh://git@hub.example:2222/`.
    pub(super) ssh: Option<String>,
}

/// A way with its texts, ready to be shown.
pub(super) struct Filled {
    pub(super) id: &'static str,
    pub(super) label: &'static str,
    pub(super) texts: Vec<Code>,
}

/// A piece of code without gaps.
pub(super) struct Code {
    /// Which of several files it is for.
    pub(super) variant: Option<String>,
    pub(super) language: &'static str,
    pub(super) text: String,
    /// The same in color, once that was made.
    pub(super) html: Markup,
}

impl Code {
    fn new(variant: Option<String>, language: &'static str, text: String) -> Self {
        Self { variant, language, text, html: Markup::default() }
    }
}

/// GGUF files that get code of their own.
const VARIANTS: usize = 16;

/// The ways to use a repository, its own library first.
pub(super) fn ways(facts: &Facts) -> Vec<Filled> {
    let mut found: Vec<Filled> = table(facts)
        .iter()
        .flat_map(|ways| ways.iter())
        .filter(|way| (way.fits)(facts))
        .map(|way| Filled { id: way.id, label: way.label, texts: facts.texts(way) })
        .filter(|way| !way.texts.is_empty())
        .collect();
    // The sort is stable: the others keep the order of the table.
    found.sort_by_key(|way| facts.library.as_deref() != Some(way.id));
    found
}

fn table(facts: &Facts) -> [&'static [Way]; 2] {
    let own = match facts.kind {
        Some(RepoKind::Dataset) => others::DATASETS,
        Some(RepoKind::Space) => others::SPACES,
        Some(RepoKind::Model) | None => models::MODELS,
    };
    [own, others::ANY]
}

impl Facts {
    /// Whether a library is its own or among its tags.
    fn has(&self, library: &str) -> bool {
        self.library.as_deref() == Some(library) || self.tagged(library)
    }

    fn tagged(&self, tag: &str) -> bool {
        self.tags.iter().any(|known| known == tag)
    }

    fn is_for(&self, tasks: &[&str]) -> bool {
        self.task.as_deref().is_some_and(|task| tasks.contains(&task))
    }

    fn texts(&self, way: &Way) -> Vec<Code> {
        let mut filled = Vec::new();
        for text in way.texts {
            if text.code.contains("{gguf") {
                for (quantization, path) in self.gguf.iter().take(VARIANTS) {
                    let code = fill(text.code, &|gap| self.gap(gap, Some(path)));
                    let variant = Some(quantization.clone());
                    filled.extend(code.map(|code| Code::new(variant, text.language, code)));
                }
            } else {
                let code = fill(text.code, &|gap| self.gap(gap, None));
                filled.extend(code.map(|code| Code::new(None, text.language, code)));
            }
        }
        filled
    }

    /// What fills a gap; nothing when it is not known.
    fn gap(&self, gap: &str, gguf: Option<&str>) -> Option<String> {
        Some(match gap {
            "hub" => self.hub.clone(),
            "repo" => self.repo.clone(),
            "name" => self.name.clone(),
            "ssh" => self.ssh.clone()?,
            "env" => format!("{}export HF_ENDPOINT={}", self.token_hint(), self.hub),
            "python" => format!(
                "{}import os\n\nos.environ[\"HF_ENDPOINT\"] = \"{}\"  # before the imports below\n",
                self.token_hint(),
                self.hub
            ),
            "auth" if self.secret => "-H \"Authorization: Bearer $HF_TOKEN\" ".to_owned(),
            "secret" if self.secret => "CREATE SECRET (TYPE http, BEARER_TOKEN 'your token');\n".to_owned(),
            "auth" | "secret" => String::new(),
            "path" | "type" | "flag" => self.kind_gap(gap),
            "config" => self.config.as_ref().map_or(String::new(), |name| format!(", {}", quoted(name))),
            "gguf" => quoted(gguf?),
            "gguf_shell" => in_shell(gguf?),
            other => return self.model_gap(other).or_else(|| self.file_gap(other)),
        })
    }

    /// What differs between models, datasets and Spaces.
    fn kind_gap(&self, gap: &str) -> String {
        match (gap, self.kind) {
            ("path", Some(RepoKind::Dataset)) => format!("datasets/{}", self.repo),
            ("path", Some(RepoKind::Space)) => format!("spaces/{}", self.repo),
            ("path", _) => self.repo.clone(),
            ("type", Some(RepoKind::Dataset)) => ", repo_type=\"dataset\"".to_owned(),
            ("type", Some(RepoKind::Space)) => ", repo_type=\"space\"".to_owned(),
            ("flag", Some(RepoKind::Dataset)) => " --repo-type dataset".to_owned(),
            ("flag", Some(RepoKind::Space)) => " --repo-type space".to_owned(),
            _ => String::new(),
        }
    }

    /// What is known of a model.
    fn model_gap(&self, gap: &str) -> Option<String> {
        let trust = if self.tagged("custom_code") { ", trust_remote_code=True" } else { "" };
        Some(match gap {
            "trust" => trust.to_owned(),
            "task" => self.task.clone()?,
            "call" => calls::call(self)?,
            "base" => self.base.clone()?,
            "auto" => self.auto.clone()?,
            "imports" => match (&self.processor, &self.auto) {
                (Some(processor), Some(auto)) => format!("{auto}, {processor}"),
                (None, Some(auto)) => auto.clone(),
                _ => return None,
            },
            "prepare" => self.processor.as_ref().map_or(String::new(), |class| {
                let name = if class == "AutoTokenizer" { "tokenizer" } else { "processor" };
                format!("{name} = {class}.from_pretrained(\"{}\"{trust})\n", self.repo)
            }),
            _ => return None,
        })
    }

    /// Gaps for the first file with an ending: `parquet`, `parquet_url`, `file`, `file_url`.
    fn file_gap(&self, gap: &str) -> Option<String> {
        let (ending, in_address) = gap.strip_suffix("_url").map_or((gap, false), |ending| (ending, true));
        let path = match ending {
            "file" => self.files.iter().find(|path| !path.starts_with('.')),
            "zip" | "pt" | "whl" | "skops" | "parquet" | "csv" | "jsonl" | "tar" => {
                self.files.iter().find(|path| path.rsplit_once('.').is_some_and(|(_, end)| end == ending))
            }
            _ => None,
        }?;
        Some(if in_address { crate::markup::path(path) } else { quoted(path) })
    }

    /// What whoever needs a token reads first.
    fn token_hint(&self) -> &'static str {
        if self.secret { "# Not public: sign in first with `hf auth login`, or set HF_TOKEN.\n" } else { "" }
    }
}

/// Fills the gaps of a text; nothing when one of them stays open.
fn fill(text: &str, gap: &dyn Fn(&str) -> Option<String>) -> Option<String> {
    let mut filled = String::with_capacity(text.len() + 64);
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        filled.push_str(before);
        let name = after.split('}').next().filter(|name| {
            !name.is_empty()
                && name.bytes().all(|b| b.is_ascii_lowercase() || b == b'_')
                && name.len() < after.len()
        });
        if let Some(name) = name {
            filled.push_str(&gap(name)?);
            rest = &after[name.len() + 1..];
        } else {
            filled.push('{');
            rest = after;
        }
    }
    filled.push_str(rest);
    Some(filled)
}

/// A text as Python, JavaScript and JSON write it.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// A text as one word of a shell.
fn in_shell(text: &str) -> String {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"._-/+,@".contains(&b);
    if !text.is_empty() && !text.starts_with('-') && text.bytes().all(plain) {
        return text.to_owned();
    }
    let dash = if text.starts_with('-') { "./" } else { "" };
    format!("{dash}'{}'", text.replace('\'', "'\\''").replace(|c: char| c.is_control(), " "))
}
