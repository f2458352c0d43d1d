//! What a search field shows while people type.

use stoa_core::{Actor, Kind, RepoKind};
use stoa_hub::{Policy, QuickAsk};
use stoa_testkit::{Setup, TestHub};

use crate::support::{actor, hub, refusal, repo};

fn everything(text: &str) -> QuickAsk {
    QuickAsk { text: text.to_owned(), kinds: RepoKind::ALL.to_vec(), users: true, orgs: true, limit: 5 }
}

#[tokio::test]
async fn names_of_repositories_and_accounts_are_found_by_those_who_see_them() {
    let hub = hub().await;
    let ada = actor(&hub, "ada").await;
    repo(&hub, &ada, "ada/bobbin", false, "").await;
    repo(&hub, &ada, "datasets/ada/bobbins", true, "").await;
    let own = hub.hub.quick_search(&ada, &everything(" BOB ")).await.expect("an answer");
    assert_eq!((own.text.as_str(), own.models.len(), own.datasets.len(), own.spaces.len()), ("BOB", 1, 1, 0));
    assert_eq!(own.users.iter().map(|user| user.name.as_str()).collect::<Vec<_>>(), ["bob"]);
    let other = hub.hub.quick_search(&Actor::anonymous(), &everything("bob")).await.expect("an answer");
    assert_eq!((other.models.len(), other.datasets.len()), (1, 0));
    let orgs =
        hub.hub.quick_search(&ada, &QuickAsk { users: false, ..everything("ac") }).await.expect("an answer");
    assert_eq!((orgs.orgs.len(), orgs.users.len()), (1, 0));
    let only = QuickAsk { kinds: vec![RepoKind::Dataset], users: false, orgs: false, ..everything("bob") };
    let only = hub.hub.quick_search(&ada, &only).await.expect("an answer");
    assert_eq!((only.models.len(), only.datasets.len(), only.users.len()), (0, 1, 0));
}

#[tokio::test]
async fn who_may_not_sign_in_is_not_suggested() {
    let hub = hub().await;
    let root = actor(&hub, "root").await;
    hub.hub.set_disabled(&root, "bob", true).await.expect("disabled");
    let found = hub.hub.quick_search(&root, &everything("bob")).await.expect("an answer");
    assert_eq!(found.users.len(), 0);
}

#[tokio::test]
async fn nothing_is_suggested_to_strangers_where_they_see_nothing() {
    let policy = Policy { anonymous_read: false, ..Policy::default() };
    let hub = TestHub::with(Setup { policy, ..Setup::default() }).await;
    hub.user("bob").await;
    let asked = hub.hub.quick_search(&Actor::anonymous(), &everything("bob")).await;
    assert_eq!(refusal(asked), Kind::Unauthenticated);
}
