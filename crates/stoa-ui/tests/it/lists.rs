//! Lists and search.

use stoa_hub::Policy;
use stoa_testkit::{Setup, TestHub};

use super::{hub, hub_with, is_page};

async fn with_models() -> TestHub {
    let hub = hub().await;
    let ada = hub.as_user("ada");
    for (name, card) in [
        ("ada/reader", "license: mit\npipeline_tag: text-generation\nlanguage: it"),
        ("ada/painter", "license: apache-2.0\npipeline_tag: text-to-image"),
    ] {
        ada.create(name).await.expect(200);
        ada.commit(name, &[("README.md", format!("---\n{card}\n---\n# Words\n").as_bytes())])
            .await
            .expect(200);
    }
    hub
}

#[tokio::test]
async fn a_list_is_narrowed_by_links_and_widened_again() {
    let hub = with_models().await;
    let mut browser = hub.browser();
    let all = browser.get("/models").await.expect(200);
    is_page(&all);
    assert!(all.text().contains("href=\"/ada/reader\"") && all.text().contains("href=\"/ada/painter\""));
    assert!(
        all.text().contains("href=\"/models?pipeline_tag=text-generation\"")
            && all.text().contains("Italian")
    );
    let some = browser.get("/models?pipeline_tag=text-generation").await.expect(200).text();
    assert!(some.contains("href=\"/ada/reader\"") && !some.contains("href=\"/ada/painter\""), "{some}");
    assert!(some.contains("<a class=\"tag on\" href=\"/models\">"), "the filter can be taken away");
    let none = browser.get("/models?license=mit&pipeline_tag=text-to-image").await.expect(200).text();
    assert!(none.contains("Nothing fits"), "{none}");
    for path in ["/datasets", "/spaces"] {
        let empty = browser.get(path).await.expect(200);
        is_page(&empty);
        assert!(empty.text().contains("Nothing is here yet"));
    }
}

#[tokio::test]
async fn pages_follow_each_other_without_gaps() {
    let hub = hub().await;
    let ada = hub.as_user("ada");
    for number in 0..35 {
        ada.create(&format!("ada/m{number:02}")).await.expect(200);
    }
    let mut browser = hub.browser();
    let mut seen = std::collections::BTreeSet::new();
    let mut path = "/models?sort=created".to_owned();
    for _ in 0..2 {
        let text = browser.get(&path).await.expect(200).text();
        for rest in text.split("href=\"/ada/").skip(1) {
            seen.insert(rest.split('"').next().unwrap_or_default().to_owned());
        }
        let next =
            text.split("rel=\"next\" href=\"").nth(1).map(|rest| rest.split('"').next().unwrap_or_default());
        path = next.map(|next| next.replace("&#38;", "&")).unwrap_or_default();
    }
    assert_eq!(seen.len(), 35);
    assert_eq!(path, "", "the second page is the last");
}

#[tokio::test]
async fn what_is_private_is_found_by_its_owner_alone() {
    let hub = with_models().await;
    let hide = serde_json::json!({ "private": true });
    hub.as_user("ada").put_json("/api/models/ada/reader/settings", &hide).await.ok();
    for path in ["/models", "/search?q=reader", "/models?search=reader", "/models?license=mit"] {
        assert!(!hub.browser().get(path).await.expect(200).text().contains("href=\"/ada/reader\""), "{path}");
        assert!(
            hub.browser_of("ada").await.get(path).await.text().contains("href=\"/ada/reader\""),
            "{path}"
        );
    }
}

#[tokio::test]
async fn search_finds_repositories_and_people() {
    let hub = with_models().await;
    hub.org("adalab", "ada").await;
    let mut browser = hub.browser();
    let found = browser.get("/search?q=ada").await.expect(200);
    is_page(&found);
    for href in ["/ada", "/adalab", "/ada/reader", "/ada/painter"] {
        assert!(found.text().contains(&format!("href=\"{href}\"")), "{href}");
    }
    assert!(browser.get("/search?q=nothing-like-this").await.text().contains("No name and no card"));
    is_page(&browser.get("/search").await.expect(200));
    let cards = browser.get("/search/full-text?q=words&type=model").await.expect(200);
    is_page(&cards);
    assert!(
        cards.text().contains("href=\"/ada/reader\"") && cards.text().contains("<mark>Words</mark>"),
        "{}",
        cards.text()
    );
    let evil = browser.get("/search?q=%22%3E%3Cscript%3E").await.expect(200);
    is_page(&evil);
}

#[tokio::test]
async fn a_filter_that_makes_no_sense_is_told() {
    let hub = hub().await;
    let answer = hub.browser().get("/models?num_parameters=many").await.expect(400);
    is_page(&answer);
    assert!(answer.text().contains("num_parameters"), "{}", answer.text());
}

#[tokio::test]
async fn lists_of_a_hub_that_is_not_public_ask_to_sign_in() {
    let policy = Policy { anonymous_read: false, ..Policy::default() };
    let hub = hub_with(Setup { policy, ..Setup::default() }).await;
    for path in ["/models", "/datasets", "/spaces", "/search?q=a"] {
        let answer = hub.browser().get(path).await.expect(401);
        is_page(&answer);
        assert!(answer.text().contains("Sign in to see this"), "{path}");
        hub.browser_of("ada").await.get(path).await.expect(200);
    }
}
