//! Relative ages in the languages of LinkedIn's interface: `4y`, `vor 2 Jahren`, `3 年`. Knows one text at a time.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use crate::import::foreign::{Age, Unit};

/// What a text says as an age.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found {
    /// One age.
    One(Age),
    /// Several units in several languages, as written; the language must be known.
    Ambiguous(String),
}

/// A short form of a unit has at most so many letters: `mnd`, `sem`.
const SHORT_UNIT: usize = 3;

/// A form in a language: its unit, and its number where the form says it without digits.
struct Form {
    language: &'static str,
    unit: Unit,
    count: Option<u32>,
}

/// By form, a `#` for the number.
static FORMS: LazyLock<BTreeMap<&'static str, Vec<Form>>> = LazyLock::new(|| {
    let mut forms: BTreeMap<&'static str, Vec<Form>> = BTreeMap::new();
    for line in include_str!("ages.tsv").lines().filter(|line| !line.starts_with('#')) {
        let mut fields = line.split('\t');
        let (Some(language), Some(unit), Some(list)) = (fields.next(), fields.next().and_then(unit), fields.next())
        else {
            continue;
        };
        for form in list.split('|') {
            let (count, form) = match form.split_once('=') {
                Some((count, form)) => (count.parse().ok(), form),
                None => (None, form),
            };
            forms.entry(form).or_default().push(Form { language, unit, count });
        }
    }
    forms
});

fn unit(word: &str) -> Option<Unit> {
    Some(match word {
        "second" => Unit::Second,
        "minute" => Unit::Minute,
        "hour" => Unit::Hour,
        "day" => Unit::Day,
        "week" => Unit::Week,
        "month" => Unit::Month,
        "year" => Unit::Year,
        _ => return None,
    })
}

/// The whole text as an age; `None` where it is none. `language` is a tag such as `de`; its region does not matter.
#[must_use]
pub fn age(text: &str, language: Option<&str>) -> Option<Found> {
    let (count, form) = form_of(text)?;
    let fitting = |form: &str| -> Vec<&Form> {
        let all = FORMS.get(form).into_iter().flatten();
        all.filter(|form| language.is_none_or(|wanted| same(form.language, wanted))).collect()
    };
    // Norwegian writes `1m` for a minute and `1 m` for a month; elsewhere the blank means nothing.
    let with_blank = if text.trim().contains(is_blank) { form.replacen('#', "# ", 1) } else { String::new() };
    let spaced = fitting(&with_blank);
    let mut forms = if spaced.is_empty() || language.is_none() { [spaced, fitting(&form)].concat() } else { spaced };
    // A short unit may carry a full stop in one version of the interface and none in the next.
    let is_short = form.starts_with('#') && form.chars().count() <= SHORT_UNIT + 2;
    if let Some(bare) = form.strip_suffix('.').filter(|_| is_short && forms.is_empty()) {
        forms = fitting(bare);
    }
    let readings: BTreeSet<(Unit, u32)> =
        forms.into_iter().filter_map(|form| Some((form.unit, form.count.or(count)?))).collect();
    let mut all = readings.iter();
    match (all.next(), all.next()) {
        (None, _) => None,
        (Some((unit, count)), None) => {
            Some(Found::One(Age { text: text.trim().to_owned(), count: *count, unit: *unit }))
        }
        _ => Some(Found::Ambiguous(text.trim().to_owned())),
    }
}

/// Whether ages are known in this language; a tag such as `de`, its region does not matter.
#[must_use]
pub fn is_language(tag: &str) -> bool {
    FORMS.values().flatten().any(|form| same(form.language, tag))
}

/// The age that a text begins with when words follow it at once, and those words: `4 年But wait`. Units in Latin letters
/// count only before a capital.
#[must_use]
pub fn glued<'a>(text: &'a str, language: Option<&str>) -> Option<(Found, &'a str)> {
    let start = text.trim_start();
    let digits = start.char_indices().find(|(_, c)| digit(*c).is_none()).map(|(at, _)| at).filter(|at| *at > 0)?;
    let blank = start[digits..].chars().take_while(|c| is_blank(*c)).map(char::len_utf8).sum::<usize>();
    let from = digits + blank;
    // The longest unit that fits: no unit has more than a dozen letters.
    let ends: Vec<usize> = start[from..].char_indices().skip(1).take(12).map(|(at, _)| from + at).collect();
    for end in ends.into_iter().rev() {
        let (head, rest) = start.split_at(end);
        let is_latin = head[from..].chars().all(|c| c.is_ascii() || c.is_alphabetic() && (c as u32) < 0x250);
        let is_torn = is_latin && !rest.starts_with(char::is_uppercase);
        if is_torn || head.ends_with(is_blank) {
            continue;
        }
        if let Some(found) = age(head, language) {
            return Some((found, rest));
        }
    }
    None
}

fn same(language: &str, wanted: &str) -> bool {
    let primary = |tag: &str| tag.split(['-', '_']).next().unwrap_or("").to_ascii_lowercase();
    primary(language) == primary(wanted)
}

fn is_blank(c: char) -> bool {
    c.is_whitespace() || matches!(c, '\u{a0}' | '\u{202f}')
}

/// The value of a digit in any script that LinkedIn's interfaces use.
pub(super) fn digit(c: char) -> Option<u32> {
    let zeros = [0x30, 0x660, 0x6f0, 0x966, 0x9e6, 0xa66, 0xae6, 0xbe6, 0xc66, 0xce6, 0xe50];
    zeros.iter().find(|zero| (**zero..**zero + 10).contains(&(c as u32))).map(|zero| c as u32 - zero)
}

/// The number of a text and its form: lower case, a `#` for the number, no blank beside it.
fn form_of(text: &str) -> Option<(Option<u32>, String)> {
    if text.len() > 80 {
        return None;
    }
    let plain: String = text
        .chars()
        .filter(|c| !crate::base::path::is_bidi(*c))
        .map(|c| if is_blank(c) { ' ' } else { digit(c).and_then(|value| char::from_digit(value, 10)).unwrap_or(c) })
        .collect();
    let words = plain.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
    let Some(start) = words.find(|c: char| c.is_ascii_digit()) else { return Some((None, words)) };
    let end = words[start..].find(|c: char| !c.is_ascii_digit()).map_or(words.len(), |at| start + at);
    let count = words[start..end].parse().ok().filter(|count| *count < 1_000)?;
    Some((Some(count), format!("{}#{}", words[..start].trim_end(), words[end..].trim_start())))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(text: &str, language: Option<&str>) -> Option<(u32, Unit)> {
        match age(text, language)? {
            Found::One(age) => Some((age.count, age.unit)),
            Found::Ambiguous(_) => None,
        }
    }

    #[test]
    fn ages_are_read_in_many_languages() {
        for (text, language, wanted) in [
            ("4y", None, (4, Unit::Year)),
            ("11mo", Some("en"), (11, Unit::Month)),
            ("6 months ago", None, (6, Unit::Month)),
            ("vor 2 Jahren", None, (2, Unit::Year)),
            ("1m", Some("no"), (1, Unit::Minute)),
            ("1 m", Some("no"), (1, Unit::Month)),
            ("3\u{a0}a\u{f1}os", None, (3, Unit::Year)),
            ("il y a 1 minute", Some("fr"), (1, Unit::Minute)),
            ("4 \u{5e74}", Some("zh"), (4, Unit::Year)),
            ("2 jr.", Some("nl"), (2, Unit::Year)),
            ("3 mnd.", Some("nl"), (3, Unit::Month)),
            ("2 a", Some("pt"), (2, Unit::Year)),
            ("2\u{4e2a}\u{6708}", None, (2, Unit::Month)),
            ("\u{662}\u{660} \u{633}\u{646}\u{629}", Some("ar"), (20, Unit::Year)),
        ] {
            assert_eq!(one(text, language), Some(wanted), "{text}");
        }
        for text in ["", "4", "y", "4 yachts", "3y ago I saw it", "3 years ago.", "1000y", "two years"] {
            assert_eq!(age(text, None), None, "{text}");
        }
    }

    #[test]
    fn what_two_languages_read_differently_needs_the_language() {
        for (text, readings) in [
            ("5m", ("es", Unit::Month, "en", Unit::Minute)),
            ("3a", ("es", Unit::Year, "tr", Unit::Month)),
            ("2v", ("sv", Unit::Week, "fi", Unit::Year)),
        ] {
            assert_eq!(age(text, None), Some(Found::Ambiguous(text.to_owned())), "{text}");
            let (one_language, one_unit, other_language, other_unit) = readings;
            assert_eq!(one(text, Some(one_language)).map(|found| found.1), Some(one_unit), "{text}");
            assert_eq!(one(text, Some(other_language)).map(|found| found.1), Some(other_unit), "{text}");
        }
    }

    #[test]
    fn an_age_may_be_glued_to_the_words_behind_it() {
        let (found, rest) = glued("4 \u{5e74}But wait, why?", None).expect("glued");
        assert!(matches!(found, Found::One(Age { count: 4, unit: Unit::Year, .. })) && rest == "But wait, why?");
        assert_eq!(glued("4yBut wait", Some("en")).map(|found| found.1), Some("But wait"));
        for text in ["3y ago I made it", "4youth", "2 dogs", "1990 was a year", "5"] {
            assert_eq!(glued(text, Some("en")), None, "{text}");
        }
    }
}
