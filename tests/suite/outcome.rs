//! Nothing to do is found out at once: the last report is told again, and no file is touched. Whatever a site depends on is
//! noticed all the same, and whatever becomes of the file that remembers it.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::{Duration, SystemTime};

use serde_json::Value;

use crate::support::{Book, tree};

/// A book with a warning, a draft that is left out, a file of its own and one of a theme.
fn book() -> Book {
    Book::new(
        "-- book.toml --\ntitle = \"T\"\nbase_url = \"https://me.example/\"\n[theme]\nfont = \"system\"\n\
         -- content/essays/one.md --\n+++\ntitle = \"One\"\ndate = 2020-01-02\nconcepts = [\"trust\"]\n+++\nWords of trust, and [more](later.md).\n\n```rust\nfn main() {}\n```\n\
         -- content/essays/later.md --\n+++\ntitle = \"Later\"\ndate = 2021-01-02\ndraft = true\n+++\nNot yet.\n\
         -- content/essays/soon.md --\n+++\ntitle = \"Soon\"\ndate = 2026-06-01\n+++\nNot yet.\n\
         -- content/concepts/trust.md --\n+++\ntitle = \"trust\"\nsummary = \"Relying on somebody.\"\n+++\n\
         -- content/replies/one.toml --\n[[reply]]\nid = \"mine:1\"\nauthor = \"Ada\"\ntext = \"Yes.\"\n\
         -- content/static/share.txt --\nA file.\n\
         -- themes/default/assets/mine.css --\np { margin: 0 }\n\
         -- themes/default/templates/page.html --\n{% extends \"default/page.html\" %}\n",
    )
}

fn build(book: &Book, more: &[&str]) -> Output {
    book.run(&[&["build", "--as-of", "2026-01-01"], more].concat())
}

/// What a build that goes well says: the report, then the rest.
fn said(book: &Book, more: &[&str]) -> String {
    let output = build(book, more);
    let [report, rest] = [output.stderr, output.stdout].map(|bytes| String::from_utf8(bytes).unwrap());
    assert_eq!(output.status.code(), Some(0), "{more:?}: {report}");
    report + &rest
}

/// What a build that goes well did.
fn done(book: &Book, more: &[&str]) -> Value {
    serde_json::from_str(&said(book, &[&["--timings", "--format", "json"], more].concat())).unwrap()
}

/// Whether it found that there was nothing to do.
fn is_at_once(done: &Value) -> bool {
    let stages = done["timings"]["stages"].as_array().unwrap();
    let is_short = stages.iter().map(|stage| &stage["name"]).eq(["open", "load", "compare"]);
    assert!(!is_short || done["work"]["made"] == 0 && done["work"]["written"] == 0, "{done}");
    is_short
}

/// Where every file of a book, its site and its memory lies on the disk, and when it was written; but for the list of texts that
/// were left alone for long enough, which grows by itself.
fn stamps(book: &Book) -> BTreeMap<String, (u64, i64, i64)> {
    let stamp = |name: String| {
        let found = fs::symlink_metadata(book.path().join(&name)).unwrap();
        (name, (found.ino(), found.mtime(), found.mtime_nsec()))
    };
    tree(book.path()).into_keys().filter(|name| name != ".throughline/cache/stamps").map(stamp).collect()
}

/// The site, without its mark.
fn site(book: &Book, folder: &str) -> BTreeMap<String, Vec<u8>> {
    let mut site = tree(&book.path().join(folder));
    assert!(site.remove(".throughline-output").is_some());
    site
}

/// The site is what a clean build with the same options makes; and the next build finds nothing to do.
fn is_right(book: &Book, what: &str, more: &[&str]) {
    let options: Vec<&str> = more.iter().copied().filter(|option| *option != "--no-cache").collect();
    let clean = said(book, &[&options[..], &["--no-cache", "--out", "clean"]].concat());
    assert!(site(book, "public") == site(book, "clean"), "{what}");
    fs::remove_dir_all(book.path().join("clean")).unwrap();
    fs::remove_dir_all(book.path().join(".clean.spare")).unwrap();
    let before = stamps(book);
    assert!(is_at_once(&done(book, &options)), "{what}");
    assert_eq!(said(book, &options), clean.replace("clean", "public"), "{what}");
    assert_eq!(stamps(book), before, "{what}");
}

fn place(book: &Book) -> PathBuf {
    book.path().join(".throughline/cache/outcome")
}

fn touch(path: &Path) {
    let file = fs::File::options().append(true).open(path).unwrap();
    file.set_modified(SystemTime::now() + Duration::from_secs(2)).unwrap();
}

#[test]
fn nothing_to_do_is_told_as_the_first_build_was_and_touches_no_file() {
    let forms = [&[][..], &["--format", "json"], &["--format", "sarif"], &["--quiet"], &["--verbose"]];
    for form in forms {
        let book = book();
        let first = build(&book, form);
        assert_eq!(first.status.code(), Some(0));
        let before = stamps(&book);
        let second = build(&book, form);
        let text = |output: &Output| String::from_utf8(output.stdout.clone()).unwrap();
        if form == ["--verbose"] {
            assert!(text(&first).contains("  index.html\n") && !text(&second).contains("  index.html\n"));
        } else {
            assert_eq!(text(&second), text(&first), "{form:?}");
        }
        assert_eq!((second.status.code(), &second.stderr), (Some(0), &first.stderr), "{form:?}");
        assert_eq!(stamps(&book), before, "{form:?}");
        assert!(is_at_once(&done(&book, &[])), "{form:?}");
    }
    let told = said(&book(), &[]);
    assert!(told.starts_with("warning[link-to-draft]"), "{told}");
    assert!(
        told.contains("Left out: content/essays/later.md (") && told.contains("\nBuilt 1 essay and 1 concept"),
        "{told}"
    );
}

#[test]
fn warnings_that_are_denied_fail_whatever_was_built_before() {
    let book = book();
    said(&book, &[]);
    let before = stamps(&book);
    for _ in 0..2 {
        let denied = build(&book, &["--deny", "warnings"]);
        let told = String::from_utf8_lossy(&denied.stderr).into_owned() + &String::from_utf8_lossy(&denied.stdout);
        assert_eq!(denied.status.code(), Some(1), "{told}");
        assert!(told.contains("Nothing was written"), "{told}");
        assert!(tree(&book.path().join("public")).keys().all(|name| before.contains_key(&format!("public/{name}"))));
    }
    assert!(is_at_once(&done(&book, &[])), "and that changes nothing for those who do not deny them");
    fs::write(
        book.path().join("content/essays/one.md"),
        "+++\ntitle = \"One\"\ndate = 2020-01-02\n+++\nWords of trust.\n",
    )
    .unwrap();
    said(&book, &["--deny", "warnings"]);
    assert!(is_at_once(&done(&book, &["--deny", "warnings"])), "without warnings there is nothing to deny");
}

/// Something that happens to a book or to what was made of it, and whether there is nothing to do behind it.
type Change = (&'static str, fn(&Path), bool);

const CHANGES: &[Change] = &[
    ("nothing", |_| (), true),
    ("an essay is touched", |book| touch(&book.join("content/essays/one.md")), true),
    ("a file is touched", |book| touch(&book.join("content/static/share.txt")), true),
    ("a file of the theme is touched", |book| touch(&book.join("themes/default/assets/mine.css")), true),
    ("a word", |book| replace(&book.join("content/essays/one.md"), "Words", "Letters"), false),
    ("a word in a draft", |book| replace(&book.join("content/essays/later.md"), "Not yet", "Soon"), false),
    ("a reply", |book| replace(&book.join("content/replies/one.toml"), "Yes", "No"), false),
    ("a setting", |book| replace(&book.join("book.toml"), "\"T\"", "\"U\""), false),
    ("a file", |book| replace(&book.join("content/static/share.txt"), "A file", "A life"), false),
    ("a file of the theme", |book| replace(&book.join("themes/default/assets/mine.css"), "0", "1"), false),
    (
        "a template",
        |book| replace(&book.join("themes/default/templates/page.html"), "%}\n", "%}\n{# No more. #}\n"),
        false,
    ),
    ("a promise", |book| fs::write(book.join("published.toml"), "[pages]\n\"/essays/one/\" = {}\n").unwrap(), false),
    (
        "an essay more",
        |book| {
            fs::write(book.join("content/essays/two.md"), "+++\ntitle = \"Two\"\ndate = 2020-02-02\n+++\nWords.\n")
                .unwrap()
        },
        false,
    ),
    ("an essay less", |book| fs::remove_file(book.join("content/essays/two.md")).unwrap(), false),
    ("a page that is edited by hand", |book| replace(&book.join("public/index.html"), "<", "< "), false),
    ("a page that is written again", |book| fs::write(book.join("public/index.html"), "By hand").unwrap(), false),
    ("a page that is gone", |book| fs::remove_file(book.join("public/essays/one/index.html")).unwrap(), false),
    ("a file beside the pages", |book| fs::write(book.join("public/essays/mine.html"), "Mine").unwrap(), false),
    ("a folder beside the pages", |book| fs::create_dir(book.join("public/mine")).unwrap(), false),
    (
        "a page that is a way to another",
        |book| {
            let page = book.join("public/index.html");
            fs::rename(&page, book.join("aside.html")).unwrap();
            std::os::unix::fs::symlink(book.join("aside.html"), page).unwrap();
        },
        false,
    ),
    ("a site that is gone", |book| fs::remove_dir_all(book.join("public")).unwrap(), false),
    ("what stands beside the site is gone", |book| fs::remove_dir_all(book.join(".public.spare")).unwrap(), false),
    ("all that is remembered is gone", |book| fs::remove_dir_all(book.join(".throughline")).unwrap(), false),
];

fn replace(path: &Path, old: &str, new: &str) {
    let text = fs::read_to_string(path).unwrap();
    assert!(text.contains(old), "{text}");
    fs::write(path, text.replace(old, new)).unwrap();
}

#[test]
fn whatever_happens_to_the_book_or_its_site_is_noticed() {
    let book = book();
    said(&book, &[]);
    for (what, happens, is_nothing) in CHANGES {
        happens(book.path());
        assert_eq!(is_at_once(&done(&book, &[])), *is_nothing, "{what}");
        is_right(&book, what, &[]);
    }
}

#[test]
fn other_options_make_another_site() {
    let book = book();
    said(&book, &[]);
    let options = [
        &["--as-of", "2027-01-01"][..],
        &["--drafts"],
        &["--base-url", "https://other.example/"],
        &["--drafts", "--as-of", "2027-01-01", "--base-url", "https://other.example/book/"],
    ];
    for more in options {
        // The last of two days counts for nothing here: the option stands once.
        let more: Vec<&str> = more.to_vec();
        let day: &[&str] = if more.contains(&"--as-of") { &[] } else { &["--as-of", "2026-01-01"] };
        let run = |rest: &[&str]| {
            let output = book.run(&[&["build"], day, &more, rest].concat());
            assert!(output.status.success(), "{more:?}: {}", String::from_utf8_lossy(&output.stderr));
            output.stdout
        };
        let json = ["--timings", "--format", "json"];
        let work = |rest: &[&str]| -> Value { serde_json::from_slice(&run(&[&json, rest].concat())).unwrap() };
        assert!(!is_at_once(&work(&[])), "{more:?}");
        assert!(is_at_once(&work(&[])), "{more:?}");
        run(&["--no-cache", "--out", "clean"]);
        assert!(site(&book, "public") == site(&book, "clean"), "{more:?}");
    }
    assert!(!is_at_once(&done(&book, &[])), "and back");
    is_right(&book, "and back", &[]);
}

#[test]
fn a_file_that_is_not_as_it_was_written_is_not_used() {
    let book = book();
    said(&book, &[]);
    let good = fs::read(place(&book)).unwrap();
    let other = |at: usize| {
        let mut bytes = good.clone();
        bytes[at] ^= 1;
        bytes
    };
    let mut cases: Vec<(String, Vec<u8>)> = vec![
        ("of another program".to_owned(), other(20)),
        ("garbage".to_owned(), b"{ \"json\": true }\n".repeat(50)),
        ("longer".to_owned(), [good.as_slice(), b"\n"].concat()),
        ("zeros".to_owned(), vec![0; good.len()]),
    ];
    let step = (good.len() / 24).max(1);
    cases.extend((0..good.len()).step_by(step).map(|end| (format!("cut at {end}"), good[..end].to_vec())));
    cases.push(("cut at its last byte".to_owned(), good[..good.len() - 1].to_vec()));
    cases.extend((0..good.len()).step_by(step * 2).map(|at| (format!("another byte at {at}"), other(at))));
    let (clean, told) = (site(&book, "public"), said(&book, &[]));
    for (what, bytes) in cases {
        fs::write(place(&book), bytes).unwrap();
        assert_eq!(said(&book, &[]), told, "{what}");
        assert!(site(&book, "public") == clean, "{what}");
        assert!(fs::read(place(&book)).unwrap() == good, "{what}: it is as before");
    }
    assert!(is_at_once(&done(&book, &[])));
}

#[test]
fn what_is_no_file_is_replaced_and_nobody_waits_for_it() {
    let book = book();
    let told = said(&book, &[]);
    fs::remove_file(place(&book)).unwrap();
    assert!(Command::new("mkfifo").arg(place(&book)).status().unwrap().success());
    assert_eq!(said(&book, &[]), told);
    assert!(place(&book).is_file() && is_at_once(&done(&book, &[])));
}

#[test]
fn an_outcome_of_another_site_is_not_told() {
    let (book, other) = (book(), book());
    said(&book, &[]);
    replace(&other.path().join("content/essays/one.md"), "title = \"One\"", "title = \"Another\"");
    said(&other, &[]);
    fs::copy(place(&other), place(&book)).unwrap();
    assert!(!is_at_once(&done(&book, &[])));
    is_right(&book, "with the file of another book", &[]);
}

#[test]
fn two_folders_of_one_book_are_both_found_to_be_done() {
    let book = book();
    said(&book, &[]);
    assert!(!is_at_once(&done(&book, &["--out", "other"])));
    assert!(is_at_once(&done(&book, &[])) && is_at_once(&done(&book, &["--out", "other"])));
    assert!(site(&book, "public") == site(&book, "other"));
}

#[test]
fn a_book_with_an_error_builds_nothing_and_is_found_to_be_done_once_it_is_mended() {
    let book = book();
    said(&book, &[]);
    let (path, before) = (book.path().join("content/essays/one.md"), stamps(&book));
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, format!("{text}\n[x](gone.md)\n")).unwrap();
    for _ in 0..2 {
        let output = build(&book, &[]);
        let told = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1), "{told}");
        assert!(told.contains("broken-link") && !told.contains("Built"), "{told}");
        let now = stamps(&book);
        let is_made = |name: &&String| name.starts_with("public/") || name.ends_with("/outcome");
        assert!(before.keys().filter(is_made).all(|name| now[name] == before[name]));
    }
    fs::write(&path, text).unwrap();
    assert!(is_at_once(&done(&book, &[])));
}

#[test]
fn without_the_cache_it_is_neither_read_nor_written() {
    let book = book();
    for _ in 0..2 {
        let done = done(&book, &["--no-cache"]);
        assert!(!is_at_once(&done) && done["work"]["made"] == done["work"]["files"], "{done}");
    }
    assert!(!book.path().join(".throughline").exists());
    said(&book, &[]);
    let kept = fs::read(place(&book)).unwrap();
    fs::write(place(&book), "nonsense").unwrap();
    assert!(!is_at_once(&done(&book, &["--no-cache"])));
    assert_eq!(fs::read(place(&book)).unwrap(), b"nonsense");
    said(&book, &[]);
    assert_eq!(fs::read(place(&book)).unwrap(), kept);
}

#[test]
fn the_timings_of_a_build_with_nothing_to_do_say_so() {
    let book = book();
    said(&book, &[]);
    let files = site(&book, "public").len();
    let done = done(&book, &[]);
    let work = &done["work"];
    for (key, wanted) in [("files", files), ("made", 0), ("written", 0), ("bytes", 0), ("kept", files), ("removed", 0)]
    {
        assert_eq!(work[key], wanted, "{key}: {work}");
    }
    assert_eq!((&work["remembered"], &done["timings"]["slowest"]), (&Value::Array(vec![]), &Value::Array(vec![])));
    assert_eq!(done["warnings"], 1, "the report is there all the same");
    let told = said(&book, &["--timings"]);
    assert!(told.contains(&format!("\nWork\n  {files} files: 0 made, 0 written, {files} kept, 0 removed\n")), "{told}");
    assert!(told.contains("Stages\n") && told.contains(" ms  compare\n") && !told.contains("Slowest"), "{told}");
}
