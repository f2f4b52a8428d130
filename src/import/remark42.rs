//! Remark42: its backup, JSON one comment a line below a line about the site, and the answers `tree` and `plain` of its API.
//! A backup is read twice: once to learn which bytes hold which comment of which page, then page by page.

use std::collections::BTreeMap;
use std::io::{self, BufRead, Read, Seek, SeekFrom};

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::Value;

use super::fields::{count, date, id, is, list, name, said, text};
use super::foreign::{Author, Body, ForeignReply, ForeignThread, Format, Harvest, Key, Partial, State, Unreadable};
use super::input::{Input, Part, ReadSeek};
use super::json;
use super::threads::ByName;

/// The word for the source.
pub const NAME: &str = "remark42";

/// A line beyond this is no comment.
const LONGEST: u64 = 16 << 20;

/// Whether this is JSON with comments that have a `pid` and a `locator`, or begins as a backup does.
#[must_use]
pub fn recognises(input: &Input) -> bool {
    input.single().is_some_and(|part| {
        let sample = part.sample();
        let has = |key: &str| sample.contains(&format!("\"{key}\""));
        let start = compact_start(&sample);
        let is_head =
            ["{\"version\":1,\"users\":[", "{\"version\":1,\"posts\":["].iter().any(|head| start.starts_with(head));
        start.starts_with(['{', '[']) && (is_head || has("pid") && has("locator") && has("user"))
    })
}

/// Reads it.
///
/// # Errors
/// The file holds no comment of Remark42.
pub fn read(input: &Input, harvest: &mut dyn Harvest) -> Result<(), Unreadable> {
    let part = input.only("JSON file")?;
    let start = compact_start(&part.sample());
    let is_answer = ["[", "{\"comments\":", "{\"info\":"].iter().any(|head| start.starts_with(head));
    if is_answer { json::read(input, threads_of, harvest) } else { backup(part, harvest) }
}

fn compact_start(sample: &str) -> String {
    sample.chars().filter(|c| !c.is_whitespace()).take(200).collect()
}

/// Reads an answer of the API.
///
/// # Errors
/// It has no list `comments`.
pub fn threads_of(value: &Value, harvest: &mut dyn Harvest) -> Result<(), Unreadable> {
    let comments = value.as_array().or_else(|| value.get("comments")?.as_array());
    let comments =
        comments.ok_or_else(|| Unreadable::new("this is no answer of Remark42: it has no list `comments`"))?;
    let mut threads = ByName::default();
    // Answers of a tree are walked with a list of what is still to be read, in the order of the page.
    let mut open: Vec<(&Value, Option<String>)> = comments.iter().rev().map(|node| (node, None)).collect();
    let mut number = 0_u64;
    while let Some((node, above)) = open.pop() {
        number += 1;
        let place = format!("comment {number}");
        let comment = node.get("comment").unwrap_or(node);
        let page = text(&comment["locator"], "url").unwrap_or_default();
        let own = id(comment, "id");
        let replies = list(node, "replies").rev();
        open.extend(replies.map(|reply| (reply, own.clone().or_else(|| above.clone()))));
        if json::is_cut(comment) {
            continue;
        }
        if own.is_none() && page.is_empty() {
            harvest.left(place, "it has neither an id nor a page".to_owned());
            continue;
        }
        let mut reply = reply(comment, &place, harvest);
        reply.parent = reply.parent.or(above);
        let thread = threads.thread(page, || Key::of_page(page, None));
        thread.key.title = thread.key.title.take().or_else(|| said(comment, "title"));
        thread.replies.push(reply);
    }
    if let Some(count) = count(&value["info"], "count") {
        let page = text(&value["info"], "url").unwrap_or_default();
        claim(threads.thread(page, || Key::of_page(page, None)), count);
    }
    threads.give(harvest);
    Ok(())
}

fn claim(thread: &mut ForeignThread, count: u64) {
    let here = thread.replies.len() as u64;
    thread.claimed = Some(count);
    if here < count {
        thread.gaps.push(format!("{here} of {count} replies are in this file"));
    }
}

/// What the first reading takes from a line.
#[derive(Deserialize)]
struct Line {
    #[serde(default)]
    locator: Option<Locator>,
    #[serde(default)]
    version: Option<IgnoredAny>,
}

#[derive(Deserialize)]
struct Locator {
    #[serde(default)]
    url: String,
}

/// Where a comment stands.
struct Place {
    thread: u32,
    line: u64,
    start: u64,
    length: u32,
}

#[derive(Default)]
struct Index {
    /// Addresses of pages, in the order in which they were met.
    pages: Vec<String>,
    comments: Vec<Place>,
    /// How many lines cannot be read.
    broken: u64,
}

fn backup(part: &Part, harvest: &mut dyn Harvest) -> Result<(), Unreadable> {
    let index = Index::of(part, harvest)?;
    let gap = format!("{} lines of the backup cannot be read", index.broken);
    let harvest = &mut Partial { harvest, gap: Some(gap.as_str()).filter(|_| index.broken > 0) };
    let mut file = part.open()?;
    let mut comments = index.comments;
    comments.sort_by_key(|place| (place.thread, place.start));
    for group in comments.chunk_by(|a, b| a.thread == b.thread) {
        let page = group.first().and_then(|place| index.pages.get(place.thread as usize)).map_or("", String::as_str);
        let mut thread = ForeignThread::from(Key::of_page(page, None));
        for place in group {
            let shown = format!("line {}", place.line);
            match comment_at(&mut file, place) {
                Some(comment) => {
                    thread.key.title = thread.key.title.take().or_else(|| said(&comment, "title"));
                    thread.replies.push(reply(&comment, &shown, harvest));
                }
                None => harvest.left(shown, "this comment cannot be read".to_owned()),
            }
        }
        harvest.thread(thread);
    }
    Ok(())
}

fn comment_at(file: &mut Box<dyn ReadSeek>, place: &Place) -> Option<Value> {
    file.seek(SeekFrom::Start(place.start)).ok()?;
    let mut bytes = vec![0; place.length as usize];
    file.read_exact(&mut bytes).ok()?;
    serde_json::from_slice(bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes)).ok()
}

impl Index {
    fn of(part: &Part, harvest: &mut dyn Harvest) -> Result<Self, Unreadable> {
        let mut index = Self::default();
        let mut places: BTreeMap<String, u32> = BTreeMap::new();
        let mut reader = part.buffered()?;
        let mut buffer = Vec::new();
        let (mut start, mut line, mut has_head) = (0_u64, 0_u64, false);
        loop {
            let length = match next_line(&mut reader, &mut buffer) {
                Ok(0) => break,
                Ok(length) => length,
                Err(error) => {
                    index.broken += 1;
                    harvest.left(format!("byte {start}"), format!("the file is broken from here on: {error}"));
                    break;
                }
            };
            line += 1;
            let bytes = buffer.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&buffer).trim_ascii();
            let read =
                if length > LONGEST { Err("it is too long for a comment".to_owned()) } else { Self::page(bytes) };
            match read {
                Ok(Some(Some(page))) => {
                    let next = crate::base::span::to_u32(index.pages.len());
                    let thread = *places.entry(page.clone()).or_insert(next);
                    if thread == next {
                        index.pages.push(page);
                    }
                    let length = u32::try_from(buffer.len()).unwrap_or(u32::MAX);
                    index.comments.push(Place { thread, line, start, length });
                }
                Ok(Some(None)) => has_head = true,
                Ok(None) => {}
                Err(why) => {
                    index.broken += 1;
                    harvest.left(format!("line {line}"), why);
                }
            }
            start += length;
        }
        if index.comments.is_empty() && !has_head {
            return Err(Unreadable::new("this is no backup of Remark42: no line of it is a comment with a `locator`"));
        }
        Ok(index)
    }

    /// The page that a line names; nothing for an empty line, and no page for the line about the site, which holds nothing
    /// but accounts and e-mail addresses.
    fn page(line: &[u8]) -> Result<Option<Option<String>>, String> {
        if line.is_empty() {
            return Ok(None);
        }
        match serde_json::from_slice::<Line>(line) {
            Ok(Line { locator: Some(locator), .. }) => Ok(Some(Some(locator.url.trim().to_owned()))),
            Ok(Line { version: Some(_), .. }) => Ok(Some(None)),
            Ok(_) => Err("it is no comment: it has no `locator`".to_owned()),
            Err(error) => Err(format!("column {}: {}", error.column(), json::reason(&error))),
        }
    }
}

/// Reads a line with its end; returns its length. A line that is too long is passed over, and leaves nothing in the buffer.
fn next_line(reader: &mut impl BufRead, buffer: &mut Vec<u8>) -> io::Result<u64> {
    buffer.clear();
    let mut length = reader.by_ref().take(LONGEST + 1).read_until(b'\n', buffer)? as u64;
    if length <= LONGEST || buffer.ends_with(b"\n") {
        return Ok(length);
    }
    buffer.clear();
    loop {
        let ahead = reader.fill_buf()?;
        let end = ahead.iter().position(|byte| *byte == b'\n').map(|at| at + 1);
        let passed = end.unwrap_or(ahead.len());
        reader.consume(passed);
        length += passed as u64;
        if end.is_some() || passed == 0 {
            return Ok(length);
        }
    }
}

fn reply(comment: &Value, place: &str, harvest: &mut dyn Harvest) -> ForeignReply {
    let user = &comment["user"];
    let is_deleted = is(comment, "delete");
    let name = name(user, "name").filter(|_| text(user, "id") != Some("deleted"));
    ForeignReply {
        id: id(comment, "id"),
        parent: id(comment, "pid"),
        author: Author { name, ..Author::default() },
        date: date(comment, &["time"], place, harvest),
        is_edited: comment["edit"].is_object(),
        body: if is_deleted { Body::default() } else { body(comment) },
        state: if is_deleted { State::Deleted } else { State::Live },
        reactions: count(comment, "score"),
        ..ForeignReply::default()
    }
}

/// The words as they were typed. Comments that were brought from elsewhere have none, or HTML in their place.
fn body(comment: &Value) -> Body {
    match text(comment, "orig").filter(|typed| !typed.starts_with("<p>")) {
        Some(typed) => Body { text: typed.to_owned(), format: Format::Markdown },
        None => Body { text: text(comment, "text").unwrap_or_default().to_owned(), format: Format::Html },
    }
}

#[cfg(test)]
mod tests {
    use super::super::foreign::{Basket, When};
    use super::super::json::tests::first_half;
    use super::*;

    fn input(text: &str) -> Input {
        Input::of(text)
    }

    const HEAD: &str = "{\"version\": 1, \"users\": [{\"id\": \"u\", \"details\": {\"email\": \"ada@example.org\"}}], \"posts\": []}\n";

    fn comment(id: &str, parent: &str, page: &str, more: &str) -> String {
        format!(
            "{{\"id\": \"{id}\", \"pid\": \"{parent}\", \"text\": \"<p>Shown {id}.</p>\", \"orig\": \"Typed *{id}*.\", \"user\": {{\"name\": \"Ada\", \"id\": \"github_1\", \"ip\": \"abcdef\"}}, \"locator\": {{\"site\": \"s\", \"url\": \"https://old.example/{page}/\"}}, \"score\": 2, \"votes\": {{}}, \"time\": \"2021-03-04T10:11:12.123456789-06:00\", \"title\": \"On {page}\"{more}}}"
        )
    }

    #[test]
    fn a_backup_is_read_page_by_page() {
        let deleted = comment("3", "", "trust", ", \"delete\": true")
            .replace("Typed *3*.", "")
            .replace("\"name\": \"Ada\", \"id\": \"github_1\"", "\"name\": \"deleted\", \"id\": \"deleted\"");
        let lines = [
            comment("1", "", "trust", ""),
            comment("2", "gone", "vision", ", \"imported\": true").replace("Typed *2*.", ""),
            deleted,
            "{broken".to_owned(),
            "{\"id\": \"9\"}".to_owned(),
            comment("4", "3", "trust", ", \"edit\": {\"time\": \"2021-03-05T00:00:00Z\"}"),
        ];
        let text = format!("{HEAD}{}\n", lines.join("\n"));
        assert!(recognises(&input(&text)) && recognises(&input(HEAD)));
        let found = Basket::of(read, &text).expect("good");
        let [trust, vision] = found.threads.as_slice() else { panic!("{found:#?}") };
        assert_eq!(
            (trust.key.address.as_deref(), trust.key.title.as_deref()),
            (Some("https://old.example/trust/"), Some("On trust"))
        );
        assert_eq!(trust.gaps, ["2 lines of the backup cannot be read"]);
        let [first, third, fourth] = trust.replies.as_slice() else { panic!("{trust:#?}") };
        assert_eq!(first.date, When::Exact("2021-03-04T16:11:12.123456789Z".parse().expect("a moment")));
        assert_eq!(first.body, Body { text: "Typed *1*.".to_owned(), format: Format::Markdown });
        assert_eq!((first.parent.as_deref(), first.reactions, first.is_edited), (None, Some(2), false));
        assert_eq!((third.state, third.author.name.as_deref(), third.body.text.as_str()), (State::Deleted, None, ""));
        assert_eq!((fourth.parent.as_deref(), fourth.is_edited), (Some("3"), true));
        assert_eq!((vision.replies[0].parent.as_deref(), vision.replies[0].body.format), (Some("gone"), Format::Html));
        let places: Vec<&str> = found.left.iter().map(|left| left.place.as_str()).collect();
        assert_eq!(places, ["line 5", "line 6"]);
        assert!(!format!("{found:?}").contains("ada@example.org") && !format!("{found:?}").contains("abcdef"));
        assert!(Basket::of(read, HEAD).expect("empty").threads.is_empty());
    }

    #[test]
    fn both_answers_of_the_api_give_the_same_thread() {
        let (one, two) = (comment("1", "", "trust", ""), comment("2", "1", "trust", ""));
        let info = "\"info\": {\"url\": \"https://old.example/trust/\", \"count\": 5}";
        let tree = format!("{{\"comments\": [{{\"comment\": {one}, \"replies\": [{{\"comment\": {two}}}]}}], {info}}}");
        let plain = format!("{{{info}, \"comments\": [{one}, {two}]}}");
        for text in [&tree, &plain] {
            assert!(recognises(&input(text)));
            assert_eq!(Basket::of(read, text).expect("good"), Basket::of(read, &tree).expect("good"));
        }
        let found = Basket::of(read, &tree.replace("\"pid\": \"1\"", "\"pid\": \"\"")).expect("good");
        assert_eq!(found.threads[0].replies[1].parent.as_deref(), Some("1"));
        assert_eq!((found.threads[0].claimed, found.threads[0].gaps.len()), (Some(5), 1));
        let cut = Basket::of(read, &plain[..plain.len() - 30]).expect("a part");
        assert_eq!((cut.threads[0].replies.len(), cut.left.len()), (1, 1));
    }

    #[test]
    fn what_is_something_else_is_refused() {
        for bad in ["", "{}", "3\n4\n", "{\"comments\": 3}", &"[".repeat(10_000), &"{\"a\":".repeat(10_000)] {
            assert!(Basket::of(read, bad).is_err(), "{bad:.20}");
        }
    }

    #[test]
    fn a_file_that_is_cut_short_gives_what_is_whole() {
        let (one, two, three) =
            (comment("1", "", "trust", ""), comment("2", "1", "trust", ""), comment("3", "", "trust", ""));
        let tree = format!(
            "{{\"comments\": [{{\"comment\": {one}, \"replies\": [{{\"comment\": {two}}}]}}, {{\"comment\": {three}}}]}}"
        );
        for text in [tree, format!("{{\"comments\": [{one}, {two}, {three}]}}")] {
            assert_eq!(first_half(read, &text), 1);
        }
        let lines = format!("{HEAD}{one}\n{two}");
        let cut = Basket::of(read, &lines[..lines.len() - 9]).expect("a part");
        assert_eq!((cut.threads[0].replies.len(), cut.threads[0].gaps.len(), cut.left.len()), (1, 1, 1));
    }
}
