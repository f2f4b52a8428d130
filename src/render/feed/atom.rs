//! Atom (RFC 4287), with the threading extension (RFC 4685) for replies.

use crate::base::language::is_right_to_left;
use crate::render::xml::{Linked, Xml};
use crate::view::entries::{ChannelView, EntryView};

/// The feed.
pub(super) fn write(channel: &ChannelView, style: Option<&str>) -> String {
    let mut xml = Xml::new(style);
    let mut names = vec![("xmlns", "http://www.w3.org/2005/Atom"), ("xml:lang", channel.language.as_str())];
    if channel.entries.iter().any(|entry| entry.answers.is_some()) {
        names.push(("xmlns:thr", "http://purl.org/syndication/thread/1.0"));
    }
    xml.open("feed", &names).element("title", &[], &channel.title);
    let about = if channel.summary.is_empty() { &channel.page } else { &channel.summary };
    xml.linked("subtitle", &linked(about, &channel.page, &channel.language))
        .empty("link", &[("rel", "self"), ("type", "application/atom+xml"), ("href", &channel.url)])
        .empty("link", &[("rel", "alternate"), ("type", "text/html"), ("href", &channel.page)]);
    for hub in &channel.hubs {
        xml.empty("link", &[("rel", "hub"), ("href", hub)]);
    }
    xml.element("id", &[], &channel.url).element("updated", &[], &channel.updated.to_string());
    author(&mut xml, &channel.author);
    channel.entries.iter().for_each(|entry| write_entry(&mut xml, entry, &channel.language));
    xml.close("feed");
    xml.finish()
}

fn author(xml: &mut Xml, name: &str) {
    xml.open("author", &[]).element("name", &[], name).close("author");
}

/// A text that leads somewhere, in the direction of its language.
fn linked<'a>(text: &'a str, url: &'a str, language: &str) -> Linked<'a> {
    Linked { text, url, is_right_to_left: is_right_to_left(language) }
}

fn write_entry(xml: &mut Xml, entry: &EntryView, language: &str) {
    let own = entry.language.as_deref().unwrap_or(language);
    let language: Vec<(&str, &str)> = entry.language.iter().map(|tag| ("xml:lang", tag.as_str())).collect();
    xml.open("entry", &language).linked("title", &linked(&entry.title, &entry.url, own));
    xml.empty("link", &[("rel", "alternate"), ("type", "text/html"), ("href", &entry.url)]);
    if let Some(canonical) = &entry.canonical {
        xml.empty("link", &[("rel", "canonical"), ("href", canonical)]);
    }
    xml.element("id", &[], &entry.url);
    if let Some(published) = entry.published {
        xml.element("published", &[], &published.to_string());
    }
    xml.element("updated", &[], &entry.updated.to_string());
    if let Some(name) = &entry.author {
        author(xml, name);
    }
    if let Some(essay) = &entry.answers {
        xml.empty("thr:in-reply-to", &[("ref", essay), ("href", essay), ("type", "text/html")]);
    }
    for concept in &entry.concepts {
        xml.empty("category", &[("term", concept)]);
    }
    if !entry.summary.is_empty() {
        xml.linked("summary", &linked(&entry.summary, &entry.url, own));
    }
    xml.element("content", &[("type", "html")], &entry.html).close("entry");
}
