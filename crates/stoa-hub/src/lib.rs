//! stoa-hub
