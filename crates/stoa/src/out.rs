//! What commands print for the person or program that ran them.

use std::fmt::Display;
use std::io::Write;

/// Prints a line. A reader that has gone away (`| head`) is no error.
pub fn line(text: impl Display) {
    let _ = writeln!(std::io::stdout().lock(), "{text}");
}
