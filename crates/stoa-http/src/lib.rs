//! stoa-http
