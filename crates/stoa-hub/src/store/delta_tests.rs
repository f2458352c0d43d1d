//! What commits of the API are stored as, held against the real git.

use std::collections::{HashMap, HashSet};
use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use stoa_blob::Blobs;
use stoa_core::{Actor, ManualClock, Oid, RepoId, RepoKind, RepoPath, Revision, Sha256, Time};
use stoa_db::objects::{self, Base, Object};
use stoa_db::{Config, Db, graph, pushes};
use stoa_git::ObjectKind;
use tempfile::TempDir;

use super::compact::{DEPTH, Version};
use super::encode;
use crate::{Admin, Draft, Hub, Limits, NewRepo, NewUser, Policy, Read, Repo, Write};

/// Small files in one folder.
const FILES: usize = 400;
/// Commits after the first one.
const COMMITS: usize = 250;

async fn hub() -> (Hub, Actor, TempDir) {
    let folder = tempfile::tempdir().expect("a folder");
    let db = Db::open(&Config::in_folder(folder.path())).await.expect("a database");
    let clock = Arc::new(ManualClock::at(Time(0)));
    let hub = Hub::new(db, Blobs::memory(), clock, Policy::default(), Limits::default());
    let hub = hub.await.expect("a hub");
    let root = NewUser { name: "root".to_owned(), admin: true, ..NewUser::default() };
    hub.create_user(root).await.expect("a user");
    let root = hub.operator("root").await.expect("the administrator");
    (hub, root, folder)
}

async fn repo(hub: &Hub, root: &Actor, kind: RepoKind, name: &str) -> Repo<Admin> {
    let id = RepoId::parse(kind, name).expect("an id");
    let sdk = (kind == RepoKind::Space).then(|| "static".to_owned());
    let new = NewRepo { id, private: None, sdk, license: None };
    hub.create_repo(root, new).await.expect("a repository").repo
}

async fn commit(repo: &Repo<Admin>, files: &[(String, Vec<u8>)]) -> Oid {
    let repo = repo.hub.open::<Write>(&repo.actor, repo.id()).await.expect("may write");
    let draft = Draft { summary: "Change".to_owned(), ..Draft::default() };
    let main = Revision::new("main").expect("a revision");
    let mut commit = repo.begin_commit(&main, draft).await.expect("a commit");
    for (path, body) in files {
        let path = RepoPath::new(path.as_str()).expect("a path");
        commit.put(path, body.clone()).await.expect("a file");
    }
    commit.finish().await.expect("a commit").oid
}

fn small(file: usize, version: usize) -> (String, Vec<u8>) {
    let lines =
        (0..8).map(|line| format!("{{\"file\": {file}, \"line\": {line}, \"at\": {}}}\n", line * version));
    (format!("data/file-{file:05}.json"), lines.collect::<String>().into_bytes())
}

/// A text of which a line changes now and then, the one with most changes so far.
fn text(version: usize) -> (String, Vec<u8>) {
    let mut lines: Vec<String> =
        (0..200).map(|line| format!("line {line} says {}\n", line * line % 97)).collect();
    for change in 0..=version {
        lines[change * 7 % 200] = format!("changed by {change}, says {}\n", change * change);
    }
    ("docs/text.txt".to_owned(), lines.concat().into_bytes())
}

/// A repository with many commits: each changes the text and one small file.
async fn history(repo: &Repo<Admin>, commits: usize) -> Vec<Oid> {
    let mut first: Vec<(String, Vec<u8>)> = (0..FILES).map(|file| small(file, 0)).collect();
    first.push(text(0));
    let mut made = vec![commit(repo, &first).await];
    for version in 1..=commits {
        made.push(commit(repo, &[text(version), small(version * 31 % FILES, version)]).await);
    }
    made
}

fn git(folder: &Path, args: &[&str]) -> String {
    let mut git = Command::new("git");
    git.env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_NOSYSTEM", "1").arg("-C").arg(folder);
    let said = git.args(args).output().expect("git is installed");
    let out = String::from_utf8_lossy(&said.stdout).into_owned();
    assert!(said.status.success(), "git {args:?}: {out}{}", String::from_utf8_lossy(&said.stderr));
    out
}

/// A bare repository that git finds nothing wrong with.
async fn exported(repo: &Repo<Admin>) -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    repo.export_git(folder.path()).await.expect("an export");
    git(folder.path(), &["fsck", "--strict", "--no-dangling"]);
    folder
}

async fn stored(repo: &Repo<Admin>) -> HashMap<Oid, Object> {
    let mut tx = repo.hub.read().await.expect("a reader");
    let all = objects::page(&mut tx, repo.row.id, &[], 100_000).await.expect("the objects");
    all.into_iter().map(|object| (object.oid, object)).collect()
}

async fn bytes_at(repo: &Repo<Admin>, commit: Oid, path: &str) -> Vec<u8> {
    let tree = repo.hub.commit_object(repo.row.id, commit).await.expect("a commit").tree;
    let entry = repo.hub.entry(repo.row.id, tree, path).await.expect("an answer").expect("a file");
    repo.hub.body(repo.row.id, entry.oid).await.expect("its body")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_history_of_commits_takes_about_as_much_as_a_pack_of_git() {
    let (hub, root, _folder) = hub().await;
    let repo = repo(&hub, &root, RepoKind::Model, "root/m").await;
    let commits = history(&repo, COMMITS).await;
    let stored = stored(&repo).await;
    let ours: usize = stored.values().map(|object| object.data.as_ref().map_or(1 << 20, Vec::len)).sum();
    let folder = exported(&repo).await;
    let clone = tempfile::tempdir().expect("a folder");
    let from = folder.path().to_str().expect("a path");
    git(clone.path(), &["clone", "--quiet", "--bare", "--no-local", from, "."]);
    git(clone.path(), &["gc", "--quiet", "--prune=now"]);
    let packs = std::fs::read_dir(clone.path().join("objects/pack")).expect("packs").flatten();
    let packs = packs.filter(|file| file.path().extension().is_some_and(|name| name == "pack"));
    let theirs: u64 = packs.map(|file| file.metadata().expect("a file").len()).sum();
    assert!(ours as u64 * 10 <= theirs * 13, "{ours} bytes, git has {theirs}");

    // No chain is longer than allowed, and some are as long; depths are what they say.
    let depth = |object: &Object| object.base.map_or(0, |base| base.depth);
    for object in stored.values() {
        assert_eq!(depth(object), object.base.map_or(0, |base| depth(&stored[&base.oid]) + 1));
    }
    assert_eq!(stored.values().map(depth).max(), Some(DEPTH));
    // Every version is read as it was committed, by way of all deltas.
    for (version, commit) in commits.iter().enumerate() {
        let (path, body) = text(version);
        assert!(bytes_at(&repo, *commit, &path).await == body, "{version}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_commit_says_at_once_what_it_introduced() {
    let (hub, root, _folder) = hub().await;
    let repo = repo(&hub, &root, RepoKind::Model, "root/m").await;
    let mut commits = history(&repo, 5).await;
    let copy = ("else/where/copy.txt".to_owned(), text(5).1);
    commits.push(commit(&repo, &[copy, ("weights.bin".to_owned(), vec![7; 5000])]).await);
    commits.push(commit(&repo, &[text(5)]).await);
    let mut tx = hub.read().await.expect("a reader");
    let introduced = graph::introduced(&mut tx, repo.row.id, &commits).await.expect("what they brought");
    let folder = exported(&repo).await;
    for commit in &commits {
        let range = format!("{commit}^..{commit}");
        let listed = git(folder.path(), &["rev-list", "--objects", &range]);
        let needed: HashSet<Oid> = listed
            .lines()
            .filter_map(|line| line.get(..40)?.parse().ok())
            .filter(|oid| oid != commit)
            .collect();
        let ids = &introduced[commit];
        let said: HashSet<Oid> = ids.chunks(20).filter_map(Oid::from_slice).collect();
        assert!(said.is_superset(&needed) && said.len() <= needed.len() + 1, "{commit}: {said:?} {needed:?}");
    }
    assert!(introduced[&commits[7]].is_empty(), "a commit that changes nothing");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn deltas_survive_copies_squashes_and_purges() {
    let (hub, root, _folder) = hub().await;
    for (kind, name) in [(RepoKind::Model, "m"), (RepoKind::Space, "s")] {
        let repo = repo(&hub, &root, kind, &format!("root/{name}")).await;
        history(&repo, 45).await;
        let to = RepoId::parse(kind, &format!("root/{name}-copy")).expect("an id");
        let source = hub.open::<Read>(&root, repo.id()).await.expect("may read");
        let copy = hub.duplicate(&root, &source, &to, None).await.expect("a copy");
        let spaces = usize::from(kind == RepoKind::Space);
        assert_eq!(stored(&copy).await.values().any(|object| object.base.is_some()), spaces == 1);
        commit(&copy, &[text(46), small(3, 46)]).await;
        assert!(stored(&copy).await.values().any(|object| object.base.is_some()));
        exported(&copy).await;
    }
    let id = RepoId::parse(RepoKind::Model, "root/m").expect("an id");
    let repo = hub.open::<Admin>(&root, &id).await.expect("a repository");
    let weights: Vec<u8> = (0..5000_u32).map(|i| ((i * i) >> 5) as u8).collect();
    commit(&repo, &[("data/weights.bin".to_owned(), weights.clone())]).await;
    commit(&repo, &[text(60)]).await;
    let sha256 = Sha256(<sha2::Sha256 as sha2::Digest>::digest(&weights).into());
    let before = stored(&repo).await.len();
    repo.purge(&[sha256], true).await.expect("a purge");
    let after = stored(&repo).await;
    assert!(after.len() > before);
    let wide =
        after.values().filter(|object| object.size > 10_000 && object.kind == 2 && object.base.is_none());
    assert!(wide.count() <= 3, "what a purge makes are deltas, too");
    let folder = exported(&repo).await;
    let kept = git(folder.path(), &["ls-tree", "-r", "--name-only", "main"]);
    assert!(!kept.contains("weights.bin") && kept.contains("data/file-00001.json"), "{kept}");
    let writer = hub.open::<Write>(&root, &id).await.expect("may write");
    writer.squash(&Revision::new("main").expect("a revision"), None).await.expect("a squash");
    commit(&repo, &[text(61), small(9, 61)]).await;
    let folder = exported(&repo).await;
    assert_eq!(git(folder.path(), &["rev-list", "--count", "main"]).trim(), "2");
    assert_eq!(git(folder.path(), &["show", "main:docs/text.txt"]).as_bytes(), text(61).1);
}

#[tokio::test]
async fn what_a_push_under_way_brought_too_is_stored_whole() {
    let (hub, _, _folder) = hub().await;
    let (old, new) = (text(1).1, text(2).1);
    let before = encode(ObjectKind::Blob, old).await.expect("an object");
    let base = before.oid;
    hub.keep(7, vec![before.into()]).await.expect("a base");
    let theirs = encode(ObjectKind::Blob, text(3).1).await.expect("an object");
    let oid = stoa_git::hash(ObjectKind::Blob, &new).expect("an id");
    // The push has the same blob as a delta against another one that only it has.
    let index = stoa_git::DeltaIndex::new(&text(3).1).delta(&new, 10_000).expect("a delta");
    let mut deflater = stoa_git::Deflater::new();
    let ground = Base { oid: theirs.oid, depth: 1, instructions: index.len() as u64 };
    let row = |oid, data, base| Object {
        oid,
        kind: 3,
        size: new.len() as u64,
        data,
        lfs: None,
        base,
        push: Some(5),
    };
    let rows = [
        Object { size: theirs.size, ..row(theirs.oid, Some(theirs.data.to_vec()), None) },
        row(oid, Some(deflater.deflate(&index)), Some(ground)),
    ];
    let mut tx = hub.write().await.expect("the writer");
    pushes::begin(&mut tx, 5, 7, Time(1)).await.expect("a push");
    objects::put(&mut tx, 7, &rows).await.expect("its objects");
    tx.commit().await.expect("stored");

    let version = Version { oid, body: new.clone(), before: base };
    let made = hub.compact_blobs(7, vec![version]).await.expect("a blob");
    assert!(made[0].base.is_some());
    hub.keep(7, made).await.expect("it is kept");
    let mut tx = hub.write().await.expect("the writer");
    pushes::give_up_one(&mut tx, 5).await.expect("given up");
    pushes::clear(&mut tx, 5, 7, &[], 1000).await.expect("cleared");
    tx.commit().await.expect("stored");
    assert!(hub.known_body(7, theirs.oid).await.expect("an answer").is_none());
    assert!(hub.body(7, oid).await.expect("its body") == new);
    // And a delta against what only a push has is never made.
    let mut tx = hub.write().await.expect("the writer");
    pushes::begin(&mut tx, 6, 7, Time(1)).await.expect("a push");
    let held = Object { push: Some(6), ..rows[0].clone() };
    objects::put(&mut tx, 7, &[held]).await.expect("its object");
    tx.commit().await.expect("stored");
    let version = Version { oid: Oid([9; 20]), body: new, before: theirs.oid };
    assert!(hub.compact_blobs(7, vec![version]).await.expect("a blob")[0].base.is_none());
}
