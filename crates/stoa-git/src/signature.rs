//! Who did something and when: the `author`, `committer` and `tagger` lines.
//!
//! Source: git-commit-tree(1), `fsck_ident` in git's `fsck.c`.

/// A person and a moment.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Signature {
    /// The name as shown.
    pub name: String,
    /// The address, which git neither checks nor uses.
    pub email: String,
    /// Seconds since 1970. Git cannot write a moment before that; it becomes 0.
    pub time: i64,
    /// Offset of the clock on the wall from UTC, in minutes. `-0000` is read as 0 and written `+0000`.
    pub offset_minutes: i32,
}

impl Signature {
    /// Reads `Name <email> seconds +hhmm`. Forgiving where `git log` is: a name may be missing, a zone odd or missing.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (who, when) = text.rsplit_once('>')?;
        let (name, email) = who.split_once('<')?;
        let mut words = when.split_ascii_whitespace();
        let time = words.next()?.parse().ok()?;
        let offset_minutes = words.next().map_or(0, offset);
        let name = name.strip_suffix(' ').unwrap_or(name).to_owned();
        Some(Self { name, email: email.to_owned(), time, offset_minutes })
    }

    /// Writes what [`Self::parse`] reads, without the characters that would end a field early.
    pub(crate) fn text(&self) -> String {
        let clean = |text: &str| text.replace(['<', '>', '\n', '\0'], "");
        let sign = if self.offset_minutes < 0 { '-' } else { '+' };
        let minutes = self.offset_minutes.unsigned_abs().min(99 * 60 + 59);
        let (name, email, time) = (clean(&self.name), clean(&self.email), self.time.max(0));
        format!("{name} <{email}> {time} {sign}{:02}{:02}", minutes / 60, minutes % 60)
    }
}

fn offset(zone: &str) -> i32 {
    let number: i32 = zone.parse().unwrap_or(0);
    let minutes = number / 100 * 60 + number % 100;
    if minutes.abs() < 100 * 60 { minutes } else { 0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: Option<(&str, &str, i64, i32)>) {
        let parsed = Signature::parse(text);
        let parsed = parsed.as_ref().map(|s| (s.name.as_str(), s.email.as_str(), s.time, s.offset_minutes));
        assert_eq!(parsed, expected, "{text}");
    }

    #[test]
    fn ordinary_and_odd_lines_are_read() {
        check("Ada L <ada@x.org> 1700000000 +0530", Some(("Ada L", "ada@x.org", 1_700_000_000, 330)));
        check("A <a> 1 -0330", Some(("A", "a", 1, -210)));
        check(" <a> 1 +0000", Some(("", "a", 1, 0)));
        check("<a> 1 +0000", Some(("", "a", 1, 0)));
        check("A <a <b>> 1 +0000", Some(("A", "a <b>", 1, 0)));
        check("A <> 1", Some(("A", "", 1, 0)));
        check("A <a> 1 +051800", Some(("A", "a", 1, 0)));
        for bad in
            ["", "A", "A <a", "A a> 1 +0000", "A <a>", "A <a> x +0000", "A <a> 99999999999999999999 +0000"]
        {
            check(bad, None);
        }
    }

    #[test]
    fn lines_are_written_as_they_were_read() {
        for text in ["Ada L <ada@x.org> 1700000000 +0530", " <a> 0 -0001", "Ä <ä@ö> 12 +1400"] {
            assert_eq!(Signature::parse(text).map(|s| s.text()).as_deref(), Some(text));
        }
    }

    #[test]
    fn no_field_can_break_out_of_its_place() {
        let who = Signature {
            name: "A <x>\nparent\0".to_owned(),
            email: "a@b>\n\n1 +0000".to_owned(),
            time: -5,
            offset_minutes: i32::MIN,
        };
        assert_eq!(who.text(), "A xparent <a@b1 +0000> 0 -9959");
    }
}
