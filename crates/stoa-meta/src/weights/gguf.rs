//! Headers of GGUF files: key–value pairs, then a list of tensors, then the tensors.
//!
//! The format is described at <https://github.com/ggml-org/ggml/blob/master/docs/gguf.md>.

mod names;
mod reader;

use serde_json::{Map, Value, json};

use self::reader::{Reader, Stop};
use super::{Parameters, WeightsError};

/// Longest header, in bytes. A vocabulary of 262 000 tokens with its merges takes about 16 MB.
pub const MAX_HEADER: u64 = 64 * 1024 * 1024;

/// Most key–value pairs; real files have tens.
const MAX_PAIRS: u64 = 65_536;
/// Most tensors; real files have thousands.
const MAX_TENSORS: u64 = 1_000_000;
/// ggml has four dimensions; some room is left.
const MAX_RANK: u32 = 8;
/// What the bytes of tensors are aligned to when a file does not say.
const ALIGNMENT: u64 = 32;
/// Most entries kept in [`Gguf::metadata`].
const MAX_KEPT: usize = 1_000;
/// Longest text kept in [`Gguf::metadata`], in bytes.
const MAX_KEPT_TEXT: usize = 1_024;
/// Longest chat template kept, in bytes.
const MAX_TEMPLATE: usize = 256 * 1024;

/// One tensor of a file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TensorInfo {
    /// Its name, such as `blk.0.attn_q.weight`.
    pub name: String,
    /// Its dimensions, fastest first, as the file stores them.
    pub shape: Vec<u64>,
    /// The type of its numbers (`F32`, `Q4_K`…); `type_N` for one this version does not know.
    pub dtype: String,
    /// Where its bytes begin, counted from [`Gguf::data_start`].
    pub offset: u64,
    /// How many they are; `None` for a type this version does not know.
    pub bytes: Option<u64>,
}

/// What a GGUF file says about the model in it.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Gguf {
    /// `general.architecture`, such as `llama`.
    pub architecture: Option<String>,
    /// How many numbers the tensors of this file hold.
    pub total_parameters: u64,
    /// `{architecture}.context_length`.
    pub context_length: Option<u64>,
    /// The quantization that `general.file_type` names, such as `Q4_K_M`.
    pub quantization: Option<String>,
    /// `tokenizer.chat_template`.
    pub chat_template: Option<String>,
    /// The text of the beginning-of-sequence token.
    pub bos_token: Option<String>,
    /// The text of the end-of-sequence token.
    pub eos_token: Option<String>,
    /// `general.name`.
    pub name: Option<String>,
    /// Numbers, booleans and short texts of the metadata; no arrays, no long texts.
    pub metadata: Map<String, Value>,
    /// The tensors, in the order of the file.
    pub tensors: Vec<TensorInfo>,
    /// Counts by dtype.
    pub parameters: Parameters,
    /// Where the bytes of tensors begin in the file.
    pub data_start: u64,
}

impl Gguf {
    /// The `gguf` property of a model.
    ///
    /// Compat: the keys are the Hub's; what is unknown is left out, not `null`.
    pub fn to_json(&self) -> Value {
        let mut json = Map::new();
        json.insert("total".to_owned(), json!(self.total_parameters));
        let imatrix = self.metadata.get(IMATRIX_FILE).and_then(Value::as_str);
        for (key, value) in [
            ("architecture", self.architecture.as_deref()),
            ("quantize_imatrix_file", imatrix),
            ("chat_template", self.chat_template.as_deref()),
            ("bos_token", self.bos_token.as_deref()),
            ("eos_token", self.eos_token.as_deref()),
        ] {
            if let Some(value) = value {
                json.insert(key.to_owned(), json!(value));
            }
        }
        if let Some(length) = self.context_length {
            json.insert("context_length".to_owned(), json!(length));
        }
        Value::Object(json)
    }

    /// Whether an importance matrix guided the quantization.
    pub(crate) fn has_imatrix(&self) -> bool {
        self.metadata.contains_key(IMATRIX_FILE)
    }

    fn number(&self, key: &str) -> Option<u64> {
        self.metadata.get(key)?.as_u64()
    }

    fn text(&self, key: &str) -> Option<String> {
        self.metadata.get(key)?.as_str().map(str::to_owned)
    }
}

const IMATRIX_FILE: &str = "quantize.imatrix.file";

/// What came of reading the beginning of a file.
#[derive(Clone, PartialEq, Debug)]
pub enum Parsed {
    /// The header was all there.
    Complete(Box<Gguf>),
    /// The header goes on: call again with this many bytes from the start of the file, or with all of it if it is
    /// shorter. A file that has been given whole and still needs more is cut off.
    NeedMore(u64),
}

/// Reads a header from the first bytes of a file.
///
/// Each call starts over, and asks for at least twice as much as it got, so the whole takes linear time. Memory is
/// bounded by the bytes given: a length field alone allocates nothing, and arrays (token lists) are stepped over.
pub fn parse(prefix: &[u8]) -> Result<Parsed, WeightsError> {
    match read(&mut Reader::new(prefix)) {
        Ok(gguf) => Ok(Parsed::Complete(Box::new(gguf))),
        Err(Stop::Bad(error)) => Err(error),
        Err(Stop::Short(needed)) if needed > MAX_HEADER => Err(WeightsError::new(format!(
            "The header is longer than {} MiB: the file is damaged, or not a model",
            MAX_HEADER >> 20
        ))),
        Err(Stop::Short(needed)) => {
            let twice = (prefix.len() as u64).saturating_mul(2);
            Ok(Parsed::NeedMore(needed.max(twice).clamp(1 << 20, MAX_HEADER)))
        }
    }
}

fn read(reader: &mut Reader<'_>) -> Result<Gguf, Stop> {
    read_magic(reader)?;
    let tensor_count = reader.u64()?;
    let pair_count = reader.u64()?;
    if tensor_count > MAX_TENSORS || pair_count > MAX_PAIRS {
        return Err(Stop::bad(
            "The header counts more tensors or keys than any model has: the file is damaged",
        ));
    }
    let mut gguf = Gguf::default();
    let mut tokens = None;
    for _ in 0..pair_count {
        read_pair(reader, &mut gguf, &mut tokens)?;
    }
    for _ in 0..tensor_count {
        read_tensor(reader, &mut gguf)?;
    }
    conclude(reader, &mut gguf, tokens);
    Ok(gguf)
}

fn read_magic(reader: &mut Reader<'_>) -> Result<(), Stop> {
    if !reader.begins_like(b"GGUF") {
        return Err(Stop::bad("The file does not begin with `GGUF`, so it is not a GGUF file"));
    }
    reader.take(4)?;
    match reader.u32()? {
        2 | 3 => Ok(()),
        version if matches!(version.swap_bytes(), 1..=3) => Err(Stop::bad(
            "This GGUF file is big-endian; convert it to little-endian with `gguf_convert_endian.py`",
        )),
        1 => Err(Stop::bad("This GGUF file has version 1; convert the model again to get version 3")),
        version => {
            Err(Stop::bad(format!("This GGUF file has version {version}; versions 2 and 3 are known")))
        }
    }
}

/// Reads one pair. `tokens` is set to where the token list begins and how long it is.
fn read_pair(
    reader: &mut Reader<'_>,
    gguf: &mut Gguf,
    tokens: &mut Option<(usize, u64)>,
) -> Result<(), Stop> {
    let key = reader.text(65_535)?;
    let kind = reader.u32()?;
    if kind == reader::ARRAY {
        if let Some(list) = reader.skip_array()?
            && key == "tokenizer.ggml.tokens"
        {
            *tokens = Some(list);
        }
        return Ok(());
    }
    if kind == reader::STRING {
        let text = reader.string()?;
        if key == "tokenizer.chat_template" && text.len() <= MAX_TEMPLATE {
            gguf.chat_template = Some(String::from_utf8_lossy(text).into_owned());
        } else if text.len() <= MAX_KEPT_TEXT && gguf.metadata.len() < MAX_KEPT {
            gguf.metadata.insert(key, Value::String(String::from_utf8_lossy(text).into_owned()));
        }
        return Ok(());
    }
    let value = reader.scalar(kind)?;
    if gguf.metadata.len() < MAX_KEPT && !value.is_null() {
        gguf.metadata.insert(key, value);
    }
    Ok(())
}

fn read_tensor(reader: &mut Reader<'_>, gguf: &mut Gguf) -> Result<(), Stop> {
    let name = reader.text(65_535)?;
    let rank = reader.u32()?;
    if rank > MAX_RANK {
        return Err(Stop::bad(format!(
            "A tensor has {rank} dimensions and {MAX_RANK} are the most: the file is damaged"
        )));
    }
    let shape = (0..rank).map(|_| reader.u64()).collect::<Result<Vec<_>, _>>()?;
    let code = reader.u32()?;
    let dtype = names::dtype(code);
    let offset = reader.u64()?;
    let count = if shape.contains(&0) {
        0
    } else {
        shape
            .iter()
            .try_fold(1_u64, |product, side| product.checked_mul(*side))
            .ok_or_else(|| Stop::bad("A tensor has a shape too large to exist: the file is damaged"))?
    };
    gguf.parameters.add(&dtype, count);
    let bytes = names::block(code).map(|(numbers, bytes)| count.div_ceil(numbers).saturating_mul(bytes));
    gguf.tensors.push(TensorInfo { name, shape, dtype, offset, bytes });
    Ok(())
}

/// Fills in what the pairs mean together.
fn conclude(reader: &Reader<'_>, gguf: &mut Gguf, tokens: Option<(usize, u64)>) {
    gguf.total_parameters = gguf.parameters.total;
    let alignment = gguf.number("general.alignment").filter(|alignment| *alignment > 0).unwrap_or(ALIGNMENT);
    gguf.data_start = reader.position().div_ceil(alignment).saturating_mul(alignment);
    gguf.architecture = gguf.text("general.architecture");
    gguf.name = gguf.text("general.name");
    gguf.quantization = gguf.number("general.file_type").and_then(names::file_type).map(str::to_owned);
    gguf.context_length =
        gguf.architecture.as_ref().and_then(|name| gguf.number(&format!("{name}.context_length")));
    let token = |key: &str| {
        let (start, count) = tokens?;
        let index = gguf.number(key).filter(|index| *index < count)?;
        reader.nth_string(start, index).map(|text| String::from_utf8_lossy(text).into_owned())
    };
    let (bos, eos) = (token("tokenizer.ggml.bos_token_id"), token("tokenizer.ggml.eos_token_id"));
    gguf.bos_token = bos.filter(|text| text.len() <= MAX_KEPT_TEXT);
    gguf.eos_token = eos.filter(|text| text.len() <= MAX_KEPT_TEXT);
}

#[cfg(test)]
mod tests;
