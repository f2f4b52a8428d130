//! `theme check`: everything that is wrong with the book's theme, and nothing else of the book.

use std::path::Path;

use crate::base::codes::Code;
use crate::base::diagnostic::{Diagnostic, Diagnostics, Report};
use crate::build::build;
use crate::check::theme;
use crate::cli::ThemeCheck;
use crate::io::disk;
use crate::io::error::Error;
use crate::io::terminal::Terminal;
use crate::load::{Options, load};
use crate::model::source::{Layer, Snapshot};
use crate::theme::idle;
use crate::theme::marks::marked;

pub(super) fn run(options: &ThemeCheck, start: &Path, terminal: &Terminal) -> Result<u8, Error> {
    let root = disk::find_book(start)?;
    // What is shown to the author goes through the templates too.
    let (snapshot, found) = load(&root, &Options { with_drafts: true, ..Options::default() })?;
    let made = build(&snapshot, found);
    let pages = made.artifacts.iter().filter(|artifact| artifact.file.ends_with(".html")).count();
    let mut report = of_theme(made.report);
    report.join(of_theme(looked_at(&snapshot).into_report(&snapshot.book.levels)));
    if options.deny.is_some() {
        report.deny_warnings();
    }
    terminal.report(&report, &|path| snapshot.text(path));
    if report.has_errors() {
        return Ok(1);
    }
    let name = &snapshot.book.theme.name;
    terminal.say(&format!("The theme `{name}` renders all {pages} pages of the book: no errors."));
    Ok(0)
}

/// What the templates and the pages of a theme of the book's own tell. The pages are made anew, with marks that are on no page of the site.
fn looked_at(snapshot: &Snapshot) -> Diagnostics {
    if !snapshot.layers.iter().any(Layer::is_own) {
        return Diagnostics::default();
    }
    let (layers, marks) = marked(&snapshot.layers);
    let made = build(&Snapshot { layers, ..snapshot.clone() }, Diagnostics::default());
    let seen = theme::look(snapshot, &made.artifacts, &made.addresses, &marks);
    let mut found = idle(&snapshot.layers);
    theme::without_doubles(&mut found, &seen);
    found.append(seen);
    found
}

/// The findings that the theme is at fault for, or the settings of the book.
fn of_theme(report: Report) -> Report {
    let is_of_theme = |found: &Diagnostic| {
        let path = found.span.as_ref().map(|span| &span.path);
        let is_of_file = path.is_some_and(|path| path.below("themes").is_some() || path.as_str() == "book.toml");
        is_of_file || matches!(found.code, Code::UnknownTheme | Code::TemplateError | Code::StyleError)
    };
    Report { diagnostics: report.diagnostics.into_iter().filter(is_of_theme).collect() }
}
