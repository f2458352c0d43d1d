//! The two ends of a conversation, in packets.

use bytes::{Bytes, BytesMut};
use futures_util::StreamExt;
use stoa_core::{Failure, Reply};
use stoa_git::{Band, Packet, PacketReader};
use tokio::sync::mpsc;

use crate::ByteStream;

/// The two ends of one conversation with a git client.
pub struct GitWire {
    /// What the client sends.
    pub input: ByteStream,
    /// What it is sent; dropped at the end.
    pub output: mpsc::Sender<Bytes>,
    /// 0, 1 or 2: what the client asked for (`Git-Protocol`, `GIT_PROTOCOL`).
    pub version: u8,
}

impl GitWire {
    pub(crate) async fn first(&mut self, bytes: Bytes) -> Reply<()> {
        self.output.send(bytes).await.map_err(|_| gone())
    }
}

/// Bytes of one request at most, packs not counted: wants and haves of 50 bytes each.
const REQUEST: usize = 64 << 20;

/// A conversation under way.
pub(crate) struct Wire {
    input: ByteStream,
    reader: PacketReader,
    output: mpsc::Sender<Bytes>,
    /// Bytes of the request that is being read.
    read: usize,
    /// Whether the client was told anything.
    pub(crate) answered: bool,
}

impl Wire {
    pub(crate) fn new(wire: GitWire) -> Self {
        Self { input: wire.input, reader: PacketReader::new(), output: wire.output, read: 0, answered: false }
    }

    /// The next packet; `None` when the client has said everything.
    pub(crate) async fn packet(&mut self) -> Reply<Option<Packet>> {
        loop {
            if let Some(packet) = self.reader.next().map_err(talk)? {
                return Ok(Some(packet));
            }
            let Some(piece) = self.input.next().await else {
                let whole = self.reader.is_between();
                return if whole {
                    Ok(None)
                } else {
                    Err(Failure::invalid("The request ended in the middle"))
                };
            };
            let piece = piece.map_err(|error| Failure::invalid(format!("The request broke off: {error}")))?;
            self.read += piece.len();
            if self.read > REQUEST {
                return Err(Failure::too_large("The request names too many objects at once"));
            }
            self.reader.feed(piece);
        }
    }

    /// Begins to count the bytes of another request.
    pub(crate) fn next_request(&mut self) {
        self.read = 0;
    }

    /// What follows the packets read, as it comes.
    pub(crate) fn into_rest(self) -> (ByteStream, mpsc::Sender<Bytes>) {
        let rest = self.reader.into_rest();
        let first = futures_util::stream::iter((!rest.is_empty()).then_some(Ok(rest)));
        (Box::pin(first.chain(self.input)), self.output)
    }

    /// Sends bytes that are packets already.
    pub(crate) async fn send(&mut self, bytes: impl Into<Bytes>) -> Reply<()> {
        let bytes = bytes.into();
        if bytes.is_empty() {
            return Ok(());
        }
        self.answered = true;
        self.output.send(bytes).await.map_err(|_| gone())
    }

    /// Sends one line.
    pub(crate) async fn line(&mut self, text: &str) -> Reply<()> {
        let bytes = line(text)?;
        self.send(bytes).await
    }

    /// Ends the conversation with a sentence for the person at the other end.
    pub(crate) async fn fail(&mut self, failure: &Failure) {
        // A client that is gone needs no sentence.
        let _ = self.line(&format!("ERR {}", sentence(failure))).await;
    }

    /// The same while a pack is on its way through a side band.
    pub(crate) async fn fail_in_band(&mut self, failure: &Failure, max_packet: usize) {
        let mut out = BytesMut::new();
        if max_packet > 0 {
            stoa_git::band(&mut out, Band::Failure, sentence(failure).as_bytes(), max_packet);
            let _ = self.send(out).await;
        }
    }
}

/// One packet of text.
pub(crate) fn line(text: &str) -> Reply<Bytes> {
    let mut out = BytesMut::with_capacity(text.len() + 5);
    stoa_git::packet(&mut out, format!("{text}\n").as_bytes()).map_err(talk)?;
    Ok(out.freeze())
}

/// What a person is told: the message, and never what is behind a fault of ours.
pub(crate) fn sentence(failure: &Failure) -> String {
    if let Some(source) = &failure.source {
        tracing::error!(error = %source, "git conversation failed");
    }
    failure.message.clone()
}

/// A client that breaks the protocol.
#[expect(clippy::needless_pass_by_value, reason = "map_err hands it over")]
pub(crate) fn talk(error: stoa_git::Error) -> Failure {
    Failure::invalid(error.to_string())
}

pub(crate) fn gone() -> Failure {
    Failure::invalid("The client is gone")
}
