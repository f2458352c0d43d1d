//! A server under comparison, on a socket of this machine.

use std::time::Duration;

use bytes::Bytes;
use reqwest::Method;
use serde_json::{Value, json};
use stoa_core::{Clock as _, SystemClock};
use stoa_testkit::TestHub;
use tokio::net::TcpListener;
use xet_client::cas_client::{LocalTestServer, LocalTestServerBuilder};

/// How long the simulation lets clients rely on a dedup answer; without it answers are over at once.
const DEDUP: Duration = Duration::from_secs(24 * 3600);

/// An answer, read to its end.
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The headers.
    pub headers: reqwest::header::HeaderMap,
    /// The body.
    pub body: Bytes,
}

impl Answer {
    /// The body as JSON; null when it is none.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }

    /// A header, or the empty text.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }
}

/// What must live as long as the server.
#[expect(dead_code, reason = "held so that it is not dropped")]
enum Held {
    Theirs(Box<LocalTestServer>),
    Ours(Box<TestHub>),
}

/// One of the two.
pub struct Server {
    /// Where the store is, without a slash at the end.
    pub base: String,
    /// What to show; the simulation asks for nothing.
    pub token: Option<String>,
    client: reqwest::Client,
    _held: Held,
}

fn client() -> reqwest::Client {
    let builder = reqwest::Client::builder().no_proxy().timeout(Duration::from_secs(60));
    builder.build().expect("a client")
}

impl Server {
    /// Theirs, in memory.
    pub async fn simulation() -> Self {
        let server = LocalTestServerBuilder::new().start().await;
        server.client().set_global_dedup_shard_expiration(Some(DEDUP));
        let base = server.http_endpoint().to_owned();
        Self { base, token: None, client: client(), _held: Held::Theirs(Box::new(server)) }
    }

    /// Ours, with a repository and a token that writes to it.
    pub async fn stoa() -> Self {
        let hub = TestHub::new().await.router(stoa_api::routes());
        // Their client goes by the clock of the machine.
        let behind = SystemClock.now().secs() - hub.clock.now().secs();
        hub.clock.advance(Duration::from_secs(behind.unsigned_abs()));
        let user = hub.user("ada").await;
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        tokio::spawn(stoa_http::serve(listener, hub.service(), std::future::pending()));
        hub.as_user("ada").create("ada/m").await.ok();
        let client = client();
        let ask = client.get(format!("{url}/api/models/ada/m/xet-write-token/main")).bearer_auth(user);
        let answer = ask.send().await.expect("an answer").bytes().await.expect("a body");
        let answer: Value = serde_json::from_slice(&answer).expect("JSON");
        let text = |key: &str| answer[key].as_str().expect("text").to_owned();
        Self {
            base: text("casUrl"),
            token: Some(text("accessToken")),
            client,
            _held: Held::Ours(Box::new(hub)),
        }
    }

    /// Sends a request to the store.
    pub async fn send(&self, method: Method, path: &str, range: Option<&str>, body: Vec<u8>) -> Answer {
        let mut request = self.client.request(method, format!("{}{path}", self.base)).body(body);
        if let Some(token) = &self.token {
            request = request.bearer_auth(token);
        }
        if let Some(range) = range {
            request = request.header("range", range);
        }
        answer(request).await
    }

    /// Sends a request to the store without a token.
    pub async fn send_without_token(&self, method: Method, path: &str, body: Vec<u8>) -> Answer {
        answer(self.client.request(method, format!("{}{path}", self.base)).body(body)).await
    }

    /// GET.
    pub async fn get(&self, path: &str) -> Answer {
        self.send(Method::GET, path, None, vec![]).await
    }

    /// GET of a range.
    pub async fn get_range(&self, path: &str, range: Option<&str>) -> Answer {
        self.send(Method::GET, path, range, vec![]).await
    }

    /// HEAD.
    pub async fn head(&self, path: &str) -> Answer {
        self.send(Method::HEAD, path, None, vec![]).await
    }

    /// POST.
    pub async fn post(&self, path: &str, body: impl Into<Vec<u8>>) -> Answer {
        self.send(Method::POST, path, None, body.into()).await
    }

    /// Asks whether a xorb may be sent elsewhere.
    pub async fn ask_grant(&self, hash: &str, len: usize) -> Answer {
        let ask = json!({ "length": len, "checksum": { "algo": "crc64nvme", "value": "1" } });
        let path = format!("{}/v1/xorb-grants/default/{hash}", self.base);
        let mut request = self.client.post(path).header("content-type", "application/json");
        if let Some(token) = &self.token {
            request = request.bearer_auth(token);
        }
        answer(request.body(ask.to_string())).await
    }

    /// Fetches from a URL of a plan, as clients do: without a token.
    pub async fn fetch(&self, url: &str, range: Option<&str>) -> Answer {
        let mut request = self.client.get(url);
        if let Some(range) = range {
            request = request.header("range", range);
        }
        answer(request).await
    }
}

async fn answer(request: reqwest::RequestBuilder) -> Answer {
    let response = request.send().await.expect("an answer");
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    let body = response.bytes().await.expect("a whole body");
    Answer { status, headers, body }
}
