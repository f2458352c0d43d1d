//! JSON in and out.

use std::error::Error as _;

use axum::body::Body;
use axum::extract::rejection::JsonRejection;
use axum::extract::{FromRequest, Request};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde::de::DeserializeOwned;
use stoa_core::Failure;

use crate::body::read_with;
use crate::{App, Error};

/// A JSON body, in or out. Takes any `Content-Type`, because several clients send none. An empty body reads as `{}`,
/// so that a missing field is named rather than the end of the input.
#[derive(Clone, Copy, Debug)]
pub struct Json<T>(pub T);

impl<T: DeserializeOwned> FromRequest<App> for Json<T> {
    type Rejection = Error;

    async fn from_request(request: Request, app: &App) -> Result<Self, Error> {
        let bytes = read_with(request.into_body(), app.config.body_limit, app.config.body_idle).await?;
        Ok(Self(parse(&bytes)?))
    }
}

fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Failure> {
    let bytes = if bytes.trim_ascii().is_empty() { b"{}" } else { bytes };
    let rejection = match axum::Json::from_bytes(bytes) {
        Ok(axum::Json(value)) => return Ok(value),
        Err(rejection) => rejection,
    };
    let what = match &rejection {
        JsonRejection::JsonDataError(_) => "does not have the right shape",
        _ => "is not valid JSON",
    };
    let why = rejection.source().map_or_else(|| rejection.body_text(), ToString::to_string);
    Err(Failure::invalid(format!("The request body {what}: {}", shortened(&why))))
}

/// The beginning and the end of a long text: serde quotes what it met, and a whole file may have been sent where a
/// name belongs; the position stands at the end.
fn shortened(text: &str) -> String {
    let count = text.chars().count();
    if count <= 400 {
        return text.to_owned();
    }
    let head: String = text.chars().take(250).collect();
    let tail: String = text.chars().skip(count - 100).collect();
    format!("{head}…{tail}")
}

impl<T: Serialize> IntoResponse for Json<T> {
    fn into_response(self) -> Response {
        match serde_json::to_vec(&self.0) {
            Ok(bytes) => {
                let json = HeaderValue::from_static("application/json; charset=utf-8");
                ([(header::CONTENT_TYPE, json)], Body::from(bytes)).into_response()
            }
            Err(error) => Error::from(Failure::internal(error)).into_response(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(serde::Deserialize, Debug)]
    struct Ask {
        #[expect(dead_code, reason = "only its parsing is tested")]
        name: String,
    }

    fn fault(body: &str) -> String {
        parse::<Ask>(body.as_bytes())
            .map(drop)
            .map_err(|failure| failure.message)
            .expect_err("must be refused")
    }

    #[test]
    fn a_wrong_body_is_told_what_and_where() {
        assert_eq!(
            fault("{\"name\": 1}"),
            "The request body does not have the right shape: name: invalid type: integer `1`, expected a string at line 1 column 10"
        );
        assert_eq!(
            fault("{\n\"name\" 1}"),
            "The request body is not valid JSON: expected `:` at line 2 column 8"
        );
        assert!(fault("").ends_with("missing field `name` at line 1 column 2"), "{}", fault(""));
        assert!(fault(&format!("{{\"name\": [\"{}\"]}}", "x".repeat(5000))).len() < 500);
        let deep = parse::<serde_json::Value>("[".repeat(10_000).as_bytes());
        assert!(deep.is_err_and(|failure| failure.message.contains("recursion limit")));
    }
}
