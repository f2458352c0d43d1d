//! Annotated tags.
//!
//! Source: git-mktag(1), `fsck_tag` in git's `fsck.c`.

use stoa_core::Oid;

use crate::commit::{Headers, decode};
use crate::{Error, ObjectKind, Signature};

/// A tag with a message, as `git tag -a` makes it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Tag {
    /// What it points to.
    pub object: Oid,
    /// The kind of that object, mostly a commit.
    pub kind: ObjectKind,
    /// The name, without `refs/tags/`.
    pub name: String,
    /// Who made it; missing in tags of early git.
    pub tagger: Option<Signature>,
    /// The message, with the signature of a signed tag at its end.
    pub message: String,
}

impl Tag {
    /// Reads the body of a tag. Headers that git itself ignores are left out; text is decoded as in [`crate::Commit`].
    pub fn parse(body: &[u8]) -> Result<Self, Error> {
        let text = decode(body);
        let mut headers = Headers { text: &text, at: 0, what: "tag" };
        let object = headers.oid("object")?.ok_or(headers.missing("there is no object"))?;
        let kind = headers.value("type").ok_or(headers.missing("there is no type"))?;
        let kind = ObjectKind::from_name(kind).ok_or(headers.missing("the type before is unknown"))?;
        let name = headers.value("tag").ok_or(headers.missing("there is no name"))?.to_owned();
        let tagger = headers.signature("tagger")?;
        headers.rest()?;
        Ok(Self { object, kind, name, tagger, message: headers.message().to_owned() })
    }

    /// The body: what [`Self::parse`] reads, byte for byte for tags as git writes them.
    pub fn encode_body(&self) -> Vec<u8> {
        let name = self.name.replace(['\n', '\0'], "");
        let tagger = self.tagger.as_ref().map(|who| format!("tagger {}\n", who.text())).unwrap_or_default();
        let (object, kind, message) = (self.object, self.kind.as_str(), &self.message);
        format!("object {object}\ntype {kind}\ntag {name}\n{tagger}\n{message}").into_bytes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Commit;
    use crate::oracle::Git;

    const PLAIN: &str = "object 1111111111111111111111111111111111111111\ntype commit\ntag v1\n";

    #[test]
    fn tags_come_back_byte_for_byte() {
        for rest in ["tagger A <a> 1 +0000\n\nmessage\n", "\nold\n", "tagger A <a> 1 +0200\n\n"] {
            let body = format!("{PLAIN}{rest}");
            let tag = Tag::parse(body.as_bytes()).expect("parses");
            assert_eq!(String::from_utf8_lossy(&tag.encode_body()), body);
            assert_eq!((tag.kind, tag.name.as_str()), (ObjectKind::Commit, "v1"));
        }
    }

    #[test]
    fn broken_tags_are_refused() {
        for body in [
            "",
            "object 11\ntype commit\ntag v\n\n",
            &PLAIN.replace("commit", "commits"),
            &PLAIN.replace("tag v1\n", ""),
            &format!("{PLAIN}tagger nobody\n\n"),
        ] {
            assert!(
                matches!(Tag::parse(body.as_bytes()), Err(Error::Malformed { what: "tag", .. })),
                "{body}"
            );
        }
    }

    #[test]
    fn what_git_itself_writes_comes_back_byte_for_byte() {
        let git = Git::new();
        let ada = ["-c", "user.name=Ada", "-c", "user.email=ada@x.org"];
        let run = |args: &[&str]| git.run(&[&ada, args].concat(), b"");
        run(&["commit", "--quiet", "--allow-empty", "-m", "Title é", "-m", "Body", "--author", "Bob <b@x>"]);
        run(&[
            "commit",
            "--quiet",
            "--allow-empty",
            "--date",
            "1700000000 -0330",
            "--cleanup=verbatim",
            "-m",
            "x",
        ]);
        run(&["tag", "-a", "v1", "-m", "One"]);
        for name in ["HEAD", "HEAD~"] {
            let body = run(&["cat-file", "commit", name]);
            let commit = Commit::parse(body.as_bytes()).expect("parses");
            assert_eq!(String::from_utf8_lossy(&commit.encode_body()), body);
        }
        let body = run(&["cat-file", "tag", "v1"]);
        let tag = Tag::parse(body.as_bytes()).expect("parses");
        assert_eq!(String::from_utf8_lossy(&tag.encode_body()), body);
        assert_eq!(tag.object.to_string(), run(&["rev-parse", "HEAD"]).trim());
    }
}
