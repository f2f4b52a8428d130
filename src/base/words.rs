//! Texts to be compared: typography undone. Knows no Markdown but the backslash before a word.

/// Words without the marks that typography changes and without backslashes before words, one blank between them.
#[must_use]
pub fn plain(text: &str) -> String {
    let same = |c: char| match c {
        '\u{2018}' | '\u{2019}' => '\'',
        '\u{201c}' | '\u{201d}' => '"',
        '\u{2013}' | '\u{2014}' => '-',
        _ => c,
    };
    let joined: String =
        without_escapes(text).split_whitespace().collect::<Vec<_>>().join(" ").chars().map(same).collect();
    joined.replace("--", "-")
}

/// The text without the backslashes that stand directly before a word and keep it from being linked.
#[must_use]
pub fn without_escapes(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut before = ' ';
    let mut letters = text.chars().peekable();
    while let Some(c) = letters.next() {
        let is_free = before.is_whitespace() || "([{\"'\u{201c}\u{2018}\u{2013}\u{2014}-".contains(before);
        let begins_word = is_free && letters.peek().is_some_and(|next| next.is_alphanumeric());
        if c != '\\' || !begins_word {
            plain.push(c);
        }
        before = c;
    }
    plain
}

/// How many words a text has: stretches between blanks.
#[must_use]
pub fn count(text: &str) -> usize {
    let (mut words, mut was_blank) = (0, true);
    for c in text.chars() {
        // Most letters are ASCII, and for those the answer is one comparison.
        let is_blank = if c.is_ascii() { matches!(c, ' ' | '\t'..='\r') } else { c.is_whitespace() };
        words += usize::from(was_blank && !is_blank);
        was_blank = is_blank;
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_counted_the_same_with_and_without_accents() {
        for text in ["", " ", "a", " a  b\nc ", "a\u{b}b\u{1c}c", "\u{e9} a\u{3000}b\u{a0}c\u{85}d"] {
            assert_eq!(count(text), text.split_whitespace().count(), "{text:?}");
        }
    }

    #[test]
    fn only_a_backslash_before_a_word_is_dropped() {
        assert_eq!(without_escapes("Some \\trust, C:\\temp \\\\ and a\\b"), "Some trust, C:\\temp \\\\ and a\\b");
        assert_eq!(plain("It\u{2019}s \u{201c}so\u{201d}\n\u{2014} \\trust"), "It's \"so\" - trust");
    }
}
