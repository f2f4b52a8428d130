//! Comentario from version 3 on: the JSON that it exports for one site, `{version, pages, comments, commenters}`. It never
//! names the site, so pages are known by their paths.

use std::collections::BTreeMap;

use serde_json::Value;

use super::commento::{body, is_nobody, people};
use super::fields::{count, date, id, in_lower_case, is, name, said, scalar, text};
use super::foreign::{Author, Body, ForeignReply, Harvest, Key, State, Unreadable};
use super::input::Input;
use super::json;
use super::threads::ByName;

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
    json::read(input, threads_of, harvest)
}

/// Reads an export.
///
/// # Errors
/// It has no lists `pages` and `comments`.
pub fn threads_of(value: &Value, harvest: &mut dyn Harvest) -> Result<(), Unreadable> {
    let value = in_lower_case(value);
    let named = |key: &str| {
        let list = value.get(key).and_then(Value::as_array);
        list.ok_or_else(|| Unreadable::new(format!("this is no export of Comentario: it has no list `{key}`")))
    };
    let (pages, comments) = (named("pages")?, named("comments")?);
    let pages: BTreeMap<String, &Value> = pages.iter().filter_map(|page| Some((id(page, "id")?, page))).collect();
    let people = people(&value, "id");
    let mut threads = ByName::default();
    for (at, comment) in comments.iter().enumerate().filter(|(_, comment)| !json::is_cut(comment)) {
        let place = format!("comment {}", at + 1);
        let Some(page) = id(comment, "pageid") else {
            harvest.left(place, "it names no page".to_owned());
            continue;
        };
        let reply = reply(comment, &people, &place, harvest);
        threads.thread(&page, || key(&page, pages.get(&page).copied())).replies.push(reply);
    }
    threads.give(harvest);
    Ok(())
}

/// A page by its path; by its id where it has none, or is not in the list.
fn key(id: &str, page: Option<&Value>) -> Key {
    let title = page.and_then(|page| said(page, "title"));
    match page.and_then(|page| text(page, "path")) {
        Some(path) => Key::of_page(path, title),
        None => Key { id: Some(id.to_owned()), title, ..Key::default() },
    }
}

fn reply(comment: &Value, people: &BTreeMap<String, Author>, place: &str, harvest: &mut dyn Harvest) -> ForeignReply {
    let is_deleted = is(comment, "isdeleted");
    // Neither approved nor waiting is what a moderator has refused.
    let state = if is_deleted {
        State::Deleted
    } else if is(comment, "ispending") {
        State::Waiting
    } else if scalar(comment, "isapproved").is_none() || is(comment, "isapproved") {
        State::Live
    } else {
        State::Hidden
    };
    let writer = id(comment, "usercreated").filter(|writer| !is_nobody(writer));
    // Later versions let somebody without an account sign with a name.
    let unknown = || Author { name: name(comment, "authorname"), ..Author::default() };
    ForeignReply {
        id: id(comment, "id"),
        parent: id(comment, "parentid").filter(|parent| !is_nobody(parent)),
        author: writer.and_then(|writer| people.get(&writer)).cloned().unwrap_or_else(unknown),
        date: date(comment, &["createdtime"], place, harvest),
        is_edited: scalar(comment, "editedtime").is_some(),
        body: if is_deleted { Body::default() } else { body(comment) },
        state,
        reactions: count(comment, "score"),
        ..ForeignReply::default()
    }
}

#[cfg(test)]
mod tests {
    use super::super::foreign::Basket;
    use super::super::json::tests::first_half;
    use super::*;

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
        assert!(recognises(&Input::of(EXPORT)));
        let found = Basket::of(read, EXPORT).expect("good");
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
        assert!(recognises(&Input::of(&other)));
        assert_eq!(Basket::of(read, &other).expect("good"), Basket::of(read, EXPORT).expect("good"));
    }

    #[test]
    fn what_is_something_else_is_refused() {
        for bad in ["", "[]", "{\"pages\": []}", "{\"pages\": {}, \"comments\": []}", &"[".repeat(10_000)] {
            assert!(Basket::of(read, bad).is_err(), "{bad:.20}");
        }
    }

    #[test]
    fn a_file_that_is_cut_short_gives_what_is_whole() {
        let (before, behind) = EXPORT.split_once("\"version\": 3, ").expect("its beginning");
        let (comments, people) = behind.split_once("],\n        \"commenters\"").expect("its end");
        let comments = comments.replace(", {\"id\": \"c5\"}", "");
        let text = format!("{before}\"version\": 3, \"commenters\"{}, {comments}]}}", people.trim_end_matches('}'));
        assert_eq!(first_half(read, &text), 1);
    }
}
