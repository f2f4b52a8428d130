//! A build writes what changed and nothing else: which files of the folder are others after an edit, by their place on the disk
//! and their time.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use serde::Deserialize;
use serde_json::Value;
use throughline::build::build;
use throughline::io::stage::MARK;
use throughline::load::{Options, load};

use crate::support::{Book, tree};

/// Six essays that name each other, two ideas, a series, replies, and a theme with a file of its own.
fn book() -> Book {
    let essay = |number: usize, text: &str| {
        format!(
            "-- content/essays/e{number}.md --\n+++\ntitle = \"Essay {number}\"\ndate = 202{number}-01-02\nsummary = \"Of ships.\"\n+++\n{text}\n"
        )
    };
    let files = [
        "-- book.toml --\ntitle = \"T\"\nbase_url = \"https://me.example/\"\n[theme]\nfont = \"system\"\n".to_owned(),
        essay(0, "Words of trust.\n\nIt leavs on horseback, and nobody counts its steps."),
        essay(1, "See [the other](e0.md). Trust and debt.\n\n```rust\nfn main() {}\n```"),
        essay(2, "See [[Essay 1]]. Debt alone, $x^2$."),
        essay(3, "Nothing of that kind."),
        essay(4, "![[Essay 3]]"),
        "-- content/concepts/trust.md --\n+++\ntitle = \"trust\"\nsummary = \"Relying on somebody.\"\n+++\n".to_owned(),
        "-- content/concepts/debt.md --\n+++\ntitle = \"debt\"\nsummary = \"What is owed.\"\n+++\n".to_owned(),
        "-- content/replies/e3.toml --\n[[reply]]\nid = \"mine:1\"\nauthor = \"Ada\"\ntext = \"Yes.\"\n".to_owned(),
        "-- themes/default/assets/mine.css --\np { margin: 0 }\n".to_owned(),
    ];
    Book::new(&files.concat())
}

/// Builds, and gives what was done.
fn run(book: &Book) -> Work {
    let output = book.run(&["build", "--as-of", "2026-01-01", "--timings", "--format", "json"]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let value: Value = serde_json::from_slice(&output.stdout).unwrap();
    serde_json::from_value(value["work"].clone()).unwrap()
}

/// What a build did, as it says itself.
#[derive(Debug, Deserialize)]
struct Work {
    parsed: usize,
    files: usize,
    made: usize,
    written: usize,
    bytes: usize,
    kept: usize,
    removed: usize,
    remembered: Vec<Remembered>,
}

#[derive(Debug, Deserialize)]
struct Remembered {
    name: String,
    computed: usize,
}

impl Work {
    fn computed(&self, name: &str) -> usize {
        self.remembered.iter().find(|remembered| remembered.name == name).unwrap_or_else(|| panic!("{name}")).computed
    }
}

/// What a clean build makes.
fn clean(book: &Book) -> BTreeMap<String, Arc<[u8]>> {
    let options = Options { as_of: Some(jiff::civil::date(2026, 1, 1)), ..Options::default() };
    let (snapshot, found) = load(book.path(), &options).unwrap();
    let built = build(&snapshot, found);
    built.artifacts.into_iter().map(|artifact| (artifact.file, artifact.bytes)).collect()
}

/// Where each file of the site lies on the disk, and when it was written.
fn stamps(book: &Book) -> BTreeMap<String, (u64, i64, i64)> {
    let public = book.path().join("public");
    let stamp = |name: &String| {
        let found = fs::metadata(public.join(name)).unwrap();
        (found.ino(), found.mtime(), found.mtime_nsec())
    };
    tree(&public).keys().map(|name| (name.clone(), stamp(name))).collect()
}

/// Names under which something else stands now, or something that did not.
fn changed<T: PartialEq>(before: &BTreeMap<String, T>, after: &BTreeMap<String, T>) -> BTreeSet<String> {
    let is_other = |(name, now): &(&String, &T)| before.get(*name) != Some(now);
    after.iter().filter(is_other).map(|(name, _)| name.clone()).collect()
}

fn replace(path: &Path, old: &str, new: &str) {
    let text = fs::read_to_string(path).unwrap();
    assert!(text.contains(old), "{text}");
    fs::write(path, text.replace(old, new)).unwrap();
}

#[test]
fn a_build_of_the_same_book_writes_nothing() {
    let book = book();
    run(&book);
    let before = stamps(&book);
    run(&book);
    assert_eq!(stamps(&book), before, "nothing was touched");
    for (name, _) in tree(&book.path().join("content")) {
        let file = fs::File::options().append(true).open(book.path().join("content").join(name)).unwrap();
        file.set_modified(SystemTime::now() + Duration::from_secs(1)).unwrap();
    }
    run(&book);
    assert_eq!(stamps(&book), before, "every file of the book has another time");
    run(&book);
    assert_eq!(stamps(&book), before, "and once more");
}

/// An edit, and files that must and must not be among those that it changes.
type Edit = (&'static str, fn(&Path), &'static [&'static str], &'static [&'static str]);

const EDITS: &[Edit] = &[
    (
        "a typing fix",
        |book| replace(&book.join("content/essays/e0.md"), "leavs", "leaves"),
        &["essays/e0/index.html", "essays/e0/index.md"],
        &[
            "index.html",
            "essays/index.html",
            "essays/e1/index.html",
            "concepts/trust/index.html",
            "sitemap.xml",
            "graph.json",
        ],
    ),
    (
        "a title",
        |book| {
            replace(
                &book.join("content/essays/e1.md"),
                "title = \"Essay 1\"",
                "title = \"The first\"\nslug = \"e1\"\naliases = [\"/old/\"]",
            )
        },
        &["essays/e1/index.html", "essays/e0/index.html", "essays/index.html", "graph.json", "old/index.html"],
        &["assets/OFL.txt"],
    ),
    (
        "a link that is mended",
        |book| replace(&book.join("content/essays/e2.md"), "[[Essay 1]]", "[[The first]]"),
        &[],
        &[],
    ),
    (
        "a definition",
        |book| replace(&book.join("content/concepts/debt.md"), "owed", "owing"),
        &["concepts/debt/index.html"],
        &["essays/e3/index.html"],
    ),
    (
        "the first word again",
        |book| replace(&book.join("content/essays/e0.md"), "leaves", "leavs"),
        &["essays/e0/index.html"],
        &["essays/e3/index.html"],
    ),
    (
        "an essay more",
        |book| {
            fs::write(book.join("content/essays/e6.md"), "+++\ntitle = \"New\"\ndate = 2025-06-01\n+++\nWords.\n")
                .unwrap()
        },
        &["essays/e6/index.html", "index.html"],
        &[],
    ),
    ("an essay less", |book| fs::remove_file(book.join("content/essays/e6.md")).unwrap(), &["index.html"], &[]),
    (
        "a reply",
        |book| replace(&book.join("content/replies/e3.toml"), "Yes", "No"),
        &["essays/e3/index.html"],
        &["essays/e2/index.html"],
    ),
    (
        "a picture",
        |book| fs::write(book.join("content/static/x.txt"), "x").unwrap(),
        &["x.txt"],
        &["essays/e2/index.html"],
    ),
    (
        "a style that no page asks for",
        |book| fs::write(book.join("themes/default/assets/mine.css"), "p { margin: 1em }").unwrap(),
        &[],
        &["essays/e2/index.html", "index.html"],
    ),
];

#[test]
fn an_edit_writes_the_files_that_show_it_and_no_other() {
    let book = book();
    fs::create_dir(book.path().join("content/static")).unwrap();
    run(&book);
    let (mut made, mut there) = (clean(&book), stamps(&book));
    for (what, edit, with, without) in EDITS {
        edit(book.path());
        let made_now = clean(&book);
        let wanted = changed(&made, &made_now);
        let is_meant = |name: &&&str| wanted.contains(**name);
        assert!(with.iter().all(|name| is_meant(&name)), "{what} shows in {with:?}, and this changes: {wanted:?}");
        assert!(!without.iter().any(|name| is_meant(&name)), "{what} shows in none of {without:?}: {wanted:?}");
        if *what == "a title" {
            // The link to the old title is broken now; nothing is written until it is mended.
            let output = book.run(&["build", "--as-of", "2026-01-01"]);
            assert_eq!((output.status.code(), stamps(&book)), (Some(1), there.clone()), "{what}");
            continue;
        }
        let work = run(&book);
        let there_now = stamps(&book);
        let mut written = changed(&there, &there_now);
        written.remove(MARK);
        assert_eq!(written, wanted, "{what}");
        // Without the new essay the site is the one that stands beside this one still: nothing is written to have it back.
        let new: Vec<&String> = wanted.iter().filter(|_| *what != "an essay less").collect();
        let bytes: usize = new.iter().map(|name| made_now[*name].len()).sum();
        let removed = made.keys().filter(|name| !made_now.contains_key(*name)).count();
        assert_eq!((work.written, work.bytes, work.removed), (new.len(), bytes, removed), "{what}: {work:?}");
        assert_eq!((work.files, work.kept), (made_now.len(), made_now.len() - new.len()), "{what}: {work:?}");
        let names: BTreeSet<&String> = there_now.keys().filter(|name| *name != MARK).collect();
        assert_eq!(names, made_now.keys().collect(), "{what}");
        (made, there) = (made_now, there_now);
    }
}

/// Builds after an edit; what was done, and the files that show the edit.
fn after(book: &Book, edit: fn(&Path)) -> (Work, BTreeSet<String>) {
    let before = clean(book);
    edit(book.path());
    (run(book), changed(&before, &clean(book)))
}

/// Files that are made of the whole book and whose recipe would cost as much as they do: they are made whenever anything is.
fn is_of_the_whole_book(name: &str) -> bool {
    ["print/index.html", "sitemap.xml", "robots.txt", "graph.json", "feeds.opml"].contains(&name)
}

/// An edit, and files that are among those that show it. The last: how many more may be made, to see whether what they show of it
/// is still the same. In a book this small, a theme may show all titles and days on every page.
type Shown = (&'static str, fn(&Path), &'static [&'static str], Option<usize>);

#[test]
fn an_edit_makes_the_files_that_show_it_and_no_other() {
    let book = book();
    fs::write(book.path().join("content/essays/later.md"), "+++\ntitle = \"Later\"\ndraft = true\n+++\nWords.\n")
        .unwrap();
    let first = run(&book);
    assert_eq!((first.parsed, first.made, first.kept), (9, first.files, 0), "{first:?}");
    // Nothing shows a draft. What is made all the same is made by every build that has anything to do.
    let (hidden, shown) = after(&book, |book| replace(&book.join("content/essays/later.md"), "Words", "More words"));
    assert_eq!((shown.len(), hidden.written), (0, 0), "{hidden:?}");
    assert!(hidden.made < hidden.files / 2, "{hidden:?}");
    let edits: [Shown; 5] = [
        (
            "a typing fix",
            |book| replace(&book.join("content/essays/e0.md"), "leavs", "leaves"),
            &["essays/e0/index.html", "essays/e0/index.md", "feed.xml"],
            Some(1),
        ),
        (
            "a new title",
            |book| {
                replace(
                    &book.join("content/essays/e3.md"),
                    "title = \"Essay 3\"",
                    "title = \"The third\"\naliases = [\"/old/\"]\nslug = \"e3\"",
                )
            },
            &["essays/e3/index.html", "essays/index.html", "index.html", "old/index.html"],
            None,
        ),
        (
            "a reply",
            |book| replace(&book.join("content/replies/e3.toml"), "Yes", "No"),
            &["essays/e3/index.html", "replies/index.html"],
            Some(1),
        ),
        (
            "a definition",
            |book| replace(&book.join("content/concepts/debt.md"), "owed", "owing"),
            &["concepts/debt/index.html"],
            Some(2),
        ),
        (
            "another day",
            |book| replace(&book.join("content/essays/e1.md"), "2021-01-02", "2021-01-03"),
            &["essays/e1/index.html"],
            None,
        ),
    ];
    // So that a new title breaks no link.
    replace(&book.path().join("content/essays/e4.md"), "![[Essay 3]]", "![[e3.md]]");
    run(&book);
    for (what, edit, among, more) in edits {
        let (work, shown) = after(&book, edit);
        assert!(
            among.iter().all(|name| shown.contains(*name)),
            "{what} shows in {among:?}, and this changes: {shown:?}"
        );
        let fresh = shown.iter().filter(|name| !is_of_the_whole_book(name)).count();
        assert_eq!(work.written, shown.len(), "{what}: {work:?} {shown:?}");
        assert_eq!(work.parsed, 1, "{what} is in one file: {work:?}");
        let least = hidden.made + fresh;
        let most = more.map_or(work.files, |more| least + more);
        assert!((least..=most).contains(&work.made), "{what}, {least} to {most}: {work:?} {shown:?}");
    }
}

#[test]
fn a_file_that_is_touched_makes_nothing() {
    let book = book();
    run(&book);
    for name in ["content/essays/e0.md", "content/replies/e3.toml", "themes/default/assets/mine.css", "book.toml"] {
        let file = fs::File::options().append(true).open(book.path().join(name)).unwrap();
        file.set_modified(SystemTime::now() + Duration::from_secs(1)).unwrap();
        let work = run(&book);
        assert_eq!((work.parsed, work.made, work.written, work.removed), (0, 0, 0, 0), "{name}");
        assert_eq!(work.kept, work.files, "{name}");
    }
}

#[test]
fn an_edit_of_a_template_writes_every_page_of_it_and_computes_no_leaf() {
    let book = book();
    let template = book.path().join("themes/default/templates/essay.html");
    fs::create_dir_all(template.parent().unwrap()).unwrap();
    fs::write(&template, "{% extends \"default/essay.html\" %}\n{% block footer %}<p>One</p>{% endblock footer %}\n")
        .unwrap();
    run(&book);
    let (work, shown) = after(&book, |book| replace(&book.join("themes/default/templates/essay.html"), "One", "Two"));
    let essays: BTreeSet<String> = (0..5).map(|number| format!("essays/e{number}/index.html")).collect();
    assert_eq!(shown, essays);
    assert!(work.written == essays.len() && work.made >= essays.len(), "{work:?}");
    assert_eq!((work.computed("highlight"), work.computed("math")), (0, 0), "{work:?}");
}

#[test]
fn code_is_coloured_once_and_again_where_it_was_edited() {
    let book = book();
    let first = run(&book);
    assert_eq!((first.computed("highlight"), first.computed("math")), (1, 1), "{first:?}");
    let (work, _) =
        after(&book, |book| replace(&book.join("content/essays/e1.md"), "Trust and debt", "Debt and trust"));
    assert_eq!((work.computed("highlight"), work.computed("math")), (0, 0), "a word beside it: {work:?}");
    let (work, shown) = after(&book, |book| replace(&book.join("content/essays/e1.md"), "fn main", "fn other"));
    assert_eq!((work.computed("highlight"), work.computed("math")), (1, 0), "one block: {work:?}");
    assert!(shown.contains("essays/e1/index.html") && !shown.contains("essays/e2/index.html"), "{shown:?}");
}

#[test]
fn what_a_passage_does_not_show_makes_no_page() {
    // Each essay shows the first paragraph of the next one, and that shows nothing of what follows it.
    let essay = |number: usize| {
        format!(
            "-- content/essays/c{number}.md --\n+++\ntitle = \"C{number}\"\ndate = 2021-01-02\n+++\nWords {number}.\n\n![[C{}#p-words-{}]]\n",
            number + 1,
            number + 1
        )
    };
    let chain: String = (0..60).map(essay).collect();
    let last = "-- content/essays/c60.md --\n+++\ntitle = \"C60\"\ndate = 2021-01-02\n+++\nWords 60.\n\nThe end.\n";
    let book = Book::new(&format!("-- book.toml --\ntitle = \"T\"\n{chain}{last}"));
    let first = run(&book);
    let (work, shown) = after(&book, |book| replace(&book.join("content/essays/c60.md"), "The end", "The very end"));
    assert!(shown.contains("essays/c60/index.html") && !shown.contains("essays/c58/index.html"), "{shown:?}");
    assert!(work.made < 20 && first.made > 120, "{work:?} of {first:?}");
}
