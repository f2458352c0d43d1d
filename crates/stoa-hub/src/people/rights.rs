//! What a credential must be to change accounts or the hub rather than repositories.

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

/// Who acts, if they administer the hub.
pub(crate) fn administrator(actor: &Actor) -> Reply<(i64, &Namespace)> {
    let user = whole(actor, "Administering the hub")?;
    if !matches!(actor.identity, Identity::User { admin: true, .. }) {
        return Err(Failure::forbidden("Only administrators of the hub can do this"));
    }
    Ok(user)
}
