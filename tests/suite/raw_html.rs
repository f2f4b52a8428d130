//! Raw HTML of an author in the page, the feed and the copy: remarks left out, addresses resolved, none to what nobody sees.

use std::time::{Duration, Instant};

use crate::support::{Book, ESSAY};

const SETTINGS: &str = "-- book.toml --\ntitle = \"T\"\nbase_url = \"https://e.org/b/\"\n";

fn with(text: &str, more: &str) -> (Book, String) {
    let book = Book::new(&format!("{SETTINGS}-- content/essays/one.md --\n{ESSAY}{text}\n{more}"));
    let report = book.build();
    (book, report)
}

/// The essay as page, on the page that holds the book, in the feed, in the list and as Markdown.
fn shown(book: &Book) -> Vec<(&'static str, String)> {
    ["essays/one/index.html", "print/index.html", "feed.xml", "feed.json", "essays/one/index.md"]
        .map(|file| (file, book.read(file)))
        .into()
}

#[test]
fn remarks_of_the_author_stand_nowhere() {
    let text = "A <!-- SECRET --> b <?SECRET > x?> c.\n\n<!-- SECRET\n\nSECRET -->\n\n<div>\n<?SECRET?>\n<!-- SECRET --> d\n</div>\n\n\
                <![CDATA[ SECRET > SECRET ]]>\n\n> <p>e</p>\n> <!-- SECRET\n> SECRET --> f\n> <?SECRET\n> SECRET?>\n\nEnd.";
    let (book, report) = with(text, "");
    assert_eq!(report, "");
    for (file, text) in shown(&book) {
        assert!(!text.contains("SECRET") && text.contains("End."), "{file}: {text}");
        for word in ["d", "e", "f"] {
            assert!(text.contains(word), "{word} is not in {file}");
        }
    }
}

#[test]
fn what_only_looks_like_a_remark_stays() {
    let text = "<script>var a = \"<!-- x\"; var kept = 1;</script>\n\nb <b title=\"<!-- x\">bold</b> c.\n\n`<!-- code -->`\n\n\
                <svg width=\"1\" height=\"1\"><text><![CDATA[drawn]]></text></svg>\n\nEnd.";
    let (book, _) = with(text, "");
    let page = book.read("essays/one/index.html");
    assert!(page.contains("var kept = 1;</script>") && page.contains("<![CDATA[drawn]]>"), "{page}");
    let copy = book.read("essays/one/index.md");
    for part in
        ["var kept = 1;</script>", "<b title=\"<!-- x\">bold</b> c.", "`<!-- code -->`", "<![CDATA[drawn]]>", "End."]
    {
        assert!(copy.contains(part), "{part} is not in {copy}");
    }
}

#[test]
fn what_a_remark_without_an_end_says_is_not_published() {
    let (book, _) = with("Start.\n\n<div>\n<!-- SECRET\n\nmore\n\n</div>\n", "");
    for (file, text) in shown(&book) {
        assert!(!text.contains("SECRET") && text.contains("Start."), "{file}: {text}");
    }
}

#[test]
fn raw_html_to_what_readers_do_not_see_has_no_address() {
    let more = "-- content/essays/c.md --\n+++\ntitle = \"C\"\ndate = 2020-01-02\ndraft = true\n+++\nHush.\n\
                -- content/essays/d.md --\n+++\ntitle = \"D\"\ndate = 2030-01-02\n+++\nHush.\n\
                -- content/essays/href.md --\n+++\ntitle = \"H\"\ndate = 2020-01-03\n+++\nText.\n";
    let text =
        "An <a class=\"x\" href=\"c.md\">aim</a>, <a href=d.md>two</a> and <a href='href.md' title=\"t\">three</a>.";
    let (book, report) = with(text, more);
    assert_eq!(report.matches("so this link is shown as plain text").count(), 2, "{report}");
    for (file, text) in shown(&book) {
        assert!(!text.contains("c.md") && !text.contains("d.md") && text.contains("aim"), "{file}: {text}");
        assert!(text.contains("essays/href/") || file.starts_with("print"), "{file}: {text}");
    }
    let page = book.read("essays/one/index.html");
    assert!(
        page.contains("<a class=\"x\" >aim</a>, <a >two</a> and <a href=\"../../essays/href/\" title=\"t\">three</a>")
    );
}

#[test]
fn pictures_for_several_screens_are_resolved() {
    let picture = "<picture><source type=\"image/png\" srcset=\"p.png, ../p.png 2x\">\n\
                   <img src=\"p.png\" srcset=\"p.png 1x, data:image/png;base64,AA 3x\" sizes=\"50vw\" alt=\"P\"></picture>";
    let more = "-- content/essays/p.png (hex) --\n89504e47\n-- content/p.png (hex) --\n89504e47\n";
    let (book, report) = with(picture, more);
    assert_eq!(report, "");
    for (file, text) in shown(&book) {
        let root = match file {
            "essays/one/index.html" => "../../",
            "print/index.html" => "../",
            _ => "https://e.org/b/",
        };
        let text = text.replace("&quot;", "\"").replace("\\\"", "\"");
        let set = format!("srcset=\"{root}essays/p.png, {root}p.png 2x\"");
        assert!(text.contains(&set), "{set} is not in {file}: {text}");
        assert!(text.contains(&format!("srcset=\"{root}essays/p.png 1x")), "{file}: {text}");
    }
    assert!(!book.read("feed.json").contains("base64"), "a program that fetches nothing from itself gets no data");
}

#[test]
fn pictures_that_are_not_there_or_elsewhere_are_reported_in_sets_too() {
    let text = "<img src=\"p.png\" srcset=\"gone.png 640w, https://o.org/p.png 2x\" alt=\"P\">";
    let (_, report) = with(text, "-- content/essays/p.png (hex) --\n89504e47\n");
    assert!(report.contains("there is no `gone.png` in this book"), "{report}");
    assert!(report.contains("[external-image]") && report.matches("one.md:").count() == 2, "{report}");
}

#[test]
fn many_remarks_and_addresses_take_no_longer_each_than_few() {
    let started = Instant::now();
    for line in ["<?SECRET?>", "<a href=\"one.md\">x</a><!-- SECRET -->", "<![CDATA[ SECRET", "<div>\n<!-- SECRET\n"] {
        let (book, _) = with(&format!("<div>\n{}</div>", format!("{line}\n").repeat(20_000)), "");
        assert!(!book.read("essays/one/index.md").contains("SECRET"), "{line}");
    }
    let one_line = "b <!-- SECRET --> ".repeat(20_000);
    let (book, _) = with(&one_line, "");
    assert!(!book.read("essays/one/index.md").contains("SECRET"));
    assert!(started.elapsed() < Duration::from_secs(40), "{:?}", started.elapsed());
}
