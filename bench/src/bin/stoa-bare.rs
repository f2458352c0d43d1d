//! The least that a server can do with a page: the bytes of one file from memory for every request.
//!
//! `stoa-bare --listen HOST:PORT --body FILE` answers until it is ended.

use std::sync::Arc;

use clap::Parser;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// One page.
#[derive(Parser)]
struct Bare {
    /// Host and port.
    #[arg(long)]
    listen: String,
    /// The file whose bytes are the body of every answer.
    #[arg(long)]
    body: String,
}

#[tokio::main]
async fn main() -> std::io::Result<()> {
    let bare = Bare::parse();
    let body = std::fs::read(&bare.body)?;
    let head =
        format!("HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: {}\r\n\r\n", body.len());
    let answer: Arc<[u8]> = [head.into_bytes(), body].concat().into();
    let listener = TcpListener::bind(&bare.listen).await?;
    loop {
        let (stream, _) = listener.accept().await?;
        stream.set_nodelay(true)?;
        // A connection that breaks off is the business of the other side.
        tokio::spawn(serve(stream, answer.clone()));
    }
}

async fn serve(mut stream: TcpStream, answer: Arc<[u8]>) -> std::io::Result<()> {
    let mut buffer = vec![0_u8; 16 * 1024];
    let mut have = 0;
    loop {
        let read = stream.read(&mut buffer[have..]).await?;
        if read == 0 {
            return Ok(());
        }
        have += read;
        if buffer[..have].ends_with(b"\r\n\r\n") {
            stream.write_all(&answer).await?;
            have = 0;
        } else if have == buffer.len() {
            return Ok(());
        }
    }
}
