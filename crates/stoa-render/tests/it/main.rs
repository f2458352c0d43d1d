//! The crate against hostile text.

mod bounds;
mod strict;
mod xss;
