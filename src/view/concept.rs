//! The page of a concept: where it appears, what it is related to, its map.

use std::collections::BTreeMap;

use super::Viewer;
use super::cards::definition;
use super::views::{AppearanceView, ChosenView, ConceptView, MapArc, MapRow, MapView, PassageView, RelatedConcept};
use crate::base::words::without_escapes;
use crate::link::{Appearance, ConceptId, MOST_LISTED, PageId, Relation, Sentences, concepts};
use crate::model::writing::Kind;

/// Passages of one essay that stand open; the rest can be unfolded.
const OPEN_PASSAGES: usize = 3;
/// Passages of one essay in all.
const MOST_PASSAGES: usize = 200;
/// Essays that are quoted; of more, those that use the concept most are.
const MOST_ESSAYS: usize = 60;
/// Names on the map besides the concept itself.
const NEIGHBOURS: usize = 8;
/// Related concepts in the list.
const MOST_RELATED: usize = 16;

impl Viewer<'_> {
    pub(super) fn concept_view(&self, id: ConceptId, root: &str) -> ConceptView {
        let concept = self.site.concept(id);
        let filler = self.filler(root);
        let chosen = concept.writing.and_then(|id| Some((id, self.site.writing(id).meta.passage.as_ref()?))).map(
            |(id, passage)| {
                let place = self.site.passages.get(&id).copied();
                let html = crate::view::prose::escaped(&without_escapes(&passage.value));
                ChosenView { html, essay: place.map(|(essay, block)| self.link_to_block(essay, block)) }
            },
        );
        let (quoted, further) = most_telling(&concept.appearances);
        let mention_count = self.mention_count(id);
        let (backlinks, more_backlinks) = self.backlinks(PageId::Concept(id), |kind| kind != Kind::Essay);
        let mut year = None;
        let essays = quoted.into_iter().map(|found| self.appearance(id, found, &mut year)).collect();
        ConceptView {
            title: concept.title.clone(),
            url: concept.route.to_url(),
            aliases: concept.aliases.clone(),
            summary: definition(self.site, id).to_owned(),
            body: concept.writing.map(|writing| filler.body(writing)).unwrap_or_default(),
            notes: concept.writing.map(|writing| filler.notes(writing)).unwrap_or_default(),
            chosen,
            essays,
            further: further.into_iter().map(|found| self.card(found.essay)).collect(),
            years: self.years_of(PageId::Concept(id)),
            essay_count: concept.appearances.len(),
            mention_count,
            passage_count: mention_count,
            related: self.related_concepts(id),
            backlinks,
            more_backlinks,
            replies: self.reply_words(id),
            map: self.map(id),
        }
    }

    /// How often essays mention a concept: its words in their texts, and links to its page.
    fn mention_count(&self, id: ConceptId) -> usize {
        let mentions: u64 = self.site.concept(id).appearances.iter().map(|found| u64::from(found.mentions)).sum();
        let is_of_essay = |from| self.site.writing(from).kind == Kind::Essay;
        let links = self.site.backlinks_of(PageId::Concept(id)).iter();
        let links = links.filter(|link| link.sentence.0 < link.sentence.1 && is_of_essay(link.from)).count();
        usize::try_from(mentions).unwrap_or(usize::MAX).saturating_add(links)
    }

    /// Sentences of an essay that use the concept, with the words to mark: mentions, and links to the concept's page.
    fn sentences(&self, id: ConceptId, found: &Appearance) -> Sentences {
        let mut sentences = Sentences::new();
        let prose = (!self.is_recipe).then(|| self.site.writing(found.essay).prose());
        for mention in concepts::mentions(self.site, found.essay, id) {
            let sentence = prose.as_ref().map_or(mention.text, |prose| mention.sentence(&prose.outline));
            sentences.entry(sentence).or_insert((mention.block, Vec::new())).1.push(mention.text);
        }
        for link in self.links_to(id, found.essay) {
            let link = &self.site.backlinks[&PageId::Concept(id)][*link];
            sentences.entry(link.sentence).or_insert((link.block, Vec::new())).1.push(link.text);
        }
        for (_, marks) in sentences.values_mut() {
            marks.sort_unstable();
        }
        sentences
    }

    fn appearance(&self, id: ConceptId, found: &Appearance, year: &mut Option<i16>) -> AppearanceView {
        let link = self.link(PageId::Writing(found.essay));
        let own_year = self.site.writing(found.essay).meta.date.map(|date| date.year());
        let is_new = own_year != *year;
        *year = own_year;
        let sentences = self.sentences(id, found);
        let unquoted = sentences.len().saturating_sub(MOST_PASSAGES);
        let mut passages: Vec<PassageView> = sentences
            .into_iter()
            // A recipe counts mentions, of which a sentence may have several.
            .take(if self.is_recipe { usize::MAX } else { MOST_PASSAGES })
            .map(|(sentence, (block, marks))| self.passage(found.essay, block, sentence, &marks))
            .collect();
        let more = passages.split_off(passages.len().min(OPEN_PASSAGES));
        let lang = self.language_of(found.essay).clone();
        let year = own_year.filter(|_| is_new);
        AppearanceView { title: link.title, url: link.url, lang, year, passages, more, unquoted }
    }

    fn related_concepts(&self, id: ConceptId) -> Vec<RelatedConcept> {
        let mut reasons: BTreeMap<ConceptId, Vec<String>> = BTreeMap::new();
        for (relation, other) in &self.site.concept(id).relations {
            let word = match relation {
                Relation::Broader => "broader",
                Relation::Narrower => "narrower",
                Relation::Related => "related",
                Relation::Contrasted => "contrasted",
            };
            reasons.entry(*other).or_default().push(word.to_owned());
        }
        let ties: BTreeMap<ConceptId, u32> = self.ties_of(id).into_iter().collect();
        let view = |other: ConceptId| {
            let mut reasons = reasons.remove(&other).unwrap_or_default();
            match ties.get(&other) {
                None => {}
                Some(1) => reasons.push("used together in 1 essay".to_owned()),
                Some(count) if *count as usize > MOST_LISTED => {
                    reasons.push(format!("used together in more than {MOST_LISTED} essays"));
                }
                Some(count) => reasons.push(format!("used together in {count} essays")),
            }
            RelatedConcept {
                title: self.site.concept(other).title.clone(),
                url: self.site.concept(other).route.to_url(),
                summary: definition(self.site, other).to_owned(),
                reasons,
            }
        };
        self.neighbours(id).into_iter().map(view).collect()
    }

    /// The concepts that are listed as related and stand on the map: those the author names, then those used together
    /// with this one in more than one essay, the strongest first.
    fn neighbours(&self, id: ConceptId) -> Vec<ConceptId> {
        let stated: std::collections::BTreeSet<ConceptId> =
            self.site.concept(id).relations.iter().map(|(_, other)| *other).collect();
        let tied = self.ties_of(id).into_iter().filter(|(other, count)| *count > 1 && !stated.contains(other));
        let tied = tied.map(|(other, _)| other).take(MOST_RELATED.saturating_sub(stated.len()));
        stated.iter().copied().chain(tied).take(MOST_LISTED).collect()
    }

    /// Concepts used together with this one, the strongest first.
    fn ties_of(&self, id: ConceptId) -> Vec<(ConceptId, u32)> {
        self.tables.ties.get(&id).cloned().unwrap_or_default()
    }

    fn map(&self, id: ConceptId) -> Option<MapView> {
        let ties: BTreeMap<ConceptId, u32> = self.ties_of(id).into_iter().collect();
        let stated = |other: ConceptId| self.site.concept(id).relations.iter().any(|(_, known)| *known == other);
        let strength = |other: ConceptId| ties.get(&other).copied().unwrap_or(0) + u32::from(stated(other));
        let mut neighbours: Vec<(u32, ConceptId)> =
            self.neighbours(id).into_iter().map(|other| (strength(other), other)).collect();
        neighbours.sort_by_key(|(count, other)| (u32::MAX - count, *other));
        neighbours.truncate(NEIGHBOURS);
        if neighbours.is_empty() {
            return None;
        }
        let rows: Vec<ConceptId> = std::iter::once(id).chain(neighbours.iter().map(|(_, other)| *other)).collect();
        let largest = neighbours.first().map_or(1, |(count, _)| (*count).max(1));
        let mut arcs: Vec<MapArc> = neighbours
            .iter()
            .enumerate()
            .map(|(at, (count, _))| arc(0, at + 1, 1 + count * 4 / largest, true))
            .collect();
        for (at, first) in rows.iter().enumerate().skip(1) {
            for (second, count) in self.ties_of(*first) {
                if let Some(other) = rows.iter().position(|row| *row == second).filter(|other| *other > at && count > 1)
                {
                    arcs.push(arc(at, other, 1, false));
                }
            }
        }
        let row = |(at, concept): (usize, &ConceptId)| MapRow {
            title: self.site.concept(*concept).title.clone(),
            url: self.site.concept(*concept).route.to_url(),
            y: crate::link::index(at) * 36 + 23,
            is_here: at == 0,
        };
        Some(MapView {
            height: crate::link::index(rows.len()) * 36,
            rows: rows.iter().enumerate().map(row).collect(),
            arcs,
        })
    }
}

/// The essays to be quoted, and those to be listed behind them: none of these where they have pages by year.
fn most_telling(all: &[Appearance]) -> (Vec<&Appearance>, Vec<&Appearance>) {
    if all.len() <= MOST_ESSAYS {
        return (all.iter().collect(), Vec::new());
    }
    let mut order: Vec<usize> = (0..all.len()).collect();
    order.select_nth_unstable_by_key(MOST_ESSAYS, |at| (!all[*at].is_named, u32::MAX - all[*at].mentions, *at));
    let mut further = order.split_off(MOST_ESSAYS);
    order.sort_unstable();
    further.sort_unstable();
    further.truncate(if all.len() > MOST_LISTED { 0 } else { further.len() });
    let found = |list: Vec<usize>| list.into_iter().map(|at| &all[at]).collect();
    (found(order), found(further))
}

/// An arc at the right of the names, from one row to another.
fn arc(from: usize, to: usize, width: u32, is_direct: bool) -> MapArc {
    let (top, bottom) = (from * 36 + 18, to * 36 + 18);
    let reach = 200 + (to - from) * 14;
    let path = format!("M200 {top}C{reach} {top} {reach} {bottom} 200 {bottom}");
    MapArc { path, width: width.min(5), is_direct }
}
