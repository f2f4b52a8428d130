//! Names that a wikilink may use: titles, slugs, aliases, in any case. Knows nothing of where links stand.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use rayon::prelude::*;

use super::{ConceptId, LeftOut, PageId, SeriesId, Site, WritingId, index};
use crate::base::path::SitePath;
use crate::base::slug::slug;
use crate::model::writing::{Kind, Writing};

/// What a name leads to.
pub(super) enum Found<'a> {
    /// One page.
    Page(PageId),
    /// Several, with the names that tell them apart.
    Several(Vec<String>),
    /// A writing that is not shown.
    Hidden(&'a LeftOut),
    /// A concept or series that only this writing names, which is not shown.
    OnlyNamed(&'a LeftOut),
    /// Nothing.
    Nothing,
}

/// Writings that are not shown, by everything that may point at them.
#[derive(Debug, Default)]
pub(super) struct Hidden {
    by_path: BTreeMap<SitePath, LeftOut>,
    /// By the folder of `NAME/index.md`.
    by_folder: BTreeMap<String, LeftOut>,
    by_name: BTreeMap<String, LeftOut>,
    by_route: BTreeMap<String, LeftOut>,
    /// By the slugs of concepts and series they name.
    by_mention: BTreeMap<String, LeftOut>,
}

impl Hidden {
    pub(super) fn new(left_out: &[LeftOut]) -> Self {
        let own_folder = |left: &&LeftOut| left.path.stem() == "index" && left.path.folder() != left.kind.folder();
        let names = |left: &LeftOut| [slug(&left.title), left.slug.clone(), label(left.kind, &left.slug)];
        Self {
            by_path: left_out.iter().map(|left| (left.path.clone(), left.clone())).collect(),
            by_folder: left_out
                .iter()
                .filter(own_folder)
                .map(|left| (left.path.folder().to_owned(), left.clone()))
                .collect(),
            by_name: left_out.iter().flat_map(|left| names(left).map(|name| (name, left.clone()))).collect(),
            by_route: left_out.iter().map(|left| (left.route.as_str().to_owned(), left.clone())).collect(),
            by_mention: left_out
                .iter()
                .flat_map(|left| left.names.iter().map(|name| (name.clone(), left.clone())))
                .collect(),
        }
    }

    /// The writing with this file, or in whose own folder it lies, as the pictures of `NAME/index.md` do.
    pub(super) fn owner(&self, file: &SitePath) -> Option<&LeftOut> {
        let mut folder = file.folder();
        let mut found = self.by_path.get(file);
        while found.is_none() && !folder.is_empty() {
            found = self.by_folder.get(folder);
            folder = folder.rsplit_once('/').map_or("", |(above, _)| above);
        }
        found
    }

    /// The writing that names this concept or series.
    pub(super) fn namer(&self, name: &str) -> Option<&LeftOut> {
        self.by_mention.get(&slug(name))
    }
}

/// The name that tells kinds apart: `essays/trust`, `concepts/trust`.
fn label(kind: Kind, slug: &str) -> String {
    format!("{}/{slug}", kind.folder().trim_start_matches("content/"))
}

/// Pages with one name, each once, in their order.
type Pages = Vec<PageId>;

/// Every name of every page.
#[derive(Debug, Default)]
pub(crate) struct Names {
    by_slug: HashMap<String, Pages>,
    by_title: HashMap<String, Pages>,
    by_path: HashMap<SitePath, PageId>,
    by_route: BTreeMap<String, PageId>,
    labels: BTreeMap<PageId, String>,
    by_label: HashMap<String, PageId>,
    titles: Vec<String>,
    /// Sorted.
    paths: Vec<SitePath>,
    hidden: Hidden,
}

impl Names {
    /// The page that a wikilink with this target leads to; `None` where it leads to none, to several or to a place on one.
    pub(crate) fn page(&self, target: &str) -> Option<PageId> {
        match self.find(target) {
            Found::Page(page) if !target.contains('#') => Some(page),
            _ => None,
        }
    }

    /// The name of a page that tells it from those of other kinds.
    pub(crate) fn label(&self, page: PageId) -> Option<&str> {
        self.labels.get(&page).map(String::as_str)
    }

    pub(super) fn new(site: &Site, hidden: Hidden) -> Self {
        let pages = site.writings.len() + site.concepts.len();
        let mut names = Self {
            by_slug: HashMap::with_capacity(2 * pages),
            by_title: HashMap::with_capacity(pages),
            by_label: HashMap::with_capacity(pages),
            by_path: HashMap::with_capacity(pages),
            hidden,
            ..Self::default()
        };
        for (at, concept) in site.concepts.iter().enumerate() {
            let page = PageId::Concept(ConceptId(index(at)));
            names.add(page, &concept.title, &concept.slug, Kind::Concept);
            concept.aliases.iter().for_each(|alias| names.add_name(page, alias));
            names.by_path.extend(concept.writing.map(|id| (site.writing(id).path.clone(), page)));
        }
        for (at, series) in site.series.iter().enumerate() {
            let page = PageId::Series(SeriesId(index(at)));
            names.add(page, &series.title, &series.slug, Kind::Series);
            names.by_path.extend(series.writing.map(|id| (site.writing(id).path.clone(), page)));
        }
        // To spell a name takes longer than to note it.
        let spelled = |(at, writing): (usize, &Arc<Writing>)| {
            let own = [super::routes::slug_of(writing), slug(super::routes::file_name(&writing.path))];
            matches!(writing.kind, Kind::Essay | Kind::Page).then(|| (at, own, slug(&writing.meta.title)))
        };
        let spelled: Vec<_> = site.writings.par_iter().enumerate().filter_map(spelled).collect();
        for (at, [own, of_file], of_title) in spelled {
            let (page, writing) = (PageId::Writing(WritingId(index(at))), &site.writings[at]);
            names.add_as(page, (&writing.meta.title, of_title), &own, writing.kind);
            if of_file != own {
                names.add_slug(page, of_file);
            }
            names.by_path.insert(writing.path.clone(), page);
        }
        let lists = [PageId::Home, PageId::Archive, PageId::Concepts].into_iter();
        let lists = lists.chain(site.has_replies().then_some(PageId::Replies));
        let lists = lists.chain(site.has_print().then_some(PageId::Print));
        let pages = lists.chain(names.labels.keys().copied()).map(|page| (site.route(page), page));
        let mut routes: Vec<_> = pages.chain(site.redirects.iter().map(|old| (&old.from, old.to))).collect();
        routes.par_sort_by_key(|(route, _)| route.as_str());
        names.by_route = routes.into_iter().map(|(route, page)| (route.as_str().to_owned(), page)).collect();
        names.paths = names.by_path.keys().cloned().collect();
        names.paths.par_sort_unstable();
        names
    }

    fn add(&mut self, page: PageId, title: &str, own_slug: &str, kind: Kind) {
        self.add_as(page, (title, slug(title)), own_slug, kind);
    }

    /// The same with the slug of the title.
    fn add_as(&mut self, page: PageId, (title, of_title): (&str, String), own_slug: &str, kind: Kind) {
        self.add_name_as(page, title, of_title);
        self.add_slug(page, own_slug.to_owned());
        self.labels.insert(page, label(kind, own_slug));
        self.by_label.insert(label(kind, own_slug), page);
        self.titles.push(title.to_owned());
    }

    fn add_name(&mut self, page: PageId, name: &str) {
        self.add_name_as(page, name, slug(name));
    }

    fn add_name_as(&mut self, page: PageId, name: &str, slug: String) {
        insert(page, self.by_title.entry(name.to_owned()).or_default());
        self.add_slug(page, slug);
    }

    fn add_slug(&mut self, page: PageId, slug: String) {
        if !slug.is_empty() {
            insert(page, self.by_slug.entry(slug).or_default());
        }
    }

    /// What a wikilink's name leads to: `essays/x` and `concepts/x` tell kinds apart, a title letter for letter
    /// goes before names in another case.
    pub(super) fn find(&self, name: &str) -> Found<'_> {
        self.find_among(name, |_| true)
    }

    /// As `find`, among these pages only.
    pub(super) fn find_among(&self, name: &str, is_wanted: impl Fn(PageId) -> bool) -> Found<'_> {
        let name = name.trim().trim_end_matches(".md");
        let with_kind = name
            .rsplit_once('/')
            .map(|(folder, last)| format!("{}/{}", folder.trim_start_matches("content/"), slug(last)));
        if let Some(page) = with_kind.as_ref().and_then(|label| self.by_label.get(label)) {
            return Found::Page(*page);
        }
        let last = name.rsplit_once('/').map_or(name, |(_, last)| last);
        let wanted = |pages: Option<&Pages>| -> Vec<PageId> {
            pages.into_iter().flatten().copied().filter(|page| is_wanted(*page)).collect()
        };
        let mut pages = wanted(self.by_title.get(name));
        if pages.len() != 1 {
            pages = wanted(self.by_slug.get(&slug(name)));
        }
        if pages.is_empty() {
            pages = wanted(self.by_slug.get(&slug(last)));
        }
        match pages.as_slice() {
            [] => self.find_hidden(name, with_kind),
            [page] => Found::Page(*page),
            _ => Found::Several(pages.iter().map(|page| self.labels[page].clone()).collect()),
        }
    }

    fn find_hidden(&self, name: &str, with_kind: Option<String>) -> Found<'_> {
        let own = with_kind.and_then(|label| self.hidden.by_name.get(&label));
        match own.or_else(|| self.hidden.by_name.get(&slug(name))) {
            Some(left) => Found::Hidden(left),
            None => self.hidden.namer(name).map_or(Found::Nothing, Found::OnlyNamed),
        }
    }

    /// What a file of the book leads to.
    pub(super) fn find_path(&self, path: &SitePath) -> Found<'_> {
        match self.by_path.get(path) {
            Some(page) => Found::Page(*page),
            None => self.hidden.owner(path).map_or(Found::Nothing, Found::Hidden),
        }
    }

    /// What an address from the site's root leads to.
    pub(super) fn find_route(&self, route: &str) -> Found<'_> {
        let with_slash = format!("{route}/");
        if let Some(page) = self.by_route.get(route).or_else(|| self.by_route.get(&with_slash)) {
            return Found::Page(*page);
        }
        let hidden = self.hidden.by_route.get(route).or_else(|| self.hidden.by_route.get(&with_slash));
        hidden.map_or(Found::Nothing, Found::Hidden)
    }

    /// All addresses of pages, for suggestions.
    pub(super) fn routes(&self) -> impl Iterator<Item = &str> {
        self.by_route.keys().map(String::as_str)
    }

    /// All titles and names, for suggestions.
    pub(super) fn titles(&self) -> impl Iterator<Item = &str> {
        self.titles.iter().map(String::as_str)
    }

    /// All files, for suggestions.
    pub(super) fn paths(&self) -> impl Iterator<Item = &str> {
        self.paths.iter().map(SitePath::as_str)
    }
}

fn insert(page: PageId, pages: &mut Pages) {
    if let Err(place) = pages.binary_search(&page) {
        pages.insert(place, page);
    }
}
