//! Opens the parts that lie in the data folder.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use stoa_blob::Blobs;
use stoa_core::{Failure, Reply, SystemClock};
use stoa_db::Db;
use stoa_hub::{Hub, Limits};

use crate::config::Config;

/// An open data folder.
pub struct Opened {
    /// The rules.
    pub hub: Hub,
    /// The database, to be closed at the end.
    pub db: Db,
}

impl Opened {
    /// Ends the connections to the database, so that its log is folded in.
    pub async fn close(self) {
        self.db.close().await;
    }
}

/// Opens the hub of a folder that has one.
pub async fn existing(config: &Config) -> Reply<Opened> {
    if !config.database().path.exists() {
        return Err(Failure::not_found(format!(
            "There is no hub in {}. Start one with `stoa serve`, or name its folder with --data",
            config.shown_data()
        )));
    }
    open(config).await
}

/// Opens the hub of a folder, and makes both if need be.
pub async fn existing_or_new(config: &Config) -> Reply<Opened> {
    make_folder(&config.data)?;
    open(config).await
}

async fn open(config: &Config) -> Reply<Opened> {
    let blobs = Blobs::open(&config.files()).map_err(|error| {
        Failure::unavailable(format!("Cannot open the files in {}: {error}", config.shown_data()))
    })?;
    let db = Db::open(&config.database()).await.map_err(|error| Failure::unavailable(error.to_string()))?;
    // Beside what it will become part of: a temporary folder of the system may be small, or in memory.
    let limits = Limits { scratch: config.data.clone(), ..config.limits.clone() };
    let policy = config.policy.clone();
    let hub = Hub::new(db.clone(), blobs, Arc::new(SystemClock), policy, limits).await?;
    Ok(Opened { hub, db })
}

/// Makes the data folder. Private repositories and password hashes lie in it, so only its owner may look inside.
pub fn make_folder(path: &Path) -> Reply<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path).map_err(|error| {
        Failure::unavailable(format!("Cannot make the data folder {}: {error}", path.display()))
    })
}
