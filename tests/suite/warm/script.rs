//! A book and what is done to it, step by step: as values, and as a text that can be kept.

use std::collections::BTreeMap;
use std::fmt::Write;

/// Files of a book by their paths.
pub(super) type Files = BTreeMap<String, Vec<u8>>;

/// A book and what is done to it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Case {
    pub(super) files: Files,
    pub(super) steps: Vec<Step>,
}

/// What happens between two builds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// These files are written; those without bytes are taken away.
    Write(BTreeMap<String, Option<Vec<u8>>>),
    /// A file gets another name, and keeps its times.
    Rename(String, String),
    /// Two files change places.
    Swap(String, String),
    /// A file gets a new time and nothing else.
    Touch(String),
    /// Another day.
    Day(String),
    /// Whether drafts are shown.
    Drafts(bool),
    /// Somebody meddles with what the program made.
    Meddle(Where, How, usize),
}

/// What the program made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Where {
    /// The site.
    Site,
    /// What stands beside it, under names that begin with a dot.
    Beside,
    /// What is kept in the book.
    Memory,
}

/// What is done to it; a number says to which file, counted around.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum How {
    /// Bytes are added at its end.
    Append,
    /// A byte in its middle becomes another one.
    Flip,
    /// Its second half is cut off.
    Cut,
    /// It goes.
    Remove,
    /// A folder stands in its place.
    Folder,
    /// Another file stands beside it.
    Add,
    /// All of it goes.
    Clear,
}

const WHERE: [(Where, &str); 3] = [(Where::Site, "site"), (Where::Beside, "beside"), (Where::Memory, "memory")];
pub(super) const HOW: [(How, &str); 7] = [
    (How::Append, "append"),
    (How::Flip, "flip"),
    (How::Cut, "cut"),
    (How::Remove, "remove"),
    (How::Folder, "folder"),
    (How::Add, "add"),
    (How::Clear, "clear"),
];

impl Step {
    /// What it does to the files.
    pub(super) fn apply(&self, files: &mut Files) {
        match self {
            Self::Write(written) => {
                for (path, bytes) in written {
                    match bytes {
                        Some(bytes) => files.insert(path.clone(), bytes.clone()),
                        None => files.remove(path),
                    };
                }
            }
            Self::Rename(from, to) => {
                if let Some(bytes) = files.remove(from) {
                    files.insert(to.clone(), bytes);
                }
            }
            Self::Swap(one, other) => {
                if let (Some(a), Some(b)) = (files.get(one).cloned(), files.get(other).cloned()) {
                    files.insert(one.clone(), b);
                    files.insert(other.clone(), a);
                }
            }
            Self::Touch(_) | Self::Day(_) | Self::Drafts(_) | Self::Meddle(..) => {}
        }
    }
}

impl Case {
    /// As a text: `>>>` begins the case and each step, files stand as in every test of the suite.
    pub(super) fn to_text(&self, name: &str) -> String {
        let mut text = format!(">>> case {name}\n");
        self.files.iter().for_each(|(path, bytes)| write_file(&mut text, path, Some(bytes)));
        for step in &self.steps {
            // Writing to a string cannot fail.
            let _ = match step {
                Step::Write(files) => {
                    text.push_str(">>> write\n");
                    files.iter().for_each(|(path, bytes)| write_file(&mut text, path, bytes.as_deref()));
                    Ok(())
                }
                Step::Rename(from, to) => writeln!(text, ">>> rename {from} -> {to}"),
                Step::Swap(one, other) => writeln!(text, ">>> swap {one} -> {other}"),
                Step::Touch(path) => writeln!(text, ">>> touch {path}"),
                Step::Day(day) => writeln!(text, ">>> day {day}"),
                Step::Drafts(are_shown) => writeln!(text, ">>> drafts {are_shown}"),
                Step::Meddle(place, how, at) => {
                    let place = WHERE.iter().find(|(known, _)| known == place).unwrap().1;
                    let how = HOW.iter().find(|(known, _)| known == how).unwrap().1;
                    writeln!(text, ">>> {place} {how} {at}")
                }
            };
        }
        text
    }

    /// Reads cases, with their names.
    pub(super) fn read_all(text: &str) -> Vec<(String, Self)> {
        let mut cases: Vec<(String, Self)> = Vec::new();
        // What stands before the first case says what the file is for.
        for part in format!("\n{}", text.strip_suffix('\n').unwrap_or(text)).split("\n>>> ").skip(1) {
            let (head, files) = part.split_once('\n').unwrap_or((part, ""));
            let files = read_files(&format!("{files}\n"));
            let (verb, rest) = head.split_once(' ').unwrap_or((head, ""));
            if verb == "case" {
                let files = files.into_iter().filter_map(|(path, bytes)| Some((path, bytes?))).collect();
                cases.push((rest.to_owned(), Self { files, steps: Vec::new() }));
                continue;
            }
            let step = match verb {
                "write" => Step::Write(files),
                "touch" => Step::Touch(rest.to_owned()),
                "day" => Step::Day(rest.to_owned()),
                "drafts" => Step::Drafts(rest == "true"),
                "rename" | "swap" => {
                    let (one, other) = rest.split_once(" -> ").unwrap_or_else(|| panic!("`{head}` names one file"));
                    let (one, other) = (one.to_owned(), other.to_owned());
                    if verb == "swap" { Step::Swap(one, other) } else { Step::Rename(one, other) }
                }
                _ => meddling(verb, rest).unwrap_or_else(|| panic!("`{head}` is no step")),
            };
            cases.last_mut().expect("a case begins first").1.steps.push(step);
        }
        cases
    }
}

fn meddling(place: &str, rest: &str) -> Option<Step> {
    let (how, at) = rest.split_once(' ')?;
    let place = WHERE.iter().find(|(_, word)| *word == place)?.0;
    let how = HOW.iter().find(|(_, word)| *word == how)?.0;
    Some(Step::Meddle(place, how, at.parse().ok()?))
}

fn write_file(text: &mut String, path: &str, bytes: Option<&[u8]>) {
    let Some(bytes) = bytes else {
        text.push_str(&format!("-- {path} (gone) --\n"));
        return;
    };
    let is_plain = |text: &&str| {
        let is_head = |line: &str| line.starts_with("-- ") || line.starts_with(">>> ");
        text.ends_with('\n') && !text.contains('\r') && !text.lines().any(is_head)
    };
    match std::str::from_utf8(bytes).ok().filter(is_plain) {
        Some(plain) => text.push_str(&format!("-- {path} --\n{plain}")),
        None => {
            let digits: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
            text.push_str(&format!("-- {path} (hex) --\n{digits}\n"));
        }
    }
}

fn read_files(text: &str) -> BTreeMap<String, Option<Vec<u8>>> {
    let mut files = BTreeMap::new();
    let mut open: Option<(&str, &str)> = None;
    let mut lines = String::new();
    for line in text.lines().chain(["-- end --"]) {
        let Some(header) = line.strip_prefix("-- ").and_then(|line| line.strip_suffix(" --")) else {
            lines.push_str(line);
            lines.push('\n');
            continue;
        };
        if let Some((path, kind)) = open {
            let bytes = match kind {
                "gone" => None,
                "hex" => Some(from_hex(lines.trim())),
                _ => Some(lines.clone().into_bytes()),
            };
            files.insert(path.to_owned(), bytes);
        }
        lines.clear();
        let kind = header.strip_suffix(" (gone)").map(|path| (path, "gone"));
        open = Some(kind.or(header.strip_suffix(" (hex)").map(|path| (path, "hex"))).unwrap_or((header, "")));
    }
    files
}

fn from_hex(digits: &str) -> Vec<u8> {
    (0..digits.len() / 2).map(|at| u8::from_str_radix(&digits[at * 2..at * 2 + 2], 16).unwrap()).collect()
}
