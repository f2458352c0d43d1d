//! A store that misbehaves as planned, to prove what happens above it when a real one does.

use std::io;
use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use futures_util::future::BoxFuture;
use futures_util::{FutureExt, TryStreamExt, stream};

use crate::backends::{Backend, Draft, Publish};
use crate::{ByteStream, Health, Listed};

/// What goes wrong, and when. The default is that nothing does.
#[derive(Clone, Debug, Default)]
pub struct FaultPlan {
    /// The write step with this number (from 1) fails. Beginning a draft, each piece written, flushing, publishing
    /// and each delete are steps.
    pub fail_write: Option<u64>,
    /// Whether a failing write step says that the disk is full.
    pub full: bool,
    /// The read with this number (from 1) fails. Opening an object, asking for its size and listing are reads.
    pub fail_read: Option<u64>,
    /// Every object that is read ends after this many bytes, as if its file had been cut.
    pub cut_after: Option<u64>,
    /// Every step and every read takes this much longer.
    pub latency: Option<Duration>,
}

/// The layer.
pub(crate) struct Faults {
    inner: Arc<dyn Backend>,
    state: Arc<State>,
}

struct State {
    plan: FaultPlan,
    writes: AtomicU64,
    reads: AtomicU64,
}

impl Faults {
    pub(crate) fn new(inner: Arc<dyn Backend>, plan: FaultPlan) -> Self {
        Self { inner, state: Arc::new(State { plan, writes: AtomicU64::new(0), reads: AtomicU64::new(0) }) }
    }

    /// Lets `work` run after the fault that may be planned for it.
    fn after<'a, T: Send + 'a>(
        &self,
        fault: io::Result<()>,
        work: BoxFuture<'a, io::Result<T>>,
    ) -> BoxFuture<'a, io::Result<T>> {
        let latency = self.state.plan.latency;
        async move {
            if let Some(latency) = latency {
                tokio::time::sleep(latency).await;
            }
            fault?;
            work.await
        }
        .boxed()
    }
}

impl State {
    fn write(&self) -> io::Result<()> {
        let kind = if self.plan.full { io::ErrorKind::StorageFull } else { io::ErrorKind::Other };
        strike(&self.writes, self.plan.fail_write, kind)
    }

    fn read(&self) -> io::Result<()> {
        strike(&self.reads, self.plan.fail_read, io::ErrorKind::Other)
    }

    /// A write step on a blocking thread.
    fn step(&self) -> io::Result<()> {
        if let Some(latency) = self.plan.latency {
            std::thread::sleep(latency);
        }
        self.write()
    }
}

fn strike(count: &AtomicU64, planned: Option<u64>, kind: io::ErrorKind) -> io::Result<()> {
    let number = count.fetch_add(1, Ordering::SeqCst) + 1;
    if planned == Some(number) { Err(io::Error::new(kind, "a planned fault")) } else { Ok(()) }
}

impl Backend for Faults {
    fn name(&self) -> &'static str {
        self.inner.name()
    }

    fn draft(&self, path: &str) -> io::Result<Box<dyn Draft>> {
        self.state.step()?;
        Ok(Box::new(FaultyDraft { inner: self.inner.draft(path)?, state: self.state.clone() }))
    }

    fn get(&self, path: String, range: Range<u64>) -> BoxFuture<'_, io::Result<ByteStream>> {
        let stream = self.after(self.state.read(), self.inner.get(path, range));
        let cut_after = self.state.plan.cut_after;
        async move {
            let stream = stream.await?;
            Ok(match cut_after {
                Some(left) => cut(stream, left),
                None => stream,
            })
        }
        .boxed()
    }

    fn size(&self, path: String) -> BoxFuture<'_, io::Result<Option<u64>>> {
        self.after(self.state.read(), self.inner.size(path))
    }

    fn delete(&self, paths: Vec<String>) -> BoxFuture<'_, io::Result<u64>> {
        self.after(self.state.write(), self.inner.delete(paths))
    }

    fn list(
        &self,
        prefix: String,
        after: Option<String>,
        limit: usize,
    ) -> BoxFuture<'_, io::Result<Vec<Listed>>> {
        self.after(self.state.read(), self.inner.list(prefix, after, limit))
    }

    fn sweep_temp(&self, older_than_secs: u64) -> BoxFuture<'_, io::Result<u64>> {
        self.after(self.state.write(), self.inner.sweep_temp(older_than_secs))
    }

    fn check(&self) -> BoxFuture<'_, io::Result<Health>> {
        self.after(self.state.write(), self.inner.check())
    }
}

struct FaultyDraft {
    inner: Box<dyn Draft>,
    state: Arc<State>,
}

impl Draft for FaultyDraft {
    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.state.step()?;
        self.inner.write(bytes)
    }

    fn sync(&mut self) -> io::Result<()> {
        self.state.step()?;
        self.inner.sync()
    }

    fn publish(self: Box<Self>, publish: Publish) -> io::Result<bool> {
        if let Err(error) = self.state.step() {
            self.inner.discard();
            return Err(error);
        }
        self.inner.publish(publish)
    }

    fn discard(self: Box<Self>) {
        self.inner.discard();
    }
}

/// The first `left` bytes of a stream, which then ends as if that were all.
fn cut(inner: ByteStream, left: u64) -> ByteStream {
    Box::pin(stream::try_unfold((inner, left), |(mut inner, left)| async move {
        match inner.try_next().await? {
            Some(mut piece) if left > 0 => {
                piece.truncate(usize::try_from(left).unwrap_or(usize::MAX));
                let left = left - piece.len() as u64;
                Ok(Some((piece, (inner, left))))
            }
            _ => Ok::<_, io::Error>(None),
        }
    }))
}
