//! Objects: their kinds, their ids, and the zlib stream they are kept as.
//!
//! Source: gitformat-pack(5) for the kinds and the stream, git-hash-object(1) for the id.

use std::io::Write as _;

use bytes::Bytes;
use flate2::write::ZlibEncoder;
use flate2::{Compress, Compression, Decompress, FlushCompress, FlushDecompress, Status};
use sha1_checked::{Digest as _, Sha1};
use stoa_core::Oid;

use crate::Error;

/// The largest body held in memory at once, in bytes. Larger blobs are hashed with [`BlobHasher`].
pub const MAX_BODY: u64 = 1 << 29;

/// The id of the blob without bytes.
pub const EMPTY_BLOB: Oid = Oid([
    0xe6, 0x9d, 0xe2, 0x9b, 0xb2, 0xd1, 0xd6, 0x43, 0x4b, 0x8b, 0x29, 0xae, 0x77, 0x5a, 0xd8, 0xc2, 0xe4,
    0x8c, 0x53, 0x91,
]);

/// Fast beats small here: most of these bytes are read once, and packs are sent over fast links.
const LEVEL: u32 = 2;
/// What is kept and has at most this many bytes is compressed as git does it. Measured (with zlib, on the sources of stoa):
/// level 6 makes them 7 % smaller than level 2 and takes 80 µs more for a file of 5 KB. Commits of one and of 5,000 files
/// took as long with either, as far as a busy machine could tell.
const CAREFUL: usize = 1 << 20;
const CAREFUL_LEVEL: u32 = 6;
/// Deflate cannot do better than 1032 to 1, so a larger claim is a lie and is refused before any memory is taken.
const MAX_RATIO: u64 = 1032;

/// The four kinds of git objects.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum ObjectKind {
    /// A snapshot with its history: a tree, parents, author, message.
    Commit,
    /// A folder.
    Tree,
    /// The bytes of a file, or the target of a symbolic link.
    Blob,
    /// An annotated tag.
    Tag,
}

impl ObjectKind {
    /// The word in object headers and in `git cat-file -t`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Commit => "commit",
            Self::Tree => "tree",
            Self::Blob => "blob",
            Self::Tag => "tag",
        }
    }

    /// Reads the word of [`Self::as_str`].
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Commit, Self::Tree, Self::Blob, Self::Tag].into_iter().find(|kind| kind.as_str() == name)
    }

    /// The type number in a pack entry (gitformat-pack: commit 1, tree 2, blob 3, tag 4).
    pub fn pack_code(self) -> u8 {
        match self {
            Self::Commit => 1,
            Self::Tree => 2,
            Self::Blob => 3,
            Self::Tag => 4,
        }
    }

    /// Reads the number of [`Self::pack_code`]; `None` for deltas (6, 7) and unused numbers.
    pub fn from_pack_code(code: u8) -> Option<Self> {
        match code {
            1 => Some(Self::Commit),
            2 => Some(Self::Tree),
            3 => Some(Self::Blob),
            4 => Some(Self::Tag),
            _ => None,
        }
    }
}

/// An object in the form in which it is stored and sent.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Encoded {
    /// The id.
    pub oid: Oid,
    /// What the body is.
    pub kind: ObjectKind,
    /// Length of the body before compression.
    pub size: u64,
    /// The zlib stream of the body alone, without the `blob 12\0` of loose objects: what a pack entry holds.
    pub data: Bytes,
}

/// The id of an object with this body.
pub fn hash(kind: ObjectKind, body: &[u8]) -> Result<Oid, Error> {
    let mut sha1 = header(kind, body.len() as u64);
    sha1.update(body);
    digest(sha1)
}

/// Hashes and compresses a body of at most [`MAX_BODY`] bytes.
pub fn encode(kind: ObjectKind, body: &[u8]) -> Result<Encoded, Error> {
    let size = body.len() as u64;
    if size > MAX_BODY {
        return Err(Error::TooLarge { size, limit: MAX_BODY });
    }
    let oid = hash(kind, body)?;
    Ok(Encoded { oid, kind, size, data: deflate(body).into() })
}

/// The zlib stream of what is kept.
pub(crate) fn deflate(bytes: &[u8]) -> Vec<u8> {
    let level = if bytes.len() <= CAREFUL { CAREFUL_LEVEL } else { LEVEL };
    let mut zlib = ZlibEncoder::new(Vec::with_capacity(bytes.len() / 2 + 32), Compression::new(level));
    zlib.write_all(bytes).and_then(|()| zlib.finish()).expect("writing to memory cannot fail")
}

/// Decompresses the stream of an object whose body has `size` bytes.
///
/// Never produces more than `size` bytes: a longer or shorter body, and bytes after the stream, are errors.
pub fn inflate(data: &[u8], size: u64) -> Result<Vec<u8>, Error> {
    if size > MAX_BODY {
        return Err(Error::TooLarge { size, limit: MAX_BODY });
    }
    let possible = (data.len() as u64).saturating_mul(MAX_RATIO);
    if size > possible {
        return Err(Error::WrongSize { expected: size, found: possible });
    }
    let mut zlib = Decompress::new(true);
    // One byte more than announced shows that the stream goes on.
    let mut body = Vec::with_capacity(size as usize + 1);
    loop {
        let (read, wrote) = (zlib.total_in(), body.len());
        let status = zlib
            .decompress_vec(&data[read as usize..], &mut body, FlushDecompress::Finish)
            .map_err(|_| Error::Damaged { at: zlib.total_in(), why: "not a zlib stream" })?;
        if body.len() as u64 > size {
            return Err(Error::WrongSize { expected: size, found: body.len() as u64 });
        }
        if status == Status::StreamEnd {
            break;
        }
        if zlib.total_in() == read && body.len() == wrote {
            return Err(Error::Damaged { at: read, why: "the stream ends early" });
        }
    }
    if zlib.total_in() != data.len() as u64 {
        return Err(Error::Damaged { at: zlib.total_in(), why: "bytes follow the stream" });
    }
    if body.len() as u64 != size {
        return Err(Error::WrongSize { expected: size, found: body.len() as u64 });
    }
    Ok(body)
}

/// Compresses one thing after another, since making a compressor costs more than most objects do.
pub struct Deflater {
    zlib: Compress,
}

impl Default for Deflater {
    fn default() -> Self {
        Self::new()
    }
}

impl Deflater {
    /// A compressor at the level of [`encode`].
    pub fn new() -> Self {
        Self { zlib: Compress::new(Compression::new(LEVEL), true) }
    }

    /// The zlib stream of `bytes`: of a body, or of the instructions of a delta.
    pub fn deflate(&mut self, bytes: &[u8]) -> Vec<u8> {
        self.zlib.reset();
        let mut out = Vec::with_capacity(bytes.len() / 2 + 64);
        loop {
            let read = self.zlib.total_in() as usize;
            let status = self.zlib.compress_vec(&bytes[read..], &mut out, FlushCompress::Finish);
            if status.expect("no other stream was begun") == Status::StreamEnd {
                return out;
            }
            out.reserve(out.capacity().max(64));
        }
    }
}

/// Computes the id of a blob whose size is known and whose bytes come in pieces.
pub struct BlobHasher {
    sha1: Sha1,
    size: u64,
    seen: u64,
}

impl BlobHasher {
    /// Begins a blob of exactly `size` bytes.
    pub fn new(size: u64) -> Self {
        Self { sha1: header(ObjectKind::Blob, size), size, seen: 0 }
    }

    /// Adds the next bytes.
    pub fn update(&mut self, bytes: &[u8]) {
        self.seen = self.seen.saturating_add(bytes.len() as u64);
        self.sha1.update(bytes);
    }

    /// The id, if as many bytes came as announced.
    pub fn finish(self) -> Result<Oid, Error> {
        if self.seen != self.size {
            return Err(Error::WrongSize { expected: self.size, found: self.seen });
        }
        digest(self.sha1)
    }
}

/// A hash that has taken in what comes before the body.
pub(crate) fn header(kind: ObjectKind, size: u64) -> Sha1 {
    let mut sha1 = Sha1::new();
    sha1.update(format!("{} {size}\0", kind.as_str()).as_bytes());
    sha1
}

/// The id, unless an attack is found.
pub(crate) fn digest(sha1: Sha1) -> Result<Oid, Error> {
    let result = sha1.try_finalize();
    if result.has_collision() {
        return Err(Error::Collision);
    }
    Ok(Oid((*result.hash()).into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_those_of_git() {
        assert_eq!(hash(ObjectKind::Blob, b""), Ok(EMPTY_BLOB));
        assert_eq!(EMPTY_BLOB.to_string(), "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391");
        assert_eq!(
            hash(ObjectKind::Blob, b"hello\n").map(|oid| oid.to_string()),
            Ok("ce013625030ba8dba906f756967f9e9ca394464a".to_owned())
        );
    }

    #[test]
    fn kinds_survive_their_two_spellings() {
        for kind in [ObjectKind::Commit, ObjectKind::Tree, ObjectKind::Blob, ObjectKind::Tag] {
            assert_eq!(ObjectKind::from_pack_code(kind.pack_code()), Some(kind));
            assert_eq!(ObjectKind::from_name(kind.as_str()), Some(kind));
        }
        for code in [0, 5, 6, 7, 255] {
            assert_eq!(ObjectKind::from_pack_code(code), None);
        }
        assert_eq!(ObjectKind::from_name("Blob"), None);
    }

    #[test]
    fn bodies_come_back_as_they_were() {
        for size in [0, 1, 2, 1000, 70_000, 1 << 20] {
            let body: Vec<u8> = (0..size).map(|i: u32| (i.wrapping_mul(i) >> 7) as u8).collect();
            let encoded = encode(ObjectKind::Blob, &body).expect("encodes");
            assert_eq!(inflate(&encoded.data, encoded.size).as_deref(), Ok(body.as_slice()));
        }
    }

    #[test]
    fn inflating_stops_at_the_announced_size() {
        let bomb = encode(ObjectKind::Blob, &vec![0; 10 << 20]).expect("encodes");
        assert!(bomb.data.len() < 100_000);
        assert_eq!(inflate(&bomb.data, 100), Err(Error::WrongSize { expected: 100, found: 101 }));
        assert!(matches!(inflate(&bomb.data, (10 << 20) + 1), Err(Error::WrongSize { .. })));
        assert!(matches!(inflate(&bomb.data, u64::MAX), Err(Error::TooLarge { .. })));
        assert!(matches!(inflate(&bomb.data[..20], MAX_BODY), Err(Error::WrongSize { .. })));
    }

    #[test]
    fn damaged_streams_are_refused() {
        let good = encode(ObjectKind::Blob, b"some body that is long enough").expect("encodes");
        for cut in 0..good.data.len() {
            assert!(inflate(&good.data[..cut], good.size).is_err(), "cut at {cut}");
        }
        let mut longer = good.data.to_vec();
        longer.push(0);
        assert_eq!(
            inflate(&longer, good.size),
            Err(Error::Damaged { at: good.data.len() as u64, why: "bytes follow the stream" })
        );
        let mut wrong = good.data.to_vec();
        let last = wrong.len() - 1;
        wrong[last] ^= 1;
        assert!(matches!(inflate(&wrong, good.size), Err(Error::Damaged { .. })));
        assert!(inflate(b"not zlib at all", 5).is_err());
    }

    #[test]
    fn a_streamed_blob_has_the_same_id() {
        let body = vec![7_u8; 100_000];
        let mut hasher = BlobHasher::new(body.len() as u64);
        for piece in body.chunks(777) {
            hasher.update(piece);
        }
        assert_eq!(hasher.finish(), hash(ObjectKind::Blob, &body));
    }

    #[test]
    fn a_streamed_blob_of_another_size_is_refused() {
        let mut hasher = BlobHasher::new(3);
        hasher.update(b"four");
        assert_eq!(hasher.finish(), Err(Error::WrongSize { expected: 3, found: 4 }));
        assert_eq!(BlobHasher::new(1).finish(), Err(Error::WrongSize { expected: 1, found: 0 }));
    }

    /// The first 320 bytes of `shattered-1.pdf` (shattered.io), which hold the colliding blocks.
    const SHATTERED: &str = "255044462d312e330a25e2e3cfd30a0a0a312030206f626a0a3c3c2f57696474682032203020522f4865696768742033\
        203020522f547970652034203020522f537562747970652035203020522f46696c7465722036203020522f436f6c6f72\
        53706163652037203020522f4c656e6774682038203020522f42697473506572436f6d706f6e656e7420383e3e0a7374\
        7265616d0affd8fffe00245348412d3120697320646561642121212121852fec092339759c39b1a1c63c4c97e1fffe01\
        7346dc9166b67e118f029ab621b2560ff9ca67cca8c7f85ba84c79030c2b3de218f86db3a90901d5df45c14f26fedfb3\
        dc38e96ac22fe7bd728f0e45bce046d23c570feb141398bb552ef5a0a82be331fea48037b8b5d71f0e332edf93ac3500\
        eb4ddc0decc1a864790c782c76215660dd309791d06bd0af3f98cda4bc4629b1";

    #[test]
    fn an_attack_on_sha1_is_refused() {
        let digits = SHATTERED.as_bytes().chunks(2);
        let bytes =
            digits.map(|pair| u8::from_str_radix(&String::from_utf8_lossy(pair), 16).expect("digits"));
        let mut sha1 = Sha1::new();
        sha1.update(bytes.collect::<Vec<u8>>());
        assert_eq!(digest(sha1), Err(Error::Collision));
    }
}
