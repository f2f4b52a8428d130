//! Imports that are killed at any moment.

use std::collections::BTreeMap;
use std::fs;
use std::process::{Command, Stdio};

use serde_json::json;

use crate::support::{Book, tree};

const ESSAYS: usize = 40;

/// An export in which every reply says these words.
fn export(words: &str) -> String {
    let thread = |at: usize| {
        let replies: Vec<_> = (0..20)
            .map(|number| json!({"id": format!("{at}-{number}"), "name": "Ada", "text": format!("{words} ").repeat(200)}))
            .collect();
        json!({"essay": format!("essay-{at:02}"), "replies": replies})
    };
    json!({"threads": (0..ESSAYS).map(thread).collect::<Vec<_>>()}).to_string()
}

/// A book whose files of replies hold the first export.
fn book() -> Book {
    let essays: String = (0..ESSAYS)
        .map(|at| {
            format!(
                "-- content/essays/essay-{at:02}.md --\n+++\ntitle = \"Essay {at}\"\ndate = 2020-01-02\n+++\nText.\n"
            )
        })
        .collect();
    let book = Book::new(&essays);
    for (name, words) in [("first.json", "Before"), ("second.json", "After")] {
        fs::write(book.path().join(name), export(words)).unwrap();
    }
    assert!(book.run(&["import", "replies", "first.json"]).status.success());
    book
}

fn replies(book: &Book) -> BTreeMap<String, Vec<u8>> {
    tree(&book.path().join("content/replies"))
}

#[test]
fn every_file_is_the_old_one_or_the_new_one() {
    let book = book();
    let old = replies(&book);
    assert_eq!(old.len(), ESSAYS);
    assert!(book.run(&["import", "replies", "second.json"]).status.success());
    let new = replies(&book);
    assert!(new.iter().all(|(name, bytes)| old[name] != *bytes));
    // Killed at once, and after so many files are written.
    for written in [0, 1, 5, 20, ESSAYS - 1] {
        for (name, bytes) in &old {
            fs::write(book.path().join("content/replies").join(name), bytes).unwrap();
        }
        let mut import = Command::new(env!("CARGO_BIN_EXE_throughline"))
            .args(["import", "replies", "second.json"])
            .current_dir(book.path())
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        let last = written.checked_sub(1).map(|at| format!("essay-{at:02}.toml"));
        let is_there = |name: &String| {
            fs::read(book.path().join("content/replies").join(name)).is_ok_and(|bytes| bytes == new[name])
        };
        while last.as_ref().is_some_and(|name| !is_there(name)) && import.try_wait().unwrap().is_none() {
            std::thread::yield_now();
        }
        import.kill().unwrap();
        import.wait().unwrap();
        let mut found = replies(&book);
        found.retain(|name, _| !name.starts_with('.'));
        assert_eq!(found.keys().collect::<Vec<_>>(), old.keys().collect::<Vec<_>>());
        for (name, bytes) in &found {
            assert!(*bytes == old[name] || *bytes == new[name], "{name} is neither old nor new after {written} files");
        }
        assert!(book.run(&["import", "replies", "second.json"]).status.success());
        assert_eq!(replies(&book), new, "the next import finishes, and takes away what was left unfinished");
    }
}
