//! The command line.

use std::path::PathBuf;
use std::sync::LazyLock;

use clap::{Arg, ArgAction, ArgMatches, Args, FromArgMatches, Parser, Subcommand};
use stoa_core::{Failure, Reply};

use crate::commands::{config, doctor, fsck, gc, key, org, repo, serve, space, token, user};
use crate::config::{Found, SETTINGS, Setting, Sources};
use crate::logging;

/// The open AI hub that its owner runs: models, datasets and Spaces for the Hugging Face tools.
///
/// Without a command it serves, as `stoa serve` does. Other commands may run beside a server on the same folder.
#[derive(Parser)]
#[command(name = "stoa", version, about, long_about, max_term_width = 110)]
pub struct Cli {
    #[command(flatten)]
    common: Common,
    #[command(flatten)]
    settings: SettingFlags,
    #[command(subcommand)]
    command: Option<Command>,
}

/// What every command takes.
#[derive(Args)]
struct Common {
    /// Folder that holds everything [default: stoa-data]
    #[arg(long, value_name = "DIR", global = true, display_order = 900)]
    data: Option<PathBuf>,
    /// File with settings [default: stoa.toml here or in the data folder, if there is one]
    #[arg(long, value_name = "FILE", global = true, display_order = 901)]
    config: Option<PathBuf>,
}

#[derive(Subcommand)]
enum Command {
    /// Start the hub
    Serve(SettingFlags),
    /// Make users, set passwords and addresses
    #[command(subcommand)]
    User(user::User),
    /// Make organizations and say who belongs to them
    #[command(subcommand)]
    Org(org::Org),
    /// Make, list and end access tokens
    #[command(subcommand)]
    Token(token::Token),
    /// Add, list and delete public keys of users
    #[command(subcommand)]
    Key(key::Key),
    /// List, export and delete repositories
    #[command(subcommand)]
    Repo(repo::Repo),
    /// Throw away what nobody needs: large files without a repository, chunks without a file, leftovers of crashes
    ///
    /// The hub does most of this by itself, every hour. It may run meanwhile.
    Gc(gc::Gc),
    /// Check that everything stored is there and undamaged
    ///
    /// Prints a sentence for each fault, and fails if there is one. The hub may run meanwhile.
    Fsck(fsck::Fsck),
    /// Say what large files and buckets take, and how much storing equal parts once has saved
    Space(space::Space),
    /// Check configuration, database, storage and clock, and say what to do
    Doctor(SettingFlags),
    /// Print what can be set
    #[command(subcommand)]
    Config(config::Print),
}

impl Cli {
    /// Reads the settings and runs the command.
    pub async fn run(self) -> Reply<()> {
        let Self { common, settings, command } = self;
        let command = command.unwrap_or(Command::Serve(SettingFlags::default()));
        let mut flags = settings.0;
        if let Command::Serve(more) | Command::Doctor(more) = &command {
            flags.extend(more.0.iter().cloned());
        }
        if let Some(data) = common.data {
            flags.push(("data", data.display().to_string()));
        }
        if let Command::Config(print) = command {
            print.run();
            return Ok(());
        }
        let found = load(common.config, flags);
        if let Command::Doctor(_) = command {
            return doctor::run(found).await;
        }
        let config = found?.config;
        let serving = matches!(command, Command::Serve(_));
        logging::start(if serving { &config.log } else { "warn" }, config.log_format)?;
        match command {
            Command::Serve(_) => serve::run(config).await,
            Command::User(user) => user.run(&config).await,
            Command::Org(org) => org.run(&config).await,
            Command::Token(token) => token.run(&config).await,
            Command::Key(key) => key.run(&config).await,
            Command::Repo(repo) => repo.run(&config).await,
            Command::Gc(gc) => gc.run(&config).await,
            Command::Fsck(fsck) => fsck.run(&config).await,
            Command::Space(space) => space.run(&config).await,
            Command::Doctor(_) | Command::Config(_) => Ok(()),
        }
    }
}

fn load(file: Option<PathBuf>, flags: Vec<(&'static str, String)>) -> Reply<Found> {
    let folder = std::env::current_dir()
        .map_err(|error| Failure::invalid(format!("Cannot tell which folder this is: {error}")))?;
    #[expect(clippy::disallowed_methods, reason = "the one place that reads the environment")]
    let env = |name: &str| std::env::var(name).ok();
    Sources { file, env: &env, flags, folder }.load()
}

/// One flag for every setting, made from their table.
#[derive(Clone, Debug, Default)]
struct SettingFlags(Vec<(&'static str, String)>);

/// The settings that have a flag in [`SettingFlags`], with its name and its help, which clap wants to live as long as
/// the program. The data folder has a flag of its own, because every command takes it.
static FLAGS: LazyLock<Vec<(&Setting, String, String)>> = LazyLock::new(|| {
    let help = |setting: &Setting| match setting.default() {
        Some(default) => format!("{} [default: {default}]", setting.doc),
        None => setting.doc.to_owned(),
    };
    let settings = SETTINGS.iter().filter(|setting| setting.name != "data");
    settings.map(|setting| (setting, setting.flag(), help(setting))).collect()
});

impl Args for SettingFlags {
    fn augment_args(mut command: clap::Command) -> clap::Command {
        for (setting, flag, help) in FLAGS.iter() {
            let mut arg = Arg::new(setting.name)
                .long(flag.as_str())
                .help(help.as_str())
                .value_name(setting.kind.placeholder())
                .help_heading("Settings")
                .action(ArgAction::Set);
            if setting.kind.is_switch() {
                arg = arg.num_args(0..=1).require_equals(true).default_missing_value("true");
            }
            command = command.arg(arg);
        }
        command
    }

    fn augment_args_for_update(command: clap::Command) -> clap::Command {
        Self::augment_args(command)
    }
}

impl FromArgMatches for SettingFlags {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let given = FLAGS.iter().filter_map(|(setting, ..)| {
            let value = matches.get_one::<String>(setting.name)?;
            Some((setting.name, value.clone()))
        });
        Ok(Self(given.collect()))
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn settings_are_flags_with_and_without_a_command() {
        for line in [
            &["stoa", "--listen", "127.0.0.1:1", "--trust-proxy", "--limits-part-size=8MiB"][..],
            &["stoa", "serve", "--listen", "127.0.0.1:1", "--trust-proxy=true", "--limits-part-size=8MiB"][..],
        ] {
            let cli = Cli::try_parse_from(line).expect("a command line");
            let flags = match cli.command {
                Some(Command::Serve(flags)) => flags.0,
                _ => cli.settings.0,
            };
            let text = |value: &str| value.to_owned();
            assert_eq!(
                flags,
                [
                    ("listen", text("127.0.0.1:1")),
                    ("trust_proxy", text("true")),
                    ("limits.part_size", text("8MiB"))
                ]
            );
        }
    }
}
