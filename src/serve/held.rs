//! Replies to an essay that wait for its author. Knows nothing of their places in the conversation.

use super::desk::Edit;
use super::notes::{Lines, Note, Offer, Subject, beginning};
use super::trouble::one_line;
use crate::model::thread::{Replies, Reply, State};
use crate::parse::amend;

/// Replies that are shown to be decided on; for more there is the command line.
const MOST: usize = 30;
/// Letters of a reply that are shown.
const SHOWN: usize = 300;

/// The replies that wait, in the order of their file.
pub(super) fn waiting(file: &Replies) -> Vec<&Reply> {
    let is_waiting = |reply: &&Reply| reply.state == State::Held && !reply.html.is_empty();
    file.replies.iter().map(AsRef::as_ref).filter(is_waiting).collect()
}

/// A note for each reply that waits.
pub(super) fn notes(subject: &Subject<'_>, file: &Replies) -> Vec<Note> {
    let waiting = waiting(file);
    let Some(source) = subject.edition.source(&file.path) else { return Vec::new() };
    let lines = Lines::new(&source.text());
    let mut notes: Vec<Note> = Vec::new();
    for reply in waiting.iter().take(MOST) {
        let name = if reply.name.is_empty() { "A reader" } else { &reply.name };
        let text = beginning(&one_line(&format!("{name}: {}", reply.text.replace('\n', " "))), SHOWN);
        let line = lines.of(reply.id.range.0 as usize);
        let mut note = subject.note("Replies", text, 0);
        note.help = Some("held".to_owned());
        note.place = Some((file.path.clone(), line));
        for (label, state) in [("Show", "shown"), ("Hide", "hidden")] {
            let after = amend::set_state(&source.text(), &reply.id.value, state).ok().filter(|_| subject.is_editable);
            let what = format!("{label} the reply of {name}");
            let done = format!("The reply of {name} is {state} now: {}, line {line}", file.path);
            note.offers.extend(after.map(|after| Offer::new(label, Edit::of(source, after, what, done))));
        }
        notes.push(note);
    }
    if waiting.len() > MOST {
        let mut more = subject.note("Replies", format!("… and {} more", waiting.len() - MOST), 0);
        more.help = Some("`throughline replies list --state held` shows all".to_owned());
        more.place = Some((file.path.clone(), 1));
        notes.push(more);
    }
    notes
}
