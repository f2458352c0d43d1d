//! Pictures of accounts: `GET /api/avatars/{name}` draws one, `GET /api/users/{user}/avatar` and
//! `GET /api/organizations/{org}/avatar` tell where it is.

use axum::Router;
use axum::http::header;
use axum::response::IntoResponse;
use axum::routing::get;
use serde_json::{Value, json};
use stoa_core::Failure;
use stoa_http::{App, Json, Origin, Reply, Segments, Who};

pub(super) fn route() -> Router<App> {
    Router::new()
        .route("/api/avatars/{name}", get(draw))
        .route("/api/users/{user}/avatar", get(of_user))
        .route("/api/organizations/{org}/avatar", get(of_org))
}

/// Where the picture of an account is.
pub(crate) fn avatar_url(origin: &Origin, name: &str) -> String {
    format!("{origin}/api/avatars/{name}")
}

/// A letter on a color that the name decides. It depends on the name alone, so it tells nobody who has an account.
async fn draw(at: Segments) -> Reply<impl IntoResponse> {
    let name = at.get("name")?.to_ascii_lowercase();
    let known = name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.'));
    if !known || name.is_empty() || name.len() > 96 {
        return Err(Failure::not_found("There is no account of such a name").into());
    }
    let letter = name.chars().find(char::is_ascii_alphanumeric).unwrap_or('_').to_ascii_uppercase();
    let hue =
        name.bytes().fold(7_u32, |hash, byte| hash.wrapping_mul(31).wrapping_add(u32::from(byte))) % 360;
    let svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 64 64\" role=\"img\" aria-label=\"{name}\">\
         <rect width=\"64\" height=\"64\" fill=\"hsl({hue},45%,40%)\"/><text x=\"32\" y=\"43\" fill=\"#fff\" \
         font-family=\"system-ui,sans-serif\" font-size=\"32\" text-anchor=\"middle\">{letter}</text></svg>"
    );
    let headers = [
        (header::CONTENT_TYPE, "image/svg+xml"),
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'"),
        (header::CACHE_CONTROL, "public, max-age=86400"),
    ];
    Ok((headers, svg))
}

async fn of_user(app: App, who: Who, origin: Origin, at: Segments) -> Reply<Json<Value>> {
    who.need_reader(&app.hub)?;
    let account = app.hub.user(at.get("user")?).await?;
    Ok(Json(json!({ "avatarUrl": avatar_url(&origin, &account.name) })))
}

async fn of_org(app: App, who: Who, origin: Origin, at: Segments) -> Reply<Json<Value>> {
    who.need_reader(&app.hub)?;
    let account = app.hub.org(at.get("org")?).await?;
    Ok(Json(json!({ "avatarUrl": avatar_url(&origin, &account.name) })))
}

#[cfg(test)]
mod tests {
    use crate::testing;

    #[tokio::test]
    async fn a_picture_is_drawn_for_any_name_and_told_for_accounts() {
        let hub = testing::hub().await;
        let nobody = hub.anonymous();
        let told = nobody.get("/api/users/ADA/avatar").await.expect(200).json();
        assert_eq!(told["avatarUrl"], "http://hub.test/api/avatars/ada");
        nobody.get("/api/organizations/acme/avatar").await.expect(200);
        nobody.get("/api/users/acme/avatar").await.expect(404);
        let drawn = nobody.get("/api/avatars/ada").await.expect(200);
        assert_eq!(drawn.header("content-type"), "image/svg+xml");
        assert!(drawn.text().contains(">A</text>"));
        nobody.get("/api/avatars/nobody-here").await.expect(200);
        for name in ["%3Cscript%3E", "%22", "a%20b", "%C3%A9", &"a".repeat(97)] {
            nobody.get(&format!("/api/avatars/{name}")).await.expect(404);
        }
    }
}
