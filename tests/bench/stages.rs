//! The stages of one build, timed one by one inside this process: where the milliseconds of a save go.

use std::path::Path;
use std::time::{Duration, Instant};

use throughline::link::{self, LinkInput};
use throughline::load::{self, Options};
use throughline::parse;
use throughline::promise::{self, Addresses};
use throughline::render::{Input, outputs};
use throughline::theme::{compile, settle};
use throughline::view::{Tables, Viewer};

/// Prints what each stage of a build of this book takes, in milliseconds: the first time, and each time after one essay was
/// saved with a sentence more. The essay is put back.
pub(crate) fn print(book: &Path, rounds: usize) {
    let essays = book.join("content/essays");
    let mut names: Vec<_> =
        std::fs::read_dir(essays).expect("essays").map(|entry| entry.expect("one").path()).collect();
    names.sort();
    let edited = &names[names.len() / 2];
    let before = std::fs::read_to_string(edited).expect("text");
    let (mut loaded, mut parsed, mut linked) = (load::Memo::default(), parse::Memo::default(), link::Memo::default());
    for round in 0..rounds {
        if round > 0 {
            std::fs::write(edited, format!("{before}\n\nRound {round}.\n")).expect("saved");
        }
        let mut clock = Clock::new();
        let (snapshot, _) = load::load_again(book, &Options::default(), &mut loaded).expect("a book");
        clock.lap("load");
        let (parsed, _) = parse::parse_again(&snapshot, &mut parsed, &std::sync::Arc::default());
        let published = std::sync::Arc::clone(&parsed.published);
        clock.lap("parse");
        let (site, _) = link::link_again(parsed, &LinkInput::of(&snapshot), &mut linked);
        clock.lap("link");
        let tables = Tables::of(&site);
        let viewer = Viewer::new(&site, &snapshot.book, snapshot.as_of, &tables);
        clock.lap("view");
        let (settings, _) = settle(&snapshot.layers, &snapshot.book.theme);
        let (theme, _) = compile(&snapshot.layers, &settings, &viewer.book_view(&settings.values));
        clock.lap("theme");
        let input = Input::new(&snapshot, &site, viewer, &theme);
        let (made, _) = outputs(&input);
        clock.lap(&format!("outputs ({})", made.len()));
        let addresses = Addresses::of(&input, &made, snapshot.as_of);
        clock.lap("addresses");
        let lost = promise::check(&published, &addresses, &snapshot, &std::collections::BTreeSet::new());
        clock.lap(&format!("promises ({}, {} lost)", published.promises.len(), lost.iter().count()));
        println!("{}", clock.line);
    }
    std::fs::write(edited, before).expect("put back");
}

struct Clock {
    last: Instant,
    line: String,
}

impl Clock {
    fn new() -> Self {
        Self { last: Instant::now(), line: String::new() }
    }

    fn lap(&mut self, name: &str) {
        let took: Duration = self.last.elapsed();
        self.line.push_str(&format!("{name} {:.1} ms  ", took.as_secs_f64() * 1000.0));
        self.last = Instant::now();
    }
}
