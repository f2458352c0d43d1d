//! One connection from its beginning to its end: the time it has to sign in, how long it may idle, and the shutdown.

use std::net::{IpAddr, Shutdown, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use russh::{Disconnect, server};
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio::time::{Instant, sleep_until, timeout};

use crate::Shared;
use crate::handler::Visitor;

/// How long a client may take to hang up after it was told to.
const HANG_UP: Duration = Duration::from_secs(2);

/// How far a connection has come.
#[derive(Clone, Copy, Default)]
pub(crate) struct State {
    pub(crate) signed_in: bool,
    /// Conversations under way.
    pub(crate) talking: usize,
}

/// Where a connection comes from and arrives.
#[derive(Clone, Copy)]
pub(crate) struct Ends {
    pub(crate) peer: IpAddr,
    pub(crate) local: IpAddr,
}

/// Closes the socket when the connection is over for us, whatever the library still waits for.
struct Socket(std::net::TcpStream);

impl Drop for Socket {
    fn drop(&mut self) {
        // An error means that the client closed it first.
        let _ = self.0.shutdown(Shutdown::Both);
    }
}

/// Serves one connection until its client leaves, a bound is reached, or the server stops and nothing is under way.
pub(crate) async fn serve(
    stream: TcpStream,
    peer: SocketAddr,
    shared: Arc<Shared>,
    protocol: Arc<server::Config>,
    stopped: watch::Receiver<bool>,
) {
    let ends = stream.local_addr().map(|local| Ends { peer: peer.ip().to_canonical(), local: local.ip() });
    match (ends, two(stream)) {
        (Ok(ends), Ok((stream, socket))) => {
            run(stream, ends, shared, protocol, stopped).await;
            drop(socket);
        }
        (Err(error), _) | (_, Err(error)) => tracing::debug!(error = %error, "a connection broke off"),
    }
}

/// The stream, and a second handle to its socket.
fn two(stream: TcpStream) -> std::io::Result<(TcpStream, Socket)> {
    stream.set_nodelay(true)?;
    let stream = stream.into_std()?;
    let socket = Socket(stream.try_clone()?);
    Ok((TcpStream::from_std(stream)?, socket))
}

async fn run(
    stream: TcpStream,
    ends: Ends,
    shared: Arc<Shared>,
    protocol: Arc<server::Config>,
    mut stopped: watch::Receiver<bool>,
) {
    let (grace, idle) = (shared.config.login_grace, shared.config.idle);
    let began = Instant::now();
    let (told, mut state) = watch::channel(State::default());
    // Conversations end when the other half of this is gone.
    let (_alive, alive) = watch::channel(());
    let visitor = Visitor::new(shared, ends, told, alive);
    let mut session = match timeout(grace, server::run_stream(protocol, stream, visitor)).await {
        Ok(Ok(session)) => session,
        Ok(Err(error)) => return tracing::debug!(error = %error, "a client does not speak SSH"),
        Err(_) => return tracing::debug!("a client did not say in time that it speaks SSH"),
    };
    let mut stopping = *stopped.borrow();
    let reason = loop {
        let State { signed_in, talking } = *state.borrow_and_update();
        if stopping && talking == 0 {
            break "The server stops. Try again in a minute";
        }
        let deadline = if signed_in { Instant::now() + idle } else { began + grace };
        tokio::select! {
            ended = &mut session => {
                return match ended {
                    Ok(()) => tracing::debug!("a connection ended"),
                    Err(error) => tracing::debug!(error = %error, "a connection ended"),
                };
            }
            changed = state.changed() => if changed.is_err() {
                // The visitor is gone, so the session ends at once.
                let _ = timeout(HANG_UP, session).await;
                return;
            },
            () = sleep_until(deadline), if !signed_in || talking == 0 => {
                break if signed_in { "Nothing was asked for some time" } else { "Signing in took too long" };
            }
            // Said once; a server that is gone has stopped too.
            _ = stopped.changed(), if !stopping => stopping = true,
        }
    };
    tracing::debug!(ssh.reason = reason, "closing a connection");
    let handle = session.handle();
    let farewell = async {
        // A session that is gone has nobody to tell.
        let _ = handle.disconnect(Disconnect::ByApplication, reason.to_owned(), String::new()).await;
        let _ = session.await;
    };
    let _ = timeout(HANG_UP, farewell).await;
}
