//! Packs: whatever comes is refused or resolved, the same with much memory and with none.
//!
//! The first byte says how. Raw: the rest are entries as they stand in a pack. Built: the rest are steps, each of which
//! makes an entry with a right zlib stream, which bytes by chance never are. Header and checksum are always right.

#![no_main]

use std::collections::HashMap;

use bytes::{Bytes, BytesMut};
use libfuzzer_sys::fuzz_target;
use stoa_core::Oid;
use stoa_git::{
    Bases, Deflater, DeltaIndex, Error, Form, ObjectKind, PackLimits, PackReader, PackSource, PackWriter,
    Packed, ResolveLimits, Resolver, encode, hash,
};

const LIMITS: PackLimits =
    PackLimits { objects: 1000, bytes: 1 << 20, keep: 1 << 10, inflated: 1 << 24, object: 1 << 18 };

struct Spool<'a>(&'a [u8]);

impl PackSource for Spool<'_> {
    fn read(&mut self, offset: u64, len: u64) -> Result<Bytes, Error> {
        assert!(len <= 2 * LIMITS.object + 4096, "a read of {len} bytes");
        Ok(Bytes::copy_from_slice(&self.0[offset as usize..(offset + len) as usize]))
    }
}

/// Has one object.
struct One(Oid, Bytes);

impl Bases for One {
    fn base(&mut self, oid: Oid) -> Result<Option<(ObjectKind, Bytes)>, Error> {
        Ok((oid == self.0).then(|| (ObjectKind::Blob, self.1.clone())))
    }
}

const OUTSIDE: &[u8] = b"an object that is not in the pack but in the repository";

fuzz_target!(|data: &[u8]| {
    let Some((&[how, count], rest)) = data.split_first_chunk::<2>() else { return };
    let mut pack = PackWriter::new();
    let out = if how & 1 == 0 {
        let mut out = pack.header(u32::from(count)).to_vec();
        pack.copied(rest, u32::from(count)).expect("announced");
        out.extend_from_slice(rest);
        out.extend_from_slice(&pack.finish().expect("complete"));
        out
    } else {
        built(rest)
    };
    let piece = [usize::MAX, 1, 7, 100][usize::from(how >> 1 & 3)];
    let read = entries(&out, piece);
    // Of two faults in one object, which is seen first depends on the pieces.
    assert!(read.as_ref().ok() == entries(&out, 13).as_ref().ok());
    let Ok(entries) = read else { return };
    let much = resolve(&out, entries.clone(), 1 << 30);
    let none = resolve(&out, entries, 0);
    // Without memory the work may be refused; what is done is the same.
    let refused = matches!(none, Err(Error::AboveLimit { what: "bytes of memory for its deltas", .. }));
    assert!(much == none || refused);
});

/// Each step: a byte of what to do, one of which entry, one of length, then so many bytes.
fn built(mut steps: &[u8]) -> Vec<u8> {
    let mut entries = Vec::new();
    while let Some((&[what, which, length], rest)) = steps.split_first_chunk::<3>() {
        let (payload, rest) = rest.split_at(usize::from(length).min(rest.len()));
        entries.push((what, which, payload));
        steps = rest;
    }
    let mut pack = PackWriter::new();
    let mut out = BytesMut::from(&pack.header(entries.len() as u32)[..]);
    let mut deflater = Deflater::new();
    // What each entry is meant to be, and where it begins.
    let mut before: Vec<(Vec<u8>, u64)> = Vec::new();
    let outside = hash(ObjectKind::Blob, OUTSIDE).expect("no attack");
    for (what, which, payload) in entries {
        let offset = pack.written();
        let body = payload.repeat(1 + usize::from(what >> 5));
        let base = before.get(usize::from(which) % before.len().max(1)).cloned();
        let (base, at) = base.unwrap_or((OUTSIDE.to_vec(), 0));
        // Made for the base, or whatever was given.
        let instructions = match what & 8 {
            0 => DeltaIndex::new(&base).delta(&body, usize::MAX).expect("any size is allowed"),
            _ => payload.to_vec(),
        };
        let (size, zlib) = (instructions.len() as u64, deflater.deflate(&instructions));
        let oid = hash(ObjectKind::Blob, &base).expect("no attack");
        match what & 7 {
            1 | 2 if at > 0 => pack.delta_at(&mut out, oid, at, size, &zlib),
            3 | 4 => pack.delta_of(&mut out, oid, oid, size, &zlib),
            5 => pack.delta_of(&mut out, oid, outside, size, &zlib),
            _ => pack.entry_into(&mut out, &encode(ObjectKind::Blob, &body).expect("small")),
        }
        .expect("announced");
        before.push((body, offset));
    }
    out.extend_from_slice(&pack.finish().expect("complete"));
    out.to_vec()
}

fn entries(pack: &[u8], piece: usize) -> Result<Vec<Packed>, Error> {
    let mut reader = PackReader::new(LIMITS);
    let mut entries = Vec::new();
    for piece in pack.chunks(piece) {
        reader.feed(piece, &mut |entry| {
            if let Form::Whole { kind, oid, body: Some(body) } = entry.form {
                assert!(hash(kind, body) == Ok(oid) && body.len() as u64 == entry.size);
            }
            entries.push(entry.packed());
            Ok(())
        })?;
    }
    let end = reader.finish()?;
    assert!(end.length == pack.len() as u64 && end.objects as usize == entries.len());
    Ok(entries)
}

fn resolve(pack: &[u8], entries: Vec<Packed>, memory: u64) -> Result<HashMap<usize, Oid>, Error> {
    let mut found = HashMap::new();
    let mut resolver = Resolver::new(entries, ResolveLimits { memory, object: LIMITS.object })?;
    let outside = Bytes::from_static(OUTSIDE);
    let mut bases = One(hash(ObjectKind::Blob, &outside).expect("no attack"), outside);
    resolver.resolve(&mut Spool(pack), &mut bases, &mut |object| {
        assert!(found.insert(object.entry, object.oid).is_none(), "an entry comes twice");
        assert!(hash(object.kind, object.body) == Ok(object.oid));
        Ok(())
    })?;
    Ok(found)
}
