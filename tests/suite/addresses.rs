//! The promise of addresses: what readers were given leads somewhere, or a build says which line mends it.

use std::fs;

use serde_json::Value;
use throughline::build::{Build, build};
use throughline::load::{Options, load};
use throughline::promise::merged;

use crate::support::{Book, ESSAY};

const TRUST: &str = "-- content/essays/trust.md --\n+++\ntitle = \"Trust arrives on foot\"\ndate = 2020-01-02\nconcepts = [\"trust\"]\n+++\n\
    Text.\n\n## The first month\n\nText.\n\n## What I got wrong\n\nText.\n\n## What remains\n\nText.\n\
    -- content/concepts/trust.md --\n+++\ntitle = \"trust\"\nsummary = \"Letting go.\"\n+++\n";

fn made(book: &Book) -> Build {
    let as_of = Some(jiff::civil::date(2021, 1, 1));
    let (snapshot, found) = load(book.path(), &Options { as_of, ..Options::default() }).unwrap();
    build(&snapshot, found)
}

/// What `published.toml` says once the book as it is now has been published.
fn text(book: &Book) -> String {
    let made = made(book);
    merged(&made.published, &made.addresses)
}

/// A book that has been published.
fn published(files: &str) -> Book {
    let book = Book::new(files);
    publish(&book);
    book
}

fn publish(book: &Book) {
    fs::write(book.path().join("published.toml"), text(book)).unwrap();
}

fn rename(book: &Book, from: &str, to: &str) {
    fs::rename(book.path().join(from), book.path().join(to)).unwrap();
}

fn replace(book: &Book, file: &str, from: &str, to: &str) {
    let path = book.path().join(file);
    let text = fs::read_to_string(&path).unwrap();
    assert!(text.contains(from), "{from} is not in {text}");
    fs::write(path, text.replacen(from, to, 1)).unwrap();
}

/// The report of a build as of 2026-01-01, which has these parts.
fn report(book: &Book, parts: &[&str]) -> String {
    let report = book.build();
    for part in parts {
        assert!(report.contains(part), "{part} is not in\n{report}");
    }
    report
}

fn urls(book: &Book, arguments: &[&str]) -> (String, String, Option<i32>) {
    let output = book.run(&[&["urls"], arguments].concat());
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (text(output.stdout), text(output.stderr), output.status.code())
}

#[test]
fn what_was_published_stands_line_by_line_and_is_kept() {
    let book = Book::new(TRUST);
    let first = text(&book);
    assert_eq!(first, text(&book));
    let lines: Vec<&str> = first.lines().filter(|line| !line.starts_with('#')).collect();
    assert_eq!(
        lines,
        [
            "[pages]",
            "\"/\" = { title = \"Test\", since = 2021-01-01 }",
            "\"/concepts/\" = { title = \"Concepts\", since = 2021-01-01 }",
            "\"/concepts/trust/\" = { title = \"trust\", from = \"content/concepts/trust.md\", since = 2021-01-01 }",
            "\"/essays/\" = { title = \"Essays\", since = 2021-01-01 }",
            "\"/essays/trust/\" = { title = \"Trust arrives on foot\", from = \"content/essays/trust.md\", since = 2021-01-01, headings = [\"the-first-month\", \"what-i-got-wrong\", \"what-remains\"] }",
        ]
    );
    publish(&book);
    assert_eq!(text(&book), first, "publishing again changes nothing");
    book.build_clean();

    // The author gives up the list of concepts; an old line, a lost heading and another title are kept or taken over.
    let old = first.replace("\"/concepts/\" = { title = \"Concepts\", since = 2021-01-01 }\n", "\"/old/\" = {}\n");
    let old = old.replace("since = 2021-01-01, headings = [\"the", "since = 2019-05-06, headings = [\"gone\", \"the");
    fs::write(book.path().join("published.toml"), old.replace("Trust arrives on foot", "Old \\\"title\\\"")).unwrap();
    let next = text(&book);
    for part in [
        "\"/old/\" = {}\n",
        "\"/concepts/\" = { title = \"Concepts\", since = 2021-01-01 }\n",
        "\"Trust arrives on foot\", from = \"content/essays/trust.md\", since = 2019-05-06, headings = [\"the-first-month\", \"what-i-got-wrong\", \"what-remains\", \"gone\"]",
    ] {
        assert!(next.contains(part), "{part} is not in\n{next}");
    }
}

#[test]
fn drafts_old_addresses_and_files() {
    let book = published(&format!(
        "{TRUST}-- content/essays/two.md --\n+++\ntitle = \"A \\\"second\\\" 'one'\"\ndate = 2020-01-03\naliases = [\"/2019/two\"]\n+++\nText.\n\
         -- content/essays/three.md --\n+++\ntitle = \"Three\"\ndate = 2020-01-04\ndraft = true\n+++\n-- content/static/robots.txt --\nx\n"
    ));
    let text = fs::read_to_string(book.path().join("published.toml")).unwrap();
    assert!(text.contains("\"/2019/two/\" = { title = "), "{text}");
    assert!(!text.contains("three") && !text.contains("robots") && !text.contains("404"), "{text}");
    book.build_clean();
    replace(&book, "content/essays/two.md", "aliases", "[extra]\naliases");
    report(
        &book,
        &[
            "`/2019/two/` is published and leads nowhere now",
            "add `aliases = [\"/2019/two/\"]` to the front matter of `content/essays/two.md`, above `[extra]`",
        ],
    );
}

#[test]
fn a_renamed_essay_is_an_error_until_its_old_address_leads_on() {
    let book = published(TRUST);
    rename(&book, "content/essays/trust.md", "content/essays/on-foot.md");
    let line = "aliases = [\"/essays/trust/\"]";
    let found = report(
        &book,
        &[
            "error[lost-address]: `/essays/trust/` is published and leads nowhere now",
            "published.toml:8:1",
            &format!("add `{line}` to the front matter of `content/essays/on-foot.md` if that took its place"),
            "1 error",
        ],
    );
    assert!(!book.has("index.html"), "nothing is written: {found}");
    replace(&book, "content/essays/on-foot.md", "date =", &format!("{line}\ndate ="));
    book.build_clean();
    assert!(book.read("essays/trust/index.html").contains("essays/on-foot/"));

    // The headings of the old address are looked for on the page to which it leads; a second name joins the first.
    publish(&book);
    replace(&book, "content/essays/on-foot.md", "What I got wrong", "My mistakes");
    let found = report(&book, &["error[lost-heading]: `/essays/on-foot/`", "promised here too", "1 error"]);
    assert_eq!(found.matches("lost-heading").count(), 1, "{found}");
    replace(&book, "content/essays/on-foot.md", "My mistakes", "What I got wrong");
    replace(&book, "content/essays/on-foot.md", "+++", "+++\nslug = \"feet\"");
    report(&book, &["make it `aliases = [\"/essays/trust/\", \"/essays/on-foot/\"]` in `content/essays/on-foot.md`\n"]);
    replace(&book, "content/essays/on-foot.md", "[\"/essays/trust/\"", "[\"/essays/trust/\", \"/essays/on-foot/\"");
    book.build_clean();
}

#[test]
fn the_successor_is_told_by_headings_or_name_where_the_title_changed_too() {
    let book = published(&format!("{TRUST}-- content/essays/courage.md --\n{ESSAY}Text.\n"));
    rename(&book, "content/essays/trust.md", "content/essays/walking.md");
    replace(&book, "content/essays/walking.md", "Trust arrives on foot", "Walking");
    rename(&book, "content/essays/courage.md", "content/essays/courages.md");
    replace(&book, "content/essays/courages.md", "One", "Of courage");
    report(
        &book,
        &[
            "`aliases = [\"/essays/trust/\"]` to the front matter of `content/essays/walking.md` if",
            "`aliases = [\"/essays/courage/\"]` to the front matter of `content/essays/courages.md` if",
        ],
    );
    fs::remove_file(book.path().join("content/essays/walking.md")).unwrap();
    report(&book, &["take this line out if the page is gone for good"]);
}

#[test]
fn yaml_and_texts_without_front_matter_get_their_own_line() {
    let book = published(
        "-- content/essays/one.md --\n---\ntitle: One\ndate: 2020-01-02\nslug: uno\n---\nText.\n-- content/pages/about.md --\n# About us\n\nText.\n",
    );
    replace(&book, "content/essays/one.md", "slug: uno\n", "");
    rename(&book, "content/pages/about.md", "content/pages/me.md");
    report(
        &book,
        &[
            "add `aliases: [\"/essays/uno/\"]` to the front matter of `content/essays/one.md`\n",
            "put `aliases = [\"/about/\"]` between two lines of `+++` at the top of `content/pages/me.md`",
        ],
    );
}

#[test]
fn a_heading_whose_words_change_keeps_its_id_or_is_an_error() {
    let book = published(TRUST);
    replace(&book, "content/essays/trust.md", "## What I got wrong", "## My mistakes ##");
    report(
        &book,
        &[
            "error[lost-heading]: `/essays/trust/` was published with the heading `#what-i-got-wrong`, which it has no more",
            "published.toml:8:",
            "content/essays/trust.md:12:1",
            "write `## My mistakes {#what-i-got-wrong}` there",
        ],
    );
    replace(&book, "content/essays/trust.md", "## My mistakes ##", "## My mistakes {#what-i-got-wrong}");
    book.build_clean();
    replace(&book, "content/essays/trust.md", "## My mistakes {#what-i-got-wrong}\n", "");
    report(&book, &["put `<a id=\"what-i-got-wrong\"></a>` into `content/essays/trust.md`"]);
    replace(
        &book,
        "content/essays/trust.md",
        "## What remains",
        "<a id=\"what-i-got-wrong\"></a>Here.\n\n## What remains",
    );
    book.build_clean();
}

#[test]
fn several_headings_that_changed_are_told_apart_by_their_neighbours() {
    let book = published(TRUST);
    for (from, to) in [("## The first month", "## Dawn"), ("## What I got wrong", "## Noon\n\n## Extra {#extra}")] {
        replace(&book, "content/essays/trust.md", from, to);
    }
    replace(&book, "content/essays/trust.md", "## Extra {#extra}\n", "");
    report(&book, &["`## Dawn {#the-first-month}`", "`## Noon {#what-i-got-wrong}`", "2 errors"]);
}

#[test]
fn a_concept_leads_on_to_the_one_that_took_its_name() {
    let book = published(TRUST);
    rename(&book, "content/concepts/trust.md", "content/concepts/confidence.md");
    replace(&book, "content/concepts/confidence.md", "\"trust\"", "\"confidence\"\naliases = [\"trust\"]");
    report(
        &book,
        &["add `redirect_from = [\"/concepts/trust/\"]` to the front matter of `content/concepts/confidence.md` if"],
    );
    replace(&book, "content/concepts/confidence.md", "summary", "redirect_from = [\"/concepts/trust/\"]\nsummary");
    book.build_clean();

    let book = published(&TRUST.replace("-- content/concepts/trust.md --", "-- content/concepts/x.md --"));
    fs::remove_file(book.path().join("content/concepts/x.md")).unwrap();
    book.build_clean();
    replace(&book, "content/essays/trust.md", "[\"trust\"]", "[\"trusts\"]");
    report(
        &book,
        &[
            "make a file `content/concepts/trusts.md` with `title = \"trusts\"` and `redirect_from = [\"/concepts/trust/\"]`",
        ],
    );
    replace(&book, "content/essays/trust.md", "[\"trusts\"]", "[\"trust\"]\ndraft = true");
    report(&book, &["`/concepts/trust/` is published and leads nowhere: `content/essays/trust.md` is a draft"]);
}

#[test]
fn drafts_and_days_are_named_as_the_reason_and_expiry_is_none() {
    let book = published(TRUST);
    replace(&book, "content/essays/trust.md", "date =", "draft = true\ndate =");
    report(
        &book,
        &[
            "error[lost-address]: `/essays/trust/` is published and leads nowhere: `content/essays/trust.md` is a draft",
            "content/essays/trust.md:3:1",
            "take `draft` out of that file",
        ],
    );
    // Its author still sees it where drafts are shown.
    let output = book.run(&["build", "--drafts", "--as-of", "2026-01-01"]);
    let warning = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success() && warning.contains("warning[lost-address]"), "{warning}");

    replace(&book, "content/essays/trust.md", "draft = true\ndate = 2020-01-02", "date = 2027-01-02");
    report(&book, &["`content/essays/trust.md` is scheduled for 2027-01-02", "give that file a `date` that has come"]);

    replace(&book, "content/essays/trust.md", "date = 2027-01-02", "date = 2020-01-02\nexpires = 2025-01-01");
    fs::remove_file(book.path().join("content/concepts/trust.md")).unwrap();
    book.build_clean();
    assert!(!book.has("concepts/trust/index.html"), "what only an expired essay names goes with it");

    let book = published(TRUST);
    let output = book.run(&["build", "--as-of", "2019-01-01"]);
    assert!(output.status.success(), "nothing was promised on that day: {output:?}");
}

#[test]
fn a_file_that_cannot_be_read_costs_no_address() {
    for front in ["title = \"x", "slug = \"../x\"", "titel = \"Trust\""] {
        let book = published(TRUST);
        rename(&book, "content/essays/trust.md", "content/essays/on-foot.md");
        replace(&book, "content/essays/on-foot.md", "title = \"Trust arrives on foot\"", front);
        let found = report(&book, &["1 error"]);
        assert!(!found.contains("lost-"), "{found}");
    }
}

#[test]
fn what_cannot_be_read_in_the_list_is_told_with_its_line() {
    for (line, code, place) in [
        ("\"essays\" = {}", "bad-address", "2:1"),
        ("\"/essays/\" = 3", "bad-value", "2:14"),
        ("\"/essays/\" = { titel = \"x\" }", "unknown-key", "2:16"),
        ("\"/essays/\" = { from = \"../x\" }", "bad-value", "2:23"),
        ("\"/essays/\" = { since = \"soon\" }", "bad-date", "2:24"),
        ("\"/essays/\" = { headings = [1] }", "bad-value", "2:28"),
        ("\"/essays/\" = {", "bad-syntax", "2:15"),
    ] {
        let book = Book::new(&format!("{TRUST}-- published.toml --\n[pages]\n{line}\n"));
        report(&book, &[&format!("error[{code}]"), &format!("published.toml:{place}")]);
    }
    let book = Book::new(&format!("{TRUST}-- published.toml (hex) --\nff\n"));
    report(&book, &["error[not-utf8]"]);
}

#[test]
fn urls_lists_what_became_of_each_address() {
    let book = Book::new(TRUST);
    let (out, _, code) = urls(&book, &[]);
    assert!(out.contains("/essays/trust/    essay     new\n") && out.contains("None is promised yet"), "{out}");
    assert_eq!(code, Some(0));
    publish(&book);
    rename(&book, "content/essays/trust.md", "content/essays/on-foot.md");
    let (out, report, code) = urls(&book, &[]);
    assert!(out.contains("/essays/on-foot/  essay     new\n") && out.contains("1 lost"), "{out}");
    assert!(report.contains("error[lost-address]"), "{report}");
    assert_eq!(code, Some(1));
    replace(&book, "content/essays/on-foot.md", "date =", "aliases = [\"/essays/trust/\"]\ndate =");
    let (out, report, code) = urls(&book, &["--format", "json"]);
    let value: Value = serde_json::from_str(&out).unwrap();
    let state = |address: &str| {
        let list = value["addresses"].as_array().unwrap();
        let found = list.iter().find(|found| found["address"] == address);
        found.unwrap_or_else(|| panic!("{address} is not in {out}")).clone()
    };
    assert_eq!((report.as_str(), code, &value["report"]["errors"]), ("", Some(0), &Value::from(0)));
    assert_eq!(state("/essays/trust/")["to"], "/essays/on-foot/");
    assert_eq!((&state("/essays/trust/")["state"], &state("/")["state"]), (&"moved".into(), &"published".into()));
    assert_eq!(state("/essays/on-foot/")["redirects"][0], "/essays/trust/");
}

#[test]
fn urls_explains_one_address_however_it_is_written() {
    let book = published(&format!(
        "-- book.toml --\ntitle = \"Test\"\nbase_url = \"https://example.org/book/\"\n{TRUST}-- content/static/a b.txt --\nx\n"
    ));
    for written in
        ["/essays/trust/", "/essays/trust", "essays/trust/index.html", "https://example.org/book/essays/trust/?x=1"]
    {
        let (out, _, code) = urls(&book, &[written]);
        for part in [
            "/essays/trust/\n  essay “Trust arrives on foot”, from content/essays/trust.md\n  promised since 2021-01-01\n",
            "  #what-i-got-wrong  published",
        ] {
            assert!(out.contains(part), "{written}: {out}");
        }
        assert_eq!(code, Some(0), "{written}");
    }
    let (out, _, _) = urls(&book, &["/essays/trust/#what-remains"]);
    assert!(out.contains("#what-remains") && !out.contains("#the-first-month"), "{out}");
    let (out, _, _) = urls(&book, &["/a%20b.txt"]);
    assert!(out.contains("file, from content/static/a b.txt\n  goes out as it is"), "{out}");

    for (written, near) in
        [("/essays/trsut/", "`/essays/trust/`?"), ("/essays/trust/#what-remain", "`/essays/trust/#what-remains`?")]
    {
        let (_, report, code) = urls(&book, &[written]);
        assert!(report.contains(near), "{report}");
        assert_eq!(code, Some(1));
    }
    let (out, _, code) = urls(&book, &["/essays/trsut/", "--format", "json"]);
    assert_eq!(serde_json::from_str::<Value>(&out).unwrap()["nearest"][0], "/essays/trust/");
    assert_eq!(code, Some(1));
    assert_eq!(urls(&book, &["https://example.com/essays/trust/"]).2, Some(2));
}

#[test]
fn an_address_that_is_asked_for_says_why_nobody_finds_it() {
    let draft = ESSAY.replace("date", "draft = true\ndate");
    let book = Book::new(&format!(
        "-- published.toml --\n[pages]\n\"/essays/gone/\" = {{ title = \"Gone\" }}\n\
         -- content/essays/one.md --\n{ESSAY}Text.\n-- content/essays/two.md --\n{draft}Text.\n"
    ));
    let ask = |address: &str| {
        let output = book.run(&["urls", address]);
        assert_eq!(output.status.code(), Some(1));
        format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
    };
    assert!(ask("/essays/two/").contains("`content/essays/two.md` is a draft"), "{}", ask("/essays/two/"));
    assert!(ask("/essays/gone/").contains("help: take this line out"), "{}", ask("/essays/gone/"));
}
