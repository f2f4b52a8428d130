//! Which feeds there are, what they are called and where they stand. Knows nothing of what is in them.

use crate::base::path::Route;
use crate::link::{ConceptId, PageId, SeriesId, Site, index};
use crate::model::book::Book;

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
    /// Every feed of a site: one in each format for the book, each concept and each series, and one in Atom for the replies.
    #[must_use]
    pub fn all(site: &Site) -> Vec<Self> {
        let concepts = (0..site.concepts.len()).map(|at| Subject::Concept(ConceptId(index(at))));
        let series = (0..site.series.len()).map(|at| Subject::Series(SeriesId(index(at))));
        let subjects = std::iter::once(Subject::Book).chain(concepts).chain(series);
        let in_all = subjects.flat_map(|subject| Format::ALL.map(|format| Self { subject, format }));
        let replies = site.has_replies().then_some(Self { subject: Subject::Replies, format: Format::Atom });
        in_all.chain(replies).collect()
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
        let page = site.route(self.page());
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
