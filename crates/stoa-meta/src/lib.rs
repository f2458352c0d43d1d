//! Reads what a repository says about itself: card front matter, configurations, weight headers.
//!
//! Bytes go in and facts come out: no file, no network, no clock. Every function here is total on hostile input:
//! it returns an error or less information, and never panics, recurses without bound or allocates what a length
//! field merely claims. This crate must never know how a fact is stored or served.

pub mod apps;
pub mod card;
pub mod derive;
pub mod downloads;
pub mod languages;
pub mod libraries;
pub mod licenses;
pub mod tags;
pub mod tasks;
pub mod validate;
pub mod weights;
