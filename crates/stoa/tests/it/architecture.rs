//! What ARCHITECTURE.md claims, checked: who depends on whom, which library stays behind which wall, and that no file
//! is an orphan, headless or too long.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use cargo_metadata::{DependencyKind, MetadataCommand, Package};

/// Every crate with the crates of the workspace it may depend on. ARCHITECTURE.md prints the same table.
const EDGES: &[(&str, &[&str])] = &[
    ("stoa-core", &[]),
    ("stoa-blob", &["stoa-core"]),
    ("stoa-db", &["stoa-core"]),
    ("stoa-git", &["stoa-core"]),
    ("stoa-xet", &["stoa-core"]),
    ("stoa-meta", &["stoa-core"]),
    ("stoa-keys", &["stoa-core"]),
    ("stoa-hub", &["stoa-core", "stoa-blob", "stoa-db", "stoa-git", "stoa-keys", "stoa-meta", "stoa-xet"]),
    ("stoa-http", &["stoa-core", "stoa-hub", "stoa-meta"]),
    ("stoa-api", &["stoa-core", "stoa-hub", "stoa-http", "stoa-meta"]),
    ("stoa-render", &["stoa-core"]),
    ("stoa-ui", &["stoa-core", "stoa-hub", "stoa-http", "stoa-meta", "stoa-render"]),
    ("stoa-ssh", &["stoa-core", "stoa-hub"]),
    ("stoa-testkit", &["stoa-core", "stoa-hub", "stoa-http", "stoa-blob", "stoa-db"]),
    (
        "stoa",
        &["stoa-core", "stoa-blob", "stoa-db", "stoa-hub", "stoa-http", "stoa-api", "stoa-ui", "stoa-ssh"],
    ),
    ("stoa-bench", &["stoa-core", "stoa-blob", "stoa-db", "stoa-git", "stoa-hub"]),
];

/// Libraries that only these crates may name.
const WALLS: &[(&str, &[&str])] = &[
    ("axum", &["stoa-http", "stoa-api", "stoa-ui", "stoa", "stoa-testkit"]),
    ("hyper", &["stoa-http"]),
    ("sqlx", &["stoa-db"]),
    ("object_store", &["stoa-blob"]),
    ("sha1-checked", &["stoa-git"]),
    ("ssh-key", &["stoa-keys"]),
    ("pgp", &["stoa-keys"]),
    ("askama", &["stoa-ui"]),
    ("russh", &["stoa-ssh"]),
    ("clap", &["stoa", "stoa-bench"]),
];

/// A file may have this many lines before its tests.
const LINES: usize = 600;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().expect("the workspace has a root")
}

fn packages() -> Vec<Package> {
    let metadata = MetadataCommand::new()
        .manifest_path(root().join("Cargo.toml"))
        .no_deps()
        .exec()
        .expect("cargo metadata reads this workspace");
    metadata.packages
}

#[test]
fn crates_depend_only_on_what_the_table_allows() {
    let allowed: BTreeMap<&str, BTreeSet<&str>> =
        EDGES.iter().map(|(name, edges)| (*name, edges.iter().copied().collect())).collect();
    let mut faults = Vec::new();
    for package in packages() {
        let name = package.name.as_str();
        let Some(edges) = allowed.get(name) else {
            faults.push(format!("{name} is not in the table"));
            continue;
        };
        for dependency in package.dependencies.iter().filter(|d| d.kind == DependencyKind::Normal) {
            if dependency.name.starts_with("stoa-") && !edges.contains(dependency.name.as_str()) {
                faults.push(format!("{name} may not depend on {}", dependency.name));
            }
            if let Some((library, users)) = WALLS.iter().find(|(library, _)| *library == dependency.name)
                && !users.contains(&name)
            {
                faults.push(format!("{library} stays out of {name}"));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn features_are_declared_in_the_workspace_only() {
    let mut faults = Vec::new();
    for package in packages() {
        let text = std::fs::read_to_string(&package.manifest_path).expect("a manifest can be read");
        for line in text.lines().filter(|line| line.contains("features =") || line.contains("version = \"")) {
            faults.push(format!("{}: {line}", package.name));
        }
    }
    assert!(faults.is_empty(), "write `x.workspace = true`:\n{}", faults.join("\n"));
}

#[test]
fn every_file_is_a_module_has_a_head_and_a_reasonable_length() {
    let mut faults = Vec::new();
    for package in packages() {
        let folder = package.manifest_path.parent().expect("a manifest lies in a folder").as_std_path();
        for file in rust_files(&folder.join("src")) {
            let shown = file.strip_prefix(root()).unwrap_or(&file).display().to_string();
            let text = std::fs::read_to_string(&file).expect("a source file can be read");
            let tests = file.iter().any(|part| part == "tests" || part == "tests.rs");
            if !tests && !text.trim_start().starts_with("//!") {
                faults.push(format!("{shown} does not say what it is for: begin it with `//!`"));
            }
            let lines = text.lines().take_while(|line| !line.contains("#[cfg(test)]")).count();
            if !tests && lines > LINES {
                faults.push(format!("{shown} has {lines} lines before its tests, more than {LINES}"));
            }
            if !is_module(&file) {
                faults.push(format!("{shown} is no module of its crate: add its `mod` line"));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn the_documents_a_newcomer_looks_for_exist() {
    for name in
        ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md", "LICENSE", "stoa.example.toml"]
    {
        assert!(root().join(name).is_file(), "{name} is missing");
    }
    let map = std::fs::read_to_string(root().join("ARCHITECTURE.md")).expect("ARCHITECTURE.md can be read");
    assert!(map.lines().count() <= 200, "ARCHITECTURE.md is a map, not a book: at most 200 lines");
    for (name, _) in EDGES {
        assert!(map.contains(&format!("**{name}**")), "ARCHITECTURE.md does not name {name}");
    }
}

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let Ok(entries) = std::fs::read_dir(folder) else { return found };
    for entry in entries.flatten() {
        let path = entry.path();
        if path.is_dir() {
            found.extend(rust_files(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
    found
}

/// Whether the file above declares this one.
fn is_module(file: &Path) -> bool {
    let name = file.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
    if matches!(name, "lib" | "main") {
        return true;
    }
    let folder = file.parent().expect("a file lies in a folder");
    if folder.ends_with("src/bin") {
        return true; // cargo takes each of them for a program
    }
    let (name, folder) = if name == "mod" {
        let own = folder.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        (own, folder.parent().unwrap_or(folder))
    } else {
        (name, folder)
    };
    let parents =
        [folder.join("lib.rs"), folder.join("main.rs"), folder.join("mod.rs"), folder.with_extension("rs")];
    parents
        .iter()
        .filter_map(|parent| std::fs::read_to_string(parent).ok())
        .any(|text| text.lines().any(|line| line.trim_end().ends_with(&format!("mod {name};"))))
}
