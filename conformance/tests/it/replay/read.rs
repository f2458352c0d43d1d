//! Steps that ask for something: plans and what they lead to, sizes, chunks, and bytes.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Cursor;

use serde_json::Value;
use stoa_xet::{MerkleHash, Shard, ShardLimits, chunk_hash, keyed};
use xet_client::cas_types::{QueryReconstructionResponse, QueryReconstructionResponseV2};
use xet_core_structures::metadata_shard::MDBShardInfo;
use xet_core_structures::xorb_object::deserialize_chunks;

use super::server::Server;
use super::write::Sent;
use super::{Log, Traffic};
use crate::support::sha256;

fn plan_path(version: u8, file: MerkleHash) -> String {
    format!("/v{version}/reconstructions/{file}")
}

/// What of a plan must be the same: its fields, its terms, what it makes one fetch, and the content that comes of it.
async fn meaning(server: &Server, plan: &Value, len: usize) -> String {
    let mut fetches: BTreeMap<String, BTreeSet<[u64; 4]>> = BTreeMap::new();
    let mut chunks: BTreeMap<(String, u64), Vec<u8>> = BTreeMap::new();
    let number = |value: &Value, key: &str| value[key].as_u64().expect("a number");
    let mut wanted = Vec::new();
    for (xorb, entries) in plan["fetch_info"].as_object().into_iter().flatten() {
        for entry in entries.as_array().expect("a list") {
            wanted.push((xorb, entry["url"].clone(), entry["range"].clone(), entry["url_range"].clone()));
        }
    }
    for (xorb, entries) in plan["xorbs"].as_object().into_iter().flatten() {
        for entry in entries.as_array().expect("a list") {
            for range in entry["ranges"].as_array().expect("a list") {
                wanted.push((xorb, entry["url"].clone(), range["chunks"].clone(), range["bytes"].clone()));
            }
        }
    }
    for (xorb, url, range, bytes) in wanted {
        let (first, end) = (number(&range, "start"), number(&range, "end"));
        let (from, to) = (number(&bytes, "start"), number(&bytes, "end"));
        fetches.entry(xorb.clone()).or_default().insert([first, end, from, to]);
        let url = url.as_str().expect("a URL");
        let fetched = server.fetch(url, Some(&format!("bytes={from}-{to}"))).await;
        assert!(matches!(fetched.status, 200 | 206), "{url} answers {}", fetched.status);
        assert_eq!(fetched.body.len() as u64, to - from + 1);
        // Unpacked by their client's code, whoever packed it.
        let (plain, ends) = deserialize_chunks(&mut Cursor::new(&fetched.body)).expect("good chunks");
        assert_eq!(ends.len() as u64, end - first + 1);
        for (at, pair) in (first..).zip(ends.windows(2)) {
            chunks.insert((xorb.clone(), at), plain[pair[0] as usize..pair[1] as usize].to_vec());
        }
    }
    let mut content = Vec::new();
    let mut terms = Vec::new();
    for term in plan["terms"].as_array().expect("a list") {
        let xorb = term["hash"].as_str().expect("text").to_owned();
        let (first, end) = (number(&term["range"], "start"), number(&term["range"], "end"));
        let before = content.len();
        for at in first..end {
            content.extend_from_slice(&chunks[&(xorb.clone(), at)]);
        }
        assert_eq!((content.len() - before) as u64, number(term, "unpacked_length"));
        terms.push(format!("{}[{first}..{end}]", &xorb[..8]));
    }
    let offset = number(plan, "offset_into_first_range") as usize;
    content.drain(..offset);
    content.truncate(len);
    let keys = |value: &Value| {
        let keys = value.as_object().into_iter().flatten().map(|(key, _)| key.as_str());
        keys.collect::<BTreeSet<_>>().into_iter().collect::<Vec<_>>().join(" ")
    };
    let fields = (keys(plan), keys(&plan["terms"][0]), keys(&plan["terms"][0]["range"]));
    format!(
        "{fields:?} offset {offset}, terms {}, fetches {fetches:?}, {} bytes with SHA-256 {}",
        terms.join(" "),
        content.len(),
        sha256(&content)
    )
}

/// Plans for all of a file and for ranges of it, each followed to its end.
pub async fn plans(server: &Server, sent: &Sent, log: &mut Log) {
    let size = sent.content.len();
    let edge = sent.file.terms[0].unpacked as usize;
    let ranges = BTreeSet::from([
        (0, size),
        (0, 1),
        (size - 1, size),
        (size / 3, size / 2),
        (edge - 1, (edge + 1).min(size)),
        (1000, 1001),
        (size / 2, size),
        (size - 5, size + 100),
        (0, 1 << 28),
        (7, usize::MAX),
    ]);
    for version in [1, 2] {
        let path = plan_path(version, sent.file.id);
        let step = |what: &str| format!("plan {version} of {}: {what}", sent.name);
        let answer = server.get(&path).await;
        check_their_types(version, &answer.body);
        log.note(step("whole"), answer.status, meaning(server, &answer.json(), usize::MAX).await);
        for (first, end) in ranges.clone() {
            let range = match end {
                usize::MAX => format!("bytes={first}-"),
                end => format!("bytes={first}-{}", end - 1),
            };
            let answer = server.get_range(&path, Some(&range)).await;
            let len = end.min(size) - first;
            let found = meaning(server, &answer.json(), len).await;
            let right = sha256(&sent.content[first..first + len]).to_string();
            assert!(found.ends_with(&right), "{range} leads to other bytes");
            log.note(step(&range), answer.status, found);
        }
        for range in [
            format!("bytes={size}-{}", size + 9),
            format!("bytes={}-{}", size + 1, 1_u64 << 40),
            format!("bytes={size}-"),
        ] {
            let answer = server.get_range(&path, Some(&range)).await;
            log.note(step(&format!("behind the end, {range}")), answer.status, "");
        }
    }
    let answer = server.head(&format!("/v1/files/{}", sent.file.id)).await;
    log.note(format!("size of {}", sent.name), answer.status, answer.header("content-length"));
}

/// Their client's own types read the answer.
fn check_their_types(version: u8, body: &[u8]) {
    let error = match version {
        1 => serde_json::from_slice::<QueryReconstructionResponse>(body).err(),
        _ => serde_json::from_slice::<QueryReconstructionResponseV2>(body).err(),
    };
    assert!(error.is_none(), "their client cannot read it: {error:?}");
}

/// What is not there or makes no sense.
pub async fn refusals(server: &Server, sent: &Sent, log: &mut Log) {
    let unknown = chunk_hash(b"unknown");
    for version in [1, 2] {
        let step = |what: &str| format!("plan {version}: {what}");
        let answer = server.get(&plan_path(version, unknown)).await;
        log.note(step("unknown file"), answer.status, "");
        let answer = server.get_range(&plan_path(version, unknown), Some("bytes=0-9")).await;
        log.note(step("range of an unknown file"), answer.status, "");
        let answer = server.get_range(&plan_path(version, unknown), Some("bytes=5-")).await;
        log.note(step("open range of an unknown file"), answer.status, "");
        let answer = server.get(&format!("/v{version}/reconstructions/nonsense")).await;
        log.note(step("what is no hash"), answer.status, "");
        for range in ["bytes=9-5", "bytes=a-b", "items=0-5", "bytes=-5"] {
            let answer = server.get_range(&plan_path(version, sent.file.id), Some(range)).await;
            log.note(step(range), answer.status, "");
        }
        let answer = server.get(&plan_path(version, MerkleHash::ZERO)).await;
        log.note(step("empty file"), answer.status, meaning_of_empty(&answer.json()));
        let answer = server.get_range(&plan_path(version, MerkleHash::ZERO), Some("bytes=0-99")).await;
        log.note(step("range of the empty file"), answer.status, meaning_of_empty(&answer.json()));
        let answer = server.get_range(&plan_path(version, MerkleHash::ZERO), Some("bytes=1-99")).await;
        log.note(step("range behind the empty file"), answer.status, "");
    }
    let answer = server.head(&format!("/v1/files/{unknown}")).await;
    log.note("size of an unknown file", answer.status, "");
    let answer = server.head(&format!("/v1/files/{}", MerkleHash::ZERO)).await;
    log.note("size of the empty file", answer.status, answer.header("content-length"));
}

fn meaning_of_empty(plan: &Value) -> String {
    let empty = |key: &str| plan[key].as_object().is_none_or(serde_json::Map::is_empty);
    match plan["terms"].as_array() {
        Some(terms) if terms.is_empty() && empty("xorbs") && empty("fetch_info") => {
            "nothing to fetch".to_owned()
        }
        _ => String::new(),
    }
}

/// Has anyone this chunk?
pub async fn dedup(server: &Server, traffic: &Traffic, log: &mut Log) {
    let [one, two, three] = traffic.xorbs.as_slice() else { unreachable!("three xorbs") };
    let eligible = (1..three.table.len()).find(|chunk| three.table.hash(*chunk).is_dedup_eligible());
    let eligible = eligible.expect("four thousand chunks and none in 1024");
    let chance = |chunk: &u32| !one.table.hash(*chunk).is_dedup_eligible();
    let plain = (5..one.table.len()).find(chance).expect("most are not");
    let asked = [
        ("the first of a file", one, 0),
        ("the first of a file in the middle of a xorb", two, 2),
        ("one that its hash makes eligible", three, eligible),
        ("one that nobody asks about", one, plain),
    ];
    for (name, xorb, chunk) in asked {
        let hash = xorb.table.hash(chunk);
        let answer = server.get(&format!("/v1/chunks/default/{hash}")).await;
        let step = |what: &str| format!("chunk, {name}: {what}");
        if answer.status != 200 {
            for what in ["found", "key", "files", "expiry"] {
                log.note(step(what), answer.status, "");
            }
            continue;
        }
        let shard = Shard::parse(&answer.body, ShardLimits::UPLOAD).expect("a shard");
        let info = MDBShardInfo::load_from_reader(&mut Cursor::new(&answer.body)).expect("a footer");
        let key: [u8; 32] = info.metadata.chunk_hash_hmac_key.into();
        let known = |hash| if key == [0; 32] { hash } else { keyed(&key, hash) };
        // The xorb with all its chunks is in the answer, for who knows them.
        let listed = shard.xorbs.iter().find(|listed| listed.hash == xorb.hash).expect("the xorb");
        let all = (0..xorb.table.len()).map(|at| (known(xorb.table.hash(at)), xorb.table.chunk_len(at)));
        assert!(listed.chunks.iter().map(|chunk| (chunk.hash, u64::from(chunk.len))).eq(all));
        assert_eq!(info.header.footer_size, 200);
        log.note(step("found"), answer.status, "its xorb with all chunks");
        log.note(step("key"), answer.status, if key == [0; 32] { "none" } else { "a key" });
        log.note(step("files"), answer.status, if shard.files.is_empty() { "none" } else { "some" });
        let expiry = if info.metadata.shard_key_expiry == 0 { "over at once" } else { "later" };
        log.note(step("expiry"), answer.status, expiry);
    }
    let answer = server.get(&format!("/v1/chunks/default/{}", chunk_hash(b"unknown"))).await;
    log.note("chunk, unknown", answer.status, "");
    let answer = server.get(&format!("/v1/chunks/default-merkledb/{}", one.table.hash(0))).await;
    log.note("chunk, under the other prefix", answer.status, "");
    let answer = server.get("/v1/chunks/default/nonsense").await;
    log.note("chunk, what is no hash", answer.status, "");
}

/// The URLs of plans.
pub async fn signed_urls(server: &Server, sent: &Sent, log: &mut Log) {
    for version in [1, 2] {
        let answer = server.get_range(&plan_path(version, sent.file.id), Some("bytes=200000-200000")).await;
        let plan = answer.json();
        let group = if version == 1 { "fetch_info" } else { "xorbs" };
        let entry = plan[group].as_object().and_then(|all| all.values().next()).expect("a xorb")[0].clone();
        let url = entry["url"].as_str().expect("a URL");
        let bytes = if version == 1 { &entry["url_range"] } else { &entry["ranges"][0]["bytes"] };
        let (from, to) =
            (bytes["start"].as_u64().expect("a number"), bytes["end"].as_u64().expect("a number"));
        let step = |what: &str| format!("fetch {version}: {what}");
        let whole = server.fetch(url, Some(&format!("bytes={from}-{to}"))).await;
        let right = whole.body.len() as u64 == to - from + 1;
        log.note(step("what the plan says"), whole.status, if right { "these bytes" } else { "others" });
        let part = server.fetch(url, Some(&format!("bytes={}-{}", from + 5, from + 14))).await;
        assert!(part.body == whole.body.slice(5..15));
        log.note(step("a part of it"), part.status, "");
        let without = server.fetch(url, None).await;
        let same = if without.body == whole.body { "what the plan says" } else { "more than the plan says" };
        log.note(step("without a range"), without.status, same);
        let more = server.fetch(url, Some(&format!("bytes={}-{to}", from - 1))).await;
        log.note(step("one byte more"), more.status, "");
        let damaged = url.replace("sig=", "sig=0").replace("term=", "term=0");
        let damaged = server.fetch(&damaged, Some(&format!("bytes={from}-{to}"))).await;
        log.note(step("with a damaged URL"), damaged.status, "");
    }
}
