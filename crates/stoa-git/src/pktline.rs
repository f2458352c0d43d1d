//! Packet lines: the framing of every git conversation, and the side bands within it.
//!
//! Source: gitprotocol-common(5) for the lines, gitprotocol-v2(5) for delimiter and end, gitprotocol-pack(5) for the
//! bands. A line is four hexadecimal digits, which count themselves, and a payload.

use bytes::{BufMut as _, Bytes, BytesMut};

use crate::Error;

/// Length of the digits that begin each line, in bytes.
const HEAD: usize = 4;
/// The longest line with its digits, in bytes; also what `side-band-64k` means.
const MAX_LINE: usize = 65_520;

/// The longest payload of one line, in bytes.
pub const MAX_PAYLOAD: usize = MAX_LINE - HEAD;
/// Ends a list or a request.
pub const FLUSH: &[u8] = b"0000";
/// Separates sections of a message, in protocol version 2.
pub const DELIMITER: &[u8] = b"0001";
/// Ends a response on a connection that keeps no state, in protocol version 2.
pub const END: &[u8] = b"0002";

/// One line, or one of the three marks without a payload.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Packet {
    /// [`FLUSH`].
    Flush,
    /// [`DELIMITER`].
    Delimiter,
    /// [`END`].
    End,
    /// The payload as it came, which for text mostly ends with a line feed.
    Data(Bytes),
}

/// Reads packets from bytes that come in pieces.
///
/// Invariant kept by the caller: packets are taken until there is none before more bytes are fed, so that never more
/// than one piece and one line are held.
#[derive(Default)]
pub struct PacketReader {
    held: BytesMut,
}

impl PacketReader {
    /// A reader that has seen nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds the next bytes.
    pub fn feed(&mut self, bytes: Bytes) {
        if self.held.is_empty() {
            self.held = bytes.into();
        } else {
            self.held.extend_from_slice(&bytes);
        }
    }

    /// The next packet, or `None` when more bytes are needed. After an error nothing more can be read.
    #[expect(
        clippy::should_implement_trait,
        reason = "an iterator that ends for now and goes on later misleads"
    )]
    pub fn next(&mut self) -> Result<Option<Packet>, Error> {
        let Some(digits) = self.held.first_chunk::<HEAD>() else { return Ok(None) };
        let length = line_length(*digits)?;
        let mark = match length {
            0 => Some(Packet::Flush),
            1 => Some(Packet::Delimiter),
            2 => Some(Packet::End),
            3 => return Err(Error::PacketLine("length 0003 is reserved")),
            _ => None,
        };
        if let Some(mark) = mark {
            let _ = self.held.split_to(HEAD);
            return Ok(Some(mark));
        }
        if length > MAX_LINE {
            return Err(Error::PacketLine("a line is longer than 65520 bytes"));
        }
        if self.held.len() < length {
            return Ok(None);
        }
        let mut line = self.held.split_to(length).freeze();
        Ok(Some(Packet::Data(line.split_off(HEAD))))
    }

    /// Whether the bytes so far end with a packet: what ends otherwise broke off.
    pub fn is_between(&self) -> bool {
        self.held.is_empty()
    }

    /// The bytes after the packets read: of what follows them, such as a pack after the commands of a push.
    pub fn into_rest(self) -> Bytes {
        self.held.freeze()
    }
}

fn line_length(digits: [u8; HEAD]) -> Result<usize, Error> {
    digits.iter().try_fold(0, |length, digit| {
        let value = match digit {
            b'0'..=b'9' => digit - b'0',
            b'a'..=b'f' => digit - b'a' + 10,
            b'A'..=b'F' => digit - b'A' + 10,
            _ => return Err(Error::PacketLine("a length is not four hexadecimal digits")),
        };
        Ok(length << 4 | usize::from(value))
    })
}

/// Appends one line. A payload above [`MAX_PAYLOAD`] is refused, and nothing is written.
pub fn packet(out: &mut BytesMut, payload: &[u8]) -> Result<(), Error> {
    if payload.len() > MAX_PAYLOAD {
        return Err(Error::PacketLine("a line to be sent is longer than 65520 bytes"));
    }
    out.reserve(HEAD + payload.len());
    put_length(out, HEAD + payload.len());
    out.put_slice(payload);
    Ok(())
}

/// What a side-band packet carries: its first byte.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Band {
    /// The pack or the report.
    Data = 1,
    /// Text for a person, shown as it comes.
    Progress = 2,
    /// Text for a person, after which the client gives up.
    Failure = 3,
}

/// Appends a payload in as many side-band packets as it needs, none for an empty one. `max_packet` is the length of a
/// whole line in bytes: 1000 for `side-band`, 65520 for `side-band-64k`.
pub fn band(out: &mut BytesMut, band: Band, payload: &[u8], max_packet: usize) {
    debug_assert!((HEAD + 2..=MAX_LINE).contains(&max_packet), "a packet of {max_packet} bytes");
    let room = max_packet.clamp(HEAD + 2, MAX_LINE) - HEAD - 1;
    out.reserve(payload.len() + payload.len().div_ceil(room) * (HEAD + 1));
    for piece in payload.chunks(room) {
        put_length(out, HEAD + 1 + piece.len());
        out.put_u8(band as u8);
        out.put_slice(piece);
    }
}

fn put_length(out: &mut BytesMut, length: usize) {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    for shift in [12, 8, 4, 0] {
        out.put_u8(DIGITS[(length >> shift) & 15]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::oracle::random;

    fn read(bytes: &[u8]) -> Result<(Vec<Packet>, Bytes), Error> {
        let mut reader = PacketReader::new();
        reader.feed(Bytes::copy_from_slice(bytes));
        let mut packets = Vec::new();
        while let Some(packet) = reader.next()? {
            packets.push(packet);
        }
        Ok((packets, reader.into_rest()))
    }

    fn data(bytes: &[u8]) -> Packet {
        Packet::Data(Bytes::copy_from_slice(bytes))
    }

    #[test]
    fn the_examples_of_the_protocol_are_read() {
        let check = |bytes: &[u8], expected| assert_eq!(read(bytes), Ok((vec![expected], Bytes::new())));
        check(b"0006a\n", data(b"a\n"));
        check(b"0005a", data(b"a"));
        check(b"000bfoobar\n", data(b"foobar\n"));
        check(b"000Bfoobar\n", data(b"foobar\n"));
        check(b"0004", data(b""));
        check(FLUSH, Packet::Flush);
        check(DELIMITER, Packet::Delimiter);
        check(END, Packet::End);
    }

    #[test]
    fn what_follows_the_packets_is_kept() {
        let (packets, rest) = read(b"0006a\n0000PAC").expect("reads");
        assert_eq!((packets, rest), (vec![data(b"a\n"), Packet::Flush], Bytes::from_static(b"PAC")));
    }

    #[test]
    fn impossible_lengths_are_refused() {
        for bytes in [b"0003".as_slice(), b"fff1", b"ffff", b"+004", b" 004", b"00g4", b"0x04", b"PACK"] {
            assert!(matches!(read(bytes), Err(Error::PacketLine(_))), "{bytes:?}");
        }
        assert_eq!(read(b"fff0"), Ok((vec![], Bytes::from_static(b"fff0"))));
    }

    #[test]
    fn pieces_of_any_size_give_the_same_packets() {
        let mut random = random(1);
        for _ in 0..50 {
            let mut sent = Vec::new();
            let mut out = BytesMut::new();
            for _ in 0..random(20) {
                match random(6) {
                    0 => (sent.push(Packet::Flush), out.put_slice(FLUSH)),
                    1 => (sent.push(Packet::Delimiter), out.put_slice(DELIMITER)),
                    2 => (sent.push(Packet::End), out.put_slice(END)),
                    _ => {
                        let most = [10, 100, MAX_PAYLOAD + 1][random(3)];
                        let payload = vec![b'x'; random(most)];
                        (sent.push(data(&payload)), packet(&mut out, &payload).expect("short enough"))
                    }
                };
            }
            let mut wire = out.freeze();
            let mut reader = PacketReader::new();
            let mut received = Vec::new();
            while !wire.is_empty() {
                reader.feed(wire.split_to(wire.len().min(1 + random(3000))));
                while let Some(packet) = reader.next().expect("valid") {
                    received.push(packet);
                }
            }
            assert!(received == sent && reader.into_rest().is_empty());
        }
    }

    #[test]
    fn a_line_has_a_limit() {
        let mut out = BytesMut::new();
        packet(&mut out, &vec![0; MAX_PAYLOAD]).expect("short enough");
        assert_eq!((&out[..4], out.len()), (b"fff0".as_slice(), 65_520));
        assert!(packet(&mut out, &vec![0; MAX_PAYLOAD + 1]).is_err());
        assert_eq!(out.len(), 65_520);
    }

    #[test]
    fn a_band_is_split_into_packets() {
        let check = |size: usize, max, lines: &[usize]| {
            let payload: Vec<u8> = (0..size).map(|i| i as u8).collect();
            let mut out = BytesMut::new();
            band(&mut out, Band::Progress, &payload, max);
            let (packets, rest) = read(&out).expect("valid");
            let mut joined = Vec::new();
            let lengths: Vec<usize> = packets
                .iter()
                .map(|packet| {
                    let Packet::Data(line) = packet else { panic!("{packet:?}") };
                    assert_eq!(line[0], 2);
                    joined.extend_from_slice(&line[1..]);
                    HEAD + line.len()
                })
                .collect();
            assert!(lengths == lines && joined == payload && rest.is_empty(), "{size} {max}");
        };
        check(0, 1000, &[]);
        check(1, 1000, &[6]);
        check(995, 1000, &[1000]);
        check(996, 1000, &[1000, 6]);
        check(150_000, 65_520, &[65_520, 65_520, 18_975]);
    }
}
