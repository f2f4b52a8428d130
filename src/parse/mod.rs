//! Sources to writings, one file at a time, in parallel. Knows no file but the one at hand.

pub(crate) mod address;
pub(crate) mod amend;
mod autolink;
pub(crate) mod book;
pub(crate) mod copy;
mod elsewhere;
pub(crate) mod fields;
mod foreign;
mod frontmatter;
mod headings;
mod ids;
mod inline;
mod kept;
mod markdown;
mod math;
mod memo;
mod notes;
mod pieces;
mod publish;
mod published;
mod pull;
mod quotes;
mod raw_html;
mod replies;
mod spots;
mod table;
pub(crate) mod tags;
mod theme;
mod tokens;
mod untrusted;
pub(crate) mod values;

use std::sync::Arc;

use crate::base::codes::Code;
use crate::base::diagnostic::{Diagnostic, Diagnostics};
use crate::base::path::SitePath;
use crate::base::span::Span;
use crate::memo::Memo as Leaves;
use crate::model::book::{Book, MarkdownSettings};
use crate::model::kept::Kept;
use crate::model::prose::{Facts, Prose};
use crate::model::source::{Snapshot, Source};
use crate::model::text::{Reads, Room, Text};
use crate::model::writing::{Kind, Parsed, Writing};
pub use memo::Memo;

/// Reads every source of the book.
#[must_use]
pub fn parse(snapshot: &Snapshot) -> (Parsed, Diagnostics) {
    parse_again(snapshot, &mut Memo::default(), &Arc::default())
}

/// Reads every source of the book; those that `memo` has read, by the fingerprints of their texts, are not read again, and formulas that
/// `leaves` holds are not converted again.
#[must_use]
pub fn parse_again(snapshot: &Snapshot, memo: &mut Memo, leaves: &Arc<Leaves>) -> (Parsed, Diagnostics) {
    memo.parse(snapshot, leaves, None)
}

/// The same; of files that an earlier build has read, that which it found is taken.
#[must_use]
pub fn parse_kept(
    snapshot: &Snapshot,
    memo: &mut Memo,
    leaves: &Arc<Leaves>,
    kept: Option<&dyn Kept>,
) -> (Parsed, Diagnostics) {
    memo.parse(snapshot, leaves, kept)
}

/// Reads one Markdown text that belongs to no book. Links stay as they are written.
#[must_use]
pub fn parse_text(path: &SitePath, text: &str, settings: &MarkdownSettings) -> (Prose, Diagnostics) {
    let book = Book { markdown: settings.clone(), ..Book::default() };
    let mut diagnostics = Diagnostics::default();
    let math = converter(&book, &Arc::default(), &mut diagnostics);
    // A heading at the start is text like any other; without extensions front matter is, too.
    let body_start = if settings.extensions { frontmatter::body_start(text) } else { 0 };
    let input = markdown::Input { path, text, body_start, title: "\u{0}", settings, math: &math };
    let (prose, _, found) = markdown::read(&input);
    diagnostics.append(found);
    (prose, diagnostics)
}

/// Reads one source of a book; `None` for what is no writing.
pub(crate) fn parse_one(source: &Source, book: &Book) -> Option<Writing> {
    // What is wrong with the macros is said once for the whole book.
    let reader = Reader::new(book, 0, &Arc::default(), &mut Diagnostics::default());
    reader.read(source, book).map(|(writing, _)| writing)
}

fn converter(book: &Book, leaves: &Arc<Leaves>, diagnostics: &mut Diagnostics) -> math::Converter {
    math::Converter::new(&book.markdown.math_macros, leaves).unwrap_or_else(|why| {
        let path = SitePath::new("book.toml").expect("clean");
        diagnostics.push(
            Diagnostic::new(Code::BadMath, Span::file(&path), why)
                .help("write macros as `\"\\\\R\" = \"\\\\mathbb{R}\"`"),
        );
        math::Converter::new(&[], leaves).expect("no macros are always good")
    })
}

/// Reads texts of a book, as its settings say.
struct Reader {
    how: Arc<How>,
    reads: Arc<dyn Reads>,
    room: Arc<Room>,
}

/// All that the reading of a text depends on besides the text.
struct How {
    markdown: MarkdownSettings,
    math: math::Converter,
}

impl Reads for How {
    fn prose(&self, writing: &Writing, text: &Text) -> Prose {
        let title = if text.has_title { writing.meta.title.as_str() } else { "" };
        let (path, settings, math) = (&writing.path, &self.markdown, &self.math);
        let source = text.source.text();
        let input = markdown::Input {
            path,
            text: &source,
            body_start: source.floor_char_boundary(text.body_start),
            title,
            settings,
            math,
        };
        markdown::read(&input).0
    }
}

impl Reader {
    fn new(book: &Book, room: usize, leaves: &Arc<Leaves>, diagnostics: &mut Diagnostics) -> Self {
        let how = Arc::new(How { markdown: book.markdown.clone(), math: converter(book, leaves, diagnostics) });
        let reads: Arc<dyn Reads> = Arc::clone(&how) as Arc<dyn Reads>;
        Self { how, reads, room: Room::new(room) }
    }

    fn read(&self, source: &Source, book: &Book) -> Option<(Writing, Diagnostics)> {
        let kind = Kind::ALL.into_iter().find(|kind| source.path.below(kind.folder()).is_some())?;
        let text = source.text();
        let frontmatter::Front { mut meta, body_start, has_title, has_date, is_yaml, mut diagnostics } =
            frontmatter::read(kind, &source.path, &text);
        // What cannot be read may well hold a title and a date: only its own mistake is reported.
        let is_readable = !diagnostics.has(Code::BadSyntax);
        let sign = if is_yaml { ":" } else { " =" };
        let top = Span::bytes(&source.path, 0..text.lines().next().map_or(0, |line| line.trim_end().len()));
        let input = markdown::Input {
            path: &source.path,
            text: &text,
            body_start,
            title: &meta.title,
            settings: &self.how.markdown,
            math: &self.how.math,
        };
        let has_title_of_its_own = !meta.title.is_empty();
        let mut spots = Vec::new();
        let (prose, title, mut findings) = markdown::read_seen_by(&input, |events| {
            if kind == Kind::Essay {
                spots = spots::find(&text[body_start..], events, input.settings);
            }
        });
        if meta.title.is_empty() {
            meta.title = title.unwrap_or_else(|| {
                let name = title_from_name(&source.path);
                if is_readable && !has_title {
                    diagnostics.push(
                        Diagnostic::new(Code::MissingTitle, top.clone(), format!("this {} has no title", kind.word()))
                            .help(format!("add a line `title{sign} \"…\"`; until then it is called `{name}`")),
                    );
                }
                name
            });
        }
        if kind == Kind::Essay && meta.date.is_none() && is_readable && !has_date {
            let help = format!("add a line such as `date{sign} 2021-03-02`");
            if book.urls.essay.has_date() {
                // A draft has no address that could be wrong.
                let message = "`[urls]` makes the address of an essay from its date, and this essay has none";
                findings.push(Diagnostic::new(Code::BadAddress, top, message).help(help));
            } else {
                diagnostics.push(Diagnostic::new(Code::MissingDate, top, "this essay has no date").help(help));
            }
        }
        let facts = Facts { copied: spots.into(), ..prose.facts() };
        let prose = Arc::new(prose);
        let text = Text::new(source, (body_start, has_title_of_its_own), &self.reads, &self.room);
        text.hold(&prose);
        let found_before = Arc::default();
        Some((Writing { kind, path: source.path.clone(), meta, facts, text, found_before, findings }, diagnostics))
    }
}

/// `trust-arrives-on-foot.md` as a title.
fn title_from_name(path: &SitePath) -> String {
    let name = if path.stem() == "index" { path.folder().rsplit('/').next().unwrap_or("index") } else { path.stem() };
    let words: String = name
        .chars()
        .map(|c| if c == '-' || c == '_' || c.is_control() || crate::base::path::is_bidi(c) { ' ' } else { c })
        .collect();
    let joined = words.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut letters = joined.chars();
    let title: String = letters.next().map(char::to_uppercase).into_iter().flatten().chain(letters).collect();
    if title.is_empty() { "Untitled".to_owned() } else { title }
}
