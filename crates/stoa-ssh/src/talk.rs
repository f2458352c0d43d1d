//! What happens on one channel: the client says what it wants, gets it, and is told how it ended.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures_util::stream;
use russh::server::Msg;
use russh::{Channel, ChannelMsg, ChannelReadHalf, ChannelWriteHalf};
use stoa_core::{Actor, Failure, Kind, Reply, RepoId};
use stoa_hub::{ByteStream, GitService, GitWire};
use tokio::sync::{mpsc, watch};
use tokio::time::{Instant, timeout};

use crate::command::Command;
use crate::connection::{Ends, State};
use crate::greeting::{complaint, greeting};
use crate::handler::Login;
use crate::{Shared, lfs};

/// The only variable that counts: which version of its protocol git wants to speak.
pub(crate) const VERSION: &str = "GIT_PROTOCOL";
/// Answers that wait for the client, each of the size that the hub writes.
const ANSWERS: usize = 4;
/// Bytes that a client must take within its patience.
const PIECE: usize = 32 << 10;
/// The stream for what is not data.
const STDERR: u32 = 1;
/// Messages before the question; more is not how a client of git begins.
const PREAMBLE: usize = 64;

/// The client is gone, or takes nothing any more.
struct Gone;

/// What a client asks for on its channel.
enum Ask {
    /// The line of a command, and the version of git's protocol.
    Command(Vec<u8>, u8),
    /// To be greeted: there is no other shell.
    Shell,
}

/// One conversation.
pub(crate) struct Talk {
    shared: Arc<Shared>,
    ends: Ends,
    login: Login,
    state: watch::Sender<State>,
}

impl Talk {
    pub(crate) fn new(shared: Arc<Shared>, ends: Ends, login: Login, state: watch::Sender<State>) -> Self {
        state.send_modify(|state| state.talking += 1);
        Self { shared, ends, login, state }
    }

    /// Talks until the end. Whatever goes wrong on the way is the client's loss of connection only.
    pub(crate) async fn run(self, channel: Channel<Msg>) {
        let (mut read, write) = channel.split();
        let ask = timeout(self.shared.config.login_grace, question(&mut read)).await;
        let status = match ask {
            Ok(Some(ask)) => self.answer(ask, read, &write).await,
            Ok(None) | Err(_) => Ok(1),
        };
        let Ok(status) = status else { return };
        let ending = async {
            write.exit_status(status).await?;
            write.eof().await?;
            write.close().await
        };
        // Whoever does not listen to the end any more has no use for it.
        let _ = timeout(self.shared.config.patience, ending).await;
    }

    /// Does what is asked, and answers the exit status.
    async fn answer(
        &self,
        ask: Ask,
        read: ChannelReadHalf,
        write: &ChannelWriteHalf<Msg>,
    ) -> Result<u32, Gone> {
        let Login::Key { blob, fingerprint } = &self.login else {
            let text = "ERROR: The only user name of this server is git. Write git@ before its name\n";
            self.send(write, Some(STDERR), text.to_owned().into()).await?;
            return Ok(1);
        };
        let began = Instant::now();
        // Asked for each command: the key or the account may be gone since the connection began.
        let actor = match self.shared.hub.actor_of_ssh_key(blob).await {
            Ok(actor) => Actor { ip: self.ends.peer, ..actor.unwrap_or_else(Actor::anonymous) },
            Err(failure) => {
                log_fault(&failure);
                self.send(write, Some(STDERR), format!("ERROR: {}\n", failure.message).into()).await?;
                return Ok(1);
            }
        };
        let (command, version) = match ask {
            Ask::Shell => {
                self.send(write, None, greeting(&actor).into()).await?;
                return Ok(0);
            }
            Ask::Command(line, version) => (Command::parse(&line), version),
        };
        let (command, done) = match command {
            Ok(command) => {
                let done = self.perform(&command, &actor, version, read, write).await?;
                (Some(command), done)
            }
            Err(failure) => (None, Err(failure)),
        };
        log(command.as_ref(), &actor, done.as_ref().err(), began.elapsed());
        let Err(failure) = done else { return Ok(0) };
        let text = complaint(&failure, &actor, fingerprint, &self.shared.config.address);
        self.send(write, Some(STDERR), text.into()).await?;
        Ok(1)
    }

    async fn perform(
        &self,
        command: &Command,
        actor: &Actor,
        version: u8,
        read: ChannelReadHalf,
        write: &ChannelWriteHalf<Msg>,
    ) -> Result<Reply<()>, Gone> {
        match command {
            Command::Git(service, id) => self.git(actor, id, *service, version, read, write).await,
            Command::LfsAuthenticate(id, operation) => {
                let text = lfs::authenticate(&self.shared, actor, id, *operation, self.ends.local).await;
                let sent = match text {
                    Ok(text) => Ok(self.send(write, None, text.into()).await?),
                    Err(failure) => Err(failure),
                };
                Ok(sent)
            }
        }
    }

    /// Lets the hub and the client speak git to each other.
    async fn git(
        &self,
        actor: &Actor,
        id: &RepoId,
        service: GitService,
        version: u8,
        read: ChannelReadHalf,
        write: &ChannelWriteHalf<Msg>,
    ) -> Result<Reply<()>, Gone> {
        let (output, mut answers) = mpsc::channel::<Bytes>(ANSWERS);
        let wire = GitWire { input: input(read, self.shared.config.idle), output, version };
        let serving = async { Ok(self.shared.hub.serve_git(actor, id, service, wire).await) };
        let sending = async {
            while let Some(bytes) = answers.recv().await {
                self.send(write, None, bytes).await?;
            }
            Ok(())
        };
        let (done, ()) = tokio::try_join!(serving, sending)?;
        Ok(done)
    }

    /// Sends bytes as fast as the client takes them, and gives up when it takes none.
    async fn send(
        &self,
        write: &ChannelWriteHalf<Msg>,
        stream: Option<u32>,
        mut bytes: Bytes,
    ) -> Result<(), Gone> {
        while !bytes.is_empty() {
            let piece = bytes.split_to(bytes.len().min(PIECE));
            let sending = async {
                match stream {
                    Some(stream) => write.extended_data_bytes(stream, piece).await,
                    None => write.data_bytes(piece).await,
                }
            };
            match timeout(self.shared.config.patience, sending).await {
                Ok(Ok(())) => {}
                Ok(Err(_)) | Err(_) => return Err(Gone),
            }
        }
        Ok(())
    }
}

impl Drop for Talk {
    fn drop(&mut self) {
        self.state.send_modify(|state| state.talking -= 1);
    }
}

/// Waits until the client says what it wants; `None` when it leaves or says all kinds of other things.
async fn question(read: &mut ChannelReadHalf) -> Option<Ask> {
    let mut version = 0;
    for _ in 0..PREAMBLE {
        match read.wait().await? {
            ChannelMsg::SetEnv { variable_name, variable_value, .. } if variable_name == VERSION => {
                version = protocol(&variable_value);
            }
            ChannelMsg::Exec { command, .. } => return Some(Ask::Command(command, version)),
            ChannelMsg::RequestShell { .. } => return Some(Ask::Shell),
            ChannelMsg::Close => return None,
            // Refused where it came in.
            _ => {}
        }
    }
    None
}

/// `version=2`, alone or among other words with colons between them.
fn protocol(value: &str) -> u8 {
    let versions = value.split(':').filter_map(|word| word.strip_prefix("version="));
    versions.filter_map(|version| version.parse().ok()).filter(|version| *version <= 2).max().unwrap_or(0)
}

/// What the client sends, taken from its connection only as fast as it is read here.
fn input(read: ChannelReadHalf, idle: Duration) -> ByteStream {
    Box::pin(stream::try_unfold(read, move |mut read| async move {
        let data = async {
            loop {
                match read.wait().await {
                    Some(ChannelMsg::Data { data }) if !data.is_empty() => break Ok(Some(data)),
                    Some(ChannelMsg::Eof) => break Ok(None),
                    Some(ChannelMsg::Close) | None => {
                        break Err(io::Error::new(io::ErrorKind::UnexpectedEof, "the client hung up"));
                    }
                    Some(_) => {}
                }
            }
        };
        match timeout(idle, data).await {
            Ok(data) => Ok(data?.map(|data| (data, read))),
            Err(_) => Err(io::Error::new(io::ErrorKind::TimedOut, "the client said nothing for too long")),
        }
    }))
}

/// One line per command. Never keys, nor addresses of people.
fn log(command: Option<&Command>, actor: &Actor, failure: Option<&Failure>, took: Duration) {
    if let Some(failure) = failure {
        log_fault(failure);
    }
    tracing::info!(
        target: "stoa::access",
        {
            ssh.command = command.map_or("other", Command::name),
            ssh.status = u32::from(failure.is_some()),
            repo.id = command.map(|command| command.repository().path()),
            user.id = actor.signed_in().map(|(id, _)| id),
            micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX)
        },
        "answered"
    );
}

/// A fault of ours, in the only place where it is logged.
pub(crate) fn log_fault(failure: &Failure) {
    if failure.kind == Kind::Internal {
        tracing::error!(error = ?failure, "a fault in a git conversation");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_is_the_highest_that_is_asked_for() {
        for (value, expected) in [
            ("version=2", 2),
            ("version=1", 1),
            ("", 0),
            ("version=9", 0),
            ("version=x:version=1:other", 1),
            ("version=0:version=2", 2),
        ] {
            assert_eq!(protocol(value), expected, "{value}");
        }
    }
}
