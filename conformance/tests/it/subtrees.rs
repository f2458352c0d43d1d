//! Runs of chunks, made short: ours are theirs to the last node, and join to the id of the whole file.

use serde_json::{Value, json};
use stoa_xet::{Subtree, SubtreeBuilder, file_id};
use xet_core_structures::merklehash::MerkleHashSubtree;

use crate::hashes::leaves;
use crate::support::{Theirs, each_case, ours, theirs};

/// As the answer to `GET /v2/file-chunk-hashes/{file}` writes it.
fn written(subtree: &Subtree) -> Value {
    let nodes: Vec<Value> =
        subtree.nodes.iter().map(|(hash, size)| json!({ "hash": hash.to_string(), "size": size })).collect();
    json!({
        "nodes": nodes,
        "levels": subtree.levels,
        "at_start": subtree.at_start,
        "at_end": subtree.at_end,
    })
}

#[test]
fn runs_of_chunks_have_the_same_subtree_and_join_to_the_file() {
    each_case("runs_of_chunks_have_the_same_subtree_and_join_to_the_file", 200, |random| {
        let leaves = leaves(random);
        let mut cuts: Vec<usize> = (0..random.below(6)).map(|_| random.below(leaves.len() + 1)).collect();
        cuts.extend([0, leaves.len()]);
        cuts.sort_unstable();
        cuts.dedup();
        let mut read = Vec::new();
        for cut in cuts.windows(2) {
            let run = &leaves[cut[0]..cut[1]];
            let (at_start, at_end) = (cut[0] == 0, cut[1] == leaves.len());
            let mut builder = SubtreeBuilder::new(at_start);
            run.iter().for_each(|(hash, len)| builder.push(*hash, *len));
            let subtree = builder.finish(at_end).expect("there are chunks");
            let their_run: Vec<(Theirs, u64)> = run.iter().map(|(hash, len)| (theirs(*hash), *len)).collect();
            let their_subtree = MerkleHashSubtree::from_chunks(at_start, &their_run, at_end);
            let written = written(&subtree);
            let expected = serde_json::to_value(&their_subtree).expect("JSON");
            assert!(
                written == expected,
                "{} chunks, {at_start}, {at_end}: {:?} and {}",
                run.len(),
                subtree.levels,
                expected["levels"]
            );
            read.push(serde_json::from_value::<MerkleHashSubtree>(written).expect("theirs"));
        }
        if leaves.is_empty() {
            return;
        }
        let whole = MerkleHashSubtree::merge(&read).expect("neighbors");
        let root = whole.final_hash().expect("all of the file");
        assert_eq!(ours(root.hmac(Theirs::default())), file_id(&leaves));
    });
}
