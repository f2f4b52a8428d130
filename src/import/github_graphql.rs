//! Answers of GitHub's GraphQL: a discussion or an issue with a page of its comments, or several of them. Knows the fields,
//! not the files.

use serde_json::Value;

use super::fields::{first_text, number, text};
use super::foreign::Harvest;
use super::github::{Open, Threads};
use super::github_comment::{id_of, is_told, reply};
use super::json;

/// Whether this is an answer of GraphQL, or what stands in one.
pub(super) fn is_answer(value: &Value) -> bool {
    value.get("data").is_some()
        || nodes(value, "comments").is_some()
        || value.get("errors").is_some_and(Value::is_array)
}

/// Adds what it holds.
///
/// # Errors
/// It has no discussion or issue; with what GitHub says of the reason.
pub(super) fn take(value: &Value, threads: &mut Threads, harvest: &mut dyn Harvest) -> Result<(), String> {
    let posts = posts(value.get("data").unwrap_or(value));
    if posts.is_empty() {
        let error = value.get("errors").and_then(|errors| text(errors.get(0)?, "message"));
        let said = error.map(|error| format!("GitHub says: {}", error.chars().take(200).collect::<String>()));
        return Err(said.unwrap_or_else(|| "this answer has no discussion or issue with `comments`".to_owned()));
    }
    for found in posts {
        let claimed = number(&found["comments"], "totalCount");
        let address = first_text(found, &["url", "id"]);
        let open = threads.open(address);
        open.head(found, claimed);
        comments(found, open, harvest);
    }
    Ok(())
}

/// The discussions and issues of an answer.
fn posts(data: &Value) -> Vec<&Value> {
    let repository = data.get("repository").unwrap_or(&Value::Null);
    let single =
        [Some(data), data.get("node"), data.get("resource"), repository.get("discussion"), repository.get("issue")];
    let lists = [
        nodes(repository, "discussions"),
        nodes(repository, "issues"),
        nodes(data, "search"),
        data.get("nodes").and_then(Value::as_array),
    ];
    let all = single.into_iter().flatten().chain(lists.into_iter().flatten().flatten());
    all.filter(|post| post.get("comments").is_some_and(Value::is_object)).collect()
}

/// The nodes of a list that comes in pages.
fn nodes<'a>(value: &'a Value, key: &str) -> Option<&'a Vec<Value>> {
    value.get(key)?.get("nodes")?.as_array()
}

fn comments(post: &Value, open: &mut Open, harvest: &mut dyn Harvest) {
    let answer = post.get("answer").filter(|answer| is_told(answer));
    let answer_node = answer.and_then(|answer| text(answer, "id"));
    let is_discussion = text(post, "url").is_none_or(|url| url.contains("/discussions/"));
    let mut has_answer = false;
    for node in nodes(post, "comments").into_iter().flatten() {
        // A list may hold only ids, and the chosen answer in full beside it.
        let is_answer = answer_node.is_some() && text(node, "id") == answer_node;
        has_answer |= is_answer;
        let full = answer.filter(|_| is_answer && !is_told(node)).unwrap_or(node);
        add(full, None, open, harvest);
        open.hides_answers |= is_discussion && is_told(full) && full.get("replies").is_none() && !json::is_cut(full);
        let own = id_of(full);
        if let (Some(own), Some(count)) = (&own, number(&full["replies"], "totalCount")) {
            let known = open.answers.entry(own.clone()).or_default();
            *known = count.max(*known);
        }
        for below in nodes(full, "replies").into_iter().flatten() {
            has_answer |= answer_node.is_some() && text(below, "id") == answer_node;
            add(below, own.as_deref(), open, harvest);
        }
    }
    if let Some(answer) = answer.filter(|_| !has_answer) {
        add(answer, None, open, harvest);
    }
}

fn add(node: &Value, parent: Option<&str>, open: &mut Open, harvest: &mut dyn Harvest) {
    if json::is_cut(node) {
        return;
    }
    if !is_told(node) {
        match id_of(node) {
            Some(id) => drop(open.named.insert(id)),
            None => harvest.left("a comment".to_owned(), "it has neither words nor an id".to_owned()),
        }
        return;
    }
    let mut reply = reply(node, harvest);
    reply.parent = parent.map(str::to_owned).or(reply.parent);
    open.add(node, reply, harvest);
}
