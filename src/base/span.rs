//! A place in a file of the book, and its line and column; knows nothing about what stands there.

use serde::{Deserialize, Serialize};
use std::ops::Range;

use super::path::SitePath;

/// Bytes `start..end` of the file `path`; without a range, the file as a whole.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize)]
pub struct Span {
    /// The file, as the writer knows it: a path inside the book, or a template of a built-in theme.
    pub path: SitePath,
    /// Byte range in the file's text; `None` where only the file can be named.
    pub range: Option<(u32, u32)>,
}

impl Span {
    /// The file as a whole.
    #[must_use]
    pub fn file(path: &SitePath) -> Self {
        Self { path: path.clone(), range: None }
    }

    /// Bytes of a file.
    #[must_use]
    pub fn bytes(path: &SitePath, range: Range<usize>) -> Self {
        Self { path: path.clone(), range: Some((to_u32(range.start), to_u32(range.end))) }
    }
}

/// A position or length in a text; texts of 4 GiB and more do not get past `load`.
#[must_use]
pub fn to_u32(position: usize) -> u32 {
    u32::try_from(position).unwrap_or(u32::MAX)
}

/// Line and column of a byte, both counted from 1, the column in characters.
#[must_use]
pub fn line_and_column(text: &str, byte: usize) -> (usize, usize) {
    let byte = text.floor_char_boundary(byte);
    let before = &text[..byte];
    let line = before.bytes().filter(|b| *b == b'\n').count() + 1;
    let start = before.rfind('\n').map_or(0, |at| at + 1);
    (line, before[start..].chars().count() + 1)
}

/// The byte at which a line and column (both from 1, the column in characters) stand.
#[must_use]
pub fn byte_at(text: &str, line: usize, column: usize) -> usize {
    let mut start = 0;
    for _ in 1..line {
        match text[start..].find('\n') {
            Some(at) => start += at + 1,
            None => return text.len(),
        }
    }
    let rest = text[start..].split('\n').next().unwrap_or("");
    start + rest.char_indices().nth(column.saturating_sub(1)).map_or(rest.len(), |(at, _)| at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn line_and_column_count_characters_from_one() {
        assert_eq!(line_and_column("ab\ncäd", 6), (2, 3));
        assert_eq!(byte_at("ab\ncäd", 2, 3), 6);
    }

    #[test]
    fn a_byte_inside_a_character_is_taken_back_to_its_start() {
        assert_eq!(line_and_column("ä", 1), (1, 1));
    }

    #[test]
    fn a_line_past_the_end_is_the_end() {
        assert_eq!(byte_at("ab", 9, 1), 2);
    }
}
