//! URLs that carry their own permission: an HMAC over what they allow and until when.

use hmac::{Hmac, Mac};
use sha2::Sha256;
use stoa_core::{Failure, Reply};

/// The hub's secret for signed URLs.
pub(crate) struct Key([u8; 32]);

impl Key {
    pub(crate) fn random() -> Reply<Self> {
        let mut bytes = [0; 32];
        getrandom::fill(&mut bytes).map_err(|e| Failure::internal(e.to_string()))?;
        Ok(Self(bytes))
    }

    pub(crate) fn from_bytes(bytes: &[u8]) -> Reply<Self> {
        let bytes =
            bytes.try_into().map_err(|_| Failure::internal("the signing key in the database is damaged"))?;
        Ok(Self(bytes))
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    fn mac(&self, parts: &[&str]) -> Hmac<Sha256> {
        #[expect(clippy::expect_used, reason = "HMAC takes keys of every length")]
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).expect("HMAC takes keys of every length");
        for part in parts {
            // The length goes first, so that no two lists of parts make the same text.
            mac.update(&(part.len() as u64).to_le_bytes());
            mac.update(part.as_bytes());
        }
        mac
    }

    /// The signature over `parts`, in hexadecimal digits.
    pub(crate) fn sign(&self, parts: &[&str]) -> String {
        stoa_core::hex(&self.mac(parts).finalize().into_bytes())
    }

    /// Whether `signature` is the one over `parts`; takes the same time whatever differs.
    pub(crate) fn verify(&self, parts: &[&str], signature: &str) -> bool {
        let Ok(signature) = signature.parse::<stoa_core::Sha256>() else { return false };
        self.mac(parts).verify_slice(signature.as_bytes()).is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_covers_every_part_and_where_it_ends() {
        let key = Key([7; 32]);
        let signature = key.sign(&["upload", "ab", "c"]);
        assert!(key.verify(&["upload", "ab", "c"], &signature));
        assert!(!key.verify(&["upload", "a", "bc"], &signature));
        assert!(!key.verify(&["upload", "ab", "d"], &signature));
        assert!(!Key([8; 32]).verify(&["upload", "ab", "c"], &signature));
        assert!(!key.verify(&["upload", "ab", "c"], "zz"));
    }
}
