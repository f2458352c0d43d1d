//! Copying what a commit holds into another repository, without sending large files again.

use std::collections::{HashMap, HashSet};

use bytes::Bytes;
use stoa_core::{Oid, Reply};
use stoa_db::objects::{self, Object};
use stoa_git::Mode;

use super::{ROW, Source, encode, kind_of};
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
            let mut outgrown = HashMap::new();
            for oid in batch {
                let mut tx = self.read().await?;
                let Some(mut object) = objects::get(&mut tx, from, *oid).await? else { continue };
                drop(tx);
                object.push = None;
                if object.base.is_some() {
                    // What it is based on may not be among them.
                    object = self.whole(from, object).await?;
                    if let Some(data) = object.data.take_if(|data| data.len() > ROW) {
                        outgrown.insert(*oid, Bytes::from(data));
                    }
                }
                large.extend(object.lfs);
                rows.push(object);
            }
            self.keep_rows(to, &rows, &Source::Repo(from, outgrown)).await?;
        }
        Ok(large)
    }

    /// An object that is a delta, as a whole one.
    async fn whole(&self, repo: i64, object: Object) -> Reply<Object> {
        let body = self.body(repo, object.oid).await?;
        let kind = kind_of(&object)?;
        let encoded = encode(kind, body).await?;
        Ok(Object { data: Some(encoded.data.to_vec()), base: None, ..object })
    }

    /// Copies every object, commit and large-file link of one repository to another.
    pub(crate) async fn copy_everything(&self, from: i64, to: i64) -> Reply<()> {
        let mut after = Vec::new();
        loop {
            let mut tx = self.read().await?;
            let mut page = objects::page(&mut tx, from, &after, objects::BATCH as i64).await?;
            drop(tx);
            for object in &mut page {
                object.push = None;
            }
            let Some(last) = page.last() else { break };
            after = last.oid.as_bytes().to_vec();
            self.keep_rows(to, &page, &Source::Repo(from, HashMap::new())).await?;
        }
        let mut tx = self.write().await?;
        let needed = stoa_db::lfs::used(&mut tx, from).await?;
        self.check_room(&mut tx, to, needed as u64).await?;
        objects::copy_commits(&mut tx, from, to).await?;
        stoa_db::lfs::copy_links(&mut tx, from, to, self.now()).await?;
        Ok(tx.commit().await?)
    }
}
