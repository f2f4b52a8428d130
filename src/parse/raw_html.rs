//! Raw HTML of the author: passed on as it is, but for his remarks and for addresses of files of the book. Knows no other file.

use std::ops::Range;

use pulldown_cmark::{Event, TagEnd};

use super::markdown::Writer;
use super::tokens::{Part, What, scan};
use crate::base::codes::Code;
use crate::base::diagnostic::Diagnostic;
use crate::base::fingerprint::Fingerprint;
use crate::base::span::to_u32;
use crate::model::prose::{LinkRef, LinkStyle, Piece};

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

    /// Writes a tag or a remark within a text.
    pub(super) fn write_inline_html(&mut self, html: &str, source: &Range<usize>) {
        if !self.input.settings.extensions || !self.raw.is_remark(html) {
            self.write_raw_html(html, source);
        }
    }

    /// Writes raw HTML without remarks; addresses of files of the book become holes, ids are noted.
    fn write_raw_html(&mut self, html: &str, source: &Range<usize>) {
        if self.muted > 0 {
            return;
        }
        if !self.input.settings.extensions {
            self.write(html);
            return;
        }
        let Some(html) = self.behind_remark(html) else { return };
        let found = scan(html, &mut self.raw);
        self.outline.other_ids.extend(found.ids);
        for (code, message) in found.blocked {
            let help = match code {
                Code::ExternalImage => "copy it beside the essay and name the copy",
                _ => "link to it, or widen the policy in a theme of your own",
            };
            let span = self.span(source.clone());
            self.diagnostics.push(Diagnostic::new(code, span, message).help(help));
        }
        let is_only_remarks =
            !found.parts.is_empty() && found.parts.iter().all(|part| matches!(part.what, What::Remark));
        let mut written = 0;
        for Part { range, what } in found.parts {
            let before = &html[written..range.start];
            if !is_only_remarks || !before.trim().is_empty() {
                self.write(before);
            }
            match what {
                What::Remark => {}
                What::OpenRemark => self.write("<!--"),
                What::Attribute { name, target } => {
                    self.flush();
                    let start = to_u32(self.html.len());
                    self.html.push_str(&name);
                    self.flushed = self.html.len();
                    let name = (start, to_u32(self.flushed));
                    let link = self.push_address(target, source);
                    self.pieces.push(Piece::Attribute { name, link });
                }
                What::Candidate { target } => {
                    self.flush();
                    let link = self.push_address(target, source);
                    self.pieces.push(Piece::Address(link));
                }
            }
            written = range.end;
        }
        if !is_only_remarks || !html[written..].trim().is_empty() {
            self.write(&html[written..]);
        }
    }

    /// What of this HTML stands behind the remark that is open; `None` where none does. What is left out here, the page would hide.
    fn behind_remark<'h>(&mut self, html: &'h str) -> Option<&'h str> {
        if !self.raw.is_in_remark {
            return Some(html);
        }
        let end = html.find("-->")? + 3;
        self.raw.is_in_remark = false;
        self.write("-->");
        Some(&html[end..])
    }

    fn push_address(&mut self, target: String, source: &Range<usize>) -> u32 {
        let text = to_u32(self.outline.text.len());
        let offset = self.input.body_start;
        self.outline.links.push(LinkRef {
            style: LinkStyle::Html,
            target,
            title: String::new(),
            source: (to_u32(source.start + offset), to_u32(source.end + offset)),
            text: (text, text),
            block: self.block.map_or(u32::MAX, to_u32),
            sentence: (0, 0),
            piece: to_u32(self.pieces.len()),
            anchor: String::new(),
            quote: String::new(),
            shown: Fingerprint::default(),
        });
        to_u32(self.outline.links.len() - 1)
    }
}
