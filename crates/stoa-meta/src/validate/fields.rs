//! Questions about the shape of one key, and the sentences that answer them.

use serde_json::{Map, Value};

use super::Report;

/// Most elements of a list that are looked at one by one.
const MAX_ITEMS: usize = 10_000;

/// The metadata under check and what was found so far.
pub(super) struct Checker<'a> {
    data: &'a Map<String, Value>,
    pub(super) report: Report,
}

impl<'a> Checker<'a> {
    pub(super) fn new(data: &'a Map<String, Value>) -> Self {
        Self { data, report: Report::default() }
    }

    pub(super) fn error(&mut self, message: impl Into<String>) {
        push(&mut self.report.errors, message.into());
    }

    pub(super) fn warn(&mut self, message: impl Into<String>) {
        push(&mut self.report.warnings, message.into());
    }

    /// The value of a key. An empty one (`license:`) is as good as none: templates are full of them.
    pub(super) fn value(&self, key: &str) -> Option<&'a Value> {
        self.data.get(key).filter(|value| !value.is_null())
    }

    /// A string, if the key is there.
    pub(super) fn string(&mut self, key: &str) -> Option<&'a str> {
        let value = self.value(key)?;
        if value.as_str().is_none() {
            self.error(not_a_string(key, value));
        }
        value.as_str()
    }

    pub(super) fn boolean(&mut self, key: &str) {
        if self.value(key).is_some_and(|value| !value.is_boolean()) {
            self.error(format!("\"{key}\" must be true or false"));
        }
    }

    /// A string that is one of a few.
    pub(super) fn one_of(&mut self, key: &str, known: &[&str]) {
        if let Some(text) = self.string(key)
            && !known.contains(&text)
        {
            self.error(format!("\"{key}\" must be one of [{}]", known.join(", ")));
        }
    }

    /// A list of strings; returns each with its name for messages.
    pub(super) fn list_of_strings(&mut self, key: &str) -> Vec<(String, String)> {
        match self.value(key) {
            None => Vec::new(),
            Some(Value::Array(items)) => self.items(key, items),
            Some(_) => {
                self.error(format!("\"{key}\" must be a list: write `{key}: [first, second]`"));
                Vec::new()
            }
        }
    }

    /// A string or a list of strings; returns each with its name for messages.
    pub(super) fn string_or_list(&mut self, key: &str) -> Vec<(String, String)> {
        match self.value(key) {
            None => Vec::new(),
            Some(Value::String(one)) => vec![(key.to_owned(), one.clone())],
            Some(Value::Array(items)) => self.items(key, items),
            Some(_) => {
                self.error(format!("\"{key}\" must be a string or a list of strings"));
                Vec::new()
            }
        }
    }

    fn items(&mut self, key: &str, items: &[Value]) -> Vec<(String, String)> {
        let mut found = Vec::new();
        for (index, item) in items.iter().take(MAX_ITEMS).enumerate() {
            let name = format!("{key}[{index}]");
            match item.as_str() {
                Some(text) => found.push((name, text.to_owned())),
                None => self.error(not_a_string(&name, item)),
            }
        }
        found
    }

    /// The elements of a list of objects, each with its name for messages.
    pub(super) fn objects<'v>(
        &mut self,
        name: &str,
        value: &'v Value,
    ) -> Vec<(String, &'v Map<String, Value>)> {
        let Some(items) = value.as_array() else {
            self.error(format!("\"{name}\" must be a list"));
            return Vec::new();
        };
        let mut found = Vec::new();
        for (index, item) in items.iter().take(MAX_ITEMS).enumerate() {
            let name = format!("{name}[{index}]");
            match item.as_object() {
                Some(object) => found.push((name, object)),
                None => self.error(format!("\"{name}\" must be an object with keys and values")),
            }
        }
        found
    }

    /// A string that an object must have.
    pub(super) fn required<'v>(
        &mut self,
        name: &str,
        object: &'v Map<String, Value>,
        key: &str,
    ) -> Option<&'v str> {
        match object.get(key) {
            Some(Value::String(text)) => Some(text),
            None | Some(Value::Null) => {
                self.error(format!("\"{name}.{key}\" is required"));
                None
            }
            Some(other) => {
                self.error(not_a_string(&format!("{name}.{key}"), other));
                None
            }
        }
    }
}

fn not_a_string(name: &str, value: &Value) -> String {
    match value {
        Value::Number(_) | Value::Bool(_) => {
            format!("\"{name}\" must be a string: put quotes around {value}")
        }
        _ => format!("\"{name}\" must be a string"),
    }
}

/// A list of messages is for reading; far more than anyone reads is dropped here, so that it cannot grow.
fn push(messages: &mut Vec<String>, message: String) {
    if messages.len() < 1_000 && !messages.contains(&message) {
        messages.push(message);
    }
}

/// Whether a text has the shape of a repository id: `name` or `owner/name`.
pub(super) fn is_repo_id(id: &str) -> bool {
    let plain = |part: &str| {
        !part.is_empty()
            && part.len() <= 96
            && part.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b))
    };
    let mut parts = id.split('/');
    parts.next().is_some_and(plain) && parts.next().is_none_or(plain) && parts.next().is_none()
}
