//! Founding and managing organizations.

use stoa_core::{Role, TokenRole};

use super::{hub, is_page};

#[tokio::test]
async fn an_organization_is_founded_filled_and_deleted() {
    let hub = hub().await;
    hub.user("bob").await;
    let mut ada = hub.browser_of("ada").await;
    is_page(&ada.get("/organizations/new").await.expect(200));
    let taken =
        ada.submit("/organizations/new", &[("name", "bob"), ("fullname", "Bobs <b>")]).await.expect(409);
    assert!(taken.text().contains("Bobs &#60;b&#62;"), "what was typed stays");
    let founded = [("name", "acme"), ("fullname", "Acme"), ("visibility", "private")];
    let answer = ada.submit("/organizations/new", &founded).await.expect(303);
    let page = ada.follow(&answer).await.expect(200);
    is_page(&page);
    assert!(page.text().contains("Now add those"));

    let members = "/organizations/acme/settings/members";
    ada.submit(members, &[("user", "nobody"), ("role", "read")]).await.expect(404);
    ada.submit(members, &[("user", "bob"), ("role", "king")]).await.expect(400);
    ada.submit(members, &[("user", "@bob"), ("role", "read")]).await.expect(303);
    ada.submit(members, &[("user", "bob"), ("role", "read")]).await.expect(409);
    ada.submit(&format!("{members}/bob/role"), &[("role", "write")]).await.expect(303);
    let roles = hub.hub.members(&hub.hub.root().expect("root"), "acme", "", 9).await.expect("members");
    assert_eq!(roles.iter().map(|one| one.role).collect::<Vec<_>>(), [Some(Role::Admin), Some(Role::Write)]);
    let page = ada.submit(&format!("{members}/ada/role"), &[("role", "read")]).await.expect(409);
    assert!(page.text().contains("last admin"));
    ada.submit(&format!("{members}/bob/remove"), &[("confirm", "bo")]).await.expect(400);
    ada.submit(&format!("{members}/bob/remove"), &[("confirm", "bob")]).await.expect(303);

    let settings = "/organizations/acme/settings";
    let saved = [("fullname", "Acme Looms"), ("details", "We weave"), ("visibility", "public")];
    ada.submit(settings, &saved).await.expect(303);
    assert!(ada.get("/acme").await.text().contains("We weave"));
    hub.as_user("ada").create("acme/m").await.expect(200);
    ada.get(settings).await.expect(200);
    ada.submit(&format!("{settings}/delete"), &[("confirm", "acme")]).await.expect(409);
    hub.as_user("ada")
        .delete_json("/api/repos/delete", &serde_json::json!({ "name": "m", "organization": "acme" }))
        .await
        .expect(200);
    ada.submit(&format!("{settings}/delete"), &[("confirm", "")]).await.expect(400);
    ada.submit(&format!("{settings}/delete"), &[("confirm", "acme")]).await.expect(303);
    ada.get("/acme").await.expect(404);
}

#[tokio::test]
async fn only_admins_manage_an_organization() {
    let hub = hub().await;
    for user in ["bob", "eve"] {
        hub.user(user).await;
    }
    hub.admin("root").await;
    hub.org("acme", "ada").await;
    hub.member("acme", "bob", Role::Write).await;
    for path in ["/organizations/acme/settings", "/organizations/acme/settings/members"] {
        hub.browser().get(path).await.expect(401);
        for user in ["bob", "eve"] {
            let mut browser = hub.browser_of(user).await;
            browser.get(path).await.expect(403);
            browser.get("/preferences").await.expect(200);
            for what in [
                path.to_owned(),
                "/organizations/acme/settings/delete".to_owned(),
                format!("{path}/ada/remove"),
            ] {
                let status = browser
                    .submit(&what, &[("confirm", "acme"), ("user", "eve"), ("role", "admin")])
                    .await
                    .status;
                assert!(matches!(status.as_u16(), 403 | 404), "{user} {what}: {status}");
            }
        }
        hub.browser_of("root").await.get(path).await.expect(200);
    }
    let reader = hub.with_token(&hub.token("ada", TokenRole::Read).await);
    let refused = reader.post_form("/organizations/acme/settings/members", "user=eve&role=admin").await;
    refused.expect(403);
    assert!(hub.hub.org("acme").await.is_ok());
    let members = hub.hub.members(&hub.hub.root().expect("root"), "acme", "", 9).await.expect("members");
    assert_eq!(members.len(), 2);
}
