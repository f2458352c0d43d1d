//! Reads a file in blocks on blocking threads, one block ahead of whoever takes them.
//!
//! A block is read by a task of its own rather than by one task that waits for a slow client, so that downloads
//! hold memory (two blocks) and never a thread. No mmap: a file that is cut meanwhile would kill the process.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::ops::Range;
use std::path::Path;

use bytes::Bytes;
use futures_util::stream;
use tokio::task::{JoinHandle, spawn_blocking};

use crate::backends::past_end;
use crate::{ByteStream, blocking, once};

/// Large enough that the way to a blocking thread does not show, small enough for a thousand clients.
const BLOCK: u64 = 512 * 1024;

/// A file that was opened, with its first block: a small range needs no second trip.
pub(super) struct Started {
    first: Bytes,
    rest: Option<Rest>,
}

struct Rest {
    file: File,
    left: u64,
}

/// Opens a file and reads its first block. Blocks.
pub(super) fn open(root: &Path, path: &str, range: &Range<u64>) -> io::Result<Started> {
    let mut file = File::open(root.join(path))?;
    let size = file.metadata()?.len();
    if range.end > size {
        return Err(past_end(path, size, range));
    }
    if range.start > 0 {
        file.seek(SeekFrom::Start(range.start))?;
    }
    let (first, rest) = Rest { file, left: range.end - range.start }.block()?;
    Ok(Started { first, rest })
}

impl Rest {
    /// The next block, and what is left after it.
    fn block(self) -> io::Result<(Bytes, Option<Self>)> {
        let Self { file, left } = self;
        let len = left.min(BLOCK);
        let mut block = Vec::with_capacity(len as usize);
        (&file).take(len).read_to_end(&mut block)?;
        if (block.len() as u64) < len {
            let message =
                format!("the file became {} bytes too short while it was read", left - block.len() as u64);
            return Err(io::Error::new(io::ErrorKind::UnexpectedEof, message));
        }
        let left = left - len;
        Ok((block.into(), (left > 0).then_some(Self { file, left })))
    }
}

/// The blocks of a file that was opened.
pub(super) fn stream(started: Started) -> ByteStream {
    let Started { first, rest } = started;
    let Some(rest) = rest else { return once(first) };
    Box::pin(stream::try_unfold(State::Read(first, rest), |state| async move {
        let (block, rest) = match state {
            State::Read(block, rest) => (block, Some(rest)),
            State::Reading(task) => blocking::join(task).await.flatten()?,
            State::Done => return Ok(None),
        };
        let next = match rest {
            Some(rest) => State::Reading(spawn_blocking(move || rest.block())),
            None => State::Done,
        };
        Ok::<_, io::Error>(Some((block, next)))
    }))
}

enum State {
    Read(Bytes, Rest),
    Reading(JoinHandle<io::Result<(Bytes, Option<Rest>)>>),
    Done,
}
