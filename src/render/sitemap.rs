//! `sitemap.xml` (sitemaps.org 0.9): every page that readers are meant to find, with the day of its last change where the
//! author says one.

use super::Input;
use crate::link::{PageId, WritingId};
use crate::view::PageKey;
use crate::view::prose::escaped;

/// The most addresses that a sitemap may hold.
const MOST: usize = 50_000;

/// The file. Without a `base_url` there is none.
pub(super) fn write(input: &Input<'_>) -> String {
    let base = input.book.base_url.as_deref().unwrap_or("/");
    let mut xml = String::from(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">\n",
    );
    for key in input.viewer.keys().into_iter().take(MOST) {
        let PageKey::Page(page) = key else { continue };
        if !input.viewer.is_public(page) {
            continue;
        }
        let url = escaped(&format!("{base}{}", input.site.route(page).to_url()));
        xml.push_str(&format!("<url><loc>{url}</loc>"));
        if let PageId::Writing(id) = page
            && let Some(day) = changed(input, id)
        {
            xml.push_str(&format!("<lastmod>{day}</lastmod>"));
        }
        xml.push_str("</url>\n");
    }
    xml.push_str("</urlset>\n");
    xml
}

/// The day of the last change that the author names.
fn changed(input: &Input<'_>, id: WritingId) -> Option<jiff::civil::Date> {
    let meta = &input.site.writing(id).meta;
    meta.updated.or(meta.date).map(|date| date.as_day())
}
