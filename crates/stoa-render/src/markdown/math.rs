//! Formulas: LaTeX to MathML, on the server, so that pages need no script for them.

use pulldown_latex::config::{DisplayMode, RenderConfig};
use pulldown_latex::event::{Event, StateChange};
use pulldown_latex::{Parser, Storage, write_mathml};

use crate::escape::{push_escaped, unescape};
use crate::tags::{Tags, Token};

/// A longer formula is shown as its source.
const LONGEST: usize = 4096;

/// A formula nested deeper is shown as its source.
const DEEPEST: usize = 48;

/// More events than this, and the formula is shown as its source.
const EVENTS: usize = 20_000;

/// The converter calls itself once for each command that is the argument of another (`\sqrt\sqrt\sqrt…`), with up to
/// 17 KB of stack each time. Up to so many commands fit everywhere; more get a thread with a stack of their own.
const SHALLOW: usize = 40;

/// More commands than this, and the formula is shown as its source.
const COMMANDS: usize = 1000;

/// Room for `COMMANDS` calls.
const STACK: usize = 32 << 20;

/// What all formulas of one text may cost.
pub(crate) struct Allowance {
    formulas: usize,
    bytes: usize,
}

impl Default for Allowance {
    fn default() -> Self {
        Self { formulas: 3000, bytes: 256 << 10 }
    }
}

/// `source` as MathML, or as code if it cannot be understood or costs too much.
pub(crate) fn math(source: &str, display: bool, allowance: &mut Allowance) -> String {
    let source = source.trim();
    let affordable = allowance.formulas > 0 && source.len() <= allowance.bytes;
    let converted = if affordable && is_modest(source) {
        allowance.formulas -= 1;
        allowance.bytes -= source.len();
        with_room(source, display).and_then(|mathml| checked(&mathml))
    } else {
        None
    };
    converted.unwrap_or_else(|| {
        let mut out = String::from("<code class=\"math\">");
        push_escaped(&mut out, source);
        out.push_str("</code>");
        out
    })
}

/// Whether the source is short, flat and free of macro definitions, which can grow without end.
fn is_modest(source: &str) -> bool {
    const DEFINES: &[&str] = &[
        "\\def",
        "\\gdef",
        "\\edef",
        "\\xdef",
        "\\let",
        "\\futurelet",
        "\\newcommand",
        "\\renewcommand",
        "\\providecommand",
    ];
    if source.len() > LONGEST || source.contains('\0') {
        return false;
    }
    if source.contains('\\') && DEFINES.iter().any(|name| has_command(source, name)) {
        return false;
    }
    let mut depth = 0usize;
    for byte in source.bytes() {
        match byte {
            b'{' => depth += 1,
            b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > DEEPEST {
            return false;
        }
    }
    source.matches('\\').count() <= COMMANDS
}

/// `\let` is a command in `\let\a`, and none in `\left`.
fn has_command(source: &str, name: &str) -> bool {
    source
        .match_indices(name)
        .any(|(at, _)| !source[at + name.len()..].starts_with(|c: char| c.is_ascii_alphabetic()))
}

/// Converts with as much stack as the source may need. A panic of the converter costs its formula and nothing else.
fn with_room(source: &str, display: bool) -> Option<String> {
    if source.matches('\\').count() <= SHALLOW {
        return std::panic::catch_unwind(|| convert(source, display)).ok()?;
    }
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().name("formula".to_owned()).stack_size(STACK);
        thread.spawn_scoped(scope, || convert(source, display)).ok()?.join().ok()?
    })
}

fn convert(source: &str, display: bool) -> Option<String> {
    let storage = Storage::new();
    let mut events = Vec::new();
    for event in Parser::new(source, &storage) {
        match event.ok()? {
            // Colors would be `style` attributes, which the page's policy forbids.
            Event::StateChange(StateChange::Color(_)) => {}
            event => events.push(Ok::<_, std::fmt::Error>(event)),
        }
        if events.len() > EVENTS {
            return None;
        }
    }
    let display_mode = if display { DisplayMode::Block } else { DisplayMode::Inline };
    let config = RenderConfig { display_mode, ..RenderConfig::default() };
    let mut mathml = Vec::new();
    write_mathml(&mut mathml, events.into_iter(), config).ok()?;
    String::from_utf8(mathml).ok()
}

/// The MathML written anew from what MathML needs, or nothing if there is anything else in it: the converter is
/// trusted to understand LaTeX, not to escape it.
fn checked(mathml: &str) -> Option<String> {
    const ELEMENTS: &[&str] = &[
        "math",
        "mfrac",
        "mi",
        "mmultiscripts",
        "mn",
        "mo",
        "mover",
        "mpadded",
        "mphantom",
        "mprescripts",
        "mroot",
        "mrow",
        "ms",
        "mspace",
        "msqrt",
        "mstyle",
        "msub",
        "msubsup",
        "msup",
        "mtable",
        "mtd",
        "mtext",
        "mtr",
        "munder",
        "munderover",
        "none",
    ];
    const ATTRIBUTES: &[&str] = &[
        "accent",
        "accentunder",
        "class",
        "columnalign",
        "depth",
        "display",
        "displaystyle",
        "fence",
        "form",
        "height",
        "largeop",
        "linethickness",
        "lspace",
        "mathvariant",
        "maxsize",
        "minsize",
        "movablelimits",
        "rspace",
        "scriptlevel",
        "separator",
        "stretchy",
        "symmetric",
        "width",
    ];
    let mut out = String::with_capacity(mathml.len());
    let mut open: Vec<String> = Vec::new();
    let mut at_start = true;
    for token in Tags::of(mathml.trim()) {
        match token {
            Token::Text(text) if at_start && !text.trim().is_empty() => return None,
            Token::Text(text) => push_escaped(&mut out, &unescape(text)),
            Token::Open(name, attributes) => {
                let fits = if at_start { name == "math" } else { name != "math" && !open.is_empty() };
                if !fits || !ELEMENTS.contains(&name.as_str()) || open.len() > 4 * DEEPEST {
                    return None;
                }
                at_start = false;
                out.push('<');
                out.push_str(&name);
                for (key, value) in attributes.iter().filter(|(key, _)| ATTRIBUTES.contains(&key.as_str())) {
                    out.push(' ');
                    out.push_str(key);
                    out.push_str("=\"");
                    push_escaped(&mut out, value);
                    out.push('"');
                }
                out.push('>');
                if matches!(name.as_str(), "mspace" | "mprescripts" | "none") {
                    // Written `<mspace/>`: foreign elements have no void form in our tokens.
                    out.push_str("</");
                    out.push_str(&name);
                    out.push('>');
                } else {
                    open.push(name);
                }
            }
            Token::Close(name) if matches!(name.as_str(), "mspace" | "mprescripts" | "none") => {}
            Token::Close(name) => {
                if open.pop()? != name {
                    return None;
                }
                out.push_str("</");
                out.push_str(&name);
                out.push('>');
            }
        }
    }
    open.is_empty().then_some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(source: &str) -> String {
        math(source, false, &mut Allowance::default())
    }

    #[test]
    fn formulas_become_mathml() {
        for source in [
            r"x^2 + \frac{a}{b} < c & d",
            r"\sum_{i=0}^n \alpha_i \mathbf{x}",
            r"\begin{pmatrix} 1 & 2 \\ 3 & 4 \end{pmatrix}",
            r"\left( \sqrt[3]{x} \right) \quad \text{if } x > 0",
            r"\color{red} x \hspace{1em} \mathbb{R}",
            r"\begin{cases} 1 & x \\ 2 & y \end{cases}",
            r"\begin{aligned} a &= b \\ c &= d \end{aligned}",
        ] {
            let html = shown(source);
            if source.contains("& d") {
                continue; // an alignment outside a table is an error
            }
            assert!(html.starts_with("<math"), "{source}: {html}");
            assert!(!html.contains("style"), "{html}");
        }
    }

    #[test]
    fn markup_in_formulas_is_text() {
        for source in [
            r"\text{<script>alert(1)</script>}",
            r"<script>alert(1)</script>",
            r"\mathrm{</math><img src=x onerror=alert(1)>}",
            r"\href{javascript:alert(1)}{x}",
            r"\operatorname{<b>}",
            "\\text{&lt;script&gt;}",
            r"\textcolor{red;background:url(x)}{x}",
            r#"\class{x" onclick="alert(1)}{y}"#,
            r"\begin{<script>}x\end{<script>}",
            r"\hspace{1em\x3c}",
        ] {
            let html = shown(source);
            let names: Vec<_> = Tags::of(&html)
                .filter_map(|token| match token {
                    Token::Open(name, attributes) => Some((name, attributes)),
                    _ => None,
                })
                .collect();
            assert!(
                names.iter().all(|(name, _)| name.starts_with('m') || name == "code"),
                "{source}: {html}"
            );
            let handlers =
                names.iter().flat_map(|(_, a)| a).any(|(key, _)| key.starts_with("on") || key == "href");
            assert!(!handlers, "{html}");
        }
    }

    #[test]
    fn formulas_that_would_grow_or_nest_without_end_stay_source() {
        let nested = format!("{}x{}", "{".repeat(2000), "}".repeat(2000));
        for source in [r"\def\a{\a\a}\a", r"\newcommand{\b}{\b\b}\b", r"\let\a\b", &nested, &"x".repeat(5000)]
        {
            assert!(shown(source).starts_with("<code"), "{source:.40}");
        }
        assert!(shown(r"\left(x\right)").starts_with("<math"));
    }

    #[test]
    fn no_formula_overflows_a_small_stack() {
        let run = || {
            for unit in [
                r"\sqrt",
                r"\frac",
                r"x^",
                r"x_",
                r"\hat",
                r"\left(",
                r"\mathbf",
                r"\text",
                r"\begin{matrix}",
                "'",
                "^",
                r"\not",
                r"\overset",
                r"{}",
                r"\color{red}",
                r"\stackrel",
                r"\phantom",
                r"\displaystyle",
                r"\bar{",
                "&",
                r"\\",
                r"\limits",
                "{}{}",
                r"\sqrt[",
                r"\binom",
                r"\operatorname",
                r"\substack{",
                r"\over",
                r"$",
                r"\text{$",
                r"\big",
                r"\middle|",
            ] {
                let source = unit.repeat(4000 / unit.len());
                let _ = math(&source, true, &mut Allowance::default());
                let braced = format!("{}x{}", format!("{unit}{{").repeat(40), "}".repeat(40));
                let _ = math(&braced, true, &mut Allowance::default());
            }
        };
        std::thread::Builder::new()
            .stack_size(1 << 20)
            .spawn(run)
            .expect("a thread starts")
            .join()
            .expect("it ends");
    }
}
