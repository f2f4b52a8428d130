//! The keys that the program knows, asked of the program: every word that its sources quote is tried as a key in every place, so
//! that no list of keys has to be kept.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use throughline::Snapshot;
use throughline::base::codes::Code;
use throughline::build::build;
use throughline::model::publish::Place;

use crate::support::manual::root;

/// Every small word between quotes in `src/parse/` and `src/model/`.
fn words() -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for folder in ["src/parse", "src/model"] {
        for entry in fs::read_dir(root().join(folder)).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                continue;
            }
            for part in fs::read_to_string(path).unwrap().split('"') {
                let is_word = !part.is_empty() && part.chars().all(|c| c.is_ascii_lowercase() || c == '_');
                if is_word && part.len() < 30 {
                    found.insert(part.to_owned());
                }
            }
        }
    }
    assert!(found.len() > 50);
    found
}

/// Those of the words that are keys where `{}` stands: all but the ones of which the report says that there is no such key.
fn keys_in(settings: &str, path: &str, text: &str) -> BTreeSet<String> {
    let words = words();
    let all = words.iter().filter(|word| !has_key(text, word)).map(|word| format!("{word} = 1\n"));
    let filled = text.replace("{}", &all.collect::<String>());
    let (settings, files) =
        if path == "book.toml" { (filled.as_str(), vec![]) } else { (settings, vec![(path, filled.as_str())]) };
    let (snapshot, found) = Snapshot::from_texts(settings, files, jiff::civil::date(2026, 1, 1));
    let report = build(&snapshot, found).report;
    let mut known: BTreeSet<String> = words;
    for found in &report.diagnostics {
        let word = found.message.split('`').nth(1).unwrap_or("").to_owned();
        // Secrets are known so that they can be refused.
        if found.code == Code::UnknownKey || found.message.contains("secret") {
            known.remove(&word);
        }
    }
    known
}

fn has_key(text: &str, key: &str) -> bool {
    text.lines().any(|line| line.starts_with(&format!("{key} =")))
}

/// The keys of `book.toml` by their table; those of no table are below the empty name.
pub(crate) fn of_settings() -> BTreeMap<String, BTreeSet<String>> {
    let top = keys_in("", "book.toml", "title = \"T\"\n{}");
    assert!(top.contains("title") && top.contains("check") && !top.contains("draft"), "{top:?}");
    let mut all = BTreeMap::from([(String::new(), top.clone())]);
    for table in top {
        match table.as_str() {
            // The keys of one are the codes, those of another belong to the theme, and whatever stands in the third is free.
            "check" | "theme" | "extra" => continue,
            "publish" => {
                let of_kind = |kind: &&str| {
                    keys_in("", "book.toml", &format!("title = \"T\"\n[publish.live]\nto = \"{kind}\"\n{{}}"))
                };
                all.insert(table, Place::WORDS.iter().flat_map(of_kind).collect());
            }
            _ => {
                let keys = keys_in("", "book.toml", &format!("title = \"T\"\n[{table}]\n{{}}"));
                // A key that is no table knows none of the words as keys, and none as unknown.
                if keys.len() < words().len() {
                    all.insert(table, keys);
                }
            }
        }
    }
    assert!(all["concepts"].contains("links") && all["publish"].contains("bucket"), "{all:?}");
    all
}

/// The keys of front matter by the folder of the file.
pub(crate) fn of_front_matter() -> BTreeMap<&'static str, BTreeSet<String>> {
    ["essays", "concepts", "series", "pages"]
        .into_iter()
        .map(|folder| {
            let path = format!("content/{folder}/example.md");
            (folder, keys_in("title = \"T\"\n", &path, "+++\n{}+++\n\nText.\n"))
        })
        .collect()
}

/// The keys of a `[[reply]]` or a `[[thread]]`.
pub(crate) fn of_replies(list: &str) -> BTreeSet<String> {
    let text = match list {
        "reply" => "[[reply]]\nid = \"json:1\"\ntext = \"Yes.\"\n{}",
        _ => "[[thread]]\n{}",
    };
    keys_in("title = \"T\"\n", "content/replies/example.toml", text)
}

/// The keys of an address in `published.toml`.
pub(crate) fn of_published() -> BTreeSet<String> {
    keys_in("title = \"T\"\n", "published.toml", "[pages.\"/essays/example/\"]\n{}")
}
