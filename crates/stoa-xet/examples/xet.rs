//! Tries this crate on files, to compare it with other implementations.
//!
//! ```text
//! xet hash FILE…                   the id of each file
//! xet pack FILE FOLDER             makes xorb-HASH and shard-ID in the folder, and prints the id
//! xet check FOLDER                 verifies every xorb-HASH in the folder, then every shard-NAME against them
//! xet plan FOLDER ID START END URL the answer to a range as version 1 of the reconstruction JSON
//! xet answer FOLDER EXPIRES FILE   writes a keyed shard with all xorbs of the folder
//! ```

use std::collections::HashMap;
use std::fs;
use std::io::Read as _;
use std::path::Path;

use stoa_xet::{
    ChunkTable, Chunker, MerkleHash, MerkleTree, Plan, Shard, ShardFile, ShardFooter, ShardLimits,
    ShardWriter, Term, XorbBuilder, XorbVerifier, check_file, check_xorb, chunk_hash, verification_hash,
};

type Reply<T> = Result<T, Box<dyn std::error::Error>>;

fn main() -> Reply<()> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    match args.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["hash", files @ ..] => files.iter().try_for_each(|file| {
            println!("{} {file}", hash(file)?);
            Ok(())
        }),
        ["pack", file, folder] => pack(file, folder),
        ["check", folder] => check(folder).map(drop),
        ["plan", folder, id, start, end, url] => plan(folder, id, start.parse()?..end.parse()?, url),
        ["answer", folder, expires, file] => answer(folder, expires.parse()?, file),
        _ => Err("hash FILE… | pack FILE FOLDER | check FOLDER | plan FOLDER ID START END URL | answer FOLDER EXPIRES FILE".into()),
    }
}

fn hash(file: &str) -> Reply<MerkleHash> {
    let (mut chunker, mut tree) = (Chunker::new(), MerkleTree::new());
    let (mut file, mut block) = (fs::File::open(file)?, vec![0; 1 << 20]);
    loop {
        let read = file.read(&mut block)?;
        if read == 0 {
            break;
        }
        let mut rest = &block[..read];
        while let Some(chunk) = chunker.next(&mut rest) {
            tree.push(chunk_hash(chunk), chunk.len() as u64);
        }
    }
    if let Some(chunk) = chunker.finish() {
        tree.push(chunk_hash(chunk), chunk.len() as u64);
    }
    Ok(tree.file_id())
}

/// One term for each xorb, nothing found twice.
fn pack(file: &str, folder: &str) -> Reply<()> {
    let data = fs::read(file)?;
    let (mut chunker, mut tree, mut rest) = (Chunker::new(), MerkleTree::new(), data.as_slice());
    let (mut open, mut packed, mut done) = (XorbBuilder::new(), Vec::new(), Vec::new());
    let mut add = |chunk: &[u8]| -> Reply<()> {
        if !open.fits(chunk.len()) {
            done.push(close(&mut open, &mut packed, folder)?);
        }
        let hash = chunk_hash(chunk);
        tree.push(hash, chunk.len() as u64);
        open.push(hash, chunk, &mut packed);
        Ok(())
    };
    while let Some(chunk) = chunker.next(&mut rest) {
        add(chunk)?;
    }
    chunker.finish().map_or(Ok(()), &mut add)?;
    if !open.is_empty() {
        done.push(close(&mut open, &mut packed, folder)?);
    }
    let all = |(hash, table): &(MerkleHash, ChunkTable)| {
        let proof = verification_hash(table.chunks(0..table.len()).map(|chunk| chunk.0));
        let unpacked = table.unpacked_len() as u32;
        (Term { xorb: *hash, start: 0, end: table.len(), unpacked }, proof)
    };
    let (terms, verification) = done.iter().map(all).unzip();
    let id = tree.file_id();
    let mut writer = ShardWriter::plain();
    writer.file(&ShardFile::new(id, terms, verification, None));
    for (hash, table) in &done {
        writer.xorb(*hash, table);
    }
    fs::write(Path::new(folder).join(format!("shard-{id}")), writer.finish_bare())?;
    println!("{id}");
    Ok(())
}

fn close(open: &mut XorbBuilder, packed: &mut Vec<u8>, folder: &str) -> Reply<(MerkleHash, ChunkTable)> {
    let info = std::mem::take(open).finish();
    fs::write(Path::new(folder).join(format!("xorb-{}", info.hash)), &packed)?;
    packed.clear();
    Ok((info.hash, info.chunks))
}

/// The files and the xorbs of a folder.
type Known = (HashMap<MerkleHash, ShardFile>, HashMap<MerkleHash, ChunkTable>);

fn check(folder: &str) -> Reply<Known> {
    let (mut files, mut xorbs) = (HashMap::new(), HashMap::new());
    let mut shards = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        if let Some(hash) = name.strip_prefix("xorb-") {
            let mut verifier = XorbVerifier::new();
            let bytes = fs::read(&path)?;
            bytes.chunks(100_000).try_for_each(|piece| verifier.push(piece))?;
            let info = verifier.finish(hash.parse()?)?;
            let (kept, plain) = (info.chunks.packed_len(), info.chunks.unpacked_len());
            eprintln!(
                "{name}: {} chunks, {kept} of {} bytes, {plain} unpacked",
                info.chunks.len(),
                bytes.len()
            );
            xorbs.insert(info.hash, info.chunks);
        } else if name.starts_with("shard-") {
            shards.push(path);
        }
    }
    for path in shards {
        let shard = Shard::parse(&fs::read(&path)?, ShardLimits::UPLOAD)?;
        for xorb in &shard.xorbs {
            check_xorb(xorb, xorbs.get(&xorb.hash).ok_or("a xorb is not in the folder")?)?;
        }
        for file in shard.files {
            let checked = check_file(&file, &|xorb| xorbs.get(&xorb).cloned())?;
            eprintln!("file {}: {checked:?}, {} terms, {:?}", file.id, file.terms.len(), file.sha256);
            files.insert(file.id, file);
        }
    }
    Ok((files, xorbs))
}

fn plan(folder: &str, id: &str, range: std::ops::Range<u64>, url: &str) -> Reply<()> {
    let (mut files, xorbs) = check(folder)?;
    let file = files.remove(&id.parse()?).ok_or("no such file")?;
    let answer = Plan::new(file.terms).for_range(range, &|xorb| xorbs.get(&xorb).cloned())?;
    let terms = answer.parts.iter().map(|part| {
        let std::ops::Range { start, end } = part.chunks;
        let (hash, len) = (part.xorb, part.unpacked);
        format!(r#"{{"hash":"{hash}","unpacked_length":{len},"range":{{"start":{start},"end":{end}}}}}"#)
    });
    let fetches = answer.xorbs.iter().map(|fetch| {
        let xorb = fetch.xorb;
        let ranges = fetch.ranges.iter().map(|range| {
            let std::ops::Range { start, end } = range.chunks;
            let (first, last) = (range.bytes.start, range.last_byte());
            format!(
                r#"{{"range":{{"start":{start},"end":{end}}},"url":"{url}/{xorb}","url_range":{{"start":{first},"end":{last}}}}}"#
            )
        });
        format!(r#""{xorb}":[{}]"#, ranges.collect::<Vec<_>>().join(","))
    });
    println!(
        r#"{{"offset_into_first_range":{},"terms":[{}],"fetch_info":{{{}}}}}"#,
        answer.offset_into_first_range,
        terms.collect::<Vec<_>>().join(","),
        fetches.collect::<Vec<_>>().join(",")
    );
    Ok(())
}

fn answer(folder: &str, expires: u64, file: &str) -> Reply<()> {
    let mut writer = ShardWriter::keyed([7; 32]);
    check(folder)?.1.iter().for_each(|(hash, table)| writer.xorb(*hash, table));
    fs::write(file, writer.finish(ShardFooter { created: expires - 1, expires }))?;
    Ok(())
}
