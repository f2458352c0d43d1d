//! Administering the hub.

use std::time::Duration;

use stoa_core::{Actor, Kind, TokenRole};
use stoa_hub::{DevicePoll, NewUser};

use crate::support::{HOME, actor, hub, lesser, refusal, repo, with_password};

#[tokio::test]
async fn nobody_else_administers_the_hub() {
    let hub = hub().await;
    let root = actor(&hub, "root").await;
    let [reader, fine] = lesser(&root);
    let rules = &hub.hub;
    for (who, kind) in [
        (Actor::anonymous(), Kind::Unauthenticated),
        (actor(&hub, "ada").await, Kind::Forbidden),
        (reader, Kind::Forbidden),
        (fine, Kind::Forbidden),
    ] {
        assert_eq!(refusal(rules.admin_users(&who, "", "", 10).await), kind);
        assert_eq!(refusal(rules.admin_orgs(&who, "", "", 10).await), kind);
        assert_eq!(refusal(rules.set_disabled(&who, "bob", true).await), kind);
        assert_eq!(refusal(rules.set_admin(&who, "ada", true).await), kind);
        assert_eq!(refusal(rules.reset_password(&who, "bob").await), kind);
        assert_eq!(refusal(rules.vouch_email(&who, "ada", Some("bob@example.org")).await), kind);
        assert_eq!(refusal(rules.audit(&who, None, 10).await), kind);
        assert_eq!(refusal(rules.hub_totals(&who).await), kind);
        assert_eq!(refusal(rules.health(&who).await), kind);
        assert_eq!(refusal(rules.add_user(&who, NewUser::default()).await), kind);
    }
}

#[tokio::test]
async fn users_are_found_by_name_display_name_and_address_in_pages() {
    let hub = hub().await;
    let [root, ada] = [actor(&hub, "root").await, actor(&hub, "ada").await];
    repo(&hub, &ada, "ada/m", true, "").await;
    hub.hub.actor_of_token(&hub.token_of("ada")).await.expect("ada");
    hub.hub.set_email("bob", Some("Builder@example.org")).await.expect("an address");
    let names = async |search: &str, after: &str, limit: usize| {
        let (rows, more) = hub.hub.admin_users(&root, search, after, limit).await.expect("rows");
        (rows.into_iter().map(|row| row.account.name).collect::<Vec<_>>(), more)
    };
    let list = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect::<Vec<_>>();
    assert_eq!(names("", "", 3).await, (list(&["ada", "bob", "eve"]), true));
    assert_eq!(names("", "Eve", 3).await, (list(&["root"]), false));
    assert_eq!(names("BUILDER", "", 3).await, (list(&["bob"]), false));
    assert_eq!(names("%", "", 3).await, (list(&[]), false));
    let (rows, _) = hub.hub.admin_users(&root, "ada", "", 3).await.expect("rows");
    assert_eq!((rows[0].repos, rows[0].tokens, rows[0].token_used_at), (1, 1, Some(hub.hub.now())));
    let (orgs, _) = hub.hub.admin_orgs(&root, "ACM", "", 3).await.expect("rows");
    assert_eq!((orgs[0].account.name.as_str(), orgs[0].members, orgs.len()), ("acme", 2, 1));
}

#[tokio::test]
async fn a_disabled_user_gets_in_by_nothing_until_enabled_again() {
    let hub = hub().await;
    let rules = &hub.hub;
    let root = actor(&hub, "root").await;
    rules.create_user(with_password("carol", "correct horse")).await.expect("a user");
    let token = hub.token("carol", TokenRole::Write).await;
    let carol = rules.operator("carol").await.expect("carol");
    let login = rules.begin_device("hf").await.expect("codes");
    rules.decide_device(&carol, &login.user_code, true).await.expect("approved");
    let DevicePoll::Granted(grant) = rules.poll_device(&login.device_code, "hf").await.expect("an answer")
    else {
        panic!("it was approved");
    };
    let approved = rules.begin_device("hf").await.expect("codes");
    rules.decide_device(&carol, &approved.user_code, true).await.expect("approved");

    rules.set_disabled(&root, "carol", true).await.expect("disabled");
    assert_eq!(refusal(rules.sign_in("carol", "correct horse", HOME).await), Kind::Unauthenticated);
    for token in [&token, &grant.access_token] {
        assert_eq!(refusal(rules.actor_of_token(token).await), Kind::Unauthenticated);
    }
    assert!(rules.refresh(&grant.refresh_token, "hf").await.expect("an answer").is_none());
    let poll = rules.poll_device(&approved.device_code, "hf").await.expect("an answer");
    assert!(matches!(poll, DevicePoll::Expired));

    rules.set_disabled(&root, "carol", false).await.expect("enabled");
    rules.sign_in("carol", "correct horse", HOME).await.expect("signed in");
    rules.actor_of_token(&token).await.expect("carol");
    assert!(rules.refresh(&grant.refresh_token, "hf").await.expect("an answer").is_none(), "it was ended");
}

#[tokio::test]
async fn the_hub_keeps_an_administrator() {
    let hub = hub().await;
    let root = actor(&hub, "root").await;
    assert_eq!(refusal(hub.hub.set_admin(&root, "root", false).await), Kind::Conflict);
    assert_eq!(refusal(hub.hub.set_disabled(&root, "root", true).await), Kind::Conflict);
    let operator = hub.hub.root().expect("the operator");
    assert_eq!(refusal(hub.hub.set_disabled(&operator, "root", true).await), Kind::Conflict);
    hub.hub.set_admin(&root, "ada", true).await.expect("made");
    hub.hub.set_disabled(&operator, "ada", true).await.expect("disabled");
    assert_eq!(refusal(hub.hub.set_admin(&root, "root", false).await), Kind::Conflict, "ada is disabled");
    assert_eq!(refusal(hub.hub.set_admin(&root, "acme", true).await), Kind::NotFound);
    hub.hub.set_disabled(&root, "ada", false).await.expect("enabled");
    hub.hub.set_admin(&root, "root", false).await.expect("ada is left");
    let ada = actor(&hub, "ada").await;
    hub.hub.set_disabled(&ada, "bob", true).await.expect("disabled");
    assert_eq!(refusal(hub.hub.set_admin(&ada, "bob", true).await), Kind::Conflict, "bob is disabled");
}

#[tokio::test]
async fn a_reset_password_is_told_once_and_replaces_the_old_one() {
    let hub = hub().await;
    let root = actor(&hub, "root").await;
    hub.hub.create_user(with_password("carol", "correct horse")).await.expect("a user");
    let password = hub.hub.reset_password(&root, "carol").await.expect("a password");
    assert_ne!(password, hub.hub.reset_password(&root, "bob").await.expect("another password"));
    assert_eq!(refusal(hub.hub.sign_in("carol", "correct horse", HOME).await), Kind::Unauthenticated);
    let carol = hub.hub.sign_in("carol", &password, HOME).await.expect("signed in");
    hub.hub.change_password(&carol, &password, "battery staple", None).await.expect("hers");
    assert_eq!(refusal(hub.hub.reset_password(&root, "root").await), Kind::Conflict, "one's own");
    assert_eq!(refusal(hub.hub.reset_password(&root, "acme").await), Kind::NotFound);
}

#[tokio::test]
async fn an_administrator_vouches_for_an_address() {
    let hub = hub().await;
    let root = actor(&hub, "root").await;
    hub.hub.vouch_email(&root, "ada", Some("ada@example.org")).await.expect("vouched for");
    assert_eq!(hub.hub.user("ada").await.expect("ada").vouched_email(), Some("ada@example.org"));
    assert_eq!(refusal(hub.hub.vouch_email(&root, "ada", Some("nowhere")).await), Kind::Invalid);
}

#[tokio::test]
async fn the_audit_log_says_who_did_what_the_last_line_first() {
    let hub = hub().await;
    let [root, ada] = [actor(&hub, "root").await, actor(&hub, "ada").await];
    hub.hub.found_org(&ada, "looms", "", false).await.expect("an organization");
    hub.hub.leave_org(&actor(&hub, "bob").await, "acme").await.expect("left");
    let lines = hub.hub.audit(&root, None, 2).await.expect("lines");
    let said = |at: usize| (lines[at].user.as_deref(), lines[at].action.as_str(), lines[at].subject.as_str());
    assert_eq!(
        (said(0), said(1)),
        ((Some("bob"), "org.leave", "acme"), (Some("ada"), "org.create", "looms"))
    );
    let older = hub.hub.audit(&root, Some(lines[1].id), 100).await.expect("lines");
    let first = older.last().map(|line| (line.user.clone(), line.ip.clone(), line.action.clone()));
    assert_eq!(first, Some((None, "-".to_owned(), "user.create".to_owned())));
    assert!(older.iter().all(|line| line.id < lines[1].id));
}

#[tokio::test]
async fn numbers_about_the_hub_are_two_minutes_old_at_most() {
    let hub = hub().await;
    let [root, ada] = [actor(&hub, "root").await, actor(&hub, "ada").await];
    repo(&hub, &ada, "ada/m", false, "").await;
    repo(&hub, &ada, "datasets/ada/d", true, "").await;
    let totals = hub.hub.hub_totals(&root).await.expect("numbers");
    let counts = totals.counts;
    assert_eq!((counts.models, counts.datasets, counts.spaces), (1, 1, 0));
    assert_eq!((counts.users, counts.orgs, counts.commits), (4, 1, 2));
    repo(&hub, &ada, "spaces/ada/s", false, "").await;
    hub.clock.advance(Duration::from_secs(119));
    assert_eq!(hub.hub.hub_totals(&root).await.expect("numbers").counts.spaces, 0, "counted before");
    hub.clock.advance(Duration::from_secs(1));
    assert_eq!(hub.hub.hub_totals(&root).await.expect("numbers").counts.spaces, 1);
}

#[tokio::test]
async fn an_administrator_makes_a_user_whose_address_they_vouch_for() {
    let hub = hub().await;
    let root = actor(&hub, "root").await;
    let new = NewUser {
        name: "carol".to_owned(),
        email: Some("carol@example.org".to_owned()),
        ..NewUser::default()
    };
    let (carol, password) = hub.hub.add_user(&root, new.clone()).await.expect("a user");
    assert_eq!((carol.name.as_str(), carol.is_admin), ("carol", false));
    hub.hub.sign_in("carol", &password, HOME).await.expect("signed in");
    assert_eq!(hub.hub.user("carol").await.expect("carol").vouched_email(), Some("carol@example.org"));
    assert_eq!(refusal(hub.hub.add_user(&root, new).await), Kind::Conflict);
}

#[tokio::test]
async fn health_tells_whether_the_parts_work() {
    let hub = hub().await;
    let root = actor(&hub, "root").await;
    let health = hub.hub.health(&root).await.expect("an answer");
    assert!(health.store_works && health.schema > 0 && health.database_bytes > 0);
    assert_eq!((health.maintained_at, health.waiting_files, health.pushes), (None, 0, 0));
}
