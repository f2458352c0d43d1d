//! A repository as a bare git repository on disk, for people who want to look at it with git itself.

use std::io::Write as _;
use std::path::Path;

use bytes::BytesMut;
use stoa_core::{Failure, Reply};
use stoa_db::{objects, refs};
use stoa_git::{Encoded, PackWriter};

use super::kind_of;
use crate::access::Access;
use crate::{Repo, git_failure};

impl<A: Access> Repo<A> {
    /// Writes a bare repository into the folder `to`, which must be empty or missing: one pack, its index, the refs.
    /// Large files stay pointers, as in every git repository with git-lfs. Answers the number of objects.
    pub async fn export_git(&self, to: &Path) -> Reply<u32> {
        let io = |e: std::io::Error| Failure::invalid(format!("Cannot write to {}: {e}", to.display()));
        if to.read_dir().is_ok_and(|mut entries| entries.next().is_some()) {
            return Err(Failure::conflict(format!("The folder {} is not empty", to.display())));
        }
        let repo = self.row.id;
        let mut tx = self.hub.read().await?;
        let refs = refs::all(&mut tx, repo).await?;
        let mut oids = Vec::new();
        let mut after = Vec::new();
        loop {
            let page = objects::page(&mut tx, repo, &after, 1000).await?;
            let Some(last) = page.last() else { break };
            after = last.oid.as_bytes().to_vec();
            oids.extend(page.iter().map(|object| object.oid));
        }
        drop(tx);
        let packs = to.join("objects").join("pack");
        std::fs::create_dir_all(&packs).map_err(io)?;
        std::fs::create_dir_all(to.join("refs")).map_err(io)?;
        std::fs::write(to.join("HEAD"), "ref: refs/heads/main\n").map_err(io)?;
        std::fs::write(to.join("config"), "[core]\n\trepositoryformatversion = 0\n\tbare = true\n")
            .map_err(io)?;
        let lines = refs.iter().map(|one| format!("{} {}\n", one.oid, one.name));
        let text = String::from("# pack-refs with: sorted\n") + &lines.collect::<String>();
        std::fs::write(to.join("packed-refs"), text).map_err(io)?;
        let count =
            u32::try_from(oids.len()).map_err(|_| Failure::too_large("More objects than a pack can hold"))?;
        let path = packs.join("pack-export.pack");
        let mut file = std::io::BufWriter::new(std::fs::File::create(&path).map_err(io)?);
        let mut pack = PackWriter::indexed();
        file.write_all(&pack.header(count)).map_err(io)?;
        for oid in oids {
            let mut tx = self.hub.read().await?;
            let object = objects::get(&mut tx, repo, oid).await?;
            drop(tx);
            let object = object.ok_or_else(|| Failure::internal(format!("git object {oid} is missing")))?;
            let data = self.hub.zlib_of(repo, &object).await?;
            let mut entry = BytesMut::new();
            let written = if let Some(base) = object.base {
                pack.delta_of(&mut entry, oid, base.oid, base.instructions, &data)
            } else {
                let whole = Encoded { oid, kind: kind_of(&object)?, size: object.size, data };
                pack.entry_into(&mut entry, &whole)
            };
            written.map_err(git_failure)?;
            file.write_all(&entry).map_err(io)?;
        }
        let end = pack.finish().map_err(git_failure)?;
        file.write_all(&end).map_err(io)?;
        file.flush().map_err(io)?;
        std::fs::write(packs.join("pack-export.idx"), pack.index().map_err(git_failure)?).map_err(io)?;
        Ok(count)
    }
}
