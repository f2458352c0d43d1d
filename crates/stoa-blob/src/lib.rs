//! stoa-blob
