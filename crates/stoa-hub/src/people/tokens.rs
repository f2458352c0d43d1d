//! Access tokens: `hf_` and 32 random bytes, shown once, kept as a SHA-256.

use sha2::{Digest, Sha256 as Hasher};
use stoa_core::{Actor, Failure, FineGrained, Identity, Namespace, Reply, Scope, Sha256, Time, TokenRole};
use stoa_db::accounts::{self, Account, Member};
use stoa_db::tokens::{self, NewToken, Token};

use super::rights;
use crate::Hub;

/// A token that was just made. The secret is shown once and can never be read again.
pub struct TokenMade {
    /// The token itself.
    pub secret: String,
    /// What is stored of it.
    pub id: i64,
}

/// What `whoami` tells.
pub struct Who {
    /// The user.
    pub account: Account,
    /// Their organizations.
    pub orgs: Vec<Member>,
    /// The token that was shown.
    pub token: Option<Token>,
}

/// A token's use is noted at most this often.
const TOUCH: i64 = 3600 * Time::SECOND;

impl Hub {
    /// Makes a token for a user (the operator's command, device logins, and the user's own settings).
    pub async fn create_token(
        &self,
        user: &str,
        name: &str,
        role: TokenRole,
        fine: Option<&FineGrained>,
        expires: Option<Time>,
    ) -> Reply<TokenMade> {
        let name = name.trim();
        if name.is_empty() || name.chars().count() > 96 || name.chars().any(char::is_control) {
            return Err(Failure::invalid("A token's name has 1 to 96 printable characters"));
        }
        if (role == TokenRole::FineGrained) != fine.is_some() {
            return Err(Failure::invalid("Permissions belong to fine-grained tokens, and only to them"));
        }
        let scopes = fine.map(serde_json::to_string).transpose().map_err(Failure::internal)?;
        let user = self.user(user).await?;
        let secret = new_secret("hf_")?;
        let hint = secret.get(secret.len() - 4..).unwrap_or_default().to_owned();
        let new = NewToken {
            user_id: user.id,
            name,
            hash: hash(&secret),
            hint: &hint,
            role: role.as_str(),
            scopes: scopes.as_deref(),
            expires_at: expires,
        };
        let mut tx = self.write().await?;
        let id = tokens::create(&mut tx, &new, self.now()).await?;
        tx.commit().await?;
        Ok(TokenMade { secret, id })
    }

    /// Who shows this token. A token that is not ours is an error, not an anonymous visitor.
    pub async fn actor_of_token(&self, secret: &str) -> Reply<Actor> {
        if Self::is_pass(secret) {
            return self.actor_of_pass(secret).await;
        }
        Ok(self.holder(secret).await?.0)
    }

    async fn holder(&self, secret: &str) -> Reply<(Actor, Token)> {
        if secret.len() > 256 {
            return Err(Failure::bad_credentials());
        }
        let now = self.now();
        let mut tx = self.read().await?;
        let holder =
            tokens::holder(&mut tx, hash(secret), now).await?.ok_or_else(Failure::bad_credentials)?;
        drop(tx);
        let scope = match holder.token.role.parse::<TokenRole>()? {
            TokenRole::Read => Scope::Read,
            TokenRole::Write => Scope::Write,
            TokenRole::FineGrained => {
                let json = holder.token.scopes.as_deref().unwrap_or("{}");
                Scope::FineGrained(serde_json::from_str(json).map_err(Failure::internal)?)
            }
        };
        if holder.token.used_at.is_none_or(|used| now.0 - used.0 > TOUCH) {
            let mut tx = self.write().await?;
            tokens::touch(&mut tx, holder.token.id, now).await?;
            tx.commit().await?;
        }
        let mut actor = Actor::anonymous();
        actor.identity = Identity::User {
            id: holder.token.user_id,
            name: Namespace::new(holder.user_name)?,
            admin: holder.is_admin,
            scope,
        };
        Ok((actor, holder.token))
    }

    /// What the holder of a token is told about themselves.
    pub async fn whoami(&self, actor: &Actor, secret: Option<&str>) -> Reply<Who> {
        let (id, _) = actor.need_user()?;
        let token = match secret {
            Some(secret) => Some(self.holder(secret).await?.1),
            None => None,
        };
        let mut tx = self.read().await?;
        let account = accounts::by_id(&mut tx, id).await?.ok_or_else(Failure::bad_credentials)?;
        let orgs = accounts::orgs_of(&mut tx, id).await?;
        Ok(Who { account, orgs, token })
    }

    /// The tokens of the asker, without their secrets.
    pub async fn tokens(&self, actor: &Actor) -> Reply<Vec<Token>> {
        let (id, _) = actor.need_user()?;
        let mut tx = self.read().await?;
        Ok(tokens::of_user(&mut tx, id).await?)
    }

    /// Ends a token of the asker.
    pub async fn revoke_token(&self, actor: &Actor, token: i64) -> Reply<()> {
        let (id, _) = rights::whole(actor, "Managing tokens")?;
        let mut tx = self.write().await?;
        if !tokens::revoke(&mut tx, id, token).await? {
            return Err(Failure::not_found("There is no such token"));
        }
        Ok(tx.commit().await?)
    }

    /// Ends a token that leaked; whoever holds it may do this, and learns nothing.
    pub async fn revoke_leaked(&self, secret: &str) -> Reply<()> {
        let mut tx = self.write().await?;
        tokens::revoke_by_hash(&mut tx, hash(secret)).await?;
        Ok(tx.commit().await?)
    }
}

/// A new secret: a prefix and 32 random bytes in letters and digits.
pub(crate) fn new_secret(prefix: &str) -> Reply<String> {
    const ALPHABET: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    let mut bytes = [0_u8; 32];
    getrandom::fill(&mut bytes).map_err(|e| Failure::internal(e.to_string()))?;
    // 32 bytes are just under 43 digits of base 62; long division, most significant digit first.
    let mut digits = Vec::with_capacity(43);
    while digits.len() < 43 {
        let mut rest = 0_u32;
        for byte in &mut bytes {
            let value = rest << 8 | u32::from(*byte);
            *byte = (value / 62) as u8;
            rest = value % 62;
        }
        digits.push(ALPHABET[rest as usize]);
    }
    Ok(prefix.chars().chain(digits.into_iter().map(char::from)).collect())
}

/// What is stored of a secret. It is random and long, so a plain hash cannot be turned back.
pub(crate) fn hash(secret: &str) -> Sha256 {
    Sha256(Hasher::digest(secret.as_bytes()).into())
}
