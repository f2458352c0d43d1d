//! Results that a model's card reports (`model-index`), as a table.

use serde_json::Value;

use super::subject::{Subject, short};

/// Rows shown at once; the others open.
const SHOWN: usize = 8;
/// Rows read.
const ROWS: usize = 300;

/// One measured number.
pub(super) struct Row {
    /// Whether it is the first of its dataset.
    pub(super) begins: bool,
    pub(super) task: String,
    pub(super) dataset: String,
    pub(super) metric: String,
    pub(super) value: String,
    /// Who measured it, when that is an address.
    pub(super) source: Option<String>,
}

/// All of them.
pub(super) struct Evaluation {
    pub(super) first: Vec<Row>,
    pub(super) more: Vec<Row>,
    /// Whether the card has more than are read.
    pub(super) truncated: bool,
}

impl Evaluation {
    pub(super) fn of(subject: &Subject) -> Self {
        let mut first = subject.fact("model-index").map(rows).unwrap_or_default();
        let truncated = first.len() > ROWS;
        first.truncate(ROWS);
        let mut more = first.split_off(first.len().min(SHOWN));
        if let Some(row) = more.first_mut() {
            row.begins = true;
        }
        Self { first, more, truncated }
    }
}

/// Every metric of every result of every model of the index.
fn rows(index: &Value) -> Vec<Row> {
    let mut rows = Vec::new();
    for model in list(index) {
        for result in model.get("results").map(list).unwrap_or_default() {
            let name = |key: &str| {
                let about = result.get(key)?;
                about.get("name").and_then(short).or_else(|| about.get("type").and_then(short))
            };
            let source = result.get("source").and_then(|source| source.get("url")).and_then(short);
            let source = source.filter(|url| url.starts_with("https://") || url.starts_with("http://"));
            for metric in result.get("metrics").map(list).unwrap_or_default() {
                let Some(value) = metric.get("value").and_then(measured) else { continue };
                let named = metric.get("name").and_then(short).or_else(|| metric.get("type").and_then(short));
                let (task, dataset) = (name("task").unwrap_or_default(), name("dataset").unwrap_or_default());
                rows.push(Row {
                    begins: rows.last().is_none_or(|last: &Row| last.task != task || last.dataset != dataset),
                    task,
                    dataset,
                    metric: named.unwrap_or_default(),
                    value,
                    source: source.clone(),
                });
                if rows.len() > ROWS {
                    return rows;
                }
            }
        }
    }
    rows
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map(Vec::as_slice).unwrap_or_default()
}

/// A number with at most four digits after the point, or the text that stands there.
fn measured(value: &Value) -> Option<String> {
    match value.as_f64() {
        Some(number) if value.is_f64() && number.abs() < 1e12 => {
            let text = format!("{number:.4}");
            Some(text.trim_end_matches('0').trim_end_matches('.').to_owned())
        }
        _ => short(value),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_metric_is_a_row_and_odd_shapes_are_none() {
        let index = json!([{
            "name": "m",
            "results": [
                { "task": { "type": "text-classification" }, "dataset": { "name": "IMDb", "type": "imdb" },
                  "source": { "url": "javascript:alert(1)" },
                  "metrics": [{ "type": "accuracy", "value": 0.912_345_678 }, { "name": "F1", "value": "91 %" }] },
                { "metrics": [{ "value": { "a": 1 } }, { "value": 3 }] },
                "nonsense"
            ]
        }, 7]);
        let rows = rows(&index);
        let shown: Vec<[&str; 4]> = rows
            .iter()
            .map(|row| [row.task.as_str(), row.dataset.as_str(), row.metric.as_str(), row.value.as_str()])
            .collect();
        let task = "text-classification";
        assert_eq!(
            shown,
            [[task, "IMDb", "accuracy", "0.9123"], [task, "IMDb", "F1", "91 %"], ["", "", "", "3"]]
        );
        assert!(rows.iter().all(|row| row.source.is_none()));
        assert_eq!(rows.iter().map(|row| row.begins).collect::<Vec<_>>(), [true, false, true]);
    }

    #[test]
    fn a_card_with_thousands_of_results_is_cut() {
        let metrics: Vec<Value> = (0..5_000).map(|value| json!({ "value": value })).collect();
        assert_eq!(rows(&json!([{ "results": [{ "metrics": metrics }] }])).len(), ROWS + 1);
    }
}
