//! What a signed commit or tag says, and the signature on it.
//!
//! Source: gitformat-signature(5), `parse_buffer_signed_by_header` in git's `commit.c`, `parse_signed_buffer` in its
//! `gpg-interface.c`. A commit carries its signature in the header `gpgsig`, whose further lines begin with a space; what
//! was signed is the commit without that header. A tag carries it at the end of its message; what was signed is all
//! before. `gpgsig-sha256` signs the same object in a repository of SHA-256 ids, and belongs to neither.

use crate::{Commit, Tag};

/// Lines with which signatures begin, as git looks for them at the end of a tag.
const BEGINNINGS: [&[u8]; 4] = [
    b"-----BEGIN PGP SIGNATURE-----",
    b"-----BEGIN PGP MESSAGE-----",
    b"-----BEGIN SSH SIGNATURE-----",
    b"-----BEGIN SIGNED MESSAGE-----",
];

/// A commit or tag that is signed, taken apart. Nothing about it is proven.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Signed {
    /// The bytes that were signed.
    pub payload: Vec<u8>,
    /// The armored signature.
    pub signature: String,
    /// The address of the committer or tagger; `None` if the object is malformed.
    pub email: Option<String>,
}

impl Signed {
    /// Takes the body of a commit or tag apart; `None` if it carries no signature.
    pub fn parse(body: &[u8]) -> Option<Self> {
        if body.starts_with(b"object ") { Self::tag(body) } else { Self::commit(body) }
    }

    fn commit(body: &[u8]) -> Option<Self> {
        let (payload, signature) = without_signatures(body);
        let signature = signature?;
        let email = Commit::parse(&payload).ok().map(|commit| commit.committer.email);
        Some(Self { payload, signature: text(&signature), email })
    }

    fn tag(body: &[u8]) -> Option<Self> {
        let mut at = None;
        let mut from = 0;
        for line in body.split_inclusive(|byte| *byte == b'\n') {
            if BEGINNINGS.iter().any(|beginning| line.starts_with(beginning)) {
                at = Some(from);
            }
            from += line.len();
        }
        let (message, signature) = body.split_at_checked(at?)?;
        let payload = without_signatures(message).0;
        let email = Tag::parse(&payload).ok().and_then(|tag| tag.tagger).map(|tagger| tagger.email);
        Some(Self { payload, signature: text(signature), email })
    }
}

/// An object without the headers `gpgsig` and `gpgsig-…`, byte for byte, and the value of the first of them.
fn without_signatures(body: &[u8]) -> (Vec<u8>, Option<Vec<u8>>) {
    let mut payload = Vec::with_capacity(body.len());
    let mut signature = None;
    let (mut ours, mut others) = (false, false);
    let mut rest = body;
    while !rest.is_empty() {
        if rest.starts_with(b"\n") {
            // Whatever the message says, it is no header.
            payload.extend_from_slice(rest);
            break;
        }
        let end = rest.iter().position(|byte| *byte == b'\n').map_or(rest.len(), |at| at + 1);
        let (line, after) = rest.split_at(end);
        rest = after;
        if let Some(more) = line.strip_prefix(b" ") {
            match &mut signature {
                Some(signature) if ours => Vec::extend_from_slice(signature, more),
                _ if others => {}
                _ => payload.extend_from_slice(line),
            }
        } else if let Some(value) = line.strip_prefix(b"gpgsig ") {
            (ours, others) = (true, false);
            signature.get_or_insert_with(Vec::new).extend_from_slice(value);
        } else {
            (ours, others) = (false, line.starts_with(b"gpgsig"));
            if !others {
                payload.extend_from_slice(line);
            }
        }
    }
    (payload, signature)
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str = "tree 4b825dc642cb6eb9a060e54bf8d69288fbee4904\nauthor A <a@x> 1 +0000\n\
        committer Ada <ada@x.org> 2 +0000\n";
    const ARMOR: &str = "-----BEGIN PGP SIGNATURE-----\n\niQ==\n-----END PGP SIGNATURE-----\n";

    fn header(name: &str, value: &str) -> String {
        format!("{name} {}\n", value.trim_end().replace('\n', "\n "))
    }

    fn check(body: &str, payload: &str, signature: &str) {
        let signed = Signed::parse(body.as_bytes()).expect("signed");
        assert_eq!(String::from_utf8_lossy(&signed.payload), payload);
        assert_eq!((signed.signature.as_str(), signed.email.as_deref()), (signature, Some("ada@x.org")));
    }

    #[test]
    fn what_was_signed_is_the_commit_without_the_signature() {
        let signature = header("gpgsig", ARMOR);
        for rest in ["\nTitle\n", "\n", "", "\n\n\ngpgsig no header\n -----BEGIN PGP SIGNATURE-----\n\n"] {
            check(&format!("{HEAD}{signature}{rest}"), &format!("{HEAD}{rest}"), ARMOR);
        }
        let (before, after) = ("mergetag object 1\n type commit\n \n x\n", "encoding x\n more\n");
        check(
            &format!("{HEAD}{before}{signature}{after}\nT\n"),
            &format!("{HEAD}{before}{after}\nT\n"),
            ARMOR,
        );
    }

    #[test]
    fn signatures_for_other_ids_belong_to_neither() {
        let (ours, other) = (header("gpgsig", ARMOR), header("gpgsig-sha256", "x\ny\n\nz"));
        for headers in [format!("{ours}{other}"), format!("{other}{ours}")] {
            check(&format!("{HEAD}{headers}\nT\n"), &format!("{HEAD}\nT\n"), ARMOR);
        }
        assert_eq!(Signed::parse(format!("{HEAD}{other}\nT\n").as_bytes()), None);
    }

    #[test]
    fn a_tag_carries_its_signature_at_the_end() {
        let tag = "object 1111111111111111111111111111111111111111\ntype commit\ntag v1\n\
            tagger Ada <ada@x.org> 1 +0000\n\none\n-----BEGIN PGP SIGNATURE----- is no end\n";
        check(&format!("{tag}{ARMOR}"), tag, ARMOR);
        assert_eq!(Signed::parse(tag.replace("-----BEGIN", "BEGIN").as_bytes()), None);
    }

    #[test]
    fn unsigned_and_broken_objects_are_not_signed() {
        for body in ["", "\n", "gpgsig", "x", HEAD, &format!("{HEAD}\ngpgsig x\n"), "object 1\n"] {
            assert_eq!(Signed::parse(body.as_bytes()), None, "{body}");
        }
        let broken = Signed::parse(b"gpgsig \xff\n x").expect("signed");
        assert_eq!((broken.email, broken.signature.as_str()), (None, "\u{fffd}\nx"));
    }
}
