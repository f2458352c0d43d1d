//! `stoa serve`: starts the hub.

use std::fs::{File, TryLockError};
use std::io::{Read, Write};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;

use axum::Router;
use stoa_core::{Failure, Reply};
use stoa_http::{App, HttpConfig, assemble, serve};
use stoa_hub::Maintenance;
use tokio::net::TcpListener;
use tokio::sync::watch;

use super::{first_start, git_ssh};
use crate::config::Config;
use crate::free_space::free_space;
use crate::{health, open, out};

/// Serves until the process is told to end.
pub async fn run(config: Config) -> Reply<()> {
    let listener = TcpListener::bind(&config.listen).await.map_err(|error| {
        Failure::unavailable(format!(
            "Cannot listen on {}: {error}. Choose another address with --listen",
            config.listen
        ))
    })?;
    let address = listener.local_addr().map_err(Failure::internal)?;
    let ssh = git_ssh::listen(&config).await?;
    let end = end_asked()?;
    let url = config.public_url.clone().unwrap_or_else(|| url_of(address));
    let (lock, opened) = open_locked(&config).await?;
    let http = HttpConfig {
        public_url: config.public_url.clone(),
        trust_proxy: config.trust_proxy,
        ssh: ssh.as_ref().map(|listener| git_ssh::address(&config, listener)).transpose()?,
        settings: config.shown(),
        ..HttpConfig::default()
    };
    let folder = config.files().root;
    let app = App::new(opened.hub.clone(), http)
        .with_problems(stoa_ui::draw_problem)
        .with_free_space(Arc::new(move || Box::pin(free_space(folder.clone()))));
    let router = assemble(routes(), app);
    if let Some(welcome) = first_start::welcome(&opened.hub, &url).await? {
        out::line(welcome);
    }
    out::line(format_args!("stoa serves {url} from {}", config.shown_data()));
    let git = match ssh {
        Some(listener) => Some(git_ssh::prepare(&config, listener, &opened.hub, address).await?),
        None => None,
    };

    let (stop, stopped) = watch::channel(false);
    let maintenance = tokio::spawn(Maintenance::new(opened.hub.clone()).run(told(stopped)));
    let (hang_up, no_more) = watch::channel(false);
    let git = git.map(|git| tokio::spawn(git.serve(told(no_more))));
    let served = serve(listener, router, async {
        end.await;
        hang_up.send_replace(true);
        tracing::info!("ending: requests under way have ten seconds");
    })
    .await;
    hang_up.send_replace(true);
    let git = match git {
        Some(git) => git.await.map_err(Failure::internal)?,
        None => Ok(()),
    };
    stop.send_replace(true);
    maintenance.await.map_err(Failure::internal)?;
    opened.close().await;
    drop(lock);
    served.map_err(Failure::internal).and(git)
}

/// Every route of the server.
pub fn routes() -> Router<App> {
    stoa_api::routes().merge(stoa_ui::routes()).merge(health::route())
}

/// Opens the data folder for the only server it may have.
async fn open_locked(config: &Config) -> Reply<(File, open::Opened)> {
    open::make_folder(&config.data)?;
    let lock = lock(config)?;
    let opened = open::existing_or_new(config).await?;
    Ok((lock, opened))
}

/// Takes the lock of the data folder, which the system releases however this process ends.
fn lock(config: &Config) -> Reply<File> {
    let path = config.lock();
    let io = |error: std::io::Error| Failure::unavailable(format!("Cannot use {}: {error}", path.display()));
    let mut file =
        File::options().read(true).write(true).create(true).truncate(false).open(&path).map_err(io)?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => {
            let mut holder = String::new();
            // Only for the message; an unreadable file does not change it much.
            let _ = (&file).take(32).read_to_string(&mut holder);
            let holder =
                holder.trim().parse::<u32>().map_or_else(|_| String::new(), |id| format!(" (process {id})"));
            return Err(Failure::conflict(format!(
                "Another stoa{holder} serves {} already. Stop it first, or choose another folder with --data",
                config.shown_data()
            )));
        }
        Err(TryLockError::Error(error)) => return Err(io(error)),
    }
    file.set_len(0).map_err(io)?;
    writeln!(file, "{}", std::process::id()).map_err(io)?;
    Ok(file)
}

/// Where a client on this machine finds the server.
fn url_of(address: SocketAddr) -> String {
    let ip = match address.ip() {
        ip if ip.is_unspecified() => IpAddr::V4(Ipv4Addr::LOCALHOST),
        ip => ip,
    };
    format!("http://{}", SocketAddr::new(ip, address.port()))
}

async fn told(mut stopped: watch::Receiver<bool>) {
    // An error means that the sender is gone, which also is the end.
    let _ = stopped.wait_for(|stop| *stop).await;
}

/// Listens from now on for Ctrl-C and, on Unix, SIGTERM; the future ends with the first.
#[cfg(unix)]
fn end_asked() -> Reply<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut interrupted = signal(SignalKind::interrupt()).map_err(Failure::internal)?;
    let mut terminated = signal(SignalKind::terminate()).map_err(Failure::internal)?;
    Ok(async move {
        tokio::select! {
            _ = interrupted.recv() => {}
            _ = terminated.recv() => {}
        }
    })
}

/// Listens for Ctrl-C.
#[cfg(not(unix))]
fn end_asked() -> Reply<impl Future<Output = ()>> {
    Ok(async {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    })
}
