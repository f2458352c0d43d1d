//! Xorbs in which the chunks of a file that comes in may lie already.

use crate::value::args;
use crate::xet::{XORB, Xorb, xorb};
use crate::{Error, Tx};

/// The xorbs of the newest file that has a xorb in it, as far as a repository may refer to them (see
/// [`may_refer`](crate::xet::may_refer)), those noted after it first, at most `limit`: whatever resembles one part of
/// a file most likely resembles the others.
pub async fn neighbours(tx: &mut Tx, xorb_id: i64, repo: i64, limit: i64) -> Result<Vec<Xorb>, Error> {
    let sql = format!(
        "SELECT {XORB} FROM xet_file_xorbs g JOIN xorbs x ON x.id = g.xorb_id \
         WHERE g.file_id = (SELECT MAX(file_id) FROM xet_file_xorbs WHERE xorb_id = $1) \
         AND x.condemned_at IS NULL AND EXISTS ( \
           SELECT 1 FROM repo_xorbs s LEFT JOIN repos r ON r.id = s.repo_id \
           LEFT JOIN buckets b ON b.id = -s.repo_id WHERE s.xorb_id = x.id \
           AND (s.repo_id = $2 OR (r.private = 0 AND r.gated = 0 AND r.disabled = 0) OR b.private = 0)) \
         ORDER BY x.id < $1, x.id LIMIT $3"
    );
    tx.all(sql, args![xorb_id, repo, limit]).await?.iter().map(xorb).collect()
}

/// Takes a xorb back that the hub made at `made` for a file that did not come to its end, unless something touched or
/// used it since; whether it did. Its bytes may go while the writer is held.
pub async fn forget_unused(
    tx: &mut Tx,
    hash: &crate::xet::Hash,
    made: stoa_core::Time,
) -> Result<bool, Error> {
    let sql = "DELETE FROM xorbs WHERE hash = $1 AND touched_at = $2 \
               AND NOT EXISTS (SELECT 1 FROM xet_file_xorbs f WHERE f.xorb_id = xorbs.id) \
               AND NOT EXISTS (SELECT 1 FROM repo_xorbs s WHERE s.xorb_id = xorbs.id AND s.repo_id <> 0)";
    let Some(row) = tx.first("SELECT id FROM xorbs WHERE hash = $1", args![&hash[..]]).await? else {
        return Ok(false);
    };
    let id = row.int(0)?;
    if tx.exec(sql, args![&hash[..], made]).await? == 0 {
        return Ok(false);
    }
    tx.exec("DELETE FROM xet_chunks WHERE xorb_id = $1", args![id]).await?;
    tx.exec("DELETE FROM repo_xorbs WHERE xorb_id = $1", args![id]).await?;
    Ok(true)
}
