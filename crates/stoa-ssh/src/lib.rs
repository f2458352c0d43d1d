//! Speaks SSH to people's git. It knows keys, repositories' addresses and which service was asked for, and nothing else:
//! git's own protocol and every permission are the hub's.
//!
//! There is one user name, `git`, and one way in, a key. A key that an account has signs in as that account; any other
//! key is a visitor without one. Only git's own commands run: no shell, no terminal, no forwarding, no files.

mod address;
mod command;
mod connection;
mod greeting;
mod handler;
mod host_key;
mod lfs;
mod talk;

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use russh::server;
use stoa_core::Reply;
use stoa_hub::Hub;
use tokio::net::TcpListener;
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinSet;

pub use address::{Http, PublicAddress};
pub use host_key::{HostKey, host_key};

/// How long conversations under way may take to end after the shutdown; what HTTP gives its requests.
const FAREWELL: Duration = Duration::from_secs(10);

/// What the operator decided about SSH, and the bounds.
#[derive(Clone, Debug)]
pub struct SshConfig {
    /// What people write before the path of a repository.
    pub address: PublicAddress,
    /// Where git-lfs finds the hub.
    pub http: Http,
    /// Connections at a time; more wait in the queue of the system.
    pub connections: usize,
    /// Connections at a time from one address; more are closed at once.
    pub per_address: usize,
    /// How long a client may take to sign in, and then to say what it wants.
    pub login_grace: Duration,
    /// How long a connection may stand without a conversation, and a client may keep the hub waiting within one.
    pub idle: Duration,
    /// How long a client may take no byte of an answer.
    pub patience: Duration,
}

impl SshConfig {
    /// The bounds of an ordinary hub.
    pub fn new(address: PublicAddress, http: Http) -> Self {
        Self {
            address,
            http,
            connections: 256,
            per_address: 32,
            login_grace: Duration::from_secs(30),
            idle: Duration::from_mins(10),
            patience: Duration::from_mins(2),
        }
    }
}

/// What every connection needs.
struct Shared {
    hub: Hub,
    config: SshConfig,
    /// How many connections each address has.
    addresses: Mutex<HashMap<IpAddr, usize>>,
}

/// Serves git on `listener` until `shutdown` ends; then takes nothing new and gives conversations under way ten seconds.
pub async fn serve(
    listener: TcpListener,
    hub: Hub,
    config: SshConfig,
    shutdown: impl Future<Output = ()> + Send,
) -> Reply<()> {
    let key = host_key(&hub).await?;
    let slots = Arc::new(Semaphore::new(config.connections));
    let protocol = Arc::new(protocol(&config, key));
    let shared = Arc::new(Shared { hub, config, addresses: Mutex::default() });
    let (stop, stopped) = watch::channel(false);
    let mut open = JoinSet::new();
    let mut shutdown = std::pin::pin!(shutdown);
    loop {
        let next = async {
            let slot = slots.clone().acquire_owned().await.map_err(std::io::Error::other)?;
            listener.accept().await.map(|(stream, peer)| (stream, peer, slot))
        };
        let accepted = tokio::select! {
            accepted = next => accepted,
            Some(_) = open.join_next() => continue,
            () = &mut shutdown => break,
        };
        match accepted {
            Ok((stream, peer, slot)) => {
                let Some(place) = Place::take(&shared, peer.ip()) else {
                    tracing::debug!("too many connections of one address");
                    continue;
                };
                let serving =
                    connection::serve(stream, peer, shared.clone(), protocol.clone(), stopped.clone());
                open.spawn(async move {
                    serving.await;
                    drop((place, slot));
                });
            }
            Err(error) => {
                // Out of file descriptors, or the client is gone already: neither is a reason to stop serving.
                tracing::warn!(error = %error, "cannot accept a connection");
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        }
    }
    drop(listener);
    stop.send_replace(true);
    let ended = async { while open.join_next().await.is_some() {} };
    if tokio::time::timeout(FAREWELL, ended).await.is_err() {
        tracing::warn!("some git conversations did not end in time and were cut off");
        open.shutdown().await;
    }
    Ok(())
}

/// What is agreed with clients: modern algorithms only, and bounds.
fn protocol(config: &SshConfig, key: HostKey) -> server::Config {
    use russh::keys::{Algorithm, EcdsaCurve, HashAlg};
    use russh::{cipher, compression, kex, mac};

    const CURVES: [EcdsaCurve; 3] = [EcdsaCurve::NistP256, EcdsaCurve::NistP384, EcdsaCurve::NistP521];
    let mut keys = vec![Algorithm::Ed25519, Algorithm::SkEd25519, Algorithm::SkEcdsaSha2NistP256];
    keys.extend(CURVES.map(|curve| Algorithm::Ecdsa { curve }));
    // Compat: old keys of people. Signatures over SHA-1 (plain `ssh-rsa`) are refused.
    keys.extend([HashAlg::Sha512, HashAlg::Sha256].map(|hash| Algorithm::Rsa { hash: Some(hash) }));
    let preferred = russh::Preferred {
        // No finite fields: they cost a stranger little and the server much.
        kex: vec![
            kex::MLKEM768X25519_SHA256,
            kex::CURVE25519,
            kex::CURVE25519_PRE_RFC_8731,
            kex::ECDH_SHA2_NISTP256,
            kex::EXTENSION_SUPPORT_AS_SERVER,
            kex::EXTENSION_OPENSSH_STRICT_KEX_AS_SERVER,
        ]
        .into(),
        key: keys.into(),
        cipher: vec![
            cipher::AES_256_GCM,
            cipher::CHACHA20_POLY1305,
            cipher::AES_256_CTR,
            cipher::AES_128_CTR,
        ]
        .into(),
        mac: vec![mac::HMAC_SHA256_ETM, mac::HMAC_SHA512_ETM, mac::HMAC_SHA256, mac::HMAC_SHA512].into(),
        compression: vec![compression::NONE].into(),
        host_key_certificates: vec![].into(),
    };
    server::Config {
        server_id: russh::SshId::Standard(concat!("SSH-2.0-stoa_", env!("CARGO_PKG_VERSION")).into()),
        methods: russh::MethodSet::from(&[russh::MethodKind::PublicKey][..]),
        // Whether a key is known is no secret that time could tell: the answer says it.
        auth_rejection_time: Duration::ZERO,
        auth_rejection_time_initial: Some(Duration::ZERO),
        keys: vec![key.into_private()],
        max_auth_attempts: handler::TRIES,
        window_size: 2 << 20,
        maximum_packet_size: 32 << 10,
        channel_buffer_size: 64,
        inactivity_timeout: Some(config.idle),
        // Finds clients that vanished while the hub works; the answers also keep the connection alive meanwhile.
        keepalive_interval: Some(Duration::from_mins(1)),
        keepalive_max: 3,
        nodelay: true,
        preferred,
        ..server::Config::default()
    }
}

/// A place among the connections of an address.
struct Place {
    shared: Arc<Shared>,
    ip: IpAddr,
}

impl Place {
    fn take(shared: &Arc<Shared>, ip: IpAddr) -> Option<Self> {
        let ip = network(ip);
        let mut addresses = shared.addresses.lock().unwrap_or_else(PoisonError::into_inner);
        let count = addresses.entry(ip).or_default();
        if *count >= shared.config.per_address {
            return None;
        }
        *count += 1;
        drop(addresses);
        Some(Self { shared: shared.clone(), ip })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut addresses = self.shared.addresses.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = addresses.get_mut(&self.ip) {
            *count -= 1;
            if *count == 0 {
                addresses.remove(&self.ip);
            }
        }
    }
}

/// One customer: an IPv4 address, or the /64 that one line is given with IPv6.
fn network(ip: IpAddr) -> IpAddr {
    match ip.to_canonical() {
        IpAddr::V6(ip) => IpAddr::V6((u128::from(ip) >> 64 << 64).into()),
        ip @ IpAddr::V4(_) => ip,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_ipv6_line_is_one_customer() {
        let at = |text: &str| network(text.parse().expect("an address"));
        assert_eq!(at("2001:db8:1:2::3"), at("2001:db8:1:2:ffff::4"));
        assert_ne!(at("2001:db8:1:2::3"), at("2001:db8:1:3::3"));
        assert_eq!(at("::ffff:10.0.0.1"), at("10.0.0.1"));
        assert_ne!(at("10.0.0.1"), at("10.0.0.2"));
    }
}
