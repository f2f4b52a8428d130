//! Changes of source files that the browser may ask for, and how the last ones are taken back. A request names a
//! change that was offered and never a file. Knows no page.

use std::collections::VecDeque;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::base::parts::Parts;
use crate::base::path::SitePath;
use crate::io::error::Error;
use crate::io::{disk, stage};
use crate::model::source::Source;

/// How many edits can be taken back.
const MOST_KEPT: usize = 20;

/// A change of one file, worked out and not yet made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Edit {
    pub(super) path: SitePath,
    /// What the file must say for the change to be right, without a byte order mark; `None` where there must be no
    /// file.
    pub(super) before: Option<Arc<str>>,
    /// What it says afterwards.
    pub(super) after: String,
    /// The change as a wish: `Link “vision”`.
    pub(super) what: String,
    /// The sentence when it is made.
    pub(super) done: String,
}

impl Edit {
    /// A new text for a file of the book.
    pub(super) fn of(source: &Source, after: String, what: String, done: String) -> Self {
        Self { path: source.path.clone(), before: Some(Arc::clone(&source.text())), after, what, done }
    }

    /// The word by which a request names it.
    pub(super) fn id(&self) -> String {
        let Self { path, before, after, what, .. } = self;
        id_of(&["edit", path.as_str(), before.as_deref().unwrap_or("\0"), after, what])
    }
}

/// The edits that were made, one at a time.
#[derive(Default)]
pub(super) struct Desk {
    made: Mutex<VecDeque<Made>>,
}

/// An edit that was made: what the file said before, if there was one, and what it said then.
struct Made {
    path: SitePath,
    before: Option<String>,
    after: String,
    what: String,
}

impl Made {
    fn id(&self) -> String {
        id_of(&["undo", self.path.as_str(), self.before.as_deref().unwrap_or("\0"), &self.after, &self.what])
    }
}

impl Desk {
    fn made(&self) -> MutexGuard<'_, VecDeque<Made>> {
        // A thread that panicked while it held the lock left the list whole: it changes in one step.
        self.made.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The word and the wish of the edit that can be taken back.
    pub(super) fn last(&self) -> Option<(String, String)> {
        self.made().back().map(|made| (made.id(), made.what.clone()))
    }

    /// Makes an edit.
    ///
    /// # Errors
    /// A sentence that says why nothing was written.
    pub(super) fn make(&self, root: &Path, edit: &Edit) -> Result<String, String> {
        let mut made = self.made();
        let Edit { path, before, after, what, done } = edit;
        let place = disk::writable(root, path).map_err(|why| sentence(&why))?;
        let now = disk::read_text_if_there(&place).map_err(|why| sentence(&why))?;
        let after = match (&now, before) {
            (None, None) => {
                stage::create(root, &[(path.as_str().to_owned(), after.clone())]).map_err(|why| sentence(&why))?;
                after.clone()
            }
            (Some(_), None) => return Err(format!("{path} exists already; nothing was written.")),
            (None, Some(_)) => return Err(format!("{path} is gone; nothing was written.")),
            (Some(now), Some(before)) => {
                let text = now.strip_prefix('\u{feff}').unwrap_or(now);
                if text != &**before {
                    return Err(changed(path));
                }
                let after = format!("{}{after}", &now[..now.len() - text.len()]);
                if !stage::replace_text(&place, now, &after).map_err(|why| sentence(&why))? {
                    return Err(changed(path));
                }
                after
            }
        };
        made.push_back(Made { path: path.clone(), before: now, after, what: what.clone() });
        if made.len() > MOST_KEPT {
            made.pop_front();
        }
        Ok(done.clone())
    }

    /// Takes the last edit back if that is what this word names; `None` if not.
    ///
    /// # Errors
    /// A sentence that says why nothing was written.
    pub(super) fn take_back(&self, root: &Path, id: &str) -> Option<Result<String, String>> {
        let mut made = self.made();
        let last = made.back().filter(|made| made.id() == id)?;
        let done = take_back(root, last);
        // What was changed by another hand since then cannot be taken back any more, and the one before it may.
        if !matches!(done, Err((_, IsStill::There))) {
            made.pop_back();
        }
        Some(done.map_err(|(why, _)| why))
    }
}

/// Whether an edit could be taken back at another time.
enum IsStill {
    There,
    Gone,
}

fn take_back(root: &Path, made: &Made) -> Result<String, (String, IsStill)> {
    let Made { path, before, after, what } = made;
    let failed = |why: Error| (sentence(&why), IsStill::There);
    let place = disk::writable(root, path).map_err(failed)?;
    let now = disk::read_text_if_there(&place).map_err(failed)?;
    let Some(now) = now else { return Err((changed(path), IsStill::Gone)) };
    let Some(before) = before else {
        if now != *after {
            return Err((changed(path), IsStill::Gone));
        }
        stage::remove_file(&place).map_err(failed)?;
        return Ok(format!("Taken back in {path}: {what}"));
    };
    // What was written elsewhere in the file since then stays.
    let text = if now == *after { Some(before.clone()) } else { reversed(before, after, &now) };
    let text = text.ok_or_else(|| (changed(path), IsStill::Gone))?;
    if !stage::replace_text(&place, &now, &text).map_err(failed)? {
        return Err((changed(path), IsStill::There));
    }
    Ok(format!("Taken back in {path}: {what}"))
}

/// How many letters around an edit its place is found again by; fewer where something was written close by.
const AROUND: [usize; 4] = [24, 12, 4, 1];

/// A text with an edit taken back that led from `before` to `after`; `None` where its place is gone, or is not the only one.
fn reversed(before: &str, after: &str, now: &str) -> Option<String> {
    let same = |a: &mut dyn Iterator<Item = (char, char)>| -> usize {
        a.take_while(|(a, b)| a == b).map(|(letter, _)| letter.len_utf8()).sum()
    };
    let head = same(&mut before.chars().zip(after.chars()));
    let (gone, come) = (&before[head..], &after[head..]);
    let tail = same(&mut gone.chars().rev().zip(come.chars().rev()));
    let (gone, come) = (&gone[..gone.len() - tail], &come[..come.len() - tail]);
    AROUND.into_iter().find_map(|around| {
        let start = after.floor_char_boundary(head.saturating_sub(around));
        let end = after.ceil_char_boundary((after.len() - tail + around).min(after.len()));
        let (left, right) = (&after[start..head], &after[after.len() - tail..end]);
        let wanted = format!("{left}{come}{right}");
        let mut places = now.match_indices(&wanted).map(|(at, _)| at);
        let at = places.next().filter(|_| places.next().is_none())?;
        Some(format!("{}{left}{gone}{right}{}", &now[..at], &now[at + wanted.len()..]))
    })
}

fn changed(path: &SitePath) -> String {
    format!("{path} changed meanwhile; nothing was written.")
}

/// A failure of the machine as a sentence.
fn sentence(why: &Error) -> String {
    let text = why.to_string();
    let mut letters = text.chars();
    let first = letters.next().map(char::to_uppercase).into_iter().flatten();
    first.chain(letters).chain(['.']).collect()
}

fn id_of(parts: &[&str]) -> String {
    let mut all = Parts::default();
    parts.iter().for_each(|part| all.add(part.as_bytes()));
    all.finish().to_short_hex()
}

#[cfg(test)]
mod tests {
    use super::reversed;

    #[test]
    fn an_edit_is_taken_back_where_it_was_made_and_nothing_else_is() {
        let (before, after) = ("One. Some trust here. More.", "One. Some [[trust]] here. More.");
        let now = "One, and two. Some [[trust]] here! More.\n\nNew.";
        assert_eq!(reversed(before, after, now).as_deref(), Some("One, and two. Some trust here! More.\n\nNew."));
        assert_eq!(reversed(before, after, "One. Some (trust) here. More."), None, "it is gone");
        let now = "\u{e9}\nOne. Some [[trust]] here. More.\n\nNew [[trust]].";
        assert_eq!(
            reversed(before, after, now).as_deref(),
            Some("\u{e9}\nOne. Some trust here. More.\n\nNew [[trust]].")
        );
        assert_eq!(reversed(before, after, &format!("{after}{after}")), None, "it stands there twice");
        assert_eq!(reversed("a\u{e9}", "a\u{e8}", "a\u{e8} b").as_deref(), Some("a\u{e9} b"));
    }
}
