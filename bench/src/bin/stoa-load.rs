//! A load generator for one kind of request: N connections kept alive, a fixed time, every answer checked.
//!
//! `stoa-load --address HOST:PORT --paths FILE --seconds S --connections N [--method M] [--body FILE] [--header H]…`
//! prints one JSON object: requests per second, p50 and p99 in microseconds, bytes per second, wrong answers.

use std::time::{Duration, Instant};

use clap::Parser;
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// One measurement.
#[derive(Parser, Clone)]
struct Load {
    /// Host and port.
    #[arg(long)]
    address: String,
    /// A file with one path per line; connections go through them in turn.
    #[arg(long)]
    paths: String,
    /// The method.
    #[arg(long, default_value = "GET")]
    method: String,
    /// A file to send as the body. `@N@` in a path and in the body becomes a number that never comes again.
    #[arg(long)]
    body: Option<String>,
    /// Further headers, `Name: value`.
    #[arg(long)]
    header: Vec<String>,
    /// Connections.
    #[arg(long, default_value_t = 4)]
    connections: usize,
    /// Seconds that count.
    #[arg(long, default_value_t = 3.0)]
    seconds: f64,
    /// Seconds before that.
    #[arg(long, default_value_t = 0.5)]
    warmup: f64,
    /// A first number for `@N@`.
    #[arg(long, default_value_t = 0)]
    first: u64,
}

/// What one connection saw.
#[derive(Default)]
struct Seen {
    micros: Vec<u32>,
    bytes: u64,
    wrong: u64,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let load = Load::parse();
    let paths: Vec<String> = std::fs::read_to_string(&load.paths)?.lines().map(str::to_owned).collect();
    let body = load.body.as_ref().map(std::fs::read_to_string).transpose()?.unwrap_or_default();
    let begin = Instant::now();
    let from = begin + Duration::from_secs_f64(load.warmup);
    let until = from + Duration::from_secs_f64(load.seconds);
    let tasks: Vec<_> = (0..load.connections)
        .map(|one| {
            let (load, paths, body) = (load.clone(), paths.clone(), body.clone());
            tokio::spawn(async move { connection(&load, &paths, &body, one, from, until).await })
        })
        .collect();
    let mut all = Seen::default();
    for task in tasks {
        let seen = task.await?.map_err(|e| e.to_string())?;
        all.micros.extend(seen.micros);
        all.bytes += seen.bytes;
        all.wrong += seen.wrong;
    }
    all.micros.sort_unstable();
    let at = |share: f64| all.micros.get((all.micros.len() as f64 * share) as usize).copied().unwrap_or(0);
    let report = json!({
        "requests_per_second": all.micros.len() as f64 / load.seconds,
        "requests": all.micros.len(),
        "p50_us": at(0.5),
        "p99_us": at(0.99),
        "bytes_per_second": all.bytes as f64 / load.seconds,
        "wrong": all.wrong,
    });
    println!("{report}");
    Ok(())
}

async fn connection(
    load: &Load,
    paths: &[String],
    body: &str,
    one: usize,
    from: Instant,
    until: Instant,
) -> std::io::Result<Seen> {
    let mut stream = TcpStream::connect(&load.address).await?;
    stream.set_nodelay(true)?;
    let mut seen = Seen::default();
    let mut number = load.first + one as u64;
    let mut buffer = vec![0_u8; 256 * 1024];
    for turn in one.. {
        let start = Instant::now();
        if start >= until {
            break;
        }
        let unique = number.to_string();
        number += load.connections as u64;
        let path = paths[turn % paths.len()].replace("@N@", &unique);
        let request = request(load, &path, &body.replace("@N@", &unique));
        stream.write_all(request.as_bytes()).await?;
        let (status, bytes) = answer(&mut stream, &mut buffer, load.method == "HEAD").await?;
        if start < from {
            continue;
        }
        seen.micros.push(start.elapsed().as_micros() as u32);
        seen.bytes += bytes;
        seen.wrong += u64::from(!(200..300).contains(&status));
    }
    Ok(seen)
}

fn request(load: &Load, path: &str, body: &str) -> String {
    let mut text = format!("{} {path} HTTP/1.1\r\nHost: {}\r\n", load.method, load.address);
    for header in &load.header {
        text.push_str(header);
        text.push_str("\r\n");
    }
    if load.body.is_some() {
        text.push_str("Content-Length: ");
        text.push_str(&body.len().to_string());
        text.push_str("\r\n");
    }
    text.push_str("\r\n");
    text.push_str(body);
    text
}

/// Reads one answer to its end: status, and bytes of its body.
async fn answer(stream: &mut TcpStream, buffer: &mut [u8], head: bool) -> std::io::Result<(u16, u64)> {
    let cut = || std::io::Error::other("the answer broke off");
    let mut have = 0;
    let end = loop {
        if let Some(end) = buffer[..have].windows(4).position(|four| four == b"\r\n\r\n") {
            break end + 4;
        }
        let read = stream.read(&mut buffer[have..]).await?;
        if read == 0 {
            return Err(cut());
        }
        have += read;
    };
    let text = String::from_utf8_lossy(&buffer[..end]).to_ascii_lowercase();
    let status = text.get(9..12).and_then(|status| status.parse().ok()).unwrap_or(0);
    if head || status == 204 || status == 304 {
        return Ok((status, 0));
    }
    let length =
        text.lines().find_map(|line| line.strip_prefix("content-length:")?.trim().parse::<u64>().ok());
    let mut got = (have - end) as u64;
    if let Some(length) = length {
        while got < length {
            let read = stream.read(buffer).await?;
            if read == 0 {
                return Err(cut());
            }
            got += read as u64;
        }
        return Ok((status, got));
    }
    // Chunked: the end is the last chunk; its marker may come in two pieces.
    let mut tail: Vec<u8> = buffer[end..have].to_vec();
    while !tail.ends_with(b"0\r\n\r\n") {
        let read = stream.read(buffer).await?;
        if read == 0 {
            return Err(cut());
        }
        got += read as u64;
        tail.extend_from_slice(&buffer[..read]);
        let keep = tail.len().saturating_sub(16);
        tail.drain(..keep);
    }
    Ok((status, got))
}
