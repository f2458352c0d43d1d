//! What the content-addressed store promises, and what it refuses.

mod buckets;
mod compact;
mod dedup;
mod dirty;
mod intake;
mod interrupted;
mod leftovers;
mod life;
mod many;
mod plans;
mod shards;
mod support;
mod sweep;
mod tokens;
mod whole;
mod xorbs;
