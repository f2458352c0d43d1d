//! Packs that were made to break whoever reads them.

use bytes::{BufMut as _, Bytes, BytesMut};
use stoa_core::Oid;

use super::head::{OFS_DELTA, REF_DELTA, put_distance, put_size};
use super::oracle::{Objects, Outside, ROOM, WIDE, entries, objects};
use super::write::plain_sha1;
use super::*;
use crate::{Deflater, Error, ObjectKind, hash};

/// A pack of anything, with a right checksum.
struct Crafted {
    out: BytesMut,
    count: u32,
    deflater: Deflater,
}

impl Crafted {
    fn new() -> Self {
        let mut out = BytesMut::from(&b"PACK\0\0\0\x02"[..]);
        out.put_u32(0);
        Self { out, count: 0, deflater: Deflater::new() }
    }

    fn raw(&mut self, bytes: &[u8]) -> u64 {
        let offset = self.out.len() as u64;
        self.count += 1;
        self.out.extend_from_slice(bytes);
        offset
    }

    fn blob(&mut self, body: &[u8]) -> u64 {
        self.sized(body.len() as u64, body)
    }

    fn sized(&mut self, size: u64, body: &[u8]) -> u64 {
        let mut entry = Vec::new();
        put_size(&mut entry, ObjectKind::Blob.pack_code(), size);
        entry.extend(self.deflater.deflate(body));
        self.raw(&entry)
    }

    fn ofs(&mut self, base: u64, instructions: &[u8]) -> u64 {
        let mut entry = Vec::new();
        put_size(&mut entry, OFS_DELTA, instructions.len() as u64);
        put_distance(&mut entry, (self.out.len() as u64).wrapping_sub(base));
        entry.extend(self.deflater.deflate(instructions));
        self.raw(&entry)
    }

    fn by_id(&mut self, base: Oid, instructions: &[u8]) -> u64 {
        let mut entry = Vec::new();
        put_size(&mut entry, REF_DELTA, instructions.len() as u64);
        entry.extend_from_slice(base.as_bytes());
        entry.extend(self.deflater.deflate(instructions));
        self.raw(&entry)
    }

    fn announcing(mut self, count: u32) -> Vec<u8> {
        self.out[8..12].copy_from_slice(&count.to_be_bytes());
        signed(&self.out)
    }

    fn finish(self) -> Vec<u8> {
        let count = self.count;
        self.announcing(count)
    }
}

fn signed(bytes: &[u8]) -> Vec<u8> {
    use sha1_checked::Digest as _;
    let mut sha1 = plain_sha1();
    sha1.update(bytes);
    [bytes, &sha1.finalize()].concat()
}

fn read(pack: &[u8]) -> Result<Objects, Error> {
    objects(pack, WIDE, ROOM, &mut Outside::default())
}

fn blob(body: &[u8]) -> Oid {
    hash(ObjectKind::Blob, body).expect("no collision")
}

/// Instructions that make `length` bytes of the beginning of a base, then say something new.
fn delta(base: usize, length: u8, new: &[u8]) -> Vec<u8> {
    assert!(base < 16_384 && length > 0 && new.len() < 100);
    let result = usize::from(length) + new.len();
    let mut delta = Vec::new();
    for size in [base, result] {
        delta.extend([0x80 | (size & 0x7f) as u8, (size >> 7) as u8]);
    }
    delta.extend([0x90, length]);
    if !new.is_empty() {
        delta.push(new.len() as u8);
        delta.extend_from_slice(new);
    }
    delta
}

fn damaged(pack: &[u8]) -> &'static str {
    match read(pack) {
        Err(Error::DamagedPack { why, .. } | Error::Damaged { why, .. } | Error::BadDelta(why)) => why,
        other => panic!("{other:?}"),
    }
}

/// A small pack with one of everything.
fn sample() -> Vec<u8> {
    let mut pack = Crafted::new();
    let base = pack.blob(b"a base of some length, with words");
    let first = pack.ofs(base, &delta(33, 20, b"other"));
    pack.ofs(first, &delta(25, 25, b" words"));
    pack.by_id(blob(b"a base of some length, with words"), &delta(33, 30, b"!"));
    pack.blob(b"");
    pack.finish()
}

#[test]
fn a_pack_without_objects_is_legal() {
    assert_eq!(read(&Crafted::new().finish()), Ok(Objects::new()));
}

#[test]
fn a_wrong_beginning_or_end_is_refused() {
    let good = sample();
    let changed = |at: usize, to: &[u8]| {
        let mut pack = good.clone();
        pack[at..at + to.len()].copy_from_slice(to);
        pack
    };
    assert_eq!(damaged(&changed(0, b"pack")), "this is not a pack");
    assert_eq!(damaged(&changed(4, &[0, 0, 0, 4])), "its version is neither 2 nor 3");
    assert_eq!(damaged(&[&good[..], b"x"].concat()), "bytes follow its end");
    let last = good.len() - 1;
    assert!(matches!(read(&changed(last, &[!good[last]])), Err(Error::WrongChecksum { .. })));
    let three = signed(&changed(4, &[0, 0, 0, 3])[..good.len() - 20]);
    assert_eq!(read(&three), read(&good));
    assert_eq!(read(&good).map(|found| found.len()), Ok(5));
}

#[test]
fn a_wrong_count_is_refused() {
    let pack = |count| {
        let mut pack = Crafted::new();
        pack.blob(b"one");
        pack.blob(b"two");
        pack.announcing(count)
    };
    assert!(read(&pack(2)).is_ok());
    for count in [0, 1, 3, 1000] {
        assert!(read(&pack(count)).is_err(), "{count}");
    }
    assert!(matches!(read(&pack(u32::MAX)), Err(Error::AboveLimit { what: "objects", .. })));
    // A large count that is allowed takes no memory before the objects come.
    let wide = PackLimits { objects: u64::MAX, ..WIDE };
    assert!(objects(&pack(u32::MAX), wide, ROOM, &mut Outside::default()).is_err());
}

#[test]
fn a_pack_cut_anywhere_is_refused() {
    let good = sample();
    for cut in 0..good.len() {
        for pack in [good[..cut].to_vec(), signed(&good[..cut])] {
            assert!(pack == good || read(&pack).is_err(), "cut at {cut}");
        }
    }
}

#[test]
fn a_pack_with_any_bit_changed_is_refused() {
    let good = sample();
    let expected = read(&good).expect("reads");
    for at in 0..good.len() {
        for bit in 0..8 {
            let mut pack = good.clone();
            pack[at] ^= 1 << bit;
            assert!(read(&pack).is_err(), "bit {bit} of byte {at}");
            // With a right checksum the change may be a legal one, but nothing breaks.
            let _ = read(&signed(&pack[..good.len() - 20]));
        }
    }
    assert_eq!(read(&good), Ok(expected));
}

#[test]
fn sizes_that_lie_are_refused() {
    for (size, body) in [(4, &b"hello"[..]), (6, b"hello"), (0, b"hello"), (1 << 20, b"hello"), (1, b"")] {
        let mut pack = Crafted::new();
        pack.sized(size, body);
        assert_eq!(damaged(&pack.finish()), "an object has another size than is said", "{size}");
    }
    let mut pack = Crafted::new();
    pack.sized(u64::MAX, b"hello");
    assert!(matches!(read(&pack.finish()), Err(Error::AboveLimit { .. })));
}

/// Found by fuzzing: it was the byte at which the piece ended.
#[test]
fn a_fault_is_where_its_object_begins_whatever_the_pieces() {
    let mut pack = Crafted::new();
    pack.blob(b"hello");
    let at = pack.sized(100, b"hello");
    let pack = pack.finish();
    for most in [1, 5, 5000] {
        let why = "an object has another size than is said";
        assert_eq!(entries(&pack, WIDE, most).err(), Some(Error::DamagedPack { at, why }), "{most}");
    }
}

#[test]
fn a_large_claim_takes_no_memory() {
    let mut pack = Crafted::new();
    pack.sized(1 << 40, b"hello");
    let limits = PackLimits { inflated: u64::MAX, keep: u64::MAX, ..WIDE };
    let claimed = entries(&pack.finish(), limits, 5000);
    assert!(matches!(claimed, Err(Error::DamagedPack { .. })), "{claimed:?}");
}

#[test]
fn a_bomb_stops_at_its_limit() {
    let zeros = vec![0; 20 << 20];
    let mut pack = Crafted::new();
    pack.blob(&zeros);
    let pack = pack.finish();
    assert!(pack.len() < 200_000);
    let limits = PackLimits { inflated: 20 << 20, ..WIDE };
    assert_eq!(entries(&pack, limits, 5000).map(|(entries, _)| entries.len()), Ok(1));
    let limits = PackLimits { inflated: (20 << 20) - 1, ..WIDE };
    assert!(matches!(
        entries(&pack, limits, 5000),
        Err(Error::AboveLimit { what: "bytes of all objects together", .. })
    ));
    // The size that is said is small: the stream is left as soon as it says more.
    let mut pack = Crafted::new();
    pack.sized(10, &zeros);
    assert_eq!(damaged(&pack.finish()), "an object has another size than is said");
    // A delta that copies its base again and again.
    let mut pack = Crafted::new();
    let base = pack.blob(&[0; 100]);
    let mut bomb = vec![100, 0x80, 0x80, 0x80, 0x80, 1];
    bomb.extend([0x90, 100].repeat(1000));
    pack.ofs(base, &bomb);
    assert!(matches!(read(&pack.finish()), Err(Error::AboveLimit { what: "bytes in one object", .. })));
}

#[test]
fn instructions_that_make_nothing_are_refused() {
    let mut pack = Crafted::new();
    let base = pack.blob(&[0; 100]);
    pack.ofs(base, &[&[100, 1, 0x90, 1][..], &vec![0; 100_000]].concat());
    let pack = pack.finish();
    for keep in [10, 1 << 20] {
        let refused = entries(&pack, PackLimits { keep, ..WIDE }, 5000);
        assert_eq!(refused.err(), Some(Error::BadDelta("more instructions than the result can need")));
    }
}

#[test]
fn streams_that_hold_next_to_nothing_are_refused() {
    let mut stream = vec![0x78, 0x01];
    stream.extend([0, 0, 0, 0xff, 0xff].repeat(2000));
    stream.extend([1, 0, 0, 0xff, 0xff, 0, 0, 0, 1]);
    let mut pack = Crafted::new();
    pack.raw(&[&[0x30], &stream[..]].concat());
    assert_eq!(damaged(&pack.finish()), "an object takes more than twice its size");
}

#[test]
fn a_limit_on_bytes_is_one_on_what_comes() {
    let good = sample();
    let limits = PackLimits { bytes: good.len() as u64 - 1, ..WIDE };
    assert!(matches!(entries(&good, limits, 7), Err(Error::AboveLimit { what: "bytes", .. })));
    let limits = PackLimits { bytes: good.len() as u64, ..WIDE };
    assert!(entries(&good, limits, 7).is_ok());
}

#[test]
fn reserved_types_are_refused() {
    for code in [0, 5] {
        let mut pack = Crafted::new();
        pack.raw(&[code << 4, 0x78, 0x9c, 3, 0, 0, 0, 0, 1]);
        assert_eq!(damaged(&pack.finish()), "an object has a reserved type");
    }
}

#[test]
fn bases_that_are_nowhere_are_refused() {
    let nowhere = "a delta is based on a place where no object begins";
    for base in [13, 0, 11, 40] {
        let mut pack = Crafted::new();
        let there = pack.blob(b"a base of some length");
        assert_eq!(there, 12);
        pack.ofs(base, &delta(21, 20, b"x"));
        assert_eq!(damaged(&pack.finish()), nowhere, "{base}");
    }
    let mut pack = Crafted::new();
    let own = pack.out.len() as u64;
    pack.ofs(own, &delta(21, 20, b"x"));
    assert_eq!(damaged(&pack.finish()), nowhere);
    let mut pack = Crafted::new();
    pack.by_id(Oid([9; 20]), &delta(21, 20, b"x"));
    assert_eq!(read(&pack.finish()), Err(Error::MissingBase(Oid([9; 20]))));
}

#[test]
fn deltas_in_a_circle_are_refused() {
    let (one, two) = (b"aaaaaaaaaabbbbbbbbbb!", b"aaaaaaaaaabbbbbbbbbb?");
    let mut pack = Crafted::new();
    pack.by_id(blob(two), &delta(21, 20, b"!"));
    pack.by_id(blob(one), &delta(21, 20, b"?"));
    let pack = pack.finish();
    assert!(matches!(read(&pack), Err(Error::MissingBase(_))));
    // It is none when the repository has one of them.
    let mut outside = Outside::default();
    outside.0.insert(blob(one), (ObjectKind::Blob, Bytes::from_static(one)));
    let found = objects(&pack, WIDE, ROOM, &mut outside).expect("reads");
    assert!(found.keys().eq(std::collections::BTreeSet::from([&blob(one), &blob(two)])));
}

#[test]
fn an_object_may_come_twice() {
    let base = b"a base of some length";
    let mut pack = Crafted::new();
    pack.by_id(blob(base), &delta(21, 20, b"1"));
    let (one, two) = (pack.blob(base), pack.blob(base));
    pack.ofs(one, &delta(21, 20, b"2"));
    pack.ofs(two, &delta(21, 20, b"3"));
    let twice = pack.ofs(two, &delta(21, 20, b"2"));
    pack.ofs(twice, &delta(21, 20, b"4"));
    pack.by_id(blob(b"a base of some lengt2"), &delta(21, 20, b"5"));
    let found = read(&pack.finish()).expect("reads");
    assert_eq!(found.len(), 6);
}

#[test]
fn a_chain_has_a_longest_length() {
    let chain = |length: u32| {
        let mut pack = Crafted::new();
        let mut base = pack.blob(&[b'x'; 200]);
        for i in 0..length {
            base = pack.ofs(base, &delta(200, 196, &i.to_be_bytes()));
        }
        pack.finish()
    };
    // No memory at all: the chain needs one body at a time.
    let none = ResolveLimits { memory: 0, ..ROOM };
    let found = objects(&chain(MAX_DEPTH), WIDE, none, &mut Outside::default()).expect("reads");
    assert_eq!(found.len() as u32, MAX_DEPTH + 1);
    let above = Err(Error::AboveLimit { what: "deltas on deltas", limit: 4095 });
    assert_eq!(read(&chain(MAX_DEPTH + 1)), above);
}

/// A chain of objects of 100,000 bytes, each with small deltas on it, some before and some after the next of the chain.
fn comb(length: u32) -> Vec<u8> {
    let size = [0xa0, 0x8d, 0x06];
    let large = |i: u32| [&size[..], &size, &[4], &i.to_be_bytes(), &[0xf0, 0x9c, 0x86, 1]].concat();
    let small = |n: u8, i: u32| [&size[..], &[6, 6, n, 1], &i.to_be_bytes()].concat();
    let mut pack = Crafted::new();
    let mut base = pack.blob(&vec![b'x'; 100_000]);
    for i in 0..length {
        pack.ofs(base, &small(1, i));
        let next = pack.ofs(base, &large(i));
        pack.ofs(base, &small(2, i));
        // A branch of three, so that the chain is not the only child with children.
        let branch = pack.ofs(base, &large(i + 1000));
        pack.ofs(branch, &small(3, i));
        let branch = pack.ofs(branch, &large(i + 2000));
        pack.ofs(branch, &small(4, i));
        base = next;
    }
    pack.finish()
}

#[test]
fn little_memory_makes_the_same_objects() {
    let pack = comb(60);
    let wide = read(&pack).expect("reads");
    for memory in [0, 100_000, 250_000] {
        let little = ResolveLimits { memory, ..ROOM };
        let found = objects(&pack, WIDE, little, &mut Outside::default()).expect("reads");
        assert!(found == wide, "{memory}");
    }
}

#[test]
fn work_that_memory_would_spare_has_a_limit() {
    let (pack, none) = (comb(250), ResolveLimits { memory: 0, ..ROOM });
    assert!(matches!(
        objects(&pack, WIDE, none, &mut Outside::default()),
        Err(Error::AboveLimit { what: "bytes of memory for its deltas", limit: 0 })
    ));
    assert_eq!(read(&pack).map(|found| found.len()), Ok(1 + 7 * 250));
}

#[test]
fn entries_that_a_caller_made_up_are_refused() {
    let whole = Base::Whole { kind: ObjectKind::Blob, oid: Oid([1; 20]) };
    let entry =
        |offset, base| Packed { offset, data_offset: offset + 1, data_len: 9, size: 1, result: 1, base };
    assert!(Resolver::new(vec![entry(12, whole), entry(40, Base::Offset(12))], ROOM).is_ok());
    assert!(Resolver::new(vec![entry(40, whole), entry(12, whole)], ROOM).is_err());
    assert!(Resolver::new(vec![entry(12, Base::Offset(40)), entry(40, whole)], ROOM).is_err());
    assert!(Resolver::new(vec![entry(12, Base::Offset(12))], ROOM).is_err());
    assert!(size_of::<Packed>() <= 72);
}

#[test]
fn a_refused_pack_stays_refused() {
    let mut reader = PackReader::new(WIDE);
    assert!(reader.feed(b"PACKAGE.....", &mut |_| Ok(())).is_err());
    assert_eq!(reader.feed(b"x", &mut |_| Ok(())), Err(Error::OutOfOrder("the pack was refused before")));
    assert!(reader.finish().is_err());
    let mut reader = PackReader::new(WIDE);
    let stop = Error::OutOfOrder("stop");
    assert_eq!(reader.feed(&sample(), &mut |_| Err(Error::OutOfOrder("stop"))), Err(stop));
    assert!(reader.finish().is_err());
}
