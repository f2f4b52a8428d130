//! A folder that is reached by SFTP: OpenSSH's `sftp`, which reads what to do from its standard input. Knows no plan.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

use super::former::Taken;
use super::program::{self, SSH, Trouble, persist, quote, ssh_trouble};
use super::release::File;
use super::stepwise::Store;
use super::target::Failure;
use crate::base::fingerprint::Fingerprint;
use crate::io::error::Error;
use crate::io::process::{self, ANSWER, Ended, Program};
use crate::io::scratch::Scratch;

/// How many connections there are at one time. Hosts count those that have not said yet who they are, and refuse more than ten.
const CONNECTIONS: usize = 4;
/// A connection costs more than so many files.
const FEW: usize = 8;
/// A file has this behind its name until it is whole. The name is the same in every run, so that the next one takes away what a
/// killed one left.
const UNFINISHED: &str = ".throughline-new";
/// This name stands for the file whose arrival decides who publishes.
const SIGN: &str = "sign";

/// A folder at a host. What has arrived is acknowledged by the host write by write, and ssh lets no changed byte through: nothing
/// is read back.
pub struct Sftp {
    book: PathBuf,
    host: String,
    port: u16,
    folder: String,
    password: Option<String>,
    through: Option<String>,
    /// Whether the host takes the old file away only when it is told to.
    removes_first: AtomicBool,
}

impl Sftp {
    /// Publishes into a folder of this host, as `user@host` or `host`. The password is told to ssh if it asks for one; without
    /// any, keys do. `book` is where files wait.
    #[must_use]
    pub fn new(book: &Path, host: &str, port: u16, folder: &str, password: Option<String>) -> Self {
        Self {
            book: book.to_owned(),
            host: host.to_owned(),
            port,
            folder: folder.trim_end_matches('/').to_owned(),
            password,
            through: None,
            removes_first: AtomicBool::new(false),
        }
    }

    /// The same through this program instead of `ssh`.
    #[must_use]
    pub fn through(mut self, program: impl Into<String>) -> Self {
        self.through = Some(program.into());
        self
    }

    /// The path of a file at the host, as `sftp` reads it.
    fn path(&self, name: &str) -> String {
        quoted(&format!("{}/{name}", self.folder))
    }

    /// Does what the lines say. `line` is called with the number of each that is begun.
    fn run(&self, scratch: &Scratch, lines: &str, line: &mut dyn FnMut(usize)) -> Result<Ended, Trouble> {
        let mut arguments: Vec<String> = Vec::new();
        // ssh keeps the first value of a setting that it is given, and `-b` would give this one.
        let password = self.password.as_deref();
        let is_batch = |option: &str| password.is_none() || option != "BatchMode=yes";
        let asked = password.map(|_| ["BatchMode=no", "NumberOfPasswordPrompts=1"]);
        let options = asked.into_iter().flatten().chain(SSH.into_iter().filter(|option| is_batch(option)));
        options.for_each(|option| arguments.extend(["-o".to_owned(), option.to_owned()]));
        arguments.extend(self.through.iter().flat_map(|program| ["-S".to_owned(), program.clone()]));
        let port = self.port.to_string();
        arguments.extend(["-P", &port, "-b", "-", "--", &self.host].map(str::to_owned));
        let mut program = Program::new("sftp", arguments).reading(lines);
        if let Some(password) = password {
            let own = process::own_path().ok_or_else(|| {
                Trouble::lasting("nobody knows where this program itself lies, so ssh cannot ask it", "use a key")
            })?;
            program = program.with("SSH_ASKPASS", own).with("SSH_ASKPASS_REQUIRE", "force").with(ANSWER, password);
        }
        let mut begun = 0;
        let ended = program::follow(program, scratch.path(), &mut |said| {
            if said.starts_with("sftp> ") {
                line(begun);
                begun += 1;
            }
        })?;
        if ended.is_good() { Ok(ended) } else { Err(self.meaning(&ended)) }
    }

    /// What it means that `sftp` ended early.
    fn meaning(&self, ended: &Ended) -> Trouble {
        // Folders that are there already are no failure; what ended the batch comes after them.
        let all = ended.errors.lines();
        let words: String =
            all.filter(|line| !line.starts_with("remote mkdir")).map(|line| format!("{line}\n")).collect();
        let (words, name) = (&words, self.name());
        let says = |what: &[&str]| what.iter().any(|what| words.contains(what));
        let host = self.host.rsplit_once('@').map_or(&*self.host, |(_, host)| host);
        if let Some(trouble) = ssh_trouble(words, host) {
            let has_password = self.password.is_some() && says(&["Permission denied ("]);
            let message = trouble.failure.message.clone();
            let help =
                "look at the password in `THROUGHLINE_SFTP_PASSWORD` or from `secret_command`, and at the user's name";
            return if has_password { Trouble::lasting(message, help) } else { trouble };
        }
        let said = quote(words);
        if says(&["No space left", "Quota exceeded", "quota"]) {
            return Trouble::lasting(
                format!("there is no room left in {name}: {said}"),
                "make room there, and run this again",
            );
        }
        if says(&["Permission denied", "Read-only", "read-only", "Write protect"]) {
            let help = "let the user write there, or look at how `path` is written";
            return Trouble::lasting(format!("{name} does not let itself be written: {said}"), help);
        }
        if says(&["No such file"]) {
            let help =
                "look at how `path` is written; it is taken from the user's own folder unless it begins with a slash";
            return Trouble::lasting(format!("{name} is not there and cannot be made: {said}"), help);
        }
        if says(&["Failure"]) {
            let help =
                "look at whether there is room at the host and whether the user may write there, and run this again";
            return Trouble::lasting(format!("{} did not do what it was asked: {said}", self.host), help);
        }
        if ended.status == Some(255) || says(&["lost connection", "Connection"]) {
            return Trouble::passing(format!(
                "the connection to {} broke, however often it was tried: {said}",
                self.host
            ));
        }
        Trouble::lasting(format!("`sftp` failed with {name}: {said}"), "try the same with `sftp` by hand")
    }

    /// Does something with parts of a list at the same time.
    fn in_parts<T: Sync>(&self, all: &[T], part: &(dyn Fn(&[T]) -> Result<(), Failure> + Sync)) -> Result<(), Failure> {
        let size = all.len().div_ceil(CONNECTIONS).max(FEW);
        std::thread::scope(|scope| {
            let parts: Vec<_> = all.chunks(size).map(|own| scope.spawn(move || part(own))).collect();
            let done = parts.into_iter().map(|part| {
                part.join()
                    .unwrap_or_else(|_| Err(Failure::new("a part of the publish was lost").help("run this again")))
            });
            // All of them end before one of them is heard.
            done.collect::<Vec<_>>().into_iter().collect()
        })
    }

    /// Puts files one after the other, from where the last attempt came to.
    fn put_part(&self, files: &[&File], done: &(dyn Fn(&str) + Sync)) -> Result<(), Failure> {
        let scratch = Scratch::new(&self.book).map_err(local)?;
        for (at, file) in files.iter().enumerate() {
            scratch.write(&at.to_string(), &file.bytes).map_err(local)?;
        }
        let mut from = 0;
        persist(|| {
            let removes_first = self.removes_first.load(Ordering::Relaxed);
            let (lines, last) = self.lines_for(files, from, removes_first);
            let first = from;
            let mut begun = 0;
            // A line that is begun says that those before it are done.
            let ended = self.run(&scratch, &lines, &mut |line| {
                begun = line;
                while from < files.len() && last[from - first] < line {
                    done(&files[from].name);
                    from += 1;
                }
            });
            match ended {
                Ok(_) => {
                    files[from..].iter().for_each(|file| done(&file.name));
                    from = files.len();
                    Ok(())
                }
                Err(trouble) if !removes_first && last.get(from - first) == Some(&begun) && !trouble.may_pass => {
                    // The file is there under its other name: this host does not rename over a file that is there.
                    self.removes_first.store(true, Ordering::Relaxed);
                    Err(Trouble { may_pass: true, ..trouble })
                }
                Err(trouble) => Err(Trouble { has_moved: from > first, ..trouble }),
            }
        })
    }

    /// What `sftp` reads to put these files from one of them on, and for each the number of its last line.
    fn lines_for(&self, files: &[&File], from: usize, removes_first: bool) -> (String, Vec<usize>) {
        let (mut lines, mut last, mut count) = (Lines::default(), Vec::new(), 0);
        let mut made = BTreeSet::new();
        for (at, file) in files.iter().enumerate().skip(from) {
            for folder in folders_of(&format!("{}/{}", self.folder, file.name)) {
                if made.insert(folder.to_owned()) {
                    count += lines.add(format_args!("-mkdir {}", quoted(folder)));
                }
            }
            let (path, unfinished) = (self.path(&file.name), self.path(&format!("{}{UNFINISHED}", file.name)));
            count += lines.add(format_args!("put {at} {unfinished}"));
            if removes_first {
                count += lines.add(format_args!("-rm {path}"));
            }
            count += lines.add(format_args!("rename {unfinished} {path}"));
            last.push(count - 1);
        }
        (lines.0, last)
    }

    /// Gets files, and hands over those that are there.
    fn fetch_part(&self, names: &[&str], taken: &Taken<'_>) -> Result<(), Failure> {
        let scratch = Scratch::new(&self.book).map_err(local)?;
        let mut lines = Lines::default();
        for (at, name) in names.iter().enumerate() {
            lines.add(format_args!("-get {} {at}", self.path(name)));
        }
        persist(|| {
            let ended = self.run(&scratch, &lines.0, &mut |_| {})?;
            // Hosts and wrappers greet and warn there too: what counts names a file.
            let is_of_file = |line: &&str| line.contains(&self.folder) && names.iter().any(|name| line.contains(name));
            let is_missing = |line: &str| line.contains("not found") || line.contains("No such file");
            let other: Vec<&str> = ended.errors.lines().filter(is_of_file).filter(|line| !is_missing(line)).collect();
            if other.is_empty() {
                return Ok(());
            }
            let message = format!("{} does not let itself be read: {}", self.name(), quote(&other.join("\n")));
            Err(Trouble::lasting(message, "let the user read there"))
        })?;
        for (at, name) in names.iter().enumerate() {
            if let Some(bytes) = scratch.read(&at.to_string()).map_err(local)? {
                taken(name, &bytes)?;
            }
        }
        Ok(())
    }
}

impl Store for Sftp {
    fn name(&self) -> String {
        format!("the folder `{}` at {}", self.folder, self.host)
    }

    fn fetch(&self, names: &[&str], taken: &Taken<'_>) -> Result<(), Failure> {
        self.in_parts(names, &|part| self.fetch_part(part, taken))
    }

    /// The sign arrives under a name of its own and is renamed in the way that fails where a file is there already. Some hosts
    /// rename over it nevertheless: what is there afterwards decides, as it does for a rename whose answer was lost.
    fn create(&self, file: &File) -> Result<bool, Failure> {
        if self.read(&file.name)?.is_some() {
            return Ok(false);
        }
        let scratch = Scratch::new(&self.book).map_err(local)?;
        scratch.write(SIGN, &file.bytes).map_err(local)?;
        let (path, own) = (self.path(&file.name), self.path(&format!("{}.{}", file.name, file.fingerprint)));
        let mut lines = Lines::default();
        for folder in folders_of(&format!("{}/{}", self.folder, file.name)) {
            lines.add(format_args!("-mkdir {}", quoted(folder)));
        }
        lines.add(format_args!("put {SIGN} {own}"));
        lines.add(format_args!("-rename -l {own} {path}"));
        lines.add(format_args!("-rm {own}"));
        persist(|| self.run(&scratch, &lines.0, &mut |_| {}).map(drop))?;
        Ok(self.read(&file.name)?.is_some_and(|bytes| *bytes == *file.bytes))
    }

    fn put(&self, files: &[&File], done: &(dyn Fn(&str) + Sync)) -> Result<(), Failure> {
        self.in_parts(files, &|part| self.put_part(part, done))
    }

    fn remove(&self, names: &[&str]) -> Result<(), Failure> {
        let scratch = Scratch::new(&self.book).map_err(local)?;
        let mut lines = Lines::default();
        let mut folders = BTreeSet::new();
        for name in names {
            lines.add(format_args!("-rm {}", self.path(name)));
            lines.add(format_args!("-rm {}", self.path(&format!("{name}{UNFINISHED}"))));
            folders.extend(folders_of(name));
        }
        // Those further down come first. A folder that is not empty stays.
        for folder in folders.into_iter().rev() {
            lines.add(format_args!("-rmdir {}", self.path(folder)));
        }
        let said = persist(|| self.run(&scratch, &lines.0, &mut |_| {}))?.errors;
        let is_refused = |line: &&str| line.starts_with("remote delete") && !line.contains("No such file");
        match said.lines().find(is_refused) {
            None => Ok(()),
            Some(line) => Err(Failure::new(format!("{} does not let files be removed: {line}", self.name()))
                .help("let the user write there, and run this again")),
        }
    }

    fn present(&self, files: &[&File]) -> Result<BTreeSet<String>, Failure> {
        let scratch = Scratch::new(&self.book).map_err(local)?;
        let folder_of = |name: &str| match name.rsplit_once('/') {
            Some((folder, _)) => format!("{}/{folder}", self.folder),
            None => self.folder.clone(),
        };
        let folders: BTreeSet<String> = files.iter().map(|file| folder_of(&file.name)).collect();
        let mut lines = Lines::default();
        for folder in &folders {
            lines.add(format_args!("-ls -1a {}", quoted(folder)));
        }
        let listed = persist(|| self.run(&scratch, &lines.0, &mut |_| {}))?.output;
        let listed = String::from_utf8_lossy(&listed).into_owned();
        let there: BTreeSet<&str> = listed.lines().map(str::trim_end).collect();
        let is_there = |name: &&String| there.contains(format!("{}/{name}", self.folder).as_str());
        Ok(files.iter().map(|file| &file.name).filter(is_there).cloned().collect())
    }

    /// Sizes would not tell: the files are got and compared. Most connections bring more than they send in the same time.
    fn holding(&self, files: &[&File]) -> Result<BTreeSet<String>, Failure> {
        let wanted: BTreeMap<&str, Fingerprint> =
            files.iter().map(|file| (file.name.as_str(), file.fingerprint)).collect();
        let names: Vec<&str> = wanted.keys().copied().collect();
        let there = Mutex::new(BTreeSet::new());
        self.fetch(&names, &|name, bytes| {
            if wanted.get(name) == Some(&Fingerprint::of(bytes))
                && let Ok(mut there) = there.lock()
            {
                there.insert(name.to_owned());
            }
            Ok(())
        })?;
        Ok(there.into_inner().unwrap_or_default())
    }
}

/// What `sftp` is to do, a line each.
#[derive(Default)]
struct Lines(String);

impl Lines {
    /// Adds a line, and counts it.
    fn add(&mut self, line: std::fmt::Arguments<'_>) -> usize {
        // Writing to a string cannot fail.
        let _ = writeln!(self.0, "{line}");
        1
    }
}

/// The folders on the way to a file, from the outermost in.
fn folders_of(path: &str) -> impl Iterator<Item = &str> {
    path.match_indices('/').map(|(at, _)| &path[..at]).filter(|folder| !matches!(*folder, "" | "." | ".."))
}

/// A path in quotes: `sftp` takes nothing in it for a pattern then.
fn quoted(path: &str) -> String {
    format!("\"{}\"", path.replace('\\', "\\\\").replace('"', "\\\""))
}

/// What failed on this machine.
fn local(error: Error) -> Failure {
    Failure::new(error.to_string()).help("files wait there on their way to the host: make room, or let it be written")
}
