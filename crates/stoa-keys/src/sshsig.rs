//! Signatures made with SSH keys.
//!
//! Source: OpenSSH's `PROTOCOL.sshsig`. Git asks `ssh-keygen -Y sign -n git` for them.

use ssh_key::{PublicKey, SshSig};

use crate::{Flaw, MAX_TEXT, SshKey, guarded};

/// What git signs for, so that a signature for a login or a file cannot be passed off as one for a commit.
const NAMESPACE: &str = "git";

/// A signature, with the key that is said to have made it.
pub struct SshSignature {
    inner: SshSig,
    key: SshKey,
}

impl SshSignature {
    /// Reads an armored signature (`-----BEGIN SSH SIGNATURE-----`).
    pub fn parse(armored: &str) -> Result<Self, Flaw> {
        if armored.len() > MAX_TEXT {
            return Err(Flaw::Unreadable);
        }
        let inner = guarded(|| SshSig::from_pem(armored.trim()).ok()).ok_or(Flaw::Unreadable)?;
        let key = SshKey::checked(inner.public_key().clone()).map_err(|_| Flaw::Weak)?;
        Ok(Self { inner, key })
    }

    /// The key that is said to have made it: proven by [`Self::check`].
    pub fn key(&self) -> &SshKey {
        &self.key
    }

    /// Whether [`Self::key`] signed `payload`, for git, and a person touched the key if it asks for that.
    pub fn check(&self, payload: &[u8]) -> Result<(), Flaw> {
        // Flags and counter follow the signature of a hardware key; the lowest flag says that someone was there.
        let bytes = self.inner.signature_bytes();
        let flags = bytes.len().checked_sub(5).and_then(|at| bytes.get(at)).copied().unwrap_or_default();
        if self.key.is_hardware() && flags & 1 == 0 {
            return Err(Flaw::Wrong);
        }
        let key = PublicKey::new(self.key.data().clone(), "");
        guarded(|| key.verify(NAMESPACE, payload, &self.inner).ok()).ok_or(Flaw::Wrong)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::Programs;

    #[test]
    fn signatures_of_every_kind_of_key_prove_what_they_sign_and_nothing_else() {
        let programs = Programs::new();
        for (name, kind) in [
            ("ed", &["ed25519"][..]),
            ("p256", &["ecdsa", "-b", "256"]),
            ("p384", &["ecdsa", "-b", "384"]),
            ("p521", &["ecdsa", "-b", "521"]),
            ("rsa", &["rsa", "-b", "2048"]),
        ] {
            let key = SshKey::parse(&programs.ssh_key(name, kind)).expect("a key");
            let signature = SshSignature::parse(&programs.ssh_sign(name, "git", b"payload")).expect("reads");
            assert_eq!(signature.key().blob(), key.blob());
            assert_eq!(signature.check(b"payload"), Ok(()), "{name}");
            assert_eq!(signature.check(b"payloae"), Err(Flaw::Wrong));
            assert_eq!(signature.check(b""), Err(Flaw::Wrong));
            let other = SshSignature::parse(&programs.ssh_sign(name, "file", b"payload")).expect("reads");
            assert_eq!(other.check(b"payload"), Err(Flaw::Wrong), "signed for another purpose");
        }
    }

    #[test]
    fn weak_keys_and_damaged_signatures_prove_nothing() {
        let programs = Programs::new();
        programs.ssh_key("short", &["rsa", "-b", "1024"]);
        let weak = SshSignature::parse(&programs.ssh_sign("short", "git", b"x"));
        assert_eq!(weak.err(), Some(Flaw::Weak));
        programs.ssh_key("ed", &["ed25519"]);
        let armored = programs.ssh_sign("ed", "git", b"x");
        for at in 0..armored.len() {
            for with in ["", "A", "B", "=", "\n", "\u{e9}"] {
                let damaged = format!("{}{with}{}", &armored[..at], &armored[at + 1..]);
                if let Ok(signature) = SshSignature::parse(&damaged) {
                    // Some bytes of the armor say nothing; what is signed is still the same.
                    assert!(signature.check(b"y").is_err());
                }
            }
        }
        for text in ["", "-----BEGIN SSH SIGNATURE-----", &"x".repeat(MAX_TEXT + 1)] {
            assert_eq!(SshSignature::parse(text).err(), Some(Flaw::Unreadable));
        }
    }
}
