//! `build`.

use std::path::Path;

use super::{leaves, options_of, short, timings};
use crate::base::words::counted;
use crate::build::{Build, build_into};
use crate::cli;
use crate::io::error::Error;
use crate::io::progress::Bar;
use crate::io::terminal::{Format, Terminal};
use crate::io::{clock, disk, stage};
use crate::load::load;
use crate::model::source::Artifact;
use crate::render::{Collected, Tools};

pub(super) fn build(options: &cli::Build, start: &Path, terminal: &Terminal) -> Result<u8, Error> {
    let root = disk::find_book(start)?;
    let out = options.out.clone().unwrap_or_else(|| root.join("public"));
    let clock = clock::watch();
    let made = make_and_report(&options.site, &root, terminal)?;
    if made.report.has_errors() {
        terminal.say("Nothing was written: mend the errors above and build again.");
        return Ok(1);
    }
    let start = clock();
    let manifest = crate::publish::Release::of(&made.artifacts).manifest;
    stage::replace(&out, &root, &made.artifacts, &manifest.to_text())?;
    if options.timings {
        let mut timings = made.timings.clone();
        timings.stages.push(("write", clock().saturating_sub(start)));
        terminal.say(&timings::to_words(&timings));
    }
    if terminal.format != Format::Human {
        return Ok(0);
    }
    if terminal.is_verbose {
        let line = |artifact: &Artifact| format!("{:>10}  {}", artifact.bytes.len(), artifact.file);
        terminal.say(&made.artifacts.iter().map(line).collect::<Vec<_>>().join("\n"));
    }
    say_left_out(&made, terminal);
    let index = out.join("index.html");
    terminal.say(&format!(
        "Built {} and {} into {} files: {}\nOpen {} in a browser to look at it.",
        counted(made.site.essays.len(), "essay"),
        counted(made.site.concepts.len(), "concept"),
        made.artifacts.len(),
        short(&out),
        short(&index),
    ));
    Ok(0)
}

/// Makes the site and reports what is wrong with the book.
pub(super) fn make_and_report(site: &cli::Site, root: &Path, terminal: &Terminal) -> Result<Build, Error> {
    let clock = clock::watch();
    let (snapshot, diagnostics) = load(root, &options_of(site))?;
    let loaded = clock();
    let leaves = leaves::open(site.no_cache, root, terminal);
    let bar = Bar::new(terminal.shows_progress());
    bar.begin("Making pages", 0);
    let collected = Collected::default();
    let tools = Tools { step: &|all| bar.step_of(all), clock: &clock, ..Tools::new(&collected, leaves.memo()) };
    let mut made = build_into(&snapshot, diagnostics, &tools);
    made.timings.stages.insert(0, ("load", loaded));
    made.artifacts = collected.into_artifacts();
    bar.clear();
    leaves::keep(&leaves, terminal);
    if site.deny.is_some() {
        made.report.deny_warnings();
    }
    terminal.report(&made.report, &|path| snapshot.text(path));
    Ok(made)
}

pub(super) fn say_left_out(made: &Build, terminal: &Terminal) {
    for left in &made.site.left_out {
        terminal.say(&format!("Left out: {} ({})", left.path, left.why.to_words()));
    }
}
