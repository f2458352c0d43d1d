//! JSON objects that are put together from values and from text that the database keeps as JSON already.

use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::Value;
use serde_json::value::{RawValue, to_raw_value};
use stoa_core::{Failure, Reply};

/// A JSON value: one that was built here, or text that nobody needs to parse on its way out.
#[derive(Debug)]
pub(crate) enum Piece {
    /// Built here.
    Value(Value),
    /// Text that is JSON.
    Text(Box<RawValue>),
}

impl Piece {
    /// JSON text from the database.
    pub(crate) fn text(json: String) -> Reply<Self> {
        RawValue::from_string(json).map(Self::Text).map_err(Failure::internal)
    }

    /// Anything that serializes, without a tree of values in between.
    pub(crate) fn of(value: &impl Serialize) -> Reply<Self> {
        to_raw_value(value).map(Self::Text).map_err(Failure::internal)
    }

    /// As a value, for the few places that look inside.
    pub(crate) fn into_value(self) -> Value {
        match self {
            Self::Value(value) => value,
            Self::Text(text) => serde_json::from_str(text.get()).unwrap_or_default(),
        }
    }
}

impl<T: Into<Value>> From<T> for Piece {
    fn from(value: T) -> Self {
        Self::Value(value.into())
    }
}

impl Serialize for Piece {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Value(value) => value.serialize(serializer),
            Self::Text(text) => text.serialize(serializer),
        }
    }
}

/// A JSON object with its keys in the order they were added.
#[derive(Debug, Default)]
pub(crate) struct Object(Vec<(&'static str, Piece)>);

impl Object {
    /// Adds a key.
    pub(crate) fn put(&mut self, key: &'static str, value: impl Into<Piece>) {
        self.0.push((key, value.into()));
    }
}

impl Serialize for Object {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (key, piece) in &self.0 {
            map.serialize_entry(key, piece)?;
        }
        map.end()
    }
}
