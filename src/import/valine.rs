//! Valine and Waline: comments as LeanCloud exports them (a JSON array, `{results}`, or one object a line), and the export of
//! a Waline server (`{type: "waline", data: {Comment}}`).

use serde_json::Value;

use super::fields::{self, Threads};
use super::foreign::{Author, Body, ForeignReply, Format, Harvest, State, Unreadable, When};
use super::input::Input;

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
    let part = input.single().ok_or_else(|| Unreadable::new("a single JSON file is wanted"))?;
    let text = part.text()?;
    match lines(&text, harvest) {
        Some((list, loss)) => gather(&Value::Array(list), harvest)?.give(loss, harvest),
        None => {
            let brackets = if text.trim_start().starts_with('[') { 1 } else { 3 };
            let (value, is_cut) = fields::parse(&text, brackets, harvest)?;
            gather(&value, harvest)?.give(fields::loss(is_cut), harvest);
        }
    }
    Ok(())
}

/// Comments of a file that has one a line, below a first line that may begin with `#`, and what is lost; `None` where the
/// first one is none.
fn lines(text: &str, harvest: &mut dyn Harvest) -> Option<(Vec<Value>, Option<&'static str>)> {
    let mut comments = Vec::new();
    let mut loss = None;
    for (at, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty() && !line.starts_with('#')) {
        match serde_json::from_str::<Value>(line) {
            Ok(comment) if comments.is_empty() && fields::text(&comment, "objectId").is_none() => return None,
            Ok(comment) => comments.push(comment),
            Err(_) if comments.is_empty() => return None,
            Err(error) => {
                loss = Some("lines of the file cannot be read");
                harvest.left(format!("line {}", at + 1), fields::without_place(&error));
            }
        }
    }
    (!comments.is_empty()).then_some((comments, loss))
}

fn gather(value: &Value, harvest: &mut dyn Harvest) -> Result<Threads, Unreadable> {
    let results = || fields::field(value, "results").and_then(Value::as_array);
    let waline = || fields::field(fields::field(value, "data")?, "Comment")?.as_array();
    let list = match value {
        Value::Array(list) => Some(list.as_slice()),
        _ => results().or_else(waline).map(Vec::as_slice),
    };
    let list = list.ok_or_else(|| Unreadable::new("this is no export of Valine or Waline: it holds no comments"))?;
    let mut threads = Threads::default();
    for (at, comment) in list.iter().enumerate() {
        let place = format!("comment {}", at + 1);
        if fields::text(comment, "objectId").is_none() && fields::text(comment, "comment").is_none() {
            harvest.left(place, "it has neither an id nor words".to_owned());
            continue;
        }
        let page = fields::text(comment, "url").unwrap_or_default();
        let reply = reply(comment, &place, harvest);
        threads.of(&page, || fields::key_of(&page, None)).replies.push(reply);
    }
    Ok(threads)
}

fn reply(comment: &Value, place: &str, harvest: &mut dyn Harvest) -> ForeignReply {
    let written = fields::text(comment, "comment").unwrap_or_default();
    let (mentioned, words) = without_mention(&written);
    let named = fields::text(comment, "pid").or_else(|| fields::text(comment, "rid"));
    // Valine keeps what it shows, Waline what was typed.
    let is_html = ["<p>", "<p ", "<ul", "<ol", "<pre", "<blockquote", "<h1", "<h2", "<h3"]
        .iter()
        .any(|tag| written.starts_with(tag));
    let state = match fields::text(comment, "status").as_deref() {
        None | Some("approved") => State::Live,
        Some("spam") => State::Spam,
        Some(_) => State::Waiting,
    };
    ForeignReply {
        id: fields::text(comment, "objectId"),
        parent: named.or(mentioned),
        author: Author { name: fields::said(comment, "nick"), url: fields::said(comment, "link"), ..Author::default() },
        date: date(comment, place, harvest),
        body: Body { text: words, format: if is_html { Format::Html } else { Format::Markdown } },
        state,
        reactions: fields::count(comment, "like"),
        ..ForeignReply::default()
    }
}

/// LeanCloud writes some dates as `{"__type": "Date", "iso": …}`.
fn date(comment: &Value, place: &str, harvest: &mut dyn Harvest) -> When {
    match ["insertedAt", "createdAt"].iter().find_map(|key| fields::field(comment, key)) {
        Some(table) if table.is_object() => fields::date(table, &["iso"], place, harvest),
        _ => fields::date(comment, &["insertedAt", "createdAt"], place, harvest),
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
    use super::super::foreign::Basket;
    use super::super::input::Part;
    use super::*;

    fn basket(text: &str) -> Result<Basket, Unreadable> {
        let input = Input::file(Part::from_bytes("x.json", text.as_bytes()));
        let mut basket = Basket::default();
        read(&input, &mut basket).map(|()| basket)
    }

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
            assert!(recognises(&Input::file(Part::from_bytes("x.json", text.as_bytes()))), "{text}");
            assert_eq!(basket(text).expect("good"), basket(&array).expect("good"));
        }
        let found = basket(&array).expect("good");
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
        let found = basket(&text).expect("a part");
        assert_eq!((found.threads[0].replies.len(), found.left.len()), (2, 2));
        assert_eq!(
            (found.left[0].place.as_str(), found.threads[0].replies[1].body.format),
            ("line 2", Format::Markdown)
        );
        for bad in ["", "3", "{}", "{\"results\": 3}", &"[".repeat(10_000)] {
            assert!(basket(bad).is_err(), "{bad:.20}");
        }
    }
}
