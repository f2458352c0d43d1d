//! Xorbs of which little may be used, and moving what is used of one into another.

use std::collections::HashSet;

use stoa_core::Time;

use crate::connect::list_of;
use crate::sweep::{Due, condemn, going};
use crate::value::args;
use crate::xet::{File, Hash, XORB, Xorb, file, hash, xorb};
use crate::{Error, Tx, Value};

/// Where a xorb stands: when it was touched, and its row.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Place(Time, i64);

impl Place {
    /// Before the first.
    pub const START: Self = Self(Time(i64::MIN), 0);

    /// The row.
    pub fn id(self) -> i64 {
        self.1
    }
}

/// A xorb that some file refers to.
#[derive(Clone, Debug)]
pub struct Found {
    /// The xorb.
    pub xorb: Xorb,
    /// Its place.
    pub place: Place,
}

/// The restriction to xorbs that nothing touched since `$1` and that stand after `$2`, `$3`.
const DUE: &str = "x.condemned_at IS NULL AND x.touched_at < $1 AND (x.touched_at, x.id) > ($2, $3) \
                   AND EXISTS (SELECT 1 FROM xet_file_xorbs f WHERE f.xorb_id = x.id)";

/// Xorbs after a place that nothing touched since a time and of which it is not known that most is used.
pub async fn unweighed(tx: &mut Tx, before: Time, after: Place, limit: i64) -> Result<Vec<Found>, Error> {
    let sql = format!(
        "SELECT {XORB}, x.touched_at FROM xorbs x WHERE x.weighed = 0 AND {DUE} \
         ORDER BY x.touched_at, x.id LIMIT $4"
    );
    tx.all(sql, args![before, after.0, after.1, limit]).await?.iter().map(found).collect()
}

/// Places and rows of xorbs after a place that nothing touched since a time, and whether it is known that most of them
/// is used.
pub async fn due(tx: &mut Tx, before: Time, after: Place, limit: i64) -> Result<Vec<(Place, bool)>, Error> {
    let sql = format!(
        "SELECT x.touched_at, x.id, x.weighed FROM xorbs x WHERE {DUE} ORDER BY x.touched_at, x.id LIMIT $4"
    );
    let rows = tx.all(sql, args![before, after.0, after.1, limit]).await?;
    rows.iter().map(|row| Ok((Place(row.time(0)?, row.int(1)?), row.flag(2)?))).collect()
}

/// The xorbs at these places, those that are here.
pub async fn at(tx: &mut Tx, places: &[Place]) -> Result<Vec<Found>, Error> {
    let sql =
        format!("SELECT {XORB}, x.touched_at FROM xorbs x WHERE x.id IN ({})", list_of(0, places.len()));
    tx.all(sql, places.iter().map(|place| Value::Int(place.1)).collect()).await?.iter().map(found).collect()
}

/// The rows of all xorbs that files refer to which a sweep would forget.
pub async fn losing(tx: &mut Tx, due: &Due) -> Result<HashSet<i64>, Error> {
    let sql =
        format!("SELECT DISTINCT r.xorb_id FROM ({}) g JOIN xet_file_xorbs r ON r.file_id = g.id", going());
    tx.all(sql, args![due.orphans, due.files]).await?.iter().map(|row| row.int(0)).collect()
}

fn found(row: &crate::Row) -> Result<Found, Error> {
    let xorb = xorb(row)?;
    let place = Place(row.time(5)?, xorb.id);
    Ok(Found { xorb, place })
}

/// The rows of the files that refer to a xorb, at most `limit`.
pub async fn files_of(tx: &mut Tx, xorb: i64, limit: i64) -> Result<Vec<i64>, Error> {
    let sql = "SELECT file_id FROM xet_file_xorbs WHERE xorb_id = $1 LIMIT $2";
    tx.all(sql, args![xorb, limit]).await?.iter().map(|row| row.int(0)).collect()
}

/// Those of these files that are here, in no order.
pub async fn files(tx: &mut Tx, ids: &[i64]) -> Result<Vec<File>, Error> {
    let sql = format!(
        "SELECT f.id, f.hash, f.size, f.terms FROM xet_files f WHERE f.id IN ({})",
        list_of(0, ids.len())
    );
    tx.all(sql, ids.iter().map(|id| Value::Int(*id)).collect()).await?.iter().map(file).collect()
}

/// Notes that most of a xorb is used, unless the number of files that refer to it, counted up to `most`, is another by
/// now.
pub async fn weighed(tx: &mut Tx, xorb: i64, files: usize, most: usize) -> Result<(), Error> {
    let sql = "UPDATE xorbs SET weighed = 1 WHERE id = $1 AND $2 = ( \
                 SELECT COUNT(*) FROM (SELECT 1 FROM xet_file_xorbs f WHERE f.xorb_id = $1 LIMIT $3) g)";
    tx.exec(sql, args![xorb, files as i64, most as i64]).await.map(drop)
}

/// The chunks that a xorb is found by.
pub async fn found_by(tx: &mut Tx, xorb: i64) -> Result<Vec<Hash>, Error> {
    let sql = "SELECT chunk FROM xet_chunks WHERE xorb_id = $1";
    tx.all(sql, args![xorb]).await?.iter().map(|row| hash(row, 0)).collect()
}

/// A file that is to refer to another xorb.
#[derive(Clone, Debug)]
pub struct Moved {
    /// Its row.
    pub file: i64,
    /// Its terms, as stored.
    pub from: Vec<u8>,
    /// Its terms, as they are to be.
    pub to: Vec<u8>,
}

/// Lets files that refer to `old` refer to the xorb `new` with the same chunks, shows that one to whoever was shown
/// `old`, and condemns `old` as of `at`. `false`, and nothing may be committed, when something touched `old` since
/// `before`, or a file refers to it that is not among `files` or has other terms.
pub async fn switch(
    tx: &mut Tx,
    old: &Xorb,
    new: i64,
    files: &[Moved],
    before: Time,
    at: Time,
) -> Result<bool, Error> {
    let sql = "SELECT 1 FROM xorbs WHERE id = $1 AND hash = $2";
    if new == old.id || tx.first(sql, args![old.id, &old.hash[..]]).await?.is_none() {
        return Ok(false);
    }
    let referring = files_of(tx, old.id, files.len() as i64 + 1).await?;
    let known: HashSet<i64> = files.iter().map(|moved| moved.file).collect();
    if !referring.iter().all(|id| known.contains(id)) {
        return Ok(false);
    }
    let still: HashSet<i64> = referring.into_iter().collect();
    for moved in files.iter().filter(|moved| still.contains(&moved.file)) {
        let sql = "UPDATE xet_files SET terms = $3 WHERE id = $1 AND terms = $2";
        let values = args![moved.file, moved.from.as_slice(), moved.to.as_slice()];
        if tx.exec(sql, values).await? == 0 {
            return Ok(false);
        }
    }
    for sql in [
        "INSERT INTO xet_file_xorbs (file_id, xorb_id) SELECT file_id, $2 FROM xet_file_xorbs WHERE xorb_id = $1 \
         ON CONFLICT (file_id, xorb_id) DO NOTHING",
        "INSERT INTO repo_xorbs (repo_id, xorb_id) SELECT repo_id, $2 FROM repo_xorbs WHERE xorb_id = $1 \
         ON CONFLICT (repo_id, xorb_id) DO NOTHING",
    ] {
        tx.exec(sql, args![old.id, new]).await?;
    }
    tx.exec("DELETE FROM xet_file_xorbs WHERE xorb_id = $1", args![old.id]).await?;
    condemn(tx, old.id, before, at).await
}
