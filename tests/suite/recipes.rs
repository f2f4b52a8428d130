//! What a page or file shows is in its recipe, also where it comes from elsewhere than one would think.

use std::fmt::Write as _;
use std::fs;

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
