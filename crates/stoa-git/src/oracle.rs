//! What judges in tests: the real git, and a store of trees made without the code under test.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use stoa_core::Oid;

use crate::{
    EditError, Edited, Encoded, Mode, ObjectKind, PackWriter, Tree, TreeEdit, TreeEntry, hash, inflate,
};

/// An empty repository in a folder that goes when this is dropped.
pub struct Git {
    folder: tempfile::TempDir,
}

impl Git {
    /// A repository with a working tree.
    pub fn new() -> Self {
        let git = Self { folder: tempfile::tempdir().expect("a temporary folder") };
        git.run(&["init", "--quiet", "--initial-branch=main"], b"");
        git
    }

    /// A path in the working tree.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Runs git and returns what it says on both outputs; panics when it fails for another reason than "no match".
    pub fn run(&self, args: &[&str], input: &[u8]) -> String {
        let (output, error, code) = self.output(args, input);
        let said = String::from_utf8_lossy(&[output, error].concat()).into_owned();
        let no_match = args[0] == "check-ignore" && code == Some(1);
        assert!(code == Some(0) || no_match, "git {args:?}: {said}");
        said
    }

    /// Runs git and returns the bytes of its first output; panics when it fails.
    pub fn bytes(&self, args: &[&str], input: &[u8]) -> Vec<u8> {
        let (output, error, code) = self.output(args, input);
        assert!(code == Some(0), "git {args:?}: {}", String::from_utf8_lossy(&error));
        output
    }

    fn output(&self, args: &[&str], input: &[u8]) -> (Vec<u8>, Vec<u8>, Option<i32>) {
        let mut child = Command::new("git")
            .current_dir(self.folder.path())
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .args(args)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("git is installed");
        let mut stdin = child.stdin.take().expect("piped");
        let input = input.to_vec();
        let writer = std::thread::spawn(move || stdin.write_all(&input));
        let output = child.wait_with_output().expect("git ends");
        let _ = writer.join().expect("the writer does not panic");
        (output.stdout, output.stderr, output.status.code())
    }

    /// Writes objects as one pack with its index, byte for byte as a server would keep it.
    pub fn store(&self, objects: &[Encoded]) {
        let mut pack = PackWriter::indexed();
        let mut bytes = pack.header(objects.len() as u32).to_vec();
        for object in objects {
            bytes.extend_from_slice(&pack.entry(object).expect("in order"));
        }
        bytes.extend_from_slice(&pack.finish().expect("complete"));
        let name = pack.checksum().expect("finished");
        let index = pack.index().expect("finished");
        std::fs::write(self.path(&format!(".git/objects/pack/pack-{name}.pack")), bytes).expect("writes");
        std::fs::write(self.path(&format!(".git/objects/pack/pack-{name}.idx")), index).expect("writes");
    }
}

/// What `git fast-import` makes into a history of so many commits: text and code that changes here and there, a file that
/// only grows, one of noise, folders, a tag.
pub fn history(commits: usize) -> Vec<u8> {
    let mut random = random(commits as u64);
    let mut files: Vec<Vec<String>> = (0..12)
        .map(|file| {
            (0..20 + 40 * file).map(|line| format!("line {line} of {file}: {}\n", random(1000))).collect()
        })
        .collect();
    let mut log = Vec::new();
    let mut stream = Vec::new();
    for commit in 0..commits {
        let head = format!(
            "commit refs/heads/main\ncommitter Ada <ada@x.org> {} +0000\ndata <<END\nCommit {commit}\nEND\n",
            1_700_000_000 + commit
        );
        stream.extend_from_slice(head.as_bytes());
        let mut put = |name: &str, body: &[u8]| {
            stream.extend_from_slice(format!("M 644 inline {name}\ndata {}\n", body.len()).as_bytes());
            stream.extend_from_slice(body);
            stream.push(b'\n');
        };
        let from = random(files.len());
        for file in from..files.len().min(from + 1 + random(3)) {
            let at = random(files[file].len());
            files[file][at] = format!("changed by {commit} to {}\n", random(1_000_000));
            put(&format!("src/{}/file{file}.txt", file % 3), files[file].concat().as_bytes());
        }
        log.extend_from_slice(format!("{commit}: {}\n", random(1_000_000)).as_bytes());
        put("log.txt", &log);
        if commit % 50 == 7 {
            let noise: Vec<u8> = (0..30_000).map(|_| random(256) as u8).collect();
            put("noise.bin", &noise);
        }
    }
    stream.extend_from_slice(
        b"tag v1\nfrom refs/heads/main\ntagger Ada <ada@x.org> 1800000000 +0000\ndata 4\nOne\n",
    );
    stream
}

/// A path, and what is there.
pub type File = (String, (Mode, Oid));

/// Trees in memory, which edits load from.
#[derive(Default)]
pub struct Store {
    /// Parsed from the bytes that were encoded.
    pub trees: HashMap<Oid, Tree>,
    /// How many trees edits asked for.
    pub loads: usize,
}

impl Store {
    /// Stores a repository with these files, folder by folder, without the code under test.
    pub fn add(&mut self, files: impl IntoIterator<Item = File>) -> Oid {
        let mut entries = Vec::new();
        let mut folders: BTreeMap<String, Vec<File>> = BTreeMap::new();
        for (path, (mode, oid)) in files {
            match path.split_once('/') {
                None => entries.push(TreeEntry { mode, name: path, oid }),
                Some((name, below)) => {
                    folders.entry(name.to_owned()).or_default().push((below.to_owned(), (mode, oid)));
                }
            }
        }
        for (name, files) in folders {
            let oid = self.add(files);
            entries.push(TreeEntry { mode: Mode::Tree, name, oid });
        }
        let body = Tree { entries }.encode_body();
        let oid = hash(ObjectKind::Tree, &body).expect("no collision");
        self.trees.insert(oid, Tree::parse(&body).expect("sorted"));
        oid
    }

    /// Provides what the edit needs, finishes it and stores what it made.
    pub fn finish(&mut self, mut edit: TreeEdit) -> Result<Edited, EditError> {
        let mut provided = HashSet::new();
        loop {
            let needed = edit.needed_many(16);
            if needed.is_empty() {
                break;
            }
            assert!(edit.needed().is_some());
            for oid in needed {
                self.loads += 1;
                assert!(provided.insert(oid), "tree {oid} was asked for twice");
                edit.provide(oid, self.trees[&oid].clone());
            }
        }
        let edited = edit.finish()?;
        for tree in &edited.trees {
            let encoded = tree.encode().expect("encodes");
            let body = inflate(&encoded.data, encoded.size).expect("inflates");
            assert!(hash(ObjectKind::Tree, &body) == Ok(tree.oid));
            assert!(provided.insert(tree.oid), "tree {} comes twice or was provided", tree.oid);
            self.trees.insert(tree.oid, Tree::parse(&body).expect("sorted"));
        }
        Ok(edited)
    }

    /// All files below a tree.
    pub fn files(&self, root: Oid) -> BTreeMap<String, (Mode, Oid)> {
        let mut files = BTreeMap::new();
        let mut open = vec![(String::new(), root)];
        while let Some((prefix, oid)) = open.pop() {
            for entry in &self.trees[&oid].entries {
                match entry.mode {
                    Mode::Tree => open.push((format!("{prefix}{}/", entry.name), entry.oid)),
                    mode => {
                        files.insert(format!("{prefix}{}", entry.name), (mode, entry.oid));
                    }
                }
            }
        }
        files
    }
}

/// Numbers below what is asked for, the same in every run.
pub fn random(mut seed: u64) -> impl FnMut(usize) -> usize {
    move |below| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) as usize % below
    }
}
