//! A build: parse, link, view, render, in this order and nowhere else. Knows no file and no clock.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::base::diagnostic::{Diagnostics, Report};
use crate::link::{LinkInput, Site, link};
use crate::model::published::Published;
use crate::model::source::{Artifact, Snapshot};
use crate::parse::parse;
use crate::promise::{self, Addresses};
use crate::render::{Input, Output, Step, outputs, render};
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
pub fn build(snapshot: &Snapshot, loaded: Diagnostics) -> Build {
    build_in_steps(snapshot, loaded, &|_| ())
}

/// The same; `step` hears of each file that is made.
#[must_use]
pub fn build_in_steps(snapshot: &Snapshot, loaded: Diagnostics, step: Step<'_>) -> Build {
    build_some(snapshot, loaded, step, |_| ())
}

/// The same with one file of the site, if it has that, and those that nobody has to make: of the book and of the theme. Tells
/// what the file is.
#[must_use]
pub fn build_one(snapshot: &Snapshot, loaded: Diagnostics, file: &str) -> (Build, Option<Output>) {
    let mut output = None;
    let build = build_some(snapshot, loaded, &|_| (), |outputs| {
        output = outputs.get(file).copied();
        outputs.retain(|name, output| name == file || matches!(output, Output::File(_) | Output::Asset(_)));
    });
    (build, output)
}

fn build_some(
    snapshot: &Snapshot,
    loaded: Diagnostics,
    step: Step<'_>,
    choose: impl FnOnce(&mut BTreeMap<String, Output>),
) -> Build {
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
    let (mut outputs, found) = outputs(&input);
    diagnostics.append(found);
    let addresses = Addresses::of(&input, &outputs, snapshot.as_of);
    diagnostics.append(promise::check(&published, &addresses, snapshot, &spoiled));
    choose(&mut outputs);
    let (artifacts, found) = render(&input, outputs, step);
    diagnostics.append(found);
    Build { artifacts, report: diagnostics.into_report(&snapshot.book.levels), site, addresses, published }
}
