//! How a file differs from one that was made before: the first line that is not the same.

use serde_json::{Value, json};

/// How much of a line is shown on either side of the place where it differs.
const AROUND: usize = 60;

/// A file against one that was made before.
pub(super) struct Compared {
    /// Where the other one stands, in words.
    pub(super) place: String,
    /// How they differ.
    pub(super) change: Change,
}

/// How a file differs from another one.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Change {
    /// Nothing was made there.
    Nothing,
    /// It was not there before.
    New,
    /// It does not.
    Same,
    /// In its bytes, of which there were so many and are so many.
    Size(u64, u64),
    /// In its text, first in this line.
    Line {
        /// From 1.
        line: usize,
        /// The line before; empty for the first.
        context: String,
        /// The line as it was, around the place; empty where it was not there.
        before: String,
        /// The line as it is, around the place; empty where it is not there.
        after: String,
    },
}

impl Change {
    /// How these bytes differ from those before, which may not be at hand.
    pub(super) fn of(before: Option<&[u8]>, after: &[u8], size: u64) -> Self {
        let sizes = Self::Size(size, after.len() as u64);
        let Some((before, after)) =
            before.and_then(|before| Some((str::from_utf8(before).ok()?, str::from_utf8(after).ok()?)))
        else {
            return sizes;
        };
        let (mut old, mut new) = (before.lines(), after.lines());
        let mut context = "";
        for line in 1.. {
            let (was, is) = match (old.next(), new.next()) {
                (None, None) => break,
                (was, is) if was == is => {
                    context = was.unwrap_or_default();
                    continue;
                }
                (was, is) => (was.unwrap_or_default(), is.unwrap_or_default()),
            };
            let place = was.bytes().zip(is.bytes()).take_while(|(a, b)| a == b).count();
            let context = window(context, 0);
            return Self::Line { line, context, before: window(was, place), after: window(is, place) };
        }
        // Somebody changed the file since, or only the ends of its lines differ.
        sizes
    }

    fn word(&self) -> &'static str {
        match self {
            Self::Nothing => "none",
            Self::New => "new",
            Self::Same => "same",
            Self::Size(..) | Self::Line { .. } => "changed",
        }
    }
}

impl Compared {
    pub(super) fn to_words(&self) -> String {
        let place = &self.place;
        match &self.change {
            Change::Nothing => format!("{place}: nothing was made there"),
            Change::New => format!("{place}: it was not there, so it is new"),
            Change::Same => format!("{place}: the same"),
            Change::Size(before, after) => format!("{place}: changed, from {before} to {after} bytes"),
            Change::Line { line, context, before, after } => {
                let lines = [(" ", context), ("-", before), ("+", after)];
                let shown = lines.iter().filter(|(_, line)| !line.is_empty());
                let shown: String = shown.map(|(sign, line)| format!("\n    {sign} {line}")).collect();
                format!("{place}: changed, first in line {line}{shown}")
            }
        }
    }

    pub(super) fn to_json(&self) -> Value {
        let mut value = json!({ "place": self.place, "state": self.change.word() });
        match &self.change {
            Change::Size(before, after) => value["sizes"] = json!([before, after]),
            Change::Line { line, context, before, after } => {
                value["difference"] = json!({ "line": line, "context": context, "before": before, "after": after });
            }
            _ => {}
        }
        value
    }
}

/// A line around a place.
fn window(line: &str, place: usize) -> String {
    let start = line.floor_char_boundary(place.saturating_sub(AROUND));
    let end = line.ceil_char_boundary((place + AROUND).min(line.len()));
    let (before, after) = (if start > 0 { "…" } else { "" }, if end < line.len() { "…" } else { "" });
    format!("{before}{}{after}", line.get(start..end).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_line_that_differs_is_shown_around_the_place() {
        let long = "x".repeat(200);
        let (before, after) = (format!("a\nb{long}c\nd"), format!("a\nb{long}e\nd"));
        let change = Change::of(Some(before.as_bytes()), after.as_bytes(), 0);
        let Change::Line { line, context, before, after } = change else { panic!("{change:?}") };
        assert_eq!((line, context.as_str()), (2, "a"));
        assert!(before.starts_with('…') && before.ends_with("xc") && after.ends_with("xe"), "{before} {after}");
        assert_eq!(
            Change::of(Some(b"a\nb"), b"a", 3),
            Change::Line { line: 2, context: "a".to_owned(), before: "b".to_owned(), after: String::new() }
        );
        assert_eq!(Change::of(Some(b"\xff"), b"a", 1), Change::Size(1, 1));
        assert_eq!(Change::of(None, b"ab", 1), Change::Size(1, 2));
        assert!(matches!(Change::of(Some("ää".as_bytes()), "äö".as_bytes(), 4), Change::Line { line: 1, .. }));
    }
}
