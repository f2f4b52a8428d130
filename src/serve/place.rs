//! Where in a source file the words of a page stand: guessed, tried in memory, and believed only if the page then
//! says what it should. Knows no file.

use std::collections::BTreeMap;

use super::directory::Directory;
use crate::link::PageId;
use crate::model::book::Book;
use crate::model::prose::{LinkRef, LinkStyle, Outline, Range, Shape};
use crate::model::source::Source;
use crate::model::writing::Writing;
use crate::parse::parse_one;

/// How often a text is read to find one place: words that stand in code or addresses are no place at all.
const MOST_TRIED: usize = 16;

/// A page and the file it was made from.
pub(super) struct Place<'a> {
    pub(super) source: &'a Source,
    pub(super) writing: &'a Writing,
    pub(super) book: &'a Book,
    pub(super) directory: &'a Directory,
}

/// A source text in which one thing was changed.
pub(super) struct Changed {
    pub(super) text: String,
    /// The byte where the change begins.
    pub(super) at: usize,
}

/// What is tried at each place.
struct Attempt<'a> {
    forms: &'a [String],
    /// What is written for the words that stand there; `None` where a form cannot be right.
    write: &'a dyn Fn(&str, &str) -> Option<String>,
    /// Whether the page says what it should.
    is_right: &'a dyn Fn(&Outline) -> bool,
}

impl Place<'_> {
    /// The source in which these words of the page are a link to that page; `None` where that cannot be written.
    pub(super) fn link(&self, words: Range, block: u32, page: PageId, title: &str) -> Option<Changed> {
        let prose = self.writing.prose();
        let old = &prose.outline;
        let is_right = |new: &Outline| {
            let is_new = |link: &&LinkRef| link.text == words && link.style == LinkStyle::Wiki;
            new.text == old.text
                && new.links.len() == old.links.len() + 1
                && new.links.iter().filter(is_new).any(|link| self.directory.page(&link.target) == Some(page))
                && targets(new, Some(words)) == targets(old, None)
        };
        let is_plain = |name: &&str| !name.contains(['|', '[', ']', '\\', '\n']);
        let label = self.directory.label(page);
        let named = [Some(title), label].into_iter().flatten().filter(is_plain).map(|name| format!("{name}|"));
        let mut forms = vec![String::new()];
        forms.extend(named);
        // Between cells of a table the bar is written with a backslash.
        forms.extend(label.map(|name| format!("{name}\\|")));
        let write = |form: &str, found: &str| {
            let is_hopeful = !form.is_empty() || self.directory.page(found) == Some(page);
            is_hopeful.then(|| format!("[[{form}{found}]]"))
        };
        self.first(words, block, &Attempt { forms: &forms, write: &write, is_right: &is_right })
    }

    /// The source in which a backslash keeps these words of the page from being linked.
    pub(super) fn escape(&self, words: Range, block: u32) -> Option<Changed> {
        let prose = self.writing.prose();
        let old = &prose.outline;
        let (before, after) = old.text.split_at_checked(words.0 as usize)?;
        let wanted = format!("{before}\\{after}");
        let is_right = |new: &Outline| {
            new.text == wanted && new.links.len() == old.links.len() && targets(new, None) == targets(old, None)
        };
        let write = |_: &str, found: &str| Some(format!("\\{found}"));
        self.first(words, block, &Attempt { forms: &[String::new()], write: &write, is_right: &is_right })
    }

    /// The first form, at the first place, after which the page is right.
    fn first(&self, words: Range, block: u32, attempt: &Attempt<'_>) -> Option<Changed> {
        let text = &*self.source.text();
        let prose = self.writing.prose();
        let outline = &prose.outline;
        let (start, end) = self.part(block)?;
        let shown = outline.text.get(words.0 as usize..words.1 as usize)?;
        let places = candidates(text.get(start..end)?, shown).into_iter();
        let ways = places.flat_map(|(from, to)| attempt.forms.iter().map(move |form| (start + from, start + to, form)));
        let written = ways.filter_map(|(from, to, form)| Some((from, to, (attempt.write)(form, &text[from..to])?)));
        for (from, to, written) in written.take(MOST_TRIED) {
            let new = format!("{}{written}{}", &text[..from], &text[to..]);
            let source = Source::new(self.source.path.clone(), new.as_str());
            let Some(read) = parse_one(&source, self.book) else { continue };
            if (attempt.is_right)(&read.prose().outline) && self.is_same_besides(&read) {
                return Some(Changed { text: new, at: from });
            }
        }
        None
    }

    /// The bytes of the source in which a block stands: up to the next one that begins behind it.
    fn part(&self, block: u32) -> Option<(usize, usize)> {
        let prose = self.writing.prose();
        let blocks = &prose.outline.blocks;
        let start = blocks.get(block as usize)?.source;
        let next = blocks.iter().map(|block| block.source).filter(|source| *source > start).min();
        let end = next.map_or(self.source.text().len(), |next| next as usize);
        Some((start as usize, end.min(self.source.text().len())))
    }

    /// Whether another reading of the file differs in no block, picture, note or finding.
    fn is_same_besides(&self, new: &Writing) -> bool {
        let blocks = |writing: &Writing| -> Vec<(String, Shape, u32)> {
            writing.prose().outline.blocks.iter().map(|block| (block.id.clone(), block.shape, block.section)).collect()
        };
        let pictures = |writing: &Writing| -> Vec<(String, String)> {
            writing.facts.images.iter().map(|image| (image.target.clone(), image.alt.clone())).collect()
        };
        let codes = |writing: &Writing| {
            let report = writing.findings.clone().into_report(&BTreeMap::new());
            report.diagnostics.iter().map(|found| found.code).collect::<Vec<_>>()
        };
        let old = self.writing;
        old.meta.title == new.meta.title
            && old.prose().notes.len() == new.prose().notes.len()
            && blocks(old) == blocks(new)
            && pictures(old) == pictures(new)
            && codes(old) == codes(new)
    }
}

/// How links are written and where they lead, but for the one at these words.
fn targets(outline: &Outline, without: Option<Range>) -> Vec<(LinkStyle, &str)> {
    let links = outline.links.iter().filter(|link| without.is_none_or(|words| link.text != words));
    links.map(|link| (link.style, link.target.as_str())).collect()
}

/// Where a source may say these words: typography undone, blanks as wide as they are.
fn candidates(source: &str, words: &str) -> Vec<(usize, usize)> {
    let starts = source.char_indices().map(|(at, _)| at);
    starts.filter_map(|at| Some((at, at + length(&source[at..], words)?))).collect()
}

/// How much of a source, from its start, says these words.
fn length(source: &str, words: &str) -> Option<usize> {
    let mut rest = source;
    let mut letters = words.chars().peekable();
    while let Some(letter) = letters.next() {
        if letter.is_whitespace() {
            while letters.next_if(|next| next.is_whitespace()).is_some() {}
            let trimmed = rest.trim_start();
            if trimmed.len() == rest.len() {
                return None;
            }
            rest = trimmed;
            continue;
        }
        let plain = match letter {
            '\u{2018}' | '\u{2019}' => "'",
            '\u{201c}' | '\u{201d}' => "\"",
            '\u{2013}' => "--",
            '\u{2014}' => "---",
            '\u{2026}' => "...",
            _ => "",
        };
        let own = rest.strip_prefix(letter);
        rest = own.or_else(|| rest.strip_prefix(plain).filter(|_| !plain.is_empty()))?;
    }
    (rest.len() < source.len()).then(|| source.len() - rest.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_found_as_their_author_typed_them() {
        let source = "a leader's\n  trust -- leader\u{2019}s trust --- x";
        let found: Vec<&str> =
            candidates(source, "leader\u{2019}s trust").into_iter().map(|(from, to)| &source[from..to]).collect();
        assert_eq!(found, ["leader's\n  trust", "leader\u{2019}s trust"]);
        assert_eq!(candidates(source, "\u{2013}").len(), 3);
        assert!(candidates(source, "missing").is_empty() && candidates(source, "").is_empty());
    }
}
