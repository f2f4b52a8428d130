//! `tell` against a server on this machine that stands for everybody else.

use std::fs;

use serde_json::Value;

use crate::support::Book;
use crate::support::server::{Answer, Server};

const OK: &str = "HTTP/1.1 202 Accepted\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
const WELL: &str = "HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
const BY_HEADER: &str =
    "HTTP/1.1 200 OK\r\nlink: </take?x=1>; rel=\"webmention\"\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
const MOVED: &str =
    "HTTP/1.1 301 Moved\r\nlocation: https://new.example/page\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
const BY_PAGE: &str = "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\nconnection: close\r\n\r\n<p>Hello</p><a rel=webmention href=mention>x</a>";
const NEARBY: &str = "HTTP/1.1 200 OK\r\nlink: <http://127.0.0.1/admin>; rel=webmention\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
const DOWN: &str = "HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";

/// A book that tells everybody; its essay was published, and so were its feeds, one of which stands in its folder of files.
fn book(text: &str) -> Book {
    Book::new(&format!(
        "-- book.toml --\ntitle = \"T\"\nbase_url = \"https://me.example/book/\"\n[tell]\nwebsub = [\"https://hub.example/\"]\n\
         indexnow = \"0123456789abcdef\"\nwebmention = true\n-- content/static/feed.xml --\n<feed/>\n\
         -- content/essays/one.md --\n+++\ntitle = \"One\"\ndate = 2020-01-02\n+++\n{text}\n\
         -- content/essays/two.md --\n+++\ntitle = \"Two\"\ndate = 2020-01-02\n+++\n[Not out](https://unseen.example/)\n\
         -- published.toml --\n[pages]\n\"/essays/one/\" = {{ title = \"One\", from = \"content/essays/one.md\", headings = [] }}\n"
    ))
}

fn tell(book: &Book, server: &Server, more: &[&str]) -> (Value, Option<i32>) {
    let output = book.run(&[&["tell", "--via", &server.address, "--timeout", "2", "--format", "json"], more].concat());
    let text = String::from_utf8(output.stdout).unwrap();
    let value = serde_json::from_str(&text)
        .unwrap_or_else(|error| panic!("{error}: {text}{}", String::from_utf8_lossy(&output.stderr)));
    (value, output.status.code())
}

fn everybody() -> Server {
    let raw = |text: &'static str| vec![Answer::Raw(text)];
    Server::start(vec![
        ("/hub.example/", raw(OK)),
        ("/api.indexnow.org/indexnow", raw(OK)),
        ("/a.example/post", raw(BY_HEADER)),
        ("/a.example/take?x=1", raw(OK)),
        ("/old.example/page", raw(MOVED)),
        ("/new.example/page", raw(BY_PAGE)),
        ("/new.example/mention", raw(OK)),
        ("/silent.example/", raw(WELL)),
    ])
}

const LINKS: &str = "[A](https://a.example/post#part), [old](http://old.example/page), [silent](https://silent.example/),\n\
                     [own](https://me.example/book/essays/one/), [near](http://localhost:3000/x), <mailto:a@b.example>.";

#[test]
fn a_dry_run_lists_what_would_be_sent_and_asks_nobody() {
    let (book, server) = (book(LINKS), everybody());
    let (value, code) = tell(&book, &server, &["--dry-run"]);
    assert_eq!(code, Some(0));
    let kinds: Vec<&str> =
        value["planned"].as_array().unwrap().iter().map(|letter| letter["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["websub", "websub", "websub", "indexnow", "webmention", "webmention", "webmention"], "{value}");
    assert_eq!(value["planned"][3]["addresses"], serde_json::json!(["https://me.example/book/essays/one/"]));
    assert!(server.asked().is_empty() && !book.path().join(".throughline").exists());
    let words = String::from_utf8(book.run(&["tell", "--dry-run"]).stdout).unwrap();
    for feed in ["feed.xml", "rss.xml", "feed.json"] {
        let letter = format!("https://hub.example/: https://me.example/book/{feed} has news (WebSub)");
        assert!(words.contains(&letter), "{letter} is not in {words}");
    }
}

#[test]
fn each_receiver_is_told_once_until_the_text_changes() {
    let (book, server) = (book(LINKS), everybody());
    let (value, code) = tell(&book, &server, &[]);
    assert_eq!(code, Some(0), "{value}");
    assert_eq!(value["unwanted"].as_array().map(Vec::len), Some(1), "{value}");
    let sent = server.sent();
    let source = "source=https%3A%2F%2Fme.example%2Fbook%2Fessays%2Fone%2F";
    let hub = |feed: &str| {
        let body = format!("hub.mode=publish&hub.url=https%3A%2F%2Fme.example%2Fbook%2F{feed}");
        ("/hub.example/".to_owned(), body)
    };
    let wanted = [
        hub("feed.json"),
        hub("feed.xml"),
        hub("rss.xml"),
        (
            "/api.indexnow.org/indexnow".to_owned(),
            "{\"host\":\"me.example\",\"key\":\"0123456789abcdef\",\"keyLocation\":\"https://me.example/book/0123456789abcdef.txt\",\
             \"urlList\":[\"https://me.example/book/essays/one/\"]}"
                .to_owned(),
        ),
        ("/a.example/take?x=1".to_owned(), format!("{source}&target=https%3A%2F%2Fa.example%2Fpost%23part")),
        ("/new.example/mention".to_owned(), format!("{source}&target=http%3A%2F%2Fold.example%2Fpage")),
    ];
    assert_eq!(sent, wanted);
    assert_eq!(fs::read_to_string(book.path().join(".throughline/.gitignore")).unwrap(), "*\n");
    let asked = server.asked().len();
    let (value, _) = tell(&book, &server, &[]);
    assert_eq!((value["told"].as_array().map(Vec::len), server.asked().len()), (Some(0), asked), "{value}");
    let file = book.path().join("content/essays/one.md");
    let text = fs::read_to_string(&file).unwrap().replace("[old](http://old.example/page), ", "");
    fs::write(&file, text).unwrap();
    let (value, _) = tell(&book, &server, &[]);
    let targets: Vec<&str> =
        value["told"].as_array().unwrap().iter().filter_map(|letter| letter["target"].as_str()).collect();
    assert_eq!(
        targets,
        ["https://a.example/post#part", "http://old.example/page"],
        "who was linked hears that it is gone"
    );
    assert!(server.asked().iter().all(|path| !path.contains("unseen") && !path.contains("localhost")));
}

#[test]
fn one_receiver_that_fails_keeps_none_of_the_others_from_hearing() {
    let raw = |text: &'static str| vec![Answer::Raw(text)];
    let server = Server::start(vec![
        ("/hub.example/", raw(DOWN)),
        ("/api.indexnow.org/indexnow", vec![Answer::Raw(DOWN), Answer::Raw(OK)]),
        ("/a.example/post", raw(NEARBY)),
        ("/b.example/", vec![Answer::Silence]),
        ("/c.example/", raw(BY_HEADER)),
        ("/c.example/take?x=1", raw(OK)),
    ]);
    let book = book("[A](https://a.example/post) [B](https://b.example/) [C](https://c.example/)");
    let (value, code) = tell(&book, &server, &[]);
    assert_eq!(code, Some(3), "{value}");
    let reasons: Vec<&str> =
        value["failed"].as_array().unwrap().iter().map(|failed| failed["reason"].as_str().unwrap()).collect();
    assert_eq!(reasons.len(), 6, "{value}");
    assert!(reasons[4].contains("127.0.0.1") && reasons[4].contains("no address on the open network"), "{value}");
    assert!(reasons[5].contains("b.example did not answer in time"), "{value}");
    assert_eq!(value["told"].as_array().map(Vec::len), Some(1), "{value}");
    let (again, _) = tell(&book, &server, &[]);
    let told: Vec<&str> =
        again["told"].as_array().unwrap().iter().map(|letter| letter["kind"].as_str().unwrap()).collect();
    assert_eq!(told, ["indexnow"], "what failed is sent again, and nothing else: {again}");
}

#[test]
fn the_key_of_search_engines_stands_on_the_site() {
    let book = book("Words.");
    book.build_clean();
    assert_eq!(fs::read_to_string(book.path().join("public/0123456789abcdef.txt")).unwrap(), "0123456789abcdef");
    fs::write(book.path().join("content/static/0123456789abcdef.txt"), "0123456789abcdef\n").unwrap();
    book.build_clean();
    fs::write(book.path().join("content/static/0123456789abcdef.txt"), "another\n").unwrap();
    let report = book.build();
    assert!(report.contains("duplicate-route") && report.contains("/0123456789abcdef.txt"), "{report}");
}

#[test]
fn nobody_is_told_by_a_book_that_does_not_ask_for_it() {
    let book = Book::new("-- content/essays/one.md --\n+++\ntitle = \"One\"\ndate = 2020-01-02\n+++\nWords.\n");
    let output = book.run(&["tell"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("nobody is told"));
}

#[test]
fn settings_that_make_no_sense_are_reported() {
    let book = Book::new(
        "-- book.toml --\ntitle = \"T\"\n[tell]\nwebsub = [\"http://hub.example/\"]\nindexnow = \"short\"\nwebmentions = true\n",
    );
    let report = book.build();
    for wanted in ["addresses that begin with `https://`", "a key of 8 to 128", "did you mean `webmention`?"] {
        assert!(report.contains(wanted), "{wanted} is not in {report}");
    }
}

#[test]
fn a_note_that_cannot_be_read_is_told() {
    let (book, server) = (book("Words."), everybody());
    fs::create_dir(book.path().join(".throughline")).unwrap();
    fs::write(book.path().join(".throughline/told.json"), "{").unwrap();
    let output = book.run(&["tell", "--via", &server.address]);
    assert_eq!(output.status.code(), Some(3));
    assert!(String::from_utf8_lossy(&output.stderr).contains("told.json` cannot be read"));
    assert!(server.asked().is_empty());
}
