//! Feeds: which there are, what stands in them, and that programs and people can read them.

use std::fs;
use std::path::Path;

use quick_xml::events::Event;
use serde_json::Value;

use crate::support::{Book, ESSAY, tree};

const SETTINGS: &str = "-- book.toml --\ntitle = \"On <Watch> & more\"\nauthor = \"Ilse Maren\"\nsummary = \"Essays.\"\n\
    base_url = \"https://me.example/book/\"\n[tell]\nwebsub = [\"https://hub.example/\"]\n";

const KEEL: &str = r#"-- content/essays/keel.md --
+++
title = "The keel"
date = 2020-03-04
updated = 2021-05-06T23:30:00+09:00
summary = "What nobody sees."
concepts = ["trust"]
series = "Ships"
part = 1
+++

A claim about trust.[^a] And a second one.[^b] And the first again.[^a]

> [!pull]
> A claim about trust.

> [!pull]
> A claim that nobody made.

> [!NOTE]
> Mind the gap.

## A part {#part}

See [the part](#part), [the sail](sail.md#more) and [elsewhere](https://other.example/a?b=1&c=2).

![A keel](keel.png "From below")

| a | b |
|---|--:|
| 1 | 2 |

- [x] done

$\frac{1}{2}$

```rust
fn main() {}
```

<details open><summary>More</summary><a href="sail.md" onclick="x()">sail</a> <img src="keel.png" style="x"> <abbr title="North">N</abbr></details>

<p lang="de" dir="ltr" class="x" id="y">Deutsch <a href="a&amp;b/">hier</a> <a href="//other.example/x">dort</a></p>

<script>alert(1)</script><iframe src="https://other.example/"></iframe><form action="/x"><input name="q"><button>Go</button></form>

[^a]: The first note, with *words*.

[^b]: Another, which refers to the first.[^a]
"#;

const SAIL: &str = r#"-- content/essays/sail.md --
+++
title = "The sail"
date = 2021-01-02
lang = "de"
canonical = "https://elsewhere.example/sail"
series = "Ships"
part = 2
aliases = ["/old-sail/"]
+++

Ein Segel und trust. Ein zweiter Satz.

## More

![[keel#part]]
"#;

const MORE: &str = "-- content/concepts/trust.md --\n+++\ntitle = \"trust\"\nsummary = \"Letting go.\"\nredirect_from = [\"/ideas/faith/\", \"/faith.html\", \"/faith.txt\"]\n+++\n\
    -- content/series/ships.md --\n+++\ntitle = \"Ships\"\nsummary = \"Parts of ships.\"\n+++\n\
    -- content/essays/draft.md --\n+++\ntitle = \"Secret\"\ndate = 2021-02-03\ndraft = true\nconcepts = [\"trust\"]\n+++\nHush.\n\
    -- content/essays/ahead.md --\n+++\ntitle = \"Tomorrow\"\ndate = 2030-02-03\nconcepts = [\"trust\"]\n+++\nHush.\n\
    -- content/essays/undated.md --\n+++\ntitle = \"Some day\"\nconcepts = [\"trust\"]\n+++\nText.\n\
    -- content/essays/keel.png (hex) --\n89504e47\n";

fn book() -> Book {
    let book = Book::new(&format!("{SETTINGS}{KEEL}{SAIL}{MORE}"));
    book.build();
    book
}

fn json(book: &Book, file: &str) -> Value {
    serde_json::from_str(&book.read(file)).unwrap()
}

/// The text of every element of this name, in order, what stands inside it included. Fails on what is no XML 1.0.
fn texts(xml: &str, name: &str) -> Vec<String> {
    let is_of_xml = |c: char| matches!(c, '\t' | '\n' | '\r' | ' '..='\u{fffd}' | '\u{10000}'..);
    assert!(xml.chars().all(is_of_xml), "{xml:?}");
    let mut reader = quick_xml::NsReader::from_str(xml);
    let mut found: Vec<String> = Vec::new();
    let mut open: Vec<usize> = Vec::new();
    let mut depth = 0_usize;
    loop {
        let event = reader.read_event().unwrap_or_else(|error| panic!("{error} in {xml}"));
        let said = match event {
            Event::Start(start) => {
                depth += 1;
                start.attributes().for_each(|attribute| assert!(attribute.is_ok(), "{attribute:?}"));
                if start.name().as_ref() == name {
                    open.push(found.len());
                    found.push(String::new());
                }
                continue;
            }
            Event::End(end) => {
                depth -= 1;
                if end.name().as_ref() == name {
                    open.pop();
                }
                continue;
            }
            Event::Text(text) => text.to_string(),
            Event::GeneralRef(named) => match (named.resolve_char_ref().unwrap(), &*named) {
                (Some(c), _) => c.to_string(),
                (None, "amp") => "&".to_owned(),
                (None, "lt") => "<".to_owned(),
                (None, "gt") => ">".to_owned(),
                (None, "quot") => "\"".to_owned(),
                (None, other) => panic!("{other} is not known in XML"),
            },
            Event::Empty(_) | Event::Decl(_) | Event::PI(_) => continue,
            Event::Eof => break,
            other => panic!("{other:?}"),
        };
        open.iter().for_each(|at| found[*at].push_str(&said));
    }
    assert_eq!(depth, 0);
    found
}

/// The one text of an element of this name.
fn text(xml: &str, name: &str) -> String {
    let mut all = texts(xml, name);
    assert_eq!(all.len(), 1, "{name} in {xml}");
    all.remove(0)
}

/// The whole text of an essay, which is the same in every format.
fn content(book: &Book, title: &str) -> String {
    let feed = json(book, "feed.json");
    let items = feed["items"].as_array().unwrap();
    let item = items.iter().find(|item| item["title"] == title).unwrap_or_else(|| panic!("{title} in {feed}"));
    let html = item["content_html"].as_str().unwrap().to_owned();
    assert!(texts(&book.read("feed.xml"), "content").contains(&html));
    assert!(texts(&book.read("rss.xml"), "content:encoded").contains(&html));
    html
}

fn titles(book: &Book, file: &str) -> Vec<String> {
    let feed = json(book, file);
    let titles = feed["items"].as_array().unwrap().iter().map(|item| item["title"].as_str().unwrap().to_owned());
    titles.collect()
}

fn feeds(folder: &Path) -> Vec<String> {
    let names = ["feed.xml", "rss.xml", "feed.json"];
    let is_feed = |name: &String| names.contains(&name.rsplit('/').next().unwrap());
    tree(folder).into_keys().filter(is_feed).collect()
}

#[test]
fn the_book_its_concepts_and_its_series_have_feeds_in_three_formats() {
    let book = book();
    let folders = ["", "concepts/trust/", "faith/", "ideas/faith/", "series/ships/"];
    let in_all = |folder: &&str| ["feed.json", "feed.xml", "rss.xml"].map(|name| format!("{folder}{name}"));
    let mut wanted: Vec<String> = folders.iter().flat_map(in_all).collect();
    wanted.sort();
    assert_eq!(feeds(&book.path().join("public")), wanted);
    assert_eq!(titles(&book, "feed.json"), ["The sail", "The keel"]);
    assert_eq!(titles(&book, "concepts/trust/feed.json"), ["The sail", "The keel"]);
    assert_eq!(titles(&book, "series/ships/feed.json"), ["The sail", "The keel"], "the newest part first");
    let atom = book.read("concepts/trust/feed.xml");
    assert_eq!(texts(&atom, "title"), ["trust \u{b7} On <Watch> & more", "The sail", "The keel"]);
    assert_eq!(text(&atom, "subtitle"), "Letting go.");
    assert_eq!(text(&book.read("series/ships/feed.xml"), "subtitle"), "Parts of ships.");
}

#[test]
fn settings_say_which_files_for_programs_there_are() {
    let built = |settings: &str| {
        let book = Book::new(&format!("{SETTINGS}[outputs]\n{settings}\n{KEEL}{SAIL}{MORE}"));
        let report = book.build();
        assert!(!report.contains("error"), "{report}");
        book
    };
    let says = |book: &Book, file: &str, words: &str| book.read(file).contains(words);
    let everything = built("feeds = \"all\"\nmarkdown = true\ngraph = true");
    let plain = book();
    assert_eq!(tree(&everything.path().join("public")), tree(&plain.path().join("public")), "that is the default");

    let one = built("feeds = \"book\"");
    assert_eq!(feeds(&one.path().join("public")), ["feed.json", "feed.xml", "rss.xml"]);
    assert!(says(&one, "feeds.opml", "book/feed.xml") && !says(&one, "feeds.opml", "concepts/trust/feed.xml"));
    assert!(says(&one, "concepts/trust/index.html", "href=\"../../feed.xml\""));
    assert!(!says(&one, "concepts/trust/index.html", "concepts/trust/feed.xml"));

    let none = built("feeds = \"none\"\nmarkdown = false\ngraph = false");
    let files: Vec<String> = tree(&none.path().join("public")).into_keys().collect();
    let is_for_programs = |file: &&String| file.ends_with(".md") || file.contains("feed") || file.contains("graph");
    let left: Vec<&String> = files.iter().filter(is_for_programs).filter(|file| !file.starts_with("assets/")).collect();
    assert!(left.is_empty(), "{left:?}");
    for page in ["index.html", "essays/keel/index.html", "concepts/trust/index.html", "llms.txt"] {
        let html = none.read(page);
        let names = ["feed.xml", "rss.xml", "feed.json", "feeds.opml", "graph.json", "index.md"];
        let named: Vec<&str> = names.into_iter().filter(|name| html.contains(name)).collect();
        assert!(named.is_empty(), "{page}: {named:?}");
    }
    assert!(says(&none, "llms.txt", "[The keel](https://me.example/book/essays/keel/)"));

    let wrong = Book::new("-- book.toml --\ntitle = \"T\"\n[outputs]\nfeeds = \"some\"\nmarkdwon = false\n").build();
    assert!(
        wrong.contains("book.toml:4") && wrong.contains("`all` or `book` or `none`") && wrong.contains("`markdown`"),
        "{wrong}"
    );
}

#[test]
fn without_an_address_of_its_own_a_book_has_no_feeds() {
    let book = Book::new(&format!("-- content/essays/one.md --\n{ESSAY}Text.\n"));
    book.build_clean();
    assert_eq!(feeds(&book.path().join("public")), Vec::<String>::new());
}

#[test]
fn atom_says_who_what_where_and_when() {
    let atom = book().read("feed.xml");
    for part in [
        "<feed xmlns=\"http://www.w3.org/2005/Atom\" xml:lang=\"en\">\n<title>On &lt;Watch&gt; &amp; more</title>",
        "<link rel=\"self\" type=\"application/atom+xml\" href=\"https://me.example/book/feed.xml\"/>",
        "<link rel=\"alternate\" type=\"text/html\" href=\"https://me.example/book/\"/>",
        "<link rel=\"hub\" href=\"https://hub.example/\"/>",
        "<id>https://me.example/book/feed.xml</id>\n<updated>2021-05-06T14:30:00Z</updated>",
        "<author>\n<name>Ilse Maren</name>\n</author>",
        "<entry xml:lang=\"de\">\n<title type=\"xhtml\"><div xmlns=\"http://www.w3.org/1999/xhtml\"><a href=\"https://me.example/book/essays/sail/\">The sail</a></div></title>",
        "<link rel=\"canonical\" href=\"https://elsewhere.example/sail\"/>\n<id>https://me.example/book/essays/sail/</id>",
        "<published>2021-01-02T00:00:00Z</published>\n<updated>2021-01-02T00:00:00Z</updated>",
        "<published>2020-03-04T00:00:00Z</published>\n<updated>2021-05-06T14:30:00Z</updated>",
        "<category term=\"trust\"/>",
        "<a href=\"https://me.example/book/essays/keel/\">What nobody sees.</a></div></summary>",
        "<a href=\"https://me.example/book/essays/sail/\">Ein Segel und trust. ",
    ] {
        assert!(atom.contains(part), "{part} is not in\n{atom}");
    }
    assert_eq!(texts(&atom, "updated").len(), 3);
}

#[test]
fn rss_says_who_what_where_and_when() {
    let rss = book().read("rss.xml");
    for part in [
        "<channel>\n<title>On &lt;Watch&gt; &amp; more</title>\n<link>https://me.example/book/</link>\n<description>Essays.</description>",
        "<atom:link rel=\"self\" type=\"application/rss+xml\" href=\"https://me.example/book/rss.xml\"/>",
        "<atom:link rel=\"hub\" href=\"https://hub.example/\"/>",
        "<language>en</language>\n<lastBuildDate>Thu, 06 May 2021 14:30:00 GMT</lastBuildDate>",
        "<guid isPermaLink=\"true\">https://me.example/book/essays/keel/</guid>\n<pubDate>Wed, 04 Mar 2020 00:00:00 GMT</pubDate>",
        "<dc:creator>Ilse Maren</dc:creator>\n<category>trust</category>\n<description>What nobody sees.</description>",
    ] {
        assert!(rss.contains(part), "{part} is not in\n{rss}");
    }
    assert_eq!(texts(&rss, "item").len(), 2);
}

#[test]
fn json_says_who_what_where_and_when() {
    let feed = json(&book(), "feed.json");
    for (name, value) in [
        ("version", "https://jsonfeed.org/version/1.1"),
        ("title", "On <Watch> & more"),
        ("home_page_url", "https://me.example/book/"),
        ("feed_url", "https://me.example/book/feed.json"),
        ("description", "Essays."),
        ("language", "en"),
    ] {
        assert_eq!(feed[name], value, "{name}");
    }
    assert_eq!(feed["authors"][0]["name"], "Ilse Maren");
    assert_eq!(feed["hubs"][0], serde_json::json!({ "type": "WebSub", "url": "https://hub.example/" }));
    let keel = &feed["items"][1];
    assert_eq!(keel["id"], "https://me.example/book/essays/keel/");
    assert_eq!(keel["id"], keel["url"]);
    assert_eq!(keel["date_published"], "2020-03-04T00:00:00Z");
    assert_eq!(keel["date_modified"], "2021-05-06T14:30:00Z");
    assert_eq!(keel["tags"], serde_json::json!(["trust"]));
    assert_eq!(feed["items"][0]["language"], "de");
}

#[test]
fn every_address_in_a_text_is_whole() {
    let book = book();
    let html = format!("{}{}", content(&book, "The keel"), content(&book, "The sail"));
    let mut addresses = Vec::new();
    for name in ["href=\"", "src=\""] {
        addresses.extend(html.split(name).skip(1).map(|rest| rest.split('"').next().unwrap()));
    }
    let is_whole = |address: &&str| address.starts_with("https://") || address.starts_with("#e");
    assert!(addresses.len() > 12 && addresses.iter().all(is_whole), "{addresses:?}");
    for address in [
        "https://me.example/book/essays/keel/#part",
        "https://me.example/book/essays/sail/#more",
        "https://me.example/book/essays/keel.png",
        "https://other.example/a?b=1&amp;c=2",
        "https://me.example/book/essays/keel/a&amp;b/",
        "https://other.example/x",
        "https://me.example/book/essays/sail/",
    ] {
        assert!(addresses.contains(&address), "{address} is not in {addresses:?}");
    }
}

#[test]
fn notes_stand_at_the_end_of_their_entry_and_lead_back() {
    let html = content(&book(), "The keel");
    let (text, notes) = html.split_once("<hr>\n<ol>\n").unwrap_or_else(|| panic!("{html}"));
    let prefix = text.split("href=\"#").nth(1).unwrap().split("n1").next().unwrap().to_owned();
    assert!(prefix.len() == 10 && prefix.starts_with('e'), "{prefix}");
    assert!(text.contains(&format!("<sup><a id=\"{prefix}r1\" href=\"#{prefix}n1\">1</a></sup>")), "{text}");
    assert!(text.contains(&format!("<sup><a id=\"{prefix}r1-2\" href=\"#{prefix}n1\">1</a></sup>")), "{text}");
    let back = |id: &str| format!(" <a href=\"#{prefix}{id}\">\u{21a9}\u{fe0e}</a>");
    let backs = format!("{}{}{}", back("r1"), back("r1-2"), back("r1-3"));
    let first = format!("<li id=\"{prefix}n1\"><p>The first note, with <em>words</em>.{backs}</p></li>\n");
    assert!(notes.starts_with(&first), "{first} is not in\n{notes}");
    let second = format!("<li id=\"{prefix}n2\"><p>Another, which refers to the first.<sup><a ");
    assert!(notes.contains(&second) && notes.ends_with("</li>\n</ol>\n"), "{notes}");
}

#[test]
fn an_essay_in_another_language_says_so_in_every_format() {
    let html = content(&book(), "The sail");
    assert!(html.starts_with("<div lang=\"de\" dir=\"auto\">\n<p>Ein Segel") && html.ends_with("</div>\n"), "{html}");
}

#[test]
fn a_pull_quote_stands_in_no_feed() {
    let book = book();
    assert!(book.read("essays/keel/index.html").contains("A claim that nobody made."));
    let html = content(&book, "The keel");
    assert_eq!(html.matches("A claim about trust.").count(), 1, "{html}");
    assert!(!html.contains("nobody made") && !html.contains("Pull quote") && !html.contains("aside"), "{html}");
}

#[test]
fn nothing_in_a_text_acts_or_needs_a_style() {
    let html = content(&book(), "The keel");
    for bad in [
        "<script", "alert", "<iframe", "<form", "<input", "<button", "onclick", "style=", "class=", "tabindex",
        "loading=",
    ] {
        assert!(!html.contains(bad), "{bad} is in\n{html}");
    }
    for good in [
        "<details open=\"\"><summary>More</summary>",
        "<abbr title=\"North\">N</abbr>",
        "<p lang=\"de\" dir=\"ltr\">Deutsch ",
        "<math><mfrac><mn>1</mn><mn>2</mn></mfrac></math>",
        "<pre><code>fn main() {}\n</code></pre>",
        "<td align=\"right\">2</td>",
        "<p><strong>Note</strong></p>",
        "<li>\u{2611} done</li>",
        "<figcaption>From below</figcaption>",
        "<h2>A part</h2>",
    ] {
        assert!(html.contains(good), "{good} is not in\n{html}");
    }
}

#[test]
fn links_to_concepts_are_left_to_the_site() {
    let book = book();
    assert!(book.read("essays/keel/index.html").contains("class=\"concept\""));
    assert!(content(&book, "The keel").contains("<p>A claim about trust.<sup>"));
}

#[test]
fn drafts_and_what_lies_ahead_stand_in_no_feed() {
    let book = book();
    let output = book.run(&["build", "--as-of", "2026-01-01", "--drafts"]);
    assert!(book.has("essays/draft/index.html"), "{}", String::from_utf8_lossy(&output.stderr));
    for file in feeds(&book.path().join("public")) {
        let feed = book.read(&file);
        assert!(!feed.contains("Hush") && !feed.contains("Secret") && !feed.contains("Tomorrow"), "{file}: {feed}");
    }
    assert_eq!(titles(&book, "concepts/trust/feed.json"), ["The sail", "The keel"]);
}

#[test]
fn a_feed_is_the_same_on_another_day() {
    let book = book();
    let first = tree(&book.path().join("public"));
    book.run(&["build", "--as-of", "2027-06-07"]);
    let second = tree(&book.path().join("public"));
    for file in feeds(&book.path().join("public")) {
        assert_eq!(first.get(&file), second.get(&file), "{file}");
    }
}

#[test]
fn an_empty_feed_is_as_old_as_the_newest_essay() {
    let hope = "-- content/concepts/hope.md --\n+++\ntitle = \"hope\"\n+++\n";
    let book = Book::new(&format!("{SETTINGS}-- content/essays/one.md --\n{ESSAY}Text.\n{hope}"));
    book.build();
    assert_eq!(texts(&book.read("concepts/hope/feed.xml"), "updated"), ["2020-01-02T00:00:00Z"]);
    let book = Book::new(&format!("{SETTINGS}-- content/essays/one.md --\nText.\n"));
    book.build();
    let updated = texts(&book.read("feed.xml"), "updated");
    assert_eq!(updated, ["1970-01-01T00:00:00Z"], "an essay without a date is in no feed");
}

#[test]
fn an_old_address_keeps_its_feeds() {
    let book = book();
    for name in ["feed.xml", "rss.xml", "feed.json"] {
        // Each finds its style sheet from where it stands.
        let read = |file: String| {
            let text = book.read(&file);
            text.lines().filter(|line| !line.starts_with("<?xml-stylesheet")).collect::<Vec<_>>().join("\n")
        };
        let now = read(format!("concepts/trust/{name}"));
        assert!(now.contains(&format!("https://me.example/book/concepts/trust/{name}")));
        assert_eq!(read(format!("ideas/faith/{name}")), now);
        assert_eq!(read(format!("faith/{name}")), now, "/faith.html was a page");
    }
    assert!(!book.has("old-sail/feed.xml") && !book.has("faith.txt/feed.xml"));
}

#[test]
fn a_file_of_the_book_takes_the_place_of_a_feed() {
    let own = "-- content/static/feed.xml --\n<feed/>\n-- content/static/ideas/faith/rss.xml --\n<rss/>\n";
    let book = Book::new(&format!("{SETTINGS}{KEEL}{own}{MORE}{SAIL}"));
    let report = book.build();
    assert!(!report.contains("duplicate-route"), "{report}");
    assert_eq!(book.read("feed.xml"), "<feed/>\n");
    assert_eq!(book.read("ideas/faith/rss.xml"), "<rss/>\n");
    assert!(book.read("rss.xml").contains("The keel"));
}

#[test]
fn hostile_titles_and_control_characters_do_not_break_a_feed() {
    let book = Book::new(&format!(
        "{SETTINGS}-- content/essays/one.md --\n+++\ntitle = \"<img src=x onerror=alert(1)> ]]> & \\uffff\"\n\
         date = 2020-01-02\nslug = \"x\"\nsummary = \"]]></div><script>\"\nconcepts = [\"<b>\"]\n+++\n\
         Text ]]> with \u{c}\u{1}controls &amp;amp; `]]>`.\n"
    ));
    let report = book.build();
    assert!(book.has("feed.xml"), "{report}");
    for name in ["feed.xml", "rss.xml"] {
        let xml = book.read(name);
        let is_it = |title: &String| title.trim_end() == "<img src=x onerror=alert(1)> ]]> &";
        assert!(texts(&xml, "title").iter().any(is_it), "{xml}");
        assert!(!xml.contains("<img") && !xml.contains("<script") && !xml.contains("]]>"), "{xml}");
    }
    assert_eq!(text(&book.read("feed.xml"), "summary"), "]]></div><script>");
    let html = json(&book, "feed.json")["items"][0]["content_html"].as_str().unwrap().to_owned();
    assert!(html.starts_with("<p>Text ]]&gt; with "), "{html}");
}

#[test]
fn the_feed_of_a_book_ends_after_twenty_essays_and_that_of_a_concept_before_it_grows_heavy() {
    let words = "Words about keels. ".repeat(300);
    let essay = |at: usize| {
        let concept = if at < 13 { "a" } else { "b" };
        format!(
            "-- content/essays/e{at}.md --\n+++\ntitle = \"E{at}\"\ndate = 2020-01-{at:02}\nconcepts = [\"{concept}\"]\n+++\n{words}\n"
        )
    };
    let all: String = (1..=25).map(essay).collect();
    let of = |essays: &str, file: &str| titles(Book::new(&format!("{SETTINGS}{essays}")).build_clean(), file);
    let newest = of(&all, "feed.json");
    assert_eq!((newest.len(), newest[0].as_str(), newest[19].as_str()), (20, "E25", "E6"));
    assert_eq!(of(&all, "concepts/a/feed.json"), ["E12", "E11", "E10", "E9", "E8", "E7", "E6", "E5"]);
    assert_eq!(of(&all.replace(&words, "Words."), "concepts/a/feed.json").len(), 10);
    assert_eq!(of(&all.replace("keels", &"k".repeat(200)), "concepts/a/feed.json"), ["E12", "E11", "E10"]);
}

const REPLIES: &str = r#"-- content/replies/keel.toml --
[[reply]]
id = "linkedin:1"
author = "Ada Quill"
headline = "Pilot"
date = 2021-03-02T07:00:00Z
address = "https://www.linkedin.com/feed/1"
passage = "A claim about trust."
text = "I *agree*."
[[reply]]
id = "linkedin:2"
age = "4 y"
between = ["2021-04-02", "2021-04-20"]
text = "Perhaps."
[[reply]]
id = "linkedin:3"
author = "Bo"
text = "No."
[[reply]]
id = "linkedin:4"
author = "Cy"
date = 2021-06-01
state = "held"
text = "Later."
-- content/replies/draft.toml --
[[reply]]
id = "linkedin:5"
date = 2021-07-01
text = "To a draft."
"#;

#[test]
fn the_feed_of_replies_shows_what_their_page_shows_and_says_what_each_answers() {
    let book = Book::new(&format!("{SETTINGS}{KEEL}{SAIL}{MORE}{REPLIES}"));
    book.run(&["build", "--as-of", "2026-01-01", "--drafts"]);
    let atom = book.read("replies/feed.xml");
    let titled = ["A reader", "Ada Quill", "Bo"].map(|name| format!("{name} on \u{201c}The keel\u{201d}"));
    assert_eq!(texts(&atom, "title")[1..], titled);
    assert_eq!(texts(&atom, "name"), ["Ilse Maren", "A reader", "Ada Quill", "Bo"]);
    // A stretch of days gives its first, and no date at all the day of the essay; neither is told as a day of publication.
    let updated = ["2021-04-02T00:00:00Z", "2021-04-02T00:00:00Z", "2021-03-02T07:00:00Z", "2020-03-04T00:00:00Z"];
    assert_eq!(texts(&atom, "updated"), updated);
    assert_eq!(texts(&atom, "published"), ["2021-03-02T07:00:00Z"]);
    assert_eq!(atom.matches("<thr:in-reply-to ref=\"https://me.example/book/essays/keel/\"").count(), 3);
    let words = &texts(&atom, "content")[1];
    for part in [
        "<blockquote><p><a href=\"https://me.example/book/essays/keel/#p-a-claim-about-trust",
        "<p>I <em>agree</em>.</p>",
        "<a href=\"https://www.linkedin.com/feed/1\">on LinkedIn</a>",
    ] {
        assert!(words.contains(part), "{part} is not in\n{words}");
    }
    assert!(texts(&atom, "content")[0].contains("April 2021"));
    let page = book.read("essays/keel/index.html");
    for id in texts(&atom, "id").iter().skip(1) {
        let (essay, anchor) = id.split_once('#').unwrap();
        assert_eq!(essay, "https://me.example/book/essays/keel/");
        assert!(page.contains(&format!("id=\"{anchor}\"")), "{id}");
    }
    assert!(!atom.contains("Later") && !atom.contains("To a draft") && !atom.contains("Pilot"), "{atom}");
    assert!(!book.read("feed.xml").contains("agree"), "essays come without their replies");
}

#[test]
fn names_of_people_are_shown_in_feeds_as_on_pages() {
    let settings = SETTINGS.replace("[tell]", "[replies]\nnames = \"initials\"\nheadlines = true\n[tell]");
    let book = Book::new(&format!("{settings}{KEEL}{SAIL}{MORE}{REPLIES}"));
    book.build();
    let atom = book.read("replies/feed.xml");
    assert!(atom.contains("<name>A. Q.</name>") && atom.contains("Pilot") && !atom.contains("Quill"), "{atom}");
}

#[test]
fn a_feed_in_a_browser_has_a_style_sheet_that_stands_on_the_site() {
    let book = book();
    let named = ["feed.xml", "concepts/trust/feed.xml", "rss.xml", "ideas/faith/feed.xml"];
    for (name, root) in named.into_iter().zip(["./", "../../", "./", "../../"]) {
        let xml = book.read(name);
        let start = format!("<?xml-stylesheet type=\"text/css\" href=\"{root}");
        let sheet = xml.split(&start).nth(1).unwrap_or_else(|| panic!("{name}: {xml}"));
        let sheet = book.path().join("public").join(sheet.split('"').next().unwrap());
        assert!(fs::read_to_string(&sheet).unwrap().contains("This is a feed."), "{sheet:?}");
    }
}

#[test]
fn a_feed_in_a_browser_has_the_colours_of_the_book() {
    let book = Book::new(&format!("{SETTINGS}[theme]\naccent = \"#1d5fbf\"\n{KEEL}{SAIL}{MORE}"));
    book.build();
    let xml = book.read("feed.xml");
    let sheet = xml.split("<?xml-stylesheet type=\"text/css\" href=\"./").nth(1).unwrap();
    let sheet = book.read(sheet.split('"').next().unwrap());
    assert!(sheet.contains("--theme-accent:#1d5fbf") && sheet.contains("var(--theme-accent"), "{sheet}");
}

#[test]
fn descriptions_in_rss_read_the_same_as_html_and_as_text() {
    let settings = SETTINGS.replace("Essays.", "Crew & budget: 1 < 2, &amp; <b>AT&T</b>");
    let book = Book::new(&format!("{settings}{KEEL}{SAIL}{MORE}"));
    book.build();
    let rss = book.read("rss.xml");
    let said =
        "<description>Crew &amp; budget: 1 &lt; 2, &amp;amp;amp; &amp;lt;b&gt;AT&amp;amp;T&amp;lt;/b&gt;</description>";
    assert!(rss.contains(said), "{rss}");
}

#[test]
fn texts_in_languages_that_are_read_from_the_right_say_so() {
    let sail = SAIL.replace("\"de\"", "\"he\"");
    let book = Book::new(&format!("{SETTINGS}{KEEL}{sail}{MORE}"));
    book.build();
    let atom = book.read("feed.xml");
    assert!(atom.contains("&lt;div lang=&quot;he&quot; dir=&quot;rtl&quot;&gt;"), "{atom}");
    let summary = "<summary type=\"xhtml\"><div xmlns=\"http://www.w3.org/1999/xhtml\" dir=\"rtl\"><a ";
    assert_eq!(atom.matches(summary).count(), 1, "{atom}");
    let settings = SETTINGS.replace("[tell]", "language = \"ar\"\n[tell]");
    let book = Book::new(&format!("{settings}{KEEL}{SAIL}{MORE}"));
    book.build();
    let atom = book.read("feed.xml");
    assert!(atom.contains("&lt;div dir=&quot;rtl&quot;&gt;\n&lt;p"), "{atom}");
    assert_eq!(atom.matches(&summary.replace("summary", "subtitle")).count(), 1, "{atom}");
    assert_eq!(atom.matches(summary).count(), 1, "{atom}");
}
