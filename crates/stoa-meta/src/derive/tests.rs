//! Tests of what is derived from cards, configurations and file names.

use serde_json::json;

use super::*;
use crate::weights::gguf::Gguf;

/// A repository to derive from, written down in one line.
struct Repo {
    kind: RepoKind,
    card: Card,
    files: Vec<String>,
    config: Option<Value>,
    tokenizer_config: Option<Value>,
    safetensors: Option<Parameters>,
    gguf: Option<Gguf>,
}

impl Repo {
    fn derive(&self) -> Derived {
        derive(&Inputs {
            kind: self.kind,
            files: &self.files,
            card: Some(&self.card),
            config: self.config.as_ref(),
            tokenizer_config: self.tokenizer_config.as_ref(),
            safetensors: self.safetensors.as_ref(),
            gguf: self.gguf.as_ref(),
            created: 0,
        })
    }

    fn config(mut self, config: Value) -> Self {
        self.config = Some(config);
        self
    }
}

fn repo(kind: RepoKind, readme: &str, files: &[&str]) -> Repo {
    Repo {
        kind,
        card: Card::parse(readme).expect("a valid card"),
        files: files.iter().map(|&file| file.to_owned()).collect(),
        config: None,
        tokenizer_config: None,
        safetensors: None,
        gguf: None,
    }
}

fn model(yaml: &str, files: &[&str]) -> Repo {
    repo(RepoKind::Model, &format!("---\n{yaml}\n---\n"), files)
}

#[test]
fn a_chat_model_has_the_tags_in_the_order_of_the_hub() {
    let readme = "---\nlanguage: [en, no]\nlicense: apache-2.0\ntags: [chat, en]\ndatasets: [org/data]\n\
        base_model: org/base\nmodel-index:\n- {name: m, results: []}\nwidget: [{text: hi}]\n---\n\
        # M\nSee https://arxiv.org/abs/2307.09288v2.\n";
    let mut chat = repo(
        RepoKind::Model,
        readme,
        &[
            "config.json",
            "model.safetensors",
            "tokenizer.json",
            "tokenizer_config.json",
            "runs/events.out.tfevents.1.h",
        ],
    )
    .config(json!({
        "architectures": ["LlamaForCausalLM"], "model_type": "llama", "hidden_size": 64,
        "quantization_config": {"quant_method": "awq", "bits": 4},
    }));
    chat.tokenizer_config = Some(
        json!({"bos_token": "<s>", "eos_token": {"content": "</s>"}, "chat_template": "{{x}}", "other": 1}),
    );
    chat.safetensors = Some(Parameters { by_dtype: [("F16".to_owned(), 7)].into(), total: 7 });
    let found = chat.derive();
    assert_eq!(
        found.tags,
        [
            "transformers",
            "safetensors",
            "tensorboard",
            "llama",
            "text-generation",
            "chat",
            "en",
            "conversational",
            "no",
            "dataset:org/data",
            "arxiv:2307.09288",
            "base_model:org/base",
            "base_model:quantized:org/base",
            "license:apache-2.0",
            "model-index",
            "autotrain_compatible",
            "text-generation-inference",
            "endpoints_compatible",
            "4-bit",
            "awq",
            "region:us",
        ]
    );
    assert_eq!(
        found.config,
        Some(json!({
            "architectures": ["LlamaForCausalLM"], "model_type": "llama",
            "quantization_config": {"quant_method": "awq", "bits": 4},
            "tokenizer_config": {"bos_token": "<s>", "eos_token": {"content": "</s>"}, "chat_template": "{{x}}"},
        }))
    );
    assert_eq!(
        serde_json::to_value(&found.transformers_info).expect("plain"),
        json!({"auto_model": "AutoModelForCausalLM", "pipeline_tag": "text-generation", "processor": "AutoTokenizer"})
    );
    assert_eq!(found.base_models, [(Some("quantized".to_owned()), "org/base".to_owned())]);
    assert_eq!(found.languages, ["en", "no"]);
    assert_eq!((found.parameters, found.license.as_deref()), (Some(7), Some("apache-2.0")));
    assert_eq!(found.widget_data, Some(json!([{"text": "hi"}])));
    assert!(found.model_index.is_some() && found.mask_token.is_none() && found.description.is_none());
}

#[test]
fn the_library_is_found_by_card_then_tag_then_files() {
    let arch = json!({"architectures": ["BertModel"], "model_type": "bert"});
    for (yaml, files, config, expected) in [
        ("library_name: custom-lib\ntags: [peft]", &["adapter_config.json"][..], None, Some("custom-lib")),
        ("tags: [x, timm, peft]", &["adapter_config.json"], None, Some("timm")),
        ("tags: [onnx]", &["config.json"], Some(&arch), Some("transformers")),
        ("", &["config.json"], Some(&arch), Some("transformers")),
        ("", &["config.json", "modules.json"], Some(&arch), Some("sentence-transformers")),
        ("", &["config.json", "adapter_config.json"], Some(&arch), Some("peft")),
        ("", &["coreml/a.mlmodel", "config.json"], Some(&arch), Some("transformers")),
        ("", &["a.mlmodel"], None, Some("coreml")),
        ("", &["m.nemo"], None, Some("nemo")),
        ("", &["model_index.json", "unet/config.json"], None, Some("diffusers")),
        ("", &["q4.gguf"], None, Some("gguf")),
        ("", &["model.onnx"], None, Some("onnx")),
        ("", &["model.safetensors"], None, None),
        ("", &["config.json"], Some(&json!({"a": 1})), None),
        ("", &["x/adapter_config.json"], None, None),
    ] {
        let mut repo = model(yaml, files);
        repo.config = config.cloned();
        assert_eq!(repo.derive().library_name.as_deref(), expected, "{yaml} {files:?}");
    }
}

#[test]
fn the_task_is_found_by_card_then_architecture_then_tag() {
    let masked = json!({"architectures": ["BertForMaskedLM"], "model_type": "bert"});
    let ranker = json!({"architectures": ["BertForSequenceClassification"], "sentence_transformers": {"version": "4"}});
    for (yaml, files, config, expected) in [
        ("pipeline_tag: translation", &[][..], Some(&masked), Some("translation")),
        ("pipeline_tag: nonsense", &[], Some(&masked), Some("fill-mask")),
        ("tags: [translation]", &[], Some(&masked), Some("fill-mask")),
        ("tags: [x, translation]", &[], None, Some("translation")),
        ("library_name: timm", &[], Some(&masked), Some("image-classification")),
        ("library_name: timm\ntags: [image-feature-extraction]", &[], None, Some("image-feature-extraction")),
        ("", &["modules.json"], Some(&masked), Some("sentence-similarity")),
        ("pipeline_tag: feature-extraction", &["modules.json"], Some(&masked), Some("feature-extraction")),
        ("", &["config.json"], Some(&ranker), Some("text-ranking")),
        ("", &[], None, None),
    ] {
        let mut repo = model(yaml, files);
        repo.config = config.cloned();
        assert_eq!(repo.derive().pipeline_tag.as_deref(), expected, "{yaml} {files:?}");
    }
}

#[test]
fn the_mask_is_the_tokenizers_word_or_the_usual_one() {
    let mut repo = model("", &[]).config(json!({"architectures": ["XForMaskedLM"], "model_type": "roberta"}));
    assert_eq!(repo.derive().mask_token.as_deref(), Some("<mask>"));
    repo.tokenizer_config = Some(json!({"mask_token": {"content": "<gap>"}}));
    assert_eq!(repo.derive().mask_token.as_deref(), Some("<gap>"));
    let bert = model("", &[]).config(json!({"architectures": ["BertForMaskedLM"]}));
    assert_eq!(bert.derive().mask_token.as_deref(), Some("[MASK]"));
}

#[test]
fn the_relation_to_the_base_is_inferred() {
    for (yaml, files, config, expected) in [
        ("base_model: a/b", &[][..], json!({}), "finetune"),
        ("base_model: a/b\nbase_model_relation: adapter", &["q.gguf"], json!({}), "adapter"),
        ("base_model: a/b\nbase_model_relation: cousin", &[], json!({}), "finetune"),
        ("base_model: [a/b, c/d]", &["q.gguf"], json!({}), "merge"),
        ("base_model: [a/b]\ntags: [merge]", &[], json!({}), "merge"),
        ("base_model: a/b", &["adapter_config.json"], json!({}), "adapter"),
        ("base_model: a/b\nlibrary_name: peft", &[], json!({}), "adapter"),
        ("base_model: a/b\ntags: [lora]", &[], json!({}), "adapter"),
        ("base_model: a/b", &["q.gguf"], json!({}), "quantized"),
        ("base_model: a/b", &[], json!({"quantization_config": {"quant_method": "gptq"}}), "quantized"),
        ("base_model: a/b", &[], json!({"quantization": {"bits": 4}}), "quantized"),
    ] {
        let found = model(yaml, files).config(config).derive();
        assert_eq!(found.base_models[0], (Some(expected.to_owned()), "a/b".to_owned()), "{yaml} {files:?}");
        assert!(found.tags.contains(&format!("base_model:{expected}:a/b")), "{:?}", found.tags);
        assert!(found.tags.contains(&"base_model:a/b".to_owned()));
    }
    assert!(model("license: mit", &["q.gguf"]).derive().base_models.is_empty());
}

#[test]
fn quantization_is_named_by_width_and_method() {
    for (how, expected) in [
        (json!({"quant_method": "gptq", "bits": 8}), &["8-bit", "gptq"][..]),
        (
            json!({"quant_method": "bitsandbytes", "load_in_4bit": true, "load_in_8bit": false}),
            &["4-bit", "bitsandbytes"],
        ),
        (json!({"load_in_8bit": true}), &["8-bit", "bitsandbytes"]),
        (json!({"quant_method": "fp8"}), &["8-bit", "fp8"]),
        (
            json!({"quant_method": "compressed-tensors", "config_groups": {"group_0": {"weights": {"num_bits": 4}}}}),
            &["4-bit", "compressed-tensors"],
        ),
        (json!({"quant_method": "mxfp4"}), &["mxfp4"]),
        (json!({"bits": 4000, "quant_method": ""}), &[]),
        (json!({"bits": "four", "config_groups": []}), &[]),
        (json!({}), &[]),
    ] {
        let tags = model("", &[]).config(json!({"quantization_config": how})).derive().tags;
        assert_eq!(tags[..tags.len() - 1], *expected, "{how}");
    }
}

#[test]
fn own_code_is_told_and_its_auto_class_used() {
    let found = model("", &["tokenizer.model", "preprocessor_config.json"])
        .config(json!({
            "architectures": ["MyThing"], "model_type": "my",
            "auto_map": {"AutoConfig": "c.MyConfig", "AutoModel": "m.MyModel", "AutoModelForCausalLM": "m.MyThing"},
        }))
        .derive();
    assert!(found.tags.contains(&"custom_code".to_owned()), "{:?}", found.tags);
    assert_eq!(
        serde_json::to_value(found.transformers_info).expect("plain"),
        json!({
            "auto_model": "AutoModelForCausalLM", "custom_class": "m.MyThing", "pipeline_tag": "text-generation",
            "processor": "AutoProcessor",
        })
    );
    let unknown = model("", &[]).config(json!({"architectures": ["Oddity"]})).derive();
    assert_eq!(
        serde_json::to_value(unknown.transformers_info).expect("plain"),
        json!({"auto_model": "AutoModel"})
    );
}

#[test]
fn the_processor_follows_the_files() {
    let vit = json!({"architectures": ["ViTForImageClassification"], "model_type": "vit"});
    let hubert = json!({"architectures": ["HubertForSequenceClassification"], "model_type": "hubert"});
    for (files, config, expected) in [
        (&["preprocessor_config.json"][..], &vit, Some("AutoImageProcessor")),
        (&["preprocessor_config.json"], &hubert, Some("AutoFeatureExtractor")),
        (&["preprocessor_config.json", "vocab.txt"], &vit, Some("AutoProcessor")),
        (&["processor_config.json"], &vit, Some("AutoProcessor")),
        (&["sub/tokenizer.json"], &vit, None),
    ] {
        let info = model("", files).config(config.clone()).derive().transformers_info.expect("known");
        assert_eq!(info.processor.as_deref(), expected, "{files:?}");
    }
}

#[test]
fn a_gguf_with_a_chat_template_is_a_chat_model() {
    let mut repo = model("base_model: a/b\nlicense: mit", &["m-Q4_K_M.gguf", "README.md"]);
    repo.gguf = Some(Gguf {
        chat_template: Some("{{x}}".to_owned()),
        total_parameters: 42,
        metadata: [("quantize.imatrix.file".to_owned(), json!("i.dat"))].into_iter().collect(),
        ..Gguf::default()
    });
    let found = repo.derive();
    assert_eq!(
        found.tags,
        [
            "gguf",
            "text-generation",
            "conversational",
            "base_model:a/b",
            "base_model:quantized:a/b",
            "license:mit",
            "endpoints_compatible",
            "imatrix",
            "region:us"
        ]
    );
    assert_eq!(found.parameters, Some(42));
}

#[test]
fn a_dataset_has_prefixed_tags_and_a_description() {
    let readme = "---\nlanguage: [en]\nlicense: [cc-by-4.0]\npretty_name: My Data\ntask_categories: [text-classification]\n\
        task_ids: sentiment-classification\nannotations_creators: [found]\nmultilinguality: [monolingual]\n\
        size_categories: [1K<n<10K]\ntags: [synthetic, geospatial, duckdb]\ndataset_info:\n  features:\n  \
        - {name: text, dtype: string}\n  - name: label\n    dtype: {class_label: {names: {'0': no}}}\n  \
        - {name: score, dtype: float32}\n---\n# My Data\n\nA [set](x) of **texts**.\n\narxiv.org/abs/1706.03762\n";
    let found = repo(RepoKind::Dataset, readme, &["README.md", "data/train-00000-of-00001.parquet"]).derive();
    assert_eq!(
        found.tags,
        [
            "task_categories:text-classification",
            "task_ids:sentiment-classification",
            "annotations_creators:found",
            "multilinguality:monolingual",
            "language:en",
            "license:cc-by-4.0",
            "size_categories:1K<n<10K",
            "format:parquet",
            "modality:geospatial",
            "modality:text",
            "library:datasets",
            "library:pandas",
            "library:mlcroissant",
            "library:polars",
            "library:duckdb",
            "arxiv:1706.03762",
            "region:us",
            "synthetic",
            "geospatial",
            "duckdb",
        ]
    );
    assert_eq!(found.description.as_deref(), Some("A set of texts."));
    assert_eq!(found.title.as_deref(), Some("My Data"));
    assert_eq!(
        (found.formats, found.modalities),
        (vec!["parquet".to_owned()], vec!["geospatial".to_owned(), "text".to_owned()])
    );
    assert_eq!((found.pipeline_tag, found.library_name, found.config), (None, None, None));
}

#[test]
fn columns_tell_the_modality_better_than_files() {
    for (features, files, expected) in [
        ("[{name: a, dtype: image}, {name: b, dtype: int64}]", &["a.parquet"][..], &["image"][..]),
        ("[{name: a, dtype: int64}, {name: b, dtype: float64}]", &["a.parquet"], &["tabular"]),
        ("[{name: a, dtype: int64}]", &["a.parquet"], &["tabular"]),
        ("[{name: a, list: string}]", &["a.csv"], &["text"]),
        (
            "[{name: a, list: {dtype: audio}}, {name: b, struct: [{name: c, dtype: string}]}]",
            &["a.csv"],
            &["audio", "text"],
        ),
        ("[{name: a, sequence: {struct: [{name: b, sequence: string}]}}]", &["a.csv"], &["text"]),
        ("nonsense", &["a.csv"], &["tabular"]),
        ("[]", &["a.jsonl"], &["text"]),
        ("[1, x, {dtype: {dtype: image}}]", &["a.bin"], &["image"]),
        ("[]", &["1.jpg"], &["image"]),
    ] {
        let readme = format!("---\ndataset_info:\n- config_name: a\n  features: {features}\n---\n");
        let found = repo(RepoKind::Dataset, &readme, files).derive();
        assert_eq!(found.modalities, expected, "{features}");
    }
}

#[test]
fn a_space_has_its_looks_and_links() {
    let readme = "---\ntitle: Demo\nemoji: 🚀\ncolorFrom: blue\ncolorTo: 'red; x'\nsdk: gradio\nmodels: [a/b, a/b]\n\
        datasets: c/d\ntags: [mcp-server]\nlicense: mit\nshort_description: Short\n---\n";
    let found = repo(RepoKind::Space, readme, &["app.py"]).derive();
    assert_eq!(found.tags, ["gradio", "license:mit", "region:us", "mcp-server"]);
    assert_eq!((found.models, found.datasets), (vec!["a/b".to_owned()], vec!["c/d".to_owned()]));
    assert_eq!(
        (found.sdk.as_deref(), found.title.as_deref(), found.emoji.as_deref()),
        (Some("gradio"), Some("Demo"), Some("🚀"))
    );
    assert_eq!(found.colors, (Some("blue".to_owned()), None));
    assert_eq!((found.license.as_deref(), found.short_description.as_deref()), (Some("mit"), Some("Short")));
    assert_eq!(repo(RepoKind::Space, "---\nsdk: flask\n---\n", &[]).derive().sdk, None);
}

#[test]
fn an_empty_repository_has_a_region_and_nothing_else() {
    for kind in RepoKind::ALL {
        let inputs = Inputs {
            kind,
            files: &[],
            card: None,
            config: None,
            tokenizer_config: None,
            safetensors: None,
            gguf: None,
            created: 0,
        };
        let expected = Derived { tags: vec!["region:us".to_owned()], ..Derived::default() };
        assert_eq!(derive(&inputs), expected);
    }
}

#[test]
fn nothing_derived_grows_beyond_its_bounds() {
    let many = |what: &str| (0..5_000).map(|n| format!("{what}{n}")).collect::<Vec<_>>().join(", ");
    let long = "x".repeat(100_000);
    let yaml = format!(
        "tags: [{}, {long}, \"a\\nb\"]\nlanguage: [{}]\ndatasets: [{}]\nbase_model: [{}, {long}]\nlicense: [{}]\n\
         task_categories: [{}]\npipeline_tag: {long}\nlibrary_name: {long}\ntitle: {long}\nemoji: {long}\nsdk: {long}\n\
         short_description: {long}\npretty_name: {long}\ndoi: {long}",
        many("t"),
        many("l"),
        many("d"),
        many("b"),
        many("c"),
        many("k"),
    );
    let body = (1000..9000).map(|n| format!("arxiv.org/abs/1706.0{n}")).collect::<Vec<_>>().join("\n");
    for kind in RepoKind::ALL {
        let mut repo = repo(kind, &format!("---\n{yaml}\n---\n{body}"), &["config.json", "a.csv"]).config(json!({
            "architectures": [long.clone(), "BertModel"], "model_type": long.clone(), "auto_map": {"AutoModel": long.clone()},
            "quantization_config": {"quant_method": long.clone()},
        }));
        repo.tokenizer_config = Some(json!({"chat_template": "x".repeat(1 << 20), "bos_token": "<s>"}));
        let found = repo.derive();
        assert!(
            found.tags.len() <= 500 && found.tags.iter().all(|tag| tag.chars().count() <= 200),
            "{kind:?}"
        );
        assert!(found.tags.contains(&"region:us".to_owned()), "{kind:?}");
        let mut rest = found.clone();
        rest.tags.clear();
        assert!(format!("{rest:?}").len() < 300_000, "{kind:?}");
        if kind == RepoKind::Model {
            assert_eq!(found.config.expect("some")["tokenizer_config"], json!({"bos_token": "<s>"}));
        }
    }
}

#[test]
fn configurations_of_any_shape_are_survived() {
    let deep: Value =
        serde_json::from_str(&format!("{}{}", "[".repeat(100), "]".repeat(100))).expect("within limits");
    let odd =
        [json!(null), json!(5), json!("x"), json!([]), json!({}), json!([{"a": [1]}]), json!(true), deep];
    for key in [
        "architectures",
        "model_type",
        "auto_map",
        "quantization_config",
        "quantization",
        "sentence_transformers",
    ] {
        for value in &odd {
            let mut repo = model("", &["config.json", "modules.json"]).config(json!({key: value}));
            repo.tokenizer_config =
                Some(json!({"mask_token": value, "chat_template": value, "bos_token": value}));
            assert!(repo.derive().tags.contains(&"region:us".to_owned()));
            repo.config = Some(value.clone());
            repo.tokenizer_config = Some(value.clone());
            repo.derive();
        }
    }
    for key in [
        "tags",
        "license",
        "language",
        "base_model",
        "model-index",
        "widget",
        "dataset_info",
        "configs",
        "sdk",
    ] {
        for value in &odd {
            for kind in RepoKind::ALL {
                let mut repo = repo(kind, "", &[]);
                repo.card.data.insert(key.to_owned(), value.clone());
                repo.derive();
            }
        }
    }
}
