//! What a page is about, in a sentence or two, where its author does not say it.

use super::Viewer;
use super::prose::{escapes_within, plain_words};
use crate::base::sentences;
use crate::base::words::counted;
use crate::link::{ConceptId, MOST_LISTED, PageId, SeriesId, StretchId, WritingId};

/// The most letters of a description: search engines show no more.
const LONGEST: usize = 160;

/// The most letters of a headline: search engines take no longer ones.
const LONGEST_HEADLINE: usize = 110;

impl Viewer<'_> {
    /// What a page is about: the words of its author, else a sentence of its text or one made of what it shows.
    #[must_use]
    pub fn description(&self, page: PageId) -> String {
        let essays = self.site.essays.len();
        match page {
            PageId::Home if self.book.summary.is_empty() => {
                let by = if self.book.author.is_empty() { String::new() } else { format!(" by {}", self.book.author) };
                format!("{}{by}.", counted(essays, "essay"))
            }
            PageId::Home => self.book.summary.clone(),
            PageId::Archive if essays == 1 => format!("The one essay of {}.", self.book.title),
            PageId::Archive => format!("All {essays} essays of {}.", self.book.title),
            PageId::Concepts => {
                let concepts = counted(self.site.concepts.len(), "idea");
                format!("The {concepts} of {}, each with the essays that use it.", self.book.title)
            }
            PageId::Print => format!("All of {} on one page, in reading order, for printing.", self.book.title),
            PageId::Replies => format!("What readers said of the essays of {}.", self.book.title),
            PageId::Stretch(id) => self.description_of_stretch(id),
            PageId::Concept(id) => self.description_of_concept(id),
            PageId::Series(id) => self.description_of_series(id),
            PageId::Writing(id) => self.description_of_writing(id),
        }
    }

    fn description_of_concept(&self, id: ConceptId) -> String {
        let summary = super::cards::definition(self.site, id);
        if !summary.is_empty() {
            return summary.to_owned();
        }
        let concept = self.site.concept(id);
        let count = concept.appearances.len();
        if count > MOST_LISTED {
            return format!("Where {} appears in {}: {count} essays, year by year.", concept.title, self.book.title);
        }
        let essays = counted(count, "essay");
        format!("Where {} appears in {}: {essays}, with every sentence that uses it.", concept.title, self.book.title)
    }

    fn description_of_stretch(&self, id: StretchId) -> String {
        let stretch = self.site.stretch(id);
        let book = &self.book.title;
        let essays = counted(stretch.count, "essay");
        let what = match stretch.of {
            PageId::Concept(_) if self.quotes_all() => {
                format!("{essays} of {book}, each with the first sentence that uses it")
            }
            PageId::Concept(_) => format!("{essays} of {book}, oldest first"),
            PageId::Concepts => format!("{} of {book}, by name", counted(stretch.count, "idea")),
            PageId::Replies => format!("{} replies of readers to the essays of {book}", stretch.count),
            PageId::Series(_) => format!("{essays} of {book}, in order"),
            _ => format!("{essays} of {book}, newest first"),
        };
        format!("{}: {what}.", stretch.title)
    }

    fn description_of_series(&self, id: SeriesId) -> String {
        let series = self.site.series(id);
        let own = series.writing.map(|writing| self.description_of_writing(writing)).unwrap_or_default();
        if own.is_empty() {
            return format!(
                "{} of {}, in order: {}.",
                counted(series.essays.len(), "essay"),
                self.book.title,
                series.title
            );
        }
        own
    }

    fn description_of_writing(&self, id: WritingId) -> String {
        let summary = &self.site.writing(id).meta.summary;
        match summary.is_empty() {
            true if self.is_recipe => self.recipe_of_opening(id),
            // Its page, lists and feeds say it.
            true => self.tables.openings[id.0 as usize].get_or_init(|| self.opening(id).into()).to_string(),
            false => summary.clone(),
        }
    }

    /// The first sentences of a text, as many as a description may hold.
    pub(super) fn opening(&self, id: WritingId) -> String {
        let escapes = &self.site.mentions[id.0 as usize].escapes;
        let mut opening = String::new();
        for (place, block) in &self.site.writing(id).facts.lead {
            let end = crate::link::index(block.len());
            let escapes = escapes_within(escapes, (*place, place + end));
            let text = plain_words(block, (0, end), &escapes);
            for (start, end) in sentences::all(&text) {
                let sentence = text[start..end].split_whitespace().collect::<Vec<_>>().join(" ");
                if opening.is_empty() {
                    opening = shortened(&sentence, LONGEST);
                } else if opening.chars().count() + 1 + sentence.chars().count() <= LONGEST {
                    opening.push(' ');
                    opening.push_str(&sentence);
                } else {
                    return opening;
                }
            }
            if opening.chars().count() > LONGEST / 2 {
                break;
            }
        }
        opening
    }
}

/// A title as search engines take it.
pub(super) fn headline(title: &str) -> String {
    shortened(title, LONGEST_HEADLINE)
}

/// A text of at most so many letters, cut between words.
pub(super) fn shortened(text: &str, most: usize) -> String {
    let Some((end, _)) = text.char_indices().nth(most) else { return text.to_owned() };
    let room = text.char_indices().nth(most - 1).map_or(end, |(at, _)| at);
    let cut = text[..room].rfind(char::is_whitespace).filter(|cut| *cut > 0).unwrap_or(room);
    format!("{}\u{2026}", text[..cut].trim_end_matches(|c: char| !c.is_alphanumeric()))
}

#[cfg(test)]
mod tests {
    use super::shortened;

    #[test]
    fn a_text_is_cut_between_words_and_never_too_long() {
        assert_eq!(shortened("one two three", 13), "one two three");
        assert_eq!(shortened("one two three", 12), "one two\u{2026}");
        assert_eq!(shortened("one, two three", 6), "one\u{2026}");
        assert_eq!(shortened("\u{e9}\u{e9}\u{e9}\u{e9}\u{e9}", 3), "\u{e9}\u{e9}\u{2026}");
        assert_eq!(shortened("", 3), "");
    }
}
