//! `publish` into a folder, and what holds for every target: plan, question, errors, rollback.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

use crate::support::{Book, ESSAY, tree};

fn book() -> Book {
    let book = Book::new(&format!(
        "-- content/essays/one.md --\n{ESSAY}First text.\n-- content/essays/two.md --\n{}Second text.\n",
        ESSAY.replace("One", "Two")
    ));
    settings(&book, "[publish.live]\nto = \"folder\"\npath = \"www\"\n");
    book
}

fn settings(book: &Book, targets: &str) {
    fs::write(book.path().join("book.toml"), format!("title = \"Test\"\n{targets}")).unwrap();
}

/// Removes an essay for good, with its line among the promised addresses.
fn take_out(book: &Book, essay: &str) {
    fs::remove_file(book.path().join(format!("content/essays/{essay}.md"))).unwrap();
    let path = book.path().join("published.toml");
    let promises = fs::read_to_string(&path).unwrap();
    let left: Vec<&str> = promises.lines().filter(|line| !line.contains(&format!("/{essay}/"))).collect();
    fs::write(path, left.join("\n")).unwrap();
}

fn www(book: &Book) -> BTreeMap<String, Vec<u8>> {
    let folder = book.path().join("www");
    if folder.exists() { tree(&folder) } else { BTreeMap::new() }
}

/// What a build of the book writes.
fn built(book: &Book) -> BTreeMap<String, Vec<u8>> {
    book.build_clean();
    tree(&book.path().join("public"))
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&[&output.stdout[..], &output.stderr[..]].concat()).into_owned()
}

fn publish(book: &Book, arguments: &[&str], code: i32) -> String {
    let output = book.run(&[&["publish"], arguments].concat());
    let said = said(&output);
    assert_eq!(output.status.code(), Some(code), "{said}");
    said
}

#[test]
fn a_plan_is_shown_and_carried_out_after_a_yes() {
    let book = book();
    let dry = publish(&book, &["--dry-run"], 0);
    assert!(dry.contains("added") && dry.contains("essays/one/index.html") && dry.contains("dry run"), "{dry}");
    assert!(www(&book).is_empty());
    let asked = publish(&book, &[], 2);
    assert!(asked.contains("--yes") && www(&book).is_empty(), "{asked}");
    publish(&book, &["--yes"], 0);
    assert_eq!(www(&book), built(&book));
    let again = publish(&book, &["live", "--yes"], 0);
    assert!(again.contains("Nothing to publish"), "{again}");

    fs::write(book.path().join("content/essays/one.md"), format!("{ESSAY}Another text.\n")).unwrap();
    take_out(&book, "two");
    let draft = format!("{}Third.\n", ESSAY.replace("date", "draft = true\ndate"));
    fs::write(book.path().join("content/essays/three.md"), draft).unwrap();
    let promised = fs::read_to_string(book.path().join("published.toml")).unwrap();
    assert!(promised.contains("\"/essays/one/\" = { title = \"One\""), "{promised}");
    let changed = publish(&book, &["--yes"], 0);
    for part in ["changed", "removed", "Left out: content/essays/three.md (a draft)"] {
        assert!(changed.contains(part), "{changed}");
    }
    assert_eq!(www(&book), built(&book));
}

#[test]
fn the_former_release_comes_back_byte_for_byte() {
    let book = book();
    publish(&book, &["--yes"], 0);
    let none = publish(&book, &["--rollback", "--yes"], 3);
    assert!(none.contains("no former release"), "{none}");
    let first = www(&book);
    fs::write(book.path().join("content/essays/one.md"), format!("{ESSAY}Another text.\n")).unwrap();
    take_out(&book, "two");
    publish(&book, &["--yes"], 0);
    let second = www(&book);
    let dry = publish(&book, &["--rollback", "--dry-run"], 0);
    assert!(dry.contains("essays/two/index.html") && www(&book) == second, "{dry}");
    // The book may be broken by then.
    fs::write(book.path().join("content/essays/one.md"), "+++\ntitle = 1\n+++\n").unwrap();
    publish(&book, &["--rollback", "--yes"], 0);
    assert_eq!(www(&book), first);
    publish(&book, &["--rollback", "--yes"], 0);
    assert_eq!(www(&book), second);
}

#[test]
fn what_others_put_there_stays_and_what_they_changed_is_not_lost_in_silence() {
    let book = book();
    publish(&book, &["--yes"], 0);
    let at = |name: &str| book.path().join("www").join(name);
    fs::create_dir_all(at(".well-known")).unwrap();
    fs::write(at(".well-known/token"), "theirs").unwrap();
    fs::write(at("essays/one/index.html"), "edited on the server").unwrap();
    fs::write(book.path().join("content/essays/two.md"), format!("{ESSAY}Another text.\n")).unwrap();
    // Only what the plan touches is looked at.
    publish(&book, &["--yes"], 0);
    fs::write(book.path().join("content/essays/one.md"), format!("{ESSAY}Another text.\n")).unwrap();
    let before = www(&book);
    let refused = publish(&book, &["--yes"], 3);
    assert!(refused.contains("essays/one/index.html") && refused.contains("--overwrite"), "{refused}");
    assert_eq!(www(&book), before);
    publish(&book, &["--yes", "--overwrite"], 0);
    let mut now = www(&book);
    assert_eq!(now.remove(".well-known/token").as_deref(), Some(&b"theirs"[..]));
    assert_eq!(now, built(&book));
}

#[test]
fn a_folder_that_is_not_ours_or_held_by_another_is_left_alone() {
    let book = book();
    fs::create_dir(book.path().join("www")).unwrap();
    fs::write(book.path().join("www/index.html"), "theirs").unwrap();
    let refused = publish(&book, &["--yes"], 3);
    assert!(refused.contains("did not make"), "{refused}");
    fs::remove_dir_all(book.path().join("www")).unwrap();
    let lock = fs::File::create(book.path().join(".www.lock")).unwrap();
    lock.lock().unwrap();
    let refused = publish(&book, &["--yes"], 3);
    assert!(refused.contains("at this moment"), "{refused}");
    drop(lock);
    publish(&book, &["--yes"], 0);
    assert!(!book.path().join(".www.lock").exists());
    for path in [".", "..", "content/www", "x/../content", ".git/www", ".throughline"] {
        settings(&book, &format!("[publish.live]\nto = \"folder\"\npath = \"{path}\"\n"));
        let refused = publish(&book, &["--yes"], 2);
        assert!(refused.contains("holds the book"), "{refused}");
    }
}

#[test]
fn settings_that_cannot_work_are_named_with_their_remedy() {
    let book = book();
    for (targets, code, wanted) in [
        ("", 2, "[publish.live]"),
        (
            "[publish.a]\nto = \"folder\"\npath = \"a\"\n[publish.b]\nto = \"folder\"\npath = \"b\"\n",
            2,
            "say which: a, b",
        ),
        ("[publish.live]\npath = \"www\"\n", 1, "add `to = "),
        ("[publish.live]\nto = \"ftp\"\n", 1, "`to` cannot be `ftp`"),
        ("[publish.live]\nto = \"s3\"\n", 1, "does not say its `bucket`"),
        (
            "[publish.live]\nto = \"s3\"\nbucket = \"b\"\nendpoint = \"https://me:hunter2@example.org\"\n",
            1,
            "holds a secret",
        ),
        ("[publish.live]\nto = \"git\"\nremote = \"--upload-pack=x\"\n", 1, "begins with a hyphen"),
        ("[publish.live]\nto = \"git\"\nremote = \"https://me:hunter2@github.com/me/book\"\n", 1, "holds a secret"),
        ("[publish.live]\nto = \"git\"\nremote = \"https://hunter2@github.com/me/book\"\n", 1, "holds a secret"),
        ("[publish.live]\nto = \"sftp\"\nhost = \"me:hunter2@example.org\"\npath = \"www\"\n", 1, "holds a secret"),
        (
            "[publish.live]\nto = \"netlify\"\nsite = \"s\"\ntoken = \"hunter2\"\n",
            1,
            "`token` of the target `live` holds a secret",
        ),
        (
            "[publish.live]\nto = \"netlify\"\nsite = \"s\"\nsecret_command = \"pass show it\"\n",
            1,
            "[\"pass\", \"show\", \"it\"]",
        ),
        ("[publish.live]\nto = \"rsync\"\ndestination = \"content/static\"\n", 2, "holds the book"),
        ("[publish.live]\nto = \"folder\"\npath = \"public/www\"\n", 2, "`throughline build` puts its site"),
        ("[publish.live]\nto = \"folder\"\npath = \"typo/www\"\n", 3, "has no folder around it"),
        ("[publish.live]\nto = \"git\"\nprecompress = true\n", 1, "has no meaning for `git`"),
        ("[publish.live]\nto = \"folder\"\npath = \"www\"\nbuckt = \"x\"\n", 1, "there is no key `buckt`"),
        ("[publish]\nto = \"folder\"\n", 1, "`publish` holds targets"),
        ("[publish.init]\nto = \"folder\"\npath = \"www\"\n", 1, "means something else"),
    ] {
        settings(&book, targets);
        let said = publish(&book, &["--yes"], code);
        assert!(said.contains(wanted), "{targets}\n{said}");
        assert!(!said.contains("hunter2"), "{said}");
        assert!(!book.path().join("www").exists());
    }
    settings(&book, "[publish.live]\nto = \"folder\"\npath = \"www\"\n");
    assert!(publish(&book, &["elsewhere", "--yes"], 2).contains("it has live"));
    fs::write(book.path().join("content/essays/one.md"), format!("{ESSAY}[x](nowhere.md)\n")).unwrap();
    assert!(publish(&book, &["--yes"], 1).contains("Nothing was published"));
}

#[test]
fn machines_get_one_object() {
    let book = book();
    let json = |arguments: &[&str]| -> serde_json::Value {
        let output = book.run(&[&["publish", "--format", "json"], arguments].concat());
        serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {}", said(&output)))
    };
    let dry = json(&["--dry-run"]);
    assert_eq!(
        (dry["is_done"].as_bool(), dry["unchanged"].as_u64(), dry["errors"].as_u64()),
        (Some(false), Some(0), Some(0))
    );
    let added = dry["added"].as_array().unwrap();
    assert!(added.iter().any(|file| file["file"] == "index.html" && file["size"].as_u64() > Some(0)));
    assert_eq!(json(&["--yes"])["is_done"], true);
    fs::write(book.path().join("www/essays/one/index.html"), "theirs").unwrap();
    fs::write(book.path().join("content/essays/one.md"), format!("{ESSAY}Another text.\n")).unwrap();
    let failed = json(&["--yes"]);
    assert_eq!(
        (failed["undone"][0].as_str(), failed["is_done"].as_bool()),
        (Some("essays/one/index.html"), Some(false))
    );
    assert!(failed["help"].as_str().unwrap().contains("--overwrite"));
}

#[test]
fn machines_get_their_object_whatever_happens() {
    let book = book();
    for (arguments, code) in [(&["nowhere", "--yes"][..], 2), (&[], 2), (&["--rollback", "--yes"], 3), (&["--yes"], 0)]
    {
        let output = book.run(&[&["publish", "--format", "json"], arguments].concat());
        assert_eq!(output.status.code(), Some(code));
        let value: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!((value["is_done"].as_bool(), value["error"].is_string()), (Some(code == 0), code != 0), "{value}");
    }
}

#[test]
fn what_others_put_under_a_new_name_is_not_written_over() {
    let book = book();
    publish(&book, &["--yes"], 0);
    let theirs = book.path().join("www/essays/three/index.html");
    fs::create_dir_all(theirs.parent().unwrap()).unwrap();
    fs::write(&theirs, "theirs").unwrap();
    fs::write(book.path().join("content/essays/three.md"), format!("{}Third.\n", ESSAY.replace("One", "Three")))
        .unwrap();
    let refused = publish(&book, &["--yes"], 3);
    assert!(refused.contains("`essays/three/index.html` at the folder"), "{refused}");
    assert_eq!(fs::read_to_string(&theirs).unwrap(), "theirs");
    publish(&book, &["--yes", "--overwrite"], 0);
    assert_eq!(www(&book), built(&book));
    // The same bytes under that name are no harm.
    let bytes = fs::read(&theirs).unwrap();
    publish(&book, &["--rollback", "--yes"], 0);
    fs::create_dir_all(theirs.parent().unwrap()).unwrap();
    fs::write(&theirs, bytes).unwrap();
    publish(&book, &["--yes"], 0);
    assert_eq!(www(&book), built(&book));
}

#[test]
fn a_site_that_others_changed_is_sent_again_when_that_is_wanted() {
    let book = book();
    publish(&book, &["--yes"], 0);
    fs::write(book.path().join("www/index.html"), "theirs").unwrap();
    assert!(publish(&book, &["--yes"], 0).contains("Nothing to publish"));
    publish(&book, &["--yes", "--overwrite"], 0);
    assert_eq!(www(&book), built(&book));
}

#[cfg(unix)]
#[test]
fn folders_of_others_stay_as_they_are() {
    use std::os::unix::fs::PermissionsExt;
    let book = book();
    publish(&book, &["--yes"], 0);
    let private = book.path().join("www/private");
    fs::create_dir_all(private.join("empty")).unwrap();
    fs::set_permissions(&private, fs::Permissions::from_mode(0o700)).unwrap();
    // Nobody but root can put anything into this one.
    let closed = book.path().join("www/closed");
    fs::create_dir(&closed).unwrap();
    fs::write(closed.join("theirs"), "theirs").unwrap();
    fs::set_permissions(&closed, fs::Permissions::from_mode(0o500)).unwrap();
    take_out(&book, "two");
    publish(&book, &["--yes"], 0);
    assert_eq!(fs::metadata(&closed).unwrap().permissions().mode() & 0o777, 0o500);
    assert_eq!(fs::read_to_string(closed.join("theirs")).unwrap(), "theirs");
    fs::set_permissions(&closed, fs::Permissions::from_mode(0o700)).unwrap();
    assert_eq!(fs::metadata(&private).unwrap().permissions().mode() & 0o777, 0o700);
    assert!(private.join("empty").is_dir() && !book.path().join("www/essays/two").exists());
}

#[test]
fn texts_stand_there_compressed_where_a_server_wants_them_so() {
    let book = book();
    settings(&book, "[publish.live]\nto = \"folder\"\npath = \"www\"\nprecompress = true\n");
    publish(&book, &["--yes"], 0);
    let files = www(&book);
    for suffix in ["br", "gz"] {
        assert!(files[&format!("essays/one/index.html.{suffix}")].len() < files["essays/one/index.html"].len());
    }
    assert!(!files.keys().any(|name| name.ends_with(".woff2.gz")));
    settings(&book, "[publish.live]\nto = \"folder\"\npath = \"www\"\n");
    publish(&book, &["--yes"], 0);
    assert_eq!(www(&book), built(&book));
}

#[test]
fn a_kill_at_any_moment_leaves_the_old_site_or_the_new_one() {
    let book = book();
    for at in 0..60 {
        fs::write(book.path().join(format!("content/essays/more-{at}.md")), format!("{ESSAY}Text {at}.\n")).unwrap();
    }
    publish(&book, &["--yes"], 0);
    let mut old = www(&book);
    for round in 0..12 {
        fs::write(book.path().join("content/essays/one.md"), format!("{ESSAY}Round {round}.\n")).unwrap();
        let new = built(&book);
        let mut run = Command::new(env!("CARGO_BIN_EXE_throughline"))
            .args(["publish", "--yes"])
            .current_dir(book.path())
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        // The moment is another one each time: after the first file of the new tree, the tenth, and so on.
        let staging: PathBuf = book.path().join(format!(".www.new-{}", run.id()));
        let written = || fs::read_dir(staging.join("essays")).map_or(0, Iterator::count);
        while run.try_wait().unwrap().is_none() && written() <= round * 5 {
            std::thread::yield_now();
        }
        // It may have ended by itself.
        drop(run.kill());
        run.wait().unwrap();
        let now = www(&book);
        assert!(now == old || now == new, "round {round}");
        publish(&book, &["--yes"], 0);
        assert_eq!(www(&book), new);
        let left: Vec<_> = fs::read_dir(book.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert!(!left.iter().any(|name| name.to_string_lossy().contains(".new-")), "{left:?}");
        old = new;
    }
}

#[test]
fn status_names_the_essays_that_have_changed_since_they_were_published() {
    let book = book();
    let changed = || {
        let output = book.run(&["status", "--format", "json"]);
        let status: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        let paths =
            status["changed"].as_array().unwrap().iter().map(|entry| entry["path"].as_str().unwrap().to_owned());
        paths.collect::<Vec<_>>()
    };
    assert!(changed().is_empty(), "nothing was published yet");
    publish(&book, &["--yes"], 0);
    assert!(changed().is_empty());
    fs::write(book.path().join("content/essays/one.md"), format!("{ESSAY}Another text.\n")).unwrap();
    assert_eq!(changed(), ["content/essays/one.md"]);
    let words = said(&book.run(&["status"]));
    assert!(words.contains("Changed since published (1)\n  One (content/essays/one.md)"), "{words}");
    publish(&book, &["--yes"], 0);
    assert!(changed().is_empty());
    fs::write(book.path().join(".throughline/texts.json"), "no").unwrap();
    assert!(said(&book.run(&["status"])).contains("delete it"));
}

/// The essays and pages that `status` lists as changed.
fn changed(book: &Book) -> Vec<String> {
    let output = book.run(&["status", "--format", "json"]);
    let value: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let entries = value["changed"].as_array().unwrap().iter();
    entries.map(|entry| entry["path"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn what_readers_do_not_see_after_a_rollback_counts_as_changed() {
    let book = book();
    publish(&book, &["--yes"], 0);
    fs::write(book.path().join("content/essays/one.md"), format!("{ESSAY}Another text.\n")).unwrap();
    assert_eq!(changed(&book), ["content/essays/one.md"]);
    publish(&book, &["--yes"], 0);
    // Nothing is replaced by this, so that what came before stays the same.
    publish(&book, &["--yes"], 0);
    assert_eq!(changed(&book), [] as [&str; 0]);
    publish(&book, &["--rollback", "--yes"], 0);
    assert_eq!(changed(&book), ["content/essays/one.md"], "readers see the old text");
    publish(&book, &["--rollback", "--yes"], 0);
    assert_eq!(changed(&book), [] as [&str; 0], "and now the new one");
    fs::remove_file(book.path().join(".throughline/texts.former.json")).unwrap();
    let unknown = publish(&book, &["--rollback", "--yes"], 0);
    assert!(unknown.contains("was not noted on this machine"), "{unknown}");
    assert_eq!(changed(&book), [] as [&str; 0]);
    publish(&book, &["--yes"], 0);
    fs::write(book.path().join("content/essays/one.md"), format!("{ESSAY}A third text.\n")).unwrap();
    assert_eq!(changed(&book), ["content/essays/one.md"]);
}
