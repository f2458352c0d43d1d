//! stoa-git
