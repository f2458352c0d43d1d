//! The table of settings: the only place that names one, says what it means and how it is written.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use stoa_hub::SignUp;

use super::{Config, LogFormat, size};

/// One setting. Its name in the file is `name`; a dot makes a table of it.
pub struct Setting {
    /// `listen`, `limits.part_size`.
    pub name: &'static str,
    /// How its value is written.
    pub kind: Kind,
    /// What it means, in a sentence or two.
    pub doc: &'static str,
    /// Takes a value; the error says what it must be.
    pub(super) set: fn(&mut Config, &str) -> Result<(), String>,
    /// The value in force; `None` when there is none.
    pub(super) get: fn(&Config) -> Option<String>,
}

/// How a value is written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// Text.
    Text,
    /// `true` or `false`.
    Switch,
    /// A number.
    Number,
    /// A number of bytes, or text such as `64 MiB`.
    Size,
}

impl Kind {
    /// The word in the reference.
    pub fn word(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Switch => "true or false",
            Self::Number => "number",
            Self::Size => "size",
        }
    }

    /// What stands for the value in the help of a flag.
    pub fn placeholder(self) -> &'static str {
        match self {
            Self::Text => "TEXT",
            Self::Switch => "BOOL",
            Self::Number => "NUMBER",
            Self::Size => "SIZE",
        }
    }

    /// Whether its flag may stand without a value.
    pub fn is_switch(self) -> bool {
        self == Self::Switch
    }
}

impl Setting {
    /// The name of its environment variable.
    pub fn variable(&self) -> String {
        format!("STOA_{}", self.name.replace('.', "_").to_ascii_uppercase())
    }

    /// The name of its flag, without the dashes.
    pub fn flag(&self) -> String {
        self.name.replace(['.', '_'], "-")
    }

    /// The value that it has when nobody sets it.
    pub fn default(&self) -> Option<String> {
        (self.get)(&Config::default())
    }
}

/// Every setting, in the order of the example file. Settings of a table follow each other.
pub const SETTINGS: &[Setting] = &[
    Setting {
        name: "listen",
        kind: Kind::Text,
        doc: "Address and port the server listens on. `0.0.0.0:8080` takes connections from other machines; put a \
              proxy with TLS in front of it then.",
        set: |config, value| {
            config.listen = socket(value, "8080")?.to_string();
            Ok(())
        },
        get: |config| Some(config.listen.clone()),
    },
    Setting {
        name: "data",
        kind: Kind::Text,
        doc: "Folder that holds everything: database and files. Relative to the folder that stoa is started in.",
        set: |config, value| {
            config.data = PathBuf::from(value);
            Ok(())
        },
        get: |config| Some(config.data.display().to_string()),
    },
    Setting {
        name: "public_url",
        kind: Kind::Text,
        doc: "Address that clients use, such as `https://hub.example`. Without it every answer uses the address its \
              request was sent to, which is right unless a proxy changes the Host header.",
        set: |config, value| {
            config.public_url = if value.is_empty() { None } else { Some(public_url(value)?) };
            Ok(())
        },
        get: |config| config.public_url.clone(),
    },
    Setting {
        name: "trust_proxy",
        kind: Kind::Switch,
        doc: "Believe the X-Forwarded-For, -Proto and -Host headers. Only behind a proxy that sets them itself; \
              otherwise anyone can forge the addresses in the audit log and the links in answers.",
        set: |config, value| flag(&mut config.trust_proxy, value),
        get: |config| Some(config.trust_proxy.to_string()),
    },
    Setting {
        name: "anonymous_read",
        kind: Kind::Switch,
        doc: "Let people without an account see and download what is public.",
        set: |config, value| flag(&mut config.policy.anonymous_read, value),
        get: |config| Some(config.policy.anonymous_read.to_string()),
    },
    Setting {
        name: "private_by_default",
        kind: Kind::Switch,
        doc: "Make new repositories private when nobody says which they should be.",
        set: |config, value| flag(&mut config.policy.private_by_default, value),
        get: |config| Some(config.policy.private_by_default.to_string()),
    },
    Setting {
        name: "sign_up",
        kind: Kind::Text,
        doc: "Who may make an account: `closed` for those who run the hub only (`stoa user create`), `open` for whoever \
              comes by, a few from one address in an hour. Behind a proxy, set `trust_proxy` too, or everybody has the \
              address of the proxy.",
        set: |config, value| {
            config.policy.sign_up = match value {
                "closed" => SignUp::Closed,
                "open" => SignUp::Open,
                _ => return Err("it must be closed or open".to_owned()),
            };
            Ok(())
        },
        get: |config| {
            Some(match config.policy.sign_up {
                SignUp::Closed => "closed".to_owned(),
                SignUp::Open => "open".to_owned(),
            })
        },
    },
    Setting {
        name: "log",
        kind: Kind::Text,
        doc: "What is logged, to standard error: `error`, `warn`, `info`, `debug`, or a filter such as \
              `info,stoa::access=warn`, which leaves out the line for each request.",
        set: |config, value| {
            value
                .parse::<tracing_subscriber::EnvFilter>()
                .map_err(|_| "it must be a level or a filter such as info,stoa::access=warn".to_owned())?;
            value.clone_into(&mut config.log);
            Ok(())
        },
        get: |config| Some(config.log.clone()),
    },
    Setting {
        name: "log_format",
        kind: Kind::Text,
        doc: "How log lines are written: `text` for people, `json` for machines.",
        set: |config, value| {
            config.log_format = match value {
                "text" => LogFormat::Text,
                "json" => LogFormat::Json,
                _ => return Err("it must be text or json".to_owned()),
            };
            Ok(())
        },
        get: |config| {
            Some(match config.log_format {
                LogFormat::Text => "text".to_owned(),
                LogFormat::Json => "json".to_owned(),
            })
        },
    },
    Setting {
        name: "ssh.listen",
        kind: Kind::Text,
        doc: "Address and port for git over SSH, such as `0.0.0.0:2222`. Without it there is no SSH. Set `public_url` \
              as well, so that git-lfs finds the hub from there.",
        set: |config, value| {
            config.ssh.listen = match value {
                "" => None,
                value => Some(socket(value, "2222")?.to_string()),
            };
            Ok(())
        },
        get: |config| config.ssh.listen.clone(),
    },
    Setting {
        name: "ssh.public_host",
        kind: Kind::Text,
        doc: "Host that people write in addresses of git over SSH, with a port if it is another one than that of \
              `ssh.listen`: `hub.example:22` behind a forwarded port.",
        set: |config, value| {
            if !value.is_empty() {
                stoa_ssh::PublicAddress::new(Some(value), SocketAddr::from(([127, 0, 0, 1], 22)))?;
            }
            config.ssh.public_host = Some(value.to_owned()).filter(|value| !value.is_empty());
            Ok(())
        },
        get: |config| config.ssh.public_host.clone(),
    },
    Setting {
        name: "ssh.connections",
        kind: Kind::Number,
        doc: "SSH connections at a time; more wait until one ends.",
        set: |config, value| {
            config.ssh.connections = number(value, 1, 100_000)? as usize;
            Ok(())
        },
        get: |config| Some(config.ssh.connections.to_string()),
    },
    Setting {
        name: "ssh.connections_per_address",
        kind: Kind::Number,
        doc: "SSH connections at a time from one address; more are closed at once.",
        set: |config, value| {
            config.ssh.per_address = number(value, 1, 100_000)? as usize;
            Ok(())
        },
        get: |config| Some(config.ssh.per_address.to_string()),
    },
    Setting {
        name: "storage.durable",
        kind: Kind::Switch,
        doc: "Flush files to the disk before a client is told that they are kept. Only throw-away hubs (tests) have a \
              reason to turn it off.",
        set: |config, value| flag(&mut config.durable, value),
        get: |config| Some(config.durable.to_string()),
    },
    Setting {
        name: "storage.readers",
        kind: Kind::Number,
        doc: "Connections that read the database at the same time.",
        set: |config, value| {
            config.db_readers = number(value, 1, 256)? as u32;
            Ok(())
        },
        get: |config| Some(config.db_readers.to_string()),
    },
    Setting {
        name: "limits.regular_file",
        kind: Kind::Size,
        doc: "Largest file that is kept in git itself; larger ones must be sent as large files (git LFS).",
        set: |config, value| bytes(&mut config.limits.regular_file, value, 1 << 10),
        get: |config| Some(size::show(config.limits.regular_file)),
    },
    Setting {
        name: "limits.large_file",
        kind: Kind::Size,
        doc: "Largest file of all.",
        set: |config, value| bytes(&mut config.limits.large_file, value, 1 << 10),
        get: |config| Some(size::show(config.limits.large_file)),
    },
    Setting {
        name: "limits.push",
        kind: Kind::Size,
        doc: "Largest pack that one `git push` may bring. Large files (git LFS) do not count.",
        set: |config, value| bytes(&mut config.limits.push_bytes, value, 1 << 20),
        get: |config| Some(size::show(config.limits.push_bytes)),
    },
    Setting {
        name: "limits.part_size",
        kind: Kind::Size,
        doc: "Size of the parts in which large files are uploaded.",
        set: |config, value| bytes(&mut config.limits.part_size, value, 5 << 20),
        get: |config| Some(size::show(config.limits.part_size)),
    },
    Setting {
        name: "limits.multipart_above",
        kind: Kind::Size,
        doc: "Files larger than this are uploaded in parts, so that a broken connection costs one part only.",
        set: |config, value| bytes(&mut config.limits.multipart_above, value, 5 << 20),
        get: |config| Some(size::show(config.limits.multipart_above)),
    },
    Setting {
        name: "limits.packers",
        kind: Kind::Number,
        doc: "Large files that are cut into chunks while they come without Xet (git-lfs), each with about 250 MiB in \
              memory. What comes beyond is kept whole until the hub has cut it by itself.",
        set: |config, value| {
            config.limits.packers = number(value, 0, 1_000)? as usize;
            Ok(())
        },
        get: |config| Some(config.limits.packers.to_string()),
    },
    Setting {
        name: "limits.commit_changes",
        kind: Kind::Number,
        doc: "Files added and deleted in one commit at most.",
        set: |config, value| {
            config.limits.commit_changes = number(value, 1, 1_000_000)? as usize;
            Ok(())
        },
        get: |config| Some(config.limits.commit_changes.to_string()),
    },
    Setting {
        name: "limits.commit_bytes",
        kind: Kind::Size,
        doc: "Largest request that makes a commit; it holds the regular files.",
        set: |config, value| bytes(&mut config.limits.commit_bytes, value, 1 << 20),
        get: |config| Some(size::show(config.limits.commit_bytes)),
    },
    Setting {
        name: "limits.link_seconds",
        kind: Kind::Number,
        doc: "Seconds that a signed address for an upload or a download works.",
        set: |config, value| {
            config.limits.link_seconds = number(value, 60, 7 * 86_400)?;
            Ok(())
        },
        get: |config| Some(config.limits.link_seconds.to_string()),
    },
    Setting {
        name: "limits.orphan_days",
        kind: Kind::Number,
        doc: "Days after which large files that no repository links are thrown away.",
        set: |config, value| {
            config.limits.orphan_days = number(value, 1, 36_500)?;
            Ok(())
        },
        get: |config| Some(config.limits.orphan_days.to_string()),
    },
    Setting {
        name: "limits.locks",
        kind: Kind::Number,
        doc: "Files of one repository that may be locked at the same time (`git lfs lock`).",
        set: |config, value| {
            config.limits.locks = number(value, 0, 100_000)? as usize;
            Ok(())
        },
        get: |config| Some(config.limits.locks.to_string()),
    },
    Setting {
        name: "limits.owner_storage",
        kind: Kind::Size,
        doc: "Bytes of large files that a user or an organization may keep in all its repositories together; 0 sets no \
              quota. A file counts in every repository that has it, though equal bytes are stored once.",
        set: |config, value| bytes(&mut config.limits.owner_storage, value, 0),
        get: |config| Some(size::show(config.limits.owner_storage)),
    },
];

/// The folder with the data must not come from a file inside it.
pub(super) const DATA: &str = "data";

impl Config {
    /// The database of the data folder.
    pub fn database(&self) -> stoa_db::Config {
        stoa_db::Config { readers: self.db_readers, ..stoa_db::Config::in_folder(&self.data) }
    }

    /// The files of the data folder.
    pub fn files(&self) -> stoa_blob::Config {
        stoa_blob::Config { root: self.data.join("objects"), durable: self.durable }
    }

    /// The file that the server of the data folder holds locked.
    pub fn lock(&self) -> PathBuf {
        self.data.join("serve.lock")
    }

    /// The data folder as people should see it.
    pub fn shown_data(&self) -> String {
        let path: &Path = &self.data;
        if path.is_relative() && !path.starts_with("..") && !path.starts_with(".") {
            return format!("./{}", path.display());
        }
        path.display().to_string()
    }
}

fn socket(value: &str, port: &str) -> Result<SocketAddr, String> {
    let wrong = |_| format!("it must be an IP address and a port, such as 127.0.0.1:{port} or [::]:{port}");
    value.parse().map_err(wrong)
}

fn flag(slot: &mut bool, value: &str) -> Result<(), String> {
    *slot = match value.to_ascii_lowercase().as_str() {
        "true" | "1" | "yes" | "on" => true,
        "false" | "0" | "no" | "off" => false,
        _ => return Err("it must be true or false".to_owned()),
    };
    Ok(())
}

fn number(value: &str, least: u64, most: u64) -> Result<u64, String> {
    let number: Option<u64> = value.trim().replace('_', "").parse().ok();
    number
        .filter(|number| (least..=most).contains(number))
        .ok_or_else(|| format!("it must be a number from {least} to {most}"))
}

fn bytes(slot: &mut u64, value: &str, least: u64) -> Result<(), String> {
    let bytes = size::parse(value)?;
    if bytes < least {
        return Err(format!("it must be at least {}", size::show(least)));
    }
    *slot = bytes;
    Ok(())
}

/// `http://host[:port]` or `https://…`, without a path: the API stands at the root.
fn public_url(value: &str) -> Result<String, String> {
    let wrong = || "it must be an address such as https://hub.example, without a path".to_owned();
    let url = value.trim_end_matches('/');
    let uri: axum::http::Uri = url.parse().map_err(|_| wrong())?;
    let plain = uri.path_and_query().is_none_or(|rest| rest.as_str() == "/");
    let host =
        uri.authority().filter(|authority| !authority.as_str().contains('@') && !authority.host().is_empty());
    match (uri.scheme_str(), host) {
        (Some("http" | "https"), Some(_)) if plain => Ok(url.to_owned()),
        _ => Err(wrong()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_setting_takes_its_own_default_and_shows_it_again() {
        for setting in SETTINGS {
            let Some(default) = setting.default() else { continue };
            let mut config = Config::default();
            assert_eq!((setting.set)(&mut config, &default), Ok(()), "{}", setting.name);
            assert_eq!((setting.get)(&config), Some(default), "{}", setting.name);
        }
    }

    #[test]
    fn no_two_settings_share_a_variable_or_a_flag() {
        for (at, one) in SETTINGS.iter().enumerate() {
            for other in &SETTINGS[at + 1..] {
                assert_ne!(one.variable(), other.variable());
                assert_ne!(one.flag(), other.flag());
            }
        }
    }

    #[test]
    fn a_public_url_is_an_origin() {
        for (text, expected) in [
            ("https://hub.example", Some("https://hub.example")),
            ("http://10.0.0.1:8080/", Some("http://10.0.0.1:8080")),
            ("hub.example", None),
            ("ftp://hub.example", None),
            ("https://hub.example/hub", None),
            ("https://a@b", None),
            ("https://", None),
        ] {
            assert_eq!(public_url(text).ok().as_deref(), expected, "{text}");
        }
    }
}
