//! YAML to JSON, with every dimension bounded.

use std::cell::Cell;
use std::fmt;

use serde::de::{self, DeserializeSeed, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};
use serde_saphyr::{DuplicateKeyPolicy, Error, NonFiniteFloatPolicy, Options};

use super::{CardError, MAX_METADATA};

/// Deepest nesting. `dataset_info` with structs in lists in structs needs about twenty.
const MAX_DEPTH: usize = 64;
/// Most values and keys. The largest benchmark cards have a tenth of it.
const MAX_NODES: usize = 400_000;
/// Most text that may come out, so that aliases cannot multiply what came in.
const MAX_TEXT: usize = 2 * MAX_METADATA;

/// Parses front matter that begins on `first_line` of its card.
pub(super) fn parse(yaml: &str, first_line: usize) -> Result<Map<String, Value>, CardError> {
    if yaml.len() > MAX_METADATA {
        let message =
            format!("The metadata is larger than {} MiB; move long texts below it", MAX_METADATA >> 20);
        return Err(CardError { line: None, message });
    }
    let budget = Budget { nodes: Cell::new(MAX_NODES), text: Cell::new(MAX_TEXT) };
    let parsed = serde_saphyr::with_deserializer_from_str_with_options(yaml, options(), |deserializer| {
        Seed(&budget).deserialize(deserializer)
    });
    match parsed {
        Ok(Value::Object(data)) => Ok(data),
        // Comments and blank lines only.
        Ok(Value::Null) | Err(Error::Eof { .. }) => Ok(Map::new()),
        Ok(_) => Err(CardError {
            line: Some(first_line),
            message: "The metadata must be a list of `key: value` lines".to_owned(),
        }),
        Err(error) => Err(explain(&error, first_line)),
    }
}

fn options() -> Options {
    serde_saphyr::options! {
        budget: serde_saphyr::budget! {
            max_depth: MAX_DEPTH,
            flow_nesting_limit: MAX_DEPTH,
            max_nodes: MAX_NODES,
            max_events: 2 * MAX_NODES,
            max_anchors: 1_000,
            max_aliases: 1_000,
            max_recorded_anchor_events: MAX_NODES,
            max_merge_keys: 1_000,
            max_documents: 2,
        },
        alias_limits: serde_saphyr::alias_limits! {
            max_total_replayed_events: MAX_NODES,
            max_replay_stack_depth: 16,
        },
        duplicate_keys: DuplicateKeyPolicy::Error,
        // Compat: ISO codes such as `no`, `on` or `y` in `language:` are text.
        strict_booleans: true,
        // A configuration named `2023_01` or `007` keeps its name.
        underscored_numbers_as_strings: true,
        leading_zero_numbers_as_strings: true,
        ignore_binary_tag_for_string: true,
        non_finite_float_policy: NonFiniteFloatPolicy::PassThrough,
        with_snippet: false,
    }
}

/// Says where the error is in the card, not in the cut, and what to do about the common ones.
fn explain(error: &Error, first_line: usize) -> CardError {
    let error = error.without_snippet();
    let line = error
        .location()
        .filter(|at| at.line() > 0)
        .and_then(|at| usize::try_from(at.line()).ok())
        .map(|line| line - 1 + first_line);
    let message = match error {
        Error::DuplicateMappingKey { key: Some(key), .. } => {
            format!("The key `{}` appears twice; keep one of them", shorten(key))
        }
        Error::DuplicateMappingKey { .. } => "A key appears twice; keep one of them".to_owned(),
        Error::UnknownAnchor { .. } => {
            "`*name` refers to an anchor that does not exist; put quotes around a text that begins with `*`"
                .to_owned()
        }
        Error::MultipleDocuments { .. } => {
            "The metadata holds more than one YAML document; keep one".to_owned()
        }
        Error::Budget { .. }
        | Error::AliasReplayCounterOverflow { .. }
        | Error::AliasReplayLimitExceeded { .. }
        | Error::AliasExpansionLimitExceeded { .. }
        | Error::AliasReplayStackDepthExceeded { .. } => TOO_MUCH.to_owned(),
        Error::NullIntoString { .. } => "A key is empty; write `key: value`".to_owned(),
        other => {
            let text = other.to_string();
            // The library counts lines from the first `---`; the line of the card is told beside the message.
            let text = shorten(text.split(" (defined at line").next().unwrap_or_default());
            let text = text.split(" at line ").next().unwrap_or_default();
            let is_bound =
                [TOO_MUCH, "budget breached", "recursion limit"].iter().any(|part| text.contains(part));
            if is_bound {
                TOO_MUCH.to_owned()
            } else {
                format!(
                    "This is not valid YAML ({text}); check the indentation and put quotes around special characters"
                )
            }
        }
    };
    CardError { line, message }
}

const TOO_MUCH: &str =
    "The metadata is nested too deeply or grows too large through aliases; write it out more simply";

fn shorten(text: &str) -> String {
    let mut short: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(201).collect();
    if let Some((at, _)) = short.char_indices().nth(200) {
        short.truncate(at);
        short.push('…');
    }
    short
}

/// What may still come out.
struct Budget {
    nodes: Cell<usize>,
    text: Cell<usize>,
}

impl Budget {
    fn take<E: de::Error>(&self, text: usize) -> Result<(), E> {
        let nodes = self.nodes.get().checked_sub(1);
        let text = self.text.get().checked_sub(text);
        let (Some(nodes), Some(text)) = (nodes, text) else { return Err(E::custom(TOO_MUCH)) };
        self.nodes.set(nodes);
        self.text.set(text);
        Ok(())
    }
}

/// Builds one value out of the budget.
///
/// The `Value` of `serde_json` would do, but for alias bombs: a long text, named once and repeated a thousand times, is
/// only seen here at its full size.
struct Seed<'a>(&'a Budget);

impl<'de> DeserializeSeed<'de> for Seed<'_> {
    type Value = Value;

    fn deserialize<D: de::Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Seed<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a YAML value")
    }

    fn visit_bool<E: de::Error>(self, value: bool) -> Result<Value, E> {
        self.0.take(0).map(|()| Value::Bool(value))
    }

    fn visit_i64<E: de::Error>(self, value: i64) -> Result<Value, E> {
        self.0.take(0).map(|()| Value::from(value))
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<Value, E> {
        self.0.take(0).map(|()| Value::from(value))
    }

    fn visit_i128<E: de::Error>(self, value: i128) -> Result<Value, E> {
        self.visit_f64(value as f64)
    }

    fn visit_u128<E: de::Error>(self, value: u128) -> Result<Value, E> {
        self.visit_f64(value as f64)
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<Value, E> {
        self.0.take(0).map(|()| Number::from_f64(value).map_or(Value::Null, Value::Number))
    }

    fn visit_str<E: de::Error>(self, value: &str) -> Result<Value, E> {
        self.0.take(value.len()).map(|()| Value::String(value.to_owned()))
    }

    fn visit_unit<E: de::Error>(self) -> Result<Value, E> {
        self.0.take(0).map(|()| Value::Null)
    }

    fn visit_none<E: de::Error>(self) -> Result<Value, E> {
        self.visit_unit()
    }

    fn visit_some<D: de::Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Value, A::Error> {
        self.0.take(0)?;
        let mut values = Vec::new();
        while let Some(value) = seq.next_element_seed(Seed(self.0))? {
            values.push(value);
        }
        Ok(Value::Array(values))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        self.0.take(0)?;
        let mut values = Map::new();
        while let Some(key) = map.next_key::<String>()? {
            self.0.take(key.len())?;
            let value = map.next_value_seed(Seed(self.0))?;
            values.insert(key, value);
        }
        Ok(Value::Object(values))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn scalars_follow_yaml_1_2() {
        for (yaml, expected) in [
            ("a: no", json!({"a": "no"})),
            ("a: [no, on, y, yes, off]", json!({"a": ["no", "on", "y", "yes", "off"]})),
            ("a: true", json!({"a": true})),
            ("a: ~", json!({"a": null})),
            ("a:", json!({"a": null})),
            ("a: mit", json!({"a": "mit"})),
            ("a: 2024-05-01", json!({"a": "2024-05-01"})),
            ("a: 12:30:45", json!({"a": "12:30:45"})),
            ("a: 007", json!({"a": "007"})),
            ("a: 2023_01", json!({"a": "2023_01"})),
            ("a: .nan", json!({"a": null})),
            ("a: -.inf", json!({"a": null})),
            ("a: 1e3", json!({"a": 1000.0})),
            ("a: 0.5", json!({"a": 0.5})),
            ("a: -7", json!({"a": -7})),
            ("a: 18446744073709551615", json!({"a": u64::MAX})),
            ("a: 0x10", json!({"a": 16})),
            ("1: x", json!({"1": "x"})),
            ("a: !custom x", json!({"a": "x"})),
            ("a: n<1K", json!({"a": "n<1K"})),
            ("a: &x [1]\nb: *x", json!({"a": [1], "b": [1]})),
            (
                "a: &x {p: 1, q: 2}\nb:\n  <<: *x\n  q: 3",
                json!({"a": {"p": 1, "q": 2}, "b": {"p": 1, "q": 3}}),
            ),
            ("a: |\n  x\n  y\nb: >\n  x\n  y\n", json!({"a": "x\ny\n", "b": "x y\n"})),
            ("a: 'it''s'\nb: \"\\u00e9\"", json!({"a": "it's", "b": "é"})),
            ("emoji: 🚀", json!({"emoji": "🚀"})),
            ("# only a comment", json!({})),
            ("", json!({})),
            ("\n\n", json!({})),
            ("a: 1\r\nb: 2\r\n", json!({"a": 1, "b": 2})),
        ] {
            assert_eq!(parse(yaml, 2).map(Value::Object), Ok(expected), "{yaml}");
        }
    }

    #[test]
    fn errors_name_the_line_of_the_card_and_a_remedy() {
        for (yaml, line, part) in [
            ("a: 1\nb: 2\na: 3", 4, "`a` appears twice; keep one"),
            ("x:\n  a: 1\n  a: 3", 4, "`a` appears twice; keep one"),
            ("- a\n- b", 2, "`key: value`"),
            ("just text", 2, "`key: value`"),
            ("a: [1, 2\nb: 3", 3, "not valid YAML"),
            ("a: b: c", 2, "not valid YAML"),
            ("a: *nowhere", 2, "put quotes"),
            ("a: 1\n b: 2", 3, "not valid YAML"),
            ("a: @x", 2, "not valid YAML"),
        ] {
            let error = parse(yaml, 2).expect_err(yaml);
            assert_eq!(error.line, Some(line), "{yaml}: {error}");
            assert!(error.message.contains(part), "{yaml}: {error}");
        }
    }

    #[test]
    fn nothing_grows_beyond_its_bounds() {
        use std::fmt::Write as _;
        let mut laughs = String::from("a0: &a0 [ha, ha, ha, ha, ha, ha, ha, ha, ha]\n");
        for level in 1..12 {
            let item = format!("*a{}", level - 1);
            writeln!(laughs, "a{level}: &a{level} [{}]", vec![item; 9].join(", ")).expect("a String");
        }
        let long = format!("a: &a {}\nb: [{}]", "x".repeat(1 << 20), vec!["*a"; 900].join(", "));
        let merges = format!("a: &a {{k: {}}}\n{}", "x".repeat(1 << 20), {
            (0..900).map(|n| format!("m{n}:\n  <<: *a")).collect::<Vec<_>>().join("\n")
        });
        let wide = format!("a: [{}]", "1,".repeat(MAX_NODES + 1));
        for yaml in [
            laughs,
            long,
            merges,
            wide,
            format!("a: {}", "[".repeat(100_000)),
            format!("a: {}", "{a: ".repeat(100_000)),
            format!("{}1", "- ".repeat(100_000)),
            (0..2_000).fold(String::new(), |text, depth| text + &" ".repeat(depth) + "a:\n"),
            format!("a: {}{}", "[".repeat(200), "]".repeat(200)),
            format!("? {}", "[".repeat(1000)),
            "&a a: *a".repeat(1000),
            "a: &a [*a]".to_owned(),
            "x".repeat(MAX_METADATA + 1),
            "a: \"\\ud800\"".to_owned(),
            "a: \u{0}".to_owned(),
            "%TAG ! !\n%YAML 9.9".to_owned(),
            "? ? ? ?".to_owned(),
            "a: !!binary ////".repeat(3),
            "? {a: 1}\n: 2".to_owned(),
        ] {
            let start = yaml.chars().take(60).collect::<String>();
            let error = parse(&yaml, 2).expect_err(&start);
            assert!(error.message.len() < 1_000 && !error.message.contains(" line "), "{start}: {error}");
        }
    }
}
