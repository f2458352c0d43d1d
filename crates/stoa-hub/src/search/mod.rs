//! Finding repositories and accounts by what people type.

mod quick;
mod text;

pub use quick::{QuickAsk, QuickFound};
pub use text::TextHit;
