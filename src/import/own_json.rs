//! JSON of our own, for replies that come from nowhere else: `{"threads": [{"essay": …, "replies": [{"id": …}]}]}`.
//! The manual lists every field under Replies; `docs/content/static/replies.schema.json` is its schema (JSON Schema 2020-12).

use serde::Deserialize;
use serde_json::Value;

use super::foreign::{Author, Body, ForeignReply, ForeignThread, Format, Harvest, Key, Kind, State, Unreadable};
use super::input::Input;
use super::{dates, json};

/// The word for the source.
pub const NAME: &str = "json";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Thread {
    #[serde(default)]
    id: Option<String>,
    #[serde(default)]
    essay: Option<String>,
    #[serde(default)]
    title: Option<String>,
    #[serde(default)]
    address: Option<String>,
    #[serde(default)]
    claimed: Option<u64>,
    replies: Vec<Value>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Reply {
    #[serde(default)]
    id: Option<String>,
    #[serde(default)]
    parent: Option<String>,
    #[serde(default)]
    name: Option<String>,
    #[serde(default)]
    url: Option<String>,
    #[serde(default)]
    headline: Option<String>,
    #[serde(default)]
    by_author: bool,
    #[serde(default)]
    date: Option<String>,
    #[serde(default)]
    edited: bool,
    #[serde(default)]
    text: String,
    #[serde(default)]
    format: Option<String>,
    #[serde(default)]
    state: Option<String>,
    #[serde(default)]
    kind: Option<String>,
    #[serde(default)]
    reactions: Option<u64>,
    #[serde(default)]
    address: Option<String>,
}

/// Whether this is an object with `threads` that hold `replies`.
#[must_use]
pub fn recognises(input: &Input) -> bool {
    let Some(part) = input.single() else { return false };
    let sample = part.sample();
    let start: String = sample.chars().filter(|c| !c.is_whitespace()).take(400).collect();
    start.starts_with("{\"threads\":[") && start.contains("\"replies\":")
}

/// Reads it; a reply that is wrong in itself is left out, the rest comes in.
///
/// # Errors
/// The file is no JSON, or not in this shape; with line and column, or the number of the thread.
pub fn read(input: &Input, harvest: &mut dyn Harvest) -> Result<(), Unreadable> {
    json::read(input, threads_of, harvest)
}

/// Reads the value of such a file.
///
/// # Errors
/// It is not in this shape; with the number of the thread.
pub fn threads_of(value: &Value, harvest: &mut dyn Harvest) -> Result<(), Unreadable> {
    let list = value.get("threads").and_then(Value::as_array);
    let list = list.ok_or_else(|| Unreadable::new("this is not our own JSON: it has no list `threads`"))?;
    // A thread in whose middle the file ends may lack its replies.
    let told = list.iter().enumerate().filter(|(_, thread)| !json::is_cut(thread) || thread.get("replies").is_some());
    let threads: Vec<(usize, Thread)> =
        told.map(|(at, thread)| Ok((at + 1, of_value(at + 1, thread)?))).collect::<Result<_, _>>()?;
    for (at, thread) in threads {
        let mut foreign = ForeignThread {
            key: Key { id: thread.id, address: None, path: thread.essay, title: thread.title },
            address: thread.address,
            claimed: thread.claimed,
            ..ForeignThread::default()
        };
        for (number, value) in thread.replies.into_iter().enumerate().filter(|(_, value)| !json::is_cut(value)) {
            match serde_json::from_value::<Reply>(value).map_err(|error| error.to_string()).and_then(foreign_reply) {
                Ok(reply) => foreign.replies.push(reply),
                Err(why) => harvest.left(format!("thread {at}, reply {}", number + 1), why),
            }
        }
        harvest.thread(foreign);
    }
    Ok(())
}

fn of_value(at: usize, value: &Value) -> Result<Thread, Unreadable> {
    let mut value = value.clone();
    if let Some(fields) = value.as_object_mut() {
        fields.shift_remove(json::CUT);
    }
    serde_json::from_value(value).map_err(|error| Unreadable::new(format!("thread {at}: {error}")))
}

fn foreign_reply(reply: Reply) -> Result<ForeignReply, String> {
    let format = match reply.format.as_deref() {
        None | Some("markdown") => Format::Markdown,
        Some("plain") => Format::Plain,
        Some("html") => Format::Html,
        Some(other) => return Err(format!("`format` cannot be `{other}`; write markdown, plain or html")),
    };
    let state = match reply.state.as_deref() {
        None | Some("live") => State::Live,
        Some("waiting") => State::Waiting,
        Some("spam") => State::Spam,
        Some("trash") => State::Trash,
        Some("deleted") => State::Deleted,
        Some("hidden") => State::Hidden,
        Some("private") => State::Private,
        Some(other) => return Err(format!("there is no state `{other}`")),
    };
    let kind = match reply.kind.as_deref() {
        None | Some("reply") => Kind::Reply,
        Some("mention") => Kind::Mention,
        Some("like") => Kind::Like,
        Some("repost") => Kind::Repost,
        Some("ping") => Kind::Ping,
        Some(other) => return Err(format!("there is no kind `{other}`")),
    };
    let filled = |text: Option<String>| text.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
    Ok(ForeignReply {
        id: filled(reply.id),
        parent: filled(reply.parent),
        author: Author {
            name: filled(reply.name),
            url: filled(reply.url),
            headline: filled(reply.headline),
            handle: None,
            is_essay_author: reply.by_author,
        },
        date: dates::iso(reply.date.as_deref().unwrap_or_default())?,
        is_edited: reply.edited,
        body: Body { text: reply.text, format },
        state,
        kind,
        reactions: reply.reactions,
        permalink: filled(reply.address),
    })
}

#[cfg(test)]
mod tests {
    use super::super::foreign::{Basket, When};
    use super::super::json::tests::first_half;
    use super::*;
    use jiff::civil;

    #[test]
    fn every_field_is_read() {
        let text = r#"{"threads": [{"id": "t", "essay": "trust", "title": "On Trust", "address": "https://example.org/t",
            "claimed": 3, "replies": [
            {"id": "1", "parent": "0", "name": " Ada ", "url": "https://example.org/ada", "headline": "Pilot",
             "by_author": true, "date": "2021-03-02T07:00:00+02:00", "edited": true, "text": "<b>x</b>", "format": "html",
             "state": "waiting", "kind": "mention", "reactions": 4, "address": "https://example.org/t#1"},
            {"text": "Words.", "date": "2021-03-02"}, {"text": "Words.", "date": "2021-03-02T07:00:00"}]}]}"#;
        assert!(recognises(&Input::of(text)));
        let found = Basket::of(read, text).expect("good");
        let thread = &found.threads[0];
        assert_eq!((thread.key.path.as_deref(), thread.claimed), (Some("trust"), Some(3)));
        let first = &thread.replies[0];
        assert_eq!(first.author.name.as_deref(), Some("Ada"));
        assert_eq!(first.date, When::Exact("2021-03-02T05:00:00Z".parse().expect("a moment")));
        assert_eq!((first.state, first.kind, first.body.format), (State::Waiting, Kind::Mention, Format::Html));
        assert_eq!(thread.replies[1].date, When::Day(civil::date(2021, 3, 2)));
        assert_eq!(thread.replies[2].date, When::ZoneUnknown(civil::date(2021, 3, 2).at(7, 0, 0, 0)));
    }

    #[test]
    fn a_wrong_reply_is_left_out_and_a_wrong_file_refused() {
        let text =
            r#"{"threads": [{"replies": [{"text": "Good."}, {"text": 3}, {"date": "01/08/2019"}, {"mail": "x"}]}]}"#;
        let found = Basket::of(read, text).expect("good");
        assert_eq!((found.threads[0].replies.len(), found.left.len()), (1, 3));
        assert_eq!(found.left[0].place, "thread 1, reply 2");
        for bad in ["", "[]", "{\"threads\": [", &"[".repeat(10_000)] {
            assert!(Basket::of(read, bad).is_err(), "{bad:.20}");
        }
        assert!(Basket::of(read, "{\"threads\": [").expect_err("cut").message.starts_with("line 1, column"));
    }

    #[test]
    fn a_file_that_is_cut_short_gives_what_is_whole() {
        let text = r#"{"threads": [{"essay": "trust", "replies": [{"id": "1", "text": "One."}, {"id": "2", "text": "Two."}]}, {"essay": "vision",
            "title": "On Vision", "replies": [{"id": "3", "date": "2021-03-02", "text": "Three."}]}]}"#;
        assert_eq!(first_half(read, text), 2);
    }
}
