//! Which repositories may have a text in their name.
//!
//! The index of names knows every three characters that follow each other. All of a text's are in every name that
//! contains it, so any of them give candidates; the rarest three give few. Whether the text is really there is
//! checked on the names themselves.

use super::ids::parse;
use crate::value::args;
use crate::{Error, Tx};

/// The characters of names, `/` between owner and repository included.
const ALPHABET: &str = "abcdefghijklmnopqrstuvwxyz0123456789_-./";
/// Combinations of three that are looked at to find the rarest.
const LOOKED_AT: usize = 16;
/// Rows by which the frequency of one is estimated.
const SAMPLE: i64 = 100;
/// Combinations of three that candidates must have.
const ASKED: usize = 3;

/// What is known of the names with some texts in them.
pub(super) enum Names {
    /// Nothing: the texts are too short, or too many names have them.
    Unknown,
    /// They are among these row ids.
    Among(Vec<i64>),
}

/// The repositories whose names may contain every text, all in lower case, if they are `limit` at most.
pub(super) async fn like(tx: &mut Tx, texts: &[String], limit: i64) -> Result<Names, Error> {
    if texts.iter().any(|text| text.chars().any(|c| !ALPHABET.contains(c))) {
        return Ok(Names::Among(Vec::new()));
    }
    let mut threes: Vec<&str> =
        texts.iter().flat_map(|text| (3..=text.len()).map(move |end| &text[end - 3..end])).collect();
    threes.sort_unstable();
    threes.dedup();
    let terms = if threes.is_empty() {
        let Some(two) = texts.iter().find(|text| text.len() == 2) else { return Ok(Names::Unknown) };
        // Names have three characters or more, so one stands before or behind the two.
        ALPHABET.chars().flat_map(|c| [quoted(&format!("{two}{c}")), quoted(&format!("{c}{two}"))]).collect()
    } else {
        vec![rarest(tx, &threes).await?]
    };
    let rows = "SELECT rowid AS id FROM repo_names WHERE repo_names MATCH $1 LIMIT $2";
    let sql = format!("SELECT json_group_array(id) FROM ({rows})");
    let row = tx.first(sql, args![terms.join(" OR "), limit.saturating_add(1)]).await?;
    let ids = row.map_or(Ok(Vec::new()), |row| Ok::<_, Error>(parse(&row.text(0)?)))?;
    Ok(if ids.len() as i64 > limit { Names::Unknown } else { Names::Among(ids) })
}

/// The rarest of some combinations, as one term. How soon the first rows come tells how frequent one is.
async fn rarest(tx: &mut Tx, threes: &[&str]) -> Result<String, Error> {
    let mut known = Vec::with_capacity(LOOKED_AT);
    let step = threes.len().div_ceil(LOOKED_AT);
    for three in threes.iter().step_by(step) {
        let rows = "SELECT rowid AS id FROM repo_names WHERE repo_names MATCH $1 LIMIT $2";
        let sql = format!("SELECT COUNT(*), COALESCE(MAX(id), 1) FROM ({rows})");
        let row = tx.first(sql, args![quoted(three), SAMPLE]).await?;
        let (count, last) = row.map_or(Ok((0, 1)), |row| Ok::<_, Error>((row.int(0)?, row.int(1)?)))?;
        // Rows come by rising id. Fewer than the sample are all there are.
        let share = if count < SAMPLE { 0.0 } else { count as f64 / last as f64 };
        known.push((share, count, quoted(three)));
    }
    known.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    let terms: Vec<String> = known.into_iter().take(ASKED).map(|(_, _, term)| term).collect();
    Ok(terms.join(" AND "))
}

fn quoted(text: &str) -> String {
    format!("\"{text}\"")
}
