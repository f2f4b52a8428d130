//! The table of the manual: what building a book costs, cold and after small changes, beside what no program could do without
//! and beside Hugo where it is installed.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::corpus::{Corpus, Dialect};
use super::floor::{Floor, writing};
use super::hugo::Hugo;
use super::measure::{Figure, program, run_any};
use super::tree::{Look, Work};

/// The essays are of these ten years.
const DAY: &str = "2026-01-01";

/// So many files may a process have open in the largest book.
const OPEN_FILES: u64 = 256;

/// The table for each of these sizes, then how the work grows and what a start costs.
pub(crate) fn print(place: &Path, sizes: &[usize]) {
    head(place);
    for essays in sizes {
        of_size(&place.join(essays.to_string()), *essays);
    }
    growth(place, sizes.iter().copied().min().unwrap_or(1_000).min(2_500));
    small(place);
    start();
}

/// A very large book with few open files: cold, and with nothing changed.
pub(crate) fn huge(place: &Path, essays: usize) {
    head(place);
    let mut site = Site::new(&place.join("huge"), essays);
    site.open_files = Some(OPEN_FILES);
    titles(&format!("{essays} essays, {OPEN_FILES} open files allowed, one run each"));
    site.clear();
    site.report("cold, no cache", 1, |_, _| ());
    site.report("no change", 1, |_, _| ());
    site.report("one word in one essay", 1, |site, at| site.change_word(at));
    println!();
}

fn head(place: &Path) {
    let version = Command::new(program()).arg("--version").output().expect("the program starts");
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let model = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = model.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": ")).map(|(_, name)| name);
    let kind = if place.starts_with("/dev/shm") { "in memory (tmpfs)" } else { "on a disk" };
    println!(
        "{}, {}, {cores} cores ({}); books and sites {kind}; medians\n",
        String::from_utf8_lossy(&version.stdout).trim(),
        &jiff::Timestamp::now().to_string()[..10],
        model.unwrap_or(std::env::consts::ARCH)
    );
}

fn titles(title: &str) {
    println!("{title}\n");
    println!("| {:<36} | seconds |    CPU | peak MiB | written |   kept | removed |  files |     MB |", "");
    println!("|:{:-<36}-|--------:|-------:|---------:|--------:|-------:|--------:|-------:|-------:|", "");
}

fn row(name: &str, figure: &Figure, work: &Work, look: &Look) {
    let Figure { seconds, processor, peak } = figure;
    let Work { written, kept, removed } = work;
    let (files, size) = (look.site.len(), look.megabytes());
    println!(
        "| {name:<36} | {seconds:>7.3} | {processor:>6.2} | {peak:>8.0} | {written:>7} | {kept:>6} | {removed:>7} | {files:>6} | {size:>6.1} |"
    );
}

/// How many runs the medians are of.
fn runs(essays: usize) -> usize {
    if essays <= 2_000 { 5 } else { 3 }
}

fn of_size(place: &Path, essays: usize) {
    let mut site = Site::new(place, essays);
    let runs = runs(essays);
    titles(&format!("{essays} essays, medians of {runs} runs"));
    // The first run reads the program and the book into memory and is not counted.
    site.build();
    let cold = cold(&mut site, runs);
    let full = Look::at(&site.out);
    site.report("no change", runs, |_, _| ());
    site.report("one word in one essay", runs, |site, at| site.change_word(at));
    site.report("one title", runs, |site, at| site.change_title(at));
    // The first change is that there is a template at all.
    site.change_template(runs);
    site.build();
    site.report("one template", runs, |site, at| site.change_template(at));
    fs::remove_dir_all(site.book.join("themes")).expect("a folder of ours");
    let lean = same_work(&mut site, runs);
    floor(&site, runs, &[("cold, no cache", cold, full), ("the same work as Hugo", lean.0, lean.1)]);
    fs::remove_dir_all(place).expect("a folder of ours");
}

/// Without a cache and with one, one after the other and again. Gives the seconds without.
fn cold(site: &mut Site, runs: usize) -> f64 {
    let (mut without, mut with) = (Vec::new(), Vec::new());
    for _ in 0..runs {
        site.clear();
        without.push(site.build());
        site.clear_site();
        with.push(site.build());
    }
    let look = Look::at(&site.out);
    let work = look.since(&Look::default());
    row("cold, no cache", &Figure::median(&without), &work, &look);
    row("cold, what was remembered is kept", &Figure::median(&with), &work, &look);
    Figure::median(&without).seconds
}

/// A theme of plain lists, and Hugo on the same essays with a theme that shows the same, one after the other and again.
fn same_work(site: &mut Site, runs: usize) -> (f64, Look) {
    let theme = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/bench/themes/lean");
    copy(&theme, &site.book.join("themes/lean"));
    let settings = site.book.join("book.toml");
    let before = fs::read_to_string(&settings).expect("text");
    let lean = format!(
        "{before}theme = \"lean\"\n\n[concepts]\nlinks = \"none\"\n\n\
         [outputs]\nfeeds = \"book\"\nmarkdown = false\ngraph = false\n"
    );
    fs::write(&settings, lean).expect("written");
    let hugo = Hugo::find();
    if let Some(hugo) = &hugo {
        site.corpus.write_essays(&site.place.join("hugo"), Dialect::Hugo);
        hugo.prepare(&site.place.join("hugo"));
        hugo.build(&site.place.join("hugo"));
    }
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for _ in 0..runs {
        site.clear();
        ours.push(site.build());
        if let Some(hugo) = &hugo {
            theirs.push(hugo.build(&site.place.join("hugo")));
        }
    }
    let look = Look::at(&site.out);
    row("the same work as Hugo, cold", &Figure::median(&ours), &look.since(&Look::default()), &look);
    if let Some(hugo) = &hugo {
        let look = Look::at(&Hugo::out(&site.place.join("hugo")));
        row(&hugo.name, &Figure::median(&theirs), &look.since(&Look::default()), &look);
    } else {
        println!("\nHugo is not installed, so it is left out.");
    }
    fs::write(&settings, before).expect("written");
    (Figure::median(&ours).seconds, look)
}

fn floor(site: &Site, runs: usize, sites: &[(&str, f64, Look)]) {
    let floor = Floor::of(site.corpus, runs);
    println!("\nThe floor, in seconds on all cores:\n");
    println!("| for                    | Markdown |   code | writing |    sum | build | build / floor |");
    println!("|:-----------------------|---------:|-------:|--------:|-------:|------:|--------------:|");
    for (name, seconds, look) in sites {
        let written = writing(look, &site.place.join("floor"), runs);
        let Floor { markdown, code, .. } = floor;
        let sum = markdown + code + written;
        let times = seconds / sum;
        println!(
            "| {name:<22} | {markdown:>8.3} | {code:>6.3} | {written:>7.3} | {sum:>6.3} | {seconds:>5.2} | {times:>13.2} |"
        );
    }
    println!("\nThe code is {} blocks.\n", floor.blocks);
}

/// How the work of a cold build grows from so many essays to four times as many.
fn growth(place: &Path, essays: usize) {
    let mut sites = [1, 4].map(|times| Site::new(&place.join(format!("growth-{times}")), essays * times));
    let mut figures = [Vec::new(), Vec::new()];
    for _ in 0..3 {
        for (site, figures) in sites.iter_mut().zip(&mut figures) {
            site.clear();
            figures.push(site.build());
        }
    }
    let [less, more] = figures.map(|figures| Figure::median(&figures));
    println!(
        "CPU({}) / CPU({essays}): {:.2} s / {:.2} s = {:.2}. Each essay more takes {:.1} KiB of memory.",
        essays * 4,
        more.processor,
        less.processor,
        more.processor / less.processor,
        (more.peak - less.peak) * 1_024.0 / (essays * 3) as f64
    );
}

fn small(place: &Path) {
    let mut site = Site::new(&place.join("small"), 100);
    site.build();
    let figures: Vec<Figure> = (0..9)
        .map(|_| {
            site.clear();
            site.build()
        })
        .collect();
    let Figure { seconds, processor, peak } = Figure::median(&figures);
    println!("100 essays, cold: {seconds:.3} s, CPU {processor:.2} s, {peak:.0} MiB.");
}

/// The start of the program, and of one that does nothing.
fn start() {
    let (mut ours, mut nothing) = (Vec::new(), Vec::new());
    for _ in 0..25 {
        ours.push(run_any(&program(), &[OsStr::new("--version")], None).seconds);
        nothing.push(run_any(Path::new("true"), &[], None).seconds);
    }
    let mean = |seconds: &[f64]| seconds.iter().sum::<f64>() * 1_000.0 / seconds.len() as f64;
    println!("`--version`: {:.1} ms, mean of 25 (`true`: {:.1} ms).", mean(&ours), mean(&nothing));
}

/// A book and the folder that its site goes to, which holds nothing else.
struct Site {
    corpus: Corpus,
    place: PathBuf,
    book: PathBuf,
    out: PathBuf,
    /// The essay that is changed, and its text.
    essay: PathBuf,
    text: String,
    open_files: Option<u64>,
}

impl Site {
    fn new(place: &Path, essays: usize) -> Self {
        let corpus = Corpus { seed: 1, essays, replies: 0 };
        let (book, out) = (place.join("book"), place.join("out/public"));
        corpus.write(&book);
        let essay = book.join(format!("content/essays/{}.md", corpus.name(essays / 2)));
        let text = fs::read_to_string(&essay).expect("an essay");
        Self { corpus, place: place.to_owned(), book, out, essay, text, open_files: None }
    }

    fn build(&mut self) -> Figure {
        let arguments = [
            OsStr::new("-C"),
            self.book.as_os_str(),
            OsStr::new("build"),
            OsStr::new("-q"),
            OsStr::new("--as-of"),
            OsStr::new(DAY),
            OsStr::new("--out"),
            self.out.as_os_str(),
        ];
        run_any(&program(), &arguments, self.open_files)
    }

    /// Makes a change and builds, so many times; prints the medians, and the work of the last time.
    fn report(&mut self, name: &str, runs: usize, change: impl Fn(&Self, usize)) {
        let mut figures = Vec::new();
        let mut work = Work::default();
        for at in 0..runs {
            let before = Look::at(&self.out);
            change(self, at);
            figures.push(self.build());
            work = Look::at(&self.out).since(&before);
        }
        row(name, &Figure::median(&figures), &work, &Look::at(&self.out));
    }

    /// Nothing was ever built.
    fn clear(&self) {
        self.clear_site();
        remove(&self.book.join(".throughline"));
    }

    /// The site is gone, and what was remembered is there.
    fn clear_site(&self) {
        remove(self.out.parent().expect("a folder of its own"));
    }

    fn change_word(&self, at: usize) {
        let words = ["indeed", "truly", "surely", "perhaps", "certainly", "possibly", "maybe"];
        let changed = self.text.replacen(". ", &format!(", {}. ", words[at % words.len()]), 1);
        assert_ne!(changed, self.text, "an essay has sentences");
        fs::write(&self.essay, changed).expect("written");
    }

    fn change_title(&self, at: usize) {
        let changed = self.text.replacen("title = \"", &format!("title = \"Part {at} of "), 1);
        fs::write(&self.essay, changed).expect("written");
    }

    fn change_template(&self, at: usize) {
        let folder = self.book.join("themes/default/templates");
        fs::create_dir_all(&folder).expect("a folder");
        let text = format!(
            "{{% extends \"default/essay.html\" %}}\n{{% block footer %}}<footer class=\"bottom\"><p>Words of our own: {at}</p></footer>{{% endblock footer %}}\n"
        );
        fs::write(folder.join("essay.html"), text).expect("written");
    }
}

fn remove(folder: &Path) {
    if folder.exists() {
        fs::remove_dir_all(folder).expect("a folder of ours");
    }
}

/// Copies a folder of files.
pub(super) fn copy(from: &Path, to: &Path) {
    for entry in walkdir::WalkDir::new(from) {
        let entry = entry.expect("a folder of this project");
        let target = to.join(entry.path().strip_prefix(from).expect("below it"));
        if entry.file_type().is_dir() {
            fs::create_dir_all(target).expect("a folder");
        } else {
            fs::copy(entry.path(), target).expect("written");
        }
    }
}
