//! What clients ask of a git server, and how it words its answers: lines, without the packets around them.

mod fetch;
mod push;

pub use fetch::{Acknowledge, Command, Deepen, FetchRequest, Filter, LsRefs};
pub use push::{PushCommand, PushRequest, Refusal, Report};

use std::borrow::Cow;

use stoa_core::Oid;

use crate::Error;

/// How the server names itself to git.
pub const AGENT: &str = concat!("agent=stoa/", env!("CARGO_PKG_VERSION"));

/// A line without the newline that git ends it with.
fn text(line: &[u8]) -> Result<&str, Error> {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    std::str::from_utf8(line).map_err(|_| Error::Protocol("a line is not UTF-8".into()))
}

fn oid(text: &str) -> Result<Oid, Error> {
    text.parse().map_err(|_| unexpected("an object id of 40 hexadecimal digits", text))
}

/// What was expected, and the beginning of what came.
fn unexpected(wanted: &str, found: &str) -> Error {
    let shown: String = found.chars().take(60).collect::<String>().escape_debug().collect();
    Error::Protocol(Cow::Owned(format!("expected {wanted}, got `{shown}`")))
}

fn number<T: std::str::FromStr>(text: &str) -> Result<T, Error> {
    text.parse().map_err(|_| unexpected("a number", text))
}
