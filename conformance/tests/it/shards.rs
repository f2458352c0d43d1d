//! Shards: what they write we read, and what we write they read.

use std::io::Cursor;
use std::time::{Duration, SystemTime};

use stoa_xet::{
    MerkleHash, Shard, ShardChunk, ShardEntry, ShardFile, ShardFooter, ShardLimits, ShardReader, ShardWriter,
    ShardXorb, Term, check_file, check_xorb, keyed,
};
use xet_core_structures::metadata_shard::file_structs::{
    FileDataSequenceEntry, FileDataSequenceHeader, FileMetadataExt, FileVerificationEntry, MDBFileInfo,
    MDBFileInfoView,
};
use xet_core_structures::metadata_shard::shard_in_memory::MDBInMemoryShard;
use xet_core_structures::metadata_shard::streaming_shard::MDBMinimalShard;
use xet_core_structures::metadata_shard::xorb_structs::{
    MDBXorbInfo, MDBXorbInfoView, XorbChunkSequenceEntry, XorbChunkSequenceHeader,
};
use xet_core_structures::metadata_shard::{MDBShardFileHeader, MDBShardInfo};

use crate::support::{Packed, Random, each_case, file_of, ours, random_parts, theirs};

/// Xorbs and files made of them.
pub struct Sample {
    pub xorbs: Vec<Packed>,
    pub files: Vec<ShardFile>,
}

impl Sample {
    /// All files have proofs, and a SHA-256 more often than not; none has the id of another.
    pub fn new(random: &mut Random) -> Self {
        let xorbs: Vec<_> = (0..1 + random.below(4))
            .map(|_| {
                let most = *random.pick(&[1, 6, 40]);
                let count = 1 + random.below(most);
                Packed::small(random, count)
            })
            .collect();
        let mut files: Vec<ShardFile> = Vec::new();
        for _ in 0..random.below(5) {
            let count = random.below(6);
            let mut file = file_of(&random_parts(random, &xorbs, count));
            if random.one_in(3) {
                file = ShardFile::new(file.id, file.terms, file.verification, None);
            }
            if files.iter().all(|other| other.id != file.id) {
                files.push(file);
            }
        }
        Self { xorbs, files }
    }

    /// The same with the xorbs as a shard lists them.
    pub fn shard(&self) -> Shard {
        Shard { files: self.files.clone(), xorbs: self.xorbs.iter().map(listed).collect() }
    }

    /// As we write it, without a footer.
    pub fn ours(&self) -> Vec<u8> {
        self.written(ShardWriter::plain()).finish_bare()
    }

    fn written(&self, mut writer: ShardWriter) -> ShardWriter {
        self.files.iter().for_each(|file| writer.file(file));
        self.xorbs.iter().for_each(|xorb| writer.xorb(xorb.hash, &xorb.table));
        writer
    }

    fn in_memory(&self) -> MDBInMemoryShard {
        let mut shard = MDBInMemoryShard::default();
        for file in &self.files {
            shard.add_file_reconstruction_info(their_file(file)).expect("a good file");
        }
        for xorb in &self.xorbs {
            shard.add_xorb_block(their_xorb(xorb)).expect("a good xorb");
        }
        shard
    }

    /// As their client sends it: without a footer and with lengths on disk left out.
    pub fn bare(&self) -> Vec<u8> {
        let mut out = Vec::new();
        MDBShardFileHeader { footer_size: 0, ..Default::default() }.serialize(&mut out).expect("memory");
        for file in &self.files {
            their_file(file).serialize(&mut out).expect("memory");
        }
        FileDataSequenceHeader::bookend().serialize(&mut out).expect("memory");
        for xorb in &self.xorbs {
            their_xorb(xorb).serialize(&mut out).expect("memory");
        }
        XorbChunkSequenceHeader::bookend().serialize(&mut out).expect("memory");
        out
    }

    /// As they keep it on disk: with lookup tables and footer.
    pub fn kept(&self) -> Vec<u8> {
        let mut out = Vec::new();
        MDBShardInfo::serialize_from(&mut out, &self.in_memory(), Some(Duration::from_secs(60)))
            .expect("memory");
        out
    }
}

/// What a shard says of a xorb.
fn listed(xorb: &Packed) -> ShardXorb {
    let chunk = |(hash, len): (MerkleHash, u64)| ShardChunk {
        hash,
        len: len as u32,
        dedup: hash.is_dedup_eligible(),
    };
    let chunks = xorb.table.chunks(0..xorb.table.len()).map(chunk).collect();
    ShardXorb { hash: xorb.hash, flags: 0, chunks }
}

/// Our file as theirs.
pub fn their_file(file: &ShardFile) -> MDBFileInfo {
    let (proven, named) = (file.verification.len() == file.terms.len(), file.sha256.is_some());
    let segment =
        |term: &Term| FileDataSequenceEntry::new(theirs(term.xorb), term.unpacked, term.start, term.end);
    MDBFileInfo {
        metadata: FileDataSequenceHeader::new(theirs(file.id), file.terms.len(), proven, named),
        segments: file.terms.iter().map(segment).collect(),
        verification: file.verification.iter().map(|h| FileVerificationEntry::new(theirs(*h))).collect(),
        metadata_ext: file.sha256.map(|sha256| {
            FileMetadataExt::new(
                xet_core_structures::merklehash::MerkleHash::from_hex(&sha256.to_string())
                    .expect("64 digits"),
            )
        }),
    }
}

/// Our xorb as theirs.
pub fn their_xorb(xorb: &Packed) -> MDBXorbInfo {
    let chunks = (0..xorb.table.len()).map(|chunk| {
        let hash = xorb.table.hash(chunk);
        let place = xorb.table.unpacked_range(chunk..chunk + 1);
        XorbChunkSequenceEntry::new(theirs(hash), place.end - place.start, place.start)
            .with_global_dedup_flag(hash.is_dedup_eligible())
    });
    let metadata =
        XorbChunkSequenceHeader::new(theirs(xorb.hash), xorb.table.len(), xorb.table.unpacked_len());
    MDBXorbInfo { metadata, chunks: chunks.collect() }
}

/// Their file as ours.
pub fn our_file(file: &MDBFileInfo) -> ShardFile {
    let term = |entry: &FileDataSequenceEntry| Term {
        xorb: ours(entry.xorb_hash),
        start: entry.chunk_index_start,
        end: entry.chunk_index_end,
        unpacked: entry.unpacked_segment_bytes,
    };
    ShardFile {
        id: ours(file.metadata.file_hash),
        flags: file.metadata.file_flags,
        terms: file.segments.iter().map(term).collect(),
        verification: file.verification.iter().map(|entry| ours(entry.range_hash)).collect(),
        sha256: file.metadata_ext.as_ref().map(|ext| ext.sha256.hex().parse().expect("64 digits")),
    }
}

/// Their xorb as ours.
pub fn our_xorb(xorb: &MDBXorbInfo) -> ShardXorb {
    let chunk = |entry: &XorbChunkSequenceEntry| ShardChunk {
        hash: ours(entry.chunk_hash),
        len: entry.unpacked_segment_bytes,
        dedup: entry.flags >> 31 == 1,
    };
    ShardXorb {
        hash: ours(xorb.metadata.xorb_hash),
        flags: xorb.metadata.xorb_flags,
        chunks: xorb.chunks.iter().map(chunk).collect(),
    }
}

/// What their sequential reader finds.
pub fn their_reading(shard: &MDBMinimalShard) -> Shard {
    let files = (0..shard.num_files()).filter_map(|at| shard.file(at));
    let xorbs = (0..shard.num_xorb()).filter_map(|at| shard.xorb(at));
    Shard { files: files.map(whole_file).collect(), xorbs: xorbs.map(whole_xorb).collect() }
}

/// Flags are taken from the record: their other form of a file leaves out those they do not know.
fn whole_file(view: &MDBFileInfoView) -> ShardFile {
    ShardFile { flags: view.file_flags(), ..our_file(&view.into()) }
}

fn whole_xorb(view: &MDBXorbInfoView) -> ShardXorb {
    let chunks = (0..view.num_entries()).map(|at| view.chunk(at)).collect();
    our_xorb(&MDBXorbInfo { metadata: view.header().clone(), chunks })
}

/// What our reader finds in bytes that come in pieces.
pub fn our_reading(random: &mut Random, bytes: &[u8]) -> Result<Shard, stoa_xet::Error> {
    let (mut reader, mut shard) = (ShardReader::new(ShardLimits::UPLOAD), Shard::default());
    for piece in random.pieces(bytes) {
        for entry in reader.push(piece)? {
            match entry {
                ShardEntry::File(file) => shard.files.push(file),
                ShardEntry::Xorb(xorb) => shard.xorbs.push(xorb),
            }
        }
    }
    reader.finish()?;
    Ok(shard)
}

/// Fails with the first entry that differs, since whole shards are long.
#[track_caller]
pub fn assert_same(one: &Shard, other: &Shard) {
    for (one, other) in one.files.iter().zip(&other.files) {
        assert_eq!(one, other);
    }
    for (one, other) in one.xorbs.iter().zip(&other.xorbs) {
        assert_eq!((one.hash, one.flags, one.chunks.len()), (other.hash, other.flags, other.chunks.len()));
        for chunks in one.chunks.iter().zip(&other.chunks) {
            assert_eq!(chunks.0, chunks.1);
        }
    }
    assert_eq!((one.files.len(), one.xorbs.len()), (other.files.len(), other.xorbs.len()));
}

/// In the order of their hashes, which is how they sort what is in memory.
fn sorted(mut shard: Shard) -> Shard {
    shard.files.sort_by_key(|file| theirs(file.id));
    shard.xorbs.sort_by_key(|xorb| theirs(xorb.hash));
    shard.xorbs.dedup_by_key(|xorb| xorb.hash);
    shard
}

#[test]
fn what_they_write_we_read() {
    each_case("what_they_write_we_read (shards)", 200, |random| {
        let sample = Sample::new(random);
        let expected = sample.shard();
        let bare = sample.bare();
        assert_same(&our_reading(random, &bare).expect("they wrote it"), &expected);
        let kept = our_reading(random, &sample.kept()).expect("they wrote it");
        assert_same(&kept, &sorted(expected));
        // Their rewriting of it, which sets the flag of the first chunk of each file.
        let minimal =
            MDBMinimalShard::from_reader(&mut Cursor::new(&bare), true, true).expect("they wrote it");
        let mut rewritten = Vec::new();
        minimal.serialize(&mut rewritten, minimal.has_file_verification(), None).expect("memory");
        let read = our_reading(random, &rewritten).expect("they wrote it");
        let again = MDBMinimalShard::from_reader(&mut Cursor::new(&rewritten), true, true).expect("theirs");
        assert_same(&read, &their_reading(&again));
        // What is true is found to be true.
        let table = |hash| sample.xorbs.iter().find(|xorb| xorb.hash == hash).map(|xorb| xorb.table.clone());
        for file in &read.files {
            check_file(file, &table).expect("an honest file");
        }
        for xorb in &read.xorbs {
            check_xorb(xorb, &table(xorb.hash).expect("listed")).expect("an honest list");
        }
        let mut wanted: Vec<MerkleHash> = read
            .xorbs
            .iter()
            .flat_map(|xorb| &xorb.chunks)
            .filter(|chunk| chunk.dedup || chunk.hash.is_dedup_eligible())
            .map(|chunk| chunk.hash)
            .collect();
        let mut their_wanted: Vec<_> = again.global_dedup_eligible_chunks().into_iter().map(ours).collect();
        wanted.sort_unstable();
        wanted.dedup();
        their_wanted.sort_unstable();
        assert_eq!(wanted, their_wanted);
    });
}

#[test]
fn what_we_write_they_read() {
    each_case("what_we_write_they_read (shards)", 200, |random| {
        let sample = Sample::new(random);
        let bare = sample.ours();
        // All but the length on disk, which their client leaves out, is the same byte by byte.
        assert_eq!(bare.len(), sample.bare().len());
        let minimal = MDBMinimalShard::from_reader(&mut Cursor::new(&bare), true, true).expect("we wrote it");
        assert_same(&their_reading(&minimal), &sample.shard());
        let mut rest = bare.as_slice();
        let read = MDBMinimalShard::from_reader_async(&mut rest, true, true, Some(bare.len() as u64));
        let read = futures::executor::block_on(read).expect("we wrote it");
        assert_eq!(read, minimal);

        let footer = ShardFooter { created: 1_700_000_000, expires: 1_700_000_000 + random.next() % 100_000 };
        let bytes = sample.written(ShardWriter::plain()).finish(footer);
        let info = MDBShardInfo::load_from_reader(&mut Cursor::new(&bytes)).expect("a footer");
        assert!(!info.chunk_hashes_protected());
        check_footer(&info, &bytes, footer);
        let mut reader = Cursor::new(&bytes);
        let files = info.read_all_file_info_sections(&mut reader).expect("a section");
        assert!(files.iter().map(our_file).eq(sample.files.iter().cloned()));
        let xorbs = info.read_all_xorb_blocks_full(&mut reader).expect("a section");
        assert!(xorbs.iter().map(our_xorb).eq(sample.xorbs.iter().map(listed)));
        let size: u64 = sample.files.iter().map(ShardFile::size).sum();
        assert_eq!(info.materialized_bytes(), size);
        let (packed, unpacked) = sample.xorbs.iter().fold((0, 0), |(packed, unpacked), xorb| {
            (packed + xorb.table.packed_len(), unpacked + xorb.table.unpacked_len())
        });
        assert_eq!((info.stored_bytes_on_disk(), info.stored_bytes()), (packed, unpacked));
    });
}

fn check_footer(info: &MDBShardInfo, bytes: &[u8], footer: ShardFooter) {
    let metadata = &info.metadata;
    assert_eq!(info.header.footer_size, 200);
    assert_eq!(metadata.footer_offset, bytes.len() as u64 - 200);
    assert_eq!(metadata.file_info_offset, 48);
    assert_eq!(metadata.file_lookup_offset, metadata.footer_offset);
    assert_eq!(
        (metadata.shard_creation_timestamp, metadata.shard_key_expiry),
        (footer.created, footer.expires)
    );
}

#[test]
fn keyed_answers_are_the_same_to_who_knows_a_chunk() {
    each_case("keyed_answers_are_the_same_to_who_knows_a_chunk", 200, |random| {
        let mut sample = Sample::new(random);
        sample.files.clear();
        let key = random.hash();
        let footer = ShardFooter { created: 5, expires: 1 << 40 };
        let bytes = sample.written(ShardWriter::keyed(key.0)).finish(footer);
        let info = MDBShardInfo::load_from_reader(&mut Cursor::new(&bytes)).expect("a footer");
        check_footer(&info, &bytes, footer);
        assert_eq!(info.chunk_hmac_key(), Some(theirs(key)));

        // Theirs, made of the same shard.
        let kept = sample.kept();
        let source = MDBShardInfo::load_from_reader(&mut Cursor::new(&kept)).expect("they wrote it");
        let mut exported = Vec::new();
        let valid = Duration::from_secs(3600);
        let mut reader = Cursor::new(&kept);
        source
            .export_as_keyed_shard(&mut reader, &mut exported, theirs(key), valid, true, false, false)
            .expect("they wrote it");
        let exported = our_reading(random, &exported).expect("they wrote it");
        let found = our_reading(random, &bytes).expect("we wrote it");
        let bare = |shard: Shard| -> Vec<(MerkleHash, Vec<(MerkleHash, u32)>)> {
            let chunks = |xorb: ShardXorb| xorb.chunks.iter().map(|c| (c.hash, c.len)).collect();
            sorted(shard).xorbs.into_iter().map(|xorb| (xorb.hash, chunks(xorb))).collect()
        };
        assert!(found.files.is_empty());
        assert!(found.xorbs.iter().flat_map(|xorb| &xorb.chunks).all(|chunk| !chunk.dedup), "a flag tells");
        assert_eq!(bare(found), bare(exported));

        // Whoever knows chunks finds them in it.
        let xorb = random.pick(&sample.xorbs);
        let range = xorb.run(random);
        let known: Vec<_> = range.clone().map(|chunk| theirs(xorb.table.hash(chunk))).collect();
        assert_eq!(ours(info.keyed_chunk_hash(known[0])), keyed(&key.0, ours(known[0])));
        let read = MDBMinimalShard::from_reader(&mut Cursor::new(&bytes), true, true).expect("we wrote it");
        let mut stored = MDBInMemoryShard::default();
        for at in 0..read.num_xorb() {
            let view = read.xorb(at).expect("counted");
            stored.add_xorb_block(MDBXorbInfo::from(view)).expect("a good xorb");
        }
        let asked: Vec<_> = known.iter().map(|hash| hash.hmac(theirs(key))).collect();
        let (count, entry) = stored.chunk_hash_dedup_query(&asked).expect("it is there");
        assert!(count >= 1 && count <= asked.len());
        let source = sample.xorbs.iter().find(|xorb| theirs(xorb.hash) == entry.xorb_hash).expect("ours");
        assert_eq!(theirs(source.table.hash(entry.chunk_index_start)), known[0]);
        assert!(stored.chunk_hash_dedup_query(&known).is_none(), "who does not know the key learns nothing");
        // Their own files want an expiry that is in the future.
        assert!(
            SystemTime::UNIX_EPOCH + Duration::from_secs(info.metadata.shard_key_expiry) > SystemTime::now()
        );
    });
}
