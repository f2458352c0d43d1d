//! The first page.

use stoa_hub::Policy;
use stoa_testkit::Setup;

use super::{hub, hub_with, is_page};

#[tokio::test]
async fn the_first_page_says_how_to_start_on_this_hub() {
    let hub = hub().await;
    let answer = hub.browser().get("/").await.expect(200);
    is_page(&answer);
    assert!(answer.text().contains("export HF_ENDPOINT=http://hub.test\n"));
    assert!(answer.text().contains("Nothing is here yet"));
    let text = answer.text();
    for address in text.split('"').filter(|address| address.starts_with("/static/")) {
        let asset = hub.anonymous().get(address).await.expect(200);
        assert!(asset.header("cache-control").contains("immutable"), "{address}");
    }
}

#[tokio::test]
async fn the_first_page_shows_what_the_visitor_may_see() {
    let hub = hub().await;
    let ada = hub.as_user("ada");
    for name in ["ada/open", "ada/secret"] {
        ada.create(name).await.expect(200);
    }
    let hide = serde_json::json!({ "private": true });
    ada.put_json("/api/models/ada/secret/settings", &hide).await.ok();
    let text = hub.browser().get("/").await.text();
    assert!(text.contains("href=\"/ada/open\"") && !text.contains("ada/secret"), "{text}");
    let text = hub.browser_of("ada").await.get("/").await.text();
    assert!(text.contains("href=\"/ada/open\"") && text.contains("href=\"/ada/secret\""), "{text}");
}

#[tokio::test]
async fn a_hub_that_is_not_public_shows_nothing_to_strangers() {
    let policy = Policy { anonymous_read: false, ..Policy::default() };
    let hub = hub_with(Setup { policy, ..Setup::default() }).await;
    hub.as_user("ada").create("ada/open").await.expect(200);
    let text = hub.browser().get("/").await.expect(200).text();
    assert!(text.contains("This hub is not public") && !text.contains("ada/open"), "{text}");
}

#[tokio::test]
async fn pages_speak_the_language_of_the_browser_until_another_is_chosen() {
    let hub = hub().await;
    let mut browser = hub.browser();
    let text = hub.anonymous().with_header("accept-language", "it-IT,it;q=0.9").get("/").await.text();
    assert!(text.contains("<html lang=\"it\">") && text.contains("Qui non c’è ancora nulla"), "{text}");
    browser.get("/preferences?next=/").await.expect(200);
    let chosen = [("language", "fr"), ("theme", "dark"), ("next", "/")];
    let answer = browser.submit("/preferences", &chosen).await.expect(303);
    let text = browser.follow(&answer).await.text();
    assert!(text.contains("<html lang=\"fr\" data-theme=\"dark\">"), "{text}");
    assert!(text.contains("Enregistré pour ce navigateur."));
    assert!(!browser.get("/").await.text().contains("Enregistré"), "a notice is shown once");
}
