//! How SQLite finds words: FTS5, whose table `repo_words` follows `repo_text` by triggers.

use super::{Ask, Hit};
use crate::list::{Sees, seen};
use crate::value::{Value, args};
use crate::{Error, Tx};

/// With more repositories than this, their rank says little and costs much: then the newest come first.
const RANKED: i64 = 20_000;
/// A word may go on if it has so many characters: shorter ones begin too many others.
const OPEN: usize = 3;
/// What stands before and behind a word that was looked for. Texts have no control characters.
const MARKS: [char; 2] = ['\u{2}', '\u{3}'];

/// Repositories that have the words.
pub(super) async fn find(tx: &mut Tx, ask: &Ask) -> Result<Vec<Hit>, Error> {
    let text = expression(&ask.phrases);
    let sql = "SELECT COUNT(*) FROM (SELECT 1 FROM repo_words WHERE repo_words MATCH $1 LIMIT $2)";
    let row = tx.first(sql, args![&text, RANKED + 1]).await?;
    let broad = row.map_or(Ok(0), |row| row.int(0))? > RANKED;
    // Words of the name weigh five times as much as words of the card.
    let order = if broad { "repo_words.rowid DESC" } else { "rank" };
    let ranked = if broad { "" } else { "AND rank MATCH 'bm25(5.0, 1.0)'" };
    let mut values = args![text];
    let mut wheres = vec![seen(&ask.sees, &mut values)];
    if !matches!(ask.sees, Sees::All) {
        wheres.push("r.disabled = 0".to_owned());
    }
    if let Some(kind) = ask.kind {
        values.push(Value::from(kind.code()));
        wheres.push(format!("r.kind = ${}", values.len()));
    }
    values.extend(args![ask.limit as i64, ask.skip as i64]);
    let (limit, skip) = (values.len() - 1, values.len());
    let sql = format!(
        "SELECT repo_words.rowid, snippet(repo_words, 1, char(2), char(3), '…', 32) \
         FROM repo_words CROSS JOIN repos r ON r.id = repo_words.rowid \
         WHERE repo_words MATCH $1 {ranked} AND {} ORDER BY {order} LIMIT ${limit} OFFSET ${skip}",
        wheres.join(" AND ")
    );
    let mut hits = Vec::new();
    for row in tx.all(sql, values).await? {
        hits.push(Hit { id: row.int(0)?, snippet: pieces(&row.text(1)?) });
    }
    Ok(hits)
}

/// Phrases in the language of FTS5, each in quotes, where nothing means anything.
fn expression(phrases: &[String]) -> String {
    let mut terms: Vec<String> =
        phrases.iter().map(|phrase| format!("\"{}\"", phrase.replace('"', " "))).collect();
    let last = phrases.last().and_then(|phrase| phrase.rsplit(' ').next()).unwrap_or_default();
    if let Some(term) = terms.last_mut().filter(|_| last.chars().count() >= OPEN) {
        term.push_str(" *");
    }
    terms.join(" AND ")
}

/// Cuts a snippet at the marks.
fn pieces(snippet: &str) -> Vec<(String, bool)> {
    let mut found: Vec<(String, bool)> = Vec::new();
    let mut marked = false;
    for piece in snippet.split_inclusive(MARKS) {
        let text = piece.trim_end_matches(MARKS);
        if !text.is_empty() {
            found.push((text.to_owned(), marked));
        }
        marked = piece.ends_with(MARKS[0]);
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phrases_are_quoted_and_the_last_word_may_go_on() {
        let check = |phrases: &[&str], expected: &str| {
            let phrases: Vec<String> = phrases.iter().map(|&phrase| phrase.to_owned()).collect();
            assert_eq!(expression(&phrases), expected);
        };
        check(&["bert"], r#""bert" *"#);
        check(&["NOT", "gpt 2"], r#""NOT" AND "gpt 2""#);
        check(&["gpt 2 large"], r#""gpt 2 large" *"#);
        check(&["a\"b", "c\""], r#""a b" AND "c ""#);
    }

    #[test]
    fn snippets_are_cut_at_their_marks() {
        let check = |snippet: &str, expected: &[(&str, bool)]| {
            let found = pieces(snippet);
            let found: Vec<(&str, bool)> = found.iter().map(|(text, hit)| (text.as_str(), *hit)).collect();
            assert_eq!(found, expected);
        };
        check("", &[]);
        check("no hit", &[("no hit", false)]);
        check(
            "…a \u{2}red\u{3} \u{2}cat\u{3}",
            &[("…a ", false), ("red", true), (" ", false), ("cat", true)],
        );
        check("\u{2}red\u{3}\u{2}cat", &[("red", true), ("cat", true)]);
        check("\u{3}\u{2}\u{2}", &[]);
    }
}
