//! A book on disk to which steps happen, and the comparison of what is made of it warm with what is made of it clean.

use std::collections::BTreeMap;
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

use throughline::build::build;
use throughline::io::terminal::to_json;
use throughline::load::{Options, load};

use super::script::{Case, Files, How, Step, Where};

/// What a clean build makes: nothing is remembered, and nothing stands there.
pub(super) struct Clean {
    pub(super) files: BTreeMap<String, Arc<[u8]>>,
    /// The report as JSON.
    pub(super) findings: String,
    pub(super) has_errors: bool,
    /// Files in which something is wrong.
    pub(super) at_fault: Vec<String>,
}

/// How a warm build differs from a clean one.
#[derive(Clone, Debug)]
pub(super) struct Difference {
    /// The kind of difference, which stays the same while a case is made smaller.
    pub(super) kind: &'static str,
    pub(super) what: String,
}

/// Whatever remembers something from one build to the next.
pub(super) trait Warm {
    /// Builds the book as it is now, and compares.
    fn compare(&mut self, root: &Path, options: &Options, clean: &Clean) -> Result<(), Difference>;
}

/// Makes one that remembers nothing yet.
pub(super) type Fresh<'a> = &'a dyn Fn() -> Box<dyn Warm>;

/// A book on disk.
pub(super) struct Stand {
    root: tempfile::TempDir,
    pub(super) files: Files,
    options: Options,
    warm: Box<dyn Warm>,
}

impl Stand {
    pub(super) fn new(files: &Files, fresh: Fresh<'_>) -> Self {
        let root = tempfile::tempdir().unwrap();
        let options = Options { as_of: Some(jiff::civil::date(2026, 1, 1)), ..Options::default() };
        let stand = Self { root, files: files.clone(), options, warm: fresh() };
        files.iter().for_each(|(path, bytes)| stand.write(path, bytes));
        stand
    }

    /// Builds warm and clean.
    pub(super) fn compare(&mut self) -> Result<Clean, Difference> {
        let clean = clean(self.root.path(), &self.options);
        let compare = || self.warm.compare(self.root.path(), &self.options, &clean);
        match catch_unwind(AssertUnwindSafe(compare)) {
            Ok(compared) => compared.map(|()| clean),
            Err(_) => Err(Difference { kind: "panic", what: "the warm build panicked".to_owned() }),
        }
    }

    fn write(&self, path: &str, bytes: &[u8]) {
        let path = self.root.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }

    pub(super) fn apply(&mut self, step: &Step) {
        let root = self.root.path().to_owned();
        match step {
            Step::Write(written) => {
                for (path, bytes) in written {
                    match bytes {
                        Some(bytes) => self.write(path, bytes),
                        None => drop(fs::remove_file(root.join(path))),
                    }
                }
            }
            Step::Rename(from, to) if self.files.contains_key(from) => {
                fs::create_dir_all(root.join(to).parent().unwrap()).unwrap();
                fs::rename(root.join(from), root.join(to)).unwrap();
            }
            Step::Swap(one, other) if self.files.contains_key(one) && self.files.contains_key(other) => {
                let aside = root.join("aside");
                if one != other {
                    fs::rename(root.join(one), &aside).unwrap();
                    fs::rename(root.join(other), root.join(one)).unwrap();
                    fs::rename(&aside, root.join(other)).unwrap();
                }
            }
            Step::Touch(path) if self.files.contains_key(path) => {
                fs::File::options()
                    .append(true)
                    .open(root.join(path))
                    .unwrap()
                    .set_modified(SystemTime::now())
                    .unwrap();
            }
            Step::Rename(..) | Step::Swap(..) | Step::Touch(_) => {}
            Step::Day(day) => self.options.as_of = Some(day.parse().unwrap()),
            Step::Drafts(are_shown) => self.options.with_drafts = *are_shown,
            Step::Meddle(place, how, at) => meddle(&root, *place, *how, *at),
        }
        step.apply(&mut self.files);
    }
}

/// Plays a case; the number of the step behind which the builds differ, 0 for the first build.
pub(super) fn play(case: &Case, fresh: Fresh<'_>) -> Option<(usize, Difference)> {
    let mut stand = Stand::new(&case.files, fresh);
    for at in 0..=case.steps.len() {
        if let Some(step) = at.checked_sub(1).map(|before| &case.steps[before]) {
            stand.apply(step);
        }
        if let Err(difference) = stand.compare() {
            return Some((at, difference));
        }
    }
    None
}

fn clean(root: &Path, options: &Options) -> Clean {
    let (snapshot, found) = load(root, options).expect("a book has settings");
    let built = build(&snapshot, found);
    let is_error = |found: &&throughline::base::diagnostic::Diagnostic| {
        found.severity == throughline::base::diagnostic::Severity::Error
    };
    let errors = built.report.diagnostics.iter().filter(is_error);
    let mut at_fault: Vec<String> =
        errors.map(|error| error.span.as_ref().map(|span| span.path.to_string()).unwrap_or_default()).collect();
    at_fault.dedup();
    Clean {
        findings: to_json(&built.report, &|path| snapshot.text(path)).to_string(),
        has_errors: built.report.has_errors(),
        at_fault,
        files: built.artifacts.into_iter().map(|artifact| (artifact.file, artifact.bytes)).collect(),
    }
}

/// Compares reports.
pub(super) fn same_findings(warm: &str, clean: &Clean) -> Result<(), Difference> {
    if warm == clean.findings {
        return Ok(());
    }
    let what = format!("the findings differ {}", apart(warm.as_bytes(), clean.findings.as_bytes()));
    Err(Difference { kind: "findings", what })
}

/// Compares files, by names and bytes.
pub(super) fn same_files<Bytes: AsRef<[u8]>, Other: AsRef<[u8]>>(
    warm: &BTreeMap<String, Bytes>,
    clean: &BTreeMap<String, Other>,
) -> Result<(), Difference> {
    let missing = clean.keys().filter(|name| !warm.contains_key(*name)).map(|name| format!("{name} is missing"));
    let surplus = warm.keys().filter(|name| !clean.contains_key(*name)).map(|name| format!("{name} is too many"));
    let differing = clean.iter().filter_map(|(name, bytes)| {
        let (warm, clean) = (warm.get(name)?.as_ref(), bytes.as_ref());
        (warm != clean).then(|| format!("{name} differs {}", apart(warm, clean)))
    });
    let all: Vec<String> = missing.chain(surplus).chain(differing).collect();
    if all.is_empty() { Ok(()) } else { Err(Difference { kind: "files", what: all.join("\n") }) }
}

/// Where two texts part, with a few characters of both.
fn apart(warm: &[u8], clean: &[u8]) -> String {
    let at = warm.iter().zip(clean).take_while(|(a, b)| a == b).count();
    let part = |bytes: &[u8]| {
        let from = at.saturating_sub(40).min(bytes.len());
        String::from_utf8_lossy(&bytes[from..bytes.len().min(at + 60)]).into_owned()
    };
    format!("from byte {at}: warm {:?}, clean {:?}", part(warm), part(clean))
}

/// Every file and folder below a folder; folders end in `/` and have no bytes.
pub(super) fn tree(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    for entry in walkdir::WalkDir::new(folder).min_depth(1).into_iter().flatten() {
        let name = entry.path().strip_prefix(folder).unwrap().to_string_lossy().into_owned();
        if entry.file_type().is_dir() {
            found.insert(format!("{name}/"), Vec::new());
        } else {
            found.insert(name, fs::read(entry.path()).unwrap());
        }
    }
    found
}

/// What the program made in a book.
fn made(root: &Path, place: Where) -> Vec<PathBuf> {
    match place {
        Where::Site => vec![root.join("public")],
        Where::Memory => vec![root.join(".throughline")],
        Where::Beside => {
            let is_beside =
                |path: &PathBuf| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(".public"));
            let mut beside: Vec<PathBuf> =
                fs::read_dir(root).unwrap().map(|entry| entry.unwrap().path()).filter(is_beside).collect();
            beside.sort();
            beside
        }
    }
}

fn meddle(root: &Path, place: Where, how: How, at: usize) {
    let places = made(root, place);
    if how == How::Clear {
        places.iter().for_each(|path| remove(path));
        return;
    }
    let below = places.iter().flat_map(|place| walkdir::WalkDir::new(place).sort_by_file_name());
    let is_ours = |path: &Path| path.file_name().is_some_and(|name| name == ".throughline-output");
    let files: Vec<PathBuf> = below
        .flatten()
        .filter(|entry| entry.file_type().is_file())
        .map(walkdir::DirEntry::into_path)
        // Without its mark a folder is no longer ours, and is rightly left alone.
        .filter(|path| !is_ours(path))
        .collect();
    let Some(path) = files.get(at % files.len().max(1)) else { return };
    let mut bytes = fs::read(path).unwrap();
    match how {
        How::Remove => return remove(path),
        How::Folder => {
            remove(path);
            fs::create_dir(path).unwrap();
            fs::write(path.join("within"), "by hand").unwrap();
            return;
        }
        How::Add => {
            fs::write(path.with_file_name("by-hand.txt"), "by hand").unwrap();
            return;
        }
        How::Append => bytes.extend(b"by hand"),
        How::Cut => bytes.truncate(bytes.len() / 2),
        How::Flip => {
            let middle = bytes.len() / 2;
            if let Some(byte) = bytes.get_mut(middle) {
                *byte ^= 1;
            }
        }
        How::Clear => unreachable!("all of it went above"),
    }
    // In place, as an editor may: other names of the file change with it.
    fs::write(path, bytes).unwrap();
    // Clocks of file systems tick slowly; nobody's hand is quicker than one.
    fs::File::options().append(true).open(path).unwrap().set_modified(SystemTime::now()).unwrap();
}

fn remove(path: &Path) {
    // It may be gone already.
    drop(if path.is_dir() { fs::remove_dir_all(path) } else { fs::remove_file(path) });
}
