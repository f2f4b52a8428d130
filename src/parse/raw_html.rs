//! Raw HTML of the author: passed on as it is, but for addresses of files of the book. Knows no other file.

use std::ops::Range;

use html5gum::{DefaultEmitter, Token, Tokenizer};
use pulldown_cmark::{Event, TagEnd};

use super::markdown::Writer;
use crate::base::span::to_u32;
use crate::model::prose::{LinkRef, LinkStyle, Piece};

/// Attributes that hold an address.
const ADDRESSES: [&str; 3] = ["href", "src", "poster"];

impl Writer<'_> {
    /// Writes a block of raw HTML as a whole and returns the index of the event behind it.
    pub(super) fn write_html_block(&mut self, at: usize) -> usize {
        let end = self.matching_end(at, |event| matches!(event, Event::End(TagEnd::HtmlBlock)));
        self.close_block();
        if let Some(waiting) = self.waiting.last_mut() {
            *waiting = None;
        }
        let mut html = String::new();
        for (event, _) in &self.events[at + 1..end] {
            if let Event::Html(part) | Event::Text(part) = event {
                html.push_str(part);
            }
        }
        let source = self.events[at].1.clone();
        self.write_raw_html(&html, &source);
        end + 1
    }

    /// Writes raw HTML; addresses of files of the book become holes, ids are noted.
    pub(super) fn write_raw_html(&mut self, html: &str, source: &Range<usize>) {
        if self.muted > 0 {
            return;
        }
        if !self.input.settings.extensions || !html.contains('=') {
            self.write(html);
            return;
        }
        let found = attributes(html);
        self.outline.other_ids.extend(found.ids);
        let mut written = 0;
        for (range, target) in found.addresses {
            self.write(&html[written..range.start]);
            self.flush();
            let text = to_u32(self.outline.text.len());
            let offset = self.input.body_start;
            self.pieces.push(Piece::Address(to_u32(self.outline.links.len())));
            self.outline.links.push(LinkRef {
                style: LinkStyle::Html,
                target,
                title: String::new(),
                source: (to_u32(source.start + offset), to_u32(source.end + offset)),
                text: (text, text),
                block: self.block.map_or(u32::MAX, to_u32),
            });
            written = range.end;
        }
        self.write(&html[written..]);
    }
}

#[derive(Default)]
struct Found {
    ids: Vec<String>,
    /// Relative addresses with their bytes in the HTML, in order.
    addresses: Vec<(Range<usize>, String)>,
}

fn attributes(html: &str) -> Found {
    let mut found = Found::default();
    for token in Tokenizer::new_with_emitter(html, DefaultEmitter::<usize>::new_with_span()) {
        let Ok(Token::StartTag(tag)) = token else { continue };
        for (name, value) in &tag.attributes {
            let text = String::from_utf8_lossy(value);
            if name.as_slice() == b"id" {
                found.ids.push(text.into_owned());
                continue;
            }
            let is_address = ADDRESSES.iter().any(|address| name.as_slice() == address.as_bytes());
            if !is_address || !is_relative(&text) {
                continue;
            }
            // Only an address that stands in the source as it reads (no entities) can be replaced safely.
            let (start, end) = (value.span.start.min(html.len()), value.span.end.min(html.len()));
            if let Some(at) = html.get(start..end).and_then(|raw| raw.find(&*text)) {
                found.addresses.push((start + at..start + at + text.len(), text.into_owned()));
            }
        }
    }
    found.addresses.sort_by_key(|(range, _)| range.start);
    found
}

fn is_relative(address: &str) -> bool {
    let scheme = address.split(['/', '?', '#']).next().unwrap_or("");
    !address.is_empty() && !address.starts_with(['/', '#', '?']) && !scheme.contains(':')
}

#[cfg(test)]
mod tests {
    use super::attributes;

    #[test]
    fn relative_addresses_and_ids_are_found() {
        let html = "<p id=here><img src=\"a b.png\" alt='src=\"c.png\"'><a href='../x.md#y'>x</a><a href=\"https://e.org/\">e</a>";
        let found = attributes(html);
        let addresses: Vec<&str> = found.addresses.iter().map(|(range, _)| &html[range.clone()]).collect();
        assert_eq!((found.ids, addresses), (vec!["here".to_owned()], vec!["a b.png", "../x.md#y"]));
    }
}
