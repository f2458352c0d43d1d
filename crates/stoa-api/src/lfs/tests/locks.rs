//! Locks: who may make, see and remove them.

use axum::body::Body;
use axum::http::Method;
use serde_json::{Value, json};
use stoa_core::Role;
use stoa_testkit::{Answer, Client, Setup, TestHub};

use crate::files::tests::support::*;

const LOCKS: &str = "/acme/m.git/info/lfs/locks";

/// The organization acme with the model acme/m: ada administers it, bob writes, carol reads, eve is a stranger.
async fn acme() -> TestHub {
    let hub = hub().await;
    for user in ["bob", "carol"] {
        hub.user(user).await;
    }
    hub.org("acme", "ada").await;
    hub.member("acme", "bob", Role::Write).await;
    hub.member("acme", "carol", Role::Read).await;
    hub.as_user("ada").create("acme/m").await.ok();
    hub
}

async fn lock(client: &Client, path: &str) -> Answer {
    client.post_json(LOCKS, &json!({ "path": path, "ref": { "name": "refs/heads/main" } })).await
}

async fn unlock(client: &Client, id: &str, force: bool) -> Answer {
    client.post_json(&format!("{LOCKS}/{id}/unlock"), &json!({ "force": force })).await
}

fn id_of(answer: &Answer) -> String {
    answer.json()["lock"]["id"].as_str().expect("an id").to_owned()
}

fn paths(locks: &Value) -> Vec<&str> {
    all(locks, "path")
}

#[tokio::test]
async fn a_file_is_locked_by_one_person_at_a_time() {
    let hub = acme().await;
    let (ada, bob) = (hub.as_user("ada"), hub.as_user("bob"));
    let made = lock(&ada, "a/w.bin").await.expect(201);
    assert_eq!(made.header("content-type"), "application/vnd.git-lfs+json");
    let made = made.json();
    assert!(made["lock"]["id"].as_str().is_some_and(|id| !id.is_empty()), "{made}");
    assert_eq!(made["lock"]["path"], "a/w.bin");
    assert_eq!(made["lock"]["locked_at"], "2026-01-02T03:04:05.000Z");
    assert_eq!(made["lock"]["owner"], json!({ "name": "ada" }));

    let taken = lock(&bob, "a/w.bin").await.expect(409);
    assert_eq!(taken.header("content-type"), "application/vnd.git-lfs+json");
    assert_eq!(taken.json()["lock"], made["lock"]);
    assert_eq!(taken.json()["message"], "`a/w.bin` is locked by ada since 2026-01-02T03:04:05.000Z");
    assert!(!taken.json()["request_id"].as_str().unwrap_or_default().is_empty());
    let again = lock(&ada, "a/w.bin").await.expect(409).json();
    assert_eq!(again["message"], "`a/w.bin` is locked by you since 2026-01-02T03:04:05.000Z");

    let gone = unlock(&ada, made["lock"]["id"].as_str().expect("an id"), false).await.expect(200);
    assert_eq!(gone.json(), made);
    let next = lock(&bob, "a/w.bin").await.expect(201);
    assert_ne!(next.json()["lock"]["id"], made["lock"]["id"], "an id is never given again");
}

#[tokio::test]
async fn only_the_owner_unlocks_unless_an_administrator_forces_it() {
    let hub = acme().await;
    let (ada, bob) = (hub.as_user("ada"), hub.as_user("bob"));
    let id = id_of(&lock(&bob, "w.bin").await.expect(201));
    let refusal = unlock(&ada, &id, false).await.expect(403).json();
    assert!(
        refusal["message"].as_str().is_some_and(|text| text.contains("`w.bin` belongs to bob")),
        "{refusal}"
    );
    assert!(refusal["request_id"].is_string(), "{refusal}");
    for stranger in ["carol", "eve"] {
        for force in [false, true] {
            unlock(&hub.as_user(stranger), &id, force).await.expect(403);
        }
    }
    unlock(&hub.anonymous(), &id, true).await.expect(401);
    assert_eq!(unlock(&ada, &id, true).await.expect(200).json()["lock"]["owner"]["name"], "bob");
    let missing = unlock(&bob, &id, false).await.expect(404);
    assert!(missing.json()["message"].as_str().is_some_and(|text| text.contains("git lfs locks")));
    assert_ne!(missing.error_code(), "RepoNotFound");
}

#[tokio::test]
async fn locks_are_listed_in_pages_to_whoever_may_read() {
    let hub = acme().await;
    let (ada, bob) = (hub.as_user("ada"), hub.as_user("bob"));
    for (client, path) in [(&ada, "c"), (&bob, "a"), (&ada, "b/x y?.bin"), (&bob, "d")] {
        lock(client, path).await.expect(201);
    }
    let carol = hub.as_user("carol");
    let mut found = Vec::new();
    let mut cursor = String::new();
    for _ in 0..4 {
        let page = carol.get(&format!("{LOCKS}?limit=1&cursor={cursor}&refspec=refs%2Fheads%2Fx")).await.ok();
        let page = page.json();
        found.extend(paths(&page["locks"]).into_iter().map(str::to_owned));
        cursor = page["next_cursor"].as_str().unwrap_or_default().to_owned();
    }
    assert_eq!((found.join(" ").as_str(), cursor.as_str()), ("a b/x y?.bin c d", ""));
    let one = carol.get(&format!("{LOCKS}?path=b%2Fx+y%3F.bin")).await.ok().json();
    assert_eq!(paths(&one["locks"]), ["b/x y?.bin"]);
    let id = one["locks"][0]["id"].as_str().expect("an id");
    assert_eq!(carol.get(&format!("{LOCKS}?id={id}")).await.ok().json(), one);
    let none = carol.get(&format!("{LOCKS}?path=missing")).await.ok().json();
    assert_eq!(none, json!({ "locks": [] }));
    assert_eq!(
        carol.get(&format!("{LOCKS}?limit=5000")).await.ok().json()["locks"].as_array().map(Vec::len),
        Some(4)
    );
    refused(&carol.get(&format!("{LOCKS}?limit=x")).await.expect(400), "a limit");
    refused(&carol.get(&format!("{LOCKS}?cursor=%25")).await.expect(400), "a cursor");

    // Before a push: one's own and those of others, for those who may push.
    let verify = format!("{LOCKS}/verify");
    let answer = ada.post_json(&verify, &json!({ "ref": { "name": "refs/heads/main" } })).await.ok();
    assert_eq!(answer.header("content-type"), "application/vnd.git-lfs+json");
    let answer = answer.json();
    assert_eq!(paths(&answer["ours"]), ["b/x y?.bin", "c"]);
    assert_eq!(paths(&answer["theirs"]), ["a", "d"]);
    assert!(answer.get("next_cursor").is_none(), "git-lfs asks again while there is one");
    let first = bob.post_json(&verify, &json!({ "limit": 3 })).await.ok().json();
    assert_eq!((paths(&first["ours"]), paths(&first["theirs"])), (vec!["a"], vec!["b/x y?.bin", "c"]));
    let rest = json!({ "limit": 3, "cursor": first["next_cursor"] });
    assert_eq!(bob.post_json(&verify, &rest).await.ok().json()["ours"][0]["path"], "d");
    carol.post_json(&verify, &json!({})).await.expect(403);
    hub.anonymous().post_json(&verify, &json!({})).await.expect(401);
    for wrong in [json!({ "limit": -1 }), json!({ "limit": "x" }), json!({ "cursor": 5 })] {
        refused(&ada.post_json(&verify, &wrong).await.expect(422), "verify");
    }
    refused(&ada.post_json(&verify, &json!({ "cursor": "!!" })).await.expect(400), "a cursor");
}

#[tokio::test]
async fn a_repository_without_locks_answers_with_empty_lists() {
    let hub = acme().await;
    let ada = hub.as_user("ada");
    assert_eq!(hub.anonymous().get(LOCKS).await.ok().json(), json!({ "locks": [] }));
    let none = json!({ "ours": [], "theirs": [] });
    assert_eq!(ada.post_json(&format!("{LOCKS}/verify"), &json!({})).await.ok().json(), none);
}

#[tokio::test]
async fn every_kind_of_repository_and_every_address_has_locks() {
    let hub = acme().await;
    let ada = hub.as_user("ada");
    ada.create("datasets/ada/d").await.ok();
    ada.create("spaces/ada/s").await.ok();
    for (number, base) in [
        "/acme/m.git",
        "/acme/m",
        "/models/acme/m.git",
        "/datasets/ada/d.git",
        "/datasets/ada/d",
        "/spaces/ada/s.git",
    ]
    .into_iter()
    .enumerate()
    {
        let locks = format!("{base}/info/lfs/locks");
        let path = format!("{number}.bin");
        let made = ada.post_json(&locks, &json!({ "path": path })).await.expect(201);
        let listed = ada.get(&format!("{locks}?path={path}")).await.ok().json();
        assert_eq!(listed["locks"][0], made.json()["lock"], "{base}");
        let ours = ada.post_json(&format!("{locks}/verify"), &Value::Null).await.ok().json();
        assert!(paths(&ours["ours"]).contains(&path.as_str()), "{base}");
        ada.post_json(&format!("{locks}/{}/unlock", id_of(&made)), &Value::Null).await.expect(200);
    }
}

#[tokio::test]
async fn those_who_may_not_see_a_repository_learn_nothing_from_its_locks() {
    let hub = acme().await;
    let ada = hub.as_user("ada");
    create_private(&ada, "acme", "hush").await;
    for name in ["hush", "missing"] {
        let base = format!("/acme/{name}.git/info/lfs/locks");
        let eve = hub.as_user("eve");
        let mut answers = vec![eve.get(&base).await.expect(404)];
        for (path, body) in [("", json!({ "path": "x" })), ("/verify", json!({})), ("/x/unlock", json!({}))] {
            answers.push(eve.post_json(&format!("{base}{path}"), &body).await.expect(404));
            hub.anonymous().post_json(&format!("{base}{path}"), &body).await.expect(401);
        }
        for answer in answers {
            let body = answer.json();
            assert_eq!(body["message"], "Repository not found");
            assert_eq!(answer.header("content-type"), "application/vnd.git-lfs+json");
        }
        let anonymous = hub.anonymous().get(&base).await.expect(401);
        assert_eq!(anonymous.header("lfs-authenticate"), "Basic realm=\"stoa\"");
    }
    // A lock of one repository cannot be had by way of another.
    let id = id_of(&lock(&ada, "w.bin").await.expect(201));
    ada.post_json(&format!("/acme/hush.git/info/lfs/locks/{id}/unlock"), &json!({})).await.expect(404);
    assert_eq!(
        ada.get(&format!("/acme/hush.git/info/lfs/locks?id={id}")).await.ok().json(),
        json!({ "locks": [] })
    );
}

#[tokio::test]
async fn what_is_no_lock_is_refused() {
    let hub = acme().await;
    let ada = hub.as_user("ada");
    for body in [
        json!({}),
        json!([]),
        json!(null),
        json!({ "path": 5 }),
        json!({ "path": "" }),
        json!({ "path": "/a" }),
        json!({ "path": "../a" }),
        json!({ "path": ".git/config" }),
        json!({ "path": "a\u{0}b" }),
        json!({ "path": "a/".repeat(2000) }),
    ] {
        let answer = ada.post_json(LOCKS, &body).await.expect(422);
        assert_eq!(answer.header("content-type"), "application/vnd.git-lfs+json");
        refused(&answer, &body.to_string());
    }
    let broken = ada.raw(Method::POST, LOCKS, &[], Body::from("{")).await.expect(400);
    assert!(broken.json()["message"].is_string());
    let id = id_of(&lock(&ada, "w").await.expect(201));
    refused(
        &ada.post_json(&format!("{LOCKS}/{id}/unlock"), &json!({ "force": 1 })).await.expect(422),
        "force",
    );
    for odd in ["x", "%2e%2e", "%F0%9F%98%80", "0"] {
        refused(&unlock(&ada, odd, true).await.expect(404), odd);
    }
}

#[tokio::test]
async fn a_repository_has_so_many_locks_and_no_more() {
    let mut setup = Setup::default();
    setup.limits.locks = 3;
    let hub = hub_with(setup).await;
    let ada = hub.as_user("ada");
    ada.create("ada/m").await.ok();
    let locks = "/ada/m.git/info/lfs/locks";
    let mut first = String::new();
    for path in ["a", "b", "c"] {
        first = id_of(&ada.post_json(locks, &json!({ "path": path })).await.expect(201));
    }
    let full = ada.post_json(locks, &json!({ "path": "d" })).await.expect(413);
    assert!(full.json()["message"].as_str().is_some_and(|text| text.contains("3 locks")), "{}", full.text());
    ada.post_json(locks, &json!({ "path": "a" })).await.expect(409);
    ada.post_json(&format!("{locks}/{first}/unlock"), &json!({})).await.ok();
    ada.post_json(locks, &json!({ "path": "d" })).await.expect(201);
}

#[tokio::test]
async fn locks_follow_a_rename_end_with_the_repository_and_are_not_copied() {
    let hub = acme().await;
    let ada = hub.as_user("ada");
    let made = lock(&hub.as_user("bob"), "w.bin").await.expect(201).json();
    let copy = json!({ "repository": "acme/copy" });
    ada.post_json("/api/models/acme/m/duplicate", &copy).await.ok();
    assert_eq!(ada.get("/acme/copy.git/info/lfs/locks").await.ok().json(), json!({ "locks": [] }));

    let rename = json!({ "fromRepo": "acme/m", "toRepo": "acme/n", "type": "model" });
    ada.post_json("/api/repos/move", &rename).await.ok();
    assert_eq!(ada.get("/acme/n.git/info/lfs/locks").await.ok().json()["locks"][0], made["lock"]);
    let moved = lock(&ada, "x.bin").await.expect(307);
    assert_eq!(moved.header("location"), "/acme/n.git/info/lfs/locks");

    let gone = json!({ "type": "model", "organization": "acme", "name": "n" });
    ada.delete_json("/api/repos/delete", &gone).await.ok();
    ada.create("acme/n").await.ok();
    assert_eq!(ada.get("/acme/n.git/info/lfs/locks").await.ok().json(), json!({ "locks": [] }));
}
