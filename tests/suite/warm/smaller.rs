//! Makes a case that fails as small as it gets: fewer steps, fewer files, fewer lines.

use super::script::{Case, Step};

/// How often a case is played on the way.
const MOST_TRIALS: usize = 600;

/// The smallest case found that still fails.
pub(super) fn smaller(case: Case, fails: &dyn Fn(&Case) -> bool) -> Case {
    let trials = std::cell::Cell::new(0);
    let fails = |case: &Case| {
        trials.set(trials.get() + 1);
        trials.get() <= MOST_TRIALS && fails(case)
    };
    let mut case = case;
    loop {
        let before = case.clone();
        case.steps = fewer(&case.steps.clone(), &|steps| fails(&Case { steps: steps.to_vec(), ..case.clone() }));
        let files: Vec<_> = case.files.clone().into_iter().collect();
        let files = fewer(&files, &|files| {
            let has_settings = files.iter().any(|(path, _)| path == "book.toml");
            has_settings && fails(&Case { files: files.iter().cloned().collect(), ..case.clone() })
        });
        case.files = files.into_iter().collect();
        for at in 0..texts(&mut case).len() {
            let Ok(text) = String::from_utf8(texts(&mut case)[at].clone()) else { continue };
            let lines: Vec<String> = text.split_inclusive('\n').map(str::to_owned).collect();
            let lines = fewer(&lines, &|lines| {
                let mut tried = case.clone();
                *texts(&mut tried)[at] = lines.concat().into_bytes();
                fails(&tried)
            });
            *texts(&mut case)[at] = lines.concat().into_bytes();
        }
        if case == before {
            return case;
        }
    }
}

/// The bytes of every file that the case holds or writes.
fn texts(case: &mut Case) -> Vec<&mut Vec<u8>> {
    let written = case.steps.iter_mut().filter_map(|step| match step {
        Step::Write(files) => Some(files.values_mut().flatten()),
        _ => None,
    });
    case.files.values_mut().chain(written.flatten()).collect()
}

/// The shortest part of a list found that still does it: without halves first, then quarters, and so on to single ones.
fn fewer<T: Clone>(all: &[T], does: &dyn Fn(&[T]) -> bool) -> Vec<T> {
    let mut kept = all.to_vec();
    let mut size = kept.len();
    while size > 0 {
        let mut at = 0;
        while at < kept.len() {
            let tried: Vec<T> = kept
                .iter()
                .enumerate()
                .filter(|(place, _)| !(at..at + size).contains(place))
                .map(|(_, one)| one.clone())
                .collect();
            if does(&tried) { kept = tried } else { at += size }
        }
        size /= 2;
    }
    kept
}
