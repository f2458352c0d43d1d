//! Organizations and their members.

use stoa_core::{Actor, Kind, RepoId, RepoKind, Role};
use stoa_hub::{Admin, NewRepo};
use stoa_testkit::TestHub;

use crate::support::{actor, hub, lesser, refusal};

/// The members of acme and their roles, as an administrator sees them.
async fn roles(hub: &TestHub) -> Vec<String> {
    let root = actor(hub, "root").await;
    let members = hub.hub.members(&root, "acme", "", 10).await.expect("members");
    members.iter().map(|m| format!("{} {}", m.account.name, m.role.map_or("?", Role::as_str))).collect()
}

#[tokio::test]
async fn whoever_is_signed_in_founds_organizations_and_is_their_admin() {
    let hub = hub().await;
    let eve = actor(&hub, "eve").await;
    assert_eq!(
        refusal(hub.hub.found_org(&Actor::anonymous(), "evil", "", false).await),
        Kind::Unauthenticated
    );
    for lesser in lesser(&eve) {
        assert_eq!(refusal(hub.hub.found_org(&lesser, "evil", "", false).await), Kind::Forbidden);
    }
    for taken in ["acme", "ADA"] {
        assert_eq!(refusal(hub.hub.found_org(&eve, taken, "", false).await), Kind::Conflict);
    }
    assert_eq!(refusal(hub.hub.found_org(&eve, "api", "", false).await), Kind::Invalid);
    let org = hub.hub.found_org(&eve, "Evil", "Evil Inc.", true).await.expect("an organization");
    assert_eq!((org.name.as_str(), org.fullname.as_str(), org.default_private), ("Evil", "Evil Inc.", true));
    let members = hub.hub.members(&eve, "evil", "", 10).await.expect("members");
    assert_eq!(members.iter().map(|m| m.role).collect::<Vec<_>>(), [Some(Role::Admin)]);
}

#[tokio::test]
async fn one_user_founds_a_hundred_organizations_at_most() {
    let hub = hub().await;
    let eve = actor(&hub, "eve").await;
    for n in 0..100 {
        hub.hub.found_org(&eve, &format!("org{n}"), "", false).await.expect("an organization");
    }
    assert_eq!(refusal(hub.hub.found_org(&eve, "another", "", false).await), Kind::Conflict);
    hub.hub.delete_org(&eve, "org7").await.expect("deleted");
    hub.hub.found_org(&eve, "another", "", false).await.expect("an organization");
}

#[tokio::test]
async fn only_admins_bring_people_in_and_take_them_out() {
    let hub = hub().await;
    let [ada, bob, eve, root] = [
        actor(&hub, "ada").await,
        actor(&hub, "bob").await,
        actor(&hub, "eve").await,
        actor(&hub, "root").await,
    ];
    let [reader, fine] = lesser(&ada);
    for (who, kind) in [
        (&Actor::anonymous(), Kind::Unauthenticated),
        (&bob, Kind::Forbidden),
        (&eve, Kind::Forbidden),
        (&reader, Kind::Forbidden),
        (&fine, Kind::Forbidden),
    ] {
        assert_eq!(refusal(hub.hub.add_member(who, "acme", "eve", Role::Admin).await), kind);
        assert_eq!(refusal(hub.hub.drop_member(who, "acme", "bob").await), kind);
        assert_eq!(refusal(hub.hub.change_role(who, "acme", "bob", Role::Admin).await), kind);
        assert_eq!(refusal(hub.hub.set_org(who, "acme", "", "", true).await), kind);
        assert_eq!(refusal(hub.hub.delete_org(who, "acme").await), kind);
    }
    assert_eq!(roles(&hub).await, ["ada admin", "bob read"], "nothing changed");
    hub.hub.add_member(&ada, "acme", "EVE", Role::Write).await.expect("added");
    assert_eq!(refusal(hub.hub.add_member(&ada, "acme", "eve", Role::Admin).await), Kind::Conflict);
    for nobody in ["acme", "nobody-here"] {
        assert_eq!(refusal(hub.hub.add_member(&ada, "acme", nobody, Role::Read).await), Kind::NotFound);
    }
    hub.hub.change_role(&root, "acme", "eve", Role::Contributor).await.expect("changed");
    assert_eq!(roles(&hub).await, ["ada admin", "bob read", "eve contributor"]);
    hub.hub.drop_member(&ada, "acme", "bob").await.expect("taken out");
    assert_eq!(refusal(hub.hub.drop_member(&ada, "acme", "bob").await), Kind::NotFound);
    assert_eq!(roles(&hub).await, ["ada admin", "eve contributor"]);
}

#[tokio::test]
async fn the_last_admin_stays() {
    let hub = hub().await;
    let ada = actor(&hub, "ada").await;
    assert_eq!(refusal(hub.hub.leave_org(&ada, "acme").await), Kind::Conflict);
    assert_eq!(refusal(hub.hub.drop_member(&ada, "acme", "ada").await), Kind::Conflict);
    assert_eq!(refusal(hub.hub.change_role(&ada, "acme", "ada", Role::Write).await), Kind::Conflict);
    hub.hub.change_role(&ada, "acme", "bob", Role::Admin).await.expect("changed");
    hub.hub.leave_org(&ada, "acme").await.expect("left");
    assert_eq!(roles(&hub).await, ["bob admin"]);
}

#[tokio::test]
async fn members_leave_when_they_want() {
    let hub = hub().await;
    let bob = actor(&hub, "bob").await;
    for lesser in lesser(&bob) {
        assert_eq!(refusal(hub.hub.leave_org(&lesser, "acme").await), Kind::Forbidden);
    }
    hub.hub.leave_org(&bob, "acme").await.expect("left");
    assert_eq!(refusal(hub.hub.leave_org(&bob, "acme").await), Kind::NotFound);
    assert_eq!(roles(&hub).await, ["ada admin"]);
}

#[tokio::test]
async fn who_is_what_is_for_those_inside() {
    let hub = hub().await;
    let see = async |actor: &Actor| -> Vec<Option<Role>> {
        let members = hub.hub.members(actor, "acme", "", 10).await.expect("members");
        members.iter().map(|m| m.role).collect()
    };
    for inside in ["ada", "bob", "root"] {
        let actor = actor(&hub, inside).await;
        assert_eq!(see(&actor).await, [Some(Role::Admin), Some(Role::Read)], "{inside}");
    }
    for outside in [Actor::anonymous(), actor(&hub, "eve").await] {
        assert_eq!(see(&outside).await, [None, None]);
    }
    let page = hub.hub.members(&Actor::anonymous(), "acme", "Ada", 10).await.expect("members");
    assert_eq!(page.iter().map(|m| m.account.name.as_str()).collect::<Vec<_>>(), ["bob"]);
}

#[tokio::test]
async fn an_organization_describes_itself_and_goes_when_it_owns_nothing() {
    let hub = hub().await;
    let ada = actor(&hub, "ada").await;
    assert_eq!(refusal(hub.hub.set_org(&ada, "acme", "", &"x".repeat(501), false).await), Kind::Invalid);
    let org = hub.hub.set_org(&ada, "ACME", "Acme Corp.", "Anvils", true).await.expect("changed");
    assert_eq!((org.fullname.as_str(), org.details.as_deref()), ("Acme Corp.", Some("Anvils")));
    let id = RepoId::parse(RepoKind::Model, "acme/m").expect("an id");
    let new = NewRepo { id: id.clone(), private: None, sdk: None, license: None };
    let made = hub.hub.create_repo(&ada, new).await.expect("a repository");
    assert!(made.repo.row().private, "as the organization says now");
    assert_eq!(refusal(hub.hub.delete_org(&ada, "acme").await), Kind::Conflict);
    hub.hub.open::<Admin>(&ada, &id).await.expect("hers").delete().await.expect("deleted");
    hub.hub.delete_org(&ada, "acme").await.expect("deleted");
    assert_eq!(refusal(hub.hub.org("acme").await), Kind::NotFound);
    assert_eq!(refusal(hub.hub.delete_org(&ada, "acme").await), Kind::NotFound);
    hub.user("acme").await;
}

#[tokio::test]
async fn a_user_is_no_organization() {
    let hub = hub().await;
    let root = actor(&hub, "root").await;
    assert_eq!(refusal(hub.hub.delete_org(&root, "ada").await), Kind::NotFound);
    assert_eq!(refusal(hub.hub.add_member(&root, "ada", "bob", Role::Admin).await), Kind::NotFound);
}
