//! The page of an essay and of single pages.

use super::Viewer;
use super::cards::date_view;
use super::recipe::OwnText;
use super::shared::Shared;
use super::views::{ContentsEntry, EssayView, LinkView, RelatedView, SeriesPlace, SingleView, TermView};
use crate::link::{ConceptId, PageId, Reason, Target, WritingId};
use crate::model::prose::{Block, Heading, Shape};
use crate::view::prose::plain_words;

/// Fewer headings need no table of contents.
const FEWEST_HEADINGS: usize = 3;

/// Hosts where essays are copied to, and the names that readers know them by.
const PLACES: [(&str, &str); 8] = [
    ("linkedin.com", "LinkedIn"),
    ("medium.com", "Medium"),
    ("substack.com", "Substack"),
    ("dev.to", "DEV"),
    ("mastodon", "Mastodon"),
    ("bsky.app", "Bluesky"),
    ("reddit.com", "Reddit"),
    ("news.ycombinator.com", "Hacker News"),
];

impl<'a> Viewer<'a> {
    /// `text` where it is known.
    pub(super) fn essay_view(&self, id: WritingId, root: &str, text: Option<OwnText>) -> EssayView {
        let writing = self.site.writing(id);
        let filler = self.filler(root);
        let (body, notes) = text.unwrap_or_else(|| (filler.body(id), filler.notes(id)));
        let (backlinks, more_backlinks) = self.backlinks(PageId::Writing(id), |_| true);
        EssayView {
            card: self.card(id),
            updated: writing.meta.updated.as_ref().map(date_view),
            words: writing.facts.words,
            series: self.series_place(id),
            syndication: writing.meta.syndication.iter().map(|url| place_name(url)).collect(),
            contents: self.contents(id),
            body,
            notes,
            concepts: self.terms(id),
            backlinks,
            more_backlinks,
            replies: self.thread_view(id),
            related: self.related_views(id),
            extra: writing.meta.extra.clone(),
        }
    }

    pub(super) fn single_view(&self, id: WritingId, root: &str) -> SingleView {
        let writing = self.site.writing(id);
        let filler = self.filler(root);
        let (backlinks, more_backlinks) = self.backlinks(PageId::Writing(id), |_| true);
        SingleView {
            title: writing.meta.title.clone(),
            url: self.url(PageId::Writing(id)),
            summary: writing.meta.summary.clone(),
            is_about: self.is_about(PageId::Writing(id)),
            body: filler.body(id),
            notes: filler.notes(id),
            backlinks,
            more_backlinks,
            extra: writing.meta.extra.clone(),
        }
    }

    /// Concepts that the front matter names and those linked in the text, by name.
    pub(crate) fn concepts_in(&self, id: WritingId) -> &'a [ConceptId] {
        self.tables.concepts_in[id.0 as usize].get_or_init(|| {
            let mut all = self.concepts_unsorted(id);
            all.sort_unstable_by_key(|concept| self.tables.by_title[concept.0 as usize]);
            all.dedup();
            all.into()
        })
    }

    fn concepts_unsorted(&self, id: WritingId) -> Vec<ConceptId> {
        let named = self.site.named[id.0 as usize].iter().copied();
        let linked = self.site.mentions[id.0 as usize].list.iter().filter(|mention| mention.is_linked);
        let pointed_at = self.site.targets[id.0 as usize].iter().filter_map(|target| match target {
            Target::Page(PageId::Concept(concept), _) => Some(*concept),
            _ => None,
        });
        named.chain(linked.map(|mention| mention.concept)).chain(pointed_at).collect()
    }

    /// What is said of each concept of an essay.
    pub(super) fn terms(&self, id: WritingId) -> Vec<Shared<TermView>> {
        if self.is_recipe {
            return vec![Shared::once(self.recipe_of_terms(id))];
        }
        let held = self.tables.held_terms.own();
        let term = |concept: &ConceptId| match held.get(concept) {
            Some(place) => place.get_or_init(|| Shared::often(self.term(*concept))).clone(),
            None => Shared::once(self.term(*concept)),
        };
        self.concepts_in(id).iter().map(term).collect()
    }

    /// The headings, if there are enough of them; backslashes before words are not shown.
    pub(super) fn contents(&self, id: WritingId) -> Vec<ContentsEntry> {
        let writing = self.site.writing(id);
        let headings = &writing.facts.headings;
        // The recipe of the body is that of its headings.
        if self.is_recipe || headings.len() < FEWEST_HEADINGS {
            return Vec::new();
        }
        let entry = |heading: &Heading, title: &str| ContentsEntry {
            title: title.trim().to_owned(),
            id: heading.id.clone(),
            level: heading.level,
        };
        let escapes = &self.site.mentions[id.0 as usize].escapes;
        if escapes.is_empty() {
            return headings.iter().map(|heading| entry(heading, &heading.text)).collect();
        }
        let prose = writing.prose();
        let blocks = prose.outline.blocks.iter().filter(|block| block.shape == Shape::Heading);
        let words = |block: &Block| plain_words(&prose.outline.text, block.text, escapes);
        headings.iter().zip(blocks).map(|(heading, block)| entry(heading, &words(block))).collect()
    }

    fn series_place(&self, id: WritingId) -> Option<SeriesPlace> {
        let (series, at) = self.site.place_in_series(id)?;
        let essays = &self.site.series(series).essays;
        let neighbour = |at: Option<usize>| at.and_then(|at| essays.get(at)).map(|id| self.link(PageId::Writing(*id)));
        let link = self.link(PageId::Series(series));
        Some(SeriesPlace {
            title: link.title,
            url: link.url,
            position: at + 1,
            count: essays.len(),
            previous: neighbour(at.checked_sub(1)),
            next: neighbour(Some(at + 1)),
        })
    }

    pub(super) fn related_views(&self, id: WritingId) -> Vec<RelatedView> {
        let view = |related: &crate::link::Related| {
            let reason = match &related.reason {
                Reason::Next => "next in the series".to_owned(),
                Reason::Chosen => "chosen by the author".to_owned(),
                Reason::CitedHere => "cited in this essay".to_owned(),
                Reason::Cites => "refers to this essay".to_owned(),
                Reason::Shares(concepts) => {
                    let names: Vec<&str> = concepts.iter().map(|id| self.site.concept(*id).title.as_str()).collect();
                    format!("also about {}", join(&names))
                }
            };
            RelatedView { card: self.card(related.essay), reason }
        };
        let related = self.tables.related[id.0 as usize].get_or_init(|| self.site.related(id));
        related.iter().map(view).collect()
    }
}

pub(super) fn place_name(url: &str) -> LinkView {
    let host = url.split("://").nth(1).unwrap_or(url).split('/').next().unwrap_or(url);
    let known = PLACES.iter().find(|(part, _)| host.contains(part));
    LinkView {
        title: known.map_or_else(|| host.trim_start_matches("www.").to_owned(), |(_, name)| (*name).to_owned()),
        url: url.to_owned(),
    }
}

/// `a`, `a and b`, `a, b and c`.
fn join(names: &[&str]) -> String {
    match names {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}
