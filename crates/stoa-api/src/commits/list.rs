//! The commits behind a revision, newest first: `GET /api/{models|datasets|spaces}/{ns}/{name}/commits/{rev}`. stoa adds
//! `verification` to each: its `status` is `verified` (with `by`, `keyType`, `fingerprint`), `unverified` (with `reason`,
//! `message`) or `unsigned`. It is missing where there is too much to check: of a page, at most 100 signatures are.

use axum::Router;
use axum::http::{HeaderName, HeaderValue, Uri};
use axum::routing::get;
use serde::Serialize;
use stoa_core::{Failure, Oid, Revision, Time};
use stoa_http::{App, Origin, Page, Params, Reply, RepoOf, Segments, next_link};
use stoa_hub::{CommitRow, Read, Verification};

use crate::route::of_repo;

/// Commits of a page, unless `limit` says otherwise.
const USUAL: usize = 50;
/// Commits of a page at most.
const MOST: usize = 1000;

/// How many commits there are in all. Compat: `countCommits` of `@huggingface/hub` reads nothing else.
const TOTAL: HeaderName = HeaderName::from_static("x-total-count");

pub(super) fn route() -> Router<App> {
    // Compat: `@huggingface/hub` writes revisions as they are, slashes included.
    of_repo("/commits/{*rev}", &get(commits))
}

#[derive(Serialize)]
struct CommitJson {
    id: Oid,
    title: String,
    message: String,
    authors: [Author; 1],
    date: Time,
    #[serde(skip_serializing_if = "Option::is_none")]
    formatted: Option<Formatted>,
    #[serde(skip_serializing_if = "Option::is_none")]
    verification: Option<Badge>,
}

#[derive(Serialize)]
#[serde(tag = "status", rename_all = "lowercase", rename_all_fields = "camelCase")]
enum Badge {
    Verified { by: String, key_type: &'static str, fingerprint: String },
    Unverified { reason: &'static str, message: String },
    Unsigned,
}

impl From<Verification> for Badge {
    fn from(verification: Verification) -> Self {
        match verification {
            Verification::Unsigned => Self::Unsigned,
            Verification::Unverified(flaw) => {
                Self::Unverified { reason: flaw.code(), message: flaw.to_string() }
            }
            Verification::Verified { by, kind, fingerprint } => {
                Self::Verified { by, key_type: kind.as_str(), fingerprint }
            }
        }
    }
}

#[derive(Serialize)]
struct Author {
    user: String,
}

#[derive(Serialize)]
struct Formatted {
    title: String,
    message: String,
}

async fn commits(
    repo: RepoOf<Read>,
    at: Segments,
    params: Params,
    origin: Origin,
    uri: Uri,
) -> Reply<([(HeaderName, HeaderValue); 1], Page<CommitJson>)> {
    let revision = Revision::new(at.get("rev")?)?;
    let limit = params.limit(USUAL, MOST)?;
    let page: usize = params.parsed("p")?.unwrap_or(0);
    let skip = page.checked_mul(limit).filter(|skip| i64::try_from(*skip).is_ok());
    let skip = skip.ok_or_else(|| Failure::invalid("The parameter `p` is too large"))?;
    let formatted = params.all("expand").any(|value| value == "formatted");
    let (rows, total) = repo.commits(&revision, skip, limit).await?;
    let more = (total as u64) > (skip + rows.len()) as u64 && !rows.is_empty();
    let next = more.then(|| next_link(&origin, &uri, "p", &(page + 1).to_string()));
    let oids: Vec<Oid> = rows.iter().map(|row| row.oid).collect();
    let verifications = repo.verifications(&oids).await?;
    let items = rows.into_iter().zip(verifications);
    let items = items.map(|(row, verification)| of_row(row, formatted, verification)).collect();
    Ok(([(TOTAL, HeaderValue::from(total))], Page { items, next }))
}

fn of_row(row: CommitRow, formatted: bool, verification: Option<Verification>) -> CommitJson {
    let formatted = formatted.then(|| Formatted { title: escape(&row.title), message: escape(&row.body) });
    CommitJson {
        id: row.oid,
        title: row.title,
        message: row.body,
        authors: [Author { user: row.author }],
        date: row.at,
        formatted,
        verification: verification.map(Badge::from),
    }
}

/// `text` as HTML that shows it.
fn escape(text: &str) -> String {
    let mut html = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            '\'' => html.push_str("&#39;"),
            c => html.push(c),
        }
    }
    html
}
