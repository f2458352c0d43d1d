//! Everything repo info may show.

use serde_json::{Map, Value};
use stoa_core::{Failure, Oid, Reply, Revision, Time};
use stoa_db::{objects, repos};

use crate::Repo;
use crate::access::Access;
use crate::commits::describe;
use crate::files::Entry;

/// A repository at a revision.
pub struct Info {
    /// The commit.
    pub sha: Oid,
    /// Its root tree.
    pub tree: Oid,
    /// When that commit was made.
    pub modified: Time,
    /// Tags, in the order clients see.
    pub tags: Vec<String>,
    /// Card, configuration, weights: keys as in repo info.
    pub facts: Map<String, Value>,
    /// Task.
    pub pipeline_tag: Option<String>,
    /// Library.
    pub library: Option<String>,
}

/// Files shown of one repository.
pub(crate) const SIBLINGS: usize = 100_000;

impl<A: Access> Repo<A> {
    /// What the hub knows about the repository at a revision (`main` if none is named).
    pub async fn info(&self, revision: Option<&Revision>) -> Reply<Info> {
        let main = Revision::new("main")?;
        let mut tx = self.hub.read().await?;
        let at = self.hub.resolve(&mut tx, self.row.id, revision.unwrap_or(&main)).await?;
        let modified =
            objects::commit(&mut tx, self.row.id, at.commit).await?.map_or(self.row.modified_at, |c| c.at);
        if self.row.head == Some(at.commit) {
            let (tags, facts) = repos::facts(&mut tx, self.row.id).await?;
            return Ok(Info {
                sha: at.commit,
                tree: at.tree,
                modified,
                tags: serde_json::from_str(&tags).map_err(Failure::internal)?,
                facts: serde_json::from_str(&facts).map_err(Failure::internal)?,
                pipeline_tag: self.row.pipeline_tag.clone(),
                library: self.row.library.clone(),
            });
        }
        drop(tx);
        let described = describe(self, at.tree).await?;
        Ok(Info {
            sha: at.commit,
            tree: at.tree,
            modified,
            tags: described.tags,
            facts: serde_json::from_str(&described.facts).map_err(Failure::internal)?,
            pipeline_tag: described.pipeline_tag,
            library: described.library,
        })
    }

    /// The paths of all files of a tree.
    pub async fn siblings(&self, tree: Oid) -> Reply<Vec<String>> {
        self.file_names(tree, SIBLINGS).await
    }

    /// All files of a tree with sizes and ids.
    pub async fn sibling_files(&self, tree: Oid) -> Reply<Vec<Entry>> {
        self.files(tree, SIBLINGS).await
    }
}
