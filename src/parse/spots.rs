//! Where the copy of a Markdown text shows something else than is written: found once, while the text is parsed. Knows no address.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use pulldown_cmark::{Event, LinkType, Tag, TagEnd};
use serde::{Deserialize, Serialize};

use super::inline::is_picture;
use super::markdown::is_container;
use super::pull;
use super::tokens::{Part, State, What, scan};
use crate::base::span::to_u32;
use crate::model::book::MarkdownSettings;

/// Bytes of a text, without its front matter.
pub(super) type Bytes = (u32, u32);

/// What is another in a copy, or may be. `source` are the bytes by which the rest of the book knows a link or picture.
#[derive(Debug, Deserialize, PartialEq, Eq, Serialize)]
pub(super) enum Spot<'a> {
    /// Something that no page shows.
    Unshown(Bytes),
    /// A backslash before a word.
    Backslash(u32),
    /// An attribute of raw HTML.
    Attribute { at: Bytes, source: Bytes, name: &'a str, target: &'a str },
    /// An address among those of a `srcset`.
    Candidate { at: Bytes, source: Bytes, target: &'a str },
    /// `[[target|words]]`
    Piped { source: Bytes, words: Bytes, target: &'a str },
    /// `[[target]]` and `![[target]]`: the target stands for the words.
    Whole { source: Bytes, target: &'a str, is_picture: bool },
    /// `[words](target)` and its kin; `end` are the bytes behind the words.
    Bracketed { source: Bytes, end: Bytes, target: &'a str, title: &'a str, is_inline: bool, is_picture: bool },
}

fn bytes(range: &Range<usize>) -> Bytes {
    (to_u32(range.start), to_u32(range.end))
}

/// The spots of a text, in the order in which they were found, one behind the other as `postcard` writes them: they are kept for each
/// essay of a book, and most are links, of which as text there is little.
pub(super) fn find(body: &str, events: &[(Event<'_>, Range<usize>)], settings: &MarkdownSettings) -> Vec<u8> {
    if !settings.extensions {
        return Vec::new();
    }
    let mut finder = Finder {
        body,
        has_backslash: body.contains('\\'),
        unused: unused_notes(events),
        events,
        spots: Vec::new(),
        shown: Vec::new(),
        raw: State::default(),
        hidden: 0,
    };
    let mut at = 0;
    while at < finder.events.len() {
        at = finder.read_event(at);
    }
    finder.put_unshown_lines();
    finder.spots.shrink_to_fit();
    finder.spots
}

struct Finder<'a> {
    body: &'a str,
    has_backslash: bool,
    events: &'a [(Event<'a>, Range<usize>)],
    /// Indexes of events that begin notes to which nothing refers.
    unused: BTreeSet<usize>,
    spots: Vec<u8>,
    /// Bytes that came out as something.
    shown: Vec<Range<usize>>,
    /// What raw HTML so far left open.
    raw: State,
    /// The byte up to which a comment hides everything.
    hidden: usize,
}

impl Finder<'_> {
    /// Reads an event and returns the index of the next one.
    fn read_event(&mut self, at: usize) -> usize {
        let events = self.events;
        let (event, source) = &events[at];
        let is_only_a_frame = match event {
            Event::Start(tag) => is_container(tag) || matches!(tag, Tag::FootnoteDefinition(_)),
            Event::End(_) => true,
            _ => false,
        };
        if !is_only_a_frame {
            self.show(source);
        }
        match event {
            Event::Start(Tag::BlockQuote(None)) if pull::is_pull_quote(events, at) => {
                self.leave_out(source.clone());
                return self.end_of(at) + 1;
            }
            Event::Start(Tag::FootnoteDefinition(_)) if self.unused.contains(&at) => {
                self.leave_out(source.clone());
                return self.end_of(at) + 1;
            }
            Event::Start(Tag::CodeBlock(_)) => return self.end_of(at) + 1,
            Event::Start(Tag::HtmlBlock) => {
                let end = self.end_of(at);
                self.html_block(at, end, source);
                return end + 1;
            }
            Event::InlineHtml(html) => self.inline_html(html, source.clone()),
            Event::Start(Tag::Link { link_type, dest_url, title, .. }) => {
                return self.link(at, *link_type, dest_url, title, source);
            }
            Event::Start(Tag::Image { link_type, dest_url, title, .. }) => {
                return self.picture(at, *link_type, dest_url, title, source);
            }
            Event::Text(_) if self.has_backslash => self.words(source),
            _ => {}
        }
        at + 1
    }

    fn put(&mut self, spot: &Spot<'_>) {
        let spots = std::mem::take(&mut self.spots);
        self.spots = postcard::to_extend(spot, spots).expect("texts and numbers can always be written");
    }

    fn show(&mut self, source: &Range<usize>) {
        // What stands in a paragraph is shown with it.
        let is_shown = |last: &Range<usize>| last.start <= source.start && source.end <= last.end;
        if !self.shown.last().is_some_and(is_shown) {
            self.shown.push(source.clone());
        }
    }

    /// The index of the end of what begins at this index.
    fn end_of(&self, at: usize) -> usize {
        let mut depth = 0_usize;
        for (index, (event, _)) in self.events.iter().enumerate().skip(at) {
            match event {
                Event::Start(_) => depth += 1,
                Event::End(_) => depth -= 1,
                _ => {}
            }
            if depth == 0 {
                return index;
            }
        }
        self.events.len() - 1
    }

    /// Leaves bytes out; where nothing else stands on their lines, the lines and the blank ones behind them, too.
    fn leave_out(&mut self, source: Range<usize>) {
        let before = self.body[..source.start].trim_end_matches(|c: char| c != '\n' && c.is_whitespace());
        let mut end = source.end;
        if before.is_empty() || before.ends_with('\n') {
            let rest = &self.body[source.end..];
            let blank = rest.len() - rest.trim_start().len();
            let ends_line = self.body[..source.end].ends_with('\n') || blank == rest.len();
            // Blank lines end with the last line feed among them; what follows is indented.
            if ends_line || rest[..blank].contains('\n') {
                end += rest[..blank].rfind('\n').map_or(0, |at| at + 1);
            }
        }
        self.show(&(source.start..end));
        self.put(&Spot::Unshown(bytes(&(source.start..end))));
    }

    /// A block of raw HTML. What stands before its lines, the marks of a quotation, is no HTML.
    fn html_block(&mut self, at: usize, end: usize, source: &Range<usize>) {
        let (mut html, mut lines) = (String::new(), Vec::new());
        for (event, range) in &self.events[at + 1..end] {
            if let Event::Html(part) | Event::Text(part) = event {
                lines.push((html.len(), range.clone()));
                html.push_str(part);
            }
        }
        let body = self.body;
        // A line may be shorter in the source than it is read: a character that cannot stand in HTML has another one in its place.
        let place = |byte: usize, more: usize| {
            let line = lines.partition_point(|(start, _)| *start <= byte).checked_sub(1).map(|line| &lines[line]);
            let place = line.map_or(source.end, |(start, range)| (range.start + byte + more - start).min(range.end));
            body.floor_char_boundary(place)
        };
        let place = |range: Range<usize>| {
            let start = place(range.start, 0);
            start..range.end.checked_sub(1).map_or(start, |last| place(last, 1)).max(start)
        };
        self.raw_html(&html, source, &place);
    }

    fn inline_html(&mut self, written: &str, source: Range<usize>) {
        if source.start >= self.hidden && self.raw.is_remark(written) {
            self.leave_out(source);
            return;
        }
        let html = &self.body[source.clone()];
        self.raw_html(html, &source, &|range: Range<usize>| source.start + range.start..source.start + range.end);
    }

    /// Raw HTML; `place` tells where its bytes stand in the body.
    fn raw_html(&mut self, html: &str, source: &Range<usize>, place: &dyn Fn(Range<usize>) -> Range<usize>) {
        // Of what a comment before it hides, the rest is read behind that comment.
        let hidden = if source.start < self.hidden { html.find("-->").map(|end| end + 3) } else { Some(0) };
        let Some(hidden) = hidden else { return };
        for Part { range, what } in scan(&html[hidden..], &mut self.raw).parts {
            let range = place(range.start + hidden..range.end + hidden);
            match what {
                What::Remark => self.leave_out(range),
                What::OpenRemark => {
                    // A comment that its block does not end hides what follows, as it does on the page.
                    self.raw.is_in_remark = false;
                    let close = self.body[range.start..].find("-->").map(|at| range.start + at + 3);
                    self.hidden = close.unwrap_or(self.body.len());
                    self.leave_out(range.start..self.hidden);
                }
                What::Attribute { name, target } => {
                    let (name, target) = (name.as_str(), target.as_str());
                    self.put(&Spot::Attribute { at: bytes(&range), source: bytes(source), name, target });
                }
                What::Candidate { target } => {
                    self.put(&Spot::Candidate { at: bytes(&range), source: bytes(source), target: &target });
                }
            }
        }
    }

    fn words(&mut self, source: &Range<usize>) {
        let body = self.body;
        for (at, _) in body[source.clone()].match_indices('\\') {
            let slash = source.start + at;
            if body[slash + 1..].starts_with(char::is_alphanumeric) {
                self.put(&Spot::Backslash(to_u32(slash)));
            }
        }
    }

    fn link(&mut self, at: usize, kind: LinkType, target: &str, title: &str, source: &Range<usize>) -> usize {
        match kind {
            LinkType::Autolink | LinkType::Email => {}
            LinkType::WikiLink { has_pothole: false } => {
                self.put(&Spot::Whole { source: bytes(source), target, is_picture: false });
                return self.end_of(at) + 1;
            }
            LinkType::WikiLink { .. } => {
                let (start, end) = self.inside(at, source);
                self.put(&Spot::Piped { source: bytes(source), words: bytes(&(start..end)), target });
            }
            _ => self.brackets(at, kind, (target, title), source, false),
        }
        at + 1
    }

    fn picture(&mut self, at: usize, kind: LinkType, target: &str, title: &str, source: &Range<usize>) -> usize {
        if !matches!(kind, LinkType::WikiLink { .. }) {
            self.brackets(at, kind, (target, title), source, true);
            return at + 1;
        }
        self.put(&Spot::Whole { source: bytes(source), target, is_picture: is_picture(target) });
        self.end_of(at) + 1
    }

    /// A link or picture with brackets of its own.
    fn brackets(
        &mut self,
        at: usize,
        kind: LinkType,
        (target, title): (&str, &str),
        source: &Range<usize>,
        is_picture: bool,
    ) {
        let mut end = source.end;
        if kind == LinkType::Collapsed && self.body[end..].starts_with("[]") {
            // The parser counts the empty brackets to no link.
            end += 2;
        }
        let (_, inside_end) = self.inside(at, &(source.start..end));
        let Some(close) = self.body[inside_end..end].find(']').map(|at| inside_end + at) else { return };
        let (source, end, is_inline) = (bytes(source), bytes(&(close..end)), kind == LinkType::Inline);
        self.put(&Spot::Bracketed { source, end, target, title, is_inline, is_picture });
    }

    /// Where the words of a link begin and end.
    fn inside(&self, at: usize, source: &Range<usize>) -> (usize, usize) {
        let end = self.end_of(at);
        let inner = &self.events[at + 1..end];
        let first = inner.first().map_or(source.start + 1, |(_, range)| range.start);
        let last = inner.iter().map(|(_, range)| range.end).max().unwrap_or(source.start + 1);
        (first.clamp(source.start, source.end), last.clamp(source.start, source.end))
    }

    /// Leaves out what came out as nothing: definitions of addresses, which some people use for notes to themselves.
    fn put_unshown_lines(&mut self) {
        let mut shown = std::mem::take(&mut self.shown);
        shown.sort_by_key(|range| (range.start, range.end));
        let mut reach = 0;
        let all = self.body.len();
        for Range { start, end } in shown.into_iter().chain(std::iter::once(all..all)) {
            if reach < start {
                self.put_lines_within(reach..start);
            }
            reach = reach.max(end);
        }
    }

    /// Leaves out the lines that stand in these bytes as a whole.
    fn put_lines_within(&mut self, gap: Range<usize>) {
        let body = self.body;
        let is_at_line = gap.start == 0 || body[..gap.start].ends_with('\n');
        let rest = |from: usize| body[from..gap.end].find('\n').map_or(gap.end, |at| from + at + 1);
        let mut begin = if is_at_line { gap.start } else { rest(gap.start) };
        for line in body[begin..gap.end].split_inclusive('\n') {
            let end = begin + line.len();
            if (line.ends_with('\n') || end == body.len()) && !is_frame(line) {
                self.put(&Spot::Unshown(bytes(&(begin..end))));
            }
            begin = end;
        }
    }
}

/// Whether a line holds nothing but marks of what stands around and below it.
fn is_frame(line: &str) -> bool {
    let rest = line.trim_start_matches(|c: char| c.is_whitespace() || ">-+*:.)".contains(c) || c.is_ascii_digit());
    rest.is_empty() || rest.starts_with("[^") || rest.starts_with("[!")
}

/// The indexes of events that begin notes to which nothing leads, and second notes of one name.
fn unused_notes(events: &[(Event<'_>, Range<usize>)]) -> BTreeSet<usize> {
    let mut definitions: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let (mut open, mut begins, mut named): (Vec<String>, Vec<(usize, String)>, Vec<String>) = Default::default();
    let mut unused = BTreeSet::new();
    for (at, (event, _)) in events.iter().enumerate() {
        match event {
            Event::Start(Tag::FootnoteDefinition(label)) => {
                let label = label.to_string();
                if definitions.insert(label.clone(), Vec::new()).is_some() {
                    unused.insert(at);
                } else {
                    begins.push((at, label.clone()));
                }
                open.push(label);
            }
            Event::End(TagEnd::FootnoteDefinition) => {
                open.pop();
            }
            Event::FootnoteReference(label) => match open.last() {
                Some(inside) => definitions.entry(inside.clone()).or_default().push(label.to_string()),
                None => named.push(label.to_string()),
            },
            _ => {}
        }
    }
    let mut used = BTreeSet::new();
    while let Some(label) = named.pop() {
        if used.insert(label.clone()) {
            named.extend(definitions.get(&label).into_iter().flatten().cloned());
        }
    }
    unused.extend(begins.into_iter().filter(|(_, label)| !used.contains(label)).map(|(at, _)| at));
    unused
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::path::SitePath;
    use crate::parse::{markdown, math};

    fn found(body: &str) -> Vec<u8> {
        let settings = MarkdownSettings::default();
        let path = SitePath::new("one.md").expect("clean");
        let math = math::Converter::new(&[], &std::sync::Arc::default()).expect("no macros");
        let input =
            markdown::Input { path: &path, text: body, body_start: 0, title: "", settings: &settings, math: &math };
        let mut spots = Vec::new();
        markdown::read_seen_by(&input, |events| spots = find(body, events, &settings));
        spots
    }

    fn finder<'a>(body: &'a str, shown: &[Range<usize>]) -> Finder<'a> {
        Finder {
            body,
            has_backslash: false,
            events: &[],
            unused: BTreeSet::new(),
            spots: Vec::new(),
            shown: shown.to_vec(),
            raw: State::default(),
            hidden: 0,
        }
    }

    fn read(mut spots: &[u8]) -> Vec<Spot<'_>> {
        let mut all = Vec::new();
        while !spots.is_empty() {
            let (spot, rest) = postcard::take_from_bytes(spots).expect("written above");
            all.push(spot);
            spots = rest;
        }
        all
    }

    #[test]
    fn what_is_kept_of_a_text_is_small() {
        assert_eq!(
            found("# One\n\nA *text* with `code`, C:\\\\ and <https://e.org>.\n\n```\n[a](b)\n```\n"),
            [0_u8; 0]
        );
        let target = "../another-essay.md#a-place-in-it";
        let link = found(&format!("{}[words]({target}).\n", "A long text. ".repeat(5000)));
        assert!((target.len()..target.len() + 20).contains(&link.len()), "{}", link.len());
    }

    #[test]
    fn spots_are_read_as_they_were_written() {
        let spots = found("[a](b 't') [[c]]\n\n[//]: # (d)\n");
        let (source, end) = ((0, 10), (2, 10));
        let bracketed = Spot::Bracketed { source, end, target: "b", title: "t", is_inline: true, is_picture: false };
        let whole = Spot::Whole { source: (11, 16), target: "c", is_picture: false };
        assert_eq!(read(&spots), [bracketed, whole, Spot::Unshown((18, 30))]);
    }

    /// The lines that no range touches, looked at one after the other.
    fn by_lines(body: &str, shown: &[Range<usize>]) -> Vec<Bytes> {
        let mut begin = 0;
        let mut lines = Vec::new();
        for line in body.split_inclusive('\n') {
            let end = begin + line.len();
            let is_shown = shown.iter().any(|range| range.start < end && range.end > begin);
            if !is_shown && !is_frame(line) {
                lines.push(bytes(&(begin..end)));
            }
            begin = end;
        }
        lines
    }

    proptest::proptest! {
        #![proptest_config(proptest::test_runner::Config { failure_persistence: None, ..Default::default() })]
        #[test]
        fn lines_are_left_out_that_hold_nothing_shown(
            body in "[a>\u{e9}\n]{0,24}",
            ranges in proptest::collection::vec((0..25_usize, 0..9_usize), 0..6),
        ) {
            let place = |at: usize| body.floor_char_boundary(at.min(body.len()));
            let ranges: Vec<_> = ranges.iter().map(|(start, length)| place(*start)..place(start + length)).collect();
            let mut finder = finder(&body, &[]);
            ranges.iter().for_each(|range| finder.show(range));
            finder.put_unshown_lines();
            let lines: Vec<Spot<'_>> = by_lines(&body, &ranges).into_iter().map(Spot::Unshown).collect();
            proptest::prop_assert_eq!(read(&finder.spots), lines);
        }
    }
}
