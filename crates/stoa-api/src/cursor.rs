//! Where a page begins, in lists that count or that go by row.

use std::str::FromStr;

use axum::http::{HeaderValue, Uri};
use stoa_core::{Failure, Reply};
use stoa_http::{Origin, Params, decode_cursor, encode_cursor, next_link};

/// The position in the parameter `cursor`; the beginning when there is none.
pub(crate) fn position<T: FromStr + Default>(params: &Params) -> Reply<T> {
    let Some(cursor) = params.text("cursor") else { return Ok(T::default()) };
    decode_cursor(cursor)?.parse().map_err(|_| {
        Failure::invalid("The parameter `cursor` is not one of this list; start at the first page")
    })
}

/// The `Link` to the page that begins at a position.
pub(crate) fn link(origin: &Origin, uri: &Uri, position: impl std::fmt::Display) -> HeaderValue {
    next_link(origin, uri, "cursor", &encode_cursor(&position.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_position_comes_back_and_what_is_none_is_refused() {
        let origin = Origin("http://hub.test".to_owned());
        let link = link(&origin, &Uri::from_static("/api/x?limit=1"), 42);
        let query = link.to_str().expect("text").split_once('?').expect("a query").1;
        let params = Params::parse(query.split_once('>').expect("an end").0).expect("parameters");
        assert_eq!(position::<i64>(&params), Ok(42));
        assert_eq!(position::<i64>(&Params::default()), Ok(0));
        let letters = Params::parse(&format!("cursor={}", encode_cursor("x"))).expect("parameters");
        assert!(position::<i64>(&letters).is_err());
    }
}
