//! A site at one moment, made by the stages of a build from what changed since the moment before. Knows no browser.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use super::directory::Directory;
use super::trouble::Trouble;
use crate::base::codes::Code;
use crate::base::diagnostic::{Diagnostic, Diagnostics, Report, Severity};
use crate::base::path::SitePath;
use crate::io::error::Error;
use crate::link::{self, LinkInput, Site, link_again};
use crate::load::{self, Options, load_again};
use crate::model::source::{Layer, Snapshot, Source};
use crate::model::thread::Replies;
use crate::model::writing::{Parsed, Writing};
use crate::parse::{self, parse_again};
use crate::render::{Input, Output, outputs};
use crate::theme::{Theme, compile};
use crate::view::views::BookView;
use crate::view::{Tables, Viewer};

/// A site at one moment. Nothing of it changes; a new moment has a new edition.
pub(super) struct Edition {
    /// Counts up from 1 while the program runs.
    pub(super) number: u64,
    /// The bytes it was made from.
    pub(super) snapshot: Snapshot,
    /// The book, joined.
    pub(super) site: Site,
    /// What the files of replies say, sorted by path; the site holds only what readers see of it.
    pub(super) replies: Vec<Arc<Replies>>,
    /// What every file of the site is, by name.
    pub(super) outputs: BTreeMap<String, Output>,
    /// Every finding that can be made without rendering.
    pub(super) report: Report,
    /// What is shown as it was before, because it cannot be read as it is now.
    pub(super) troubles: Vec<Trouble>,
    tables: Tables,
    theme: Arc<Theme>,
    /// Made when it is first asked for.
    directory: Arc<OnceLock<Directory>>,
}

impl Edition {
    /// Everything that rendering looks at.
    pub(super) fn input(&self) -> Input<'_> {
        let Self { snapshot, site, tables, theme, .. } = self;
        let viewer = Viewer::new(site, &snapshot.book, snapshot.as_of, tables);
        Input { site, book: &snapshot.book, assets: &snapshot.assets, viewer, theme }
    }

    /// Whether it is made with the same templates as another edition.
    pub(super) fn has_theme_of(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.theme, &other.theme)
    }

    /// Names of pages and titles, to be looked up.
    pub(super) fn directory(&self) -> &Directory {
        self.directory.get_or_init(|| Directory::of(self))
    }

    /// A source file of the book.
    pub(super) fn source(&self, path: &SitePath) -> Option<&Source> {
        let at = self.snapshot.sources.binary_search_by(|source| source.path.cmp(path)).ok()?;
        Some(&self.snapshot.sources[at])
    }

    /// The text of a source or template.
    pub(super) fn text(&self, path: &SitePath) -> Option<Arc<str>> {
        text_of(&self.snapshot, path)
    }

    /// The address of the page that shows what stands in this file.
    pub(super) fn address(&self, path: &SitePath) -> Option<String> {
        let at = self.site.writings.binary_search_by(|writing| writing.path.cmp(path)).ok()?;
        let page = self.site.page_of(link::WritingId(link::index(at)));
        Some(self.site.route(page).as_str().to_owned())
    }
}

/// What came of a look at the book.
pub(super) enum Look {
    /// Nothing changed.
    Same,
    /// A new edition.
    New(Arc<Edition>),
    /// The book cannot be read as a whole; the last edition stays.
    Behind(Vec<Trouble>),
}

/// Makes editions, each from the one before.
pub(super) struct Press {
    root: PathBuf,
    options: Options,
    loaded: load::Memo,
    parsed: parse::Memo,
    linked: link::Memo,
    theme: Option<Compiled>,
    /// What files said when they could last be read.
    good_writings: BTreeMap<SitePath, Arc<Writing>>,
    good_replies: BTreeMap<SitePath, Arc<Replies>>,
    last: Option<(Arc<Edition>, Diagnostics)>,
    was_behind: bool,
    number: u64,
}

/// A theme with what it was compiled from.
struct Compiled {
    layers: Vec<Layer>,
    book: BookView,
    theme: Arc<Theme>,
    found: Diagnostics,
    /// The last theme without errors.
    good: Option<Arc<Theme>>,
}

impl Press {
    pub(super) fn new(root: &Path, options: Options) -> Self {
        Self {
            root: root.to_owned(),
            options,
            loaded: load::Memo::default(),
            parsed: parse::Memo::default(),
            linked: link::Memo::default(),
            theme: None,
            good_writings: BTreeMap::new(),
            good_replies: BTreeMap::new(),
            last: None,
            was_behind: false,
            number: 0,
        }
    }

    /// Looks at the book and makes a new edition if anything in it changed.
    ///
    /// # Errors
    /// The book cannot be read and there is no edition to stay with.
    pub(super) fn look(&mut self) -> Result<Look, Error> {
        let (snapshot, found) = match load_again(&self.root, &self.options, &mut self.loaded) {
            Ok(loaded) => loaded,
            Err(error) if self.last.is_none() => return Err(error),
            Err(error) => {
                self.was_behind = true;
                return Ok(Look::Behind(vec![Trouble::of_world(&error)]));
            }
        };
        if let Some((last, old)) = &self.last {
            // A folder that is moved or checked out anew is away for a moment.
            if snapshot.sources.iter().all(|source| !is_content(source)) && last.snapshot.sources.iter().any(is_content)
            {
                self.was_behind = true;
                return Ok(Look::Behind(vec![Trouble::of_empty_book()]));
            }
            if is_same(&last.snapshot, &snapshot) && *old == found && !self.was_behind {
                return Ok(Look::Same);
            }
            let broken = settings_errors(&found, &snapshot);
            if broken.iter().any(|error| matches!(error.code, Code::BadSyntax | Code::NotUtf8)) {
                self.was_behind = true;
                return Ok(Look::Behind(troubles(&broken, &snapshot)));
            }
        }
        self.was_behind = false;
        let edition = Arc::new(self.make(snapshot, found.clone()));
        let old = self.last.replace((Arc::clone(&edition), found));
        // Taking ten thousand pages apart takes a while in which nobody should wait.
        std::thread::spawn(move || drop(old));
        Ok(Look::New(edition))
    }

    fn make(&mut self, snapshot: Snapshot, loaded: Diagnostics) -> Edition {
        self.number += 1;
        let mut diagnostics = loaded;
        let mut troubles = troubles(&settings_errors(&diagnostics, &snapshot), &snapshot);
        let (mut parsed, found) = parse_again(&snapshot, &mut self.parsed);
        self.keep_the_good(&mut parsed, &found, &snapshot, &mut troubles);
        diagnostics.append(found);
        let replies = parsed.replies.clone();
        let (site, found) = link_again(parsed, &LinkInput::of(&snapshot), &mut self.linked);
        diagnostics.append(found);
        let tables = Tables::of(&site);
        let viewer = Viewer::new(&site, &snapshot.book, snapshot.as_of, &tables);
        let theme = self.compile(&snapshot, viewer.book_view(), &mut diagnostics, &mut troubles);
        let input = Input { site: &site, book: &snapshot.book, assets: &snapshot.assets, viewer, theme: &theme };
        let (outputs, found) = outputs(&input);
        diagnostics.append(found);
        let report = diagnostics.into_report(&snapshot.book.levels);
        let directory = self.last.as_ref().filter(|(last, _)| {
            let same_file = |(a, b): (&Arc<Replies>, &Arc<Replies>)| a.path == b.path;
            Arc::ptr_eq(&last.site.names, &site.names)
                && last.snapshot.as_of == snapshot.as_of
                && last.replies.len() == replies.len()
                && last.replies.iter().zip(&replies).all(same_file)
        });
        let directory = directory.map(|(last, _)| Arc::clone(&last.directory)).unwrap_or_default();
        Edition { number: self.number, snapshot, site, replies, outputs, report, troubles, tables, theme, directory }
    }

    /// Puts what a file said before in the place of what it says now, where that cannot be read.
    fn keep_the_good(
        &mut self,
        parsed: &mut Parsed,
        found: &Diagnostics,
        snapshot: &Snapshot,
        found_troubles: &mut Vec<Trouble>,
    ) {
        let broken = found.with(Code::BadSyntax);
        let paths: BTreeSet<&SitePath> =
            broken.iter().filter_map(|diagnostic| Some(&diagnostic.span.as_ref()?.path)).collect();
        for writing in &mut parsed.writings {
            let is_blank = || text_of(snapshot, &writing.path).is_some_and(|text| text.trim().is_empty());
            let is_bad = paths.contains(&writing.path) || is_empty(writing) && is_blank();
            match self.good_writings.get(&writing.path) {
                Some(good) if is_bad => *writing = Arc::clone(good),
                Some(good) if Arc::ptr_eq(good, writing) => {}
                _ if is_bad => {}
                _ => {
                    self.good_writings.insert(writing.path.clone(), Arc::clone(writing));
                }
            }
        }
        for replies in &mut parsed.replies {
            let is_bad = paths.contains(&replies.path);
            match self.good_replies.get(&replies.path) {
                Some(good) if is_bad => *replies = Arc::clone(good),
                Some(good) if Arc::ptr_eq(good, replies) => {}
                _ if is_bad => {}
                _ => {
                    self.good_replies.insert(replies.path.clone(), Arc::clone(replies));
                }
            }
        }
        if self.good_writings.len() > parsed.writings.len() {
            let known = |path: &SitePath| parsed.writings.binary_search_by(|writing| writing.path.cmp(path)).is_ok();
            self.good_writings.retain(|path, _| known(path));
        }
        if self.good_replies.len() > parsed.replies.len() {
            let known = |path: &SitePath| parsed.replies.binary_search_by(|replies| replies.path.cmp(path)).is_ok();
            self.good_replies.retain(|path, _| known(path));
        }
        found_troubles.extend(troubles(&broken, snapshot));
    }

    fn compile(
        &mut self,
        snapshot: &Snapshot,
        book: BookView,
        diagnostics: &mut Diagnostics,
        found_troubles: &mut Vec<Trouble>,
    ) -> Arc<Theme> {
        let is_same = self.theme.as_ref().is_some_and(|known| known.layers == snapshot.layers && known.book == book);
        if !is_same {
            let (theme, found) = compile(&snapshot.layers, &book);
            let theme = Arc::new(theme);
            let is_good = errors(&found, snapshot).is_empty();
            let before = self.theme.take().and_then(|known| known.good);
            let good = if is_good { Some(Arc::clone(&theme)) } else { before };
            self.theme = Some(Compiled { layers: snapshot.layers.clone(), book, theme, found, good });
        }
        let known = self.theme.as_ref().expect("compiled just now or before");
        diagnostics.append(known.found.clone());
        found_troubles.extend(troubles(&errors(&known.found, snapshot), snapshot));
        Arc::clone(known.good.as_ref().unwrap_or(&known.theme))
    }
}

/// What is wrong with the settings.
fn settings_errors(found: &Diagnostics, snapshot: &Snapshot) -> Vec<Diagnostic> {
    let settings = SitePath::new("book.toml").expect("clean");
    let mut found = errors(found, snapshot);
    found.retain(|error| error.span.as_ref().is_some_and(|span| span.path == settings));
    found
}

fn troubles(found: &[Diagnostic], snapshot: &Snapshot) -> Vec<Trouble> {
    found.iter().map(|error| Trouble::of(error, &|path| text_of(snapshot, path))).collect()
}

fn is_content(source: &Source) -> bool {
    source.path.below("content").is_some()
}

/// The text of a source or template of a book.
fn text_of(snapshot: &Snapshot, path: &SitePath) -> Option<Arc<str>> {
    let at = snapshot.sources.binary_search_by(|source| source.path.cmp(path));
    let template = || {
        let all = snapshot.layers.iter().flat_map(|layer| &layer.templates);
        all.map(|(_, source)| source).find(|source| source.path == *path)
    };
    at.ok().map(|at| &snapshot.sources[at]).or_else(template).map(|source| Arc::clone(&source.text))
}

/// The findings that are errors by the levels of the book.
fn errors(found: &Diagnostics, snapshot: &Snapshot) -> Vec<Diagnostic> {
    let report = found.clone().into_report(&snapshot.book.levels);
    report.diagnostics.into_iter().filter(|diagnostic| diagnostic.severity == Severity::Error).collect()
}

fn is_empty(writing: &Writing) -> bool {
    writing.prose.pieces.is_empty()
}

fn is_same(old: &Snapshot, new: &Snapshot) -> bool {
    let same_text = |a: &Arc<str>, b: &Arc<str>| Arc::ptr_eq(a, b) || a == b;
    old.as_of == new.as_of
        && old.sources.len() == new.sources.len()
        && old.assets.len() == new.assets.len()
        && (old.sources.iter().zip(&new.sources)).all(|(a, b)| a.path == b.path && same_text(&a.text, &b.text))
        && (old.assets.iter().zip(&new.assets)).all(|(a, b)| a.path == b.path && Arc::ptr_eq(&a.bytes, &b.bytes))
        && old.layers == new.layers
}
