//! How much room is left on a disk.

use std::path::PathBuf;

use tokio::process::Command;

/// The free space of a folder's disk, as `df` tells it; `None` where it cannot.
pub async fn free_space(folder: PathBuf) -> Option<u64> {
    let ran = Command::new("df").arg("-Pk").arg(folder).kill_on_drop(true).output().await.ok()?;
    let text = String::from_utf8(ran.stdout).ok()?;
    let kib: u64 = text.lines().nth(1)?.split_whitespace().nth(3)?.parse().ok()?;
    kib.checked_mul(1024)
}
