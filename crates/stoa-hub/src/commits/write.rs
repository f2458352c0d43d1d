//! One commit: changes come in one after the other, objects are stored as they come, and at the end one transaction
//! moves the branch and writes all that follows from it.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use bytes::Bytes;
use sha2::Digest;
use stoa_core::{Actor, Detail, Failure, Oid, RefName, Reply, RepoPath, Revision, Sha256};
use stoa_db::objects::CommitRow;
use stoa_db::{lfs, objects, refs, repos};
use stoa_git::{Attributes, Commit, EditError, Mode, ObjectKind, Pointer, Signature, Tree, TreeEdit};

use super::describe;
use crate::access::{Access, Write};
use crate::files::Large;
use crate::store::{Made, encode};
use crate::{Hub, Repo, cpu, git_failure};

/// What a commit says about itself.
#[derive(Clone, Debug, Default)]
pub struct Draft {
    /// First line of the message.
    pub summary: String,
    /// The rest of it.
    pub description: String,
    /// The commit the client looked at: 5 to 40 hexadecimal digits.
    pub parent: Option<String>,
}

/// A commit that was made.
#[derive(Clone, Debug)]
pub struct Committed {
    /// Its id.
    pub oid: Oid,
}

/// A change to one path.
enum Change {
    Put(Mode, Oid),
    Large(Sha256, Option<u64>),
    Remove,
}

/// Changes under way to one branch of a repository.
pub struct Commits {
    repo: Repo<Write>,
    branch: RefName,
    draft: Draft,
    changes: Vec<(RepoPath, Change)>,
    /// Objects not stored yet, and their bytes.
    waiting: (Vec<Made>, usize),
    readme: Option<Vec<u8>>,
    /// The rules of the branch, or of this commit once it brought others.
    rules: Rules,
}

/// `.gitattributes`, and whether asking it takes long enough to be done off the async threads.
struct Rules {
    attributes: Arc<Attributes>,
    slow: bool,
}

impl Rules {
    async fn parse(text: String) -> Reply<Self> {
        let slow = text.len() > SLOW_RULES;
        let parse = move || Arc::new(Attributes::parse(&text));
        let attributes = if slow { cpu::run(move || Ok(parse())).await? } else { parse() };
        Ok(Self { attributes, slow })
    }

    async fn is_lfs(&self, path: &RepoPath) -> Reply<bool> {
        if !self.slow {
            return Ok(self.attributes.is_lfs(path.as_str()));
        }
        let (attributes, path) = (Arc::clone(&self.attributes), path.clone());
        cpu::run(move || Ok(attributes.is_lfs(path.as_str()))).await
    }
}

/// `.gitattributes` is read up to this many bytes.
const RULES: u64 = 1 << 20;
/// More bytes of rules than this may take milliseconds for each path; the usual file has two thousand.
const SLOW_RULES: usize = 8 << 10;
/// Objects are stored when this many bytes wait.
const WAITING: usize = 4 << 20;
/// Tries to move a branch that others move at the same time.
const TRIES: usize = 50;
/// Characters of a commit's summary and description.
const SUMMARY: usize = 4_096;
const DESCRIPTION: usize = 1 << 20;

impl Repo<Write> {
    /// Begins a commit on a branch.
    pub async fn begin_commit(&self, revision: &Revision, draft: Draft) -> Reply<Commits> {
        let (branch, head) = self.branch(revision).await?;
        if draft.summary.trim().is_empty() {
            return Err(Failure::invalid("The commit needs a summary: `header.summary` is empty"));
        }
        if draft.summary.len() > SUMMARY || draft.description.len() > DESCRIPTION {
            return Err(Failure::too_large("The commit's message is too long"));
        }
        if let Some(parent) = &draft.parent
            && (!(5..=40).contains(&parent.len()) || !parent.bytes().all(|b| b.is_ascii_hexdigit()))
        {
            return Err(Failure::invalid("`parentCommit` must be 5 to 40 hexadecimal digits of a commit id"));
        }
        let mut tx = self.hub.read().await?;
        let base = objects::commit(&mut tx, self.row.id, head).await?;
        drop(tx);
        let base = base.ok_or_else(|| Failure::internal(format!("commit {head} is missing")))?;
        let attributes = self.small_text(base.tree, ".gitattributes", RULES).await?;
        Ok(Commits {
            repo: self.clone(),
            branch,
            draft,
            changes: Vec::new(),
            waiting: (Vec::new(), 0),
            readme: None,
            rules: Rules::parse(attributes.unwrap_or_default()).await?,
        })
    }

    /// The branch (or other ref that can move) a revision names, and its last commit.
    async fn branch(&self, revision: &Revision) -> Reply<(RefName, Oid)> {
        let missing = || Failure::revision_not_found(revision.as_str());
        let name = revision.as_str();
        let full = if name.starts_with("refs/") { name.to_owned() } else { format!("refs/heads/{name}") };
        let name = RefName::full(&full).map_err(|_| missing())?;
        let mut tx = self.hub.read().await?;
        let found = refs::get(&mut tx, self.row.id, name.as_str()).await?;
        let found = found.filter(|_| !name.as_str().starts_with("refs/tags/")).ok_or_else(missing)?;
        Ok((name, found.target))
    }
}

impl Commits {
    /// Puts a regular file at a path.
    pub async fn put(&mut self, path: RepoPath, content: Vec<u8>) -> Reply<()> {
        let limit = self.repo.hub.limits().regular_file;
        if content.len() as u64 > limit {
            return Err(Failure::too_large(format!(
                "`{path}` has {} bytes; files above {limit} bytes must be uploaded as large files (LFS)",
                content.len()
            )));
        }
        if path.as_str() == "README.md" {
            self.readme = Some(content.clone());
        }
        let lfs = Pointer::parse(&content).map(|pointer| (pointer.oid, pointer.size));
        if let Some((oid, size)) = lfs {
            // A pointer that is sent as a file means the large file; it is checked like one.
            return self.push(path, Change::Large(oid, Some(size)));
        }
        if path.as_str() == ".gitattributes" {
            self.rules = Rules::parse(String::from_utf8_lossy(&content).into_owned()).await?;
        }
        if !content.is_empty() && self.rules.is_lfs(&path).await? {
            return self.put_as_large(path, content).await;
        }
        let encoded = encode(ObjectKind::Blob, content).await?;
        self.push(path, Change::Put(Mode::File, encoded.oid))?;
        self.waiting.1 += encoded.data.len();
        self.waiting.0.push(encoded.into());
        if self.waiting.1 > WAITING || self.waiting.0.len() >= objects::BATCH {
            self.flush().await?;
        }
        Ok(())
    }

    /// Compat: `hf-hub` (Rust) sends the content of every file with the commit while there is no Xet, even of those it
    /// was told are large. Git would show them as changed in every checkout if they were not kept as large files.
    async fn put_as_large(&mut self, path: RepoPath, content: Vec<u8>) -> Reply<()> {
        let content = Bytes::from(content);
        let hashed = content.clone();
        let oid = cpu::run(move || Ok(Sha256(sha2::Sha256::digest(&hashed).into()))).await?;
        let file = Large { oid, size: content.len() as u64 };
        let hub = &self.repo.hub;
        hub.take_large(self.repo.row.id, file, stoa_blob::once(content)).await?;
        self.push(path, Change::Large(oid, Some(file.size)))
    }

    /// Puts a large file at a path; its bytes must have arrived. `size` is left out by copies.
    pub fn put_large(&mut self, path: RepoPath, oid: Sha256, size: Option<u64>) -> Reply<()> {
        self.push(path, Change::Large(oid, size))
    }

    /// Removes a file or folder.
    pub fn remove(&mut self, path: RepoPath) -> Reply<()> {
        self.push(path, Change::Remove)
    }

    /// Puts what is at `from` in a revision of this repository at a path.
    pub async fn copy(&mut self, from: &RepoPath, revision: &Revision, path: RepoPath) -> Reply<()> {
        let file = self.repo.file(revision, from.as_str()).await?;
        match file.large {
            Some(oid) => self.push(path, Change::Large(oid, Some(file.size))),
            None => self.push(path, Change::Put(Mode::File, file.oid)),
        }
    }

    fn push(&mut self, path: RepoPath, change: Change) -> Reply<()> {
        let limit = self.repo.hub.limits().commit_changes;
        if self.changes.len() >= limit {
            return Err(Failure::too_large(format!(
                "A commit can change at most {limit} paths; split it up"
            )));
        }
        self.changes.push((path, change));
        Ok(())
    }

    async fn flush(&mut self) -> Reply<()> {
        let waiting = std::mem::take(&mut self.waiting.0);
        self.waiting.1 = 0;
        self.repo.hub.keep(self.repo.row.id, waiting).await
    }

    /// Makes the commit. If the branch moved meanwhile the changes are put on its new end, unless the client named the
    /// parent it looked at.
    pub async fn finish(mut self) -> Reply<Committed> {
        if let Some(readme) = &self.readme {
            check_card(&self.repo, readme).await?;
        }
        let large = self.large_files().await?;
        self.flush().await?;
        let mut turn = None;
        for _ in 0..TRIES {
            if let Some(made) = self.attempt(&large).await? {
                return Ok(made);
            }
            if self.draft.parent.is_some() {
                return Err(Failure::stale());
            }
            if turn.is_none() {
                turn = Some(self.repo.hub.0.turns.wait(self.repo.row.id).await);
            }
        }
        Err(Failure::busy("The branch changes faster than this commit can follow. Try again in a moment."))
    }

    /// Checks that every large file is here and may be served, and makes its pointer.
    async fn large_files(&mut self) -> Reply<HashMap<Sha256, Oid>> {
        let repo = &self.repo;
        let wanted: HashMap<Sha256, Option<u64>> = self
            .changes
            .iter()
            .filter_map(|(_, change)| match change {
                Change::Large(oid, size) => Some((*oid, *size)),
                _ => None,
            })
            .collect();
        let oids: Vec<Sha256> = wanted.keys().copied().collect();
        let mut tx = repo.hub.read().await?;
        let linked: HashMap<Sha256, u64> =
            lfs::linked(&mut tx, repo.row.id, &oids).await?.into_iter().collect();
        drop(tx);
        let mut pointers = HashMap::with_capacity(oids.len());
        for (oid, claimed) in wanted {
            let size = match linked.get(&oid) {
                Some(size) => *size,
                None => self.known_elsewhere(oid, claimed).await?,
            };
            if claimed.is_some_and(|claimed| claimed != size) {
                return Err(Failure::invalid(format!(
                    "The large file {oid} has {size} bytes, the commit says {}",
                    claimed.unwrap_or_default()
                )));
            }
            let pointer = Pointer { oid, size };
            let encoded = encode(ObjectKind::Blob, pointer.text().into_bytes()).await?;
            pointers.insert(oid, encoded.oid);
            self.waiting.0.push(Made { encoded, lfs: Some((oid, size)) });
        }
        Ok(pointers)
    }

    async fn known_elsewhere(&self, oid: Sha256, claimed: Option<u64>) -> Reply<u64> {
        let missing = || {
            let path = self.changes.iter().find_map(|(path, change)| match change {
                Change::Large(of, _) if *of == oid => Some(path.as_str()),
                _ => None,
            });
            Failure::invalid(format!(
                "The content of the large file `{}` ({oid}) has not been uploaded. Upload it, then commit again",
                path.unwrap_or_default()
            ))
        };
        let mut tx = self.repo.hub.read().await?;
        let size = lfs::size(&mut tx, oid).await?.ok_or_else(missing)?;
        drop(tx);
        if claimed.is_some_and(|claimed| claimed != size) {
            return Err(missing());
        }
        if self.repo.link_known(Large { oid, size }).await? { Ok(size) } else { Err(missing()) }
    }

    /// One try: `None` when the branch moved meanwhile.
    async fn attempt(&self, large: &HashMap<Sha256, Oid>) -> Reply<Option<Committed>> {
        let repo = &self.repo;
        let hub = &repo.hub;
        let mut tx = hub.read().await?;
        let head = refs::get(&mut tx, repo.row.id, self.branch.as_str()).await?;
        let head = head.ok_or_else(|| Failure::revision_not_found(self.branch.short()))?;
        let base = objects::commit(&mut tx, repo.row.id, head.target).await?;
        let base = base.ok_or_else(|| Failure::internal(format!("commit {} is missing", head.target)))?;
        drop(tx);
        if let Some(parent) = &self.draft.parent
            && !head.target.to_string().starts_with(&parent.to_ascii_lowercase())
        {
            return Err(Failure::stale());
        }
        let root = self.edit(base.tree, large, head.target).await?;
        let named: Vec<(Sha256, &str)> = self
            .changes
            .iter()
            .filter_map(|(path, change)| match change {
                Change::Large(oid, _) => Some((*oid, path.as_str())),
                _ => None,
            })
            .collect();
        let moves = Moves {
            branch: &self.branch,
            from: Some(head.oid),
            root,
            parents: vec![head.target],
            message: stoa_git::message(&self.draft.summary, &self.draft.description),
            large: named,
        };
        repo.move_branch(moves).await.map(|made| made.map(|oid| Committed { oid }))
    }

    async fn edit(&self, base: Oid, large: &HashMap<Sha256, Oid>, head: Oid) -> Reply<Oid> {
        // Compat: huggingface_hub 2 sends a deletion and an addition of one path in one commit and expects the file;
        // a folder that is deleted and filled again likewise, whatever the order of the lines.
        let mut edit = TreeEdit::new(Some(base));
        for (path, _) in self.changes.iter().filter(|(_, change)| matches!(change, Change::Remove)) {
            edit.remove(path);
        }
        let mut last: HashMap<&RepoPath, &Change> = HashMap::new();
        for (path, change) in self.changes.iter().filter(|(_, change)| !matches!(change, Change::Remove)) {
            last.insert(path, change);
        }
        let mut seen = HashSet::new();
        for (path, _) in &self.changes {
            let Some(change) = last.get(path).filter(|_| seen.insert(path)) else { continue };
            match change {
                Change::Put(mode, oid) => edit.put(path, *mode, *oid),
                Change::Large(oid, _) => {
                    let pointer =
                        large.get(oid).ok_or_else(|| Failure::internal("a pointer was not made"))?;
                    edit.put(path, Mode::File, *pointer);
                }
                Change::Remove => {}
            }
        }
        let hub = &self.repo.hub;
        while let Some(oid) = edit.needed() {
            let tree: Tree = (*hub.tree(self.repo.row.id, oid).await?).clone();
            edit.provide(oid, tree);
        }
        // Thousands of changes hash and compress thousands of trees.
        let edited = tokio::task::spawn_blocking(|| edit.finish()).await.map_err(Failure::internal)?;
        let edited = edited.map_err(|e| match e {
            EditError::Missing(path) => {
                let mut failure = Failure::entry_not_found(&path, "").with(Detail::At(head));
                failure.message = format!("A file with this name doesn't exist: {path}");
                failure
            }
            EditError::InsideFile(path) => {
                Failure::invalid(format!("`{path}` is a file, so nothing can be written below it"))
            }
            EditError::OverFolder(path) => {
                Failure::invalid(format!("`{path}` cannot be written: there is a folder of this name"))
            }
            EditError::Object(e) => git_failure(e),
        })?;
        let trees = edited.trees.into_iter().map(Made::from).collect();
        hub.keep(self.repo.row.id, trees).await?;
        Ok(edited.root)
    }
}

/// Where a branch is to go.
pub(crate) struct Moves<'a> {
    pub(crate) branch: &'a RefName,
    /// Where it must stand; `None` makes it.
    pub(crate) from: Option<Oid>,
    pub(crate) root: Oid,
    pub(crate) parents: Vec<Oid>,
    pub(crate) message: String,
    /// Large files and the paths they are committed under.
    pub(crate) large: Vec<(Sha256, &'a str)>,
}

impl<A: Access> Repo<A> {
    /// Makes a commit of a stored tree and moves a branch to it, in one transaction with all that follows. `None` when
    /// the branch does not stand where it must.
    pub(crate) async fn move_branch(&self, moves: Moves<'_>) -> Reply<Option<Oid>> {
        let hub = &self.hub;
        let now = hub.now();
        let author = author(hub, &self.actor).await?;
        let commit = Commit {
            tree: moves.root,
            parents: moves.parents,
            author: author.clone(),
            committer: author.clone(),
            message: moves.message,
            extra: Vec::new(),
        };
        let encoded = encode(ObjectKind::Commit, commit.encode_body()).await?;
        let oid = encoded.oid;
        hub.keep(self.row.id, vec![encoded.into()]).await?;
        let main = *moves.branch == RefName::main();
        let described = if main { Some(describe(self, moves.root).await?) } else { None };
        let row = CommitRow {
            oid,
            tree: moves.root,
            generation: 0,
            at: now,
            author: author.name,
            title: commit.title().to_owned(),
            body: commit.body().to_owned(),
        };
        let mut tx = hub.write().await?;
        let swapped = match moves.from {
            Some(from) => refs::swap(&mut tx, self.row.id, moves.branch.as_str(), from, oid, now).await?,
            None => refs::create(&mut tx, self.row.id, moves.branch.as_str(), oid, oid, now).await?,
        };
        if !swapped {
            return Ok(None);
        }
        objects::put_commit(&mut tx, self.row.id, &row, &commit.parents).await?;
        for (sha256, path) in moves.large {
            lfs::name(&mut tx, self.row.id, sha256, path).await?;
        }
        let used = lfs::used(&mut tx, self.row.id).await?;
        repos::set_storage(&mut tx, self.row.id, used).await?;
        if let Some(described) = &described {
            repos::set_head(&mut tx, self.row.id, Some(oid), now).await?;
            repos::describe(&mut tx, self.row.id, self.row.name.kind, described).await?;
        }
        let subject = format!("{}@{oid}", self.row.name.path());
        hub.note(&mut tx, &self.actor, "repo.commit", &subject).await?;
        tx.commit().await?;
        Ok(Some(oid))
    }
}

/// Who a commit is by. Clients' tests expect the user name.
pub(crate) async fn author(hub: &Hub, actor: &Actor) -> Reply<Signature> {
    let (id, name) = actor.need_user()?;
    let mut tx = hub.read().await?;
    let account = stoa_db::accounts::by_id(&mut tx, id).await?;
    let email = account.and_then(|account| account.email);
    Ok(Signature {
        name: name.to_string(),
        email: email.unwrap_or_else(|| format!("{name}@users.noreply.stoa.invalid")),
        time: hub.now().secs(),
        offset_minutes: 0,
    })
}

/// Refuses a card whose metadata is wrong, with the sentence that says where.
async fn check_card(repo: &Repo<Write>, readme: &[u8]) -> Reply<()> {
    let kind = repo.row.name.kind;
    let text = String::from_utf8_lossy(readme).into_owned();
    let report = cpu::run(move || Ok(stoa_meta::validate::validate(kind, &text))).await?;
    if report.errors.is_empty() {
        return Ok(());
    }
    Err(Failure::invalid(format!("Invalid metadata in README.md: {}", report.errors.join("; "))))
}
