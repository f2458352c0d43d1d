//! Cards of Spaces. The keys and their values are those of Appendix F of the feature inventory.

use serde_json::Value;

use super::fields::Checker;

/// `streamlit` is no longer offered for new Spaces and still stands in old ones.
const SDKS: [&str; 4] = ["gradio", "docker", "static", "streamlit"];
const COLORS: [&str; 8] = ["red", "yellow", "green", "blue", "indigo", "purple", "pink", "gray"];
const HEADERS: [&str; 3] =
    ["cross-origin-embedder-policy", "cross-origin-opener-policy", "cross-origin-resource-policy"];
/// Thirty days.
const MAX_OAUTH_MINUTES: u64 = 43_200;
/// Longer ones are cut on the card of a Space.
const MAX_SHORT_DESCRIPTION: usize = 60;

pub(super) fn check(checker: &mut Checker<'_>) {
    look(checker);
    program(checker);
    for key in ["pinned", "fullWidth", "disable_embedding", "hf_oauth"] {
        checker.boolean(key);
    }
    for key in ["models", "datasets", "preload_from_hub", "hf_oauth_scopes"] {
        checker.string_or_list(key);
    }
    if let Some(minutes) = checker.value("hf_oauth_expiration_minutes")
        && !minutes.as_u64().is_some_and(|minutes| (1..=MAX_OAUTH_MINUTES).contains(&minutes))
    {
        checker.error(format!(
            "\"hf_oauth_expiration_minutes\" must be a whole number from 1 to {MAX_OAUTH_MINUTES}"
        ));
    }
    custom_headers(checker);
}

fn look(checker: &mut Checker<'_>) {
    checker.string("title");
    if let Some(emoji) = checker.string("emoji")
        && (emoji.is_empty() || emoji.len() > 64 || emoji.chars().any(|c| c.is_ascii_alphabetic()))
    {
        checker.error("\"emoji\" must be an emoji");
    }
    for key in ["colorFrom", "colorTo"] {
        checker.one_of(key, &COLORS);
    }
    if let Some(text) = checker.string("short_description")
        && text.chars().count() > MAX_SHORT_DESCRIPTION
    {
        checker.warn(format!(
            "\"short_description\" is longer than {MAX_SHORT_DESCRIPTION} characters and will be cut"
        ));
    }
    checker.one_of("header", &["mini", "default"]);
}

fn program(checker: &mut Checker<'_>) {
    if checker.value("sdk").is_none() {
        checker.warn(format!(
            "\"sdk\" is missing, so the Space cannot run: write one of [{}]",
            SDKS[..3].join(", ")
        ));
    }
    checker.one_of("sdk", &SDKS);
    for key in ["sdk_version", "python_version"] {
        match checker.value(key) {
            None | Some(Value::String(_)) => {}
            // 3.10 is the number 3.1 by the time anyone can ask.
            Some(number @ Value::Number(_)) => {
                checker.warn(format!("\"{key}\" is read as the number {number}: put quotes around it"));
            }
            Some(_) => checker.error(format!("\"{key}\" must be a string")),
        }
    }
    for key in [
        "app_file",
        "app_build_command",
        "suggested_hardware",
        "suggested_storage",
        "startup_duration_timeout",
    ] {
        checker.string(key);
    }
    if let Some(port) = checker.value("app_port")
        && !port.as_u64().is_some_and(|port| (1..=65_535).contains(&port))
    {
        checker.error("\"app_port\" must be a whole number from 1 to 65535");
    }
    if checker.string("base_path").is_some_and(|path| !path.starts_with('/')) {
        checker.error("\"base_path\" must begin with `/`");
    }
}

fn custom_headers(checker: &mut Checker<'_>) {
    let Some(headers) = checker.value("custom_headers") else { return };
    let Some(headers) = headers.as_object() else {
        checker.error("\"custom_headers\" must be an object with keys and values");
        return;
    };
    for (name, value) in headers {
        if !HEADERS.contains(&name.as_str()) {
            checker.error(format!("The keys of \"custom_headers\" must be among [{}]", HEADERS.join(", ")));
        } else if !value.is_string() {
            checker.error(format!("\"custom_headers.{name}\" must be a string"));
        }
    }
}
