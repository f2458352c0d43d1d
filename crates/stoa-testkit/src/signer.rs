//! Someone with keys who commits: `ssh-keygen`, `gpg` and `git` in a folder of their own.

use std::path::Path;
use std::process::Command;

use tempfile::TempDir;

/// When keys are made and changed: shortly before the clock of a [`crate::TestHub`] begins. `gpg` waits for a change
/// that is not later than what it changes.
const MADE: &str = "20251201T000000!";
const CHANGED: &str = "20251202T000000!";

/// A folder with keys and a git repository, gone when it is dropped.
pub struct Signer(TempDir);

impl Signer {
    /// Someone without keys, in an empty repository.
    ///
    /// # Panics
    ///
    /// When `git` does not run, as everything here does without its programs.
    pub fn new() -> Self {
        // The socket of gpg's agent must have a short name.
        let folder =
            tempfile::Builder::new().prefix("signer").tempdir_in("/tmp").expect("a temporary folder");
        std::fs::create_dir(folder.path().join("gnupg")).expect("a folder for gpg");
        let signer = Self(folder);
        signer.git(&["init", "--quiet", "--initial-branch=main"]);
        signer
    }

    /// The folder of the repository.
    pub fn folder(&self) -> &Path {
        self.0.path()
    }

    /// Makes an SSH key without a passphrase, in the file `name`; answers its `.pub` line.
    pub fn ssh_key(&self, name: &str) -> String {
        self.run("ssh-keygen", &["-q", "-N", "", "-C", name, "-t", "ed25519", "-f", name]);
        std::fs::read_to_string(self.folder().join(format!("{name}.pub"))).expect("a public key")
    }

    /// Makes an OpenPGP key that ends at a day, or `never`; answers it in armor.
    pub fn gpg_key(&self, who: &str, end: &str) -> String {
        self.gpg(MADE, &["--quick-gen-key", who, "ed25519", "sign", end]);
        self.gpg(CHANGED, &["--armor", "--export", who])
    }

    /// Gives an OpenPGP key a later end; answers it in armor.
    pub fn gpg_extend(&self, fingerprint: &str, end: &str) -> String {
        self.gpg(CHANGED, &["--quick-set-expire", fingerprint, end]);
        self.gpg(CHANGED, &["--armor", "--export", fingerprint])
    }

    /// Takes an OpenPGP key back; answers it in armor.
    pub fn gpg_revoke(&self, fingerprint: &str) -> String {
        let path = format!("gnupg/openpgp-revocs.d/{fingerprint}.rev");
        let text = std::fs::read_to_string(self.folder().join(&path)).expect("a revocation");
        std::fs::write(self.folder().join(&path), text.replace(":-----BEGIN", "-----BEGIN")).expect("a file");
        self.gpg(CHANGED, &["--import", &path]);
        self.gpg(CHANGED, &["--armor", "--export", fingerprint])
    }

    /// Commits nothing new as `Name <email>`, with settings of git such as `commit.gpgsign=true`.
    pub fn commit(&self, email: &str, settings: &[&str], message: &str) {
        let email = format!("user.email={email}");
        let mut args = vec!["-c", "user.name=Ada", "-c", &email];
        for setting in settings {
            args.extend(["-c", setting]);
        }
        args.extend(["commit", "--quiet", "--allow-empty", "-m", message]);
        self.git(&args);
    }

    /// Runs git in the repository.
    pub fn git(&self, args: &[&str]) -> String {
        self.run("git", args)
    }

    fn gpg(&self, time: &str, args: &[&str]) -> String {
        let usual =
            ["--batch", "--yes", "--quiet", "--no-tty", "--pinentry-mode", "loopback", "--passphrase", ""];
        let when = ["--no-permission-warning", "--faked-system-time", time];
        self.run("gpg", &[&usual[..], &when, args].concat())
    }

    fn run(&self, program: &str, args: &[&str]) -> String {
        let mut command = Command::new(program);
        command.args(args).current_dir(self.folder()).env("LC_ALL", "C");
        command.env("GNUPGHOME", self.folder().join("gnupg")).env("HOME", self.folder());
        command.env("GIT_CONFIG_NOSYSTEM", "1").env("GIT_AUTHOR_DATE", "1767225600 +0000");
        command.env("GIT_COMMITTER_DATE", "1767225600 +0000");
        let output = command.output().unwrap_or_else(|error| panic!("{program} does not run: {error}"));
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{program} {args:?}: {errors}");
        String::from_utf8(output.stdout).expect("text")
    }
}

impl Default for Signer {
    fn default() -> Self {
        Self::new()
    }
}

impl Drop for Signer {
    fn drop(&mut self) {
        // `gpg` leaves its agent behind.
        self.run("gpgconf", &["--kill", "all"]);
    }
}
