//! Tests of the whole: the binary and the shape of the workspace.

mod architecture;
