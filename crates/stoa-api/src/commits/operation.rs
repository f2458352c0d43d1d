//! What one line of a commit says.

use std::borrow::Cow;

use base64::Engine;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use serde::Deserialize;
use serde_json::value::RawValue;
use stoa_core::{Failure, Reply, RepoPath, Revision, Sha256};
use stoa_hub::{Commits, Draft};

use super::whole;

/// Standard base64, with or without the `=` at its end.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// One change, or what stands before all changes.
pub(super) enum Operation {
    Header(Draft),
    Change(Change),
}

/// A change to one path.
pub(super) enum Change {
    Put { path: RepoPath, content: Vec<u8>, from: Option<RepoPath> },
    Large { path: RepoPath, oid: Sha256, size: Option<u64>, from: Option<RepoPath> },
    Remove(RepoPath),
    Copy { from: RepoPath, at: Option<Revision>, path: RepoPath },
}

#[derive(Deserialize)]
struct Line<'a> {
    #[serde(borrow)]
    key: Cow<'a, str>,
    #[serde(borrow)]
    value: &'a RawValue,
}

/// What a commit says about itself.
#[derive(Deserialize)]
pub(super) struct Header {
    #[serde(default)]
    pub(super) summary: String,
    pub(super) description: Option<String>,
    #[serde(rename = "parentCommit")]
    pub(super) parent_commit: Option<String>,
}

/// A file with its content.
#[derive(Deserialize)]
pub(super) struct File<'a> {
    path: String,
    #[serde(borrow)]
    content: Cow<'a, str>,
    #[serde(borrow)]
    encoding: Option<Cow<'a, str>>,
    #[serde(rename = "oldPath")]
    old_path: Option<String>,
}

/// A file whose bytes were sent before.
#[derive(Deserialize)]
pub(super) struct LargeFile {
    path: String,
    algo: Option<String>,
    oid: String,
    /// Absent when `huggingface_hub` copies a file.
    size: Option<u64>,
    #[serde(rename = "oldPath")]
    old_path: Option<String>,
}

/// A file or folder that goes.
#[derive(Deserialize)]
pub(super) struct Deleted {
    path: String,
}

#[derive(Deserialize)]
struct Copied {
    path: String,
    #[serde(rename = "srcPath", alias = "oldPath")]
    src_path: String,
    #[serde(rename = "srcRevision")]
    src_revision: Option<String>,
}

impl Operation {
    /// Parses a line. `number` goes into what the person is told.
    pub(super) fn parse(number: usize, line: &[u8]) -> Reply<Self> {
        Self::read(line).map_err(|mut failure| {
            failure.message = format!("Line {number}: {}", failure.message);
            failure
        })
    }

    fn read(line: &[u8]) -> Reply<Self> {
        let line: Line<'_> = json("The line", line)?;
        let value = line.value.get().as_bytes();
        let change = match &*line.key {
            "header" => return Ok(Self::Header(json::<Header>("`header`", value)?.into())),
            "file" => json::<File<'_>>("`file`", value)?.try_into()?,
            "lfsFile" => json::<LargeFile>("`lfsFile`", value)?.try_into()?,
            "deletedFile" | "deletedFolder" | "deletedEntry" => {
                json::<Deleted>("The deletion", value)?.try_into()?
            }
            "copyFile" => json::<Copied>("`copyFile`", value)?.try_into()?,
            other => {
                let shown: String = other.chars().take(64).collect::<String>().escape_debug().collect();
                return Err(Failure::invalid(format!(
                    "The key `{shown}` is none of header, file, lfsFile, deletedFile, deletedFolder, deletedEntry, \
                     copyFile"
                )));
            }
        };
        Ok(Self::Change(change))
    }
}

fn json<'a, T: Deserialize<'a>>(what: &str, bytes: &'a [u8]) -> Reply<T> {
    serde_json::from_slice(bytes).map_err(|error| {
        let wrong = if error.is_data() { "does not have the right shape" } else { "is not valid JSON" };
        Failure::invalid(format!("{what} {wrong}: {}", whole::shortened(&error.to_string())))
    })
}

impl From<Header> for Draft {
    fn from(header: Header) -> Self {
        Self {
            summary: header.summary,
            description: header.description.unwrap_or_default(),
            parent: header.parent_commit.filter(|parent| !parent.is_empty()),
        }
    }
}

impl TryFrom<File<'_>> for Change {
    type Error = Failure;

    fn try_from(file: File<'_>) -> Reply<Self> {
        let path = RepoPath::new(file.path)?;
        let content = match file.encoding.as_deref().unwrap_or("utf-8") {
            "base64" => BASE64.decode(file.content.as_bytes()).map_err(|error| {
                Failure::invalid(format!("The content of `{path}` is not base64: {error}"))
            })?,
            "utf-8" | "utf8" => file.content.into_owned().into_bytes(),
            other => {
                let shown: String = other.chars().take(32).collect::<String>().escape_debug().collect();
                return Err(Failure::invalid(format!(
                    "The encoding `{shown}` of `{path}` is neither base64 nor utf-8"
                )));
            }
        };
        Ok(Self::Put { path, content, from: file.old_path.map(RepoPath::new).transpose()? })
    }
}

impl TryFrom<LargeFile> for Change {
    type Error = Failure;

    fn try_from(file: LargeFile) -> Reply<Self> {
        let path = RepoPath::new(file.path)?;
        if file.algo.is_some_and(|algo| !matches!(algo.as_str(), "sha256" | "sha_256")) {
            return Err(Failure::invalid(format!("The hash algorithm of `{path}` must be sha256")));
        }
        let oid = file.oid.parse().map_err(|_| {
            Failure::invalid(format!("The oid of `{path}` must be a SHA-256: 64 hexadecimal digits"))
        })?;
        Ok(Self::Large { path, oid, size: file.size, from: file.old_path.map(RepoPath::new).transpose()? })
    }
}

impl TryFrom<Deleted> for Change {
    type Error = Failure;

    fn try_from(deleted: Deleted) -> Reply<Self> {
        // Compat: `huggingface_hub` names a folder with a slash at its end, others without.
        let path = deleted.path.strip_suffix('/').unwrap_or(&deleted.path);
        Ok(Self::Remove(RepoPath::new(path)?))
    }
}

impl TryFrom<Copied> for Change {
    type Error = Failure;

    fn try_from(copied: Copied) -> Reply<Self> {
        Ok(Self::Copy {
            from: RepoPath::new(copied.src_path)?,
            at: copied.src_revision.map(Revision::new).transpose()?,
            path: RepoPath::new(copied.path)?,
        })
    }
}

impl Change {
    /// Adds the change to a commit on `branch`.
    pub(super) async fn add(self, commits: &mut Commits, branch: &Revision) -> Reply<()> {
        match self {
            Self::Put { path, content, from } => {
                rename(commits, from, &path)?;
                commits.put(path, content).await
            }
            Self::Large { path, oid, size, from } => {
                rename(commits, from, &path)?;
                commits.put_large(path, oid, size)
            }
            Self::Remove(path) => commits.remove(path),
            Self::Copy { from, at, path } => commits.copy(&from, at.as_ref().unwrap_or(branch), path).await,
        }
    }
}

/// A file with an `oldPath` was renamed: the old one goes.
fn rename(commits: &mut Commits, from: Option<RepoPath>, to: &RepoPath) -> Reply<()> {
    match from {
        Some(from) if from != *to => commits.remove(from),
        _ => Ok(()),
    }
}
