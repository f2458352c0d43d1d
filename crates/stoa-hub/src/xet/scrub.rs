//! Checking that everything the database speaks of is in the byte store, and is what it was. Changes nothing.
//!
//! A running hub moves and deletes meanwhile. So a fault counts only if the row that shows it is still there when it
//! is read again.

use futures_util::StreamExt;
use sha2::{Digest, Sha256 as Hasher};
use stoa_blob::{ByteStream, Key};
use stoa_core::{Failure, Oid, Reply, Sha256};
use stoa_db::sweep::{self, Tally};
use stoa_db::{objects, repos, scrub, xet};
use stoa_git::{EMPTY_TREE, ObjectKind};
use stoa_xet::{ChunkTable, MerkleHash, XorbVerifier};

use super::bytes::plan_of;
use crate::access::{Access, Repo};
use crate::{Hub, blob_failure, cpu};

/// Rows read at a time.
const PAGE: i64 = 200;
/// Bytes hashed in one step off the async threads.
const STEP: usize = 1 << 20;

/// What a scrub has to say.
pub enum Scrubbed {
    /// Something is wrong: a sentence with what to do.
    Fault(String),
    /// So many of these were checked.
    Done(&'static str, u64),
    /// So much in the byte store belongs to nothing; harmless.
    Leftovers(Tally),
}

/// A scrub under way.
struct Scrub<'a> {
    hub: &'a Hub,
    deep: bool,
    only: Option<i64>,
    tell: &'a mut (dyn FnMut(Scrubbed) + Send),
}

impl Hub {
    /// Checks all of the hub. `deep` reads all bytes and hashes them again.
    pub async fn scrub(&self, deep: bool, tell: &mut (dyn FnMut(Scrubbed) + Send)) -> Reply<()> {
        let mut scrub = Scrub { hub: self, deep, only: None, tell };
        let mut after = 0;
        let mut done = 0;
        loop {
            let mut tx = self.read().await?;
            let page = scrub::repos(&mut tx, after, PAGE).await?;
            drop(tx);
            let Some(last) = page.last() else { break };
            after = *last;
            for id in page {
                scrub.repo(id).await?;
                done += 1;
            }
            (scrub.tell)(Scrubbed::Done("repositories", done));
        }
        scrub.buckets().await?;
        scrub.large_files().await?;
        scrub.files().await?;
        scrub.xorbs().await?;
        let mut leftovers = Tally::default();
        self.leftovers(self.now(), false, &mut leftovers).await?;
        tell(Scrubbed::Leftovers(leftovers));
        Ok(())
    }
}

impl<A: Access> Repo<A> {
    /// Checks this repository and what its large files are made of.
    pub async fn scrub(&self, deep: bool, tell: &mut (dyn FnMut(Scrubbed) + Send)) -> Reply<()> {
        let mut scrub = Scrub { hub: &self.hub, deep, only: Some(self.row.id), tell };
        scrub.repo(self.row.id).await?;
        scrub.large_files().await?;
        scrub.files().await?;
        scrub.xorbs().await
    }
}

impl Scrub<'_> {
    fn fault(&mut self, sentence: String) {
        (self.tell)(Scrubbed::Fault(sentence));
    }

    /// Refs, commits, git objects and links of one repository.
    async fn repo(&mut self, id: i64) -> Reply<()> {
        let mut tx = self.hub.read().await?;
        let Some(repo) = repos::by_id(&mut tx, id).await? else { return Ok(()) };
        let path = repo.name.path();
        let refs = scrub::broken_refs(&mut tx, id).await?;
        let commits = scrub::broken_commits(&mut tx, id, EMPTY_TREE).await?;
        let links = scrub::broken_links(&mut tx, id).await?;
        drop(tx);
        for (name, target) in refs {
            self.fault(format!(
                "{path}: `{name}` names the commit {target}, which is missing; restore a backup, or delete the ref"
            ));
        }
        for oid in commits {
            self.fault(format!(
                "{path}: the commit {oid} misses its object, its tree or a parent; restore a backup"
            ));
        }
        for oid in links {
            self.fault(format!("{path}: the large file {oid} is not in the store; upload it again"));
        }
        if self.deep { self.deep_objects(id, &path).await } else { self.kept_objects(id, &path).await }
    }

    /// What buckets name. What those files are made of is checked with all others.
    async fn buckets(&mut self) -> Reply<()> {
        let (mut after, mut done) = (0, 0);
        loop {
            let mut tx = self.hub.read().await?;
            let page = scrub::buckets(&mut tx, after, PAGE).await?;
            let Some((last, _)) = page.last() else { return Ok(()) };
            after = *last;
            done += page.len() as u64;
            for (id, bucket) in page {
                for path in scrub::broken_bucket_files(&mut tx, id).await? {
                    self.fault(format!("{bucket}: the file `{path}` is not in the store; upload it again"));
                }
            }
            drop(tx);
            (self.tell)(Scrubbed::Done("buckets", done));
        }
    }

    /// Git objects whose bytes lie in the byte store.
    async fn kept_objects(&mut self, repo: i64, path: &str) -> Reply<()> {
        let mut after = Vec::new();
        loop {
            let mut tx = self.hub.read().await?;
            let page = scrub::kept_objects(&mut tx, repo, &after, PAGE).await?;
            drop(tx);
            let Some(last) = page.last() else { return Ok(()) };
            after = last.as_bytes().to_vec();
            for oid in page {
                let key = Key::GitBlob { repo, oid };
                if self.size(&key).await?.is_none() && self.still(repo, oid).await? {
                    self.fault(missing_object(path, oid));
                }
            }
        }
    }

    /// All git objects, hashed again.
    async fn deep_objects(&mut self, repo: i64, path: &str) -> Reply<()> {
        let mut after = Vec::new();
        loop {
            let mut tx = self.hub.read().await?;
            let page = objects::page(&mut tx, repo, &after, PAGE).await?;
            drop(tx);
            let Some(last) = page.last() else { return Ok(()) };
            after = last.oid.as_bytes().to_vec();
            for object in page {
                let oid = object.oid;
                if object.data.is_none() && self.size(&Key::GitBlob { repo, oid }).await?.is_none() {
                    if self.still(repo, oid).await? {
                        self.fault(missing_object(path, oid));
                    }
                    continue;
                }
                if !self.same_object(repo, &object).await? && self.still(repo, oid).await? {
                    self.fault(format!(
                        "{path}: the git object {oid} is damaged; restore {} from a backup",
                        if object.data.is_some() {
                            "the database".to_owned()
                        } else {
                            Key::GitBlob { repo, oid }.path()
                        }
                    ));
                }
            }
        }
    }

    async fn same_object(&self, repo: i64, object: &objects::Object) -> Reply<bool> {
        let kind = u8::try_from(object.kind).ok().and_then(ObjectKind::from_pack_code);
        let (Some(kind), Ok(body)) = (kind, self.hub.body(repo, object.oid).await) else { return Ok(false) };
        let oid = object.oid;
        cpu::run(move || Ok(stoa_git::hash(kind, &body).is_ok_and(|found| found == oid))).await
    }

    async fn still(&self, repo: i64, oid: Oid) -> Reply<bool> {
        let mut tx = self.hub.read().await?;
        Ok(objects::get(&mut tx, repo, oid).await?.is_some())
    }

    async fn size(&self, key: &Key) -> Reply<Option<u64>> {
        self.hub.blobs().size(key).await.map_err(blob_failure)
    }

    /// Large files: those that lie whole by size or hash, the others by the size of what holds them.
    async fn large_files(&mut self) -> Reply<()> {
        let (mut after, mut done) = (Vec::new(), 0);
        loop {
            let mut tx = self.hub.read().await?;
            let page = scrub::large(&mut tx, self.only, &after, PAGE).await?;
            drop(tx);
            let Some(last) = page.last() else { return Ok(()) };
            after = last.oid.as_bytes().to_vec();
            done += page.len() as u64;
            for large in page {
                let sound = match large.file {
                    Some(_) => large.file_size == Some(large.size),
                    None => self.whole_is_sound(large.oid, large.size).await?,
                };
                if !sound && self.same_place(&large).await? {
                    self.fault(format!(
                        "The large file {} is missing or damaged; restore {} from a backup or upload the file again",
                        large.oid,
                        if large.file.is_some() {
                            "the database".to_owned()
                        } else {
                            Key::Lfs(large.oid).path()
                        }
                    ));
                }
            }
            (self.tell)(Scrubbed::Done("large files", done));
        }
    }

    async fn whole_is_sound(&self, oid: Sha256, size: u64) -> Reply<bool> {
        let key = Key::Lfs(oid);
        if self.size(&key).await? != Some(size) {
            return Ok(false);
        }
        if !self.deep {
            return Ok(true);
        }
        let Ok(body) = self.hub.blobs().get(&key, 0..size).await else { return Ok(false) };
        let hashed = each(body, Hasher::new(), |hasher, piece| {
            hasher.update(piece);
            true
        });
        Ok(hashed.await?.is_some_and(|hasher| Sha256(hasher.finalize().into()) == oid))
    }

    /// Whether a large file is still held by what it was held by: the hub turns whole files into chunks meanwhile.
    async fn same_place(&self, large: &scrub::Large) -> Reply<bool> {
        let mut tx = self.hub.read().await?;
        match large.file {
            None => Ok(sweep::knows_whole(&mut tx, large.oid).await?),
            Some(_) => Ok(stoa_db::lfs::size(&mut tx, large.oid).await?.is_some()),
        }
    }

    /// Files of chunks: every term must name chunks that are in a xorb that is here, and keep it from the sweep.
    async fn files(&mut self) -> Reply<()> {
        let (mut after, mut done) = (0, 0);
        loop {
            let mut tx = self.hub.read().await?;
            let page = scrub::files(&mut tx, self.only, after, PAGE).await?;
            drop(tx);
            let Some(last) = page.last() else { return Ok(()) };
            after = last.id;
            done += page.len() as u64;
            for file in page {
                let mut file = Some(file);
                while let Some(row) = file.take() {
                    let Some(why) = self.wrong_with_file(&row).await? else { continue };
                    let mut tx = self.hub.read().await?;
                    let now = xet::file_by_hash(&mut tx, &row.hash).await?.filter(|now| now.id == row.id);
                    drop(tx);
                    match now {
                        Some(now) if now.terms == row.terms => {
                            let hash = MerkleHash(row.hash);
                            self.fault(format!(
                                "The file of chunks {hash} {why}; upload what it holds again"
                            ));
                        }
                        // It was moved to other xorbs meanwhile.
                        moved => file = moved,
                    }
                }
            }
            (self.tell)(Scrubbed::Done("files of chunks", done));
        }
    }

    async fn wrong_with_file(&self, file: &xet::File) -> Reply<Option<String>> {
        let Ok(plan) = plan_of(file) else { return Ok(Some("has damaged terms".to_owned())) };
        if file.size == 0 {
            return Ok(None);
        }
        let mut tx = self.hub.read().await?;
        let kept: std::collections::HashSet<xet::Hash> =
            scrub::xorbs_of_file(&mut tx, file.id).await?.into_iter().collect();
        drop(tx);
        let Ok(mut selection) = plan.select(0..file.size) else {
            return Ok(Some("has damaged terms".to_owned()));
        };
        while let Some(hash) = selection.needs() {
            // A xorb that is remembered and gone is caught by `kept`, which comes from the database.
            let Some(known) = self.hub.table(hash).await? else {
                return Ok(Some(format!("needs the xorb {hash}, which is missing")));
            };
            if !kept.contains(&hash.0) {
                return Ok(Some(format!("does not keep the xorb {hash} from the sweep")));
            }
            if selection.take(&known.chunks).is_err() {
                return Ok(Some(format!("names chunks that the xorb {hash} does not have")));
            }
        }
        Ok(None)
    }

    async fn xorbs(&mut self) -> Reply<()> {
        let (mut after, mut done) = (0, 0);
        loop {
            let mut tx = self.hub.read().await?;
            let page = scrub::xorbs(&mut tx, self.only, after, 20).await?;
            drop(tx);
            let Some(last) = page.last() else { return Ok(()) };
            after = last.id;
            for xorb in page {
                done += 1;
                let Some(why) = self.wrong_with_xorb(&xorb).await? else { continue };
                let mut tx = self.hub.read().await?;
                let still = !xet::xorb_ids(&mut tx, &[xorb.hash]).await?.is_empty();
                drop(tx);
                if still {
                    self.fault(format!(
                        "The xorb {} {why}; restore {} from a backup, or upload the files it holds again",
                        MerkleHash(xorb.hash),
                        Key::Xorb(xorb.hash).path()
                    ));
                }
            }
            (self.tell)(Scrubbed::Done("xorbs", done));
        }
    }

    async fn wrong_with_xorb(&self, xorb: &xet::Xorb) -> Reply<Option<&'static str>> {
        let key = Key::Xorb(xorb.hash);
        let hash = MerkleHash(xorb.hash);
        let table = match ChunkTable::from_bytes(xorb.chunks.clone().into()) {
            Ok(table) if table.xorb_hash() == hash && table.packed_len() == xorb.packed => table,
            _ => return Ok(Some("has a damaged table of chunks")),
        };
        match self.size(&key).await? {
            None => return Ok(Some("is missing")),
            Some(size) if size != xorb.packed => return Ok(Some("has the wrong length")),
            Some(_) if !self.deep => return Ok(None),
            Some(_) => {}
        }
        let Ok(body) = self.hub.blobs().get(&key, 0..xorb.packed).await else {
            return Ok(Some("cannot be read"));
        };
        let read = each(body, XorbVerifier::new(), |verifier, piece| verifier.push(piece).is_ok()).await?;
        let info = read.and_then(|verifier| verifier.finish(hash).ok());
        Ok(match info {
            Some(info) if info.chunks.as_bytes() == table.as_bytes() => None,
            Some(_) => Some("is packed otherwise than its table says"),
            None => Some("is damaged"),
        })
    }
}

fn missing_object(path: &str, oid: Oid) -> String {
    format!("{path}: the git object {oid} is missing; restore it from a backup, or commit the file again")
}

/// Feeds a body to something that hashes it, off the async threads; `None` when it cannot be read or is refused.
async fn each<T: Send + 'static>(
    mut body: ByteStream,
    mut into: T,
    take: fn(&mut T, &[u8]) -> bool,
) -> Reply<Option<T>> {
    loop {
        let (mut pieces, mut len, mut ended) = (Vec::new(), 0, false);
        while len < STEP && !ended {
            match body.next().await {
                Some(Ok(piece)) => {
                    len += piece.len();
                    pieces.push(piece);
                }
                Some(Err(_)) => return Ok(None),
                None => ended = true,
            }
        }
        let step = move || {
            let fine = pieces.iter().all(|piece| take(&mut into, piece));
            Ok::<_, Failure>((into, fine))
        };
        let fine;
        (into, fine) = cpu::run(step).await?;
        if !fine {
            return Ok(None);
        }
        if ended {
            return Ok(Some(into));
        }
    }
}
