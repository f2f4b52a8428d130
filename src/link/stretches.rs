//! Lists that are too long for one page, and the stretches of them that have pages of their own: by year, or by number. Knows
//! dates and how long lists are, no texts.

use std::ops::Range;

use super::{Appearance, ConceptId, PageId, SeriesId, Site, WritingId, index};
use crate::base::path::Route;

/// The most entries that stand on one page of a list; a longer list is divided.
pub const MOST_LISTED: usize = 200;
/// The same for the index of concepts, whose entries are short and of which a book has fewer than essays.
pub const MOST_IN_INDEX: usize = 1_000;

/// Index of a stretch in `Site::stretches`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StretchId(pub u32);

/// A stretch of a list that is too long for one page. Nobody is promised its address: a list that gets shorter loses it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stretch {
    /// The page of the list.
    pub of: PageId,
    /// The name of the page.
    pub title: String,
    /// Its address: below that of the list.
    pub route: Route,
    /// The year of its essays; `None` for those without a date and in lists that go by number.
    pub year: Option<i16>,
    /// How many entries the year has; in lists that go by number, the list.
    pub count: usize,
    /// Which page of the year, or of the list, this is, from 1.
    pub number: usize,
    /// Which entries stand on it: of `Site::essays`, `Concept::appearances` or `Series::essays`, of the index of concepts by
    /// name, or of all replies from the newest on.
    pub entries: Range<usize>,
}

impl Site {
    /// A stretch of a long list.
    #[must_use]
    pub fn stretch(&self, id: StretchId) -> &Stretch {
        &self.stretches[id.0 as usize]
    }

    /// The stretches of a list, in the order in which they are read; none where one page holds it.
    pub fn stretches_of(&self, page: PageId) -> impl DoubleEndedIterator<Item = StretchId> + use<> {
        let from = self.stretches.partition_point(|stretch| stretch.of < page);
        let to = from + self.stretches[from..].partition_point(|stretch| stretch.of == page);
        (index(from)..index(to)).map(StretchId)
    }

    /// The essays that a stretch lists; none where it lists concepts or replies.
    pub fn essays_on(&self, id: StretchId) -> impl Iterator<Item = WritingId> {
        let Stretch { of, entries, .. } = self.stretch(id);
        let entries = entries.clone();
        let (uses, essays): (&[Appearance], &[WritingId]) = match of {
            PageId::Archive => (&[], &self.essays[entries]),
            PageId::Concept(id) => (&self.concept(*id).appearances[entries], &[]),
            PageId::Series(id) => (&[], &self.series(*id).essays[entries]),
            _ => (&[], &[]),
        };
        essays.iter().copied().chain(uses.iter().map(|found| found.essay))
    }

    /// How many replies there are.
    #[must_use]
    pub fn reply_count(&self) -> usize {
        self.conversations.values().map(|conversation| conversation.count).sum()
    }
}

/// Fills `Site::stretches`, sorted by the pages of their lists.
pub(super) fn find(site: &mut Site) {
    let mut found = Finder { site, stretches: Vec::new() };
    let years: Vec<Option<i16>> =
        site.writings.iter().map(|writing| writing.meta.date.map(|date| date.year())).collect();
    let year = |id: &WritingId| years[id.0 as usize];
    if site.essays.len() > MOST_LISTED {
        // The list of all essays begins with the newest, and so does each of its pages.
        for entries in runs(&site.essays, year).into_iter().rev() {
            found.year(PageId::Archive, year(&site.essays[entries.start]), entries, true);
        }
    }
    found.numbers(PageId::Concepts, site.concepts.len(), MOST_IN_INDEX);
    for (at, concept) in site.concepts.iter().enumerate().filter(|(_, it)| it.appearances.len() > MOST_LISTED) {
        for entries in runs(&concept.appearances, |found| year(&found.essay)) {
            let year = year(&concept.appearances[entries.start].essay);
            found.year(PageId::Concept(ConceptId(index(at))), year, entries, false);
        }
    }
    for (at, series) in site.series.iter().enumerate() {
        found.numbers(PageId::Series(SeriesId(index(at))), series.essays.len(), MOST_LISTED);
    }
    found.numbers(PageId::Replies, site.reply_count(), MOST_LISTED);
    site.stretches = found.stretches;
}

/// Where the year changes in a list that is sorted by date.
fn runs<T>(list: &[T], year: impl Fn(&T) -> Option<i16>) -> Vec<Range<usize>> {
    let mut from = 0;
    let run = |run: &[T]| {
        let entries = from..from + run.len();
        from = entries.end;
        entries
    };
    list.chunk_by(|a, b| year(a) == year(b)).map(run).collect()
}

struct Finder<'a> {
    site: &'a Site,
    stretches: Vec<Stretch>,
}

impl Finder<'_> {
    /// The pages of one year: all its entries below the address of the list, and where they are too many the rest below that.
    fn year(&mut self, of: PageId, year: Option<i16>, entries: Range<usize>, is_newest_first: bool) {
        let name = year.map_or_else(|| "undated".to_owned(), |year| format!("{year:04}"));
        let folder = self.free(&folder_of(self.site.route(of)), &name, "in-");
        let title = match (of, year) {
            (PageId::Concept(id), Some(_)) => format!("{} in {name}", self.site.concept(id).title),
            (PageId::Concept(id), None) => format!("{}, undated", self.site.concept(id).title),
            (_, Some(_)) => format!("Essays of {name}"),
            (_, None) => "Essays without a date".to_owned(),
        };
        let count = entries.len();
        for (at, start) in (0..count).step_by(MOST_LISTED).enumerate() {
            let end = count.min(start + MOST_LISTED);
            let own = if is_newest_first {
                entries.end - end..entries.end - start
            } else {
                entries.start + start..entries.start + end
            };
            let (title, route) = self.numbered(&title, &folder, at);
            self.stretches.push(Stretch { of, title, route, year, count, number: at + 1, entries: own });
        }
    }

    /// The pages of a list that goes by number, but for the first, which is that of the list.
    fn numbers(&mut self, of: PageId, count: usize, most: usize) {
        let folder = folder_of(self.site.route(of));
        for (at, start) in (0..count).step_by(most).enumerate().skip(1) {
            let title = match of {
                PageId::Series(id) => self.site.series(id).title.as_str(),
                PageId::Concepts => "Concepts",
                _ => "Replies",
            };
            let (title, route) = self.numbered(title, &folder, at);
            self.stretches.push(Stretch {
                of,
                title,
                route,
                year: None,
                count,
                number: at + 1,
                entries: start..count.min(start + most),
            });
        }
    }

    /// Title and address of one page of several, counted from 0.
    fn numbered(&self, title: &str, folder: &str, at: usize) -> (String, Route) {
        let (title, folder) = match at {
            0 => (title.to_owned(), folder.to_owned()),
            _ => (format!("{title}, page {}", at + 1), self.free(folder, &(at + 1).to_string(), "page-")),
        };
        (title, Route::new(&folder).expect("an address of the site with a clean name behind it"))
    }

    /// A folder of this name that nothing else stands in the way of. Pages and files of the author, and addresses that lead on,
    /// keep theirs: readers know them already when a list grows too long, and of this page they are promised nothing.
    fn free(&self, below: &str, name: &str, prefix: &str) -> String {
        let mut name = name.to_owned();
        loop {
            let folder = format!("{below}{name}/");
            if self.is_free(&folder) {
                return folder;
            }
            name.insert_str(0, prefix);
        }
    }

    fn is_free(&self, folder: &str) -> bool {
        self.site.taken.is_free(&format!("{}index.html", folder.trim_start_matches('/')))
    }
}

/// The address under which the pages of a list stand.
fn folder_of(list: &Route) -> String {
    list.as_str().strip_suffix(".html").map_or_else(|| list.as_str().to_owned(), |stem| format!("{stem}/"))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::super::routes::Taken;
    use super::*;

    fn pages(count: usize, taken: &[&str]) -> Vec<(String, Range<usize>)> {
        let mut all = Taken::default();
        taken.iter().for_each(|file| all.take((*file).to_owned(), 0));
        let site = Site { taken: Arc::new(all), ..Site::default() };
        let mut finder = Finder { site: &site, stretches: Vec::new() };
        finder.year(PageId::Archive, Some(2021), 5..5 + count, true);
        finder.numbers(PageId::Replies, count, MOST_LISTED);
        finder.stretches.into_iter().map(|stretch| (stretch.route.as_str().to_owned(), stretch.entries)).collect()
    }

    #[test]
    fn a_long_year_is_divided_and_a_list_that_goes_by_number_keeps_its_first_page() {
        assert_eq!(pages(200, &[]), [("/essays/2021/".to_owned(), 5..205)]);
        assert_eq!(
            pages(201, &[]),
            [
                ("/essays/2021/".to_owned(), 6..206),
                ("/essays/2021/2/".to_owned(), 5..6),
                ("/replies/2/".to_owned(), 200..201)
            ]
        );
    }

    #[test]
    fn what_the_author_wrote_keeps_its_address() {
        let routes =
            |taken: &[&str]| -> Vec<String> { pages(201, taken).into_iter().map(|(route, _)| route).collect() };
        assert_eq!(routes(&["essays/2021/index.html"])[..2], ["/essays/in-2021/", "/essays/in-2021/2/"]);
        assert_eq!(routes(&["essays/2021"])[0], "/essays/in-2021/");
        assert_eq!(routes(&["essays/2021/index.html/x"])[0], "/essays/in-2021/");
        assert_eq!(routes(&["essays/2021/index.html", "essays/in-2021/index.html"])[0], "/essays/in-in-2021/");
        assert_eq!(
            routes(&["essays/2021/2/index.html", "replies/2/index.html"])[1..],
            ["/essays/2021/page-2/", "/replies/page-2/"]
        );
        assert_eq!(routes(&["essays/2021/a/index.html"])[0], "/essays/2021/");
    }
}
