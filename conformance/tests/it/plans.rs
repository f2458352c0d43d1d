//! Plans: which bytes of which xorbs make a range of a file, by us and by the store in memory that their server has.

use std::collections::BTreeMap;
use std::ops::Range;

use bytes::Bytes;
use stoa_xet::{Error, MerkleHash, Plan, Reconstruction, ShardWriter};
use xet_client::cas_client::{Client, MemoryClient};
use xet_client::cas_types::{FileRange, QueryReconstructionResponse, QueryReconstructionResponseV2};
use xet_core_structures::xorb_object::SerializedXorbObject;
use xet_runtime::core::XetContext;

use crate::support::{Packed, Parts, Random, each_case, file_of, ours, random_parts, theirs};

/// A plan, in a form that both have.
#[derive(PartialEq, Eq, Debug)]
struct Common {
    offset: u64,
    /// Xorb, chunks, length unpacked.
    terms: Vec<(MerkleHash, Range<u32>, u64)>,
    /// Chunks and bytes to fetch of each xorb.
    fetches: BTreeMap<MerkleHash, Vec<(Range<u32>, Range<u64>)>>,
}

impl Common {
    fn ours(plan: &Reconstruction) -> Self {
        let term = |part: &stoa_xet::Part| (part.xorb, part.chunks.clone(), part.unpacked);
        let ranges = |fetch: &stoa_xet::XorbFetch| {
            fetch.ranges.iter().map(|range| (range.chunks.clone(), range.bytes.clone())).collect()
        };
        Self {
            offset: plan.offset_into_first_range,
            terms: plan.parts.iter().map(term).collect(),
            fetches: plan.xorbs.iter().map(|fetch| (fetch.xorb, ranges(fetch))).collect(),
        }
    }

    fn version_one(plan: &QueryReconstructionResponse) -> Self {
        let fetches = plan.fetch_info.iter().map(|(hash, fetches)| {
            let mut ranges: Vec<_> = fetches
                .iter()
                .map(|fetch| {
                    (fetch.range.start..fetch.range.end, fetch.url_range.start..fetch.url_range.end + 1)
                })
                .collect();
            ranges.sort_by_key(|range| range.0.start);
            (ours(hash.0), ranges)
        });
        Self { offset: plan.offset_into_first_range, terms: terms(&plan.terms), fetches: fetches.collect() }
    }

    fn version_two(plan: &QueryReconstructionResponseV2) -> Self {
        let fetches = plan.xorbs.iter().map(|(hash, fetches)| {
            let mut ranges: Vec<_> = fetches
                .iter()
                .flat_map(|fetch| &fetch.ranges)
                .map(|range| (range.chunks.start..range.chunks.end, range.bytes.start..range.bytes.end + 1))
                .collect();
            ranges.sort_by_key(|range| range.0.start);
            (ours(hash.0), ranges)
        });
        Self { offset: plan.offset_into_first_range, terms: terms(&plan.terms), fetches: fetches.collect() }
    }
}

fn terms(terms: &[xet_client::cas_types::XorbReconstructionTerm]) -> Vec<(MerkleHash, Range<u32>, u64)> {
    terms
        .iter()
        .map(|term| (ours(term.hash.0), term.range.start..term.range.end, u64::from(term.unpacked_length)))
        .collect()
}

/// Their store with these xorbs and one file.
async fn filled(xorbs: &[Packed], parts: &Parts<'_>) -> std::sync::Arc<MemoryClient> {
    let store = MemoryClient::new(XetContext::default().expect("a runtime"));
    for xorb in xorbs {
        let sent = SerializedXorbObject {
            serialized_data: xorb.bytes.clone(),
            hash: theirs(xorb.hash),
            raw_num_bytes: xorb.content.len() as u64,
            num_chunks: xorb.table.len() as usize,
            footer_start: None,
        };
        let permit = store.acquire_upload_permit().await.expect("a permit");
        store.upload_xorb("default", sent, None, permit).await.expect("a good xorb");
    }
    let mut writer = ShardWriter::plain();
    writer.file(&file_of(parts));
    xorbs.iter().for_each(|xorb| writer.xorb(xorb.hash, &xorb.table));
    let permit = store.acquire_upload_permit().await.expect("a permit");
    store.upload_shard(Bytes::from(writer.finish_bare()), permit, None).await.expect("a good shard");
    store
}

fn range(random: &mut Random, edges: &[u64], size: u64) -> Range<u64> {
    let mut place = || match random.below(3) {
        0 => (edges[random.below(edges.len())] + random.below(3) as u64).saturating_sub(1),
        1 => random.below(size as usize + 20) as u64,
        _ => random.below(size as usize) as u64,
    };
    let (a, b) = (place(), place());
    match random.below(12) {
        0 => a..u64::from(u32::MAX),
        _ => a.min(b)..a.max(b) + 1,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_range_has_the_same_plan() {
    let (mut plans, mut refused) = (0, 0);
    let runtime = tokio::runtime::Handle::current();
    each_case("every_range_has_the_same_plan", 50, |random| {
        let xorbs: Vec<_> = [1, 9, 60]
            .map(|most| {
                let count = 1 + random.below(most);
                Packed::small(random, count)
            })
            .into();
        let count = 1 + random.below(12);
        let parts = random_parts(random, &xorbs, count);
        let file = file_of(&parts);
        let plan = Plan::new(file.terms.clone());
        let mut edges = vec![0];
        for term in &file.terms {
            edges.push(edges[edges.len() - 1] + u64::from(term.unpacked));
        }
        let table = |hash| xorbs.iter().find(|xorb| xorb.hash == hash).map(|xorb| xorb.table.clone());
        tokio::task::block_in_place(|| {
            runtime.block_on(async {
                let store = filled(&xorbs, &parts).await;
                let id = theirs(file.id);
                for number in 0..60 {
                    let asked = if number == 0 { None } else { Some(range(random, &edges, plan.size())) };
                    let their_range = asked.as_ref().map(|asked| FileRange::new(asked.start, asked.end));
                    let one = store.get_reconstruction_v1(&id, their_range).await.expect("it is there");
                    let two = store.get_reconstruction_v2(&id, their_range).await.expect("it is there");
                    let our = plan.for_range(asked.clone().unwrap_or(0..u64::MAX), &table);
                    match our {
                        Ok(our) => {
                            let our = Common::ours(&our);
                            assert_eq!(
                                Some(&our),
                                one.as_ref().map(Common::version_one).as_ref(),
                                "{asked:?}"
                            );
                            assert_eq!(
                                Some(&our),
                                two.as_ref().map(Common::version_two).as_ref(),
                                "{asked:?}"
                            );
                            plans += 1;
                        }
                        Err(Error::OutOfRange { .. }) => {
                            assert!(one.is_none() && two.is_none(), "{asked:?}");
                            refused += 1;
                        }
                        Err(error) => panic!("{error}"),
                    }
                }
            })
        });
    });
    println!("plans: {plans} alike, {refused} refused by both");
}
