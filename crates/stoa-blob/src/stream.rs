//! Bytes on their way in or out.

use std::io;
use std::pin::Pin;

use bytes::Bytes;
use futures_core::Stream;
use futures_util::{TryStreamExt, stream};

/// A body, piece by piece.
pub type ByteStream = Pin<Box<dyn Stream<Item = Result<Bytes, io::Error>> + Send>>;

/// A body that is in memory already.
pub fn once(bytes: Bytes) -> ByteStream {
    Box::pin(stream::iter([Ok(bytes)]))
}

/// A stream of exactly `len` bytes: one that ends earlier or goes on longer becomes an error, because whoever
/// promised a length to a client must be able to tell a cut-off body from a whole one.
pub(crate) fn exactly(inner: ByteStream, len: u64) -> ByteStream {
    Box::pin(stream::try_unfold((inner, len), |(mut inner, left)| async move {
        if left == 0 {
            return Ok(None);
        }
        let Some(piece) = inner.try_next().await? else {
            let message = format!("the object ended {left} bytes too early");
            return Err(io::Error::new(io::ErrorKind::UnexpectedEof, message));
        };
        match left.checked_sub(piece.len() as u64) {
            Some(left) => Ok(Some((piece, (inner, left)))),
            None => Err(io::Error::other("the backend returned more bytes than were asked for")),
        }
    }))
}
