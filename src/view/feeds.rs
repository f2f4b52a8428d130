//! Which feeds there are, what they are called and where they stand. Knows nothing of what is in them.

use crate::base::path::Route;
use crate::link::{ConceptId, PageId, SeriesId, Site, index};
use crate::model::book::{Book, Feeds};

/// What a feed follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject {
    /// Every essay.
    Book,
    /// Essays that use a concept.
    Concept(ConceptId),
    /// Essays of a series.
    Series(SeriesId),
    /// Replies of readers.
    Replies,
}

/// How a feed is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Atom (RFC 4287).
    Atom,
    /// RSS 2.0.
    Rss,
    /// JSON Feed 1.1.
    Json,
}

impl Format {
    /// Every format, the recommended one first.
    pub const ALL: [Self; 3] = [Self::Atom, Self::Rss, Self::Json];

    /// The name of its file.
    #[must_use]
    pub fn file_name(self) -> &'static str {
        match self {
            Self::Atom => "feed.xml",
            Self::Rss => "rss.xml",
            Self::Json => "feed.json",
        }
    }

    /// Its media type.
    #[must_use]
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Atom => "application/atom+xml",
            Self::Rss => "application/rss+xml",
            Self::Json => "application/feed+json",
        }
    }
}

/// A feed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Feed {
    /// What it follows.
    pub subject: Subject,
    /// How it is written.
    pub format: Format,
}

impl Feed {
    /// Every feed of a site: one in each format for the book, each concept and each series, and one in Atom for the replies, as far
    /// as the settings want them.
    #[must_use]
    pub fn all(site: &Site, wanted: Feeds) -> Vec<Self> {
        let concepts = (0..site.concepts.len()).map(|at| PageId::Concept(ConceptId(index(at))));
        let series = (0..site.series.len()).map(|at| PageId::Series(SeriesId(index(at))));
        let pages = std::iter::once(PageId::Home).chain(concepts).chain(series);
        let pages = pages.chain(site.has_replies().then_some(PageId::Replies));
        pages.flat_map(|page| Self::of(page, wanted)).collect()
    }

    /// The feeds that belong to a page.
    pub fn of(page: PageId, wanted: Feeds) -> impl Iterator<Item = Self> {
        let subject = match page {
            _ if wanted == Feeds::None => None,
            PageId::Concept(_) | PageId::Series(_) if wanted == Feeds::Book => None,
            PageId::Home => Some(Subject::Book),
            PageId::Concept(id) => Some(Subject::Concept(id)),
            PageId::Series(id) => Some(Subject::Series(id)),
            PageId::Replies => Some(Subject::Replies),
            PageId::Archive | PageId::Concepts | PageId::Print | PageId::Writing(_) | PageId::Stretch(_) => None,
        };
        let fits = |subject, format| subject != Subject::Replies || format == Format::Atom;
        let in_all = move |subject| {
            Format::ALL
                .into_iter()
                .filter(move |format| fits(subject, *format))
                .map(move |format| Self { subject, format })
        };
        subject.into_iter().flat_map(in_all)
    }

    /// The page that shows what the feed follows.
    #[must_use]
    pub fn page(self) -> PageId {
        match self.subject {
            Subject::Book => PageId::Home,
            Subject::Concept(id) => PageId::Concept(id),
            Subject::Series(id) => PageId::Series(id),
            Subject::Replies => PageId::Replies,
        }
    }

    /// Its address: below that of the page it belongs to.
    #[must_use]
    pub fn route(self, site: &Site) -> Route {
        self.route_below(site.route(self.page()))
    }

    /// Where it stands below the address of a page.
    #[must_use]
    pub fn route_below(self, page: &Route) -> Route {
        let folder =
            page.as_str().strip_suffix(".html").map_or_else(|| page.as_str().to_owned(), |stem| format!("{stem}/"));
        Route::new(&format!("{folder}{}", self.format.file_name())).expect("a clean address and a clean name")
    }

    /// Its title: the book's, and what it follows of it.
    #[must_use]
    pub fn title(self, site: &Site, book: &Book) -> String {
        match self.subject {
            Subject::Book => book.title.clone(),
            _ => format!("{} \u{b7} {}", site.title(self.page(), book), book.title),
        }
    }
}
