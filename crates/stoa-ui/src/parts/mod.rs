//! What pages share, one file each: the frame around them, rows of lists, tabs, pictures of numbers, icons.

pub(crate) mod charts;
pub(crate) mod forms;
pub(crate) mod frame;
pub(crate) mod icons;
pub(crate) mod repo_header;
pub(crate) mod repo_row;
