//! The server loop, on a socket.

use std::net::SocketAddr;

use stoa_http::serve;
use stoa_testkit::TestHub;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::routes::routes;

struct Server {
    address: SocketAddr,
    stop: oneshot::Sender<()>,
    running: JoinHandle<std::io::Result<()>>,
    _hub: TestHub,
}

async fn server() -> Server {
    let hub = TestHub::new().await.router(routes());
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("an address");
    let (stop, stopped) = oneshot::channel();
    let running = tokio::spawn(serve(listener, hub.service(), async {
        stopped.await.ok();
    }));
    Server { address, stop, running, _hub: hub }
}

async fn ask(address: SocketAddr, head: &str, body: &[u8]) -> String {
    let mut stream = TcpStream::connect(address).await.expect("a connection");
    stream.write_all(head.as_bytes()).await.expect("the head is sent");
    stream.write_all(body).await.expect("the body is sent");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.expect("an answer");
    answer
}

#[tokio::test]
async fn it_serves_and_ends() {
    let server = server().await;
    let answer =
        ask(server.address, "GET /api/who HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n", b"").await;
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n") && answer.ends_with("nobody 127.0.0.1"), "{answer}");
    server.stop.send(()).expect("the server waits for it");
    server.running.await.expect("no panic").expect("no error");
}

#[tokio::test]
async fn whoever_still_sends_gets_the_reason_for_the_refusal() {
    let server = server().await;
    let size = 20 << 20;
    let head = format!(
        "POST /api/models/ada/m/change HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: {size}\r\n\r\n"
    );
    let answer = ask(server.address, &head, &vec![b'x'; size]).await;
    assert!(answer.starts_with("HTTP/1.1 401 Unauthorized\r\n"), "{answer}");
}

#[tokio::test]
async fn a_head_that_is_too_large_is_refused() {
    let server = server().await;
    let head = format!("GET /{} HTTP/1.1\r\nhost: x\r\n\r\n", "a".repeat(63 << 10));
    let mut stream = TcpStream::connect(server.address).await.expect("a connection");
    stream.write_all(head.as_bytes()).await.expect("the head is sent");
    let mut status = [0; 12];
    stream.read_exact(&mut status).await.expect("an answer");
    assert_eq!(&status, b"HTTP/1.1 404");
    let head = format!("GET / HTTP/1.1\r\nhost: x\r\nx: {}\r\n\r\n", "a".repeat(128 << 10));
    let mut stream = TcpStream::connect(server.address).await.expect("a connection");
    stream.write_all(head.as_bytes()).await.ok();
    let read = stream.read_exact(&mut status).await;
    assert!(read.is_err() || &status == b"HTTP/1.1 431", "{}", String::from_utf8_lossy(&status));
}
