//! Downloads, likes and lengths of lists.

use std::time::Duration;

use stoa_core::{Actor, RepoKind};
use stoa_hub::{Admin, ListAsk, Order, Policy, Repo, Settings};
use stoa_testkit::{Setup, TestHub};

use crate::support::{model, world};

#[tokio::test]
async fn every_day_is_told_also_those_without_downloads() {
    let world = world().await;
    let repo = world.repo().await;
    repo.count_download("config.json");
    world.kit.clock.advance(Duration::from_hours(48));
    repo.count_download("config.json");
    repo.count_download("config.json");
    world.hub.flush_downloads().await.expect("counted");
    repo.like(true).await.expect("a like");
    let days = repo.downloads_by_day(4).await.expect("days");
    let counts: Vec<_> = days.iter().map(|day| (day.downloads, day.likes)).collect();
    assert_eq!(counts, [(0, 0), (1, 0), (0, 0), (2, 1)]);
    assert_eq!(days[3].begin.day(), world.hub.now().day());
    assert!(days.windows(2).all(|two| two[0].begin.day() + 1 == two[1].begin.day()));
    assert_eq!(repo.downloads_by_day(1).await.expect("days"), days[3..]);
    assert!(repo.downloads_by_day(0).await.expect("days").is_empty());
    assert!(repo.downloads_by_day(u32::MAX).await.expect("days").len() < 10_000);
}

#[tokio::test]
async fn a_like_is_somebodys() {
    let world = world().await;
    let repo = world.repo().await;
    repo.like(true).await.expect("a like");
    assert!(repo.liked_by(&world.ada).await.expect("an answer"));
    assert!(!repo.liked_by(&world.bob).await.expect("an answer"));
    assert!(!repo.liked_by(&Actor::anonymous()).await.expect("an answer"));
    repo.like(false).await.expect("no like");
    assert!(!repo.liked_by(&world.ada).await.expect("an answer"));
}

fn ask(author: Option<&str>, search: &[&str]) -> ListAsk {
    ListAsk {
        kind: RepoKind::Model,
        author: author.map(str::to_owned),
        tags: Vec::new(),
        search: search.iter().map(|text| (*text).to_owned()).collect(),
        gated: None,
        params: (None, None),
        order: Order::Trending,
        cursor: None,
        limit: 1,
        facts: false,
    }
}

#[tokio::test]
async fn a_count_is_of_what_the_asker_sees() {
    let world = world().await;
    for name in ["ada/one", "ada/two"] {
        world.create(model(name)).await;
    }
    let secret: Repo<Admin> = world.hub.open(&world.ada, &model("ada/two")).await.expect("a repository");
    secret.change(Settings { private: Some(true), ..Settings::default() }).await.expect("a secret");
    let count = async |actor: &Actor, ask: ListAsk| {
        let counted = world.hub.count_list(actor, &ask, 100).await.expect("a count");
        assert!(!counted.at_least);
        counted.count
    };
    for (author, search, inside, outside) in [
        (None, &[][..], 3, 2),
        (Some("ada"), &[][..], 3, 2),
        (None, &["two"][..], 1, 0),
        (Some("eve"), &[], 0, 0),
    ] {
        assert_eq!(count(&world.ada, ask(author, search)).await, inside, "{author:?} {search:?}");
        assert_eq!(count(&world.bob, ask(author, search)).await, outside, "{author:?} {search:?}");
        assert_eq!(count(&Actor::anonymous(), ask(author, search)).await, outside, "{author:?} {search:?}");
    }
    let many = vec!["x"; 100];
    assert!(world.hub.count_list(&world.ada, &ask(None, &many), 100).await.is_err());
}

#[tokio::test]
async fn a_hub_that_is_not_public_counts_for_members_only() {
    let policy = Policy { anonymous_read: false, ..Policy::default() };
    let kit = TestHub::with(Setup { policy, ..Setup::default() }).await;
    assert!(kit.hub.count_list(&Actor::anonymous(), &ask(None, &[]), 100).await.is_err());
}
