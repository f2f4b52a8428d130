//! The output folder: what a build writes, and what it makes of what others, or killed builds, left there.

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead, BufReader};
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use proptest::prelude::*;
use throughline::base::fingerprint::Fingerprint;
use throughline::io::output::{Held, Output, Written};
use throughline::model::portions::Portions;
use throughline::model::recipe::{Before, Recipe};

use crate::support::{Book, ESSAY, tree};

const MARK: &str = ".throughline-output";

/// A site as its files and their texts.
type Site<'a> = &'a [(&'a str, &'a str)];

const SITE: Site<'static> =
    &[("index.html", "home"), ("essays/one/index.html", "one"), ("essays/two/index.html", "two")];

struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("book")).unwrap();
        Self(folder)
    }

    fn of(site: Site<'_>) -> Self {
        let folder = Self::new();
        folder.build(site);
        folder
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn public(&self, name: &str) -> PathBuf {
        self.path("public").join(name)
    }

    fn hidden(&self, name: &str) -> PathBuf {
        self.path(".public.spare").join(name)
    }

    fn open(&self) -> Output {
        Output::open(&self.path("public"), &self.path("book")).unwrap()
    }

    /// Builds, and sees to it that the folder holds this site and nothing else.
    fn build(&self, site: Site<'_>) -> Written {
        let output = self.open();
        for (name, text) in site {
            output.put(name, None, None, text.as_bytes());
        }
        let written = output.finish(made_of(site), &mark).unwrap();
        assert_eq!(self.tree(), expected(site));
        written
    }

    fn tree(&self) -> BTreeMap<String, Vec<u8>> {
        let found = tree(&self.path("public"));
        let folders = walkdir::WalkDir::new(self.path("public")).into_iter().map(Result::unwrap);
        let folders = folders.filter(|entry| entry.file_type().is_dir()).map(walkdir::DirEntry::into_path);
        for folder in folders {
            assert!(fs::read_dir(&folder).unwrap().next().is_some(), "{} is empty", folder.display());
        }
        found
    }

    /// The files that were noted of trees.
    fn notes(&self) -> Vec<PathBuf> {
        let entries = fs::read_dir(self.hidden("")).unwrap().map(|entry| entry.unwrap().path());
        entries.filter(|path| path.file_name().unwrap().to_string_lossy().starts_with("state-")).collect()
    }
}

fn made_of(site: Site<'_>) -> Fingerprint {
    Fingerprint::of(format!("{site:?}").as_bytes())
}

fn mark(held: &[Held]) -> String {
    held.iter().map(|held| format!("{} {} {}\n", held.fingerprint, held.size, held.file)).collect()
}

fn expected(site: Site<'_>) -> BTreeMap<String, Vec<u8>> {
    let mut files: BTreeMap<String, Vec<u8>> =
        site.iter().map(|(name, text)| ((*name).to_owned(), text.as_bytes().to_vec())).collect();
    let held: Vec<Held> = files
        .iter()
        .map(|(name, bytes)| Held { file: name.clone(), size: bytes.len() as u64, fingerprint: Fingerprint::of(bytes) })
        .collect();
    files.insert(MARK.to_owned(), mark(&held).into_bytes());
    files
}

/// What tells that a file was not written again.
fn stamp(path: &Path) -> (u64, i64, i64) {
    let found = fs::metadata(path).unwrap();
    (found.ino(), found.mtime(), found.mtime_nsec())
}

#[test]
fn a_build_writes_what_has_changed_and_nothing_else() {
    let folder = Folder::new();
    assert_eq!(folder.build(SITE), Written { written: 3, bytes: 10, kept: 0, removed: 0 });
    let [home, one, two] = SITE else { unreachable!() };
    let before: Vec<_> = SITE.iter().map(|(name, _)| stamp(&folder.public(name))).collect();
    let changed = [*home, (one.0, "ONE!"), *two];
    assert_eq!(folder.build(&changed), Written { written: 1, bytes: 4, kept: 2, removed: 0 });
    assert_eq!(stamp(&folder.public(home.0)), before[0]);
    assert_ne!(stamp(&folder.public(one.0)), before[1]);
    assert_eq!(stamp(&folder.public(two.0)), before[2]);
    // What the site before the last one held is still at hand.
    assert_eq!(folder.build(SITE), Written { written: 0, bytes: 0, kept: 3, removed: 0 });
    assert_eq!(stamp(&folder.public(one.0)), before[1]);
    assert_eq!(folder.build(&[*home, *two]), Written { written: 0, bytes: 0, kept: 2, removed: 1 });
}

#[test]
fn a_typing_fix_writes_the_pages_that_show_it() {
    let essay = |text: &str| format!("-- content/essays/one.md --\n{ESSAY}{text}\n");
    let two = "-- content/essays/two.md --\n+++\ntitle = \"Two\"\ndate = 2020-01-03\n+++\nOther words.\n";
    let book = Book::new(&(essay("A frist paragraph.\n\nA second one.") + two));
    book.build_clean();
    let stamps = || -> BTreeMap<String, (u64, i64, i64)> {
        let files = tree(&book.path().join("public")).into_keys();
        files.map(|name| (name.clone(), stamp(&book.path().join("public").join(name)))).collect()
    };
    let before = stamps();
    let file = book.path().join("content/essays/one.md");
    fs::write(&file, fs::read_to_string(&file).unwrap().replace("frist", "first")).unwrap();
    book.build_clean();
    let after = stamps();
    assert_eq!(before.keys().collect::<Vec<_>>(), after.keys().collect::<Vec<_>>());
    let written: Vec<&String> = after.keys().filter(|name| before[*name] != after[*name]).collect();
    assert!(written.iter().any(|name| *name == "essays/one/index.html"), "{written:?}");
    assert!(!written.iter().any(|name| name.starts_with("essays/two/") || name.starts_with("assets/")), "{written:?}");
}

fn recipe(word: &str) -> Recipe {
    let of = |what: &str| Fingerprint::of(format!("{word} {what}").as_bytes());
    Recipe { shown: of("shown"), whole: of("whole") }
}

#[test]
fn a_file_made_from_the_same_key_stays_without_its_bytes() {
    let folder = Folder::new();
    let key = |word: &str| Fingerprint::of(word.as_bytes());
    let output = folder.open();
    assert!(!output.keep("a/b.html", recipe("first")));
    output.put("a/b.html", Some(recipe("first")), None, b"text");
    output.finish(key("1"), &mark).unwrap();
    for round in ["2", "3"] {
        let output = folder.open();
        assert!(!output.keep("a/b.html", recipe("other")) && !output.keep("a/c.html", recipe("first")));
        assert!(output.keep("a/b.html", recipe("first")));
        assert_eq!(output.finish(key(round), &mark).unwrap().kept, 1);
        assert_eq!(folder.tree(), expected(&[("a/b.html", "text")]));
    }
    // Its bytes stay the same, and what it was made from is another thing now.
    let output = folder.open();
    output.put("a/b.html", Some(recipe("second")), None, b"text");
    assert_eq!(output.finish(key("4"), &mark).unwrap().written, 0);
    let output = folder.open();
    assert!(output.keep("a/b.html", recipe("second")));
    drop(output);
    // Nobody's hand may have been on it.
    fs::write(folder.public("a/b.html"), "TEXT").unwrap();
    fs::remove_dir_all(folder.hidden("tree")).unwrap();
    assert!(!folder.open().keep("a/b.html", recipe("second")));
}

#[test]
fn texts_are_taken_out_of_the_file_that_holds_them_and_of_no_other() {
    let folder = Folder::new();
    let key = |word: &str| Fingerprint::of(word.as_bytes());
    let texts = || Portions::find(key("text"), ["b", "d"].into_iter(), b"abcd").unwrap();
    let wanted = || Some(vec!["b".to_owned(), "d".to_owned()]);
    let output = folder.open();
    assert_eq!(output.texts("a.html", key("text")), None);
    output.put("a.html", Some(recipe("page")), Some(texts()), b"abcd");
    output.finish(key("1"), &mark).unwrap();
    // It stays known of a file that stays, and of one that was made again with the same bytes.
    for round in ["2", "3", "4"] {
        let output = folder.open();
        assert_eq!(output.texts("a.html", key("text")), wanted());
        assert_eq!((output.texts("a.html", key("other")), output.texts("b.html", key("text"))), (None, None));
        if round == "3" {
            output.put("a.html", Some(recipe("page")), Some(texts()), b"abcd");
        } else {
            assert!(output.keep("a.html", recipe("page")));
        }
        assert_eq!(output.finish(key(round), &mark).unwrap().written, 0);
    }
    // Bytes that somebody changed are no text of ours; those of the build before that one still are.
    fs::remove_file(folder.public("a.html")).unwrap();
    fs::write(folder.public("a.html"), "aBcD").unwrap();
    assert_eq!(folder.open().texts("a.html", key("text")), wanted());
    fs::remove_dir_all(folder.hidden("tree")).unwrap();
    assert_eq!(folder.open().texts("a.html", key("text")), None);
}

#[test]
fn what_was_found_of_a_file_is_known_to_a_build_of_the_same_book() {
    let folder = Folder::new();
    let key = |word: &str| Fingerprint::of(word.as_bytes());
    let open = |book: &str| {
        let mut output = folder.open();
        output.is_of(key(book));
        output
    };
    let output = open("book");
    assert_eq!(output.before("a.html"), None);
    let texts = Portions::find(key("text"), ["b"].into_iter(), b"abc").unwrap();
    output.put("a.html", Some(recipe("a")), Some(texts), b"abc");
    output.put("b.html", Some(recipe("b")), None, b"b");
    output.put("c.html", None, None, b"c");
    output.finish(key("1"), &mark).unwrap();
    let before = |word: &str, texts| Some(Before { shown: recipe(word).shown, texts });
    let output = open("book");
    assert_eq!(output.before("a.html"), before("a", Some(key("text"))));
    assert_eq!((output.before("b.html"), output.before("c.html")), (before("b", None), None));
    drop(output);
    assert_eq!(open("other book").before("a.html"), None);
    assert_eq!(folder.open().before("a.html"), None);
    // A build that does not say what it is of leaves nothing to be known.
    folder.build(&[("a.html", "abc")]);
    assert_eq!(open("book").before("a.html"), None);
    assert_eq!(folder.open().before("a.html"), None);
}

#[test]
fn places_that_a_file_has_not_give_no_texts() {
    let key = Fingerprint::of(b"text");
    for place in [(0, 4), (3, 2), (1, 2), (u32::MAX, u32::MAX)] {
        let folder = Folder::new();
        let output = folder.open();
        let texts = Portions { made_of: key, places: vec![(0, 2), place] };
        output.put("a.html", None, Some(texts), "\u{e9}a".as_bytes());
        output.finish(key, &mark).unwrap();
        assert_eq!(folder.open().texts("a.html", key), None, "{place:?}");
    }
}

#[test]
fn a_folder_in_the_place_of_any_file_beside_the_site_ends_no_build() {
    let folder = Folder::new();
    folder.build(&[("a.html", "one")]);
    folder.build(&[("a.html", "two")]);
    let found = fs::read_dir(folder.hidden("")).unwrap().map(|entry| entry.unwrap());
    let mut names: Vec<String> = found
        .filter(|entry| entry.file_type().unwrap().is_file())
        .map(|entry| entry.file_name().into_string().unwrap())
        .collect();
    assert!(names.len() >= 4, "{names:?}");
    names.push("state.new".to_owned());
    for (round, name) in names.iter().enumerate() {
        drop(fs::remove_file(folder.hidden(name)));
        fs::create_dir_all(folder.hidden(name)).unwrap();
        fs::write(folder.hidden(name).join("file"), "text").unwrap();
        let text = round.to_string();
        folder.build(&[("a.html", &text)]);
        folder.build(&[("a.html", &text), ("b.html", "more")]);
    }
}

#[test]
fn a_site_stands_while_it_is_whole() {
    let changes: &[fn(&Folder)] = &[
        |folder| fs::write(folder.public("index.html"), "HOME").unwrap(),
        |folder| fs::write(folder.public(MARK), "").unwrap(),
        |folder| fs::remove_file(folder.public("essays/one/index.html")).unwrap(),
        |folder| fs::remove_dir_all(folder.public("essays/one")).unwrap(),
        |folder| fs::write(folder.public("essays/one/more.html"), "").unwrap(),
        |folder| fs::create_dir(folder.public("essays/three")).unwrap(),
        |folder| symlink("index.html", folder.public("essays/link")).unwrap(),
        |folder| fs::set_permissions(folder.public("index.html"), fs::Permissions::from_mode(0o600)).unwrap(),
        |folder| fs::remove_dir_all(folder.hidden("")).unwrap(),
        |folder| folder.notes().into_iter().for_each(|note| fs::write(note, "throughline tree 0\n").unwrap()),
        |folder| {
            fs::rename(folder.path("public"), folder.path("kept")).unwrap();
            copy(&folder.path("kept"), &folder.path("public"));
        },
    ];
    for (at, change) in changes.iter().enumerate() {
        let folder = Folder::of(SITE);
        assert!(folder.open().stands(made_of(SITE)));
        assert!(!folder.open().stands(made_of(&[])));
        change(&folder);
        assert!(!folder.open().stands(made_of(SITE)), "{at}");
        folder.build(SITE);
        folder.build(SITE);
        assert!(folder.open().stands(made_of(SITE)), "{at}");
    }
}

/// Copies a folder as people do, with the times of its files.
fn copy(from: &Path, to: &Path) {
    assert!(Command::new("cp").arg("-a").arg(from).arg(to).status().unwrap().success());
}

#[test]
fn what_others_did_to_the_folder_is_undone_and_reaches_nothing_else() {
    let elsewhere = tempfile::tempdir().unwrap();
    fs::create_dir(elsewhere.path().join("one")).unwrap();
    fs::write(elsewhere.path().join("one/index.html"), "mine").unwrap();
    for rounds in [1, 2] {
        let folder = Folder::of(SITE);
        for _ in 1..rounds {
            folder.build(SITE);
        }
        fs::write(folder.public("index.html"), "HOME").unwrap();
        fs::remove_dir_all(folder.public("essays")).unwrap();
        symlink(elsewhere.path(), folder.public("essays")).unwrap();
        fs::create_dir_all(folder.public("more/and more")).unwrap();
        fs::write(folder.public("more/and more/text"), "x").unwrap();
        assert!(Command::new("mkfifo").arg(folder.public("pipe")).status().unwrap().success());
        // The damaged tree is the spare one afterwards, and the public one again after that.
        for _ in 0..3 {
            folder.build(SITE);
        }
        assert_eq!(fs::read_to_string(elsewhere.path().join("one/index.html")).unwrap(), "mine");
        assert_eq!(fs::read_dir(elsewhere.path()).unwrap().count(), 1);
    }
}

#[test]
fn forgetting_costs_time_and_nothing_else() {
    let changed: Site<'_> = &[("index.html", "home"), ("essays/one/index.html", "1"), ("new.html", "new")];
    let spoil: &[fn(&Folder)] = &[
        |folder| fs::remove_dir_all(folder.hidden("")).unwrap(),
        |folder| folder.notes().iter().for_each(|note| fs::remove_file(note).unwrap()),
        |folder| {
            for note in folder.notes() {
                let bytes = fs::read(&note).unwrap();
                fs::write(note, &bytes[..bytes.len() / 2]).unwrap();
            }
        },
        |folder| {
            for note in folder.notes() {
                let mut bytes = fs::read(&note).unwrap();
                let middle = bytes.len() / 2;
                bytes[middle] ^= 0x40;
                fs::write(note, bytes).unwrap();
            }
        },
        |folder| fs::remove_dir_all(folder.hidden("tree")).unwrap(),
        |folder| fs::remove_file(folder.hidden("lock")).unwrap(),
        |folder| {
            for name in ["public", ".public.spare"] {
                fs::rename(folder.path(name), folder.path("kept")).unwrap();
                copy(&folder.path("kept"), &folder.path(name));
                fs::remove_dir_all(folder.path("kept")).unwrap();
            }
        },
    ];
    for spoil in spoil {
        let folder = Folder::of(&[("index.html", "home"), ("gone.html", "gone")]);
        folder.build(SITE);
        spoil(&folder);
        folder.build(changed);
        folder.build(SITE);
        let one_word: Site<'_> = &[SITE[0], SITE[1], (SITE[2].0, "TWO")];
        assert_eq!(folder.build(one_word).written, 1);
    }
}

#[test]
fn what_killed_builds_left_is_mended() {
    let killed: &[fn(&Folder)] = &[
        // While the spare tree was brought up: a file half written, one taken away, one that is new, a folder.
        |folder| {
            fs::remove_file(folder.hidden("tree/index.html")).unwrap();
            fs::write(folder.hidden("tree/index.html"), "ho").unwrap();
            fs::remove_file(folder.hidden("tree/essays/one/index.html")).unwrap();
            fs::write(folder.hidden("tree/essays/one/new.html"), "new").unwrap();
            fs::create_dir_all(folder.hidden("tree/essays/three/four")).unwrap();
        },
        // While the tree was noted.
        |folder| fs::write(folder.hidden("state.new"), "throughline tree 1\n").unwrap(),
        // Between the steps of a swap.
        |folder| fs::rename(folder.path("public"), folder.hidden("old")).unwrap(),
        |folder| {
            fs::rename(folder.path("public"), folder.hidden("old")).unwrap();
            fs::rename(folder.hidden("tree"), folder.path("public")).unwrap();
        },
        // Before anything was in the hidden folder.
        |folder| {
            fs::remove_dir_all(folder.hidden("")).unwrap();
            fs::create_dir(folder.hidden("")).unwrap();
        },
        // By the version before this one.
        |folder| {
            let new = folder.path(&format!(".public.new-{}", u32::MAX));
            fs::create_dir(&new).unwrap();
            fs::write(new.join(MARK), "").unwrap();
            fs::remove_dir_all(folder.hidden("")).unwrap();
            fs::rename(folder.path("public"), folder.path(".public.old")).unwrap();
        },
        // What nobody leaves there.
        |folder| {
            fs::remove_dir_all(folder.hidden("tree")).unwrap();
            symlink(folder.path("book"), folder.hidden("tree")).unwrap();
        },
    ];
    for (at, killed) in killed.iter().enumerate() {
        let folder = Folder::of(SITE);
        folder.build(SITE);
        killed(&folder);
        drop(folder.open());
        assert_eq!(folder.tree(), expected(SITE), "{at}");
        folder.build(&[("index.html", "other"), SITE[1]]);
        folder.build(SITE);
        let mut left: Vec<String> = fs::read_dir(folder.0.path())
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        left.sort();
        assert_eq!(left, [".public.spare", "book", "public"], "{at}");
        assert_eq!(fs::read_dir(folder.path("book")).unwrap().count(), 0, "{at}");
    }
}

#[test]
fn a_build_that_is_given_up_leaves_the_site_as_it_was() {
    let folder = Folder::of(SITE);
    folder.build(SITE);
    let output = folder.open();
    output.put("index.html", None, None, b"other");
    output.put("essays/one/more.html", None, None, b"more");
    drop(output);
    assert_eq!(folder.tree(), expected(SITE));
    assert!(folder.open().stands(made_of(SITE)));
    folder.build(SITE);
    folder.build(SITE);
}

#[test]
fn names_may_be_long_alike_or_change_between_file_and_folder() {
    let long = "x".repeat(255);
    let below = format!("{long}/{long}/index.html");
    let first: Site<'_> = &[("a", "file"), ("b/c/d", "deep"), ("B/c/d", "other"), ("e.html", "e"), (&long, "long")];
    let second: Site<'_> = &[("a/b/c", "folder"), ("b", "file"), ("b-c", "x"), ("E.html", "E"), (&below, "long")];
    let folder = Folder::new();
    for site in [first, second, first, second, &[("a/b", "x")], first] {
        folder.build(site);
    }
    let named = Folder::new();
    let out = named.path(&"p".repeat(255));
    for _ in 0..2 {
        Output::open(&out, &named.path("book")).unwrap().finish(made_of(SITE), &mark).unwrap();
    }
    assert!(out.join(MARK).is_file());
}

#[test]
fn a_link_to_the_folder_stays_and_leads_to_the_new_site() {
    let folder = Folder::new();
    fs::create_dir_all(folder.path("disk/site")).unwrap();
    symlink("disk/site", folder.path("public")).unwrap();
    folder.build(SITE);
    folder.build(SITE);
    assert!(folder.path("public").is_symlink());
    assert!(folder.path("disk/.site.spare").is_dir() && !folder.path(".public.spare").exists());
}

#[test]
fn who_may_enter_the_folder_stays() {
    let folder = Folder::of(SITE);
    fs::set_permissions(folder.path("public"), fs::Permissions::from_mode(0o750)).unwrap();
    for _ in 0..2 {
        folder.build(SITE);
        assert_eq!(fs::metadata(folder.path("public")).unwrap().mode() & 0o7777, 0o750);
    }
}

#[test]
fn folders_of_others_are_refused_and_left_alone() {
    let folder = Folder::new();
    fs::create_dir_all(folder.hidden("mine")).unwrap();
    let error = Output::open(&folder.path("public"), &folder.path("book")).unwrap_err();
    assert!(error.to_string().contains(".public.spare` was not made by Throughline"), "{error}");
    assert_eq!(fs::read_dir(folder.hidden("")).unwrap().count(), 1);
    let folder = Folder::new();
    fs::create_dir_all(folder.public("mine")).unwrap();
    Output::open(&folder.path("public"), &folder.path("book")).unwrap_err();
    assert!(!folder.hidden("").exists());
}

#[test]
fn what_cannot_be_written_is_an_error_and_takes_no_room() {
    let folder = Folder::of(SITE);
    let output = folder.open();
    output.put("new.html", None, None, b"new");
    output.put(&"x".repeat(300), None, None, b"too long");
    output.put("later.html", None, None, b"later");
    let error = output.finish(made_of(&[]), &mark).unwrap_err();
    assert!(error.to_string().contains("xxx"), "{error}");
    assert_eq!(folder.tree(), expected(SITE));
    assert!(!folder.hidden("tree/new.html").exists() && !folder.hidden("tree/later.html").exists());
    folder.build(SITE);
}

#[test]
fn git_sees_nothing_of_the_hidden_folder() {
    let folder = Folder::of(SITE);
    let git = |arguments: &[&str]| Command::new("git").args(arguments).current_dir(folder.0.path()).output().unwrap();
    assert!(git(&["init", "-q"]).status.success());
    let status = String::from_utf8(git(&["status", "--porcelain"]).stdout).unwrap();
    assert_eq!(status, "?? public/\n");
}

#[test]
fn a_second_build_waits_for_the_first_and_says_so() {
    let book = Book::new(&format!("-- content/essays/one.md --\n{ESSAY}Text.\n"));
    book.build_clean();
    let held = Output::open(&book.path().join("public"), book.path()).unwrap();
    let mut second = Command::new(env!("CARGO_BIN_EXE_throughline"))
        .arg("build")
        .current_dir(book.path())
        .stderr(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(second.stderr.take().unwrap()).lines();
    let told = lines.next().unwrap().unwrap();
    let process = format!("waiting: another build (process {}, since ", std::process::id());
    assert!(told.starts_with(&process) && told.contains("public"), "{told}");
    // What is saved while it waits is part of its site.
    fs::write(book.path().join("content/essays/one.md"), format!("{ESSAY}News.\n")).unwrap();
    drop(held);
    assert_eq!(lines.map(Result::unwrap).collect::<Vec<_>>(), Vec::<String>::new());
    assert!(second.wait().unwrap().success());
    assert!(book.read("essays/one/index.html").contains("News."));
}

#[test]
fn builds_at_the_same_time_end_like_one() {
    let book = Book::new(&format!("-- content/essays/one.md --\n{ESSAY}Text.\n"));
    book.build_clean();
    let one = tree(&book.path().join("public"));
    fs::remove_dir_all(book.path().join("public")).unwrap();
    fs::remove_dir_all(book.path().join(".public.spare")).unwrap();
    for _ in 0..5 {
        let builds: Vec<_> = (0..4)
            .map(|_| {
                let mut build = Command::new(env!("CARGO_BIN_EXE_throughline"));
                build.args(["build", "--as-of", "2026-01-01"]).current_dir(book.path());
                build.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap()
            })
            .collect();
        for build in builds {
            let ended = build.wait_with_output().unwrap();
            let told = String::from_utf8(ended.stderr).unwrap();
            let is_busy = ended.status.code() == Some(3) && told.contains("run this again when it has ended");
            assert!(ended.status.success() || is_busy, "{told}");
        }
        assert_eq!(tree(&book.path().join("public")), one);
    }
}

/// What may happen between two builds.
#[derive(Clone, Debug)]
enum Step {
    Build(Vec<(usize, u8)>),
    GiveUp(Vec<(usize, u8)>),
    Alter(usize),
    Remove(usize),
    Add(usize),
    Forget,
}

const NAMES: [&str; 8] = ["a", "a/b", "a/b/c", "a-b", "d/e/f", "d/e/g", "d/h", "index.html"];

/// Files that can stand beside each other, with their texts.
fn site_of(chosen: &[(usize, u8)]) -> Vec<(&'static str, String)> {
    let mut site: Vec<(&'static str, String)> = Vec::new();
    for (at, text) in chosen {
        let name = NAMES[*at];
        let is_in_the_way = |other: &str| {
            other == name || other.starts_with(&format!("{name}/")) || name.starts_with(&format!("{other}/"))
        };
        if !site.iter().any(|(other, _)| is_in_the_way(other)) {
            site.push((name, text.to_string()));
        }
    }
    site
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let site = || prop::collection::vec((0..NAMES.len(), 0u8..3), 0..8);
    let step = prop_oneof![
        4 => site().prop_map(Step::Build),
        1 => site().prop_map(Step::GiveUp),
        1 => (0..NAMES.len()).prop_map(Step::Alter),
        1 => (0..NAMES.len()).prop_map(Step::Remove),
        1 => (0..NAMES.len()).prop_map(Step::Add),
        1 => Just(Step::Forget),
    ];
    prop::collection::vec(step, 1..12)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_happens_between_builds_the_folder_holds_the_last_site(steps in steps()) {
        let folder = Folder::of(SITE);
        for step in steps {
            match step {
                Step::Build(chosen) => {
                    let site = site_of(&chosen);
                    folder.build(&site.iter().map(|(name, text)| (*name, text.as_str())).collect::<Vec<_>>());
                }
                Step::GiveUp(chosen) => {
                    let output = folder.open();
                    site_of(&chosen).iter().for_each(|(name, text)| output.put(name, None, None, text.as_bytes()));
                }
                // Where there is nothing of that name, nothing happens.
                Step::Alter(at) => drop(fs::OpenOptions::new().write(true).open(folder.public(NAMES[at])).and_then(
                    |mut file| std::io::Write::write_all(&mut file, b"x"),
                )),
                Step::Remove(at) => drop(fs::remove_file(folder.public(NAMES[at]))),
                Step::Add(at) => drop(fs::write(folder.public(NAMES[at]), "0")),
                Step::Forget => folder.notes().iter().for_each(|note| fs::remove_file(note).unwrap()),
            }
        }
        folder.build(SITE);
    }
}

#[test]
fn a_folder_with_a_repository_in_it_is_left_alone() {
    let book = Book::new(
        "-- book.toml --\ntitle = \"T\"\n-- content/essays/a.md --\n+++\ntitle = \"A\"\ndate = 2020-01-02\n+++\nWords.\n",
    );
    assert!(book.run(&["build"]).status.success());
    let kept = book.path().join("public/.git/kept");
    fs::create_dir(book.path().join("public/.git")).unwrap();
    fs::write(&kept, "years of work").unwrap();
    let output = book.run(&["build"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("holds a repository of its own"), "{output:?}");
    assert_eq!(fs::read_to_string(kept).unwrap(), "years of work");
}

#[test]
fn no_site_is_built_into_another_one() {
    let book = Book::new(
        "-- book.toml --\ntitle = \"T\"\n-- content/essays/a.md --\n+++\ntitle = \"A\"\ndate = 2020-01-02\n+++\nWords.\n",
    );
    assert!(book.run(&["build"]).status.success());
    for out in ["public/sub", "public/deep/er", ".public.spare/tree", ".public.spare/new"] {
        let output = book.run(&["build", "--out", out]);
        assert_eq!(output.status.code(), Some(2), "{out}");
        assert!(
            String::from_utf8_lossy(&output.stderr).contains("which every build of that site empties"),
            "{output:?}"
        );
    }
    assert!(book.run(&["build", "--verify"]).status.success());
}
