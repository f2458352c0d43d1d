//! The programs whose keys and signatures must be read: `ssh-keygen` and `gpg`.

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use stoa_core::Time;
use tempfile::TempDir;

/// 2026-01-15, when everything here happens unless a test says otherwise.
pub(crate) const NOW: Time = Time(1_768_435_200_000_000);

/// A folder with keys, gone when it is dropped.
pub(crate) struct Programs(TempDir);

impl Programs {
    pub(crate) fn new() -> Self {
        let folder = tempfile::Builder::new().prefix("keys").tempdir_in("/tmp").expect("a temporary folder");
        Self(folder)
    }

    fn folder(&self) -> &Path {
        self.0.path()
    }

    /// Makes an SSH key without a passphrase; answers its `.pub` line.
    pub(crate) fn ssh_key(&self, name: &str, kind: &[&str]) -> String {
        let args = [&["-q", "-N", "", "-C", "ada@laptop", "-f", name, "-t"], kind].concat();
        ok(&self.run("ssh-keygen", &args, b""));
        std::fs::read_to_string(self.folder().join(format!("{name}.pub"))).expect("a public key")
    }

    /// Signs for a purpose with a key made by [`Self::ssh_key`].
    pub(crate) fn ssh_sign(&self, name: &str, namespace: &str, payload: &[u8]) -> String {
        ok(&self.run("ssh-keygen", &["-q", "-Y", "sign", "-n", namespace, "-f", name], payload))
    }

    pub(crate) fn ssh_fingerprint(&self, name: &str) -> String {
        let shown = ok(&self.run("ssh-keygen", &["-l", "-f", &format!("{name}.pub")], b""));
        shown.split(' ').nth(1).expect("a fingerprint").to_owned()
    }

    /// Runs `gpg` on a day of January 2026, with no questions asked.
    pub(crate) fn gpg(&self, day: u32, args: &[&str], input: &[u8]) -> String {
        let time = format!("202601{day:02}T000000!");
        let home = self.folder().join("gnupg");
        if !home.exists() {
            std::fs::create_dir(&home).expect("a folder for gpg");
        }
        let usual = [
            "--homedir",
            "gnupg",
            "--batch",
            "--yes",
            "--quiet",
            "--no-tty",
            "--pinentry-mode",
            "loopback",
            "--passphrase",
            "",
            "--no-permission-warning",
            "--faked-system-time",
            &time,
        ];
        ok(&self.run("gpg", &[&usual, args].concat(), input))
    }

    /// The digits of the fingerprints of a key and the keys under it, as `gpg` shows them.
    pub(crate) fn gpg_fingerprints(&self, who: &str) -> Vec<String> {
        let shown = self.gpg(1, &["--with-colons", "--with-subkey-fingerprint", "--list-keys", who], b"");
        let lines = shown.lines().filter_map(|line| line.strip_prefix("fpr:"));
        lines.map(|line| line.trim_matches(':').to_owned()).collect()
    }

    pub(crate) fn read(&self, path: &str) -> String {
        std::fs::read_to_string(self.folder().join(path)).expect("a file")
    }

    fn run(&self, program: &str, args: &[&str], input: &[u8]) -> Output {
        let mut command = Command::new(program);
        command.args(args).current_dir(self.folder()).env("LC_ALL", "C");
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap_or_else(|error| panic!("{program} does not run: {error}"));
        child.stdin.take().expect("its input").write_all(input).expect("it reads");
        child.wait_with_output().expect("it ends")
    }
}

impl Drop for Programs {
    fn drop(&mut self) {
        // `gpg` leaves its agent behind.
        self.run("gpgconf", &["--homedir", "gnupg", "--kill", "all"], b"");
    }
}

fn ok(output: &Output) -> String {
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
    String::from_utf8(output.stdout.clone()).expect("text")
}
