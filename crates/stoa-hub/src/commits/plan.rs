//! Before an upload: which files go into git, and which are large files.

use stoa_core::{Failure, Reply, RepoPath, Revision};
use stoa_git::{Attributes, Ignore, Mode};

use crate::access::Write;
use crate::{Repo, cpu};

/// A file that a client is about to send.
#[derive(Clone, Debug)]
pub struct Sample {
    /// Path, as the client wrote it.
    pub path: String,
    /// The first bytes, at most 512.
    pub sample: Vec<u8>,
    /// Bytes of the whole file.
    pub size: u64,
}

/// What the client should do with it.
#[derive(Clone, Debug)]
pub struct Planned {
    /// Path, as the client wrote it.
    pub path: String,
    /// Whether it is a large file.
    pub large: bool,
    /// Whether `.gitignore` leaves it out.
    pub ignored: bool,
    /// What is at that path now: blob id, or SHA-256 of a large file.
    pub oid: Option<String>,
}

/// `.gitattributes` and `.gitignore` are read up to this many bytes.
const RULES: u64 = 1 << 20;

impl Repo<Write> {
    /// Plans an upload to a branch. Rules that the client is about to send too may be given as text.
    pub async fn plan(
        &self,
        revision: &Revision,
        files: &[Sample],
        attributes: Option<&str>,
        ignore: Option<&str>,
    ) -> Reply<Vec<Planned>> {
        let mut tx = self.hub.read().await?;
        let at = self.hub.resolve(&mut tx, self.row.id, revision).await?;
        drop(tx);
        let attributes = match attributes {
            Some(text) => Some(text.to_owned()),
            None => self.small_text(at.tree, ".gitattributes", RULES).await?,
        };
        let ignore = match ignore {
            Some(text) => Some(text.to_owned()),
            None => self.small_text(at.tree, ".gitignore", RULES).await?,
        };
        let names: Vec<String> = files.iter().map(|file| file.path.clone()).collect();
        let (lfs, ignored) =
            cpu::run(move || Ok(match_rules(&names, attributes.as_deref(), ignore.as_deref()))).await?;
        let mut found = Vec::with_capacity(files.len());
        let mut large = Vec::with_capacity(files.len());
        for (file, lfs) in files.iter().zip(lfs) {
            let path = RepoPath::new(file.path.as_str())?;
            if file.size > self.hub.limits().large_file {
                return Err(Failure::too_large(format!(
                    "`{path}` has {} bytes; this hub takes at most {}",
                    file.size,
                    self.hub.limits().large_file
                )));
            }
            large.push(is_large(lfs, file, self.hub.limits().regular_file));
            if let Some(entry) = self.hub.entry(self.row.id, at.tree, path.as_str()).await?
                && entry.mode != Mode::Tree
            {
                found.push((file.path.clone(), entry));
            }
        }
        let present = self.hub.describe_entries(self.row.id, found).await?;
        let present: std::collections::HashMap<&str, String> = present
            .iter()
            .map(|entry| {
                let oid =
                    entry.large.map_or_else(|| entry.oid.to_string(), |(sha256, ..)| sha256.to_string());
                (entry.path.as_str(), oid)
            })
            .collect();
        let new = files
            .iter()
            .zip(&large)
            .filter(|(file, large)| **large && !present.contains_key(file.path.as_str()));
        self.check_plan(&new.map(|(file, _)| file.size).collect::<Vec<_>>()).await?;
        let planned = files.iter().zip(large).zip(ignored).map(|((file, large), ignored)| Planned {
            path: file.path.clone(),
            large,
            ignored,
            oid: present.get(file.path.as_str()).cloned(),
        });
        Ok(planned.collect())
    }
}

impl Repo<Write> {
    /// Refuses, before anything is sent, new large files that would take the owner over the quota. What they contain is
    /// not known yet: one as long as a file that came already is taken for that file, sent by an upload that broke off.
    async fn check_plan(&self, sizes: &[u64]) -> Reply<()> {
        if self.hub.limits().owner_storage == 0 || sizes.is_empty() {
            return Ok(());
        }
        let mut tx = self.hub.read().await?;
        let known = stoa_db::lfs::linked_sizes(&mut tx, self.row.id, sizes).await?;
        let needed = sizes.iter().filter(|size| !known.contains(size)).sum();
        self.hub.check_owner(&mut tx, self.row.owner_id, &self.row.name.owner, needed).await
    }
}

/// What `.gitattributes` and `.gitignore` say of each path. A hostile file of rules costs milliseconds per path.
fn match_rules(paths: &[String], attributes: Option<&str>, ignore: Option<&str>) -> (Vec<bool>, Vec<bool>) {
    let attributes = Attributes::parse(attributes.unwrap_or_default());
    let ignore = Ignore::parse(ignore.unwrap_or_default());
    paths.iter().map(|path| (attributes.is_lfs(path), ignore.is_ignored(path))).unzip()
}

/// Rules first, then size, then the look of the first bytes. Empty files are never large.
fn is_large(lfs: bool, file: &Sample, regular: u64) -> bool {
    if file.size == 0 {
        return false;
    }
    lfs || file.size > regular || looks_binary(&file.sample)
}

fn looks_binary(sample: &[u8]) -> bool {
    if sample.contains(&0) {
        return true;
    }
    // A character may be cut at the end of the sample; anything else that is not UTF-8 is binary.
    matches!(std::str::from_utf8(sample), Err(e) if e.error_len().is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_of_any_language_is_not_binary() {
        assert!(!looks_binary("héllo 世界".as_bytes()));
        assert!(!looks_binary(&"世".as_bytes()[..2]), "cut in the middle of a character");
        assert!(looks_binary(b"\x89PNG\r\n"));
        assert!(looks_binary(b"a\0b"));
    }
}
