//! What several pages of a site need: made once, or when it is first asked for. Knows no page.

use std::collections::{BTreeMap, VecDeque};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use rayon::prelude::*;

use super::entries::EntryView;
use super::feeds::Subject;
use super::shared::Shared;
use super::views::TermView;
use super::{lists, thread};
use crate::base::each_thread::EachThread;
use crate::base::fingerprint::Fingerprint;
use crate::base::path::Route;
use crate::link::{ConceptId, MOST_LISTED, PageId, Related, Site, WritingId};
use crate::model::writing::Writing;

/// What several pages of a site need, made once.
pub struct Tables {
    /// For each concept, those used together with it, the strongest first.
    pub(super) ties: BTreeMap<ConceptId, Vec<(ConceptId, u32)>>,
    /// For a concept's page and an essay, the links between them, as indexes of `Site::backlinks`.
    pub(super) links_to_concepts: BTreeMap<(PageId, WritingId), Vec<usize>>,
    /// For each concept, its place among all by their names, whatever their case.
    pub(super) by_title: Vec<u32>,
    /// Concepts by name.
    pub(super) concepts_by_name: Vec<ConceptId>,
    /// Essays that were answered, the one answered last before the others, with the number of replies before theirs.
    pub(super) answered: Vec<(WritingId, usize)>,
    /// For each writing, the fingerprint of what a bare list says of it: title, address, language.
    pub(super) names: Vec<Fingerprint>,
    /// For each concept and series, the recipe of its feeds, made when it is first asked for.
    pub(super) feeds_of_concepts: Vec<OnceLock<Option<Fingerprint>>>,
    /// For each concept, the fingerprint of what an essay says of it, made when it is first asked for.
    pub(super) terms: Vec<OnceLock<Fingerprint>>,
    /// For each concept in many essays, what each of them says of it.
    pub(super) held_terms: EachThread<BTreeMap<ConceptId, OnceLock<Shared<TermView>>>>,
    /// For each writing, its first sentences, found when they are first asked for.
    pub(super) openings: Vec<OnceLock<Box<str>>>,
    /// For each writing, the concepts in it by name, found when they are first asked for.
    pub(super) concepts_in: Vec<OnceLock<Box<[ConceptId]>>>,
    /// For each writing, what to read after it, made when it is first asked for.
    pub(super) related: Vec<OnceLock<Vec<Related>>>,
    /// For each writing, the fingerprint of its card, made when it is first asked for.
    pub(super) cards: Vec<OnceLock<Fingerprint>>,
    pub(super) feeds_of_series: Vec<OnceLock<Option<Fingerprint>>>,
    /// For each writing, the recipe of its text for feeds, made when it is first asked for.
    pub(super) recipes: Vec<OnceLock<Arc<str>>>,
    /// For each writing, its text for feeds, made when it is first asked for: an essay stands in many of them.
    pub(super) texts: Vec<OnceLock<Arc<str>>>,
    /// How many bytes of those may still be held.
    pub(super) room: AtomicUsize,
    /// Of those for which there is no room, the last ones: the formats of a feed are made one after the other.
    pub(super) recent: Mutex<VecDeque<(WritingId, Arc<str>)>>,
    /// The entries of the last feeds.
    pub(super) recent_entries: Mutex<VecDeque<(Subject, Arc<[EntryView]>)>>,
}

/// How many feeds' entries are held: the formats of a feed are made one after the other, on each core those of another feed.
const MOST_FEEDS: usize = 8;
/// Texts for feeds are held up to so many bytes.
const ROOM_FOR_FEEDS: usize = 48 << 20;
/// How many of the others are.
const MOST_RECENT: usize = 64;

impl Tables {
    /// The entries of the feeds of a subject.
    pub(super) fn entries(&self, subject: Subject, make: impl FnOnce() -> Arc<[EntryView]>) -> Arc<[EntryView]> {
        let recent = || self.recent_entries.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, entries)) = recent().iter().find(|(other, _)| *other == subject) {
            return Arc::clone(entries);
        }
        let entries = make();
        let mut recent = recent();
        recent.push_back((subject, Arc::clone(&entries)));
        if recent.len() > MOST_FEEDS {
            recent.pop_front();
        }
        entries
    }

    /// The text of a writing for feeds.
    pub(super) fn text(&self, id: WritingId, make: impl FnOnce() -> Arc<str>) -> Arc<str> {
        let place = &self.texts[id.0 as usize];
        if let Some(text) = place.get() {
            return Arc::clone(text);
        }
        let recent = || self.recent.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, text)) = recent().iter().find(|(other, _)| *other == id) {
            return Arc::clone(text);
        }
        let text = make();
        let take = |left: usize| left.checked_sub(text.len());
        if self.room.fetch_update(Ordering::Relaxed, Ordering::Relaxed, take).is_ok() {
            return Arc::clone(place.get_or_init(|| text));
        }
        let mut recent = recent();
        recent.push_back((id, Arc::clone(&text)));
        if recent.len() > MOST_RECENT {
            recent.pop_front();
        }
        text
    }
}

impl Tables {
    /// The tables of a site.
    #[must_use]
    pub fn of(site: &Site) -> Self {
        let mut ties: BTreeMap<ConceptId, Vec<(ConceptId, u32)>> = BTreeMap::new();
        for tie in &site.ties {
            ties.entry(tie.first).or_default().push((tie.second, tie.count));
            ties.entry(tie.second).or_default().push((tie.first, tie.count));
        }
        let mut links_to_concepts: BTreeMap<(PageId, WritingId), Vec<usize>> = BTreeMap::new();
        for (page, links) in &site.backlinks {
            if !matches!(page, PageId::Concept(_)) {
                continue;
            }
            for (at, link) in links.iter().enumerate().filter(|(_, link)| link.sentence.0 < link.sentence.1) {
                links_to_concepts.entry((*page, link.from)).or_default().push(at);
            }
        }
        let common = (0..).map(ConceptId).zip(&site.concepts);
        let common = common.filter(|(_, concept)| concept.appearances.len() > MOST_LISTED).map(|(id, _)| id);
        let texts = site.writings.iter().map(|_| OnceLock::new()).collect();
        let (concepts_by_name, answered) = (lists::by_name(site), thread::answered(site));
        let mut by_title = vec![0; concepts_by_name.len()];
        (0..).zip(&concepts_by_name).for_each(|(place, id): (u32, &ConceptId)| by_title[id.0 as usize] = place);
        let name = |(writing, route): (&Arc<Writing>, &Route)| {
            Fingerprint::of(format!("{}\n{route}\n{:?}", writing.meta.title, writing.meta.lang).as_bytes())
        };
        let names = site.writings.par_iter().zip(&site.routes).map(name).collect();
        Self {
            ties,
            links_to_concepts,
            by_title,
            concepts_by_name,
            answered,
            names,
            feeds_of_concepts: site.concepts.iter().map(|_| OnceLock::new()).collect(),
            terms: site.concepts.iter().map(|_| OnceLock::new()).collect(),
            held_terms: EachThread::new(|| common.clone().map(|id| (id, OnceLock::new())).collect()),
            openings: site.writings.iter().map(|_| OnceLock::new()).collect(),
            concepts_in: site.writings.iter().map(|_| OnceLock::new()).collect(),
            related: site.writings.iter().map(|_| OnceLock::new()).collect(),
            cards: site.writings.iter().map(|_| OnceLock::new()).collect(),
            feeds_of_series: site.series.iter().map(|_| OnceLock::new()).collect(),
            recipes: site.writings.iter().map(|_| OnceLock::new()).collect(),
            texts,
            room: AtomicUsize::new(ROOM_FOR_FEEDS),
            recent: Mutex::default(),
            recent_entries: Mutex::default(),
        }
    }
}
