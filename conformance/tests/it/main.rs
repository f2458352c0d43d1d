//! Compares stoa's Xet with the published crates, on input that is the same in every run.
//!
//! *Ours* is stoa, *theirs* is what was published. See `README.md` for how to run it and how to repeat one case.

mod chunks;
mod hashes;
mod plans;
mod replay;
mod shards;
mod shards_hostile;
mod subtrees;
mod support;
mod xorbs;
mod xorbs_hostile;
