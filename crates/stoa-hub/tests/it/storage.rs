//! What a repository stores.

use stoa_core::Kind;
use stoa_hub::Admin;

use crate::support::{actor, commit, hub, refusal, repo};

#[tokio::test]
async fn whoever_administers_a_repository_sees_its_large_files_and_deletes_them() {
    let hub = hub().await;
    let ada = actor(&hub, "ada").await;
    let id = repo(&hub, &ada, "ada/m", false, "").await;
    let (small, large) = ("s".repeat(1_000), "l".repeat(30_000));
    commit(&hub, &ada, &id, &[("small.bin", &small), ("sub/large.bin", &large), ("card.txt", "no")]).await;
    let repo = hub.hub.open::<Admin>(&ada, &id).await.expect("hers");
    let storage = repo.storage(0, 1).await.expect("an answer");
    assert_eq!((storage.count, storage.logical, storage.more), (2, 31_000, true));
    assert!(storage.stored > 0 && storage.stored < 31_000, "what repeats is packed: {}", storage.stored);
    assert_eq!(storage.files[0].filename.as_deref(), Some("sub/large.bin"));
    let rest = repo.storage(1, 1).await.expect("an answer");
    assert_eq!((rest.files[0].filename.as_deref(), rest.more), (Some("small.bin"), false));
    repo.purge(&[storage.files[0].oid], false).await.expect("deleted");
    let storage = repo.storage(0, 10).await.expect("an answer");
    assert_eq!((storage.count, storage.logical), (1, 1_000));
}

#[tokio::test]
async fn others_do_not_see_what_a_repository_stores() {
    let hub = hub().await;
    let ada = actor(&hub, "ada").await;
    let id = repo(&hub, &ada, "ada/m", false, "").await;
    for user in ["bob", "eve"] {
        let user = actor(&hub, user).await;
        assert_eq!(refusal(hub.hub.open::<Admin>(&user, &id).await.map(drop)), Kind::Forbidden);
    }
}
