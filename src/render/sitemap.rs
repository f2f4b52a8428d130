//! `sitemap.xml` (sitemaps.org 0.9): every page that readers are meant to find, with the day of its last change where that is
//! known. More addresses than one file may hold go into parts, and the file lists these.

use jiff::civil::Date;

use super::Input;
use super::xml::Xml;
use crate::link::{PageId, WritingId, index as position};
use crate::model::book::Book;
use crate::model::writing::Kind;
use crate::view::PageKey;

/// The most addresses that a sitemap may hold.
const MOST: usize = 50_000;

/// The file.
pub(super) fn write(input: &Input<'_>) -> String {
    let pages = pages(input);
    match parts_of(pages.len()) {
        0 => list(input, &pages),
        parts => index(input.book, parts),
    }
}

/// How many parts so many addresses take; none where one file holds all.
fn parts_of(addresses: usize) -> usize {
    if addresses > MOST { addresses.div_ceil(MOST) } else { 0 }
}

fn index(book: &Book, parts: usize) -> String {
    let urls = (1..=parts).filter_map(|number| book.whole_address(&format!("sitemap-{number}.xml")));
    document("sitemapindex", |xml| {
        for url in urls {
            xml.record("sitemap", &[("loc", &url)]);
        }
    })
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
    let own = || input.viewer.absolute(PageId::Writing(id));
    let canonical = &input.site.writing(id).meta.canonical;
    canonical.is_some() && *canonical != own()
}

fn list(input: &Input<'_>, pages: &[PageId]) -> String {
    // An essay stands on dozens of pages.
    let days: Vec<Option<Date>> =
        (0..input.site.writings.len()).map(|at| changed(input, WritingId(position(at)))).collect();
    document("urlset", |xml| {
        for page in pages {
            let Some(url) = input.viewer.absolute(*page) else { continue };
            match last_change(input, *page, &days) {
                Some(day) => xml.record("url", &[("loc", &url), ("lastmod", &day.to_string())]),
                None => xml.record("url", &[("loc", &url)]),
            };
        }
    })
}

fn document(root: &str, write: impl FnOnce(&mut Xml)) -> String {
    let mut xml = Xml::new(None);
    xml.open(root, &[("xmlns", "http://www.sitemaps.org/schemas/sitemap/0.9")]);
    write(&mut xml);
    xml.close(root);
    xml.finish()
}

/// The day of the last change of an essay that readers see.
fn changed(input: &Input<'_>, id: WritingId) -> Option<Date> {
    let writing = input.site.writing(id);
    let changed = writing.meta.changed().filter(|_| writing.kind == Kind::Essay)?;
    input.viewer.is_public(PageId::Writing(id)).then(|| changed.as_day())
}

/// The day of the last change: that of an essay, or of the newest essay that a page shows.
fn last_change(input: &Input<'_>, page: PageId, days: &[Option<Date>]) -> Option<Date> {
    let site = input.site;
    let of = |id: WritingId| days[id.0 as usize];
    match page {
        PageId::Writing(id) => of(id),
        PageId::Replies | PageId::Print => None,
        PageId::Stretch(id) => site.essays_on(id).filter_map(of).max(),
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
        let base_url = Some("https://e.org/a&b/".to_owned());
        let text = index(&Book { base_url, ..Book::default() }, 2);
        let parts: Vec<&str> = text.split("<loc>").skip(1).map(|rest| &rest[..rest.find('<').unwrap_or(0)]).collect();
        assert_eq!(parts, ["https://e.org/a&amp;b/sitemap-1.xml", "https://e.org/a&amp;b/sitemap-2.xml"]);
        assert!(text.contains("<sitemapindex xmlns="));
    }
}
