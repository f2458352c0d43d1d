//! What users like, as lists show it.

use std::time::Duration;

use stoa_core::{Actor, Kind, RepoKind};
use stoa_hub::{Policy, Read};
use stoa_testkit::{Setup, TestHub};

use crate::support::{actor, hub, refusal, repo};

async fn seen(hub: &TestHub, actor: &Actor, kind: Option<RepoKind>) -> Vec<String> {
    let (rows, more) = hub.hub.liked(actor, "bob", kind, 0, 10).await.expect("rows");
    assert!(!more);
    rows.iter().map(|(row, _)| row.repo.name.path()).collect()
}

#[tokio::test]
async fn likes_are_rows_of_lists_for_those_who_see_them() {
    let hub = hub().await;
    let [ada, bob] = [actor(&hub, "ada").await, actor(&hub, "bob").await];
    for (path, private) in [("ada/m", false), ("datasets/acme/d", true), ("spaces/ada/s", false)] {
        let id = repo(&hub, &ada, path, private, "").await;
        hub.hub.open::<Read>(&bob, &id).await.expect("visible").like(true).await.expect("liked");
        hub.clock.advance(Duration::from_secs(1));
    }
    let all = ["spaces/ada/s", "datasets/acme/d", "ada/m"];
    for inside in ["ada", "bob", "root"] {
        assert_eq!(seen(&hub, &actor(&hub, inside).await, None).await, all);
    }
    for outside in [actor(&hub, "eve").await, Actor::anonymous()] {
        assert_eq!(seen(&hub, &outside, None).await, ["spaces/ada/s", "ada/m"]);
        assert_eq!(seen(&hub, &outside, Some(RepoKind::Dataset)).await, [""; 0]);
    }
    assert_eq!(seen(&hub, &bob, Some(RepoKind::Dataset)).await, ["datasets/acme/d"]);
    let (rows, more) = hub.hub.liked(&bob, "bob", None, 1, 1).await.expect("a page");
    assert_eq!((rows[0].0.repo.name.path().as_str(), rows.len(), more), ("datasets/acme/d", 1, true));
    let overview = hub.hub.user_overview(&bob, "bob").await.expect("bob");
    assert_eq!(overview.likes, 3);
}

#[tokio::test]
async fn strangers_see_no_likes_where_they_see_nothing() {
    let policy = Policy { anonymous_read: false, ..Policy::default() };
    let hub = TestHub::with(Setup { policy, ..Setup::default() }).await;
    hub.user("bob").await;
    let asked = hub.hub.liked(&Actor::anonymous(), "bob", None, 0, 10).await;
    assert_eq!(refusal(asked.map(drop)), Kind::Unauthenticated);
}
