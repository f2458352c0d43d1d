//! JSON bodies that may be larger than the kit's [`stoa_http::Json`] takes, but are still read whole.

use axum::body::Body;
use serde::de::DeserializeOwned;
use stoa_core::{Failure, Reply};
use stoa_http::read_body;

/// Reads a JSON body of at most `max` bytes.
pub(crate) async fn whole_json<T: DeserializeOwned>(body: Body, max: usize) -> Reply<T> {
    let bytes = read_body(body, max).await?;
    parse(if bytes.trim_ascii().is_empty() { b"{}" } else { &bytes })
}

/// Parses JSON from a request; the failure says what is wrong and where.
pub(crate) fn parse<'a, T: serde::Deserialize<'a>>(bytes: &'a [u8]) -> Reply<T> {
    serde_json::from_slice(bytes).map_err(|error| {
        let what = if error.is_data() { "does not have the right shape" } else { "is not valid JSON" };
        Failure::invalid(format!("The request body {what}: {}", shortened(&error.to_string())))
    })
}

/// The beginning and the end of a message: serde quotes what it met, which may be a whole file.
pub(crate) fn shortened(text: &str) -> String {
    let count = text.chars().count();
    if count <= 400 {
        return text.to_owned();
    }
    let head: String = text.chars().take(250).collect();
    let tail: String = text.chars().skip(count - 100).collect();
    format!("{head}…{tail}")
}
