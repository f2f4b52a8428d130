//! `feeds.opml` (OPML 2.0): every feed of the book, so that a reader can take many at once.

use super::Input;
use super::xml::Xml;
use crate::view::feeds::{Feed, Format, Subject};

/// The file. Each feed stands in it once, in the recommended format.
pub(super) fn write(input: &Input<'_>) -> String {
    let Input { site, book, .. } = input;
    let feeds: Vec<Feed> =
        Feed::all(site, book.outputs.feeds).into_iter().filter(|feed| feed.format == Format::Atom).collect();
    let mut xml = Xml::new(None);
    xml.open("opml", &[("version", "2.0")]).open("head", &[]);
    xml.element("title", &[], &format!("Feeds of {}", book.title));
    if !book.author.is_empty() {
        xml.element("ownerName", &[], &book.author);
    }
    xml.close("head").open("body", &[]);
    let own = feeds.iter().filter(|feed| matches!(feed.subject, Subject::Book | Subject::Replies));
    own.for_each(|feed| line(&mut xml, input, *feed));
    let mut group = |title: &str, wanted: fn(Subject) -> bool| {
        let mut feeds = feeds.iter().filter(|feed| wanted(feed.subject)).peekable();
        if feeds.peek().is_some() {
            xml.open("outline", &[("text", title)]);
            feeds.for_each(|feed| line(&mut xml, input, *feed));
            xml.close("outline");
        }
    };
    group("Series", |subject| matches!(subject, Subject::Series(_)));
    group("Concepts", |subject| matches!(subject, Subject::Concept(_)));
    xml.close("body").close("opml");
    xml.finish()
}

fn line(xml: &mut Xml, input: &Input<'_>, feed: Feed) {
    let Input { site, book, viewer, .. } = input;
    let title = feed.title(site, book);
    let (Some(url), Some(page)) = (book.absolute(&feed.route(site)), viewer.absolute(feed.page())) else { return };
    // Readers take `rss` for any feed; the file itself says which one it is.
    xml.empty("outline", &[("type", "rss"), ("text", &title), ("title", &title), ("xmlUrl", &url), ("htmlUrl", &page)]);
}
