//! Books in memory, built as the program builds them.

use std::collections::BTreeSet;
use std::sync::Arc;

use throughline::base::diagnostic::{Diagnostics, Report};
use throughline::base::path::SitePath;
use throughline::base::span::Span;
use throughline::build::build;
use throughline::import::linkedin_paste::read_page;
use throughline::import::page;
use throughline::io::terminal;
use throughline::model::book::Book;
use throughline::model::source::{Snapshot, Source};
use throughline::theme::builtin;

/// A book of these files.
pub fn snapshot(files: &[(&str, &str)]) -> Snapshot {
    let mut sources: Vec<Source> = files
        .iter()
        .map(|(path, text)| Source::new(SitePath::new(path).expect("a clean path"), *text))
        .collect();
    sources.sort_by(|a, b| a.path.cmp(&b.path));
    Snapshot {
        book: Book::default(),
        sources,
        assets: Vec::new(),
        layers: builtin::layers(builtin::NAME).expect("it is built in"),
        as_of: jiff::civil::date(2026, 1, 1),
        holds: throughline::model::source::Holds::default(),
        with_drafts: true,
    }
}

/// Builds a book of these files: each page is written once, and each finding stands where there is a text.
pub fn check(files: &[(&str, &str)]) {
    let snapshot = snapshot(files);
    let built = build(&snapshot, Diagnostics::default());
    let names: BTreeSet<&str> = built.artifacts.iter().map(|artifact| artifact.file.as_str()).collect();
    assert_eq!(names.len(), built.artifacts.len(), "two pages have one name");
    let text_of = |path: &SitePath| -> Option<Arc<str>> {
        snapshot.sources.iter().find(|source| source.path == *path).map(|source| Arc::clone(&source.text))
    };
    check_spans(&built.report, &text_of);
    let _ = terminal::human(&built.report, &text_of, false);
}

fn check_spans(report: &Report, text_of: &dyn Fn(&SitePath) -> Option<Arc<str>>) {
    for found in &report.diagnostics {
        let labels = found.labels.iter().map(|label| &label.span);
        let all = found.span.iter().chain(labels).chain(found.fix.iter().map(|fix| &fix.span));
        for Span { path, range } in all {
            let (Some(text), Some((start, end))) = (text_of(path), range) else { continue };
            assert!(text.get(*start as usize..*end as usize).is_some(), "no text is at {range:?}: {found:#?}");
        }
    }
}

/// An essay.
pub fn essay(text: &str) {
    check(&[("content/essays/one.md", text)]);
}

/// Front matter of every kind of writing, in both of its forms.
pub fn front_matter(text: &str) {
    for sign in ["+++", "---"] {
        let whole = format!("{sign}\n{text}\n{sign}\n\nSome words.\n");
        check(&[
            ("content/essays/one.md", &whole),
            ("content/concepts/two.md", &whole),
            ("content/series/three.md", &whole),
            ("content/pages/four.md", &whole),
        ]);
    }
}

/// A page copied from a browser: every line has a role, nothing answers itself, and its essay can be built.
pub fn copied_page(text: &str) {
    let read = read_page(text);
    assert_eq!(read.roles.len(), text.lines().count(), "every line has a role");
    let counted: usize = page::account(&read.roles).iter().map(|(first, last, _)| last + 1 - first).sum();
    assert_eq!(counted, read.roles.len(), "every line is accounted for");
    for reply in &read.replies {
        assert!(reply.parent.is_none() || reply.parent != reply.id, "a reply answers itself");
    }
    essay(&page::essay_file(&read));
}
