//! Valine and Waline: comments as LeanCloud exports them (a JSON array, `{results}`, or one object a line), and the export of
//! a Waline server (`{type: "waline", data: {Comment}}`).

use serde_json::Value;

use super::fields::{address, count, date, id, name, text};
use super::foreign::{Author, Body, ForeignReply, Format, Harvest, Key, State, Unreadable};
use super::input::Input;
use super::json;
use super::threads::ByName;

/// The word for the source.
pub const NAME: &str = "valine";

/// Whether this is JSON with the fields of a comment in LeanCloud.
#[must_use]
pub fn recognises(input: &Input) -> bool {
    input.single().is_some_and(|part| {
        let sample = part.sample();
        let has = |key: &str| sample.contains(&format!("\"{key}\""));
        let is_json = sample.trim_start().starts_with(['{', '[', '#']);
        is_json && has("objectId") && has("nick") && has("comment") && has("url")
    })
}

/// Reads it.
///
/// # Errors
/// The file is no JSON, or holds no comments.
pub fn read(input: &Input, harvest: &mut dyn Harvest) -> Result<(), Unreadable> {
    let text = input.only("JSON file")?.text()?;
    // A file with one comment a line may begin with a line about itself.
    let start = if text.starts_with('#') { text.find('\n').unwrap_or(text.len()) } else { 0 };
    json::values(&text, start)?.give(threads_of, harvest)
}

/// Reads an export of either.
///
/// # Errors
/// It holds no comments.
pub fn threads_of(value: &Value, harvest: &mut dyn Harvest) -> Result<(), Unreadable> {
    let list = match value {
        Value::Array(list) => Some(list.as_slice()),
        _ if id(value, "objectId").is_some() => Some(std::slice::from_ref(value)),
        _ => value["results"].as_array().or_else(|| value["data"]["Comment"].as_array()).map(Vec::as_slice),
    };
    let list = list.ok_or_else(|| Unreadable::new("this is no export of Valine or Waline: it holds no comments"))?;
    let mut threads = ByName::default();
    for (at, comment) in list.iter().enumerate().filter(|(_, comment)| !json::is_cut(comment)) {
        let place = format!("comment {}", at + 1);
        if id(comment, "objectId").is_none() && text(comment, "comment").is_none() {
            harvest.left(place, "it has neither an id nor words".to_owned());
            continue;
        }
        let page = text(comment, "url").unwrap_or_default();
        let reply = reply(comment, &place, harvest);
        threads.thread(page, || Key::of_page(page, None)).replies.push(reply);
    }
    threads.give(harvest);
    Ok(())
}

fn reply(comment: &Value, place: &str, harvest: &mut dyn Harvest) -> ForeignReply {
    let written = text(comment, "comment").unwrap_or_default();
    let (mentioned, words) = without_mention(written);
    let named = id(comment, "pid").or_else(|| id(comment, "rid"));
    // Valine keeps what it shows, Waline what was typed.
    let is_html = ["<p>", "<p ", "<ul", "<ol", "<pre", "<blockquote", "<h1", "<h2", "<h3"]
        .iter()
        .any(|tag| written.starts_with(tag));
    let state = match text(comment, "status") {
        None | Some("approved") => State::Live,
        Some("spam") => State::Spam,
        Some(_) => State::Waiting,
    };
    // LeanCloud writes some dates as `{"__type": "Date", "iso": …}`.
    let table = ["insertedAt", "createdAt"].iter().find_map(|key| comment.get(key).filter(|date| !date.is_null()));
    let dated = table.filter(|date| date.is_object()).unwrap_or(comment);
    ForeignReply {
        id: id(comment, "objectId"),
        parent: named.or(mentioned),
        author: Author { name: name(comment, "nick"), url: address(comment, "link"), ..Author::default() },
        date: date(dated, &["iso", "insertedAt", "createdAt"], place, harvest),
        body: Body { text: words, format: if is_html { Format::Html } else { Format::Markdown } },
        state,
        reactions: count(comment, "like"),
        ..ForeignReply::default()
    }
}

/// The id that the mention at the beginning leads to, and the words without it: what it leads to is not on the page.
fn without_mention(written: &str) -> (Option<String>, String) {
    let (before, rest) = match written.strip_prefix("<p>") {
        Some(rest) => ("<p>", rest),
        None => ("", written),
    };
    let mention = rest.strip_prefix("<a class=\"at\" href=\"#").and_then(|rest| {
        let (id, rest) = rest.split_once('"')?;
        let (_, words) = rest.split_once("</a>")?;
        Some((id.to_owned(), words.trim_start_matches([' ', ',', ':', '\u{ff0c}'])))
    });
    match mention {
        Some((id, words)) => (Some(id).filter(|id| !id.is_empty()), format!("{before}{words}")),
        None => (None, written.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::super::foreign::{Basket, When};
    use super::super::json::tests::first_half;
    use super::*;

    const FIRST: &str = r#"{"objectId": "o1", "nick": "Ada", "mail": "ada@example.org", "ip": "192.0.2.1", "ua": "Browser", "link": "",
        "comment": "<p>One.</p>", "url": "/trust/", "insertedAt": {"__type": "Date", "iso": "2021-10-26T13:00:38.196Z"}}"#;
    const SECOND: &str = r##"{"objectId": "o2", "nick": "Bo", "link": "https://example.org/bo", "comment": "<p><a class=\"at\" href=\"#o1\">@Ada</a> , two.</p>",
        "url": "/trust/", "status": "waiting", "insertedAt": "2021-10-26T13:03:40.012Z", "createdAt": "x"}"##;

    fn line(text: &str) -> String {
        text.replace('\n', " ")
    }

    #[test]
    fn every_shape_gives_the_same_thread() {
        let array = format!("[{FIRST}, {SECOND}]");
        let results = format!("{{\"results\": {array}}}");
        let waline = format!("{{\"type\": \"waline\", \"version\": 1, \"data\": {{\"Comment\": {array}}}}}");
        let lines = format!("#filetype:JSON-streaming {{\"type\": \"Class\"}}\n{}\n{}\n", line(FIRST), line(SECOND));
        for text in [&array, &results, &waline, &lines] {
            assert!(recognises(&Input::of(text)), "{text}");
            assert_eq!(Basket::of(read, text).expect("good"), Basket::of(read, &array).expect("good"));
        }
        let found = Basket::of(read, &array).expect("good");
        assert_eq!(found.threads[0].key.path.as_deref(), Some("/trust/"));
        let [first, second] = found.threads[0].replies.as_slice() else { panic!("{found:#?}") };
        assert_eq!(
            (first.author.name.as_deref(), first.author.url.as_deref(), first.state),
            (Some("Ada"), None, State::Live)
        );
        assert_eq!(first.date, When::Exact("2021-10-26T13:00:38.196Z".parse().expect("a moment")));
        assert_eq!((second.parent.as_deref(), second.body.text.as_str()), (Some("o1"), "<p>two.</p>"));
        assert_eq!((second.state, second.body.format), (State::Waiting, Format::Html));
        assert!(!format!("{found:?}").contains("ada@example.org") && !format!("{found:?}").contains("192.0.2.1"));
    }

    #[test]
    fn a_broken_line_is_left_and_something_else_refused() {
        let text =
            format!("{}\n{{broken\n{}\n{{}}\n", line(FIRST), line(SECOND).replace("<p>", "").replace("</p>", ""));
        let found = Basket::of(read, &text).expect("a part");
        assert_eq!((found.threads[0].replies.len(), found.left.len()), (2, 2));
        assert_eq!(
            (found.left[0].place.as_str(), found.threads[0].replies[1].body.format),
            ("line 2", Format::Markdown)
        );
        for bad in ["", "3", "{}", "{\"results\": 3}", &"[".repeat(10_000)] {
            assert!(Basket::of(read, bad).is_err(), "{bad:.20}");
        }
    }

    #[test]
    fn a_file_that_is_cut_short_gives_what_is_whole() {
        let all = [line(FIRST), line(SECOND), line(FIRST).replace("o1", "o3")];
        for text in [format!("[{}]", all.join(", ")), format!("{{\"results\": [{}]}}", all.join(", ")), all.join("\n")]
        {
            assert_eq!(first_half(read, &text), 1, "{text}");
        }
    }
}
