//! Changing the content of a repository: every way in is held against the same rules and ends in [`Repo::land`].
//!
//! [`Repo::land`]: crate::Repo::land

mod compare;
mod describe;
mod land;
mod locked;
mod plan;
mod rules;
mod search_text;
mod turns;
mod verify;
mod view;
mod write;

pub use compare::Comparison;
pub(crate) use describe::describe;
pub(crate) use land::{Landing, Moves, RefChange, in_the_way};
pub use plan::{Planned, Sample};
pub(crate) use turns::Turns;
pub use verify::Verification;
pub use view::{CommitView, Person};
pub(crate) use write::author;
pub use write::{Commits, Committed, Draft};
