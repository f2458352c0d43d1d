//! What users set about themselves.

use stoa_core::TokenRole;

use super::{hub, is_page};

/// Pages of the settings.
const PAGES: [&str; 8] = [
    "/settings/profile",
    "/settings/account",
    "/settings/authentication",
    "/settings/tokens",
    "/settings/tokens/new",
    "/settings/keys",
    "/settings/organizations",
    "/join/welcome",
];

/// The number in the first address that begins so.
fn number_after(text: &str, start: &str) -> String {
    let rest = text.split(start).nth(1).unwrap_or_else(|| panic!("no {start} in {text}"));
    rest.chars().take_while(char::is_ascii_digit).collect()
}

#[tokio::test]
async fn settings_are_for_those_who_are_signed_in() {
    let hub = hub().await;
    for path in PAGES {
        let page = hub.browser().get(path).await.expect(401);
        is_page(&page);
        assert!(page.text().contains("/login?next=%2F"), "{path}");
        is_page(&hub.browser_of("ada").await.get(path).await.expect(200));
    }
    let to = hub.browser_of("ada").await.get("/settings").await.expect(303);
    assert_eq!(to.header("location"), "/settings/profile");
}

#[tokio::test]
async fn a_token_that_only_reads_changes_no_settings() {
    let hub = hub().await;
    let client = hub.with_token(&hub.token("ada", TokenRole::Read).await);
    let client = client.with_header("accept", "text/html");
    let fields = "fullname=x&name=x&role=write&days=&password=battery+staple&again=battery+staple&current=correct+horse&key=x&owner=ada";
    for path in [
        "/settings/profile",
        "/settings/account/password",
        "/settings/authentication/end-others",
        "/settings/tokens/new",
        "/settings/keys",
        "/organizations/new",
        "/new",
    ] {
        let answer = client.post_form(path, fields).await.expect(403);
        assert!(!answer.text().contains("hf_"), "{path}");
    }
    client.post_form("/settings/account/close", "confirm=ada&password=correct+horse").await.expect(403);
    hub.hub
        .sign_in("ada", "correct horse", std::net::Ipv4Addr::LOCALHOST.into())
        .await
        .expect("nothing changed");
}

#[tokio::test]
async fn a_profile_is_changed_and_a_refused_one_is_shown_again() {
    let hub = hub().await;
    let mut browser = hub.browser_of("ada").await;
    browser.get("/settings/profile").await.expect(200);
    let fields = [("fullname", "Ada L."), ("details", "I weave.\r\nNumbers."), ("email", "ada@example.org")];
    let answer = browser.submit("/settings/profile", &fields).await.expect(303);
    let page = browser.follow(&answer).await;
    assert!(page.text().contains("Your profile is saved.") && page.text().contains("value=\"Ada L.\""));
    assert!(browser.get("/ada").await.text().contains("I weave.\nNumbers."));
    let bad = [("fullname", "Ada L."), ("details", "still here"), ("email", "nowhere")];
    let page = browser.submit("/settings/profile", &bad).await.expect(400);
    is_page(&page);
    assert!(page.text().contains("still here") && page.text().contains("`nowhere` is not"));
}

#[tokio::test]
async fn a_changed_password_ends_the_sessions_of_others() {
    let hub = hub().await;
    let mut browser = hub.browser_of("ada").await;
    let mut other = hub.browser_of("ada").await;
    browser.get("/settings/account").await.expect(200);
    let form = |current: &'static str, new: &'static str, again: &'static str| {
        [("current", current), ("password", new), ("again", again)]
    };
    for (fields, status) in [
        (form("wrong horse", "battery staple", "battery staple"), 403),
        (form("correct horse", "battery staple", "battery stable"), 400),
        (form("correct horse", "short", "short"), 400),
    ] {
        let page = browser.submit("/settings/account/password", &fields).await.expect(status);
        is_page(&page);
        assert!(!page.text().contains("battery") && !page.text().contains("horse"));
        other.get("/settings/account").await.expect(200);
    }
    let done = form("correct horse", "battery staple", "battery staple");
    browser.submit("/settings/account/password", &done).await.expect(303);
    browser.get("/settings/account").await.expect(200);
    other.get("/settings/account").await.expect(401);
    hub.hub
        .sign_in("ada", "battery staple", std::net::Ipv4Addr::LOCALHOST.into())
        .await
        .expect("the new one");
}

#[tokio::test]
async fn an_account_is_closed_by_name_and_password_only() {
    let hub = hub().await;
    hub.as_user("ada").create("ada/m").await.expect(200);
    let mut browser = hub.browser_of("ada").await;
    browser.get("/settings/account").await.expect(200);
    let form = |name: &'static str, password: &'static str| [("confirm", name), ("password", password)];
    browser.submit("/settings/account/close", &form("eve", "correct horse")).await.expect(400);
    browser.submit("/settings/account/close", &form("ada", "wrong horse")).await.expect(403);
    let page = browser.submit("/settings/account/close", &form("ada", "correct horse")).await.expect(409);
    assert!(page.text().contains("still owns repositories"), "{}", page.text());
    hub.as_user("ada")
        .delete_json("/api/repos/delete", &serde_json::json!({ "name": "m" }))
        .await
        .expect(200);
    browser.submit("/settings/account/close", &form("ada", "correct horse")).await.expect(303);
    assert!(browser.cookie("stoa_session").is_none());
    hub.browser().get("/ada").await.expect(404);
}

#[tokio::test]
async fn sessions_are_listed_and_ended() {
    let hub = hub().await;
    hub.user("eve").await;
    let mut browser = hub.browser_of("ada").await;
    let mut second = hub.browser_of("ada").await;
    let mut third = hub.browser_of("ada").await;
    let mut eve = hub.browser_of("eve").await;
    let text = browser.get("/settings/authentication").await.expect(200).text();
    assert!(text.contains("This browser") && text.contains("a browser of a test"), "{text}");
    let id = number_after(&text, "action=\"/settings/authentication/");
    eve.get("/settings/authentication").await.expect(200);
    eve.submit(&format!("/settings/authentication/{id}/end"), &[]).await.expect(404);
    browser.submit(&format!("/settings/authentication/{id}/end"), &[]).await.expect(303);
    let left = [second.get("/settings/account").await, third.get("/settings/account").await];
    let ended = left.iter().filter(|answer| answer.status.as_u16() == 401).count();
    assert_eq!(ended, 1);
    browser.get("/settings/authentication").await.expect(200);
    browser.submit("/settings/authentication/end-others", &[]).await.expect(303);
    second.get("/settings/account").await.expect(401);
    third.get("/settings/account").await.expect(401);
    browser.get("/settings/account").await.expect(200);
    eve.get("/settings/account").await.expect(200);
}

#[tokio::test]
async fn a_token_is_shown_once_works_and_is_deleted_by_its_name() {
    let hub = hub().await;
    hub.user("eve").await;
    let mut browser = hub.browser_of("ada").await;
    let name = "<script>alert(1)</script>";
    browser.get("/settings/tokens/new").await.expect(200);
    let made =
        browser.submit("/settings/tokens/new", &[("name", name), ("role", "write"), ("days", "30")]).await;
    let made = made.expect(200);
    is_page(&made);
    assert_eq!(made.header("cache-control"), "no-store");
    let text = made.text();
    let secret: String =
        text.split("<code>").nth(1).unwrap_or_default().split('<').next().unwrap_or_default().into();
    assert!(secret.starts_with("hf_"), "{text}");
    let client = hub.with_token(&secret);
    assert_eq!(client.get("/api/whoami-v2").await.expect(200).json()["name"], "ada");

    let list = browser.get("/settings/tokens").await.expect(200);
    is_page(&list);
    let text = list.text();
    assert!(!text.contains(&secret) && text.contains(&secret[secret.len() - 4..]), "{text}");
    assert!(text.contains("&#60;script&#62;") && !text.contains("<script>alert"));
    let id = number_after(&text, "action=\"/settings/tokens/");
    let path = format!("/settings/tokens/{id}/delete");
    let mut eve = hub.browser_of("eve").await;
    eve.get("/settings/tokens").await.expect(200);
    eve.submit(&path, &[("confirm", name)]).await.expect(404);
    let wrong = browser.submit(&path, &[("confirm", "something else")]).await.expect(400);
    is_page(&wrong);
    client.get("/api/whoami-v2").await.expect(200);
    browser.submit(&path, &[("confirm", name)]).await.expect(303);
    client.get("/api/whoami-v2").await.expect(401);
}

#[tokio::test]
async fn a_link_fills_the_form_of_a_token() {
    let hub = hub().await;
    let mut browser = hub.browser_of("ada").await;
    let link = "/settings/tokens/new?tokenType=fineGrained&ownUserPermissions=repo.write&ownUserPermissions=inference.serverless.write&canReadGatedRepos=true&name=ci";
    let text = browser.get(link).await.expect(200).text();
    for filled in [
        "value=\"ci\"",
        "class=\"role-fine\" checked",
        "name=\"own\" value=\"write\" checked",
        "name=\"gated\" value=\"yes\" checked",
    ] {
        assert!(text.contains(filled), "{filled} in {text}");
    }
    assert!(!text.contains("name=\"own\" value=\"read\" checked"));
}

#[tokio::test]
async fn a_fine_grained_token_does_what_was_chosen_and_no_more() {
    let hub = hub().await;
    hub.user("eve").await;
    let ada = hub.as_user("ada");
    hub.as_user("eve").create("eve/open").await.expect(200);
    for name in ["ada/a", "ada/b"] {
        ada.create(name).await.expect(200);
        let hide = serde_json::json!({ "private": true });
        ada.put_json(&format!("/api/models/{name}/settings"), &hide).await.expect(200);
    }
    let mut browser = hub.browser_of("ada").await;
    browser.get("/settings/tokens/new").await.expect(200);
    let base = [("name", "ci"), ("role", "fineGrained"), ("days", "")];
    let page = browser.submit("/settings/tokens/new", &base).await.expect(400);
    assert!(page.text().contains("at least one permission") && page.text().contains("value=\"ci\""));
    for (field, value, status) in [
        ("read_repos", "ada/none", 404),
        ("write_repos", "eve/open", 403),
        ("read_repos", "no repository", 400),
        ("days", "9999999", 400),
    ] {
        let kept = base.into_iter().filter(|(name, _)| *name != field);
        let fields: Vec<_> = kept.chain([(field, value), ("own", "read")]).collect();
        let page = browser.submit("/settings/tokens/new", &fields).await.expect(status);
        assert!(field == "days" || page.text().contains(value), "what was typed stays");
    }
    let fields: Vec<_> = base.into_iter().chain([("read_repos", "ada/a\r\n")]).collect();
    let text = browser.submit("/settings/tokens/new", &fields).await.expect(200).text();
    let secret = text.split("<code>").nth(1).and_then(|rest| rest.split('<').next()).expect("a token");
    let client = hub.with_token(secret);
    client.get("/api/models/ada/a").await.expect(200);
    client.get("/api/models/ada/b").await.expect(404);
    client.put_json("/api/models/ada/a/settings", &serde_json::json!({})).await.expect(403);
}

#[tokio::test]
async fn keys_are_added_shown_and_removed() {
    let hub = hub().await;
    let mut browser = hub.browser_of("ada").await;
    let key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGPKSUTyz1HwHReFVvD5obVsALAgJRNarH4TRpNePnAS ada@loom";
    browser.get("/settings/keys").await.expect(200);
    let page =
        browser.submit("/settings/keys", &[("title", "t"), ("key", "<b>no key</b>")]).await.expect(400);
    is_page(&page);
    assert!(page.text().contains("&#60;b&#62;no key"), "what was pasted stays");
    let added = browser.submit("/settings/keys", &[("title", "<i>loom</i>"), ("key", key)]).await.expect(303);
    let text = browser.follow(&added).await.text();
    assert!(text.contains("SHA256:") && text.contains("&#60;i&#62;loom"), "{text}");
    assert!(!text.contains("ssh -"), "there is no git over SSH to try");
    let path = format!("/settings/keys/{}/delete", number_after(&text, "action=\"/settings/keys/"));
    browser.submit(&path, &[("confirm", "loom")]).await.expect(400);
    browser.submit(&path, &[("confirm", "<i>loom</i>")]).await.expect(303);
    browser.submit(&path, &[("confirm", "<i>loom</i>")]).await.expect(404);
}

#[tokio::test]
async fn members_leave_and_the_last_admin_stays() {
    let hub = hub().await;
    hub.user("bob").await;
    hub.org("acme", "ada").await;
    hub.member("acme", "bob", stoa_core::Role::Write).await;
    let mut bob = hub.browser_of("bob").await;
    assert!(bob.get("/settings/organizations").await.text().contains("href=\"/acme\""));
    bob.submit("/settings/organizations/acme/leave", &[("confirm", "acme")]).await.expect(303);
    assert!(bob.get("/settings/organizations").await.text().contains("You belong to no organization"));
    let mut ada = hub.browser_of("ada").await;
    ada.get("/settings/organizations").await.expect(200);
    let page = ada.submit("/settings/organizations/acme/leave", &[("confirm", "acme")]).await.expect(409);
    assert!(page.text().contains("last admin"));
}
