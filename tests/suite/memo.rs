//! What builds remember: nothing changes by it but the time, whatever becomes of the file.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;

use throughline::Snapshot;
use throughline::base::diagnostic::Diagnostics;
use throughline::base::fingerprint::Fingerprint;
use throughline::build::{Build, build, build_into};
use throughline::io::executable;
use throughline::memo::{Count, Leaf, Memo};
use throughline::render::{Collected, Tools};

use crate::support::preview::Preview;
use crate::support::{Book, tree};

const CODE: &str = "```rust\nfn main() { let number = 1; }\n```\n\n```python\nprint(\"two\")\n```\n";
const FORMULAS: &str = "It is $\\R^2$, and\n\n$$\\frac{a}{b}$$\n";

/// Two essays: two blocks and two formulas in one, one block in the other.
fn texts() -> Vec<(&'static str, String)> {
    let essay = |title: &str, text: &str| format!("+++\ntitle = \"{title}\"\ndate = 2020-01-02\n+++\n{text}");
    vec![
        ("content/essays/one.md", essay("One", &format!("{CODE}\n{FORMULAS}"))),
        ("content/essays/two.md", essay("Two", "```toml\nkey = 3\n```\n")),
    ]
}

const SETTINGS: &str = "title = \"T\"\n[markdown.math_macros]\n\"\\\\R\" = \"\\\\mathbb{R}\"\n";

fn snapshot(settings: &str, texts: &[(&'static str, String)]) -> (Snapshot, Diagnostics) {
    let files: Vec<(&str, &str)> = texts.iter().map(|(path, text)| (*path, text.as_str())).collect();
    Snapshot::from_texts(settings, files, jiff::civil::date(2026, 1, 1))
}

/// The build with a memo, which is the one without.
fn made(settings: &str, texts: &[(&'static str, String)], memo: &Arc<Memo>) -> Build {
    let (snapshot, found) = snapshot(settings, texts);
    let collected = Collected::default();
    let mut with = build_into(&snapshot, found.clone(), &Tools::new(&collected, memo));
    with.artifacts = collected.into_artifacts();
    let without = build(&snapshot, found);
    assert_eq!(with.report.diagnostics, without.report.diagnostics);
    let files = |build: &Build| -> BTreeMap<String, Vec<u8>> {
        build.artifacts.iter().map(|artifact| (artifact.file.clone(), artifact.bytes.to_vec())).collect()
    };
    assert_eq!(files(&with), files(&without));
    with
}

fn computed(memo: &Memo) -> (usize, usize) {
    let counts = memo.counts();
    (counts[&Leaf::Highlight].computed, counts[&Leaf::Math].computed)
}

/// The memo that the next run reads.
fn next(memo: &Memo) -> Arc<Memo> {
    let program = Fingerprint::of(b"program");
    let mut bytes = Vec::new();
    memo.write(program, None, &mut bytes).unwrap();
    Arc::new(Memo::of(bytes, program).unwrap())
}

fn book() -> Book {
    let files = texts().iter().map(|(path, text)| format!("-- {path} --\n{text}")).collect::<String>();
    Book::new(&format!("-- book.toml --\n{SETTINGS}{files}"))
}

fn place(book: &Book) -> PathBuf {
    book.path().join(".throughline/cache/memo")
}

/// The files of a folder, without what builds remember of the texts themselves.
fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).into_iter().flatten();
    let names = entries.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned());
    let mut names: Vec<String> = names.filter(|name| !name.starts_with("texts")).collect();
    names.sort();
    names
}

/// Builds, and gives what was said.
fn run(book: &Book, more: &[&str]) -> String {
    let output = book.run(&[&["build", "--as-of", "2026-01-01"], more].concat());
    let told = String::from_utf8(output.stderr).unwrap();
    assert_eq!((output.status.code(), told.as_str()), (Some(0), ""));
    String::from_utf8(output.stdout).unwrap()
}

/// Changes the book, so that there is something to build: an essay gets a sentence.
fn edit(book: &Book) {
    let path = book.path().join("content/essays/two.md");
    let text = fs::read_to_string(&path).unwrap();
    fs::write(path, text + "\nA sentence more.\n").unwrap();
}

fn site(book: &Book) -> BTreeMap<String, Vec<u8>> {
    tree(&book.path().join("public"))
}

fn program() -> Fingerprint {
    executable::fingerprint_of(Path::new(env!("CARGO_BIN_EXE_throughline"))).unwrap()
}

#[test]
fn a_second_build_computes_no_leaf() {
    let memo = Arc::new(Memo::default());
    made(SETTINGS, &texts(), &memo);
    assert_eq!(computed(&memo), (3, 2));
    let second = next(&memo);
    made(SETTINGS, &texts(), &second);
    assert_eq!(computed(&second), (0, 0));
    // Each block stands on the page of its essay and on that of the whole book.
    assert_eq!(second.counts()[&Leaf::Highlight], Count { hits: 6, computed: 0 });
    assert!(!second.has_news());
}

#[test]
fn an_edit_of_one_block_computes_one_and_an_edit_beside_it_none() {
    let mut texts = texts();
    let memo = Arc::new(Memo::default());
    made(SETTINGS, &texts, &memo);
    texts[0].1 = texts[0].1.replace("number = 1", "number = 7");
    let second = next(&memo);
    made(SETTINGS, &texts, &second);
    assert_eq!(computed(&second), (1, 0));
    texts[0].1.push_str("\nOne more word, and $\\frac{a}{c}$.\n");
    let third = next(&second);
    made(SETTINGS, &texts, &third);
    assert_eq!(computed(&third), (0, 1));
}

#[test]
fn a_changed_macro_converts_the_formulas_again_and_colours_no_code() {
    let memo = Arc::new(Memo::default());
    made(SETTINGS, &texts(), &memo);
    let second = next(&memo);
    let build = made(&SETTINGS.replace("mathbb", "mathcal"), &texts(), &second);
    assert_eq!(computed(&second), (0, 2));
    let page = build.artifacts.iter().find(|artifact| artifact.file == "essays/one/index.html").unwrap();
    let page = String::from_utf8_lossy(&page.bytes);
    assert!(page.contains('\u{211b}') && !page.contains('\u{211d}'), "{page}");
}

#[test]
fn what_is_wrong_is_told_again_at_its_place() {
    let mut texts = texts();
    texts[1].1.push_str("\nWords, then $\\frac{1}$ and $\\nowhere$.\n");
    let memo = Arc::new(Memo::default());
    let first = made(SETTINGS, &texts, &memo).report;
    let codes: Vec<&str> = first.diagnostics.iter().map(|found| found.code.name()).collect();
    assert_eq!(codes, ["bad-math", "bad-math"]);
    // Another place, the same formulas.
    texts[1].1 = texts[1].1.replace("Words, then", "More words, then");
    let second = next(&memo);
    let moved = made(SETTINGS, &texts, &second).report;
    assert_eq!(computed(&second), (0, 0));
    let starts = |report: &throughline::base::diagnostic::Report| -> Vec<u32> {
        report.diagnostics.iter().map(|found| found.span.as_ref().unwrap().range.unwrap().0).collect()
    };
    assert_eq!(starts(&moved), starts(&first).iter().map(|start| start + 5).collect::<Vec<_>>());
}

#[test]
fn the_file_is_written_when_there_is_news_and_left_alone_otherwise() {
    let book = book();
    run(&book, &[]);
    let first = fs::read(place(&book)).unwrap();
    let written = fs::metadata(place(&book)).unwrap().modified().unwrap();
    let memo = Arc::new(Memo::of(first.clone(), program()).unwrap());
    made(SETTINGS, &texts(), &memo);
    assert_eq!(computed(&memo), (0, 0), "the build kept all of it, under its own fingerprint");
    fs::write(book.path().join("content/essays/two.md"), texts()[1].1.replace("# ", "") + "\nA word.\n").unwrap();
    run(&book, &[]);
    assert!(book.run(&["check", "--as-of", "2026-01-01"]).status.success());
    assert_eq!(fs::metadata(place(&book)).unwrap().modified().unwrap(), written);
    fs::write(book.path().join("content/essays/two.md"), texts()[1].1.replace("key = 3", "key = 4")).unwrap();
    run(&book, &[]);
    assert_ne!(fs::read(place(&book)).unwrap(), first);
    assert_eq!(names(place(&book).parent().unwrap()), ["memo", "outcome"]);
    assert_eq!(fs::read_to_string(book.path().join(".throughline/.gitignore")).unwrap(), "*\n");
}

#[test]
fn a_book_without_code_and_formulas_gets_no_file() {
    let book = Book::new("-- content/essays/one.md --\n+++\ntitle = \"One\"\ndate = 2020-01-02\n+++\nText.\n");
    assert!(book.run(&["check", "--as-of", "2026-01-01"]).status.success());
    assert!(!book.path().join(".throughline").exists(), "a check keeps nothing else");
    run(&book, &[]);
    assert_eq!(names(place(&book).parent().unwrap()), ["outcome"]);
}

#[test]
fn what_is_kept_is_used_and_without_the_cache_nothing_is_read_or_written() {
    let book = book();
    run(&book, &["--no-cache"]);
    assert!(!book.path().join(".throughline").exists());
    let clean = site(&book);
    run(&book, &[]);
    assert_eq!(site(&book), clean);
    // Nobody else can write this, as the seal stands for chance and not for hands: so it shows who reads it.
    let kept = fs::read(place(&book)).unwrap();
    let mut content = kept[..kept.len() - 16].to_vec();
    let at = content.windows(4).position(|window| window == b"main").unwrap();
    content[at..at + 4].copy_from_slice(b"mine");
    let seal = Fingerprint::of(&content);
    content.extend(seal.as_bytes());
    fs::write(place(&book), &content).unwrap();
    run(&book, &[]);
    assert_eq!(site(&book), clean, "nothing has changed, and the file is not even read");
    let essay = book.path().join("content/essays/one.md");
    let text = fs::read_to_string(&essay).unwrap();
    fs::write(&essay, format!("{text}\nA sentence more.\n")).unwrap();
    run(&book, &[]);
    assert!(book.read("essays/one/index.html").contains("<span class=\"f\">mine</span>"));
    fs::write(&essay, text).unwrap();
    run(&book, &["--no-cache"]);
    assert_eq!(site(&book), clean);
    assert!(book.run(&["check", "--no-cache"]).status.success());
    assert_eq!(fs::read(place(&book)).unwrap(), content, "and it is left as it was");
    fs::write(place(&book), "nonsense").unwrap();
    assert!(!run(&book, &["--no-cache"]).contains("anew"));
}

#[test]
fn a_file_that_is_not_ours_or_not_whole_is_replaced_with_a_note() {
    let book = book();
    assert!(!run(&book, &[]).contains("anew"));
    let good = fs::read(place(&book)).unwrap();
    let mut other = good.clone();
    other[20] ^= 1;
    let mut later = good.clone();
    later[16] += 1;
    let mut cases: Vec<(Vec<u8>, &str)> = vec![
        (other, "was written by another copy of Throughline"),
        (later, "was written by another copy of Throughline"),
        (b"{ \"json\": true }".to_vec(), "was not written by Throughline"),
        (vec![0; 4096], "was not written by Throughline"),
        ([good.as_slice(), b"\n"].concat(), "is damaged"),
    ];
    for end in [0, 15, 36, 63, 80, 200, good.len() / 2, good.len() - 1] {
        cases.push((good[..end].to_vec(), "is damaged"));
    }
    for place in [70, good.len() / 2, good.len() - 1] {
        let mut flipped = good.clone();
        flipped[place] ^= 1;
        cases.push((flipped, "is damaged"));
    }
    for (bytes, why) in cases {
        edit(&book);
        run(&book, &["--no-cache"]);
        let clean = site(&book);
        fs::write(place(&book), &bytes).unwrap();
        let told = run(&book, &[]);
        let note = format!("`.throughline/cache/memo` {why}, so all is computed anew.\n");
        assert!(told.starts_with(&note), "{} bytes: {told}", bytes.len());
        assert_eq!(site(&book), clean);
        assert!(fs::read(place(&book)).unwrap() == good, "{} bytes: it is as before", bytes.len());
    }
    edit(&book);
    assert!(!run(&book, &[]).contains("anew"), "it is told once");
}

#[test]
fn what_is_no_file_is_told_and_costs_no_page() {
    let book = book();
    fs::create_dir_all(place(&book).parent().unwrap()).unwrap();
    assert!(Command::new("mkfifo").arg(place(&book)).status().unwrap().success());
    assert!(run(&book, &[]).starts_with("All is computed anew: cannot read `"));
    edit(&book);
    assert!(place(&book).is_file() && !run(&book, &[]).contains("anew"), "the pipe is replaced");
    fs::remove_file(place(&book)).unwrap();
    fs::create_dir(place(&book)).unwrap();
    edit(&book);
    let told = run(&book, &[]);
    assert!(told.contains("The next run computes all of this anew: cannot write `"), "{told}");
    assert_eq!(names(place(&book).parent().unwrap()), ["memo", "outcome"], "and leaves nothing unfinished");
    fs::remove_dir_all(book.path().join(".throughline")).unwrap();
    fs::write(book.path().join(".throughline"), "a file\n").unwrap();
    for _ in 0..2 {
        // Nothing at all is kept, so that nothing is found out by it; and that is told once for all that cannot be.
        let told = run(&book, &[]);
        assert_eq!(told.matches("The next run ").count(), 1, "{told}");
        assert!(told.contains("anew: cannot write `") && told.contains("\nBuilt 2 essays"), "{told}");
    }
    let made = site(&book);
    run(&book, &["--no-cache"]);
    assert_eq!((made, fs::read_to_string(book.path().join(".throughline")).unwrap()), (site(&book), "a file\n".into()));
}

#[test]
fn an_outcome_that_cannot_be_kept_is_told_and_costs_no_page() {
    let book = book();
    run(&book, &[]);
    let outcome = place(&book).with_file_name("outcome");
    fs::remove_file(&outcome).unwrap();
    fs::create_dir(&outcome).unwrap();
    let told = run(&book, &[]);
    assert!(
        told.contains("The next run looks at all of this anew: cannot write `") && told.contains("\nBuilt 2"),
        "{told}"
    );
    assert_eq!(names(place(&book).parent().unwrap()), ["memo", "outcome"], "and leaves nothing unfinished");
}

#[test]
fn a_disk_without_room_for_it_gets_the_site_and_nothing_unfinished() {
    // Lines that long are shown plain, which takes no time; and no page shows all pages.
    let page = |at: usize| {
        let code = at.to_string().repeat(100_000);
        format!("-- content/pages/page-{at}.md --\n+++\ntitle = \"Page {at}\"\n+++\n```rust\n{code}\n```\n")
    };
    let book = Book::new(&(10..20).map(page).collect::<String>());
    // No file may be larger than half a megabyte, or a whole one where the shell counts so.
    let output = Command::new("sh")
        .args(["-c", "trap '' XFSZ; ulimit -f 1000; exec \"$0\" build --as-of 2026-01-01"])
        .arg(env!("CARGO_BIN_EXE_throughline"))
        .current_dir(book.path())
        .output()
        .unwrap();
    let told = String::from_utf8(output.stdout).unwrap();
    assert_eq!((output.status.code(), String::from_utf8(output.stderr).unwrap().as_str()), (Some(0), ""), "{told}");
    assert_eq!(told.matches("The next run computes all of this anew: cannot write `").count(), 1, "{told}");
    assert!(told.contains("\nBuilt "), "{told}");
    assert_eq!(names(place(&book).parent().unwrap()), ["outcome"], "which is small, and nothing unfinished");
    let limited = site(&book);
    run(&book, &["--no-cache"]);
    assert_eq!(site(&book), limited);
}

#[test]
fn two_builds_at_once_share_it() {
    let book = book();
    run(&book, &["--no-cache"]);
    let clean = site(&book);
    for round in 0..5 {
        fs::remove_dir_all(book.path().join(".throughline")).ok();
        let start = |out: &str| {
            Command::new(env!("CARGO_BIN_EXE_throughline"))
                .args(["build", "--as-of", "2026-01-01", "--out", out])
                .current_dir(book.path())
                .stdout(Stdio::piped())
                .stderr(Stdio::piped())
                .spawn()
                .unwrap()
        };
        for running in ["first", "second", "third"].map(start) {
            let output = running.wait_with_output().unwrap();
            assert!(output.status.success(), "{round}: {}", String::from_utf8_lossy(&output.stderr));
            let told = String::from_utf8(output.stdout).unwrap();
            assert!(!told.contains("anew"), "{round}: {told}");
        }
        for out in ["first", "second", "third"] {
            assert_eq!(tree(&book.path().join(out)), clean, "{round}: {out}");
        }
        assert_eq!(names(place(&book).parent().unwrap()), ["memo", "outcome"]);
        let memo = Arc::new(Memo::of(fs::read(place(&book)).unwrap(), program()).unwrap());
        made(SETTINGS, &texts(), &memo);
        assert_eq!(computed(&memo), (0, 0), "{round}");
    }
}

#[test]
fn what_a_killed_build_left_unfinished_is_taken_away() {
    let book = book();
    let folder = place(&book).parent().unwrap().to_owned();
    fs::create_dir_all(&folder).unwrap();
    let mut gone = Command::new("true").spawn().unwrap();
    gone.wait().unwrap();
    fs::write(folder.join(format!("memo.new-{}-abc", gone.id())), "half").unwrap();
    let mine = format!("memo.new-{}-abc", std::process::id());
    fs::write(folder.join(&mine), "half").unwrap();
    run(&book, &[]);
    assert_eq!(
        names(&folder),
        ["memo".to_owned(), mine, "outcome".to_owned()],
        "one that is still being written stays"
    );
}

#[test]
fn the_preview_uses_what_builds_kept_and_keeps_what_it_computes() {
    let book = book();
    let mut preview = Preview::start(book.path(), &[]);
    preview.wait_for("/essays/one/", "the file of the memo", |_| place(&book).is_file());
    drop(preview);
    let memo = Arc::new(Memo::of(fs::read(place(&book)).unwrap(), program()).unwrap());
    made(SETTINGS, &texts(), &memo);
    assert_eq!(computed(&memo), (0, 0));
}
