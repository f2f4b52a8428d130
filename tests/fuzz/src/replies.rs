//! Files of replies: what an import writes must be read without a finding, and nothing live comes out of any.

use std::collections::BTreeSet;

use throughline::base::diagnostic::Diagnostics;
use throughline::import::foreign::{Body, Format};
use throughline::import::merge::{Head, merge};
use throughline::import::normalise;
use throughline::import::record::Record;
use throughline::model::writing::Parsed;
use throughline::parse::parse;

use crate::book::snapshot;

/// The elements that may stand in a reply.
const ELEMENTS: [&str; 13] =
    ["a", "blockquote", "br", "code", "del", "em", "hr", "li", "ol", "p", "pre", "strong", "ul"];

/// A file that an import wrote.
pub fn check(text: &str) {
    let (parsed, found) = read(text);
    let found = found.into_report(&Default::default()).diagnostics;
    assert!(found.is_empty(), "our own file has findings: {found:#?}\n{text}");
    check_replies(&parsed);
}

/// A file of anybody.
pub fn file(text: &str) {
    check_replies(&read(text).0);
    let essay = "+++\ntitle = \"One\"\ndate = 2020-01-02\n+++\n\nA sentence that is long enough to be quoted.\n";
    crate::book::check(&[("content/essays/one.md", essay), ("content/replies/one.toml", text)]);
}

/// Words of any source, written in each way that there is: what is shown of them holds nothing live, and plain words are shown
/// as they are.
pub fn words(text: &str) {
    for format in [Format::Plain, Format::Markdown, Format::Html] {
        let markdown = normalise::to_markdown(&Body { text: text.to_owned(), format });
        let record = Record {
            id: "file:1".to_owned(),
            fields: [("text", markdown.as_str().into())].into_iter().collect(),
            passage: None,
        };
        let head = Head { source: "file".to_owned(), key: "key".to_owned(), ..Head::default() };
        let written = merge(None, "# Replies", &head, &[record]).expect("a new file can be written").0;
        check(&written);
        let (parsed, _) = read(&written);
        if markdown.is_empty() {
            continue;
        }
        let reply = &parsed.replies[0].replies[0];
        if format == Format::Plain {
            assert_eq!(letters(text), letters(&reply.text), "plain words are shown as they are: {markdown:?}");
        }
        let _ = normalise::words_of_html(text);
    }
}

fn letters(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).collect()
}

fn read(text: &str) -> (Parsed, Diagnostics) {
    parse(&snapshot(&[("content/replies/one.toml", text)]))
}

fn check_replies(parsed: &Parsed) {
    let mut ids = BTreeSet::new();
    for reply in parsed.replies.iter().flat_map(|replies| &replies.replies) {
        assert!(ids.insert(&reply.id.value), "two replies have the id {:?}", reply.id.value);
        check_html(&reply.html);
    }
}

/// Every `<` begins an element of the list, and no attribute is more than an address or a number.
fn check_html(html: &str) {
    let mut rest = html;
    while let Some((_, behind)) = rest.split_once('<') {
        let name = behind.trim_start_matches('/');
        let (name, mut attributes) = name.split_at(name.find([' ', '>']).expect("a tag has an end"));
        assert!(ELEMENTS.contains(&name), "the element {name:?} in {html:?}");
        while let Some((key, value)) = attributes.strip_prefix(' ').and_then(|inner| inner.split_once("=\"")) {
            let (value, behind) = value.split_once('"').expect("a value has an end");
            let is_good = match (name, key) {
                ("a", "href") => ["http:", "https:", "mailto:"].iter().any(|scheme| starts(value, scheme)),
                ("a", "rel") => value == "nofollow ugc noopener",
                ("ol", "start") => true,
                _ => false,
            };
            assert!(is_good, "the attribute {key:?} with the value {value:?} in {html:?}");
            attributes = behind;
        }
        rest = attributes.strip_prefix('>').unwrap_or_else(|| panic!("a tag does not end in {html:?}"));
    }
}

fn starts(value: &str, scheme: &str) -> bool {
    value.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme))
}
