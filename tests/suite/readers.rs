//! What readers meet on pages: the way a text runs, days that are not shown, lists of what stands nowhere else, wrong addresses.

use crate::support::Book;

const TITLE: &str = "\u{627}\u{644}\u{62b}\u{642}\u{629}";

fn essay(name: &str, title: &str, more: &str, body: &str) -> String {
    format!("-- content/essays/{name}.md --\n+++\ntitle = \"{title}\"\n{more}\n+++\n{body}\n")
}

fn opening(html: &str) -> &str {
    html.lines().nth(1).unwrap_or("")
}

#[test]
fn a_page_in_a_language_that_runs_from_the_right_says_so_and_others_do_not() {
    let book = Book::new(&format!(
        "{}{}",
        essay("ar", TITLE, "date = 2020-03-01\nlang = \"ar\"", &format!("{TITLE} [[Plain]].")),
        essay("plain", "Plain", "date = 2020-04-01\naliases = [\"/old/\"]", &format!("See [[{TITLE}]].")),
    ));
    assert_eq!(opening(&book.build_clean().read("essays/ar/index.html")), "<html lang=\"ar\" dir=\"rtl\">");
    assert_eq!(opening(&book.read("essays/plain/index.html")), "<html lang=\"en\">");
    for (file, part) in [
        (
            "essays/index.html",
            format!(
                "<p class=\"card-title\" lang=\"ar\" dir=\"auto\"><a class=\"u-url p-name\" href=\"../essays/ar/\">{TITLE}"
            ),
        ),
        (
            "essays/plain/index.html",
            format!("<p class=\"card-title\" lang=\"ar\" dir=\"auto\"><a href=\"../../essays/ar/\">{TITLE}"),
        ),
        ("essays/plain/index.html", format!("<blockquote><p lang=\"ar\" dir=\"auto\">{TITLE} <mark>Plain")),
        (
            "essays/ar/index.html",
            "<p class=\"card-title\" lang=\"en\" dir=\"auto\"><a href=\"../../essays/plain/\">Plain".to_owned(),
        ),
        ("print/index.html", "<article id=\"essays-ar\" lang=\"ar\" dir=\"rtl\">".to_owned()),
        ("print/index.html", "<article id=\"essays-plain\">".to_owned()),
        ("old/index.html", "<html lang=\"en\">".to_owned()),
    ] {
        let html = book.read(file);
        assert!(html.contains(&part), "{file}: {part} in {html}");
    }
}

#[test]
fn every_page_of_a_book_in_arabic_runs_from_the_right_in_both_themes() {
    for theme in ["default", "manual"] {
        let book = Book::new(&format!(
            "-- book.toml --\ntitle = \"{TITLE}\"\nlanguage = \"ar\"\ntheme = \"{theme}\"\n{}{}",
            essay("one", TITLE, "date = 2020-03-01\naliases = [\"/old/\"]", TITLE),
            essay("en", "English", "date = 2020-03-02\nlang = \"en\"", "Words."),
        ));
        book.build_clean();
        for file in [
            "index.html",
            "essays/index.html",
            "concepts/index.html",
            "404.html",
            "print/index.html",
            "essays/one/index.html",
            "old/index.html",
        ] {
            assert_eq!(opening(&book.read(file)), "<html lang=\"ar\" dir=\"rtl\">", "{theme}: {file}");
        }
        assert_eq!(opening(&book.read("essays/en/index.html")), "<html lang=\"en\">", "{theme}");
        assert!(book.read("print/index.html").contains("lang=\"en\" dir=\"ltr\">"), "{theme}");
    }
}

#[test]
fn programs_are_told_days_that_the_theme_does_not_show() {
    let book = Book::new(&format!(
        "-- book.toml --\ntitle = \"T\"\n[theme]\nshow_dates = false\n{}",
        essay("one", "One", "date = 2020-03-01\nupdated = 2020-05-01", "Text."),
    ));
    let html = book.build_clean().read("essays/one/index.html");
    for day in [
        "<data class=\"dt-published\" value=\"2020-03-01\"></data>",
        "<data class=\"dt-updated\" value=\"2020-05-01\"></data>",
    ] {
        assert!(html.contains(day), "{day} in {html}");
    }
    assert!(!html.contains("March 2020") && !html.contains("May 2020"), "{html}");
    let list = book.read("essays/index.html");
    assert!(
        list.contains("<data class=\"dt-published\" value=\"2020-03-01\"></data>") && !list.contains("March 2020"),
        "{list}"
    );
}

#[test]
fn the_theme_manual_lists_essays_of_no_series_on_every_page() {
    for (series, heading) in [("series = \"The course\"", "<p>More</p>"), ("", "<nav aria-label=\"Chapters\">\n<ol>")] {
        let book = Book::new(&format!(
            "-- book.toml --\ntitle = \"T\"\ntheme = \"manual\"\n{}{}{}",
            essay("one", "One", &format!("date = 2020-03-01\n{series}"), "Text."),
            essay("old", "Old and alone", "date = 2019-03-01", "Text."),
            essay("new", "New and alone", "date = 2021-03-01", "Text."),
        ));
        book.build_clean();
        for file in ["index.html", "essays/one/index.html", "essays/new/index.html", "404.html"] {
            let html = book.read(file);
            let side = &html[html.find("<div class=\"side\">").unwrap_or_else(|| panic!("a list in {file}"))..];
            let side = &side[..side.find("</div>").unwrap()];
            assert!(side.contains(heading), "{file}: {heading} in {side}");
            let at = |title: &str| side.find(title).unwrap_or_else(|| panic!("{title} in {side}"));
            assert!(at("New and alone") < at("Old and alone"), "{side}");
        }
        let home = book.read("index.html");
        let main = &home[home.find("<main").unwrap()..];
        assert!(main.contains("Old and alone"), "{main}");
    }
}

#[test]
fn a_wrong_address_shows_everything_that_stands_at_another_one() {
    let book = Book::new(&format!(
        "{}-- content/pages/team/ada.md --\n+++\ntitle = \"Ada\"\n+++\nMe.\n-- content/concepts/trust.md --\n+++\ntitle = \"trust\"\naliases = [\"reliance\"]\n+++\n\
         -- content/replies/one.toml --\n[[reply]]\nid = \"letter:1\"\nauthor = \"A\"\ndate = 2020-03-02\ntext = \"Well said.\"\n",
        essay("one", "One", "date = 2020-03-01\nseries = \"First year\"", "Trust."),
    ));
    let html = book.build_clean().read("404.html");
    for link in [
        "href=\"/essays/one/\">One",
        "href=\"/series/first-year/\">First year",
        "href=\"/concepts/trust/\" data-names=\"reliance\">trust",
        "href=\"/team/ada/\">Ada",
        "href=\"/replies/\">Replies",
        "href=\"/print/\">The whole book",
    ] {
        assert!(html.contains(link), "{link} in {html}");
    }
    assert!(html.contains("Everything else is below."), "{html}");
}

#[test]
fn the_page_for_wrong_addresses_lists_the_newest_thousand_essays_and_leads_to_the_rest() {
    let essays = (0..1001).map(|at| {
        let year = if at == 0 { 1999 } else { 2020 };
        essay(&format!("e{at:04}"), &format!("Essay {at:04}"), &format!("date = {year}-03-01"), "Text.")
    });
    let html = Book::new(&essays.collect::<String>()).build_clean().read("404.html");
    assert_eq!(html.matches("href=\"/essays/e").count(), 1000);
    assert!(!html.contains("Essay 0000") && html.contains("Essay 0001"), "the oldest is left out");
    assert!(html.contains("<a href=\"/essays/\">All 1,001 essays</a>") && !html.contains("Everything else"), "{html}");
}

#[test]
fn the_page_for_wrong_addresses_lists_the_thousand_concepts_used_most_and_leads_to_the_rest() {
    let concept = |at: usize| format!("-- content/concepts/c{at:04}.md --\n+++\ntitle = \"idea {at:04}\"\n+++\n");
    let used = essay("one", "One", "date = 2020-03-01\nconcepts = [\"idea 1000\"]", "Text.");
    let html = Book::new(&(0..1001).map(concept).chain([used]).collect::<String>()).build_clean().read("404.html");
    assert_eq!(html.matches("href=\"/concepts/idea").count(), 1000);
    assert!(html.contains("idea 1000") && !html.contains("idea 0999"), "one that is not used is left out");
    assert!(
        html.contains("<a href=\"/concepts/\">All 1,001 concepts</a>") && !html.contains("Everything else"),
        "{html}"
    );
}

#[test]
fn pages_that_are_no_essays_are_not_called_so_where_they_mention_one() {
    let essays = format!(
        "{}{}",
        essay("one", "One", "date = 2020-03-01", "Text."),
        essay("two", "Two", "date = 2020-03-02", "See [[One]].")
    );
    let html = Book::new(&essays).build_clean().read("essays/one/index.html");
    assert!(html.contains("<h2>Essays that mention this one</h2>") && !html.contains(">Essay</p>"), "{html}");
    let book =
        Book::new(&format!("{essays}-- content/pages/about.md --\n+++\ntitle = \"About\"\n+++\nBegin with [[One]].\n"));
    let html = book.build_clean().read("essays/one/index.html");
    assert!(html.contains("<h2>Pages that mention this one</h2>"), "{html}");
    assert!(
        html.contains("About</a></p>\n<p class=\"meta\">Page</p>") && html.contains("Two</a></p>\n<blockquote>"),
        "{html}"
    );
}

#[test]
fn the_words_of_the_theme_for_essays_stand_on_the_pages_for_paper_and_for_wrong_addresses() {
    let book = Book::new(&format!(
        "-- book.toml --\ntitle = \"T\"\n[theme]\nessay_word = \"letter\"\nessays_word = \"letters\"\n{}{}",
        essay("one", "One", "date = 2020-03-01\nseries = \"S\"", "Text."),
        essay("two", "Two", "date = 2020-03-02", "Text."),
    ));
    assert!(book.build_clean().read("404.html").contains("<h2>Letters</h2>"));
    let html = book.read("print/index.html");
    assert!(html.contains("All 2 letters in reading order") && html.contains("<h2>Other letters</h2>"), "{html}");
    assert!(book.read("essays/index.html").contains("<meta name=\"description\" content=\"All 2 essays of T.\">"));
}

#[test]
fn the_front_page_of_an_empty_book_tells_how_to_begin_and_that_of_another_does_not() {
    for theme in ["default", "manual"] {
        let settings = format!("-- book.toml --\ntitle = \"T\"\ntheme = \"{theme}\"\n");
        let help = "<code>throughline new essay";
        assert!(Book::new(&settings).build_clean().read("index.html").contains(help), "{theme}");
        let book = Book::new(&format!("{settings}{}", essay("one", "One", "date = 2020-03-01", "Text.")));
        assert!(!book.build_clean().read("index.html").contains(help), "{theme}");
    }
}
