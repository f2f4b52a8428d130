//! What search engines and other programs are told: heads of pages, sitemap, graph, Markdown copies, lists.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::support::Book;

/// A picture of 1200 by 630, as far as its head goes.
const PNG: &str = "89504e470d0a1a0a0000000d49484452000004b00000027608020000000000 0000";

const SETTINGS: &str = "-- book.toml --\ntitle = \"On Watch\"\nauthor = \"Ilse Maren\"\nsummary = \"About ships.\"\n\
    base_url = \"https://e.org/sub/\"\nlanguage = \"en-GB\"\nprofiles = [\"https://www.linkedin.com/in/ilse\"]\n";

const FILES: &str = "-- content/essays/one.md --\n+++\ntitle = \"One\"\ndate = 2020-01-02\nupdated = 2021-03-04\n\
    summary = \"The dek.\"\nseries = \"First steps\"\nconcepts = [\"trust\"]\nsyndication = [\"https://m.org/one\"]\n+++\n\
    Words of trust. See [two](two.md).\n\
    -- content/essays/two.md --\n+++\ntitle = \"Two\"\ndate = 2020-02-03\nseries = \"First steps\"\nconcepts = [\"hope\"]\n+++\nMore words.\n\
    -- content/concepts/trust.md --\n+++\ntitle = \"trust\"\naliases = [\"reliance\"]\nsummary = \"Letting go.\"\nbroader = [\"hope\"]\n+++\n\
    -- content/pages/about.md --\n+++\ntitle = \"About\"\n+++\nI went to sea. It rained.\n";

fn book(more: &str) -> Book {
    Book::new(&format!("{SETTINGS}{FILES}{more}"))
}

/// The things that a page says of itself.
fn graph_of(page: &str) -> Vec<Value> {
    let start = "<script type=\"application/ld+json\">";
    let json = page.split_once(start).unwrap().1.split_once("</script>").unwrap().0;
    let value: Value = serde_json::from_str(json).unwrap();
    assert_eq!(value["@context"], "https://schema.org");
    value["@graph"].as_array().unwrap().clone()
}

fn property<'a>(page: &'a str, name: &str) -> Option<&'a str> {
    let start = format!("<meta property=\"{name}\" content=\"");
    page.split_once(&start).and_then(|(_, rest)| rest.split_once('"')).map(|(value, _)| value)
}

#[test]
fn an_essay_says_what_it_is() {
    let book = book("");
    book.build_clean();
    let page = book.read("essays/one/index.html");
    for (name, value) in [
        ("og:type", Some("article")),
        ("og:title", Some("One")),
        ("og:description", Some("The dek.")),
        ("og:url", Some("https://e.org/sub/essays/one/")),
        ("og:site_name", Some("On Watch")),
        ("og:locale", Some("en_GB")),
        ("og:image", None),
        ("article:published_time", Some("2020-01-02")),
        ("article:modified_time", Some("2021-03-04")),
        ("article:author", Some("https://e.org/sub/")),
        ("article:tag", Some("trust")),
    ] {
        assert_eq!(property(&page, name), value, "{name}");
    }
    for part in [
        "<meta name=\"author\" content=\"Ilse Maren\">",
        "<meta name=\"twitter:card\" content=\"summary\">",
        "<link rel=\"alternate\" type=\"application/atom+xml\" href=\"../../feed.xml\" title=\"On Watch\">",
        "<link rel=\"alternate\" type=\"text/markdown\" href=\"../../essays/one/index.md\" title=\"Markdown\">",
        "<a class=\"p-author h-card\" hidden href=\"https://e.org/sub/\">Ilse Maren</a>",
        "<a class=\"u-syndication\" href=\"https://m.org/one\">",
        "class=\"concept p-category\"",
    ] {
        assert!(page.contains(part), "{part} is not in\n{page}");
    }
    assert!(!page.contains("rel=\"me\""));
    let things = graph_of(&page);
    let article = &things[0];
    for (key, value) in [
        ("@type", "Article"),
        ("headline", "One"),
        ("datePublished", "2020-01-02"),
        ("dateModified", "2021-03-04"),
        ("inLanguage", "en-GB"),
        ("mainEntityOfPage", "https://e.org/sub/essays/one/"),
    ] {
        assert_eq!(article[key], value);
    }
    assert_eq!(article["author"]["name"], "Ilse Maren");
    assert_eq!(article["isPartOf"]["@type"], "CreativeWorkSeries");
    assert_eq!((&article["position"], &article["wordCount"]), (&1.into(), &5.into()));
    assert_eq!(article["about"][0]["@id"], "https://e.org/sub/concepts/trust/#term");
    assert_eq!(article["sameAs"][0], "https://m.org/one");
    let crumbs = things[1]["itemListElement"].as_array().unwrap();
    let names: Vec<&Value> = crumbs.iter().map(|crumb| &crumb["name"]).collect();
    assert_eq!(names, ["On Watch", "Essays", "One"]);
}

#[test]
fn every_kind_of_page_is_described_as_what_it_is() {
    let book = book("");
    book.build_clean();
    for (file, kinds) in [
        ("index.html", vec!["WebSite", "Person"]),
        ("essays/index.html", vec!["CollectionPage", "BreadcrumbList"]),
        ("concepts/index.html", vec!["DefinedTermSet", "BreadcrumbList"]),
        ("concepts/trust/index.html", vec!["DefinedTerm", "BreadcrumbList"]),
        ("series/first-steps/index.html", vec!["CreativeWorkSeries", "BreadcrumbList"]),
        ("about/index.html", vec!["ProfilePage", "BreadcrumbList"]),
    ] {
        let things = graph_of(&book.read(file));
        let found: Vec<&str> = things.iter().map(|thing| thing["@type"].as_str().unwrap()).collect();
        assert_eq!(found, kinds, "{file}");
    }
    let term = &graph_of(&book.read("concepts/trust/index.html"))[0];
    assert_eq!((&term["name"], &term["alternateName"][0]), (&"trust".into(), &"reliance".into()));
    assert_eq!(term["inDefinedTermSet"]["@id"], "https://e.org/sub/concepts/#terms");
    let series = &graph_of(&book.read("series/first-steps/index.html"))[0];
    assert_eq!(series["hasPart"][1]["headline"], "Two");
    let person = &graph_of(&book.read("index.html"))[1];
    assert_eq!(person["sameAs"][0], "https://www.linkedin.com/in/ilse");
    assert!(!book.read("404.html").contains("ld+json") && !book.read("404.html").contains("og:"));
}

#[test]
fn the_author_is_known_by_his_profiles_on_home_and_about() {
    let book = book("");
    book.build_clean();
    for (file, root) in [("index.html", "./"), ("about/index.html", "../")] {
        let page = book.read(file);
        let own = format!("<a class=\"p-name u-url u-uid\" href=\"{root}\">Ilse Maren</a>");
        for part in [
            "<link rel=\"me\" href=\"https://www.linkedin.com/in/ilse\">",
            own.as_str(),
            "<a class=\"u-url\" rel=\"me\" href=\"https://www.linkedin.com/in/ilse\">LinkedIn</a>",
        ] {
            assert!(page.contains(part), "{part} is not in {file}");
        }
    }
    let bad =
        Book::new("-- book.toml --\ntitle = \"T\"\nprofiles = [\"@ilse\", \"ftp://e.org/\", \"https://e.org/me\"]\n");
    let report = bad.build();
    assert_eq!(report.matches("`profiles` must hold web addresses").count(), 2, "{report}");
    assert!(report.contains("help: write it as `profiles = [\"https://social.example/@me\"]`"), "{report}");
}

#[test]
fn hostile_titles_stay_within_their_places() {
    let evil = "</script><script>alert(1)</script> \\\"q\\\" & 'a' \u{2028}";
    let long = "word ".repeat(60);
    let book = Book::new(&format!(
        "-- book.toml --\ntitle = \"B\"\nauthor = \"{evil}\"\nbase_url = \"https://e.org/\"\n\
         -- content/essays/evil.md --\n+++\ntitle = \"{evil}\"\ndate = 2020-01-02\nslug = \"evil\"\nconcepts = [\"a ] ( <b>\"]\n+++\nText.\n\
         -- content/essays/long.md --\n+++\ntitle = \"{long}\"\ndate = 2020-01-03\nslug = \"long\"\n+++\nText.\n"
    ));
    book.build_clean();
    let page = book.read("essays/evil/index.html");
    assert!(!page.contains("<script>alert"), "{page}");
    let article = &graph_of(&page)[0];
    assert!(article["headline"].as_str().unwrap().starts_with("</script><script>alert(1)</script> \"q\""));
    let long = &graph_of(&book.read("essays/long/index.html"))[0];
    assert!(long["headline"].as_str().unwrap().chars().count() <= 110);
    assert_eq!(long["name"].as_str().unwrap().split(' ').count(), 60);
    let opml = book.read("feeds.opml");
    let mut reader = quick_xml::Reader::from_str(&opml);
    while !matches!(reader.read_event().unwrap(), quick_xml::events::Event::Eof) {}
    assert!(book.read("llms.txt").contains("- [a \\] ( <b>](https://e.org/concepts/a-b/)"));
    let copy = book.read("essays/evil/index.md");
    let front = copy.split("+++").nth(1).unwrap();
    assert!(toml::from_str::<toml::Table>(front).unwrap()["title"].as_str().unwrap().contains("</script>"));
}

#[test]
fn without_an_address_nothing_absolute_is_said() {
    let book = Book::new(&format!(
        "-- book.toml --\ntitle = \"T\"\nimage = \"static/s.png\"\n{FILES}-- content/static/s.png (hex) --\n{PNG}\n"
    ));
    book.build_clean();
    for file in ["index.html", "essays/one/index.html", "concepts/trust/index.html"] {
        let page = book.read(file);
        for part in
            ["ld+json", "og:url", "og:image", "feed.xml", "rel=\"canonical\"", "article:author", "name=\"author\""]
        {
            assert!(!page.contains(part), "{part} is in {file}");
        }
        assert!(property(&page, "og:title").is_some());
    }
    assert!(!book.has("sitemap.xml") && !book.has("feeds.opml"));
    assert!(book.read("llms.txt").contains("- [One](essays/one/index.md): The dek."));
    assert!(book.read("essays/one/index.md").contains("[two](../../essays/two/)"));
    let graph: Value = serde_json::from_str(&book.read("graph.json")).unwrap();
    assert_eq!(graph["base"], Value::Null);
}

#[test]
fn no_date_and_no_author_are_made_up() {
    let book = Book::new(
        "-- book.toml --\ntitle = \"T\"\nbase_url = \"https://e.org/\"\n[check]\nmissing-date = \"off\"\n\
         -- content/essays/a.md --\n+++\ntitle = \"A\"\n+++\nText.\n-- content/pages/about.md --\n+++\ntitle = \"About\"\n+++\nX.\n",
    );
    book.build_clean();
    let page = book.read("essays/a/index.html");
    let article = &graph_of(&page)[0];
    for key in ["datePublished", "dateModified", "author", "image", "isPartOf", "about"] {
        assert_eq!(article.get(key), None, "{key}");
    }
    assert!(!page.contains("article:") && !page.contains("h-card"));
    assert_eq!(graph_of(&book.read("about/index.html"))[0]["@type"], "AboutPage");
    assert_eq!(graph_of(&book.read("index.html")).len(), 1);
    assert!(!book.read("sitemap.xml").contains("lastmod"));
    assert!(!book.read("graph.json").contains("\"date\""));
}

#[test]
fn what_readers_do_not_see_is_told_to_nobody() {
    let book = book(
        "-- content/essays/secret.md --\n+++\ntitle = \"Secret\"\ndate = 2022-01-01\ndraft = true\nseries = \"First steps\"\nconcepts = [\"trust\"]\n+++\nTrust [one](one.md).\n",
    );
    let output = book.run(&["build", "--drafts", "--as-of", "2026-01-01"]);
    assert!(output.status.success());
    let page = book.read("essays/secret/index.html");
    assert!(page.contains("noindex") && !page.contains("og:") && !page.contains("ld+json"));
    for file in ["sitemap.xml", "llms.txt", "graph.json"] {
        assert!(!book.read(file).contains("ecret"), "{file}");
    }
    assert!(!book.has("essays/secret/index.md"));
    assert!(book.read("sitemap.xml").contains("<loc>https://e.org/sub/</loc><lastmod>2021-03-04</lastmod>"));
}

#[test]
fn an_essay_whose_original_is_elsewhere_says_so() {
    let book = book(
        "-- content/essays/c.md --\n+++\ntitle = \"C\"\ndate = 2020-01-02\ncanonical = \"https://m.org/c\"\n+++\nText.\n",
    );
    book.build_clean();
    let page = book.read("essays/c/index.html");
    assert_eq!(property(&page, "og:url"), Some("https://m.org/c"));
    let article = &graph_of(&page)[0];
    assert_eq!(
        (&article["isBasedOn"], &article["mainEntityOfPage"]),
        (&"https://m.org/c".into(), &"https://m.org/c".into())
    );
    assert!(!book.read("sitemap.xml").contains("essays/c/"));
    assert!(book.read("essays/c/index.md").contains("canonical = \"https://m.org/c\""));
}

#[test]
fn pages_that_show_essays_change_with_the_newest_of_them() {
    let book = book("");
    book.build_clean();
    let sitemap = book.read("sitemap.xml");
    for (url, day) in [
        ("", "2021-03-04"),
        ("essays/", "2021-03-04"),
        ("concepts/trust/", "2021-03-04"),
        ("concepts/hope/", "2020-02-03"),
        ("series/first-steps/", "2021-03-04"),
        ("essays/two/", "2020-02-03"),
    ] {
        let line = format!("<url><loc>https://e.org/sub/{url}</loc><lastmod>{day}</lastmod></url>");
        assert!(sitemap.contains(&line), "{line} is not in\n{sitemap}");
    }
    assert!(sitemap.contains("<url><loc>https://e.org/sub/about/</loc></url>"));
}

#[test]
fn the_picture_of_an_essay_goes_before_that_of_the_book() {
    let book = Book::new(&format!(
        "-- book.toml --\ntitle = \"T\"\nbase_url = \"https://e.org/\"\nimage = \"static/share.png\"\n\
         -- content/static/share.png (hex) --\n{PNG}\n\
         -- content/essays/a/index.md --\n+++\ntitle = \"A\"\ndate = 2020-01-02\nimage = \"own.png\"\n+++\n![Two ships](own.png)\n\
         -- content/essays/a/own.png (hex) --\n{PNG}\n\
         -- content/essays/b/index.md --\n+++\ntitle = \"B\"\ndate = 2020-01-02\nimage = \"own.svg\"\n+++\nText.\n\
         -- content/essays/b/own.svg --\n<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"4\" height=\"4\"/>\n"
    ));
    let report = book.build();
    assert_eq!(report.matches("warning[").count(), 1, "{report}");
    assert!(report.contains("`content/essays/b/own.svg` is not shown where the page is shared"), "{report}");
    let page = book.read("essays/a/index.html");
    assert_eq!(property(&page, "og:image"), Some("https://e.org/essays/a/own.png"));
    assert_eq!([property(&page, "og:image:width"), property(&page, "og:image:height")], [Some("1200"), Some("630")]);
    assert_eq!(property(&page, "og:image:alt"), Some("Two ships"));
    assert!(page.contains("<meta name=\"twitter:card\" content=\"summary_large_image\">"));
    assert_eq!(graph_of(&page)[0]["image"]["url"], "https://e.org/essays/a/own.png");
    for file in ["essays/b/index.html", "index.html", "essays/index.html"] {
        assert_eq!(property(&book.read(file), "og:image"), Some("https://e.org/share.png"), "{file}");
    }
}

#[test]
fn a_share_picture_that_is_not_there_is_an_error_in_the_settings() {
    let book = Book::new(&format!(
        "-- book.toml --\ntitle = \"T\"\nimage = \"static/shaer.png\"\n-- content/static/share.png (hex) --\n{PNG}\n"
    ));
    let report = book.build();
    for part in [
        "error[missing-image]: there is no image `static/shaer.png`",
        "book.toml:2",
        "did you mean `content/static/share.png`?",
    ] {
        assert!(report.contains(part), "{part} is not in\n{report}");
    }
    fs::write(book.path().join("book.toml"), "title = \"T\"\nimage = \"content/static/share.png\"\n").unwrap();
    book.build_clean();
}

#[test]
fn a_page_without_a_summary_is_described_by_its_own_words() {
    let long = "This is a rather long sentence about ships. ".repeat(6);
    let book = Book::new(&format!(
        "-- content/essays/a.md --\n+++\ntitle = \"A\"\ndate = 2020-01-02\nconcepts = [\"keel\"]\nseries = \"Ships\"\n+++\n## A heading\n\nA \\keel *here*. {long}\n"
    ));
    book.build_clean();
    let description = |file: &str| {
        let page = book.read(file);
        let start = "<meta name=\"description\" content=\"";
        page.split_once(start).unwrap().1.split_once('"').unwrap().0.to_owned()
    };
    let essay = description("essays/a/index.html");
    assert!(
        essay.starts_with("A keel here. This is a rather") && essay.ends_with("ships.") && essay.len() <= 160,
        "{essay}"
    );
    assert_eq!(
        description("concepts/keel/index.html"),
        "Where keel appears in Test: 1 essay, with every sentence that uses it."
    );
    assert_eq!(description("series/ships/index.html"), "1 essay of Test, in order: Ships.");
    assert_eq!(description("index.html"), "1 essay.");
}

#[test]
fn the_markdown_of_an_essay_stands_alone_and_keeps_its_secrets() {
    let book = book(
        "-- content/essays/c/index.md --\n+++\n# a private remark\ntitle = \"C \\\"c\\\"\"\ndate = 2020-05-06\nconcepts = [\"trust\"]\nanswers = \"x:private\"\n[extra]\nnote = \"private\"\n+++\n\
         Some \\trust, [[two]], [[One|the first]], [[#part]] and [gone](../hidden.md).\n\n<!-- private -->\n\n[//]: # (private)\n\n\
         ## Part {#part}\n\n![A pixel](p.png \"Title\") and <a href=\"../one.md\">raw</a>[^n].\n\n> [!pull]\n> Some trust\n\n![[One]]\n\n[^n]: A note on [one].\n[^x]: private\n\n[one]: ../one.md\n\
         -- content/essays/hidden.md --\n+++\ntitle = \"H\"\ndate = 2020-05-06\ndraft = true\n+++\nprivate\n\
         -- content/essays/c/p.png (hex) --\n89504e470d0a1a0a0000000d49484452000004b000000276080200000000000000\n",
    );
    let report = book.build();
    assert!(book.has("essays/c/index.md"), "{report}");
    let copy = book.read("essays/c/index.md");
    assert!(!copy.contains("private"), "{copy}");
    let (front, body) = copy.strip_prefix("+++\n").unwrap().split_once("+++\n").unwrap();
    let front: toml::Table = toml::from_str(front).unwrap();
    let keys: Vec<&String> = front.keys().collect();
    assert_eq!(keys, ["title", "author", "date", "concepts", "canonical", "lang"]);
    assert_eq!(front["title"].as_str(), Some("C \"c\""));
    assert!(front["date"].is_datetime());
    for part in [
        "Some trust, [two](https://e.org/sub/essays/two/), [the first](https://e.org/sub/essays/one/), [part](https://e.org/sub/essays/c/#part) and gone.",
        "## Part {#part}",
        "![A pixel](https://e.org/sub/essays/c/p.png \"Title\") and <a href=\"https://e.org/sub/essays/one/\">raw</a>[^n].",
        "[One](https://e.org/sub/essays/one/)",
        "[^n]: A note on [one](https://e.org/sub/essays/one/).",
    ] {
        assert!(body.contains(part), "{part} is not in\n{body}");
    }
    assert!(!body.contains("[!pull]") && !body.contains("[one]: "), "{body}");
}

#[test]
fn the_markdown_of_an_essay_holds_no_front_matter_whatever_that_begins_with() {
    let book = book(
        "-- content/essays/a.md --\n---\nextra:\n  note: private\ntitle: A\ndate: 2020-05-06\n---\nText, [one](one.md).\n",
    );
    let report = book.build();
    assert!(book.has("essays/a/index.md"), "{report}");
    let copy = book.read("essays/a/index.md");
    assert!(copy.ends_with("+++\n\nText, [one](https://e.org/sub/essays/one/).\n"), "{copy}");
}

#[test]
fn the_markdown_of_an_essay_follows_what_it_links_to_without_being_read_again() {
    let text = "Some [words](../three.md), [[Three]], [[three|more]], ![a](a.png \"T\"), <a href='../three.md'>raw</a> and [three].\n\n\
                <!-- private -->\n\n[three]: ../three.md \"A title\"\n\nEnd[^1].\n\n[^1]: Note.\n[^2]: private\n";
    let three = |slug: &str| format!("+++\ntitle = \"Three\"\ndate = 2020-05-07\n{slug}+++\nText.\n");
    let files = |slug: &str| {
        format!(
            "-- content/essays/c/index.md --\n+++\ntitle = \"C\"\ndate = 2020-05-06\n+++\n{text}\
             -- content/essays/three.md --\n{}\
             -- content/essays/c/a.png (hex) --\n89504e470d0a1a0a0000000d49484452000004b000000276080200000000000000\n",
            three(slug)
        )
    };
    let (warm, slug) = (book(&files("")), "slug = \"second\"\n");
    let report = warm.build();
    assert!(warm.has("essays/c/index.md"), "{report}");
    assert_eq!(warm.read("essays/c/index.md").matches("https://e.org/sub/essays/three/").count(), 5);
    std::fs::write(warm.path().join("content/essays/three.md"), three(slug)).unwrap();
    let clean = book(&files(slug));
    warm.build();
    clean.build();
    let copy = warm.read("essays/c/index.md");
    assert_eq!(copy, clean.read("essays/c/index.md"));
    assert_eq!(copy.matches("https://e.org/sub/essays/second/").count(), 5, "{copy}");
    assert!(!copy.contains("private"), "{copy}");
}

#[test]
fn an_address_that_is_no_folder_has_its_markdown_beside_it() {
    let book = Book::new(
        "-- book.toml --\ntitle = \"T\"\n[urls]\nessay = \"/{year}/{slug}.html\"\n\
         -- content/essays/a.md --\n+++\ntitle = \"A\"\ndate = 2020-01-02\n+++\nText.\n",
    );
    book.build_clean();
    assert!(book.has("2020/a.md"));
    assert!(book.read("2020/a.html").contains("type=\"text/markdown\" href=\"../2020/a.md\""));
}

#[test]
fn lists_for_other_programs_hold_what_they_should() {
    let book = book("");
    book.build_clean();
    let llms = book.read("llms.txt");
    assert!(llms.starts_with("# On Watch\n\n> About ships.\n"), "{llms}");
    let sections: Vec<&str> = llms.lines().filter_map(|line| line.strip_prefix("## ")).collect();
    assert_eq!(sections, ["Series: First steps", "Concepts", "Optional"]);
    assert!(llms.contains("- [Two](https://e.org/sub/essays/two/index.md): More words.\n"), "{llms}");
    let opml = book.read("feeds.opml");
    for route in ["", "concepts/trust/", "concepts/hope/", "series/first-steps/"] {
        let feed = format!("xmlUrl=\"https://e.org/sub/{route}feed.xml\" htmlUrl=\"https://e.org/sub/{route}\"");
        assert_eq!(opml.matches(&feed).count(), 1, "{feed}");
    }
    assert!(book.read("robots.txt").ends_with("Sitemap: https://e.org/sub/sitemap.xml\n"));
    let home = book.read("index.html");
    for part in ["type=\"text/x-opml\" href=\"./feeds.opml\"", "href=\"./graph.json\"", "href=\"./feed.json\""] {
        assert!(home.contains(part), "{part}");
    }
}

#[test]
fn a_file_of_the_author_takes_the_place_of_a_made_one() {
    let book = book("-- content/static/llms.txt --\nmine\n");
    book.build_clean();
    assert_eq!(book.read("llms.txt"), "mine\n");
}

#[test]
fn the_graph_of_a_book_fits_its_schema() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let schema: Value =
        serde_json::from_str(&fs::read_to_string(root.join("docs/content/static/graph.schema.json")).unwrap()).unwrap();
    for folder in [root.to_owned(), root.join("docs")] {
        let out = tempfile::tempdir().unwrap();
        let out = out.path().join("site");
        let here = Book::new("");
        let arguments = ["build", "-C", folder.to_str().unwrap(), "--out", out.to_str().unwrap()];
        assert!(here.run(&arguments).status.success());
        let graph: Value = serde_json::from_str(&fs::read_to_string(out.join("graph.json")).unwrap()).unwrap();
        fits(&graph, &schema, &schema, "graph");
        assert_eq!(graph["$schema"], schema["$id"]);
        let ids: BTreeSet<&str> = list(&graph["nodes"]).map(|node| node["id"].as_str().unwrap()).collect();
        assert_eq!(ids.len(), list(&graph["nodes"]).count());
        for edge in list(&graph["edges"]) {
            assert!(
                ids.contains(edge["from"].as_str().unwrap()) && ids.contains(edge["to"].as_str().unwrap()),
                "{edge}"
            );
            for passage in edge.get("passages").into_iter().flat_map(list) {
                let letters = passage["text"].as_str().unwrap().chars().count() as u64;
                for mark in list(&passage["marks"]) {
                    let (from, to) = (mark[0].as_u64().unwrap(), mark[1].as_u64().unwrap());
                    assert!(from < to && to <= letters, "{passage}");
                }
            }
        }
    }
}

#[test]
fn the_graph_says_who_refers_to_what_and_where() {
    let book = book(
        "-- content/essays/d.md --\n+++\ntitle = \"D\"\ndate = 2020-05-06\nanswers = \"json:1\"\n+++\n\u{c9}t\u{e9}, \\reliance and trust.\n\
         -- content/replies/one.toml --\n[[thread]]\nsource = \"json\"\n\n[[reply]]\nid = \"json:1\"\nauthor = \"Ada\"\ndate = 2021-01-01\ntext = \"Yes.\"\n",
    );
    book.build_clean();
    let graph: Value = serde_json::from_str(&book.read("graph.json")).unwrap();
    let find = |kind: &str, from: &str| {
        let is_it = |edge: &&Value| edge["kind"] == kind && edge["from"] == from;
        list(&graph["edges"]).find(is_it).unwrap_or_else(|| panic!("no {kind} from {from} in {graph}")).clone()
    };
    let mention = find("mention", "essays/d/");
    assert_eq!((&mention["to"], &mention["count"]), (&"concepts/trust/".into(), &1.into()));
    let passage = &mention["passages"][0];
    assert_eq!(passage["text"], "\u{c9}t\u{e9}, reliance and trust.");
    assert_eq!(passage["marks"], serde_json::json!([[18, 23]]));
    let url = format!("id=\"{}\"", passage["block"].as_str().unwrap());
    assert!(book.read("essays/d/index.html").contains(&url));
    assert_eq!(find("link", "essays/one/")["to"], "essays/two/");
    assert_eq!(find("names", "essays/two/")["to"], "concepts/hope/");
    assert_eq!(find("part", "essays/two/")["position"], 2);
    assert_eq!(find("broader", "concepts/trust/")["to"], "concepts/hope/");
    assert_eq!(find("narrower", "concepts/hope/")["to"], "concepts/trust/");
    let answer = find("answers", "essays/d/");
    assert_eq!(answer["to"], "essays/one/");
    let anchor = format!("id=\"{}\"", answer["reply"].as_str().unwrap());
    assert!(book.read("essays/one/index.html").contains(&anchor));
}

#[test]
fn the_manual_lists_every_field_of_the_head() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let source = fs::read_to_string(root.join("src/view/head.rs")).unwrap();
    let manual = fs::read_to_string(root.join("docs/content/essays/themes.md")).unwrap();
    let mut meaning = "";
    let mut fields = 0;
    for line in source.lines() {
        if let Some(text) = line.strip_prefix("    /// ") {
            meaning = text;
        } else if let Some(name) = line.strip_prefix("    pub ").and_then(|rest| rest.split_once(": ")) {
            // Between the two stands the type.
            let (start, end) = (format!("| `{}` | ", name.0), format!(" | {meaning} |"));
            let is_row = |line: &str| line.starts_with(&start) && line.ends_with(&end);
            assert!(manual.lines().any(is_row), "{start}… {end} is not in the chapter on themes");
            fields += 1;
        }
    }
    assert!(fields > 10);
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().unwrap().iter()
}

/// Whether a value is as a schema says, as far as the words go that our schema uses.
fn fits(value: &Value, schema: &Value, whole: &Value, place: &str) {
    if let Some(name) = schema.get("$ref").and_then(Value::as_str) {
        return fits(value, whole.pointer(name.trim_start_matches('#')).unwrap(), whole, place);
    }
    let is_of = |kind: &str| match kind {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "integer" => value.is_u64(),
        "null" => value.is_null(),
        other => panic!("the schema says {other}"),
    };
    match &schema["type"] {
        Value::String(kind) => assert!(is_of(kind), "{place} is no {kind}"),
        Value::Array(kinds) => assert!(kinds.iter().any(|kind| is_of(kind.as_str().unwrap())), "{place}"),
        _ => assert!(list(&schema["enum"]).any(|word| word == value), "{place} is {value}"),
    }
    let properties = schema.get("properties").and_then(Value::as_object);
    for name in schema.get("required").into_iter().flat_map(list) {
        assert!(value.get(name.as_str().unwrap()).is_some(), "{place} has no {name}");
    }
    for (name, inner) in value.as_object().into_iter().flatten() {
        let own = properties.and_then(|properties| properties.get(name));
        let own = own.unwrap_or_else(|| panic!("the schema knows no {name} in {place}"));
        fits(inner, own, whole, &format!("{place}.{name}"));
    }
    if let Some(items) = value.as_array() {
        let count = items.len() as u64;
        let limit = |name: &str, otherwise: u64| schema.get(name).and_then(Value::as_u64).unwrap_or(otherwise);
        assert!((limit("minItems", 0)..=limit("maxItems", u64::MAX)).contains(&count), "{place} has {count}");
        items.iter().for_each(|item| fits(item, &schema["items"], whole, place));
    }
    if let (Some(number), Some(least)) = (value.as_u64(), schema.get("minimum").and_then(Value::as_u64)) {
        assert!(number >= least, "{place} is {number}");
    }
}

#[test]
fn a_change_before_the_essay_appeared_is_reported_and_told_to_nobody() {
    let book = Book::new(
        "-- book.toml --\ntitle = \"T\"\nbase_url = \"https://e.org/\"\n-- content/essays/one.md --\n+++\ntitle = \"One\"\n\
         date = 2020-03-04\nupdated = 2019-01-02\n+++\nText.\n-- content/essays/two.md --\n+++\ntitle = \"Two\"\n\
         date = 2020-03-04T10:00:00Z\nupdated = 2020-03-04\n+++\nText.\n",
    );
    let report = book.build();
    assert!(report.contains("warning[bad-date]: this essay was changed before it appeared"), "{report}");
    assert!(report.contains("content/essays/one.md:4:11") && report.contains("1 warning"), "{report}");
    for file in ["essays/one/index.html", "essays/one/index.md", "feed.xml", "feed.json", "sitemap.xml", "graph.json"] {
        let text = book.read(file);
        assert!(!text.contains("2019") && text.contains("2020-03-04"), "{file}: {text}");
    }
}

#[test]
fn lists_for_programs_are_xml_whatever_a_title_holds() {
    let book = Book::new(
        "-- book.toml --\ntitle = \"A\\uffff & <b>\"\nauthor = \"C\\ufffe\"\nbase_url = \"https://e.org/\"\n\
         -- content/essays/one.md --\n+++\ntitle = \"One\"\ndate = 2020-03-04\nseries = \"S\\uffff\"\n+++\nText.\n",
    );
    let report = book.build();
    assert!(book.has("feeds.opml"), "{report}");
    for file in ["feeds.opml", "sitemap.xml", "feed.xml", "rss.xml"] {
        let text = book.read(file);
        assert!(text.chars().all(|c| !matches!(c, '\u{fffe}' | '\u{ffff}')), "{file}: {text:?}");
    }
}

#[test]
fn a_page_that_leads_on_speaks_the_language_of_the_page_it_leads_to() {
    let book = Book::new(
        "-- content/essays/one.md --\n+++\ntitle = \"Eins \\\"&\\\"\"\ndate = 2020-03-04\nlang = \"he\"\n\
         aliases = [\"/old/\"]\n+++\nText.\n",
    );
    book.build();
    let page = book.read("old/index.html");
    assert!(page.contains("<html lang=\"he\" dir=\"rtl\">"), "{page}");
}
