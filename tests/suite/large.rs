//! A book that is not held in memory: texts are read again, and the site is the same.

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};

use throughline::build::{Build, build};
use throughline::load::{Options, load};
use throughline::model::source::{Changed, Holds};

use crate::support::Book;

fn book() -> Book {
    let essay = |number: usize| {
        format!(
            "-- content/essays/e{number}.md --\n+++\ntitle = \"Essay {number}\"\ndate = 2021-01-0{}\n+++\n\
             Words of trust.[^1] See [[Essay {}]].\n\n## A heading\n\n`x` and $y$.\n\n```rust\nfn main() {{}}\n```\n\n[^1]: A note.\n",
            number + 1,
            (number + 1) % 5,
        )
    };
    let files = [
        "-- book.toml --\ntitle = \"T\"\nbase_url = \"https://me.example/\"\n".to_owned(),
        (0..5).map(essay).collect(),
        "-- content/essays/quoting.md --\n+++\ntitle = \"Quoting\"\ndate = 2022-01-01\n+++\n![[Essay 1#A heading]]\n\n[x](gone.md)\n"
            .to_owned(),
        "-- content/concepts/trust.md --\n\u{feff}+++\ntitle = \"trust\"\npassage = \"Words of trust.\"\n+++\nA *definition*.\n".to_owned(),
        "-- content/replies/e1.toml --\n[[reply]]\nid = \"mine:1\"\npassage = \"Words of trust.\"\ntext = \"Yes, trust.\"\n".to_owned(),
    ];
    Book::new(&files.concat())
}

fn made(book: &Book, holds: Holds) -> Build {
    let options = Options { as_of: Some(jiff::civil::date(2026, 1, 1)), holds, ..Options::default() };
    let (snapshot, found) = load(book.path(), &options).unwrap();
    build(&snapshot, found)
}

#[test]
fn a_book_for_which_there_is_no_room_becomes_the_same_site() {
    let book = book();
    let whole = made(&book, Holds::default());
    for (sources, once, texts) in [(0, 0, 0), (0, 0, 1 << 20), (1 << 20, 0, 0), (900, 900, 9_000), (0, 1 << 20, 0)] {
        let little = made(&book, Holds { sources, once, texts });
        assert_eq!(little.report.diagnostics, whole.report.diagnostics, "{sources} {texts}");
        let names = |build: &Build| build.artifacts.iter().map(|made| made.file.clone()).collect::<Vec<_>>();
        assert_eq!(names(&little), names(&whole), "{sources} {texts}");
        for (one, other) in little.artifacts.iter().zip(&whole.artifacts) {
            assert!(one.bytes == other.bytes, "{} with room for {sources} and {texts}", one.file);
        }
    }
}

#[test]
fn a_file_that_changes_while_its_book_is_built_is_noticed() {
    let book = book();
    let options = Options { holds: Holds { sources: 0, once: 0, texts: 0 }, ..Options::default() };
    for change in [
        (|file| fs::write(file, "+++\ntitle = \"Other\"\n+++\nOther words.\n").unwrap()) as fn(&std::path::Path),
        |file| fs::write(file, [0xff, 0xfe]).unwrap(),
        |file| fs::remove_file(file).unwrap(),
    ] {
        let file = book.path().join("content/essays/e3.md");
        fs::write(&file, "+++\ntitle = \"Essay 3\"\ndate = 2021-01-04\n+++\nWords.\n").unwrap();
        let (snapshot, found) = load(book.path(), &options).unwrap();
        change(&file);
        let unwound = catch_unwind(AssertUnwindSafe(|| build(&snapshot, found))).map(|_| ());
        let changed = unwound.expect_err("it is noticed").downcast::<Changed>().expect("and said");
        assert_eq!(changed.0.as_str(), "content/essays/e3.md");
    }
}
