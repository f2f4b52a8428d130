//! `check --budget`: every limit can be broken, and the built-in theme breaks none.

use std::collections::BTreeSet;
use std::fmt::Write;

use serde_json::Value;
use throughline::check::budget::{LIMITS, Unit};

use crate::support::{Book, ESSAY};

/// Text that no program makes much shorter.
fn noise(length: usize) -> String {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut text = String::new();
    while text.len() < length {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        write!(text, "{state:016x}").unwrap();
    }
    text
}

fn themed(files: &str) -> Book {
    Book::new(&format!(
        "-- book.toml --\ntitle = \"T\"\ntheme = \"mine\"\n-- content/essays/one.md --\n{ESSAY}Text on trust.\n\
         -- content/concepts/trust.md --\n+++\ntitle = \"Trust\"\nrelated = [\"vision\"]\n+++\n\
         -- content/concepts/vision.md --\n+++\ntitle = \"Vision\"\n+++\n{files}"
    ))
}

/// A theme that puts this into the head of essays.
fn head(html: &str) -> String {
    format!(
        "-- themes/mine/templates/essay.html --\n{{% extends \"default/essay.html\" %}}\n{{% block head_extra %}}{html}{{% endblock head_extra %}}\n"
    )
}

fn asset(name: &str, text: &str) -> String {
    format!("-- themes/mine/assets/{name} --\n{text}\n")
}

/// A theme whose concepts show this drawing.
fn drawing(svg: &str) -> String {
    format!("-- themes/mine/templates/concept.html --\n<!DOCTYPE html><title>x</title><svg>{svg}</svg>\n")
}

fn weighed(book: &Book) -> (Value, Option<i32>) {
    let output = book.run(&["check", "--budget", "--format", "json"]);
    let text = String::from_utf8(output.stdout).unwrap();
    (serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}")), output.status.code())
}

fn over(value: &Value) -> BTreeSet<String> {
    let rows = value["budget"].as_array().unwrap().iter();
    rows.filter(|row| row["over"].as_u64() > Some(0)).map(|row| row["name"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn every_limit_can_be_broken() {
    let named = |name: &str| format!("{{{{ page.root }}}}{{{{ asset(path=\"{name}\") }}}}");
    let link = |name: &str, more: &str| format!("<link href=\"{}\" {more}>", named(name));
    let icons: String = (0..4).map(|at| link(&format!("{at}.svg"), "rel=\"icon\"")).collect();
    let drawings: String = (0..4).map(|at| asset(&format!("{at}.svg"), "<svg/>")).collect();
    let breaches: Vec<(&str, String)> = vec![
        ("html", head(&format!("<!--{}-->", "x".repeat(30_000)))),
        ("html-gz", head(&format!("<!--{}-->", noise(18_000)))),
        ("css", asset("style.css", &"a{color:red}\n".repeat(2_000))),
        ("css-gz", asset("style.css", &noise(14_000))),
        ("css-files", format!("{}{}", head(&link("more.css", "rel=\"stylesheet\"")), asset("more.css", "a{}"))),
        ("js", asset("script.js", &"a();\n".repeat(1_500))),
        ("js-gz", asset("script.js", &noise(5_800))),
        (
            "js-files",
            format!(
                "{}{}",
                head(&format!("<script src=\"{}\" defer></script>", named("more.js"))),
                asset("more.js", "a()")
            ),
        ),
        ("all-gz", asset("style.css", &noise(28_000))),
        ("fonts", asset("literata-roman.woff2", &noise(80_000))),
        (
            "font-files",
            format!(
                "{}{}",
                asset(
                    "style.css",
                    "@font-face{src:url(\"literata-roman.woff2\"),url(\"literata-italic.woff2\"),url(\"third.woff2\")}"
                ),
                asset("third.woff2", "x")
            ),
        ),
        ("preloads", head(&link("literata-italic.woff2", "rel=\"preload\" as=\"font\""))),
        ("requests", format!("{}{drawings}", head(&icons))),
        ("origins", head("<link rel=\"preconnect\" href=\"https://fonts.example/\">")),
        ("elements", head(&"<meta name=\"x\" content=\"y\">".repeat(1_001))),
        ("map", drawing(&"<path d=\"M0 0\"/>".repeat(300))),
        ("map-rows", drawing(&"<text>x</text>".repeat(10))),
    ];
    let tried: BTreeSet<&str> = breaches.iter().map(|(name, _)| *name).collect();
    assert_eq!(tried, LIMITS.iter().map(|limit| limit.name).collect(), "each limit is tried");
    for (name, files) in breaches {
        let (value, code) = weighed(&themed(&files));
        assert!(over(&value).contains(name) && code == Some(1), "{name}: {code:?} {value}");
        let codes: BTreeSet<&str> =
            value["diagnostics"].as_array().unwrap().iter().map(|one| one["code"].as_str().unwrap()).collect();
        assert!(codes.contains("over-budget"), "{name}: {value}");
    }
}

#[test]
fn the_built_in_theme_keeps_to_the_budget_with_essays_of_any_length() {
    let paragraph =
        "A group that knows its direction needs fewer orders, and [somebody](two.md) has to say so now and then. ";
    let long: String = (0..400).map(|at| format!("{paragraph}Number {at}.\n\n")).collect();
    let table: String = (0..300).map(|at| format!("| `key{at}` | what it is for |\n")).collect();
    let replies: String = (0..60)
        .map(|at| format!("[[reply]]\nid = \"mine:{at}\"\nauthor = \"Reader {at}\"\ndate = 2021-01-02\ntext = \"I saw this, too, in year {at}.\"\n"))
        .collect();
    let book = Book::new(&format!(
        "-- content/essays/one.md --\n{ESSAY}{long}\n-- content/essays/two.md --\n{}Short.\n\n| a | b |\n|---|---|\n{table}\n\
         -- content/replies/two.toml --\n{replies}-- content/concepts/direction.md --\n+++\ntitle = \"Direction\"\n+++\n",
        ESSAY.replace("One", "Two")
    ));
    let (value, code) = weighed(&book);
    assert_eq!((over(&value), code), (BTreeSet::new(), Some(0)), "{value}");
}

#[test]
fn the_manual_names_the_limits() {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/content/essays/commands.md");
    let chapter = std::fs::read_to_string(path).unwrap();
    let section = chapter.split("## The budget").nth(1).unwrap();
    for limit in LIMITS.iter().filter(|limit| limit.unit == Unit::Bytes) {
        let most = format!("{}.{} kB", limit.most / 1_000, limit.most % 1_000 / 100).replace(".0 kB", " kB");
        assert!(section.contains(&format!("| {most} ")), "{}: {most}", limit.name);
    }
}

#[test]
fn the_table_names_what_is_over_and_the_level_can_be_changed() {
    let files = head("<script src=\"https://stats.example/x.js\"></script>");
    let book = themed(&files);
    let output = book.run(&["check", "--budget"]);
    let (table, report) = (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap());
    assert!(
        table.lines().any(|line| line.starts_with("other servers asked") && line.ends_with("over  /essays/one/")),
        "{table}"
    );
    assert!(table.contains("ok"), "{table}");
    assert!(report.contains("error[over-budget]") && report.contains("content/essays/one.md"), "{report}");
    assert!(book.run(&["check"]).status.success() && book.run(&["build"]).status.success(), "it is asked for");
    let settings = "title = \"T\"\ntheme = \"mine\"\n[check]\nover-budget = \"warning\"\n";
    std::fs::write(book.path().join("book.toml"), settings).unwrap();
    assert_eq!(weighed(&book).1, Some(0));
    let empty = Book::new("");
    assert_eq!(weighed(&empty).1, Some(0), "a book without essays has nothing to weigh");
}

#[test]
fn what_a_style_sheet_says_in_comments_is_asked_of_nobody() {
    let css = "/* formerly url(https://cdn.example/x.png) */ a{content:\"@import 'https://cdn.example/y.css'\"}";
    let (value, code) = weighed(&themed(&asset("style.css", css)));
    assert_eq!((over(&value), code), (BTreeSet::new(), Some(0)), "{value}");
    let (value, _) = weighed(&themed(&asset("style.css", "a{b:url(https://cdn.example/x.png)}")));
    assert!(over(&value).contains("origins"), "{value}");
}

#[test]
fn a_finding_says_how_many_other_pages_have_too_much() {
    let essays: String = (0..3)
        .map(|at| format!("-- content/essays/e{at}.md --\n{}Text.\n", ESSAY.replace("One", &format!("E{at}"))))
        .collect();
    let (value, _) = weighed(&themed(&(head("<script src=\"https://stats.example/x.js\"></script>") + &essays)));
    let found = value["diagnostics"].as_array().unwrap().iter().find(|one| one["code"] == "over-budget").unwrap();
    let message = found["message"].as_str().unwrap();
    assert!(message.ends_with("where 0 is the most, and 3 more pages have too much"), "{message}");
}
