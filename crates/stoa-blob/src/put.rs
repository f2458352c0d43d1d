//! From a body to a proven object: gather, hash and write, check, publish.
//!
//! Pieces are gathered on the async thread while the batch before is hashed and written on a blocking one. A
//! blocking thread is thus held only while there is work for it: a thousand slow senders cost a thousand batches of
//! memory, not the whole thread pool.

use std::io;
use std::sync::Arc;

use bytes::Bytes;
use futures_util::TryStreamExt;
use sha2::Digest;
use stoa_core::Sha256;
use tokio::task::{JoinHandle, spawn_blocking};

use crate::backends::{Backend, Draft, Publish};
use crate::{ByteStream, Error, Expect, Stored, blocking};

/// A batch is handed over once it has this many bytes. Two batches per upload may exist: one filling, one written.
const BATCH_BYTES: usize = 512 * 1024;
/// A batch is also handed over at this many pieces, for a piece of one byte may hold on to a whole network buffer.
const BATCH_PIECES: usize = 128;

/// Where a body goes.
#[derive(Clone)]
pub(crate) struct Target {
    pub(crate) backend: Arc<dyn Backend>,
    pub(crate) path: String,
    pub(crate) publish: Publish,
}

/// Keeps a body; `broken` says whose fault it is when the stream fails.
pub(crate) async fn put(
    target: Target,
    stream: ByteStream,
    expect: Expect,
    broken: fn(io::Error) -> Error,
) -> Result<Stored, Error> {
    if expect.size.is_some_and(|size| size > expect.max) {
        return Err(Error::TooLarge { max: expect.max });
    }
    let mut intake = Intake { stream, expect, got: 0, broken };
    let mut writing: Option<JoinHandle<io::Result<Writer>>> = None;
    loop {
        let gathered = intake.batch().await;
        let writer = match writing.take() {
            Some(task) => Some(blocking::join(task).await.flatten().map_err(Error::from_io)?),
            None => None,
        };
        let target = target.clone();
        match gathered {
            Ok(Gathered::More(batch)) => {
                writing = Some(spawn_blocking(move || Writer::resume(writer, &target)?.write(&batch)));
            }
            Ok(Gathered::Last(batch)) => {
                let finish = move || {
                    let writer = Writer::resume(writer, &target).and_then(|writer| writer.write(&batch));
                    writer.map_err(Error::from_io)?.finish(expect.sha256)
                };
                return blocking::run(finish).await.map_err(Error::from_io)?;
            }
            Err(error) => {
                let discard = move || writer.map(|writer| writer.draft.discard());
                blocking::run(discard).await.map_err(Error::from_io)?;
                return Err(error);
            }
        }
    }
}

/// The sender's side: counts what arrives and stops as soon as it cannot be right any more.
struct Intake {
    stream: ByteStream,
    expect: Expect,
    got: u64,
    broken: fn(io::Error) -> Error,
}

enum Gathered {
    More(Vec<Bytes>),
    Last(Vec<Bytes>),
}

impl Intake {
    async fn batch(&mut self) -> Result<Gathered, Error> {
        let mut batch = Vec::new();
        let mut bytes = 0;
        while bytes < BATCH_BYTES && batch.len() < BATCH_PIECES {
            let Some(piece) = self.stream.try_next().await.map_err(self.broken)? else {
                self.ended()?;
                return Ok(Gathered::Last(batch));
            };
            self.count(piece.len())?;
            bytes += piece.len();
            batch.push(piece);
        }
        Ok(Gathered::More(batch))
    }

    fn count(&mut self, bytes: usize) -> Result<(), Error> {
        self.got += bytes as u64;
        match self.expect.size {
            Some(expected) if self.got > expected => Err(Error::WrongSize { expected, got: self.got }),
            _ if self.got > self.expect.max => Err(Error::TooLarge { max: self.expect.max }),
            _ => Ok(()),
        }
    }

    fn ended(&self) -> Result<(), Error> {
        match self.expect.size {
            Some(expected) if self.got != expected => Err(Error::WrongSize { expected, got: self.got }),
            _ => Ok(()),
        }
    }
}

/// The store's side, which lives on blocking threads. Each step takes the writer and gives it back only if it
/// worked, so that nothing can be published after a failure.
struct Writer {
    draft: Box<dyn Draft>,
    publish: Publish,
    hash: sha2::Sha256,
    size: u64,
}

impl Writer {
    /// The writer of the batch before, or a new one. The draft begins with the first batch rather than with the
    /// call, so that a small object needs a single blocking task.
    fn resume(writer: Option<Self>, target: &Target) -> io::Result<Self> {
        if let Some(writer) = writer {
            return Ok(writer);
        }
        let draft = target.backend.draft(&target.path)?;
        Ok(Self { draft, publish: target.publish, hash: sha2::Sha256::new(), size: 0 })
    }

    fn write(mut self, batch: &[Bytes]) -> io::Result<Self> {
        for piece in batch {
            self.hash.update(piece);
            self.size += piece.len() as u64;
            if let Err(error) = self.draft.write(piece) {
                self.draft.discard();
                return Err(error);
            }
        }
        Ok(self)
    }

    fn finish(mut self, expected: Option<Sha256>) -> Result<Stored, Error> {
        let got = Sha256(self.hash.finalize().into());
        if let Some(expected) = expected.filter(|expected| *expected != got) {
            self.draft.discard();
            return Err(Error::WrongHash { expected, got });
        }
        if let Err(error) = self.draft.sync() {
            self.draft.discard();
            return Err(Error::from_io(error));
        }
        let existed = self.draft.publish(self.publish).map_err(Error::from_io)?;
        Ok(Stored { size: self.size, sha256: got, existed })
    }
}
