//! Comentario from version 3 on: the JSON that it exports for one site, `{version, pages, comments, commenters}`. It never
//! names the site, so pages are known by their paths.

use std::collections::BTreeMap;

use serde_json::Value;

use super::commento::{body, is_nobody, people};
use super::fields::{self, Threads};
use super::foreign::{Author, Body, ForeignReply, Harvest, Key, State, Unreadable};
use super::input::Input;

/// The word for the source.
pub const NAME: &str = "comentario";

/// Whether this is a JSON object with a version and pages that comments name by their ids.
#[must_use]
pub fn recognises(input: &Input) -> bool {
    input.single().is_some_and(|part| {
        let sample = part.sample().to_ascii_lowercase();
        let has = |key: &str| sample.contains(&format!("\"{key}\""));
        let is_export = has("version") && has("pages");
        sample.trim_start().starts_with('{') && is_export && (has("pageid") || has("commenters") || has("isreadonly"))
    })
}

/// Reads it.
///
/// # Errors
/// The file is no JSON, or has no lists `pages` and `comments`.
pub fn read(input: &Input, harvest: &mut dyn Harvest) -> Result<(), Unreadable> {
    let part = input.single().ok_or_else(|| Unreadable::new("a single JSON file is wanted"))?;
    let (value, is_cut) = fields::parse(&part.text()?, 2, harvest)?;
    gather(&value, harvest)?.give(fields::loss(is_cut), harvest);
    Ok(())
}

fn gather(value: &Value, harvest: &mut dyn Harvest) -> Result<Threads, Unreadable> {
    let named = |key: &str| {
        let list = fields::field(value, key).and_then(Value::as_array);
        list.ok_or_else(|| Unreadable::new(format!("this is no export of Comentario: it has no list `{key}`")))
    };
    let (pages, comments) = (named("pages")?, named("comments")?);
    let pages: BTreeMap<String, &Value> =
        pages.iter().filter_map(|page| Some((fields::text(page, "id")?, page))).collect();
    let people = people(value, "id");
    let mut threads = Threads::default();
    for (at, comment) in comments.iter().enumerate() {
        let place = format!("comment {}", at + 1);
        let Some(page) = fields::text(comment, "pageId") else {
            harvest.left(place, "it names no page".to_owned());
            continue;
        };
        let reply = reply(comment, &people, &place, harvest);
        threads.of(&page, || key(&page, pages.get(&page).copied())).replies.push(reply);
    }
    Ok(threads)
}

/// A page by its path; by its id where it has none, or is not in the list.
fn key(id: &str, page: Option<&Value>) -> Key {
    let path = page.and_then(|page| fields::text(page, "path"));
    let title = page.and_then(|page| fields::said(page, "title"));
    match path {
        Some(path) => fields::key_of(&path, title),
        None => Key { id: Some(id.to_owned()), title, ..Key::default() },
    }
}

fn reply(comment: &Value, people: &BTreeMap<String, Author>, place: &str, harvest: &mut dyn Harvest) -> ForeignReply {
    let is_deleted = fields::is(comment, "isDeleted");
    // Neither approved nor waiting is what a moderator has refused.
    let state = if is_deleted {
        State::Deleted
    } else if fields::is(comment, "isPending") {
        State::Waiting
    } else if fields::field(comment, "isApproved").is_none() || fields::is(comment, "isApproved") {
        State::Live
    } else {
        State::Hidden
    };
    let writer = fields::text(comment, "userCreated").filter(|writer| !is_nobody(writer));
    // Later versions let somebody without an account sign with a name.
    let unknown = || Author { name: fields::said(comment, "authorName"), ..Author::default() };
    ForeignReply {
        id: fields::text(comment, "id"),
        parent: fields::text(comment, "parentId").filter(|parent| !is_nobody(parent)),
        author: writer.and_then(|writer| people.get(&writer)).cloned().unwrap_or_else(unknown),
        date: fields::date(comment, &["createdTime"], place, harvest),
        is_edited: fields::text(comment, "editedTime").is_some(),
        body: if is_deleted { Body::default() } else { body(comment) },
        state,
        reactions: fields::count(comment, "score"),
        ..ForeignReply::default()
    }
}

#[cfg(test)]
mod tests {
    use super::super::foreign::Basket;
    use super::super::input::Part;
    use super::*;

    fn basket(text: &str) -> Result<Basket, Unreadable> {
        let input = Input::file(Part::from_bytes("x.json", text.as_bytes()));
        let mut basket = Basket::default();
        read(&input, &mut basket).map(|()| basket)
    }

    const EXPORT: &str = r#"{"version": 3, "pages": [{"id": "g1", "path": "/trust/", "title": "On Trust"}], "comments": [
        {"id": "c1", "pageId": "g1", "markdown": "One.", "isApproved": true, "createdTime": "2023-02-01T08:00:00.000Z", "userCreated": "p1"},
        {"id": "c2", "parentId": "c1", "pageId": "g1", "markdown": "x", "isDeleted": true, "userCreated": "p1"},
        {"id": "c3", "parentId": "c2", "pageId": "g1", "html": "<p>Three.</p>", "isApproved": false, "isPending": true,
         "userCreated": "00000000-0000-0000-0000-000000000000", "authorName": "Bo", "authorIp": "192.0.2.1"},
        {"id": "c4", "pageId": "g9", "markdown": "Four.", "isApproved": false, "isPending": false,
         "userCreated": "00000000-0000-0000-0000-000000000000"}, {"id": "c5"}],
        "commenters": [{"id": "p1", "email": "ada@example.org", "name": "Ada", "websiteUrl": "undefined"}]}"#;

    #[test]
    fn comments_go_to_their_pages_with_names_and_states() {
        assert!(recognises(&Input::file(Part::from_bytes("x.json", EXPORT.as_bytes()))));
        let found = basket(EXPORT).expect("good");
        let [trust, lost] = found.threads.as_slice() else { panic!("{:#?}", found.threads) };
        assert_eq!((trust.key.path.as_deref(), trust.key.title.as_deref()), (Some("/trust/"), Some("On Trust")));
        let shape: Vec<_> = trust
            .replies
            .iter()
            .map(|reply| (reply.author.name.as_deref(), reply.parent.as_deref(), reply.state))
            .collect();
        assert_eq!(
            shape,
            [
                (Some("Ada"), None, State::Live),
                (Some("Ada"), Some("c1"), State::Deleted),
                (Some("Bo"), Some("c2"), State::Waiting)
            ]
        );
        assert_eq!((lost.key.id.as_deref(), lost.replies[0].state), (Some("g9"), State::Hidden));
        assert_eq!((&lost.replies[0].author, trust.replies[0].author.url.as_deref()), (&Author::default(), None));
        assert_eq!(found.left.len(), 1);
        assert!(!format!("{found:?}").contains("ada@example.org") && !format!("{found:?}").contains("192.0.2.1"));
    }

    #[test]
    fn the_letter_case_of_keys_does_not_matter() {
        let mut other = EXPORT.to_owned();
        for key in
            ["version", "pages", "id", "path", "pageId", "parentId", "comments", "commenters", "isApproved", "markdown"]
        {
            let (first, rest) = key.split_at(1);
            other = other.replace(&format!("\"{key}\":"), &format!("\"{}{rest}\":", first.to_uppercase()));
        }
        assert_ne!(other, EXPORT);
        assert!(recognises(&Input::file(Part::from_bytes("x.json", other.as_bytes()))));
        assert_eq!(basket(&other).expect("good"), basket(EXPORT).expect("good"));
    }

    #[test]
    fn what_is_something_else_is_refused() {
        for bad in ["", "[]", "{\"pages\": []}", "{\"pages\": {}, \"comments\": []}", &"[".repeat(10_000)] {
            assert!(basket(bad).is_err(), "{bad:.20}");
        }
    }
}
