//! Releases to publish in tests, and what is needed for it besides.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use throughline::io::keep::Keep;
use throughline::publish::{Failure, File, MANIFEST, Plan, Progress, Release, Stepwise, Store, Target};

/// Names that programs might take for something else.
pub(crate) const NAMES: [&str; 11] = [
    "index.html",
    "essays/a b/ü 'one' \"two\".html",
    "essays/[x]*?/back\\slash.html",
    "-leading.html",
    "#comment.txt",
    ";comment.txt",
    "assets/style.1a2b3c4d.css",
    "assets/~tilde #hash%20.js",
    ".gitattributes",
    "empty/.nojekyll",
    "feed.xml",
];

/// A release in which every file says this word, with line ends that nobody may change.
pub(crate) fn release(word: &str) -> Release {
    let mut release = Release::default();
    for name in NAMES {
        let text = match name {
            ".gitattributes" => "* text=auto\n*.html filter=none\n".to_owned(),
            "empty/.nojekyll" => String::new(),
            _ => format!("{word}\r\nin {name}\n"),
        };
        release.insert(File::new(name, text.into_bytes()));
    }
    release
}

/// The release after that: one file is changed, one is new, and the only one of a folder is gone.
pub(crate) fn next(word: &str) -> Release {
    let mut release = release(word);
    release.insert(File::new("index.html", *b"changed\n"));
    release.insert(File::new("essays/new/index.html", *b"new\n"));
    release.remove("essays/[x]*?/back\\slash.html");
    release
}

/// The files of a release as they lie where it was published.
pub(crate) fn expected(release: &Release) -> BTreeMap<String, Vec<u8>> {
    let mut files: BTreeMap<String, Vec<u8>> =
        release.files.iter().map(|(name, file)| (name.clone(), file.bytes.to_vec())).collect();
    files.insert(MANIFEST.to_owned(), release.manifest.to_text().into_bytes());
    files
}

pub(crate) struct Quiet;

impl Progress for Quiet {
    fn begin(&self, _what: &str, _steps: usize) {}
    fn step(&self) {}
}

/// Publishes as the command does; how many files were added, changed, removed.
pub(crate) fn publish(target: &mut dyn Target, release: &Release) -> Result<(usize, usize, usize), Failure> {
    let plan = Plan::of(&target.look()?.manifest, &release.manifest);
    target.apply(release, &plan, &Quiet)?;
    Ok((plan.added.len(), plan.changed.len(), plan.removed.len()))
}

/// Brings the former release back.
pub(crate) fn roll_back(target: &mut dyn Target) -> Result<(), Failure> {
    target.look()?;
    let former = target.former()?;
    target.roll_back(&former, &Quiet)
}

pub(crate) fn stepwise<S: Store>(book: &Path, store: S) -> Stepwise<S> {
    Stepwise::new(store, Keep::open(book, "live"), false).unwrap()
}

/// Runs a program that the test needs; a missing one fails the test.
pub(crate) fn run(folder: &Path, program: &str, arguments: &[&str]) -> Output {
    let output = Command::new(program).args(arguments).current_dir(folder).output();
    let output =
        output.unwrap_or_else(|error| panic!("these tests need `{program}`, which tests/run installs: {error}"));
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{program} {arguments:?}: {said}");
    output
}

pub(crate) fn write(path: &Path, text: &str) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

/// The same, as a program.
pub(crate) fn write_program(path: &Path, text: &str) {
    use std::os::unix::fs::PermissionsExt;
    write(path, text);
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
}
