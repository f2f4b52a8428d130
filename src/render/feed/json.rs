//! JSON Feed 1.1.

use serde_json::{Map, Value, json};

use crate::view::entries::{ChannelView, EntryView};

/// The feed.
pub(super) fn write(channel: &ChannelView) -> Vec<u8> {
    let mut feed = Map::new();
    let mut put = |name: &str, value: Value| feed.insert(name.to_owned(), value);
    put("version", json!("https://jsonfeed.org/version/1.1"));
    put("title", json!(channel.title));
    put("home_page_url", json!(channel.page));
    put("feed_url", json!(channel.url));
    if !channel.summary.is_empty() {
        put("description", json!(channel.summary));
    }
    put("language", json!(channel.language));
    put("authors", json!([{ "name": channel.author }]));
    if !channel.hubs.is_empty() {
        put("hubs", channel.hubs.iter().map(|hub| json!({ "type": "WebSub", "url": hub })).collect());
    }
    put("items", channel.entries.iter().map(item).collect());
    let mut text = Value::Object(feed).to_string().into_bytes();
    text.push(b'\n');
    text
}

fn item(entry: &EntryView) -> Value {
    let mut item = Map::new();
    let mut put = |name: &str, value: Value| item.insert(name.to_owned(), value);
    put("id", json!(entry.url));
    put("url", json!(entry.url));
    put("title", json!(entry.title));
    if let Some(language) = &entry.language {
        put("language", json!(language));
    }
    if let Some(name) = &entry.author {
        put("authors", json!([{ "name": name }]));
    }
    if let Some(published) = entry.published {
        put("date_published", json!(published.to_string()));
    }
    put("date_modified", json!(entry.updated.to_string()));
    if !entry.summary.is_empty() {
        put("summary", json!(entry.summary));
    }
    if !entry.concepts.is_empty() {
        put("tags", json!(entry.concepts));
    }
    put("content_html", json!(&*entry.html));
    Value::Object(item)
}
