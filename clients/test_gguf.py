"""GGUF: a real quantized model, SmolLM2-135M-Instruct, through the hub and back."""

import pytest
from support import sha256


@pytest.fixture
def uploaded(hf, new_name, smollm):
    repo_id = f"ada/{new_name('smollm')}"
    hf("upload", repo_id, smollm)
    return repo_id


def test_the_file_comes_back_with_the_same_hash(hf, ada, uploaded, smollm, tmp_path):
    expected = sha256(smollm)
    entry = ada.api.get_paths_info(uploaded, smollm.name)[0]
    assert (entry.size, entry.lfs.sha256) == (smollm.stat().st_size, expected)
    path = hf("download", uploaded, smollm.name, "-q").stdout.strip()
    assert sha256(path) == expected
    hf("cache", "verify", uploaded)


def test_the_hub_reads_the_metadata(ada, uploaded):
    info = ada.api.model_info(uploaded)
    assert info.gguf["architecture"] == "llama"
    assert info.gguf["context_length"] == 8192
    assert info.gguf["total"] == 134_515_008
    assert "<|im_start|>" in info.gguf["chat_template"]
    assert {"gguf", "conversational"} <= set(info.tags)
    assert info.library_name == "gguf"
    assert ada.api.model_info(uploaded, expand=["gguf"]).gguf["architecture"] == "llama"
    assert uploaded in {model.id for model in ada.api.list_models(author="ada", filter="gguf")}


def test_a_part_of_it_is_read_without_the_rest(raw, uploaded, smollm):
    """What llama.cpp and the web viewers do: the header first."""
    path = f"/{uploaded}/resolve/main/{smollm.name}"
    answer = raw.get(path, headers={"Range": "bytes=0-65535"}, follow_redirects=True)
    assert (answer.status_code, len(answer.content)) == (206, 65_536)
    with smollm.open("rb") as file:
        assert answer.content == file.read(65_536)
