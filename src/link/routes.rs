//! One owner for each address. Knows slugs, not what stands on the pages.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, LazyLock};

use rayon::prelude::*;

use super::names::Hidden;
use super::{PageId, Site, WritingId, index};
use crate::base::codes::Code;
use crate::base::diagnostic::{Diagnostic, Diagnostics, Severity};
use crate::base::fingerprint::Fingerprint;
use crate::base::path::{Route, SitePath};
use crate::base::slug::slug;
use crate::base::span::Span;
use crate::model::source::Asset;
use crate::model::urls::{Named, Urls};
use crate::model::writing::{Kind, Writing};

/// An old address and where it leads now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Redirect {
    /// The old address.
    pub from: Route,
    /// The page.
    pub to: PageId,
    /// Where its author says so.
    pub span: Span,
}

/// Addresses that every site has.
pub(super) static HOME: LazyLock<Route> = LazyLock::new(Route::home);
pub(super) static ARCHIVE: LazyLock<Route> = LazyLock::new(|| fixed("/essays/"));
pub(super) static CONCEPTS: LazyLock<Route> = LazyLock::new(|| fixed("/concepts/"));
pub(super) static REPLIES: LazyLock<Route> = LazyLock::new(|| fixed("/replies/"));
pub(super) static PRINT: LazyLock<Route> = LazyLock::new(|| fixed("/print/"));

fn fixed(address: &str) -> Route {
    Route::new(address).expect("a clean address")
}

/// The slug of a writing: the one its writer chose, or that of its file name (of its title for a concept).
#[must_use]
pub(super) fn slug_of(writing: &Writing) -> String {
    if let Some(chosen) = &writing.meta.slug {
        return chosen.value.clone();
    }
    let made = match writing.kind {
        Kind::Concept => slug(&writing.meta.title),
        _ => slug(file_name(&writing.path)),
    };
    if made.is_empty() {
        format!("{}-{}", writing.kind.word(), Fingerprint::of(writing.path.as_str().as_bytes()).to_short_hex())
    } else {
        made
    }
}

/// The name of the file, or of its folder where the file is `index.md`.
pub(super) fn file_name(path: &SitePath) -> &str {
    match path.stem() {
        "index" => path.folder().rsplit('/').next().unwrap_or("index"),
        stem => stem,
    }
}

/// The address of a writing. One without a date, where the pattern wants one, has the address that it would have without a
/// pattern; the parse stage reports it.
pub(super) fn route_of(writing: &Writing, urls: &Urls) -> Route {
    let slug_here = slug_of(writing);
    let below = writing.path.below(writing.kind.folder()).unwrap_or("");
    let mut folders: Vec<String> = below.split('/').map(slug).collect();
    folders.pop();
    if writing.path.stem() == "index" {
        folders.pop();
    }
    folders.retain(|folder| !folder.is_empty());
    let date = writing.meta.date.map(|date| date.as_day());
    let named = Named { slug: &slug_here, folders: &folders.join("/"), date };
    let standard = || Urls::default().of(writing.kind).route(named);
    urls.of(writing.kind).route(named).or_else(standard).expect("the standard patterns want no date")
}

/// The address of a concept or series that has no file.
pub(super) fn route_without_file(kind: Kind, slug: &str, urls: &Urls) -> Route {
    urls.of(kind).route(Named { slug, folders: "", date: None }).expect("these patterns want no date")
}

/// Output files that are somebody's.
#[derive(Debug, Default)]
pub(crate) struct Taken {
    /// Each with the number of its owner.
    files: HashMap<String, usize>,
    /// Every folder that one of those files is in, however far above it.
    folders: HashSet<String>,
}

impl Taken {
    pub(super) fn take(&mut self, file: String, owner: usize) {
        for (at, _) in file.rmatch_indices('/') {
            // Where a folder is known, so are those above it.
            if self.folders.contains(&file[..at]) {
                break;
            }
            self.folders.insert(file[..at].to_owned());
        }
        self.files.insert(file, owner);
    }

    /// Whether nobody has this file, a folder of its name, or a file where it needs a folder.
    pub(super) fn is_free(&self, file: &str) -> bool {
        !self.files.contains_key(file) && !self.folders.contains(file) && self.above(file).is_none()
    }

    /// Who has this file, or needs a folder of its name, or a file where this one needs a folder.
    fn owner(&self, file: &str) -> Option<usize> {
        if self.is_free(file) {
            return None;
        }
        let folder = format!("{file}/");
        let below = || self.files.iter().filter(|(other, _)| other.starts_with(&folder)).min();
        let own = self.files.get(file).or_else(|| below().map(|(_, owner)| owner));
        own.copied().or_else(|| self.above(file))
    }

    fn above(&self, file: &str) -> Option<usize> {
        file.match_indices('/').find_map(|(at, _)| self.files.get(&file[..at]).copied())
    }
}

/// Who has which address.
#[derive(Default)]
struct RouteTable {
    taken: Taken,
    /// In words, with the place where its author says so.
    owners: Vec<(String, Option<Span>)>,
}

impl RouteTable {
    /// Claims an address; a second claim is reported and refused.
    fn claim(&mut self, route: &Route, what: String, span: Option<Span>, diagnostics: &mut Diagnostics) -> bool {
        let file = route.to_file();
        let Some(owner) = self.taken.owner(&file) else {
            self.taken.take(file, self.owners.len());
            self.owners.push((what, span));
            return true;
        };
        let (owner, owner_span) = &self.owners[owner];
        let Some(place) = span.or_else(|| owner_span.clone()) else { return false };
        let message = format!("{what} and {owner} both want the address `{route}`");
        let mut diagnostic = Diagnostic::new(Code::DuplicateRoute, place, message);
        if let Some(owner_span) = owner_span {
            diagnostic = diagnostic.label(owner_span.clone(), "the other one");
        }
        diagnostics.push(diagnostic.help("give one of them another `slug` or file name"));
        false
    }
}

/// Gives every page and file its address and reports those that want the same.
pub(super) fn assign(site: &mut Site, hidden: &Hidden, assets: &[Asset], diagnostics: &mut Diagnostics) {
    let mut table = RouteTable::default();
    for (route, what) in [
        (HOME.clone(), "the front page"),
        (ARCHIVE.clone(), "the list of essays"),
        (CONCEPTS.clone(), "the index of concepts"),
        (Route::new("/404.html").expect("a clean address"), "the page for missing addresses"),
        (Route::new("/.throughline-output").expect("a clean address"), "the mark of the output folder"),
    ] {
        table.claim(&route, what.to_owned(), None, diagnostics);
    }
    if site.has_replies() {
        table.claim(&REPLIES, "the page of replies".to_owned(), None, diagnostics);
    }
    if site.has_print() {
        table.claim(&PRINT, "the page for printing".to_owned(), None, diagnostics);
    }
    site.routes = site.writings.par_iter().map(|writing| route_of(writing, &site.urls)).collect();
    for (writing, route) in site.writings.iter().zip(&site.routes) {
        let span = writing.meta.slug.as_ref().map_or_else(
            || Span::file(&writing.path),
            |slug| Span { path: writing.path.clone(), range: Some(slug.range) },
        );
        table.claim(route, format!("`{}`", writing.path), Some(span), diagnostics);
    }
    for concept in site.concepts.iter().filter(|concept| concept.writing.is_none()) {
        table.claim(&concept.route, format!("the concept `{}`", concept.title), concept.named_at.clone(), diagnostics);
    }
    for series in site.series.iter().filter(|series| series.writing.is_none()) {
        table.claim(&series.route, format!("the series `{}`", series.title), series.named_at.clone(), diagnostics);
    }
    claim_files(site, hidden, assets, &mut table, diagnostics);
    claim_old_addresses(site, &mut table, diagnostics);
    site.taken = Arc::new(table.taken);
}

fn claim_files(
    site: &mut Site,
    hidden: &Hidden,
    assets: &[Asset],
    table: &mut RouteTable,
    diagnostics: &mut Diagnostics,
) {
    for asset in assets.iter().filter(|asset| hidden.owner(&asset.path).is_none()) {
        let below = asset.path.below("content/static").or_else(|| asset.path.below("content"));
        let Some(below) = below else { continue };
        let Some(route) = Route::of_file(below) else {
            diagnostics.push(
                Diagnostic::new(
                    Code::BadName,
                    Span::file(&asset.path),
                    "this file name cannot be an address on the site",
                )
                .help("rename it; use letters, digits, hyphens and dots"),
            );
            continue;
        };
        if table.claim(&route, format!("`{}`", asset.path), Some(Span::file(&asset.path)), diagnostics) {
            site.files.push((route, asset.path.clone()));
        }
    }
}

fn claim_old_addresses(site: &mut Site, table: &mut RouteTable, diagnostics: &mut Diagnostics) {
    for at in 0..site.writings.len() {
        let id = WritingId(index(at));
        let page = site.page_of(id);
        let writing = &site.writings[at];
        let mut redirects = Vec::new();
        for old in &writing.meta.old_addresses {
            let Some(from) = Route::of_address(&old.value) else { continue };
            let span = Span { path: writing.path.clone(), range: Some(old.range) };
            if from.to_file() == site.route(page).to_file() {
                let message = format!("`{from}` is the address of this page already");
                let mut own = Diagnostic::new(Code::DuplicateRoute, span, message).help("take it out");
                own.severity = Severity::Warning;
                diagnostics.push(own);
                continue;
            }
            if table.claim(&from, format!("an old address of `{}`", writing.path), Some(span.clone()), diagnostics) {
                redirects.push(Redirect { from, to: page, span });
            }
        }
        site.redirects.append(&mut redirects);
    }
}
