use stoa_hub::Policy;

use crate::client::{Server, exec, offer, shell};

#[tokio::test]
async fn a_known_key_is_greeted_by_name_and_an_unknown_one_as_anonymous() {
    let server = Server::new().await;
    let ran = shell(&server.sign_in(1).await).await;
    assert_eq!((ran.status, ran.out.as_str(), ran.err.as_str()), (Some(0), "Hi ada, welcome to stoa.\n", ""));
    let ran = shell(&server.sign_in(9).await).await;
    assert_eq!((ran.status, ran.out.as_str()), (Some(0), "Hi anonymous, welcome to stoa.\n"));
}

#[tokio::test]
async fn the_only_user_name_is_git() {
    let server = Server::new().await;
    let mut client = server.connect().await;
    assert!(offer(&mut client, "ada", 1).await);
    for ran in [shell(&client).await, exec(&client, "git-upload-pack 'ada/m'").await] {
        assert_eq!(ran.status, Some(1));
        assert_eq!(ran.err, "ERROR: The only user name of this server is git. Write git@ before its name\n");
        assert_eq!(ran.out, "");
    }
}

#[tokio::test]
async fn only_keys_open_the_door() {
    let server = Server::new().await;
    let mut client = server.connect().await;
    assert!(!client.authenticate_none("git").await.expect("an answer").success());
    assert!(!client.authenticate_password("git", "secret").await.expect("an answer").success());
    assert!(client.channel_open_session().await.is_err());
}

#[tokio::test]
async fn a_hub_without_visitors_goes_through_keys_until_one_is_known() {
    let policy = Policy { anonymous_read: false, ..Policy::default() };
    let server = Server::with(policy, |_| {}).await;
    let mut client = server.connect().await;
    assert!(!offer(&mut client, "git", 9).await);
    assert!(offer(&mut client, "git", 1).await);
    assert_eq!(shell(&client).await.out, "Hi ada, welcome to stoa.\n");
}

#[tokio::test]
async fn a_key_that_is_taken_away_counts_no_more_for_the_next_command() {
    let server = Server::new().await;
    let client = server.sign_in(1).await;
    assert_eq!(shell(&client).await.out, "Hi ada, welcome to stoa.\n");
    let ada = server.hub.hub.actor_of_token(&server.hub.token_of("ada")).await.expect("ada");
    let keys = server.hub.hub.keys(&ada).await.expect("keys");
    server.hub.hub.delete_key(&ada, keys[0].id).await.expect("no key any more");
    assert_eq!(shell(&client).await.out, "Hi anonymous, welcome to stoa.\n");
}

#[tokio::test]
async fn the_host_key_stays() {
    let server = Server::new().await;
    let once = stoa_ssh::host_key(&server.hub.hub).await.expect("a key").fingerprint();
    let again = stoa_ssh::host_key(&server.hub.hub).await.expect("a key").fingerprint();
    assert!(once.starts_with("SHA256:"));
    assert_eq!(once, again);
    let other = stoa_ssh::host_key(&Server::new().await.hub.hub).await.expect("a key").fingerprint();
    assert_ne!(once, other);
}
