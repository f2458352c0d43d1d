//! `stoa config`: what can be set.

use clap::Subcommand;

use crate::config;

/// Print what can be set.
#[derive(Subcommand)]
pub enum Print {
    /// Print a settings file in which every line shows the default: stoa config example > stoa.toml
    Example,
    /// Print the reference of all settings, as Markdown
    #[command(hide = true)]
    Reference,
}

impl Print {
    /// Prints it.
    pub fn run(self) {
        let text = match self {
            Self::Example => config::example(),
            Self::Reference => config::reference(),
        };
        crate::out::line(text.trim_end());
    }
}
