//! What `ssh -T git@host` says, and what a failure looks like to someone at a terminal.

use stoa_core::{Actor, Detail, Failure, Kind};

use crate::PublicAddress;

/// Compat: the public Hub greets the same way, `anonymous` included; people use it to try their key.
pub(crate) fn greeting(actor: &Actor) -> String {
    let name = actor.signed_in().map_or("anonymous", |(_, name)| name.as_str());
    format!("Hi {name}, welcome to stoa.\n")
}

/// A failure as git shows it. `fingerprint` is that of the key that was shown.
pub(crate) fn complaint(
    failure: &Failure,
    actor: &Actor,
    fingerprint: &str,
    address: &PublicAddress,
) -> String {
    let message = match (failure.kind, failure.detail.as_deref()) {
        (Kind::Moved, Some(Detail::MovedTo(to))) => {
            let kind = to.kind;
            format!("The {kind} is now {to}. Run `git remote set-url origin {}`", address.of(to))
        }
        // The sentence for a missing credential is about passwords over HTTP.
        (Kind::Unauthenticated, _) if actor.is_anonymous() => {
            let what =
                if failure.code.is_empty() { "This needs" } else { "Repository not found, or it needs" };
            format!(
                "{what} an account, and no account has the key {fingerprint}. Add the key to yours, or name the \
                 right one: ssh -i FILE -o IdentitiesOnly=yes"
            )
        }
        _ => failure.message.clone(),
    };
    format!("ERROR: {message}\n")
}
