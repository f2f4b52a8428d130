//! Tables written as text, one row a line: the header, the sign between cells, the rows with their lines. Knows no column.

use super::foreign::Harvest;

/// How often reading starts again behind a quotation mark that is never closed.
const MOST_RESTARTS: usize = 16;

/// The first row of a table and how the others are written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Header {
    /// Names of the columns in lower case, `_` for everything that is no letter or digit: `author_url`.
    pub columns: Vec<String>,
    separator: char,
    /// Where the rows begin, in bytes, and the line they begin on.
    rows: (usize, usize),
}

/// One row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// The line on which it begins, from 1.
    pub line: usize,
    cells: Vec<String>,
}

impl Row {
    /// A cell without blanks around it; `None` where it is empty or not there.
    #[must_use]
    pub fn cell(&self, column: Option<usize>) -> Option<&str> {
        self.cells.get(column?).map(|cell| cell.trim()).filter(|cell| !cell.is_empty())
    }
}

impl Header {
    /// The header of a text: the sign that makes most cells of its first line separates them. `None` for a single cell.
    #[must_use]
    pub fn of(text: &str) -> Option<Self> {
        // Spreadsheets may say in a line of its own what separates the cells.
        let announced = text.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("sep="));
        let (skipped, line) = if announced { (text.find('\n')? + 1, 2) } else { (0, 1) };
        let rest = text.get(skipped..)?;
        let read = |separator: char| (record(rest, separator), separator);
        let (first, separator) = [',', ';', '\t']
            .into_iter()
            .map(read)
            .reduce(|best, next| if next.0.cells.len() > best.0.cells.len() { next } else { best })?;
        if first.cells.len() < 2 || first.is_open {
            return None;
        }
        let lines = rest.get(..first.length)?.matches('\n').count();
        let columns = first.cells.iter().map(|cell| folded(cell)).collect();
        Some(Self { columns, separator, rows: (skipped + first.length, line + lines) })
    }

    /// The place of the first of these columns that is there.
    #[must_use]
    pub fn column(&self, names: &[&str]) -> Option<usize> {
        names.iter().find_map(|name| self.columns.iter().position(|column| column == name))
    }

    /// Hands over row after row; rows that do not fit the header are left out with their lines.
    pub fn each_row(&self, text: &str, harvest: &mut dyn Harvest, take: &mut dyn FnMut(Row, &mut dyn Harvest)) {
        let (mut start, mut line) = self.rows;
        let mut restarts = 0;
        while let Some(rest) = text.get(start..).filter(|rest| !rest.is_empty()) {
            let Record { cells, mut length, is_open } = record(rest, self.separator);
            let place = format!("line {line}");
            let row = Row { line, cells };
            if is_open && restarts == MOST_RESTARTS {
                harvest.left(place, "too many quotation marks are not closed; nothing is read from here on".to_owned());
                return;
            }
            if is_open {
                restarts += 1;
                harvest.left(place, "a quotation mark in this row is not closed".to_owned());
                length = rest.find('\n').map_or(rest.len(), |at| at + 1);
            } else if let Some(extra) =
                row.cells.get(self.columns.len()..).filter(|extra| extra.iter().any(|cell| !cell.is_empty()))
            {
                let (has, wanted) = (self.columns.len() + extra.len(), self.columns.len());
                harvest.left(
                    place,
                    format!("it has {has} cells and the header {wanted}; put quotation marks around texts"),
                );
            } else if row.cells.iter().any(|cell| !cell.trim().is_empty()) {
                take(row, harvest);
            }
            line += rest.get(..length).unwrap_or_default().matches('\n').count();
            start += length;
        }
    }
}

fn folded(name: &str) -> String {
    let parts = name.split(|c: char| !c.is_alphanumeric()).filter(|part| !part.is_empty());
    parts.collect::<Vec<_>>().join("_").to_lowercase()
}

struct Record {
    cells: Vec<String>,
    /// Its length in bytes, with the end of its line.
    length: usize,
    /// Whether the text ends inside quotation marks.
    is_open: bool,
}

/// The first record of a text. Quotation marks stand around a cell, and twice for one inside; a cell may hold lines.
fn record(text: &str, separator: char) -> Record {
    let mut cells = Vec::new();
    let mut cell = String::new();
    let (mut is_open, mut was_quoted) = (false, false);
    let mut letters = text.char_indices().peekable();
    while let Some((at, letter)) = letters.next() {
        match letter {
            '"' if is_open && letters.next_if(|(_, next)| *next == '"').is_some() => cell.push('"'),
            '"' if is_open => is_open = false,
            _ if is_open => cell.push(letter),
            '"' if !was_quoted && cell.trim().is_empty() => {
                cell.clear();
                (is_open, was_quoted) = (true, true);
            }
            '\r' if letters.peek().is_some_and(|(_, next)| *next == '\n') => {}
            '\n' | '\r' => {
                cells.push(cell);
                return Record { cells, length: at + 1, is_open: false };
            }
            _ if letter == separator => {
                cells.push(std::mem::take(&mut cell));
                was_quoted = false;
            }
            _ => cell.push(letter),
        }
    }
    cells.push(cell);
    Record { cells, length: text.len(), is_open }
}

#[cfg(test)]
mod tests {
    use super::super::foreign::Basket;
    use super::*;

    fn rows(text: &str) -> (Vec<Row>, Basket) {
        let (mut rows, mut basket) = (Vec::new(), Basket::default());
        Header::of(text).expect("a header").each_row(text, &mut basket, &mut |row, _| rows.push(row));
        (rows, basket)
    }

    #[test]
    fn cells_may_hold_quotation_marks_separators_and_lines() {
        for separator in [",", ";", "\t"] {
            let text = "ID,Author URL,In-Reply-To\r\n1,\"a, \"\"b\"\"\r\nc\",\r\n\r\n 2 , \"d\" ,e\"f\"\n3";
            let text = text.replace(',', separator);
            assert_eq!(Header::of(&text).expect("a header").columns, ["id", "author_url", "in_reply_to"]);
            let (rows, basket) = rows(&text);
            assert!(basket.left.is_empty());
            let cells = |row: &Row| (0..3).map(|at| row.cell(Some(at)).map(str::to_owned)).collect::<Vec<_>>();
            let some = |text: &str| Some(text.replace(',', separator));
            assert_eq!(rows.iter().map(|row| row.line).collect::<Vec<_>>(), [2, 5, 6]);
            assert_eq!(cells(&rows[0]), [some("1"), some("a, \"b\"\r\nc"), None]);
            assert_eq!(cells(&rows[1]), [some("2"), some("d"), some("e\"f\"")]);
            assert_eq!(cells(&rows[2]), [some("3"), None, None]);
        }
        assert_eq!(Header::of("sep=;\na;b\n").expect("a header").rows, (10, 3));
        assert!(["", "one", "\"a,b", "sep=;"].into_iter().all(|text| Header::of(text).is_none()));
    }

    #[test]
    fn broken_rows_are_named_and_the_next_ones_read() {
        let (found, basket) = rows("a,b\n1,2,3\n4,5,,\n6,\"7\n8,9\n");
        assert_eq!(found.iter().map(|row| row.line).collect::<Vec<_>>(), [3, 5]);
        assert_eq!(basket.left.iter().map(|left| left.place.as_str()).collect::<Vec<_>>(), ["line 2", "line 4"]);
        let (found, basket) = rows(&format!("a,b\n{}", "1,\"x\"y,\"\n".repeat(40_001)));
        assert!(found.len() < 40_001 && !basket.left.is_empty());
    }
}
