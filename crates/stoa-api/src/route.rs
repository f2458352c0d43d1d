//! Addresses that every kind of repository has.

use axum::Router;
use axum::routing::MethodRouter;
use stoa_core::{Actor, Failure, Reply, RepoId, RepoKind};
use stoa_http::App;

/// A route below `/api/{models|datasets|spaces}/{ns}/{name}`, for all three kinds. `rest` begins with a slash, or is
/// empty for the repository itself.
pub(crate) fn of_repo(rest: &str, method: &MethodRouter<App>) -> Router<App> {
    RepoKind::ALL.into_iter().fold(Router::new(), |router, kind| {
        router.route(&format!("/api/{}/{{ns}}/{{name}}{rest}", kind.plural()), method.clone())
    })
}

/// The id of a repository that a body names: `owner` and `name`, or both in `name`; without an owner the asker's own.
pub(crate) fn id_in_body(actor: &Actor, kind: RepoKind, owner: Option<&str>, name: &str) -> Reply<RepoId> {
    let (owner, name) = match (owner.filter(|owner| !owner.is_empty()), name.split_once('/')) {
        (Some(owner), _) => (owner, name),
        (None, Some((owner, name))) => (owner, name),
        (None, None) => (actor.need_user()?.1.as_str(), name),
    };
    RepoId::new(kind, owner, name)
}

/// The same for a repository that should exist: a name that cannot exist gets the answer of one that does not.
pub(crate) fn known_in_body(actor: &Actor, kind: RepoKind, owner: Option<&str>, name: &str) -> Reply<RepoId> {
    id_in_body(actor, kind, owner, name).map_err(|failure| match failure.kind {
        stoa_core::Kind::Invalid if actor.is_anonymous() => Failure::repo_not_found_anonymous(),
        stoa_core::Kind::Invalid => Failure::repo_not_found(),
        _ => failure,
    })
}

/// Reads the `type` of a body; a model when absent.
pub(crate) fn kind_in_body(kind: Option<&str>) -> Reply<RepoKind> {
    kind.map_or(Ok(RepoKind::Model), str::parse)
}

#[cfg(test)]
mod tests {
    use stoa_core::{Kind, Namespace};

    use super::*;

    #[test]
    fn an_id_in_a_body_may_be_whole_or_in_parts() {
        let ada = Actor::user(1, Namespace::new("ada").expect("a name"), false);
        let id = |owner, name| id_in_body(&ada, RepoKind::Model, owner, name).map(|id| id.to_string());
        assert_eq!(id(None, "m").as_deref(), Ok("ada/m"));
        assert_eq!(id(Some(""), "m").as_deref(), Ok("ada/m"));
        assert_eq!(id(Some("acme"), "m").as_deref(), Ok("acme/m"));
        assert_eq!(id(None, "acme/m").as_deref(), Ok("acme/m"));
        assert!(id(Some("acme"), "acme/m").is_err());
        let nobody = id_in_body(&Actor::anonymous(), RepoKind::Model, None, "m");
        assert_eq!(nobody.map_err(|failure| failure.kind), Err(Kind::Unauthenticated));
        let odd = known_in_body(&ada, RepoKind::Model, None, "../x");
        assert_eq!(odd, Err(Failure::repo_not_found()));
    }
}
