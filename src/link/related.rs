//! What to read next, each suggestion with its reason: series, citation, rare concepts in common.

use std::cell::RefCell;
use std::collections::BTreeSet;

use super::names::{Found, Names};
use super::{ConceptId, PageId, Site, WritingId};
use crate::base::codes::Code;
use crate::base::diagnostic::{Diagnostic, Diagnostics, nearest};
use crate::base::span::Span;
use crate::model::writing::{Kind, Placed};

/// The most suggestions under an essay.
const MOST: usize = 3;

/// A concept that a quarter of all essays name says little of any two of them; in a small book it takes more than so many, in a
/// large one no more than so many.
const FEWEST_COMMON: usize = 12;
const MOST_COMMON: usize = 200;

/// Why an essay is suggested.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reason {
    /// It is the next one in the series.
    Next,
    /// The author chose it.
    Chosen,
    /// It shares these concepts, the rarest first.
    Shares(Vec<ConceptId>),
    /// This essay links to it.
    CitedHere,
    /// It links to this essay.
    Cites,
}

/// A suggestion.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Related {
    /// The essay.
    pub essay: WritingId,
    /// Why.
    pub reason: Reason,
}

/// What an author wishes under an essay.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wishes {
    /// Essays that come first.
    pinned: Vec<WritingId>,
    /// Essays that never come.
    excluded: BTreeSet<WritingId>,
}

/// Fills `Site::wishes`.
pub(super) fn find_wishes(site: &mut Site, names: &Names, diagnostics: &mut Diagnostics) {
    let has_any = |id: &&WritingId| {
        let meta = &site.writing(**id).meta;
        !meta.related_essays.is_empty() || !meta.unrelated_essays.is_empty()
    };
    let essays = site.essays.iter().filter(has_any);
    site.wishes = essays.map(|essay| (*essay, wishes(site, names, *essay, diagnostics))).collect();
}

impl Site {
    /// What to read after an essay.
    #[must_use]
    pub fn related(&self, essay: WritingId) -> Vec<Related> {
        let nothing = Wishes::default();
        of_essay(self, essay, self.wishes.get(&essay).unwrap_or(&nothing))
    }
}

fn wishes(site: &Site, names: &Names, essay: WritingId, diagnostics: &mut Diagnostics) -> Wishes {
    let writing = site.writing(essay);
    let is_essay = |page| matches!(page, PageId::Writing(id) if site.writing(id).kind == Kind::Essay);
    let mut find = |wish: &Placed<String>| {
        let (code, message, help) = match names.find_among(&wish.value, is_essay) {
            Found::Page(PageId::Writing(id)) if site.writing(id).kind == Kind::Essay => return Some(id),
            Found::Hidden(left) => (
                Code::LinkToDraft,
                format!("`{}` is {}, so it is not suggested", left.path, left.why.to_words()),
                "publish that essay first, or take its name out".to_owned(),
            ),
            Found::Several(labels) => {
                (Code::AmbiguousLink, format!("`{}` fits several essays", wish.value), super::resolve::one_of(&labels))
            }
            _ => {
                let near = nearest(&wish.value, site.essays.iter().map(|id| site.writing(*id).meta.title.as_str()));
                let help = near.map_or_else(
                    || "write the title or slug of an essay".to_owned(),
                    |near| format!("did you mean `{near}`?"),
                );
                (Code::BrokenLink, format!("there is no essay `{}`", wish.value), help)
            }
        };
        let span = Span { path: writing.path.clone(), range: Some(wish.range) };
        diagnostics.push(Diagnostic::new(code, span, message).help(help));
        None
    };
    let pinned = writing.meta.related_essays.iter().filter_map(&mut find).collect();
    let excluded = writing.meta.unrelated_essays.iter().filter_map(&mut find).collect();
    Wishes { pinned, excluded }
}

thread_local! {
    /// The score of each writing for the essay at hand; nothing but zeros between two essays.
    static SCORES: RefCell<Vec<u64>> = const { RefCell::new(Vec::new()) };
}

/// What a citation counts: like a concept that only two essays share.
const CITATION: u64 = 500_000;

/// What a shared concept counts: the more the rarer it is; `None` where it says nothing.
fn weight(site: &Site, concept: ConceptId) -> Option<u64> {
    let most = (site.essays.len() / 4).clamp(FEWEST_COMMON, MOST_COMMON);
    let essays = site.concept(concept).named_by.len();
    (essays <= most).then(|| 1_000_000 / (essays as u64).max(1))
}

/// The best of all essays that share or cite anything, best first, at most so many.
fn best(site: &Site, named: &[ConceptId], cited: impl Iterator<Item = WritingId>, most: usize) -> Vec<WritingId> {
    SCORES.with_borrow_mut(|scores| {
        scores.resize(scores.len().max(site.writings.len()), 0);
        let mut touched = Vec::new();
        let mut add = |id: WritingId, points: u64| {
            let score = &mut scores[id.0 as usize];
            if *score == 0 {
                touched.push(id);
            }
            *score += points;
        };
        for concept in named {
            let Some(weight) = weight(site, *concept) else { continue };
            site.concept(*concept).named_by.iter().for_each(|other| add(*other, weight));
        }
        cited.for_each(|id| add(id, CITATION));
        // Few are wanted of many. Of two that share as much the younger one comes first.
        let mut best: Vec<(u64, u32, WritingId)> = Vec::with_capacity(most + 1);
        for id in &touched {
            let score = std::mem::take(&mut scores[id.0 as usize]);
            let key = (score, site.ages[id.0 as usize], *id);
            if best.len() == most && best.last().is_none_or(|worst| *worst > key) {
                continue;
            }
            best.insert(best.partition_point(|other| *other > key), key);
            best.truncate(most);
        }
        best.into_iter().map(|(_, _, id)| id).collect()
    })
}

fn each_once(ids: impl Iterator<Item = WritingId>) -> Vec<WritingId> {
    let mut ids: Vec<WritingId> = ids.collect();
    ids.sort_unstable();
    ids.dedup();
    ids
}

fn of_essay(site: &Site, essay: WritingId, Wishes { pinned, excluded }: &Wishes) -> Vec<Related> {
    let mut chosen: Vec<Related> = pinned.iter().map(|id| Related { essay: *id, reason: Reason::Chosen }).collect();
    let place = site.place_in_series(essay);
    let next = place.and_then(|(series, at)| site.series(series).essays.get(at + 1));
    if let Some(next) = next.filter(|next| !excluded.contains(next)) {
        chosen.push(Related { essay: *next, reason: Reason::Next });
    }
    let is_essay = |id: &WritingId| site.writing(*id).kind == Kind::Essay;
    let target = |target: &super::Target| match target {
        super::Target::Page(PageId::Writing(id), _) => Some(*id),
        _ => None,
    };
    let cited = each_once(site.targets[essay.0 as usize].iter().filter_map(target).filter(is_essay));
    let citing = site.backlinks.get(&PageId::Writing(essay)).into_iter().flatten();
    let citing = each_once(citing.map(|link| link.from));
    let named = &site.named[essay.0 as usize];
    let citations = cited.iter().chain(citing.iter().filter(|id| is_essay(id))).copied();
    let wanted = MOST + chosen.len() + excluded.len() + 1;
    for id in best(site, named, citations, wanted) {
        if chosen.len() >= MOST {
            break;
        }
        if id == essay || excluded.contains(&id) || chosen.iter().any(|related| related.essay == id) {
            continue;
        }
        let others = &site.named[id.0 as usize];
        let shared = named.iter().filter(|concept| others.binary_search(concept).is_ok());
        let mut shared: Vec<(u64, ConceptId)> =
            shared.filter_map(|concept| Some((u64::MAX - weight(site, *concept)?, *concept))).collect();
        shared.sort_unstable();
        let reason = if !shared.is_empty() {
            Reason::Shares(shared.into_iter().map(|(_, concept)| concept).take(3).collect())
        } else if cited.binary_search(&id).is_ok() {
            Reason::CitedHere
        } else {
            Reason::Cites
        };
        chosen.push(Related { essay: id, reason });
    }
    let mut seen = BTreeSet::new();
    chosen.retain(|related| related.essay != essay && seen.insert(related.essay));
    chosen.truncate(MOST);
    chosen
}
