//! Elements of a saved HTML page as a flat list over its text. Knows names, attributes and places, not what a page means.

use std::collections::BTreeMap;
use std::ops::Range;

use html5gum::emitters::default::DefaultEmitter;
use html5gum::{StartTag, Token, Tokenizer};

/// No page that people read has more elements; of one that has, the rest is not looked at.
const MOST_ELEMENTS: usize = 1 << 20;

/// Longer values of attributes are pictures and state of the page, and are not kept.
const LONGEST_VALUE: usize = 8 << 10;

/// Elements that hold nothing and have no end.
const VOID: [&str; 13] =
    ["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"];

/// Elements whose start ends a paragraph that was left open.
const BLOCKS: [&str; 18] = [
    "article",
    "aside",
    "blockquote",
    "div",
    "dl",
    "figure",
    "footer",
    "form",
    "h1",
    "h2",
    "h3",
    "h4",
    "header",
    "ol",
    "p",
    "section",
    "table",
    "ul",
];

/// An element: its name, its attributes, and where it stands in the text of the page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Element {
    /// Its name in lower case.
    pub name: String,
    /// Names and values of its attributes, references resolved.
    pub attributes: Vec<(String, String)>,
    /// From its start tag to behind its end tag.
    pub outer: Range<usize>,
    /// What stands between its tags.
    pub inner: Range<usize>,
}

impl Element {
    /// The value of an attribute; `None` where it is missing.
    #[must_use]
    pub fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// Whether this is one of its classes.
    #[must_use]
    pub fn has_class(&self, class: &str) -> bool {
        self.classes().any(|known| known == class)
    }

    /// Its classes.
    pub fn classes(&self) -> impl Iterator<Item = &str> {
        self.attribute("class").unwrap_or("").split_ascii_whitespace()
    }
}

/// A page.
#[derive(Clone, Debug)]
pub struct Html<'a> {
    source: &'a str,
    elements: Vec<Element>,
    /// Where reading stopped because there are too many elements; `None` where the whole page was read.
    pub cut: Option<usize>,
}

impl<'a> Html<'a> {
    /// Takes a page apart. An element without an end lasts until one around it ends.
    #[must_use]
    pub fn new(source: &'a str) -> Self {
        let mut html = Self { source, elements: Vec::new(), cut: None };
        let mut open = Open::default();
        let mut emitter = DefaultEmitter::<usize>::new_with_span();
        emitter.naively_switch_states(true);
        for token in Tokenizer::new_with_emitter(source, emitter).flatten() {
            match token {
                Token::StartTag(_) if html.elements.len() >= MOST_ELEMENTS => {
                    html.cut = html.elements.last().map(|last| last.outer.end);
                    break;
                }
                Token::StartTag(tag) => {
                    let element = element(tag, source.len());
                    open.make_room(&element, &mut html.elements);
                    open.push(element, &mut html.elements);
                }
                Token::EndTag(tag) => {
                    let name = String::from_utf8_lossy(&tag.name);
                    open.close(&name, tag.span.start..tag.span.end, &mut html.elements);
                }
                _ => {}
            }
        }
        html
    }

    /// All elements, in the order of their start tags.
    #[must_use]
    pub fn elements(&self) -> &[Element] {
        &self.elements
    }

    /// The elements that start in a part of the text.
    #[must_use]
    pub fn within(&self, part: &Range<usize>) -> &[Element] {
        let place = |at: usize| self.elements.partition_point(|element| element.outer.start < at);
        self.elements.get(place(part.start)..place(part.end)).unwrap_or(&[])
    }

    /// A part of the text as it is written; empty where it does not lie on the borders of letters.
    #[must_use]
    pub fn source(&self, part: &Range<usize>) -> &'a str {
        self.source.get(part.clone()).unwrap_or("")
    }

    /// The words of an element on one line.
    #[must_use]
    pub fn words(&self, element: &Element) -> String {
        one_line(&text(self.source(&element.inner)))
    }
}

/// The text of a piece of HTML: white space as it is written, `<br>` as a line feed, no scripts and styles.
#[must_use]
pub fn text(piece: &str) -> String {
    let mut text = String::with_capacity(piece.len());
    let mut skipped: Option<Vec<u8>> = None;
    let mut emitter = DefaultEmitter::default();
    emitter.naively_switch_states(true);
    for token in Tokenizer::new_with_emitter(piece, emitter).flatten() {
        match token {
            Token::String(words) if skipped.is_none() => text.push_str(&String::from_utf8_lossy(&words)),
            Token::StartTag(tag) => match tag.name.as_slice() {
                b"br" => text.push('\n'),
                b"script" | b"style" => skipped = Some(tag.name.to_vec()),
                _ => {}
            },
            Token::EndTag(tag) if skipped.as_deref() == Some(tag.name.as_slice()) => skipped = None,
            _ => {}
        }
    }
    text
}

/// Words with one blank between them.
#[must_use]
pub fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn element(tag: StartTag<usize>, end: usize) -> Element {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    Element {
        name: text(&tag.name),
        attributes: tag
            .attributes
            .iter()
            .filter(|(_, value)| value.len() <= LONGEST_VALUE)
            .map(|(name, value)| (text(name), text(value)))
            .collect(),
        outer: tag.span.start..end,
        inner: tag.span.end..end,
    }
}

/// The elements that are open at a place, as indexes, and how many there are of each name.
#[derive(Default)]
struct Open {
    way: Vec<usize>,
    counts: BTreeMap<String, usize>,
}

impl Open {
    fn push(&mut self, mut element: Element, elements: &mut Vec<Element>) {
        if VOID.contains(&element.name.as_str()) {
            element.inner.end = element.inner.start;
            element.outer.end = element.inner.start;
        } else {
            self.way.push(elements.len());
            *self.counts.entry(element.name.clone()).or_default() += 1;
        }
        elements.push(element);
    }

    /// Ends a paragraph or list entry that its writer left open, where the next element says that it is over.
    fn make_room(&mut self, next: &Element, elements: &mut [Element]) {
        let last = self.way.last().and_then(|at| elements.get(*at)).map(|last| last.name.as_str());
        let name = match last {
            Some("p") if BLOCKS.contains(&next.name.as_str()) => "p",
            Some("li") if next.name == "li" => "li",
            _ => return,
        };
        self.close(name, next.outer.start..next.outer.start, elements);
    }

    /// Ends the innermost element of this name and all that is still open in it; an end without a start means nothing.
    fn close(&mut self, name: &str, tag: Range<usize>, elements: &mut [Element]) {
        if self.counts.get(name).is_none_or(|count| *count == 0) {
            return;
        }
        while let Some(element) = self.way.pop().and_then(|at| elements.get_mut(at)) {
            if let Some(count) = self.counts.get_mut(&element.name) {
                *count = count.saturating_sub(1);
            }
            element.inner.end = tag.start;
            if element.name == name {
                element.outer.end = tag.end;
                return;
            }
            element.outer.end = tag.start;
        }
    }
}

/// Plain words as HTML, in an attribute too.
#[must_use]
pub fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements_are_found_with_what_they_hold() {
        let source = "<!DOCTYPE html>\r\n<body><p class='a  b' title=\"x &amp; y\">One \u{e9}<br>two<img src=z> &lt;b&gt;</p>\r\n<script type=\"application/ld+json\">{\"a\": \"<p>\"}</script><i>end</i>";
        let html = Html::new(source);
        let find = |name: &str| html.elements().iter().find(|element| element.name == name).expect("there");
        let paragraph = find("p");
        assert!(paragraph.has_class("b") && !paragraph.has_class("a "));
        assert_eq!(paragraph.attribute("title"), Some("x & y"));
        assert_eq!(html.source(&paragraph.inner), "One \u{e9}<br>two<img src=z> &lt;b&gt;");
        assert!(html.source(&paragraph.outer).ends_with("</p>"));
        assert_eq!(html.words(paragraph), "One \u{e9} two <b>");
        assert_eq!(html.within(&paragraph.inner).len(), 2);
        assert_eq!(html.source(&find("script").inner), "{\"a\": \"<p>\"}");
        assert_eq!(html.words(find("body")), "One \u{e9} two <b> end");
    }

    #[test]
    fn what_is_left_open_ends_where_it_must() {
        let source = "<div><p>one<p>two<ul><li>a<li>b</ul></b></div><p>three";
        let html = Html::new(source);
        let inner: Vec<&str> = html.elements().iter().map(|element| html.source(&element.inner)).collect();
        assert_eq!(
            inner,
            ["<p>one<p>two<ul><li>a<li>b</ul></b>", "one", "two", "<li>a<li>b", "a", "b", "three"],
            "{:#?}",
            html.elements()
        );
    }

    #[test]
    fn deep_and_broken_pages_are_read_in_one_pass() {
        let deep = format!("{}{}", "<b>".repeat(200_000), "</i></b>".repeat(200_000));
        let html = Html::new(&deep);
        assert_eq!((html.elements().len(), html.cut), (200_000, None));
        assert!(Html::new(&"<b>".repeat(MOST_ELEMENTS + 5)).cut.is_some());
        for bad in ["", "<", "<a", "<a href=\"", "</", "<!--", "<script>", "&#", "<a\u{0}b c=\u{fffd}>", "\u{feff}<a/>"]
        {
            let html = Html::new(bad);
            html.elements().iter().for_each(|element| drop(html.words(element)));
        }
    }
}
