//! What no real client of git sends. What real ones send is tested with them, in `clients/test_git*.py`.

mod objects;
mod packs;
mod requests;
mod shared;
mod support;
