//! The key by which clients recognize the server.

use russh::keys::ssh_key::private::Ed25519Keypair;
use russh::keys::{HashAlg, PrivateKey};
use stoa_core::Reply;
use stoa_hub::Hub;

/// The key of the server.
pub struct HostKey(PrivateKey);

impl HostKey {
    /// What clients show of it at their first connection: `SHA256:…`.
    pub fn fingerprint(&self) -> String {
        self.0.public_key().fingerprint(HashAlg::Sha256).to_string()
    }

    pub(crate) fn into_private(self) -> PrivateKey {
        self.0
    }
}

/// The key of this hub, whichever of its nodes answers. It is made when it is first asked for.
pub async fn host_key(hub: &Hub) -> Reply<HostKey> {
    let seed = hub.ssh_host_seed().await?;
    Ok(HostKey(Ed25519Keypair::from_seed(&seed).into()))
}
