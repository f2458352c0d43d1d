//! Little-endian values, one after the other.

use serde_json::{Number, Value};

use crate::weights::WeightsError;

/// The type code of a text.
pub(super) const STRING: u32 = 8;
/// The type code of an array.
pub(super) const ARRAY: u32 = 9;

/// Arrays may hold arrays; no real file nests them even once.
const MAX_NESTING: u32 = 4;

/// Why reading stopped.
pub(super) enum Stop {
    /// The file must be at least this long to read on.
    Short(u64),
    /// The file is not what it claims to be.
    Bad(WeightsError),
}

impl Stop {
    pub(super) fn bad(message: impl Into<String>) -> Self {
        Self::Bad(WeightsError::new(message))
    }
}

/// A cursor over the first bytes of a file.
pub(super) struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    /// How many bytes were read.
    pub(super) fn position(&self) -> u64 {
        self.at as u64
    }

    /// Whether the file may still begin with `magic`, as far as it is known.
    pub(super) fn begins_like(&self, magic: &[u8]) -> bool {
        self.bytes.iter().zip(magic).all(|(have, want)| have == want)
    }

    pub(super) fn take(&mut self, len: u64) -> Result<&'a [u8], Stop> {
        let end = (self.at as u64).saturating_add(len);
        let taken = usize::try_from(end).ok().and_then(|end| self.bytes.get(self.at..end));
        let Some(taken) = taken else { return Err(Stop::Short(end)) };
        self.at += taken.len();
        Ok(taken)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], Stop> {
        let taken = self.take(N as u64)?;
        Ok(*taken.first_chunk().expect("`take` gives as many bytes as asked for"))
    }

    pub(super) fn u32(&mut self) -> Result<u32, Stop> {
        self.array().map(u32::from_le_bytes)
    }

    pub(super) fn u64(&mut self) -> Result<u64, Stop> {
        self.array().map(u64::from_le_bytes)
    }

    pub(super) fn string(&mut self) -> Result<&'a [u8], Stop> {
        let len = self.u64()?;
        self.take(len)
    }

    /// A short text: a key or a name.
    pub(super) fn text(&mut self, max: u64) -> Result<String, Stop> {
        let len = self.u64()?;
        if len > max {
            return Err(Stop::bad(format!("A name in the header is {len} bytes long: the file is damaged")));
        }
        self.take(len).map(|text| String::from_utf8_lossy(text).into_owned())
    }

    /// A number or boolean. `Null` stands for a float that JSON cannot hold.
    pub(super) fn scalar(&mut self, kind: u32) -> Result<Value, Stop> {
        Ok(match kind {
            0 => Value::from(u8::from_le_bytes(self.array()?)),
            1 => Value::from(i8::from_le_bytes(self.array()?)),
            2 => Value::from(u16::from_le_bytes(self.array()?)),
            3 => Value::from(i16::from_le_bytes(self.array()?)),
            4 => Value::from(u32::from_le_bytes(self.array()?)),
            5 => Value::from(i32::from_le_bytes(self.array()?)),
            6 => float(f64::from(f32::from_le_bytes(self.array()?))),
            7 => Value::Bool(self.array::<1>()? != [0]),
            10 => Value::from(u64::from_le_bytes(self.array()?)),
            11 => Value::from(i64::from_le_bytes(self.array()?)),
            12 => float(f64::from_le_bytes(self.array()?)),
            other => return Err(unknown(other)),
        })
    }

    /// Steps over an array. If it is one of texts, says where they begin and how many there are.
    pub(super) fn skip_array(&mut self) -> Result<Option<(usize, u64)>, Stop> {
        self.skip_nested(0)
    }

    fn skip_nested(&mut self, depth: u32) -> Result<Option<(usize, u64)>, Stop> {
        let kind = self.u32()?;
        let count = self.u64()?;
        let start = self.at;
        // The least that `count` elements can take: a lie is found before the first element is read.
        let least = match kind {
            STRING => 8,
            ARRAY => 12,
            fixed => width(fixed).ok_or_else(|| unknown(fixed))?,
        };
        self.take(count.saturating_mul(least))?;
        if kind != STRING && kind != ARRAY {
            return Ok(None);
        }
        self.at = start;
        if kind == STRING {
            for _ in 0..count {
                self.string()?;
            }
            return Ok(Some((start, count)));
        }
        if depth == MAX_NESTING {
            return Err(Stop::bad("The metadata nests arrays too deeply: the file is damaged"));
        }
        for _ in 0..count {
            self.skip_nested(depth + 1)?;
        }
        Ok(None)
    }

    /// The text number `index` of an array whose texts begin at `start`.
    pub(super) fn nth_string(&self, start: usize, index: u64) -> Option<&'a [u8]> {
        let mut reader = Reader { bytes: self.bytes, at: start };
        for _ in 0..index {
            reader.string().ok()?;
        }
        reader.string().ok()
    }
}

fn width(kind: u32) -> Option<u64> {
    Some(match kind {
        0 | 1 | 7 => 1,
        2 | 3 => 2,
        4..=6 => 4,
        10..=12 => 8,
        _ => return None,
    })
}

fn float(value: f64) -> Value {
    Number::from_f64(value).map_or(Value::Null, Value::Number)
}

fn unknown(kind: u32) -> Stop {
    Stop::bad(format!(
        "The metadata has a value of the unknown type {kind}: the file is damaged, or newer than GGUF 3"
    ))
}
