//! Reading a pack as it comes: every object gets its id, deltas are resolved, trees and commits are checked, and all is
//! handed on to be stored.

use std::path::PathBuf;
use std::sync::Arc;

use bytes::Bytes;
use stoa_core::{Failure, Oid, Reply};
use stoa_db::objects;
use stoa_git::{
    Bases, Commit, Error, Form, ObjectKind, PackEntry, PackLimits, PackReader, Packed, Pointer,
    ResolveLimits, Resolver, Tag, Tree,
};
use tokio::runtime::Handle;
use tokio::sync::mpsc;

use super::intake::{Depths, Rows};
use super::pushed::{Item, Pushed, PushedCommit, is_delta};
use super::spool::Spool;
use super::wire::talk;
use crate::Hub;

/// Bytes of bodies that wait for more deltas on them.
const MEMORY: u64 = 64 << 20;
/// A pack may hold this many times its own length, and this much more in any case.
const INFLATED: (u64, u64) = (500, 4 << 30);
/// Pointers to large files are shorter than this.
const POINTER: usize = 1024;

/// What a pack may have at most.
#[derive(Clone, Debug)]
pub(super) struct UnpackLimits {
    pub(super) objects: u64,
    pub(super) bytes: u64,
    /// Bytes of a regular file; larger ones are refused by name, so their bodies need not be kept.
    pub(super) regular_file: u64,
    pub(super) scratch: PathBuf,
}

/// Reads a pack. Runs on a blocking thread; `input` brings the bytes.
pub(super) fn unpack(
    hub: &Hub,
    limits: &UnpackLimits,
    mut input: mpsc::Receiver<Result<Bytes, String>>,
    rows: Rows,
    runtime: &Handle,
) -> Reply<Pushed> {
    let spool = Spool::new(limits.scratch.clone());
    let mut unpack =
        Unpack { pushed: Pushed::nothing(hub.clone(), rows.push.repo, spool), rows, inflated: 0 };
    let object = (limits.regular_file * 4).max(64 << 20);
    let mut reader = PackReader::new(PackLimits {
        objects: limits.objects,
        bytes: limits.bytes,
        keep: limits.regular_file.max(1 << 20),
        inflated: limits.bytes.saturating_mul(INFLATED.0).saturating_add(INFLATED.1),
        object,
    });
    while !reader.is_complete()
        && let Some(piece) = input.blocking_recv()
    {
        let piece = piece.map_err(|error| Failure::invalid(format!("The pack broke off: {error}")))?;
        unpack.pushed.write(&piece)?;
        reader.feed(&piece, &mut |entry| unpack.entry(&entry)).map_err(talk)?;
        if unpack.inflated > unpack.pushed.spool.len().saturating_mul(INFLATED.0) + INFLATED.1 {
            return Err(Failure::too_large("The pack holds far more than a pack of its length can hold"));
        }
    }
    reader.finish().map_err(talk)?;
    unpack.resolve(object, runtime)
}

fn full(error: std::io::Error) -> Failure {
    if error.kind() == std::io::ErrorKind::StorageFull {
        return Failure::full();
    }
    Failure::internal(error)
}

/// A pack that is being read.
struct Unpack {
    pushed: Pushed,
    rows: Rows,
    /// Bytes of all bodies so far.
    inflated: u64,
}

impl Unpack {
    /// Takes note of one entry; whole objects are handed on.
    fn entry(&mut self, entry: &PackEntry<'_>) -> Result<(), Error> {
        let place = self.pushed.entries.len() as u32;
        let packed = entry.packed();
        self.inflated = self.inflated.saturating_add(packed.result);
        self.pushed.entries.push(packed);
        let mut item = Item { oid: Oid([0; 20]), kind: ObjectKind::Blob, base: None, depth: 0 };
        if let Form::Whole { kind, oid, body } = entry.form {
            (item.oid, item.kind) = (oid, kind);
            let new = !self.pushed.places.contains_key(&oid);
            self.pushed.places.entry(oid).or_insert(place);
            self.pushed.look(kind, oid, body)?;
            // A file that is too large is refused by name when the walk comes to it.
            if let (Some(body), true) = (body, new) {
                self.hand_on(&mut item, body, &packed)?;
            }
        }
        self.pushed.items.push(item);
        Ok(())
    }

    fn hand_on(&mut self, item: &mut Item, body: &[u8], packed: &Packed) -> Result<(), Error> {
        let unreadable = |error: std::io::Error| Error::Unreadable(error.to_string());
        let stream = self.pushed.spool.bytes(packed.data_offset, packed.data_len).map_err(unreadable)?;
        let pointer = self.pushed.pointers.get(&item.oid).filter(|_| item.kind == ObjectKind::Blob);
        let taken = self.rows.take(item, body, stream, packed.size, pointer);
        taken.map_err(|_| Error::Unreadable("Storing the objects failed".to_owned()))
    }

    /// Resolves the deltas and hands on what they stand for.
    fn resolve(mut self, object: u64, runtime: &Handle) -> Reply<Pushed> {
        if self.pushed.entries.iter().any(is_delta) {
            let entries = std::mem::take(&mut self.pushed.entries);
            let mut resolver =
                Resolver::new(entries, ResolveLimits { memory: MEMORY, object }).map_err(talk)?;
            let depths = Arc::new(Depths::default());
            let mut outside = Outside {
                hub: self.pushed.hub.clone(),
                repo: self.pushed.repo,
                runtime: runtime.clone(),
                depths: Arc::clone(&depths),
            };
            let packed = resolver.entries().to_vec();
            let spool = Arc::clone(&self.pushed.spool);
            let mut source = &*spool;
            let mut found = |resolved: stoa_git::Resolved<'_>| {
                let base = resolved.base;
                let below = match self.pushed.places.get(&base) {
                    Some(place) => self.pushed.items[*place as usize].depth,
                    None => depths.of(base),
                };
                let (oid, kind) = (resolved.oid, resolved.kind);
                let mut item = Item { oid, kind, base: Some(base), depth: below + 1 };
                self.pushed.look(kind, oid, Some(resolved.body))?;
                let new = !self.pushed.places.contains_key(&oid);
                self.pushed.places.entry(oid).or_insert(resolved.entry as u32);
                if new {
                    self.hand_on(&mut item, resolved.body, &packed[resolved.entry])?;
                }
                self.pushed.items[resolved.entry] = item;
                Ok(())
            };
            resolver.resolve(&mut source, &mut outside, &mut found).map_err(talk)?;
            self.pushed.entries = packed;
        }
        self.rows.flush().map_err(|_| Failure::internal("storing the objects failed"))?;
        Ok(self.pushed)
    }
}

impl Pushed {
    fn write(&mut self, bytes: &[u8]) -> Reply<()> {
        let spool = Arc::get_mut(&mut self.spool);
        let spool = spool.ok_or_else(|| Failure::internal("the pack is read while it comes"))?;
        spool.write(bytes).map_err(full)
    }

    /// Reads what the rules need of an object.
    fn look(&mut self, kind: ObjectKind, oid: Oid, body: Option<&[u8]>) -> Result<(), Error> {
        let Some(body) = body else {
            let what = kind.as_str();
            return if kind == ObjectKind::Blob {
                Ok(())
            } else {
                Err(Error::Malformed { what, at: 0, why: "it is too large" })
            };
        };
        match kind {
            ObjectKind::Blob => {
                if body.len() < POINTER
                    && let Some(pointer) = Pointer::parse(body)
                {
                    self.pointers.insert(oid, pointer);
                }
            }
            ObjectKind::Tree => self.shelve(oid, Tree::parse(body)?),
            ObjectKind::Commit => {
                let commit = Commit::parse(body)?;
                let (tree, parents) = (commit.tree, commit.parents);
                self.commits.insert(oid, PushedCommit { tree, parents });
            }
            ObjectKind::Tag => drop(self.tags.insert(oid, Tag::parse(body)?)),
        }
        Ok(())
    }
}

/// Objects of the repository that a thin pack is based on.
struct Outside {
    hub: Hub,
    repo: i64,
    runtime: Handle,
    depths: Arc<Depths>,
}

impl Outside {
    async fn find(&mut self, oid: Oid) -> Reply<Option<(ObjectKind, Bytes)>> {
        let mut tx = self.hub.read().await?;
        let live = objects::live(&mut tx, self.repo, &[oid]).await?;
        let row = objects::get(&mut tx, self.repo, oid).await?;
        drop(tx);
        let (Some((_, kind)), Some(row)) = (live.first(), row) else { return Ok(None) };
        let Some(kind) = ObjectKind::from_pack_code(*kind as u8) else { return Ok(None) };
        self.depths.set(oid, row.base.map_or(0, |base| base.depth));
        let body = self.hub.body(self.repo, oid).await?;
        Ok(Some((kind, body.into())))
    }
}

impl Bases for Outside {
    fn base(&mut self, oid: Oid) -> Result<Option<(ObjectKind, Bytes)>, Error> {
        let runtime = self.runtime.clone();
        runtime.block_on(self.find(oid)).map_err(|failure| Error::Unreadable(failure.message))
    }
}
