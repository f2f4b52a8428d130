//! Advice of `check`: what could be better in the words of a book and in its essays, and what `check --fix` mends.

use std::fs;

use serde_json::Value;

use crate::support::{Book, tree};

fn json(book: &Book, arguments: &[&str]) -> Value {
    let output = book.run(&[&["check", "--as-of", "2026-01-01", "--format", "json"], arguments].concat());
    let text = String::from_utf8(output.stdout).unwrap();
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

/// The findings of `check` as `code path: message`, in order.
fn findings(book: &Book) -> Vec<String> {
    let value = json(book, &[]);
    let line = |found: &Value| {
        let text = |value: &Value| value.as_str().unwrap_or("").to_owned();
        format!("{} {}: {}", text(&found["code"]), text(&found["place"]["path"]), text(&found["message"]))
    };
    value["diagnostics"].as_array().unwrap().iter().map(line).collect()
}

fn codes(book: &Book) -> Vec<String> {
    findings(book).iter().map(|line| line.split(' ').next().unwrap().to_owned()).collect()
}

/// An essay of this name whose front matter ends with these lines.
fn essay(name: &str, front: &str, text: &str) -> String {
    format!(
        "-- content/essays/{name}.md --\n+++\ntitle = \"{name}\"\ndate = 2020-01-02\nsummary = \"S.\"\n{front}+++\n{text}\n"
    )
}

fn concept(name: &str, front: &str) -> String {
    format!("-- content/concepts/{name}.md --\n+++\ntitle = \"{name}\"\nsummary = \"S.\"\n{front}+++\n")
}

fn read(book: &Book, file: &str) -> String {
    fs::read_to_string(book.path().join(file)).unwrap()
}

#[test]
fn a_new_book_and_a_build_hear_no_advice() {
    let book = Book::new("");
    assert!(book.run(&["new", "b"]).status.success());
    let output = book.run(&["-C", "b", "check"]);
    assert_eq!((output.status.code(), String::from_utf8(output.stderr).unwrap().as_str()), (Some(0), ""));
    let book =
        Book::new("-- content/essays/one.md --\n+++\ntitle = \"One\"\ndate = 2020-01-02\ntags = [\"x\"]\n+++\nText.\n");
    book.build_clean();
    assert_eq!(codes(&book).len(), 3, "{:?}", findings(&book));
    assert_eq!(book.run(&["check"]).status.code(), Some(0), "notes stop nobody");
}

#[test]
fn levels_and_denied_warnings_hold_for_advice_too() {
    let files =
        concept("guidance", "aliases = [\"counsel\"]\n") + &essay("one", "concepts = [\"counsel\"]\n", "Counsel.");
    let book = Book::new(&files);
    assert_eq!(codes(&book), ["alias-as-concept"]);
    assert_eq!(book.run(&["check"]).status.code(), Some(0));
    assert_eq!(book.run(&["check", "--deny", "warnings"]).status.code(), Some(1));
    let off = format!("-- book.toml --\ntitle = \"T\"\n[check]\nalias-as-concept = \"off\"\n{files}");
    assert_eq!(codes(&Book::new(&off)), [] as [&str; 0]);
}

#[test]
fn concepts_that_their_author_relates_are_two() {
    let named = essay("one", "concepts = [\"order\", \"orders\"]\n", "An order, and orders.");
    let book = Book::new(&(concept("order", "") + &concept("orders", "") + &named));
    assert_eq!(codes(&book), ["similar-concepts"]);
    for relation in ["related", "contrasts", "broader"] {
        let book =
            Book::new(&(concept("order", &format!("{relation} = [\"orders\"]\n")) + &concept("orders", "") + &named));
        assert_eq!(codes(&book), [] as [&str; 0], "{relation}");
    }
}

#[test]
fn a_slip_of_the_pen_is_reported_and_not_mended() {
    let files = concept("guidance", "") + &essay("one", "concepts = [\"guidence\"]\n", "Some guidence.");
    let book = Book::new(&files);
    let value = json(&book, &["--fix"]);
    let found = &value["diagnostics"][0];
    assert_eq!((&found["code"], &found["fix"]["is_certain"]), (&"similar-concepts".into(), &false.into()), "{value}");
    assert_eq!(value["fixed"]["files"], Value::Array(Vec::new()));
    assert!(read(&book, "content/essays/one.md").contains("\"guidence\""));
    let sarif = book.run(&["check", "--format", "sarif"]);
    assert!(!String::from_utf8(sarif.stdout).unwrap().contains("\"fixes\""));
}

#[test]
fn words_that_are_used_with_care_are_no_slips_of_each_other() {
    let one = |name: &str, named: &str| {
        essay(name, &format!("concepts = [{named}]\n"), "Conversation, conservation, police, policy.")
    };
    let similar = |files: &str| codes(&Book::new(files)).iter().filter(|code| *code == "similar-concepts").count();
    let talk = one("one", "\"conversation\"");
    assert_eq!(similar(&(talk.clone() + &one("two", "\"conservation\""))), 1);
    let twice = talk.clone() + &one("two", "\"conservation\"") + &one("three", "\"conservation\"");
    assert_eq!(similar(&(twice + &one("four", "\"conversation\""))), 0, "each is used again");
    assert_eq!(similar(&(concept("conversation", "") + &concept("conservation", "") + &talk)), 0, "each is defined");
    assert_eq!(similar(&one("one", "\"police\", \"policy\"")), 0, "one essay names both");
    assert_eq!(similar(&(one("one", "\"police\"") + &one("two", "\"policy\""))), 1);
}

#[test]
fn a_concept_is_spoken_of_wherever_readers_see_its_name() {
    for (front, text) in [
        ("", "Trusts matter."),
        ("", "## On trust"),
        ("", "> Trust me."),
        ("", "See [[trust|this]]."),
        ("", "[a word of trust](one.md)"),
        ("", "The field `trust`."),
        ("", "In good faith."),
    ] {
        let files = concept("trust", "aliases = [\"good faith\"]\n")
            + &essay("one", &format!("{front}concepts = [\"trust\"]\n"), text);
        assert_eq!(codes(&Book::new(&files)), [] as [&str; 0], "{text}");
    }
    for text in ["Distrust.", "Trustful.", "Text."] {
        let files = concept("trust", "") + &essay("one", "concepts = [\"trust\"]\n", text);
        assert_eq!(codes(&Book::new(&files)), ["unmentioned-concept"], "{text}");
    }
}

#[test]
fn words_that_are_mentioned_less_than_a_named_concept_are_no_concepts_of_an_essay() {
    let concepts = concept("trust", "") + &concept("course", "") + &concept("silent", "link = \"none\"\n");
    let two = essay("two", "concepts = [\"trust\", \"silent\"]\n", "Trust, silent.");
    let found = |text: &str| {
        let book = Book::new(&(concepts.clone() + &two + &essay("one", "concepts = [\"course\"]\n", text)));
        codes(&book)
    };
    assert_eq!(found("Course. Trust trust trust."), ["untagged-concept"]);
    assert_eq!(found("Course. Trust trust."), [] as [&str; 0]);
    assert_eq!(found("Course course course course. Trust trust trust."), [] as [&str; 0]);
    assert_eq!(found("Course. Silent silent silent."), [] as [&str; 0]);
}

#[test]
fn a_concept_that_is_mentioned_and_never_named_is_told_at_its_file() {
    let files =
        concept("trust", "") + &concept("course", "") + &essay("one", "concepts = [\"course\"]\n", "Course, trust.");
    assert_eq!(
        findings(&Book::new(&files)),
        ["untagged-concept content/concepts/trust.md: no essay names the concept `trust`, and one mentions it"]
    );
    let files = concept("trust", "") + &essay("one", "", "Trust, trust, trust.");
    assert_eq!(codes(&Book::new(&files)), [] as [&str; 0], "who names no concept at all has chosen not to");
}

#[test]
fn what_is_new_is_neither_lonely_nor_unlinked() {
    let essays = |count: usize| -> String {
        let one = |at: usize| {
            let front = if at == 0 { "concepts = [\"trust\"]\n" } else { "" };
            format!(
                "-- content/essays/e{at}.md --\n+++\ntitle = \"E{at}\"\ndate = 2020-01-{:02}\nsummary = \"S.\"\n{front}+++\nText{}.\n",
                at + 1,
                if at == 0 { " of trust" } else { "" }
            )
        };
        concept("trust", "") + &(0..count).map(one).collect::<String>()
    };
    assert_eq!(codes(&Book::new(&essays(3))), [] as [&str; 0]);
    assert_eq!(codes(&Book::new(&essays(4))), ["lonely-concept", "unlinked-essay"]);
    let draft =
        "-- content/essays/d.md --\n+++\ntitle = \"D\"\ndate = 2020-01-09\ndraft = true\nconcepts = [\"trust\"]\n+++\n";
    assert_eq!(codes(&Book::new(&(essays(4) + draft))), ["unlinked-essay"], "a draft uses it");
    let page = "-- content/pages/about.md --\n+++\ntitle = \"About\"\n+++\nSee [[E0]].\n";
    assert_eq!(codes(&Book::new(&(essays(4) + page))), ["lonely-concept"], "a page links to it");
    let start = essays(4).replace("title = \"E0\"", "start = true\ntitle = \"E0\"");
    assert_eq!(codes(&Book::new(&start)), ["lonely-concept"], "readers start there");
    let pinned = essays(4).replace("title = \"E3\"", "related = [\"E0\"]\ntitle = \"E3\"");
    assert_eq!(codes(&Book::new(&pinned)), ["lonely-concept"], "another essay recommends it");
}

#[test]
fn front_matter_that_cannot_be_understood_keeps_advice_back() {
    let files = essay("one", "concepts = [\"x\"]\n", "Text.") + &essay("two", "concpts = [\"x\"]\n", "Text.");
    assert_eq!(codes(&Book::new(&files)), ["unknown-key"]);
    let files = essay("one", "concepts = [\"x\"]\n", "[a](gone.md) Text.");
    assert_eq!(codes(&Book::new(&files)), ["unmentioned-concept", "undefined-concept", "broken-link"]);
}

/// A book in which everything that is certain is wrong, in TOML and YAML.
fn much_to_mend() -> String {
    concept("guidance", "aliases = [\"counsel\"]\n")
        + &concept("order", "")
        + &concept("trust", "")
        + "-- content/essays/one.md --\n+++\ntitle = \"One\" # kept\ndate = 2020-01-02\nsummary = \"S.\"\n\
           concepts = [\n  'counsel', # older word\n  'orders',\n]\n+++\nCounsel, orders. Trust, trust and trust.\n\
           -- content/essays/two.md --\n---\ntitle: Two\ndate: 2020-01-03\nsummary: S.\ntags: [orders, trust] # mine\n---\n\
           Orders are given in trust.\n"
}

#[test]
fn what_is_certain_is_mended_and_nothing_else_in_the_files_changes() {
    let book = Book::new(&much_to_mend());
    let before = tree(book.path());
    let output = book.run(&["check", "--fix", "--dry-run"]);
    let shown = String::from_utf8(output.stdout).unwrap();
    for part in [
        "+++ content/essays/one.md",
        "-  'counsel', # older word",
        "+  'guidance', # older word",
        "+tags: [order, trust] # mine",
    ] {
        assert!(shown.contains(part), "{part} is not in\n{shown}");
    }
    assert!(shown.contains("4 findings in 2 files would be mended; nothing was written."), "{shown}");
    assert_eq!(tree(book.path()), before, "a dry run writes nothing");

    let output = book.run(&["check", "--fix"]);
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(said.contains("Mended 4 findings in 2 files."), "{said}");
    assert_eq!((output.status.code(), output.stderr.as_slice()), (Some(0), b"".as_slice()));
    assert_eq!(
        read(&book, "content/essays/one.md"),
        "+++\ntitle = \"One\" # kept\ndate = 2020-01-02\nsummary = \"S.\"\nconcepts = [\n  'guidance', # older word\n  'order',\n  'trust',\n]\n+++\nCounsel, orders. Trust, trust and trust.\n"
    );
    assert!(read(&book, "content/essays/two.md").contains("tags: [order, trust] # mine\n"));
    assert_eq!(codes(&book), [] as [&str; 0]);
    let again = book.run(&["check", "--fix"]);
    assert!(String::from_utf8(again.stdout).unwrap().contains("Nothing was mended."));
}

#[test]
fn machines_get_the_changes_with_their_places() {
    let book = Book::new(&much_to_mend());
    let sarif: Value = serde_json::from_slice(&book.run(&["check", "--format", "sarif"]).stdout).unwrap();
    let results = sarif["runs"][0]["results"].as_array().unwrap();
    let change = &results[0]["fixes"][0]["artifactChanges"][0];
    assert_eq!(change["artifactLocation"]["uri"], "content/essays/one.md");
    assert_eq!(change["replacements"][0]["insertedContent"]["text"], "'guidance'");
    assert_eq!(change["replacements"][0]["deletedRegion"]["startLine"], 6);
    let planned = json(&book, &["--fix", "--dry-run"]);
    assert_eq!(planned["fixed"]["is_dry_run"], true);
    assert_eq!(planned["diagnostics"].as_array().unwrap().len(), 4);
    let fixed = json(&book, &["--fix"]);
    assert_eq!(fixed["diagnostics"], Value::Array(Vec::new()));
    let files = fixed["fixed"]["files"].as_array().unwrap();
    assert_eq!((files.len(), &files[0]["path"]), (2, &"content/essays/one.md".into()));
    let first = &files[0]["changes"][0];
    assert_eq!((&first["code"], &first["fix"]["place"]["line"]), (&"alias-as-concept".into(), &6.into()));
}

#[test]
fn changes_at_one_place_are_made_one_after_the_other() {
    let files = ["trust", "order"].map(|name| concept(name, "")).concat()
        + &essay("zero", "concepts = [\"trust\", \"order\"]\n", "Trust, order.")
        + &essay("one", "concepts = []\n", "Trust trust trust. Order order order.");
    let book = Book::new(&files);
    let output = book.run(&["check", "--fix"]);
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(
        said.contains("1 more change would have touched one of these: run `throughline check --fix` again."),
        "{said}"
    );
    assert!(String::from_utf8(output.stderr).unwrap().contains("untagged-concept"), "what remains is reported");
    book.run(&["check", "--fix"]);
    let text = read(&book, "content/essays/one.md");
    assert!(text.contains("concepts = [\"order\", \"trust\"]"), "{text}");
    assert_eq!(codes(&book), [] as [&str; 0]);
}

#[test]
fn a_file_that_may_not_be_written_is_named_and_stops_no_other() {
    let book = Book::new(&much_to_mend());
    let (inside, real) = (book.path().join("content/essays/two.md"), book.path().join("content/two.txt"));
    fs::rename(&inside, &real).unwrap();
    std::os::unix::fs::symlink("../two.txt", &inside).unwrap();
    let output = book.run(&["check", "--fix"]);
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("`content/essays/two.md` is reached by a symbolic link; nothing was written"), "{said}");
    assert_eq!(output.status.code(), Some(1));
    assert!(read(&book, "content/essays/one.md").contains("'guidance'"));
    assert!(read(&book, "content/two.txt").contains("orders, trust"));
}

#[test]
fn a_file_that_was_saved_meanwhile_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("one.md");
    fs::write(&file, "\u{feff}New.\n").unwrap();
    assert!(!throughline::io::stage::replace_source(&file, "Old.\n", "Mended.\n").unwrap());
    assert_eq!(fs::read_to_string(&file).unwrap(), "\u{feff}New.\n");
    assert!(throughline::io::stage::replace_source(&file, "New.\n", "Mended.\n").unwrap());
    assert_eq!(fs::read_to_string(&file).unwrap(), "\u{feff}Mended.\n");
    assert!(!throughline::io::stage::replace_source(&folder.path().join("gone.md"), "Old.\n", "x").unwrap());
    assert_eq!(tree(folder.path()).len(), 1, "nothing is left beside it");
}

#[test]
fn line_ends_and_a_byte_order_mark_stay() {
    let book = Book::new(&concept("order", ""));
    let text = "\u{feff}---\r\ntitle: One\r\ndate: 2020-01-02\r\nsummary: S.\r\nconcepts:\r\n- orders # why\r\n---\r\nOrders.\r\n";
    let file = book.path().join("content/essays/one.md");
    fs::create_dir_all(file.parent().unwrap()).unwrap();
    fs::write(&file, text).unwrap();
    assert!(book.run(&["check", "--fix"]).status.success());
    assert_eq!(fs::read_to_string(&file).unwrap(), text.replace("- orders", "- order"));
}

#[test]
fn the_book_of_the_project_and_its_manual_need_no_advice() {
    for folder in [".", "docs"] {
        let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
        let book = Book::new("");
        let out = book.path().join("out");
        let root = root.to_str().unwrap();
        let built = book.run(&["-C", root, "build", "--as-of", "2026-12-01", "--out", out.to_str().unwrap()]);
        let checked = book.run(&["-C", root, "check", "--as-of", "2026-12-01"]);
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        assert_eq!(text(checked.stderr), text(built.stderr), "{folder}");
    }
}

/// Every finding of this code as its message, with what would be written instead.
fn told(book: &Book, code: &str) -> Vec<(String, Value)> {
    let value = json(book, &[]);
    let found = value["diagnostics"].as_array().unwrap().iter().filter(|found| found["code"] == code);
    found.map(|found| (found["message"].as_str().unwrap().to_owned(), found["fix"].clone())).collect()
}

#[test]
fn a_concept_without_a_file_in_two_spellings_is_told_and_not_mended() {
    let one = |name: &str, tag: &str| essay(name, &format!("concepts = [\"{tag}\"]\n"), "Deep work, and night watch.");
    let book = Book::new(&(one("a", "Deep Work") + &one("b", "deep work") + &one("c", "deep work")));
    let found = told(&book, "similar-concepts");
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found[0].0, "`Deep Work` and `deep work` are one concept in two spellings");
    assert_eq!((&found[0].1["is_certain"], &found[0].1["text"]), (&false.into(), &"\"deep work\"".into()), "{found:?}");
    let hyphen = Book::new(&(one("a", "night watch") + &one("b", "night-watch")));
    assert_eq!(told(&hyphen, "similar-concepts").len(), 1);
    let capital = Book::new(&(one("a", "Deep work") + &one("b", "deep work")));
    assert_eq!(told(&capital, "similar-concepts"), [], "a capital at the beginning is free");
}

#[test]
fn a_name_that_differs_from_that_in_its_file_by_a_hyphen_or_an_accent_is_mended() {
    let one = |title: &str, tags: &[&str]| {
        let essays: String = tags
            .iter()
            .enumerate()
            .map(|(at, tag)| {
                essay(&format!("e{at}"), &format!("concepts = [\"{tag}\"]\n"), &format!("{title}, {tag}."))
            })
            .collect();
        Book::new(
            &(format!(
                "-- content/concepts/c.md --\n+++\ntitle = \"{title}\"\nsummary = \"S.\"\nslug = \"{}\"\n+++\n",
                throughline::base::slug::slug(title)
            ) + &essays),
        )
    };
    let book = one("night-watch", &["night watch"]);
    let found = told(&book, "similar-concepts");
    assert_eq!(found[0].0, "`night watch` is called `night-watch` in its own file");
    assert_eq!(
        (&found[0].1["is_certain"], &found[0].1["text"]),
        (&true.into(), &"\"night-watch\"".into()),
        "{found:?}"
    );
    json(&book, &["--fix"]);
    assert!(read(&book, "content/essays/e0.md").contains("concepts = [\"night-watch\"]"));
    assert_eq!(codes(&book), [] as [&str; 0]);
    assert_eq!(told(&one("Cafe", &["caf\u{e9}"]), "similar-concepts").len(), 1);
    assert_eq!(
        told(&one("Night watch", &["night-watch", "night watch"]), "similar-concepts").len(),
        1,
        "both are in use"
    );
    for (title, tags) in [
        ("Trust", &["trust", "TRUST"][..]),
        ("Deep Work", &["deep work"]),
        ("Night watch", &["night-watch", "night-watch"]),
        ("C", &["C++"]),
        ("Xin ren", &["\u{4fe1}\u{4efb}"]),
    ] {
        assert_eq!(told(&one(title, tags), "similar-concepts"), [], "{title}: {tags:?}");
    }
}

#[test]
fn a_concept_that_is_named_twice_is_taken_out_once() {
    for (before, after) in [
        ("concepts = [\"trust\", \"Trust\"]", "concepts = [\"trust\"]"),
        ("concepts = [\"trust\", \"Trust\", \"TRUST\", \"order\"]", "concepts = [\"trust\", \"order\"]"),
        ("concepts = [\"reliance\", \"trust\"]", "concepts = [\"trust\"]"),
        ("concepts = [\"trust\", \"reliance\"] # mine", "concepts = [\"trust\"] # mine"),
        ("concepts = [\"reliance\", \"Reliance\"]", "concepts = [\"trust\"]"),
        ("concepts = [\n  \"trust\", # a\n  \"Trust\", # b\n]", "concepts = [\n  \"trust\", # a\n]"),
    ] {
        let book = Book::new(
            &(concept("trust", "aliases = [\"reliance\"]\n")
                + &concept("order", "")
                + &essay("one", &format!("{before}\n"), "Trust, reliance, order.")),
        );
        let value = json(&book, &["--fix"]);
        let left = codes(&book).into_iter().filter(|code| code != "untagged-concept").count();
        assert_eq!(left, 0, "{before}: {value}");
        let text = read(&book, "content/essays/one.md");
        assert!(text.contains(&format!("\n{after}\n")), "{before}: {text}");
    }
    let yaml = "-- content/essays/one.md --\n---\ntitle: One\ndate: 2020-01-03\nsummary: S.\ntags:\n  - trust\n  - Trust # again\n---\nTrust.\n";
    let book = Book::new(&(concept("trust", "") + yaml));
    assert_eq!(findings(&book), ["similar-concepts content/essays/one.md: this essay names the concept `trust` twice"]);
    json(&book, &["--fix"]);
    assert!(read(&book, "content/essays/one.md").contains("tags:\n  - trust\n---\n"));
}

#[test]
fn a_name_is_found_with_a_hyphen_and_with_a_blank() {
    for (title, text) in [("night-watch", "night watch"), ("Night watch", "night-watch")] {
        let file = format!("-- content/concepts/night-watch.md --\n+++\ntitle = \"{title}\"\nsummary = \"S.\"\n+++\n");
        let one = essay("one", &format!("concepts = [\"{title}\"]\n"), &format!("A {text} is long. Two {text}es."));
        let book = Book::new(&(file + &one));
        assert_eq!(codes(&book), [] as [&str; 0], "{title}");
        book.build_clean();
        let page = fs::read_to_string(book.path().join("public/essays/one/index.html")).unwrap();
        assert!(page.contains(&format!(">{text}</a> is long")), "{title}: {page}");
        let page = fs::read_to_string(book.path().join("public/concepts/night-watch/index.html")).unwrap();
        assert!(page.contains(&format!("{text}</mark> is long")), "{title}: {page}");
    }
}
