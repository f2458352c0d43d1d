//! What a push brought, before anything of it is stored.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use stoa_core::{Failure, Oid, Reply};
use stoa_git::{Base, ObjectKind, Packed, Pointer, Tag, Tree};

use super::spool::Spool;
use super::wire::talk;
use crate::Hub;

/// Bytes of trees that are kept ready for the walk through them.
const TREES: usize = 96 << 20;

/// What the walk through history needs of a commit.
#[derive(Clone, Debug)]
pub(super) struct PushedCommit {
    pub(super) tree: Oid,
    pub(super) parents: Vec<Oid>,
}

/// An object of the pack.
#[derive(Clone, Copy, Debug)]
pub(super) struct Item {
    pub(super) oid: Oid,
    pub(super) kind: ObjectKind,
    /// What its bytes in the pack are a delta on.
    pub(super) base: Option<Oid>,
    /// How many deltas lead to a whole object as it is stored, those outside the pack included.
    pub(super) depth: u32,
}

/// A pack that was read to its end, with every object known by its id.
pub(super) struct Pushed {
    pub(super) hub: Hub,
    pub(super) repo: i64,
    pub(super) spool: Arc<Spool>,
    /// In the order of the pack.
    pub(super) entries: Vec<Packed>,
    /// The same objects, each at the same place.
    pub(super) items: Vec<Item>,
    pub(super) places: HashMap<Oid, u32>,
    pub(super) commits: HashMap<Oid, PushedCommit>,
    pub(super) tags: HashMap<Oid, Tag>,
    pub(super) pointers: HashMap<Oid, Pointer>,
    trees: Mutex<TreeShelf>,
}

/// Trees that were read already.
#[derive(Default)]
struct TreeShelf {
    trees: HashMap<Oid, Arc<Tree>>,
    bytes: usize,
}

impl Pushed {
    /// A push without a pack.
    pub(super) fn nothing(hub: Hub, repo: i64, spool: Spool) -> Self {
        Self {
            hub,
            repo,
            spool: Arc::new(spool),
            entries: Vec::new(),
            items: Vec::new(),
            places: HashMap::new(),
            commits: HashMap::new(),
            tags: HashMap::new(),
            pointers: HashMap::new(),
            trees: Mutex::default(),
        }
    }

    pub(super) fn has(&self, oid: Oid) -> bool {
        self.places.contains_key(&oid)
    }

    /// What an object of the pack is.
    pub(super) fn kind(&self, oid: Oid) -> Option<ObjectKind> {
        self.places.get(&oid).map(|place| self.items[*place as usize].kind)
    }

    /// Bytes of an object's body.
    pub(super) fn size(&self, oid: Oid) -> Option<u64> {
        self.places.get(&oid).map(|place| self.entries[*place as usize].result)
    }

    /// Puts a tree aside that was read just now, while there is room.
    pub(super) fn shelve(&self, oid: Oid, tree: Tree) {
        let bytes = 96 + tree.entries.iter().map(|entry| 56 + entry.name.len()).sum::<usize>();
        let mut ready = self.trees.lock().unwrap_or_else(PoisonError::into_inner);
        if ready.bytes + bytes <= TREES {
            ready.bytes += bytes;
            ready.trees.insert(oid, Arc::new(tree));
        }
    }

    /// A tree of the pack; `None` when it is not there.
    pub(super) async fn tree(&self, oid: Oid) -> Reply<Option<Arc<Tree>>> {
        if let Some(tree) = self.trees.lock().unwrap_or_else(PoisonError::into_inner).trees.get(&oid) {
            return Ok(Some(Arc::clone(tree)));
        }
        match self.places.get(&oid) {
            Some(place) if self.items[*place as usize].kind == ObjectKind::Tree => {}
            _ => return Ok(None),
        }
        let tree = Tree::parse(&self.body(oid).await?).map_err(talk)?;
        Ok(Some(Arc::new(tree)))
    }

    /// The body of an object of the pack, made again from its delta if need be.
    pub(super) async fn body(&self, oid: Oid) -> Reply<Vec<u8>> {
        let mut chain = Vec::new();
        let mut at = oid;
        let mut body = loop {
            let Some(place) = self.places.get(&at) else { break self.hub.body(self.repo, at).await? };
            let packed = self.entries[*place as usize];
            let stream = self.spool.bytes(packed.data_offset, packed.data_len).map_err(Failure::internal)?;
            let bytes = stoa_git::inflate(&stream, packed.size).map_err(talk)?;
            match self.items[*place as usize].base {
                None => break bytes,
                Some(base) if chain.len() <= self.items.len() => {
                    chain.push((bytes, packed.result));
                    at = base;
                }
                Some(_) => return Err(Failure::invalid("The deltas of the pack form a ring")),
            }
        };
        while let Some((instructions, size)) = chain.pop() {
            body = stoa_git::apply_delta(&body, &instructions, size).map_err(talk)?;
        }
        Ok(body)
    }
}

/// The base of an entry, if it is a delta.
pub(super) fn is_delta(packed: &Packed) -> bool {
    !matches!(packed.base, Base::Whole { .. })
}
