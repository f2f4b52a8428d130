//! Home, archive, the index of concepts and the pages of series.

use std::collections::BTreeMap;
use std::ops::Range;

use super::Viewer;
use super::cards::minutes;
use super::views::{
    ArchiveView, Card, ConceptsView, CountView, HomeView, LetterView, LinkView, PairView, QuotedView, SeriesNav,
    SeriesView, YearView,
};
use crate::link::{ConceptId, MOST_LISTED, PageId, SeriesId, Site, StretchId, Tie, WritingId, concepts, index};

const MOST_START: usize = 3;
const MOST_LATEST: usize = 5;
const MOST_CONCEPTS: usize = 12;
const MOST_PAIRS: usize = 12;
const MOST_PAIR_PASSAGES: usize = 3;
/// The newest essays that the list of essays shows of a book that has pages for each year.
const MOST_NEWEST: usize = 60;

/// Concepts by name.
pub(super) fn by_name(site: &Site) -> Vec<ConceptId> {
    let mut ids: Vec<ConceptId> = (0..site.concepts.len()).map(|at| ConceptId(index(at))).collect();
    ids.sort_by_cached_key(|id| (site.concept(*id).title.to_lowercase(), site.concept(*id).route.to_url()));
    ids
}

/// Essays whose sentences are looked at for one in which two concepts stand together.
const MOST_LOOKED_INTO: usize = 40;

impl Viewer<'_> {
    pub(super) fn home_view(&self) -> HomeView {
        let newest = || self.site.essays.iter().rev();
        let start = newest().filter(|id| self.site.writing(**id).meta.is_start).take(MOST_START);
        let mut used: Vec<ConceptId> = (0..self.site.concepts.len()).map(|at| ConceptId(index(at))).collect();
        used.retain(|id| !self.site.concept(*id).appearances.is_empty());
        used.sort_by_key(|id| (usize::MAX - self.site.concept(*id).appearances.len(), *id));
        used.truncate(MOST_CONCEPTS);
        let mut concepts: Vec<CountView> = used.into_iter().map(|id| self.count(id)).collect();
        concepts.sort_by_key(|concept| concept.title.to_lowercase());
        HomeView {
            start: start.map(|id| self.card(*id)).collect(),
            latest: newest().take(MOST_LATEST).map(|id| self.card(*id)).collect(),
            concepts,
            series: self.largest_series().into_iter().map(|id| self.series_card(id)).collect(),
        }
    }

    /// Every series; of too many those with the most essays.
    fn largest_series(&self) -> Vec<SeriesId> {
        let mut ids: Vec<SeriesId> = (0..self.site.series.len()).map(|at| SeriesId(index(at))).collect();
        ids.sort_by_key(|id| std::cmp::Reverse(self.site.series(*id).essays.len()));
        ids.truncate(MOST_LISTED);
        ids.sort_unstable();
        ids
    }

    pub(super) fn archive_view(&self) -> ArchiveView {
        let all_years = self.years_of(PageId::Archive);
        let most = if all_years.is_empty() { usize::MAX } else { MOST_NEWEST };
        let mut years: BTreeMap<Option<i16>, Vec<Card>> = BTreeMap::new();
        for id in self.site.essays.iter().rev().take(most) {
            let year = self.site.writing(*id).meta.date.map(|date| date.year());
            years.entry(year).or_default().push(self.card(*id));
        }
        let years = years.into_iter().rev().map(|(year, essays)| YearView { year, essays }).collect();
        ArchiveView { years, all_years }
    }

    /// These of the concepts by name, as one page of the index.
    pub(super) fn concepts_view(&self, entries: Range<usize>, page: PageId) -> ConceptsView {
        let all = self.tables.concepts_by_name.iter().take(entries.end).skip(entries.start);
        let mut letters: Vec<LetterView> = Vec::new();
        for concept in all.map(|id| self.count(*id)) {
            let first = concept.title.chars().next().filter(|c| c.is_alphabetic());
            let letter = first.map_or_else(|| "#".to_owned(), |c| c.to_uppercase().collect());
            match letters.last_mut().filter(|last| last.letter == letter) {
                Some(last) => last.concepts.push(concept),
                None => letters.push(LetterView { letter, concepts: vec![concept] }),
            }
        }
        let most = if page == PageId::Concepts { MOST_PAIRS } else { 0 };
        let pairs = self.site.ties.iter().filter(|tie| tie.count > 1).take(most);
        ConceptsView { letters, pairs: pairs.map(|tie| self.pair(tie)).collect(), steps: self.steps(page) }
    }

    fn pair(&self, tie: &Tie) -> PairView {
        let second = self.site.concept(tie.second);
        let (mut passages, mut looked_into) = (Vec::new(), 0);
        for found in &self.site.concept(tie.first).appearances {
            // Appearances stand in the order of essays.
            let age = |essay: WritingId| self.site.ages[essay.0 as usize];
            let Ok(at) = second.appearances.binary_search_by_key(&age(found.essay), |other| age(other.essay)) else {
                continue;
            };
            let places = |concept| concepts::mentions(self.site, found.essay, concept).map(|mention| mention.block);
            // Without a paragraph that has both there is no such sentence, and the text need not be read.
            if !places(tie.first).any(|block| places(tie.second).any(|other| other == block)) {
                continue;
            }
            looked_into += 1;
            if looked_into > MOST_LOOKED_INTO {
                break;
            }
            if self.is_recipe {
                passages.push(self.pair_recipe(found.essay, tie));
                continue;
            }
            let prose = self.site.writing(found.essay).prose();
            let outline = &prose.outline;
            for mention in concepts::mentions(self.site, found.essay, tie.first) {
                let sentence = mention.sentence(outline);
                let other = concepts::mentions(self.site, second.appearances[at].essay, tie.second)
                    .find(|other| other.block == mention.block && other.sentence(outline) == sentence);
                let Some(other) = other else { continue };
                let mut marks = [mention.text, other.text];
                marks.sort_unstable();
                let passage = self.passage(found.essay, mention.block, sentence, &marks);
                let title = self.site.writing(found.essay).meta.title.clone();
                let lang = self.language_of(found.essay).clone();
                passages.push(QuotedView { html: passage.html, url: passage.url, lang, title });
                break;
            }
            if passages.len() == MOST_PAIR_PASSAGES && !self.is_recipe {
                break;
            }
        }
        PairView {
            first: self.link(PageId::Concept(tie.first)),
            second: self.link(PageId::Concept(tie.second)),
            count: (tie.count as usize).min(MOST_LISTED),
            is_many: tie.count as usize > MOST_LISTED,
            passages,
        }
    }

    /// Of what the sentence with both concepts is made, if there is one in this essay.
    fn pair_recipe(&self, essay: crate::link::WritingId, tie: &Tie) -> QuotedView {
        let places =
            |concept| concepts::mentions(self.site, essay, concept).map(|mention| (mention.text, mention.block));
        let html = format!(
            "{} {:?} {:?}",
            self.text_recipe(essay),
            places(tie.first).collect::<Vec<_>>(),
            places(tie.second).collect::<Vec<_>>()
        );
        let LinkView { title, url } = self.link(PageId::Writing(essay));
        QuotedView { html, url, lang: self.language_of(essay).clone(), title }
    }

    /// Every series with its essays, in a book so small that all of it can stand on every page.
    pub(super) fn series_everywhere(&self) -> Vec<SeriesNav> {
        let ids = (0..self.site.series.len()).map(|at| SeriesId(index(at)));
        if self.is_large() { Vec::new() } else { ids.map(|id| self.series_nav(id)).collect() }
    }

    fn is_large(&self) -> bool {
        self.site.essays.len() > MOST_LISTED
    }

    fn series_nav(&self, id: SeriesId) -> SeriesNav {
        let series = self.site.series(id);
        let LinkView { title, url } = self.link(PageId::Series(id));
        SeriesNav { title, url, essays: series.essays.iter().map(|id| self.link(PageId::Writing(*id))).collect() }
    }

    /// The essays in no series, the newest first, in such a book.
    pub(super) fn loose(&self) -> Vec<LinkView> {
        let is_alone = |id: &&WritingId| self.site.place_in_series(**id).is_none();
        let newest = self.site.essays.iter().rev().filter(is_alone);
        if self.is_large() { Vec::new() } else { newest.map(|id| self.link(PageId::Writing(*id))).collect() }
    }

    pub(super) fn series_view(&self, id: SeriesId, root: &str) -> SeriesView {
        let series = self.site.series(id);
        let filler = self.filler(root);
        let (backlinks, more_backlinks) = self.backlinks(PageId::Series(id), |_| true);
        SeriesView {
            title: series.title.clone(),
            url: series.route.to_url(),
            summary: series.writing.map(|id| self.site.writing(id).meta.summary.clone()).unwrap_or_default(),
            body: series.writing.map(|id| filler.body(id)).unwrap_or_default(),
            notes: series.writing.map(|id| filler.notes(id)).unwrap_or_default(),
            essays: self.series_cards(id, super::stretch::first_page(PageId::Series(id))),
            essay_count: series.essays.len(),
            minutes: series.essays.iter().map(|id| minutes(self.site.writing(*id))).sum(),
            steps: self.steps(PageId::Series(id)),
            backlinks,
            more_backlinks,
        }
    }

    /// A further page of a long series: its essays and nothing else.
    pub(super) fn further_of_series(&self, id: SeriesId, stretch: StretchId) -> SeriesView {
        let of = self.site.stretch(stretch);
        SeriesView {
            title: of.title.clone(),
            url: of.route.to_url(),
            summary: String::new(),
            body: String::new(),
            notes: Vec::new(),
            essays: self.series_cards(id, of.entries.clone()),
            essay_count: of.count,
            minutes: self.site.series(id).essays.iter().map(|id| minutes(self.site.writing(*id))).sum(),
            steps: self.steps(PageId::Stretch(stretch)),
            backlinks: Vec::new(),
            more_backlinks: 0,
        }
    }

    fn series_cards(&self, id: SeriesId, entries: Range<usize>) -> Vec<Card> {
        let essays = self.site.series(id).essays.iter().enumerate().take(entries.end).skip(entries.start);
        let card =
            |(at, essay): (usize, &WritingId)| Card { part: Some(i64::from(index(at)) + 1), ..self.card(*essay) };
        essays.map(card).collect()
    }
}
