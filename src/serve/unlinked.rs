//! Words of an essay that name a concept or another essay and do not lead there. Knows no other page but by its name.

use std::collections::BTreeSet;

use rayon::prelude::*;

use super::desk::Edit;
use super::notes::{Note, Offer, Subject};
use super::place::Place;
use crate::base::sentences;
use crate::base::span::to_u32;
use crate::link::{ConceptId, PageId, Target};
use crate::model::book::ConceptLinks;
use crate::model::prose::Range;
use crate::parse::amend;

/// Titles that are named; a text that names more is a list of them.
const MOST_TITLES: usize = 20;
/// Concepts whose place in the source is looked for: each takes a look or two at the whole text.
const MOST_OFFERED: usize = 60;

/// Words that could be a link.
struct Unlinked {
    words: Range,
    sentence: Range,
    block: u32,
    page: PageId,
}

/// A note for each concept and each essay that the text names and does not link.
pub(super) fn notes(subject: &Subject<'_>) -> Vec<Note> {
    let linked: BTreeSet<PageId> = linked_by_hand(subject);
    let titles = titles(subject, &linked);
    let mut all = concepts(subject, &linked, &titles);
    all.extend(titles);
    let numbered: Vec<(usize, Unlinked)> = all.into_iter().enumerate().collect();
    numbered.into_par_iter().map(|(at, unlinked)| note(subject, &unlinked, at < MOST_OFFERED)).collect()
}

/// Pages to which a link of the text leads.
fn linked_by_hand(subject: &Subject<'_>) -> BTreeSet<PageId> {
    let targets = subject.edition.site.targets[subject.id.0 as usize].iter();
    let pages = targets.filter_map(|target| match target {
        Target::Page(page, _) => Some(*page),
        Target::Passage(passage) => Some(passage.page),
        _ => None,
    });
    pages.collect()
}

/// Where names of concepts stand that the text never links; within a title that could be a link itself, the title goes first.
fn concepts(subject: &Subject<'_>, linked: &BTreeSet<PageId>, titles: &[Unlinked]) -> Vec<Unlinked> {
    let site = &subject.edition.site;
    let list = &site.mentions[subject.id.0 as usize].list;
    let prose = subject.writing.prose();
    let outline = &prose.outline;
    let mut settled: BTreeSet<ConceptId> =
        list.iter().filter(|mention| mention.is_linked).map(|mention| mention.concept).collect();
    let mut all = Vec::new();
    for mention in list {
        let page = PageId::Concept(mention.concept);
        let is_never = site.concept(mention.concept).links == Some(ConceptLinks::None);
        let is_in = |title: &Unlinked| title.words.0 <= mention.text.0 && mention.text.1 <= title.words.1;
        if !is_never && !linked.contains(&page) && !titles.iter().any(is_in) && settled.insert(mention.concept) {
            all.push(Unlinked { words: mention.text, sentence: mention.sentence(outline), block: mention.block, page });
        }
    }
    all
}

fn titles(subject: &Subject<'_>, linked: &BTreeSet<PageId>) -> Vec<Unlinked> {
    let prose = subject.writing.prose();
    let outline = &prose.outline;
    let mentions = &subject.edition.site.mentions[subject.id.0 as usize].list;
    let mut settled: BTreeSet<PageId> = linked.clone();
    settled.insert(PageId::Writing(subject.id));
    let mut all = Vec::new();
    for run in outline.runs.iter().filter(|run| run.is_open) {
        let Some(text) = outline.text.get(run.text.0 as usize..run.text.1 as usize) else { continue };
        for (start, end, essay) in subject.edition.directory().titles_in(text) {
            let words = (run.text.0 + to_u32(start), run.text.0 + to_u32(end));
            // The same words, or more of them, are the name of a concept.
            let is_concept = mentions.iter().any(|known| known.text.0 <= words.0 && words.1 <= known.text.1);
            let page = PageId::Writing(essay);
            if is_concept || text[..start].ends_with('\\') || !settled.insert(page) {
                continue;
            }
            let Some(block) = outline.blocks.get(run.block as usize) else { continue };
            let sentence = sentences::of_block(&outline.text, block.text, words);
            all.push(Unlinked { words, sentence, block: run.block, page });
            if all.len() == MOST_TITLES {
                return all;
            }
        }
    }
    all
}

fn note(subject: &Subject<'_>, unlinked: &Unlinked, is_offered: bool) -> Note {
    let Unlinked { words, sentence, block, page } = *unlinked;
    let edition = subject.edition;
    let letters = |range: Range| subject.words(range).chars().count();
    let (from, own) = (letters((sentence.0, words.0)), letters(words));
    let title = edition.site.title(page, &edition.snapshot.book);
    let source = subject.writing.prose().outline.blocks.get(block as usize).map_or(0, |block| block.source as usize);
    let mut note = subject.note("Mentions without a link", subject.words(sentence), source);
    note.mark = Some((from, from + own));
    note.help = Some(match page {
        PageId::Concept(_) => format!("“{title}” is a concept of this book"),
        _ => format!("“{title}” is an essay of this book"),
    });
    if !subject.is_editable || !is_offered {
        return note;
    }
    let shown = subject.words(words);
    let (path, writing) = (&subject.writing.path, subject.writing);
    let place = Place { source: subject.source, writing, book: &edition.snapshot.book, directory: edition.directory() };
    if let Some(linked) = place.link(words, block, page, title) {
        let line = subject.lines.of(linked.at);
        note.place = Some((path.clone(), line));
        let done = format!("Linked “{shown}” in {path}, line {line}");
        let edit = Edit::of(subject.source, linked.text, format!("Link “{shown}”"), done);
        note.offers.push(Offer::new("Link it", edit));
    }
    let PageId::Concept(concept) = page else { return note };
    if let Some(escaped) = place.escape(words, block) {
        let done = format!("“{shown}” is no link in {path}, line {}", subject.lines.of(escaped.at));
        let edit = Edit::of(subject.source, escaped.text, format!("Not here: “{shown}”"), done);
        note.offers.push(Offer::new("Not here", edit));
    }
    note.offers.extend(never(subject, concept).map(|edit| Offer::new("Never", edit)));
    note
}

/// The edit after which no mention of a concept becomes a link; `None` for one without a file.
fn never(subject: &Subject<'_>, concept: ConceptId) -> Option<Edit> {
    let site = &subject.edition.site;
    let known = site.concept(concept);
    let source = subject.edition.source(&site.writing(known.writing?).path)?;
    let after = amend::never_link(&source.path, &source.text())?;
    let what = format!("Never link “{}”", known.title);
    Some(Edit::of(source, after, what, format!("“{}” is never a link now: {}", known.title, source.path)))
}
