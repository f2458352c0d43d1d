//! Where settings come from. The stronger wins: file, then environment, then flags.

use std::io;
use std::path::{Path, PathBuf};

use stoa_core::{Failure, Reply};

use super::Config;
use super::settings::{DATA, SETTINGS, Setting};

/// The name of the file that is read when no other is named.
const FILE: &str = "stoa.toml";

/// What this process was given.
pub struct Sources<'a> {
    /// `--config`.
    pub file: Option<PathBuf>,
    /// Reads an environment variable.
    pub env: &'a dyn Fn(&str) -> Option<String>,
    /// Names of settings and their values, in the order of the command line.
    pub flags: Vec<(&'static str, String)>,
    /// The folder in which a file is looked for; the one that stoa was started in.
    pub folder: PathBuf,
}

/// The settings in force, and the file that some of them came from.
#[derive(Debug)]
pub struct Found {
    /// The settings.
    pub config: Config,
    /// The file.
    pub file: Option<PathBuf>,
}

impl Sources<'_> {
    /// Puts the settings together. The first thing that is wrong is the error; it names the setting and its source.
    pub fn load(&self) -> Reply<Found> {
        // The data folder may hold the file, so it must be known before.
        let mut early = Config::default();
        self.variables(&mut early)?;
        self.flags(&mut early)?;
        let mut config = Config::default();
        let file = self.find(&early.data)?;
        if let Some((path, text)) = &file {
            let inside = path.parent() == Some(&early.data);
            from_file(&mut config, path, text, inside)?;
            if inside {
                config.data.clone_from(&early.data);
            }
        }
        self.variables(&mut config)?;
        self.flags(&mut config)?;
        Ok(Found { config, file: file.map(|(path, _)| path) })
    }

    fn find(&self, data: &Path) -> Reply<Option<(PathBuf, String)>> {
        let named = self.file.clone().or_else(|| (self.env)("STOA_CONFIG").map(PathBuf::from));
        let (paths, must) = match named {
            Some(path) => (vec![path], true),
            None => (vec![self.folder.join(FILE), data.join(FILE)], false),
        };
        for path in paths {
            match std::fs::read_to_string(&path) {
                Ok(text) => return Ok(Some((path, text))),
                Err(error) if !must && error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => {
                    return Err(Failure::invalid(format!(
                        "Cannot read the settings in {}: {error}",
                        path.display()
                    )));
                }
            }
        }
        Ok(None)
    }

    fn variables(&self, config: &mut Config) -> Reply<()> {
        for setting in SETTINGS {
            let name = setting.variable();
            if let Some(value) = (self.env)(&name).filter(|value| !value.is_empty()) {
                apply(config, setting, &value, &format!("The environment variable {name}"))?;
            }
        }
        Ok(())
    }

    fn flags(&self, config: &mut Config) -> Reply<()> {
        for (name, value) in &self.flags {
            let setting = named(name).ok_or_else(|| Failure::internal(format!("no setting {name}")))?;
            apply(config, setting, value, &format!("The flag --{}", setting.flag()))?;
        }
        Ok(())
    }
}

fn named(name: &str) -> Option<&'static Setting> {
    SETTINGS.iter().find(|setting| setting.name == name)
}

fn apply(config: &mut Config, setting: &Setting, value: &str, source: &str) -> Reply<()> {
    (setting.set)(config, value).map_err(|must| {
        let shown: String = value.chars().take(80).collect::<String>().escape_debug().collect();
        Failure::invalid(format!("{source} is `{shown}`; {must}"))
    })
}

fn from_file(config: &mut Config, path: &Path, text: &str, inside: bool) -> Reply<()> {
    let table: toml::Table = text.parse().map_err(|error: toml::de::Error| {
        let at = error.span().map_or(0, |span| span.start);
        let line = text.get(..at).unwrap_or_default().lines().count().max(1);
        Failure::invalid(format!("{} is not valid TOML at line {line}: {}", path.display(), error.message()))
    })?;
    for (name, value) in flatten(&table) {
        let Some(setting) = named(&name) else { return Err(unknown(path, &name)) };
        if inside && setting.name == DATA {
            let message = format!("{} cannot set `data`, because it lies in that folder", path.display());
            return Err(Failure::invalid(message));
        }
        let Some(value) = scalar(value) else {
            let what = setting.kind.word();
            return Err(Failure::invalid(format!(
                "The setting `{name}` in {} must be given as {what}",
                path.display()
            )));
        };
        apply(config, setting, &value, &format!("The setting `{name}` in {}", path.display()))?;
    }
    Ok(())
}

/// `limits.part_size` for `part_size` in the table `[limits]`.
fn flatten(table: &toml::Table) -> Vec<(String, &toml::Value)> {
    let mut flat = Vec::new();
    for (key, value) in table {
        match value {
            toml::Value::Table(inner) => {
                flat.extend(inner.iter().map(|(name, value)| (format!("{key}.{name}"), value)));
            }
            value => flat.push((key.clone(), value)),
        }
    }
    flat
}

fn scalar(value: &toml::Value) -> Option<String> {
    match value {
        toml::Value::String(text) => Some(text.clone()),
        toml::Value::Integer(number) => Some(number.to_string()),
        toml::Value::Boolean(flag) => Some(flag.to_string()),
        _ => None,
    }
}

fn unknown(path: &Path, name: &str) -> Failure {
    let nearest = SETTINGS.iter().min_by_key(|setting| distance(setting.name, name));
    let hint = nearest.map_or_else(String::new, |setting| format!("; did you mean `{}`?", setting.name));
    let shown: String = name.chars().take(80).collect();
    Failure::invalid(format!("There is no setting `{shown}` (in {}){hint}", path.display()))
}

/// The number of letters to change, add or remove to make one word of the other.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().take(80).collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let replaced = diagonal + usize::from(x != *y);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A folder with these files, and what is made of them.
    fn load(
        files: &[(&str, &str)],
        env: &[(&str, &str)],
        flags: &[(&'static str, &str)],
    ) -> (tempfile::TempDir, Reply<Found>) {
        let folder = tempfile::tempdir().expect("a folder");
        for (name, text) in files {
            let path = folder.path().join(name);
            std::fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
            std::fs::write(path, text).expect("a file");
        }
        let data = folder.path().join("data").display().to_string();
        let env = |name: &str| {
            let value = env.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned());
            value.or_else(|| (name == "STOA_DATA").then(|| data.clone()))
        };
        let flags = flags.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
        let sources = Sources { file: None, env: &env, flags, folder: folder.path().to_owned() };
        let found = sources.load();
        (folder, found)
    }

    #[test]
    fn flags_beat_variables_and_variables_beat_the_file() {
        let file = "listen = \"127.0.0.1:1\"\ntrust_proxy = true\n[limits]\npart_size = \"8 MiB\"\n";
        let env = [("STOA_LISTEN", "127.0.0.1:2"), ("STOA_LIMITS_PART_SIZE", "16MiB"), ("STOA_LOG", "")];
        let flags = [("listen", "127.0.0.1:3")];
        let (_folder, found) = load(&[("stoa.toml", file)], &env, &flags);
        let config = found.expect("settings").config;
        assert_eq!(config.listen, "127.0.0.1:3");
        assert_eq!(config.limits.part_size, 16 << 20);
        assert!(config.trust_proxy);
        assert_eq!(config.log, "info");
    }

    #[test]
    fn the_file_may_lie_in_the_data_folder() {
        let (folder, found) = load(&[("data/stoa.toml", "log_format = \"json\"")], &[], &[]);
        let found = found.expect("settings");
        assert_eq!(found.file, Some(folder.path().join("data/stoa.toml")));
        assert_eq!(found.config.log_format, super::super::LogFormat::Json);
        assert_eq!(found.config.data, folder.path().join("data"));
    }

    #[test]
    fn what_is_wrong_is_named_with_its_source() {
        let fault = |files: &[(&str, &str)], env: &[(&str, &str)], flags: &[(&'static str, &str)]| {
            let (folder, found) = load(files, env, flags);
            let message = found.expect_err("something is wrong").message;
            message.replace(&folder.path().display().to_string(), "FOLDER")
        };
        assert_eq!(
            fault(&[("stoa.toml", "publik_url = \"x\"")], &[], &[]),
            "There is no setting `publik_url` (in FOLDER/stoa.toml); did you mean `public_url`?"
        );
        assert_eq!(
            fault(&[("stoa.toml", "[limits]\npartsize = 1")], &[], &[]),
            "There is no setting `limits.partsize` (in FOLDER/stoa.toml); did you mean `limits.part_size`?"
        );
        let broken = fault(&[("stoa.toml", "a = 1\nb = = 2\n")], &[], &[]);
        assert!(broken.starts_with("FOLDER/stoa.toml is not valid TOML at line 2: "), "{broken}");
        assert_eq!(broken.lines().count(), 1);
        assert_eq!(
            fault(&[("stoa.toml", "trust_proxy = [1]")], &[], &[]),
            "The setting `trust_proxy` in FOLDER/stoa.toml must be given as true or false"
        );
        assert_eq!(
            fault(&[("data/stoa.toml", "data = \"x\"")], &[], &[]),
            "FOLDER/data/stoa.toml cannot set `data`, because it lies in that folder"
        );
        assert_eq!(
            fault(&[], &[("STOA_TRUST_PROXY", "maybe")], &[]),
            "The environment variable STOA_TRUST_PROXY is `maybe`; it must be true or false"
        );
        assert_eq!(
            fault(&[], &[], &[("listen", "8080")]),
            "The flag --listen is `8080`; it must be an IP address and a port, such as 127.0.0.1:8080 or [::]:8080"
        );
        assert!(fault(&[], &[("STOA_CONFIG", "/nowhere.toml")], &[]).starts_with("Cannot read the settings"));
    }
}
