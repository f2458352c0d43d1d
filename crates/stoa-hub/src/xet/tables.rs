//! Chunk tables of xorbs, most used first in memory. They are named by what is in them, so none is ever wrong.
//!
//! Invariant: the cache says what is in a xorb, never whether the xorb is here nor which row it has. Another process
//! (`stoa gc`) may have deleted it, and someone may have sent it again since, under another row. Whoever writes asks
//! the database under its writer ([`super::shards`], [`super::xorbs`]).

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use bytes::Bytes;
use quick_cache::Weighter;
use quick_cache::sync::Cache;
use stoa_core::{Failure, Reply};
use stoa_db::xet;
use stoa_xet::{ChunkTable, MerkleHash};

use super::damaged;
use crate::Hub;

/// Bytes of tables kept.
const CACHE: u64 = 48 << 20;

/// A xorb with its table.
#[derive(Clone)]
pub(crate) struct Known {
    /// Its chunks.
    pub(crate) chunks: ChunkTable,
}

#[derive(Clone)]
struct Weight;

impl Weighter<MerkleHash, Arc<Known>> for Weight {
    fn weight(&self, _key: &MerkleHash, known: &Arc<Known>) -> u64 {
        128 + known.chunks.as_bytes().len() as u64
    }
}

pub(crate) struct TableCache(Cache<MerkleHash, Arc<Known>, Weight>);

impl TableCache {
    pub(crate) fn new() -> Self {
        Self(Cache::with_weighter(1024, CACHE, Weight))
    }

    /// Forgets a xorb that was swept.
    pub(crate) fn forget(&self, hash: &MerkleHash) {
        self.0.remove(hash);
    }
}

impl Hub {
    /// The table of a xorb; `None` when it is not here.
    pub(crate) async fn table(&self, hash: MerkleHash) -> Reply<Option<Arc<Known>>> {
        if let Some(known) = self.0.tables.0.get(&hash) {
            return Ok(Some(known));
        }
        let mut tx = self.read().await?;
        let Some(row) = xet::xorbs(&mut tx, &[hash.0]).await?.pop() else { return Ok(None) };
        drop(tx);
        let chunks = ChunkTable::from_bytes(Bytes::from(row.chunks)).map_err(damaged)?;
        let known = Arc::new(Known { chunks });
        self.0.tables.0.insert(hash, Arc::clone(&known));
        Ok(Some(known))
    }

    /// The tables of several xorbs; one that is missing is an error of whoever refers to it.
    pub(crate) async fn tables(&self, hashes: &[MerkleHash]) -> Reply<HashMap<MerkleHash, Arc<Known>>> {
        let raw: Vec<xet::Hash> = hashes.iter().map(|hash| hash.0).collect();
        let mut tx = self.read().await?;
        let here: HashSet<xet::Hash> =
            xet::xorb_ids(&mut tx, &raw).await?.into_iter().map(|(hash, _)| hash).collect();
        drop(tx);
        // Remembered, and deleted by another process: reading its chunks would fail as if it were our fault.
        hashes.iter().filter(|hash| !here.contains(&hash.0)).for_each(|hash| self.0.tables.forget(hash));
        let mut found = HashMap::with_capacity(hashes.len());
        for hash in hashes {
            if found.contains_key(hash) {
                continue;
            }
            let known = self.table(*hash).await?.ok_or_else(|| {
                Failure::invalid(format!("The xorb {hash} is not here. Send it before what refers to it"))
            })?;
            found.insert(*hash, known);
        }
        Ok(found)
    }
}
