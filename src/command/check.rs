//! `check`: everything that is wrong, and what could be better; writes nothing.

use std::path::Path;

use super::build::{counted, say_left_out};
use super::options_of;
use crate::build::build;
use crate::cli;
use crate::io::disk;
use crate::io::error::Error;
use crate::io::terminal::Terminal;
use crate::load::load;

pub(super) fn run(options: &cli::Check, start: &Path, terminal: &Terminal) -> Result<u8, Error> {
    let root = disk::find_book(start)?;
    let (snapshot, diagnostics) = load(&root, &options_of(&options.site))?;
    let mut made = build(&snapshot, diagnostics);
    if options.site.deny.is_some() {
        made.report.deny_warnings();
    }
    terminal.report(&made.report, &|path| snapshot.text(path));
    if made.report.has_errors() {
        return Ok(1);
    }
    say_left_out(&made, terminal);
    let (essays, concepts) = (made.site.essays.len(), made.site.concepts.len());
    terminal.say(&format!("{} and {}: no errors.", counted(essays, "essay"), counted(concepts, "concept")));
    Ok(0)
}
