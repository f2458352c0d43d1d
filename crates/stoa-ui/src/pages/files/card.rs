//! What a new card begins with: front matter that programs read, and the headings that readers look for.

use stoa_core::RepoKind;

/// The beginning of the `README.md` of a repository.
pub(super) fn template(kind: RepoKind, name: &str) -> String {
    let (front, body) = match kind {
        RepoKind::Model => (
            "license: apache-2.0\nlanguage:\n- en\n",
            "## What it does\n\nSay in two sentences what the model is for, and for whom.\n\n## How to use it\n\n```python\n\
             # The shortest program that shows it at work\n```\n\n## Training\n\nOn which data, with which settings, on \
             which machines.\n\n## Evaluation\n\nWhat was measured, how, and what came out.\n\n## Limits\n\nWhat it cannot \
             do, and what it should not be used for.\n",
        ),
        RepoKind::Dataset => (
            "license: cc-by-4.0\nlanguage:\n- en\n",
            "## What is in it\n\nSay in two sentences what the rows are, and how many there are.\n\n## Columns\n\n| Column | \
             Type | Meaning |\n|---|---|---|\n|  |  |  |\n\n## Where it comes from\n\nWho collected it, when, and how.\n\n## \
             Limits\n\nWhat is missing, what is skewed, and what it should not be used for.\n",
        ),
        RepoKind::Space => (
            "sdk: static\nlicense: apache-2.0\n",
            "Say in two sentences what the Space shows, and how to use it.\n",
        ),
    };
    format!("---\n{front}---\n\n# {name}\n\n{body}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_card_from_the_template_can_be_committed_as_it_is() {
        for kind in [RepoKind::Model, RepoKind::Dataset, RepoKind::Space] {
            let report = stoa_meta::validate::validate(kind, &template(kind, "m"));
            assert!(report.errors.is_empty(), "{kind:?}: {:?}", report.errors);
        }
    }
}
