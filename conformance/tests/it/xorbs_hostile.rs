//! Xorbs that lie: whatever we accept is true, and where they are more lenient it is known why.

use std::io::Cursor;
use std::panic::{AssertUnwindSafe, catch_unwind};

use stoa_xet::{Error, MAX_CHUNK, MerkleHash, chunk_hash, xorb_hash};
use xet_core_structures::xorb_object::{
    CompressionScheme, XorbObject, deserialize_chunks, reconstruct_xorb_with_footer,
};

use crate::support::{Random, Tally, each_case, ours, theirs};
use crate::xorbs::{SCHEMES, check_ours, chunk_of, chunks, frame, verify, written_by_them};

/// What we refuse although `reconstruct_xorb_with_footer`, with which their server checks a xorb that comes in, finds
/// the right hash in it. Each is the words of our refusal and the reason.
const STRICTER: &[(&str, &str)] = &[
    (
        "a raw chunk has two different lengths",
        "they ignore the unpacked length of the header; their own client refuses",
    ),
    ("a chunk is empty", "the same: the header says 0"),
    (
        "the LZ4 frame is longer than announced",
        "they ignore the unpacked length of the header; their own client refuses",
    ),
    ("the LZ4 frame is shorter than announced", "the same"),
    ("the LZ4 frame announces another size", "the same: ours compares it with the header at once"),
    ("bytes follow the LZ4 frame", "they stop reading at the end mark: such bytes would be stored unseen"),
    (
        "the LZ4 frame stops in the middle",
        "lz4_flex takes the end of the input for an end mark; the format wants one",
    ),
    ("it is not an LZ4 frame", "lz4_flex also reads the legacy frame, which no Xet client writes"),
    ("an LZ4 block is empty", "lz4_flex ends there and ignores the rest, other readers go on"),
    (
        "the footer does not describe the chunks before it",
        "they ignore everything behind the seven bytes of the ident",
    ),
    ("bytes follow the footer", "the same"),
    ("The xorb stops in the middle", "the same: a footer that is cut"),
];

/// A xorb that is good, and how it is made up.
struct Good {
    chunks: Vec<Vec<u8>>,
    name: MerkleHash,
    bytes: Vec<u8>,
    /// Where each packed chunk begins; the last is the end of the chunks.
    places: Vec<usize>,
}

impl Good {
    fn new(random: &mut Random) -> Self {
        let mut chunks = chunks(random, 5);
        if random.one_in(2) {
            chunks.iter_mut().for_each(|chunk| chunk.truncate(300));
        }
        let scheme = *random.pick(&SCHEMES);
        let footer = random.one_in(2);
        let (name, bytes, start) = written_by_them(random, &chunks, scheme, footer);
        let end = start.unwrap_or(bytes.len());
        let (mut places, mut at) = (Vec::new(), 0);
        while at < end {
            places.push(at);
            at += 8 + number(&bytes[at + 1..]);
        }
        places.push(end);
        assert_eq!(places.len(), chunks.len() + 1);
        Self { chunks, name, bytes, places }
    }

    /// Replaces a packed chunk.
    fn replaced(&self, chunk: usize, by: &[u8]) -> Vec<u8> {
        [&self.bytes[..self.places[chunk]], by, &self.bytes[self.places[chunk + 1]..]].concat()
    }
}

fn number(bytes: &[u8]) -> usize {
    u32::from_le_bytes([bytes[0], bytes[1], bytes[2], 0]) as usize
}

/// Damages a xorb in one of many ways.
fn damage(random: &mut Random, good: &Good) -> Vec<u8> {
    let mut bytes = good.bytes.clone();
    let chunk = random.below(good.chunks.len());
    let (start, end) = (good.places[chunk], good.places[chunk + 1]);
    let content = &good.chunks[chunk];
    match random.below(16) {
        0 => {
            let at = random.below(bytes.len());
            bytes[at] ^= 1 << random.below(8);
        }
        1 => bytes[start + random.below(8)] ^= 1 << random.below(8),
        2 => bytes[start + random.below((end - start).min(40))] = random.next() as u8,
        3 => bytes.truncate(random.below(bytes.len() + 1)),
        4 => {
            let len = 1 + random.below(100);
            bytes.extend(random.content(len));
        }
        5 => {
            let mut footer = b"XETBLOB\x01".to_vec();
            let len = random.below(96 + 41 * good.chunks.len());
            footer.extend(random.content(len));
            bytes.truncate(*good.places.last().expect("an end"));
            bytes.extend(footer);
        }
        6 => {
            // A length in the header, made a little or very different.
            let field = start + *random.pick(&[1, 5]);
            let value = number(&bytes[field..]);
            let other = match random.below(5) {
                0 => value + 1,
                1 => value.saturating_sub(1),
                2 => 0,
                3 => MAX_CHUNK + random.below(3),
                _ => random.below(1 << 24),
            };
            bytes[field..field + 3].copy_from_slice(&(other as u32).to_le_bytes()[..3]);
        }
        7 => bytes[start + 4] = *random.pick(&[0, 1, 2, 3, 99, 255]),
        8 => return good.replaced(chunk, &[]),
        9 => return good.replaced(chunk, &bytes[start..end].repeat(2)),
        10 => {
            let other = random.below(good.chunks.len());
            return good.replaced(chunk, &bytes[good.places[other]..good.places[other + 1]]);
        }
        11 => {
            // Said in another way, which is right.
            let packed = frame(random, content, None);
            return good.replaced(chunk, &chunk_of(1, &packed, content.len()));
        }
        12 => {
            // A frame that holds more, or less, than it should.
            let other = random.below(2 * MAX_CHUNK);
            let packed = frame(random, &vec![content[0]; other], None);
            return good.replaced(chunk, &chunk_of(1, &packed, content.len()));
        }
        13 => {
            // A good frame with something behind it, or without its end.
            let mut packed = frame(random, content, None);
            match random.below(3) {
                0 => packed.extend(b"hidden"),
                1 => packed.truncate(packed.len() - random.below(packed.len().min(12))),
                _ => packed.extend(frame(random, content, None)),
            }
            return good.replaced(chunk, &chunk_of(1, &packed, content.len()));
        }
        14 => {
            // The right content under a header that says another length.
            let said = *random.pick(&[0, 1, content.len() - 1, content.len() + 1, MAX_CHUNK, MAX_CHUNK + 1]);
            let packed = frame(random, content, None);
            let packed =
                if random.one_in(3) { chunk_of(0, content, said) } else { chunk_of(1, &packed, said) };
            return good.replaced(chunk, &packed);
        }
        _ => {
            // A frame with a damaged block, whose header is nevertheless right.
            let mut packed = frame(random, content, None);
            let at = 7 + random.below(packed.len() - 7);
            packed[at] ^= 1 << random.below(8);
            return good.replaced(chunk, &chunk_of(1, &packed, content.len()));
        }
    }
    bytes
}

/// Whether their server would take it: the hash is that of the name.
fn they_take(bytes: &[u8], name: MerkleHash) -> bool {
    let read = || reconstruct_xorb_with_footer(&mut Vec::new(), bytes).map(|(_, hash)| ours(hash));
    catch_unwind(AssertUnwindSafe(read)).is_ok_and(|read| read.is_ok_and(|hash| hash == name))
}

/// Whether their validation takes it: chunks, footer and name agree.
fn they_validate(bytes: &[u8], name: MerkleHash) -> bool {
    let read = || XorbObject::validate_xorb_object(&mut Cursor::new(bytes), &theirs(name));
    catch_unwind(AssertUnwindSafe(read)).is_ok_and(|read| matches!(read, Ok(Some(_))))
}

#[test]
fn what_we_accept_of_a_damaged_xorb_is_true() {
    let mut tally = Tally::default();
    each_case("what_we_accept_of_a_damaged_xorb_is_true", 3000, |random| {
        let good = Good::new(random);
        let mut bytes = damage(random, &good);
        if random.one_in(8) && !bytes.is_empty() {
            let at = random.below(bytes.len());
            bytes[at] ^= 1 << random.below(8);
        }
        match verify(random, &bytes, good.name) {
            Ok(info) => {
                let kept = info.chunks.packed_len() as usize;
                check_ours(random, &info, &bytes, &good.chunks);
                assert!(they_take(&bytes, good.name), "we take what their server refuses");
                // What is stored is what their client can read.
                let (content, _) = deserialize_chunks(&mut Cursor::new(&bytes[..kept])).expect("we took it");
                assert!(content == good.chunks.concat());
                if kept < bytes.len() {
                    assert!(they_validate(&bytes, good.name), "we take a footer that they refuse");
                }
                tally.add("accepted by both");
            }
            Err(error) => {
                assert!(
                    !they_validate(&bytes, good.name) || is_known(&error),
                    "they validate what we refuse: {error}"
                );
                if they_take(&bytes, good.name) {
                    assert!(is_known(&error), "they take what we refuse: {error}");
                    tally.add(format!("only we refuse: {}", known(&error).expect("known").0));
                } else {
                    tally.add("refused by both");
                }
            }
        }
    });
    tally.print("damaged xorbs");
    assert!(tally.of("accepted by both") > 0 && tally.of("refused by both") > 0);
}

fn known(error: &Error) -> Option<&'static (&'static str, &'static str)> {
    let text = error.to_string();
    STRICTER.iter().find(|(words, _)| text.contains(words))
}

fn is_known(error: &Error) -> bool {
    known(error).is_some()
}

/// Content with its right name whose headers or frames say something else, one for each row that this can reach.
#[test]
fn what_only_we_refuse_is_refused_for_the_reason_that_is_listed() {
    let mut random = Random(5);
    let content = random.content(3000);
    let name = xorb_hash(&[(chunk_hash(&content), 3000)]);
    let good = frame(&mut random, &content, None);
    let without_end = {
        let options = lz4_flex::frame::FrameInfo::new();
        let mut whole = frame(&mut random, &content, Some(options));
        whole.truncate(whole.len() - 4);
        whole
    };
    let block = lz4_flex::block::compress(&content);
    let legacy = [&[0x02, 0x21, 0x4c, 0x18], (block.len() as u32).to_le_bytes().as_slice(), &block].concat();
    let chunk = chunk_of(0, &content, 3000);
    let cases: [(&str, Vec<u8>); 9] = [
        ("a raw chunk has two different lengths", chunk_of(0, &content, 2999)),
        ("a chunk is empty", chunk_of(1, &good, 0)),
        ("the LZ4 frame is longer than announced", chunk_of(1, &good, 2999)),
        ("the LZ4 frame is shorter than announced", chunk_of(1, &without_size(&mut random, &content), 3001)),
        ("bytes follow the LZ4 frame", chunk_of(1, &[good.as_slice(), b"x"].concat(), 3000)),
        ("the LZ4 frame stops in the middle", chunk_of(1, &without_end, 3000)),
        ("it is not an LZ4 frame", chunk_of(1, &legacy, 3000)),
        ("the footer does not describe", [&chunk, b"XETBLOB".as_slice(), &[7; 129]].concat()),
        ("bytes follow the footer", [&chunk, b"XETBLOB".as_slice(), &[7; 1000]].concat()),
    ];
    for (words, bytes) in cases {
        assert!(they_take(&bytes, name), "they refuse it too: {words}");
        let error = verify(&mut random, &bytes, name).expect_err(words).to_string();
        assert!(
            error.contains(words) || words.contains("longer") && error.contains("another size"),
            "{error}"
        );
    }
    // Sixty megabytes behind a header that says three thousand bytes: they unpack them all and take it.
    let zeros = vec![0; 20 << 20];
    let bomb = frame(&mut random, &zeros, Some(lz4_flex::frame::FrameInfo::new()));
    let bytes = chunk_of(1, &bomb, 3000);
    let name = xorb_hash(&[(chunk_hash(&zeros), zeros.len() as u64)]);
    assert!(they_take(&bytes, name), "they refuse a bomb now: say so in xet.md");
    assert!(verify(&mut random, &bytes, name).is_err());
    // Their client would not read it either.
    assert!(deserialize_chunks(&mut Cursor::new(&bytes)).is_err());
    assert_eq!(CompressionScheme::LZ4 as u8, 1);
}

fn without_size(random: &mut Random, content: &[u8]) -> Vec<u8> {
    frame(random, content, Some(lz4_flex::frame::FrameInfo::new()))
}
