//! Hacker News: an item as Algolia tells it (`/api/v1/items/ID`, nested), or items as Firebase does (`/v0/item/ID.json`), kept
//! as `{post, comments}`, as a list, or one a line.

use serde_json::Value;

use super::fields::{id, is, list, number, text};
use super::foreign::{Author, Body, ForeignReply, ForeignThread, Format, Harvest, Key, State, Unreadable};
use super::input::Input;
use super::{dates, json};

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
    json::read(input, threads_of, harvest)
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
        // What is whole of a file with items on lines may be the first one alone.
        Value::Object(_) if value.get("parent").is_some() => (None, vec![value]),
        _ => (value.get("post").or_else(|| value.get("story")), list(value, "comments").collect()),
    };
    if story.is_none() && items.is_empty() && is_story(value) {
        // A story alone says how many there are, and shows none.
        let mut thread = head(Some(value), id(value, "id"));
        let count = thread.claimed.unwrap_or(0);
        thread.gaps.push(format!(
            "0 of {count} replies are in this file; https://hn.algolia.com/api/v1/items/{} has them all",
            thread.key.id.as_deref().unwrap_or("NUMBER")
        ));
        harvest.thread(thread);
        return Ok(());
    }
    if story.is_none() && items.is_empty() {
        return Err(Unreadable::new("this is no item of Hacker News: it has neither `children` nor `comments`"));
    }
    harvest.thread(flat(story, &items));
    Ok(())
}

fn is_story(item: &Value) -> bool {
    item.get("parent").is_none() && item.get("title").is_some()
}

fn head(story: Option<&Value>, own: Option<String>) -> ForeignThread {
    let of = |key: &str| story.and_then(|story| text(story, key)).map(str::to_owned);
    ForeignThread {
        address: own.as_ref().map(|id| format!("https://news.ycombinator.com/item?id={id}")),
        key: Key { id: own, address: of("url"), path: None, title: of("title") },
        claimed: story.and_then(|story| number(story, "descendants")),
        ..ForeignThread::default()
    }
}

/// Algolia's form. Children are walked with a list of what is still to be read, in the order of the page.
fn nested(story: &Value) -> ForeignThread {
    let mut replies = Vec::new();
    let mut open: Vec<(&Value, Option<String>)> = list(story, "children").rev().map(|child| (child, None)).collect();
    // What stands above a comment says its id behind it, and a file may end before that; then the comment tells.
    let mut root = id(story, "id");
    while let Some((item, parent)) = open.pop() {
        let own = id(item, "id");
        open.extend(list(item, "children").rev().map(|child| (child, own.clone())));
        root = root.or_else(|| id(item, "story_id"));
        let parent = parent.or_else(|| id(item, "parent_id")).filter(|parent| root.as_ref() != Some(parent));
        if !json::is_cut(item) {
            replies.push(reply(item, "author", "created_at_i", parent));
        }
    }
    ForeignThread { replies, ..head(Some(story), root) }
}

/// Firebase's form.
fn flat(story: Option<&Value>, items: &[&Value]) -> ForeignThread {
    let mut thread = head(story, story.and_then(|story| id(story, "id")));
    for item in items.iter().filter(|item| !is_story(item) && !json::is_cut(item)) {
        let parent = id(item, "parent").filter(|parent| thread.key.id.as_ref() != Some(parent));
        thread.replies.push(reply(item, "by", "time", parent));
    }
    if let Some(claimed) = thread.claimed.filter(|claimed| *claimed > thread.replies.len() as u64) {
        thread.gaps.push(format!("{} of {claimed} replies are in this file", thread.replies.len()));
    }
    thread
}

fn reply(item: &Value, author: &str, time: &str, parent: Option<String>) -> ForeignReply {
    let own = id(item, "id");
    let name = text(item, author).map(str::to_owned);
    let body = text(item, "text").unwrap_or_default().to_owned();
    let state = if is(item, "dead") {
        State::Hidden
    } else if is(item, "deleted") || name.is_none() && body.is_empty() {
        State::Deleted
    } else {
        State::Live
    };
    let seconds = item.get(time).and_then(Value::as_f64);
    ForeignReply {
        permalink: own.as_ref().map(|id| format!("https://news.ycombinator.com/item?id={id}")),
        id: own,
        parent,
        author: Author { name, ..Author::default() },
        date: seconds.and_then(|seconds| dates::seconds(seconds).ok()).unwrap_or_default(),
        // The first paragraph has no element of its own, and the others have no end.
        body: Body { text: if body.is_empty() { body } else { format!("<p>{body}") }, format: Format::Html },
        state,
        ..ForeignReply::default()
    }
}

#[cfg(test)]
mod tests {
    use super::super::foreign::Basket;
    use super::super::json::tests::first_half;
    use super::*;

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
            assert!(recognises(&Input::of(text)));
        }
        let (first, second) = (Basket::of(read, algolia).expect("good"), Basket::of(read, firebase).expect("good"));
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
        let found = Basket::of(read, text).expect("lines");
        assert_eq!((found.threads[0].claimed, found.threads[0].replies[0].state), (Some(9), State::Hidden));
        assert_eq!(
            (found.threads[0].gaps[0].as_str(), found.threads[0].gaps.len()),
            ("1 of 9 replies are in this file", 2)
        );
        assert_eq!(found.left[0].place, "line 3");
        for bad in ["", "{}", "3", &"[".repeat(10_000)] {
            assert!(Basket::of(read, bad).is_err(), "{bad:.20}");
        }
    }

    #[test]
    fn a_file_that_is_cut_short_gives_what_is_whole() {
        let item = |id: u64, parent: u64, below: &str| {
            format!(
                "{{\"author\": \"ada\", \"children\": [{below}], \"created_at_i\": 1714551000, \"id\": {id}, \"parent_id\": {parent}, \"story_id\": 1, \"text\": \"Words.\"}}"
            )
        };
        let below = format!("{}, {}", item(4, 3, ""), item(5, 3, ""));
        let text = item(1, 0, &format!("{}, {}", item(2, 1, ""), item(3, 1, &below)));
        assert_eq!(first_half(read, &text), 1);
        let end = text.find(&item(5, 3, "")).expect("the last of them");
        let cut = Basket::of(read, &text[..end]).expect("a part");
        assert_eq!(
            (cut.threads[0].key.id.as_deref(), cut.threads[0].replies[1].parent.as_deref()),
            (Some("1"), Some("3"))
        );
        let comment = |id: u64| {
            format!("{{\"id\": {id}, \"by\": \"ada\", \"parent\": 1, \"time\": 1714551000, \"text\": \"Words.\"}}")
        };
        let all = [comment(2), comment(3), comment(4)];
        assert_eq!(first_half(read, &format!("{{\"post\": {{\"id\": 1}}, \"comments\": [{}]}}", all.join(", "))), 1);
        assert_eq!(first_half(read, &all.join("\n")), 1);
    }
}
