//! Replies of readers on the pages of the site.

use crate::support::{Book, ESSAY};

fn book(replies: &str) -> Book {
    Book::new(&format!(
        "-- content/essays/one.md --\n{ESSAY}Trust arrives on foot. It leaves on horseback.\n\nMore.\n-- content/concepts/trust.md --\n+++\ntitle = \"trust\"\n+++\n-- content/replies/one.toml --\n{replies}\n"
    ))
}

fn reply(id: &str, more: &str) -> String {
    format!("[[reply]]\nid = \"disqus:{id}\"\ntext = \"Words of {id}.\"\n{more}\n")
}

#[test]
fn a_reply_says_who_where_and_when_as_precisely_as_known() {
    let html = book(concat!(
        "[[thread]]\nsource = \"linkedin\"\naddress = \"https://example.org/post\"\n",
        "[[reply]]\nid = \"linkedin:1\"\nauthor = \"Ada Quill\"\nheadline = \"Pilot\"\ndate = 2021-03-02T07:00:00Z\nby_author = true\n",
        "edited = true\naddress = \"https://example.org/post#1\"\ntext = \"I *agree*.\"\npassage = \"It leaves on horseback.\"\n",
        "[[reply]]\nid = \"linkedin:2\"\nage = \"4 y\"\nbetween = [\"2020-03-02\", \"2021-03-01\"]\ntext = \"Perhaps.\"\n",
        "[[reply]]\nid = \"linkedin:3\"\nage = \"4 y\"\ntext = \"No.\"\n",
    ))
    .build_clean()
    .read("essays/one/index.html");
    for part in [
        "<bdi class=\"p-name\">Ada Quill</bdi>",
        "<span class=\"badge\">author</span>",
        " · via LinkedIn",
        "<time class=\"dt-published\" datetime=\"2021-03-02\">2 March 2021</time>",
        " · edited",
        "<p>I <em>agree</em>.</p>",
        "<a href=\"../../essays/one/#p-trust-arrives-on-foot-it\">It leaves on horseback.</a>",
        "<bdi class=\"p-name\">A reader</bdi>",
        "about 2020",
        "Continue on <a href=\"https://example.org/post\">LinkedIn</a>",
        "../../replies/#removal\">Ask for removal</a>",
    ] {
        assert!(html.contains(part), "{part} is not in\n{html}");
    }
    assert!(!html.contains("Pilot") && !html.contains("4 y"), "no headline and no age unless asked for: {html}");
}

#[test]
fn answers_stand_under_what_they_answer_and_deep_ones_say_whom() {
    let answer = |id: &str, parent: &str, day: &str| {
        reply(id, &format!("author = \"Name {id}\"\nparent = \"disqus:{parent}\"\ndate = {day}"))
    };
    let html = book(&format!(
        "{}{}{}{}{}",
        reply("late", "date = 2022-01-01"),
        answer("d", "c", "2021-01-04"),
        answer("c", "b", "2021-01-03"),
        answer("b", "early", "2021-01-02"),
        reply("early", "date = 2021-01-01")
    ))
    .build_clean()
    .read("essays/one/index.html");
    let place = |id: &str| html.find(&format!("Words of {id}.")).unwrap_or_else(|| panic!("{id}"));
    let order = ["early", "b", "c", "d", "late"].map(place);
    assert!(order.is_sorted(), "{order:?}");
    assert_eq!((html.matches("depth-2").count(), html.matches("depth-3").count()), (1, 2));
    assert!(html.contains(" · to <a href=\"../../essays/one/#reply-") && html.contains(">Name c</bdi></a>"), "{html}");
}

#[test]
fn words_that_are_not_to_be_shown_are_in_no_file_of_the_site() {
    let book = book(&format!(
        "{}{}{}{}{}",
        reply("held", "state = \"held\""),
        reply("spam", "at_source = \"spam\""),
        reply("private", "at_source = \"private\"\nstate = \"shown\""),
        reply("gap", "state = \"hidden\""),
        reply("answer", "parent = \"disqus:gap\"")
    ));
    book.build_clean();
    for (file, bytes) in crate::support::tree(&book.path().join("public")) {
        let text = String::from_utf8_lossy(&bytes);
        for word in ["held", "spam", "private", "gap"] {
            assert!(!text.contains(&format!("Words of {word}")), "{word} is in {file}");
        }
    }
    let html = book.read("essays/one/index.html");
    assert!(html.contains("A reply that is not shown") && html.contains("Words of answer"), "{html}");
}

#[test]
fn settings_decide_what_is_shown_of_names_and_what_waits() {
    let text = "[[reply]]\nid = \"disqus:1\"\nauthor = \"Ada Quill\"\nheadline = \"Pilot\"\ntext = \"Yes.\"\n";
    for (settings, wanted) in [
        ("names = \"initials\"\nheadlines = true", Some("A. Q.</bdi></span>, <bdi>Pilot</bdi>")),
        ("names = \"first\"", Some(">Ada<")),
        ("names = \"none\"", Some(">A reader<")),
        ("headlines = false", Some(">Ada Quill<")),
        ("import_as = \"held\"", None),
    ] {
        let book = Book::new(&format!(
            "-- book.toml --\ntitle = \"T\"\n[replies]\n{settings}\n-- content/essays/one.md --\n{ESSAY}Text.\n-- content/replies/one.toml --\n{text}"
        ));
        let html = book.build_clean().read("essays/one/index.html");
        match wanted {
            Some(part) => assert!(html.contains(part), "{settings}: {html}"),
            None => assert!(!html.contains("Yes.") && !book.has("replies/index.html"), "{settings}"),
        }
    }
}

#[test]
fn more_than_eight_fold_at_the_beginning_of_a_thread() {
    let many: String = (0..12)
        .map(|at| match at {
            8 => reply("8", "parent = \"disqus:7\"\ndate = 2021-01-09"),
            _ => reply(&at.to_string(), &format!("date = 2021-01-{:02}", at + 1)),
        })
        .collect();
    let html = book(&many).build_clean().read("essays/one/index.html");
    let fold = html.find("<summary><bdi>3 more</bdi></summary>").expect("a fold");
    assert!(html.find("Words of 8.").unwrap() < fold && fold < html.find("Words of 9.").unwrap());
}

#[test]
fn a_long_conversation_under_one_reply_folds_too_and_says_how_many_words_it_hides() {
    let many: String = (0..20)
        .map(|at| match at {
            0 => reply("0", "date = 2021-01-01"),
            12 => reply("12", "parent = \"disqus:0\"\ndate = 2021-01-13\nstate = \"hidden\""),
            13 => reply("13", "parent = \"disqus:12\"\ndate = 2021-01-14"),
            _ => reply(&at.to_string(), &format!("parent = \"disqus:0\"\ndate = 2021-01-{:02}", at + 1)),
        })
        .collect();
    let html = book(&many).build_clean().read("essays/one/index.html");
    let fold = html.find("<summary><bdi>11 more</bdi></summary>").unwrap_or_else(|| panic!("a fold: {html}"));
    assert!(html.find("Words of 7.").unwrap() < fold && fold < html.find("Words of 8.").unwrap());
}

#[test]
fn replies_have_a_page_of_their_own_and_stand_on_the_pages_of_concepts() {
    let book = book("[[reply]]\nid = \"disqus:1\"\nauthor = \"Ada\"\ntext = \"So little trust here. None.\"\n");
    let page = book.build_clean().read("replies/index.html");
    assert!(page.contains("So little trust here.") && page.contains("id=\"removal\""), "{page}");
    let concept = book.read("concepts/trust/index.html");
    assert!(concept.contains("In replies") && concept.contains("So little <mark>trust</mark> here."), "{concept}");
    assert!(book.read("index.html").contains("href=\"./replies/\""));
}

#[test]
fn circles_and_lost_passages_are_named_and_lose_nothing() {
    let book = book(&format!(
        "{}{}{}",
        reply("a", "parent = \"disqus:b\""),
        reply("b", "parent = \"disqus:a\""),
        reply("c", "passage = \"The essay never said this.\"")
    ));
    let report = book.build();
    assert!(report.contains("note[lost-parent]") && report.contains("warning[lost-passage]"), "{report}");
    let html = book.read("essays/one/index.html");
    assert!(["a", "b", "c"].iter().all(|id| html.contains(&format!("Words of {id}."))), "{html}");
}

/// What one import says, as JSON.
fn import(book: &Book, arguments: &[&str]) -> serde_json::Value {
    let output = book.run(&[&["import", "replies", "--format", "json"], arguments].concat());
    let text = String::from_utf8(output.stdout).unwrap();
    serde_json::from_str(&text)
        .unwrap_or_else(|error| panic!("{error}: {text}{}", String::from_utf8_lossy(&output.stderr)))
}

const EXPORT: &str = r#"-- outside/export.json --
{"threads": [
  {"id": "t1", "essay": "one", "claimed": 3, "replies": [
    {"id": "1", "name": "Ada", "date": "2021-03-02T07:00:00Z", "text": "> Trust arrives on foot, I think.\n\nIt does."},
    {"id": "2", "parent": "1", "name": "Bo", "text": "Never."},
    {"id": "3", "state": "spam", "text": "Buy now."}]},
  {"id": "t2", "title": "Something else", "replies": [{"id": "9", "text": "Lost?"}]}]}
"#;

#[test]
fn an_import_reports_writes_and_repeats_without_a_change() {
    let book =
        Book::new(&format!("-- content/essays/one.md --\n{ESSAY}Trust arrives on foot, I think. Yes.\n{EXPORT}"));
    let before = crate::support::tree(&book.path().join("content"));
    let plan = import(&book, &["outside/export.json", "--dry-run"]);
    assert_eq!(before, crate::support::tree(&book.path().join("content")), "a dry run changes nothing");
    let done = import(&book, &["outside/export.json"]);
    assert_eq!(plan, done);
    for (key, wanted) in [
        ("records", 4),
        ("live", 3),
        ("spam", 1),
        ("deleted", 0),
        ("threads", 2),
        ("depth", 2),
        ("authors", 2),
        ("claimed", 3),
        ("missing_parents", 0),
        ("matched", 1),
        ("unmatched", 1),
        ("added", 3),
        ("updated", 0),
        ("unchanged", 0),
    ] {
        assert_eq!(done[key], wanted, "{key}: {done}");
    }
    assert_eq!(done["left"][0]["reason"], "spam");
    let after = crate::support::tree(&book.path().join("content"));
    let again = import(&book, &["outside/export.json"]);
    assert_eq!((again["added"].as_u64(), again["unchanged"].as_u64()), (Some(0), Some(3)));
    assert_eq!(after, crate::support::tree(&book.path().join("content")));
    let html = book.build_clean().read("essays/one/index.html");
    assert!(html.contains("<p>It does.</p>") && html.contains("#p-trust-arrives-on-foot-i\">"), "{html}");
    assert_eq!(html.matches("Trust arrives on foot, I think</a>").count(), 1, "the quotation stands once: {html}");
}

#[test]
fn replies_are_held_shown_and_forgotten_by_command() {
    let book =
        Book::new(&format!("-- content/essays/one.md --\n{ESSAY}Trust arrives on foot, I think. Yes.\n{EXPORT}"));
    import(&book, &["outside/export.json"]);
    let listed = String::from_utf8(book.run(&["replies", "list", "one"]).stdout).unwrap();
    assert!(listed.contains("json:1") && listed.contains("Ada") && !listed.contains("json:9"), "{listed}");
    for short in ["1", "JSON:1", "one/json:1"] {
        let shown = String::from_utf8(book.run(&["replies", "show", short]).stdout).unwrap();
        assert!(shown.contains("id = \"json:1\""), "{short}: {shown}");
    }
    assert!(book.run(&["replies", "hold", "json:2"]).status.success());
    assert!(!book.build_clean().read("essays/one/index.html").contains("Never."));
    assert!(book.run(&["replies", "publish", "json:2"]).status.success());
    assert!(book.build_clean().read("essays/one/index.html").contains("Never."));
    assert!(book.run(&["replies", "forget", "ada"]).status.success());
    import(&book, &["outside/export.json"]);
    book.build_clean();
    for (folder, what) in [("content", "files"), ("public", "output")] {
        for (file, bytes) in crate::support::tree(&book.path().join(folder)) {
            let text = String::from_utf8_lossy(&bytes);
            assert!(!text.contains("Ada") && !text.contains("It does"), "{what}: {file}");
        }
    }
    assert_eq!(book.run(&["replies", "forget", "nobody"]).status.code(), Some(2));
}

#[test]
fn invisible_characters_of_an_export_come_into_no_file() {
    let thread = |essay: &str| {
        format!(
            r#"{{"id": "t\u0001\u202e{essay}", "essay": "{essay}", "title": "A\u0000\u2066 title\nof {essay}", "address": "https://example.org/\u0002{essay}",
               "replies": [{{"id": "{essay}\u0003", "parent": "\u0004", "name": "A\u202eda", "headline": "\u0007Pilot", "url": "https://e.example/\u0008", "text": "Yes\u0001."}}]}}"#
        )
    };
    let book = Book::new(&format!(
        "-- content/essays/one.md --\n{ESSAY}Text.\n-- outside/x.json --\n{{\"threads\": [\n{},\n{}]}}\n",
        thread("one"),
        thread("nowhere")
    ));
    let done = import(&book, &["outside/x.json"]);
    assert_eq!((done["matched"].as_u64(), done["unmatched"].as_u64()), (Some(1), Some(1)), "{done}");
    for (file, bytes) in crate::support::tree(&book.path().join("content/replies")) {
        let text = String::from_utf8(bytes).unwrap();
        for hidden in ["\\u00", "\\b", "\u{202e}", "\u{2066}", "\\u20", "\0"] {
            assert!(!text.contains(hidden), "{hidden:?} is in {file}:\n{text}");
        }
    }
    assert!(!book.build().contains("error"), "{}", book.build());
    assert_eq!(import(&book, &["outside/x.json"])["added"], 0);
}

#[test]
fn a_report_names_its_file_and_drives_no_terminal() {
    let export = r#"{"threads": [{"id": "t", "essay": "one", "replies": [{"id": "1", "text": "x", "date": "\u001b]0;title\u0007"}]}]}"#;
    let book = Book::new(&format!("-- content/essays/one.md --\n{ESSAY}Text.\n-- outside/x.json --\n{export}\n"));
    let output = book.run(&["import", "replies", "outside/x.json"]);
    let said = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("`outside/x.json`") && said.contains("`]0;title` is no date"), "{said:?}");
    assert!(!said.contains(|c: char| c.is_control() && c != '\n'), "{said:?}");
}

#[test]
fn forgetting_several_at_once_wants_a_word_and_nobody_is_nobody() {
    let book = Book::new(&format!(
        "-- content/essays/one.md --\n{ESSAY}Text.\n-- content/replies/one.toml --\n{}{}{}",
        reply("1", "author = \"Ada\""),
        reply("2", "author = \"Ada\"\nurl = \"https://example.org/ada\""),
        reply("3", "")
    ));
    let before = crate::support::tree(&book.path().join("content"));
    for (arguments, wanted) in [(&[""][..], "nobody is named"), (&["  "], "nobody is named"), (&["Ada"], "say `--yes`")]
    {
        let output = book.run(&[&["replies", "forget"], arguments].concat());
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(output.status.code() == Some(2) && said.contains(wanted), "{arguments:?}: {said}");
    }
    let plan = book.run(&["replies", "forget", "Ada", "--dry-run"]);
    let said = String::from_utf8(plan.stdout).unwrap();
    assert!(said.contains("disqus:1") && said.contains("<https://example.org/ada>"), "{said}");
    assert_eq!(before, crate::support::tree(&book.path().join("content")));
    assert!(book.run(&["replies", "forget", "https://example.org/ada"]).status.success());
    assert!(book.run(&["replies", "forget", "Ada", "--yes"]).status.success());
    let left = String::from_utf8(book.run(&["replies", "list"]).stdout).unwrap();
    assert!(left.contains("disqus:3") && !left.contains("Ada"), "{left}");
}

#[test]
fn a_reply_that_is_held_at_its_import_waits_whatever_is_set_later() {
    let held = "title = \"T\"\n[replies]\nimport_as = \"held\"\n";
    let book = Book::new(&format!(
        "-- book.toml --\n{held}-- content/essays/one.md --\n{ESSAY}Trust arrives on foot, I think. Yes.\n{EXPORT}"
    ));
    let output = book.run(&["import", "replies", "outside/export.json"]);
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(said.contains("3 wait for your word"), "{said}");
    std::fs::write(book.path().join("book.toml"), "title = \"T\"\n").unwrap();
    assert!(!book.build_clean().read("essays/one/index.html").contains("Never."));
    let listed = String::from_utf8(book.run(&["replies", "list", "--state", "held"]).stdout).unwrap();
    assert!(listed.contains("json:1") && listed.contains("json:2") && listed.contains("unmatched"), "{listed}");
    assert!(book.run(&["replies", "publish", "1", "JSON:2"]).status.success());
    assert!(book.build_clean().read("essays/one/index.html").contains("Never."));
}

#[test]
fn what_is_whole_of_a_gzip_that_is_cut_short_comes_in() {
    use std::io::Write;
    let rows: String = (0..400).map(|at| format!("one,{at},Reader {at},2021-03-02,Words of {at}.\n")).collect();
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(format!("essay,id,author,date,text\n{rows}").as_bytes()).unwrap();
    let packed = packed.finish().unwrap();
    let book = Book::new(&format!("-- content/essays/one.md --\n{ESSAY}Text.\n"));
    std::fs::write(book.path().join("x.csv.gz"), &packed[..packed.len() / 2]).unwrap();
    let done = import(&book, &["x.csv.gz"]);
    let count = done["added"].as_u64().unwrap();
    assert!((1..400).contains(&count), "{done}");
}

#[test]
fn nobody_who_was_forgotten_by_name_comes_in_again() {
    let book = Book::new(&format!("-- content/essays/one.md --\n{ESSAY}Text.\n{EXPORT}"));
    import(&book, &["outside/export.json"]);
    assert!(book.run(&["replies", "forget", "Bo"]).status.success());
    let later =
        r#"{"threads": [{"id": "t1", "essay": "one", "replies": [{"id": "77", "name": "bo", "text": "I am back."}]}]}"#;
    std::fs::write(book.path().join("later.json"), later).unwrap();
    let done = import(&book, &["later.json"]);
    assert_eq!((done["added"].as_u64(), &done["left"][0]["reason"]), (Some(0), &"forgotten here".into()), "{done}");
}

#[test]
fn an_id_of_two_files_is_named_with_its_file() {
    let book = Book::new(&format!(
        "-- content/essays/one.md --\n{ESSAY}Text.\n-- content/essays/two.md --\n+++\ntitle = \"Two\"\ndate = 2021-01-01\n+++\nText.\n-- content/replies/one.toml --\n{}-- content/replies/two.toml --\n{}",
        reply("1", ""),
        reply("1", "")
    ));
    let output = book.run(&["replies", "hide", "disqus:1"]);
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("one/disqus:1, two/disqus:1"), "{said}");
    assert!(book.run(&["replies", "hide", "one/disqus:1"]).status.success());
    book.build_clean();
    assert!(
        !book.read("essays/one/index.html").contains("Words of 1.")
            && book.read("essays/two/index.html").contains("Words of 1.")
    );
    let page = book.read("replies/index.html");
    assert_eq!(page.matches("id=\"reply-").count(), 1, "{page}");
}

#[test]
fn a_thread_goes_where_it_went_before_whatever_was_renamed() {
    let book = Book::new(&format!(
        "-- content/essays/one.md --\n{ESSAY}Text.\n-- content/essays/two.md --\n+++\ntitle = \"Two\"\ndate = 2021-01-01\n+++\nText.\n{EXPORT}"
    ));
    import(&book, &["outside/export.json"]);
    std::fs::rename(book.path().join("content/replies/one.toml"), book.path().join("content/replies/two.toml"))
        .unwrap();
    let again = import(&book, &["outside/export.json"]);
    assert_eq!((again["added"].as_u64(), &again["per_thread"][0]["by"]), (Some(0), &"known".into()), "{again}");
    let output = book.run(&["import", "replies", "outside/export.json", "--essay", "one"]);
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.code() == Some(3) && said.contains("content/replies/two.toml"), "{said}");
}

#[test]
fn what_cannot_be_imported_is_refused_before_anything_is_written() {
    let book = Book::new(&format!(
        "-- content/essays/one.md --\n{ESSAY}Text.\n-- outside/notes.txt --\nJust notes.\n{EXPORT}"
    ));
    for (arguments, wanted) in [
        (&["outside/notes.txt"][..], "nothing that replies can be read from"),
        (&["outside/none.json"], "cannot read"),
        (&["outside/export.json", "--essay", "oen"], "did you mean `one`?"),
        (&["outside/export.json", "--from", "linkdin"], "there is no source `linkdin`"),
    ] {
        let output = book.run(&[&["import", "replies"], arguments].concat());
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(!output.status.success() && said.contains(wanted), "{arguments:?}: {said}");
    }
    assert!(!book.path().join("content/replies").exists());
}

#[test]
fn a_copied_page_becomes_an_essay_and_its_reply_in_one_go() {
    let page = "On Keels\nHere is the cross-post on LinkedIn rather than Medium.\nThe keel is what you do not see.\nShipwright | #wood\n4 年But wait, is it not ballast?";
    let book = Book::new(&format!("-- outside/page.txt --\n{page}\n"));
    let output = book.run(&["import", "page", "outside/page.txt"]);
    let said = String::from_utf8(output.stdout).unwrap();
    for part in [
        "line 1 “On Keels”: title",
        "line 2 “Here is the",
        "”: about copies elsewhere",
        "line 4 “Shipwright | #wood”: head of a reply",
        "`--captured DATE`",
        "lost the name",
    ] {
        assert!(said.contains(part), "{part} is not in {said}");
    }
    let essay = std::fs::read_to_string(book.path().join("content/essays/on-keels.md")).unwrap();
    assert!(essay.contains("title = \"On Keels\"") && essay.contains("syndication = []"), "{essay}");
    let replies = std::fs::read_to_string(book.path().join("content/replies/on-keels.toml")).unwrap();
    assert!(
        replies.contains("age = \"4 年\"") && !replies.contains("between") && !replies.contains("author"),
        "{replies}"
    );
    book.build();
    let html = book.read("essays/on-keels/index.html");
    for part in ["A reader", "via LinkedIn", "<p>But wait, is it not ballast?</p>"] {
        assert!(html.contains(part), "{part} is not in {html}");
    }
    for part in ["Shipwright", "4 年", "cross-post"] {
        assert!(!html.contains(part), "{part} is in {html}");
    }
    let edited = essay.replace("The keel", "My keel");
    std::fs::write(book.path().join("content/essays/on-keels.md"), &edited).unwrap();
    let output = book.run(&["import", "page", "outside/page.txt", "--captured", "2025-06-01"]);
    assert!(String::from_utf8(output.stdout).unwrap().contains("exists already and is left alone"));
    assert_eq!(std::fs::read_to_string(book.path().join("content/essays/on-keels.md")).unwrap(), edited);
    book.build();
    assert!(book.read("essays/on-keels/index.html").contains("about 2020"));
}

#[test]
fn an_age_of_two_meanings_stays_as_written_until_the_language_is_given() {
    let book = Book::new("-- outside/page.txt --\nAda Quill\n4 m\n\nHola.\n\n-- content/essays/one.md --\nText.\n");
    let import = |more: &[&str]| {
        let arguments = ["import", "replies", "outside/page.txt", "--essay", "one", "--captured", "2025-06-01"];
        let output = book.run(&[&arguments[..], more].concat());
        let said = [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).unwrap()).concat();
        let replies = std::fs::read_to_string(book.path().join("content/replies/one.toml")).unwrap_or_default();
        (said, replies)
    };
    let (said, replies) = import(&["--language", "klingon"]);
    assert!(said.contains("no ages are known in the language `klingon`") && replies.is_empty(), "{said}");
    let (said, replies) = import(&[]);
    assert!(said.contains("line 2: ") && said.contains("--language es"), "{said}");
    assert!(replies.contains("age = \"4 m\"") && !replies.contains("between"), "{replies}");
    let (said, replies) = import(&["--language", "es"]);
    assert!(!said.contains("line 2: "), "{said}");
    assert!(
        replies.contains("age = \"4 m\"") && replies.contains("between = [\"2025-01-02\", \"2025-02-01\"]"),
        "{replies}"
    );
}
