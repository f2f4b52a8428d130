//! Every reader of replies on exports that were counted by hand: what it reports, that importing twice changes nothing, and
//! that nothing of it comes into the book or onto its pages that must not.

use std::collections::BTreeSet;
use std::path::Path;

use rayon::prelude::*;
use serde_json::Value;

use crate::support::exports::{Case, book, cases};
use crate::support::{Book, tree};

#[test]
fn every_source_has_a_case() {
    let known: BTreeSet<String> =
        throughline::import::sources::ALL.iter().map(|source| source.what.to_owned()).collect();
    let tried: BTreeSet<String> = cases().into_iter().map(|case| case.what).collect();
    assert_eq!(tried, known);
}

#[test]
fn every_reader_counts_as_a_person_does_and_importing_twice_changes_nothing() {
    // Scripts of the theme are what the pages of a book without replies have.
    let bare = book();
    bare.build_clean();
    let scripts: BTreeSet<String> = tree(bare.path()).values().flat_map(|bytes| scripts_of(&text(bytes))).collect();
    let problems: Vec<String> = cases()
        .par_iter()
        .flat_map_iter(|case| {
            let place = tempfile::tempdir().unwrap();
            let trial = Trial { case, book: book(), scripts: &scripts, arguments: case.arguments(place.path()) };
            trial.problems().into_iter().map(|problem| format!("{}: {problem}", case.path))
        })
        .collect();
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

#[test]
fn markup_that_lives_is_found_by_the_check_for_it() {
    let page = "<a href=\" java\nscript:alert(1)\" ONCLICK=x>y</a><img src=x><script>a</script><p title=\"&lt;img&gt;\">onerror=</p>";
    assert_eq!(live_markup(page), ["href=\"javascript:alert(1)\"", "onclick=\"x\"", "<img>"]);
    assert_eq!(scripts_of(page), ["<script>a"]);
}

/// One export and the book that it is brought into.
struct Trial<'a> {
    case: &'a Case,
    book: Book,
    scripts: &'a BTreeSet<String>,
    arguments: Vec<String>,
}

impl Trial<'_> {
    fn problems(&self) -> Vec<String> {
        let mut problems = Vec::new();
        let mut check = |is_right: bool, what: &dyn Fn() -> String| {
            if !is_right {
                problems.push(what());
            }
        };
        let whole = || tree(self.book.path());
        let before = whole();
        let (plan, plan_code) = self.import(&["--dry-run"]);
        check(before == whole(), &|| "a dry run changes something".to_owned());
        let (done, code) = self.import(&[]);
        check((&plan, plan_code) == (&done, code), &|| format!("a dry run says\n{plan}\ninstead of\n{done}"));
        for problem in self.compared(&done, code) {
            check(false, &|| problem.clone());
        }
        let after = whole();
        let replies: String = after
            .iter()
            .filter(|(name, _)| name.starts_with("content/replies/"))
            .map(|(_, bytes)| text(bytes))
            .collect();
        for part in self.case.holds.iter().filter(|part| !replies.contains(part.as_str())) {
            check(false, &|| format!("`{part}` is not in\n{replies}"));
        }
        let (again, _) = self.import(&[]);
        check(after == whole(), &|| "importing again changes a file".to_owned());
        for (key, wanted) in [("added", 0), ("updated", 0), ("gone", 0), ("unchanged", number(&done, "added"))] {
            check(number(&again, key) == wanted, &|| format!("importing again says {key} {}", again[key]));
        }
        check(self.is_told_to_people(&done), &|| format!("people are told\n{}", self.told()));
        problems.extend(self.book_problems());
        problems
    }

    fn run(&self, more: &[&str]) -> std::process::Output {
        let own: Vec<&str> = self.arguments.iter().map(String::as_str).collect();
        self.book.run(&[&["import", "replies"], own.as_slice(), more].concat())
    }

    fn import(&self, more: &[&str]) -> (Value, Option<i32>) {
        let output = self.run(&[&["--format", "json"], more].concat());
        let said = text(&output.stdout);
        let value = serde_json::from_str(&said)
            .unwrap_or_else(|error| panic!("{}: {error}: {said}{}", self.case.path, text(&output.stderr)));
        (value, output.status.code())
    }

    /// Whether the reader that is named in the table says its numbers.
    fn is_told_to_people(&self, done: &Value) -> bool {
        let Case { what, .. } = self.case;
        let counted = |key: &str, word: &str| {
            let count = number(done, key);
            format!("{count} {word}{}", if count == 1 { "" } else { "s" })
        };
        let counts = format!(
            "`: {} in {}, {} of them public there; 0 new, 0 changed, {} as they were",
            counted("records", "record"),
            counted("threads", "thread"),
            done["live"],
            done["added"]
        );
        self.told().lines().any(|line| line.starts_with(&format!("{what} `")) && line.ends_with(&counts))
    }

    fn told(&self) -> String {
        text(&self.run(&["--dry-run"]).stdout)
    }

    /// Where the report differs from the table.
    fn compared(&self, done: &Value, code: Option<i32>) -> Vec<String> {
        let case = self.case;
        let mut problems = Vec::new();
        let of = |key: &str| case.numbers.get(key).copied();
        let kinds = ["mentions", "likes", "reposts", "bookmarks", "rsvps", "pings"];
        let wanted = |key: &str| match key {
            "threads_listed" => of(key).or(of("threads")).unwrap_or(0),
            "replies" => of("records").unwrap_or(0) - kinds.iter().filter_map(|kind| of(kind)).sum::<u64>(),
            _ => of(key).unwrap_or(0),
        };
        for key in case.numbers.keys().filter(|key| !done[key.as_str()].is_u64()) {
            problems.push(format!("there is no number `{key}` in the report"));
        }
        for (key, value) in done.as_object().unwrap().iter().filter(|(_, value)| value.is_u64()) {
            if value.as_u64() != Some(wanted(key)) {
                problems.push(format!("{key} is {value}, and not {}", wanted(key)));
            }
        }
        if done["claimed"].as_u64() != of("claimed") {
            problems.push(format!("claimed is {}, and not {:?}", done["claimed"], of("claimed")));
        }
        if done["source"] != case.source.as_str() {
            problems.push(format!("the source is {}", done["source"]));
        }
        let list = |value: &Value| value.as_array().cloned().unwrap();
        let is_unread = list(&done["left"]).iter().any(|left| left.get("place").is_some());
        if code != Some(i32::from(is_unread)) {
            problems.push(format!("the program ends with {code:?}"));
        }
        let left: Vec<String> = list(&done["left"]).iter().map(left_line).collect();
        let gaps = list(&done["per_thread"]).iter().flat_map(|thread| list(&thread["gaps"])).collect::<Vec<_>>();
        let gaps: Vec<String> = gaps.iter().map(|gap| gap.as_str().unwrap().to_owned()).collect();
        for (what, found, wanted) in [("left out", left, &case.left), ("missing", gaps, &case.gaps)] {
            if found.len() != wanted.len() || !found.iter().zip(wanted).all(|(found, wanted)| is_as(found, wanted)) {
                problems.push(format!("{what}:\n{found:#?}\nand not\n{wanted:#?}"));
            }
        }
        problems
    }

    /// What is wrong with the book and its pages afterwards.
    fn book_problems(&self) -> Vec<String> {
        let mut problems = Vec::new();
        let output = self.book.run(&["build", "--as-of", "2026-01-01"]);
        let report = text(&output.stderr);
        if !output.status.success() || report.contains("error[") || report.contains("warning[") {
            problems.push(format!("the book does not build: {report}"));
        }
        let secrets = self.case.named_secrets();
        if secrets.len() != self.case.secrets {
            problems.push(format!(
                "the export names {} secrets, and not {}: {secrets:?}",
                secrets.len(),
                self.case.secrets
            ));
        }
        for (file, bytes) in tree(self.book.path()) {
            let text = text(&bytes);
            problems.extend(
                secrets.iter().filter(|secret| text.contains(*secret)).map(|secret| format!("`{secret}` is in {file}")),
            );
            if Path::new(&file).extension().is_some_and(|extension| extension == "html") {
                let scripts = scripts_of(&text).into_iter().filter(|script| !self.scripts.contains(script));
                let live = live_markup(&text).into_iter().chain(scripts);
                problems.extend(live.map(|what| format!("{what} is live in {file}")));
            }
        }
        let shown: usize = ["on-laying-stones", "on-still-water"]
            .iter()
            .map(|essay| self.book.read(&format!("essays/{essay}/index.html")).matches(" u-comment ").count())
            .sum();
        if shown != self.case.shown {
            problems.push(format!("{shown} replies are shown, and not {}", self.case.shown));
        }
        problems
    }
}

fn number(report: &Value, key: &str) -> u64 {
    report[key].as_u64().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// An entry of what was left out, as the table writes it.
fn left_line(left: &Value) -> String {
    let reason = left["reason"].as_str().unwrap();
    match left["place"].as_str() {
        Some(place) => format!("{place}: {reason}"),
        None => format!("{} {reason}", left["count"]),
    }
}

/// Whether a text is the one that was expected, of which only the beginning may be written.
fn is_as(found: &str, wanted: &str) -> bool {
    wanted.strip_suffix('\u{2026}').map_or(found == wanted, |beginning| found.starts_with(beginning))
}

/// Everything on a page that would be fetched or would run when it is touched: pictures and frames, attributes and links. The
/// pages of these books have no picture of their own.
fn live_markup(page: &str) -> Vec<String> {
    let mut found = Vec::new();
    let words = |bytes: &[u8]| String::from_utf8_lossy(bytes).to_ascii_lowercase();
    for token in html5gum::Tokenizer::new(page).flatten() {
        let html5gum::Token::StartTag(tag) = token else { continue };
        let name = words(&tag.name);
        if matches!(name.as_str(), "img" | "iframe" | "object" | "embed" | "style") {
            found.push(format!("<{name}>"));
        }
        for (key, value) in &tag.attributes {
            let value: String = words(value).split(|c: char| c.is_whitespace() || c.is_control()).collect();
            if words(key).starts_with("on") || value.contains("javascript:") {
                found.push(format!("{}=\"{value}\"", words(key)));
            }
        }
    }
    found
}

/// Every script of a page: its beginning, or what it says.
fn scripts_of(page: &str) -> Vec<String> {
    let scripts = page.split("<script").skip(1);
    scripts.map(|script| format!("<script{}", script.split("</script>").next().unwrap_or(script))).collect()
}
