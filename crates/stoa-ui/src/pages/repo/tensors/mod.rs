//! What is in a file of weights: `GET /{ns}/{name}/tensors/{rev}/{*path}`, for safetensors files, indexes of them, and GGUF
//! files. `?at=model.layers` shows a branch of the tree by itself.

mod picture;
mod tree;

use askama::Template;
use axum::Router;
use axum::response::Response;
use axum::routing::get;
use stoa_core::{Failure, Reply as Result};
use stoa_http::{App, Params, Reply, RepoOf, Segments};
use stoa_hub::{Read, Repo, TensorFormat, Tensors};

use super::of_repo;
use crate::markup::{Markup, path, segment};
use crate::parts::frame::Frame;
use crate::parts::repo_header::{RepoHeader, Tab, section};
use crate::visit::Visit;
use crate::work;
use tree::Node;

/// Tensors that the tree is made of; the rest is counted and not shown.
const TENSORS: usize = 10_000;
/// Pairs of metadata that are shown.
const PAIRS: usize = 300;
/// Longest value of them, in characters.
const LONGEST: usize = 4_000;
/// Values longer than this open.
const SHORT: usize = 200;

pub(super) fn route() -> Router<App> {
    of_repo("/tensors/{rev}/{*path}", &get(show))
}

#[derive(Template)]
#[template(path = "repo/tensors/tensors.html")]
struct Inside {
    page: Frame,
    repo: Repo<Read>,
    liked: bool,
    path: String,
    revision: String,
    format: &'static str,
    drawn: Drawn,
    metadata: Vec<Pair>,
    truncated: bool,
}

/// A pair of metadata.
struct Pair {
    key: String,
    value: String,
    /// Whether it opens only when somebody wants to read it.
    long: bool,
}

/// What is worked out of the tensors.
struct Drawn {
    /// The branches above the one that is shown: name and address.
    above: Vec<(String, String)>,
    count: i64,
    parameters: i64,
    bytes: u64,
    types: Markup,
    roles: Markup,
    map: Markup,
    tree: Markup,
}

impl Inside {
    fn header(&self) -> RepoHeader<'_> {
        RepoHeader::new(&self.page, &self.repo, Tab::Files, self.liked)
    }

    fn href(&self) -> String {
        format!("/{}", self.repo.id().path())
    }

    fn file_href(&self, verb: &str) -> String {
        format!("{}/{verb}/{}/{}", self.href(), segment(&self.revision), path(&self.path))
    }
}

async fn show(visit: Visit, repo: RepoOf<Read>, at: Segments, params: Params) -> Reply<Response> {
    let RepoOf(repo) = repo;
    let (revision, path) = (at.rev()?, at.path().to_owned());
    if ![".safetensors", ".safetensors.index.json", ".gguf"].iter().any(|ending| path.ends_with(ending)) {
        return Err(Failure::invalid(visit.words.t("repo-tensors-other")).into());
    }
    let tensors = repo.tensors(&revision, &path).await?;
    let liked = repo.liked_by(&visit.who).await?;
    let page = visit.frame(section(repo.id().kind))?;
    let truncated = tensors.truncated || tensors.tensors.len() > TENSORS;
    let format = match tensors.format {
        TensorFormat::Safetensors => "safetensors",
        TensorFormat::Gguf => "GGUF",
    };
    let metadata = shown(&tensors.metadata);
    let branch: String = params.text("at").unwrap_or_default().chars().take(500).collect();
    let words = visit.words;
    let drawn = work::run(move || draw(words, tensors, &branch)).await??;
    visit.show(&Inside {
        page,
        liked,
        path,
        revision: revision.as_str().to_owned(),
        format,
        drawn,
        metadata,
        truncated,
        repo,
    })
}

fn draw(words: crate::words::Words, tensors: Tensors, at: &str) -> Result<Drawn> {
    let whole = Node::of(tensors.tensors.into_iter().take(TENSORS));
    let missing = || Failure::not_found(words.t("repo-tensors-no-branch"));
    let node = whole.find(at).ok_or_else(missing)?;
    let mut above = Vec::new();
    let mut name = String::new();
    for part in at.split('.').filter(|part| !part.is_empty()) {
        name = if name.is_empty() { part.to_owned() } else { format!("{name}.{part}") };
        above.push((part.to_owned(), format!("?at={}", segment(&name))));
    }
    Ok(Drawn {
        above,
        count: node.count as i64,
        parameters: i64::try_from(node.parameters).unwrap_or(i64::MAX),
        bytes: node.bytes,
        types: picture::types(words, node),
        roles: picture::roles(words, node),
        map: picture::map(words, node),
        tree: tree::draw(words, node, at),
    })
}

fn shown(metadata: &[(String, String)]) -> Vec<Pair> {
    let pair = |(key, value): &(String, String)| Pair {
        key: key.chars().take(200).collect(),
        value: value.chars().take(LONGEST).collect(),
        long: value.len() > SHORT,
    };
    metadata.iter().take(PAIRS).map(pair).collect()
}
