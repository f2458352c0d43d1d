//! Branches and tags of a repository.

use stoa_core::{Failure, Oid, RefName, Reply, Revision};
use stoa_db::refs;
use stoa_git::{Mode, ObjectKind, Tag, TreeEdit};

use crate::Repo;
use crate::access::{Access, Write};
use crate::commits::{Moves, RefChange, author, in_the_way};
use crate::store::{Made, encode, whole_trees};

/// A repository's refs by family: name, full name and the commit behind it.
#[derive(Clone, Debug, Default)]
pub struct RefSet {
    /// Branches.
    pub branches: Vec<(RefName, Oid)>,
    /// Tags.
    pub tags: Vec<(RefName, Oid)>,
    /// What the hub itself wrote.
    pub converts: Vec<(RefName, Oid)>,
    /// Pull requests.
    pub pulls: Vec<(RefName, Oid)>,
}

impl<A: Access> Repo<A> {
    /// Every ref.
    pub async fn refs(&self) -> Reply<RefSet> {
        let mut tx = self.hub.read().await?;
        let mut set = RefSet::default();
        for one in refs::all(&mut tx, self.row.id).await? {
            let name = RefName::full(&one.name)?;
            let family = match name.as_str() {
                n if n.starts_with("refs/heads/") => &mut set.branches,
                n if n.starts_with("refs/tags/") => &mut set.tags,
                n if n.starts_with("refs/convert/") => &mut set.converts,
                n if n.starts_with("refs/pr/") => &mut set.pulls,
                _ => continue,
            };
            family.push((name, one.target));
        }
        Ok(set)
    }
}

impl Repo<Write> {
    /// Makes a branch at a revision (the end of `main` if none is named), or an empty one.
    pub async fn create_branch(
        &self,
        name: &str,
        at: Option<&Revision>,
        empty: bool,
        overwrite: bool,
    ) -> Reply<()> {
        let main = Revision::new("main")?;
        let mut tx = self.hub.read().await?;
        let start = self.hub.resolve(&mut tx, self.row.id, at.unwrap_or(&main)).await?;
        let branch = RefName::branch(name)?;
        let present = refs::get(&mut tx, self.row.id, branch.as_str()).await?;
        drop(tx);
        if let Some(present) = &present {
            if !overwrite {
                return Err(Failure::conflict(format!("Reference {branch} already exists")));
            }
            if !empty {
                return self.reset_branch(&branch, present.oid, start.commit).await;
            }
        }
        if empty {
            self.check_free(&branch).await?;
            return self.empty_branch(&branch, present.map(|present| present.oid)).await;
        }
        self.check_free(&branch).await?;
        let to = Some((start.commit, start.commit));
        let made = RefChange { name: branch.clone(), from: None, to };
        if !self.change_ref(made, "ref.create").await? {
            return Err(Failure::conflict(format!("Reference {branch} already exists")));
        }
        Ok(())
    }

    /// Refuses a new ref that others leave no room for.
    async fn check_free(&self, name: &RefName) -> Reply<()> {
        let mut tx = self.hub.read().await?;
        match refs::in_the_way(&mut tx, self.row.id, name.as_str()).await?.first() {
            None => Ok(()),
            Some(other) => Err(Failure::conflict(in_the_way(name, other))),
        }
    }

    async fn reset_branch(&self, branch: &RefName, from: Oid, to: Oid) -> Reply<()> {
        let reset = RefChange { name: branch.clone(), from: Some(from), to: Some((to, to)) };
        if self.change_ref(reset, "ref.reset").await? { Ok(()) } else { Err(Failure::stale()) }
    }

    async fn empty_branch(&self, branch: &RefName, from: Option<Oid>) -> Reply<()> {
        let attributes = encode(ObjectKind::Blob, Vec::new()).await?;
        let mut edit = TreeEdit::new(None);
        edit.put(&stoa_core::RepoPath::new(".gitattributes")?, Mode::File, attributes.oid);
        let edited = edit.finish().map_err(|e| Failure::internal(e.to_string()))?;
        let mut made = vec![Made::from(attributes)];
        made.extend(whole_trees(&edited.trees)?);
        self.hub.keep(self.row.id, made).await?;
        let moves = Moves {
            branch,
            from,
            root: edited.root,
            parents: Vec::new(),
            message: "initial commit\n".to_owned(),
            large: Vec::new(),
            changed: Vec::new(),
            introduced: None,
        };
        self.move_branch(moves).await?.map(drop).ok_or_else(Failure::stale)
    }

    /// Deletes a branch; never `main`.
    pub async fn delete_branch(&self, name: &str) -> Reply<()> {
        let missing = || Failure::revision_not_found(name);
        let branch = RefName::branch(name).map_err(|_| missing())?;
        self.delete_ref(&branch, missing).await
    }

    /// Makes a tag at a revision: an annotated one if it has a message.
    pub async fn create_tag(&self, revision: &Revision, name: &str, message: Option<&str>) -> Reply<()> {
        let mut tx = self.hub.read().await?;
        let at = self.hub.resolve(&mut tx, self.row.id, revision).await?;
        drop(tx);
        let tag = RefName::tag(name)?;
        let mut oid = at.commit;
        if let Some(message) = message.filter(|message| !message.trim().is_empty()) {
            if message.len() > 1 << 20 {
                return Err(Failure::too_large("The tag's message is too long"));
            }
            let object = Tag {
                object: at.commit,
                kind: ObjectKind::Commit,
                name: name.to_owned(),
                tagger: Some(author(&self.hub, &self.actor).await?),
                message: stoa_git::message(message, ""),
            };
            let encoded = encode(ObjectKind::Tag, object.encode_body()).await?;
            oid = encoded.oid;
            self.hub.keep(self.row.id, vec![encoded.into()]).await?;
        }
        self.check_free(&tag).await?;
        let made = RefChange { name: tag, from: None, to: Some((oid, at.commit)) };
        if !self.change_ref(made, "ref.create").await? {
            return Err(Failure::conflict(format!("Tag {name} already exists")));
        }
        Ok(())
    }

    /// Deletes a tag.
    pub async fn delete_tag(&self, name: &str) -> Reply<()> {
        let missing = || Failure::revision_not_found(name);
        let tag = RefName::tag(name).map_err(|_| missing())?;
        self.delete_ref(&tag, missing).await
    }

    async fn delete_ref(&self, name: &RefName, missing: impl Fn() -> Failure) -> Reply<()> {
        let mut tx = self.hub.read().await?;
        let now = refs::get(&mut tx, self.row.id, name.as_str()).await?.ok_or_else(missing)?;
        drop(tx);
        let gone = RefChange { name: name.clone(), from: Some(now.oid), to: None };
        if self.change_ref(gone, "ref.delete").await? { Ok(()) } else { Err(Failure::stale()) }
    }
}
