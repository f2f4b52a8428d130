//! `Prose` to HTML for one page: holes filled with links, marks and pictures. Knows addresses, not templates.

use crate::highlight::{self, Code};
use crate::link::{Mentions, PageId, Passage, Picture, Site, Target, WritingId};
use crate::memo::Memo;
use crate::model::prose::{CodeBlock, LinkRef, LinkStyle, Piece, Range};
use crate::view::print::place_in_book;
use crate::view::views::NoteView;

fn write_code(html: &mut String, block: &CodeBlock, leaves: Option<&Memo>) {
    let code = Code { language: &block.language, code: &block.code };
    html.push_str(
        &leaves.map_or_else(|| highlight::html(code.language, code.code), |leaves| leaves.get(&Code::HTML, &code)),
    );
}

/// Where a text is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// On its own page, or quoted on another one of the site.
    Page,
    /// On the page that holds the whole book: links lead to places on it, and words that name a concept are left alone.
    Book,
    /// In a program of the reader: without pull quotes, links to concepts and colours of code, and links within the text lead to
    /// the page.
    Elsewhere,
}

/// Fills the holes of the prose shown on one page.
pub(crate) struct Filler<'a> {
    pub(crate) site: &'a Site,
    /// The way from the page to the site's root.
    pub(crate) root: &'a str,
    /// Where the text is read.
    pub(crate) place: Place,
    /// Whether texts are left as they are, and their recipes stand in their places.
    pub(crate) is_recipe: bool,
    /// What was coloured before.
    pub(crate) leaves: Option<&'a Memo>,
}

impl Filler<'_> {
    /// The text of a writing, without its notes.
    pub(crate) fn body(&self, id: WritingId) -> String {
        if self.is_recipe {
            return self.recipe(id);
        }
        let prose = self.site.writing(id).prose();
        let end = prose.notes.iter().map(|note| note.pieces.0).min();
        let end = end.unwrap_or_else(|| crate::link::index(prose.pieces.len()));
        let mut html = String::with_capacity(prose.html.len() + prose.html.len() / 2);
        self.fill(&mut html, id, (0, end), true);
        html
    }

    /// The footnotes of a writing.
    pub(crate) fn notes(&self, id: WritingId) -> Vec<NoteView> {
        if self.is_recipe {
            // The recipe of the body is that of the notes.
            return Vec::new();
        }
        let prose = self.site.writing(id).prose();
        let notes = &prose.notes;
        let view = |(at, note): (usize, &crate::model::prose::Note)| {
            let mut html = String::new();
            self.fill(&mut html, id, note.pieces, true);
            NoteView { number: at + 1, html: html.trim().to_owned(), references: note.references.clone() }
        };
        notes.iter().enumerate().map(view).collect()
    }

    fn fill(&self, html: &mut String, id: WritingId, pieces: Range, is_own: bool) {
        let prose = self.site.writing(id).prose();
        let at = id.0 as usize;
        let mentions = &self.site.mentions[at];
        let targets = &self.site.targets[at];
        let is_pulled = |place: u32| prose.pulls.iter().any(|(from, to)| (*from..*to).contains(&place));
        for (place, piece) in (pieces.0..).zip(&prose.pieces[pieces.0 as usize..pieces.1 as usize]) {
            if self.place == Place::Elsewhere && is_pulled(place) {
                continue;
            }
            match piece {
                Piece::Html((start, end)) => html.push_str(&prose.html[*start as usize..*end as usize]),
                Piece::Own((start, end)) if is_own => html.push_str(&prose.html[*start as usize..*end as usize]),
                Piece::Own(_) => {}
                Piece::Text(run) => {
                    self.text(html, &prose.outline.text, prose.outline.runs[*run as usize].text, mentions, is_own)
                }
                Piece::LinkOpen(link) => {
                    self.open_link(html, &prose.outline.links[*link as usize], &targets[*link as usize], id, is_own);
                }
                Piece::LinkClose(link) => {
                    if !matches!(targets[*link as usize], Target::Plain) {
                        html.push_str("</a>");
                    }
                }
                Piece::Attribute { name, link } => {
                    let target = &targets[*link as usize];
                    let written = || {
                        matches!(target, Target::External).then(|| prose.outline.links[*link as usize].target.clone())
                    };
                    if let Some(address) = self.address(target, id, is_own).or_else(written) {
                        write_attribute(html, &prose.html[name.0 as usize..name.1 as usize], &address);
                    }
                }
                Piece::Address(link) => {
                    let written = &prose.outline.links[*link as usize].target;
                    let address = self.address(&targets[*link as usize], id, is_own).unwrap_or_else(|| written.clone());
                    escape_attribute(html, &address);
                }
                Piece::Image(image) => {
                    let written = &prose.outline.images[*image as usize];
                    self.image(html, written, &self.site.pictures[at][*image as usize]);
                }
                Piece::Code(code) if self.place == Place::Elsewhere => {
                    html.push_str(&highlight::plain(&prose.codes[*code as usize].code));
                }
                Piece::Code(code) => write_code(html, &prose.codes[*code as usize], self.leaves),
                Piece::Embed(link) => {
                    if let Target::Passage(passage) = &targets[*link as usize] {
                        self.embed(html, passage);
                    }
                }
            }
        }
    }

    fn text(&self, html: &mut String, text: &str, run: Range, mentions: &Mentions, is_own: bool) {
        let mut from = run.0;
        let first = mentions.list.partition_point(|mention| mention.text.0 < run.0);
        let part = |html: &mut String, start: u32, end: u32| {
            escape_words(html, text, (start as usize)..(end as usize), &mentions.escapes);
        };
        for mention in mentions.list[first..].iter().take_while(|mention| mention.text.1 <= run.1) {
            if !mention.is_linked || !is_own || self.place != Place::Page {
                continue;
            }
            part(html, from, mention.text.0);
            let concept = self.site.concept(mention.concept);
            html.push_str("<a class=\"concept\" data-term=\"");
            html.push_str(&concept.slug);
            html.push_str("\" href=\"");
            escape_attribute(html, self.root);
            escape_attribute(html, &concept.route.as_url());
            html.push_str("\">");
            part(html, mention.text.0, mention.text.1);
            html.push_str("</a>");
            from = mention.text.1;
        }
        part(html, from, run.1);
    }

    fn open_link(&self, html: &mut String, link: &LinkRef, target: &Target, id: WritingId, is_own: bool) {
        let Some(address) = self
            .address(target, id, is_own)
            .or_else(|| matches!(target, Target::External).then(|| external(&link.target)))
        else {
            return;
        };
        html.push_str("<a href=\"");
        escape_attribute(html, &address);
        if !link.title.is_empty() {
            html.push_str("\" title=\"");
            escape_attribute(html, &link.title);
        }
        html.push_str("\">");
    }

    pub(super) fn address(&self, target: &Target, id: WritingId, is_own: bool) -> Option<String> {
        match target {
            Target::Here(fragment) if is_own && self.place != Place::Elsewhere => Some(format!("#{fragment}")),
            Target::Here(fragment) => Some(self.page_address(self.site.page_of(id), fragment)),
            Target::Page(page, fragment) => Some(self.page_address(*page, fragment)),
            Target::File(route) => Some(format!("{}{}", self.root, route.to_url())),
            Target::Passage(passage) => Some(self.page_address(passage.page, &passage.fragment)),
            Target::External | Target::Plain => None,
        }
    }

    pub(super) fn page_address(&self, page: PageId, fragment: &str) -> String {
        let is_book = self.place == Place::Book;
        if let Some(place) = is_book.then(|| place_in_book(self.site, page, fragment)).flatten() {
            // Apart from the ids of the text itself by the slash, which goes when the text is put onto the page.
            return format!("#/{place}");
        }
        let url = self.site.route(page).to_url();
        if fragment.is_empty() { format!("{}{url}", self.root) } else { format!("{}{url}#{fragment}", self.root) }
    }

    fn image(&self, html: &mut String, image: &crate::model::prose::ImageRef, picture: &Picture) {
        let Picture::File(route, size) = picture else {
            html.push_str("<span class=\"missing-image\">");
            escape_text(html, &image.alt);
            html.push_str("</span>");
            return;
        };
        html.push_str("<img src=\"");
        escape_attribute(html, &format!("{}{}", self.root, route.to_url()));
        html.push_str("\" alt=\"");
        escape_attribute(html, &image.alt);
        if !image.title.is_empty() {
            html.push_str("\" title=\"");
            escape_attribute(html, &image.title);
        }
        if let Some((width, height)) = size {
            html.push_str(&format!("\" width=\"{width}\" height=\"{height}"));
        }
        // A picture that waits until it is seen would be missing on paper.
        html.push_str(if self.place == Place::Book { "\">" } else { "\" loading=\"lazy\" decoding=\"async\">" });
    }

    fn embed(&self, html: &mut String, passage: &Passage) {
        html.push_str("<figure class=\"embed\"><blockquote>\n");
        let mut text = String::new();
        self.fill(&mut text, passage.writing, passage.pieces, false);
        let writing = self.site.writing(passage.writing);
        if text.trim().is_empty() {
            // A concept may be nothing but its definition.
            escape_text(&mut text, &writing.meta.summary);
        }
        if passage.is_bare || !text.contains('<') {
            text = format!("<p>{text}</p>");
        }
        html.push_str(&without_headings(&text));
        html.push_str("</blockquote><figcaption>From <a href=\"");
        escape_attribute(html, &self.page_address(passage.page, &passage.fragment));
        html.push_str("\">");
        escape_text(html, &writing.meta.title);
        html.push_str("</a></figcaption></figure>\n");
    }
}

/// Headings of a passage as paragraphs: on another page they would stand at a level that does not fit.
fn without_headings(html: &str) -> String {
    let mut plain = html.to_owned();
    for level in 1..=6 {
        plain = plain
            .replace(&format!("<h{level}>"), "<p class=\"heading\">")
            .replace(&format!("<h{level} class=\""), "<p class=\"heading ")
            .replace(&format!("<h{level} "), "<p ")
            .replace(&format!("</h{level}>"), "</p>");
    }
    plain
}

/// An address that leaves the site, as it goes into HTML: percent signs where URLs want them.
fn external(target: &str) -> String {
    let mut address = String::new();
    pulldown_cmark_escape::escape_href(&mut address, target).expect("writing to a string cannot fail");
    address.replace("&amp;", "&").replace("&#x27;", "'")
}

/// A text of Markdown that belongs to no book: links and pictures as they are written.
pub(crate) fn standalone(prose: &crate::model::prose::Prose) -> String {
    let mut html = String::with_capacity(prose.html.len());
    let end = prose.notes.iter().map(|note| note.pieces.0 as usize).min().unwrap_or(prose.pieces.len());
    standalone_pieces(&mut html, prose, &prose.pieces[..end]);
    if !prose.notes.is_empty() {
        html.push_str("<section class=\"notes\" role=\"doc-endnotes\">\n<ol>\n");
        for (at, note) in prose.notes.iter().enumerate() {
            html.push_str(&format!("<li id=\"n{}\">", at + 1));
            standalone_pieces(&mut html, prose, &prose.pieces[note.pieces.0 as usize..note.pieces.1 as usize]);
            html.push_str("</li>\n");
        }
        html.push_str("</ol>\n</section>\n");
    }
    html
}

fn standalone_pieces(html: &mut String, prose: &crate::model::prose::Prose, pieces: &[Piece]) {
    for piece in pieces {
        match piece {
            Piece::Html((start, end)) | Piece::Own((start, end)) => {
                html.push_str(&prose.html[*start as usize..*end as usize])
            }
            Piece::Text(run) => {
                let run = prose.outline.runs[*run as usize].text;
                escape_text(html, &prose.outline.text[run.0 as usize..run.1 as usize]);
            }
            Piece::LinkOpen(link) | Piece::Embed(link) => {
                let link = &prose.outline.links[*link as usize];
                html.push_str("<a href=\"");
                escape_attribute(html, &external(&link.target));
                if !link.title.is_empty() {
                    html.push_str("\" title=\"");
                    escape_attribute(html, &link.title);
                }
                html.push_str("\">");
                if link.style == LinkStyle::Embed {
                    escape_text(html, &link.target);
                    html.push_str("</a>\n");
                }
            }
            Piece::LinkClose(_) => html.push_str("</a>"),
            Piece::Code(code) => write_code(html, &prose.codes[*code as usize], None),
            Piece::Attribute { name, link } => {
                let name = &prose.html[name.0 as usize..name.1 as usize];
                write_attribute(html, name, &prose.outline.links[*link as usize].target);
            }
            Piece::Address(link) => escape_attribute(html, &prose.outline.links[*link as usize].target),
            Piece::Image(image) => {
                let image = &prose.outline.images[*image as usize];
                html.push_str("<img src=\"");
                escape_attribute(html, &external(&image.target));
                html.push_str("\" alt=\"");
                escape_attribute(html, &image.alt);
                if !image.title.is_empty() {
                    html.push_str("\" title=\"");
                    escape_attribute(html, &image.title);
                }
                html.push_str("\">");
            }
        }
    }
}

/// The longest passage that is quoted; longer sentences are cut around the words in question.
const LONGEST_PASSAGE: usize = 700;

/// A sentence of a plain text as HTML, with these words marked.
pub(crate) fn quote(text: &str, sentence: Range, marks: &[Range], escapes: &[u32]) -> String {
    let (mut start, mut end) = (sentence.0 as usize, sentence.1 as usize);
    let mut html = String::with_capacity(end - start + 32);
    let first = marks.first().map_or(start, |mark| mark.0 as usize);
    if end - start > LONGEST_PASSAGE {
        let from = text.floor_char_boundary(first.saturating_sub(LONGEST_PASSAGE / 2).max(start));
        if from > start {
            start = text[from..].find(' ').map_or(from, |blank| (from + blank + 1).min(first));
            html.push('\u{2026}');
        }
        end = text.floor_char_boundary(end.min(start + LONGEST_PASSAGE));
    }
    let mut from = start;
    let part = |html: &mut String, from: usize, to: usize| escape_words(html, text, from..to, escapes);
    for mark in marks.iter().filter(|mark| mark.0 < mark.1) {
        let (mark_start, mark_end) = (mark.0 as usize, mark.1 as usize);
        if mark_start < from || mark_end > end {
            continue;
        }
        part(&mut html, from, mark_start);
        html.push_str("<mark>");
        part(&mut html, mark_start, mark_end);
        html.push_str("</mark>");
        from = mark_end;
    }
    part(&mut html, from, end);
    if end < sentence.1 as usize {
        html.push('\u{2026}');
    }
    html
}

/// These bytes of a text as HTML, without the backslashes that keep words from being linked.
fn escape_words(html: &mut String, text: &str, range: std::ops::Range<usize>, escapes: &[u32]) {
    parts(text, range, escapes, |part| escape_text(html, part));
}

/// Those of these backslashes that stand in a stretch of a text, as bytes of the stretch.
pub(crate) fn escapes_within(escapes: &[u32], (start, end): Range) -> Vec<u32> {
    escapes.iter().filter(|at| (start..end).contains(at)).map(|at| at - start).collect()
}

/// These bytes of a text, without those backslashes.
pub(crate) fn plain_words(text: &str, range: Range, escapes: &[u32]) -> String {
    let mut plain = String::new();
    parts(text, range.0 as usize..range.1 as usize, escapes, |part| plain.push_str(part));
    plain
}

fn parts(text: &str, range: std::ops::Range<usize>, escapes: &[u32], mut take: impl FnMut(&str)) {
    let mut from = range.start;
    let first = escapes.partition_point(|at| (*at as usize) < range.start);
    for escape in escapes[first..].iter().map(|at| *at as usize).take_while(|at| *at < range.end) {
        take(&text[from..escape]);
        from = escape + 1;
    }
    take(&text[from..range.end]);
}

pub(super) fn escape_text(html: &mut String, text: &str) {
    pulldown_cmark_escape::escape_html_body_text(html, text).expect("writing to a string cannot fail");
}

pub(super) fn escape_attribute(html: &mut String, text: &str) {
    pulldown_cmark_escape::escape_html(html, text).expect("writing to a string cannot fail");
}

pub(super) fn write_attribute(html: &mut String, name: &str, value: &str) {
    html.push_str(name);
    html.push_str("=\"");
    escape_attribute(html, value);
    html.push('"');
}

/// A plain text as the value of an attribute, between quotation marks.
pub(crate) fn escaped_attribute(text: &str) -> String {
    let mut html = String::with_capacity(text.len());
    escape_attribute(&mut html, text);
    html
}

/// A plain text as HTML.
pub(crate) fn escaped(text: &str) -> String {
    let mut html = String::with_capacity(text.len());
    escape_text(&mut html, text);
    html
}
