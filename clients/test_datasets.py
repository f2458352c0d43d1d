"""`datasets`: real tables and pictures are pushed, loaded, streamed and listed."""

import json
import shutil

import datasets
import numpy
import pytest
from datasets import ClassLabel, Dataset, DatasetDict, Features, Image, Value, load_dataset
from datasets.data_files import EmptyDatasetError
from datasets.exceptions import DatasetNotFoundError


@pytest.fixture(autouse=True)
def quiet(home, monkeypatch):
    datasets.disable_progress_bars()


def rows(count, offset=0):
    numbers = list(range(offset, offset + count))
    return {"id": numbers, "text": [f"row {number}" for number in numbers]}


# --- pushing -----------------------------------------------------------------------------------------------------


def test_a_dataset_makes_the_round_trip(ada, new_name):
    repo_id = f"ada/{new_name('rows')}"
    features = Features({"id": Value("int32"), "text": Value("string"), "label": ClassLabel(names=["no", "yes"])})
    dataset = Dataset.from_dict(rows(100) | {"label": [number % 2 for number in range(100)]}, features=features)
    dataset.push_to_hub(repo_id, commit_message="Rows")
    assert ada.api.list_repo_commits(repo_id, repo_type="dataset")[0].title == "Rows"
    files = set(ada.api.list_repo_files(repo_id, repo_type="dataset"))
    assert {"README.md", "data/train-00000-of-00001.parquet"} <= files
    loaded = load_dataset(repo_id, split="train")
    assert loaded.features == features and loaded[:] == dataset[:]
    card = ada.api.dataset_info(repo_id).card_data
    assert card.to_dict()["dataset_info"]["splits"][0]["num_examples"] == 100


def test_splits_of_a_dictionary_are_kept(new_name):
    repo_id = f"ada/{new_name('splits')}"
    DatasetDict({"train": Dataset.from_dict(rows(30)), "validation": Dataset.from_dict(rows(5, 30)),
                 "test": Dataset.from_dict(rows(7, 35))}).push_to_hub(repo_id)
    loaded = load_dataset(repo_id)
    assert {name: split.num_rows for name, split in loaded.items()} == {"train": 30, "validation": 5, "test": 7}
    assert loaded["test"]["id"][:] == list(range(35, 42))


def test_splits_and_configurations_are_added_one_by_one(ada, new_name):
    repo_id = f"ada/{new_name('grown')}"
    Dataset.from_dict(rows(4)).push_to_hub(repo_id)
    Dataset.from_dict(rows(2)).push_to_hub(repo_id, split="test")
    Dataset.from_dict({"other": [1, 2, 3]}).push_to_hub(repo_id, "second")
    assert set(datasets.get_dataset_config_names(repo_id)) == {"default", "second"}
    assert set(datasets.get_dataset_split_names(repo_id, "default")) == {"train", "test"}
    assert load_dataset(repo_id, "second", split="train")["other"][:] == [1, 2, 3]
    assert load_dataset(repo_id, split="test").num_rows == 2


def test_pushing_again_replaces_the_split(new_name):
    repo_id = f"ada/{new_name('again')}"
    Dataset.from_dict(rows(50)).push_to_hub(repo_id, num_shards=3)
    Dataset.from_dict(rows(10)).push_to_hub(repo_id, num_shards=1)
    assert load_dataset(repo_id, split="train").num_rows == 10


def test_many_shards_are_many_files(ada, new_name):
    repo_id = f"ada/{new_name('shards')}"
    Dataset.from_dict(rows(240)).push_to_hub(repo_id, num_shards=60)
    files = [name for name in ada.api.list_repo_files(repo_id, repo_type="dataset") if name.endswith(".parquet")]
    assert len(files) == 60
    assert sorted(load_dataset(repo_id, split="train")["id"][:]) == list(range(240))


def test_a_dataset_on_a_branch(ada, new_name):
    repo_id = f"ada/{new_name('branch')}"
    Dataset.from_dict(rows(3)).push_to_hub(repo_id)
    Dataset.from_dict(rows(8)).push_to_hub(repo_id, revision="next")
    assert load_dataset(repo_id, split="train").num_rows == 3
    assert load_dataset(repo_id, split="train", revision="next").num_rows == 8


def test_a_private_dataset_loads_with_a_token_only(ada, bob, new_name):
    repo_id = f"ada/{new_name('secret')}"
    Dataset.from_dict(rows(3)).push_to_hub(repo_id, private=True)
    for token in (bob.token, False):
        with pytest.raises(DatasetNotFoundError):
            load_dataset(repo_id, token=token)
    assert load_dataset(repo_id, split="train", token=ada.token).num_rows == 3


# --- loading -----------------------------------------------------------------------------------------------------


@pytest.fixture
def folder(tables, tmp_path):
    """Copies tables of vega-datasets into a folder as `{path in the repository: table}`."""

    def folder(files):
        for path, table in files.items():
            (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(tables / table, tmp_path / path)
        return tmp_path

    return folder


@pytest.fixture
def uploaded(ada, new_repo):
    def uploaded(folder, **options):
        repo_id = new_repo("dataset", **options)
        ada.api.upload_folder(repo_id=repo_id, folder_path=folder, repo_type="dataset")
        return repo_id

    return uploaded


def lines_of(table):
    with open(table) as file:
        return len(file.read().strip().splitlines()) - 1


def test_csv_loads_plain_and_streams(tables, folder, uploaded):
    repo_id = uploaded(folder({"weather.csv": "seattle-weather.csv"}))
    plain = load_dataset(repo_id, split="train")
    assert plain.num_rows == lines_of(tables / "seattle-weather.csv") == 1461
    assert plain.column_names == ["date", "precipitation", "temp_max", "temp_min", "wind", "weather"]
    streamed = list(load_dataset(repo_id, split="train", streaming=True))
    assert streamed == list(plain)


def test_tsv_loads(tables, folder, uploaded):
    unemployment = load_dataset(uploaded(folder({"data.tsv": "unemployment.tsv"})), split="train")
    assert unemployment.num_rows == lines_of(tables / "unemployment.tsv")


def test_json_lists_and_json_lines_load(tables, folder, uploaded, tmp_path):
    cars = json.loads((tables / "cars.json").read_text())
    assert load_dataset(uploaded(folder({"cars.json": "cars.json"})), split="train").num_rows == len(cars) == 406
    (tmp_path / "cars.json").unlink()
    (tmp_path / "cars.jsonl").write_text("".join(json.dumps(car) + "\n" for car in cars))
    streamed = load_dataset(uploaded(tmp_path), split="train", streaming=True)
    assert [car["Name"] for car in streamed] == [car["Name"] for car in cars]


def test_a_parquet_file_of_three_million_rows_loads_and_streams_in_part(folder, uploaded, ada):
    repo_id = uploaded(folder({"flights.parquet": "flights-3m.parquet"}))
    assert ada.api.get_paths_info(repo_id, "flights.parquet", repo_type="dataset")[0].lfs.size > 13_000_000
    streamed = load_dataset(repo_id, split="train", streaming=True)
    first = list(streamed.take(5))
    loaded = load_dataset(repo_id, split="train")
    assert loaded.num_rows == 3_000_000
    assert first == [loaded[number] for number in range(5)]


def test_arrow_files_load(folder, uploaded):
    assert load_dataset(uploaded(folder({"flights.arrow": "flights-200k.arrow"})), split="train").num_rows == 200_000


def test_splits_are_found_in_names_of_files_and_folders(folder, uploaded, tmp_path):
    by_file = uploaded(folder({"stocks-train.csv": "stocks.csv", "stocks-test.csv": "stocks.csv"}))
    assert set(load_dataset(by_file)) == {"train", "test"}
    shutil.rmtree(tmp_path)
    by_folder = uploaded(folder({f"{split}/a.csv": "stocks.csv" for split in ("train", "validation", "test")}))
    assert set(load_dataset(by_folder)) == {"train", "validation", "test"}


def test_the_card_decides_over_names(folder, uploaded):
    place = folder({"one/x.csv": "stocks.csv", "two/y.csv": "seattle-weather.csv"})
    (place / "README.md").write_text(
        "---\nconfigs:\n- config_name: prices\n  data_files:\n  - split: train\n    path: one/*.csv\n"
        "- config_name: weather\n  data_files:\n  - split: test\n    path: two/*.csv\n---\n")
    repo_id = uploaded(place)
    assert set(datasets.get_dataset_config_names(repo_id)) == {"prices", "weather"}
    assert set(load_dataset(repo_id, "weather")) == {"test"}
    assert load_dataset(repo_id, "prices", split="train").num_rows == 560


def test_chosen_files_load(folder, uploaded, hub):
    repo_id = uploaded(folder({"a/stocks.csv": "stocks.csv", "b/weather.csv": "seattle-weather.csv"}))
    assert load_dataset(repo_id, data_files="b/*.csv", split="train").num_rows == 1461
    assert load_dataset(repo_id, data_dir="a", split="train").num_rows == 560
    for address in (f"hf://datasets/{repo_id}/a/stocks.csv", f"{hub}/datasets/{repo_id}/resolve/main/a/stocks.csv"):
        assert load_dataset("csv", data_files=address, split="train").num_rows == 560


def pictures():
    """Real pictures that scikit-image ships."""
    from skimage import data

    return {"astronaut": data.astronaut(), "chelsea": data.chelsea(), "coffee": data.coffee(), "camera": data.camera()}


def test_a_folder_of_pictures_loads_with_labels(tmp_path, uploaded):
    import PIL.Image

    labels = {"astronaut": "people", "camera": "people", "chelsea": "things", "coffee": "things"}
    for name, pixels in pictures().items():
        (tmp_path / "train" / labels[name]).mkdir(parents=True, exist_ok=True)
        PIL.Image.fromarray(pixels).save(tmp_path / "train" / labels[name] / f"{name}.png")
    repo_id = uploaded(tmp_path)
    loaded = load_dataset(repo_id, split="train")
    assert loaded.features["label"].names == ["people", "things"]
    assert sorted(loaded["label"][:]) == [0, 0, 1, 1]
    sizes = {row["image"].size for row in loaded}
    assert (512, 512) in sizes and (451, 300) in sizes
    assert next(iter(load_dataset(repo_id, split="train", streaming=True)))["image"].size in sizes


def test_pictures_are_pushed_inside_parquet(new_name):
    import PIL.Image

    repo_id = f"ada/{new_name('pictures')}"
    images = [PIL.Image.fromarray(pixels) for pixels in pictures().values()]
    Dataset.from_dict({"image": images}, features=Features({"image": Image()})).push_to_hub(repo_id)
    loaded = load_dataset(repo_id, split="train")
    for row, image in zip(loaded, images, strict=True):
        assert numpy.array_equal(numpy.asarray(row["image"]), numpy.asarray(image))


def test_what_is_missing_is_said_to_be_missing(new_repo):
    with pytest.raises(DatasetNotFoundError):
        load_dataset("ada/no-such-dataset")
    with pytest.raises(DatasetNotFoundError):
        load_dataset(new_repo("dataset", files={"a.csv": "x\n1\n"}), revision="no-such-revision")
    with pytest.raises(EmptyDatasetError):
        load_dataset(new_repo("dataset"))
