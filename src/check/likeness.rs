//! Names that are nearly the same. Knows words and no concepts.

use std::collections::{BTreeMap, BTreeSet};

use crate::base::slug::slug;
use crate::link::plural;

/// Names with fewer letters are too close to each other by nature.
const SHORTEST: usize = 5;
/// From here on two letters may differ.
const LONG: usize = 8;
/// From here on only one, so that the work for each name has a bound.
const LONGEST: usize = 24;
/// How many of the names with the same rest are compared with each.
const MOST_COMPARED: usize = 8;

/// How two names are alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Likeness {
    /// They differ in nothing but hyphens and blanks, or are singular and plural.
    Form,
    /// They differ in a letter.
    Slip,
    /// They differ in two letters, as words do that have nothing to do with each other.
    FarSlip,
}

/// Pairs of owners whose names are alike, the smaller owner first, sorted; each with the strongest likeness.
pub(super) fn pairs(names: &[(u32, &str)]) -> BTreeMap<(u32, u32), Likeness> {
    let words: Vec<Word<'_>> = names.iter().map(|(owner, name)| Word::of(*owner, name)).collect();
    let mut found = BTreeMap::new();
    forms(&words, &mut found);
    slips(&words, &mut found);
    found
}

struct Word<'a> {
    owner: u32,
    name: &'a str,
    /// Letters and digits alone, in lower case, without accents.
    letters: Vec<u8>,
    /// Whether each letter stands for a sound, so that one more or less may be a slip.
    is_spelled: bool,
}

impl<'a> Word<'a> {
    fn of(owner: u32, name: &'a str) -> Self {
        // Behind this letter stand the scripts in which one sign is a word or a syllable.
        let is_spelled = name.chars().all(|letter| letter < '\u{2e80}');
        Self { owner, name, letters: bare(name), is_spelled }
    }

    /// How many letters may differ.
    fn allowed(&self) -> usize {
        match self.letters.len() {
            length if !self.is_spelled || length < SHORTEST => 0,
            LONG..LONGEST => 2,
            _ => 1,
        }
    }
}

fn bare(name: &str) -> Vec<u8> {
    slug(name).into_bytes().into_iter().filter(|byte| *byte != b'-').collect()
}

type Found = BTreeMap<(u32, u32), Likeness>;

fn add(found: &mut Found, one: u32, other: u32, likeness: Likeness) {
    if one != other {
        let known = found.entry((one.min(other), one.max(other))).or_insert(likeness);
        *known = likeness.min(*known);
    }
}

fn forms(words: &[Word<'_>], found: &mut Found) {
    let mut by_letters: BTreeMap<&[u8], BTreeSet<u32>> = BTreeMap::new();
    for word in words.iter().filter(|word| !word.letters.is_empty()) {
        by_letters.entry(&word.letters).or_default().insert(word.owner);
    }
    for owners in by_letters.values() {
        let mut owners = owners.iter();
        let first = owners.next();
        owners.for_each(|other| first.into_iter().for_each(|first| add(found, *first, *other, Likeness::Form)));
    }
    for word in words {
        let many = bare(&plural(&word.name.to_lowercase()));
        let others = by_letters.get(many.as_slice()).filter(|_| many != word.letters);
        others.into_iter().flatten().for_each(|other| add(found, word.owner, *other, Likeness::Form));
    }
}

/// Two names that differ in few letters share what is left of them without those: names are looked for by that, and only
/// those that share it are compared.
fn slips(words: &[Word<'_>], found: &mut Found) {
    let mut rests: Vec<(u64, usize)> = Vec::new();
    for (at, word) in words.iter().enumerate().filter(|(_, word)| word.allowed() > 0) {
        rests_of(&word.letters, word.allowed() > 1, |rest| rests.push((rest, at)));
    }
    rests.sort_unstable();
    rests.dedup();
    let mut compared = BTreeSet::new();
    for same in rests.chunk_by(|a, b| a.0 == b.0) {
        for (position, (_, at)) in same.iter().enumerate() {
            for (_, other) in &same[position.saturating_sub(MOST_COMPARED)..position] {
                if !compared.insert((*other, *at)) {
                    continue;
                }
                let (one, other) = (&words[*other], &words[*at]);
                if let Some(likeness) = slip(one, other) {
                    add(found, one.owner, other.owner, likeness);
                }
            }
        }
    }
}

/// How one of two words may be a slip of the other. Who slips seldom does so in the first letter, and a number is no slip
/// of another one.
fn slip(one: &Word<'_>, other: &Word<'_>) -> Option<Likeness> {
    let digits = |word: &Word<'_>| -> Vec<u8> { word.letters.iter().copied().filter(u8::is_ascii_digit).collect() };
    if one.letters.first() != other.letters.first() || digits(one) != digits(other) {
        return None;
    }
    let allowed = if one.letters.len() <= other.letters.len() { one.allowed() } else { other.allowed() };
    match strsim::generic_damerau_levenshtein(&one.letters, &other.letters) {
        distance if distance > allowed => None,
        2 => Some(Likeness::FarSlip),
        _ => Some(Likeness::Slip),
    }
}

/// Marks of a word without any one of its letters, and of it as it is; without any two of them too, if wanted.
fn rests_of(letters: &[u8], are_two_taken: bool, mut tell: impl FnMut(u64)) {
    tell(mark(letters, None, None));
    for first in 0..letters.len() {
        tell(mark(letters, Some(first), None));
        if are_two_taken {
            (first + 1..letters.len()).for_each(|second| tell(mark(letters, Some(first), Some(second))));
        }
    }
}

/// A number for a word without some of its letters (FNV-1a). Two words may share it; they are compared then.
fn mark(letters: &[u8], first: Option<usize>, second: Option<usize>) -> u64 {
    let left = letters.iter().enumerate().filter(|(at, _)| Some(*at) != first && Some(*at) != second);
    left.fold(0xcbf2_9ce4_8422_2325, |mark, (_, byte)| (mark ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn likeness(one: &str, other: &str) -> Option<Likeness> {
        pairs(&[(0, one), (1, other)]).get(&(0, 1)).copied()
    }

    #[test]
    fn forms_of_a_name_are_alike() {
        for (one, other) in [
            ("order", "orders"),
            ("watches", "Watch"),
            ("study", "Studies"),
            ("night watch", "night watches"),
            ("night-watch", "nightwatch"),
            ("Caf\u{e9} table", "cafe-tables"),
        ] {
            assert_eq!(likeness(one, other), Some(Likeness::Form), "{one}, {other}");
            assert_eq!(likeness(other, one), Some(Likeness::Form), "{other}, {one}");
        }
    }

    #[test]
    fn a_slip_is_a_letter_or_two_in_a_name_that_is_long_enough() {
        for (one, other, wanted) in [
            ("trust", "trsut", Likeness::Slip),
            ("guidance", "guidence", Likeness::Slip),
            ("leadership", "leaderhsip", Likeness::Slip),
            ("organisation", "organization", Likeness::Slip),
            ("inspiration", "insperatoin", Likeness::FarSlip),
            ("conversation", "conservation", Likeness::FarSlip),
        ] {
            assert_eq!(likeness(one, other), Some(wanted), "{one}, {other}");
        }
        for (one, other) in [
            ("crew", "grew"),
            ("trust", "truth"),
            ("mission", "vision"),
            ("vision", "fusion"),
            ("inspiration", "aspiration"),
            ("management", "engagement"),
            ("idea 12", "idea 13"),
            ("summer 2020", "summer 2021"),
            ("\u{4fe1}\u{4efb}\u{611f}", "\u{4fe1}\u{4efb}\u{91d1}"),
            ("a", "b"),
        ] {
            assert_eq!(likeness(one, other), None, "{one}, {other}");
        }
    }

    #[test]
    fn thousands_of_names_are_compared_with_few_of_them() {
        let words = ["harbour", "captain", "decision", "promise", "question", "silence", "morning", "direction"];
        let mut names: Vec<String> = Vec::new();
        for one in words {
            for other in words {
                names.extend(
                    (b'a'..=b'z')
                        .flat_map(|a| [b'k', b'q', b'x'].map(|b| (a, b)))
                        .map(|(a, b)| format!("{one} {}{} {other}", char::from(a), char::from(b))),
                );
            }
        }
        assert!(names.len() > 4_900, "{}", names.len());
        let owned: Vec<(u32, &str)> = names.iter().zip(0..).map(|(name, at)| (at, name.as_str())).collect();
        let found = pairs(&owned);
        // Each is a slip of its neighbours, and only some of them are named.
        assert!(found.len() <= owned.len() * 3 * MOST_COMPARED, "{}", found.len());
        assert!(found.keys().flat_map(|(one, other)| [*one, *other]).collect::<BTreeSet<_>>().len() > 4_900);
    }
}
