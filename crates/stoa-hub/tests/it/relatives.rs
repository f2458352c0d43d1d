//! What a repository comes from and what comes from it.

use stoa_core::{RepoId, RepoKind};
use stoa_hub::{Admin, Read, Related, Relatives, Repo, Settings};

use crate::support::{World, model, world};

/// Makes a repository with a card.
async fn make(world: &World, kind: RepoKind, name: &str, card: &str) {
    let id = RepoId::parse(kind, name).expect("an id");
    world.create(id.clone()).await;
    let card = format!("---\n{card}\n---\n");
    world.commit_into(&id, "main", &[("README.md", Some(card.as_bytes()))]).await;
}

async fn hide(world: &World, name: &str) {
    let repo: Repo<Admin> = world.hub.open(&world.ada, &model(name)).await.expect("a repository");
    repo.change(Settings { private: Some(true), ..Settings::default() }).await.expect("a secret");
}

fn shown(related: &Related) -> (usize, Vec<String>) {
    (related.count.count, related.first.iter().map(|one| one.repo.name.to_string()).collect())
}

fn children(relatives: &Relatives) -> Vec<(&str, usize, Vec<String>)> {
    let one = |(relation, related): &(&'static str, Related)| {
        let (count, first) = shown(related);
        (*relation, count, first)
    };
    relatives.children.iter().map(one).collect()
}

#[tokio::test]
async fn a_model_tells_its_bases_and_its_children_by_relation() {
    let world = world().await;
    let model_kind = RepoKind::Model;
    make(&world, model_kind, "ada/tuned", "base_model: ada/m").await;
    make(&world, model_kind, "ada/lora", "base_model: ada/m\nbase_model_relation: adapter").await;
    make(&world, model_kind, "ada/lora2", "base_model: ada/m\nbase_model_relation: adapter").await;
    make(&world, model_kind, "ada/both", "base_model: [ada/m, elsewhere/x, ada/lora]").await;
    let often: Repo<Read> = world.hub.open(&world.ada, &model("ada/lora")).await.expect("a repository");
    often.count_download("config.json");
    often.count_download("adapter_config.json");
    world.hub.flush_downloads().await.expect("counted");
    let relatives = world.repo().await.relatives(1).await.expect("relatives");
    assert!(relatives.bases.is_empty());
    let mut found = children(&relatives);
    let names = |name: &str| vec![name.to_owned()];
    found.sort_unstable();
    assert_eq!(
        found,
        [
            ("adapter", 2, names("ada/lora")),
            ("finetune", 1, names("ada/tuned")),
            ("merge", 1, names("ada/both"))
        ]
    );
    let both: Repo<Read> = world.hub.open(&world.ada, &model("ada/both")).await.expect("a repository");
    let bases = both.relatives(10).await.expect("relatives").bases;
    let bases: Vec<_> =
        bases.iter().map(|base| (base.relation.as_deref(), base.id.as_str(), base.repo.is_some())).collect();
    let merge = Some("merge");
    assert_eq!(bases, [(merge, "ada/m", true), (merge, "elsewhere/x", false), (merge, "ada/lora", true)]);
}

#[tokio::test]
async fn private_relatives_are_neither_counted_nor_shown_to_others() {
    let world = world().await;
    make(&world, RepoKind::Model, "ada/open", "base_model: ada/m").await;
    make(&world, RepoKind::Model, "ada/secret", "base_model: ada/m").await;
    make(&world, RepoKind::Model, "ada/last", "base_model: ada/secret").await;
    hide(&world, "ada/secret").await;
    let own = world.repo().await.relatives(10).await.expect("relatives");
    assert_eq!(own.children[0].1.count.count, 2);
    let bob: Repo<Read> = world.hub.open(&world.bob, &model("ada/m")).await.expect("a repository");
    let seen = bob.relatives(10).await.expect("relatives");
    assert_eq!(children(&seen), [("finetune", 1, vec!["ada/open".to_owned()])]);
    let last: Repo<Read> = world.hub.open(&world.bob, &model("ada/last")).await.expect("a repository");
    let bases = last.relatives(10).await.expect("relatives").bases;
    assert!(bases[0].repo.is_none() && bases[0].id == "ada/secret");
}

#[tokio::test]
async fn datasets_and_models_tell_who_uses_them() {
    let world = world().await;
    make(&world, RepoKind::Dataset, "ada/d", "license: mit").await;
    make(&world, RepoKind::Model, "ada/t", "datasets: [ada/d]").await;
    make(&world, RepoKind::Space, "ada/s", "sdk: docker\nmodels: [ada/m]\ndatasets: [ada/d]").await;
    let data = RepoId::parse(RepoKind::Dataset, "ada/d").expect("an id");
    let data: Repo<Read> = world.hub.open(&world.bob, &data).await.expect("a repository");
    let relatives = data.relatives(10).await.expect("relatives");
    assert_eq!(shown(&relatives.trained), (1, vec!["ada/t".to_owned()]));
    assert_eq!(shown(&relatives.spaces), (1, vec!["ada/s".to_owned()]));
    let relatives = world.repo().await.relatives(10).await.expect("relatives");
    assert_eq!(shown(&relatives.spaces), (1, vec!["ada/s".to_owned()]));
    assert!(relatives.children.is_empty() && relatives.trained.first.is_empty());
}
