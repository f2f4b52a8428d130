//! The findings that writers meet, each with the smallest book that shows it.

use crate::support::{Book, ESSAY};

/// The codes that a book's report names, in order.
fn codes(book: &Book) -> Vec<String> {
    codes_of(book, "build")
}

/// The codes that this command reports, in order.
fn codes_of(book: &Book, command: &str) -> Vec<String> {
    let output = book.run(&[command, "--as-of", "2026-01-01", "--format", "json"]);
    let text = String::from_utf8(output.stdout).unwrap();
    let value: serde_json::Value = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"));
    let list = value["diagnostics"].as_array().unwrap();
    list.iter().map(|found| found["code"].as_str().unwrap().to_owned()).collect()
}

fn essay(body: &str) -> String {
    format!("-- content/essays/one.md --\n{ESSAY}{body}\n")
}

/// The text of a fenced block with this info string, opened by four backticks.
pub(crate) fn block<'a>(document: &'a str, info: &str) -> &'a str {
    let open = format!("````{info}\n");
    let start = document.find(&open).unwrap_or_else(|| panic!("no block `{info}`")) + open.len();
    &document[start..start + document[start..].find("\n````").unwrap_or_else(|| panic!("`{info}` has no end"))]
}

/// Each document in `tests/checks/` holds a book and the report it gets, word for word: that of a build, or that of
/// `check` where a build has nothing to say.
/// `SNAPSHOTS=overwrite` puts in what the program says now; read it before it is kept.
#[test]
fn each_mistake_gets_the_report_of_its_document() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/checks");
    let mut wrong = Vec::new();
    for code in throughline::base::codes::Code::ALL {
        let path = folder.join(format!("{}.md", code.name()));
        let document = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        // What only a longer check finds is tried beside what that check needs.
        if document.contains("````options\n") {
            continue;
        }
        let book = Book::new(block(&document, "book"));
        let (mut report, mut found) = (book.build(), codes(&book));
        if found.is_empty() {
            report = String::from_utf8(book.run(&["check", "--as-of", "2026-01-01"]).stderr).unwrap();
            found = codes_of(&book, "check");
        }
        assert!(
            !found.is_empty() && found.iter().all(|found| found == code.name()),
            "{}: found {found:?}",
            code.name()
        );
        if report.trim_end() == block(&document, "report") {
            continue;
        }
        if std::env::var("SNAPSHOTS").is_ok_and(|mode| mode == "overwrite") {
            let old = format!("````report\n{}", block(&document, "report"));
            std::fs::write(&path, document.replace(&old, &format!("````report\n{}", report.trim_end()))).unwrap();
        }
        wrong.push(format!("{}:\n{report}", code.name()));
    }
    assert!(wrong.is_empty(), "reports differ from their documents:\n{}", wrong.join("\n"));
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
    let output = Book::new(&essay("[x](a.md)")).run(&["build", "--format", "sarif"]);
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

#[test]
fn a_template_that_misbehaves_is_named_and_ended() {
    for template in [
        "{% set x = \"a\" %}{% for i in range(end=90) %}{% set_global x = x ~ x %}{% endfor %}{{ x }}",
        "{{ get_env(name=\"HOME\") }}",
        "{% include \"../../../../etc/passwd\" %}",
        "{% extends \"/etc/passwd\" %}",
        "{% extends \"essay.html\" %}",
        "{% for i in range(end=100000000000) %}x{% endfor %}",
        "{% for i in range(end=100000) %}{% for j in range(end=100000) %}{% endfor %}{% endfor %}",
        "{% for i in range(end=1000) %}{% for j in range(end=900) %}{{ i }} a line of words that is written very often into one page, so that it grows without end {% endfor %}{% endfor %}",
    ] {
        let book = Book::new(&format!(
            "-- book.toml --\ntitle = \"T\"\ntheme = \"mine\"\n-- themes/mine/templates/essay.html --\n{template}\n{}",
            essay("Text.")
        ));
        let report = book.build();
        assert!(report.contains("error[template-error]") && report.contains("essay.html"), "{template}: {report}");
    }
}

#[test]
fn front_matter_that_cannot_be_read_is_its_only_finding() {
    for front in ["title: Foo: bar", "title: x\ntitle: y", "title: [a"] {
        let book = Book::new(&format!("-- content/essays/one.md --\n---\n{front}\n---\nText.\n"));
        assert_eq!(codes(&book), ["bad-syntax"], "{front}");
        assert!(!book.build().contains("Options"), "{front}");
    }
}

#[test]
fn a_slip_in_a_theme_is_shown_in_its_line_with_the_nearest_name() {
    for (template, line, near) in [
        ("{% extends \"default/essay.html\" %}\n{% block foter %}x{% endblock foter %}", 2, "footer"),
        ("{% extends \"default/esay.html\" %}", 1, "default/essay.html"),
        ("x\ny\n{% include \"crad.html\" %}", 3, "card.html"),
    ] {
        let book = Book::new(&format!(
            "-- book.toml --\ntitle = \"T\"\ntheme = \"mine\"\n-- themes/mine/templates/essay.html --\n{template}\n{}",
            essay("Text.")
        ));
        let report = book.build();
        assert!(report.contains(&format!("essay.html:{line}:")), "{report}");
        assert!(report.contains(&format!("did you mean `{near}`?")) && !report.contains("]: error:"), "{report}");
    }
    let book = Book::new(&format!(
        "-- book.toml --\ntitle = \"T\"\ntheme = \"mine\"\n-- themes/mine/templates/esay.html --\nx\n{}",
        essay("Text.")
    ));
    let report = book.build();
    assert!(report.contains("no page uses this template") && report.contains("did you mean `essay.html`?"), "{report}");
}

#[test]
fn quiet_says_nothing_but_errors_and_machines_get_json() {
    let book = Book::new(&essay("![](https://example.org/x.png)"));
    assert!(book.run(&["check", "--quiet"]).stderr.is_empty());
    for arguments in [&["explain", "--format", "json"][..], &["explain", "broken-link", "--format", "json"]] {
        let output = book.run(arguments);
        serde_json::from_slice::<serde_json::Value>(&output.stdout).unwrap();
    }
    let output = book.run(&["markdown", "content/essays/one.md", "--format", "json"]);
    let value: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert!(value["html"].as_str().unwrap().starts_with("<p"), "front matter is no text: {value}");
}
