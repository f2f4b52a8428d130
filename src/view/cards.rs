//! Essays, concepts and series as they stand in lists. Knows no page but the entry.

use super::Viewer;
use super::views::{BacklinkView, Card, CountView, DateView, LinkView, PassageView, SeriesCard, TermView};
use crate::base::date::Date;
use crate::base::sentences;
use crate::link::{Backlink, ConceptId, MOST_LISTED, PageId, SeriesId, Site, WritingId, by_sentence};
use crate::model::prose::{LinkRef, Range};
use crate::model::writing::{Kind, Writing};
use crate::view::prose::{escapes_within, quote};

/// How many words a reader reads in a minute.
const WORDS_PER_MINUTE: u32 = 230;

pub(super) fn date_view(date: &Date) -> DateView {
    DateView { iso: date.to_iso(), text: date.to_words(), year: date.year() }
}

/// How many minutes a reader needs.
pub(crate) fn minutes(writing: &Writing) -> u32 {
    writing.facts.words.div_ceil(WORDS_PER_MINUTE).max(1)
}

impl Viewer<'_> {
    pub(super) fn card(&self, id: WritingId) -> Card {
        if self.is_recipe {
            return self.recipe_of_card(id);
        }
        let writing = self.site.writing(id);
        let badge = crate::link::reason_not_public(writing, self.as_of).map(|why| why.badge().to_owned());
        Card {
            title: writing.meta.title.clone(),
            url: self.url(PageId::Writing(id)),
            lang: self.language_of(id).clone(),
            summary: writing.meta.summary.clone(),
            date: writing.meta.date.as_ref().map(date_view),
            minutes: minutes(writing),
            part: None,
            badge,
        }
    }

    pub(super) fn url(&self, page: PageId) -> String {
        self.site.route(page).to_url()
    }

    pub(super) fn link(&self, page: PageId) -> LinkView {
        LinkView { title: self.site.title(page, self.book).to_owned(), url: self.url(page) }
    }

    /// A link to a paragraph.
    pub(super) fn link_to_block(&self, id: WritingId, block: u32) -> LinkView {
        let link = self.link(self.site.page_of(id));
        if self.is_recipe {
            return LinkView { url: format!("{}#{block} {}", link.url, self.text_recipe(id)), ..link };
        }
        let prose = self.site.writing(id).prose();
        let block = &prose.outline.blocks[block as usize];
        LinkView { url: if block.id.is_empty() { link.url } else { format!("{}#{}", link.url, block.id) }, ..link }
    }

    pub(super) fn count(&self, id: ConceptId) -> CountView {
        let concept = self.site.concept(id);
        CountView {
            title: concept.title.clone(),
            url: concept.route.to_url(),
            summary: first_sentence(definition(self.site, id)).to_owned(),
            count: concept.appearances.len().min(MOST_LISTED),
            is_many: concept.appearances.len() > MOST_LISTED,
        }
    }

    pub(super) fn term(&self, id: ConceptId) -> TermView {
        let concept = self.site.concept(id);
        TermView {
            title: concept.title.clone(),
            url: concept.route.to_url(),
            slug: concept.slug.clone(),
            summary: definition(self.site, id).to_owned(),
            count: concept.appearances.len().min(MOST_LISTED),
            is_many: concept.appearances.len() > MOST_LISTED,
        }
    }

    pub(super) fn series_card(&self, id: SeriesId) -> SeriesCard {
        let series = self.site.series(id);
        SeriesCard {
            title: series.title.clone(),
            url: series.route.to_url(),
            summary: series.writing.map(|id| self.site.writing(id).meta.summary.clone()).unwrap_or_default(),
            count: series.essays.len(),
        }
    }

    /// Pages that link to this one, with their sentences, each once, and how many are too many to show: of those that link here
    /// most often, and of these the newest.
    pub(super) fn backlinks(&self, page: PageId, wanted: impl Fn(Kind) -> bool) -> (Vec<BacklinkView>, usize) {
        let links = self.site.backlinks.get(&page).map_or(&[][..], Vec::as_slice);
        let by_page = links.chunk_by(|a, b| a.from == b.from);
        let mut pages: Vec<&[Backlink]> =
            by_page.filter(|links| wanted(self.site.writing(links[0].from).kind)).collect();
        let more = pages.len().saturating_sub(MOST_LISTED);
        if more > 0 {
            let mut order: Vec<(usize, usize)> = pages.iter().map(|links| links.len()).zip(0..).collect();
            order.sort_unstable_by(|a, b| b.cmp(a));
            let mut chosen: Vec<usize> = order.into_iter().take(MOST_LISTED).map(|(_, at)| at).collect();
            chosen.sort_unstable();
            pages = chosen.into_iter().map(|at| pages[at]).collect();
        }
        (pages.into_iter().map(|links| self.backlink(links)).collect(), more)
    }

    /// A page with its links to another one.
    fn backlink(&self, links: &[Backlink]) -> BacklinkView {
        if self.is_recipe {
            return self.recipe_of_backlink(links);
        }
        let from = links[0].from;
        let link = self.link(self.site.page_of(from));
        BacklinkView {
            title: link.title,
            url: link.url,
            lang: self.language_of(from).clone(),
            kind: self.site.writing(from).kind.word().to_owned(),
            passages: self.linking(from, links),
        }
    }

    /// The sentences in which these links of a writing stand, as its facts quote them: the text itself need not be read.
    fn linking(&self, from: WritingId, links: &[Backlink]) -> Vec<PassageView> {
        let facts = &self.site.writing(from).facts;
        let url = self.url(self.site.page_of(from));
        let escapes = &self.site.mentions[from.0 as usize].escapes;
        let passage = |(sentence, (_, marks)): (Range, (u32, Vec<Range>))| {
            let first = links.iter().find(|link| link.sentence == sentence).expect("it was gathered from these links");
            let LinkRef { quote: words, anchor, .. } = &facts.links[first.link as usize];
            let shift = sentence.0;
            let marks: Vec<Range> = marks.iter().map(|mark| (mark.0 - shift, mark.1 - shift)).collect();
            let escapes = escapes_within(escapes, sentence);
            PassageView {
                html: quote(words, (0, sentence.1 - shift), &marks, &escapes),
                url: if anchor.is_empty() { url.clone() } else { format!("{url}#{anchor}") },
            }
        };
        by_sentence(links).into_iter().map(passage).collect()
    }

    /// A sentence of a writing with marked words, and the address of its paragraph.
    pub(super) fn passage(&self, id: WritingId, block: u32, sentence: (u32, u32), marks: &[(u32, u32)]) -> PassageView {
        if self.is_recipe {
            let html = format!("{sentence:?} {marks:?} {}", self.text_recipe(id));
            return PassageView { html, url: format!("{} {block}", self.url(self.site.page_of(id))) };
        }
        let prose = self.site.writing(id).prose();
        let outline = &prose.outline;
        let url = self.url(self.site.page_of(id));
        let anchor = outline.blocks.get(block as usize).map_or("", |block| block.id.as_str());
        PassageView {
            html: quote(&outline.text, sentence, marks, &self.site.mentions[id.0 as usize].escapes),
            url: if anchor.is_empty() { url } else { format!("{url}#{anchor}") },
        }
    }
}

/// The definition of a concept; empty without one.
pub(super) fn definition(site: &Site, id: ConceptId) -> &str {
    site.concept(id).writing.map_or("", |id| &site.writing(id).meta.summary)
}

/// The first sentence of a plain text.
fn first_sentence(text: &str) -> &str {
    sentences::all(text).first().map_or("", |(start, end)| &text[*start..*end])
}
