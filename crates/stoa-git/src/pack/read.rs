//! A pack that comes in: told apart into entries while it arrives, whole objects hashed on the way.

use sha1_checked::{Digest as _, Sha1};
use stoa_core::Oid;

use super::delta::delta_sizes;
use super::head::{Head, LONGEST_HEAD, What, parse_head};
use super::inflate::{CHUNK, Inflater, make_room};
use super::resolve::{Base, Packed};
use super::write::plain_sha1;
use crate::object::{digest, header};
use crate::{Error, ObjectKind};

/// Length of the signature, the version and the count, in bytes.
const BEGINNING: usize = 12;

/// What a zlib stream may have above twice the size of what it holds, in bytes. No compressor comes near; streams of
/// empty blocks would make the [`super::Resolver`] read any amount at once.
const SLACK: u64 = 4096;

/// What a pack may have at most; each an own error.
#[derive(Clone, Copy, Debug)]
pub struct PackLimits {
    /// Number of objects.
    pub objects: u64,
    /// Length of the pack, in bytes.
    pub bytes: u64,
    /// The largest body, or instructions of a delta, that is held in memory and shown whole, in bytes.
    pub keep: u64,
    /// The bodies of all objects together, results of deltas included, in bytes.
    pub inflated: u64,
    /// The result, the base or the instructions of one delta, in bytes.
    pub object: u64,
}

/// One object of a pack, as it stands there.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct PackEntry<'a> {
    /// Where its head begins, in bytes from the beginning of the pack.
    pub offset: u64,
    /// Where its zlib stream begins.
    pub data_offset: u64,
    /// Length of the zlib stream, in bytes.
    pub data_len: u64,
    /// Length of what the stream holds, in bytes: of the body, or of the instructions of a delta.
    pub size: u64,
    /// What the stream holds.
    pub form: Form<'a>,
}

/// The two forms of an object in a pack, the second in two spellings.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Form<'a> {
    /// The object itself.
    Whole {
        /// What it is.
        kind: ObjectKind,
        /// Its id.
        oid: Oid,
        /// Its body; `None` when it is above [`PackLimits::keep`].
        body: Option<&'a [u8]>,
    },
    /// Instructions for an earlier object of the same pack.
    OfsDelta {
        /// Where the head of the base begins: always that of an earlier entry.
        base: u64,
        /// Size of the base, as the instructions say, in bytes.
        source: u64,
        /// Size of the result, as the instructions say, in bytes.
        result: u64,
        /// The instructions; `None` when they are above [`PackLimits::keep`].
        instructions: Option<&'a [u8]>,
    },
    /// Instructions for any object of the same pack, or of the repository when the pack is thin.
    RefDelta {
        /// The id of the base.
        base: Oid,
        /// Size of the base, as the instructions say, in bytes.
        source: u64,
        /// Size of the result, as the instructions say, in bytes.
        result: u64,
        /// The instructions; `None` when they are above [`PackLimits::keep`].
        instructions: Option<&'a [u8]>,
    },
}

impl PackEntry<'_> {
    /// The entry without its bytes: what a [`super::Resolver`] wants to have of each.
    pub fn packed(&self) -> Packed {
        let (base, result) = match self.form {
            Form::Whole { kind, oid, .. } => (Base::Whole { kind, oid }, self.size),
            Form::OfsDelta { base, result, .. } => (Base::Offset(base), result),
            Form::RefDelta { base, result, .. } => (Base::Object(base), result),
        };
        Packed {
            offset: self.offset,
            data_offset: self.data_offset,
            data_len: self.data_len,
            size: self.size,
            result,
            base,
        }
    }
}

/// What is known of a pack that came in complete.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct PackEnd {
    /// Number of objects.
    pub objects: u32,
    /// The checksum, which was verified.
    pub checksum: Oid,
    /// Length of the pack with its checksum, in bytes.
    pub length: u64,
}

/// Reads a pack of version 2 or 3 from bytes that come in pieces.
///
/// Memory: [`PackLimits::keep`], and eight bytes for each object.
pub struct PackReader {
    limits: PackLimits,
    state: State,
    /// Bytes of the pack understood.
    at: u64,
    /// The beginning of a header, a head or the checksum, when a piece ends within.
    few: Vec<u8>,
    announced: u32,
    /// Where each entry begins.
    offsets: Vec<u64>,
    /// Bodies of all objects so far.
    inflated: u64,
    inflater: Inflater,
    body: Vec<u8>,
    sha1: Sha1,
    checksum: Oid,
}

enum State {
    Beginning,
    Head,
    Data(Open),
    Checksum,
    End,
    Failed,
}

/// The entry whose stream is being read.
struct Open {
    offset: u64,
    data_offset: u64,
    head: Head,
    /// Bytes that left `body` already, since they are too many to keep.
    passed: u64,
    /// Of a whole object too large to keep.
    sha1: Option<Box<Sha1>>,
    /// Source and result of a delta too large to keep.
    sizes: Option<(u64, u64)>,
}

impl PackReader {
    /// A reader that has seen nothing.
    pub fn new(limits: PackLimits) -> Self {
        Self {
            limits,
            state: State::Beginning,
            at: 0,
            few: Vec::with_capacity(LONGEST_HEAD),
            announced: 0,
            offsets: Vec::new(),
            inflated: 0,
            inflater: Inflater::new(),
            body: Vec::with_capacity(CHUNK),
            sha1: plain_sha1(),
            checksum: Oid([0; Oid::LEN]),
        }
    }

    /// Reads the next bytes and shows each entry that is complete with them. After an error, which may be one of
    /// `found`, nothing more can be read.
    pub fn feed(
        &mut self,
        bytes: &[u8],
        found: &mut dyn FnMut(PackEntry<'_>) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let fed = self.read(bytes, found);
        if fed.is_err() {
            self.state = State::Failed;
        }
        fed
    }

    /// The end of the pack, if all of it came.
    pub fn finish(self) -> Result<PackEnd, Error> {
        match self.state {
            State::End => Ok(PackEnd { objects: self.announced, checksum: self.checksum, length: self.at }),
            State::Failed => Err(Error::OutOfOrder("the pack was refused before")),
            State::Head => self.damaged("it ends before all objects that it announces"),
            State::Beginning | State::Data(_) | State::Checksum => self.damaged("it ends early"),
        }
    }

    /// Whether the pack has ended and was found whole: whatever comes now does not belong to it.
    pub fn is_complete(&self) -> bool {
        matches!(self.state, State::End)
    }

    /// Number of objects that the pack announces; 0 until its first bytes have come.
    pub fn announced(&self) -> u32 {
        self.announced
    }

    fn read(
        &mut self,
        bytes: &[u8],
        found: &mut dyn FnMut(PackEntry<'_>) -> Result<(), Error>,
    ) -> Result<(), Error> {
        if (bytes.len() as u64) > self.limits.bytes.saturating_sub(self.at + self.few.len() as u64) {
            return Err(Error::AboveLimit { what: "bytes", limit: self.limits.bytes });
        }
        let mut rest = bytes;
        let mut summed = matches!(self.state, State::Checksum | State::End | State::Failed);
        while !rest.is_empty() {
            let read = match &self.state {
                State::Beginning => self.beginning(rest)?,
                State::Head => self.head(rest)?,
                State::Data(_) => self.data(rest, found)?,
                State::Checksum => {
                    if !summed {
                        self.sha1.update(&bytes[..bytes.len() - rest.len()]);
                        summed = true;
                    }
                    self.end(rest)?
                }
                State::End => return self.damaged("bytes follow its end"),
                State::Failed => return Err(Error::OutOfOrder("the pack was refused before")),
            };
            rest = &rest[read..];
        }
        if !summed {
            self.sha1.update(bytes);
        }
        Ok(())
    }

    /// Collects `length` bytes in `few`; gives how many were taken, and whether they are complete.
    fn collect(&mut self, bytes: &[u8], length: usize) -> (usize, bool) {
        let taken = bytes.len().min(length - self.few.len());
        self.few.extend_from_slice(&bytes[..taken]);
        (taken, self.few.len() == length)
    }

    fn beginning(&mut self, bytes: &[u8]) -> Result<usize, Error> {
        let (taken, complete) = self.collect(bytes, BEGINNING);
        if !complete {
            return Ok(taken);
        }
        if !self.few.starts_with(b"PACK") {
            return self.damaged("this is not a pack");
        }
        if !matches!(self.few[4..8], [0, 0, 0, 2 | 3]) {
            return self.damaged("its version is neither 2 nor 3");
        }
        self.announced = u32::from_be_bytes([self.few[8], self.few[9], self.few[10], self.few[11]]);
        if u64::from(self.announced) > self.limits.objects {
            return Err(Error::AboveLimit { what: "objects", limit: self.limits.objects });
        }
        self.few.clear();
        self.at = BEGINNING as u64;
        self.state = if self.announced == 0 { State::Checksum } else { State::Head };
        Ok(taken)
    }

    fn head(&mut self, bytes: &[u8]) -> Result<usize, Error> {
        let before = self.few.len();
        let parsed = if before == 0 {
            self.parse_head(bytes)?
        } else {
            let more = bytes.len().min(LONGEST_HEAD - before);
            self.few.extend_from_slice(&bytes[..more]);
            self.parse_head(&self.few)?
        };
        let Some((head, length)) = parsed else {
            // Shorter than the longest head, or it would have been understood.
            if before == 0 {
                self.few.extend_from_slice(bytes);
            }
            return Ok(bytes.len());
        };
        self.few.clear();
        self.open(head, length)?;
        Ok(length - before)
    }

    fn open(&mut self, head: Head, length: usize) -> Result<(), Error> {
        let large = head.size > self.limits.keep;
        let sha1 = match head.what {
            What::Whole(kind) => {
                self.inflated = counted(self.inflated, head.size, &self.limits)?;
                large.then(|| Box::new(header(kind, head.size)))
            }
            What::Ofs(_) | What::Ref(_) => {
                check_object(head.size, &self.limits)?;
                None
            }
        };
        let data_offset = self.at + length as u64;
        self.state = State::Data(Open { offset: self.at, data_offset, head, passed: 0, sha1, sizes: None });
        self.at = data_offset;
        self.inflater.restart();
        self.body.clear();
        Ok(())
    }

    /// As [`parse_head`], and the base of a delta is known to be there.
    fn parse_head(&self, bytes: &[u8]) -> Result<Option<(Head, usize)>, Error> {
        let parsed = parse_head(bytes, self.at).map_err(|why| Error::DamagedPack { at: self.at, why })?;
        if let Some((Head { what: What::Ofs(base), .. }, _)) = parsed
            && self.offsets.binary_search(&base).is_err()
        {
            return self.damaged("a delta is based on a place where no object begins");
        }
        Ok(parsed)
    }

    /// Reads on in the stream of the open entry.
    fn data(
        &mut self,
        bytes: &[u8],
        found: &mut dyn FnMut(PackEntry<'_>) -> Result<(), Error>,
    ) -> Result<usize, Error> {
        let State::Data(open) = &mut self.state else { return Ok(0) };
        let size = open.head.size;
        let large = size > self.limits.keep;
        let mut read = 0;
        loop {
            if large && self.body.len() == self.body.capacity() {
                pass(open, &mut self.body, &self.limits)?;
            }
            if !large {
                make_room(&mut self.body, size);
            }
            let at = open.offset;
            let step = self
                .inflater
                .step(&bytes[read..], &mut self.body)
                .map_err(|why| Error::DamagedPack { at, why })?;
            read += step.read;
            self.at += step.read as u64;
            let so_far = open.passed + self.body.len() as u64;
            if so_far > size || (step.ended && so_far < size) {
                return Err(Error::DamagedPack { at, why: "an object has another size than is said" });
            }
            if step.ended {
                self.close(found)?;
                return Ok(read);
            }
            if read == bytes.len() && self.body.len() < self.body.capacity() {
                return Ok(read);
            }
        }
    }

    /// The stream of the open entry is complete: shows it.
    fn close(&mut self, found: &mut dyn FnMut(PackEntry<'_>) -> Result<(), Error>) -> Result<(), Error> {
        let done = self.offsets.len() + 1 == self.announced as usize;
        let next = if done { State::Checksum } else { State::Head };
        let State::Data(mut open) = std::mem::replace(&mut self.state, next) else { return Ok(()) };
        let Head { size, what } = open.head;
        let data_len = self.at - open.data_offset;
        if data_len > size.saturating_mul(2).saturating_add(SLACK) {
            return Err(Error::DamagedPack {
                at: open.offset,
                why: "an object takes more than twice its size",
            });
        }
        let large = size > self.limits.keep;
        if large {
            pass(&mut open, &mut self.body, &self.limits)?;
        }
        let form = match what {
            What::Whole(kind) => {
                let sha1 = match open.sha1.take() {
                    Some(sha1) => *sha1,
                    None => header(kind, size).chain_update(&self.body),
                };
                Form::Whole { kind, oid: digest(sha1)?, body: (!large).then_some(&self.body) }
            }
            What::Ofs(base) => {
                let (source, result) = self.delta(&open)?;
                Form::OfsDelta { base, source, result, instructions: (!large).then_some(&self.body) }
            }
            What::Ref(base) => {
                let (source, result) = self.delta(&open)?;
                Form::RefDelta { base, source, result, instructions: (!large).then_some(&self.body) }
            }
        };
        self.offsets.push(open.offset);
        found(PackEntry { offset: open.offset, data_offset: open.data_offset, data_len, size, form })
    }

    /// Source and result of the complete instructions, counted.
    fn delta(&mut self, open: &Open) -> Result<(u64, u64), Error> {
        let (source, result) = match open.sizes {
            Some(sizes) => sizes,
            None => checked_sizes(&self.body, open.head.size, &self.limits)?,
        };
        self.inflated = counted(self.inflated, result, &self.limits)?;
        Ok((source, result))
    }

    fn end(&mut self, bytes: &[u8]) -> Result<usize, Error> {
        let (taken, complete) = self.collect(bytes, Oid::LEN);
        if complete {
            let sha1 = std::mem::replace(&mut self.sha1, plain_sha1());
            let found = Oid(sha1.finalize().into());
            self.checksum = Oid::from_slice(&self.few).unwrap_or(found);
            if self.checksum != found {
                return Err(Error::WrongChecksum { expected: self.checksum, found });
            }
            self.few.clear();
            self.at += Oid::LEN as u64;
            self.state = State::End;
        }
        Ok(taken)
    }

    fn damaged<T>(&self, why: &'static str) -> Result<T, Error> {
        Err(Error::DamagedPack { at: self.at, why })
    }
}

/// Empties `body` of an entry that is too large to keep, after what has to be known of these bytes was taken.
fn pass(open: &mut Open, body: &mut Vec<u8>, limits: &PackLimits) -> Result<(), Error> {
    match &mut open.sha1 {
        Some(sha1) => sha1.update(&*body),
        // The sizes stand at the beginning, and the first of these calls brings a whole chunk or all there is.
        None if open.sizes.is_none() => open.sizes = Some(checked_sizes(body, open.head.size, limits)?),
        None => {}
    }
    open.passed += body.len() as u64;
    body.clear();
    Ok(())
}

/// The sizes of base and result that `size` bytes of instructions begin with, neither above the limit. Each instruction
/// makes at least one byte and takes at most eight, so the work for a delta is in proportion to its result.
fn checked_sizes(instructions: &[u8], size: u64, limits: &PackLimits) -> Result<(u64, u64), Error> {
    let (source, result) = delta_sizes(instructions)?;
    check_object(source.max(result), limits)?;
    if size > result.saturating_mul(8).saturating_add(20) {
        return Err(Error::BadDelta("more instructions than the result can need"));
    }
    Ok((source, result))
}

fn check_object(size: u64, limits: &PackLimits) -> Result<(), Error> {
    if size > limits.object {
        return Err(Error::AboveLimit { what: "bytes in one object", limit: limits.object });
    }
    Ok(())
}

/// `inflated` and `size` more, if that is not above the limit.
fn counted(inflated: u64, size: u64, limits: &PackLimits) -> Result<u64, Error> {
    match inflated.checked_add(size) {
        Some(sum) if sum <= limits.inflated => Ok(sum),
        _ => Err(Error::AboveLimit { what: "bytes of all objects together", limit: limits.inflated }),
    }
}
