//! Knowing a hash gives no right to the bytes behind it.

use serde_json::json;

use crate::files::tests::support::*;

#[tokio::test]
async fn the_hash_of_somebody_elses_private_file_gives_nothing() {
    let (hub, ada) = hub_with_model().await;
    let eve = hub.as_user("eve");
    eve.create("eve/e").await.ok();
    create_private(&ada, "ada", "hush").await;
    let secret = vec![42; 3000];
    send_large(&ada, "ada/hush", &secret).await;
    ada.commit_lines("ada/hush", "main", &[header("x"), large_file("w.bin", &secret)]).await.ok();

    // The batch asks for the bytes, as for a file that nobody has.
    let known = batch(&eve, "eve/e", "upload", &secret).await.ok().json();
    let unknown = batch(&eve, "eve/e", "upload", &[43; 3000]).await.ok().json();
    assert!(known["objects"][0]["actions"]["upload"]["href"].is_string(), "{known}");
    let keys = |value: &serde_json::Value| {
        value["objects"][0].as_object().map(|object| object.keys().cloned().collect::<Vec<_>>())
    };
    assert_eq!(keys(&known), keys(&unknown));
    let answer = batch(&eve, "eve/e", "download", &secret).await.ok().json();
    assert_eq!(answer["objects"][0]["error"]["code"], 404);
    // A commit of the hash is refused, in the words for a file that nobody has.
    let refusal = |bytes: Vec<u8>| {
        let eve = eve.clone();
        async move {
            let answer = eve
                .commit_lines("eve/e", "main", &[header("x"), large_file("w.bin", &bytes)])
                .await
                .expect(400);
            answer.text().replace(&sha256(&bytes), "HASH")
        }
    };
    assert_eq!(refusal(secret.clone()).await, refusal(vec![43; 3000]).await);
    // So is the pointer as a file, and a copy without a size.
    let pointer =
        format!("version https://git-lfs.github.com/spec/v1\noid sha256:{}\nsize 3000\n", sha256(&secret));
    eve.commit("eve/e", &[("w.bin", pointer.as_bytes())]).await.expect(400);
    let copy =
        json!({ "key": "lfsFile", "value": { "path": "w.bin", "algo": "sha256", "oid": sha256(&secret) } });
    eve.commit_lines("eve/e", "main", &[header("x"), copy]).await.expect(400);
    let verify = json!({ "oid": sha256(&secret), "size": 3000 });
    eve.post_json("/eve/e.git/info/lfs/verify", &verify).await.expect(404);
    let ask = json!({ "target": { "type": "model", "name": "eve/e" }, "files": [{ "sha256": sha256(&secret), "filename": "w" }] });
    eve.post_json("/api/models/ada/hush/lfs-files/duplicate", &ask).await.expect(404);
    let failed = eve.post_json("/api/models/ada/m/lfs-files/duplicate", &ask).await.ok().json();
    assert_eq!(all(&failed["failed"], "sha256"), [sha256(&secret)]);
    eve.get("/eve/e/resolve/main/w.bin").await.expect(404);

    // Whoever has the bytes may of course send them.
    send_large(&eve, "eve/e", &secret).await;
    eve.commit_lines("eve/e", "main", &[header("x"), large_file("w.bin", &secret)]).await.ok();
    assert_eq!(eve.get("/eve/e/resolve/main/w.bin").await.ok().body, secret);
}

#[tokio::test]
async fn what_one_can_read_elsewhere_need_not_be_sent_again() {
    let (hub, ada) = hub_with_model().await;
    let eve = hub.as_user("eve");
    eve.create("eve/e").await.ok();
    let bytes = vec![7; 3000];
    send_large(&ada, "ada/m", &bytes).await;
    ada.commit_lines("ada/m", "main", &[header("x"), large_file("w.bin", &bytes)]).await.ok();
    let answer = batch(&eve, "eve/e", "upload", &bytes).await.ok().json();
    assert!(answer["objects"][0].get("actions").is_none(), "{answer}");
    eve.commit_lines("eve/e", "main", &[header("x"), large_file("w.bin", &bytes)]).await.ok();
    assert_eq!(eve.get("/eve/e/resolve/main/w.bin").await.ok().body, bytes);
}

#[tokio::test]
async fn those_who_may_not_write_cannot_send_and_strangers_cannot_fetch() {
    let (hub, ada) = hub_with_model().await;
    create_private(&ada, "ada", "hush").await;
    let bytes = vec![8; 10];
    send_large(&ada, "ada/m", &bytes).await;
    let anonymous = batch(&hub.anonymous(), "ada/m", "upload", &bytes).await.expect(401);
    assert!(anonymous.header("www-authenticate").starts_with("Basic"), "git asks for a password on this");
    assert!(!anonymous.json()["message"].as_str().unwrap_or_default().is_empty(), "git-lfs shows `message`");
    batch(&hub.as_user("eve"), "ada/m", "upload", &bytes).await.expect(403);
    batch(&hub.anonymous(), "ada/m", "download", &bytes).await.expect(200);
    batch(&hub.anonymous(), "ada/hush", "download", &bytes).await.expect(401);
    batch(&hub.as_user("eve"), "ada/hush", "download", &bytes).await.expect(404);
}
