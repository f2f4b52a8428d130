//! Concepts as such: nearly the same, under another name, without a definition, alone. Knows no prose.

use std::collections::BTreeSet;

use super::likeness::{Likeness, pairs};
use super::spellings::is_alias;
use super::{Desk, place, with_change};
use crate::base::codes::Code;
use crate::base::diagnostic::{Diagnostic, Diagnostics};
use crate::base::slug::slug;
use crate::base::span::Span;
use crate::link::{Concept, ConceptId};
use crate::model::writing::{Placed, Writing};
use crate::parse::tags;

pub(super) fn look(desk: &Desk<'_>, found: &mut Diagnostics) {
    aliases(desk, found);
    let mut told = similar(desk, found);
    told.append(&mut lonely(desk, found));
    undefined(desk, &told, found);
}

/// The places at which essays name a concept.
fn named<'a>(desk: &'a Desk<'_>, id: ConceptId) -> impl Iterator<Item = (&'a Writing, &'a Placed<String>)> {
    let site = desk.site;
    site.concept(id).named_by.iter().flat_map(move |essay| {
        let writing = site.writing(*essay);
        let own = writing.meta.concepts.iter().filter(move |name| site.find_concept(&name.value) == Some(id));
        own.map(move |name| (writing, name))
    })
}

/// Essays that name a concept by another of its names: on the page of the essay it stands under its own.
fn aliases(desk: &Desk<'_>, found: &mut Diagnostics) {
    for (_, _, writing) in desk.essays() {
        for name in &writing.meta.concepts {
            let Some(id) = desk.site.find_concept(&name.value) else { continue };
            let concept = desk.site.concept(id);
            let wanted = slug(&name.value);
            let Some(file) = concept.writing.filter(|_| is_alias(concept, &name.value)) else { continue };
            let message = format!("`{}` is another name of the concept `{}`", name.value, concept.title);
            let finding = Diagnostic::new(Code::AliasAsConcept, place(writing, name), message)
                .label(alias_place(desk, file, &wanted), "here");
            found.push(renamed(desk, finding, writing, name, id));
        }
    }
}

fn alias_place(desk: &Desk<'_>, file: crate::link::WritingId, wanted: &str) -> Span {
    let writing = desk.site.writing(file);
    let alias = writing.meta.names.iter().find(|name| slug(&name.value) == wanted);
    alias.map_or_else(|| desk.title(file), |alias| place(writing, alias))
}

/// A finding with the change after which an essay names a concept by its title; where it does so already, or does with an
/// alias before this one, this one is to go.
fn renamed(
    desk: &Desk<'_>,
    finding: Diagnostic,
    writing: &Writing,
    name: &Placed<String>,
    id: ConceptId,
) -> Diagnostic {
    let concept = desk.site.concept(id);
    let title = &concept.title;
    let names_it = |other: &&Placed<String>| desk.site.find_concept(&other.value) == Some(id);
    let names = || writing.meta.concepts.iter().filter(names_it);
    let kept = names().find(|other| !is_alias(concept, &other.value)).or_else(|| names().next());
    if kept.is_some_and(|kept| kept.range != name.range) {
        let change = tags::remove(&writing.path, &desk.text(writing), name.range.0);
        return with_change(finding.help(format!("take it out: this essay names `{title}` as well")), writing, change);
    }
    let change = tags::rename(&writing.path, &desk.text(writing), name.range.0, title);
    with_change(finding.help(format!("write `{title}`")), writing, change)
}

/// Pairs of concepts that may be one. Returns those that should go.
fn similar(desk: &Desk<'_>, found: &mut Diagnostics) -> BTreeSet<ConceptId> {
    let mut told = BTreeSet::new();
    let site = desk.site;
    let names: Vec<(u32, &str)> =
        desk.concepts().flat_map(|id| site.concept(id).names().map(move |name| (id.0, name))).collect();
    for ((one, other), likeness) in pairs(&names) {
        let (one, other) = (ConceptId(one), ConceptId(other));
        // Who says how two concepts are related knows that they are two.
        if site.concept(one).relations.iter().any(|(_, related)| *related == other) {
            continue;
        }
        let (better, weaker) = if rank(desk, other) > rank(desk, one) { (other, one) } else { (one, other) };
        if likeness != Likeness::Form && are_meant(desk, better, weaker, likeness) {
            continue;
        }
        told.insert(weaker);
        match site.concept(weaker).writing {
            None => tagged(desk, better, weaker, likeness, found),
            Some(file) => {
                found.push(alike(desk, desk.title(file), better, weaker).help(
                    "join the two files, or say how the concepts differ with `related`, `contrasts` or `broader`",
                ))
            }
        }
    }
    told
}

/// Whether two words that look alike are likely to be two: one essay names both; or they differ in two letters, as many
/// words do, and each has a file or is used again and again.
fn are_meant(desk: &Desk<'_>, better: ConceptId, weaker: ConceptId, likeness: Likeness) -> bool {
    let (better, weaker) = (desk.site.concept(better), desk.site.concept(weaker));
    let is_settled = weaker.writing.is_some() || weaker.named_by.len() > 1;
    likeness == Likeness::FarSlip && is_settled || weaker.named_by.iter().any(|essay| better.named_by.contains(essay))
}

/// Which of two concepts the writer is likelier to mean.
fn rank(desk: &Desk<'_>, id: ConceptId) -> (bool, bool, usize) {
    let concept = desk.site.concept(id);
    (concept.writing.is_some(), desk.is_defined(concept), concept.named_by.len())
}

fn alike(desk: &Desk<'_>, span: Span, better: ConceptId, weaker: ConceptId) -> Diagnostic {
    let (better, weaker) = (desk.site.concept(better), desk.site.concept(weaker));
    let message = format!("`{}` and `{}` are nearly the same and have two pages", weaker.title, better.title);
    let other = match better.writing {
        Some(file) => Some(desk.title(file)),
        None => better.named_at.clone(),
    };
    let finding = Diagnostic::new(Code::SimilarConcepts, span, message);
    match other {
        Some(other) => finding.label(other, "the other one"),
        None => finding,
    }
}

/// A concept that is a word in front matter and nothing else: a finding at each place, since each is to be changed.
fn tagged(desk: &Desk<'_>, better: ConceptId, weaker: ConceptId, likeness: Likeness, found: &mut Diagnostics) {
    let known = desk.site.concept(better);
    for (writing, name) in named(desk, weaker) {
        let finding = alike(desk, place(writing, name), better, weaker);
        let names_both = writing.meta.concepts.iter().any(|other| desk.site.find_concept(&other.value) == Some(better));
        let wanted = if names_both { "take it out".to_owned() } else { format!("write `{}`", known.title) };
        let help = match known.writing.map(|file| &desk.site.writing(file).path) {
            Some(file) => format!("{wanted}, or tell the two apart with `related` in `{file}`"),
            None => format!("{wanted} if that is meant"),
        };
        let change = tags::rename(&writing.path, &desk.text(writing), name.range.0, &known.title);
        let finding = finding.help(help);
        found.push(match change.filter(|_| !names_both) {
            Some(change) if likeness == Likeness::Form && known.writing.is_some() => {
                with_change(finding, writing, Some(change))
            }
            Some((range, text)) => finding.guess(Span::bytes(&writing.path, range), text),
            None => finding,
        });
    }
}

/// Concepts that one essay uses although others had the chance. Returns them.
fn lonely(desk: &Desk<'_>, found: &mut Diagnostics) -> BTreeSet<ConceptId> {
    let mut lonely = BTreeSet::new();
    let places: std::collections::BTreeMap<_, _> = desk.essays().map(|(place, id, _)| (id, place)).collect();
    for id in desk.concepts() {
        let concept = desk.site.concept(id);
        let [only] = concept.appearances.as_slice() else { continue };
        let is_grown = places.get(&only.essay).is_some_and(|place| desk.is_grown(*place));
        if !is_grown || desk.is_named_in_hiding(id) {
            continue;
        }
        lonely.insert(id);
        let Some(span) = home(desk, concept) else { continue };
        let essay = desk.site.writing(only.essay);
        let message = format!("no essay but `{}` uses the concept `{}`", essay.path, concept.title);
        found.push(Diagnostic::new(Code::LonelyConcept, span, message).help(match concept.writing {
            Some(_) => "use it in others, or take its file out",
            None => "use it in others, or take it out",
        }));
    }
    lonely
}

/// The title in its file, or the place at which an essay names it first.
fn home(desk: &Desk<'_>, concept: &Concept) -> Option<Span> {
    concept.writing.map(|file| desk.title(file)).or_else(|| concept.named_at.clone())
}

/// Concepts of which nobody says what they mean. A word in front matter of which something else was told may have to go.
fn undefined(desk: &Desk<'_>, told: &BTreeSet<ConceptId>, found: &mut Diagnostics) {
    for id in desk.concepts() {
        let concept = desk.site.concept(id);
        if desk.is_defined(concept) || concept.writing.is_none() && told.contains(&id) {
            continue;
        }
        let Some(span) = home(desk, concept) else { continue };
        let message = format!("the concept `{}` has no definition", concept.title);
        let help = match concept.writing.map(|file| desk.site.writing(file)) {
            Some(file) => format!("add a line `summary{} \"…\"` that says what it means", desk.sign(file)),
            None => format!(
                "make `content/concepts/{}.md` with a `summary`: `throughline new concept {}`",
                concept.slug,
                shell_word(&concept.title)
            ),
        };
        found.push(Diagnostic::new(Code::UndefinedConcept, span, message).help(help));
    }
}

/// A name as it can be copied into a shell.
fn shell_word(name: &str) -> String {
    let is_plain = name.chars().all(|c| c.is_alphanumeric() || c == '-');
    if is_plain && !name.starts_with('-') { name.to_owned() } else { format!("'{}'", name.replace('\'', "'\\''")) }
}

impl Desk<'_> {
    fn is_defined(&self, concept: &Concept) -> bool {
        concept.writing.is_some_and(|file| !self.site.writing(file).meta.summary.is_empty())
    }
}
