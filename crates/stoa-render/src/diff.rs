//! What changed between two versions of a text. Plain data; the page draws it.

use std::ops::Range;
use std::time::Instant;

use similar::{Algorithm, DiffOp, DiffTag, capture_diff_slices_deadline, group_diff_ops};

/// Unchanged lines around a change.
const CONTEXT: usize = 3;

/// Texts with more bytes or lines than this are not compared.
const BYTES: usize = 2 << 20;
const LINES: usize = 50_000;

/// More lines than this are not in the hunks.
const SHOWN: usize = 10_000;

/// Words of longer lines are not compared.
const LINE: usize = 1000;

/// The difference between two texts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Diff {
    /// What changed, with three lines around each change.
    pub hunks: Vec<Hunk>,
    /// How many lines were added.
    pub added: usize,
    /// How many lines were removed.
    pub removed: usize,
    /// Whether the texts are too long to be shown whole; with no hunks, too long to be compared.
    pub truncated: bool,
}

/// Lines that stand together.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Hunk {
    /// Number of the first line in the old text, and how many lines of it there are.
    pub old: (usize, usize),
    /// The same in the new text.
    pub new: (usize, usize),
    /// The lines.
    pub lines: Vec<Line>,
}

/// A line with its numbers: in the old text unless it was added, in the new text unless it was removed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Number in the old text, from 1.
    pub old: Option<usize>,
    /// Number in the new text, from 1.
    pub new: Option<usize>,
    /// The text of the line. Escape it.
    pub parts: Vec<Part>,
    /// Whether the text ends here without a line break.
    pub unended: bool,
}

/// A piece of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// Its text. Escape it.
    pub text: String,
    /// Whether this very piece changed in a line that otherwise stayed.
    pub changed: bool,
}

/// Compares two texts. Past `deadline` the comparison becomes coarse: still right, but with more lines than necessary.
pub fn diff(old: &str, new: &str, deadline: Instant) -> Diff {
    if old.len().max(new.len()) > BYTES {
        return Diff { truncated: true, ..Diff::default() };
    }
    let old: Vec<&str> = old.split_inclusive('\n').collect();
    let new: Vec<&str> = new.split_inclusive('\n').collect();
    if old.len().max(new.len()) > LINES {
        return Diff { truncated: true, ..Diff::default() };
    }
    let texts = Texts { old: &old, new: &new, deadline };
    let steps = capture_diff_slices_deadline(Algorithm::Myers, &old, &new, Some(deadline));
    let mut diff = Diff::default();
    for step in steps.iter().filter(|step| step.tag() != DiffTag::Equal) {
        diff.removed += step.old_range().len();
        diff.added += step.new_range().len();
    }
    let mut shown = 0;
    for group in group_diff_ops(steps, CONTEXT) {
        let mut hunk = Hunk {
            old: span(&group, DiffOp::old_range),
            new: span(&group, DiffOp::new_range),
            lines: Vec::new(),
        };
        for step in &group {
            texts.push(&mut hunk.lines, step);
        }
        let room = SHOWN - shown;
        if hunk.lines.len() > room {
            diff.truncated = true;
            hunk.lines.truncate(room);
        }
        shown += hunk.lines.len();
        if !hunk.lines.is_empty() {
            diff.hunks.push(hunk);
        }
    }
    diff
}

fn span(group: &[DiffOp], range: impl Fn(&DiffOp) -> Range<usize>) -> (usize, usize) {
    let start = group.first().map_or(0, |step| range(step).start);
    let end = group.last().map_or(0, |step| range(step).end);
    // As in `diff -u`: where there are no lines, the number of the line before.
    (if end > start { start + 1 } else { start }, end - start)
}

struct Texts<'a> {
    old: &'a [&'a str],
    new: &'a [&'a str],
    deadline: Instant,
}

impl Texts<'_> {
    fn push(&self, lines: &mut Vec<Line>, step: &DiffOp) {
        let (old, new) = (step.old_range(), step.new_range());
        if step.tag() == DiffTag::Equal {
            for (old, new) in old.zip(new) {
                lines.push(line(Some(old), Some(new), self.old[old], None));
            }
            return;
        }
        // The n-th removed line became the n-th added one, if their words say so. What is not shown is not compared.
        let pairs: Vec<_> =
            old.clone().zip(new.clone()).take(SHOWN).map(|(old, new)| self.words(old, new)).collect();
        for (at, number) in old.take(SHOWN + 1).enumerate() {
            let parts = pairs.get(at).and_then(|pair| pair.as_ref()).map(|(old, _)| old.clone());
            lines.push(line(Some(number), None, self.old[number], parts));
        }
        for (at, number) in new.take(SHOWN + 1).enumerate() {
            let parts = pairs.get(at).and_then(|pair| pair.as_ref()).map(|(_, new)| new.clone());
            lines.push(line(None, Some(number), self.new[number], parts));
        }
    }

    /// Both lines in parts, if they have so much in common that marking the rest helps.
    fn words(&self, old: usize, new: usize) -> Option<(Vec<Part>, Vec<Part>)> {
        let (old, new) = (ended(self.old[old]), ended(self.new[new]));
        if old.len().max(new.len()) > LINE {
            return None;
        }
        let (old_words, new_words) = (words(old), words(new));
        let steps =
            capture_diff_slices_deadline(Algorithm::Myers, &old_words, &new_words, Some(self.deadline));
        let (mut old_parts, mut new_parts, mut common) = (Vec::new(), Vec::new(), 0);
        for step in steps {
            let changed = step.tag() != DiffTag::Equal;
            let text = old_words[step.old_range()].concat();
            if !changed {
                common += text.trim().len();
            }
            push_part(&mut old_parts, text, changed);
            push_part(&mut new_parts, new_words[step.new_range()].concat(), changed);
        }
        (common * 3 >= old.trim().len().max(new.trim().len())).then_some((old_parts, new_parts))
    }
}

fn push_part(parts: &mut Vec<Part>, text: String, changed: bool) {
    if !text.is_empty() {
        parts.push(Part { text, changed });
    }
}

fn line(old: Option<usize>, new: Option<usize>, text: &str, parts: Option<Vec<Part>>) -> Line {
    Line {
        old: old.map(|number| number + 1),
        new: new.map(|number| number + 1),
        parts: parts.unwrap_or_else(|| vec![Part { text: ended(text).to_owned(), changed: false }]),
        unended: !text.ends_with('\n'),
    }
}

fn ended(line: &str) -> &str {
    line.strip_suffix('\n').unwrap_or(line)
}

/// Words, runs of spaces, and single other characters.
fn words(line: &str) -> Vec<&str> {
    let kind = |c: char| match c {
        c if c.is_alphanumeric() || c == '_' => 0,
        c if c.is_whitespace() => 1,
        _ => 2,
    };
    let mut words = Vec::new();
    let mut start = 0;
    let mut last = None;
    for (at, c) in line.char_indices() {
        if last.is_some_and(|last| last != kind(c) || last == 2) {
            words.push(&line[start..at]);
            start = at;
        }
        last = Some(kind(c));
    }
    if start < line.len() {
        words.push(&line[start..]);
    }
    words
}

#[cfg(test)]
mod tests {
    use std::fmt::Write;
    use std::time::Duration;

    use super::*;

    fn soon() -> Instant {
        Instant::now() + Duration::from_mins(1)
    }

    /// A diff as `diff -u` writes it, with changed words in brackets.
    fn drawn(diff: &Diff) -> String {
        let mut out = String::new();
        for hunk in &diff.hunks {
            let (old, new) = (hunk.old, hunk.new);
            let _ = writeln!(out, "@@ -{},{} +{},{} @@", old.0, old.1, new.0, new.1);
            for line in &hunk.lines {
                out.push(match (line.old, line.new) {
                    (Some(_), Some(_)) => ' ',
                    (Some(_), None) => '-',
                    _ => '+',
                });
                for part in &line.parts {
                    let text = &part.text;
                    let _ = if part.changed { write!(out, "[{text}]") } else { write!(out, "{text}") };
                }
                out.push_str(if line.unended { "$\n" } else { "\n" });
            }
        }
        out
    }

    #[test]
    fn changes_stand_between_three_lines_and_changed_words_are_marked() {
        let diff =
            diff("1\n2\n3\n4\nlet x = old;\n6\n7\n8\n9\n", "1\n2\n3\n4\nlet x = new;\n6\n7\n8\n9\n", soon());
        assert_eq!(
            drawn(&diff),
            "@@ -2,7 +2,7 @@\n 2\n 3\n 4\n-let x = [old];\n+let x = [new];\n 6\n 7\n 8\n"
        );
        assert_eq!((diff.added, diff.removed, diff.truncated), (1, 1, false));
    }

    #[test]
    fn lines_with_nothing_in_common_are_not_marked() {
        assert_eq!(drawn(&diff("alpha\n", "omega", soon())), "@@ -1,1 +1,1 @@\n-alpha\n+omega$\n");
    }

    #[test]
    fn files_that_come_and_go_are_one_hunk() {
        assert_eq!(drawn(&diff("", "a\nb\n", soon())), "@@ -0,0 +1,2 @@\n+a\n+b\n");
        assert_eq!(drawn(&diff("a\n", "", soon())), "@@ -1,1 +0,0 @@\n-a\n");
        assert_eq!(diff("a\n", "a\n", soon()), Diff::default());
    }

    #[test]
    fn long_texts_are_cut_and_longer_ones_not_compared() {
        let long = |word: &str| (0..20_000).map(|n| format!("{word}{n}\n")).collect::<Vec<_>>().concat();
        // Past its deadline the comparison is coarse, but it ends and its numbers are right.
        let cut = diff(&long("a"), &long("b"), Instant::now());
        assert_eq!((cut.added, cut.removed, cut.truncated), (20_000, 20_000, true));
        assert_eq!(cut.hunks.iter().map(|hunk| hunk.lines.len()).sum::<usize>(), SHOWN);
        let refused = diff(&"\n".repeat(LINES + 1), "", soon());
        assert!(refused.truncated && refused.hunks.is_empty());
        assert!(diff(&"x".repeat(BYTES + 1), "", soon()).truncated);
    }
}
