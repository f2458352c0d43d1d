//! Keeps bytes in memory, for tests of what is above.

use std::collections::BTreeMap;
use std::io;
use std::ops::{Bound, Range};
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use stoa_core::{Clock, SystemClock};

use super::{Backend, Draft, Publish};
use crate::{ByteStream, Health, Listed, once};

/// The store; clones share it.
#[derive(Clone, Default)]
pub(crate) struct Memory {
    objects: Arc<Mutex<BTreeMap<String, Object>>>,
}

struct Object {
    bytes: Bytes,
    modified: i64,
}

impl Memory {
    fn with<T>(&self, work: impl FnOnce(&mut BTreeMap<String, Object>) -> T) -> T {
        // Every change is a single map operation, so the map is whole even after a panic elsewhere.
        work(&mut self.objects.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn slice(&self, path: &str, range: Range<u64>) -> io::Result<Bytes> {
        let bytes = self.with(|objects| objects.get(path).map(|object| object.bytes.clone()));
        let bytes = bytes.ok_or(io::ErrorKind::NotFound)?;
        if range.end > bytes.len() as u64 {
            return Err(super::past_end(path, bytes.len() as u64, &range));
        }
        Ok(bytes.slice(range.start as usize..range.end as usize))
    }

    fn page(&self, prefix: &str, after: Option<String>, limit: usize) -> Vec<Listed> {
        let start = match after {
            Some(after) if after.as_str() >= prefix => Bound::Excluded(after),
            _ => Bound::Included(prefix.to_owned()),
        };
        self.with(|objects| {
            let below = objects.range::<String, _>((start, Bound::Unbounded));
            let below = below.take_while(|(path, _)| path.starts_with(prefix)).take(limit);
            let listed = |(path, object): (&String, &Object)| {
                let size = object.bytes.len() as u64;
                Listed { path: path.clone(), size, modified: object.modified }
            };
            below.map(listed).collect()
        })
    }
}

// Work happens when a future is polled, not when it is made, as with any other backend.
impl Backend for Memory {
    fn name(&self) -> &'static str {
        "memory"
    }

    fn draft(&self, path: &str) -> io::Result<Box<dyn Draft>> {
        Ok(Box::new(MemoryDraft { store: self.clone(), path: path.to_owned(), bytes: Vec::new() }))
    }

    fn get(&self, path: String, range: Range<u64>) -> BoxFuture<'_, io::Result<ByteStream>> {
        async move { self.slice(&path, range).map(once) }.boxed()
    }

    fn size(&self, path: String) -> BoxFuture<'_, io::Result<Option<u64>>> {
        let size = move |object: &Object| object.bytes.len() as u64;
        async move { Ok(self.with(|objects| objects.get(&path).map(size))) }.boxed()
    }

    fn delete(&self, paths: Vec<String>) -> BoxFuture<'_, io::Result<u64>> {
        async move {
            let found =
                self.with(|objects| paths.iter().filter(|&path| objects.remove(path).is_some()).count());
            Ok(found as u64)
        }
        .boxed()
    }

    fn list(
        &self,
        prefix: String,
        after: Option<String>,
        limit: usize,
    ) -> BoxFuture<'_, io::Result<Vec<Listed>>> {
        async move { Ok(self.page(&prefix, after, limit)) }.boxed()
    }

    fn sweep_temp(&self, _older_than_secs: u64) -> BoxFuture<'_, io::Result<u64>> {
        async { Ok(0) }.boxed()
    }

    fn check(&self) -> BoxFuture<'_, io::Result<Health>> {
        async { Ok(Health { writable: true, free_bytes: None }) }.boxed()
    }
}

struct MemoryDraft {
    store: Memory,
    path: String,
    bytes: Vec<u8>,
}

impl Draft for MemoryDraft {
    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.bytes.extend_from_slice(bytes);
        Ok(())
    }

    fn sync(&mut self) -> io::Result<()> {
        Ok(())
    }

    fn publish(self: Box<Self>, publish: Publish) -> io::Result<bool> {
        let Self { store, path, bytes } = *self;
        let modified = SystemClock.now().secs();
        Ok(store.with(|objects| {
            let existing = objects.get_mut(&path);
            let existed = existing.is_some();
            match existing {
                Some(object) if stays(publish, object.bytes.len(), bytes.len()) => object.modified = modified,
                _ => drop(objects.insert(path, Object { bytes: bytes.into(), modified })),
            }
            existed
        }))
    }

    fn discard(self: Box<Self>) {}
}

fn stays(publish: Publish, old: usize, new: usize) -> bool {
    match publish {
        Publish::IfAbsent => true,
        Publish::IfAbsentOrDamaged => old == new,
        Publish::Always => false,
    }
}
