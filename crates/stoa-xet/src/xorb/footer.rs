//! The footer that old clients append to a xorb. It repeats what its chunks say.

use crate::{ChunkTable, MerkleHash};

/// How a footer begins, where the header of a chunk would.
pub const IDENT: &[u8; 7] = b"XETBLOB";
/// Room for extensions before the closing length; what is in it does not matter.
const FREE: usize = 16;
const CLOSING: usize = 4;

/// The length of a footer for this many chunks, with the length that closes it.
pub const fn len(chunks: usize) -> usize {
    96 + 40 * chunks
}

/// Whether `bytes` are the footer of this xorb.
pub fn is_valid(bytes: &[u8], xorb: MerkleHash, chunks: &ChunkTable) -> bool {
    let expected = write(xorb, chunks);
    let free = expected.len() - CLOSING - FREE;
    bytes.len() == expected.len()
        && bytes[..free] == expected[..free]
        && bytes[free + FREE..] == expected[free + FREE..]
}

/// The footer of a xorb.
pub fn write(xorb: MerkleHash, chunks: &ChunkTable) -> Vec<u8> {
    let n = chunks.len();
    let mut out = Vec::with_capacity(len(n as usize));
    let u32s = |out: &mut Vec<u8>, numbers: &mut dyn Iterator<Item = u32>| {
        numbers.for_each(|number| out.extend_from_slice(&number.to_le_bytes()));
    };
    out.extend_from_slice(IDENT);
    out.push(1);
    out.extend_from_slice(xorb.as_bytes());
    out.extend_from_slice(b"XBLBHSH\0");
    u32s(&mut out, &mut [n].into_iter());
    (0..n).for_each(|i| out.extend_from_slice(chunks.hash(i).as_bytes()));
    out.extend_from_slice(b"XBLBBND\x01");
    u32s(&mut out, &mut [n].into_iter());
    u32s(&mut out, &mut (0..n).map(|i| chunks.packed_range(i..i + 1).end as u32));
    u32s(&mut out, &mut (0..n).map(|i| chunks.unpacked_range(i..i + 1).end as u32));
    // How far the end of the footer, without its closing length, is from each of the two sections.
    let boundaries = 12 + 8 * n + 12 + FREE as u32;
    let hashes = 12 + 32 * n + boundaries;
    u32s(&mut out, &mut [n, hashes, boundaries].into_iter());
    out.extend_from_slice(&[0; FREE]);
    u32s(&mut out, &mut [(len(n as usize) - CLOSING) as u32].into_iter());
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::XorbBuilder;
    use crate::testing::Random;

    #[test]
    fn any_change_but_in_the_free_room_is_noticed() {
        let mut random = Random(31);
        let mut builder = XorbBuilder::new();
        for _ in 0..3 {
            let chunk = random.text(9000);
            builder.push(crate::chunk_hash(&chunk), &chunk, &mut Vec::new());
        }
        let info = builder.finish();
        let footer = write(info.hash, &info.chunks);
        assert_eq!(footer.len(), len(3));
        assert!(is_valid(&footer, info.hash, &info.chunks));
        let free = footer.len() - 20..footer.len() - 4;
        for at in 0..footer.len() {
            let mut changed = footer.clone();
            changed[at] ^= 1;
            assert_eq!(is_valid(&changed, info.hash, &info.chunks), free.contains(&at), "byte {at}");
            assert!(!is_valid(&footer[..at], info.hash, &info.chunks));
        }
    }
}
