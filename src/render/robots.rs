//! `robots.txt` (RFC 9309): everything may be read, and where the sitemap stands.

use crate::model::book::Book;

/// The file.
pub(super) fn write(book: &Book) -> String {
    let sitemap = book.whole_address("sitemap.xml").map_or_else(String::new, |url| format!("\nSitemap: {url}\n"));
    format!("User-agent: *\nDisallow:\n{sitemap}")
}
