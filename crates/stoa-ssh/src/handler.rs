//! What a client may do, message by message: sign in with a key, open a few channels, and ask for one thing on each.
//!
//! russh refuses by itself whatever has no function here: forwarding in either direction, X11, agents, passwords.

use std::collections::HashMap;
use std::sync::Arc;

use russh::keys::{Algorithm, HashAlg};
use russh::server::{Auth, ChannelOpenHandle, Handler, Msg, PublicKeyOffer, Session, VerifiedPublicKey};
use russh::{Channel, ChannelId, ChannelOpenFailure, Pty};
use tokio::sync::watch;
use tokio::task::{AbortHandle, JoinSet};

use crate::Shared;
use crate::connection::{Ends, State};
use crate::talk::{self, Talk};

/// Attempts to sign in; an agent may hold a few keys.
pub(crate) const TRIES: usize = 20;
/// Longest key in bytes: RSA of 4096 bits. Checking longer ones would cost a stranger nothing and the server much.
const LONGEST_KEY: usize = 700;
/// Channels of one connection at a time: OpenSSH shares a connection among this many commands.
const CHANNELS: usize = 10;
/// The only user name.
const USER: &str = "git";

/// Who showed which key.
#[derive(Clone)]
pub(crate) enum Login {
    /// `git`, with this key in the form that travels.
    Key {
        /// The key.
        blob: Vec<u8>,
        /// What people know it by.
        fingerprint: String,
    },
    /// Somebody who did not write `git` before the `@`.
    WrongUser,
}

/// What is known of a channel.
struct Open {
    /// Whether something was asked for on it already.
    asked: bool,
    task: AbortHandle,
}

/// One client.
pub(crate) struct Visitor {
    shared: Arc<Shared>,
    ends: Ends,
    state: watch::Sender<State>,
    /// Changes when the connection is given up.
    alive: watch::Receiver<()>,
    login: Option<Login>,
    offers: usize,
    channels: HashMap<ChannelId, Open>,
    /// The conversations; they end with the visitor.
    tasks: JoinSet<()>,
}

impl Visitor {
    pub(crate) fn new(
        shared: Arc<Shared>,
        ends: Ends,
        state: watch::Sender<State>,
        alive: watch::Receiver<()>,
    ) -> Self {
        Self {
            shared,
            ends,
            state,
            alive,
            login: None,
            offers: 0,
            channels: HashMap::new(),
            tasks: JoinSet::new(),
        }
    }

    /// Whether a key gets in. On a hub that wants everyone to sign in only known ones do, so that the client goes on to
    /// its next; elsewhere the first one does, as nobody can know whether there is another.
    async fn welcome(&self, user: &str, blob: &[u8]) -> bool {
        if user != USER || self.shared.hub.policy().anonymous_read {
            return true;
        }
        match self.shared.hub.actor_of_ssh_key(blob).await {
            Ok(actor) => actor.is_some(),
            Err(failure) => {
                talk::log_fault(&failure);
                false
            }
        }
    }

    /// Notes that something is asked for on a channel; only once.
    fn ask(&mut self, channel: ChannelId) -> bool {
        self.channels.get_mut(&channel).is_some_and(|open| !std::mem::replace(&mut open.asked, true))
    }
}

impl Handler for Visitor {
    type Error = russh::Error;

    async fn auth_publickey_offered(
        &mut self,
        user: &str,
        offer: PublicKeyOffer<'_>,
    ) -> Result<Auth, Self::Error> {
        self.offers += 1;
        if self.offers > TRIES {
            return Err(russh::Error::Disconnect);
        }
        if *offer.algorithm == (Algorithm::Rsa { hash: None }) {
            return Ok(Auth::reject());
        }
        let blob = offer.public_key.to_bytes().map_err(russh::keys::Error::from)?;
        let welcome = blob.len() <= LONGEST_KEY && self.welcome(user, &blob).await;
        Ok(if welcome { Auth::Accept } else { Auth::reject() })
    }

    async fn auth_publickey(&mut self, user: &str, key: VerifiedPublicKey<'_>) -> Result<Auth, Self::Error> {
        let blob = key.public_key.to_bytes().map_err(russh::keys::Error::from)?;
        if *key.algorithm == (Algorithm::Rsa { hash: None }) || !self.welcome(user, &blob).await {
            return Ok(Auth::reject());
        }
        self.login = Some(if user == USER {
            let fingerprint = key.public_key.fingerprint(HashAlg::Sha256).to_string();
            Login::Key { blob, fingerprint }
        } else {
            Login::WrongUser
        });
        Ok(Auth::Accept)
    }

    async fn auth_succeeded(&mut self, _: &mut Session) -> Result<(), Self::Error> {
        self.state.send_modify(|state| state.signed_in = true);
        Ok(())
    }

    async fn channel_open_session(
        &mut self,
        channel: Channel<Msg>,
        reply: ChannelOpenHandle,
        _: &mut Session,
    ) -> Result<(), Self::Error> {
        while self.tasks.try_join_next().is_some() {}
        // `channel_close` is only called for channels that the client closes first.
        self.channels.retain(|_, open| !open.task.is_finished());
        let Some(login) = self.login.clone().filter(|_| self.channels.len() < CHANNELS) else {
            reply.reject(ChannelOpenFailure::ResourceShortage).await;
            return Ok(());
        };
        let id = channel.id();
        let conversation = Talk::new(self.shared.clone(), self.ends, login, self.state.clone());
        let mut alive = self.alive.clone();
        let task = self.tasks.spawn(async move {
            tokio::select! {
                () = conversation.run(channel) => {}
                // Nothing is ever sent: this ends when the connection is given up.
                _ = alive.changed() => {}
            }
        });
        self.channels.insert(id, Open { asked: false, task });
        reply.accept().await;
        Ok(())
    }

    async fn channel_close(&mut self, channel: ChannelId, _: &mut Session) -> Result<(), Self::Error> {
        if let Some(open) = self.channels.remove(&channel) {
            open.task.abort();
        }
        Ok(())
    }

    // The conversation of the channel learns what was asked from its own messages; here the client only gets its answer.

    async fn exec_request(
        &mut self,
        channel: ChannelId,
        _: &[u8],
        session: &mut Session,
    ) -> Result<(), Self::Error> {
        if self.ask(channel) { session.channel_success(channel) } else { session.channel_failure(channel) }
    }

    async fn shell_request(&mut self, channel: ChannelId, session: &mut Session) -> Result<(), Self::Error> {
        if self.ask(channel) { session.channel_success(channel) } else { session.channel_failure(channel) }
    }

    async fn env_request(
        &mut self,
        channel: ChannelId,
        name: &str,
        _: &str,
        session: &mut Session,
    ) -> Result<(), Self::Error> {
        if name == talk::VERSION {
            session.channel_success(channel)
        } else {
            session.channel_failure(channel)
        }
    }

    async fn pty_request(
        &mut self,
        channel: ChannelId,
        _: &str,
        _: u32,
        _: u32,
        _: u32,
        _: u32,
        _: &[(Pty, u32)],
        session: &mut Session,
    ) -> Result<(), Self::Error> {
        session.channel_failure(channel)
    }

    async fn x11_request(
        &mut self,
        channel: ChannelId,
        _: bool,
        _: &str,
        _: &str,
        _: u32,
        session: &mut Session,
    ) -> Result<(), Self::Error> {
        session.channel_failure(channel)
    }

    async fn subsystem_request(
        &mut self,
        channel: ChannelId,
        _: &str,
        session: &mut Session,
    ) -> Result<(), Self::Error> {
        session.channel_failure(channel)
    }

    async fn window_change_request(
        &mut self,
        channel: ChannelId,
        _: u32,
        _: u32,
        _: u32,
        _: u32,
        session: &mut Session,
    ) -> Result<(), Self::Error> {
        session.channel_failure(channel)
    }
}
