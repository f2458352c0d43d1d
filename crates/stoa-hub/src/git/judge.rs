//! Holding a push against the rules: refs, history that is complete, files that may be committed.

use std::collections::{HashMap, HashSet};

use stoa_core::{Failure, Oid, RefName, Reply, RepoPath, Sha256};
use stoa_db::{graph as db_graph, objects, refs};
use stoa_git::{EMPTY_TREE, Mode, ObjectKind, PushCommand, PushRequest, Tag};

use super::changes::{Bounds, Changed, Trees, changed};
use super::contents::roots;
use super::pushed::Pushed;
use crate::Repo;
use crate::access::Write;
use crate::commits::{RefChange, in_the_way};
use crate::repos::NewParents;

/// Sentences that one push is told at most.
const SENTENCES: usize = 20;
/// New files and folders of all commits of one push.
const WORK: usize = 50_000_000;
/// Tags of tags that are followed.
const TAGS: usize = 16;

/// A ref that is to change, or why it may not.
pub(super) struct Asked {
    pub(super) command: PushCommand,
    /// What it will name, and the commit behind that.
    pub(super) to: Option<(Oid, Oid)>,
    pub(super) name: Option<RefName>,
    pub(super) refused: Option<String>,
}

/// A commit that the push brings.
pub(super) struct Brought {
    pub(super) oid: Oid,
    pub(super) generation: i64,
    /// The ids of what it brought, one after the other.
    pub(super) introduced: Vec<u8>,
}

/// What was found about a push.
#[derive(Default)]
pub(super) struct Verdict {
    pub(super) refs: Vec<Asked>,
    /// Parents first.
    pub(super) commits: Vec<Brought>,
    /// Every object of the pack that is to be kept.
    pub(super) wanted: HashSet<Oid>,
    /// Large files and where they are.
    pub(super) large: HashMap<Sha256, String>,
    /// Paths that change, if someone else has locks.
    pub(super) paths: Vec<String>,
    /// What is wrong with the files and commits; then nothing is taken.
    pub(super) sentences: Vec<String>,
}

impl Verdict {
    fn say(&mut self, sentence: impl Into<String>) {
        if self.sentences.len() < SENTENCES {
            self.sentences.push(sentence.into());
        } else if self.sentences.len() == SENTENCES {
            self.sentences.push("There is more of this kind; the list ends here".to_owned());
        }
    }

    fn is_full(&self) -> bool {
        self.sentences.len() > SENTENCES
    }
}

/// Judges a push whose pack was read.
pub(super) async fn judge(repo: &Repo<Write>, request: &PushRequest, pushed: &Pushed) -> Reply<Verdict> {
    let mut verdict = Verdict::default();
    let mut standing = Standing::new(repo, &request.commands).await?;
    for command in &request.commands {
        let asked = ask(repo, command, pushed, &mut standing, &mut verdict.wanted).await?;
        verdict.refs.push(asked);
    }
    hold_rules(repo, pushed, &mut verdict.refs).await?;
    let tips: Vec<Oid> = verdict
        .refs
        .iter()
        .filter(|asked| asked.refused.is_none())
        .filter_map(|asked| asked.to)
        .map(|to| to.1)
        .collect();
    let order = topological(pushed, &tips);
    let outside: HashSet<Oid> = order
        .iter()
        .filter_map(|oid| pushed.commits.get(oid))
        .flat_map(|commit| commit.parents.iter().copied())
        .filter(|parent| !pushed.commits.contains_key(parent))
        .collect();
    let outside: Vec<Oid> = outside.into_iter().collect();
    let mut generations = known(repo, &outside).await?;
    if let Some(missing) = outside.iter().find(|oid| !generations.contains_key(oid)) {
        verdict.say(format!(
            "The commit {missing} is missing, on which this push is built. A shallow clone cannot be pushed to another \
             repository: run `git fetch --unshallow` first"
        ));
        return Ok(verdict);
    }
    let mut history = History { repo, pushed, verdict, externals: HashMap::new(), work: 0, locks: false };
    let mut tx = repo.hub.read().await?;
    history.locks = repo.hub.others_lock(&mut tx, repo).await?;
    drop(tx);
    for oid in order {
        history.commit(oid, &mut generations).await?;
        if history.verdict.is_full() {
            break;
        }
    }
    history.the_rest().await?;
    history.check_externals().await?;
    history.check_large().await?;
    history.check_cards(&tips).await?;
    Ok(history.verdict)
}

/// The refs of the repository as far as some commands are concerned.
struct Standing {
    /// What the named ones are now.
    now: HashMap<String, Oid>,
    /// What new ones cannot stand beside.
    in_the_way: HashMap<String, String>,
    /// Where objects led to that were looked at already.
    targets: HashMap<Oid, Option<Oid>>,
}

impl Standing {
    async fn new(repo: &Repo<Write>, commands: &[PushCommand]) -> Reply<Self> {
        let names: Vec<&str> = commands.iter().map(|command| command.name.as_str()).collect();
        let made: HashSet<&str> = commands
            .iter()
            .filter(|command| command.old.is_none() && command.new.is_some())
            .map(|command| command.name.as_str())
            .collect();
        let gone: HashSet<&str> = commands
            .iter()
            .filter(|command| command.new.is_none())
            .map(|command| command.name.as_str())
            .collect();
        let mut tx = repo.hub.read().await?;
        let found = refs::many(&mut tx, repo.row.id, &names).await?;
        let now = found.into_iter().map(|one| (one.name, one.oid)).collect();
        let mut in_the_way = HashMap::new();
        for name in &made {
            let others = refs::in_the_way(&mut tx, repo.row.id, name).await?;
            let other = others.into_iter().find(|other| !gone.contains(other.as_str()));
            // Of two new ones the shorter has the name.
            let above =
                || name.match_indices('/').map(|(at, _)| &name[..at]).find(|above| made.contains(above));
            if let Some(other) = other.or_else(|| above().map(str::to_owned)) {
                in_the_way.insert((*name).to_owned(), other);
            }
        }
        Ok(Self { now, in_the_way, targets: HashMap::new() })
    }
}

/// What one command asks for, and whether the rules about refs allow it.
async fn ask(
    repo: &Repo<Write>,
    command: &PushCommand,
    pushed: &Pushed,
    standing: &mut Standing,
    wanted: &mut HashSet<Oid>,
) -> Reply<Asked> {
    let mut asked = Asked { command: command.clone(), to: None, name: None, refused: None };
    let name = match name_of(&command.name) {
        Ok(name) => name,
        Err(failure) => {
            asked.refused = Some(failure.message);
            return Ok(asked);
        }
    };
    asked.name = Some(name.clone());
    let now = standing.now.get(name.as_str()).copied();
    asked.refused = refusal(&name, command, now.is_some());
    if asked.refused.is_none() && now != command.old {
        asked.refused = Some("fetch first".to_owned());
    }
    if let (None, Some(other)) = (&asked.refused, standing.in_the_way.get(name.as_str())) {
        asked.refused = Some(in_the_way(&name, other));
    }
    let (Some(new), None) = (command.new, &asked.refused) else { return Ok(asked) };
    let found = match standing.targets.get(&new) {
        Some(found) => *found,
        None => target(repo, pushed, new, wanted).await?,
    };
    standing.targets.insert(new, found);
    match found {
        None => asked.refused = Some(format!("{new} is missing, or is not a commit or a tag of one")),
        Some(commit) if commit != new && !name.as_str().starts_with("refs/tags/") => {
            asked.refused = Some("a branch names a commit, not a tag".to_owned());
        }
        Some(commit) => asked.to = Some((new, commit)),
    }
    Ok(asked)
}

/// Holds what is asked for against the rules about branches.
async fn hold_rules(repo: &Repo<Write>, pushed: &Pushed, refs: &mut [Asked]) -> Reply<()> {
    let asked: Vec<&mut Asked> = refs.iter_mut().filter(|asked| asked.refused.is_none()).collect();
    let changes: Vec<RefChange> = asked
        .iter()
        .filter_map(|asked| {
            Some(RefChange { name: asked.name.clone()?, from: asked.command.old, to: asked.to })
        })
        .collect();
    let mut tx = repo.hub.read().await?;
    let rules = repo.rules_about(&mut tx, &changes).await?;
    drop(tx);
    if rules.is_empty() {
        return Ok(());
    }
    let new: NewParents = pushed.commits.iter().map(|(oid, commit)| (*oid, commit.parents.clone())).collect();
    for (asked, change) in asked.into_iter().zip(&changes) {
        asked.refused = repo.refusal(&rules, change, &new).await?;
    }
    Ok(())
}

/// The name of a ref, under the rules of its family: what the hub itself would not make is not pushed either.
fn name_of(full: &str) -> Result<RefName, Failure> {
    match (full.strip_prefix("refs/heads/"), full.strip_prefix("refs/tags/")) {
        (Some(branch), _) => RefName::branch(branch),
        (_, Some(tag)) => RefName::tag(tag),
        _ => RefName::full(full),
    }
}

/// Which refs people may push.
fn refusal(name: &RefName, command: &PushCommand, exists: bool) -> Option<String> {
    let full = name.as_str();
    if *name == RefName::main() && command.new.is_none() {
        return Some("main is the default branch and cannot be deleted".to_owned());
    }
    if full.starts_with("refs/heads/") || full.starts_with("refs/tags/") {
        return None;
    }
    if full.starts_with("refs/pr/") {
        // What a pull request is about may be worked on; opening one is another matter.
        let known = exists && command.new.is_some();
        return (!known).then(|| "there is no such pull request; open one first".to_owned());
    }
    Some("only branches (refs/heads/) and tags (refs/tags/) can be pushed".to_owned())
}

/// The commit behind what a ref is to name; tags on the way are wanted. A tag that takes its object for something else
/// leads nowhere.
async fn target(
    repo: &Repo<Write>,
    pushed: &Pushed,
    new: Oid,
    wanted: &mut HashSet<Oid>,
) -> Reply<Option<Oid>> {
    let (mut oid, mut said) = (new, None);
    for _ in 0..TAGS {
        let fits = |kind: ObjectKind| said.is_none_or(|said| said == kind);
        if pushed.commits.contains_key(&oid) {
            return Ok(fits(ObjectKind::Commit).then_some(oid));
        }
        if let Some(tag) = pushed.tags.get(&oid).filter(|_| fits(ObjectKind::Tag)) {
            wanted.insert(oid);
            (oid, said) = (tag.object, Some(tag.kind));
            continue;
        }
        let mut tx = repo.hub.read().await?;
        let live = objects::live(&mut tx, repo.row.id, &[oid]).await?;
        // A commit that came without need was held against no rules: it has no row.
        let row = objects::commit(&mut tx, repo.row.id, oid).await?;
        drop(tx);
        match live.first().and_then(|(_, kind)| ObjectKind::from_pack_code(*kind as u8)) {
            Some(ObjectKind::Commit) if fits(ObjectKind::Commit) => return Ok(row.map(|row| row.oid)),
            Some(ObjectKind::Tag) if fits(ObjectKind::Tag) => {
                let body = repo.hub.body(repo.row.id, oid).await?;
                let tag = Tag::parse(&body).map_err(crate::git_failure)?;
                (oid, said) = (tag.object, Some(tag.kind));
            }
            _ => return Ok(None),
        }
    }
    Ok(None)
}

/// The commits of the pack that lead to some, parents first.
fn topological(pushed: &Pushed, tips: &[Oid]) -> Vec<Oid> {
    let (mut order, mut seen) = (Vec::new(), HashSet::new());
    let mut stack: Vec<(Oid, usize)> = Vec::new();
    for tip in tips {
        if pushed.commits.contains_key(tip) && seen.insert(*tip) {
            stack.push((*tip, 0));
        }
        while let Some((oid, next)) = stack.pop() {
            let Some(commit) = pushed.commits.get(&oid) else { continue };
            let Some(parent) = commit.parents.get(next) else {
                order.push(oid);
                continue;
            };
            stack.push((oid, next + 1));
            if pushed.commits.contains_key(parent) && seen.insert(*parent) {
                stack.push((*parent, 0));
            }
        }
    }
    order
}

/// The generations of commits of the repository that count as there.
async fn known(repo: &Repo<Write>, oids: &[Oid]) -> Reply<HashMap<Oid, i64>> {
    let mut tx = repo.hub.read().await?;
    let live = objects::live(&mut tx, repo.row.id, oids).await?;
    let live: Vec<Oid> = live.into_iter().map(|(oid, _)| oid).collect();
    Ok(db_graph::generations(&mut tx, repo.row.id, &live).await?.into_iter().collect())
}

/// The walk through what a push brings, oldest commit first.
struct History<'a> {
    repo: &'a Repo<Write>,
    pushed: &'a Pushed,
    verdict: Verdict,
    /// Objects that are not in the pack and must be in the repository, as what if that is known.
    externals: HashMap<Oid, Option<ObjectKind>>,
    work: usize,
    /// Whether someone else has locks.
    locks: bool,
}

impl History<'_> {
    async fn commit(&mut self, oid: Oid, generations: &mut HashMap<Oid, i64>) -> Reply<()> {
        let Some(commit) = self.pushed.commits.get(&oid) else { return Ok(()) };
        let below = commit.parents.iter().filter_map(|parent| generations.get(parent)).max();
        let generation = below.copied().unwrap_or(0) + 1;
        generations.insert(oid, generation);
        let mut parents = Vec::with_capacity(commit.parents.len());
        for parent in &commit.parents {
            match self.pushed.commits.get(parent) {
                Some(parent) => parents.push(parent.tree),
                None => parents.extend(roots(&self.repo.hub, self.repo.row.id, &[*parent]).await?),
            }
        }
        parents.dedup();
        let trees = Trees { hub: &self.repo.hub, repo: self.repo.row.id, pushed: Some(self.pushed) };
        let left = WORK.saturating_sub(self.work);
        let bounds = Bounds { objects: left, path: RepoPath::MAX };
        let changed = match changed(&trees, commit.tree, &parents, true, bounds).await {
            Ok(changed) => changed,
            Err(failure) if failure.source.is_none() => {
                self.verdict.say(format!("Commit {oid}: {}", failure.message));
                return Ok(());
            }
            Err(failure) => return Err(failure),
        };
        self.work += changed.ids.len();
        self.verdict.wanted.insert(oid);
        let files = changed.files.iter().filter(|(_, entry)| entry.mode != Mode::Submodule);
        let files: HashSet<Oid> = files.map(|(_, entry)| entry.oid).collect();
        for id in &changed.ids {
            let kind = if files.contains(id) { ObjectKind::Blob } else { ObjectKind::Tree };
            let known = match self.pushed.kind(*id) {
                Some(known) => {
                    self.verdict.wanted.insert(*id);
                    Some(known)
                }
                None => *self.externals.entry(*id).or_insert(Some(kind)),
            };
            if known.is_some_and(|known| known != kind) {
                self.verdict.say(format!(
                    "Commit {oid}: the object {id} is not the {} it is taken for",
                    kind.as_str()
                ));
            }
        }
        self.files(&changed);
        self.verdict.commits.push(Brought { oid, generation, introduced: changed.id_bytes() });
        Ok(())
    }

    /// The rules about files, for those that are new.
    fn files(&mut self, changed: &Changed) {
        for (path, entry) in &changed.files {
            if let Err(failure) = RepoPath::new(path.as_str()) {
                self.verdict.say(failure.message);
                continue;
            }
            if self.locks {
                self.verdict.paths.push(path.clone());
            }
            if entry.mode == Mode::Submodule {
                continue;
            }
            if let Some(pointer) = self.pushed.pointers.get(&entry.oid) {
                self.verdict.large.entry(pointer.oid).or_insert_with(|| path.clone());
            } else if let Some(size) = self.pushed.size(entry.oid)
                && entry.mode != Mode::Symlink
                && let Err(failure) = self.repo.check_size(path, size)
            {
                self.verdict.say(failure.message);
            }
        }
    }

    /// What the pack holds and nothing needs is stored like all else, so it must be complete like all else.
    async fn the_rest(&mut self) -> Reply<()> {
        if !self.verdict.sentences.is_empty() {
            return Ok(());
        }
        let trees = Trees { hub: &self.repo.hub, repo: self.repo.row.id, pushed: Some(self.pushed) };
        let mut needed = Vec::new();
        for item in &self.pushed.items {
            if self.verdict.wanted.contains(&item.oid) {
                continue;
            }
            if let Some(commit) = self.pushed.commits.get(&item.oid) {
                needed.push(commit.tree);
                needed.extend(&commit.parents);
            } else if let Some(tag) = self.pushed.tags.get(&item.oid) {
                needed.push(tag.object);
            } else if item.kind == ObjectKind::Tree {
                let tree = trees.get(item.oid).await?;
                let entries = tree.entries.iter().filter(|entry| entry.mode != Mode::Submodule);
                needed.extend(entries.map(|entry| entry.oid));
            } else if let Some(size) = self.pushed.size(item.oid)
                && size > self.repo.hub.limits().regular_file
            {
                self.verdict.say(format!("The pack holds a file of {size} bytes that no commit has"));
            } else if let Some(pointer) = self.pushed.pointers.get(&item.oid) {
                // A later push may have use of it without bringing it again.
                self.verdict.large.entry(pointer.oid).or_default();
            }
            for oid in needed.drain(..).filter(|oid| !self.pushed.has(*oid)) {
                self.externals.entry(oid).or_insert(None);
            }
        }
        Ok(())
    }

    /// What the pack leaves out must be in the repository.
    async fn check_externals(&mut self) -> Reply<()> {
        self.externals.remove(&EMPTY_TREE);
        let externals: Vec<Oid> = self.externals.keys().copied().collect();
        let mut tx = self.repo.hub.read().await?;
        let live = objects::live(&mut tx, self.repo.row.id, &externals).await?;
        drop(tx);
        let live: HashMap<Oid, i64> = live.into_iter().collect();
        let fits = |oid: &Oid| match (live.get(oid), self.externals.get(oid).copied().flatten()) {
            (Some(live), Some(kind)) => *live == i64::from(kind.pack_code()),
            (live, _) => live.is_some(),
        };
        let missing: Vec<Oid> = externals.into_iter().filter(|oid| !fits(oid)).take(SENTENCES).collect();
        for oid in missing {
            self.verdict.say(format!(
                "The object {oid} is missing, which the commits need. Run `git fsck`, and push from a whole clone"
            ));
        }
        Ok(())
    }

    /// Pointers need their large files.
    async fn check_large(&mut self) -> Reply<()> {
        if self.verdict.large.is_empty() || !self.verdict.sentences.is_empty() {
            return Ok(());
        }
        let sizes: HashMap<Sha256, u64> =
            self.pushed.pointers.values().map(|pointer| (pointer.oid, pointer.size)).collect();
        let named: Vec<(Sha256, String)> =
            self.verdict.large.iter().map(|(oid, path)| (*oid, path.clone())).collect();
        let limit = self.repo.hub.limits().large_file;
        for some in named.chunks(500) {
            let wanted: HashMap<Sha256, Option<u64>> =
                some.iter().map(|(oid, _)| (*oid, sizes.get(oid).copied())).collect();
            let paths: HashMap<Sha256, &str> = some.iter().map(|(oid, path)| (*oid, path.as_str())).collect();
            for (oid, path) in some {
                if sizes.get(oid).is_some_and(|size| *size > limit) {
                    self.verdict
                        .say(format!("`{path}` is larger than {limit} bytes, which this hub takes at most"));
                }
            }
            if self.repo.check_large(&wanted, |oid| paths.get(&oid).copied()).await.is_ok() {
                continue;
            }
            // Which of them is it? All that are, each with its own sentence.
            for (oid, size) in wanted {
                let one = HashMap::from([(oid, size)]);
                match self.repo.check_large(&one, |oid| paths.get(&oid).copied()).await {
                    Ok(_) => {}
                    Err(failure) if failure.source.is_some() => return Err(failure),
                    Err(failure) => {
                        self.verdict.say(format!("{}: git lfs push --all origin", failure.message));
                    }
                }
            }
        }
        Ok(())
    }

    /// The cards at the ends of what is pushed, if they are new.
    async fn check_cards(&mut self, tips: &[Oid]) -> Reply<()> {
        if !self.verdict.sentences.is_empty() {
            return Ok(());
        }
        let trees = Trees { hub: &self.repo.hub, repo: self.repo.row.id, pushed: Some(self.pushed) };
        for tip in tips {
            let Some(commit) = self.pushed.commits.get(tip) else { continue };
            let root = trees.get(commit.tree).await?;
            let Some(entry) = root.find("README.md", Mode::File) else { continue };
            let known = self.pushed.pointers.contains_key(&entry.oid) || !self.pushed.has(entry.oid);
            if known || entry.mode == Mode::Symlink {
                continue;
            }
            let text = self.pushed.body(entry.oid).await?;
            match self.repo.check_card(&text).await {
                Ok(()) => {}
                Err(failure) if failure.source.is_some() => return Err(failure),
                Err(failure) => self.verdict.say(failure.message),
            }
        }
        Ok(())
    }
}

/// A failure that is the pusher's, as a sentence; others go up.
pub(super) fn sentence_of(failure: Failure) -> Reply<String> {
    if failure.source.is_some() { Err(failure) } else { Ok(failure.message) }
}
