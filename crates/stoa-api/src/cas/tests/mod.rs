//! What the content-addressed store promises, and what it refuses.

mod dedup;
mod intake;
mod life;
mod plans;
mod shards;
mod support;
mod sweep;
mod tokens;
mod whole;
mod xorbs;
