//! Text, links, pictures, code and formulas of a `Prose`. Knows no blocks but the one that is open.

use std::ops::Range;

use pulldown_cmark::{Event, LinkType, Tag, TagEnd};

use super::autolink;
use super::markdown::Writer;
use crate::base::codes::Code;
use crate::base::diagnostic::Diagnostic;
use crate::base::fingerprint::Fingerprint;
use crate::base::span::to_u32;
use crate::base::words::without_escapes;
use crate::highlight;
use crate::model::prose::{CodeBlock, ImageRef, LinkRef, LinkStyle, Piece, Shape};

/// Extensions of files that are shown as pictures.
const PICTURES: [&str; 8] = ["png", "jpg", "jpeg", "gif", "webp", "avif", "svg", "ico"];

impl<'a> Writer<'a> {
    /// Writes the text events from here on, joined, and returns the index of the event behind them.
    pub(super) fn write_text(&mut self, at: usize) -> usize {
        let mut end = at + 1;
        while matches!(self.events.get(end), Some((Event::Text(_), _))) {
            end += 1;
        }
        let source = self.events[at].1.start..self.events[end - 1].1.end;
        let raw = &self.input.text[self.input.body_start..][source.clone()];
        if self.input.settings.extensions {
            if raw.contains("[^") {
                self.report_missing_notes(raw, source.start);
            }
            if self.closed_links() == 0 && self.muted == 0 {
                let addresses = autolink::find(raw);
                if !addresses.is_empty() {
                    self.write_autolinks(at..end, source.start, &addresses);
                    return end;
                }
            }
        }
        for index in at..end {
            let Event::Text(text) = self.events[index].0.clone() else { continue };
            self.write_words(&text);
        }
        end
    }

    /// Text as it is: into the run that concepts are looked for in, or escaped.
    pub(super) fn write_words(&mut self, text: &str) {
        if text.is_empty() {
            return;
        }
        if self.muted > 0 {
            let shown = without_escapes(text);
            self.pulls.last_mut().expect("a pull quote is open").text.push_str(&shown);
            self.escape(&shown);
            return;
        }
        if !self.input.settings.extensions {
            self.escape(text);
            return;
        }
        self.open_waiting_block();
        if self.closed_to_terms == 0 || text.contains('\\') {
            self.write_run(text, self.closed_to_terms == 0);
        } else {
            self.outline.text.push_str(text);
            self.escape(text);
        }
    }

    fn write_autolinks(&mut self, events: Range<usize>, start: usize, addresses: &[autolink::Address]) {
        let mut written = start;
        for address in addresses {
            let (from, to) = (start + address.range.start, start + address.range.end);
            self.write_source_words(events.clone(), written..from);
            let source = from..to;
            let words = self.input.text[self.input.body_start..][source.clone()].to_owned();
            let link = self.open_link(LinkStyle::Markdown, &address.target, "", source);
            self.outline.text.push_str(&words);
            self.escape(&words);
            self.close_link(link);
            written = to;
        }
        self.write_source_words(events.clone(), written..self.events[events.end - 1].1.end);
    }

    /// The text events, as far as they stand in this part of the source.
    fn write_source_words(&mut self, events: Range<usize>, source: Range<usize>) {
        for index in events {
            let (Event::Text(text), range) = self.events[index].clone() else { continue };
            let (from, to) = (range.start.max(source.start), range.end.min(source.end));
            if from >= to {
                continue;
            }
            if range.start >= source.start && range.end <= source.end {
                self.write_words(&text);
            } else if text.len() == range.len() {
                self.write_words(&text[from - range.start..to - range.start]);
            }
        }
    }

    fn report_missing_notes(&mut self, raw: &str, start: usize) {
        for (at, _) in raw.match_indices("[^") {
            let label = raw[at + 2..].split(']').next().unwrap_or("");
            let is_label =
                !label.is_empty() && label.len() < raw.len() - at - 2 && !label.contains(char::is_whitespace);
            if !is_label || raw[..at].ends_with('\\') {
                continue;
            }
            let span = self.span(start + at..start + at + label.len() + 3);
            self.diagnostics.push(
                Diagnostic::new(Code::MissingFootnote, span, format!("there is no footnote `{label}`"))
                    .help(format!("add a line `[^{label}]: …` with the text of the note")),
            );
        }
    }

    pub(super) fn write_break(&mut self, html: &str) {
        if self.muted > 0 {
            self.pulls.last_mut().expect("a pull quote is open").text.push(' ');
            self.html.push_str(html);
            self.html.push('\n');
            return;
        }
        if html.is_empty() && self.input.settings.extensions {
            self.write_words(" ");
            return;
        }
        if self.block.is_some() {
            self.outline.text.push(' ');
        }
        self.write(html);
        self.html.push('\n');
    }

    pub(super) fn write_inline_code(&mut self, code: &str) {
        self.write_aside_words(code);
        self.write("<code>");
        self.escape(code);
        self.write("</code>");
    }

    pub(super) fn write_math(&mut self, tex: &str, is_display: bool, source: &Range<usize>) {
        self.write_aside_words(tex);
        self.outline.has_math = true;
        match self.input.math.convert(tex, is_display) {
            Ok(mathml) => self.write(&mathml),
            Err((range, message)) => {
                let fence = 1 + usize::from(is_display);
                let start = source.start + fence + range.start;
                let end = (source.start + fence + range.end).clamp(start, source.end);
                let span = self.span(start..end);
                self.diagnostics.push(
                    Diagnostic::new(Code::BadMath, span, format!("this formula cannot be read: {message}"))
                        .help("mend the formula, or write `\\$` where a dollar sign is meant"),
                );
                self.write("<code class=\"math-error\">");
                self.escape(tex);
                self.write("</code>");
            }
        }
    }

    /// Words that count and may be quoted, but in which no concept is linked.
    fn write_aside_words(&mut self, text: &str) {
        if self.muted > 0 {
            self.pulls.last_mut().expect("a pull quote is open").text.push_str(text);
            return;
        }
        self.open_waiting_block();
        self.flush();
        if self.block.is_some() {
            self.outline.text.push_str(text);
        }
    }

    pub(super) fn write_code(&mut self, info: &str, language: &str, code: &str, source: Range<usize>) {
        if !self.input.settings.extensions {
            match info.split(' ').next() {
                Some(word) if !word.is_empty() => {
                    self.write("<pre><code class=\"language-");
                    self.escape_attribute(word);
                    self.write("\">");
                }
                _ => self.write("<pre><code>"),
            }
            self.escape(code);
            self.write("</code></pre>\n");
            return;
        }
        let is_highlighted = match highlight::is_highlighted(language) {
            Ok(is_highlighted) => is_highlighted,
            Err(unknown) => {
                let fence = self.input.text[self.input.body_start..][source.clone()].find(language).unwrap_or(0);
                let span = self.span(source.start + fence..source.start + fence + language.len());
                let diagnostic = Diagnostic::new(
                    Code::UnknownLanguage,
                    span.clone(),
                    format!("no highlighting is known for the language `{language}`"),
                );
                self.diagnostics.push(match unknown.nearest {
                    Some(name) => diagnostic.help(format!("did you mean `{name}`?")).guess(span, name),
                    None => diagnostic.help("write `text` for code without highlighting"),
                });
                false
            }
        };
        self.write("<pre class=\"code\" tabindex=\"0\"");
        if !language.is_empty() {
            self.write(" data-lang=\"");
            self.escape_attribute(language);
            self.write("\"");
        }
        self.write("><code>");
        if is_highlighted {
            self.flush();
            self.pieces.push(Piece::Code(to_u32(self.codes.len())));
            self.codes.push(CodeBlock { language: language.to_owned(), code: code.to_owned() });
        } else {
            self.write(&highlight::plain(code));
        }
        self.write("</code></pre>\n");
    }

    // ---- links ----

    pub(super) fn start_link(
        &mut self,
        at: usize,
        link_type: LinkType,
        target: &str,
        title: &str,
        source: Range<usize>,
    ) -> usize {
        let end = self.matching_end(at, |event| matches!(event, Event::End(TagEnd::Link)));
        if self.muted > 0 {
            self.write_nested(at + 1..end);
            return end + 1;
        }
        let (style, target) = match link_type {
            LinkType::WikiLink { .. } => (LinkStyle::Wiki, target.strip_suffix('\\').unwrap_or(target).to_owned()),
            LinkType::Email => (LinkStyle::Markdown, format!("mailto:{target}")),
            _ => (LinkStyle::Markdown, target.to_owned()),
        };
        if end == at + 1 && style == LinkStyle::Markdown && self.input.settings.extensions {
            let span = self.span(source.clone());
            self.diagnostics.push(
                Diagnostic::new(Code::BrokenLink, span, "this link has no words, so readers cannot see it")
                    .help("write words between the square brackets"),
            );
        }
        let link = self.open_link(style, &target, title, source);
        if matches!(link_type, LinkType::WikiLink { has_pothole: false }) {
            let (page, fragment) = target.split_once('#').unwrap_or((&target, ""));
            let words = if page.trim().is_empty() { fragment } else { page };
            self.write_words(words.trim());
        } else {
            self.write_nested(at + 1..end);
        }
        self.close_link(link);
        end + 1
    }

    fn open_link(&mut self, style: LinkStyle, target: &str, title: &str, source: Range<usize>) -> usize {
        self.open_waiting_block();
        self.flush();
        let link = self.outline.links.len();
        let piece = to_u32(self.pieces.len());
        self.pieces.push(Piece::LinkOpen(to_u32(link)));
        let start = to_u32(self.outline.text.len());
        let offset = self.input.body_start;
        self.outline.links.push(LinkRef {
            style,
            target: target.to_owned(),
            title: title.to_owned(),
            source: (to_u32(source.start + offset), to_u32(source.end + offset)),
            text: (start, start),
            block: self.block.map_or(u32::MAX, to_u32),
            sentence: (0, 0),
            piece,
            anchor: String::new(),
            quote: String::new(),
            shown: Fingerprint::default(),
        });
        self.closed_to_terms += 1;
        self.open_links += 1;
        link
    }

    fn close_link(&mut self, link: usize) {
        self.flush();
        self.closed_to_terms -= 1;
        self.open_links -= 1;
        self.pieces.push(Piece::LinkClose(to_u32(link)));
        self.outline.links[link].text.1 = to_u32(self.outline.text.len());
    }

    fn closed_links(&self) -> usize {
        self.open_links
    }

    // ---- pictures ----

    /// A paragraph that holds nothing but a picture becomes a figure, one that holds nothing but a transclusion a passage.
    /// `None` for every other paragraph.
    pub(super) fn write_lone_image(&mut self, at: usize) -> Option<usize> {
        if !self.input.settings.extensions || self.muted > 0 {
            return None;
        }
        let (Event::Start(Tag::Image { link_type, dest_url, title, .. }), source) = self.events.get(at + 1)?.clone()
        else {
            return None;
        };
        let end = self.matching_end(at + 1, |event| matches!(event, Event::End(TagEnd::Image)));
        if !matches!(self.events.get(end + 1), Some((Event::End(TagEnd::Paragraph), _))) {
            return None;
        }
        let is_embed = matches!(link_type, LinkType::WikiLink { .. }) && !is_picture(&dest_url);
        if is_embed {
            self.close_block();
            self.fresh_line();
            let link = self.open_link(LinkStyle::Embed, dest_url.strip_suffix('\\').unwrap_or(&dest_url), "", source);
            self.close_link(link);
            self.pieces.truncate(self.pieces.len() - 2);
            self.pieces.push(Piece::Embed(to_u32(link)));
            return Some(end + 2);
        }
        if title.is_empty() {
            return None;
        }
        self.close_block();
        self.fresh_line();
        self.open_block(Shape::Whole);
        self.write("<figure");
        self.id_slot(None);
        self.write(">");
        let alt = self.words_of(at + 2..end);
        self.push_image(&dest_url, alt, "", source);
        self.write("<figcaption>");
        self.outline.text.push_str(&title);
        self.escape(&title);
        self.write("</figcaption></figure>");
        self.close_block();
        self.html.push('\n');
        Some(end + 2)
    }

    pub(super) fn write_image(
        &mut self,
        at: usize,
        link_type: LinkType,
        target: &str,
        title: &str,
        source: Range<usize>,
    ) -> usize {
        let end = self.matching_end(at, |event| matches!(event, Event::End(TagEnd::Image)));
        if self.muted > 0 {
            return end + 1;
        }
        if matches!(link_type, LinkType::WikiLink { .. }) && !is_picture(target) {
            // A transclusion inside a sentence: the passage cannot stand there, a link to it can.
            let link = self.open_link(LinkStyle::Wiki, target, "", source);
            self.write_words(target.split('#').next().unwrap_or(target));
            self.close_link(link);
            return end + 1;
        }
        let alt = self.words_of(at + 1..end);
        self.open_waiting_block();
        self.push_image(target, alt, title, source);
        end + 1
    }

    fn push_image(&mut self, target: &str, alt: String, title: &str, source: Range<usize>) {
        self.flush();
        let offset = self.input.body_start;
        self.pieces.push(Piece::Image(to_u32(self.outline.images.len())));
        self.outline.images.push(ImageRef {
            target: target.to_owned(),
            alt,
            title: title.to_owned(),
            source: (to_u32(source.start + offset), to_u32(source.end + offset)),
        });
    }

    /// The plain words of these events.
    pub(super) fn words_of(&self, events: Range<usize>) -> String {
        let mut words = String::new();
        for (event, _) in &self.events[events] {
            match event {
                Event::Text(text) | Event::Code(text) | Event::InlineMath(text) => words.push_str(text),
                Event::SoftBreak | Event::HardBreak => words.push(' '),
                _ => {}
            }
        }
        words
    }

    /// The index of the end that belongs to the start at this index.
    pub(super) fn matching_end(&self, at: usize, is_end: impl Fn(&Event<'a>) -> bool) -> usize {
        let mut depth = 0_usize;
        for (index, (event, _)) in self.events.iter().enumerate().skip(at) {
            match event {
                Event::Start(_) => depth += 1,
                Event::End(_) => {
                    depth -= 1;
                    if depth == 0 {
                        debug_assert!(is_end(event), "starts and ends are nested");
                        return index;
                    }
                }
                _ => {}
            }
        }
        self.events.len() - 1
    }

    pub(super) fn escape(&mut self, text: &str) {
        self.write("");
        pulldown_cmark_escape::escape_html_body_text(&mut self.html, text).expect("writing to a string cannot fail");
    }
}

pub(super) fn is_picture(target: &str) -> bool {
    target.rsplit_once('.').is_some_and(|(_, extension)| PICTURES.contains(&extension.to_ascii_lowercase().as_str()))
}
