//! Sentences of a plain text. Knows no language but the marks that end sentences in most of them.

use super::span::to_u32;

/// Words after which a full stop does not end a sentence, in lower case.
const SHORT_FORMS: [&str; 37] = [
    "mr", "mrs", "ms", "dr", "prof", "st", "jr", "sr", "vs", "etc", "e.g", "i.e", "cf", "approx", "no", "vol", "fig",
    "pp", "p", "ed", "eds", "al", "jan", "feb", "aug", "sept", "oct", "nov", "dec", "inc", "ltd", "co", "corp", "gen",
    "capt", "lt", "col",
];

/// The sentence of `text` that holds the bytes `at..`, as bytes of `text`, without blanks around it.
#[must_use]
pub fn around(text: &str, start: usize, end: usize) -> (usize, usize) {
    let mut from = 0;
    for stop in ends(text) {
        if stop > start {
            if stop >= end {
                return trim(text, from, stop);
            }
            continue;
        }
        from = stop;
    }
    trim(text, from, text.len())
}

/// All sentences of `text`.
#[must_use]
pub fn all(text: &str) -> Vec<(usize, usize)> {
    let mut from = 0;
    let mut found = Vec::new();
    for stop in ends(text).chain([text.len()]) {
        let (start, end) = trim(text, from, stop);
        if start < end {
            found.push((start, end));
        }
        from = stop;
    }
    found
}

/// The bytes of a sentence of a text block, as bytes of the whole outline text.
pub(crate) fn of_block(text: &str, block: (u32, u32), place: (u32, u32)) -> (u32, u32) {
    let base = block.0 as usize;
    let inside = &text[base..block.1 as usize];
    let (start, end) = around(inside, place.0 as usize - base, place.1 as usize - base);
    (to_u32(start + base), to_u32(end + base))
}

fn trim(text: &str, from: usize, to: usize) -> (usize, usize) {
    let part = &text[from..to];
    let start = from + (part.len() - part.trim_start().len());
    (start, (from + part.trim_end().len()).max(start))
}

/// Where sentences end: behind the mark, the quotation marks and brackets that close with it, and the blanks.
fn ends(text: &str) -> impl Iterator<Item = usize> {
    let mut at = 0;
    std::iter::from_fn(move || {
        while let Some((mark, first)) = next_mark(text, at) {
            let after = mark + first.len_utf8();
            at = after;
            if matches!(first, '\n' | '\u{3002}' | '\u{ff01}' | '\u{ff1f}') {
                return Some(after);
            }
            let rest = &text[after..];
            let closed = rest
                .trim_start_matches(['.', '!', '?', '\u{2026}', '"', '\'', '\u{201d}', '\u{2019}', ')', ']', '\u{bb}']);
            let blanks = closed.trim_start_matches(' ');
            at = text.len() - blanks.len();
            if blanks.len() == closed.len() {
                at = text.len() - closed.len();
                continue;
            }
            if blanks.is_empty() || ends_here(first, &text[..mark], blanks) {
                return Some(at);
            }
        }
        None
    })
}

/// The next mark that may end a sentence, from this byte on.
fn next_mark(text: &str, mut from: usize) -> Option<(usize, char)> {
    // Most of a text is none of these bytes: the last three are those with which the marks beyond ASCII begin.
    let may_be = |byte: &u8| matches!(byte, b'.' | b'!' | b'?' | b'\n' | 0xe2 | 0xe3 | 0xef);
    loop {
        let at = from + text.as_bytes()[from..].iter().position(may_be)?;
        let mark = text[at..].chars().next()?;
        if matches!(mark, '.' | '!' | '?' | '\n' | '\u{2026}' | '\u{3002}' | '\u{ff01}' | '\u{ff1f}') {
            return Some((at, mark));
        }
        from = at + mark.len_utf8();
    }
}

fn ends_here(mark: char, before: &str, after: &str) -> bool {
    let next = after.trim_start_matches(['"', '\'', '\u{201c}', '\u{2018}', '(', '[', '\u{ab}']).chars().next();
    if next.is_some_and(char::is_lowercase) {
        return false;
    }
    if mark != '.' {
        return true;
    }
    let word = before.rsplit([' ', '\n', '(', '\u{201c}', '"']).next().unwrap_or("");
    let is_initial = word.chars().count() == 1 && word.chars().all(char::is_uppercase) && word != "I";
    let is_short_form = word.len() <= 6 && SHORT_FORMS.contains(&word.to_lowercase().as_str());
    !is_initial && !is_short_form
}

#[cfg(test)]
mod tests {
    use super::*;

    fn split(text: &str) -> Vec<&str> {
        all(text).into_iter().map(|(start, end)| &text[start..end]).collect()
    }

    #[test]
    fn sentences_end_where_a_reader_would_stop() {
        for (text, wanted) in [
            ("One. Two! Three?", vec!["One.", "Two!", "Three?"]),
            (
                "Dr. Voss came at 3.30 with J. Marsh, e.g. for tea. She left.",
                vec!["Dr. Voss came at 3.30 with J. Marsh, e.g. for tea.", "She left."],
            ),
            ("He said \u{201c}Go.\u{201d} She went.", vec!["He said \u{201c}Go.\u{201d}", "She went."]),
            ("Wait \u{2026} for it. Now.", vec!["Wait \u{2026} for it.", "Now."]),
            ("Was it I. No.", vec!["Was it I.", "No."]),
            ("cell one\ncell two", vec!["cell one", "cell two"]),
            (
                "\u{4fe1}\u{4efb}\u{3002}\u{613f}\u{666f}\u{3002}",
                vec!["\u{4fe1}\u{4efb}\u{3002}", "\u{613f}\u{666f}\u{3002}"],
            ),
            ("no end", vec!["no end"]),
            ("", vec![]),
        ] {
            assert_eq!(split(text), wanted, "{text}");
        }
    }

    #[test]
    fn the_sentence_around_a_word_is_found() {
        let text = "First one. The second has trust in it. Third.";
        let at = text.find("trust").expect("there");
        assert_eq!(around(text, at, at + 5), (11, 38));
    }
}
