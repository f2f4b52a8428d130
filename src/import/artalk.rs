//! Artalk: its exchange format Artrans, a JSON array of comments whose values are all text. Other services are often brought
//! into this form too.

use serde_json::Value;

use super::fields::{address, count, date, id, is, name, said, text};
use super::foreign::{Author, Body, ForeignReply, Format, Harvest, Key, State, Unreadable};
use super::input::Input;
use super::json;
use super::threads::ByName;

/// The word for the source.
pub const NAME: &str = "artalk";

/// Whether this is a JSON array of objects with `page_key` and `rid`.
#[must_use]
pub fn recognises(input: &Input) -> bool {
    input.single().is_some_and(|part| {
        let sample = part.sample();
        sample.trim_start().starts_with('[') && sample.contains("\"page_key\"") && sample.contains("\"rid\"")
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
    let list = value.as_array().ok_or_else(|| Unreadable::new("this is no export of Artalk: it is no list"))?;
    let mut threads = ByName::default();
    for (at, comment) in list.iter().enumerate().filter(|(_, comment)| !json::is_cut(comment)) {
        let place = format!("comment {}", at + 1);
        let Some(page) = text(comment, "page_key") else {
            harvest.left(place, "it names no page".to_owned());
            continue;
        };
        let reply = reply(comment, &place, harvest);
        threads.thread(page, || Key::of_page(page, said(comment, "page_title"))).replies.push(reply);
    }
    threads.give(harvest);
    Ok(())
}

fn reply(comment: &Value, place: &str, harvest: &mut dyn Harvest) -> ForeignReply {
    let state = if is(comment, "is_pending") {
        State::Waiting
    } else if is(comment, "is_collapsed") {
        State::Hidden
    } else {
        State::Live
    };
    ForeignReply {
        id: id(comment, "id"),
        parent: id(comment, "rid").filter(|parent| parent != "0"),
        author: Author { name: name(comment, "nick"), url: address(comment, "link"), ..Author::default() },
        date: date(comment, &["created_at"], place, harvest),
        body: Body { text: text(comment, "content").unwrap_or_default().to_owned(), format: Format::Markdown },
        state,
        reactions: count(comment, "vote_up"),
        ..ForeignReply::default()
    }
}

#[cfg(test)]
mod tests {
    use super::super::foreign::{Basket, When};
    use super::super::json::tests::first_half;
    use super::*;

    #[test]
    fn comments_go_to_their_pages() {
        let text = r#"[{"id": "1", "rid": "0", "content": "One.", "ip": "192.0.2.1", "email": "ada@example.org", "nick": "Ada",
            "link": "https://example.org/ada", "created_at": "2021-10-28 20:50:15 +0800 +0800", "vote_up": "6", "is_pending": "false",
            "page_key": "https://old.example/trust/", "page_title": "On Trust"},
            {"id": "2", "rid": "1", "content": "Two.", "nick": "", "is_pending": "true", "page_key": "https://old.example/trust/"},
            {"id": "3", "rid": "2", "content": "Three.", "is_collapsed": "true", "page_key": "/vision/"}, {"id": "4"}, 5]"#;
        assert!(recognises(&Input::of(text)));
        let found = Basket::of(read, text).expect("good");
        let [trust, vision] = found.threads.as_slice() else { panic!("{found:#?}") };
        assert_eq!(trust.key.address.as_deref(), Some("https://old.example/trust/"));
        assert_eq!((trust.key.title.as_deref(), vision.key.path.as_deref()), (Some("On Trust"), Some("/vision/")));
        let [first, second] = trust.replies.as_slice() else { panic!("{trust:#?}") };
        assert_eq!(
            (first.author.name.as_deref(), first.parent.as_deref(), first.reactions),
            (Some("Ada"), None, Some(6))
        );
        assert_eq!(first.date, When::Exact("2021-10-28T12:50:15Z".parse().expect("a moment")));
        assert_eq!(
            (second.author.name.as_deref(), second.parent.as_deref(), second.state),
            (None, Some("1"), State::Waiting)
        );
        assert_eq!((vision.replies[0].state, found.left.len()), (State::Hidden, 2));
        assert!(!format!("{found:?}").contains("ada@example.org") && !format!("{found:?}").contains("192.0.2.1"));
    }

    #[test]
    fn what_is_something_else_is_refused() {
        for bad in ["", "{}", "[{\"page_key\"", &"[".repeat(10_000)] {
            assert!(Basket::of(read, bad).is_err(), "{bad:.20}");
        }
    }

    #[test]
    fn a_file_that_is_cut_short_gives_what_is_whole() {
        let comment = |id: u64| {
            format!(
                "{{\"id\": \"{id}\", \"rid\": \"0\", \"content\": \"Words.\", \"nick\": \"Ada\", \"page_key\": \"/trust/\"}}"
            )
        };
        assert_eq!(first_half(read, &format!("[{}, {}, {}]", comment(1), comment(2), comment(3))), 1);
    }
}
