//! What could be better in a book that can be built: looked for when the writer asks, never during a build.

pub mod budget;
mod essays;
pub mod external;
pub mod fixes;
pub mod known;
mod likeness;
pub mod page;
mod spellings;
mod tags;
pub mod theme;
mod theme_duties;
mod vocabulary;

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::base::codes::Code;
use crate::base::diagnostic::{Diagnostic, Diagnostics, Report, Severity};
use crate::base::span::Span;
use crate::link::{ConceptId, Site, WritingId, index};
use crate::model::source::{Snapshot, Source};
use crate::model::writing::{Placed, Writing};

/// A concept or an essay is young until so many essays came after it: nothing could take it up yet.
const YOUNG: usize = 3;

/// With one of these errors the program does not know what a file says, and what it said of the vocabulary could be wrong.
const DISTORTING: [Code; 13] = [
    Code::BadSyntax,
    Code::BadValue,
    Code::UnknownKey,
    Code::MissingTitle,
    Code::BadAddress,
    Code::DuplicateRoute,
    Code::DuplicateName,
    Code::UnknownConcept,
    Code::BadName,
    Code::UnreadableFile,
    Code::NotUtf8,
    Code::NotAFile,
    Code::BadSymlink,
];

/// What could be better in the vocabulary and the essays of a book. `report` says what is wrong with it; as long as it is
/// not clear what its files say, there is no advice.
#[must_use]
pub fn advise(snapshot: &Snapshot, site: &Site, report: &Report) -> Diagnostics {
    let mut found = Diagnostics::default();
    let is_in_content =
        |known: &Diagnostic| known.span.as_ref().is_none_or(|span| span.path.below("content").is_some());
    let is_distorting = |known: &Diagnostic| {
        known.severity == Severity::Error && DISTORTING.contains(&known.code) && is_in_content(known)
    };
    if report.diagnostics.iter().any(is_distorting) {
        return found;
    }
    let desk = Desk { snapshot, site, hidden: hidden_names(site) };
    vocabulary::look(&desk, &mut found);
    spellings::look(&desk, &mut found);
    tags::look(&desk, &mut found);
    essays::look(&desk, &mut found);
    found
}

/// What all findings need.
struct Desk<'a> {
    snapshot: &'a Snapshot,
    site: &'a Site,
    /// Slugs of the concepts that essays name which are not shown.
    hidden: BTreeSet<&'a str>,
}

fn hidden_names(site: &Site) -> BTreeSet<&str> {
    site.left_out.iter().flat_map(|left| left.names.iter().map(String::as_str)).collect()
}

impl Desk<'_> {
    /// Where a writing says how it is called.
    fn title(&self, id: WritingId) -> Span {
        let writing = self.site.writing(id);
        Span { path: writing.path.clone(), range: writing.meta.title_at }
    }

    /// Each essay with its place among all of them.
    fn essays(&self) -> impl Iterator<Item = (usize, WritingId, &Writing)> {
        self.site.essays.iter().enumerate().map(|(place, id)| (place, *id, self.site.writing(*id)))
    }

    /// Whether enough essays came after the one at this place.
    fn is_grown(&self, place: usize) -> bool {
        self.site.essays.len() - place > YOUNG
    }

    /// Whether an essay that is not shown names a concept.
    fn is_named_in_hiding(&self, concept: ConceptId) -> bool {
        let concept = self.site.concept(concept);
        self.hidden.contains(concept.slug.as_str())
            || concept.names().any(|name| self.hidden.contains(crate::base::slug::slug(name).as_str()))
    }

    /// The text of a file.
    fn text(&self, writing: &Writing) -> Arc<str> {
        self.snapshot.source(&writing.path).map(Source::text).unwrap_or_default()
    }

    /// The sign between a key and its value in the front matter of a writing.
    fn sign(&self, writing: &Writing) -> &'static str {
        if self.text(writing).starts_with("---") { ":" } else { " =" }
    }

    fn concepts(&self) -> impl Iterator<Item = ConceptId> {
        (0..self.site.concepts.len()).map(|at| ConceptId(index(at)))
    }
}

/// The place at which an essay names a concept.
fn place(writing: &Writing, name: &Placed<String>) -> Span {
    Span { path: writing.path.clone(), range: Some(name.range) }
}

/// A finding with a certain change of the front matter, if there is one.
fn with_change(found: Diagnostic, writing: &Writing, change: Option<crate::parse::tags::Change>) -> Diagnostic {
    match change {
        Some((range, text)) => found.fix(Span::bytes(&writing.path, range), text),
        None => found,
    }
}
