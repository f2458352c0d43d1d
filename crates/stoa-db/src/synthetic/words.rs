//! The words of a synthetic catalogue: what names are made of, and which tags go together.

/// A group of models that look alike: what they are made with, for and of.
pub(super) struct Profile {
    /// How many of ten thousand models are like this.
    pub(super) share: u32,
    /// Library; empty for none.
    pub(super) library: &'static str,
    /// Tasks, the most frequent first; empty for none.
    pub(super) tasks: &'static [&'static str],
    /// File formats that become tags.
    pub(super) formats: &'static [&'static str],
    /// Architectures that become tags, and words of names.
    pub(super) types: &'static [&'static str],
    /// How much such models are downloaded, in percent of the usual.
    pub(super) fame: i64,
}

const fn of(
    share: u32,
    library: &'static str,
    tasks: &'static [&'static str],
    formats: &'static [&'static str],
    types: &'static [&'static str],
    fame: i64,
) -> Profile {
    Profile { share, library, tasks, formats, types, fame }
}

const WEIGHTS: &[&str] = &["safetensors", "pytorch", "tf", "jax"];

/// The groups, roughly as frequent as on the public Hub.
pub(super) const PROFILES: &[Profile] = &[
    of(
        2200,
        "transformers",
        &["text-generation", "text2text-generation"],
        WEIGHTS,
        &[
            "llama", "qwen2", "mistral", "qwen3", "gemma2", "gemma3", "phi3", "gpt2", "gpt_neox", "opt",
            "falcon",
        ],
        100,
    ),
    of(
        1100,
        "transformers",
        &[
            "text-classification",
            "token-classification",
            "fill-mask",
            "question-answering",
            "feature-extraction",
        ],
        WEIGHTS,
        &["bert", "distilbert", "roberta", "xlm-roberta", "deberta-v2", "albert", "electra", "modernbert"],
        90,
    ),
    of(
        500,
        "transformers",
        &["automatic-speech-recognition", "audio-classification", "text-to-speech"],
        WEIGHTS,
        &["whisper", "wav2vec2", "hubert", "speecht5"],
        80,
    ),
    of(
        500,
        "transformers",
        &["image-classification", "object-detection", "image-segmentation", "image-feature-extraction"],
        WEIGHTS,
        &["vit", "swin", "detr", "segformer", "dinov2", "convnext"],
        70,
    ),
    of(
        300,
        "transformers",
        &["translation", "summarization", "text2text-generation"],
        WEIGHTS,
        &["t5", "marian", "bart", "mt5", "pegasus", "m2m_100"],
        90,
    ),
    of(
        400,
        "transformers",
        &["image-text-to-text", "visual-question-answering", "image-to-text"],
        WEIGHTS,
        &["qwen2_vl", "llava", "blip", "idefics2"],
        120,
    ),
    of(900, "gguf", &["text-generation"], &[], &["llama", "qwen2", "mistral", "qwen3", "gemma2"], 60),
    of(900, "peft", &["text-generation", "text-classification"], &["safetensors"], &["lora"], 20),
    of(700, "diffusers", &["text-to-image", "image-to-image", "text-to-video"], &["safetensors"], &[], 60),
    of(
        250,
        "sentence-transformers",
        &["sentence-similarity"],
        WEIGHTS,
        &["bert", "xlm-roberta", "mpnet"],
        150,
    ),
    of(500, "stable-baselines3", &["reinforcement-learning"], &["tensorboard"], &["ppo", "dqn"], 2),
    of(150, "ml-agents", &["reinforcement-learning"], &["onnx", "tensorboard"], &[], 2),
    of(150, "mlx", &["text-generation"], &["safetensors"], &["llama", "qwen3"], 30),
    of(100, "keras", &["image-classification"], &[], &[], 10),
    of(100, "timm", &["image-classification"], &["safetensors"], &["vit", "resnet"], 100),
    of(60, "setfit", &["text-classification"], &["safetensors"], &["mpnet"], 20),
    of(60, "ultralytics", &["object-detection"], &[], &["yolo"], 50),
    of(50, "sklearn", &["tabular-classification", "tabular-regression"], &["joblib"], &[], 5),
    of(40, "spacy", &["token-classification"], &[], &[], 10),
    of(40, "nemo", &["automatic-speech-recognition"], &[], &[], 40),
];

/// Libraries that a few models have each.
#[rustfmt::skip] // one word per line would be a page of nothing
pub(super) const LIBRARIES: &[&str] = &[
    "adapter-transformers", "allennlp", "asteroid", "bertopic", "bm25s", "chronos-forecasting",
    "colbert", "coreml", "deepforest", "diffusionkit", "doctr", "espnet", "fairseq", "fastai",
    "fasttext", "flair", "hf-transformers-js", "htrflow", "k2", "keras-hub", "lerobot", "lightning",
    "litert", "llamafile", "mamba-ssm", "model2vec", "monai", "open_clip", "openvino", "paddlenlp",
    "paddleocr", "pyannote-audio", "pyterrier", "sample-factory", "saelens",
    "segmentation-models-pytorch", "span-marker", "speechbrain", "stanza", "tensorflowtts", "tf-keras",
    "torchgeo", "transformers.js", "unity-sentis", "vllm", "zonos",
];

/// Tasks of models and datasets.
#[rustfmt::skip] // one word per line would be a page of nothing
pub(super) const TASKS: &[&str] = &[
    "text-generation", "text-classification", "text2text-generation", "token-classification",
    "fill-mask", "question-answering", "feature-extraction", "translation", "summarization",
    "sentence-similarity", "zero-shot-classification", "table-question-answering", "text-ranking",
    "multiple-choice", "text-retrieval", "table-to-text", "automatic-speech-recognition",
    "audio-classification", "text-to-speech", "text-to-audio", "audio-to-audio",
    "voice-activity-detection", "image-classification", "object-detection", "image-segmentation",
    "image-feature-extraction", "text-to-image", "image-to-image", "text-to-video", "image-to-text",
    "image-to-video", "unconditional-image-generation", "video-classification",
    "zero-shot-image-classification", "zero-shot-object-detection", "depth-estimation",
    "mask-generation", "keypoint-detection", "text-to-3d", "image-to-3d", "video-to-video",
    "visual-question-answering", "document-question-answering", "visual-document-retrieval",
    "image-text-to-text", "video-text-to-text", "audio-text-to-text", "any-to-any",
    "reinforcement-learning", "robotics", "tabular-classification", "tabular-regression",
    "tabular-to-text", "time-series-forecasting", "graph-ml", "other", "image-text-to-image",
];

/// Languages, the most frequent first.
pub(super) const LANGUAGES: &str = "en zh fr es de ja ko pt ru it ar hi nl tr vi pl id th sv fa uk cs ro fi da hu el bg \
    he ca no bn ta te ur ms sk hr sr lt sl et lv mr ml kn gu pa sw az ka kk mk sq hy is eu gl cy ga mt af be bs mn ne si \
    km lo my am so ha yo ig zu xh st tn rw lg sn ny mg eo la sa jv su tl ceb ilo war pam bcl hil ky tg tk uz tt ba cv os \
    ce av lez kv udm mhr myv sah tyv bo dz ug yi ps ku ckb sd ks mai bho or as mni sat kok doi brx lus kha nan wuu yue \
    gan hak cdo ltg se fo kl nn nb gd br kw oc ast an ext fur lij lmo nap pms scn sc vec rm wa pcd nds li zea fy gsw \
    bar ksh pfl stq hsb dsb csb szl rue";

/// Licenses, the most frequent first.
pub(super) const LICENSES: &str = "apache-2.0 mit other cc-by-nc-4.0 openrail llama3 gemma llama3.1 creativeml-openrail-m \
    cc-by-4.0 llama2 llama3.2 cc-by-nc-sa-4.0 cc-by-sa-4.0 unknown afl-3.0 gpl-3.0 openrail++ cc0-1.0 bsd-3-clause \
    agpl-3.0 llama3.3 bigscience-bloom-rail-1.0 bigscience-openrail-m bigcode-openrail-m artistic-2.0 bsl-1.0 bsd \
    bsd-2-clause bsd-3-clause-clear c-uda cc cc-by-2.0 cc-by-2.5 cc-by-3.0 cc-by-sa-3.0 cc-by-nc-2.0 cc-by-nc-3.0 \
    cc-by-nd-4.0 cc-by-nc-nd-3.0 cc-by-nc-nd-4.0 cc-by-nc-sa-2.0 cc-by-nc-sa-3.0 cdla-sharing-1.0 cdla-permissive-1.0 \
    cdla-permissive-2.0 wtfpl ecl-2.0 epl-1.0 epl-2.0 etalab-2.0 eupl-1.1 eupl-1.2 gfdl gpl gpl-2.0 lgpl lgpl-2.1 \
    lgpl-3.0 isc h-research intel-research lppl-1.3c ms-pl apple-ascl apple-amlr mpl-2.0 odc-by odbl openmdw-1.0 \
    openmdw-1.1 osl-3.0 postgresql ofl-1.1 ncsa unlicense zlib pddl lgpl-lr deepfloyd-if-license \
    fair-noncommercial-research-license llama4 grok2-community";

/// Tags of models that come from no other group.
#[rustfmt::skip] // one word per line would be a page of nothing
pub(super) const MODEL_MISC: &[&str] = &[
    "text-generation-inference", "conversational", "generated_from_trainer", "trl", "sft", "dpo",
    "merge", "mergekit", "unsloth", "custom_code", "4-bit", "8-bit", "awq", "gptq", "bitsandbytes",
    "imatrix", "deep-reinforcement-learning", "model-index", "stable-diffusion", "flux",
    "template:diffusion-lora", "quantized", "chat", "code", "math", "medical", "finance", "legal",
    "not-for-all-audiences", "roleplay", "grpo", "moe", "reasoning", "vision", "audio", "embedding",
    "reranker",
];

/// Tags of datasets that come from no other group.
pub(super) const DATASET_MISC: &[&str] = &[
    "synthetic",
    "code",
    "finance",
    "medical",
    "legal",
    "math",
    "chemistry",
    "biology",
    "art",
    "climate",
    "music",
    "instruction-tuning",
    "preference",
    "rlhf",
    "distilabel",
    "lerobot",
    "so100",
    "tutorial",
    "reasoning",
    "not-for-all-audiences",
    "rlfh",
    "croissant",
];

/// Sizes of datasets.
pub(super) const SIZE_CATEGORIES: &[&str] = &[
    "size_categories:1K<n<10K",
    "size_categories:n<1K",
    "size_categories:10K<n<100K",
    "size_categories:100K<n<1M",
    "size_categories:1M<n<10M",
    "size_categories:10M<n<100M",
    "size_categories:100M<n<1B",
    "size_categories:1B<n<10B",
    "size_categories:10B<n<100B",
    "size_categories:n>1T",
];

/// File formats of datasets.
pub(super) const FORMATS: &[&str] = &[
    "format:parquet",
    "format:json",
    "format:csv",
    "format:imagefolder",
    "format:text",
    "format:audiofolder",
    "format:webdataset",
    "format:arrow",
    "format:optimized-parquet",
    "format:agent-traces",
];

/// What datasets are made of.
pub(super) const MODALITIES: &[&str] = &[
    "modality:text",
    "modality:image",
    "modality:tabular",
    "modality:audio",
    "modality:video",
    "modality:timeseries",
    "modality:geospatial",
    "modality:3d",
    "modality:document",
];

/// Libraries that read datasets.
pub(super) const READERS: &[&str] = &[
    "library:datasets",
    "library:pandas",
    "library:mlcroissant",
    "library:polars",
    "library:dask",
    "library:webdataset",
    "library:fiftyone",
    "library:distilabel",
    "library:argilla",
];

/// First words of names of models that have no architecture, and of datasets.
#[rustfmt::skip] // one word per line would be a page of nothing
pub(super) const FAMILIES: &[&str] = &[
    "my-model", "test", "finetuned", "lora", "style", "tiny", "base", "demo", "chatbot", "classifier",
    "story", "news", "legal", "medical", "sentiment", "emotion", "anime", "portrait", "landscape",
    "pixel", "comic", "logo", "lunarlander", "cartpole", "taxi", "pong", "walker", "ant", "huggy",
    "pyramids", "frozenlake", "doom", "reward", "policy", "agent", "router", "ranker", "encoder",
    "decoder", "tokenizer", "adapter", "merge", "slerp", "ties", "dare", "frankenstein", "zephyr",
    "orca", "wizard", "vicuna", "alpaca", "guanaco", "dolphin", "nous", "hermes", "openchat",
    "starling", "tulu", "olmo", "pythia", "bloom", "starcoder", "codegen", "santacoder", "replit",
    "stablelm", "mpt", "baichuan", "internlm", "chatglm", "yi", "deepseek", "solar", "jamba", "mamba",
    "rwkv", "retnet", "hyena", "xglm", "quokka", "zyxwv",
];

/// First words of names of datasets.
#[rustfmt::skip] // one word per line would be a page of nothing
pub(super) const SUBJECTS: &[&str] = &[
    "instruct", "chat", "qa", "wiki", "news", "reviews", "tweets", "code", "math", "medical", "legal",
    "finance", "speech", "audio", "images", "faces", "satellite", "weather", "traffic", "robot",
    "so100-pick", "so100-place", "eval", "results", "details", "preference", "dpo", "sft", "rlhf",
    "alpaca", "sharegpt", "openhermes", "ultrachat", "squad", "glue", "mmlu", "gsm8k", "humaneval",
    "mbpp", "arc", "hellaswag", "winogrande", "truthfulqa", "ner", "sentiment", "emotion",
    "translation", "summaries", "books", "papers", "patents", "recipes", "songs", "poems", "movies",
    "games", "chess", "sudoku", "proteins", "molecules", "genomes", "crystals", "graphs", "tables",
    "timeseries", "sensors", "logs", "emails", "forum", "reddit", "stackoverflow", "github", "commits",
    "notebooks", "ocr", "documents", "invoices", "receipts", "handwriting", "zyxwv",
];

/// Sizes in names of models, with the number of parameters (0: no size in the name, and none known).
pub(super) const SIZES: &[(&str, i64)] = &[
    ("7b", 7_241_732_096),
    ("8b", 8_030_261_248),
    ("base", 109_482_240),
    ("", 0),
    ("small", 66_955_010),
    ("1b", 1_235_814_400),
    ("3b", 3_212_749_824),
    ("0.5b", 494_032_768),
    ("1.5b", 1_543_714_304),
    ("large", 334_000_000),
    ("14b", 14_770_033_664),
    ("13b", 13_015_864_320),
    ("4b", 4_022_468_096),
    ("32b", 32_763_876_352),
    ("70b", 70_553_706_496),
    ("tiny", 37_760_640),
    ("2b", 2_614_341_888),
    ("12b", 12_247_782_400),
    ("27b", 27_227_128_320),
    ("mini", 22_713_216),
    ("72b", 72_706_203_648),
    ("8x7b", 46_702_792_704),
    ("9b", 9_241_705_984),
    ("34b", 34_388_917_248),
    ("110m", 110_000_000),
    ("405b", 405_853_388_800),
    ("671b", 684_531_386_000),
];

/// What a model was made for, in names.
#[rustfmt::skip] // one word per line would be a page of nothing
pub(super) const VARIANTS: &[&str] = &[
    "instruct", "finetuned", "chat", "base", "sft", "dpo", "cased", "uncased", "v1", "v2", "v3",
    "merged", "distill", "reasoning", "coder", "math", "vision", "multilingual", "en", "zh", "ja", "ko",
    "medical", "uncensored", "abliterated", "roleplay", "it", "pt", "hf", "grpo", "orpo", "kto", "ppo",
];

/// How a model was packed, in names; most have none.
pub(super) const PACKINGS: &[&str] = &[
    "", "gguf", "awq", "gptq", "4bit", "lora", "fp8", "exl2", "mlx", "q4_k_m", "int8", "onnx", "bnb-4bit",
    "imatrix", "w4a16",
];

/// First halves of account names.
pub(super) const ACCOUNTS: &[&str] = &[
    "acme", "ada", "aero", "alpha", "amber", "apex", "arc", "aspen", "atlas", "aurora", "azure", "bay",
    "beta", "birch", "blue", "bold", "bright", "calm", "cedar", "chen", "cloud", "cobalt", "coral", "cosmo",
    "crest", "data", "dawn", "deep", "delta", "dr", "dune", "echo", "edge", "ember", "epoch", "fable",
    "fern", "fjord", "flux", "forge", "gamma", "garcia", "gray", "green", "grove", "harbor", "haze", "helix",
    "hiro", "horizon", "hugo", "hyper", "indigo", "iris", "iron", "ivan", "jade", "jin", "juno", "kai",
    "kim", "kite", "koala", "lark", "lena", "lotus", "luna", "lyra", "maple", "mei", "meta", "mira", "nadia",
    "neo", "nova", "oak", "olga", "omega", "onyx", "opal", "open", "orion", "otto", "pine", "pixel", "quill",
    "raven", "reef", "sage", "sam", "sigma", "sky", "sol", "terra", "umi", "vega", "willow", "xenon", "yuki",
    "zen",
];

/// Second halves of account names.
pub(super) const ENDINGS: &[&str] = &[
    "lab",
    "ai",
    "research",
    "ml",
    "team",
    "works",
    "data",
    "org",
    "dev",
    "tech",
    "nlp",
    "vision",
    "studio",
    "institute",
    "university",
    "group",
    "models",
    "audio",
    "robotics",
    "bio",
    "health",
    "code",
    "intelligence",
    "systems",
    "cloud",
    "smith",
    "lee",
    "kumar",
    "mueller",
    "rossi",
    "silva",
    "novak",
    "tanaka",
    "park",
    "nguyen",
    "khan",
    "ali",
    "jones",
    "brown",
    "martin",
    "bot",
    "hub",
    "zoo",
    "garage",
    "factory",
    "guild",
    "school",
    "collective",
    "core",
    "press",
    "minds",
    "project",
    "partners",
    "foundry",
    "one",
    "two",
    "net",
    "io",
    "x",
    "ventures",
];
