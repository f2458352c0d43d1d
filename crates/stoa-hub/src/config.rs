//! What an operator decides.

use std::path::PathBuf;

/// Who may make an account.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum SignUp {
    /// Only whoever runs the hub.
    #[default]
    Closed,
    /// Whoever comes by.
    Open,
}

/// Rules about people and visibility.
#[derive(Clone, Debug)]
pub struct Policy {
    /// Whether people without an account may see and download what is public.
    pub anonymous_read: bool,
    /// Whether new repositories are private when nobody says.
    pub private_by_default: bool,
    /// Who may make an account.
    pub sign_up: SignUp,
}

impl Default for Policy {
    fn default() -> Self {
        Self { anonymous_read: true, private_by_default: false, sign_up: SignUp::Closed }
    }
}

/// Bounds on what one request may bring or ask for (`features.md` REP-17).
#[derive(Clone, Debug)]
pub struct Limits {
    /// Bytes of a regular file; larger ones go through LFS.
    pub regular_file: u64,
    /// Bytes of a large file.
    pub large_file: u64,
    /// Bytes of one part of a multipart upload.
    pub part_size: u64,
    /// Large files above this many bytes are uploaded in parts.
    pub multipart_above: u64,
    /// Files and deletions in one commit.
    pub commit_changes: usize,
    /// Bytes of one commit request.
    pub commit_bytes: u64,
    /// Bytes of one pack that is pushed.
    pub push_bytes: u64,
    /// A folder for packs on their way in, each in a file without a name.
    pub scratch: PathBuf,
    /// Seconds that a signed URL works.
    pub link_seconds: u64,
    /// Days after which files that no repository links are thrown away.
    pub orphan_days: u64,
    /// Large files that are cut into chunks while they come without Xet, each with about 250 MiB in memory. What comes
    /// beyond is kept whole until the hub's own work has cut it.
    pub packers: usize,
    /// Locks of files in one repository.
    pub locks: usize,
    /// Bytes of large files that an account may keep in all its repositories; 0 for as many as there is room.
    pub owner_storage: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            regular_file: 10 << 20,
            large_file: 500_000_000_000,
            part_size: 64 << 20,
            multipart_above: 256 << 20,
            commit_changes: 25_000,
            commit_bytes: 1 << 30,
            push_bytes: 16 << 30,
            scratch: std::env::temp_dir(),
            link_seconds: 6 * 3600,
            orphan_days: 7,
            packers: 2,
            locks: 10_000,
            owner_storage: 0,
        }
    }
}
