//! `check`: everything that is wrong, and what could be better; writes nothing unless asked to mend it.

use std::path::Path;

use super::build::say_left_out;
use super::check_more::More;
use super::{check_fix, leaves, options_of};
use crate::base::diagnostic::Report;
use crate::base::words::counted;
use crate::build::{Build, build_into};
use crate::check::advise;
use crate::cli;
use crate::io::disk;
use crate::io::error::Error;
use crate::io::progress::Bar;
use crate::io::terminal::Terminal;
use crate::load::load;
use crate::model::source::Snapshot;
use crate::render::{Collected, Dropped, Sink, Tools};

pub(super) fn run(options: &cli::Check, start: &Path, terminal: &Terminal) -> Result<u8, Error> {
    let root = disk::find_book(start)?;
    if options.fix {
        return check_fix::run(options, &root, terminal);
    }
    let mut checked = Checked::look(&root, &options.site, options.budget, terminal)?;
    let more = More::of(options, &root, (&checked.made, &checked.snapshot), terminal);
    checked.join(more.findings(&checked.snapshot));
    more.report(checked.report(), &|path| checked.snapshot.text(path), terminal);
    match more.error {
        Some(error) => Err(error),
        None => Ok(checked.conclude(terminal)),
    }
}

/// A book that was looked at.
pub(super) struct Checked {
    pub(super) snapshot: Snapshot,
    made: Build,
    denies_warnings: bool,
}

impl Checked {
    /// Looks at a book as a build does, and for what could be better. Whoever looks at the files as well has them kept.
    pub(super) fn look(root: &Path, site: &cli::Site, keeps_files: bool, terminal: &Terminal) -> Result<Self, Error> {
        let (snapshot, diagnostics) = load(root, &options_of(site))?;
        let leaves = leaves::open(site.no_cache, root, terminal);
        let bar = Bar::new(terminal.shows_progress());
        bar.begin("Making pages", 0);
        let (collected, dropped) = (Collected::default(), Dropped);
        let sink: &dyn Sink = if keeps_files { &collected } else { &dropped };
        let mut made = build_into(
            &snapshot,
            diagnostics,
            &Tools { step: &|all| bar.step_of(all), ..Tools::new(sink, leaves.memo()) },
        );
        made.artifacts = collected.into_artifacts();
        bar.clear();
        leaves::keep(&leaves, Some(terminal));
        let advice = advise(&snapshot, &made.site, &made.report).into_report(&snapshot.book.levels);
        let mut checked = Self { snapshot, made, denies_warnings: site.deny.is_some() };
        checked.join(advice);
        Ok(checked)
    }

    /// Adds what else was found.
    fn join(&mut self, found: Report) {
        self.made.report.join(found);
        if self.denies_warnings {
            self.made.report.deny_warnings();
        }
    }

    pub(super) fn report(&self) -> &Report {
        &self.made.report
    }

    /// Says what there is where the book has no errors, and gives the exit code.
    pub(super) fn conclude(&self, terminal: &Terminal) -> u8 {
        if self.made.report.has_errors() {
            return 1;
        }
        say_left_out(&self.made, terminal);
        let (essays, concepts) = (self.made.site.essays.len(), self.made.site.concepts.len());
        terminal.say(&format!("{} and {}: no errors.", counted(essays, "essay"), counted(concepts, "concept")));
        0
    }
}
