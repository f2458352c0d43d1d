//! Tests of the GGUF reader: built files, cut files, hostile files.

use serde_json::json;

use super::*;

fn text(value: &str) -> Vec<u8> {
    [&(value.len() as u64).to_le_bytes()[..], value.as_bytes()].concat()
}

fn pair(key: &str, kind: u32, value: &[u8]) -> Vec<u8> {
    [&text(key)[..], &kind.to_le_bytes(), value].concat()
}

fn array(kind: u32, count: u64, items: &[u8]) -> Vec<u8> {
    [&kind.to_le_bytes()[..], &count.to_le_bytes(), items].concat()
}

fn tensor(name: &str, shape: &[u64], kind: u32) -> Vec<u8> {
    let sides: Vec<u8> = shape.iter().flat_map(|side| side.to_le_bytes()).collect();
    [&text(name)[..], &(shape.len() as u32).to_le_bytes(), &sides, &kind.to_le_bytes(), &0_u64.to_le_bytes()]
        .concat()
}

fn gguf(version: u32, pairs: &[Vec<u8>], tensors: &[Vec<u8>]) -> Vec<u8> {
    let mut bytes = b"GGUF".to_vec();
    bytes.extend(version.to_le_bytes());
    bytes.extend((tensors.len() as u64).to_le_bytes());
    bytes.extend((pairs.len() as u64).to_le_bytes());
    bytes.extend(pairs.concat());
    bytes.extend(tensors.concat());
    bytes
}

fn sample(version: u32) -> Vec<u8> {
    let tokens: Vec<u8> = ["<unk>", "<s>", "</s>", "a"].iter().flat_map(|token| text(token)).collect();
    gguf(
        version,
        &[
            pair("general.architecture", 8, &text("llama")),
            pair("general.name", 8, &text("Tiny")),
            pair("general.file_type", 4, &15_u32.to_le_bytes()),
            pair("llama.context_length", 4, &4096_u32.to_le_bytes()),
            pair("llama.rope.freq_base", 6, &10_000_f32.to_le_bytes()),
            pair("bad.float", 6, &f32::NAN.to_le_bytes()),
            pair("tokenizer.ggml.tokens", 9, &array(8, 4, &tokens)),
            pair("tokenizer.ggml.scores", 9, &array(6, 4, &[0; 16])),
            pair("nested", 9, &array(9, 1, &array(9, 1, &array(0, 2, &[1, 2])))),
            pair("tokenizer.ggml.bos_token_id", 4, &1_u32.to_le_bytes()),
            pair("tokenizer.ggml.eos_token_id", 4, &9_u32.to_le_bytes()),
            pair("tokenizer.ggml.add_bos_token", 7, &[1]),
            pair("tokenizer.chat_template", 8, &text("{{ messages }}")),
            pair("quantize.imatrix.file", 8, &text("i.dat")),
            pair("long", 8, &text(&"x".repeat(2_000))),
        ],
        &[tensor("a", &[4, 8], 12), tensor("b", &[8], 0), tensor("c", &[2], 99), tensor("d", &[], 1)],
    )
}

#[test]
fn a_header_says_what_the_model_is() {
    for version in [2, 3] {
        let Ok(Parsed::Complete(found)) = parse(&sample(version)) else { panic!("version {version}") };
        assert_eq!(
            found.to_json(),
            json!({
                "total": 43, "architecture": "llama", "context_length": 4096, "chat_template": "{{ messages }}",
                "bos_token": "<s>", "quantize_imatrix_file": "i.dat",
            })
        );
        assert_eq!(found.quantization.as_deref(), Some("Q4_K_M"));
        assert_eq!(found.name.as_deref(), Some("Tiny"));
        assert_eq!(found.eos_token, None, "an id beyond the token list names no token");
        assert_eq!(json!(found.parameters.by_dtype), json!({"Q4_K": 32, "F32": 8, "type_99": 2, "F16": 1}));
        let sizes: Vec<_> = found.tensors.iter().map(|tensor| tensor.bytes).collect();
        assert_eq!(sizes, [Some(144), Some(32), None, Some(2)]);
        let (name, dtype) = ("a".to_owned(), "Q4_K".to_owned());
        let first = TensorInfo { name, shape: vec![4, 8], dtype, offset: 0, bytes: Some(144) };
        assert_eq!(found.tensors[0], first);
        assert_eq!(found.data_start, (sample(version).len() as u64).next_multiple_of(32));
        assert_eq!(found.metadata["tokenizer.ggml.add_bos_token"], json!(true));
        for dropped in ["long", "bad.float", "nested", "tokenizer.ggml.tokens", "tokenizer.chat_template"] {
            assert!(!found.metadata.contains_key(dropped), "{dropped}");
        }
    }
}

#[test]
fn every_cut_of_a_file_asks_for_more() {
    let whole = sample(3);
    for len in 0..whole.len() {
        let asked = parse(&whole[..len]);
        assert!(matches!(asked, Ok(Parsed::NeedMore(more)) if more > len as u64), "{len}");
    }
}

#[test]
fn the_next_request_is_at_least_twice_as_long_and_ends_at_the_limit() {
    let string_of = |len: u64| gguf(3, &[pair("k", 8, &len.to_le_bytes())], &[]);
    assert_eq!(parse(&string_of(1)), Ok(Parsed::NeedMore(1 << 20)));
    assert_eq!(parse(&string_of(3 << 20)), Ok(Parsed::NeedMore((3 << 20) + 45)));
    assert!(parse(&string_of(MAX_HEADER)).is_err());
}

#[test]
fn damaged_files_are_refused_without_reading_what_they_claim() {
    let counts = |tensors: u64, pairs: u64| {
        [b"GGUF", &3_u32.to_le_bytes()[..], &tensors.to_le_bytes(), &pairs.to_le_bytes()].concat()
    };
    let nested = (0..50).fold(array(0, 0, &[]), |inner, _| array(9, 1, &inner));
    for (bytes, part) in [
        (b"GGML".to_vec(), "not a GGUF"),
        (b"G\0".to_vec(), "not a GGUF"),
        (b"PK\x03\x04".to_vec(), "not a GGUF"),
        ([&b"GGUF"[..], &3_u32.to_be_bytes(), &[0; 16]].concat(), "big-endian"),
        ([&b"GGUF"[..], &1_u32.to_le_bytes()].concat(), "version 1"),
        ([&b"GGUF"[..], &0_u32.to_le_bytes()].concat(), "version 0"),
        ([&b"GGUF"[..], &7_u32.to_le_bytes()].concat(), "version 7"),
        (counts(u64::MAX, 0), "damaged"),
        (counts(0, u64::MAX), "damaged"),
        (gguf(3, &[u64::MAX.to_le_bytes().to_vec()], &[]), "bytes long"),
        (gguf(3, &[pair("k", 8, &u64::MAX.to_le_bytes())], &[]), "longer than 64 MiB"),
        (gguf(3, &[pair("k", 9, &array(0, u64::MAX, &[]))], &[]), "longer than 64 MiB"),
        (gguf(3, &[pair("k", 9, &array(8, u64::MAX, &[]))], &[]), "longer than 64 MiB"),
        (gguf(3, &[pair("k", 9, &array(9, u64::MAX / 8, &[]))], &[]), "longer than 64 MiB"),
        (gguf(3, &[pair("k", 9, &array(13, 1, &[]))], &[]), "unknown type 13"),
        (gguf(3, &[pair("k", 77, &[])], &[]), "unknown type 77"),
        (gguf(3, &[pair("k", 9, &nested)], &[]), "too deeply"),
        (gguf(3, &[], &[tensor("a", &[2; 9], 0)]), "9 dimensions"),
        (gguf(3, &[], &[tensor("a", &[u64::MAX, 2], 0)]), "too large"),
    ] {
        let error = parse(&bytes).expect_err(part).to_string();
        assert!(error.contains(part), "{part}: {error}");
    }
}

#[test]
fn no_changed_byte_makes_it_panic() {
    let whole = sample(3);
    for at in 0..whole.len() {
        for value in [0, 1, 9, 0x7f, 0xff] {
            let mut bytes = whole.clone();
            bytes[at] = value;
            let _ = parse(&bytes);
        }
    }
}
