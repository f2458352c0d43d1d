//! Full-text search over the names and cards of repositories.
//!
//! Everything here is portable; what finds words is in `fts5.rs`, and another engine gets a file beside it.

mod fts5;

use stoa_core::RepoKind;

use crate::list::Sees;
use crate::value::args;
use crate::{Error, Tx};

/// The address of a repository `r`, split into words here rather than by the engine: PostgreSQL's parser takes
/// `org/model-7` for the name of one file.
const TITLE: &str = "REPLACE(REPLACE(REPLACE(REPLACE(r.full_name, '/', ' '), '-', ' '), '_', ' '), '.', ' ')";

/// What to look for.
#[derive(Clone, Debug)]
pub struct Ask {
    /// All of these must be there: a word, or words that follow each other with a blank between them; only letters and
    /// digits. The last one may go on.
    pub phrases: Vec<String>,
    /// Only models, datasets or Spaces.
    pub kind: Option<RepoKind>,
    /// Who is looking.
    pub sees: Sees,
    /// Left out at the beginning.
    pub skip: usize,
    /// At most this many.
    pub limit: usize,
}

/// A repository that has the words.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Hit {
    /// Its row id.
    pub id: i64,
    /// A few lines of its card, in pieces; those that were looked for are marked.
    pub snippet: Vec<(String, bool)>,
}

/// Repositories that have the words, the best first.
pub async fn find(tx: &mut Tx, ask: &Ask) -> Result<Vec<Hit>, Error> {
    if ask.phrases.is_empty() || ask.limit == 0 { Ok(Vec::new()) } else { fts5::find(tx, ask).await }
}

/// Stores the text of a repository that is there. An unchanged one costs nothing.
pub(crate) async fn put(tx: &mut Tx, repo: i64, body: &str) -> Result<(), Error> {
    let sql = format!(
        "INSERT INTO repo_text (repo_id, title, body) SELECT r.id, {TITLE}, $2 FROM repos r WHERE r.id = $1 \
         ON CONFLICT (repo_id) DO UPDATE SET body = excluded.body WHERE repo_text.body <> excluded.body"
    );
    tx.exec(sql, args![repo, body]).await.map(drop)
}

/// Stores the text of a repository that has none yet.
pub async fn put_missing(tx: &mut Tx, repo: i64, body: &str) -> Result<(), Error> {
    let sql = format!(
        "INSERT INTO repo_text (repo_id, title, body) SELECT r.id, {TITLE}, $2 FROM repos r WHERE r.id = $1 \
         ON CONFLICT (repo_id) DO NOTHING"
    );
    tx.exec(sql, args![repo, body]).await.map(drop)
}

/// Takes over the new name of a repository.
pub(crate) async fn rename(tx: &mut Tx, repo: i64) -> Result<(), Error> {
    let sql = format!(
        "UPDATE repo_text SET title = (SELECT {TITLE} FROM repos r WHERE r.id = $1) WHERE repo_id = $1"
    );
    tx.exec(sql, args![repo]).await.map(drop)
}

/// Forgets the text of a repository.
pub async fn remove(tx: &mut Tx, repo: i64) -> Result<(), Error> {
    tx.exec("DELETE FROM repo_text WHERE repo_id = $1", args![repo]).await.map(drop)
}

/// Repositories from before there was a search, after a row id.
pub async fn missing(tx: &mut Tx, after: i64, limit: i64) -> Result<Vec<i64>, Error> {
    let sql = "SELECT r.id FROM repos r WHERE r.id > $1 \
               AND NOT EXISTS (SELECT 1 FROM repo_text t WHERE t.repo_id = r.id) ORDER BY r.id LIMIT $2";
    tx.all(sql, args![after, limit]).await?.iter().map(|row| row.int(0)).collect()
}

/// Stores the names of all repositories and no cards: for catalogues that nobody wrote.
pub(crate) fn names_only() -> String {
    format!("INSERT INTO repo_text (repo_id, title, body) SELECT r.id, {TITLE}, '' FROM repos r")
}
