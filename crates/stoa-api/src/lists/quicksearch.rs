//! Search as one types: `GET|POST /api/quicksearch?q=…&type=…&limit=…`.

use axum::Router;
use axum::routing::get;
use serde::Serialize;
use serde_json::{Value, json};
use stoa_core::{Failure, RepoKind};
use stoa_http::{App, Fields, Json, Origin, Params, Reply, Who};
use stoa_hub::{Account, QuickAsk, RepoRow};

use crate::people::{Person, avatar_url};

pub(super) fn route() -> Router<App> {
    Router::new().route("/api/quicksearch", get(by_query).post(by_body))
}

/// Results of each type at most.
const MOST: usize = 20;
/// What can be looked for.
const TYPES: [&str; 6] = ["all", "model", "dataset", "space", "user", "org"];

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
    let ask = QuickAsk {
        text: params.one("q").unwrap_or_default().to_owned(),
        kinds: RepoKind::ALL.into_iter().filter(|kind| wants(kind.as_str())).collect(),
        users: wants("user"),
        orgs: wants("org"),
        limit,
    };
    let found = app.hub.quick_search(who, &ask).await?;
    let [models, datasets, spaces] = [found.models, found.datasets, found.spaces].map(items);
    Ok(Json(Answer {
        models_count: models.len(),
        datasets_count: datasets.len(),
        spaces_count: spaces.len(),
        q: found.text,
        models,
        datasets,
        spaces,
        orgs: found.orgs.iter().map(|org| organization(origin, org)).collect(),
        users: found.users.iter().map(|user| person(origin, user)).collect(),
        papers: Vec::new(),
        collections: Vec::new(),
    }))
}

fn items(repos: Vec<RepoRow>) -> Vec<Value> {
    let item = |repo: RepoRow| {
        json!({
            "_id": repo.public_id(),
            "id": repo.name.to_string(),
            "private": repo.private,
            "trendingScore": repo.trending.round() as i64,
        })
    };
    repos.into_iter().map(item).collect()
}

fn person(origin: &Origin, user: &Account) -> Person {
    Person::user(origin, user.id, &user.name, &user.fullname)
}

fn organization(origin: &Origin, org: &Account) -> Value {
    json!({ "name": org.name, "fullname": org.fullname, "avatarUrl": avatar_url(origin, &org.name) })
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
