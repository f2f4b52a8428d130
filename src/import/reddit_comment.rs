//! One comment of Reddit. Knows no thread and no file.

use serde_json::Value;

use super::dates;
use super::dialect::{LineFeed, spelled_out};
use super::fields::{first_text, is, text};
use super::foreign::{Author, Body, ForeignReply, Format, State};

/// Where paths of Reddit begin.
pub(super) const SITE: &str = "https://www.reddit.com";

/// An id without its kind: `t1_abc` is `abc`.
pub(super) fn bare(name: &str) -> &str {
    name.split_once('_').map_or(name, |(_, id)| id)
}

/// Whether the texts of this post or comment were escaped once more; `None` where it has no HTML that tells.
pub(super) fn html_is_escaped(data: &Value) -> Option<bool> {
    let html = first_text(data, &["body_html", "selftext_html"])?;
    Some(html.starts_with("&lt;"))
}

/// A text as it was written. Where no HTML tells, a text that has only escaped signs is taken for escaped.
pub(super) fn plain(text: &str, is_escaped: Option<bool>) -> String {
    if !is_escaped.unwrap_or_else(|| !text.contains(['<', '>'])) {
        return text.to_owned();
    }
    // The sign itself comes last, or what was written as `&lt;` would be undone twice.
    text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
}

/// What stands where the words or the name of somebody stood.
pub(super) fn is_gone(text: &str) -> bool {
    matches!(text.trim(), "[deleted]" | "[removed]" | "[ Removed by Reddit ]" | "[unavailable]")
}

/// What is shown of an account, and whether it is a program of Reddit.
pub(super) fn author(name: Option<&str>) -> Author {
    let name = name.filter(|name| !is_gone(name));
    Author {
        name: name.map(str::to_owned),
        url: name.map(|name| format!("{SITE}/user/{name}")),
        handle: name.map(|name| format!("u/{name}")),
        ..Author::default()
    }
}

/// The state of a comment. Who deletes the account takes the name from what was written; that is a wish not to be shown, and
/// counts like deleted words.
pub(super) fn state(name: Option<&str>, words: &str, is_pinned: bool) -> State {
    if is_gone(words) || name.is_none_or(is_gone) {
        State::Deleted
    } else if is_pinned || name == Some("AutoModerator") {
        State::Waiting
    } else {
        State::Live
    }
}

/// A comment as a reply; `None` where it has no words. `above` is what it stands below, `address` that of its thread.
pub(super) fn reply(
    data: &Value,
    above: Option<&str>,
    is_escaped: Option<bool>,
    address: Option<&str>,
) -> Option<ForeignReply> {
    let words = text(data, "body")?;
    let id = text(data, "id").or_else(|| text(data, "name").map(bare)).map(str::to_owned);
    let name = text(data, "author");
    let state = state(name, words, is(data, "stickied"));
    let body = if state == State::Deleted {
        Body::default()
    } else {
        // Links of Reddit may begin at its root.
        let words = plain(words, is_escaped).replace("](/", &format!("]({SITE}/"));
        Body { text: spelled_out(&words, LineFeed::Blank), format: Format::Markdown }
    };
    let parent = match text(data, "parent_id") {
        Some(name) => name.strip_prefix("t1_"),
        None => above,
    };
    // Seconds come as a number with a point.
    let seconds = data.get("created_utc").and_then(Value::as_f64);
    let own_page = || Some(format!("{}/{}/", address?.trim_end_matches('/'), id.as_deref()?));
    // Each comment begins with the vote of its own writer.
    let score = data.get("score").and_then(Value::as_i64).filter(|_| !is(data, "score_hidden"));
    Some(ForeignReply {
        permalink: text(data, "permalink").map(|path| format!("{SITE}{path}")).or_else(own_page),
        parent: parent.map(str::to_owned),
        author: author(name),
        date: seconds.and_then(|seconds| dates::seconds(seconds).ok()).unwrap_or_default(),
        is_edited: data.get("edited").is_some_and(|edited| edited.is_number() || edited == &Value::Bool(true)),
        body,
        state,
        reactions: score.and_then(|score| u64::try_from(score.saturating_sub(1)).ok()).filter(|count| *count > 0),
        id,
        ..ForeignReply::default()
    })
}
