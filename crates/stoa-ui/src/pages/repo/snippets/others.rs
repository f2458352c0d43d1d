//! Ways to use datasets and Spaces, and those that work for every repository.

use super::{Text, Way, python, shell, way};

/// Datasets.
pub(super) const DATASETS: &[Way] = &[
    way(
        "datasets",
        "Datasets",
        |_| true,
        &[
            python(
                "{python}\nfrom datasets import load_dataset\n\ndataset = load_dataset(\"{repo}\"{config})\nprint(dataset)\n",
            ),
            python(
                "# One row after the other, without downloading everything\n{python}\nfrom datasets import load_dataset\n\ndataset = load_dataset(\"{repo}\"{config}, split=\"train\", streaming=True)\nprint(next(iter(dataset)))\n",
            ),
        ],
    ),
    way(
        "pandas",
        "pandas",
        |_| true,
        &[
            python(
                "{python}\nimport pandas as pd\n\ntable = pd.read_parquet(\"hf://datasets/{repo}/{parquet_url}\")\n",
            ),
            python(
                "{python}\nimport pandas as pd\n\ntable = pd.read_csv(\"hf://datasets/{repo}/{csv_url}\")\n",
            ),
            python(
                "{python}\nimport pandas as pd\n\ntable = pd.read_json(\"hf://datasets/{repo}/{jsonl_url}\", lines=True)\n",
            ),
        ],
    ),
    way(
        "polars",
        "Polars",
        |_| true,
        &[
            python(
                "{python}\nimport polars as pl\nfrom huggingface_hub import hf_hub_download\n\ntable = pl.read_parquet(hf_hub_download(\"{repo}\", {parquet}, repo_type=\"dataset\"))\n",
            ),
            python(
                "{python}\nimport polars as pl\nfrom huggingface_hub import hf_hub_download\n\ntable = pl.read_csv(hf_hub_download(\"{repo}\", {csv}, repo_type=\"dataset\"))\n",
            ),
            python(
                "{python}\nimport polars as pl\nfrom huggingface_hub import hf_hub_download\n\ntable = pl.read_ndjson(hf_hub_download(\"{repo}\", {jsonl}, repo_type=\"dataset\"))\n",
            ),
        ],
    ),
    way(
        "duckdb",
        "DuckDB",
        |_| true,
        &[
            sql("{secret}SELECT * FROM '{hub}/datasets/{repo}/resolve/main/{parquet_url}' LIMIT 10;\n"),
            sql("{secret}SELECT * FROM read_csv('{hub}/datasets/{repo}/resolve/main/{csv_url}') LIMIT 10;\n"),
            sql(
                "{secret}SELECT * FROM read_json('{hub}/datasets/{repo}/resolve/main/{jsonl_url}') LIMIT 10;\n",
            ),
        ],
    ),
    way(
        "webdataset",
        "WebDataset",
        |_| true,
        &[python(
            "import webdataset as wds\n\ndataset = wds.WebDataset(\"{hub}/datasets/{repo}/resolve/main/{tar_url}\")\nprint(next(iter(dataset)).keys())\n",
        )],
    ),
];

/// Spaces: they run on one's own machine.
pub(super) const SPACES: &[Way] = &[
    way(
        "gradio",
        "Gradio",
        |facts| facts.sdk.as_deref() == Some("gradio"),
        &[shell(
            "{env}\nhf download {repo} --repo-type space --local-dir {name}\ncd {name} && pip install gradio -r requirements.txt\npython app.py\n",
        )],
    ),
    way(
        "streamlit",
        "Streamlit",
        |facts| facts.sdk.as_deref() == Some("streamlit"),
        &[shell(
            "{env}\nhf download {repo} --repo-type space --local-dir {name}\ncd {name} && pip install streamlit -r requirements.txt\nstreamlit run app.py\n",
        )],
    ),
    way(
        "docker",
        "Docker",
        |facts| facts.sdk.as_deref() == Some("docker"),
        &[shell(
            "{env}\nhf download {repo} --repo-type space --local-dir {name}\ndocker build -t {name} {name}\ndocker run -it -p 7860:7860 {name}\n",
        )],
    ),
    way(
        "static",
        "Static",
        |facts| facts.sdk.as_deref() == Some("static"),
        &[shell(
            "{env}\nhf download {repo} --repo-type space --local-dir {name}\npython -m http.server --directory {name} 7860\n",
        )],
    ),
];

/// Every repository.
pub(super) const ANY: &[Way] = &[
    way("hf", "hf CLI", |_| true, &[shell("{env}\nhf download {repo}{flag}\n")]),
    way(
        "huggingface_hub",
        "huggingface_hub",
        |_| true,
        &[python(
            "{python}\nfrom huggingface_hub import snapshot_download\n\nfolder = snapshot_download(\"{repo}\"{type})\n",
        )],
    ),
    way(
        "git",
        "git",
        |_| true,
        &[
            shell("git lfs install\ngit clone {hub}/{path}\n"),
            shell("# With a key of your account on {hub}\ngit clone {ssh}{path}\n"),
        ],
    ),
    way(
        "curl",
        "curl",
        |_| true,
        &[shell("curl --location --remote-name {auth}\"{hub}/{path}/resolve/main/{file_url}\"\n")],
    ),
];

const fn sql(code: &'static str) -> Text {
    Text { language: "sql", code }
}
