//! Publishing by the real `sftp`, which speaks to a real `sftp-server` without a network between them.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;

use throughline::publish::{File, LOCK, Plan, Sftp, Stepwise, Store, Target};

use crate::support::publish::{expected, next, publish, release, roll_back, stepwise, write, write_program};
use crate::support::tree;

struct Place {
    root: tempfile::TempDir,
}

impl Place {
    fn new() -> Self {
        let place = Self { root: tempfile::tempdir().unwrap() };
        fs::create_dir(place.book()).unwrap();
        let known = ["/usr/lib/openssh", "/usr/libexec/openssh", "/usr/libexec", "/usr/lib/ssh"];
        let server = known.iter().map(|folder| Path::new(folder).join("sftp-server")).find(|path| path.exists());
        let server = server.expect("these tests need `sftp-server`, which tests/run installs");
        place.stand_in("ssh", &format!("exec {}", server.display()));
        place
    }

    /// A program that `sftp` takes for ssh.
    fn stand_in(&self, name: &str, body: &str) -> String {
        let path = self.root.path().join(name);
        write_program(&path, &format!("#!/bin/sh\n{body}\n"));
        path.display().to_string()
    }

    fn book(&self) -> PathBuf {
        self.root.path().join("book")
    }

    fn store_by(&self, ssh: &str) -> Sftp {
        let folder = self.root.path().join("the \"site\" [1]").display().to_string();
        Sftp::new(&self.book(), "me@example.org", 22, &folder, None)
            .through(self.root.path().join(ssh).display().to_string())
    }

    fn store(&self) -> Sftp {
        self.store_by("ssh")
    }

    fn target(&self) -> Stepwise<Sftp> {
        stepwise(&self.book(), self.store())
    }

    fn files(&self) -> BTreeMap<String, Vec<u8>> {
        tree(&self.root.path().join("the \"site\" [1]"))
    }
}

#[test]
fn a_folder_holds_what_was_built_and_what_others_put_there() {
    let place = Place::new();
    publish(&mut place.target(), &release("one")).unwrap();
    assert_eq!(place.files(), expected(&release("one")));
    let folder = place.root.path().join("the \"site\" [1]");
    write(&folder.join("essays/a b/theirs.txt"), "theirs");
    assert_eq!(publish(&mut place.target(), &next("one")), Ok((1, 1, 1)));
    let mut wanted = expected(&next("one"));
    wanted.insert("essays/a b/theirs.txt".to_owned(), b"theirs".to_vec());
    assert_eq!(place.files(), wanted);
    assert!(!folder.join("essays/[x]*?").exists(), "a folder that nothing is in any more goes");
    let there = place.target().look().unwrap();
    assert!(Plan::of(&there.manifest, &next("one").manifest).is_empty());
    roll_back(&mut place.target()).unwrap();
    wanted.extend(expected(&release("one")));
    wanted.remove("essays/new/index.html");
    assert_eq!(place.files(), wanted);
}

#[test]
fn each_of_many_files_is_told_once() {
    let place = Place::new();
    let files: Vec<File> =
        (0..60).map(|at| File::new(format!("essays/{at}/index.html"), format!("{at}").into_bytes())).collect();
    let told = Mutex::new(Vec::new());
    place.store().put(&files.iter().collect::<Vec<_>>(), &|name| told.lock().unwrap().push(name.to_owned())).unwrap();
    let mut told = told.into_inner().unwrap();
    told.sort();
    let mut names: Vec<String> = files.iter().map(|file| file.name.clone()).collect();
    names.sort();
    assert_eq!(told, names);
    assert_eq!(place.files().into_keys().collect::<Vec<_>>(), names);
}

#[test]
fn a_connection_that_breaks_is_made_again() {
    let place = Place::new();
    // The first three connections end after so many bytes, in the middle of whatever they carry.
    let root = place.root.path().display();
    place.stand_in(
        "cut",
        &format!(
            "n=$(ls {root} | grep -c cut-); if [ $n -lt 3 ]; then : > {root}/cut-$$; \
             dd bs=1 count=6000 2>{root}/said | {root}/ssh; echo 'Connection reset by peer' >&2; exit 255; fi; exec {root}/ssh"
        ),
    );
    let files: Vec<File> = (0..8).map(|at| File::new(format!("{at}.html"), vec![b'a' + at; 3000])).collect();
    let told = Mutex::new(BTreeSet::new());
    let done = |name: &str| assert!(told.lock().unwrap().insert(name.to_owned()), "{name} is told twice");
    place.store_by("cut").put(&files.iter().collect::<Vec<_>>(), &done).unwrap();
    assert_eq!(told.into_inner().unwrap().len(), 8);
    let wanted: BTreeMap<String, Vec<u8>> = files.iter().map(|file| (file.name.clone(), file.bytes.to_vec())).collect();
    assert_eq!(place.files(), wanted);
}

#[test]
fn a_store_tells_what_it_holds() {
    let place = Place::new();
    let store = place.store();
    let (one, two) = (File::new("a b.html", *b"one"), File::new("ü/x.html", *b"two"));
    store.put(&[&one, &two], &|_| {}).unwrap();
    let other = File::new("a b.html", *b"eno");
    let holding = store.holding(&[&other, &two, &File::new("none.html", *b"")]).unwrap();
    assert_eq!(holding.into_iter().collect::<Vec<_>>(), ["ü/x.html"]);
    store.remove(&["none.html", "a b.html"]).unwrap();
    assert_eq!(store.read("a b.html").unwrap(), None);
}

#[test]
fn only_one_publishes_at_one_time() {
    let place = Place::new();
    let store = place.store();
    let (first, second) = (File::new(LOCK, *b"first"), File::new(LOCK, *b"second"));
    assert_eq!(store.create(&first), Ok(true));
    assert_eq!(store.create(&second), Ok(false));
    assert_eq!(store.read(LOCK).unwrap(), Some(b"first".to_vec()));
    store.remove(&[LOCK]).unwrap();
    assert_eq!(store.create(&second), Ok(true));
    assert_eq!(place.files().len(), 1, "nothing else is left there");
    // The lock of a run that is gone is taken over.
    fs::write(
        place.root.path().join("the \"site\" [1]").join(LOCK),
        r#"{"run":"x","machine":"elsewhere","process":1,"seen":1}"#,
    )
    .unwrap();
    publish(&mut place.target(), &release("one")).unwrap();
    assert_eq!(place.files(), expected(&release("one")));
}

#[test]
fn what_ssh_says_is_explained() {
    let place = Place::new();
    for (said, part) in [
        ("me@example.org: Permission denied (publickey).", "load your key with `ssh-add`"),
        ("Host key verification failed.", "does not know the key"),
        ("@ WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED! @", "shows another key"),
        ("ssh: Could not resolve hostname example.org: Name or service not known", "there is no host"),
    ] {
        place.stand_in("says", &format!("echo '{said}' >&2; exit 255"));
        let failed = place.store_by("says").read("index.html").unwrap_err().to_string();
        assert!(failed.contains(part), "{failed}");
    }
    let file = place.root.path().join("file");
    write(&file, "");
    let store = Sftp::new(&place.book(), "example.org", 22, &format!("{}/below", file.display()), None)
        .through(place.root.path().join("ssh").display().to_string());
    let failed = store.put(&[&File::new("a.html", *b"a")], &|_| {}).unwrap_err().to_string();
    assert!(failed.contains("example.org"), "{failed}");
}

#[test]
fn a_password_is_told_to_nothing_but_a_question_for_it() {
    let ask = |question: &str| {
        let asked =
            Command::new(env!("CARGO_BIN_EXE_throughline")).arg(question).env("THROUGHLINE_ANSWER", "secret").output();
        let asked = asked.unwrap();
        (asked.status.code(), String::from_utf8(asked.stdout).unwrap())
    };
    assert_eq!(ask("me@example.org's password: "), (Some(0), "secret\n".to_owned()));
    assert_eq!(ask("(me@example.org) Password: "), (Some(0), "secret\n".to_owned()));
    let unknown = "The authenticity of host 'h' can't be established. Are you sure you want to continue connecting?";
    assert_eq!(ask(unknown), (Some(1), String::new()));
    assert_eq!(ask("Enter passphrase for key '/home/me/.ssh/id_ed25519': "), (Some(1), String::new()));
}
