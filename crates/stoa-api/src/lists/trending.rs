//! What is used most these days: `GET /api/trending?type=all|model|dataset|space&limit=…`.

use axum::Router;
use axum::routing::get;
use serde::Serialize;
use stoa_core::{Failure, Reply as Result, RepoKind};
use stoa_http::{App, Json, Params, Reply, Who};
use stoa_hub::{ListPage, Order};

use super::repos::objects;
use crate::shape::{Object, views};

pub(super) fn route() -> Router<App> {
    Router::new().route("/api/trending", get(trending))
}

/// Repositories at most.
const MOST: usize = 20;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Answer {
    recently_trending: Vec<Item>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Item {
    repo_type: RepoKind,
    repo_data: Object,
}

async fn trending(app: App, who: Who, params: Params) -> Reply<Json<Answer>> {
    who.need_reader(&app.hub)?;
    let limit = params.limit(10, MOST)?;
    let kinds = match params.text("type") {
        None | Some("all") => RepoKind::ALL.to_vec(),
        Some(kind @ ("model" | "dataset" | "space")) => vec![kind.parse()?],
        Some(_) => {
            return Err(Failure::invalid("\"type\" must be one of [all, model, dataset, space]").into());
        }
    };
    let mut found = Vec::new();
    for kind in kinds {
        let page = app.hub.list(&who, super::first(kind, None, Order::Trending, limit)).await?;
        let scores: Vec<f64> = page.repos.iter().map(|listed| listed.repo.trending).collect();
        let items = items(&app, &who, kind, page).await?;
        found.extend(scores.into_iter().zip(items));
    }
    found.sort_by(|(a, _), (b, _)| b.total_cmp(a));
    found.truncate(limit);
    Ok(Json(Answer { recently_trending: found.into_iter().map(|(_, item)| item).collect() }))
}

async fn items(app: &App, who: &Who, kind: RepoKind, page: ListPage) -> Result<Vec<Item>> {
    let mut names = views::item(kind, false);
    names.retain(|name| *name != "description");
    for name in ["author", "lastModified", "gated"] {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    let objects = objects(app, who, page, &names, |_| true).await?;
    Ok(objects.into_iter().map(|repo_data| Item { repo_type: kind, repo_data }).collect())
}

#[cfg(test)]
mod tests {
    use crate::testing;

    #[tokio::test]
    async fn trending_repositories_of_all_kinds_are_seen_by_those_who_may() {
        let hub = testing::hub().await;
        let ada = hub.as_user("ada");
        for repo in ["ada/m", "datasets/ada/d", "spaces/ada/s", "ada/secret"] {
            ada.create(repo).await.ok();
        }
        ada.put_json("/api/models/ada/secret/settings", &serde_json::json!({ "private": true })).await.ok();
        for (query, count) in
            [("", 3), ("?type=all&limit=2", 2), ("?type=model", 1), ("?type=space&limit=50", 1)]
        {
            let answer = hub.anonymous().get(&format!("/api/trending{query}")).await.expect(200).json();
            let found = answer["recentlyTrending"].as_array().expect("a list").clone();
            assert_eq!(found.len(), count, "{query}");
            assert!(
                found.iter().all(|item| item["repoType"].is_string() && item["repoData"]["id"].is_string())
            );
        }
        for query in ["?type=paper", "?limit=0", "?limit=x"] {
            ada.get(&format!("/api/trending{query}")).await.expect(400);
        }
    }
}
