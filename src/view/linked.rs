//! A page as linked data: JSON-LD with the vocabulary of schema.org. Which words there are, and in which order, `linked_things` says.

use super::Viewer;
use super::describe::headline;
use super::head::ShareImage;
use super::linked_things::{
    Address, Article, Crumbs, Document, Image, Known, Part, Person, Plain, Reference, Step, Thing,
};
use crate::link::{ConceptId, PageId, SeriesId, WritingId};
use crate::model::writing::Kind;

/// A page that is described.
struct About<'a> {
    page: PageId,
    description: &'a str,
    image: Option<&'a ShareImage>,
}

impl Viewer<'_> {
    /// A page as JSON-LD that can stand within a `<script>`; `None` where the book has no address.
    pub(super) fn json_ld(&self, page: PageId, description: &str, image: Option<&ShareImage>) -> Option<String> {
        self.book.base_url.as_ref()?;
        let about = About { page, description, image };
        let mut graph = match page {
            PageId::Home => self.home_things(&about),
            PageId::Archive | PageId::Replies | PageId::Print | PageId::Stretch(_) => {
                vec![Thing::Plain(Box::new(self.plain_thing("CollectionPage", &about)))]
            }
            PageId::Concepts => {
                let id = Some(self.id(page, "terms"));
                vec![Thing::Plain(Box::new(Plain { id, ..self.plain_thing("DefinedTermSet", &about) }))]
            }
            PageId::Concept(id) => vec![self.term_thing(id, &about)],
            PageId::Series(id) => vec![self.series_thing(id, &about)],
            PageId::Writing(id) if self.site.writing(id).kind == Kind::Essay => vec![self.article(id, &about)],
            PageId::Writing(_) => vec![self.single_thing(&about)],
        };
        if page != PageId::Home {
            graph.push(self.breadcrumbs(page));
        }
        let json = serde_json::to_string(&Document { context: "https://schema.org", graph });
        let mut json = json.expect("things are texts, numbers and lists");
        // A script ends at its end tag and nowhere else; old scripts take the two separators for ends of lines.
        for (letter, written) in [('<', "\\u003c"), ('\u{2028}', "\\u2028"), ('\u{2029}', "\\u2029")] {
            if json.contains(letter) {
                json = json.replace(letter, written);
            }
        }
        Some(json)
    }

    fn home_things<'b>(&'b self, about: &About<'b>) -> Vec<Thing<'b>> {
        let mut site = self.plain_thing("WebSite", about);
        site.id = Some(self.id(PageId::Home, "website"));
        let person = self.person(true);
        site.author = person.as_ref().map(|person| Known::Named { id: person.id.clone() });
        std::iter::once(Thing::Plain(Box::new(site))).chain(person.map(Thing::Person)).collect()
    }

    /// What every page says of itself.
    fn plain_thing<'b>(&'b self, kind: &'static str, about: &About<'b>) -> Plain<'b> {
        Plain {
            kind,
            name: self.site.title(about.page, self.book),
            description: about.description,
            url: self.address(about.page),
            language: self.language(about.page),
            id: None,
            alternate_name: &[],
            terms: None,
            author: None,
            parts: None,
            entity: None,
        }
    }

    fn article<'b>(&'b self, id: WritingId, about: &About<'b>) -> Thing<'b> {
        let writing = self.site.writing(id);
        let meta = &writing.meta;
        let headline = headline(&meta.title);
        let url = self.address(about.page);
        let own = url.to_text();
        let series = self.site.place_in_series(id);
        let named = self.site.named[id.0 as usize].iter();
        Thing::Article(Box::new(Article {
            kind: "Article",
            id: self.id(about.page, "article"),
            name: Some(meta.title.as_str()).filter(|title| *title != headline),
            headline,
            description: about.description,
            published: meta.date.map(|date| date.to_iso()),
            modified: meta.changed().map(|date| date.to_iso()),
            author: self.person(false),
            image: about.image.map(|image| {
                let size = image.width.zip(image.height);
                Image { kind: "ImageObject", url: &image.url, width: size.map(|it| it.0), height: size.map(|it| it.1) }
            }),
            words: writing.facts.words,
            language: self.language(about.page),
            url,
            original: meta.canonical.clone().unwrap_or_else(|| own.clone()),
            part_of: series.map(|(series, _)| self.reference("CreativeWorkSeries", PageId::Series(series), "series")),
            position: series.map(|(_, at)| at + 1),
            about: named.map(|id| self.reference("DefinedTerm", PageId::Concept(*id), "term")).collect(),
            based_on: meta.canonical.as_deref().filter(|original| *original != own),
            same_as: &meta.syndication,
        }))
    }

    fn term_thing<'b>(&'b self, id: ConceptId, about: &About<'b>) -> Thing<'b> {
        let mut term = self.plain_thing("DefinedTerm", about);
        term.id = Some(self.id(about.page, "term"));
        term.alternate_name = &self.site.concept(id).aliases;
        term.terms = Some(self.reference("DefinedTermSet", PageId::Concepts, "terms"));
        Thing::Plain(Box::new(term))
    }

    fn series_thing<'b>(&'b self, id: SeriesId, about: &About<'b>) -> Thing<'b> {
        let mut series = self.plain_thing("CreativeWorkSeries", about);
        series.id = Some(self.id(about.page, "series"));
        series.author = self.person(false).map(Known::Described);
        // Those of this page: a list of hundreds helps nobody who reads linked data.
        let first = self.site.series(id).essays.iter().take(super::stretch::first_page(PageId::Series(id)).end);
        let essays = first.filter(|essay| self.is_public(PageId::Writing(**essay)));
        let part = |(at, essay): (usize, &WritingId)| Part {
            kind: "Article",
            headline: headline(&self.site.writing(*essay).meta.title),
            url: self.address(PageId::Writing(*essay)),
            position: at + 1,
        };
        series.parts = Some(essays.enumerate().map(part).collect());
        Thing::Plain(Box::new(series))
    }

    fn single_thing<'b>(&'b self, about: &About<'b>) -> Thing<'b> {
        let is_about = self.is_about(about.page);
        let person = self.person(true).filter(|_| is_about);
        let kind = match (is_about, &person) {
            (true, Some(_)) => "ProfilePage",
            (true, None) => "AboutPage",
            (false, _) => "WebPage",
        };
        Thing::Plain(Box::new(Plain { entity: person, ..self.plain_thing(kind, about) }))
    }

    /// Who wrote the book; `None` if it does not say.
    fn person(&self, with_profiles: bool) -> Option<Person<'_>> {
        (!self.book.author.is_empty()).then(|| Person {
            kind: "Person",
            id: self.id(PageId::Home, "author"),
            name: &self.book.author,
            url: self.address(PageId::Home),
            same_as: if with_profiles { &self.book.profiles } else { &[] },
        })
    }

    /// The way from the front page to this one.
    fn breadcrumbs(&self, page: PageId) -> Thing<'_> {
        let above: &[PageId] = match page {
            PageId::Writing(id) if self.site.writing(id).kind == Kind::Essay => &[PageId::Archive],
            PageId::Concept(_) => &[PageId::Concepts],
            PageId::Stretch(id) => match self.site.stretch(id).of {
                concept @ PageId::Concept(_) => &[PageId::Concepts, concept],
                list => &[list],
            },
            _ => &[],
        };
        let step = |(at, page): (usize, PageId)| Step {
            kind: "ListItem",
            position: at + 1,
            name: self.site.title(page, self.book),
            item: self.address(page),
        };
        let steps = [PageId::Home].into_iter().chain(above.iter().copied()).chain([page]);
        Thing::Crumbs(Crumbs { kind: "BreadcrumbList", steps: steps.enumerate().map(step).collect() })
    }

    /// What is described on another page.
    fn reference(&self, kind: &'static str, page: PageId, name: &'static str) -> Reference<'_> {
        Reference { kind, id: self.id(page, name), name: self.site.title(page, self.book) }
    }

    fn address(&self, page: PageId) -> Address<'_> {
        self.id(page, "")
    }

    fn id(&self, page: PageId, place: &'static str) -> Address<'_> {
        Address { base: self.book.base_url.as_deref().unwrap_or_default(), route: self.site.route(page), place }
    }

    /// The language of a page.
    pub(crate) fn language(&self, page: PageId) -> &str {
        match page {
            PageId::Writing(id) => self.language_of(id),
            _ => &self.book.language,
        }
    }
}
