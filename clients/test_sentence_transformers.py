"""`sentence-transformers`: a real model, all-MiniLM-L6-v2, through the hub and back."""

import numpy
import pytest
from sentence_transformers import SentenceTransformer
from support import files_below

SENTENCES = [
    "A hub that its owner runs.",
    "A server for models that stands in your own cellar.",
    "The cat sleeps on the warm stones.",
    "Ein Satz in einer anderen Sprache.",
]


@pytest.fixture
def uploaded(hf, new_name, minilm):
    repo_id = f"ada/{new_name('minilm')}"
    hf("upload", repo_id, minilm)
    return repo_id


def test_the_model_comes_back_byte_for_byte(hf, ada, uploaded, minilm, tmp_path):
    expected = files_below(minilm)
    assert set(ada.api.list_repo_files(uploaded)) == expected.keys()
    weights = ada.api.get_paths_info(uploaded, "model.safetensors")[0]
    assert weights.size == weights.lfs.size == 90_868_376
    hf("download", uploaded, "--local-dir", tmp_path)
    assert files_below(tmp_path) == expected


def test_the_hub_knows_the_model(ada, uploaded):
    info = ada.api.model_info(uploaded)
    assert (info.library_name, info.pipeline_tag) == ("sentence-transformers", "sentence-similarity")
    assert info.safetensors.total == 22_713_728
    assert {"sentence-transformers", "safetensors", "bert", "en", "license:apache-2.0"} <= set(info.tags)
    assert info.config["architectures"] == ["BertModel"]


def test_embeddings_from_the_hub_and_from_disk_are_equal(uploaded, minilm):
    from_hub, from_disk = SentenceTransformer(uploaded, device="cpu"), SentenceTransformer(str(minilm), device="cpu")
    one, two = from_hub.encode(SENTENCES), from_disk.encode(SENTENCES)
    assert one.shape == (4, 384)
    assert numpy.array_equal(one, two)
    alike = from_hub.similarity(one, one)
    assert alike[0][1] > alike[0][2], "it is a real model: what means the same is near"


def test_a_model_is_pushed_from_python(ada, new_name, minilm):
    repo_id = f"ada/{new_name('pushed')}"
    model = SentenceTransformer(str(minilm), device="cpu")
    model.push_to_hub(repo_id, private=True)
    assert ada.api.model_info(repo_id).private
    again = SentenceTransformer(repo_id, device="cpu", token=ada.token)
    assert numpy.array_equal(again.encode(SENTENCES), model.encode(SENTENCES))
