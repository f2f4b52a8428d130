//! RSS 2.0, with whole texts (`content:encoded`), authors (`dc:creator`) and its own address (`atom:link`).

use jiff::Timestamp;

use crate::render::xml::Xml;
use crate::view::entries::{ChannelView, EntryView};

/// The feed.
pub(super) fn write(channel: &ChannelView, style: Option<&str>) -> String {
    let mut xml = Xml::new(style);
    xml.open(
        "rss",
        &[
            ("version", "2.0"),
            ("xmlns:atom", "http://www.w3.org/2005/Atom"),
            ("xmlns:content", "http://purl.org/rss/1.0/modules/content/"),
            ("xmlns:dc", "http://purl.org/dc/elements/1.1/"),
        ],
    );
    // A description is wanted even where the author gives none.
    let about = if channel.summary.is_empty() { &channel.title } else { &channel.summary };
    xml.open("channel", &[])
        .element("title", &[], &channel.title)
        .element("link", &[], &channel.page)
        .element("description", &[], &as_html(about))
        .empty("atom:link", &[("rel", "self"), ("type", "application/rss+xml"), ("href", &channel.url)]);
    for hub in &channel.hubs {
        xml.empty("atom:link", &[("rel", "hub"), ("href", hub)]);
    }
    xml.element("language", &[], &channel.language).element("lastBuildDate", &[], &date(channel.updated));
    channel.entries.iter().for_each(|entry| write_item(&mut xml, entry, channel));
    xml.close("channel").close("rss");
    xml.finish()
}

fn write_item(xml: &mut Xml, entry: &EntryView, channel: &ChannelView) {
    xml.open("item", &[])
        .element("title", &[], &entry.title)
        .element("link", &[], &entry.url)
        .element("guid", &[("isPermaLink", "true")], &entry.url)
        .element("pubDate", &[], &date(entry.published.unwrap_or(entry.updated)))
        .element("dc:creator", &[], entry.author.as_ref().unwrap_or(&channel.author));
    for concept in &entry.concepts {
        xml.element("category", &[], concept);
    }
    if !entry.summary.is_empty() {
        xml.element("description", &[], &as_html(&entry.summary));
    }
    xml.element("content:encoded", &[], &entry.html).close("item");
}

/// Descriptions are read as HTML, and by some programs and all browsers as text: what HTML takes for itself anyway, an `&` before a
/// blank, stays as it is, so that both read the same. Nothing else does: a character that XML drops may stand between two others.
fn as_html(text: &str) -> String {
    let mut html = String::with_capacity(text.len());
    let mut letters = text.chars().peekable();
    while let Some(c) = letters.next() {
        let next = letters.peek().copied().unwrap_or(' ');
        match c {
            '&' if !next.is_ascii_whitespace() => html.push_str("&amp;"),
            '<' if !next.is_ascii_whitespace() => html.push_str("&lt;"),
            _ => html.push(c),
        }
    }
    html
}

/// A moment as RFC 822 writes it, with the year in full.
fn date(moment: Timestamp) -> String {
    moment.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()
}
