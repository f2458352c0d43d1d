//! Branches, tags and what a client may write where a revision is expected.

use std::fmt;

use crate::{Failure, Oid};

/// What a client wrote where a revision is expected: a branch, a tag, a commit id (whole or abbreviated) or a
/// full ref name such as `refs/pr/1`.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Revision(String);

impl Revision {
    /// Parses a revision. A text that can name nothing is `RevisionNotFound`, as on the Hub.
    pub fn new(text: impl Into<String>) -> Result<Self, Failure> {
        let text = text.into();
        if text.is_empty() || text.len() > 255 || !is_ref_path(&text) {
            return Err(Failure::revision_not_found(&text));
        }
        Ok(Self(text))
    }

    /// The text as the client wrote it.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The commit id, when the revision is a whole one.
    pub fn as_oid(&self) -> Option<Oid> {
        self.0.parse().ok()
    }

    /// The full ref names the revision may stand for, best first.
    pub fn candidates(&self) -> Vec<String> {
        let text = &self.0;
        if text.starts_with("refs/") {
            return vec![text.clone()];
        }
        vec![format!("refs/heads/{text}"), format!("refs/tags/{text}")]
    }
}

impl fmt::Display for Revision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The full name of a git ref: `refs/heads/main`, `refs/tags/v1`, `refs/pr/1`, `refs/convert/parquet`.
#[derive(Clone, PartialEq, Eq, Hash, Debug, PartialOrd, Ord)]
pub struct RefName(String);

impl RefName {
    /// The default branch of every repository.
    pub fn main() -> Self {
        Self("refs/heads/main".to_owned())
    }

    /// A branch.
    pub fn branch(name: &str) -> Result<Self, Failure> {
        Self::checked("branch", name, format!("refs/heads/{name}"))
    }

    /// A tag.
    pub fn tag(name: &str) -> Result<Self, Failure> {
        Self::checked("tag", name, format!("refs/tags/{name}"))
    }

    /// A full name read from the database or the wire.
    pub fn full(name: &str) -> Result<Self, Failure> {
        if !name.starts_with("refs/") {
            return Err(Failure::invalid(format!("`{name}` is not a full ref name")));
        }
        Self::checked("ref", name, name.to_owned())
    }

    fn checked(what: &str, shown: &str, full: String) -> Result<Self, Failure> {
        let shown: String = shown.chars().take(64).collect();
        // A name of forty hexadecimal digits would shadow a commit id.
        let shadows = shown.len() == 40 && shown.parse::<Oid>().is_ok();
        // What git itself refuses on its command line: options, and names that mean HEAD.
        let shadows = shadows || shown.starts_with('-') || shown == "@" || shown == "HEAD";
        if full.len() > 255 || shadows || !is_ref_path(&full) || full.ends_with('/') {
            return Err(Failure::invalid(format!("Invalid {what} name `{shown}`")));
        }
        Ok(Self(full))
    }

    /// The full name.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The name without its family: `main`, `v1`, `1`, `parquet`.
    pub fn short(&self) -> &str {
        ["refs/heads/", "refs/tags/", "refs/pr/", "refs/convert/"]
            .iter()
            .find_map(|prefix| self.0.strip_prefix(prefix))
            .unwrap_or(&self.0)
    }
}

impl fmt::Display for RefName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The rules of `git check-ref-format`, which both branches and what stands for a revision obey.
fn is_ref_path(text: &str) -> bool {
    !text.bytes().any(|b| b <= b' ' || b == 0x7f || b"~^:?*[\\".contains(&b))
        && !text.contains("..")
        && !text.contains("@{")
        && text != "@"
        && !text.ends_with('.')
        && text.split('/').all(|part| !part.is_empty() && !part.starts_with('.') && !part.ends_with(".lock"))
        && !text.starts_with('-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn git_ref_rules_hold() {
        for good in ["main", "feature/x", "v1.0", "été", "a@b"] {
            assert!(RefName::branch(good).is_ok(), "{good}");
        }
        for bad in [
            "", "a..b", "a b", "a~1", ".a", "a/.b", "a.lock", "a/", "/a", "a//b", "a@{1}", "a\0b", "a:b",
            "@", "-a", "HEAD",
        ] {
            assert!(RefName::branch(bad).is_err(), "{bad}");
        }
        assert!(RefName::branch(&"a".repeat(40)).is_err(), "a commit id is no branch name");
    }

    #[test]
    fn a_revision_may_be_a_full_ref() {
        let revision = Revision::new("refs/pr/1").expect("valid");
        assert_eq!(revision.candidates(), vec!["refs/pr/1"]);
        assert_eq!(Revision::new("v1").expect("valid").candidates(), vec!["refs/heads/v1", "refs/tags/v1"]);
    }
}
