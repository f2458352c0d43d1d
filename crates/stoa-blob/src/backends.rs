//! What keeps the bytes. A backend knows paths and bytes; sizes, hashes and keys were checked above it.

pub(crate) mod disk;
pub(crate) mod memory;

use std::io;
use std::ops::Range;

use futures_util::future::BoxFuture;

use crate::{ByteStream, Health, Listed};

/// What becomes of an object that stands under the path already.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Publish {
    /// It stays.
    IfAbsent,
    /// It stays, unless its length differs: the new bytes are proven to be what the name says, so the old ones
    /// were damaged, and sending the file again must heal it.
    IfAbsentOrDamaged,
    /// It is replaced.
    Always,
}

/// A place for bytes. A missing object is an error of kind [`io::ErrorKind::NotFound`].
pub(crate) trait Backend: Send + Sync + 'static {
    /// The word for logs.
    fn name(&self) -> &'static str;

    /// Begins an object that nobody can see yet. Called on a blocking thread.
    fn draft(&self, path: &str) -> io::Result<Box<dyn Draft>>;

    /// Bytes of an object, as they are read. A range past the end is an error of kind `UnexpectedEof`.
    fn get(&self, path: String, range: Range<u64>) -> BoxFuture<'_, io::Result<ByteStream>>;

    /// The length of an object.
    fn size(&self, path: String) -> BoxFuture<'_, io::Result<Option<u64>>>;

    /// Deletes objects and counts those that there were.
    fn delete(&self, paths: Vec<String>) -> BoxFuture<'_, io::Result<u64>>;

    /// Objects whose path begins with `prefix` and comes after `after`, in byte order.
    fn list(
        &self,
        prefix: String,
        after: Option<String>,
        limit: usize,
    ) -> BoxFuture<'_, io::Result<Vec<Listed>>>;

    /// Removes forgotten drafts.
    fn sweep_temp(&self, older_than_secs: u64) -> BoxFuture<'_, io::Result<u64>>;

    /// Writes, reads back and deletes a probe.
    fn check(&self) -> BoxFuture<'_, io::Result<Health>>;
}

/// An object that is being written and that nobody can see. Its methods block, so they are called on blocking
/// threads; only the drop may come from anywhere (a future that was given up) and must not wait.
///
/// Invariant: whatever way a draft ends other than [`Draft::publish`], nothing of it stays.
pub(crate) trait Draft: Send {
    /// Appends bytes.
    fn write(&mut self, bytes: &[u8]) -> io::Result<()>;

    /// Makes the bytes last, where the store is durable.
    fn sync(&mut self) -> io::Result<()>;

    /// Makes the object visible in one step, and says whether one was there before.
    fn publish(self: Box<Self>, publish: Publish) -> io::Result<bool>;

    /// Removes what was written, before it returns.
    fn discard(self: Box<Self>);
}

/// The error for a range that the object does not have.
pub(crate) fn past_end(path: &str, size: u64, range: &Range<u64>) -> io::Error {
    let Range { start, end } = range;
    let message = format!("`{path}` has {size} bytes, and bytes {start} to {end} were asked for");
    io::Error::new(io::ErrorKind::UnexpectedEof, message)
}
