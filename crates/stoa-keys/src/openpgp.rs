//! OpenPGP public keys and the signatures made with them.
//!
//! Source: RFC 9580, and RFC 4880 for what `gpg` writes. A key is a primary key with names (user ids) and further keys
//! under it; each of these counts only while the newest statement that the primary key signed about it says so, and a
//! key under it that signs must have signed that it belongs there.

use std::fmt::Write as _;

use pgp::composed::{Deserializable, DetachedSignature, SignedPublicKey, SignedPublicSubKey};
use pgp::crypto::hash::HashAlgorithm;
use pgp::packet::{Signature, SignatureType, SubpacketData};
use pgp::ser::Serialize;
use pgp::types::{Fingerprint, KeyDetails, KeyId, KeyVersion, PublicParams, SignedUser, Tag};
use stoa_core::{Failure, Reply, Time};

use crate::{Flaw, MAX_TEXT, guarded};

/// Names of a key at most, and keys under it.
const MOST_PARTS: usize = 25;
/// Statements that a key makes about its parts at most: each is checked.
const MOST_STATEMENTS: usize = 100;
/// Keys that a signature may say it was made by.
const MOST_ISSUERS: usize = 4;

/// A public key with everything that belongs to it.
#[derive(Clone, Debug)]
pub struct PgpKey {
    inner: SignedPublicKey,
    bytes: Vec<u8>,
    revoked: bool,
    expires: Option<i64>,
    addresses: Vec<Address>,
    signers: Vec<Signer>,
}

/// An address that the key says is its owner's.
#[derive(Clone, Debug)]
struct Address {
    email: String,
    expires: Option<i64>,
}

/// The primary key or a key under it, if it may sign.
#[derive(Clone, Debug)]
struct Signer {
    /// Its place among the keys under the primary key, `None` for that one itself.
    at: Option<usize>,
    id: String,
    created: i64,
    expires: Option<i64>,
    revoked: bool,
}

impl PgpKey {
    /// Reads what `gpg --armor --export` prints: one key.
    pub fn parse(text: &str) -> Reply<Self> {
        if text.len() > MAX_TEXT {
            return Err(Failure::too_large(format!(
                "A key has at most {MAX_TEXT} bytes. Leave out what others signed: gpg --armor --export-options \
                 export-minimal --export"
            )));
        }
        if text.contains("PRIVATE KEY BLOCK") {
            let message = "That is a private key, which nobody else may ever see: make a new one. What the hub needs \
                           is what `gpg --armor --export` prints";
            return Err(Failure::invalid(message));
        }
        let keys = guarded(|| {
            let (keys, _) = SignedPublicKey::from_string_many(text.trim()).ok()?;
            keys.take(2).collect::<Result<Vec<_>, _>>().ok()
        });
        let several = || {
            Failure::invalid(
                "That is more than one key. Add each by itself: gpg --armor --export FINGERPRINT",
            )
        };
        if text.matches("-----BEGIN PGP").count() > 1 {
            return Err(several());
        }
        match <[_; 1]>::try_from(keys.unwrap_or_default()) {
            Ok([key]) => Self::checked(key),
            Err(keys) if keys.is_empty() => Err(Failure::invalid(
                "This is not an OpenPGP public key. It begins with -----BEGIN PGP PUBLIC KEY BLOCK-----, as \
                 `gpg --armor --export` prints it",
            )),
            Err(_) => Err(several()),
        }
    }

    /// Reads what [`Self::bytes`] gave.
    pub fn from_bytes(bytes: &[u8]) -> Reply<Self> {
        let bytes = Some(bytes).filter(|bytes| bytes.len() <= MAX_TEXT);
        let key = bytes.and_then(|bytes| guarded(|| SignedPublicKey::from_bytes(bytes).ok()));
        Self::checked(key.ok_or_else(|| Failure::invalid("This is not an OpenPGP public key"))?)
    }

    fn checked(key: SignedPublicKey) -> Reply<Self> {
        if !matches!(key.version(), KeyVersion::V4 | KeyVersion::V6) {
            return Err(Failure::invalid(
                "This key has an old format. Make one with: gpg --full-generate-key",
            ));
        }
        if !is_trusted(key.public_params()) {
            return Err(Failure::invalid(
                "The primary key must be EdDSA, ECDSA or RSA with 2048 bits or more. Make one with: gpg \
                 --full-generate-key",
            ));
        }
        guarded(|| Self::evaluate(key))
            .unwrap_or_else(|| Err(Failure::invalid("This OpenPGP key cannot be read")))
    }

    fn evaluate(mut key: SignedPublicKey) -> Option<Reply<Self>> {
        prune(&mut key);
        let statements = key.details.users.iter().map(|user| user.signatures.len()).sum::<usize>()
            + key.public_subkeys.iter().map(|sub| sub.signatures.len()).sum::<usize>()
            + key.details.direct_signatures.len()
            + key.details.revocation_signatures.len();
        if statements > MOST_STATEMENTS
            || key.details.users.len() > MOST_PARTS
            || key.public_subkeys.len() > MOST_PARTS
        {
            return Some(Err(Failure::invalid(format!(
                "This key has too many parts: at most {MOST_PARTS} names, {MOST_PARTS} keys under it and \
                 {MOST_STATEMENTS} signatures of its own"
            ))));
        }
        let primary = &key.primary_key;
        let revoked = key.details.revocation_signatures.iter().any(|signature| {
            signature.typ() == Some(SignatureType::KeyRevocation) && signature.verify_key(primary).is_ok()
        });
        let direct = newest(&key.details.direct_signatures, |signature| {
            signature.typ() == Some(SignatureType::Key) && signature.verify_key(primary).is_ok()
        });
        let named: Vec<(&SignedUser, &Signature)> =
            key.details.users.iter().filter_map(|user| Some((user, standing(primary, user)?))).collect();
        // What the key says about itself stands in the newest statement, about a name or about the key alone.
        let about = named.iter().map(|(_, signature)| *signature).chain(direct).max_by_key(|s| made(s));
        let Some(about) = about else {
            return Some(Err(Failure::invalid("This key has no name that it vouches for itself")));
        };
        let created = seconds(primary);
        let expires = end(created, about.key_expiration_time());
        let mut signers = Vec::new();
        if may_sign(about, true) {
            signers.push(Signer { at: None, id: id_of(primary), created, expires, revoked: false });
        }
        for (at, sub) in key.public_subkeys.iter().enumerate() {
            signers.extend(signer(primary, at, sub));
        }
        let addresses = named.iter().filter_map(|(user, signature)| {
            let email = email(user.id.as_str()?)?.to_owned();
            Some(Address { email, expires: end(made(signature), signature.signature_expiration_time()) })
        });
        let addresses = addresses.collect();
        let bytes = key.to_bytes().ok()?;
        Some(Ok(Self { inner: key, bytes, revoked, expires, addresses, signers }))
    }

    /// The key as it is stored: without names' pictures and without what others signed.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The fingerprint of the primary key, in upper-case digits.
    pub fn fingerprint(&self) -> String {
        format!("{:X}", self.inner.fingerprint())
    }

    /// The id of the primary key: the digits that programs show for short.
    pub fn key_id(&self) -> String {
        id_of(&self.inner.primary_key)
    }

    /// The ids of the keys that may sign: the primary key itself, keys under it, or both.
    pub fn signers(&self) -> impl Iterator<Item = &str> {
        self.signers.iter().map(|signer| signer.id.as_str())
    }

    /// The addresses of its owner, as the key claims them at the moment.
    pub fn emails(&self, now: Time) -> impl Iterator<Item = &str> {
        let live = move |address: &&Address| !has_ended(address.expires, now);
        self.addresses.iter().filter(live).map(|address| address.email.as_str())
    }

    /// Whether its owner took it back.
    pub fn is_revoked(&self) -> bool {
        self.revoked
    }

    /// When it ends.
    pub fn expires(&self) -> Option<Time> {
        self.expires.map(|seconds| Time(seconds.saturating_mul(Time::SECOND)))
    }

    /// Whether this key, or one under it, signed `payload`, and still counts.
    pub fn check(&self, signature: &PgpSignature, payload: &[u8], now: Time) -> Result<(), Flaw> {
        let issuers = signature.issuers();
        let signer = self.signers.iter().find(|signer| issuers.contains(&signer.id));
        let signer = signer.ok_or(Flaw::UnknownKey)?;
        let fits = guarded(|| match signer.at {
            None => signature.inner.verify(&self.inner.primary_key, payload).ok(),
            Some(at) => signature.inner.verify(&self.inner.public_subkeys.get(at)?.key, payload).ok(),
        });
        fits.ok_or(Flaw::Wrong)?;
        if self.revoked || signer.revoked {
            return Err(Flaw::RevokedKey);
        }
        if has_ended(self.expires, now) || has_ended(signer.expires, now) {
            return Err(Flaw::ExpiredKey);
        }
        let made = made(&signature.inner);
        let ends = end(made, signature.inner.signature_expiration_time());
        if made < signer.created || has_ended(ends, now) {
            return Err(Flaw::OutOfTime);
        }
        Ok(())
    }
}

/// A signature over bytes that lie elsewhere.
pub struct PgpSignature {
    inner: Signature,
}

impl PgpSignature {
    /// Reads an armored signature (`-----BEGIN PGP SIGNATURE-----`).
    pub fn parse(armored: &str) -> Result<Self, Flaw> {
        if armored.len() > MAX_TEXT {
            return Err(Flaw::Unreadable);
        }
        let read = guarded(|| DetachedSignature::from_string(armored.trim()).ok());
        let inner = read.ok_or(Flaw::Unreadable)?.0.signature;
        // A signature over text does not say which bytes ended its lines.
        if inner.typ() != Some(SignatureType::Binary) || inner.created().is_none() {
            return Err(Flaw::Unreadable);
        }
        match inner.hash_alg() {
            Some(hash) if is_strong(hash) => Ok(Self { inner }),
            _ => Err(Flaw::Weak),
        }
    }

    /// The ids of the keys that it says may have made it; more than one only if someone wants to confuse.
    pub fn issuers(&self) -> Vec<String> {
        let mut ids: Vec<String> = self.inner.issuer_fingerprint().iter().filter_map(|f| short(f)).collect();
        ids.extend(self.inner.issuer_key_id().iter().map(|id| shown(**id)));
        let mut seen = Vec::new();
        for id in ids {
            if !seen.contains(&id) && seen.len() < MOST_ISSUERS {
                seen.push(id);
            }
        }
        seen
    }
}

/// Leaves out what says nothing about the key itself: pictures, and what others signed.
fn prune(key: &mut SignedPublicKey) {
    let (id, fingerprint) = (key.legacy_key_id(), key.fingerprint());
    let own = |signature: &Signature| {
        let (ids, fingerprints) = (signature.issuer_key_id(), signature.issuer_fingerprint());
        (ids.is_empty() && fingerprints.is_empty())
            || ids.contains(&&id)
            || fingerprints.iter().any(|other| **other == fingerprint)
    };
    key.details.user_attributes.clear();
    key.details.direct_signatures.retain(own);
    key.details.revocation_signatures.retain(own);
    for user in &mut key.details.users {
        user.signatures.retain(own);
    }
    key.details.users.retain(|user| !user.signatures.is_empty());
    for sub in &mut key.public_subkeys {
        sub.signatures.retain(own);
    }
    key.public_subkeys.retain(|sub| !sub.signatures.is_empty());
}

/// The newest statement that proves good. SHA-1 is let through here, with detection of collisions, because keys that
/// are good otherwise vouch for themselves with it.
fn newest(signatures: &[Signature], proves: impl Fn(&Signature) -> bool) -> Option<&Signature> {
    let good = signatures.iter().filter(|signature| {
        signature.hash_alg().is_some_and(|hash| is_strong(hash) || hash == HashAlgorithm::Sha1)
            && signature.created().is_some()
            && proves(signature)
    });
    good.max_by_key(|signature| made(signature))
}

/// The statement by which the key vouches for a name, unless it took that back since.
fn standing<'a>(primary: &pgp::packet::PublicKey, user: &'a SignedUser) -> Option<&'a Signature> {
    let proves = |signature: &Signature, revokes: bool| {
        let kind = signature.typ();
        let right = if revokes {
            kind == Some(SignatureType::CertRevocation)
        } else {
            signature.is_certification() && kind != Some(SignatureType::CertRevocation)
        };
        right && signature.verify_certification(primary, Tag::UserId, &user.id).is_ok()
    };
    let found = newest(&user.signatures, |signature| proves(signature, false))?;
    let revoked = newest(&user.signatures, |signature| proves(signature, true));
    revoked.is_none_or(|revocation| made(revocation) < made(found)).then_some(found)
}

/// A key under the primary key, if it may sign and says itself that it belongs there.
fn signer(primary: &pgp::packet::PublicKey, at: usize, sub: &SignedPublicSubKey) -> Option<Signer> {
    if !is_trusted(sub.key.public_params()) {
        return None;
    }
    let bound = newest(&sub.signatures, |signature| {
        signature.typ() == Some(SignatureType::SubkeyBinding)
            && signature.verify_subkey_binding(primary, &sub.key).is_ok()
    })?;
    // Without this, anyone could claim the keys of others, and with them what they signed.
    let back = bound.embedded_signature().filter(|_| may_sign(bound, false))?;
    if !back.hash_alg().is_some_and(|hash| is_strong(hash) || hash == HashAlgorithm::Sha1) {
        return None;
    }
    back.verify_primary_key_binding(&sub.key, primary).ok()?;
    let revoked = sub.signatures.iter().any(|signature| {
        signature.typ() == Some(SignatureType::SubkeyRevocation)
            && signature.verify_subkey_binding(primary, &sub.key).is_ok()
    });
    let created = seconds(&sub.key);
    let expires = end(created, bound.key_expiration_time());
    Some(Signer { at: Some(at), id: id_of(&sub.key), created, expires, revoked })
}

/// Whether a statement lets its key sign; `unsaid` is what holds when it says nothing about it.
fn may_sign(signature: &Signature, unsaid: bool) -> bool {
    let says = signature.config().is_some_and(|config| {
        config.hashed_subpackets().any(|part| matches!(part.data, SubpacketData::KeyFlags(_)))
    });
    if says { signature.key_flags().sign() } else { unsaid }
}

/// Whether signatures made with such a key can be checked and mean something.
fn is_trusted(params: &PublicParams) -> bool {
    match params {
        // Written out, it begins with the number of bits of the modulus.
        PublicParams::RSA(rsa) => match rsa.to_bytes().as_deref() {
            Ok([high, low, ..]) => u16::from_be_bytes([*high, *low]) >= 2048,
            _ => false,
        },
        PublicParams::ECDSA(_)
        | PublicParams::EdDSALegacy(_)
        | PublicParams::Ed25519(_)
        | PublicParams::Ed448(_) => true,
        _ => false,
    }
}

fn is_strong(hash: HashAlgorithm) -> bool {
    matches!(
        hash,
        HashAlgorithm::Sha224
            | HashAlgorithm::Sha256
            | HashAlgorithm::Sha384
            | HashAlgorithm::Sha512
            | HashAlgorithm::Sha3_256
            | HashAlgorithm::Sha3_512
    )
}

/// The address in a name: `Ada Lovelace (work) <ada@example.org>`, or nothing but an address.
fn email(name: &str) -> Option<&str> {
    let inside = name.rsplit_once('<').and_then(|(_, rest)| rest.split_once('>')).map(|(inside, _)| inside);
    let email = inside.unwrap_or(name).trim();
    let good = email.contains('@') && email.len() <= 254 && !email.contains(char::is_whitespace);
    good.then_some(email)
}

fn seconds(key: &impl KeyDetails) -> i64 {
    i64::from(key.created_at().as_secs())
}

fn made(signature: &Signature) -> i64 {
    signature.created().map_or(0, |time| i64::from(time.as_secs()))
}

fn end(begin: i64, after: Option<pgp::types::Duration>) -> Option<i64> {
    after.map(|after| i64::from(after.as_secs())).filter(|after| *after > 0).map(|after| begin + after)
}

fn has_ended(end: Option<i64>, now: Time) -> bool {
    end.is_some_and(|end| end <= now.0.div_euclid(Time::SECOND))
}

fn id_of(key: &impl KeyDetails) -> String {
    shown(key.legacy_key_id())
}

fn shown(id: KeyId) -> String {
    digits(id.as_ref())
}

fn digits(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02X}");
        text
    })
}

/// The key id within a fingerprint.
fn short(fingerprint: &Fingerprint) -> Option<String> {
    let bytes = fingerprint.as_bytes();
    let part = match fingerprint.version()? {
        KeyVersion::V4 => bytes.len().checked_sub(8).and_then(|from| bytes.get(from..)),
        KeyVersion::V6 => bytes.get(..8),
        _ => None,
    };
    part.map(digits)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{NOW, Programs};

    const ADA: &str = "Ada L (work) <ada@example.org>";
    const LATER: Time = Time(NOW.0 + 60 * Time::DAY);

    fn export(programs: &Programs, who: &str) -> String {
        programs.gpg(1, &["--armor", "--export", who], b"")
    }

    fn key(programs: &Programs, who: &str) -> PgpKey {
        PgpKey::parse(&export(programs, who)).expect("a key")
    }

    fn sign(programs: &Programs, day: u32, who: &str, more: &[&str], payload: &[u8]) -> PgpSignature {
        let args = [more, &["--armor", "--detach-sign", "--local-user", who]].concat();
        PgpSignature::parse(&programs.gpg(day, &args, payload)).expect("reads")
    }

    #[test]
    fn every_usual_kind_of_key_is_read_as_gpg_reads_it_and_proves_what_it_signed() {
        let programs = Programs::new();
        for (name, kind) in [
            ("ed", "ed25519"),
            ("rsa", "rsa2048"),
            ("p256", "nistp256"),
            ("p384", "nistp384"),
            ("p521", "nistp521"),
        ] {
            let who = format!("{name}@example.org");
            programs.gpg(2, &["--quick-gen-key", &format!("A <{who}>"), kind, "sign", "never"], b"");
            let key = key(&programs, &who);
            let fingerprint = &programs.gpg_fingerprints(&who)[0];
            assert_eq!(&key.fingerprint(), fingerprint);
            assert_eq!(key.key_id(), fingerprint[24..]);
            assert_eq!(key.emails(NOW).collect::<Vec<_>>(), [who.as_str()]);
            assert_eq!((key.is_revoked(), key.expires()), (false, None));
            assert_eq!(key.signers().collect::<Vec<_>>(), [key.key_id()]);
            let signature = sign(&programs, 3, &who, &[], b"payload");
            assert_eq!(signature.issuers(), [key.key_id()]);
            assert_eq!(key.check(&signature, b"payload", NOW), Ok(()), "{kind}");
            assert_eq!(key.check(&signature, b"payloae", NOW), Err(Flaw::Wrong), "{kind}");
            let again = PgpKey::from_bytes(key.bytes()).expect("a key");
            assert_eq!((again.bytes(), again.fingerprint()), (key.bytes(), key.fingerprint()));
            assert_eq!(again.check(&signature, b"payload", NOW), Ok(()));
        }
    }

    #[test]
    fn keys_under_the_primary_key_sign_for_it_until_they_are_revoked() {
        let programs = Programs::new();
        programs.gpg(2, &["--quick-gen-key", ADA, "ed25519", "cert", "never"], b"");
        let primary = programs.gpg_fingerprints("ada")[0].clone();
        programs.gpg(2, &["--quick-add-key", &primary, "ed25519", "sign", "2026-01-20"], b"");
        programs.gpg(2, &["--quick-add-key", &primary, "cv25519", "encr"], b"");
        let subkey = programs.gpg_fingerprints("ada")[1].clone();
        let signed = sign(&programs, 3, &subkey, &[], b"x");
        let before = key(&programs, "ada");
        assert_eq!(before.signers().collect::<Vec<_>>(), [&subkey[24..]]);
        assert_eq!(before.check(&signed, b"x", NOW), Ok(()));
        assert_eq!(before.check(&signed, b"x", LATER), Err(Flaw::ExpiredKey));
        let input = b"key 1\nrevkey\ny\n0\n\ny\nsave\n";
        programs.gpg(4, &["--command-fd", "0", "--no-batch", "--edit-key", &primary], input);
        let after = key(&programs, "ada");
        assert_eq!(after.check(&signed, b"x", NOW), Err(Flaw::RevokedKey));
    }

    #[test]
    fn revoked_and_expired_keys_prove_nothing() {
        let programs = Programs::new();
        programs.gpg(2, &["--quick-gen-key", ADA, "ed25519", "sign", "2026-01-20"], b"");
        let fingerprint = programs.gpg_fingerprints("ada")[0].clone();
        let signed = sign(&programs, 3, "ada", &[], b"x");
        let before = key(&programs, "ada");
        assert_eq!(before.expires().map(|end| end.to_string()).as_deref(), Some("2026-01-20T12:00:00.000Z"));
        assert_eq!(before.check(&signed, b"x", NOW), Ok(()));
        assert_eq!(before.check(&signed, b"x", LATER), Err(Flaw::ExpiredKey));
        programs.gpg(4, &["--quick-set-expire", &fingerprint, "2027-01-01"], b"");
        let longer = key(&programs, "ada");
        assert_eq!(longer.check(&signed, b"x", LATER), Ok(()));
        let path = format!("gnupg/openpgp-revocs.d/{fingerprint}.rev");
        let certificate = programs.read(&path).replace(":-----BEGIN", "-----BEGIN");
        programs.gpg(5, &["--import"], certificate.as_bytes());
        let revoked = key(&programs, "ada");
        assert!(revoked.is_revoked());
        assert_eq!(revoked.check(&signed, b"x", NOW), Err(Flaw::RevokedKey));
    }

    #[test]
    fn names_count_while_the_key_vouches_for_them() {
        let programs = Programs::new();
        programs.gpg(2, &["--quick-gen-key", ADA, "ed25519", "sign", "never"], b"");
        let fingerprint = programs.gpg_fingerprints("ada")[0].clone();
        programs.gpg(2, &["--quick-add-uid", &fingerprint, "ada@home.example"], b"");
        programs.gpg(2, &["--quick-add-uid", &fingerprint, "Ada <ada@old.example>"], b"");
        programs.gpg(3, &["--quick-revoke-uid", &fingerprint, "Ada <ada@old.example>"], b"");
        let mut emails: Vec<String> = key(&programs, "ada").emails(NOW).map(str::to_owned).collect();
        emails.sort();
        assert_eq!(emails, ["ada@example.org", "ada@home.example"]);
    }

    #[test]
    fn a_name_or_a_key_that_someone_else_put_there_does_not_count() {
        let programs = Programs::new();
        programs.gpg(2, &["--quick-gen-key", ADA, "ed25519", "cert", "never"], b"");
        programs.gpg(2, &["--quick-gen-key", "Eve <eve@example.org>", "ed25519", "cert", "never"], b"");
        let (ada, eve) =
            (programs.gpg_fingerprints("ada")[0].clone(), programs.gpg_fingerprints("eve")[0].clone());
        programs.gpg(2, &["--quick-add-key", &ada, "ed25519", "sign"], b"");
        programs.gpg(2, &["--quick-add-key", &eve, "ed25519", "sign"], b"");
        let (mut of_ada, mut of_eve) = (key(&programs, "ada").inner, key(&programs, "eve").inner);
        of_ada.details.users.append(&mut of_eve.details.users);
        of_ada.public_subkeys.append(&mut of_eve.public_subkeys);
        let mixed = PgpKey::from_bytes(&of_ada.to_bytes().expect("bytes")).expect("a key");
        assert_eq!(mixed.emails(NOW).collect::<Vec<_>>(), ["ada@example.org"]);
        assert_eq!(mixed.signers().count(), 1);
        let signed = sign(&programs, 3, &programs.gpg_fingerprints("eve")[1], &[], b"x");
        assert_eq!(mixed.check(&signed, b"x", NOW), Err(Flaw::UnknownKey));
    }

    #[test]
    fn signatures_out_of_time_and_with_weak_hashes_prove_nothing() {
        let programs = Programs::new();
        programs.gpg(5, &["--quick-gen-key", ADA, "rsa2048", "sign", "never"], b"");
        let key = key(&programs, "ada");
        let short = sign(&programs, 6, "ada", &["--default-sig-expire", "2026-01-10"], b"x");
        assert_eq!(key.check(&short, b"x", NOW), Err(Flaw::OutOfTime));
        let early = sign(&programs, 4, "ada", &["--ignore-time-conflict"], b"x");
        assert_eq!(key.check(&early, b"x", NOW), Err(Flaw::OutOfTime));
        let sha1 = ["--digest-algo", "sha1", "--armor", "--detach-sign"];
        assert_eq!(PgpSignature::parse(&programs.gpg(6, &sha1, b"x")).err(), Some(Flaw::Weak));
        let text = ["--textmode", "--armor", "--detach-sign"];
        assert_eq!(PgpSignature::parse(&programs.gpg(6, &text, b"x")).err(), Some(Flaw::Unreadable));
    }

    fn refused(text: &str, because: &str) {
        let failure = PgpKey::parse(text).expect_err("refused");
        assert!(failure.message.contains(because), "{failure}");
    }

    #[test]
    fn what_is_weak_secret_or_no_key_is_refused_with_a_remedy() {
        let programs = Programs::new();
        programs.gpg(2, &["--quick-gen-key", ADA, "ed25519", "sign", "never"], b"");
        programs.gpg(2, &["--quick-gen-key", "Bob <bob@x.org>", "rsa1024", "sign", "never"], b"");
        programs.gpg(2, &["--quick-gen-key", "Cyd <cyd@x.org>", "dsa2048", "sign", "never"], b"");
        let ada = export(&programs, "ada");
        refused(&export(&programs, "bob"), "2048 bits");
        refused(&export(&programs, "cyd"), "2048 bits");
        refused(&format!("{ada}{ada}"), "more than one");
        refused(&programs.gpg(2, &["--armor", "--export", "ada", "bob"], b""), "more than one");
        refused(&programs.gpg(2, &["--armor", "--export-secret-keys", "ada"], b""), "private key");
        for text in ["", "x", "-----BEGIN PGP PUBLIC KEY BLOCK-----\n\n-----END PGP PUBLIC KEY BLOCK-----\n"]
        {
            refused(text, "not an OpenPGP public key");
        }
        refused(&"x".repeat(MAX_TEXT + 1), "at most");
        assert!(PgpKey::from_bytes(&vec![0x98; MAX_TEXT + 1]).is_err());
    }

    #[test]
    fn a_key_with_too_many_names_is_refused() {
        let programs = Programs::new();
        programs.gpg(2, &["--quick-gen-key", ADA, "ed25519", "sign", "never"], b"");
        let mut inner = key(&programs, "ada").inner;
        let user = inner.details.users[0].clone();
        inner.details.users = vec![user; MOST_PARTS + 1];
        let failure = PgpKey::from_bytes(&inner.to_bytes().expect("bytes")).expect_err("refused");
        assert!(failure.message.contains("too many parts"), "{failure}");
    }

    #[test]
    fn damaged_keys_and_signatures_never_panic() {
        let programs = Programs::new();
        programs.gpg(2, &["--quick-gen-key", ADA, "ed25519", "sign", "never"], b"");
        let armored = programs.gpg(3, &["--armor", "--detach-sign"], b"x");
        let key = key(&programs, "ada");
        for at in 0..key.bytes().len() {
            let _ = PgpKey::from_bytes(&key.bytes()[..at]);
            for bit in [1, 0x80] {
                let mut damaged = key.bytes().to_vec();
                damaged[at] ^= bit;
                if let Ok(other) = PgpKey::from_bytes(&damaged) {
                    assert!(other.emails(NOW).all(|email| email == "ada@example.org"));
                }
            }
        }
        for at in 0..armored.len() {
            for with in ["", "A", "/", "\n", "\u{e9}"] {
                let damaged = format!("{}{with}{}", &armored[..at], &armored[at + 1..]);
                if let Ok(signature) = PgpSignature::parse(&damaged) {
                    assert!(key.check(&signature, b"y", NOW).is_err());
                }
            }
        }
        assert_eq!(PgpSignature::parse(&"x".repeat(MAX_TEXT + 1)).err(), Some(Flaw::Unreadable));
    }
}
