//! The bucket that an address names, in the hands of whoever asks.

use std::ops::Deref;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use stoa_core::{Actor, BucketId, Failure, Reply};
use stoa_http::{App, Error, Segments, Who};
use stoa_hub::{Access, Bucket};

/// The bucket at `{ns}/{name}` of the address, opened for `A`. A name that cannot exist gets the answer of one that
/// does not.
pub(super) struct BucketOf<A>(Bucket<A>);

impl<A> Deref for BucketOf<A> {
    type Target = Bucket<A>;

    fn deref(&self) -> &Bucket<A> {
        &self.0
    }
}

impl<A: Access> FromRequestParts<App> for BucketOf<A> {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Error> {
        let who = Who::from_request_parts(parts, app).await?;
        let at = Segments::from_request_parts(parts, app).await?;
        let owner = owner(&who, at.get("ns")?)?;
        let id = BucketId::new(owner, at.get("name")?).map_err(|_| unseen(&who))?;
        Ok(Self(app.hub.open_bucket::<A>(&who, &id).await?))
    }
}

/// The account of an address: `me` is the asker.
pub(super) fn owner<'a>(actor: &'a Actor, name: &'a str) -> Reply<&'a str> {
    if name == "me" { Ok(actor.need_user()?.1.as_str()) } else { Ok(name) }
}

/// The id that a body gives of a bucket that should exist.
pub(crate) fn known(actor: &Actor, id: &str) -> Reply<BucketId> {
    BucketId::parse(id).map_err(|_| unseen(actor))
}

fn unseen(actor: &Actor) -> Failure {
    if actor.is_anonymous() { Failure::repo_not_found_anonymous() } else { Failure::repo_not_found() }
}
