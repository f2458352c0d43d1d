//! `stoa org`: organizations and their members.

use clap::Subcommand;
use stoa_core::{Reply, Role};

use crate::config::Config;
use crate::{open, out};

/// Make organizations and say who belongs to them.
#[derive(Subcommand)]
pub enum Org {
    /// Make an organization
    Create {
        /// Name: letters, digits, `-`, `_` and `.`, at most 42
        name: String,
        /// Name for display
        #[arg(long, default_value = "", hide_default_value = true)]
        fullname: String,
        /// User who becomes its first admin
        #[arg(long, value_name = "USER")]
        owner: String,
        /// Make its new repositories private unless someone says otherwise
        #[arg(long)]
        default_private: bool,
    },
    /// Give a user a role in an organization, or take the user out of it
    Member {
        /// Name of the organization
        org: String,
        /// Name of the user
        user: String,
        /// One of `no_access`, `read`, `contributor`, `write`, `admin`
        #[arg(required_unless_present = "remove")]
        role: Option<Role>,
        /// Take the user out
        #[arg(long, conflicts_with = "role")]
        remove: bool,
    },
}

impl Org {
    /// Runs the command.
    pub async fn run(self, config: &Config) -> Reply<()> {
        let opened = open::existing(config).await?;
        let hub = &opened.hub;
        match self {
            Self::Create { name, fullname, owner, default_private } => {
                let account = hub.create_org(&name, &fullname, &owner, default_private).await?;
                out::line(format_args!("Made the organization {}, whose admin is {owner}", account.name));
            }
            Self::Member { org, user, role: Some(role), .. } => {
                hub.set_member(&org, &user, role).await?;
                out::line(format_args!("{user} has the role {role} in {org}"));
            }
            Self::Member { org, user, role: None, .. } => {
                hub.remove_member(&org, &user).await?;
                out::line(format_args!("{user} is no longer a member of {org}"));
            }
        }
        opened.close().await;
        Ok(())
    }
}
