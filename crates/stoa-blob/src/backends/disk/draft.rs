//! A file in `tmp/` that becomes an object, or nothing.

use std::fs::{self, File};
use std::io::{self, Read, Seek, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, UNIX_EPOCH};

use stoa_core::{Clock, SystemClock, hex};

use super::Folder;
use crate::backends::{Draft, Publish};

/// How often a put makes its folder again after a delete removed it for being empty.
const ATTEMPTS: usize = 32;

/// A file that only its writer knows.
pub(super) struct DiskDraft {
    folder: Arc<Folder>,
    /// Where the object will lie, relative to the root.
    path: PathBuf,
    temp: PathBuf,
    /// `None` once the draft ended.
    file: Option<File>,
}

impl DiskDraft {
    pub(super) fn begin(folder: Arc<Folder>, path: &str) -> io::Result<Self> {
        let (temp, file) = create_temp(&folder)?;
        Ok(Self { folder, path: path.into(), temp, file: Some(file) })
    }

    fn file(&mut self) -> io::Result<&mut File> {
        self.file.as_mut().ok_or_else(|| io::Error::other("the draft has ended"))
    }

    /// Puts the file in its place; the temporary name may or may not be gone afterwards.
    ///
    /// Invariant: what is visible is whole and flushed. Should flushing the *folders* fail, the object stays
    /// visible although the put fails: it is the right bytes, and another put may have been told that it exists.
    fn place(&self, publish: Publish) -> io::Result<bool> {
        let target = self.folder.root.join(&self.path);
        let parent = self.path.parent().unwrap_or(Path::new(""));
        let mut attempt = 0;
        loop {
            let placed = fs::create_dir_all(self.folder.root.join(parent))
                .and_then(|()| self.place_once(&target, publish));
            attempt += 1;
            match placed {
                // Not only for a new object: one that exists may have been linked a moment ago and not flushed.
                Ok(existed) => return self.folder.sync_folders(parent).map(|()| existed),
                // If it is our own file that is missing, trying again is no use.
                Err(error) if attempt < ATTEMPTS && vanished(&error) && self.temp.try_exists()? => {}
                Err(error) => return Err(error),
            }
        }
    }

    fn place_once(&self, target: &Path, publish: Publish) -> io::Result<bool> {
        if publish == Publish::Always {
            return self.rename(target);
        }
        match fs::hard_link(&self.temp, target) {
            Ok(()) => Ok(false),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => self.keep(target, publish),
            // Some file systems have no hard links. A rename may then replace an equal object, which is harmless.
            Err(error) if no_links(&error) && !target.try_exists()? => self.rename(target),
            Err(error) if no_links(&error) => self.keep(target, publish),
            Err(error) => Err(error),
        }
    }

    /// The object is there already: touch it, so that it counts as just put, or heal it.
    fn keep(&self, target: &Path, publish: Publish) -> io::Result<bool> {
        let existing = File::options().write(true).open(target)?;
        let (old, new) = (existing.metadata()?.len(), fs::metadata(&self.temp)?.len());
        if publish == Publish::IfAbsentOrDamaged && old != new {
            let path = self.path.display();
            tracing::warn!(%path, size_bytes = old, expected = new, "replaced a damaged object");
            return self.rename(target);
        }
        let micros = u64::try_from(SystemClock.now().0).unwrap_or(0);
        existing.set_modified(UNIX_EPOCH + Duration::from_micros(micros))?;
        Ok(true)
    }

    fn rename(&self, target: &Path) -> io::Result<bool> {
        let existed = target.try_exists()?;
        fs::rename(&self.temp, target)?;
        Ok(existed)
    }

    /// Ends the draft: closes the file and removes its temporary name.
    fn end(&mut self) {
        if self.file.take().is_some() {
            remove(&self.temp);
        }
    }
}

impl Draft for DiskDraft {
    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.file()?.write_all(bytes)
    }

    fn sync(&mut self) -> io::Result<()> {
        if self.folder.durable { self.file()?.sync_all() } else { Ok(()) }
    }

    fn publish(mut self: Box<Self>, publish: Publish) -> io::Result<bool> {
        let placed = self.place(publish);
        self.end();
        placed
    }

    fn discard(mut self: Box<Self>) {
        self.end();
    }
}

impl Drop for DiskDraft {
    /// A future that is given up drops its draft on an async thread, where removing a large file would take too
    /// long.
    fn drop(&mut self) {
        let Some(file) = self.file.take() else { return };
        let temp = std::mem::take(&mut self.temp);
        let remove = move || {
            drop(file);
            remove(&temp);
        };
        match tokio::runtime::Handle::try_current() {
            Ok(runtime) => drop(runtime.spawn_blocking(remove)),
            Err(_) => remove(),
        }
    }
}

/// Writes a few bytes, reads them back and removes them.
pub(super) fn probe(folder: &Folder) -> io::Result<()> {
    const PROBE: &[u8] = b"stoa was here";
    let (temp, mut file) = create_temp(folder)?;
    let mut read = Vec::new();
    let tried = file
        .write_all(PROBE)
        .and_then(|()| if folder.durable { file.sync_all() } else { Ok(()) })
        .and_then(|()| file.rewind())
        .and_then(|()| file.take(PROBE.len() as u64 + 1).read_to_end(&mut read));
    let removed = fs::remove_file(&temp);
    tried?;
    removed?;
    if read == PROBE {
        Ok(())
    } else {
        Err(io::Error::other("the probe reads differently than it was written"))
    }
}

fn create_temp(folder: &Folder) -> io::Result<(PathBuf, File)> {
    let mut id = [0_u8; 16];
    getrandom::fill(&mut id).map_err(|error| io::Error::other(error.to_string()))?;
    let temp = folder.root.join("tmp").join(hex(&id));
    let file = File::options().read(true).write(true).create_new(true).open(&temp)?;
    Ok((temp, file))
}

fn remove(temp: &Path) {
    if let Err(error) = fs::remove_file(temp)
        && error.kind() != io::ErrorKind::NotFound
    {
        tracing::warn!(%error, path = %temp.display(), "could not remove a temporary file; the sweep will");
    }
}

/// Whether a delete may have removed the folder, or the object that was in the way, under our feet.
/// `create_dir_all` says `AlreadyExists` when a folder was there at first and gone when it looked again.
fn vanished(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::AlreadyExists)
}

fn no_links(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::Unsupported | io::ErrorKind::PermissionDenied)
}
