//! The pages of lists that are too long for one: by year and by number. Knows no list as a whole.

use super::View;
use super::Viewer;
use super::long_views::{StepsView, UseView, YearCount, YearPageView};
use super::prose::{escape_attribute, escape_text, quote, write_attribute};
use super::views::Card;
use crate::base::words::thousands;
use crate::link::{Appearance, ConceptId, MOST_IN_INDEX, MOST_LISTED, PageId, StretchId, WritingId, concepts};

/// In a book of more essays than this, the pages by year name essays without quoting them: their sentences would be more than all
/// the rest of the site.
const MOST_QUOTED: usize = 4_000;

impl Viewer<'_> {
    /// What a stretch shows: one of a year is a page of its own kind, the others are as the first page of their list is.
    pub(super) fn stretch_view(&self, id: StretchId) -> View {
        let (of, entries) = (self.site.stretch(id).of, self.site.stretch(id).entries.clone());
        match of {
            PageId::Series(series) => View::Series(Box::new(self.further_of_series(series, id))),
            PageId::Concepts => View::Concepts(Box::new(self.concepts_view(entries, PageId::Stretch(id)))),
            PageId::Replies => View::Replies(Box::new(self.replies_view(entries, PageId::Stretch(id)))),
            _ => View::Year(Box::new(self.year_view(id))),
        }
    }

    fn year_view(&self, id: StretchId) -> YearPageView {
        let stretch = self.site.stretch(id);
        let (mut essays, mut uses, mut rows) = (Vec::new(), Vec::new(), String::new());
        match stretch.of {
            PageId::Concept(concept) if self.quotes_all() => uses = self.uses(concept, id),
            // Of those rows the recipe says more shortly what they say.
            PageId::Concept(_) if self.is_recipe => {}
            PageId::Concept(concept) => rows = self.rows(concept, id),
            _ => essays = self.newest_first(&self.site.essays[stretch.entries.clone()]),
        }
        YearPageView {
            title: stretch.title.clone(),
            url: stretch.route.to_url(),
            above: self.link(stretch.of),
            year: stretch.year,
            count: stretch.count,
            number: stretch.number,
            essays,
            uses,
            rows,
            steps: self.steps(PageId::Stretch(id)),
        }
    }

    fn newest_first(&self, essays: &[WritingId]) -> Vec<Card> {
        essays.iter().rev().map(|id| self.card(*id)).collect()
    }

    /// The concept of a page by year that names the essays that use it and quotes none of them.
    pub(super) fn named_concept(&self, id: StretchId) -> Option<ConceptId> {
        match self.site.stretch(id).of {
            PageId::Concept(concept) if !self.quotes_all() => Some(concept),
            _ => None,
        }
    }

    /// The essays of a page by year that use a concept, quoted.
    fn uses(&self, id: ConceptId, stretch: StretchId) -> Vec<UseView> {
        self.appearances(id, stretch).iter().map(|found| self.first_use(id, found)).collect()
    }

    /// The same essays, named.
    pub(super) fn rows(&self, id: ConceptId, stretch: StretchId) -> String {
        let root = self.site.stretch(stretch).route.to_root();
        let found = self.appearances(id, stretch);
        let mut html = String::with_capacity(found.len() * 160);
        for found in found {
            let essay = found.essay;
            let language = self.language_of(essay);
            html.push_str("<div><dt");
            if *language != self.book.language {
                write_attribute(&mut html, " lang", language);
                html.push_str(" dir=\"auto\"");
            }
            html.push_str("><a href=\"");
            escape_attribute(&mut html, &root);
            escape_attribute(&mut html, &self.site.routes[essay.0 as usize].as_url());
            html.push_str("\">");
            escape_text(&mut html, &self.site.writing(essay).meta.title);
            html.push_str("</a></dt>\n<dd class=\"meta\">");
            match self.times(id, found) {
                0 => html.push_str("Names it and does not use the word"),
                1 => html.push_str("1 mention"),
                times => {
                    html.push_str(&thousands(times as u64));
                    html.push_str(" mentions");
                }
            }
            html.push_str("</dd></div>\n");
        }
        html
    }

    pub(super) fn appearances(&self, id: ConceptId, stretch: StretchId) -> &[Appearance] {
        &self.site.concept(id).appearances[self.site.stretch(stretch).entries.clone()]
    }

    /// How often an essay uses a concept.
    fn times(&self, id: ConceptId, found: &Appearance) -> usize {
        found.mentions as usize + self.links_to(id, found.essay).len()
    }

    /// The links of an essay to a concept, as indexes of `Site::backlinks`.
    pub(super) fn links_to(&self, id: ConceptId, essay: WritingId) -> &[usize] {
        self.tables.links_to_concepts.get(&(PageId::Concept(id), essay)).map_or(&[], Vec::as_slice)
    }

    /// An essay with the first sentence in which it uses a concept, and how often it does so behind it.
    fn first_use(&self, id: ConceptId, found: &Appearance) -> UseView {
        let page = PageId::Concept(id);
        let links = self.links_to(id, found.essay);
        let mut view = UseView {
            title: self.site.writing(found.essay).meta.title.clone(),
            url: self.site.routes[found.essay.0 as usize].to_url(),
            lang: self.language_of(found.essay).clone(),
            html: String::new(),
            more: self.times(id, found),
        };
        let links = || links.iter().map(|at| &self.site.backlinks[&page][*at]);
        if self.is_recipe {
            let mentions = concepts::mentions(self.site, found.essay, id).map(|mention| mention.text);
            let links = links().map(|link| link.text);
            view.html = format!("{} {:?}", self.text_recipe(found.essay), mentions.chain(links).collect::<Vec<_>>());
            return view;
        }
        let prose = self.site.writing(found.essay).prose();
        let outline = &prose.outline;
        let mention = concepts::mentions(self.site, found.essay, id).next();
        let of_mention = mention.map(|mention| (mention.sentence(outline), mention.block));
        let of_link = links().next().map(|link| (link.sentence, link.block));
        let first = of_mention.into_iter().chain(of_link).min();
        let Some((sentence, block)) = first else { return view };
        let is_inside = |text: &(u32, u32)| sentence.0 <= text.0 && text.1 <= sentence.1;
        let mentions = concepts::mentions(self.site, found.essay, id).map(|mention| mention.text);
        // Mentions stand in the order of the text: those behind the sentence need not be looked at.
        let mut marks: Vec<(u32, u32)> = mentions.take_while(|text| text.0 < sentence.1).filter(is_inside).collect();
        marks.extend(links().map(|link| link.text).filter(is_inside));
        marks.sort_unstable();
        view.more = view.more.saturating_sub(marks.len());
        view.html = quote(&outline.text, sentence, &marks, &self.site.mentions[found.essay.0 as usize].escapes);
        if let Some(block) = outline.blocks.get(block as usize).filter(|block| !block.id.is_empty()) {
            view.url.push('#');
            view.url.push_str(&block.id);
        }
        view
    }

    pub(super) fn quotes_all(&self) -> bool {
        self.site.essays.len() <= MOST_QUOTED
    }

    /// The years of a list that has pages by year, in their order; none where it has no such pages.
    pub(super) fn years_of(&self, page: PageId) -> Vec<YearCount> {
        let mut years: Vec<YearCount> = Vec::new();
        for id in self.site.stretches_of(page) {
            let stretch = self.site.stretch(id);
            if years.last().is_none_or(|last| last.year != stretch.year) {
                years.push(YearCount { year: stretch.year, url: stretch.route.to_url(), count: stretch.count });
            }
        }
        years
    }

    /// The pages before and after one of a long list. A list that goes by number begins with its own page.
    pub(super) fn steps(&self, page: PageId) -> StepsView {
        let of = match page {
            PageId::Stretch(id) => self.site.stretch(id).of,
            of => of,
        };
        let is_by_year = matches!(of, PageId::Archive | PageId::Concept(_));
        let mut stretches = self.site.stretches_of(of);
        let (previous, next) = match page {
            PageId::Stretch(id) => {
                let before = stretches.by_ref().take_while(|other| *other < id).last().map(PageId::Stretch);
                (before.or_else(|| (!is_by_year).then_some(of)), stretches.next())
            }
            _ => (None, stretches.next().filter(|_| !is_by_year)),
        };
        let link = |page: PageId| self.link(page);
        StepsView { previous: previous.map(link), next: next.map(|id| link(PageId::Stretch(id))) }
    }
}

/// What the first page of a list holds that goes by number.
pub(super) fn first_page(of: PageId) -> std::ops::Range<usize> {
    0..if of == PageId::Concepts { MOST_IN_INDEX } else { MOST_LISTED }
}
