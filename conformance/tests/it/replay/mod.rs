//! The same traffic to both servers: the simulation that was published, and a hub of ours.
//!
//! Each step has a name and an outcome: a status, and what the body means. Outcomes must be the same, unless
//! `known.rs` lists the step with both outcomes and the reason.

mod known;
mod published_client;
mod read;
mod server;
mod write;

use std::collections::BTreeSet;

use crate::support::{Packed, Random};
use known::KNOWN;
use server::Server;

/// What came of a step.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Outcome {
    /// Of the answer.
    pub status: u16,
    /// What the body, or a header, means; empty when nothing is to be compared.
    pub meaning: String,
}

impl std::fmt::Display for Outcome {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.meaning.as_str() {
            "" => write!(f, "{}", self.status),
            meaning => write!(f, "{} {meaning}", self.status),
        }
    }
}

/// The steps that a server has taken.
#[derive(Default)]
pub struct Log(Vec<(String, Outcome)>);

impl Log {
    /// Notes a step. Names do not repeat.
    pub fn note(&mut self, step: impl Into<String>, status: u16, meaning: impl Into<String>) {
        let step = step.into();
        assert!(self.0.iter().all(|(name, _)| *name != step), "two steps have the name {step:?}");
        self.0.push((step, Outcome { status, meaning: meaning.into() }));
    }
}

/// What is sent.
pub struct Traffic {
    /// Made by us: random bytes, text, and short chunks.
    pub xorbs: Vec<Packed>,
}

impl Traffic {
    fn new() -> Self {
        let mut random = Random(11);
        let cut = |content: &[u8]| {
            let (mut chunker, mut chunks) = (stoa_xet::Chunker::new(), Vec::new());
            let mut rest = content;
            while let Some(chunk) = chunker.next(&mut rest) {
                chunks.push(chunk.to_vec());
            }
            chunks.extend(chunker.finish().map(<[u8]>::to_vec));
            Packed::new(&chunks)
        };
        let one = cut(&random.bytes(900_000));
        let two = cut(&"what repeats can be packed. ".repeat(40_000).into_bytes());
        // Among many short chunks are some that clients ask about wherever they stand.
        let three = Packed::small(&mut random, 4000);
        Self { xorbs: vec![one, two, three] }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn both_servers_answer_alike() {
    let traffic = Traffic::new();
    let (their_server, our_server) = (Server::simulation().await, Server::stoa().await);
    let their_log = run(&their_server, &traffic).await;
    let our_log = run(&our_server, &traffic).await;
    let mut used = BTreeSet::new();
    let mut faults = Vec::new();
    let (mut alike, mut known) = (0, 0);
    assert_eq!(their_log.0.len(), our_log.0.len(), "a step was taken by one of them only");
    for ((step, their), (same, our)) in their_log.0.iter().zip(&our_log.0) {
        assert_eq!(step, same, "the steps come in another order");
        let row = KNOWN.iter().position(|known| known.steps.contains(&step.as_str()));
        match row {
            None if their == our => alike += 1,
            None => faults.push(format!("{step}\n    theirs: {their}\n    ours:   {our}")),
            Some(row) => {
                used.insert(step.as_str());
                known += 1;
                let expected = (KNOWN[row].theirs.to_owned(), KNOWN[row].ours.to_owned());
                if (their.to_string(), our.to_string()) != expected {
                    let listed = format!("listed: {} | {}", expected.0, expected.1);
                    faults.push(format!("{step}\n    theirs: {their}\n    ours:   {our}\n    {listed}"));
                }
            }
        }
    }
    for step in KNOWN.iter().flat_map(|known| known.steps).filter(|step| !used.contains(*step)) {
        faults.push(format!("{step} is in the table and no step has this name"));
    }
    println!("replay: {alike} steps alike, {known} different as listed");
    assert!(faults.is_empty(), "{} differences:\n{}", faults.len(), faults.join("\n"));
}

async fn run(server: &Server, traffic: &Traffic) -> Log {
    let mut log = Log::default();
    write::xorbs(server, traffic, &mut log).await;
    let files = write::shards(server, traffic, &mut log).await;
    for file in &files {
        read::plans(server, file, &mut log).await;
    }
    read::refusals(server, &files[0], &mut log).await;
    read::dedup(server, traffic, &mut log).await;
    read::signed_urls(server, &files[0], &mut log).await;
    write::lies(server, traffic, &mut log).await;
    write::strangers(server, traffic, &files[0], &mut log).await;
    log
}
