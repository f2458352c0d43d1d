//! The tasks models and datasets may be for: `GET /api/tasks`.

use std::collections::BTreeMap;

use axum::Router;
use axum::routing::get;
use serde::Serialize;
use stoa_http::{App, Json};
use stoa_meta::tasks::TASKS;

pub(super) fn route() -> Router<App> {
    Router::new().route("/api/tasks", get(tasks))
}

/// A task. The lists of examples are empty: they would be of models that are elsewhere.
///
/// Compat: `InferenceClient` takes the first of `widgetModels` as the model of a task.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Item {
    id: &'static str,
    label: &'static str,
    sub_type: &'static str,
    sub_type_label: &'static str,
    models: [&'static str; 0],
    datasets: [&'static str; 0],
    spaces: [&'static str; 0],
    widget_models: [&'static str; 0],
}

async fn tasks() -> Json<BTreeMap<&'static str, Item>> {
    let items = TASKS.iter().map(|task| {
        let item = Item {
            id: task.id,
            label: task.label,
            sub_type: task.group.id(),
            sub_type_label: task.group.label(),
            models: [],
            datasets: [],
            spaces: [],
            widget_models: [],
        };
        (task.id, item)
    });
    Json(items.collect())
}

#[cfg(test)]
mod tests {
    use crate::testing;

    #[tokio::test]
    async fn every_task_has_the_list_that_clients_take_the_first_of() {
        let hub = testing::hub().await;
        let tasks = hub.anonymous().get("/api/tasks").await.expect(200).json();
        let tasks = tasks.as_object().expect("an object");
        assert_eq!(tasks.len(), super::TASKS.len());
        assert!(tasks.values().all(|task| task["widgetModels"].is_array()));
        assert_eq!(tasks["text-generation"]["label"], "Text Generation");
    }
}
