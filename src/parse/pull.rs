//! Pull quotes: `> [!pull]` repeats a sentence of the text in large letters. Knows the text of one file.

use std::ops::Range;

use pulldown_cmark::{Event, Tag, TagEnd};

use super::markdown::Writer;
use crate::base::codes::Code;
use crate::base::diagnostic::Diagnostic;
use crate::base::span::to_u32;
use crate::base::words::plain;

/// Each comparison goes through the whole text; with more loose quotes than this, other troubles come first.
const MOST_COMPARED: usize = 100;

/// A pull quote, judged when the whole text is known.
pub(super) struct PullQuote {
    /// What it says.
    pub(super) text: String,
    /// Pieces for what stands before and after it.
    open: usize,
    close: usize,
    source: Range<usize>,
}

impl Writer<'_> {
    /// The events of a block quote that begins with `[!pull]`, without that mark.
    pub(super) fn pull_quote_content(&self, at: usize) -> Option<Range<usize>> {
        if !self.input.settings.extensions || self.muted > 0 {
            return None;
        }
        let next = behind_mark(&self.events, at)?;
        let end = self.matching_end(at, |event| matches!(event, Event::End(TagEnd::BlockQuote(_))));
        match self.events.get(next)?.0 {
            // The mark is followed by text in the same paragraph: the paragraph's start is written by hand.
            Event::SoftBreak | Event::HardBreak => Some(next + 1..end),
            Event::End(TagEnd::Paragraph) => Some(next + 1..end),
            _ => None,
        }
    }

    pub(super) fn write_pull_quote(&mut self, at: usize, content: Range<usize>) -> usize {
        let source = self.events[at].1.clone();
        let open = self.reserve();
        self.muted += 1;
        self.pulls.push(PullQuote { text: String::new(), open, close: open, source });
        let begins_inside = !matches!(self.events.get(content.start), Some((Event::Start(_), _)))
            || matches!(self.events.get(content.start), Some((Event::Start(tag), _)) if !is_block(tag));
        if begins_inside {
            self.html.push_str("<p>");
        }
        self.write_nested(content.clone());
        self.muted -= 1;
        let close = self.reserve();
        self.pulls.last_mut().expect("pushed above").close = close;
        // The end of the quote is not written, so its level is taken back here.
        self.leave_container();
        content.end + 1
    }

    /// Decides for each pull quote whether it says word for word what stands in the text.
    pub(super) fn judge_pull_quotes(&mut self) {
        if self.pulls.is_empty() {
            return;
        }
        let text = normalise(&self.outline.text);
        let mut sentences: Option<Vec<String>> = None;
        let mut compared = 0;
        for pull in std::mem::take(&mut self.pulls) {
            self.pulled.push((to_u32(pull.open), to_u32(pull.close + 1)));
            let quote = normalise(&pull.text);
            if !quote.is_empty() && (text.contains(&quote) || text.contains(&uncapitalised(&quote))) {
                self.fill(pull.open, "<aside class=\"pull\" aria-hidden=\"true\">\n");
                self.fill(pull.close, "</aside>\n");
                continue;
            }
            self.fill(pull.open, "<figure class=\"pull\"><figcaption>Pull quote</figcaption><blockquote>\n");
            self.fill(pull.close, "</blockquote></figure>\n");
            let span = self.span(pull.source.clone());
            let diagnostic =
                Diagnostic::new(Code::LoosePullQuote, span, "this pull quote does not stand word for word in the text");
            compared += 1;
            let sentences = sentences.get_or_insert_with(|| sentences_of(&self.outline.text));
            let nearest = if compared > MOST_COMPARED { None } else { nearest_sentence(sentences, &quote) };
            self.diagnostics.push(match nearest {
                Some(sentence) => diagnostic.help(format!("the text says `{sentence}`")),
                None => diagnostic.help("quote a sentence of the text, or use a plain block quote"),
            });
        }
    }
}

/// Whether the block quote that begins at this index is a pull quote.
pub(super) fn is_pull_quote(events: &[(Event<'_>, Range<usize>)], at: usize) -> bool {
    let next = behind_mark(events, at).and_then(|next| events.get(next));
    matches!(next, Some((Event::SoftBreak | Event::HardBreak | Event::End(TagEnd::Paragraph), _)))
}

/// The index behind `[!pull]`, where a block quote begins with it.
fn behind_mark(events: &[(Event<'_>, Range<usize>)], at: usize) -> Option<usize> {
    let mut next = at + 2;
    matches!(events.get(at + 1)?.0, Event::Start(Tag::Paragraph)).then_some(())?;
    let mut mark = String::new();
    while let Some((Event::Text(text), _)) = events.get(next) {
        mark.push_str(text);
        next += 1;
    }
    mark.trim().eq_ignore_ascii_case("[!pull]").then_some(next)
}

fn is_block(tag: &Tag<'_>) -> bool {
    !matches!(tag, Tag::Emphasis | Tag::Strong | Tag::Strikethrough | Tag::Link { .. } | Tag::Image { .. })
}

/// Words without the marks that typography changes, one blank between them.
fn normalise(text: &str) -> String {
    let joined = plain(text);
    joined.trim_matches(|c: char| c == '"' || c == '\'' || c == '.' || c == ',' || c == '\u{2026}').to_owned()
}

/// The quote as it stands in the middle of a sentence: a clause may begin with a capital when it stands alone.
fn uncapitalised(quote: &str) -> String {
    let mut letters = quote.chars();
    letters.next().map(char::to_lowercase).into_iter().flatten().chain(letters).collect()
}

fn sentences_of(text: &str) -> Vec<String> {
    text.split(['\n', '.', '!', '?']).map(normalise).collect()
}

/// The sentence of the text that shares most words with the quote, if it shares at least half of them.
fn nearest_sentence<'a>(sentences: &'a [String], quote: &str) -> Option<&'a str> {
    let words: Vec<&str> = quote.split(' ').collect();
    let score = |sentence: &str| words.iter().filter(|word| sentence.contains(*word)).count();
    sentences
        .iter()
        .map(|sentence| (score(sentence), sentence.as_str()))
        .filter(|(score, _)| score * 2 > words.len())
        .max_by_key(|(score, sentence)| (*score, usize::MAX - sentence.len()))
        .map(|(_, sentence)| sentence)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::path::SitePath;
    use crate::model::book::MarkdownSettings;

    #[test]
    fn only_so_many_loose_quotes_are_compared_with_the_text() {
        let quotes = "> [!pull]\n> The keel is what nobody saw\n\n".repeat(MOST_COMPARED + 20);
        let text = format!("The keel is what nobody sees.\n\n{quotes}");
        let path = SitePath::new("one.md").expect("clean");
        let (_, found) = crate::parse::parse_text(&path, &text, &MarkdownSettings::default());
        let found = found.into_report(&std::collections::BTreeMap::new()).diagnostics;
        let loose: Vec<&Diagnostic> = found.iter().filter(|found| found.code == Code::LoosePullQuote).collect();
        let is_compared =
            |found: &&&Diagnostic| found.help.as_ref().is_some_and(|help| help.starts_with("the text says"));
        assert_eq!((loose.len(), loose.iter().filter(is_compared).count()), (MOST_COMPARED + 20, MOST_COMPARED));
    }
}
