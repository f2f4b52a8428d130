//! Names that a wikilink may use: titles, slugs, aliases, in any case. Knows nothing of where links stand.

use std::collections::{BTreeMap, BTreeSet};

use super::{ConceptId, LeftOut, PageId, SeriesId, Site, WritingId, index};
use crate::base::path::{SitePath, slug};
use crate::model::writing::Kind;

/// What a name leads to.
pub(super) enum Found<'a> {
    /// One page.
    Page(PageId),
    /// Several, with the names that tell them apart.
    Several(Vec<String>),
    /// An essay that is not shown.
    Hidden(&'a LeftOut),
    /// Nothing.
    Nothing,
}

/// Writings that are not shown, by path and by name.
pub(super) struct Hidden {
    by_path: BTreeMap<SitePath, LeftOut>,
    by_name: BTreeMap<String, LeftOut>,
}

impl Hidden {
    pub(super) fn new(left_out: &[LeftOut]) -> Self {
        let by_path = left_out.iter().map(|left| (left.path.clone(), left.clone())).collect();
        let names = |left: &LeftOut| [slug(&left.title), left.slug.clone()];
        let by_name = left_out.iter().flat_map(|left| names(left).map(|name| (name, left.clone()))).collect();
        Self { by_path, by_name }
    }
}

/// Every name of every page.
pub(super) struct Names<'a> {
    by_slug: BTreeMap<String, BTreeSet<PageId>>,
    by_title: BTreeMap<String, BTreeSet<PageId>>,
    by_path: BTreeMap<SitePath, PageId>,
    by_route: BTreeMap<String, PageId>,
    labels: BTreeMap<PageId, String>,
    titles: Vec<String>,
    paths: Vec<String>,
    hidden: &'a Hidden,
}

impl<'a> Names<'a> {
    pub(super) fn new(site: &Site, hidden: &'a Hidden) -> Self {
        let mut names = Self {
            by_slug: BTreeMap::new(),
            by_title: BTreeMap::new(),
            by_path: BTreeMap::new(),
            by_route: BTreeMap::new(),
            labels: BTreeMap::new(),
            titles: Vec::new(),
            paths: Vec::new(),
            hidden,
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
        for (at, writing) in site.writings.iter().enumerate() {
            let page = PageId::Writing(WritingId(index(at)));
            if matches!(writing.kind, Kind::Essay | Kind::Page) {
                names.add(page, &writing.meta.title, &super::routes::slug_of(writing), writing.kind);
                names.add_slug(page, slug(super::routes::file_name(&writing.path)));
                names.by_path.insert(writing.path.clone(), page);
            }
        }
        for page in [PageId::Home, PageId::Archive, PageId::Concepts].into_iter().chain(names.labels.keys().copied()) {
            names.by_route.insert(site.route(page).as_str().to_owned(), page);
        }
        names.by_route.extend(site.redirects.iter().map(|old| (old.from.as_str().to_owned(), old.to)));
        names.paths = names.by_path.keys().map(ToString::to_string).collect();
        names
    }

    fn add(&mut self, page: PageId, title: &str, own_slug: &str, kind: Kind) {
        self.add_name(page, title);
        self.add_slug(page, own_slug.to_owned());
        let folder = kind.folder().trim_start_matches("content/");
        self.labels.insert(page, format!("{folder}/{own_slug}"));
        self.titles.push(title.to_owned());
    }

    fn add_name(&mut self, page: PageId, name: &str) {
        self.by_title.entry(name.to_owned()).or_default().insert(page);
        self.add_slug(page, slug(name));
    }

    fn add_slug(&mut self, page: PageId, slug: String) {
        if !slug.is_empty() {
            self.by_slug.entry(slug).or_default().insert(page);
        }
    }

    /// What a wikilink's name leads to: `essays/x` and `concepts/x` tell kinds apart, a title letter for letter
    /// goes before names in another case.
    pub(super) fn find(&self, name: &str) -> Found<'_> {
        let name = name.trim().trim_end_matches(".md");
        if let Some((folder, last)) = name.rsplit_once('/') {
            let folder = folder.trim_start_matches("content/");
            let label = format!("{folder}/{}", slug(last));
            if let Some((page, _)) = self.labels.iter().find(|(_, known)| **known == label) {
                return Found::Page(*page);
            }
        }
        let exact = self.by_title.get(name).filter(|pages| pages.len() == 1);
        let last = name.rsplit_once('/').map_or(name, |(_, last)| last);
        match exact.or_else(|| self.by_slug.get(&slug(name))).or_else(|| self.by_slug.get(&slug(last))) {
            Some(pages) if pages.len() == 1 => Found::Page(*pages.first().expect("one page")),
            Some(pages) => Found::Several(pages.iter().map(|page| self.labels[page].clone()).collect()),
            None => self.hidden.by_name.get(&slug(name)).map_or(Found::Nothing, Found::Hidden),
        }
    }

    /// What a file of the book leads to.
    pub(super) fn find_path(&self, path: &SitePath) -> Found<'_> {
        match (self.by_path.get(path), self.hidden.by_path.get(path)) {
            (Some(page), _) => Found::Page(*page),
            (None, Some(left)) => Found::Hidden(left),
            (None, None) => Found::Nothing,
        }
    }

    /// The page at an address from the site's root.
    pub(super) fn find_route(&self, route: &str) -> Option<PageId> {
        self.by_route.get(route).or_else(|| self.by_route.get(&format!("{route}/"))).copied()
    }

    /// All titles and names, for suggestions.
    pub(super) fn titles(&self) -> impl Iterator<Item = &str> {
        self.titles.iter().map(String::as_str)
    }

    /// All files, for suggestions.
    pub(super) fn paths(&self) -> impl Iterator<Item = &str> {
        self.paths.iter().map(String::as_str)
    }
}
