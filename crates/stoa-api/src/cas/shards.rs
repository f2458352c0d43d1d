//! Say what files are made of: `POST {cas}/v1/shards`.

use axum::body::Body;
use axum::routing::post;
use axum::{Json, Router};
use serde::Serialize;
use stoa_http::{App, Reply, read_body};
use stoa_hub::MAX_SHARD;

use super::session::Session;
use super::store;

pub(super) fn route() -> Router<App> {
    // Compat: hf_xet 1.5 and before know no version in the path.
    store(&["/v1/shards", "/shards", "/shard/{prefix}/{hash}"], &post(put))
}

#[derive(Serialize)]
struct Answer {
    /// 1 if something in it was new.
    result: u8,
}

async fn put(session: Session, body: Body) -> Reply<Json<Answer>> {
    let _slot = session.0.shard_slot().await?;
    let shard = read_body(body, MAX_SHARD as usize).await?;
    let new = session.0.put_shard(shard, |_| {}).await?;
    Ok(Json(Answer { result: u8::from(new) }))
}
