//! A hub with its SSH server, and clients of it.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use russh::client::{self, Handle};
use russh::keys::ssh_key::private::Ed25519Keypair;
use russh::keys::{HashAlg, PrivateKey, PrivateKeyWithHashAlg, PublicKeyOrCertificate};
use russh::{Channel, ChannelMsg};
use stoa_core::Reply;
use stoa_hub::{KeyKind, Policy};
use stoa_ssh::{Http, PublicAddress, SshConfig};
use stoa_testkit::{Setup, TestHub};
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

/// Fingerprints that a server showed.
pub(crate) struct Seen(pub(crate) Option<String>);

impl client::Handler for Seen {
    type Error = russh::Error;

    async fn check_server_key(&mut self, key: &PublicKeyOrCertificate) -> Result<bool, Self::Error> {
        if let PublicKeyOrCertificate::PublicKey { key, .. } = key {
            self.0 = Some(key.fingerprint(HashAlg::Sha256).to_string());
        }
        Ok(true)
    }
}

/// A key made from a number.
pub(crate) fn key(number: u8) -> PrivateKey {
    Ed25519Keypair::from_seed(&[number; 32]).into()
}

/// What a command came to.
#[derive(PartialEq, Eq, Debug)]
pub(crate) struct Ran {
    pub(crate) status: Option<u32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

/// The hub, its server, and how to stop it.
pub(crate) struct Server {
    pub(crate) hub: TestHub,
    pub(crate) address: SocketAddr,
    stop: oneshot::Sender<()>,
    serving: JoinHandle<Reply<()>>,
}

impl Server {
    /// Ada (key 1) and bob (key 2), the public `ada/m` and `datasets/ada/d`, and ada's private `ada/secret`.
    pub(crate) async fn new() -> Self {
        Self::with(Policy::default(), |_| {}).await
    }

    pub(crate) async fn with(policy: Policy, change: impl FnOnce(&mut SshConfig)) -> Self {
        let hub = TestHub::with(Setup { policy, ..Setup::default() }).await.router(stoa_api::routes());
        for (user, number) in [("ada", 1), ("bob", 2)] {
            let token = hub.user(user).await;
            let actor = hub.hub.actor_of_token(&token).await.expect("a user");
            let text = key(number).public_key().to_openssh().expect("a public key");
            hub.hub.add_key(&actor, KeyKind::Ssh, Some("laptop"), &text).await.expect("a new key");
        }
        for repo in ["ada/m", "datasets/ada/d", "ada/secret"] {
            hub.as_user("ada").create(repo).await.ok();
        }
        let private = serde_json::json!({ "private": true });
        hub.as_user("ada").put_json("/api/models/ada/secret/settings", &private).await.ok();

        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a socket");
        let address = listener.local_addr().expect("its address");
        let public = PublicAddress::new(Some("hub.example:22"), address).expect("an address");
        let http = Http { public_url: Some("https://hub.example".to_owned()), listen: address };
        let mut config = SshConfig::new(public, http);
        change(&mut config);
        let (stop, stopped) = oneshot::channel();
        let serving = tokio::spawn(stoa_ssh::serve(listener, hub.hub.clone(), config, async {
            // A sender that is gone is the end as well.
            let _ = stopped.await;
        }));
        Self { hub, address, stop, serving }
    }

    /// A connection that has not signed in.
    pub(crate) async fn connect(&self) -> Handle<Seen> {
        let config =
            client::Config { inactivity_timeout: Some(Duration::from_secs(20)), ..client::Config::default() };
        client::connect(Arc::new(config), self.address, Seen(None)).await.expect("a connection")
    }

    /// A connection that signed in as `git`.
    pub(crate) async fn sign_in(&self, number: u8) -> Handle<Seen> {
        let mut client = self.connect().await;
        let welcome = offer(&mut client, "git", number).await;
        assert!(welcome, "key {number} gets in");
        client
    }

    /// Runs one command.
    pub(crate) async fn run(&self, number: u8, command: &str) -> Ran {
        let client = self.sign_in(number).await;
        exec(&client, command).await
    }

    /// Stops the server and waits until it is gone.
    pub(crate) async fn stop(self) {
        self.stop.send(()).expect("the server runs");
        self.serving.await.expect("no panic").expect("no failure");
    }
}

/// Shows a key; answers whether it gets in.
pub(crate) async fn offer(client: &mut Handle<Seen>, user: &str, number: u8) -> bool {
    let key = PrivateKeyWithHashAlg::new(Arc::new(key(number)), None);
    client.authenticate_publickey(user, key).await.expect("an answer").success()
}

/// Runs one command on a connection.
pub(crate) async fn exec(client: &Handle<Seen>, command: &str) -> Ran {
    let channel = client.channel_open_session().await.expect("a channel");
    channel.exec(true, command).await.expect("a request");
    read(channel).await
}

/// What the shell says.
pub(crate) async fn shell(client: &Handle<Seen>) -> Ran {
    let channel = client.channel_open_session().await.expect("a channel");
    channel.request_shell(true).await.expect("a request");
    read(channel).await
}

/// Everything until the channel is closed.
pub(crate) async fn read(mut channel: Channel<client::Msg>) -> Ran {
    let mut ran = Ran { status: None, out: String::new(), err: String::new() };
    while let Some(message) = channel.wait().await {
        match message {
            ChannelMsg::Data { data } => ran.out.push_str(&String::from_utf8_lossy(&data)),
            ChannelMsg::ExtendedData { data, .. } => ran.err.push_str(&String::from_utf8_lossy(&data)),
            ChannelMsg::ExitStatus { exit_status } => ran.status = Some(exit_status),
            _ => {}
        }
    }
    ran
}

/// What a refused request is answered: waits for the verdict.
pub(crate) async fn refused(channel: &mut Channel<client::Msg>) -> bool {
    loop {
        match channel.wait().await {
            Some(ChannelMsg::Success) => return false,
            Some(ChannelMsg::Failure) | None => return true,
            Some(_) => {}
        }
    }
}
