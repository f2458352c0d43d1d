//! Repositories, their facts and their former names.

use stoa_core::{Gate, Oid, RepoId, RepoKind, Time};

use crate::connect::list_of;
use crate::value::args;
use crate::{Error, Row, Tx, Value, search};

/// A repository, as lists and permissions need it.
#[derive(Clone, Debug)]
pub struct Repo {
    /// Row id.
    pub id: i64,
    /// Its address.
    pub name: RepoId,
    /// Who owns it.
    pub owner_id: i64,
    /// Whether only members see it.
    pub private: bool,
    /// Whether readers must ask.
    pub gated: Gate,
    /// Whether an administrator switched it off.
    pub disabled: bool,
    /// Who made it.
    pub created_by: i64,
    /// When it was made.
    pub created_at: Time,
    /// When its content changed last.
    pub modified_at: Time,
    /// Commit of the branch `main`.
    pub head: Option<Oid>,
    /// Downloads of the last 30 days.
    pub downloads: i64,
    /// Downloads ever.
    pub downloads_all: i64,
    /// Likes.
    pub likes: i64,
    /// See [`crate::stats::roll_trending`].
    pub trending: f64,
    /// Parameters of a model.
    pub params: Option<i64>,
    /// Bytes of its large files.
    pub storage: i64,
    /// Task.
    pub pipeline_tag: Option<String>,
    /// Library.
    pub library: Option<String>,
    /// Kind of a Space.
    pub sdk: Option<String>,
}

impl Repo {
    /// The 24 hexadecimal digits that clients know as `_id`: the second it was made, and its row.
    pub fn public_id(&self) -> String {
        format!("{:08x}{:016x}", self.created_at.secs() & 0xffff_ffff, self.id)
    }
}

/// The columns of [`Repo`], of a table named `r`.
pub(crate) const COLUMNS: &str = "r.id, r.kind, r.full_name, r.owner_id, r.private, r.gated, r.disabled, r.created_by, r.created_at, \
     r.modified_at, r.head, r.downloads, r.downloads_all, r.likes, r.trending, r.params, r.storage, \
     r.pipeline_tag, r.library, r.sdk";
/// How many columns [`COLUMNS`] has.
pub(crate) const WIDTH: usize = 20;

pub(crate) fn repo(row: &Row) -> Result<Repo, Error> {
    let kind =
        RepoKind::from_code(row.int(1)?).ok_or_else(|| Error::Malformed("kind of a repository".into()))?;
    let full = row.text(2)?;
    let name = RepoId::parse(kind, &full).map_err(|_| Error::Malformed(format!("repository name {full}")))?;
    Ok(Repo {
        id: row.int(0)?,
        name,
        owner_id: row.int(3)?,
        private: row.flag(4)?,
        gated: Gate::from_code(row.int(5)?),
        disabled: row.flag(6)?,
        created_by: row.int(7)?,
        created_at: row.time(8)?,
        modified_at: row.time(9)?,
        head: row.opt_oid(10)?,
        downloads: row.int(11)?,
        downloads_all: row.int(12)?,
        likes: row.int(13)?,
        trending: row.real(14)?,
        params: row.opt_int(15)?,
        storage: row.int(16)?,
        pipeline_tag: row.opt_text(17)?,
        library: row.opt_text(18)?,
        sdk: row.opt_text(19)?,
    })
}

/// What is needed to make a repository.
pub struct NewRepo<'a> {
    /// Its address.
    pub name: &'a RepoId,
    /// Who owns it.
    pub owner_id: i64,
    /// Whether only members see it.
    pub private: bool,
    /// Who makes it.
    pub created_by: i64,
    /// Kind of a Space.
    pub sdk: Option<&'a str>,
}

/// Makes a repository; [`Error::Duplicate`] when the name is taken. A former name of another one is taken over.
pub async fn create(tx: &mut Tx, new: &NewRepo<'_>, now: Time) -> Result<i64, Error> {
    let kind = new.name.kind.code();
    let id = tx
        .insert(
            "INSERT INTO repos (kind, owner_id, key, full_name, private, gated, disabled, created_by, created_at, \
             modified_at, head, downloads, downloads_all, likes, trending, params, storage, pipeline_tag, library, \
             sdk) VALUES ($1, $2, $3, $4, $5, 0, 0, $6, $7, $7, NULL, 0, 0, 0, 0.0, NULL, 0, NULL, NULL, $8)",
            args![
                kind, new.owner_id, new.name.key(), new.name.to_string(), new.private, new.created_by, now, new.sdk
            ],
        )
        .await?;
    tx.exec("DELETE FROM repo_moves WHERE kind = $1 AND key = $2", args![kind, new.name.key()]).await?;
    tx.exec("INSERT INTO repo_facts (repo_id, tags, facts) VALUES ($1, '[]', '{}')", args![id]).await?;
    tx.exec("INSERT INTO repo_names (rowid, key) VALUES ($1, $2)", args![id, new.name.key()]).await?;
    search::put(tx, id, "").await?;
    Ok(id)
}

/// The repository of an address, whatever its case.
pub async fn by_name(tx: &mut Tx, id: &RepoId) -> Result<Option<Repo>, Error> {
    let sql = format!("SELECT {COLUMNS} FROM repos r WHERE r.kind = $1 AND r.key = $2");
    tx.first(sql, args![id.kind.code(), id.key()]).await?.as_ref().map(repo).transpose()
}

/// The repository that used to have this address.
pub async fn by_former_name(tx: &mut Tx, id: &RepoId) -> Result<Option<Repo>, Error> {
    let sql = format!(
        "SELECT {COLUMNS} FROM repo_moves m JOIN repos r ON r.id = m.repo_id WHERE m.kind = $1 AND m.key = $2"
    );
    tx.first(sql, args![id.kind.code(), id.key()]).await?.as_ref().map(repo).transpose()
}

/// The repository of a row id.
pub async fn by_id(tx: &mut Tx, id: i64) -> Result<Option<Repo>, Error> {
    let sql = format!("SELECT {COLUMNS} FROM repos r WHERE r.id = $1");
    tx.first(sql, args![id]).await?.as_ref().map(repo).transpose()
}

/// Repositories of several row ids, in no order.
pub async fn by_ids(tx: &mut Tx, ids: &[i64]) -> Result<Vec<Repo>, Error> {
    let mut found = Vec::with_capacity(ids.len());
    for some in ids.chunks(500) {
        let sql = format!("SELECT {COLUMNS} FROM repos r WHERE r.id IN ({})", list_of(0, some.len()));
        let values = some.iter().map(|id| Value::Int(*id)).collect();
        for row in tx.all(sql, values).await? {
            found.push(repo(&row)?);
        }
    }
    Ok(found)
}

/// Tags and facts of a repository, both JSON text.
pub async fn facts(tx: &mut Tx, id: i64) -> Result<(String, String), Error> {
    let row = tx.first("SELECT tags, facts FROM repo_facts WHERE repo_id = $1", args![id]).await?;
    row.map_or_else(|| Ok(("[]".to_owned(), "{}".to_owned())), |row| Ok((row.text(0)?, row.text(1)?)))
}

/// What a commit on `main` changes about a repository.
#[derive(Clone, Debug, Default)]
pub struct Described {
    /// Tags, in the order clients see.
    pub tags: Vec<String>,
    /// JSON object of everything else that repo info serves.
    pub facts: String,
    /// Task.
    pub pipeline_tag: Option<String>,
    /// Library.
    pub library: Option<String>,
    /// Parameters.
    pub params: Option<i64>,
    /// Kind of a Space.
    pub sdk: Option<String>,
    /// What full-text search reads of it.
    pub text: String,
}

/// Stores what a repository says about itself, and keeps the tags' counts.
pub async fn describe(tx: &mut Tx, id: i64, kind: RepoKind, described: &Described) -> Result<(), Error> {
    let tags = serde_json::to_string(&described.tags).map_err(|e| Error::Malformed(e.to_string()))?;
    tx.exec(
        "UPDATE repo_facts SET tags = $2, facts = $3 WHERE repo_id = $1",
        args![id, tags, &described.facts],
    )
    .await?;
    tx.exec(
        "UPDATE repos SET pipeline_tag = $2, library = $3, params = $4, sdk = COALESCE($5, sdk) WHERE id = $1",
        args![
            id,
            described.pipeline_tag.as_deref(),
            described.library.as_deref(),
            described.params,
            described.sdk.as_deref()
        ],
    )
    .await?;
    search::put(tx, id, &described.text).await?;
    set_tags(tx, id, kind, &described.tags).await
}

async fn set_tags(tx: &mut Tx, id: i64, kind: RepoKind, tags: &[String]) -> Result<(), Error> {
    let sql = "SELECT t.id, t.name FROM repo_tags rt JOIN tags t ON t.id = rt.tag_id WHERE rt.repo_id = $1";
    let mut have = Vec::new();
    for row in tx.all(sql, args![id]).await? {
        have.push((row.int(0)?, row.text(1)?));
    }
    for (tag, name) in &have {
        if !tags.contains(name) {
            tx.exec("DELETE FROM repo_tags WHERE tag_id = $1 AND repo_id = $2", args![*tag, id]).await?;
            tx.exec("UPDATE tags SET count = count - 1 WHERE id = $1", args![*tag]).await?;
        }
    }
    for name in tags.iter().filter(|name| !have.iter().any(|(_, known)| known == *name)) {
        let row = tx
            .first(
                "INSERT INTO tags (kind, name, count) VALUES ($1, $2, 1) \
                 ON CONFLICT (kind, name) DO UPDATE SET count = tags.count + 1 RETURNING id",
                args![kind.code(), name],
            )
            .await?;
        let Some(row) = row else { continue };
        tx.exec(
            "INSERT INTO repo_tags (tag_id, repo_id) VALUES ($1, $2) ON CONFLICT (tag_id, repo_id) DO NOTHING",
            args![row.int(0)?, id],
        )
        .await?;
    }
    Ok(())
}

/// Notes the new head of `main` and when it changed.
pub async fn set_head(tx: &mut Tx, id: i64, head: Option<Oid>, now: Time) -> Result<(), Error> {
    tx.exec("UPDATE repos SET head = $2, modified_at = $3 WHERE id = $1", args![id, head, now])
        .await
        .map(drop)
}

/// Notes the bytes of a repository's large files.
pub async fn set_storage(tx: &mut Tx, id: i64, bytes: i64) -> Result<(), Error> {
    tx.exec("UPDATE repos SET storage = $2 WHERE id = $1", args![id, bytes]).await.map(drop)
}

/// Changes who sees a repository.
pub async fn set_private(tx: &mut Tx, id: i64, private: bool) -> Result<(), Error> {
    tx.exec("UPDATE repos SET private = $2 WHERE id = $1", args![id, private]).await.map(drop)
}

/// Changes the gate.
pub async fn set_gated(tx: &mut Tx, id: i64, gate: Gate) -> Result<(), Error> {
    tx.exec("UPDATE repos SET gated = $2 WHERE id = $1", args![id, gate.code()]).await.map(drop)
}

/// Switches a repository off or on.
pub async fn set_disabled(tx: &mut Tx, id: i64, disabled: bool) -> Result<(), Error> {
    tx.exec("UPDATE repos SET disabled = $2 WHERE id = $1", args![id, disabled]).await.map(drop)
}

/// Gives a repository another address; the old one leads to it. [`Error::Duplicate`] when the name is taken.
pub async fn rename(tx: &mut Tx, from: &Repo, to: &RepoId, owner: i64, now: Time) -> Result<(), Error> {
    let kind = to.kind.code();
    tx.exec(
        "UPDATE repos SET key = $2, full_name = $3, owner_id = $4 WHERE id = $1",
        args![from.id, to.key(), to.to_string(), owner],
    )
    .await?;
    tx.exec("DELETE FROM repo_moves WHERE kind = $1 AND key = $2", args![kind, to.key()]).await?;
    if from.name.key() != to.key() {
        tx.exec(
            "INSERT INTO repo_moves (kind, key, repo_id, moved_at) VALUES ($1, $2, $3, $4) \
             ON CONFLICT (kind, key) DO UPDATE SET repo_id = excluded.repo_id, moved_at = excluded.moved_at",
            args![kind, from.name.key(), from.id, now],
        )
        .await?;
    }
    tx.exec("DELETE FROM repo_names WHERE rowid = $1", args![from.id]).await?;
    tx.exec("INSERT INTO repo_names (rowid, key) VALUES ($1, $2)", args![from.id, to.key()]).await?;
    search::rename(tx, from.id).await
}

/// Deletes a repository and every row about it, but for its git objects, which [`drop_objects`] takes in batches.
pub async fn delete(tx: &mut Tx, id: i64, kind: RepoKind) -> Result<(), Error> {
    set_tags(tx, id, kind, &[]).await?;
    for table in [
        "refs",
        "commits",
        "commit_parents",
        "repo_lfs",
        "lfs_uploads",
        "likes",
        "repo_days",
        "repo_access",
        "repo_xorbs",
        "locks",
        "branch_rules",
    ] {
        tx.exec(format!("DELETE FROM {table} WHERE repo_id = $1"), args![id]).await?;
    }
    search::remove(tx, id).await?;
    tx.exec("DELETE FROM repo_moves WHERE repo_id = $1", args![id]).await?;
    tx.exec("DELETE FROM repo_facts WHERE repo_id = $1", args![id]).await?;
    tx.exec("DELETE FROM repo_names WHERE rowid = $1", args![id]).await?;
    tx.exec("DELETE FROM repos WHERE id = $1", args![id]).await.map(drop)
}

/// Deletes at most `limit` git objects of a repository that is gone; how many.
pub async fn drop_objects(tx: &mut Tx, id: i64, limit: i64) -> Result<u64, Error> {
    tx.exec(
        "DELETE FROM objects WHERE rowid IN (SELECT rowid FROM objects WHERE repo_id = $1 LIMIT $2) \
         AND NOT EXISTS (SELECT 1 FROM repos WHERE repos.id = $1)",
        args![id, limit],
    )
    .await
}

/// Repositories of an account, newest change first, `skip` of them left out.
pub async fn of_owner(tx: &mut Tx, owner: i64, skip: i64, limit: i64) -> Result<Vec<Repo>, Error> {
    let sql = format!(
        "SELECT {COLUMNS} FROM repos r WHERE r.owner_id = $1 ORDER BY r.modified_at DESC, r.id LIMIT $2 OFFSET $3"
    );
    tx.all(sql, args![owner, limit, skip]).await?.iter().map(repo).collect()
}

/// The status of a user's request to get through a gate.
pub async fn access(tx: &mut Tx, repo: i64, user: i64) -> Result<Option<String>, Error> {
    let sql = "SELECT status FROM repo_access WHERE repo_id = $1 AND user_id = $2";
    tx.first(sql, args![repo, user]).await?.map(|row| row.text(0)).transpose()
}

/// Lets a user through a gate, keeps them waiting, or turns them away.
pub async fn set_access(tx: &mut Tx, repo: i64, user: i64, status: &str, now: Time) -> Result<(), Error> {
    tx.exec(
        "INSERT INTO repo_access (repo_id, user_id, status, at) VALUES ($1, $2, $3, $4) \
         ON CONFLICT (repo_id, user_id) DO UPDATE SET status = excluded.status, at = excluded.at",
        args![repo, user, status, now],
    )
    .await
    .map(drop)
}

/// The tags of a kind that some public repository has, most used first: words that only private ones use stay theirs.
pub async fn tags(tx: &mut Tx, kind: RepoKind, limit: i64) -> Result<Vec<(String, i64)>, Error> {
    // The most used first: looking for a public repository of each of a million tags would take seconds.
    let sql = "SELECT t.name, t.count FROM ( \
                 SELECT id, name, count FROM tags WHERE kind = $1 AND count > 0 ORDER BY count DESC, name LIMIT 2 * $2) t \
               WHERE EXISTS ( \
                 SELECT 1 FROM repo_tags rt JOIN repos r ON r.id = rt.repo_id \
                 WHERE rt.tag_id = t.id AND r.private = 0 AND r.disabled = 0) \
               ORDER BY t.count DESC, t.name LIMIT $2";
    tx.all(sql, args![kind.code(), limit]).await?.iter().map(|row| Ok((row.text(0)?, row.int(1)?))).collect()
}
