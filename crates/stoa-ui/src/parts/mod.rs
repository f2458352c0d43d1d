//! What pages share: the frame around them, their style sheet, and how they are sent.

pub(crate) mod sheet;
pub(crate) mod styles;
