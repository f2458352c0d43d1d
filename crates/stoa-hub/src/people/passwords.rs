//! Passwords: argon2id behind a semaphore, and a brake on guessing.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::Mutex;

use argon2::Argon2;
use argon2::password_hash::{PasswordHash, PasswordHasher, PasswordVerifier, SaltString};
use stoa_core::{Failure, Reply, Time};
use tokio::sync::Semaphore;

use crate::cpu;

/// Each hash takes 19 MiB and tens of milliseconds; more at a time would let strangers take the machine.
const AT_ONCE: usize = 2;
/// Wrong passwords for one name before it must wait.
const TRIES: u32 = 10;
/// Wrong passwords from one address before it must wait: many people may share one.
const TRIES_FROM: u32 = 100;
/// How long it waits, in microseconds.
const WAIT: i64 = 15 * 60 * Time::SECOND;
/// Names remembered at most.
const NAMES: usize = 10_000;

pub(crate) struct Passwords {
    slots: Semaphore,
    /// Wrong tries by name in lower case, and by address behind an `@`, which no name contains.
    wrong: Mutex<HashMap<String, (u32, Time)>>,
}

impl Passwords {
    pub(crate) fn new() -> Self {
        Self { slots: Semaphore::new(AT_ONCE), wrong: Mutex::new(HashMap::new()) }
    }

    /// The PHC string to store for a password.
    pub(crate) async fn hash(&self, password: &str) -> Reply<String> {
        check_length(password)?;
        let _slot = self.slots.acquire().await.map_err(Failure::internal)?;
        let password = password.to_owned();
        let mut salt = [0; 16];
        getrandom::fill(&mut salt).map_err(|e| Failure::internal(e.to_string()))?;
        cpu::run(move || {
            let salt = SaltString::encode_b64(&salt).map_err(|e| Failure::internal(e.to_string()))?;
            let hash = Argon2::default().hash_password(password.as_bytes(), &salt);
            hash.map(|hash| hash.to_string()).map_err(|e| Failure::internal(e.to_string()))
        })
        .await
    }

    /// Whether a password fits. Takes as long when there is no such user, so that names cannot be found out.
    pub(crate) async fn verify(
        &self,
        name: &str,
        from: IpAddr,
        password: &str,
        stored: Option<String>,
        now: Time,
    ) -> Reply<bool> {
        const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$c3RvYXN0b2FzdG9hc3RvYQ$\
                              1BNCAz1qLmXr0l9yUiTMzIVVmQmSCg2bQHwDNDsA1xQ";
        if password.len() > 1024 {
            return Ok(false);
        }
        let (name, from) = (name.to_ascii_lowercase(), format!("@{from}"));
        self.brake(&name, TRIES, "for this name", now)?;
        self.brake(&from, TRIES_FROM, "from this address", now)?;
        let slot = self.slots.acquire().await.map_err(Failure::internal)?;
        let password = password.to_owned();
        let known = stored.is_some();
        let stored = stored.unwrap_or_else(|| NOBODY.to_owned());
        let fits = cpu::run(move || {
            let hash = PasswordHash::new(&stored).map_err(|e| Failure::internal(e.to_string()))?;
            Ok(Argon2::default().verify_password(password.as_bytes(), &hash).is_ok())
        })
        .await?;
        drop(slot);
        self.note(&name, fits && known, now);
        if !(fits && known) {
            // A right password does not clear the address: whoever has one account would guess others for ever.
            self.note(&from, false, now);
        }
        Ok(fits && known)
    }

    fn brake(&self, key: &str, tries: u32, whose: &str, now: Time) -> Reply<()> {
        let wrong = self.wrong.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        match wrong.get(key) {
            Some((wrong, since)) if *wrong >= tries && now.0 - since.0 < WAIT => {
                Err(Failure::busy(format!("Too many wrong passwords {whose}. Try again in 15 minutes.")))
            }
            _ => Ok(()),
        }
    }

    fn note(&self, key: &str, fits: bool, now: Time) {
        let mut wrong = self.wrong.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if fits {
            wrong.remove(key);
            return;
        }
        if wrong.len() >= NAMES {
            wrong.retain(|_, (_, since)| now.0 - since.0 < WAIT);
            if wrong.len() >= NAMES {
                wrong.clear();
            }
        }
        let entry = wrong.entry(key.to_owned()).or_insert((0, now));
        if now.0 - entry.1.0 >= WAIT {
            *entry = (0, now);
        }
        entry.0 += 1;
        entry.1 = now;
    }
}

fn check_length(password: &str) -> Reply<()> {
    if password.chars().count() < 8 {
        return Err(Failure::invalid("A password needs at least 8 characters"));
    }
    if password.len() > 1024 {
        return Err(Failure::invalid("A password can have at most 1024 bytes"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::*;

    const HOME: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

    #[tokio::test]
    async fn guessing_is_slowed_down_for_an_address_that_tries_many_names() {
        let passwords = Passwords::new();
        let now = Time::from_secs(1_000);
        for _ in 0..TRIES_FROM {
            passwords.note("@127.0.0.1", false, now);
        }
        assert!(passwords.verify("ada", HOME, "x", None, now).await.is_err());
        let elsewhere = IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1));
        assert!(passwords.verify("ada", elsewhere, "x", None, now).await.is_ok());
    }

    #[tokio::test]
    async fn a_password_fits_only_itself_and_unknown_names_never_do() {
        let passwords = Passwords::new();
        let now = Time::from_secs(1_000);
        let hash = passwords.hash("correct horse").await.expect("long enough");
        assert!(
            passwords.verify("ada", HOME, "correct horse", Some(hash.clone()), now).await.expect("checked")
        );
        assert!(!passwords.verify("ada", HOME, "wrong horse", Some(hash), now).await.expect("checked"));
        assert!(!passwords.verify("nobody", HOME, "anything", None, now).await.expect("checked"));
    }

    #[tokio::test]
    async fn guessing_is_slowed_down_for_a_name_and_not_for_others() {
        let passwords = Passwords::new();
        let now = Time::from_secs(1_000);
        for _ in 0..TRIES {
            passwords.note("ada", false, now);
        }
        assert!(passwords.verify("Ada", HOME, "x", None, now).await.is_err());
        assert!(passwords.verify("bob", HOME, "x", None, now).await.is_ok());
        let later = Time(now.0 + WAIT);
        assert!(passwords.verify("ada", HOME, "x", None, later).await.is_ok());
    }

    #[tokio::test]
    async fn short_passwords_are_refused() {
        assert!(Passwords::new().hash("seven77").await.is_err());
    }
}
