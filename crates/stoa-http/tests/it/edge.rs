//! Errors, ids, headers: what every answer has.

use serde_json::json;
use stoa_http::HttpConfig;
use stoa_hub::Policy;
use stoa_testkit::{Setup, TestHub};

use crate::routes::routes;

async fn hub() -> TestHub {
    let hub = TestHub::new().await.router(routes());
    hub.user("ada").await;
    hub
}

#[tokio::test]
async fn errors_are_json_objects_with_a_sentence_whoever_made_them() {
    let hub = hub().await;
    let anyone = hub.anonymous();
    let form = "application/x-www-form-urlencoded";
    for (answer, expected) in [
        (anyone.get("/nowhere").await, "404 Not Found · There is nothing at this address"),
        (anyone.get("/").await, "404 Not Found · There is nothing at this address"),
        (
            anyone.delete("/api/echo").await,
            "405 Method Not Allowed · This address does not take DELETE requests",
        ),
        (
            anyone.post("/api/echo", "text/plain", "{\"name\": 1}").await,
            "400 Bad Request · The request body does not have the right shape: name: invalid type: integer `1`, \
             expected a string at line 1 column 10",
        ),
        (
            anyone.post("/api/echo", "", "{").await,
            "400 Bad Request · The request body is not valid JSON: EOF while parsing an object at line 1 column 1",
        ),
        (
            anyone.post("/api/echo", "", vec![b' '; 2 << 20]).await,
            "413 Payload Too Large · The request is too large: the body is larger than 1048576 bytes",
        ),
        (
            anyone.get("/api/page?limit=x").await,
            "400 Bad Request · The parameter `limit` cannot be `x`: invalid digit found in string",
        ),
        (anyone.get("/api/page?a=%ff").await, "400 Bad Request · The query string is not valid UTF-8"),
        (anyone.get("/api/fail/%ff").await, "400 Bad Request · The address is not valid UTF-8"),
        (anyone.get("/api/fail/a%00b").await, "400 Bad Request · The address contains a NUL character"),
        (anyone.get("/api/fail/other").await, "404 Not Found · other"),
        (
            anyone.clone().with_header("host", "a/b").get("/api/origin").await,
            "400 Bad Request · The Host header is not a host name with an optional port",
        ),
        (
            hub.with_token("hf_wrong").get("/api/who").await,
            "401 Unauthorized · Invalid credentials in Authorization header",
        ),
        (
            hub.with_token("hf_wrong").get("/nowhere").await,
            "401 Unauthorized · Invalid credentials in Authorization header",
        ),
    ] {
        assert_eq!(answer.summary(), expected);
        assert_eq!(answer.json()["error"], answer.error_message(), "{expected}");
        assert_eq!(answer.header("content-type"), "application/json; charset=utf-8");
    }
    let extractor = anyone.post("/api/form", form, "a=x").await;
    assert_eq!(extractor.json()["error"], extractor.error_message());
    assert!(anyone.delete("/api/echo").await.header("allow").contains("POST"));
}

#[tokio::test]
async fn head_answers_carry_the_error_in_headers() {
    let hub = hub().await;
    let answer = hub.anonymous().head("/api/models/ada/none").await;
    assert_eq!(answer.summary(), "401 Unauthorized · RepoNotFound · Invalid username or password.");
    let answer = hub.as_user("ada").head("/ada/none/resolve/main/f").await;
    assert_eq!(answer.summary(), "404 Not Found · RepoNotFound · Repository not found");
}

#[tokio::test]
async fn single_names_are_repositories_that_do_not_exist() {
    let hub = hub().await;
    for path in ["/api/models/gpt2", "/api/models/gpt2/revision/main", "/gpt2/resolve/main/f"] {
        assert_eq!(hub.as_user("ada").get(path).await.error_code(), "RepoNotFound", "{path}");
        assert_eq!(hub.anonymous().get(path).await.expect(401).error_code(), "RepoNotFound", "{path}");
    }
}

#[tokio::test]
async fn what_is_in_the_way_is_named_by_its_url() {
    let answer = hub().await.anonymous().get("/api/fail/exists").await.expect(409);
    assert_eq!(
        answer.json(),
        json!({ "error": "You already created this dataset repo", "url": "http://hub.test/datasets/ada/d" })
    );
}

#[tokio::test]
async fn a_gate_answers_401_to_strangers_and_403_to_users() {
    let hub = hub().await;
    hub.anonymous().get("/api/fail/gated").await.expect(401);
    let answer = hub.as_user("ada").get("/api/fail/gated").await.expect(403);
    assert_eq!(answer.error_code(), "GatedRepo");
}

#[tokio::test]
async fn a_move_that_no_redirect_can_follow_is_not_found() {
    let answer = hub().await.anonymous().get("/api/fail/moved").await;
    assert_eq!(answer.summary(), "404 Not Found · RepoNotFound · Repository moved to ada/d");
}

#[tokio::test]
async fn what_is_our_fault_shows_an_id_and_no_cause() {
    let hub = hub().await;
    for path in ["/api/fail/internal", "/api/panic"] {
        let answer = hub.anonymous().with_header("x-request-id", "id-7").get(path).await.expect(500);
        assert_eq!(
            answer.json(),
            json!({ "error": "Something went wrong on the server", "requestId": "id-7" }),
            "{path}"
        );
    }
}

#[tokio::test]
async fn clients_are_told_when_to_come_back() {
    let answer = hub().await.anonymous().get("/api/fail/busy").await.expect(429);
    assert_eq!(answer.header("retry-after"), "5");
}

#[tokio::test]
async fn only_git_is_asked_for_a_password() {
    let hub = hub().await;
    let lfs = hub.anonymous().post("/ada/m.git/info/lfs/objects/batch", "", "{}").await.expect(401);
    assert_eq!(lfs.header("www-authenticate"), "Basic realm=\"stoa\"");
    assert_eq!(lfs.json()["message"], lfs.json()["error"]);
    let api = hub.anonymous().get("/api/models/ada/m").await.expect(401);
    assert_eq!(api.header("www-authenticate"), "");
}

#[tokio::test]
async fn every_answer_has_an_id_that_the_endpoint_knows_too() {
    let hub = hub().await;
    let answer = hub.anonymous().with_header("x-amzn-trace-id", "abc").get("/api/id").await;
    assert!(answer.header("x-request-id").ends_with(";abc"));
    assert_eq!(answer.text(), answer.header("x-request-id"));
    assert_eq!(answer.header("x-content-type-options"), "nosniff");
    let missing = hub.anonymous().with_header("x-request-id", "mine").get("/nowhere").await;
    assert_eq!(missing.header("x-request-id"), "mine");
}

#[tokio::test]
async fn browsers_of_other_sites_may_call_and_read_the_headers() {
    let hub = hub().await;
    let page = hub.anonymous().with_header("origin", "https://app.example");
    let answer = page.get("/api/models/ada/none").await;
    assert_eq!(answer.header("access-control-allow-origin"), "*");
    for name in ["X-Repo-Commit", "Link", "ETag", "X-Error-Code", "X-Linked-ETag"] {
        assert!(answer.header("access-control-expose-headers").contains(name), "{name}");
    }
    let asked = page
        .with_header("access-control-request-method", "PUT")
        .with_header("access-control-request-headers", "authorization,content-type")
        .raw(axum::http::Method::OPTIONS, "/api/echo", &[], axum::body::Body::empty())
        .await
        .ok();
    assert_eq!(asked.header("access-control-allow-headers"), "authorization,content-type");
    assert!(asked.header("access-control-allow-methods").contains("PUT"));
}

#[tokio::test]
async fn tokens_name_their_user_and_proxies_the_address() {
    let hub = TestHub::with(Setup {
        http: HttpConfig { trust_proxy: true, ..HttpConfig::default() },
        ..Setup::default()
    })
    .await
    .router(routes());
    hub.user("ada").await;
    assert_eq!(hub.anonymous().get("/api/who").await.text(), "nobody 127.0.0.1");
    let ada = hub.as_user("ada").with_header("x-forwarded-for", "10.0.0.1, 192.0.2.7");
    assert_eq!(ada.get("/api/who").await.text(), "ada 192.0.2.7");
}

#[tokio::test]
async fn a_hub_that_is_not_public_wants_a_credential() {
    let policy = Policy { anonymous_read: false, ..Policy::default() };
    let hub = TestHub::with(Setup { policy, ..Setup::default() }).await.router(routes());
    hub.user("ada").await;
    hub.anonymous().get("/api/who").await.expect(401);
    hub.as_user("ada").get("/api/who").await.expect(200);
}

#[tokio::test]
async fn pages_say_where_the_next_one_is() {
    let answer = hub().await.anonymous().get("/api/page?limit=3&expand[]=a").await.ok();
    assert_eq!(answer.json(), json!([7, 7, 7]));
    assert_eq!(answer.header("link"), "<http://hub.test/api/page?limit=3&expand[]=a&cursor=c>; rel=\"next\"");
}

#[tokio::test]
async fn fields_come_as_form_or_json() {
    let hub = hub().await;
    let expected = json!([["paths", "a"], ["paths", "b"]]);
    let form = hub.anonymous().post_form("/api/fields", "paths=a&paths=b").await.ok();
    let json = hub.anonymous().post_json("/api/fields", &json!({ "paths": ["a", "b"] })).await.ok();
    assert_eq!((form.json(), json.json()), (expected.clone(), expected));
}
