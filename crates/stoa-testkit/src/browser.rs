//! A browser without a window: it keeps cookies, asks for pages, and sends the forms it was shown.

use std::collections::BTreeMap;

use axum::body::Body;
use axum::http::{Method, header};

use crate::{Answer, Client};

/// A browser. Redirects are not followed.
pub struct Browser {
    client: Client,
    cookies: BTreeMap<String, String>,
    proof: String,
}

impl Browser {
    pub(crate) fn new(client: Client) -> Self {
        let client = client.with_header("accept", "text/html,application/xhtml+xml,*/*;q=0.8");
        Self { client, cookies: BTreeMap::new(), proof: String::new() }
    }

    /// The same browser with a cookie.
    #[must_use]
    pub fn with_cookie(mut self, name: &str, value: &str) -> Self {
        self.cookies.insert(name.to_owned(), value.to_owned());
        self
    }

    /// The value of a cookie that it has.
    pub fn cookie(&self, name: &str) -> Option<&str> {
        self.cookies.get(name).map(String::as_str)
    }

    /// Opens a page.
    pub async fn get(&mut self, path: &str) -> Answer {
        self.send(Method::GET, path, Body::empty()).await
    }

    /// Sends a form with these fields and the proof of the page that was opened last.
    pub async fn submit(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let proof = self.proof.clone();
        let fields: Vec<_> = fields.iter().copied().chain([("proof", proof.as_str())]).collect();
        self.submit_as_is(path, &fields).await
    }

    /// Sends a form with these fields and nothing else, as a page of another site could.
    pub async fn submit_as_is(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let form: Vec<String> =
            fields.iter().map(|(key, value)| format!("{}={}", encode(key), encode(value))).collect();
        self.send(Method::POST, path, Body::from(form.join("&"))).await
    }

    /// Opens the page that an answer leads to.
    pub async fn follow(&mut self, answer: &Answer) -> Answer {
        let to = answer.header("location").to_owned();
        assert!(answer.status.is_redirection(), "{} leads nowhere: {}", answer.summary(), answer.text());
        self.get(&to).await
    }

    async fn send(&mut self, method: Method, path: &str, body: Body) -> Answer {
        let cookies: Vec<String> =
            self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let headers = [
            ("cookie", cookies.join("; ")),
            ("content-type", "application/x-www-form-urlencoded".to_owned()),
        ];
        let headers: Vec<(&str, &str)> =
            headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let answer = self.client.raw(method, path, &headers, body).await;
        for set in answer.headers.get_all(header::SET_COOKIE) {
            let set = set.to_str().expect("an ASCII cookie");
            let (name, value) = set.split(';').next().and_then(|pair| pair.split_once('=')).expect("a pair");
            if set.contains("Max-Age=0") {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        let text = answer.text();
        if let Some((_, rest)) = text.split_once("name=\"proof\" value=\"") {
            rest.split('"').next().unwrap_or_default().clone_into(&mut self.proof);
        }
        answer
    }
}

fn encode(text: &str) -> String {
    text.bytes()
        .map(
            |byte| {
                if byte.is_ascii_alphanumeric() {
                    char::from(byte).to_string()
                } else {
                    format!("%{byte:02X}")
                }
            },
        )
        .collect()
}
