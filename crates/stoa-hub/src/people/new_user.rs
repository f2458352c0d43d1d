//! Users whom an administrator of the hub makes for others.

use stoa_core::{Actor, Reply};
use stoa_db::accounts::Account;

use super::{NewUser, new_password, rights};
use crate::Hub;

impl Hub {
    /// Makes a user with a new password, which is told once; the user should replace it. Whoever does this vouches for
    /// the address.
    pub async fn add_user(&self, actor: &Actor, new: NewUser) -> Reply<(Account, String)> {
        rights::administrator(actor)?;
        let password = new_password()?;
        let email = new.email.clone();
        let new = NewUser { password: Some(password.clone()), ..new };
        let account = self.insert_user(new, Some(actor)).await?;
        if let Some(email) = email {
            self.vouch_email(actor, &account.name, Some(&email)).await?;
        }
        Ok((account, password))
    }
}
