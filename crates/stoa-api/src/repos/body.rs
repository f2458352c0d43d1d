//! What the bodies of several requests about repositories have in common.

use serde_json::Value;
use stoa_core::{Failure, Gate, Reply, RepoKind};

/// Whether a repository shall be private, from `visibility` or from `private`, which older clients send; `None` when
/// neither says.
pub(crate) fn private(
    kind: RepoKind,
    visibility: Option<&str>,
    private: Option<bool>,
) -> Reply<Option<bool>> {
    match visibility {
        None => Ok(private),
        Some("public") => Ok(Some(false)),
        Some("private") => Ok(Some(true)),
        Some("protected") if kind == RepoKind::Space => {
            Err(Failure::absent("stoa has no protected Spaces yet; use the visibility public or private"))
        }
        Some(_) => Err(Failure::invalid("\"visibility\" must be one of [public, private]")),
    }
}

/// The word for it in answers.
pub(crate) fn visibility(private: bool) -> &'static str {
    if private { "private" } else { "public" }
}

/// A gate as bodies write it: `false`, `"auto"` or `"manual"`.
pub(super) fn gate(value: &Value) -> Reply<Gate> {
    match value {
        Value::Bool(false) => Ok(Gate::Open),
        Value::String(word) if word == "auto" => Ok(Gate::Auto),
        Value::String(word) if word == "manual" => Ok(Gate::Manual),
        _ => Err(Failure::invalid("\"gated\" must be one of [false, \"auto\", \"manual\"]")),
    }
}

/// Refuses what stoa would have to forget: fields of a request that it understands and cannot keep.
pub(crate) fn refuse(fields: &[(&str, &Option<Value>)]) -> Reply<()> {
    for (name, value) in fields {
        let empty = match value {
            None | Some(Value::Null) => true,
            Some(Value::Array(items)) => items.is_empty(),
            Some(Value::Object(items)) => items.is_empty(),
            Some(_) => false,
        };
        if !empty {
            return Err(Failure::absent(format!(
                "stoa cannot keep `{name}` yet; send the request without it"
            )));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use stoa_core::Kind;

    use super::*;

    #[test]
    fn visibility_goes_before_the_older_flag() {
        let model = RepoKind::Model;
        assert_eq!(private(model, None, None), Ok(None));
        assert_eq!(private(model, None, Some(true)), Ok(Some(true)));
        assert_eq!(private(model, Some("public"), Some(true)), Ok(Some(false)));
        assert_eq!(private(model, Some("private"), None), Ok(Some(true)));
        let kind = |kind, word| private(kind, Some(word), None).map_err(|failure| failure.kind);
        assert_eq!(kind(RepoKind::Space, "protected"), Err(Kind::Absent));
        assert_eq!(kind(model, "protected"), Err(Kind::Invalid));
        assert_eq!(kind(model, "Public"), Err(Kind::Invalid));
    }

    #[test]
    fn what_cannot_be_kept_is_refused_and_nothing_else() {
        for (value, kept) in [
            (None, true),
            (Some(json!(null)), true),
            (Some(json!([])), true),
            (Some(json!([{"key": "A"}])), false),
        ] {
            assert_eq!(refuse(&[("secrets", &value)]).is_ok(), kept, "{value:?}");
        }
    }
}
