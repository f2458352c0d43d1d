//! Packs that are whole and hold what may not be: histories with holes, objects taken for others, refs that cannot be.

use stoa_core::Oid;
use stoa_git::{Encoded, Mode, ObjectKind, Tag, encode};

use super::support::*;
use crate::files::tests::support::hub_with_model;

fn tag(object: Oid, kind: ObjectKind) -> Encoded {
    let tag = Tag { object, kind, name: "v1".to_owned(), tagger: None, message: "One\n".to_owned() };
    encode(ObjectKind::Tag, &tag.encode_body()).expect("a tag")
}

#[tokio::test]
async fn a_commit_needs_its_parents_trees_and_files() {
    let (hub, ada) = hub_with_model().await;
    let old = head(&ada).await;
    let lost = Oid([7; 20]);
    let [made, folder, text] = one_file(b"one\n", &[old]);
    let main =
        |new: &Encoded, objects: &[Encoded]| push(&[(old, new.oid, "refs/heads/main")], &pack(objects));
    refused(
        &hub,
        &ada,
        main(&made, &[made.clone(), text.clone()]),
        &format!("tree {} is missing", folder.oid),
    )
    .await;
    refused(&hub, &ada, main(&made, &[made.clone(), folder.clone()]), &format!("{} is missing", text.oid))
        .await;
    let orphan = commit(folder.oid, &[lost]);
    let objects = [orphan.clone(), folder.clone(), text.clone()];
    refused(&hub, &ada, main(&orphan, &objects), "git fetch --unshallow").await;
    // A hole further down.
    let top = tree(&[("d", Mode::Tree, lost)]);
    let holed = commit(top.oid, &[old]);
    refused(&hub, &ada, main(&holed, &[holed.clone(), top]), &format!("tree {lost} is missing")).await;
    // A hole in what the pack holds beside its history: it would be taken for whole later.
    let beside = tree(&[("x.txt", Mode::File, lost)]);
    let objects = [made.clone(), folder, text, beside];
    refused(&hub, &ada, main(&made, &objects), &format!("{lost} is missing")).await;
    taken(&ada, main(&made, &objects[..3])).await;
}

#[tokio::test]
async fn objects_are_what_they_are_taken_for() {
    let (hub, ada) = hub_with_model().await;
    let old = head(&ada).await;
    let [made, folder, text] = one_file(b"one\n", &[old]);
    let main =
        |new: &Encoded, objects: &[Encoded]| push(&[(old, new.oid, "refs/heads/main")], &pack(objects));
    for (mode, oid) in
        [(Mode::File, folder.oid), (Mode::File, made.oid), (Mode::Tree, text.oid), (Mode::Tree, made.oid)]
    {
        let odd = tree(&[("x", mode, oid)]);
        let top = commit(odd.oid, &[old]);
        let objects = [top.clone(), odd, made.clone(), folder.clone(), text.clone()];
        refused(&hub, &ada, main(&top, &objects), "refs/heads/main").await;
    }
    let wrong_tree = commit(text.oid, &[old]);
    refused(&hub, &ada, main(&wrong_tree, &[wrong_tree.clone(), text.clone()]), "is missing").await;
    let wrong_parent = commit(folder.oid, &[folder.oid]);
    let objects = [wrong_parent.clone(), folder.clone(), text.clone()];
    refused(&hub, &ada, main(&wrong_parent, &objects), "is missing").await;
    // The same with what is in the repository already.
    taken(&ada, main(&made, &[made.clone(), folder.clone(), text.clone()])).await;
    let old = made.oid;
    for (mode, oid) in [(Mode::File, folder.oid), (Mode::Tree, text.oid)] {
        let odd = tree(&[("x", mode, oid)]);
        let top = commit(odd.oid, &[old]);
        let body = push(&[(old, top.oid, "refs/heads/main")], &pack(&[top.clone(), odd]));
        refused(&hub, &ada, body, "is missing").await;
    }
}

#[tokio::test]
async fn tags_lead_to_the_commits_they_say() {
    let (hub, ada) = hub_with_model().await;
    let old = head(&ada).await;
    let [made, folder, text] = one_file(b"one\n", &[old]);
    let history = [made.clone(), folder.clone(), text.clone()];
    let to = |tag: &Encoded| {
        push(&[(ZERO, tag.oid, "refs/tags/v1")], &pack(&[&history[..], std::slice::from_ref(tag)].concat()))
    };
    let liars = [
        tag(text.oid, ObjectKind::Blob),
        tag(folder.oid, ObjectKind::Tree),
        tag(made.oid, ObjectKind::Tree),
        tag(text.oid, ObjectKind::Commit),
        tag(made.oid, ObjectKind::Tag),
        tag(Oid([9; 20]), ObjectKind::Commit),
        tag(old, ObjectKind::Blob),
    ];
    for liar in liars {
        refused(&hub, &ada, to(&liar), "is missing").await;
    }
    // Twenty tags of tags are more than anybody follows.
    let mut chain = vec![tag(old, ObjectKind::Commit)];
    for _ in 0..20 {
        let last = chain.last().map_or(ZERO, |last| last.oid);
        chain.push(tag(last, ObjectKind::Tag));
    }
    let end = chain.last().map_or(ZERO, |last| last.oid);
    refused(&hub, &ada, push(&[(ZERO, end, "refs/tags/v1")], &pack(&chain)), "is missing").await;
    let good = tag(made.oid, ObjectKind::Commit);
    taken(&ada, to(&good)).await;
    assert_eq!(objects_of(&fetch(&ada, good.oid).await), 7);
}

#[tokio::test]
async fn what_came_without_need_is_judged_when_it_is_needed() {
    let (hub, ada) = hub_with_model().await;
    let old = head(&ada).await;
    let [made, folder, text] = one_file(b"one\n", &[old]);
    // A commit with a path that may not be, in the pack and under no ref.
    let odd = tree(&[("a\\b", Mode::File, text.oid)]);
    let hidden = commit(odd.oid, &[old]);
    let objects = [made.clone(), folder, text, odd, hidden.clone()];
    taken(&ada, push(&[(old, made.oid, "refs/heads/main")], &pack(&objects))).await;
    let body = push(&[(ZERO, hidden.oid, "refs/heads/hidden")], &pack(&[]));
    refused(&hub, &ada, body, "is missing, or is not a commit").await;
    let above = commit(objects[1].oid, &[hidden.oid]);
    let body = push(&[(ZERO, above.oid, "refs/heads/hidden")], &pack(&[above]));
    refused(&hub, &ada, body, "is missing").await;
    let using = commit(objects[3].oid, &[made.oid]);
    let body = push(&[(made.oid, using.oid, "refs/heads/main")], &pack(&[using]));
    refused(&hub, &ada, body, "Invalid path `a").await;
    // Pushed for what it is, it is told so.
    let body = push(&[(ZERO, hidden.oid, "refs/heads/hidden")], &pack(&[hidden]));
    refused(&hub, &ada, body, "Invalid path `a").await;
}

#[tokio::test]
async fn refs_have_names_and_stand_where_the_client_believes() {
    let (hub, ada) = hub_with_model().await;
    let old = head(&ada).await;
    let objects = one_file(b"one\n", &[old]);
    let (new, whole) = (objects[0].oid, pack(&objects));
    for name in [
        "main",
        "refs/heads/",
        "refs/heads/a..b",
        "refs/heads/a b",
        "refs/heads/.a",
        "refs/heads/a.lock",
        "HEAD",
        "",
        "refs/heads/a\\b",
        "refs/heads/a^b",
        "refs/heads/@{",
        "refs//x",
        "refs/heads/é\u{7}",
    ] {
        refused(&hub, &ada, push(&[(ZERO, new, name)], &whole), "ng ").await;
    }
    for wrong in [ZERO, Oid([3; 20]), new] {
        refused(&hub, &ada, push(&[(wrong, new, "refs/heads/main")], &whole), "fetch first").await;
    }
    refused(&hub, &ada, push(&[(old, new, "refs/heads/other")], &whole), "fetch first").await;
    // One name twice, and one that is also a folder.
    let twice = [(ZERO, new, "refs/heads/x"), (ZERO, new, "refs/heads/x")];
    refused(&hub, &ada, push(&twice, &whole), "ng refs/heads/x").await;
    let nested = [(ZERO, new, "refs/heads/x"), (ZERO, new, "refs/heads/x/y")];
    refused(&hub, &ada, push(&nested, &whole), "cannot also be a folder of refs").await;
    refused(&hub, &ada, push(&[(ZERO, new, "refs/heads/main/x")], &whole), "`refs/heads/main`").await;
    taken(&ada, push(&[(old, new, "refs/heads/main")], &whole)).await;
}

#[tokio::test]
async fn a_branch_and_its_folder_exclude_each_other_by_the_api_too() {
    let (_hub, ada) = hub_with_model().await;
    let at = |kind: &str, name: &str| format!("/api/models/ada/m/{kind}/{}", name.replace('/', "%2F"));
    let none = serde_json::json!({});
    ada.post_json(&at("branch", "a/b"), &none).await.ok();
    for name in ["a", "a/b/c", "main/x"] {
        let said = ada.post_json(&at("branch", name), &none).await.expect(409).error_message().to_owned();
        assert!(said.contains("cannot also be a folder of refs"), "{said}");
        let empty = serde_json::json!({ "emptyBranch": true });
        ada.post_json(&at("branch", name), &empty).await.expect(409);
    }
    ada.post_json(&at("branch", "a0"), &none).await.ok();
    ada.delete(&at("branch", "a/b")).await.ok();
    ada.post_json(&at("branch", "a"), &none).await.ok();
}
