//! HTML of readers to the Markdown that reply files hold: the few elements a reply may have, everything else its words. Flat, so
//! that no nesting is too deep, and in one pass.

use html5gum::{DefaultEmitter, HtmlString, Spanned, StartTag, Token, Tokenizer};

use super::normalise::push_words;

/// Quotations and lists nested deeper stand on the last level.
const DEEPEST: usize = 20;

/// Elements whose content is no words of anybody.
const SKIPPED: [&str; 17] = [
    "script", "style", "svg", "math", "iframe", "object", "embed", "button", "head", "title", "noscript", "template",
    "textarea", "select", "audio", "video", "canvas",
];

/// Converts HTML. Line feeds count as breaks where the HTML has no element that makes any: many sources keep their texts so.
#[must_use]
pub fn to_markdown(html: &str) -> String {
    let mut emitter = DefaultEmitter::default();
    emitter.naively_switch_states(true);
    let mut writer = Writer {
        out: String::with_capacity(html.len()),
        block: String::with_capacity(html.len().min(1 << 12)),
        breaks_at_lines: !has_breaks(html),
        ..Writer::default()
    };
    for token in Tokenizer::new_with_emitter(html, emitter).flatten() {
        match token {
            Token::StartTag(tag) => writer.start(&tag),
            Token::EndTag(tag) => writer.end(name_of(&tag.name)),
            Token::String(words) => writer.text(&String::from_utf8_lossy(&words)),
            Token::Comment(_) | Token::Doctype(_) | Token::Error(_) => {}
        }
    }
    writer.end_block();
    writer.out
}

fn has_breaks(html: &str) -> bool {
    html.match_indices('<').any(|(at, _)| {
        let rest = &html.as_bytes()[at + 1..];
        let starts = |name: &[u8]| rest.get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name));
        let ends = |at: usize| rest.get(at).is_none_or(|next| !next.is_ascii_alphanumeric());
        starts(b"p") && ends(1) || starts(b"br") && ends(2) || starts(b"div") && ends(3)
    })
}

fn name_of(name: &HtmlString) -> &str {
    std::str::from_utf8(name).unwrap_or("")
}

/// A quotation or an item of a list around what is written.
struct Container {
    /// Before its first line: `> `, `- `, `3. `.
    marker: String,
    /// Before its other lines.
    indent: String,
    has_begun: bool,
}

/// A mark around words.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Mark {
    Strong,
    Emphasis,
    Deleted,
}

impl Mark {
    fn of(name: &str) -> Option<Self> {
        match name {
            "b" | "strong" => Some(Self::Strong),
            "i" | "em" | "cite" | "var" => Some(Self::Emphasis),
            "s" | "del" | "strike" => Some(Self::Deleted),
            _ => None,
        }
    }

    fn sign(self) -> &'static str {
        match self {
            Self::Strong => "**",
            Self::Emphasis => "*",
            Self::Deleted => "~~",
        }
    }
}

/// A mark that is open, and where its words begin in the block.
struct OpenMark {
    mark: Mark,
    /// Elements of the same mark inside it.
    inner: usize,
    start: usize,
}

#[derive(Default)]
struct Writer {
    out: String,
    /// The block that is being written: its inline Markdown, lines separated by `\` and a line feed.
    block: String,
    /// Whether a blank waits for the next word.
    has_blank: bool,
    marks: Vec<OpenMark>,
    /// The address of the link that is open, and where its words begin.
    link: Option<(String, usize)>,
    /// The words of the code that is open.
    code: Option<String>,
    /// The lines of the listing that is open.
    listing: Option<String>,
    containers: Vec<Container>,
    /// For each list around: the number of its next item; `None` without numbers.
    lists: Vec<Option<u64>>,
    /// The skipped element that is open, and how often.
    skipped: Option<(String, usize)>,
    breaks_at_lines: bool,
    /// Whether the last block was one of a list, so that the next item follows without a blank line.
    is_tight: bool,
}

impl Writer {
    fn start(&mut self, tag: &StartTag<()>) {
        let name = name_of(&tag.name);
        if let Some((skipped, depth)) = &mut self.skipped {
            *depth += usize::from(skipped == name && !tag.self_closing);
            return;
        }
        if SKIPPED.contains(&name) {
            if !tag.self_closing && name != "embed" {
                self.skipped = Some((name.to_owned(), 1));
            }
            return;
        }
        if let Some(mark) = Mark::of(name) {
            self.open_mark(mark);
            return;
        }
        match name {
            "br" => self.line_break(),
            "hr" => self.rule(),
            "a" => self.open_link(attribute(&tag.attributes, "href")),
            "code" | "kbd" | "tt" | "samp" if self.listing.is_none() => {
                self.code.get_or_insert_default();
            }
            "pre" => {
                self.end_block();
                self.listing = Some(String::new());
            }
            "blockquote" => self.open_container("> ".to_owned(), "> ".to_owned()),
            "ul" => self.open_list(None),
            "ol" => {
                let first = attribute(&tag.attributes, "start").and_then(|start| start.trim().parse().ok());
                self.open_list(Some(first.unwrap_or(1).min(999_999)));
            }
            "li" => self.open_item(),
            "td" | "th" => self.has_blank = true,
            "q" => self.raw("\u{201c}"),
            _ if is_block(name) => self.end_block(),
            _ => {}
        }
    }

    fn end(&mut self, name: &str) {
        if let Some((skipped, depth)) = &mut self.skipped {
            if skipped == name {
                *depth -= 1;
                if *depth == 0 {
                    self.skipped = None;
                }
            }
            return;
        }
        if let Some(mark) = Mark::of(name) {
            self.close_mark(mark);
            return;
        }
        match name {
            "a" => self.close_link(),
            "code" | "kbd" | "tt" | "samp" => self.close_code(),
            "pre" => self.close_listing(),
            "blockquote" => self.close_container("> "),
            "ul" | "ol" => self.close_list(),
            "li" => self.close_item(),
            "q" => self.raw("\u{201d}"),
            "br" => self.line_break(),
            _ if is_block(name) => self.end_block(),
            _ => {}
        }
    }

    fn text(&mut self, words: &str) {
        if self.skipped.is_some() {
            return;
        }
        if let Some(open) = self.listing.as_mut().or(self.code.as_mut()) {
            open.push_str(words);
            return;
        }
        if !self.breaks_at_lines {
            self.words(words);
            return;
        }
        for (at, line) in words.split('\n').enumerate() {
            if at > 0 && self.block.ends_with("\\\n") {
                self.end_block();
            } else if at > 0 {
                self.line_break();
            }
            self.words(line);
        }
    }

    /// Words whose blanks are no more than one.
    fn words(&mut self, words: &str) {
        for word in words.split_inclusive(char::is_whitespace) {
            let own = word.trim_end_matches(char::is_whitespace);
            if !own.is_empty() {
                self.word(own);
            }
            self.has_blank |= own.len() < word.len();
        }
    }

    fn word(&mut self, word: &str) {
        self.push_blank();
        if self.block.is_empty() || self.block.ends_with('\n') {
            self.first_word(word);
        } else if self.link.is_some() {
            super::normalise::escape(&mut self.block, word);
        } else {
            push_words(&mut self.block, word);
        }
    }

    /// The first word of a line: signs that would begin a list or a heading there are escaped. What begins with `>` is how readers
    /// quote where they have no element for it.
    fn first_word(&mut self, word: &str) {
        let quoted = word.strip_prefix('>').filter(|_| self.marks.is_empty() && self.link.is_none());
        if let Some(quoted) = quoted {
            self.block.push_str("> ");
            super::normalise::escape(&mut self.block, quoted.trim_start_matches('>'));
            return;
        }
        if word.starts_with(['#', '-', '+', '=', '|', '>']) {
            self.block.push('\\');
        }
        let digits = word.chars().take_while(char::is_ascii_digit).count();
        if digits > 0 && word[digits..].starts_with(['.', ')']) {
            self.block.push_str(&word[..digits]);
            self.block.push('\\');
            self.block.push_str(&word[digits..=digits]);
            push_words(&mut self.block, &word[digits + 1..]);
        } else if self.link.is_some() {
            super::normalise::escape(&mut self.block, word);
        } else {
            push_words(&mut self.block, word);
        }
    }

    fn push_blank(&mut self) {
        let is_inside = !self.block.is_empty() && !self.block.ends_with(['\n', ' ']);
        if std::mem::take(&mut self.has_blank) && is_inside {
            self.block.push(' ');
        }
    }

    fn raw(&mut self, sign: &str) {
        self.push_blank();
        self.block.push_str(sign);
    }

    fn line_break(&mut self) {
        if let Some(open) = self.listing.as_mut().or(self.code.as_mut()) {
            open.push('\n');
            return;
        }
        self.has_blank = false;
        // Marks do not reach over a line: many readers end one with the other.
        if self.block.ends_with("\\\n") {
            self.end_block();
        } else if !self.block.is_empty() {
            self.block.push_str("\\\n");
        }
    }

    fn open_mark(&mut self, mark: Mark) {
        if self.code.is_some() || self.listing.is_some() {
            return;
        }
        if let Some(open) = self.marks.iter_mut().find(|open| open.mark == mark) {
            open.inner += 1;
            return;
        }
        self.push_blank();
        self.marks.push(OpenMark { mark, inner: 0, start: self.block.len() });
    }

    fn close_mark(&mut self, mark: Mark) {
        if self.code.is_some() || self.listing.is_some() {
            return;
        }
        let Some(at) = self.marks.iter().position(|open| open.mark == mark) else { return };
        if self.marks[at].inner > 0 {
            self.marks[at].inner -= 1;
            return;
        }
        let open = self.marks.remove(at);
        // Marks that were opened inside and are still open would cross this one; their words stay as they are.
        self.marks.truncate(at);
        self.mark_words(&open);
    }

    fn mark_words(&mut self, open: &OpenMark) {
        let Some(words) = self.block.get(open.start..) else { return };
        let inner = words.trim_matches(|c: char| c.is_whitespace() || c == '\\');
        let is_one_line = !words.trim_end_matches("\\\n").contains('\n');
        if inner.is_empty() || !is_one_line || words.starts_with("> ") {
            return;
        }
        let sign = open.mark.sign();
        let start = open.start + (words.len() - words.trim_start().len());
        let end = open.start + words.trim_end_matches("\\\n").trim_end().len();
        self.block.insert_str(end, sign);
        self.block.insert_str(start, sign);
    }

    fn open_link(&mut self, address: Option<String>) {
        self.close_link();
        if self.code.is_some() || self.listing.is_some() {
            return;
        }
        if let Some(address) = address.filter(|address| is_address(address)) {
            self.push_blank();
            self.link = Some((address, self.block.len()));
        }
    }

    fn close_link(&mut self) {
        let Some((address, start)) = self.link.take() else { return };
        let Some(words) = self.block.get(start..).filter(|words| !words.trim().is_empty()) else { return };
        let is_one_line = !words.trim_end_matches("\\\n").contains('\n');
        if !is_one_line {
            return;
        }
        let shown: String = words.chars().filter(|c| *c != '\\').collect();
        if shown == address {
            self.block.truncate(start);
            self.block.push_str(&format!("<{address}>"));
            return;
        }
        // What the interface of many sources cuts off the end of an address is no word of the reader's.
        let end = start + words.trim_end_matches("\\\n").trim_end().len();
        let target = address.replace('(', "%28").replace(')', "%29");
        self.block.insert_str(end, &format!("]({target})"));
        self.block.insert(start, '[');
    }

    fn close_code(&mut self) {
        let Some(code) = self.code.take() else { return };
        let code = code.split_whitespace().collect::<Vec<_>>().join(" ");
        if code.is_empty() {
            return;
        }
        self.push_blank();
        let fence = "`".repeat(longest_run(&code) + 1);
        let pad = if code.starts_with('`') || code.ends_with('`') { " " } else { "" };
        self.block.push_str(&format!("{fence}{pad}{code}{pad}{fence}"));
    }

    fn close_listing(&mut self) {
        let Some(listing) = self.listing.take() else { return };
        let lines: Vec<&str> = listing.trim_matches('\n').lines().map(str::trim_end).collect();
        let listing = lines.join("\n");
        if listing.trim().is_empty() {
            return;
        }
        let fence = "`".repeat(longest_run(&listing).max(2) + 1);
        self.push_block(&format!("{fence}\n{listing}\n{fence}"));
    }

    fn rule(&mut self) {
        self.end_block();
        self.push_block("***");
    }

    fn open_container(&mut self, marker: String, indent: String) {
        self.end_block();
        if self.containers.len() < DEEPEST {
            self.containers.push(Container { marker, indent, has_begun: false });
        }
    }

    fn close_container(&mut self, marker: &str) {
        self.end_block();
        if let Some(at) = self.containers.iter().rposition(|container| container.marker == marker) {
            self.containers.truncate(at);
        }
    }

    fn open_list(&mut self, number: Option<u64>) {
        self.end_block();
        if self.lists.len() < DEEPEST {
            self.lists.push(number);
        }
    }

    fn close_list(&mut self) {
        self.close_item();
        self.lists.pop();
        self.is_tight = !self.lists.is_empty();
    }

    fn open_item(&mut self) {
        // An item without an end ends where the next one begins.
        self.close_item();
        let marker = match self.lists.last_mut() {
            Some(Some(number)) => {
                *number += 1;
                format!("{}. ", *number - 1)
            }
            _ => "- ".to_owned(),
        };
        let indent = " ".repeat(marker.len());
        self.open_container(marker, indent);
    }

    fn close_item(&mut self) {
        self.end_block();
        // Only items of the innermost list: those of outer ones go on.
        let items = self.containers.iter().filter(|container| container.marker != "> ").count();
        if items >= self.lists.len().max(1) && self.containers.last().is_some_and(|last| last.marker != "> ") {
            self.containers.pop();
            self.is_tight = true;
        }
    }

    /// Ends the block and what is open in it.
    fn end_block(&mut self) {
        self.close_code();
        self.close_link();
        while let Some(open) = self.marks.pop() {
            self.mark_words(&open);
        }
        self.has_blank = false;
        let mut block = std::mem::take(&mut self.block);
        let words = block.trim_end_matches("\\\n").trim_end();
        if !words.is_empty() {
            self.push_block(words);
        }
        // The room is used again.
        block.clear();
        self.block = block;
    }

    fn push_block(&mut self, block: &str) {
        if !self.out.is_empty() {
            let begins_item = self.containers.last().is_some_and(|last| !last.has_begun && last.marker != "> ");
            let is_nested = self.containers.iter().any(|container| container.has_begun && container.marker != "> ");
            self.out.push('\n');
            if !(begins_item && (self.is_tight || is_nested)) {
                let begun = self.containers.iter().take_while(|container| container.has_begun);
                let prefix: String = begun.map(|container| container.indent.as_str()).collect();
                self.out.push_str(prefix.trim_end());
                self.out.push('\n');
            }
        }
        self.is_tight = false;
        for (at, line) in block.split('\n').enumerate() {
            if at > 0 {
                self.out.push('\n');
            }
            let before = self.out.len();
            for container in &mut self.containers {
                self.out.push_str(if container.has_begun { &container.indent } else { &container.marker });
                container.has_begun = true;
            }
            if line.is_empty() {
                self.out.truncate(before + self.out[before..].trim_end().len());
            }
            self.out.push_str(line);
        }
    }
}

type Attributes = std::collections::BTreeMap<HtmlString, Spanned<HtmlString, ()>>;

fn attribute(attributes: &Attributes, name: &str) -> Option<String> {
    attributes.get(name.as_bytes()).map(|value| String::from_utf8_lossy(value).into_owned())
}

/// Whether a link may lead there: an address of the web without anything that would end it early.
fn is_address(address: &str) -> bool {
    (address.starts_with("https://") || address.starts_with("http://"))
        && address.len() < 4_000
        && !address.contains(|c: char| c.is_whitespace() || c.is_control() || matches!(c, '<' | '>' | '\\' | '`'))
}

fn is_block(name: &str) -> bool {
    matches!(
        name,
        "p" | "div"
            | "section"
            | "article"
            | "header"
            | "footer"
            | "aside"
            | "main"
            | "nav"
            | "figure"
            | "figcaption"
            | "h1"
            | "h2"
            | "h3"
            | "h4"
            | "h5"
            | "h6"
            | "table"
            | "tr"
            | "caption"
            | "dl"
            | "dt"
            | "dd"
            | "form"
            | "fieldset"
            | "details"
            | "summary"
            | "address"
            | "center"
            | "body"
            | "html"
    )
}

/// The longest run of backticks in a text.
fn longest_run(text: &str) -> usize {
    text.split(|c| c != '`').map(str::len).max().unwrap_or(0)
}

#[cfg(test)]
mod tests;
