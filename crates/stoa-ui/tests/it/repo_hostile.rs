//! What strangers write into cards and names of files stays text.

use serde_json::json;

use super::{hub, is_page};

/// What would run, load or lead astray if it came through.
const HOSTILE: &[&str] = &[
    "<script>alert(1)</script>",
    "\"><img src=x onerror=alert(1)>",
    "'\"><svg/onload=alert(1)>",
    "javascript:alert(1)",
    "[x](javascript:alert(1))",
    "</code></pre></details><script>alert(1)</script>",
    "{{constructor.constructor('alert(1)')()}}",
    "<iframe srcdoc='<script>alert(1)</script>'>",
    "<style>*{display:none}</style>",
    "<a href=\"data:text/html,<script>alert(1)</script>\">x</a>",
];

/// Elements that no page has, whoever asks for them.
const FORBIDDEN: &[&str] = &["iframe", "style", "object", "embed", "base", "meta-refresh", "template"];

/// Reads the page tag by tag, as the templates write them: nothing of a stranger may have become a tag, an attribute, or an
/// address that runs.
#[track_caller]
fn is_harmless(page: &str) {
    let mut rest = page;
    while let Some(at) = rest.find('<') {
        rest = &rest[at + 1..];
        let name: String =
            rest.chars().take_while(|c| c.is_ascii_alphanumeric() || "/!-".contains(*c)).collect();
        assert!(!name.is_empty(), "a bare `<` before {rest:.80}");
        rest = &rest[name.len()..];
        let mut scripts = name == "script";
        assert!(!FORBIDDEN.contains(&name.as_str()), "<{name}");
        loop {
            rest = rest.trim_start();
            if let Some(after) = rest.strip_prefix('>') {
                rest = after;
                break;
            }
            let key: String = rest.chars().take_while(|c| !c.is_whitespace() && !"=>".contains(*c)).collect();
            assert!(!key.is_empty() && !key.contains(['<', '"', '\'']), "<{name} … {rest:.80}");
            assert!(!key.starts_with("on") && key != "srcdoc", "<{name} {key}");
            rest = rest[key.len()..].trim_start();
            let Some(value) = rest.strip_prefix("=\"") else { continue };
            let (value, after) = value.split_once('"').expect("values are quoted");
            rest = after;
            let address = matches!(key.as_str(), "href" | "src" | "action" | "srcset" | "poster");
            let fine = ["/", "#", "?", "http://", "https://", "mailto:", "data:image/"];
            assert!(
                !address || fine.iter().any(|begin| value.starts_with(begin)),
                "<{name} {key}=\"{value}\""
            );
            scripts &= !(key == "src" && value.starts_with("/static/"));
        }
        assert!(!scripts, "a script without a file of ours");
    }
}

#[tokio::test]
async fn nothing_in_a_card_becomes_part_of_the_page() {
    let hub = hub().await;
    let ada = hub.as_user("ada");
    for (at, hostile) in HOSTILE.iter().enumerate() {
        let text = json!(hostile);
        let card = format!(
            "---\nlicense: other\nlicense_name: {text}\nlicense_link: {text}\nlanguage: [{text}]\ntags: [{text}]\nbase_model: [{text}]\n\
             datasets: [{text}]\nnew_version: {text}\nextra_gated_prompt: {text}\nco2_eq_emissions: {{emissions: 1, source: {text}}}\n\
             widget: [{{text: {text}, output: {{url: {text}}}}}]\nmodel-index:\n- name: {text}\n  results:\n  - task: {{type: {text}, name: {text}}}\n    \
             dataset: {{type: {text}, name: {text}}}\n    source: {{name: {text}, url: {text}}}\n    metrics:\n    - {{type: {text}, value: {text}, name: {text}}}\n---\n\
             # {hostile}\n\n{hostile}\n"
        );
        let id = format!("ada/m{at}");
        ada.create(&id).await.ok();
        ada.commit(&id, &[("README.md", card.as_bytes())]).await.ok();
        ada.put_json(&format!("/api/models/{id}/settings"), &json!({ "gated": "auto" })).await.ok();
        let answer = hub.browser().get(&format!("/{id}")).await.expect(200);
        is_page(&answer);
        is_harmless(&answer.text());
    }
}

#[tokio::test]
async fn nothing_in_the_card_of_a_dataset_or_a_space_becomes_part_of_the_page() {
    let hub = hub().await;
    let ada = hub.as_user("ada");
    ada.create("datasets/ada/d").await.ok();
    ada.create("spaces/ada/s").await.ok();
    for hostile in HOSTILE {
        let text = json!(hostile);
        let card = format!(
            "---\npretty_name: {text}\nsize_categories: [{text}]\ntask_categories: [{text}]\nconfigs:\n- config_name: {text}\n  data_files: [{{split: {text}, path: {text}}}]\n\
             dataset_info:\n  config_name: {text}\n  features: [{{name: {text}, dtype: {text}}}]\n  splits: [{{name: {text}, num_examples: 3}}]\n---\n{hostile}\n"
        );
        ada.commit("datasets/ada/d", &[("README.md", card.as_bytes())]).await;
        let card = format!(
            "---\nsdk: static\ntitle: {text}\nemoji: {text}\nshort_description: {text}\nmodels: [{text}]\ndatasets: [{text}]\n---\n{hostile}\n"
        );
        ada.commit("spaces/ada/s", &[("README.md", card.as_bytes())]).await;
        for path in ["/datasets/ada/d", "/spaces/ada/s"] {
            let answer = hub.browser().get(path).await.expect(200);
            is_page(&answer);
            is_harmless(&answer.text());
        }
    }
}

#[tokio::test]
async fn names_of_files_and_tensors_stay_text() {
    let hub = hub().await;
    let ada = hub.as_user("ada");
    for repo in ["ada/m", "spaces/ada/s"] {
        ada.create(repo).await.ok();
    }
    let name = "\"><img src=x onerror=alert(1)>'`$(id).gguf";
    let weights = "<svg onload=alert(1)>.safetensors";
    let header = json!({ "<script>alert(1)</script>.\"><img src=x>": { "dtype": "U8", "shape": [1], "data_offsets": [0, 1] } }).to_string();
    let mut file = (header.len() as u64).to_le_bytes().to_vec();
    file.extend_from_slice(header.as_bytes());
    file.push(0);
    let files: [(&str, &[u8]); 2] = [(name, b"GGUF"), (weights, &file)];
    for repo in ["ada/m", "spaces/ada/s"] {
        ada.commit(repo, &files).await.ok();
    }
    let encoded = "%3Csvg%20onload=alert(1)%3E.safetensors";
    for path in ["/ada/m", "/spaces/ada/s", &format!("/ada/m/tensors/main/{encoded}")] {
        let answer = hub.browser().get(path).await.expect(200);
        is_page(&answer);
        is_harmless(&answer.text());
    }
}

/// The texts that the crate that makes cards harmless is held to, whole pages around them.
#[tokio::test]
async fn hostile_cards_stay_harmless_in_a_page() {
    let hub = hub().await;
    let ada = hub.as_user("ada");
    ada.create("ada/m").await.ok();
    let corpus = include_str!("../../../stoa-render/tests/it/xss.txt");
    let blocks: Vec<&str> = corpus.split("\n%%\n").skip(1).collect();
    assert!(blocks.len() > 50);
    for block in blocks {
        ada.commit("ada/m", &[("README.md", block.as_bytes())]).await;
        is_harmless(&hub.browser().get("/ada/m").await.expect(200).text());
    }
}
