//! The addresses that clients are told: of this server, and of the hub over HTTP.

use std::fmt;
use std::net::{IpAddr, SocketAddr};

use stoa_core::RepoId;

/// The standard port, which addresses leave out.
const STANDARD: u16 = 22;

/// Where people reach the SSH server. Displays as `ssh://git@hub.example:2222/`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PublicAddress {
    /// A name or an IP address, the latter in brackets if it is one of version 6.
    host: String,
    port: u16,
}

impl PublicAddress {
    /// What the operator wrote, `hub.example` or `hub.example:22`, or else where the server listens.
    pub fn new(written: Option<&str>, listen: SocketAddr) -> Result<Self, String> {
        let Some(written) = written else { return Ok(Self { host: host(listen.ip()), port: listen.port() }) };
        let (host, port) = match written.rsplit_once(':') {
            Some((host, port)) if !host.contains(':') || host.ends_with(']') => {
                (host, port.parse::<u16>().ok().filter(|port| *port > 0))
            }
            _ => (written, Some(listen.port())),
        };
        let bare = host.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
        let good = bare.map_or_else(|| is_name(host), |ip| ip.parse::<std::net::Ipv6Addr>().is_ok());
        match port {
            Some(port) if good => Ok(Self { host: host.to_owned(), port }),
            _ => Err("it must be a host name with or without a port, such as hub.example or hub.example:22"
                .to_owned()),
        }
    }

    /// The address of a repository, for `git clone` and `git remote set-url`.
    pub fn of(&self, id: &RepoId) -> String {
        format!("{self}{}", id.path())
    }
}

impl fmt::Display for PublicAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.port {
            STANDARD => write!(f, "ssh://git@{}/", self.host),
            port => write!(f, "ssh://git@{}:{port}/", self.host),
        }
    }
}

/// Where the hub speaks HTTP.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Http {
    /// The configured address, without a slash at its end.
    pub public_url: Option<String>,
    /// Where it listens.
    pub listen: SocketAddr,
}

impl Http {
    /// The address to tell a client whose connection ends at `local`: the configured one, or where the hub listens; if
    /// that is everywhere, the address that the client reached us under.
    pub(crate) fn url(&self, local: IpAddr) -> String {
        if let Some(url) = &self.public_url {
            return url.trim_end_matches('/').to_owned();
        }
        let ip = if self.listen.ip().is_unspecified() { local.to_canonical() } else { self.listen.ip() };
        format!("http://{}", SocketAddr::new(ip, self.listen.port()))
    }
}

/// Letters, digits, dots and dashes; never something that ssh takes for an option.
fn is_name(host: &str) -> bool {
    let letter = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-');
    !host.is_empty() && host.len() <= 253 && !host.starts_with('-') && host.bytes().all(letter)
}

fn host(ip: IpAddr) -> String {
    match ip {
        ip if ip.is_unspecified() => "localhost".to_owned(),
        IpAddr::V4(ip) => ip.to_string(),
        IpAddr::V6(ip) => format!("[{ip}]"),
    }
}

#[cfg(test)]
mod tests {
    use stoa_core::RepoKind;

    use super::*;

    #[test]
    fn people_are_told_what_the_operator_wrote() {
        let shown = |written: Option<&str>, listen: &str| {
            let listen = listen.parse().expect("an address");
            PublicAddress::new(written, listen).map(|address| address.to_string()).ok()
        };
        for (written, listen, expected) in [
            (None, "127.0.0.1:2222", Some("ssh://git@127.0.0.1:2222/")),
            (None, "[::1]:22", Some("ssh://git@[::1]/")),
            (None, "0.0.0.0:2222", Some("ssh://git@localhost:2222/")),
            (Some("hub.example"), "0.0.0.0:2222", Some("ssh://git@hub.example:2222/")),
            (Some("hub.example:22"), "0.0.0.0:2222", Some("ssh://git@hub.example/")),
            (Some("[2001:db8::1]:22"), "0.0.0.0:2222", Some("ssh://git@[2001:db8::1]/")),
            (Some("[2001:db8::1]"), "0.0.0.0:2222", Some("ssh://git@[2001:db8::1]:2222/")),
            (Some("2001:db8::1"), "0.0.0.0:2222", None),
            (Some("-oProxyCommand=x"), "0.0.0.0:2222", None),
            (Some("git@hub.example"), "0.0.0.0:2222", None),
            (Some("hub.example:0"), "0.0.0.0:2222", None),
            (Some("hub.example:x"), "0.0.0.0:2222", None),
            (Some(""), "0.0.0.0:2222", None),
        ] {
            assert_eq!(shown(written, listen).as_deref(), expected, "{written:?} {listen}");
        }
        let address = PublicAddress::new(Some("hub.example:22"), SocketAddr::from(([0; 4], 1)));
        let id = RepoId::parse(RepoKind::Dataset, "ada/d").expect("an id");
        assert_eq!(
            address.map(|address| address.of(&id)).as_deref(),
            Ok("ssh://git@hub.example/datasets/ada/d")
        );
    }

    #[test]
    fn git_lfs_is_sent_where_the_hub_can_be_reached() {
        let url = |public: Option<&str>, listen: &str, local: &str| {
            let http =
                Http { public_url: public.map(str::to_owned), listen: listen.parse().expect("an address") };
            http.url(local.parse().expect("an address"))
        };
        assert_eq!(url(Some("https://hub.example/"), "127.0.0.1:1", "10.0.0.1"), "https://hub.example");
        assert_eq!(url(None, "127.0.0.1:8080", "127.0.0.1"), "http://127.0.0.1:8080");
        assert_eq!(url(None, "0.0.0.0:8080", "10.0.0.1"), "http://10.0.0.1:8080");
        assert_eq!(url(None, "[::]:8080", "::ffff:10.0.0.1"), "http://10.0.0.1:8080");
        assert_eq!(url(None, "[::]:8080", "2001:db8::1"), "http://[2001:db8::1]:8080");
    }
}
