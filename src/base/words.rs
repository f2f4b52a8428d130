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

/// How many words a text has: stretches between blanks of ASCII. Words that a no-break space joins are one.
#[must_use]
pub fn count(text: &str) -> usize {
    // Byte for byte, so that the compiler can take many at once: this looks at every letter of every book.
    let is_blank = |byte: u8| byte == b' ' || byte.wrapping_sub(b'\t') < 5;
    let bytes = text.as_bytes();
    let Some((first, others)) = bytes.split_first() else { return 0 };
    // So few at a time that a byte can count them.
    let before = bytes.chunks(255).zip(others.chunks(255));
    let starts = before.map(|(before, here)| {
        let pairs = before.iter().zip(here);
        usize::from(pairs.map(|(before, here)| u8::from(is_blank(*before) & !is_blank(*here))).sum::<u8>())
    });
    usize::from(!is_blank(*first)) + starts.sum::<usize>()
}

/// A number with its word, `1 essay` or `3 essays`.
#[must_use]
pub fn counted(number: usize, word: &str) -> String {
    format!("{number} {word}{}", if number == 1 { "" } else { "s" })
}

/// A number with commas between its thousands.
#[must_use]
pub fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut written = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            written.push(',');
        }
        written.push(digit);
    }
    written
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_what_stands_between_blanks() {
        for (text, words) in
            [("", 0), (" ", 0), ("a", 1), (" a  b\nc ", 3), ("\u{e9}t\u{e9}\tb", 2), ("10\u{a0}km away", 2)]
        {
            assert_eq!(count(text), words, "{text:?}");
        }
        for length in [254, 255, 256, 257, 1_000] {
            assert_eq!(count(&"a ".repeat(length)), length);
            assert_eq!(count(&format!("{}a", " ".repeat(length))), 1);
            assert_eq!(count(&format!("{}\u{b}a", "a".repeat(length))), 2);
        }
    }

    #[test]
    fn a_comma_stands_before_every_three_digits() {
        for (number, written) in
            [(0, "0"), (999, "999"), (1_000, "1,000"), (123_456, "123,456"), (1_234_567, "1,234,567")]
        {
            assert_eq!(thousands(number), written);
        }
    }

    #[test]
    fn only_a_backslash_before_a_word_is_dropped() {
        assert_eq!(without_escapes("Some \\trust, C:\\temp \\\\ and a\\b"), "Some trust, C:\\temp \\\\ and a\\b");
        assert_eq!(plain("It\u{2019}s \u{201c}so\u{201d}\n\u{2014} \\trust"), "It's \"so\" - trust");
    }
}
