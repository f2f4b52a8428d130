//! The preview: what it shows is what a build would write, after every edit; and whom it answers.

use std::collections::BTreeMap;
use std::fs;
use std::net::TcpStream;
use std::path::Path;
use std::time::Instant;

use throughline::build::build;
use throughline::load::{Options, load};

use crate::support::preview::{LIMIT, Preview, SCRIPT};
use crate::support::{Book, ESSAY};

const BOOK: &str = "-- book.toml --\ntitle = \"Test\"\nbase_url = \"https://example.org/\"\n\
    -- content/essays/one.md --\n+++\ntitle = \"One\"\ndate = 2020-01-02\nsummary = \"S.\"\nconcepts = [\"trust\"]\n+++\n\
    Trust grows. See [two](two.md).\n\n![A dot](dot.svg)\n\
    -- content/essays/two.md --\n+++\ntitle = \"Two\"\ndate = 2021-01-02\nsummary = \"S.\"\ndraft = true\n+++\nSome trust.\n\
    -- content/essays/dot.svg --\n<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"4\" height=\"4\"/>\n\
    -- content/concepts/trust.md --\n+++\ntitle = \"trust\"\nsummary = \"Letting go.\"\n+++\n\
    -- content/replies/one.toml --\n[[reply]]\nid = \"mine:1\"\nauthor = \"Ada\"\ntext = \"Good.\"\n";

/// What a build would write, by the path of each file's address.
fn built(book: &Path) -> BTreeMap<String, Vec<u8>> {
    let options = Options { with_drafts: true, ..Options::default() };
    let (snapshot, found) = load(book, &options).unwrap();
    let made = build(&snapshot, found);
    let address = |file: &str| format!("/{}", file.strip_suffix("index.html").unwrap_or(file));
    made.artifacts.iter().map(|artifact| (address(&artifact.file), artifact.bytes.to_vec())).collect()
}

/// The first file that the preview does not show as it would be built.
fn difference(preview: &mut Preview, built: &BTreeMap<String, Vec<u8>>) -> Option<String> {
    built.iter().find_map(|(path, bytes)| {
        let answer = preview.get(path);
        let is_page = answer.header("content-type").is_some_and(|kind| kind.starts_with("text/html"));
        let shown = if is_page { answer.text().replacen(SCRIPT, "", 1).into_bytes() } else { answer.body };
        let status = if path == "/404.html" { 200 } else { answer.status };
        let told = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        (status != 200 || shown != *bytes)
            .then(|| format!("{path}: {}, shown:\n{}\nbuilt:\n{}", answer.status, told(&shown), told(bytes)))
    })
}

#[test]
fn every_file_is_as_a_build_would_write_it_but_for_the_script() {
    let book = Book::new(BOOK);
    let mut preview = Preview::start(book.path(), &[]);
    let built = built(book.path());
    assert!(built.len() > 10);
    assert_eq!(difference(&mut preview, &built), None);
    let page = preview.get("/essays/one/").text();
    assert_eq!(page.matches(SCRIPT).count(), 1);
    assert!(page.contains(&format!("<head>\n{SCRIPT}")));
    let redirect = preview.get("/essays/one");
    assert_eq!((redirect.status, redirect.header("location")), (307, Some("/essays/one/")));
    assert_eq!(preview.get("/essays/none/").status, 404);
}

#[test]
fn a_site_under_a_path_is_shown_there_and_at_the_root() {
    let book = Book::new(&BOOK.replace("https://example.org/", "https://example.org/book/"));
    let mut preview = Preview::start(book.path(), &[]);
    assert_eq!(preview.get("/book/essays/one/").body, preview.get("/essays/one/").body);
    assert_eq!(preview.get("/book/none/").status, 404);
}

#[test]
fn drafts_are_shown_unless_a_day_is_asked_for() {
    let book = Book::new(BOOK);
    assert_eq!(Preview::start(book.path(), &[]).get("/essays/two/").status, 200);
    assert_eq!(Preview::start(book.path(), &["--as-of", "2026-01-01"]).get("/essays/two/").status, 404);
    assert_eq!(Preview::start(book.path(), &["--as-of", "2026-01-01", "--drafts"]).get("/essays/two/").status, 200);
}

#[test]
fn a_taken_port_is_told_and_the_next_one_used() {
    let book = Book::new(BOOK);
    let first = Preview::start(book.path(), &[]);
    let port = first.address.port().to_string();
    let second = Preview::start(book.path(), &["--port", &port]);
    assert!(second.address.port() > first.address.port());
    assert!(second.said.contains(&format!("Port {port} is taken, so this is port {}.", second.address.port())));
    assert!(second.said.contains("Showing 2 essays and 1 concept, drafts and scheduled essays too: http://127.0.0.1:"));
}

#[test]
fn a_signal_ends_it_while_a_browser_listens() {
    let book = Book::new(BOOK);
    let mut preview = Preview::start(book.path(), &[]);
    let mut listening = TcpStream::connect(preview.address).unwrap();
    let request = format!("GET /_throughline/events HTTP/1.1\r\nHost: {}\r\n\r\n", preview.address);
    std::io::Write::write_all(&mut listening, request.as_bytes()).unwrap();
    let id = preview.id().to_string();
    assert!(std::process::Command::new("kill").args(["-INT", &id]).status().unwrap().success());
    assert!(!preview.wait().success());
}

#[test]
fn what_cannot_be_read_leaves_the_last_good_page_and_is_told() {
    let book = Book::new(BOOK);
    let essay = book.path().join("content/essays/one.md");
    let mut preview = Preview::start(book.path(), &[]);
    let good = preview.get("/essays/one/").body;
    let text = fs::read_to_string(&essay).unwrap();
    let about = "/_throughline/page?at=/essays/one/";
    let told = |word: &'static str| move |answer: &crate::support::preview::Answer| answer.text().contains(word);

    fs::write(&essay, "+++\ntitle = \"unclosed\n+++\nBroken.\n").unwrap();
    let sheet = preview.wait_for(about, "the broken front matter", told("bad-syntax")).text();
    assert!(sheet.contains("\"file\":\"content/essays/one.md\",\"line\":2,"), "{sheet}");
    assert_eq!(preview.get("/essays/one/").body, good);
    fs::write(&essay, text.replace("Trust grows", "Trust came back")).unwrap();
    preview.wait_for("/essays/one/", "the mended essay", told("came back"));
    preview.wait_for(about, "no trouble", told("\"troubles\":[]"));

    let settings = book.path().join("book.toml");
    let kept = fs::read_to_string(&settings).unwrap();
    fs::write(&settings, "title = [\n").unwrap();
    preview.wait_for(about, "the broken settings", told("book.toml"));
    assert!(preview.get("/essays/one/").text().contains("came back"));
    fs::write(&settings, kept.replace("Test", "Another name")).unwrap();
    preview.wait_for("/", "the new name", told("Another name"));

    fs::create_dir_all(book.path().join("themes/default/templates")).unwrap();
    let template = book.path().join("themes/default/templates/missing.html");
    fs::write(&template, "{% extends \"default/missing.html\" %}{% block main %}{{ nothing.at.all }}{% endblock %}")
        .unwrap();
    preview.wait_for("/none/", "the last good page", |answer| answer.status == 404 && answer.text().contains("<h1"));
    let sheet = preview.wait_for("/_throughline/page?at=/404.html", "the broken template", told("missing.html")).text();
    assert!(!sheet.contains("\"age\":null"), "{sheet}");
    fs::write(&template, "{% extends \"default/missing.html\" %}{% block main %}<h1>Lost</h1>{% endblock %}").unwrap();
    preview.wait_for("/none/", "the mended template", told("<h1>Lost</h1>"));

    let (here, away) = (book.path().join("content"), book.path().join("away"));
    fs::rename(&here, &away).unwrap();
    preview.wait_for(about, "that it is gone", told("there is no file left"));
    assert!(preview.get("/essays/one/").text().contains("came back"));
    fs::rename(&away, &here).unwrap();
    preview.wait_for(about, "that it is back", told("\"troubles\":[]"));
    fs::remove_file(&settings).unwrap();
    preview.wait_for(about, "the missing settings", told("cannot read"));
    assert_eq!(preview.get("/essays/one/").status, 200);
    fs::write(&settings, kept).unwrap();
    preview.wait_for(about, "no trouble", told("\"troubles\":[]"));
}

type Told = crate::support::preview::Answer;

#[test]
fn whatever_keeps_a_file_from_being_read_leaves_its_page_and_is_told() {
    let book = Book::new(BOOK);
    let essay = book.path().join("content/essays/one.md");
    let good = fs::read(&essay).unwrap();
    let mut preview = Preview::start(book.path(), &[]);
    let page = preview.get("/essays/one/").body;
    let about = "/_throughline/page?at=/essays/one/";
    let text = String::from_utf8(good.clone()).unwrap();
    for (bytes, code) in [
        ([good.as_slice(), b"\xff"].concat(), "not-utf8"),
        (Vec::new(), "this file is empty"),
        (text.replace("title", "titel").into_bytes(), "unknown-key"),
        (text.replace("2020-01-02", "2020-13-02").into_bytes(), "bad-date"),
    ] {
        fs::write(&essay, bytes).unwrap();
        preview.wait_for(about, code, |answer| answer.text().contains(code));
        assert_eq!(preview.get("/essays/one/").body, page, "{code}");
        fs::write(&essay, &good).unwrap();
        preview.wait_for(about, "no trouble", |answer| answer.text().contains("\"troubles\":[]"));
    }
    let replies = book.path().join("content/replies/one.toml");
    let held = "[[reply]]\nid = \"mine:1\"\nauthor = \"Ada\"\nstate = \"hidden\"\ntext = \"Good.\"\n";
    fs::write(&replies, held).unwrap();
    let hidden = preview.wait_for("/essays/one/", "no reply", |answer| !answer.text().contains("Good.")).body;
    fs::write(&replies, held.replace("hidden", "hiden")).unwrap();
    preview.wait_for(about, "the slip", |answer| answer.text().contains("`state` cannot be `hiden`"));
    assert_eq!(preview.get("/essays/one/").body, hidden);
}

#[test]
fn a_reply_with_a_misspelt_state_is_shown_to_nobody() {
    let book = Book::new(&BOOK.replace("author = \"Ada\"", "author = \"Ada\"\nstate = \"hiden\""));
    assert!(!Preview::start(book.path(), &[]).get("/essays/one/").text().contains("Good."));
}

#[test]
fn essays_go_on_changing_while_the_settings_cannot_be_read() {
    let book = Book::new(&BOOK.replace("title = \"Test\"", "title = \"My book\""));
    let mut preview = Preview::start(book.path(), &[]);
    preview.get("/");
    fs::write(book.path().join("book.toml"), "title = [\n").unwrap();
    preview.wait_for("/_throughline/page?at=/", "the settings", |answer| answer.text().contains("book.toml"));
    let essay = book.path().join("content/essays/one.md");
    fs::write(&essay, fs::read_to_string(&essay).unwrap() + "\nMore of it.\n").unwrap();
    let page = preview.wait_for("/essays/one/", "the edit", |answer| answer.text().contains("More of it."));
    assert!(page.text().contains("My book"));
    assert!(preview.get("/_throughline/page?at=/").text().contains("book.toml"));
}

#[test]
fn a_site_under_a_path_that_is_one_of_its_folders_is_shown_at_the_root() {
    let book = Book::new(&BOOK.replace("https://example.org/", "https://example.org/essays/"));
    let mut preview = Preview::start(book.path(), &[]);
    assert_eq!((preview.get("/essays/one/").status, preview.get("/essays/").status), (200, 200));
    assert!(preview.get("/essays/").text().contains("is-archive"));
}

#[test]
fn a_file_that_is_a_link_is_followed_when_its_target_changes() {
    let book = Book::new(&format!("{BOOK}-- shared/c.md --\n{ESSAY}Old words.\n"));
    std::os::unix::fs::symlink("../../shared/c.md", book.path().join("content/essays/c.md")).unwrap();
    let mut preview = Preview::start(book.path(), &[]);
    assert!(preview.get("/essays/c/").text().contains("Old words."));
    fs::write(book.path().join("shared/c.md"), format!("{ESSAY}New words.\n")).unwrap();
    preview.wait_for("/essays/c/", "the new words", |answer: &Told| answer.text().contains("New words."));
}

#[test]
fn a_page_that_nobody_opened_is_made_with_the_templates_that_were_good_before() {
    let book = Book::new(BOOK);
    let mut preview = Preview::start(book.path(), &[]);
    preview.get("/");
    let folder = book.path().join("themes/default/templates");
    fs::create_dir_all(&folder).unwrap();
    let own = |name: &str| {
        format!("{{% extends \"default/{name}.html\" %}}{{% block main %}}{{{{ nothing.at.all }}}}{{% endblock %}}")
    };
    for name in ["concept", "missing"] {
        fs::write(folder.join(format!("{name}.html")), own(name)).unwrap();
    }
    let about = "/_throughline/page?at=/concepts/trust/";
    preview.wait_for(about, "the template at fault", |answer| answer.text().contains("templates/concept.html"));
    let page = preview.get("/concepts/trust/");
    assert!(page.status == 200 && page.text().contains("Letting go."), "{}", page.text());
    preview.wait_for("/_throughline/page?at=/nowhere/", "the other", |answer| {
        answer.text().contains("templates/missing.html")
    });
    assert_eq!(preview.get("/nowhere/").status, 404);
}

#[test]
fn more_streams_than_a_browser_needs_are_refused_and_pages_still_come() {
    let book = Book::new(BOOK);
    let mut preview = Preview::start(book.path(), &[]);
    let listen = |preview: &Preview| {
        let mut stream = TcpStream::connect(preview.address).unwrap();
        let request = format!("GET /_throughline/events HTTP/1.1\r\nHost: {}\r\n\r\n", preview.address);
        std::io::Write::write_all(&mut stream, request.as_bytes()).unwrap();
        let mut first = [0; 12];
        std::io::Read::read_exact(&mut stream, &mut first).unwrap();
        (stream, String::from_utf8_lossy(&first).into_owned())
    };
    let open: Vec<(TcpStream, String)> = (0..300).map(|_| listen(&preview)).collect();
    assert!(open[0].1.ends_with("200") && open[299].1.ends_with("503"), "{} {}", open[0].1, open[299].1);
    assert_eq!(preview.get("/essays/one/").status, 200);
}

#[test]
fn another_branch_another_theme_and_another_picture_show() {
    let book = Book::new(BOOK);
    let git = |arguments: &[&str]| {
        let who = ["-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "init.defaultBranch=main"];
        let output =
            std::process::Command::new("git").args(who).args(arguments).current_dir(book.path()).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    };
    for arguments in [&["init", "-q"][..], &["add", "-A"], &["commit", "-qm", "One"], &["checkout", "-qb", "other"]] {
        git(arguments);
    }
    fs::remove_file(book.path().join("content/essays/two.md")).unwrap();
    fs::write(book.path().join("content/essays/one.md"), format!("{ESSAY}On the other branch.\n")).unwrap();
    git(&["add", "-A"]);
    git(&["commit", "-qm", "Other"]);
    let mut preview = Preview::start(book.path(), &[]);
    assert!(preview.get("/essays/one/").text().contains("On the other branch."));
    git(&["checkout", "-q", "main"]);
    preview.wait_for("/essays/one/", "the main branch", |answer: &Told| answer.text().contains("grows."));
    assert_eq!((preview.get("/essays/two/").status, difference(&mut preview, &built(book.path()))), (200, None));

    let templates = book.path().join("themes/mine/templates");
    fs::create_dir_all(&templates).unwrap();
    fs::write(templates.join("essay.html"), "<p>Mine: {{ essay.card.title }}</p>").unwrap();
    fs::write(book.path().join("book.toml"), "title = \"Test\"\ntheme = \"mine\"\n").unwrap();
    preview.wait_for("/essays/one/", "the theme", |answer: &Told| answer.text().contains("Mine: One"));
    fs::write(book.path().join("content/essays/dot.svg"), "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"9\"/>")
        .unwrap();
    preview.wait_for("/essays/dot.svg", "the picture", |answer: &Told| answer.text().contains("width=\"9\""));
    assert_eq!(difference(&mut preview, &built(book.path())), None);
}

#[test]
fn a_template_that_spoils_a_page_which_nobody_looks_at_is_told_until_it_is_mended() {
    let book = Book::new(BOOK);
    let mut preview = Preview::start(book.path(), &[]);
    let about = "/_throughline/page?at=/";
    let folder = book.path().join("themes/default/templates");
    fs::create_dir_all(&folder).unwrap();
    let own = |main: &str| format!("{{% extends \"default/concept.html\" %}}{{% block main %}}{main}{{% endblock %}}");
    fs::write(folder.join("concept.html"), own("{{ nothing.at.all }}")).unwrap();
    let told = |answer: &crate::support::preview::Answer| answer.text().contains("templates/concept.html");
    preview.wait_for(about, "the template at fault", told);
    let essay = book.path().join("content/essays/one.md");
    fs::write(&essay, fs::read_to_string(&essay).unwrap() + "\nMore of it.\n").unwrap();
    preview.wait_for("/essays/one/", "the edit", |answer| answer.text().contains("More of it."));
    assert!(told(&preview.get(about)));
    fs::write(folder.join("concept.html"), own("<h1>Mended</h1>")).unwrap();
    preview.wait_for(about, "that it is mended", |answer| answer.text().contains("\"troubles\":[]"));
}

#[test]
fn it_answers_to_its_own_address_and_its_own_pages_only() {
    let book = Book::new(BOOK);
    let preview = Preview::start(book.path(), &[]);
    let port = preview.address.port();
    let status = |host: &str| preview.raw(&format!("GET / HTTP/1.1\r\n{host}Connection: close\r\n\r\n")).status;
    for host in [format!("Host: localhost:{port}\r\n"), format!("Host: 127.0.0.1:{port}\r\n")] {
        assert_eq!(status(&host), 200, "{host}");
    }
    for host in ["", "Host: \r\n", "Host: evil.example\r\n", "Host: [::ffff:8.8.8.8]\r\n"] {
        assert!([400, 421].contains(&status(host)), "{host}");
    }
    for host in [format!("evil.example:{port}"), format!("127.0.0.1.nip.io:{port}"), format!("localhost@evil:{port}")] {
        assert!([400, 421].contains(&status(&format!("Host: {host}\r\n"))), "{host}");
    }
    assert_eq!(status(&format!("Host: localhost:{port}\r\nHost: evil.example\r\n")), 421);
    for path in ["/%2e%2e%2fbook.toml", "/..%5cbook.toml", "/a%00b", "/../book.toml", "/.throughline/x", "/book.toml"] {
        let answer = preview.ask("GET", path, "");
        assert!([400, 404].contains(&answer.status), "{path}");
        assert!(!answer.text().contains("base_url"), "{path}");
    }
    for method in ["POST", "PUT", "DELETE", "OPTIONS", "PROPFIND"] {
        let answer = preview.ask(method, "/", "Origin: https://evil.example\r\n");
        assert_eq!((answer.status, answer.header("access-control-allow-origin")), (405, None), "{method}");
    }
    let home = preview.ask("GET", "/", "Origin: https://evil.example\r\n");
    assert_eq!(home.header("access-control-allow-origin"), None);
    assert_eq!(home.header("x-content-type-options"), Some("nosniff"));
    assert_eq!(home.header("cross-origin-resource-policy"), Some("same-origin"));
    for path in ["/_throughline/events", "/_throughline/page?at=/", "/_throughline/client.js"] {
        for other in ["Origin: https://evil.example\r\n", "Sec-Fetch-Site: cross-site\r\n", "Origin: null\r\n"] {
            assert_eq!(preview.ask("GET", path, other).status, 403, "{path} for {other}");
        }
    }
    assert_eq!(preview.ask("GET", "/", "Sec-Purpose: prefetch\r\n").status, 503);
    let tag = preview.ask("GET", "/", "").header("etag").unwrap().to_owned();
    assert_eq!(preview.ask("GET", "/", &format!("If-None-Match: {tag}\r\n")).status, 304);
}

#[test]
fn an_edit_comes_from_a_page_of_its_own_with_the_token_and_changes_one_line() {
    let essay = "+++\ntitle = \"One\"\ndate = 2020-01-02\nsummary = \"S.\"\nconcept_links = \"none\"\n+++\nSome trust.\n\nMore.\n";
    let concept = "+++\ntitle = \"trust\"\nsummary = \"Letting go.\"\n+++\n";
    let book = Book::new(&format!("-- content/essays/one.md --\n{essay}-- content/concepts/trust.md --\n{concept}"));
    let file = book.path().join("content/essays/one.md");
    let mut preview = Preview::start(book.path(), &[]);
    let about = |preview: &mut Preview| -> serde_json::Value {
        serde_json::from_slice(&preview.get("/_throughline/page?at=/essays/one/").body).unwrap()
    };
    let told = about(&mut preview);
    let token = told["token"].as_str().unwrap();
    let notes = told["page"]["notes"].as_array().unwrap();
    let actions = notes.iter().flat_map(|note| note["actions"].as_array().unwrap());
    let id = actions
        .filter(|action| action["label"] == "Link it")
        .map(|action| action["id"].as_str().unwrap())
        .next()
        .unwrap();
    let body = format!("{{\"at\":\"/essays/one/\",\"id\":\"{id}\"}}");
    let post = |preview: &Preview, headers: &str| {
        let length = body.len();
        let address = preview.address;
        let head = format!(
            "POST /_throughline/edit HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\nContent-Length: {length}\r\n"
        );
        preview.raw(&format!("{head}{headers}\r\n{body}")).status
    };
    let origin = format!("Origin: http://{}\r\n", preview.address);
    let (json, key) = ("Content-Type: application/json\r\n", format!("X-Throughline-Token: {token}\r\n"));
    for headers in [
        format!("{json}{key}"),
        format!("Origin: https://evil.example\r\n{json}{key}"),
        format!("Origin: null\r\n{json}{key}"),
        format!("{origin}Sec-Fetch-Site: cross-site\r\n{json}{key}"),
        format!("{origin}Content-Type: text/plain\r\n{key}"),
        format!("{origin}{json}"),
        format!("{origin}{json}X-Throughline-Token: {}\r\n", token.replace(|c: char| c.is_ascii_digit(), "0")),
    ] {
        assert_eq!(post(&preview, &headers), 403, "{headers}");
    }
    assert_eq!(preview.ask("GET", "/_throughline/edit", "").status, 405);
    assert_eq!(fs::read_to_string(&file).unwrap(), essay);
    assert_eq!(post(&preview, &format!("{origin}{json}{key}")), 200);
    assert_eq!(fs::read_to_string(&file).unwrap(), essay.replace("Some trust.", "Some [[trust]]."));
    // What was offered for the old text is not done to the new one.
    assert_eq!(post(&preview, &format!("{origin}{json}{key}")), 409);
    preview.wait_for("/essays/one/", "the link", |answer| answer.text().contains("concepts/trust/\">trust</a>"));
    assert_eq!(about(&mut preview)["undo"]["what"], "Link \u{201c}trust\u{201d}");
}

#[test]
fn many_connections_that_say_nothing_do_not_stop_it() {
    let book = Book::new(BOOK);
    let mut preview = Preview::start(book.path(), &[]);
    // Kept open on both sides; the limit of this process is what stops sooner.
    let silent: Vec<TcpStream> = (0..800).map_while(|_| TcpStream::connect(preview.address).ok()).collect();
    assert!(silent.len() > 200);
    assert_eq!(preview.get("/essays/one/").status, 200);
}

/// Numbers that look random and are the same in every run (Lehmer's generator, modulus 2^31 - 1).
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0 * 48_271 % 2_147_483_647;
        (self.0 as usize) % end
    }
}

/// Changes the book at random, as an author, an editor or git might.
fn edit(book: &Path, numbers: &mut Numbers) {
    let essay = |number: usize| book.join(format!("content/essays/e{number}.md"));
    let (one, other) = (numbers.below(6), numbers.below(6));
    let concepts = ["trust", "vision", "habit"];
    let concept = |number: usize| book.join(format!("content/concepts/{}.md", concepts[number % 3]));
    let text = |numbers: &mut Numbers| {
        let lines = [
            format!("Some trust and [another](e{other}.md) essay."),
            format!("See [[E{other}]] and its [part](e{other}.md#part)."),
            "A vision needs a habit.\n\n## Part\n\nTrust \\habit.".to_owned(),
            format!("![[e{other}#part]]\n\nText."),
            "```rust\nfn main() {}\n```".to_owned(),
            "A note.[^1]\n\n[^1]: With vision.".to_owned(),
        ];
        let chosen: Vec<&str> = (0..3).map(|_| lines[numbers.below(lines.len())].as_str()).collect();
        let name = ["", "concepts = [\"trust\"]\n", "concepts = [\"vision\", \"new idea\"]\n", "draft = true\n"]
            [numbers.below(4)];
        let series = ["", "series = \"Watch\"\n"][numbers.below(2)];
        let day = 1 + numbers.below(28);
        format!(
            "+++\ntitle = \"E{one}\"\nsummary = \"S.\"\ndate = 2020-01-{day:02}\n{name}{series}+++\n{}\n",
            chosen.join("\n\n")
        )
    };
    // A file that is not there cannot be removed or renamed: then nothing changes.
    match numbers.below(16) {
        0..6 => fs::write(essay(one), text(numbers)).unwrap(),
        6 => {
            let (new, target) = (text(numbers), essay(one));
            let beside = book.join("content/essays/.e.tmp");
            fs::write(&beside, new).unwrap();
            fs::rename(beside, target).unwrap();
        }
        7 => drop(fs::remove_file(essay(one))),
        8 => drop(fs::rename(essay(one), essay(other))),
        9 => {
            let summary =
                ["", "summary = \"What it is.\"\n", "aliases = [\"belief\"]\n", "link = \"every\"\n"][numbers.below(4)];
            let title = concepts[other % 3];
            fs::write(concept(other), format!("+++\ntitle = \"{title}\"\n{summary}+++\nText on {title}.\n")).unwrap();
        }
        10 => drop(fs::remove_file(concept(other))),
        11 => {
            let state = ["shown", "held", "hidden"][numbers.below(3)];
            fs::create_dir_all(book.join("content/replies")).unwrap();
            let reply =
                format!("[[reply]]\nid = \"mine:1\"\nauthor = \"Ada\"\nstate = \"{state}\"\ntext = \"Good trust.\"\n");
            fs::write(book.join(format!("content/replies/e{one}.toml")), reply).unwrap();
        }
        12 => drop(fs::remove_file(book.join(format!("content/replies/e{one}.toml")))),
        13 => {
            let title = ["Test", "Another"][numbers.below(2)];
            let links = ["first", "every", "none"][numbers.below(3)];
            let settings =
                format!("title = \"{title}\"\nbase_url = \"https://example.org/\"\n[concepts]\nlinks = \"{links}\"\n");
            fs::write(book.join("book.toml"), settings).unwrap();
        }
        14 => {
            let folder = book.join("themes/default/templates");
            fs::create_dir_all(&folder).unwrap();
            let own = "{% extends \"default/missing.html\" %}{% block main %}<h1>Lost</h1>{% endblock %}";
            if numbers.below(2) == 0 {
                fs::write(folder.join("missing.html"), own).unwrap();
            } else {
                drop(fs::remove_dir_all(book.join("themes")));
            }
        }
        _ => {
            let (folder, aside) = (book.join("content/essays"), book.join("content/aside"));
            fs::rename(&folder, &aside).unwrap();
            fs::rename(&aside, &folder).unwrap();
        }
    }
}

#[test]
fn after_each_of_a_thousand_edits_every_page_is_that_of_a_clean_build() {
    let book = Book::new(&format!("{BOOK}-- content/essays/e0.md --\n{ESSAY}Text.\n"));
    for file in ["content/essays/two.md", "content/replies/one.toml"] {
        fs::remove_file(book.path().join(file)).unwrap();
    }
    let mut preview = Preview::start(book.path(), &[]);
    let mut numbers = Numbers(20_261_127);
    let mut before = built(book.path());
    for round in 0..1000 {
        edit(book.path(), &mut numbers);
        let now = built(book.path());
        let start = Instant::now();
        while let Some(found) = difference(&mut preview, &now) {
            assert!(start.elapsed() < LIMIT, "edit {round}, {found}");
        }
        for gone in before.keys().filter(|path| !now.contains_key(*path)) {
            let status = preview.get(gone).status;
            assert!([404, 307].contains(&status), "edit {round}: {gone} is still there: {status}");
        }
        before = now;
    }
}
