//! How pages are woven together.

use crate::support::Book;

fn essay(name: &str, title: &str, date: &str, more: &str, body: &str) -> String {
    format!("-- content/essays/{name}.md --\n+++\ntitle = \"{title}\"\ndate = {date}\n{more}\n+++\n{body}\n")
}

#[test]
fn a_concept_page_quotes_every_sentence_oldest_first_with_the_word_marked() {
    let book = Book::new(&format!(
        "-- content/concepts/trust.md --\n+++\ntitle = \"trust\"\naliases = [\"good faith\"]\nsummary = \"Reliance.\"\n+++\n{}{}",
        essay("b", "Later", "2022-01-01", "", "They acted in good\nfaith. Nothing else."),
        essay(
            "a",
            "Earlier",
            "2020-01-01",
            "",
            "The crew's trust grew. Distrust did not.\n\n> Their trust.\n\n`trust`"
        ),
    ));
    let html = book.build_clean().read("concepts/trust/index.html");
    let first = html.find("The crew’s <mark>trust</mark> grew.").expect("the earlier essay");
    let second = html.find("They acted in <mark>good faith</mark>.").expect("the later essay");
    assert!(first < second);
    assert_eq!(html.matches("<mark>").count(), 2, "not in quotations, code or other words");
    assert!(html.contains("essays/a/#p-the-crews-trust-grew-distrust"), "{html}");
}

#[test]
fn the_first_mention_in_each_section_is_a_link_and_a_backslash_keeps_one_plain() {
    let book = Book::new(&essay(
        "a",
        "A",
        "2020-01-01",
        "concepts = [\"trust\"]",
        "Some \\trust, then trust and trusts.\n\n## Trust again\n\nMore trust.",
    ));
    let html = book.build_clean().read("essays/a/index.html");
    assert_eq!(html.matches("<a class=\"concept\" data-term=\"trust\"").count(), 2, "{html}");
    assert!(html.contains("Some trust, then <a class=\"concept\""), "{html}");
}

#[test]
fn concept_links_can_be_switched_off() {
    for more in ["concepts = [\"trust\"]\nconcept_links = false", "concepts = [\"trust\"]\nconcept_links = \"none\""] {
        let html = Book::new(&essay("a", "A", "2020-01-01", more, "Trust.")).build_clean().read("essays/a/index.html");
        assert!(!html.contains("data-term=\"trust\" href"), "{html}");
    }
}

#[test]
fn blanks_around_the_words_of_a_link_are_no_part_of_its_sentence() {
    let long = "and so on ".repeat(200);
    for (written, shown) in [
        ("[ word ](x.md) here.", "<p><mark>word</mark>  here."),
        ("> [ word](x.md) here.", "<p><mark>word</mark> here."),
        ("<a href=\"x.md\">  word</a> here.", "<p>word here."),
        ("<a href=\"x.md\"> </a> One. Two.", "<p>One. <a"),
        (&format!("[ word](x.md) here, {long}"), "<p><mark>word</mark> here, and so on"),
    ] {
        let text = essay("x", "X", "2020-01-01", "", "Text.") + &essay("y", "Y", "2020-01-02", "", written);
        let book = Book::new(&text);
        let html = book.build_clean().read("essays/x/index.html");
        assert!(html.contains(shown), "{written}: {html}");
    }
}

#[test]
fn links_of_every_style_are_resolved_and_come_back_as_backlinks() {
    let book = Book::new(&format!(
        "{}{}{}",
        essay("a", "First one", "2020-01-01", "", "## A place\n\nHere it is. Nothing more."),
        essay(
            "b",
            "Second",
            "2021-01-01",
            "",
            "Read [the first](a.md#a-place) now. Then [[First one#A place|again]] and [[first-one]]."
        ),
        essay("c", "Third", "2021-01-02", "", "![[First one#A place]]"),
    ));
    let second = book.build_clean().read("essays/b/index.html");
    assert_eq!(second.matches("href=\"../../essays/a/#a-place\"").count(), 2);
    let first = book.read("essays/a/index.html");
    assert!(first.contains("Read <mark>the first</mark> now."), "{first}");
    assert!(first.contains("Then <mark>again</mark> and <mark>first-one</mark>."), "{first}");
    let third = book.read("essays/c/index.html");
    assert!(
        third.contains("<p>Here it is. Nothing more.</p>")
            && third.contains("From <a href=\"../../essays/a/#a-place\">"),
        "{third}"
    );
}

#[test]
fn series_related_essays_and_the_archive_say_why_and_when() {
    let book = Book::new(&format!(
        "{}{}{}",
        essay("a", "One", "2020-01-01", "series = \"S\"\npart = 1\nconcepts = [\"trust\"]", "Text."),
        essay("b", "Two", "2021-01-01", "series = \"S\"\npart = 2", "Text."),
        essay("c", "Three", "2022-01-01", "concepts = [\"trust\"]", "Text."),
    ));
    let html = book.build_clean().read("essays/a/index.html");
    assert!(
        html.contains("next in the series") && html.contains("also about trust") && html.contains("1 of 2"),
        "{html}"
    );
    let archive = book.read("essays/index.html");
    assert!(archive.find("2022").unwrap() < archive.find("2020").unwrap());
    assert!(book.read("series/s/index.html").contains("Two"));
}

#[test]
fn drafts_scheduled_and_expired_essays_are_left_out_and_named() {
    let book = Book::new(&format!(
        "{}{}{}{}",
        essay("a", "Shown", "2020-01-01", "", "Text."),
        essay("b", "Draft", "2020-01-01", "draft = true", "Text."),
        essay("c", "Later", "2027-01-01", "", "Text."),
        essay("d", "Gone", "2020-01-01", "expires = 2021-01-01", "Text."),
    ));
    let output = book.run(&["build", "--as-of", "2026-01-01"]);
    let said = String::from_utf8(output.stdout).unwrap();
    for part in ["b.md (a draft)", "c.md (scheduled for 2027-01-01)", "d.md (expired on 2021-01-01)"] {
        assert!(said.contains(part), "{said}");
    }
    assert!(book.has("essays/a/index.html") && !book.has("essays/b/index.html"));
    assert!(book.run(&["build", "--drafts"]).status.success());
    assert!(book.has("essays/b/index.html") && book.read("essays/c/index.html").contains("essays"));
}

#[test]
fn an_old_address_leads_on() {
    let book = Book::new(&essay("a", "A", "2020-01-01", "aliases = [\"/2019/a\"]", "Text."));
    assert!(book.build_clean().read("2019/a/index.html").contains("url=../../essays/a/"));
}

#[test]
fn a_link_to_a_concept_is_a_place_where_it_appears() {
    let book = Book::new(&format!(
        "-- content/concepts/trust.md --\n+++\ntitle = \"trust\"\n+++\n{}",
        essay(
            "a",
            "A",
            "2020-01-01",
            "",
            "Here [we rely](../concepts/trust.md) on them, [again](../concepts/trust.md)."
        )
    ));
    let html = book.build_clean().read("concepts/trust/index.html");
    assert!(
        html.contains("Here <mark>we rely</mark> on them, <mark>again</mark>.")
            && html.contains("2 mentions in 1 essay"),
        "{html}"
    );
    assert!(book.read("essays/a/index.html").contains("Concepts in this essay"));
}

#[test]
fn a_sentence_with_two_links_to_a_page_is_quoted_once() {
    let book = Book::new(&format!(
        "{}{}",
        essay("a", "A", "2020-01-01", "", "Text."),
        essay("b", "B", "2020-01-02", "", "See [one](a.md) and [two](a.md).")
    ));
    let html = book.build_clean().read("essays/a/index.html");
    assert_eq!(html.matches("See <mark>one</mark> and <mark>two</mark>.").count(), 1, "{html}");
}

#[test]
fn a_name_goes_before_the_plural_of_another_and_capitals_count() {
    let concept = |name: &str| format!("-- content/concepts/{name}.md --\n+++\ntitle = \"{name}\"\n+++\n");
    let book = Book::new(&format!(
        "{}{}{}{}",
        concept("mean"),
        concept("means"),
        concept("café"),
        essay("a", "A", "2020-01-01", "", "The means matter. The CAFÉ too.")
    ));
    assert!(book.build_clean().read("concepts/means/index.html").contains("The <mark>means</mark> matter."));
    assert!(book.read("concepts/cafe/index.html").contains("The <mark>CAFÉ</mark> too."));
}

#[test]
fn the_map_shows_what_the_list_names_and_the_chosen_passage_leads_to_its_paragraph() {
    let book = Book::new(&format!(
        "-- content/concepts/trust.md --\n+++\ntitle = \"trust\"\npassage = \"Trust and calm.\"\n+++\n{}",
        essay("a", "A", "2020-01-01", "concepts = [\"calm\"]", "Trust and calm.")
    ));
    let html = book.build_clean().read("concepts/trust/index.html");
    assert!(!html.contains("<svg viewBox") && !html.contains("Related concepts"), "once together is no tie: {html}");
    assert!(html.contains("<figcaption><a dir=\"auto\" href=\"../../essays/a/#p-trust-and-calm\">A</a>"), "{html}");
}

#[test]
fn pages_that_are_not_public_tell_search_engines_so() {
    let book = Book::new(
        &(essay("a", "A", "2020-01-01", "draft = true", "Text.") + &essay("b", "B", "2020-01-01", "", "Text.")),
    );
    assert!(book.run(&["build", "--drafts", "--as-of", "2026-01-01"]).status.success());
    assert!(book.read("essays/a/index.html").contains("content=\"noindex\""));
    assert!(!book.read("essays/b/index.html").contains("noindex"));
}
