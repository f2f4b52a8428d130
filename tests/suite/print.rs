//! The page that holds the whole book, and what goes with paper.

use std::collections::BTreeSet;

use crate::support::Book;

fn essay(name: &str, title: &str, more: &str, body: &str) -> String {
    format!("-- content/essays/{name}.md --\n+++\ntitle = \"{title}\"\n{more}\n+++\n{body}\n")
}

/// Every value of this attribute, in order.
fn values<'a>(html: &'a str, attribute: &str) -> Vec<&'a str> {
    let start = format!(" {attribute}=\"");
    html.split(&start).skip(1).map(|rest| rest.split('"').next().unwrap_or("")).collect()
}

fn two_series() -> Book {
    Book::new(&format!(
        "-- content/series/second.md --\n+++\ntitle = \"B second\"\n+++\nIts prose.[^s]\n\n[^s]: Of the series.\n{}{}{}{}-- content/concepts/trust.md --\n+++\ntitle = \"trust\"\naliases = [\"faith\"]\nsummary = \"Reliance.\"\n+++\n",
        essay(
            "one",
            "One",
            "date = 2020-03-01\nseries = \"B second\"\npart = 2",
            "## Same\n\nA note.[^a] And trust.\n\n[^a]: The **first**."
        ),
        essay(
            "two",
            "Two",
            "date = 2020-04-01\nseries = \"B second\"\npart = 1",
            "## Same\n\nSee [[One]], [its part](one.md#same), [here](#same), [[trust]] and [all](/essays/).[^a]\n\n[^a]: The second.\n\n> [!pull]\n> The words.\n\nThe words."
        ),
        essay("young", "Young", "date = 2021-01-01", "Young."),
        essay("old", "Old", "date = 2019-01-01\nlang = \"de\"", "Alt."),
    ))
}

#[test]
fn the_book_is_printed_in_reading_order() {
    let html = two_series().build_clean().read("print/index.html");
    let places: Vec<usize> =
        ["<h2>B second", "<h3>Two", "<h3>One", "<h2>Other essays", "<h3>Old", "<h3>Young", "<h2>Concepts"]
            .iter()
            .map(|part| html.find(part).unwrap_or_else(|| panic!("{part} in {html}")))
            .collect();
    assert!(places.is_sorted(), "{places:?}");
    assert!(html.contains("<article id=\"essays-old\" lang=\"de\">"));
    assert!(
        html.contains("<dt>trust</dt>")
            && html.contains("Also called <i><bdi>faith</bdi></i>")
            && html.contains("Reliance.")
    );
}

#[test]
fn every_id_on_the_page_is_its_own_and_every_link_to_a_place_lands() {
    let html = two_series().build_clean().read("print/index.html");
    let all = values(&html, "id");
    let ids: BTreeSet<&str> = all.iter().copied().collect();
    assert_eq!(ids.len(), all.len(), "{all:?}");
    for place in values(&html, "href").into_iter().filter_map(|href| href.strip_prefix('#')) {
        assert!(ids.contains(place), "nothing has the id {place} in {html}");
    }
    for place in ["essays-one--n1", "essays-two--n1", "series-second--n1", "essays-one--same", "essays-two--same"] {
        assert!(ids.contains(place), "{place} in {all:?}");
    }
    for id in ids {
        let is_clean =
            id.starts_with(char::is_alphabetic) && id.chars().all(|c| c.is_alphanumeric() || "-_".contains(c));
        assert!(is_clean, "{id}");
    }
}

#[test]
fn a_nested_address_and_one_with_a_hyphen_make_ids_of_their_own() {
    let book = Book::new(&format!(
        "-- book.toml --\ntitle = \"T\"\n[urls]\nessay = \"/{{year}}/{{month}}/{{slug}}/\"\n{}{}",
        essay("a-b", "One", "date = 2020-03-01", "## Same\n\nText, [[Two]]."),
        essay("c", "Two", "date = 2020-04-01", "## Same\n\nText, [there](a-b.md#same)."),
    ));
    let html = book.build_clean().read("print/index.html");
    for id in ["a___2020-03_a-b", "a___2020-03_a-b--same", "a___2020-04_c", "a___2020-04_c--same"] {
        assert_eq!(html.matches(&format!(" id=\"{id}\"")).count(), 1, "{id} in {html}");
    }
    let links = ["<a href=\"#a___2020-04_c\">Two</a>", "<a href=\"#a___2020-03_a-b--same\">there</a>"];
    assert!(links.iter().all(|link| html.contains(link)), "{html}");
}

#[test]
fn links_between_essays_stay_on_the_page_and_concepts_are_not_linked_by_themselves() {
    let html = two_series().build_clean().read("print/index.html");
    for link in [
        "See <a href=\"#essays-one\">One</a>, <a href=\"#essays-one--same\">its part</a>, <a href=\"#essays-two--same\">here</a>,",
        "<a href=\"#concepts-trust\">trust</a> and <a href=\"#essays\">all</a>.",
    ] {
        assert!(html.contains(link), "{link} in {html}");
    }
    assert!(html.contains("And trust.") && !html.contains("data-term"), "{html}");
}

#[test]
fn a_link_to_a_reply_or_a_single_page_leads_to_the_site() {
    let book = Book::new(&format!(
        "{}{}-- content/pages/about.md --\n+++\ntitle = \"About\"\n+++\nMe.\n-- content/replies/one.toml --\n[[reply]]\nid = \"letter:1\"\nauthor = \"A\"\ndate = 2020-03-02\ntext = \"Well said.\"\n",
        essay("one", "One", "date = 2020-03-01", "Text."),
        essay("two", "Two", "date = 2020-04-01", "[About](../pages/about.md)."),
    ));
    let html = book.build_clean().read("print/index.html");
    assert!(book.read("essays/one/index.html").contains("Well said."));
    assert!(html.contains("<a href=\"../about/\">About</a>"), "{html}");
    assert!(!html.contains("Well said."), "replies are no part of the book");
}

#[test]
fn a_pull_quote_is_printed_once_and_headings_stand_below_their_essay() {
    let html = two_series().build_clean().read("print/index.html");
    assert_eq!(html.matches("The words.").count(), 1, "{html}");
    let levels: Vec<u8> = html
        .match_indices("<h")
        .filter_map(|(at, _)| html.as_bytes().get(at + 2).copied())
        .filter(|c| (b'1'..=b'6').contains(c))
        .collect();
    assert_eq!(levels.iter().filter(|level| **level == b'1').count(), 1);
    assert!(levels.windows(2).all(|pair| pair[1] <= pair[0] + 1), "{levels:?}");
    assert!(html.contains("<h4 id=\"essays-one--same\">Same</h4>"), "{html}");
}

#[test]
fn drafts_are_printed_only_where_they_are_shown() {
    let book = Book::new(&format!(
        "{}{}",
        essay("one", "One", "date = 2020-03-01", "Text."),
        essay("draft", "Not yet", "date = 2020-03-02\ndraft = true", "Unready."),
    ));
    assert!(!book.build_clean().read("print/index.html").contains("Unready."));
    assert!(book.run(&["build", "--drafts"]).status.success());
    let html = book.read("print/index.html");
    assert!(html.contains("Unready.") && html.contains("<span class=\"badge\">Draft</span>"), "{html}");
}

#[test]
fn search_engines_find_essays_and_not_the_page_that_holds_them_all() {
    let book = Book::new(&format!(
        "-- book.toml --\ntitle = \"T\"\nbase_url = \"https://e.example/b/\"\n{}",
        essay("one", "One", "date = 2020-03-01", "Text.")
    ));
    let html = book.build_clean().read("print/index.html");
    assert!(html.contains("<meta name=\"robots\" content=\"noindex\">"), "{html}");
    assert!(html.contains("<link rel=\"canonical\" href=\"https://e.example/b/print/\">"), "{html}");
    assert!(book.read("essays/index.html").contains("href=\"../print/\""));
    let sitemap = book.read("sitemap.xml");
    assert!(sitemap.contains("/b/essays/one/") && !sitemap.contains("print"), "{sitemap}");
}

#[test]
fn a_book_without_essays_or_with_more_than_500_has_no_page_for_printing() {
    let many = |count: usize| {
        let essays = (0..count).map(|at| essay(&format!("e{at}"), &format!("E{at}"), "date = 2020-03-01", "Text."));
        Book::new(&essays.collect::<String>())
    };
    for (count, has_page) in [(0, false), (500, true), (501, false)] {
        let book = many(count);
        book.build_clean();
        assert_eq!(book.has("print/index.html"), has_page, "{count} essays");
        assert_eq!(book.read("essays/index.html").contains("print/"), has_page, "{count} essays");
    }
}

#[test]
fn a_page_that_wants_the_address_of_the_page_for_printing_is_reported() {
    let book = Book::new(&format!(
        "{}-- content/pages/print.md --\n+++\ntitle = \"Prints\"\n+++\nFor sale.\n",
        essay("one", "One", "date = 2020-03-01", "Text.")
    ));
    let report = book.build();
    assert!(report.contains("error[duplicate-route]") && report.contains("content/pages/print.md"), "{report}");
}

#[test]
fn the_page_for_printing_is_promised_to_nobody_so_that_a_book_may_grow_out_of_it() {
    let book = Book::new(&format!(
        "-- book.toml --\ntitle = \"T\"\n[publish.live]\nto = \"folder\"\npath = \"www\"\n{}",
        essay("one", "One", "date = 2020-03-01", "Text.")
    ));
    assert!(book.run(&["publish", "--yes"]).status.success());
    assert!(book.path().join("www/print/index.html").exists(), "it is published");
    let promises = std::fs::read_to_string(book.path().join("published.toml")).unwrap();
    assert!(promises.contains("\"/essays/one/\"") && !promises.contains("/print/"), "{promises}");
}

#[test]
fn a_setting_says_whether_replies_are_printed() {
    for (line, is_set) in [("", false), ("[print]\nreplies = false\n", false), ("[print]\nreplies = true\n", true)] {
        let book = Book::new(&format!(
            "-- book.toml --\ntitle = \"T\"\n{line}{}",
            essay("one", "One", "date = 2020-03-01", "Text.")
        ));
        let html = book.build_clean().read("essays/one/index.html");
        assert_eq!(html.contains("prints-replies"), is_set, "{line}");
    }
    let book = Book::new("-- book.toml --\ntitle = \"T\"\n[print]\nreplys = true\n");
    assert!(book.build().contains("did you mean `replies`"));
}

#[test]
fn the_sheets_and_scripts_of_the_built_in_theme_keep_to_their_budgets() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("themes/default/assets");
    let size = |name: &str| std::fs::read(folder.join(name)).unwrap().len();
    // 20 KB of style and 6 KB of script on every page; what a single page adds stays far below.
    for (name, most) in [("style.css", 20_000), ("script.js", 6_000), ("print.css", 3_000), ("missing.js", 3_000)] {
        assert!(size(name) <= most, "{name} has {} bytes", size(name));
    }
}
