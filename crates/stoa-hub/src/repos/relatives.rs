//! What a repository comes from and what comes from it: the tree of models, and who uses what.
//!
//! Whoever comes from a repository says so in its own card, and its tags repeat it (`base_model:{relation}:{id}`,
//! `dataset:{id}`, `model:{id}`); so the indexes of tags find and count them.

use serde::Deserialize;
use stoa_core::{Failure, Reply, RepoId, RepoKind};
use stoa_db::list::{self, Ask, Count as Counted, Listed, Order, Private};
use stoa_db::repos;

use crate::Repo;
use crate::access::Access;

/// How a model can come from another.
pub const RELATIONS: [&str; 4] = ["adapter", "finetune", "merge", "quantized"];
/// Models that a card may say it comes from that are looked up.
const BASES: usize = 50;
/// Relatives of one sort that are shown at most.
const SHOWN: usize = 100;

/// What a repository is related to, as far as the asker may see.
#[derive(Debug, Default)]
pub struct Relatives {
    /// The models that a model says it comes from.
    pub bases: Vec<BaseModel>,
    /// The models that come from this one, by relation; relations without any are left out.
    pub children: Vec<(&'static str, Related)>,
    /// The models that were trained on this dataset.
    pub trained: Related,
    /// The Spaces that use this model or dataset.
    pub spaces: Related,
}

/// A model that another comes from.
#[derive(Clone, Debug)]
pub struct BaseModel {
    /// `adapter`, `finetune`, `merge` or `quantized`.
    pub relation: Option<String>,
    /// What the card calls it.
    pub id: String,
    /// The model of this name on this hub, if there is one that the asker may see.
    pub repo: Option<repos::Repo>,
}

/// Repositories that are related in one way.
#[derive(Debug, Default)]
pub struct Related {
    /// How many there are.
    pub count: Counted,
    /// The first of them, most downloaded first.
    pub first: Vec<Listed>,
}

/// A base as facts keep it.
#[derive(Deserialize)]
struct Base {
    relation: Option<String>,
    id: String,
}

#[derive(Deserialize, Default)]
struct Facts {
    #[serde(default, rename = "baseModels")]
    bases: Vec<Base>,
}

impl<A: Access> Repo<A> {
    /// What the repository is related to; the first `shown` of each sort.
    pub async fn relatives(&self, shown: usize) -> Reply<Relatives> {
        let id = &self.row.name;
        let mut found = Relatives::default();
        match id.kind {
            RepoKind::Model => {
                found.bases = self.bases().await?;
                let private = self.hub.private(RepoKind::Model).await?;
                for relation in RELATIONS {
                    let tag = format!("base_model:{relation}:{id}");
                    let children = self.related(RepoKind::Model, tag, &private, shown).await?;
                    if children.count.count > 0 {
                        found.children.push((relation, children));
                    }
                }
                let private = self.hub.private(RepoKind::Space).await?;
                found.spaces = self.related(RepoKind::Space, format!("model:{id}"), &private, shown).await?;
            }
            RepoKind::Dataset => {
                let tag = || format!("dataset:{id}");
                let private = self.hub.private(RepoKind::Model).await?;
                found.trained = self.related(RepoKind::Model, tag(), &private, shown).await?;
                let private = self.hub.private(RepoKind::Space).await?;
                found.spaces = self.related(RepoKind::Space, tag(), &private, shown).await?;
            }
            RepoKind::Space => {}
        }
        Ok(found)
    }

    /// The models that this one says it comes from.
    async fn bases(&self) -> Reply<Vec<BaseModel>> {
        let mut tx = self.hub.read().await?;
        let (_, facts) = repos::facts(&mut tx, self.row.id).await?;
        let facts: Facts = serde_json::from_str(&facts).map_err(Failure::internal)?;
        let mut bases = Vec::with_capacity(facts.bases.len());
        for Base { relation, id } in facts.bases.into_iter().take(BASES) {
            let mut repo = None;
            if let Ok(name) = RepoId::parse(RepoKind::Model, &id)
                && let Some(row) = repos::by_name(&mut tx, &name).await?
                && !row.disabled
                && self.hub.sees_repo(&mut tx, &self.actor, &row).await?
            {
                repo = Some(row);
            }
            bases.push(BaseModel { relation, id, repo });
        }
        Ok(bases)
    }

    /// The repositories of a kind that have a tag.
    async fn related(&self, kind: RepoKind, tag: String, private: &Private, shown: usize) -> Reply<Related> {
        let mut tx = self.hub.read().await?;
        let ask = Ask {
            kind,
            owner: None,
            tags: vec![tag],
            search: Vec::new(),
            gated: None,
            min_params: None,
            max_params: None,
            since: None,
            order: Order::Downloads,
            after: None,
            limit: shown.min(SHOWN),
            sees: self.hub.sees(&mut tx, &self.actor).await?,
        };
        let count = list::count(&mut tx, &ask, 1_000, private).await?;
        let first = if count.count > 0 { list::page(&mut tx, &ask, false).await?.repos } else { Vec::new() };
        Ok(Related { count, first })
    }
}
