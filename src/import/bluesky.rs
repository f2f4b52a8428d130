//! Bluesky: the answer of `app.bsky.feed.getPostThread`, posts nested in each other, and that of the newer `getPostThreadV2`,
//! a flat list with levels. The post asked for carries the essay; everything below it is a reply.

use std::collections::BTreeSet;

use serde_json::Value;

use super::fields::{address, count, id, is, list, name, number, text};
use super::foreign::{Author, Body, ForeignReply, ForeignThread, Format, Harvest, Key, State, Unreadable, When};
use super::html::escaped;
use super::input::Input;
use super::{dates, json};

/// The word for the source.
pub const NAME: &str = "bluesky";

/// Whether this is JSON with a thread of one of the two forms.
#[must_use]
pub fn recognises(input: &Input) -> bool {
    input.single().is_some_and(|part| {
        let sample = part.sample();
        let is_thread = ["app.bsky.feed.defs#threadViewPost", "app.bsky.feed.defs#notFoundPost"]
            .into_iter()
            .chain(["app.bsky.feed.defs#blockedPost", "app.bsky.unspecced.defs#threadItem"])
            .any(|name| sample.contains(name));
        sample.trim_start().starts_with('{') && sample.contains("\"thread\"") && is_thread
    })
}

/// Reads it.
///
/// # Errors
/// The file is no JSON, nests too deep, or holds no thread.
pub fn read(input: &Input, harvest: &mut dyn Harvest) -> Result<(), Unreadable> {
    // Each answer to an answer takes two levels, and a post with a link or a quotation takes up to a dozen itself, so that 58
    // answers below each other come through whatever they hold.
    let advice = "ask the server for less with `depth=50`, or for the flat form with getPostThreadV2";
    json::read(input, threads_of, harvest).map_err(|error| json::advised(error, advice))
}

/// A post, or what stands in its place, and how far below the post asked for it is.
struct Node<'a> {
    level: u64,
    view: &'a Value,
    /// Answers to it that the server counts but does not send.
    cut: u64,
}

/// Reads an answer of a server.
///
/// # Errors
/// It has no `thread`.
pub fn threads_of(value: &Value, harvest: &mut dyn Harvest) -> Result<(), Unreadable> {
    let nodes = match value.get("thread") {
        Some(Value::Array(items)) => flat(items),
        Some(view @ Value::Object(_)) => nested(view),
        _ => return Err(Unreadable::new("this is no thread of Bluesky: it has no `thread`")),
    };
    let root = nodes.iter().find(|node| node.level == 0);
    let Some(root) = root else { return Err(Unreadable::new("this thread lacks the post that was asked for")) };
    let Some(asked) = post(root.view) else {
        let why = if is_kind(root.view, "locked") { "its author is blocked" } else { "it is no longer there" };
        harvest.left("thread".to_owned(), format!("the post asked for cannot be read: {why}"));
        return Ok(());
    };
    let mut thread = head(asked);
    // Who wrote the post may hide replies to it.
    let gate = asked.get("threadgate").or_else(|| value.get("threadgate")).and_then(|gate| gate.get("record"));
    let hidden: BTreeSet<&str> =
        gate.map(|gate| list(gate, "hiddenReplies").filter_map(Value::as_str).collect()).unwrap_or_default();
    let mut way: Vec<Option<String>> = Vec::new();
    for node in nodes.iter().filter(|node| node.level > 0) {
        let level = usize::try_from(node.level).unwrap_or(usize::MAX).min(way.len() + 1);
        way.truncate(level - 1);
        let mut reply = reply(node.view, way.last().cloned().flatten());
        let is_hidden = reply.id.as_deref().is_some_and(|id| hidden.contains(id))
            || node.view.get("value").is_some_and(|value| is(value, "hiddenByThreadgate"));
        if reply.state == State::Live && is_hidden {
            reply.state = State::Hidden;
        }
        way.push(reply.id.clone());
        if !json::is_cut(post(node.view).unwrap_or(node.view)) {
            thread.replies.push(reply);
        }
    }
    gaps(&mut thread, value, root.view, &nodes);
    harvest.thread(thread);
    Ok(())
}

/// The nested form, depth first. The way is kept in a list, so that the stack of calls stays short.
fn nested(view: &Value) -> Vec<Node<'_>> {
    let mut nodes = Vec::new();
    let mut open = vec![(0, view)];
    while let Some((level, view)) = open.pop() {
        let sent = list(view, "replies").count() as u64;
        let counted = post(view).and_then(|post| number(post, "replyCount")).unwrap_or_default();
        nodes.push(Node { level, view, cut: counted.saturating_sub(sent) });
        open.extend(list(view, "replies").rev().map(|view| (level + 1, view)));
    }
    nodes
}

/// The flat form: posts above the one asked for have levels below nought.
fn flat(items: &[Value]) -> Vec<Node<'_>> {
    let below = items.iter().filter(|item| item.get("depth").and_then(Value::as_i64).is_none_or(|depth| depth >= 0));
    let cut = |item: &Value| number(item.get("value")?, "moreReplies");
    let level = |item: &Value| number(item, "depth").unwrap_or_default();
    below.map(|item| Node { level: level(item), view: item, cut: cut(item).unwrap_or_default() }).collect()
}

fn post(view: &Value) -> Option<&Value> {
    view.get("post").or_else(|| view.pointer("/value/post")).filter(|post| post.is_object())
}

/// Whether the type of what stands in a post's place ends in this word.
fn is_kind(view: &Value, word: &str) -> bool {
    let inner = view.get("value").unwrap_or(view);
    text(inner, "$type").is_some_and(|kind| kind.trim_end_matches("Post").ends_with(word))
}

fn head(post: &Value) -> ForeignThread {
    let record = post.get("record").unwrap_or(&Value::Null);
    let card = record.pointer("/embed/external").and_then(|card| address(card, "uri"));
    let link = || {
        let features = list(record, "facets").flat_map(|facet| list(facet, "features"));
        features.filter_map(|feature| address(feature, "uri")).next()
    };
    let key = Key { id: id(post, "uri"), address: card.or_else(link), ..Key::default() };
    ForeignThread { key, address: permalink(post), ..ForeignThread::default() }
}

fn gaps(thread: &mut ForeignThread, value: &Value, root: &Value, nodes: &[Node<'_>]) {
    let cut = nodes.iter().fold(0_u64, |sum, node| sum.saturating_add(node.cut));
    let present = thread.replies.len() as u64;
    thread.claimed = post(root).and_then(|post| post.get("replyCount")).map(|_| present.saturating_add(cut));
    if let Some(claimed) = thread.claimed.filter(|claimed| *claimed > present) {
        thread.gaps.push(format!("{present} of {claimed} replies are here; the others are cut, hidden or blocked"));
    }
    if is(value, "hasOtherReplies") {
        thread.gaps.push("the server holds back replies that it thinks little of".to_owned());
    }
    let parent = root.get("parent").map(|parent| is_kind(parent, "notFound"));
    if parent == Some(true) {
        thread.gaps.push("the post asked for answers a post that is no longer there".to_owned());
    }
}

/// What people see in place of a handle that no longer belongs to its account.
const NO_HANDLE: &str = "handle.invalid";

fn handle(author: &Value) -> Option<&str> {
    text(author, "handle").filter(|handle| *handle != NO_HANDLE)
}

fn profile(author: &Value) -> Option<String> {
    let account = handle(author).or_else(|| text(author, "did").filter(|did| did.starts_with("did:")))?;
    Some(format!("https://bsky.app/profile/{account}"))
}

fn permalink(post: &Value) -> Option<String> {
    let key = text(post, "uri")?.strip_prefix("at://")?.rsplit_once("/app.bsky.feed.post/")?.1;
    Some(format!("{}/post/{key}", profile(post.get("author")?)?))
}

fn reply(view: &Value, parent: Option<String>) -> ForeignReply {
    let Some(post) = post(view) else {
        // Somebody was blocked, does not want to be seen by strangers, or removed the post.
        let is_gone = is_kind(view, "notFound") || is_kind(view, "NotFound");
        let is_private = is_kind(view, "NoUnauthenticated");
        let state = if is_private { State::Private } else { State::Hidden };
        let state = if is_gone { State::Deleted } else { state };
        return ForeignReply { id: id(view, "uri"), parent, state, ..ForeignReply::default() };
    };
    let author = post.get("author").unwrap_or(&Value::Null);
    let record = post.get("record").unwrap_or(&Value::Null);
    let date = |value: &Value, key: &str| dates::iso(text(value, key)?).ok();
    ForeignReply {
        id: id(post, "uri"),
        parent,
        author: Author {
            // An account without a name of its own is shown by its handle.
            name: name(author, "displayName").or_else(|| handle(author).map(str::to_owned)),
            url: profile(author),
            handle: handle(author).map(|handle| format!("@{handle}")),
            ..Author::default()
        },
        date: date(record, "createdAt").or_else(|| date(post, "indexedAt")).unwrap_or(When::Unknown),
        body: Body { text: html(record), format: Format::Html },
        state: state(post, author, record),
        reactions: count(post, "likeCount"),
        permalink: permalink(post),
        ..ForeignReply::default()
    }
}

/// What the labels of a post and of its author say; labels that are taken back do not count.
fn state(post: &Value, author: &Value, record: &Value) -> State {
    let own = record.get("labels").unwrap_or(&Value::Null);
    let all = list(post, "labels").chain(list(author, "labels")).chain(list(own, "values"));
    let labels: BTreeSet<&str> = all.filter(|label| !is(label, "neg")).filter_map(|label| text(label, "val")).collect();
    let has = |label: &str| labels.contains(label);
    if has("!no-unauthenticated") {
        State::Private
    } else if has("spam") {
        State::Spam
    } else if has("!hide") || has("!takedown") {
        State::Hidden
    } else {
        State::Live
    }
}

/// The words with their links. Places of links are counted in bytes of UTF-8; one that cuts a letter is no link.
fn html(record: &Value) -> String {
    let words = record.get("text").and_then(Value::as_str).unwrap_or_default();
    let mut links: Vec<(usize, usize, String)> = list(record, "facets").filter_map(link).collect();
    links.sort();
    let mut html = String::with_capacity(words.len() + 64);
    let mut done = 0;
    for (start, end, address) in &links {
        let (Some(before), Some(inside)) = (words.get(done..*start), words.get(*start..*end)) else { continue };
        html.push_str(&with_breaks(before));
        html.push_str(&format!("<a href=\"{}\">{}</a>", escaped(address), escaped(&inside.replace('\n', " "))));
        done = *end;
    }
    html.push_str(&with_breaks(words.get(done..).unwrap_or_default()));
    // The address of a card below a post stands often nowhere in its words.
    let card = record.pointer("/embed/external").and_then(|card| Some((address(card, "uri")?, text(card, "title"))));
    if let Some((address, title)) = card.filter(|(card, _)| links.iter().all(|(_, _, link)| link != card)) {
        let title = title.unwrap_or(&address);
        html.push_str(&format!("</p><p><a href=\"{}\">{}</a>", escaped(&address), escaped(title)));
    }
    if html.is_empty() { html } else { format!("<p>{html}</p>") }
}

fn with_breaks(words: &str) -> String {
    escaped(words).replace("\r\n", "\n").replace("\n\n", "</p><p>").replace('\n', "<br>")
}

fn link(facet: &Value) -> Option<(usize, usize, String)> {
    let index = facet.get("index")?;
    let place = |key: &str| index.get(key)?.as_u64().and_then(|place| usize::try_from(place).ok());
    let (start, end) = (place("byteStart")?, place("byteEnd")?);
    let address = list(facet, "features").find_map(|feature| {
        let person = text(feature, "did").filter(|did| did.starts_with("did:"));
        address(feature, "uri").or_else(|| person.map(|did| format!("https://bsky.app/profile/{did}")))
    })?;
    (start < end).then_some((start, end, address))
}

#[cfg(test)]
mod tests {
    use super::super::foreign::Basket;
    use super::super::json::tests::first_half;
    use super::*;
    use serde_json::json;

    fn post(key: &str, words: &str, more: Value) -> Value {
        let mut post = json!({"uri": format!("at://did:plc:{key}/app.bsky.feed.post/{key}"), "replyCount": 0, "likeCount": 2,
            "author": {"did": format!("did:plc:{key}"), "handle": format!("{key}.example"), "displayName": "", "avatar": "https://x.example/p.png"},
            "record": {"text": words, "createdAt": "2024-01-01T10:00:00.000Z"}});
        if let (Value::Object(post), Value::Object(more)) = (&mut post, more) {
            post.extend(more);
        }
        post
    }

    fn view(post: Value, replies: &[Value]) -> Value {
        json!({"$type": "app.bsky.feed.defs#threadViewPost", "post": post, "replies": replies})
    }

    #[test]
    fn posts_keep_their_places_links_and_labels() {
        let facets = json!({"text": "Gr\u{fc}\u{df}e <\u{1f600}> the notes\n\nEnd", "createdAt": "2024-01-01T10:00:00Z",
            "facets": [{"index": {"byteStart": 15, "byteEnd": 24}, "features": [{"uri": "https://b.example/?a=1&b=\"2\""}]},
                       {"index": {"byteStart": 3, "byteEnd": 5}, "features": [{"uri": "https://cut.example"}]},
                       {"index": {"byteStart": 9, "byteEnd": 900}, "features": [{"did": "did:plc:x"}]}]});
        let gone = json!({"$type": "app.bsky.feed.defs#notFoundPost", "uri": "at://gone", "notFound": true});
        let blocked = json!({"$type": "app.bsky.feed.defs#blockedPost", "uri": "at://blocked", "blocked": true});
        let shy = post("shy", "x", json!({"labels": [{"val": "!no-unauthenticated"}]}));
        let spam = post("spam", "x", json!({"labels": [{"val": "spam"}, {"val": "!hide", "neg": true}]}));
        let lost = json!({"author": {"did": "did:plc:lost", "handle": "handle.invalid", "displayName": "Lo"}});
        let first = view(post("a", "", json!({"record": facets})), &[view(post("lost", "One\ntwo", lost), &[])]);
        let card = json!({"replyCount": 9, "threadgate": {"record": {"hiddenReplies": ["at://did:plc:lost/app.bsky.feed.post/lost"]}}, "record": {"text": "New", "embed": {"external": {"uri": "https://b.example/trust/", "title": "T"}}}});
        let root = view(post("me", "", card), &[first, gone, blocked, view(shy, &[]), view(spam, &[])]);
        let text = json!({"thread": root}).to_string();
        assert!(recognises(&Input::of(&text)));
        let found = Basket::of(read, &text).expect("good");
        let thread = &found.threads[0];
        assert_eq!(thread.key.address.as_deref(), Some("https://b.example/trust/"));
        assert_eq!(thread.address.as_deref(), Some("https://bsky.app/profile/me.example/post/me"));
        assert_eq!((thread.claimed, thread.gaps.len()), (Some(10), 1));
        let states: Vec<State> = thread.replies.iter().map(|reply| reply.state).collect();
        assert_eq!(states, [State::Live, State::Hidden, State::Deleted, State::Hidden, State::Private, State::Spam]);
        let [first, lost, ..] = thread.replies.as_slice() else { panic!("{thread:#?}") };
        let wanted = "<p>Gr\u{fc}\u{df}e &lt;\u{1f600}&gt; <a href=\"https://b.example/?a=1&amp;b=&quot;2&quot;\">the notes</a></p><p>End</p>";
        assert_eq!(first.body.text, wanted);
        assert_eq!((first.author.name.as_deref(), first.reactions), (Some("a.example"), Some(2)));
        assert_eq!((lost.parent.as_ref(), lost.author.handle.as_ref()), (first.id.as_ref(), None));
        assert_eq!(lost.permalink.as_deref(), Some("https://bsky.app/profile/did:plc:lost/post/lost"));
        assert_eq!(lost.body.text, "<p>One<br>two</p>");
        assert!(!format!("{found:?}").contains("p.png"));
    }

    #[test]
    fn the_flat_form_gives_the_same_tree() {
        let item = |depth: i64, post: Value| json!({"uri": post["uri"], "depth": depth, "value": {"$type": "app.bsky.unspecced.defs#threadItemPost", "post": post, "moreReplies": 0}});
        let gone =
            json!({"uri": "at://gone", "depth": 1, "value": {"$type": "app.bsky.unspecced.defs#threadItemNotFound"}});
        let mut list = vec![item(-1, post("above", "x", json!({}))), item(0, post("me", "x", json!({})))];
        list.extend([
            item(1, post("a", "A", json!({}))),
            item(2, post("b", "B", json!({}))),
            item(1, post("c", "C", json!({}))),
            gone,
        ]);
        let found = Basket::of(read, &json!({"thread": list, "hasOtherReplies": true}).to_string()).expect("good");
        let thread = &found.threads[0];
        let parents: Vec<Option<&str>> = thread.replies.iter().map(|reply| reply.parent.as_deref()).collect();
        assert_eq!(parents, [None, Some("at://did:plc:a/app.bsky.feed.post/a"), None, None]);
        assert_eq!((thread.replies[3].state, thread.gaps.len()), (State::Deleted, 1));
    }

    #[test]
    fn fifty_levels_are_read_and_what_is_deeper_is_refused_with_advice() {
        let chain = |levels: usize| {
            let link = json!({"facets": [{"index": {"byteStart": 0, "byteEnd": 1}, "features": [{"uri": "https://b.example"}]}], "text": "x"});
            let start = view(post("a", "", json!({"record": link})), &[]).to_string();
            let rest = view(post("a", "x", json!({})), &[Value::Null]).to_string();
            let (before, behind) = rest.split_once("null").expect("a place");
            format!("{{\"thread\": {}{start}{}}}", before.repeat(levels), behind.repeat(levels))
        };
        let found = Basket::of(read, &chain(58)).expect("58 levels");
        assert_eq!(found.threads[0].replies.len(), 58);
        let refused = Basket::of(read, &chain(63)).expect_err("63 levels").message;
        assert!(refused.contains("128 levels") && refused.contains("depth=50"), "{refused}");
    }

    #[test]
    fn what_is_something_else_is_refused() {
        for bad in ["", "[]", "{}", "{\"thread\": 3}", "{\"thread\": []}", "{\"thread\": [{\"depth\": 4}]}"] {
            assert!(Basket::of(read, bad).is_err(), "{bad}");
        }
        let odd = "{\"thread\": {\"post\": {\"author\": [], \"replyCount\": -1, \"record\": 5}, \"replies\": [3, {\"post\": {\"uri\": 7, \"record\": {\"text\": [], \"facets\": [{\"index\": {\"byteStart\": 9, \"byteEnd\": 1}}]}}}]}}";
        assert_eq!(Basket::of(read, odd).expect("odd").threads[0].replies.len(), 2);
        let gone = "{\"thread\": {\"$type\": \"app.bsky.feed.defs#notFoundPost\", \"uri\": \"at://x\"}}";
        assert_eq!(Basket::of(read, gone).expect("gone").left.len(), 1);
    }

    #[test]
    fn a_file_that_is_cut_short_gives_what_is_whole() {
        let below = view(post("b", "B", json!({})), &[view(post("c", "C", json!({})), &[])]);
        let text = json!({"thread": view(post("me", "x", json!({"replyCount": 2})), &[view(post("a", "A", json!({})), &[]), below])});
        assert_eq!(first_half(read, &text.to_string()), 1);
        let item = |depth: u64, key: &str| json!({"uri": key, "depth": depth, "value": {"post": post(key, "x", json!({})), "moreReplies": 0}});
        let text = json!({"thread": [item(0, "me"), item(1, "a"), item(2, "b"), item(1, "c")]});
        assert_eq!(first_half(read, &text.to_string()), 1);
    }
}
