//! The page of a repository: what it says of models, datasets and Spaces, and what it does not let strangers say.

use serde_json::json;
use stoa_testkit::{Answer, TestHub};

use super::{hub, is_page};

const MODEL: &str = "---\nlicense: apache-2.0\nlanguage: [en, it]\nlibrary_name: transformers\npipeline_tag: text-generation\n\
    tags: [finance, small]\nbase_model: ada/base\ndatasets: [ada/d, eve/none]\nco2_eq_emissions:\n  emissions: 2500\n  \
    source: CodeCarbon\nmodel-index:\n- name: m\n  results:\n  - task: {type: text-generation, name: Text Generation}\n    \
    dataset: {name: HellaSwag, type: hellaswag}\n    metrics:\n    - {type: accuracy, value: 42.123456, name: Accuracy}\n---\n\
    # Tiny\n\nSee [the paper](https://arxiv.org/abs/2401.00001) and [the script](train.py).\n\n![plot](plot.png)\n";

/// A small safetensors file: one matrix of F32, one vector of BF16.
fn safetensors() -> Vec<u8> {
    let header = json!({
        "__metadata__": { "format": "pt" },
        "model.layers.0.mlp.weight": { "dtype": "F32", "shape": [2, 3], "data_offsets": [0, 24] },
        "model.layers.0.norm.weight": { "dtype": "BF16", "shape": [4], "data_offsets": [24, 32] }
    });
    let header = header.to_string();
    let mut file = (header.len() as u64).to_le_bytes().to_vec();
    file.extend_from_slice(header.as_bytes());
    file.extend([0; 32]);
    file
}

async fn with_model() -> TestHub {
    let hub = hub().await;
    let ada = hub.as_user("ada");
    for repo in ["ada/base", "ada/m", "datasets/ada/d", "spaces/ada/s"] {
        ada.create(repo).await.ok();
    }
    let files: [(&str, &[u8]); 4] = [
        ("README.md", MODEL.as_bytes()),
        ("config.json", b"{\"architectures\": [\"LlamaForCausalLM\"], \"model_type\": \"llama\"}"),
        ("model.safetensors", &safetensors()),
        ("train.py", b"print()\n"),
    ];
    ada.commit("ada/m", &files).await.ok();
    hub
}

async fn page(hub: &TestHub, path: &str) -> String {
    let answer = hub.browser().get(path).await.expect(200);
    is_page(&answer);
    answer.text()
}

/// The code of a page as whoever copies it gets it.
fn code(text: &str) -> String {
    let pieces = text.split("<code>").skip(1).filter_map(|code| code.split("</code>").next());
    let mut plain = String::new();
    for piece in pieces.flat_map(|piece| piece.split('<')) {
        plain.push_str(piece.split_once('>').map_or(piece, |(_, text)| text));
    }
    plain
        .replace("&quot;", "\"")
        .replace("&#39;", "'")
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&amp;", "&")
}

#[track_caller]
fn has(text: &str, parts: &[&str]) {
    for part in parts {
        assert!(text.contains(part), "{part} is missing in {text}");
    }
}

#[tokio::test]
async fn a_model_says_what_it_is() {
    let hub = with_model().await;
    let text = page(&hub, "/ada/m").await;
    has(
        &text,
        &[
            "<title>ada/m · stoa</title>",
            "Apache License 2.0",
            "English, Italian",
            "/models?other=finance",
            "/models?pipeline_tag=text-generation",
            ">Transformers</a>",
            "Text Generation",
            // Its card: links lead to its files, pictures come from them.
            "/ada/m/blob/main/train.py",
            "src=\"/ada/m/resolve/main/plot.png\"",
            // Weights, by type.
            "parameters</span>",
            "F32",
            "BF16",
            "/ada/m/tensors/main/model.safetensors",
            "2.5\u{a0}kg CO",
            "CodeCarbon",
            "arXiv:2401.00001",
            "HellaSwag",
            "42.1235",
            "Fine-tuned from",
            "href=\"/ada/base\"",
            "href=\"/datasets/ada/d\"",
            "Not on this hub: eve/none",
            "/commits/main",
        ],
    );
    let base = page(&hub, "/ada/base").await;
    has(&base, &["Fine-tuned models", "/models?other=base_model%3Afinetune%3Aada%2Fbase", "href=\"/ada/m\""]);
    has(&page(&hub, "/datasets/ada/d").await, &["Models trained on this", "/models?other=dataset%3Aada%2Fd"]);
}

/// A page without the colors of its code.
fn unpainted(page: &str) -> String {
    let mut pieces = page.split("<span class=\"hl-");
    let mut text = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let inside = piece.split_once('>').map_or("", |(_, inside)| inside);
        text.push_str(&inside.replacen("</span>", "", 1));
    }
    text
}

#[tokio::test]
async fn every_tool_is_told_the_address_of_this_hub() {
    let hub = with_model().await;
    let text = unpainted(&page(&hub, "/ada/m").await);
    has(
        &text,
        &[
            "Use this model",
            "AutoModelForCausalLM",
            "git clone http://",
            "hf download ada/m",
            "vllm serve ada/m",
        ],
    );
    let code: Vec<&str> =
        text.split("<code>").skip(1).filter_map(|code| code.split("</code>").next()).collect();
    assert!(code.len() >= 7, "{}", code.len());
    for code in code.iter().filter(|code| code.contains('\n')) {
        assert!(code.contains("http://hub.test"), "{code}");
    }
    assert!(!text.contains("<details class=\"use\" open>"));
    let open = page(&hub, "/ada/m?library=git").await;
    has(
        &open,
        &[
            "<details class=\"use\" open>",
            "<details class=\"way\" name=\"use\" open>\n<summary>git</summary>",
        ],
    );
    page(&hub, "/ada/m?library=%22%3E%3Cb%3E").await;
}

#[tokio::test]
async fn a_dataset_says_what_is_in_it() {
    let hub = hub().await;
    let ada = hub.as_user("ada");
    ada.create("datasets/ada/d").await.ok();
    let card = "---\nlicense: cc-by-4.0\nlanguage: fr\ntask_categories: [text-classification]\nsize_categories: [1K<n<10K]\n\
        configs:\n- config_name: plain\n  data_files: [{split: train, path: train.csv}]\n- config_name: odd\n  data_files: odd.csv\n\
        dataset_info:\n  config_name: plain\n  features: [{name: text, dtype: string}]\n  download_size: 4096\n  splits:\n  \
        - {name: train, num_examples: 1200}\n---\n# Letters\n";
    ada.commit("datasets/ada/d", &[("README.md", card.as_bytes()), ("train.csv", b"a,b\n1,2\n")]).await.ok();
    let text = page(&hub, "/datasets/ada/d").await;
    has(
        &text,
        &[
            "Use this dataset",
            "1.2k",
            "4.1\u{a0}kB",
            "<td class=\"mono\">text</td>",
            ">odd</span>",
            "French",
            "Text Classification",
            "/datasets?other=format%3Acsv",
            "Creative Commons Attribution 4.0",
        ],
    );
    has(
        &code(&text),
        &[
            "load_dataset(\"ada/d\", \"plain\")",
            "SELECT * FROM read_csv('http://hub.test/datasets/ada/d/resolve/main/train.csv')",
            "pd.read_csv(\"hf://datasets/ada/d/train.csv\")",
        ],
    );
}

#[tokio::test]
async fn a_space_says_that_it_does_not_run_and_shows_its_files() {
    let hub = hub().await;
    let ada = hub.as_user("ada");
    for repo in ["ada/m", "spaces/ada/s"] {
        ada.create(repo).await.ok();
    }
    let card = "---\ntitle: A <b>demo</b>\nemoji: 🌊\nsdk: gradio\nmodels: [ada/m, eve/none]\n---\n";
    let files: [(&str, &[u8]); 3] = [("README.md", card.as_bytes()), ("app.py", b"x"), ("lib/a.py", b"y")];
    ada.commit("spaces/ada/s", &files).await.ok();
    let text = page(&hub, "/spaces/ada/s").await;
    has(
        &text,
        &[
            "Spaces do not run on this hub yet.",
            "A &#60;b&#62;demo&#60;/b&#62;",
            "/spaces/ada/s/blob/main/app.py",
            "/spaces/ada/s/tree/main/lib",
            "Models it uses",
            "href=\"/ada/m\"",
        ],
    );
    has(&page(&hub, "/ada/m").await, &["Spaces that use this", "href=\"/spaces/ada/s\""]);
    has(&code(&text), &["python app.py"]);
}

#[tokio::test]
async fn a_repository_without_a_card_or_anything_says_what_to_do() {
    let hub = hub().await;
    let ada = hub.as_user("ada");
    for repo in ["ada/empty", "ada/bare", "datasets/ada/empty"] {
        ada.create(repo).await.ok();
    }
    ada.commit("ada/bare", &[("weights.bin", b"x")]).await.ok();
    let mut owner = hub.browser_of("ada").await;
    for (path, mine, theirs) in [
        ("/ada/empty", "hf upload ada/empty . .", "has not put any files in"),
        ("/datasets/ada/empty", "hf upload ada/empty --repo-type dataset . .", "has not put any files in"),
        ("/ada/bare", "new/main?path=README.md&amp;template=card", "has not described it yet"),
    ] {
        let own = owner.get(path).await.expect(200);
        is_page(&own);
        has(&own.text(), &[mine]);
        let other = page(&hub, path).await;
        has(&other, &[theirs]);
        assert!(!other.contains(mine));
    }
}

#[tokio::test]
async fn a_broken_card_is_told_to_those_who_can_mend_it() {
    let hub = hub().await;
    let ada = hub.as_user("ada");
    ada.create("ada/m").await.ok();
    // A license that does not exist is refused on `main`, so the card is broken on a branch.
    ada.post_json("/api/models/ada/m/branch/draft", &json!({})).await.ok();
    let card = "---\nlicense: [1\n---\n# Text of the card\n";
    let line =
        json!({ "key": "file", "value": { "path": "README.md", "content": card, "encoding": "utf-8" } });
    let header = json!({ "key": "header", "value": { "summary": "Test" } });
    let answer = ada.commit_lines("ada/m", "draft", &[header, line]).await;
    if answer.status.is_success() {
        let own = hub.browser_of("ada").await.get("/ada/m?revision=draft").await.expect(200).text();
        has(&own, &["The card has a mistake", "Text of the card", "Go to main"]);
        let other = page(&hub, "/ada/m?revision=draft").await;
        assert!(other.contains("Text of the card") && !other.contains("The card has a mistake"));
    }
}

#[tokio::test]
async fn whoever_may_not_see_a_repository_learns_nothing() {
    let hub = with_model().await;
    let ada = hub.as_user("ada");
    ada.put_json("/api/models/ada/m/settings", &json!({ "private": true })).await.ok();
    hub.user("bob").await;
    hub.hub.set_password("bob", "correct horse").await.expect("a password");
    let tails = ["", "/tensors/main/model.safetensors", "/discussions", "/community"];
    for tail in tails {
        let (mut bob, mut nobody) = (hub.browser_of("bob").await, hub.browser());
        let said =
            |answer: Answer| (answer.status, without_request(&answer.text()).replace("%2Fnone", "%2Fm"));

        let seen = said(bob.get(&format!("/ada/m{tail}")).await);
        let missing = said(bob.get(&format!("/ada/none{tail}")).await);
        assert_eq!(seen, missing, "{tail}");
        assert_eq!(seen.0.as_u16(), 404, "{tail}");
        nobody.get(&format!("/ada/m{tail}")).await.expect(401);
    }
    let mut owner = hub.browser_of("ada").await;
    let text = owner.get("/ada/m").await.expect(200).text();
    has(&text, &["private", "you need a token", "HF_TOKEN"]);
    // Neither does the base tell who was made from it.
    assert!(!page(&hub, "/ada/base").await.contains("href=\"/ada/m\""));
}

/// A page about a problem without the number of its request.
fn without_request(text: &str) -> String {
    text.lines().filter(|line| !line.contains("Request ")).collect()
}

#[tokio::test]
async fn renamed_repositories_lead_to_their_new_name() {
    let hub = with_model().await;
    let body = json!({ "fromRepo": "ada/m", "toRepo": "ada/new", "type": "model" });
    hub.as_user("ada").post_json("/api/repos/move", &body).await.ok();
    let answer = hub.browser().get("/ada/m?library=git").await.expect(307);
    assert_eq!(answer.header("location"), "/ada/new?library=git");
    let answer = hub.browser().get("/models/ada/new").await.expect(308);
    assert_eq!(answer.header("location"), "/ada/new");
}

#[tokio::test]
async fn a_gate_says_what_it_means_and_whom_to_ask() {
    let hub = with_model().await;
    hub.as_user("ada").put_json("/api/models/ada/m/settings", &json!({ "gated": "manual" })).await.ok();
    let text = page(&hub, "/ada/m").await;
    has(&text, &["The files are not for everybody.", "Ask for access:", "href=\"/ada\"", "Tiny"]);
    hub.browser().get("/ada/m/tensors/main/model.safetensors").await.expect(401);
    let own = hub.browser_of("ada").await.get("/ada/m").await.expect(200).text();
    has(&own, &["is restricted, and you have it"]);
}

#[tokio::test]
async fn a_card_that_is_not_for_everybody_opens_by_a_click() {
    let hub = hub().await;
    let ada = hub.as_user("ada");
    ada.create("ada/m").await.ok();
    let card = "---\nlicense: mit\ntags: [not-for-all-audiences]\n---\n# Words\n";
    ada.commit("ada/m", &[("README.md", card.as_bytes())]).await.ok();
    let text = page(&hub, "/ada/m").await;
    let (before, after) = text.split_once("<details class=\"audience\">").expect("it is closed");
    assert!(!before.contains("Words") && after.contains("Words"));
}

#[tokio::test]
async fn newer_versions_are_followed_to_the_last_and_never_in_circles() {
    let hub = hub().await;
    let ada = hub.as_user("ada");
    for (name, next) in [("one", "ada/two"), ("two", "ada/three"), ("three", "ada/one")] {
        ada.create(&format!("ada/{name}")).await.ok();
        let card = format!("---\nlicense: mit\nnew_version: {next}\n---\n# {name}\n");
        ada.commit(&format!("ada/{name}"), &[("README.md", card.as_bytes())]).await.ok();
    }
    has(
        &page(&hub, "/ada/one").await,
        &["newer version of this model: <a href=\"/ada/three\">ada/three</a>"],
    );
}

#[tokio::test]
async fn a_like_is_given_and_taken_back_without_a_script() {
    let hub = with_model().await;
    let mut ada = hub.browser_of("ada").await;
    assert!(ada.get("/ada/m").await.text().contains("aria-pressed=\"false\""));
    let answer = ada.submit("/ada/m/like", &[("like", "yes")]).await.expect(303);
    assert_eq!(answer.header("location"), "/ada/m");
    assert!(ada.get("/ada/m").await.text().contains("aria-pressed=\"true\""));
    ada.submit("/ada/m/like", &[("like", "no")]).await.expect(303);
    assert!(ada.get("/ada/m").await.text().contains("aria-pressed=\"false\""));
    ada.submit_as_is("/ada/m/like", &[("like", "yes")]).await.expect(403);
    has(&page(&hub, "/ada/m").await, &["href=\"/login?next=%2Fada%2Fm\""]);
}

#[tokio::test]
async fn weights_are_shown_as_a_tree_a_picture_and_sums() {
    let hub = with_model().await;
    for asked in ["show_file_info", "show_tensors"] {
        let answer = hub.browser().get(&format!("/ada/m?{asked}=model.safetensors")).await.expect(303);
        assert_eq!(answer.header("location"), "/ada/m/tensors/main/model.safetensors");
    }
    let text = page(&hub, "/ada/m/tensors/main/model.safetensors").await;
    has(&text, &["[2, 3]", "F32", "BF16", "32 bytes", "Normalization", "Feed-forward", "<svg", "pt</code>"]);
    let branch = page(&hub, "/ada/m/tensors/main/model.safetensors?at=model.layers.0.mlp").await;
    assert!(branch.contains("[2, 3]") && !branch.contains("[4]"));
    for (path, status) in [
        ("/ada/m/tensors/main/model.safetensors?at=model.none", 404),
        ("/ada/m/tensors/main/none.safetensors", 404),
        ("/ada/m/tensors/main/train.py", 400),
        ("/ada/m/tensors/none/model.safetensors", 404),
    ] {
        is_page(&hub.browser().get(path).await.expect(status));
    }
}

#[tokio::test]
async fn what_is_not_there_yet_says_so() {
    let hub = with_model().await;
    for path in
        ["/ada/m/discussions", "/ada/m/discussions/1", "/ada/m/community", "/datasets/ada/d/viewer/a/b"]
    {
        let answer = hub.browser().get(path).await.expect(501);
        is_page(&answer);
        has(&answer.text(), &["on this hub"]);
    }
    hub.browser().get("/ada/m/viewer").await.expect(404);
}
