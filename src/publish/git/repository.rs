//! A bare repository of our own beside the book: what the remote has is fetched into it, commits are made in it and pushed from
//! it. The book's own repository is never written.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::PathBuf;

use super::super::program::{self, SSH, Trouble, persist, quote};
use super::super::target::Failure;
use super::remote::OF_ANOTHER;
use super::words::{Place, meaning, pushed_meanwhile};
use crate::io::process::{Ended, Program};
use crate::io::{http, tree};

/// Under this name the last commit is known that was fetched or pushed.
const THERE: &str = "refs/throughline/there";
/// Under this name a commit is put together.
const NEXT: &str = "refs/throughline/next";

/// Our repository and the branch that it stands for.
pub(super) struct Repository {
    pub(super) folder: PathBuf,
    /// The address of the remote; it may hold a password and is never shown.
    pub(super) address: String,
    /// The same without.
    pub(super) name: String,
    pub(super) host: String,
    pub(super) branch: String,
    /// Settings that hold besides those of the user and the machine.
    pub(super) settings: Vec<(String, String)>,
    /// How ssh is called where the user has not said how.
    pub(super) ssh: Option<String>,
}

/// What becomes of a file.
pub(super) enum Change<'a> {
    /// It goes.
    Remove(&'a str),
    /// It gets these bytes.
    Write(&'a str, &'a [u8]),
    /// It gets the bytes of a blob that the repository has.
    Take(&'a str, &'a str),
}

/// The files of a commit by name, each with the blob that it is.
pub(super) type Files = BTreeMap<String, String>;

impl Repository {
    pub(super) fn place(&self) -> Place<'_> {
        Place { name: &self.name, host: &self.host, branch: &self.branch }
    }

    /// Makes the repository, or makes sure that one is there and that nobody who was killed holds anything in it.
    pub(super) fn prepare(&mut self) -> Result<(), Failure> {
        let local =
            |error: crate::io::error::Error| Failure::new(error.to_string()).help("make room, or let it be written");
        tree::remove_ending(&self.folder, ".lock").map_err(local)?;
        if !self.init()?.is_good() {
            // What is in it is at the remote too.
            self.forget()?;
            let made = self.init()?;
            if !made.is_good() {
                return Err(self.local(&made));
            }
        }
        let is_told = ["GIT_SSH_COMMAND", "GIT_SSH"].into_iter().any(|name| http::secret(name).is_some())
            || self.git(&["config", "--get", "core.sshCommand"], &[])?.is_good();
        let options = SSH.iter().map(|option| format!(" -o {option}"));
        self.ssh = (!is_told).then(|| format!("ssh{}", options.collect::<String>()));
        Ok(())
    }

    /// Forgets all that was fetched.
    pub(super) fn forget(&self) -> Result<(), Failure> {
        tree::remove(&self.folder).map_err(|error| Failure::new(error.to_string()).help("remove it by hand"))
    }

    /// Whether everything is there that should be.
    pub(super) fn is_whole(&self) -> Result<bool, Failure> {
        Ok(self.git(&["fsck", "--connectivity-only", "--no-dangling"], &[])?.is_good())
    }

    fn init(&self) -> Result<Ended, Failure> {
        let folder = self.folder.parent().unwrap_or(&self.folder);
        let arguments = ["init", "--quiet", "--bare", "--template=", "--object-format=sha1", "--"].map(OsString::from);
        let program = Program::new("git", arguments.into_iter().chain([self.folder.clone().into_os_string()]));
        program::follow(program.without(&OF_ANOTHER), folder, &mut |_| {})
    }

    /// The newest commit of the branch; `None` where there is no such branch.
    pub(super) fn tip(&self) -> Result<Option<String>, Failure> {
        let name = format!("refs/heads/{}", self.branch);
        let listed = self.reach(&["ls-remote", "--quiet", "--", &self.address, &name])?;
        let text = String::from_utf8_lossy(&listed.output);
        let line = text.lines().find_map(|line| line.split_once('\t').filter(|(_, own)| *own == name));
        Ok(line.map(|(commit, _)| commit.to_owned()))
    }

    /// Fetches the branch with so many of its last commits, unless the newest one is this and that is enough.
    pub(super) fn fetch(&self, tip: &str, depth: u32) -> Result<String, Failure> {
        if depth == 1 && self.commit_of(THERE)?.as_deref() == Some(tip) {
            return Ok(tip.to_owned());
        }
        let what = format!("+refs/heads/{}:{THERE}", self.branch);
        let depth = format!("--depth={depth}");
        let options = ["fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--update-shallow", &depth, "--"];
        self.reach(&[&options[..], &[&self.address, &what]].concat())?;
        self.commit_of(THERE)?
            .ok_or_else(|| Failure::new(format!("nothing came from {}", self.name)).help("run this again"))
    }

    /// The commit that a name stands for; `None` where it stands for none.
    pub(super) fn commit_of(&self, name: &str) -> Result<Option<String>, Failure> {
        let parsed = self.git(&["rev-parse", "--quiet", "--verify", &format!("{name}^{{commit}}")], &[])?;
        let commit = String::from_utf8_lossy(&parsed.output).trim().to_owned();
        Ok(Some(commit).filter(|commit| parsed.is_good() && !commit.is_empty()))
    }

    /// The commits from this one back along the first parents, as far as they were fetched.
    pub(super) fn line_of(&self, tip: &str) -> Result<Vec<String>, Failure> {
        let listed = self.git(&["rev-list", "--first-parent", tip], &[])?;
        if !listed.is_good() {
            return Err(self.local(&listed));
        }
        Ok(String::from_utf8_lossy(&listed.output).lines().map(str::to_owned).collect())
    }

    /// The files of a commit.
    pub(super) fn files(&self, commit: &str) -> Result<Files, Failure> {
        let listed = self.git(&["ls-tree", "-r", "-z", "--full-tree", commit], &[])?;
        if !listed.is_good() {
            return Err(self.local(&listed));
        }
        let text = String::from_utf8_lossy(&listed.output);
        let entries = text.split('\0').filter_map(|entry| {
            let (what, name) = entry.split_once('\t')?;
            Some((name.to_owned(), what.split(' ').nth(2)?.to_owned()))
        });
        Ok(entries.collect())
    }

    /// The blob of one file in each of these commits; `None` where it is not there.
    pub(super) fn blobs_of(&self, name: &str, commits: &[String]) -> Result<Vec<Option<String>>, Failure> {
        let asked: String = commits.iter().map(|commit| format!("{commit}:{name}\n")).collect();
        let listed = self.git(&["cat-file", "--batch-check=%(objectname)"], asked.as_bytes())?;
        if !listed.is_good() {
            return Err(self.local(&listed));
        }
        let text = String::from_utf8_lossy(&listed.output);
        Ok(text.lines().map(|line| (!line.ends_with(" missing")).then(|| line.to_owned())).collect())
    }

    /// Hands over the bytes of these blobs, in their order.
    pub(super) fn read(&self, blobs: &[&str], taken: &mut dyn FnMut(usize, &[u8])) -> Result<(), Failure> {
        let asked: String = blobs.iter().map(|blob| format!("{blob}\n")).collect();
        let read = self.git(&["cat-file", "--batch"], asked.as_bytes())?;
        let mut rest = &read.output[..];
        for at in 0..blobs.len() {
            let Some((bytes, behind)) = first_blob(rest) else { return Err(self.local(&read)) };
            taken(at, bytes);
            rest = behind;
        }
        Ok(())
    }

    /// Makes a commit of these changes on top of one, or on top of nothing, and returns its name.
    pub(super) fn commit(&self, on: Option<&str>, changes: &[Change<'_>], message: &str) -> Result<String, Failure> {
        let made = self.git(&["fast-import", "--quiet", "--force", "--done"], &stream(on, changes))?;
        if !made.is_good() {
            return Err(self.local(&made));
        }
        // Whose name stands under a commit, and whether it is signed, is for git and the user's settings to say.
        let signed = self.git(&["config", "--type=bool", "--get", "commit.gpgsign"], &[])?;
        let is_signed = signed.output.starts_with(b"true");
        let tree = format!("{NEXT}^{{tree}}");
        let mut arguments = vec!["commit-tree", &tree, "-m", message];
        arguments.extend(on.iter().flat_map(|on| ["-p", on]));
        arguments.extend(is_signed.then_some("-S"));
        let committed = program::follow(self.named(self.program(&arguments))?, &self.folder, &mut |_| {})?;
        let commit = String::from_utf8_lossy(&committed.output).trim().to_owned();
        if committed.is_good() && !commit.is_empty() {
            return Ok(commit);
        }
        let help =
            "try `git commit` by hand; `commit.gpgsign` and `user.signingkey` say whether and how commits are signed";
        Err(Failure::new(format!("git makes no commit: {}", quote(&committed.errors))).help(help))
    }

    /// The same with a name for commits where the user has given none, as in a CI.
    fn named(&self, program: Program) -> Result<Program, Failure> {
        let asked = self.git(&["-c", "user.useConfigOnly=true", "var", "GIT_COMMITTER_IDENT"], &[])?;
        if asked.is_good() {
            return Ok(program);
        }
        let names = ["GIT_AUTHOR", "GIT_COMMITTER"].into_iter();
        Ok(names.fold(program, |program, who| {
            program.with(format!("{who}_NAME"), "Throughline").with(format!("{who}_EMAIL"), "throughline@localhost")
        }))
    }

    /// Lets the branch be this commit, made on top of what was fetched. Nothing that others pushed is lost.
    pub(super) fn push(&self, commit: &str) -> Result<(), Failure> {
        let what = format!("{commit}:refs/heads/{}", self.branch);
        let options = ["push", "--porcelain", "--no-verify", "--no-follow-tags", "--recurse-submodules=no", "--"];
        self.reach(&[&options[..], &[&self.address, &what]].concat())?;
        match self.tip()? {
            Some(tip) if tip == commit => {}
            _ => return Err(pushed_meanwhile(&self.place()).failure),
        }
        let noted = self.git(&["update-ref", THERE, commit], &[])?;
        if noted.is_good() { Ok(()) } else { Err(self.local(&noted)) }
    }

    /// Runs git towards the remote, again where the connection broke.
    fn reach(&self, arguments: &[&str]) -> Result<Ended, Failure> {
        persist(|| {
            let ended = self.git(arguments, &[])?;
            if ended.is_good() {
                return Ok(ended);
            }
            if ended.status.is_none() {
                // A pipe or a socket that nobody reads any more ends git without a word.
                return Err(Trouble::passing(format!(
                    "the connection to {} broke, however often it was tried",
                    self.host
                )));
            }
            // What a push came to stands in the output, and why in the errors.
            let words = format!("{}\n{}", ended.errors, String::from_utf8_lossy(&ended.output));
            Err(meaning(&self.without_secret(&words), &self.place()))
        })
    }

    fn without_secret(&self, words: &str) -> String {
        let authority = self.address.split_once("://").and_then(|(_, rest)| rest.split('/').next());
        let user = authority.and_then(|authority| authority.rsplit_once('@')).map_or("", |(user, _)| user);
        let password = user.split_once(':').map_or(user, |(_, password)| password);
        if password.len() < 4 { words.to_owned() } else { words.replace(password, "…") }
    }

    fn git(&self, arguments: &[&str], input: &[u8]) -> Result<Ended, Failure> {
        program::follow(self.program(arguments).reading(input), &self.folder, &mut |_| {})
    }

    fn program(&self, arguments: &[&str]) -> Program {
        // No hook of the user's runs on what is not the user's work, git stays until it has tidied up, and a transfer that
        // stands still for two minutes has broken.
        let always = [
            "--git-dir=.",
            "-c",
            "core.hooksPath=no-hooks",
            "-c",
            "gc.autoDetach=false",
            "-c",
            "maintenance.autoDetach=false",
            "-c",
            "http.lowSpeedLimit=1",
            "-c",
            "http.lowSpeedTime=120",
        ];
        let mut program = Program::new("git", always.into_iter().chain(arguments.iter().copied())).without(&OF_ANOTHER);
        program = program.with("GIT_TERMINAL_PROMPT", "0").with("GCM_INTERACTIVE", "never");
        if let Some(ssh) = &self.ssh {
            program = program.with("GIT_SSH_COMMAND", ssh);
        }
        let from: usize = http::secret("GIT_CONFIG_COUNT").and_then(|count| count.parse().ok()).unwrap_or(0);
        for (at, (key, value)) in self.settings.iter().enumerate() {
            let at = from + at;
            program = program.with(format!("GIT_CONFIG_KEY_{at}"), key).with(format!("GIT_CONFIG_VALUE_{at}"), value);
        }
        program.with("GIT_CONFIG_COUNT", (from + self.settings.len()).to_string())
    }

    /// What git could not do on this machine.
    fn local(&self, ended: &Ended) -> Failure {
        let folder = self.folder.display();
        Failure::new(format!("git fails in `{folder}`: {}", quote(&ended.errors)))
            .help("make room, or remove that folder, which holds nothing but copies")
    }
}

/// The bytes of the first blob that `cat-file --batch` wrote, and what stands behind it.
fn first_blob(output: &[u8]) -> Option<(&[u8], &[u8])> {
    let end = output.iter().position(|byte| *byte == b'\n')?;
    let size: usize = std::str::from_utf8(&output[..end]).ok()?.rsplit(' ').next()?.parse().ok()?;
    let rest = &output[end + 1..];
    Some((rest.get(..size)?, rest.get(size + 1..)?))
}

/// What `fast-import` reads: files go before files come, so that a folder can take the place of a file.
fn stream(on: Option<&str>, changes: &[Change<'_>]) -> Vec<u8> {
    let mut text =
        format!("commit {NEXT}\ncommitter Throughline <throughline@localhost> 0 +0000\ndata 0\n").into_bytes();
    if let Some(on) = on {
        text.extend(format!("from {on}\n").bytes());
    }
    for change in changes {
        if let Change::Remove(name) = change {
            text.extend(format!("D {}\n", quoted(name)).bytes());
        }
    }
    for change in changes {
        match change {
            Change::Remove(_) => {}
            Change::Take(name, blob) => text.extend(format!("M 100644 {blob} {}\n", quoted(name)).bytes()),
            Change::Write(name, bytes) => {
                text.extend(format!("M 100644 inline {}\ndata {}\n", quoted(name), bytes.len()).bytes());
                text.extend_from_slice(bytes);
                text.push(b'\n');
            }
        }
    }
    text.extend(b"done\n");
    text
}

/// A name as `fast-import` reads it.
fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blobs_are_told_apart_by_their_sizes() {
        let output = b"abc blob 3\na\nb\ndef blob 0\n\nghi missing\n";
        let (first, rest) = first_blob(output).expect("a blob");
        assert_eq!(first, b"a\nb");
        let (second, rest) = first_blob(rest).expect("an empty blob");
        assert_eq!(second, b"");
        assert_eq!(first_blob(rest), None);
    }

    #[test]
    fn names_are_quoted_for_git() {
        assert_eq!(quoted("a \"b\"\\c"), "\"a \\\"b\\\"\\\\c\"");
    }
}
