//! What commits, branches and tags promise.

mod commit;
mod concurrency;
mod preupload;
mod refs;
mod signed;
mod volume;
