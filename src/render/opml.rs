//! `feeds.opml` (OPML 2.0): every feed of the book, so that a reader can take many at once.

use super::Input;
use crate::view::feeds::{Feed, Format, Subject};
use crate::view::prose::{escaped, escaped_attribute};

/// The file. Each feed stands in it once, in the recommended format.
pub(super) fn write(input: &Input<'_>) -> String {
    let Input { site, book, .. } = input;
    let feeds: Vec<Feed> = Feed::all(site).into_iter().filter(|feed| feed.format == Format::Atom).collect();
    let lines = |wanted: fn(Subject) -> bool| -> String {
        feeds.iter().filter(|feed| wanted(feed.subject)).map(|feed| line(input, *feed)).collect()
    };
    let group = |title: &str, lines: String| match lines.as_str() {
        "" => lines,
        _ => format!("<outline text=\"{title}\">\n{lines}</outline>\n"),
    };
    let own = lines(|subject| matches!(subject, Subject::Book | Subject::Replies));
    let series = group("Series", lines(|subject| matches!(subject, Subject::Series(_))));
    let concepts = group("Concepts", lines(|subject| matches!(subject, Subject::Concept(_))));
    let owner = match book.author.as_str() {
        "" => String::new(),
        author => format!("<ownerName>{}</ownerName>\n", escaped(author)),
    };
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<opml version=\"2.0\">\n<head>\n<title>{}</title>\n{owner}</head>\n\
         <body>\n{own}{series}{concepts}</body>\n</opml>\n",
        escaped(&format!("Feeds of {}", book.title))
    )
}

fn line(input: &Input<'_>, feed: Feed) -> String {
    let base = input.book.base_url.as_deref().unwrap_or("/");
    let title = escaped_attribute(&feed.title(input.site, input.book));
    // Readers take `rss` for any feed; the file itself says which one it is.
    format!(
        "<outline type=\"rss\" text=\"{title}\" title=\"{title}\" xmlUrl=\"{}\" htmlUrl=\"{}\"/>\n",
        escaped_attribute(&format!("{base}{}", feed.route(input.site).to_url())),
        escaped_attribute(&format!("{base}{}", input.site.route(feed.page()).to_url()))
    )
}
