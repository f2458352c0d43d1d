//! The headers of weight files: what is in them, without reading the weights.

pub mod gguf;
pub mod safetensors;

use std::collections::BTreeMap;
use std::fmt;

use serde::Serialize;

/// A weight file that cannot be understood: what is wrong with it, as a sentence for its owner.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct WeightsError(String);

impl WeightsError {
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self(message.into())
    }
}

impl fmt::Display for WeightsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for WeightsError {}

/// How many numbers a model holds, by the type they are stored in.
///
/// Compat: serialized, this is the `safetensors` property of a model (`{parameters: {F32: n}, total: n}`).
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize)]
pub struct Parameters {
    /// Count by dtype, as the file spells it (`F32`, `BF16`, `Q4_K`).
    #[serde(rename = "parameters")]
    pub by_dtype: BTreeMap<String, u64>,
    /// The sum over all dtypes.
    pub total: u64,
}

impl Parameters {
    /// Adds what another shard of the same model holds. Counts stop at `u64::MAX` instead of wrapping.
    pub fn merge(&mut self, shard: &Self) {
        for (dtype, count) in &shard.by_dtype {
            self.add(dtype, *count);
        }
    }

    pub(crate) fn add(&mut self, dtype: &str, count: u64) {
        self.total = self.total.saturating_add(count);
        match self.by_dtype.get_mut(dtype) {
            Some(sum) => *sum = sum.saturating_add(count),
            None => {
                self.by_dtype.insert(dtype.to_owned(), count);
            }
        }
    }
}
