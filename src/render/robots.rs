//! `robots.txt` (RFC 9309): everything may be read, and where the sitemap stands.

use crate::model::book::Book;

/// The file.
pub(super) fn write(book: &Book) -> String {
    let sitemap = book.base_url.as_ref().map_or_else(String::new, |base| format!("\nSitemap: {base}sitemap.xml\n"));
    format!("User-agent: *\nDisallow:\n{sitemap}")
}
