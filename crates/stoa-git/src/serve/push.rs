//! `git-receive-pack`: which refs a client wants to change, and what came of it.
//!
//! Source: gitprotocol-pack(5), gitprotocol-capabilities(5).

use stoa_core::Oid;

use super::{oid, text, unexpected};
use crate::Error;

/// Refs that one push may change: git itself pushes all of a large mirror at once.
const COMMANDS: usize = 100_000;
/// Push options of one push, and bytes of each.
const OPTIONS: (usize, usize) = (256, 4096);

/// One ref that a client wants to change.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PushCommand {
    /// Full name.
    pub name: String,
    /// What the client believes it names now; `None` when it believes there is none.
    pub old: Option<Oid>,
    /// What it should name; `None` to delete it.
    pub new: Option<Oid>,
}

/// What a client wants to change.
#[expect(clippy::struct_excessive_bools, reason = "each is a word of the protocol that is said or not")]
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct PushRequest {
    /// The refs, in the client's order.
    pub commands: Vec<PushCommand>,
    /// Where the client's own history ends.
    pub shallow: Vec<Oid>,
    /// It wants to hear what came of it.
    pub report_status: bool,
    /// In the newer form.
    pub report_v2: bool,
    /// Bytes of a side-band packet, 0 for none.
    pub side_band: usize,
    /// All refs change, or none.
    pub atomic: bool,
    /// No progress.
    pub quiet: bool,
    /// Push options follow the commands.
    pub push_options: bool,
    /// The options (`git push -o`).
    pub options: Vec<String>,
}

impl PushRequest {
    /// Takes one line before the first flush.
    pub fn line(&mut self, line: &[u8]) -> Result<(), Error> {
        let (line, capabilities) = match line.iter().position(|byte| *byte == 0) {
            Some(at) => (&line[..at], Some(&line[at + 1..])),
            None => (line, None),
        };
        let line = text(line)?;
        if let Some(id) = line.strip_prefix("shallow ") {
            self.shallow.push(oid(id)?);
            return bounded(self.shallow.len());
        }
        if line.starts_with("push-cert") {
            return Err(Error::Protocol("signed pushes are not taken; push without --signed".into()));
        }
        if let (Some(words), true) = (capabilities, self.commands.is_empty()) {
            self.capabilities(text(words)?)?;
        }
        let mut words = line.splitn(3, ' ');
        let (Some(old), Some(new), Some(name)) = (words.next(), words.next(), words.next()) else {
            return Err(unexpected("`old new ref`", line));
        };
        let known = |id: Oid| (id.0 != [0; 20]).then_some(id);
        self.commands.push(PushCommand {
            name: name.to_owned(),
            old: known(oid(old)?),
            new: known(oid(new)?),
        });
        bounded(self.commands.len())
    }

    /// Takes one push option.
    pub fn option(&mut self, line: &[u8]) -> Result<(), Error> {
        let option = text(line)?;
        if self.options.len() >= OPTIONS.0 || option.len() > OPTIONS.1 {
            return Err(Error::Protocol("there are too many push options, or one is too long".into()));
        }
        self.options.push(option.to_owned());
        Ok(())
    }

    /// Whether a pack follows: not when refs are only deleted.
    pub fn has_pack(&self) -> bool {
        self.commands.iter().any(|command| command.new.is_some())
    }

    fn capabilities(&mut self, words: &str) -> Result<(), Error> {
        for word in words.split(' ') {
            match word {
                "report-status" => self.report_status = true,
                "report-status-v2" => (self.report_status, self.report_v2) = (true, true),
                "side-band-64k" => self.side_band = 65520,
                "atomic" => self.atomic = true,
                "quiet" => self.quiet = true,
                "push-options" => self.push_options = true,
                _ => match word.strip_prefix("object-format=") {
                    None | Some("sha1") => {}
                    Some(format) => {
                        return Err(Error::Protocol(
                            format!("this server speaks SHA-1, not {format}").into(),
                        ));
                    }
                },
            }
        }
        Ok(())
    }
}

fn bounded(count: usize) -> Result<(), Error> {
    if count <= COMMANDS {
        return Ok(());
    }
    Err(Error::Protocol(format!("one push can change at most {COMMANDS} refs; push them in groups").into()))
}

/// Why one ref did not change: the words after `! [remote rejected]`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Refusal(pub String);

/// What came of a push.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Report {
    /// Why the pack was refused; `None` when it was taken.
    pub unpack: Option<String>,
    /// Each ref and what came of it, in the client's order.
    pub refs: Vec<(String, Option<Refusal>)>,
}

impl Report {
    /// The lines of `report-status`, which `report-status-v2` understands too.
    pub fn lines(&self) -> impl Iterator<Item = String> {
        let unpack = match &self.unpack {
            None => "unpack ok\n".to_owned(),
            Some(why) => format!("unpack {}\n", one_line(why)),
        };
        let refs = self.refs.iter().map(|(name, refusal)| match refusal {
            None => format!("ok {name}\n"),
            Some(Refusal(why)) => format!("ng {name} {}\n", one_line(why)),
        });
        std::iter::once(unpack).chain(refs)
    }
}

/// A packet takes 64 KiB, a terminal much less.
fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(1000).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const ZERO: &str = "0000000000000000000000000000000000000000";
    const A: &str = "1111111111111111111111111111111111111111";

    #[test]
    fn commands_and_capabilities_are_understood() {
        let mut push = PushRequest::default();
        let first =
            format!("{ZERO} {A} refs/heads/main\0 report-status-v2 side-band-64k atomic object-format=sha1");
        push.line(first.as_bytes()).expect("understood");
        push.line(format!("{A} {ZERO} refs/tags/a b\n").as_bytes()).expect("understood");
        assert!(push.report_v2 && push.atomic && push.has_pack() && !push.push_options);
        assert_eq!(push.commands[0].old, None);
        assert_eq!((push.commands[1].name.as_str(), push.commands[1].new), ("refs/tags/a b", None));
    }

    #[test]
    fn what_is_no_command_is_refused() {
        for line in ["", "x", A, "push-cert\0 x", "shallow x", &format!("{A} {A}")] {
            assert!(PushRequest::default().line(line.as_bytes()).is_err(), "{line}");
        }
        let sha256 = format!("{ZERO} {A} refs/heads/main\0object-format=sha256");
        assert!(PushRequest::default().line(sha256.as_bytes()).is_err());
    }

    #[test]
    fn reports_are_lines_whatever_the_reason_holds() {
        let report = Report {
            unpack: None,
            refs: vec![
                ("refs/heads/a".to_owned(), None),
                ("refs/heads/b".to_owned(), Some(Refusal("fetch\nfirst".to_owned()))),
            ],
        };
        let lines: Vec<String> = report.lines().collect();
        assert_eq!(lines, ["unpack ok\n", "ok refs/heads/a\n", "ng refs/heads/b fetch first\n"]);
    }
}
