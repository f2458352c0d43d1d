//! stoa-api
