//! Full-text search.

use stoa_core::{Actor, Kind, RepoKind, Role};
use stoa_db::{Db, repos, search};
use stoa_hub::{Admin, Maintenance, Policy};
use stoa_testkit::{Setup, TestHub};

use crate::support::{actor, commit, hub, refusal, repo, repo_id};

/// The addresses that a text finds.
async fn found(hub: &TestHub, actor: &Actor, text: &str) -> Vec<String> {
    let (hits, more) = hub.hub.full_text(actor, text, None, 0, 50).await.expect("an answer");
    assert!(!more);
    hits.iter().map(|hit| hit.listed.repo.name.path()).collect()
}

/// The snippet of the only repository that a text finds, with its marks as brackets.
async fn snippet(hub: &TestHub, text: &str) -> String {
    let (hits, _) = hub.hub.full_text(&Actor::anonymous(), text, None, 0, 50).await.expect("an answer");
    assert_eq!(hits.len(), 1, "{text}");
    let piece = |(text, hit): &(String, bool)| if *hit { format!("[{text}]") } else { text.clone() };
    hits[0].snippet.iter().map(piece).collect()
}

#[tokio::test]
async fn names_and_cards_are_searched_and_hits_marked() {
    let hub = hub().await;
    let ada = actor(&hub, "ada").await;
    let card =
        "---\nlicense: mit\n---\n# Weaver\n\nA **loom** for [résumés](https://example.org), <b>fast</b>.\n";
    repo(&hub, &ada, "ada/jacquard-v2", false, card).await;
    repo(&hub, &ada, "ada/other", false, "Nothing here.").await;
    assert_eq!(snippet(&hub, "loom").await, "Weaver A [loom] for résumés, fast.");
    assert_eq!(snippet(&hub, "resumes LOOM").await, "Weaver A [loom] for [résumés], fast.");
    assert_eq!(snippet(&hub, "jacquard-v2").await, "Weaver A loom for résumés, fast.");
    assert_eq!(snippet(&hub, "jacquard loom wea").await, "[Weaver] A [loom] for résumés, fast.");
    for nothing in ["mit", "example", "loom other", "oom", "lo", "", "***"] {
        assert_eq!(found(&hub, &ada, nothing).await, [""; 0], "{nothing}");
    }
    assert_eq!(found(&hub, &ada, "ada/oth").await, ["ada/other"]);
}

#[tokio::test]
async fn a_word_of_the_name_counts_more_than_one_of_the_card() {
    let hub = hub().await;
    let ada = actor(&hub, "ada").await;
    repo(&hub, &ada, "ada/first", false, "Compared with a loom and another loom.").await;
    repo(&hub, &ada, "ada/loom", false, "The thing itself.").await;
    assert_eq!(found(&hub, &ada, "loom").await, ["ada/loom", "ada/first"]);
}

#[tokio::test]
async fn only_those_who_see_a_repository_find_it() {
    let hub = hub().await;
    let ada = actor(&hub, "ada").await;
    repo(&hub, &ada, "acme/secret-loom", true, "A loom.").await;
    repo(&hub, &ada, "ada/private-loom", true, "A loom.").await;
    hub.member("acme", "eve", Role::NoAccess).await;
    let check = async |user: &str, expected: &[&str]| {
        let user = if user.is_empty() { Actor::anonymous() } else { actor(&hub, user).await };
        let mut names = found(&hub, &user, "loom").await;
        names.sort();
        assert_eq!(names, expected);
    };
    check("ada", &["acme/secret-loom", "ada/private-loom"]).await;
    check("root", &["acme/secret-loom", "ada/private-loom"]).await;
    check("bob", &["acme/secret-loom"]).await;
    check("eve", &[]).await;
    check("", &[]).await;
    let id = repo_id("acme/secret-loom");
    hub.hub
        .open::<Admin>(&actor(&hub, "root").await, &id)
        .await
        .expect("root")
        .disable(true)
        .await
        .expect("off");
    check("bob", &[]).await;
    check("root", &["acme/secret-loom", "ada/private-loom"]).await;
}

#[tokio::test]
async fn strangers_search_nothing_where_they_see_nothing() {
    let policy = Policy { anonymous_read: false, ..Policy::default() };
    let hub = TestHub::with(Setup { policy, ..Setup::default() }).await;
    let asked = hub.hub.full_text(&Actor::anonymous(), "loom", None, 0, 10).await;
    assert_eq!(refusal(asked), Kind::Unauthenticated);
}

#[tokio::test]
async fn kinds_are_told_apart_and_spaces_are_found_by_their_program() {
    let hub = hub().await;
    let ada = actor(&hub, "ada").await;
    repo(&hub, &ada, "ada/m", false, "A loom.").await;
    repo(&hub, &ada, "datasets/ada/d", false, "---\npretty_name: Threads of looms\n---\nFor a loom.").await;
    let space = repo(&hub, &ada, "spaces/ada/s", false, "").await;
    commit(&hub, &ada, &space, &[("app.py", "import gradio\n\n\ndef loom():\n    return treadle\n")]).await;
    for (kind, expected) in
        [(RepoKind::Model, "ada/m"), (RepoKind::Dataset, "datasets/ada/d"), (RepoKind::Space, "spaces/ada/s")]
    {
        let (hits, _) = hub.hub.full_text(&ada, "loom", Some(kind), 0, 50).await.expect("an answer");
        let names: Vec<String> = hits.iter().map(|hit| hit.listed.repo.name.path()).collect();
        assert_eq!(names, [expected]);
    }
    assert_eq!(found(&hub, &ada, "treadle").await, ["spaces/ada/s"]);
    assert_eq!(found(&hub, &ada, "threads").await, ["datasets/ada/d"]);
    let card = "---\nsdk: gradio\napp_file: ../weave.py\n---\nWoven.\n";
    commit(&hub, &ada, &space, &[("README.md", card), ("weave.py", "heddle")]).await;
    assert_eq!(found(&hub, &ada, "woven").await, ["spaces/ada/s"]);
    assert_eq!(found(&hub, &ada, "heddle").await, [""; 0], "that path leads nowhere");
}

#[tokio::test]
async fn what_is_found_follows_every_change() {
    let hub = hub().await;
    let ada = actor(&hub, "ada").await;
    let id = repo(&hub, &ada, "ada/m", false, "A loom.").await;
    commit(&hub, &ada, &id, &[("README.md", "A spindle.")]).await;
    assert_eq!(found(&hub, &ada, "loom").await, [""; 0]);
    assert_eq!(found(&hub, &ada, "spindle").await, ["ada/m"]);
    let to = repo_id("acme/wheel");
    hub.hub.open::<Admin>(&ada, &id).await.expect("hers").rename(&to).await.expect("renamed");
    assert_eq!(found(&hub, &ada, "acme wheel spindle").await, ["acme/wheel"]);
    assert_eq!(found(&hub, &ada, "ada").await, [""; 0]);
    hub.hub.open::<Admin>(&ada, &to).await.expect("hers").delete().await.expect("deleted");
    assert_eq!(found(&hub, &ada, "spindle").await, [""; 0]);
    repo(&hub, &ada, "ada/again", false, "").await;
    assert_eq!(found(&hub, &ada, "spindle").await, [""; 0], "whatever number it has");
}

#[tokio::test]
async fn whatever_is_typed_is_looked_for_and_nothing_else() {
    let hub = hub().await;
    let ada = actor(&hub, "ada").await;
    repo(&hub, &ada, "ada/m", false, "A loom, NOT a spindle OR a wheel.").await;
    for text in [
        "\"",
        "\"\"",
        "loom\"",
        "*",
        "loom*",
        "^loom",
        "-loom",
        "+loom",
        "(loom",
        "loom)",
        "{title}: loom",
        "AND",
        "OR OR",
        "NOT",
        "NEAR(a b, 1)",
        "a AND NOT b",
        "\u{0}",
        "loom\u{0}x",
        "\u{2}loom\u{3}",
        "\u{345}\u{345}",
        "\u{301}",
        "loom \u{345}",
        "'; DROP TABLE repos; --",
        "%",
        "$1",
        "🧵",
        "日本",
        "\u{202e}loom",
        "rank:loom",
        "repo_words MATCH",
    ] {
        hub.hub
            .full_text(&ada, text, None, 0, 50)
            .await
            .unwrap_or_else(|failure| panic!("{text:?}: {failure:?}"));
    }
    let long = "loom ".repeat(100_000);
    hub.hub.full_text(&ada, &long, None, 0, 50).await.expect("an answer");
    assert_eq!(found(&hub, &ada, "loom NOT spindle OR").await, ["ada/m"], "words like any other");
    assert_eq!(found(&hub, &ada, "loom NOT reel").await, [""; 0]);
}

#[tokio::test]
async fn results_come_in_pages_and_end_somewhere() {
    let hub = hub().await;
    let ada = actor(&hub, "ada").await;
    for n in 0..5 {
        repo(&hub, &ada, &format!("ada/loom{n}"), false, "A loom.").await;
    }
    let mut names = Vec::new();
    for (skip, expected) in [(0, true), (2, true), (4, false)] {
        let (hits, more) = hub.hub.full_text(&ada, "loom", None, skip, 2).await.expect("an answer");
        assert_eq!(more, expected);
        names.extend(hits.iter().map(|hit| hit.listed.repo.name.path()));
    }
    names.sort();
    names.dedup();
    assert_eq!(names.len(), 5);
    for (skip, limit) in [(200, 50), (usize::MAX, 50), (0, 0)] {
        let (hits, _) = hub.hub.full_text(&ada, "loom", None, skip, limit).await.expect("an answer");
        assert_eq!(hits.len(), 0);
    }
    let (hits, more) = hub.hub.full_text(&ada, "loom", None, 0, usize::MAX).await.expect("an answer");
    assert_eq!((hits.len(), more), (5, false));
}

#[tokio::test]
async fn repositories_from_before_the_search_are_read_by_and_by() {
    let hub = hub().await;
    let ada = actor(&hub, "ada").await;
    let mut all = Vec::new();
    for n in 0..3 {
        all.push(repo(&hub, &ada, &format!("ada/m{n}"), false, "A loom.").await);
    }
    let db = Db::open(&stoa_db::Config::in_folder(hub.folder())).await.expect("the database");
    let mut tx = db.write().await.expect("the writer");
    for id in &all {
        let row = repos::by_name(&mut tx, id).await.expect("an answer").expect("a repository");
        search::remove(&mut tx, row.id).await.expect("forgotten");
    }
    tx.commit().await.expect("stored");
    assert_eq!(found(&hub, &ada, "loom").await, [""; 0]);
    commit(&hub, &ada, &all[1], &[("README.md", "A spindle.")]).await;
    assert_eq!(found(&hub, &ada, "spindle m1").await, ["ada/m1"], "a commit does not wait for the others");
    Maintenance::new(hub.hub.clone()).step().await.expect("a round");
    assert_eq!(found(&hub, &ada, "loom m0").await, ["ada/m0"]);
    assert_eq!(found(&hub, &ada, "loom").await.len(), 2);
}
