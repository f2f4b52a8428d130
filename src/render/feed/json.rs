//! JSON Feed 1.1.

use serde::Serialize;

use crate::view::entries::{ChannelView, EntryView};

#[derive(Serialize)]
struct Feed<'a> {
    version: &'static str,
    title: &'a str,
    home_page_url: &'a str,
    feed_url: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    description: &'a str,
    language: &'a str,
    authors: [Author<'a>; 1],
    #[serde(skip_serializing_if = "Vec::is_empty")]
    hubs: Vec<Hub<'a>>,
    items: Vec<Item<'a>>,
}

#[derive(Serialize)]
struct Author<'a> {
    name: &'a str,
}

#[derive(Serialize)]
struct Hub<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    url: &'a str,
}

#[derive(Serialize)]
struct Item<'a> {
    id: &'a str,
    url: &'a str,
    title: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    language: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    authors: Option<[Author<'a>; 1]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    date_published: Option<String>,
    date_modified: String,
    #[serde(skip_serializing_if = "str::is_empty")]
    summary: &'a str,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    tags: &'a [String],
    content_html: &'a str,
}

/// The feed.
pub(super) fn write(channel: &ChannelView) -> Vec<u8> {
    let feed = Feed {
        version: "https://jsonfeed.org/version/1.1",
        title: &channel.title,
        home_page_url: &channel.page,
        feed_url: &channel.url,
        description: &channel.summary,
        language: &channel.language,
        authors: [Author { name: &channel.author }],
        hubs: channel.hubs.iter().map(|url| Hub { kind: "WebSub", url }).collect(),
        items: channel.entries.iter().map(item).collect(),
    };
    let mut text = serde_json::to_vec(&feed).expect("feeds are texts and lists");
    text.push(b'\n');
    text
}

fn item(entry: &EntryView) -> Item<'_> {
    Item {
        id: &entry.url,
        url: &entry.url,
        title: &entry.title,
        language: entry.language.as_deref(),
        authors: entry.author.as_deref().map(|name| [Author { name }]),
        date_published: entry.published.map(|moment| moment.to_string()),
        date_modified: entry.updated.to_string(),
        summary: &entry.summary,
        tags: &entry.concepts,
        content_html: &entry.html,
    }
}
