//! Raw HTML of the author: passed on as it is, but for addresses of files of the book. Knows no other file.

use std::ops::Range;

use html5gum::{DefaultEmitter, Token, Tokenizer};
use pulldown_cmark::{Event, TagEnd};

use super::markdown::Writer;
use crate::base::codes::Code;
use crate::base::diagnostic::Diagnostic;
use crate::base::span::to_u32;
use crate::model::prose::{LinkRef, LinkStyle, Piece};

/// Elements that need a script, a style or a page of another origin.
const BLOCKED: [&str; 7] = ["script", "style", "iframe", "frame", "object", "embed", "form"];

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
        if !self.input.settings.extensions {
            self.write(html);
            return;
        }
        let found = attributes(html);
        self.outline.other_ids.extend(found.ids);
        for (code, message) in found.blocked {
            let help = match code {
                Code::ExternalImage => "copy it beside the essay and name the copy",
                _ => "link to it, or widen the policy in a theme of your own",
            };
            let span = self.span(source.clone());
            self.diagnostics.push(Diagnostic::new(code, span, message).help(help));
        }
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
                sentence: (0, 0),
            });
            written = range.end;
        }
        self.write(&html[written..]);
    }
}

/// Addresses on this site with their bytes in the HTML, in order.
pub(super) fn addresses(html: &str) -> Vec<(Range<usize>, String)> {
    attributes(html).addresses
}

#[derive(Default)]
struct Found {
    ids: Vec<String>,
    /// What the content security policy of the built-in theme does not let work, and why.
    blocked: Vec<(Code, String)>,
    /// Addresses on this site with their bytes in the HTML, in order.
    addresses: Vec<(Range<usize>, String)>,
}

fn attributes(html: &str) -> Found {
    let mut found = Found::default();
    for token in Tokenizer::new_with_emitter(html, DefaultEmitter::<usize>::new_with_span()) {
        let Ok(Token::StartTag(tag)) = token else { continue };
        let element = String::from_utf8_lossy(&tag.name).into_owned();
        if BLOCKED.contains(&element.as_str()) {
            let message = format!("the site's content security policy does not let `<{element}>` work");
            found.blocked.push((Code::BlockedHtml, message));
        }
        for (name, value) in &tag.attributes {
            let text = String::from_utf8_lossy(value);
            let name = String::from_utf8_lossy(name);
            if name == "id" {
                found.ids.push(text.into_owned());
                continue;
            }
            if name == "style" || name.starts_with("on") {
                let message = format!("the site's content security policy does not let the attribute `{name}` work");
                found.blocked.push((Code::BlockedHtml, message));
                continue;
            }
            if !ADDRESSES.contains(&name.as_ref()) {
                continue;
            }
            if !is_on_site(&text) {
                if name != "href" && !BLOCKED.contains(&element.as_str()) && !text.starts_with("data:") {
                    let (code, what) = match element.as_str() {
                        "img" => (Code::ExternalImage, "this image".to_owned()),
                        other => (Code::BlockedHtml, format!("what this `<{other}>` names")),
                    };
                    found.blocked.push((code, format!("{what} would be fetched from another server")));
                }
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

/// Whether an address leads to this site: relative, from its root, or to a place on the page.
fn is_on_site(address: &str) -> bool {
    let scheme = address.split(['/', '?', '#']).next().unwrap_or("");
    !address.is_empty() && !address.starts_with("//") && !scheme.contains(':')
}

#[cfg(test)]
mod tests {
    use super::attributes;

    #[test]
    fn addresses_on_the_site_and_ids_are_found() {
        let html = "<p id=here><img src=\"a b.png\" alt='src=\"c.png\"'><a href='../x.md#y'>x</a><a href=\"https://e.org/\">e</a>";
        let found = attributes(html);
        let addresses: Vec<&str> = found.addresses.iter().map(|(range, _)| &html[range.clone()]).collect();
        assert_eq!((found.ids, addresses), (vec!["here".to_owned()], vec!["a b.png", "../x.md#y"]));
    }
}
