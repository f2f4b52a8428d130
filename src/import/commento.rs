//! Commento, and version 1 of Comentario: the JSON that Dashboard, Export sends, `{version, comments, commenters}`.

use std::collections::BTreeMap;

use serde_json::Value;

use super::fields::{address, count, date, first_text, id, in_lower_case, is, list, name, said, text};
use super::foreign::{Author, Body, ForeignReply, Format, Harvest, Key, State, Unreadable};
use super::input::Input;
use super::json;
use super::threads::ByName;

/// The word for the source.
pub const NAME: &str = "commento";

/// Whether this is a JSON object with comments that have a `commentHex`, or with comments and commenters and no pages.
#[must_use]
pub fn recognises(input: &Input) -> bool {
    input.single().is_some_and(|part| {
        let sample = part.sample().to_ascii_lowercase();
        let has = |key: &str| sample.contains(&format!("\"{key}\""));
        let is_export = has("version") && has("comments") && !has("pages");
        sample.trim_start().starts_with('{') && is_export && (has("commenthex") || has("commenters"))
    })
}

/// Reads it.
///
/// # Errors
/// The file is no JSON, or has no list `comments`.
pub fn read(input: &Input, harvest: &mut dyn Harvest) -> Result<(), Unreadable> {
    json::read(input, threads_of, harvest)
}

/// Reads an export.
///
/// # Errors
/// It has no list `comments`.
pub fn threads_of(value: &Value, harvest: &mut dyn Harvest) -> Result<(), Unreadable> {
    let value = in_lower_case(value);
    let comments = value.get("comments").and_then(Value::as_array);
    let comments =
        comments.ok_or_else(|| Unreadable::new("this is no export of Commento: it has no list `comments`"))?;
    let people = people(&value, "commenterhex");
    let mut threads = ByName::default();
    for (at, comment) in comments.iter().enumerate().filter(|(_, comment)| !json::is_cut(comment)) {
        let place = format!("comment {}", at + 1);
        let page = first_text(comment, &["url", "path"]);
        if !comment.is_object() || page.is_none() && id(comment, "commenthex").is_none() {
            harvest.left(place, "it has neither a page nor an id".to_owned());
            continue;
        }
        let host = said(comment, "domain").or_else(|| said(comment, "host"));
        let page = page.unwrap_or_default();
        let name = format!("{}{page}", host.as_deref().unwrap_or_default());
        let reply = reply(comment, &people, &place, harvest);
        // The same path may be a page of two sites, so the site is part of what names the thread.
        let key = || Key { id: host.is_some().then(|| name.clone()), ..Key::of_page(page, None) };
        threads.thread(&name, key).replies.push(reply);
    }
    threads.give(harvest);
    Ok(())
}

/// Names and web pages of the people in the list `commenters`, which may hold somebody twice. Their e-mail addresses and
/// pictures are not read.
pub(super) fn people(value: &Value, key: &str) -> BTreeMap<String, Author> {
    let mut people: BTreeMap<String, Author> = BTreeMap::new();
    for person in list(value, "commenters").filter(|person| !json::is_cut(person)) {
        let Some(id) = id(person, key).filter(|id| !is_nobody(id)) else { continue };
        let author = people.entry(id).or_default();
        author.name = author.name.take().or_else(|| name(person, "name"));
        let url = || address(person, "link").or_else(|| address(person, "websiteurl"));
        author.url = author.url.take().or_else(url);
    }
    people
}

/// Whether an id stands for somebody unknown, or for no parent.
pub(super) fn is_nobody(id: &str) -> bool {
    matches!(id, "anonymous" | "root" | "undefined" | "null") || id.chars().all(|c| matches!(c, '0' | '-'))
}

/// The words of a comment: as they were typed, or else as they were shown.
pub(super) fn body(comment: &Value) -> Body {
    let of = |key: &str, format| text(comment, key).map(|text| Body { text: text.to_owned(), format });
    of("markdown", Format::Markdown).or_else(|| of("html", Format::Html)).unwrap_or_default()
}

fn reply(comment: &Value, people: &BTreeMap<String, Author>, place: &str, harvest: &mut dyn Harvest) -> ForeignReply {
    let writer = id(comment, "commenterhex");
    let body = body(comment);
    let is_deleted = is(comment, "deleted") || body.text == "[deleted]";
    let state = match text(comment, "state") {
        _ if is_deleted => State::Deleted,
        None | Some("approved") => State::Live,
        Some("flagged") => State::Hidden,
        Some(_) => State::Waiting,
    };
    ForeignReply {
        id: id(comment, "commenthex"),
        parent: id(comment, "parenthex").filter(|parent| !is_nobody(parent)),
        author: writer.and_then(|writer| people.get(&writer)).cloned().unwrap_or_default(),
        date: date(comment, &["creationdate"], place, harvest),
        body: if is_deleted { Body::default() } else { body },
        state,
        reactions: count(comment, "score"),
        ..ForeignReply::default()
    }
}

#[cfg(test)]
mod tests {
    use super::super::foreign::{Basket, When};
    use super::super::json::tests::first_half;
    use super::*;

    #[test]
    fn comments_go_to_their_pages_with_names_and_states() {
        let text = r#"{"version": 1, "comments": [
            {"commentHex": "a1", "domain": "old.example", "url": "/trust", "commenterHex": "p1", "markdown": "*One.*", "html": "",
             "parentHex": "root", "score": 2, "state": "approved", "creationDate": "2021-03-12T11:21:56Z"},
            {"commentHex": "a2", "domain": "old.example", "url": "/trust", "commenterHex": "anonymous", "markdown": "",
             "html": "<p>Two.</p>", "parentHex": "a1", "score": -1, "state": "unapproved", "creationDate": "soon"},
            {"CommentHex": "a3", "Host": "old.example", "Path": "/trust", "CommenterHex": "p2", "Markdown": "[deleted]",
             "ParentHex": "a2", "State": "approved"},
            {"commentHex": "a4", "domain": "new.example", "url": "/trust", "state": "flagged", "markdown": "Four."}, 3],
            "commenters": [{"commenterHex": "p1", "email": "ada@example.org", "name": "undefined", "link": "undefined"},
             {"commenterHex": "p1", "name": "Ada", "link": "https://example.org/ada", "photo": "https://example.org/p.png"},
             {"commenterHex": "anonymous", "name": "Nobody"}]}"#;
        assert!(recognises(&Input::of(text)));
        let found = Basket::of(read, text).expect("good");
        let [trust, new] = found.threads.as_slice() else { panic!("{:#?}", found.threads) };
        assert_eq!((trust.key.id.as_deref(), trust.key.path.as_deref()), (Some("old.example/trust"), Some("/trust")));
        assert_eq!(new.replies[0].state, State::Hidden);
        let [first, second, third] = trust.replies.as_slice() else { panic!("{trust:#?}") };
        assert_eq!(
            (first.author.name.as_deref(), first.author.url.as_deref()),
            (Some("Ada"), Some("https://example.org/ada"))
        );
        assert_eq!((first.reactions, first.body.format, first.parent.as_deref()), (Some(2), Format::Markdown, None));
        assert_eq!((second.author.name.as_deref(), second.state, &second.date), (None, State::Waiting, &When::Unknown));
        assert_eq!((second.reactions, second.body.format), (None, Format::Html));
        assert_eq!((third.state, third.parent.as_deref(), third.body.text.as_str()), (State::Deleted, Some("a2"), ""));
        assert_eq!(found.left.len(), 2, "{:?}", found.left);
        assert!(!format!("{found:?}").contains("ada@example.org") && !format!("{found:?}").contains("p.png"));
    }

    #[test]
    fn what_is_something_else_is_refused() {
        for bad in ["", "[]", "{\"comments\": 3}", "{\"version\": 1", &"[".repeat(10_000)] {
            assert!(Basket::of(read, bad).is_err(), "{bad:.20}");
        }
    }

    #[test]
    fn a_file_that_is_cut_short_gives_what_is_whole() {
        let comment = |id: &str| {
            format!(
                "{{\"commentHex\": \"{id}\", \"url\": \"/trust\", \"commenterHex\": \"p1\", \"markdown\": \"Words.\", \"state\": \"approved\"}}"
            )
        };
        let people = "\"commenters\": [{\"commenterHex\": \"p1\", \"name\": \"Ada\"}]";
        let text = format!(
            "{{\"version\": 1, {people}, \"comments\": [{}, {}, {}]}}",
            comment("1"),
            comment("2"),
            comment("3")
        );
        assert_eq!(first_half(read, &text), 1);
    }
}
