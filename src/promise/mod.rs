//! What readers were promised: that addresses and headings they have been given go on leading somewhere. Knows no template
//! and no host.

mod check;
mod successor;
mod text;

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::civil;
use rayon::prelude::*;

use crate::base::path::{Route, SitePath};
use crate::link::{LeftOut, PageId, Site, Why, WritingId, reason_not_public};
use crate::model::book::Book;
use crate::model::published::Promise;
use crate::model::urls::Urls;
use crate::model::writing::{Kind, Writing};
use crate::render::{Input, Made, Output};
use crate::view::PageKey;

pub use check::{check, spoiled};
pub use text::merged;

/// What stands at an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// The front page, or one of the lists: all essays, all concepts, all replies.
    List,
    /// The page of an essay, a concept, a series, or a single page.
    Writing(Kind),
    /// Nothing of its own: it leads on to another one.
    Redirect,
    /// A file that goes out as it is.
    File,
    /// A feed, to which readers subscribe.
    Feed,
    /// Something made of the whole book, such as the sitemap or the page for printing.
    Made,
}

impl What {
    /// Whether readers are promised that it stays. Files have their names by their author's hand, those of the theme change
    /// with it, and a feed stands as long as the page it belongs to.
    #[must_use]
    pub fn is_promised(self) -> bool {
        match self {
            Self::List | Self::Writing(_) | Self::Redirect => true,
            Self::File | Self::Feed | Self::Made => false,
        }
    }

    /// The word for it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::List => "list",
            Self::Writing(kind) => kind.word(),
            Self::Redirect => "redirect",
            Self::File => "file",
            Self::Feed => "feed",
            Self::Made => "made",
        }
    }
}

/// An address of the site as it is now.
#[derive(Clone, Debug)]
pub struct Address {
    /// The file of the output folder that holds it.
    pub file: String,
    /// The address.
    pub route: Route,
    /// What stands there.
    pub what: What,
    /// The title of the page, or of the page to which it leads; empty for a file.
    pub title: String,
    /// The file of the book that stands behind it.
    pub from: Option<SitePath>,
    /// The writing that is shown there or names the old address.
    pub writing: Option<Arc<Writing>>,
    /// Where it leads, if it is an old address.
    pub to: Option<Route>,
    /// Why readers do not see it, where it is shown to the author only.
    pub why: Option<Why>,
}

impl Address {
    /// The headings of the page that is shown there, or to which it leads, in order.
    pub fn headings(&self) -> impl Iterator<Item = &str> {
        let headings = self.writing.iter().flat_map(|writing| &writing.facts.headings);
        headings.map(|heading| heading.id.as_str())
    }

    /// Whether the page that is shown there, or to which it leads, has this place to go to.
    #[must_use]
    pub fn has_place(&self, id: &str) -> bool {
        let Some(writing) = &self.writing else { return false };
        writing.facts.headings.iter().any(|heading| heading.id == id)
            || writing.facts.other_ids.iter().any(|other| other == id)
            || writing.prose().outline.blocks.iter().any(|block| block.id == id)
    }
}

/// Every address of the site as it is now.
#[derive(Clone, Debug)]
pub struct Addresses {
    /// The day for which the site is made.
    pub day: civil::Date,
    /// Sorted by file.
    list: Vec<Address>,
    left_out: Vec<LeftOut>,
    urls: Urls,
}

impl Addresses {
    /// The addresses of a site, from what its files are.
    #[must_use]
    pub fn of(input: &Input<'_>, outputs: &BTreeMap<String, Output>, day: civil::Date) -> Self {
        let Input { site, book, .. } = *input;
        let of = |(file, output): (&String, &Output)| match *output {
            Output::Page(PageKey::Missing) => None,
            Output::Page(PageKey::Page(page)) => Some(page_address(file, page, (site, book), day)),
            Output::Redirect(at) => {
                let redirect = &site.redirects[at];
                let to = page_address(file, redirect.to, (site, book), day);
                let (route, what) = (redirect.from.clone(), What::Redirect);
                Some(Address { route, what, to: Some(to.route.clone()), ..to })
            }
            Output::File(at) => {
                let (route, path) = &site.files[at];
                Some(file_address(file, route.clone(), Some(path.clone())))
            }
            Output::Made(made) => Route::of_file(file).map(|route| {
                let (what, title) = match made {
                    Made::Feed(feed) | Made::OldFeed(_, feed) => (What::Feed, feed.title(site, book)),
                    _ => (What::Made, String::new()),
                };
                Address { what, title, ..file_address(file, route, None) }
            }),
            Output::Asset(_) | Output::Key => Route::of_file(file).map(|route| file_address(file, route, None)),
        };
        let (left_out, urls) = (site.left_out.clone(), site.urls.clone());
        Self { day, list: outputs.par_iter().filter_map(of).collect(), left_out, urls }
    }

    /// Every address, sorted by the file that holds it.
    pub fn iter(&self) -> impl Iterator<Item = &Address> {
        self.list.iter()
    }

    /// What stands at an address.
    #[must_use]
    pub fn find(&self, route: &Route) -> Option<&Address> {
        let file = route.to_file();
        let at = self.list.binary_search_by(|address| address.file.as_str().cmp(&file)).ok()?;
        self.list.get(at)
    }

    /// What has become of a promise.
    #[must_use]
    pub fn state<'a>(&'a self, promise: &Promise) -> State<'a> {
        if promise.since.is_some_and(|since| since > self.day) {
            return State::Ahead;
        }
        match self.find(&promise.route) {
            Some(Address { why: Some(Why::Expired(day)), .. }) => State::Expired(*day),
            Some(address) => match (address.why, &address.writing) {
                (Some(why), Some(writing)) => State::Hidden(&writing.path, why, true),
                _ => State::Kept(address),
            },
            None => self.state_of_missing(promise),
        }
    }

    fn state_of_missing(&self, promise: &Promise) -> State<'_> {
        let own = self.left_out.iter().find(|left| left.route == promise.route);
        let own = own.or_else(|| self.left_out.iter().find(|left| Some(&left.path) == promise.from.as_ref()));
        let namers = || {
            let slug = last_part(&promise.route);
            let is_named = matches!(kind_of(promise, &self.urls), Some(Kind::Concept | Kind::Series));
            self.left_out.iter().filter(move |left| is_named && left.names.iter().any(|name| name == slug))
        };
        // What only an expired essay named goes with it, as its author wished.
        let is_expired = |left: &&LeftOut| matches!(left.why, Why::Expired(_));
        let left = own.or_else(|| namers().find(|left| !is_expired(left))).or_else(|| namers().next());
        match left.map(|left| (&left.path, left.why)) {
            Some((_, Why::Expired(day))) => State::Expired(day),
            Some((path, why)) => State::Hidden(path, why, false),
            None => State::Lost,
        }
    }

    /// Whether a file is read at all, be it shown or not.
    fn has_file(&self, path: &SitePath) -> bool {
        let is_it = |writing: &Arc<Writing>| writing.path == *path;
        self.list.iter().any(|address| address.writing.as_ref().is_some_and(is_it))
            || self.left_out.iter().any(|left| left.path == *path)
    }
}

/// What has become of a promise.
#[derive(Clone, Copy, Debug)]
pub enum State<'a> {
    /// Something stands there; an old address leads on.
    Kept(&'a Address),
    /// The site is made for a day before the promise was given.
    Ahead,
    /// The page is gone because its author said when: that was part of what was published.
    Expired(civil::Date),
    /// The file that stood there, or alone named what stood there, is not shown to readers, and whether its author sees it now.
    Hidden(&'a SitePath, Why, bool),
    /// Nothing stands there.
    Lost,
}

fn page_address(file: &str, page: PageId, (site, book): (&Site, &Book), day: civil::Date) -> Address {
    let (what, writing) = match page {
        PageId::Home | PageId::Archive | PageId::Concepts | PageId::Replies => (What::List, None),
        // A book that grows out of the one, and a list that gets too short for the other, loses the page, which is nobody's mistake.
        PageId::Print | PageId::Stretch(_) => (What::Made, None),
        PageId::Writing(id) => (What::Writing(site.writing(id).kind), Some(id)),
        PageId::Concept(id) => (What::Writing(Kind::Concept), site.concept(id).writing),
        PageId::Series(id) => (What::Writing(Kind::Series), site.series(id).writing),
    };
    let writing = writing.map(|WritingId(at)| Arc::clone(&site.writings[at as usize]));
    Address {
        file: file.to_owned(),
        route: site.route(page).clone(),
        what,
        title: site.title(page, book).to_owned(),
        why: writing.as_ref().and_then(|writing| reason_not_public(writing, day)),
        from: writing.as_ref().map(|writing| writing.path.clone()),
        writing,
        to: None,
    }
}

fn file_address(file: &str, route: Route, from: Option<SitePath>) -> Address {
    let (what, title) = (What::File, String::new());
    Address { file: file.to_owned(), route, what, title, from, writing: None, to: None, why: None }
}

/// What kind of writing stood at a promised address, as far as that can be told.
fn kind_of(promise: &Promise, urls: &Urls) -> Option<Kind> {
    match &promise.from {
        Some(from) => Kind::ALL.into_iter().find(|kind| from.below(kind.folder()).is_some()),
        None => [Kind::Concept, Kind::Series].into_iter().find(|kind| {
            let is_of = |urls: &Urls| urls.of(*kind).slug_in(&promise.route).is_some();
            is_of(urls) || is_of(&Urls::default())
        }),
    }
}

/// The last part of an address: a slug, or the name of a file.
fn last_part(route: &Route) -> &str {
    route.as_str().trim_end_matches('/').rsplit('/').next().unwrap_or("")
}
