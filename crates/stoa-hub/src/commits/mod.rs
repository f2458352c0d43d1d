//! Changing the content of a repository: every way in ends in [`write::Commits::finish`].

mod describe;
mod plan;
mod turns;
mod write;

pub(crate) use describe::describe;
pub use plan::{Planned, Sample};
pub(crate) use turns::Turns;
pub use write::{Commits, Committed, Draft};
pub(crate) use write::{Moves, author};
