//! An Xet client of our own: packs content, sends it, and puts it together again.

use std::ops::Range;

use axum::body::Body;
use axum::http::Method;
use serde_json::Value;
use stoa_core::Sha256;
use stoa_testkit::{Answer, Client, TestHub};
use stoa_xet::{
    ChunkReader, ChunkTable, Chunker, MerkleHash, ShardFile, ShardWriter, Term, XorbBuilder, chunk_hash,
    file_id, verification_hash,
};

pub(super) use crate::files::tests::support::{
    batch, create_private, header, large_file, refused, send_large, sha256,
};
pub(super) use crate::testing::hub;

/// The header that asks for these bytes.
pub(super) fn bytes_of(range: &Range<u64>) -> String {
    format!("bytes={}-{}", range.start, range.end - 1)
}

/// Incompressible bytes, the same for the same seed.
pub(super) fn random(seed: u64, len: usize) -> Vec<u8> {
    let mut state = seed;
    let mut bytes = Vec::with_capacity(len + 8);
    while bytes.len() < len {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        bytes.extend_from_slice(&(z ^ (z >> 31)).to_le_bytes());
    }
    bytes.truncate(len);
    bytes
}

/// Content in one xorb.
pub(super) struct Packed {
    pub(super) content: Vec<u8>,
    pub(super) hash: MerkleHash,
    pub(super) table: ChunkTable,
    /// What is sent.
    pub(super) bytes: Vec<u8>,
}

impl Packed {
    pub(super) fn new(content: Vec<u8>) -> Self {
        let (mut chunker, mut builder, mut bytes) = (Chunker::new(), XorbBuilder::new(), Vec::new());
        let mut rest = content.as_slice();
        while let Some(chunk) = chunker.next(&mut rest) {
            builder.push(chunk_hash(chunk), chunk, &mut bytes);
        }
        if let Some(chunk) = chunker.finish() {
            builder.push(chunk_hash(chunk), chunk, &mut bytes);
        }
        let info = builder.finish();
        Self { content, hash: info.hash, table: info.chunks, bytes }
    }

    pub(super) fn term(&self, chunks: Range<u32>) -> Term {
        let place = self.table.unpacked_range(chunks.clone());
        let unpacked = (place.end - place.start) as u32;
        Term { xorb: self.hash, start: chunks.start, end: chunks.end, unpacked }
    }

    /// All of it, as a file.
    pub(super) fn file(&self) -> ShardFile {
        file_of(&[(self, 0..self.table.len())])
    }

    /// Where it is sent.
    pub(super) fn path(&self) -> String {
        format!("/v1/xorbs/default/{}", self.hash)
    }
}

/// The content of runs of chunks.
pub(super) fn content_of(parts: &[(&Packed, Range<u32>)]) -> Vec<u8> {
    let piece = |(packed, chunks): &(&Packed, Range<u32>)| {
        let place = packed.table.unpacked_range(chunks.clone());
        packed.content[place.start as usize..place.end as usize].to_vec()
    };
    parts.iter().flat_map(piece).collect()
}

/// A file of runs of chunks, as an honest client describes it.
pub(super) fn file_of(parts: &[(&Packed, Range<u32>)]) -> ShardFile {
    let (mut chunks, mut proofs, mut terms) = (Vec::new(), Vec::new(), Vec::new());
    for (packed, range) in parts {
        let own: Vec<_> = packed.table.chunks(range.clone()).collect();
        proofs.push(verification_hash(own.iter().map(|chunk| chunk.0)));
        terms.push(packed.term(range.clone()));
        chunks.extend(own);
    }
    let sha256: Sha256 = sha256(&content_of(parts)).parse().expect("a SHA-256");
    ShardFile::new(file_id(&chunks), terms, proofs, Some(sha256))
}

/// A shard of these files and xorbs.
pub(super) fn shard(files: &[ShardFile], xorbs: &[&Packed]) -> Vec<u8> {
    let mut writer = ShardWriter::plain();
    for file in files {
        writer.file(file);
    }
    for packed in xorbs {
        writer.xorb(packed.hash, &packed.table);
    }
    writer.finish_bare()
}

/// Someone with a token of the store.
#[derive(Clone)]
pub(super) struct Cas {
    pub(super) client: Client,
    pub(super) base: String,
    pub(super) token: String,
    pub(super) expires: i64,
}

impl Cas {
    /// Asks the hub for a token: `scope` is `read` or `write`, `repo` is `models/ada/m`.
    pub(super) async fn open(hub: &TestHub, who: &Client, repo: &str, scope: &str) -> Self {
        let answer = who.get(&format!("/api/{repo}/xet-{scope}-token/main")).await.expect(200);
        let body = answer.json();
        let text = |key: &str| body[key].as_str().expect("text").to_owned();
        assert_eq!(answer.header("x-xet-cas-url"), text("casUrl"), "in the body and in the headers");
        assert_eq!(answer.header("x-xet-access-token"), text("accessToken"));
        assert_eq!(answer.header("x-xet-token-expiration"), body["exp"].to_string());
        let token = text("accessToken");
        let expires = body["exp"].as_i64().expect("a number");
        Self { client: hub.with_token(&token), base: text("casUrl"), token, expires }
    }

    pub(super) async fn get(&self, path: &str) -> Answer {
        self.client.get(&format!("{}{path}", self.base)).await
    }

    pub(super) async fn head(&self, path: &str) -> Answer {
        self.client.head(&format!("{}{path}", self.base)).await
    }

    pub(super) async fn post(&self, path: &str, bytes: impl Into<bytes::Bytes>) -> Answer {
        let bytes = bytes.into();
        let length = bytes.len().to_string();
        let path = format!("{}{path}", self.base);
        self.client.raw(Method::POST, &path, &[("content-length", &length)], Body::from(bytes)).await
    }

    pub(super) async fn send(&self, packed: &Packed) -> Answer {
        self.post(&packed.path(), packed.bytes.clone()).await
    }

    /// Sends a xorb and the shard that makes one file of it.
    pub(super) async fn send_file(&self, packed: &Packed) {
        self.send(packed).await.expect(200);
        self.post("/v1/shards", shard(&[packed.file()], &[packed])).await.expect(200);
    }

    /// Asks for a plan, with or without a range.
    pub(super) async fn plan(&self, version: u8, file: MerkleHash, range: Option<&str>) -> Answer {
        let path = format!("{}/v{version}/reconstructions/{file}", self.base);
        let headers: Vec<_> = range.map(|range| ("range", range)).into_iter().collect();
        self.client.raw(Method::GET, &path, &headers, Body::empty()).await
    }
}

/// One thing to fetch for a plan of either version.
#[derive(Clone, Debug)]
pub(super) struct Piece {
    pub(super) xorb: String,
    pub(super) chunks: Range<u64>,
    pub(super) url: String,
    pub(super) bytes: Range<u64>,
}

fn range_of(value: &Value, more: u64) -> Range<u64> {
    let number = |key: &str| value[key].as_u64().expect("a number");
    number("start")..number("end") + more
}

/// What a plan says to fetch.
pub(super) fn pieces(plan: &Value) -> Vec<Piece> {
    let mut pieces = Vec::new();
    for (xorb, entries) in plan["fetch_info"].as_object().into_iter().flatten() {
        for entry in entries.as_array().expect("a list") {
            pieces.push(Piece {
                xorb: xorb.clone(),
                chunks: range_of(&entry["range"], 0),
                url: entry["url"].as_str().expect("a URL").to_owned(),
                bytes: range_of(&entry["url_range"], 1),
            });
        }
    }
    for (xorb, entries) in plan["xorbs"].as_object().into_iter().flatten() {
        for entry in entries.as_array().expect("a list") {
            let ranges = entry["ranges"].as_array().expect("a list");
            assert_eq!(ranges.len(), 1, "one range for each URL, so that nobody asks for several at once");
            pieces.push(Piece {
                xorb: xorb.clone(),
                chunks: range_of(&ranges[0]["chunks"], 0),
                url: entry["url"].as_str().expect("a URL").to_owned(),
                bytes: range_of(&ranges[0]["bytes"], 1),
            });
        }
    }
    pieces
}

/// Fetches a piece as clients do: without a credential, with its range.
pub(super) async fn fetch(hub: &TestHub, url: &str, range: &str) -> Answer {
    hub.anonymous().raw(Method::GET, url, &[("range", range)], Body::empty()).await
}

/// Follows a plan, as clients do, up to `len` bytes.
pub(super) async fn follow(hub: &TestHub, plan: &Value, len: usize) -> Vec<u8> {
    let mut fetched = Vec::new();
    for piece in pieces(plan) {
        let answer = fetch(hub, &piece.url, &bytes_of(&piece.bytes)).await.expect(206);
        assert_eq!(answer.header("content-length"), (piece.bytes.end - piece.bytes.start).to_string());
        let (mut reader, mut block, mut chunks) = (ChunkReader::new(), answer.body, Vec::new());
        while let Some(chunk) = reader.next(&mut block).expect("good chunks") {
            chunks.push(chunk);
        }
        reader.finish().expect("whole chunks");
        assert_eq!(chunks.len() as u64, piece.chunks.end - piece.chunks.start);
        fetched.push((piece, chunks));
    }
    let mut out = Vec::new();
    for term in plan["terms"].as_array().expect("a list") {
        let wanted = range_of(&term["range"], 0);
        let inside = |piece: &Piece| {
            piece.xorb == term["hash"] && piece.chunks.start <= wanted.start && wanted.end <= piece.chunks.end
        };
        let (piece, chunks) = fetched.iter().find(|(piece, _)| inside(piece)).expect("a range with the term");
        let before = out.len();
        let first = (wanted.start - piece.chunks.start) as usize;
        for chunk in &chunks[first..][..(wanted.end - wanted.start) as usize] {
            out.extend_from_slice(chunk);
        }
        assert_eq!((out.len() - before) as u64, term["unpacked_length"], "the length of a term");
    }
    out.drain(..plan["offset_into_first_range"].as_u64().expect("a number") as usize);
    out.truncate(len);
    out
}
