//! A build: parse, link, view, render, in this order and nowhere else. Knows no file and no clock.

use std::sync::Arc;

use crate::base::diagnostic::Report;
use crate::link::{LinkInput, Site, link};
use crate::model::published::Published;
use crate::model::source::{Artifact, Snapshot};
use crate::parse::parse;
use crate::promise::{self, Addresses};
use crate::render::{Input, Step, outputs, render};
use crate::theme::{compile, settle};
use crate::view::{Tables, Viewer};

/// What a build made.
#[derive(Debug)]
pub struct Build {
    /// Every file of the site, sorted by name.
    pub artifacts: Vec<Artifact>,
    /// Every finding.
    pub report: Report,
    /// The book, joined.
    pub site: Site,
    /// Every address of the site.
    pub addresses: Addresses,
    /// Those that readers have been given.
    pub published: Arc<Published>,
}

/// Makes the site of a snapshot. `loaded` are the findings made while it was read.
#[must_use]
pub fn build(snapshot: &Snapshot, loaded: crate::base::diagnostic::Diagnostics) -> Build {
    build_in_steps(snapshot, loaded, &|_| ())
}

/// The same; `step` hears of each file that is made.
#[must_use]
pub fn build_in_steps(snapshot: &Snapshot, loaded: crate::base::diagnostic::Diagnostics, step: Step<'_>) -> Build {
    let mut diagnostics = loaded;
    let (parsed, found) = parse(snapshot);
    diagnostics.append(found);
    let published = Arc::clone(&parsed.published);
    let spoiled = promise::spoiled(&diagnostics, &snapshot.book.levels);
    let (site, found) = link(parsed, &LinkInput::of(snapshot));
    diagnostics.append(found);
    let tables = Tables::of(&site);
    let viewer = Viewer::new(&site, &snapshot.book, snapshot.as_of, &tables);
    let (settings, found) = settle(&snapshot.layers, &snapshot.book.theme);
    diagnostics.append(found);
    let (theme, found) = compile(&snapshot.layers, &settings, &viewer.book_view(&settings.values));
    diagnostics.append(found);
    let input = Input::new(snapshot, &site, viewer, &theme);
    let (outputs, found) = outputs(&input);
    diagnostics.append(found);
    let addresses = Addresses::of(&input, &outputs, snapshot.as_of);
    diagnostics.append(promise::check(&published, &addresses, snapshot, &spoiled));
    let (artifacts, found) = render(&input, outputs, step);
    diagnostics.append(found);
    Build { artifacts, report: diagnostics.into_report(&snapshot.book.levels), site, addresses, published }
}
