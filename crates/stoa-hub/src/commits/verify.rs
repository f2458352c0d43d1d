//! Whether commits and tags were signed by those they name. Found out when they are shown: keys come and go.

use std::collections::{HashMap, HashSet};

use stoa_core::{Oid, Reply, Time};
use stoa_db::accounts::{self, Account};
use stoa_db::{keys, objects};
use stoa_git::Signed;
use stoa_keys::{Flaw, KeyKind, PgpKey, PgpSignature, SshSignature};

use crate::access::Access;
use crate::{Hub, Repo, cpu};

/// Bytes of a commit that is looked at, at most.
const BODY: u64 = 1024 * 1024;
/// Bytes of all commits of a page that are looked at, at most.
const BODIES: u64 = 16 * 1024 * 1024;
/// Signatures that are checked at once, at most.
const SIGNATURES: usize = 100;
/// OpenPGP keys that are read for this, at most: one may take 125 checks itself.
const KEYS: usize = 16;

/// What the signature of a commit or tag proves.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Verification {
    /// There is none.
    Unsigned,
    /// There is one, and it does not prove who signed.
    Unverified(Flaw),
    /// A user of this hub signed it.
    Verified {
        /// The user's name.
        by: String,
        /// The kind of the key.
        kind: KeyKind,
        /// The key.
        fingerprint: String,
    },
}

/// A signed object whose signature can be read.
struct Claim {
    /// Its place in the answer.
    at: usize,
    payload: Vec<u8>,
    email: Option<String>,
    signature: Signature,
}

enum Signature {
    Ssh(Box<SshSignature>),
    Pgp(PgpSignature, Vec<String>),
}

/// A key on an account.
struct Registered {
    fingerprint: String,
    account: Account,
    /// What an OpenPGP key holds, until it is read.
    data: Vec<u8>,
}

/// The keys that signatures name, by kind and by what they are named: fingerprints, or ids of OpenPGP keys.
#[derive(Default)]
struct Keys {
    ssh: HashMap<String, Registered>,
    pgp: HashMap<i64, Registered>,
    ids: HashMap<String, Vec<i64>>,
    /// Whether more were named than are read.
    cut: bool,
}

impl Hub {
    /// What the signature of the body of a commit or tag proves; `None` if that is too much to find out.
    pub async fn verify_object(&self, body: &[u8]) -> Reply<Option<Verification>> {
        Ok(self.verify_all(vec![Some(body.to_vec())]).await?.pop().flatten())
    }

    async fn verify_all(&self, bodies: Vec<Option<Vec<u8>>>) -> Reply<Vec<Option<Verification>>> {
        let (mut answer, claims) = cpu::run(move || Ok(read(&bodies))).await?;
        if claims.is_empty() {
            return Ok(answer);
        }
        let keys = self.keys_of(&claims).await?;
        let now = self.now();
        for (at, verification) in cpu::run(move || Ok(check(&claims, &keys, now))).await? {
            if let Some(place) = answer.get_mut(at) {
                *place = verification;
            }
        }
        Ok(answer)
    }

    /// The keys that may have made the signatures, as far as they are on accounts.
    async fn keys_of(&self, claims: &[Claim]) -> Reply<Keys> {
        let mut found = Keys::default();
        let mut tx = self.read().await?;
        let mut seen = HashSet::new();
        for claim in claims {
            match &claim.signature {
                Signature::Ssh(signature) => {
                    let fingerprint = signature.key().fingerprint();
                    if !seen.insert(fingerprint.clone()) {
                        continue;
                    }
                    let key = keys::by_fingerprint(&mut tx, KeyKind::Ssh.as_str(), &fingerprint).await?;
                    let Some((key, data)) = key.filter(|(_, data)| *data == signature.key().blob()) else {
                        continue;
                    };
                    if let Some(account) = accounts::by_id(&mut tx, key.user_id).await? {
                        found
                            .ssh
                            .insert(fingerprint, Registered { fingerprint: key.fingerprint, account, data });
                    }
                }
                Signature::Pgp(_, issuers) => {
                    for issuer in issuers {
                        if found.pgp.len() >= KEYS {
                            found.cut |= !found.ids.contains_key(issuer);
                            continue;
                        }
                        if !seen.insert(issuer.clone()) {
                            continue;
                        }
                        let mut ids = Vec::new();
                        for (key, data) in keys::by_signing_id(&mut tx, issuer).await? {
                            if let Some(account) = accounts::by_id(&mut tx, key.user_id).await? {
                                ids.push(key.id);
                                let fingerprint = key.fingerprint;
                                found.pgp.insert(key.id, Registered { fingerprint, account, data });
                            }
                        }
                        found.ids.insert(issuer.clone(), ids);
                    }
                }
            }
        }
        Ok(found)
    }
}

impl<A: Access> Repo<A> {
    /// What the signatures of some commits prove, in their order; `None` for those that were too much to look at.
    /// Callers pass at most a page.
    pub async fn verifications(&self, commits: &[Oid]) -> Reply<Vec<Option<Verification>>> {
        let mut tx = self.hub.read().await?;
        let found = objects::get_small(&mut tx, self.row.id, commits, BODY).await?;
        drop(tx);
        let mut left = BODIES;
        let fit = found.into_iter().filter(|object| {
            let rest = left.checked_sub(object.size);
            left = rest.unwrap_or(left);
            rest.is_some()
        });
        let (deltas, whole): (Vec<_>, Vec<_>) = fit.partition(|object| object.base.is_some());
        let bodies = cpu::run(move || {
            let inflated = whole.into_iter().filter_map(|object| {
                Some((object.oid, stoa_git::inflate(object.data.as_deref()?, object.size).ok()?))
            });
            Ok(inflated.collect::<HashMap<Oid, Vec<u8>>>())
        });
        let mut bodies = bodies.await?;
        for object in deltas {
            bodies.insert(object.oid, self.hub.body(self.row.id, object.oid).await?);
        }
        self.hub.verify_all(commits.iter().map(|oid| bodies.remove(oid)).collect()).await
    }
}

/// What can be said without keys, and what is left to check.
fn read(bodies: &[Option<Vec<u8>>]) -> (Vec<Option<Verification>>, Vec<Claim>) {
    let mut claims = Vec::new();
    let answer = bodies.iter().enumerate().map(|(at, body)| {
        let Some(Signed { payload, signature, email }) = Signed::parse(body.as_ref()?) else {
            return Some(Verification::Unsigned);
        };
        if claims.len() >= SIGNATURES {
            return None;
        }
        let signature = if signature.trim_start().starts_with("-----BEGIN SSH SIGNATURE") {
            SshSignature::parse(&signature).map(|signature| Signature::Ssh(Box::new(signature)))
        } else {
            PgpSignature::parse(&signature).map(|signature| {
                let issuers = signature.issuers();
                Signature::Pgp(signature, issuers)
            })
        };
        match signature {
            Ok(signature) => claims.push(Claim { at, payload, email, signature }),
            Err(flaw) => return Some(Verification::Unverified(flaw)),
        }
        None
    });
    (answer.collect(), claims)
}

fn check(claims: &[Claim], keys: &Keys, now: Time) -> Vec<(usize, Option<Verification>)> {
    let read = |key: &Registered| PgpKey::from_bytes(&key.data).ok();
    let pgp: HashMap<i64, PgpKey> = keys.pgp.iter().filter_map(|(id, key)| Some((*id, read(key)?))).collect();
    let outcomes = claims.iter().map(|claim| {
        let outcome = match &claim.signature {
            Signature::Ssh(signature) => check_ssh(claim, signature, keys),
            Signature::Pgp(signature, issuers) => {
                // One key, unless someone made another with the same id: then the one that fits counts.
                let candidates = issuers.iter().filter_map(|issuer| keys.ids.get(issuer)).flatten();
                let mut outcome = Err(Flaw::UnknownKey);
                for id in candidates {
                    let (Some(registered), Some(key)) = (keys.pgp.get(id), pgp.get(id)) else { continue };
                    let next = check_pgp(claim, signature, registered, key, now);
                    let better = next.is_ok() || matches!(outcome, Err(Flaw::UnknownKey | Flaw::Wrong));
                    outcome = if outcome.is_err() && better { next } else { outcome };
                }
                if keys.cut && outcome == Err(Flaw::UnknownKey) {
                    return (claim.at, None);
                }
                outcome
            }
        };
        (claim.at, Some(outcome.unwrap_or_else(Verification::Unverified)))
    });
    outcomes.collect()
}

fn check_ssh(claim: &Claim, signature: &SshSignature, keys: &Keys) -> Result<Verification, Flaw> {
    let registered = keys.ssh.get(&signature.key().fingerprint()).ok_or(Flaw::UnknownKey)?;
    signature.check(&claim.payload)?;
    named(claim, registered, None)?;
    Ok(verified(registered, KeyKind::Ssh))
}

fn check_pgp(
    claim: &Claim,
    signature: &PgpSignature,
    registered: &Registered,
    key: &PgpKey,
    now: Time,
) -> Result<Verification, Flaw> {
    key.check(signature, &claim.payload, now)?;
    named(claim, registered, Some((key, now)))?;
    Ok(verified(registered, KeyKind::Gpg))
}

/// The committer's address must be the account's, with somebody to vouch for it, and, for OpenPGP, one that the key claims.
fn named(claim: &Claim, registered: &Registered, key: Option<(&PgpKey, Time)>) -> Result<(), Flaw> {
    let email = claim.email.as_deref().ok_or(Flaw::WrongEmail)?;
    let same = |other: &str| other.eq_ignore_ascii_case(email);
    let account = registered.account.vouched_email().is_some_and(same);
    let key = key.is_none_or(|(key, now)| key.emails(now).any(same));
    if account && key { Ok(()) } else { Err(Flaw::WrongEmail) }
}

fn verified(registered: &Registered, kind: KeyKind) -> Verification {
    let (by, fingerprint) = (registered.account.name.clone(), registered.fingerprint.clone());
    Verification::Verified { by, kind, fingerprint }
}
