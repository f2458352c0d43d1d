//! One commit, and two side by side.

use stoa_core::Kind;
use stoa_hub::Verification;
use stoa_testkit::Signer;

use crate::support::{git_commit, rev, world};

#[tokio::test]
async fn a_commit_is_shown_as_git_recorded_it() {
    let world = world().await;
    let oid = world.commit(&[("a", Some(b"a"))]).await;
    let repo = world.repo().await;
    let view = repo.commit(&rev("main")).await.expect("a commit");
    assert_eq!((view.row.oid, view.message.as_str()), (oid, "Change a\n"));
    assert_eq!(view.author, view.committer);
    assert_eq!(view.author.account.as_deref(), Some("ada"));
    assert_eq!(view.author.at, world.hub.now());
    assert_eq!(view.verification, Some(Verification::Unsigned));
    let first = repo.commit(&rev(&view.parents[0].to_string())).await.expect("the first commit");
    assert!(first.parents.is_empty());
    assert_eq!(repo.commit(&rev("nowhere")).await.expect_err("nothing").kind, Kind::NotFound);
}

#[tokio::test]
async fn a_name_is_an_account_only_with_its_address() {
    let world = world().await;
    let git = Signer::new();
    git.git(&["config", "user.name", "unused"]);
    for (name, email) in [("ada", "ada@example.org"), ("ada", "bob@example.org"), ("eve", "ada@example.org")]
    {
        let (name, email) = (format!("user.name={name}"), format!("user.email={email}"));
        git.git(&["-c", &name, "-c", &email, "commit", "-q", "--allow-empty", "-m", "Title\n\nBody\nof it"]);
    }
    world.push(&git).await.expect("pushed");
    world.hub.set_email("ada", Some("Ada@example.org")).await.expect("an address");
    let repo = world.repo().await;
    let mut accounts = Vec::new();
    let mut at = rev("main");
    loop {
        let view = repo.commit(&at).await.expect("a commit");
        assert_eq!(view.message, "Title\n\nBody\nof it\n");
        accounts.push((view.author.name.clone(), view.author.account.clone()));
        let Some(parent) = view.parents.first() else { break };
        at = rev(&parent.to_string());
    }
    let ada = || "ada".to_owned();
    assert_eq!(accounts, [("eve".to_owned(), None), (ada(), None), (ada(), Some(ada()))]);
}

#[tokio::test]
async fn a_comparison_starts_where_the_histories_parted() {
    let world = world().await;
    let fork = world.commit(&[("a", Some(b"1"))]).await;
    let writer = world.writer().await;
    writer.create_branch("work", None, false, false).await.expect("a branch");
    let mine = world.commit_to("work", &[("b", Some(b"1"))]).await;
    let last = world.commit_to("work", &[("b", Some(b"2"))]).await;
    world.commit(&[("a", Some(b"2"))]).await;
    let repo = world.repo().await;
    let found = repo.compare(&rev("main"), &rev("work"), 10).await.expect("a comparison");
    assert_eq!((found.merge_base, found.from), (Some(fork), Some(fork)));
    assert_eq!((found.ahead, found.behind, found.cut), (2, 1, false));
    let mut oids: Vec<_> = found.commits.iter().map(|row| row.oid).collect();
    assert_eq!(oids, [last, mine]);
    let changes = repo.changes(found.from, found.head, 10).await.expect("changes");
    assert_eq!(changes.files.iter().map(|file| file.path.as_str()).collect::<Vec<_>>(), ["b"]);
    let fewer = repo.compare(&rev("main"), &rev("work"), 1).await.expect("a comparison");
    oids.truncate(1);
    assert_eq!(fewer.commits.iter().map(|row| row.oid).collect::<Vec<_>>(), oids);
    assert_eq!(fewer.ahead, 2);
    let same = repo.compare(&rev("work"), &rev("work"), 10).await.expect("a comparison");
    assert_eq!((same.merge_base, same.ahead, same.behind), (Some(last), 0, 0));
    let before = repo.compare(&rev("work"), &rev(&fork.to_string()), 10).await.expect("a comparison");
    assert_eq!((before.merge_base, before.ahead, before.behind), (Some(fork), 0, 2));
}

#[tokio::test]
async fn histories_with_nothing_in_common_are_compared_from_nothing() {
    let world = world().await;
    world.writer().await.create_branch("empty", None, true, false).await.expect("a branch");
    let found = world.repo().await.compare(&rev("main"), &rev("empty"), 10).await.expect("a comparison");
    assert_eq!((found.merge_base, found.from, found.ahead, found.behind), (None, None, 1, 1));
}

#[tokio::test]
async fn a_merge_moves_the_place_where_histories_parted() {
    let world = world().await;
    let git = Signer::new();
    git_commit(&git, "root", &[("a", "1")]);
    git.git(&["checkout", "-q", "-b", "side"]);
    let side = git_commit(&git, "side", &[("b", "1")]);
    git.git(&["checkout", "-q", "main"]);
    let before = git_commit(&git, "main", &[("a", "2")]);
    git.git(&["-c", "user.name=Ada", "-c", "user.email=a@b.c", "merge", "-q", "--no-edit", "side"]);
    world.push(&git).await.expect("pushed");
    let repo = world.repo().await;
    let found = repo.compare(&rev(&side.to_string()), &rev("main"), 10).await.expect("a comparison");
    assert_eq!((found.merge_base, found.ahead, found.behind), (Some(side), 2, 0));
    let found = repo.compare(&rev("main"), &rev(&before.to_string()), 10).await.expect("a comparison");
    assert_eq!((found.merge_base, found.ahead, found.behind), (Some(before), 0, 2));
}
