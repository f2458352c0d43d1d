//! Pictures of weights: which types they have, what they do in the network, and where they are.

use std::collections::BTreeMap;

use super::tree::Node;
use crate::markup::Markup;
use crate::parts::charts::{Part, bar, treemap};
use crate::words::Words;

/// Areas of the picture; the last one stands for all that are smaller.
const AREAS: usize = 118;
/// How deep names are looked at for it.
const DEEPEST: usize = 12;
/// The share that may stand in the last area, one part of so many.
const REST: u64 = 12;

/// What a tensor is for, by words in its name; the first that fits counts.
const ROLES: &[(&str, &[&str])] = &[
    ("repo-role-norm", &["norm", "ln_", ".ln", "_bn", "batchnorm"]),
    ("repo-role-attention", &["attn", "attention", "q_proj", "k_proj", "v_proj", "o_proj", "qkv"]),
    (
        "repo-role-feed",
        &["mlp", "ffn", "feed_forward", "intermediate", "experts", "fc1", "fc2", "output.dense"],
    ),
    ("repo-role-embedding", &["embed", "wte", "wpe", "token_embd", "pos_emb"]),
    ("repo-role-head", &["lm_head", "classifier", "pooler", "head", "output.weight"]),
];
/// The color of everything else.
const OTHER: usize = 5;

fn role(name: &str) -> usize {
    let name = name.to_ascii_lowercase();
    ROLES.iter().position(|(_, words)| words.iter().any(|word| name.contains(word))).unwrap_or(OTHER)
}

/// The parameters by the type of their numbers.
pub(super) fn types(words: Words, node: &Node) -> Markup {
    let mut sums: BTreeMap<String, u64> = BTreeMap::new();
    node.each(&mut |tensor| {
        let sum = sums.entry(tensor.dtype.chars().take(40).collect()).or_default();
        *sum = sum.saturating_add(parameters(&tensor.shape));
    });
    let mut sums: Vec<(String, u64)> = sums.into_iter().collect();
    sums.sort_by_key(|(_, sum)| std::cmp::Reverse(*sum));
    let parts = sums.into_iter().take(12).enumerate().map(|(color, (label, value))| Part {
        label,
        value,
        shown: short(words, value),
        color,
    });
    bar(&words.t("repo-types"), &parts.collect::<Vec<_>>())
}

/// The parameters by what they do.
pub(super) fn roles(words: Words, node: &Node) -> Markup {
    let mut sums = [0_u64; OTHER + 1];
    node.each(&mut |tensor| {
        let sum = &mut sums[role(&tensor.name)];
        *sum = sum.saturating_add(parameters(&tensor.shape));
    });
    let keys = ROLES.iter().map(|(key, _)| *key).chain(["repo-role-other"]);
    let mut parts: Vec<Part> = keys
        .zip(sums)
        .enumerate()
        .filter(|(_, (_, sum))| *sum > 0)
        .map(|(color, (key, value))| Part { label: words.t(key), value, shown: short(words, value), color })
        .collect();
    parts.sort_by_key(|part| std::cmp::Reverse(part.value));
    bar(&words.t("repo-roles"), &parts)
}

/// A branch, or what one of it does.
struct Area {
    label: String,
    role: usize,
    weight: u64,
}

/// Branches as areas as large as their bytes: as deep as their names go while most of it can be drawn, and then each by
/// what its tensors do.
pub(super) fn map(words: Words, node: &Node) -> Markup {
    let mut branches: Vec<(String, &Node)> = Vec::new();
    for depth in 1..=DEEPEST {
        let mut finer = Vec::new();
        level(node, String::new(), depth, &mut finer);
        let can_be_drawn = mostly_drawn(finer.iter().map(|(_, node)| weight(node)).collect());
        if depth > 1 && (finer.len() <= branches.len() || !can_be_drawn) {
            break;
        }
        branches = finer;
    }
    let by_role: Vec<Area> = branches.iter().flat_map(|(label, node)| areas(label, node)).collect();
    let drawn = if mostly_drawn(by_role.iter().map(|area| area.weight).collect()) {
        by_role
    } else {
        let whole =
            |(label, node): (String, &Node)| Area { role: main_role(node), weight: weight(node), label };
        branches.into_iter().map(whole).collect()
    };
    treemap(words, &words.t("repo-map"), &parts(words, drawn))
}

/// Whether the largest of these are nearly all.
fn mostly_drawn(mut weights: Vec<u64>) -> bool {
    weights.sort_unstable_by_key(|weight| std::cmp::Reverse(*weight));
    let sum = |weights: &[u64]| weights.iter().fold(0, |sum: u64, weight| sum.saturating_add(*weight));
    sum(&weights[weights.len().min(AREAS)..]) <= sum(&weights) / REST
}

/// A branch by what its tensors do.
fn areas(label: &str, node: &Node) -> Vec<Area> {
    let mut sums = [0_u64; OTHER + 1];
    node.each(&mut |tensor| {
        let sum = &mut sums[role(&tensor.name)];
        *sum = sum.saturating_add(if node.bytes > 0 { tensor.bytes } else { parameters(&tensor.shape) });
    });
    let area = |(role, weight): (usize, u64)| Area { label: label.to_owned(), role, weight };
    sums.into_iter().enumerate().filter(|(_, sum)| *sum > 0).map(area).collect()
}

fn parts(words: Words, mut areas: Vec<Area>) -> Vec<Part> {
    areas.sort_by_key(|area| std::cmp::Reverse(area.weight));
    let rest = areas.iter().skip(AREAS).fold(0_u64, |sum, area| sum.saturating_add(area.weight));
    let named = |role: usize| ROLES.get(role).map_or("repo-role-other", |(key, _)| key);
    let mut parts: Vec<Part> = areas
        .into_iter()
        .take(AREAS)
        .map(|area| Part {
            color: area.role,
            label: area.label.strip_suffix(".weight").unwrap_or(&area.label).chars().take(120).collect(),
            value: area.weight,
            shown: format!("{}, {}", words.t(named(area.role)), words.size_text(area.weight)),
        })
        .collect();
    if rest > 0 {
        let label = words.t("repo-role-other");
        parts.push(Part { label, value: rest, shown: words.size_text(rest), color: OTHER });
    }
    parts
}

/// The branches at a depth, and the tensors above it.
fn level<'a>(node: &'a Node, name: String, depth: usize, areas: &mut Vec<(String, &'a Node)>) {
    if depth == 0 || node.tensor.is_some() || node.children.is_empty() {
        areas.push((name, node));
        return;
    }
    for (part, child) in &node.children {
        let full = if name.is_empty() { part.1.clone() } else { format!("{name}.{}", part.1) };
        level(child, full, depth - 1, areas);
    }
}

/// What most of a branch does.
fn main_role(node: &Node) -> usize {
    let mut sums = [0_u64; OTHER + 1];
    node.each(&mut |tensor| {
        let sum = &mut sums[role(&tensor.name)];
        *sum = sum.saturating_add(parameters(&tensor.shape));
    });
    (0..sums.len()).max_by_key(|at| sums[*at]).unwrap_or(OTHER)
}

/// Bytes, or numbers where the size of a type is not known.
fn weight(node: &Node) -> u64 {
    if node.bytes > 0 { node.bytes } else { node.parameters }
}

fn parameters(shape: &[u64]) -> u64 {
    shape.iter().fold(1, |product: u64, side| product.saturating_mul(*side))
}

fn short(words: Words, count: u64) -> String {
    words.short(i64::try_from(count).unwrap_or(i64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_tell_what_a_tensor_does() {
        for (name, expected) in [
            ("model.embed_tokens.weight", "repo-role-embedding"),
            ("token_embd.weight", "repo-role-embedding"),
            ("blk.0.attn_q.weight", "repo-role-attention"),
            ("blk.0.ffn_norm.weight", "repo-role-norm"),
            ("encoder.layer.0.intermediate.dense.weight", "repo-role-feed"),
            ("lm_head.weight", "repo-role-head"),
        ] {
            assert_eq!(ROLES[role(name)].0, expected, "{name}");
        }
        assert_eq!(role("conv1.weight"), OTHER);
    }
}
