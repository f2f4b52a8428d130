//! Words of any source to the Markdown that reply files hold: no HTML, no pictures, links kept.

use std::borrow::Cow;

use super::foreign::{Body, Format};
use super::html_markdown;

/// The words as Markdown, without blank lines around them.
#[must_use]
pub fn to_markdown(body: &Body) -> String {
    let is_hidden = |c: char| c.is_control() && !matches!(c, '\n' | '\t');
    // Most words are plain ASCII, which can be told sixteen bytes at a time.
    let is_plain = body.text.bytes().all(|byte| matches!(byte, b' '..=b'~' | b'\n' | b'\t'));
    let text: Cow<'_, str> = if !is_plain && body.text.contains(is_hidden) {
        body.text.chars().filter(|c| !is_hidden(*c)).collect::<String>().into()
    } else {
        body.text.as_str().into()
    };
    match body.format {
        Format::Markdown => trimmed(&with_visible_breaks(&text)),
        Format::Plain => trimmed(&from_plain(&text)),
        // Its lines have no blanks at their ends.
        Format::Html => html_markdown::to_markdown(&text),
    }
}

/// Without blanks at the ends of lines, and without blank lines around.
fn trimmed(markdown: &str) -> String {
    markdown.lines().map(str::trim_end).collect::<Vec<_>>().join("\n").trim().to_owned()
}

/// Breaks that blanks at the end of a line make, written with a backslash: many editors take the blanks away.
fn with_visible_breaks(markdown: &str) -> String {
    let mut visible = String::with_capacity(markdown.len());
    let mut is_code = false;
    let mut lines = markdown.lines().peekable();
    while let Some(line) = lines.next() {
        is_code ^= line.trim_start().starts_with("```") || line.trim_start().starts_with("~~~");
        let goes_on = lines.peek().is_some_and(|next| !next.trim().is_empty());
        visible.push_str(line.trim_end());
        if line.ends_with("  ") && goes_on && !is_code && !line.trim().is_empty() {
            visible.push('\\');
        }
        visible.push('\n');
    }
    visible
}

/// The words of HTML without its tags; for what no reader would write by hand.
#[must_use]
pub fn words_of_html(html: &str) -> String {
    let mut text = String::with_capacity(html.len());
    for token in html5gum::Tokenizer::new(html).flatten() {
        if let html5gum::Token::String(words) = token {
            text.push_str(&String::from_utf8_lossy(&words));
        }
    }
    text
}

/// Plain text as Markdown that shows it as it is: signs that mean something are escaped, addresses become links, line breaks
/// stay.
fn from_plain(text: &str) -> String {
    let mut markdown = String::with_capacity(text.len() + text.len() / 8);
    let mut is_first_of_paragraph = true;
    for line in text.replace("\r\n", "\n").lines().map(str::trim) {
        if line.is_empty() {
            if !is_first_of_paragraph {
                markdown.push_str("\n\n");
            }
            is_first_of_paragraph = true;
            continue;
        }
        if !is_first_of_paragraph {
            markdown.push_str("\\\n");
        }
        is_first_of_paragraph = false;
        push_line(&mut markdown, line);
    }
    markdown
}

fn push_line(markdown: &mut String, line: &str) {
    let digits = line.chars().take_while(char::is_ascii_digit).count();
    let is_numbered = digits > 0 && line[digits..].starts_with(['.', ')']);
    if is_numbered {
        markdown.push_str(&line[..digits]);
        markdown.push('\\');
        push_words(markdown, &line[digits..]);
        return;
    }
    if line.starts_with(['#', '-', '+', '=', '|']) {
        markdown.push('\\');
    }
    // A leading `>` is how readers quote; Markdown means the same.
    if let Some(quoted) = line.strip_prefix('>') {
        markdown.push_str("> ");
        push_words(markdown, quoted.trim_start_matches(['>', ' ']));
        return;
    }
    push_words(markdown, line);
}

/// Words of a line: signs that mean something are escaped, addresses become links.
pub(super) fn push_words(markdown: &mut String, line: &str) {
    for (at, word) in line.split(' ').enumerate() {
        if at > 0 {
            markdown.push(' ');
        }
        // Most words are no addresses, and looking for one letter costs least.
        let start = if word.contains(':') { word.find("https://").or_else(|| word.find("http://")) } else { None };
        match start.filter(|at| word[..*at].chars().all(|c| !c.is_alphanumeric())) {
            Some(start) => {
                let address = word[start..].trim_end_matches(['.', ',', ';', ':', '!', '?', ')', ']', '"', '\'', '>']);
                if address.contains(['<', '>', '`']) || address.len() < 10 {
                    // As one, since what stands before the sign at its end may make a reference with it.
                    escape(markdown, word);
                    continue;
                }
                escape(markdown, &word[..start]);
                markdown.push('<');
                markdown.push_str(address);
                markdown.push('>');
                escape(markdown, &word[start + address.len()..]);
            }
            None => escape(markdown, word),
        }
    }
}

/// Escapes signs that mean something anywhere in a line.
pub(super) fn escape(markdown: &mut String, word: &str) {
    if word.bytes().all(|byte| !matches!(byte, b'\\' | b'*' | b'_' | b'`' | b'[' | b']' | b'~' | b'<' | b'&')) {
        markdown.push_str(word);
        return;
    }
    for (at, c) in word.char_indices() {
        let is_sign = match c {
            '\\' | '*' | '_' | '`' | '[' | ']' | '~' => true,
            '<' => word[at + 1..].chars().next().is_none_or(|next| next.is_ascii_alphabetic() || "/!?".contains(next)),
            '&' => is_reference(&word[at + 1..]),
            _ => false,
        };
        if is_sign {
            markdown.push('\\');
        }
        markdown.push(c);
    }
}

/// Whether what follows an `&` makes it a character reference, such as `amp;`.
fn is_reference(rest: &str) -> bool {
    let name = rest.strip_prefix('#').unwrap_or(rest);
    let length = name.chars().take_while(char::is_ascii_alphanumeric).count();
    length > 0 && name[length..].starts_with(';')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(format: Format, text: &str) -> String {
        to_markdown(&Body { text: text.to_owned(), format })
    }

    #[test]
    fn html_keeps_its_links_and_loses_its_pictures() {
        let html = "<p>See <a href=\"https://example.org/a\">this</a> &amp; <b>that</b>.</p><p><img src=x onerror=y>End<br>line</p>";
        let markdown = of(Format::Html, html);
        assert_eq!(markdown, "See [this](https://example.org/a) & **that**.\n\nEnd\\\nline");
        assert_eq!(of(Format::Html, "One.\nTwo.\n\nThree."), "One.\\\nTwo.\n\nThree.");
    }

    #[test]
    fn breaks_of_markdown_are_visible_where_they_are_breaks() {
        let text = "one  \ntwo  \n\nthree  \n```\ncode  \nmore\n```\nfour  ";
        assert_eq!(of(Format::Markdown, text), "one\\\ntwo\n\nthree\\\n```\ncode\nmore\n```\nfour");
    }

    #[test]
    fn plain_text_comes_out_as_it_went_in() {
        let text = "1. *Not* a list_\n# nor this, see https://example.org/x_y.\n\n> quoted\n\n- dash & <b>";
        let markdown = of(Format::Plain, text);
        assert!(markdown.contains("<https://example.org/x_y>.") && markdown.contains("\n\n> quoted\n\n"), "{markdown}");
        let options = pulldown_cmark::Options::empty();
        let shown: String = pulldown_cmark::Parser::new_ext(&markdown, options)
            .filter_map(|event| match event {
                pulldown_cmark::Event::Text(words) => Some(words.to_string()),
                pulldown_cmark::Event::HardBreak => Some("\n".to_owned()),
                pulldown_cmark::Event::End(pulldown_cmark::TagEnd::Paragraph) => Some("\n\n".to_owned()),
                _ => None,
            })
            .collect();
        assert_eq!(
            shown.trim(),
            "1. *Not* a list_\n# nor this, see https://example.org/x_y.\n\nquoted\n\n- dash & <b>"
        );
    }

    #[test]
    fn a_reference_at_the_end_of_what_only_looks_like_an_address_stays_as_it_is_written() {
        assert_eq!(of(Format::Plain, "https://example.org/a<&amp;"), "https://example.org/a<\\&amp;");
        assert_eq!(of(Format::Plain, "(http://&a;)"), "(http://\\&a;)");
    }

    #[test]
    fn deep_and_endless_html_becomes_plain_words() {
        let deep = format!("{}words{}", "<div>".repeat(50_000), "</div>".repeat(50_000));
        assert_eq!(of(Format::Html, &deep), "words");
        assert_eq!(of(Format::Html, &"<b>".repeat(100_000)), "");
    }
}
