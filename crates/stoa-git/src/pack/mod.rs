//! Packs: many objects in one stream, whole or as deltas on each other.
//!
//! Source: gitformat-pack(5). A pack comes in through [`read`] while it arrives and [`resolve`] once all of it is
//! there; it goes out through [`write`], with deltas that [`window`] chose and [`delta`] made.

mod delta;
mod delta_index;
mod forest;
mod head;
mod inflate;
mod read;
mod resolve;
mod window;
mod write;

pub use delta::{apply_delta, delta_sizes};
pub use delta_index::DeltaIndex;
pub use read::{Form, PackEnd, PackEntry, PackLimits, PackReader};
pub use resolve::{Base, Bases, MAX_DEPTH, PackSource, Packed, ResolveLimits, Resolved, Resolver};
pub use window::{Chosen, DeltaSettings, DeltaWindow, name_hash};
pub use write::PackWriter;

#[cfg(test)]
mod hostile;
#[cfg(test)]
mod oracle;
