//! Reading the heads of weight files, and no more of them than that.

use stoa_core::{Oid, Reply};
use stoa_meta::weights::gguf::{self, Gguf};
use stoa_meta::weights::safetensors::{self, Header};

use crate::access::Access;
use crate::{Repo, cpu};

/// Bytes read of the head of a GGUF file at first; token lists are long.
const FIRST: u64 = 1 << 20;

/// What was read, or what is wrong with the file, as a sentence for its owner.
type Read<T> = Result<T, String>;

impl<A: Access> Repo<A> {
    /// The header of a safetensors file and where it ends. Not for contents behind a gate.
    pub(crate) async fn safetensors_header(&self, blob: Oid) -> Reply<Read<(u64, Header)>> {
        let (hub, repo) = (&self.hub, self.row.id);
        let first = hub.peek(repo, blob, 0..8, 8).await?;
        let length = match safetensors::header_len(&first) {
            Ok(length) => length,
            Err(fault) => return Ok(Err(fault.to_string())),
        };
        let header = hub.peek(repo, blob, 8..8 + length, safetensors::MAX_HEADER).await?;
        if header.len() as u64 != length {
            return Ok(Err("The file ends within its header".to_owned()));
        }
        let parse = move || safetensors::parse_header(&header).map_err(|fault| fault.to_string());
        cpu::run(move || Ok(parse().map(|header| (8 + length, header)))).await
    }

    /// The head of a GGUF file. Not for contents behind a gate.
    pub(crate) async fn gguf_head(&self, blob: Oid) -> Reply<Read<Gguf>> {
        let mut length = FIRST;
        loop {
            let head = self.hub.peek(self.row.id, blob, 0..length, gguf::MAX_HEADER).await?;
            let have = head.len() as u64;
            match cpu::run(move || Ok(gguf::parse(&head))).await? {
                Ok(gguf::Parsed::Complete(gguf)) => return Ok(Ok(*gguf)),
                Ok(gguf::Parsed::NeedMore(more))
                    if more > have && have == length && length < gguf::MAX_HEADER =>
                {
                    length = more.max(length * 2).min(gguf::MAX_HEADER);
                }
                Ok(gguf::Parsed::NeedMore(_)) => {
                    return Ok(Err("The file ends within its header".to_owned()));
                }
                Err(fault) => return Ok(Err(fault.to_string())),
            }
        }
    }
}
