//! Webmentions as webmention.io tells them: the feed `mentions.jf2`, the older `{links: […]}` of `mentions.json`, and the
//! files in which websites keep either, with the page or the month as a key.

use serde_json::Value;

use super::fields::{address, first_text, id, is, name, text};
use super::foreign::{Author, Body, ForeignReply, Format, Harvest, Key, Kind, State, Unreadable};
use super::input::Input;
use super::normalise::words_of_html;
use super::threads::ByName;
use super::{dates, json};
use crate::base::fingerprint::Fingerprint;

/// The word for the source.
pub const NAME: &str = "webmention";

/// What names a mention's kind: `wm-property` and the field itself, or `activity.type` in the older form.
const KINDS: [(&str, &str, Kind); 6] = [
    ("in-reply-to", "reply", Kind::Reply),
    ("like-of", "like", Kind::Like),
    ("repost-of", "repost", Kind::Repost),
    ("bookmark-of", "bookmark", Kind::Bookmark),
    ("rsvp", "rsvp", Kind::Rsvp),
    ("mention-of", "link", Kind::Mention),
];

/// A page that mentions an essay comes whole; so many letters of it are enough.
const PASSAGE: usize = 1_000;

/// Whether this is JSON with the fields of either form.
#[must_use]
pub fn recognises(input: &Input) -> bool {
    input.single().is_some_and(|part| {
        let sample = part.sample();
        let has = |key: &str| sample.contains(&format!("\"{key}\""));
        let start: String = sample.chars().filter(|c| !c.is_whitespace()).take(60).collect();
        let fields = ["wm-id", "wm-source", "wm-target", "wm-property"].into_iter().filter(|key| has(key)).count();
        let is_old = has("links") && has("activity") && has("verified_date");
        let is_empty_feed = start.starts_with("{\"type\":\"feed\",\"name\":\"Webmentions\"");
        start.starts_with(['{', '[']) && (fields >= 2 || is_old || is_empty_feed)
    })
}

/// Reads it.
///
/// # Errors
/// The file is no JSON, or holds no webmention.
pub fn read(input: &Input, harvest: &mut dyn Harvest) -> Result<(), Unreadable> {
    json::read(input, threads_of, harvest)
}

/// Reads an answer of webmention.io, or what a website keeps of several.
///
/// # Errors
/// It holds no webmention, and no list of them that is empty.
pub fn threads_of(value: &Value, harvest: &mut dyn Harvest) -> Result<(), Unreadable> {
    let entries = entries(value);
    let has_list =
        value.is_array() || ["children", "links"].iter().any(|key| value.get(key).is_some_and(Value::is_array));
    if entries.is_empty() && !has_list {
        return Err(Unreadable::new("this is no feed of webmentions: it has no entry with `wm-target` or `target`"));
    }
    let mut threads = ByName::default();
    for (at, (entry, key)) in entries.into_iter().enumerate().filter(|(_, (entry, _))| !json::is_cut(entry)) {
        let Some(target) = target(entry).or(key) else {
            harvest.left(format!("entry {}", at + 1), "it does not say which page it is about".to_owned());
            continue;
        };
        let key = || {
            let key = Key::of_page(target, None);
            Key { id: key.address.clone(), ..key }
        };
        threads.thread(target, key).replies.push(reply(entry, target, kind(entry)));
    }
    threads.give(harvest);
    Ok(())
}

/// Every webmention, in the order of the file, with the key of the list it stands in where that is an address or a path. The
/// way down is kept in a list, so that no depth can be too much.
fn entries(value: &Value) -> Vec<(&Value, Option<&str>)> {
    let mut entries = Vec::new();
    let mut open: Vec<(&Value, Option<&str>)> = vec![(value, None)];
    while let Some((value, key)) = open.pop() {
        match value {
            Value::Array(list) => open.extend(list.iter().rev().map(|value| (value, key))),
            Value::Object(_) if is_entry(value) => entries.push((value, key)),
            Value::Object(fields) => open.extend(fields.iter().rev().map(|(name, value)| {
                let is_page = name.contains('/') || name.contains("://");
                (value, if is_page { Some(name.as_str()) } else { key })
            })),
            _ => {}
        }
    }
    entries
}

fn is_entry(value: &Value) -> bool {
    let has = |key: &str| value.get(key).is_some();
    let is_old = has("source") && has("target") && (has("activity") || has("data"));
    is_old || has("wm-property") || has("wm-source") || has("wm-target") || text(value, "type") == Some("entry")
}

fn kind(entry: &Value) -> Kind {
    let said = text(entry, "wm-property").or_else(|| text(entry.get("activity")?, "type"));
    let by_word = KINDS.iter().find(|(property, word, _)| said.is_some_and(|said| said == *property || said == *word));
    let by_field = || KINDS.iter().find(|(property, _, _)| entry.get(property).is_some());
    by_word.or_else(|| if said.is_none() { by_field() } else { None }).map_or(Kind::Mention, |(_, _, kind)| *kind)
}

/// The page it is about.
fn target(entry: &Value) -> Option<&str> {
    let by_field = || KINDS.iter().filter(|(_, _, kind)| *kind != Kind::Rsvp).find_map(|(key, _, _)| text(entry, key));
    first_text(entry, &["wm-target", "target"]).or_else(by_field)
}

fn reply(entry: &Value, target: &str, kind: Kind) -> ForeignReply {
    let told = entry.get("data").filter(|data| data.is_object()).unwrap_or(entry);
    let source = first_text(entry, &["wm-source", "source"]);
    let author = told.get("author").unwrap_or(&Value::Null);
    let is_private = is(entry, "wm-private") || is(entry, "private");
    let body = body(told);
    ForeignReply {
        id: id(entry, "wm-id").or_else(|| id(entry, "id")).or_else(|| {
            let both = format!("{}\n{target}", source?);
            Some(Fingerprint::of(both.as_bytes()).to_string())
        }),
        author: Author {
            name: name(author, "name").or_else(|| name(told, "author")),
            url: address(author, "url"),
            ..Author::default()
        },
        date: dates::iso(text(told, "published").unwrap_or_default()).unwrap_or_default(),
        body: if kind == Kind::Mention { passage(body, target) } else { body },
        state: if is_private { State::Private } else { State::Live },
        kind,
        // Bridgy's own address shows nothing to people; `url` is where the words really stand.
        permalink: address(told, "url").or_else(|| source.map(str::to_owned)),
        ..ForeignReply::default()
    }
}

/// The words: `{html, text}`, the older `{content-type, value}`, or a text alone; else the summary.
fn body(told: &Value) -> Body {
    let of = |key: &str| -> Option<Body> {
        let content = told.get(key)?;
        if let Some(html) = text(content, "html") {
            return Some(Body { text: without_empty_links(html), format: Format::Html });
        }
        let is_html = text(content, "content-type").is_some_and(|kind| kind.contains("html"));
        let words = first_text(content, &["text", "value"]).or_else(|| text(told, key))?;
        let is_html = is_html || content.is_string() && words.contains('<') && words.contains('>');
        Some(Body { text: words.to_owned(), format: if is_html { Format::Html } else { Format::Plain } })
    };
    of("content").or_else(|| of("summary")).unwrap_or_default()
}

/// HTML without links that have no words: Bridgy tells with them who was addressed.
fn without_empty_links(html: &str) -> String {
    let mut kept = String::with_capacity(html.len());
    let mut rest = html;
    while let Some((before, behind)) = rest.split_once("></a>") {
        match before.rfind("<a ").and_then(|at| before.split_at_checked(at)) {
            Some((words, link)) if !link.contains('>') => kept.push_str(words.trim_end()),
            _ => {
                kept.push_str(before);
                kept.push_str("></a>");
            }
        }
        rest = behind;
    }
    kept.push_str(rest);
    kept
}

/// What a page says around its link to the essay; its beginning where the link is not found.
fn passage(body: Body, target: &str) -> Body {
    if body.text.len() <= PASSAGE {
        return body;
    }
    let page = target.split_once("://").map_or(target, |(_, rest)| rest);
    let page = page.split(['#', '?']).next().unwrap_or(page).trim_end_matches('/');
    let around = body.text.find(page).and_then(|at| body.text.split_at_checked(at)).map(|(before, behind)| {
        let start =
            ["<p", "<li", "<blockquote", "<div", "<br", "\n\n"].iter().filter_map(|mark| before.rfind(mark)).max();
        let end =
            ["</p", "</li", "</blockquote", "</div", "<br", "\n\n"].iter().filter_map(|mark| behind.find(mark)).min();
        let (before, behind) = (before.get(start.unwrap_or(0)..), behind.get(..end.unwrap_or(behind.len())));
        format!("{}{}", before.unwrap_or_default(), behind.unwrap_or_default())
    });
    match around {
        Some(around) if around.len() <= 2 * PASSAGE => Body { text: around, format: body.format },
        _ => {
            let words = if body.format == Format::Html { words_of_html(&body.text) } else { body.text };
            Body { text: words.chars().take(PASSAGE).collect(), format: Format::Plain }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::foreign::Basket;
    use super::super::json::tests::first_half;
    use super::*;

    fn entry(id: u64, target: &str, kind: &str, more: &str) -> String {
        format!(
            "{{\"type\": \"entry\", \"author\": {{\"name\": \" Ada \", \"photo\": \"https://x.example/p.png\", \"url\": \"https://ada.example\"}}, \"url\": \"https://ada.example/{id}\", \"published\": null, \"wm-id\": {id}, \"wm-source\": \"https://brid.gy/comment/{id}\", \"wm-target\": \"{target}\", \"wm-property\": \"{kind}\"{more}}}"
        )
    }

    #[test]
    fn the_feed_is_read_page_by_page() {
        let text = format!(
            "{{\"type\": \"feed\", \"name\": \"Webmentions\", \"children\": [{}, {}, {}, {}]}}",
            entry(
                1,
                "https://b.example/trust/#top",
                "in-reply-to",
                ", \"in-reply-to\": \"https://b.example/trust/\", \"content\": {\"html\": \"Yes <b>so</b>.\\n<a class=\\\"u-mention\\\" href=\\\"https://b.example/\\\"></a>\", \"text\": \"Yes so.\"}"
            ),
            entry(2, "https://b.example/trust/#top", "like-of", ""),
            entry(3, "https://b.example/vision/", "rsvp", ", \"rsvp\": \"yes\", \"wm-private\": true"),
            entry(
                4,
                "https://b.example/vision/",
                "in-reply-to",
                ", \"content\": {\"content-type\": \"text/plain\", \"value\": \"a < b\"}"
            )
        );
        assert!(recognises(&Input::of(&text)));
        let found = Basket::of(read, &text).expect("good");
        let [trust, vision] = found.threads.as_slice() else { panic!("{found:#?}") };
        assert_eq!(trust.key.id.as_deref(), Some("https://b.example/trust/#top"));
        let first = &trust.replies[0];
        assert_eq!((first.id.as_deref(), first.body.text.as_str()), (Some("1"), "Yes <b>so</b>."));
        assert_eq!(
            (first.author.name.as_deref(), first.permalink.as_deref()),
            (Some("Ada"), Some("https://ada.example/1"))
        );
        assert_eq!(
            (trust.replies[1].kind, &trust.replies[1].date),
            (Kind::Like, &super::super::foreign::When::Unknown)
        );
        assert_eq!((vision.replies[0].kind, vision.replies[0].state), (Kind::Rsvp, State::Private));
        assert_eq!((vision.replies[1].body.text.as_str(), vision.replies[1].body.format), ("a < b", Format::Plain));
        assert!(!format!("{found:?}").contains("p.png"));
    }

    #[test]
    fn caches_and_the_older_form_hold_the_same() {
        let reply = entry(1, "https://b.example/trust/", "in-reply-to", "");
        let without_target = reply.replace("\"wm-target\": \"https://b.example/trust/\", ", "");
        for text in [
            format!("{{\"lastFetched\": \"2022-07-06T23:21:49Z\", \"children\": [{reply}]}}"),
            format!("{{\"2022-07\": [{reply}]}}"),
            format!("{{\"/trust/\": [{without_target}]}}"),
            format!("[{reply}]"),
            "{\"links\": [{\"source\": \"https://a.example\", \"verified_date\": \"x\", \"id\": 1, \"data\": {\"author\": {\"name\": \"Ada\"}, \"published\": \"2021-12-23T09:09:26\", \"content\": \"<p>x</p>\"}, \"activity\": {\"type\": \"reply\"}, \"target\": \"https://b.example/trust/\"}]}".to_owned(),
        ] {
            assert!(recognises(&Input::of(&text)), "{text}");
            let found = Basket::of(read, &text).expect("good");
            assert_eq!(found.threads.len(), 1, "{text}");
            let reply = &found.threads[0].replies[0];
            assert_eq!((reply.kind, reply.id.as_deref(), reply.author.name.as_deref()), (Kind::Reply, Some("1"), Some("Ada")));
        }
    }

    #[test]
    fn a_page_that_mentions_an_essay_is_cut_to_the_passage() {
        let filler = "Much else. ".repeat(200);
        let html = format!("<p>{filler}</p><p>See <a href='https://b.example/trust/'>this</a>.</p><p>{filler}</p>");
        let cut = |text: String| passage(Body { text, format: Format::Html }, "https://b.example/trust/#top").text;
        assert_eq!(cut(html), "<p>See <a href='https://b.example/trust/'>this</a>.");
        assert_eq!(cut(format!("<p>{filler}</p>")).len(), PASSAGE);
    }

    #[test]
    fn what_is_something_else_is_refused_and_odd_entries_are_named() {
        for bad in ["", "3", "{}", "{\"a\": {\"b\": 1}}", &"[".repeat(10_000)] {
            assert!(Basket::of(read, bad).is_err(), "{bad:.20}");
        }
        let found = Basket::of(read, "{\"children\": [3, {\"wm-property\": 1}, {\"type\": \"entry\", \"wm-target\": [], \"author\": 5}, {\"wm-target\": \"x\", \"author\": []}]}")
            .expect("odd");
        assert_eq!((found.threads.len(), found.left.len()), (1, 2));
        assert_eq!(Basket::of(read, "{\"children\": []}").expect("empty"), Basket::default());
    }

    #[test]
    fn a_file_that_is_cut_short_gives_what_is_whole() {
        let all: Vec<String> = (1..5)
            .map(|id| entry(id, "https://b.example/trust/", "in-reply-to", ", \"content\": {\"text\": \"Words.\"}"))
            .collect();
        for (text, half) in
            [(format!("[{}]", all.join(", ")), 2), (format!("{{\"/trust/\": [{}]}}", all.join(", ")), 1)]
        {
            assert_eq!(first_half(read, &text), half, "{text}");
        }
    }
}
