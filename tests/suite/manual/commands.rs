//! Commands as the manual shows them: run where that is possible, and read by the command line where it is not.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use clap::Parser;
use throughline::cli;

use crate::support::manual::{Block, root};
use crate::support::tree;

/// Programs that are run beside our own.
const RUN: [&str; 8] = ["cd", "cp", "echo", "git", "ls", "mkdir", "mv", "printf"];

/// What git does with other machines.
const REMOTE: [&str; 4] = ["clone", "fetch", "pull", "push"];

/// Programs that are not ours to run here: they install, reach other machines or stay open.
const LOOKED_AT: [&str; 12] =
    ["apt-get", "brew", "cargo", "ffmpeg", "gh", "node", "npm", "npx", "rsync", "ssh", "sudo", "tests/run"];

/// A reader at a terminal: a book of their own, the folder they are in, and what the last command said.
pub(crate) struct Shell {
    _place: tempfile::TempDir,
    home: PathBuf,
    here: PathBuf,
}

/// What a command gave.
struct Said {
    code: i32,
    text: String,
}

impl Shell {
    pub(crate) fn new() -> Self {
        let place = tempfile::tempdir().unwrap();
        let home = place.path().join("book");
        for (file, bytes) in tree(&root().join("tests/books/manual")) {
            let path = home.join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, bytes).unwrap();
        }
        Self { _place: place, here: home.clone(), home }
    }

    /// Runs each line of a script; every one must succeed.
    pub(crate) fn script(&mut self, block: &Block) -> Result<usize, String> {
        let mut count = 0;
        for line in joined(&block.text) {
            let line = line.trim().trim_start_matches("$ ");
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            if let Some(said) = self.command(line)?.filter(|said| said.code != 0) {
                return Err(format!("`{line}` ended with {}:\n{}", said.code, said.text));
            }
            count += 1;
        }
        Ok(count)
    }

    /// Runs what follows each `$ `, and compares what it says with the lines below.
    pub(crate) fn session(&mut self, block: &Block) -> Result<usize, String> {
        let mut count = 0;
        let mut last = 0;
        let mut steps: Vec<(String, Vec<String>)> = Vec::new();
        for line in joined(&block.text) {
            match (line.strip_prefix("$ "), steps.last_mut()) {
                (Some(command), _) => steps.push((command.trim().to_owned(), Vec::new())),
                (None, Some((_, said))) => said.push(line),
                (None, None) if line.trim().is_empty() => {}
                (None, None) => return Err(format!("`{line}` stands above the first command: begin it with `$ `")),
            }
        }
        for (at, (command, expected)) in steps.iter().enumerate() {
            count += 1;
            if command == "echo $?" {
                if expected.first().map(|line| line.trim()) != Some(last.to_string().as_str()) {
                    return Err(format!("the exit code is {last}"));
                }
                continue;
            }
            let Some(said) = self.command(command)? else { continue };
            last = said.code;
            let is_told = steps.get(at + 1).is_some_and(|(next, _)| next == "echo $?");
            if last != 0 && !is_told {
                return Err(format!("`{command}` ended with {last}:\n{}", said.text));
            }
            if !matches(expected, &said.text) {
                return Err(format!("`{command}` says:\n{}", said.text));
            }
        }
        Ok(count)
    }

    /// Reads replies in the form of our own that the manual shows.
    pub(crate) fn import(&mut self, text: &str) -> Result<usize, String> {
        fs::write(self.home.join("shown.json"), text).unwrap();
        let said = self.run("throughline import replies shown.json --dry-run");
        if said.code == 0 { Ok(1) } else { Err(said.text) }
    }

    /// `None` where the command was read and not run.
    fn command(&mut self, line: &str) -> Result<Option<Said>, String> {
        let mut last = None;
        for part in line.split(" && ") {
            last = self.single(part.trim())?;
            if last.as_ref().is_some_and(|said| said.code != 0) {
                break;
            }
        }
        Ok(last)
    }

    fn single(&mut self, line: &str) -> Result<Option<Said>, String> {
        // What reads from a program that is not run has nothing to read.
        let behind: Vec<&str> = line.split(" | ").skip(1).collect();
        for part in &behind {
            let program = part.split_whitespace().next().unwrap_or("");
            if !RUN.contains(&program) && program != "throughline" {
                return if LOOKED_AT.contains(&program) { Ok(None) } else { Err(unknown(line, program)) };
            }
        }
        let words = words(line);
        let at = words.iter().position(|word| !is_assignment(word)).unwrap_or(0);
        let program = words.get(at).map_or("", String::as_str);
        let arguments = &words[(at + 1).min(words.len())..];
        match program {
            "throughline" => {
                let cli = read(arguments)?;
                if !can_run(&cli, arguments) {
                    return Ok(None);
                }
                if arguments.iter().any(|word| word == "--rollback") {
                    self.publish_once_more();
                }
                // Nobody is there to say yes.
                let asks = matches!(&cli.command, cli::Command::Publish(publish) if publish.instead.is_none());
                let line = if asks && !line.contains('#') { format!("{line} --yes") } else { with_yes(line, asks) };
                Ok(Some(self.run(&line)))
            }
            "cd" => {
                let folder = self.here.join(arguments.first().map_or("", String::as_str));
                if !folder.is_dir() {
                    return Err(format!("`{line}`: there is no such folder"));
                }
                self.here = folder;
                for given in ["copied.txt", "export.json"] {
                    // What a reader brings along lies at hand, in a book that an example made, too.
                    let (from, to) = (self.home.join(given), self.here.join(given));
                    if !to.exists() {
                        fs::copy(from, to).unwrap();
                    }
                }
                Ok(Some(Said { code: 0, text: String::new() }))
            }
            "cargo" if arguments.first().is_some_and(|word| word == "run") => {
                let own: Vec<String> = arguments.iter().skip_while(|word| *word != "--").skip(1).cloned().collect();
                read(&own).map(|_| None)
            }
            "tests/run" if root().join("tests/run").is_file() => Ok(None),
            "git" if arguments.first().is_some_and(|word| REMOTE.contains(&word.as_str())) => Ok(None),
            _ if RUN.contains(&program) => Ok(Some(self.run(line))),
            _ if LOOKED_AT.contains(&program) => Ok(None),
            _ => Err(unknown(line, program)),
        }
    }

    fn run(&self, line: &str) -> Said {
        let bin = Path::new(env!("CARGO_BIN_EXE_throughline")).parent().unwrap();
        let path = format!("{}:{}", bin.display(), std::env::var("PATH").unwrap_or_default());
        let Output { status, stdout, stderr } = Command::new("sh")
            .args(["-c", line])
            .current_dir(&self.here)
            .env("PATH", path)
            .env("NO_COLOR", "1")
            .env("GIT_AUTHOR_NAME", "Ilse Maren")
            .env("GIT_AUTHOR_EMAIL", "ilse@example.org")
            .env("GIT_COMMITTER_NAME", "Ilse Maren")
            .env("GIT_COMMITTER_EMAIL", "ilse@example.org")
            .stdin(Stdio::null())
            .output()
            .unwrap();
        let text = format!("{}{}", String::from_utf8_lossy(&stdout), String::from_utf8_lossy(&stderr));
        Said { code: status.code().unwrap_or(-1), text }
    }

    /// A former release is there once a book was published twice.
    fn publish_once_more(&self) {
        self.run("throughline publish --yes");
        self.run("throughline new essay 'One more'");
        let essay = self.here.join("content/essays/one-more.md");
        let text = fs::read_to_string(&essay).unwrap().replace("draft = true\n", "");
        fs::write(&essay, format!("{text}It is out.\n")).unwrap();
        let said = self.run("throughline publish --yes");
        assert_eq!(said.code, 0, "{}", said.text);
    }
}

fn unknown(line: &str, program: &str) -> String {
    format!("`{line}` was not tried: tests/suite/manual/commands.rs does not know `{program}`")
}

/// The lines, those that end in a backslash with the next one.
fn joined(text: &str) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    let mut is_open = false;
    for line in text.lines() {
        let part = line.strip_suffix('\\').unwrap_or(line);
        match lines.last_mut().filter(|_| is_open) {
            Some(last) => last.push_str(part.trim_start()),
            None => lines.push(part.to_owned()),
        }
        is_open = line.ends_with('\\');
    }
    lines
}

fn with_yes(line: &str, asks: bool) -> String {
    match line.split_once('#').filter(|_| asks) {
        Some((command, _)) => format!("{} --yes", command.trim_end()),
        None => line.to_owned(),
    }
}

fn is_assignment(word: &str) -> bool {
    word.split_once('=').is_some_and(|(name, _)| name.chars().all(|c| c.is_ascii_uppercase() || c == '_'))
}

/// The words of a line as a shell takes them, up to a pipe or a second command.
fn words(line: &str) -> Vec<String> {
    let first = line.split([';', '|', '>']).next().unwrap_or("").split("&&").next().unwrap_or("");
    let output = Command::new("sh").args(["-c", &format!("printf '%s\\0' {first}")]).output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    text.split_terminator('\0').map(str::to_owned).collect()
}

/// Whether each line of a block can be typed; how many there are.
pub(crate) fn typed(block: &Block) -> Result<usize, String> {
    let lines = joined(&block.text);
    let without_variables =
        |line: &str| words(line).into_iter().skip_while(|word| is_assignment(word)).collect::<Vec<_>>();
    lines.iter().try_fold(0, |count, line| match without_variables(line).split_first() {
        Some((program, arguments)) if program == "throughline" => read(arguments).map(|_| count + 1),
        Some((program, _)) if LOOKED_AT.contains(&program.as_str()) => Ok(count + 1),
        _ => Err(format!("`{line}` is no command of this program")),
    })
}

fn read(arguments: &[String]) -> Result<cli::Cli, String> {
    let all = std::iter::once("throughline").chain(arguments.iter().map(String::as_str));
    match cli::Cli::try_parse_from(all) {
        Ok(cli) => Ok(cli),
        // Help and version are answers, not mistakes; they have no command, so that any will do.
        Err(error) if !error.use_stderr() => Ok(cli::Cli::parse_from(["throughline", "check"])),
        Err(error) => Err(format!("the command line does not know this:\n{error}")),
    }
}

/// Whether a command ends by itself and asks no other machine.
fn can_run(cli: &cli::Cli, arguments: &[String]) -> bool {
    let asks_others = arguments.iter().any(|word| matches!(word.as_str(), "--external" | "--online" | "--open"));
    let is_dry = |tell: &cli::Tell| tell.dry_run;
    !asks_others
        && match &cli.command {
            cli::Command::Serve(_) | cli::Command::Replies(cli::Replies::Pull(_)) => false,
            cli::Command::Publish(publish) => publish.instead.is_none(),
            cli::Command::Tell(tell) => is_dry(tell),
            _ => true,
        }
}

/// Whether these lines stand in what was said, in their order, `…` being anything; no line asks for nothing.
fn matches(expected: &[String], said: &str) -> bool {
    let mut left = said.lines();
    let wanted = expected.iter().map(|line| line.trim()).filter(|line| !line.is_empty() && *line != "…");
    wanted.into_iter().all(|wanted| left.by_ref().any(|line| fits(wanted, line.trim())))
}

fn fits(pattern: &str, line: &str) -> bool {
    let mut parts = pattern.split('…');
    let first = parts.next().unwrap_or("");
    let Some(mut rest) = line.strip_prefix(first) else { return false };
    for part in parts {
        let Some(at) = rest.find(part) else { return false };
        rest = if part.is_empty() { "" } else { &rest[at + part.len()..] };
    }
    rest.is_empty()
}

#[test]
fn a_session_is_compared_with_what_is_said() {
    let lines = |text: &str| text.lines().map(str::to_owned).collect::<Vec<_>>();
    assert!(matches(&lines("Built … essays\n…\nOpen …"), "Built 3 essays\nx\nOpen public/\n"));
    assert!(!matches(&lines("Built 4 essays"), "Built 3 essays\n"));
    assert!(!fits("a…c", "abd") && fits("a…c", "abc") && fits("…", "x"));
}

#[test]
fn a_command_is_split_as_a_shell_does_and_a_wrong_one_is_refused() {
    assert_eq!(words("throughline urls \"a b\"   # why"), ["throughline", "urls", "a b"]);
    assert!(read(&["bulid".to_owned()]).is_err() && read(&["build".to_owned()]).is_ok());
}
