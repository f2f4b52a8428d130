//! The table of LinkedIn's words. Knows the words, no line of a page.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use super::words::{bare, tight};

/// What a line of the interface is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Word {
    /// Like, Reply, Follow: below a reply or around the list.
    Action,
    /// Report this comment: below a reply, or between its age and its words.
    Report,
    /// The reply was edited.
    Edited,
    /// The badge of the essay's author.
    Author,
    /// Other badges; they stand behind a bullet.
    Badge,
    /// `4 Reactions`
    Reactions,
    /// `2 replies`
    Answers,
    /// `12 comments`
    Comments,
    /// `2 Replies on Ada Quill's comment`
    Heading,
    /// What follows the three dots where a long reply is folded.
    Fold,
    /// What is done to hidden replies: open, load, hide.
    Opens,
    /// What is opened: replies, comments.
    Opened,
    /// What may stand between them: more, previous.
    Between,
}

/// The words of one kind in one language.
pub(super) struct Words {
    language: &'static str,
    kind: Word,
    pub(super) forms: Vec<String>,
}

/// All words; see the head of the file.
static WORDS: LazyLock<Vec<Words>> = LazyLock::new(|| {
    let mut all: Vec<Words> = Vec::new();
    for line in include_str!("words.tsv").lines().filter(|line| !line.starts_with('#')) {
        let mut fields = line.split('\t');
        let (Some(language), Some(kind), Some(list)) = (fields.next(), fields.next().and_then(kind), fields.next())
        else {
            continue;
        };
        let mut forms: Vec<String> = list.split('|').map(bare).collect();
        if kind == Word::Heading {
            let answers = all.iter().filter(|words| words.language == language && words.kind == Word::Answers);
            let answers: Vec<&String> = answers.flat_map(|words| &words.forms).collect();
            // The number of a line stands without blanks beside it, so it does in a form.
            let with = |form: &String| answers.iter().map(|answer| tight(&form.replace('*', answer))).collect();
            forms = forms.iter().flat_map(|form| -> Vec<String> { with(form) }).collect();
        }
        all.push(Words { language, kind, forms });
    }
    all
});

/// By form: what it is, in which languages.
pub(super) static KINDS: LazyLock<BTreeMap<&'static str, Vec<(Word, &'static str)>>> = LazyLock::new(|| {
    let mut kinds: BTreeMap<&'static str, Vec<(Word, &'static str)>> = BTreeMap::new();
    for words in WORDS.iter() {
        for form in &words.forms {
            kinds.entry(form).or_default().push((words.kind, words.language));
        }
    }
    kinds
});

/// The languages of the table.
pub(super) static LANGUAGES: LazyLock<BTreeSet<&'static str>> =
    LazyLock::new(|| WORDS.iter().map(|words| words.language).collect());

/// What lines that open something are made of, by language and first letter.
pub(super) type Pieces = BTreeMap<char, Vec<(&'static str, Word)>>;

pub(super) static PIECES: LazyLock<BTreeMap<&'static str, Pieces>> = LazyLock::new(|| {
    let mut pieces: BTreeMap<&'static str, Pieces> = BTreeMap::new();
    for words in [Word::Opens, Word::Opened, Word::Between].into_iter().flat_map(of_kind) {
        for form in &words.forms {
            let of_language = pieces.entry(words.language).or_default();
            of_language.entry(form.chars().next().unwrap_or(' ')).or_default().push((form, words.kind));
        }
    }
    pieces
});

fn kind(word: &str) -> Option<Word> {
    Some(match word {
        "action" => Word::Action,
        "report" => Word::Report,
        "edited" => Word::Edited,
        "author" => Word::Author,
        "badge" => Word::Badge,
        "reactions" => Word::Reactions,
        "answers" => Word::Answers,
        "comments" => Word::Comments,
        "heading" => Word::Heading,
        "fold" => Word::Fold,
        "opens" => Word::Opens,
        "opened" => Word::Opened,
        "between" => Word::Between,
        _ => return None,
    })
}

pub(super) fn of_kind(kind: Word) -> impl Iterator<Item = &'static Words> {
    WORDS.iter().filter(move |words| words.kind == kind)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_language_has_every_kind_of_word() {
        let written = include_str!("words.tsv").lines().filter(|line| !line.starts_with('#')).count();
        assert_eq!((LANGUAGES.len(), WORDS.len(), written), (15, 15 * 13, 15 * 13));
        for words in WORDS.iter() {
            assert!(words.forms.iter().all(|form| !form.is_empty()), "{} {:?}", words.language, words.kind);
            let is_heading =
                |form: &String| form.contains('#') && form.matches('%').count() == 1 && !form.contains('*');
            // Arabic has words for one and two that hold no number.
            if words.kind == Word::Heading && words.language != "ar" {
                assert!(words.forms.iter().all(is_heading), "{} {:?}", words.language, words.forms);
            }
        }
    }
}
