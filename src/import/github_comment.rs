//! One comment of GitHub, as GraphQL or REST tell it, and the essay that the post above it names. Knows no thread.

use serde_json::Value;

use super::addresses::addresses;
use super::dates;
use super::dialect::{LineFeed, spelled_out};
use super::fields::{first_text, is, list, number, text};
use super::foreign::{Author, Body, ForeignReply, Format, Harvest, State};

/// The names a body has, best first, with how it is written.
const BODIES: [(&str, Format); 5] = [
    ("body", Format::Markdown),
    ("bodyHTML", Format::Html),
    ("body_html", Format::Html),
    ("bodyText", Format::Plain),
    ("body_text", Format::Plain),
];

/// Whether this is more than an id: it has words, or says that it was deleted.
pub(super) fn is_told(comment: &Value) -> bool {
    let has_words = BODIES.iter().any(|(key, _)| comment.get(key).is_some_and(Value::is_string));
    has_words || text(comment, "deletedAt").is_some()
}

/// The number that its address ends in, which every form of GitHub has in one place or another; else its id. Ids of nodes
/// were changed by GitHub once, numbers never.
pub(super) fn id_of(comment: &Value) -> Option<String> {
    let plain = ["databaseId", "id"].iter().find_map(|key| number(comment, key)).map(|number| number.to_string());
    let of_address = || {
        let (_, anchor) = first_text(comment, &["html_url", "url"])?.split_once('#')?;
        let (_, number) = anchor.rsplit_once('-')?;
        let is_number = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
        is_number.then(|| number.to_owned())
    };
    plain.or_else(of_address).or_else(|| first_text(comment, &["id", "node_id"]).map(str::to_owned))
}

/// A comment as a reply; its parent is what the comment itself says.
pub(super) fn reply(comment: &Value, harvest: &mut dyn Harvest) -> ForeignReply {
    let id = id_of(comment);
    let written = first_text(comment, &["createdAt", "created_at"]);
    let place = format!("comment {}", id.as_deref().unwrap_or("without an id"));
    let date = dates::or_left(dates::iso(written.unwrap_or_default()), &place, harvest);
    let account = comment.get("author").or_else(|| comment.get("user")).unwrap_or(&Value::Null);
    let state = state(comment, account);
    let answered = comment.get("replyTo").and_then(id_of);
    let changed = text(comment, "updated_at");
    ForeignReply {
        id,
        parent: answered.or_else(|| number(comment, "parent_id").map(|parent| parent.to_string())),
        author: author(account, comment),
        date,
        is_edited: text(comment, "lastEditedAt").is_some() || changed.is_some() && changed != written,
        body: if state == State::Deleted { Body::default() } else { body(comment) },
        state,
        reactions: reactions(comment).filter(|count| *count > 0),
        // In REST `url` is where programs ask.
        permalink: first_text(comment, &["html_url", "url"]).filter(|url| url.contains('#')).map(str::to_owned),
        ..ForeignReply::default()
    }
}

fn state(comment: &Value, account: &Value) -> State {
    let is_minimised = is(comment, "isMinimized");
    let reason = text(comment, "minimizedReason").unwrap_or("");
    if text(comment, "deletedAt").is_some() {
        State::Deleted
    } else if is_minimised && reason.eq_ignore_ascii_case("spam") {
        State::Spam
    } else if is_minimised {
        State::Hidden
    } else if is_bot(account) {
        State::Waiting
    } else {
        State::Live
    }
}

/// Whether an account is that of a program; giscus and utterances open threads with theirs.
pub(super) fn is_bot(account: &Value) -> bool {
    let login = text(account, "login").unwrap_or("");
    first_text(account, &["type", "__typename"]) == Some("Bot")
        || login.ends_with("[bot]")
        || login == "utterances-bot"
        || first_text(account, &["html_url", "url"]).is_some_and(|url| url.contains("://github.com/apps/"))
}

fn author(account: &Value, comment: &Value) -> Author {
    let login = text(account, "login");
    // GitHub shows what removed accounts wrote under the name `ghost`, and so it is kept; but that page is nobody's.
    let is_somebody = login.is_some_and(|login| login != "ghost");
    let page = first_text(account, &["html_url", "url"]).filter(|url| is_somebody && !url.contains("://api."));
    Author {
        name: login.map(str::to_owned),
        url: page.map(str::to_owned),
        handle: login.filter(|_| is_somebody).map(|login| format!("@{login}")),
        is_essay_author: first_text(comment, &["authorAssociation", "author_association"]) == Some("OWNER"),
        ..Author::default()
    }
}

fn body(comment: &Value) -> Body {
    let found = BODIES.iter().find_map(|(key, format)| Some((text(comment, key)?, *format)));
    match found {
        // GitHub shows each line feed of a comment as a break.
        Some((text, Format::Markdown)) => Body { text: spelled_out(text, LineFeed::Break), format: Format::Markdown },
        Some((text, format)) => Body { text: text.to_owned(), format },
        None => Body::default(),
    }
}

fn reactions(comment: &Value) -> Option<u64> {
    if let Some(count) = number(&comment["reactions"], "total_count") {
        return Some(count);
    }
    let of_group =
        |group: &Value| number(&group["users"], "totalCount").or_else(|| number(&group["reactors"], "totalCount"));
    Some(list(comment, "reactionGroups").filter_map(of_group).fold(0, u64::saturating_add))
}

/// The address of the essay in the post that opened a thread. Programs write it last; a person may name anything, so it counts
/// only where it is the only one.
pub(super) fn essay_address(post: &Value) -> Option<String> {
    let account = post.get("author").or_else(|| post.get("user")).unwrap_or(&Value::Null);
    let body = first_text(post, &["body", "bodyText"])?;
    let is_own = |address: &&str| {
        ["://github.com/", "://api.github.com/", "githubusercontent.com/"].iter().any(|own| address.contains(own))
    };
    let mut found: Vec<&str> = addresses(body).into_iter().filter(|address| !is_own(address)).collect();
    if !is_bot(account) && !body.contains("<!-- sha1:") {
        found.dedup();
        found.truncate(if found.len() == 1 { 1 } else { 0 });
    }
    found.last().map(|address| (*address).to_owned())
}

#[cfg(test)]
mod tests {
    use super::super::foreign::Basket;
    use super::*;
    use serde_json::json;

    #[test]
    fn a_comment_has_one_id_in_every_form() {
        for comment in [
            json!({"databaseId": 12, "id": "DC_x"}),
            json!({"id": "DC_x", "url": "https://github.com/o/r/discussions/7#discussioncomment-12"}),
            json!({"id": 12, "node_id": "DC_x"}),
        ] {
            assert_eq!(id_of(&comment).as_deref(), Some("12"), "{comment}");
        }
        assert_eq!(id_of(&json!({"id": "DC_x", "url": 3})).as_deref(), Some("DC_x"));
        assert_eq!(id_of(&json!({})), None);
    }

    #[test]
    fn states_and_accounts_are_told_apart() {
        let mut basket = Basket::default();
        let mut of = |comment: Value| reply(&comment, &mut basket);
        let spam = of(json!({"body": "x", "isMinimized": true, "minimizedReason": "SPAM"}));
        let hidden = of(json!({"body": "x", "isMinimized": true, "minimizedReason": "off-topic"}));
        let deleted = of(json!({"body": "x", "deletedAt": "2024-01-01T00:00:00Z", "author": {"login": "ada"}}));
        let bot = of(json!({"body": "x", "user": {"login": "giscus[bot]", "type": "Bot"}, "created_at": "soon"}));
        let ghost = of(json!({"body": "x", "user": {"login": "ghost", "html_url": "https://github.com/ghost"}}));
        assert_eq!(
            [spam.state, hidden.state, deleted.state, bot.state],
            [State::Spam, State::Hidden, State::Deleted, State::Waiting]
        );
        assert_eq!(
            (deleted.body, ghost.author.name.as_deref(), ghost.author.url),
            (Body::default(), Some("ghost"), None)
        );
        assert_eq!(of(json!({"bodyHTML": "<p>x</p>", "author": null})).author, Author::default());
        assert_eq!(basket.left.len(), 1);
    }

    #[test]
    fn programs_name_the_essay_last_and_people_once() {
        let bot = json!({"login": "giscus", "url": "https://github.com/apps/giscus"});
        let body = "# a\n\nSee https://other.example/.\n\nhttps://example.org/a/\n\n<!-- sha1: 0 -->";
        assert_eq!(essay_address(&json!({"author": bot, "body": body})).as_deref(), Some("https://example.org/a/"));
        let by_person = |body: &str| essay_address(&json!({"user": {"login": "ada"}, "body": body}));
        assert_eq!(by_person("On [this](https://example.org/b/).").as_deref(), Some("https://example.org/b/"));
        assert_eq!(by_person("https://example.org/b/ and https://example.org/c/"), None);
        assert_eq!(by_person("![x](https://github.com/user-attachments/assets/1)"), None);
    }
}
