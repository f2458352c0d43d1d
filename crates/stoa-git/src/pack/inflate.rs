//! One zlib decompressor for many streams, since making one costs more than most objects do.

use flate2::{Decompress, FlushDecompress, Status};

use crate::Error;

/// How much is made room for before the bytes prove that they need it.
pub(super) const CHUNK: usize = 64 * 1024;

/// Decompresses one zlib stream after another.
pub(super) struct Inflater {
    zlib: Decompress,
}

/// How far one call came.
pub(super) struct Step {
    /// Bytes of input taken.
    pub read: usize,
    /// The stream is complete and its checksum right.
    pub ended: bool,
}

impl Inflater {
    pub fn new() -> Self {
        Self { zlib: Decompress::new(true) }
    }

    /// Forgets the stream before, complete or not.
    pub fn restart(&mut self) {
        self.zlib.reset(true);
    }

    /// Decompresses until the input is used up, the room in `out` is full or the stream ends. Never makes room.
    pub fn step(&mut self, input: &[u8], out: &mut Vec<u8>) -> Result<Step, &'static str> {
        let (before, wrote) = (self.zlib.total_in(), out.len());
        // `Finish` promises nothing and spares the window when a stream comes in one piece.
        let status = self
            .zlib
            .decompress_vec(input, out, FlushDecompress::Finish)
            .map_err(|_| "this is not a zlib stream")?;
        let read = (self.zlib.total_in() - before) as usize;
        let ended = status == Status::StreamEnd;
        if !ended && read == 0 && out.len() == wrote && !input.is_empty() && wrote < out.capacity() {
            return Err("a zlib stream makes no sense");
        }
        Ok(Step { read, ended })
    }

    /// Decompresses a complete stream of exactly `size` bytes into `out`, whose content is replaced. Room is made as
    /// the bytes come, so that a false size costs nothing.
    pub fn whole(&mut self, data: &[u8], size: u64, out: &mut Vec<u8>) -> Result<(), Error> {
        self.restart();
        out.clear();
        let mut read = 0;
        loop {
            make_room(out, size);
            let step = self
                .step(&data[read..], out)
                .map_err(|why| Error::Damaged { at: self.zlib.total_in(), why })?;
            read += step.read;
            if step.ended || out.len() as u64 > size {
                break;
            }
            if read == data.len() && out.len() < out.capacity() {
                return Err(Error::Damaged { at: read as u64, why: "the stream ends early" });
            }
        }
        if out.len() as u64 != size {
            return Err(Error::WrongSize { expected: size, found: out.len() as u64 });
        }
        if read != data.len() {
            return Err(Error::Damaged { at: read as u64, why: "bytes follow the stream" });
        }
        Ok(())
    }
}

/// Makes room for more of a body of `size` bytes: at most as much again as has come, and one byte to see that a
/// stream goes on.
pub(super) fn make_room(body: &mut Vec<u8>, size: u64) {
    if body.len() == body.capacity() || body.capacity() == 0 {
        let missing =
            usize::try_from(size).unwrap_or(usize::MAX).saturating_sub(body.len()).saturating_add(1);
        body.reserve_exact(missing.min(body.len().max(CHUNK)));
    }
}
