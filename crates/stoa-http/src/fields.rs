//! A body of simple fields, as a form or as JSON.

use axum::extract::{FromRequest, Request};
use axum::http::header;
use serde_json::Value;
use stoa_core::{Failure, Reply};

use crate::body::read_with;
use crate::{App, Error, Params};

/// The fields of a form or of a flat JSON object, whichever was sent: `huggingface_hub` posts `paths-info` and OAuth
/// as forms, other clients as JSON. Values of JSON arrays become repeated fields.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Fields(pub Params);

impl FromRequest<App> for Fields {
    type Rejection = Error;

    async fn from_request(request: Request, app: &App) -> Result<Self, Error> {
        Self::up_to(request, app, app.config.body_limit).await
    }
}

impl Fields {
    /// The fields of a body of at most `max` bytes, for forms with more in them than others.
    pub async fn up_to(request: Request, app: &App, max: usize) -> Result<Self, Error> {
        let kind = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let json = kind.is_some_and(|kind| kind.to_ascii_lowercase().contains("json"));
        let bytes = read_with(request.into_body(), max, app.config.body_idle).await?;
        Ok(Self(parse(&bytes, json)?))
    }
}

fn parse(bytes: &[u8], json: bool) -> Reply<Params> {
    let text =
        std::str::from_utf8(bytes).map_err(|_| Failure::invalid("The request body is not valid UTF-8"))?;
    if !json && !text.trim_start().starts_with('{') {
        return Params::parse(text.trim());
    }
    let value: Value = serde_json::from_str(text)
        .map_err(|error| Failure::invalid(format!("The request body is not valid JSON: {error}")))?;
    let Value::Object(object) = value else {
        return Err(Failure::invalid("The request body must be a JSON object"));
    };
    let mut pairs = Vec::new();
    for (key, value) in object {
        match value {
            Value::Array(items) => {
                for item in items {
                    pairs.extend(simple(&key, item)?);
                }
            }
            value => pairs.extend(simple(&key, value)?),
        }
    }
    Ok(Params::from_pairs(pairs))
}

fn simple(key: &str, value: Value) -> Reply<Option<(String, String)>> {
    let value = match value {
        Value::Null => return Ok(None),
        Value::Bool(value) => value.to_string(),
        Value::Number(value) => value.to_string(),
        Value::String(value) => value,
        Value::Array(_) | Value::Object(_) => {
            let key: String = key.chars().take(64).collect();
            return Err(Failure::invalid(format!(
                "The field `{key}` must be a text, a number or a list of them"
            )));
        }
    };
    Ok(Some((key.to_owned(), value)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_and_json_read_the_same() {
        let form = parse(b"paths=a&paths=b+c&expand=true", false).expect("a form");
        let json = parse(br#"{"paths": ["a", "b c"], "expand": true, "x": null}"#, true).expect("JSON");
        for fields in [form, json] {
            assert_eq!(fields.all("paths").collect::<Vec<_>>(), ["a", "b c"]);
            assert_eq!(fields.flag("expand"), Ok(Some(true)));
            assert_eq!(fields.one("x"), None);
        }
    }

    #[test]
    fn what_is_neither_is_refused() {
        for (body, json) in [(&b"\xff"[..], false), (b"[1]", true), (b"{", true), (br#"{"a":{}}"#, true)] {
            assert!(parse(body, json).is_err(), "{body:?}");
        }
    }
}
