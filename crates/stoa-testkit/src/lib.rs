//! A hub for tests: a database and a byte store of its own, a clock that stands still, and a client without a socket.
//!
//! ```text
//! let hub = TestHub::new().await.router(stoa_api::routes());
//! hub.user("ada").await;
//! let answer = hub.as_user("ada").post_json("/api/repos/create", &json!({ "name": "m" })).await;
//! assert_eq!(answer.summary(), "200 OK");
//! ```
//!
//! Only tests depend on this crate. What fails here panics: a broken fixture is a failed test.

mod answer;
mod client;
mod hub;

pub use answer::Answer;
pub use client::Client;
pub use hub::{Setup, TestHub};
