//! Files of a revision: finding them, listing them, reading them, and the way large ones come in.

mod changes;
mod last_commit;
mod lfs;
mod locks;
mod lookup;
mod purge;
mod quota;
mod storage;
mod tree;

pub use changes::{Changes, FileChange, Side, SideKind};
pub use lfs::{Large, LfsAnswer, LfsFile, LfsPart, Sending, UploadTicket};
pub use locks::{Lock, LockAsk, LockPage};
pub use lookup::File;
pub use storage::Storage;
pub use tree::{Entry, EntryKind, LastCommit, TreePage};
