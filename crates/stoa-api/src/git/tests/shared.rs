//! Pushes that bring the same objects at the same time, some of which die.

use axum::body::Body;
use bytes::Bytes;
use futures_util::stream;
use stoa_core::Oid;
use stoa_git::{Encoded, Mode};
use stoa_hub::Maintenance;
use stoa_testkit::{Base, LeftObject, TestHub};
use tokio::sync::mpsc;

use super::support::*;
use crate::files::tests::support::hub_with_model;

fn left(object: &Encoded) -> LeftObject {
    (object.oid, object.kind.pack_code(), object.size, object.data.to_vec(), None)
}

/// The object as another push stored it: as a delta on a base.
fn left_on(object: &Encoded, base: &Encoded, text: &[u8]) -> LeftObject {
    let instructions = replace(base.size as usize, text);
    let base = Base { oid: base.oid, depth: 1, instructions: instructions.len() as u64 };
    let data = blob(&instructions).data.to_vec();
    (object.oid, object.kind.pack_code(), object.size, data, Some(base))
}

/// What was not heard of for a while is given up.
async fn clear(hub: &TestHub) {
    hub.clock.advance(std::time::Duration::from_hours(1));
    Maintenance::new(hub.hub.clone()).step().await.expect("a round");
    let rows = hub.git_rows().await;
    assert_eq!((rows.pushes, rows.claims), (0, 0));
}

#[tokio::test]
async fn objects_of_a_push_under_way_are_not_there_for_anybody() {
    let (hub, ada) = hub_with_model().await;
    let before = hub.git_rows().await;
    let old = head(&ada).await;
    let [made, folder, text] = one_file(b"1111", &[old]);
    hub.leave_push("ada/m", &[left(&made), left(&folder), left(&text)]).await;
    for object in [&made, &folder, &text] {
        assert!(fetch(&ada, object.oid).await.text().contains("not our ref"));
    }
    let rows = hub.git_rows().await;
    let to = |new: Oid, objects: &[Encoded]| push(&[(old, new, "refs/heads/main")], &pack(objects));
    refused(&hub, &ada, to(made.oid, &[]), "is missing").await;
    refused(&hub, &ada, to(made.oid, std::slice::from_ref(&made)), "is missing").await;
    refused(&hub, &ada, to(made.oid, &[made.clone(), folder.clone()]), "is missing").await;
    // Neither is it a base of deltas.
    let other = blob(b"2222");
    let tree = tree(&[("b.txt", Mode::File, other.oid)]);
    let top = commit(tree.oid, &[old]);
    let thin = pack_with(&[top.clone(), tree], &[(other.oid, text.oid, replace(4, b"2222"))]);
    refused(&hub, &ada, push(&[(old, top.oid, "refs/heads/main")], &thin), "unpack ").await;
    assert_eq!(hub.git_rows().await, rows);
    clear(&hub).await;
    assert_eq!(hub.git_rows().await, before);
}

#[tokio::test]
async fn what_a_dead_push_brought_too_stays_for_the_push_that_lives() {
    let (hub, ada) = hub_with_model().await;
    let old = head(&ada).await;
    let objects = one_file(b"1111", &[old]);
    let alone = blob(b"only the dead one has this");
    hub.leave_push("ada/m", &[left(&objects[0]), left(&objects[1]), left(&objects[2]), left(&alone)]).await;
    taken(&ada, push(&[(old, objects[0].oid, "refs/heads/main")], &pack(&objects))).await;
    let rows = hub.git_rows().await;
    clear(&hub).await;
    assert_eq!(hub.git_rows().await.objects, rows.objects - 1);
    assert_eq!(objects_of(&fetch(&ada, objects[0].oid).await), 6);
    assert_eq!(ada.get("/ada/m/raw/main/a.txt").await.ok().text(), "1111");
}

#[tokio::test]
async fn a_delta_of_a_dead_push_does_not_lose_its_base() {
    let (hub, ada) = hub_with_model().await;
    let old = head(&ada).await;
    let [made, folder, text] = one_file(b"1111", &[old]);
    let base = blob(b"2222");
    let dead = [left(&base), left_on(&text, &base, b"1111")];
    hub.leave_push("ada/m", &dead).await;
    taken(&ada, push(&[(old, made.oid, "refs/heads/main")], &pack(&[made.clone(), folder, text]))).await;
    clear(&hub).await;
    assert_eq!(ada.get("/ada/m/raw/main/a.txt").await.ok().text(), "1111");
    assert_eq!(objects_of(&fetch(&ada, made.oid).await), 6);
}

#[tokio::test]
async fn a_commit_by_the_api_does_not_lean_on_a_push_under_way() {
    let (hub, ada) = hub_with_model().await;
    let (text, base) = (blob(b"1111"), blob(b"2222"));
    hub.leave_push("ada/m", &[left(&base), left_on(&text, &base, b"1111")]).await;
    ada.commit("ada/m", &[("a.txt", b"1111")]).await.ok();
    clear(&hub).await;
    assert_eq!(ada.get("/ada/m/raw/main/a.txt").await.ok().text(), "1111");
    let main = head(&ada).await;
    assert_eq!(objects_of(&fetch(&ada, main).await), 6);
}

#[tokio::test]
async fn two_pushes_that_both_bring_deltas_wait_for_each_other_in_words() {
    let (hub, ada) = hub_with_model().await;
    let old = head(&ada).await;
    let [made, folder, text] = one_file(b"1111", &[old]);
    let (theirs, ours) = (blob(b"2222"), blob(b"3333"));
    hub.leave_push("ada/m", &[left(&theirs), left_on(&text, &theirs, b"1111")]).await;
    let body = pack_with(&[made.clone(), folder, ours.clone()], &[(text.oid, ours.oid, replace(4, b"1111"))]);
    let body = push(&[(old, made.oid, "refs/heads/main")], &body);
    refused(&hub, &ada, body.clone(), "push again in a moment").await;
    clear(&hub).await;
    taken(&ada, body).await;
    assert_eq!(ada.get("/ada/m/raw/main/a.txt").await.ok().text(), "1111");
}

/// A push that lives while another one that brought the same before is cleared away.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn objects_of_a_push_that_dies_in_between_go_over_to_the_next() {
    let (hub, ada) = hub_with_model().await;
    let old = head(&ada).await;
    let texts: Vec<Encoded> = (0..3000).map(|n| blob(format!("text {n}\n").as_bytes())).collect();
    let names: Vec<String> = (0..3000).map(|n| format!("f{n:05}.txt")).collect();
    let entries: Vec<_> =
        names.iter().zip(&texts).map(|(name, text)| (name.as_str(), Mode::File, text.oid)).collect();
    let folder = tree(&entries);
    let made = commit(folder.oid, &[old]);
    let dead: Vec<LeftObject> = texts.iter().map(left).collect();
    hub.leave_push("ada/m", &dead).await;

    let objects: Vec<Encoded> = texts.iter().chain([&folder, &made]).cloned().collect();
    let body = push(&[(old, made.oid, "refs/heads/main")], &pack(&objects));
    let (rest, first) = (body.len() - 30, Bytes::copy_from_slice(&body[..body.len() - 30]));
    let (sender, pieces) = mpsc::channel::<Bytes>(4);
    let pieces = stream::unfold(pieces, |mut pieces| async move {
        pieces.recv().await.map(|piece| (Ok::<_, std::io::Error>(piece), pieces))
    });
    let pushing = tokio::spawn({
        let ada = ada.clone();
        async move { taken(&ada, Body::from_stream(pieces)).await }
    });
    sender.send(first).await.expect("it is read");
    while hub.git_rows().await.claims == 0 {
        tokio::task::yield_now().await;
    }
    // The first round gives up what was there before the hub began. The push under way has said since that it lives.
    let before = hub.git_rows().await;
    Maintenance::new(hub.hub.clone()).step().await.expect("a round");
    let after = hub.git_rows().await;
    assert_eq!((before.pushes, after.pushes), (2, 1));
    assert!(after.objects < before.objects && after.objects >= after.claims);
    sender.send(Bytes::copy_from_slice(&body[rest..])).await.expect("it is read");
    drop(sender);
    pushing.await.expect("it was taken");
    let rows = hub.git_rows().await;
    assert_eq!((rows.pushes, rows.claims), (0, 0));
    assert_eq!(objects_of(&fetch(&ada, made.oid).await), 3005);
}

/// Of many pushes of the same objects some are refused: none of those takes anything with it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_at_once_with_the_same_objects_end_well_whoever_dies() {
    let (hub, ada) = hub_with_model().await;
    let old = head(&ada).await;
    let shared = one_file(b"shared\n", &[old]);
    let pushes = (0..16).map(|n: u8| {
        let ada = ada.clone();
        let card = blob(format!("---\nlicense: [{n}\n---\n").as_bytes());
        let bad = tree(&[("README.md", Mode::File, card.oid), ("a.txt", Mode::File, shared[2].oid)]);
        let top = commit(bad.oid, &[shared[0].oid]);
        let mut objects = shared.to_vec();
        let mut new = shared[0].oid;
        if n.is_multiple_of(2) {
            new = top.oid;
            objects.extend([top, bad, card]);
        }
        let body = push(&[(ZERO, new, &format!("refs/heads/b{n}"))], &pack(&objects));
        tokio::spawn(async move {
            let said = send(&ada, PUSH, body).await.ok().text();
            assert_eq!(said.contains("ok refs/"), n % 2 == 1, "{said}");
        })
    });
    for push in pushes.collect::<Vec<_>>() {
        push.await.expect("as it must");
    }
    let rows = hub.git_rows().await;
    assert_eq!((rows.pushes, rows.claims), (0, 0));
    assert_eq!(refs(&ada, "ada/m").await.matches("refs/heads/b").count(), 8);
    assert_eq!(objects_of(&fetch(&ada, shared[0].oid).await), 6);
}
