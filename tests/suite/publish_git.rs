//! Publishing to a branch of a repository on this disk, by the real git.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use throughline::publish::{Failure, Git, Plan, Target};

use crate::support::publish::{Quiet, expected, next, publish, release, roll_back, run, write, write_program};

struct Place {
    root: tempfile::TempDir,
}

impl Place {
    fn new() -> Self {
        let place = Self { root: tempfile::tempdir().unwrap() };
        fs::create_dir(place.book()).unwrap();
        run(place.root.path(), "git", &["init", "--quiet", "--bare", "site.git"]);
        place
    }

    fn book(&self) -> PathBuf {
        self.root.path().join("book")
    }

    fn site(&self) -> PathBuf {
        self.root.path().join("site.git")
    }

    fn target(&self) -> Git {
        self.target_with(false)
    }

    fn target_with(&self, overwrites: bool) -> Git {
        Git::new(&self.book(), "live", &self.site().display().to_string(), "pages", overwrites).unwrap()
    }

    fn git(&self, folder: &Path, arguments: &[&str]) -> String {
        let name = ["-c", "user.name=Ada", "-c", "user.email=ada@example.org"];
        let output = run(folder, "git", &[&name, arguments].concat());
        String::from_utf8(output.stdout).unwrap()
    }

    /// The files of the branch, byte for byte.
    fn files(&self) -> BTreeMap<String, Vec<u8>> {
        let site = self.site();
        let names = self.git(&site, &["ls-tree", "-r", "-z", "--name-only", "pages"]);
        let read = |name: &str| run(&site, "git", &["cat-file", "blob", &format!("pages:{name}")]).stdout;
        names.split_terminator('\0').map(|name| (name.to_owned(), read(name))).collect()
    }

    fn subjects(&self) -> String {
        self.git(&self.site(), &["log", "--format=%s", "pages"])
    }

    /// Somebody else pushes a file to the branch.
    fn push(&self, name: &str, text: &str) {
        let clone = tempfile::tempdir().unwrap();
        let site = self.site().display().to_string();
        run(clone.path(), "git", &["init", "--quiet", "."]);
        let mut fetch = std::process::Command::new("git");
        fetch.args(["fetch", "--quiet", &site, "pages"]).current_dir(clone.path());
        if fetch.output().unwrap().status.success() {
            self.git(clone.path(), &["checkout", "--quiet", "FETCH_HEAD"]);
        }
        write(&clone.path().join(name), text);
        self.git(clone.path(), &["add", "--all", "--force"]);
        self.git(clone.path(), &["commit", "--quiet", "-m", "Theirs"]);
        self.git(clone.path(), &["push", "--quiet", &site, "HEAD:refs/heads/pages"]);
    }
}

fn message<T: std::fmt::Debug>(done: Result<T, Failure>) -> String {
    done.unwrap_err().to_string()
}

#[test]
fn each_publish_is_one_commit_with_the_bytes_that_were_built() {
    let place = Place::new();
    let mut target = place.target();
    assert_eq!(target.look().unwrap().notes, ["The branch `pages` is not there yet; it is made."]);
    assert_eq!(publish(&mut target, &release("one")), Ok((11, 0, 0)));
    assert_eq!(place.files(), expected(&release("one")));
    assert_eq!(publish(&mut place.target(), &next("one")), Ok((1, 1, 1)));
    assert_eq!(place.files(), expected(&next("one")));
    assert_eq!(place.subjects(), "Publish: 1 added, 1 changed, 1 removed\nPublish: 11 added, 0 changed, 0 removed\n");
    let there = place.target().look().unwrap();
    assert!(Plan::of(&there.manifest, &next("one").manifest).is_empty());
}

#[test]
fn the_former_release_comes_back_from_another_machine() {
    let place = Place::new();
    assert!(message(roll_back(&mut place.target())).contains("nothing was published there yet"));
    publish(&mut place.target(), &release("one")).unwrap();
    assert!(message(roll_back(&mut place.target())).contains("first of all"));
    publish(&mut place.target(), &next("one")).unwrap();
    place.push("CNAME", "example.org\n");
    fs::remove_dir_all(place.book()).unwrap();
    fs::create_dir(place.book()).unwrap();
    roll_back(&mut place.target()).unwrap();
    let mut wanted = expected(&release("one"));
    wanted.insert("CNAME".to_owned(), b"example.org\n".to_vec());
    assert_eq!(place.files(), wanted);
    assert!(place.subjects().starts_with("Bring the former release back: 1 added, 1 changed, 1 removed\nTheirs\n"));
    roll_back(&mut place.target()).unwrap();
    assert_eq!(place.files()["index.html"], b"changed\n");
}

#[test]
fn what_others_pushed_stays_and_is_never_pushed_over() {
    let place = Place::new();
    publish(&mut place.target(), &release("one")).unwrap();
    let mut target = place.target();
    let plan = Plan::of(&target.look().unwrap().manifest, &next("one").manifest);
    place.push("CNAME", "example.org\n");
    let failed = target.apply(&next("one"), &plan, &Quiet).unwrap_err();
    assert!(failed.to_string().contains("somebody else has pushed to the branch `pages`"), "{failed}");
    assert!(failed.to_string().ends_with("run this again"), "{failed}");
    assert_eq!(failed.undone.len(), 3);
    publish(&mut target, &next("one")).unwrap();
    let mut wanted = expected(&next("one"));
    wanted.insert("CNAME".to_owned(), b"example.org\n".to_vec());
    assert_eq!(place.files(), wanted);
}

#[test]
fn files_that_others_changed_are_named_and_kept() {
    let place = Place::new();
    publish(&mut place.target(), &release("one")).unwrap();
    place.push("index.html", "theirs\n");
    let failed = publish(&mut place.target(), &next("one")).unwrap_err();
    assert!(failed.to_string().contains("`index.html` at the branch `pages`"), "{failed}");
    assert_eq!(failed.undone, ["index.html"]);
    assert_eq!(place.files()["index.html"], b"theirs\n");
    publish(&mut place.target_with(true), &next("one")).unwrap();
    assert_eq!(place.files(), expected(&next("one")));
}

#[test]
fn a_branch_of_others_is_left_alone() {
    let place = Place::new();
    place.push("book.toml", "title = \"Sources\"\n");
    let failed = message(publish(&mut place.target(), &release("one")));
    assert!(failed.contains("holds files that Throughline did not make; choose another `branch`"), "{failed}");
    assert_eq!(place.subjects(), "Theirs\n");
    let mut target = place.target_with(true);
    assert_eq!(target.look().unwrap().notes.len(), 1);
    publish(&mut target, &release("one")).unwrap();
    assert_eq!(place.files()["book.toml"], b"title = \"Sources\"\n");
}

#[test]
fn a_hook_that_refuses_is_quoted() {
    let place = Place::new();
    let hook = place.site().join("hooks/pre-receive");
    write_program(&hook, "#!/bin/sh\necho 'No pushes on Sundays.' >&2\nexit 1\n");
    let failed = message(publish(&mut place.target(), &release("one")));
    assert!(failed.contains("refuses the push: No pushes on Sundays.; do what it asks for"), "{failed}");
    fs::remove_file(&hook).unwrap();
    publish(&mut place.target(), &release("one")).unwrap();
    assert_eq!(place.files(), expected(&release("one")));
}

#[test]
fn the_book_s_own_repository_is_only_asked() {
    let place = Place::new();
    let book = place.book();
    let by_name = || Git::new(&book, "live", "origin", "pages", false);
    assert!(message(by_name().map(drop)).contains("the book lies in no git repository"));
    run(&book, "git", &["init", "--quiet", "."]);
    assert!(message(by_name().map(drop)).contains("has no remote `origin`"));
    run(&book, "git", &["remote", "add", "origin", "../site.git"]);
    // What would change bytes, and whose name stands under commits.
    for (key, value) in [
        ("core.autocrlf", "true"),
        ("filter.none.clean", "tr a-z A-Z"),
        ("user.name", "Grace"),
        ("user.email", "grace@example.org"),
        ("core.hooksPath", "hooks"),
    ] {
        run(&book, "git", &["config", key, value]);
    }
    write(&book.join(".gitattributes"), "* text=auto eol=crlf\n");
    write_program(&book.join("hooks/pre-push"), "#!/bin/sh\nexit 1\n");
    write(&book.join("draft.md"), "Half a thought\n");
    run(&book, "git", &["add", "draft.md"]);
    let before = place.git(&book, &["status", "--porcelain"]);
    publish(&mut by_name().unwrap(), &release("one")).unwrap();
    assert_eq!(place.files(), expected(&release("one")));
    assert_eq!(place.git(&place.site(), &["log", "--format=%an <%ae>", "pages"]), "Grace <grace@example.org>\n");
    assert_eq!(place.git(&book, &["status", "--porcelain"]), before);
    assert_eq!(place.git(&book, &["for-each-ref"]), "");
}

#[test]
fn what_a_killed_run_left_is_no_hindrance() {
    let place = Place::new();
    publish(&mut place.target(), &release("one")).unwrap();
    let own = place.book().join(".throughline/git/live");
    write(&own.join("shallow.lock"), "");
    write(&own.join("refs/throughline/next.lock"), "");
    publish(&mut place.target(), &next("one")).unwrap();
    assert_eq!(place.files(), expected(&next("one")));
    // And what is damaged is fetched again.
    fs::remove_dir_all(own.join("objects")).unwrap();
    publish(&mut place.target(), &release("two")).unwrap();
    assert_eq!(place.files(), expected(&release("two")));
}

#[test]
fn a_remote_that_is_gone_is_named() {
    let place = Place::new();
    let mut target = place.target();
    fs::remove_dir_all(place.site()).unwrap();
    let failed = message(target.look());
    assert!(failed.contains("there is no repository") && failed.contains("site.git"), "{failed}");
}
