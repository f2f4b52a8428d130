//! `build --verify`: builds as usual, then once more without anything that is remembered, and compares what stands in the output
//! folder with that.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use rayon::prelude::*;
use serde_json::{Value, json};

use super::options_of;
use crate::base::words::counted;
use crate::build::{Build, build_into};
use crate::cli;
use crate::io::error::Error;
use crate::io::progress::Bar;
use crate::io::terminal::{Format, Terminal, to_json, to_sarif};
use crate::io::{clock, tree};
use crate::load::load;
use crate::model::source::Artifact;
use crate::publish::{MANIFEST, Manifest, Release};
use crate::render::{Collected, Tools};

/// Differences beyond this are counted, not shown, to people.
const MOST_SHOWN: usize = 20;
/// How many bytes are shown before and after the place at which two files part.
const AROUND: usize = 24;
const AFTER: usize = 40;

/// Builds and compares.
pub(super) fn run(options: &cli::Build, root: &Path, out: &Path, terminal: &Terminal) -> Result<u8, Error> {
    let mut options = options.clone();
    // Both builds are of one day, also around midnight.
    options.site.as_of.get_or_insert_with(clock::today);
    let told: RefCell<(Value, Value)> = RefCell::default();
    let code = super::build::write(&options, (root, out), terminal, &|report, texts, _| {
        let log = if terminal.format == Format::Sarif { to_sarif(report, texts) } else { Value::Null };
        told.replace((to_json(report, texts), log));
        if terminal.format == Format::Human {
            terminal.report(report, texts);
        }
    })?;
    let (report, log) = told.into_inner();
    let (clean, clean_report) = clean(&options.site, root, terminal)?;
    let verdict = Verdict {
        files: clean.artifacts.len(),
        differences: if code == 0 { compare(out, &clean.artifacts)? } else { Vec::new() },
        surplus: without(&report, &clean_report),
        missing: without(&clean_report, &report),
        is_written: code == 0,
    };
    verdict.tell(report, log, terminal);
    Ok(if verdict.is_same() { code } else { 1 })
}

/// A build that remembers nothing, with its report.
fn clean(site: &cli::Site, root: &Path, terminal: &Terminal) -> Result<(Build, Value), Error> {
    let (snapshot, found) = load(root, &options_of(site))?;
    let bar = Bar::new(terminal.shows_progress());
    bar.begin("Making them once more", 0);
    let (collected, leaves) = (Collected::default(), Arc::default());
    let tools = Tools { step: &|all| bar.step_of(all), ..Tools::new(&collected, &leaves) };
    let mut made = build_into(&snapshot, found, &tools);
    made.artifacts = collected.into_artifacts();
    bar.clear();
    if site.deny.is_some() {
        made.report.deny_warnings();
    }
    let report = to_json(&made.report, &|path| snapshot.text(path));
    Ok((made, report))
}

/// The findings of one report that are not in another.
fn without(report: &Value, other: &Value) -> Vec<Value> {
    let list = |report: &Value| report["diagnostics"].as_array().cloned().unwrap_or_default();
    let others: std::collections::BTreeSet<String> = list(other).iter().map(Value::to_string).collect();
    list(report).into_iter().filter(|finding| !others.contains(&finding.to_string())).collect()
}

/// How a file of the folder differs from that of a clean build.
#[derive(Debug, PartialEq, Eq)]
enum Difference {
    /// It is not there.
    Missing,
    /// A clean build does not make it.
    Surplus,
    /// Its bytes are others, from this one on; with a few of both.
    Bytes { at: usize, built: String, clean: String },
    /// The list of what the folder holds says something else.
    List,
}

/// Compares a folder with the files of a clean build.
fn compare(out: &Path, clean: &[Artifact]) -> Result<Vec<(String, Difference)>, Error> {
    let mut names = tree::names(out)?;
    names.remove(MANIFEST);
    let look = |artifact: &Artifact| -> Result<Option<(String, Difference)>, Error> {
        let there = if names.contains(&artifact.file) { tree::read(out, &artifact.file)? } else { None };
        let difference = match there {
            None => Difference::Missing,
            Some(bytes) if *bytes == *artifact.bytes => return Ok(None),
            Some(bytes) => apart(&bytes, &artifact.bytes),
        };
        Ok(Some((artifact.file.clone(), difference)))
    };
    let looked: Vec<_> = clean.par_iter().map(look).collect::<Result<_, _>>()?;
    let mut found: BTreeMap<String, Difference> = looked.into_iter().flatten().collect();
    for artifact in clean {
        names.remove(&artifact.file);
    }
    found.extend(names.into_iter().map(|name| (name, Difference::Surplus)));
    let list = tree::read(out, MANIFEST)?.unwrap_or_default();
    let listed = Manifest::read(&String::from_utf8_lossy(&list)).map(|manifest| manifest.files);
    if listed != Some(Release::of(clean).manifest.files) {
        found.insert(MANIFEST.to_owned(), Difference::List);
    }
    Ok(found.into_iter().collect())
}

/// Where two files part.
fn apart(built: &[u8], clean: &[u8]) -> Difference {
    let at = built.iter().zip(clean).take_while(|(one, other)| one == other).count();
    let part = |bytes: &[u8]| {
        let (from, to) = (at.saturating_sub(AROUND), bytes.len().min(at + AFTER));
        String::from_utf8_lossy(&bytes[from..to]).into_owned()
    };
    Difference::Bytes { at, built: part(built), clean: part(clean) }
}

impl Difference {
    fn to_words(&self, file: &str) -> String {
        match self {
            Self::Missing => format!("{file} is missing"),
            Self::Surplus => format!("{file} is too many"),
            Self::Bytes { at, built, clean } => format!("{file}, from byte {at}: {built:?}, and clean {clean:?}"),
            Self::List => format!("{file} does not list what the folder holds"),
        }
    }

    fn to_json(&self, file: &str) -> Value {
        match self {
            Self::Missing => json!({ "file": file, "what": "missing" }),
            Self::Surplus => json!({ "file": file, "what": "surplus" }),
            Self::Bytes { at, built, clean } => {
                json!({ "file": file, "what": "bytes", "at": at, "built": built, "clean": clean })
            }
            Self::List => json!({ "file": file, "what": "list" }),
        }
    }
}

/// What came of the comparison.
struct Verdict {
    /// How many files a clean build makes.
    files: usize,
    differences: Vec<(String, Difference)>,
    /// Findings of the build that a clean one does not make.
    surplus: Vec<Value>,
    /// Findings that only a clean one makes.
    missing: Vec<Value>,
    /// Whether there is a folder to compare.
    is_written: bool,
}

impl Verdict {
    fn is_same(&self) -> bool {
        self.differences.is_empty() && self.surplus.is_empty() && self.missing.is_empty()
    }

    fn tell(&self, mut report: Value, mut log: Value, terminal: &Terminal) {
        if !self.is_same() {
            terminal.fail(&self.to_words());
        }
        match terminal.format {
            Format::Human if self.is_same() => terminal.say(&self.to_words()),
            Format::Human => {}
            Format::Json => {
                report["verified"] = self.to_json();
                terminal.write_out(&report.to_string());
            }
            Format::Sarif => {
                if !self.is_same() {
                    log["runs"][0]["invocations"] = json!([{ "executionSuccessful": false, "exitCode": 1,
                        "toolExecutionNotifications": [{ "level": "error", "message": { "text": self.to_words() } }] }]);
                }
                terminal.write_out(&log.to_string());
            }
        }
    }

    fn to_words(&self) -> String {
        if self.is_same() {
            return if self.is_written {
                format!("The {} are the same as those of a clean build.", counted(self.files, "file"))
            } else {
                "The findings are the same as those of a clean build.".to_owned()
            };
        }
        let mut lines = Vec::new();
        if !self.differences.is_empty() {
            let verb = if self.differences.len() == 1 { "differs" } else { "differ" };
            lines.push(format!("{} {verb} from a clean build:", counted(self.differences.len(), "file")));
            lines.extend(
                self.differences.iter().take(MOST_SHOWN).map(|(file, found)| format!("  {}", found.to_words(file))),
            );
            if self.differences.len() > MOST_SHOWN {
                let more = self.differences.len() - MOST_SHOWN;
                lines.push(format!("  … and {more} more; `--format json` lists all"));
            }
        }
        for (findings, whose) in [(&self.surplus, "only of this build"), (&self.missing, "only of a clean build")] {
            if !findings.is_empty() {
                lines.push(format!("{} {whose}:", counted(findings.len(), "finding")));
                lines.extend(findings.iter().take(MOST_SHOWN).map(|finding| format!("  {}", named(finding))));
            }
        }
        lines.push(
            "If neither the book was changed meanwhile nor a file of the output folder by hand, this is a mistake of Throughline: please report it, with these lines \
             and what you had changed in the book.\nTo have the site as it should be, delete the output folder and `.throughline/cache`, and build again."
                .to_owned(),
        );
        lines.join("\n")
    }

    fn to_json(&self) -> Value {
        let differences: Vec<Value> = self.differences.iter().map(|(file, found)| found.to_json(file)).collect();
        json!({
            "is_same": self.is_same(),
            "files": self.is_written.then_some(self.files),
            "differences": differences,
            "findings_here": self.surplus,
            "findings_clean": self.missing,
        })
    }
}

/// A finding by its code, its place and what it says.
fn named(finding: &Value) -> String {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    format!("{} in {}: {}", text(&finding["code"]), text(&finding["place"]["path"]), text(&finding["message"]))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::disallowed_methods, clippy::unwrap_used, reason = "a folder is what is tested")]

    use std::fs;

    use super::*;
    use crate::io::output::Output;

    #[test]
    fn what_stands_in_the_folder_is_compared_byte_for_byte() {
        let root = tempfile::tempdir().unwrap();
        let (book, out) = (root.path().join("book"), root.path().join("out"));
        let file = |file: &str, text: &str| Artifact { file: file.to_owned(), bytes: text.as_bytes().into() };
        let clean =
            [file("a.html", "one"), file("b/c.html", "two words"), file("b/d.html", "three"), file("e.txt", "four")];
        let output = Output::open(&out, &book).unwrap();
        clean.iter().for_each(|made| output.put(&made.file, None, None, &made.bytes));
        let mark = Release::of(&clean).manifest.to_text();
        output.finish(crate::base::fingerprint::Fingerprint::of(b""), &|_| mark.clone()).unwrap();
        assert_eq!(compare(&out, &clean).unwrap(), []);
        fs::remove_file(out.join("a.html")).unwrap();
        fs::write(out.join("b/c.html"), "two swords").unwrap();
        fs::write(out.join("b/f.html"), "five").unwrap();
        fs::remove_file(out.join("e.txt")).unwrap();
        fs::create_dir(out.join("e.txt")).unwrap();
        let found = compare(&out, &clean[..3]).unwrap();
        let bytes = Difference::Bytes { at: 4, built: "two swords".to_owned(), clean: "two words".to_owned() };
        let wanted = [
            (MANIFEST, Difference::List),
            ("a.html", Difference::Missing),
            ("b/c.html", bytes),
            ("b/f.html", Difference::Surplus),
        ];
        assert_eq!(found, wanted.map(|(file, difference)| (file.to_owned(), difference)));
        assert_eq!(compare(&out, &clean).unwrap().last().unwrap(), &("e.txt".to_owned(), Difference::Missing));
    }

    #[test]
    fn a_finding_that_only_one_of_two_builds_makes_is_named() {
        let report = |codes: &[&str]| {
            let finding = |code: &&str| json!({ "code": code, "place": { "path": "a.md" }, "message": "it is wrong" });
            json!({ "diagnostics": codes.iter().map(finding).collect::<Vec<_>>() })
        };
        let (warm, clean) = (report(&["bad-math", "bad-date"]), report(&["bad-date", "broken-link"]));
        let verdict = Verdict {
            files: 3,
            differences: Vec::new(),
            surplus: without(&warm, &clean),
            missing: without(&clean, &warm),
            is_written: false,
        };
        let words = verdict.to_words();
        assert!(words.starts_with("1 finding only of this build:\n  bad-math in a.md: it is wrong\n"), "{words}");
        assert!(words.contains("1 finding only of a clean build:\n  broken-link in a.md: it is wrong\n"), "{words}");
        assert!(words.contains("please report it"), "{words}");
    }
}
