//! Lists files in the byte order of their paths, a page at a time.

use std::fs;
use std::io;
use std::path::Path;

use super::modified;
use crate::Listed;

/// Up to `limit` files below `prefix` (which ends in `/`) whose path comes after `after`.
pub(super) fn list(root: &Path, prefix: &str, after: Option<&str>, limit: usize) -> io::Result<Vec<Listed>> {
    let mut walk = Walk { after: after.unwrap_or(""), limit, found: Vec::new() };
    walk.folder(&root.join(prefix), prefix)?;
    Ok(walk.found)
}

struct Walk<'a> {
    after: &'a str,
    limit: usize,
    found: Vec<Listed>,
}

impl Walk<'_> {
    /// Visits one folder, whose path ends in `/`. Only the names of the folders on the way are in memory, and a
    /// page that begins late does not look into the folders before it.
    fn folder(&mut self, folder: &Path, path: &str) -> io::Result<()> {
        for name in names(folder)? {
            if self.found.len() >= self.limit {
                return Ok(());
            }
            let path = format!("{path}{name}");
            let is_folder = name.ends_with('/');
            let passed = path.as_str() <= self.after && !(is_folder && self.after.starts_with(&path));
            if passed {
                continue;
            }
            if is_folder {
                self.folder(&folder.join(&name), &path)?;
                continue;
            }
            match fs::metadata(folder.join(&name)) {
                Ok(metadata) => {
                    self.found.push(Listed { path, size: metadata.len(), modified: modified(&metadata)? });
                }
                // Deleted while we looked.
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }
}

/// The names in a folder, sorted. Folders carry their `/`, so that they sort where their files do.
fn names(folder: &Path) -> io::Result<Vec<String>> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    let mut names = Vec::new();
    for entry in entries {
        let entry = entry?;
        let kind = entry.file_type()?;
        // Links and names that are not ours (`.nfs…`, `.DS_Store`) are no objects.
        let Ok(mut name) = entry.file_name().into_string() else { continue };
        if name.starts_with('.') || !(kind.is_dir() || kind.is_file()) {
            continue;
        }
        if kind.is_dir() {
            name.push('/');
        }
        names.push(name);
    }
    names.sort_unstable();
    Ok(names)
}
