//! Keeps and returns bytes, and proves they are the bytes that were asked for.
//!
//! An object becomes visible in one step, after every byte of it was counted, hashed and (on a durable store)
//! flushed; until then there is only a draft that nobody can read. This crate must never know repositories, users
//! or HTTP: it sees keys, streams and sizes.
//!
//! What happens in what file: [`Blobs`] checks keys and ranges, `put.rs` turns a body into a proven object,
//! `backends/` keeps the bytes, `layers/` stands between the two in tests.

mod backends;
mod blocking;
pub mod conformance;
mod error;
mod expect;
mod key;
mod layers;
mod put;
mod stream;

use std::fmt;
use std::io;
use std::ops::Range;
use std::path::PathBuf;
use std::sync::Arc;

use bytes::{Bytes, BytesMut};
use futures_util::{StreamExt, TryStreamExt};

use backends::Backend;

pub use error::Error;
pub use expect::{Expect, Stored};
pub use key::{Key, Prefix};
pub use layers::faults::FaultPlan;
pub use stream::{ByteStream, once};

/// How many objects [`Blobs::delete_prefix`] lists and deletes at a time.
const DELETE_PAGE: usize = 1000;

/// Where objects are kept.
#[derive(Clone, Debug)]
pub struct Config {
    /// The folder that holds everything; it is made when missing.
    pub root: PathBuf,
    /// Whether an acknowledged object survives a power cut: file and folders are flushed before [`Blobs::put`]
    /// answers. Only tests have a reason to turn this off.
    pub durable: bool,
}

/// One object in a listing.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Listed {
    /// The path of its key; [`Key::parse`] reads it back.
    pub path: String,
    /// Its length in bytes.
    pub size: u64,
    /// When it was last put, in seconds since the Unix epoch. Putting an object that exists already counts, so a
    /// collector that spares what is young cannot take an object that a commit is about to use.
    pub modified: i64,
}

/// Whether the store works, found out by using it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Health {
    /// A probe could be written, read back and deleted. The reason why not is in the log.
    pub writable: bool,
    /// Bytes that may still be written, where the backend can tell.
    pub free_bytes: Option<u64>,
}

/// The store of all large and content-addressed bytes. Cheap to clone.
#[derive(Clone)]
pub struct Blobs {
    backend: Arc<dyn Backend>,
}

impl Blobs {
    /// Opens the folder `config.root`, which is made when missing. Blocks for a moment: call it at startup.
    pub fn open(config: &Config) -> Result<Self, Error> {
        let disk = backends::disk::Disk::open(&config.root, config.durable).map_err(Error::from_io)?;
        Ok(Self { backend: Arc::new(disk) })
    }

    /// A store that is gone when the last clone is dropped, for tests.
    pub fn memory() -> Self {
        Self { backend: Arc::new(backends::memory::Memory::default()) }
    }

    /// The same store behind a layer that misbehaves as planned, for tests. Clones made before stay healthy.
    #[must_use]
    pub fn with_faults(self, plan: FaultPlan) -> Self {
        Self { backend: Arc::new(layers::faults::Faults::new(self.backend, plan)) }
    }

    /// Keeps a body under `key`, if it is what `expect` says; otherwise nothing becomes visible.
    ///
    /// The bytes of a [`Key::Lfs`] must hash to the key, whether `expect` repeats the hash or not. Objects named by
    /// their content are never overwritten (`existed` tells); an upload part is replaced, because a client that
    /// sends a part again means the new one. Dropping the future stops the upload and removes what was written;
    /// only if the whole body had arrived may the object, proven as always, still appear.
    pub async fn put(&self, key: &Key, stream: ByteStream, expect: Expect) -> Result<Stored, Error> {
        self.put_from(key, stream, expect, Error::Interrupted).await
    }

    /// Keeps bytes that are in memory already: one trip to a blocking thread, so many may run at once.
    pub async fn put_bytes(&self, key: &Key, bytes: Bytes) -> Result<Stored, Error> {
        let size = bytes.len() as u64;
        self.put(key, once(bytes), Expect { size: Some(size), sha256: None, max: size }).await
    }

    /// Joins `parts`, in the order given, into one object, under the same checks as [`Blobs::put`].
    ///
    /// Sizes are added up before a byte is copied. The parts stay; delete them with [`Blobs::delete_prefix`].
    pub async fn concat(&self, target: &Key, parts: &[Key], expect: Expect) -> Result<Stored, Error> {
        let mut total = 0_u64;
        let mut sources = Vec::with_capacity(parts.len());
        for part in parts {
            let size = self.size(part).await?.ok_or_else(|| Error::NotFound(part.path()))?;
            total = total.saturating_add(size);
            sources.push((part.clone(), size));
        }
        if total > expect.max {
            return Err(Error::TooLarge { max: expect.max });
        }
        let blobs = self.clone();
        let joined = futures_util::stream::iter(sources)
            .then(move |(part, size)| {
                let blobs = blobs.clone();
                async move { blobs.get(&part, 0..size).await.map_err(io::Error::other) }
            })
            .try_flatten();
        // The total is exact, so a missing `size` costs nothing and a part that shrinks meanwhile is noticed.
        let expect = match expect.size {
            Some(size) if size != total => return Err(Error::WrongSize { expected: size, got: total }),
            _ => Expect { size: Some(total), ..expect },
        };
        self.put_from(target, Box::pin(joined), expect, Error::from_io).await
    }

    /// The bytes in `range`, read ahead by at most one block.
    ///
    /// A range that reaches past the end is refused at once. Should the object turn out shorter while it is read,
    /// the stream ends with an error, never silently.
    pub async fn get(&self, key: &Key, range: Range<u64>) -> Result<ByteStream, Error> {
        let path = key.checked_path()?;
        if range.start > range.end {
            let message = format!("a range cannot end ({}) before it starts ({})", range.end, range.start);
            return Err(Error::Io(io::Error::new(io::ErrorKind::InvalidInput, message)));
        }
        let len = range.end - range.start;
        let stream = self.backend.get(path.clone(), range).await.map_err(|error| Error::at(error, path))?;
        Ok(stream::exactly(stream, len))
    }

    /// The bytes in `range` as one piece, which may be at most `max` bytes long.
    pub async fn read(&self, key: &Key, range: Range<u64>, max: u64) -> Result<Bytes, Error> {
        let len = range.end.saturating_sub(range.start);
        if len > max {
            return Err(Error::TooLarge { max });
        }
        let mut stream = self.get(key, range).await?;
        let first = stream.try_next().await.map_err(Error::from_io)?.unwrap_or_default();
        if first.len() as u64 == len {
            return Ok(first);
        }
        let capacity = usize::try_from(len).map_err(|_| Error::TooLarge { max })?;
        let mut whole = BytesMut::with_capacity(capacity);
        whole.extend_from_slice(&first);
        while let Some(block) = stream.try_next().await.map_err(Error::from_io)? {
            whole.extend_from_slice(&block);
        }
        Ok(whole.freeze())
    }

    /// The length of an object, or `None` when there is none.
    pub async fn size(&self, key: &Key) -> Result<Option<u64>, Error> {
        self.backend.size(key.checked_path()?).await.map_err(Error::from_io)
    }

    /// Deletes an object; `false` when there was none.
    pub async fn delete(&self, key: &Key) -> Result<bool, Error> {
        let paths = vec![key.checked_path()?];
        Ok(self.backend.delete(paths).await.map_err(Error::from_io)? > 0)
    }

    /// Up to `limit` objects whose path comes after `after`, in the byte order of their paths.
    ///
    /// Page on with the last path of the page before; a page that is not full is the last one.
    pub async fn list(
        &self,
        prefix: &Prefix,
        after: Option<String>,
        limit: usize,
    ) -> Result<Vec<Listed>, Error> {
        self.backend.list(prefix.checked_path()?, after, limit).await.map_err(Error::from_io)
    }

    /// Deletes everything below `prefix` and says how many objects that were.
    pub async fn delete_prefix(&self, prefix: &Prefix) -> Result<u64, Error> {
        let mut deleted = 0;
        let mut after = None;
        loop {
            let page = self.list(prefix, after, DELETE_PAGE).await?;
            let Some(last) = page.last() else { return Ok(deleted) };
            after = Some(last.path.clone());
            let paths = page.into_iter().map(|listed| listed.path).collect();
            deleted += self.backend.delete(paths).await.map_err(Error::from_io)?;
        }
    }

    /// Removes drafts that nobody wrote to for `older_than_secs`, left behind by a crash, and counts them.
    ///
    /// A slower upload than that loses its draft and fails, so give it hours.
    pub async fn sweep_temp(&self, older_than_secs: u64) -> Result<u64, Error> {
        self.backend.sweep_temp(older_than_secs).await.map_err(Error::from_io)
    }

    /// Writes, reads back and deletes a probe. A store that cannot is an answer, not an error.
    pub async fn check(&self) -> Result<Health, Error> {
        match self.backend.check().await {
            Ok(health) => Ok(health),
            Err(error) => {
                tracing::warn!(%error, "the object store cannot be written to");
                Ok(Health { writable: false, free_bytes: None })
            }
        }
    }

    async fn put_from(
        &self,
        key: &Key,
        stream: ByteStream,
        mut expect: Expect,
        broken: fn(io::Error) -> Error,
    ) -> Result<Stored, Error> {
        let path = key.checked_path()?;
        if let Key::Lfs(name) = key {
            match expect.sha256 {
                Some(announced) if announced != *name => {
                    let message = format!("{path}, because the body was announced as {announced}");
                    return Err(Error::InvalidKey(message));
                }
                _ => expect.sha256 = Some(*name),
            }
        }
        let target = put::Target { backend: self.backend.clone(), path, publish: key.publish() };
        put::put(target, stream, expect, broken).await
    }
}

impl fmt::Debug for Blobs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Blobs({})", self.backend.name())
    }
}
