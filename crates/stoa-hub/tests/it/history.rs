//! Which commits changed a path, and which changed the entries of a folder last.

use std::collections::{BTreeMap, BTreeSet};

use stoa_core::{Kind, Oid};
use stoa_hub::{Entry, Read, Repo};
use stoa_testkit::Signer;

use crate::support::{World, git_commit, many_commits, rev, world};

/// Names of the entries of a folder with their last commits, and whether all were found.
async fn lasts(repo: &Repo<Read>, folder: &str) -> (BTreeMap<String, Option<Oid>>, bool) {
    let page = repo.tree(&rev("main"), folder, false, false, None, 1_000).await.expect("a listing");
    let mut entries = page.entries;
    let all = repo.last_commits(page.commit, &mut entries).await.expect("an answer");
    let last = |entry: Entry| (entry.path, entry.last_commit.map(|last| last.id));
    (entries.into_iter().map(last).collect(), all)
}

/// Everything on all pages of a history.
async fn history(repo: &Repo<Read>, path: &str, limit: usize) -> Vec<Oid> {
    let (mut found, mut after) = (Vec::new(), None);
    loop {
        let page = repo.history(&rev("main"), path, after.as_deref(), limit).await.expect("a page");
        assert!(page.early || page.next.is_none() || page.commits.len() == limit);
        found.extend(page.commits.iter().map(|row| row.oid));
        let Some(next) = page.next else { return found };
        after = Some(next);
    }
}

fn log(git: &Signer, args: &[&str], path: &str) -> Vec<Oid> {
    let text = git.git(&[&["log", "--format=%H"], args, &["--", path]].concat());
    text.lines().map(|line| line.parse().expect("an id")).collect()
}

/// Compares everything with what git says of the same repository.
async fn same_as_git(world: &World, git: &Signer) {
    let repo = world.repo().await;
    let files = git.git(&["ls-tree", "-r", "-t", "--name-only", "HEAD"]);
    for path in files.lines() {
        let expected: BTreeSet<Oid> = log(git, &[], path).into_iter().collect();
        for limit in [1, 3, 1_000] {
            let found = history(&repo, path, limit).await;
            assert_eq!(found.len(), expected.len(), "{path}");
            assert_eq!(found.into_iter().collect::<BTreeSet<_>>(), expected, "{path}");
        }
    }
    let mut folders: BTreeSet<&str> =
        files.lines().filter_map(|path| Some(path.rsplit_once('/')?.0)).collect();
    folders.insert("");
    for folder in folders {
        let (found, all) = lasts(&repo, folder).await;
        assert!(all && !found.is_empty());
        for (path, last) in found {
            let expected = log(git, &["--first-parent", "-1"], &path);
            assert_eq!(last.as_slice(), expected, "{path}");
        }
    }
}

#[tokio::test]
async fn history_is_what_git_log_says() {
    let world = world().await;
    let git = Signer::new();
    git_commit(&git, "root", &[("a", "1"), ("d/x", "1"), ("d/e/y", "1"), ("z/x", "same"), ("run", "1")]);
    for round in 0..12 {
        let text = format!("{round}");
        let side = format!("side{round}");
        git_commit(&git, "a", &[("a", &text)]);
        git.git(&["checkout", "-q", "-b", &side]);
        git_commit(&git, "side", &[("d/e/y", &text), ("n", &text)]);
        git.git(&["checkout", "-q", "main"]);
        // The content of one file comes at other places too: the lists of what commits brought name it each time.
        git_commit(&git, "copy", &[("d/x", &text), ("copies/of/x", &text), ("z/x", "same")]);
        if round % 3 == 0 {
            git_commit(&git, "both", &[("b", &text), ("a", "same"), (&format!("z/new{round}"), "same")]);
        }
        if round % 2 == 0 {
            let who = ["-c", "user.name=Ada", "-c", "user.email=a@b.c"];
            git.git(&[&who[..], &["merge", "-q", "--no-edit", "-X", "ours", &side]].concat());
        }
    }
    // Two folders become the same one in a commit, and what is new in one was in the other before.
    git_commit(&git, "twin", &[("p/1/f", "f"), ("p/1/g", "old"), ("q/1/f", "old"), ("q/1/g", "g")]);
    git_commit(&git, "twins", &[("p/1/g", "g"), ("q/1/f", "f")]);
    git.git(&["update-index", "--chmod=+x", "run"]);
    git_commit(&git, "mode", &[]);
    world.push(&git).await.expect("pushed");
    same_as_git(&world, &git).await;

    // Counts are right whichever was counted before: merges, and the lines between them.
    let repo = world.repo().await;
    for commit in git.git(&["rev-list", "--date-order", "main"]).lines().rev().step_by(3) {
        let (_, count) = repo.commits(&rev(commit), 0, 1).await.expect("a page");
        assert_eq!(count.to_string(), git.git(&["rev-list", "--count", commit]).trim(), "{commit}");
    }
}

#[tokio::test]
async fn history_ends_where_the_path_came() {
    let world = world().await;
    world.commit(&[("a", Some(b"first life"))]).await;
    world.commit(&[("a", None)]).await;
    let born = world.commit(&[("a", Some(b"1"))]).await;
    world.commit(&[("b", Some(b"1"))]).await;
    let last = world.commit(&[("a", Some(b"2"))]).await;
    let repo = world.repo().await;
    assert_eq!(history(&repo, "a", 10).await, [last, born]);
    assert_eq!(repo.history(&rev("main"), "none", None, 10).await.expect_err("nothing").kind, Kind::NotFound);
    assert_eq!(repo.history(&rev("main"), "", None, 10).await.expect_err("nothing").kind, Kind::NotFound);
}

#[tokio::test]
async fn a_cursor_names_commits_of_the_repository() {
    let world = world().await;
    world.commit(&[("a", Some(b"1"))]).await;
    let repo = world.repo().await;
    let long = vec!["1".repeat(40); 100].join("-");
    for cursor in ["", "x", "-", &"1".repeat(40), &long] {
        let failure = repo.history(&rev("main"), "a", Some(cursor), 10).await.expect_err("no cursor");
        assert_eq!(failure.kind, Kind::Invalid, "{cursor}");
    }
}

#[tokio::test]
async fn a_long_history_is_looked_through_in_steps_and_what_was_found_is_kept() {
    let world = world().await;
    let git = Signer::new();
    let file = |at: usize| match at {
        0 => ("old".to_owned(), "x".to_owned()),
        _ => (format!("f{}", at % 20), at.to_string()),
    };
    many_commits(&git, (0..2_500).map(|at| vec![file(at)]));
    world.push(&git).await.expect("pushed");
    let repo = world.repo().await;
    let first = log(&git, &[], "old")[0];
    let page = repo.history(&rev("main"), "old", None, 10).await.expect("a page");
    assert!(page.commits.is_empty() && page.early, "{page:?}");
    let page = repo.history(&rev("main"), "old", page.next.as_deref(), 10).await.expect("a page");
    assert_eq!(page.commits.iter().map(|row| row.oid).collect::<Vec<_>>(), [first]);
    assert!(page.next.is_none() && !page.early);

    let (found, all) = lasts(&repo, "").await;
    assert!(!all && found["old"].is_none());
    assert_eq!(found["f7"], log(&git, &["-1"], "f7").first().copied());
    let (found, all) = lasts(&repo, "").await;
    assert!(all && found["old"] == Some(first));
    // The next commit is one step away from what is known.
    let new = world.commit(&[("f7", Some(b"new"))]).await;
    let (found, all) = lasts(&repo, "").await;
    assert!(all && found["old"] == Some(first) && found["f7"] == Some(new));
    assert_eq!(found["f8"], log(&git, &["-1"], "f8").first().copied());
}
