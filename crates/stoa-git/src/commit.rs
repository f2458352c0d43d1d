//! Commits.
//!
//! Source: git-commit-tree(1), gitformat-signature(5), `fsck_commit` in git's `fsck.c`. Headers come in a fixed order,
//! one a line; further lines of a header begin with a space; an empty line ends them.

use std::fmt::Write as _;

use stoa_core::Oid;

use crate::{Error, Signature};

/// A snapshot of the repository with its history.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Commit {
    /// The root folder.
    pub tree: Oid,
    /// The commits it follows: none for a first commit, several for a merge.
    pub parents: Vec<Oid>,
    /// Who wrote the change.
    pub author: Signature,
    /// Who recorded it.
    pub committer: Signature,
    /// The message as it stands in the commit, usually with a final newline.
    pub message: String,
    /// Headers after `committer` (`gpgsig`, `encoding`, `mergetag`), in order, lines joined by `\n`.
    pub extra: Vec<(String, String)>,
}

impl Commit {
    /// Reads the body of a commit.
    ///
    /// Text that is not UTF-8 is read as Latin-1 if the `encoding` header says so, else broken bytes become `U+FFFD`;
    /// such a commit, and one with oddities that [`Signature`] forgives, has another id when it is written again.
    pub fn parse(body: &[u8]) -> Result<Self, Error> {
        let text = decode(body);
        let mut headers = Headers { text: &text, at: 0, what: "commit" };
        let tree = headers.oid("tree")?.ok_or(headers.missing("there is no tree"))?;
        let mut parents = Vec::new();
        while let Some(parent) = headers.oid("parent")? {
            parents.push(parent);
        }
        let author = headers.signature("author")?.ok_or(headers.missing("there is no author"))?;
        let committer = headers.signature("committer")?.ok_or(headers.missing("there is no committer"))?;
        let extra = headers.rest()?;
        if extra.iter().any(|(key, _)| matches!(key.as_str(), "tree" | "parent" | "author" | "committer")) {
            return Err(headers.missing("a header comes twice or out of order"));
        }
        Ok(Self { tree, parents, author, committer, message: headers.message().to_owned(), extra })
    }

    /// The body: what [`Self::parse`] reads, byte for byte for commits as git writes them.
    pub fn encode_body(&self) -> Vec<u8> {
        let mut body = format!("tree {}\n", self.tree);
        for parent in &self.parents {
            let _ = writeln!(body, "parent {parent}");
        }
        let _ = writeln!(body, "author {}\ncommitter {}", self.author.text(), self.committer.text());
        for (key, value) in &self.extra {
            let key = key.replace([' ', '\n', '\0'], "");
            let _ = writeln!(body, "{key} {}", value.replace('\0', "").replace('\n', "\n "));
        }
        body.push('\n');
        body.push_str(&self.message);
        body.into_bytes()
    }

    /// The first line of the message.
    pub fn title(&self) -> &str {
        split(&self.message).0
    }

    /// The message below its first line, trimmed; often empty.
    pub fn body(&self) -> &str {
        split(&self.message).1
    }
}

/// A commit message of a summary line and a description that may be empty.
///
/// Further lines of the summary go to the description; line ends become `\n`, trailing space goes, and so do NULs,
/// which `git fsck --strict` refuses.
pub fn message(summary: &str, description: &str) -> String {
    let clean = |text: &str| text.replace('\0', "").replace("\r\n", "\n").replace('\r', "\n");
    let (summary, description) = (clean(summary), clean(description));
    let (title, more) = split(&summary);
    let parts = [title, more, description.trim_matches('\n').trim_end()];
    let mut text = parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("\n\n");
    if !text.is_empty() {
        text.push('\n');
    }
    text
}

fn split(message: &str) -> (&str, &str) {
    let message = message.trim_start();
    let (title, rest) = message.split_once('\n').unwrap_or((message, ""));
    (title.trim_end(), rest.trim())
}

/// The text of a commit or tag, whatever its encoding.
pub(crate) fn decode(body: &[u8]) -> std::borrow::Cow<'_, str> {
    let text = String::from_utf8_lossy(body);
    let headers = text.split("\n\n").next().unwrap_or_default();
    let latin1 = headers.lines().filter_map(|line| line.strip_prefix("encoding ")).any(|name| {
        ["iso-8859-1", "iso8859-1", "latin1", "latin-1"].iter().any(|known| name.eq_ignore_ascii_case(known))
    });
    if latin1 && matches!(text, std::borrow::Cow::Owned(_)) {
        return body.iter().map(|byte| char::from(*byte)).collect::<String>().into();
    }
    text
}

/// Reads the headers of commits and tags one after the other.
pub(crate) struct Headers<'a> {
    pub(crate) text: &'a str,
    pub(crate) at: usize,
    pub(crate) what: &'static str,
}

impl<'a> Headers<'a> {
    /// The value of the next header if it is `key`.
    pub(crate) fn value(&mut self, key: &str) -> Option<&'a str> {
        let rest = self.text.get(self.at..)?;
        let line = rest.split('\n').next()?;
        let value = line.strip_prefix(key)?.strip_prefix(' ')?;
        self.at = (self.at + line.len() + 1).min(self.text.len());
        Some(value)
    }

    pub(crate) fn oid(&mut self, key: &str) -> Result<Option<Oid>, Error> {
        let Some(value) = self.value(key) else { return Ok(None) };
        value.parse().map(Some).map_err(|_| self.missing("the header before has no valid id"))
    }

    pub(crate) fn signature(&mut self, key: &str) -> Result<Option<Signature>, Error> {
        let Some(value) = self.value(key) else { return Ok(None) };
        let signature = Signature::parse(value);
        signature.map(Some).ok_or(self.missing("the header before is not `Name <email> seconds zone`"))
    }

    /// All further headers up to the empty line or the end.
    pub(crate) fn rest(&mut self) -> Result<Vec<(String, String)>, Error> {
        let mut found: Vec<(String, String)> = Vec::new();
        while self.at < self.text.len() && !self.text[self.at..].starts_with('\n') {
            let line = self.text[self.at..].split('\n').next().unwrap_or_default();
            if let Some(more) = line.strip_prefix(' ') {
                let (_, value) = found.last_mut().ok_or(self.missing("a header begins with a space"))?;
                value.push('\n');
                value.push_str(more);
            } else {
                let (key, value) = line.split_once(' ').ok_or(self.missing("a header has no value"))?;
                found.push((key.to_owned(), value.to_owned()));
            }
            self.at = (self.at + line.len() + 1).min(self.text.len());
        }
        Ok(found)
    }

    /// What follows the empty line; call it after [`Self::rest`].
    pub(crate) fn message(&self) -> &'a str {
        let rest = self.text.get(self.at..).unwrap_or_default();
        rest.strip_prefix('\n').unwrap_or(rest)
    }

    pub(crate) fn missing(&self, why: &'static str) -> Error {
        Error::Malformed { what: self.what, at: self.at, why }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAIN: &str = "tree 4b825dc642cb6eb9a060e54bf8d69288fbee4904\n\
        parent 1111111111111111111111111111111111111111\n\
        parent 2222222222222222222222222222222222222222\n\
        author Ada <ada@x> 1700000000 +0100\n\
        committer Bob <bob@x> 1700000001 -0800\n";

    #[test]
    fn commits_come_back_byte_for_byte() {
        let signed =
            "gpgsig -----BEGIN PGP SIGNATURE-----\n \n iQ==\n -----END PGP SIGNATURE-----\n \nencoding x\n";
        for rest in ["\n", "\nTitle\n", "\nTitle", "\n\n\nodd\n\n", &format!("{signed}\nTitle\n\nBody\n")] {
            let body = format!("{PLAIN}{rest}");
            let commit = Commit::parse(body.as_bytes()).expect("parses");
            assert_eq!(String::from_utf8_lossy(&commit.encode_body()), body);
        }
        let commit = Commit::parse(format!("{PLAIN}{signed}\nT\n").as_bytes()).expect("parses");
        assert_eq!(commit.parents.len(), 2);
        assert_eq!(commit.committer.offset_minutes, -480);
        assert_eq!(commit.extra[0].1.lines().count(), 4);
        assert_eq!(commit.extra[1], ("encoding".to_owned(), "x".to_owned()));
    }

    #[test]
    fn a_message_splits_into_title_and_body() {
        let with = |message: &str| {
            Commit::parse(format!("{PLAIN}\n{message}").as_bytes())
                .map(|commit| (commit.title().to_owned(), commit.body().to_owned()))
        };
        let check = |message: &str, title: &str, body: &str| {
            assert_eq!(with(message), Ok((title.to_owned(), body.to_owned())), "{message:?}");
        };
        check("", "", "");
        check("Title", "Title", "");
        check("Title\n\nBody\n\nmore\n", "Title", "Body\n\nmore");
        check("\nTitle \r\nnext\n", "Title", "next");
    }

    #[test]
    fn messages_are_normalized() {
        for (summary, description, expected) in [
            ("Add x", "", "Add x\n"),
            ("Add x", "why\r\n\r\nhow\n\n", "Add x\n\nwhy\n\nhow\n"),
            (" a\nb ", "c", "a\n\nb\n\nc\n"),
            ("a\0b", "\0", "ab\n"),
            ("", "", ""),
            ("", "  only", "  only\n"),
        ] {
            assert_eq!(message(summary, description), expected);
        }
    }

    #[test]
    fn other_encodings_are_readable() {
        let mut body = PLAIN.replace("Ada", "Ad\u{1}").into_bytes();
        let at = body.iter().position(|b| *b == 1).expect("is there");
        body[at] = 0xe4;
        let mut latin1 = body.clone();
        body.extend_from_slice(b"\nx\n");
        assert_eq!(Commit::parse(&body).map(|c| c.author.name), Ok("Ad\u{fffd}".to_owned()));
        latin1.extend_from_slice(b"encoding ISO-8859-1\n\nx\n");
        assert_eq!(Commit::parse(&latin1).map(|c| c.author.name), Ok("Ad\u{e4}".to_owned()));
    }

    #[test]
    fn broken_commits_are_refused() {
        let check = |body: &str, expected: &str| match Commit::parse(body.as_bytes()) {
            Err(Error::Malformed { why, .. }) => assert_eq!(why, expected, "{body}"),
            other => panic!("{body} gave {other:?}"),
        };
        check("", "there is no tree");
        check("tree abc\n", "the header before has no valid id");
        check(&PLAIN.replace("author", "auteur"), "there is no author");
        check(&PLAIN.replace("parent 2", "parent x"), "the header before has no valid id");
        check(&PLAIN.replace("1700000001", "now"), "the header before is not `Name <email> seconds zone`");
        check(&format!("{PLAIN}author A <a> 1 +0000\n\nx"), "a header comes twice or out of order");
        check(&format!("{PLAIN} x\n\nx"), "a header begins with a space");
        check(&format!("{PLAIN}x\n\nx"), "a header has no value");
    }

    #[test]
    fn parsing_a_truncated_commit_never_panics() {
        let body = format!("{PLAIN}gpgsig a\n b\n\nTitle é\n");
        for cut in 0..body.len() {
            let _ = Commit::parse(&body.as_bytes()[..cut]);
        }
    }
}
