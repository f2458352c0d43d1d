//! Numbers and sizes: short where people look, exact where they point.

use super::{Language, Words};
use crate::markup::Markup;

/// How many there are, as templates say it: they pass the fields of a page by reference, and what they compute as it is.
pub(crate) trait Count {
    fn count(self) -> i64;
}

macro_rules! counts {
    ($($number:ty),*) => {$(
        impl Count for $number {
            fn count(self) -> i64 {
                i64::try_from(self).unwrap_or(i64::MAX)
            }
        }
    )*};
}

counts!(usize, u32, u64, i64);

impl<T: Count + Copy> Count for &T {
    fn count(self) -> i64 {
        (*self).count()
    }
}

impl Words {
    /// A number with its digits in groups: `1,234,567`, `1.234.567`, `1 234 567`.
    pub(crate) fn number(self, number: i64) -> String {
        let digits = number.unsigned_abs().to_string();
        let between = match self.language() {
            Language::English => ',',
            Language::Italian => '.',
            Language::French => '\u{202f}',
        };
        let mut grouped = String::with_capacity(digits.len() * 2);
        if number < 0 {
            grouped.push('−');
        }
        for (at, digit) in digits.chars().enumerate() {
            if at > 0 && (digits.len() - at).is_multiple_of(3) {
                grouped.push(between);
            }
            grouped.push(digit);
        }
        grouped
    }

    /// A number in at most four characters or so: `987`, `1.2k`, `34M`, `7.1B`.
    pub(crate) fn short(self, number: i64) -> String {
        let size = number.unsigned_abs() as f64;
        let (divisor, unit) = match size {
            s if s < 1e3 => return self.number(number),
            s if s < 999_500.0 => (1e3, "k"),
            s if s < 999_500_000.0 => (1e6, "M"),
            s if s < 999_500_000_000.0 => (1e9, "B"),
            _ => (1e12, "T"),
        };
        let sign = if number < 0 { "−" } else { "" };
        format!("{sign}{}{unit}", self.decimal(size / divisor))
    }

    /// One decimal below ten, none above.
    fn decimal(self, value: f64) -> String {
        if value >= 9.95 {
            return format!("{value:.0}");
        }
        let text = format!("{value:.1}");
        let text = text.strip_suffix(".0").unwrap_or(&text);
        if self.language() == Language::English { text.to_owned() } else { text.replace('.', ",") }
    }

    /// A short number that tells the exact one to whoever points at it.
    pub(crate) fn count(self, number: i64) -> Markup {
        let (short, exact) = (self.short(number), self.number(number));
        if short == exact {
            return Markup(short);
        }
        Markup(format!("<data value=\"{number}\" title=\"{exact}\">{short}</data>"))
    }

    /// A size in decimal units: `17 bytes`, `4.2 kB`, `1.3 GB`.
    pub(crate) fn size_text(self, bytes: u64) -> String {
        let size = bytes as f64;
        let (divisor, unit) = match size {
            s if s < 1e3 => return self.n("size-bytes", bytes),
            s if s < 999_500.0 => (1e3, "kB"),
            s if s < 999_500_000.0 => (1e6, "MB"),
            s if s < 999_500_000_000.0 => (1e9, "GB"),
            s if s < 999_500_000_000_000.0 => (1e12, "TB"),
            _ => (1e15, "PB"),
        };
        format!("{}\u{a0}{unit}", self.decimal(size / divisor))
    }

    /// A size that tells the exact number of bytes to whoever points at it.
    pub(crate) fn size(self, bytes: impl TryInto<u64>) -> Markup {
        let bytes = bytes.try_into().unwrap_or(0);
        let exact = self.n("size-bytes", bytes);
        Markup(format!("<data value=\"{bytes}\" title=\"{exact}\">{}</data>", self.size_text(bytes)))
    }

    /// A share as whole percents: `42 %` as the language writes it.
    pub(crate) fn percent(self, part: f64) -> String {
        let space = if self.language() == Language::English { "" } else { "\u{a0}" };
        format!("{:.0}{space}%", (part * 100.0).clamp(-1e6, 1e6))
    }
}
