//! Request bodies: streamed with a bound and an idle time-out, or read whole when they are small.

use std::io;
use std::time::Duration;

use axum::body::Body;
use bytes::{Bytes, BytesMut};
use futures_util::{StreamExt, TryStreamExt, stream};
use stoa_core::{Failure, Reply};
use stoa_hub::ByteStream;

/// How long a body may pause between two pieces.
pub(crate) const IDLE: Duration = Duration::from_mins(1);

/// The body as the hub takes it. More than `max` bytes, a broken connection, or a pause of a minute between two
/// pieces end the stream with an error, so a half-sent request does not live forever.
pub fn stream_body(body: Body, max: u64) -> ByteStream {
    stream_with(body, max, IDLE)
}

pub(crate) fn stream_with(body: Body, max: u64, idle: Duration) -> ByteStream {
    Box::pin(stream::try_unfold((body.into_data_stream(), max), move |(mut data, left)| async move {
        let next = tokio::time::timeout(idle, data.next()).await.map_err(|_| {
            let message = format!("no byte of the body arrived for {} seconds", idle.as_secs());
            io::Error::new(io::ErrorKind::TimedOut, message)
        })?;
        let Some(piece) = next.transpose().map_err(io::Error::other)? else { return Ok(None) };
        let left = left.checked_sub(piece.len() as u64).ok_or_else(|| {
            io::Error::new(io::ErrorKind::FileTooLarge, format!("the body is larger than {max} bytes"))
        })?;
        Ok(Some((piece, (data, left))))
    }))
}

/// A whole body of at most `max` bytes. For JSON and forms; what may be large must stream.
pub async fn read_body(body: Body, max: usize) -> Reply<Bytes> {
    read_with(body, max, IDLE).await
}

pub(crate) async fn read_with(body: Body, max: usize, idle: Duration) -> Reply<Bytes> {
    let mut pieces = stream_with(body, max as u64, idle);
    let Some(first) = pieces.try_next().await.map_err(|error| unread(&error))? else {
        return Ok(Bytes::new());
    };
    let Some(second) = pieces.try_next().await.map_err(|error| unread(&error))? else { return Ok(first) };
    let mut whole = BytesMut::from(first);
    whole.extend_from_slice(&second);
    while let Some(piece) = pieces.try_next().await.map_err(|error| unread(&error))? {
        whole.extend_from_slice(&piece);
    }
    Ok(whole.freeze())
}

fn unread(error: &io::Error) -> Failure {
    match error.kind() {
        io::ErrorKind::FileTooLarge => Failure::too_large(format!("The request is too large: {error}")),
        _ => Failure::invalid(format!("The request body broke off: {error}. Send it again")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn body(pieces: &[&'static str]) -> Body {
        let pieces: Vec<Result<Bytes, io::Error>> =
            pieces.iter().map(|piece| Ok(Bytes::from_static(piece.as_bytes()))).collect();
        Body::from_stream(stream::iter(pieces))
    }

    #[tokio::test]
    async fn pieces_are_joined_up_to_the_bound() {
        assert_eq!(read_body(body(&["ab", "c", "de"]), 5).await, Ok(Bytes::from_static(b"abcde")));
        assert_eq!(read_body(body(&[]), 0).await, Ok(Bytes::new()));
        let failure = read_body(body(&["ab", "c", "de"]), 4).await.expect_err("five bytes are too many");
        assert_eq!(failure.kind, stoa_core::Kind::TooLarge);
    }

    #[tokio::test]
    async fn a_body_that_pauses_too_long_is_given_up() {
        let silent = Body::from_stream(stream::pending::<Result<Bytes, io::Error>>());
        let failure =
            read_with(silent, 10, Duration::from_millis(5)).await.expect_err("nothing ever arrives");
        assert_eq!(failure.kind, stoa_core::Kind::Invalid);
    }

    #[tokio::test]
    async fn a_broken_connection_is_the_requests_fault() {
        let broken = Body::from_stream(stream::iter([
            Ok(Bytes::from_static(b"ab")),
            Err(io::Error::from(io::ErrorKind::ConnectionReset)),
        ]));
        assert_eq!(
            read_body(broken, 10).await.map_err(|failure| failure.kind),
            Err(stoa_core::Kind::Invalid)
        );
    }
}
