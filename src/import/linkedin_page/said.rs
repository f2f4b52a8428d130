//! What a saved page of LinkedIn says of itself for machines: its JSON-LD. Knows no element of the page that people see.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde_json::Value;

use super::comments::Comment;
use crate::import::foreign::Harvest;
use crate::import::html::Html;

/// The kinds of JSON-LD that are a post or an article.
const POSTINGS: [&str; 6] =
    ["SocialMediaPosting", "VideoObject", "Article", "NewsArticle", "BlogPosting", "DiscussionForumPosting"];

/// A comment's id and its date are at most a few milliseconds apart.
const NEAR: i64 = 1_000;

/// A post or article as its JSON-LD has it.
#[derive(Clone, Debug, Default)]
pub(super) struct Posting {
    pub(super) headline: Option<String>,
    pub(super) text: Option<String>,
    pub(super) address: Option<String>,
    /// The profile of its author.
    pub(super) author: Option<String>,
    pub(super) count: Option<u64>,
    pub(super) comments: Vec<Said>,
}

/// A comment as the JSON-LD has it.
#[derive(Clone, Debug, Default)]
pub(super) struct Said {
    pub(super) name: Option<String>,
    pub(super) text: String,
    pub(super) date: Option<Timestamp>,
    pub(super) reactions: Option<u64>,
}

/// The posting of a page; `None` where it has none that can be read.
pub(super) fn posting(html: &Html<'_>, harvest: &mut dyn Harvest) -> Option<Posting> {
    let scripts = html
        .elements()
        .iter()
        .filter(|element| element.name == "script" && element.attribute("type") == Some("application/ld+json"));
    for script in scripts {
        match serde_json::from_str::<Value>(html.source(&script.inner)) {
            Ok(Value::Array(list)) => {
                if let Some(found) = list.iter().find_map(posting_of) {
                    return Some(found);
                }
            }
            Ok(value) => {
                if let Some(found) = posting_of(&value) {
                    return Some(found);
                }
            }
            Err(error) => {
                let reason = format!("the JSON-LD of the page cannot be read, so dates come from ids: {error}");
                harvest.left(format!("byte {}", script.inner.start), reason);
            }
        }
    }
    None
}

fn posting_of(value: &Value) -> Option<Posting> {
    let kind = value.get("@type").and_then(Value::as_str)?;
    if !POSTINGS.contains(&kind) {
        return None;
    }
    let comments = value.get("comment").and_then(Value::as_array);
    Some(Posting {
        headline: words(value, "headline").or_else(|| words(value, "name")),
        text: words(value, "articleBody"),
        address: words(value, "@id").or_else(|| words(value, "url")),
        author: writer(value).and_then(|writer| words(writer, "url")),
        count: value.get("commentCount").and_then(Value::as_u64),
        comments: comments.into_iter().flatten().map(said).collect(),
    })
}

/// A video has a `creator` where other posts have an `author`; its comments too.
fn writer(value: &Value) -> Option<&Value> {
    let writer = value.get("author").or_else(|| value.get("creator"))?;
    writer.as_array().map_or(Some(writer), |list| list.first())
}

fn words(value: &Value, key: &str) -> Option<String> {
    let text = value.get(key)?.as_str()?.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

fn said(value: &Value) -> Said {
    let counter = value.get("interactionStatistic");
    Said {
        name: writer(value).and_then(|writer| words(writer, "name")),
        text: words(value, "text").unwrap_or_default(),
        date: value.get("datePublished").and_then(Value::as_str).and_then(|date| date.parse().ok()),
        reactions: counter.and_then(|counter| counter.get("userInteractionCount")).and_then(Value::as_u64),
    }
}

/// For each comment of the page the one of the JSON-LD that is the same: the one at its place if their words or times agree,
/// or else one with the same words or time. Those that nothing on the page shows come last.
pub(super) fn joined(comments: &[Comment], said: &[Said]) -> (Vec<Option<usize>>, Vec<usize>) {
    let mut by_words: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    let mut by_time: BTreeMap<i64, Vec<usize>> = BTreeMap::new();
    for (at, said) in said.iter().enumerate().rev() {
        by_words.entry(bare(&said.text)).or_default().push(at);
        if let Some(date) = said.date {
            by_time.entry(date.as_millisecond()).or_default().push(at);
        }
    }
    let fits = |comment: &Comment, said: &Said| {
        bare(&comment.words) == bare(&said.text)
            || matches!((comment.written(), said.date), (Some(own), Some(other)) if near(own, other))
    };
    let mut joins: Vec<Option<usize>> = Vec::with_capacity(comments.len());
    let mut taken: BTreeSet<usize> = BTreeSet::new();
    for (at, comment) in comments.iter().enumerate() {
        let same_place = said.get(at).is_some_and(|said| fits(comment, said)).then_some(at);
        taken.extend(same_place);
        joins.push(same_place);
    }
    let mut free = |list: Option<&mut Vec<usize>>| {
        let list = list?;
        while let Some(at) = list.pop() {
            if taken.insert(at) {
                return Some(at);
            }
        }
        None
    };
    for (join, comment) in joins.iter_mut().zip(comments).filter(|(join, _)| join.is_none()) {
        let time = comment.written().map(|time| time.as_millisecond());
        let around = time.and_then(|time| by_time.range_mut(time - NEAR..=time + NEAR).next());
        *join = free(around.map(|(_, list)| list)).or_else(|| free(by_words.get_mut(&bare(&comment.words))));
    }
    let rest = (0..said.len()).filter(|at| !taken.contains(at)).collect();
    (joins, rest)
}

fn near(one: Timestamp, other: Timestamp) -> bool {
    one.as_millisecond().abs_diff(other.as_millisecond()) <= NEAR.unsigned_abs()
}

/// Words without any white space, which the two forms of a comment have differently.
fn bare(text: &str) -> String {
    text.split_whitespace().collect()
}

#[cfg(test)]
mod tests {
    use super::super::super::foreign::Basket;
    use super::*;

    #[test]
    fn a_comment_is_joined_by_place_words_or_time() {
        let comment = |id: &str, words: &str| Comment {
            id: (!id.is_empty()).then(|| id.to_owned()),
            words: words.to_owned(),
            ..Comment::default()
        };
        let said = |text: &str, date: i64| Said {
            text: text.to_owned(),
            date: Timestamp::from_millisecond(date).ok(),
            ..Said::default()
        };
        let id = (1_600_000_000_000_u64 << 22).to_string();
        let comments =
            [comment("", "Yes"), comment("", "Yes"), comment(&id, "shown in other words"), comment("", "New")];
        let list = [said("Yes", 1), said("Only here", 2), said("Y es", 3), said("Other words", 1_600_000_000_003)];
        assert_eq!(joined(&comments, &list), (vec![Some(0), Some(2), Some(3), None], vec![1]));
    }

    #[test]
    fn json_of_any_shape_is_read_or_left() {
        let mut basket = Basket::default();
        let html = |json: &str| format!("<script type=\"application/ld+json\">{json}</script>");
        for (json, is_posting) in [
            ("", false),
            ("[", false),
            ("[3, null, {\"@type\": \"Article\", \"comment\": {\"a\": 1}, \"commentCount\": -1}]", true),
            ("{\"@type\": \"VideoObject\", \"comment\": [7, {\"creator\": [], \"text\": 3}], \"headline\": []}", true),
            ("{\"@type\": [\"Article\"]}", false),
        ] {
            assert_eq!(posting(&Html::new(&html(json)), &mut basket).is_some(), is_posting, "{json}");
        }
        let deep = html(&"[".repeat(10_000));
        assert!(posting(&Html::new(&deep), &mut basket).is_none());
        assert_eq!(basket.left.len(), 3);
    }
}
