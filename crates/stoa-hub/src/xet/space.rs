//! What large files take, for operators.

use stoa_core::{Reply, RepoKind};
use stoa_db::space::{self, By};

use crate::Hub;

/// What somebody's large files take.
#[derive(Clone, Debug)]
pub struct Space {
    /// An account, or the path of a repository (`datasets/ada/d`) or bucket (`buckets/ada/b`).
    pub name: String,
    /// Large files, counted in every repository that has them, and files of buckets.
    pub files: u64,
    /// Their bytes.
    pub logical: u64,
    /// Bytes of distinct files.
    pub distinct: u64,
    /// Bytes in the store that hold them, those that others share included.
    pub stored: u64,
}

impl Space {
    /// Bytes that would be stored besides if every file were kept whole.
    pub fn saved(&self) -> u64 {
        self.logical.saturating_sub(self.stored)
    }
}

impl Hub {
    /// The repositories and buckets (or else accounts) with the most bytes, and all together.
    pub async fn space(&self, by_repo: bool, limit: usize) -> Reply<(Vec<Space>, Space)> {
        let by = if by_repo { By::Repo } else { By::Owner };
        let mut tx = self.read().await?;
        let largest = space::largest(&mut tx, by, limit as i64).await?;
        let total = space::total(&mut tx).await?;
        Ok((largest.into_iter().map(shown).collect(), shown(total)))
    }
}

fn shown(space: space::Space) -> Space {
    let (kind, name) = space.name;
    let name = match kind.and_then(RepoKind::from_code) {
        None | Some(RepoKind::Model) => name,
        Some(kind) => format!("{}/{name}", kind.plural()),
    };
    Space { name, files: space.files, logical: space.logical, distinct: space.distinct, stored: space.stored }
}
