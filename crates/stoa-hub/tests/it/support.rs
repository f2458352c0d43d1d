//! What the tests of this crate begin with: hubs with people on them, and ways to fill repositories.

use std::fmt::{Debug, Write as _};
use std::io::Write as _;
use std::net::{IpAddr, Ipv4Addr};

use bytes::{Bytes, BytesMut};
use stoa_core::{
    Actor, Entity, Failure, FineGrained, Identity, Kind, Oid, Reply, RepoId, RepoKind, RepoPath, Revision,
    Role, Scope, Scoped,
};
use stoa_hub::{Draft, GitWire, Hub, NewRepo, NewUser, Read, Repo, Write};
use stoa_testkit::{Signer, TestHub};
use tokio::sync::mpsc;

/// Where everybody sits.
pub const HOME: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

/// The hub, and who is on it.
pub struct World {
    pub kit: TestHub,
    pub hub: Hub,
    pub ada: Actor,
    pub bob: Actor,
}

pub fn model(name: &str) -> RepoId {
    RepoId::parse(RepoKind::Model, name).expect("an id")
}

pub fn rev(name: &str) -> Revision {
    Revision::new(name).expect("a revision")
}

pub async fn world() -> World {
    let kit = TestHub::new().await;
    let hub = kit.hub.clone();
    for name in ["ada", "bob"] {
        kit.user(name).await;
    }
    let (ada, bob) = (hub.operator("ada").await.expect("ada"), hub.operator("bob").await.expect("bob"));
    let world = World { kit, hub, ada, bob };
    world.create(model("ada/m")).await;
    world
}

impl World {
    pub async fn create(&self, id: RepoId) {
        let sdk = (id.kind == RepoKind::Space).then(|| "docker".to_owned());
        let new = NewRepo { id, private: None, sdk, license: None };
        self.hub.create_repo(&self.ada, new).await.expect("a repository");
    }

    /// `ada/m` as ada sees it.
    pub async fn repo(&self) -> Repo<Read> {
        self.hub.open(&self.ada, &model("ada/m")).await.expect("a repository")
    }

    pub async fn writer(&self) -> Repo<Write> {
        self.hub.open(&self.ada, &model("ada/m")).await.expect("a repository")
    }

    /// Commits to a branch of `ada/m`: files with their content, or `None` for what goes.
    pub async fn commit_to(&self, branch: &str, files: &[(&str, Option<&[u8]>)]) -> Oid {
        self.commit_into(&model("ada/m"), branch, files).await
    }

    pub async fn commit_into(&self, id: &RepoId, branch: &str, files: &[(&str, Option<&[u8]>)]) -> Oid {
        let repo: Repo<Write> = self.hub.open(&self.ada, id).await.expect("a repository");
        let summary =
            files.first().map_or_else(|| "Nothing".to_owned(), |(path, _)| format!("Change {path}"));
        let draft = Draft { summary, ..Draft::default() };
        let mut commit = repo.begin_commit(&rev(branch), draft).await.expect("a commit");
        for (path, content) in files {
            let path = RepoPath::new(*path).expect("a path");
            match content {
                Some(content) => commit.put(path, content.to_vec()).await.expect("a file"),
                None => commit.remove(path).expect("a removal"),
            }
        }
        commit.finish().await.expect("a commit").oid
    }

    pub async fn commit(&self, files: &[(&str, Option<&[u8]>)]) -> Oid {
        self.commit_to("main", files).await
    }

    /// Makes `main` of `ada/m` what it is in a repository of git.
    pub async fn push(&self, git: &Signer) -> Reply<()> {
        git.git(&["repack", "-a", "-d", "-q"]);
        let packs = std::fs::read_dir(git.folder().join(".git/objects/pack")).expect("a folder");
        let mut packs = packs.map(|entry| entry.expect("a file").path());
        let pack = packs.find(|path| path.extension().is_some_and(|end| end == "pack")).expect("a pack");
        let old = self.repo().await.resolve(&rev("main")).await?;
        let new = git.git(&["rev-parse", "HEAD"]);
        let line = format!("{old} {} refs/heads/main\0report-status", new.trim());
        let mut request = BytesMut::new();
        stoa_git::packet(&mut request, line.as_bytes()).expect("a short line");
        request.extend_from_slice(b"0000");
        request.extend_from_slice(&std::fs::read(pack).expect("a pack"));
        let input = Box::pin(futures_util::stream::iter([Ok::<Bytes, _>(request.freeze())]));
        let (output, mut answer) = mpsc::channel(64);
        self.writer().await.git_receive_pack(GitWire { input, output, version: 0 }).await?;
        let mut report = Vec::new();
        while let Some(piece) = answer.recv().await {
            report.extend_from_slice(&piece);
        }
        let report = String::from_utf8_lossy(&report).into_owned();
        assert!(report.contains("ok refs/heads/main"), "{report}");
        Ok(())
    }
}

/// Writes files into the working tree of a repository of git and commits everything; answers the commit.
pub fn git_commit(git: &Signer, message: &str, files: &[(&str, &str)]) -> Oid {
    for (path, text) in files {
        let path = git.folder().join(path);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        std::fs::write(path, text).expect("a file");
    }
    let paths: Vec<&str> = files.iter().map(|(path, _)| *path).collect();
    git.git(&[&["add", "--"][..], &paths].concat());
    git.commit("ada@example.org", &[], message);
    git.git(&["rev-parse", "HEAD"]).trim().parse().expect("an id")
}

/// Feeds `git fast-import`.
pub fn fast_import(git: &Signer, script: &str) {
    let mut command = std::process::Command::new("git");
    command.args(["fast-import", "--quiet", "--force"]).current_dir(git.folder());
    let mut import = command.stdin(std::process::Stdio::piped()).spawn().expect("git runs");
    import.stdin.take().expect("a pipe").write_all(script.as_bytes()).expect("git reads");
    assert!(import.wait().expect("git ends").success());
}

/// Commits on `main`, each of which writes some files.
pub fn many_commits(git: &Signer, commits: impl Iterator<Item = Vec<(String, String)>>) {
    let mut script = String::new();
    for (at, files) in commits.enumerate() {
        let message = format!("commit {at}");
        let who = format!("Ada <ada@example.org> {} +0000", 1_700_000_000 + at);
        let _ =
            write!(script, "commit refs/heads/main\ncommitter {who}\ndata {}\n{message}\n", message.len());
        for (path, text) in files {
            let _ = write!(script, "M 100644 inline {path}\ndata {}\n{text}\n", text.len());
        }
    }
    fast_import(git, &script);
}

/// A hub with the users ada, bob and eve, the administrator root, and the organization acme: ada is its admin, bob
/// reads.
pub(crate) async fn hub() -> TestHub {
    let hub = TestHub::new().await;
    for user in ["ada", "bob", "eve"] {
        hub.user(user).await;
    }
    hub.admin("root").await;
    hub.org("acme", "ada").await;
    hub.member("acme", "bob", Role::Read).await;
    hub
}

/// A user with all their rights.
pub(crate) async fn actor(hub: &TestHub, user: &str) -> Actor {
    hub.hub.operator(user).await.expect("a user")
}

/// The same user with a credential that reaches this far only.
pub(crate) fn with_scope(actor: &Actor, reach: Scope) -> Actor {
    let mut actor = actor.clone();
    if let Identity::User { scope, .. } = &mut actor.identity {
        *scope = reach;
    }
    actor
}

/// The same user with every credential that must not change an account: one that reads, and one that may write to all
/// repositories of the user and of acme.
pub(crate) fn lesser(actor: &Actor) -> [Actor; 2] {
    let name = actor.signed_in().map(|(_, name)| name.to_string()).unwrap_or_default();
    let entry = |kind: &str, name: String| Scoped {
        entity: Entity { id: String::new(), kind: kind.to_owned(), name },
        permissions: vec!["repo.write".to_owned()],
    };
    let scoped = vec![entry("user", name), entry("org", "acme".to_owned())];
    let fine = FineGrained { scoped, ..FineGrained::default() };
    [with_scope(actor, Scope::Read), with_scope(actor, Scope::FineGrained(fine))]
}

/// Makes a repository, with its card: `ada/m`, `datasets/ada/d` or `spaces/ada/s`.
pub(crate) async fn repo(hub: &TestHub, actor: &Actor, path: &str, private: bool, card: &str) -> RepoId {
    let id = repo_id(path);
    let sdk = (id.kind == RepoKind::Space).then(|| "gradio".to_owned());
    let new = NewRepo { id: id.clone(), private: Some(private), sdk, license: None };
    hub.hub.create_repo(actor, new).await.expect("a repository");
    if !card.is_empty() {
        commit(hub, actor, &id, &[("README.md", card)]).await;
    }
    id
}

/// The repository that a path names.
pub(crate) fn repo_id(path: &str) -> RepoId {
    let (kind, name) = match path.split_once('/') {
        Some(("datasets", name)) => (RepoKind::Dataset, name),
        Some(("spaces", name)) => (RepoKind::Space, name),
        _ => (RepoKind::Model, path),
    };
    RepoId::parse(kind, name).expect("an id")
}

/// Commits text files to `main`.
pub(crate) async fn commit(hub: &TestHub, actor: &Actor, id: &RepoId, files: &[(&str, &str)]) {
    let repo = hub.hub.open::<Write>(actor, id).await.expect("a repository");
    let draft = Draft { summary: "Test".to_owned(), ..Draft::default() };
    let main = Revision::new("main").expect("a revision");
    let mut commit = repo.begin_commit(&main, draft).await.expect("a commit");
    for (path, text) in files {
        let path = RepoPath::new(*path).expect("a path");
        commit.put(path, text.as_bytes().to_vec()).await.expect("a file");
    }
    commit.finish().await.expect("a commit");
}

/// A user who signs in by password.
pub(crate) fn with_password(name: &str, password: &str) -> NewUser {
    NewUser { name: name.to_owned(), password: Some(password.to_owned()), ..NewUser::default() }
}

/// Why it was refused.
#[track_caller]
pub(crate) fn refusal<T: Debug>(reply: Reply<T>) -> Kind {
    refused(reply).kind
}

/// The refusal itself.
#[track_caller]
pub(crate) fn refused<T: Debug>(reply: Reply<T>) -> Failure {
    reply.expect_err("a refusal")
}
