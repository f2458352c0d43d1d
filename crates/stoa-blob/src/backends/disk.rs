//! Keeps bytes as files in a folder of this machine.
//!
//! Written by hand because durability is the point: `object_store`'s local backend flushes neither files nor
//! folders. Objects lie below `lfs/`, `git/` and `parts/`; drafts lie in `tmp/`, on the same file system, so that
//! publishing one is a link and not a copy.

mod draft;
mod listing;
mod reader;

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::UNIX_EPOCH;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use stoa_core::{Clock, SystemClock};

use super::{Backend, Draft};
use crate::{ByteStream, Health, Listed, blocking};

/// A folder of objects.
pub(crate) struct Disk {
    folder: Arc<Folder>,
}

/// What the blocking halves of all operations share.
struct Folder {
    root: PathBuf,
    durable: bool,
}

impl Disk {
    /// Opens `root`, which is made when missing.
    pub(crate) fn open(root: &Path, durable: bool) -> io::Result<Self> {
        fs::create_dir_all(root.join("tmp"))?;
        // Absolute, so that a later change of the working directory moves nothing.
        let folder = Folder { root: root.canonicalize()?, durable };
        folder.sync_folders(Path::new("tmp"))?;
        Ok(Self { folder: Arc::new(folder) })
    }

    /// Runs `work` on a blocking thread.
    fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Arc<Folder>) -> io::Result<T> + Send + 'static,
    ) -> BoxFuture<'static, io::Result<T>> {
        let folder = self.folder.clone();
        async move { blocking::run(move || work(&folder)).await.flatten() }.boxed()
    }
}

impl Backend for Disk {
    fn name(&self) -> &'static str {
        "disk"
    }

    fn draft(&self, path: &str) -> io::Result<Box<dyn Draft>> {
        Ok(Box::new(draft::DiskDraft::begin(self.folder.clone(), path)?))
    }

    fn get(&self, path: String, range: Range<u64>) -> BoxFuture<'_, io::Result<ByteStream>> {
        let started = self.run(move |folder| reader::open(&folder.root, &path, &range));
        async move { Ok(reader::stream(started.await?)) }.boxed()
    }

    fn size(&self, path: String) -> BoxFuture<'_, io::Result<Option<u64>>> {
        self.run(move |folder| match fs::metadata(folder.root.join(path)) {
            Ok(metadata) => Ok(Some(metadata.len())),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        })
    }

    fn delete(&self, paths: Vec<String>) -> BoxFuture<'_, io::Result<u64>> {
        self.run(move |folder| folder.delete(&paths))
    }

    fn list(
        &self,
        prefix: String,
        after: Option<String>,
        limit: usize,
    ) -> BoxFuture<'_, io::Result<Vec<Listed>>> {
        self.run(move |folder| listing::list(&folder.root, &prefix, after.as_deref(), limit))
    }

    fn sweep_temp(&self, older_than_secs: u64) -> BoxFuture<'_, io::Result<u64>> {
        self.run(move |folder| folder.sweep_temp(older_than_secs))
    }

    fn check(&self) -> BoxFuture<'_, io::Result<Health>> {
        // The free space would take statvfs, which std does not have and which this crate may not call unsafely.
        self.run(|folder| draft::probe(folder).map(|()| Health { writable: true, free_bytes: None }))
    }
}

impl Folder {
    fn delete(&self, paths: &[String]) -> io::Result<u64> {
        let mut deleted = 0;
        let mut folders = BTreeSet::new();
        for path in paths {
            match fs::remove_file(self.root.join(path)) {
                Ok(()) => deleted += 1,
                Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
                Err(error) => return Err(error),
            }
            folders.extend(Path::new(path).parent());
        }
        for folder in folders {
            self.sync_folder(folder)?;
            self.prune(folder);
        }
        Ok(deleted)
    }

    /// Removes folders that became empty, up to but without the topmost (`lfs`). One that is still in use refuses,
    /// and a put that loses its folder to us makes it again.
    fn prune(&self, mut folder: &Path) {
        while let Some(parent) = folder.parent().filter(|parent| !parent.as_os_str().is_empty()) {
            if fs::remove_dir(self.root.join(folder)).is_err() {
                return;
            }
            folder = parent;
        }
    }

    /// Flushes `folder`, which is relative to the root, and every folder above it.
    ///
    /// All of them every time: another put may have made one a moment ago and not flushed it yet, and flushing a
    /// folder that did not change costs next to nothing.
    fn sync_folders(&self, folder: &Path) -> io::Result<()> {
        folder.ancestors().try_for_each(|folder| self.sync_folder(folder))
    }

    fn sync_folder(&self, folder: &Path) -> io::Result<()> {
        if !self.durable {
            return Ok(());
        }
        match File::open(self.root.join(folder)) {
            Ok(handle) => handle.sync_all(),
            // Whoever removed the folder removed the object before.
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            Err(error) => Err(error),
        }
    }

    fn sweep_temp(&self, older_than_secs: u64) -> io::Result<u64> {
        let age = i64::try_from(older_than_secs).unwrap_or(i64::MAX);
        let newest = SystemClock.now().secs().saturating_sub(age);
        let mut removed = 0;
        for entry in fs::read_dir(self.root.join("tmp"))? {
            let entry = entry?;
            let swept = entry.metadata().and_then(|metadata| {
                let old = metadata.is_file() && modified(&metadata)? <= newest;
                if old { fs::remove_file(entry.path()).map(|()| true) } else { Ok(false) }
            });
            match swept {
                Ok(swept) => removed += u64::from(swept),
                // Its upload ended meanwhile.
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => return Err(error),
            }
        }
        Ok(removed)
    }
}

/// Seconds since the epoch; a file from before it counts as from its first second.
fn modified(metadata: &fs::Metadata) -> io::Result<i64> {
    let since = metadata.modified()?.duration_since(UNIX_EPOCH).unwrap_or_default();
    Ok(i64::try_from(since.as_secs()).unwrap_or(i64::MAX))
}
