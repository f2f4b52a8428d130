//! A mailbox (mbox) as its letters, one at a time, however large it is. Knows no letter but its first lines.

use std::io::{self, BufRead};

/// The most of one letter that is read: words stand before attachments.
pub const LARGEST_LETTER: usize = 8 << 20;

const LONGEST_LINE: u64 = 1 << 20;

/// A letter as it stands in the file.
#[derive(Debug, Default, PartialEq)]
pub struct Raw {
    /// The line of the file on which it begins.
    pub line: u64,
    /// Its headers and body, marks of the mailbox undone.
    pub bytes: Vec<u8>,
    /// Whether its end was left out because of its length.
    pub is_cut: bool,
}

impl Raw {
    fn push(&mut self, line: &[u8]) {
        self.is_cut |= self.bytes.len() + line.len() > LARGEST_LETTER;
        if !self.is_cut {
            self.bytes.extend_from_slice(line);
        }
    }
}

/// Gives each letter of a file as soon as it is whole. A line that begins with `From ` begins a letter where a header follows
/// it and it is dated or short: many mailers do not mark such lines inside of letters.
///
/// # Errors
/// The file cannot be read.
pub fn split(mut reader: impl BufRead, mut each: impl FnMut(Raw)) -> io::Result<()> {
    let mut raw = Raw { line: 1, ..Raw::default() };
    let mut give = |raw: Raw| {
        if !raw.bytes.trim_ascii().is_empty() {
            each(raw);
        }
    };
    let mut held: Option<Vec<u8>> = None;
    let (mut number, mut is_start, mut is_after_blank, mut is_box) = (1, true, true, false);
    let mut line = Vec::new();
    while io::Read::take(&mut reader, LONGEST_LINE).read_until(b'\n', &mut line)? > 0 {
        if let Some(from) = held.take() {
            if is_header(&line) {
                give(std::mem::replace(&mut raw, Raw { line: number - 1, ..Raw::default() }));
                is_box = true;
            } else {
                raw.push(&from);
            }
        }
        let unmarked = line.trim_ascii_start().strip_prefix(b">").filter(|_| is_box && is_start && is_marked(&line));
        if is_start && line.starts_with(b"From ") && (is_dated(&line) || is_after_blank && is_short(&line)) {
            held = Some(std::mem::take(&mut line));
        } else {
            raw.push(unmarked.unwrap_or(&line));
        }
        is_after_blank = line.trim_ascii().is_empty() && held.is_none();
        is_start = held.is_some() || line.ends_with(b"\n");
        number += u64::from(is_start);
        line.clear();
    }
    if let Some(from) = held {
        raw.push(&from);
    }
    give(raw);
    Ok(())
}

/// Whether a line inside of a letter is marked so that it does not begin one: `>From `, `>>From `.
fn is_marked(line: &[u8]) -> bool {
    let rest = line.iter().position(|byte| *byte != b'>').and_then(|at| line.get(at..));
    line.starts_with(b">") && rest.is_some_and(|rest| rest.starts_with(b"From "))
}

fn is_short(line: &[u8]) -> bool {
    line.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty()).count() <= 2
}

/// Whether a line holds a time of day and a year.
fn is_dated(line: &[u8]) -> bool {
    let text = String::from_utf8_lossy(line.get(..300).unwrap_or(line));
    let is_time =
        |word: &str| word.split_once(':').is_some_and(|(hour, _)| hour.parse::<u8>().is_ok_and(|hour| hour < 24));
    let is_year = |word: &str| word.parse::<u16>().is_ok_and(|year| (1970..2200).contains(&year));
    text.split_whitespace().any(is_time) && text.split_whitespace().any(is_year)
}

/// Whether a line is `Name: …`.
#[must_use]
pub fn is_header(line: &[u8]) -> bool {
    let end = line.iter().position(|byte| *byte == b':');
    end.and_then(|end| line.get(..end))
        .is_some_and(|name| !name.is_empty() && name.len() < 80 && name.iter().all(u8::is_ascii_graphic))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn letters(text: &str) -> Vec<(u64, String)> {
        let mut letters = Vec::new();
        split(text.as_bytes(), |raw| letters.push((raw.line, String::from_utf8(raw.bytes).expect("text"))))
            .expect("memory");
        letters
    }

    #[test]
    fn only_what_begins_a_letter_begins_one() {
        let start = "From a Mon Jan  1 00:00:00 2024\nA: 1\n\n";
        let text =
            format!("{start}From here on\nSo: more\n\n>From there\n>>From old\n{start}x\n\nFrom -\nB: 2\n\nFrom b\n");
        let first = "A: 1\n\nFrom here on\nSo: more\n\nFrom there\n>From old\n".to_owned();
        let wanted = [(1, first), (9, "A: 1\n\nx\n\n".to_owned()), (14, "B: 2\n\nFrom b\n".to_owned())];
        assert_eq!(letters(&text), wanted);
        assert_eq!(letters("A: 1\n\n>From x\n"), [(1, "A: 1\n\n>From x\n".to_owned())]);
        assert_eq!(letters("From x\n\n\n").len(), 1);
    }

    #[test]
    fn a_letter_without_end_is_cut() {
        let endless = format!("From x\nA: 1\n\n{}\nFrom y\nB: 2\n", "x".repeat(LARGEST_LETTER + 5));
        let mut found = Vec::new();
        split(endless.as_bytes(), |raw| found.push((raw.bytes.len() <= LARGEST_LETTER, raw.is_cut))).expect("memory");
        assert_eq!(found, [(true, true)]);
    }
}
