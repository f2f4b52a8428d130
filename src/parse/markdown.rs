//! Markdown to `Prose`: one pass over the events of the parser. Knows one file and nothing of the rest of the book.

use std::ops::Range;

use pulldown_cmark::{Alignment, BrokenLink, CodeBlockKind, Event, LinkType, Options, Parser, Tag, TagEnd};

use super::ids;
use super::math::Converter;
use super::notes::Notes;
use super::pull::PullQuote;
use super::table::Table;
use super::tokens;
use crate::base::codes::Code;
use crate::base::diagnostic::{Diagnostic, Diagnostics, Severity};
use crate::base::parts::Parts;
use crate::base::path::SitePath;
use crate::base::sentences;
use crate::base::span::to_u32;
use crate::base::words;
use crate::model::book::MarkdownSettings;
use crate::model::prose::{Block, CodeBlock, Outline, Piece, Prose, Shape};

/// Elements nested deeper than this are no longer written as elements: no reader could follow, and browsers stop too.
const DEEPEST: usize = 100;

/// One Markdown text and what is needed to read it.
pub(crate) struct Input<'a> {
    /// The file it stands in.
    pub(crate) path: &'a SitePath,
    /// The whole file.
    pub(crate) text: &'a str,
    /// Where the Markdown begins, behind the front matter.
    pub(crate) body_start: usize,
    /// The title of the front matter; empty if there is none.
    pub(crate) title: &'a str,
    /// How Markdown is read.
    pub(crate) settings: &'a MarkdownSettings,
    /// Formulas.
    pub(crate) math: &'a Converter,
}

/// Reads a text. The second value is the title that the text itself gives, if its first line is a heading of level 1:
/// that heading is taken out of the prose where the front matter has no title or the same.
pub(crate) fn read(input: &Input<'_>) -> (Prose, Option<String>, Diagnostics) {
    read_seen_by(input, |_| ())
}

/// The same; `see` gets the events of the parser, which hold all that stands in the text.
pub(crate) fn read_seen_by(
    input: &Input<'_>,
    see: impl FnOnce(&[(Event<'_>, Range<usize>)]),
) -> (Prose, Option<String>, Diagnostics) {
    let body = &input.text[input.body_start..];
    let mut lost: Vec<(Range<usize>, String)> = Vec::new();
    let note_lost = |link: BrokenLink<'_>| {
        if link.link_type == LinkType::Reference && !link.reference.starts_with('^') {
            lost.push((link.span, link.reference.to_string()));
        }
        None
    };
    let parser = Parser::new_with_broken_link_callback(body, options(input.settings), Some(note_lost));
    let events: Vec<(Event<'_>, Range<usize>)> = parser.into_offset_iter().collect();
    see(&events);
    let mut foreign = Diagnostics::default();
    if input.settings.extensions {
        super::foreign::report(input, &events, &mut foreign);
    }
    let mut writer = Writer::new(input, events);
    let first = writer.take_title();
    writer.write_body(first.as_ref().map_or(0, |(_, next)| *next));
    if input.settings.extensions {
        writer.report_lost_references(&lost);
    }
    let (prose, mut diagnostics) = writer.finish();
    diagnostics.append(foreign);
    (prose, first.map(|(title, _)| title), diagnostics)
}

fn options(settings: &MarkdownSettings) -> Options {
    if !settings.extensions {
        return Options::empty();
    }
    let mut options = Options::ENABLE_TABLES
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_HEADING_ATTRIBUTES
        | Options::ENABLE_MATH
        | Options::ENABLE_GFM
        | Options::ENABLE_DEFINITION_LIST
        | Options::ENABLE_WIKILINKS;
    options.set(Options::ENABLE_SMART_PUNCTUATION, settings.smart_punctuation);
    options
}

/// Events of the parser in, pieces out.
pub(super) struct Writer<'a> {
    pub(super) input: &'a Input<'a>,
    pub(super) events: Vec<(Event<'a>, Range<usize>)>,
    pub(super) html: String,
    pub(super) pieces: Vec<Piece>,
    /// The byte of the body where the event at hand begins.
    pub(super) here: usize,
    /// HTML up to here stands in `pieces`.
    pub(super) flushed: usize,
    pub(super) codes: Vec<CodeBlock>,
    pub(super) outline: Outline,
    pub(super) diagnostics: Diagnostics,
    /// Where the text run that is being written begins in `outline.text`, and whether concepts may be linked in it.
    pub(super) run: Option<(usize, bool)>,
    /// The block that is being written.
    pub(super) block: Option<usize>,
    /// For each open list entry, definition and table row: the piece its id goes to, until its text begins.
    pub(super) waiting: Vec<Option<usize>>,
    /// Blocks with the piece their id goes to, and the id that the writer chose.
    pub(super) slots: Vec<(usize, usize, Option<String>)>,
    /// Elements around the place at hand; those beyond `DEEPEST` are counted in `skipped`.
    depth: usize,
    skipped: usize,
    /// How many block quotes, links and headings are open: no concept is linked in them.
    pub(super) closed_to_terms: usize,
    /// How many links are open.
    pub(super) open_links: usize,
    /// How many pull quotes are open: what they say is not part of the text.
    pub(super) muted: usize,
    pub(super) pulls: Vec<PullQuote>,
    /// Their pieces, with the elements around them.
    pub(super) pulled: Vec<(u32, u32)>,
    pub(super) table: Option<Table>,
    pub(super) notes: Notes,
    /// Levels, as written, of the headings under which the place at hand stands.
    pub(super) headings_above: Vec<u8>,
    /// What raw HTML so far left open.
    pub(super) raw: tokens::State,
}

impl<'a> Writer<'a> {
    fn new(input: &'a Input<'a>, events: Vec<(Event<'a>, Range<usize>)>) -> Self {
        let mut notes = Notes::default();
        let mut open: Vec<(String, usize)> = Vec::new();
        for (index, (event, _)) in events.iter().enumerate() {
            match event {
                Event::Start(Tag::FootnoteDefinition(label)) => open.push((label.to_string(), index + 1)),
                Event::End(TagEnd::FootnoteDefinition) => {
                    let (label, start) = open.pop().expect("every end has its start");
                    notes.definitions.entry(label).or_insert(start..index);
                }
                _ => {}
            }
        }
        Self {
            input,
            html: String::with_capacity(input.text.len() + input.text.len() / 4),
            pieces: Vec::new(),
            here: 0,
            codes: Vec::new(),
            flushed: 0,
            outline: Outline { text: String::with_capacity(input.text.len()), ..Outline::default() },
            diagnostics: Diagnostics::default(),
            run: None,
            block: None,
            waiting: Vec::new(),
            slots: Vec::new(),
            depth: 0,
            skipped: 0,
            closed_to_terms: 0,
            open_links: 0,
            muted: 0,
            pulls: Vec::new(),
            pulled: Vec::new(),
            table: None,
            notes,
            headings_above: Vec::new(),
            raw: tokens::State::default(),
            events,
        }
    }

    fn write_body(&mut self, from: usize) {
        self.write_events(from..self.events.len());
        let mut number = 0;
        while number < self.notes.order.len() {
            let label = self.notes.order[number].clone();
            let events = self.notes.definitions[&label].clone();
            self.fresh_line();
            self.flush();
            let start = self.pieces.len();
            self.write_events(events);
            self.close_block();
            self.flush();
            self.notes.written[number].pieces = (to_u32(start), to_u32(self.pieces.len()));
            number += 1;
        }
    }

    fn write_events(&mut self, range: Range<usize>) {
        let mut at = range.start;
        while at < range.end {
            at = self.write_event(at);
        }
    }

    /// Writes the events inside an element whose start and end are written by the caller.
    pub(super) fn write_nested(&mut self, range: Range<usize>) {
        self.write_events(range);
    }

    /// The end of a container is written by the caller.
    pub(super) fn leave_container(&mut self) {
        self.depth -= 1;
    }

    /// Writes the event and returns the index of the next one.
    fn write_event(&mut self, at: usize) -> usize {
        let source = self.events[at].1.clone();
        self.here = source.start;
        match &self.events[at].0 {
            Event::Start(tag) => {
                let tag = tag.clone();
                return self.start(at, tag, source);
            }
            Event::End(tag) => {
                let tag = *tag;
                self.end(tag);
            }
            Event::Text(_) => return self.write_text(at),
            Event::Code(code) => {
                let code = code.clone();
                self.write_inline_code(&code);
            }
            Event::InlineMath(_) if self.is_money(&source) => {
                let written = &self.input.text[self.input.body_start..][source];
                self.write_words(written);
            }
            Event::InlineMath(tex) => {
                let tex = tex.clone();
                self.write_math(&tex, false, &source);
            }
            Event::DisplayMath(tex) => {
                let tex = tex.clone();
                self.write_math(&tex, true, &source);
            }
            Event::Html(html) | Event::InlineHtml(html) => {
                let html = html.clone();
                self.write_inline_html(&html, &source);
            }
            Event::FootnoteReference(label) => {
                let label = label.clone();
                self.write_note_reference(label.as_ref());
            }
            Event::SoftBreak => self.write_break(""),
            Event::HardBreak => self.write_break("<br>"),
            Event::Rule => {
                self.fresh_line();
                self.write("<hr>\n");
            }
            Event::TaskListMarker(is_done) => {
                let is_done = *is_done;
                self.write_task(is_done);
            }
        }
        at + 1
    }

    /// `$10-$20` is no formula: a dollar sign before a digit closes none (the rule of pandoc's `tex_math_dollars`).
    fn is_money(&self, source: &Range<usize>) -> bool {
        self.input.text.as_bytes().get(self.input.body_start + source.end).is_some_and(u8::is_ascii_digit)
    }

    fn start(&mut self, at: usize, tag: Tag<'a>, source: Range<usize>) -> usize {
        if is_container(&tag) {
            self.close_block();
            self.depth += 1;
            if self.depth > DEEPEST && self.input.settings.extensions {
                return self.skip_depth(at, &source);
            }
        }
        match tag {
            Tag::FootnoteDefinition(_) => return self.end_of_definition(at),
            Tag::Paragraph => return self.start_paragraph(at),
            Tag::Heading { level, id, classes, .. } => self.start_heading(level as u8, id, &classes),
            Tag::BlockQuote(kind) => return self.start_quote(at, kind),
            Tag::CodeBlock(kind) => return self.write_code_block(at, &kind),
            Tag::HtmlBlock => return self.write_html_block(at),
            Tag::List(start) => self.start_list(start),
            Tag::Item => self.start_item(at),
            Tag::DefinitionList => self.write_line("<dl>\n"),
            Tag::DefinitionListTitle => self.start_entry("<dt", true),
            Tag::DefinitionListDefinition => self.start_entry("<dd", true),
            Tag::Table(alignments) => self.start_table(alignments),
            Tag::TableHead => self.start_table_head(),
            Tag::TableRow => self.start_table_row(),
            Tag::TableCell => self.start_table_cell(),
            Tag::Emphasis => self.write("<em>"),
            Tag::Strong => self.write("<strong>"),
            Tag::Strikethrough => self.write("<del>"),
            Tag::Link { link_type, dest_url, title, .. } => {
                return self.start_link(at, link_type, &dest_url, &title, source);
            }
            Tag::Image { link_type, dest_url, title, .. } => {
                return self.write_image(at, link_type, &dest_url, &title, source);
            }
            Tag::Superscript | Tag::Subscript | Tag::MetadataBlock(_) => {}
        }
        at + 1
    }

    fn end(&mut self, tag: TagEnd) {
        if is_container_end(&tag) {
            self.close_block();
            self.depth -= 1;
            if self.skipped > 0 && self.depth >= DEEPEST {
                self.skipped -= 1;
                return;
            }
        }
        match tag {
            TagEnd::Paragraph => self.end_paragraph(),
            TagEnd::Heading(level) => self.end_heading(level as u8),
            TagEnd::BlockQuote(kind) => self.end_quote(kind),
            TagEnd::List(is_ordered) => self.write_line(if is_ordered { "</ol>\n" } else { "</ul>\n" }),
            TagEnd::Item => self.end_entry("</li>\n"),
            TagEnd::DefinitionList => self.write_line("</dl>\n"),
            TagEnd::DefinitionListTitle => self.end_entry("</dt>\n"),
            TagEnd::DefinitionListDefinition => self.end_entry("</dd>\n"),
            TagEnd::Table => self.end_table(),
            TagEnd::TableHead => self.end_table_head(),
            TagEnd::TableRow => self.end_table_row(),
            TagEnd::TableCell => self.end_table_cell(),
            TagEnd::Emphasis => self.write("</em>"),
            TagEnd::Strong => self.write("</strong>"),
            TagEnd::Strikethrough => self.write("</del>"),
            // Links, images, code and raw HTML are written as a whole by their start.
            _ => {}
        }
    }

    /// A container nested too deep: its content is written, its element is not.
    fn skip_depth(&mut self, at: usize, source: &Range<usize>) -> usize {
        if self.skipped == 0 {
            let span = self.span(source.start..source.start + 1);
            self.diagnostics.push(
                Diagnostic::new(
                    Code::TooDeep,
                    span,
                    format!("lists and quotations are nested more than {DEEPEST} deep"),
                )
                .help("take levels out; what lies deeper is shown without its own level"),
            );
        }
        self.skipped += 1;
        at + 1
    }

    /// `[words][label]` without a definition is plain text to every parser; a warning, for it may be meant so.
    fn report_lost_references(&mut self, lost: &[(Range<usize>, String)]) {
        for (source, label) in lost {
            let message = format!("nothing defines the link `[{label}]`");
            let help = format!("add a line `[{label}]: ADDRESS`");
            let mut diagnostic = Diagnostic::new(Code::BrokenLink, self.span(source.clone()), message).help(help);
            diagnostic.severity = Severity::Warning;
            self.diagnostics.push(diagnostic);
        }
    }

    fn end_of_definition(&self, at: usize) -> usize {
        let mut depth = 0_usize;
        for (index, (event, _)) in self.events.iter().enumerate().skip(at) {
            match event {
                Event::Start(Tag::FootnoteDefinition(_)) => depth += 1,
                Event::End(TagEnd::FootnoteDefinition) => {
                    depth -= 1;
                    if depth == 0 {
                        return index + 1;
                    }
                }
                _ => {}
            }
        }
        self.events.len()
    }

    fn start_paragraph(&mut self, at: usize) -> usize {
        if let Some(next) = self.write_lone_image(at) {
            return next;
        }
        self.close_block();
        if let Some(waiting) = self.waiting.last_mut() {
            *waiting = None;
        }
        self.fresh_line();
        self.open_block(Shape::Whole);
        self.write("<p");
        self.id_slot(None);
        self.write(">");
        at + 1
    }

    fn end_paragraph(&mut self) {
        self.write("</p>");
        self.close_block();
        self.html.push('\n');
    }

    fn start_list(&mut self, start: Option<u64>) {
        if let Some(waiting) = self.waiting.last_mut() {
            *waiting = None;
        }
        self.fresh_line();
        match start {
            None => self.write("<ul>\n"),
            Some(1) => self.write("<ol>\n"),
            Some(first) => self.write(&format!("<ol start=\"{first}\">\n")),
        }
    }

    fn start_item(&mut self, at: usize) {
        let is_task = self.events[at + 1..].iter().take(2).any(|(event, _)| matches!(event, Event::TaskListMarker(_)));
        self.start_entry(if is_task { "<li class=\"task\"" } else { "<li" }, true);
    }

    /// Opens a list entry, definition or table row; its id is that of the text that directly follows.
    pub(super) fn start_entry(&mut self, open: &str, is_closed: bool) {
        self.fresh_line();
        self.write(open);
        let slot = self.reserve();
        self.waiting.push(Some(slot));
        if is_closed {
            self.write(">");
        }
    }

    pub(super) fn end_entry(&mut self, close: &str) {
        self.close_block();
        self.waiting.pop();
        self.write(close);
    }

    fn write_code_block(&mut self, at: usize, kind: &CodeBlockKind<'a>) -> usize {
        let mut code = String::new();
        let mut next = at + 1;
        while let Some((Event::Text(text), _)) = self.events.get(next) {
            code.push_str(text);
            next += 1;
        }
        self.close_block();
        if let Some(waiting) = self.waiting.last_mut() {
            *waiting = None;
        }
        self.fresh_line();
        let info = match kind {
            CodeBlockKind::Fenced(info) => info.as_ref(),
            CodeBlockKind::Indented => "",
        };
        let language = info.split([' ', '\t', ',', '{']).next().unwrap_or("");
        self.write_code(info, language, &code, self.events[at].1.clone());
        next + 1
    }

    fn write_task(&mut self, is_done: bool) {
        let (checked, label) = if is_done { (" checked", "Done") } else { ("", "To do") };
        self.open_waiting_block();
        self.write(&format!("<input type=\"checkbox\" disabled{checked} aria-label=\"{label}\"> "));
    }

    // ---- the end ----

    fn finish(mut self) -> (Prose, Diagnostics) {
        self.close_block();
        self.flush();
        self.report_unused_notes();
        self.judge_pull_quotes();
        self.write_ids();
        self.outline.words = to_u32(words::count(&self.outline.text));
        self.outline.other_ids.sort();
        self.find_sentences();
        let Self { mut html, mut pieces, codes, mut outline, pulled: pulls, .. } = self;
        // Texts are held for as long as there is room for them: what they only took while they grew is given back.
        html.shrink_to_fit();
        pieces.shrink_to_fit();
        outline.text.shrink_to_fit();
        outline.blocks.shrink_to_fit();
        outline.runs.shrink_to_fit();
        outline.links.shrink_to_fit();
        let prose = Prose { html, pieces, codes, notes: self.notes.written, pulls, outline };
        (prose, self.diagnostics)
    }

    /// Finds the sentences in which links stand.
    fn find_sentences(&mut self) {
        let Outline { text, blocks, links, .. } = &mut self.outline;
        for link in links {
            if let Some(block) = blocks.get(link.block as usize) {
                link.sentence = sentences::of_block(text, block.text, link.text);
                link.anchor.clone_from(&block.id);
                let (start, end) = link.sentence;
                // Blanks around the words of a link may be none of its sentence.
                let words = &text[link.text.0 as usize..link.text.1 as usize];
                let first = link.text.0 + to_u32(words.len() - words.trim_start().len());
                let last = first + to_u32(words.trim().len());
                link.text = (first.clamp(start, end), last.clamp(start, end));
                link.quote = text[start as usize..end as usize].to_owned();
                let mut shown = Parts::with_capacity(512);
                shown.add(link.quote.as_bytes());
                shown.add(link.anchor.as_bytes());
                shown.add_numbers(&[link.text.0 - start, link.text.1 - start]);
                link.shown = shown.finish();
            }
        }
    }

    /// Gives headings and blocks their ids and writes them into the places kept for them.
    fn write_ids(&mut self) {
        let text = &self.outline.text;
        let block_text = |block: &Block| text[block.text.0 as usize..block.text.1 as usize].trim();
        let (headings, blocks): (Vec<_>, Vec<_>) =
            self.slots.drain(..).partition(|(_, block, _)| self.outline.blocks[*block].shape == Shape::Heading);
        let heading_ids = ids::of_headings(
            headings.iter().map(|(_, block, chosen)| (chosen.as_deref(), block_text(&self.outline.blocks[*block]))),
        );
        let texts: Vec<&str> = blocks.iter().map(|(_, block, _)| block_text(&self.outline.blocks[*block])).collect();
        let mut taken = heading_ids.clone();
        taken.extend(self.outline.other_ids.iter().cloned());
        let block_ids = ids::of_blocks(&texts, &taken);
        for (heading, ((_, block, _), id)) in self.outline.headings.iter_mut().zip(headings.iter().zip(&heading_ids)) {
            heading.id.clone_from(id);
            heading.text = block_text(&self.outline.blocks[*block]).to_owned();
        }
        for ((slot, block, _), id) in headings.iter().chain(&blocks).zip(heading_ids.iter().chain(&block_ids)) {
            if id.is_empty() {
                continue;
            }
            let start = to_u32(self.html.len());
            self.html.push_str(" id=\"");
            push_escaped_attribute(&mut self.html, id);
            self.html.push('"');
            self.pieces[*slot] = Piece::Own((start, to_u32(self.html.len())));
            self.outline.blocks[*block].id.clone_from(id);
        }
    }

    pub(super) fn fill(&mut self, slot: usize, html: &str) {
        let start = to_u32(self.html.len());
        self.html.push_str(html);
        self.pieces[slot] = Piece::Html((start, to_u32(self.html.len())));
    }

    pub(super) fn escape_attribute(&mut self, text: &str) {
        self.end_run();
        push_escaped_attribute(&mut self.html, text);
    }
}

fn push_escaped_attribute(html: &mut String, text: &str) {
    pulldown_cmark_escape::escape_html(html, text).expect("writing to a string cannot fail");
}

pub(super) fn is_container(tag: &Tag<'_>) -> bool {
    matches!(tag, Tag::BlockQuote(_) | Tag::List(_) | Tag::Item | Tag::DefinitionList | Tag::DefinitionListDefinition)
}

fn is_container_end(tag: &TagEnd) -> bool {
    matches!(
        tag,
        TagEnd::BlockQuote(_)
            | TagEnd::List(_)
            | TagEnd::Item
            | TagEnd::DefinitionList
            | TagEnd::DefinitionListDefinition
    )
}

/// How the cells of a column are aligned.
pub(super) fn alignment_class(alignment: Alignment) -> &'static str {
    match alignment {
        Alignment::None => "",
        Alignment::Left => " class=\"left\"",
        Alignment::Center => " class=\"center\"",
        Alignment::Right => " class=\"right\"",
    }
}
