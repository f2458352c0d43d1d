//! Packs that go out, and the index that git keeps beside a pack.
//!
//! Source: gitformat-pack(5). Objects and deltas are written from the zlib streams they are stored as, so writing is
//! copying. The pack can be sent as it is made; the index is needed only for packs kept on disk.

use bytes::{Bytes, BytesMut};
use sha1_checked::{Digest as _, Sha1};
use stoa_core::Oid;

use super::head::{OFS_DELTA, REF_DELTA, put_distance, put_size};
use crate::{Encoded, Error, ObjectKind};

/// Offsets from here on go to the second table of the index.
const LARGE: u64 = 1 << 31;

/// Writes a version 2 pack piece by piece; whoever calls it sends or stores each piece in order.
///
/// Call [`Self::header`], then for each object [`Self::entry`], [`Self::delta_at`] or [`Self::delta_of`] (or
/// [`Self::begin`] and [`Self::feed`] when it is too large for memory), then [`Self::finish`]. A pack begun with
/// [`Self::indexed`] then has an [`Self::index`] for `pack-<checksum>.idx`.
pub struct PackWriter {
    sha1: Sha1,
    announced: u32,
    begun: u64,
    written: u64,
    index: Option<Index>,
    checksum: Option<Oid>,
}

/// What is collected for the index; a pack for the network does not pay for it.
#[derive(Default)]
struct Index {
    crc: crc32fast::Hasher,
    open: Option<(Oid, u64)>,
    entries: Vec<Entry>,
}

struct Entry {
    oid: Oid,
    offset: u64,
    crc: u32,
}

impl Default for PackWriter {
    fn default() -> Self {
        Self::new()
    }
}

impl PackWriter {
    /// A pack that is not begun, to be sent.
    pub fn new() -> Self {
        Self { sha1: plain_sha1(), announced: 0, begun: 0, written: 0, index: None, checksum: None }
    }

    /// A pack that is not begun, to be kept with an index.
    pub fn indexed() -> Self {
        Self { index: Some(Index::default()), ..Self::new() }
    }

    /// The first bytes, which announce how many objects follow. Call it once, first.
    pub fn header(&mut self, count: u32) -> Bytes {
        debug_assert_eq!(self.written, 0, "a pack has one header");
        self.announced = count;
        let mut piece = BytesMut::with_capacity(12);
        piece.extend_from_slice(b"PACK\0\0\0\x02");
        piece.extend_from_slice(&count.to_be_bytes());
        self.account(&piece);
        piece.freeze()
    }

    /// One whole object. Invariant kept by the caller: no object comes twice.
    pub fn entry(&mut self, object: &Encoded) -> Result<Bytes, Error> {
        let mut out = BytesMut::with_capacity(10 + object.data.len());
        self.entry_into(&mut out, object)?;
        Ok(out.freeze())
    }

    /// As [`Self::entry`]; appends to `out`, so that many small objects make one piece.
    pub fn entry_into(&mut self, out: &mut BytesMut, object: &Encoded) -> Result<(), Error> {
        self.open(object.oid)?;
        let start = out.len();
        put_size(out, object.kind.pack_code(), object.size);
        out.extend_from_slice(&object.data);
        self.feed(&out[start..]);
        Ok(())
    }

    /// One object as a delta on the entry that begins at `base`: what [`Self::written`] was before it was written.
    /// `size` is that of the instructions in bytes, `zlib` their zlib stream. Appends to `out`.
    pub fn delta_at(
        &mut self,
        out: &mut BytesMut,
        oid: Oid,
        base: u64,
        size: u64,
        zlib: &[u8],
    ) -> Result<(), Error> {
        let distance = self.written.checked_sub(base).filter(|distance| *distance > 0 && base > 0);
        let distance = distance.ok_or(Error::OutOfOrder("a delta comes after its base"))?;
        self.open(oid)?;
        let start = out.len();
        put_size(out, OFS_DELTA, size);
        put_distance(out, distance);
        out.extend_from_slice(zlib);
        self.feed(&out[start..]);
        Ok(())
    }

    /// One object as a delta on another, which stands anywhere in this pack, or which the reader is known to have.
    /// `size` is that of the instructions in bytes, `zlib` their zlib stream. Appends to `out`.
    pub fn delta_of(
        &mut self,
        out: &mut BytesMut,
        oid: Oid,
        base: Oid,
        size: u64,
        zlib: &[u8],
    ) -> Result<(), Error> {
        self.open(oid)?;
        let start = out.len();
        put_size(out, REF_DELTA, size);
        out.extend_from_slice(base.as_bytes());
        out.extend_from_slice(zlib);
        self.feed(&out[start..]);
        Ok(())
    }

    /// Takes note of entries that the caller copies from another pack, without its header and its checksum. `bytes`
    /// may come in pieces: `count` is the number of entries that begin in this one. Invariant kept by the caller: the
    /// bases of deltas are copied too, at the same distance.
    pub fn copied(&mut self, bytes: &[u8], count: u32) -> Result<(), Error> {
        if self.index.is_some() {
            return Err(Error::OutOfOrder("entries of another pack cannot be indexed"));
        }
        self.count(u64::from(count))?;
        self.account(bytes);
        Ok(())
    }

    /// The head of an object whose zlib stream follows in pieces through [`Self::feed`]; `size` is that of its body.
    pub fn begin(&mut self, oid: Oid, kind: ObjectKind, size: u64) -> Result<Bytes, Error> {
        self.open(oid)?;
        let mut head = BytesMut::with_capacity(10);
        put_size(&mut head, kind.pack_code(), size);
        self.feed(&head);
        Ok(head.freeze())
    }

    /// Takes note of the next bytes of the zlib stream of the object begun last; the caller writes them itself.
    pub fn feed(&mut self, data: &[u8]) {
        if let Some(index) = &mut self.index {
            index.crc.update(data);
        }
        self.account(data);
    }

    /// The last bytes, a checksum of the rest.
    pub fn finish(&mut self) -> Result<Bytes, Error> {
        if self.begun != u64::from(self.announced) || self.written == 0 {
            return Err(Error::OutOfOrder("the header announced more objects"));
        }
        if let Some(index) = &mut self.index {
            index.close();
        }
        let sha1 = std::mem::replace(&mut self.sha1, plain_sha1());
        let checksum = Oid(sha1.finalize().into());
        self.checksum = Some(checksum);
        self.written += Oid::LEN as u64;
        Ok(Bytes::copy_from_slice(checksum.as_bytes()))
    }

    /// Length of the pack so far, in bytes: where the next entry begins.
    pub fn written(&self) -> u64 {
        self.written
    }

    /// The checksum of a finished pack, which names its files: `pack-<checksum>.pack` and `.idx`.
    pub fn checksum(&self) -> Option<Oid> {
        self.checksum
    }

    /// The version 2 index of a finished pack that was begun with [`Self::indexed`].
    pub fn index(&self) -> Result<Vec<u8>, Error> {
        let checksum = self.checksum.ok_or(Error::OutOfOrder("finish the pack before its index"))?;
        let index =
            self.index.as_ref().ok_or(Error::OutOfOrder("begin a pack that has an index as indexed"))?;
        index.encode(checksum)
    }

    fn open(&mut self, oid: Oid) -> Result<(), Error> {
        self.count(1)?;
        if let Some(index) = &mut self.index {
            index.close();
            index.open = Some((oid, self.written));
        }
        Ok(())
    }

    fn count(&mut self, count: u64) -> Result<(), Error> {
        if self.checksum.is_some() {
            return Err(Error::OutOfOrder("the pack is finished"));
        }
        if self.begun + count > u64::from(self.announced) {
            return Err(Error::OutOfOrder("the header announced fewer objects"));
        }
        self.begun += count;
        Ok(())
    }

    fn account(&mut self, bytes: &[u8]) {
        self.sha1.update(bytes);
        self.written += bytes.len() as u64;
    }
}

impl Index {
    fn close(&mut self) {
        let crc = std::mem::take(&mut self.crc).finalize();
        if let Some((oid, offset)) = self.open.take() {
            self.entries.push(Entry { oid, offset, crc });
        }
    }

    fn encode(&self, checksum: Oid) -> Result<Vec<u8>, Error> {
        let mut entries: Vec<&Entry> = self.entries.iter().collect();
        entries.sort_unstable_by_key(|entry| entry.oid);
        if let Some(pair) = entries.windows(2).find(|pair| pair[0].oid == pair[1].oid) {
            return Err(Error::Repeated(pair[0].oid));
        }
        let mut index = Vec::with_capacity(8 + 1024 + entries.len() * 28 + 40);
        index.extend_from_slice(b"\xfftOc\0\0\0\x02");
        for first in 0..=u8::MAX {
            let below = entries.partition_point(|entry| entry.oid.0[0] <= first) as u32;
            index.extend_from_slice(&below.to_be_bytes());
        }
        for entry in &entries {
            index.extend_from_slice(entry.oid.as_bytes());
        }
        for entry in &entries {
            index.extend_from_slice(&entry.crc.to_be_bytes());
        }
        offsets(&entries, &mut index);
        index.extend_from_slice(checksum.as_bytes());
        let mut sha1 = plain_sha1();
        sha1.update(&index);
        index.extend_from_slice(&sha1.finalize());
        Ok(index)
    }
}

/// Four bytes each; a large offset is the place in a second table of eight bytes each, with the highest bit set.
fn offsets(entries: &[&Entry], index: &mut Vec<u8>) {
    let mut large: Vec<u64> = Vec::new();
    for entry in entries {
        let short = if entry.offset < LARGE {
            entry.offset as u32
        } else {
            large.push(entry.offset);
            (LARGE as u32) | (large.len() as u32 - 1)
        };
        index.extend_from_slice(&short.to_be_bytes());
    }
    for offset in large {
        index.extend_from_slice(&offset.to_be_bytes());
    }
}

/// The checksum only finds accidents, so it does without the slower search for attacks. Measured: as fast as the `sha1`
/// crate, which does the work here too.
pub(super) fn plain_sha1() -> Sha1 {
    Sha1::builder().detect_collision(false).build()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::oracle::Git;
    use crate::{Commit, Mode, Signature, Tag, Tree, TreeEntry, encode};

    fn sample() -> Vec<Encoded> {
        let who = Signature {
            name: "Ada".to_owned(),
            email: "ada@x.org".to_owned(),
            time: 1_700_000_000,
            offset_minutes: 90,
        };
        let small = encode(ObjectKind::Blob, b"hello\n").expect("encodes");
        let empty = encode(ObjectKind::Blob, b"").expect("encodes");
        let noise: Vec<u8> = (0..300_000_u32).map(|i| (i.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
        let large = encode(ObjectKind::Blob, &noise).expect("encodes");
        let entry = |mode, name: &str, oid| TreeEntry { mode, name: name.to_owned(), oid };
        let inner = Tree { entries: vec![entry(Mode::Executable, "run", empty.oid)] };
        let inner = encode(ObjectKind::Tree, &inner.encode_body()).expect("encodes");
        let root = Tree {
            entries: vec![
                entry(Mode::Tree, "a", inner.oid),
                entry(Mode::File, "a.b", small.oid),
                entry(Mode::Symlink, "link", small.oid),
                entry(Mode::File, "été", large.oid),
            ],
        };
        let root = encode(ObjectKind::Tree, &root.encode_body()).expect("encodes");
        let commit = Commit {
            tree: root.oid,
            parents: vec![],
            author: who.clone(),
            committer: Signature { name: String::new(), ..who.clone() },
            message: crate::message("Title", "Body"),
            extra: vec![],
        };
        let commit = encode(ObjectKind::Commit, &commit.encode_body()).expect("encodes");
        let tag = Tag {
            object: commit.oid,
            kind: ObjectKind::Commit,
            name: "v1".to_owned(),
            tagger: Some(who),
            message: "One\n".to_owned(),
        };
        let tag = encode(ObjectKind::Tag, &tag.encode_body()).expect("encodes");
        vec![tag, commit, root, inner, small, empty, large]
    }

    #[test]
    fn git_accepts_a_pack_and_its_index() {
        let git = Git::new();
        let objects = sample();
        git.store(&objects);
        let (tag, commit, root) = (objects[0].oid, objects[1].oid, objects[2].oid);
        git.run(&["update-ref", "refs/tags/v1", &tag.to_string()], b"");
        git.run(&["update-ref", "refs/heads/main", &commit.to_string()], b"");
        assert_eq!(git.run(&["fsck", "--strict", "--full"], b""), "");
        assert_eq!(
            git.run(&["cat-file", "-p", &commit.to_string()], b""),
            format!(
                "tree {root}\nauthor Ada <ada@x.org> 1700000000 +0130\n\
                 committer  <ada@x.org> 1700000000 +0130\n\nTitle\n\nBody\n"
            )
        );
        assert_eq!(git.run(&["cat-file", "-p", "v1^{tree}:a.b"], b""), "hello\n");
        let listed = git.run(&["-c", "core.quotePath=false", "ls-tree", "-r", "--name-only", "main"], b"");
        assert_eq!(listed, "a.b\na/run\nlink\nété\n");
        assert!(git.run(&["tag", "-n1"], b"").starts_with("v1"));
    }

    #[test]
    fn pieces_make_the_same_pack_and_index() {
        let objects = sample();
        let (mut whole, mut pieces) = (PackWriter::indexed(), PackWriter::indexed());
        let (mut one, mut two) = (whole.header(7).to_vec(), pieces.header(7).to_vec());
        for object in &objects {
            one.extend_from_slice(&whole.entry(object).expect("in order"));
            two.extend_from_slice(&pieces.begin(object.oid, object.kind, object.size).expect("in order"));
            for piece in object.data.chunks(1000) {
                pieces.feed(piece);
                two.extend_from_slice(piece);
            }
        }
        one.extend_from_slice(&whole.finish().expect("complete"));
        two.extend_from_slice(&pieces.finish().expect("complete"));
        assert!(one == two && whole.written() == one.len() as u64);
        assert_eq!(whole.index(), pieces.index());
    }

    #[test]
    fn offsets_beyond_two_gigabytes_reach_the_second_table() {
        let mut pack = PackWriter::indexed();
        pack.header(3);
        for first in [9, 3, 200] {
            pack.begin(Oid([first; 20]), ObjectKind::Blob, 1 << 40).expect("in order");
        }
        pack.finish().expect("complete");
        let index = pack.index.as_mut().expect("indexed");
        index.entries[0].offset = (1 << 31) + 5;
        index.entries[2].offset = 7 << 32;
        let git = Git::new();
        let shown = git.run(&["show-index"], &pack.index().expect("finished"));
        let offsets: Vec<&str> = shown.lines().filter_map(|line| line.split(' ').next()).collect();
        assert_eq!(offsets, ["19", "2147483653", "30064771072"]);
    }

    #[test]
    fn a_pack_in_the_wrong_order_is_refused() {
        let blob = encode(ObjectKind::Blob, b"x").expect("encodes");
        let mut pack = PackWriter::indexed();
        assert!(matches!(pack.entry(&blob), Err(Error::OutOfOrder(_))));
        assert!(matches!(pack.finish(), Err(Error::OutOfOrder(_))));
        pack.header(2);
        pack.entry(&blob).expect("announced");
        assert!(matches!(pack.finish(), Err(Error::OutOfOrder(_))));
        assert!(matches!(pack.index(), Err(Error::OutOfOrder(_))));
        pack.entry(&blob).expect("announced");
        assert!(matches!(pack.entry(&blob), Err(Error::OutOfOrder(_))));
        pack.finish().expect("complete");
        assert!(matches!(pack.entry(&blob), Err(Error::OutOfOrder(_))));
        assert_eq!(pack.index(), Err(Error::Repeated(blob.oid)));
    }
}
