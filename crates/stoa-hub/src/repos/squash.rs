//! One commit in place of a branch's history.

use stoa_core::{Failure, RefName, Reply, Revision};
use stoa_db::{objects, refs};

use crate::Repo;
use crate::access::Write;
use crate::commits::Moves;

impl Repo<Write> {
    /// Replaces the history of a branch by one commit of what it holds now. There is no way back.
    pub async fn squash(&self, revision: &Revision, message: Option<&str>) -> Reply<()> {
        let missing = || Failure::revision_not_found(revision.as_str());
        let name = revision.as_str();
        let full = if name.starts_with("refs/") { name.to_owned() } else { format!("refs/heads/{name}") };
        let branch = RefName::full(&full).map_err(|_| missing())?;
        let mut tx = self.hub.read().await?;
        let head = refs::get(&mut tx, self.row.id, branch.as_str()).await?.ok_or_else(missing)?;
        let row = objects::commit(&mut tx, self.row.id, head.target).await?.ok_or_else(missing)?;
        drop(tx);
        let message =
            message.filter(|m| !m.trim().is_empty()).unwrap_or("Super-squash branch using huggingface_hub");
        let moves = Moves {
            branch: &branch,
            from: Some(head.oid),
            root: row.tree,
            parents: Vec::new(),
            message: stoa_git::message(message, ""),
            large: Vec::new(),
            changed: Vec::new(),
            introduced: None,
        };
        self.move_branch(moves).await?.map(drop).ok_or_else(Failure::stale)
    }
}
