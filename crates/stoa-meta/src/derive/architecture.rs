//! What a transformers architecture is for: which auto class loads it, and which task it does.
//!
//! Class names are systematic (`{Model}For{Head}`), so the head decides for most; the exceptions are listed.

/// What the name of a class tells.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Meaning {
    /// The auto class that loads it.
    pub(super) auto_model: &'static str,
    /// Its task, if it has one that the Hub knows.
    pub(super) task: Option<&'static str>,
}

const fn does(auto_model: &'static str, task: &'static str) -> Meaning {
    Meaning { auto_model, task: Some(task) }
}

const fn loads(auto_model: &'static str) -> Meaning {
    Meaning { auto_model, task: None }
}

/// What a class is for; `None` if its name says nothing.
pub(super) fn meaning(class: &str, model_type: &str) -> Option<Meaning> {
    // Classes for TensorFlow and JAX have the same names behind a prefix.
    let class = class.strip_prefix("Flax").or_else(|| class.strip_prefix("TF")).unwrap_or(class);
    let exact = CLASSES.iter().find(|(name, _)| *name == class).map(|(_, meaning)| *meaning);
    exact.or_else(|| by_head(class, model_type))
}

/// What a class of the repository's own is for: its entry in `auto_map` says how it is loaded.
pub(super) fn of_auto_class(auto_class: &str) -> Option<Meaning> {
    HEADS.iter().map(|(_, meaning)| *meaning).find(|meaning| meaning.auto_model == auto_class)
}

fn by_head(class: &str, model_type: &str) -> Option<Meaning> {
    if class.ends_with("ForConditionalGeneration") {
        return Some(generation(model_type));
    }
    let head = HEADS.iter().find(|(end, _)| class.ends_with(end)).map(|(_, meaning)| *meaning)?;
    let is_audio = AUDIO_ENCODERS.contains(&model_type);
    Some(match (head.auto_model, head.task) {
        ("AutoModelForSequenceClassification", _) if is_audio => {
            does("AutoModelForAudioClassification", "audio-classification")
        }
        ("AutoModel", _) if VISION_ENCODERS.contains(&model_type) => {
            does("AutoModel", "image-feature-extraction")
        }
        _ => head,
    })
}

/// `ForConditionalGeneration` is any model that turns one sequence into another; which, only the model type tells.
fn generation(model_type: &str) -> Meaning {
    let of = |list: &[&str]| list.contains(&model_type);
    if of(&["whisper", "speech_to_text", "moonshine", "kyutai_speech_to_text", "granite_speech"]) {
        does("AutoModelForSpeechSeq2Seq", "automatic-speech-recognition")
    } else if of(&["qwen2_audio", "voxtral", "audioflamingo3", "ultravox"]) {
        does("AutoModelForSeq2SeqLM", "audio-text-to-text")
    } else if of(&["qwen2_5_omni", "qwen3_omni_moe", "gemma3n", "janus", "emu3", "chameleon"]) {
        does("AutoModelForMultimodalLM", "any-to-any")
    } else if of(&["blip", "pix2struct", "git", "kosmos-2", "trocr"]) {
        does("AutoModelForImageTextToText", "image-to-text")
    } else if of(&["musicgen", "musicgen_melody"]) {
        does("AutoModelForTextToWaveform", "text-to-audio")
    } else if of(&["csm", "dia"]) {
        does("AutoModelForTextToWaveform", "text-to-speech")
    } else if of(&["video_llava", "llava_next_video"]) {
        does("AutoModelForImageTextToText", "video-text-to-text")
    } else if of(&["m2m_100", "nllb-moe", "fsmt", "marian", "seamless_m4t"]) {
        does("AutoModelForSeq2SeqLM", "translation")
    } else if of(&["pegasus", "pegasus_x", "bigbird_pegasus", "led", "prophetnet"]) {
        does("AutoModelForSeq2SeqLM", "summarization")
    } else if of(&TEXT_TO_TEXT) || model_type.contains("t5") || model_type.contains("bart") {
        // The Hub's list of tasks no longer has text2text-generation; text in, text out is what remains of it.
        does("AutoModelForSeq2SeqLM", "text-generation")
    } else {
        // Nearly every model of this name since 2023 answers to pictures with text.
        does("AutoModelForImageTextToText", "image-text-to-text")
    }
}

const TEXT_TO_TEXT: [&str; 8] = [
    "mvp",
    "plbart",
    "blenderbot",
    "blenderbot-small",
    "switch_transformers",
    "nystromformer",
    "umt5",
    "t5gemma",
];

const AUDIO_ENCODERS: [&str; 10] = [
    "wav2vec2",
    "wav2vec2-bert",
    "wav2vec2-conformer",
    "hubert",
    "wavlm",
    "unispeech",
    "unispeech-sat",
    "sew",
    "sew-d",
    "data2vec-audio",
];

const VISION_ENCODERS: [&str; 20] = [
    "vit",
    "vit_mae",
    "vit_msn",
    "deit",
    "beit",
    "swin",
    "swinv2",
    "dinov2",
    "dinov2_with_registers",
    "dinov3_vit",
    "dinov3_convnext",
    "convnext",
    "convnextv2",
    "resnet",
    "regnet",
    "siglip_vision_model",
    "clip_vision_model",
    "ijepa",
    "hiera",
    "mobilenet_v2",
];

/// Classes whose name does not follow the rule.
const CLASSES: &[(&str, Meaning)] = &[
    ("CLIPModel", does("AutoModelForZeroShotImageClassification", "zero-shot-image-classification")),
    ("ChineseCLIPModel", does("AutoModelForZeroShotImageClassification", "zero-shot-image-classification")),
    ("SiglipModel", does("AutoModelForZeroShotImageClassification", "zero-shot-image-classification")),
    ("Siglip2Model", does("AutoModelForZeroShotImageClassification", "zero-shot-image-classification")),
    ("AlignModel", does("AutoModelForZeroShotImageClassification", "zero-shot-image-classification")),
    ("AltCLIPModel", does("AutoModelForZeroShotImageClassification", "zero-shot-image-classification")),
    ("SamModel", does("AutoModelForMaskGeneration", "mask-generation")),
    ("Sam2Model", does("AutoModelForMaskGeneration", "mask-generation")),
    ("SamHQModel", does("AutoModelForMaskGeneration", "mask-generation")),
    ("MarianMTModel", does("AutoModelForSeq2SeqLM", "translation")),
    ("EncoderDecoderModel", loads("AutoModelForSeq2SeqLM")),
    ("VisionEncoderDecoderModel", does("AutoModelForImageTextToText", "image-to-text")),
    ("SpeechEncoderDecoderModel", does("AutoModelForSpeechSeq2Seq", "automatic-speech-recognition")),
    (
        "VisionTextDualEncoderModel",
        does("AutoModelForZeroShotImageClassification", "zero-shot-image-classification"),
    ),
    ("VitsModel", does("AutoModelForTextToWaveform", "text-to-speech")),
    ("BarkModel", does("AutoModelForTextToWaveform", "text-to-speech")),
    ("FastSpeech2ConformerModel", does("AutoModelForTextToWaveform", "text-to-speech")),
    ("SpeechT5ForTextToSpeech", does("AutoModelForTextToSpectrogram", "text-to-speech")),
    ("SpeechT5ForSpeechToText", does("AutoModelForSpeechSeq2Seq", "automatic-speech-recognition")),
    ("TapasForQuestionAnswering", does("AutoModelForTableQuestionAnswering", "table-question-answering")),
    ("TapexForConditionalGeneration", does("AutoModelForSeq2SeqLM", "table-question-answering")),
    ("ViltForQuestionAnswering", does("AutoModelForVisualQuestionAnswering", "visual-question-answering")),
    (
        "LayoutLMForQuestionAnswering",
        does("AutoModelForDocumentQuestionAnswering", "document-question-answering"),
    ),
    (
        "LayoutLMv2ForQuestionAnswering",
        does("AutoModelForDocumentQuestionAnswering", "document-question-answering"),
    ),
    (
        "LayoutLMv3ForQuestionAnswering",
        does("AutoModelForDocumentQuestionAnswering", "document-question-answering"),
    ),
    ("DecisionTransformerModel", does("AutoModel", "reinforcement-learning")),
    ("Swin2SRForImageSuperResolution", does("AutoModelForImageToImage", "image-to-image")),
    ("ColPaliForRetrieval", does("AutoModel", "visual-document-retrieval")),
    ("ColQwen2ForRetrieval", does("AutoModel", "visual-document-retrieval")),
    ("OwlViTForObjectDetection", does("AutoModelForZeroShotObjectDetection", "zero-shot-object-detection")),
    ("Owlv2ForObjectDetection", does("AutoModelForZeroShotObjectDetection", "zero-shot-object-detection")),
    (
        "GroundingDinoForObjectDetection",
        does("AutoModelForZeroShotObjectDetection", "zero-shot-object-detection"),
    ),
    ("ClapModel", does("AutoModel", "audio-classification")),
    ("EncodecModel", does("AutoModel", "audio-to-audio")),
];

/// Heads, the longer before the shorter where one ends like another.
const HEADS: &[(&str, Meaning)] = &[
    ("ForCausalLM", does("AutoModelForCausalLM", "text-generation")),
    ("LMHeadModel", does("AutoModelForCausalLM", "text-generation")),
    ("ForMaskedLM", does("AutoModelForMaskedLM", "fill-mask")),
    ("ForSequenceClassification", does("AutoModelForSequenceClassification", "text-classification")),
    ("ForTokenClassification", does("AutoModelForTokenClassification", "token-classification")),
    ("ForQuestionAnswering", does("AutoModelForQuestionAnswering", "question-answering")),
    ("ForMultipleChoice", loads("AutoModelForMultipleChoice")),
    ("ForNextSentencePrediction", loads("AutoModelForNextSentencePrediction")),
    ("ForSeq2SeqLM", does("AutoModelForSeq2SeqLM", "text-generation")),
    ("ForImageTextToText", does("AutoModelForImageTextToText", "image-text-to-text")),
    ("ForVision2Seq", does("AutoModelForImageTextToText", "image-text-to-text")),
    ("ForImageAndTextRetrieval", loads("AutoModel")),
    ("ForImageClassification", does("AutoModelForImageClassification", "image-classification")),
    ("ForImageClassificationWithTeacher", does("AutoModelForImageClassification", "image-classification")),
    ("ForVideoClassification", does("AutoModelForVideoClassification", "video-classification")),
    ("ForAudioClassification", does("AutoModelForAudioClassification", "audio-classification")),
    ("ForZeroShotObjectDetection", does("AutoModelForZeroShotObjectDetection", "zero-shot-object-detection")),
    (
        "ForZeroShotImageClassification",
        does("AutoModelForZeroShotImageClassification", "zero-shot-image-classification"),
    ),
    ("ForObjectDetection", does("AutoModelForObjectDetection", "object-detection")),
    ("ForSemanticSegmentation", does("AutoModelForSemanticSegmentation", "image-segmentation")),
    ("ForInstanceSegmentation", does("AutoModelForInstanceSegmentation", "image-segmentation")),
    ("ForUniversalSegmentation", does("AutoModelForUniversalSegmentation", "image-segmentation")),
    ("ForImageSegmentation", does("AutoModelForImageSegmentation", "image-segmentation")),
    ("ForDepthEstimation", does("AutoModelForDepthEstimation", "depth-estimation")),
    ("ForKeypointDetection", does("AutoModelForKeypointDetection", "keypoint-detection")),
    ("ForMaskGeneration", does("AutoModelForMaskGeneration", "mask-generation")),
    ("ForMaskedImageModeling", loads("AutoModelForMaskedImageModeling")),
    ("ForImageToImage", does("AutoModelForImageToImage", "image-to-image")),
    ("ForCTC", does("AutoModelForCTC", "automatic-speech-recognition")),
    ("ForSpeechSeq2Seq", does("AutoModelForSpeechSeq2Seq", "automatic-speech-recognition")),
    ("ForAudioFrameClassification", loads("AutoModelForAudioFrameClassification")),
    ("ForXVector", loads("AutoModelForAudioXVector")),
    ("ForTextToSpectrogram", does("AutoModelForTextToSpectrogram", "text-to-speech")),
    ("ForTextToWaveform", does("AutoModelForTextToWaveform", "text-to-audio")),
    (
        "ForDocumentQuestionAnswering",
        does("AutoModelForDocumentQuestionAnswering", "document-question-answering"),
    ),
    ("ForTableQuestionAnswering", does("AutoModelForTableQuestionAnswering", "table-question-answering")),
    ("ForVisualQuestionAnswering", does("AutoModelForVisualQuestionAnswering", "visual-question-answering")),
    ("ForTimeSeriesPrediction", does("AutoModelForTimeSeriesPrediction", "time-series-forecasting")),
    ("ForPrediction", does("AutoModelForTimeSeriesPrediction", "time-series-forecasting")),
    ("ForPreTraining", loads("AutoModelForPreTraining")),
    ("TextModel", does("AutoModel", "feature-extraction")),
    ("VisionModel", does("AutoModel", "image-feature-extraction")),
    ("Model", does("AutoModel", "feature-extraction")),
    ("QuestionEncoder", does("AutoModel", "feature-extraction")),
    ("ContextEncoder", does("AutoModel", "feature-extraction")),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_task_named_here_exists() {
        for (name, meaning) in CLASSES.iter().chain(HEADS) {
            assert!(meaning.task.is_none_or(|task| crate::tasks::find(task).is_some()), "{name}");
            assert!(meaning.auto_model.starts_with("AutoModel"), "{name}");
        }
    }

    #[test]
    fn common_classes_mean_what_they_do() {
        for (class, model_type, auto_model, task) in [
            ("LlamaForCausalLM", "llama", "AutoModelForCausalLM", Some("text-generation")),
            ("GPT2LMHeadModel", "gpt2", "AutoModelForCausalLM", Some("text-generation")),
            ("BertModel", "bert", "AutoModel", Some("feature-extraction")),
            ("BertForMaskedLM", "bert", "AutoModelForMaskedLM", Some("fill-mask")),
            ("TFBertForMaskedLM", "bert", "AutoModelForMaskedLM", Some("fill-mask")),
            ("BertForPreTraining", "bert", "AutoModelForPreTraining", None),
            (
                "DistilBertForSequenceClassification",
                "distilbert",
                "AutoModelForSequenceClassification",
                Some("text-classification"),
            ),
            (
                "HubertForSequenceClassification",
                "hubert",
                "AutoModelForAudioClassification",
                Some("audio-classification"),
            ),
            (
                "RobertaForQuestionAnswering",
                "roberta",
                "AutoModelForQuestionAnswering",
                Some("question-answering"),
            ),
            (
                "BertForTokenClassification",
                "bert",
                "AutoModelForTokenClassification",
                Some("token-classification"),
            ),
            ("T5ForConditionalGeneration", "t5", "AutoModelForSeq2SeqLM", Some("text-generation")),
            ("MBartForConditionalGeneration", "mbart", "AutoModelForSeq2SeqLM", Some("text-generation")),
            ("PegasusForConditionalGeneration", "pegasus", "AutoModelForSeq2SeqLM", Some("summarization")),
            ("M2M100ForConditionalGeneration", "m2m_100", "AutoModelForSeq2SeqLM", Some("translation")),
            (
                "WhisperForConditionalGeneration",
                "whisper",
                "AutoModelForSpeechSeq2Seq",
                Some("automatic-speech-recognition"),
            ),
            (
                "LlavaForConditionalGeneration",
                "llava",
                "AutoModelForImageTextToText",
                Some("image-text-to-text"),
            ),
            (
                "Qwen2_5_VLForConditionalGeneration",
                "qwen2_5_vl",
                "AutoModelForImageTextToText",
                Some("image-text-to-text"),
            ),
            ("BlipForConditionalGeneration", "blip", "AutoModelForImageTextToText", Some("image-to-text")),
            ("Wav2Vec2ForCTC", "wav2vec2", "AutoModelForCTC", Some("automatic-speech-recognition")),
            (
                "ViTForImageClassification",
                "vit",
                "AutoModelForImageClassification",
                Some("image-classification"),
            ),
            ("DetrForObjectDetection", "detr", "AutoModelForObjectDetection", Some("object-detection")),
            (
                "OwlViTForObjectDetection",
                "owlvit",
                "AutoModelForZeroShotObjectDetection",
                Some("zero-shot-object-detection"),
            ),
            ("ViTModel", "vit", "AutoModel", Some("image-feature-extraction")),
            (
                "CLIPModel",
                "clip",
                "AutoModelForZeroShotImageClassification",
                Some("zero-shot-image-classification"),
            ),
            (
                "TapasForQuestionAnswering",
                "tapas",
                "AutoModelForTableQuestionAnswering",
                Some("table-question-answering"),
            ),
        ] {
            assert_eq!(meaning(class, model_type), Some(Meaning { auto_model, task }), "{class}");
        }
        assert_eq!(meaning("SomethingElse", "x"), None);
        assert_eq!(meaning("", ""), None);
    }
}
