//! Pages as a browser gets them, without a window. What needs a real one is in `clients/`.

mod account;
mod admin;
mod device;
mod files;
mod files_history;
mod files_hostile;
mod files_write;
mod forms;
mod home;
mod lists;
mod new;
mod orgs;
mod problems;
mod repo;
mod repo_hostile;
mod settings;
mod sign_in;

use stoa_testkit::{Answer, Setup, TestHub};

/// A hub with every route and page, and a user `ada` whose password is `correct horse`.
async fn hub() -> TestHub {
    hub_with(Setup::default()).await
}

async fn hub_with(setup: Setup) -> TestHub {
    let routes = stoa_api::routes().merge(stoa_ui::routes());
    let hub = TestHub::with(setup).await.problems(stoa_ui::draw_problem).router(routes);
    hub.user("ada").await;
    hub.hub.set_password("ada", "correct horse").await.expect("a password");
    hub
}

/// Holds every page to what all of them promise.
#[track_caller]
fn is_page(answer: &Answer) {
    assert_eq!(answer.header("content-type"), "text/html; charset=utf-8");
    let policy = answer.header("content-security-policy");
    assert!(policy.starts_with("default-src 'none'; style-src 'self'; script-src 'self';"), "{policy}");
    assert!(!policy.contains("unsafe"), "{policy}");
    let text = answer.text();
    assert!(
        !text.contains("<script>") && !text.contains(" style=\"") && !text.contains(" onclick"),
        "{text}"
    );
    assert!(!text.contains('⟦'), "a key without words: {text}");
    for outside in ["src=\"http", "src=\"//", "url(http"] {
        assert!(!text.contains(outside), "a page asks another host: {text}");
    }
}
