//! Making, changing and ending repositories.

use stoa_core::Role;
use stoa_hub::{Policy, SignUp};
use stoa_testkit::Setup;

use super::{hub, hub_with, is_page};

#[tokio::test]
async fn a_newcomer_goes_from_sign_up_to_a_repository_and_its_end() {
    let policy = Policy { sign_up: SignUp::Open, ..Policy::default() };
    let hub = hub_with(Setup { policy, ..Setup::default() }).await;
    let mut eve = hub.browser();
    eve.get("/join").await.expect(200);
    let joined = [("username", "eve"), ("password", "battery staple"), ("again", "battery staple")];
    let welcome = eve.submit("/join", &joined).await.expect(303);
    eve.follow(&welcome).await.expect(200);

    eve.get("/settings/tokens/new?tokenType=write").await.expect(200);
    let token = [("name", "laptop"), ("role", "write"), ("days", "90")];
    let text = eve.submit("/settings/tokens/new", &token).await.expect(200).text();
    let secret = text.split("<code>").nth(1).and_then(|rest| rest.split('<').next()).expect("a token");

    is_page(&eve.get("/new").await.expect(200));
    let new =
        [("owner", "eve"), ("name", "first"), ("license", "mit"), ("card", "yes"), ("visibility", "private")];
    let made = eve.submit("/new", &new).await.expect(303);
    assert_eq!(made.header("location"), "/eve/first");
    let client = hub.with_token(secret);
    let info = client.get("/api/models/eve/first").await.expect(200).json();
    assert_eq!((&info["private"], &info["cardData"]["license"]), (&true.into(), &"mit".into()));
    let card = client.get("/eve/first/resolve/main/README.md").await.expect(200);
    assert_eq!(card.text(), "---\nlicense: mit\n---\n\n# first\n");
    client.commit("eve/first", &[("weights.txt", b"1 2 3")]).await.expect(200);

    eve.get("/eve/first/settings").await.expect(200);
    let moved =
        eve.submit("/eve/first/settings/move", &[("owner", "eve"), ("name", "second")]).await.expect(303);
    assert_eq!(moved.header("location"), "/eve/second/settings");
    let page = eve.follow(&moved).await.expect(200);
    is_page(&page);
    let old = eve.get("/eve/first/settings").await.expect(307);
    assert_eq!(old.header("location"), "/eve/second/settings");
    client.get("/eve/second/resolve/main/weights.txt").await.expect(200);

    let delete = "/eve/second/settings/delete";
    eve.submit(delete, &[("confirm", "eve/first")]).await.expect(400);
    let gone = eve.submit(delete, &[("confirm", "eve/second")]).await.expect(303);
    assert!(eve.follow(&gone).await.expect(200).text().contains("The repository is deleted."));
    client.get("/api/models/eve/second").await.expect(404);
}

#[tokio::test]
async fn repositories_are_made_where_their_maker_may_and_as_the_owner_decides() {
    let hub = hub().await;
    hub.user("bob").await;
    let ada = hub.hub.operator("ada").await.expect("ada");
    hub.hub.found_org(&ada, "acme", "", true).await.expect("an organization");
    hub.member("acme", "bob", Role::Read).await;
    let mut browser = hub.browser_of("ada").await;
    let page = browser.get("/new-space?owner=acme&name=demo&sdk=docker").await.expect(200);
    is_page(&page);
    let text = page.text();
    assert!(text.contains("<option selected>acme</option>") && text.contains("value=\"demo\""), "{text}");
    assert!(
        text.contains("value=\"docker\" required checked") && text.contains("Private for acme"),
        "{text}"
    );
    let fields = [("owner", "acme"), ("name", "demo"), ("sdk", "docker"), ("visibility", "")];
    browser.submit("/new-space", &fields).await.expect(303);
    let space = hub.as_user("ada").get("/api/spaces/acme/demo").await.expect(200).json();
    assert_eq!((&space["private"], &space["sdk"]), (&true.into(), &"docker".into()));
    browser.submit("/new-dataset", &[("owner", "ada"), ("name", "d"), ("visibility", "")]).await.expect(303);
    assert_eq!(hub.as_user("ada").get("/api/datasets/ada/d").await.expect(200).json()["private"], false);

    let again = browser.submit("/new-dataset", &[("owner", "ada"), ("name", "d"), ("license", "mit")]).await;
    assert!(again.expect(409).text().contains("value=\"mit\" selected"), "what was chosen stays");
    for (fields, status) in [
        ([("owner", "ada"), ("name", "<b>"), ("license", "")], 400),
        ([("owner", "ada"), ("name", "x"), ("license", "none-such")], 400),
        ([("owner", "bob"), ("name", "x"), ("license", "")], 403),
    ] {
        is_page(&browser.submit("/new", &fields).await.expect(status));
    }
    let mut bob = hub.browser_of("bob").await;
    assert!(!bob.get("/new").await.text().contains(">acme</option>"), "bob only reads there");
    bob.submit("/new", &[("owner", "acme"), ("name", "x")]).await.expect(403);
    hub.browser().get("/new").await.expect(401);
}

#[tokio::test]
async fn the_settings_of_a_repository_are_for_those_who_administer_it() {
    let hub = hub().await;
    hub.user("eve").await;
    let ada = hub.as_user("ada");
    for name in ["ada/open", "ada/secret", "datasets/ada/d"] {
        ada.create(name).await.expect(200);
    }
    let hide = serde_json::json!({ "private": true });
    ada.put_json("/api/models/ada/secret/settings", &hide).await.ok();
    for tail in ["", "/branches", "/storage"] {
        let mut eve = hub.browser_of("eve").await;
        eve.get(&format!("/ada/open/settings{tail}")).await.expect(403);
        eve.get(&format!("/ada/secret/settings{tail}")).await.expect(404);
        hub.browser().get(&format!("/ada/open/settings{tail}")).await.expect(401);
        for name in ["ada/open", "ada/secret", "datasets/ada/d"] {
            is_page(&hub.browser_of("ada").await.get(&format!("/{name}/settings{tail}")).await.expect(200));
        }
    }
    let mut eve = hub.browser_of("eve").await;
    eve.get("/preferences").await.expect(200);
    for what in [
        "",
        "/people",
        "/move",
        "/duplicate",
        "/squash",
        "/delete",
        "/disable",
        "/branches",
        "/branches/remove",
        "/storage/delete",
    ] {
        let fields = [("confirm", "ada/open"), ("owner", "eve"), ("name", "mine"), ("pattern", "main")];
        eve.submit(&format!("/ada/open/settings{what}"), &fields).await.expect(403);
        eve.submit(&format!("/ada/secret/settings{what}"), &fields).await.expect(404);
    }
    ada.get("/api/models/ada/open").await.expect(200);
}

#[tokio::test]
async fn access_is_changed_and_a_copy_is_made() {
    let hub = hub().await;
    let client = hub.as_user("ada");
    client.create("ada/m").await.expect(200);
    let mut browser = hub.browser_of("ada").await;
    browser.get("/ada/m/settings").await.expect(200);
    browser.submit("/ada/m/settings", &[("visibility", "private"), ("gate", "manual")]).await.expect(303);
    let info = client.get("/api/models/ada/m").await.json();
    assert_eq!((&info["private"], &info["gated"]), (&true.into(), &"manual".into()));
    browser.submit("/ada/m/settings", &[("visibility", "secret"), ("gate", "open")]).await.expect(400);
    hub.user("bob").await;
    browser.submit("/ada/m/settings", &[("visibility", "public"), ("gate", "manual")]).await.expect(303);
    client.commit("ada/m", &[("a.txt", b"a")]).await.expect(200);
    let mut bob = hub.browser_of("bob").await;
    for (decision, status) in [("accept", 200), ("reject", 403)] {
        let decided = [("user", "bob"), ("decision", decision)];
        browser.submit("/ada/m/settings/people", &decided).await.expect(303);
        bob.get("/ada/m/resolve/main/a.txt").await.expect(status);
    }
    let nobody = [("user", "nobody"), ("decision", "accept")];
    assert!(browser.submit("/ada/m/settings/people", &nobody).await.expect(404).text().contains("`nobody`"));
    let copy =
        browser.submit("/ada/m/settings/duplicate", &[("owner", "ada"), ("name", "n")]).await.expect(303);
    assert_eq!(copy.header("location"), "/ada/n");
    let taken = browser.submit("/ada/m/settings/move", &[("owner", "ada"), ("name", "n")]).await.expect(409);
    is_page(&taken);
    assert!(taken.text().contains("already exists") && taken.text().contains("value=\"n\""));
    browser.submit("/ada/m/settings/disable", &[("disabled", "yes")]).await.expect(403);
}

#[tokio::test]
async fn rules_about_branches_are_added_replaced_and_removed() {
    let hub = hub().await;
    hub.as_user("ada").create("ada/m").await.expect(200);
    let mut browser = hub.browser_of("ada").await;
    let path = "/ada/m/settings/branches";
    browser.get(path).await.expect(200);
    browser.submit(path, &[("pattern", "<b>..")]).await.expect(400);
    browser.submit(path, &[("pattern", "main"), ("admins_only", "yes")]).await.expect(303);
    let answer = browser.submit(path, &[("pattern", "main"), ("may_rewrite", "yes")]).await.expect(303);
    let text = browser.follow(&answer).await.text();
    assert!(text.contains("Everybody who may write pushes") && !text.contains("No rules yet"), "{text}");
    browser.submit(&format!("{path}/remove"), &[("pattern", "main")]).await.expect(303);
    assert!(browser.get(path).await.text().contains("No rules yet"));
}

#[tokio::test]
async fn large_files_and_history_go_when_it_is_confirmed() {
    let hub = hub().await;
    let client = hub.as_user("ada");
    client.create("ada/m").await.expect(200);
    let bytes = vec![7_u8; 20_000];
    let oid = {
        use sha2::Digest as _;
        stoa_core::hex(&sha2::Sha256::digest(&bytes))
    };
    client.commit("ada/m", &[("w.bin", &bytes), ("a.txt", b"a")]).await.expect(200);
    let mut browser = hub.browser_of("ada").await;
    let page = browser.get("/ada/m/settings/storage").await.expect(200);
    is_page(&page);
    assert!(page.text().contains("w.bin") && page.text().contains(&oid), "{}", page.text());
    let delete = "/ada/m/settings/storage/delete";
    browser.submit(delete, &[("confirm", "ada/m")]).await.expect(400);
    browser.submit(delete, &[("confirm", "m"), ("file", &oid)]).await.expect(400);
    browser.submit(delete, &[("confirm", "ada/m"), ("file", "none")]).await.expect(400);
    browser.submit(delete, &[("confirm", "ada/m"), ("file", &oid), ("rewrite", "yes")]).await.expect(303);
    assert!(browser.get("/ada/m/settings/storage").await.text().contains("No large files"));
    client.get("/ada/m/resolve/main/w.bin").await.expect(404);
    client.get("/ada/m/resolve/main/a.txt").await.expect(200);

    let squash = "/ada/m/settings/squash";
    browser.get("/ada/m/settings").await.expect(200);
    browser.submit(squash, &[("confirm", "no"), ("branch", "main")]).await.expect(400);
    browser.submit(squash, &[("confirm", "ada/m"), ("branch", "none")]).await.expect(404);
    browser.submit(squash, &[("confirm", "ada/m"), ("branch", "main")]).await.expect(303);
    let commits = client.get("/api/models/ada/m/commits/main").await.expect(200).json();
    assert_eq!(commits.as_array().map(Vec::len), Some(1));
}
