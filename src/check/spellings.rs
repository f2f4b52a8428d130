//! How essays write the names of their concepts: one concept in two spellings, and one essay that names it twice. Knows no
//! prose.

use std::collections::{BTreeMap, BTreeSet};

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::{Desk, place, with_change};
use crate::base::codes::Code;
use crate::base::diagnostic::{Diagnostic, Diagnostics};
use crate::base::slug::slug;
use crate::base::span::Span;
use crate::link::{Concept, ConceptId};
use crate::model::writing::{Placed, Writing};
use crate::parse::tags;

pub(super) fn look(desk: &Desk<'_>, found: &mut Diagnostics) {
    twice(desk, found);
    for id in desk.concepts() {
        let names = own_names(desk, id);
        match desk.site.concept(id).writing {
            Some(file) => beside_its_file(desk, id, desk.title(file), &names, found),
            None => among_essays(desk, &names, found),
        }
    }
}

/// A name in the front matter of an essay.
type Named<'a> = (&'a Writing, &'a Placed<String>);

/// Where essays name a concept by its own name, however they write it; each essay once, since a second time is told anyway.
fn own_names<'a>(desk: &'a Desk<'_>, id: ConceptId) -> Vec<Named<'a>> {
    let concept = desk.site.concept(id);
    let own = slug(&concept.title);
    let first = |essay: &crate::link::WritingId| {
        let writing = desk.site.writing(*essay);
        let name = writing.meta.concepts.iter().find(|name| slug(&name.value) == own)?;
        Some((writing, name))
    };
    concept.named_by.iter().filter_map(first).collect()
}

/// Essays that name a concept by one name, and again by the same one, in whatever spelling.
fn twice(desk: &Desk<'_>, found: &mut Diagnostics) {
    for (_, _, writing) in desk.essays() {
        let mut named: BTreeMap<String, &Placed<String>> = BTreeMap::new();
        for name in &writing.meta.concepts {
            let Some(concept) = desk.site.find_concept(&name.value).map(|id| desk.site.concept(id)) else { continue };
            // An alias beside the name is another finding.
            if is_alias(concept, &name.value) {
                continue;
            }
            let Some(first) = named.get(&concept.slug) else {
                named.insert(concept.slug.clone(), name);
                continue;
            };
            let message = format!("this essay names the concept `{}` twice", concept.title);
            let finding = Diagnostic::new(Code::SimilarConcepts, place(writing, name), message)
                .label(place(writing, first), "here")
                .help("take one of them out");
            let change = tags::remove(&writing.path, &desk.text(writing), name.range.0);
            found.push(with_change(finding, writing, change));
        }
    }
}

/// Whether a name of a concept is another one than its title, in whatever spelling, and that of its file.
pub(super) fn is_alias(concept: &Concept, name: &str) -> bool {
    let wanted = slug(name);
    wanted != slug(&concept.title) && wanted != concept.slug
}

/// Names that differ from the title in the file by hyphens, blanks or accents. Capitals are free, as they are in prose; and
/// so is the name of the file, where no essay writes the title.
fn beside_its_file(desk: &Desk<'_>, id: ConceptId, title_at: Span, names: &[Named<'_>], found: &mut Diagnostics) {
    let concept = desk.site.concept(id);
    let known: BTreeSet<String> = concept.names().map(plain).collect();
    let has_title = names.iter().any(|(_, name)| plain(&name.value) == plain(&concept.title));
    for (writing, name) in names {
        let is_file_name = name.value == concept.slug && !has_title;
        let is_other = !known.contains(&plain(&name.value)) && letters(&name.value) == letters(&concept.title);
        if !is_other || is_file_name {
            continue;
        }
        let message = format!("`{}` is called `{}` in its own file", name.value, concept.title);
        let finding = Diagnostic::new(Code::SimilarConcepts, place(writing, name), message)
            .label(title_at.clone(), "here")
            .help(format!("write `{}`", concept.title));
        let change = tags::rename(&writing.path, &desk.text(writing), name.range.0, &concept.title);
        found.push(with_change(finding, writing, change));
    }
}

/// Names of a concept without a file that essays spell in several ways: what its page is called is an accident then. The
/// capital at the beginning is free.
fn among_essays(desk: &Desk<'_>, names: &[Named<'_>], found: &mut Diagnostics) {
    let mut spellings: BTreeMap<String, Vec<&Named<'_>>> = BTreeMap::new();
    for named in names {
        spellings.entry(without_capital(&named.1.value)).or_default().push(named);
    }
    let first = names.first().map(|(_, name)| without_capital(&name.value));
    let is_first = |spelling: &String| first.as_ref() == Some(spelling);
    let best = spellings.iter().max_by_key(|(spelling, all)| (all.len(), is_first(spelling))).map(|(_, all)| all[0]);
    let Some((other, better)) = best.filter(|_| spellings.len() > 1) else { return };
    for (writing, name) in
        names.iter().filter(|(_, name)| without_capital(&name.value) != without_capital(&better.value))
    {
        let message = format!("`{}` and `{}` are one concept in two spellings", name.value, better.value);
        let finding = Diagnostic::new(Code::SimilarConcepts, place(writing, name), message)
            .label(place(other, better), "the other one")
            .help(format!("write `{}` if that is meant", better.value));
        let change = tags::rename(&writing.path, &desk.text(writing), name.range.0, &better.value);
        found.push(match change {
            Some((range, text)) => finding.guess(Span::bytes(&writing.path, range), text),
            None => finding,
        });
    }
}

/// A name without what no reader sees: how many blanks there are, and how an apostrophe is typed.
fn tidy(name: &str) -> String {
    name.split_whitespace().collect::<Vec<_>>().join(" ").replace('\u{2019}', "'").nfc().collect()
}

fn plain(name: &str) -> String {
    tidy(name).to_lowercase()
}

/// A name without a capital at its beginning.
fn without_capital(name: &str) -> String {
    let name = tidy(name);
    let mut letters = name.chars();
    letters.next().into_iter().flat_map(char::to_lowercase).chain(letters).collect()
}

/// The letters of a name, without accents, hyphens and blanks.
fn letters(name: &str) -> String {
    let is_letter = |c: &char| !is_combining_mark(*c) && *c != '-' && !c.is_whitespace();
    plain(name).nfd().filter(is_letter).collect()
}
