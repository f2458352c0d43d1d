//! A client that calls the routes without a socket.

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, Request};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http_body_util::BodyExt;
use serde_json::{Value, json};
use tower::ServiceExt;

use crate::Answer;

/// The host that requests are sent to.
const HOST: &str = "hub.test";

/// Someone who sends requests. Redirects are not followed.
#[derive(Clone)]
pub struct Client {
    router: Router,
    headers: HeaderMap,
}

impl Client {
    pub(crate) fn new(router: Router) -> Self {
        let mut headers = HeaderMap::new();
        headers.insert("host", HeaderValue::from_static(HOST));
        Self { router, headers }
    }

    /// The same client with one more header in every request; it replaces one of the same name.
    #[must_use]
    pub fn with_header(mut self, name: &str, value: &str) -> Self {
        let name: HeaderName = name.parse().expect("a header name");
        self.headers.insert(name, value.parse().expect("a header value"));
        self
    }

    /// GET.
    pub async fn get(&self, path: &str) -> Answer {
        self.raw(Method::GET, path, &[], Body::empty()).await
    }

    /// HEAD.
    pub async fn head(&self, path: &str) -> Answer {
        self.raw(Method::HEAD, path, &[], Body::empty()).await
    }

    /// DELETE without a body.
    pub async fn delete(&self, path: &str) -> Answer {
        self.raw(Method::DELETE, path, &[], Body::empty()).await
    }

    /// POST of JSON.
    pub async fn post_json(&self, path: &str, value: &Value) -> Answer {
        self.json(Method::POST, path, value).await
    }

    /// PUT of JSON.
    pub async fn put_json(&self, path: &str, value: &Value) -> Answer {
        self.json(Method::PUT, path, value).await
    }

    /// DELETE with JSON, as `huggingface_hub` deletes repositories.
    pub async fn delete_json(&self, path: &str, value: &Value) -> Answer {
        self.json(Method::DELETE, path, value).await
    }

    /// POST of bytes.
    pub async fn post(&self, path: &str, content_type: &str, bytes: impl Into<Bytes>) -> Answer {
        self.raw(Method::POST, path, &[("content-type", content_type)], Body::from(bytes.into())).await
    }

    /// POST of a form, already encoded.
    pub async fn post_form(&self, path: &str, form: &str) -> Answer {
        self.post(path, "application/x-www-form-urlencoded", form.to_owned()).await
    }

    /// PUT of bytes.
    pub async fn put(&self, path: &str, bytes: impl Into<Bytes>) -> Answer {
        let bytes = bytes.into();
        let length = bytes.len().to_string();
        self.raw(Method::PUT, path, &[("content-length", &length)], Body::from(bytes)).await
    }

    /// Makes a repository: `ada/m`, `datasets/ada/d` or `spaces/ada/s` (a static Space).
    pub async fn create(&self, repo: &str) -> Answer {
        let (kind, id) = split(repo);
        let (owner, name) = id.split_once('/').expect("namespace/name");
        let mut ask = json!({ "type": kind.trim_end_matches('s'), "organization": owner, "name": name });
        if kind == "spaces" {
            ask["sdk"] = json!("static");
        }
        self.post_json("/api/repos/create", &ask).await
    }

    /// Commits files to `main` of `ada/m`, `datasets/ada/d` or `spaces/ada/s`, as regular files.
    pub async fn commit(&self, repo: &str, files: &[(&str, &[u8])]) -> Answer {
        let mut lines = vec![json!({ "key": "header", "value": { "summary": "Test", "description": "" } })];
        for (path, bytes) in files {
            let content = STANDARD.encode(bytes);
            lines.push(
                json!({ "key": "file", "value": { "path": path, "content": content, "encoding": "base64" } }),
            );
        }
        self.commit_lines(repo, "main", &lines).await
    }

    /// Sends the lines of a commit as they are.
    pub async fn commit_lines(&self, repo: &str, revision: &str, lines: &[Value]) -> Answer {
        let (kind, id) = split(repo);
        let body: Vec<String> = lines.iter().map(Value::to_string).collect();
        let path = format!("/api/{kind}/{id}/commit/{revision}");
        self.post(&path, "application/x-ndjson", body.join("\n")).await
    }

    async fn json(&self, method: Method, path: &str, value: &Value) -> Answer {
        let body = Body::from(value.to_string());
        self.raw(method, path, &[("content-type", "application/json")], body).await
    }

    /// Any request. `path` may be an absolute URL (signed ones are), of which only path and query count.
    pub async fn raw(&self, method: Method, path: &str, headers: &[(&str, &str)], body: Body) -> Answer {
        let path = match path.split_once("://") {
            Some((_, rest)) => rest.find('/').map_or("/", |at| &rest[at..]),
            None => path,
        };
        let mut request = Request::new(body);
        *request.method_mut() = method;
        *request.uri_mut() = path.parse().expect("a path");
        *request.headers_mut() = self.headers.clone();
        for (name, value) in headers {
            let name: HeaderName = name.parse().expect("a header name");
            request.headers_mut().insert(name, value.parse().expect("a header value"));
        }
        let response = self.router.clone().oneshot(request).await.unwrap_or_else(|never| match never {});
        let (parts, body) = response.into_parts();
        // A body that breaks off is part of the answer: what came before the break is what a client has.
        let (body, broken) = read(body).await;
        Answer { status: parts.status, headers: parts.headers, body, broken }
    }
}

async fn read(mut body: Body) -> (Bytes, bool) {
    let mut bytes = Vec::new();
    loop {
        match body.frame().await {
            None => return (bytes.into(), false),
            Some(Err(_)) => return (bytes.into(), true),
            Some(Ok(frame)) => bytes.extend(frame.into_data().unwrap_or_default()),
        }
    }
}

/// `datasets` and `ada/d` of `datasets/ada/d`; without a kind it is a model.
fn split(repo: &str) -> (&str, &str) {
    match repo.split_once('/') {
        Some((kind @ ("models" | "datasets" | "spaces"), id)) => (kind, id),
        _ => ("models", repo),
    }
}
