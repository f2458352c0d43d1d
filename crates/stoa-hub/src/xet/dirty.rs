//! Questions before a change in the middle of a file: what to send again, and what is known of the rest.

use std::ops::Range;

use stoa_core::{Failure, Reply};
use stoa_xet::{DirtyWalk, DirtyWindows, Error, MerkleHash};

use super::bytes::plan_of;
use super::reconstruct::out_of_range;
use super::{XetSession, damaged, xet_failure};
use crate::cpu;

impl XetSession {
    /// What to send again of a file of which these bytes change; the token's repository must be allowed to serve it.
    /// Ranges behind the end do not count.
    pub async fn dirty_windows(&self, file: MerkleHash, dirty: Vec<Range<u64>>) -> Reply<DirtyWindows> {
        let row = self.file(file).await?;
        let mut walk = DirtyWalk::new(plan_of(&row)?, dirty).map_err(refused)?;
        while let Some(hash) = walk.needs() {
            let known = self.hub.table(hash).await?;
            let known = known.ok_or_else(|| Failure::internal(format!("xorb {hash} is missing")))?;
            walk = cpu::run(move || {
                walk.take(&known.chunks).map_err(refused)?;
                Ok(walk)
            })
            .await?;
        }
        cpu::run(move || Ok(walk.finish())).await
    }
}

fn refused(error: Error) -> Failure {
    match error {
        Error::OutOfRange { size } => out_of_range(size),
        Error::TooLarge { .. } => Failure::too_large(
            "The chunks of this file are too much alike to tell of the parts that stay. Send the whole file",
        ),
        Error::WrongXorb { .. } => damaged(error),
        other => xet_failure(other),
    }
}
