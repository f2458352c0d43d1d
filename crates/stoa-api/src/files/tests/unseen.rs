//! A private repository and a missing one are the same to those who may not see them, on every route.

use axum::body::Body;
use axum::http::Method;
use stoa_testkit::{Answer, Client};

use super::support::*;

/// Every route that names a repository, with a body that would be good. `{id}` is the repository.
const ROUTES: &[(&str, &str, &str)] = &[
    ("GET", "/{id}/resolve/main/a.txt", ""),
    ("HEAD", "/{id}/resolve/main/a.txt", ""),
    ("GET", "/{id}/resolve/main/none", ""),
    ("GET", "/{id}/resolve/nowhere/a.txt", ""),
    ("GET", "/{id}/resolve/main", ""),
    ("GET", "/models/{id}/resolve/main/a.txt", ""),
    ("GET", "/datasets/{id}/resolve/main/a.txt", ""),
    ("GET", "/spaces/{id}/resolve/main/a.txt", ""),
    ("GET", "/{id}/raw/main/a.txt", ""),
    ("GET", "/api/resolve-cache/models/{id}/main/a.txt", ""),
    ("GET", "/api/models/{id}/tree/main", ""),
    ("GET", "/api/models/{id}/tree/main/dir?recursive=true&expand=true", ""),
    ("GET", "/api/models/{id}/tree/nowhere", ""),
    ("GET", "/api/models/{id}/treesize/main", ""),
    ("POST", "/api/models/{id}/paths-info/main", "{\"paths\":[\"a.txt\"]}"),
    ("GET", "/api/models/{id}/refs", ""),
    ("GET", "/api/models/{id}/commits/main", ""),
    ("GET", "/api/models/{id}/compare/main..main", ""),
    ("GET", "/api/models/{id}/scan", ""),
    ("GET", "/api/models/{id}/jwt", ""),
    ("POST", "/api/models/{id}/preupload/main", "{\"files\":[]}"),
    ("POST", "/api/models/{id}/commit/main", "{\"key\":\"header\",\"value\":{\"summary\":\"x\"}}"),
    ("POST", "/api/models/{id}/commit/main?create_pr=1", "{}"),
    ("POST", "/api/models/{id}/branch/b", "{}"),
    ("DELETE", "/api/models/{id}/branch/main", ""),
    ("POST", "/api/models/{id}/tag/main", "{\"tag\":\"t\"}"),
    ("DELETE", "/api/models/{id}/tag/t", ""),
    ("POST", "/api/models/{id}/super-squash/main", "{}"),
    ("GET", "/api/models/{id}/lfs-files", ""),
    ("POST", "/api/models/{id}/lfs-files/batch", "{\"deletions\":{\"sha\":[]}}"),
    (
        "DELETE",
        "/api/models/{id}/lfs-files/e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "",
    ),
    (
        "POST",
        "/api/models/{id}/lfs-files/duplicate",
        "{\"target\":{\"type\":\"model\",\"name\":\"eve/e\"},\"files\":[]}",
    ),
    ("POST", "/{id}.git/info/lfs/objects/batch", "{\"operation\":\"upload\",\"objects\":[]}"),
    ("POST", "/{id}/info/lfs/objects/batch", "{\"operation\":\"download\",\"objects\":[]}"),
    ("POST", "/{id}.git/info/lfs/verify", "{}"),
    ("POST", "/{id}.git/info/lfs/locks/verify", "{}"),
    ("GET", "/{id}.git/info/lfs/locks", ""),
    ("POST", "/{id}.git/info/lfs/locks", "{\"path\":\"a.txt\"}"),
    ("POST", "/{id}.git/info/lfs/locks/1/unlock", "{\"force\":true}"),
    // The other half of the crate.
    ("GET", "/api/models/{id}", ""),
    ("HEAD", "/api/models/{id}", ""),
    ("GET", "/api/models/{id}/revision/main", ""),
    ("GET", "/api/models/{id}/revision/nowhere", ""),
    ("GET", "/api/models/{id}?blobs=true", ""),
    ("GET", "/api/models/{id}/auth-check", ""),
    ("GET", "/api/models/{id}/auth-check/write", ""),
    ("PUT", "/api/models/{id}/settings", "{\"visibility\":\"public\"}"),
    ("POST", "/api/models/{id}/duplicate", "{\"repository\":\"eve/copy\"}"),
    ("POST", "/api/models/{id}/like", ""),
    ("DELETE", "/api/models/{id}/like", ""),
    ("GET", "/api/models/{id}/likers", ""),
    ("GET", "/api/models/{id}/xet-read-token/main", ""),
    ("GET", "/api/models/{id}/xet-write-token/main", ""),
    ("GET", "/api/models/{id}/discussions", ""),
    ("GET", "/api/models/{id}/safetensors-metadata/model.safetensors.index.json", ""),
    ("GET", "/{id}", ""),
    ("GET", "/{id}.git/info/refs?service=git-upload-pack", ""),
];

async fn ask(client: &Client, route: &(&str, &str, &str), id: &str) -> Answer {
    let (method, path, body) = *route;
    let method: Method = method.parse().expect("a method");
    let headers: &[(&str, &str)] =
        if body.is_empty() { &[] } else { &[("content-type", "application/json")] };
    client.raw(method, &path.replace("{id}", id), headers, Body::from(body.to_owned())).await
}

/// All of an answer but the id of the request, with the repository's name taken out.
fn seen(answer: &Answer, id: &str) -> String {
    let mut headers: Vec<String> = answer
        .headers
        .iter()
        .filter(|(name, _)| *name != "x-request-id")
        .map(|(name, value)| format!("{name}: {}", String::from_utf8_lossy(value.as_bytes())))
        .collect();
    headers.sort();
    let whole = format!("{} {headers:?} {}", answer.status, answer.text());
    // Errors of large files name the request in the body too.
    let whole = whole.replace(answer.header("x-request-id"), "{request}");
    whole.replace(id, "{id}").replace(&id.replace('/', "%2F"), "{id}")
}

#[tokio::test]
async fn a_stranger_cannot_tell_a_private_repository_from_a_missing_one() {
    let (hub, ada) = hub_with_model().await;
    create_private(&ada, "ada", "hush").await;
    ada.commit("ada/hush", &[("a.txt", b"secret"), ("dir/b", b"secret")]).await.ok();
    hub.as_user("eve").create("eve/e").await.ok();
    let read_only = hub.with_token(&hub.token("eve", stoa_core::TokenRole::Read).await);
    for stranger in [hub.anonymous(), hub.as_user("eve"), read_only] {
        for route in ROUTES {
            let private = ask(&stranger, route, "ada/hush").await;
            let missing = ask(&stranger, route, "ada/none").await;
            assert_eq!(seen(&private, "ada/hush"), seen(&missing, "ada/none"), "{route:?}");
            // What the hub does not do at all is 501 for everybody.
            assert!(
                private.status.is_client_error() || private.status == 501,
                "{route:?} {}",
                private.summary()
            );
        }
    }
    // The walk proves nothing if the routes do not know the repository at all.
    for route in
        ROUTES.iter().filter(|(_, path, _)| !path.starts_with("/datasets") && !path.starts_with("/spaces"))
    {
        if MINE.iter().any(|word| route.1.contains(word)) {
            assert_ne!(ask(&ada, route, "ada/hush").await.error_code(), "RepoNotFound", "{route:?}");
        }
    }
}

/// What tells the routes of files, commits and large files.
const MINE: &[&str] = &[
    "/resolve",
    "/raw/",
    "/tree",
    "/paths-info",
    "/refs",
    "/commit",
    "/preupload",
    "/branch/",
    "/tag/",
    "/super-squash",
    "/lfs",
    "/compare",
    "/scan",
    "/jwt",
];

#[tokio::test]
async fn a_broken_token_is_a_bad_token_on_every_route() {
    let (hub, _ada) = hub_with_model().await;
    let stranger = hub.with_token("hf_nobody");
    for route in ROUTES {
        let answer = ask(&stranger, route, "ada/m").await;
        assert!([401, 404, 501].contains(&answer.status.as_u16()), "{route:?} {}", answer.summary());
        if answer.status == 401 {
            let message = answer.header("x-error-message");
            assert_eq!(message, "Invalid credentials in Authorization header", "{route:?}");
        }
    }
}

#[tokio::test]
async fn those_who_may_only_read_cannot_change_anything() {
    let (hub, ada) = hub_with_model().await;
    ada.commit("ada/m", &[("a.txt", b"a")]).await.ok();
    let before = head_of(&ada, "ada/m").await;
    let own_reader = hub.with_token(&hub.token("ada", stoa_core::TokenRole::Read).await);
    for (client, status) in [(hub.anonymous(), 401), (hub.as_user("eve"), 403), (own_reader, 403)] {
        for route in ROUTES.iter().filter(|(method, path, _)| {
            *method != "GET"
                && *method != "HEAD"
                && !["paths-info", "like", "duplicate", "locks"].iter().any(|word| path.contains(word))
                && !path.contains("{id}/info")
        }) {
            let answer = ask(&client, route, "ada/m").await;
            assert_eq!(answer.status, status, "{route:?} {}", answer.summary());
        }
    }
    assert_eq!(head_of(&ada, "ada/m").await, before);
}
