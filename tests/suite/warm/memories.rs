//! What is warm: the memories of one process, and the program with what it keeps on disk.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;
use std::sync::{Arc, Mutex};

use throughline::base::fingerprint::Fingerprint;
use throughline::io::stage::MARK;
use throughline::io::terminal::to_json;
use throughline::link::{self, LinkInput, link_again};
use throughline::load::{self, Options, load_again};
use throughline::memo::Memo as Leaves;
use throughline::model::portions::Portions;
use throughline::model::recipe::{Before, Recipe};
use throughline::model::source::Artifact;
use throughline::parse::{self, parse_again};
use throughline::promise::{self, Addresses};
use throughline::publish::Manifest;
use throughline::publish::Release;
use throughline::render::{Bytes, Input, Sink, Tools, outputs, render};
use throughline::theme::{compile, settle};
use throughline::view::{Tables, Viewer};

use super::stand::{Clean, Difference, Warm, same_files, same_findings, tree};

/// What the preview remembers from one edition to the next.
#[derive(Default)]
pub(super) struct Memories {
    loaded: load::Memo,
    parsed: parse::Memo,
    linked: link::Memo,
    leaves: Arc<Leaves>,
    made: Made,
    /// The book of which they were made.
    book: Option<Fingerprint>,
}

/// Files with the recipes they were made from, and the texts in them.
type Made = BTreeMap<String, (Option<Recipe>, Option<Portions>, Arc<[u8]>)>;

/// Keeps what the step before made from the same recipe, as the output folder of a build does.
struct Shelf {
    before: Made,
    /// Whether those were made of the same book.
    is_same_book: bool,
    now: Mutex<Made>,
}

impl Sink for Shelf {
    fn before(&self, file: &str) -> Option<Before> {
        let (recipe, texts, _) = self.before.get(file).filter(|_| self.is_same_book)?;
        Some(Before { shown: (*recipe)?.shown, texts: texts.as_ref().map(|texts| texts.made_of) })
    }

    fn keep(&self, file: &str, recipe: Recipe) -> bool {
        let before = self.before.get(file).filter(|(known, ..)| *known == Some(recipe));
        before.is_some_and(|made| {
            self.now.lock().unwrap().insert(file.to_owned(), made.clone());
            true
        })
    }

    fn texts(&self, file: &str, made_of: Fingerprint) -> Option<Vec<String>> {
        let (_, texts, bytes) = self.before.get(file)?;
        let texts = texts.as_ref().filter(|texts| texts.made_of == made_of)?;
        let text =
            |&(from, to): &(u32, u32)| std::str::from_utf8(&bytes[from as usize..to as usize]).unwrap().to_owned();
        Some(texts.places.iter().map(text).collect())
    }

    fn put(&self, file: &str, recipe: Option<Recipe>, bytes: Bytes) {
        self.now.lock().unwrap().insert(file.to_owned(), (recipe, None, bytes.into()));
    }

    fn put_with_texts(&self, file: &str, recipe: Option<Recipe>, texts: Portions, bytes: Bytes) {
        self.now.lock().unwrap().insert(file.to_owned(), (recipe, Some(texts), bytes.into()));
    }
}

impl Warm for Memories {
    fn compare(&mut self, root: &Path, options: &Options, clean: &Clean) -> Result<(), Difference> {
        let (snapshot, mut diagnostics) = load_again(root, options, &mut self.loaded).expect("a book has settings");
        let (parsed, found) = parse_again(&snapshot, &mut self.parsed, &self.leaves);
        diagnostics.append(found);
        let published = Arc::clone(&parsed.published);
        let spoiled = promise::spoiled(&diagnostics, &snapshot.book.levels);
        let (site, found) = link_again(parsed, &LinkInput::of(&snapshot), &mut self.linked);
        diagnostics.append(found);
        let tables = Tables::of(&site);
        let viewer = Viewer::new(&site, &snapshot.book, snapshot.as_of, &tables).with_leaves(&self.leaves);
        let (settings, found) = settle(&snapshot.layers, &snapshot.book.theme);
        diagnostics.append(found);
        let (theme, found) = compile(&snapshot.layers, &settings, &viewer.book_view(&settings.values));
        diagnostics.append(found);
        let input = Input::new(&snapshot, &site, viewer, &theme);
        let (outputs, found) = outputs(&input);
        diagnostics.append(found);
        let addresses = Addresses::of(&input, &outputs, snapshot.as_of);
        diagnostics.append(promise::check(&published, &addresses, &snapshot, &spoiled));
        let book = Some(snapshot.fingerprint_of_book());
        let is_same_book = std::mem::replace(&mut self.book, book) == book;
        let shelf = Shelf { before: std::mem::take(&mut self.made), is_same_book, now: Mutex::default() };
        let engine = Some(Fingerprint::of(b"the same program all the time"));
        let (_, found) = render(&input, &outputs, &Tools { engine, ..Tools::new(&shelf, &self.leaves) });
        diagnostics.append(found);
        let report = diagnostics.into_report(&snapshot.book.levels);
        same_findings(&to_json(&report, &|path| snapshot.text(path)).to_string(), clean)?;
        self.made = shelf.now.into_inner().unwrap();
        let files: BTreeMap<String, Arc<[u8]>> =
            self.made.iter().map(|(file, (.., bytes))| (file.clone(), Arc::clone(bytes))).collect();
        same_files(&files, &clean.files)
    }
}

/// The program, run again and again on one folder.
pub(super) struct Program;

impl Warm for Program {
    fn compare(&mut self, root: &Path, options: &Options, clean: &Clean) -> Result<(), Difference> {
        let public = root.join("public");
        let before = tree(&public);
        let mut command = Command::new(env!("CARGO_BIN_EXE_throughline"));
        command.args(["build", "--format", "json"]).current_dir(root).env("RUST_BACKTRACE", "0");
        if let Some(day) = options.as_of {
            command.args(["--as-of", &day.to_string()]);
        }
        if options.with_drafts {
            command.arg("--drafts");
        }
        let output = command.output().unwrap();
        let (said, told) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        if output.status.code() != Some(i32::from(clean.has_errors)) {
            let what = format!("it ended with {:?}: {said}{told}", output.status.code());
            return Err(Difference { kind: "exit code", what });
        }
        same_findings(said.trim_end(), clean)?;
        let mut after = tree(&public);
        if clean.has_errors {
            return same_files(&after, &before);
        }
        let mark = after.remove(MARK).unwrap_or_default();
        let mut wanted: BTreeMap<String, Vec<u8>> = BTreeMap::new();
        for (name, bytes) in &clean.files {
            wanted.insert(name.clone(), bytes.to_vec());
            let folders = name.match_indices('/').map(|(at, _)| name[..=at].to_owned());
            wanted.extend(folders.map(|folder| (folder, Vec::new())));
        }
        same_files(&after, &wanted)?;
        same_mark(&mark, clean)
    }
}

/// The list of what the folder holds goes to readers' hosts, too.
fn same_mark(mark: &[u8], clean: &Clean) -> Result<(), Difference> {
    let artifact = |(file, bytes): (&String, &Arc<[u8]>)| Artifact { file: file.clone(), bytes: Arc::clone(bytes) };
    let artifacts: Vec<Artifact> = clean.files.iter().map(artifact).collect();
    let listed = Manifest::read(&String::from_utf8_lossy(mark)).map(|manifest| manifest.files);
    if listed == Some(Release::of(&artifacts).manifest.files) {
        return Ok(());
    }
    Err(Difference { kind: "mark", what: format!("{MARK} does not list what the folder holds") })
}
