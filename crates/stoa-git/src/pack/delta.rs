//! Deltas: an object as instructions that copy from another and insert what is new.
//!
//! Source: gitformat-pack(5), "Deltified representation".

use crate::Error;

/// What a copy of no bytes means.
const ZERO_MEANS: usize = 0x10000;

/// One instruction.
enum Step<'a> {
    Copy { from: usize, length: usize },
    Insert(&'a [u8]),
}

/// The sizes that a delta begins with: of its base and of its result, in bytes.
pub fn delta_sizes(instructions: &[u8]) -> Result<(u64, u64), Error> {
    sizes(instructions).map(|(source, result, _)| (source, result))
}

/// What the instructions make of `base`. A result above `limit` bytes is refused, and no memory is taken before all
/// instructions are known to make sense.
pub fn apply_delta(base: &[u8], instructions: &[u8], limit: u64) -> Result<Vec<u8>, Error> {
    let mut result = Vec::new();
    apply_into(base, instructions, limit, &mut result)?;
    Ok(result)
}

/// As [`apply_delta`]; replaces what is in `result`.
pub(super) fn apply_into(
    base: &[u8],
    instructions: &[u8],
    limit: u64,
    result: &mut Vec<u8>,
) -> Result<(), Error> {
    let (source, expected, steps) = sizes(instructions)?;
    if source != base.len() as u64 {
        return Err(Error::BadDelta("the base has another size than is said"));
    }
    if expected > limit {
        return Err(Error::AboveLimit { what: "bytes in one object", limit });
    }
    let expected = check(base.len(), steps, expected)?;
    result.clear();
    result.reserve(expected);
    let mut rest = steps;
    while let Some(step) = next(&mut rest)? {
        match step {
            Step::Copy { from, length } => result.extend_from_slice(&base[from..from + length]),
            Step::Insert(bytes) => result.extend_from_slice(bytes),
        }
    }
    Ok(())
}

/// Follows the instructions without obeying them; gives the size of the result.
fn check(base: usize, mut steps: &[u8], expected: u64) -> Result<usize, Error> {
    let mut total = 0_u64;
    while let Some(step) = next(&mut steps)? {
        total += match step {
            // Neither overflows: 32 and 24 bits.
            Step::Copy { from, length } if from + length > base => {
                return Err(Error::BadDelta("a copy reaches beyond the base"));
            }
            Step::Copy { length, .. } => length as u64,
            Step::Insert(bytes) => bytes.len() as u64,
        };
        if total > expected {
            break;
        }
    }
    if total != expected {
        return Err(Error::BadDelta("the result has another size than is said"));
    }
    usize::try_from(total).map_err(|_| Error::BadDelta("the result does not fit in memory"))
}

fn next<'a>(steps: &mut &'a [u8]) -> Result<Option<Step<'a>>, Error> {
    let Some((&code, rest)) = steps.split_first() else { return Ok(None) };
    let step = match code {
        0 => return Err(Error::BadDelta("a reserved instruction")),
        1..=0x7f => {
            let (bytes, rest) = rest.split_at_checked(usize::from(code)).ok_or(SHORT)?;
            *steps = rest;
            Step::Insert(bytes)
        }
        _ => {
            *steps = rest;
            let from = number(code, 4, steps)?;
            let length = number(code >> 4, 3, steps)?;
            Step::Copy { from, length: if length == 0 { ZERO_MEANS } else { length } }
        }
    };
    Ok(Some(step))
}

const SHORT: Error = Error::BadDelta("the instructions end early");

/// A number of up to `most` bytes, lowest first, of which only those come that have their bit in `present`.
fn number(present: u8, most: u32, steps: &mut &[u8]) -> Result<usize, Error> {
    let mut number = 0;
    for place in 0..most {
        if present & (1 << place) != 0 {
            let (&byte, rest) = steps.split_first().ok_or(SHORT)?;
            number |= usize::from(byte) << (8 * place);
            *steps = rest;
        }
    }
    Ok(number)
}

fn sizes(instructions: &[u8]) -> Result<(u64, u64, &[u8]), Error> {
    let mut rest = instructions;
    let source = size(&mut rest)?;
    let result = size(&mut rest)?;
    Ok((source, result, rest))
}

/// Seven bits in each byte, lowest first, the highest bit for "more".
fn size(rest: &mut &[u8]) -> Result<u64, Error> {
    let mut size = 0_u64;
    for shift in (0..64).step_by(7) {
        let (&byte, after) = rest.split_first().ok_or(SHORT)?;
        *rest = after;
        let bits = u64::from(byte & 0x7f);
        if bits << shift >> shift != bits {
            break;
        }
        size |= bits << shift;
        if byte & 0x80 == 0 {
            return Ok(size);
        }
    }
    Err(Error::BadDelta("a size of more than 64 bits"))
}

/// Appends a size.
pub(super) fn put_number(out: &mut Vec<u8>, mut number: usize) {
    while number > 0x7f {
        out.push(0x80 | (number & 0x7f) as u8);
        number >>= 7;
    }
    out.push(number as u8);
}

/// Appends copies of `length` bytes from `from` on, each as long as every git understands.
pub(super) fn put_copy(out: &mut Vec<u8>, mut from: usize, mut length: usize) {
    while length > 0 {
        let now = length.min(ZERO_MEANS);
        let code = out.len();
        out.push(0x80);
        let mut present = 0x80;
        for (bit, byte) in (from as u32).to_le_bytes().into_iter().enumerate() {
            if byte != 0 {
                present |= 1 << bit;
                out.push(byte);
            }
        }
        for (bit, byte) in (now as u16).to_le_bytes().into_iter().enumerate() {
            if byte != 0 {
                present |= 0x10 << bit;
                out.push(byte);
            }
        }
        out[code] = present;
        from += now;
        length -= now;
    }
}

/// Appends insertions of these bytes.
pub(super) fn put_insert(out: &mut Vec<u8>, bytes: &[u8]) {
    for piece in bytes.chunks(0x7f) {
        out.push(piece.len() as u8);
        out.extend_from_slice(piece);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BASE: &[u8] = b"0123456789";

    fn check(instructions: &[u8], expected: Result<&[u8], Error>) {
        assert_eq!(
            apply_delta(BASE, instructions, 100_000),
            expected.map(<[u8]>::to_vec),
            "{instructions:?}"
        );
    }

    #[test]
    fn copies_and_insertions_make_the_result() {
        check(&[10, 0], Ok(b""));
        check(&[10, 3, 3, b'a', b'b', b'c'], Ok(b"abc"));
        check(&[10, 4, 0x91, 2, 4], Ok(b"2345"));
        check(&[10, 4, 0x90, 4], Ok(b"0123"));
        check(&[10, 6, 0x90, 2, 1, b'x', 0x91, 7, 3], Ok(b"01x789"));
        check(&[0x8a, 0, 1, 1, b'a'], Ok(b"a"));
    }

    #[test]
    fn a_copy_of_no_bytes_is_one_of_65536() {
        let base = vec![7; 70_000];
        let instructions = [0xf0, 0xa2, 0x04, 0x80, 0x80, 0x04, 0x81, 9];
        assert_eq!(apply_delta(&base, &instructions, 70_000), Ok(vec![7; 65_536]));
        assert!(matches!(apply_delta(&base, &instructions, 65_535), Err(Error::AboveLimit { .. })));
    }

    #[test]
    fn instructions_that_make_no_sense_are_refused() {
        let bad = |why| Err(Error::BadDelta(why));
        let early = || bad("the instructions end early");
        check(&[], early());
        check(&[10], early());
        check(&[0x80, 0x80], early());
        check(&[10, 3, 3, b'a', b'b'], early());
        check(&[10, 4, 0x91, 2], early());
        check(&[9, 0], bad("the base has another size than is said"));
        check(&[10, 1, 0], bad("a reserved instruction"));
        check(&[10, 4, 0x91, 7, 4], bad("a copy reaches beyond the base"));
        check(&[10, 4, 0x9f, 255, 255, 255, 255, 4], bad("a copy reaches beyond the base"));
        check(&[10, 10, 0x80], bad("a copy reaches beyond the base"));
        check(&[10, 2, 1, b'a'], bad("the result has another size than is said"));
        check(&[10, 0, 1, b'a'], bad("the result has another size than is said"));
        let long = [0xff; 11];
        check(&long, bad("a size of more than 64 bits"));
        assert_eq!(
            delta_sizes(&[0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1, 0]),
            Ok((u64::MAX, 0))
        );
        assert!(delta_sizes(&[0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 2, 0]).is_err());
    }

    #[test]
    fn a_large_claim_takes_no_memory() {
        let claim = [10, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f, 1, b'a'];
        assert!(matches!(apply_delta(BASE, &claim, u64::MAX), Err(Error::BadDelta(_))));
    }
}
