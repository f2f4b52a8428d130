//! Blocks, text runs and pieces of a `Prose` while it is being written. Knows no Markdown.

use std::ops::Range;

use super::markdown::Writer;
use crate::base::span::{Span, to_u32};
use crate::model::prose::{Block, Piece, Run, Shape};

impl Writer<'_> {
    /// Begins a block of text; pieces written from here on belong to it.
    pub(super) fn open_block(&mut self, shape: Shape) {
        self.flush();
        let (text, piece) = (to_u32(self.outline.text.len()), to_u32(self.pieces.len()));
        self.block = Some(self.outline.blocks.len());
        self.outline.blocks.push(Block {
            id: String::new(),
            text: (text, text),
            pieces: (piece, piece),
            section: to_u32(self.outline.headings.len()),
            source: to_u32(self.input.body_start + self.here),
            shape,
        });
    }

    /// Ends the block of text that is open, if one is.
    pub(super) fn close_block(&mut self) {
        self.flush();
        let Some(index) = self.block.take() else { return };
        let block = &mut self.outline.blocks[index];
        block.text.1 = to_u32(self.outline.text.len());
        block.pieces.1 = to_u32(self.pieces.len());
        if !self.outline.text.is_empty() && !self.outline.text.ends_with('\n') {
            self.outline.text.push('\n');
        }
    }

    /// Text begins: where it stands directly in a list entry or the like, it becomes that entry's block.
    pub(super) fn open_waiting_block(&mut self) {
        if self.block.is_some() || !self.input.settings.extensions || self.muted > 0 {
            return;
        }
        let slot = self.waiting.last_mut().and_then(Option::take);
        self.open_block(Shape::Bare);
        if let (Some(slot), Some(block)) = (slot, self.block) {
            self.slots.push((slot, block, None));
        }
    }

    /// The place for an id of the open block, with the id the writer chose, if any.
    pub(super) fn id_slot(&mut self, chosen: Option<String>) {
        let Some(block) = self.block else { return };
        if self.muted > 0 || !self.input.settings.extensions && chosen.is_none() {
            return;
        }
        let slot = self.reserve();
        self.slots.push((slot, block, chosen));
    }

    /// A piece to be filled later.
    pub(super) fn reserve(&mut self) -> usize {
        self.flush();
        self.pieces.push(Piece::Own((0, 0)));
        self.pieces.len() - 1
    }

    /// Ends the text run and makes a piece of the HTML behind the last one.
    pub(super) fn flush(&mut self) {
        self.end_run();
        if self.flushed < self.html.len() {
            self.pieces.push(Piece::Html((to_u32(self.flushed), to_u32(self.html.len()))));
            self.flushed = self.html.len();
        }
    }

    pub(super) fn end_run(&mut self) {
        let Some((start, is_open)) = self.run.take() else { return };
        let block = to_u32(self.block.expect("a run stands in a block"));
        self.pieces.push(Piece::Text(to_u32(self.outline.runs.len())));
        let text = (to_u32(start), to_u32(self.outline.text.len()));
        self.outline.runs.push(Run { text, block, is_open });
    }

    /// Plain text whose words are looked at when all concepts are known.
    pub(super) fn write_run(&mut self, text: &str, is_open: bool) {
        if self.run.is_none_or(|(_, was_open)| was_open != is_open) {
            self.flush();
            self.run = Some((self.outline.text.len(), is_open));
        }
        self.outline.text.push_str(text);
    }

    /// HTML.
    pub(super) fn write(&mut self, html: &str) {
        self.end_run();
        self.html.push_str(html);
    }

    /// HTML on a line of its own.
    pub(super) fn write_line(&mut self, html: &str) {
        self.close_block();
        self.fresh_line();
        self.write(html);
    }

    pub(super) fn fresh_line(&mut self) {
        self.end_run();
        if !self.html.is_empty() && !self.html.ends_with('\n') {
            self.html.push('\n');
        }
    }

    pub(super) fn span(&self, body: Range<usize>) -> Span {
        Span::bytes(self.input.path, body.start + self.input.body_start..body.end + self.input.body_start)
    }
}
