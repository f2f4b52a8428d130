//! How long the parts of a build took: stages, and the files that took longest. Knows no clock.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::link::PageId;
use crate::render::{Made, Output};
use crate::view::PageKey;

/// How many files are named.
const MOST_NAMED: usize = 10;

/// How long the parts of a build took.
#[derive(Clone, Debug, Default)]
pub struct Timings {
    /// The stages, in their order.
    pub stages: Vec<(&'static str, Duration)>,
    /// The files that took longest, the slowest first. Several are made at the same time.
    pub slowest: Vec<(String, Duration)>,
    /// What each kind of page, by its template, and of other files took together, with their number; the slowest first.
    pub kinds: Vec<(&'static str, usize, Duration)>,
}

impl Timings {
    /// Notes what each file took, in the order of their names.
    pub(crate) fn note_files(&mut self, outputs: &BTreeMap<String, Output>, times: &[Duration]) {
        let mut kinds: BTreeMap<&'static str, (usize, Duration)> = BTreeMap::new();
        let mut all: Vec<(Duration, &String)> = Vec::with_capacity(times.len());
        for ((file, output), time) in outputs.iter().zip(times) {
            let kind = kinds.entry(kind_of(*output)).or_default();
            *kind = (kind.0 + 1, kind.1 + *time);
            all.push((*time, file));
        }
        let slowest_first = |a: &(Duration, &String), b: &(Duration, &String)| b.0.cmp(&a.0).then(a.1.cmp(b.1));
        if all.len() > MOST_NAMED {
            all.select_nth_unstable_by(MOST_NAMED, slowest_first);
            all.truncate(MOST_NAMED);
        }
        all.sort_by(slowest_first);
        self.slowest = all.into_iter().map(|(time, file)| (file.clone(), time)).collect();
        self.kinds = kinds.into_iter().map(|(kind, (count, time))| (kind, count, time)).collect();
        self.kinds.sort_by(|a, b| b.2.cmp(&a.2).then(a.0.cmp(b.0)));
    }
}

/// What a file is: for a page, the name of its template.
fn kind_of(output: Output) -> &'static str {
    match output {
        Output::Page(PageKey::Page(page)) => match page {
            PageId::Home => "home.html",
            PageId::Archive => "archive.html",
            PageId::Concepts => "concepts.html",
            PageId::Writing(_) => "essay.html, page.html",
            PageId::Concept(_) => "concept.html",
            PageId::Series(_) => "series.html",
            PageId::Replies => "replies.html",
            PageId::Print => "print.html",
            PageId::Stretch(_) => "year.html, further pages of lists",
        },
        Output::Page(PageKey::Missing) => "missing.html",
        Output::Redirect(_) => "old addresses",
        Output::File(_) => "files of the book",
        Output::Asset(_) => "files of the theme",
        Output::Made(Made::Feed(_) | Made::OldFeed(..)) => "feeds",
        Output::Made(Made::Copy(_)) => "Markdown of essays",
        Output::Made(Made::Graph) => "graph.json",
        Output::Made(_) | Output::Key => "other files",
    }
}
