//! What a repository is, in one table: license, languages, papers, carbon, storage, the last commit.

use serde_json::Value;
use stoa_core::{Oid, Reply, RepoId, RepoKind, Time};
use stoa_hub::Read;
use stoa_meta::{languages, libraries, licenses, tasks};

use super::subject::{Subject, list_href, short};
use crate::markup::{Markup, segment};
use crate::parts::frame::Frame;
use crate::visit::Visit;

/// Papers that are named.
const PAPERS: usize = 20;
/// Datasets and models that are looked up.
const LINKED: usize = 12;
/// Languages that are named.
const LANGUAGES: usize = 250;

/// A name that may lead somewhere.
pub(super) struct Link {
    pub(super) label: String,
    /// Nothing when it is not on this hub.
    pub(super) href: Option<String>,
}

/// Repositories that a card names.
#[derive(Default)]
pub(super) struct Linked {
    /// Name and address of those on this hub that the visitor may see.
    pub(super) here: Vec<(String, String)>,
    /// The names of the others.
    pub(super) elsewhere: String,
    /// Whether there are still others.
    pub(super) more: bool,
}

impl Linked {
    pub(super) fn is_empty(&self) -> bool {
        self.here.is_empty() && self.elsewhere.is_empty()
    }
}

/// The table.
pub(super) struct About {
    pub(super) license: Option<Link>,
    pub(super) library: Option<Link>,
    pub(super) task: Option<Link>,
    pub(super) sdk: Option<String>,
    pub(super) languages: Vec<String>,
    /// Datasets that a model was trained on, or that a Space uses.
    pub(super) datasets: Linked,
    /// Models that a Space uses.
    pub(super) models: Linked,
    /// Names of papers at arXiv.
    pub(super) papers: Vec<String>,
    pub(super) carbon: Option<Carbon>,
    pub(super) storage: u64,
    pub(super) created: Time,
    pub(super) commit: Option<Commit>,
    /// How many commits there are.
    pub(super) commits: i64,
}

/// The carbon that making a model set free.
pub(super) struct Carbon {
    /// As people read it: `2.5 kg`.
    pub(super) amount: String,
    /// Where, how, on what: in the card's words.
    pub(super) details: Vec<String>,
}

/// The newest commit.
pub(super) struct Commit {
    pub(super) id: Oid,
    pub(super) title: String,
    pub(super) author: String,
    pub(super) at: Time,
}

impl Commit {
    pub(super) fn short(&self) -> String {
        self.id.to_string().chars().take(7).collect()
    }
}

impl About {
    pub(super) fn created_on(&self, page: &Frame) -> Markup {
        page.words.date(self.created)
    }

    pub(super) async fn read(visit: &Visit, subject: &Subject) -> Reply<Self> {
        let row = subject.repo.row();
        let revision = stoa_core::Revision::new(subject.info.sha.to_string())?;
        let (mut newest, commits) = subject.repo.commits(&revision, 0, 1).await?;
        let cut = |text: String| text.chars().take(120).collect();
        let commit = newest.pop().map(|row| Commit {
            id: row.oid,
            title: cut(row.title),
            author: cut(row.author),
            at: row.at,
        });
        let (named_datasets, named_models) = (named(subject, "datasets"), named(subject, "models"));
        Ok(Self {
            license: license(subject),
            library: subject.info.library.as_deref().map(library),
            task: subject.info.pipeline_tag.as_deref().map(task),
            sdk: row.sdk.clone(),
            languages: language_names(subject),
            datasets: on_this_hub(visit, RepoKind::Dataset, &named_datasets).await?,
            models: on_this_hub(visit, RepoKind::Model, &named_models).await?,
            papers: papers(subject),
            carbon: subject.said("co2_eq_emissions").and_then(carbon),
            storage: u64::try_from(row.storage).unwrap_or(0),
            created: row.created_at,
            commit,
            commits,
        })
    }
}

fn library(id: &str) -> Link {
    let label = libraries::find(id).map_or(id, |library| library.label).to_owned();
    Link { label, href: Some(format!("/models?library={}", segment(id))) }
}

fn task(id: &str) -> Link {
    let label = tasks::find(id).map_or(id, |task| task.label).to_owned();
    Link { label, href: Some(format!("/models?pipeline_tag={}", segment(id))) }
}

/// The license: its own text where the card names one in the repository, or the list of what has it.
fn license(subject: &Subject) -> Option<Link> {
    let id = subject.texts("license").into_iter().next()?;
    let known = licenses::find(&id);
    let label = subject.text("license_name").filter(|_| known.is_none_or(|known| known.id == "other"));
    let label = label.unwrap_or_else(|| known.map_or(id.as_str(), |license| license.label).to_owned());
    let href = match subject.text("license_link") {
        Some(link) if link.starts_with("https://") || link.starts_with("http://") => link,
        Some(link) if subject.files.iter().any(|file| file.path == link) => subject.file_href("blob", &link),
        _ => match subject.files.iter().find(|file| matches!(file.path.as_str(), "LICENSE" | "LICENSE.md")) {
            Some(file) => subject.file_href("blob", &file.path),
            None => list_href(subject.kind(), &format!("license:{id}")),
        },
    };
    Some(Link { label, href: Some(href) })
}

fn language_names(subject: &Subject) -> Vec<String> {
    let name = |code: String| languages::find(&code).map_or(code.clone(), str::to_owned);
    subject.texts("language").into_iter().take(LANGUAGES).map(name).collect()
}

fn papers(subject: &Subject) -> Vec<String> {
    let is_id = |id: &&str| {
        id.len() <= 32
            && !id.is_empty()
            && id.bytes().all(|b| b.is_ascii_alphanumeric() || b"./-".contains(&b))
    };
    subject.tags_after("arxiv:").filter(is_id).take(PAPERS).map(str::to_owned).collect()
}

/// Ids that the repository names under a key.
fn named(subject: &Subject, key: &str) -> Vec<String> {
    match subject.fact(key) {
        Some(Value::Array(ids)) => ids.iter().filter_map(short).take(LINKED + 1).collect(),
        _ => Vec::new(),
    }
}

/// Which of the names are repositories here that the visitor may see.
async fn on_this_hub(visit: &Visit, kind: RepoKind, ids: &[String]) -> Reply<Linked> {
    let mut linked = Linked { more: ids.len() > LINKED, ..Linked::default() };
    let mut elsewhere: Vec<&str> = Vec::new();
    for id in ids.iter().take(LINKED) {
        match RepoId::parse(kind, id) {
            Ok(name) if visit.app.hub.open::<Read>(&visit.who, &name).await.is_ok() => {
                linked.here.push((id.clone(), format!("/{}", name.path())));
            }
            _ => elsewhere.push(id),
        }
    }
    linked.elsewhere = elsewhere.join(", ");
    Ok(linked)
}

/// A number of grams, or an object with one.
fn carbon(said: &Value) -> Option<Carbon> {
    let grams = match said {
        Value::Object(about) => about.get("emissions")?,
        other => other,
    };
    let grams = grams.as_f64().or_else(|| grams.as_str()?.trim().parse().ok())?;
    if !(0.0..1e15).contains(&grams) {
        return None;
    }
    let (amount, unit) = match grams {
        g if g < 1e3 => (g, "g"),
        g if g < 1e6 => (g / 1e3, "kg"),
        g => (g / 1e6, "t"),
    };
    let digits = if amount < 10.0 { format!("{amount:.2}") } else { format!("{amount:.0}") };
    let digits =
        if digits.contains('.') { digits.trim_end_matches('0').trim_end_matches('.') } else { &digits };
    let keys = ["training_type", "geographical_location", "hardware_used", "source"];
    let details = keys.iter().filter_map(|key| said.get(key).and_then(short)).collect();
    Some(Carbon { amount: format!("{digits}\u{a0}{unit}"), details })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn carbon_is_a_number_of_grams_or_says_where_it_comes_from() {
        for (said, amount, details) in [
            (json!(149.5), "150\u{a0}g", 0),
            (json!(2_500), "2.5\u{a0}kg", 0),
            (json!("0.07"), "0.07\u{a0}g", 0),
            (
                json!({ "emissions": 3_200_000, "source": "CodeCarbon", "hardware_used": "8 x A100" }),
                "3.2\u{a0}t",
                2,
            ),
        ] {
            let carbon = carbon(&said).expect("a number");
            assert_eq!((carbon.amount.as_str(), carbon.details.len()), (amount, details), "{said}");
        }
        for nothing in [json!(null), json!("much"), json!(-1), json!({}), json!([1]), json!(1e300)] {
            assert!(carbon(&nothing).is_none(), "{nothing}");
        }
    }
}
