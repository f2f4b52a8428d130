//! What Markdown becomes on a page.

use crate::support::{Book, ESSAY};

fn page(body: &str) -> String {
    let book = Book::new(&format!("-- content/essays/one.md --\n{ESSAY}{body}\n"));
    book.build_clean().read("essays/one/index.html")
}

fn assert_has(html: &str, parts: &[&str]) {
    for part in parts {
        assert!(html.contains(part), "{part} is not in\n{html}");
    }
}

#[test]
fn extensions_become_what_readers_expect() {
    let html = page(concat!(
        "A line with ~~old~~ \"quotes\" -- and https://example.org/a--b.\n\n## Head {#here .wide}\n\n",
        "| a | b |\n|---|--:|\n| 1 | 2 |\n\n- [x] done\n- [ ] open\n\nTerm\n: Meaning\n\n> [!NOTE]\n> Mind this.\n\n",
        "Formula $n^2$.\n\n```rust\nfn main() {}\n```\n\nBelow.[^n]\n\n[^n]: The note.\n",
    ));
    assert_has(
        &html,
        &[
            "<del>old</del> “quotes” – and <a href=\"https://example.org/a--b\">https://example.org/a--b</a>.",
            "<h2 id=\"here\" class=\"wide\">Head</h2>",
            "<td class=\"right\">2</td>",
            "<input type=\"checkbox\" disabled checked aria-label=\"Done\">",
            "<dt id=\"p-term\">Term</dt>",
            "<div class=\"alert alert-note\" role=\"note\">",
            "<math>",
            "<span class=\"f\">main</span>",
            "<a id=\"r1\" href=\"#n1\" role=\"doc-noteref\" aria-label=\"Note 1\">1</a>",
            "<li id=\"n1\"><p id=\"p-the-note\">The note.</p>",
        ],
    );
    assert!(!html.contains(" style="));
}

#[test]
fn an_exact_pull_quote_is_hidden_from_readers_who_have_read_it() {
    let html = page("Trust arrives on foot and leaves on horseback.\n\n> [!pull]\n> Trust arrives on foot\n");
    assert_has(&html, &["<aside class=\"pull\" aria-hidden=\"true\">"]);
}

#[test]
fn a_picture_alone_with_a_title_is_a_figure() {
    let book = Book::new(&format!(
        "-- content/essays/c.svg --\n<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"30\" height=\"20\"/>\n-- content/essays/one.md --\n{ESSAY}![A chart](c.svg \"What it *shows*\")\n"
    ));
    let html = book.build_clean().read("essays/one/index.html");
    assert_has(
        &html,
        &["<figcaption>What it *shows*</figcaption>", "src=\"../../essays/c.svg\"", "width=\"30\" height=\"20\""],
    );
    assert!(book.has("essays/c.svg"));
}

#[test]
fn paragraph_ids_stay_when_others_move() {
    let ids = |body: &str| -> Vec<String> {
        let html = page(body);
        html.match_indices("<p id=\"").map(|(at, _)| html[at + 7..].split('"').next().unwrap().to_owned()).collect()
    };
    let first = ids("Alpha goes first here today.\n\nBeta comes second.");
    let second = ids("New one.\n\nBeta comes second.\n\nAlpha goes first here today.");
    assert!(first.iter().all(|id| second.contains(id)), "{first:?} {second:?}");
}

#[test]
fn template_syntax_is_text_and_titles_are_escaped() {
    let book = Book::new(
        "-- content/essays/one.md --\n+++\ntitle = \"<img src=x onerror=alert(1)>\"\ndate = 2020-01-02\n+++\n{{ page.title }} {% if %}\n",
    );
    let report = book.build();
    assert_eq!(report.matches("warning[foreign-syntax]").count(), 2, "{report}");
    let html = book.read("essays/one/index.html");
    assert_has(&html, &["{{ page.title }} {% if %}", "&lt;img src=x onerror=alert(1)&gt;"]);
    assert!(!html.contains("<img src=x") && !book.read("index.html").contains("<img src=x"));
}

#[test]
fn plain_commonmark_is_left_alone() {
    let book = Book::new("-- a.md --\n# One\n\n\"x\" -- https://a.b.org | ~~y~~\n");
    let output = book.run(&["markdown", "--extensions", "none", "a.md"]);
    assert_eq!(
        String::from_utf8(output.stdout).unwrap(),
        "<h1>One</h1>\n<p>&quot;x&quot; -- https://a.b.org | ~~y~~</p>\n".replace("&quot;", "\"")
    );
}

#[test]
fn sums_of_money_are_no_formulas() {
    let html = page("It costs $10-$20, $1/$2 or $5M-$6M, and $n$ is a formula.");
    assert_has(&html, &["It costs $10-$20, $1/$2 or $5M-$6M, and <math>"]);
    assert_eq!(html.matches("<math>").count(), 1);
}

#[test]
fn headings_of_one_level_stay_on_one_level() {
    let html = page("## A\n\n## B\n\n# C\n\n### D\n\n### E");
    assert_has(&html, &["<h2 id=\"a\">", "<h2 id=\"b\">", "<h2 id=\"c\">", "<h3 id=\"d\">", "<h3 id=\"e\">"]);
}

#[test]
fn a_passage_brings_no_headings_and_a_bare_concept_its_definition() {
    let book = Book::new(&format!(
        "-- content/concepts/calm.md --\n+++\ntitle = \"calm\"\nsummary = \"Not being hurried.\"\n+++\n-- content/pages/p.md --\n+++\ntitle = \"P\"\n+++\n## One\n\n### Two {{.wide}}\n\nText.\n-- content/essays/one.md --\n{ESSAY}![[calm]]\n\n![[P]]\n"
    ));
    let html = book.build_clean().read("essays/one/index.html");
    assert_has(
        &html,
        &[
            "<blockquote>\n<p>Not being hurried.</p>",
            "<p class=\"heading\">One</p>",
            "<p class=\"heading wide\">Two</p>",
        ],
    );
}

#[test]
fn a_backslash_before_a_concept_is_shown_nowhere_and_changes_no_comparison() {
    let book = Book::new(&format!(
        "-- content/concepts/trust.md --\n+++\ntitle = \"trust\"\npassage = \"All trust here is earned.\"\n+++\nOn \\trust itself.\n-- content/essays/one.md --\n{ESSAY}## On \\trust\n\n## B\n\n## C\n\nAll \\trust here is earned. [More \\trust](one.md#b)\n\n> Their \\trust.\n\n> [!pull]\n> All \\trust here is earned.\n"
    ));
    for file in ["essays/one/index.html", "concepts/trust/index.html"] {
        let html = book.build_clean().read(file);
        assert!(!html.contains('\\'), "{file}: {html}");
    }
}

#[test]
fn raw_html_is_checked_like_markdown() {
    let book = Book::new(&format!(
        "-- content/essays/one.md --\n{ESSAY}<a href=\"/essays/one/\">a</a> <a href=\"#p-a-b\">b</a>\n"
    ));
    assert_has(
        &book.build_clean().read("essays/one/index.html"),
        &["<a href=\"../../essays/one/\">", "<a href=\"#p-a-b\">"],
    );
}
