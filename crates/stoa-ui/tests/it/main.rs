//! Pages as a browser gets them.

use stoa_core::{RepoId, RepoKind};
use stoa_hub::{DevicePoll, NewRepo, NewUser, Policy};
use stoa_testkit::{Answer, Setup, TestHub};

async fn hub() -> TestHub {
    let hub = TestHub::new().await.router(stoa_ui::routes());
    let ada =
        NewUser { name: "ada".to_owned(), password: Some("correct horse".to_owned()), ..NewUser::default() };
    hub.hub.create_user(ada).await.expect("a user");
    hub
}

fn is_page(answer: &Answer) {
    assert_eq!(answer.header("content-type"), "text/html; charset=utf-8");
    let policy = answer.header("content-security-policy");
    assert!(policy.starts_with("default-src 'none'; style-src 'self';"), "{policy}");
    assert!(!answer.text().contains("<script") && !answer.text().contains("style=\""));
}

#[tokio::test]
async fn the_first_page_says_how_to_start_on_this_hub() {
    let hub = hub().await;
    let answer = hub.anonymous().get("/").await.expect(200);
    is_page(&answer);
    assert!(answer.text().contains("export HF_ENDPOINT=http://hub.test\n"));
    assert!(answer.text().contains("Nothing is here yet"));
    hub.anonymous().get("/static/style.css").await.expect(200);
}

#[tokio::test]
async fn the_first_page_counts_what_the_visitor_may_see() {
    let hub = hub().await;
    let ada = hub.hub.operator("ada").await.expect("ada");
    for (name, private) in [("open", false), ("secret", true)] {
        let id = RepoId::new(RepoKind::Model, "ada", name).expect("an id");
        let new = NewRepo { id, private: Some(private), sdk: None, license: None };
        hub.hub.create_repo(&ada, new).await.expect("a repository");
    }
    let text = hub.anonymous().get("/").await.text();
    assert!(text.contains("<dt>Models</dt><dd>1</dd>") && !text.contains("Nothing is here yet"), "{text}");
}

#[tokio::test]
async fn a_hub_that_is_not_public_shows_no_counts() {
    let policy = Policy { anonymous_read: false, ..Policy::default() };
    let hub = TestHub::with(Setup { policy, ..Setup::default() }).await.router(stoa_ui::routes());
    let text = hub.anonymous().get("/").await.expect(200).text();
    assert!(text.contains("This hub is not public") && !text.contains("<dl"), "{text}");
}

#[tokio::test]
async fn a_person_approves_a_program() {
    let hub = hub().await;
    let login = hub.hub.begin_device("client").await.expect("a login");
    for path in ["/device", "/oauth/device"] {
        let page = hub.anonymous().get(&format!("{path}?user_code={}", login.user_code)).await.expect(200);
        is_page(&page);
        assert!(page.text().contains(&format!("value=\"{}\"", login.user_code)));
    }

    let form = |password: &str, decision: &str| {
        format!("user_code={}&username=ada&password={password}&decision={decision}", login.user_code)
    };
    let wrong = hub.anonymous().post_form("/device", &form("wrong+one", "approve")).await;
    is_page(&wrong);
    assert_eq!(wrong.status.as_u16(), 401);
    assert!(wrong.text().contains("Wrong user name or password") && !wrong.text().contains("wrong one"));

    let done = hub.anonymous().post_form("/device", &form("correct+horse", "approve")).await;
    is_page(&done.expect(200));
    let poll = hub.hub.poll_device(&login.device_code, "client").await.expect("an answer");
    assert!(matches!(poll, DevicePoll::Granted(_)));

    let again = hub.anonymous().post_form("/device", &form("correct+horse", "approve")).await;
    assert!(again.expect(404).text().contains("This code is wrong, was used, or has expired"));
}

#[tokio::test]
async fn a_person_refuses_a_program() {
    let hub = hub().await;
    let login = hub.hub.begin_device("client").await.expect("a login");
    let form = format!("user_code={}&decision=refuse", login.user_code);
    hub.anonymous().post_form("/device", &form).await.expect(200);
    let form = format!("{form}&username=ada&password=correct+horse");
    hub.anonymous().post_form("/device", &form).await.expect(200);
    let poll = hub.hub.poll_device(&login.device_code, "client").await.expect("an answer");
    assert!(matches!(poll, DevicePoll::Denied));
    hub.anonymous().post_form("/device", "user_code=x").await.expect(400);
}

#[tokio::test]
async fn what_a_stranger_writes_is_shown_as_text() {
    let answer = hub().await.anonymous().get("/oauth/device?user_code=%22%3E%3Cb%3E").await.expect(200);
    assert!(answer.text().contains("value=\"&#34;&#62;&#60;b&#62;\""), "{}", answer.text());
}
