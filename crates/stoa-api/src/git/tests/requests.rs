//! Requests that are not what git says.

use std::io::Write as _;

use flate2::Compression;
use flate2::write::GzEncoder;
use stoa_core::Oid;

use super::support::*;
use crate::files::tests::support::{create_private, hub_with_model};

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut out = GzEncoder::new(Vec::new(), Compression::fast());
    out.write_all(bytes).expect("memory");
    out.finish().expect("memory")
}

#[tokio::test]
async fn what_is_no_packet_is_answered_with_a_sentence() {
    let (hub, ada) = hub_with_model().await;
    let rows = hub.git_rows().await;
    for body in
        [&b"zzzz"[..], b"0003", b"00", b"fff1x", b"000ahello!\n", b"\0\0\0\0", b"0005\n0000", b"0009done\n"]
    {
        for (path, version) in [(PUSH, "version=0"), (FETCH, "version=0"), (FETCH, "version=2")] {
            let answer = send_with(&ada, path, &[("git-protocol", version)], body.to_vec()).await.ok();
            assert!(answer.text().contains("ERR "), "{path} {version} {body:?}: {}", answer.text());
        }
    }
    for body in ["", "0000"] {
        send(&ada, PUSH, body).await.ok();
        assert_eq!(send(&ada, FETCH, body).await.ok().text(), "");
    }
    assert_eq!(hub.git_rows().await, rows);
}

#[tokio::test]
async fn commands_and_lines_that_nobody_knows_are_named() {
    let (_hub, ada) = hub_with_model().await;
    let main = head(&ada).await;
    let ask = |head: &[&str], lines: &[&str]| {
        [packets(head), b"0001".to_vec(), packets(lines), b"0000".to_vec()].concat()
    };
    let want = format!("want {main}");
    for (head, lines, said) in [
        (&["command=dance"][..], &[][..], "expected the command ls-refs or fetch, got `dance`"),
        (&["agent=x"], &[], "names no command"),
        (&["command=fetch", "object-format=sha256"], &[&want[..]], "speaks SHA-1"),
        (&["command=fetch"], &[], "wants nothing"),
        (&["command=fetch"], &["want main"], "40 hexadecimal digits"),
        (&["command=fetch"], &[&want, "filter sparse:oid=x", "done"], "a filter"),
        (&["command=fetch"], &[&want, "deepen -1", "done"], "a number"),
        (&["command=fetch"], &[&want, "deepen-not nowhere", "done"], "nowhere"),
        (&["command=fetch"], &[&want, "jump"], "an argument of `fetch`"),
        (&["command=ls-refs"], &["prefix x"], "an argument of `ls-refs`"),
    ] {
        let answer = send_with(&ada, FETCH, &[("git-protocol", "version=2")], ask(head, lines)).await.ok();
        assert!(answer.text().contains("ERR ") && answer.text().contains(said), "{said}: {}", answer.text());
    }
    for (line, said) in [("old new ref", "40 hexadecimal"), ("push-cert\0", "--signed"), ("x", "old new ref")]
    {
        let answer = send(&ada, PUSH, [packets(&[line]), b"0000".to_vec()].concat()).await.ok();
        assert!(answer.text().contains(said), "{}", answer.text());
    }
}

#[tokio::test]
async fn only_what_is_in_the_repository_can_be_fetched() {
    let (_hub, ada) = hub_with_model().await;
    create_private(&ada, "ada", "secret").await;
    ada.commit("ada/secret", &[("s.txt", b"hidden")]).await.ok();
    let secret = refs(&ada, "ada/secret").await;
    let line = secret.lines().find(|line| line.ends_with("refs/heads/main")).expect("main");
    let commit: Oid = line[4..44].parse().expect("an id");
    for want in [commit, blob(b"hidden").oid, Oid([5; 20]), ZERO] {
        let said = fetch(&ada, want).await.ok().text();
        assert!(said.contains(&format!("not our ref {want}")), "{said}");
        let old = [packets(&[&format!("want {want}")]), b"0000".to_vec(), packets(&["done"])].concat();
        let said = send(&ada, FETCH, old).await.ok().text();
        assert!(said.contains("not our ref"), "{said}");
    }
    // What the client has and the hub has elsewhere is not told either.
    let main = head(&ada).await;
    let body = [
        packets(&["command=fetch"]),
        b"0001".to_vec(),
        packets(&[&format!("want {main}"), &format!("have {commit}")]),
        b"0000".to_vec(),
    ];
    let said = send_with(&ada, FETCH, &[("git-protocol", "version=2")], body.concat()).await.ok().text();
    assert!(said.contains("NAK") && !said.contains("ACK"), "{said}");
}

#[tokio::test]
async fn requests_have_the_type_of_git_and_no_compression_but_gzip() {
    let (hub, ada) = hub_with_model().await;
    let old = head(&ada).await;
    let objects = one_file(b"one\n", &[old]);
    let body = push(&[(old, objects[0].oid, "refs/heads/main")], &pack(&objects));
    for media in ["text/plain", "", "application/x-git-upload-pack-request", "multipart/form-data"] {
        ada.post(PUSH, media, body.clone()).await.expect(400);
    }
    send_with(&ada, PUSH, &[("content-encoding", "br")], body.clone()).await.expect(400);
    send_with(&ada, PUSH, &[("content-encoding", "gzip")], body.clone()).await.expect(400);
    let mut cut = gzip(&body);
    cut.truncate(cut.len() / 2);
    send_with(&ada, PUSH, &[("content-encoding", "gzip")], cut).await.expect(400);
    assert_eq!(head(&ada).await, old);
    assert_eq!(hub.git_rows().await.pushes, 0);
    let said = send_with(&ada, PUSH, &[("content-encoding", "gzip")], gzip(&body)).await.ok().text();
    assert!(said.contains("ok refs/heads/main"), "{said}");
}

#[tokio::test]
async fn a_request_that_unfolds_without_end_is_refused() {
    let (_hub, ada) = hub_with_model().await;
    let bomb = gzip(&vec![b'0'; 65 << 20]);
    assert!(bomb.len() < 1 << 20);
    for path in [PUSH, FETCH] {
        send_with(&ada, path, &[("content-encoding", "gzip")], bomb.clone()).await.expect(413);
    }
    let haves = packets(&[&format!("have {}", Oid([1; 20]))]).repeat(1_400_000);
    let body = [packets(&[&format!("want {}", head(&ada).await)]), b"0000".to_vec(), haves].concat();
    let said = send(&ada, FETCH, body).await.ok().text();
    assert!(said.contains("too many") || said.contains("more than a million"), "{said}");
}

#[tokio::test]
async fn very_many_refs_in_one_push_are_taken_or_refused_in_time() {
    let (hub, ada) = hub_with_model().await;
    let old = head(&ada).await;
    let names: Vec<String> = (0..100_001).map(|n| format!("refs/heads/many/{n}")).collect();
    let commands: Vec<_> = names.iter().map(|name| (ZERO, old, name.as_str())).collect();
    let empty = pack(&[]);
    let said = send(&ada, PUSH, push(&commands, &empty)).await.ok().text();
    assert!(said.contains("at most 100000 refs"), "{said}");
    assert!(!refs(&ada, "ada/m").await.contains("many"));
    // A whole lot that is wrong.
    let wrong: Vec<_> = names.iter().take(100_000).map(|name| (old, Oid([8; 20]), name.as_str())).collect();
    let said = send(&ada, PUSH, push(&wrong, &empty)).await.ok().text();
    assert_eq!(said.matches("ng refs/heads/many/").count(), 100_000);
    taken(&ada, push(&commands[..2000], &empty)).await;
    assert_eq!(refs(&ada, "ada/m").await.matches("refs/heads/many/").count(), 2000);
    assert_eq!(hub.git_rows().await.pushes, 0);
}

#[tokio::test]
async fn options_are_few_and_short() {
    let (_hub, ada) = hub_with_model().await;
    let old = head(&ada).await;
    let objects = one_file(b"one\n", &[old]);
    let command = format!("{old} {} refs/heads/main\0report-status push-options", objects[0].oid);
    let with = |options: &[&str]| {
        [packets(&[&command]), b"0000".to_vec(), packets(options), b"0000".to_vec(), pack(&objects)].concat()
    };
    let long = "x".repeat(5000);
    for options in [vec!["a"; 300], vec![long.as_str()]] {
        let said = send(&ada, PUSH, with(&options)).await.ok().text();
        assert!(said.contains("too many push options"), "{said}");
    }
    taken(&ada, with(&["a=b", "c"])).await;
}

#[tokio::test]
async fn who_may_not_push_is_told_before_anything_is_read() {
    let (hub, ada) = hub_with_model().await;
    let old = head(&ada).await;
    let objects = one_file(b"one\n", &[old]);
    let body = push(&[(old, objects[0].oid, "refs/heads/main")], &pack(&objects));
    assert_eq!(send(&hub.anonymous(), PUSH, body.clone()).await.status, 401);
    assert_eq!(send(&hub.as_user("eve"), PUSH, body).await.status, 403);
    create_private(&ada, "ada", "secret").await;
    for path in ["/ada/secret.git/git-receive-pack", "/ada/never.git/git-receive-pack"] {
        assert_eq!(send(&hub.as_user("eve"), path, "0000").await.status, 404);
    }
}
