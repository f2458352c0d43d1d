//! Tokens that users make for themselves.

use std::time::Duration;

use stoa_core::{Actor, Failure, FineGrained, Reply, TokenRole};

use super::{TokenMade, rights};
use crate::Hub;

/// Tokens of one user at most.
const MOST: usize = 500;
/// Entries of a fine-grained token at most.
const ENTRIES: usize = 200;
/// Days a token may be given at most.
const DAYS: u32 = 3650;
/// What a permission can be about.
const ENTITIES: [&str; 5] = ["user", "org", "model", "dataset", "space"];
/// The permissions there are.
const PERMISSIONS: [&str; 3] = ["repo.content.read", "repo.access.read", "repo.write"];

/// A token that somebody wants.
#[derive(Clone, Debug)]
pub struct NewToken<'a> {
    /// What to call it.
    pub name: &'a str,
    /// How far it reaches.
    pub role: TokenRole,
    /// What a fine-grained one may do.
    pub fine: Option<&'a FineGrained>,
    /// Days until it ends; without them it works until it is revoked.
    pub days: Option<u32>,
}

impl Hub {
    /// Makes a token for the asker.
    pub async fn add_token(&self, actor: &Actor, new: NewToken<'_>) -> Reply<TokenMade> {
        let (_, name) = rights::whole(actor, "Managing tokens")?;
        if let Some(fine) = new.fine {
            check(fine)?;
        }
        let expires = match new.days {
            None => None,
            Some(days @ 1..=DAYS) => Some(self.now().after(Duration::from_hours(u64::from(days) * 24))),
            Some(_) => return Err(Failure::invalid(format!("`expiresInDays` must be 1 to {DAYS}"))),
        };
        if self.tokens(actor).await?.len() >= MOST {
            return Err(Failure::conflict(format!(
                "You have {MOST} tokens, which is the most. Revoke those you no longer use."
            )));
        }
        let made = self.create_token(name.as_str(), new.name, new.role, new.fine, expires).await?;
        let mut tx = self.write().await?;
        self.note(&mut tx, actor, "token.create", &format!("{name} {}", new.role.as_str())).await?;
        tx.commit().await?;
        Ok(made)
    }
}

/// A permission nobody knows would silently give nothing, so it is refused.
fn check(fine: &FineGrained) -> Reply<()> {
    if fine.scoped.len() > ENTRIES || !fine.global.is_empty() {
        return Err(Failure::invalid(format!(
            "A fine-grained token has at most {ENTRIES} entries under \"scoped\", and none under \"global\" yet"
        )));
    }
    for scoped in &fine.scoped {
        if !ENTITIES.contains(&scoped.entity.kind.as_str()) {
            return Err(Failure::invalid(format!(
                "\"scoped.entity.type\" must be one of [{}]",
                ENTITIES.join(", ")
            )));
        }
        if scoped.entity.name.len() > 200 || scoped.entity.id.len() > 64 || scoped.permissions.len() > ENTRIES
        {
            return Err(Failure::invalid("An entry of \"scoped\" is too long"));
        }
        if scoped.permissions.iter().any(|permission| !PERMISSIONS.contains(&permission.as_str())) {
            return Err(Failure::invalid(format!(
                "\"scoped.permissions\" must be of [{}]",
                PERMISSIONS.join(", ")
            )));
        }
    }
    Ok(())
}
