//! What went wrong, for people: every error of every address that a browser opens.

use askama::Template;
use stoa_core::Time;
use stoa_http::{Problem, cookies};

use crate::parts::frame::{Frame, Section};
use crate::visit::{POLICY, theme};
use crate::words::Words;

#[derive(Template)]
#[template(path = "problem.html")]
struct ProblemPage<'a> {
    page: Frame,
    status: u16,
    title: String,
    message: &'a str,
    hint: Option<String>,
    request_id: &'a str,
    /// Where to sign in, if that could help.
    sign_in: Option<String>,
}

/// Whether what programs are told helps people, too: some sentences are only what clients compare.
fn told(problem: &Problem<'_>) -> bool {
    problem.code != "RepoNotFound" && problem.message != "Invalid username or password."
}

/// Draws the page about a problem: its HTML and its policy.
pub fn draw_problem(problem: &Problem<'_>) -> (String, &'static str) {
    let words = Words::of(problem.headers);
    let signed_in = cookies::find(problem.headers, cookies::SESSION).is_some();
    let page = Frame {
        words,
        now: Time::from_secs(0),
        user: None,
        admin: false,
        proof: String::new(),
        theme: theme(problem.headers),
        section: Section::Other,
        path: problem.path.to_owned(),
        origin: String::new(),
        notice: None,
        open: true,
        sign_up: false,
    };
    let status = problem.status.as_u16();
    // A private repository and a missing one are the same to visitors, and so is what they read.
    let about = if status == 401 && problem.code == "RepoNotFound" { 404 } else { status };
    let sign_in = (matches!(status, 401 | 404) && !signed_in).then(|| page.sign_in());
    let known = |text: &str| words.known(&format!("problem-{about}{text}"));
    let shown = ProblemPage {
        page,
        status: about,
        title: known("").unwrap_or_else(|| words.t("problem-title")),
        message: if told(problem) { problem.message } else { "" },
        hint: known("-hint"),
        request_id: problem.request_id,
        sign_in,
    };
    let html =
        shown.render().unwrap_or_else(|_| problem.message.chars().filter(|c| !"<>&".contains(*c)).collect());
    (html, POLICY)
}
