//! The essay on a saved page of Medium: title, address, day and text, as Markdown of a book. Knows no response but by reading
//! them as everybody does.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::Value;

use super::post::Beside;
use super::text::{Block, to_html};
use super::{posts, read, state_of};
use crate::base::words::plain;
use crate::import::fields::text;
use crate::import::foreign::{Basket, Format};
use crate::import::html_markdown::to_markdown;
use crate::import::input::{Input, Part};
use crate::import::linkedin_paste::Page;

/// The essay and the responses of a saved page; `None` where it is no page of Medium, or holds no essay. There are no roles: a
/// saved page has no lines that a person copied.
#[must_use]
pub fn page(part: &Part) -> Option<Page> {
    let source = part.text().ok()?;
    if !source.trim_start().starts_with('<') {
        return None;
    }
    let state = state_of(&source).ok()?.value;
    let beside = Beside { state: state.as_object(), users: None };
    let essays = posts(&state).filter(|post| beside.answered(post).is_none());
    // A page knows the beginnings of other essays too; its own is the longest.
    let post = essays.max_by_key(|post| paragraphs(beside, post).len())?;
    let title = text(post, "title")?.to_owned();
    let blocks = blocks(&paragraphs(beside, post), &title);
    if blocks.is_empty() {
        return None;
    }
    let mut basket = Basket::default();
    // A page without responses is an essay all the same.
    let has_responses = read(&Input::file(part.clone()), &mut basket).is_ok();
    let id = text(post, "id");
    let thread = basket.threads.into_iter().find(|thread| has_responses && thread.key.id.as_deref() == id);
    let thread = thread.unwrap_or_default();
    Some(Page {
        title,
        paragraphs: blocks,
        format: Format::Markdown,
        key: thread.key,
        address: beside.essay(post).address,
        date: published(post),
        replies: thread.replies,
        gaps: thread.gaps,
        ..Page::default()
    })
}

fn paragraphs<'a>(beside: Beside<'a>, post: &'a Value) -> Vec<&'a Value> {
    let content = beside.field(post, "content");
    let list = beside.field(content, "bodyModel").get("paragraphs").and_then(Value::as_array);
    list.into_iter().flatten().map(|one| beside.follow(one)).collect()
}

/// The day on which it was published, in Greenwich.
fn published(post: &Value) -> Option<jiff::civil::Date> {
    let milliseconds = post.get("firstPublishedAt").and_then(Value::as_i64).filter(|time| *time > 0)?;
    let moment = Timestamp::from_millisecond(milliseconds).ok()?;
    Some(moment.to_zoned_datetime(TimeZone::UTC).date())
}

/// The blocks as Markdown: neighbours that share a list or a quotation are one block. The title is not said again.
fn blocks(paragraphs: &[&Value], title: &str) -> Vec<String> {
    let mut blocks = Vec::new();
    for run in paragraphs.chunk_by(|a, b| {
        let (first, second) = (Block::of(a), Block::of(b));
        first.around().is_some() && first == second && !is_pull(a) && !is_pull(b)
    }) {
        let Some(first) = run.first() else { continue };
        let words = match Block::of(first) {
            // Headings keep their marks as words would lose them: a reply has no headings, an essay does.
            Block::Heading | Block::SmallHeading => to_markdown(&to_html(run)).replace('\n', " "),
            _ if is_pull(first) => to_markdown(&to_html(run).replace("blockquote>", "div>")),
            _ => to_markdown(&to_html(run)),
        };
        if words.is_empty() || blocks.is_empty() && plain(&words) == plain(title) {
            continue;
        }
        blocks.push(match Block::of(first) {
            Block::Heading => format!("## {words}"),
            Block::SmallHeading => format!("### {words}"),
            _ if is_pull(first) => format!("> [!pull]\n> {}", words.replace('\n', "\n> ")),
            _ => words,
        });
    }
    blocks
}

/// Whether this is the kind of quotation that repeats the essay's own words.
fn is_pull(paragraph: &Value) -> bool {
    let kind = paragraph.get("type").unwrap_or(&Value::Null);
    kind.as_u64() == Some(7) || kind.as_str() == Some("PQ")
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = r##"<!DOCTYPE html><html><body><script>window.__APOLLO_STATE__ = {"ROOT_QUERY": {"post({\"id\":\"aa1\"})": {"__ref": "Post:aa1"}},
        "Post:aa1": {"id": "aa1", "title": "On Keels", "firstPublishedAt": 1500000000000, "mediumUrl": "https://medium.com/@ada/on-keels-aa1",
            "creator": {"__ref": "User:u1"}, "content({\"x\":1})": {"bodyModel": {"paragraphs": [{"__ref": "Paragraph:0"}, {"__ref": "Paragraph:1"},
            {"__ref": "Paragraph:2"}, {"__ref": "Paragraph:3"}, {"__ref": "Paragraph:4"}, {"__ref": "Paragraph:5"}]}}},
        "Post:bb2": {"id": "bb2", "title": "No.", "inResponseToPostResult": {"__ref": "Post:aa1"}, "creator": {"__ref": "User:u2"},
            "content": {"bodyModel": {"paragraphs": [{"type": "P", "text": "No.", "markups": []}]}}},
        "Paragraph:0": {"type": "H3", "text": "On Keels", "markups": []},
        "Paragraph:1": {"type": "P", "text": "The keel is what you do not see.", "markups": [{"type": "STRONG", "start": 4, "end": 8}]},
        "Paragraph:2": {"type": "H4", "text": "Below", "markups": []}, "Paragraph:3": {"type": "ULI", "text": "one", "markups": []},
        "Paragraph:4": {"type": "ULI", "text": "two", "markups": []}, "Paragraph:5": {"type": "PQ", "text": "what you do not see", "markups": []},
        "User:u1": {"id": "u1", "name": "Ada"}, "User:u2": {"id": "u2", "name": "Bo"}};</script></body></html>"##;

    #[test]
    fn the_essay_keeps_its_blocks_and_has_its_responses() {
        let found = page(&Part::from_bytes("x.html", PAGE.as_bytes())).expect("an essay");
        assert_eq!(
            (found.title.as_str(), found.address.as_deref()),
            ("On Keels", Some("https://medium.com/@ada/on-keels-aa1"))
        );
        assert_eq!(found.date.map(|date| date.to_string()).as_deref(), Some("2017-07-14"));
        assert_eq!(
            found.paragraphs,
            ["The **keel** is what you do not see.", "### Below", "- one\n- two", "> [!pull]\n> what you do not see"]
        );
        assert_eq!(found.replies.len(), 1);
        assert_eq!(found.replies[0].author.name.as_deref(), Some("Bo"));
    }

    #[test]
    fn what_is_no_page_of_medium_has_no_essay() {
        for text in [
            "",
            "<html>",
            "On Keels\n4y\nWords.",
            "<script>window.__APOLLO_STATE__ = {\"Post:a\": {\"id\": \"a\"}}</script>",
        ] {
            assert_eq!(page(&Part::from_bytes("x.html", text.as_bytes())), None, "{text}");
        }
    }
}
