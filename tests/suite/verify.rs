//! `build --verify`: what a folder holds is what a clean build makes, or it is said which file is not.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

use crate::support::{Book, ESSAY};

fn book() -> Book {
    Book::new(&format!(
        "-- content/essays/one.md --\n{ESSAY}Words of trust.\n\n```rust\nfn main() {{}}\n```\n\
         -- content/concepts/trust.md --\n+++\ntitle = \"trust\"\n+++\n"
    ))
}

fn verify(book: &Book, arguments: &[&str]) -> Output {
    book.run(&[&["build", "--verify", "--as-of", "2026-01-01"], arguments].concat())
}

fn out(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[test]
fn a_build_that_equals_a_clean_one_says_so_for_people_and_machines() {
    let book = book();
    let count = |book: &Book| crate::support::tree(&book.path().join("public")).len() - 1;
    for edited in ["", "More words of trust.\n"] {
        let essay = book.path().join("content/essays/one.md");
        let text = fs::read_to_string(&essay).unwrap() + edited;
        fs::write(essay, text).unwrap();
        let output = verify(&book, &[]);
        let said = out(&output);
        assert_eq!(output.status.code(), Some(0), "{said}");
        let wanted = format!("The {} files are the same as those of a clean build.\n", count(&book));
        assert!(said.ends_with(&wanted) && said.contains("Built 1 essay"), "{said}");
    }
    let value: Value = serde_json::from_str(&out(&verify(&book, &["--format", "json"]))).unwrap();
    assert_eq!((&value["verified"]["is_same"], &value["errors"]), (&true.into(), &0.into()));
    assert_eq!(value["verified"]["files"], count(&book));
    let quiet = verify(&book, &["--quiet"]);
    assert!(quiet.status.success() && quiet.stdout.is_empty() && quiet.stderr.is_empty());
}

#[test]
fn a_book_with_errors_is_compared_by_its_findings() {
    let book = book();
    fs::write(book.path().join("content/essays/two.md"), format!("{ESSAY}[x](gone.md)\n")).unwrap();
    let output = verify(&book, &[]);
    assert_eq!(output.status.code(), Some(1));
    assert!(out(&output).ends_with("Nothing was written: mend the errors above and build again.\nThe findings are the same as those of a clean build.\n"));
    let value: Value = serde_json::from_str(&out(&verify(&book, &["--format", "json"]))).unwrap();
    assert_eq!((&value["verified"]["is_same"], &value["verified"]["files"]), (&true.into(), &Value::Null));
    assert_eq!(verify(&book, &["--deny", "warnings"]).status.code(), Some(1));
}

/// Changes a file so that its size, its time and its place on the disk stay: nothing but reading it shows that.
fn change_in_secret(path: &Path) {
    let file = fs::File::options().read(true).write(true).open(path).unwrap();
    let time = file.metadata().unwrap().modified().unwrap();
    let changed = fs::read_to_string(path).unwrap().replace("Words", "Sword");
    std::os::unix::fs::FileExt::write_all_at(&file, changed.as_bytes(), 0).unwrap();
    file.set_modified(time).unwrap();
}

/// A build may trust what it wrote, and then cannot know of such a change; but what is compared is what stands there.
#[test]
fn what_changed_in_secret_is_written_anew_or_named() {
    let book = book();
    assert!(verify(&book, &[]).status.success());
    let page = book.path().join("public/essays/one/index.html");
    let good = fs::read(&page).unwrap();
    change_in_secret(&page);
    assert_ne!(fs::read(&page).unwrap(), good);
    let output = verify(&book, &[]);
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    let is_good = fs::read(&page).unwrap() == good;
    assert_eq!(output.status.code(), Some(i32::from(!is_good)), "{told}");
    if !is_good {
        assert!(told.contains("1 file differs from a clean build:\n  essays/one/index.html, from byte"), "{told}");
        assert!(told.contains("Sword") && told.contains("Words") && told.contains("please report it"), "{told}");
    }
}

/// The folder that is compared is the one that `--out` names, behind a link, too.
#[test]
fn another_folder_is_compared_where_it_is() {
    let (book, elsewhere) = (book(), tempfile::tempdir().unwrap());
    fs::create_dir(elsewhere.path().join("site")).unwrap();
    std::os::unix::fs::symlink(elsewhere.path().join("site"), book.path().join("public")).unwrap();
    assert_eq!(verify(&book, &[]).status.code(), Some(0));
    assert!(elsewhere.path().join("site/index.html").is_file());
    let target = elsewhere.path().join("other");
    let output = Command::new(env!("CARGO_BIN_EXE_throughline"))
        .args(["build", "--verify", "--out"])
        .arg(&target)
        .current_dir(book.path())
        .output()
        .unwrap();
    assert!(output.status.success() && target.join("index.html").is_file(), "{}", out(&output));
}
