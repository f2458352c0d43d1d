//! JSON that strangers wrote, read only if it cannot become much larger in memory than it is.

use serde_json::Value;

/// A text with more objects than this is not read.
const OBJECTS: usize = 100_000;

/// A text with more values than this is not read.
const VALUES: usize = 500_000;

/// The value that `text` spells, unless it is broken, nested too deeply or has too many parts.
pub(crate) fn parse(text: &str) -> Option<Value> {
    let (mut objects, mut values) = (0usize, 0usize);
    let (mut in_string, mut escaped) = (false, false);
    for byte in text.bytes() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = in_string,
            b'"' => in_string = !in_string,
            b'{' if !in_string => objects += 1,
            b',' | b'[' if !in_string => values += 1,
            _ => {}
        }
    }
    if objects > OBJECTS || values > VALUES {
        return None;
    }
    serde_json::from_str(text).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_that_would_grow_in_memory_is_not_read() {
        assert!(parse(r#"{"a": "{{[[,,\""}"#).is_some());
        assert!(parse(&format!("[{}0]", "0,".repeat(VALUES))).is_none());
        assert!(parse(&format!("[{}{{}}]", "{},".repeat(OBJECTS))).is_none());
        assert!(parse(&"[".repeat(100_000)).is_none());
    }
}
