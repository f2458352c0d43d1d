//! Pointers: the small text that stands in git for a large file.
//!
//! Source: `docs/spec.md` of git-lfs.

use std::fmt::Write as _;

use stoa_core::Sha256;

const VERSION: &str = "https://git-lfs.github.com/spec/v1";
/// A pointer is shorter than this, so a longer blob need not be read.
const MAX: usize = 1024;

/// A reference to a large file.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Pointer {
    /// The SHA-256 of the file.
    pub oid: Sha256,
    /// Its length in bytes.
    pub size: u64,
}

impl Pointer {
    /// Reads a blob; `None` when it is anything but a pointer as the specification wants it: `version` first, then
    /// keys in strict alphabetical order, each line ended by `\n`, below 1024 bytes in all. Unknown keys are allowed.
    pub fn parse(blob: &[u8]) -> Option<Self> {
        if blob.len() >= MAX {
            return None;
        }
        let text = std::str::from_utf8(blob).ok()?;
        let rest = text.strip_prefix("version ")?.strip_prefix(VERSION)?.strip_prefix('\n')?;
        let (mut oid, mut size, mut last) = (None, None, "");
        for line in rest.strip_suffix('\n')?.split('\n') {
            let (key, value) = line.split_once(' ')?;
            let valid =
                !key.is_empty() && key.bytes().all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'.' | b'-'));
            if !valid || key <= last || value.contains('\r') {
                return None;
            }
            match key {
                "oid" => oid = Some(digest(value)?),
                "size" => size = Some(number(value)?),
                "version" => return None,
                _ => {}
            }
            last = key;
        }
        Some(Self { oid: oid?, size: size? })
    }

    /// The canonical text, which is the whole blob.
    pub fn text(&self) -> String {
        let mut text = String::with_capacity(140);
        let _ = write!(text, "version {VERSION}\noid sha256:{}\nsize {}\n", self.oid, self.size);
        text
    }

    /// Length of [`Self::text`] in bytes: the size of the blob in git.
    #[expect(clippy::len_without_is_empty, reason = "a pointer is never empty")]
    pub fn len(&self) -> usize {
        self.text().len()
    }
}

fn digest(value: &str) -> Option<Sha256> {
    let digits = value.strip_prefix("sha256:")?;
    if digits.bytes().any(|b| b.is_ascii_uppercase()) {
        return None;
    }
    digits.parse().ok()
}

/// Digits without sign or leading zeros, so that one number has one text.
fn number(value: &str) -> Option<u64> {
    let canonical = value == "0" || value.bytes().all(|b| b.is_ascii_digit()) && !value.starts_with('0');
    if canonical { value.parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OID: &str = "4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393";

    #[test]
    fn the_example_of_the_specification_is_read_and_written() {
        let text = format!("version {VERSION}\noid sha256:{OID}\nsize 12345\n");
        let pointer = Pointer::parse(text.as_bytes()).expect("a pointer");
        assert_eq!((pointer.oid.to_string().as_str(), pointer.size), (OID, 12345));
        assert_eq!(pointer.text(), text);
        assert_eq!(pointer.len(), text.len());
    }

    #[test]
    fn extensions_are_allowed_in_order() {
        let text = format!("version {VERSION}\next-0-foo sha256:{OID}\noid sha256:{OID}\nsize 1\nz 1\n");
        assert!(Pointer::parse(text.as_bytes()).is_some());
    }

    #[test]
    fn anything_else_is_an_ordinary_file() {
        let v = format!("version {VERSION}\n");
        let oid = format!("oid sha256:{OID}\n");
        for text in [
            String::new(),
            v.clone(),
            format!("{v}{oid}"),
            format!("{v}size 1\n"),
            format!("{v}size 1\n{oid}"),
            format!("{oid}size 1\n"),
            format!("{oid}size 1\n{v}"),
            format!("{v}{oid}size 1"),
            format!("{v}{oid}size 1\n\n"),
            format!("{v}{oid}size 1\r\n"),
            format!("{v}{oid}size 01\n"),
            format!("{v}{oid}size +1\n"),
            format!("{v}{oid}size -1\n"),
            format!("{v}{oid}size \n"),
            format!("{v}{oid}size 18446744073709551616\n"),
            format!("{v}{oid}{oid}size 1\n"),
            format!("{v}{}size 1\n", oid.to_uppercase()),
            format!("{v}oid sha256:{}\nsize 1\n", OID.to_uppercase()),
            format!("{v}oid sha1:{OID}\nsize 1\n"),
            format!("{v}oid sha256:{}\nsize 1\n", &OID[1..]),
            format!("{v}{oid}size 1\nz {}\n", "x".repeat(1024)),
            format!("{v}{oid}size 1\n").replace("v1", "v2"),
        ] {
            assert_eq!(Pointer::parse(text.as_bytes()), None, "{text}");
        }
        assert_eq!(Pointer::parse(b"\xff\xfe"), None);
    }
}
