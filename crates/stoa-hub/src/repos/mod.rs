//! Repositories as a whole: making, listing, describing, changing and deleting them.

mod branch_rules;
mod create;
mod delete;
mod downloads;
mod duplicate;
mod info;
mod likes;
mod list;
mod refs;
mod relatives;
mod settings;
mod squash;

pub use branch_rules::BranchRule;
pub(crate) use branch_rules::NewParents;
pub use create::{Created, NewRepo};
pub use downloads::Day;
pub(crate) use downloads::Downloads;
pub use info::Info;
pub use list::{ListAsk, ListPage, TagCounts};
pub use refs::RefSet;
pub use relatives::{BaseModel, RELATIONS, Related, Relatives};
pub use settings::Settings;
