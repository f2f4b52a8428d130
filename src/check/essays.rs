//! Essays as their readers find them: links that lead there, summaries, titles, notes. Knows no concept.

use std::collections::BTreeSet;

use super::Desk;
use crate::base::codes::Code;
use crate::base::diagnostic::{Diagnostic, Diagnostics};
use crate::base::span::Span;
use crate::base::words::count;
use crate::link::{PageId, WritingId, index};
use crate::model::prose::Note;
use crate::model::writing::{Kind, Writing};

/// Search results and shared links show sixty to seventy letters of a title and cut the rest.
const LONG_TITLE: usize = 70;
/// A note of more words takes half a minute to read, beside a sentence that waits for its end.
const LONG_NOTE: usize = 120;

pub(super) fn look(desk: &Desk<'_>, found: &mut Diagnostics) {
    unlinked(desk, found);
    for (at, writing) in desk.site.writings.iter().enumerate() {
        let id = WritingId(index(at));
        if writing.kind == Kind::Essay && writing.meta.summary.is_empty() {
            let help = format!(
                "add a line `summary{} \"…\"`: it stands in lists, feeds and search results",
                desk.sign(writing)
            );
            found.push(Diagnostic::new(Code::MissingSummary, desk.title(id), "this essay has no summary").help(help));
        }
        let letters = writing.meta.title.chars().count();
        if letters > LONG_TITLE {
            let message = format!("this title has {letters} letters, and others show about {LONG_TITLE} of them");
            let help = "shorten it, and say the rest in `summary`";
            found.push(Diagnostic::new(Code::LongTitle, desk.title(id), message).help(help));
        }
        found.extend(writing.prose().notes.iter().filter_map(|note| long_note(desk, writing, note)));
    }
}

/// Essays that no text links to. Where essays came from a series, a list or a concept does not count: a link in a
/// sentence is the only one that tells readers why to follow it.
fn unlinked(desk: &Desk<'_>, found: &mut Diagnostics) {
    let pinned: BTreeSet<PageId> = desk
        .essays()
        .flat_map(|(_, _, writing)| &writing.meta.related_essays)
        .filter_map(|name| desk.site.names.page(&name.value))
        .collect();
    for (place, id, writing) in desk.essays() {
        let page = PageId::Writing(id);
        let is_found = desk.site.backlinks.contains_key(&page) || pinned.contains(&page) || writing.meta.is_start;
        if is_found || !desk.is_grown(place) {
            continue;
        }
        found.push(
            Diagnostic::new(Code::UnlinkedEssay, desk.title(id), "no other text links to this essay")
                .help("link to it from an essay that touches on the same thing"),
        );
    }
}

fn long_note(desk: &Desk<'_>, writing: &Writing, note: &Note) -> Option<Diagnostic> {
    let prose = writing.prose();
    let outline = &prose.outline;
    let first = outline.blocks.partition_point(|block| block.pieces.0 < note.pieces.0);
    let own = outline.blocks[first..].iter().take_while(|block| block.pieces.0 < note.pieces.1);
    let words: usize =
        own.filter_map(|block| outline.text.get(block.text.0 as usize..block.text.1 as usize)).map(count).sum();
    let block = outline.blocks.get(first).filter(|_| words > LONG_NOTE)?;
    let start = block.source as usize;
    let text = desk.text(writing);
    let line = text.get(start..)?.lines().next()?.trim_end();
    let span = Span::bytes(&writing.path, start..start + line.len());
    let message = format!("this note has {words} words");
    Some(
        Diagnostic::new(Code::LongNote, span, message)
            .help("take it into the text, make an essay of it, or shorten it"),
    )
}
