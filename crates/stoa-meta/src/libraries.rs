//! The libraries that load models: data, so that another one is a line here and nothing else.

/// A question about a path, as the Hub's download rules put it: every given part must match.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Query {
    /// The whole path from the root.
    pub path: Option<&'static str>,
    /// The file name without folders and without its last extension.
    pub stem: Option<&'static str>,
    /// The text after the last dot of the file name.
    pub extension: Option<&'static str>,
    /// Where the file must lie.
    pub place: Place,
}

/// Where a [`Query`] looks.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Place {
    /// In any folder.
    #[default]
    Anywhere,
    /// In the root.
    Root,
    /// In a folder, not in the root.
    Folder,
}

impl Query {
    /// Whether a path from the root is meant.
    pub fn matches(&self, path: &str) -> bool {
        let (folder, name) =
            path.rsplit_once('/').map_or((None, path), |(folder, name)| (Some(folder), name));
        let (stem, extension) = name.rsplit_once('.').map_or((name, None), |(stem, end)| (stem, Some(end)));
        self.path.is_none_or(|wanted| wanted == path)
            && self.stem.is_none_or(|wanted| wanted == stem)
            && self.extension.is_none_or(|wanted| Some(wanted) == extension)
            && match self.place {
                Place::Anywhere => true,
                Place::Root => folder.is_none(),
                Place::Folder => folder.is_some(),
            }
    }
}

/// A library, or a file format that stands for one.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Library {
    /// What a card writes as `library_name`, and the tag.
    pub id: &'static str,
    /// Its name for people.
    pub label: &'static str,
    /// Files whose download counts; empty for the default ([`DEFAULT_DOWNLOADS`]).
    pub downloads: &'static [Query],
    /// Files that give it away when the card does not name it; empty if none does.
    pub signs: &'static [Query],
    /// The task of its models when nothing else says.
    pub task: Option<&'static str>,
    /// The tasks its models are for; empty if any.
    pub tasks: &'static [&'static str],
    /// Whether it is a file format: a format is a tag beside the library, and the library only for want of another.
    pub format: bool,
}

/// The files whose download counts for a library without a rule of its own.
///
/// Compat: <https://huggingface.co/docs/hub/models-download-stats>.
pub const DEFAULT_DOWNLOADS: &[Query] = &[
    path("config.json"),
    path("config.yaml"),
    path("hyperparams.yaml"),
    path("params.json"),
    path("meta.yaml"),
];

const fn path(path: &'static str) -> Query {
    Query { path: Some(path), stem: None, extension: None, place: Place::Anywhere }
}

const fn extension(extension: &'static str) -> Query {
    Query { path: None, stem: None, extension: Some(extension), place: Place::Anywhere }
}

const fn at_root(extension: &'static str) -> Query {
    Query { path: None, stem: None, extension: Some(extension), place: Place::Root }
}

const fn file(stem: &'static str, extension: &'static str, place: Place) -> Query {
    Query { path: None, stem: Some(stem), extension: Some(extension), place }
}

const fn library(id: &'static str, label: &'static str) -> Library {
    Library { id, label, downloads: &[], signs: &[], task: None, tasks: &[], format: false }
}

const fn format(id: &'static str, label: &'static str) -> Library {
    Library { format: true, ..library(id, label) }
}

impl Library {
    const fn counts(self, downloads: &'static [Query]) -> Self {
        Self { downloads, ..self }
    }

    const fn seen_by(self, signs: &'static [Query]) -> Self {
        Self { signs, ..self }
    }

    const fn for_tasks(self, tasks: &'static [&'static str]) -> Self {
        Self { tasks, ..self }
    }

    /// The first of `tasks` is the one to assume.
    const fn assume(self, tasks: &'static [&'static str]) -> Self {
        Self { task: Some(tasks[0]), tasks, ..self }
    }
}

/// Looks a library up by its id, exactly as cards write it.
pub fn find(id: &str) -> Option<&'static Library> {
    LIBRARIES.iter().find(|library| library.id == id)
}

/// The registry. Where files are a sign of several libraries, the first listed wins, so the special come before the
/// general.
///
/// Compat: ids and download rules are those of the Hub's own registry (Appendix C of the feature inventory); the
/// signs are the files that only the library itself writes.
pub const LIBRARIES: &[Library] = &[
    library("sentence-transformers", "sentence-transformers")
        .seen_by(&[path("modules.json"), path("config_sentence_transformers.json")])
        .assume(&["sentence-similarity", "feature-extraction", "text-ranking"]),
    library("setfit", "setfit").seen_by(&[path("config_setfit.json")]).assume(&["text-classification"]),
    library("span-marker", "SpanMarker").assume(&["token-classification"]),
    library("gliner", "GLiNER")
        .counts(&[path("gliner_config.json")])
        .seen_by(&[path("gliner_config.json")])
        .assume(&["token-classification"]),
    library("peft", "PEFT").counts(&[path("adapter_config.json")]).seen_by(&[path("adapter_config.json")]),
    library("adapter-transformers", "Adapters").counts(&[path("adapter_config.json")]),
    library("diffusers", "Diffusers")
        .counts(&[
            path("model_index.json"),
            path("modular_model_index.json"),
            at_root("safetensors"),
            at_root("ckpt"),
            at_root("bin"),
        ])
        .seen_by(&[path("model_index.json"), path("modular_model_index.json")])
        .for_tasks(&[
            "text-to-image",
            "image-to-image",
            "image-text-to-image",
            "text-to-video",
            "image-to-video",
            "image-text-to-video",
            "video-to-video",
            "text-to-audio",
            "unconditional-image-generation",
        ]),
    library("open_clip", "OpenCLIP")
        .counts(&[
            path("open_clip_model.safetensors"),
            path("model.safetensors"),
            path("open_clip_pytorch_model.bin"),
            path("pytorch_model.bin"),
        ])
        .seen_by(&[path("open_clip_config.json")])
        .assume(&["zero-shot-image-classification"]),
    library("timm", "timm")
        .counts(&[path("pytorch_model.bin"), path("model.safetensors")])
        .assume(&["image-classification", "image-feature-extraction"]),
    library("nemo", "NeMo")
        .counts(&[extension("nemo"), path("model_config.yaml"), extension("json")])
        .seen_by(&[extension("nemo")]),
    library("mlc-llm", "MLC-LLM")
        .counts(&[path("mlc-chat-config.json")])
        .seen_by(&[path("mlc-chat-config.json")])
        .assume(&["text-generation"]),
    library("whisperkit", "WhisperKit")
        .counts(&[file("model", "mil", Place::Folder)])
        .assume(&["automatic-speech-recognition"]),
    library("coreml", "Core ML").seen_by(&[extension("mlmodel"), extension("mlpackage")]),
    library("litert", "LiteRT").counts(&[extension("tflite")]).seen_by(&[extension("tflite")]),
    library("litert-lm", "LiteRT-LM").seen_by(&[extension("litertlm")]).assume(&["text-generation"]),
    library("rkllm", "RKLLM").counts(&[extension("rkllm")]).seen_by(&[extension("rkllm")]),
    library("unity-sentis", "unity-sentis").counts(&[extension("sentis")]).seen_by(&[extension("sentis")]),
    library("keras", "Keras")
        .counts(&[path("config.json"), extension("keras")])
        .seen_by(&[extension("keras")]),
    library("keras-hub", "KerasHub").seen_by(&[path("preprocessor.json")]),
    library("tf-keras", "TF-Keras")
        .counts(&[path("saved_model.pb")])
        .seen_by(&[path("keras_metadata.pb"), path("saved_model.pb")]),
    library("sklearn", "Scikit-learn")
        .counts(&[path("sklearn_model.joblib")])
        .seen_by(&[path("sklearn_model.joblib")])
        .for_tasks(&["tabular-classification", "tabular-regression"]),
    library("skops", "skops"),
    library("fastai", "fastai"),
    library("fasttext", "fastText")
        .counts(&[extension("bin")])
        .for_tasks(&["text-classification", "feature-extraction"]),
    library("spacy", "spaCy")
        .counts(&[extension("whl")])
        .for_tasks(&["token-classification", "text-classification"]),
    library("flair", "Flair")
        .counts(&[path("pytorch_model.bin")])
        .for_tasks(&["token-classification", "text-classification"]),
    library("stanza", "Stanza")
        .counts(&[path("models/default.zip")])
        .seen_by(&[path("models/default.zip")])
        .assume(&["token-classification"]),
    library("speechbrain", "speechbrain")
        .counts(&[path("hyperparams.yaml")])
        .seen_by(&[path("hyperparams.yaml")])
        .for_tasks(&[
            "automatic-speech-recognition",
            "audio-classification",
            "audio-to-audio",
            "text-to-speech",
        ]),
    library("asteroid", "Asteroid").counts(&[path("pytorch_model.bin")]).assume(&["audio-to-audio"]),
    library("espnet", "ESPnet").for_tasks(&[
        "automatic-speech-recognition",
        "text-to-speech",
        "audio-to-audio",
    ]),
    library("pyannote-audio", "pyannote.audio")
        .for_tasks(&["automatic-speech-recognition", "voice-activity-detection"]),
    library("paddlenlp", "paddlenlp").counts(&[path("model_config.json")]),
    library("PaddleOCR", "PaddleOCR")
        .counts(&[extension("safetensors"), path("inference.pdiparams"), path("inference.onnx")])
        .seen_by(&[path("inference.pdiparams")])
        .for_tasks(&["image-to-text", "image-text-to-text"]),
    library("ultralytics", "ultralytics").counts(&[extension("pt")]).assume(&[
        "object-detection",
        "image-segmentation",
        "image-classification",
        "keypoint-detection",
    ]),
    library("stable-baselines3", "stable-baselines3")
        .counts(&[extension("zip")])
        .assume(&["reinforcement-learning"]),
    library("sample-factory", "sample-factory")
        .counts(&[path("cfg.json")])
        .assume(&["reinforcement-learning"]),
    library("ml-agents", "ml-agents").counts(&[extension("onnx")]).assume(&["reinforcement-learning"]),
    library("lerobot", "LeRobot").assume(&["robotics"]),
    library("kernels", "Kernels").counts(&[file("_ops", "py", Place::Anywhere)]),
    library("mlx", "MLX"),
    library("mlx-image", "mlx-image").counts(&[path("model.safetensors")]).assume(&["image-classification"]),
    library("tensorrt", "TensorRT").counts(&[extension("onnx")]),
    library("transformers.js", "Transformers.js"),
    library("bertopic", "BERTopic").assume(&["text-classification"]),
    library("allennlp", "AllenNLP"),
    library("fairseq", "Fairseq"),
    library("vllm", "vLLM"),
    library("llama.cpp", "llama.cpp"),
    library("optimum", "Optimum"),
    // Last of the libraries: others write a `config.json` too, so only an architecture in it is a sign, and that
    // takes reading it (`derive`).
    library("transformers", "Transformers"),
    // Formats, in the order in which the Hub lists their tags.
    format("pytorch", "PyTorch").seen_by(&[path("pytorch_model.bin"), path("pytorch_model.bin.index.json")]),
    format("tf", "TensorFlow").seen_by(&[path("tf_model.h5"), path("tf_model.h5.index.json")]),
    format("jax", "JAX").seen_by(&[path("flax_model.msgpack"), path("flax_model.msgpack.index.json")]),
    format("rust", "Rust").seen_by(&[path("rust_model.ot")]),
    format("onnx", "ONNX").seen_by(&[extension("onnx")]),
    format("openvino", "OpenVINO")
        .seen_by(&[path("openvino_model.xml"), path("openvino/openvino_model.xml")]),
    format("safetensors", "Safetensors").seen_by(&[extension("safetensors")]),
    format("gguf", "GGUF").seen_by(&[extension("gguf")]),
    format("dduf", "DDUF").seen_by(&[extension("dduf")]),
    format("joblib", "Joblib").seen_by(&[extension("joblib")]),
    // Its files are `events.out.tfevents.{time}.{host}`, which no query can ask for (`derive`).
    format("tensorboard", "TensorBoard"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_unique_and_tasks_are_known() {
        for (index, library) in LIBRARIES.iter().enumerate() {
            assert_eq!(
                LIBRARIES.iter().position(|other| other.id == library.id),
                Some(index),
                "{}",
                library.id
            );
            assert!(library.tasks.iter().all(|task| crate::tasks::find(task).is_some()), "{}", library.id);
        }
    }

    #[test]
    fn a_query_matches_only_if_every_part_does() {
        for (query, path, expected) in [
            (path("config.json"), "config.json", true),
            (path("config.json"), "unet/config.json", false),
            (extension("bin"), "a/b.bin", true),
            (extension("bin"), "a.bin.txt", false),
            (extension("bin"), "bin", false),
            (at_root("bin"), "a.bin", true),
            (at_root("bin"), "a/b.bin", false),
            (file("model", "mil", Place::Folder), "x/model.mil", true),
            (file("model", "mil", Place::Folder), "model.mil", false),
            (file("model", "mil", Place::Folder), "x/model2.mil", false),
            (file("_ops", "py", Place::Anywhere), "build/torch/_ops.py", true),
            (path("a.b/c"), "a.b/c", true),
            (extension("b/c"), "a.b/c", false),
        ] {
            assert_eq!(query.matches(path), expected, "{query:?} {path}");
        }
    }
}
