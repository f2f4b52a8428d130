//! Home, archive, the index of concepts and the pages of series.

use std::collections::BTreeMap;

use super::Viewer;
use super::cards::minutes;
use super::views::{
    ArchiveView, Card, ConceptsView, CountView, HomeView, LetterView, LinkView, PairView, QuotedView, SeriesNav,
    SeriesView, YearView,
};
use crate::link::{ConceptId, PageId, SeriesId, Tie, concepts, index};

const MOST_START: usize = 3;
const MOST_LATEST: usize = 5;
const MOST_CONCEPTS: usize = 12;
const MOST_PAIRS: usize = 12;
const MOST_PAIR_PASSAGES: usize = 3;
/// Essays in no series that stand in a navigation on every page.
const MOST_LOOSE: usize = 200;

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
            series: (0..self.site.series.len()).map(|at| self.series_card(SeriesId(index(at)))).collect(),
        }
    }

    pub(super) fn archive_view(&self) -> ArchiveView {
        let mut years: BTreeMap<Option<i16>, Vec<Card>> = BTreeMap::new();
        for id in self.site.essays.iter().rev() {
            let year = self.site.writing(*id).meta.date.map(|date| date.year());
            years.entry(year).or_default().push(self.card(*id));
        }
        ArchiveView { years: years.into_iter().rev().map(|(year, essays)| YearView { year, essays }).collect() }
    }

    pub(super) fn concepts_view(&self) -> ConceptsView {
        let mut all: Vec<CountView> =
            (0..self.site.concepts.len()).map(|at| self.count(ConceptId(index(at)))).collect();
        all.sort_by_key(|concept| (concept.title.to_lowercase(), concept.url.clone()));
        let mut letters: Vec<LetterView> = Vec::new();
        for concept in all {
            let first = concept.title.chars().next().filter(|c| c.is_alphabetic());
            let letter = first.map_or_else(|| "#".to_owned(), |c| c.to_uppercase().collect());
            match letters.last_mut().filter(|last| last.letter == letter) {
                Some(last) => last.concepts.push(concept),
                None => letters.push(LetterView { letter, concepts: vec![concept] }),
            }
        }
        let pairs = self.site.ties.iter().filter(|tie| tie.count > 1).take(MOST_PAIRS);
        ConceptsView { letters, pairs: pairs.map(|tie| self.pair(tie)).collect() }
    }

    fn pair(&self, tie: &Tie) -> PairView {
        let second = self.site.concept(tie.second);
        let mut passages = Vec::new();
        for found in &self.site.concept(tie.first).appearances {
            let Ok(at) =
                second.appearances.binary_search_by(|other| self.order(other.essay).cmp(&self.order(found.essay)))
            else {
                continue;
            };
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
            count: tie.count as usize,
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

    /// The order of `Site::essays`, in which appearances stand.
    fn order(&self, essay: crate::link::WritingId) -> (Option<crate::base::date::Date>, crate::link::WritingId) {
        (self.site.writing(essay).meta.date, essay)
    }

    pub(super) fn series_nav(&self, id: SeriesId) -> SeriesNav {
        let series = self.site.series(id);
        let LinkView { title, url } = self.link(PageId::Series(id));
        SeriesNav { title, url, essays: series.essays.iter().map(|id| self.link(PageId::Writing(*id))).collect() }
    }

    /// The newest essays in no series.
    pub(super) fn loose(&self) -> Vec<LinkView> {
        let is_alone = |id: &&crate::link::WritingId| self.site.place_in_series(**id).is_none();
        let newest = self.site.essays.iter().rev().filter(is_alone).take(MOST_LOOSE);
        newest.map(|id| self.link(PageId::Writing(*id))).collect()
    }

    pub(super) fn series_view(&self, id: SeriesId, root: &str) -> SeriesView {
        let series = self.site.series(id);
        let filler = self.filler(root);
        let card = |(at, essay): (usize, &crate::link::WritingId)| Card {
            part: Some(i64::from(index(at)) + 1),
            ..self.card(*essay)
        };
        SeriesView {
            title: series.title.clone(),
            url: series.route.to_url(),
            summary: series.writing.map(|id| self.site.writing(id).meta.summary.clone()).unwrap_or_default(),
            body: series.writing.map(|id| filler.body(id)).unwrap_or_default(),
            notes: series.writing.map(|id| filler.notes(id)).unwrap_or_default(),
            essays: series.essays.iter().enumerate().map(card).collect(),
            minutes: series.essays.iter().map(|id| minutes(self.site.writing(*id))).sum(),
            backlinks: self.backlinks(PageId::Series(id), |_| true),
        }
    }
}
