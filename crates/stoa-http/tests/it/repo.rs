//! Repositories by their address.

use stoa_core::{RepoId, RepoKind, TokenRole};
use stoa_hub::{Admin, NewRepo};
use stoa_testkit::TestHub;

use crate::routes::routes;

async fn hub() -> TestHub {
    let hub = TestHub::new().await.router(routes());
    for user in ["ada", "eve"] {
        hub.user(user).await;
    }
    for (kind, id, private) in [(RepoKind::Model, "ada/open", false), (RepoKind::Dataset, "ada/secret", true)]
    {
        let id = RepoId::parse(kind, id).expect("an id");
        let ada = hub.hub.operator("ada").await.expect("ada");
        let new = NewRepo { id, private: Some(private), sdk: None, license: None };
        hub.hub.create_repo(&ada, new).await.expect("a repository");
    }
    hub
}

#[tokio::test]
async fn an_address_opens_its_repository_whatever_the_case() {
    let hub = hub().await;
    for path in ["/api/models/ada/open", "/api/models/Ada/OPEN"] {
        assert_eq!(hub.anonymous().get(path).await.ok().text(), "ada/open");
    }
    let path = "/api/models/ada/open/tree/refs%2Fpr%2F1/a%20b/c%3Fd";
    assert_eq!(hub.anonymous().get(path).await.ok().text(), "ada/open refs/pr/1 a b/c?d");
    let answer = hub.anonymous().get("/api/models/ada/open/tree/a..b/x").await.expect(404);
    assert_eq!(answer.error_code(), "RevisionNotFound");
}

#[tokio::test]
async fn a_private_repository_and_a_missing_one_answer_alike() {
    let hub = hub().await;
    for client in [hub.anonymous(), hub.as_user("eve")] {
        let private = client.get("/api/datasets/ada/secret").await;
        let missing = client.get("/api/datasets/ada/missing").await;
        let impossible = client.get("/api/datasets/ada/a..b").await;
        assert_eq!(private.error_code(), "RepoNotFound");
        assert_eq!((private.summary(), private.text()), (missing.summary(), missing.text()));
        assert_eq!(missing.summary(), impossible.summary());
    }
    hub.as_user("ada").get("/api/datasets/ada/secret").await.ok();
}

#[tokio::test]
async fn what_a_credential_does_not_reach_is_forbidden() {
    let hub = hub().await;
    let path = "/api/models/ada/open/change";
    hub.as_user("ada").post(path, "", "").await.ok();
    hub.as_user("eve").post(path, "", "").await.expect(403);
    hub.anonymous().post(path, "", "").await.expect(401);
    let reader = hub.token("ada", TokenRole::Read).await;
    hub.with_token(&reader).post(path, "", "").await.expect(403);
}

#[tokio::test]
async fn a_renamed_repository_redirects_every_method() {
    let hub = hub().await;
    let ada = hub.hub.operator("ada").await.expect("ada");
    let from = RepoId::parse(RepoKind::Model, "ada/open").expect("an id");
    let to = RepoId::parse(RepoKind::Model, "ada/renamed").expect("an id");
    let repo = hub.hub.open::<Admin>(&ada, &from).await.expect("it is there");
    repo.rename(&to).await.expect("it moves");
    let client = hub.anonymous();
    for (answer, location) in [
        (client.get("/api/models/ada/open").await, "/api/models/ada/renamed"),
        (
            client.head("/ada/open/resolve/main/a%20b?download=true").await,
            "/ada/renamed/resolve/main/a%20b?download=true",
        ),
        (
            hub.as_user("ada").post("/api/models/ada/open/change", "", "{}").await,
            "/api/models/ada/renamed/change",
        ),
        (
            client.post("/ada/open.git/info/lfs/objects/batch", "", "").await,
            "/ada/renamed.git/info/lfs/objects/batch",
        ),
    ] {
        assert_eq!((answer.expect(307).header("location")), location);
    }
}
