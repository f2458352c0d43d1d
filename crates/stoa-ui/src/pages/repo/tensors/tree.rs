//! The tensors as a tree by the parts of their names, with sums; drawn as deep as a page can bear.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use stoa_hub::Tensor;

use crate::markup::{Markup, escape, segment};
use crate::words::Words;

/// Rows that one page has about; deeper branches are links to pages of their own.
const ROWS: usize = 1_200;
/// Children of one branch that are drawn.
const CHILDREN: usize = 600;
/// A name has so many parts at most; the rest stays together.
const DEPTH: usize = 24;
/// Longest part of a name that is drawn, in characters.
const PART: usize = 120;

/// A part of a name: a tensor, or what begins with it, or both.
#[derive(Default)]
pub(super) struct Node {
    pub(super) children: BTreeMap<Part, Node>,
    pub(super) tensor: Option<Tensor>,
    /// Tensors in it.
    pub(super) count: usize,
    pub(super) parameters: u64,
    pub(super) bytes: u64,
}

/// A part of a name; numbers come in their own order: 2 before 10.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) struct Part(u64, pub(super) String);

impl Part {
    fn of(text: &str) -> Self {
        Self(text.parse().unwrap_or(u64::MAX), text.to_owned())
    }
}

impl Node {
    pub(super) fn of(tensors: impl Iterator<Item = Tensor>) -> Self {
        let mut root = Self::default();
        for tensor in tensors {
            let parameters = tensor.shape.iter().fold(1_u64, |product, side| product.saturating_mul(*side));
            let name = tensor.name.clone();
            let mut node = &mut root;
            node.add(parameters, tensor.bytes);
            for part in name.splitn(DEPTH, '.') {
                node = node.children.entry(Part::of(part)).or_default();
                node.add(parameters, tensor.bytes);
            }
            node.tensor = Some(tensor);
        }
        root
    }

    fn add(&mut self, parameters: u64, bytes: u64) {
        self.count += 1;
        self.parameters = self.parameters.saturating_add(parameters);
        self.bytes = self.bytes.saturating_add(bytes);
    }

    /// The branch of a name; all of it for an empty name.
    pub(super) fn find(&self, name: &str) -> Option<&Self> {
        if name.is_empty() {
            return Some(self);
        }
        name.splitn(DEPTH, '.').try_fold(self, |node, part| node.children.get(&Part::of(part)))
    }

    /// Calls `see` with every tensor below.
    pub(super) fn each(&self, see: &mut dyn FnMut(&Tensor)) {
        if let Some(tensor) = &self.tensor {
            see(tensor);
        }
        for child in self.children.values() {
            child.each(see);
        }
    }

    /// How many rows the levels down to `depth` have.
    fn rows(&self, depth: usize) -> usize {
        if depth == 0 {
            return 0;
        }
        self.children.values().map(|child| 1 + child.rows(depth - 1)).sum()
    }

    /// The end of a chain of branches with one child each, and the parts of its name.
    fn straight<'a>(&'a self, part: &'a Part) -> (String, &'a Self) {
        let (mut name, mut node) = (part.1.clone(), self);
        while node.tensor.is_none() && node.children.len() == 1 {
            let Some((part, child)) = node.children.iter().next() else { break };
            name = format!("{name}.{}", part.1);
            node = child;
        }
        (name, node)
    }
}

/// The tree below a branch called `at`.
pub(super) fn draw(words: Words, node: &Node, at: &str) -> Markup {
    let mut depth = 1;
    while depth < DEPTH && node.rows(depth) < node.rows(depth + 1) && node.rows(depth + 1) <= ROWS {
        depth += 1;
    }
    let mut html = String::new();
    let drawing = Drawing { words, open: node.children.len() <= 3 };
    drawing.level(&mut html, node, at, depth, 0);
    Markup(html)
}

struct Drawing {
    words: Words,
    /// Whether the first levels are open from the start.
    open: bool,
}

impl Drawing {
    fn level(&self, html: &mut String, node: &Node, at: &str, depth: usize, level: usize) {
        html.push_str("<ul>");
        if let Some(tensor) = node.tensor.as_ref().filter(|_| level == 0) {
            self.leaf(html, tensor, &tensor.name);
        }
        for (part, child) in node.children.iter().take(CHILDREN) {
            let (name, child) = child.straight(part);
            let full = if at.is_empty() { name.clone() } else { format!("{at}.{name}") };
            if let Some(tensor) = &child.tensor {
                self.leaf(html, tensor, &name);
            }
            if !child.children.is_empty() {
                self.branch(html, child, (&name, &full), depth, level);
            }
        }
        if node.children.len() > CHILDREN {
            let _ = write!(
                html,
                "<li class=\"soft\">{}</li>",
                escape(&self.words.n("repo-more", node.children.len() - CHILDREN))
            );
        }
        html.push_str("</ul>");
    }

    fn branch(&self, html: &mut String, node: &Node, (name, full): (&str, &str), depth: usize, level: usize) {
        let sums = format!(
            "<span class=\"soft\">{}</span><span class=\"end numbers\">{}</span><span class=\"bytes numbers\">{}</span>",
            escape(&self.words.n("repo-tensors-in", node.count)),
            self.words.count(i64::try_from(node.parameters).unwrap_or(i64::MAX)).0,
            escape(&self.words.size_text(node.bytes)),
        );
        let name = shown(name);
        // Writing to a string cannot fail.
        if depth > 1 {
            let open = if self.open && level < 1 { " open" } else { "" };
            let _ = write!(
                html,
                "<li><details{open}><summary><strong class=\"mono\">{name}</strong>{sums}</summary>"
            );
            self.level(html, node, full, depth - 1, level + 1);
            html.push_str("</details></li>");
        } else {
            let _ = write!(
                html,
                "<li class=\"row\"><a class=\"mono\" href=\"?at={}\">{name}</a>{sums}</li>",
                segment(full)
            );
        }
    }

    fn leaf(&self, html: &mut String, tensor: &Tensor, name: &str) {
        let shape: Vec<String> = tensor.shape.iter().take(16).map(u64::to_string).collect();
        let bytes = if tensor.bytes > 0 { self.words.size_text(tensor.bytes) } else { "–".to_owned() };
        let _ = write!(
            html,
            "<li class=\"row\"><span class=\"mono\">{}</span><span class=\"soft mono\">{}</span>\
             <span class=\"end mono\">[{}]</span><span class=\"bytes numbers\">{}</span></li>",
            shown(name),
            shown(&tensor.dtype),
            shape.join(", "),
            escape(&bytes)
        );
    }
}

/// A part of a name, cut and escaped.
fn shown(name: &str) -> String {
    if name.chars().count() <= PART {
        return escape(name);
    }
    format!("{}…", escape(&name.chars().take(PART).collect::<String>()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::Language;

    fn tensor(name: &str, shape: &[u64]) -> Tensor {
        let bytes = shape.iter().fold(4_u64, |bytes, side| bytes.saturating_mul(*side));
        Tensor {
            name: name.to_owned(),
            dtype: "F32".to_owned(),
            shape: shape.into(),
            start: 0,
            bytes,
            file: None,
        }
    }

    fn words() -> Words {
        Words::in_language(Language::English)
    }

    #[test]
    fn names_become_branches_with_sums_and_numbers_in_order() {
        let names = ["m.10.a.w", "m.2.a.w", "m.2.a.b", "m.2", "head"];
        let root = Node::of(names.iter().map(|name| tensor(name, &[2, 3])));
        assert_eq!((root.count, root.parameters, root.bytes), (5, 30, 120));
        let layers: Vec<&str> =
            root.find("m").expect("m").children.keys().map(|part| part.1.as_str()).collect();
        assert_eq!(layers, ["2", "10"]);
        let two = root.find("m.2").expect("m.2");
        assert!(two.tensor.is_some() && two.count == 3, "a tensor and a branch may have one name");
        assert!(root.find("m.3").is_none() && root.find("").is_some());
        let html = draw(words(), &root, "").0;
        assert!(html.contains("10.a.w") && html.contains("[2, 3]"), "{html}");
    }

    #[test]
    fn a_tree_too_large_for_a_page_ends_in_links() {
        let names = (0..50).flat_map(|a| (0..50).map(move |b| format!("l.{a}.{b}.w<b>")));
        let names: Vec<String> = names.flat_map(|name| [format!("{name}.x"), format!("{name}.y")]).collect();
        let root = Node::of(names.iter().map(|name| tensor(name, &[1])));
        let html = draw(words(), &root, "").0;
        assert!(html.contains("href=\"?at=l.7\"") && !html.contains("<b>"), "{html}");
        assert!(html.len() < 100_000, "{}", html.len());
        let part = draw(words(), root.find("l.7").expect("a layer"), "l.7").0;
        assert!(part.contains("w&lt;b&gt;"), "{part}");
    }

    #[test]
    fn names_of_a_thousand_parts_are_no_trouble() {
        let deep = vec!["a"; 5_000].join(".");
        let wide: Vec<Tensor> = (0..5_000).map(|at| tensor(&at.to_string(), &[u64::MAX, 2])).collect();
        let html = draw(words(), &Node::of(wide.into_iter()), "").0;
        assert!(html.len() < 400_000 && html.contains("4,400 more"), "{}", html.len());
        let html = draw(words(), &Node::of([tensor(&deep, &[1])].into_iter()), "").0;
        assert!(html.len() < 2_000 && html.contains('…'), "{html}");
    }
}
