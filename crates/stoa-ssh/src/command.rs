//! What a client asks for in its one line: `git-upload-pack 'ada/m'`, `git-lfs-authenticate datasets/ada/d.git upload`.

use stoa_core::{Failure, Reply, RepoId, RepoKind};
use stoa_hub::{GitService, LfsOperation};

/// Longest line that is read at all.
const LONGEST: usize = 1024;

/// What a client asks for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Command {
    /// To speak git's protocol about a repository.
    Git(GitService, RepoId),
    /// To be told where git-lfs finds the repository's large files, and with what pass.
    LfsAuthenticate(RepoId, LfsOperation),
}

impl Command {
    /// Parses the line; the failure says what can be asked for.
    pub(crate) fn parse(line: &[u8]) -> Reply<Self> {
        let line = std::str::from_utf8(line).ok().filter(|line| line.len() <= LONGEST).ok_or_else(unknown)?;
        let words = words(line).ok_or_else(unknown)?;
        let mut words: Vec<&str> = words.iter().map(String::as_str).collect();
        // `git upload-pack` is what `git-upload-pack` was before it had a name of its own.
        let joined = match words[..] {
            ["git", verb, ..] => Some(format!("git-{verb}")),
            _ => None,
        };
        if let Some(joined) = &joined {
            words.drain(..2);
            words.insert(0, joined);
        }
        match words[..] {
            ["git-upload-pack", address] => Ok(Self::Git(GitService::UploadPack, repository(address)?)),
            ["git-receive-pack", address] => Ok(Self::Git(GitService::ReceivePack, repository(address)?)),
            ["git-lfs-authenticate", address, operation, ..] => {
                let operation = LfsOperation::parse(operation).ok_or_else(|| {
                    Failure::invalid("The operation of git-lfs-authenticate must be upload or download")
                })?;
                Ok(Self::LfsAuthenticate(repository(address)?, operation))
            }
            // Compat: git-lfs tries this first and asks for `git-lfs-authenticate` when it fails.
            ["git-lfs-transfer", ..] => Err(Failure::absent(
                "Large files travel over HTTP here: git-lfs asks git-lfs-authenticate where",
            )),
            ["git-upload-archive", ..] => Err(Failure::absent(
                "stoa makes no archives over SSH. Clone the repository, or download its files over HTTP",
            )),
            _ => Err(unknown()),
        }
    }

    /// The name under which it stands in the log.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Git(GitService::UploadPack, _) => "git-upload-pack",
            Self::Git(GitService::ReceivePack, _) => "git-receive-pack",
            Self::LfsAuthenticate(..) => "git-lfs-authenticate",
        }
    }

    /// The repository it is about.
    pub(crate) fn repository(&self) -> &RepoId {
        match self {
            Self::Git(_, id) | Self::LfsAuthenticate(id, _) => id,
        }
    }
}

fn unknown() -> Failure {
    Failure::invalid(
        "This server runs git-upload-pack, git-receive-pack and git-lfs-authenticate, and nothing else. Use git to \
         talk to it",
    )
}

/// The words of a line, quoted as git does it: `'` to `'`, and a backslash before one character outside of them.
/// Everything else stands for itself; no shell ever sees it.
fn words(line: &str) -> Option<Vec<String>> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut rest = line.chars();
    while let Some(char) = rest.next() {
        match char {
            ' ' | '\t' => words.extend(word.take()),
            '\'' => {
                let word = word.get_or_insert_default();
                loop {
                    match rest.next()? {
                        '\'' => break,
                        char => word.push(char),
                    }
                }
            }
            '\\' => word.get_or_insert_default().push(rest.next()?),
            char => word.get_or_insert_default().push(char),
        }
    }
    words.extend(word);
    Some(words)
}

/// The repository of an address: `ns/name`, with `models/`, `datasets/` or `spaces/` before it, a slash at either end,
/// and `.git` behind it or not.
fn repository(address: &str) -> Reply<RepoId> {
    let wrong = || {
        let shown: String = address.chars().take(80).collect::<String>().escape_debug().collect();
        Failure::invalid(format!(
            "`{shown}` is no repository: an address ends in namespace/name, with datasets/ or spaces/ before it if \
             it is one"
        ))
    };
    let path = address.strip_prefix('/').unwrap_or(address);
    let path = path.strip_suffix('/').unwrap_or(path);
    let path = path.strip_suffix(".git").unwrap_or(path);
    let (kind, id) = match path.split('/').collect::<Vec<_>>()[..] {
        [_, _] => (RepoKind::Model, path),
        [plural, _, _] => {
            let kind = RepoKind::from_plural(plural).ok_or_else(wrong)?;
            (kind, &path[plural.len() + 1..])
        }
        _ => return Err(wrong()),
    };
    RepoId::parse(kind, id).map_err(|_| wrong())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(line: &str) -> String {
        match Command::parse(line.as_bytes()) {
            Ok(command @ Command::LfsAuthenticate(_, operation)) => {
                format!("{} {} {}", command.name(), command.repository().path(), operation.as_str())
            }
            Ok(command) => format!("{} {}", command.name(), command.repository().path()),
            Err(failure) => failure.message,
        }
    }

    #[test]
    fn what_git_and_git_lfs_send_is_understood() {
        for (line, expected) in [
            ("git-upload-pack 'ada/m'", "git-upload-pack ada/m"),
            ("git-upload-pack '/ada/m.git'", "git-upload-pack ada/m"),
            ("git-upload-pack '/ada/m.git/'", "git-upload-pack ada/m"),
            ("git upload-pack 'ada/m'", "git-upload-pack ada/m"),
            ("git-receive-pack 'models/ada/m'", "git-receive-pack ada/m"),
            ("git-receive-pack '/datasets/ada/d.git'", "git-receive-pack datasets/ada/d"),
            ("git-upload-pack spaces/ada/s", "git-upload-pack spaces/ada/s"),
            (r"git-upload-pack 'ada/'m'.g'it", "git-upload-pack ada/m"),
            (r"git-upload-pack ada\/m", "git-upload-pack ada/m"),
            ("git-lfs-authenticate ada/m.git download", "git-lfs-authenticate ada/m download"),
            ("git-lfs-authenticate '/ada/m.git' upload", "git-lfs-authenticate ada/m upload"),
            // git-lfs below 2.0 named an object as well.
            ("git-lfs-authenticate ada/m upload 12ab", "git-lfs-authenticate ada/m upload"),
        ] {
            assert_eq!(shown(line), expected, "{line}");
        }
    }

    #[test]
    fn what_is_no_address_of_a_repository_is_refused() {
        for line in [
            "git-upload-pack 'm'",
            "git-upload-pack ''",
            "git-upload-pack '/'",
            "git-upload-pack '//ada/m'",
            "git-upload-pack 'buckets/ada/m'",
            "git-upload-pack 'datasets/m'",
            "git-upload-pack 'a/b/c/d'",
            "git-upload-pack '../../etc/passwd'",
            "git-upload-pack '~ada/m'",
            r"git-upload-pack 'ada/m'\''; rm -rf /'",
            r"git-upload-pack 'ada/m'\!",
            "git-upload-pack 'ada/$(id)'",
        ] {
            assert!(shown(line).contains("is no repository"), "{line}: {}", shown(line));
        }
    }

    #[test]
    fn other_programs_are_refused() {
        let long = format!("git-upload-pack '{}'", "a".repeat(2000));
        for line in [
            "",
            "ls",
            "sh -c id",
            "git",
            "git gc",
            "scp -t /",
            "git-upload-pack",
            "git-upload-pack 'ada/m' x",
            "git-upload-pack --timeout=1 'ada/m'",
            "git-upload-pack 'ada/m",
            "git-upload-pack ada/m\\",
            "git-upload-pack 'ada/m'; id",
            "rsync --server .",
            long.as_str(),
        ] {
            assert!(shown(line).starts_with("This server runs"), "{line}: {}", shown(line));
        }
        assert!(shown("git-lfs-authenticate ada/m delete").contains("must be upload or download"));
        assert!(shown("git-lfs-transfer ada/m upload").contains("git-lfs-authenticate"));
        assert!(shown("git-upload-archive 'ada/m'").contains("no archives"));
        assert!(Command::parse(b"git-upload-pack '\xff'").is_err());
    }
}
