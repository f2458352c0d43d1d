//! Packs that are broken, too large, or lie.

use std::slice::from_ref;

use axum::body::Body;
use bytes::Bytes;
use futures_util::stream;
use stoa_core::Oid;
use stoa_testkit::Setup;

use super::support::*;
use crate::files::tests::support::{create_private, hub_with, hub_with_model, small_hub};

fn main_to(old: Oid, new: Oid, pack: &[u8]) -> Vec<u8> {
    push(&[(old, new, "refs/heads/main")], pack)
}

#[tokio::test]
async fn a_pack_made_by_hand_is_taken() {
    let (hub, ada) = hub_with_model().await;
    let old = head(&ada).await;
    let objects = one_file(b"one\n", &[old]);
    taken(&ada, main_to(old, objects[0].oid, &pack(&objects))).await;
    assert_eq!(head(&ada).await, objects[0].oid);
    assert_eq!(hub.git_rows().await.pushes, 0);
    let two = blob(b"two\n");
    let tree = tree(&[("a.txt", stoa_git::Mode::File, two.oid)]);
    let next = commit(tree.oid, &[objects[0].oid]);
    let body = pack_with(&[next.clone(), tree], &[(two.oid, objects[2].oid, replace(4, b"two\n"))]);
    taken(&ada, main_to(objects[0].oid, next.oid, &body)).await;
    let text = ada.get("/ada/m/raw/main/a.txt").await.ok().text();
    assert_eq!(text, "two\n");
    assert_eq!(objects_of(&fetch(&ada, next.oid).await), 9);
}

#[tokio::test]
async fn packs_that_are_cut_or_changed_are_refused() {
    let (hub, ada) = hub_with_model().await;
    let old = head(&ada).await;
    let objects = one_file(b"one\n", &[old]);
    let whole = pack(&objects);
    for cut in [0, 3, 11, 12, 20, whole.len() / 2, whole.len() - 21, whole.len() - 1] {
        let body = main_to(old, objects[0].oid, &whole[..cut]);
        refused(&hub, &ada, body, "unpack ").await;
    }
    for at in [0, 4, 7, 11, 12, 30, whole.len() / 2, whole.len() - 1] {
        let mut changed = whole.clone();
        changed[at] ^= 1;
        refused(&hub, &ada, main_to(old, objects[0].oid, &changed), "unpacker error").await;
    }
    // It announces more than it holds, and fewer.
    for count in [0, 1, 2, 4, u32::MAX] {
        let mut changed = whole.clone();
        changed[8..12].copy_from_slice(&count.to_be_bytes());
        refused(&hub, &ada, main_to(old, objects[0].oid, &changed), "unpacker error").await;
    }
    let empty = pack(&[]);
    refused(&hub, &ada, main_to(old, objects[0].oid, &empty), "is missing, or is not a commit").await;
}

#[tokio::test]
async fn a_body_that_breaks_off_leaves_nothing() {
    let (hub, ada) = hub_with_model().await;
    let old = head(&ada).await;
    let objects = one_file(b"one\n", &[old]);
    let body = main_to(old, objects[0].oid, &pack(&objects));
    let (rows, before) = (hub.git_rows().await, refs(&ada, "ada/m").await);
    for cut in [2, 50, 160, body.len() - 30, body.len() - 1] {
        let broken = Err(std::io::Error::from(std::io::ErrorKind::ConnectionReset));
        let pieces = [Ok(Bytes::copy_from_slice(&body[..cut])), broken];
        let said = send(&ada, PUSH, Body::from_stream(stream::iter(pieces))).await.text();
        assert!(said.contains("broke off") || said.contains("ended in the middle"), "{cut}: {said}");
        assert_eq!(hub.git_rows().await, rows, "{cut}");
    }
    assert_eq!(refs(&ada, "ada/m").await, before);
    taken(&ada, body).await;
}

#[tokio::test]
async fn deltas_without_a_base_and_in_rings_are_refused() {
    let (hub, ada) = hub_with_model().await;
    let old = head(&ada).await;
    let [made, tree, _] = one_file(b"one\n", &[old]);
    let (one, two) = (blob(b"1111"), blob(b"2222"));
    let lost = pack_with(&[made.clone(), tree.clone()], &[(one.oid, two.oid, replace(4, b"1111"))]);
    refused(&hub, &ada, main_to(old, made.oid, &lost), "unpacker error").await;
    let ring = [(one.oid, two.oid, replace(4, b"1111")), (two.oid, one.oid, replace(4, b"2222"))];
    refused(&hub, &ada, main_to(old, made.oid, &pack_with(&[made.clone(), tree.clone()], &ring)), "unpack ")
        .await;
    let itself = [(one.oid, one.oid, replace(4, b"1111"))];
    refused(&hub, &ada, main_to(old, made.oid, &pack_with(from_ref(&made), &itself)), "unpack ").await;
    // Instructions that do not fit their base, or copy from behind its end.
    for instructions in [replace(5, b"x"), vec![4, 9, 0x90, 9], vec![4, 4, 0], vec![4], vec![]] {
        let bad = pack_with(from_ref(&one), &[(two.oid, one.oid, instructions)]);
        refused(&hub, &ada, main_to(old, made.oid, &bad), "unpack ").await;
    }
}

#[tokio::test]
async fn a_base_in_another_repository_is_no_base() {
    let (hub, ada) = hub_with_model().await;
    create_private(&ada, "ada", "secret").await;
    ada.commit("ada/secret", &[("s.txt", b"hidden")]).await.ok();
    let old = head(&ada).await;
    let hidden = blob(b"hidden");
    let copied = blob(b"hidden, but not any more");
    let tree = tree(&[("a.txt", stoa_git::Mode::File, copied.oid)]);
    let made = commit(tree.oid, &[old]);
    let mut instructions = vec![6, 24, 0x90, 6, 18];
    instructions.extend_from_slice(b", but not any more");
    let body = pack_with(&[made.clone(), tree], &[(copied.oid, hidden.oid, instructions)]);
    refused(&hub, &ada, main_to(old, made.oid, &body), "unpack ").await;
    let taking = super::support::tree(&[("a.txt", stoa_git::Mode::File, hidden.oid)]);
    let made = commit(taking.oid, &[old]);
    let body = pack(&[made.clone(), taking]);
    refused(&hub, &ada, main_to(old, made.oid, &body), &format!("{} is missing", hidden.oid)).await;
}

#[tokio::test]
async fn packs_that_unfold_without_end_are_refused() {
    let hub = small_hub().await;
    let ada = hub.as_user("ada");
    ada.create("ada/m").await.ok();
    let old = head(&ada).await;
    // 48 MiB of nothing are 48 KiB in the pack.
    let zeros = vec![0; 48 << 20];
    let objects = one_file(&zeros, &[old]);
    refused(&hub, &ada, main_to(old, objects[0].oid, &pack(&objects)), "`a.txt` has 50331648 bytes").await;
    // The same where no commit has it.
    let good = one_file(b"one\n", &[old]);
    let body = pack(&[&good[..], &[blob(&zeros)]].concat());
    refused(&hub, &ada, main_to(old, good[0].oid, &body), "that no commit has").await;
    // A delta that repeats its base over and over, and one that only says so.
    let base = blob(&vec![7; 60_000]);
    let mut bomb = vec![0xe0, 0xd4, 0x03, 0x80, 0x94, 0xeb, 0xdc, 0x03];
    bomb.extend((0..16_000).flat_map(|_| [0xb0, 0x60, 0xea]));
    let body = pack_with(
        &[good[0].clone(), good[1].clone(), base],
        &[(good[2].oid, blob(&vec![7; 60_000]).oid, bomb)],
    );
    refused(&hub, &ada, main_to(old, good[0].oid, &body), "unpack ").await;
    let mut huge = pack(&good);
    // The size of the first object: two hundred bytes become many gigabytes.
    huge.splice(12..14, [0x9f, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f]);
    refused(&hub, &ada, main_to(old, good[0].oid, &huge), "unpack ").await;
}

#[tokio::test]
async fn a_pack_above_the_limit_of_a_push_is_refused() {
    let mut setup = Setup::default();
    setup.limits.push_bytes = 20_000;
    let hub = hub_with(setup).await;
    let ada = hub.as_user("ada");
    ada.create("ada/m").await.ok();
    let old = head(&ada).await;
    let mut draw = 1_u64;
    let noise = std::iter::repeat_with(|| {
        draw = draw.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        (draw >> 56) as u8
    });
    let noise: Vec<u8> = noise.take(60_000).collect();
    let objects = one_file(&noise, &[old]);
    refused(&hub, &ada, main_to(old, objects[0].oid, &pack(&objects)), "unpack ").await;
}
