//! People who make an account for themselves, where the hub lets them.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Mutex, MutexGuard, PoisonError};

use stoa_core::{Actor, Failure, Namespace, Reply, Time};
use stoa_db::accounts::{self, Account};

use super::NewUser;
use super::accounts::{check_email, display_name, taken};
use crate::{Hub, SignUp};

/// Accounts from one address in an hour at most.
const PER_ADDRESS: u32 = 10;
/// Accounts in an hour at most, which bounds what is remembered, too.
const PER_HOUR: u32 = 200;
/// The length of that hour.
const HOUR: i64 = 3600 * Time::SECOND;

/// How many accounts were made in this hour, and from where.
#[derive(Default)]
pub(crate) struct Arrivals(Mutex<Hour>);

#[derive(Default)]
struct Hour {
    began: Option<Time>,
    all: u32,
    by_address: HashMap<IpAddr, u32>,
}

impl Arrivals {
    /// Counts one more account from an address, unless there were too many.
    fn admit(&self, address: IpAddr, now: Time) -> Reply<()> {
        let mut hour = self.hour();
        if hour.began.is_none_or(|began| now.0 - began.0 >= HOUR) {
            *hour = Hour { began: Some(now), ..Hour::default() };
        }
        let from_here = hour.by_address.get(&address).copied().unwrap_or(0);
        if from_here >= PER_ADDRESS {
            return Err(Failure::busy("Too many accounts were made from your address. Try again in an hour"));
        }
        if hour.all >= PER_HOUR {
            return Err(Failure::busy("Too many accounts were made in this hour. Try again in an hour"));
        }
        hour.all += 1;
        hour.by_address.insert(address, from_here + 1);
        Ok(())
    }

    /// Takes one back that was not made after all.
    fn give_back(&self, address: IpAddr) {
        let mut hour = self.hour();
        hour.all = hour.all.saturating_sub(1);
        if let Some(from_here) = hour.by_address.get_mut(&address) {
            *from_here = from_here.saturating_sub(1);
        }
    }

    fn hour(&self) -> MutexGuard<'_, Hour> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What counts as one address: whoever has an IPv6 address has all that share its first half.
fn origin(ip: IpAddr) -> IpAddr {
    match ip {
        IpAddr::V4(_) => ip,
        IpAddr::V6(v6) => match v6.to_ipv4_mapped() {
            Some(v4) => IpAddr::V4(v4),
            None => IpAddr::V6(Ipv6Addr::from_bits(v6.to_bits() >> 64 << 64)),
        },
    }
}

impl Hub {
    /// Makes an account for whoever asks for one from an address, if the hub lets people do that. They never administer
    /// it, and they sign in by the password they chose.
    pub async fn sign_up(&self, new: NewUser, ip: IpAddr) -> Reply<Account> {
        if self.policy().sign_up == SignUp::Closed {
            return Err(Failure::forbidden(
                "Accounts of this hub are made by those who run it. Ask them for one",
            ));
        }
        if new.password.is_none() {
            return Err(Failure::invalid("An account needs a password"));
        }
        let name = Namespace::new(new.name.as_str())?;
        check_email(new.email.as_deref())?;
        display_name(&new.fullname, &name)?;
        let mut tx = self.read().await?;
        if accounts::by_name(&mut tx, name.as_str()).await?.is_some() {
            return Err(taken(&name));
        }
        drop(tx);
        let (mut nobody, address) = (Actor::anonymous(), origin(ip));
        nobody.ip = ip;
        // Before the password is hashed, which costs much.
        self.0.arrivals.admit(address, self.now())?;
        let made = self.insert_user(NewUser { admin: false, ..new }, Some(&nobody)).await;
        if made.is_err() {
            self.0.arrivals.give_back(address);
        }
        made
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_address_cannot_use_up_the_hour_of_the_others() {
        let arrivals = Arrivals::default();
        let now = Time::from_secs(1_000_000);
        let [here, there] = ["192.0.2.1", "192.0.2.2"].map(|ip| ip.parse().expect("an address"));
        for _ in 0..PER_ADDRESS {
            arrivals.admit(here, now).expect("room");
        }
        assert!(arrivals.admit(here, now).is_err());
        assert!(arrivals.admit(there, now).is_ok());
        arrivals.give_back(here);
        assert!(arrivals.admit(here, now).is_ok());
        assert!(arrivals.admit(here, Time(now.0 + HOUR)).is_ok(), "a new hour");
    }

    #[test]
    fn an_hour_takes_so_many_accounts_from_wherever_they_come() {
        let arrivals = Arrivals::default();
        let now = Time::from_secs(1_000_000);
        let admit = |n: u32| arrivals.admit(IpAddr::V4((0x0a00_0000 + n).into()), now);
        assert!((0..PER_HOUR).all(|n| admit(n).is_ok()));
        assert!(admit(PER_HOUR).is_err());
        assert_eq!(arrivals.hour().by_address.len(), PER_HOUR as usize);
    }

    #[test]
    fn addresses_of_one_network_are_one() {
        let same = |a: &str, b: &str| {
            origin(a.parse().expect("an address")) == origin(b.parse().expect("an address"))
        };
        assert!(same("2001:db8:1:2::1", "2001:db8:1:2:ffff::9"));
        assert!(!same("2001:db8:1:2::1", "2001:db8:1:3::1"));
        assert!(same("::ffff:192.0.2.1", "192.0.2.1"));
        assert!(!same("192.0.2.1", "192.0.2.2"));
    }
}
