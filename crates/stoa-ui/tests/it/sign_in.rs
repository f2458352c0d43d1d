//! Signing in and out with a browser.

use std::time::Duration;

use super::{hub, is_page};

const DAY: Duration = Duration::from_hours(24);

#[tokio::test]
async fn a_person_signs_in_and_out_again() {
    let hub = hub().await;
    let mut browser = hub.browser();
    is_page(&browser.get("/login?next=/models").await.expect(200));
    let wrong = [("username", "ada"), ("password", "wrong horse"), ("next", "/models")];
    let answer = browser.submit("/login", &wrong).await.expect(401);
    is_page(&answer);
    assert!(answer.text().contains("Wrong user name or password") && !answer.text().contains("wrong horse"));
    let right = [("username", "ada"), ("password", "correct horse"), ("next", "/")];
    let answer = browser.submit("/login", &right).await.expect(303);
    assert_eq!(answer.header("location"), "/");
    let cookie = answer.header("set-cookie");
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"), "{cookie}");
    let secret = browser.cookie("stoa_session").expect("a session").to_owned();
    assert!(browser.get("/").await.text().contains("href=\"/ada\""));

    browser.submit("/logout", &[]).await.expect(303);
    assert!(browser.cookie("stoa_session").is_none());
    let mut kept = hub.browser().with_cookie("stoa_session", &secret);
    assert!(!kept.get("/").await.text().contains("href=\"/ada\""), "the secret works no more");
}

#[tokio::test]
async fn signing_in_leads_back_to_this_site_and_to_no_other() {
    let hub = hub().await;
    for (next, to) in
        [("/models?sort=likes", "/models?sort=likes"), ("https://evil.test/", "/"), ("//evil.test", "/")]
    {
        let mut browser = hub.browser();
        browser.get("/login").await.expect(200);
        let fields = [("username", "ada"), ("password", "correct horse"), ("next", next)];
        assert_eq!(browser.submit("/login", &fields).await.expect(303).header("location"), to);
    }
}

#[tokio::test]
async fn a_session_ends_when_it_is_not_used_for_two_weeks() {
    let hub = hub().await;
    let mut browser = hub.browser_of("ada").await;
    for _ in 0..6 {
        hub.clock.advance(13 * DAY);
        assert!(browser.get("/").await.text().contains("href=\"/ada\""));
    }
    hub.clock.advance(13 * DAY);
    assert!(!browser.get("/").await.text().contains("href=\"/ada\""), "ninety days have passed");
    let mut other = hub.browser_of("ada").await;
    hub.clock.advance(14 * DAY);
    assert!(!other.get("/").await.text().contains("href=\"/ada\""), "it was not used");
}

#[tokio::test]
async fn a_cookie_reads_private_files_and_changes_nothing_without_a_proof() {
    let hub = hub().await;
    let ada = hub.as_user("ada");
    ada.create("ada/m").await.expect(200);
    ada.commit("ada/m", &[("a.txt", b"words")]).await.expect(200);
    ada.put_json("/api/models/ada/m/settings", &serde_json::json!({ "private": true })).await.ok();
    let mut browser = hub.browser_of("ada").await;
    assert_eq!(browser.get("/ada/m/resolve/main/a.txt").await.expect(200).text(), "words");
    let secret = browser.cookie("stoa_session").expect("a session").to_owned();
    let script = hub.anonymous().with_header("cookie", &format!("stoa_session={secret}"));
    let refused = script.commit("ada/m", &[("b.txt", b"x")]).await.expect(403);
    assert!(refused.error_message().contains("X-CSRF-Token"), "{}", refused.error_message());
    let proof = hub.hub.form_proof(&secret).expect("a proof");
    script.clone().with_header("x-csrf-token", &proof).commit("ada/m", &[("b.txt", b"x")]).await.expect(200);
    let other = hub.browser_of("ada").await.cookie("stoa_session").expect("a session").to_owned();
    let proof = hub.hub.form_proof(&other).expect("a proof of another browser");
    script.with_header("x-csrf-token", &proof).commit("ada/m", &[("c.txt", b"x")]).await.expect(403);
}
