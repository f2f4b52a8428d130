//! Times the program as a reader of the manual would: whole commands on books made here, one table a run.
//!
//! `cargo bench` runs everything at a size that takes a few minutes; `cargo bench -- PART …` takes one part:
//!
//! | part | does |
//! |---|---|
//! | `speed [ESSAYS…]` | the table of the manual, for 1,000 and 10,000 essays unless sizes are named |
//! | `huge [ESSAYS]` | cold and warm with 256 open files, 100,000 essays unless said otherwise |
//! | `replies [MEGABYTES]` | imports an export of Disqus, twice |
//! | `builds [ESSAYS]` | a book without replies beside the same book with ten for each essay |
//! | `stages BOOK [ROUNDS]` | the stages of a build one by one, cold and after each of so many saves |
//! | `make FOLDER ESSAYS` | writes a book into a folder, and nothing else |
//! | `inputs FOLDER MEGABYTES ESSAYS` | writes the inputs of the other parts into a folder, for a profiler |
//!
//! Every book is made from a seed, so two runs measure the same work. `THROUGHLINE=/path/to/throughline` measures another program
//! than the one that was just compiled.

#![allow(clippy::disallowed_methods, clippy::print_stdout, reason = "a benchmark makes files and times programs")]

/// The allocator of the program, so that stages are timed as it runs them.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

mod code;
mod corpus;
mod disqus;
mod floor;
mod hugo;
mod measure;
mod numbers;
mod speed;
mod stages;
mod tree;
mod words;

use std::ffi::OsString;
use std::path::Path;

use measure::{Figure, Table, run};

fn main() {
    let all: Vec<OsString> = std::env::args_os().skip(1).collect();
    if all.first().is_some_and(|part| part == "watched") {
        measure::watch(&all[1..]);
        return;
    }
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| !argument.starts_with('-')).collect();
    let number = |at: usize| -> Option<usize> { arguments.get(at).map(|text| text.parse().expect("a number")) };
    let path = |at: usize| Path::new(arguments.get(at).expect("a folder"));
    match arguments.first().map(String::as_str) {
        None => {
            replies(100);
            builds(1_000);
            speed(&[1_000]);
        }
        Some("speed") => {
            let sizes: Vec<usize> = (1..arguments.len()).filter_map(number).collect();
            speed(if sizes.is_empty() { &[1_000, 10_000] } else { &sizes });
        }
        Some("huge") => speed::huge(place().path(), number(1).unwrap_or(100_000)),
        Some("replies") => replies(number(1).unwrap_or(100)),
        Some("builds") => builds(number(1).unwrap_or(1_000)),
        Some("stages") => stages::print(path(1), number(2).unwrap_or(6)),
        Some("make") => {
            corpus::write(path(1), number(2).expect("how many essays"), 0);
        }
        Some("inputs") => inputs(path(1), number(2).expect("megabytes"), number(3).expect("how many essays")),
        Some(other) => {
            panic!(
                "there is no part `{other}`; write `speed`, `huge`, `replies`, `builds`, `stages BOOK`, `make FOLDER ESSAYS` or `inputs FOLDER MEGABYTES ESSAYS`"
            )
        }
    }
}

/// A folder in memory where the system has one, so that no disk is measured.
fn place() -> tempfile::TempDir {
    let memory = Path::new("/dev/shm");
    let made = if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() };
    made.expect("a folder for the books")
}

fn speed(sizes: &[usize]) {
    speed::print(place().path(), sizes);
}

fn inputs(folder: &Path, megabytes: usize, essays: usize) {
    let book = folder.join("book");
    let names = corpus::write(&book, essays, 0);
    publish(&book);
    corpus::write(&folder.join("answered"), essays, 10);
    let made = disqus::write(&folder.join("disqus.xml"), &disqus::threads(megabytes << 20), &names);
    println!("{made:?}");
}

/// Every address of the book becomes a promise.
fn publish(book: &Path) {
    let (snapshot, found) = throughline::load::load(book, &throughline::load::Options::default()).expect("a book");
    let made = throughline::build::build(&snapshot, found);
    let list = throughline::promise::merged(&made.published, &made.addresses);
    std::fs::write(book.join("published.toml"), list).expect("written");
}

/// An export of Disqus, brought in twice: megabytes a second and peak memory.
fn replies(megabytes: usize) {
    let place = place();
    let folder = place.path();
    let book = folder.join("replies");
    let threads = disqus::threads(megabytes << 20);
    let essays = corpus::write(&book, threads.len(), 0);
    let export = folder.join("disqus.xml");
    let made = disqus::write(&export, &threads, &essays);
    let mut table =
        Table::new(&format!("import of {megabytes} MB, {} replies, {} threads", made.replies, made.threads));
    for name in ["first import", "second import"] {
        let figure = run(&book, &["import", "replies", &export.to_string_lossy(), "-q"]);
        let speed = megabytes as f64 / figure.seconds;
        table.row(name, &figure, &format!("{speed:.0} MB/s"));
    }
    let largest = made.largest_thread as f64 / f64::from(1 << 20);
    println!("{table}The largest thread holds {largest:.1} MB.\n");
}

/// A book without replies and the same book with ten for each essay.
fn builds(essays: usize) {
    let place = place();
    let mut table = Table::new(&format!("build of {essays} essays"));
    let mut seconds = Vec::new();
    for (name, replies) in [("without replies", 0), ("ten replies an essay", 10)] {
        let book = place.path().join(format!("build-{replies}"));
        corpus::write(&book, essays, replies);
        // The first run warms the disk, the second counts.
        let figures: Vec<Figure> = (0..3).map(|_| run(&book, &["build", "-q", "--as-of", "2026-01-01"])).collect();
        let figure = figures.into_iter().min_by(|a, b| a.seconds.total_cmp(&b.seconds)).expect("three runs");
        seconds.push(figure.seconds);
        table.row(name, &figure, "");
    }
    println!("{table}With replies: {:.2} times.\n", seconds[1] / seconds[0]);
}
