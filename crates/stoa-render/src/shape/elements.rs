//! The elements that a stranger's HTML may consist of.

/// What matters about an element for nesting it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Has neither content nor end tag.
    Void,
    /// Stands in a line.
    Inline,
    /// Closes an open paragraph.
    Block,
    /// `h1` to `h6`: gets an id and is listed.
    Heading,
    /// Closes its open predecessor: `li`, `dt`, `dd`.
    Item,
    /// A table.
    Table,
    /// Part of a table that is not a cell.
    TablePart,
    /// A cell.
    Cell,
}

const ELEMENTS: &[(&str, Kind)] = &[
    ("a", Kind::Inline),
    ("abbr", Kind::Inline),
    ("audio", Kind::Inline),
    ("b", Kind::Inline),
    ("blockquote", Kind::Block),
    ("br", Kind::Void),
    ("caption", Kind::TablePart),
    ("center", Kind::Block),
    ("cite", Kind::Inline),
    ("code", Kind::Inline),
    ("col", Kind::Void),
    ("colgroup", Kind::TablePart),
    ("dd", Kind::Item),
    ("del", Kind::Inline),
    ("details", Kind::Block),
    ("div", Kind::Block),
    ("dl", Kind::Block),
    ("dt", Kind::Item),
    ("em", Kind::Inline),
    ("figcaption", Kind::Block),
    ("figure", Kind::Block),
    ("h1", Kind::Heading),
    ("h2", Kind::Heading),
    ("h3", Kind::Heading),
    ("h4", Kind::Heading),
    ("h5", Kind::Heading),
    ("h6", Kind::Heading),
    ("hr", Kind::Void),
    ("i", Kind::Inline),
    ("img", Kind::Void),
    ("ins", Kind::Inline),
    ("kbd", Kind::Inline),
    ("li", Kind::Item),
    ("mark", Kind::Inline),
    ("ol", Kind::Block),
    ("p", Kind::Block),
    ("picture", Kind::Inline),
    ("pre", Kind::Block),
    ("q", Kind::Inline),
    ("s", Kind::Inline),
    ("samp", Kind::Inline),
    ("section", Kind::Block),
    ("small", Kind::Inline),
    ("source", Kind::Void),
    ("span", Kind::Inline),
    ("strong", Kind::Inline),
    ("sub", Kind::Inline),
    ("summary", Kind::Block),
    ("sup", Kind::Inline),
    ("table", Kind::Table),
    ("tbody", Kind::TablePart),
    ("td", Kind::Cell),
    ("tfoot", Kind::TablePart),
    ("th", Kind::Cell),
    ("thead", Kind::TablePart),
    ("tr", Kind::TablePart),
    ("u", Kind::Inline),
    ("ul", Kind::Block),
    ("var", Kind::Inline),
    ("video", Kind::Inline),
    ("wbr", Kind::Void),
];

/// Elements whose content goes with them. Of all others that are not allowed only the tags go.
const SWALLOWED: &[&str] = &[
    "iframe", "math", "noembed", "noframes", "noscript", "script", "select", "style", "svg", "template",
    "textarea", "title", "xmp",
];

/// Every allowed element.
pub(crate) fn names() -> impl Iterator<Item = &'static str> {
    ELEMENTS.iter().map(|(name, _)| *name)
}

/// The allowed element of this name.
pub(crate) fn element(name: &str) -> Option<(&'static str, Kind)> {
    let name = match name {
        "strike" => "s",
        "tt" => "code",
        name => name,
    };
    ELEMENTS.binary_search_by(|(known, _)| (*known).cmp(name)).ok().map(|at| ELEMENTS[at])
}

/// Whether the content of such an element is not shown either.
pub(crate) fn is_swallowed(name: &str) -> bool {
    SWALLOWED.binary_search(&name).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lists_are_sorted_for_searching() {
        assert!(ELEMENTS.is_sorted_by_key(|(name, _)| *name));
        assert!(SWALLOWED.is_sorted());
    }
}
