//! The card of a revision as its author wrote it.

use stoa_core::{Oid, Reply};
use stoa_git::Mode;

use crate::Repo;
use crate::access::Access;

/// Where the card is.
const PATH: &str = "README.md";
/// Bytes read of it.
const LONGEST: u64 = 4 << 20;

/// A card.
#[derive(Clone, Debug)]
pub struct Readme {
    /// The blob in git.
    pub oid: Oid,
    /// Its text; what is no UTF-8 is replaced.
    pub text: String,
}

impl<A: Access> Repo<A> {
    /// The card of a tree; `None` when there is none.
    ///
    /// Whoever may see a repository may read its card, even behind a gate: the card says what is there and how to get it.
    pub async fn readme(&self, root: Oid) -> Reply<Option<Readme>> {
        let Some(entry) = self.hub.entry(self.row.id, root, PATH).await? else { return Ok(None) };
        if !matches!(entry.mode, Mode::File | Mode::Executable) {
            return Ok(None);
        }
        let bytes = self.hub.peek(self.row.id, entry.oid, 0..LONGEST, LONGEST).await?;
        Ok(Some(Readme { oid: entry.oid, text: String::from_utf8_lossy(&bytes).into_owned() }))
    }
}
