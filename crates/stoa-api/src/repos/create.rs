//! Create a repository: `POST /api/repos/create`.

use axum::Router;
use axum::routing::post;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use stoa_core::{Failure, Reply as Result, RepoPath, Revision};
use stoa_http::{App, Json, Origin, Reply, Who};
use stoa_hub::{Created, Draft, NewRepo, Write};

use super::body;
use crate::route::{id_in_body, kind_in_body};

pub(super) fn route() -> Router<App> {
    Router::new().route("/api/repos/create", post(create))
}

/// The body `create_repo` sends. Fields about running a Space (`hardware`, `sleepTimeSeconds`, …) are accepted and have
/// no effect: Spaces do not run yet.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Ask {
    name: String,
    organization: Option<String>,
    #[serde(rename = "type")]
    kind: Option<String>,
    visibility: Option<String>,
    /// Compat: clients before `huggingface_hub` 1.30, JS and Rust.
    private: Option<bool>,
    sdk: Option<String>,
    license: Option<String>,
    /// Compat: `@huggingface/hub` sends first files along.
    #[serde(default)]
    files: Vec<FirstFile>,
    template: Option<Value>,
    secrets: Option<Value>,
    variables: Option<Value>,
    volumes: Option<Value>,
    resource_group_id: Option<Value>,
}

#[derive(Deserialize)]
struct FirstFile {
    path: String,
    content: String,
    encoding: Option<String>,
}

#[derive(Serialize)]
struct Answer {
    /// Compat: `RepoUrl` of `huggingface_hub` parses it.
    url: String,
    name: String,
    id: String,
}

async fn create(app: App, who: Who, origin: Origin, Json(ask): Json<Ask>) -> Reply<Json<Answer>> {
    let kind = kind_in_body(ask.kind.as_deref())?;
    let id = id_in_body(&who, kind, ask.organization.as_deref(), &ask.name)?;
    let private = body::private(kind, ask.visibility.as_deref(), ask.private)?;
    body::refuse(&[
        ("template", &ask.template),
        ("secrets", &ask.secrets),
        ("variables", &ask.variables),
        ("volumes", &ask.volumes),
        ("resourceGroupId", &ask.resource_group_id),
    ])?;
    let files = first_files(ask.files)?;
    let new = NewRepo { id, private, sdk: ask.sdk, license: ask.license };
    let Created { repo } = app.hub.create_repo(&who, new).await?;
    if !files.is_empty()
        && let Err(failure) = commit(&app, &who, &repo, files).await
    {
        // Half a repository would be in the way when the client tries again.
        repo.delete().await?;
        return Err(failure.into());
    }
    Ok(Json(Answer {
        url: app.url_of(&origin, repo.id()),
        name: repo.id().to_string(),
        id: repo.row().public_id(),
    }))
}

/// The files, decoded and with sane paths, before anything is made.
fn first_files(files: Vec<FirstFile>) -> Result<Vec<(RepoPath, Vec<u8>)>> {
    files
        .into_iter()
        .map(|file| {
            let content = match file.encoding.as_deref() {
                Some("base64") => STANDARD.decode(file.content.as_bytes()).map_err(|error| {
                    Failure::invalid(format!("The content of `{}` is not base64: {error}", file.path))
                })?,
                None | Some("utf-8") => file.content.into_bytes(),
                Some(_) => return Err(Failure::invalid("\"encoding\" must be one of [base64, utf-8]")),
            };
            Ok((RepoPath::new(file.path)?, content))
        })
        .collect()
}

async fn commit(
    app: &App,
    who: &Who,
    repo: &stoa_hub::Repo<stoa_hub::Admin>,
    files: Vec<(RepoPath, Vec<u8>)>,
) -> Result<()> {
    let repo = app.hub.open::<Write>(who, repo.id()).await?;
    let draft = Draft { summary: "Add first files".to_owned(), ..Draft::default() };
    let mut commit = repo.begin_commit(&Revision::new("main")?, draft).await?;
    for (path, content) in files {
        commit.put(path, content).await?;
    }
    commit.finish().await.map(drop)
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use stoa_core::{Role, TokenRole};

    use crate::testing;

    #[tokio::test]
    async fn a_new_repository_has_a_url_a_name_and_an_id() {
        let hub = testing::hub().await;
        let ada = hub.as_user("ada");
        for (ask, url) in [
            (json!({ "name": "m" }), "http://hub.test/ada/m"),
            (json!({ "name": "acme/m" }), "http://hub.test/acme/m"),
            (
                json!({ "name": "d", "type": "dataset", "organization": null }),
                "http://hub.test/datasets/ada/d",
            ),
            (
                json!({ "name": "s", "type": "space", "organization": "acme", "sdk": "static", "hardware": "cpu-basic" }),
                "http://hub.test/spaces/acme/s",
            ),
        ] {
            let made = ada.post_json("/api/repos/create", &ask).await.expect(200).json();
            assert_eq!(made["url"], url);
            assert!(url.ends_with(made["name"].as_str().expect("a name")));
            assert_eq!(made["id"].as_str().map(str::len), Some(24));
        }
    }

    #[tokio::test]
    async fn a_name_can_be_used_once_and_the_conflict_says_where() {
        let hub = testing::hub().await;
        let ada = hub.as_user("ada");
        ada.create("datasets/ada/d").await.ok();
        let again = ada.post_json("/api/repos/create", &json!({ "name": "D", "type": "dataset" })).await;
        assert_eq!(again.summary(), "409 Conflict · You already created this dataset repo");
        assert_eq!(again.json()["url"], "http://hub.test/datasets/ada/D");
        ada.create("ada/d").await.expect(200);
    }

    #[tokio::test]
    async fn visibility_is_said_in_two_ways() {
        let hub = testing::hub().await;
        let ada = hub.as_user("ada");
        for (name, field, value, private) in [
            ("a", "visibility", json!("private"), true),
            ("b", "visibility", json!("public"), false),
            ("c", "private", json!(true), true),
            ("d", "private", json!(null), false),
        ] {
            ada.post_json("/api/repos/create", &json!({ "name": name, field: value })).await.expect(200);
            let info = ada.get(&format!("/api/models/ada/{name}")).await.expect(200).json();
            assert_eq!(info["private"], private, "{name}");
        }
    }

    #[tokio::test]
    async fn only_members_create_in_an_organization() {
        let hub = testing::hub().await;
        hub.user("dan").await;
        hub.member("acme", "dan", Role::Contributor).await;
        for (user, expected) in [("ada", 200), ("dan", 200), ("root", 200), ("bob", 403), ("carol", 403)] {
            hub.as_user(user).create(&format!("acme/{user}")).await.expect(expected);
        }
        hub.as_user("ada").create("nobody-here/m").await.expect(403);
        hub.as_user("bob").create("ada/m").await.expect(403);
        hub.anonymous().create("ada/m").await.expect(401);
        let reader = hub.with_token(&hub.token("ada", TokenRole::Read).await);
        let refused = reader.create("ada/m").await.expect(403);
        assert_eq!(
            refused.error_message(),
            "You don't have the rights to create a model under the namespace \"ada\""
        );
        let fine = hub.with_token(&hub.token("ada", TokenRole::FineGrained).await);
        fine.create("ada/m").await.expect(403);
        hub.with_token("hf_wrong").create("ada/m").await.expect(401);
    }

    #[tokio::test]
    async fn first_files_come_with_the_repository_or_not_at_all() {
        let hub = testing::hub().await;
        let ada = hub.as_user("ada");
        let ask = |name: &str, path: &str, content: &str| {
            let file = json!({ "path": path, "content": content, "encoding": "base64" });
            json!({ "name": name, "license": "mit", "files": [file] })
        };
        ada.post_json("/api/repos/create", &ask("m", "a.txt", "YQ==")).await.expect(200);
        let info = ada.get("/api/models/ada/m").await.expect(200).json();
        let names: Vec<_> =
            info["siblings"].as_array().expect("files").iter().map(|s| s["rfilename"].clone()).collect();
        assert_eq!(names, [".gitattributes", "README.md", "a.txt"]);
        for bad in [ask("n", "../a", "YQ=="), ask("n", "a", "%%"), ask("n", ".git/a", "YQ==")] {
            ada.post_json("/api/repos/create", &bad).await.expect(400);
        }
        ada.get("/api/models/ada/n").await.expect(404);
    }

    #[tokio::test]
    async fn what_is_wrong_is_refused_with_a_sentence() {
        let hub = testing::hub().await;
        let ada = hub.as_user("ada");
        let space = |sdk: &str| json!({ "name": "s", "type": "space", "sdk": sdk });
        for (ask, status, words) in [
            (json!({}), 400, "missing field `name`"),
            (json!([]), 400, "right shape"),
            (json!({ "name": 1 }), 400, "name: invalid type"),
            (json!({ "name": "" }), 400, "cannot be empty"),
            (json!({ "name": "a--b" }), 400, "cannot contain `--`"),
            (json!({ "name": "../x" }), 400, "User or organization name `..`"),
            (json!({ "name": "x".repeat(97) }), 400, "longer than 96"),
            (json!({ "name": "m", "organization": "api" }), 400, "reserved"),
            (json!({ "name": "m", "type": "molecule" }), 400, "must be one of model, dataset, space"),
            (json!({ "name": "k", "type": "kernel" }), 501, "kernel"),
            (json!({ "name": "m", "visibility": "secret" }), 400, "\"visibility\" must be one of"),
            (json!({ "name": "m", "license": "none-such" }), 400, "license"),
            (json!({ "name": "m", "resourceGroupId": "x" }), 501, "`resourceGroupId`"),
            (space("cobol"), 400, "sdk must be one of"),
            (json!({ "name": "s", "type": "space" }), 400, "needs `sdk`"),
            (
                json!({ "name": "s", "type": "space", "sdk": "static", "visibility": "protected" }),
                501,
                "protected",
            ),
            (
                json!({ "name": "s", "type": "space", "sdk": "static", "secrets": [{ "key": "A", "value": "b" }] }),
                501,
                "`secrets`",
            ),
        ] {
            let answer = ada.post_json("/api/repos/create", &ask).await.expect(status);
            let error = answer.json()["error"].as_str().unwrap_or_default().to_owned();
            assert!(error.contains(words), "{ask}: {error}");
        }
        for body in ["{", "\u{0}", "null", "{\"name\": \"m\"} x"] {
            ada.post("/api/repos/create", "application/json", body).await.expect(400);
        }
    }
}
