//! Starting and ending.

use crate::binary::Stoa;

/// The word after `name` in what the first start printed.
fn told<'a>(said: &'a str, name: &str) -> &'a str {
    let line = said.lines().find(|line| line.trim_start().starts_with(name)).expect("it is told");
    line.split_whitespace().nth(1).expect("a word")
}

#[test]
fn the_first_start_makes_a_user_and_says_so_once() {
    let stoa = Stoa::new();
    let server = stoa.serve();
    let token = told(&server.said, "token").to_owned();
    for line in [
        format!("export HF_ENDPOINT=http://{}", server.address),
        format!("hf auth login --token {token}"),
        "hf upload my-model ./my-folder".to_owned(),
    ] {
        assert!(server.said.lines().any(|said| said.trim() == line), "{line} in {}", server.said);
    }
    assert!(server.get("/healthz", None).ends_with("\r\n\r\nok"));
    let who = server.get("/api/whoami-v2", Some(&token));
    assert!(who.contains("\"admin\""), "{who}");
    assert!(server.end());

    let again = stoa.serve();
    assert_eq!(again.said.lines().count(), 1, "{}", again.said);
    assert!(again.get("/api/whoami-v2", Some(&token)).starts_with("HTTP/1.1 200"));
}

#[test]
fn a_folder_has_one_server() {
    let stoa = Stoa::new();
    let server = stoa.serve();
    let second = stoa.run(&["serve", "--listen", "127.0.0.1:0"]);
    assert!(!second.ok && second.out.is_empty(), "{}", second.out);
    assert!(second.err.starts_with("stoa: Another stoa (process "), "{}", second.err);
    assert_eq!(second.err.lines().count(), 1);
    drop(server);
    // A server that was killed leaves no lock behind.
    assert!(stoa.serve().end());
}

#[test]
fn commands_work_beside_a_server() {
    let stoa = Stoa::new();
    let server = stoa.serve();
    assert!(stoa.run_with(&["user", "create", "ada", "--password-stdin"], "correct horse\n").ok);
    let token = stoa.run(&["token", "create", "ada", "--name", "t", "--role", "read"]);
    assert!(server.get("/api/whoami-v2", Some(token.out.trim())).contains("\"ada\""));
    let busy = stoa.run(&["doctor", "--listen", &server.address]);
    assert!(busy.ok && busy.out.contains("a hub answers"), "{}{}", busy.out, busy.err);
}

#[test]
fn an_address_that_is_taken_is_a_sentence() {
    let stoa = Stoa::new();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = taken.local_addr().expect("an address").to_string();
    // It talks, but not as a hub does; the thread ends with the test's process.
    std::thread::spawn(move || taken.incoming().for_each(drop));
    let ran = stoa.run(&["serve", "--listen", &address]);
    assert!(!ran.ok && ran.err.starts_with("stoa: Cannot listen on 127.0.0.1:"), "{}", ran.err);
    let doctor = stoa.run(&["doctor", "--listen", &address]);
    assert!(!doctor.ok && doctor.out.contains("fail  port       another program uses"), "{}", doctor.out);
}
