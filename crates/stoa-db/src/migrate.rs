//! Brings the tables up to date. Migrations only add; removal comes a release later.

use crate::value::args;
use crate::{Db, Error};

/// Number, name and the scripts of every migration, in order.
const MIGRATIONS: &[(i64, &str, &[&str])] = &[
    (1, "accounts", &[include_str!("../migrations/0001_accounts.sql")]),
    (
        2,
        "repos",
        &[include_str!("../migrations/0002_repos.sql"), include_str!("../migrations/0002_repos.sqlite.sql")],
    ),
    (3, "git", &[include_str!("../migrations/0003_git.sql")]),
    (4, "lfs", &[include_str!("../migrations/0004_lfs.sql")]),
    (
        5,
        "lists",
        &[include_str!("../migrations/0005_lists.sql"), include_str!("../migrations/0005_lists.sqlite.sql")],
    ),
    (6, "xet", &[include_str!("../migrations/0006_xet.sql")]),
    (7, "buckets", &[include_str!("../migrations/0007_buckets.sql")]),
    (8, "compaction", &[include_str!("../migrations/0008_compaction.sql")]),
    (9, "packs", &[include_str!("../migrations/0009_packs.sql")]),
    (10, "keys", &[include_str!("../migrations/0010_keys.sql")]),
    (11, "locks", &[include_str!("../migrations/0011_locks.sql")]),
    (12, "branch_rules", &[include_str!("../migrations/0012_branch_rules.sql")]),
    (13, "sessions", &[include_str!("../migrations/0013_sessions.sql")]),
    (14, "profiles", &[include_str!("../migrations/0014_profiles.sql")]),
    (
        15,
        "search",
        &[
            include_str!("../migrations/0015_search.sql"),
            include_str!("../migrations/0015_search.sqlite.sql"),
        ],
    ),
    (
        16,
        "counts",
        &[
            include_str!("../migrations/0016_counts.sql"),
            include_str!("../migrations/0016_counts.sqlite.sql"),
        ],
    ),
];

/// Applies what is missing, each migration in its own transaction.
pub(crate) async fn run(db: &Db) -> Result<(), Error> {
    let mut tx = db.write().await?;
    tx.exec("CREATE TABLE IF NOT EXISTS schema_version (version BIGINT NOT NULL)", vec![]).await?;
    let row = tx.first("SELECT COALESCE(MAX(version), 0) FROM schema_version", vec![]).await?;
    let have = row.map_or(Ok(0), |row| row.int(0))?;
    tx.commit().await?;
    let newest = MIGRATIONS.last().map_or(0, |(version, ..)| *version);
    if have > newest {
        return Err(Error::Setup(format!(
            "The database has version {have}, this stoa knows {newest}: start a newer stoa on it"
        )));
    }
    for (version, name, scripts) in MIGRATIONS.iter().filter(|(version, ..)| *version > have) {
        let mut tx = db.write().await?;
        for script in *scripts {
            tx.script(script)
                .await
                .map_err(|e| Error::Setup(format!("Migration {version} ({name}) failed: {e}")))?;
        }
        tx.exec("INSERT INTO schema_version (version) VALUES ($1)", args![*version]).await?;
        tx.commit().await?;
        tracing::debug!(db.version = version, "migrated");
    }
    Ok(())
}
