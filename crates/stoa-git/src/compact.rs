//! The form in which an object is kept: whole, or as a delta against one like it.

use bytes::Bytes;
use stoa_core::Oid;

use crate::object::deflate;
use crate::{DeltaIndex, Error, MAX_BODY, ObjectKind};

/// Smaller bodies are always kept whole, in bytes.
const SMALL: usize = 64;
/// A base this many times larger than the body is not worth its index.
const TOO_LARGE: usize = 32;
/// A delta has to be this many times smaller than the whole object, both compressed: reading it takes longer.
const WORTH: usize = 2;

/// An object in the form in which it is kept.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Compact {
    /// Its id.
    pub oid: Oid,
    /// What it is.
    pub kind: ObjectKind,
    /// Bytes of its body.
    pub size: u64,
    /// The zlib stream of its body, or of the instructions that make it of the base.
    pub data: Bytes,
    /// For a delta, the bytes of the instructions before they were compressed.
    pub instructions: Option<u64>,
}

/// Compresses the body of an object whose id is known: as a delta against `base`, if that is much smaller and has at most
/// `most` bytes.
pub fn compact(
    kind: ObjectKind,
    oid: Oid,
    body: &[u8],
    base: Option<&[u8]>,
    most: usize,
) -> Result<Compact, Error> {
    let size = body.len() as u64;
    if size > MAX_BODY {
        return Err(Error::TooLarge { size, limit: MAX_BODY });
    }
    let whole = |data: Vec<u8>| Compact { oid, kind, size, data: data.into(), instructions: None };
    let Some(delta) = base.and_then(|base| delta(body, base, most)) else {
        return Ok(whole(deflate(body)));
    };
    if delta.data.len().saturating_mul(surely_worth(kind)) > body.len() {
        let data = deflate(body);
        if delta.data.len().saturating_mul(WORTH) > data.len() {
            return Ok(whole(data));
        }
    }
    Ok(Compact { oid, kind, size, data: delta.data.into(), instructions: Some(delta.instructions) })
}

/// A delta that is so many times smaller than the body is worth it however well the body compresses, so that is not
/// tried: it takes most of the time. Of a tree's bytes a third at least are ids, which do not compress.
fn surely_worth(kind: ObjectKind) -> usize {
    if kind == ObjectKind::Tree { 8 } else { 64 }
}

struct Delta {
    data: Vec<u8>,
    instructions: u64,
}

fn delta(body: &[u8], base: &[u8], most: usize) -> Option<Delta> {
    if body.len() < SMALL || base.len() / TOO_LARGE > body.len() {
        return None;
    }
    // Instructions compress worse than text: what needs more than this is not worth it in the end.
    let instructions = DeltaIndex::new(base).delta(body, body.len() / 2)?;
    let data = deflate(&instructions);
    (data.len() <= most).then_some(Delta { data, instructions: instructions.len() as u64 })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::oracle::random;
    use crate::{apply_delta, hash, inflate};

    fn check(kind: ObjectKind, body: &[u8], base: &[u8], most: usize) -> Compact {
        let oid = hash(kind, body).expect("an id");
        let compact = compact(kind, oid, body, Some(base), most).expect("compacts");
        let made = match compact.instructions {
            None => inflate(&compact.data, compact.size).expect("inflates"),
            Some(size) => {
                assert!(compact.data.len() <= most && compact.data.len() * WORTH <= deflate(body).len());
                let instructions = inflate(&compact.data, size).expect("inflates");
                apply_delta(base, &instructions, compact.size).expect("makes sense")
            }
        };
        assert!(made == body && compact.size == body.len() as u64);
        compact
    }

    #[test]
    fn what_changed_little_is_a_delta() {
        let lines: Vec<String> = (0..300).map(|line| format!("line {line}: {}\n", line * line)).collect();
        let text = lines.concat();
        let changed = text.replace("line 77:", "LINE 77:");
        let delta = check(ObjectKind::Blob, changed.as_bytes(), text.as_bytes(), 1000);
        assert!(delta.instructions.is_some() && delta.data.len() < 60);
        let exact = delta.data.len();
        for (most, is_delta) in [(exact, true), (exact - 1, false)] {
            let made = check(ObjectKind::Blob, changed.as_bytes(), text.as_bytes(), most);
            assert_eq!(made.instructions.is_some(), is_delta);
        }
    }

    #[test]
    fn what_a_delta_saves_little_of_is_whole() {
        let mut random = random(3);
        let mut noise = |size: usize| (0..size).map(|_| random(256) as u8).collect::<Vec<u8>>();
        let base = noise(10_000);
        let other = noise(10_000);
        assert_eq!(check(ObjectKind::Blob, &other, &base, 1 << 20).instructions, None);
        let half = [&base[..4000], &other[..6000]].concat();
        assert_eq!(check(ObjectKind::Blob, &half, &base, 1 << 20).instructions, None);
        let most = [&base[..8000], &other[..2000]].concat();
        assert!(check(ObjectKind::Blob, &most, &base, 1 << 20).instructions.is_some());
        // What compresses better than it resembles its base.
        let zeros = vec![0; 10_000];
        assert_eq!(check(ObjectKind::Blob, &zeros, &base, 1 << 20).instructions, None);
        assert_eq!(check(ObjectKind::Blob, &base[..63], &base[..70], 1 << 20).instructions, None);
        assert_eq!(check(ObjectKind::Blob, &base[..100], &base, 1 << 20).instructions, None);
    }
}
