//! What weight files hold.

use serde_json::json;
use stoa_core::{Gate, Kind};
use stoa_hub::{Admin, Read, Repo, Settings, Tensor, TensorFormat};

use crate::support::{World, model, rev, world};

/// A safetensors file with a header and no bytes of tensors.
fn safetensors(header: &serde_json::Value) -> Vec<u8> {
    let header = header.to_string();
    [&(header.len() as u64).to_le_bytes()[..], header.as_bytes()].concat()
}

/// Text as GGUF writes it.
fn text(value: &str) -> Vec<u8> {
    [&(value.len() as u64).to_le_bytes()[..], value.as_bytes()].concat()
}

/// A GGUF file of one architecture and one tensor of 64 numbers in `Q8_0`.
fn gguf() -> Vec<u8> {
    let mut file = b"GGUF".to_vec();
    file.extend(3_u32.to_le_bytes());
    file.extend([1_u64.to_le_bytes(), 1_u64.to_le_bytes()].concat());
    file.extend([text("general.architecture"), 8_u32.to_le_bytes().to_vec(), text("llama")].concat());
    file.extend([text("blk.0"), 2_u32.to_le_bytes().to_vec()].concat());
    file.extend([32_u64.to_le_bytes(), 2_u64.to_le_bytes()].concat());
    file.extend([&8_u32.to_le_bytes()[..], &64_u64.to_le_bytes()].concat());
    file
}

/// Commits files by paths that are no large files by the rules of a new repository.
async fn commit(world: &World, files: &[(&str, &[u8])]) {
    let rules: (&str, Option<&[u8]>) = (".gitattributes", Some(b""));
    let files = files.iter().map(|(path, bytes)| (*path, Some(*bytes)));
    world.commit(&std::iter::once(rules).chain(files).collect::<Vec<_>>()).await;
}

#[tokio::test]
async fn a_safetensors_file_lists_its_tensors_with_places_in_the_file() {
    let world = world().await;
    let header = json!({
        "__metadata__": { "format": "pt" },
        "b": { "dtype": "F32", "shape": [2, 3], "data_offsets": [4, 28] },
        "a": { "dtype": "BF16", "shape": [2], "data_offsets": [0, 4] },
    });
    let file = safetensors(&header);
    commit(&world, &[("m.safetensors", &file)]).await;
    let found = world.repo().await.tensors(&rev("main"), "m.safetensors").await.expect("tensors");
    assert_eq!((found.format, found.truncated), (TensorFormat::Safetensors, false));
    assert_eq!(found.metadata, [("format".to_owned(), "pt".to_owned())]);
    let tensor = |name: &str, dtype: &str, shape: &[u64], start, bytes| Tensor {
        name: name.to_owned(),
        dtype: dtype.to_owned(),
        shape: shape.to_vec(),
        start: file.len() as u64 + start,
        bytes,
        file: None,
    };
    assert_eq!(found.tensors, [tensor("a", "BF16", &[2], 0, 4), tensor("b", "F32", &[2, 3], 4, 24)]);
}

#[tokio::test]
async fn an_index_lists_the_tensors_of_all_its_files() {
    let world = world().await;
    let one =
        |name: &str| safetensors(&json!({ name: { "dtype": "U8", "shape": [1], "data_offsets": [0, 1] } }));
    let index = json!({
        "metadata": { "total_size": 2 },
        "weight_map": { "a": "1.safetensors", "b": "2.safetensors" },
    });
    let index = index.to_string();
    let files: [(&str, &[u8]); 4] = [
        ("w/model.safetensors.index.json", index.as_bytes()),
        ("w/1.safetensors", &one("a")),
        ("w/2.safetensors", &one("b")),
        ("broken.safetensors.index.json", b"{}"),
    ];
    commit(&world, &files).await;
    let repo = world.repo().await;
    let found = repo.tensors(&rev("main"), "w/model.safetensors.index.json").await.expect("tensors");
    let names: Vec<_> =
        found.tensors.iter().map(|tensor| (tensor.name.as_str(), tensor.file.as_deref())).collect();
    assert_eq!(names, [("a", Some("1.safetensors")), ("b", Some("2.safetensors"))]);
    assert_eq!(found.metadata, [("total_size".to_owned(), "2".to_owned())]);
    let failure = repo.tensors(&rev("main"), "broken.safetensors.index.json").await.expect_err("no index");
    assert_eq!(failure.kind, Kind::Invalid);
}

#[tokio::test]
async fn a_gguf_file_lists_its_tensors_and_metadata() {
    let world = world().await;
    let file = gguf();
    commit(&world, &[("m.gguf", &file), ("cut.gguf", &file[..40])]).await;
    let repo = world.repo().await;
    let found = repo.tensors(&rev("main"), "m.gguf").await.expect("tensors");
    assert_eq!(found.format, TensorFormat::Gguf);
    assert_eq!(found.metadata, [("general.architecture".to_owned(), "llama".to_owned())]);
    let [tensor] = &found.tensors[..] else { panic!("{found:?}") };
    assert_eq!((tensor.dtype.as_str(), &tensor.shape[..], tensor.bytes), ("Q8_0", &[32, 2][..], 68));
    assert_eq!(tensor.start, (file.len() as u64).next_multiple_of(32) + 64);
    let failure = repo.tensors(&rev("main"), "cut.gguf").await.expect_err("cut off");
    assert_eq!(failure.kind, Kind::Invalid);
}

#[tokio::test]
async fn what_is_no_weight_file_is_refused_and_headers_are_behind_the_gate() {
    let world = world().await;
    commit(&world, &[("m.safetensors", b"no header"), ("ok.gguf", &gguf())]).await;
    let repo = world.repo().await;
    let failure = repo.tensors(&rev("main"), "m.safetensors").await.expect_err("no header");
    assert_eq!(failure.kind, Kind::Invalid);
    assert_eq!(repo.tensors(&rev("main"), "none.gguf").await.expect_err("nothing").kind, Kind::NotFound);
    let admin: Repo<Admin> = world.hub.open(&world.ada, &model("ada/m")).await.expect("a repository");
    let settings = Settings { gated: Some(Gate::Manual), ..Settings::default() };
    admin.change(settings).await.expect("a gate");
    let bob: Repo<Read> = world.hub.open(&world.bob, &model("ada/m")).await.expect("a repository");
    for path in ["ok.gguf", "none.gguf"] {
        assert_eq!(bob.tensors(&rev("main"), path).await.expect_err("a gate").kind, Kind::Gated);
    }
}
