//! What keeps a page from being shown as it stands in its file, told as the sheet in the browser shows it.

use std::sync::Arc;

use serde::Serialize;

use crate::base::diagnostic::Diagnostic;
use crate::base::path::SitePath;
use crate::base::span::line_and_column;
use crate::io::error::Error;
use crate::io::terminal::visible;

/// Lines around the place at fault, on each side.
const AROUND: usize = 2;
/// Letters of a line that are shown.
const LONGEST: usize = 160;

/// One problem, in plain text: whoever shows it escapes it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(super) struct Trouble {
    /// The word for its kind; empty for a failure of the machine.
    pub(super) code: &'static str,
    /// What is wrong.
    pub(super) message: String,
    /// The file, from the book's folder; empty where none is at fault.
    pub(super) file: String,
    /// Line and column, from 1; 0 where only the file is known.
    pub(super) line: usize,
    pub(super) column: usize,
    /// Up to five lines of the file, the one at fault in the middle.
    pub(super) lines: Vec<Line>,
    /// How to mend it.
    pub(super) help: String,
}

/// A line of a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(super) struct Line {
    pub(super) number: usize,
    pub(super) text: String,
    /// First letter at fault and the letter behind the last, from 0; `None` on the other lines.
    pub(super) mark: Option<(usize, usize)>,
}

impl Trouble {
    /// A finding, with the text of the file it stands in.
    pub(super) fn of(found: &Diagnostic, text: &dyn Fn(&SitePath) -> Option<Arc<str>>) -> Self {
        let path = found.span.as_ref().map(|span| &span.path);
        let text = path.and_then(text);
        let range = found.span.as_ref().and_then(|span| span.range);
        let (mut line, mut column, mut lines) = (0, 0, Vec::new());
        if let (Some(text), Some((start, end))) = (text, range) {
            (line, column) = line_and_column(&text, start as usize);
            lines = excerpt(&text, line, column, (start as usize, end as usize));
        }
        Self {
            code: found.code.name(),
            message: visible(&found.message),
            file: path.map(|path| visible(path.as_str())).unwrap_or_default(),
            line,
            column,
            lines,
            help: found.help.as_deref().map(visible).unwrap_or_default(),
        }
    }

    /// The problem in one line, for the terminal.
    pub(super) fn to_line(&self) -> String {
        let place = match (self.file.as_str(), self.line) {
            ("", _) => String::new(),
            (file, 0) => format!("{file}: "),
            (file, line) => format!("{file}:{line}:{}: ", self.column),
        };
        format!("{place}{}", self.message)
    }

    /// A book in which there was something to show, and is no more.
    pub(super) fn of_empty_book() -> Self {
        Self {
            code: "",
            message: "there is no file left in `content`".to_owned(),
            file: String::new(),
            line: 0,
            column: 0,
            lines: Vec::new(),
            help: "put the folder back; the preview goes on by itself".to_owned(),
        }
    }

    /// A failure of the machine, such as a folder that went away.
    pub(super) fn of_world(error: &Error) -> Self {
        Self {
            code: "",
            message: visible(&error.to_string()),
            file: String::new(),
            line: 0,
            column: 0,
            lines: Vec::new(),
            help: "put it back; the preview goes on by itself".to_owned(),
        }
    }
}

fn excerpt(text: &str, line: usize, column: usize, (start, end): (usize, usize)) -> Vec<Line> {
    // Five lines also near the top and the bottom, where there are so many.
    let most = 2 * AROUND + 1;
    let first = line.saturating_sub(AROUND + 1).min(text.lines().count().saturating_sub(most));
    let end = text.floor_char_boundary(end.max(start));
    let width = text[text.floor_char_boundary(start)..end].lines().next().map_or(0, |part| part.chars().count()).max(1);
    let numbered = text.lines().enumerate().skip(first).take(most);
    let shown = numbered.map(|(at, text)| {
        let is_at_fault = at + 1 == line;
        // A long line is cut around the place at fault.
        let skipped = if is_at_fault { (column - 1).saturating_sub(LONGEST / 2) } else { 0 };
        let cut: String = text.chars().skip(skipped).take(LONGEST).collect();
        let from = column - 1 - skipped.min(column - 1);
        let mark = is_at_fault.then_some((from, (from + width).min(LONGEST)));
        Line { number: at + 1, text: one_line(&cut), mark }
    });
    shown.collect()
}

/// A line without characters that no line shows, letter for letter.
pub(super) fn one_line(text: &str) -> String {
    let is_odd = |c: char| c != '\t' && c.is_control() || crate::base::path::is_bidi(c);
    text.chars().map(|c| if is_odd(c) { '\u{fffd}' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::codes::Code;
    use crate::base::span::Span;

    fn trouble(text: &str, place: std::ops::Range<usize>) -> Trouble {
        let path = SitePath::new("content/essays/a.md").expect("clean");
        let found = Diagnostic::new(Code::BadSyntax, Span::bytes(&path, place), "no").help("mend");
        let text: Arc<str> = text.into();
        Trouble::of(&found, &|_| Some(Arc::clone(&text)))
    }

    #[test]
    fn an_excerpt_has_two_lines_on_each_side_and_marks_the_place() {
        let text = "one\ntwo\nthree\nfour é five\nsix\nseven\neight\n";
        let at = text.find("five").expect("there");
        let found = trouble(text, at..at + 4);
        assert_eq!((found.line, found.column), (4, 8));
        let numbers: Vec<usize> = found.lines.iter().map(|line| line.number).collect();
        assert_eq!(numbers, [2, 3, 4, 5, 6]);
        assert_eq!(found.lines[2].mark, Some((7, 11)));
    }

    #[test]
    fn an_excerpt_has_five_lines_near_the_ends_too() {
        let text = "one\ntwo\nthree\nfour\nfive\nsix\n";
        for (word, first) in [("one", 1), ("six", 2)] {
            let at = text.find(word).expect("there");
            let numbers: Vec<usize> = trouble(text, at..at + 3).lines.iter().map(|line| line.number).collect();
            assert_eq!(numbers, (first..first + 5).collect::<Vec<_>>(), "{word}");
        }
    }

    #[test]
    fn a_long_line_is_cut_around_the_place() {
        let text = format!("{}bad{}", "a".repeat(900), "b".repeat(900));
        let found = trouble(&text, 900..903);
        let line = &found.lines[0];
        let (from, to) = line.mark.expect("marked");
        let marked: String = line.text.chars().skip(from).take(to - from).collect();
        assert_eq!((line.text.chars().count(), marked.as_str()), (LONGEST, "bad"));
    }

    #[test]
    fn a_place_behind_the_end_is_no_reason_to_stop() {
        assert_eq!(trouble("a\n", 7..9).line, 2);
    }
}
