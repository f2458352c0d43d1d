//! The tags in use, by what they are about: `GET /api/models-tags-by-type` and `GET /api/datasets-tags-by-type`.

use std::collections::BTreeMap;

use axum::Router;
use axum::routing::get;
use serde::Serialize;
use stoa_core::RepoKind;
use stoa_http::{App, Json, Params, Reply, Who};

pub(super) fn route() -> Router<App> {
    let of = |kind| {
        get(move |app: App, who: Who, params: Params| async move { by_type(&app, &who, kind, &params).await })
    };
    Router::new()
        .route("/api/models-tags-by-type", of(RepoKind::Model))
        .route("/api/datasets-tags-by-type", of(RepoKind::Dataset))
}

/// Tags of a free vocabulary that are shown, most used first.
const FREE: usize = 500;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Tag {
    id: String,
    label: String,
    #[serde(rename = "type")]
    kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    sub_type: Option<&'static str>,
}

async fn by_type(
    app: &App,
    who: &Who,
    kind: RepoKind,
    params: &Params,
) -> Reply<Json<BTreeMap<&'static str, Vec<Tag>>>> {
    who.need_reader(&app.hub)?;
    let wanted = params.text("type");
    let mut groups: BTreeMap<&'static str, Vec<Tag>> = BTreeMap::new();
    let mut free = 0;
    for (tag, _) in app.hub.tags(kind).await?.iter() {
        if wanted.is_some_and(|wanted| wanted != tag.about) {
            continue;
        }
        if !tag.closed {
            if free == FREE {
                continue;
            }
            free += 1;
        }
        let sub_type = tag.group.map(stoa_meta::tasks::Group::id);
        groups.entry(tag.about).or_default().push(Tag {
            id: tag.id.clone(),
            label: tag.label.clone(),
            kind: tag.about,
            sub_type,
        });
    }
    Ok(Json(groups))
}

#[cfg(test)]
mod tests {
    #[tokio::test]
    async fn words_of_private_repositories_are_not_told() {
        let hub = crate::testing::hub().await;
        let ada = hub.as_user("ada");
        for (name, word, private) in [("open", "seen", false), ("closed", "hidden", true)] {
            ada.create(&format!("ada/{name}")).await.ok();
            let card = format!("---\nlicense: mit\ntags: [{word}]\nbase_model: ada/{word}\n---\n");
            crate::testing::commit(&hub, &format!("ada/{name}"), &[("README.md", &card)]).await;
            let ask = serde_json::json!({ "private": private });
            ada.put_json(&format!("/api/models/ada/{name}/settings"), &ask).await.ok();
        }
        let path = "/api/models-tags-by-type";
        let public = hub.anonymous().get(path).await.expect(200);
        assert!(public.text().contains("seen") && !public.text().contains("hidden"), "{}", public.text());
        assert_eq!(public.json()["license"][0]["id"], "license:mit");
        assert!(!ada.get(path).await.text().contains("hidden"), "one answer for everybody");
        let some = hub.anonymous().get(&format!("{path}?type=license")).await.expect(200).json();
        assert_eq!(
            some.as_object().map(|groups| groups.keys().cloned().collect()),
            Some(vec!["license".to_owned()])
        );
        hub.anonymous().get("/api/datasets-tags-by-type").await.expect(200);
    }
}
