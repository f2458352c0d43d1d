//! `git-upload-pack`: what a client wants and has.
//!
//! Source: gitprotocol-pack(5) for versions 0 and 1, gitprotocol-v2(5) for version 2, rev-list's `--filter`.

use stoa_core::Oid;

use super::{number, oid, text, unexpected};
use crate::{Error, ObjectKind};

/// Most objects and refs that one request may name: far more than git sends, little enough to be kept.
const NAMED: usize = 1 << 20;

/// A command of protocol version 2.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Command {
    /// `ls-refs`.
    LsRefs(LsRefs),
    /// `fetch`.
    Fetch(FetchRequest),
}

/// Which refs a client wants to see.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct LsRefs {
    /// Show what annotated tags stand for.
    pub peel: bool,
    /// Show where `HEAD` points.
    pub symrefs: bool,
    /// Show a `HEAD` that points to a branch that does not exist yet.
    pub unborn: bool,
    /// Only refs whose full names begin with one of these; all when there is none.
    pub prefixes: Vec<String>,
}

/// How far back a client wants history.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Deepen {
    /// So many commits from each tip.
    pub commits: Option<u32>,
    /// `commits` counts from where the client's history ends.
    pub relative: bool,
    /// Commits after this time, in seconds.
    pub since: Option<i64>,
    /// Nothing that these refs reach.
    pub not: Vec<String>,
}

impl Deepen {
    /// Whether the whole history is wanted.
    pub fn is_none(&self) -> bool {
        self.commits.is_none() && self.since.is_none() && self.not.is_empty()
    }
}

/// What a partial clone leaves out.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Filter {
    /// `blob:none`.
    NoBlobs,
    /// `blob:limit=n`: no blobs of `n` bytes or more.
    BlobLimit(u64),
    /// `tree:n`: no trees and blobs `n` or more levels below the root tree.
    TreeDepth(u32),
    /// `object:type=kind`: only objects of this kind.
    Only(ObjectKind),
}

impl Filter {
    /// Reads a filter; a combination gives several.
    pub fn parse(spec: &str) -> Result<Vec<Self>, Error> {
        if let Some(parts) = spec.strip_prefix("combine:") {
            let mut all = Vec::new();
            for part in parts.split('+').take(16) {
                all.push(Self::one(&decode(part)?)?);
            }
            return Ok(all);
        }
        Ok(vec![Self::one(spec)?])
    }

    fn one(spec: &str) -> Result<Self, Error> {
        let unknown = || unexpected("a filter (blob:none, blob:limit=n, tree:n or object:type=kind)", spec);
        if spec == "blob:none" {
            return Ok(Self::NoBlobs);
        }
        if let Some(limit) = spec.strip_prefix("blob:limit=") {
            let (digits, unit) = match limit.char_indices().last() {
                Some((at, 'k' | 'K')) => (&limit[..at], 1 << 10),
                Some((at, 'm' | 'M')) => (&limit[..at], 1 << 20),
                Some((at, 'g' | 'G')) => (&limit[..at], 1 << 30),
                _ => (limit, 1),
            };
            return Ok(Self::BlobLimit(number::<u64>(digits)?.saturating_mul(unit)));
        }
        if let Some(depth) = spec.strip_prefix("tree:") {
            return Ok(Self::TreeDepth(number(depth)?));
        }
        let kind = spec.strip_prefix("object:type=").and_then(ObjectKind::from_name);
        kind.map(Self::Only).ok_or_else(unknown)
    }
}

/// `%xx` in the parts of a combination.
fn decode(text: &str) -> Result<String, Error> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, more)) = rest.split_first() {
        if *first != b'%' {
            bytes.push(*first);
            rest = more;
            continue;
        }
        let digits = more.get(..2).and_then(|pair| std::str::from_utf8(pair).ok());
        let byte = digits.and_then(|pair| u8::from_str_radix(pair, 16).ok());
        bytes.push(byte.ok_or_else(|| unexpected("two hexadecimal digits after `%`", text))?);
        rest = &more[2..];
    }
    String::from_utf8(bytes).map_err(|_| unexpected("UTF-8", text))
}

/// How common objects are acknowledged in versions 0 and 1.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Acknowledge {
    /// The first one, once.
    #[default]
    Once,
    /// `multi_ack`: each one, with `continue`.
    Each,
    /// `multi_ack_detailed`: each one, with `common` or `ready`.
    Detailed,
}

/// What a client wants and has, in any version.
#[expect(clippy::struct_excessive_bools, reason = "each is a word of the protocol that is said or not")]
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct FetchRequest {
    /// Objects it wants.
    pub wants: Vec<Oid>,
    /// Objects it has.
    pub haves: Vec<Oid>,
    /// No more haves will follow: send the pack.
    pub done: bool,
    /// Commits whose parents it lacks.
    pub shallow: Vec<Oid>,
    /// How far back it wants history.
    pub deepen: Deepen,
    /// What it can do without.
    pub filter: Vec<Filter>,
    /// It can complete deltas against objects it has.
    pub thin_pack: bool,
    /// It understands deltas against an offset.
    pub ofs_delta: bool,
    /// It wants annotated tags of what it gets.
    pub include_tag: bool,
    /// It shows no progress.
    pub no_progress: bool,
    /// Version 2: never send the pack before `done`.
    pub wait_for_done: bool,
    /// Versions 0 and 1: how to acknowledge.
    pub acknowledge: Acknowledge,
    /// Versions 0 and 1: bytes of a side-band packet, 0 for none. Version 2 always has 65520.
    pub side_band: usize,
}

impl FetchRequest {
    /// Takes one line of versions 0 and 1 that stands before the first flush: `want`, `shallow`, `deepen…`, `filter`.
    pub fn line_v0(&mut self, line: &[u8]) -> Result<(), Error> {
        let line = text(line)?;
        if let Some(rest) = line.strip_prefix("want ") {
            let (id, capabilities) = rest.split_once(' ').unwrap_or((rest, ""));
            if self.wants.is_empty() {
                self.capabilities(capabilities);
            }
            return self.want(id);
        }
        if self.common_line(line)? {
            Ok(())
        } else {
            Err(unexpected("want, shallow, deepen or filter", line))
        }
    }

    /// Takes one line of versions 0 and 1 after the first flush: `have` or `done`.
    pub fn have_v0(&mut self, line: &[u8]) -> Result<(), Error> {
        let line = text(line)?;
        if line == "done" {
            self.done = true;
            return Ok(());
        }
        match line.strip_prefix("have ") {
            Some(id) => self.have(id),
            None => Err(unexpected("have or done", line)),
        }
    }

    /// Takes one argument of version 2's `fetch`.
    pub fn line_v2(&mut self, line: &[u8]) -> Result<(), Error> {
        let line = text(line)?;
        match line {
            "done" => self.done = true,
            "thin-pack" => self.thin_pack = true,
            "no-progress" => self.no_progress = true,
            "include-tag" => self.include_tag = true,
            "ofs-delta" => self.ofs_delta = true,
            "wait-for-done" => self.wait_for_done = true,
            "deepen-relative" => self.deepen.relative = true,
            _ => {
                if let Some(id) = line.strip_prefix("want ") {
                    return self.want(id);
                }
                if let Some(id) = line.strip_prefix("have ") {
                    return self.have(id);
                }
                if !self.common_line(line)? {
                    return Err(unexpected("an argument of `fetch`", line));
                }
            }
        }
        Ok(())
    }

    fn want(&mut self, id: &str) -> Result<(), Error> {
        push(&mut self.wants, oid(id)?)
    }

    fn have(&mut self, id: &str) -> Result<(), Error> {
        push(&mut self.haves, oid(id)?)
    }

    fn common_line(&mut self, line: &str) -> Result<bool, Error> {
        if let Some(id) = line.strip_prefix("shallow ") {
            push(&mut self.shallow, oid(id)?)?;
        } else if let Some(count) = line.strip_prefix("deepen ") {
            let count: u32 = number(count)?;
            // `deepen 0` is how clients spell none.
            self.deepen.commits = (count > 0).then_some(count);
        } else if let Some(time) = line.strip_prefix("deepen-since ") {
            self.deepen.since = Some(number(time)?);
        } else if let Some(name) = line.strip_prefix("deepen-not ") {
            push(&mut self.deepen.not, name.to_owned())?;
        } else if let Some(spec) = line.strip_prefix("filter ") {
            self.filter = Filter::parse(spec)?;
        } else {
            return Ok(false);
        }
        Ok(true)
    }

    fn capabilities(&mut self, words: &str) {
        for word in words.split(' ') {
            match word {
                "multi_ack" if self.acknowledge == Acknowledge::Once => self.acknowledge = Acknowledge::Each,
                "multi_ack_detailed" => self.acknowledge = Acknowledge::Detailed,
                "side-band" if self.side_band == 0 => self.side_band = 1000,
                "side-band-64k" => self.side_band = 65520,
                "thin-pack" => self.thin_pack = true,
                "ofs-delta" => self.ofs_delta = true,
                "include-tag" => self.include_tag = true,
                "no-progress" => self.no_progress = true,
                "deepen-relative" => self.deepen.relative = true,
                _ => {}
            }
        }
    }
}

fn push<T>(all: &mut Vec<T>, one: T) -> Result<(), Error> {
    if all.len() >= NAMED {
        return Err(Error::Protocol("the request names more than a million objects or refs".into()));
    }
    all.push(one);
    Ok(())
}

impl Command {
    /// Reads a request of version 2: the lines before the delimiter, and those after it.
    pub fn parse(head: &[impl AsRef<[u8]>], arguments: &[impl AsRef<[u8]>]) -> Result<Self, Error> {
        let mut name = None;
        for line in head {
            let line = text(line.as_ref())?;
            if let Some(command) = line.strip_prefix("command=") {
                name = Some(command.to_owned());
            } else if let Some(format) = line.strip_prefix("object-format=")
                && format != "sha1"
            {
                return Err(Error::Protocol(format!("this server speaks SHA-1, not {format}").into()));
            }
        }
        match name.as_deref() {
            Some("ls-refs") => LsRefs::parse(arguments).map(Self::LsRefs),
            Some("fetch") => {
                let mut fetch = FetchRequest { side_band: 65520, ..FetchRequest::default() };
                for line in arguments {
                    fetch.line_v2(line.as_ref())?;
                }
                Ok(Self::Fetch(fetch))
            }
            Some(other) => Err(unexpected("the command ls-refs or fetch", other)),
            None => Err(Error::Protocol("the request names no command".into())),
        }
    }
}

impl LsRefs {
    fn parse(arguments: &[impl AsRef<[u8]>]) -> Result<Self, Error> {
        let mut ask = Self::default();
        for line in arguments {
            let line = text(line.as_ref())?;
            match line {
                "peel" => ask.peel = true,
                "symrefs" => ask.symrefs = true,
                "unborn" => ask.unborn = true,
                _ => {
                    let prefix = line.strip_prefix("ref-prefix ");
                    let prefix = prefix.ok_or_else(|| unexpected("an argument of `ls-refs`", line))?;
                    push(&mut ask.prefixes, prefix.to_owned())?;
                }
            }
        }
        // Very many are as good as none (git's own server does the same).
        if ask.prefixes.len() > 65_536 {
            ask.prefixes.clear();
        }
        Ok(ask)
    }

    /// Whether a ref is asked for.
    pub fn wants(&self, name: &str) -> bool {
        self.prefixes.is_empty() || self.prefixes.iter().any(|prefix| name.starts_with(prefix.as_str()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: &str = "1111111111111111111111111111111111111111";

    fn v0(lines: &[&str]) -> Result<FetchRequest, Error> {
        let mut request = FetchRequest::default();
        for line in lines {
            request.line_v0(line.as_bytes())?;
        }
        Ok(request)
    }

    #[test]
    fn a_clone_of_version_0_is_understood() {
        let first = format!("want {A} multi_ack_detailed side-band-64k thin-pack ofs-delta agent=git/2\n");
        let mut request = v0(&[&first, &format!("want {A}\n"), "deepen 3\n"]).expect("understood");
        request.have_v0(format!("have {A}\n").as_bytes()).expect("understood");
        request.have_v0(b"done\n").expect("understood");
        assert_eq!((request.wants.len(), request.haves.len(), request.done), (2, 1, true));
        assert_eq!((request.acknowledge, request.side_band), (Acknowledge::Detailed, 65520));
        assert_eq!((request.deepen.commits, request.thin_pack, request.ofs_delta), (Some(3), true, true));
    }

    #[test]
    fn commands_of_version_2_are_understood() {
        let want = format!("want {A}\n");
        let fetch = Command::parse(&["command=fetch\n", AGENT], &[&want, "filter blob:limit=1k", "done\n"]);
        let Ok(Command::Fetch(fetch)) = fetch else { panic!("{fetch:?}") };
        assert_eq!((fetch.filter, fetch.done), (vec![Filter::BlobLimit(1024)], true));
        let refs = Command::parse(&["command=ls-refs"], &["peel\n", "symrefs\n", "ref-prefix refs/heads/\n"]);
        let Ok(Command::LsRefs(refs)) = refs else { panic!("{refs:?}") };
        assert!(refs.peel && refs.symrefs && refs.wants("refs/heads/main") && !refs.wants("refs/tags/v1"));
    }

    const AGENT: &str = "agent=git/2.47.3";

    #[test]
    fn filters_are_understood_or_refused() {
        let check = |spec, expected: &[Filter]| assert_eq!(Filter::parse(spec).as_deref(), Ok(expected));
        check("blob:none", &[Filter::NoBlobs]);
        check("tree:0", &[Filter::TreeDepth(0)]);
        check("object:type=commit", &[Filter::Only(ObjectKind::Commit)]);
        check("combine:blob:none+tree%3a3", &[Filter::NoBlobs, Filter::TreeDepth(3)]);
        for wrong in ["", "blob:limit=", "blob:limit=x", "tree:-1", "sparse:oid=x", "combine:", "combine:%2"]
        {
            assert!(Filter::parse(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn what_is_no_request_is_refused_with_what_was_expected() {
        for line in ["", "wan", "want x", "want 11", "deepen x", "have x", "shallow 1", "\u{1}"] {
            assert!(v0(&[line]).is_err(), "{line}");
        }
        let error = Command::parse(&["command=push"], &[] as &[&str]).expect_err("no such command");
        assert_eq!(error.to_string(), "Not what git says: expected the command ls-refs or fetch, got `push`");
        assert!(Command::parse(&["object-format=sha256", "command=fetch"], &[] as &[&str]).is_err());
        assert!(Command::parse(&[] as &[&str], &[] as &[&str]).is_err());
    }
}
