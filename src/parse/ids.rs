//! Ids of headings and blocks: made from their words, so that they stay when others move.

use std::collections::{HashMap, HashSet};

use crate::base::slug::slug;

/// How many words an id begins with, and by how many it grows where two blocks begin alike.
const FIRST_WORDS: usize = 5;
const MORE_WORDS: usize = 4;
const MOST_WORDS: usize = 25;
/// What the ids of blocks begin with.
const PREFIX: &str = "p-";

/// Ids for headings, in order: the writer's own where there is one, otherwise the slug of the text;
/// equal ones are numbered `-2`, `-3` … in the order of the text.
pub(crate) fn of_headings<'a>(headings: impl Iterator<Item = (Option<&'a str>, &'a str)>) -> Vec<String> {
    let mut taken = Taken::default();
    headings
        .map(|(chosen, text)| match chosen {
            Some(id) => taken.claim(id.to_owned()),
            None => {
                let made = slug(text);
                taken.claim(if made.is_empty() { "section".to_owned() } else { made })
            }
        })
        .collect()
}

/// Ids for blocks: `p-` and the first words. Where several begin alike each of them takes more words until they differ,
/// so that an id depends on what the blocks say and not on where they stand. Only blocks that say the same are numbered.
/// Blocks without words get an empty id.
pub(crate) fn of_blocks(texts: &[&str], headings: &[String]) -> Vec<String> {
    let mut ids: Vec<String> = texts.iter().map(|text| first_words(text, FIRST_WORDS)).collect();
    let (mut words, mut are_told_apart) = (FIRST_WORDS, false);
    while words < MOST_WORDS {
        words += MORE_WORDS;
        let mut count: HashMap<&str, usize> = HashMap::with_capacity(ids.len());
        let told = ids.iter().filter(|id| !id.is_empty());
        told.clone().for_each(|id| *count.entry(id).or_default() += 1);
        are_told_apart = count.len() == told.count();
        if are_told_apart {
            break;
        }
        let longer: Vec<Option<String>> = ids
            .iter()
            .zip(texts)
            .map(|(id, text)| (!id.is_empty() && count[id.as_str()] > 1).then(|| first_words(text, words)))
            .collect();
        for (id, longer) in ids.iter_mut().zip(longer) {
            if let Some(longer) = longer {
                *id = longer;
            }
        }
    }
    if !are_told_apart || headings.iter().any(|id| id.starts_with(PREFIX)) {
        let mut taken = Taken { ids: headings.iter().cloned().collect(), next: HashMap::new() };
        ids.iter_mut().filter(|id| !id.is_empty()).for_each(|id| *id = taken.claim(std::mem::take(id)));
    }
    ids
}

fn first_words(text: &str, count: usize) -> String {
    let made = first_ascii_words(text, count).map_or_else(|| slug_of_words(text, count), slug);
    if made.is_empty() { made } else { [PREFIX, &made].concat() }
}

/// The beginning of a text as far as the last of so many words with a letter or a number, if it has nothing but ASCII: signs beside
/// the words are nothing in a slug.
fn first_ascii_words(text: &str, count: usize) -> Option<&str> {
    let (mut words, mut is_word) = (0, false);
    for (at, byte) in text.bytes().enumerate() {
        if !byte.is_ascii() {
            return None;
        }
        // What `char::is_whitespace` takes for a blank.
        if !matches!(byte, b'\t'..=b'\r' | b' ') {
            is_word |= byte.is_ascii_alphanumeric();
            continue;
        }
        words += usize::from(is_word);
        is_word = false;
        if words == count {
            return Some(&text[..at]);
        }
    }
    Some(text)
}

fn slug_of_words(text: &str, count: usize) -> String {
    let words = text.split_whitespace().filter(|word| word.contains(char::is_alphanumeric)).take(count);
    let mut first = String::with_capacity(80);
    for word in words {
        first.push_str(word);
        first.push(' ');
    }
    slug(&first)
}

/// Ids that the page has around the text: its main part, its lists, notes and references to them.
fn is_of_page(id: &str) -> bool {
    let is_note = id
        .strip_prefix(['n', 'r'])
        .is_some_and(|number| !number.is_empty() && number.chars().all(|c| c.is_ascii_digit() || c == '-'));
    matches!(id, "main" | "notes" | "concepts" | "replies") || is_note
}

#[derive(Default)]
struct Taken {
    ids: HashSet<String>,
    next: HashMap<String, usize>,
}

impl Taken {
    fn claim(&mut self, id: String) -> String {
        let id = if is_of_page(&id) { format!("{id}-section") } else { id };
        if self.ids.insert(id.clone()) {
            return id;
        }
        let next = self.next.entry(id.clone()).or_insert(2);
        loop {
            let numbered = format!("{id}-{next}");
            *next += 1;
            if self.ids.insert(numbered.clone()) {
                return numbered;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_stay_when_blocks_move() {
        let first =
            ["Trust grows slowly in every crew.", "Vision is a place.", "Trust grows slowly in some crews, not all."];
        let second = [first[2], first[0], first[1]];
        let (a, b) = (of_blocks(&first, &[]), of_blocks(&second, &[]));
        assert_eq!((&a[0], &a[1], &a[2]), (&b[1], &b[2], &b[0]));
        assert_ne!(a[0], a[2]);
        assert_eq!(a[1], "p-vision-is-a-place");
    }

    #[test]
    fn equal_headings_are_numbered_in_order() {
        let ids = of_headings(
            [(None, "In practice"), (Some("in-practice-2"), "x"), (None, "In practice"), (None, "??")].into_iter(),
        );
        assert_eq!(ids, ["in-practice", "in-practice-2", "in-practice-3", "section"]);
    }

    #[test]
    fn ids_of_the_page_are_not_given_to_headings() {
        let texts = ["Concepts", "Notes", "N1", "Nothing"];
        let ids = of_headings(texts.into_iter().map(|text| (None, text)));
        assert_eq!(ids, ["concepts-section", "notes-section", "n1-section", "nothing"]);
    }

    #[test]
    fn blocks_leave_headings_their_ids() {
        let headings = of_headings([(Some("p-yes"), "Yes"), (None, "Yes")].into_iter());
        assert_eq!(headings, ["p-yes", "yes"]);
        assert_eq!(of_blocks(&["Yes.", "No."], &headings), ["p-yes-2", "p-no"]);
    }

    proptest::proptest! {
        #[test]
        fn words_of_ascii_are_found_as_all_others_are(text in "[aB1 '`.,\\t\u{b}\n\u{7f}\u{a0}\u{e9}-]{0,30}", count in 1_usize..6) {
            if let Some(first) = first_ascii_words(&text, count) {
                proptest::prop_assert_eq!(slug(first), slug_of_words(&text, count));
            }
        }
    }

    #[test]
    fn equal_blocks_are_told_apart() {
        assert_eq!(of_blocks(&["Yes.", "Yes.", "—"], &[]), ["p-yes", "p-yes-2", ""]);
    }
}
