//! Times gathered, and the tables they end in.

use std::fmt::Write as _;
use std::path::Path;
use std::time::Duration;

/// Durations of one kind of request.
#[derive(Clone, Default)]
pub struct Times(Vec<Duration>);

impl Times {
    /// Adds one.
    pub fn add(&mut self, time: Duration) {
        self.0.push(time);
    }

    /// Adds all of another.
    pub fn join(&mut self, other: &Self) {
        self.0.extend_from_slice(&other.0);
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.0.len()
    }

    /// The time that `part` of all stayed within, in milliseconds; 1.0 asks for the longest.
    pub fn quantile(&self, part: f64) -> f64 {
        let mut sorted = self.0.clone();
        sorted.sort_unstable();
        let at = (sorted.len() as f64 * part).ceil() as usize;
        sorted.get(at.saturating_sub(1)).map_or(0.0, |time| time.as_secs_f64() * 1000.0)
    }
}

/// Rows under a head, as Markdown; the first column is text, the others are figures.
pub fn table(head: &[&str], rows: &[Vec<String>]) -> String {
    let mut text = format!("| {} |\n|---|{}\n", head.join(" | "), "---:|".repeat(head.len() - 1));
    for row in rows {
        let _ = writeln!(text, "| {} |", row.join(" | "));
    }
    text
}

/// Replaces what stands between `<!-- name -->` and `<!-- /name -->` in a file.
pub fn put(file: &Path, name: &str, text: &str) -> std::io::Result<()> {
    let old = std::fs::read_to_string(file)?;
    let (begin, end) = (format!("<!-- {name} -->\n"), format!("<!-- /{name} -->"));
    let found = old.split_once(&begin).and_then(|(before, rest)| {
        let (_, after) = rest.split_once(&end)?;
        Some(format!("{before}{begin}{text}{end}{after}"))
    });
    let missing = || std::io::Error::other(format!("{} has no place for `{name}`", file.display()));
    std::fs::write(file, found.ok_or_else(missing)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quantile_is_a_time_that_was_measured() {
        let mut times = Times::default();
        for millis in [5, 1, 4, 2, 3] {
            times.add(Duration::from_millis(millis));
        }
        let found = [0.0, 0.5, 0.8, 0.99, 1.0].map(|part| times.quantile(part).round() as i64);
        assert_eq!(found, [1, 3, 4, 5, 5]);
    }
}
