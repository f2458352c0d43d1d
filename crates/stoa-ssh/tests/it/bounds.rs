use std::time::Duration;

use stoa_hub::Policy;
use tokio::io::AsyncReadExt;
use tokio::net::TcpStream;

use crate::client::{Server, exec, offer, shell};

/// Everything that comes until the other side hangs up.
async fn until_the_end(mut stream: TcpStream) -> Vec<u8> {
    let mut all = Vec::new();
    // A reset is an end as well.
    let _ = stream.read_to_end(&mut all).await;
    all
}

#[tokio::test]
async fn an_address_has_so_many_connections_at_a_time() {
    let server = Server::with(Policy::default(), |config| config.per_address = 2).await;
    let first = server.sign_in(1).await;
    let second = server.sign_in(1).await;
    let third = TcpStream::connect(server.address).await.expect("a connection");
    assert_eq!(until_the_end(third).await, b"");
    assert_eq!(shell(&first).await.status, Some(0));
    assert_eq!(shell(&second).await.status, Some(0));
}

#[tokio::test]
async fn whoever_says_nothing_is_hung_up_on() {
    let server = Server::with(Policy::default(), |config| {
        config.login_grace = Duration::from_millis(50);
    });
    let server = server.await;
    let silent = TcpStream::connect(server.address).await.expect("a connection");
    assert!(until_the_end(silent).await.starts_with(b"SSH-2.0-stoa_"));
}

#[tokio::test]
async fn a_connection_that_is_not_used_ends() {
    let server = Server::with(Policy::default(), |config| config.idle = Duration::from_millis(200)).await;
    let client = server.sign_in(1).await;
    // Ends without a deadline of the client's own.
    let _ = client.await;
}

#[tokio::test]
async fn a_connection_has_so_many_channels_at_a_time() {
    let server = Server::new().await;
    let client = server.sign_in(1).await;
    let mut channels = Vec::new();
    for _ in 0..10 {
        channels.push(client.channel_open_session().await.expect("a channel"));
    }
    assert!(client.channel_open_session().await.is_err());
    for channel in channels {
        channel.exec(true, "git-lfs-authenticate ada/m download").await.expect("a request");
        assert_eq!(crate::client::read(channel).await.status, Some(0));
    }
    assert_eq!(shell(&client).await.status, Some(0));
}

#[tokio::test]
async fn somebody_with_too_many_keys_is_hung_up_on() {
    let policy = Policy { anonymous_read: false, ..Policy::default() };
    let server = Server::with(policy, |_| {}).await;
    let mut client = server.connect().await;
    for number in 0..20 {
        assert!(!offer(&mut client, "git", 100 + number).await);
    }
    let key = russh::keys::PrivateKeyWithHashAlg::new(std::sync::Arc::new(crate::client::key(1)), None);
    let late = client.authenticate_publickey("git", key).await;
    assert!(!late.is_ok_and(|answer| answer.success()));
}

#[tokio::test]
async fn the_end_of_the_server_is_the_end_of_idle_connections() {
    let server = Server::new().await;
    let client = server.sign_in(1).await;
    assert_eq!(exec(&client, "git-lfs-authenticate ada/m download").await.status, Some(0));
    server.stop().await;
    assert!(client.channel_open_session().await.is_err());
}
