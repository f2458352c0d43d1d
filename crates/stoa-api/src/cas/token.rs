//! Tokens of the store: `GET /api/{models|datasets|spaces}/{ns}/{name}/xet-read-token/{rev}` and
//! `GET …/xet-write-token/{rev}`.

use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use serde_json::json;
use stoa_core::Failure;
use stoa_http::{App, Origin, Params, Reply, RepoOf, Segments, header_text};
use stoa_hub::{Read, Write, XetToken};

use crate::route::of_repo;

pub(super) fn route() -> Router<App> {
    of_repo("/xet-read-token/{*rev}", &get(read)).merge(of_repo("/xet-write-token/{*rev}", &get(write)))
}

async fn read(repo: RepoOf<Read>, origin: Origin, at: Segments) -> Reply<Response> {
    repo.resolve(&at.rev()?).await?;
    Ok(answer(&origin, &repo.xet_read_token().await?))
}

async fn write(repo: RepoOf<Write>, origin: Origin, params: Params) -> Reply<Response> {
    // Compat: the revision may be the word `None` when a pull request is to be made, so it is not looked up here.
    if params.on("create_pr")? {
        return Err(
            Failure::absent("Pull requests are not there yet; they are planned. Commit to a branch").into()
        );
    }
    Ok(answer(&origin, &repo.xet_write_token().await?))
}

/// Compat: `hf_xet` reads the body, `huggingface_hub` the headers.
pub(crate) fn answer(origin: &Origin, token: &XetToken) -> Response {
    let cas = format!("{origin}/cas/e{}", token.epoch);
    let mut headers = HeaderMap::new();
    headers.insert(header::CACHE_CONTROL, header_text("no-store", 8));
    headers.insert("x-xet-cas-url", header_text(&cas, 512));
    headers.insert("x-xet-access-token", header_text(&token.access_token, 512));
    headers.insert("x-xet-token-expiration", header_text(&token.expires.to_string(), 32));
    let body = json!({ "casUrl": cas, "exp": token.expires, "accessToken": token.access_token });
    (headers, Json(body)).into_response()
}
