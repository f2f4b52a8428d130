//! The books that `cargo bench` makes: the same for the same seed, and of the shape that its figures are told for.

#[path = "../bench/code.rs"]
mod code;
#[path = "../bench/corpus.rs"]
#[allow(dead_code, reason = "the bench needs more of it")]
mod corpus;
#[path = "../bench/numbers.rs"]
#[allow(dead_code, reason = "the bench needs more of it")]
mod numbers;
#[path = "../bench/words.rs"]
mod words;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use corpus::{Corpus, Dialect};

fn files(folder: &Path) -> BTreeMap<String, String> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap());
    entries.map(|entry| (entry.file_name().into_string().unwrap(), fs::read_to_string(entry.path()).unwrap())).collect()
}

fn essays(corpus: Corpus, dialect: Dialect) -> BTreeMap<String, String> {
    let folder = tempfile::tempdir().unwrap();
    corpus.write_essays(folder.path(), dialect);
    files(&folder.path().join("content/essays"))
}

#[test]
fn a_seed_makes_the_same_book_each_time_and_another_seed_another() {
    let corpus = Corpus { seed: 7, essays: 60, replies: 0 };
    let once = essays(corpus, Dialect::Throughline);
    assert_eq!(once.len(), 60);
    assert_eq!(once, essays(corpus, Dialect::Throughline));
    assert_ne!(once, essays(Corpus { seed: 8, ..corpus }, Dialect::Throughline));
}

#[test]
fn the_texts_are_the_same_for_hugo() {
    let corpus = Corpus { seed: 1, essays: 40, replies: 0 };
    let body = |text: &str| text.splitn(3, "+++\n").nth(2).unwrap().to_owned();
    let bodies = |dialect| -> Vec<String> { essays(corpus, dialect).values().map(|text| body(text)).collect() };
    let ours = bodies(Dialect::Throughline);
    assert_eq!(ours, bodies(Dialect::Hugo));
    let mut made: Vec<String> = (0..40).map(|at| format!("\n{}", corpus.body(at))).collect();
    let mut ours = ours;
    made.sort();
    ours.sort();
    assert_eq!(ours, made);
}

#[test]
fn a_book_has_the_shape_that_is_promised() {
    let essays = essays(Corpus { seed: 1, essays: 1_000, replies: 0 }, Dialect::Throughline);
    let bytes = essays.values().map(String::len).sum::<usize>() / essays.len();
    assert!((9_000..9_800).contains(&bytes), "{bytes} bytes an essay");
    let with = |what: &str| essays.values().filter(|text| text.contains(what)).count();
    assert!((120..180).contains(&with("\n```")), "{} with code", with("\n```"));
    assert!((440..560).contains(&with("\"seamanship\"")), "{} of the first concept", with("\"seamanship\""));
    assert!((150..250).contains(&with("\nseries = ")), "{} in a series", with("\nseries = "));
    assert!((400..600).contains(&with("[^1]")), "{} with notes", with("[^1]"));
    let mut concepts = BTreeSet::new();
    for (name, text) in &essays {
        let line = text.lines().find(|line| line.starts_with("concepts = ")).unwrap();
        let named: Vec<&str> = line.split('"').skip(1).step_by(2).collect();
        assert!((3..=5).contains(&named.len()), "{name}: {line}");
        concepts.extend(named);
        let links: Vec<&str> =
            text.match_indices(".md").map(|(at, _)| text[..at].rsplit('(').next().unwrap()).collect();
        assert!((3..=6).contains(&links.len()), "{name}: {links:?}");
        assert!(links.iter().all(|link| essays.contains_key(&format!("{link}.md"))), "{name}: {links:?}");
    }
    assert!((195..=200).contains(&concepts.len()), "{} concepts", concepts.len());
}

#[test]
fn nothing_is_wrong_with_a_book() {
    let folder = tempfile::tempdir().unwrap();
    Corpus { seed: 1, essays: 30, replies: 2 }.write(folder.path());
    let options = throughline::load::Options::default();
    let (snapshot, found) = throughline::load::load(folder.path(), &options).unwrap();
    let built = throughline::build::build(&snapshot, found);
    assert!(built.report.diagnostics.is_empty(), "{:?}", built.report);
    assert_eq!(built.site.essays.len(), 30);
}
