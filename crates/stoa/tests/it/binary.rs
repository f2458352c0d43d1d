//! Runs the binary in a folder of its own.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

/// A data folder and a way to run commands on it.
pub struct Stoa {
    folder: TempDir,
}

/// What a command did.
pub struct Ran {
    pub ok: bool,
    pub out: String,
    pub err: String,
}

/// A server, which is killed when it is dropped.
pub struct Server {
    child: Child,
    /// What it printed until it served.
    pub said: String,
    /// Its address, `127.0.0.1:PORT`.
    pub address: String,
}

impl Stoa {
    pub fn new() -> Self {
        Self { folder: tempfile::tempdir().expect("a folder") }
    }

    pub fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_stoa"));
        command.args(arguments).arg("--data").arg(self.data()).current_dir(self.folder.path());
        command.env_clear().stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    pub fn run(&self, arguments: &[&str]) -> Ran {
        self.run_with(arguments, "")
    }

    pub fn run_with(&self, arguments: &[&str], input: &str) -> Ran {
        let mut child = self.command(arguments).spawn().expect("stoa runs");
        let mut stdin = child.stdin.take().expect("a pipe");
        // A command that reads nothing may have closed the pipe already.
        let _ = stdin.write_all(input.as_bytes());
        drop(stdin);
        let output = child.wait_with_output().expect("stoa ends");
        Ran {
            ok: output.status.success(),
            out: String::from_utf8(output.stdout).expect("text"),
            err: String::from_utf8(output.stderr).expect("text"),
        }
    }

    /// Starts a server on a free port and waits until it says that it serves.
    pub fn serve(&self) -> Server {
        let child = self.command(&["--listen", "127.0.0.1:0", "--log", "off"]).spawn().expect("stoa runs");
        let mut server = Server { child, said: String::new(), address: String::new() };
        server.wait();
        server
    }
}

impl Server {
    /// Reads what it prints until it serves.
    fn wait(&mut self) {
        let mut lines = BufReader::new(self.child.stdout.take().expect("a pipe"));
        loop {
            let mut line = String::new();
            assert!(lines.read_line(&mut line).expect("text") > 0, "the server ended: {}", self.error());
            self.said.push_str(&line);
            if let Some(rest) = line.strip_prefix("stoa serves http://") {
                rest.split(' ').next().unwrap_or_default().clone_into(&mut self.address);
                return;
            }
        }
    }

    fn error(&mut self) -> String {
        let mut text = String::new();
        if let Some(mut stderr) = self.child.stderr.take() {
            let _ = stderr.read_to_string(&mut text);
        }
        text
    }

    /// The answer to a GET, head and body.
    pub fn get(&self, path: &str, token: Option<&str>) -> String {
        let mut stream = TcpStream::connect(&self.address).expect("a connection");
        let token = token.map_or_else(String::new, |token| format!("Authorization: Bearer {token}\r\n"));
        let ask =
            format!("GET {path} HTTP/1.1\r\nHost: {}\r\n{token}Connection: close\r\n\r\n", self.address);
        stream.write_all(ask.as_bytes()).expect("it is sent");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("an answer");
        answer
    }

    /// Asks the server to end and says whether it ended well.
    pub fn end(mut self) -> bool {
        let killed = Command::new("kill").arg(self.child.id().to_string()).status();
        assert!(killed.is_ok_and(|status| status.success()));
        self.child.wait().is_ok_and(|status| status.success())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
