//! What is written about the settings, made from their table.

use std::fmt::Write;

use super::settings::{Kind, SETTINGS, Setting};

/// `stoa.example.toml`: every setting with its default, commented out.
pub fn example() -> String {
    let mut text = String::from(
        "# Settings of stoa. This file is made by `stoa config example`; every line shows the default.\n\
         # Save it as stoa.toml where stoa is started or in its data folder, or name it with --config.\n\
         # Environment variables (STOA_LISTEN, STOA_LIMITS_PART_SIZE, …) are stronger than the file, flags strongest.\n",
    );
    let mut table = None;
    for setting in SETTINGS {
        let (inside, name) = split(setting);
        if inside != table {
            table = inside;
            let _ = write!(text, "\n[{}]\n", inside.unwrap_or_default());
        }
        text.push('\n');
        for line in wrap(setting.doc, 108) {
            let _ = writeln!(text, "# {line}");
        }
        let _ = match setting.default() {
            Some(value) => writeln!(text, "# {name} = {}", quoted(setting.kind, &value)),
            None => writeln!(text, "# {name} = \"\""),
        };
    }
    text
}

/// `docs/reference/settings.md`.
pub fn reference() -> String {
    let mut text = String::from(
        "# Settings\n\n\
         <!-- Made by `stoa config reference`; a test compares. -->\n\n\
         stoa reads its settings from a TOML file, from environment variables and from flags of `stoa serve`; the \
         later is the stronger.\nThe file is the one named by `--config` or `STOA_CONFIG`, else `stoa.toml` in the \
         folder that stoa is started in, else `stoa.toml` in\nthe data folder. A key that is not listed here is an \
         error. `stoa doctor` checks all of it.\n\n\
         Sizes are numbers of bytes or text with a unit: `\"64 MiB\"` (binary) or `\"500 GB\"` (decimal).\n",
    );
    for setting in SETTINGS {
        let default = setting.default().map_or_else(|| "none".to_owned(), |value| format!("`{value}`"));
        let _ = write!(
            text,
            "\n## `{}`\n\n{}\n\nType: {} · default: {default} · variable: `{}` · flag: `--{}`\n",
            setting.name,
            setting.doc,
            setting.kind.word(),
            setting.variable(),
            setting.flag()
        );
    }
    text
}

fn split(setting: &Setting) -> (Option<&'static str>, &'static str) {
    match setting.name.split_once('.') {
        Some((table, name)) => (Some(table), name),
        None => (None, setting.name),
    }
}

fn quoted(kind: Kind, value: &str) -> String {
    match kind {
        Kind::Text | Kind::Size => format!("\"{value}\""),
        Kind::Switch | Kind::Number => value.to_owned(),
    }
}

fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut().filter(|line| line.len() + 1 + word.len() <= width) {
            Some(line) => {
                line.push(' ');
                line.push_str(word);
            }
            None => lines.push(word.to_owned()),
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    fn committed(path: &str) -> String {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(path);
        std::fs::read_to_string(&path).unwrap_or_default()
    }

    #[test]
    fn the_committed_example_is_the_one_made_now() {
        let hint = "run `cargo run -p stoa -- config example > stoa.example.toml`";
        assert_eq!(committed("stoa.example.toml"), example(), "{hint}");
    }

    #[test]
    fn the_committed_reference_is_the_one_made_now() {
        let hint = "run `cargo run -p stoa -- config reference > docs/reference/settings.md`";
        assert_eq!(committed("docs/reference/settings.md"), reference(), "{hint}");
    }

    #[test]
    fn the_example_is_what_stoa_reads() {
        let lines: Vec<&str> = example().leak().lines().collect();
        let uncommented: String = lines
            .iter()
            .filter(|line| !line.ends_with("\"\""))
            .map(|line| line.strip_prefix("# ").filter(|rest| is_setting(rest)).unwrap_or(line))
            .fold(String::new(), |text, line| text + line + "\n");
        let table: toml::Table = uncommented.parse().expect("TOML");
        let named = |value: &toml::Value| value.as_table().map_or(1, toml::Table::len);
        let with_default = SETTINGS.iter().filter(|setting| setting.default().is_some()).count();
        assert_eq!(table.values().map(named).sum::<usize>(), with_default);
    }

    fn is_setting(line: &str) -> bool {
        line.split_once(" = ")
            .is_some_and(|(name, _)| name.bytes().all(|b| b.is_ascii_lowercase() || b == b'_'))
    }
}
