//! The git objects of a synthetic repository: real ones, so that every route works on it.

use stoa_core::{Oid, Sha256, Time};
use stoa_db::objects::{CommitRow, Object};
use stoa_db::synthetic::Content;
use stoa_git::{Commit, Encoded, Error, Mode, ObjectKind, Pointer, Signature, Tree, TreeEntry, encode};

const README: &str = "---\nlicense: apache-2.0\nlanguage:\n- en\nlibrary_name: transformers\npipeline_tag: text-generation\n\
    tags:\n- sft\n---\n\n# A synthetic model\n\nIt answers nothing, but it is listed, found and downloaded like any other.\n";
const CONFIG: &str = "{\n  \"architectures\": [\"LlamaForCausalLM\"],\n  \"hidden_size\": 2048,\n  \"model_type\": \"llama\",\n  \
    \"num_hidden_layers\": 16,\n  \"vocab_size\": 128256\n}\n";
const ATTRIBUTES: &str =
    "*.safetensors filter=lfs diff=lfs merge=lfs -text\n*.gguf filter=lfs diff=lfs merge=lfs -text\n";
/// The large file behind the pointer. Nobody downloads it: its bytes are not there.
const WEIGHTS: Pointer = Pointer { oid: Sha256([7; 32]), size: 16_060_522_240 };

/// One commit with a card, a configuration, attributes and a large file.
pub fn content(now: Time) -> Result<Content, Error> {
    let blobs = [
        (".gitattributes", encode(ObjectKind::Blob, ATTRIBUTES.as_bytes())?, None),
        ("README.md", encode(ObjectKind::Blob, README.as_bytes())?, None),
        ("config.json", encode(ObjectKind::Blob, CONFIG.as_bytes())?, None),
        ("model.safetensors", encode(ObjectKind::Blob, WEIGHTS.text().as_bytes())?, Some(WEIGHTS)),
    ];
    let entries = blobs.iter().map(|(name, encoded, _)| entry(name, encoded.oid)).collect();
    let tree = encode(ObjectKind::Tree, &Tree { entries }.encode_body())?;
    let who = Signature {
        name: "bench".to_owned(),
        email: "bench@example.org".to_owned(),
        time: now.secs(),
        offset_minutes: 0,
    };
    let commit = Commit {
        tree: tree.oid,
        parents: Vec::new(),
        author: who.clone(),
        committer: who,
        message: "Upload model\n".to_owned(),
        extra: Vec::new(),
    };
    let commit = encode(ObjectKind::Commit, &commit.encode_body())?;
    let row = CommitRow {
        oid: commit.oid,
        tree: tree.oid,
        generation: 1,
        at: now,
        author: "bench".to_owned(),
        title: "Upload model".to_owned(),
        body: String::new(),
    };
    let mut objects = vec![object(&commit, None), object(&tree, None)];
    objects.extend(blobs.iter().map(|(_, encoded, pointer)| object(encoded, *pointer)));
    Ok(Content { commit: row, objects })
}

fn entry(name: &str, oid: Oid) -> TreeEntry {
    TreeEntry { mode: Mode::File, name: name.to_owned(), oid }
}

fn object(encoded: &Encoded, pointer: Option<Pointer>) -> Object {
    Object {
        oid: encoded.oid,
        kind: i64::from(encoded.kind.pack_code()),
        size: encoded.size,
        data: Some(encoded.data.to_vec()),
        lfs: pointer.map(|pointer| (pointer.oid, pointer.size)),
        base: None,
        push: None,
    }
}
