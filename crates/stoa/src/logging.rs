//! Where log lines go: standard error, as text or JSON.

use std::io::IsTerminal;

use stoa_core::{Failure, Reply};
use tracing_subscriber::EnvFilter;

use crate::config::LogFormat;

/// Starts logging. Call it once.
pub fn start(filter: &str, format: LogFormat) -> Reply<()> {
    let filter: EnvFilter =
        filter.parse().map_err(|_| Failure::invalid(format!("The setting `log` cannot be `{filter}`")))?;
    let terminal = std::io::stderr().is_terminal();
    let lines =
        tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_ansi(terminal);
    let started = match format {
        LogFormat::Text => lines.try_init(),
        LogFormat::Json => lines.json().flatten_event(true).try_init(),
    };
    started.map_err(Failure::internal)
}
