//! The head of an entry in a pack: kind, size, and the base of a delta.
//!
//! Source: gitformat-pack(5), "pack-*.pack files have the following format".

use stoa_core::Oid;

use crate::ObjectKind;

/// Ten bytes of kind and size, then the id of a base.
pub(super) const LONGEST_HEAD: usize = 10 + Oid::LEN;

/// The type of a delta on an earlier entry.
pub(super) const OFS_DELTA: u8 = 6;
/// The type of a delta on an object with an id.
pub(super) const REF_DELTA: u8 = 7;

/// What an entry says of itself.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Head {
    /// Length of what the stream holds, in bytes.
    pub size: u64,
    /// What the stream holds.
    pub what: What,
}

/// What the stream of an entry holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum What {
    /// A body.
    Whole(ObjectKind),
    /// Instructions for the entry at an offset in the pack.
    Ofs(u64),
    /// Instructions for an object.
    Ref(Oid),
}

/// The head that `bytes` begin with and its length, or `None` when they end within. `offset` is where it stands.
pub(super) fn parse_head(bytes: &[u8], offset: u64) -> Result<Option<(Head, usize)>, &'static str> {
    let Some((code, size, mut length)) = parse_size(bytes)? else { return Ok(None) };
    let rest = &bytes[length..];
    let what = match code {
        OFS_DELTA => {
            let Some((distance, more)) = parse_distance(rest)? else { return Ok(None) };
            length += more;
            What::Ofs(offset.checked_sub(distance).ok_or("a delta is based on what lies before the pack")?)
        }
        REF_DELTA => {
            let Some(base) = rest.get(..Oid::LEN).and_then(Oid::from_slice) else { return Ok(None) };
            length += Oid::LEN;
            What::Ref(base)
        }
        code => What::Whole(ObjectKind::from_pack_code(code).ok_or("an object has a reserved type")?),
    };
    Ok(Some((Head { size, what }, length)))
}

/// The type, the size, and how many bytes say so: four bits of size in the first, seven in each other, lowest first.
fn parse_size(bytes: &[u8]) -> Result<Option<(u8, u64, usize)>, &'static str> {
    let Some(&first) = bytes.first() else { return Ok(None) };
    let code = first >> 4 & 7;
    let mut size = u64::from(first & 15);
    if first & 0x80 == 0 {
        return Ok(Some((code, size, 1)));
    }
    for (shift, place) in (4..64).step_by(7).zip(1..) {
        let Some(&byte) = bytes.get(place) else { return Ok(None) };
        let bits = u64::from(byte & 0x7f);
        if bits << shift >> shift != bits {
            break;
        }
        size |= bits << shift;
        if byte & 0x80 == 0 {
            return Ok(Some((code, size, place + 1)));
        }
    }
    Err("the size of an object has more than 64 bits")
}

/// How far back a base lies, and how many bytes say so: seven bits in each, highest first, one added for each "more".
fn parse_distance(bytes: &[u8]) -> Result<Option<(u64, usize)>, &'static str> {
    let mut distance = 0_u64;
    for (place, &byte) in bytes.iter().enumerate() {
        if distance >= 1 << 56 {
            return Err("the base of a delta is too far away");
        }
        distance = distance << 7 | u64::from(byte & 0x7f);
        if byte & 0x80 == 0 {
            return Ok(Some((distance, place + 1)));
        }
        distance += 1;
    }
    Ok(None)
}

/// Appends type and size.
pub(super) fn put_size(out: &mut impl bytes::BufMut, code: u8, size: u64) {
    let mut byte = (code << 4) | (size & 15) as u8;
    let mut rest = size >> 4;
    while rest > 0 {
        out.put_u8(byte | 0x80);
        byte = (rest & 0x7f) as u8;
        rest >>= 7;
    }
    out.put_u8(byte);
}

/// Appends how far back a base lies.
pub(super) fn put_distance(out: &mut impl bytes::BufMut, distance: u64) {
    let mut digits = [0; 10];
    let mut first = digits.len() - 1;
    digits[first] = (distance & 0x7f) as u8;
    let mut rest = distance >> 7;
    while rest > 0 {
        rest -= 1;
        first -= 1;
        digits[first] = 0x80 | (rest & 0x7f) as u8;
        rest >>= 7;
    }
    out.put_slice(&digits[first..]);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_size_in_an_entry_is_variable() {
        let check = |size, expected: &[u8]| {
            let mut head = Vec::new();
            put_size(&mut head, ObjectKind::Blob.pack_code(), size);
            assert_eq!(head, expected, "{size}");
            assert_eq!(parse_size(&head), Ok(Some((3, size, head.len()))));
        };
        check(0, &[0x30]);
        check(15, &[0x3f]);
        check(16, &[0xb0, 1]);
        check(2047, &[0xbf, 0x7f]);
        check(2048, &[0xb0, 0x80, 1]);
        check(u64::MAX, &[0xbf, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x0f]);
    }

    #[test]
    fn a_distance_has_one_spelling() {
        let check = |distance, expected: &[u8]| {
            let mut head = Vec::new();
            put_distance(&mut head, distance);
            assert_eq!(head, expected, "{distance}");
            assert_eq!(parse_distance(&head), Ok(Some((distance, head.len()))));
        };
        check(0, &[0]);
        check(127, &[0x7f]);
        check(128, &[0x80, 0]);
        check(16_511, &[0xff, 0x7f]);
        check(16_512, &[0x80, 0x80, 0]);
        check(1 << 40, &[0x9e, 0xfe, 0xfe, 0xfe, 0xff, 0]);
    }

    #[test]
    fn numbers_that_do_not_fit_are_refused() {
        assert!(parse_head(&[0xff; 40], 100).is_err());
        let mut far = vec![0xe0, 0];
        far.extend([0xff; 20]);
        assert!(parse_head(&far, 100).is_err());
        assert!(parse_head(&[0x60, 101], 100).is_err());
        assert!(parse_head(&[0x60, 100], 100).is_ok_and(|head| head.is_some()));
        for code in [0, 5] {
            assert_eq!(parse_head(&[code << 4], 100), Err("an object has a reserved type"));
        }
    }

    #[test]
    fn a_head_that_ends_early_wants_more() {
        let mut head = Vec::new();
        put_size(&mut head, REF_DELTA, 1 << 40);
        head.extend([9; Oid::LEN]);
        for cut in 0..head.len() {
            assert_eq!(parse_head(&head[..cut], 100), Ok(None), "{cut}");
        }
        assert_eq!(
            parse_head(&head, 100),
            Ok(Some((Head { size: 1 << 40, what: What::Ref(Oid([9; 20])) }, head.len())))
        );
    }
}
