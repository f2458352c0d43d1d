//! Programs that run models on one's own machine, and the tag by which a list finds what they run.

/// A program and the tag of what it loads. The Hub looks closer (architecture, task); a tag finds the same models but
/// for a few that a program happens not to know.
const APPS: &[(&str, &str)] = &[
    ("atomic-chat", "gguf"),
    ("backyard", "gguf"),
    ("diffusionbee", "diffusers"),
    ("docker-model-runner", "gguf"),
    ("drawthings", "diffusers"),
    ("hermes-agent", "gguf"),
    ("jan", "gguf"),
    ("jellybox", "gguf"),
    ("joyfusion", "diffusers"),
    ("lemonade", "gguf"),
    ("llama.cpp", "gguf"),
    ("lmstudio", "gguf"),
    ("localai", "gguf"),
    ("mlx-lm", "mlx"),
    ("msty", "gguf"),
    ("node-llama-cpp", "gguf"),
    ("ollama", "gguf"),
    ("openclaw", "gguf"),
    ("pi", "gguf"),
    ("recursechat", "gguf"),
    ("sanctum", "gguf"),
    ("sglang", "conversational"),
    ("tgi", "text-generation-inference"),
    ("unsloth", "gguf"),
    ("vllm", "conversational"),
];

/// The tag that stands for a program.
pub fn tag_of(app: &str) -> Option<&'static str> {
    APPS.iter().find(|(name, _)| *name == app).map(|(_, tag)| *tag)
}

/// The programs that are known.
pub fn names() -> impl Iterator<Item = &'static str> {
    APPS.iter().map(|(name, _)| *name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn programs_are_known_by_name() {
        assert_eq!(tag_of("llama.cpp"), Some("gguf"));
        assert_eq!(tag_of("mlx-lm"), Some("mlx"));
        assert_eq!(tag_of("notepad"), None);
        assert!(names().any(|name| name == "vllm"));
    }
}
