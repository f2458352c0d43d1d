//! stoa-meta
