//! A text of Markdown as readers may have it: addresses made good, and nothing in it that the page does not show.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use pulldown_cmark::{Event, LinkType, Parser, Tag, TagEnd};

use super::inline::is_picture;
use super::markdown::{is_container, options};
use super::tokens::{Part, State, What, scan};
use super::{frontmatter, pull};
use crate::model::book::MarkdownSettings;

/// Where a link or picture of a copy leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// It stays as it is written.
    AsWritten,
    /// To this address.
    Address(String),
    /// To a passage that the page shows in place: its title and its address.
    Passage(String, String),
    /// Nowhere: the words stay.
    Nowhere,
}

/// What a copy needs to know of the book. Bytes are those of the source file.
pub trait Places {
    /// Where the link at these bytes leads; the second value is the target as written.
    fn link(&self, source: (usize, usize), target: &str) -> Place;
    /// Where the picture at these bytes stands.
    fn picture(&self, source: (usize, usize)) -> Place;
    /// Whether a backslash before these words only keeps the first of them from being linked.
    fn is_kept_from_linking(&self, words: &str) -> bool;
}

/// The Markdown behind the front matter of a source. Left out are comments, notes that nothing refers to, pull quotes (which
/// repeat the text) and definitions of addresses, which go to where they are used.
#[must_use]
pub fn copy(text: &str, settings: &MarkdownSettings, places: &dyn Places) -> String {
    let start = frontmatter::body_start(text);
    let body = &text[start..];
    let events: Vec<(Event<'_>, Range<usize>)> = Parser::new_ext(body, options(settings)).into_offset_iter().collect();
    let mut copier = Copier {
        body,
        start,
        places,
        unused: unused_notes(&events),
        events,
        edits: Vec::new(),
        shown: Vec::new(),
        raw: State::default(),
        hidden: 0,
    };
    if settings.extensions {
        copier.read();
        copier.drop_unshown_lines();
    }
    copier.written()
}

struct Copier<'a> {
    body: &'a str,
    /// Where the body begins in the file.
    start: usize,
    places: &'a dyn Places,
    events: Vec<(Event<'a>, Range<usize>)>,
    /// Indexes of events that begin notes to which nothing refers.
    unused: BTreeSet<usize>,
    /// What takes the place of which bytes.
    edits: Vec<(Range<usize>, String)>,
    /// Bytes that came out as something.
    shown: Vec<Range<usize>>,
    /// What raw HTML so far left open.
    raw: State,
    /// The byte up to which a comment hides everything.
    hidden: usize,
}

impl Copier<'_> {
    fn read(&mut self) {
        let mut at = 0;
        while at < self.events.len() {
            at = self.read_event(at);
        }
    }

    /// Reads an event and returns the index of the next one.
    fn read_event(&mut self, at: usize) -> usize {
        let (event, source) = self.events[at].clone();
        let is_only_a_frame = match &event {
            Event::Start(tag) => is_container(tag) || matches!(tag, Tag::FootnoteDefinition(_)),
            Event::End(_) => true,
            _ => false,
        };
        if !is_only_a_frame {
            self.shown.push(source.clone());
        }
        match event {
            Event::Start(Tag::BlockQuote(None)) if pull::is_pull_quote(&self.events, at) => {
                self.leave_out(source);
                return self.end_of(at) + 1;
            }
            Event::Start(Tag::FootnoteDefinition(_)) if self.unused.contains(&at) => {
                self.leave_out(source);
                return self.end_of(at) + 1;
            }
            Event::Start(Tag::CodeBlock(_)) => return self.end_of(at) + 1,
            Event::Start(Tag::HtmlBlock) => {
                let end = self.end_of(at);
                self.html_block(at, end, &source);
                return end + 1;
            }
            Event::InlineHtml(html) => self.inline_html(&html, source),
            Event::Start(Tag::Link { link_type, dest_url, title, .. }) => {
                return self.link(at, link_type, &dest_url, &title, source);
            }
            Event::Start(Tag::Image { link_type, dest_url, title, .. }) => {
                return self.picture(at, link_type, &dest_url, &title, source);
            }
            Event::Text(_) => self.words(source),
            _ => {}
        }
        at + 1
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
        self.shown.push(source.start..end);
        self.edits.push((source.start..end, String::new()));
    }

    fn replace(&mut self, source: Range<usize>, text: impl Into<String>) {
        self.edits.push((source, text.into()));
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
        if source.start < self.hidden {
            return;
        }
        for Part { range, what } in scan(html, &mut self.raw).parts {
            let range = place(range);
            match what {
                What::Remark => self.leave_out(range),
                What::OpenRemark => {
                    // A comment that its block does not end hides what follows, as it does on the page.
                    self.raw.is_in_remark = false;
                    let close = self.body[range.start..].find("-->").map(|at| range.start + at + 3);
                    self.hidden = close.unwrap_or(self.body.len());
                    self.leave_out(range.start..self.hidden);
                }
                What::Attribute { name, target } => match self.places.link(self.in_file(source), &target) {
                    Place::Address(address) => self.replace(range, format!("{name}=\"{}\"", in_attribute(&address))),
                    Place::Nowhere => self.replace(range, ""),
                    Place::AsWritten | Place::Passage(..) => {}
                },
                What::Candidate { target } => {
                    if let Place::Address(address) = self.places.link(self.in_file(source), &target) {
                        self.replace(range, in_attribute(&address));
                    }
                }
            }
        }
    }

    fn words(&mut self, source: Range<usize>) {
        for (at, _) in self.body[source.clone()].match_indices('\\') {
            let slash = source.start + at;
            if self.places.is_kept_from_linking(&self.body[slash + 1..]) {
                self.replace(slash..slash + 1, "");
            }
        }
    }

    fn in_file(&self, source: &Range<usize>) -> (usize, usize) {
        (source.start + self.start, source.end + self.start)
    }

    fn link(&mut self, at: usize, kind: LinkType, target: &str, title: &str, source: Range<usize>) -> usize {
        let place = self.places.link(self.in_file(&source), target);
        match kind {
            LinkType::Autolink | LinkType::Email => {}
            LinkType::WikiLink { has_pothole: false } => {
                self.replace_whole(source, target, &place, "");
                return self.end_of(at) + 1;
            }
            LinkType::WikiLink { .. } => {
                let (start, end) = self.inside(at, &source);
                let (open, close) = match &place {
                    Place::Address(address) | Place::Passage(_, address) => ("[", ending(address, "")),
                    Place::AsWritten | Place::Nowhere => ("", String::new()),
                };
                self.replace(source.start..start, open);
                self.replace(end..source.end, close);
            }
            _ => self.readdress(at, kind, (target, title), source, place, "["),
        }
        at + 1
    }

    fn picture(&mut self, at: usize, kind: LinkType, target: &str, title: &str, source: Range<usize>) -> usize {
        if !matches!(kind, LinkType::WikiLink { .. }) {
            let place = self.places.picture(self.in_file(&source));
            self.readdress(at, kind, (target, title), source, place, "![");
            return at + 1;
        }
        if is_picture(target) {
            let place = self.places.picture(self.in_file(&source));
            self.replace_whole(source, target, &place, "!");
        } else {
            let place = self.places.link(self.in_file(&source), target);
            self.replace_whole(source, target, &place, "");
        }
        self.end_of(at) + 1
    }

    /// A link whose words are its target.
    fn replace_whole(&mut self, source: Range<usize>, target: &str, place: &Place, mark: &str) {
        let target = target.strip_suffix('\\').unwrap_or(target);
        let (page, fragment) = target.split_once('#').unwrap_or((target, ""));
        let own = if page.trim().is_empty() { fragment } else { page }.trim();
        let text = match place {
            Place::Address(address) => format!("{mark}[{own}{}", ending(address, "")),
            Place::Passage(title, address) => {
                let title = title.replace('\\', "\\\\").replace('[', "\\[").replace(']', "\\]");
                format!("[{title}{}", ending(address, ""))
            }
            Place::AsWritten | Place::Nowhere => own.to_owned(),
        };
        self.replace(source, text);
    }

    /// A link or picture with brackets of its own.
    fn readdress(
        &mut self,
        at: usize,
        kind: LinkType,
        (target, title): (&str, &str),
        source: Range<usize>,
        place: Place,
        open: &str,
    ) {
        let is_inline = kind == LinkType::Inline;
        let mut source = source;
        if kind == LinkType::Collapsed && self.body[source.end..].starts_with("[]") {
            // The parser counts the empty brackets to no link.
            source.end += 2;
        }
        let (_, inside_end) = self.inside(at, &source);
        let Some(close) = self.body[inside_end..source.end].find(']').map(|at| inside_end + at) else { return };
        match place {
            Place::AsWritten if is_inline => {}
            Place::AsWritten => self.replace(close..source.end, ending(target, title)),
            Place::Address(address) | Place::Passage(_, address) => {
                self.replace(close..source.end, ending(&address, title));
            }
            Place::Nowhere => {
                self.replace(source.start..source.start + open.len(), "");
                self.replace(close..source.end, "");
            }
        }
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
    fn drop_unshown_lines(&mut self) {
        let mut shown = std::mem::take(&mut self.shown);
        shown.sort_by_key(|range| (range.start, range.end));
        let (mut next, mut reach, mut begin) = (0, 0, 0);
        for line in self.body.split_inclusive('\n') {
            let end = begin + line.len();
            while shown.get(next).is_some_and(|range| range.start < end) {
                reach = reach.max(shown[next].end);
                next += 1;
            }
            if reach <= begin && !is_frame(line) {
                self.edits.push((begin..end, String::new()));
            }
            begin = end;
        }
    }

    fn written(mut self) -> String {
        self.edits.sort_by_key(|(range, _)| (range.start, usize::MAX - range.end));
        let mut copy = String::with_capacity(self.body.len());
        let mut from = 0;
        for (range, text) in &self.edits {
            if range.start < from {
                // Within what was left out already; what is left out here may reach farther.
                if text.is_empty() {
                    from = from.max(range.end);
                }
                continue;
            }
            copy.push_str(&self.body[from..range.start]);
            copy.push_str(text);
            from = range.end;
        }
        copy.push_str(&self.body[from..]);
        format!("{}\n", copy.trim_matches('\n').trim_end())
    }
}

/// Whether a line holds nothing but marks of what stands around and below it.
fn is_frame(line: &str) -> bool {
    let rest = line.trim_start_matches(|c: char| c.is_whitespace() || ">-+*:.)".contains(c) || c.is_ascii_digit());
    rest.is_empty() || rest.starts_with("[^") || rest.starts_with("[!")
}

/// An address as the value of an attribute.
fn in_attribute(address: &str) -> String {
    address.replace('&', "&amp;").replace('"', "%22").replace('\'', "%27")
}

/// The end of a link with its address.
fn ending(address: &str, title: &str) -> String {
    let is_plain = !address.is_empty() && !address.contains(|c: char| c.is_whitespace() || "()<>".contains(c));
    let address = if is_plain { address.to_owned() } else { format!("<{}>", address.replace(['<', '>', '\n'], "")) };
    if title.is_empty() {
        return format!("]({address})");
    }
    let title = title.split_whitespace().collect::<Vec<_>>().join(" ").replace('\\', "\\\\").replace('"', "\\\"");
    format!("]({address} \"{title}\")")
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

    struct Everywhere;

    impl Places for Everywhere {
        fn link(&self, _: (usize, usize), target: &str) -> Place {
            match target {
                "gone" => Place::Nowhere,
                _ if target.contains("://") => Place::AsWritten,
                "passage" => Place::Passage("A [title]".to_owned(), "https://e.org/p/#p2".to_owned()),
                _ => Place::Address("https://e.org/x/".to_owned()),
            }
        }
        fn picture(&self, _: (usize, usize)) -> Place {
            Place::Address("https://e.org/a(1).png".to_owned())
        }
        fn is_kept_from_linking(&self, words: &str) -> bool {
            words.starts_with("trust")
        }
    }

    fn copied(text: &str) -> String {
        copy(text, &MarkdownSettings::default(), &Everywhere)
    }

    #[test]
    fn addresses_are_made_good_and_words_stay() {
        for (written, wanted) in [
            ("[a *b*](../x.md \"T\") and [[x]]", "[a *b*](https://e.org/x/ \"T\") and [x](https://e.org/x/)"),
            ("[[x|the *words*]], [[gone|no]], [[gone]]", "[the *words*](https://e.org/x/), no, gone"),
            ("[out](https://o.org/?a=b) <https://o.org>", "[out](https://o.org/?a=b) <https://o.org>"),
            (
                "[one][1] [two][] ![p][1]\n\n[1]: x.md 'T'\n[two]: https://o.org\n",
                "[one](https://e.org/x/ \"T\") [two](https://o.org) ![p](<https://e.org/a(1).png> \"T\")",
            ),
            (
                "![a\\]b](p.png) [![i](p.png)](gone)",
                "![a\\]b](<https://e.org/a(1).png>) ![i](<https://e.org/a(1).png>)",
            ),
            ("![[passage]]\n", "[A \\[title\\]](https://e.org/p/#p2)"),
            ("Some \\trust, C:\\temp and `\\trust`", "Some trust, C:\\temp and `\\trust`"),
            ("<a href=\"../x.md\">x</a>", "<a href=\"https://e.org/x/\">x</a>"),
        ] {
            assert_eq!(copied(written).trim_end(), wanted, "{written}");
        }
    }

    #[test]
    fn what_the_page_does_not_show_is_left_out() {
        for (written, wanted) in [
            ("a\n\n<!-- secret\n\nmore -->\n\nb", "a\n\nb"),
            ("a <!-- secret --> b<!--secret-->", "a  b"),
            ("<div>\n<!-- secret\n\nmore secret --> c\n</div>", "<div>\n c\n</div>"),
            ("a\n\n<!-- secret to the end\n\nmore", "a"),
            ("a\n\n[//]: # (secret)\n[//]: # (secret too)\n\nb", "a\n\n\nb"),
            ("> a\n>\n> [//]: # (secret)\n> [//]: # (secret)\n\nb", "> a\n>\n\nb"),
            ("a[^1]\n\n[^1]: one[^3]\n[^2]: secret\n[^3]: three", "a[^1]\n\n[^1]: one[^3]\n[^3]: three"),
            ("a b c.\n\n> [!pull]\n> a b c\n\nd", "a b c.\n\nd"),
            ("+++\n# secret\nsecret = 1\n+++\na", "a"),
            ("```\n<!-- shown -->\n\n\n[x]: y\n```", "```\n<!-- shown -->\n\n\n[x]: y\n```"),
        ] {
            assert_eq!(copied(written).trim_end(), wanted, "{written}");
        }
    }

    fn straight() -> MarkdownSettings {
        MarkdownSettings { smart_punctuation: false, ..MarkdownSettings::default() }
    }

    /// Whether a page shows these words, in whatever place.
    fn is_shown(text: &str, words: &str) -> bool {
        let path = crate::base::path::SitePath::new("one.md").expect("clean");
        let (prose, _) = crate::parse::parse_text(&path, text, &straight());
        let outline = &prose.outline;
        let escaped = words.replace('<', "&lt;").replace('>', "&gt;");
        let bare = words.trim_matches(['<', '>']);
        // What stands behind the language of a code block is no remark.
        text.contains("```")
            || outline.text.contains(words)
            || prose.html.contains(&escaped)
            || prose.codes.iter().any(|block| block.code.contains(words))
            || outline.images.iter().any(|image| image.alt.contains(words) || image.target.contains(bare))
            || outline.links.iter().any(|link| link.target.contains(bare))
    }

    proptest::proptest! {
        #![proptest_config(proptest::test_runner::Config { failure_persistence: None, ..Default::default() })]
        #[test]
        fn no_text_stops_the_copy_or_brings_a_comment_into_it(
            parts in proptest::collection::vec(proptest::sample::select(PARTS.to_vec()), 0..24)
        ) {
            let text = parts.concat();
            let copied = copy(&text, &straight(), &Everywhere);
            proptest::prop_assert!(copied.ends_with('\n'));
            let has_secret = copied.contains("<!--secret-->");
            proptest::prop_assert!(!has_secret || is_shown(&text, "<!--secret-->"), "{text:?} to {copied:?}");
        }
    }

    /// What texts are made of.
    const PARTS: [&str; 42] = [
        "a",
        "\u{e9} ",
        " ",
        "\n",
        "\n\n",
        "> ",
        "- ",
        "1. ",
        "[",
        "]",
        "(",
        ")",
        "![",
        "[[",
        "]]",
        "|",
        "\\",
        "\\trust ",
        "<!--secret-->",
        "<!--",
        "-->",
        "<a href=\"x.md\">",
        "<div>\n",
        "<?",
        "<?b > c?>",
        "<![CDATA[",
        "]]>",
        "<svg>",
        "</svg>",
        "\0",
        "\t",
        "\r\n",
        "[^1]",
        "[^1]: ",
        "[x]: y\n",
        "[x]",
        "[]",
        "`",
        "```\n",
        "    ",
        "[!pull]\n",
        "***",
    ];
}
