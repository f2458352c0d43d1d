//! Likes, downloads and the numbers that follow from them.

use stoa_core::{RepoKind, Time};

use crate::value::args;
use crate::{Error, Tx};

/// Somebody's like.
#[derive(Clone, Debug)]
pub struct Liker {
    /// Name.
    pub user: String,
    /// Name for display.
    pub fullname: String,
    /// When.
    pub at: Time,
    /// Row id, for paging.
    pub user_id: i64,
}

/// Likes a repository; whether it is new.
pub async fn like(tx: &mut Tx, user: i64, repo: i64, now: Time) -> Result<bool, Error> {
    let changed = tx
        .exec(
            "INSERT INTO likes (user_id, repo_id, at) VALUES ($1, $2, $3) ON CONFLICT (user_id, repo_id) DO NOTHING",
            args![user, repo, now],
        )
        .await?;
    if changed == 1 {
        tx.exec("UPDATE repos SET likes = likes + 1 WHERE id = $1", args![repo]).await?;
        add_day(tx, repo, now.day(), 0, 1).await?;
    }
    Ok(changed == 1)
}

/// Takes a like back; whether there was one.
pub async fn unlike(tx: &mut Tx, user: i64, repo: i64) -> Result<bool, Error> {
    let changed = tx.exec("DELETE FROM likes WHERE user_id = $1 AND repo_id = $2", args![user, repo]).await?;
    if changed == 1 {
        tx.exec("UPDATE repos SET likes = likes - 1 WHERE id = $1 AND likes > 0", args![repo]).await?;
    }
    Ok(changed == 1)
}

/// Who likes a repository, by row id of the user, after `after`.
pub async fn likers(tx: &mut Tx, repo: i64, after: i64, limit: i64) -> Result<Vec<Liker>, Error> {
    let sql = "SELECT a.name, a.fullname, l.at, a.id FROM likes l JOIN accounts a ON a.id = l.user_id \
               WHERE l.repo_id = $1 AND a.id > $2 ORDER BY a.id LIMIT $3";
    tx.all(sql, args![repo, after, limit])
        .await?
        .iter()
        .map(|row| {
            Ok(Liker { user: row.text(0)?, fullname: row.text(1)?, at: row.time(2)?, user_id: row.int(3)? })
        })
        .collect()
}

/// Row ids of what a user likes with the time, newest first.
pub async fn likes_of(tx: &mut Tx, user: i64, skip: i64, limit: i64) -> Result<Vec<(i64, Time)>, Error> {
    let sql = "SELECT repo_id, at FROM likes WHERE user_id = $1 ORDER BY at DESC, repo_id LIMIT $2 OFFSET $3";
    tx.all(sql, args![user, limit, skip]).await?.iter().map(|row| Ok((row.int(0)?, row.time(1)?))).collect()
}

/// The same of one kind, or of all.
pub async fn liked(
    tx: &mut Tx,
    user: i64,
    kind: Option<RepoKind>,
    skip: i64,
    limit: i64,
) -> Result<Vec<(i64, Time)>, Error> {
    let Some(kind) = kind else { return likes_of(tx, user, skip, limit).await };
    let sql = "SELECT l.repo_id, l.at FROM likes l JOIN repos r ON r.id = l.repo_id \
               WHERE l.user_id = $1 AND r.kind = $2 ORDER BY l.at DESC, l.repo_id LIMIT $3 OFFSET $4";
    let rows = tx.all(sql, args![user, kind.code(), limit, skip]).await?;
    rows.iter().map(|row| Ok((row.int(0)?, row.time(1)?))).collect()
}

/// How many repositories a user likes.
pub async fn count_likes_of(tx: &mut Tx, user: i64) -> Result<i64, Error> {
    let row = tx.first("SELECT COUNT(*) FROM likes WHERE user_id = $1", args![user]).await?;
    row.map_or(Ok(0), |row| row.int(0))
}

/// How many repositories of each kind an account owns, public ones only unless `private` too.
pub async fn count_repos(tx: &mut Tx, owner: i64, kind: RepoKind, private: bool) -> Result<i64, Error> {
    // Both from the indexes alone; an owner may have a hundred thousand.
    let sql = "SELECT (SELECT COUNT(*) FROM repos INDEXED BY repos_by_owner WHERE owner_id = $1 AND kind = $2) - \
               (SELECT COUNT(*) FROM repos INDEXED BY repos_private \
                WHERE owner_id = $1 AND kind = $2 AND private = 1 AND $3 = 0)";
    let row = tx.first(sql, args![owner, kind.code(), private]).await?;
    row.map_or(Ok(0), |row| row.int(0))
}

async fn add_day(tx: &mut Tx, repo: i64, day: i64, downloads: i64, likes: i64) -> Result<(), Error> {
    tx.exec(
        "INSERT INTO repo_days (day, repo_id, downloads, likes) VALUES ($1, $2, $3, $4) \
         ON CONFLICT (repo_id, day) DO UPDATE SET downloads = repo_days.downloads + excluded.downloads, \
         likes = repo_days.likes + excluded.likes",
        args![day, repo, downloads, likes],
    )
    .await
    .map(drop)
}

/// Adds downloads to a repository's day and sums.
pub async fn add_downloads(tx: &mut Tx, repo: i64, day: i64, count: i64) -> Result<(), Error> {
    let changed = tx
        .exec(
            "UPDATE repos SET downloads = downloads + $2, downloads_all = downloads_all + $2 WHERE id = $1",
            args![repo, count],
        )
        .await?;
    if changed == 1 {
        add_day(tx, repo, day, count, 0).await?;
    }
    Ok(())
}

/// Day, downloads and likes of a repository from a day on, oldest first; days on which nothing happened are left out.
pub async fn days(tx: &mut Tx, repo: i64, first: i64) -> Result<Vec<(i64, i64, i64)>, Error> {
    let sql = "SELECT day, downloads, likes FROM repo_days WHERE repo_id = $1 AND day >= $2 ORDER BY day";
    let rows = tx.all(sql, args![repo, first]).await?;
    rows.iter().map(|row| Ok((row.int(0)?, row.int(1)?, row.int(2)?))).collect()
}

/// Whether a user likes a repository.
pub async fn likes(tx: &mut Tx, user: i64, repo: i64) -> Result<bool, Error> {
    let sql = "SELECT 1 FROM likes WHERE user_id = $1 AND repo_id = $2";
    Ok(tx.first(sql, args![user, repo]).await?.is_some())
}

/// Days that a repository's `downloads` looks back.
pub const DOWNLOAD_DAYS: i64 = 30;

/// Takes the downloads of the day that left the window out of every sum. Runs once per day.
pub async fn roll_downloads(tx: &mut Tx, today: i64) -> Result<u64, Error> {
    let first = today - DOWNLOAD_DAYS + 1;
    tx.exec(
        "UPDATE repos SET downloads = (SELECT COALESCE(SUM(d.downloads), 0) FROM repo_days d \
           WHERE d.repo_id = repos.id AND d.day >= $1) \
         WHERE id IN (SELECT repo_id FROM repo_days WHERE day >= $2 AND day < $1)",
        args![first, first - 40],
    )
    .await
}

/// Weights of the trending score, per event of a day, halved every three days:
/// Σ over 8 days of (downloads·1 + likes·10) · ½^(age in days / 3).
pub async fn roll_trending(tx: &mut Tx, today: i64) -> Result<u64, Error> {
    // ½^(age/3) for the ages 0…7, so that both databases compute the same without a power function.
    const DECAY: &str = "CASE $1 - d.day WHEN 0 THEN 1.0 WHEN 1 THEN 0.7937 WHEN 2 THEN 0.63 WHEN 3 THEN 0.5 \
                         WHEN 4 THEN 0.3969 WHEN 5 THEN 0.315 WHEN 6 THEN 0.25 WHEN 7 THEN 0.1984 ELSE 0.0 END";
    let sql = format!(
        "UPDATE repos SET trending = (SELECT COALESCE(SUM((d.downloads + 10 * d.likes) * {DECAY}), 0.0) \
           FROM repo_days d WHERE d.repo_id = repos.id AND d.day > $1 - 8) \
         WHERE id IN (SELECT repo_id FROM repo_days WHERE day > $1 - 10)"
    );
    tx.exec(sql, args![today]).await
}
