//! SSH public keys.
//!
//! Source: RFC 4253 section 6.6, RFC 5656, RFC 8709, and OpenSSH's `PROTOCOL.u2f`. One line of a `.pub` file is
//! `algorithm base64 comment`; the base64 is the blob that a client shows when it signs in.

use ssh_key::public::KeyData;
use ssh_key::{Algorithm, HashAlg, PublicKey};
use stoa_core::{Failure, Reply};

use crate::{MAX_TEXT, guarded};

/// Bits of an RSA key: fewer can be broken, more cannot be checked by the libraries.
const RSA: std::ops::RangeInclusive<usize> = 2048..=4096;

/// A public key that someone may sign in or sign commits with.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SshKey {
    data: KeyData,
    blob: Vec<u8>,
    comment: String,
}

impl SshKey {
    /// Reads one line as `ssh-keygen` writes it into a `.pub` file.
    pub fn parse(text: &str) -> Reply<Self> {
        if text.len() > MAX_TEXT {
            return Err(Failure::too_large(format!("A key has at most {MAX_TEXT} bytes")));
        }
        if text.contains("PRIVATE KEY") {
            let message = "That is a private key, which nobody else may ever see: make a new one. What the hub needs \
                           is the line in the file that ends in .pub";
            return Err(Failure::invalid(message));
        }
        let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
        let (Some(line), None) = (lines.next(), lines.next()) else {
            return Err(Failure::invalid("An SSH key is one line, as it stands in the file ending in .pub"));
        };
        let unreadable = || {
            let message = "This is not an SSH public key. It looks like `ssh-ed25519 AAAA… name`, as it stands in \
                           ~/.ssh/id_ed25519.pub";
            Failure::invalid(message)
        };
        // The comment is free text, which the library reads up to its first oddity only.
        let mut words = line.splitn(3, char::is_whitespace);
        let (algorithm, base64) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
        if algorithm == "ssh-dss" {
            return Err(Failure::invalid(
                "DSA keys are no longer safe. Make one with: ssh-keygen -t ed25519",
            ));
        }
        if algorithm.contains("-cert-v0") {
            return Err(Failure::invalid(
                "That is a certificate. Add the key itself, the .pub file beside it",
            ));
        }
        let key = guarded(|| PublicKey::from_openssh(&format!("{algorithm} {base64}")).ok());
        let mut key = Self::checked(key.ok_or_else(unreadable)?.key_data().clone())?;
        words.next().unwrap_or_default().trim().clone_into(&mut key.comment);
        Ok(key)
    }

    /// Reads the blob, as a client shows it.
    pub fn from_blob(blob: &[u8]) -> Reply<Self> {
        let unreadable = || Failure::invalid("This is not an SSH public key");
        let blob = Some(blob).filter(|blob| blob.len() <= MAX_TEXT).ok_or_else(unreadable)?;
        let key = guarded(|| PublicKey::from_bytes(blob).ok()).ok_or_else(unreadable)?;
        Self::checked(key.key_data().clone())
    }

    /// Lets through what is safe and can be checked.
    pub(crate) fn checked(data: KeyData) -> Reply<Self> {
        match &data {
            KeyData::Ed25519(_)
            | KeyData::Ecdsa(_)
            | KeyData::SkEd25519(_)
            | KeyData::SkEcdsaSha2NistP256(_) => {}
            KeyData::Rsa(rsa) => {
                let bits = rsa.n.as_positive_bytes().map_or(0, |bytes| {
                    let first = bytes.first().map_or(0, |byte| byte.leading_zeros() as usize);
                    bytes.len() * 8 - first
                });
                if !RSA.contains(&bits) {
                    return Err(Failure::invalid(format!(
                        "An RSA key must have {} to {} bits; this one has {bits}. Make one with: ssh-keygen -t ed25519",
                        RSA.start(),
                        RSA.end()
                    )));
                }
            }
            other => {
                return Err(Failure::invalid(format!(
                    "Keys of the type {} are not supported. Make one with: ssh-keygen -t ed25519",
                    other.algorithm().as_str().chars().take(64).collect::<String>().escape_debug()
                )));
            }
        }
        let blob = PublicKey::new(data.clone(), "").to_bytes();
        let blob = blob.map_err(|_| Failure::invalid("This SSH key cannot be written again"))?;
        Ok(Self { data, blob, comment: String::new() })
    }

    /// The algorithm, as it stands at the beginning of the line.
    pub fn algorithm(&self) -> String {
        self.data.algorithm().as_str().to_owned()
    }

    /// `SHA256:…`, as `ssh-keygen -l` prints it.
    pub fn fingerprint(&self) -> String {
        self.data.fingerprint(HashAlg::Sha256).to_string()
    }

    /// What stands behind the key, mostly `user@machine`; often empty.
    pub fn comment(&self) -> &str {
        &self.comment
    }

    /// The key in the one form in which it is compared: what a client shows when it signs in.
    pub fn blob(&self) -> &[u8] {
        &self.blob
    }

    /// The line without its comment.
    pub fn line(&self) -> String {
        PublicKey::new(self.data.clone(), "").to_openssh().unwrap_or_default()
    }

    /// Whether the key lives in a device that asks for a touch.
    pub(crate) fn is_hardware(&self) -> bool {
        matches!(self.data.algorithm(), Algorithm::SkEd25519 | Algorithm::SkEcdsaSha2NistP256)
    }

    pub(crate) fn data(&self) -> &KeyData {
        &self.data
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::Programs;

    #[test]
    fn every_safe_kind_of_key_is_read_as_openssh_reads_it() {
        let programs = Programs::new();
        for (name, kind, algorithm) in [
            ("ed", &["ed25519"][..], "ssh-ed25519"),
            ("p256", &["ecdsa", "-b", "256"], "ecdsa-sha2-nistp256"),
            ("p384", &["ecdsa", "-b", "384"], "ecdsa-sha2-nistp384"),
            ("p521", &["ecdsa", "-b", "521"], "ecdsa-sha2-nistp521"),
            ("rsa", &["rsa", "-b", "2048"], "ssh-rsa"),
        ] {
            let line = programs.ssh_key(name, kind);
            let key = SshKey::parse(&line).expect("a key");
            assert_eq!(key.algorithm(), algorithm);
            assert_eq!(key.fingerprint(), programs.ssh_fingerprint(name));
            assert_eq!(key.comment(), "ada@laptop");
            assert_eq!(format!("{} ada@laptop\n", key.line()), line);
            let again = SshKey::from_blob(key.blob()).expect("a key");
            assert_eq!((again.blob(), again.comment()), (key.blob(), ""));
        }
    }

    // No program makes these without a device; any 32 bytes are a key to those who only read it.
    const SK_ED25519: &str = "sk-ssh-ed25519@openssh.com AAAAGnNrLXNzaC1lZDI1NTE5QG9wZW5zc2guY29tAAAAIFL2XwVgGJgiz\
        LbpxNFUoXQAjnYwvTzRjHhHqsMdVxmHAAAABHNzaDo= token";

    #[test]
    fn keys_in_devices_are_read() {
        let key = SshKey::parse(SK_ED25519).expect("a key");
        assert_eq!(key.algorithm(), "sk-ssh-ed25519@openssh.com");
        assert_eq!(key.comment(), "token");
        assert!(key.is_hardware());
    }

    fn refused(text: &str, because: &str) {
        let failure = SshKey::parse(text).expect_err("refused");
        assert!(failure.message.contains(because), "{text}: {failure}");
    }

    #[test]
    fn what_is_weak_secret_or_no_key_is_refused_with_a_remedy() {
        let programs = Programs::new();
        refused(&programs.ssh_key("short", &["rsa", "-b", "1024"]), "this one has 1024");
        refused(&programs.ssh_key("dsa", &["ecdsa"]).replace("ecdsa-sha2-nistp256 ", "ssh-dss "), "DSA keys");
        let line = programs.ssh_key("ed", &["ed25519"]);
        refused(&line.replace("ssh-ed25519 ", "ssh-rsa "), "is not an SSH public key");
        refused(&line.replace("ssh-ed25519 ", "ssh-ed25519-cert-v01@openssh.com "), "certificate");
        refused(&format!("{line}{line}"), "one line");
        refused("-----BEGIN OPENSSH PRIVATE KEY-----\nb3Blb\n", "private key");
        for text in
            ["", "ssh-ed25519", "ssh-ed25519 !!!! x", "ssh-ed25519 AAAA", "\u{1f600}", "no-such-kind AAAA x"]
        {
            assert!(SshKey::parse(text).is_err(), "{text}");
        }
        refused(&"x".repeat(MAX_TEXT + 1), "at most");
        assert!(SshKey::from_blob(&vec![0; MAX_TEXT + 1]).is_err());
    }

    #[test]
    fn damaged_keys_never_panic() {
        let programs = Programs::new();
        for kind in ["ed25519", "ecdsa", "rsa"] {
            let blob = SshKey::parse(&programs.ssh_key(kind, &[kind])).expect("a key").blob().to_vec();
            for at in 0..blob.len() {
                assert!(SshKey::from_blob(&blob[..at]).is_err());
                for bit in [1, 0x80] {
                    let mut damaged = blob.clone();
                    damaged[at] ^= bit;
                    let _ = SshKey::from_blob(&damaged);
                }
            }
        }
    }
}
