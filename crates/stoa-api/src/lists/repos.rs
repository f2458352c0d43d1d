//! Lists of repositories: `GET /api/models`, `GET /api/datasets`, `GET /api/spaces`.

use axum::Router;
use axum::http::Uri;
use axum::routing::get;
use stoa_core::{Reply as Result, RepoKind};
use stoa_http::{App, Origin, Page, Params, Reply, Who, encode_cursor, next_link};
use stoa_hub::{ListPage, Read};

use super::ask::{self, Wanted};
use crate::shape::{self, Object, Shown};

pub(super) fn route() -> Router<App> {
    RepoKind::ALL.into_iter().fold(Router::new(), |router, kind| {
        let list = move |app: App, who: Who, params: Params, origin: Origin, uri: Uri| async move {
            list(kind, &app, &who, &params, &origin, &uri).await
        };
        router.route(&format!("/api/{}", kind.plural()), get(list))
    })
}

async fn list(
    kind: RepoKind,
    app: &App,
    who: &Who,
    params: &Params,
    origin: &Origin,
    uri: &Uri,
) -> Reply<Page<Object>> {
    who.need_reader(&app.hub)?;
    let Wanted { ask, names, nothing, linked } = ask::read(kind, params)?;
    if nothing {
        return Ok(Page { items: Vec::new(), next: None });
    }
    let page = app.hub.list(who, ask).await?;
    let next = page.next.as_ref().map(|next| next_link(origin, uri, "cursor", &encode_cursor(next)));
    // What is left out here makes the page shorter; clients follow `Link`, not the length.
    let items = objects(app, who, page, &names, |facts| !linked || is_linked(facts)).await?;
    Ok(Page { items, next })
}

/// The items of a page.
pub(super) async fn objects(
    app: &App,
    who: &Who,
    page: ListPage,
    names: &[&'static str],
    keep: impl Fn(&str) -> bool,
) -> Result<Vec<Object>> {
    let with_files = names.contains(&"siblings");
    let mut items = Vec::with_capacity(page.repos.len());
    for listed in page.repos.into_iter().filter(|listed| keep(&listed.facts)) {
        let id = listed.repo.name.clone();
        let mut shown = Shown::of_listed(listed.repo, listed.tags, &listed.facts)?;
        // A repository that went away meanwhile has no files; the list goes on.
        if with_files && let Ok(repo) = app.hub.open::<Read>(who, &id).await {
            let tree = repo.info(None).await?.tree;
            shown.siblings = Some(shape::names(&repo.siblings(tree).await?)?);
        }
        items.push(shown.object(names));
    }
    Ok(items)
}

/// Whether the facts of a Space name a model or a dataset.
fn is_linked(facts: &str) -> bool {
    #[derive(serde::Deserialize)]
    struct Links {
        models: Option<Vec<String>>,
        datasets: Option<Vec<String>>,
    }
    serde_json::from_str::<Links>(facts).is_ok_and(|links| links.models.is_some() || links.datasets.is_some())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use serde_json::json;
    use stoa_testkit::{Setup, TestHub};

    use crate::testing::{self, next, texts};

    /// Three models, two datasets and two Spaces, a second apart.
    async fn shelf() -> TestHub {
        let hub = testing::hub().await;
        let ada = hub.as_user("ada");
        for (repo, card) in [
            ("ada/first", "license: mit\npipeline_tag: text-generation\nlanguage: en\ntags: [red]"),
            ("ada/second", "license: mit\npipeline_tag: translation\ntags: [red, blue]\ndatasets: [ada/d1]"),
            ("acme/third", "license: apache-2.0\npipeline_tag: text-generation\nlanguage: [en, fr]"),
            ("datasets/ada/d1", "language: en\ntask_categories: [translation]\nlicense: mit"),
            ("datasets/ada/d2", "language: fr\nsize_categories: [n<1K]"),
            ("spaces/ada/s1", "sdk: static\nlicense: mit\nmodels: [ada/first]\ndatasets: [ada/d1]"),
            ("spaces/ada/s2", "sdk: gradio"),
        ] {
            ada.create(repo).await.ok();
            testing::commit(&hub, repo, &[("README.md", &format!("---\n{card}\n---\n# Title\n\nWords\n"))])
                .await;
            hub.clock.advance(Duration::from_secs(1));
        }
        hub
    }

    async fn names(client: &stoa_testkit::Client, query: &str) -> String {
        let ids = texts(&client.get(&format!("/api/{query}")).await.expect(200), "id");
        let names: Vec<&str> = ids.iter().filter_map(|id| Some(id.split_once('/')?.1)).collect();
        names.join(" ")
    }

    #[tokio::test]
    async fn filters_narrow_a_list() {
        let hub = shelf().await;
        let nobody = hub.anonymous();
        for (query, expected) in [
            ("models?sort=createdAt", "third second first"),
            ("models?sort=createdAt&filter=red", "second first"),
            ("models?sort=createdAt&filter=red,blue", "second"),
            ("models?filter=red&filter=license:mit&pipeline_tag=text-generation", "first"),
            ("models?filter=none-such", ""),
            ("models?sort=createdAt&language=en", "third first"),
            ("models?dataset=ada/d1", "second"),
            ("models?author=acme", "third"),
            ("models?author=ACME", "third"),
            ("models?author=nobody-here", ""),
            ("models?search=IRS", "first"),
            ("models?search=ada&search=sec", "second"),
            ("models?search=%25", ""),
            ("models?gated=true", ""),
            ("models?sort=createdAt&gated=false&license=apache-2.0", "third"),
            ("models?inference=warm", ""),
            ("models?inference_provider=all", ""),
            ("models?num_parameters=min:1B", ""),
            ("models?apps=ollama", ""),
            ("datasets?sort=createdAt", "d2 d1"),
            ("datasets?language=en", "d1"),
            ("datasets?filter=task_categories:translation", "d1"),
            ("datasets?size_categories=n%3C1K", "d2"),
            ("spaces?sort=createdAt", "s2 s1"),
            ("spaces?models=ada/first", "s1"),
            ("spaces?datasets=ada/d1", "s1"),
            ("spaces?models=ada/second", ""),
            ("spaces?linked=true", "s1"),
            ("spaces?license=mit", "s1"),
            ("spaces?filter=gradio", "s2"),
        ] {
            assert_eq!(names(&nobody, query).await, expected, "{query}");
        }
    }

    #[tokio::test]
    async fn orders_run_from_the_largest_down() {
        let hub = shelf().await;
        let bob = hub.as_user("bob");
        bob.post("/api/models/ada/second/like", "application/json", "").await.ok();
        testing::commit(&hub, "ada/first", &[("x", "x")]).await;
        for (sort, expected) in [
            ("likes", "second"),
            ("lastModified", "first"),
            ("last_modified", "first"),
            ("created_at", "third"),
            ("downloads", "third"),
            ("trendingScore", "third"),
            ("likes30d", "third"),
        ] {
            assert_eq!(
                names(&bob, &format!("models?limit=1&sort={sort}&direction=-1")).await,
                expected,
                "{sort}"
            );
        }
    }

    #[tokio::test]
    async fn private_repositories_are_listed_for_those_who_may_see_them() {
        let hub = shelf().await;
        let ada = hub.as_user("ada");
        for repo in ["ada/second", "acme/third"] {
            ada.put_json(&format!("/api/models/{repo}/settings"), &json!({ "private": true })).await.ok();
        }
        let fine = hub.with_token(&hub.token("ada", stoa_core::TokenRole::FineGrained).await);
        for (client, expected) in [
            (ada, "third second first"),
            (hub.as_user("carol"), "third first"),
            (hub.as_user("root"), "third second first"),
            (hub.as_user("bob"), "first"),
            (hub.anonymous(), "first"),
            (fine, "first"),
        ] {
            assert_eq!(names(&client, "models?sort=createdAt").await, expected);
        }
        hub.with_token("hf_wrong").get("/api/models").await.expect(401);
    }

    #[tokio::test]
    async fn pages_follow_each_other_by_an_absolute_link() {
        let hub = shelf().await;
        for sort in ["createdAt", "lastModified", "likes", "downloads", "trendingScore"] {
            let mut path = Some(format!("/api/models?limit=2&sort={sort}&expand=likes&expand=sha"));
            let mut seen = Vec::new();
            while let Some(page) = path {
                let answer = hub.anonymous().get(&page).await.expect(200);
                seen.extend(texts(&answer, "id"));
                path = next(&answer);
                if let Some(path) = &path {
                    assert!(path.starts_with(&format!(
                        "/api/models?limit=2&sort={sort}&expand=likes&expand=sha&cursor="
                    )));
                }
            }
            seen.sort();
            assert_eq!(seen, ["acme/third", "ada/first", "ada/second"], "{sort}");
        }
    }

    #[tokio::test]
    async fn items_have_what_was_asked_for() {
        let hub = shelf().await;
        let nobody = hub.anonymous();
        let item = |path: &'static str| {
            let nobody = nobody.clone();
            async move { nobody.get(path).await.expect(200).json()[0].clone() }
        };
        let model = item("/api/models?search=second").await;
        for key in
            ["_id", "id", "modelId", "likes", "trendingScore", "private", "downloads", "tags", "createdAt"]
        {
            assert!(!model[key].is_null(), "{key}");
        }
        assert!(
            model.get("siblings").is_none() && model.get("cardData").is_none() && model.get("sha").is_none()
        );
        let full = item("/api/models?search=second&full=true&cardData=true&config=true").await;
        assert_eq!(full["author"], "ada");
        assert_eq!(full["cardData"]["license"], "mit");
        assert_eq!(full["siblings"][1], json!({ "rfilename": "README.md" }));
        assert_eq!(full["sha"].as_str().map(str::len), Some(40));
        let part = item("/api/models?search=second&expand[]=gated").await;
        assert_eq!(part.as_object().map(serde_json::Map::len), Some(3));
        let dataset = item("/api/datasets?search=d1&full=1").await;
        assert_eq!((&dataset["author"], &dataset["cardData"]["language"]), (&json!("ada"), &json!("en")));
        assert_eq!(dataset["description"], "Words");
        let space = item("/api/spaces?search=s1&full=True").await;
        assert_eq!((&space["models"], &space["sdk"]), (&json!(["ada/first"]), &json!("static")));
    }

    #[tokio::test]
    async fn nonsense_is_refused() {
        let hub = testing::hub().await;
        for query in [
            "models?sort=size",
            "models?limit=minus",
            "models?limit=0",
            "models?cursor=nonsense",
            "models?cursor=bGlrZXM6MTox",
            "models?expand=nonsense",
            "models?full=perhaps",
            "models?gated=perhaps",
            "models?apps=notepad",
            "models?num_parameters=many",
            "models?inference=cold",
            "models?direction=1",
            "models?search=%ff",
            "models?search=%00",
            "datasets?sort=num_parameters",
            "spaces?sort=downloads",
            "spaces?expand=downloads",
        ] {
            let answer = hub.anonymous().get(&format!("/api/{query}")).await.expect(400);
            assert!(answer.json()["error"].is_string(), "{query}");
        }
        let many: String = (0..40).fold("models?".to_owned(), |query, n| format!("{query}filter=t{n}&"));
        hub.anonymous().get(&format!("/api/{many}")).await.expect(400);
    }

    #[tokio::test]
    async fn a_hub_that_is_not_public_lists_nothing_to_strangers() {
        let policy = stoa_hub::Policy { anonymous_read: false, ..Default::default() };
        let hub = TestHub::with(Setup { policy, ..Setup::default() }).await.router(crate::routes());
        hub.user("ada").await;
        for path in [
            "/api/models",
            "/api/spaces?inference=warm",
            "/api/models-tags-by-type",
            "/api/trending",
            "/api/quicksearch?q=a",
            "/api/users/ada/overview",
            "/api/users/ada/likes",
            "/api/users/ada/followers",
            "/api/users/ada/avatar",
        ] {
            hub.anonymous().get(path).await.expect(401);
            hub.as_user("ada").get(path).await.expect(200);
        }
    }
}
