//! The names of objects, and the paths they are kept under.

use stoa_core::{Oid, Sha256, hex};

use crate::Error;
use crate::backends::Publish;

/// Parts are numbered with five digits, so that their paths sort as their numbers do.
const MAX_PART: u32 = 99_999;

/// The name of one object.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum Key {
    /// The bytes of a large file, named by their SHA-256: `lfs/ab/cd/<64 digits>`.
    Lfs(Sha256),
    /// A container of chunks of large files, named by its hash in Xet: `xorbs/ab/cd/<64 digits>`. Whoever puts it has
    /// verified it; the store knows nothing of its format.
    Xorb([u8; 32]),
    /// A git blob of one repository, in whatever encoding the caller keeps it: `git/<repo>/ab/<40 digits>`.
    GitBlob {
        /// The number of the repository in the database.
        repo: i64,
        /// The id of the blob.
        oid: Oid,
    },
    /// A part of a multipart upload that is not complete yet: `parts/<upload>/00001`.
    UploadPart {
        /// The id of the upload: 1 to 64 of `A-Z a-z 0-9 _ -`.
        upload: String,
        /// The number of the part, at most 99,999.
        part: u32,
    },
}

impl Key {
    /// Where the object lies below the root of the store.
    ///
    /// Fields are public, so a key may be invalid; [`crate::Blobs`] refuses those before it uses their path.
    pub fn path(&self) -> String {
        match self {
            Self::Lfs(sha256) => {
                let name = hex(sha256.as_bytes());
                format!("lfs/{}/{}/{name}", &name[..2], &name[2..4])
            }
            Self::Xorb(hash) => {
                let name = hex(hash);
                format!("xorbs/{}/{}/{name}", &name[..2], &name[2..4])
            }
            Self::GitBlob { repo, oid } => {
                let name = hex(oid.as_bytes());
                format!("git/{repo}/{}/{name}", &name[..2])
            }
            Self::UploadPart { upload, part } => format!("parts/{upload}/{part:05}"),
        }
    }

    /// The key whose [`Key::path`] this is, or `None` for a path that no valid key has.
    pub fn parse(path: &str) -> Option<Self> {
        let mut steps = path.split('/');
        let key = match steps.next()? {
            "lfs" => Self::Lfs(steps.next_back()?.parse().ok()?),
            "xorbs" => Self::Xorb(steps.next_back()?.parse::<Sha256>().ok()?.0),
            "git" => {
                Self::GitBlob { repo: steps.next()?.parse().ok()?, oid: steps.next_back()?.parse().ok()? }
            }
            "parts" => {
                Self::UploadPart { upload: steps.next()?.to_owned(), part: steps.next()?.parse().ok()? }
            }
            _ => return None,
        };
        // Writing the path again is the check: other digits, cases or folders do not come out the same.
        (key.checked_path().ok()? == path).then_some(key)
    }

    /// The path, if the key is valid.
    pub(crate) fn checked_path(&self) -> Result<String, Error> {
        match self {
            Self::Lfs(_) | Self::Xorb(_) => {}
            Self::GitBlob { repo, .. } => check_repo(*repo)?,
            Self::UploadPart { upload, part } => {
                check_upload(upload)?;
                if *part > MAX_PART {
                    return Err(Error::InvalidKey(format!("part {part}: the last possible is {MAX_PART}")));
                }
            }
        }
        Ok(self.path())
    }

    /// What becomes of an object that stands under this key already.
    pub(crate) fn publish(&self) -> Publish {
        match self {
            Self::Lfs(_) => Publish::IfAbsentOrDamaged,
            // Two encodings of one blob may differ in length, so length proves nothing here.
            Self::GitBlob { .. } | Self::Xorb(_) => Publish::IfAbsent,
            Self::UploadPart { .. } => Publish::Always,
        }
    }
}

/// A set of objects whose paths begin alike.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum Prefix {
    /// All large files that lie whole.
    Lfs,
    /// All containers of chunks.
    Xorbs,
    /// The git blobs of all repositories.
    Git,
    /// The git blobs of one repository.
    GitRepo(i64),
    /// The parts of one upload.
    Upload(String),
    /// The parts of all uploads.
    Parts,
}

impl Prefix {
    /// What the paths begin with, `/` included, so that repository 1 does not contain repository 10.
    pub(crate) fn checked_path(&self) -> Result<String, Error> {
        Ok(match self {
            Self::Lfs => "lfs/".to_owned(),
            Self::Xorbs => "xorbs/".to_owned(),
            Self::Git => "git/".to_owned(),
            Self::GitRepo(repo) => {
                check_repo(*repo)?;
                format!("git/{repo}/")
            }
            Self::Upload(upload) => {
                check_upload(upload)?;
                format!("parts/{upload}/")
            }
            Self::Parts => "parts/".to_owned(),
        })
    }
}

fn check_repo(repo: i64) -> Result<(), Error> {
    if repo < 0 {
        return Err(Error::InvalidKey(format!("repository {repo}: numbers start at 0")));
    }
    Ok(())
}

/// Upload ids become folder names, so nothing that a file system could read as something else is let through.
fn check_upload(upload: &str) -> Result<(), Error> {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
    if (1..=64).contains(&upload.len()) && upload.bytes().all(fits) {
        return Ok(());
    }
    let shown: String = upload.chars().take(80).collect::<String>().escape_debug().collect();
    Err(Error::InvalidKey(format!("upload id \"{shown}\": it takes 1 to 64 letters, digits, `_` or `-`")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn upload(id: &str, part: u32) -> Key {
        Key::UploadPart { upload: id.to_owned(), part }
    }

    #[test]
    fn paths_are_as_documented_and_read_back() {
        let sha = Sha256([0xab; 32]);
        let oid = Oid([0x01; 20]);
        let cases = [
            (Key::Lfs(sha), format!("lfs/ab/ab/{}", "ab".repeat(32))),
            (Key::GitBlob { repo: 7, oid }, format!("git/7/01/{}", "01".repeat(20))),
            (upload("u-1_A", 1), "parts/u-1_A/00001".to_owned()),
        ];
        for (key, path) in cases {
            assert_eq!(key.path(), path);
            assert_eq!(Key::parse(&path), Some(key));
        }
    }

    #[test]
    fn paths_that_no_key_has_are_not_parsed() {
        let upper = format!("lfs/AB/AB/{}", "AB".repeat(32));
        let elsewhere = format!("lfs/ab/cd/{}", "ab".repeat(32));
        let deeper = format!("lfs/ab/x/ab/{}", "ab".repeat(32));
        for path in ["", "lfs", "tmp/x", "parts/u/1", "parts/u/00001/x", "parts/../00001", "git/7/01/01"] {
            assert_eq!(Key::parse(path), None, "{path}");
        }
        for path in [upper, elsewhere, deeper] {
            assert_eq!(Key::parse(&path), None, "{path}");
        }
    }

    #[test]
    fn keys_that_could_leave_their_folder_are_refused() {
        for id in ["", ".", "..", "a/b", "a\\b", "a\0", "é", "a b", &"a".repeat(65)] {
            assert!(matches!(upload(id, 1).checked_path(), Err(Error::InvalidKey(_))), "{id:?}");
            assert!(Prefix::Upload(id.to_owned()).checked_path().is_err(), "{id:?}");
        }
        assert!(upload(&"a".repeat(64), MAX_PART).checked_path().is_ok());
        assert!(upload("a", MAX_PART + 1).checked_path().is_err());
        assert!(Key::GitBlob { repo: -1, oid: Oid([0; 20]) }.checked_path().is_err());
    }
}
