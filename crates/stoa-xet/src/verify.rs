//! Checks what a shard says against what is known of the xorbs it names.

use crate::{ChunkTable, Error, MerkleHash, MerkleTree, ShardFile, ShardXorb, Term, verification_hash};

/// What a file turned out to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CheckedFile {
    /// Its size in bytes.
    pub size: u64,
    /// How many chunks it has; one that occurs twice counts twice.
    pub chunks: u64,
    /// Its first chunk, which clients ask about; `None` when it is empty.
    pub first: Option<MerkleHash>,
}

/// Checks a file term by term, so that only one chunk table needs to be in memory.
///
/// The verification hashes are required: they prove that the sender knows the hashes of the chunks and did not only
/// learn the name of somebody's xorb.
pub struct FileCheck<'a> {
    file: &'a ShardFile,
    tree: MerkleTree,
    done: usize,
    checked: CheckedFile,
}

impl<'a> FileCheck<'a> {
    /// At the first term.
    pub fn new(file: &'a ShardFile) -> Result<Self, Error> {
        if file.verification.len() != file.terms.len() {
            let why = "it has no verification hash";
            return Err(Error::WrongTerm { file: file.id, term: file.verification.len(), why });
        }
        let checked = CheckedFile { size: 0, chunks: 0, first: None };
        Ok(Self { file, tree: MerkleTree::new(), done: 0, checked })
    }

    /// The xorb whose table [`Self::term`] wants next; `None` when all terms were checked.
    pub fn needs(&self) -> Option<MerkleHash> {
        self.file.terms.get(self.done).map(|term| term.xorb)
    }

    /// Checks the next term against the table of its xorb. Panics when there is no next term.
    pub fn term(&mut self, table: &ChunkTable) -> Result<(), Error> {
        let Term { start, end, unpacked, .. } = self.file.terms[self.done];
        let wrong = |why| Error::WrongTerm { file: self.file.id, term: self.done, why };
        if !table.holds(&(start..end)) {
            return Err(wrong("the xorb has no such chunks"));
        }
        let place = table.unpacked_range(start..end);
        if place.end - place.start != u64::from(unpacked) {
            return Err(wrong("these chunks have another length"));
        }
        let proof = verification_hash((start..end).map(|chunk| table.hash(chunk)));
        if proof != self.file.verification[self.done] {
            return Err(wrong("the verification hash is not that of these chunks"));
        }
        for (hash, len) in table.chunks(start..end) {
            self.tree.push(hash, len);
        }
        self.checked.first.get_or_insert_with(|| table.hash(start));
        self.checked.size += u64::from(unpacked);
        self.checked.chunks += u64::from(end - start);
        self.done += 1;
        Ok(())
    }

    /// Checks the id, after all terms. Panics when terms are left.
    pub fn finish(self) -> Result<CheckedFile, Error> {
        assert!(self.needs().is_none(), "every term is checked before the file");
        let (expected, found) = (self.file.id, self.tree.file_id());
        if found != expected {
            return Err(Error::WrongHash { what: "file", expected, found });
        }
        Ok(self.checked)
    }
}

/// Checks a file whose tables are all at hand.
pub fn check_file(
    file: &ShardFile,
    table: &dyn Fn(MerkleHash) -> Option<ChunkTable>,
) -> Result<CheckedFile, Error> {
    let mut check = FileCheck::new(file)?;
    while let Some(xorb) = check.needs() {
        check.term(&table(xorb).ok_or(Error::NoTable(xorb))?)?;
    }
    check.finish()
}

/// Checks that a shard lists exactly the chunks that the xorb has.
///
/// The lengths of the whole xorb are not looked at: today's client leaves one of them 0, and nothing depends on them.
pub fn check_xorb(xorb: &ShardXorb, table: &ChunkTable) -> Result<(), Error> {
    let wrong = |why| Error::WrongXorb { xorb: xorb.hash, why };
    if xorb.chunks.len() != table.len() as usize {
        return Err(wrong("it has another number of chunks"));
    }
    let same = xorb.chunks.iter().zip(table.chunks(0..table.len()));
    for (claimed, (hash, len)) in same {
        if claimed.hash != hash || u64::from(claimed.len) != len {
            return Err(wrong("it has other chunks"));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Random, Store};
    use crate::{ShardChunk, chunk_hash};

    fn sample() -> (Store, ShardFile) {
        let mut random = Random(81);
        let mut store = Store::default();
        for chunks in [30, 5, 12] {
            store.add(&mut random, chunks);
        }
        let file = store.file(store.terms(&mut random, 6));
        (store, file)
    }

    fn check(store: &Store, file: &ShardFile) -> Result<CheckedFile, Error> {
        check_file(file, &|xorb| store.table(xorb))
    }

    #[test]
    fn an_honest_file_is_accepted() {
        let (store, file) = sample();
        let checked = check(&store, &file).expect("honest");
        assert_eq!(checked.size, file.size());
        assert_eq!(checked.size, store.content(&file.terms).len() as u64);
        assert_eq!(
            checked.chunks,
            file.terms.iter().map(|term| u64::from(term.end - term.start)).sum::<u64>()
        );
        let first = file.terms[0];
        assert_eq!(checked.first, Some(store.xorbs[&first.xorb].0.hash(first.start)));
        let empty = ShardFile::new(MerkleHash::ZERO, vec![], vec![], None);
        let nothing = CheckedFile { size: 0, chunks: 0, first: None };
        assert_eq!(check(&store, &empty), Ok(nothing));
    }

    #[test]
    fn the_same_content_in_other_terms_is_the_same_file() {
        let (store, file) = sample();
        let single = |term: &Term| (term.start..term.end).map(|chunk| (term.xorb, chunk)).collect::<Vec<_>>();
        let pieces =
            file.terms.iter().flat_map(single).map(|(xorb, chunk)| store.term(xorb, chunk..chunk + 1));
        let other = store.file(pieces.collect());
        assert_ne!(other.terms, file.terms);
        assert_eq!(other.id, file.id);
        assert_eq!(check(&store, &other), check(&store, &file));
    }

    #[test]
    fn whatever_a_file_lies_about_is_noticed() {
        let (store, file) = sample();
        let lie = |change: &dyn Fn(&mut ShardFile)| {
            let mut file = file.clone();
            change(&mut file);
            check(&store, &file).expect_err("a lie")
        };
        let why = |error| match error {
            Error::WrongTerm { why, .. } => why,
            other => panic!("{other:?}"),
        };
        let other = chunk_hash(b"other");
        assert!(matches!(lie(&|file| file.id = other), Error::WrongHash { what: "file", .. }));
        assert_eq!(lie(&|file| file.terms[1].xorb = other), Error::NoTable(other));
        let range = "the xorb has no such chunks";
        assert_eq!(why(lie(&|file| file.terms[2].end = 31)), range);
        assert_eq!(why(lie(&|file| file.terms[2].end = file.terms[2].start)), range);
        assert_eq!(why(lie(&|file| file.terms[2].start = u32::MAX)), range);
        let length = "these chunks have another length";
        assert_eq!(why(lie(&|file| file.terms[0].unpacked += 1)), length);
        let proof = "the verification hash is not that of these chunks";
        assert_eq!(why(lie(&|file| file.verification[5] = other)), proof);
        assert_eq!(why(lie(&|file| file.verification.swap(0, 1))), proof);
        let missing = "it has no verification hash";
        assert_eq!(why(lie(&|file| file.verification.clear())), missing);
        assert_eq!(why(lie(&|file| file.verification.truncate(5))), missing);
        lie(&|file| {
            file.terms.pop();
            file.verification.pop();
        });
    }

    #[test]
    fn a_xorb_is_listed_as_it_is_or_refused() {
        let mut random = Random(82);
        let mut store = Store::default();
        let hash = store.add(&mut random, 9);
        let table = store.table(hash).expect("stored");
        let listed = |(hash, len)| ShardChunk { hash, len: len as u32, dedup: false };
        let xorb = ShardXorb { hash, flags: 0, chunks: table.chunks(0..9).map(listed).collect() };
        assert_eq!(check_xorb(&xorb, &table), Ok(()));
        let lie = |change: &dyn Fn(&mut ShardXorb)| {
            let mut xorb = xorb.clone();
            change(&mut xorb);
            assert!(matches!(check_xorb(&xorb, &table), Err(Error::WrongXorb { .. })));
        };
        lie(&|xorb| xorb.chunks.truncate(8));
        lie(&|xorb| xorb.chunks.push(xorb.chunks[0]));
        lie(&|xorb| xorb.chunks.swap(0, 1));
        lie(&|xorb| xorb.chunks[8].len += 1);
        lie(&|xorb| xorb.chunks[8].hash = MerkleHash::ZERO);
    }
}
