//! Headers of safetensors files: eight bytes of length, then JSON, then the tensors.
//!
//! The format is described at <https://huggingface.co/docs/safetensors>.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, Error as _, IgnoredAny, MapAccess, Visitor};
use stoa_core::RepoPath;

use super::{Parameters, WeightsError};

/// Longest JSON header, in bytes.
///
/// Compat: the limit of the Python client, which refuses to read a longer one.
pub const MAX_HEADER: u64 = 25_000_000;

/// Most shards a model may be cut into. The largest public ones have a few hundred.
pub const MAX_SHARDS: usize = 10_000;

/// Most dimensions of a tensor. No library can use more than 64.
const MAX_RANK: usize = 64;

/// One tensor of a file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TensorInfo {
    /// Its name, such as `model.embed_tokens.weight`.
    pub name: String,
    /// The type of its numbers, as the file spells it (`F32`, `BF16`, `I64`…).
    pub dtype: String,
    /// Its dimensions; empty for a single number.
    pub shape: Vec<u64>,
    /// Where its bytes begin and end, counted from the end of the header.
    pub offsets: (u64, u64),
}

/// What a safetensors file says it holds.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Header {
    /// The tensors, in the order of their bytes.
    pub tensors: Vec<TensorInfo>,
    /// The free text pairs under `__metadata__`.
    pub metadata: BTreeMap<String, String>,
}

impl Header {
    /// Counts the parameters by dtype: every number of every tensor, packed or not, as the Hub counts.
    pub fn parameters(&self) -> Parameters {
        let mut parameters = Parameters::default();
        for tensor in &self.tensors {
            parameters.add(&tensor.dtype, numbers(&tensor.shape).unwrap_or(u64::MAX));
        }
        parameters
    }

    /// How many bytes of tensors follow the header; a shorter file is cut off.
    pub fn data_len(&self) -> u64 {
        self.tensors.iter().map(|tensor| tensor.offsets.1).max().unwrap_or(0)
    }
}

/// Reads the length of the JSON header from the first eight bytes of a file.
pub fn header_len(first8: &[u8]) -> Result<u64, WeightsError> {
    let Some(bytes) = first8.first_chunk::<8>() else {
        return Err(WeightsError::new("The file is shorter than 8 bytes, so it is not a safetensors file"));
    };
    match u64::from_le_bytes(*bytes) {
        0 | 1 => Err(WeightsError::new("The header is empty, so this is not a safetensors file")),
        len if len > MAX_HEADER => Err(WeightsError::new(format!(
            "The header would be {len} bytes long and the limit is {MAX_HEADER}: this is not a safetensors file, or \
             it must be cut into shards"
        ))),
        len => Ok(len),
    }
}

/// Reads the JSON header that follows those eight bytes.
pub fn parse_header(json: &[u8]) -> Result<Header, WeightsError> {
    if json.len() as u64 > MAX_HEADER {
        return Err(WeightsError::new(format!("The header is longer than {MAX_HEADER} bytes")));
    }
    if !json.starts_with(b"{") {
        return Err(WeightsError::new(
            "The header does not begin with `{`, so this is not a safetensors file",
        ));
    }
    let Entries { mut tensors, metadata } = serde_json::from_slice(json)
        .map_err(|error| WeightsError::new(format!("The header is not valid: {error}")))?;
    for tensor in &tensors {
        check(tensor)?;
    }
    tensors.sort_by(|a, b| (a.offsets, &a.name).cmp(&(b.offsets, &b.name)));
    Ok(Header { tensors, metadata })
}

fn check(tensor: &TensorInfo) -> Result<(), WeightsError> {
    let fault = |what: &str| Err(WeightsError::new(format!("The tensor `{}` {what}", shown(&tensor.name))));
    if tensor.shape.len() > MAX_RANK {
        return fault("has more than 64 dimensions");
    }
    let Some(count) = numbers(&tensor.shape) else { return fault("has a shape too large to exist") };
    let (begin, end) = tensor.offsets;
    let Some(len) = end.checked_sub(begin) else { return fault("ends before it begins") };
    // A dtype newer than this table is taken at its word.
    let Some(bits) = bits(&tensor.dtype) else { return Ok(()) };
    if u128::from(count) * bits == u128::from(len) * 8 {
        Ok(())
    } else {
        fault(&format!("has a shape that does not fit its {len} bytes of {}", tensor.dtype))
    }
}

fn numbers(shape: &[u64]) -> Option<u64> {
    if shape.contains(&0) {
        return Some(0);
    }
    shape.iter().try_fold(1_u64, |product, side| product.checked_mul(*side))
}

/// The size of one number; `None` for a dtype that this version does not know.
fn bits(dtype: &str) -> Option<u128> {
    Some(match dtype {
        "F4" => 4,
        "F6_E2M3" | "F6_E3M2" => 6,
        "BOOL" | "U8" | "I8" | "F8_E4M3" | "F8_E5M2" | "F8_E8M0" | "F8_E4M3FNUZ" | "F8_E5M2FNUZ" => 8,
        "U16" | "I16" | "F16" | "BF16" => 16,
        "U32" | "I32" | "F32" => 32,
        "U64" | "I64" | "F64" | "C64" => 64,
        _ => return None,
    })
}

fn shown(name: &str) -> String {
    name.chars().take(100).collect::<String>().escape_debug().collect()
}

/// The header as it stands in the file, read in one pass so that nothing but tensors is ever built.
struct Entries {
    tensors: Vec<TensorInfo>,
    metadata: BTreeMap<String, String>,
}

#[derive(Deserialize)]
struct Entry {
    dtype: String,
    shape: Vec<u64>,
    data_offsets: (u64, u64),
}

impl<'de> Deserialize<'de> for Entries {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(EntriesVisitor)
    }
}

struct EntriesVisitor;

impl<'de> Visitor<'de> for EntriesVisitor {
    type Value = Entries;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object of tensors")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Entries, A::Error> {
        let mut tensors = Vec::new();
        let mut metadata = BTreeMap::new();
        let mut names = BTreeSet::new();
        while let Some(name) = map.next_key::<String>()? {
            if name == "__metadata__" {
                metadata = map.next_value::<Option<BTreeMap<String, String>>>()?.unwrap_or_default();
                continue;
            }
            let Entry { dtype, shape, data_offsets } = map.next_value()?;
            if !names.insert(name.clone()) {
                return Err(A::Error::custom(format_args!("the tensor `{}` is listed twice", shown(&name))));
            }
            tensors.push(TensorInfo { name, dtype, shape, offsets: data_offsets });
        }
        Ok(Entries { tensors, metadata })
    }
}

/// The shard names in a `model.safetensors.index.json`, sorted and without duplicates.
///
/// Names are relative to the folder of the index, and none leaves it.
pub fn index_files(index_json: &[u8]) -> Result<Vec<String>, WeightsError> {
    if index_json.len() as u64 > MAX_HEADER {
        return Err(WeightsError::new(format!("The index is longer than {MAX_HEADER} bytes")));
    }
    let Index { weight_map: Shards(files) } = serde_json::from_slice(index_json)
        .map_err(|error| WeightsError::new(format!("The index is not valid: {error}")))?;
    if let Some(file) = files.iter().find(|file| RepoPath::new(file.as_str()).is_err()) {
        return Err(WeightsError::new(format!("The index names `{}`, which is not a path", shown(file))));
    }
    Ok(files.into_iter().collect())
}

#[derive(Deserialize)]
struct Index {
    weight_map: Shards,
}

/// The values of `weight_map`; its keys (one for each tensor) are dropped while reading.
struct Shards(BTreeSet<String>);

impl<'de> Deserialize<'de> for Shards {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(ShardsVisitor).map(Shards)
    }
}

struct ShardsVisitor;

impl<'de> Visitor<'de> for ShardsVisitor {
    type Value = BTreeSet<String>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object of file names")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut files = BTreeSet::new();
        while map.next_key::<IgnoredAny>()?.is_some() {
            let file = map.next_value::<String>()?;
            if !files.contains(&file) {
                if files.len() == MAX_SHARDS {
                    return Err(A::Error::custom(format_args!("it names more than {MAX_SHARDS} files")));
                }
                files.insert(file);
            }
        }
        Ok(files)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(json: &str) -> Result<Header, String> {
        parse_header(json.as_bytes()).map_err(|error| error.to_string())
    }

    #[test]
    fn the_length_must_be_believable() {
        for (bytes, expected) in [
            (&[0_u8; 0][..], None),
            (&[1; 7], None),
            (&0_u64.to_le_bytes(), None),
            (&1_u64.to_le_bytes(), None),
            (&2_u64.to_le_bytes(), Some(2)),
            (&25_000_000_u64.to_le_bytes(), Some(25_000_000)),
            (&25_000_001_u64.to_le_bytes(), None),
            (&u64::MAX.to_le_bytes(), None),
            (b"{\"a\": 1}", None),
        ] {
            assert_eq!(header_len(bytes).ok(), expected, "{bytes:?}");
        }
    }

    #[test]
    fn a_header_lists_tensors_in_the_order_of_their_bytes() {
        let header = parse(
            r#"{"b":{"dtype":"F16","shape":[2,3],"data_offsets":[8,20]},
                "__metadata__":{"format":"pt"},
                "a":{"dtype":"F32","shape":[2],"data_offsets":[0,8],"extra":[[[]]]},
                "scalar":{"dtype":"I64","shape":[],"data_offsets":[20,28]},
                "empty":{"dtype":"F32","shape":[0,18446744073709551615,18446744073709551615],"data_offsets":[28,28]},
                "half":{"dtype":"F4","shape":[4],"data_offsets":[28,30]},
                "new":{"dtype":"Z9","shape":[5],"data_offsets":[30,31]}}   "#,
        )
        .expect("valid");
        let names: Vec<_> = header.tensors.iter().map(|tensor| tensor.name.as_str()).collect();
        assert_eq!(names, ["a", "b", "scalar", "empty", "half", "new"]);
        assert_eq!(header.metadata.get("format").map(String::as_str), Some("pt"));
        assert_eq!(header.data_len(), 31);
        assert_eq!(
            serde_json::to_value(header.parameters()).expect("plain"),
            serde_json::json!({
                "parameters": {"F32": 2, "F16": 6, "I64": 1, "F4": 4, "Z9": 5}, "total": 18
            })
        );
    }

    #[test]
    fn headers_that_contradict_themselves_are_refused() {
        for (json, part) in [
            ("", "does not begin"),
            ("[]", "does not begin"),
            ("{", "not valid"),
            ("{}x", "not valid"),
            (r#"{"a":1}"#, "not valid"),
            (r#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,9]}}"#, "does not fit"),
            (r#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}}"#, "ends before"),
            (r#"{"a":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}}"#, "not valid"),
            (r#"{"a":{"dtype":"F32","shape":[9223372036854775807,3],"data_offsets":[0,8]}}"#, "too large"),
            (r#"{"a":{"dtype":"F32","shape":[18446744073709551615],"data_offsets":[0,8]}}"#, "does not fit"),
            (r#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8,16]}}"#, "not valid"),
            (r#"{"a":{"dtype":"F32","shape":[2]}}"#, "not valid"),
            (r#"{"__metadata__":{"a":1}}"#, "not valid"),
            (
                r#"{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"a":{"dtype":"U8","shape":[1],"data_offsets":[1,2]}}"#,
                "twice",
            ),
        ] {
            let error = parse(json).expect_err(json);
            assert!(error.contains(part), "{json}: {error}");
        }
        let ones = "1,".repeat(65);
        let deep = format!(
            r#"{{"a":{{"dtype":"U8","shape":[{}],"data_offsets":[0,1]}}}}"#,
            ones.trim_end_matches(',')
        );
        assert!(parse(&deep).expect_err("deep").contains("64 dimensions"));
        assert!(parse(&format!("{{\"a\":{}", "[".repeat(100_000))).is_err());
        assert!(parse(&format!("{{\"a\":{{\"x\":{}", "[".repeat(100_000))).is_err());
    }

    #[test]
    fn shards_add_up() {
        let mut sum = Parameters::default();
        for _ in 0..2 {
            let header = parse(r#"{"a":{"dtype":"U8","shape":[3],"data_offsets":[0,3]}}"#).expect("valid");
            sum.merge(&header.parameters());
        }
        assert_eq!((sum.total, sum.by_dtype["U8"]), (6, 6));
        sum.merge(&Parameters { by_dtype: [("U8".to_owned(), u64::MAX)].into(), total: u64::MAX });
        assert_eq!((sum.total, sum.by_dtype["U8"]), (u64::MAX, u64::MAX));
    }

    #[test]
    fn an_index_names_each_shard_once() {
        let files = index_files(
            br#"{"metadata":{"total_size":9},"weight_map":{"a":"m-2.safetensors","b":"m-1.safetensors","c":"m-2.safetensors"}}"#,
        );
        assert_eq!(files.expect("valid"), ["m-1.safetensors", "m-2.safetensors"]);
    }

    #[test]
    fn an_index_that_leaves_its_folder_or_never_ends_is_refused() {
        let many = (0..=MAX_SHARDS).map(|n| format!("\"{n}\":\"f{n}\"")).collect::<Vec<_>>().join(",");
        for json in [
            "",
            "{}",
            "[]",
            r#"{"weight_map":[]}"#,
            r#"{"weight_map":{"a":1}}"#,
            r#"{"weight_map":{"a":"../x"}}"#,
            r#"{"weight_map":{"a":"/etc/passwd"}}"#,
            r#"{"weight_map":{"a":""}}"#,
            &format!("{{\"weight_map\":{{{many}}}}}"),
        ] {
            assert!(index_files(json.as_bytes()).is_err(), "{}", &json[..json.len().min(60)]);
        }
    }
}
