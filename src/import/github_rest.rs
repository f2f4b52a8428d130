//! What GitHub's REST tells: lists of comments of issues and discussions, issues and discussions by themselves, and webhooks.
//! Knows the fields, not the files.

use serde_json::Value;

use super::fields::{first_text, number, text};
use super::foreign::{Harvest, State};
use super::github::Threads;
use super::github_comment::{is_told, reply};
use super::json;

/// Adds what it holds.
///
/// # Errors
/// It is neither a comment nor an issue or discussion, nor a list of them.
pub(super) fn take(value: &Value, threads: &mut Threads, harvest: &mut dyn Harvest) -> Result<(), String> {
    let mut open: Vec<(&Value, Option<String>)> = vec![(value, None)];
    let mut refused = 0_u64;
    while let Some((value, near)) = open.pop() {
        if let Some(list) = value.as_array() {
            threads.has_list = true;
            open.extend(list.iter().rev().map(|value| (value, near.clone())));
        } else if let Some(post) = post_beside(value) {
            let address = address(post).or(near);
            if text(value, "action") == Some("deleted") {
                deleted(value, address.as_deref(), threads, harvest);
            } else {
                let comments = [value.get("comment"), value.get("comments")].into_iter().flatten();
                let comments = comments.filter(|found| found.is_array() || found.is_object());
                open.extend(comments.map(|found| (found, address.clone())));
            }
            open.push((post, address));
        } else if is_comment(value) && !json::is_cut(value) {
            let address = address(value).or(near).or_else(|| list(value));
            let reply = reply(value, harvest);
            threads.open(address.as_deref()).add(value, reply, harvest);
        } else if is_post(value) {
            let address = address(value).or(near);
            threads.open(address.as_deref()).head(value, number(value, "comments"));
            let comments = value.get("comments").filter(|comments| comments.is_array());
            open.extend(comments.map(|comments| (comments, address)));
        } else if !json::is_cut(value) {
            refused += 1;
        }
    }
    match refused {
        0 => Ok(()),
        1 => Err("this is neither a comment nor an issue or discussion".to_owned()),
        more => Err(format!("{more} entries are neither comments nor issues or discussions")),
    }
}

/// The issue or discussion that stands beside a comment or comments.
fn post_beside(value: &Value) -> Option<&Value> {
    ["issue", "discussion"].iter().find_map(|key| value.get(key)).filter(|post| is_post(post))
}

fn is_post(value: &Value) -> bool {
    text(value, "title").is_some() && number(value, "number").is_some()
}

fn is_comment(value: &Value) -> bool {
    let has_place =
        ["issue_url", "discussion_url", "html_url", "url", "created_at"].iter().any(|key| value.get(key).is_some());
    !is_post(value) && is_told(value) && has_place
}

/// A webhook that says that a comment was deleted still carries its words.
fn deleted(value: &Value, address: Option<&str>, threads: &mut Threads, harvest: &mut dyn Harvest) {
    if let Some(comment) = value.get("comment") {
        let mut reply = reply(comment, harvest);
        reply.state = State::Deleted;
        reply.body.text.clear();
        threads.open(address).add(comment, reply, harvest);
    }
}

/// The address of the page that something stands on.
fn address(value: &Value) -> Option<String> {
    let of_page = text(value, "html_url").and_then(|url| url.split('#').next());
    let of_program = || {
        let url = first_text(value, &["issue_url", "discussion_url"])?;
        Some(url.replacen("://api.github.com/repos/", "://github.com/", 1))
    };
    of_page.map(str::to_owned).or_else(of_program)
}

/// The list that an old comment stands in, which says no more than `…/repos/OWNER/NAME/issues/comments/7`.
fn list(comment: &Value) -> Option<String> {
    let (list, _) = text(comment, "url")?.split_once("/comments/")?;
    list.split_once("/repos/").map(|(_, list)| list.to_owned())
}
