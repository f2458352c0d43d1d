//! The lines of a streamed body, one at a time.

use std::io;

use bytes::{Bytes, BytesMut};
use futures_util::TryStreamExt;
use stoa_core::{Failure, Reply};
use stoa_hub::ByteStream;

/// A body cut into lines. Holds one line and one piece of the body, never more.
pub(super) struct Lines {
    body: ByteStream,
    /// What came last and is not used yet.
    piece: Bytes,
    /// The beginning of the line under way.
    begun: BytesMut,
    longest: usize,
    number: usize,
}

impl Lines {
    /// Lines of at most `longest` bytes.
    pub(super) fn new(body: ByteStream, longest: usize) -> Self {
        Self { body, piece: Bytes::new(), begun: BytesMut::new(), longest, number: 0 }
    }

    /// The next line that is not blank, without its end, and its number counted from 1.
    pub(super) async fn next(&mut self) -> Reply<Option<(usize, Bytes)>> {
        loop {
            let Some(line) = self.line().await? else { return Ok(None) };
            self.number += 1;
            if !line.trim_ascii().is_empty() {
                return Ok(Some((self.number, line)));
            }
        }
    }

    /// The line that was just given, and everything after it, as one piece of at most `max` bytes.
    pub(super) async fn whole(mut self, first: Bytes, max: usize) -> Reply<Bytes> {
        let mut all = BytesMut::from(first);
        while let Some(line) = self.line().await? {
            if all.len() + line.len() > max {
                return Err(Failure::too_large(format!(
                    "A commit that is one JSON object may have at most {max} bytes; send it as application/x-ndjson"
                )));
            }
            all.extend_from_slice(b"\n");
            all.extend_from_slice(&line);
        }
        Ok(all.freeze())
    }

    async fn line(&mut self) -> Reply<Option<Bytes>> {
        loop {
            if let Some(end) = memchr::memchr(b'\n', &self.piece) {
                let mut end = self.piece.split_to(end + 1);
                end.truncate(end.len() - 1);
                let line = if self.begun.is_empty() {
                    end
                } else {
                    self.begun.extend_from_slice(&end);
                    self.begun.split().freeze()
                };
                return self.bounded(line.len()).map(|()| Some(line));
            }
            self.bounded(self.begun.len() + self.piece.len())?;
            self.begun.extend_from_slice(&self.piece);
            let next = self.body.try_next().await.map_err(|error| broken(&error))?;
            let ended = next.is_none();
            self.piece = next.unwrap_or_default();
            if ended {
                return Ok(Some(self.begun.split().freeze()).filter(|rest| !rest.is_empty()));
            }
        }
    }

    fn bounded(&self, length: usize) -> Reply<()> {
        if length <= self.longest {
            return Ok(());
        }
        Err(Failure::too_large(format!(
            "Line {} is longer than {} bytes; send large files through LFS",
            self.number + 1,
            self.longest
        )))
    }
}

fn broken(error: &io::Error) -> Failure {
    match error.kind() {
        io::ErrorKind::FileTooLarge => {
            Failure::too_large(format!("The commit is too large: {error}. Split it up"))
        }
        _ => {
            Failure::invalid(format!("The request broke off: {error}. Nothing was committed; send it again"))
        }
    }
}

#[cfg(test)]
mod tests {
    use futures_util::stream;

    use super::*;

    async fn lines(pieces: &[&'static str], longest: usize) -> Reply<Vec<(usize, String)>> {
        let pieces: Vec<io::Result<Bytes>> =
            pieces.iter().map(|piece| Ok(Bytes::from_static(piece.as_bytes()))).collect();
        let mut lines = Lines::new(Box::pin(stream::iter(pieces)), longest);
        let mut found = Vec::new();
        while let Some((number, line)) = lines.next().await? {
            found.push((number, String::from_utf8_lossy(&line).into_owned()));
        }
        Ok(found)
    }

    #[tokio::test]
    async fn lines_come_out_whole_however_the_body_was_cut() {
        let expected = Ok(vec![(1, "ab".to_owned()), (3, "cd".to_owned()), (4, "e".to_owned())]);
        assert_eq!(lines(&["ab\n\ncd\ne"], 10).await, expected);
        assert_eq!(lines(&["a", "b", "\n", "\nc", "", "d\ne"], 10).await, expected);
        assert_eq!(lines(&["ab\n\ncd\ne\n\n"], 10).await, expected);
        assert_eq!(lines(&[], 10).await, Ok(Vec::new()));
    }

    #[tokio::test]
    async fn a_line_that_is_too_long_is_refused_before_it_is_held() {
        assert_eq!(lines(&["abc\nabc"], 3).await.map(|lines| lines.len()), Ok(2));
        for pieces in [&["abcd\n"][..], &["ab", "cd"], &["x\n", "ab", "cd\n"]] {
            let failure = lines(pieces, 3).await.expect_err("four bytes are too many");
            assert_eq!(failure.kind, stoa_core::Kind::TooLarge, "{pieces:?}");
        }
    }
}
