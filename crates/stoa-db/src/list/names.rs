//! Which repositories may have a text in their name.
//!
//! The index of names knows every three characters that follow each other. All of a text's are in every name that
//! contains it, so any of them give candidates; the rarest give few. Whether the text is really there is
//! checked on the names themselves.

use super::ids::parse;
use crate::value::args;
use crate::{Error, Tx};

/// The characters of names, `/` between owner and repository included.
const ALPHABET: &str = "abcdefghijklmnopqrstuvwxyz0123456789_-./";
/// Combinations of three that are looked at to find the rarest.
const LOOKED_AT: usize = 16;
/// Rows by which the frequency of one is estimated.
const SAMPLE: usize = 100;
/// Combinations of three that candidates must have at most.
const ASKED: usize = 3;
/// With fewer candidates than this, no second combination is needed.
const ENOUGH: usize = 1_000;
/// With more candidates than this, a second combination hardly helps.
const MANY: usize = 100_000;
/// How many times longer than the rarest another may be.
const LONGER: usize = 32;

/// What is known of the names with some texts in them.
pub(super) enum Names {
    /// Nothing: the texts are too short.
    Unknown,
    /// More names than the limit may have them: about so many.
    Many(usize),
    /// They are among these row ids.
    Among(Vec<i64>),
}

/// The repositories whose names may contain every text, all in lower case, if they are `limit` at most. `last` is the
/// largest row id.
pub(super) async fn like(tx: &mut Tx, texts: &[String], limit: usize, last: usize) -> Result<Names, Error> {
    if texts.iter().any(|text| text.chars().any(|c| !ALPHABET.contains(c))) {
        return Ok(Names::Among(Vec::new()));
    }
    let mut threes: Vec<&str> =
        texts.iter().flat_map(|text| (3..=text.len()).map(move |end| &text[end - 3..end])).collect();
    threes.sort_unstable();
    threes.dedup();
    let (count, terms) = if threes.is_empty() {
        let Some(two) = texts.iter().find(|text| text.len() == 2) else { return Ok(Names::Unknown) };
        // Names have three characters or more, so one stands before or behind the two.
        let terms = ALPHABET.chars().flat_map(|c| [format!("\"{two}{c}\""), format!("\"{c}{two}\"")]);
        let terms = terms.collect::<Vec<_>>().join(" OR ");
        (about(tx, &terms, last).await?, terms)
    } else {
        rarest(tx, &threes, last).await?
    };
    // A name may have all combinations of a text without the text, so rather too many than too few.
    if count > limit.saturating_mul(2) {
        return Ok(Names::Many(count));
    }
    let rows = "SELECT rowid AS id FROM repo_names WHERE repo_names MATCH $1 LIMIT $2";
    let sql = format!("SELECT json_group_array(id) FROM ({rows})");
    let row = tx.first(sql, args![terms, limit as i64 + 1]).await?;
    let ids = row.map_or(Ok(Vec::new()), |row| Ok::<_, Error>(parse(&row.text(0)?)))?;
    Ok(if ids.len() > limit { Names::Many(count.max(limit)) } else { Names::Among(ids) })
}

/// About how many names have the rarest of some combinations, and a term for the rarest of them.
async fn rarest(tx: &mut Tx, threes: &[&str], last: usize) -> Result<(usize, String), Error> {
    let mut known = Vec::with_capacity(LOOKED_AT);
    let step = threes.len().div_ceil(LOOKED_AT);
    for three in threes.iter().step_by(step) {
        let term = format!("\"{three}\"");
        known.push((about(tx, &term, last).await?, term));
    }
    known.sort();
    let rarest = known.first().map_or(0, |(count, _)| *count);
    // A second combination is worth reading when it rules out much and is not much longer.
    let asked = if (ENOUGH..MANY).contains(&rarest) { ASKED } else { 1 };
    let short =
        known.into_iter().take(asked).take_while(|(count, _)| *count <= rarest.saturating_mul(LONGER));
    Ok((rarest, short.map(|(_, term)| term).collect::<Vec<_>>().join(" AND ")))
}

/// About how many names a term of the index finds; exact when they are few.
async fn about(tx: &mut Tx, term: &str, last: usize) -> Result<usize, Error> {
    let rows = "SELECT rowid AS id FROM repo_names WHERE repo_names MATCH $1 LIMIT $2";
    let sql = format!("SELECT COUNT(*), COALESCE(MAX(id), 1) FROM ({rows})");
    let Some(row) = tx.first(sql, args![term, SAMPLE as i64]).await? else { return Ok(0) };
    let (count, end) = (row.int(0)? as usize, row.int(1)? as usize);
    // Rows come by rising id, so how soon the first come tells how many there are.
    Ok(if count < SAMPLE { count } else { count * (last / end.max(1)).max(1) })
}
