//! Words of LinkedIn's interface that stand around replies, by language. Knows one line at a time.

use std::collections::{BTreeMap, BTreeSet};

use super::ages::digit;
pub use super::table::Word;
use super::table::{KINDS, LANGUAGES, PIECES, of_kind};

/// Longer lines are nobody's interface.
const LONGEST: usize = 240;

/// Names of reaction icons that a copy runs together.
const ICONS: [&str; 7] = ["like", "love", "insightful", "celebrate", "support", "funny", "curious"];

fn has(kind: Word, form: &str) -> bool {
    KINDS.get(form).is_some_and(|all| all.iter().any(|(known, _)| *known == kind))
}

/// Whether a line is this kind of word, in any language; kinds that count need their number.
#[must_use]
pub fn is(line: &str, kind: Word) -> bool {
    line.len() <= LONGEST && has(kind, &counted(&bare(line)).1)
}

/// Whether a line is something of the interface that stands below a reply or around the list of replies.
#[must_use]
pub fn is_action(line: &str) -> bool {
    if line.len() > LONGEST {
        return false;
    }
    let is_rule = matches!(line.trim(), "|" | "\u{b7}");
    let line = bare(line);
    let (_, form) = counted(&line);
    form == "#"
        || is_rule
        || is_icons(&line)
        || [Word::Action, Word::Report, Word::Reactions, Word::Answers, Word::Comments]
            .iter()
            .any(|kind| has(*kind, &form))
        || !names(&form).is_empty()
        || is_opening(&line)
}

/// Whether a line counts the answers to a reply, with or without saying whose.
#[must_use]
pub fn is_answers(line: &str) -> bool {
    let (_, form) = counted(&bare(line));
    line.len() <= LONGEST && (has(Word::Answers, &form) || !names(&form).is_empty())
}

/// How many reactions a line tells; `None` where it tells none.
#[must_use]
pub fn reactions(line: &str) -> Option<u64> {
    let (count, form) = counted(&bare(line));
    count.filter(|_| form == "#" || has(Word::Reactions, &form))
}

/// The heading over answers: how many, and whom they answer, as `folded` gives it; several names where its words can be read
/// in several ways.
#[must_use]
pub fn answers_to(line: &str) -> Option<(usize, Vec<String>)> {
    if line.len() > LONGEST {
        return None;
    }
    let (count, form) = counted(&bare(line));
    let names = names(&form);
    let count = usize::try_from(count?).ok()?;
    (!names.is_empty()).then_some((count, names))
}

/// A name as headings tell it: in lower case, blanks and signs in one spelling.
#[must_use]
pub fn folded(name: &str) -> String {
    bare(name)
}

/// The names in a heading over answers.
fn names(form: &str) -> Vec<String> {
    if !form.contains('#') {
        return Vec::new();
    }
    let form = tight(form);
    let name = |heading: &String| {
        let (before, behind) = heading.split_once('%')?;
        let name = form.strip_prefix(before)?.strip_suffix(behind)?.trim();
        (!name.is_empty() && !name.contains('#')).then(|| name.to_owned())
    };
    let mut names: Vec<String> = of_kind(Word::Heading).flat_map(|words| &words.forms).filter_map(name).collect();
    names.sort();
    names.dedup();
    names
}

/// A form without the blanks that may stand beside its number.
pub(super) fn tight(form: &str) -> String {
    form.replace(" #", "#").replace("# ", "#")
}

/// A text without the mark that says it is folded: `…more`, `… mehr anzeigen`.
#[must_use]
pub fn without_fold(text: &str) -> &str {
    let text = text.trim_end();
    let dots = [("\u{2026}", text.rfind('\u{2026}')), ("...", text.rfind("..."))];
    let last = dots.iter().filter_map(|(dots, at)| Some((at.as_ref()?, dots))).max();
    let Some((at, dots)) = last else { return text };
    let mark = &text[at + dots.len()..];
    if mark.len() <= LONGEST && has(Word::Fold, &bare(mark)) { text[..*at].trim_end() } else { text }
}

/// Whether a line is nothing but such a mark.
#[must_use]
pub fn is_fold(line: &str) -> bool {
    !line.trim().is_empty() && without_fold(line).is_empty()
}

/// Whether a line is made of words that open, load or hide replies, and of nothing else: `See 3 more replies`.
fn is_opening(line: &str) -> bool {
    LANGUAGES.iter().any(|language| is_opening_in(line, language))
}

fn is_opening_in(line: &str, language: &str) -> bool {
    let Some(pieces) = PIECES.get(language) else { return false };
    let is_between = |c: char| c == ' ' || digit(c).is_some() || matches!(c, '(' | ')' | '\u{2026}');
    let (mut rest, mut has_verb, mut has_noun) = (line, false, false);
    loop {
        rest = rest.trim_start_matches(is_between);
        let Some(first) = rest.chars().next() else { return has_verb && has_noun };
        let fitting = pieces.get(&first).into_iter().flatten();
        let fitting = fitting.filter_map(|(piece, kind)| Some((piece.len(), *kind, after(rest, piece)?)));
        let Some((_, kind, behind)) = fitting.max_by_key(|(length, ..)| *length) else { return false };
        has_verb |= kind == Word::Opens;
        has_noun |= kind == Word::Opened;
        rest = behind;
    }
}

/// What follows a piece at the start of a text, where the piece ends at the end of a word. Chinese, Japanese and Korean words
/// end anywhere.
fn after<'a>(text: &'a str, piece: &str) -> Option<&'a str> {
    let behind = text.strip_prefix(piece)?;
    let is_wide = piece.ends_with(|c: char| c as u32 >= 0x2e80);
    let is_torn = !is_wide && behind.starts_with(|c: char| c.is_alphanumeric() && digit(c).is_none());
    (!is_torn).then_some(behind)
}

fn is_icons(line: &str) -> bool {
    let mut rest = line;
    while !rest.is_empty() {
        let Some(icon) = ICONS.iter().find(|icon| rest.starts_with(**icon)) else { return false };
        rest = &rest[icon.len()..];
    }
    !line.is_empty()
}

/// The first number of a line, and the line with `#` in its place, without blanks beside it.
fn counted(line: &str) -> (Option<u64>, String) {
    let Some(start) = line.find(|c| digit(c).is_some()) else { return (None, line.to_owned()) };
    let mut letters: Vec<(usize, char)> = line[start..].char_indices().collect();
    letters.push((line.len() - start, '\n'));
    let is_digit = |at: usize| letters.get(at).is_some_and(|(_, c)| digit(*c).is_some());
    let (mut at, mut count) = (0, Some(0_u64));
    while let Some(value) = digit(letters[at].1) {
        count = count.and_then(|count| count.checked_mul(10)?.checked_add(u64::from(value)));
        at += 1;
        // Thousands are parted by a sign or a blank: it is one where exactly three digits follow.
        let is_thousand = matches!(letters[at].1, '.' | ',' | ' ' | '\'' | '\u{66c}')
            && (1..=3).all(|step| is_digit(at + step))
            && !is_digit(at + 4);
        at += usize::from(is_thousand);
    }
    let end = start + letters[at].0;
    (count, format!("{}#{}", line[..start].trim_end(), line[end..].trim_start()))
}

/// A line without bullets around it and marks that cannot be seen, in lower case, one blank between words, its signs in their
/// narrow form.
pub(super) fn bare(line: &str) -> String {
    let narrow = |c: char| match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(c as u32 - 0xfee0).unwrap_or(c),
        '\u{2019}' | '\u{2bc}' => '\'',
        _ => c,
    };
    let visible: String = line.chars().filter(|c| !crate::base::path::is_bidi(*c)).map(narrow).collect();
    let trimmed = visible.trim_matches(|c: char| c.is_whitespace() || matches!(c, '\u{2022}' | '\u{b7}'));
    let words = trimmed.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
    // A capital dotted I leaves its dot behind, and Russian is written with and without the dots of one letter.
    words.replace('\u{307}', "").replace('\u{451}', "\u{435}").replace("...", "\u{2026}")
}

/// The language in which most lines are words of the interface; `None` where none is, or two are as likely.
#[must_use]
pub fn language<'a>(lines: impl Iterator<Item = &'a str>) -> Option<&'static str> {
    let whole = [Word::Action, Word::Report, Word::Edited, Word::Author, Word::Reactions, Word::Answers];
    let mut counts: BTreeMap<&'static str, usize> = BTreeMap::new();
    for line in lines.filter(|line| line.len() < 80).map(bare).filter(|line| !line.is_empty()) {
        let (_, form) = counted(&line);
        let known = KINDS.get(form.as_str()).into_iter().flatten().filter(|(kind, _)| whole.contains(kind));
        let opening = LANGUAGES.iter().filter(|language| is_opening_in(&line, language));
        let languages: BTreeSet<&'static str> = known.map(|(_, language)| language).chain(opening).copied().collect();
        for language in languages {
            *counts.entry(language).or_default() += 1;
        }
    }
    let most = counts.values().max().copied()?;
    let mut likely = counts.iter().filter(|(_, count)| **count == most);
    let first = likely.next().map(|(language, _)| *language);
    if likely.next().is_some() { None } else { first }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_the_interface_are_known_in_every_language() {
        for line in [
            "Like",
            "  \u{2022} Report this comment",
            "Gef\u{e4}llt mir",
            "J\u{2019}aime",
            "\u{56de}\u{590d}",
            "\u{3044}\u{3044}\u{306d}\u{ff01}",
            "4 Reactions",
            "1,204 Reactions",
            "3",
            "\u{663}",
            "likelovesupport",
            "2 replies",
            "1 Reaktion",
            "See 3 more replies",
            "View more comments",
            "Hide replies",
            "Author replied",
            "\u{b7}",
        ] {
            assert!(is_action(line), "{line}");
        }
        for line in [
            "I like it",
            "Reply to all of them",
            "3 days",
            "",
            "\u{201c}Like\u{201d} is a word",
            "See more",
            "More replies",
            "See 3 more replies below",
            "Seemore replies",
            "2 replies are enough",
        ] {
            assert!(!is_action(line), "{line}");
        }
        assert_eq!((reactions("4\u{a0}Reactions"), reactions("3"), reactions("3 ships")), (Some(4), Some(3), None));
        assert_eq!((reactions("1.204 Reaktionen"), reactions("1 204")), (Some(1_204), Some(1_204)));
        assert_eq!(reactions("99999999999999999999999 Reactions"), None);
    }

    #[test]
    fn a_heading_names_whom_it_answers() {
        for line in ["2 Replies on Ada Quill\u{2019}s comment", "2 Antworten auf Ada Quills Kommentar"] {
            let (count, names) = answers_to(line).expect("a heading");
            assert!(count == 2 && names.contains(&folded("Ada Quill")), "{line}: {names:?}");
        }
        for line in ["2 replies", "2 Replies on \u{2019}s comment", "Replies on Ada Quill\u{2019}s comment"] {
            assert_eq!(answers_to(line), None, "{line}");
        }
    }

    #[test]
    fn the_mark_of_a_folded_text_is_cut_off_and_words_are_not() {
        for (text, wanted) in [
            ("The end \u{2026}more", "The end"),
            ("The end\n...see more", "The end"),
            ("The end \u{2026} mehr anzeigen", "The end"),
            ("Dots \u{2026} then more", "Dots \u{2026} then more"),
            ("No more", "No more"),
            ("Dots \u{2026}", "Dots \u{2026}"),
        ] {
            assert_eq!(without_fold(text), wanted);
        }
        assert!(is_fold("\u{2026}more") && !is_fold("") && !is_fold("The end \u{2026}more"));
    }

    #[test]
    fn the_language_is_that_of_most_words() {
        assert_eq!(language(["Recomendar", "Responder", "Hola", "Editado"].into_iter()), Some("es"));
        assert_eq!(language(["Ver m\u{e1}s comentarios", "Responder"].into_iter()), Some("es"));
        assert_eq!(language(["Responder", "Autor"].into_iter()), None);
        assert_eq!(language(["Nothing"].into_iter()), None);
    }
}
