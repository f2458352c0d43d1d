//! Signing a program in through a browser (RFC 8628), as `hf auth login` does.

use std::time::Duration;

use stoa_core::{Actor, Failure, Reply, Time, TokenRole};
use stoa_db::accounts;
use stoa_db::tokens::{self, Device};

use super::rights;
use super::tokens::{hash, new_secret};
use crate::Hub;

/// How long the codes work.
const CODES: Duration = Duration::from_mins(15);
/// How often the program may ask, in seconds.
const INTERVAL: i64 = 5;
/// How long the access token works.
const ACCESS: Duration = Duration::from_hours(30 * 24);
/// How long the refresh token works.
const REFRESH: Duration = Duration::from_hours(180 * 24);
/// Logins under way at most: strangers begin them without a credential.
const UNDER_WAY: i64 = 10_000;

/// What the program and the person are told.
pub struct DeviceLogin {
    /// For the program.
    pub device_code: String,
    /// For the person.
    pub user_code: String,
    /// Seconds the codes work.
    pub expires_in: u64,
    /// Seconds between two questions.
    pub interval: i64,
}

/// The answer to a program that asks whether the person has approved.
pub enum DevicePoll {
    /// Not yet.
    Pending,
    /// Not yet, and ask less often.
    SlowDown,
    /// The codes ended or were never ours.
    Expired,
    /// The person refused.
    Denied,
    /// Here is the token.
    Granted(Grant),
}

/// A token for a program.
pub struct Grant {
    /// The access token.
    pub access_token: String,
    /// For the next one.
    pub refresh_token: String,
    /// Seconds the access token works.
    pub expires_in: u64,
}

impl Hub {
    /// Begins a device login.
    pub async fn begin_device(&self, client_id: &str) -> Reply<DeviceLogin> {
        if client_id.is_empty() || client_id.len() > 200 {
            return Err(Failure::invalid("client_id is missing or too long"));
        }
        let now = self.now();
        let device_code = new_secret("")?;
        let user_code = new_user_code()?;
        let device = Device {
            hash: hash(&device_code),
            user_code: user_code.clone(),
            client_id: client_id.to_owned(),
            user_id: None,
            denied: false,
            expires_at: now.after(CODES),
            polled_at: now,
        };
        let mut tx = self.write().await?;
        if tokens::count_devices(&mut tx, now).await? >= UNDER_WAY {
            return Err(Failure::busy("Too many logins are under way. Try again in a few minutes."));
        }
        tokens::create_device(&mut tx, &device).await?;
        tx.commit().await?;
        Ok(DeviceLogin { device_code, user_code, expires_in: CODES.as_secs(), interval: INTERVAL })
    }

    /// A person approves or refuses the program that shows `user_code`.
    pub async fn decide_device(&self, actor: &Actor, user_code: &str, approve: bool) -> Reply<()> {
        // What is granted may do everything, so nothing less may grant it.
        let (user, _) = rights::whole(actor, "Signing in a program")?;
        let code: String =
            user_code.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_uppercase();
        let code = format!("{}-{}", code.get(..4).unwrap_or_default(), code.get(4..).unwrap_or_default());
        let mut tx = self.write().await?;
        if !tokens::decide_device(&mut tx, &code, approve.then_some(user), self.now()).await? {
            return Err(Failure::not_found(
                "This code is wrong, was used, or has expired. Start the login again",
            ));
        }
        Ok(tx.commit().await?)
    }

    /// Refuses a device login without a user: whoever reads the code may stop it.
    pub async fn poll_device(&self, device_code: &str, client_id: &str) -> Reply<DevicePoll> {
        let now = self.now();
        let hash = hash(device_code);
        let mut tx = self.write().await?;
        let Some(device) = tokens::device_by_hash(&mut tx, hash).await? else {
            return Ok(DevicePoll::Expired);
        };
        if device.expires_at <= now || device.client_id != client_id {
            return Ok(DevicePoll::Expired);
        }
        if device.denied {
            tokens::take_device(&mut tx, hash).await?;
            tx.commit().await?;
            return Ok(DevicePoll::Denied);
        }
        let Some(user) = device.user_id else {
            let early = now.0 - device.polled_at.0 < (INTERVAL - 1) * Time::SECOND && device.polled_at.0 != 0;
            let first = device.polled_at.0 == device.expires_at.0 - CODES.as_micros() as i64;
            tokens::poll_device(&mut tx, hash, now).await?;
            tx.commit().await?;
            return Ok(if early && !first { DevicePoll::SlowDown } else { DevicePoll::Pending });
        };
        tokens::take_device(&mut tx, hash).await?;
        tx.commit().await?;
        Ok(DevicePoll::Granted(self.grant(user, client_id).await?))
    }

    /// A new access token for a refresh token, which is used up.
    pub async fn refresh(&self, refresh_token: &str, client_id: &str) -> Reply<Option<Grant>> {
        let mut tx = self.write().await?;
        let user = tokens::take_refresh(&mut tx, hash(refresh_token), self.now()).await?;
        tx.commit().await?;
        match user {
            Some(user) => Ok(Some(self.grant(user, client_id).await?)),
            None => Ok(None),
        }
    }

    async fn grant(&self, user: i64, client_id: &str) -> Reply<Grant> {
        let now = self.now();
        let mut tx = self.read().await?;
        let account = accounts::by_id(&mut tx, user).await?.filter(|account| !account.disabled);
        let account = account.ok_or_else(Failure::bad_credentials)?;
        drop(tx);
        let client: String = client_id.chars().take(8).collect();
        let name = format!("device login {} ({client})", now.secs());
        let made =
            self.create_token(&account.name, &name, TokenRole::Write, None, Some(now.after(ACCESS))).await?;
        let refresh_token = new_secret("hf_refresh_")?;
        let mut tx = self.write().await?;
        tokens::create_refresh(&mut tx, hash(&refresh_token), user, now.after(REFRESH)).await?;
        tx.commit().await?;
        Ok(Grant { access_token: made.secret, refresh_token, expires_in: ACCESS.as_secs() })
    }
}

/// Eight characters that nobody confuses, as `ABCD-EFGH`.
fn new_user_code() -> Reply<String> {
    const ALPHABET: &[u8; 20] = b"BCDFGHJKLMNPQRSTVWXZ";
    let mut bytes = [0_u8; 8];
    getrandom::fill(&mut bytes).map_err(|e| Failure::internal(e.to_string()))?;
    let code: String = bytes.iter().map(|byte| char::from(ALPHABET[usize::from(*byte) % 20])).collect();
    Ok(format!("{}-{}", &code[..4], &code[4..]))
}
