//! One commit: changes come in one after the other, objects are stored as they come, and at the end one transaction
//! moves the branch and writes all that follows from it.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use bytes::Bytes;
use sha2::Digest;
use stoa_core::{Actor, Detail, Failure, Oid, RefName, Reply, RepoPath, Revision, Sha256};
use stoa_db::{objects, refs};
use stoa_git::{Attributes, EditError, Edited, Mode, ObjectKind, Pointer, Signature, TreeEdit};

use super::land::Moves;
use super::locked::touched;
use crate::access::Write;
use crate::files::Large;
use crate::store::{Made, Version, blob_id, encode};
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
    /// The tree that the branch had when the commit began: what stands in it is what new files are compared with.
    base: Oid,
    draft: Draft,
    changes: Vec<(RepoPath, Change)>,
    waiting: Waiting,
    readme: Option<Vec<u8>>,
    /// The rules of the branch, or of this commit once it brought others.
    rules: Rules,
}

/// Objects not stored yet.
#[derive(Default)]
struct Waiting {
    made: Vec<Made>,
    /// Files that are compared with what stands at their path.
    versions: Vec<Version>,
    bytes: usize,
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
            base: base.tree,
            draft,
            changes: Vec::new(),
            waiting: Waiting::default(),
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
        self.repo.check_size(path.as_str(), content.len() as u64)?;
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
        let (hub, id) = (&self.repo.hub, self.repo.row.id);
        let before = hub.entry(id, self.base, path.as_str()).await?;
        let before = before.filter(|entry| matches!(entry.mode, Mode::File | Mode::Executable));
        if let Some(entry) = before.filter(|_| Version::is_worth(content.len())) {
            let (oid, body) = blob_id(content).await?;
            self.push(path, Change::Put(Mode::File, oid))?;
            self.waiting.bytes += body.len();
            self.waiting.versions.push(Version { oid, body, before: entry.oid });
        } else {
            let encoded = encode(ObjectKind::Blob, content).await?;
            self.push(path, Change::Put(Mode::File, encoded.oid))?;
            self.waiting.bytes += encoded.data.len();
            self.waiting.made.push(encoded.into());
        }
        let count = self.waiting.made.len() + self.waiting.versions.len();
        if self.waiting.bytes > WAITING || count >= objects::BATCH {
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
        let Waiting { mut made, versions, .. } = std::mem::take(&mut self.waiting);
        let (hub, repo) = (&self.repo.hub, self.repo.row.id);
        made.extend(hub.compact_blobs(repo, versions).await?);
        hub.keep(repo, made).await
    }

    /// Makes the commit. If the branch moved meanwhile the changes are put on its new end, unless the client named the
    /// parent it looked at.
    pub async fn finish(mut self) -> Reply<Committed> {
        if let Some(readme) = &self.readme {
            self.repo.check_card(readme).await?;
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
        let named = |oid: Sha256| {
            self.changes.iter().find_map(|(path, change)| match change {
                Change::Large(of, _) if *of == oid => Some(path.as_str()),
                _ => None,
            })
        };
        let wanted: HashMap<Sha256, Option<u64>> = self
            .changes
            .iter()
            .filter_map(|(_, change)| match change {
                Change::Large(oid, size) => Some((*oid, *size)),
                _ => None,
            })
            .collect();
        let sizes = self.repo.check_large(&wanted, named).await?;
        let mut pointers = HashMap::with_capacity(sizes.len());
        for (oid, size) in sizes {
            let pointer = Pointer { oid, size };
            let encoded = encode(ObjectKind::Blob, pointer.text().into_bytes()).await?;
            pointers.insert(oid, encoded.oid);
            self.waiting.made.push(Made { encoded, lfs: Some((oid, size)), base: None });
        }
        Ok(pointers)
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
        let edited = self.edit(base.tree, large, head.target).await?;
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
            root: edited.root,
            parents: vec![head.target],
            message: stoa_git::message(&self.draft.summary, &self.draft.description),
            large: named,
            changed: touched(repo, base.tree, edited.root, self.changes.iter().map(|(path, _)| path)).await?,
            introduced: edited.introduced,
        };
        repo.move_branch(moves).await.map(|made| made.map(|oid| Committed { oid }))
    }

    async fn edit(&self, base: Oid, large: &HashMap<Sha256, Oid>, head: Oid) -> Reply<Edited> {
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
            edit.provide(oid, hub.tree(self.repo.row.id, oid).await?);
        }
        hub.keep_edit(self.repo.row.id, edit).await?.map_err(|e| match e {
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
        })
    }
}

/// Who a commit is by. Clients' tests expect the user name.
pub(crate) async fn author(hub: &Hub, actor: &Actor) -> Reply<Signature> {
    let (id, name) = actor.need_user()?;
    let mut tx = hub.read().await?;
    let account = stoa_db::accounts::by_id(&mut tx, id).await?;
    // An address that nobody vouches for may be somebody else's.
    let email = account.as_ref().and_then(|account| account.vouched_email());
    Ok(Signature {
        name: name.to_string(),
        email: email.map_or_else(|| unseen_address(name.as_str()), str::to_owned),
        time: hub.now().secs(),
        offset_minutes: 0,
    })
}

/// The address in the commits of a user who has none.
pub(super) fn unseen_address(name: &str) -> String {
    format!("{name}@users.noreply.stoa.invalid")
}
