//! Repository info: `GET /api/{type}s/{ns}/{name}` and `GET /api/{type}s/{ns}/{name}/revision/{rev}`.

use axum::Router;
use axum::routing::get;
use serde_json::json;
use stoa_core::{Reply as Result, RepoId, RepoKind};
use stoa_http::{App, Json, Params, Reply, RepoOf, Segments, Who};
use stoa_hub::{Order, Read};

use crate::lists;
use crate::route::of_repo;
use crate::shape::{self, Object, Shown, views};

pub(super) fn route() -> Router<App> {
    of_repo("", &get(info)).merge(of_repo("/revision/{rev}", &get(info)))
}

/// Spaces named in the info of a model at most.
const SPACES: usize = 100;
/// Models made from a model are counted up to here.
const CHILDREN: usize = 1000;

async fn info(app: App, who: Who, repo: RepoOf<Read>, at: Segments, params: Params) -> Reply<Json<Object>> {
    let kind = repo.id().kind;
    let expanded = views::expanded(kind, params.all("expand"))?;
    let blobs = params.on("blobs")?;
    let security = params.on("securityStatus")?;
    let whole = expanded.is_none();
    let names = expanded.unwrap_or_else(|| views::info(kind));
    let revision = at.find("rev").map(|_| at.rev()).transpose()?;
    let info = repo.info(revision.as_ref()).await?;
    let tree = info.tree;
    let mut shown = Shown::of_info(repo.row(), info)?;
    if names.contains(&"siblings") {
        shown.siblings = Some(if blobs {
            shape::files(&repo.sibling_files(tree).await?)?
        } else {
            shape::names(&repo.siblings(tree).await?)?
        });
    }
    if names.contains(&"spaces") {
        let tag = format!("model:{}", repo.id());
        let spaces = with_tag(&app, &who, RepoKind::Space, tag, SPACES).await?;
        shown.spaces = Some(spaces.iter().map(RepoId::to_string).collect());
    }
    if names.contains(&"childrenModelCount") {
        let tag = format!("base_model:{}", repo.id());
        shown.children = Some(with_tag(&app, &who, RepoKind::Model, tag, CHILDREN).await?.len());
    }
    let mut object = shown.object(&names);
    if security && whole {
        // Files are not scanned yet, and an empty list alone would read as "all safe".
        object.put("securityRepoStatus", json!({ "scansDone": false, "filesWithIssues": [] }));
    }
    Ok(Json(object))
}

/// Repositories with a tag, as far as the asker may see them, most used first.
async fn with_tag(app: &App, who: &Who, kind: RepoKind, tag: String, limit: usize) -> Result<Vec<RepoId>> {
    let order = if kind == RepoKind::Space { Order::Likes } else { Order::Downloads };
    let ask = lists::first(kind, Some(tag), order, limit);
    Ok(app.hub.list(who, ask).await?.repos.into_iter().map(|listed| listed.repo.name).collect())
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::testing;

    const CARD: &str = "---\nlicense: mit\nlibrary_name: transformers\npipeline_tag: text-generation\n\
        base_model: ada/base\ntags: [finance]\n---\n# A model\n";

    #[tokio::test]
    async fn the_default_answer_has_what_clients_read_and_no_nulls() {
        let hub = testing::hub().await;
        hub.as_user("ada").create("ada/m").await.ok();
        testing::commit(
            &hub,
            "ada/m",
            &[("README.md", CARD), ("config.json", "{\"model_type\": \"llama\"}")],
        )
        .await;
        let info = hub.anonymous().get("/api/models/ada/m").await.expect(200).json();
        for (key, value) in [
            ("id", json!("ada/m")),
            ("modelId", json!("ada/m")),
            ("author", json!("ada")),
            ("private", json!(false)),
            ("gated", json!(false)),
            ("disabled", json!(false)),
            ("downloads", json!(0)),
            ("likes", json!(0)),
            ("pipeline_tag", json!("text-generation")),
            ("library_name", json!("transformers")),
            ("createdAt", json!("2026-01-02T03:04:05.000Z")),
            ("lastModified", json!("2026-01-02T03:04:05.000Z")),
            ("usedStorage", json!(0)),
            ("spaces", json!([])),
            (
                "siblings",
                json!([
                    { "rfilename": ".gitattributes" }, { "rfilename": "README.md" }, { "rfilename": "config.json" }
                ]),
            ),
        ] {
            assert_eq!(info[key], value, "{key}");
        }
        assert_eq!(info["cardData"]["license"], "mit");
        assert_eq!(info["config"]["model_type"], "llama");
        assert_eq!(info["sha"].as_str().map(str::len), Some(40));
        let object = info.as_object().expect("an object");
        assert!(object.values().all(|value| !value.is_null()), "{info}");
        assert!(!object.contains_key("gguf") && !object.contains_key("xetEnabled"));
    }

    #[tokio::test]
    async fn files_come_with_sizes_and_ids_when_asked() {
        let hub = testing::hub().await;
        hub.as_user("ada").create("datasets/ada/d").await.ok();
        testing::commit(&hub, "datasets/ada/d", &[("a.txt", "hello\n")]).await;
        let path = "/api/datasets/ada/d?blobs=true&securityStatus=1";
        let info = hub.anonymous().get(path).await.expect(200).json();
        let file =
            json!({ "rfilename": "a.txt", "size": 6, "blobId": "ce013625030ba8dba906f756967f9e9ca394464a" });
        assert_eq!(info["siblings"][1], file);
        assert_eq!(info["securityRepoStatus"], json!({ "scansDone": false, "filesWithIssues": [] }));
    }

    #[tokio::test]
    async fn only_what_is_asked_for_comes() {
        let hub = testing::hub().await;
        let ada = hub.as_user("ada");
        for repo in ["ada/m", "datasets/ada/d", "spaces/ada/s"] {
            ada.create(repo).await.ok();
        }
        let keys = |value: &Value| -> Vec<String> {
            value.as_object().expect("an object").keys().cloned().collect()
        };
        for (path, expected) in [
            ("/api/models/ada/m?expand=likes&expand[]=gated", vec!["_id", "gated", "id", "likes"]),
            ("/api/models/ada/m?expand=xetEnabled,sha", vec!["_id", "id", "sha", "xetEnabled"]),
            ("/api/models/ada/m?expand=resourceGroup&expand=evalResults", vec!["_id", "id"]),
            (
                "/api/models/ada/m?expand=inferenceProviderMapping",
                vec!["_id", "id", "inferenceProviderMapping"],
            ),
            ("/api/models/ada/m?expand=childrenModelCount", vec!["_id", "childrenModelCount", "id"]),
            (
                "/api/datasets/ada/d/revision/main?expand=downloadsAllTime",
                vec!["_id", "downloadsAllTime", "id"],
            ),
            ("/api/spaces/ada/s?expand=sdk&expand=models&expand=runtime", vec!["_id", "id", "models", "sdk"]),
        ] {
            let mut found = keys(&hub.anonymous().get(path).await.expect(200).json());
            found.sort();
            assert_eq!(found, expected, "{path}");
        }
        for (path, known) in
            [("models/ada/m", "[author, baseModels,"), ("spaces/ada/s", "[author, cardData,")]
        {
            let refused = hub.anonymous().get(&format!("/api/{path}?expand=nonsense")).await.expect(400);
            let error = refused.json()["error"].as_str().unwrap_or_default().to_owned();
            assert!(error.starts_with(&format!("\"expand\" must be one of {known}")), "{error}");
        }
        hub.anonymous().get("/api/spaces/ada/s?expand=downloads").await.expect(400);
        hub.anonymous().get("/api/models/ada/m?blobs=perhaps").await.expect(400);
    }

    #[tokio::test]
    async fn a_model_names_its_spaces_and_counts_its_children() {
        let hub = testing::hub().await;
        let ada = hub.as_user("ada");
        for repo in ["ada/base", "ada/m", "ada/n", "spaces/ada/s", "spaces/ada/t"] {
            ada.create(repo).await.ok();
        }
        testing::commit(&hub, "ada/m", &[("README.md", CARD)]).await;
        testing::commit(&hub, "ada/n", &[("README.md", CARD)]).await;
        ada.put_json("/api/models/ada/n/settings", &json!({ "private": true })).await.ok();
        let card = "---\nsdk: static\nmodels: [ada/base]\ndatasets: [ada/d]\n---\n";
        testing::commit(&hub, "spaces/ada/s", &[("README.md", card)]).await;
        let path = "/api/models/ada/base?expand=spaces&expand=childrenModelCount";
        let seen = hub.anonymous().get(path).await.expect(200).json();
        assert_eq!((&seen["spaces"], &seen["childrenModelCount"]), (&json!(["ada/s"]), &json!(1)));
        assert_eq!(ada.get(path).await.json()["childrenModelCount"], 2);
        let child = hub.anonymous().get("/api/models/ada/m?expand=baseModels").await.expect(200).json();
        assert_eq!(child["baseModels"], json!(["ada/base"]));
        let space = hub.anonymous().get("/api/spaces/ada/s").await.expect(200).json();
        assert_eq!((&space["models"], &space["datasets"]), (&json!(["ada/base"]), &json!(["ada/d"])));
        assert_eq!((&space["sdk"], &space["subdomain"]), (&json!("static"), &json!("ada-s")));
    }

    #[tokio::test]
    async fn revisions_are_branches_and_commits() {
        let hub = testing::hub().await;
        hub.as_user("ada").create("ada/m").await.ok();
        let nobody = hub.anonymous();
        let first =
            nobody.get("/api/models/ada/m").await.json()["sha"].as_str().expect("a commit").to_owned();
        testing::commit(&hub, "ada/m", &[("a.txt", "a")]).await;
        for (revision, files) in
            [("main", 2), ("HEAD", 2), ("refs%2Fheads%2Fmain", 2), (first.as_str(), 1), (&first[..8], 1)]
        {
            let info = nobody.get(&format!("/api/models/ada/m/revision/{revision}")).await.expect(200).json();
            assert_eq!(info["siblings"].as_array().map(Vec::len), Some(files), "{revision}");
            assert_eq!(info["sha"] == first.as_str(), files == 1);
        }
        for revision in ["none", "refs%2Fpr%2F1", "a..b", "%20", "ffffffff", "x%0Ay"] {
            let answer = nobody.get(&format!("/api/models/ada/m/revision/{revision}")).await.expect(404);
            assert_eq!(answer.error_code(), "RevisionNotFound", "{revision}");
        }
    }

    #[tokio::test]
    async fn missing_and_private_repositories_look_the_same() {
        let hub = testing::hub().await;
        let ada = hub.as_user("ada");
        ada.post_json("/api/repos/create", &json!({ "name": "secret", "private": true })).await.ok();
        let rests = ["", "/revision/main", "/revision/none", "?expand=nonsense", "/likers", "/auth-check"];
        for rest in rests {
            let ask = |id: &str| format!("/api/models/{id}{rest}");
            for (client, status) in [(hub.as_user("bob"), 404), (hub.anonymous(), 401)] {
                let private = client.get(&ask("ada/secret")).await.expect(status);
                let missing = client.get(&ask("ada/none")).await.expect(status);
                assert_eq!(private.summary(), missing.summary(), "{rest}");
                assert_eq!(private.text(), missing.text(), "{rest}");
                assert_eq!(private.error_code(), "RepoNotFound");
                client.get(&ask("none")).await.expect(status);
            }
        }
        hub.with_token("hf_wrong").get("/api/models/ada/secret").await.expect(401);
        ada.get("/api/models/ADA/Secret").await.expect(200);
        ada.head("/api/models/ada/secret").await.expect(200);
    }
}
