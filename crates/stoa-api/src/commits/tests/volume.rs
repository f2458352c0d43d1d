//! Commits at the edge of what is allowed, and beyond it.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::body::Body;
use axum::http::Method;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use futures_util::stream;
use serde_json::json;
use stoa_testkit::TestHub;

use crate::files::tests::support::*;

const COMMIT: &str = "/api/models/ada/m/commit/main";
const NDJSON: [(&str, &str); 1] = [("content-type", "application/x-ndjson")];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn twenty_thousand_files_fit_in_one_commit() {
    let (_hub, ada) = hub_with_model().await;
    let mut body = header("many").to_string();
    for n in 0..20_000 {
        let line = file(&format!("d{:02}/f{n:05}.txt", n % 50), n.to_string().as_bytes());
        body.push('\n');
        body.push_str(&line.to_string());
    }
    ada.post(COMMIT, NDJSON[0].1, body).await.ok();
    let size = ada.get("/api/models/ada/m/treesize/main/d07").await.ok().json();
    let expected: u64 = (0..20_000_u32).filter(|n| n % 50 == 7).map(|n| n.to_string().len() as u64).sum();
    assert_eq!(size["size"], expected);
    assert_eq!(ada.get("/ada/m/resolve/main/d49/f19999.txt").await.ok().text(), "19999");
    let page = ada.get("/api/models/ada/m/tree/main?recursive=true").await.ok();
    assert_eq!(all(&page.json(), "path").len(), 1000);
    assert!(!next(&page).is_empty());
}

/// Pieces of a commit of `files` files of `size` bytes, made as they are taken; counts those that were taken.
fn pieces(
    files: usize,
    size: usize,
    taken: Arc<AtomicUsize>,
) -> impl stream::Stream<Item = std::io::Result<Bytes>> {
    const PIECE: usize = 48 << 10;
    let head = Bytes::from(format!("{}\n", header("large")));
    let content = Bytes::from(STANDARD.encode(vec![b'x'; PIECE]));
    let all = std::iter::once(head).chain((0..files).flat_map(move |n| {
        let (open, close) = (
            format!("{{\"key\":\"file\",\"value\":{{\"path\":\"big{n:02}.txt\",\"encoding\":\"base64\",\"content\":\""),
            "\"}}\n",
        );
        let middle = std::iter::repeat_n(content.clone(), size / PIECE);
        std::iter::once(Bytes::from(open)).chain(middle).chain(std::iter::once(Bytes::from_static(close.as_bytes())))
    }));
    stream::iter(all.map(move |piece| {
        taken.fetch_add(piece.len(), Ordering::Relaxed);
        Ok(piece)
    }))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_commit_of_a_hundred_megabytes_is_taken_line_by_line() {
    let hub = TestHub::on_disk().await.router(crate::routes());
    hub.user("ada").await;
    let ada = hub.as_user("ada");
    ada.create("ada/m").await.ok();
    let taken = Arc::new(AtomicUsize::new(0));
    let size = (9 << 20) / (48 << 10) * (48 << 10);
    let body = Body::from_stream(pieces(12, size, Arc::clone(&taken)));
    ada.raw(Method::POST, COMMIT, &NDJSON, body).await.ok();
    assert!(taken.load(Ordering::Relaxed) > 144 << 20);
    let head = ada.head("/ada/m/resolve/main/big11.txt").await.expect(200);
    assert_eq!(head.header("content-length"), size.to_string());
    let part = [("range", "bytes=9000000-9000003")];
    assert_eq!(
        ada.raw(Method::GET, "/ada/m/resolve/main/big07.txt", &part, Body::empty()).await.expect(206).text(),
        "xxxx"
    );
}

#[tokio::test]
async fn a_line_or_a_commit_that_is_too_large_is_refused_while_it_comes() {
    let hub = small_hub().await;
    let ada = hub.as_user("ada");
    ada.create("ada/m").await.ok();
    let before = head_of(&ada, "ada/m").await;
    // One endless line; the limit of a line is about two megabytes here.
    let taken = Arc::new(AtomicUsize::new(0));
    let body = Body::from_stream(pieces(1, 100 << 20, Arc::clone(&taken)));
    refused(&ada.raw(Method::POST, COMMIT, &NDJSON, body).await.expect(413), "an endless line");
    assert!(taken.load(Ordering::Relaxed) < 80 << 20, "it was not read to its end");
    // Many lines; each is within the limit, all together are not.
    let taken = Arc::new(AtomicUsize::new(0));
    let body = Body::from_stream(pieces(1000, 48 << 10, Arc::clone(&taken)));
    refused(&ada.raw(Method::POST, COMMIT, &NDJSON, body).await.expect(413), "too many bytes");
    // A file above the limit of regular files, in a line that is within its own.
    let answer = ada.commit("ada/m", &[("big.txt", &vec![b'x'; (64 << 10) + 1])]).await.expect(413);
    assert!(
        answer.json()["error"]
            .as_str()
            .is_some_and(|text| text.starts_with("Line 2: ") && text.contains("LFS"))
    );
    ada.commit("ada/m", &[("fits.txt", &vec![b'x'; 64 << 10])]).await.ok();
    let many: Vec<_> =
        std::iter::once(header("x")).chain((0..51).map(|n| file(&format!("f{n}"), b"x"))).collect();
    refused(&ada.commit_lines("ada/m", "main", &many).await.expect(413), "51 changes");
    let tree = ada.get("/api/models/ada/m/tree/main").await.ok().json();
    assert_eq!(all(&tree, "path"), [".gitattributes", "fits.txt"]);
    assert_ne!(head_of(&ada, "ada/m").await, before);
}

#[tokio::test]
async fn a_commit_that_breaks_off_is_not_made() {
    let (_hub, ada) = hub_with_model().await;
    let before = head_of(&ada, "ada/m").await;
    let whole = format!("{}\n{}\n", header("x"), file("a.txt", b"a"));
    let broken = std::io::Error::from(std::io::ErrorKind::ConnectionReset);
    let body = Body::from_stream(stream::iter([Ok(Bytes::from(whole)), Err(broken)]));
    let answer = ada.raw(Method::POST, COMMIT, &NDJSON, body).await.expect(400);
    assert!(answer.error_message().contains("Nothing was committed"), "{}", answer.summary());
    // Cut inside a line without an error, as when a proxy hides it: the line is no JSON.
    let cut = format!("{}\n{}", header("x"), &file("a.txt", b"aaaaaaaa").to_string()[..40]);
    refused(&ada.post(COMMIT, NDJSON[0].1, cut).await.expect(400), "cut");
    assert_eq!(head_of(&ada, "ada/m").await, before);
}

#[tokio::test]
async fn the_older_form_is_bounded_too() {
    let (_hub, ada) = hub_with_model().await;
    let content = "YWFh".repeat(9 << 20);
    let body =
        json!({ "summary": "x", "files": [{ "path": "a.txt", "content": content, "encoding": "base64" }] });
    refused(
        &ada.post(COMMIT, "application/json", body.to_string()).await.expect(413),
        "36 MiB in one object",
    );
}
