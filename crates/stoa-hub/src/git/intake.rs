//! Storing objects of a pack while the rest of it is still being read.
//!
//! Nothing counts before the push ends well (`Repo::land`); a push that fails is cleared away.

use std::collections::{HashMap, HashSet};
use std::sync::Mutex;

use bytes::Bytes;
use stoa_blob::Key;
use stoa_core::{Failure, Oid, Reply, Time};
use stoa_db::objects::{self, Base, Object};
use stoa_db::{Tx, pushes};
use stoa_git::{Deflater, Pointer};
use tokio::sync::mpsc;

use super::pushed::{Item, Pushed};
use crate::store::ROW;
use crate::{Hub, blob_failure};

/// Deltas that lead to a whole object at most. Git's clients make 50, and thin packs go on from there.
pub(super) const DEPTH: u32 = 60;
/// Bytes of rows in one transaction.
const BYTES: usize = 8 << 20;
/// Rows in one transaction; more than this would make others wait.
const ROWS: usize = 2500;
/// Transactions' worth of rows that wait.
const WAITING: usize = 2;
/// How long a push is taken for alive after it last stored something.
pub(crate) const LEASE: i64 = 15 * 60 * Time::SECOND;

/// A push under way, by the number under which it stores.
#[derive(Clone, Copy)]
pub(super) struct Push {
    pub(super) id: i64,
    pub(super) repo: i64,
}

impl Push {
    pub(super) fn new(repo: i64) -> Reply<Self> {
        let mut bytes = [0; 8];
        getrandom::fill(&mut bytes).map_err(|e| Failure::internal(e.to_string()))?;
        Ok(Self { id: i64::from_le_bytes(bytes) & i64::MAX, repo })
    }

    /// Says that the push is alive, in a transaction that stores for it.
    pub(super) async fn alive(self, hub: &Hub, tx: &mut Tx) -> Reply<()> {
        if pushes::renew(tx, self.id, lease(hub)).await? {
            return Ok(());
        }
        Err(Failure::unavailable("The push took so long that the hub gave it up; push again"))
    }
}

fn lease(hub: &Hub) -> Time {
    Time(hub.now().0 + LEASE)
}

/// The way from the thread that reads the pack to the task that stores.
pub(super) fn channel() -> (mpsc::Sender<Vec<Object>>, mpsc::Receiver<Vec<Object>>) {
    mpsc::channel(WAITING)
}

/// Stores rows until no more come. The row of the push itself is there from the beginning. Answers what deltas of other
/// pushes under way are based on, of which this push has use.
pub(super) async fn store(hub: Hub, push: Push, mut rows: mpsc::Receiver<Vec<Object>>) -> Reply<Vec<Oid>> {
    let mut leans = Vec::new();
    let mut tx = hub.write().await?;
    pushes::begin(&mut tx, push.id, push.repo, lease(&hub)).await?;
    tx.commit().await?;
    while let Some(mut some) = rows.recv().await {
        let mut large = Vec::new();
        for row in some.iter_mut().filter(|row| row.data.as_ref().is_some_and(|data| data.len() > ROW)) {
            let key = Key::GitBlob { repo: push.repo, oid: row.oid };
            let data = Bytes::from(row.data.take().unwrap_or_default());
            hub.blobs().put_bytes(&key, data).await.map_err(blob_failure)?;
            large.push(row.oid);
        }
        // One after the other in the index; within a transaction bases need not come first.
        some.sort_unstable_by_key(|row| row.oid);
        let mut tx = hub.write().await?;
        push.alive(&hub, &mut tx).await?;
        if !hub.are_here(push.repo, &large).await? {
            return Err(Failure::unavailable("What was sent was swept just as it came. Push it again"));
        }
        for some in some.chunks(objects::BATCH) {
            if objects::put(&mut tx, push.repo, some).await? < some.len() {
                leans.extend(share(&mut tx, push, some).await?);
            }
        }
        tx.commit().await?;
    }
    Ok(leans)
}

/// Claims what another push under way brought before. Its bytes stay unless they are a delta: what that is based on may
/// go with the other push, so they are replaced if this one has the whole. Where it has not, the base is answered.
async fn share(tx: &mut Tx, push: Push, rows: &[Object]) -> Reply<Vec<Oid>> {
    let oids: Vec<Oid> = rows.iter().map(|row| row.oid).collect();
    let mut leans = Vec::new();
    for shared in pushes::claim(tx, push.repo, push.id, &oids).await? {
        let Some(base) = shared.base else { continue };
        match rows.iter().find(|row| row.oid == shared.oid) {
            Some(whole) if whole.base.is_none() => objects::make_whole(tx, push.repo, whole).await?,
            _ => leans.push(base),
        }
    }
    Ok(leans)
}

/// Refuses to count on deltas of another push whose bases this one did not bring.
pub(super) async fn check_leans(pushed: &Pushed, leans: &[Oid]) -> Reply<()> {
    let outside: Vec<Oid> = leans.iter().filter(|base| !pushed.has(**base)).copied().collect();
    if outside.is_empty() {
        return Ok(());
    }
    let mut tx = pushed.hub.read().await?;
    let live: HashSet<Oid> =
        objects::live(&mut tx, pushed.repo, &outside).await?.into_iter().map(|(oid, _)| oid).collect();
    if outside.iter().all(|base| live.contains(base)) {
        return Ok(());
    }
    Err(Failure::unavailable("Somebody is pushing the same objects just now; push again in a moment"))
}

/// Rows on their way to [`store`], bases first.
pub(super) struct Rows {
    pub(super) push: Push,
    sender: mpsc::Sender<Vec<Object>>,
    waiting: Vec<Object>,
    bytes: usize,
    deflater: Deflater,
}

/// Nobody takes rows any more: storing failed, and says itself why.
pub(super) struct Closed;

impl Rows {
    pub(super) fn new(push: Push, sender: mpsc::Sender<Vec<Object>>) -> Self {
        Self { push, sender, waiting: Vec::new(), bytes: 0, deflater: Deflater::new() }
    }

    /// Takes one object as it stands in the pack: `stream` is its body or its delta, `instructions` the length of the
    /// latter. A delta that would lead too far or is too long for a row becomes a whole object.
    pub(super) fn take(
        &mut self,
        item: &mut Item,
        body: &[u8],
        stream: Bytes,
        instructions: u64,
        pointer: Option<&Pointer>,
    ) -> Result<(), Closed> {
        if item.base.is_some() && (item.depth > DEPTH || stream.len() > ROW) {
            item.depth = 0;
        }
        let base = item.base.filter(|_| item.depth > 0);
        let data =
            if item.base.is_some() && base.is_none() { self.deflater.deflate(body) } else { stream.into() };
        self.bytes += data.len();
        self.waiting.push(Object {
            oid: item.oid,
            kind: i64::from(item.kind.pack_code()),
            size: body.len() as u64,
            data: Some(data),
            lfs: pointer.map(|pointer| (pointer.oid, pointer.size)),
            base: base.map(|oid| Base { oid, depth: item.depth, instructions }),
            push: Some(self.push.id),
        });
        if self.waiting.len() >= ROWS || self.bytes >= BYTES { self.flush() } else { Ok(()) }
    }

    /// Hands on what waits.
    pub(super) fn flush(&mut self) -> Result<(), Closed> {
        self.bytes = 0;
        let rows = std::mem::take(&mut self.waiting);
        self.sender.blocking_send(rows).map_err(|_| Closed)
    }
}

/// How far the objects outside the pack that deltas are based on are from whole ones.
#[derive(Default)]
pub(super) struct Depths(Mutex<HashMap<Oid, u32>>);

impl Depths {
    pub(super) fn set(&self, oid: Oid, depth: u32) {
        self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner).insert(oid, depth);
    }

    pub(super) fn of(&self, oid: Oid) -> u32 {
        let depths = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        depths.get(&oid).copied().unwrap_or(0)
    }
}

impl Hub {
    /// Gives up a push and removes what it brought.
    pub(super) async fn abandon(&self, push: Push) -> Reply<()> {
        let mut tx = self.write().await?;
        // A commit whose answer was lost may have ended it: then its objects are the repository's.
        let dead = pushes::give_up_one(&mut tx, push.id).await?;
        tx.commit().await?;
        if dead { self.clear_push(push.id, push.repo).await } else { Ok(()) }
    }

    /// Removes what a push brought that was given up.
    async fn clear_push(&self, id: i64, repo: i64) -> Reply<()> {
        let mut after = Some(Vec::new());
        while let Some(from) = after {
            let mut tx = self.write().await?;
            after = pushes::clear(&mut tx, id, repo, &from, 2000).await?;
            tx.commit().await?;
        }
        Ok(())
    }

    /// Removes what pushes brought that broke off: those that nothing was heard of since so long before `at`.
    pub(crate) async fn clear_pushes(&self, at: Time) -> Reply<()> {
        let mut tx = self.write().await?;
        let dead = pushes::give_up(&mut tx, at, 1000).await?;
        tx.commit().await?;
        for (id, repo) in dead {
            self.clear_push(id, repo).await?;
        }
        Ok(())
    }
}
