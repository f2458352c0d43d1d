//! The repositories of an account with what they store: `GET /api/settings/repositories` (the asker's own) and
//! `GET /api/organizations/{ns}/settings/repositories`.

use axum::Router;
use axum::http::Uri;
use axum::routing::get;
use serde::Serialize;
use stoa_core::{Failure, Identity, Reply as Result, RepoKind, Role, Time};
use stoa_http::{App, Origin, Page, Params, Reply, Segments, Who};
use stoa_hub::RepoRow;

use super::body;
use crate::cursor;

pub(super) fn route() -> Router<App> {
    Router::new()
        .route("/api/settings/repositories", get(own))
        .route("/api/organizations/{ns}/settings/repositories", get(of_org))
}

/// Repositories on a page at most.
const PAGE: usize = 1000;

/// A repository as `hf repos list` shows it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Item {
    #[serde(rename = "_id")]
    public_id: String,
    id: String,
    #[serde(rename = "type")]
    kind: RepoKind,
    updated_at: Time,
    visibility: &'static str,
    storage: i64,
    /// Its share of what the repositories on this page store.
    storage_percent: f64,
}

async fn own(app: App, who: Who, params: Params, origin: Origin, uri: Uri) -> Reply<Page<Item>> {
    let name = who.need_name()?.to_owned();
    page(&app, &who, &name, &params, &origin, &uri).await
}

async fn of_org(
    app: App,
    who: Who,
    at: Segments,
    params: Params,
    origin: Origin,
    uri: Uri,
) -> Reply<Page<Item>> {
    let org = at.get("ns")?;
    need_member(&app, &who, org).await?;
    page(&app, &who, org, &params, &origin, &uri).await
}

/// Settings of an organization are for its members, and for administrators of the hub.
async fn need_member(app: &App, who: &Who, org: &str) -> Result<()> {
    let me = app.hub.whoami(who, None).await?;
    let org = app.hub.org(org).await?;
    let inside = me.orgs.iter().any(|member| member.account.id == org.id && member.role >= Role::Read);
    if inside || matches!(who.identity, Identity::User { admin: true, .. }) {
        return Ok(());
    }
    Err(Failure::forbidden(format!("Only members of `{}` may list what it stores", org.name)))
}

async fn page(
    app: &App,
    who: &Who,
    owner: &str,
    params: &Params,
    origin: &Origin,
    uri: &Uri,
) -> Reply<Page<Item>> {
    let limit = params.limit(PAGE, PAGE)?;
    let skip: usize = cursor::position(params)?;
    let (rows, more) = app.hub.repos_of(who, owner, skip, limit).await?;
    let total: i64 = rows.iter().map(|row| row.storage).sum();
    let next = more.then(|| cursor::link(origin, uri, skip.saturating_add(limit)));
    Ok(Page { items: rows.iter().map(|row| item(row, total)).collect(), next })
}

fn item(row: &RepoRow, total: i64) -> Item {
    Item {
        public_id: row.public_id(),
        id: row.name.to_string(),
        kind: row.name.kind,
        updated_at: row.modified_at,
        visibility: body::visibility(row.private),
        storage: row.storage,
        storage_percent: if total > 0 { row.storage as f64 * 100.0 / total as f64 } else { 0.0 },
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::testing::{self, next, texts};

    #[tokio::test]
    async fn own_repositories_are_listed_with_what_they_store() {
        let hub = testing::hub().await;
        let ada = hub.as_user("ada");
        for (repo, private) in [("ada/m", false), ("datasets/ada/d", true), ("acme/m", false)] {
            ada.create(repo).await.ok();
            let path = if repo.starts_with("datasets") {
                format!("/api/{repo}")
            } else {
                format!("/api/models/{repo}")
            };
            ada.put_json(&format!("{path}/settings"), &json!({ "private": private })).await.ok();
        }
        let list = ada.get("/api/settings/repositories").await.expect(200);
        let mut found: Vec<_> = texts(&list, "type").into_iter().zip(texts(&list, "visibility")).collect();
        found.sort();
        assert_eq!(found, [("dataset".into(), "private".into()), ("model".to_owned(), "public".to_owned())]);
        let item = &list.json()[0];
        assert_eq!((&item["storage"], &item["storagePercent"]), (&json!(0), &json!(0.0)));
        assert!(item["updatedAt"].as_str().is_some_and(|date| date.ends_with('Z')));
        let first = ada.get("/api/settings/repositories?limit=1").await.expect(200);
        let second = ada.get(&next(&first).expect("a second page")).await.expect(200);
        assert_ne!(texts(&first, "id"), texts(&second, "id"));
        assert_eq!(next(&second), None);
        hub.anonymous().get("/api/settings/repositories").await.expect(401);
    }

    #[tokio::test]
    async fn what_an_organization_stores_is_for_its_members() {
        let hub = testing::hub().await;
        hub.as_user("ada").create("acme/m").await.ok();
        let path = "/api/organizations/acme/settings/repositories";
        for user in ["ada", "carol", "root"] {
            assert_eq!(texts(&hub.as_user(user).get(path).await.expect(200), "id"), ["acme/m"], "{user}");
        }
        hub.as_user("bob").get(path).await.expect(403);
        hub.anonymous().get(path).await.expect(401);
        hub.as_user("ada").get("/api/organizations/none/settings/repositories").await.expect(404);
        hub.as_user("ada").get(&format!("{path}?cursor=LTE")).await.expect(400);
    }
}
