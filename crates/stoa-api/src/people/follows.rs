//! Who follows whom: `GET /api/users/{user}/followers`, `GET /api/users/{user}/following` and
//! `GET /api/organizations/{org}/followers`.
//!
//! Nobody can follow anybody on stoa yet, so the lists of existing accounts are empty, which is the truth; accounts
//! that do not exist are 404.

use axum::Router;
use axum::routing::get;
use stoa_http::{App, Json, Reply, Segments, Who};

use super::Person;

pub(super) fn route() -> Router<App> {
    Router::new()
        .route("/api/users/{user}/followers", get(of_user))
        .route("/api/users/{user}/following", get(of_user))
        .route("/api/organizations/{org}/followers", get(of_org))
}

async fn of_user(app: App, who: Who, at: Segments) -> Reply<Json<Vec<Person>>> {
    who.need_reader(&app.hub)?;
    app.hub.user(at.get("user")?).await?;
    Ok(Json(Vec::new()))
}

async fn of_org(app: App, who: Who, at: Segments) -> Reply<Json<Vec<Person>>> {
    who.need_reader(&app.hub)?;
    app.hub.org(at.get("org")?).await?;
    Ok(Json(Vec::new()))
}

#[cfg(test)]
mod tests {
    use crate::testing;

    #[tokio::test]
    async fn nobody_follows_accounts_that_exist() {
        let hub = testing::hub().await;
        for path in ["users/ada/followers", "users/ada/following", "organizations/acme/followers"] {
            let answer = hub.anonymous().get(&format!("/api/{path}")).await.expect(200);
            assert_eq!(answer.text(), "[]");
        }
        for path in ["users/none/followers", "users/acme/following", "organizations/ada/followers"] {
            hub.anonymous().get(&format!("/api/{path}")).await.expect(404);
        }
    }
}
