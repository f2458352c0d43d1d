//! Which repositories have a tag: from the tag's index, or from blocks of bits for tags that very many have.

use super::ids::{IdSet, parse, set};
use crate::value::args;
use crate::{Error, Tx};

/// Row ids of a block.
const BLOCK: i64 = 8_192;
/// Words of a block.
const WORDS: usize = BLOCK as usize / 64;
/// Tags of more repositories than this are read from blocks.
const PACKED: i64 = if cfg!(test) { 40 } else { 16_384 };
/// With more blocks missing than this, reading them takes longer than probing.
const MISSING: i64 = if cfg!(test) { 3 } else { 64 };

/// The repositories that have a tag. `None` when finding out would take long and `thorough` does not insist.
pub(super) async fn of_tag(
    tx: &mut Tx,
    tag: i64,
    count: i64,
    thorough: bool,
) -> Result<Option<IdSet>, Error> {
    if count <= PACKED {
        return Ok(Some(IdSet::new(range(tx, tag, 0, i64::MAX).await?)));
    }
    let blocks = last(tx).await? / BLOCK + 1;
    // One row instead of hundreds: a row costs more on its way than a block. `group_concat` takes bytes as they are.
    let sql = "SELECT json_group_array(block), CAST(GROUP_CONCAT(bits, '') AS BLOB) FROM \
               (SELECT block, bits FROM tag_blocks WHERE tag_id = $1 AND block < $2 ORDER BY block)";
    let Some(row) = tx.first(sql, args![tag, blocks]).await? else { return Ok(None) };
    let have = parse(&row.text(0)?);
    if blocks - have.len() as i64 > MISSING && !thorough {
        return Ok(None);
    }
    let mut words = vec![0_u64; blocks as usize * WORDS];
    let bits = row.opt_blob(1)?.unwrap_or_default();
    let mut next = 0; // the first block that is not in `words` yet
    for (block, bits) in have.iter().zip(bits.chunks_exact(WORDS * 8)) {
        fill(tx, tag, next..*block, &mut words).await?;
        for (word, bytes) in words[*block as usize * WORDS..].iter_mut().zip(bits.chunks_exact(8)) {
            *word = u64::from_le_bytes(bytes.try_into().expect("chunks of eight"));
        }
        next = block + 1;
    }
    fill(tx, tag, next..blocks, &mut words).await?;
    Ok(Some(IdSet::Bits(words)))
}

/// Reads blocks that are missing from the tag's index.
async fn fill(tx: &mut Tx, tag: i64, blocks: std::ops::Range<i64>, words: &mut [u64]) -> Result<(), Error> {
    if !blocks.is_empty() {
        set(words, &range(tx, tag, blocks.start * BLOCK, blocks.end * BLOCK).await?);
    }
    Ok(())
}

/// The repositories with row ids from `start` up to but not including `end` that have a tag.
pub(super) async fn range(tx: &mut Tx, tag: i64, start: i64, end: i64) -> Result<Vec<i64>, Error> {
    let sql = "SELECT json_group_array(repo_id) FROM repo_tags WHERE tag_id = $1 AND repo_id >= $2 AND repo_id < $3";
    let row = tx.first(sql, args![tag, start, end]).await?;
    row.map_or(Ok(Vec::new()), |row| Ok(parse(&row.text(0)?)))
}

/// The largest row id.
pub(super) async fn last(tx: &mut Tx) -> Result<i64, Error> {
    let row = tx.first("SELECT COALESCE(MAX(id), 0) FROM repos", vec![]).await?;
    row.map_or(Ok(0), |row| row.int(0))
}

/// Writes blocks of frequent tags that are missing, at most `limit`; how many it wrote.
pub(super) async fn pack(tx: &mut Tx, limit: usize) -> Result<usize, Error> {
    let blocks = last(tx).await? / BLOCK + 1;
    let frequent = tx.all("SELECT id FROM tags WHERE count > $1 ORDER BY id", args![PACKED]).await?;
    let mut written = 0;
    for row in frequent {
        let tag = row.int(0)?;
        let mut have = vec![false; blocks as usize];
        for row in tx.all("SELECT block FROM tag_blocks WHERE tag_id = $1", args![tag]).await? {
            if let Some(have) = have.get_mut(row.int(0)? as usize) {
                *have = true;
            }
        }
        for block in (0..blocks).filter(|block| !have[*block as usize]) {
            if written == limit {
                return Ok(written);
            }
            let ids = range(tx, tag, block * BLOCK, (block + 1) * BLOCK).await?;
            let mut words = vec![0_u64; WORDS];
            let inside: Vec<i64> = ids.iter().map(|id| id - block * BLOCK).collect();
            set(&mut words, &inside);
            let bits: Vec<u8> = words.iter().flat_map(|word| word.to_le_bytes()).collect();
            let sql = "INSERT INTO tag_blocks (tag_id, block, bits) VALUES ($1, $2, $3)";
            tx.exec(sql, args![tag, block, bits]).await?;
            written += 1;
        }
    }
    Ok(written)
}
