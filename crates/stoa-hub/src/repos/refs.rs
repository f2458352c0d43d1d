//! Branches and tags of a repository.

use stoa_core::{Failure, Oid, RefName, Reply, Revision};
use stoa_db::{objects, refs, repos};
use stoa_git::{Mode, ObjectKind, Tag, TreeEdit};

use crate::Repo;
use crate::access::{Access, Write};
use crate::commits::{Moves, author, describe};
use crate::store::{Made, encode};

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
            return self.empty_branch(&branch, present.map(|present| present.oid)).await;
        }
        let mut tx = self.hub.write().await?;
        let commit = start.commit;
        if !refs::create(&mut tx, self.row.id, branch.as_str(), commit, commit, self.hub.now()).await? {
            return Err(Failure::conflict(format!("Reference {branch} already exists")));
        }
        self.hub
            .note(&mut tx, &self.actor, "ref.create", &format!("{}@{branch}", self.row.name.path()))
            .await?;
        Ok(tx.commit().await?)
    }

    async fn reset_branch(&self, branch: &RefName, from: Oid, to: Oid) -> Reply<()> {
        let now = self.hub.now();
        let described = if *branch == RefName::main() {
            let mut tx = self.hub.read().await?;
            let row = objects::commit(&mut tx, self.row.id, to).await?.ok_or_else(Failure::repo_not_found)?;
            drop(tx);
            Some(describe(self, row.tree).await?)
        } else {
            None
        };
        let mut tx = self.hub.write().await?;
        if !refs::swap(&mut tx, self.row.id, branch.as_str(), from, to, now).await? {
            return Err(Failure::stale());
        }
        if let Some(described) = &described {
            repos::set_head(&mut tx, self.row.id, Some(to), now).await?;
            repos::describe(&mut tx, self.row.id, self.row.name.kind, described).await?;
        }
        Ok(tx.commit().await?)
    }

    async fn empty_branch(&self, branch: &RefName, from: Option<Oid>) -> Reply<()> {
        let attributes = encode(ObjectKind::Blob, Vec::new()).await?;
        let mut edit = TreeEdit::new(None);
        edit.put(&stoa_core::RepoPath::new(".gitattributes")?, Mode::File, attributes.oid);
        let edited = edit.finish().map_err(|e| Failure::internal(e.to_string()))?;
        let mut made = vec![Made::from(attributes)];
        made.extend(edited.trees.into_iter().map(Made::from));
        self.hub.keep(self.row.id, made).await?;
        let moves = Moves {
            branch,
            from,
            root: edited.root,
            parents: Vec::new(),
            message: "initial commit\n".to_owned(),
            large: Vec::new(),
        };
        self.move_branch(moves).await?.map(drop).ok_or_else(Failure::stale)
    }

    /// Deletes a branch; never `main`.
    pub async fn delete_branch(&self, name: &str) -> Reply<()> {
        if name == "main" {
            return Err(Failure::forbidden("Cannot delete refs/heads/main"));
        }
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
        let mut tx = self.hub.write().await?;
        if !refs::create(&mut tx, self.row.id, tag.as_str(), oid, at.commit, self.hub.now()).await? {
            return Err(Failure::conflict(format!("Tag {name} already exists")));
        }
        self.hub.note(&mut tx, &self.actor, "ref.create", &format!("{}@{tag}", self.row.name.path())).await?;
        Ok(tx.commit().await?)
    }

    /// Deletes a tag.
    pub async fn delete_tag(&self, name: &str) -> Reply<()> {
        let missing = || Failure::revision_not_found(name);
        let tag = RefName::tag(name).map_err(|_| missing())?;
        self.delete_ref(&tag, missing).await
    }

    async fn delete_ref(&self, name: &RefName, missing: impl Fn() -> Failure) -> Reply<()> {
        let mut tx = self.hub.write().await?;
        if !refs::delete(&mut tx, self.row.id, name.as_str()).await? {
            return Err(missing());
        }
        self.hub
            .note(&mut tx, &self.actor, "ref.delete", &format!("{}@{name}", self.row.name.path()))
            .await?;
        Ok(tx.commit().await?)
    }
}
