//! Public keys of users: SSH keys, with which they sign in to git and sign commits, and OpenPGP keys, with which they
//! sign commits.

use stoa_core::{Actor, Failure, Namespace, Reply, Time};
use stoa_db::accounts;
use stoa_db::keys::{self, Key, NewKey};
use stoa_keys::{KeyKind, PgpKey, SshKey};

use super::rights;
use crate::{Hub, cpu};

/// Keys of one user at most.
const MOST: i64 = 100;
/// Characters of a title at most.
const TITLE: usize = 96;
/// A key's use is noted at most this often.
const TOUCH: i64 = 60 * Time::SECOND;

/// What is stored of a key.
struct Parsed {
    title: String,
    fingerprint: String,
    algorithm: String,
    emails: String,
    revoked: bool,
    data: Vec<u8>,
    expires: Option<Time>,
    signing_ids: Vec<String>,
}

impl Hub {
    /// The public keys of the asker.
    pub async fn keys(&self, actor: &Actor) -> Reply<Vec<Key>> {
        let (id, _) = actor.need_user()?;
        let mut tx = self.read().await?;
        Ok(keys::of_user(&mut tx, id).await?)
    }

    /// Adds a public key for the asker. Without a title it is called what it calls itself.
    ///
    /// An OpenPGP key that the asker has already is replaced: this is how its revocation and a later end get here.
    pub async fn add_key(&self, actor: &Actor, kind: KeyKind, title: Option<&str>, text: &str) -> Reply<Key> {
        let (user, _) = rights::whole(actor, "Managing keys")?;
        let title = title.map(str::trim).filter(|title| !title.is_empty());
        if title.is_some_and(|title| title.chars().count() > TITLE || title.chars().any(char::is_control)) {
            return Err(Failure::invalid(format!("A key's title has 1 to {TITLE} printable characters")));
        }
        let (text, now) = (text.to_owned(), self.now());
        let parsed = cpu::run(move || match kind {
            KeyKind::Ssh => ssh(&text),
            KeyKind::Gpg => gpg(&text, now),
        });
        let parsed = parsed.await?;
        let mut tx = self.write().await?;
        if let Some((old, _)) = keys::by_fingerprint(&mut tx, kind.as_str(), &parsed.fingerprint).await? {
            if old.user_id != user {
                return Err(Failure::conflict(
                    "This key is on another account, and a key says who someone is. If it is yours, ask whoever runs \
                     the hub to take it from there",
                ));
            }
            if kind == KeyKind::Ssh {
                return Err(Failure::conflict(format!("You have this key already, as `{}`", old.title)));
            }
            keys::delete(&mut tx, user, old.id).await?;
        }
        if keys::count(&mut tx, user).await? >= MOST {
            let message = format!("You have {MOST} keys, which is the most. Delete those you no longer use");
            return Err(Failure::conflict(message));
        }
        let new = NewKey {
            user_id: user,
            kind: kind.as_str(),
            title: title.unwrap_or(&parsed.title),
            fingerprint: &parsed.fingerprint,
            algorithm: &parsed.algorithm,
            emails: &parsed.emails,
            revoked: parsed.revoked,
            data: &parsed.data,
            expires_at: parsed.expires,
            signing_ids: &parsed.signing_ids,
        };
        keys::create(&mut tx, &new, now).await?;
        let added = keys::by_fingerprint(&mut tx, kind.as_str(), &parsed.fingerprint).await?;
        self.note(&mut tx, actor, "key.create", &format!("{kind} {}", parsed.fingerprint)).await?;
        tx.commit().await?;
        added.map(|(key, _)| key).ok_or_else(|| Failure::internal("a key vanished as it was added"))
    }

    /// Takes a public key from the asker.
    pub async fn delete_key(&self, actor: &Actor, id: i64) -> Reply<()> {
        let (user, _) = rights::whole(actor, "Managing keys")?;
        let mut tx = self.write().await?;
        let Some(fingerprint) = keys::delete(&mut tx, user, id).await? else {
            return Err(Failure::not_found("There is no such key"));
        };
        self.note(&mut tx, actor, "key.delete", &fingerprint).await?;
        Ok(tx.commit().await?)
    }

    /// Who signs in with the SSH key of this blob: its owner, with all their rights. `None` if nobody may.
    ///
    /// That the other side has the private key is for the caller to prove.
    pub async fn actor_of_ssh_key(&self, blob: &[u8]) -> Reply<Option<Actor>> {
        let Ok(shown) = SshKey::from_blob(blob) else { return Ok(None) };
        let now = self.now();
        let mut tx = self.read().await?;
        let found = keys::by_fingerprint(&mut tx, KeyKind::Ssh.as_str(), &shown.fingerprint()).await?;
        let Some((key, _)) = found.filter(|(_, data)| *data == shown.blob()) else { return Ok(None) };
        let account = accounts::by_id(&mut tx, key.user_id).await?;
        drop(tx);
        let Some(account) = account.filter(|account| !account.is_org && !account.disabled) else {
            return Ok(None);
        };
        if key.used_at.is_none_or(|used| now.0 - used.0 > TOUCH) {
            let mut tx = self.write().await?;
            keys::touch(&mut tx, key.id, now).await?;
            tx.commit().await?;
        }
        Ok(Some(Actor::user(account.id, Namespace::new(account.name)?, account.is_admin)))
    }
}

fn ssh(text: &str) -> Reply<Parsed> {
    let key = SshKey::parse(text)?;
    let algorithm = key.algorithm();
    Ok(Parsed {
        title: title(key.comment()).unwrap_or_else(|| algorithm.clone()),
        fingerprint: key.fingerprint(),
        algorithm,
        emails: String::new(),
        revoked: false,
        data: key.blob().to_vec(),
        expires: None,
        signing_ids: Vec::new(),
    })
}

fn gpg(text: &str, now: Time) -> Reply<Parsed> {
    let key = PgpKey::parse(text)?;
    let emails: Vec<&str> = key.emails(now).collect();
    Ok(Parsed {
        title: emails.first().and_then(|email| title(email)).unwrap_or_else(|| key.key_id()),
        fingerprint: key.fingerprint(),
        algorithm: key.key_id(),
        emails: emails.join("\n"),
        revoked: key.is_revoked(),
        data: key.bytes().to_vec(),
        expires: key.expires(),
        signing_ids: key.signers().map(str::to_owned).collect(),
    })
}

/// What a key calls itself, cut to a title.
fn title(text: &str) -> Option<String> {
    let title: String = text.trim().chars().filter(|c| !c.is_control()).take(TITLE).collect();
    (!title.is_empty()).then_some(title)
}
