//! "Use this model": code for every tool that can, with this hub's address in it. It opens without a script, and
//! `?library=` opens it at once.

use serde_json::Value;
use stoa_core::{Gate, Reply, RepoId, RepoKind};
use stoa_render::highlight_as;

use super::snippets::{Facts, Filled, ways};
use super::subject::{Subject, short};
use super::usage::quantization;
use crate::markup::{Markup, escape};
use crate::visit::Visit;
use crate::work;

/// Milliseconds that code is colored for.
const TIME: u64 = 300;

/// The code beside the tags.
pub(super) struct UseIt {
    /// The key of the button.
    pub(super) title: &'static str,
    /// Whether it is open from the start.
    pub(super) open: bool,
    /// The way that is open.
    pub(super) chosen: &'static str,
    pub(super) ways: Vec<Filled>,
    /// Whether reading the repository takes a token.
    pub(super) secret: bool,
    /// What `hf upload` is told: `ada/m`, `datasets` by a flag.
    pub(super) upload: String,
}

impl UseIt {
    pub(super) async fn read(visit: &Visit, subject: &Subject, library: Option<&str>) -> Reply<Self> {
        let facts = facts(visit, subject);
        let secret = facts.secret;
        let mut ways = ways(&facts);
        color(&mut ways).await?;
        let asked = library.and_then(|library| ways.iter().find(|way| way.id.eq_ignore_ascii_case(library)));
        let chosen = asked.or(ways.first()).map_or("", |way| way.id);
        let title = match subject.kind() {
            RepoKind::Model => "repo-use-model",
            RepoKind::Dataset => "repo-use-dataset",
            RepoKind::Space => "repo-use-space",
        };
        let id = subject.repo.id();
        let flag = match subject.kind() {
            RepoKind::Model => "",
            RepoKind::Dataset => " --repo-type dataset",
            RepoKind::Space => " --repo-type space",
        };
        Ok(Self { title, open: library.is_some(), chosen, ways, secret, upload: format!("{id}{flag}") })
    }
}

/// Colors the code, once for all who see the same.
async fn color(ways: &mut [Filled]) -> Reply<()> {
    let texts: Vec<(&'static str, String)> =
        ways.iter().flat_map(|way| &way.texts).map(|text| (text.language, text.text.clone())).collect();
    let key = texts.iter().fold("use".to_owned(), |key, (_, code)| key + "\0" + code);
    let colored = work::once(key, move || {
        let time = work::budget(TIME);
        let color = |(language, code): &(&str, String)| match highlight_as(code, language, &time) {
            Some(lines) => lines.join("\n"),
            None => escape(code),
        };
        let html: Vec<String> = texts.iter().map(color).collect();
        (html.join("\0"), time())
    });
    let colored = colored.await?;
    for (text, html) in ways.iter_mut().flat_map(|way| &mut way.texts).zip(colored.split('\0')) {
        text.html = Markup(html.to_owned());
    }
    Ok(())
}

fn facts(visit: &Visit, subject: &Subject) -> Facts {
    let row = subject.repo.row();
    let id = subject.repo.id();
    let transformers = |key: &str| {
        let name = subject.fact("transformersInfo")?.get(key)?.as_str()?;
        // It comes from a file of the repository and goes into code.
        name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_').then(|| name.to_owned())
    };
    let base = subject.fact("baseModels").and_then(Value::as_array).and_then(|bases| bases.first());
    let base = base.and_then(|base| base.get("id")).and_then(short);
    let gguf = subject
        .files_with(".gguf")
        .map(|file| (quantization(&file.path).unwrap_or_else(|| file.path.clone()), file.path.clone()));
    Facts {
        hub: visit.origin.to_string(),
        kind: Some(id.kind),
        repo: id.to_string(),
        name: id.name.to_string(),
        task: subject.info.pipeline_tag.clone().filter(|task| stoa_meta::tasks::find(task).is_some()),
        library: subject.info.library.clone(),
        tags: subject.info.tags.clone(),
        auto: transformers("auto_model"),
        processor: transformers("processor"),
        mask: subject.fact("mask_token").and_then(short),
        base: base.filter(|id| RepoId::parse(RepoKind::Model, id).is_ok()),
        gguf: gguf.collect(),
        files: subject.files.iter().map(|file| file.path.clone()).collect(),
        config: config(subject),
        sdk: row.sdk.clone(),
        secret: row.private || row.gated != Gate::Open || !visit.app.hub.policy().anonymous_read,
        ssh: visit.app.config.ssh.clone(),
    }
}

/// The first configuration of a dataset that has several.
fn config(subject: &Subject) -> Option<String> {
    let Some(Value::Array(configs)) = subject.said("configs") else { return None };
    let names: Vec<String> =
        configs.iter().take(50).filter_map(|config| config.get("config_name").and_then(short)).collect();
    let default = configs.iter().any(|config| config.get("default") == Some(&Value::Bool(true)));
    (names.len() > 1 && !default && !names.iter().any(|name| name == "default")).then(|| names[0].clone())
}
