//! The page for addresses that do not exist: names of everything else, for readers to choose from.

use super::views::{LinkView, MissingView, NamedView};
use super::{Page, PageKey, View, Viewer};
use crate::link::{ConceptId, PageId, SeriesId, index};

/// The most entries of one list: this page comes with every slip of a reader.
const MOST: usize = 1000;
/// The most bytes of names and addresses in one list.
const HEAVIEST: usize = 32_000;

impl Viewer<'_> {
    pub(super) fn missing_page(&self) -> Page {
        let route = self.route(PageKey::Missing);
        let mut page = self.page_view(self.kind(PageKey::Missing), &route, "Not found", "", None);
        self.book.base_path().clone_into(&mut page.root);
        page.canonical = None;
        Page { page, route, view: View::Missing(Box::new(self.missing_view())) }
    }

    fn missing_view(&self) -> MissingView {
        let essays = self.site.essays.iter().rev().map(|id| PageId::Writing(*id));
        let series = (0..self.site.series.len()).map(|at| PageId::Series(SeriesId(index(at))));
        let pages = self.site.pages.iter().map(|id| PageId::Writing(*id));
        let pages = pages
            .chain(self.site.has_replies().then_some(PageId::Replies))
            .chain(self.site.has_print().then_some(PageId::Print));
        MissingView {
            essays: self.by_title(essays),
            concepts: self.most_used(),
            series: self.by_title(series),
            pages: self.by_title(pages),
        }
    }

    /// The first of these pages, as many as there is room for, by title.
    fn by_title(&self, pages: impl Iterator<Item = PageId>) -> Vec<LinkView> {
        let mut room = Room(HEAVIEST);
        let links = pages.take(MOST).map(|page| self.link(page));
        let mut links: Vec<LinkView> = links.take_while(|link| room.takes(link.title.len() + link.url.len())).collect();
        links.sort_by(|a, b| a.title.cmp(&b.title).then_with(|| a.url.cmp(&b.url)));
        links
    }

    fn most_used(&self) -> Vec<NamedView> {
        let mut ids: Vec<ConceptId> = (0..self.site.concepts.len()).map(|at| ConceptId(index(at))).collect();
        ids.sort_by_key(|id| std::cmp::Reverse(self.site.concept(*id).appearances.len()));
        ids.truncate(MOST);
        let view = |id: ConceptId| {
            let concept = self.site.concept(id);
            NamedView { title: concept.title.clone(), url: concept.route.to_url(), aliases: concept.aliases.clone() }
        };
        let mut room = Room(HEAVIEST);
        let weight =
            |view: &NamedView| view.title.len() + view.url.len() + view.aliases.iter().map(String::len).sum::<usize>();
        let mut views: Vec<NamedView> = ids.into_iter().map(view).take_while(|view| room.takes(weight(view))).collect();
        views.sort_by(|a, b| a.title.cmp(&b.title).then_with(|| a.url.cmp(&b.url)));
        views
    }
}

/// What is left of the bytes that a list may have.
struct Room(usize);

impl Room {
    fn takes(&mut self, bytes: usize) -> bool {
        let left = self.0.checked_sub(bytes);
        self.0 = left.unwrap_or(0);
        left.is_some()
    }
}
