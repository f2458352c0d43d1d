//! Administering the hub.

use stoa_core::TokenRole;
use stoa_http::HttpConfig;
use stoa_testkit::Setup;

use super::{hub, hub_with, is_page};

/// Pages of the administration.
const PAGES: [&str; 7] = [
    "/administration",
    "/administration/users",
    "/administration/users/ada",
    "/administration/organizations",
    "/administration/audit",
    "/administration/health",
    "/administration/settings",
];

#[tokio::test]
async fn whoever_does_not_administer_the_hub_finds_nothing() {
    let hub = hub().await;
    hub.admin("root").await;
    let nowhere = hub.browser_of("ada").await.get("/administration-of-nothing/x/y/z").await;
    assert_eq!(nowhere.status.as_u16(), 404);
    let reader = hub.with_token(&hub.token("root", TokenRole::Read).await);
    for path in PAGES {
        hub.browser().get(path).await.expect(404);
        is_page(&hub.browser_of("ada").await.get(path).await.expect(404));
        reader.get(path).await.expect(404);
        is_page(&hub.browser_of("root").await.get(path).await.expect(200));
    }
    let mut ada = hub.browser_of("ada").await;
    ada.get("/preferences").await.expect(200);
    for path in [
        "/administration/users",
        "/administration/users/ada/admin",
        "/administration/users/root/disable",
        "/administration/users/root/password",
        "/administration/users/ada/email",
    ] {
        let fields = [("confirm", "ada"), ("name", "eve"), ("email", "a@example.org")];
        ada.submit(path, &fields).await.expect(404);
        reader.post_form(path, "confirm=ada&name=eve&email=a@example.org").await.expect(404);
    }
    assert!(!hub.hub.user("ada").await.expect("ada").is_admin);
}

#[tokio::test]
async fn an_administrator_makes_a_user_whose_password_is_told_once() {
    let hub = hub().await;
    hub.admin("root").await;
    let mut root = hub.browser_of("root").await;
    root.get("/administration/users").await.expect(200);
    let taken =
        root.submit("/administration/users", &[("name", "ada"), ("fullname", "Again")]).await.expect(409);
    assert!(taken.text().contains("value=\"Again\""));
    let new = [("name", "eve"), ("email", "eve@example.org")];
    let told = root.submit("/administration/users", &new).await.expect(200);
    is_page(&told);
    assert_eq!(told.header("cache-control"), "no-store");
    let text = told.text();
    let password = text.split("<code>").nth(1).and_then(|rest| rest.split('<').next()).expect("a password");
    let home = std::net::Ipv4Addr::LOCALHOST.into();
    hub.hub.sign_in("eve", password, home).await.expect("signed in");
    let eve = hub.hub.user("eve").await.expect("eve");
    assert_eq!((eve.vouched_email(), eve.is_admin), (Some("eve@example.org"), false));
    assert!(root.get("/administration/users?search=example.org").await.text().contains("users/eve\""));
    assert!(root.get("/administration/users?search=none-such").await.text().contains("No user matches"));
}

#[tokio::test]
async fn an_administrator_changes_what_a_user_may_do() {
    let hub = hub().await;
    hub.admin("root").await;
    let mut root = hub.browser_of("root").await;
    let mut ada = hub.browser_of("ada").await;
    let base = "/administration/users/ada";
    root.get(base).await.expect(200);
    for what in ["admin", "disable", "password"] {
        let refused = root.submit(&format!("{base}/{what}"), &[("confirm", "eve")]).await.expect(400);
        is_page(&refused);
    }
    let confirmed = [("confirm", "ada")];
    root.submit(&format!("{base}/admin"), &confirmed).await.expect(303);
    ada.get("/administration").await.expect(200);
    root.submit(&format!("{base}/admin"), &confirmed).await.expect(303);
    ada.get("/administration").await.expect(404);
    let told = root.submit(&format!("{base}/password"), &confirmed).await.expect(200);
    assert!(told.text().contains("password of ada"));
    ada.get("/settings/account").await.expect(401);
    root.get(base).await.expect(200);
    root.submit(&format!("{base}/disable"), &confirmed).await.expect(303);
    hub.as_user("ada").get("/api/whoami-v2").await.expect(401);
    hub.browser().get("/ada").await.expect(404);
    assert!(root.get(base).await.text().contains("Let this user in again"));
    root.submit(&format!("{base}/disable"), &confirmed).await.expect(303);
    hub.as_user("ada").get("/api/whoami-v2").await.expect(200);
    root.submit(&format!("{base}/email"), &[("email", "nowhere")]).await.expect(400);
    root.submit(&format!("{base}/email"), &[("email", "ada@example.org")]).await.expect(303);
    let own = root.get("/administration/users/root").await.expect(200).text();
    assert!(!own.contains("/administration/users/root/disable"), "nobody locks themselves out");
    let last = root.submit("/administration/users/root/admin", &[("confirm", "root")]).await.expect(409);
    assert!(last.text().contains("last administrator"));
}

#[tokio::test]
async fn the_pages_tell_what_is_on_record_and_in_force() {
    let http = HttpConfig {
        settings: vec![("listen".to_owned(), "<127.0.0.1>".to_owned())],
        ssh: Some("ssh://git@hub.test:2222/".to_owned()),
        ..HttpConfig::default()
    };
    let hub = hub_with(Setup { http, ..Setup::default() }).await;
    hub.admin("root").await;
    let client = hub.as_user("ada");
    client.create("ada/m").await.expect(200);
    client.commit("ada/m", &[("w.bin", &vec![7_u8; 50_000])]).await.expect(200);
    let mut root = hub.browser_of("root").await;
    let overview = root.get("/administration").await.text();
    assert!(
        overview.contains("ada/m") && overview.contains("<svg") && overview.contains("<table"),
        "{overview}"
    );
    let audit = root.get("/administration/audit").await.text();
    assert!(audit.contains("repo.create") && audit.contains("user.sign_in"), "{audit}");
    assert!(root.get("/administration/audit?before=1").await.text().contains("Nothing is on record"));
    root.get("/administration/audit?before=x").await.expect(400);
    let health = root.get("/administration/health").await.text();
    assert!(
        health.contains("ssh://git@hub.test:2222/") && health.contains("A probe was written"),
        "{health}"
    );
    let settings = root.get("/administration/settings").await.text();
    assert!(settings.contains("listen") && settings.contains("&#60;127.0.0.1&#62;"), "{settings}");
    let keys = hub.browser_of("ada").await.get("/settings/keys").await.text();
    assert!(keys.contains("ssh -p 2222 -T git@hub.test"), "{keys}");
    hub.org("acme", "ada").await;
    assert!(root.get("/administration/organizations?search=ACM").await.text().contains("href=\"/acme\""));
}
