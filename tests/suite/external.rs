//! `check --external` against a server on this machine that stands for everybody else.

use std::collections::BTreeMap;
use std::fs;
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex, mpsc};
use std::thread;

use serde_json::Value;

use crate::checks::block;
use crate::support::Book;
use crate::support::http::{Reply, Request, Server};

/// Method and address of each request, in order.
#[derive(Clone, Default)]
struct Heard(Arc<Mutex<Vec<String>>>);

impl Heard {
    fn add(&self, request: &Request) {
        self.0.lock().unwrap().push(format!("{} {}", request.method, request.path));
    }

    /// What was asked since the last time this was called.
    fn take(&self) -> Vec<String> {
        let mut heard = std::mem::take(&mut *self.0.lock().unwrap());
        heard.sort();
        heard
    }
}

/// A server whose every answer is made by this.
fn server(answer: impl Fn(&Request) -> Option<Reply> + Send + Sync + 'static) -> (Server, Heard) {
    let heard = Heard::default();
    let shared = heard.clone();
    let server = Server::start(move |request| {
        shared.add(request);
        answer(request)
    });
    (server, heard)
}

fn status(status: u16) -> Option<Reply> {
    Some(Reply::new(status, ""))
}

fn leads(status: u16, to: &str) -> Option<Reply> {
    Some(Reply::new(status, "").with("Location", to))
}

/// Everybody else.
fn world(request: &Request) -> Option<Reply> {
    let is_head = request.method == "HEAD";
    match request.path.as_str() {
        "/moved.example/old" => leads(301, "https://moved.example/new"),
        "/upgraded.example/page" => leads(308, "/page/"),
        "/front.example/deep/page" => leads(301, "/"),
        "/temporary.example/" => leads(302, "/here"),
        "/mixed.example/a" => leads(302, "/b"),
        "/mixed.example/b" => leads(301, "/c"),
        "/lost.example/" => leads(301, "/gone"),
        "/circle.example/" => leads(302, "/"),
        "/nowhere.example/" => Some(Reply::new(302, "")),
        "/nearby.example/" => leads(302, "http://127.0.0.1/admin"),
        "/head.example/" if is_head => status(403),
        "/old.example/" if is_head => status(405),
        "/large.example/" if is_head => status(501),
        "/large.example/" => Some(Reply::new(200, vec![b' '; 8 << 20])),
        "/refused.example/" => status(403),
        "/odd.example/" => status(999),
        "/gone.example/410" => status(410),
        "/gone.example/404" | "/lost.example/gone" => status(404),
        "/ill.example/" => status(500),
        "/slow.example/" => loop {
            thread::park();
        },
        "/cut.example/" => None,
        "/limited.example/a" => Some(Reply::new(429, "").with("Retry-After", "7200")),
        "/often.example/a" => status(429),
        _ => status(200),
    }
}

const SETTINGS: &str = "-- book.toml --\ntitle = \"T\"\nbase_url = \"https://me.example/book/\"\n[external]\ntimeout = 1\nignore = [\"https://*.ignored.example/*\"]\n";

/// A book whose essay links to these addresses, each on a line of its own.
fn book(addresses: &[&str]) -> Book {
    let links: String = addresses.iter().map(|address| format!("- [link]({address})\n")).collect();
    Book::new(&format!(
        "{SETTINGS}-- content/essays/one.md --\n+++\ntitle = \"One\"\ndate = 2020-01-02\nsummary = \"S.\"\n+++\n{links}"
    ))
}

fn check(book: &Book, server: &Server, more: &[&str]) -> (Value, Option<i32>) {
    let output = book.run(&[&["check", "--external", "--via", &server.url(), "--format", "json"], more].concat());
    let text = String::from_utf8(output.stdout).unwrap();
    let value = serde_json::from_str(&text)
        .unwrap_or_else(|error| panic!("{error}: {text}{}", String::from_utf8_lossy(&output.stderr)));
    (value, output.status.code())
}

/// The state of each address.
fn states(value: &Value) -> BTreeMap<String, String> {
    let list = value["external"]["addresses"].as_array().unwrap_or_else(|| panic!("{value}"));
    let text = |value: &Value| value.as_str().unwrap().trim_start_matches("https://").to_owned();
    list.iter().map(|one| (text(&one["address"]), text(&one["state"]))).collect()
}

/// Code and message of each finding about this address.
fn said(value: &Value, address: &str) -> Vec<String> {
    let list = value["diagnostics"].as_array().unwrap().iter();
    let words = list.map(|one| format!("{}: {}", one["code"].as_str().unwrap(), one["message"].as_str().unwrap()));
    words.filter(|words| words.contains(address)).collect()
}

/// Makes what is remembered so many days older.
fn age(book: &Book, days: i64) {
    let path = book.path().join(".throughline/external.json");
    let text = fs::read_to_string(&path).unwrap();
    let mut value: Value = serde_json::from_str(&text).unwrap();
    let older = |day: &str| {
        let day: jiff::civil::Date = day.parse().unwrap();
        day.checked_sub(jiff::Span::new().days(days)).unwrap().to_string()
    };
    for known in value["addresses"].as_object_mut().unwrap().values_mut() {
        known["asked"] = older(known["asked"].as_str().unwrap()).into();
        for day in known.get_mut("failed").and_then(Value::as_array_mut).into_iter().flatten() {
            *day = older(day.as_str().unwrap()).into();
        }
    }
    fs::write(path, value.to_string()).unwrap();
}

#[test]
fn each_answer_is_told_apart() {
    let addresses = [
        "https://fine.example/",
        "https://moved.example/old#part",
        "https://upgraded.example/page",
        "https://front.example/deep/page",
        "https://temporary.example/",
        "https://mixed.example/a",
        "https://lost.example/",
        "https://circle.example/",
        "https://nowhere.example/",
        "https://nearby.example/",
        "https://head.example/",
        "https://old.example/",
        "https://large.example/",
        "https://refused.example/",
        "https://odd.example/",
        "https://gone.example/404",
        "https://gone.example/410",
        "https://ill.example/",
        "https://slow.example/",
        "https://cut.example/",
    ];
    let (server, heard) = server(world);
    let book = book(&addresses);
    let (value, code) = check(&book, &server, &[]);
    assert_eq!(code, Some(0), "warnings alone are no failure: {value}");
    let wanted = [
        ("fine.example/", "fine", ""),
        ("moved.example/old", "moved", "moved-link"),
        ("upgraded.example/page", "moved", "moved-link"),
        ("front.example/deep/page", "moved", "moved-link"),
        ("temporary.example/", "fine", ""),
        ("mixed.example/a", "fine", ""),
        ("lost.example/", "gone", "dead-link"),
        ("circle.example/", "unreachable", "unsure-link"),
        ("nowhere.example/", "unreachable", "unsure-link"),
        ("nearby.example/", "closed", "unsure-link"),
        ("head.example/", "fine", ""),
        ("old.example/", "fine", ""),
        ("large.example/", "fine", ""),
        ("refused.example/", "refused", "unsure-link"),
        ("odd.example/", "refused", "unsure-link"),
        ("gone.example/404", "gone", "dead-link"),
        ("gone.example/410", "gone", "dead-link"),
        ("ill.example/", "unreachable", "unsure-link"),
        ("slow.example/", "unreachable", "unsure-link"),
        ("cut.example/", "unreachable", "unsure-link"),
    ];
    let states = states(&value);
    for (address, state, code) in wanted {
        assert_eq!(states.get(address).map(String::as_str), Some(state), "{address}: {value}");
        let said = said(&value, address);
        assert!(if code.is_empty() { said.is_empty() } else { said[0].starts_with(code) }, "{address}: {said:?}");
    }
    assert_eq!(states.len(), wanted.len());
    for (address, words) in [
        ("slow.example", "did not answer in time"),
        ("cut.example", "broke off"),
        ("circle.example", "without an end"),
        ("ill.example", "answers 500"),
        ("nearby.example", "no address on the open network"),
        ("front.example", "front page"),
    ] {
        assert!(said(&value, address)[0].contains(words), "{address}: {value}");
    }
    let asked = heard.take();
    let count = |what: &str| asked.iter().filter(|line| *line == what).count();
    assert_eq!((count("HEAD /fine.example/"), count("GET /fine.example/")), (1, 0), "the head is enough: {asked:?}");
    assert_eq!((count("HEAD /old.example/"), count("GET /old.example/")), (1, 1), "{asked:?}");
    assert!(!asked.iter().any(|line| line.contains("127.0.0.1") || line.contains("admin")), "{asked:?}");
    assert_eq!(check(&book, &server, &["--deny", "warnings"]).1, Some(1));
    assert!(heard.take().is_empty(), "what is known is not asked for again");
}

#[test]
fn a_link_that_moved_comes_with_its_new_address() {
    let (server, _) = server(world);
    let (value, _) = check(&book(&["https://moved.example/old#part"]), &server, &[]);
    let fix = &value["diagnostics"][0]["fix"];
    assert_eq!(fix["text"], "https://moved.example/new#part", "{value}");
    assert_eq!((&fix["place"]["line"], &fix["place"]["column"]), (&6.into(), &10.into()), "{value}");
    let (value, _) = check(&book(&["https://front.example/deep/page"]), &server, &[]);
    assert!(value["diagnostics"][0]["fix"].is_null(), "a front page is no remedy: {value}");
}

#[test]
fn what_is_known_is_told_with_its_age_until_it_is_too_old() {
    let (server, heard) = server(world);
    let book = book(&["https://refused.example/", "https://gone.example/404"]);
    check(&book, &server, &[]);
    let known = fs::read_to_string(book.path().join(".throughline/external.json")).unwrap();
    assert!(known.contains("https://gone.example/404"), "{known}");
    assert_eq!(fs::read_to_string(book.path().join(".throughline/.gitignore")).unwrap(), "*\n");
    heard.take();
    age(&book, 12);
    let (value, _) = check(&book, &server, &[]);
    assert!(said(&value, "refused.example")[0].ends_with("(asked 12 days ago)"), "{value}");
    assert!(said(&value, "gone.example")[0].ends_with("(asked today)"), "what is bad is asked for sooner: {value}");
    assert_eq!(heard.take(), ["GET /gone.example/404", "HEAD /gone.example/404"]);
    age(&book, 20);
    check(&book, &server, &[]);
    assert_eq!(heard.take().len(), 4, "both are too old by now");
    check(&book, &server, &["--refresh"]);
    assert_eq!(heard.take().len(), 4, "all are asked for again");
}

#[test]
fn an_address_is_dead_when_it_fails_on_two_days() {
    let (server, _) = server(world);
    let book = book(&["https://cut.example/", "https://fine.example/"]);
    let (value, _) = check(&book, &server, &[]);
    assert!(said(&value, "cut.example")[0].starts_with("unsure-link"), "{value}");
    age(&book, 1);
    let (value, _) = check(&book, &server, &[]);
    assert!(said(&value, "cut.example")[0].starts_with("dead-link"), "{value}");
    assert!(said(&value, "cut.example")[0].contains("cannot be reached since 20"), "{value}");
}

#[test]
fn a_host_that_wants_a_pause_gets_it() {
    let times = Mutex::new(0);
    let (server, heard) = server(move |request| match request.path.as_str() {
        "/busy.example/" => {
            let mut times = times.lock().unwrap();
            *times += 1;
            if *times == 1 { Some(Reply::new(503, "").with("Retry-After", "0")) } else { status(200) }
        }
        _ => world(request),
    });
    let book = book(&[
        "https://busy.example/",
        "https://limited.example/a",
        "https://limited.example/b",
        "https://often.example/a",
        "https://often.example/b",
    ]);
    let (value, code) = check(&book, &server, &[]);
    let states = states(&value);
    let state = |address: &str| states[address].as_str();
    assert_eq!((state("busy.example/"), state("limited.example/a"), code), ("fine", "unknown", Some(0)), "{value}");
    assert_eq!((state("often.example/a"), state("often.example/b")), ("refused", "unknown"), "{value}");
    let postponed = value["external"]["postponed"].as_array().unwrap();
    assert_eq!(postponed.len(), 3, "{value}");
    assert_eq!(postponed[0]["reason"], "limited.example wants to be left alone for 2 hours");
    let asked = heard.take();
    assert!(!asked.iter().any(|line| line.ends_with("/b")), "the others of that host wait, too: {asked:?}");
    let output = book.run(&["check", "--external", "--via", &server.url()]);
    let words = String::from_utf8(output.stdout).unwrap();
    assert!(words.contains("Left for later: 2 addresses, because limited.example wants"), "{words}");
}

#[test]
fn only_what_readers_can_follow_is_asked_for() {
    let (server, heard) = server(world);
    let book = Book::new(&format!(
        "{SETTINGS}-- content/essays/one.md --\n+++\ntitle = \"One\"\ndate = 2020-01-02\nsummary = \"S.\"\ncanonical = \"https://first.example/one\"\n\
         syndication = [\"https://gone.example/404\"]\n+++\n<https://auto.example/> [twice](https://auto.example/#part)\n\
         [own](https://me.example/book/essays/one/) [near](http://localhost:3000/x) [left](https://www.ignored.example/x)\n\
         [mail](mailto:me@me.example)\n\
         -- content/essays/two.md --\n+++\ntitle = \"Two\"\ndate = 2020-01-02\ndraft = true\n+++\n[x](https://draft.example/)\n\
         -- content/concepts/trust.md --\n+++\ntitle = \"Trust\"\nsummary = \"S.\"\n+++\n[x](https://concept.example/)\n\
         -- content/pages/about.md --\n+++\ntitle = \"About\"\n+++\n<a href=\"https://page.example/\">x</a>\n\
         -- content/replies/one.toml --\n[[reply]]\nid = \"mine:1\"\ntext = \"See https://reply.example/ there.\"\n"
    ));
    let (value, _) = check(&book, &server, &[]);
    let hosts: Vec<String> = heard.take();
    let wanted = [
        "GET /gone.example/404",
        "HEAD /auto.example/",
        "HEAD /concept.example/",
        "HEAD /first.example/one",
        "HEAD /gone.example/404",
        "HEAD /page.example/",
    ];
    assert_eq!(hosts, wanted, "each once, and nothing else: {value}");
    assert!(said(&value, "localhost")[0].contains("no host of the open network"), "{value}");
    assert_eq!(value["external"]["ignored"], 1);
    let gone = value["diagnostics"].as_array().unwrap().iter().find(|one| one["code"] == "dead-link").unwrap();
    assert_eq!(gone["place"]["line"], 6, "the place in the front matter: {value}");
    check(&book, &server, &["--drafts"]);
    assert_eq!(heard.take(), ["HEAD /draft.example/"]);
}

#[test]
fn one_host_is_asked_one_thing_at_a_time() {
    let open: Arc<Mutex<BTreeMap<String, usize>>> = Arc::default();
    let most: Arc<Mutex<usize>> = Arc::default();
    let (now, seen) = (Arc::clone(&open), Arc::clone(&most));
    let (server, heard) = server(move |request| {
        let host = request.parts()[0].clone();
        let count = {
            let mut now = now.lock().unwrap();
            let count = now.entry(host.clone()).or_default();
            *count += 1;
            *count
        };
        let mut most = seen.lock().unwrap();
        *most = (*most).max(count);
        drop(most);
        thread::yield_now();
        *now.lock().unwrap().get_mut(&host).unwrap() -= 1;
        // Other hosts lead to the first one, and wait for their turn there.
        if host == "a.example" { status(200) } else { leads(302, &format!("https://a.example{}", request.path)) }
    });
    let addresses: Vec<String> =
        (0..60).map(|at| format!("https://{}.example/{at}", ["a", "b", "c"][at % 3])).collect();
    let addresses: Vec<&str> = addresses.iter().map(String::as_str).collect();
    let (value, _) = check(&book(&addresses), &server, &[]);
    assert_eq!((heard.take().len(), states(&value).values().filter(|state| *state == "fine").count()), (100, 60));
    assert_eq!(*most.lock().unwrap(), 1);
    assert!(value["diagnostics"].as_array().unwrap().is_empty());
}

#[test]
fn what_was_learned_stays_when_the_program_is_ended() {
    let (tell, hear) = mpsc::channel();
    let tell = Mutex::new(tell);
    let (server, _) = server(move |request| {
        if request.path.ends_with("/19") {
            tell.lock().unwrap().send(()).unwrap();
            loop {
                thread::park();
            }
        }
        status(200)
    });
    let addresses: Vec<String> = (0..20).map(|at| format!("https://a.example/{at:02}")).collect();
    let addresses: Vec<&str> = addresses.iter().map(String::as_str).collect();
    let book = book(&addresses);
    let mut child = Command::new(env!("CARGO_BIN_EXE_throughline"))
        .args(["check", "--external", "--via", &server.url()])
        .current_dir(book.path())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    hear.recv().unwrap();
    child.kill().unwrap();
    child.wait().unwrap();
    let known = fs::read_to_string(book.path().join(".throughline/external.json")).unwrap();
    assert_eq!(known.matches("\"fine\"").count(), 19, "{known}");
}

#[test]
fn a_machine_without_a_network_learns_nothing() {
    let (server, heard) = server(|_| None);
    let book = book(&["https://a.example/", "https://b.example/", "https://c.example/"]);
    let (value, code) = check(&book, &server, &[]);
    assert_eq!(code, Some(3));
    assert!(value["error"].as_str().unwrap().contains("no network"), "{value}");
    assert!(!heard.take().is_empty() && !book.path().join(".throughline/external.json").exists());
    let near = self::book(&["http://localhost/", "http://printer.local/", "http://10.0.0.1/"]);
    let (value, code) = check(&near, &server, &[]);
    assert_eq!((code, &value["notes"]), (Some(0), &3.into()), "these say nothing of the network: {value}");
}

#[test]
fn notes_that_cannot_be_read_are_told_and_nobody_is_asked() {
    let (server, heard) = server(world);
    let book = book(&["https://fine.example/", "other.md"]);
    fs::create_dir(book.path().join(".throughline")).unwrap();
    fs::write(book.path().join(".throughline/external.json"), "{").unwrap();
    let (value, code) = check(&book, &server, &[]);
    assert_eq!((code, heard.take().len()), (Some(3), 0));
    assert!(value["error"].as_str().unwrap().contains("external.json` cannot be read"), "{value}");
    assert_eq!(value["errors"], 1, "the report of the book comes all the same: {value}");
}

/// Whoever would ask a host goes by way of the proxy of the environment.
#[test]
fn a_build_and_a_plain_check_ask_nobody() {
    let (server, heard) = server(world);
    let book = book(&["http://fine.example/", "https://gone.example/404"]);
    for arguments in [&["build"][..], &["check"], &["check", "--budget"], &["status"], &["urls"], &["why", "/"]] {
        let output = Command::new(env!("CARGO_BIN_EXE_throughline"))
            .args(arguments)
            .current_dir(book.path())
            .envs(["ALL_PROXY", "HTTP_PROXY", "HTTPS_PROXY", "http_proxy"].map(|name| (name, server.url())))
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        assert!(heard.take().is_empty(), "{arguments:?}");
    }
}

#[test]
fn settings_of_links_elsewhere_that_make_no_sense_are_reported() {
    let book = Book::new(
        "-- book.toml --\ntitle = \"T\"\n[external]\nignore = [\"www.example.org\"]\nmax_age = 0\ntimeout = 9999\nmax_agee = 1\n",
    );
    let report = book.build();
    for wanted in [
        "`ignore` must hold addresses",
        "`max_age` must lie between 1",
        "`timeout` must lie",
        "did you mean `max_age`?",
    ] {
        assert!(report.contains(wanted), "{wanted} is not in {report}");
    }
    let book = Book::new("-- book.toml --\ntitle = \"T\"\n[external]\nmax_age = -3\ntimeout = \"20s\"\n");
    let report = book.build();
    for wanted in
        ["`max_age` must lie between 1 and", "`timeout` must be a whole number, found", "write `timeout = 20`"]
    {
        assert!(report.contains(wanted), "{wanted} is not in {report}");
    }
}

#[test]
fn what_can_be_no_address_is_a_dead_link_that_nobody_asks_for() {
    let (server, heard) = server(world);
    let book = book(&["http://h1.example:99999/", "https://fine.example/", "https://*.ignored.example/*:x"]);
    let (value, _) = check(&book, &server, &[]);
    assert_eq!(
        said(&value, "h1.example"),
        ["dead-link: `http://h1.example:99999/` leads nowhere: it cannot be an address: invalid port number"]
    );
    assert_eq!(value["external"]["malformed"][0]["address"], "http://h1.example:99999/");
    assert_eq!(heard.take(), ["HEAD /fine.example/"]);
    let output = book.run(&["check", "--external", "--via", &server.url()]);
    let words = String::from_utf8(output.stdout).unwrap();
    assert!(
        words.contains("2 addresses elsewhere: 0 asked for now, 1 known from before, 1 that cannot be one"),
        "{words}"
    );
}

#[test]
fn only_what_was_asked_for_counts_as_asked_for() {
    let (server, _) = server(world);
    let book = book(&["https://fine.example/", "http://localhost/", "http://printer.local/", "http://10.0.0.1/"]);
    let output = book.run(&["check", "--external", "--via", &server.url()]);
    let words = String::from_utf8(output.stdout).unwrap();
    let wanted = "4 addresses elsewhere: 1 asked for now, 0 known from before, 3 not asked for because of their hosts";
    assert!(words.contains(wanted), "{words}");
}

#[test]
fn a_pause_until_a_moment_is_kept_and_nonsense_is_none() {
    let (server, _) = server(move |request| match request.path.as_str() {
        "/later.example/" => Some(Reply::new(429, "").with("Retry-After", "Thu, 31 Dec 2499 23:59:59 GMT")),
        "/past.example/" => Some(Reply::new(429, "").with("Retry-After", "Thu, 01 Jan 2015 00:00:00 GMT")),
        "/odd.example/" => Some(Reply::new(429, "").with("Retry-After", "-1")),
        _ => world(request),
    });
    let book = book(&["https://later.example/", "https://past.example/", "https://odd.example/"]);
    let (value, _) = check(&book, &server, &[]);
    let states = states(&value);
    let state = |host: &str| states[host].as_str();
    assert_eq!(
        (state("later.example/"), state("past.example/"), state("odd.example/")),
        ("unknown", "refused", "refused"),
        "{value}"
    );
    let postponed = value["external"]["postponed"].as_array().unwrap();
    assert_eq!(postponed.len(), 1, "{value}");
    assert!(postponed[0]["reason"].as_str().unwrap().ends_with("hours"), "{value}");
}

/// The codes that builds never report, each with the options that find it and what others answer.
#[test]
fn each_code_of_a_longer_check_gets_the_report_of_its_document() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/checks");
    let mut wrong = Vec::new();
    for code in ["dead-link", "moved-link", "unsure-link", "over-budget"] {
        let path = folder.join(format!("{code}.md"));
        let document = fs::read_to_string(&path).unwrap();
        let answers: Vec<String> = match document.contains("````answers\n") {
            true => block(&document, "answers").lines().map(str::to_owned).collect(),
            false => Vec::new(),
        };
        let (server, _) = server(move |request| {
            let line = answers.iter().find(|line| format!("/{}", line.split(' ').next().unwrap()) == request.path);
            let mut words = line.map_or("", String::as_str).split(' ').skip(1);
            let status = words.next().map_or(404, |status| status.parse().unwrap());
            words.next().map_or(Some(Reply::new(status, "")), |to| leads(status, to))
        });
        let book = Book::new(block(&document, "book"));
        let mut arguments = vec!["check", "--as-of", "2026-01-01"];
        arguments.extend(block(&document, "options").split_whitespace());
        let url = server.url();
        if arguments.contains(&"--external") {
            arguments.extend(["--via", &url]);
        }
        let report = String::from_utf8(book.run(&arguments).stderr).unwrap();
        if report.trim_end() == block(&document, "report") && report.contains(&format!("[{code}]")) {
            continue;
        }
        if std::env::var("SNAPSHOTS").is_ok_and(|mode| mode == "overwrite") {
            let old = format!("````report\n{}", block(&document, "report"));
            fs::write(&path, document.replace(&old, &format!("````report\n{}", report.trim_end()))).unwrap();
        }
        wrong.push(format!("{code}:\n{report}"));
    }
    assert!(wrong.is_empty(), "reports differ from their documents:\n{}", wrong.join("\n"));
}
