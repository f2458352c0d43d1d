//! How the bytes of a chunk are packed: as they are, with LZ4, or with LZ4 after sorting them by place in a word.

use lz4_flex::block::CompressTable;

use crate::lz4::{Part, read_frame, write_frame};

/// How a chunk is packed; the number stands in its header.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Scheme {
    /// As it is.
    Raw = 0,
    /// One LZ4 frame.
    Lz4 = 1,
    /// The first bytes of all words of four, then their second, third and fourth bytes, as one LZ4 frame.
    GroupedLz4 = 2,
}

impl Scheme {
    /// The scheme with this number.
    pub(crate) fn from_code(code: u8) -> Option<Self> {
        match code {
            0 => Some(Self::Raw),
            1 => Some(Self::Lz4),
            2 => Some(Self::GroupedLz4),
            _ => None,
        }
    }
}

/// Packs chunks, choosing the scheme by what is in them.
#[derive(Default)]
pub struct Packer {
    table: CompressTable,
    grouped: Vec<u8>,
}

impl Packer {
    /// Appends the packed chunk to `out` and says how it was packed: raw, unless something else is clearly shorter.
    pub fn pack(&mut self, chunk: &[u8], out: &mut Vec<u8>) -> Scheme {
        let look = Look::at(chunk);
        if look.words {
            return self.pack_as(Scheme::GroupedLz4, look.packable, chunk, out);
        }
        // Bytes that are all equally frequent can be packed only when whole stretches repeat; a part will show it.
        let (start, hopeful) = (out.len(), look.packable.contains(&true));
        let part = &chunk[..chunk.len() / 4];
        if !hopeful && self.pack_as(Scheme::Lz4, [true; 4], part, out) == Scheme::Raw {
            out.truncate(start);
            return self.pack_as(Scheme::Raw, [false; 4], chunk, out);
        }
        out.truncate(start);
        self.pack_as(Scheme::Lz4, [true; 4], chunk, out)
    }

    /// Appends the chunk packed in this way, or raw when that is as good. `packable` says which of the four groups are
    /// worth a try.
    fn pack_as(&mut self, scheme: Scheme, packable: [bool; 4], chunk: &[u8], out: &mut Vec<u8>) -> Scheme {
        let shorter = match scheme {
            Scheme::Raw => false,
            Scheme::Lz4 => write_frame(&[Part { bytes: chunk, packable: true }], &mut self.table, out),
            Scheme::GroupedLz4 => {
                group(chunk, &mut self.grouped);
                let mut rest = self.grouped.as_slice();
                let mut lane = 0;
                let parts = lanes(chunk.len()).map(|len| {
                    let (bytes, after) = rest.split_at(len);
                    rest = after;
                    lane += 1;
                    Part { bytes, packable: packable[lane - 1] }
                });
                write_frame(&parts, &mut self.table, out)
            }
        };
        if shorter {
            return scheme;
        }
        out.extend_from_slice(chunk);
        Scheme::Raw
    }
}

/// Unpacks chunks, with memory for one of them.
#[derive(Default)]
pub struct Unpacker {
    plain: Vec<u8>,
    grouped: Vec<u8>,
}

impl Unpacker {
    /// The `len` bytes of a chunk. Raw ones are returned where they lie.
    pub fn unpack<'a>(
        &'a mut self,
        scheme: Scheme,
        packed: &'a [u8],
        len: usize,
    ) -> Result<&'a [u8], &'static str> {
        if scheme == Scheme::Raw {
            return if packed.len() == len { Ok(packed) } else { Err(RAW_LEN) };
        }
        let mut plain = std::mem::take(&mut self.plain);
        plain.resize(plain.len().max(len), 0);
        let unpacked = self.unpack_into(scheme, packed, &mut plain[..len]);
        self.plain = plain;
        unpacked.map(|()| &self.plain[..len])
    }

    /// The same into `out`, which must be as long as the chunk.
    pub fn unpack_into(&mut self, scheme: Scheme, packed: &[u8], out: &mut [u8]) -> Result<(), &'static str> {
        match scheme {
            Scheme::Raw if packed.len() != out.len() => Err(RAW_LEN),
            Scheme::Raw => {
                out.copy_from_slice(packed);
                Ok(())
            }
            Scheme::Lz4 => read_frame(packed, out),
            Scheme::GroupedLz4 => {
                self.grouped.resize(self.grouped.len().max(out.len()), 0);
                let grouped = &mut self.grouped[..out.len()];
                read_frame(packed, grouped)?;
                ungroup(grouped, out);
                Ok(())
            }
        }
    }
}

const RAW_LEN: &str = "a raw chunk has two different lengths";

/// The lengths of the four groups of `len` bytes: what does not divide by four goes to the first ones.
fn lanes(len: usize) -> [usize; 4] {
    std::array::from_fn(|lane| (len + 3 - lane) / 4)
}

/// Sorts bytes by their place in a word of four.
fn group(chunk: &[u8], out: &mut Vec<u8>) {
    out.clear();
    out.resize(chunk.len(), 0);
    let [a, b, c, _] = lanes(chunk.len());
    let (first, rest) = out.split_at_mut(a);
    let (second, rest) = rest.split_at_mut(b);
    let (third, fourth) = rest.split_at_mut(c);
    let words = chunk.as_chunks::<4>();
    let targets = first.iter_mut().zip(second.iter_mut()).zip(third.iter_mut()).zip(fourth.iter_mut());
    for (word, (((a, b), c), d)) in words.0.iter().zip(targets) {
        [*a, *b, *c, *d] = *word;
    }
    for (byte, lane) in words.1.iter().zip([first, second, third]) {
        lane[words.0.len()] = *byte;
    }
}

/// Puts bytes back to their places in words of four.
fn ungroup(grouped: &[u8], out: &mut [u8]) {
    let [a, b, c, _] = lanes(grouped.len());
    let (first, rest) = grouped.split_at(a);
    let (second, rest) = rest.split_at(b);
    let (third, fourth) = rest.split_at(c);
    let words = out.as_chunks_mut::<4>();
    let count = words.0.len();
    let sources = first.iter().zip(second).zip(third).zip(fourth);
    for (word, (((a, b), c), d)) in words.0.iter_mut().zip(sources) {
        *word = [*a, *b, *c, *d];
    }
    for (byte, lane) in words.1.iter_mut().zip([first, second, third]) {
        *byte = lane[count];
    }
}

/// What a sample of a chunk says about how to pack it.
struct Look {
    /// The place of a byte in its word of four says much about it, as with floats and counters: equal bytes meet much
    /// more often within the four groups than in the whole.
    words: bool,
    /// Which groups have bytes that are clearly more frequent than others.
    packable: [bool; 4],
}

impl Look {
    fn at(chunk: &[u8]) -> Self {
        const WINDOWS: usize = 8;
        const WORDS: usize = 128;
        let words = chunk.as_chunks::<4>().0;
        if words.len() < WINDOWS * WORDS {
            return Self { words: false, packable: [true; 4] };
        }
        let mut counts = [[0_u32; 256]; 4];
        for window in 0..WINDOWS {
            let start = (words.len() - WORDS) * window / (WINDOWS - 1);
            for word in &words[start..start + WORDS] {
                for (count, byte) in counts.iter_mut().zip(word) {
                    count[usize::from(*byte)] += 1;
                }
            }
        }
        // Of n(n-1) ordered pairs in a group, how many are equal; one in 256 when all bytes are as frequent.
        let n = (WINDOWS * WORDS) as u64;
        let equal = |counts: &mut dyn Iterator<Item = u32>| -> u64 {
            counts.map(|count| u64::from(count) * u64::from(count.saturating_sub(1))).sum()
        };
        let within = counts.map(|group| equal(&mut group.into_iter()));
        let over = equal(&mut (0..256).map(|byte| counts.iter().map(|group| group[byte]).sum()));
        Self {
            // Half as many again within groups as over all: of 4n(n-1) pairs and of 4n(4n-1).
            words: within.iter().sum::<u64>() * (4 * n - 1) * 2 > over * (n - 1) * 3,
            packable: within.map(|equal| equal * 256 * 4 > n * (n - 1) * 5),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::Random;

    #[test]
    fn groups_are_as_specified() {
        let check = |chunk: &[u8], expected: &[u8]| {
            let mut grouped = Vec::new();
            group(chunk, &mut grouped);
            assert_eq!(grouped, expected);
            let mut back = vec![0; chunk.len()];
            ungroup(&grouped, &mut back);
            assert_eq!(back, chunk);
        };
        check(b"", b"");
        check(b"a", b"a");
        check(b"abc", b"abc");
        check(b"abcd", b"abcd");
        check(b"abcdABCD", b"aAbBcCdD");
        check(b"abcdABCD1", b"aA1bBcCdD");
        check(b"abcdABCD12", b"aA1bB2cCdD");
        check(b"abcdABCD123", b"aA1bB2cC3dD");
    }

    #[test]
    fn every_scheme_round_trips() {
        let mut random = Random(21);
        let (mut writer, mut reader) = (Packer::default(), Unpacker::default());
        for len in [1, 2, 3, 12, 100, 4095, 65_536, 99_999, 131_072] {
            for chunk in [random.bytes(len), random.text(len), random.floats(len), vec![0; len]] {
                for scheme in [Scheme::Raw, Scheme::Lz4, Scheme::GroupedLz4] {
                    let mut packed = Vec::new();
                    let scheme =
                        writer.pack_as(scheme, [true, true, len % 2 == 0, false], &chunk, &mut packed);
                    assert!(packed.len() <= chunk.len());
                    assert!(reader.unpack(scheme, &packed, len) == Ok(&chunk));
                    let mut out = vec![0; len];
                    assert_eq!(reader.unpack_into(scheme, &packed, &mut out), Ok(()));
                    assert!(out == chunk);
                    assert!(reader.unpack(scheme, &packed, len + 1).is_err());
                    assert!(reader.unpack(scheme, &packed, len - 1).is_err());
                }
            }
        }
    }

    #[test]
    fn the_scheme_follows_the_content() {
        let mut random = Random(22);
        let mut packer = Packer::default();
        let mut check = |chunk: &[u8], expected| {
            assert_eq!(packer.pack(chunk, &mut Vec::new()), expected);
        };
        check(&random.bytes(70_000), Scheme::Raw);
        check(&random.bytes(100), Scheme::Raw);
        check(&random.bytes(5_001).repeat(14), Scheme::Lz4);
        check(&random.text(70_000), Scheme::Lz4);
        check(&vec![0; 70_000], Scheme::Lz4);
        check(&random.floats(70_000), Scheme::GroupedLz4);
        // Half-width floats: the upper halves of wider ones.
        let halves: Vec<u8> = random.floats(140_000).chunks(4).flat_map(|word| [word[2], word[3]]).collect();
        check(&halves, Scheme::GroupedLz4);
    }

    #[test]
    fn an_unknown_number_is_no_scheme() {
        for scheme in [Scheme::Raw, Scheme::Lz4, Scheme::GroupedLz4] {
            assert_eq!(Scheme::from_code(scheme as u8), Some(scheme));
        }
        assert!((3..=255).all(|code| Scheme::from_code(code).is_none()));
    }
}
