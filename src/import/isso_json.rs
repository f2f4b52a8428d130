//! Isso's generic form: a JSON array of pages with their comments, `[{id, title, comments: [{id, author, text}]}]`.

use std::collections::BTreeMap;

use serde_json::Value;

use super::fields::{address, date, list, name, said, scalar, text};
use super::foreign::{Author, Body, ForeignReply, Format, Harvest, Key, Unreadable};
use super::input::Input;
use super::json;
use super::threads::ByName;
use crate::base::path::percent_decoded;

/// The word for the source.
pub const NAME: &str = "isso";

/// Whether this is a JSON array of pages with titles and comments that Isso would take.
#[must_use]
pub fn recognises(input: &Input) -> bool {
    input.single().is_some_and(|part| {
        let sample = part.sample();
        let has = |key: &str| sample.contains(&format!("\"{key}\""));
        let is_isso = has("comments") && has("title") && has("author") && (has("remote_addr") || has("website"));
        sample.trim_start().starts_with('[') && is_isso && has("created") && has("text")
    })
}

/// Reads it.
///
/// # Errors
/// The file is no JSON, or no array.
pub fn read(input: &Input, harvest: &mut dyn Harvest) -> Result<(), Unreadable> {
    json::read(input, threads_of, harvest)
}

/// Reads an export.
///
/// # Errors
/// It is no list.
pub fn threads_of(value: &Value, harvest: &mut dyn Harvest) -> Result<(), Unreadable> {
    let pages = value.as_array().ok_or_else(|| Unreadable::new("this is no list of pages with comments for Isso"))?;
    let mut threads = ByName::default();
    for (at, page) in pages.iter().enumerate() {
        let path = scalar(page, "id").unwrap_or_default();
        let title = said(page, "title").map(|title| without_form(&title));
        if !page["comments"].is_array() {
            if json::is_cut(page) {
                continue;
            }
            harvest.left(format!("page {}", at + 1), "it has no list `comments`".to_owned());
            continue;
        }
        let counts = counts(page);
        for (number, comment) in list(page, "comments").enumerate().filter(|(_, comment)| !json::is_cut(comment)) {
            let place = format!("page {}, comment {}", at + 1, number + 1);
            if !comment.is_object() {
                harvest.left(place, "it is no comment".to_owned());
                continue;
            }
            let reply = reply(comment, &counts, &place, harvest);
            threads.thread(&path, || Key::of_page(&path, title.clone())).replies.push(reply);
        }
    }
    threads.give(harvest);
    Ok(())
}

/// How often each id occurs on a page.
fn counts(page: &Value) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for id in list(page, "comments").filter_map(|comment| scalar(comment, "id")) {
        *counts.entry(id).or_default() += 1;
    }
    counts
}

/// Scripts that know no ids write 0, or the same one again and again; neither is an id.
fn reply(comment: &Value, counts: &BTreeMap<String, usize>, place: &str, harvest: &mut dyn Harvest) -> ForeignReply {
    ForeignReply {
        id: scalar(comment, "id").filter(|id| id != "0" && counts.get(id) == Some(&1)),
        parent: scalar(comment, "parent").filter(|parent| parent != "0"),
        author: Author { name: name(comment, "author"), url: address(comment, "website"), ..Author::default() },
        date: date(comment, &["created"], place, harvest),
        body: Body { text: text(comment, "text").unwrap_or_default().to_owned(), format: Format::Markdown },
        ..ForeignReply::default()
    }
}

/// A title that was encoded for a form, with its blanks back. `C++` was not: its signs would become blanks at an end.
fn without_form(title: &str) -> String {
    let is_encoded = title.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '*' | '-' | '.' | '_' | '+' | '%'));
    let decoded = percent_decoded(&title.replace('+', " "));
    let is_tidy = decoded.trim() == decoded && !decoded.contains("  ");
    if is_encoded && is_tidy { decoded } else { title.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::super::foreign::{Basket, When};
    use super::super::json::tests::first_half;
    use super::*;

    #[test]
    fn pages_and_their_comments_are_read() {
        let text = r#"[{"id": "/trust/", "title": "Trust+%26+Hope", "comments": [
            {"id": 0, "author": "Ada", "email": "ada@example.org", "website": "https://example.org/ada", "remote_addr": "192.0.2.1",
             "created": "2005-02-24 04:03:37", "text": "One."},
            {"id": 0, "author": "", "website": "", "created": "x", "text": "Two."}]},
            {"id": "/c/", "title": "C++", "comments": [{"id": "7", "text": "Three."}, {"id": "8", "parent": 7, "text": "Four."}, 4]},
            {"id": "/none/"}]"#;
        assert!(recognises(&Input::of(text)));
        let found = Basket::of(read, text).expect("good");
        let [trust, c] = found.threads.as_slice() else { panic!("{found:#?}") };
        assert_eq!((trust.key.path.as_deref(), trust.key.title.as_deref()), (Some("/trust/"), Some("Trust & Hope")));
        let [first, second] = trust.replies.as_slice() else { panic!("{trust:#?}") };
        assert_eq!(
            (first.id.as_deref(), first.author.name.as_deref(), second.author.name.as_deref()),
            (None, Some("Ada"), None)
        );
        assert_eq!(first.date, When::ZoneUnknown(jiff::civil::date(2005, 2, 24).at(4, 3, 37, 0)));
        assert_eq!((c.key.title.as_deref(), c.replies[1].parent.as_deref()), (Some("C++"), Some("7")));
        assert_eq!(found.left.len(), 3, "{:?}", found.left);
        assert!(!format!("{found:?}").contains("ada@example.org") && !format!("{found:?}").contains("192.0.2.1"));
    }

    #[test]
    fn a_file_that_is_cut_short_gives_what_is_whole() {
        let text = r#"[{"id": "/a/", "title": "A", "comments": [{"id": 1, "text": "One."}, {"id": 2, "text": "Two."}]},
            {"id": "/b/", "title": "B", "comments": [{"id": 1, "text": "One."}]}]"#;
        assert_eq!(first_half(read, text), 1);
        let found =
            Basket::of(read, r#"[{"id": "/a/", "title": "A", "comments": [{"id": 1, "text": "One."}, {"id": 2, "te"#)
                .expect("a part");
        assert_eq!((found.threads[0].replies.len(), found.threads[0].gaps.len(), found.left.len()), (1, 1, 1));
        for bad in ["", "{}", "[", &"[".repeat(10_000)] {
            assert!(Basket::of(read, bad).is_err(), "{bad:.20}");
        }
    }
}
