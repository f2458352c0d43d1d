//! What a pipeline of transformers is called with, by task.

use super::Facts;

/// Task and call.
const CALLS: &[(&str, &str)] = &[
    ("text-generation", "print(pipe(\"Once upon a time,\", max_new_tokens=64))"),
    ("text-classification", "print(pipe(\"I like this very much.\"))"),
    (
        "token-classification",
        "print(pipe(\"Ada Lovelace was born in London.\", aggregation_strategy=\"simple\"))",
    ),
    (
        "question-answering",
        "print(pipe(question=\"Where was Ada born?\", context=\"Ada was born in London.\"))",
    ),
    (
        "table-question-answering",
        "print(pipe(table={\"City\": [\"Rome\", \"Paris\"], \"River\": [\"Tiber\", \"Seine\"]}, query=\"Which river is in Rome?\"))",
    ),
    (
        "zero-shot-classification",
        "print(pipe(\"The train was late again.\", candidate_labels=[\"travel\", \"food\", \"sport\"]))",
    ),
    ("translation", "print(pipe(\"The weather is lovely today.\"))"),
    ("summarization", "print(pipe(open(\"article.txt\").read()))"),
    ("feature-extraction", "print(pipe(\"The weather is lovely today.\"))"),
    ("image-classification", "print(pipe(\"picture.jpg\"))"),
    ("image-feature-extraction", "print(pipe(\"picture.jpg\"))"),
    ("image-segmentation", "print(pipe(\"picture.jpg\"))"),
    ("mask-generation", "print(pipe(\"picture.jpg\"))"),
    ("object-detection", "print(pipe(\"picture.jpg\"))"),
    ("keypoint-detection", "print(pipe(\"picture.jpg\"))"),
    ("depth-estimation", "pipe(\"picture.jpg\")[\"depth\"].save(\"depth.png\")"),
    ("image-to-text", "print(pipe(\"picture.jpg\"))"),
    ("image-to-image", "pipe(\"picture.jpg\").save(\"new.png\")"),
    (
        "zero-shot-image-classification",
        "print(pipe(\"picture.jpg\", candidate_labels=[\"a cat\", \"a dog\"]))",
    ),
    ("zero-shot-object-detection", "print(pipe(\"picture.jpg\", candidate_labels=[\"cat\", \"dog\"]))"),
    ("visual-question-answering", "print(pipe(image=\"picture.jpg\", question=\"What is this?\"))"),
    ("document-question-answering", "print(pipe(image=\"page.png\", question=\"What is the total?\"))"),
    ("video-classification", "print(pipe(\"film.mp4\"))"),
    ("automatic-speech-recognition", "print(pipe(\"recording.flac\"))"),
    ("audio-classification", "print(pipe(\"recording.flac\"))"),
    ("text-to-speech", "speech = pipe(\"Hello, my name is Ada.\")"),
    ("text-to-audio", "sound = pipe(\"A slow waltz on the piano\")"),
];

/// A conversation, for models that hold one.
const CHAT: &str = "messages = [{\"role\": \"user\", \"content\": \"Who are you?\"}]\nprint(pipe(messages, max_new_tokens=128))";
/// The same about a picture.
const CHAT_ABOUT: &str = "messages = [{\"role\": \"user\", \"content\": [\n    {\"type\": \"image\", \"url\": \"picture.jpg\"},\n    {\"type\": \"text\", \"text\": \"What is in this picture?\"},\n]}]\nprint(pipe(text=messages, max_new_tokens=128))";

/// The call for a model; nothing for a task without a pipeline.
pub(super) fn call(facts: &Facts) -> Option<String> {
    let task = facts.task.as_deref()?;
    match task {
        "text-generation" if facts.tagged("conversational") => Some(CHAT.to_owned()),
        "image-text-to-text" => Some(CHAT_ABOUT.to_owned()),
        "fill-mask" => {
            let mask = facts.mask.as_deref().unwrap_or("[MASK]");
            Some(format!("print(pipe({}))", super::quoted(&format!("Paris is the {mask} of France."))))
        }
        _ => CALLS.iter().find(|(known, _)| *known == task).map(|(_, call)| (*call).to_owned()),
    }
}
