//! A site at one moment, made by the stages of a build from what changed since the moment before. Knows no browser.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::mpsc::Sender;
use std::sync::{Arc, OnceLock};

use super::directory::Directory;
use super::keep::Keep;
use super::trouble::Trouble;
use crate::base::codes::Code;
use crate::base::diagnostic::{Diagnostic, Diagnostics, Report, Severity};
use crate::base::path::SitePath;
use crate::io::error::Error;
use crate::io::leaves::Leaves;
use crate::link::{self, LinkInput, Site, link_again};
use crate::load::{self, Options, load_again};
use crate::model::source::{Layer, Snapshot, Source};
use crate::model::thread::Replies;
use crate::parse::{self, parse_again};
use crate::promise::{self, Addresses};
use crate::render::{Input, Output, outputs};
use crate::theme::{Settings, Theme, compile, settle};
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
    /// Files that are shown as they were before.
    pub(super) kept: BTreeSet<SitePath>,
    /// What the files of replies say, sorted by path; the site holds only what readers see of it.
    pub(super) replies: Vec<Arc<Replies>>,
    /// What every file of the site is, by name.
    pub(super) outputs: BTreeMap<String, Output>,
    /// Every finding that can be made without rendering.
    pub(super) report: Report,
    /// What is shown as it was before, because it cannot be read as it is now.
    pub(super) troubles: Vec<Trouble>,
    tables: Tables,
    leaves: Arc<Leaves>,
    theme: Arc<Theme>,
    /// The templates before those, if these spoil a page.
    theme_before: Option<Arc<Theme>>,
    /// Made when it is first asked for.
    directory: Arc<OnceLock<Directory>>,
}

impl Edition {
    /// Everything that rendering looks at.
    pub(super) fn input(&self) -> Input<'_> {
        let Self { snapshot, site, tables, leaves, theme, .. } = self;
        let viewer = Viewer::new(site, &snapshot.book, snapshot.as_of, tables).with_leaves(leaves.memo());
        Input::new(snapshot, site, viewer, theme)
    }

    /// The same with the templates of before, where there are any.
    pub(super) fn input_before(&self) -> Option<Input<'_>> {
        Some(Input { theme: self.theme_before.as_deref()?, ..self.input() })
    }

    /// The path under which the site will stand, without a slash at the end; empty where a folder of the site has the same name,
    /// which then goes first.
    pub(super) fn base(&self) -> &str {
        let base = self.snapshot.book.base_path().trim_end_matches('/');
        let below = format!("{}/", base.trim_start_matches('/'));
        let is_taken = self.outputs.range(below.clone()..).next().is_some_and(|(name, _)| name.starts_with(&below));
        if is_taken { "" } else { base }
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
        self.snapshot.source(path)
    }

    /// The text of a source or template.
    pub(super) fn text(&self, path: &SitePath) -> Option<Arc<str>> {
        self.snapshot.text(path)
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
    leaves: Arc<Leaves>,
    theme: Option<Compiled>,
    keep: Keep,
    /// The settings when they could last be read.
    good_settings: Option<Arc<str>>,
    last: Option<(Arc<Edition>, Diagnostics)>,
    was_behind: bool,
    /// Whether the templates of the last edition spoiled a page.
    has_failed: bool,
    number: u64,
    /// Takes old editions apart: ten thousand pages take a while in which nobody should wait. One thread for all of them, since
    /// what each new one leaves behind in the allocator adds up.
    attic: Sender<Option<(Arc<Edition>, Diagnostics)>>,
}

/// A theme with what it was compiled from.
struct Compiled {
    layers: Vec<Layer>,
    book: BookView,
    theme: Arc<Theme>,
    found: Diagnostics,
    /// The last theme without errors.
    good: Option<Arc<Theme>>,
    /// The last one before that which spoiled no page.
    before: Option<Arc<Theme>>,
}

impl Press {
    pub(super) fn new(root: &Path, options: Options, leaves: Arc<Leaves>) -> Self {
        let (attic, old) = std::sync::mpsc::channel();
        std::thread::spawn(move || old.into_iter().for_each(drop::<Option<(Arc<Edition>, Diagnostics)>>));
        Self {
            attic,
            root: root.to_owned(),
            options,
            loaded: load::Memo::default(),
            parsed: parse::Memo::default(),
            linked: link::Memo::default(),
            leaves,
            theme: None,
            keep: Keep::default(),
            good_settings: None,
            last: None,
            was_behind: false,
            has_failed: false,
            number: 0,
        }
    }

    /// Looks at the book and makes a new edition if anything in it changed. `has_failed` says that a page of the last one could
    /// not be rendered.
    ///
    /// # Errors
    /// The book cannot be read and there is no edition to stay with.
    pub(super) fn look(&mut self, has_failed: bool) -> Result<Look, Error> {
        self.has_failed = has_failed;
        let (snapshot, found, broken) = match self.load() {
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
        }
        self.was_behind = false;
        let edition = Arc::new(self.make(snapshot, found.clone(), broken));
        let old = self.last.replace((Arc::clone(&edition), found));
        // The thread lives as long as this does.
        drop(self.attic.send(old));
        Ok(Look::New(edition))
    }

    /// Whether files may change without notice, because they are links to others.
    pub(super) fn has_links(&self) -> bool {
        self.loaded.has_links()
    }

    /// Reads the book; with the last good settings and the troubles with those of now, where these cannot be read.
    fn load(&mut self) -> Result<(Snapshot, Diagnostics, Vec<Trouble>), Error> {
        let (snapshot, found) = load_again(&self.root, &self.options, &mut self.loaded)?;
        let mut broken = settings_errors(&found, &snapshot);
        let is_text = |source: &&Source| source.path.as_str() == SETTINGS;
        broken.retain(|error| matches!(error.code, Code::BadSyntax | Code::NotUtf8));
        if broken.is_empty() {
            self.good_settings = snapshot.sources.iter().find(is_text).map(|source| Arc::clone(&source.text()));
            return Ok((snapshot, found, Vec::new()));
        }
        let Some(good) = &self.good_settings else { return Ok((snapshot, found, Vec::new())) };
        let told = troubles(&broken, &snapshot);
        let options = Options { settings: Some(Arc::clone(good)), ..self.options.clone() };
        let (snapshot, mut found) = load_again(&self.root, &options, &mut self.loaded)?;
        found.extend(broken);
        Ok((snapshot, found, told))
    }

    fn make(&mut self, snapshot: Snapshot, loaded: Diagnostics, broken: Vec<Trouble>) -> Edition {
        self.number += 1;
        let mut diagnostics = loaded;
        let mut troubles =
            if broken.is_empty() { troubles(&settings_errors(&diagnostics, &snapshot), &snapshot) } else { broken };
        let (mut parsed, found) = parse_again(&snapshot, &mut self.parsed, self.leaves.memo());
        diagnostics.append(found);
        let spoiling = spoiling(&diagnostics, &snapshot);
        let (kept, emptied) = self.keep.mend(&mut parsed, &spoiling, &snapshot);
        let at_fault = spoiling.iter().chain(&emptied);
        troubles.extend(at_fault.map(|error| Trouble::of(error, &|path| snapshot.text(path))));
        let replies = parsed.replies.clone();
        let published = Arc::clone(&parsed.published);
        let spoiled = promise::spoiled(&diagnostics, &snapshot.book.levels);
        let (site, mut found) = link_again(parsed, &LinkInput::of(&snapshot), &mut self.linked);
        // Places in the text that was are no places in the text that is.
        found.retain(|found| found.span.as_ref().is_none_or(|span| !kept.contains(&span.path)));
        diagnostics.append(found);
        let tables = Tables::of(&site);
        let viewer = Viewer::new(&site, &snapshot.book, snapshot.as_of, &tables);
        let (settings, found) = settle(&snapshot.layers, &snapshot.book.theme);
        let book = viewer.book_view(&settings.values);
        let theme = self.compile(&snapshot, (&settings, found), book, &mut diagnostics, &mut troubles);
        let input = Input::new(&snapshot, &site, viewer, &theme);
        let (outputs, found) = outputs(&input);
        diagnostics.append(found);
        if !published.promises.is_empty() {
            let addresses = Addresses::of(&input, &outputs, snapshot.as_of);
            diagnostics.append(promise::check(&published, &addresses, &snapshot, &spoiled));
        }
        let report = diagnostics.into_report(&snapshot.book.levels);
        let directory = self.last.as_ref().filter(|(last, _)| {
            let same_file = |(a, b): (&Arc<Replies>, &Arc<Replies>)| a.path == b.path;
            Arc::ptr_eq(&last.site.names, &site.names)
                && last.snapshot.as_of == snapshot.as_of
                && last.replies.len() == replies.len()
                && last.replies.iter().zip(&replies).all(same_file)
        });
        let directory = directory.map(|(last, _)| Arc::clone(&last.directory)).unwrap_or_default();
        let theme_before = self.theme.as_ref().and_then(|known| known.before.clone());
        Edition {
            theme_before,
            number: self.number,
            snapshot,
            site,
            kept,
            replies,
            outputs,
            report,
            troubles,
            tables,
            leaves: Arc::clone(&self.leaves),
            theme,
            directory,
        }
    }

    fn compile(
        &mut self,
        snapshot: &Snapshot,
        (settings, unsettled): (&Settings, Diagnostics),
        book: BookView,
        diagnostics: &mut Diagnostics,
        found_troubles: &mut Vec<Trouble>,
    ) -> Arc<Theme> {
        let wrong = errors(&unsettled, snapshot);
        diagnostics.append(unsettled);
        found_troubles.extend(troubles(&wrong, snapshot));
        // A colour that nobody could read does not take the place of one that was good, while the writer looks for another.
        if !wrong.is_empty()
            && let Some(good) = self.theme.as_ref().and_then(|known| known.good.clone())
        {
            return good;
        }
        let is_same = self.theme.as_ref().is_some_and(|known| known.layers == snapshot.layers && known.book == book);
        if !is_same {
            let (theme, found) = compile(&snapshot.layers, settings, &book);
            let theme = Arc::new(theme);
            let is_good = errors(&found, snapshot).is_empty();
            let (last, before) = self.theme.take().map_or((None, None), |known| (known.good, known.before));
            let before = if self.has_failed { before } else { last.clone() };
            let good = if is_good { Some(Arc::clone(&theme)) } else { last };
            self.theme = Some(Compiled { layers: snapshot.layers.clone(), book, theme, found, good, before });
        }
        let known = self.theme.as_ref().expect("compiled just now or before");
        diagnostics.append(known.found.clone());
        found_troubles.extend(troubles(&errors(&known.found, snapshot), snapshot));
        Arc::clone(known.good.as_ref().unwrap_or(&known.theme))
    }
}

const SETTINGS: &str = "book.toml";

/// What is wrong with the settings.
fn settings_errors(found: &Diagnostics, snapshot: &Snapshot) -> Vec<Diagnostic> {
    let mut found = errors(found, snapshot);
    found.retain(|error| error.span.as_ref().is_some_and(|span| span.path.as_str() == SETTINGS));
    found
}

/// What keeps a file of the content from being read, in whole or in a part.
fn spoiling(found: &Diagnostics, snapshot: &Snapshot) -> Vec<Diagnostic> {
    let mut found = errors(found, snapshot);
    let is_content = |error: &Diagnostic| error.span.as_ref().is_some_and(|span| span.path.below("content").is_some());
    found.retain(|error| is_content(error) && error.code != Code::SimilarNames);
    found
}

fn troubles(found: &[Diagnostic], snapshot: &Snapshot) -> Vec<Trouble> {
    found.iter().map(|error| Trouble::of(error, &|path| snapshot.text(path))).collect()
}

fn is_content(source: &Source) -> bool {
    source.path.below("content").is_some()
}

/// The findings that are errors by the levels of the book.
fn errors(found: &Diagnostics, snapshot: &Snapshot) -> Vec<Diagnostic> {
    let report = found.clone().into_report(&snapshot.book.levels);
    report.diagnostics.into_iter().filter(|diagnostic| diagnostic.severity == Severity::Error).collect()
}

fn is_same(old: &Snapshot, new: &Snapshot) -> bool {
    let same_text = |a: &Arc<str>, b: &Arc<str>| Arc::ptr_eq(a, b) || a == b;
    old.as_of == new.as_of
        && old.sources.len() == new.sources.len()
        && old.assets.len() == new.assets.len()
        && (old.sources.iter().zip(&new.sources)).all(|(a, b)| a.path == b.path && same_text(&a.text(), &b.text()))
        && (old.assets.iter().zip(&new.assets)).all(|(a, b)| a.path == b.path && Arc::ptr_eq(&a.bytes, &b.bytes))
        && old.layers == new.layers
}
