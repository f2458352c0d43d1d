//! Where a page begins, in lists that count or that go by row.

use std::str::FromStr;

use axum::http::{HeaderValue, Uri};
use stoa_core::{Failure, Reply};
use stoa_http::{Origin, Params, decode_cursor, encode_cursor, next_link};

/// The position in the parameter `cursor`; the beginning when there is none.
pub(crate) fn position<T: FromStr + Default>(params: &Params) -> Reply<T> {
    let Some(cursor) = params.text("cursor") else { return Ok(T::default()) };
    decode_cursor(cursor)?
        .parse()
        .map_err(|_| Failure::invalid("The parameter `cursor` is not one of this list; start at the first page"))
}

/// The `Link` to the page that begins at a position.
pub(crate) fn link(origin: &Origin, uri: &Uri, position: impl ToString) -> HeaderValue {
    next_link(origin, uri, "cursor", &encode_cursor(&position.to_string()))
}
