//! The deltas of a pack that came in: each is made into the object that it stands for.
//!
//! Every whole object, then every object outside that a delta is based on, is the root of a tree of deltas, which is
//! walked depth first. The child with the most below it comes last, and a body goes before the last child is entered:
//! so a chain of any length needs one body, and what waits at most halves with each body that is held.

use std::collections::VecDeque;

use bytes::Bytes;
use stoa_core::Oid;

use super::delta::apply_into;
use super::forest::{Children, Forest};
use super::inflate::Inflater;
use crate::{Error, ObjectKind, hash};

/// The longest chain of deltas within a pack; git's own limit for what it writes.
pub const MAX_DEPTH: u32 = 4095;

/// How many bytes may be made a second time for each byte made the first time, when memory is short.
const AGAIN: u64 = 8;
/// As many more bytes may be made a second time in any pack.
const AGAIN_AT_LEAST: u64 = 1 << 28;

/// One entry of a pack, as [`super::PackEntry::packed`] gives it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Packed {
    /// Where its head begins, in bytes from the beginning of the pack.
    pub offset: u64,
    /// Where its zlib stream begins.
    pub data_offset: u64,
    /// Length of the zlib stream, in bytes.
    pub data_len: u64,
    /// Length of what the stream holds, in bytes: of the body, or of the instructions of a delta.
    pub size: u64,
    /// Length of the body, in bytes: `size`, or the result of the delta.
    pub result: u64,
    /// What the entry is based on.
    pub base: Base,
}

/// What an entry is based on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Base {
    /// On nothing: it is an object.
    Whole {
        /// What it is.
        kind: ObjectKind,
        /// Its id.
        oid: Oid,
    },
    /// On the entry whose head begins there.
    Offset(u64),
    /// On the object with this id, here or outside.
    Object(Oid),
}

/// Gives back the bytes of the pack, from memory or from where they were kept.
pub trait PackSource {
    /// Exactly `len` bytes from `offset` on.
    fn read(&mut self, offset: u64, len: u64) -> Result<Bytes, Error>;
}

/// Gives objects that are not in the pack: a thin pack has deltas on objects that the repository has.
pub trait Bases {
    /// The object, or `None` when there is none. Asked once for each id, and again only when memory is short.
    fn base(&mut self, oid: Oid) -> Result<Option<(ObjectKind, Bytes)>, Error>;
}

/// What resolving may take.
#[derive(Clone, Copy, Debug)]
pub struct ResolveLimits {
    /// Bodies that wait for more deltas, in bytes; those above are made again when they are needed. The body in use and
    /// what is made of it come on top.
    pub memory: u64,
    /// The largest object that is a base or a result, in bytes.
    pub object: u64,
}

/// The object that a delta stands for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Resolved<'a> {
    /// Its place in the list of entries.
    pub entry: usize,
    /// Its id.
    pub oid: Oid,
    /// What it is: what its base is.
    pub kind: ObjectKind,
    /// Its body.
    pub body: &'a [u8],
    /// The id of the object it is a delta on.
    pub base: Oid,
    /// Number of deltas from it to a whole object: 1 for a delta on a whole object or on one outside the pack.
    pub depth: u32,
    /// The chain begins outside the pack.
    pub external: bool,
}

/// Resolves the deltas of one pack.
pub struct Resolver {
    limits: ResolveLimits,
    entries: Vec<Packed>,
    forest: Forest,
}

impl Resolver {
    /// Takes the entries of a complete pack in the order in which they stand there.
    pub fn new(entries: Vec<Packed>, limits: ResolveLimits) -> Result<Self, Error> {
        let forest = Forest::new(&entries)?;
        Ok(Self { limits, entries, forest })
    }

    /// The entries, for whoever is shown their places.
    pub fn entries(&self) -> &[Packed] {
        &self.entries
    }

    /// The entries, when all is done.
    pub fn into_entries(self) -> Vec<Packed> {
        self.entries
    }

    /// Shows the object of every delta once, each after the one it is based on. Call it once.
    pub fn resolve(
        &mut self,
        source: &mut dyn PackSource,
        bases: &mut dyn Bases,
        found: &mut dyn FnMut(Resolved<'_>) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let made = self.entries.iter().fold(0_u64, |sum, entry| sum.saturating_add(entry.result));
        let mut walk = Walk {
            limits: self.limits,
            entries: &self.entries,
            forest: &mut self.forest,
            source,
            bases,
            found,
            inflater: Inflater::new(),
            stack: Vec::new(),
            waiting: VecDeque::new(),
            held: 0,
            again: made.saturating_mul(AGAIN).saturating_add(AGAIN_AT_LEAST),
            instructions: Vec::new(),
            result: Vec::new(),
        };
        for place in 0..walk.entries.len() {
            if let Base::Whole { kind, oid } = walk.entries[place].base {
                walk.tree(Some(place), kind, oid, None)?;
            }
        }
        for group in 0..walk.forest.groups() {
            let Some(oid) = walk.forest.unresolved(group) else { continue };
            if let Some((kind, body)) = walk.bases.base(oid)? {
                if body.len() as u64 > walk.limits.object {
                    return Err(above_object(walk.limits));
                }
                walk.tree(None, kind, oid, Some(body))?;
            }
        }
        match (0..self.forest.groups()).find_map(|group| self.forest.unresolved(group)) {
            Some(oid) => Err(Error::MissingBase(oid)),
            None => Ok(()),
        }
    }
}

/// An object with deltas on it.
struct Frame {
    /// Its entry, unless it is outside.
    entry: Option<usize>,
    oid: Oid,
    children: Children,
    /// `None` before it is needed, after the last child is entered, and when memory is short.
    body: Option<Bytes>,
}

/// The state of [`Resolver::resolve`].
struct Walk<'a> {
    limits: ResolveLimits,
    entries: &'a [Packed],
    forest: &'a mut Forest,
    source: &'a mut dyn PackSource,
    bases: &'a mut dyn Bases,
    found: &'a mut dyn FnMut(Resolved<'_>) -> Result<(), Error>,
    inflater: Inflater,
    /// From the root to the object whose children are being resolved.
    stack: Vec<Frame>,
    /// Places on the stack whose body is held, lowest first.
    waiting: VecDeque<usize>,
    /// Length of these bodies together.
    held: u64,
    /// How many bytes may still be made a second time.
    again: u64,
    instructions: Vec<u8>,
    result: Vec<u8>,
}

impl Walk<'_> {
    /// Resolves everything that is based on one object, directly or not: on an entry, or on a body from outside.
    fn tree(
        &mut self,
        entry: Option<usize>,
        kind: ObjectKind,
        oid: Oid,
        body: Option<Bytes>,
    ) -> Result<(), Error> {
        let children = self.forest.children(entry, oid);
        if children.is_empty() {
            return Ok(());
        }
        self.stack.push(Frame { entry, oid, children, body: None });
        if let Some(body) = body {
            self.hold(body);
        }
        while let Some(top) = self.stack.last_mut() {
            let Some(child) = self.forest.next(&mut top.children) else {
                self.release();
                self.stack.pop();
                continue;
            };
            let base = match &top.body {
                Some(body) => body.clone(),
                None => self.rebuild()?,
            };
            self.child(child, kind, base, entry.is_none())?;
        }
        Ok(())
    }

    /// Resolves one delta on the top of the stack, and puts it there when others are based on it.
    fn child(&mut self, place: usize, kind: ObjectKind, base: Bytes, external: bool) -> Result<(), Error> {
        let depth = self.stack.len() as u32;
        if depth > MAX_DEPTH {
            return Err(Error::AboveLimit { what: "deltas on deltas", limit: u64::from(MAX_DEPTH) });
        }
        self.apply(place, &base)?;
        drop(base);
        let Some(top) = self.stack.last() else { return Ok(()) };
        let base = top.oid;
        if top.children.is_empty() {
            self.release();
        }
        let oid = hash(kind, &self.result)?;
        let body = self.result.as_slice();
        (self.found)(Resolved { entry: place, oid, kind, body, base, depth, external })?;
        let children = self.forest.children(Some(place), oid);
        if !children.is_empty() {
            let body = self.take_result();
            self.stack.push(Frame { entry: Some(place), oid, children, body: None });
            self.hold(body);
        }
        Ok(())
    }

    /// Makes `result` from the instructions of an entry.
    fn apply(&mut self, place: usize, base: &[u8]) -> Result<(), Error> {
        let entry = &self.entries[place];
        if entry.size.max(entry.result) > self.limits.object {
            return Err(above_object(self.limits));
        }
        let data = self.source.read(entry.data_offset, entry.data_len)?;
        self.inflater.whole(&data, entry.size, &mut self.instructions)?;
        apply_into(base, &self.instructions, self.limits.object, &mut self.result)
    }

    /// The result as a body of its own. A large buffer is not given away for a small body.
    fn take_result(&mut self) -> Bytes {
        if self.result.capacity() / 2 > self.result.len() {
            return Bytes::copy_from_slice(&self.result);
        }
        Bytes::from(std::mem::take(&mut self.result))
    }

    /// Keeps the body of the top of the stack, and drops the lowest ones when there are too many.
    fn hold(&mut self, body: Bytes) {
        let Some(place) = self.stack.len().checked_sub(1) else { return };
        self.held += body.len() as u64;
        self.stack[place].body = Some(body);
        self.waiting.push_back(place);
        while self.held > self.limits.memory
            && self.waiting.len() > 1
            && let Some(lowest) = self.waiting.pop_front()
        {
            self.drop_body(lowest);
        }
    }

    /// Drops the body of the top of the stack, if it is held.
    fn release(&mut self) {
        let Some(place) = self.stack.len().checked_sub(1) else { return };
        if self.waiting.back() == Some(&place) {
            self.waiting.pop_back();
            self.drop_body(place);
        }
    }

    fn drop_body(&mut self, place: usize) {
        if let Some(body) = self.stack[place].body.take() {
            self.held -= body.len() as u64;
        }
    }

    /// The body of the top of the stack, from the nearest one below that is held, or from the root.
    fn rebuild(&mut self) -> Result<Bytes, Error> {
        let top = self.stack.len() - 1;
        let (mut place, mut body) = match self.waiting.back() {
            Some(&place) => (place, self.stack[place].body.clone().unwrap_or_default()),
            None => (0, self.root()?),
        };
        while place < top {
            place += 1;
            if let Some(entry) = self.stack[place].entry {
                self.apply(entry, &body)?;
                self.made_again(self.result.len())?;
                body = self.take_result();
            }
        }
        self.hold(body.clone());
        Ok(body)
    }

    /// The body at the bottom of the stack.
    fn root(&mut self) -> Result<Bytes, Error> {
        let root = &self.stack[0];
        let Some(place) = root.entry else {
            let oid = root.oid;
            let (_, body) = self.bases.base(oid)?.ok_or(Error::MissingBase(oid))?;
            self.made_again(body.len())?;
            return Ok(body);
        };
        let entry = self.entries[place];
        if entry.size > self.limits.object {
            return Err(above_object(self.limits));
        }
        let data = self.source.read(entry.data_offset, entry.data_len)?;
        let mut body = Vec::new();
        self.inflater.whole(&data, entry.size, &mut body)?;
        self.made_again(body.len())?;
        Ok(body.into())
    }

    /// Takes note of work that more memory would have spared. An honest pack needs little of it.
    fn made_again(&mut self, bytes: usize) -> Result<(), Error> {
        let left = self.again.checked_sub(bytes as u64);
        let limit = self.limits.memory;
        self.again = left.ok_or(Error::AboveLimit { what: "bytes of memory for its deltas", limit })?;
        Ok(())
    }
}

fn above_object(limits: ResolveLimits) -> Error {
    Error::AboveLimit { what: "bytes in one object", limit: limits.object }
}
