//! The whole book on one page, in reading order, for paper.

use rayon::prelude::*;

use super::cards::definition;
use super::places::{id_of, within};
use super::prose::{Filler, Place, escaped};
use super::views::{NoteView, PrintEssay, PrintPart, PrintPlace, PrintTerm, PrintView};
use super::{Viewer, direction};
use crate::link::{ConceptId, PageId, SeriesId, Site, WritingId, index};
use crate::model::writing::Kind;

/// Headings of an essay stand below its title, which stands below that of its part.
const LEVELS_DOWN: u8 = 2;

impl Viewer<'_> {
    pub(super) fn print_view(&self, root: &str) -> PrintView {
        let filler = Filler { place: Place::Book, ..self.filler(root) };
        let series = (0..self.site.series.len()).map(|at| SeriesId(index(at)));
        let mut parts: Vec<PrintPart> = series.map(|id| self.print_series(&filler, id)).collect();
        let alone = |id: &&WritingId| self.site.place_in_series(**id).is_none();
        let rest: Vec<WritingId> = self.site.essays.iter().filter(alone).copied().collect();
        if !rest.is_empty() {
            parts.push(PrintPart {
                id: "essays--others".to_owned(),
                title: String::new(),
                summary: String::new(),
                body: String::new(),
                notes: Vec::new(),
                essays: self.print_essays(&filler, &rest),
            });
        }
        PrintView { parts, glossary: self.glossary() }
    }

    fn print_series(&self, filler: &Filler<'_>, id: SeriesId) -> PrintPart {
        let series = self.site.series(id);
        let (body, notes) = series.writing.map(|id| text(filler, id, LEVELS_DOWN - 1)).unwrap_or_default();
        PrintPart {
            id: place(self.site, PageId::Series(id)),
            title: series.title.clone(),
            summary: series.writing.map(|id| self.site.writing(id).meta.summary.clone()).unwrap_or_default(),
            body,
            notes,
            essays: self.print_essays(filler, &series.essays),
        }
    }

    /// Many essays make one page: they are filled side by side.
    fn print_essays(&self, filler: &Filler<'_>, ids: &[WritingId]) -> Vec<PrintEssay> {
        let essay = |id: &WritingId| {
            let (body, notes) = text(filler, *id, LEVELS_DOWN);
            PrintEssay {
                id: place(self.site, PageId::Writing(*id)),
                card: self.card(*id),
                lang: self.language_of(*id).clone(),
                dir: direction(self.language_of(*id)).to_owned(),
                body,
                notes,
            }
        };
        ids.par_iter().map(essay).collect()
    }

    /// Every concept that says what it means or is used.
    fn glossary(&self) -> Vec<PrintTerm> {
        let term = |id: ConceptId| {
            let concept = self.site.concept(id);
            let essay = |found: &crate::link::Appearance| PrintPlace {
                title: self.site.writing(found.essay).meta.title.clone(),
                id: place(self.site, PageId::Writing(found.essay)),
            };
            PrintTerm {
                id: place(self.site, PageId::Concept(id)),
                title: concept.title.clone(),
                aliases: concept.aliases.clone(),
                summary: definition(self.site, id).to_owned(),
                essays: concept.appearances.iter().map(essay).collect(),
            }
        };
        let mut terms: Vec<PrintTerm> = (0..self.site.concepts.len()).map(|at| term(ConceptId(index(at)))).collect();
        terms.sort_by_key(|term| (term.title.to_lowercase(), term.id.clone()));
        terms
    }
}

/// The text and the notes of a writing, with ids that no other writing on the page has.
fn text(filler: &Filler<'_>, id: WritingId, levels: u8) -> (String, Vec<NoteView>) {
    let own = format!("{}--", place(filler.site, filler.site.page_of(id)));
    let prefix = escaped(&own);
    let mut notes = filler.notes(id);
    for note in &mut notes {
        note.html = within(&note.html, &prefix, levels);
        note.references.iter_mut().for_each(|reference| reference.insert_str(0, &own));
    }
    (within(&filler.body(id), &prefix, levels), notes)
}

/// The id on the page of what is a page elsewhere, the contents and the glossary among them: made of its address on the site,
/// which no other has.
fn place(site: &Site, page: PageId) -> String {
    id_of(site.route(page).as_str())
}

/// The id of what a link leads to, where that stands on the page of the whole book.
pub(super) fn place_in_book(site: &Site, page: PageId, fragment: &str) -> Option<String> {
    let below = |id: WritingId| {
        let facts = &site.writing(id).facts;
        let is_there = facts.headings.iter().any(|heading| heading.id == fragment)
            || site.writing(id).prose().outline.blocks.iter().any(|block| block.id == fragment)
            || facts.other_ids.iter().any(|other| other == fragment);
        match fragment {
            "" => Some(place(site, page)),
            // A reply, say, does not stand in the book.
            _ => is_there.then(|| format!("{}--{fragment}", place(site, page))),
        }
    };
    match page {
        PageId::Archive | PageId::Concepts | PageId::Concept(_) => Some(place(site, page)),
        PageId::Writing(id) => (site.writing(id).kind == Kind::Essay).then(|| below(id)).flatten(),
        PageId::Series(id) => site.series(id).writing.map_or_else(|| Some(place(site, page)), below),
        PageId::Home | PageId::Replies | PageId::Print | PageId::Stretch(_) => None,
    }
}
