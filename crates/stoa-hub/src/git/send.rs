//! Writing a pack to a client, from the rows as they are stored.

use std::collections::HashMap;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use futures_util::{StreamExt, TryStreamExt, stream};
use stoa_core::{Oid, Reply};
use stoa_db::objects::{self, Object};
use stoa_git::{AGENT, Band, EMPTY_TREE, Encoded, FetchRequest, ObjectKind, PackWriter};

use super::contents::Contents;
use super::wire::Wire;
use crate::access::Read;
use crate::store::{encode, kind_of};
use crate::{Hub, Repo, git_failure};

/// Objects read at a time.
const BATCH: usize = 400;
/// Bytes of one packet's payload, so that the buffer is one packet.
const PACKET: usize = 65_515;
/// How long a client waits without a sign of life.
pub(super) const PATIENCE: Duration = Duration::from_secs(5);

/// Waits for work while the client is shown that it goes on.
pub(super) async fn patiently<T>(
    wire: &mut Wire,
    band: usize,
    work: impl Future<Output = Reply<T>>,
) -> Reply<T> {
    tokio::pin!(work);
    loop {
        match tokio::time::timeout(PATIENCE, &mut work).await {
            Ok(done) => return done,
            // An empty packet of data: 4 digits, the band, nothing.
            Err(_) if band > 0 => wire.send(&b"0005\x01"[..]).await?,
            Err(_) => {}
        }
    }
}

/// Sends the objects as a pack, and the flush that ends it.
pub(super) async fn pack(
    repo: &Repo<Read>,
    wire: &mut Wire,
    contents: &Contents,
    request: &FetchRequest,
) -> Reply<()> {
    let mut out = Out { wire, band: request.side_band, buffer: BytesMut::with_capacity(2 * PACKET) };
    if !request.no_progress {
        let stoa = AGENT.trim_start_matches("agent=").replace('/', " ");
        out.say(&format!("{stoa} sends {} objects\n", contents.ids.len())).await?;
    }
    let mut writer = Writer {
        hub: &repo.hub,
        repo: repo.row.id,
        contents,
        ofs: request.ofs_delta,
        pack: PackWriter::new(),
        places: HashMap::new(),
    };
    let count = u32::try_from(contents.ids.len()).map_err(stoa_core::Failure::internal)?;
    let header = writer.pack.header(count);
    out.put(&header).await?;
    let (hub, id) = (&repo.hub, repo.row.id);
    let mut batches = stream::iter((0..contents.ids.len()).step_by(BATCH))
        .map(|from| {
            let batch = contents.ids[from..contents.ids.len().min(from + BATCH)].to_vec();
            let hub = hub.clone();
            async move {
                let mut tx = hub.read().await?;
                let rows = objects::many(&mut tx, id, &batch).await?;
                Reply::Ok((batch, rows))
            }
        })
        .buffered(2);
    while let Some((batch, rows)) = batches.try_next().await? {
        let mut rows: HashMap<Oid, Object> = rows.into_iter().map(|row| (row.oid, row)).collect();
        for oid in batch {
            let missing = || stoa_core::Failure::internal(format!("git object {oid} is missing"));
            let row = match rows.remove(&oid) {
                Some(row) => row,
                None if oid == EMPTY_TREE => empty_tree().await?,
                None => return Err(missing()),
            };
            writer.entry(row, &mut out.buffer).await?;
            out.flush_full().await?;
        }
    }
    let end = writer.pack.finish().map_err(git_failure)?;
    out.put(&end).await?;
    out.end().await
}

/// Git asks for it although nobody has to store it.
async fn empty_tree() -> Reply<Object> {
    let Encoded { oid, data, .. } = encode(ObjectKind::Tree, Vec::new()).await?;
    let kind = i64::from(ObjectKind::Tree.pack_code());
    Ok(Object { oid, kind, size: 0, data: Some(data.to_vec()), lfs: None, base: None, push: None })
}

struct Writer<'a> {
    hub: &'a Hub,
    repo: i64,
    contents: &'a Contents,
    ofs: bool,
    pack: PackWriter,
    /// Where each object begins that others may be based on.
    places: HashMap<Oid, u64>,
}

impl Writer<'_> {
    /// Writes one object: its delta as it is stored if the client will have the base, else the whole of it.
    async fn entry(&mut self, row: Object, out: &mut BytesMut) -> Reply<()> {
        let oid = row.oid;
        let at = self.pack.written();
        match (row.base, &row.data) {
            (Some(base), Some(data)) if self.contents.set.contains(&base.oid) => {
                let place = self.places.get(&base.oid).copied().filter(|_| self.ofs);
                match place {
                    Some(place) => self.pack.delta_at(out, oid, place, base.instructions, data),
                    None => self.pack.delta_of(out, oid, base.oid, base.instructions, data),
                }
                .map_err(git_failure)?;
            }
            (Some(base), Some(data)) if self.contents.had.contains(&base.oid) => {
                self.pack.delta_of(out, oid, base.oid, base.instructions, data).map_err(git_failure)?;
            }
            (Some(_), _) => {
                let body = self.hub.body(self.repo, oid).await?;
                let encoded = encode(kind_of(&row)?, body).await?;
                self.pack.entry_into(out, &encoded).map_err(git_failure)?;
            }
            (None, _) => {
                let kind = kind_of(&row)?;
                let data = match row.data {
                    Some(data) => Bytes::from(data),
                    None => self.hub.zlib_of(self.repo, &row).await?,
                };
                let encoded = Encoded { oid, kind, size: row.size, data };
                self.pack.entry_into(out, &encoded).map_err(git_failure)?;
            }
        }
        self.places.insert(oid, at);
        Ok(())
    }
}

/// Packets to the client.
struct Out<'a> {
    wire: &'a mut Wire,
    /// Bytes of a side-band packet; 0 for the bare pack.
    band: usize,
    buffer: BytesMut,
}

impl Out<'_> {
    async fn say(&mut self, text: &str) -> Reply<()> {
        if self.band == 0 {
            return Ok(());
        }
        let mut packets = BytesMut::new();
        stoa_git::band(&mut packets, Band::Progress, text.as_bytes(), self.band);
        self.wire.send(packets).await
    }

    async fn put(&mut self, bytes: &[u8]) -> Reply<()> {
        self.buffer.extend_from_slice(bytes);
        self.flush_full().await
    }

    async fn flush_full(&mut self) -> Reply<()> {
        while self.buffer.len() >= PACKET {
            let full = self.buffer.split_to(PACKET);
            self.packets(&full).await?;
        }
        Ok(())
    }

    async fn packets(&mut self, bytes: &[u8]) -> Reply<()> {
        if self.band == 0 {
            return self.wire.send(Bytes::copy_from_slice(bytes)).await;
        }
        let mut packets = BytesMut::with_capacity(bytes.len() + 16);
        stoa_git::band(&mut packets, Band::Data, bytes, self.band);
        self.wire.send(packets).await
    }

    async fn end(&mut self) -> Reply<()> {
        let rest = self.buffer.split();
        if !rest.is_empty() {
            self.packets(&rest).await?;
        }
        if self.band > 0 {
            self.wire.send(stoa_git::FLUSH).await?;
        }
        Ok(())
    }
}
