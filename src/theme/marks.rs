//! Templates with a mark before each address, so that an address on a page tells which template wrote it. Knows no page.

use std::ops::Range;

use crate::base::path::SitePath;
use crate::model::source::{Layer, Source};

/// Attributes that hold addresses.
const ADDRESSES: [&str; 4] = ["href", "src", "srcset", "poster"];

/// What a mark begins with; the name of the marked attribute follows.
const MARK: &str = "data-throughline-mark-";

/// A place in a template of the book's own where an address is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    /// The template.
    pub path: SitePath,
    /// Its name without the layer.
    pub template: String,
    /// The attribute.
    pub attribute: &'static str,
    /// The bytes of the value, without quotes.
    pub range: Range<usize>,
    /// The value as it is written.
    pub text: String,
}

/// The attribute that holds the number of the mark of another attribute.
#[must_use]
pub fn mark_of(attribute: &str) -> String {
    format!("{MARK}{attribute}")
}

/// The layers with a mark before each address in the templates of the book's own, and the marks by their numbers.
#[must_use]
pub fn marked(layers: &[Layer]) -> (Vec<Layer>, Vec<Mark>) {
    let mut layers = layers.to_vec();
    let mut marks = Vec::new();
    for layer in layers.iter_mut().filter(|layer| layer.is_own()) {
        for (name, source) in &mut layer.templates {
            let mut written = String::with_capacity(source.held().len());
            let mut done = 0;
            for found in attributes(source.held()) {
                written.push_str(&source.held()[done..found.at]);
                written.push_str(&format!("{}=\"{}\" ", mark_of(found.attribute), marks.len()));
                done = found.at;
                let text = source.held()[found.value.clone()].to_owned();
                let (path, template) = (source.path.clone(), name.clone());
                marks.push(Mark { path, template, attribute: found.attribute, range: found.value, text });
            }
            written.push_str(&source.held()[done..]);
            *source = Source::new(source.path.clone(), written);
        }
    }
    (layers, marks)
}

/// An attribute with an address.
struct Found {
    attribute: &'static str,
    /// Where its name begins.
    at: usize,
    value: Range<usize>,
}

/// The attributes of a template that hold addresses: in tags, outside comments and statements.
fn attributes(text: &str) -> Vec<Found> {
    let bytes = text.as_bytes();
    let mut found = Vec::new();
    let mut at = 0;
    let mut is_in_tag = false;
    while at < bytes.len() {
        if let Some(end) = statement(text, at) {
            at = end;
        } else if !is_in_tag && bytes[at..].starts_with(b"<!--") {
            at = text[at..].find("-->").map_or(bytes.len(), |end| at + end + 3);
        } else if !is_in_tag {
            is_in_tag = bytes[at] == b'<' && bytes.get(at + 1).is_some_and(u8::is_ascii_alphabetic);
            at += 1;
        } else if bytes[at] == b'>' {
            is_in_tag = false;
            at += 1;
        } else if is_name(bytes[at]) {
            let start = at;
            at = end_of(bytes, at, is_name);
            let sign = end_of(bytes, at, |byte| byte.is_ascii_whitespace());
            if bytes.get(sign) == Some(&b'=') {
                let (value, end) = value(text, end_of(bytes, sign + 1, |byte| byte.is_ascii_whitespace()));
                at = end;
                let name = text[start..sign].trim_end();
                let attribute = ADDRESSES.into_iter().find(|known| known.eq_ignore_ascii_case(name));
                found.extend(attribute.map(|attribute| Found { attribute, at: start, value }));
            }
        } else {
            at += 1;
        }
    }
    found
}

/// The value of an attribute that begins here, and where it ends with its quote.
fn value(text: &str, start: usize) -> (Range<usize>, usize) {
    let bytes = text.as_bytes();
    let quote = bytes.get(start).copied().filter(|byte| matches!(byte, b'"' | b'\''));
    let first = start + usize::from(quote.is_some());
    let mut at = first;
    while at < bytes.len() {
        // What follows a value without quotes is no part of it.
        let is_behind = quote.is_none() && at > first && bytes[at..].starts_with(b"{%");
        if let Some(end) = statement(text, at).filter(|_| !is_behind) {
            at = end;
            continue;
        }
        let is_end = match quote {
            Some(quote) => bytes[at] == quote,
            None => is_behind || bytes[at].is_ascii_whitespace() || bytes[at] == b'>',
        };
        if is_end {
            return (first..at, at + usize::from(quote.is_some()));
        }
        at += 1;
    }
    (first.min(at)..at, at)
}

/// Where a statement, an expression or a comment of the template ends that begins here.
fn statement(text: &str, at: usize) -> Option<usize> {
    let rest = &text.as_bytes()[at..];
    let close =
        [("{{", "}}"), ("{%", "%}"), ("{#", "#}")].into_iter().find(|(open, _)| rest.starts_with(open.as_bytes()));
    let (_, close) = close?;
    Some(text[at..].find(close).map_or(text.len(), |end| at + end + 2))
}

fn end_of(bytes: &[u8], start: usize, is_part: impl Fn(u8) -> bool) -> usize {
    bytes[start..].iter().position(|byte| !is_part(*byte)).map_or(bytes.len(), |end| start + end)
}

fn is_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b':' | b'@')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::source::Source;

    fn of(text: &str) -> (String, Vec<String>) {
        let path = SitePath::new("themes/mine/templates/a.html").expect("clean");
        let mut layer = Layer::new(Layer::OWN, &SitePath::new("themes/mine").expect("clean"));
        layer.templates.push(("a.html".to_owned(), Source::new(path, text)));
        let (layers, marks) = marked(&[layer]);
        let texts = marks.into_iter().map(|mark| format!("{} {}", mark.attribute, mark.text)).collect();
        (layers[0].templates[0].1.text().to_string(), texts)
    }

    #[test]
    fn each_address_of_a_tag_gets_its_mark() {
        let (text, marks) =
            of("<a class=b href=\"{{ x[\"y\"] }}z\">é</a><img {% if a > b %}SRC = q/r{% endif %} alt=''>");
        assert_eq!(marks, ["href {{ x[\"y\"] }}z", "src q/r"]);
        let wanted = "<a class=b data-throughline-mark-href=\"0\" href=\"{{ x[\"y\"] }}z\">é</a><img {% if a > b %}data-throughline-mark-src=\"1\" SRC = q/r{% endif %} alt=''>";
        assert_eq!(text, wanted);
    }

    #[test]
    fn words_comments_statements_and_other_attributes_get_none() {
        for text in [
            "href=\"a\"",
            "{# <a href=\"a\"> #}",
            "<!-- <a href=\"a\"> -->",
            "{% set a = '<a href=\"a\">' %}",
            "<a data-href=\"a\" title='> href=\"b\"'>",
            "a < b href=c",
            "<a href>",
        ] {
            assert_eq!(of(text), (text.to_owned(), Vec::new()), "{text}");
        }
    }

    #[test]
    fn broken_templates_come_to_an_end() {
        for text in ["<a href=", "<a href=\"", "<a href='{{", "<", "<a href={% x", "{#", "<!--", "<a é=é href=é"] {
            assert!(of(text).1.len() < 2, "{text}");
        }
    }
}
