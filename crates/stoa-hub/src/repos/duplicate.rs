//! Copying a repository to another name, without sending its large files again.

use stoa_core::{Actor, Failure, RefName, Reply, RepoId, RepoKind};
use stoa_db::{objects, refs, repos};

use crate::access::{Admin, Read};
use crate::commits::{Moves, describe};
use crate::files::Large;
use crate::{Hub, Repo};

impl Hub {
    /// Copies a repository. Models and datasets get one commit of what `main` holds; Spaces keep their history.
    pub async fn duplicate(
        &self,
        actor: &Actor,
        source: &Repo<Read>,
        to: &RepoId,
        private: Option<bool>,
    ) -> Reply<Repo<Admin>> {
        source.check_content().await?;
        if to.kind != source.row.name.kind {
            return Err(Failure::invalid("A copy has the type of its source"));
        }
        let head = source.row.head.ok_or_else(|| Failure::conflict("The repository is empty"))?;
        let mut tx = self.read().await?;
        let owner_id = self.may_create(&mut tx, actor, &to.owner, to.kind.as_str()).await?;
        let owner = stoa_db::accounts::by_id(&mut tx, owner_id).await?.ok_or_else(Failure::repo_not_found)?;
        let row = objects::commit(&mut tx, source.row.id, head).await?.ok_or_else(Failure::repo_not_found)?;
        drop(tx);
        let id = RepoId::new(to.kind, owner.name, to.name.as_str())?;
        let private = private.unwrap_or(source.row.private || to.kind == RepoKind::Space);
        let copy = self.insert_repo(actor, &id, owner_id, private, source.row.sdk.as_deref()).await?;
        let filled = if to.kind == RepoKind::Space {
            self.copy_history(source, &copy, row.tree).await
        } else {
            self.copy_head(source, &copy, row.tree).await
        };
        if let Err(failure) = filled {
            copy.delete().await?;
            return Err(failure);
        }
        self.open(actor, &id).await
    }

    async fn copy_head(&self, source: &Repo<Read>, copy: &Repo<Admin>, tree: stoa_core::Oid) -> Reply<()> {
        for (oid, size) in self.copy_tree(source.row.id, copy.row.id, tree).await? {
            self.link(copy.row.id, Large { oid, size }).await?;
        }
        let moves = Moves {
            branch: &RefName::main(),
            from: None,
            root: tree,
            parents: Vec::new(),
            message: stoa_git::message(&format!("Duplicate from {}", source.row.name), ""),
            large: Vec::new(),
            changed: Vec::new(),
            introduced: None,
        };
        copy.move_branch(moves).await.map(drop)
    }

    async fn copy_history(&self, source: &Repo<Read>, copy: &Repo<Admin>, tree: stoa_core::Oid) -> Reply<()> {
        self.copy_everything(source.row.id, copy.row.id).await?;
        let described = describe(copy, tree).await?;
        let now = self.now();
        let mut tx = self.read().await?;
        let all = refs::all(&mut tx, source.row.id).await?;
        drop(tx);
        let mut tx = self.write().await?;
        for one in all.iter().filter(|one| !one.name.starts_with("refs/pr/")) {
            refs::create(&mut tx, copy.row.id, &one.name, one.oid, one.target, now).await?;
        }
        repos::set_head(&mut tx, copy.row.id, source.row.head, now).await?;
        repos::describe(&mut tx, copy.row.id, copy.row.name.kind, &described).await?;
        Ok(tx.commit().await?)
    }
}
