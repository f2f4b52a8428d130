//! What a page or file shows is in its recipe, also where it comes from elsewhere than one would think.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::sync::{Arc, Mutex};

use throughline::base::fingerprint::Fingerprint;
use throughline::build::build_into;
use throughline::load::{Options, load};
use throughline::model::recipe::Recipe;
use throughline::render::{Bytes, Sink, Tools};

use crate::support::Book;

/// The same as a build that remembers nothing.
fn is_clean(book: &Book, file: &str) -> String {
    let ran = |arguments: &[&str]| assert_eq!(book.run(arguments).status.code(), Some(0), "{arguments:?}");
    ran(&["build", "--as-of", "2026-01-01"]);
    ran(&["build", "--as-of", "2026-01-01", "--no-cache", "--out", "clean"]);
    let read = |folder: &str| fs::read_to_string(book.path().join(folder).join(file)).unwrap();
    assert_eq!(read("public"), read("clean"), "{file}");
    read("public")
}

#[test]
fn a_file_whose_page_is_that_of_another_links_under_the_name_of_that() {
    let book = Book::new(
        "-- book.toml --\ntitle = \"T\"\n[urls]\nconcept = \"/concepts/{path}/\"\n\
         -- content/essays/one.md --\n+++\ntitle = \"One\"\ndate = 2020-01-02\n+++\nWords.\n\
         -- content/concepts/a/trust.md --\n+++\ntitle = \"Trust\"\n+++\nWords.\n\
         -- content/concepts/b/trust.md --\n+++\ntitle = \"trust\"\n+++\nSee [that](../../essays/one.md) essay.\n",
    );
    assert!(is_clean(&book, "essays/one/index.html").contains(">Trust</a>"));
    fs::write(book.path().join("content/concepts/a/trust.md"), "+++\ntitle = \"TRUST\"\n+++\nWords.\n").unwrap();
    assert!(is_clean(&book, "essays/one/index.html").contains(">TRUST</a>"));
}

#[test]
fn the_graph_of_a_large_book_tells_a_day_from_a_day_of_change() {
    let mut files = String::from("-- book.toml --\ntitle = \"T\"\n[check]\n\"missing-date\" = \"off\"\n");
    for number in 0..4_001 {
        let date = if number == 0 { String::new() } else { "\ndate = 2021-03-02".to_owned() };
        write!(files, "-- content/essays/e{number:04}.md --\n+++\ntitle = \"E{number}\"{date}\n+++\nW.\n").unwrap();
    }
    let linking = "-- content/essays/linking.md --\n+++\ntitle = \"L\"\ndate = 2021-03-03\n+++\nOne two three four five six. See [that](e0001.md).\n";
    files.push_str(linking);
    let book = Book::new(&files);
    let first = |field: &str| {
        let text = format!("+++\ntitle = \"E0\"\n{field} = 2020-01-02\n+++\nW.\n");
        fs::write(book.path().join("content/essays/e0000.md"), text).unwrap();
        is_clean(&book, "graph.json")
    };
    assert!(first("date").contains("\"title\":\"E0\",\"date\":\"2020-01-02\""));
    assert!(first("updated").contains("\"title\":\"E0\",\"updated\":\"2020-01-02\""));
    // A word before a link moves it, and the graph does not tell where it stands.
    let made_after = |old: &str, new: &str| {
        let file = book.path().join("content/essays/linking.md");
        fs::write(&file, fs::read_to_string(&file).unwrap().replace(old, new)).unwrap();
        let output = book.run(&["build", "--as-of", "2026-01-01", "--timings", "--format", "json"]);
        let told: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        told["work"]["made"].as_u64().unwrap()
    };
    let behind = made_after("(e0001.md).", "(e0001.md). Seven.");
    assert_eq!(made_after("six. See", "six and more. See"), behind);
}

/// A book whose essay has a note, three headings, a word that a backslash keeps from being linked, and code.
const TEXTS: &str = "-- book.toml --\ntitle = \"T\"\n\
     -- content/concepts/trust.md --\n+++\ntitle = \"trust\"\n+++\nWords.\n\
     -- content/essays/one.md --\n+++\ntitle = \"One\"\ndate = 2020-01-02\n+++\n\
     ## One & two\n\nTrust.[^1] Again[^1] and [^2].\n\n## A \\trust\n\n```rust\nlet a = 1;\n```\n\n## Three\n\nWords.\n\n\
     [^1]: A *note* on trust.\n[^2]: Another.\n\
     -- content/essays/two.md --\n+++\ntitle = \"Two\"\ndate = 2020-01-03\n+++\n## A\n\n## B\n\n## C & D\n\nTrust.[^1]\n\n[^1]: Note.\n";

#[test]
fn a_page_whose_template_alone_changed_shows_its_text_as_before() {
    let book = Book::new(TEXTS);
    let pages = ["essays/one/index.html", "essays/two/index.html"];
    let before = pages.map(|page| is_clean(&book, page));
    let folder = book.path().join("themes/default/templates");
    fs::create_dir_all(&folder).unwrap();
    let template = |text: &str| fs::write(folder.join("essay.html"), text).unwrap();
    template("{% extends \"default/essay.html\" %}\n{% block footer %}<p>Ours</p>{% endblock footer %}\n");
    for (page, before) in pages.iter().zip(&before) {
        let now = is_clean(&book, page);
        assert!(now.contains("<p>Ours</p>") && now != *before);
    }
    // Other words of the same texts: first the contents and the notes alone, then what a template makes of them.
    template(
        "{% for entry in essay.contents %}{{ entry.title }};{% endfor %}{% for note in essay.notes %}{{ note.html | safe }}{{ note.references | join(sep=\",\") }};{% endfor %}",
    );
    assert!(is_clean(&book, pages[0]).contains("A <em>note</em> on"));
    assert_eq!(is_clean(&book, pages[1]), "A;B;C &amp; D;<p id=\"p-note\">Note.</p>r1;");
    template(
        "{{ essay.body | upper | safe }}{% for note in essay.notes %}{{ note.references | join(sep=\",\") }}{% endfor %}",
    );
    assert!(is_clean(&book, pages[1]).ends_with("r1"));
    template("{{ essay.body | safe }}");
    assert!(is_clean(&book, pages[1]).contains("C &amp; D"));
    // What a text links to decides the text.
    fs::write(book.path().join("content/concepts/trust.md"), "+++\ntitle = \"trust\"\nslug = \"faith\"\n+++\n")
        .unwrap();
    assert!(is_clean(&book, pages[1]).contains("concepts/faith/"));
}

#[test]
fn a_page_that_came_out_as_before_is_not_taken_for_one_that_shows_its_text() {
    let one = "+++\ntitle = \"One\"\ndate = 2020-01-01\n+++\n";
    let book = Book::new(&format!("-- book.toml --\ntitle = \"T\"\n-- content/essays/one.md --\n{one}"));
    let folder = book.path().join("themes/default/templates");
    fs::create_dir_all(&folder).unwrap();
    let template = |text: &str| fs::write(folder.join("essay.html"), text).unwrap();
    template("The same for every essay.");
    is_clean(&book, "essays/one/index.html");
    fs::write(book.path().join("content/essays/one.md"), format!("{one}\nHello.\n")).unwrap();
    is_clean(&book, "essays/one/index.html");
    template("{{ essay.body | safe }}");
    assert!(is_clean(&book, "essays/one/index.html").contains("Hello."));
}

/// Has texts of all files that say where they come from.
#[derive(Default)]
struct Hoard {
    texts: Vec<String>,
    pages: Mutex<BTreeMap<String, String>>,
}

impl Sink for Hoard {
    fn texts(&self, _: &str, _: Fingerprint) -> Option<Vec<String>> {
        Some(self.texts.clone())
    }

    fn put(&self, file: &str, _: Option<Recipe>, bytes: Bytes) {
        self.pages.lock().unwrap().insert(file.to_owned(), String::from_utf8_lossy(&bytes).into_owned());
    }
}

#[test]
fn texts_that_a_sink_has_are_not_made_again_unless_they_cannot_be_those() {
    let book = Book::new(TEXTS);
    let pages = |texts: &[&str]| {
        let sink = Hoard { texts: texts.iter().map(|text| (*text).to_owned()).collect(), ..Hoard::default() };
        let (snapshot, found) = load(book.path(), &Options::default()).unwrap();
        let leaves = Arc::default();
        let built =
            build_into(&snapshot, found, &Tools { engine: Some(Fingerprint::of(b"")), ..Tools::new(&sink, &leaves) });
        assert!(!built.report.has_errors());
        let mut pages = sink.pages.into_inner().unwrap();
        ["essays/one/index.html", "essays/two/index.html"].map(|page| pages.remove(page).unwrap())
    };
    let [one, two] = pages(&["<p>Held</p>", "<p>Noted</p>"]);
    assert!(two.contains("<p>Held</p>") && two.contains("<p>Noted") && two.contains(">C &amp; D</a>"), "{two}");
    assert!(!one.contains("Held") && one.contains("A <em>note</em>"), "it has two notes: {one}");
    let [_, two] = pages(&[]);
    assert!(two.contains("Note.") && !two.contains("Held"), "{two}");
}
