//! Search as one types: `GET|POST /api/quicksearch?q=…&type=…&limit=…`.

use axum::Router;
use axum::routing::get;
use serde::Serialize;
use serde_json::{Value, json};
use stoa_core::{Failure, Reply as Result, RepoKind};
use stoa_http::{App, Fields, Json, Origin, Params, Reply, Who};
use stoa_hub::{ListAsk, Order};

use crate::people::{Person, avatar_url};

pub(super) fn route() -> Router<App> {
    Router::new().route("/api/quicksearch", get(by_query).post(by_body))
}

/// Results of each type at most.
const MOST: usize = 20;
/// What can be looked for.
const TYPES: [&str; 6] = ["all", "model", "dataset", "space", "user", "org"];
/// Characters that are looked for.
const LONGEST: usize = 100;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Answer {
    q: String,
    models: Vec<Value>,
    models_count: usize,
    datasets: Vec<Value>,
    datasets_count: usize,
    spaces: Vec<Value>,
    spaces_count: usize,
    orgs: Vec<Value>,
    users: Vec<Person>,
    /// Papers and collections are not there yet.
    papers: Vec<Value>,
    collections: Vec<Value>,
}

async fn by_query(app: App, who: Who, origin: Origin, params: Params) -> Reply<Json<Answer>> {
    search(&app, &who, &origin, &params).await
}

async fn by_body(app: App, who: Who, origin: Origin, fields: Fields) -> Reply<Json<Answer>> {
    search(&app, &who, &origin, &fields.0).await
}

async fn search(app: &App, who: &Who, origin: &Origin, params: &Params) -> Reply<Json<Answer>> {
    who.need_reader(&app.hub)?;
    let limit = params.limit(5, MOST)?;
    let types: Vec<&str> = params.all("type").filter(|kind| !kind.is_empty()).collect();
    if types.iter().any(|kind| !TYPES.contains(kind)) {
        return Err(Failure::invalid(format!("\"type\" must be one of [{}]", TYPES.join(", "))).into());
    }
    let wants = |kind: &str| types.is_empty() || types.contains(&"all") || types.contains(&kind);
    let q: String = params.one("q").unwrap_or_default().trim().chars().take(LONGEST).collect();
    let mut found = [Vec::new(), Vec::new(), Vec::new()];
    for (kind, found) in RepoKind::ALL.into_iter().zip(&mut found) {
        if wants(kind.as_str()) {
            *found = repos(app, who, kind, &q, limit).await?;
        }
    }
    let [models, datasets, spaces] = found;
    let (mut orgs, mut users) = (Vec::new(), Vec::new());
    if !q.is_empty() && (wants("user") || wants("org")) {
        for account in app.hub.accounts_like(&q, limit).await? {
            if account.is_org && wants("org") {
                orgs.push(json!({
                    "name": account.name,
                    "fullname": account.fullname,
                    "avatarUrl": avatar_url(origin, &account.name),
                }));
            } else if !account.is_org && wants("user") {
                users.push(Person::user(origin, account.id, &account.name, &account.fullname));
            }
        }
    }
    Ok(Json(Answer {
        models_count: models.len(),
        datasets_count: datasets.len(),
        spaces_count: spaces.len(),
        q,
        models,
        datasets,
        spaces,
        orgs,
        users,
        papers: Vec::new(),
        collections: Vec::new(),
    }))
}

/// Repositories whose name contains every word, the trending ones first.
async fn repos(app: &App, who: &Who, kind: RepoKind, q: &str, limit: usize) -> Result<Vec<Value>> {
    let words: Vec<String> = q.split_whitespace().take(8).map(str::to_owned).collect();
    let ask = ListAsk { search: words, ..super::first(kind, None, Order::Trending, limit) };
    let page = app.hub.list(who, ask).await?;
    let item = |listed: &stoa_hub::RepoRow| {
        json!({
            "_id": listed.public_id(),
            "id": listed.name.to_string(),
            "private": listed.private,
            "trendingScore": listed.trending.round() as i64,
        })
    };
    Ok(page.repos.iter().map(|listed| item(&listed.repo)).collect())
}

#[cfg(test)]
mod tests {
    use stoa_testkit::Answer;

    use crate::testing;

    fn ids(answer: &Answer, kind: &str, key: &str) -> Vec<String> {
        let found = answer.json()[kind].as_array().cloned().unwrap_or_default();
        found.iter().map(|item| item[key].as_str().unwrap_or_default().to_owned()).collect()
    }

    #[tokio::test]
    async fn repositories_and_people_are_found_as_one_types() {
        let hub = testing::hub().await;
        let ada = hub.as_user("ada");
        for repo in ["ada/reader", "datasets/ada/reading", "ada/secret-reader"] {
            ada.create(repo).await.ok();
        }
        ada.put_json("/api/models/ada/secret-reader/settings", &serde_json::json!({ "private": true }))
            .await
            .ok();
        let nobody = hub.anonymous();
        let found = nobody.get("/api/quicksearch?q=Read").await.expect(200);
        assert_eq!(
            (ids(&found, "models", "id"), ids(&found, "datasets", "id")),
            (vec!["ada/reader".to_owned()], vec!["ada/reading".to_owned()])
        );
        let people = nobody.get("/api/quicksearch?q=ac&type=org&type=user").await.expect(200);
        assert_eq!(
            (ids(&people, "orgs", "name"), ids(&people, "models", "id").len()),
            (vec!["acme".to_owned()], 0)
        );
        let posted = ada.post_form("/api/quicksearch", "q=reader+secret&type=model").await.expect(200);
        assert_eq!(ids(&posted, "models", "id"), ["ada/secret-reader"]);
        let json = serde_json::json!({ "q": "carol", "type": "all", "limit": 3 });
        assert_eq!(
            ids(&ada.post_json("/api/quicksearch", &json).await.expect(200), "users", "user"),
            ["carol"]
        );
        for query in ["?q=x&type=paper", "?q=x&limit=none", "?q=%ff"] {
            nobody.get(&format!("/api/quicksearch{query}")).await.expect(400);
        }
        nobody.get(&format!("/api/quicksearch?q={}", "x+".repeat(3000))).await.expect(200);
    }
}
