//! Icons, drawn with lines on a field of 16 by 16. They stand beside words, so screen readers pass over them.

use crate::markup::Markup;

/// Name and path of each.
const ICONS: &[(&str, &str)] = &[
    ("stoa", "M2 6 8 2.5 14 6zM3.5 6v6.5M6.5 6v6.5M9.5 6v6.5M12.5 6v6.5M2 13.5h12"),
    ("search", "M7 12A5 5 0 1 0 7 2a5 5 0 0 0 0 10zM10.8 10.8 14 14"),
    ("model", "M8 1.8 13.5 5v6L8 14.2 2.5 11V5zM2.5 5 8 8.2 13.5 5M8 8.2v6"),
    (
        "dataset",
        "M2.5 4c0-2.4 11-2.4 11 0v8c0 2.4-11 2.4-11 0zM2.5 4c0 2.4 11 2.4 11 0M2.5 8c0 2.4 11 2.4 11 0",
    ),
    ("space", "M2 3.5h12v9H2zM2 6.2h12M4 4.9h.1M6 4.9h.1"),
    (
        "docs",
        "M8 3.5C6.5 2.3 4 2.3 2 2.800v9.700c2-.5 4.5-.5 6 .7 1.5-1.2 4-1.2 6-.7V2.800c-2-.5-4.5-.5-6 .7zM8 3.500v9.7",
    ),
    (
        "people",
        "M6 7.500a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5zM1.5 13.500c0-5 9-5 9 0M11 7.500a2.2 2.2 0 1 0-.5-4.400M12 9.200c2 .3 2.7 2 2.5 4.3",
    ),
    ("person", "M8 8a3 3 0 1 0 0-6 3 3 0 0 0 0 6zM2.5 14c0-6 11-6 11 0"),
    (
        "settings",
        "M2 4.500h7M12 4.500h2M2 11.500h2M7 11.500h7M10.5 6.200a1.7 1.7 0 1 0 0-3.4 1.7 1.7 0 0 0 0 3.400zM5.5 13.200a1.7 1.7 0 1 0 0-3.4 1.7 1.7 0 0 0 0 3.400z",
    ),
    ("admin", "M8 1.8 13.5 4v4c0 3.5-2.5 5.5-5.5 6.500C5 13.5 2.5 11.5 2.5 8V4z"),
    ("out", "M6 2.500H2.500v11H6M10.5 5 13.5 8l-3 3M13.5 8H6"),
    ("done", "M2.5 8.5 6 12l7.5-8"),
    ("warning", "M8 2 14.5 13.500h-13zM8 6.500V10M8 11.800v.1"),
    ("info", "M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12zM8 7.200V11M8 5v.1"),
    ("lock", "M3.5 7.500h9v6.500h-9zM5.5 7.500v-2a2.5 2.5 0 0 1 5 0v2"),
    ("gate", "M2.5 14V3.500h11V14M2.5 6.500h11M6 6.500V14M10 6.500V14"),
    ("heart", "M8 13.500C-2 7.5 4 .5 8 4.800c4-4.3 10 2.7 0 8.700z"),
    ("download", "M8 2v8M4.5 7 8 10.5 11.5 7M2.5 13.500h11"),
    ("upload", "M8 10.500v-8M4.5 6 8 2.5 11.5 6M2.5 13.500h11"),
    ("file", "M3.5 1.800h6l3 3v9.400h-9zM9.5 1.800v3h3"),
    ("folder", "M1.8 3.500h4.500l1.5 1.700h6.400v7.800H1.800z"),
    ("link", "M6.5 9.5 9.5 6.500M7 5l2-2a2.8 2.8 0 0 1 4 4l-2 2M9 11l-2 2a2.8 2.8 0 0 1-4-4l2-2"),
    ("commit", "M8 10.500a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5zM1.5 8h4M10.5 8h4"),
    (
        "branch",
        "M4.5 5.500v5M4.5 5.500a1.7 1.7 0 1 0 0-3.4 1.7 1.7 0 0 0 0 3.400zM4.5 13.900a1.7 1.7 0 1 0 0-3.4 1.7 1.7 0 0 0 0 3.400zM11.5 5.900a1.7 1.7 0 1 0 0-3.4 1.7 1.7 0 0 0 0 3.400zM11.5 5.900c0 3-7 2-7 4.6",
    ),
    ("tag", "M2 2.500h5.500l6.5 6.5-5 5L2.5 7.500zM5 5.200v.1"),
    ("clock", "M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12zM8 4.500V8l2.5 1.7"),
    ("edit", "M2.5 13.500l.7-3L10.5 3.200a1.6 1.6 0 0 1 2.3 2.300L5.5 12.800z"),
    ("trash", "M2.5 4h11M6 4V2.500h4V4M4 4l.7 10h6.600L12 4M6.7 6.500v5M9.3 6.500v5"),
    ("plus", "M8 3v10M3 8h10"),
    ("copy", "M5.5 5.500h8v8h-8zM5.5 10.500h-3v-8h8v3"),
    ("code", "M5.5 4.5 2 8l3.5 3.500M10.5 4.5 14 8l-3.5 3.5"),
    ("chart", "M2 13.500h12M4 11V8M7 11V4.500M10 11V6.500M13 11V3"),
    ("trend", "M2 11.5 6 7.5 9 10 14 4.500M10.5 4.500H14V8"),
    ("tree", "M3 3.500h3M6 3.500v9M6 8h3.500M6 12.500h3.500M10.5 8h3M10.5 12.500h3"),
    ("next", "M6 3.5 10.5 8 6 12.5"),
    ("previous", "M10 3.5 5.5 8l4.5 4.5"),
    ("down", "M3.5 6 8 10.5 12.5 6"),
    ("close", "M3.5 3.500l9 9M12.5 3.500l-9 9"),
    ("key", "M5 11.500a3.2 3.2 0 1 0 0-6.4 3.2 3.2 0 0 0 0 6.400zM8.2 8.300H14.500M12 8.300v2.5"),
    ("mail", "M2 3.500h12v9H2zM2 4.500l6 4.5 6-4.5"),
    ("talk", "M2 2.500h12v8H8l-3.5 3v-3H2z"),
    ("play", "M4.5 2.5 13 8l-8.5 5.500z"),
    ("leaf", "M3 13C2 6 6.5 3 13.5 2.5 13.5 9 11 13.5 4.5 12M3 14c1-4 3-6 6-7.5"),
    ("scale", "M8 2v12M4.5 14h7M3 4.500h10M3 4.5 1.2 9h3.600zM13 4.5 11.2 9h3.600z"),
    ("globe", "M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12zM2 8h12M8 2c-4 4-4 8 0 12 4-4 4-8 0-12z"),
    (
        "chip",
        "M4.5 4.500h7v7h-7zM6 2v2.500M10 2v2.500M6 11.500V14M10 11.500V14M2 6h2.500M2 10h2.500M11.5 6H14M11.5 10H14",
    ),
];

/// An icon; an empty field for a name that is not in the table, which a test finds.
pub(crate) fn icon(name: &str) -> Markup {
    let path = ICONS.iter().find(|(known, _)| *known == name).map_or("", |(_, path)| path);
    Markup(format!(
        "<svg class=\"icon\" viewBox=\"0 0 16 16\" aria-hidden=\"true\"><path d=\"{path}\"/></svg>"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_icon_that_a_template_names_exists() {
        let mut folders = vec![std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src")];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).expect("a folder").flatten() {
                let path = entry.path();
                if path.is_dir() {
                    folders.push(path);
                } else if path.extension().is_some_and(|extension| extension == "html") {
                    let text = std::fs::read_to_string(&path).expect("a template");
                    for rest in text.split("icon(\"").skip(1) {
                        let name = rest.split('"').next().unwrap_or_default();
                        assert!(ICONS.iter().any(|(known, _)| *known == name), "{}: {name}", path.display());
                    }
                }
            }
        }
    }
}
