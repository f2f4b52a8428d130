//! Footnotes of a `Prose`: numbered by their first reference, written after the text.

use std::collections::BTreeMap;
use std::ops::Range;

use super::markdown::Writer;
use crate::base::codes::Code;
use crate::base::diagnostic::Diagnostic;
use crate::base::span::to_u32;
use crate::model::prose::{Note, Piece};

/// The footnotes of a text.
#[derive(Default)]
pub(super) struct Notes {
    /// The events of each definition, without its start and end.
    pub(super) definitions: BTreeMap<String, Range<usize>>,
    /// Labels in the order of their first reference.
    pub(super) order: Vec<String>,
    pub(super) numbers: BTreeMap<String, usize>,
    pub(super) written: Vec<Note>,
}

impl Writer<'_> {
    pub(super) fn write_note_reference(&mut self, label: &str) {
        if self.muted > 0 {
            return;
        }
        let number = match self.notes.numbers.get(label) {
            Some(number) => *number,
            None => {
                self.notes.order.push(label.to_owned());
                self.notes.written.push(Note::default());
                let number = self.notes.order.len();
                self.notes.numbers.insert(label.to_owned(), number);
                number
            }
        };
        let note = &mut self.notes.written[number - 1];
        let id = if note.references.is_empty() {
            format!("r{number}")
        } else {
            format!("r{number}-{}", note.references.len() + 1)
        };
        note.references.push(id.clone());
        self.open_waiting_block();
        self.end_run();
        self.flush();
        self.html.push_str(&format!(
            "<sup class=\"ref\"><a id=\"{id}\" href=\"#n{number}\" role=\"doc-noteref\" aria-label=\"Note {number}\">{number}</a></sup>"
        ));
        let own = (to_u32(self.flushed), to_u32(self.html.len()));
        self.pieces.push(Piece::Own(own));
        self.flushed = self.html.len();
    }

    pub(super) fn report_unused_notes(&mut self) {
        for (label, events) in &self.notes.definitions {
            if self.notes.numbers.contains_key(label) {
                continue;
            }
            let source = self.events[events.start - 1].1.clone();
            let end = source.start + label.len() + 4;
            let span = self.span(source.start..end.min(source.end));
            self.diagnostics.push(
                Diagnostic::new(Code::UnusedFootnote, span, format!("nothing refers to the footnote `{label}`"))
                    .help(format!("write `[^{label}]` where the note belongs, or take the note out")),
            );
        }
    }
}
