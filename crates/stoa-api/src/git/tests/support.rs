//! Requests as git makes them, and as nobody should.

use axum::body::Body;
use axum::http::Method;
use bytes::BytesMut;
use stoa_core::Oid;
use stoa_git::{
    Encoded, Mode, ObjectKind, PackWriter, Packet, PacketReader, Signature, Tree, TreeEntry, encode,
};
use stoa_testkit::{Answer, Client, TestHub};

pub(super) const PUSH: &str = "/ada/m.git/git-receive-pack";
pub(super) const FETCH: &str = "/ada/m.git/git-upload-pack";
pub(super) const ZERO: Oid = Oid([0; 20]);

/// Lines as packets, without the flush.
pub(super) fn packets(lines: &[&str]) -> Vec<u8> {
    let mut out = BytesMut::new();
    for line in lines {
        stoa_git::packet(&mut out, line.as_bytes()).expect("a short line");
    }
    out.to_vec()
}

/// A push of some refs, old and new id and name each.
pub(super) fn push(commands: &[(Oid, Oid, &str)], pack: &[u8]) -> Vec<u8> {
    let mut out = BytesMut::new();
    for (at, (old, new, name)) in commands.iter().enumerate() {
        // A side band cuts long reports into packets.
        let abilities = match at {
            0 if commands.len() < 1000 => "\0report-status atomic side-band-64k",
            0 => "\0report-status atomic",
            _ => "",
        };
        let line = format!("{old} {new} {name}{abilities}");
        stoa_git::packet(&mut out, line.as_bytes()).expect("a short line");
    }
    [&out[..], b"0000", pack].concat()
}

pub(super) fn blob(text: &[u8]) -> Encoded {
    encode(ObjectKind::Blob, text).expect("a blob")
}

/// A folder of regular files, or of whatever the modes say.
pub(super) fn tree(entries: &[(&str, Mode, Oid)]) -> Encoded {
    let entries = entries.iter().map(|(name, mode, oid)| TreeEntry {
        mode: *mode,
        name: (*name).to_owned(),
        oid: *oid,
    });
    encode(ObjectKind::Tree, &Tree { entries: entries.collect() }.encode_body()).expect("a tree")
}

pub(super) fn commit(tree: Oid, parents: &[Oid]) -> Encoded {
    let who = Signature {
        name: "Ada".to_owned(),
        email: "ada@example.org".to_owned(),
        time: 1_700_000_000,
        offset_minutes: 0,
    };
    let commit = stoa_git::Commit {
        tree,
        parents: parents.to_vec(),
        author: who.clone(),
        committer: who,
        message: "Made by hand\n".to_owned(),
        extra: Vec::new(),
    };
    encode(ObjectKind::Commit, &commit.encode_body()).expect("a commit")
}

/// A commit of one file, with what it needs.
pub(super) fn one_file(text: &[u8], parents: &[Oid]) -> [Encoded; 3] {
    let blob = blob(text);
    let tree = tree(&[("a.txt", Mode::File, blob.oid)]);
    let commit = commit(tree.oid, parents);
    [commit, tree, blob]
}

pub(super) fn pack(objects: &[Encoded]) -> Vec<u8> {
    let mut writer = PackWriter::new();
    let mut out = BytesMut::from(&writer.header(objects.len() as u32)[..]);
    for object in objects {
        writer.entry_into(&mut out, object).expect("an entry");
    }
    out.extend_from_slice(&writer.finish().expect("complete"));
    out.to_vec()
}

/// A pack of whole objects and of deltas: what each is called, what it is based on, instructions.
pub(super) fn pack_with(objects: &[Encoded], deltas: &[(Oid, Oid, Vec<u8>)]) -> Vec<u8> {
    let mut writer = PackWriter::new();
    let mut out = BytesMut::from(&writer.header((objects.len() + deltas.len()) as u32)[..]);
    for object in objects {
        writer.entry_into(&mut out, object).expect("an entry");
    }
    for (oid, base, instructions) in deltas {
        let zlib = blob(instructions).data;
        // A blob's stream holds the bytes alone: its head is not in it.
        writer.delta_of(&mut out, *oid, *base, instructions.len() as u64, &zlib).expect("a delta");
    }
    out.extend_from_slice(&writer.finish().expect("complete"));
    out.to_vec()
}

/// Instructions that put new bytes in the place of old ones.
pub(super) fn replace(old: usize, new: &[u8]) -> Vec<u8> {
    assert!(old < 128 && new.len() < 128);
    [&[old as u8, new.len() as u8, new.len() as u8][..], new].concat()
}

pub(super) async fn send(client: &Client, path: &str, body: impl Into<Body>) -> Answer {
    send_with(client, path, &[], body).await
}

pub(super) async fn send_with(
    client: &Client,
    path: &str,
    headers: &[(&str, &str)],
    body: impl Into<Body>,
) -> Answer {
    let service = path.rsplit('/').next().expect("a service");
    let media = format!("application/x-{service}-request");
    let headers = [&[("content-type", media.as_str())], headers].concat();
    client.raw(Method::POST, path, &headers, body.into()).await
}

/// Every ref, as git is shown them.
pub(super) async fn refs(client: &Client, repo: &str) -> String {
    client.get(&format!("/{repo}.git/info/refs?service=git-upload-pack")).await.ok().text()
}

pub(super) async fn head(client: &Client) -> Oid {
    let shown = refs(client, "ada/m").await;
    let line = shown.lines().find(|line| line.ends_with("refs/heads/main")).expect("main");
    line[4..44].parse().expect("an id")
}

/// A push is refused with a sentence and leaves nothing.
pub(super) async fn refused(hub: &TestHub, client: &Client, body: Vec<u8>, why: &str) {
    let (rows, before) = (hub.git_rows().await, refs(client, "ada/m").await);
    let answer = send(client, PUSH, body).await;
    let said = answer.text();
    assert!(said.contains(why), "expected `{why}`, was told `{said}`");
    assert!(!said.contains("\nok ") && !said.contains("ok refs/"), "{said}");
    assert_eq!(refs(client, "ada/m").await, before);
    assert_eq!(hub.git_rows().await, rows, "{why}");
}

/// A push goes through.
pub(super) async fn taken(client: &Client, body: impl Into<Body>) {
    let said = send(client, PUSH, body).await.ok().text();
    assert!(said.contains("unpack ok") && said.contains("ok refs/") && !said.contains("ng "), "{said}");
}

/// Asks for a commit and all that it needs. A pack in which anything is missing ends in a sentence instead.
pub(super) async fn fetch(client: &Client, want: Oid) -> Answer {
    let mut body = packets(&["command=fetch"]);
    body.extend_from_slice(b"0001");
    body.extend(packets(&["no-progress", &format!("want {want}"), "done"]));
    body.extend_from_slice(b"0000");
    send_with(client, FETCH, &[("git-protocol", "version=2")], body).await
}

/// How many objects the pack of an answer announces; it came to its end.
#[track_caller]
pub(super) fn objects_of(answer: &Answer) -> u32 {
    let mut reader = PacketReader::new();
    reader.feed(answer.body.clone());
    let mut pack = Vec::new();
    let mut ended = false;
    while let Some(packet) = reader.next().expect("packets") {
        match packet {
            Packet::Data(line) if line.first() == Some(&1) => pack.extend_from_slice(&line[1..]),
            Packet::Data(line) if line.starts_with(b"packfile") => {}
            Packet::Data(line) => panic!("told: {}", String::from_utf8_lossy(&line)),
            _ => ended = true,
        }
    }
    assert!(ended && pack.starts_with(b"PACK"), "{}", answer.text());
    u32::from_be_bytes([pack[8], pack[9], pack[10], pack[11]])
}
