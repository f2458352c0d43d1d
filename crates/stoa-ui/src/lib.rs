//! stoa-ui
