//! Pictures of numbers, as SVG without scripts, each with a table behind it.

use std::fmt::Write as _;

use crate::markup::{Markup, escape};
use crate::words::Words;

/// A point of a line: what it is called, and how high it is.
pub(crate) struct Point {
    pub(crate) label: String,
    pub(crate) value: i64,
}

/// A part of a whole: what it is called, how large it is, and how its size is said.
pub(crate) struct Part {
    pub(crate) label: String,
    pub(crate) value: u64,
    pub(crate) shown: String,
    /// Which of the six colors it has.
    pub(crate) color: usize,
}

/// Points drawn at most; more are not a picture any more.
const POINTS: usize = 400;
/// Parts drawn at most; the last stands for all others.
const PARTS: usize = 120;

/// A line over time. `title` says what it shows.
pub(crate) fn line(words: Words, title: &str, points: &[Point]) -> Markup {
    let points = &points[..points.len().min(POINTS)];
    let most = points.iter().map(|point| point.value).max().unwrap_or(0).max(1);
    let step = 300.0 / (points.len().max(2) - 1) as f64;
    let mut path = String::new();
    for (at, point) in points.iter().enumerate() {
        let (x, y) = (at as f64 * step, 64.0 - 60.0 * (point.value.max(0) as f64 / most as f64));
        // Writing to a string cannot fail.
        let _ = write!(path, "{}{x:.1} {y:.1}", if at == 0 { "M" } else { "L" });
    }
    let end = (points.len().max(1) - 1) as f64 * step;
    let mut svg = format!(
        "<svg viewBox=\"0 0 300 66\" role=\"img\" aria-label=\"{}\" preserveAspectRatio=\"none\" height=\"66\">\
         <path class=\"axis\" d=\"M0 65H300\"/>",
        escape(title)
    );
    if !points.is_empty() {
        let _ = write!(
            svg,
            "<path class=\"area\" d=\"{path}L{end:.1} 65L0 65Z\"/><path class=\"line\" d=\"{path}\"/>"
        );
    }
    svg.push_str("</svg>");
    let rows = points.iter().map(|point| (point.label.clone(), words.number(point.value), None));
    figure(words, &svg, title, ("chart-day", "chart-value"), rows)
}

/// Parts of a whole as one bar.
pub(crate) fn bar(title: &str, parts: &[Part]) -> Markup {
    let sum = parts.iter().map(|part| part.value).sum::<u64>().max(1) as f64;
    let mut svg = format!(
        "<svg viewBox=\"0 0 300 10\" role=\"img\" aria-label=\"{}\" preserveAspectRatio=\"none\" height=\"10\">",
        escape(title)
    );
    let mut x = 0.0;
    let mut legend = String::from("<ul class=\"chart-legend\">");
    for part in parts.iter().take(PARTS) {
        let width = 300.0 * part.value as f64 / sum;
        let color = part.color % 6;
        let label = escape(&part.label);
        let _ = write!(
            svg,
            "<rect class=\"c{color}\" x=\"{x:.2}\" y=\"0\" width=\"{width:.2}\" height=\"10\"><title>{label}</title></rect>"
        );
        let _ = write!(
            legend,
            "<li><svg viewBox=\"0 0 10 10\" aria-hidden=\"true\"><rect class=\"c{color}\" width=\"10\" height=\"10\" rx=\"2\"/></svg>{label} \
             <span class=\"soft\">{}</span></li>",
            escape(&part.shown)
        );
        x += width;
    }
    svg.push_str("</svg>");
    legend.push_str("</ul>");
    Markup(format!("<figure class=\"chart\">{svg}<figcaption>{legend}</figcaption></figure>"))
}

/// Parts of a whole as areas (squarified: M. Bruls, K. Huizing, J. van Wijk, 2000). Parts should come largest first.
pub(crate) fn treemap(words: Words, title: &str, parts: &[Part]) -> Markup {
    let (wide, high) = (600.0, 300.0);
    let shown = &parts[..parts.len().min(PARTS)];
    let sum = shown.iter().map(|part| part.value).sum::<u64>().max(1) as f64;
    let areas: Vec<f64> = shown.iter().map(|part| part.value as f64 / sum * wide * high).collect();
    let mut svg =
        format!("<svg viewBox=\"0 0 {wide} {high}\" role=\"img\" aria-label=\"{}\">", escape(title));
    for (part, place) in shown.iter().zip(squarify(&areas, wide, high)) {
        draw_cell(&mut svg, part, &place);
    }
    svg.push_str("</svg>");
    let rows = parts
        .iter()
        .take(PARTS)
        .map(|part| (part.label.clone(), part.shown.clone(), Some(words.percent(part.value as f64 / sum))));
    figure(words, &svg, title, ("chart-name", "chart-value"), rows)
}

/// A place in the picture.
struct Place {
    x: f64,
    y: f64,
    wide: f64,
    high: f64,
}

fn draw_cell(svg: &mut String, part: &Part, place: &Place) {
    let label = escape(&part.label);
    let _ = write!(
        svg,
        "<g><rect class=\"cell c{}\" x=\"{:.1}\" y=\"{:.1}\" width=\"{:.1}\" height=\"{:.1}\"/><title>{label}: {}</title>",
        part.color % 6,
        place.x,
        place.y,
        place.wide,
        place.high,
        escape(&part.shown)
    );
    // A letter at this size is about six units wide.
    let room = ((place.wide - 8.0) / 6.0) as usize;
    // The end of a longer label says nothing in less than eight letters.
    if place.high > 16.0 && room >= part.label.chars().count().clamp(3, 8) {
        let mut text: String =
            part.label.chars().rev().take(room).collect::<Vec<_>>().into_iter().rev().collect();
        if text.chars().count() < part.label.chars().count() {
            text = format!("…{}", text.chars().skip(1).collect::<String>());
        }
        let _ = write!(
            svg,
            "<text class=\"cell-text\" font-size=\"10\" x=\"{:.1}\" y=\"{:.1}\">{}</text>",
            place.x + 4.0,
            place.y + 13.0,
            escape(&text)
        );
    }
    svg.push_str("</g>");
}

/// Places for areas, row by row, so that none is much longer than wide.
fn squarify(areas: &[f64], wide: f64, high: f64) -> Vec<Place> {
    let mut places = Vec::with_capacity(areas.len());
    let (mut x, mut y, mut wide, mut high) = (0.0, 0.0, wide, high);
    let mut rest = areas;
    while !rest.is_empty() {
        let side = if wide < high { wide } else { high };
        let mut row = 1;
        while row < rest.len() && worst(&rest[..=row], side) <= worst(&rest[..row], side) {
            row += 1;
        }
        let sum: f64 = rest[..row].iter().sum();
        let depth = if side > 0.0 { sum / side } else { 0.0 };
        let mut along = 0.0;
        for area in &rest[..row] {
            let length = if depth > 0.0 { area / depth } else { 0.0 };
            places.push(if wide < high {
                Place { x: x + along, y, wide: length, high: depth }
            } else {
                Place { x, y: y + along, wide: depth, high: length }
            });
            along += length;
        }
        if wide < high {
            (y, high) = (y + depth, (high - depth).max(0.0));
        } else {
            (x, wide) = (x + depth, (wide - depth).max(0.0));
        }
        rest = &rest[row..];
    }
    places
}

/// The worst relation of the sides of areas that share a row of this length.
fn worst(row: &[f64], side: f64) -> f64 {
    let sum: f64 = row.iter().sum();
    let depth = sum / side.max(f64::EPSILON);
    row.iter()
        .map(|area| {
            let length = area / depth.max(f64::EPSILON);
            (length / depth.max(f64::EPSILON)).max(depth / length.max(f64::EPSILON))
        })
        .fold(0.0, f64::max)
}

fn figure(
    words: Words,
    svg: &str,
    title: &str,
    heads: (&str, &str),
    rows: impl Iterator<Item = (String, String, Option<String>)>,
) -> Markup {
    let mut body = String::new();
    let mut shares = false;
    for (label, value, share) in rows {
        let _ =
            write!(body, "<tr><td>{}</td><td class=\"end numbers\">{}</td>", escape(&label), escape(&value));
        if let Some(share) = share {
            shares = true;
            let _ = write!(body, "<td class=\"end numbers\">{share}</td>");
        }
        body.push_str("</tr>");
    }
    let third =
        if shares { format!("<th class=\"end\">{}</th>", words.t("chart-share")) } else { String::new() };
    Markup(format!(
        "<figure class=\"chart\">{svg}<figcaption><details><summary>{}</summary><div class=\"scroll\"><table class=\"table small\">\
         <caption class=\"hidden\">{}</caption><thead><tr><th>{}</th><th class=\"end\">{}</th>{third}</tr></thead><tbody>{body}</tbody>\
         </table></div></details></figcaption></figure>",
        words.t("chart-table"),
        escape(title),
        words.t(heads.0),
        words.t(heads.1),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::Language;

    fn words() -> Words {
        Words::in_language(Language::English)
    }

    #[test]
    fn areas_fill_the_field_and_do_not_overlap() {
        let areas = [30_000.0, 25_000.0, 5_000.0, 4_000.0, 500.0, 0.0];
        let places = squarify(&areas, 300.0, 215.0);
        assert_eq!(places.len(), areas.len());
        for (place, area) in places.iter().zip(areas) {
            assert!((place.wide * place.high - area).abs() < 1e-6 * area.max(1.0));
            assert!(place.x >= 0.0 && place.x + place.wide <= 300.0 + 1e-6);
            assert!(place.y >= 0.0 && place.y + place.high <= 215.0 + 1e-6);
        }
        for (at, one) in places.iter().enumerate().filter(|(_, one)| one.wide > 0.0) {
            for other in places[at + 1..].iter().filter(|other| other.wide > 0.0) {
                let apart = one.x + one.wide <= other.x + 1e-6
                    || other.x + other.wide <= one.x + 1e-6
                    || one.y + one.high <= other.y + 1e-6
                    || other.y + other.high <= one.y + 1e-6;
                assert!(apart);
            }
        }
    }

    #[test]
    fn pictures_carry_a_table_and_escape_their_labels() {
        let parts = [Part { label: "<b>".to_owned(), value: 3, shown: "3".to_owned(), color: 7 }];
        let map = treemap(words(), "A \"map\"", &parts).0;
        assert!(
            map.contains("<table")
                && map.contains("&lt;b&gt;")
                && !map.contains("<b>")
                && map.contains("A &quot;map&quot;")
        );
        for few in 0..3 {
            let points: Vec<Point> =
                (0..few).map(|value| Point { label: value.to_string(), value }).collect();
            assert!(line(words(), "Downloads", &points).0.contains("<svg"));
        }
        assert!(treemap(words(), "", &[]).0.contains("<svg") && bar("", &parts).0.contains("&lt;b&gt;"));
    }
}
