//! The output folder, the sample books, determinism.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::support::{Book, ESSAY, tree};

fn throughline() -> Command {
    Command::new(env!("CARGO_BIN_EXE_throughline"))
}

#[test]
fn the_books_of_this_repository_build_without_a_warning() {
    for book in [".", "docs"] {
        let out = tempfile::tempdir().unwrap();
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join(book);
        let output = throughline()
            .arg("-C")
            .arg(&root)
            .args(["build", "--deny", "warnings", "--out"])
            .arg(out.path().join("site"))
            .output()
            .unwrap();
        assert!(output.status.success(), "{book}: {}", String::from_utf8_lossy(&output.stderr));
    }
}

#[test]
fn a_new_book_builds_without_a_warning() {
    let folder = tempfile::tempdir().unwrap();
    let book = folder.path().join("my-book");
    assert!(throughline().arg("new").arg(&book).status().unwrap().success());
    let output = throughline().arg("-C").arg(&book).args(["build", "--deny", "warnings"]).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(book.join("public/essays/welcome/index.html").exists());
    assert!(!throughline().arg("new").arg(&book).status().unwrap().success(), "nothing is overwritten");
    assert!(throughline().arg("-C").arg(&book).args(["new", "essay", "My first"]).status().unwrap().success());
    assert!(book.join("content/essays/my-first.md").exists());
}

#[test]
fn the_same_book_gives_the_same_bytes() {
    let book = Book::new(&format!(
        "-- content/essays/one.md --\n{ESSAY}Trust.\n-- content/concepts/trust.md --\n+++\ntitle = \"trust\"\n+++\n"
    ));
    book.build_clean();
    let first = tree(&book.path().join("public"));
    book.build_clean();
    assert_eq!(first, tree(&book.path().join("public")));
    let output = throughline()
        .arg("-C")
        .arg(book.path())
        .args(["build", "--out"])
        .arg(book.path().join("other"))
        .env("RAYON_NUM_THREADS", "1")
        .output()
        .unwrap();
    assert!(output.status.success());
    assert_eq!(first, tree(&book.path().join("other")));
}

#[test]
fn a_folder_that_throughline_did_not_make_is_left_alone() {
    let book = Book::new(&format!("-- content/essays/one.md --\n{ESSAY}Text.\n-- mine/keep.txt --\nkeep\n"));
    for out in ["mine", ".", "content/essays"] {
        let output = book.run(&["build", "--out", out]);
        assert_eq!(output.status.code(), Some(2), "{out}: {}", String::from_utf8_lossy(&output.stderr));
    }
    assert_eq!(fs::read_to_string(book.path().join("mine/keep.txt")).unwrap(), "keep\n");
}

#[test]
fn a_deleted_essay_leaves_no_page_and_an_error_leaves_the_old_site() {
    let book = Book::new(&format!(
        "-- content/essays/one.md --\n{ESSAY}Text.\n-- content/essays/two.md --\n+++\ntitle = \"Two\"\ndate = 2020-01-03\n+++\nText.\n"
    ));
    book.build_clean();
    fs::remove_file(book.path().join("content/essays/two.md")).unwrap();
    book.build_clean();
    assert!(!book.has("essays/two/index.html"));
    fs::write(book.path().join("content/essays/one.md"), "+++\ntitle = \n+++\n").unwrap();
    assert!(book.build().contains("bad-syntax"));
    assert!(book.has("essays/one/index.html"));
}

#[test]
fn a_book_overrides_one_block_of_the_theme() {
    let book = Book::new(&format!(
        "-- book.toml --\ntitle = \"T\"\ntheme = \"mine\"\n-- themes/mine/templates/essay.html --\n{{% extends \"default/essay.html\" %}}{{% block footer %}}<footer>Mine</footer>{{% endblock footer %}}\n-- themes/mine/assets/favicon.svg --\n<svg/>\n-- content/essays/one.md --\n{ESSAY}Text.\n"
    ));
    let html = book.build_clean().read("essays/one/index.html");
    assert!(html.contains("<footer>Mine</footer>") && html.contains("<p id=\"p-text\">Text.</p>"), "{html}");
    assert!(!book.read("index.html").contains("<footer>Mine</footer>"));
}

#[test]
fn a_template_error_shows_template_and_line() {
    let book = Book::new(&format!(
        "-- book.toml --\ntitle = \"T\"\ntheme = \"mine\"\n-- themes/mine/templates/essay.html --\nfine\n{{{{ essay.nothing }}}}\n-- content/essays/one.md --\n{ESSAY}Text.\n"
    ));
    let report = book.build();
    assert!(
        report.contains("error[template-error]") && report.contains("themes/mine/templates/essay.html:2:"),
        "{report}"
    );
}

#[test]
fn every_page_has_one_title_no_skipped_level_a_language_and_an_address() {
    let out = tempfile::tempdir().unwrap();
    let site = out.path().join("site");
    let output =
        throughline().arg("-C").arg(env!("CARGO_MANIFEST_DIR")).args(["build", "--out"]).arg(&site).output().unwrap();
    assert!(output.status.success());
    for (file, bytes) in tree(&site) {
        if !file.ends_with(".html") {
            continue;
        }
        let html = String::from_utf8(bytes).unwrap();
        let levels: Vec<u8> = html
            .match_indices("<h")
            .filter_map(|(at, _)| html.as_bytes().get(at + 2).copied())
            .filter(|c| (b'1'..=b'6').contains(c))
            .collect();
        assert_eq!(levels.iter().filter(|level| **level == b'1').count(), 1, "{file}");
        assert!(levels.windows(2).all(|pair| pair[1] <= pair[0] + 1), "{file}: {levels:?}");
        assert!(html.contains("<html lang=\"en\">"), "{file}");
        assert!(
            file == "404.html" || html.contains("<link rel=\"canonical\" href=\"https://throughline.example/"),
            "{file}"
        );
        if let Some(at) = html.find("<svg viewBox") {
            let map = &html[at..html[at..].find("</svg>").unwrap() + at];
            assert!(map.len() <= 4096, "{file}: the map has {} bytes", map.len());
        }
    }
}
