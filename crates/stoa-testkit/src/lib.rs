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
mod browser;
mod client;
mod commits;
mod hub;
mod signer;

pub use answer::Answer;
pub use browser::Browser;
pub use client::Client;
pub use commits::{GitRows, LeftObject};
pub use hub::{Setup, TestHub};
pub use signer::Signer;
pub use stoa_db::objects::Base;

use base64::prelude::{BASE64_STANDARD, Engine as _};

/// The bytes behind base64, which must be right.
pub fn base64(text: &str) -> Vec<u8> {
    BASE64_STANDARD.decode(text).expect("base64")
}

/// Bytes as base64.
pub fn to_base64(bytes: &[u8]) -> String {
    BASE64_STANDARD.encode(bytes)
}
