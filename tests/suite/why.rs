//! `why`: what a page was made from, and what has changed in it.

use std::fs;

use serde_json::Value;

use crate::support::{Book, ESSAY};

fn book() -> Book {
    Book::new(&format!(
        "-- book.toml --\ntitle = \"T\"\ntheme = \"mine\"\nbase_url = \"https://me.example/book/\"\n\
         [publish.live]\nto = \"folder\"\npath = \"www\"\n\
         -- themes/mine/templates/essay.html --\n{{% extends \"default/essay.html\" %}}\n\
         -- content/essays/one.md --\n{}Words on trust.\n\n![[two]]\n\
         -- content/essays/two.md --\n{}More words. See [one](one.md).\n\
         -- content/concepts/trust.md --\n+++\ntitle = \"Trust\"\n+++\n\
         -- content/static/paper.txt --\npaper\n\
         -- content/pages/about.md --\n+++\ntitle = \"About\"\naliases = [\"/me/\"]\n+++\nMe.\n\
         -- content/replies/one.toml --\n[[reply]]\nid = \"mine:1\"\nauthor = \"Ada\"\ntext = \"Yes.\"\n",
        ESSAY.replace("date", "summary = \"S.\"\ndate"),
        ESSAY.replace("One", "Two")
    ))
}

fn why(book: &Book, arguments: &[&str]) -> Value {
    let output = book.run(&[&["why", "--format", "json"], arguments].concat());
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{text}{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

fn texts<'a>(list: &'a Value, key: &str) -> Vec<&'a str> {
    list.as_array().unwrap().iter().map(|one| one[key].as_str().unwrap()).collect()
}

#[test]
fn a_page_names_all_that_it_was_made_from() {
    let book = book();
    book.build_clean();
    let value = why(&book, &["/essays/one/"]);
    assert_eq!((&value["kind"], &value["title"]), (&"essay".into(), &"One".into()));
    let sources = texts(&value["sources"], "file");
    for file in [
        "content/essays/one.md",
        "content/replies/one.toml",
        "content/essays/two.md",
        "themes/mine/templates/essay.html",
        "book.toml",
    ] {
        assert!(sources.contains(&file), "{file}: {value}");
    }
    let templates = texts(&value["templates"], "file");
    assert_eq!(
        templates[..3],
        ["themes/mine/templates/essay.html", "default/essay.html", "default/base.html"],
        "{value}"
    );
    let files: Vec<&str> = value["files"].as_array().unwrap().iter().map(|file| file.as_str().unwrap()).collect();
    assert!(
        files.iter().any(|file| file.starts_with("assets/style.")) && files.iter().any(|file| file.ends_with(".woff2"))
    );
    assert_eq!(texts(&value["shows"]["Concepts in it"], "address"), ["/concepts/trust/"]);
    assert_eq!(texts(&value["shows"]["Pages that link here"], "address"), ["/essays/two/"]);
    assert_eq!(texts(&value["shows"]["Replies"], "title"), ["1 reply"]);
    assert!(value["shows"]["Related essays"][0]["reason"].as_str().is_some_and(|reason| !reason.is_empty()), "{value}");
    assert_eq!(value["settings"]["theme"], "\"mine\"");
    let bytes = fs::read(book.path().join("public/essays/one/index.html")).unwrap();
    let print = throughline::base::fingerprint::Fingerprint::of(&bytes).to_string();
    assert_eq!((&value["output"]["fingerprint"], &value["output"]["size"]), (&print.into(), &bytes.len().into()));
    assert_eq!(value["compared"][0]["state"], "same", "{value}");
}

#[test]
fn a_page_is_found_by_its_address_and_by_its_file() {
    let book = book();
    book.build_clean();
    for (written, address) in [
        ("essays/one", "/essays/one/"),
        ("https://me.example/book/essays/one/#x", "/essays/one/"),
        ("public/essays/one/index.html", "/essays/one/"),
        ("/", "/"),
        ("public/index.html", "/"),
        ("404.html", "/404.html"),
        ("/me/", "/me/"),
        ("paper.txt", "/paper.txt"),
        ("sitemap.xml", "/sitemap.xml"),
        ("/concepts/trust/", "/concepts/trust/"),
    ] {
        assert_eq!(why(&book, &[written])["address"], address, "{written}");
    }
    assert_eq!(why(&book, &["/me/"])["to"], "/about/");
    assert_eq!(texts(&why(&book, &["/paper.txt"])["sources"], "file"), ["content/static/paper.txt"]);
    let output = book.run(&["why", "/essays/on/"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("did you mean `/essays/one/`"));
}

#[test]
fn a_change_is_shown_with_its_first_line_and_the_file_behind_it() {
    let book = book();
    let never = why(&book, &["/essays/one/"]);
    assert_eq!(never["compared"][0]["state"], "none", "{never}");
    book.build_clean();
    assert!(book.run(&["publish", "--yes"]).status.success());
    let file = book.path().join("content/essays/one.md");
    let text = fs::read_to_string(&file).unwrap().replace("Words on trust.", "Words of trust.");
    fs::write(&file, text).unwrap();
    let later = fs::metadata(book.path().join("public/.throughline-output")).unwrap().modified().unwrap();
    let file_of = fs::File::options().write(true).open(&file).unwrap();
    file_of.set_modified(later + std::time::Duration::from_secs(5)).unwrap();
    let value = why(&book, &["/essays/one/"]);
    let newer: Vec<&str> = value["sources"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|one| one["is_newer"] == true)
        .map(|one| one["file"].as_str().unwrap())
        .collect();
    assert_eq!(newer, ["content/essays/one.md"]);
    let compared = value["compared"].as_array().unwrap();
    assert_eq!(
        (compared.len(), &compared[0]["state"], &compared[1]["state"]),
        (2, &"changed".into(), &"changed".into()),
        "{value}"
    );
    let difference = &compared[0]["difference"];
    assert!(difference["before"].as_str().unwrap().contains("Words on <"), "{value}");
    assert!(difference["after"].as_str().unwrap().contains("Words of <"), "{value}");
    assert_eq!(why(&book, &["/about/"])["compared"][0]["state"], "same");
    fs::write(book.path().join("content/pages/new.md"), "+++\ntitle = \"New\"\n+++\nNew.\n").unwrap();
    assert_eq!(why(&book, &["/new/"])["compared"][0]["state"], "new");
    let words = String::from_utf8(book.run(&["why", "/essays/one/"]).stdout).unwrap();
    for part in [
        "Made from",
        "written after the last build",
        "themes/mine/templates/essay.html (page)",
        "published to `live`: changed, first in line",
    ] {
        assert!(words.contains(part), "{part} is not in {words}");
    }
}

#[test]
fn a_page_that_readers_do_not_see_says_so() {
    let book = book();
    let file = book.path().join("content/essays/one.md");
    fs::write(&file, format!("{}draft = true\n+++\nWords.\n", ESSAY.trim_end().trim_end_matches("+++"))).unwrap();
    let output = book.run(&["why", "/essays/one/"]);
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.code() == Some(2) && said.contains("is a draft") && said.contains("--drafts"), "{said}");
    assert_eq!(why(&book, &["/essays/one/", "--drafts"])["title"], "One");
}

#[test]
fn files_that_are_made_of_many_texts_name_them_with_their_number() {
    let book = book();
    book.build_clean();
    let essays = ["content/essays/two.md", "content/essays/one.md"];
    for (address, wanted) in [
        ("/feed.xml", &essays[..]),
        ("/rss.xml", &essays),
        ("/", &essays),
        ("/", &["content/concepts/trust.md"]),
        ("/essays/", &essays),
        ("/404.html", &essays),
        ("/sitemap.xml", &essays),
        ("/sitemap.xml", &["content/pages/about.md"]),
        ("/graph.json", &essays),
        ("/llms.txt", &essays),
        ("/feeds.opml", &["content/concepts/trust.md"]),
        ("/concepts/", &["content/concepts/trust.md"]),
        ("/concepts/trust/feed.xml", &["content/concepts/trust.md", "content/essays/one.md"]),
        ("/replies/", &["content/replies/one.toml"]),
        ("/replies/feed.xml", &["content/replies/one.toml"]),
        ("/essays/one/index.md", &["content/essays/one.md"]),
    ] {
        let value = why(&book, &[address]);
        let sources = texts(&value["sources"], "file");
        assert!(wanted.iter().all(|file| sources.contains(file)), "{address}: {value}");
        assert!(sources.contains(&"book.toml"), "{address}: {value}");
    }
    let words = String::from_utf8(book.run(&["why", "/feed.xml"]).stdout).unwrap();
    assert!(words.contains("content/essays/two.md (one of 2 essays)"), "{words}");
}
