//! What essays name against what they speak of. Knows no other page.

use std::collections::BTreeSet;

use rayon::prelude::*;

use super::{Desk, place, with_change};
use crate::base::codes::Code;
use crate::base::diagnostic::{Diagnostic, Diagnostics};
use crate::base::span::Span;
use crate::link::{ConceptId, PageId, Target, WholeWords, WritingId, concept_patterns};
use crate::model::book::ConceptLinks;
use crate::model::prose::Outline;
use crate::model::writing::Writing;
use crate::parse::tags;

/// An essay that speaks of a concept so often, once in so many words, and no less than of one that it names, is about it
/// among other things.
const OFTEN: u32 = 3;
const WORDS: u32 = 250;

pub(super) fn look(desk: &Desk<'_>, found: &mut Diagnostics) {
    unmentioned(desk, found);
    // Who names no concept in any essay has chosen not to.
    if desk.site.concepts.iter().any(|concept| !concept.named_by.is_empty()) {
        let told = untagged(desk, found);
        never_tagged(desk, &told, found);
    }
}

/// Concepts that an essay names and neither mentions in its open text nor links to.
fn silent(desk: &Desk<'_>, essay: WritingId) -> Vec<ConceptId> {
    let at = essay.0 as usize;
    let counts = &desk.site.mentions[at].counts;
    let is_mentioned = |id: &ConceptId| counts.binary_search_by_key(id, |(id, _)| *id).is_ok();
    let mut silent: Vec<ConceptId> = desk.site.named[at].iter().copied().filter(|id| !is_mentioned(id)).collect();
    if !silent.is_empty() {
        let pages = desk.site.targets[at].iter().filter_map(|target| match target {
            Target::Page(page, _) => Some(*page),
            Target::Passage(passage) => Some(passage.page),
            _ => None,
        });
        let linked: BTreeSet<PageId> = pages.collect();
        silent.retain(|id| !linked.contains(&PageId::Concept(*id)));
    }
    silent
}

/// The text of an essay in which no concepts are looked for otherwise: headings, links, quotations; and what stands above.
fn elsewhere<'a>(writing: &'a Writing, outline: &'a Outline) -> Vec<&'a str> {
    let mut texts = vec![writing.meta.title.as_str(), writing.meta.summary.as_str()];
    let mut end = 0;
    for run in outline.runs.iter().filter(|run| run.is_open) {
        texts.extend(outline.text.get(end..run.text.0 as usize));
        end = end.max(run.text.1 as usize);
    }
    texts.extend(outline.text.get(end..));
    texts
}

fn unmentioned(desk: &Desk<'_>, found: &mut Diagnostics) {
    let silent: Vec<(WritingId, Vec<ConceptId>)> = desk
        .site
        .essays
        .par_iter()
        .map(|id| (*id, silent(desk, *id)))
        .filter(|(_, silent)| !silent.is_empty())
        .collect();
    if silent.is_empty() {
        return;
    }
    let (patterns, owners) = concept_patterns(desk.site);
    // With more names than the machine has room for, nothing is said.
    let Ok(words) = WholeWords::new(&patterns, owners) else { return };
    let tell = |(essay, silent): &(WritingId, Vec<ConceptId>)| -> Vec<Diagnostic> {
        let writing = desk.site.writing(*essay);
        let prose = writing.prose();
        let spoken: BTreeSet<ConceptId> = elsewhere(writing, &prose.outline)
            .into_iter()
            .flat_map(|text| words.longest(text).into_iter().map(|(_, _, id)| id))
            .collect();
        let names = writing.meta.concepts.iter().filter_map(|name| Some((name, desk.site.find_concept(&name.value)?)));
        let mute = names.filter(|(_, id)| silent.contains(id) && !spoken.contains(id));
        mute.map(|(name, id)| {
            let title = &desk.site.concept(id).title;
            let message = format!("this essay names the concept `{title}` and never speaks of it");
            Diagnostic::new(Code::UnmentionedConcept, place(writing, name), message).help(
                "use the word where it belongs, give the concept an alias that stands in the text, or take it out",
            )
        })
        .collect()
    };
    let told: Vec<Vec<Diagnostic>> = silent.par_iter().map(tell).collect();
    found.extend(told.into_iter().flatten());
}

/// Whether words in a text may make it speak of a concept: those that the author wants linked nowhere are common words.
fn is_telling(desk: &Desk<'_>, id: ConceptId) -> bool {
    let concept = desk.site.concept(id);
    concept.writing.is_some() && concept.links != Some(ConceptLinks::None)
}

/// Essays that speak of a concept often and do not name it. Returns the concepts of which something was said.
fn untagged(desk: &Desk<'_>, found: &mut Diagnostics) -> BTreeSet<ConceptId> {
    let tell = |essay: &WritingId| -> Vec<(ConceptId, Diagnostic)> {
        let at = essay.0 as usize;
        let (named, counts) = (&desk.site.named[at], &desk.site.mentions[at].counts);
        let mentions = |id: &ConceptId| counts.binary_search_by_key(id, |(id, _)| *id).map_or(0, |at| counts[at].1);
        let words = desk.site.writing(*essay).facts.words;
        let often = named.iter().map(mentions).min().unwrap_or(0).max(OFTEN).max(words / WORDS);
        let is_wanted = |(id, count): &&(ConceptId, u32)| {
            *count >= often && named.binary_search(id).is_err() && is_telling(desk, *id)
        };
        let wanted = counts.iter().filter(is_wanted);
        wanted.map(|(id, count)| (*id, add(desk, *essay, *id, *count))).collect()
    };
    let told: Vec<Vec<(ConceptId, Diagnostic)>> = desk.site.essays.par_iter().map(tell).collect();
    let (ids, findings): (BTreeSet<ConceptId>, Vec<Diagnostic>) = told.into_iter().flatten().unzip();
    found.extend(findings);
    ids
}

fn add(desk: &Desk<'_>, essay: WritingId, id: ConceptId, count: u32) -> Diagnostic {
    let writing = desk.site.writing(essay);
    let title = &desk.site.concept(id).title;
    let names = &writing.meta.concepts;
    let span = match (names.first(), names.last()) {
        (Some(first), Some(last)) => Span { path: writing.path.clone(), range: Some((first.range.0, last.range.1)) },
        _ => desk.title(essay),
    };
    let message = format!("this essay mentions `{title}` {count} times and does not name it among its concepts");
    let change = tags::add(&writing.path, &desk.text(writing), title);
    let finding = Diagnostic::new(Code::UntaggedConcept, span, message).help(format!("add `{title}` to `concepts`"));
    with_change(finding, writing, change)
}

/// Concepts with a file that essays mention and none names.
fn never_tagged(desk: &Desk<'_>, told: &BTreeSet<ConceptId>, found: &mut Diagnostics) {
    for id in desk.concepts().filter(|id| is_telling(desk, *id) && !told.contains(id)) {
        let concept = desk.site.concept(id);
        let mentions = concept.appearances.iter().filter(|appearance| appearance.mentions > 0).count();
        let Some(file) = concept.writing.filter(|_| concept.named_by.is_empty() && mentions > 0) else { continue };
        if desk.is_named_in_hiding(id) {
            continue;
        }
        let essays = if mentions == 1 { "one mentions it".to_owned() } else { format!("{mentions} mention it") };
        let message = format!("no essay names the concept `{}`, and {essays}", concept.title);
        found.push(
            Diagnostic::new(Code::UntaggedConcept, desk.title(file), message)
                .help("name it under `concepts` in the essays that are about it"),
        );
    }
}
