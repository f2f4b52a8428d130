//! Texts that nobody touched since they were read are known without reading them; all others are read.

use std::fs;
use std::path::Path;

use throughline::base::diagnostic::Diagnostics;
use throughline::base::fingerprint::Fingerprint;
use throughline::io::disk::list_folder;
use throughline::io::stamps::{self, Stamped};
use throughline::load::{Memo, Options, load_again};

use crate::support::Book;

const ESSAY: &str = "content/essays/one.md";

fn essay(text: &str) -> Book {
    Book::new(&format!("-- book.toml --\ntitle = \"B\"\n-- {ESSAY} --\n{text}"))
}

/// The fingerprint of what the essay says, as it was loaded.
fn load(root: &Path, memo: &mut Memo) -> Fingerprint {
    let (snapshot, _) = load_again(root, &Options::default(), memo).unwrap();
    snapshot.sources.iter().find(|source| source.path.as_str() == ESSAY).unwrap().fingerprint
}

#[cfg(unix)]
#[test]
fn a_text_that_nobody_touched_is_not_read_again_and_any_other_is() {
    let book = essay("# One\n\nWord.\n");
    let file = book.path().join(ESSAY);
    let written = fs::metadata(&file).unwrap().modified().unwrap();
    // Not what it says: so it shows whether it was read.
    let before = Fingerprint::of(b"as it was read");
    let stamped = |file: &throughline::io::disk::Found| Stamped {
        path: file.path.clone(),
        stamp: file.stamp().unwrap(),
        fingerprint: before,
    };
    let found = list_folder(book.path(), "content", None, &mut Diagnostics::default());
    let stamps: Vec<Stamped> = found.iter().map(stamped).collect();
    assert_eq!(load(book.path(), &mut Memo::of_stamps(stamps.clone())), before);
    // The same length, and the time set back: that this was done has a time of its own.
    fs::write(&file, "# One\n\nLord.\n").unwrap();
    fs::File::options().append(true).open(&file).unwrap().set_modified(written).unwrap();
    assert_eq!(load(book.path(), &mut Memo::of_stamps(stamps)), Fingerprint::of(b"# One\n\nLord.\n"));
}

#[cfg(unix)]
#[test]
fn a_text_that_is_not_what_its_stamp_says_is_read_after_all() {
    let book = essay("+++\ntitle = \"One\"\ndate = 2020-01-02\n+++\nWord.\n");
    let found = list_folder(book.path(), "content", None, &mut Diagnostics::default());
    let lie = |file: &throughline::io::disk::Found| Stamped {
        path: file.path.clone(),
        stamp: file.stamp().unwrap(),
        fingerprint: Fingerprint::of(b"what a file system told too late"),
    };
    stamps::keep(book.path(), &found.iter().map(lie).collect::<Vec<_>>()).unwrap();
    let root = book.path().as_os_str().to_owned();
    let code = throughline::run(["throughline".into(), "-q".into(), "-C".into(), root, "build".into()]);
    assert_eq!(code, 0);
    let page = fs::read_to_string(book.path().join("public/essays/one/index.html")).unwrap();
    assert!(page.contains("Word."), "{page}");
    let now = stamps::read(book.path());
    assert!(now.iter().all(|stamped| stamped.fingerprint != Fingerprint::of(b"what a file system told too late")));
}

#[test]
fn a_text_that_was_just_written_is_not_kept_as_read() {
    let book = essay("# One\n");
    let mut memo = Memo::of_stamps(Vec::new());
    load(book.path(), &mut memo);
    assert_eq!(memo.stamps(), [], "the next change may have the same time");
}
