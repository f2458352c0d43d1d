//! Sessions of browsers: a secret in a cookie, kept as a SHA-256, that ends when it was not used for two weeks and in
//! any case after ninety days.
//!
//! A form of the site carries a proof that it was drawn for the browser that sends it: an HMAC over the secret of that
//! browser's cookie, masked anew each time so that compressed pages do not give it away.

use stoa_core::{Actor, Failure, Namespace, Reply, Scope, Sha256, Time};
use stoa_db::sessions::{self, NewSession, Session};

use super::new_secret;
use super::tokens::hash;
use crate::Hub;

/// A session that is not used ends after this long.
const IDLE: i64 = 14 * Time::DAY;
/// A session ends after this long however much it is used.
const LONGEST: i64 = 90 * Time::DAY;
/// Use is noted at most this often.
const TOUCH: i64 = 10 * 60 * Time::SECOND;
/// Browsers that a user can be signed in with.
const AT_ONCE: i64 = 50;
/// Characters of what a browser calls itself that are kept.
const AGENT: usize = 200;

/// A session that just began. The secret goes into a cookie and is stored nowhere.
pub struct SessionMade {
    /// The secret.
    pub secret: String,
    /// Seconds that the cookie may be kept.
    pub seconds: i64,
}

/// Who looks at the site with a cookie of ours.
pub struct Browser {
    /// The user.
    pub actor: Actor,
    /// Which of their sessions it is.
    pub session: i64,
}

impl Hub {
    /// Signs a browser in for someone whose password was just checked.
    pub async fn begin_session(&self, actor: &Actor, agent: &str) -> Reply<SessionMade> {
        let (user_id, name) = actor.need_user()?;
        let secret = new_secret("")?;
        let agent: String = agent.chars().filter(|c| !c.is_control()).take(AGENT).collect();
        let now = self.now();
        let new = NewSession {
            user_id,
            hash: hash(&secret),
            agent: &agent,
            ip: &actor.ip.to_string(),
            expires_at: Time(now.0 + IDLE),
        };
        let mut tx = self.write().await?;
        sessions::create(&mut tx, &new, now, AT_ONCE).await?;
        self.note(&mut tx, actor, "user.sign_in", name.as_str()).await?;
        tx.commit().await?;
        Ok(SessionMade { secret, seconds: LONGEST / Time::SECOND })
    }

    /// Whose browser shows this secret; `None` when the session ended or never was.
    pub async fn browser(&self, secret: &str) -> Reply<Option<Browser>> {
        if secret.is_empty() || secret.len() > 128 {
            return Ok(None);
        }
        let now = self.now();
        let mut tx = self.read().await?;
        let holder = sessions::holder(&mut tx, hash(secret), now).await?;
        drop(tx);
        let Some(holder) = holder.filter(|holder| now.0 - holder.created_at.0 < LONGEST) else {
            return Ok(None);
        };
        if now.0 - holder.used_at.0 > TOUCH {
            let end = Time((now.0 + IDLE).min(holder.created_at.0 + LONGEST));
            let mut tx = self.write().await?;
            sessions::touch(&mut tx, holder.id, now, end).await?;
            tx.commit().await?;
        }
        let actor = Actor::user(holder.user_id, Namespace::new(holder.user_name)?, holder.is_admin);
        Ok(Some(Browser { actor, session: holder.id }))
    }

    /// The browsers that the asker is signed in with, last seen first.
    pub async fn sessions(&self, actor: &Actor) -> Reply<Vec<Session>> {
        let user = owner(actor)?;
        let mut tx = self.read().await?;
        Ok(sessions::of_user(&mut tx, user, self.now()).await?)
    }

    /// Ends the session of a secret: signing out.
    pub async fn end_session(&self, secret: &str) -> Reply<()> {
        let mut tx = self.write().await?;
        sessions::end(&mut tx, hash(secret)).await?;
        Ok(tx.commit().await?)
    }

    /// Ends one of the asker's sessions.
    pub async fn end_one_session(&self, actor: &Actor, id: i64) -> Reply<()> {
        let user = owner(actor)?;
        let mut tx = self.write().await?;
        if !sessions::end_one(&mut tx, user, id).await? {
            return Err(Failure::not_found("You have no such session; it may have ended already"));
        }
        Ok(tx.commit().await?)
    }

    /// Ends the asker's sessions, except the one of the secret `keep`; how many there were.
    pub async fn end_sessions(&self, actor: &Actor, keep: Option<&str>) -> Reply<u64> {
        let user = owner(actor)?;
        let mut tx = self.write().await?;
        let ended = sessions::end_others(&mut tx, user, keep.map(hash)).await?;
        tx.commit().await?;
        Ok(ended)
    }

    /// A secret for the cookie of a browser that is not signed in, so that forms can be drawn for it.
    pub fn visitor_secret(&self) -> Reply<String> {
        new_secret("")
    }

    /// A proof for a form that is drawn for the browser with this secret in its cookie. Each is different.
    pub fn form_proof(&self, secret: &str) -> Reply<String> {
        let mut mask = [0; 32];
        getrandom::fill(&mut mask).map_err(|e| Failure::internal(e.to_string()))?;
        let proof = self.proof_bytes(secret)?;
        let masked: Vec<u8> = proof.as_bytes().iter().zip(mask).map(|(byte, mask)| byte ^ mask).collect();
        Ok(format!("{}{}", stoa_core::hex(&mask), stoa_core::hex(&masked)))
    }

    /// Whether a form comes from a page that was drawn for the browser with this secret in its cookie.
    pub fn proves(&self, secret: &str, proof: &str) -> bool {
        let Some((mask, masked)) = proof.split_at_checked(64) else { return false };
        let (Ok(mask), Ok(masked)) = (mask.parse::<Sha256>(), masked.parse::<Sha256>()) else { return false };
        let shown: Vec<u8> = mask.as_bytes().iter().zip(masked.as_bytes()).map(|(a, b)| a ^ b).collect();
        self.0.key.verify(&["form", secret], &stoa_core::hex(&shown))
    }

    fn proof_bytes(&self, secret: &str) -> Reply<Sha256> {
        self.0.key.sign(&["form", secret]).parse().map_err(|_| Failure::internal("a signature is no hash"))
    }
}

/// The asker's row id, if what they showed reaches to their account as a whole.
fn owner(actor: &Actor) -> Reply<i64> {
    match &actor.identity {
        stoa_core::Identity::User { id, scope: Scope::Write, .. } => Ok(*id),
        stoa_core::Identity::User { .. } => {
            Err(Failure::forbidden("Sessions can be seen and ended by a token with the role write only"))
        }
        stoa_core::Identity::Anonymous => Err(Failure::unauthenticated("Sign in first")),
    }
}
