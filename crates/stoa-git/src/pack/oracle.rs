//! Packs between git and this crate, both ways.

use std::collections::{BTreeMap, HashMap};

use bytes::{Bytes, BytesMut};
use stoa_core::Oid;

use super::*;
use crate::oracle::{Git, history, random};
use crate::{Error, ObjectKind, hash};

/// Limits that no honest pack of a test reaches.
pub const WIDE: PackLimits =
    PackLimits { objects: 1 << 20, bytes: 1 << 30, keep: 1 << 20, inflated: 1 << 32, object: 1 << 24 };
/// Memory that no honest pack of a test needs.
pub const ROOM: ResolveLimits = ResolveLimits { memory: 1 << 26, object: 1 << 24 };

/// A pack in memory.
pub struct Spool(pub Bytes);

impl PackSource for Spool {
    fn read(&mut self, offset: u64, len: u64) -> Result<Bytes, Error> {
        Ok(self.0.slice(offset as usize..(offset + len) as usize))
    }
}

/// Objects outside the pack.
#[derive(Default)]
pub struct Outside(pub HashMap<Oid, (ObjectKind, Bytes)>);

impl Bases for Outside {
    fn base(&mut self, oid: Oid) -> Result<Option<(ObjectKind, Bytes)>, Error> {
        Ok(self.0.get(&oid).cloned())
    }
}

pub type Objects = BTreeMap<Oid, (ObjectKind, Vec<u8>)>;

/// Reads a pack in pieces below `most` bytes; gives its entries and its whole objects that were kept.
pub fn entries(pack: &[u8], limits: PackLimits, most: usize) -> Result<(Vec<Packed>, Objects), Error> {
    let mut random = random(pack.len() as u64);
    let mut reader = PackReader::new(limits);
    let (mut entries, mut objects) = (Vec::new(), Objects::new());
    let mut rest = pack;
    while !rest.is_empty() {
        let (piece, after) = rest.split_at(rest.len().min(1 + random(most)));
        rest = after;
        reader.feed(piece, &mut |entry| {
            entries.push(entry.packed());
            if let Form::Whole { kind, oid, body } = entry.form {
                assert_eq!(body.is_none(), entry.size > limits.keep);
                let body = body.unwrap_or_default();
                assert!(body.is_empty() || hash(kind, body) == Ok(oid));
                objects.insert(oid, (kind, body.to_vec()));
            }
            Ok(())
        })?;
    }
    let end = reader.finish()?;
    assert_eq!((end.length, end.objects as usize), (pack.len() as u64, entries.len()));
    assert_eq!(end.checksum.as_bytes(), &pack[pack.len() - 20..]);
    Ok((entries, objects))
}

/// Reads a pack and resolves its deltas: all objects.
pub fn objects(
    pack: &[u8],
    limits: PackLimits,
    room: ResolveLimits,
    outside: &mut Outside,
) -> Result<Objects, Error> {
    let (entries, mut objects) = entries(pack, limits, 5000)?;
    let mut seen = vec![false; entries.len()];
    let mut depths = HashMap::new();
    let mut resolver = Resolver::new(entries, room)?;
    resolver.resolve(&mut Spool(Bytes::copy_from_slice(pack)), outside, &mut |object| {
        assert!(!std::mem::replace(&mut seen[object.entry], true), "entry {} came twice", object.entry);
        assert_eq!(hash(object.kind, object.body), Ok(object.oid));
        let below = depths.get(&object.base).copied();
        assert!(below.is_some() || object.depth == 1);
        depths.insert(object.oid, object.depth);
        objects.insert(object.oid, (object.kind, object.body.to_vec()));
        Ok(())
    })?;
    for (entry, seen) in resolver.entries().iter().zip(seen) {
        assert_eq!(seen, !matches!(entry.base, Base::Whole { .. }));
    }
    Ok(objects)
}

/// What git says of all objects in a repository.
fn listed(git: &Git) -> Vec<String> {
    let said = git.run(&["cat-file", "--batch-all-objects", "--batch-check"], b"");
    said.lines().map(str::to_owned).collect()
}

fn described(objects: &Objects) -> Vec<String> {
    let line = |(oid, (kind, body)): (&Oid, &(ObjectKind, Vec<u8>))| {
        format!("{oid} {} {}", kind.as_str(), body.len())
    };
    objects.iter().map(line).collect()
}

fn repository(commits: usize) -> Git {
    let git = Git::new();
    git.run(&["fast-import", "--quiet"], &history(commits));
    git
}

#[test]
fn packs_of_git_are_read_to_the_objects_it_lists() {
    let git = repository(150);
    let expected = listed(&git);
    assert!(expected.len() > 700);
    for args in [
        &["pack-objects", "--all", "--stdout", "-q"][..],
        &["pack-objects", "--all", "--stdout", "-q", "--delta-base-offset", "--no-reuse-delta"],
        &["pack-objects", "--all", "--stdout", "-q", "--no-reuse-delta", "--window=50", "--depth=1000"],
        &["pack-objects", "--all", "--stdout", "-q", "--delta-base-offset", "--window=0"],
    ] {
        let pack = git.bytes(args, b"");
        let found = objects(&pack, WIDE, ROOM, &mut Outside::default()).expect("reads");
        assert!(described(&found) == expected, "{args:?}");
        // With little kept and no memory at all, everything is read again and again.
        let poor = PackLimits { keep: 100, ..WIDE };
        let none = ResolveLimits { memory: 0, ..ROOM };
        let again = objects(&pack, poor, none, &mut Outside::default()).expect("reads");
        assert!(again.keys().eq(found.keys()), "{args:?}");
        for most in [1, 7, 100_000] {
            assert!(
                entries(&pack, WIDE, most).expect("reads").0 == entries(&pack, poor, 3000).expect("reads").0
            );
        }
    }
}

#[test]
fn thin_packs_of_git_are_completed_from_outside() {
    let git = repository(60);
    for ofs in [&["--delta-base-offset"][..], &[]] {
        let args =
            [&["pack-objects", "--thin", "--stdout", "-q", "--revs", "--no-reuse-delta"], ofs].concat();
        let thin = git.bytes(&args, b"main\n^main~20\n");
        let old = git.bytes(&["pack-objects", "--stdout", "-q", "--revs"], b"main~20\n");
        let old = objects(&old, WIDE, ROOM, &mut Outside::default()).expect("reads");
        let missing = objects(&thin, WIDE, ROOM, &mut Outside::default());
        assert!(matches!(missing, Err(Error::MissingBase(_))), "{missing:?}");
        let bodies = old.into_iter().map(|(oid, (kind, body))| (oid, (kind, body.into())));
        let mut outside = Outside(bodies.collect());
        for memory in [0, 1 << 20] {
            let new = objects(&thin, WIDE, ResolveLimits { memory, ..ROOM }, &mut outside).expect("reads");
            let ids = git.run(&["rev-list", "--objects", "main", "^main~20"], b"");
            let mut ids: Vec<&str> = ids.lines().filter_map(|line| line.split(' ').next()).collect();
            ids.sort_unstable();
            assert!(new.keys().map(ToString::to_string).eq(ids));
        }
    }
}

#[test]
fn git_accepts_packs_with_deltas_of_both_spellings() {
    let bodies: Vec<Vec<u8>> =
        (0..40).map(|i| format!("{}{i}\n", "the same text for all\n".repeat(50)).into_bytes()).collect();
    let instructions = |from: &[u8], to: &[u8]| {
        let same = from.iter().zip(to).take_while(|(one, other)| one == other).count();
        let mut delta = Vec::new();
        for size in [from.len(), to.len()] {
            delta.extend([0x80 | (size & 0x7f) as u8, (size >> 7) as u8]);
        }
        delta.extend([0xb0, same as u8, (same >> 8) as u8, (to.len() - same) as u8]);
        delta.extend_from_slice(&to[same..]);
        delta
    };
    let mut deflater = crate::Deflater::new();
    let mut pack = PackWriter::indexed();
    let mut out = BytesMut::from(&pack.header(bodies.len() as u32)[..]);
    let mut last = None;
    for (place, body) in bodies.iter().enumerate() {
        let object = crate::encode(ObjectKind::Blob, body).expect("encodes");
        let offset = pack.written();
        match last {
            None => pack.entry_into(&mut out, &object).expect("announced"),
            Some((base, oid)) => {
                let delta = instructions(&bodies[place - 1], body);
                let (size, zlib) = (delta.len() as u64, deflater.deflate(&delta));
                if place % 2 == 0 {
                    pack.delta_at(&mut out, object.oid, base, size, &zlib).expect("announced");
                } else {
                    pack.delta_of(&mut out, object.oid, oid, size, &zlib).expect("announced");
                }
            }
        }
        last = Some((offset, object.oid));
    }
    out.extend_from_slice(&pack.finish().expect("complete"));
    let found = objects(&out, WIDE, ROOM, &mut Outside::default()).expect("reads");
    assert!(found.values().all(|(_, body)| bodies.contains(body)) && found.len() == bodies.len());
    let git = Git::new();
    let name = pack.checksum().expect("finished");
    std::fs::write(git.path("x.pack"), &out).expect("writes");
    assert!(git.run(&["index-pack", "--strict", "x.pack"], b"").contains(&name.to_string()));
    assert!(std::fs::read(git.path("x.idx")).ok() == pack.index().ok());
    assert!(git.run(&["verify-pack", "-v", "x.pack"], b"").contains("chain length = 39: 1 object"));
}

#[test]
fn entries_are_copied_from_another_pack() {
    let git = repository(20);
    let theirs = git.bytes(&["pack-objects", "--all", "--stdout", "-q", "--delta-base-offset"], b"");
    let count = u32::from_be_bytes(theirs[8..12].try_into().expect("four"));
    let mut pack = PackWriter::new();
    let mut out = BytesMut::from(&pack.header(count + 1)[..]);
    for (piece, count) in
        theirs[12..theirs.len() - 20].chunks(999).zip([count, 0].into_iter().chain([0].repeat(999)))
    {
        pack.copied(piece, count).expect("announced");
        out.extend_from_slice(piece);
    }
    let blob = crate::encode(ObjectKind::Blob, b"one more").expect("encodes");
    assert!(matches!(pack.copied(b"", 2), Err(Error::OutOfOrder(_))));
    pack.entry_into(&mut out, &blob).expect("announced");
    out.extend_from_slice(&pack.finish().expect("complete"));
    assert_eq!(pack.written(), out.len() as u64);
    assert!(matches!(pack.index(), Err(Error::OutOfOrder(_))));
    let found = objects(&out, WIDE, ROOM, &mut Outside::default()).expect("reads");
    assert_eq!(found.len() as u32, count + 1);
    git.run(&["index-pack", "--strict", "--stdin"], &out);
    assert_eq!(git.run(&["cat-file", "-p", &blob.oid.to_string()], b""), "one more");
}

/// A pack of all objects of a repository, with deltas as this crate chooses them.
fn packed_by_us(git: &Git) -> Vec<u8> {
    let theirs = git.bytes(&["pack-objects", "--all", "--stdout", "-q"], b"");
    let objects = objects(&theirs, WIDE, ROOM, &mut Outside::default()).expect("reads");
    let said = git.run(&["rev-list", "--objects", "--all"], b"");
    let paths: HashMap<&str, &str> = said.lines().filter_map(|line| line.split_once(' ')).collect();
    let mut order: Vec<(&Oid, &(ObjectKind, Vec<u8>))> = objects.iter().collect();
    order.sort_by_key(|(oid, (kind, body))| {
        let path = paths.get(oid.to_string().as_str()).copied().unwrap_or_default();
        (*kind, name_hash(path), std::cmp::Reverse(body.len()))
    });
    let mut window = DeltaWindow::new(DeltaSettings { window: 10, depth: 50, memory: 1 << 24 });
    let mut deflater = crate::Deflater::new();
    let mut pack = PackWriter::new();
    let mut out = BytesMut::from(&pack.header(order.len() as u32)[..]);
    let mut offsets = Vec::new();
    for (key, (oid, (kind, body))) in order.into_iter().enumerate() {
        offsets.push(pack.written());
        match window.offer(key as u64, *kind, Bytes::copy_from_slice(body), 0) {
            None => {
                let object = crate::encode(*kind, body).expect("encodes");
                pack.entry_into(&mut out, &object).expect("announced");
            }
            Some(chosen) => {
                assert!((1..=50).contains(&chosen.depth));
                let zlib = deflater.deflate(&chosen.instructions);
                let size = chosen.instructions.len() as u64;
                pack.delta_at(&mut out, *oid, offsets[chosen.base as usize], size, &zlib).expect("announced");
            }
        }
    }
    out.extend_from_slice(&pack.finish().expect("complete"));
    out.to_vec()
}

#[test]
fn git_accepts_packs_whose_deltas_are_chosen_here_and_they_are_as_small() {
    let git = repository(150);
    let ours = packed_by_us(&git);
    let other = Git::new();
    std::fs::write(other.path("x.pack"), &ours).expect("writes");
    other.run(&["index-pack", "--strict", "x.pack"], b"");
    other.run(&["unpack-objects", "-q", "--strict"], &ours);
    assert!(listed(&other) == listed(&git));
    let args = [
        "pack-objects",
        "--all",
        "--stdout",
        "-q",
        "--no-reuse-delta",
        "--no-reuse-object",
        "--delta-base-offset",
    ];
    let theirs = git.bytes(&[&["-c", "core.compression=2"], &args[..]].concat(), b"");
    assert!(ours.len() < theirs.len() * 11 / 10, "{} bytes, git needs {}", ours.len(), theirs.len());
}
