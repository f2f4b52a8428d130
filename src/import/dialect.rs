//! Markdown of services that show more than is written: bare addresses as links, line feeds as breaks. Made to mean the same
//! where neither is done. Knows no service.

use std::ops::Range;

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

use super::addresses::addresses;

/// No service takes longer comments; what is longer stays as it is.
const LONGEST: usize = 256 << 10;

/// What a line feed inside a paragraph means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LineFeed {
    /// A blank, as in most Markdown.
    Blank,
    /// A break.
    Break,
}

/// The text with `<…>` around bare addresses, a backslash before line feeds that are breaks, and no blanks at ends of lines.
#[must_use]
pub fn spelled_out(markdown: &str, line_feed: LineFeed) -> String {
    let markdown = markdown.replace("\r\n", "\n");
    if markdown.len() > LONGEST {
        return markdown;
    }
    let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_TASKLISTS;
    let mut kept = String::with_capacity(markdown.len() + markdown.len() / 8);
    let mut done = 0;
    let mut words: Range<usize> = 0..0;
    // Inside links, code and HTML an address is one already, or none.
    let mut inside = 0_usize;
    for (event, range) in Parser::new_ext(&markdown, options).into_offset_iter() {
        if matches!(event, Event::Text(_)) && inside == 0 {
            // Signs with a meaning, and escaped ones, divide a text into several.
            let is_next = matches!(markdown.get(words.end..range.start), Some("" | "\\"));
            words =
                if is_next { words.start..range.end } else { flushed(&markdown, words, range, &mut done, &mut kept) };
            continue;
        }
        words = flushed(&markdown, words, range.end..range.end, &mut done, &mut kept);
        match event {
            Event::Start(Tag::Link { .. } | Tag::Image { .. } | Tag::CodeBlock(_) | Tag::HtmlBlock) => inside += 1,
            Event::End(TagEnd::Link | TagEnd::Image | TagEnd::CodeBlock | TagEnd::HtmlBlock) => {
                inside = inside.saturating_sub(1);
            }
            Event::SoftBreak if line_feed == LineFeed::Break => broken(&markdown, range, &mut done, &mut kept),
            // Blanks at the end of a line get lost; a backslash stays.
            Event::HardBreak if markdown.get(range.clone()).is_some_and(|written| written.starts_with(' ')) => {
                broken(&markdown, range, &mut done, &mut kept);
            }
            _ => {}
        }
    }
    flushed(&markdown, words, 0..0, &mut done, &mut kept);
    kept.push_str(markdown.get(done..).unwrap_or(""));
    kept.lines().map(str::trim_end).collect::<Vec<_>>().join("\n")
}

/// Writes what stands before a line feed, and a backslash.
fn broken(markdown: &str, range: Range<usize>, done: &mut usize, kept: &mut String) {
    let line_feed = markdown.get(range.clone()).and_then(|written| written.find('\n')).map(|at| range.start + at);
    if let Some(at) = line_feed
        && let Some(before) = markdown.get(*done..at)
    {
        kept.push_str(before.trim_end_matches(' '));
        kept.push('\\');
        *done = at;
    }
}

/// Writes what stands before these words, and the words with their addresses; returns the words that come next.
fn flushed(
    markdown: &str,
    words: Range<usize>,
    next: Range<usize>,
    done: &mut usize,
    kept: &mut String,
) -> Range<usize> {
    let text = markdown.get(words.clone()).unwrap_or("");
    let mut at = 0;
    for address in addresses(text) {
        let Some(found) = text.get(at..).and_then(|rest| rest.find(address)).map(|found| at + found) else { continue };
        at = found + address.len();
        if let Some(before) = markdown.get(*done..words.start + found) {
            kept.push_str(before);
            // Inside the brackets a backslash escapes nothing.
            kept.push_str(&format!("<{}>", address.replace('\\', "")));
            *done = words.start + at;
        }
    }
    next
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn line_feeds_become_breaks_outside_code_and_tables() {
        let text = "One  \r\ntwo\r\nthree\r\n\r\n```\na\nb\n```\n> x\n> y\n\n| a |\n|---|\n| b |";
        let wanted = "One\\\ntwo\\\nthree\n\n```\na\nb\n```\n> x\\\n> y\n\n| a |\n|---|\n| b |";
        assert_eq!(spelled_out(text, LineFeed::Break), wanted);
        assert_eq!(spelled_out("a\nb  \n\nc\n", LineFeed::Blank), "a\nb\n\nc");
    }

    #[test]
    fn bare_addresses_become_links_and_others_stay() {
        let text = "See https://example.org/a_b\\_c*d (http://example.org/), https://example.org/a_b.\nhttps://example.org/e\n\n`https://example.org/` <https://example.org/> [https://example.org/](https://example.org/x)\n\n    https://example.org/";
        let wanted = "See <https://example.org/a_b_c*d> (<http://example.org/>), <https://example.org/a_b>.\\\n<https://example.org/e>\n\n`https://example.org/` <https://example.org/> [https://example.org/](https://example.org/x)\n\n    https://example.org/";
        assert_eq!(spelled_out(text, LineFeed::Break), wanted);
    }

    #[test]
    fn nothing_in_a_text_takes_long() {
        for part in ["[", "> ", "*_", "http://", "https://a ", "`", "<a ", "- "] {
            let text = part.repeat(20_000);
            assert!(spelled_out(&text, LineFeed::Break).len() >= text.trim_end().len(), "{part}");
        }
    }
}
