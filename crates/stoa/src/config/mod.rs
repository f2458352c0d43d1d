//! What an operator can set: the [`Config`], and how it is put together from a file, the environment and flags.

mod document;
mod settings;
mod size;
mod sources;

use std::path::PathBuf;

use stoa_hub::{Limits, Policy};

pub use document::{example, reference};
pub use settings::{SETTINGS, Setting};
pub use size::about as about_size;
pub use sources::{Found, Sources};

/// Every setting, with the value it has in this process. [`SETTINGS`] says what each means.
#[derive(Clone, Debug)]
pub struct Config {
    /// Where the server listens.
    pub listen: String,
    /// The folder with everything that must last.
    pub data: PathBuf,
    /// The address that clients use.
    pub public_url: Option<String>,
    /// Whether `X-Forwarded-*` can be believed.
    pub trust_proxy: bool,
    /// What is logged.
    pub log: String,
    /// How it is written.
    pub log_format: LogFormat,
    /// Rules about people and visibility.
    pub policy: Policy,
    /// Connections that read the database.
    pub db_readers: u32,
    /// Whether files are flushed to the disk before a client is told that they are kept.
    pub durable: bool,
    /// Bounds on what one request may bring.
    pub limits: Limits,
    /// Git over SSH.
    pub ssh: Ssh,
}

/// What an operator can set about SSH.
#[derive(Clone, Debug)]
pub struct Ssh {
    /// Where it listens; off when absent.
    pub listen: Option<String>,
    /// The host that people are told, with or without a port.
    pub public_host: Option<String>,
    /// Connections at a time.
    pub connections: usize,
    /// Connections at a time from one address.
    pub per_address: usize,
}

/// How log lines are written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object per line.
    Json,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            listen: "127.0.0.1:8080".to_owned(),
            data: PathBuf::from("stoa-data"),
            public_url: None,
            trust_proxy: false,
            log: "info".to_owned(),
            log_format: LogFormat::Text,
            policy: Policy::default(),
            db_readers: 6,
            durable: true,
            limits: Limits::default(),
            ssh: Ssh { listen: None, public_host: None, connections: 256, per_address: 32 },
        }
    }
}

impl Config {
    /// Every setting with its value, for those who administer the hub. None of them is a secret; one that becomes one
    /// is masked here.
    pub fn shown(&self) -> Vec<(String, String)> {
        let value = |setting: &Setting| (setting.get)(self).unwrap_or_default();
        SETTINGS.iter().map(|setting| (setting.name.to_owned(), value(setting))).collect()
    }
}
