//! stoa-db
