//! Writes the corpora that are committed: `cargo run --manifest-path fuzz/Cargo.toml --bin corpus` in the repository.

use std::path::Path;

use bytes::BytesMut;
use stoa_core::Oid;
use stoa_git::{
    Band, DELIMITER, Deflater, DeltaIndex, END, FLUSH, ObjectKind, PackWriter, band, encode, packet,
};

fn main() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus");
    write(&folder.join("pktline"), pktline());
    write(&folder.join("delta"), delta());
    write(&folder.join("pack"), pack());
}

fn write(folder: &Path, inputs: Vec<Vec<u8>>) {
    std::fs::create_dir_all(folder).expect("makes a folder");
    for (number, input) in inputs.into_iter().enumerate() {
        std::fs::write(folder.join(format!("{number:02}")), input).expect("writes");
    }
}

/// Text that repeats itself here and there.
fn text(seed: usize, lines: usize) -> Vec<u8> {
    (0..lines)
        .flat_map(|line| format!("line {} of {seed}: {}\n", line, line * seed % 17).into_bytes())
        .collect()
}

fn pktline() -> Vec<Vec<u8>> {
    let request: &[&[u8]] = &[
        b"0000000000000000000000000000000000000000 e69de29bb2d1d6434b8b29ae775ad8c2e48c5391 refs/heads/main\0 report-status side-band-64k agent=git/2.47\n",
        b"want e69de29bb2d1d6434b8b29ae775ad8c2e48c5391 multi_ack_detailed thin-pack ofs-delta\n",
        b"command=fetch",
        b"",
        b"done\n",
    ];
    let mut inputs = Vec::new();
    for piece in [0, 3, 255] {
        for lines in 0..=request.len() {
            let mut out = BytesMut::from(&[piece][..]);
            for line in &request[..lines] {
                packet(&mut out, line).expect("short");
            }
            out.extend_from_slice([FLUSH, DELIMITER, END][lines % 3]);
            out.extend_from_slice(b"PACK\0\0\0\x02");
            inputs.push(out.to_vec());
        }
        let mut out = BytesMut::from(&[piece][..]);
        band(&mut out, Band::Progress, &text(3, 100), 1000);
        inputs.push(out.to_vec());
    }
    inputs.extend([b"\x000003".to_vec(), b"\x00fff1".to_vec(), b"\x00FFF0".to_vec(), b"\x00zzzz".to_vec()]);
    inputs
}

fn delta() -> Vec<Vec<u8>> {
    let mut inputs = Vec::new();
    for (seed, lines) in [(1, 0), (2, 1), (3, 10), (4, 60)] {
        let base = text(seed, lines);
        let mut changed = base.clone();
        changed.rotate_left(base.len() / 3);
        changed.extend_from_slice(b"one more");
        let long = [&base[..], &base, b"!", &base].concat();
        for target in [Vec::new(), base.clone(), changed, long, vec![b'x'; 300]] {
            let length = (base.len() as u16).to_be_bytes();
            let instructions =
                DeltaIndex::new(&base).delta(&target, usize::MAX).expect("any size is allowed");
            inputs.push([&length[..], &base, &target].concat());
            inputs.push([&length[..], &base, &instructions].concat());
        }
    }
    inputs
}

fn pack() -> Vec<Vec<u8>> {
    let mut inputs = Vec::new();
    // Raw entries: whole objects of each kind, then deltas of both spellings.
    for how in [0, 2, 4, 6] {
        let mut pack = PackWriter::new();
        pack.header(5);
        let mut out = BytesMut::from(&[how, 5][..]);
        let base = text(usize::from(how) + 1, 12);
        let kinds = [ObjectKind::Commit, ObjectKind::Tree, ObjectKind::Blob];
        let mut at = 0;
        for kind in kinds {
            at = pack.written();
            pack.entry_into(&mut out, &encode(kind, &base).expect("small")).expect("announced");
        }
        let target = [&base[40..], b"other"].concat();
        let instructions = DeltaIndex::new(&base).delta(&target, 1000).expect("similar");
        let (size, zlib) = (instructions.len() as u64, Deflater::new().deflate(&instructions));
        let blob = encode(ObjectKind::Blob, &base).expect("small");
        pack.delta_at(&mut out, Oid([0; 20]), at, size, &zlib).expect("announced");
        inputs.push([&[how, 4], &out[2..]].concat());
        pack.delta_of(&mut out, Oid([0; 20]), blob.oid, size, &zlib).expect("announced");
        inputs.push(out.to_vec());
        inputs.push(out[..out.len() - 9].to_vec());
    }
    // Steps: chains, brooms and circles of deltas.
    for how in [1, 3, 5, 7] {
        for form in [0, 1, 3, 5, 9, 11] {
            let mut steps = vec![how, 0, 0, 0, 200];
            steps.extend_from_slice(&text(9, 30)[..200]);
            for step in 0..6_u8 {
                let payload = &text(9 + usize::from(step) / 3, 30)[usize::from(step) * 7..][..150];
                let which = if form % 2 == 1 { step } else { step / 2 };
                steps.extend_from_slice(&[form | (step % 3) << 5, which, 150]);
                steps.extend_from_slice(payload);
            }
            inputs.push(steps);
        }
    }
    inputs
}
