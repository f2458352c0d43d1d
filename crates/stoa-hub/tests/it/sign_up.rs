//! Making an account for oneself.

use std::net::IpAddr;
use std::time::Duration;

use stoa_core::{Identity, Kind};
use stoa_hub::{NewUser, Policy, SignUp};
use stoa_testkit::{Setup, TestHub};

use crate::support::{HOME, refusal, with_password};

const PASSWORD: &str = "correct horse";

async fn open() -> TestHub {
    let policy = Policy { sign_up: SignUp::Open, ..Policy::default() };
    TestHub::with(Setup { policy, ..Setup::default() }).await
}

fn address(last: u8) -> IpAddr {
    IpAddr::from([192, 0, 2, last])
}

#[tokio::test]
async fn a_hub_is_closed_to_strangers_unless_it_says_otherwise() {
    let hub = TestHub::new().await;
    assert_eq!(refusal(hub.hub.sign_up(with_password("ada", PASSWORD), address(1)).await), Kind::Forbidden);
    assert_eq!(hub.hub.count_users().await.expect("a number"), 0);
}

#[tokio::test]
async fn whoever_signs_up_signs_in_and_administers_nothing() {
    let hub = open().await;
    let new = NewUser { admin: true, ..with_password("ada", PASSWORD) };
    let account = hub.hub.sign_up(new, address(1)).await.expect("an account");
    assert!(!account.is_admin);
    let actor = hub.hub.sign_in("ada", PASSWORD, HOME).await.expect("signed in");
    assert!(matches!(actor.identity, Identity::User { admin: false, .. }));
}

#[tokio::test]
async fn an_account_is_made_of_a_free_name_and_a_good_password() {
    let hub = open().await;
    hub.user("ada").await;
    for (name, password, kind) in [
        ("Ada", Some(PASSWORD), Kind::Conflict),
        ("settings", Some(PASSWORD), Kind::Invalid),
        ("a b", Some(PASSWORD), Kind::Invalid),
        ("bob", Some("short"), Kind::Invalid),
        ("bob", None, Kind::Invalid),
    ] {
        let new =
            NewUser { name: name.to_owned(), password: password.map(str::to_owned), ..NewUser::default() };
        assert_eq!(refusal(hub.hub.sign_up(new, address(1)).await), kind, "{name}");
    }
    let new = NewUser { email: Some("nowhere".to_owned()), ..with_password("bob", PASSWORD) };
    assert_eq!(refusal(hub.hub.sign_up(new, address(1)).await), Kind::Invalid);
}

#[tokio::test]
async fn one_address_makes_a_few_accounts_in_an_hour_and_mistakes_do_not_count() {
    let hub = open().await;
    for _ in 0..20 {
        let new = with_password("ada", "short");
        assert_eq!(refusal(hub.hub.sign_up(new, address(1)).await), Kind::Invalid);
    }
    for n in 0..10 {
        let new = with_password(&format!("user{n}"), PASSWORD);
        hub.hub.sign_up(new, address(1)).await.expect("an account");
    }
    assert_eq!(refusal(hub.hub.sign_up(with_password("ada", PASSWORD), address(1)).await), Kind::Busy);
    hub.hub.sign_up(with_password("bob", PASSWORD), address(2)).await.expect("from elsewhere");
    hub.clock.advance(Duration::from_hours(1));
    hub.hub.sign_up(with_password("ada", PASSWORD), address(1)).await.expect("an hour later");
}
