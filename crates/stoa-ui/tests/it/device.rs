//! Approving a program that signs in by code.

use stoa_hub::DevicePoll;

use super::{hub, is_page};

#[tokio::test]
async fn a_person_approves_a_program() {
    let hub = hub().await;
    let login = hub.hub.begin_device("client").await.expect("a login");
    let mut browser = hub.browser();
    for path in ["/device", "/oauth/device"] {
        let page = browser.get(&format!("{path}?user_code={}", login.user_code)).await.expect(200);
        is_page(&page);
        assert!(page.text().contains(&format!("value=\"{}\"", login.user_code)));
    }
    let code = login.user_code.as_str();
    let form = |password: &'static str| {
        [("user_code", code), ("username", "ada"), ("password", password), ("decision", "approve")]
    };
    let wrong = browser.submit("/device", &form("wrong one")).await;
    is_page(&wrong);
    assert_eq!(wrong.status.as_u16(), 401);
    assert!(wrong.text().contains("Wrong user name or password") && !wrong.text().contains("wrong one"));

    let done = browser.submit("/device", &form("correct horse")).await;
    is_page(&done.expect(200));
    let poll = hub.hub.poll_device(&login.device_code, "client").await.expect("an answer");
    assert!(matches!(poll, DevicePoll::Granted(_)));

    let again = browser.submit("/device", &form("correct horse")).await;
    assert!(again.expect(404).text().contains("This code is wrong, was used, or has expired"));
}

#[tokio::test]
async fn whoever_is_signed_in_approves_without_a_password() {
    let hub = hub().await;
    let login = hub.hub.begin_device("client").await.expect("a login");
    let mut browser = hub.browser_of("ada").await;
    let page = browser.get(&format!("/device?user_code={}", login.user_code)).await.expect(200);
    assert!(
        page.text().contains("You are signed in as <strong>ada</strong>")
            && !page.text().contains("name=\"password\"")
    );
    browser.submit("/device", &[("user_code", &login.user_code), ("decision", "approve")]).await.expect(200);
    let poll = hub.hub.poll_device(&login.device_code, "client").await.expect("an answer");
    assert!(matches!(poll, DevicePoll::Granted(_)));
}

#[tokio::test]
async fn a_person_refuses_a_program() {
    let hub = hub().await;
    let login = hub.hub.begin_device("client").await.expect("a login");
    let mut browser = hub.browser();
    browser.get("/device").await.expect(200);
    let code = login.user_code.as_str();
    browser.submit("/device", &[("user_code", code), ("decision", "refuse")]).await.expect(200);
    let fields =
        [("user_code", code), ("decision", "refuse"), ("username", "ada"), ("password", "correct horse")];
    browser.submit("/device", &fields).await.expect(200);
    let poll = hub.hub.poll_device(&login.device_code, "client").await.expect("an answer");
    assert!(matches!(poll, DevicePoll::Denied));
    browser.submit("/device", &[("user_code", "x")]).await.expect(400);
}

#[tokio::test]
async fn what_a_stranger_writes_is_shown_as_text() {
    let answer = hub().await.browser().get("/oauth/device?user_code=%22%3E%3Cb%3E").await.expect(200);
    assert!(answer.text().contains("value=\"&#34;&#62;&#60;b&#62;\""), "{}", answer.text());
}
