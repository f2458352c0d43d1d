//! The query string, read the way clients write it.

use std::convert::identity;
use std::fmt::Display;
use std::str::FromStr;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use percent_encoding::percent_decode;
use stoa_core::{Failure, Reply};

use crate::{App, Error};

/// Parameters of a query string or a form: keys may repeat, and `key[]=a` (JS, older clients) is the same as `key=a`.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Params(Vec<(String, String)>);

/// Parameters in one request at most.
const MOST: usize = 20_000;

impl Params {
    /// Parses `a=1&b=2`.
    pub fn parse(text: &str) -> Reply<Self> {
        let mut pairs = Vec::new();
        for piece in text.split('&').filter(|piece| !piece.is_empty()) {
            if pairs.len() == MOST {
                return Err(Failure::invalid(format!("More than {MOST} parameters in one request")));
            }
            let (key, value) = piece.split_once('=').unwrap_or((piece, ""));
            pairs.push((key_of(&decode(key)?), decode(value)?));
        }
        Ok(Self(pairs))
    }

    /// The parameters that these pairs of a name and a value make.
    pub fn from_pairs(pairs: Vec<(String, String)>) -> Self {
        Self(pairs.into_iter().map(|(key, value)| (key_of(&key), value)).collect())
    }

    /// Every value of `name`, in the order sent.
    pub fn all<'a>(&'a self, name: &str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// The first value of `name`.
    pub fn one(&self, name: &str) -> Option<&str> {
        self.all(name).next()
    }

    /// The first value of `name` that is not empty.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.all(name).find(|value| !value.is_empty())
    }

    /// The value of `name`, which must be there.
    pub fn need(&self, name: &str) -> Reply<&str> {
        self.text(name).ok_or_else(|| Failure::invalid(format!("The parameter `{name}` is missing")))
    }

    /// A switch: `true`, `false`, `1`, `0` in any case; the name alone switches on. Absent: `None`.
    pub fn flag(&self, name: &str) -> Reply<Option<bool>> {
        let Some(value) = self.one(name) else { return Ok(None) };
        match value.to_ascii_lowercase().as_str() {
            "true" | "1" | "" => Ok(Some(true)),
            "false" | "0" => Ok(Some(false)),
            _ => Err(Failure::invalid(format!("The parameter `{name}` must be true or false"))),
        }
    }

    /// Whether the switch `name` is on.
    pub fn on(&self, name: &str) -> Reply<bool> {
        Ok(self.flag(name)?.is_some_and(identity))
    }

    /// A value that parses as `T`; absent or empty: `None`.
    pub fn parsed<T>(&self, name: &str) -> Reply<Option<T>>
    where
        T: FromStr,
        T::Err: Display,
    {
        let Some(value) = self.text(name) else { return Ok(None) };
        let shown: String = value.chars().take(64).collect::<String>().escape_debug().collect();
        value
            .parse()
            .map(Some)
            .map_err(|error| Failure::invalid(format!("The parameter `{name}` cannot be `{shown}`: {error}")))
    }

    /// `limit`, between 1 and `max`; more is cut to `max`, as on the Hub, and zero is refused.
    pub fn limit(&self, default: usize, max: usize) -> Reply<usize> {
        match self.parsed::<usize>("limit")? {
            None => Ok(default.min(max)),
            Some(0) => Err(Failure::invalid("The parameter `limit` must be at least 1")),
            Some(limit) => Ok(limit.min(max)),
        }
    }

    /// Every pair, in the order sent.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(key, value)| (key.as_str(), value.as_str()))
    }
}

impl FromRequestParts<App> for Params {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Self, Error> {
        Ok(Self::parse(parts.uri.query().unwrap_or_default())?)
    }
}

/// `expand`, `expand[]` and `expand[0]` are one key.
fn key_of(key: &str) -> String {
    match key.split_once('[') {
        Some((name, rest))
            if !name.is_empty()
                && rest.strip_suffix(']').is_some_and(|index| index.bytes().all(|b| b.is_ascii_digit())) =>
        {
            name.to_owned()
        }
        _ => key.to_owned(),
    }
}

fn decode(text: &str) -> Reply<String> {
    let spaced = text.replace('+', " ");
    let decoded = percent_decode(spaced.as_bytes()).decode_utf8();
    let decoded = decoded.map_err(|_| Failure::invalid("The query string is not valid UTF-8"))?;
    if decoded.contains('\0') {
        return Err(Failure::invalid("The query string contains a NUL character"));
    }
    Ok(decoded.into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn params(text: &str) -> Params {
        Params::parse(text).expect("a good query string")
    }

    #[test]
    fn repeated_and_bracketed_keys_are_one_list() {
        let params = params("expand=a&expand%5B%5D=b&expand[]=c&expand[1]=d&x[y]=1");
        assert_eq!(params.all("expand").collect::<Vec<_>>(), ["a", "b", "c", "d"]);
        assert_eq!(params.one("x[y]"), Some("1"));
    }

    #[test]
    fn plus_and_escapes_are_decoded() {
        let params = params("search=a+b%2Bc&empty=&flag");
        assert_eq!(params.one("search"), Some("a b+c"));
        assert_eq!((params.one("empty"), params.text("empty")), (Some(""), None));
        assert_eq!(params.flag("flag"), Ok(Some(true)));
    }

    #[test]
    fn flags_take_the_spellings_clients_use() {
        for (text, expected) in [("f=true", true), ("f=False", false), ("f=1", true), ("f=0", false)] {
            assert_eq!(params(text).flag("f"), Ok(Some(expected)), "{text}");
        }
        assert_eq!(params("").flag("f"), Ok(None));
        assert!(params("f=maybe").flag("f").is_err());
    }

    #[test]
    fn limits_are_cut_and_nonsense_is_refused() {
        assert_eq!(params("").limit(50, 100), Ok(50));
        assert_eq!(params("limit=1000").limit(50, 100), Ok(100));
        for bad in ["limit=0", "limit=-1", "limit=x", "limit=99999999999999999999999"] {
            assert!(params(bad).limit(50, 100).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_query_that_is_no_text_is_refused() {
        assert!(Params::parse("a=%ff").is_err());
        assert!(Params::parse("a=%00").is_err());
        assert!(Params::parse(&"a&".repeat(MOST + 1)).is_err());
    }
}
