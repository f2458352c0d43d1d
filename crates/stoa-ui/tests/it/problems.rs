//! Errors are pages for people and JSON for programs.

use super::{hub, is_page};

#[tokio::test]
async fn people_get_a_page_and_programs_their_json() {
    let hub = hub().await;
    let page = hub.browser().get("/nobody/nothing/resolve/main/x").await;
    is_page(&page);
    assert_eq!(page.status.as_u16(), 401);
    assert!(
        page.text().contains("There is nothing here")
            && page.text().contains("/login?next=%2Fnobody%2Fnothing")
    );
    assert_eq!(page.error_code(), "RepoNotFound");
    let json = hub.anonymous().get("/nobody/nothing/resolve/main/x").await;
    assert!(json.header("content-type").starts_with("application/json"), "{}", json.text());
    let api = hub.browser().get("/api/models/nobody/nothing").await;
    assert!(api.header("content-type").starts_with("application/json"));
}

#[tokio::test]
async fn a_private_repository_looks_like_a_missing_one() {
    let hub = hub().await;
    hub.user("eve").await;
    let ada = hub.as_user("ada");
    ada.create("ada/m").await.expect(200);
    ada.put_json("/api/models/ada/m/settings", &serde_json::json!({ "private": true })).await.ok();
    for mut browser in [hub.browser(), hub.browser_of("eve").await] {
        let there = browser.get("/ada/m/resolve/main/x").await;
        let missing = browser.get("/ada/n/resolve/main/x").await;
        let text = |answer: &stoa_testkit::Answer, name: &str| {
            let id = answer.header("x-request-id").to_owned();
            answer.text().replace(&id, "").replace(name, "")
        };
        assert_eq!(text(&there, "%2Fm%2F"), text(&missing, "%2Fn%2F"));
    }
}

#[tokio::test]
async fn what_a_stranger_writes_into_an_address_is_shown_as_text() {
    let hub = hub().await;
    let answer = hub.browser().get("/ada/%3Cscript%3Ealert(1)%3C/script%3E/x?%22%3E%3Cimg%20src=x%3E").await;
    is_page(&answer);
    assert!(
        !answer.text().contains("<script>") && !answer.text().contains("<img src=x"),
        "{}",
        answer.text()
    );
}
