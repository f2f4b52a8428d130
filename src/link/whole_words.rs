//! Names that are looked for in texts, where they stand alone. Knows nothing of what they name.

use aho_corasick::automaton::OverlappingState;
use aho_corasick::{AhoCorasick, AhoCorasickKind, Anchored, BuildError, Input, MatchKind, StartKind};

/// With more names than this the fastest way of looking for them takes too much memory.
const MOST_IN_DFA: usize = 5_000;

/// Names that are looked for in texts, letters of ASCII in any case, each with what it names.
pub(crate) struct WholeWords<T> {
    names: AhoCorasick,
    owners: Vec<T>,
    first_words: FirstWords,
}

impl<T: Copy> WholeWords<T> {
    /// Looks for these names; for each of them its owner stands at the same place.
    ///
    /// # Errors
    /// There are more names than fit into memory.
    pub(crate) fn new(names: &[String], owners: Vec<T>) -> Result<Self, BuildError> {
        let first_words = FirstWords::of(names);
        let names = AhoCorasick::builder()
            .ascii_case_insensitive(true)
            .match_kind(MatchKind::Standard)
            .start_kind(StartKind::Anchored)
            .kind((names.len() <= MOST_IN_DFA).then_some(AhoCorasickKind::DFA))
            .build(names)?;
        Ok(Self { names, owners, first_words })
    }

    /// The longest names that stand alone in a text, from left to right, without overlap, each with its owner.
    pub(crate) fn longest(&self, text: &str) -> Vec<(usize, usize, T)> {
        let bytes = text.as_bytes();
        let (mut found, mut end_of_last) = (Vec::new(), 0);
        // Where words begin and end is worked out for many bytes at once: to ask at each byte would be to guess wrong at each word.
        let (mut before, mut here) = (0, joins(bytes, 0));
        for from in (0..bytes.len()).step_by(AT_ONCE) {
            let next = joins(bytes, from + AT_ONCE);
            // A name begins at the beginning of the text or behind a byte that belongs to no word.
            let begins = !(here << 1 | before);
            let mut starts = if self.first_words.is_none { begins } else { begins & here };
            while starts != 0 {
                let at = starts.trailing_zeros();
                starts &= starts - 1;
                let start = from + at as usize;
                let length = (here >> at | (next << 1) << (AT_ONCE as u32 - 1 - at)).trailing_ones() as usize;
                // Few words begin a name: only those are looked at twice.
                let is_looked_at = self.first_words.hold(length, hash(bytes.get(start..).unwrap_or_default(), length));
                if is_looked_at
                    && (end_of_last..bytes.len()).contains(&start)
                    && let Some((end, owner)) = self.longest_at(text, start)
                {
                    found.push((start, end, owner));
                    end_of_last = end;
                }
            }
            (before, here) = (here >> (AT_ONCE - 1), next);
        }
        found
    }

    /// The longest name that stands alone and begins here.
    fn longest_at(&self, text: &str, start: usize) -> Option<(usize, T)> {
        let input = Input::new(text).range(start..).anchored(Anchored::Yes);
        let (mut state, mut longest) = (OverlappingState::start(), None);
        loop {
            self.names.try_find_overlapping(input.clone(), &mut state).ok()?;
            let Some(found) = state.get_match() else { return longest };
            if found.start() == start && start < found.end() && stands_alone(text, start, found.end()) {
                longest = Some((found.end(), self.owners[found.pattern().as_usize()]));
            }
        }
    }
}

/// Bytes of ASCII that belong to the word of what stands beside them.
static JOINS: [bool; 256] = {
    let mut joins = [false; 256];
    let mut byte = 0_u8;
    while byte < 128 {
        joins[byte as usize] = byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
        byte += 1;
    }
    joins
};

/// So many bytes are told apart at once.
const AT_ONCE: usize = u64::BITS as usize;

/// Which of the bytes of a text from one on belong to a word: a bit for each, the lowest for the first.
fn joins(text: &[u8], from: usize) -> u64 {
    let rest = text.get(from..).unwrap_or_default();
    let bits =
        |bytes: &[u8]| (0..).zip(bytes).fold(0, |bits, (at, byte)| bits | u64::from(JOINS[*byte as usize]) << at);
    let Some(all) = rest.first_chunk::<AT_ONCE>() else { return bits(rest) };
    // Eight at a time, of which none waits for those before.
    all.chunks_exact(8).rev().fold(0, |all, eight| all << 8 | bits(eight))
}

/// A hash of the first eight bytes of a word that knows no case: of the word with which a text begins, and which has this length.
#[inline]
fn hash(text: &[u8], length: usize) -> u32 {
    let first = match text.first_chunk() {
        Some(first) => u64::from_le_bytes(*first),
        None => text.iter().rev().fold(0, |first, byte| first << 8 | u64::from(*byte)),
    };
    let own = if length < 8 { (1 << (8 * length)) - 1 } else { u64::MAX };
    // The sixth bit of a letter is its case; what it makes of other signs is the same for names and texts.
    let lower = (first | 0x2020_2020_2020_2020) & own;
    (lower.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32) as u32
}

/// Whether the words at these bytes are no part of longer ones.
fn stands_alone(text: &str, start: usize, end: usize) -> bool {
    let joins = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_');
    !text[..start].chars().next_back().is_some_and(joins) && !text[end..].chars().next().is_some_and(joins)
}

/// The words with which names begin: a bit for each hash. Few enough bits to stay in the nearest cache of a processor.
struct FirstWords {
    bits: Box<[u64]>,
    /// Whether a name begins with something else.
    is_none: bool,
}

impl FirstWords {
    fn of(names: &[String]) -> Self {
        let mut all = Self { bits: vec![0; 1 << 10].into(), is_none: false };
        for name in names {
            let length = name.bytes().position(|byte| !JOINS[byte as usize]).unwrap_or(name.len());
            all.is_none |= length == 0;
            let (place, bit) = Self::place(hash(name.as_bytes(), length));
            all.bits[place] |= bit;
        }
        all
    }

    #[inline]
    fn hold(&self, length: usize, hash: u32) -> bool {
        let (place, bit) = Self::place(hash);
        if length == 0 { self.is_none } else { self.bits[place] & bit != 0 }
    }

    #[inline]
    fn place(hash: u32) -> (usize, u64) {
        ((hash >> 22) as usize, 1 << ((hash >> 16) & 63))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The same, said plainly: at each place the longest name that stands alone, if the last one has ended.
    fn plainly(names: &[String], text: &str) -> Vec<(usize, usize, usize)> {
        let mut found: Vec<(usize, usize, usize)> = Vec::new();
        for (start, _) in text.char_indices() {
            if found.last().is_some_and(|(_, end, _)| start < *end) {
                continue;
            }
            let here = |name: &String| {
                let end = start + name.len();
                let words = text.get(start..end)?;
                (words.eq_ignore_ascii_case(name) && stands_alone(text, start, end)).then_some(end)
            };
            let all = names.iter().enumerate().filter_map(|(at, name)| Some((start, here(name)?, at)));
            found.extend(all.max_by_key(|(_, end, _)| *end));
        }
        found
    }

    #[test]
    fn long_names_are_told_apart_behind_their_first_letters() {
        let names = ["Accountable", "accountability", "accountable leaders", "account"].map(str::to_owned);
        let words = WholeWords::new(&names, (0..names.len()).collect()).unwrap();
        let text = "ACCOUNTABLE leaders account for accountability, accountables do not: accountable";
        assert_eq!(words.longest(text), plainly(&names, text));
        assert_eq!(words.longest(text).iter().map(|(.., owner)| *owner).collect::<Vec<_>>(), [2, 3, 1, 0]);
    }

    proptest! {
        #[test]
        fn names_are_found_where_they_stand_alone(
            names in prop::collection::btree_set("[ab .\u{e9}-]{1,5}", 1..8),
            text in "([abAB .,_\u{e9}\u{2019}-]|a{9}|[,.]{9}){0,200}",
        ) {
            let names: Vec<String> = names.into_iter().collect();
            let words = WholeWords::new(&names, (0..names.len()).collect()).unwrap();
            prop_assert_eq!(words.longest(&text), plainly(&names, &text));
        }
    }
}
