//! Git over SSH, beside `stoa serve`'s HTTP.

use std::net::SocketAddr;

use stoa_core::{Failure, Reply};
use stoa_hub::Hub;
use stoa_ssh::{Http, PublicAddress, SshConfig};
use tokio::net::TcpListener;

use crate::config::Config;
use crate::out;

/// Git over SSH, ready to begin.
pub(super) struct GitSsh {
    listener: TcpListener,
    hub: Hub,
    config: SshConfig,
}

impl GitSsh {
    /// Serves until `end`.
    pub(super) async fn serve(self, end: impl Future<Output = ()> + Send) -> Reply<()> {
        stoa_ssh::serve(self.listener, self.hub, self.config, end).await
    }
}

/// Opens the port, if there is to be one.
pub(super) async fn listen(config: &Config) -> Reply<Option<TcpListener>> {
    let Some(address) = &config.ssh.listen else { return Ok(None) };
    let listener = TcpListener::bind(address).await.map_err(|error| {
        Failure::unavailable(format!(
            "Cannot listen on {address} for SSH: {error}. Choose another address with --ssh-listen"
        ))
    })?;
    Ok(Some(listener))
}

/// Makes or reads the host key, and says how people reach the server and recognize it.
pub(super) async fn prepare(
    config: &Config,
    listener: TcpListener,
    hub: &Hub,
    http: SocketAddr,
) -> Reply<GitSsh> {
    let address = public_address(config, &listener)?;
    let key = stoa_ssh::host_key(hub).await?;
    out::line(format_args!("git over SSH: {address} (host key {})", key.fingerprint()));
    let http = Http { public_url: config.public_url.clone(), listen: http };
    let (connections, per_address) = (config.ssh.connections, config.ssh.per_address);
    let config = SshConfig { connections, per_address, ..SshConfig::new(address, http) };
    Ok(GitSsh { listener, hub: hub.clone(), config })
}

/// What people write before the path of a repository.
pub(super) fn address(config: &Config, listener: &TcpListener) -> Reply<String> {
    Ok(public_address(config, listener)?.to_string())
}

fn public_address(config: &Config, listener: &TcpListener) -> Reply<PublicAddress> {
    let ssh = listener.local_addr().map_err(Failure::internal)?;
    PublicAddress::new(config.ssh.public_host.as_deref(), ssh)
        .map_err(|must| Failure::invalid(format!("The setting `ssh.public_host` is wrong; {must}")))
}
