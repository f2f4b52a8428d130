//! The findings that writers meet, each with the smallest book that shows it.

use crate::support::{Book, ESSAY};

/// The codes that a book's report names, in order.
fn codes(book: &Book) -> Vec<String> {
    let output = book.run(&["check", "--as-of", "2026-01-01", "--format", "json"]);
    let text = String::from_utf8(output.stdout).unwrap();
    let value: serde_json::Value = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"));
    let list = value["diagnostics"].as_array().unwrap();
    list.iter().map(|found| found["code"].as_str().unwrap().to_owned()).collect()
}

fn essay(body: &str) -> String {
    format!("-- content/essays/one.md --\n{ESSAY}{body}\n")
}

#[test]
fn each_mistake_is_reported_by_its_code() {
    let front = |lines: &str| {
        format!("-- content/essays/one.md --\n+++\ntitle = \"One\"\ndate = 2020-01-02\n{lines}\n+++\nText.\n")
    };
    let second = "-- content/essays/two.md --\n+++\ntitle = \"Two\"\ndate = 2020-01-03\n";
    let cases: Vec<(&str, String)> = vec![
        ("bad-syntax", front("summary = \"open")),
        ("bad-value", front("start = \"yes\"")),
        ("bad-date", front("updated = \"soon\"")),
        ("unknown-key", front("sumary = \"x\"")),
        ("missing-title", "-- content/essays/one.md --\n+++\ndate = 2020-01-02\n+++\nText.\n".to_owned()),
        ("missing-date", "-- content/essays/one.md --\n+++\ntitle = \"One\"\n+++\nText.\n".to_owned()),
        ("bad-address", front("slug = \"../x\"")),
        ("duplicate-route", format!("{}{second}slug = \"one\"\n+++\nText.\n", essay("Text."))),
        ("similar-names", format!("-- content/static/A.txt --\nx\n-- content/static/a.txt --\ny\n{}", essay("Text."))),
        ("bad-name", format!("-- content/static/a\\b.txt --\nx\n{}", essay("Text."))),
        ("unreadable-file", format!("-- content/essays/big.md (size 70000000) --\n{}", essay("Text."))),
        ("not-utf8", format!("-- content/essays/latin.md (hex) --\n63 61 66 e9\n{}", essay("Text."))),
        ("bad-symlink", format!("-- content/essays/out.md (symlink ../../../out.md) --\n{}", essay("Text."))),
        ("not-a-file", format!("-- content/essays/pipe.md (fifo) --\n{}", essay("Text."))),
        ("stray-file", format!("-- content/lost.md --\nText.\n{}", essay("Text."))),
        ("broken-link", essay("[x](tow.md)")),
        ("broken-anchor", essay("## Here\n\n[x](#there)")),
        (
            "ambiguous-link",
            format!(
                "{}{second}+++\nText.\n-- content/essays/three.md --\n+++\ntitle = \"Two\"\ndate = 2020-01-04\n+++\nText.\n",
                essay("[[Two]]")
            ),
        ),
        ("link-to-draft", format!("{}{second}draft = true\n+++\nText.\n", essay("[[Two]]"))),
        ("missing-image", essay("![A chart](chart.png)")),
        ("external-image", essay("![A chart](https://example.org/chart.png)")),
        ("bad-image", format!("-- content/essays/chart.png --\ntext\n{}", essay("![A chart](chart.png)"))),
        ("missing-alt", format!("-- content/essays/chart.svg --\n<svg/>\n{}", essay("![](chart.svg)"))),
        ("include-cycle", format!("{}{second}+++\n![[One]]\n", essay("![[Two]]"))),
        ("missing-footnote", essay("A claim.[^why]")),
        ("unused-footnote", essay("A claim.\n\n[^why]: Because.")),
        ("loose-pull-quote", essay("Trust grows.\n\n> [!pull]\n> Trust shrinks.")),
        ("bad-math", essay("A formula $\\frac{1}$ here.")),
        ("unknown-language", essay("```rsut\nfn main() {}\n```")),
        ("too-deep", essay(&format!("{}x", ">".repeat(150)))),
        (
            "unknown-concept",
            format!(
                "-- content/concepts/trust.md --\n+++\ntitle = \"trust\"\nbroader = [\"faith\"]\n+++\n{}",
                essay("Text.")
            ),
        ),
        (
            "concept-cycle",
            format!(
                "-- content/concepts/a.md --\n+++\ntitle = \"a\"\nbroader = [\"b\"]\n+++\n-- content/concepts/b.md --\n+++\ntitle = \"b\"\nbroader = [\"a\"]\n+++\n{}",
                essay("Text.")
            ),
        ),
        (
            "duplicate-name",
            format!(
                "-- content/concepts/a.md --\n+++\ntitle = \"alpha\"\naliases = [\"first\"]\n+++\n-- content/concepts/b.md --\n+++\ntitle = \"beta\"\naliases = [\"first\"]\n+++\n{}",
                essay("Text.")
            ),
        ),
        (
            "lost-passage",
            format!(
                "-- content/concepts/a.md --\n+++\ntitle = \"alpha\"\npassage = \"Never said.\"\n+++\n{}",
                essay("Text.")
            ),
        ),
        (
            "duplicate-part",
            format!("{}{second}series = \"S\"\npart = 1\n+++\nText.\n", front("series = \"S\"\npart = 1")),
        ),
        ("unknown-theme", format!("-- book.toml --\ntitle = \"T\"\ntheme = \"nowhere\"\n{}", essay("Text."))),
        (
            "template-error",
            format!(
                "-- book.toml --\ntitle = \"T\"\ntheme = \"mine\"\n-- themes/mine/templates/essay.html --\n{{% if x %}}\n{}",
                essay("Text.")
            ),
        ),
    ];
    let mut seen: Vec<&str> = Vec::new();
    for (code, files) in &cases {
        let found = codes(&Book::new(files));
        assert!(!found.is_empty() && found.iter().all(|found| found == code), "{code}: found {found:?}");
        seen.push(code);
    }
    seen.push("include-too-large");
    for code in throughline::base::codes::Code::ALL {
        assert!(seen.contains(&code.name()), "{} has no case", code.name());
    }
}

#[test]
fn a_page_does_not_grow_without_measure_by_including() {
    let mut files = String::new();
    for level in 0..30 {
        let body = if level == 29 { "x".repeat(200) } else { format!("![[E{n}]]\n\n![[E{n}]]", n = level + 1) };
        files.push_str(&format!(
            "-- content/essays/e{level}.md --\n+++\ntitle = \"E{level}\"\ndate = 2020-01-02\n+++\n{body}\n"
        ));
    }
    let found = codes(&Book::new(&files));
    assert!(!found.is_empty() && found.iter().all(|code| code == "include-too-large"), "{found:?}");
}

#[test]
fn a_report_shows_place_cause_and_remedy() {
    let book = Book::new(&essay(
        "See [the other](tow.md).\n-- content/essays/two.md --\n+++\ntitle = \"Two\"\ndate = 2020-01-03\n+++\nText.",
    ));
    let report = book.build();
    for part in [
        "error[broken-link]",
        "content/essays/one.md:5:5",
        "[the other](tow.md)",
        "^^^^",
        "did you mean `two.md`?",
        "1 error",
    ] {
        assert!(report.contains(part), "{part} is not in\n{report}");
    }
    assert!(!book.has("index.html"), "a book with errors is not written");
}

#[test]
fn all_problems_come_in_one_run_and_levels_can_be_changed() {
    let book = Book::new(&format!(
        "-- book.toml --\ntitle = \"T\"\n[check]\nbroken-link = \"warning\"\nmissing-alt = \"off\"\n-- content/essays/c.svg --\n<svg/>\n{}",
        essay("[x](a.md) [y](b.md)\n\n![](c.svg)")
    ));
    assert_eq!(codes(&book), ["broken-link", "broken-link"]);
    assert!(book.run(&["build"]).status.success());
    assert_eq!(book.run(&["build", "--deny", "warnings"]).status.code(), Some(1));
}

#[test]
fn sarif_names_the_rule_and_the_place() {
    let output = Book::new(&essay("[x](a.md)")).run(&["check", "--format", "sarif"]);
    let log: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let result = &log["runs"][0]["results"][0];
    assert_eq!((log["version"].as_str(), result["ruleId"].as_str()), (Some("2.1.0"), Some("broken-link")));
    assert_eq!(result["locations"][0]["physicalLocation"]["region"]["startLine"], 5);
}

#[test]
fn wrong_usage_and_a_missing_book_exit_with_2() {
    let book = Book::new("");
    assert_eq!(book.run(&["bulid"]).status.code(), Some(2));
    assert_eq!(book.run(&["-C", "/", "build"]).status.code(), Some(2));
    assert_eq!(book.run(&["explain", "broken-lnik"]).status.code(), Some(2));
    assert!(book.run(&["explain", "broken-link"]).status.success());
}
