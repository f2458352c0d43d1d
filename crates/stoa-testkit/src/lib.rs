//! stoa-testkit
