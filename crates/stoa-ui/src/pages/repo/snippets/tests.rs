use std::collections::BTreeSet;

use super::*;

const HUB: &str = "https://hub.example";

/// Everything that can be known of a repository.
fn facts(kind: RepoKind) -> Facts {
    Facts {
        hub: HUB.to_owned(),
        kind: Some(kind),
        repo: "ada/m".to_owned(),
        name: "m".to_owned(),
        task: Some("text-generation".to_owned()),
        library: Some("transformers".to_owned()),
        tags: vec!["safetensors".to_owned()],
        auto: Some("AutoModelForCausalLM".to_owned()),
        processor: Some("AutoTokenizer".to_owned()),
        mask: None,
        base: Some("ada/base".to_owned()),
        gguf: vec![("Q4_K_M".to_owned(), "m.Q4_K_M.gguf".to_owned())],
        files: ["a.parquet", "b.csv", "c.jsonl", "d.tar", "e.zip", "f.pt", "g.whl", "h.skops"]
            .map(str::to_owned)
            .into(),
        config: None,
        sdk: None,
        secret: false,
        ssh: Some("ssh://git@hub.example:2222/".to_owned()),
    }
}

fn tables() -> Vec<(RepoKind, &'static Way)> {
    let all = [
        (RepoKind::Model, models::MODELS),
        (RepoKind::Dataset, others::DATASETS),
        (RepoKind::Space, others::SPACES),
        (RepoKind::Model, others::ANY),
    ];
    all.into_iter().flat_map(|(kind, ways)| ways.iter().map(move |way| (kind, way))).collect()
}

#[test]
fn every_text_of_the_table_names_this_hub_and_has_no_gap_left() {
    for secret in [false, true] {
        for (kind, way) in tables() {
            let facts = Facts { secret, ..facts(kind) };
            let texts = facts.texts(way);
            assert_eq!(texts.len(), way.texts.len(), "{}: a gap that nothing fills", way.id);
            for text in texts {
                assert!(text.text.contains(HUB), "{}: {}", way.id, text.text);
                assert!(text.text.contains("ada/m"), "{}: {}", way.id, text.text);
                assert!(fill(&text.text, &|_| None).is_some(), "{}: {}", way.id, text.text);
                assert!(!text.text.contains("huggingface.co"), "{}", way.id);
            }
        }
    }
}

#[test]
fn every_way_is_reached_by_some_repository() {
    for (kind, way) in tables() {
        let mut facts = facts(kind);
        facts.library = Some(way.id.to_owned());
        facts.sdk = Some(way.id.to_owned());
        facts.tags.extend(["lora", "transformers"].map(str::to_owned));
        let reached = [None, Some("lora")].into_iter().any(|without| {
            let mut facts = facts.clone();
            facts.tags.retain(|tag| Some(tag.as_str()) != without);
            ["text-generation", "text-ranking"].iter().any(|task| {
                facts.task = Some((*task).to_owned());
                (way.fits)(&facts)
            })
        });
        assert!(reached, "nobody sees {}", way.id);
    }
}

#[test]
fn the_library_of_a_model_comes_first_and_none_twice() {
    let mut facts = facts(RepoKind::Model);
    facts.library = Some("timm".to_owned());
    facts.tags.push("transformers".to_owned());
    let ways = ways(&facts);
    assert_eq!(ways[0].id, "timm");
    let ids: BTreeSet<&str> = ways.iter().map(|way| way.id).collect();
    assert_eq!(ids.len(), ways.len());
    assert!(ids.contains("transformers") && ids.contains("git") && ids.contains("llama.cpp"));
}

#[test]
fn code_follows_task_and_architecture() {
    let code = |facts: &Facts| ways(facts)[0].texts.iter().map(|text| text.text.clone()).collect::<Vec<_>>();
    let mut facts = facts(RepoKind::Model);
    let plain = code(&facts);
    assert!(
        plain[0].contains("pipeline(\"text-generation\", model=\"ada/m\")\nprint(pipe(\"Once"),
        "{}",
        plain[0]
    );
    assert!(plain[1].contains("tokenizer = AutoTokenizer.from_pretrained(\"ada/m\")"), "{}", plain[1]);
    facts.tags.extend(["conversational", "custom_code"].map(str::to_owned));
    assert!(code(&facts)[0].contains("trust_remote_code=True)\nmessages = [{\"role\": \"user\""));
    facts.task = Some("fill-mask".to_owned());
    facts.mask = Some("<m\"ask>".to_owned());
    assert!(code(&facts)[0].contains("print(pipe(\"Paris is the <m\\\"ask> of France.\"))"));
    facts.task = Some("robotics".to_owned());
    facts.processor = None;
    assert_eq!(code(&facts).len(), 1, "there is no pipeline for it");
}

#[test]
fn whoever_needs_a_token_is_told() {
    let mut facts = facts(RepoKind::Dataset);
    let all = |facts: &Facts| {
        ways(facts).iter().flat_map(|way| &way.texts).map(|text| text.text.clone()).collect::<String>()
    };
    assert!(!all(&facts).contains("HF_TOKEN") && !all(&facts).contains("BEARER"));
    facts.secret = true;
    let told = all(&facts);
    assert!(
        told.contains("hf auth login") && told.contains("Bearer $HF_TOKEN") && told.contains("BEARER_TOKEN")
    );
}

#[test]
fn names_of_files_cannot_leave_their_quotes() {
    let mut facts = facts(RepoKind::Model);
    facts.gguf = vec![("a".to_owned(), "a'; rm -rf ~ #\"\n.gguf".to_owned())];
    let ways = ways(&facts);
    let of = |id: &str| {
        ways.iter().find(|way| way.id == id).map(|way| way.texts[0].text.clone()).unwrap_or_default()
    };
    assert!(of("llama.cpp").contains("--hf-file 'a'\\''; rm -rf ~ #\" .gguf'\n"), "{}", of("llama.cpp"));
    assert!(
        of("llama-cpp-python").contains("filename=\"a'; rm -rf ~ #\\\"\\n.gguf\")"),
        "{}",
        of("llama-cpp-python")
    );
    assert_eq!(in_shell("-x.gguf"), "./'-x.gguf'");
}

#[test]
fn every_quantization_has_code_of_its_own() {
    let mut facts = facts(RepoKind::Model);
    facts.gguf = (0..40).map(|at| (format!("Q{at}"), format!("m.Q{at}.gguf"))).collect();
    let ways = ways(&facts);
    let texts = &ways.iter().find(|way| way.id == "llama.cpp").expect("there are GGUF files").texts;
    assert_eq!(texts.len(), VARIANTS);
    assert_eq!(texts[3].variant.as_deref(), Some("Q3"));
}
