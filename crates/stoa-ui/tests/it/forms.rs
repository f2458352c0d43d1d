//! Every form carries a proof that this site drew it for the browser that sends it.

use std::collections::BTreeSet;
use std::path::Path;

use super::hub;

/// The address of every form of the site.
const FORMS: &[&str] = &[
    "/login",
    "/logout",
    "/preferences",
    "/device",
    "/join",
    "/new",
    "/new-dataset",
    "/new-space",
    "/settings/profile",
    "/settings/account/password",
    "/settings/account/close",
    "/settings/authentication/{id}/end",
    "/settings/authentication/end-others",
    "/settings/tokens/new",
    "/settings/tokens/{id}/delete",
    "/settings/keys",
    "/settings/keys/{id}/delete",
    "/settings/organizations/{org}/leave",
    "/organizations/new",
    "/organizations/{org}/settings",
    "/organizations/{org}/settings/delete",
    "/organizations/{org}/settings/members",
    "/organizations/{org}/settings/members/{user}/role",
    "/organizations/{org}/settings/members/{user}/remove",
    "/{ns}/{name}/like",
    "/{ns}/{name}/edit/{rev}/{*path}",
    "/{ns}/{name}/new/{rev}",
    "/{ns}/{name}/new/{rev}/",
    "/{ns}/{name}/delete/{rev}/{*path}",
    "/{ns}/{name}/settings",
    "/{ns}/{name}/settings/people",
    "/{ns}/{name}/settings/move",
    "/{ns}/{name}/settings/duplicate",
    "/{ns}/{name}/settings/squash",
    "/{ns}/{name}/settings/delete",
    "/{ns}/{name}/settings/disable",
    "/{ns}/{name}/settings/branches",
    "/{ns}/{name}/settings/branches/remove",
    "/{ns}/{name}/settings/storage/delete",
    "/administration/users",
    "/administration/users/{user}/admin",
    "/administration/users/{user}/disable",
    "/administration/users/{user}/password",
    "/administration/users/{user}/email",
];

/// An address with something in place of its variable parts.
fn filled(pattern: &str) -> String {
    let parts = [
        ("{ns}", "ada"),
        ("{name}", "m"),
        ("{id}", "1"),
        ("{org}", "acme"),
        ("{user}", "ada"),
        ("{rev}", "main"),
        ("{*path}", "a.txt"),
        ("{*rev}", "main"),
    ];
    parts.iter().fold(pattern.to_owned(), |path, (name, value)| path.replace(name, value))
}

/// Every address that the pages may have routes at: the texts of their functions `route`, and what these may be the end
/// of.
fn addresses(folder: &Path, into: &mut BTreeSet<String>) {
    for entry in std::fs::read_dir(folder).expect("a folder").flatten() {
        let path = entry.path();
        if path.is_dir() {
            addresses(&path, into);
        }
        if path.extension().is_none_or(|extension| extension != "rs") {
            continue;
        }
        let text = std::fs::read_to_string(&path).expect("a source file");
        for function in text.split("fn route").skip(1) {
            let body = function.split("\n}\n").next().unwrap_or_default();
            for literal in body.split('"').skip(1).step_by(2).filter(|text| !text.contains(' ')) {
                for base in ["", "/{ns}/{name}", "/{ns}/{name}/settings"] {
                    into.insert(format!("{base}{literal}"));
                }
            }
        }
    }
}

#[tokio::test]
async fn every_form_of_the_site_is_in_the_list() {
    let hub = hub().await;
    let mut found = BTreeSet::new();
    addresses(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src/pages"), &mut found);
    let mut browser = hub.browser_of("ada").await;
    let mut forms = BTreeSet::new();
    for pattern in found.iter().filter(|pattern| pattern.starts_with('/')) {
        let answer = browser.submit_as_is(&filled(pattern), &[]).await;
        if answer.status.as_u16() == 403 && answer.text().contains("This form is too old") {
            forms.insert(pattern.as_str());
        }
    }
    let listed: BTreeSet<&str> = FORMS.iter().copied().collect();
    assert_eq!(forms, listed, "the forms of the pages, and the list above");
}

#[tokio::test]
async fn a_form_without_its_proof_is_refused() {
    let hub = hub().await;
    hub.org("acme", "ada").await;
    hub.as_user("ada").create("ada/m").await.expect(200);
    for pattern in FORMS {
        let path = filled(pattern);
        let mut signed_in = hub.browser_of("ada").await;
        signed_in.get("/preferences").await.expect(200);
        let fields = [("username", "ada"), ("password", "correct horse"), ("decision", "refuse")];
        let answer = signed_in.submit_as_is(&path, &fields).await.expect(403);
        assert!(answer.text().contains("This form is too old"), "{path}: {}", answer.text());
        // A visitor has no cookie at all when another site sends the form.
        hub.browser().submit_as_is(&path, &fields).await.expect(403);
        let wrong = [("proof", "0".repeat(128))];
        let wrong: Vec<(&str, &str)> = wrong.iter().map(|(key, value)| (*key, value.as_str())).collect();
        signed_in.submit_as_is(&path, &wrong).await.expect(403);
    }
}

#[tokio::test]
async fn each_page_masks_its_proof_anew() {
    let hub = hub().await;
    let mut browser = hub.browser_of("ada").await;
    let proof =
        |text: &str| text.split("data-proof=\"").nth(1).map(|rest| rest[..128].to_owned()).expect("a proof");
    let one = proof(&browser.get("/").await.text());
    let two = proof(&browser.get("/").await.text());
    assert_ne!(one, two);
    let secret = browser.cookie("stoa_session").expect("a session");
    assert!(hub.hub.proves(secret, &one) && hub.hub.proves(secret, &two));
}
