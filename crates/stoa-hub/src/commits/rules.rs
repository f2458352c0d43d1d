//! What a file must be to be committed, whichever way it comes: by the commit API or by a push.

use std::collections::HashMap;

use stoa_core::{Failure, Reply, Sha256};
use stoa_db::lfs;

use crate::access::Write;
use crate::files::Large;
use crate::{Repo, cpu};

impl Repo<Write> {
    /// Refuses a regular file that is too large.
    pub(crate) fn check_size(&self, path: &str, size: u64) -> Reply<()> {
        let limit = self.hub.limits().regular_file;
        if size <= limit {
            return Ok(());
        }
        let pattern = path.rsplit_once('.').map_or(path, |(_, extension)| extension);
        Err(Failure::too_large(format!(
            "`{path}` has {size} bytes; files above {limit} bytes must be uploaded as large files (LFS): `git lfs migrate \
             import --include=\"*.{pattern}\"`, or `hf upload`"
        )))
    }

    /// Refuses a card whose metadata is wrong, with the sentence that says where.
    pub(crate) async fn check_card(&self, readme: &[u8]) -> Reply<()> {
        let kind = self.row.name.kind;
        let text = String::from_utf8_lossy(readme).into_owned();
        let report = cpu::run(move || Ok(stoa_meta::validate::validate(kind, &text))).await?;
        if report.errors.is_empty() {
            return Ok(());
        }
        Err(Failure::invalid(format!("Invalid metadata in README.md: {}", report.errors.join("; "))))
    }

    /// The sizes of large files that a commit names with the sizes it claims; `path` tells where one is named. Refuses
    /// what has not arrived, what the committer may not have, and what has another size.
    pub(crate) async fn check_large<'p>(
        &self,
        wanted: &HashMap<Sha256, Option<u64>>,
        path: impl Fn(Sha256) -> Option<&'p str> + Sync,
    ) -> Reply<HashMap<Sha256, u64>> {
        let oids: Vec<Sha256> = wanted.keys().copied().collect();
        let mut tx = self.hub.read().await?;
        let linked: HashMap<Sha256, u64> =
            lfs::linked(&mut tx, self.row.id, &oids).await?.into_iter().collect();
        drop(tx);
        let mut sizes = HashMap::with_capacity(oids.len());
        for (oid, claimed) in wanted {
            let size = if let Some(size) = linked.get(oid) {
                *size
            } else {
                let missing = || missing(path(*oid), *oid);
                self.known_elsewhere(*oid, *claimed).await?.ok_or_else(missing)?
            };
            if claimed.is_some_and(|claimed| claimed != size) {
                return Err(Failure::invalid(format!(
                    "The large file {oid} has {size} bytes, the commit says {}",
                    claimed.unwrap_or_default()
                )));
            }
            sizes.insert(*oid, size);
        }
        Ok(sizes)
    }

    /// The size of a large file that another repository has and this committer may use.
    async fn known_elsewhere(&self, oid: Sha256, claimed: Option<u64>) -> Reply<Option<u64>> {
        let mut tx = self.hub.read().await?;
        let size = lfs::size(&mut tx, oid).await?;
        drop(tx);
        let Some(size) = size.filter(|size| claimed.is_none_or(|claimed| claimed == *size)) else {
            return Ok(None);
        };
        Ok(self.link_known(Large { oid, size }).await?.then_some(size))
    }
}

fn missing(path: Option<&str>, oid: Sha256) -> Failure {
    Failure::invalid(format!(
        "The content of the large file `{}` ({oid}) has not been uploaded. Upload it, then commit again",
        path.unwrap_or_default()
    ))
}
