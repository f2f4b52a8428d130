//! Hacker News: an item as Algolia tells it (`/api/v1/items/ID`, nested), or items as Firebase does (`/v0/item/ID.json`), kept
//! as `{post, comments}`, as a list, or one a line.

use jiff::Timestamp;
use serde_json::Value;

use super::foreign::{
    Author, Basket, Body, ForeignReply, ForeignThread, Format, Harvest, Key, State, Unreadable, When,
};
use super::input::Input;

/// The word for the source.
pub const NAME: &str = "hackernews";

/// Whether this is JSON with the fields of either form.
#[must_use]
pub fn recognises(input: &Input) -> bool {
    input.single().is_some_and(|part| {
        let sample = part.sample();
        let has = |key: &str| sample.contains(&format!("\"{key}\""));
        let is_json = sample.trim_start().starts_with(['{', '[']);
        let is_algolia = has("children") && has("created_at_i");
        let is_firebase = has("by") && has("kids") && has("time") && has("type");
        is_json && (is_algolia || is_firebase)
    })
}

/// Reads it.
///
/// # Errors
/// The file is no JSON, or holds no item.
pub fn read(input: &Input, harvest: &mut dyn Harvest) -> Result<(), Unreadable> {
    let part = input.single().ok_or_else(|| Unreadable::new("a single JSON file is wanted"))?;
    let text = part.text()?;
    let mut basket = Basket::default();
    let value = match serde_json::from_str::<Value>(&text) {
        Ok(value) => value,
        Err(error) => lines(&text, &mut basket)
            .ok_or_else(|| Unreadable::new(format!("line {}, column {}: {error}", error.line(), error.column())))?,
    };
    // Without a word of it, replies on such lines would be taken for deleted ones.
    let loss = (!basket.left.is_empty()).then(|| "lines of the file cannot be read".to_owned());
    basket.left.drain(..).for_each(|left| harvest.left(left.place, left.reason));
    threads_of(&value, &mut basket)?;
    for mut thread in basket.threads {
        thread.gaps.extend(loss.clone());
        harvest.thread(thread);
    }
    Ok(())
}

/// Items of a file that has one a line; `None` where the first line is none.
fn lines(text: &str, harvest: &mut dyn Harvest) -> Option<Value> {
    let mut items = Vec::new();
    for (at, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        match serde_json::from_str::<Value>(line) {
            Ok(item) => items.push(item),
            Err(_) if items.is_empty() => return None,
            Err(error) => harvest.left(format!("line {}", at + 1), error.to_string()),
        }
    }
    (!items.is_empty()).then_some(Value::Array(items))
}

/// Reads an answer of either service.
///
/// # Errors
/// It holds no item.
pub fn threads_of(value: &Value, harvest: &mut dyn Harvest) -> Result<(), Unreadable> {
    if value.get("children").is_some_and(Value::is_array) {
        harvest.thread(nested(value));
        return Ok(());
    }
    let (story, items): (Option<&Value>, Vec<&Value>) = match value {
        Value::Array(list) => (list.iter().find(|item| is_story(item)), list.iter().collect()),
        _ => {
            let comments = value.get("comments").and_then(Value::as_array);
            (value.get("post").or_else(|| value.get("story")), comments.into_iter().flatten().collect())
        }
    };
    if story.is_none() && items.is_empty() {
        return Err(Unreadable::new("this is no item of Hacker News: it has neither `children` nor `comments`"));
    }
    harvest.thread(flat(story, &items));
    Ok(())
}

fn is_story(item: &Value) -> bool {
    item.get("parent").is_none() && item.get("title").is_some()
}

fn text<'a>(value: &'a Value, key: &str) -> Option<&'a str> {
    value.get(key).and_then(Value::as_str).filter(|text| !text.trim().is_empty())
}

fn id(value: &Value, key: &str) -> Option<String> {
    value.get(key).and_then(Value::as_u64).map(|id| id.to_string())
}

fn head(story: Option<&Value>) -> ForeignThread {
    let of = |key: &str| story.and_then(|story| text(story, key)).map(str::to_owned);
    let own = story.and_then(|story| id(story, "id"));
    ForeignThread {
        address: own.as_ref().map(|id| format!("https://news.ycombinator.com/item?id={id}")),
        key: Key { id: own, address: of("url"), path: None, title: of("title") },
        claimed: story.and_then(|story| story.get("descendants")).and_then(Value::as_u64),
        ..ForeignThread::default()
    }
}

/// Algolia's form. Children are walked with a list of what is still to be read, in the order of the page.
fn nested(story: &Value) -> ForeignThread {
    let mut thread = head(Some(story));
    let mut open: Vec<(&Value, Option<String>)> = vec![(story, None)];
    while let Some((item, parent)) = open.pop() {
        let is_root = std::ptr::eq(item, story);
        if !is_root {
            thread.replies.push(reply(item, "author", "created_at_i", parent));
        }
        let own = if is_root { None } else { id(item, "id") };
        let children = item.get("children").and_then(Value::as_array);
        open.extend(children.into_iter().flatten().rev().map(|child| (child, own.clone())));
    }
    thread
}

/// Firebase's form.
fn flat(story: Option<&Value>, items: &[&Value]) -> ForeignThread {
    let mut thread = head(story);
    for item in items.iter().filter(|item| !is_story(item)) {
        let parent = id(item, "parent").filter(|parent| thread.key.id.as_ref() != Some(parent));
        thread.replies.push(reply(item, "by", "time", parent));
    }
    if let Some(claimed) = thread.claimed.filter(|claimed| *claimed > thread.replies.len() as u64) {
        thread.gaps.push(format!("{} of {claimed} replies are in this file", thread.replies.len()));
    }
    thread
}

fn reply(item: &Value, author: &str, time: &str, parent: Option<String>) -> ForeignReply {
    let is = |key: &str| item.get(key).and_then(Value::as_bool).unwrap_or_default();
    let own = id(item, "id");
    let name = text(item, author).map(|name| name.trim().to_owned());
    let body = text(item, "text").unwrap_or_default().to_owned();
    let state = if is("dead") {
        State::Hidden
    } else if is("deleted") || name.is_none() && body.is_empty() {
        State::Deleted
    } else {
        State::Live
    };
    let moment = item.get(time).and_then(Value::as_i64).and_then(|seconds| Timestamp::from_second(seconds).ok());
    ForeignReply {
        permalink: own.as_ref().map(|id| format!("https://news.ycombinator.com/item?id={id}")),
        id: own,
        parent,
        author: Author { name, ..Author::default() },
        date: moment.map_or(When::Unknown, When::Exact),
        // The first paragraph has no element of its own, and the others have no end.
        body: Body { text: if body.is_empty() { body } else { format!("<p>{body}") }, format: Format::Html },
        state,
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

    #[test]
    fn both_forms_give_the_same_thread() {
        let algolia = r#"{"id": 1, "type": "story", "title": "On Trust", "url": "https://example.org/trust", "created_at_i": 1, "children": [
            {"id": 2, "author": "ada", "created_at_i": 1714551000, "text": "One.<p>Two.", "children": [
                {"id": 3, "author": null, "created_at_i": 1714551001, "text": null, "children": [
                    {"id": 4, "author": "bo", "created_at_i": 1714551002, "text": "Three.", "children": []}]}]}]}"#;
        let firebase = r#"{"post": {"id": 1, "type": "story", "title": "On Trust", "url": "https://example.org/trust", "kids": [2]}, "comments": [
            {"id": 2, "by": "ada", "parent": 1, "time": 1714551000, "type": "comment", "text": "One.<p>Two."},
            {"id": 3, "parent": 2, "time": 1714551001, "type": "comment", "deleted": true},
            {"id": 4, "by": "bo", "parent": 3, "time": 1714551002, "type": "comment", "text": "Three."}]}"#;
        for text in [algolia, firebase] {
            assert!(recognises(&Input::file(Part::from_bytes("x.json", text.as_bytes()))));
        }
        let (first, second) = (basket(algolia).expect("good"), basket(firebase).expect("good"));
        assert_eq!(first, second);
        let thread = &first.threads[0];
        assert_eq!(
            (thread.key.address.as_deref(), thread.key.title.as_deref()),
            (Some("https://example.org/trust"), Some("On Trust"))
        );
        let shape: Vec<_> =
            thread.replies.iter().map(|reply| (reply.id.as_deref(), reply.parent.as_deref(), reply.state)).collect();
        assert_eq!(
            shape,
            [
                (Some("2"), None, State::Live),
                (Some("3"), Some("2"), State::Deleted),
                (Some("4"), Some("3"), State::Live)
            ]
        );
        assert_eq!(thread.replies[0].body.text, "<p>One.<p>Two.");
    }

    #[test]
    fn a_part_says_how_much_it_is_and_lines_are_read_one_by_one() {
        let text = "{\"id\": 1, \"title\": \"T\", \"descendants\": 9, \"by\": \"me\", \"kids\": [2], \"time\": 1, \"type\": \"story\"}\n{\"id\": 2, \"by\": \"ada\", \"parent\": 1, \"dead\": true, \"text\": \"x\"}\n{broken\n";
        let found = basket(text).expect("lines");
        assert_eq!((found.threads[0].claimed, found.threads[0].replies[0].state), (Some(9), State::Hidden));
        assert_eq!(found.threads[0].gaps, ["1 of 9 replies are in this file", "lines of the file cannot be read"]);
        assert_eq!(found.left[0].place, "line 3");
        for bad in ["", "{}", "3", &"[".repeat(10_000)] {
            assert!(basket(bad).is_err(), "{bad:.20}");
        }
    }
}
