//! The repository an address is about, in the hands of whoever asks.

use std::ops::{Deref, Range};

use axum::extract::FromRequestParts;
use axum::http::Uri;
use axum::http::request::Parts;
use percent_encoding::percent_decode_str;
use stoa_core::{Actor, Failure, Namespace, Reply, RepoId, RepoKind};
use stoa_hub::{Access, Repo};

use crate::layers::about_a_repository;
use crate::{App, Error, Who};

/// The repository that the address of the request names, opened for `A` (`Read`, `Write` or `Admin` of `stoa_hub`).
///
/// It understands `/api/{models|datasets|spaces}/{ns}/{name}/…`, `/{ns}/{name}/…`, `/datasets/{ns}/{name}/…`,
/// `/spaces/{ns}/{name}/…` and `/models/{ns}/{name}/…`, and outside `/api` the name may end in `.git`. Routes may call
/// their parts what they like. A name that cannot exist gets the answer of one that does not, an address of the hub
/// itself that of one without a route, and a repository that was renamed answers 307 with the same path and query under
/// its new name.
pub struct RepoOf<A>(pub Repo<A>);

impl<A> Deref for RepoOf<A> {
    type Target = Repo<A>;

    fn deref(&self) -> &Repo<A> {
        &self.0
    }
}

impl<A: Access> FromRequestParts<App> for RepoOf<A> {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Error> {
        let who = Who::from_request_parts(parts, app).await?;
        let id = id_of(parts.uri.path(), &who.actor)?;
        Ok(Self(app.hub.open::<A>(&who.actor, &id).await?))
    }
}

/// The answer about a repository that is not there; the same as for one that the asker may not see.
pub(crate) fn unseen(actor: &Actor) -> Failure {
    if actor.is_anonymous() { Failure::repo_not_found_anonymous() } else { Failure::repo_not_found() }
}

/// The answer at an address that is about nothing.
pub(crate) fn nothing_here() -> Failure {
    Failure::not_found("There is nothing at this address")
}

/// The repository that a raw path names, if it names one: the rule of [`RepoOf`] for those who open it themselves.
pub fn repo_in_path(path: &str) -> Option<RepoId> {
    id_of(path, &Actor::anonymous()).ok()
}

fn id_of(path: &str, actor: &Actor) -> Reply<RepoId> {
    let Some(address) = Address::find(path) else {
        return Err(if about_a_repository(path) { unseen(actor) } else { nothing_here() });
    };
    let first = address.owner.start == 1;
    let owner = decode(&path[address.owner])?;
    if first && Namespace::is_reserved(&owner) {
        return Err(nothing_here());
    }
    let name = decode(&path[address.name])?;
    RepoId::new(address.kind, owner, name).map_err(|_| unseen(actor))
}

/// Where in a raw path the kind, the owner and the name of a repository stand.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Address {
    pub(crate) kind: RepoKind,
    pub(crate) owner: Range<usize>,
    /// Without `.git`.
    pub(crate) name: Range<usize>,
}

impl Address {
    pub(crate) fn find(path: &str) -> Option<Self> {
        let mut segments = segments(path).peekable();
        let first = segments.peek()?.clone();
        let api = &path[first.clone()] == "api";
        let kind = if api {
            segments.next();
            RepoKind::from_plural(&path[segments.next()?])?
        } else if let Some(kind) = RepoKind::from_plural(&path[first]) {
            segments.next();
            kind
        } else {
            RepoKind::Model
        };
        let owner = segments.next()?;
        let mut name = segments.next()?;
        if !api && path[name.clone()].ends_with(".git") {
            name.end -= ".git".len();
        }
        (!owner.is_empty() && !name.is_empty()).then_some(Self { kind, owner, name })
    }
}

/// The byte ranges of the segments of a raw path.
fn segments(path: &str) -> impl Iterator<Item = Range<usize>> {
    let mut start = 1;
    path.strip_prefix('/').unwrap_or_default().split('/').map(move |segment| {
        let range = start..start + segment.len();
        start = range.end + 1;
        range
    })
}

/// Where a request for a repository that is now called `to` should go: the same path and query with the id replaced,
/// relative, because `huggingface_hub` follows only relative redirects on HEAD. `None` when the path names none.
pub(crate) fn moved_location(uri: &Uri, to: &RepoId) -> Option<String> {
    let path = uri.path();
    let address = Address::find(path)?;
    let mut location =
        format!("{}{}/{}{}", &path[..address.owner.start], to.owner, to.name, &path[address.name.end..]);
    if let Some(query) = uri.query() {
        location.push('?');
        location.push_str(query);
    }
    Some(location)
}

/// One segment of a path, decoded; what is not text is refused.
fn decode(segment: &str) -> Reply<String> {
    let bytes = segment.as_bytes();
    let hex = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_hexdigit);
    for (at, _) in bytes.iter().enumerate().filter(|(_, b)| **b == b'%') {
        if !hex(at + 1) || !hex(at + 2) {
            return Err(Failure::invalid(
                "The address contains a `%` that two hexadecimal digits do not follow",
            ));
        }
    }
    let text = percent_decode_str(segment).decode_utf8();
    let text = text.map_err(|_| Failure::invalid("The address is not valid UTF-8"))?;
    if text.contains('\0') {
        return Err(Failure::invalid("The address contains a NUL character"));
    }
    Ok(text.into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(path: &str) -> Reply<String> {
        id_of(path, &Actor::anonymous()).map(|id| format!("{} {id}", id.kind))
    }

    #[test]
    fn every_shape_of_address_names_its_repository() {
        for (path, expected) in [
            ("/api/models/ada/m", "model ada/m"),
            ("/api/datasets/ada/d/tree/main/a/b", "dataset ada/d"),
            ("/api/spaces/ada/s/revision/refs%2Fpr%2F1", "space ada/s"),
            ("/ada/m/resolve/main/x", "model ada/m"),
            ("/models/ada/m", "model ada/m"),
            ("/datasets/ada/d/resolve/main/x", "dataset ada/d"),
            ("/spaces/ada/s.git/info/refs", "space ada/s"),
            ("/ada/m.git/info/lfs/objects/batch", "model ada/m"),
            ("/ada/m%2Ev1/raw/main/x", "model ada/m.v1"),
        ] {
            assert_eq!(id(path).as_deref(), Ok(expected), "{path}");
        }
    }

    #[test]
    fn names_that_cannot_exist_are_not_found() {
        for path in ["/api/models/gpt2", "/a..b/m", "/ada%2Fm/resolve/main", "/ada/%C3%A9/x"] {
            assert_eq!(id(path), Err(Failure::repo_not_found_anonymous()), "{path}");
        }
    }

    #[test]
    fn addresses_of_the_hub_are_about_no_repository() {
        for path in [
            "/",
            "/ada",
            "/ada//resolve/main/f",
            "/ada/.git/x",
            "/api/nothing",
            "/api/kernels/ada/k",
            "/Settings/x",
            "/xet/y",
        ] {
            assert_eq!(id(path), Err(nothing_here()), "{path}");
        }
    }

    #[test]
    fn addresses_that_are_no_text_are_wrong() {
        for path in ["/ada/%zz", "/ada/m%", "/ada/%f", "/ada/%ff", "/a%00/m", "/ada/m%0"] {
            let kind = id(path).map_err(|failure| failure.kind);
            assert_eq!(kind, Err(stoa_core::Kind::Invalid), "{path}");
        }
    }

    #[test]
    fn redirects_keep_everything_but_the_id() {
        let to = RepoId::parse(RepoKind::Dataset, "grace/new").expect("an id");
        for (uri, expected) in [
            ("/api/datasets/ada/d", "/api/datasets/grace/new"),
            (
                "/datasets/ada/d/resolve/refs%2Fpr%2F1/a%20b?download=true",
                "/datasets/grace/new/resolve/refs%2Fpr%2F1/a%20b?download=true",
            ),
            (
                "/datasets/ada/d.git/info/refs?service=git-upload-pack",
                "/datasets/grace/new.git/info/refs?service=git-upload-pack",
            ),
            ("http://hub/datasets/ada/d", "/datasets/grace/new"),
        ] {
            assert_eq!(moved_location(&Uri::from_static(uri), &to).as_deref(), Some(expected));
        }
        assert_eq!(moved_location(&Uri::from_static("/api/repos/delete"), &to), None);
    }
}
