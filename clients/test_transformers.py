"""`transformers`: models built on the spot are pushed, loaded and run."""

import json

import pytest
import torch
from transformers import (
    AutoConfig,
    AutoModel,
    AutoModelForCausalLM,
    AutoModelForSequenceClassification,
    AutoTokenizer,
    BertConfig,
    BertForSequenceClassification,
    BertTokenizer,
    GenerationConfig,
    LlamaConfig,
    LlamaForCausalLM,
    pipeline,
)

WORDS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "the", "hub", "is", "open", "closed", "##ed", "."]


@pytest.fixture
def bert():
    torch.manual_seed(1)
    config = BertConfig(vocab_size=len(WORDS), hidden_size=32, num_hidden_layers=2, num_attention_heads=2,
                        intermediate_size=64, max_position_embeddings=64, num_labels=2,
                        id2label={0: "CLOSED", 1: "OPEN"}, label2id={"CLOSED": 0, "OPEN": 1})
    return BertForSequenceClassification(config).eval()


@pytest.fixture
def tokenizer(tmp_path):
    (tmp_path / "vocab.txt").write_text("\n".join(WORDS))
    return BertTokenizer.from_pretrained(tmp_path)


@pytest.fixture
def llama():
    torch.manual_seed(2)
    return LlamaForCausalLM(LlamaConfig(vocab_size=64, hidden_size=32, num_hidden_layers=2, num_attention_heads=2,
                                        num_key_value_heads=1, intermediate_size=64, max_position_embeddings=64)).eval()


def same_weights(one, two):
    return one.state_dict().keys() == two.state_dict().keys() and all(
        torch.equal(tensor, two.state_dict()[name]) for name, tensor in one.state_dict().items())


def test_a_model_and_its_tokenizer_make_the_round_trip(ada, new_name, bert, tokenizer):
    repo_id = f"ada/{new_name('bert')}"
    bert.push_to_hub(repo_id)
    tokenizer.push_to_hub(repo_id)
    assert {"config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json"} <= set(
        ada.api.list_repo_files(repo_id))

    assert same_weights(bert, AutoModelForSequenceClassification.from_pretrained(repo_id))
    assert AutoConfig.from_pretrained(repo_id).id2label == {0: "CLOSED", 1: "OPEN"}
    loaded = AutoTokenizer.from_pretrained(repo_id)
    text = "the hub is opened ."
    assert loaded(text)["input_ids"] == tokenizer(text)["input_ids"]
    assert loaded.convert_ids_to_tokens(loaded(text)["input_ids"]) == [
        "[CLS]", "the", "hub", "is", "open", "##ed", ".", "[SEP]"]

    classify = pipeline("text-classification", model=repo_id)
    answer = classify(text)[0]
    with torch.no_grad():
        logits = bert(**tokenizer(text, return_tensors="pt")).logits[0]
    assert answer["label"] == ("CLOSED", "OPEN")[int(logits.argmax())]
    assert answer["score"] == pytest.approx(float(logits.softmax(-1).max()), abs=1e-5)


def test_the_hub_knows_what_was_pushed(ada, new_name, bert, tokenizer):
    repo_id = f"ada/{new_name('bert')}"
    bert.push_to_hub(repo_id)
    tokenizer.push_to_hub(repo_id)
    info = ada.api.model_info(repo_id)
    assert info.library_name == "transformers"
    assert info.pipeline_tag == "text-classification"
    assert {"transformers", "safetensors", "bert", "text-classification"} <= set(info.tags)
    assert info.config["architectures"] == ["BertForSequenceClassification"]
    assert info.transformers_info.auto_model == "AutoModelForSequenceClassification"
    assert info.safetensors.total == sum(tensor.numel() for tensor in bert.state_dict().values())
    assert repo_id in {model.id for model in ada.api.list_models(author="ada", filter="bert")}


def test_a_private_model_loads_with_a_token_only(ada, bob, new_name, bert, home):
    repo_id = f"ada/{new_name('secret')}"
    bert.push_to_hub(repo_id, private=True)
    assert same_weights(bert, AutoModelForSequenceClassification.from_pretrained(repo_id, token=ada.token))
    for token in (bob.token, False):
        with pytest.raises(OSError):
            AutoModelForSequenceClassification.from_pretrained(repo_id, token=token, cache_dir=home / "other")


def test_a_causal_model_generates_the_same_from_the_hub(ada, new_name, llama):
    repo_id = f"ada/{new_name('llama')}"
    llama.generation_config = GenerationConfig(max_new_tokens=12, do_sample=False, pad_token_id=0)
    llama.push_to_hub(repo_id, commit_message="A llama")
    assert ada.api.list_repo_commits(repo_id)[0].title == "A llama"
    assert ada.api.model_info(repo_id).pipeline_tag == "text-generation"
    loaded = AutoModelForCausalLM.from_pretrained(repo_id)
    prompt = torch.tensor([[1, 5, 9]])
    assert loaded.generation_config.max_new_tokens == 12
    assert torch.equal(loaded.generate(prompt), llama.generate(prompt))


def test_shards_and_revisions(ada, new_name, llama):
    repo_id = f"ada/{new_name('llama')}"
    ada.api.create_repo(repo_id)
    llama.push_to_hub(repo_id, revision="sharded", max_shard_size="20KB")
    files = ada.api.list_repo_files(repo_id, revision="sharded")
    assert "model.safetensors.index.json" in files
    assert sum(name.endswith(".safetensors") for name in files) > 1
    assert same_weights(llama, AutoModelForCausalLM.from_pretrained(repo_id, revision="sharded"))
    with pytest.raises((OSError, ValueError)):
        AutoModelForCausalLM.from_pretrained(repo_id)
    sha = ada.api.model_info(repo_id, revision="sharded").sha
    assert same_weights(llama, AutoModelForCausalLM.from_pretrained(repo_id, revision=sha))
    assert ada.api.model_info(repo_id, revision="sharded").safetensors.total == sum(
        tensor.numel() for tensor in llama.state_dict().values())


def test_a_model_in_a_subfolder(ada, new_repo, bert, tmp_path):
    repo_id = new_repo()
    bert.save_pretrained(tmp_path / "inner")
    ada.api.upload_folder(repo_id=repo_id, folder_path=tmp_path)
    assert same_weights(bert, AutoModelForSequenceClassification.from_pretrained(repo_id, subfolder="inner"))


def test_what_is_missing_is_said_to_be_missing(new_repo):
    with pytest.raises(OSError, match="is not a local folder and is not a valid model identifier"):
        AutoModel.from_pretrained("ada/no-such-repo")
    with pytest.raises(ValueError, match="Unrecognized model"):
        AutoModel.from_pretrained(new_repo())
    with pytest.raises(OSError, match="is not a valid git identifier"):
        AutoModel.from_pretrained(new_repo(), revision="no-such-revision")


def test_what_was_loaded_loads_without_the_hub(run, ada, new_name, bert, home):
    repo_id = f"ada/{new_name('bert')}"
    bert.push_to_hub(repo_id)
    AutoModel.from_pretrained(repo_id)
    script = f"from transformers import AutoModel; print(type(AutoModel.from_pretrained({repo_id!r})).__name__)"
    done = run("python", "-c", script, environment={"HF_HUB_OFFLINE": "1"})
    assert done.stdout.strip() == "BertModel"


def test_a_mixin_gives_any_module_a_home(ada, new_name):
    from huggingface_hub import PyTorchModelHubMixin

    class Tiny(torch.nn.Module, PyTorchModelHubMixin, library_name="tiny", tags=["mixed"], license="mit"):
        def __init__(self, width: int = 4):
            super().__init__()
            self.layer = torch.nn.Linear(width, 2)

    repo_id = f"ada/{new_name('tiny')}"
    Tiny(width=7).push_to_hub(repo_id)
    assert Tiny.from_pretrained(repo_id).layer.in_features == 7
    info = ada.api.model_info(repo_id)
    assert info.library_name == "tiny" and {"mixed", "license:mit", "pytorch_model_hub_mixin"} <= set(info.tags)
    assert json.load(open(ada.api.hf_hub_download(repo_id, "config.json"))) == {"width": 7}
