//! What the author should know of a page: facts with their places, and what one press can do about them. Knows no
//! mention and no reply.

use super::desk::Edit;
use super::edition::Edition;
use super::trouble::one_line;
use crate::base::codes::Code;
use crate::base::diagnostic::Diagnostic;
use crate::base::path::{SitePath, is_bidi};
use crate::base::sentences;
use crate::base::slug::slug;
use crate::base::span::to_u32;
use crate::base::words::plain;
use crate::io::terminal::visible;
use crate::link::{PageId, WritingId};
use crate::model::prose::{Block, Range, Shape};
use crate::model::source::Source;
use crate::model::writing::{Kind, Writing};
use crate::parse::amend;
use crate::render::Output;
use crate::view::PageKey;
use crate::view::prose::plain_words;

/// More words than this make a sentence or a paragraph long.
const LONG_SENTENCE: usize = 35;
const LONG_PARAGRAPH: usize = 150;
/// Letters of a long one that are shown.
const SHOWN: usize = 120;

/// One fact.
pub(super) struct Note {
    pub(super) group: &'static str,
    pub(super) text: String,
    /// First letter of `text` that is marked and the letter behind the last.
    pub(super) mark: Option<(usize, usize)>,
    pub(super) help: Option<String>,
    /// The file and the line.
    pub(super) place: Option<(SitePath, usize)>,
    pub(super) offers: Vec<Offer>,
}

/// What one press does.
pub(super) struct Offer {
    pub(super) label: String,
    pub(super) edit: Edit,
}

impl Offer {
    pub(super) fn new(label: impl Into<String>, edit: Edit) -> Self {
        Self { label: label.into(), edit }
    }
}

/// A page that has a file, and that file.
pub(super) struct Subject<'a> {
    pub(super) edition: &'a Edition,
    pub(super) id: WritingId,
    pub(super) writing: &'a Writing,
    pub(super) source: &'a Source,
    pub(super) lines: Lines,
    /// Whether edits are offered.
    pub(super) is_editable: bool,
}

impl Subject<'_> {
    pub(super) fn note(&self, group: &'static str, text: impl Into<String>, at: usize) -> Note {
        let place = Some((self.writing.path.clone(), self.lines.of(at)));
        Note { group, text: text.into(), mark: None, help: None, place, offers: Vec::new() }
    }

    /// Words of the page as they are shown.
    pub(super) fn words(&self, range: Range) -> String {
        let escapes = &self.edition.site.mentions[self.id.0 as usize].escapes;
        one_line(&plain_words(&self.writing.prose().outline.text, range, escapes))
    }
}

/// Where the lines of a text begin.
pub(super) struct Lines(Vec<usize>);

impl Lines {
    pub(super) fn new(text: &str) -> Self {
        Self(text.match_indices('\n').map(|(at, _)| at + 1).collect())
    }

    /// The line of a byte, from 1.
    pub(super) fn of(&self, byte: usize) -> usize {
        self.0.partition_point(|start| *start <= byte) + 1
    }
}

/// Findings in the file of the page or that of its replies, by the group they stand in.
pub(super) fn found(subject: &Subject<'_>, replies: Option<&SitePath>) -> Vec<Note> {
    let path = &subject.writing.path;
    let own = subject.edition.report.diagnostics.iter().filter_map(|found| {
        let at = &found.span.as_ref()?.path;
        (at == path || Some(at) == replies).then_some((found, at))
    });
    own.map(|(found, at)| {
        let group = match found.code {
            Code::LostPassage if at != path => "Replies",
            Code::MissingAlt => "Pictures without description",
            Code::LoosePullQuote => "Loose pull quotes",
            _ => "Problems",
        };
        finding(subject, group, found, at)
    })
    .collect()
}

fn finding(subject: &Subject<'_>, group: &'static str, found: &Diagnostic, at: &SitePath) -> Note {
    let source = subject.edition.source(at);
    let start = found.span.as_ref().and_then(|span| span.range).map_or(0, |(start, _)| start as usize);
    let line = if *at == subject.writing.path {
        subject.lines.of(start)
    } else {
        source.map_or(1, |source| Lines::new(&source.text()).of(start))
    };
    let mut offers = Vec::new();
    if let (true, Some(source), Some(fix)) = (subject.is_editable, source, &found.fix)
        && fix.span.path == source.path
        && let Some((from, to)) = fix.span.range
        && let (Some(head), Some(tail)) = (source.text().get(..from as usize), source.text().get(to as usize..))
    {
        let (what, done) = (format!("Apply “{}”", fix.text), format!("Applied “{}” in {at}, line {line}", fix.text));
        let edit = Edit::of(source, format!("{head}{}{tail}", fix.text), what, done);
        offers.push(Offer::new(format!("Apply: {}", fix.text), edit));
    }
    Note {
        group,
        text: visible(&found.message),
        mark: None,
        help: found.help.as_deref().map(visible),
        place: Some((at.clone(), line)),
        offers,
    }
}

/// Concepts of an essay that no file describes.
pub(super) fn undefined(subject: &Subject<'_>) -> Vec<Note> {
    let Subject { edition, id, writing, .. } = subject;
    let site = &edition.site;
    let mut notes = Vec::new();
    for concept in edition.input().viewer.concepts_in(*id).iter().copied() {
        let known = site.concept(concept);
        let text = visible(&known.title);
        let group = "Concepts without definition";
        match known.writing.map(|id| site.writing(id)) {
            Some(file) if !file.meta.summary.is_empty() => {}
            Some(file) => notes.push(Note {
                help: Some("its file has no `summary`".to_owned()),
                place: Some((file.path.clone(), 1)),
                ..subject.note(group, text, 0)
            }),
            None => {
                let named = writing.meta.concepts.iter().find(|name| site.find_concept(&name.value) == Some(concept));
                let at = named.map_or(0, |name| name.range.0 as usize);
                let offers = new_concept(edition, &known.title).filter(|_| subject.is_editable);
                notes.push(Note {
                    help: Some("it has no file".to_owned()),
                    offers: offers.map(|edit| Offer::new("Make it a concept", edit)).into_iter().collect(),
                    ..subject.note(group, text, at)
                });
            }
        }
    }
    notes
}

/// The edit that gives a concept its file; `None` where something stands there already.
pub(super) fn new_concept(edition: &Edition, name: &str) -> Option<Edit> {
    let own = Some(slug(name)).filter(|own| !own.is_empty())?;
    let path = SitePath::new(&format!("content/concepts/{own}.md"))?;
    edition.source(&path).is_none().then(|| Edit {
        before: None,
        after: amend::new_concept(name),
        what: format!("Make “{name}” a concept"),
        done: format!("Made {path}"),
        path,
    })
}

/// The first letters of a text, with a mark where it goes on.
pub(super) fn beginning(text: &str, letters: usize) -> String {
    match text.char_indices().nth(letters) {
        Some((cut, _)) => format!("{}…", &text[..cut]),
        None => text.to_owned(),
    }
}

/// An essay or concept without its one sentence.
pub(super) fn summary(subject: &Subject<'_>) -> Option<Note> {
    let text = match subject.writing.kind {
        Kind::Essay => "this essay has no summary",
        Kind::Concept => "this concept has no definition",
        Kind::Series | Kind::Page => return None,
    };
    let sign = if subject.source.text().starts_with("---") { ":" } else { " =" };
    let help = Some(format!("add a line `summary{sign} \"…\"`"));
    subject.writing.meta.summary.is_empty().then(|| Note { help, ..subject.note("Summary", text, 0) })
}

/// Sentences, then paragraphs, that are long.
pub(super) fn long(subject: &Subject<'_>) -> Vec<Note> {
    let prose = subject.writing.prose();
    let outline = &prose.outline;
    let (mut notes, mut paragraphs) = (Vec::new(), Vec::new());
    let texts = outline.blocks.iter().filter(|block| block.shape != Shape::Heading);
    for Block { text, source, .. } in texts {
        let Some(own) = outline.text.get(text.0 as usize..text.1 as usize) else { continue };
        let long = |group, words: usize, range: Range| {
            let shown = beginning(&subject.words(range), SHOWN);
            Note { help: Some(format!("{words} words")), ..subject.note(group, shown, *source as usize) }
        };
        for (start, end) in sentences::all(own) {
            let words = own[start..end].split_whitespace().count();
            if words > LONG_SENTENCE {
                let base = text.0 as usize;
                let range = (to_u32(base + start), to_u32(base + end));
                notes.push(long("Long sentences", words, range));
            }
        }
        let words = own.split_whitespace().count();
        if words > LONG_PARAGRAPH {
            paragraphs.push(long("Long paragraphs", words, *text));
        }
    }
    notes.append(&mut paragraphs);
    notes
}

/// Words that somebody selected on a page, as a new concept.
///
/// # Errors
/// A sentence that says why they are none.
pub(super) fn selected(edition: &Edition, writing: &Writing, words: &str) -> Result<Edit, String> {
    let one_blank = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let is_odd = |c: char| c.is_control() && !c.is_whitespace() || is_bidi(c);
    let name = one_blank(words);
    let length = name.chars().count();
    if words.contains(is_odd) || !(2..=60).contains(&length) || name.split(' ').count() > 5 {
        return Err("A concept has a name of one to five words.".to_owned());
    }
    let comparable = |text: &str| plain(text).to_lowercase();
    if !comparable(&writing.prose().outline.text).contains(&comparable(&name)) {
        return Err(format!("“{name}” does not stand in the text of this page."));
    }
    let known = edition.site.find_concept(&name).map(|id| edition.site.concept(id));
    if let Some(path) = known.and_then(|known| known.writing).map(|id| &edition.site.writing(id).path) {
        return Err(format!("“{name}” is a concept already: {path}"));
    }
    // An essay that names it says how it is written.
    let name = known.map_or(name, |known| known.title.clone());
    new_concept(edition, &name)
        .ok_or_else(|| format!("No file can be made for “{name}”: its name is taken or has no letter."))
}

/// The writing that is shown in a file of the site, if that page has a file of its own.
pub(super) fn writing_of(edition: &Edition, file: &str) -> Option<WritingId> {
    let Output::Page(PageKey::Page(page)) = edition.outputs.get(file)? else { return None };
    match page {
        PageId::Writing(id) => Some(*id),
        PageId::Concept(id) => edition.site.concept(*id).writing,
        PageId::Series(id) => edition.site.series(*id).writing,
        PageId::Home | PageId::Archive | PageId::Concepts | PageId::Replies | PageId::Print | PageId::Stretch(_) => {
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Lines;

    #[test]
    fn lines_count_from_one() {
        let lines = Lines::new("a\r\nb\n\nc");
        assert_eq!([0, 1, 2, 3, 5, 6, 99].map(|byte| lines.of(byte)), [1, 1, 1, 2, 3, 4, 4]);
    }
}
