//! The named parts of the route that matched.

use axum::extract::{FromRequestParts, RawPathParams};
use axum::http::request::Parts;
use stoa_core::{Failure, Reply, Revision};

use crate::{App, Error};

/// The named parts of the route that matched, decoded: `%2F` inside a segment is a slash of the value, which is how
/// clients write revisions such as `refs%2Fpr%2F1`.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Segments(Vec<(String, String)>);

impl Segments {
    /// The part called `name`; the route must have one.
    pub fn get(&self, name: &str) -> Reply<&str> {
        self.find(name).ok_or_else(|| Failure::internal(format!("the route has no part `{name}`")))
    }

    /// The part called `name`, in routes of which some have it.
    pub fn find(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// The revision: the part `{rev}`, or `main` in routes without one.
    pub fn rev(&self) -> Reply<Revision> {
        Revision::new(self.find("rev").unwrap_or("main"))
    }

    /// The revision and the path of an address that ends in `/{rev}/{*path}`.
    ///
    /// Compat: `@huggingface/hub` writes revisions as they are, so `refs/pr/1/a.txt` and `refs/convert/parquet/x` mean
    /// the file `a.txt` of `refs/pr/1` and `x` of `refs/convert/parquet`.
    pub fn revision_and_path(&self) -> Reply<(Revision, String)> {
        let (rev, path) = (self.find("rev").unwrap_or("main"), self.path());
        if rev == "refs" {
            let mut parts = path.splitn(3, '/');
            if let (Some(family @ ("pr" | "convert")), Some(name)) = (parts.next(), parts.next()) {
                let rest = parts.next().unwrap_or_default().trim_matches('/');
                return Ok((Revision::new(format!("refs/{family}/{name}"))?, rest.to_owned()));
            }
        }
        Ok((Revision::new(rev)?, path.to_owned()))
    }

    /// The path inside the repository: the part `{*path}`, without slashes around it; empty in routes without one.
    pub fn path(&self) -> &str {
        self.find("path").unwrap_or_default().trim_matches('/')
    }
}

impl FromRequestParts<App> for Segments {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Error> {
        let params = RawPathParams::from_request_parts(parts, app)
            .await
            .map_err(|_| Failure::invalid("The address is not valid UTF-8"))?;
        let pairs: Vec<(String, String)> =
            params.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        if pairs.iter().any(|(_, value)| value.contains('\0')) {
            return Err(Failure::invalid("The address contains a NUL character").into());
        }
        Ok(Self(pairs))
    }
}
