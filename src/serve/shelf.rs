//! The edition that is shown and the pages of it that somebody asked for, rendered when they are asked for. An address is a key
//! and never a path: nothing here reads a file.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::edition::Edition;
use super::trouble::Trouble;
use crate::base::diagnostic::Diagnostic;
use crate::base::path::percent_decoded;
use crate::io::clock;
use crate::render::{Output, bytes};

/// Pages that are kept once they are rendered: those in open tabs, and what was looked at shortly before.
const MOST_KEPT: usize = 64;

/// What is shown now. One for the whole program, shared by the thread that makes editions and those that answer.
#[derive(Default)]
pub(super) struct Shelf {
    state: Mutex<State>,
    arrived: Condvar,
}

#[derive(Default)]
struct State {
    edition: Option<Arc<Edition>>,
    /// Why the book as a whole cannot be shown as it is.
    behind: Vec<Trouble>,
    /// Since when something is shown as it was before.
    since: Option<Instant>,
    /// Rendered pages: the file, the edition they belong to, and the bytes; the latest last.
    kept: VecDeque<(String, u64, Arc<[u8]>)>,
    /// Pages of this edition that cannot be rendered.
    failed: BTreeMap<String, Trouble>,
    /// What is wrong with templates and was not yet told in the terminal.
    untold: Vec<Diagnostic>,
}

/// What is at an address.
pub(super) enum Answer {
    /// A file of the site: its name and its bytes. `is_found` is false for the page that says there is none.
    File { name: String, bytes: Arc<[u8]>, is_page: bool, is_found: bool },
    /// A page that cannot be rendered and never was.
    Failed,
    /// The same with a slash behind it.
    Slash(String),
}

impl Shelf {
    fn state(&self) -> MutexGuard<'_, State> {
        // A thread that panicked while it held the lock left nothing half done: every change is one assignment.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Shows a new edition; true if it has to be looked through, because its templates are new or spoiled a page before.
    pub(super) fn put(&self, edition: Arc<Edition>) -> bool {
        let mut state = self.state();
        let has_new_theme = state.edition.as_ref().is_none_or(|shown| !edition.has_theme_of(shown));
        if has_new_theme {
            state.failed.clear();
        }
        let is_behind = !edition.troubles.is_empty() || !state.failed.is_empty();
        // Where the first edition is in trouble, there is none behind it that could be old.
        let since = || state.edition.as_ref().map(|_| clock::tick());
        state.since = if is_behind { state.since.or_else(since) } else { None };
        state.behind.clear();
        state.edition = Some(edition);
        self.arrived.notify_all();
        has_new_theme || !state.failed.is_empty()
    }

    /// Stays with the edition that is shown, and says why.
    pub(super) fn stay(&self, why: Vec<Trouble>) {
        let mut state = self.state();
        state.since = state.since.or_else(|| Some(clock::tick()));
        state.behind = why;
    }

    /// The edition that is shown; waits for the first.
    pub(super) fn edition(&self) -> Arc<Edition> {
        let mut state = self.state();
        loop {
            if let Some(edition) = &state.edition {
                return Arc::clone(edition);
            }
            state = self.arrived.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// What is wrong with what is shown, the page in this file too, and for how long it has been.
    pub(super) fn troubles(&self, file: &str) -> (Vec<Trouble>, Option<Duration>) {
        let state = self.state();
        let mut all = state.behind.clone();
        if all.is_empty() {
            all.extend(state.edition.iter().flat_map(|edition| edition.troubles.iter().cloned()));
            // One mistake in a template may spoil a thousand pages: the one at hand speaks for them. What is wrong with
            // templates that are not used, because newer ones cannot be read, is no news.
            let failed = state.failed.get(file).or_else(|| state.failed.values().next());
            all.extend(failed.filter(|_| all.is_empty()).cloned());
        }
        (all, state.since.map(|since| clock::tick().duration_since(since)))
    }

    /// Makes a page, if there is one, so that what is wrong with it is known.
    pub(super) fn try_out(&self, edition: &Edition, file: &str) {
        if let Some(output) = edition.outputs.get(file) {
            self.file(edition, file.to_owned(), *output, true);
        }
    }

    /// What is wrong with templates and was not told yet.
    pub(super) fn untold(&self) -> Vec<Diagnostic> {
        std::mem::take(&mut self.state().untold)
    }

    /// Whether a page of this edition could not be rendered.
    pub(super) fn has_failed(&self) -> bool {
        !self.state().failed.is_empty()
    }

    /// What stands at the path of a request, as it was sent.
    pub(super) fn answer(&self, path: &str) -> Answer {
        let edition = self.edition();
        let name = file_of(path, edition.base());
        if let Some(output) = edition.outputs.get(&name) {
            return self.file(&edition, name, *output, true);
        }
        let folder = format!("{name}/index.html");
        if edition.outputs.contains_key(&folder) {
            return Answer::Slash(format!("{path}/"));
        }
        let missing = "404.html".to_owned();
        match edition.outputs.get(&missing) {
            Some(output) => self.file(&edition, missing, *output, false),
            None => Answer::Failed,
        }
    }

    /// Renders every page of an edition once, for what is wrong with templates that nobody looks at; true if that is not what was
    /// known. Ends where another edition is shown, and at the first mistake.
    pub(super) fn proofread(&self, edition: &Edition) -> bool {
        let input = edition.input();
        let mut is_news = false;
        for (name, output) in edition.outputs.iter().filter(|(_, output)| matches!(output, Output::Page(_))) {
            if self.state().edition.as_ref().is_none_or(|shown| shown.number != edition.number) {
                return false;
            }
            if let Err(why) = bytes(*output, &input) {
                return self.fail(edition, name, &why) || is_news;
            }
            is_news |= self.succeed(name);
        }
        is_news
    }

    /// Notes that a page can be rendered; true if it could not before.
    fn succeed(&self, name: &str) -> bool {
        let mut state = self.state();
        let is_news = state.failed.remove(name).is_some();
        let is_well = state.failed.is_empty() && state.behind.is_empty();
        if is_news && is_well && state.edition.as_ref().is_some_and(|shown| shown.troubles.is_empty()) {
            state.since = None;
        }
        is_news
    }

    /// Notes that a page of an edition cannot be rendered; false if that was known or another edition is shown by now.
    fn fail(&self, edition: &Edition, name: &str, why: &Diagnostic) -> bool {
        let trouble = Trouble::of(why, &|path| edition.text(path));
        let mut state = self.state();
        if state.edition.as_ref().is_none_or(|shown| shown.number != edition.number) {
            return false;
        }
        if edition.number > 1 {
            state.since = state.since.or_else(|| Some(clock::tick()));
        }
        let is_known = state.failed.values().any(|known| *known == trouble);
        if !is_known {
            state.untold.push(why.clone());
        }
        state.failed.insert(name.to_owned(), trouble).is_none()
    }

    fn file(&self, edition: &Edition, name: String, output: Output, is_found: bool) -> Answer {
        let is_page = matches!(output, Output::Page(_));
        let kept = |state: &State, is_wanted: &dyn Fn(u64) -> bool| {
            let fits = |(file, number, _): &&(String, u64, Arc<[u8]>)| *file == name && is_wanted(*number);
            state.kept.iter().rev().find(fits).map(|(_, _, bytes)| Arc::clone(bytes))
        };
        if let Some(bytes) = kept(&self.state(), &|number| number == edition.number) {
            return Answer::File { name, bytes, is_page, is_found };
        }
        let found: Arc<[u8]> = match bytes(output, &edition.input()) {
            Ok(bytes) => bytes.into(),
            Err(why) => {
                self.fail(edition, &name, &why);
                let last = kept(&self.state(), &|_| true);
                // A page that nobody looked at yet is rendered with the templates that were good before.
                let before = || edition.input_before().and_then(|input| bytes(output, &input).ok().map(Arc::from));
                return match last.or_else(before) {
                    Some(bytes) => Answer::File { name, bytes, is_page, is_found },
                    None => Answer::Failed,
                };
            }
        };
        if is_page {
            self.succeed(&name);
            let mut state = self.state();
            state.kept.retain(|(file, _, _)| *file != name);
            state.kept.push_back((name.clone(), edition.number, Arc::clone(&found)));
            if state.kept.len() > MOST_KEPT {
                state.kept.pop_front();
            }
        }
        Answer::File { name, bytes: found, is_page, is_found }
    }
}

/// The file of the site that a path of a request names; `base` is the path under which the site will stand, and may lead.
pub(super) fn file_of(path: &str, base: &str) -> String {
    let path = path.strip_prefix(base.trim_end_matches('/')).filter(|rest| rest.starts_with('/')).unwrap_or(path);
    let decoded = percent_decoded(path);
    let name = decoded.strip_prefix('/').unwrap_or(&decoded);
    if name.is_empty() || name.ends_with('/') { format!("{name}index.html") } else { name.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::file_of;

    #[test]
    fn a_path_names_a_file_of_the_site_under_its_base_too() {
        for (path, base, file) in [
            ("/", "/", "index.html"),
            ("/essays/a/", "/", "essays/a/index.html"),
            ("/essays/a/", "/book/", "essays/a/index.html"),
            ("/book/essays/a/", "/book/", "essays/a/index.html"),
            ("/book/", "/book/", "index.html"),
            ("/booklet.html", "/book/", "booklet.html"),
            ("/a%20b.png", "/", "a b.png"),
        ] {
            assert_eq!(file_of(path, base), file, "{path} under {base}");
        }
    }
}
