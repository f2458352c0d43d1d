//! What can stand between [`crate::Blobs`] and a backend.

pub(crate) mod faults;
