//! What a credential must be to change accounts rather than repositories.

use stoa_core::{Actor, Failure, Identity, Namespace, Reply, Scope};

/// Who acts, if the credential reaches everything that its owner may do. `doing` begins the sentence that refuses:
/// tokens that only read, or are for some repositories, must not change an account.
pub(super) fn whole<'a>(actor: &'a Actor, doing: &str) -> Reply<(i64, &'a Namespace)> {
    let user = actor.need_user()?;
    if !matches!(actor.identity, Identity::User { scope: Scope::Write, .. }) {
        return Err(Failure::forbidden(format!("{doing} needs a token with the role write")));
    }
    Ok(user)
}
