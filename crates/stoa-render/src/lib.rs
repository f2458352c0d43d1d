//! Turns what strangers wrote into harmless HTML: cards, code, notebooks, tables, differences.
