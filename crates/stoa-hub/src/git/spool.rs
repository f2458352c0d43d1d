//! The bytes of a pack that is coming in: in memory while they are few, then in a file that has no name.

use std::fs::File;
use std::io::{self, Write as _};
use std::os::unix::fs::FileExt as _;
use std::path::PathBuf;

use bytes::Bytes;
use stoa_git::PackSource;

/// Packs up to this many bytes stay in memory.
const MEMORY: usize = 8 << 20;

/// A pack, or as much of it as came.
pub(super) struct Spool {
    scratch: PathBuf,
    memory: Vec<u8>,
    /// Without a name: whatever ends the process, nothing is left of it.
    file: Option<File>,
    len: u64,
}

impl Spool {
    pub(super) fn new(scratch: PathBuf) -> Self {
        Self { scratch, memory: Vec::new(), file: None, len: 0 }
    }

    pub(super) fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.len += bytes.len() as u64;
        if let Some(file) = &mut self.file {
            return file.write_all(bytes);
        }
        self.memory.extend_from_slice(bytes);
        if self.memory.len() > MEMORY {
            let mut file = tempfile::tempfile_in(&self.scratch)?;
            file.write_all(&self.memory)?;
            self.memory = Vec::new();
            self.file = Some(file);
        }
        Ok(())
    }

    /// Bytes so far.
    pub(super) fn len(&self) -> u64 {
        self.len
    }

    /// Exactly `len` bytes from `offset` on.
    pub(super) fn bytes(&self, offset: u64, len: u64) -> io::Result<Bytes> {
        if offset.checked_add(len).is_none_or(|end| end > self.len) {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        match &self.file {
            None => Ok(Bytes::copy_from_slice(&self.memory[offset as usize..(offset + len) as usize])),
            Some(file) => {
                let mut bytes = vec![0; len as usize];
                file.read_exact_at(&mut bytes, offset)?;
                Ok(bytes.into())
            }
        }
    }
}

impl PackSource for &Spool {
    fn read(&mut self, offset: u64, len: u64) -> Result<Bytes, stoa_git::Error> {
        self.bytes(offset, len).map_err(|error| stoa_git::Error::Unreadable(error.to_string()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_come_back_from_memory_and_from_the_file() {
        let mut spool = Spool::new(std::env::temp_dir());
        let block: Vec<u8> = (0..1_000_000_u32).map(|i| (i % 251) as u8).collect();
        for _ in 0..3 {
            spool.write(&block).expect("room");
        }
        let early = spool.bytes(999_990, 20).expect("written");
        assert!(spool.file.is_none());
        for _ in 0..9 {
            spool.write(&block).expect("room");
        }
        assert!(spool.file.is_some());
        assert_eq!(spool.bytes(999_990, 20).expect("written"), early);
        assert_eq!(spool.bytes(11_999_990, 10).expect("written"), &block[999_990..]);
        assert!(spool.bytes(11_999_990, 11).is_err() && spool.bytes(u64::MAX, 2).is_err());
    }
}
