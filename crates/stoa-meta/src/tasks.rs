//! The tasks a repository may be for.

/// A family of tasks, as the pages group them.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Group {
    /// Text in, text or labels out.
    Nlp,
    /// Sound.
    Audio,
    /// More than one kind of input.
    Multimodal,
    /// Images, video and 3D.
    Vision,
    /// Agents that act.
    Reinforcement,
    /// Tables and series.
    Tabular,
    /// The rest.
    Other,
}

impl Group {
    /// All groups, in the order of the pages.
    pub const ALL: [Self; 7] = [
        Self::Multimodal,
        Self::Vision,
        Self::Nlp,
        Self::Audio,
        Self::Tabular,
        Self::Reinforcement,
        Self::Other,
    ];

    /// The id that the Hub's API uses (`subType` of a tag).
    pub fn id(self) -> &'static str {
        match self {
            Self::Nlp => "nlp",
            Self::Audio => "audio",
            Self::Multimodal => "multimodal",
            Self::Vision => "cv",
            Self::Reinforcement => "rl",
            Self::Tabular => "tabular",
            Self::Other => "other",
        }
    }

    /// Its name for people.
    pub fn label(self) -> &'static str {
        match self {
            Self::Nlp => "Natural Language Processing",
            Self::Audio => "Audio",
            Self::Multimodal => "Multimodal",
            Self::Vision => "Computer Vision",
            Self::Reinforcement => "Reinforcement Learning",
            Self::Tabular => "Tabular",
            Self::Other => "Other",
        }
    }
}

/// A task: `pipeline_tag` of a model, one of the `task_categories` of a dataset.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Task {
    /// What the card writes, such as `text-generation`.
    pub id: &'static str,
    /// Its name for people.
    pub label: &'static str,
    /// The family it belongs to.
    pub group: Group,
    /// Whether models are offered it.
    pub models: bool,
    /// Whether datasets are offered it.
    pub datasets: bool,
}

/// All of them, by group.
///
/// Compat: these 57 ids are what the Hub accepts as `pipeline_tag`; widgets and inference are chosen by them.
pub const TASKS: [Task; 57] = [
    both("text-classification", "Text Classification", Group::Nlp),
    both("token-classification", "Token Classification", Group::Nlp),
    both("table-question-answering", "Table Question Answering", Group::Nlp),
    both("question-answering", "Question Answering", Group::Nlp),
    both("zero-shot-classification", "Zero-Shot Classification", Group::Nlp),
    both("translation", "Translation", Group::Nlp),
    both("summarization", "Summarization", Group::Nlp),
    both("feature-extraction", "Feature Extraction", Group::Nlp),
    both("text-generation", "Text Generation", Group::Nlp),
    both("fill-mask", "Fill-Mask", Group::Nlp),
    both("sentence-similarity", "Sentence Similarity", Group::Nlp),
    datasets("table-to-text", "Table to Text", Group::Nlp),
    datasets("multiple-choice", "Multiple Choice", Group::Nlp),
    both("text-ranking", "Text Ranking", Group::Nlp),
    datasets("text-retrieval", "Text Retrieval", Group::Nlp),
    both("text-to-speech", "Text-to-Speech", Group::Audio),
    both("text-to-audio", "Text-to-Audio", Group::Audio),
    both("automatic-speech-recognition", "Automatic Speech Recognition", Group::Audio),
    both("audio-to-audio", "Audio-to-Audio", Group::Audio),
    both("audio-classification", "Audio Classification", Group::Audio),
    both("voice-activity-detection", "Voice Activity Detection", Group::Audio),
    models("audio-text-to-text", "Audio-Text-to-Text", Group::Multimodal),
    both("image-text-to-text", "Image-Text-to-Text", Group::Multimodal),
    both("image-text-to-image", "Image-Text-to-Image", Group::Multimodal),
    both("image-text-to-video", "Image-Text-to-Video", Group::Multimodal),
    both("visual-question-answering", "Visual Question Answering", Group::Multimodal),
    models("document-question-answering", "Document Question Answering", Group::Multimodal),
    both("video-text-to-text", "Video-Text-to-Text", Group::Multimodal),
    both("visual-document-retrieval", "Visual Document Retrieval", Group::Multimodal),
    both("any-to-any", "Any-to-Any", Group::Multimodal),
    both("depth-estimation", "Depth Estimation", Group::Vision),
    both("image-classification", "Image Classification", Group::Vision),
    both("object-detection", "Object Detection", Group::Vision),
    both("image-segmentation", "Image Segmentation", Group::Vision),
    both("text-to-image", "Text-to-Image", Group::Vision),
    both("image-to-text", "Image-to-Text", Group::Vision),
    both("image-to-image", "Image-to-Image", Group::Vision),
    both("image-to-video", "Image-to-Video", Group::Vision),
    both("unconditional-image-generation", "Unconditional Image Generation", Group::Vision),
    both("video-classification", "Video Classification", Group::Vision),
    both("text-to-video", "Text-to-Video", Group::Vision),
    both("zero-shot-image-classification", "Zero-Shot Image Classification", Group::Vision),
    both("mask-generation", "Mask Generation", Group::Vision),
    both("zero-shot-object-detection", "Zero-Shot Object Detection", Group::Vision),
    both("text-to-3d", "Text-to-3D", Group::Vision),
    both("image-to-3d", "Image-to-3D", Group::Vision),
    both("image-feature-extraction", "Image Feature Extraction", Group::Vision),
    models("keypoint-detection", "Keypoint Detection", Group::Vision),
    models("video-to-video", "Video-to-Video", Group::Vision),
    both("reinforcement-learning", "Reinforcement Learning", Group::Reinforcement),
    both("robotics", "Robotics", Group::Reinforcement),
    both("tabular-classification", "Tabular Classification", Group::Tabular),
    both("tabular-regression", "Tabular Regression", Group::Tabular),
    datasets("tabular-to-text", "Tabular to Text", Group::Tabular),
    both("time-series-forecasting", "Time Series Forecasting", Group::Tabular),
    both("graph-ml", "Graph Machine Learning", Group::Other),
    neither("other", "Other", Group::Other),
];

const fn both(id: &'static str, label: &'static str, group: Group) -> Task {
    Task { id, label, group, models: true, datasets: true }
}

const fn models(id: &'static str, label: &'static str, group: Group) -> Task {
    Task { id, label, group, models: true, datasets: false }
}

const fn datasets(id: &'static str, label: &'static str, group: Group) -> Task {
    Task { id, label, group, models: false, datasets: true }
}

const fn neither(id: &'static str, label: &'static str, group: Group) -> Task {
    Task { id, label, group, models: false, datasets: false }
}

/// Looks a task up by its id.
pub fn find(id: &str) -> Option<&'static Task> {
    TASKS.iter().find(|task| task.id == id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_task_is_found_by_its_own_id_only() {
        for (index, task) in TASKS.iter().enumerate() {
            assert_eq!(find(task.id), Some(&TASKS[index]));
        }
        assert_eq!(find("conversational"), None);
    }

    #[test]
    fn some_tasks_are_for_models_or_datasets_only() {
        let offered = |id| find(id).map(|task| (task.models, task.datasets));
        assert_eq!(offered("text-generation"), Some((true, true)));
        assert_eq!(offered("text-retrieval"), Some((false, true)));
        assert_eq!(offered("video-to-video"), Some((true, false)));
        assert_eq!(offered("other"), Some((false, false)));
    }

    #[test]
    fn every_group_has_a_task() {
        for group in Group::ALL {
            assert!(TASKS.iter().any(|task| task.group == group), "{}", group.id());
        }
    }
}
