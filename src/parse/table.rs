//! Tables of a `Prose`: each row is a block, so that a passage can point at it.

use pulldown_cmark::Alignment;

use super::markdown::{Writer, alignment_class};

/// The table that is being written.
pub(super) struct Table {
    alignments: Vec<Alignment>,
    cell: usize,
    is_head: bool,
}

impl Writer<'_> {
    pub(super) fn start_table(&mut self, alignments: Vec<Alignment>) {
        self.close_block();
        if let Some(waiting) = self.waiting.last_mut() {
            *waiting = None;
        }
        self.write_line("<div class=\"table\" tabindex=\"0\"><table>\n");
        self.table = Some(Table { alignments, cell: 0, is_head: true });
    }

    pub(super) fn end_table(&mut self) {
        let is_empty = self.table.take().is_some_and(|table| table.is_head);
        self.write_line(if is_empty { "</table></div>\n" } else { "</tbody></table></div>\n" });
    }

    pub(super) fn start_table_head(&mut self) {
        self.write("<thead>");
        self.start_entry("<tr", true);
        self.first_cell();
    }

    pub(super) fn end_table_head(&mut self) {
        self.end_entry("</tr></thead>\n");
        if let Some(table) = &mut self.table {
            table.is_head = true;
        }
    }

    pub(super) fn start_table_row(&mut self) {
        if let Some(table) = &mut self.table
            && table.is_head
        {
            table.is_head = false;
            self.write("<tbody>\n");
        }
        self.start_entry("<tr", true);
        self.first_cell();
    }

    pub(super) fn end_table_row(&mut self) {
        self.end_entry("</tr>\n");
    }

    fn first_cell(&mut self) {
        if let Some(table) = &mut self.table {
            table.cell = 0;
        }
    }

    pub(super) fn start_table_cell(&mut self) {
        let Some(table) = &self.table else { return };
        let class = table.alignments.get(table.cell).map_or("", |alignment| alignment_class(*alignment));
        let element = if table.is_head { "th" } else { "td" };
        // Cells are no sentences together: a line end keeps them apart in the plain text.
        if self.block.is_some() && table.cell > 0 {
            self.write("");
            self.outline.text.push('\n');
        }
        self.write(&format!("<{element}{class}>"));
    }

    pub(super) fn end_table_cell(&mut self) {
        let Some(table) = &mut self.table else { return };
        table.cell += 1;
        let close = if table.is_head { "</th>" } else { "</td>" };
        self.write(close);
    }
}
