//! Patterns with `*`, `**`, `?` and `[...]`, as git reads them in paths.
//!
//! Source: `wildmatch.c` of git with `WM_PATHNAME`, and `simple_length` and `match_pathname` of its `dir.c`. Instead of
//! backtracking, all ways to match are followed at once, so that no pattern takes exponential time.

/// A compiled pattern.
pub struct Pattern {
    /// What comes before the first special character.
    prefix: Vec<u8>,
    rest: Rest,
}

enum Rest {
    /// Nothing follows: the text equals the prefix.
    Nothing,
    /// `*` and then only ordinary characters, the most common pattern.
    Ending(Vec<u8>),
    Steps(Vec<Step>),
    /// The pattern is broken and matches nothing.
    Never,
}

enum Step {
    Byte(u8),
    /// Any byte but `/`.
    Any,
    /// Any of these bytes, never `/`.
    Class(Box<[bool; 256]>),
    /// Any bytes but `/`.
    Star,
    /// Any bytes.
    StarStar,
    /// Go on, or skip this step and two more: `**/` matches no folder too.
    Maybe,
}

impl Pattern {
    /// Compiles a pattern. Broken ones, such as `[a`, are kept and match nothing, as in git.
    pub fn new(pattern: &[u8]) -> Self {
        let (prefix, rest) = pattern.split_at(ordinary(pattern));
        // Git compares the prefix first and looks at the rest as if it stood alone: `a**/b` is `a` and then `**/b`.
        let rest = match rest {
            [] => Rest::Nothing,
            [b'*', ending @ ..] if ordinary(ending) == ending.len() => Rest::Ending(ending.to_vec()),
            _ => steps(rest).map_or(Rest::Never, Rest::Steps),
        };
        Self { prefix: prefix.to_vec(), rest }
    }

    /// How many places a match may have to remember at once, beside the first.
    pub fn cost(&self) -> usize {
        match &self.rest {
            Rest::Steps(steps) => {
                steps.iter().filter(|step| matches!(step, Step::Star | Step::StarStar)).count()
            }
            _ => 0,
        }
    }

    /// Whether the whole text matches.
    pub fn matches(&self, text: &[u8]) -> bool {
        let Some(text) = text.strip_prefix(self.prefix.as_slice()) else { return false };
        match &self.rest {
            Rest::Nothing => text.is_empty(),
            Rest::Ending(ending) => {
                text.strip_suffix(ending.as_slice()).is_some_and(|star| !star.contains(&b'/'))
            }
            Rest::Steps(steps) => walk(steps, text),
            Rest::Never => false,
        }
    }
}

fn ordinary(pattern: &[u8]) -> usize {
    pattern.iter().position(|b| matches!(b, b'*' | b'?' | b'[' | b'\\')).unwrap_or(pattern.len())
}

fn steps(pattern: &[u8]) -> Option<Vec<Step>> {
    let mut steps = Vec::new();
    let mut at = 0;
    while let Some(&byte) = pattern.get(at) {
        at += 1;
        match byte {
            b'\\' => {
                steps.push(Step::Byte(*pattern.get(at)?));
                at += 1;
            }
            b'?' => steps.push(Step::Any),
            b'[' => {
                let (class, next) = class(pattern, at)?;
                steps.push(Step::Class(class));
                at = next;
            }
            b'*' => {
                let start = at - 1;
                at += pattern[at..].iter().take_while(|b| **b == b'*').count();
                stars(pattern, start, at, &mut steps);
            }
            _ => steps.push(Step::Byte(byte)),
        }
    }
    Some(steps)
}

/// `**` crosses folders only between slashes or ends; elsewhere it is `*`.
fn stars(pattern: &[u8], start: usize, end: usize, steps: &mut Vec<Step>) {
    let after = &pattern[end..];
    let opens = start == 0 || pattern[start - 1] == b'/';
    let closes = after.is_empty() || after.starts_with(b"/") || after.starts_with(b"\\/");
    if end - start < 2 || !opens || !closes {
        steps.push(Step::Star);
        return;
    }
    if after.starts_with(b"/") {
        steps.push(Step::Maybe);
    }
    steps.push(Step::StarStar);
}

/// The set that begins after the `[` at `at - 1`, and where the pattern goes on.
fn class(pattern: &[u8], mut at: usize) -> Option<(Box<[bool; 256]>, usize)> {
    let mut set = Box::new([false; 256]);
    let negated = matches!(pattern.get(at)?, b'!' | b'^');
    at += usize::from(negated);
    let mut previous = 0;
    loop {
        let byte = *pattern.get(at)?;
        let next = pattern.get(at + 1).copied();
        let mut current = byte;
        if byte == b'\\' {
            current = next?;
            at += 1;
            set[usize::from(current)] = true;
        } else if byte == b'-' && previous != 0 && next.is_some_and(|b| b != b']') {
            at += 1;
            if pattern[at] == b'\\' {
                at += 1;
            }
            let last = *pattern.get(at)?;
            (previous..=last).for_each(|b| set[usize::from(b)] = true);
            current = 0;
        } else if byte == b'[' && next == Some(b':') {
            let start = at + 2;
            let end = start + pattern[start..].iter().position(|b| *b == b']')?;
            if end > start && pattern[end - 1] == b':' {
                named(&pattern[start..end - 1], &mut set)?;
                at = end;
                current = 0;
            } else {
                set[usize::from(b'[')] = true;
            }
        } else {
            set[usize::from(byte)] = true;
        }
        previous = current;
        at += 1;
        if *pattern.get(at)? == b']' {
            break;
        }
    }
    if negated {
        set.iter_mut().for_each(|member| *member = !*member);
    }
    set[usize::from(b'/')] = false;
    Some((set, at + 1))
}

fn named(name: &[u8], set: &mut [bool; 256]) -> Option<()> {
    let test: fn(&u8) -> bool = match name {
        b"alnum" => u8::is_ascii_alphanumeric,
        b"alpha" => u8::is_ascii_alphabetic,
        b"blank" => |b| matches!(b, b' ' | b'\t'),
        b"cntrl" => u8::is_ascii_control,
        b"digit" => u8::is_ascii_digit,
        b"graph" => u8::is_ascii_graphic,
        b"lower" => u8::is_ascii_lowercase,
        b"print" => |b| matches!(b, b' '..=b'~'),
        b"punct" => u8::is_ascii_punctuation,
        b"space" => |b| matches!(b, b' ' | b'\t'..=b'\r'),
        b"upper" => u8::is_ascii_uppercase,
        b"xdigit" => u8::is_ascii_hexdigit,
        _ => return None,
    };
    for byte in 0..=u8::MAX {
        set[usize::from(byte)] |= test(&byte);
    }
    Some(())
}

fn walk(steps: &[Step], text: &[u8]) -> bool {
    let mut here = Places::new(steps.len());
    let mut next = Places::new(steps.len());
    here.reach(steps, 0);
    for &byte in text {
        for &place in &here.list {
            match steps.get(place) {
                Some(Step::Star) if byte != b'/' => next.reach(steps, place),
                Some(Step::StarStar) => next.reach(steps, place),
                Some(Step::Byte(wanted)) if *wanted == byte => next.reach(steps, place + 1),
                Some(Step::Any) if byte != b'/' => next.reach(steps, place + 1),
                Some(Step::Class(set)) if set[usize::from(byte)] => next.reach(steps, place + 1),
                _ => {}
            }
        }
        if next.list.is_empty() {
            return false;
        }
        std::mem::swap(&mut here, &mut next);
        next.clear();
    }
    here.seen[steps.len()]
}

/// The steps that may come next, each once. Place `steps.len()` is the end of the pattern.
struct Places {
    list: Vec<usize>,
    seen: Vec<bool>,
}

impl Places {
    fn new(steps: usize) -> Self {
        Self { list: Vec::new(), seen: vec![false; steps + 1] }
    }

    /// Adds a place and those it leads to without a byte.
    fn reach(&mut self, steps: &[Step], place: usize) {
        if std::mem::replace(&mut self.seen[place], true) {
            return;
        }
        self.list.push(place);
        // Recursion: `**/` leads past itself, so it is as deep as the pattern has such parts one after the other.
        match steps.get(place) {
            Some(Step::Star | Step::StarStar) => self.reach(steps, place + 1),
            Some(Step::Maybe) => {
                self.reach(steps, place + 1);
                self.reach(steps, place + 3);
            }
            _ => {}
        }
    }

    fn clear(&mut self) {
        for place in self.list.drain(..) {
            self.seen[place] = false;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(pattern: &str, yes: &[&str], no: &[&str]) {
        let compiled = Pattern::new(pattern.as_bytes());
        for text in yes {
            assert!(compiled.matches(text.as_bytes()), "{pattern} should match {text}");
        }
        for text in no {
            assert!(!compiled.matches(text.as_bytes()), "{pattern} should not match {text}");
        }
    }

    #[test]
    fn stars_stay_in_their_folder() {
        check("*.bin", &["a.bin", ".bin"], &["a/b.bin", "a.bin2"]);
        check("a/*", &["a/b"], &["a/b/c", "a"]);
        check("a*b?c", &["abxc", "axxbxc"], &["ab/c", "abc", "a/bxc"]);
    }

    #[test]
    fn double_stars_cross_folders_between_slashes_only() {
        check("a/**/b", &["a/b", "a/x/b", "a/x/y/b"], &["a/xb", "ab", "a/b/c"]);
        check("**/b", &["b", "x/b", "x/y/b"], &["xb"]);
        check("a/**", &["a/b", "a/b/c"], &["a", "ab"]);
        check("x*a**b", &["xab", "xaxxb"], &["xa/b"]);
        check("**/**/b", &["b", "x/b", "x/y/z/b"], &["xb"]);
    }

    #[test]
    fn classes_and_escapes() {
        check("[a-c]x", &["ax", "cx"], &["dx", "-x"]);
        check("[!a-c]", &["d", "-"], &["a", "/"]);
        check("[]x]", &["]", "x"], &["["]);
        check("[[:digit:]-]", &["1", "-"], &["a", ":"]);
        check("[[:x]", &["[", ":", "x"], &["]"]);
        check("\\*\\?", &["*?"], &["a?"]);
        check("[a", &[], &["a", "[a"]);
        check("[[:bad:]]", &[], &["b", "a"]);
        check("a\\", &[], &["a", "a\\"]);
    }

    #[test]
    fn a_hostile_pattern_takes_no_exponential_time() {
        let pattern = "a*".repeat(200) + "[b]";
        check(&pattern, &[], &[&"a".repeat(2000)]);
        check(&("**/".repeat(300) + "[b]"), &["b"], &[&"a/".repeat(1000)]);
    }
}
