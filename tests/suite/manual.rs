//! The manual is true: every example in it is run, and it names every key and every diagnostic.
//!
//! What is done with an example follows from the word behind its fence, and its readers need not know:
//!
//! - `bash`, `sh`, `console`: each command is run in a copy of `tests/books/manual/` and must succeed; what would ask the network
//!   or never end is read by the command line. In `console`, commands follow `$ `, the lines below them are what they print (`…`
//!   stands for anything), and `$ echo $?` tells the exit code of the command before it.
//! - `toml`, `yaml`, `markdown`, `html`, `css`, `json`, `xml`: read as what it can be, in that book, without a finding. In the
//!   page of a mistake an example may make that mistake and no other.
//! - `rust` stands in the documentation of the library, whose examples are run; `text` lists files.

mod commands;
mod examples;
mod keys;

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;

use crate::support::manual::{Block, blocks, chapter, fences, files, root};

/// Pages about mistakes that their example cannot make alone: they need other files, a file that is no text, or more of it than
/// anybody wants to read.
const NEEDS_MORE: [&str; 31] = [
    "bad-name",
    "bad-symlink",
    "duplicate-route",
    "include-too-large",
    "lost-address",
    "lost-heading",
    "not-a-file",
    "not-utf8",
    "orphan-replies",
    "similar-names",
    "stray-file",
    "too-deep",
    "unreadable-file",
    "duplicate-part",
    "include-cycle",
    "ambiguous-link",
    // These a build does not look for; `tests/checks/` has a book for each.
    "alias-as-concept",
    "dead-link",
    "lonely-concept",
    "long-note",
    "long-title",
    "missing-summary",
    "moved-link",
    "over-budget",
    "similar-concepts",
    "style-error",
    "undefined-concept",
    "unlinked-essay",
    "unmentioned-concept",
    "unsure-link",
    "untagged-concept",
];

/// What became of an example.
enum Outcome {
    /// So many things were tried, and all went well.
    Good(usize),
    /// It makes the mistake that its page is about.
    Mistake,
}

/// Where an example stands, and what became of it.
type Tried = (String, Result<Outcome, String>);

#[test]
fn every_example_of_the_manual_is_run() {
    let files = files();
    let results: Vec<(usize, Vec<Tried>)> = files
        .par_iter()
        .map(|(file, text)| {
            let blocks = blocks(file, text);
            let mut shell = commands::Shell::new();
            let run = |block: &Block| (block.place(), tried(block, &mut shell));
            (fences(text), blocks.iter().map(run).collect())
        })
        .collect();
    let mut problems = Vec::new();
    let mut count = 0;
    for ((file, _), (fences, results)) in files.iter().zip(&results) {
        if *fences != results.len() {
            problems.push(format!("{file}: {fences} fences, but {} examples were found", results.len()));
        }
        for (place, result) in results {
            match result {
                Ok(Outcome::Good(0)) => problems.push(format!("{place}: nothing in it was tried")),
                Ok(_) => count += 1,
                Err(why) => problems.push(format!("{place}: {why}")),
            }
        }
        let code = file.strip_prefix("docs/content/pages/checks/").and_then(|name| name.strip_suffix(".md"));
        let is_made = results.iter().any(|(_, result)| matches!(result, Ok(Outcome::Mistake)));
        if let Some(code) = code.filter(|code| !is_made && !NEEDS_MORE.contains(code)) {
            problems.push(format!("{file}: no example makes the mistake `{code}`"));
        }
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
    assert!(count > 100, "only {count} examples were found");
}

fn tried(block: &Block, shell: &mut commands::Shell) -> Result<Outcome, String> {
    match block.kind.as_str() {
        // Those of the chapter on commands are of nobody's book; that each can be typed is seen where it is compared with the help.
        "bash" if block.place().starts_with("docs/content/essays/commands.md") => {
            commands::typed(block).map(Outcome::Good)
        }
        "bash" | "sh" => shell.script(block).map(Outcome::Good),
        "console" => shell.session(block).map(Outcome::Good),
        "json" => {
            let value: serde_json::Value =
                serde_json::from_str(&block.text).map_err(|error| format!("this is no JSON: {error}"))?;
            let tried = if value.get("threads").is_some() { shell.import(&block.text)? } else { 0 };
            Ok(Outcome::Good(1 + tried))
        }
        "rust" => {
            let library = std::fs::read_to_string(root().join("src/lib.rs")).unwrap();
            let documentation: Vec<&str> =
                library.lines().filter_map(|line| line.strip_prefix("//!")).map(str::trim).collect();
            let wanted: Vec<&str> = block.text.lines().map(str::trim).collect();
            let is_there = documentation.windows(wanted.len()).any(|window| window == wanted);
            if is_there { Ok(Outcome::Good(1)) } else { Err("it is not in the documentation of src/lib.rs".to_owned()) }
        }
        "text" => listing(&block.text).map(Outcome::Good),
        other => examples::tried(other, block),
    }
}

/// A list of files, one a line, with words behind each; or a tree of them.
fn listing(text: &str) -> Result<usize, String> {
    let mut count = 0;
    for line in text.lines().filter(|line| !line.trim().is_empty()) {
        let name = line.trim_start_matches([' ', '│', '├', '└', '─']).split_whitespace().next().unwrap_or("");
        let is_file = name.contains(['/', '.']) && !name.starts_with(['<', '{', '[', '`', '$', '#']);
        if !is_file {
            return Err(format!(
                "`{line}` names no file: a `text` block lists files; what a command prints is `console`"
            ));
        }
        if ["src/", "tests/"].iter().any(|ours| name.starts_with(ours)) && !root().join(name).exists() {
            return Err(format!("there is no `{name}` in the repository"));
        }
        count += 1;
    }
    Ok(count)
}

#[test]
fn a_listing_names_files_and_nothing_else() {
    assert_eq!(listing("book.toml   settings\ncontent/essays/\n├── trust.md\n"), Ok(3));
    assert!(listing("error: no such page\n").is_err() && listing("$ throughline build\n").is_err());
}

#[test]
fn examples_are_counted_with_and_without_a_parser() {
    let text = "a\n\n```toml\nx = 1\n```\n\n````markdown\n```rust\n```\n````\n\n- b\n\n  ```sh\n  cd x\n  ```\n";
    let found = blocks("x.md", text);
    assert_eq!((found.len(), fences(text)), (3, 3));
    assert_eq!(found.iter().map(|block| block.line).collect::<Vec<_>>(), [3, 7, 14]);
    assert_eq!((found[0].before.as_str(), found[1].text.as_str()), ("a", "```rust\n```\n"));
}

#[test]
fn every_diagnostic_is_in_its_chapter_with_what_it_means() {
    let chapter = chapter("diagnostics");
    let missing: Vec<String> = throughline::base::codes::Code::ALL
        .iter()
        .map(|code| format!("- [{0}](../pages/checks/{0}.md): {1}", code.name(), code.meaning()))
        .filter(|line| !chapter.lines().any(|other| other == line))
        .collect();
    assert!(missing.is_empty(), "docs/content/essays/diagnostics.md lacks these lines:\n{}", missing.join("\n"));
}

#[test]
fn every_key_of_the_settings_has_a_row_with_its_type_default_and_meaning() {
    let settings = chapter("settings");
    let tables = keys::of_settings();
    let mut missing = BTreeSet::new();
    for (table, keys) in &tables {
        // Those who look for keys give every book a title, which is taken for a key of each table.
        for key in keys.iter().filter(|key| table.is_empty() || *key != "title") {
            let name = match table.as_str() {
                "" => key.clone(),
                "publish" => format!("publish.NAME.{key}"),
                table => format!("{table}.{key}"),
            };
            // A table has a row for each of its keys.
            if !has_row(&settings, &format!("`{name}`")) && !has_row(&settings, &format!("`{name}.")) {
                missing.insert(name);
            }
        }
    }
    assert!(missing.is_empty(), "docs/content/essays/settings.md has no row for {missing:?}");
    let targets = chapter("publishing");
    let unnamed: Vec<&String> = tables["publish"].iter().filter(|key| !is_named(&targets, key)).collect();
    assert!(unnamed.is_empty(), "the chapter on publishing does not name {unnamed:?}");
}

/// Whether a table has a row of four cells of which the first begins so, and none is empty.
fn has_row(chapter: &str, start: &str) -> bool {
    chapter.lines().filter(|line| line.starts_with(&format!("| {start}"))).any(|line| {
        let cells: Vec<&str> = line.trim_matches('|').split(" | ").map(str::trim).collect();
        cells.len() == 4 && cells.iter().all(|cell| !cell.is_empty())
    })
}

#[test]
fn every_key_of_a_file_is_in_its_chapter_and_no_other() {
    let writing = chapter("writing");
    let mut problems = BTreeSet::new();
    let mut known = BTreeSet::new();
    for (folder, keys) in keys::of_front_matter() {
        problems.extend(keys.iter().filter(|key| !is_named(&writing, key)).map(|key| format!("{folder}: {key}")));
        known.extend(keys);
    }
    for (file, name, keys) in [
        ("replies", "reply", keys::of_replies("reply")),
        ("replies", "thread", keys::of_replies("thread")),
        ("addresses", "published.toml", keys::of_published()),
    ] {
        let text = chapter(file);
        problems.extend(keys.iter().filter(|key| !is_named(&text, key)).map(|key| format!("{name}: {key}")));
    }
    assert!(problems.is_empty(), "the manual does not name {problems:?}");
    let below = &writing[writing.find("## Front matter").unwrap()..];
    let rows = below.lines().filter(|line| line.starts_with("| `")).map(|line| line.split('|').nth(1).unwrap());
    let named: BTreeSet<&str> = rows.flat_map(|row| row.split('`').skip(1).step_by(2)).collect();
    assert!(named.len() > 20, "{named:?}");
    let unknown: Vec<&&str> = named.iter().filter(|key| !known.contains(key.trim_matches(['[', ']']))).collect();
    assert!(unknown.is_empty(), "the chapter on writing names keys that no file has: {unknown:?}");
}

/// Whether a chapter names a key: between backticks, or as one in an example.
fn is_named(chapter: &str, key: &str) -> bool {
    chapter.lines().any(|line| {
        let line = line.trim_start();
        line.contains(&format!("`{key}`"))
            || line.contains(&format!("`[{key}]`"))
            || line.starts_with(&format!("{key} ="))
            || line.starts_with(&format!("[{key}]"))
            || line.starts_with(&format!("[{key}."))
            || line.contains(&format!("{{ {key} ="))
            || line.contains(&format!(", {key} ="))
            || line.contains(&format!("`{key} ="))
    })
}

#[test]
fn what_a_theme_is_moved_to_is_there() {
    let views = std::fs::read_to_string(root().join("src/view/views.rs")).unwrap();
    let templates: Vec<&str> = throughline::theme::builtin::files("default").iter().map(|(name, _)| *name).collect();
    let chapter = chapter("moving-a-theme");
    let below = &chapter[chapter.find("## Variables and templates").unwrap()..chapter.find("## Filters").unwrap()];
    let rows = below.lines().filter(|line| line.starts_with("| ")).filter_map(|line| line.split('|').rev().nth(1));
    let named: Vec<&str> = rows.flat_map(|cell| cell.split('`').skip(1).step_by(2)).collect();
    assert!(named.len() > 50, "{named:?}");
    let is_field = |name: &str| views.contains(&format!("    pub {name}: "));
    let is_there = |name: &str| match name.strip_suffix(".html") {
        Some(_) => templates.contains(&format!("templates/{name}").as_str()),
        // What stands below `extra` is free.
        None => name.trim_end_matches(".x").split('.').skip(1).all(is_field),
    };
    let missing: Vec<&&str> = named.iter().filter(|name| !is_there(name)).collect();
    assert!(missing.is_empty(), "no template and no field: {missing:?}");
}

#[test]
fn the_sample_book_of_the_manual_holds_nothing_wrong_itself() {
    assert_eq!(examples::findings(&BTreeMap::new()), Vec::<(String, String)>::new());
}
