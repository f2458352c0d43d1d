//! Making an account, and the pages of users and organizations.

use stoa_core::Role;
use stoa_hub::{NewProfile, Policy, SignUp};
use stoa_testkit::{Setup, TestHub};

use super::{hub, hub_with, is_page};

async fn open_hub() -> TestHub {
    let policy = Policy { sign_up: SignUp::Open, ..Policy::default() };
    hub_with(Setup { policy, ..Setup::default() }).await
}

#[tokio::test]
async fn strangers_make_no_account_where_the_hub_is_closed() {
    let hub = hub().await;
    let mut browser = hub.browser();
    assert!(!browser.get("/").await.text().contains("href=\"/join\""));
    assert!(!browser.get("/login").await.text().contains("href=\"/join\""));
    let page = browser.get("/join").await.expect(200);
    is_page(&page);
    assert!(page.text().contains("made by those who run it") && !page.text().contains("name=\"password\""));
    let fields = [("username", "eve"), ("password", "correct horse"), ("again", "correct horse")];
    browser.get("/login").await.expect(200);
    browser.submit("/join", &fields).await.expect(403);
    assert!(hub.hub.user("eve").await.is_err());
}

#[tokio::test]
async fn a_newcomer_makes_an_account_and_is_signed_in() {
    let hub = open_hub().await;
    let mut browser = hub.browser();
    assert!(browser.get("/").await.text().contains("href=\"/join\""));
    let to = browser.get("/signup").await.expect(303);
    is_page(&browser.follow(&to).await.expect(200));
    let fields = [("username", "eve"), ("password", "correct horse"), ("again", "correct horse")];
    let answer = browser.submit("/join", &fields).await.expect(303);
    assert_eq!(answer.header("location"), "/join/welcome");
    let page = browser.follow(&answer).await.expect(200);
    is_page(&page);
    assert!(page.text().contains("Welcome, eve") && page.text().contains("/settings/tokens/new"));
    assert!(!hub.hub.user("eve").await.expect("eve").is_admin);
}

#[tokio::test]
async fn a_refused_sign_up_keeps_what_was_typed_except_passwords() {
    let hub = open_hub().await;
    let mut browser = hub.browser();
    browser.get("/join").await.expect(200);
    let good = "battery staple";
    for (name, password, again, status) in [
        ("ada", good, good, 409),
        ("../x", good, good, 400),
        ("administration", good, good, 400),
        ("eve", "short1!", "short1!", 400),
        ("eve", good, "battery stable", 400),
    ] {
        let fields = [("username", name), ("fullname", "Eve <b>"), ("password", password), ("again", again)];
        let answer = browser.submit("/join", &fields).await.expect(status);
        is_page(&answer);
        let text = answer.text();
        assert!(text.contains("Eve &#60;b&#62;") && text.contains("role=\"alert\""), "{text}");
        assert!(!text.contains(password) && !text.contains(again), "{text}");
    }
}

#[tokio::test]
async fn a_page_shows_what_its_visitor_may_see() {
    let hub = hub().await;
    hub.user("eve").await;
    let ada = hub.as_user("ada");
    for name in ["ada/open", "ada/secret", "datasets/ada/data"] {
        ada.create(name).await.expect(200);
    }
    let hide = serde_json::json!({ "private": true });
    ada.put_json("/api/models/ada/secret/settings", &hide).await.ok();
    for (mut browser, all) in [(hub.browser_of("ada").await, true), (hub.browser_of("eve").await, false)] {
        for path in ["/ada", "/ada?tab=models"] {
            let page = browser.get(path).await.expect(200);
            is_page(&page);
            let text = page.text();
            assert!(text.contains("href=\"/ada/open\""), "{text}");
            assert_eq!(text.contains("ada/secret"), all, "{path}");
        }
        assert!(browser.get("/ada?tab=datasets").await.text().contains("/datasets/ada/data"));
        assert_eq!(
            browser.get("/ada").await.text().contains("class=\"button\" href=\"/settings/profile\""),
            all
        );
    }
    let page = hub.browser().get("/ada?tab=likes").await.expect(200);
    assert!(page.text().contains("Nothing liked yet"));
}

#[tokio::test]
async fn a_name_in_another_case_leads_to_the_page_and_an_unknown_one_nowhere() {
    let hub = hub().await;
    hub.org("acme", "ada").await;
    let mut browser = hub.browser();
    let answer = browser.get("/ADA?tab=models").await.expect(307);
    assert_eq!(answer.header("location"), "/ada?tab=models");
    for unknown in ["/nobody-here", "/%00", "/..%2fada", "/ada%20", "/ada?tab=members", "/acme?tab=likes"] {
        let status = browser.get(unknown).await.status.as_u16();
        assert!(matches!(status, 400 | 404), "{unknown}: {status}");
    }
    for taken in ["/new", "/login", "/join", "/preferences", "/administration"] {
        assert!(!browser.get(taken).await.text().contains("profile-side"), "{taken}");
    }
}

#[tokio::test]
async fn a_closed_hub_shows_no_profiles_to_strangers() {
    let policy = Policy { anonymous_read: false, ..Policy::default() };
    let hub = hub_with(Setup { policy, ..Setup::default() }).await;
    hub.browser().get("/ada").await.expect(401);
    hub.browser().get("/nobody-here").await.expect(401);
}

#[tokio::test]
async fn what_people_say_about_themselves_is_shown_as_text() {
    let hub = hub().await;
    let ada = hub.hub.operator("ada").await.expect("ada");
    let payload = "\"><img src=x onerror=alert(1)><script>alert(2)</script>";
    let profile = NewProfile { fullname: payload.to_owned(), details: payload.to_owned(), email: None };
    hub.hub.set_profile(&ada, profile).await.expect("a profile");
    hub.hub.found_org(&ada, "acme", payload, false).await.expect("an organization");
    hub.hub.set_org(&ada, "acme", payload, payload, false).await.expect("words");
    let mut browser = hub.browser_of("ada").await;
    for path in [
        "/ada",
        "/acme",
        "/acme?tab=members",
        "/settings/profile",
        "/settings/organizations",
        "/organizations/acme/settings",
        "/organizations/acme/settings/members",
    ] {
        let page = browser.get(path).await.expect(200);
        is_page(&page);
        assert!(!page.text().contains("<img src=x") && !page.text().contains("<script>alert"), "{path}");
        assert!(page.text().contains("&#60;img src=x"), "{path}");
    }
}

#[tokio::test]
async fn an_organization_shows_its_card_and_its_members() {
    let hub = hub().await;
    hub.user("bob").await;
    hub.org("acme", "ada").await;
    hub.member("acme", "bob", Role::Read).await;
    let ada = hub.as_user("ada");
    let space =
        serde_json::json!({ "name": "README", "organization": "acme", "type": "space", "sdk": "static" });
    ada.post_json("/api/repos/create", &space).await.expect(200);
    let card = "---\ntitle: x\n---\n# We weave\n\n<script>alert(1)</script>\n\n![a](pic.png)";
    ada.commit("spaces/acme/README", &[("README.md", card.as_bytes())]).await.expect(200);
    let page = hub.browser().get("/acme").await.expect(200);
    is_page(&page);
    let text = page.text();
    assert!(text.contains("We weave") && text.contains("/spaces/acme/README/resolve/main/pic.png"), "{text}");
    assert!(!text.contains("alert(1)</script>") && !text.contains("title: x"), "{text}");
    let members = |text: &str| text.contains("href=\"/bob\"") && text.contains("href=\"/ada\"");
    let outside = hub.browser().get("/acme?tab=members").await.expect(200).text();
    assert!(members(&outside) && !outside.contains(">Admin</span>"), "roles are for those inside");
    let inside = hub.browser_of("bob").await.get("/acme?tab=members").await.expect(200).text();
    assert!(members(&inside) && inside.contains(">Admin</span>"), "{inside}");
    let hide = serde_json::json!({ "private": true });
    ada.put_json("/api/spaces/acme/README/settings", &hide).await.expect(200);
    assert!(!hub.browser_of("ada").await.get("/acme").await.text().contains("We weave"), "it is private");
}
