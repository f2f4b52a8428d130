//! A place that takes files one by one, and fails at every request in turn: what is there is always a site.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use throughline::io::keep::Keep;
use throughline::publish::{
    Failure, File, LOCK, MANIFEST, Plan, Progress, Release, Stage, Stepwise, Store, Taken, Target,
};

/// Files in memory; each request counts, and from a certain one on all fail.
#[derive(Default)]
struct Memory {
    files: Mutex<BTreeMap<String, Vec<u8>>>,
    requests: AtomicUsize,
    last: AtomicUsize,
    log: Mutex<Vec<String>>,
}

impl Memory {
    fn ask(&self, what: &str, name: &str) -> Result<(), Failure> {
        let at = self.requests.fetch_add(1, Ordering::SeqCst);
        if at >= self.last.load(Ordering::SeqCst) {
            return Err(Failure::new("the line is cut"));
        }
        self.log.lock().unwrap().push(format!("{what} {name}"));
        Ok(())
    }

    fn allow(&self, requests: usize) {
        self.requests.store(0, Ordering::SeqCst);
        self.last.store(requests, Ordering::SeqCst);
        self.log.lock().unwrap().clear();
    }

    fn site(&self) -> BTreeMap<String, Vec<u8>> {
        let mut files = self.files.lock().unwrap().clone();
        files.retain(|name, _| !matches!(name.as_str(), MANIFEST | LOCK));
        files
    }

    fn log(&self) -> Vec<String> {
        self.log.lock().unwrap().clone()
    }
}

impl Store for &Memory {
    fn name(&self) -> String {
        "memory".to_owned()
    }

    fn read(&self, name: &str) -> Result<Option<Vec<u8>>, Failure> {
        self.ask("read", name)?;
        Ok(self.files.lock().unwrap().get(name).cloned())
    }

    fn fetch(&self, names: &[&str], taken: &Taken<'_>) -> Result<(), Failure> {
        for name in names {
            self.ask("fetch", name)?;
            let bytes = self.files.lock().unwrap().get(*name).cloned();
            bytes.map_or(Ok(()), |bytes| taken(name, &bytes))?;
        }
        Ok(())
    }

    fn create(&self, file: &File) -> Result<bool, Failure> {
        self.ask("create", &file.name)?;
        let mut files = self.files.lock().unwrap();
        let is_free = !files.contains_key(&file.name);
        if is_free {
            files.insert(file.name.clone(), file.bytes.to_vec());
        }
        Ok(is_free)
    }

    fn put(&self, files: &[&File], done: &(dyn Fn(&str) + Sync)) -> Result<(), Failure> {
        for file in files {
            self.ask("put", &file.name)?;
            self.files.lock().unwrap().insert(file.name.clone(), file.bytes.to_vec());
            done(&file.name);
        }
        Ok(())
    }

    fn remove(&self, names: &[&str]) -> Result<(), Failure> {
        for name in names {
            self.ask("remove", name)?;
            self.files.lock().unwrap().remove(*name);
        }
        Ok(())
    }

    fn present(&self, files: &[&File]) -> Result<BTreeSet<String>, Failure> {
        self.ask("list", "")?;
        let there = self.files.lock().unwrap();
        Ok(files.iter().map(|file| file.name.clone()).filter(|name| there.contains_key(name)).collect())
    }

    fn holding(&self, files: &[&File]) -> Result<BTreeSet<String>, Failure> {
        self.ask("list", "")?;
        let there = self.files.lock().unwrap();
        let same = files.iter().filter(|file| there.get(&file.name).is_some_and(|bytes| **bytes == *file.bytes));
        Ok(same.map(|file| file.name.clone()).collect())
    }
}

struct Quiet;

impl Progress for Quiet {
    fn begin(&self, _: &str, _: usize) {}

    fn step(&self) {}
}

/// A site whose pages name the style sheet of its version; one page comes and one goes with each version.
fn release(version: usize) -> Release {
    let mut release = Release::default();
    let style = format!("assets/style.{version:08x}.css");
    release.insert(File::new(style.clone(), format!("/* {version} */").into_bytes()));
    release.insert(File::new("assets/font.woff2", b"font".to_vec()));
    for page in
        ["index.html".to_owned(), "essays/one/index.html".to_owned(), format!("essays/only-{version}/index.html")]
    {
        release.insert(File::new(page, format!("<link href={style}>").into_bytes()));
    }
    release.insert(File::new("feed.xml", format!("<feed>{version}").into_bytes()));
    release
}

fn files(release: &Release) -> BTreeMap<String, Vec<u8>> {
    release.files.values().map(|file| (file.name.clone(), file.bytes.to_vec())).collect()
}

/// Every page is one of these versions, whole, and the style sheet that it names is there.
fn assert_is_site(site: &BTreeMap<String, Vec<u8>>, versions: &[usize]) {
    let known: Vec<BTreeMap<String, Vec<u8>>> = versions.iter().map(|version| files(&release(*version))).collect();
    for (name, bytes) in site {
        assert!(known.iter().any(|files| files.get(name) == Some(bytes)), "{name} is of no version");
        if name.ends_with(".html") {
            let page = String::from_utf8_lossy(bytes);
            let style = page.trim_start_matches("<link href=").trim_end_matches('>');
            assert!(site.contains_key(style), "{name} names {style}, which is not there");
        }
    }
}

fn publish(memory: &Memory, keep: &tempfile::TempDir, release: &Release) -> Result<(), Failure> {
    let mut target = Stepwise::new(memory, Keep::open(keep.path(), "live"), false)?;
    let there = target.look()?;
    let plan = Plan::of(&there.manifest, &release.manifest);
    if plan.is_empty() { Ok(()) } else { target.apply(release, &plan, &Quiet) }
}

fn roll_back(memory: &Memory, keep: &tempfile::TempDir) -> Result<(), Failure> {
    let mut target = Stepwise::new(memory, Keep::open(keep.path(), "live"), false)?;
    target.look()?;
    let former = target.former()?;
    target.roll_back(&former, &Quiet)
}

#[test]
fn files_go_in_the_order_in_which_a_reader_needs_them() {
    let (memory, keep) = (Memory::default(), tempfile::tempdir().unwrap());
    memory.allow(usize::MAX);
    publish(&memory, &keep, &release(1)).unwrap();
    assert_eq!(memory.site(), files(&release(1)));
    memory.allow(usize::MAX);
    publish(&memory, &keep, &release(2)).unwrap();
    let log = memory.log();
    let sent: Vec<&str> =
        log.iter().filter_map(|line| line.strip_prefix("put ")).filter(|name| *name != MANIFEST).collect();
    let stages: Vec<Stage> = sent.iter().map(|name| Stage::of(name)).collect();
    assert!(stages.is_sorted() && sent.len() == 5, "{sent:?}");
    let last_put = log.iter().rposition(|line| line.starts_with("put ") && !line.ends_with(MANIFEST)).unwrap();
    let first_removed = log.iter().position(|line| line.starts_with("remove ")).unwrap();
    assert!(last_put < first_removed, "{log:?}");
    assert_eq!(log.last().unwrap(), &format!("remove {LOCK}"));
    memory.allow(usize::MAX);
    publish(&memory, &keep, &release(2)).unwrap();
    assert_eq!(memory.log(), [format!("read {MANIFEST}")]);
}

#[test]
fn a_run_that_is_cut_at_any_request_leaves_a_site_and_is_finished_by_the_next() {
    for cut in 0.. {
        let (memory, keep) = (Memory::default(), tempfile::tempdir().unwrap());
        memory.allow(usize::MAX);
        publish(&memory, &keep, &release(1)).unwrap();
        memory.allow(cut);
        let done = publish(&memory, &keep, &release(2));
        assert_is_site(&memory.site(), &[1, 2]);
        // A process that was killed leaves its lock; this one is alive, so it is taken away by hand.
        memory.files.lock().unwrap().remove(LOCK);
        if cut % 2 == 0 {
            memory.allow(usize::MAX);
            publish(&memory, &keep, &release(2)).unwrap();
            let sent = memory.log().iter().filter(|line| line.starts_with("put ") && !line.ends_with(MANIFEST)).count();
            assert!(sent <= 5);
            assert_eq!(memory.site(), files(&release(2)));
            memory.allow(usize::MAX);
            roll_back(&memory, &keep).unwrap();
        } else if done.is_err() && memory.files.lock().unwrap()[MANIFEST].windows(2).any(|bytes| bytes == b"\n?") {
            // The release that was whole last comes back although the next one was never finished.
            memory.allow(usize::MAX);
            roll_back(&memory, &keep).unwrap();
        } else {
            memory.allow(usize::MAX);
            publish(&memory, &keep, &release(1)).unwrap();
        }
        assert_eq!(memory.site(), files(&release(1)), "cut at {cut}");
        assert!(!memory.files.lock().unwrap().contains_key(LOCK));
        if done.is_ok() {
            assert!(cut > 15, "all is done within {cut} requests");
            return;
        }
    }
}

#[test]
fn a_third_release_over_one_that_was_cut_leaves_nothing_behind() {
    for cut in 0..25 {
        let (memory, keep) = (Memory::default(), tempfile::tempdir().unwrap());
        memory.allow(usize::MAX);
        publish(&memory, &keep, &release(1)).unwrap();
        memory.allow(cut);
        // The request that fails last only takes the lock away.
        drop(publish(&memory, &keep, &release(2)));
        let is_whole = memory.files.lock().unwrap()[MANIFEST] == release(2).manifest.to_text().into_bytes();
        memory.files.lock().unwrap().remove(LOCK);
        memory.allow(usize::MAX);
        publish(&memory, &keep, &release(3)).unwrap();
        assert_eq!(memory.site(), files(&release(3)), "cut at {cut}");
        memory.allow(usize::MAX);
        roll_back(&memory, &keep).unwrap();
        assert_eq!(memory.site(), files(&release(if is_whole { 2 } else { 1 })), "cut at {cut}");
    }
}

#[test]
fn two_at_once_do_not_mix() {
    let (memory, keep) = (Memory::default(), tempfile::tempdir().unwrap());
    memory.allow(usize::MAX);
    let lock = |process: u32, machine: &str, seen: u64| {
        let text = format!(r#"{{"run":"x","machine":"{machine}","process":{process},"seen":{seen}}}"#);
        memory.files.lock().unwrap().insert(LOCK.to_owned(), text.into_bytes());
    };
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
    lock(7, "another machine", now - 100);
    let refused = publish(&memory, &keep, &release(1)).unwrap_err();
    assert!(refused.message.contains("process 7 of another machine"), "{refused}");
    assert!(memory.site().is_empty());
    // One that has not been seen for long, and one of this machine that has ended, are passed over.
    lock(7, "another machine", now - 3600);
    publish(&memory, &keep, &release(1)).unwrap();
    lock(i32::MAX as u32, &throughline::io::process::machine(), now);
    publish(&memory, &keep, &release(2)).unwrap();
    lock(std::process::id(), &throughline::io::process::machine(), now);
    assert!(publish(&memory, &keep, &release(1)).is_err());
    assert_eq!(memory.site(), files(&release(2)));
}

#[test]
fn what_somebody_else_published_or_changed_is_seen() {
    let (memory, keep) = (Memory::default(), tempfile::tempdir().unwrap());
    memory.allow(usize::MAX);
    publish(&memory, &keep, &release(1)).unwrap();
    let mut target = Stepwise::new(&memory, Keep::open(keep.path(), "live"), false).unwrap();
    let there = target.look().unwrap();
    let plan = Plan::of(&there.manifest, &release(3).manifest);
    let elsewhere = tempfile::tempdir().unwrap();
    publish(&memory, &elsewhere, &release(2)).unwrap();
    let refused = target.apply(&release(3), &plan, &Quiet).unwrap_err();
    assert!(refused.message.contains("somebody else has published"), "{refused}");
    assert_eq!(memory.site(), files(&release(2)));
    let refused = roll_back(&memory, &keep).unwrap_err();
    assert!(
        refused.message.contains("from elsewhere") || refused.message.contains("nothing was replaced"),
        "{refused}"
    );
    memory.files.lock().unwrap().insert(MANIFEST.to_owned(), b"<html>".to_vec());
    assert!(publish(&memory, &keep, &release(3)).unwrap_err().message.contains("not what Throughline wrote"));
}

#[test]
fn what_others_put_there_is_not_written_over_in_silence() {
    let (memory, keep) = (Memory::default(), tempfile::tempdir().unwrap());
    memory.allow(usize::MAX);
    for (name, text) in [("index.html", "theirs"), ("assets/font.woff2", "font"), ("other.html", "theirs")] {
        memory.files.lock().unwrap().insert(name.to_owned(), text.as_bytes().to_vec());
    }
    let refused = publish(&memory, &keep, &release(1)).unwrap_err();
    assert_eq!(refused.undone, ["index.html"]);
    assert_eq!(memory.site()["index.html"], b"theirs");
    let mut target = Stepwise::new(&memory, Keep::open(keep.path(), "live"), true).unwrap();
    let plan = Plan::of(&target.look().unwrap().manifest, &release(1).manifest);
    target.apply(&release(1), &plan, &Quiet).unwrap();
    let mut wanted = files(&release(1));
    wanted.insert("other.html".to_owned(), b"theirs".to_vec());
    assert_eq!(memory.site(), wanted);
}

#[test]
fn a_file_that_becomes_a_folder_goes_before_that_comes() {
    let (memory, keep) = (Memory::default(), tempfile::tempdir().unwrap());
    memory.allow(usize::MAX);
    let of = |name: &str| {
        let mut release = release(1);
        release.insert(File::new(name, *b"x"));
        release
    };
    publish(&memory, &keep, &of("thing")).unwrap();
    memory.allow(usize::MAX);
    publish(&memory, &keep, &of("thing/more.txt")).unwrap();
    let log = memory.log();
    let at = |line: &str| log.iter().position(|other| other == line).unwrap_or_else(|| panic!("{line} in {log:?}"));
    assert!(at("remove thing") < at("put thing/more.txt"), "{log:?}");
    publish(&memory, &keep, &of("thing")).unwrap();
    assert_eq!(memory.site(), files(&of("thing")));
}
