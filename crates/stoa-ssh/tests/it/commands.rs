use russh::Pty;

use crate::client::{Server, exec, refused, shell};

#[tokio::test]
async fn nothing_but_git_is_to_be_had() {
    let server = Server::new().await;
    let client = server.sign_in(1).await;
    let mut channel = client.channel_open_session().await.expect("a channel");
    channel.request_pty(true, "xterm", 80, 24, 0, 0, &[(Pty::ECHO, 1)]).await.expect("sent");
    assert!(refused(&mut channel).await, "a terminal");
    channel.request_subsystem(true, "sftp").await.expect("sent");
    assert!(refused(&mut channel).await, "sftp");
    channel.request_x11(true, false, "MIT-MAGIC-COOKIE-1", "00", 0).await.expect("sent");
    assert!(refused(&mut channel).await, "X11");
    channel.agent_forward(true).await.expect("sent");
    assert!(refused(&mut channel).await, "an agent");
    channel.set_env(true, "LD_PRELOAD", "/tmp/x.so").await.expect("sent");
    assert!(refused(&mut channel).await, "a variable");
    channel.set_env(true, "GIT_PROTOCOL", "version=2").await.expect("sent");
    assert!(!refused(&mut channel).await, "git's own variable");
    assert!(client.channel_open_direct_tcpip("127.0.0.1", 80, "127.0.0.1", 1).await.is_err());
    assert!(client.channel_open_direct_streamlocal("/run/x.sock").await.is_err());
    assert!(client.tcpip_forward("127.0.0.1", 0).await.is_err());
    assert!(client.streamlocal_forward("/run/x.sock").await.is_err());
    // The connection is as good as before.
    assert_eq!(shell(&client).await.status, Some(0));
}

#[tokio::test]
async fn a_channel_is_for_one_thing() {
    let server = Server::new().await;
    let client = server.sign_in(1).await;
    let mut channel = client.channel_open_session().await.expect("a channel");
    channel.exec(true, "git-lfs-transfer ada/m upload").await.expect("sent");
    assert!(!refused(&mut channel).await);
    channel.exec(true, "git-upload-pack 'ada/m'").await.expect("sent");
    assert!(refused(&mut channel).await);
}

#[tokio::test]
async fn other_programs_are_refused_with_a_sentence() {
    let server = Server::new().await;
    let client = server.sign_in(1).await;
    for command in ["ls", "git-upload-pack 'ada/m'; id", "/bin/sh"] {
        let ran = exec(&client, command).await;
        assert_eq!(ran.status, Some(1), "{command}");
        assert!(ran.err.starts_with("ERROR: This server runs git-upload-pack"), "{}", ran.err);
    }
    let ran = exec(&client, "git-lfs-transfer ada/m upload").await;
    assert_eq!((ran.status, ran.out.as_str()), (Some(1), ""));
    assert!(ran.err.contains("git-lfs-authenticate"), "{}", ran.err);
}

#[tokio::test]
async fn a_private_repository_and_a_missing_one_give_the_same_answer() {
    let server = Server::new().await;
    for number in [2, 9] {
        for program in ["git-upload-pack", "git-receive-pack"] {
            let private = server.run(number, &format!("{program} 'ada/secret'")).await;
            let missing = server.run(number, &format!("{program} 'ada/nothing'")).await;
            assert_eq!(private, missing, "key {number}");
            assert_eq!((private.status, private.out.as_str()), (Some(1), ""));
            assert!(private.err.starts_with("ERROR: Repository not found"), "{}", private.err);
        }
        let private = server.run(number, "git-lfs-authenticate ada/secret download").await;
        let missing = server.run(number, "git-lfs-authenticate ada/nothing download").await;
        assert_eq!(private, missing, "key {number}");
    }
}

#[tokio::test]
async fn pushing_takes_the_right_to_write() {
    let server = Server::new().await;
    let bob = server.run(2, "git-receive-pack 'ada/m'").await;
    assert_eq!(bob.err, "ERROR: You don't have the rights to write to the model ada/m\n");
    let visitor = server.run(9, "git-receive-pack 'ada/m'").await;
    assert!(visitor.err.starts_with("ERROR: This needs an account, and no account has the key SHA256:"));
}

#[tokio::test]
async fn a_renamed_repository_says_where_it_went() {
    let server = Server::new().await;
    let to = serde_json::json!({ "fromRepo": "ada/d", "toRepo": "ada/e", "type": "dataset" });
    server.hub.as_user("ada").post_json("/api/repos/move", &to).await.ok();
    let ran = server.run(1, "git-upload-pack '/datasets/ada/d.git'").await;
    assert_eq!(ran.status, Some(1));
    assert_eq!(
        ran.err,
        "ERROR: The dataset is now ada/e. Run `git remote set-url origin ssh://git@hub.example/datasets/ada/e`\n"
    );
}
