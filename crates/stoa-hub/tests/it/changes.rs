//! What differs between two commits.

use stoa_core::{Kind, Oid};
use stoa_hub::{Admin, Changes, Read, Repo, Settings, SideKind};
use stoa_testkit::Signer;

use crate::support::{git_commit, model, rev, world};

/// `A path`, `D path`, `M path`, `R from -> path`.
fn shown(changes: &Changes) -> Vec<String> {
    let line = |file: &stoa_hub::FileChange| match (&file.was, &file.is, &file.renamed_from) {
        (_, _, Some(from)) => format!("R {from} -> {}", file.path),
        (None, _, _) => format!("A {}", file.path),
        (_, None, _) => format!("D {}", file.path),
        _ => format!("M {}", file.path),
    };
    changes.files.iter().map(line).collect()
}

#[tokio::test]
async fn added_changed_and_removed_files_are_told_with_both_sides() {
    let world = world().await;
    let one =
        world.commit(&[("a.txt", Some(b"one")), ("d/b.txt", Some(b"b")), ("d/c.txt", Some(b"c"))]).await;
    let two = world.commit(&[("a.txt", Some(b"three")), ("d/b.txt", None), ("e/f.txt", Some(b"f"))]).await;
    let repo = world.repo().await;
    let changes = repo.changes(Some(one), two, 100).await.expect("changes");
    assert_eq!(shown(&changes), ["M a.txt", "D d/b.txt", "A e/f.txt"]);
    let (was, is) = (changes.files[0].was.expect("old"), changes.files[0].is.expect("new"));
    assert_eq!((was.size, is.size, is.kind, is.large), (3, 5, SideKind::File, None));
    assert_eq!(repo.blob_text(was.oid, 100).await.expect("text").as_deref(), Some("one"));
    let back = repo.changes(Some(two), one, 100).await.expect("changes");
    assert_eq!(shown(&back), ["M a.txt", "A d/b.txt", "D e/f.txt"]);
    assert!(repo.changes(Some(one), one, 100).await.expect("changes").files.is_empty());
}

#[tokio::test]
async fn without_a_tree_to_compare_with_every_file_is_new() {
    let world = world().await;
    let one = world.commit(&[("d/b.txt", Some(b"b"))]).await;
    let changes = world.repo().await.changes(None, one, 100).await.expect("changes");
    assert_eq!(shown(&changes), ["A .gitattributes", "A d/b.txt"]);
}

#[tokio::test]
async fn a_file_that_only_moved_is_one_change() {
    let world = world().await;
    let one = world
        .commit(&[
            ("a/x.txt", Some(b"same")),
            ("b/y.txt", Some(b"same")),
            ("e1", Some(b"")),
            ("k", Some(b"k")),
        ])
        .await;
    let moved: [(&str, Option<&[u8]>); 8] = [
        ("a/x.txt", None),
        ("b/y.txt", None),
        ("e1", None),
        ("c/y.txt", Some(b"same")),
        ("d.txt", Some(b"same")),
        ("e2", Some(b"")),
        ("k2", Some(b"k")),
        ("z.txt", Some(b"same")),
    ];
    let two = world.commit(&moved).await;
    let changes = world.repo().await.changes(Some(one), two, 100).await.expect("changes");
    // Of two with the same content the one of the same name is taken; `k` is still there; nothing is in `e1`.
    let expected = ["R b/y.txt -> c/y.txt", "R a/x.txt -> d.txt", "D e1", "A e2", "A k2", "A z.txt"];
    assert_eq!(shown(&changes), expected);
    assert_eq!(changes.files[0].was, changes.files[0].is);
}

#[tokio::test]
async fn folders_kinds_and_submodules_are_told_apart() {
    let world = world().await;
    let git = Signer::new();
    let one = git_commit(&git, "one", &[("a", "file"), ("run", "x"), ("link", "a")]);
    git.git(&["rm", "-q", "a", "link"]);
    git.git(&["update-index", "--chmod=+x", "run"]);
    git.git(&["update-index", "--add", "--cacheinfo", "160000,1111111111111111111111111111111111111111,sub"]);
    let blob = git.git(&["rev-parse", "HEAD:a"]);
    git.git(&["update-index", "--add", "--cacheinfo", &format!("120000,{},link", blob.trim())]);
    let two = git_commit(&git, "two", &[("a/b", "deep")]);
    world.push(&git).await.expect("pushed");
    let changes = world.repo().await.changes(Some(one), two, 100).await.expect("changes");
    assert_eq!(shown(&changes), ["D a", "A a/b", "M link", "M run", "A sub"]);
    let kinds: Vec<_> = changes.files.iter().filter_map(|file| Some(file.is?.kind)).collect();
    assert_eq!(kinds, [SideKind::File, SideKind::Symlink, SideKind::Executable, SideKind::Submodule]);
}

#[tokio::test]
async fn no_more_files_come_than_were_asked_for() {
    let world = world().await;
    let one = world.repo().await.resolve(&rev("main")).await.expect("a commit");
    let names: Vec<String> = (0..30).map(|i| format!("d{}/f{i}", i % 3)).collect();
    let files: Vec<(&str, Option<&[u8]>)> =
        names.iter().map(|name| (name.as_str(), Some(&b"x"[..]))).collect();
    let two = world.commit(&files).await;
    let repo = world.repo().await;
    let some = repo.changes(Some(one), two, 7).await.expect("changes");
    assert_eq!((some.files.len(), some.more), (7, true));
    let all = repo.changes(Some(one), two, 30).await.expect("changes");
    assert_eq!((all.files.len(), all.more), (30, false));
}

#[tokio::test]
async fn only_commits_and_trees_of_the_repository_are_compared() {
    let world = world().await;
    let one = world.commit(&[("a", Some(b"secret of ada"))]).await;
    let blob = world.repo().await.file(&rev("main"), "a").await.expect("a file").oid;
    world.create(model("ada/other")).await;
    let other: Repo<Read> = world.hub.open(&world.ada, &model("ada/other")).await.expect("a repository");
    for (from, to) in [(None, one), (Some(one), one), (None, Oid([7; 20]))] {
        let failure = other.changes(from, to, 10).await.expect_err("no such commit here");
        assert_eq!(failure.kind, Kind::NotFound);
    }
    assert_eq!(other.blob_text(blob, 100).await.expect_err("not here").kind, Kind::NotFound);
    let repo = world.repo().await;
    assert_eq!(repo.changes(None, blob, 10).await.expect_err("a blob").kind, Kind::NotFound);
    assert_eq!(repo.blob_text(one, 10_000).await.expect_err("a commit").kind, Kind::NotFound);
}

#[tokio::test]
async fn text_is_short_and_utf8_and_behind_the_gate() {
    let world = world().await;
    world.commit(&[("t", Some("ä".as_bytes())), ("b", Some(b"\xff")), ("n", Some(b"a\0b"))]).await;
    let repo = world.repo().await;
    let text = async |repo: &Repo<Read>, path: &str, max| {
        let oid = repo.file(&rev("main"), path).await.expect("a file").oid;
        repo.blob_text(oid, max).await
    };
    assert_eq!(text(&repo, "t", 2).await.expect("an answer").as_deref(), Some("ä"));
    assert_eq!(text(&repo, "t", 1).await.expect("an answer"), None);
    assert_eq!(text(&repo, "b", 100).await.expect("an answer"), None);
    assert_eq!(text(&repo, "n", 100).await.expect("an answer"), None);
    let admin: Repo<Admin> = world.hub.open(&world.ada, &model("ada/m")).await.expect("a repository");
    let settings = Settings { gated: Some(stoa_core::Gate::Manual), ..Settings::default() };
    admin.change(settings).await.expect("a gate");
    let bob: Repo<Read> = world.hub.open(&world.bob, &model("ada/m")).await.expect("a repository");
    assert_eq!(text(&bob, "t", 100).await.expect_err("a gate").kind, Kind::Gated);
    assert!(text(&world.repo().await, "t", 100).await.is_ok());
}
