//! `replies pull` against a server on this machine that answers as the services did when they were recorded.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::support::server::{Answer, Server};
use crate::support::{Book, tree};

fn essay(title: &str, copies: &[&str]) -> String {
    format!("+++\ntitle = \"{title}\"\ndate = 2020-01-02\nsyndication = {copies:?}\n+++\nWords.\n")
}

const STATUS: &str = "/social.example/api/v1/statuses/110000000000000001/context";
const POST: &str = "/public.api.bsky.app/xrpc/app.bsky.feed.getPostThread?uri=at://ada.example/app.bsky.feed.post/3kabc&depth=50&parentHeight=0";
const STORY: &str = "/hn.algolia.com/api/v1/items/8863";
const ISSUE: &str = "/api.github.com/repos/ada/book/issues/7/comments?per_page=100&page=1";
const MENTIONS: &str =
    "/webmention.io/api/mentions.jf2?target=https%3A%2F%2Fbook.example%2Fessays%2Fone%2F&per-page=100&page=0";

fn status(id: &str, words: &str) -> Value {
    json!({"id": id, "uri": format!("https://social.example/s/{id}"), "url": format!("https://social.example/@bo/{id}"),
        "in_reply_to_id": "110000000000000001", "created_at": "2024-01-02T03:04:05.000Z", "visibility": "public",
        "content": format!("<p>{words}</p>"), "account": {"display_name": "Bo Berg", "acct": "bo", "url": "https://social.example/@bo"}})
}

fn context(statuses: Vec<Value>) -> Answer {
    Answer::Json(json!({"ancestors": [], "descendants": statuses}))
}

fn pull(book: &Book, server: &Server, more: &[&str]) -> (Value, Option<i32>) {
    let output = book.run(&[&["replies", "pull", "--via", &server.address, "--format", "json"], more].concat());
    let text = String::from_utf8(output.stdout).unwrap();
    let value = serde_json::from_str(&text)
        .unwrap_or_else(|error| panic!("{error}: {text}{}", String::from_utf8_lossy(&output.stderr)));
    (value, output.status.code())
}

#[test]
fn each_service_is_asked_for_the_threads_that_an_essay_names() {
    let copies = [
        "https://social.example/@ada/110000000000000001",
        "https://bsky.app/profile/ada.example/post/3kabc",
        "https://news.ycombinator.com/item?id=8863",
        "https://github.com/ada/book/issues/7",
        "https://www.linkedin.com/pulse/one",
    ];
    let book = Book::new(&format!(
        "-- book.toml --\ntitle = \"T\"\nbase_url = \"https://book.example/\"\n[replies]\nwebmentions = true\n-- content/essays/one.md --\n{}",
        essay("One", &copies)
    ));
    let post = json!({"$type": "app.bsky.feed.defs#threadViewPost", "post": {"uri": "at://did:plc:a/app.bsky.feed.post/3kabc",
        "cid": "c", "author": {"did": "did:plc:a", "handle": "ada.example"}, "record": {"text": "One", "createdAt": "2024-01-01T00:00:00Z"}, "replyCount": 1},
        "replies": [{"$type": "app.bsky.feed.defs#threadViewPost", "post": {"uri": "at://did:plc:b/app.bsky.feed.post/3kdef", "cid": "d",
        "author": {"did": "did:plc:b", "handle": "cy.example", "displayName": "Cy"}, "record": {"text": "From the sky.", "createdAt": "2024-01-02T00:00:00Z"}, "replyCount": 0}}]});
    let story = json!({"id": 8863, "type": "story", "title": "One", "url": "https://book.example/essays/one/", "created_at_i": 1, "children": [
        {"id": 8864, "author": "dee", "created_at_i": 1_700_000_000, "text": "From the news.", "children": []}]});
    let issue = json!([{"id": 5, "html_url": "https://github.com/ada/book/issues/7#issuecomment-5", "issue_url": "https://api.github.com/repos/ada/book/issues/7",
        "user": {"login": "eve", "type": "User"}, "created_at": "2024-01-02T03:04:05Z", "updated_at": "2024-01-02T03:04:05Z", "body": "From the issue."}]);
    let mentions = json!({"type": "feed", "children": [{"type": "entry", "wm-id": 9, "wm-property": "in-reply-to", "wm-target": "https://book.example/essays/one/",
        "wm-source": "https://fay.example/1", "url": "https://fay.example/1", "author": {"name": "Fay"}, "published": "2024-01-02T03:04:05Z", "content": {"text": "From a page."}}]});
    let server = Server::start(vec![
        (STATUS, vec![context(vec![status("2", "From the server.")])]),
        (POST, vec![Answer::Json(json!({ "thread": post }))]),
        (STORY, vec![Answer::Json(story)]),
        (ISSUE, vec![Answer::Json(issue)]),
        (MENTIONS, vec![Answer::Json(mentions)]),
    ]);
    let (plan, code) = pull(&book, &server, &["--dry-run"]);
    assert_eq!((plan["failed"].as_array().map(Vec::len), code), (Some(0), Some(0)), "{plan}");
    assert!(!book.path().join("content/replies").exists(), "a dry run writes nothing");
    let (done, code) = pull(&book, &server, &[]);
    assert_eq!((&plan, code), (&done, Some(0)));
    let added: u64 = done["pulled"].as_array().unwrap().iter().map(|one| one["added"].as_u64().unwrap()).sum();
    assert_eq!(added, 5, "{done}");
    let text = std::fs::read_to_string(book.path().join("content/replies/one.toml")).unwrap();
    for words in ["From the server.", "From the sky.", "From the news.", "From the issue.", "From a page."] {
        assert!(text.contains(words), "{words} is not in {text}");
    }
    assert!(text.contains("address = \"https://social.example/@ada/110000000000000001\""), "{text}");
    let hosts: BTreeSet<String> =
        server.asked().iter().map(|path| path.split('/').nth(1).unwrap_or("").to_owned()).collect();
    let wanted = ["social.example", "public.api.bsky.app", "hn.algolia.com", "api.github.com", "webmention.io"];
    assert_eq!(hosts, wanted.map(str::to_owned).into(), "only hosts that are named are asked");
    let before = tree(&book.path().join("content"));
    let (again, _) = pull(&book, &server, &[]);
    assert!(again["pulled"].as_array().unwrap().iter().all(|one| one["added"] == 0 && one["updated"] == 0), "{again}");
    assert_eq!(before, tree(&book.path().join("content")));
}

/// A book whose only essay names a thread on Mastodon and a story.
fn small() -> Book {
    let copies = ["https://social.example/@ada/110000000000000001", "https://news.ycombinator.com/item?id=8863"];
    Book::new(&format!("-- content/essays/one.md --\n{}", essay("One", &copies)))
}

#[test]
fn a_reply_that_is_gone_is_marked_and_an_edit_comes_in() {
    let book = small();
    let server = Server::start(vec![(
        STATUS,
        vec![
            context(vec![status("2", "First."), status("3", "Second.")]),
            context(vec![status("2", "First, edited.")]),
        ],
    )]);
    pull(&book, &server, &["--from", "mastodon"]);
    let (second, _) = pull(&book, &server, &["--from", "mastodon"]);
    assert_eq!((&second["pulled"][0]["updated"], &second["pulled"][0]["gone"]), (&json!(1), &json!(1)), "{second}");
    let text = std::fs::read_to_string(book.path().join("content/replies/one.toml")).unwrap();
    assert!(text.contains("First, edited.") && text.contains("at_source = \"gone\""), "{text}");
}

#[test]
fn a_busy_host_is_asked_again_and_what_fails_keeps_the_rest() {
    let busy = "HTTP/1.1 429 Too Many Requests\r\nretry-after: 0\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
    let later = "HTTP/1.1 429 Too Many Requests\r\nretry-after: 3600\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
    let moved = "HTTP/1.1 301 Moved\r\nlocation: /api/v2/there\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
    let away =
        "HTTP/1.1 302 Found\r\nlocation: https://evil.example/x\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
    let circle = "HTTP/1.1 302 Found\r\nlocation: /api/v1/items/8863\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
    let page =
        "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: 15\r\nconnection: close\r\n\r\n<html>no</html>";
    let cut =
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 500\r\nconnection: close\r\n\r\n{\"id\":";
    let good = || context(vec![status("2", "Here.")]);
    for (status_answers, story, wanted) in [
        (vec![Answer::Raw(busy), Answer::Close, good()], Answer::Raw(later), "try again in 60 minutes"),
        (vec![Answer::Raw(moved)], Answer::Raw(away), "sends on to evil.example, which was not named"),
        (vec![good()], Answer::Raw(circle), "without an end"),
        (vec![good()], Answer::Raw(page), "no JSON (line 1, column 1)"),
        (vec![good()], Answer::Raw(cut), "broke off"),
        (vec![good()], Answer::Json(json!({"error": "x"})), "answers something else"),
        (vec![good()], Answer::Silence, "did not answer in time"),
        (vec![good()], Answer::Close, "cannot be reached"),
        (vec![good()], Answer::Endless, "broke off"),
    ] {
        let book = small();
        let server = Server::start(vec![
            (STATUS, status_answers),
            ("/social.example/api/v2/there", vec![good()]),
            (STORY, vec![story]),
        ]);
        let (done, code) = pull(&book, &server, &["--timeout", "1"]);
        assert_eq!((code, &done["pulled"][0]["added"]), (Some(3), &json!(1)), "{wanted}: {done}");
        let why = done["failed"][0]["reason"].as_str().unwrap_or("");
        assert!(why.contains(wanted), "{wanted} is not in {why}");
        assert!(server.asked().iter().all(|path| !path.contains("evil")), "{:?}", server.asked());
        assert!(book.path().join("content/replies/one.toml").exists());
    }
}

#[test]
fn a_token_goes_to_the_host_it_is_for_and_into_no_report() {
    let copies = ["https://github.com/ada/book/discussions/7", "https://social.example/@ada/110000000000000001"];
    let book = Book::new(&format!("-- content/essays/one.md --\n{}", essay("One", &copies)));
    let server = Server::start(vec![
        (
            "/api.github.com/graphql",
            vec![Answer::Json(json!({"errors": [{"message": "Could not resolve to a Discussion"}]}))],
        ),
        (STATUS, vec![context(Vec::new())]),
    ]);
    let (without, _) = pull(&book, &server, &[]);
    assert!(without["failed"][0]["reason"].as_str().unwrap().contains("set `GITHUB_TOKEN`"), "{without}");
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_throughline"))
        .args(["replies", "pull", "--via", &server.address])
        .current_dir(book.path())
        .env("GITHUB_TOKEN", "secret-word")
        .output()
        .unwrap();
    let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(said.contains("Could not resolve") && !said.contains("secret-word"), "{said}");
    let with_token: Vec<String> = server.asked().into_iter().filter(|path| path.contains("secret-word")).collect();
    assert_eq!(with_token.len(), 1, "{:?}", server.asked());
    assert!(with_token[0].starts_with("/api.github.com/graphql"), "{with_token:?}");
}

#[test]
fn nothing_to_pull_is_said() {
    let book =
        Book::new(&format!("-- content/essays/one.md --\n{}", essay("One", &["https://medium.com/@a/x-5d1c0a7e42b9"])));
    let output = book.run(&["replies", "pull"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("under `syndication`"));
}
