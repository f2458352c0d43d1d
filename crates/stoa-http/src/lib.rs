//! The HTTP kit: state, identity, extractors, error to response, layers and the server loop.
//!
//! An endpoint names what it needs in its signature and answers with [`Reply`]:
//!
//! ```text
//! async fn tree(repo: RepoOf<Read>, at: Segments, params: Params, origin: Origin, uri: Uri) -> Reply<Page<Entry>>
//! ```
//!
//! Extractors that take the body ([`Json`], [`Fields`], [`axum::body::Body`]) stand last. [`assemble`] turns routes
//! into the service that [`serve`] runs. This crate must never know any particular route.

mod app;
mod body;
pub mod cookies;
mod error;
mod fields;
mod filters;
mod header;
mod json;
mod layers;
mod origin;
mod page;
mod params;
mod problem;
mod repo;
mod segments;
mod serve;
mod who;

pub use app::{App, FreeSpace, HttpConfig};
pub use body::{read_body, stream_body};
pub use error::{Error, Reply, status_of};
pub use fields::Fields;
pub use filters::list_ask;
pub use header::header_text;
pub use json::Json;
pub use layers::{RequestId, assemble};
pub use origin::Origin;
pub use page::{Page, decode_cursor, encode_cursor, next_link};
pub use params::Params;
pub use problem::{DrawProblem, Problem};
pub use repo::{RepoOf, repo_in_path};
pub use segments::Segments;
pub use serve::serve;
pub use who::{Session, Who};
