//! Steps that send something: xorbs, shards, and both with lies in them.

use reqwest::Method;
use serde_json::Value;
use stoa_xet::{MerkleHash, ShardFile, ShardFooter, ShardWriter, Term, chunk_hash};
use xet_core_structures::metadata_shard::MDBShardInfo;
use xet_core_structures::metadata_shard::shard_in_memory::MDBInMemoryShard;
use xet_core_structures::xorb_object::{CompressionScheme, reconstruct_xorb_with_footer};

use super::server::{Answer, Server};
use super::{Log, Traffic};
use crate::shards::{their_file, their_xorb};
use crate::support::{Packed, Parts, Random, content_of, file_of, sha256};
use crate::xorbs::{chunk_of, frame, written_by_them};

/// A file that was sent.
pub struct Sent {
    /// For the names of steps.
    pub name: &'static str,
    /// What the shard said.
    pub file: ShardFile,
    /// What is in it.
    pub content: Vec<u8>,
}

fn xorb_path(hash: impl std::fmt::Display) -> String {
    format!("/v1/xorbs/default/{hash}")
}

/// `{"was_inserted":true}` when the step went well.
fn told(answer: &Answer) -> String {
    if answer.status == 200 { answer.json().to_string() } else { String::new() }
}

/// The same content with the chunks packed by their code.
fn packed_by_them(packed: &Packed, scheme: CompressionScheme, footer: bool) -> Vec<u8> {
    let chunk = |at: u32| {
        let place = packed.table.unpacked_range(at..at + 1);
        packed.content[place.start as usize..place.end as usize].to_vec()
    };
    let chunks: Vec<_> = (0..packed.table.len()).map(chunk).collect();
    let (name, bytes, _) = written_by_them(&mut Random(3), &chunks, scheme, footer);
    assert_eq!(name, packed.hash);
    bytes
}

pub async fn xorbs(server: &Server, traffic: &Traffic, log: &mut Log) {
    let [one, two, three] = traffic.xorbs.as_slice() else { unreachable!("three xorbs") };
    let answer = server.ask_grant(&one.hash.to_string(), one.bytes.len()).await;
    log.note("grant for a new xorb", answer.status, "");
    let answer = server.head(&xorb_path(one.hash)).await;
    log.note("HEAD of a xorb that is not there", answer.status, "");

    let sent = packed_by_them(one, CompressionScheme::Auto, false);
    let answer = server.post(&xorb_path(one.hash), sent.clone()).await;
    log.note("xorb as their client packs it", answer.status, told(&answer));
    let answer = server.post(&xorb_path(one.hash), sent.clone()).await;
    log.note("xorb that is there", answer.status, told(&answer));
    let answer = server.ask_grant(&one.hash.to_string(), sent.len()).await;
    log.note("grant for a xorb that is there", answer.status, format!("{} bytes", answer.body.len()));
    let answer = server.head(&xorb_path(one.hash)).await;
    let right = answer.header("content-length") == sent.len().to_string();
    log.note("HEAD of a xorb", answer.status, if right { "its length" } else { "" });
    // In grouped words and with a footer, as old clients send it.
    let footed = packed_by_them(two, CompressionScheme::ByteGrouping4LZ4, true);
    let path = format!("/v1/xorbs/default-merkledb/{}", two.hash);
    let answer = server.post(&path, footed).await;
    log.note("xorb with a footer, under the other prefix", answer.status, told(&answer));
    let answer = server.post(&xorb_path(three.hash), three.bytes.clone()).await;
    log.note("xorb as we pack it", answer.status, told(&answer));

    // Lies. None of them may leave anything behind.
    let mut random = Random(12);
    let victim = Packed::small(&mut random, 30);
    let raw = packed_by_them(&victim, CompressionScheme::None, false);
    let footed = packed_by_them(&victim, CompressionScheme::LZ4, true);
    let mut flipped = raw.clone();
    flipped[20] ^= 1;
    let mut wrong_end = footed.clone();
    let end = wrong_end.len() - 120;
    wrong_end[end] ^= 1;
    let zeros = vec![0; 20 << 20];
    let bomb = chunk_of(1, &frame(&mut random, &zeros, Some(lz4_flex::frame::FrameInfo::new())), 1000);
    let bomb_name = stoa_xet::xorb_hash(&[(chunk_hash(&zeros), zeros.len() as u64)]);
    let mut scheme = raw.clone();
    scheme[4] = 99;
    let lies: [(&str, MerkleHash, Vec<u8>); 10] = [
        ("under another name", chunk_hash(b"other"), raw.clone()),
        ("with a flipped bit", victim.hash, flipped),
        ("cut in a chunk", victim.hash, raw[..raw.len() - 1].to_vec()),
        ("cut in a header", victim.hash, raw[..5].to_vec()),
        ("without its last chunk", victim.hash, raw[..last_chunk(&raw)].to_vec()),
        ("of garbage", victim.hash, random.bytes(5000)),
        ("of nothing", victim.hash, vec![]),
        ("with an unknown compression", victim.hash, scheme),
        ("that unpacks to more than it says", bomb_name, bomb),
        ("with a lying footer", victim.hash, wrong_end),
    ];
    for (name, hash, bytes) in lies {
        let answer = server.post(&xorb_path(hash), bytes).await;
        log.note(format!("xorb {name}"), answer.status, "");
    }
    let answer = server.post(&xorb_path("nonsense"), raw.clone()).await;
    log.note("xorb whose name is no hash", answer.status, "");
    let answer = server.ask_grant(&chunk_hash(b"other").to_string(), 5).await;
    log.note("grant for what was refused", answer.status, "");
    // What is only a true xorb once more is welcome after all that was said of it.
    let answer = server.post(&xorb_path(victim.hash), raw).await;
    log.note("xorb after lies about it", answer.status, "");
}

fn last_chunk(bytes: &[u8]) -> usize {
    let (object, _) = reconstruct_xorb_with_footer(&mut Vec::new(), bytes).expect("good");
    let offsets = &object.info.chunk_boundary_offsets;
    offsets[offsets.len() - 2] as usize
}

/// The types of the lines of an answer, where repeated ones count once; an answer that is no stream has none.
fn frames(answer: &Answer) -> String {
    let lines = String::from_utf8_lossy(&answer.body).into_owned();
    let mut kinds: Vec<String> = lines
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok())
        .filter_map(|line| line["type"].as_str().map(str::to_owned))
        .collect();
    kinds.dedup();
    if kinds.is_empty() {
        String::new()
    } else {
        format!("{} {}", answer.header("content-type"), kinds.join(", "))
    }
}

/// `{"result":1}`.
fn result(answer: &Answer) -> String {
    if answer.status == 200 { format!("result {}", answer.json()["result"]) } else { String::new() }
}

fn write(files: &[ShardFile], xorbs: &[&Packed]) -> ShardWriter {
    let mut writer = ShardWriter::plain();
    files.iter().for_each(|file| writer.file(file));
    xorbs.iter().for_each(|xorb| writer.xorb(xorb.hash, &xorb.table));
    writer
}

pub async fn shards(server: &Server, traffic: &Traffic, log: &mut Log) -> Vec<Sent> {
    let [one, two, three] = traffic.xorbs.as_slice() else { unreachable!("three xorbs") };
    let sent = |name, parts: &Parts<'_>| Sent { name, file: file_of(parts), content: content_of(parts) };
    let last = one.table.len();
    let files = vec![
        sent("one xorb", &vec![(one, 0..last)]),
        // Terms that repeat, overlap, touch, and go back and forth.
        sent(
            "many terms",
            &vec![
                (one, 2..5),
                (three, 0..90),
                (one, 4..last),
                (two, 0..3),
                (three, 89..91),
                (three, 91..700),
                (one, 0..1),
                (two, 1..4),
                (two, 4..5),
                (two, 4..5),
            ],
        ),
        sent("short chunks", &vec![(three, 0..three.table.len())]),
        sent("the end of a xorb", &vec![(two, 2..two.table.len())]),
    ];
    let [whole, many, short, tail] = files.as_slice() else { unreachable!("four files") };

    let first = write(&[whole.file.clone(), many.file.clone()], &[one, two, three]).finish_bare();
    let answer = server.post("/v2/shards", first.clone()).await;
    log.note("shard, second version", answer.status, frames(&answer));
    let answer = server.post("/v2/shards", first.clone()).await;
    log.note("shard that is there, second version", answer.status, frames(&answer));
    let answer = server.post("/v1/shards", first.clone()).await;
    log.note("shard that is there, first version", answer.status, result(&answer));
    // With footer and lookup tables, as their code keeps it and as huggingface.js sends it.
    let mut kept = MDBInMemoryShard::default();
    kept.add_file_reconstruction_info(their_file(&short.file)).expect("a good file");
    kept.add_xorb_block(their_xorb(three)).expect("a good xorb");
    let mut bytes = Vec::new();
    MDBShardInfo::serialize_from(&mut bytes, &kept, None).expect("memory");
    let answer = server.post("/v1/shards", bytes).await;
    log.note("shard with a footer, first version", answer.status, result(&answer));
    // A shard without xorbs of its own, with a footer of ours.
    let footer = ShardFooter { created: 1, expires: 2 };
    let answer = server.post("/v1/shards", write(&[tail.file.clone()], &[]).finish(footer)).await;
    log.note("shard of what others sent, first version", answer.status, result(&answer));
    let empty = ShardFile::new(MerkleHash::ZERO, vec![], vec![], Some(sha256(b"")));
    let answer = server.post("/v2/shards", write(&[empty], &[]).finish_bare()).await;
    log.note("shard of an empty file", answer.status, frames(&answer));
    let answer = server.post("/v2/shards", write(&[], &[]).finish_bare()).await;
    log.note("shard of nothing", answer.status, frames(&answer));

    for (name, bytes) in [
        ("of garbage", vec![7; 500]),
        ("of no bytes", vec![]),
        ("cut in a record", first[..first.len() - 60].to_vec()),
        ("without its last bookend", first[..first.len() - 48].to_vec()),
    ] {
        let answer = server.post("/v1/shards", bytes.clone()).await;
        log.note(format!("shard {name}, first version"), answer.status, "");
        let answer = server.post("/v2/shards", bytes).await;
        log.note(format!("shard {name}, second version"), answer.status, frames(&answer));
    }
    files
}

/// Shards that are read well and are not true. They are about files that nobody asks for later.
pub async fn lies(server: &Server, traffic: &Traffic, log: &mut Log) {
    let [one, two, _] = traffic.xorbs.as_slice() else { unreachable!("three xorbs") };
    let never_sent = Packed::small(&mut Random(77), 9);
    let honest = |skip: u32| file_of(&[(one, skip..one.table.len()), (two, 0..1)]);
    let lie = |skip: u32, change: &dyn Fn(&mut ShardFile)| {
        let mut file = honest(skip);
        change(&mut file);
        ShardFile::new(file.id, file.terms, file.verification, file.sha256)
    };
    let behind = |file: &mut ShardFile| {
        let Term { xorb, start, unpacked, .. } = file.terms[0];
        file.terms[0] = Term { xorb, start, end: one.table.len() + 1, unpacked };
    };
    let lies: [(&str, ShardFile); 8] = [
        ("a missing xorb", file_of(&[(&never_sent, 0..9)])),
        ("chunks that a xorb has not", lie(1, &behind)),
        ("another length", lie(2, &|file| file.terms[0].unpacked += 1)),
        ("another id", lie(3, &|file| file.id = chunk_hash(b"other id"))),
        ("a wrong proof", lie(4, &|file| file.verification[1] = chunk_hash(b"proof"))),
        ("no proof", lie(5, &|file| file.verification.clear())),
        ("another SHA-256", lie(6, &|file| file.sha256 = Some(sha256(b"other")))),
        (
            "a lost term",
            lie(7, &|file| {
                file.terms.pop();
                file.verification.pop();
            }),
        ),
    ];
    for (name, file) in lies {
        let bytes = write(&[file], &[]).finish_bare();
        let answer = server.post("/v1/shards", bytes.clone()).await;
        log.note(format!("shard with {name}, first version"), answer.status, result(&answer));
        let answer = server.post("/v2/shards", bytes).await;
        log.note(format!("shard with {name}, second version"), answer.status, frames(&answer));
    }
    // A list of chunks that is not that of the xorb.
    let mut writer = ShardWriter::plain();
    writer.xorb(one.hash, &two.table);
    let answer = server.post("/v1/shards", writer.finish_bare()).await;
    log.note("shard with another list of chunks", answer.status, result(&answer));
}

/// Who has no token, and what clients tell in passing.
pub async fn strangers(server: &Server, traffic: &Traffic, sent: &Sent, log: &mut Log) {
    let one = &traffic.xorbs[0];
    let answer = server.send_without_token(Method::POST, &xorb_path(one.hash), one.bytes.clone()).await;
    log.note("xorb without a token", answer.status, "");
    let plan = format!("/v2/reconstructions/{}", sent.file.id);
    let answer = server.send_without_token(Method::GET, &plan, vec![]).await;
    log.note("plan without a token", answer.status, "");
    let answer = server.post("/v1/telemetry", b"{}".to_vec()).await;
    log.note("telemetry", answer.status / 100 * 100, "");
    let answer = server.get(&format!("/v1/reconstructions?file_id={}", sent.file.id)).await;
    log.note("plans of several files", answer.status, "");
    let answer = server.get("/v1/nothing/here").await;
    log.note("a path that is not there", answer.status, "");
}
