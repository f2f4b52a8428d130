//! A copied page as the file of an essay. Knows the page, no file.

use super::foreign::Body;
use super::linkedin_paste::{Page, Role};
use super::normalise::to_markdown;
use crate::base::words::plain;

/// A pull quote has at least so many words.
const PULL_WORDS: usize = 5;

/// The text of an essay's file: front matter, then the paragraphs; a paragraph that another one says word for word is a pull
/// quote. Lines about copies elsewhere go into a comment beside `syndication`: the copy lost their links.
#[must_use]
pub fn essay_file(page: &Page) -> String {
    let mut file = String::from("+++\n");
    file.push_str(&format!("title = {}\n", toml_edit::Value::from(page.title.as_str())));
    match page.date {
        Some(date) => file.push_str(&format!("date = {date}\n")),
        None => file.push_str("# date = YYYY-MM-DD    # the copy does not say when it was written\n"),
    }
    if let Some(address) = &page.address {
        file.push_str(&format!("syndication = [{}]\n", toml_edit::Value::from(address.as_str())));
    } else if !page.cross_posts.is_empty() {
        file.push_str(
            "# The copy lost the links of these lines. Write the addresses of the other places between the brackets:\n",
        );
        for line in &page.cross_posts {
            file.push_str(&format!("#   {}\n", line.replace(|c: char| c.is_control(), " ")));
        }
        file.push_str("syndication = []\n");
    }
    file.push_str("+++\n");
    let compared: Vec<String> = page.paragraphs.iter().map(|paragraph| plain(paragraph)).collect();
    for (at, paragraph) in page.paragraphs.iter().enumerate() {
        let markdown = without_formulas(&to_markdown(&Body { text: paragraph.clone(), format: page.format }));
        file.push('\n');
        if is_pull_quote(at, &compared) {
            file.push_str(&format!("> [!pull]\n> {}\n", markdown.replace('\n', "\n> ")));
        } else {
            file.push_str(&markdown);
            file.push('\n');
        }
    }
    file
}

/// Markdown whose dollar signs are signs: they begin formulas in an essay and mean money in a copied text. Addresses stay as
/// they are.
fn without_formulas(markdown: &str) -> String {
    let word = |word: &str| if word.contains("<http") { word.to_owned() } else { word.replace('$', "\\$") };
    markdown.split_inclusive(char::is_whitespace).map(word).collect()
}

/// Whether a paragraph repeats another one: word for word, or, where it begins and ends like no sentence does, most of its
/// words. The second kind is reported by `check`, which names the sentence it comes from.
fn is_pull_quote(at: usize, paragraphs: &[String]) -> bool {
    let own = paragraphs[at].trim_end_matches('.');
    let words: Vec<&str> = own.split(' ').collect();
    if words.len() < PULL_WORDS {
        return false;
    }
    let is_torn = own.starts_with(char::is_lowercase) && !paragraphs[at].ends_with(['.', '!', '?', ':']);
    let repeats = |text: &String| {
        let shared = words.iter().filter(|word| text.contains(*word)).count();
        text.contains(own) || is_torn && shared * 10 >= words.len() * 8
    };
    paragraphs.iter().enumerate().any(|(other, text)| other != at && text.len() > own.len() && repeats(text))
}

/// Which lines are what: ranges of lines (from 1, both ends in) of one role, so that every line is accounted for.
#[must_use]
pub fn account(roles: &[Role]) -> Vec<(usize, usize, Role)> {
    let mut ranges: Vec<(usize, usize, Role)> = Vec::new();
    for (at, role) in roles.iter().enumerate() {
        match ranges.last_mut().filter(|(_, _, last)| last == role) {
            Some((_, end, _)) => *end = at + 1,
            None => ranges.push((at + 1, at + 1, *role)),
        }
    }
    ranges
}

/// The words for a role in a report.
#[must_use]
pub fn role_word(role: Role) -> &'static str {
    match role {
        Role::Blank => "blank",
        Role::Title => "title",
        Role::Paragraph => "text of the essay",
        Role::CrossPost => "about copies elsewhere, kept as a comment beside `syndication`",
        Role::Furniture => "furniture of the page, left out",
        Role::Head => "head of a reply",
        Role::Age => "age of a reply, with its first words where they stand on the line",
        Role::Body => "words of a reply",
        Role::Action => "furniture below a reply, left out",
        Role::Unknown => "no part of a reply that is known, left out",
    }
}

#[cfg(test)]
mod tests {
    use super::super::linkedin_paste::read_page;
    use super::*;

    #[test]
    fn a_page_becomes_an_essay_and_every_line_is_accounted_for() {
        let text = "On Keels\nHere is the cross-post on LinkedIn rather than Medium.\nthe keel is what you do not see\nSailors know that the keel is what you do not see. *So* do I, for $20 or $30 at https://example.org/$a.\n\nRigger\n4 \u{5e74}But wait.";
        let page = read_page(text);
        let file = essay_file(&page);
        for part in [
            "+++\ntitle = \"On Keels\"\n",
            "#   Here is the cross-post on LinkedIn rather than Medium.\nsyndication = []\n+++\n",
            "\n> [!pull]\n> the keel is what you do not see\n",
            "\nSailors know that the keel is what you do not see. \\*So\\* do I, for \\$20 or \\$30 at <https://example.org/$a>.\n",
        ] {
            assert!(file.contains(part), "{part} is not in {file}");
        }
        assert!(!file.contains("Rigger") && !file.contains("But wait"), "{file}");
        let ranges = account(&page.roles);
        let lines: usize = ranges.iter().map(|(start, end, _)| end - start + 1).sum();
        assert_eq!(lines, text.lines().count());
        assert_eq!(ranges[0], (1, 1, Role::Title));
    }
}
