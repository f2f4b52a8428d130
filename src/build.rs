//! A build: parse, link, view, render, in this order and nowhere else. Knows no file and no clock.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use crate::base::diagnostic::{Diagnostics, Report};
use crate::base::path::SitePath;
use crate::link::{self, LinkInput, Site, link_again};
use crate::model::published::Published;
use crate::model::source::{Artifact, Snapshot};
use crate::parse::{self, parse_kept};
use crate::promise::{self, Addresses};
use crate::render::{Collected, Input, Output, Tools, outputs, render};
use crate::theme::{compile, settle};
use crate::timings::Timings;
use crate::view::{Tables, Viewer};

/// What a build made.
#[derive(Debug)]
pub struct Build {
    /// Every file of the site, sorted by name; none where they went elsewhere when they were made.
    pub artifacts: Vec<Artifact>,
    /// Every finding.
    pub report: Report,
    /// The book, joined.
    pub site: Site,
    /// Every address of the site.
    pub addresses: Addresses,
    /// Those that readers have been given.
    pub published: Arc<Published>,
    /// How long each part took.
    pub timings: Timings,
    /// How much of it was work.
    pub stats: Stats,
}

/// How much was done. The same edit of the same book is the same work on every machine.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stats {
    /// Texts and files of replies that were parsed; of the others it was known what they say.
    pub parsed: usize,
    /// Files of the site.
    pub files: usize,
    /// Those of them that were made; the others are there from the last build.
    pub made: usize,
}

/// Makes the site of a snapshot. `loaded` are the findings made while it was read.
#[must_use]
pub fn build(snapshot: &Snapshot, loaded: Diagnostics) -> Build {
    let (collected, leaves) = (Collected::default(), Arc::default());
    let mut build = build_into(snapshot, loaded, &Tools::new(&collected, &leaves));
    build.artifacts = collected.into_artifacts();
    build
}

/// The same with tools of the caller: each file goes to their sink as soon as it is made.
#[must_use]
pub fn build_into(snapshot: &Snapshot, loaded: Diagnostics, tools: &Tools<'_>) -> Build {
    build_some(snapshot, loaded, tools, |_| ())
}

/// The same with one file of the site, if it has that, and those that nobody has to make: of the book and of the theme. Tells
/// what the file is.
#[must_use]
pub fn build_one(snapshot: &Snapshot, loaded: Diagnostics, file: &str) -> (Build, Option<Output>) {
    let mut output = None;
    let (collected, leaves) = (Collected::default(), Arc::default());
    let mut build = build_some(snapshot, loaded, &Tools::new(&collected, &leaves), |outputs| {
        output = outputs.get(file).copied();
        outputs.retain(|name, output| name == file || matches!(output, Output::File(_) | Output::Asset(_)));
    });
    build.artifacts = collected.into_artifacts();
    (build, output)
}

fn build_some(
    snapshot: &Snapshot,
    loaded: Diagnostics,
    tools: &Tools<'_>,
    choose: impl FnOnce(&mut BTreeMap<String, Output>) + Send,
) -> Build {
    let mut laps = Laps { clock: tools.clock, last: (tools.clock)(), timings: Timings::default() };
    let mut diagnostics = loaded;
    let (mut read, mut linked) = (parse::Memo::default(), link::Memo::default());
    let (parsed, found) = parse_kept(snapshot, &mut read, tools.leaves, tools.kept);
    diagnostics.append(found);
    laps.end("parse");
    let published = Arc::clone(&parsed.published);
    let spoiled = promise::spoiled(&diagnostics, &snapshot.book.levels);
    let (site, found) = link_again(parsed, &LinkInput::of(snapshot), &mut linked);
    diagnostics.append(found);
    laps.end("link");
    let parsed = read.read;
    // What was understood is written down for the next build while the pages are made, and then given back.
    let keep = move || {
        if let Some(kept) = tools.kept {
            read.keep(kept, &linked);
        }
    };
    let joined = Joined { site, published, spoiled, parsed, diagnostics };
    rayon::join(|| make(snapshot, joined, tools, laps, choose), keep).0
}

/// The book, joined, before anything is made of it.
struct Joined {
    site: Site,
    published: Arc<Published>,
    /// Files of which addresses may be missing, as they are wrong.
    spoiled: BTreeSet<SitePath>,
    /// Texts that were parsed.
    parsed: usize,
    diagnostics: Diagnostics,
}

/// Makes the files of the site.
fn make(
    snapshot: &Snapshot,
    joined: Joined,
    tools: &Tools<'_>,
    mut laps: Laps<'_>,
    choose: impl FnOnce(&mut BTreeMap<String, Output>),
) -> Build {
    let Joined { site, published, spoiled, parsed, mut diagnostics } = joined;
    let tables = Tables::of(&site);
    let viewer = Viewer::new(&site, &snapshot.book, snapshot.as_of, &tables).with_leaves(tools.leaves);
    let (settings, found) = settle(&snapshot.layers, &snapshot.book.theme);
    diagnostics.append(found);
    let (theme, found) = compile(&snapshot.layers, &settings, &viewer.book_view(&settings.values));
    diagnostics.append(found);
    laps.end("theme");
    let input = Input::new(snapshot, &site, viewer, &theme);
    let (mut outputs, found) = outputs(&input);
    diagnostics.append(found);
    let addresses = Addresses::of(&input, &outputs, snapshot.as_of);
    diagnostics.append(promise::check(&published, &addresses, snapshot, &spoiled));
    choose(&mut outputs);
    laps.end("plan");
    let (rendered, found) = render(&input, &outputs, tools);
    diagnostics.append(found);
    laps.end("pages");
    let mut timings = laps.timings;
    timings.note_files(&outputs, &rendered.times);
    let stats = Stats { parsed, files: outputs.len(), made: rendered.made };
    let report = diagnostics.into_report(&snapshot.book.levels);
    Build { artifacts: Vec::new(), report, site, addresses, published, timings, stats }
}

/// Times one stage after the other.
struct Laps<'a> {
    clock: &'a (dyn Fn() -> Duration + Sync),
    last: Duration,
    timings: Timings,
}

impl Laps<'_> {
    fn end(&mut self, stage: &'static str) {
        let now = (self.clock)();
        self.timings.stages.push((stage, now.saturating_sub(self.last)));
        self.last = now;
    }
}
