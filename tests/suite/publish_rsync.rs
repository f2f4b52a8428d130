//! Publishing by the real rsync: into a folder, and to a daemon on this machine.

use std::collections::BTreeMap;
use std::fs;
use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::thread;

use throughline::publish::{File, LOCK, Plan, Rsync, Stepwise, Store, Target};

use crate::support::publish::{expected, next, publish, release, roll_back, stepwise, write};
use crate::support::tree;

struct Place {
    root: tempfile::TempDir,
}

impl Place {
    fn new() -> Self {
        let place = Self { root: tempfile::tempdir().unwrap() };
        fs::create_dir(place.book()).unwrap();
        place
    }

    fn book(&self) -> PathBuf {
        self.root.path().join("book")
    }

    fn store(&self, destination: &str) -> Rsync {
        Rsync::new(&self.book(), destination, 20, None).expect("these tests need `rsync`, which tests/run installs")
    }

    fn target(&self, destination: &str) -> Stepwise<Rsync> {
        stepwise(&self.book(), self.store(destination))
    }

    fn files(&self, folder: &str) -> BTreeMap<String, Vec<u8>> {
        tree(&self.root.path().join(folder))
    }
}

/// A daemon that serves each connection by a process of its own, as inetd has it done.
struct Daemon {
    address: String,
}

impl Daemon {
    fn start(place: &Place) -> Self {
        let root = place.root.path().display();
        fs::create_dir(place.root.path().join("data")).unwrap();
        let secrets = place.root.path().join("secrets");
        write(&secrets, "me:word\n");
        fs::set_permissions(&secrets, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
        let module = |name: &str, more: &str| format!("[{name}]\npath = {root}/data\n{more}\n");
        let settings = format!(
            "use chroot = no\n{}{}{}",
            module("site", "read only = no"),
            module("fixed", "read only = yes"),
            module("closed", &format!("read only = no\nauth users = me\nsecrets file = {root}/secrets")),
        );
        let path = place.root.path().join("conf");
        // Without these, a daemon of root would write as nobody.
        let is_root = fs::metadata("/proc/self").is_ok_and(|own| std::os::unix::fs::MetadataExt::uid(&own) == 0);
        write(&path, &format!("{}{settings}", if is_root { "uid = 0\ngid = 0\n" } else { "" }));
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("rsync://{}", listener.local_addr().unwrap());
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let stream = std::os::fd::OwnedFd::from(stream);
                let input = Stdio::from(stream.try_clone().unwrap());
                let mut command = Command::new("rsync");
                command.args(["--daemon", &format!("--config={}", path.display())]);
                let child: std::io::Result<Child> = command.stdin(input).stdout(stream).stderr(Stdio::null()).spawn();
                drop(command);
                thread::spawn(move || child.unwrap().wait());
            }
        });
        Self { address }
    }
}

#[test]
fn a_folder_holds_what_was_built_and_what_others_put_there() {
    let place = Place::new();
    let www = place.root.path().join("www");
    publish(&mut place.target("../www"), &release("one")).unwrap();
    assert_eq!(place.files("www"), expected(&release("one")));
    write(&www.join("theirs/keep.txt"), "theirs");
    write(&www.join("essays/a b/theirs.txt"), "theirs");
    let later = fs::metadata(www.join("feed.xml")).unwrap().modified().unwrap();
    assert_eq!(publish(&mut place.target("../www"), &next("one")), Ok((1, 1, 1)));
    let mut wanted = expected(&next("one"));
    wanted.insert("theirs/keep.txt".to_owned(), b"theirs".to_vec());
    wanted.insert("essays/a b/theirs.txt".to_owned(), b"theirs".to_vec());
    assert_eq!(place.files("www"), wanted);
    assert!(!www.join("essays/[x]*?").exists(), "a folder that nothing is in any more goes");
    assert_eq!(fs::metadata(www.join("feed.xml")).unwrap().modified().unwrap(), later);
    let there = place.target("../www").look().unwrap();
    assert!(Plan::of(&there.manifest, &next("one").manifest).is_empty());
    roll_back(&mut place.target("../www")).unwrap();
    wanted.extend(expected(&release("one")));
    wanted.remove("essays/new/index.html");
    assert_eq!(place.files("www"), wanted);
}

#[test]
fn a_daemon_takes_a_site_below_its_module() {
    let place = Place::new();
    let daemon = Daemon::start(&place);
    let destination = format!("{}/site/www", daemon.address);
    publish(&mut place.target(&destination), &release("one")).unwrap();
    assert_eq!(place.files("data/www"), expected(&release("one")));
    publish(&mut place.target(&destination), &next("one")).unwrap();
    assert_eq!(place.files("data/www"), expected(&next("one")));
    roll_back(&mut place.target(&destination)).unwrap();
    assert_eq!(place.files("data/www"), expected(&release("one")));
}

#[test]
fn a_store_tells_what_it_holds() {
    let place = Place::new();
    let store = place.store("../www");
    let (one, two) = (File::new("a b.html", *b"one"), File::new("ü/x.html", *b"two"));
    store.put(&[&one, &two], &|_| {}).unwrap();
    let other = File::new("a b.html", *b"1234");
    let holding = store.holding(&[&other, &two, &File::new("none.html", *b"")]).unwrap();
    assert_eq!(holding.into_iter().collect::<Vec<_>>(), ["ü/x.html"]);
    assert_eq!(store.read("a b.html").unwrap(), Some(b"one".to_vec()));
    assert_eq!(store.read("none.html").unwrap(), None);
}

#[test]
fn only_one_publishes_at_one_time() {
    let place = Place::new();
    let store = place.store("../www");
    let (first, second) = (File::new(LOCK, *b"first"), File::new(LOCK, *b"second"));
    assert_eq!(store.create(&first), Ok(true));
    assert_eq!(store.create(&second), Ok(false));
    assert_eq!(store.read(LOCK).unwrap(), Some(b"first".to_vec()));
    store.remove(&[LOCK]).unwrap();
    assert_eq!(store.create(&second), Ok(true));
}

#[test]
fn what_cannot_be_is_said_with_a_remedy() {
    let place = Place::new();
    let daemon = Daemon::start(&place);
    let fail = |destination: &str, password: Option<&str>| {
        let store = Rsync::new(&place.book(), destination, 20, password.map(str::to_owned)).unwrap();
        store.put(&[&File::new("a.html", *b"a")], &|_| {}).unwrap_err().to_string()
    };
    for (destination, part) in [
        ("gone/far/away".to_owned(), "make the folder around it"),
        (format!("{}/none", daemon.address), "no such module"),
        (format!("{}/fixed", daemon.address), "can only be read"),
        (format!("{}/closed", daemon.address), "does not take the user's name or the password"),
    ] {
        let failed = fail(&destination, Some("wrong"));
        assert!(failed.contains(part), "{destination}: {failed}");
        assert!(!failed.contains("wrong"), "{failed}");
    }
    let closed = format!("{}/closed", daemon.address).replace("rsync://", "rsync://me@");
    let store = Rsync::new(&place.book(), &closed, 20, Some("word".to_owned())).unwrap();
    store.put(&[&File::new("a.html", *b"a")], &|_| {}).unwrap();
}
