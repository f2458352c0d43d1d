//! Ask whether a large file has arrived: `POST /{ns}/{name}[.git]/info/lfs/verify`, the same below `/models`,
//! `/datasets` and `/spaces`, or `POST /lfs/verify/{repository}/{oid}` with the permission from the batch in its query.

use axum::Router;
use axum::response::Response;
use axum::routing::post;
use serde_json::{Value, json};
use stoa_core::Failure;
use stoa_http::{App, Json, Params, Reply, RepoOf, Segments};
use stoa_hub::{Large, Write};

use super::{answer, signed};
use crate::files::place;

pub(super) fn route() -> Router<App> {
    place::web("/info/lfs/verify", &post(verify)).route("/lfs/verify/{subject}/{oid}", post(verify_signed))
}

async fn verify(repo: RepoOf<Write>, Json(body): Json<Value>) -> Reply<Response> {
    let file = match answer::large(&body) {
        Ok(file) => file,
        Err(message) => return Ok(answer::unprocessable(&message)),
    };
    repo.lfs_verify(file).await?;
    Ok(arrived(file))
}

async fn verify_signed(app: App, at: Segments, params: Params, Json(body): Json<Value>) -> Reply<Response> {
    let (ticket, file) = signed::read(&at, &params)?;
    match answer::large(&body) {
        Ok(asked) if asked == file => {}
        Ok(_) => return Err(Failure::invalid("The file of the request is not the one of its URL").into()),
        Err(message) => return Ok(answer::unprocessable(&message)),
    }
    app.hub.lfs_verify(&ticket, file).await?;
    Ok(arrived(file))
}

fn arrived(file: Large) -> Response {
    answer::ok(&json!({ "oid": file.oid, "size": file.size }))
}
