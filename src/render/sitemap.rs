//! `sitemap.xml` (sitemaps.org 0.9): every page that readers are meant to find, with the day of its last change where that is
//! known. More addresses than one file may hold go into parts, and the file lists these.

use super::Input;
use crate::link::{PageId, WritingId};
use crate::model::writing::Kind;
use crate::view::PageKey;
use crate::view::prose::escaped;

/// The most addresses that a sitemap may hold.
const MOST: usize = 50_000;

/// The file.
pub(super) fn write(input: &Input<'_>) -> String {
    let pages = pages(input);
    match parts_of(pages.len()) {
        0 => list(input, &pages),
        parts => index(base(input), parts),
    }
}

/// How many parts so many addresses take; none where one file holds all.
fn parts_of(addresses: usize) -> usize {
    if addresses > MOST { addresses.div_ceil(MOST) } else { 0 }
}

fn index(base: &str, parts: usize) -> String {
    let parts = (1..=parts).map(|number| format!("{base}sitemap-{number}.xml"));
    let entries: String = parts.map(|url| format!("<sitemap><loc>{}</loc></sitemap>\n", escaped(&url))).collect();
    document("sitemapindex", &entries)
}

/// Which parts there are, from 0: none where one file holds all.
pub(super) fn parts(input: &Input<'_>) -> std::ops::Range<usize> {
    // Where there are no more pages of any kind, those that are listed need not be counted.
    let is_large = input.viewer.keys().len() > MOST;
    0..if is_large { parts_of(pages(input).len()) } else { 0 }
}

/// A part.
pub(super) fn write_part(input: &Input<'_>, at: usize) -> String {
    let pages = pages(input);
    list(input, pages.chunks(MOST).nth(at).unwrap_or_default())
}

/// The pages to be found: those that readers see and whose original stands here.
fn pages(input: &Input<'_>) -> Vec<PageId> {
    let is_listed = |page: &PageId| {
        let is_elsewhere = matches!(page, PageId::Writing(id) if is_elsewhere(input, *id));
        // Readers who search are to find the essay itself, not the pile that it lies in.
        *page != PageId::Print && input.viewer.is_public(*page) && !is_elsewhere
    };
    let page = |key| match key {
        PageKey::Page(page) => Some(page),
        PageKey::Missing => None,
    };
    input.viewer.keys().into_iter().filter_map(page).filter(is_listed).collect()
}

fn is_elsewhere(input: &Input<'_>, id: WritingId) -> bool {
    let own = || format!("{}{}", base(input), input.site.route(PageId::Writing(id)).to_url());
    input.site.writing(id).meta.canonical.as_ref().is_some_and(|canonical| *canonical != own())
}

fn base<'a>(input: &Input<'a>) -> &'a str {
    input.book.base_url.as_deref().unwrap_or("/")
}

fn list(input: &Input<'_>, pages: &[PageId]) -> String {
    let mut entries = String::new();
    for page in pages {
        let url = escaped(&format!("{}{}", base(input), input.site.route(*page).to_url()));
        let changed = changed(input, *page).map_or_else(String::new, |day| format!("<lastmod>{day}</lastmod>"));
        entries.push_str(&format!("<url><loc>{url}</loc>{changed}</url>\n"));
    }
    document("urlset", &entries)
}

fn document(root: &str, entries: &str) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<{root} xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">\n{entries}</{root}>\n"
    )
}

/// The day of the last change: that of an essay, or of the newest essay that a page shows.
fn changed(input: &Input<'_>, page: PageId) -> Option<jiff::civil::Date> {
    let site = input.site;
    let of = |id: WritingId| {
        let meta = &site.writing(id).meta;
        let is_public = input.viewer.is_public(PageId::Writing(id));
        meta.updated.or(meta.date).filter(|_| is_public).map(|date| date.as_day())
    };
    match page {
        PageId::Writing(id) if site.writing(id).kind == Kind::Essay => of(id),
        PageId::Writing(_) | PageId::Replies | PageId::Print => None,
        PageId::Home | PageId::Archive | PageId::Concepts => site.essays.iter().filter_map(|id| of(*id)).max(),
        PageId::Concept(id) => site.concept(id).appearances.iter().filter_map(|found| of(found.essay)).max(),
        PageId::Series(id) => site.series(id).essays.iter().filter_map(|id| of(*id)).max(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn more_addresses_than_a_file_may_hold_go_into_parts() {
        assert_eq!([0, 50_000, 50_001, 100_000, 100_001].map(parts_of), [0, 0, 2, 2, 3]);
        let text = index("https://e.org/a&b/", 2);
        let parts: Vec<&str> = text.split("<loc>").skip(1).map(|rest| &rest[..rest.find('<').unwrap_or(0)]).collect();
        assert_eq!(parts, ["https://e.org/a&amp;b/sitemap-1.xml", "https://e.org/a&amp;b/sitemap-2.xml"]);
        assert!(text.contains("<sitemapindex xmlns="));
    }
}
