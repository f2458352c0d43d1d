//! The asker's public keys, SSH and OpenPGP: `GET|POST /api/settings/keys` and `DELETE /api/settings/keys/{id}`. The
//! public Hub has pages for them but no API; this one is stoa's own.

use axum::Router;
use axum::routing::{delete, get};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use stoa_core::{Failure, Time};
use stoa_http::{App, Json, Reply, Segments, Who};
use stoa_hub::{AccountKey, KeyKind};

pub(super) fn route() -> Router<App> {
    Router::new()
        .route("/api/settings/keys", get(list).post(add))
        .route("/api/settings/keys/{id}", delete(take))
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Item {
    id: i64,
    /// `ssh` or `gpg`.
    r#type: String,
    title: String,
    fingerprint: String,
    /// SSH keys only.
    #[serde(skip_serializing_if = "Option::is_none")]
    algorithm: Option<String>,
    #[serde(flatten)]
    gpg: Option<Gpg>,
    created_at: Time,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_used_at: Option<Time>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Gpg {
    key_id: String,
    /// The addresses it claims.
    emails: Vec<String>,
    revoked: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_at: Option<Time>,
}

fn item(key: AccountKey) -> Item {
    let (algorithm, gpg) = if key.kind == KeyKind::Gpg.as_str() {
        let emails = key.emails.lines().map(str::to_owned).collect();
        let (revoked, expires_at) = (key.revoked, key.expires_at);
        (None, Some(Gpg { key_id: key.algorithm, emails, revoked, expires_at }))
    } else {
        (Some(key.algorithm), None)
    };
    Item {
        id: key.id,
        r#type: key.kind,
        title: key.title,
        fingerprint: key.fingerprint,
        algorithm,
        gpg,
        created_at: key.created_at,
        last_used_at: key.used_at,
    }
}

async fn list(app: App, who: Who) -> Reply<Json<Vec<Item>>> {
    Ok(Json(app.hub.keys(&who).await?.into_iter().map(item).collect()))
}

#[derive(Deserialize)]
struct Ask {
    r#type: String,
    /// Without one, the key is called what it calls itself.
    title: Option<String>,
    /// One line of a `.pub` file, or what `gpg --armor --export` prints.
    key: String,
}

async fn add(app: App, who: Who, Json(ask): Json<Ask>) -> Reply<Json<Item>> {
    who.need_user()?;
    let kind = ask.r#type.parse()?;
    Ok(Json(item(app.hub.add_key(&who, kind, ask.title.as_deref(), &ask.key).await?)))
}

async fn take(app: App, who: Who, at: Segments) -> Reply<Json<Value>> {
    who.need_user()?;
    let id = at.get("id")?.parse().map_err(|_| Failure::not_found("There is no such key"))?;
    app.hub.delete_key(&who, id).await?;
    Ok(Json(json!({})))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use stoa_core::{Identity, Scope, TokenRole};
    use stoa_testkit::{Answer, Signer, TestHub};

    use crate::testing::{self, texts};

    use super::*;

    const PATH: &str = "/api/settings/keys";

    async fn put(hub: &TestHub, user: &str, kind: &str, key: &str) -> Answer {
        hub.as_user(user).post_json(PATH, &json!({ "type": kind, "key": key })).await
    }

    fn blob(line: &str) -> Vec<u8> {
        stoa_testkit::base64(line.split(' ').nth(1).expect("a blob"))
    }

    #[tokio::test]
    async fn an_ssh_key_is_added_signs_in_and_is_taken_away() {
        let hub = testing::hub().await;
        let signer = Signer::new();
        let line = signer.ssh_key("laptop");
        let ada = hub.as_user("ada");
        let added = put(&hub, "ada", "ssh", &line).await.expect(200).json();
        assert_eq!((&added["type"], &added["title"]), (&json!("ssh"), &json!("laptop")));
        assert_eq!(added["algorithm"], "ssh-ed25519");
        assert!(added["fingerprint"].as_str().is_some_and(|text| text.starts_with("SHA256:")));
        let actor = hub.hub.actor_of_ssh_key(&blob(&line)).await.expect("an answer").expect("ada");
        assert!(matches!(&actor.identity, Identity::User { name, admin: false, scope: Scope::Write, .. }
            if name.as_str() == "ada"));
        let used = ada.get(PATH).await.expect(200).json()[0]["lastUsedAt"].clone();
        assert_eq!(used, "2026-01-02T03:04:05.000Z");
        hub.clock.advance(Duration::from_secs(30));
        hub.hub.actor_of_ssh_key(&blob(&line)).await.expect("an answer");
        assert_eq!(ada.get(PATH).await.json()[0]["lastUsedAt"], used, "noted once a minute at most");
        hub.clock.advance(Duration::from_secs(31));
        hub.hub.actor_of_ssh_key(&blob(&line)).await.expect("an answer");
        assert_ne!(ada.get(PATH).await.json()[0]["lastUsedAt"], used);
        let path = format!("{PATH}/{}", added["id"]);
        hub.as_user("bob").delete(&path).await.expect(404);
        ada.delete(&path).await.expect(200);
        ada.delete(&path).await.expect(404);
        assert_eq!(hub.hub.actor_of_ssh_key(&blob(&line)).await, Ok(None));
        assert_eq!(hub.hub.actor_of_ssh_key(b"no key").await, Ok(None));
    }

    #[tokio::test]
    async fn a_gpg_key_shows_what_it_claims_and_is_replaced_by_its_newer_self() {
        let hub = testing::hub().await;
        let signer = Signer::new();
        let armored = signer.gpg_key("Ada <ada@example.org>", "2026-03-01");
        let added = put(&hub, "ada", "gpg", &armored).await.expect(200).json();
        assert_eq!(added["title"], "ada@example.org");
        assert_eq!((&added["emails"], &added["revoked"]), (&json!(["ada@example.org"]), &json!(false)));
        assert_eq!(added["expiresAt"], "2026-03-01T12:00:00.000Z");
        let fingerprint = added["fingerprint"].as_str().expect("a fingerprint");
        assert!(fingerprint.ends_with(added["keyId"].as_str().expect("an id")));
        let longer = signer.gpg_extend(fingerprint, "2026-06-01");
        let ask = json!({ "type": "gpg", "title": "work", "key": longer });
        let again = hub.as_user("ada").post_json(PATH, &ask).await.expect(200).json();
        assert_eq!(
            (&again["title"], &again["expiresAt"]),
            (&json!("work"), &json!("2026-06-01T12:00:00.000Z"))
        );
        assert_eq!(texts(&hub.as_user("ada").get(PATH).await, "title"), ["work"]);
        put(&hub, "bob", "gpg", &longer).await.expect(409);
    }

    #[tokio::test]
    async fn a_key_has_one_owner_and_nobody_has_more_than_a_hundred() {
        let hub = testing::hub().await;
        let signer = Signer::new();
        let line = signer.ssh_key("first");
        put(&hub, "ada", "ssh", &line).await.expect(200);
        let twice = put(&hub, "ada", "ssh", &line).await.expect(409);
        assert!(twice.text().contains("`first`"), "{}", twice.text());
        put(&hub, "bob", "ssh", &line).await.expect(409);
        // Any 32 bytes may be a key of this kind to those who only store it.
        let mut bytes = blob(&line);
        for number in 1..=99 {
            *bytes.last_mut().expect("bytes") ^= number;
            let line = format!("ssh-ed25519 {} {number}", stoa_testkit::to_base64(&bytes));
            put(&hub, "ada", "ssh", &line).await.expect(200);
            *bytes.last_mut().expect("bytes") ^= number;
        }
        let more = put(&hub, "ada", "ssh", &signer.ssh_key("more")).await.expect(409);
        assert!(more.text().contains("You have 100 keys"), "{}", more.text());
        assert_eq!(texts(&hub.as_user("ada").get(PATH).await, "title").len(), 100);
    }

    #[tokio::test]
    async fn what_is_wrong_is_refused() {
        let hub = testing::hub().await;
        let line = Signer::new().ssh_key("x");
        let ada = hub.as_user("ada");
        for ask in [
            json!({}),
            json!({ "type": "ssh" }),
            json!({ "type": "pgp", "key": line }),
            json!({ "type": "gpg", "key": line }),
            json!({ "type": "ssh", "key": "x" }),
            json!({ "type": "ssh", "key": line, "title": "x".repeat(97) }),
            json!({ "type": "ssh", "key": line, "title": "a\nb" }),
        ] {
            ada.post_json(PATH, &ask).await.expect(400);
        }
        put(&hub, "ada", "ssh", &"x".repeat(70_000)).await.expect(413);
        let good = json!({ "type": "ssh", "key": line });
        let reader = hub.with_token(&hub.token("ada", TokenRole::Read).await);
        reader.post_json(PATH, &good).await.expect(403);
        reader.delete(&format!("{PATH}/1")).await.expect(403);
        reader.get(PATH).await.expect(200);
        hub.anonymous().post_json(PATH, &good).await.expect(401);
        hub.anonymous().get(PATH).await.expect(401);
        hub.anonymous().delete(&format!("{PATH}/1")).await.expect(401);
        ada.delete(&format!("{PATH}/none")).await.expect(404);
    }
}
