//! Paragraphs of Medium to HTML. Knows a paragraph's kind, its words and the ranges that mark them; no response and no page.

use std::collections::BTreeSet;

use serde_json::Value;

use super::super::html::escaped;

/// What a paragraph is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Block {
    Words,
    Heading,
    SmallHeading,
    Quote,
    Code,
    Bullet,
    Number,
    Embed,
}

impl Block {
    /// The older form of answers has numbers, the newer one words.
    pub(super) fn of(paragraph: &Value) -> Self {
        let kind = paragraph.get("type").unwrap_or(&Value::Null);
        match (kind.as_u64(), kind.as_str()) {
            (Some(2 | 3), _) | (_, Some("H1" | "H2" | "H3")) => Self::Heading,
            (Some(12 | 13), _) | (_, Some("H4")) => Self::SmallHeading,
            (Some(6 | 7), _) | (_, Some("BQ" | "PQ")) => Self::Quote,
            (Some(8), _) | (_, Some("PRE")) => Self::Code,
            (Some(9), _) | (_, Some("ULI")) => Self::Bullet,
            (Some(10), _) | (_, Some("OLI")) => Self::Number,
            (Some(11 | 14), _) | (_, Some("IFRAME" | "MIXTAPE_EMBED")) => Self::Embed,
            _ => Self::Words,
        }
    }

    /// The element that neighbours of this kind share.
    pub(super) fn around(self) -> Option<&'static str> {
        match self {
            Self::Quote => Some("blockquote"),
            Self::Bullet => Some("ul"),
            Self::Number => Some("ol"),
            Self::Words | Self::Heading | Self::SmallHeading | Self::Code | Self::Embed => None,
        }
    }

    fn element(self, words: &str) -> String {
        match self {
            Self::Heading => format!("<h3>{words}</h3>"),
            Self::SmallHeading => format!("<h4>{words}</h4>"),
            Self::Code => format!("<pre><code>{words}</code></pre>"),
            Self::Bullet | Self::Number => format!("<li>{words}</li>"),
            Self::Words | Self::Quote | Self::Embed => format!("<p>{words}</p>"),
        }
    }
}

/// The paragraphs as HTML; those without words, such as pictures, leave nothing.
#[must_use]
pub fn to_html(paragraphs: &[&Value]) -> String {
    let mut html = String::new();
    let mut open = None;
    for paragraph in paragraphs {
        let block = Block::of(paragraph);
        let words = words(paragraph, block);
        if words.trim().is_empty() {
            continue;
        }
        if open != block.around() {
            html.extend(open.map(|name| format!("</{name}>")));
            open = block.around();
            html.extend(open.map(|name| format!("<{name}>")));
        }
        html.push_str(&block.element(&words));
    }
    html.extend(open.map(|name| format!("</{name}>")));
    html
}

fn words(paragraph: &Value, block: Block) -> String {
    let text = paragraph.get("text").and_then(Value::as_str).unwrap_or_default();
    match block {
        Block::Code => escaped(text),
        Block::Embed => embedded(paragraph, text),
        _ => marked(text, paragraph.get("markups").and_then(Value::as_array).map_or(&[], Vec::as_slice)),
    }
}

/// A card that stands for another page, or a film: a link to it.
fn embedded(paragraph: &Value, text: &str) -> String {
    let address = ["/mixtapeMetadata/href", "/iframe/mediaResource/href"]
        .iter()
        .find_map(|path| web(paragraph.pointer(path)?.as_str()?));
    let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match address {
        Some(address) if words.is_empty() => format!("<a href=\"{0}\">{0}</a>", escaped(&address)),
        Some(address) => format!("<a href=\"{}\">{}</a>", escaped(&address), escaped(&words)),
        None => escaped(&words),
    }
}

/// Marks from the outermost to the innermost element, which is the order in which they are opened.
const CLOSING: [&str; 4] = ["</a>", "</strong>", "</em>", "</code>"];

/// A marked part of a text, in bytes.
struct Span {
    start: usize,
    end: usize,
    opening: String,
}

/// Words with their marks as elements. Ranges may overlap in any way; elements may not.
fn marked(text: &str, markups: &[Value]) -> String {
    let spans = spans(text, markups);
    let mut cuts: BTreeSet<usize> = spans.iter().flatten().flat_map(|span| [span.start, span.end]).collect();
    cuts.extend([0, text.len()]);
    let cuts: Vec<usize> = cuts.into_iter().collect();
    let mut html = String::with_capacity(text.len());
    let mut next = [0_usize; 4];
    let mut open: Vec<(usize, usize)> = Vec::new();
    for pair in cuts.windows(2) {
        let &[start, end] = pair else { continue };
        let mut wanted = Vec::new();
        for (kind, (list, next)) in spans.iter().zip(&mut next).enumerate() {
            while list.get(*next).is_some_and(|span| span.end <= start) {
                *next += 1;
            }
            wanted.extend(list.get(*next).filter(|span| span.start <= start).map(|_| (kind, *next)));
        }
        change(&mut html, &mut open, wanted, &spans);
        html.push_str(&escaped(text.get(start..end).unwrap_or_default()).replace('\n', "<br>"));
    }
    change(&mut html, &mut open, Vec::new(), &spans);
    html
}

/// Closes what is open and not wanted any more, and opens what is wanted and not yet open.
fn change(html: &mut String, open: &mut Vec<(usize, usize)>, wanted: Vec<(usize, usize)>, spans: &[Vec<Span>; 4]) {
    let same = open.iter().zip(&wanted).take_while(|(old, new)| old == new).count();
    for (kind, _) in open.iter().skip(same).rev() {
        html.push_str(CLOSING.get(*kind).unwrap_or(&""));
    }
    for (kind, at) in wanted.iter().skip(same) {
        html.extend(spans.get(*kind).and_then(|list| list.get(*at)).map(|span| span.opening.as_str()));
    }
    *open = wanted;
}

/// The marks of each kind, sorted, none overlapping another of its kind.
fn spans(text: &str, markups: &[Value]) -> [Vec<Span>; 4] {
    let mut spans = [const { Vec::new() }; 4];
    if markups.is_empty() {
        return spans;
    }
    let letters = Letters::of(text);
    for markup in markups {
        let kind = markup.get("type").unwrap_or(&Value::Null);
        let (list, opening) = match (kind.as_u64(), kind.as_str()) {
            (Some(3), _) | (_, Some("A")) => match address(markup) {
                Some(address) => (0, format!("<a href=\"{}\">", escaped(&address))),
                None => continue,
            },
            (Some(1), _) | (_, Some("STRONG")) => (1, "<strong>".to_owned()),
            (Some(2), _) | (_, Some("EM")) => (2, "<em>".to_owned()),
            (Some(10), _) | (_, Some("CODE")) => (3, "<code>".to_owned()),
            _ => continue,
        };
        let range = letters.range(text, markup);
        if let (Some((start, end)), Some(list)) = (range, spans.get_mut(list)) {
            list.push(Span { start, end, opening });
        }
    }
    spans.map(apart)
}

/// Sorted, with those that overlap made one; of two links, the first keeps the words that both cover.
fn apart(mut spans: Vec<Span>) -> Vec<Span> {
    spans.sort_by_key(|span| span.start);
    let mut apart: Vec<Span> = Vec::with_capacity(spans.len());
    for mut span in spans {
        match apart.last_mut() {
            Some(last) if span.start <= last.end && span.opening == last.opening => last.end = last.end.max(span.end),
            Some(last) if span.start < last.end => {
                span.start = last.end;
                if span.start < span.end {
                    apart.push(span);
                }
            }
            _ => apart.push(span),
        }
    }
    apart
}

/// Where the letters of a text begin, in the units of JavaScript and in bytes; the end of the text is the last entry.
struct Letters {
    units: Vec<u64>,
    bytes: Vec<usize>,
}

impl Letters {
    fn of(text: &str) -> Self {
        let (mut units, mut bytes) = (Vec::new(), Vec::new());
        let mut unit = 0;
        for (byte, letter) in text.char_indices() {
            units.push(unit);
            bytes.push(byte);
            unit += letter.len_utf16() as u64;
        }
        units.push(unit);
        bytes.push(text.len());
        Self { units, bytes }
    }

    /// The range of a mark in bytes, without blanks at its ends, which no mark of Markdown may have; `None` where nothing is
    /// left. A letter that is covered by half counts.
    fn range(&self, text: &str, markup: &Value) -> Option<(usize, usize)> {
        let from = markup.get("start")?.as_u64()?;
        let to = markup.get("end")?.as_u64()?;
        let first = self.units.partition_point(|unit| *unit <= from).checked_sub(1)?;
        let last = self.units.partition_point(|unit| *unit < to).min(self.bytes.len() - 1);
        let (start, end) = (*self.bytes.get(first)?, *self.bytes.get(last)?);
        let covered = text.get(start..end)?;
        let start = start + (covered.len() - covered.trim_start().len());
        let end = start + covered.trim().len();
        (start < end).then_some((start, end))
    }
}

/// Where a link leads; a mention of a person leads to that person's page.
fn address(markup: &Value) -> Option<String> {
    let text = |key: &str| markup.get(key).and_then(Value::as_str).filter(|text| !text.is_empty());
    text("href").and_then(web).or_else(|| text("userId").map(|id| format!("https://medium.com/u/{id}")))
}

fn web(address: &str) -> Option<String> {
    let address = address.trim();
    if address.starts_with('/') && !address.starts_with("//") {
        return Some(format!("https://medium.com{address}"));
    }
    (address.starts_with("https://") || address.starts_with("http://")).then(|| address.to_owned())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::super::foreign::{Body, Format};
    use super::super::super::normalise::to_markdown;
    use super::*;

    fn html(value: &Value) -> String {
        to_html(&value.as_array().expect("a list").iter().collect::<Vec<_>>())
    }

    #[test]
    fn marks_are_counted_in_the_units_of_javascript() {
        let text = "A 🚲 and the notes end.";
        let paragraph = json!([{"type": "P", "text": text, "markups": [
            {"type": "A", "start": 9, "end": 19, "href": "https://example.org/?a=1&b=2"},
            {"type": "STRONG", "start": 3, "end": 13}, {"type": "EM", "start": 13, "end": 99},
            {"type": 10, "start": 50, "end": 60}, {"type": 1, "start": -4, "end": 3}, {"type": 2, "start": 4, "end": 3}, 7]}]);
        assert_eq!(
            html(&paragraph),
            "<p>A <strong>🚲 and </strong><a href=\"https://example.org/?a=1&amp;b=2\"><strong>the</strong> <em>notes</em></a><em> end.</em></p>"
        );
        let markdown = to_markdown(&Body { text: html(&paragraph), format: Format::Html });
        assert_eq!(markdown, "A **🚲 and** [**the** *notes*](https://example.org/?a=1&b=2) *end.*");
    }

    #[test]
    fn neighbours_share_a_list_and_code_keeps_its_lines() {
        let paragraphs = json!([
            {"type": 3, "text": "Head"}, {"type": "BQ", "text": "Quoted"}, {"type": 7, "text": "twice"},
            {"type": "ULI", "text": "one"}, {"type": 9, "text": "two"}, {"type": "OLI", "text": "first"},
            {"type": "PRE", "text": "if a < b:\n    c()"}, {"type": "IMG", "text": ""}, {"type": "P", "text": "a <3 & *b*\nc"},
            {"type": "MIXTAPE_EMBED", "text": "A card\nfor it", "mixtapeMetadata": {"href": "https://example.org/card"}},
            {"type": []}, {}
        ]);
        let found = html(&paragraphs);
        let markdown = to_markdown(&Body { text: found, format: Format::Html });
        assert_eq!(
            markdown,
            "Head\n\n> Quoted\n>\n> twice\n\n- one\n- two\n\n1. first\n\n```\nif a < b:\n    c()\n```\n\na <3 & \\*b\\*\\\nc\n\n[A card for it](https://example.org/card)"
        );
    }

    #[test]
    fn overlapping_and_false_links_do_no_harm() {
        let link = |start: u64, end: u64, href: &str| json!({"type": 3, "start": start, "end": end, "href": href});
        let paragraph = json!([{"type": 1, "text": "one two three", "markups": [
            link(4, 13, "https://b.example"), link(0, 7, "https://a.example"), link(0, 3, "javascript:x"),
            link(8, 8, "https://c.example"), {"type": 3, "start": 0, "end": 3, "userId": "u1"}]}]);
        assert_eq!(
            html(&paragraph),
            "<p><a href=\"https://a.example\">one two</a><a href=\"https://b.example\"> three</a></p>"
        );
        let many: Vec<Value> = (0..20_000).map(|at| json!({"type": 1 + at % 2, "start": at, "end": 20_000})).collect();
        assert!(html(&json!([{"type": "P", "text": "x".repeat(20_000), "markups": many}])).len() < 30_000);
    }
}
