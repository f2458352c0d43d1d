//! Where the two servers differ, on purpose: both outcomes and the reason.

/// A difference that is meant.
pub struct Known {
    /// The steps in which it shows.
    pub steps: &'static [&'static str],
    /// What the simulation does: status and meaning.
    pub theirs: &'static str,
    /// What we do.
    pub ours: &'static str,
    /// Why.
    #[expect(dead_code, reason = "for who reads the table")]
    pub why: &'static str,
}

const fn known(
    steps: &'static [&'static str],
    theirs: &'static str,
    ours: &'static str,
    why: &'static str,
) -> Known {
    Known { steps, theirs, ours, why }
}

/// All of them.
pub const KNOWN: &[Known] = &[
    known(
        &["grant for a new xorb", "grant for what was refused"],
        "201",
        "404",
        "a store on a disk gives no grants: clients then send the xorb to us",
    ),
    known(
        &["xorb that is there"],
        r#"200 {"was_inserted":true}"#,
        r#"200 {"was_inserted":false}"#,
        "the simulation says true of everything it takes",
    ),
    known(
        &["HEAD of a xorb"],
        "404",
        "200 its length",
        "the simulation looks for a file of this name; clients read the length",
    ),
    known(
        &[
            "xorb under another name",
            "xorb with a flipped bit",
            "xorb cut in a chunk",
            "xorb cut in a header",
            "xorb without its last chunk",
            "xorb of garbage",
            "xorb of nothing",
            "xorb with an unknown compression",
        ],
        "500",
        "400",
        "clients repeat what answers 500 for minutes; it is their mistake",
    ),
    known(
        &["xorb that unpacks to more than it says", "xorb with a lying footer"],
        "200",
        "400",
        "the simulation ignores what the header says of the length, and all of a footer; see `STRICTER`",
    ),
    known(
        &["shard that is there, first version"],
        "200 result 1",
        "200 result 0",
        "the simulation says 1 of everything it takes; 0 is for what is there",
    ),
    known(
        &["shard of nothing"],
        "200 application/x-ndjson validating, committing, result",
        "200 application/x-ndjson committing, result",
        "there is nothing to validate",
    ),
    known(
        &[
            "shard of garbage, first version",
            "shard of no bytes, first version",
            "shard cut in a record, first version",
            "shard without its last bookend, first version",
        ],
        "500",
        "400",
        "clients repeat what answers 500 for minutes; it is their mistake",
    ),
    known(
        &[
            "shard of garbage, second version",
            "shard of no bytes, second version",
            "shard cut in a record, second version",
            "shard without its last bookend, second version",
        ],
        "500",
        "200 application/x-ndjson error",
        "it is read while the answer is under way; the frame says that repeating it is useless",
    ),
    known(
        &[
            "shard with a missing xorb, first version",
            "shard with chunks that a xorb has not, first version",
            "shard with another length, first version",
            "shard with another id, first version",
            "shard with a wrong proof, first version",
            "shard with no proof, first version",
            "shard with another SHA-256, first version",
            "shard with a lost term, first version",
            "shard with another list of chunks",
        ],
        "200 result 1",
        "400",
        "the simulation believes shards; who may write to a store of many people is not believed",
    ),
    known(
        &[
            "shard with a missing xorb, second version",
            "shard with chunks that a xorb has not, second version",
            "shard with another length, second version",
            "shard with another id, second version",
            "shard with a wrong proof, second version",
            "shard with no proof, second version",
            "shard with another SHA-256, second version",
            "shard with a lost term, second version",
        ],
        "200 application/x-ndjson validating, committing, result",
        "200 application/x-ndjson error",
        "the same",
    ),
    known(
        &[
            "plan 1: unknown file",
            "plan 1: range of an unknown file",
            "plan 2: unknown file",
            "plan 2: range of an unknown file",
        ],
        "416",
        "404",
        "the simulation in memory does not tell the two apart; for an open range it says 404 too",
    ),
    known(
        &[
            "plan 1: bytes=9-5",
            "plan 1: bytes=a-b",
            "plan 1: items=0-5",
            "plan 2: bytes=9-5",
            "plan 2: bytes=a-b",
            "plan 2: items=0-5",
        ],
        "416",
        "400",
        "416 is what clients take for the end of the file",
    ),
    known(
        &["plan 1: bytes=-5", "plan 2: bytes=-5"],
        "200",
        "400",
        "no client asks for the last bytes of a file whose length it does not know",
    ),
    known(
        &["chunk, the first of a file: key", "chunk, one that its hash makes eligible: key"],
        "200 none",
        "200 a key",
        "bare hashes of chunks would let everybody make a file of them",
    ),
    known(
        &["chunk, the first of a file in the middle of a xorb: found"],
        "404",
        "200 its xorb with all chunks",
        "the simulation finds only chunks of xorbs that the same shard lists",
    ),
    known(&["chunk, the first of a file in the middle of a xorb: key"], "404", "200 a key", "the same"),
    known(&["chunk, the first of a file in the middle of a xorb: files"], "404", "200 none", "the same"),
    known(&["chunk, the first of a file in the middle of a xorb: expiry"], "404", "200 later", "the same"),
    known(
        &["fetch 1: what the plan says"],
        "200 these bytes",
        "206 these bytes",
        "the simulation answers 200 to a range; clients accept both",
    ),
    known(&["fetch 1: a part of it"], "200", "206", "the same"),
    known(
        &["fetch 1: without a range"],
        "200 more than the plan says",
        "206 what the plan says",
        "the permission is for these bytes and no others",
    ),
    known(&["fetch 1: one byte more"], "200", "403", "the same"),
    known(&["fetch 2: one byte more"], "206", "403", "the same"),
    known(
        &["fetch 1: with a damaged URL", "fetch 2: with a damaged URL"],
        "400",
        "403",
        "403 makes clients ask for a new plan",
    ),
    known(&["xorb without a token", "plan without a token"], "200", "401", "the simulation knows nobody"),
];
