//! `stoa user`: users, their passwords and addresses.

use std::io::BufRead;

use clap::{Args, Subcommand};
use stoa_core::{Failure, Reply};
use stoa_hub::NewUser;

use crate::config::Config;
use crate::{open, out};

/// Make users, set passwords and addresses.
#[derive(Subcommand)]
pub enum User {
    /// Make a user
    ///
    /// Without --password-stdin the user can only work with access tokens: stoa token create NAME …
    Create(Create),
    /// Replace a user's password by the line on standard input
    Password {
        /// Name of the user
        name: String,
        /// Read the password from standard input
        #[arg(long, required = true)]
        password_stdin: bool,
    },
    /// Set a user's e-mail address
    ///
    /// Commits that the user signs are shown as verified only under this address.
    Email {
        /// Name of the user
        name: String,
        /// The address; without it, the user has none
        email: Option<String>,
    },
}

/// What a user is made of.
#[derive(Args)]
pub struct Create {
    /// Name: letters, digits, `-`, `_` and `.`, at most 42
    name: String,
    /// Name for display
    #[arg(long, default_value = "", hide_default_value = true)]
    fullname: String,
    /// E-mail address
    #[arg(long)]
    email: Option<String>,
    /// Read a password from standard input
    #[arg(long)]
    password_stdin: bool,
    /// Let the user administer the hub
    #[arg(long)]
    admin: bool,
}

impl User {
    /// Runs the command.
    pub async fn run(self, config: &Config) -> Reply<()> {
        match self {
            Self::Create(create) => create.run(config).await,
            Self::Password { name, .. } => {
                let password = password()?;
                let opened = open::existing(config).await?;
                opened.hub.set_password(&name, &password).await?;
                out::line(format_args!("The password of {name} was replaced"));
                opened.close().await;
                Ok(())
            }
            Self::Email { name, email } => {
                let opened = open::existing(config).await?;
                opened.hub.set_email(&name, email.as_deref()).await?;
                let email = email.as_deref().unwrap_or("none");
                out::line(format_args!("The address of {name} is {email}"));
                opened.close().await;
                Ok(())
            }
        }
    }
}

impl Create {
    async fn run(self, config: &Config) -> Reply<()> {
        let password = if self.password_stdin { Some(password()?) } else { None };
        // A hub may be given its users before it is started for the first time.
        let opened = open::existing_or_new(config).await?;
        let new = NewUser {
            name: self.name,
            fullname: self.fullname,
            email: self.email,
            password,
            admin: self.admin,
        };
        let account = opened.hub.create_user(new).await?;
        out::line(format_args!("Made the user {}", account.name));
        opened.close().await;
        Ok(())
    }
}

/// The first line of standard input.
fn password() -> Reply<String> {
    let mut line = String::new();
    std::io::stdin().lock().read_line(&mut line).map_err(|error| {
        Failure::invalid(format!("Cannot read the password from standard input: {error}"))
    })?;
    let password = line.trim_end_matches(['\n', '\r']);
    if password.is_empty() {
        return Err(Failure::invalid("There was no password on standard input"));
    }
    Ok(password.to_owned())
}
