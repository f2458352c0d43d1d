//! URLs that carry their own permission. Clients send neither token nor headers to them.

use std::fmt::Display;

use stoa_core::{Failure, Reply};
use stoa_http::{Origin, Params, Segments};
use stoa_hub::{Large, UploadTicket};

/// The URL `{origin}/lfs/{what}/{subject}/{oid}{tail}` with its permission.
pub(super) fn url(
    origin: &Origin,
    what: &str,
    ticket: &UploadTicket,
    file: Large,
    tail: impl Display,
) -> String {
    let UploadTicket { subject, expires, signature } = ticket;
    let Large { oid, size } = file;
    format!("{origin}/lfs/{what}/{subject}/{oid}{tail}?size={size}&exp={expires}&sig={signature}")
}

/// The permission that an address carries, and the file it is about.
pub(super) fn read(at: &Segments, params: &Params) -> Reply<(UploadTicket, Large)> {
    let wrong = || Failure::invalid("This is not a URL that this hub gave out");
    let oid = at.get("oid")?.parse().map_err(|_| wrong())?;
    let size = params.need("size")?.parse().map_err(|_| wrong())?;
    let expires = params.need("exp")?.parse().map_err(|_| wrong())?;
    let signature = params.need("sig")?.to_owned();
    let subject = at.get("subject")?.to_owned();
    Ok((UploadTicket { subject, expires, signature }, Large { oid, size }))
}
