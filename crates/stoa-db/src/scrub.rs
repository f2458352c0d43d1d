//! Pages of everything that refers to something else, for checking that it is there.

use stoa_core::{Oid, Sha256};

use crate::value::args;
use crate::xet::{File, Hash, XORB, Xorb, file, hash, xorb};
use crate::{Error, Tx};

/// A large file as it should be stored.
#[derive(Clone, Copy, Debug)]
pub struct Large {
    /// SHA-256.
    pub oid: Sha256,
    /// Bytes.
    pub size: u64,
    /// The file of chunks that holds it; `None` when it lies whole.
    pub file: Option<i64>,
    /// Bytes of that file; `None` when there is no such file.
    pub file_size: Option<u64>,
}

/// Ids of repositories after one.
pub async fn repos(tx: &mut Tx, after: i64, limit: i64) -> Result<Vec<i64>, Error> {
    let sql = "SELECT id FROM repos WHERE id > $1 ORDER BY id LIMIT $2";
    tx.all(sql, args![after, limit]).await?.iter().map(|row| row.int(0)).collect()
}

/// Refs of a repository that name a commit or an object that is not there.
pub async fn broken_refs(tx: &mut Tx, repo: i64) -> Result<Vec<(String, Oid)>, Error> {
    let sql = "SELECT r.name, r.target FROM refs r WHERE r.repo_id = $1 AND ( \
                 NOT EXISTS (SELECT 1 FROM commits c WHERE c.repo_id = $1 AND c.oid = r.target) \
                 OR NOT EXISTS (SELECT 1 FROM objects o WHERE o.repo_id = $1 AND o.oid = r.oid)) LIMIT 1000";
    tx.all(sql, args![repo]).await?.iter().map(|row| Ok((row.text(0)?, row.oid(1)?))).collect()
}

/// Commits of a repository whose parent, tree or own object is not there; `empty` is the tree that nobody stores.
pub async fn broken_commits(tx: &mut Tx, repo: i64, empty: Oid) -> Result<Vec<Oid>, Error> {
    let sql = "SELECT c.oid FROM commits c WHERE c.repo_id = $1 AND ( \
                 NOT EXISTS (SELECT 1 FROM objects o WHERE o.repo_id = $1 AND o.oid = c.oid) \
                 OR (c.tree <> $2 AND NOT EXISTS (SELECT 1 FROM objects o WHERE o.repo_id = $1 AND o.oid = c.tree)) \
                 OR EXISTS (SELECT 1 FROM commit_parents p WHERE p.repo_id = $1 AND p.oid = c.oid \
                   AND NOT EXISTS (SELECT 1 FROM commits q WHERE q.repo_id = $1 AND q.oid = p.parent))) LIMIT 1000";
    tx.all(sql, args![repo, empty]).await?.iter().map(|row| row.oid(0)).collect()
}

/// Git objects of a repository whose bytes lie in the byte store, after one.
pub async fn kept_objects(tx: &mut Tx, repo: i64, after: &[u8], limit: i64) -> Result<Vec<Oid>, Error> {
    let sql =
        "SELECT oid FROM objects WHERE repo_id = $1 AND oid > $2 AND data IS NULL ORDER BY oid LIMIT $3";
    tx.all(sql, args![repo, after, limit]).await?.iter().map(|row| row.oid(0)).collect()
}

/// Large files that a repository links and that are not here.
pub async fn broken_links(tx: &mut Tx, repo: i64) -> Result<Vec<Sha256>, Error> {
    let sql = "SELECT l.oid FROM repo_lfs l WHERE l.repo_id = $1 \
               AND NOT EXISTS (SELECT 1 FROM lfs_objects o WHERE o.oid = l.oid AND o.size = l.size) LIMIT 1000";
    tx.all(sql, args![repo]).await?.iter().map(|row| row.sha256(0)).collect()
}

/// Buckets after one: row and path.
pub async fn buckets(tx: &mut Tx, after: i64, limit: i64) -> Result<Vec<(i64, String)>, Error> {
    let sql = "SELECT id, 'buckets/' || full_name FROM buckets WHERE id > $1 AND key IS NOT NULL ORDER BY id LIMIT $2";
    tx.all(sql, args![after, limit]).await?.iter().map(|row| Ok((row.int(0)?, row.text(1)?))).collect()
}

/// Paths of a bucket whose file of chunks is not here or has another size.
pub async fn broken_bucket_files(tx: &mut Tx, bucket: i64) -> Result<Vec<String>, Error> {
    let sql = "SELECT b.path FROM bucket_files b LEFT JOIN xet_files f ON f.id = b.file_id WHERE b.bucket_id = $1 \
               AND b.size <> CASE WHEN b.file_id IS NULL THEN 0 ELSE COALESCE(f.size, -1) END LIMIT 1000";
    tx.all(sql, args![bucket]).await?.iter().map(|row| row.text(0)).collect()
}

/// The restriction to what one repository links; `$1` is its id, or NULL for all.
const MINE: &str = "($1 IS NULL OR EXISTS (SELECT 1 FROM repo_lfs l WHERE l.repo_id = $1 AND l.oid = o.oid))";

/// Large files after one, of a repository or all.
pub async fn large(tx: &mut Tx, repo: Option<i64>, after: &[u8], limit: i64) -> Result<Vec<Large>, Error> {
    let sql = format!(
        "SELECT o.oid, o.size, o.xet_file, f.size FROM lfs_objects o LEFT JOIN xet_files f ON f.id = o.xet_file \
         WHERE o.oid > $2 AND {MINE} ORDER BY o.oid LIMIT $3"
    );
    let rows = tx.all(sql, args![repo, after, limit]).await?;
    rows.iter()
        .map(|row| {
            Ok(Large {
                oid: row.sha256(0)?,
                size: row.int(1)? as u64,
                file: row.opt_int(2)?,
                file_size: row.opt_int(3)?.map(|size| size as u64),
            })
        })
        .collect()
}

/// Files of chunks after one, of a repository or all.
pub async fn files(tx: &mut Tx, repo: Option<i64>, after: i64, limit: i64) -> Result<Vec<File>, Error> {
    let sql = format!(
        "SELECT f.id, f.hash, f.size, f.terms FROM xet_files f WHERE f.id > $2 AND ($1 IS NULL OR EXISTS ( \
           SELECT 1 FROM lfs_objects o WHERE o.xet_file = f.id AND {MINE})) ORDER BY f.id LIMIT $3"
    );
    tx.all(sql, args![repo, after, limit]).await?.iter().map(file).collect()
}

/// Xorbs that the rows of a file of chunks keep from the sweep.
pub async fn xorbs_of_file(tx: &mut Tx, file: i64) -> Result<Vec<Hash>, Error> {
    let sql = "SELECT x.hash FROM xet_file_xorbs f JOIN xorbs x ON x.id = f.xorb_id WHERE f.file_id = $1";
    tx.all(sql, args![file]).await?.iter().map(|row| hash(row, 0)).collect()
}

/// Xorbs after one, of a repository or all.
pub async fn xorbs(tx: &mut Tx, repo: Option<i64>, after: i64, limit: i64) -> Result<Vec<Xorb>, Error> {
    let sql = format!(
        "SELECT {XORB} FROM xorbs x WHERE x.id > $2 AND ($1 IS NULL OR EXISTS ( \
           SELECT 1 FROM xet_file_xorbs f JOIN lfs_objects o ON o.xet_file = f.file_id \
           WHERE f.xorb_id = x.id AND {MINE})) ORDER BY x.id LIMIT $3"
    );
    tx.all(sql, args![repo, after, limit]).await?.iter().map(xorb).collect()
}

#[cfg(test)]
mod tests {
    use stoa_core::{BucketId, Time};

    use super::*;
    use crate::buckets::{self, NewFile};
    use crate::{Config, Db, xet};

    #[tokio::test]
    async fn files_of_buckets_that_are_not_what_they_should_be_are_named() {
        let folder = tempfile::tempdir().expect("a folder");
        let db = Db::open(&Config::in_folder(folder.path())).await.expect("a database");
        let mut tx = db.write().await.expect("the writer");
        let name = BucketId::parse("ada/b").expect("an address");
        let bucket = buckets::create(&mut tx, &name, 1, false, 1, Time(0)).await.expect("a bucket");
        let file = File { id: 0, hash: [7; 32], size: 10, terms: Vec::new() };
        let known = xet::put_file(&mut tx, &file, &[], Time(0)).await.expect("a file");
        for (path, file, size) in [
            ("empty", None, 0),
            ("good", Some(known), 10),
            ("longer", Some(known), 11),
            ("missing", Some(known + 1), 10),
            ("nothing", None, 10),
        ] {
            let new = NewFile { path, file, size, mtime: None, content_type: None };
            buckets::put(&mut tx, bucket, &new, Time(0)).await.expect("a path");
        }
        let mut broken = broken_bucket_files(&mut tx, bucket).await.expect("paths");
        broken.sort();
        assert_eq!(broken, ["longer", "missing", "nothing"]);
        let page = buckets(&mut tx, 0, 10).await.expect("a page");
        assert_eq!(page, [(bucket, "buckets/ada/b".to_owned())]);
    }
}
