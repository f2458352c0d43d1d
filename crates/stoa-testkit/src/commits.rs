//! Commits that git made, put into a hub as they are.

use std::io::Write as _;

use flate2::Compression;
use flate2::write::ZlibEncoder;
use stoa_core::{Oid, RepoId, RepoKind, Time};
use stoa_db::graph::{self, NewCommit};
use stoa_db::objects::{self, Base, CommitRow, Object};
use stoa_db::{Db, pushes, refs, repos};

use crate::{Signer, TestHub};

/// An object as a push left it: id, pack type, size, zlib stream, and what the stream is a delta on.
pub type LeftObject = (Oid, u8, u64, Vec<u8>, Option<Base>);

/// Rows that pushes write.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct GitRows {
    /// Pushes under way.
    pub pushes: i64,
    /// Objects that pushes under way count on and another brought.
    pub claims: i64,
    /// Objects.
    pub objects: i64,
    /// Commits.
    pub commits: i64,
}

impl TestHub {
    /// What is stored of git, in all repositories.
    pub async fn git_rows(&self) -> GitRows {
        let db = Db::open(&stoa_db::Config::in_folder(self.folder())).await.expect("the database");
        let mut tx = db.read().await.expect("a reader");
        let [pushes, claims, objects, commits] = pushes::tally(&mut tx).await.expect("an answer");
        GitRows { pushes, claims, objects, commits }
    }

    /// Leaves in a model what a push leaves that is under way and was not heard of for a while: its objects.
    pub async fn leave_push(&self, repo: &str, left: &[LeftObject]) {
        let db = Db::open(&stoa_db::Config::in_folder(self.folder())).await.expect("the database");
        let mut tx = db.write().await.expect("the writer");
        let id = RepoId::parse(RepoKind::Model, repo).expect("an id");
        let repo = repos::by_name(&mut tx, &id).await.expect("an answer").expect("a repository").id;
        let rows = left.iter().map(|(oid, kind, size, data, base)| Object {
            oid: *oid,
            kind: i64::from(*kind),
            size: *size,
            data: Some(data.clone()),
            lfs: None,
            base: *base,
            push: Some(1),
        });
        let rows: Vec<Object> = rows.collect();
        pushes::begin(&mut tx, 1, repo, self.hub.now()).await.expect("a push");
        for some in rows.chunks(objects::BATCH) {
            objects::put(&mut tx, repo, some).await.expect("objects");
        }
        tx.commit().await.expect("it is stored");
    }

    /// Makes `main` of a model the history of a signer's repository. Trees and files stay behind: this is for what is
    /// said about commits.
    pub async fn take_commits(&self, repo: &str, from: &Signer) {
        let db = Db::open(&stoa_db::Config::in_folder(self.folder())).await.expect("the database");
        let mut tx = db.write().await.expect("the writer");
        let id = RepoId::parse(RepoKind::Model, repo).expect("an id");
        let repo = repos::by_name(&mut tx, &id).await.expect("an answer").expect("a repository").id;
        let main = refs::get(&mut tx, repo, "refs/heads/main").await.expect("an answer").expect("main");
        let mut head = main.oid;
        for oid in from.git(&["rev-list", "--reverse", "HEAD"]).lines() {
            let body = from.git(&["cat-file", "commit", oid]);
            let shown = from.git(&["show", "--no-patch", "--format=%T%n%ct%n%an%n%s%n%P", oid]);
            let mut shown = shown.lines().map(str::to_owned);
            let mut next = || shown.next().unwrap_or_default();
            head = oid.parse().expect("an id");
            let mut stream = ZlibEncoder::new(Vec::new(), Compression::fast());
            stream.write_all(body.as_bytes()).expect("memory");
            let data = Some(stream.finish().expect("memory"));
            let object = Object {
                oid: head,
                kind: 1,
                size: body.len() as u64,
                data,
                lfs: None,
                base: None,
                push: None,
            };
            objects::put(&mut tx, repo, &[object]).await.expect("an object");
            let row = CommitRow {
                oid: head,
                tree: next().parse().expect("an id"),
                generation: 0,
                at: Time::from_secs(next().parse().expect("a time")),
                author: next(),
                title: next(),
                body: String::new(),
            };
            let parents = next();
            let parents: Vec<Oid> = parents.split_whitespace().map(|id| id.parse().expect("an id")).collect();
            let commit = NewCommit { row, parents, introduced: None };
            graph::put_commit(&mut tx, repo, commit).await.expect("a commit");
        }
        assert!(
            refs::swap(&mut tx, repo, "refs/heads/main", main.oid, head, self.hub.now())
                .await
                .expect("moves")
        );
        tx.commit().await.expect("it is stored");
    }
}
