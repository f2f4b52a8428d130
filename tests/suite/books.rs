//! Whole books: each folder of `tests/books/` is built without a warning, and its `expect.toml` says what the pages hold.
//!
//! ```toml
//! [has]                                    # what stands in a file of the site
//! "essays/trust/index.html" = ["<h1>Trust"]
//! [lacks]                                  # what does not
//! "index.html" = ["<script"]
//! [absent]                                 # files that are not there
//! files = ["essays/a-draft/index.html"]
//! ```
//!
//! Every link of every page to a page, a place or a file of the site must lead there, too.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

use serde::Deserialize;

use crate::support::tree;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Expected {
    #[serde(default)]
    has: BTreeMap<String, Vec<String>>,
    #[serde(default)]
    lacks: BTreeMap<String, Vec<String>>,
    #[serde(default)]
    absent: Absent,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Absent {
    files: Vec<String>,
}

#[test]
fn every_book_becomes_the_site_that_it_expects() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/books");
    let mut books: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    books.sort();
    assert!(!books.is_empty());
    let problems: Vec<String> = books.iter().flat_map(|book| problems(book)).collect();
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

fn problems(book: &Path) -> Vec<String> {
    let name = book.file_name().unwrap().to_string_lossy();
    let expected: Expected = toml::from_str(&std::fs::read_to_string(book.join("expect.toml")).unwrap()).unwrap();
    let place = tempfile::tempdir().unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_throughline"))
        .arg("-C")
        .arg(book)
        .args(["build", "--deny", "warnings", "--as-of", "2026-01-01", "--color", "never", "--out"])
        .arg(place.path().join("site"))
        .output()
        .unwrap();
    if !output.status.success() {
        return vec![format!("{name}: {}", String::from_utf8_lossy(&output.stderr))];
    }
    let site: BTreeMap<String, String> = tree(&place.path().join("site"))
        .into_iter()
        .map(|(file, bytes)| (file, String::from_utf8_lossy(&bytes).into_owned()))
        .collect();
    let mut problems = Vec::new();
    for (file, parts) in &expected.has {
        let text = site.get(file).map_or("", String::as_str);
        let missing = parts.iter().filter(|part| !text.contains(part.as_str()));
        problems.extend(missing.map(|part| format!("{name}: {file} lacks `{part}`")));
    }
    for (file, parts) in &expected.lacks {
        let Some(text) = site.get(file) else {
            problems.push(format!("{name}: there is no {file}"));
            continue;
        };
        let found = parts.iter().filter(|part| text.contains(part.as_str()));
        problems.extend(found.map(|part| format!("{name}: {file} holds `{part}`")));
    }
    let there = expected.absent.files.iter().filter(|file| site.contains_key(*file));
    problems.extend(there.map(|file| format!("{name}: there is a {file}")));
    problems.extend(dead_links(&site).into_iter().map(|dead| format!("{name}: {dead}")));
    problems
}

/// Links within the site that lead to no file or to no id.
fn dead_links(site: &BTreeMap<String, String>) -> Vec<String> {
    let ids: BTreeMap<&str, BTreeSet<&str>> =
        site.iter().map(|(file, html)| (file.as_str(), values(html, "id").collect())).collect();
    let mut dead = Vec::new();
    for (file, html) in site.iter().filter(|(file, _)| file.ends_with(".html")) {
        for link in values(html, "href").chain(values(html, "src")) {
            if link.contains(':') || link.starts_with("//") {
                continue;
            }
            let (path, id) = link.split_once('#').unwrap_or((link, ""));
            let target = if path.is_empty() { file.clone() } else { resolved(file, path) };
            let is_dead = match ids.get(target.as_str()) {
                None => true,
                Some(known) => !id.is_empty() && !known.contains(id),
            };
            if is_dead {
                dead.push(format!("{file} links to {link}, which is not there"));
            }
        }
    }
    dead
}

fn values<'a>(html: &'a str, attribute: &str) -> impl Iterator<Item = &'a str> {
    let start = format!(" {attribute}=\"");
    let places: Vec<usize> = html.match_indices(&start).map(|(at, found)| at + found.len()).collect();
    places.into_iter().map(move |at| html[at..].split('"').next().unwrap_or(""))
}

fn resolved(from: &str, link: &str) -> String {
    let mut parts: Vec<&str> = if link.starts_with('/') { Vec::new() } else { from.split('/').collect() };
    parts.pop();
    for part in link.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()),
            other => parts.push(other),
        }
    }
    if link.ends_with('/') || link.ends_with("..") || link == "." {
        parts.push("index.html");
    }
    parts.join("/")
}
