//! A folder that rsync reaches: over ssh, at a daemon, or on this machine. Knows no plan.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::former::Taken;
use super::program::{self, SSH, Trouble, persist, quote, ssh_trouble};
use super::release::File;
use super::stepwise::Store;
use super::target::Failure;
use crate::io::error::Error;
use crate::io::http;
use crate::io::process::{Ended, Program};
use crate::io::scratch::Scratch;

/// Between the two looks at whose sign arrived.
const PAUSE: Duration = Duration::from_millis(500);
/// What comes before the name of a file that has arrived, whole and with the right sum, says the host; or was there already.
const ARRIVED: &str = "sender removed ";

/// How a destination is reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    Ssh,
    Daemon,
    Folder,
}

/// What rsync is run for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Errand {
    Send,
    Create,
    Fetch,
    Remove,
    Compare,
}

impl Errand {
    fn options(self) -> &'static [&'static str] {
        match self {
            // Sums decide what is sent, as times and sizes of a site that was built again do not. Times are not set: a server
            // tells browsers when a file has changed at the server.
            Self::Send => &["--checksum", "--chmod=D755,F644", "--remove-source-files", "--info=remove1"],
            Self::Create => &["--ignore-existing", "--chmod=D755,F644"],
            Self::Fetch => &["--ignore-missing-args"],
            Self::Remove => &["--delete-missing-args", "--itemize-changes"],
            Self::Compare => &["--checksum", "--dry-run", "--itemize-changes"],
        }
    }
}

/// A folder at the other end of rsync. Each file is written beside its place and renamed once its sum is right, so it is whole
/// or not there; times and permissions of what is there stay, those of new files are the host's own.
pub struct Rsync {
    book: PathBuf,
    /// With a slash at its end.
    destination: String,
    way: Way,
    timeout: u32,
    password: Option<String>,
}

impl Rsync {
    /// Publishes to `user@host:folder`, `rsync://host/module/folder`, or a folder, which is taken from the book. The password is
    /// for a daemon. A connection that is silent for `timeout` seconds has broken.
    ///
    /// # Errors
    /// There is no rsync, or one that is too old.
    pub fn new(book: &Path, destination: &str, timeout: u32, password: Option<String>) -> Result<Self, Failure> {
        let way = way_to(destination);
        let destination = match way {
            Way::Folder => {
                std::path::absolute(book).unwrap_or_else(|_| book.to_owned()).join(destination).display().to_string()
            }
            Way::Ssh | Way::Daemon => destination.to_owned(),
        };
        let help = "install rsync 3.1 or later; on macOS, `brew install rsync` brings one beside the system's own";
        let asked = program::follow(Program::new("rsync", ["--version"]), book, &mut |_| {})
            .map_err(|failure| failure.help(help))?;
        let text = String::from_utf8_lossy(&asked.output);
        if !is_new_enough(&text) {
            let first = text.lines().next().unwrap_or("nothing").trim().to_owned();
            return Err(Failure::new(format!("this machine's rsync is too old or another program; it says `{first}`"))
                .help(help));
        }
        let destination = match way {
            // A host's own folder of the user is written as nothing behind the colon.
            Way::Ssh if destination.ends_with(':') => format!("{destination}./"),
            _ => format!("{}/", destination.trim_end_matches('/')),
        };
        Ok(Self { book: book.to_owned(), destination, way, timeout, password })
    }

    /// Runs rsync on these names in the folder.
    fn run(&self, errand: Errand, names: &[&str], folder: &Scratch, line: &mut dyn FnMut(&str)) -> Result<(), Trouble> {
        let ended = program::follow(self.program(errand, names), folder.path(), line)?;
        let is_absent = ended.errors.contains("change_dir") && ended.errors.contains("No such file");
        match (ended.status, errand) {
            (Some(0), _) => Ok(()),
            // What is to be removed, and its folders, are not here, which rsync says too.
            (Some(24), Errand::Remove) => Ok(()),
            // The folder itself is not there yet.
            (_, Errand::Fetch) if is_absent => Ok(()),
            _ => Err(self.meaning(&ended)),
        }
    }

    fn program(&self, errand: Errand, names: &[&str]) -> Program {
        let timeout = format!("--timeout={}", self.timeout);
        // Folders of a name with slashes are no part of what is sent: those that are there stay as they are, links too.
        let always = ["--8-bit-output", "--from0", "--files-from=-", "--no-implied-dirs", &timeout];
        let mut arguments: Vec<String> =
            always.iter().chain(errand.options()).map(|option| (*option).to_owned()).collect();
        match self.way {
            Way::Ssh if http::secret("RSYNC_RSH").is_none() => {
                let ssh: String = SSH.iter().map(|option| format!(" -o {option}")).collect();
                arguments.extend(["--compress".to_owned(), format!("--rsh=ssh{ssh}")]);
            }
            Way::Ssh => arguments.push("--compress".to_owned()),
            Way::Daemon => arguments.extend(["--compress", "--contimeout=15"].map(str::to_owned)),
            Way::Folder => {}
        }
        // The shell at a host would take such a name apart; restricted ones do not know the option, and rarely have such names.
        let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_./:@~[]%+,=".contains(c);
        if self.way == Way::Ssh && !self.destination.chars().all(is_plain) {
            arguments.push("--protect-args".to_owned());
        }
        arguments.push("--".to_owned());
        let (source, below) = self.source();
        let is_fetch = errand == Errand::Fetch;
        arguments.extend(if is_fetch { [source, "./"] } else { ["./", &self.destination] }.map(str::to_owned));
        // A name in the list that began with `#` or `;` would be a comment.
        let below = if is_fetch && !below.is_empty() { below } else { "./" };
        let list: String = names.iter().map(|name| format!("{below}{name}\0")).collect();
        let mut program = Program::new("rsync", arguments).reading(list);
        if self.way == Way::Daemon && (self.password.is_some() || http::secret("RSYNC_PASSWORD").is_none()) {
            // Without a value, rsync would ask for one on the terminal.
            program = program.with("RSYNC_PASSWORD", self.password.as_deref().unwrap_or_default());
        }
        program
    }

    /// What it means that rsync failed.
    fn meaning(&self, ended: &Ended) -> Trouble {
        let (words, name) = (&ended.errors, self.name());
        let broken = || {
            Trouble::passing(format!("the connection to {name} broke, however often it was tried: {}", quote(words)))
        };
        let Some(status) = ended.status else { return broken() };
        let says = |what: &[&str]| what.iter().any(|what| words.contains(what));
        let said = quote(words);
        if says(&["No space left", "Disk quota exceeded"]) {
            return Trouble::lasting(format!("there is no room left in {name}"), "make room there, and run this again");
        }
        if says(&["auth failed"]) {
            let help =
                "set `RSYNC_PASSWORD` or `secret_command`, and write the user's name as `rsync://user@host/module`";
            return Trouble::lasting(format!("{name} does not take the user's name or the password"), help);
        }
        if says(&["Unknown module"]) {
            let help = "look at how `destination` is written; `rsync` with the host alone, as `rsync://host/`, lists its modules";
            return Trouble::lasting(format!("the host of {name} has no such module"), help);
        }
        if says(&["module is read only", "Read-only file system"]) {
            return Trouble::lasting(format!("{name} can only be read"), "let it be written at the host");
        }
        if says(&["max connections"]) {
            return Trouble::passing(format!("the host of {name} has too many visitors"));
        }
        if status == 127 || says(&["rsync: command not found", "rsync: not found"]) {
            return Trouble::lasting(
                format!("the host of {name} has no rsync"),
                "install it there, or use `to = \"sftp\"`",
            );
        }
        if let Some(trouble) = ssh_trouble(words, &self.host()) {
            return trouble;
        }
        if status == 11 && says(&["mkdir"]) && says(&["No such file or directory"]) {
            let help = "make the folder around it, or look at how `destination` is written";
            return Trouble::lasting(format!("{name} is not there, nor is the folder around it"), help);
        }
        if says(&["Permission denied", "Operation not permitted"]) {
            return Trouble::lasting(
                format!("{name} does not let itself be written: {said}"),
                "let the user write there",
            );
        }
        match status {
            // Sockets, the stream between the two, silence, a connection that is not made, a shell that ended; 5 is a daemon
            // that hung up before it said who it is.
            10 | 12 | 30 | 35 | 255 => broken(),
            5 if !says(&["@ERROR"]) => broken(),
            _ => Trouble::lasting(format!("rsync failed with {name}: {said}"), "try the same with `rsync` by hand"),
        }
    }

    /// Where files are fetched from, and what stands before their names there. Daemons of rsync 3.5 find no listed file below a
    /// folder of a module, but they do below the module.
    fn source(&self) -> (&str, &str) {
        let text = &*self.destination;
        let module = match (self.way, text.strip_prefix("rsync://"), text.find("::")) {
            (Way::Daemon, Some(rest), _) => rest.find('/').map(|at| text.len() - rest.len() + at + 1),
            (Way::Daemon, None, Some(at)) => Some(at + 2),
            _ => None,
        };
        let end = module.and_then(|module| text[module..].find('/').map(|at| module + at + 1));
        text.split_at(end.unwrap_or(text.len()))
    }

    fn host(&self) -> String {
        let rest = self.destination.split_once("://").map_or(&*self.destination, |(_, rest)| rest);
        let host = rest.split(['/', ':']).next().unwrap_or(rest);
        host.rsplit_once('@').map_or(host, |(_, host)| host).to_owned()
    }

    /// Puts these files into a folder from which they go.
    fn stage(&self, files: &[&File]) -> Result<Scratch, Failure> {
        let scratch = Scratch::new(&self.book).map_err(local)?;
        files.iter().try_for_each(|file| scratch.write(&file.name, &file.bytes).map_err(local))?;
        Ok(scratch)
    }

    /// Removes what has these names; returns the lines that say what is gone.
    fn take_away(&self, scratch: &Scratch, names: &[&str]) -> Result<Vec<String>, Failure> {
        let mut gone = Vec::new();
        persist(|| {
            self.run(Errand::Remove, names, scratch, &mut |line| {
                gone.extend(line.strip_prefix("*deleting").map(|name| name.trim().to_owned()));
            })
        })?;
        Ok(gone)
    }
}

impl Rsync {
    /// Those of these files for which rsync would do nothing that counts.
    fn compared(&self, files: &[&File], counts: impl Fn(&str) -> bool) -> Result<BTreeSet<String>, Failure> {
        if files.is_empty() {
            return Ok(BTreeSet::new());
        }
        let scratch = self.stage(files)?;
        let names: Vec<&str> = files.iter().map(|file| file.name.as_str()).collect();
        let mut changed = Vec::new();
        persist(|| {
            changed.clear();
            self.run(Errand::Compare, &names, &scratch, &mut |line| {
                // `<fcsT......` and a name, or `>f…` where both are on this machine; `<f+++++++++` for one that is not there.
                let change = line.split_once(' ').filter(|_| line.starts_with("<f") || line.starts_with(">f"));
                changed.extend(change.filter(|(change, _)| counts(change)).map(|(_, name)| name.to_owned()));
            })
        })?;
        let mut others: BTreeSet<String> = names.iter().map(|name| (*name).to_owned()).collect();
        // A name that rsync writes otherwise than it is makes all of them doubtful.
        if changed.iter().any(|name| !others.remove(name)) {
            return Ok(BTreeSet::new());
        }
        Ok(others)
    }
}

impl Store for Rsync {
    fn name(&self) -> String {
        let shown = self.destination.trim_end_matches('/');
        match self.way {
            Way::Folder => format!("the folder `{shown}`"),
            Way::Ssh | Way::Daemon => format!("`{shown}`"),
        }
    }

    fn fetch(&self, names: &[&str], taken: &Taken<'_>) -> Result<(), Failure> {
        if names.is_empty() {
            return Ok(());
        }
        let scratch = Scratch::new(&self.book).map_err(local)?;
        persist(|| self.run(Errand::Fetch, names, &scratch, &mut |_| {}))?;
        let (_, below) = self.source();
        for name in names {
            if let Some(bytes) = scratch.read(&format!("{below}{name}")).map_err(local)? {
                taken(name, &bytes)?;
            }
        }
        Ok(())
    }

    /// rsync cannot make a file only where there is none: it looks, and writes a moment later. Two that begin at the same moment
    /// may both write; the later one stands, and after the pause both see whose it is. Only where one of them takes longer than
    /// the pause between its look and its writing, both go on; then the one whose sign is gone stops before it removes anything.
    fn create(&self, file: &File) -> Result<bool, Failure> {
        let scratch = self.stage(&[file])?;
        persist(|| self.run(Errand::Create, &[&file.name], &scratch, &mut |_| {}))?;
        let is_ours = || Ok(self.read(&file.name)?.is_some_and(|bytes| *bytes == *file.bytes));
        if !is_ours()? {
            return Ok(false);
        }
        std::thread::sleep(PAUSE);
        is_ours()
    }

    /// A file that has arrived is removed here, which rsync does when the host has told that its sum is right: what is still
    /// here is what is to be sent. The sum is that of the bytes as they were written, so nothing is read back.
    fn put(&self, files: &[&File], done: &(dyn Fn(&str) + Sync)) -> Result<(), Failure> {
        if files.is_empty() {
            return Ok(());
        }
        let scratch = self.stage(files)?;
        let mut left: BTreeSet<&str> = files.iter().map(|file| file.name.as_str()).collect();
        persist(|| {
            let names: Vec<&str> = left.iter().copied().collect();
            let ended = self.run(Errand::Send, &names, &scratch, &mut |line| {
                if let Some(name) = line.strip_prefix(ARRIVED)
                    && left.remove(name)
                {
                    done(name);
                }
            });
            ended.map_err(|trouble| Trouble { has_moved: left.len() < names.len(), ..trouble })
        })?;
        let left: Vec<&str> = left.into_iter().collect();
        let Some(first) = left.first() else { return Ok(()) };
        let message = format!("rsync did not send `{first}` and said nothing of it");
        Err(Failure::new(message).help("give the file another name, and report this").undone(left))
    }

    fn remove(&self, names: &[&str]) -> Result<(), Failure> {
        if names.is_empty() {
            return Ok(());
        }
        let scratch = Scratch::new(&self.book).map_err(local)?;
        self.take_away(&scratch, names)?;
        // rsync leaves a folder that is not empty, and what is around it then is not empty either.
        let mut folders: BTreeSet<&str> = names.iter().filter_map(|name| parent(name)).collect();
        while let Some(deepest) = folders.iter().map(|folder| folder.matches('/').count()).max() {
            let these: Vec<&str> =
                folders.iter().copied().filter(|folder| folder.matches('/').count() == deepest).collect();
            folders.retain(|folder| !these.contains(folder));
            let gone = self.take_away(&scratch, &these)?;
            let is_gone = |folder: &&str| gone.iter().any(|gone| gone.trim_end_matches('/') == *folder);
            folders.extend(these.into_iter().filter(is_gone).filter_map(parent));
        }
        Ok(())
    }

    fn present(&self, files: &[&File]) -> Result<BTreeSet<String>, Failure> {
        self.compared(files, |change| change.contains("+++"))
    }

    fn holding(&self, files: &[&File]) -> Result<BTreeSet<String>, Failure> {
        self.compared(files, |_| true)
    }
}

/// The folder that something is in.
fn parent(name: &str) -> Option<&str> {
    name.rsplit_once('/').map(|(folder, _)| folder)
}

fn way_to(destination: &str) -> Way {
    let before_slash = destination.split('/').next().unwrap_or("");
    if destination.starts_with("rsync://") || before_slash.contains("::") {
        Way::Daemon
    } else if before_slash.contains(':') {
        Way::Ssh
    } else {
        Way::Folder
    }
}

/// Whether this is rsync 3.1 or later.
fn is_new_enough(text: &str) -> bool {
    let version = text.split_once("rsync  version ").map_or("", |(_, rest)| rest.trim_start_matches('v'));
    let mut numbers = version.split(|c: char| !c.is_ascii_digit()).map_while(|number| number.parse::<u32>().ok());
    (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0)) >= (3, 1)
}

/// What failed on this machine.
fn local(error: Error) -> Failure {
    Failure::new(error.to_string()).help("files wait there on their way to the host: make room, or let it be written")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_destination_tells_the_way() {
        for (destination, way) in [
            ("me@example.org:www", Way::Ssh),
            ("example.org:/srv/www", Way::Ssh),
            ("rsync://example.org/site", Way::Daemon),
            ("example.org::site/www", Way::Daemon),
            ("/srv/www", Way::Folder),
            ("./a:b", Way::Folder),
            ("www", Way::Folder),
        ] {
            assert_eq!(way_to(destination), way, "{destination}");
        }
    }

    #[test]
    fn a_daemon_is_read_from_its_module_on() {
        for (destination, source) in [
            ("rsync://me@h:873/site/", ("rsync://me@h:873/site/", "")),
            ("rsync://h/site/a/b/", ("rsync://h/site/", "a/b/")),
            ("h::site/a/", ("h::site/", "a/")),
            ("h:site/a/", ("h:site/a/", "")),
        ] {
            let way = way_to(destination);
            let rsync =
                Rsync { book: PathBuf::new(), destination: destination.to_owned(), way, timeout: 60, password: None };
            assert_eq!(rsync.source(), source);
        }
    }

    #[test]
    fn other_programs_of_that_name_are_told() {
        assert!(is_new_enough("rsync  version 3.2.7  protocol version 31\n"));
        assert!(!is_new_enough("rsync  version 2.6.9  protocol version 29\n"));
        assert!(!is_new_enough("openrsync: protocol version 29\nrsync version 2.6.9 compatible\n"));
    }
}
