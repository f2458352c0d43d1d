//! Packet lines: pieces of any size give the same packets, and writing them again gives the same bytes.

#![no_main]

use bytes::{Bytes, BytesMut};
use libfuzzer_sys::fuzz_target;
use stoa_git::{Band, DELIMITER, END, Error, FLUSH, Packet, PacketReader, band, packet};

fn read(data: &[u8], piece: usize) -> (Vec<Packet>, Result<Bytes, Error>) {
    let mut reader = PacketReader::new();
    let mut packets = Vec::new();
    for piece in data.chunks(piece) {
        reader.feed(Bytes::copy_from_slice(piece));
        loop {
            match reader.next() {
                Ok(Some(packet)) => packets.push(packet),
                Ok(None) => break,
                Err(error) => return (packets, Err(error)),
            }
        }
    }
    (packets, Ok(reader.into_rest()))
}

fuzz_target!(|data: &[u8]| {
    let Some((&piece, data)) = data.split_first() else { return };
    let whole = read(data, usize::MAX);
    assert!(whole == read(data, 1 + usize::from(piece)));
    let (packets, rest) = whole;
    let mut out = BytesMut::new();
    for one in &packets {
        match one {
            Packet::Flush => out.extend_from_slice(FLUSH),
            Packet::Delimiter => out.extend_from_slice(DELIMITER),
            Packet::End => out.extend_from_slice(END),
            Packet::Data(payload) => packet(&mut out, payload).expect("it was read"),
        }
    }
    if let Ok(rest) = rest {
        out.extend_from_slice(&rest);
        assert!(out.eq_ignore_ascii_case(data));
    }
    let mut out = BytesMut::new();
    band(&mut out, Band::Data, data, 6 + usize::from(piece));
    let (packets, rest) = read(&out, usize::MAX);
    assert!(rest.is_ok_and(|rest| rest.is_empty()));
    let mut joined = Vec::new();
    for packet in packets {
        let Packet::Data(line) = packet else { panic!("{packet:?}") };
        assert!(line[0] == 1 && line.len() + 4 <= 6 + usize::from(piece));
        joined.extend_from_slice(&line[1..]);
    }
    assert!(joined == data);
});
