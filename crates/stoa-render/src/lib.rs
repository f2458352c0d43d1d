//! Turns what strangers wrote into harmless HTML: cards, code, notebooks, tables, differences.
//!
//! Everything here is a pure function from text to HTML or to plain data: no I/O, no clock, no knowledge of repositories
//! or of who reads. What comes in may be hostile, so every function is bounded in time, memory and stack.
//!
//! HTML of strangers passes three steps: `shape` reads it with a forgiving tokenizer and writes it anew, well nested,
//! with links resolved; `policy` (ammonia) is the wall that nothing gets through which is not on its lists; `slots`
//! then puts in what only this crate makes (formulas, highlighted code, pictures out of a notebook).

mod code;
mod diff;
mod escape;
mod json;
mod links;
mod markdown;
mod notebook;
mod policy;
mod shape;
mod slots;
mod table;
mod tags;

pub use code::{highlight, highlight_as, language, plain};
pub use diff::{Diff, Hunk, Line, Part, diff};
pub use links::Links;
pub use markdown::{Heading, Html, markdown};
pub use notebook::{Error, notebook};
pub use table::{Table, delimited, json_array, json_lines};
