//! Mastodon and its kin: the answer of `GET /api/v1/statuses/ID/context`, `{ancestors, descendants}` of statuses. The status
//! asked for is not in it; its id is what its direct answers name.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::fields::{count, first_text, text};
use super::foreign::{Author, Body, ForeignReply, ForeignThread, Format, Harvest, Key, Kind, State, Unreadable};
use super::html::escaped;
use super::input::Input;
use super::{dates, json};

/// The word for the source.
pub const NAME: &str = "mastodon";

/// Servers cut what they tell somebody who is not signed in after so many answers.
const CUT: usize = 60;

/// Whether this is a JSON object with `ancestors` and `descendants`.
#[must_use]
pub fn recognises(input: &Input) -> bool {
    input.single().is_some_and(|part| {
        let sample = part.sample();
        let start = sample.trim_start();
        start.starts_with('{')
            && sample.contains("\"ancestors\"")
            && (sample.contains("\"descendants\"") || part.size > super::input::SAMPLE as u64)
    })
}

/// Reads it.
///
/// # Errors
/// The file is no JSON, or no context of a status; with line and column.
pub fn read(input: &Input, harvest: &mut dyn Harvest) -> Result<(), Unreadable> {
    json::read(input, threads_of, harvest)
}

/// Reads an answer of a server.
///
/// # Errors
/// It has no list `descendants`.
pub fn threads_of(value: &Value, harvest: &mut dyn Harvest) -> Result<(), Unreadable> {
    let list = value.get("descendants").and_then(Value::as_array);
    let list = list.ok_or_else(|| Unreadable::new("this is no context of a status: it has no list `descendants`"))?;
    let local: BTreeMap<&str, String> =
        list.iter().filter_map(|status| Some((text(status, "id")?, id_of(status)?))).collect();
    let root = root_of(list, &local);
    let mut thread = ForeignThread { key: Key { id: root.clone(), ..Key::default() }, ..ForeignThread::default() };
    for (at, status) in list.iter().enumerate().filter(|(_, status)| !json::is_cut(status)) {
        match reply(status, &local, root.as_deref()) {
            Some(reply) => thread.replies.push(reply),
            None => harvest.left(format!("descendant {}", at + 1), "it has no id".to_owned()),
        }
    }
    if list.len() >= CUT {
        thread.gaps.push(format!("servers tell at most {CUT} answers to somebody who is not signed in"));
    }
    harvest.thread(thread);
    Ok(())
}

/// The address that names a status on every server; its local id where there is none.
fn id_of(status: &Value) -> Option<String> {
    first_text(status, &["uri", "id"]).map(str::to_owned)
}

/// The status asked for: what most answers name that are no answers themselves; of equals, what the first one names.
fn root_of(list: &[Value], local: &BTreeMap<&str, String>) -> Option<String> {
    let named: Vec<&str> =
        list.iter().filter_map(|status| text(status, "in_reply_to_id")).filter(|id| !local.contains_key(id)).collect();
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    named.iter().for_each(|id| *counts.entry(id).or_default() += 1);
    let most = counts.values().max().copied()?;
    let likely: BTreeSet<&str> = counts.iter().filter(|(_, count)| **count == most).map(|(id, _)| *id).collect();
    named.into_iter().find(|id| likely.contains(id)).map(str::to_owned)
}

fn reply(status: &Value, local: &BTreeMap<&str, String>, root: Option<&str>) -> Option<ForeignReply> {
    let account = status.get("account").unwrap_or(&Value::Null);
    let answered = text(status, "in_reply_to_id").filter(|id| Some(*id) != root);
    let warning = text(status, "spoiler_text").map(|warning| format!("<p><em>{}</em></p>", escaped(warning)));
    let content = without_mentions(text(status, "content").unwrap_or(""));
    let state = match text(status, "visibility") {
        Some("private" | "direct") => State::Private,
        _ => State::Live,
    };
    Some(ForeignReply {
        id: Some(id_of(status)?),
        parent: answered.map(|id| local.get(id).cloned().unwrap_or_else(|| id.to_owned())),
        author: Author {
            // An account without a name of its own is shown by that of the account.
            name: first_text(account, &["display_name", "username"]).map(str::to_owned),
            url: text(account, "url").map(str::to_owned),
            handle: text(account, "acct").map(|handle| format!("@{handle}")),
            ..Author::default()
        },
        date: dates::iso(text(status, "created_at").unwrap_or_default()).unwrap_or_default(),
        is_edited: text(status, "edited_at").is_some(),
        body: Body { text: warning.unwrap_or_default() + &content, format: Format::Html },
        state,
        kind: if status.get("reblog").is_some_and(Value::is_object) { Kind::Repost } else { Kind::Reply },
        reactions: count(status, "favourites_count"),
        permalink: first_text(status, &["url", "uri"]).map(str::to_owned),
    })
}

/// The words without the names of the people who are answered, which stand at their beginning.
fn without_mentions(content: &str) -> String {
    let Some(mut rest) = content.strip_prefix("<p>") else { return content.to_owned() };
    while let Some(mention) = rest.strip_prefix("<span class=\"h-card\"") {
        let Some((_, behind)) = mention.split_once("</a></span>") else { break };
        rest = behind.trim_start();
    }
    format!("<p>{rest}")
}

#[cfg(test)]
mod tests {
    use super::super::foreign::Basket;
    use super::super::json::tests::first_half;
    use super::*;

    fn status(id: &str, answers: &str, more: &str) -> String {
        format!(
            "{{\"id\": \"{id}\", \"uri\": \"https://far.example/s/{id}\", \"in_reply_to_id\": \"{answers}\", \"created_at\": \"2023-09-04T10:00:00.000Z\", \"account\": {{\"display_name\": \"Ada\", \"acct\": \"ada@far.example\", \"url\": \"https://far.example/@ada\", \"avatar\": \"https://far.example/a.png\"}}, \"content\": \"<p><span class=\\\"h-card\\\"><a href=\\\"https://home.example/@me\\\">@<span>me</span></a></span> Good.</p>\"{more}}}"
        )
    }

    #[test]
    fn answers_hang_together_by_their_global_names() {
        let text = format!(
            "{{\"ancestors\": [], \"descendants\": [{}, {}, {}, {}]}}",
            status(
                "2",
                "1",
                ", \"edited_at\": \"2023-09-05T10:00:00Z\", \"favourites_count\": 3, \"spoiler_text\": \"On <food>\""
            ),
            status("3", "2", ""),
            status("4", "1", ", \"visibility\": \"private\""),
            status("5", "77", ", \"account\": {\"display_name\": \"\", \"username\": \"bot\"}")
        );
        assert!(recognises(&Input::of(&text)));
        let found = Basket::of(read, &text).expect("good");
        let thread = &found.threads[0];
        assert_eq!(thread.key.id.as_deref(), Some("1"));
        let [first, second, third, fourth] = thread.replies.as_slice() else { panic!("{thread:#?}") };
        assert_eq!((first.id.as_deref(), first.parent.as_deref()), (Some("https://far.example/s/2"), None));
        assert_eq!(first.body.text, "<p><em>On &lt;food&gt;</em></p><p>Good.</p>");
        assert_eq!(
            (first.is_edited, first.reactions, first.author.handle.as_deref()),
            (true, Some(3), Some("@ada@far.example"))
        );
        assert_eq!(second.parent.as_deref(), Some("https://far.example/s/2"));
        assert_eq!(
            (third.state, fourth.parent.as_deref(), fourth.author.name.as_deref()),
            (State::Private, Some("77"), Some("bot"))
        );
        assert!(!format!("{found:?}").contains("a.png"));
    }

    #[test]
    fn what_is_something_else_is_refused() {
        for bad in ["", "[]", "{\"ancestors\": []}", "{\"descendants\": 3}", &"[".repeat(10_000)] {
            assert!(Basket::of(read, bad).is_err(), "{bad:.20}");
        }
        let found = Basket::of(
            read,
            "{\"ancestors\": [], \"descendants\": [3, {\"account\": []}, {\"id\": \"1\", \"content\": 7}]}",
        )
        .expect("odd");
        assert_eq!((found.threads[0].replies.len(), found.left.len()), (1, 2));
    }

    #[test]
    fn a_file_that_is_cut_short_gives_what_is_whole() {
        let text = format!(
            "{{\"ancestors\": [], \"descendants\": [{}, {}, {}]}}",
            status("2", "1", ""),
            status("3", "2", ""),
            status("4", "1", "")
        );
        assert_eq!(first_half(read, &text), 1);
    }
}
