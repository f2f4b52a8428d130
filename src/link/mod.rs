//! The whole book, joined: who is shown, where, who points at whom, which ideas stand where. Sees outlines, never HTML.

mod backlinks;
mod collections;
pub mod concepts;
mod embeds;
mod frame;
mod mentions;
mod names;
mod passages;
mod pictures;
mod related;
mod resolve;
mod routes;
mod stretches;
pub mod threads;
mod visibility;
mod walk;
mod whole_words;

use serde::{Deserialize, Serialize};
use std::sync::Arc;

use jiff::civil;

use crate::base::diagnostic::Diagnostics;
use crate::base::path::{Route, SitePath};
use crate::model::book::Book;
use crate::model::kept::Found;
use crate::model::prose::Range;
use crate::model::source::{Asset, Snapshot};
use crate::model::urls::Urls;
use crate::model::writing::{Kind, Parsed, Writing};

pub use backlinks::Backlink;
pub(crate) use backlinks::{Sentences, by_sentence};
pub use collections::Series;
pub use concepts::{Appearance, Concept, Relation, Tie};
use frame::{Begun, Frame};
pub use mentions::{Mention, Mentions};
pub(crate) use mentions::{names as forms, patterns as concept_patterns, plural};
pub(crate) use names::Names;
pub use pictures::is_shared;
pub use related::{Reason, Related, Wishes};
pub use routes::Redirect;
pub use stretches::{MOST_IN_INDEX, MOST_LISTED, Stretch, StretchId};
pub use threads::Conversation;
pub use visibility::{LeftOut, Why, reason as reason_not_public};
pub(crate) use whole_words::WholeWords;

/// A book with more essays than this has no page that holds all of it.
const MOST_PRINTED: usize = 500;

/// Index of a writing in `Site::writings`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct WritingId(pub u32);

/// Index of a concept in `Site::concepts`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize, Serialize)]
pub struct ConceptId(pub u32);

/// Index of a series in `Site::series`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SeriesId(pub u32);

/// A page of the site that a link can lead to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PageId {
    /// The front page.
    Home,
    /// Every essay by year.
    Archive,
    /// The index of concepts.
    Concepts,
    /// An essay or a single page.
    Writing(WritingId),
    /// A concept.
    Concept(ConceptId),
    /// A series.
    Series(SeriesId),
    /// Every reply, where there are any.
    Replies,
    /// The whole book on one page, for paper.
    Print,
    /// A stretch of a list that is too long for one page.
    Stretch(StretchId),
}

/// Where a link leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// Out of the site.
    External,
    /// To a heading or paragraph of the same page.
    Here(String),
    /// To a page, and a heading or paragraph there; empty for the page as a whole.
    Page(PageId, String),
    /// To a file.
    File(Route),
    /// A passage to be shown in place.
    Passage(Passage),
    /// Nowhere: the words stay, the link does not.
    Plain,
}

/// Pieces of a writing that are shown on another page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Passage {
    /// The writing.
    pub writing: WritingId,
    /// The page it is shown on, and the id of the passage there.
    pub page: PageId,
    /// Id of the heading or paragraph; empty for the whole text.
    pub fragment: String,
    /// Indexes in its `Prose::pieces`.
    pub pieces: Range,
    /// Whether the pieces are words without an element around them.
    pub is_bare: bool,
}

/// A picture, found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Picture {
    /// A file of the book, with its width and height where they are known.
    File(Route, Option<(u32, u32)>),
    /// Not to be shown: on somebody else's server, or nowhere.
    Missing,
}

/// The book, joined.
#[derive(Clone, Debug, Default)]
pub struct Site {
    /// How addresses are made.
    pub urls: Urls,
    /// Every writing that is shown, sorted by path.
    pub writings: Vec<Arc<Writing>>,
    /// The address of each writing.
    pub routes: Vec<Route>,
    /// Essays, oldest first; those without a date come before all others.
    pub essays: Vec<WritingId>,
    /// For each writing, its place in `essays`; 0 for all but essays.
    pub(crate) ages: Arc<Vec<u32>>,
    /// Single pages, by title.
    pub pages: Vec<WritingId>,
    /// Concepts, by slug.
    pub concepts: Vec<Concept>,
    /// For each writing, the concepts that its front matter names, sorted; none for all but essays.
    pub named: Arc<Vec<Vec<ConceptId>>>,
    /// Every name of every concept with a file, as a slug, and the slug of the concept.
    pub concept_names: std::collections::BTreeMap<String, String>,
    /// Pairs of concepts that are used together, the strongest first.
    pub ties: Vec<Tie>,
    /// Series, by slug.
    pub series: Vec<Series>,
    /// The series of each essay that has one, and its place there, from 0.
    pub series_of: std::collections::BTreeMap<WritingId, (SeriesId, usize)>,
    /// For each writing, where each of its links leads.
    pub targets: Vec<Arc<Vec<Target>>>,
    /// For each writing, its pictures.
    pub pictures: Vec<Vec<Picture>>,
    /// Pictures that stand for essays, as their front matter names them.
    pub covers: std::collections::BTreeMap<WritingId, Picture>,
    /// The picture that stands for every other page.
    pub cover: Option<Picture>,
    /// For each writing, the concepts in its text.
    pub mentions: Vec<Arc<Mentions>>,
    /// Who links to each page, sorted by page.
    pub backlinks: std::collections::BTreeMap<PageId, Vec<Backlink>>,
    /// For each concept file with a chosen passage, the essay and the block in which that stands.
    pub passages: std::collections::BTreeMap<WritingId, (WritingId, u32)>,
    /// What the author wishes to be read after an essay, where anything.
    pub wishes: std::collections::BTreeMap<WritingId, Wishes>,
    /// What readers said of each essay that they answered.
    pub conversations: std::collections::BTreeMap<WritingId, Arc<Conversation>>,
    /// Files that go out as they are, by address.
    pub files: Vec<(Route, SitePath)>,
    /// Old addresses.
    pub redirects: Vec<Redirect>,
    /// Every file that pages, files and old addresses take.
    pub(crate) taken: Arc<routes::Taken>,
    /// Stretches of lists that are too long for one page, by the pages of the lists.
    pub stretches: Vec<Stretch>,
    /// What is not shown, with the reason.
    pub left_out: Vec<LeftOut>,
    /// Every name that a link may use.
    pub(crate) names: Arc<Names>,
}

impl Site {
    /// A writing.
    #[must_use]
    pub fn writing(&self, id: WritingId) -> &Writing {
        &self.writings[id.0 as usize]
    }

    /// A concept.
    #[must_use]
    pub fn concept(&self, id: ConceptId) -> &Concept {
        &self.concepts[id.0 as usize]
    }

    /// A series.
    #[must_use]
    pub fn series(&self, id: SeriesId) -> &Series {
        &self.series[id.0 as usize]
    }

    /// The address of a page.
    #[must_use]
    pub fn route(&self, page: PageId) -> &Route {
        match page {
            PageId::Home => &routes::HOME,
            PageId::Archive => &routes::ARCHIVE,
            PageId::Concepts => &routes::CONCEPTS,
            PageId::Replies => &routes::REPLIES,
            PageId::Print => &routes::PRINT,
            PageId::Writing(id) => &self.routes[id.0 as usize],
            PageId::Concept(id) => &self.concept(id).route,
            PageId::Series(id) => &self.series(id).route,
            PageId::Stretch(id) => &self.stretch(id).route,
        }
    }

    /// The name of a page.
    #[must_use]
    pub fn title<'a>(&'a self, page: PageId, book: &'a Book) -> &'a str {
        match page {
            PageId::Home => &book.title,
            PageId::Archive => "Essays",
            PageId::Concepts => "Concepts",
            PageId::Replies => "Replies",
            PageId::Print => "The whole book",
            PageId::Writing(id) => &self.writing(id).meta.title,
            PageId::Concept(id) => &self.concept(id).title,
            PageId::Series(id) => &self.series(id).title,
            PageId::Stretch(id) => &self.stretch(id).title,
        }
    }

    /// The name of the file of replies that belongs to an essay, without its extension.
    #[must_use]
    pub fn replies_name(&self, id: WritingId) -> &str {
        threads::name_of(&self.writing(id).path)
    }

    /// The slug of a writing.
    #[must_use]
    pub fn slug(&self, id: WritingId) -> String {
        routes::slug_of(self.writing(id))
    }

    /// Whether any essay has replies to show.
    #[must_use]
    pub fn has_replies(&self) -> bool {
        self.conversations.values().any(|conversation| conversation.count > 0)
    }

    /// Whether the whole book stands on one page: not where that page would be too long to print or to open.
    #[must_use]
    pub fn has_print(&self) -> bool {
        (1..=MOST_PRINTED).contains(&self.essays.len())
    }

    /// The page that shows a writing: its own, that of its concept or that of its series.
    #[must_use]
    pub fn page_of(&self, id: WritingId) -> PageId {
        match self.writing(id).kind {
            Kind::Essay | Kind::Page => PageId::Writing(id),
            // Two files that want one slug share the page of the first; the clash is reported with the routes.
            Kind::Concept => {
                let slug = routes::slug_of(self.writing(id));
                let at = self.concepts.binary_search_by(|concept| concept.slug.cmp(&slug));
                PageId::Concept(ConceptId(index(at.expect("every concept file was collected by its slug"))))
            }
            Kind::Series => {
                let slug = routes::slug_of(self.writing(id));
                let at = self.series.binary_search_by(|series| series.slug.cmp(&slug));
                PageId::Series(SeriesId(index(at.expect("every series file was collected by its slug"))))
            }
        }
    }
}

/// A position in one of the arenas of `Site`.
pub(crate) fn index(position: usize) -> u32 {
    u32::try_from(position).expect("a book has fewer than four billion parts")
}

/// What of the snapshot the link stage looks at.
pub struct LinkInput<'a> {
    /// The settings.
    pub book: &'a Book,
    /// Files that go out as they are.
    pub assets: &'a [Asset],
    /// The day for which the site is made.
    pub as_of: civil::Date,
    /// Whether drafts are shown.
    pub with_drafts: bool,
}

impl<'a> LinkInput<'a> {
    /// What of this snapshot the link stage looks at.
    #[must_use]
    pub fn of(snapshot: &'a Snapshot) -> Self {
        Self {
            book: &snapshot.book,
            assets: &snapshot.assets,
            as_of: snapshot.as_of,
            with_drafts: snapshot.with_drafts,
        }
    }
}

/// Joins what the files say into one site.
#[must_use]
pub fn link(parsed: Parsed, input: &LinkInput<'_>) -> (Site, Diagnostics) {
    link_again(parsed, input, &mut Memo::default())
}

/// Remembers, from one link to the next, what was found in files that say the same. Forgetting costs time and nothing else.
#[derive(Default)]
pub struct Memo {
    frame: Option<Frame>,
    threads: threads::Memo,
    mentions: mentions::Memo,
    resolve: resolve::Memo,
}

impl Found for Memo {
    fn is_as_before(&self, writing: &Arc<Writing>) -> bool {
        self.mentions.is_as_before(writing)
    }

    fn found<'a>(&'a self, writing: &'a Arc<Writing>) -> std::borrow::Cow<'a, [u8]> {
        self.mentions.found(writing)
    }
}

/// Joins what the files say into one site; what `memo` holds of files that say the same, by their place in memory, is not
/// looked for again.
#[must_use]
pub fn link_again(parsed: Parsed, input: &LinkInput<'_>, memo: &mut Memo) -> (Site, Diagnostics) {
    let mut diagnostics = Diagnostics::default();
    let (writings, left_out) = visibility::split(parsed.writings, input, &mut diagnostics);
    let before = memo.frame.take().filter(|frame| frame.fits(&writings, &left_out, input));
    let mut site = Site { urls: input.book.urls.clone(), writings, left_out, ..Site::default() };
    match &before {
        Some(frame) => frame.order(&mut site),
        None => collections::sort_essays(&mut site),
    }
    let are_said_before = threads::collect(&mut site, parsed.replies, &mut memo.threads, &mut diagnostics);
    let before = before.filter(|frame| frame.fits_replies(&site));
    let is_same_frame = before.is_some() && are_said_before;
    let (frame, found) = match before {
        Some(frame) => (frame, None),
        None => {
            // Names are collected by one hand; the others look for concepts meanwhile.
            let begun = Begun::of(&site);
            let mut own = begun.site.clone();
            let find = || {
                mentions::find(&mut own, input.book, &mut memo.mentions);
                (own.mentions, own.conversations)
            };
            let (frame, found) = rayon::join(|| begun.finish(input.assets), find);
            (frame, Some(found))
        }
    };
    let frame = memo.frame.insert(frame);
    frame.fill(&mut site);
    diagnostics.append(frame.diagnostics.clone());
    match found {
        Some((mentions, conversations)) => (site.mentions, site.conversations) = (mentions, conversations),
        None => mentions::find(&mut site, input.book, &mut memo.mentions),
    }
    let names = Arc::clone(&site.names);
    resolve::links(&mut site, &names, input.book, (&mut memo.resolve, is_same_frame), &mut diagnostics);
    pictures::find(&mut site, &names, input, &mut diagnostics);
    embeds::check(&mut site, &mut diagnostics);
    backlinks::collect(&mut site);
    concepts::connect(&mut site);
    stretches::find(&mut site);
    passages::find(&mut site, &mut diagnostics);
    (site, diagnostics)
}
