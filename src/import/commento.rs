//! Commento, and version 1 of Comentario: the JSON that Dashboard, Export sends, `{version, comments, commenters}`.

use std::collections::BTreeMap;

use serde_json::Value;

use super::fields::{self, Threads};
use super::foreign::{Author, Body, ForeignReply, Format, Harvest, Key, State, Unreadable};
use super::input::Input;

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
    let part = input.single().ok_or_else(|| Unreadable::new("a single JSON file is wanted"))?;
    let (value, is_cut) = fields::parse(&part.text()?, 2, harvest)?;
    gather(&value, harvest)?.give(fields::loss(is_cut), harvest);
    Ok(())
}

fn gather(value: &Value, harvest: &mut dyn Harvest) -> Result<Threads, Unreadable> {
    let comments = fields::field(value, "comments").and_then(Value::as_array);
    let comments =
        comments.ok_or_else(|| Unreadable::new("this is no export of Commento: it has no list `comments`"))?;
    let people = people(value, "commenterHex");
    let mut threads = Threads::default();
    for (at, comment) in comments.iter().enumerate() {
        let place = format!("comment {}", at + 1);
        let page = fields::text(comment, "url").or_else(|| fields::text(comment, "path"));
        if !comment.is_object() || page.is_none() && fields::text(comment, "commentHex").is_none() {
            harvest.left(place, "it has neither a page nor an id".to_owned());
            continue;
        }
        let host = fields::said(comment, "domain").or_else(|| fields::said(comment, "host"));
        let page = page.unwrap_or_default();
        let name = format!("{}{page}", host.as_deref().unwrap_or_default());
        let reply = reply(comment, &people, &place, harvest);
        // The same path may be a page of two sites, so the site is part of what names the thread.
        let key = || Key { id: host.is_some().then(|| name.clone()), ..fields::key_of(&page, None) };
        threads.of(&name, key).replies.push(reply);
    }
    Ok(threads)
}

/// Names and web pages of the people in the list `commenters`, which may hold somebody twice. Their e-mail addresses and
/// pictures are not read.
pub(super) fn people(value: &Value, id: &str) -> BTreeMap<String, Author> {
    let mut people: BTreeMap<String, Author> = BTreeMap::new();
    for person in fields::list(value, "commenters") {
        let Some(id) = fields::text(person, id).filter(|id| !is_nobody(id)) else { continue };
        let author = people.entry(id).or_default();
        author.name = author.name.take().or_else(|| fields::said(person, "name"));
        let url = || fields::said(person, "link").or_else(|| fields::said(person, "websiteUrl"));
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
    match fields::text(comment, "markdown") {
        Some(text) => Body { text, format: Format::Markdown },
        None => Body { text: fields::text(comment, "html").unwrap_or_default(), format: Format::Html },
    }
}

fn reply(comment: &Value, people: &BTreeMap<String, Author>, place: &str, harvest: &mut dyn Harvest) -> ForeignReply {
    let writer = fields::text(comment, "commenterHex");
    let body = body(comment);
    let is_deleted = fields::is(comment, "deleted") || body.text == "[deleted]";
    let state = match fields::text(comment, "state").as_deref() {
        _ if is_deleted => State::Deleted,
        None | Some("approved") => State::Live,
        Some("flagged") => State::Hidden,
        Some(_) => State::Waiting,
    };
    ForeignReply {
        id: fields::text(comment, "commentHex"),
        parent: fields::text(comment, "parentHex").filter(|parent| !is_nobody(parent)),
        author: writer.and_then(|writer| people.get(&writer)).cloned().unwrap_or_default(),
        date: fields::date(comment, &["creationDate"], place, harvest),
        body: if is_deleted { Body::default() } else { body },
        state,
        reactions: fields::count(comment, "score"),
        ..ForeignReply::default()
    }
}

#[cfg(test)]
mod tests {
    use super::super::foreign::{Basket, When};
    use super::super::input::Part;
    use super::*;

    fn basket(text: &str) -> Result<Basket, Unreadable> {
        let input = Input::file(Part::from_bytes("x.json", text.as_bytes()));
        let mut basket = Basket::default();
        read(&input, &mut basket).map(|()| basket)
    }

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
        assert!(recognises(&Input::file(Part::from_bytes("x.json", text.as_bytes()))));
        let found = basket(text).expect("good");
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
            assert!(basket(bad).is_err(), "{bad:.20}");
        }
    }
}
