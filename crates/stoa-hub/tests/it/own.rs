//! One's own account.

use stoa_core::{Identity, Kind, RepoId, RepoKind, Role, TokenRole};
use stoa_hub::{Admin, NewProfile, NewRepo};

use crate::support::{HOME, actor, hub, lesser, refusal, with_password};

const OLD: &str = "correct horse";
const NEW: &str = "battery staple";

fn profile(fullname: &str, details: &str, email: Option<&str>) -> NewProfile {
    NewProfile { fullname: fullname.to_owned(), details: details.to_owned(), email: email.map(str::to_owned) }
}

#[tokio::test]
async fn a_password_is_changed_by_whoever_knows_it() {
    let hub = hub().await;
    let hub = &hub.hub;
    hub.create_user(with_password("carol", OLD)).await.expect("a user");
    let carol = hub.operator("carol").await.expect("carol");
    for lesser in lesser(&carol) {
        assert_eq!(refusal(hub.change_password(&lesser, OLD, NEW, None).await), Kind::Forbidden);
    }
    assert_eq!(refusal(hub.change_password(&carol, "wrong horse", NEW, None).await), Kind::Forbidden);
    assert_eq!(refusal(hub.change_password(&carol, OLD, "short", None).await), Kind::Invalid);
    hub.change_password(&carol, OLD, NEW, None).await.expect("changed");
    assert_eq!(refusal(hub.sign_in("carol", OLD, HOME).await), Kind::Unauthenticated);
    hub.sign_in("carol", NEW, HOME).await.expect("signed in");
}

#[tokio::test]
async fn a_token_is_no_way_to_a_first_password() {
    let hub = hub().await;
    let ada = actor(&hub, "ada").await;
    assert_eq!(refusal(hub.hub.change_password(&ada, "", NEW, None).await), Kind::Conflict);
}

#[tokio::test]
async fn guessing_the_current_password_is_slowed_down() {
    let hub = hub().await;
    let hub = &hub.hub;
    hub.create_user(with_password("carol", OLD)).await.expect("a user");
    let carol = hub.operator("carol").await.expect("carol");
    for _ in 0..10 {
        assert_eq!(refusal(hub.change_password(&carol, "guess", NEW, None).await), Kind::Forbidden);
    }
    assert_eq!(refusal(hub.change_password(&carol, OLD, NEW, None).await), Kind::Busy);
}

#[tokio::test]
async fn a_profile_says_what_its_owner_wants_within_bounds() {
    let hub = hub().await;
    let ada = actor(&hub, "ada").await;
    for lesser in lesser(&ada) {
        let change = hub.hub.set_profile(&lesser, profile("Ada", "", None)).await;
        assert_eq!(refusal(change), Kind::Forbidden);
    }
    for wrong in [
        profile(&"x".repeat(129), "", None),
        profile("A\u{7}da", "", None),
        profile("", &"x".repeat(501), None),
        profile("", "a\u{0}b", None),
        profile("", "", Some("nowhere")),
    ] {
        assert_eq!(refusal(hub.hub.set_profile(&ada, wrong).await), Kind::Invalid);
    }
    let new = profile(" Ada L. ", "Engines.\r\nNumbers. ", Some("ada@example.org"));
    let account = hub.hub.set_profile(&ada, new).await.expect("changed");
    assert_eq!(account.fullname, "Ada L.");
    assert_eq!(account.details.as_deref(), Some("Engines.\nNumbers."));
    assert_eq!(account.email.as_deref(), Some("ada@example.org"));
    let account = hub.hub.set_profile(&ada, profile("", "", Some(" "))).await.expect("changed");
    assert_eq!((account.fullname.as_str(), account.details, account.email), ("ada", None, None));
}

#[tokio::test]
async fn nobody_vouches_for_an_address_that_its_user_chose() {
    let hub = hub().await;
    let ada = actor(&hub, "ada").await;
    hub.hub.set_email("ada", Some("ada@example.org")).await.expect("the operator knows it");
    let same = profile("Ada", "", Some("ada@example.org"));
    let account = hub.hub.set_profile(&ada, same).await.expect("changed");
    assert_eq!(account.vouched_email(), Some("ada@example.org"), "it is still the one the operator knows");
    let other = profile("Ada", "", Some("bob@example.org"));
    let account = hub.hub.set_profile(&ada, other).await.expect("changed");
    assert_eq!((account.email.as_deref(), account.vouched_email()), (Some("bob@example.org"), None));
}

#[tokio::test]
async fn a_closed_account_is_empty_and_its_name_stays_taken() {
    let hub = hub().await;
    let rules = &hub.hub;
    rules.create_user(with_password("carol", OLD)).await.expect("a user");
    let token = hub.token("carol", TokenRole::Write).await;
    hub.member("acme", "carol", Role::Write).await;
    let carol = rules.operator("carol").await.expect("carol");
    let id = RepoId::parse(RepoKind::Model, "carol/m").expect("an id");
    let new = NewRepo { id: id.clone(), private: None, sdk: None, license: None };
    rules.create_repo(&carol, new).await.expect("a repository");
    for lesser in lesser(&carol) {
        assert_eq!(refusal(rules.close_account(&lesser, OLD).await), Kind::Forbidden);
    }
    assert_eq!(refusal(rules.close_account(&carol, "wrong horse").await), Kind::Forbidden);
    assert_eq!(refusal(rules.close_account(&carol, OLD).await), Kind::Conflict, "she owns a repository");
    rules.open::<Admin>(&carol, &id).await.expect("hers").delete().await.expect("deleted");
    rules.close_account(&carol, OLD).await.expect("closed");
    assert_eq!(refusal(rules.sign_in("carol", OLD, HOME).await), Kind::Unauthenticated);
    assert_eq!(refusal(rules.actor_of_token(&token).await), Kind::Unauthenticated);
    let names: Vec<String> = rules
        .members(&carol, "acme", "", 10)
        .await
        .expect("members")
        .into_iter()
        .map(|m| m.account.name)
        .collect();
    assert_eq!(names, ["ada", "bob"]);
    assert_eq!(refusal(rules.create_user(with_password("Carol", NEW)).await), Kind::Conflict);
}

#[tokio::test]
async fn the_last_admin_of_an_organization_or_the_hub_cannot_close_the_account() {
    let hub = hub().await;
    let rules = &hub.hub;
    for name in ["ada", "root"] {
        rules.set_password(name, OLD).await.expect("a password");
        let user = actor(&hub, name).await;
        assert!(matches!(user.identity, Identity::User { .. }));
        assert_eq!(refusal(rules.close_account(&user, OLD).await), Kind::Conflict, "{name}");
    }
    hub.member("acme", "bob", Role::Admin).await;
    hub.admin("root2").await;
    for name in ["ada", "root"] {
        let user = actor(&hub, name).await;
        rules.close_account(&user, OLD).await.expect("closed");
    }
}
