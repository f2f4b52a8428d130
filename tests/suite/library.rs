//! The crate as a library: books in memory, and ways through them.

use std::fs;

use jiff::civil::date;
use throughline::base::codes::Code;
use throughline::build::{Build, build};
use throughline::link::PageId;
use throughline::load::{Options, load};
use throughline::{Site, Snapshot};

use crate::support::manual::root;
use crate::support::tree;

fn built(settings: &str, files: &[(&str, &str)]) -> Build {
    let (snapshot, found) = Snapshot::from_texts(settings, files.iter().copied(), date(2026, 1, 1));
    build(&snapshot, found)
}

fn codes(built: &Build) -> Vec<Code> {
    built.report.diagnostics.iter().map(|found| found.code).collect()
}

const ONE: (&str, &str) = (
    "content/essays/one.md",
    "+++\ntitle = \"One\"\ndate = 2020-01-02\n+++\nTrust is slow, and trust is dear. A \\trust is a firm. Some trust.\n",
);
const TRUST: (&str, &str) = ("content/concepts/trust.md", "+++\ntitle = \"trust\"\n+++\n");

#[test]
fn a_book_in_memory_becomes_the_same_site_as_on_disk() {
    for book in [".", "docs", "tests/books/plain-theme", "tests/books/manual"] {
        let root = root().join(book);
        let day = date(2026, 12, 1);
        let (on_disk, found) = load(&root, &Options { as_of: Some(day), ..Options::default() }).unwrap();
        let on_disk = build(&on_disk, found);
        let mut files = Vec::new();
        for folder in ["content", "themes"] {
            if root.join(folder).is_dir() {
                let below = tree(&root.join(folder)).into_iter();
                files.extend(below.map(|(name, bytes)| (format!("{folder}/{name}"), bytes)));
            }
        }
        // The order in which they are given makes no difference.
        files.reverse();
        let settings = fs::read_to_string(root.join("book.toml")).unwrap();
        let given = files.iter().map(|(path, bytes)| (path.as_str(), bytes));
        let (in_memory, found) = Snapshot::from_texts(&settings, given, day);
        let in_memory = build(&in_memory, found);
        assert_eq!(in_memory.report.diagnostics, on_disk.report.diagnostics, "{book}");
        let names = |built: &Build| built.artifacts.iter().map(|made| made.file.clone()).collect::<Vec<_>>();
        assert_eq!(names(&in_memory), names(&on_disk), "{book}");
        for (here, there) in in_memory.artifacts.iter().zip(&on_disk.artifacts) {
            assert!(here.bytes == there.bytes, "{book}: {}", here.file);
        }
    }
}

#[test]
fn a_file_in_memory_that_would_never_be_read_is_reported() {
    for (path, code) in [
        ("content/essays/a\\b.md", Code::BadName),
        ("../elsewhere/one.md", Code::BadName),
        ("", Code::StrayFile),
        ("contents/essays/one.md", Code::StrayFile),
        ("book.toml", Code::StrayFile),
        ("content/one.md", Code::StrayFile),
        ("content/essays/one.md.orig", Code::StrayFile),
    ] {
        assert_eq!(codes(&built("title = \"T\"", &[(path, "x")])), [code], "{path:?}");
    }
    assert_eq!(codes(&built("title = \"T\"", &[("content/essays/.DS_Store", "x"), ("themes/.git/x", "x")])), []);
    assert_eq!(codes(&built("title = \"T\"\ntheme = \"mine\"", &[])), [Code::UnknownTheme]);
    assert_eq!(
        codes(&built("title = \"T\"", &[("content/static/a.txt", "x"), ("content/static/A.txt", "x")])).len(),
        1
    );
    let bytes = [("content/essays/one.md", b"caf\xe9".as_slice())];
    let (_, found) = Snapshot::from_texts("title = \"T\"", bytes, date(2026, 1, 1));
    assert!(found.has(Code::NotUtf8));
}

#[test]
fn of_two_files_with_one_path_the_later_counts() {
    let later = ("content/essays/./one.md", "+++\ntitle = \"Later\"\ndate = 2020-01-02\n+++\nText.\n");
    let site: Site = built("title = \"T\"", &[ONE, later]).site;
    let titles: Vec<&str> = site.essays.iter().map(|essay| site.writing(*essay).meta.title.as_str()).collect();
    assert_eq!(titles, ["Later"]);
}

#[test]
fn drafts_in_memory_are_shown_on_request() {
    let draft = ("content/essays/two.md", "+++\ntitle = \"Two\"\ndate = 2020-01-02\ndraft = true\n+++\nText.\n");
    let (mut snapshot, found) = Snapshot::from_texts("title = \"T\"", [draft], date(2026, 1, 1));
    assert!(build(&snapshot, found.clone()).site.essays.is_empty());
    snapshot.with_drafts = true;
    assert_eq!(build(&snapshot, found).site.essays.len(), 1);
}

#[test]
fn sentences_are_told_once_and_without_their_backslashes() {
    let two = (
        "content/essays/two.md",
        "+++\ntitle = \"Two\"\ndate = 2020-01-03\n+++\nSee \\trust in [one](one.md). Nothing else.\n\n![[One]]\n",
    );
    let made = built("title = \"T\"", &[ONE, two, TRUST]);
    assert_eq!(codes(&made), []);
    let site = &made.site;
    let trust = site.find_concept("TRUST").unwrap();
    let said: Vec<String> = site.passages_of(trust).map(|(_, sentence)| sentence).collect();
    assert_eq!(said, ["Trust is slow, and trust is dear.", "Some trust."]);
    let one = site.find_page("one").unwrap();
    let backlinks = site.backlinks_of(one);
    let sentences: Vec<String> = backlinks.iter().map(|link| site.sentence(link)).collect();
    assert_eq!(sentences, ["See trust in one.", ""]);
    assert!(site.backlinks_of(PageId::Archive).is_empty() && site.find_page("three").is_none());
}
