//! The LZ4 frame format, for one chunk at a time and with the output in place.
//!
//! Source: `lz4_Frame_format.md` of the reference implementation. The frame reader of `lz4_flex` allocates up to
//! 8 MiB per frame because a stranger's header says so; this one writes into what the caller provides and nothing
//! else. It is also stricter, so that whatever it accepts can be read by every client.

use lz4_flex::block::{self, CompressTable};
use twox_hash::XxHash32;

/// What is wrong with a frame.
type Why = &'static str;

const MAGIC: [u8; 4] = [0x04, 0x22, 0x4d, 0x18];

const VERSION_MASK: u8 = 0b1100_0000;
const VERSION: u8 = 0b0100_0000;
const INDEPENDENT: u8 = 0b0010_0000;
const BLOCK_CHECKSUM: u8 = 0b0001_0000;
const CONTENT_SIZE: u8 = 0b0000_1000;
const CONTENT_CHECKSUM: u8 = 0b0000_0100;
const RESERVED: u8 = 0b0000_0010;
const DICTIONARY: u8 = 0b0000_0001;

/// Set in the length of a block that is stored as it is.
const STORED: u32 = 1 << 31;
/// How far back a block may refer.
const WINDOW: usize = 64 << 10;

/// Unpacks one frame, which must be all of `frame` and fill all of `out`.
pub fn read_frame(mut frame: &[u8], out: &mut [u8]) -> Result<(), Why> {
    let header = Header::read(&mut frame)?;
    if header.content_size.is_some_and(|size| size != out.len() as u64) {
        return Err("the LZ4 frame announces another size");
    }
    let mut done = 0;
    loop {
        let size = u32::from_le_bytes(take(&mut frame)?);
        if size == 0 {
            break;
        }
        let data = split(&mut frame, (size & !STORED) as usize)?;
        if data.len() > header.block_max {
            return Err("an LZ4 block is longer than its frame allows");
        }
        if header.block_checksum && u32::from_le_bytes(take(&mut frame)?) != XxHash32::oneshot(0, data) {
            return Err("an LZ4 block has a wrong checksum");
        }
        let written = read_block(&header, data, size & STORED != 0, out, done)?;
        if written == 0 {
            return Err("an LZ4 block is empty");
        }
        done += written;
    }
    if done != out.len() {
        return Err("the LZ4 frame is shorter than announced");
    }
    if header.content_checksum && u32::from_le_bytes(take(&mut frame)?) != XxHash32::oneshot(0, out) {
        return Err("the LZ4 frame has a wrong checksum");
    }
    if frame.is_empty() { Ok(()) } else { Err("bytes follow the LZ4 frame") }
}

/// A part of what a frame holds, which becomes one block.
#[derive(Clone, Copy)]
pub struct Part<'a> {
    /// At most 128 KiB.
    pub bytes: &'a [u8],
    /// Whether packing is worth a try; else the bytes are stored as they are.
    pub packable: bool,
}

/// Appends a frame of these parts, or returns `false` and leaves `out` alone when that is not shorter than the parts by
/// a thirty-second.
pub fn write_frame(parts: &[Part<'_>], table: &mut CompressTable, out: &mut Vec<u8>) -> bool {
    let start = out.len();
    let len: usize = parts.iter().map(|part| part.bytes.len()).sum();
    let longest = parts.iter().map(|part| part.bytes.len()).max().unwrap_or(0);
    out.extend_from_slice(&MAGIC);
    // The smallest block size that holds every part, because readers allocate what is announced.
    let code = if longest <= 64 << 10 { 4 } else { 5 };
    let descriptor = [VERSION | INDEPENDENT, code << 4];
    out.extend_from_slice(&descriptor);
    out.push(checksum_byte(&descriptor));
    for part in parts.iter().filter(|part| !part.bytes.is_empty()) {
        write_block(*part, table, out);
    }
    out.extend_from_slice(&[0; 4]);
    let shorter = out.len() - start <= len - len / 32;
    if !shorter {
        out.truncate(start);
    }
    shorter
}

fn write_block(part: Part<'_>, table: &mut CompressTable, out: &mut Vec<u8>) {
    let head = out.len();
    let len = part.bytes.len();
    if part.packable {
        out.resize(head + 4 + block::get_maximum_output_size(len), 0);
        let packed = block::compress_into_with_table(part.bytes, &mut out[head + 4..], table);
        if let Some(packed) = packed.ok().filter(|packed| *packed < len) {
            out[head..head + 4].copy_from_slice(&(packed as u32).to_le_bytes());
            out.truncate(head + 4 + packed);
            return;
        }
        out.truncate(head);
    }
    out.extend_from_slice(&(len as u32 | STORED).to_le_bytes());
    out.extend_from_slice(part.bytes);
}

struct Header {
    independent: bool,
    block_checksum: bool,
    content_checksum: bool,
    content_size: Option<u64>,
    block_max: usize,
}

impl Header {
    fn read(frame: &mut &[u8]) -> Result<Self, Why> {
        if take::<4>(frame)? != MAGIC {
            return Err("it is not an LZ4 frame");
        }
        let descriptor = *frame;
        let [flags, sizes] = take(frame)?;
        if flags & VERSION_MASK != VERSION || flags & RESERVED != 0 || sizes & 0b1000_1111 != 0 {
            return Err("the LZ4 frame is of an unknown version");
        }
        if flags & DICTIONARY != 0 {
            return Err("the LZ4 frame needs a dictionary");
        }
        let block_max = match sizes >> 4 {
            code @ 4..=7 => 1 << (2 * code + 8),
            _ => return Err("the LZ4 frame has an unknown block size"),
        };
        let content_size = match flags & CONTENT_SIZE {
            0 => None,
            _ => Some(u64::from_le_bytes(take(frame)?)),
        };
        let descriptor = &descriptor[..descriptor.len() - frame.len()];
        if take(frame)? != [checksum_byte(descriptor)] {
            return Err("the LZ4 frame has a wrong header checksum");
        }
        Ok(Self {
            independent: flags & INDEPENDENT != 0,
            block_checksum: flags & BLOCK_CHECKSUM != 0,
            content_checksum: flags & CONTENT_CHECKSUM != 0,
            content_size,
            block_max,
        })
    }
}

/// Unpacks a block to `out[done..]` and returns its length there.
fn read_block(header: &Header, data: &[u8], stored: bool, out: &mut [u8], done: usize) -> Result<usize, Why> {
    let (before, room) = out.split_at_mut(done);
    let limit = room.len().min(header.block_max);
    let room = &mut room[..limit];
    if stored {
        let target = room.get_mut(..data.len()).ok_or("the LZ4 frame is longer than announced")?;
        target.copy_from_slice(data);
        return Ok(data.len());
    }
    let unpacked = if header.independent || before.is_empty() {
        block::decompress_into(data, room)
    } else {
        block::decompress_into_with_dict(data, room, &before[before.len().saturating_sub(WINDOW)..])
    };
    unpacked.map_err(|error| match error {
        block::DecompressError::OutputTooSmall { .. } => "the LZ4 frame is longer than announced",
        _ => "an LZ4 block is damaged",
    })
}

fn checksum_byte(descriptor: &[u8]) -> u8 {
    (XxHash32::oneshot(0, descriptor) >> 8) as u8
}

fn take<const N: usize>(frame: &mut &[u8]) -> Result<[u8; N], Why> {
    let (head, rest) = frame.split_first_chunk().ok_or(CUT)?;
    *frame = rest;
    Ok(*head)
}

fn split<'a>(frame: &mut &'a [u8], len: usize) -> Result<&'a [u8], Why> {
    let (head, rest) = frame.split_at_checked(len).ok_or(CUT)?;
    *frame = rest;
    Ok(head)
}

const CUT: Why = "the LZ4 frame stops in the middle";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::Random;
    use lz4_flex::frame::{BlockMode, BlockSize, FrameDecoder, FrameEncoder, FrameInfo};
    use std::io::{Read as _, Write as _};

    fn theirs(info: FrameInfo, data: &[u8], pieces: usize) -> Vec<u8> {
        let mut encoder = FrameEncoder::with_frame_info(info, Vec::new());
        for piece in data.chunks(pieces) {
            encoder.write_all(piece).expect("memory");
        }
        encoder.finish().expect("memory")
    }

    fn samples() -> Vec<Vec<u8>> {
        let mut random = Random(11);
        let mut mixed = random.bytes(70_000);
        mixed.extend_from_slice(&random.text(61_072));
        vec![
            random.text(131_072),
            random.bytes(131_072),
            random.text(65_536),
            random.text(100),
            random.bytes(1),
            vec![0; 131_072],
            mixed,
        ]
    }

    fn infos() -> Vec<FrameInfo> {
        let mut infos = Vec::new();
        for size in [BlockSize::Max64KB, BlockSize::Max256KB, BlockSize::Max1MB, BlockSize::Max4MB] {
            for mode in [BlockMode::Independent, BlockMode::Linked] {
                for checked in [false, true] {
                    let info = FrameInfo::new().block_size(size).block_mode(mode);
                    infos.push(info.block_checksums(checked).content_checksum(checked));
                }
            }
        }
        infos
    }

    #[test]
    fn frames_of_every_kind_are_read() {
        for data in samples() {
            for info in infos() {
                for announced in [None, Some(data.len() as u64)] {
                    let frame = theirs(info.clone().content_size(announced), &data, 10_000);
                    let mut out = vec![0xaa; data.len()];
                    assert_eq!(read_frame(&frame, &mut out), Ok(()));
                    assert!(out == data);
                }
            }
        }
    }

    fn ours(parts: &[(&[u8], bool)]) -> Option<Vec<u8>> {
        let parts: Vec<_> =
            parts.iter().map(|(bytes, packable)| Part { bytes, packable: *packable }).collect();
        let mut out = b"before".to_vec();
        let shorter = write_frame(&parts, &mut CompressTable::default(), &mut out);
        assert!(out.starts_with(b"before"));
        let frame = out.split_off(6);
        assert!(shorter || frame.is_empty());
        shorter.then_some(frame)
    }

    #[test]
    fn our_frames_are_read_by_others() {
        let check = |parts: &[(&[u8], bool)]| {
            let Some(frame) = ours(parts) else { return };
            let data: Vec<u8> = parts.iter().flat_map(|part| part.0).copied().collect();
            let mut read = Vec::new();
            FrameDecoder::new(frame.as_slice()).read_to_end(&mut read).expect("a frame");
            assert!(read == data);
            let mut read = vec![0; data.len()];
            assert_eq!(read_frame(&frame, &mut read), Ok(()));
            assert!(read == data);
        };
        for data in samples() {
            check(&[(&data, true)]);
            check(&[(&data, false)]);
            let (half, other) = data.split_at(data.len() / 2);
            check(&[(half, true), (&[], true), (other, false)]);
            check(&[(half, false), (other, true)]);
        }
    }

    #[test]
    fn a_frame_that_saves_little_is_not_written() {
        let mut data = Random(12).bytes(64 << 10);
        assert!(ours(&[(&data, true)]).is_none());
        data[..1500].fill(0);
        assert!(ours(&[(&data, true)]).is_none());
        data[..4000].fill(0);
        assert!(ours(&[(&data, true)]).is_some());
        assert!(ours(&[(&data, false)]).is_none());
        assert!(ours(&[]).is_none());
    }

    #[test]
    fn another_length_than_announced_is_refused() {
        let data = Random(13).text(100_000);
        for info in infos() {
            let frame = theirs(info, &data, 100_000);
            for len in [0, 1, 99_999, 100_001, 131_072] {
                assert!(read_frame(&frame, &mut vec![0; len]).is_err(), "{len}");
            }
        }
        let frame = theirs(FrameInfo::new().content_size(Some(100_000)), &data, 100_000);
        assert!(read_frame(&frame, &mut vec![0; 100_001]).is_err());
    }

    #[test]
    fn a_bomb_fills_only_what_was_provided() {
        let frame = theirs(FrameInfo::new().block_size(BlockSize::Max4MB), &vec![0; 60_000_000], 4 << 20);
        assert!(frame.len() < 256 << 10);
        assert_eq!(read_frame(&frame, &mut [0; 1000]), Err("the LZ4 frame is longer than announced"));
    }

    #[test]
    fn a_frame_cut_anywhere_is_refused() {
        let data = Random(14).text(3000);
        for info in infos() {
            let frame = theirs(info.content_size(Some(3000)), &data, 3000);
            for len in 0..frame.len() {
                assert!(read_frame(&frame[..len], &mut [0; 3000]).is_err(), "{len}");
            }
            let longer = [frame.as_slice(), &[0]].concat();
            assert!(read_frame(&longer, &mut [0; 3000]).is_err());
        }
    }

    #[test]
    fn damage_is_an_error_or_other_bytes_but_never_a_panic() {
        let mut random = Random(15);
        let data = [random.text(2000), random.bytes(300), vec![7; 1000]].concat();
        for info in infos() {
            let frame = theirs(info.clone(), &data, 500);
            for _ in 0..300 {
                let mut damaged = frame.clone();
                for _ in 0..=random.below(3) {
                    let at = random.below(damaged.len());
                    damaged[at] = random.next() as u8;
                }
                let mut out = vec![0; data.len()];
                let read = read_frame(&damaged, &mut out);
                if info.content_checksum && damaged != frame {
                    assert!(read.is_err() || out == data);
                }
            }
        }
    }

    #[test]
    fn what_clients_would_misread_is_refused() {
        let frame = |flags: u8, sizes: u8, rest: &[u8]| {
            let descriptor = [flags, sizes];
            [&MAGIC, descriptor.as_slice(), &[checksum_byte(&descriptor)], rest].concat()
        };
        let stored = [1, 0, 0, 0x80, b'x', 0, 0, 0, 0];
        let check = |frame: Vec<u8>| read_frame(&frame, &mut [0; 1]).is_ok();
        assert!(check(frame(0x60, 0x40, &stored)));
        for (flags, sizes) in [(0x20, 0x40), (0xa0, 0x40), (0x62, 0x40), (0x61, 0x40), (0x60, 0x30)] {
            assert!(!check(frame(flags, sizes, &stored)));
        }
        for sizes in [0xc0, 0x41, 0x48, 0x00] {
            assert!(!check(frame(0x60, sizes, &stored)));
        }
        let empty = [&[0, 0, 0, 0x80], stored.as_slice()].concat();
        assert!(!check(frame(0x60, 0x40, &empty)), "a reader would stop at the empty block");
        assert!(!check([0x02, 0x21, 0x4c, 0x18, 1, 0, 0, 0, 0x10, b'x'].to_vec()), "the old format");
    }
}
