//! Which format the files of a dataset have.

use std::collections::BTreeMap;

/// A format, and what is true of datasets in it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Format {
    /// The module of the `datasets` library that reads it, which is also the tag.
    pub(super) id: &'static str,
    extensions: &'static [&'static str],
    /// What the data is, where the format alone tells.
    pub(super) modality: Option<&'static str>,
    /// Libraries that load it.
    pub(super) libraries: &'static [&'static str],
}

const TABLES: &[&str] = &["datasets", "pandas", "mlcroissant", "polars"];
const FILES: &[&str] = &["datasets", "mlcroissant"];

const fn format(
    id: &'static str,
    extensions: &'static [&'static str],
    modality: Option<&'static str>,
    libraries: &'static [&'static str],
) -> Format {
    Format { id, extensions, modality, libraries }
}

/// Compat: names and extensions are those of the `datasets` library, with its order for ties.
const FORMATS: &[Format] = &[
    format("parquet", &["parquet", "geoparquet", "gpq"], None, TABLES),
    format("lance", &["lance"], None, &["datasets", "lance", "mlcroissant"]),
    format("vortex", &["vortex"], None, FILES),
    format("arrow", &["arrow"], None, FILES),
    format("json", &["jsonl", "json", "ndjson"], Some("text"), TABLES),
    format("csv", &["csv", "tsv"], Some("tabular"), TABLES),
    format("text", &["txt"], Some("text"), FILES),
    format("webdataset", &["tar"], None, &["datasets", "webdataset", "mlcroissant"]),
    format(
        "imagefolder",
        &[
            "jpg", "jpeg", "png", "webp", "gif", "bmp", "tif", "tiff", "jp2", "j2k", "ico", "ppm", "pgm",
            "pbm", "tga", "dds", "eps", "apng", "avif", "heic", "pcx", "dib", "jfif", "jpe",
        ],
        Some("image"),
        FILES,
    ),
    format(
        "audiofolder",
        &["wav", "mp3", "flac", "ogg", "opus", "m4a", "aac", "aiff", "aif", "au", "caf", "oga", "wma", "amr"],
        Some("audio"),
        FILES,
    ),
    format("videofolder", &["mp4", "mkv", "avi", "mpeg", "mov", "webm"], Some("video"), FILES),
    format("pdffolder", &["pdf"], Some("document"), FILES),
    format("meshfolder", &["glb", "gltf", "ply", "stl"], Some("3d"), FILES),
    format("niftifolder", &["nii"], Some("3d"), FILES),
    format("xml", &["xml"], Some("text"), FILES),
    format("hdf5", &["h5", "hdf5"], Some("tabular"), FILES),
    format("conll", &["conll", "conllu"], Some("text"), FILES),
];

/// Files that describe data and are none.
const IGNORED: [&str; 6] = [
    "README.md",
    "config.json",
    "dataset_info.json",
    "dataset_infos.json",
    "dummy_data.zip",
    "dataset_dict.json",
];

/// The format of the dataset: that of its most frequent extension.
///
/// Compat: among equals the order of [`FORMATS`] decides; `metadata` files beside media do not count.
pub(super) fn detect(files: &[String]) -> Option<&'static Format> {
    let mut counts: BTreeMap<usize, usize> = BTreeMap::new();
    for file in files {
        if let Some(rank) = rank(file) {
            *counts.entry(rank).or_default() += 1;
        }
    }
    let (most, _) = counts.into_iter().max_by_key(|(rank, count)| (*count, usize::MAX - rank))?;
    FORMATS.iter().find(|format| {
        let first = rank_of(format);
        (first..first + format.extensions.len()).contains(&most)
    })
}

/// The place of a file's extension among all extensions of [`FORMATS`].
fn rank(path: &str) -> Option<usize> {
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    let is_hidden = |part: &str| part.starts_with('.') || part.starts_with("__");
    if is_hidden(name) || folder.split('/').any(is_hidden) || IGNORED.contains(&name) {
        return None;
    }
    let (stem, suffixes) = name.split_once('.')?;
    if stem == "metadata" && matches!(suffixes, "csv" | "jsonl" | "parquet") {
        return None;
    }
    // Any suffix counts, so that `x.jsonl.gz` and `a.csv.part1` are what they were.
    suffixes.split('.').take(8).find_map(|suffix| {
        let suffix = suffix.to_ascii_lowercase();
        FORMATS.iter().flat_map(|format| format.extensions).position(|known| *known == suffix)
    })
}

fn rank_of(format: &Format) -> usize {
    FORMATS.iter().take_while(|other| other.id != format.id).map(|other| other.extensions.len()).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_most_frequent_extension_decides() {
        for (files, expected) in [
            (&["data/train-00000-of-00001.parquet", "README.md"][..], Some("parquet")),
            (&["a.jsonl.gz", "b.JSONL", "c.csv"], Some("json")),
            (&["a.csv", "b.parquet"], Some("parquet")),
            (&["a.csv", "b.json"], Some("json")),
            (&["a.tsv"], Some("csv")),
            (&["metadata.csv", "a/1.png"], Some("imagefolder")),
            (&["dataset_infos.json", "config.json", ".cache/a.csv", "__x__/a.csv"], None),
            (&["shard-000.tar"], Some("webdataset")),
            (&["a.wav", "b.wav", "c.txt"], Some("audiofolder")),
            (&["a.py", "LICENSE", "x."], None),
            (&[], None),
        ] {
            let files: Vec<String> = files.iter().map(|&file| file.to_owned()).collect();
            assert_eq!(detect(&files).map(|format| format.id), expected, "{files:?}");
        }
    }
}
