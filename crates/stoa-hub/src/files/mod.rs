//! Files of a revision: finding them, listing them, reading them, and the way large ones come in.

mod changes;
mod history;
mod last_commit;
mod lfs;
mod line;
mod locks;
mod lookup;
mod purge;
mod quota;
mod readme;
mod storage;
mod tensors;
mod tree;
mod weights;

pub use changes::{Changes, FileChange, Side, SideKind};
pub use history::PathHistory;
pub(crate) use last_commit::LastCommits;
pub use lfs::{Large, LfsAnswer, LfsFile, LfsPart, Sending, UploadTicket};
pub use locks::{Lock, LockAsk, LockPage};
pub use lookup::File;
pub use readme::Readme;
pub use storage::Storage;
pub use tensors::{Tensor, TensorFormat, Tensors};
pub use tree::{Entry, EntryKind, LastCommit, TreePage};
