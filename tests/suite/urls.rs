//! `[urls]`: addresses by patterns, so that a writer who moves here keeps those that readers have.

use std::fs;

use crate::support::Book;

const BOOK: &str = "-- book.toml --\ntitle = \"Test\"\nbase_url = \"https://me.example/sub/\"\n\
    [urls]\nessay = \"/{year}/{month}/{slug}/\"\nconcept = \"/ideas/{slug}.html\"\nseries = \"/paths/{slug}/\"\npage = \"/pages/{path}/\"\n\
    -- content/essays/one.md --\n+++\ntitle = \"One\"\ndate = 2021-03-02\nconcepts = [\"trust\", \"hope\"]\nseries = \"Steps\"\n+++\nSee [two](two/index.md) and [[trust]]. Trust me.\n\
    -- content/essays/two/index.md --\n+++\ntitle = \"Two\"\ndate = 2022-11-12\naliases = [\"/old-two/\"]\n+++\n[One](../one.md) ![A dot](dot.svg)\n\
    -- content/essays/two/dot.svg --\n<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"9\" height=\"9\"/>\n\
    -- content/concepts/trust.md --\n+++\ntitle = \"trust\"\nsummary = \"Letting go.\"\n+++\n\
    -- content/pages/about.md --\n+++\ntitle = \"About\"\n+++\nSee [me](/2021/03/one/).\n\
    -- content/pages/notes/deep.md --\n+++\ntitle = \"Deep\"\n+++\nDeep.\n";

fn book() -> Book {
    let book = Book::new(BOOK);
    assert_eq!(book.build(), "");
    book
}

#[test]
fn every_kind_of_page_stands_where_its_pattern_says() {
    let book = book();
    for file in [
        "2021/03/one/index.html",
        "2022/11/two/index.html",
        "ideas/trust.html",
        "ideas/hope.html",
        "paths/steps/index.html",
        "pages/about/index.html",
        "pages/notes/deep/index.html",
    ] {
        assert!(book.has(file), "{file} is missing");
    }
    for file in ["essays/one/index.html", "concepts/trust/index.html", "series/steps/index.html", "about/index.html"] {
        assert!(!book.has(file), "{file} stands there too");
    }
}

#[test]
fn links_of_every_kind_lead_to_addresses_made_by_patterns() {
    let book = book();
    let one = book.read("2021/03/one/index.html");
    for part in [
        "../../../2022/11/two/",
        "../../../ideas/trust.html",
        "../../../paths/steps/",
        "https://me.example/sub/2021/03/one/",
    ] {
        assert!(one.contains(part), "{part} is not in {one}");
    }
    assert!(book.read("ideas/trust.html").contains("href=\"../2021/03/one/"));
    assert!(book.read("ideas/trust.html").contains("\"../assets/style."));
    assert!(book.read("pages/about/index.html").contains("href=\"../../2021/03/one/\""));
    assert!(book.read("old-two/index.html").contains("url=../2022/11/two/"));
    assert!(book.read("sitemap.xml").contains("<loc>https://me.example/sub/2022/11/two/</loc>"));
    let footer = book.read("index.html");
    assert!(footer.contains("href=\"./pages/about/\"") && !footer.contains("deep"), "{footer}");
}

#[test]
fn an_essay_without_a_date_is_an_error_where_dates_make_addresses() {
    let book = book();
    fs::write(book.path().join("content/essays/three.md"), "+++\ntitle = \"Three\"\n+++\nText.\n").unwrap();
    let report = book.build();
    assert!(report.contains("error[bad-address]") && report.contains("three.md"), "{report}");
    assert!(report.contains("date = 2021-03-02"), "{report}");
}

#[test]
fn a_pattern_that_is_none_is_reported_at_its_place() {
    for (line, said) in [
        ("essay = \"/{title}/\"", "there is no `{title}`"),
        ("essay = \"/all/\"", "put `{slug}` into it"),
        ("concept = \"/{year}/{slug}/\"", "only essays have a date"),
        ("page = \"/{slug}\"", "ends with `/` or `.html`"),
        ("essays = \"/{slug}/\"", "did you mean `essay`?"),
    ] {
        let book = Book::new(&format!("-- book.toml --\ntitle = \"T\"\n[urls]\n{line}\n"));
        let report = book.build();
        assert!(report.contains(said) && report.contains("book.toml:3:"), "{line}: {report}");
    }
}

#[test]
fn pages_that_patterns_put_at_one_address_are_reported() {
    let book = Book::new(
        "-- book.toml --\ntitle = \"T\"\n[urls]\nessay = \"/{slug}/\"\n-- content/essays/about.md --\n+++\ntitle = \"About\"\ndate = 2020-01-02\n+++\nText.\n\
         -- content/pages/about.md --\n+++\ntitle = \"About\"\n+++\nText.\n",
    );
    let report = book.build();
    assert!(report.contains("error[duplicate-route]"), "{report}");
}

#[test]
fn a_pattern_that_moves_published_pages_is_an_error_that_offers_their_aliases() {
    let book = book();
    fs::write(
        book.path().join("published.toml"),
        "[pages]\n\"/2021/03/one/\" = { title = \"One\", from = \"content/essays/one.md\" }\n\"/ideas/hope.html\" = { title = \"hope\" }\n",
    )
    .unwrap();
    assert_eq!(book.build(), "");
    let settings = fs::read_to_string(book.path().join("book.toml")).unwrap();
    fs::write(book.path().join("book.toml"), settings.replace("/{year}/{month}/{slug}/", "/{slug}/")).unwrap();
    let about = book.path().join("content/pages/about.md");
    fs::write(about, "+++\ntitle = \"About\"\n+++\nText.\n").unwrap();
    let report = book.build();
    assert!(report.contains("error[lost-address]") && report.contains("aliases = [\"/2021/03/one/\"]"), "{report}");
}

#[test]
fn files_that_the_author_writes_take_the_place_of_ours() {
    let book = Book::new(
        "-- book.toml --\ntitle = \"T\"\nbase_url = \"https://me.example/\"\n-- content/static/robots.txt --\nUser-agent: *\nDisallow: /private/\n\
         -- content/static/.well-known/security.txt --\nContact: mailto:me@me.example\n",
    );
    assert_eq!(book.build(), "");
    assert!(book.read("robots.txt").contains("/private/"));
    assert!(book.read(".well-known/security.txt").contains("Contact"));
    let old = Book::new(
        "-- book.toml --\ntitle = \"T\"\nbase_url = \"https://me.example/\"\n-- content/essays/a.md --\n+++\ntitle = \"A\"\ndate = 2020-01-02\n\
         aliases = [\"/sitemap.xml\"]\n+++\nText.\n",
    );
    let report = old.build();
    assert!(report.contains("error[duplicate-route]") && report.contains("the sitemap"), "{report}");
}
