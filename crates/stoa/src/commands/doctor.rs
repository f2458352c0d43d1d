//! `stoa doctor`: checks what a hub stands on, and says what to do.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use stoa_blob::Blobs;
use stoa_core::{Clock, Failure, Reply, RepoKind, SystemClock, Time};
use stoa_db::{Db, system};
use stoa_hub::{Hub, ListAsk, Order};
use stoa_ssh::PublicAddress;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::timeout;

use crate::config::{Config, Found, about_size};
use crate::free_space::free_space;
use crate::{health, open, out};

/// Less free space than this deserves attention.
const LITTLE: u64 = 10 << 30;
/// With less than this uploads will fail.
const NOTHING: u64 = 256 << 20;
/// 2026-01-01: no clock that works says less.
const YEAR: Time = Time(1_767_225_600_000_000);

/// What a check found.
enum Finding {
    Fine(String),
    /// It works, and the text says what could be better.
    Doubtful(String),
    /// It does not work, and the text says what to do.
    Broken(String),
}

use Finding::{Broken, Doubtful, Fine};

/// Runs every check. Fails when one of them found something broken.
pub async fn run(found: Reply<Found>) -> Reply<()> {
    let mut report = Report::default();
    match found {
        Ok(found) => {
            report.add("settings", settings(&found));
            checks(&found.config, &mut report).await;
        }
        Err(failure) => report.add("settings", Broken(failure.message)),
    }
    match report.broken {
        0 => Ok(()),
        1 => Err(Failure::invalid("One check failed")),
        more => Err(Failure::invalid(format!("{more} checks failed"))),
    }
}

#[derive(Default)]
struct Report {
    broken: u32,
}

impl Report {
    fn add(&mut self, what: &str, finding: Finding) {
        let (word, text) = match finding {
            Fine(text) => ("ok  ", text),
            Doubtful(text) => ("warn", text),
            Broken(text) => {
                self.broken += 1;
                ("fail", text)
            }
        };
        out::line(format_args!("{word}  {what:<10} {text}"));
    }
}

async fn checks(config: &Config, report: &mut Report) {
    report.add("clock", clock(SystemClock.now()));
    report.add("address", public_url(config));
    report.add("port", port(config).await);
    if !config.database().path.exists() {
        let text = format!("{} holds no hub yet; `stoa serve` makes one", config.shown_data());
        report.add("folder", Doubtful(text));
        return;
    }
    report.add("folder", folder(config));
    report.add("database", database(config).await);
    report.add("storage", storage(config).await);
    report.add("times", times(config).await);
    if let Some(listen) = &config.ssh.listen {
        report.add("ssh", ssh(config, listen).await);
    }
}

fn settings(found: &Found) -> Finding {
    Fine(match &found.file {
        Some(path) => format!("read from {}, the environment and flags", path.display()),
        None => "no file; the environment and flags only".to_owned(),
    })
}

fn clock(now: Time) -> Finding {
    if now < YEAR {
        return Broken(format!("the machine says it is {now}; set its clock, tokens and links depend on it"));
    }
    Fine(now.to_string())
}

fn public_url(config: &Config) -> Finding {
    let open = config.listen.parse::<SocketAddr>().is_ok_and(|address| !address.ip().is_loopback());
    match &config.public_url {
        Some(url) if url.starts_with("http://") && !local(url) => {
            Doubtful(format!("{url} is not encrypted: tokens and passwords can be read on the way; use https"))
        }
        Some(url) => Fine(format!("clients use {url}")),
        None if open => Doubtful(
            "the hub listens to other machines without a public_url; set it to the https address of your proxy"
                .to_owned(),
        ),
        None => Fine("answers use the address that each request was sent to".to_owned()),
    }
}

fn local(url: &str) -> bool {
    ["http://localhost", "http://127.", "http://[::1]"].iter().any(|start| url.starts_with(start))
}

async fn port(config: &Config) -> Finding {
    match TcpListener::bind(&config.listen).await {
        Ok(_) => Fine(format!("{} is free", config.listen)),
        Err(error) if error.kind() == io::ErrorKind::AddrInUse => {
            if answers(&config.listen).await {
                return Fine(format!("a hub answers on {}", config.listen));
            }
            Broken(format!(
                "another program uses {}; stop it, or choose another address with --listen",
                config.listen
            ))
        }
        Err(error) => Broken(format!(
            "cannot listen on {}: {error}; choose another address with --listen",
            config.listen
        )),
    }
}

/// Whether a hub answers `GET /healthz` there.
async fn answers(address: &str) -> bool {
    let ask = async {
        let mut stream = TcpStream::connect(address).await?;
        stream.write_all(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").await?;
        let mut answer = Vec::new();
        stream.take(16_384).read_to_end(&mut answer).await?;
        io::Result::Ok(answer)
    };
    let answer = timeout(Duration::from_secs(2), ask).await;
    answer.is_ok_and(|read| {
        read.is_ok_and(|bytes| {
            bytes.starts_with(b"HTTP/1.1 200") && bytes.ends_with(health::ANSWER.as_bytes())
        })
    })
}

fn folder(config: &Config) -> Finding {
    let shown = config.shown_data();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        match std::fs::metadata(&config.data) {
            Ok(data) if data.permissions().mode() & 0o007 != 0 => {
                return Doubtful(format!(
                    "everyone on this machine can look into {shown}, where private files lie; run chmod o-rwx {shown}"
                ));
            }
            Ok(_) => {}
            Err(error) => return Broken(format!("cannot look into {shown}: {error}")),
        }
    }
    let probe = config.data.join(".doctor");
    let written = std::fs::write(&probe, "probe").and_then(|()| std::fs::remove_file(&probe));
    match written {
        Ok(()) => Fine(format!("{shown} can be written")),
        Err(error) => Broken(format!("cannot write to {shown}: {error}; let this user own it")),
    }
}

async fn database(config: &Config) -> Finding {
    let path = config.database().path;
    let checked = async {
        let db = Db::open(&config.database()).await?;
        let mut tx = db.read().await?;
        let checked = system::check(&mut tx).await?;
        drop(tx);
        db.close().await;
        Ok::<_, stoa_db::Error>(checked)
    };
    match checked.await {
        Ok((version, true)) => Fine(format!("{} is sound, version {version}", path.display())),
        Ok((_, false)) => Broken(format!(
            "{} is damaged; stop the hub, keep a copy, and restore a backup or run sqlite3 with .recover",
            path.display()
        )),
        Err(error) => Broken(error.to_string()),
    }
}

async fn storage(config: &Config) -> Finding {
    let files = config.files();
    let root = files.root.display();
    let health = match Blobs::open(&files) {
        Ok(blobs) => blobs.check().await,
        Err(error) => Err(error),
    };
    match health {
        Err(error) => Broken(format!("cannot use {root}: {error}")),
        Ok(health) if !health.writable => Broken(format!(
            "a probe could not be written to {root} and read back; check its disk and its owner"
        )),
        Ok(health) => match health.free_bytes.or(free_space(files.root.clone()).await) {
            Some(free) if free < NOTHING => Broken(format!(
                "only {} are free for {root}; make room or move the data folder",
                about_size(free)
            )),
            Some(free) if free < LITTLE => Doubtful(format!("only {} are free for {root}", about_size(free))),
            Some(free) => Fine(format!("{root} works, {} are free", about_size(free))),
            None => Fine(format!("{root} works")),
        },
    }
}

/// Nothing in the database may be from the future: that happens when the clock once ran ahead.
async fn times(config: &Config) -> Finding {
    let newest = async {
        let opened = open::existing(config).await?;
        let newest = newest(&opened.hub).await?;
        let now = opened.hub.now();
        opened.close().await;
        Reply::Ok((newest, now))
    };
    match newest.await {
        Ok((Some(newest), now)) if newest > now.after(Duration::from_mins(5)) => Doubtful(format!(
            "a repository was made at {newest}, which is in the future; the clock ran ahead once, or runs behind now"
        )),
        Ok(_) => Fine("nothing is from the future".to_owned()),
        Err(failure) => Broken(crate::sentence(&failure)),
    }
}

/// How people reach git over SSH, and what they compare at their first connection.
async fn ssh(config: &Config, listen: &str) -> Finding {
    let found = async {
        let listen: SocketAddr = listen.parse().map_err(Failure::internal)?;
        let address = PublicAddress::new(config.ssh.public_host.as_deref(), listen);
        let address =
            address.map_err(|must| Failure::invalid(format!("`ssh.public_host` is wrong; {must}")))?;
        let opened = open::existing(config).await?;
        let key = stoa_ssh::host_key(&opened.hub).await?;
        opened.close().await;
        Reply::Ok((listen, format!("{address} with the host key {}", key.fingerprint())))
    };
    match found.await {
        Ok((listen, _)) if !listen.ip().is_loopback() && config.public_url.is_none() => Doubtful(
            "git-lfs over SSH is told where the hub is: set public_url to an address that other machines reach"
                .to_owned(),
        ),
        Ok((_, text)) => Fine(text),
        Err(failure) => Broken(crate::sentence(&failure)),
    }
}

async fn newest(hub: &Hub) -> Reply<Option<Time>> {
    let root = hub.root()?;
    let mut newest = None;
    for kind in RepoKind::ALL {
        let ask = ListAsk {
            kind,
            author: None,
            tags: Vec::new(),
            search: Vec::new(),
            gated: None,
            params: (None, None),
            order: Order::Created,
            cursor: None,
            limit: 1,
            facts: false,
        };
        let page = hub.list(&root, ask).await?;
        newest = newest.max(page.repos.first().map(|listed| listed.repo.created_at));
    }
    Ok(newest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_that_stands_before_this_software_is_wrong() {
        assert!(matches!(clock(Time::from_secs(0)), Broken(_)));
        assert!(matches!(clock(YEAR), Fine(_)));
    }

    #[test]
    fn an_address_without_encryption_is_doubtful() {
        let check = |listen: &str, url: Option<&str>| {
            let mut config = Config::default();
            listen.clone_into(&mut config.listen);
            config.public_url = url.map(str::to_owned);
            matches!(public_url(&config), Fine(_))
        };
        assert!(check("127.0.0.1:1", None));
        assert!(check("0.0.0.0:1", Some("https://hub.example")));
        assert!(check("0.0.0.0:1", Some("http://localhost:1")));
        assert!(!check("0.0.0.0:1", None));
        assert!(!check("127.0.0.1:1", Some("http://hub.example")));
    }
}
