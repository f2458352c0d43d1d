//! Shards coming in: what files are made of. Everything a shard says is checked before any of it counts.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use bytes::Bytes;
use futures_util::StreamExt;
use sha2::{Digest, Sha256 as Hasher};
use stoa_core::{Failure, Reply, Sha256};
use stoa_db::{Tx, buckets, lfs, xet};
use stoa_xet::{FileCheck, MerkleHash, Shard, ShardFile, ShardLimits, ShardXorb, check_xorb};

use super::bytes::encode_terms;
use super::tables::Known;
use super::{Holder, XetSession, xet_failure};
use crate::{Large, cpu};

/// How far a shard has come.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ShardStep {
    /// So many files of so many were verified.
    Verified(usize, usize),
    /// What was verified is being written down.
    Committing,
}

/// Xorbs that the files of one shard may refer to.
const XORBS: usize = 100_000;

impl XetSession {
    /// Takes a shard; `told` hears how far it is. Whether any of its files is new.
    pub async fn put_shard(&self, shard: Bytes, mut told: impl FnMut(ShardStep) + Send) -> Reply<bool> {
        self.need_write()?;
        let parse = move || Shard::parse(&shard, ShardLimits::UPLOAD).map_err(xet_failure);
        let Shard { files, xorbs } = cpu::run(parse).await?;
        let mut hashes: HashSet<MerkleHash> =
            files.iter().flat_map(|file| &file.terms).map(|term| term.xorb).collect();
        hashes.extend(xorbs.iter().map(|xorb| xorb.hash));
        if hashes.len() > XORBS {
            return Err(Failure::too_large(format!("A shard may refer to at most {XORBS} xorbs")));
        }
        let hashes: Vec<MerkleHash> = hashes.into_iter().collect();
        let tables = Arc::new(self.hub.tables(&hashes).await?);
        let wanted = self.check_xorbs(xorbs, &tables).await?;
        let total = files.len();
        let mut checked = Vec::with_capacity(total);
        for file in files {
            checked.push(self.check_file(file, &tables).await?);
            told(ShardStep::Verified(checked.len(), total));
        }
        told(ShardStep::Committing);
        self.write_down(&checked, &hashes, &wanted).await
    }

    /// Checks what the shard says of xorbs; answers the chunks that others should find them by.
    async fn check_xorbs(
        &self,
        xorbs: Vec<ShardXorb>,
        tables: &Arc<HashMap<MerkleHash, Arc<Known>>>,
    ) -> Reply<Vec<(MerkleHash, xet::Hash)>> {
        let tables = Arc::clone(tables);
        cpu::run(move || {
            let mut wanted = Vec::new();
            for xorb in &xorbs {
                let Some(known) = tables.get(&xorb.hash) else { continue };
                check_xorb(xorb, &known.chunks).map_err(xet_failure)?;
                wanted.extend(xorb.chunks.iter().filter(|c| c.dedup).map(|c| (xorb.hash, c.hash.0)));
            }
            Ok(wanted)
        })
        .await
    }

    async fn check_file(
        &self,
        file: ShardFile,
        tables: &Arc<HashMap<MerkleHash, Arc<Known>>>,
    ) -> Reply<(ShardFile, Option<MerkleHash>)> {
        let tables = Arc::clone(tables);
        let (file, first) = cpu::run(move || {
            let mut check = FileCheck::new(&file).map_err(xet_failure)?;
            while let Some(hash) = check.needs() {
                let known = tables.get(&hash).ok_or_else(|| Failure::internal("a table was not loaded"))?;
                check.term(&known.chunks).map_err(xet_failure)?;
            }
            let first = check.finish().map_err(xet_failure)?.first;
            Ok((file, first))
        })
        .await?;
        if let (Holder::Repo(_), Some(sha256)) = (self.holder, file.sha256) {
            self.check_sha256(&file, sha256).await?;
        }
        Ok((file, first))
    }

    /// Proves the SHA-256 that a shard claims for a file: other people will trust it. A pair that was proven before is
    /// not read again.
    async fn check_sha256(&self, file: &ShardFile, claimed: Sha256) -> Reply<()> {
        let mut tx = self.hub.read().await?;
        if let Some(known) = xet::file_of(&mut tx, claimed).await?
            && known.hash == file.id.0
        {
            return Ok(());
        }
        drop(tx);
        let row = xet::File { id: 0, hash: file.id.0, size: file.size(), terms: encode_terms(&file.terms) };
        let mut stream = self.hub.joined(&row, 0..row.size).await?;
        let mut hasher = Hasher::new();
        let mut waiting: (Vec<Bytes>, usize) = (Vec::new(), 0);
        loop {
            let piece = stream.next().await.transpose().map_err(Failure::internal)?;
            let ended = piece.is_none();
            if let Some(piece) = piece {
                waiting.1 += piece.len();
                waiting.0.push(piece);
            }
            if ended || waiting.1 >= 1 << 20 {
                let pieces = std::mem::take(&mut waiting).0;
                hasher = cpu::run(move || {
                    for piece in &pieces {
                        hasher.update(piece);
                    }
                    Ok(hasher)
                })
                .await?;
            }
            if ended {
                break;
            }
        }
        let found = Sha256(hasher.finalize().into());
        if found == claimed {
            return Ok(());
        }
        Err(Failure::invalid(format!("The file {} has the SHA-256 {found}, not {claimed}", file.id)))
    }

    /// Makes every file of the shard visible, all in one transaction.
    async fn write_down(
        &self,
        files: &[(ShardFile, Option<MerkleHash>)],
        hashes: &[MerkleHash],
        wanted: &[(MerkleHash, xet::Hash)],
    ) -> Reply<bool> {
        let hub = &self.hub;
        let now = hub.now();
        let raw: Vec<xet::Hash> = hashes.iter().map(|hash| hash.0).collect();
        let mut tx = hub.write().await?;
        self.need_holder(&mut tx).await?;
        let rows = self.hold_xorbs(&mut tx, &raw).await?;
        if let Holder::Repo(repo) = self.holder {
            let large =
                files.iter().filter_map(|(file, _)| Some(Large { oid: file.sha256?, size: file.size() }));
            hub.check_quota(&mut tx, repo, &large.collect::<Vec<_>>()).await?;
        }
        let mut new = false;
        for (file, first) in files {
            let xorbs: HashSet<MerkleHash> = file.terms.iter().map(|term| term.xorb).collect();
            let ids: Vec<i64> = xorbs.iter().filter_map(|hash| rows.get(&hash.0)).copied().collect();
            let row =
                xet::File { id: 0, hash: file.id.0, size: file.size(), terms: encode_terms(&file.terms) };
            let known = xet::file_by_hash(&mut tx, &row.hash).await?.is_some();
            new |= !known;
            let id = xet::put_file(&mut tx, &row, &ids, now).await?;
            for xorb in &ids {
                xet::share(&mut tx, self.holder.share(), *xorb).await?;
            }
            match (self.holder, file.sha256) {
                // Buckets know their files by hash alone.
                (Holder::Bucket(bucket), _) => buckets::sent(&mut tx, bucket, id).await?,
                (Holder::Repo(repo), Some(sha256)) => {
                    xet::put_large(&mut tx, sha256, row.size, id, now).await?;
                    lfs::link(&mut tx, repo, sha256, row.size, now).await?;
                }
                (Holder::Repo(_), None) => {}
            }
            if let (Some(first), Some(term)) = (first, file.terms.first())
                && let Some(xorb) = rows.get(&term.xorb.0)
            {
                xet::find_by(&mut tx, &first.0, *xorb).await?;
            }
        }
        for (xorb, chunk) in wanted {
            if let Some(xorb) = rows.get(&xorb.0) {
                xet::find_by(&mut tx, chunk, *xorb).await?;
            }
        }
        tx.commit().await?;
        Ok(new)
    }

    /// The rows of the xorbs that a shard refers to.
    async fn hold_xorbs(&self, tx: &mut Tx, hashes: &[xet::Hash]) -> Reply<HashMap<xet::Hash, i64>> {
        let held = self.hub.hold_xorbs(tx, hashes).await?;
        held.ok_or_else(|| Failure::invalid("A xorb that this shard refers to was swept. Send it again"))
    }
}
