//! Ways to use models, library by library.

use super::{Text, Way, python, shell, way};

const JAVASCRIPT: &str = "javascript";

/// Tasks of models that write text.
const WRITING: &[&str] = &["text-generation", "image-text-to-text", "any-to-any", "audio-text-to-text"];

/// The table. The first that fits is shown first, except that a model's own library comes before all others.
pub(super) const MODELS: &[Way] = &[
    way(
        "transformers",
        "Transformers",
        |facts| facts.has("transformers"),
        &[
            python(
                "{python}\nfrom transformers import pipeline\n\npipe = pipeline(\"{task}\", model=\"{repo}\"{trust})\n{call}\n",
            ),
            python(
                "{python}\nfrom transformers import {imports}\n\n{prepare}model = {auto}.from_pretrained(\"{repo}\"{trust})\n",
            ),
        ],
    ),
    way(
        "sentence-transformers",
        "sentence-transformers",
        |facts| facts.has("sentence-transformers") && !facts.is_for(&["text-ranking"]),
        &[python(
            "{python}\nfrom sentence_transformers import SentenceTransformer\n\nmodel = SentenceTransformer(\"{repo}\"{trust})\nsentences = [\"The weather is lovely today.\", \"It is so sunny outside!\", \"He drove to the stadium.\"]\nembeddings = model.encode(sentences)\nprint(model.similarity(embeddings, embeddings))\n",
        )],
    ),
    way(
        "sentence-transformers",
        "sentence-transformers",
        |facts| facts.has("sentence-transformers") && facts.is_for(&["text-ranking"]),
        &[python(
            "{python}\nfrom sentence_transformers import CrossEncoder\n\nmodel = CrossEncoder(\"{repo}\"{trust})\nprint(model.predict([(\"Where was Ada born?\", \"Ada was born in London.\")]))\n",
        )],
    ),
    way(
        "peft",
        "PEFT",
        |facts| facts.has("peft"),
        &[python(
            "{python}\nfrom peft import PeftModel\nfrom transformers import AutoModelForCausalLM\n\nbase = AutoModelForCausalLM.from_pretrained(\"{base}\")\nmodel = PeftModel.from_pretrained(base, \"{repo}\")\n",
        )],
    ),
    way(
        "adapter-transformers",
        "Adapters",
        |facts| facts.has("adapter-transformers"),
        &[python(
            "{python}\nfrom adapters import AutoAdapterModel\n\nmodel = AutoAdapterModel.from_pretrained(\"{base}\")\nmodel.load_adapter(\"{repo}\", set_active=True)\n",
        )],
    ),
    way(
        "diffusers",
        "Diffusers",
        |facts| facts.has("diffusers") && !facts.tagged("lora"),
        &[python(
            "{python}\nimport torch\nfrom diffusers import DiffusionPipeline\n\npipe = DiffusionPipeline.from_pretrained(\"{repo}\", torch_dtype=torch.bfloat16{trust})\npipe.to(\"cuda\")\npipe(\"An astronaut in a jungle, cold colors, highly detailed\").images[0].save(\"picture.png\")\n",
        )],
    ),
    way(
        "diffusers",
        "Diffusers",
        |facts| facts.has("diffusers") && facts.tagged("lora"),
        &[python(
            "{python}\nimport torch\nfrom diffusers import DiffusionPipeline\n\npipe = DiffusionPipeline.from_pretrained(\"{base}\", torch_dtype=torch.bfloat16)\npipe.load_lora_weights(\"{repo}\")\npipe.to(\"cuda\")\npipe(\"An astronaut in a jungle, cold colors, highly detailed\").images[0].save(\"picture.png\")\n",
        )],
    ),
    way(
        "llama.cpp",
        "llama.cpp",
        |facts| !facts.gguf.is_empty(),
        &[shell("{env}\nllama-server --hf-repo {repo} --hf-file {gguf_shell}\n")],
    ),
    way(
        "llama-cpp-python",
        "llama-cpp-python",
        |facts| !facts.gguf.is_empty(),
        &[python(
            "{python}\nfrom llama_cpp import Llama\n\nllm = Llama.from_pretrained(repo_id=\"{repo}\", filename={gguf})\nprint(llm.create_chat_completion(messages=[{\"role\": \"user\", \"content\": \"Who are you?\"}]))\n",
        )],
    ),
    // Ollama asks hosts of its own only, so the file is fetched before.
    way(
        "ollama",
        "Ollama",
        |facts| !facts.gguf.is_empty(),
        &[shell(
            "# Ollama does not fetch from other hubs: download the file, then import it.\n{env}\nhf download {repo} {gguf_shell} --local-dir .\nprintf 'FROM ./%s\\n' {gguf_shell} > Modelfile\nollama create {name} -f Modelfile\nollama run {name}\n",
        )],
    ),
    way(
        "vllm",
        "vLLM",
        |facts| facts.is_for(WRITING) && facts.has("transformers") && facts.tagged("safetensors"),
        &[shell(
            "{env}\nvllm serve {repo}\n\n# In another terminal\ncurl http://localhost:8000/v1/chat/completions -H \"Content-Type: application/json\" \\\n  -d '{\"model\": \"{repo}\", \"messages\": [{\"role\": \"user\", \"content\": \"Who are you?\"}]}'\n",
        )],
    ),
    way(
        "sglang",
        "SGLang",
        |facts| facts.is_for(WRITING) && facts.has("transformers") && facts.tagged("safetensors"),
        &[shell("{env}\npython -m sglang.launch_server --model-path {repo} --port 30000\n")],
    ),
    way(
        "mlx",
        "MLX",
        |facts| facts.has("mlx") && facts.is_for(WRITING),
        &[shell("{env}\nmlx_lm.generate --model {repo} --prompt \"Who are you?\"\n")],
    ),
    way(
        "transformers.js",
        "Transformers.js",
        |facts| facts.has("transformers.js"),
        &[Text {
            language: JAVASCRIPT,
            code: "import { pipeline, env } from \"@huggingface/transformers\";\n\nenv.remoteHost = \"{hub}\";\nconst pipe = await pipeline(\"{task}\", \"{repo}\");\n",
        }],
    ),
    way(
        "setfit",
        "SetFit",
        |facts| facts.has("setfit"),
        &[python(
            "{python}\nfrom setfit import SetFitModel\n\nmodel = SetFitModel.from_pretrained(\"{repo}\")\nprint(model.predict([\"I like this very much.\"]))\n",
        )],
    ),
    way(
        "span-marker",
        "SpanMarker",
        |facts| facts.has("span-marker"),
        &[python(
            "{python}\nfrom span_marker import SpanMarkerModel\n\nmodel = SpanMarkerModel.from_pretrained(\"{repo}\")\nprint(model.predict(\"Ada Lovelace was born in London.\"))\n",
        )],
    ),
    way(
        "gliner",
        "GLiNER",
        |facts| facts.has("gliner"),
        &[python(
            "{python}\nfrom gliner import GLiNER\n\nmodel = GLiNER.from_pretrained(\"{repo}\")\nprint(model.predict_entities(\"Ada Lovelace was born in London.\", [\"person\", \"place\"]))\n",
        )],
    ),
    way(
        "timm",
        "timm",
        |facts| facts.has("timm"),
        &[python(
            "{python}\nimport timm\n\nmodel = timm.create_model(\"hf-hub:{repo}\", pretrained=True)\nmodel.eval()\n",
        )],
    ),
    way(
        "open_clip",
        "OpenCLIP",
        |facts| facts.has("open_clip"),
        &[python(
            "{python}\nimport open_clip\n\nmodel, preprocess = open_clip.create_model_from_pretrained(\"hf-hub:{repo}\")\ntokenizer = open_clip.get_tokenizer(\"hf-hub:{repo}\")\n",
        )],
    ),
    way(
        "keras",
        "Keras",
        |facts| facts.has("keras"),
        &[python(
            "{python}os.environ[\"KERAS_BACKEND\"] = \"jax\"  # or \"torch\", \"tensorflow\"\n\nimport keras\n\nmodel = keras.saving.load_model(\"hf://{repo}\")\n",
        )],
    ),
    way(
        "flair",
        "Flair",
        |facts| facts.has("flair"),
        &[python(
            "{python}\nfrom flair.models import SequenceTagger\n\ntagger = SequenceTagger.load(\"{repo}\")\n",
        )],
    ),
    way(
        "bertopic",
        "BERTopic",
        |facts| facts.has("bertopic"),
        &[python(
            "{python}\nfrom bertopic import BERTopic\n\nmodel = BERTopic.load(\"{repo}\")\nprint(model.get_topic_info())\n",
        )],
    ),
    way(
        "pyannote-audio",
        "pyannote.audio",
        |facts| facts.has("pyannote-audio"),
        &[python(
            "{python}\nfrom pyannote.audio import Pipeline\n\npipeline = Pipeline.from_pretrained(\"{repo}\")\nprint(pipeline(\"recording.wav\"))\n",
        )],
    ),
    way(
        "fastai",
        "fastai",
        |facts| facts.has("fastai"),
        &[python(
            "{python}\nfrom huggingface_hub import from_pretrained_fastai\n\nlearner = from_pretrained_fastai(\"{repo}\")  # runs code of the repository\n",
        )],
    ),
    way(
        "fasttext",
        "fastText",
        |facts| facts.has("fasttext"),
        &[python(
            "{python}\nimport fasttext\nfrom huggingface_hub import hf_hub_download\n\nmodel = fasttext.load_model(hf_hub_download(\"{repo}\", \"model.bin\"))\n",
        )],
    ),
    way(
        "skops",
        "skops",
        |facts| facts.has("skops") || facts.has("sklearn"),
        &[python(
            "{python}\nimport skops.io\nfrom huggingface_hub import hf_hub_download\n\nmodel = skops.io.load(hf_hub_download(\"{repo}\", {skops}))\n",
        )],
    ),
    way(
        "sklearn",
        "Scikit-learn",
        |facts| facts.has("sklearn"),
        &[python(
            "{python}\nimport joblib\nfrom huggingface_hub import hf_hub_download\n\n# A joblib file runs code of whoever made it: load it only if you trust them.\nmodel = joblib.load(hf_hub_download(\"{repo}\", \"sklearn_model.joblib\"))\n",
        )],
    ),
    way(
        "stable-baselines3",
        "Stable-Baselines3",
        |facts| facts.has("stable-baselines3"),
        &[python(
            "{python}\nfrom huggingface_sb3 import load_from_hub\n\ncheckpoint = load_from_hub(repo_id=\"{repo}\", filename={zip})\n",
        )],
    ),
    way(
        "ultralytics",
        "Ultralytics",
        |facts| facts.has("ultralytics"),
        &[python(
            "{python}\nfrom huggingface_hub import hf_hub_download\nfrom ultralytics import YOLO\n\nmodel = YOLO(hf_hub_download(\"{repo}\", {pt}))\nmodel(\"picture.jpg\", save=True)\n",
        )],
    ),
    way(
        "spacy",
        "spaCy",
        |facts| facts.has("spacy"),
        &[shell(
            "# Not on a public index: the package comes from this hub.\npip install \"{hub}/{repo}/resolve/main/{whl_url}\"\n",
        )],
    ),
    way(
        "kernels",
        "Kernels",
        |facts| facts.has("kernels"),
        &[python("{python}\nfrom kernels import get_kernel\n\nkernel = get_kernel(\"{repo}\")\n")],
    ),
];
