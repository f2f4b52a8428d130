//! JSON that websites keep of their own comments: lists by page with a level for each record, lists by page with answers inside
//! each other, and lists or lines of records that name their page and parent. Knows no service.

use std::collections::BTreeMap;

use serde_json::Value;

use super::fields::{address, date, first_text, id, is, list, name, number, text};
use super::foreign::{Author, Body, ForeignReply, ForeignThread, Format, Harvest, Key, State, Unreadable};
use super::input::Input;
use super::json;
use super::record::made_id;
use super::threads::ByName;

/// The word for the source; the same as that of our own JSON, since no service has it.
pub const NAME: &str = "json";

/// Fields of a record, by what they hold.
const WORDS: [&str; 2] = ["content", "message"];
const NAMES: [&str; 4] = ["author", "name", "nickname", "by_nickname"];
const DATES: [&str; 5] = ["date", "created", "createdAt", "created_at", "time"];
const PAGES: [&str; 4] = ["postId", "post_id", "pageId", "page_id"];
const PARENTS: [&str; 2] = ["parentId", "parent_id"];

/// How the records of a file hang together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shape {
    /// By page, each with a number that says how deep it is.
    Levels,
    /// By page, answers inside each other.
    Nested,
    /// Each names its page and its parent.
    Named,
}

/// Whether the first record of this JSON is one of a shape that is known, and of no service.
#[must_use]
pub fn recognises(input: &Input) -> bool {
    input.single().is_some_and(|part| first_record(&part.sample()).is_some_and(|record| shape(&record).is_some()))
}

/// The first record of an object of lists, of a list, or of lines. The rest may be cut off.
fn first_record(sample: &str) -> Option<Value> {
    let first = |text: &str| serde_json::Deserializer::from_str(text).into_iter::<Value>().next()?.ok();
    let start = sample.trim_start();
    if let Some(list) = start.strip_prefix('[') {
        return first(list);
    }
    let line = start.lines().next().unwrap_or_default();
    if let Some(record) = serde_json::from_str::<Value>(line).ok().filter(|record| shape(record) == Some(Shape::Named))
    {
        return Some(record);
    }
    let mut rest = start.strip_prefix('{')?;
    loop {
        let mut keys = serde_json::Deserializer::from_str(rest).into_iter::<String>();
        keys.next()?.ok()?;
        let behind = rest.get(keys.byte_offset()..)?.trim_start().strip_prefix(':')?;
        let list = behind.trim_start().strip_prefix('[')?.trim_start();
        match list.strip_prefix(']') {
            Some(after) => rest = after.trim_start().strip_prefix(',')?,
            None => return first(list),
        }
    }
}

/// The shape of the file that a record comes from. What a service says of its own records makes it another source's.
fn shape(record: &Value) -> Option<Shape> {
    let has = |key: &&str| record.get(key).is_some();
    let is_name = |key: &&str| record.get(key).is_some_and(|name| name.is_string() || name.is_null());
    let has_words = WORDS.iter().any(|key| record.get(key).is_some_and(Value::is_string));
    let is_person = NAMES.iter().any(is_name);
    let is_foreign =
        ["kind", "by", "objectId", "rid", "page_key", "wm-target", "ancestor_path", "issue_url"].iter().any(has);
    if is_foreign || !has_words {
        None
    } else if PAGES.iter().any(has) && PARENTS.iter().any(has) && has(&"id") {
        Some(Shape::Named)
    } else if is_person && record.get("depth").is_some_and(Value::is_u64) {
        Some(Shape::Levels)
    } else if is_person && record.get("children").is_some_and(Value::is_array) && DATES.iter().any(has) {
        Some(Shape::Nested)
    } else {
        None
    }
}

/// Reads it.
///
/// # Errors
/// The file is no JSON, or has no record of a shape that is known.
pub fn read(input: &Input, harvest: &mut dyn Harvest) -> Result<(), Unreadable> {
    json::read(input, threads_of, harvest)
}

/// Reads the value of such a file.
///
/// # Errors
/// It has no record of a shape that is known.
pub fn threads_of(value: &Value, harvest: &mut dyn Harvest) -> Result<(), Unreadable> {
    let of_list = |list: &Value| shape(list.as_array()?.first()?);
    match value {
        // A single record is what is left of a file with one line.
        Value::Object(_) if shape(value) == Some(Shape::Named) => named(std::slice::from_ref(value), harvest),
        Value::Array(list) if of_list(value) == Some(Shape::Named) => named(list, harvest),
        Value::Object(pages) => {
            let shape = pages.values().find_map(of_list).filter(|shape| *shape != Shape::Named).ok_or_else(unknown)?;
            for (page, comments) in pages.iter().filter(|(page, _)| *page != json::CUT) {
                let mut thread = thread_of_page(page);
                match comments.as_array() {
                    Some(comments) if shape == Shape::Levels => levels(page, comments, &mut thread, harvest),
                    Some(comments) => nested(page, comments, &mut thread, harvest),
                    None => harvest.left(page.clone(), "it is no list of comments".to_owned()),
                }
                harvest.thread(thread);
            }
        }
        _ => return Err(unknown()),
    }
    Ok(())
}

fn unknown() -> Unreadable {
    Unreadable::new("no list of comments in a form that is known was found; see `json` in the manual")
}

fn thread_of_page(page: &str) -> ForeignThread {
    // A page without a name is the first page of a website, not no page.
    Key::of_page(if page.is_empty() { "/" } else { page }, None).into()
}

/// Records with a level: the parent is the nearest earlier one that is one level up.
fn levels(page: &str, comments: &[Value], thread: &mut ForeignThread, harvest: &mut dyn Harvest) {
    let mut way: Vec<Option<String>> = Vec::new();
    let mut taken = BTreeMap::new();
    for (at, comment) in comments.iter().enumerate().filter(|(_, comment)| !json::is_cut(comment)) {
        let place = format!("{page}, comment {}", at + 1);
        let level = number(comment, "depth").and_then(|level| usize::try_from(level).ok());
        let Some(level) = level else {
            harvest.left(place, "it has no `depth`".to_owned());
            continue;
        };
        way.truncate(level);
        let parent = way.last().cloned().flatten();
        let reply = reply(comment, parent, &place, &mut taken, harvest);
        way.push(reply.id.clone());
        thread.replies.push(reply);
    }
}

/// Records inside each other, in the order of the page. The way down is kept in a list.
fn nested(page: &str, comments: &[Value], thread: &mut ForeignThread, harvest: &mut dyn Harvest) {
    let mut open: Vec<(&Value, Option<String>)> = comments.iter().rev().map(|comment| (comment, None)).collect();
    let mut taken = BTreeMap::new();
    let mut number = 0;
    while let Some((comment, parent)) = open.pop() {
        number += 1;
        let place = format!("{page}, comment {number}");
        if !comment.is_object() {
            harvest.left(place, "it is no comment".to_owned());
            continue;
        }
        let reply = reply(comment, parent, &place, &mut taken, harvest);
        open.extend(list(comment, "children").rev().map(|child| (child, reply.id.clone())));
        if !json::is_cut(comment) {
            thread.replies.push(reply);
        }
    }
}

/// Records that name their page and parent.
fn named(records: &[Value], harvest: &mut dyn Harvest) {
    let mut threads: ByName<(ForeignThread, BTreeMap<String, u64>)> = ByName::default();
    for (at, record) in records.iter().enumerate().filter(|(_, record)| !json::is_cut(record)) {
        let place = format!("comment {}", at + 1);
        let Some(page) = PAGES.iter().find_map(|key| id(record, key)) else {
            harvest.left(place, "it does not say which page it is about".to_owned());
            continue;
        };
        let key = || Key { id: Some(page.clone()), ..thread_of_page(&page).key };
        let (thread, taken) = threads.of(&page, || (key().into(), BTreeMap::new()));
        let parent = PARENTS.iter().find_map(|key| id(record, key)).filter(|parent| parent != "0");
        thread.replies.push(reply(record, parent, &place, taken, harvest));
    }
    threads.into_list().into_iter().for_each(|(thread, _)| harvest.thread(thread));
}

fn reply(
    record: &Value,
    parent: Option<String>,
    place: &str,
    taken: &mut BTreeMap<String, u64>,
    harvest: &mut dyn Harvest,
) -> ForeignReply {
    let words = first_text(record, &WORDS).unwrap_or_default();
    let person = record.get("author").filter(|author| author.is_object());
    let mut reply = ForeignReply {
        parent,
        author: Author {
            name: NAMES.iter().find_map(|key| name(record, key)).or_else(|| name(person?, "name")),
            url: ["url", "website", "author_url"].iter().find_map(|key| address(record, key)),
            ..Author::default()
        },
        date: date(record, &DATES, place, harvest),
        body: Body { text: words.to_owned(), format: if is_html(words) { Format::Html } else { Format::Plain } },
        state: state(record),
        ..ForeignReply::default()
    };
    // Answers need something to name: an id made of name and words is the same in the next export.
    let own = id(record, "id").unwrap_or_else(|| made_id(&reply));
    reply.id = Some(free(own, taken));
    reply
}

/// An id that no other record of the thread has: twins get numbers, and the count of them is kept with the id.
fn free(own: String, taken: &mut BTreeMap<String, u64>) -> String {
    let mut id = own.clone();
    while taken.contains_key(&id) {
        let number = taken.entry(own.clone()).or_insert(1);
        *number += 1;
        id = format!("{own}-{number}");
    }
    taken.insert(id.clone(), 1);
    id
}

fn is_html(words: &str) -> bool {
    ["<p", "<br", "</", "&#", "&amp;", "&lt;", "&quot;"].iter().any(|mark| words.contains(mark))
}

fn state(record: &Value) -> State {
    let is_gone = is(record, "deleted") || text(record, "deletedAt").is_some();
    match text(record, "status") {
        _ if is_gone => State::Deleted,
        Some("spam") => State::Spam,
        Some("trash") => State::Trash,
        Some("deleted" | "removed") => State::Deleted,
        Some("waiting" | "pending" | "hold") => State::Waiting,
        _ if record.get("approved").and_then(Value::as_bool) == Some(false) => State::Waiting,
        _ => State::Live,
    }
}

#[cfg(test)]
mod tests {
    use super::super::foreign::{Basket, When};
    use super::super::json::tests::first_half;
    use super::*;

    fn file(text: &str) -> Input {
        Input::of(text)
    }

    /// Each reply as what it says and what its parent says.
    fn tree(thread: &ForeignThread) -> Vec<(&str, Option<&str>)> {
        let of = |id: &str| thread.replies.iter().find(|reply| reply.id.as_deref() == Some(id));
        let answered = |reply: &ForeignReply| Some(of(reply.parent.as_deref()?)?.body.text.clone());
        thread
            .replies
            .iter()
            .map(|reply| {
                let answered = answered(reply);
                let found = thread.replies.iter().find(|other| Some(&other.body.text) == answered.as_ref());
                (reply.body.text.as_str(), found.map(|other| other.body.text.as_str()))
            })
            .collect()
    }

    #[test]
    fn levels_become_a_tree() {
        let text = r#"{"empty": [], "trust": [
            {"author": "Ada", "date": "2021-06-13T23:38:01", "depth": 0, "content": "<p>A</p>"},
            {"author": "Bo", "date": "01/08/2019", "depth": 1, "content": "B"},
            {"author": null, "date": null, "depth": 2, "content": "C"},
            {"author": "Cy", "depth": 1, "content": "D"},
            {"author": "Cy", "depth": 9, "content": "E"},
            {"author": "Di", "depth": 0, "content": "F"}, 3]}"#;
        assert!(recognises(&file(text)));
        let found = Basket::of(read, text).expect("good");
        let thread = &found.threads[1];
        assert_eq!(thread.key.path.as_deref(), Some("trust"));
        let wanted = [
            ("<p>A</p>", None),
            ("B", Some("<p>A</p>")),
            ("C", Some("B")),
            ("D", Some("<p>A</p>")),
            ("E", Some("D")),
            ("F", None),
        ];
        assert_eq!(tree(thread), wanted);
        assert_eq!((thread.replies[0].body.format, thread.replies[1].body.format), (Format::Html, Format::Plain));
        assert!(matches!(thread.replies[0].date, When::ZoneUnknown(_)));
        let places: Vec<&str> = found.left.iter().map(|left| left.place.as_str()).collect();
        assert_eq!(places, ["trust, comment 2", "trust, comment 7"]);
    }

    #[test]
    fn nested_answers_and_twins_keep_their_places() {
        let text = r#"{"": [{"name": "Ada", "created": 1714551000, "message": "A", "avatar": "a.png", "children": [
            {"name": "Bo", "created": 1714551000000, "message": "B", "children": []}]}],
            "/trust/": [{"name": "Ada", "created": "2021-03-02", "message": "A", "children": []},
                        {"name": "Ada", "created": "2021-03-02", "message": "A", "children": [{"name": "Bo", "message": "B", "children": []}]}]}"#;
        assert!(recognises(&file(text)));
        let found = Basket::of(read, text).expect("good");
        let [first, second] = found.threads.as_slice() else { panic!("{found:#?}") };
        assert_eq!(first.key.path.as_deref(), Some("/"));
        assert_eq!(
            (tree(first), &first.replies[0].date),
            (vec![("A", None), ("B", Some("A"))], &first.replies[1].date)
        );
        assert_eq!(second.replies[2].parent, second.replies[1].id);
        assert_ne!(second.replies[0].id, second.replies[1].id);
        assert!(!format!("{found:?}").contains("a.png"));
    }

    #[test]
    fn records_that_name_their_page_may_stand_in_a_list_or_in_lines() {
        let records = [
            r#"{"id": 1, "postId": "trust", "parentId": null, "name": "Ada", "email": "a@b.example", "content": "A"}"#,
            r#"{"id": 2, "postId": "trust", "parentId": 1, "by_nickname": "Bo", "content": "B", "approved": false}"#,
            r#"{"id": 3, "postId": "vision", "parentId": "0", "author": {"name": "Cy"}, "content": "C", "status": "spam"}"#,
        ];
        for text in [format!("[{}]", records.join(",\n")), records.join("\n")] {
            assert!(recognises(&file(&text)), "{text}");
            let found = Basket::of(read, &text).expect("good");
            let [trust, vision] = found.threads.as_slice() else { panic!("{found:#?}") };
            assert_eq!((tree(trust), trust.replies[1].state), (vec![("A", None), ("B", Some("A"))], State::Waiting));
            assert_eq!((vision.replies[0].author.name.as_deref(), vision.replies[0].state), (Some("Cy"), State::Spam));
            assert!(!format!("{found:?}").contains("b.example"));
        }
        let found = Basket::of(read, &format!("{}\n{{broken\n", records[0])).expect("a broken line");
        assert_eq!((found.threads.len(), found.left[0].place.as_str()), (1, "line 2"));
    }

    #[test]
    fn what_is_of_a_service_or_of_nothing_is_not_taken() {
        for other in [
            "",
            "[]",
            "{}",
            "[[[[",
            "{\"a\": 1}",
            "{\"threads\": [{\"replies\": []}]}",
            r#"{"comments": [{"id": 1, "body": "x", "name": "Ada", "date": "x", "children": []}]}"#,
            r#"{"comments": [{"comment": {"id": "1"}, "replies": []}]}"#,
            r#"[{"objectId": "1", "rid": "", "nick": "x", "comment": "y"}]"#,
            r#"[{"id": "/a", "title": "A", "comments": []}]"#,
        ] {
            assert!(!recognises(&file(other)), "{other}");
            assert!(Basket::of(read, other).is_err(), "{other}");
        }
    }

    #[test]
    fn a_file_that_is_cut_short_gives_what_is_whole() {
        let nested = |id: u64, below: &str| {
            format!(
                "{{\"id\": {id}, \"name\": \"Ada\", \"created\": \"2021-03-02\", \"message\": \"Words.\", \"children\": [{below}]}}"
            )
        };
        let text =
            format!("{{\"\": [{}], \"/trust/\": [{}, {}]}}", nested(1, ""), nested(2, ""), nested(3, &nested(4, "")));
        assert_eq!(first_half(read, &text), 1);
        let level = |depth: u64, words: &str| {
            format!("{{\"author\": \"Ada\", \"depth\": {depth}, \"content\": \"{words}\", \"date\": \"2021-03-02\"}}")
        };
        let text = format!(
            "{{\"trust\": [{}, {}, {}], \"vision\": [{}]}}",
            level(0, "A"),
            level(1, "B"),
            level(2, "C"),
            level(0, "D")
        );
        assert_eq!(first_half(read, &text), 2);
        let named = |id: u64| {
            format!(
                "{{\"id\": {id}, \"postId\": \"trust\", \"parentId\": null, \"name\": \"Ada\", \"content\": \"Words.\"}}"
            )
        };
        let all = [named(1), named(2), named(3)];
        for text in [format!("[{}]", all.join(",\n")), all.join("\n")] {
            assert_eq!(first_half(read, &text), 1, "{text}");
        }
    }
}
