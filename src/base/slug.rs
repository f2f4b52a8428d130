//! Slugs: parts of addresses that are made from texts. Knows no address.

use std::borrow::Cow;

use deunicode::deunicode;
use unicode_normalization::UnicodeNormalization;

/// The longest slug made from a title; longer ones are cut between words.
const SLUG_LENGTH: usize = 80;

/// One part of an address made from a text: lower-case ASCII letters and digits with single hyphens.
/// These rules are a promise: an address that was published must come out the same for ever.
/// Empty where the text holds nothing that can be spelled.
#[must_use]
pub fn slug(text: &str) -> String {
    let spelled = if text.is_ascii() { Cow::Borrowed(text) } else { spelled(text).into() };
    // Every paragraph of every book gets an id by these rules, so there is no step here that depends on what a byte is.
    let mut slug = vec![0; spelled.len()];
    let (mut length, mut last) = (0, b'-');
    for byte in spelled.bytes() {
        let next = IN_SLUG[byte as usize];
        slug[length] = next;
        let is_more = next != 0 && (next != b'-' || last != b'-');
        length += usize::from(is_more);
        last = if is_more { next } else { last };
    }
    slug.truncate(length);
    let mut slug = String::from_utf8(slug).expect("nothing but ASCII");
    if slug.len() > SLUG_LENGTH {
        let cut = slug[..=SLUG_LENGTH].rfind('-').unwrap_or(SLUG_LENGTH);
        slug.truncate(cut);
    }
    slug.truncate(slug.trim_end_matches('-').len());
    slug
}

/// A text in letters of ASCII.
fn spelled(text: &str) -> String {
    // Most texts that are no ASCII have nothing else than these signs, which join with no letter beside them.
    let mut typeset = String::with_capacity(text.len());
    let is_typeset = text.chars().all(|letter| {
        let plain = match letter {
            '\u{2018}' | '\u{2019}' => '\'',
            '\u{201c}' | '\u{201d}' => '"',
            '\u{2013}' | '\u{2014}' => '-',
            '\u{2026}' => '.',
            _ => letter,
        };
        typeset.push(plain);
        // Behind a sign beyond ASCII, a tab has no spelling.
        plain.is_ascii() && !plain.is_ascii_control()
    });
    if is_typeset { typeset } else { deunicode(&text.nfc().collect::<String>()) }
}

/// What becomes of each byte in a slug: nothing where it is 0. Of what is no ASCII after all, each letter is as good as a blank.
static IN_SLUG: [u8; 256] = {
    let mut all = [b'-'; 256];
    let mut byte = 0_u8;
    while byte < 128 {
        if byte.is_ascii_alphanumeric() {
            all[byte as usize] = byte.to_ascii_lowercase();
        }
        byte += 1;
    }
    all[b'\'' as usize] = 0;
    all[b'`' as usize] = 0;
    all
};

/// Whether a slug that a writer chose can stand in an address as it is.
#[must_use]
pub fn is_slug(text: &str) -> bool {
    !text.is_empty()
        && text.len() <= 120
        && !matches!(text, "." | "..")
        && text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '_' | '.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The rules of `slug`, said plainly.
    fn plainly(text: &str) -> String {
        let spelled = if text.is_ascii() { text.to_owned() } else { deunicode(&text.nfc().collect::<String>()) };
        let mut slug = String::new();
        for letter in spelled.to_ascii_lowercase().chars().filter(|letter| !matches!(letter, '\'' | '`')) {
            match letter {
                'a'..='z' | '0'..='9' => slug.push(letter),
                _ if slug.is_empty() || slug.ends_with('-') => {}
                _ => slug.push('-'),
            }
        }
        slug.trim_end_matches('-').to_owned()
    }

    proptest::proptest! {
        #[test]
        fn a_slug_follows_the_rules(text in "([aZ09 '`._\u{e9}\u{2013}\u{2014}\u{2018}\u{2019}\u{201c}\u{201d}\u{2026}\u{301}\u{4e2d}\t\n\u{7}\u{7f}-]|\\PC){0,40}") {
            let plain = plainly(&text);
            proptest::prop_assert!(plain.len() > SLUG_LENGTH || slug(&text) == plain, "{text:?}");
        }
    }

    #[test]
    fn a_slug_is_lower_case_ascii_with_single_hyphens() {
        // A tab behind the first sign beyond ASCII has no spelling, and it stays so.
        assert_eq!((slug("Don\u{2019}t\tgo"), slug("Don't\tgo")), ("dontgo".to_owned(), "dont-go".to_owned()));
        assert_eq!(slug("Leading & Managing: What's the  Difference?"), "leading-managing-whats-the-difference");
        assert_eq!(slug("Über Führung"), "uber-fuhrung");
        assert_eq!(slug("cafe\u{301}"), slug("caf\u{e9}"));
        assert_eq!(slug("?!"), "");
    }

    #[test]
    fn a_long_slug_is_cut_between_words() {
        let long = slug(&"word ".repeat(40));
        assert!(long.len() <= SLUG_LENGTH && long.ends_with("word"), "{long}");
        assert_eq!(slug(&"x".repeat(300)).len(), SLUG_LENGTH);
    }
}
