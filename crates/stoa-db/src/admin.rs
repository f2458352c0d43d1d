//! What those who administer the hub see of it: users, organizations and numbers.

use stoa_core::{RepoKind, Time};

use crate::accounts::{Account, COLUMNS, WIDTH, account};
use crate::value::args;
use crate::{Error, Tx};

/// A user in the list of all.
#[derive(Clone, Debug)]
pub struct UserRow {
    /// The user.
    pub account: Account,
    /// Repositories of theirs.
    pub repos: i64,
    /// Tokens of theirs.
    pub tokens: i64,
    /// When one of their tokens was last used, to the hour.
    pub token_used_at: Option<Time>,
}

/// An organization in the list of all.
#[derive(Clone, Debug)]
pub struct OrgRow {
    /// The organization.
    pub account: Account,
    /// Repositories of it.
    pub repos: i64,
    /// Who belongs to it.
    pub members: i64,
}

/// How many there are of everything.
#[derive(Clone, Copy, Default, Debug)]
pub struct Counts {
    /// Models.
    pub models: i64,
    /// Datasets.
    pub datasets: i64,
    /// Spaces.
    pub spaces: i64,
    /// Buckets.
    pub buckets: i64,
    /// Users.
    pub users: i64,
    /// Organizations.
    pub orgs: i64,
    /// Commits of all repositories, each counted where it is.
    pub commits: i64,
    /// Containers of chunks.
    pub xorbs: i64,
    /// Chunks in them.
    pub chunks: i64,
}

/// Users whose name, display name or address contains a text in lower case, by name, after the name `after`.
pub async fn users(tx: &mut Tx, search: &str, after: &str, limit: i64) -> Result<Vec<UserRow>, Error> {
    let sql = format!(
        "SELECT {COLUMNS}, (SELECT COUNT(*) FROM repos r WHERE r.owner_id = a.id), \
         (SELECT COUNT(*) FROM tokens t WHERE t.user_id = a.id), \
         (SELECT MAX(t.used_at) FROM tokens t WHERE t.user_id = a.id) \
         FROM accounts a WHERE a.is_org = 0 AND a.key > $1 AND (INSTR(a.key, $2) > 0 \
         OR INSTR(LOWER(a.fullname), $2) > 0 OR INSTR(LOWER(COALESCE(a.email, '')), $2) > 0) \
         ORDER BY a.key LIMIT $3"
    );
    let mut found = Vec::new();
    for row in tx.all(sql, args![after, search, limit]).await? {
        found.push(UserRow {
            account: account(&row)?,
            repos: row.int(WIDTH)?,
            tokens: row.int(WIDTH + 1)?,
            token_used_at: row.opt_int(WIDTH + 2)?.map(Time),
        });
    }
    Ok(found)
}

/// Organizations whose name or display name contains a text in lower case, by name, after the name `after`.
pub async fn orgs(tx: &mut Tx, search: &str, after: &str, limit: i64) -> Result<Vec<OrgRow>, Error> {
    let sql = format!(
        "SELECT {COLUMNS}, (SELECT COUNT(*) FROM repos r WHERE r.owner_id = a.id), \
         (SELECT COUNT(*) FROM members m WHERE m.org_id = a.id) FROM accounts a \
         WHERE a.is_org = 1 AND a.key > $1 AND (INSTR(a.key, $2) > 0 OR INSTR(LOWER(a.fullname), $2) > 0) \
         ORDER BY a.key LIMIT $3"
    );
    let mut found = Vec::new();
    for row in tx.all(sql, args![after, search, limit]).await? {
        found.push(OrgRow { account: account(&row)?, repos: row.int(WIDTH)?, members: row.int(WIDTH + 1)? });
    }
    Ok(found)
}

/// Counts everything. This walks whole indexes.
pub async fn counts(tx: &mut Tx) -> Result<Counts, Error> {
    // A row of a xorb's table of chunks has 40 bytes.
    let sql = "SELECT (SELECT COUNT(*) FROM buckets WHERE key IS NOT NULL), \
               (SELECT COUNT(*) FROM accounts WHERE is_org = 0), (SELECT COUNT(*) FROM accounts WHERE is_org = 1), \
               (SELECT COUNT(*) FROM commits), (SELECT COUNT(*) FROM xorbs), \
               (SELECT COALESCE(SUM(LENGTH(chunks)), 0) / 40 FROM xorbs)";
    let mut counts = Counts::default();
    if let Some(row) = tx.first(sql, vec![]).await? {
        counts.buckets = row.int(0)?;
        counts.users = row.int(1)?;
        counts.orgs = row.int(2)?;
        counts.commits = row.int(3)?;
        counts.xorbs = row.int(4)?;
        counts.chunks = row.int(5)?;
    }
    for row in tx.all("SELECT kind, COUNT(*) FROM repos GROUP BY kind", vec![]).await? {
        let count = row.int(1)?;
        match RepoKind::from_code(row.int(0)?) {
            Some(RepoKind::Model) => counts.models = count,
            Some(RepoKind::Dataset) => counts.datasets = count,
            Some(RepoKind::Space) => counts.spaces = count,
            None => {}
        }
    }
    Ok(counts)
}
