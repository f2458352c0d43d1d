//! Numbers of bytes, as people write them.

/// Parses `1048576`, `10 MiB`, `5GB`: binary units with `i`, decimal ones without.
pub(super) fn parse(text: &str) -> Result<u64, String> {
    let text = text.trim();
    let digits = text.find(|c: char| !c.is_ascii_digit() && c != '_').unwrap_or(text.len());
    let (number, unit) = text.split_at(digits);
    let number: u64 = number.replace('_', "").parse().map_err(|_| wrong())?;
    let factor: u64 = match unit.trim().to_ascii_lowercase().as_str() {
        "" | "b" => 1,
        "kib" => 1 << 10,
        "mib" => 1 << 20,
        "gib" => 1 << 30,
        "tib" => 1 << 40,
        "kb" => 1000,
        "mb" => 1_000_000,
        "gb" => 1_000_000_000,
        "tb" => 1_000_000_000_000,
        _ => return Err(wrong()),
    };
    number.checked_mul(factor).ok_or_else(wrong)
}

fn wrong() -> String {
    "it must be a number of bytes, such as 1048576, \"64 MiB\" or \"500 GB\"".to_owned()
}

/// The shortest exact way to write a number of bytes.
pub(super) fn show(bytes: u64) -> String {
    let units = [
        (1 << 40, "TiB"),
        (1_000_000_000_000, "TB"),
        (1 << 30, "GiB"),
        (1_000_000_000, "GB"),
        (1 << 20, "MiB"),
        (1_000_000, "MB"),
        (1 << 10, "KiB"),
        (1000, "KB"),
    ];
    let unit = units.into_iter().find(|(factor, _)| bytes >= *factor && bytes.is_multiple_of(*factor));
    unit.map_or_else(|| format!("{bytes} B"), |(factor, unit)| format!("{} {unit}", bytes / factor))
}

/// About how many bytes these are, for people.
pub fn about(bytes: u64) -> String {
    let units = ["B", "KiB", "MiB", "GiB", "TiB"];
    let mut left = bytes as f64;
    let mut unit = 0;
    while left >= 1024.0 && unit + 1 < units.len() {
        left /= 1024.0;
        unit += 1;
    }
    let digits = usize::from(unit > 0 && left < 100.0);
    format!("{left:.digits$} {}", units[unit])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_read_and_written() {
        for (text, bytes, shown) in [
            ("0", 0, "0 B"),
            ("1048576", 1 << 20, "1 MiB"),
            ("10 MiB", 10 << 20, "10 MiB"),
            ("500gb", 500_000_000_000, "500 GB"),
            ("1_500 B", 1500, "1500 B"),
        ] {
            assert_eq!(parse(text), Ok(bytes), "{text}");
            assert_eq!(show(bytes), shown);
            assert_eq!(parse(shown), Ok(bytes));
        }
        assert_eq!((about(999).as_str(), about(45 << 30).as_str()), ("999 B", "45.0 GiB"));
        for text in ["", "x", "1.5 MiB", "-1", "1 PiB", "99999999 TiB"] {
            assert!(parse(text).is_err(), "{text}");
        }
    }
}
