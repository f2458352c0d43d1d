//! Copying what a commit holds into another repository, without sending large files again.

use std::collections::HashSet;

use stoa_core::{Oid, Reply};
use stoa_db::objects::{self, Object};
use stoa_git::Mode;

use super::Source;
use crate::Hub;

impl Hub {
    /// Copies a tree and everything below it; answers the large files it points to.
    pub(crate) async fn copy_tree(
        &self,
        from: i64,
        to: i64,
        root: Oid,
    ) -> Reply<Vec<(stoa_core::Sha256, u64)>> {
        let mut seen = HashSet::new();
        let mut todo = vec![root];
        let mut oids = Vec::new();
        while let Some(oid) = todo.pop() {
            if oid == stoa_git::EMPTY_TREE || !seen.insert(oid) {
                continue;
            }
            oids.push(oid);
            for entry in &self.tree(from, oid).await?.entries {
                match entry.mode {
                    Mode::Tree => todo.push(entry.oid),
                    Mode::Submodule => {}
                    _ if seen.insert(entry.oid) => oids.push(entry.oid),
                    _ => {}
                }
            }
        }
        self.copy_objects(from, to, &oids).await
    }

    async fn copy_objects(&self, from: i64, to: i64, oids: &[Oid]) -> Reply<Vec<(stoa_core::Sha256, u64)>> {
        let mut large = Vec::new();
        for batch in oids.chunks(objects::BATCH) {
            let mut rows: Vec<Object> = Vec::with_capacity(batch.len());
            for oid in batch {
                let mut tx = self.read().await?;
                let Some(object) = objects::get(&mut tx, from, *oid).await? else { continue };
                drop(tx);
                large.extend(object.lfs);
                rows.push(object);
            }
            self.keep_rows(to, &rows, &Source::Repo(from)).await?;
        }
        Ok(large)
    }

    /// Copies every object, commit and large-file link of one repository to another.
    pub(crate) async fn copy_everything(&self, from: i64, to: i64) -> Reply<()> {
        let mut after = Vec::new();
        loop {
            let mut tx = self.read().await?;
            let page = objects::page(&mut tx, from, &after, objects::BATCH as i64).await?;
            drop(tx);
            let Some(last) = page.last() else { break };
            after = last.oid.as_bytes().to_vec();
            self.keep_rows(to, &page, &Source::Repo(from)).await?;
        }
        let mut tx = self.write().await?;
        let needed = stoa_db::lfs::used(&mut tx, from).await?;
        self.check_room(&mut tx, to, needed as u64).await?;
        objects::copy_commits(&mut tx, from, to).await?;
        stoa_db::lfs::copy_links(&mut tx, from, to, self.now()).await?;
        Ok(tx.commit().await?)
    }
}
