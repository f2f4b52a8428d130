//! Warm equals clean: random books, random steps, and after each of them a build with everything that is remembered beside one
//! that remembers nothing. Files, findings and exit code must be the same, byte for byte.
//!
//! The suite makes a few steps. For a long run, say how many and from which seed:
//!
//! ```text
//! THROUGHLINE_WARM_STEPS=2000 THROUGHLINE_WARM_SEED=7 cargo test --test suite warm::in_one_process
//! THROUGHLINE_WARM_STEPS=2000 THROUGHLINE_WARM_SEED=7 cargo test --test suite warm::from_one_command
//! ```
//!
//! What differs is made as small as it gets and printed. Put that text into `regressions.txt`: its cases are played first.

mod edits;
mod memories;
mod random;
mod script;
mod smaller;
mod stand;
mod woven;

use std::path::Path;

use throughline::load::Options;

use memories::{Memories, Program};
use random::Random;
use script::{Case, Step};
use stand::{Clean, Difference, Fresh, Stand, Warm, play};

/// How many steps happen to one book.
const STEPS_OF_A_BOOK: usize = 24;
/// How many to every fourth: long enough for files to lie still until their times are trusted.
const STEPS_OF_A_LIFE: usize = 160;

#[test]
fn in_one_process_what_is_remembered_changes_no_byte() {
    explore(&|| Box::<Memories>::default(), 30);
}

#[test]
fn from_one_command_to_the_next_what_is_kept_changes_no_byte() {
    explore(&|| Box::new(Program), 24);
}

#[test]
fn no_case_that_once_failed_fails_again() {
    let mut names = std::collections::BTreeSet::new();
    for (name, case) in Case::read_all(include_str!("regressions.txt")) {
        let memories: Fresh<'_> = &|| Box::<Memories>::default();
        let program: Fresh<'_> = &|| Box::new(Program);
        for fresh in [memories, program] {
            let found = play(&case, fresh);
            assert!(found.is_none(), "{name}: {found:?}");
        }
        assert!(names.insert(name.clone()), "two cases are called {name}");
    }
    assert!(!names.is_empty());
}

/// Makes random steps, as many as asked for, on one book after another.
fn explore(fresh: Fresh<'_>, steps: usize) {
    let number = |name: &str| std::env::var(name).ok().map(|value| value.parse().expect("a number"));
    let steps = number("THROUGHLINE_WARM_STEPS").unwrap_or(steps);
    let first = number("THROUGHLINE_WARM_SEED").unwrap_or(1);
    let (mut made, mut seed, mut broken) = (0, first, 0);
    while made < steps {
        let count = if seed % 4 == 0 { STEPS_OF_A_LIFE } else { STEPS_OF_A_BOOK }.min(steps - made);
        match explore_one(fresh, seed as u64, count) {
            Ok(with_errors) => broken += with_errors,
            Err(failed) => {
                let (case, at, difference) = *failed;
                panic!("{}", told(fresh, &case, (seed, at), &difference));
            }
        }
        made += count;
        seed += 1;
    }
    eprintln!("{made} steps on {} books, {broken} of them to a book with errors", seed - first);
    assert!(broken < made * 2 / 3, "{broken} of {made} steps led to a book with errors, of which nothing is shown");
}

type Failed = (Case, usize, Difference);

/// Steps on one book; how many led to one with errors.
fn explore_one(fresh: Fresh<'_>, seed: u64, steps: usize) -> Result<usize, Box<Failed>> {
    let mut random = Random::new(seed);
    let mut case = Case { files: random::book(&mut random), steps: Vec::new() };
    let mut stand = Stand::new(&case.files, fresh);
    let mut broken = 0;
    for at in 0..=steps {
        let clean = stand.compare().map_err(|difference| Box::new((case.clone(), at, difference)))?;
        broken += usize::from(clean.has_errors);
        if at < steps {
            let step = edits::step(&mut random, &stand.files, &clean.at_fault);
            stand.apply(&step);
            case.steps.push(step);
        }
    }
    Ok(broken)
}

/// What differs, in the smallest case found.
fn told(fresh: Fresh<'_>, case: &Case, (seed, at): (usize, usize), found: &Difference) -> String {
    let fails = |case: &Case| play(case, fresh).is_some_and(|(_, other)| other.kind == found.kind);
    let small = smaller::smaller(case.clone(), &fails);
    let Some((step, difference)) = play(&small, fresh) else {
        let text = case.to_text(&format!("seed {seed}, step {at}"));
        return format!("seed {seed}, step {at}: {}\nIt does not happen every time.\n{text}", found.what);
    };
    let text = small.to_text(&format!("seed {seed}, step {at}"));
    format!("seed {seed}, step {at}: {}\nBehind step {step} of this smallest case:\n\n{text}", difference.what)
}

/// Remembers what it must not: files of the site by the number of letters in the book.
#[derive(Default)]
struct Careless {
    letters: Option<usize>,
    files: std::collections::BTreeMap<String, std::sync::Arc<[u8]>>,
}

impl Warm for Careless {
    fn compare(&mut self, root: &Path, _: &Options, clean: &Clean) -> Result<(), Difference> {
        let letters = Some(stand::tree(&root.join("content")).values().map(Vec::len).sum());
        if letters != self.letters {
            *self = Self { letters, files: clean.files.clone() };
        }
        stand::same_files(&self.files, &clean.files)
    }
}

#[test]
fn a_memory_that_goes_by_too_little_is_found_out_and_the_case_is_small() {
    let fresh: Fresh<'_> = &|| Box::<Careless>::default();
    let failed = (1..).find_map(|seed| explore_one(fresh, seed, STEPS_OF_A_BOOK).err()).expect("there is no end");
    let (case, at, difference) = *failed;
    let told = told(fresh, &case, (1, at), &difference);
    let (_, text) = told.split_once("case:\n\n").unwrap_or_else(|| panic!("{told}"));
    let [(_, small)] = Case::read_all(text).try_into().unwrap();
    assert_eq!((small.steps.len(), play(&small, fresh).is_some()), (1, true), "{told}");
    assert!(small.files.len() <= 2 && told.contains("differs from byte"), "{told}");
}

#[test]
fn a_case_is_read_as_it_is_written() {
    for seed in 0..40 {
        let mut random = Random::new(seed);
        let mut case = Case { files: random::book(&mut random), steps: Vec::new() };
        let mut files = case.files.clone();
        for _ in 0..20 {
            let step: Step = edits::step(&mut random, &files, &[]);
            step.apply(&mut files);
            case.steps.push(step);
        }
        let [(name, read)] = Case::read_all(&case.to_text("a name")).try_into().unwrap();
        assert!(name == "a name" && read == case, "{}", case.to_text("written"));
    }
}
