//! Which pages exist, and what each may know. Knows no template.

pub(crate) mod cards;
mod clean_html;
mod concept;
mod describe;
mod elsewhere;
pub mod entries;
mod essay;
pub mod feeds;
pub mod head;
mod linked;
mod linked_things;
mod lists;
pub mod long_views;
mod missing;
mod places;
mod print;
pub mod print_views;
pub(crate) mod prose;
pub mod recipe;
pub mod reply_views;
pub mod shared;
mod stretch;
mod tables;
mod thread;
pub mod views;

use serde::Serialize;
use serde_json::{Map, Value};

use crate::base::language::is_right_to_left;
use crate::base::path::{Route, SitePath};
use crate::link::{ConceptId, PageId, SeriesId, Site, StretchId, WritingId, index};
use crate::memo::Memo;
use crate::model::book::{Book, Feeds};
use crate::model::writing::Kind;
use prose::{Filler, Place};
use recipe::OwnText;
pub use tables::Tables;
use views::{
    ArchiveView, BookView, ConceptView, ConceptsView, EssayView, HomeView, MissingView, PageView, PrintView,
    RepliesView, SeriesView, SingleView, YearPageView,
};

/// A page of the site.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PageKey {
    /// A page that links lead to.
    Page(PageId),
    /// The page for addresses that do not exist.
    Missing,
}

/// What the template of a page may show besides `book` and `page`, under the name in `name`.
#[derive(Clone, Debug, Serialize)]
#[serde(untagged)]
pub enum View {
    /// `home`
    Home(Box<HomeView>),
    /// `archive`
    Archive(Box<ArchiveView>),
    /// `concepts`
    Concepts(Box<ConceptsView>),
    /// `essay`
    Essay(Box<EssayView>),
    /// `concept`
    Concept(Box<ConceptView>),
    /// `series`
    Series(Box<SeriesView>),
    /// `year`
    Year(Box<YearPageView>),
    /// `single`
    Single(Box<SingleView>),
    /// `replies`
    Replies(Box<RepliesView>),
    /// `print`
    Print(Box<PrintView>),
    /// `missing`
    Missing(Box<MissingView>),
}

impl View {
    /// The name under which a template finds it.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Home(_) => "home",
            Self::Archive(_) => "archive",
            Self::Concepts(_) => "concepts",
            Self::Essay(_) => "essay",
            Self::Concept(_) => "concept",
            Self::Series(_) => "series",
            Self::Year(_) => "year",
            Self::Single(_) => "single",
            Self::Replies(_) => "replies",
            Self::Print(_) => "print",
            Self::Missing(_) => "missing",
        }
    }
}

/// A page, ready for its template.
#[derive(Clone, Debug)]
pub struct Page {
    /// Its address.
    pub route: Route,
    /// `page`
    pub page: PageView,
    /// The rest.
    pub view: View,
}

impl Page {
    /// The text that is the page's own, if it has one: its body, then its notes.
    pub fn texts(&self) -> Option<impl Iterator<Item = &str>> {
        let View::Essay(view) = &self.view else { return None };
        Some(std::iter::once(view.body.as_str()).chain(view.notes.iter().map(|note| note.html.as_str())))
    }
}

/// The way in which a language runs, as HTML says it.
pub(crate) fn direction(language: &str) -> &'static str {
    if is_right_to_left(language) { "rtl" } else { "ltr" }
}

/// Whether a single page stands in no folder but its own.
fn is_at_the_top(path: &SitePath) -> bool {
    let below = path.below(Kind::Page.folder()).unwrap_or("");
    !below.strip_suffix("/index.md").unwrap_or(below).contains('/')
}

/// Makes pages of a site.
#[derive(Clone, Copy)]
pub struct Viewer<'a> {
    site: &'a Site,
    book: &'a Book,
    as_of: jiff::civil::Date,
    tables: &'a Tables,
    /// Whether texts are left as they are, and their recipes stand in their places: see `recipe`.
    is_recipe: bool,
    leaves: Option<&'a Memo>,
}

impl<'a> Viewer<'a> {
    /// Makes pages of this site.
    #[must_use]
    pub fn new(site: &'a Site, book: &'a Book, as_of: jiff::civil::Date, tables: &'a Tables) -> Self {
        Self { site, book, as_of, tables, leaves: None, is_recipe: false }
    }

    /// The same; code that `leaves` holds is not coloured again.
    #[must_use]
    pub fn with_leaves(self, leaves: &'a Memo) -> Self {
        Self { leaves: Some(leaves), ..self }
    }

    /// Every page, in a fixed order.
    #[must_use]
    pub fn keys(&self) -> Vec<PageKey> {
        let writings = (0..self.site.writings.len())
            .map(|at| WritingId(index(at)))
            .filter(|id| matches!(self.site.writing(*id).kind, Kind::Essay | Kind::Page))
            .map(PageId::Writing);
        let concepts = (0..self.site.concepts.len()).map(|at| PageId::Concept(ConceptId(index(at))));
        let series = (0..self.site.series.len()).map(|at| PageId::Series(SeriesId(index(at))));
        let stretches = (0..self.site.stretches.len()).map(|at| PageId::Stretch(StretchId(index(at))));
        [PageId::Home, PageId::Archive, PageId::Concepts]
            .into_iter()
            .chain(self.site.has_replies().then_some(PageId::Replies))
            .chain(self.site.has_print().then_some(PageId::Print))
            .chain(concepts)
            .chain(series)
            .chain(writings)
            .chain(stretches)
            .map(PageKey::Page)
            .chain([PageKey::Missing])
            .collect()
    }

    /// `book`, with the settings of the theme.
    #[must_use]
    pub fn book_view(&self, theme: &Map<String, Value>) -> BookView {
        BookView {
            title: self.book.title.clone(),
            author: self.book.author.clone(),
            summary: self.book.summary.clone(),
            language: self.book.language.clone(),
            url: self.book.base_url.clone(),
            feed: self
                .book
                .base_url
                .as_ref()
                .filter(|_| self.book.outputs.feeds != Feeds::None)
                .map(|_| "feed.xml".to_owned()),
            profiles: self.profiles(),
            pages: self
                .site
                .pages
                .iter()
                .filter(|id| is_at_the_top(&self.site.writing(**id).path))
                .map(|id| self.link(PageId::Writing(*id)))
                .collect(),
            essay_count: self.site.essays.len(),
            concept_count: self.site.concepts.len(),
            has_replies: self.site.has_replies(),
            has_print: self.site.has_print(),
            prints_replies: self.book.print.replies,
            series: self.series_everywhere(),
            loose: self.loose(),
            theme: theme.clone(),
            extra: self.book.extra.clone(),
        }
    }

    /// The address of a page.
    #[must_use]
    pub fn route(&self, key: PageKey) -> Route {
        match key {
            PageKey::Page(id) => self.site.route(id).clone(),
            PageKey::Missing => Route::new("/404.html").expect("a clean address"),
        }
    }

    /// The kind of a page, which is the name of its template.
    #[must_use]
    pub fn kind(&self, key: PageKey) -> &'static str {
        let PageKey::Page(id) = key else { return "missing" };
        match id {
            PageId::Home => "home",
            PageId::Archive => "archive",
            PageId::Concepts => "concepts",
            PageId::Replies => "replies",
            PageId::Print => "print",
            PageId::Concept(_) => "concept",
            PageId::Series(_) => "series",
            PageId::Writing(id) if self.site.writing(id).kind == Kind::Essay => "essay",
            PageId::Writing(_) => "page",
            PageId::Stretch(id) => match self.site.stretch(id).of {
                // Further pages of a list are as its first one is.
                list @ (PageId::Series(_) | PageId::Concepts | PageId::Replies) => self.kind(PageKey::Page(list)),
                _ => "year",
            },
        }
    }

    /// Whether a page has texts of its own, as `Page::texts` tells them.
    #[must_use]
    pub fn has_texts(&self, key: PageKey) -> bool {
        matches!(key, PageKey::Page(PageId::Writing(id)) if self.site.writing(id).kind == Kind::Essay)
    }

    /// One page.
    #[must_use]
    pub fn page(&self, key: PageKey) -> Page {
        self.page_with_texts(key, None)
    }

    /// The same, of which texts of its own are known, as `Page::texts` told them.
    #[must_use]
    pub fn page_with_texts(&self, key: PageKey, known: Option<Vec<String>>) -> Page {
        let PageKey::Page(id) = key else { return self.missing_page() };
        let text = match (id, known) {
            (PageId::Writing(id), Some(texts)) => self.own_text(id, texts),
            _ => None,
        };
        // Held here, its text is read once for all that the page shows of it, also where there is no room for it.
        let _text = match id {
            PageId::Writing(id) if text.is_none() && !self.is_recipe => Some(self.site.writing(id).prose()),
            _ => None,
        };
        let mut page = self.page_without_head(id, text);
        page.page.head = self.head(id, &page.page.description);
        page
    }

    fn page_without_head(&self, id: PageId, text: Option<OwnText>) -> Page {
        let description = self.description(id);
        let route = self.site.route(id).clone();
        let root = route.to_root();
        let title = self.site.title(id, self.book);
        let (view, writing) = match id {
            PageId::Home => (View::Home(Box::new(self.home_view())), None),
            PageId::Archive => (View::Archive(Box::new(self.archive_view())), None),
            PageId::Concepts => (View::Concepts(Box::new(self.concepts_view(stretch::first_page(id), id))), None),
            PageId::Replies => (View::Replies(Box::new(self.replies_view(stretch::first_page(id), id))), None),
            PageId::Print => (View::Print(Box::new(self.print_view(&root))), None),
            PageId::Concept(concept) => {
                (View::Concept(Box::new(self.concept_view(concept, &root))), self.site.concept(concept).writing)
            }
            PageId::Series(series) => {
                (View::Series(Box::new(self.series_view(series, &root))), self.site.series(series).writing)
            }
            PageId::Stretch(stretch) => (self.stretch_view(stretch), None),
            PageId::Writing(writing) if self.site.writing(writing).kind == Kind::Essay => {
                (View::Essay(Box::new(self.essay_view(writing, &root, text))), Some(writing))
            }
            PageId::Writing(writing) => (View::Single(Box::new(self.single_view(writing, &root))), Some(writing)),
        };
        let mut page = self.page_view(self.kind(PageKey::Page(id)), &route, title, &description, writing);
        match id {
            PageId::Home => page.title.clone_from(&self.book.title),
            PageId::Writing(id) => {
                page.canonical = self.site.writing(id).meta.canonical.clone().or(page.canonical);
            }
            _ => {}
        }
        Page { page, route, view }
    }

    /// Whether readers see a page: not where an essay is shown to its author only.
    #[must_use]
    pub fn is_public(&self, page: PageId) -> bool {
        !matches!(page, PageId::Writing(id) if !self.is_shown_to_readers(id))
    }

    /// The essays that readers see, oldest first.
    pub fn public_essays(&self) -> impl Iterator<Item = WritingId> {
        self.site.essays.iter().copied().filter(|id| self.is_public(PageId::Writing(*id)))
    }

    fn is_shown_to_readers(&self, id: WritingId) -> bool {
        crate::link::reason_not_public(self.site.writing(id), self.as_of).is_none()
    }

    fn page_view(
        &self,
        kind: &str,
        route: &Route,
        title: &str,
        description: &str,
        writing: Option<WritingId>,
    ) -> PageView {
        let facts = writing.map(|id| &self.site.writing(id).facts);
        let lang = writing.map_or(&self.book.language, |id| self.language_of(id));
        PageView {
            kind: kind.to_owned(),
            title: format!("{title} \u{b7} {}", self.book.title),
            description: description.to_owned(),
            canonical: self.book.absolute(route),
            lang: lang.clone(),
            dir: direction(lang).to_owned(),
            root: route.to_root(),
            url: route.to_url(),
            is_public: writing.is_none_or(|id| self.is_shown_to_readers(id)),
            has_notes: facts.is_some_and(|facts| !facts.notes.is_empty()),
            has_math: facts.is_some_and(|facts| facts.has_math),
            head: None,
        }
    }

    /// Language tag of a writing.
    fn language_of(&self, id: WritingId) -> &String {
        self.site.writing(id).meta.lang.as_ref().unwrap_or(&self.book.language)
    }

    fn filler<'b>(&'b self, root: &'b str) -> Filler<'b> {
        Filler { site: self.site, root, place: Place::Page, leaves: self.leaves, is_recipe: self.is_recipe }
    }
}
