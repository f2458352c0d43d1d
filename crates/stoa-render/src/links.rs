//! Where the links and pictures of a text lead: into its repository, elsewhere on the hub, to another host, or nowhere.

use crate::escape::push_escaped;

/// Addresses longer than this lead nowhere.
const LONGEST: usize = 4096;

/// What ids of a text are prefixed with, so that they cannot stand for parts of the page around it.
pub(crate) const ID_PREFIX: &str = "user-content-";

/// What a text needs to know about where it stands.
#[derive(Clone, Copy)]
pub struct Links<'a> {
    /// What relative links lead to: `/ada/m/blob/main/`.
    pub page: &'a str,
    /// Where relative pictures, sounds and films are loaded from: `/ada/m/resolve/main/`.
    pub file: &'a str,
    /// The folder of the text inside the repository: `docs/`, or empty.
    pub folder: &'a str,
    /// The hub's own origin, `https://hub.example`, so that whole addresses of it count as its own. May be empty.
    pub origin: &'a str,
    /// Pictures for `<Gallery />`: address and caption.
    pub gallery: &'a [(String, String)],
    /// Whether there is time left for highlighting code; asked once per line.
    pub budget: &'a dyn Fn() -> bool,
}

impl<'a> Links<'a> {
    /// For a text at the root of a repository, without a gallery and with all the time it needs.
    pub fn new(page: &'a str, file: &'a str) -> Self {
        Self { page, file, folder: "", origin: "", gallery: &[], budget: &|| true }
    }

    /// Where a link leads.
    pub(crate) fn link(&self, address: &str) -> Target {
        match self.target(address, self.page) {
            Target::Here(path) => Target::Here(prefix_fragment(path)),
            target => target,
        }
    }

    /// Where a picture, sound or film is.
    pub(crate) fn media(&self, address: &str) -> Target {
        self.target(address, self.file)
    }

    fn target(&self, address: &str, base: &str) -> Target {
        let Some(address) = clean(address) else { return Target::Nowhere };
        if let Some(fragment) = address.strip_prefix('#') {
            return Target::Fragment(anchor(fragment));
        }
        if let Some((scheme, rest)) = scheme(&address) {
            return match scheme.as_str() {
                "http" | "https" => self.absolute(&scheme, rest),
                "mailto" => Target::Mail(format!("mailto:{}", encoded(rest))),
                _ => Target::Nowhere,
            };
        }
        let (path, tail) = split(&address);
        let path = path.replace('\\', "/");
        if path.starts_with("//") {
            return self.absolute("https", &format!("{path}{tail}"));
        }
        let tail = encoded(tail);
        match path.strip_prefix('/') {
            Some(path) => Target::Here(format!("/{}{tail}", normalized("", path))),
            None => Target::Here(format!("{base}{}{tail}", normalized(self.folder, &path))),
        }
    }

    /// `rest` follows the colon.
    fn absolute(&self, scheme: &str, rest: &str) -> Target {
        let (path, tail) = split(rest);
        let path = path.replace('\\', "/");
        // Browsers take any number of slashes for two.
        let path = path.trim_start_matches('/');
        let end = path.find('/').unwrap_or(path.len());
        let (authority, path) = path.split_at(end);
        let host = authority.rsplit('@').next().unwrap_or_default().to_lowercase();
        if host.is_empty() || host.starts_with(':') {
            return Target::Nowhere;
        }
        let tail = encoded(tail);
        if authority == host && format!("{scheme}://{host}") == self.origin {
            return Target::Here(format!("/{}{tail}", normalized("", path.trim_start_matches('/'))));
        }
        Target::Elsewhere { url: format!("{scheme}://{}{}{tail}", encoded(authority), encoded(path)), host }
    }
}

/// Where an address leads.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Target {
    /// A path on this hub.
    Here(String),
    /// A part of the same text; without the prefix of ids.
    Fragment(String),
    /// Another host.
    Elsewhere { url: String, host: String },
    /// An address to write to.
    Mail(String),
    /// Nothing that anyone should follow.
    Nowhere,
}

/// The address as a browser reads it, or nothing if it is too long or has control characters inside.
fn clean(address: &str) -> Option<String> {
    let address = address.trim_matches(|c: char| c <= ' ');
    if address.len() > LONGEST {
        return None;
    }
    let address: String = address.chars().filter(|c| !matches!(c, '\t' | '\n' | '\r')).collect();
    (!address.chars().any(char::is_control)).then_some(address)
}

/// The scheme in lower case and what follows its colon.
fn scheme(address: &str) -> Option<(String, &str)> {
    let at = address.find([':', '/', '?', '#', '\\'])?;
    let (scheme, rest) = address.split_at(at);
    let rest = rest.strip_prefix(':')?;
    // Whatever stands before a first colon counts as a scheme, even if it could not be one: `java\u{1}script:`.
    Some((scheme.to_ascii_lowercase(), rest))
}

/// Path, and query with fragment.
fn split(address: &str) -> (&str, &str) {
    address.split_at(address.find(['?', '#']).unwrap_or(address.len()))
}

/// `folder` and `path` joined, with `.` and `..` resolved; nothing leads out of the root.
fn normalized(folder: &str, path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    let folder = folder.trim_end_matches('/');
    let all =
        if path.is_empty() && !folder.is_empty() { format!("{folder}/") } else { format!("{folder}/{path}") };
    let mut open = false;
    for part in all.split('/') {
        // Browsers take `%2e` for a dot here.
        let dots = part.to_ascii_lowercase().replace("%2e", ".");
        open = false;
        match dots.as_str() {
            "" | "." => open = true,
            ".." => {
                parts.pop();
                open = true;
            }
            _ => parts.push(part),
        }
    }
    let mut joined = parts.join("/");
    if open && !joined.is_empty() {
        joined.push('/');
    }
    encoded(&joined)
}

/// Characters that do not belong into an address are percent-encoded.
fn encoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            ' ' => out.push_str("%20"),
            '"' => out.push_str("%22"),
            '<' => out.push_str("%3C"),
            '>' => out.push_str("%3E"),
            '\\' => out.push_str("%5C"),
            '`' => out.push_str("%60"),
            '{' => out.push_str("%7B"),
            '}' => out.push_str("%7D"),
            c => out.push(c),
        }
    }
    out
}

/// Fragments of other texts get the prefix that their ids have; line numbers of files do not.
fn prefix_fragment(path: String) -> String {
    let Some((file, fragment)) = path.split_once('#') else { return path };
    let text = file.ends_with(".md") || file.ends_with(".ipynb");
    if !text || fragment.is_empty() || fragment.starts_with(ID_PREFIX) {
        return path;
    }
    let line = fragment.strip_prefix('L').is_some_and(|n| n.starts_with(|c: char| c.is_ascii_digit()));
    if line { path } else { format!("{file}#{ID_PREFIX}{}", anchor(fragment)) }
}

/// How an id or a fragment is written here, so that links find their targets whatever the case and encoding.
pub(crate) fn anchor(text: &str) -> String {
    let decoded = percent_decoded(text);
    let mut out = String::with_capacity(decoded.len());
    for c in decoded.trim().chars().take(200) {
        match c {
            c if c.is_whitespace() => out.push('-'),
            c if c.is_control() || matches!(c, '"' | '\'' | '<' | '>' | '&' | '`' | '\\' | '%' | '#') => {}
            c => out.extend(c.to_lowercase()),
        }
    }
    match out.strip_prefix(ID_PREFIX) {
        Some(bare) => bare.to_owned(),
        None => out,
    }
}

fn percent_decoded(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let byte = (bytes[at] == b'%')
            .then(|| text.get(at + 1..at + 3))
            .flatten()
            .and_then(|digits| u8::from_str_radix(digits, 16).ok());
        out.push(byte.unwrap_or(bytes[at]));
        at += if byte.is_some() { 3 } else { 1 };
    }
    String::from_utf8_lossy(&out).into_owned()
}

/// A link in place of something on another host: it is never loaded, only linked to.
pub(crate) fn elsewhere(url: &str, host: &str, alt: &str, inside_link: bool) -> String {
    let shown = if alt.trim().is_empty() { host } else { alt };
    let mut out = String::new();
    if inside_link {
        out.push_str("<span class=\"elsewhere\">");
        push_escaped(&mut out, shown);
        out.push_str("</span>");
    } else {
        out.push_str("<a class=\"elsewhere\" href=\"");
        push_escaped(&mut out, url);
        out.push_str("\" rel=\"nofollow noopener\">");
        push_escaped(&mut out, shown);
        out.push_str("</a>");
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn links() -> Links<'static> {
        let mut links = Links::new("/ada/m/blob/main/", "/ada/m/resolve/main/");
        links.folder = "docs/";
        links.origin = "https://hub.example";
        links
    }

    fn here(path: &str) -> Target {
        Target::Here(path.to_owned())
    }

    #[test]
    fn relative_addresses_stay_in_the_repository() {
        assert_eq!(links().link("a.txt"), here("/ada/m/blob/main/docs/a.txt"));
        assert_eq!(links().link("./x/../a.txt?plain=1#L3"), here("/ada/m/blob/main/docs/a.txt?plain=1#L3"));
        assert_eq!(links().link("../../../../eve/m"), here("/ada/m/blob/main/eve/m"));
        assert_eq!(links().link("%2e%2E/..\\%2e./eve"), here("/ada/m/blob/main/eve"));
        assert_eq!(links().media("../a b.png"), here("/ada/m/resolve/main/a%20b.png"));
        assert_eq!(links().link("../"), here("/ada/m/blob/main/"));
    }

    #[test]
    fn addresses_of_the_hub_are_its_own() {
        assert_eq!(links().link("/bob/d"), here("/bob/d"));
        assert_eq!(links().link("https://hub.example/bob/d?x#y"), here("/bob/d?x#y"));
        let elsewhere =
            |url: &str, host: &str| Target::Elsewhere { url: url.to_owned(), host: host.to_owned() };
        assert_eq!(
            links().link("https://hub.example.org/x"),
            elsewhere("https://hub.example.org/x", "hub.example.org")
        );
        assert_eq!(links().link("//other.example/x"), elsewhere("https://other.example/x", "other.example"));
        assert_eq!(links().link("/\\other.example"), elsewhere("https://other.example", "other.example"));
        assert_eq!(links().link("https:other.example"), elsewhere("https://other.example", "other.example"));
        let disguised = elsewhere("https://hub.example@other.example/", "other.example");
        assert_eq!(links().link("https://hub.example@other.example/"), disguised);
    }

    #[test]
    fn schemes_that_run_code_lead_nowhere() {
        for address in [
            "javascript:alert(1)",
            " \u{1}JaVaScRiPt:alert(1)",
            "java\nscript:alert(1)",
            "java\u{0}script:alert(1)",
            "vbscript:x",
            "data:text/html,x",
            "blob:x",
            "file:///etc/passwd",
            "https://",
            "https://:80",
        ] {
            assert_eq!(links().link(address), Target::Nowhere, "{address:?}");
        }
    }

    #[test]
    fn fragments_find_the_ids_of_texts() {
        assert_eq!(links().link("#Model%20Details"), Target::Fragment("model-details".to_owned()));
        assert_eq!(links().link("b.md#Usage"), here("/ada/m/blob/main/docs/b.md#user-content-usage"));
        assert_eq!(links().link("b.md#L10-L12"), here("/ada/m/blob/main/docs/b.md#L10-L12"));
    }
}
