//! From the thousands of scopes that grammars know to the few classes that a style sheet needs.

use std::collections::HashMap;
use std::str::FromStr;
use std::sync::LazyLock;

use syntect::parsing::{Scope, ScopeStack};

/// Scope prefixes, the more exact ones first, and the class of what they cover; an empty class stands for plain text
/// and hides what is around it.
const CLASSES: &[(&str, &str)] = &[
    ("comment", "hl-c"),
    ("constant.character.escape", "hl-n"),
    ("constant.other.placeholder", "hl-n"),
    ("constant.numeric", "hl-n"),
    ("constant.language", "hl-n"),
    ("constant.character", "hl-n"),
    ("entity.name.function", "hl-f"),
    ("variable.function", "hl-f"),
    ("support.function", "hl-f"),
    ("support.macro", "hl-f"),
    ("entity.name.macro", "hl-f"),
    ("entity.name.tag", "hl-k"),
    ("entity.other.attribute-name", "hl-a"),
    ("variable.annotation", "hl-a"),
    ("meta.annotation", "hl-a"),
    ("support.type.property-name", "hl-a"),
    ("meta.mapping.key", "hl-a"),
    ("entity.name.section", "hl-k"),
    ("entity.name.type", "hl-t"),
    ("entity.name.class", "hl-t"),
    ("entity.name.struct", "hl-t"),
    ("entity.name.enum", "hl-t"),
    ("entity.name.trait", "hl-t"),
    ("entity.other.inherited-class", "hl-t"),
    ("support.type", "hl-t"),
    ("support.class", "hl-t"),
    ("storage", "hl-k"),
    ("keyword.operator.word", "hl-k"),
    ("keyword.operator.logical.python", "hl-k"),
    ("keyword.operator", ""),
    ("keyword", "hl-k"),
    ("variable.language", "hl-k"),
    ("markup.heading", "hl-k"),
    ("markup.inserted", "hl-i"),
    ("markup.deleted", "hl-d"),
    ("markup.raw", "hl-s"),
    ("string.unquoted", ""),
    ("meta.interpolation", ""),
    ("meta.template.expression", ""),
    ("source", ""),
    ("string", "hl-s"),
];

static PREFIXES: LazyLock<Vec<(Scope, &'static str)>> = LazyLock::new(|| {
    CLASSES.iter().filter_map(|(prefix, class)| Some((Scope::from_str(prefix).ok()?, *class))).collect()
});

/// Classes of the scopes that were met so far.
#[derive(Default)]
pub(super) struct Classes {
    known: HashMap<Scope, Option<&'static str>>,
}

impl Classes {
    /// The class of what stands in these scopes: that of the innermost one that has any.
    pub(super) fn of(&mut self, stack: &ScopeStack) -> &'static str {
        stack.scopes.iter().rev().find_map(|scope| self.one(*scope)).unwrap_or_default()
    }

    fn one(&mut self, scope: Scope) -> Option<&'static str> {
        *self.known.entry(scope).or_insert_with(|| {
            PREFIXES.iter().find(|(prefix, _)| prefix.is_prefix_of(scope)).map(|(_, class)| *class)
        })
    }
}
