//! Times the program as a reader of the manual would: whole commands on books made here, one table a run.
//!
//! `cargo bench` runs everything at a size that takes a minute; `cargo bench -- replies 1000` takes the part and its size
//! (megabytes of the export). Every book is made from a seed, so two runs measure the same work.

#![allow(clippy::disallowed_methods, clippy::print_stdout, reason = "a benchmark makes files and times programs")]

/// The allocator of the program, so that stages are timed as it runs them.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

mod corpus;
mod disqus;
mod measure;
mod stages;

use std::path::Path;

use measure::{Figure, Table, run};

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| !argument.starts_with('-')).collect();
    let size = |default: usize| arguments.get(1).and_then(|text| text.parse().ok()).unwrap_or(default);
    let folder = tempfile::tempdir().expect("a folder for the books");
    match arguments.first().map(String::as_str) {
        None => {
            replies(folder.path(), 100);
            builds(folder.path(), 1_000);
        }
        Some("replies") => replies(folder.path(), size(100)),
        Some("builds") => builds(folder.path(), size(1_000)),
        Some("stages") => {
            stages::print(Path::new(&arguments[1]), arguments.get(2).and_then(|text| text.parse().ok()).unwrap_or(6))
        }
        // For a profiler: the same inputs, kept in a folder.
        Some("make") => make(Path::new(&arguments[1]), &arguments[2..]),
        Some(other) => {
            panic!(
                "there is no part `{other}`; write `replies`, `builds`, `stages FOLDER` or `make FOLDER MEGABYTES ESSAYS`"
            )
        }
    }
}

fn make(folder: &Path, sizes: &[String]) {
    let [megabytes, essays] = [0, 1].map(|at| sizes[at].parse::<usize>().expect("a number"));
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
fn replies(folder: &Path, megabytes: usize) {
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
fn builds(folder: &Path, essays: usize) {
    let mut table = Table::new(&format!("build of {essays} essays"));
    let mut seconds = Vec::new();
    for (name, replies) in [("without replies", 0), ("ten replies an essay", 10)] {
        let book = folder.join(format!("build-{replies}"));
        corpus::write(&book, essays, replies);
        // The first run warms the disk, the second counts.
        let figures: Vec<Figure> = (0..3).map(|_| run(&book, &["build", "-q", "--as-of", "2026-01-01"])).collect();
        let figure = figures.into_iter().min_by(|a, b| a.seconds.total_cmp(&b.seconds)).expect("three runs");
        seconds.push(figure.seconds);
        table.row(name, &figure, "");
    }
    println!("{table}With replies: {:.2} times.\n", seconds[1] / seconds[0]);
}
