//! Every form carries a proof that this site drew it for the browser that sends it.

use super::hub;

#[tokio::test]
async fn a_form_without_its_proof_is_refused() {
    let hub = hub().await;
    for path in ["/login", "/logout", "/preferences", "/device"] {
        let mut signed_in = hub.browser_of("ada").await;
        signed_in.get("/preferences").await.expect(200);
        let fields = [("username", "ada"), ("password", "correct horse"), ("decision", "refuse")];
        let answer = signed_in.submit_as_is(path, &fields).await.expect(403);
        assert!(answer.text().contains("This form is too old"), "{path}: {}", answer.text());
        // A visitor has no cookie at all when another site sends the form.
        hub.browser().submit_as_is(path, &fields).await.expect(403);
        let wrong = [("proof", "0".repeat(128))];
        let wrong: Vec<(&str, &str)> = wrong.iter().map(|(key, value)| (*key, value.as_str())).collect();
        signed_in.submit_as_is(path, &wrong).await.expect(403);
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
