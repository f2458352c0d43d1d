//! Addresses and methods that no route takes.

use axum::http::{Method, StatusCode, Uri};
use stoa_core::{Failure, RepoKind};

use crate::repo::{nothing_here, unseen};
use crate::{Error, Who};

/// An address without a route. Where it would be about a repository the answer is the one clients understand:
/// `GET /api/models/gpt2` asks whether there is such a repository.
pub(super) async fn address(who: Result<Who, Error>, uri: Uri) -> Error {
    // Compat: hf_xet asks for newer routes of the store first, with a token of the store, and goes on with older ones on
    // 404 alone.
    if uri.path().starts_with("/cas/") {
        return nothing_here().into();
    }
    match who {
        Ok(who) if about_a_repository(uri.path()) => unseen(&who.actor).into(),
        Ok(_) => nothing_here().into(),
        Err(error) => error,
    }
}

/// A route that does not take this method.
pub(super) async fn method(method: Method) -> (StatusCode, Error) {
    let failure = Failure::invalid(format!("This address does not take {method} requests"));
    (StatusCode::METHOD_NOT_ALLOWED, failure.into())
}

/// Whether clients that ask at `path`, which has no route, want to hear about a repository.
pub(crate) fn about_a_repository(path: &str) -> bool {
    let parts: Vec<&str> = path.split('/').skip(1).collect();
    match parts.as_slice() {
        ["api", kind, name, ..] => RepoKind::from_plural(kind).is_some() && !name.is_empty(),
        // With and without a namespace, with and without the kind before it.
        [name, "resolve" | "raw", ..]
        | [_, name, "resolve" | "raw", ..]
        | [_, _, name, "resolve" | "raw", ..] => !name.is_empty(),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_repositories_are_told_from_others() {
        for path in [
            "/api/models/gpt2",
            "/api/models/gpt2/revision/main",
            "/api/datasets/squad/tree/main",
            "/gpt2/resolve/main/f",
            "/datasets/squad/resolve/main/f",
            "/ada/m/resolve/main",
        ] {
            assert!(about_a_repository(path), "{path}");
        }
        for path in ["/", "/api", "/api/models/", "/api/nothing/x", "/favicon.ico", "/a/b/c"] {
            assert!(!about_a_repository(path), "{path}");
        }
    }
}
