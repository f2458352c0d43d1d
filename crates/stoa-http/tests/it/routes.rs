//! Routes that answer, fail and panic on purpose.

use axum::Router;
use axum::routing::{get, post};
use serde::Deserialize;
use serde_json::{Value, json};
use stoa_core::{Detail, Failure, RepoId, RepoKind};
use stoa_http::{App, Fields, Json, Origin, Page, Params, Reply, RepoOf, RequestId, Segments, Who};
use stoa_hub::{Read, Write};

#[derive(Deserialize)]
struct Ask {
    name: String,
}

pub fn routes() -> Router<App> {
    Router::new()
        .route("/api/echo", post(async |Json(ask): Json<Ask>| Json(json!({ "name": ask.name }))))
        .route("/api/fields", post(fields))
        .route("/api/origin", get(async |origin: Origin| origin.to_string()))
        .route("/api/who", get(who))
        .route("/api/id", get(async |id: axum::Extension<RequestId>| id.as_str().to_owned()))
        .route("/api/page", get(page))
        .route("/api/panic", get(panic))
        .route("/api/fail/{how}", get(fail))
        .route("/api/form", post(async |_: axum::Form<Vec<(String, u8)>>| "ok"))
        .route("/api/{kind}/{ns}/{name}", get(read))
        .route("/api/{kind}/{ns}/{name}/tree/{rev}/{*path}", get(tree))
        .route("/api/{kind}/{ns}/{name}/change", post(change))
        .route("/{ns}/{name}/info/lfs/objects/batch", post(change))
        .route("/{ns}/{name}/resolve/{rev}/{*path}", get(tree))
}

async fn fields(Fields(fields): Fields) -> Json<Value> {
    Json(json!(fields.iter().collect::<Vec<_>>()))
}

async fn who(app: App, who: Who) -> Reply<String> {
    who.need_reader(&app.hub)?;
    Ok(format!("{} {}", who.need_name().unwrap_or("nobody"), who.ip))
}

async fn page(params: Params, origin: Origin, uri: axum::http::Uri) -> Reply<Page<u8>> {
    let limit = params.limit(2, 10)?;
    Ok(Page { items: vec![7; limit], next: Some(stoa_http::next_link(&origin, &uri, "cursor", "c")) })
}

async fn panic() -> String {
    panic!("on purpose")
}

async fn fail(at: Segments) -> Reply<String> {
    let id = RepoId::parse(RepoKind::Dataset, "ada/d")?;
    let failure = match at.get("how")? {
        "exists" => Failure::conflict("You already created this dataset repo").with(Detail::Exists(id)),
        "moved" => Failure::moved(id),
        "gated" => Failure::gated("Access to model x is restricted"),
        "internal" => Failure::internal("the secret cause"),
        "busy" => Failure::busy("Try again"),
        other => Failure::not_found(other),
    };
    Err(failure.into())
}

async fn read(repo: RepoOf<Read>) -> String {
    repo.id().to_string()
}

async fn change(repo: RepoOf<Write>) -> String {
    repo.id().to_string()
}

async fn tree(repo: RepoOf<Read>, at: Segments) -> Reply<String> {
    Ok(format!("{} {} {}", repo.id(), at.rev()?, at.path()))
}
