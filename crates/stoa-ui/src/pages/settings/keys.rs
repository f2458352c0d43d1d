//! Public keys: `GET|POST /settings/keys`, `POST /settings/keys/{id}/delete`.

use askama::Template;
use axum::Router;
use axum::response::Response;
use axum::routing::{get, post};
use stoa_core::Failure;
use stoa_http::{App, Reply, Segments};
use stoa_hub::{AccountKey, KeyKind};

use crate::parts::forms::Refused;
use crate::parts::frame::{Frame, Section};
use crate::visit::{Posted, Visit, problem};

pub(super) fn route() -> Router<App> {
    Router::new()
        .route("/settings/keys", get(show).post(add))
        .route("/settings/keys/{id}/delete", post(delete))
}

#[derive(Template)]
#[template(path = "settings/keys.html")]
struct KeyList {
    page: Frame,
    refused: Option<Refused>,
    keys: Vec<AccountKey>,
    /// What to try a key with: the host, and the port if it is not the usual one. `None` without git over SSH.
    ssh: Option<String>,
    title: String,
    key: String,
}

impl KeyList {
    fn of<'a>(&'a self, kind: &'a str) -> impl Iterator<Item = &'a AccountKey> {
        self.keys.iter().filter(move |key| key.kind == kind)
    }
}

/// `-T git@hub.example -p 2222` for `ssh://git@hub.example:2222/`.
fn ssh_arguments(address: &str) -> Option<String> {
    let rest = address.strip_prefix("ssh://")?.trim_end_matches('/');
    Some(match rest.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|b| b.is_ascii_digit()) => format!("-p {port} -T {host}"),
        _ => format!("-T {rest}"),
    })
}

async fn page(visit: &Visit, refused: Option<Refused>, title: String, key: String) -> Reply<KeyList> {
    let keys = visit.app.hub.keys(&visit.who).await?;
    let ssh = visit.app.config.ssh.as_deref().and_then(ssh_arguments);
    Ok(KeyList { page: visit.frame(Section::Other)?, refused, keys, ssh, title, key })
}

async fn show(visit: Visit) -> Reply<Response> {
    visit.need_user()?;
    let shown = page(&visit, None, String::new(), String::new()).await?;
    visit.show(&shown)
}

async fn add(posted: Posted) -> Reply<Response> {
    posted.visit.need_user()?;
    let (title, key) = (posted.text("title"), posted.text("key"));
    // What is pasted says which kind it is.
    let kind = if key.starts_with("-----BEGIN PGP") { KeyKind::Gpg } else { KeyKind::Ssh };
    let added = posted.visit.app.hub.add_key(&posted.visit.who, kind, Some(title), key).await;
    match added {
        Ok(_) => Ok(posted.done("/settings/keys", "notice-key-added")),
        Err(failure) => {
            let (status, message) = problem(failure)?;
            let refused = Some(Refused { form: "add", message });
            let (title, key) = (posted.shown("title", 200), posted.shown("key", 64 * 1024));
            let shown = page(&posted.visit, refused, title, key).await?;
            posted.visit.show_as(status, &shown)
        }
    }
}

async fn delete(at: Segments, posted: Posted) -> Reply<Response> {
    posted.visit.need_user()?;
    let (hub, who) = (&posted.visit.app.hub, &posted.visit.who);
    let id: i64 = at.get("id")?.parse().unwrap_or_default();
    let keys = hub.keys(who).await?;
    let key = keys.iter().find(|key| key.id == id);
    let key = key.ok_or_else(|| Failure::not_found("There is no such key"))?;
    let deleted = match posted.confirmed(&key.title) {
        Ok(()) => hub.delete_key(who, key.id).await,
        Err(failure) => Err(failure),
    };
    match deleted {
        Ok(()) => Ok(posted.done("/settings/keys", "notice-key-deleted")),
        Err(failure) => {
            let (status, message) = problem(failure)?;
            let refused = Some(Refused { form: "keys", message });
            let shown = page(&posted.visit, refused, String::new(), String::new()).await?;
            posted.visit.show_as(status, &shown)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_trial_names_the_port_where_it_is_not_the_usual_one() {
        assert_eq!(ssh_arguments("ssh://git@hub.example/").as_deref(), Some("-T git@hub.example"));
        assert_eq!(
            ssh_arguments("ssh://git@hub.example:2222/").as_deref(),
            Some("-p 2222 -T git@hub.example")
        );
    }
}
