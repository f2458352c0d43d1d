//! Where routes about repositories stand, and which revision and path an address names.

use axum::Router;
use axum::routing::MethodRouter;
use stoa_core::{Reply, Revision};
use stoa_http::{App, Segments};

/// The same methods at `/{ns}/{name}`, `/models/…`, `/datasets/…` and `/spaces/…`, followed by `tail`.
pub(crate) fn web(tail: &str, methods: &MethodRouter<App>) -> Router<App> {
    ["", "/models", "/datasets", "/spaces"].into_iter().fold(Router::new(), |router, prefix| {
        router.route(&format!("{prefix}/{{ns}}/{{name}}{tail}"), methods.clone())
    })
}

/// The revision and the path of an address that ends in `/{rev}/{*path}`.
///
/// Compat: `@huggingface/hub` writes revisions as they are, so `refs/pr/1/a.txt` and `refs/convert/parquet/x` mean the
/// file `a.txt` of `refs/pr/1` and `x` of `refs/convert/parquet`.
pub(crate) fn revision_and_path(at: &Segments) -> Reply<(Revision, String)> {
    let (rev, path) = (at.find("rev").unwrap_or("main"), at.path());
    if rev == "refs" {
        let mut parts = path.splitn(3, '/');
        if let (Some(family @ ("pr" | "convert")), Some(name)) = (parts.next(), parts.next()) {
            let rest = parts.next().unwrap_or_default().trim_matches('/');
            return Ok((Revision::new(format!("refs/{family}/{name}"))?, rest.to_owned()));
        }
    }
    Ok((Revision::new(rev)?, path.to_owned()))
}
