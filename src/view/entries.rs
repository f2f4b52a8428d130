//! What stands in a feed: which essays or replies, in which order, as of when. Knows no format.

use std::sync::Arc;

use jiff::Timestamp;

use super::Viewer;
use super::describe::shortened;
use super::feeds::{Feed, Subject};
use super::prose::{escaped, escaped_attribute};
use super::recipe::recipe_of;
use super::thread::Fresh;
use crate::link::{PageId, WritingId};
use crate::model::thread::When;

/// Essays in the feed of the book.
const MOST_ESSAYS: usize = 20;
/// Essays in the feed of a concept or a series.
const MOST_OF_ONE_SUBJECT: usize = 10;
/// The texts of such a feed come to no more bytes than this, once it has its fewest essays. In a book of 2,000 concepts there are
/// 6,000 of these feeds with whole texts: ten essays in each were two thirds of all that such a book publishes.
const HEAVIEST_OF_ONE_SUBJECT: usize = 48 << 10;
/// Whatever they weigh: nobody looks at a feed so seldom that three new essays on one subject come between.
const FEWEST_OF_ONE_SUBJECT: usize = 3;
const ONE_SUBJECT: (usize, usize) = (MOST_OF_ONE_SUBJECT, HEAVIEST_OF_ONE_SUBJECT);
/// The most letters of a summary that is made of a reply.
const LONGEST_SUMMARY: usize = 280;
/// Replies in their feed.
const MOST_REPLIES: usize = 50;

/// A feed, ready to be written.
#[derive(Clone, Debug)]
pub struct ChannelView {
    /// Its title.
    pub title: String,
    /// One sentence about it, plain text; empty if there is none.
    pub summary: String,
    /// The address of the page that shows the same.
    pub page: String,
    /// Its own address.
    pub url: String,
    /// Who wrote the essays; the book's title where no author is named.
    pub author: String,
    /// Language tag.
    pub language: String,
    /// WebSub hubs that pass its news on.
    pub hubs: Vec<String>,
    /// When anything in it last changed.
    pub updated: Timestamp,
    /// The newest first; the same in every format.
    pub entries: Arc<[EntryView]>,
}

/// An essay or a reply in a feed.
#[derive(Clone, Debug)]
pub struct EntryView {
    /// Its address, which names it for ever.
    pub url: String,
    /// Its title, plain text.
    pub title: String,
    /// Who wrote it, where that is not the author of the feed.
    pub author: Option<String>,
    /// Language tag, where it is not that of the feed.
    pub language: Option<String>,
    /// When it appeared, where that is known to the day.
    pub published: Option<Timestamp>,
    /// When it last changed.
    pub updated: Timestamp,
    /// A sentence or two, plain text; empty if there are none.
    pub summary: String,
    /// The whole text as HTML.
    pub html: Arc<str>,
    /// Titles of the concepts in it, by name.
    pub concepts: Vec<String>,
    /// The address of the original where that is elsewhere.
    pub canonical: Option<String>,
    /// The address of the essay that it answers.
    pub answers: Option<String>,
}

impl Viewer<'_> {
    /// A feed; `None` where the book does not know its address, since those in feeds are absolute.
    #[must_use]
    pub fn channel(&self, feed: Feed) -> Option<ChannelView> {
        let base = self.book.base_url.as_deref()?;
        let make = || self.entries(feed.subject, base);
        let entries = if self.is_recipe { make() } else { self.tables.entries(feed.subject, make) };
        let author = if self.book.author.is_empty() { &self.book.title } else { &self.book.author };
        Some(ChannelView {
            title: feed.title(self.site, self.book),
            summary: self.subject_summary(feed.subject),
            page: self.absolute(feed.page())?,
            url: self.book.absolute(&feed.route(self.site))?,
            author: author.clone(),
            language: self.book.language.clone(),
            hubs: self.book.tell.websub.clone(),
            updated: entries.iter().map(|entry| entry.updated).max().unwrap_or_else(|| self.newest_of_book()),
            entries,
        })
    }

    fn entries(&self, subject: Subject, base: &str) -> Arc<[EntryView]> {
        let entries = match subject {
            Subject::Book => self.newest(self.site.essays.iter().rev().copied(), (MOST_ESSAYS, usize::MAX), base),
            Subject::Concept(id) => {
                let essays = self.site.concept(id).appearances.iter().rev().map(|appearance| appearance.essay);
                self.newest(essays, ONE_SUBJECT, base)
            }
            Subject::Series(id) => {
                let mut essays = self.site.series(id).essays.clone();
                essays.sort_by_key(|id| (self.site.writing(*id).meta.date, *id));
                self.newest(essays.into_iter().rev(), ONE_SUBJECT, base)
            }
            Subject::Replies => {
                let fresh = self.newest_replies(MOST_REPLIES);
                fresh.into_iter().filter_map(|fresh| self.reply_entry(fresh)).collect()
            }
        };
        entries.into()
    }

    fn subject_summary(&self, subject: Subject) -> String {
        match subject {
            Subject::Book => self.book.summary.clone(),
            Subject::Concept(id) => super::cards::definition(self.site, id).to_owned(),
            Subject::Series(id) => self.series_card(id).summary,
            Subject::Replies => format!("What readers said of the essays of {}.", self.book.title),
        }
    }

    /// The first of these essays that readers see and that have a date: a feed says when each of its entries appeared.
    fn newest(
        &self,
        essays: impl Iterator<Item = WritingId>,
        (most, heaviest): (usize, usize),
        base: &str,
    ) -> Vec<EntryView> {
        let public = essays.filter(|id| self.is_public(PageId::Writing(*id)));
        let (mut entries, mut weight) = (Vec::new(), 0_usize);
        for entry in public.filter_map(|id| self.essay_entry(id, base)).take(most) {
            weight += entry.html.len();
            if weight > heaviest && entries.len() >= FEWEST_OF_ONE_SUBJECT {
                break;
            }
            entries.push(entry);
        }
        entries
    }

    /// When an essay that has a date last changed.
    fn changed(&self, id: WritingId) -> Option<Timestamp> {
        let meta = &self.site.writing(id).meta;
        meta.changed().filter(|_| meta.date.is_some()).map(|date| date.to_timestamp())
    }

    /// What an empty feed has for its date: that of the newest essay of the book, and the beginning of Unix time where no essay
    /// has a date. The day of the build would make a feed news each time.
    fn newest_of_book(&self) -> Timestamp {
        let public = self.site.essays.iter().filter(|id| self.is_public(PageId::Writing(**id)));
        public.filter_map(|id| self.changed(*id)).max().unwrap_or(Timestamp::UNIX_EPOCH)
    }

    fn essay_entry(&self, id: WritingId, base: &str) -> Option<EntryView> {
        let meta = &self.site.writing(id).meta;
        let (published, updated) = (meta.date?.to_timestamp(), self.changed(id)?);
        let summary = self.description(PageId::Writing(id));
        let titles = self.concepts_in(id).iter().map(|concept| self.site.concept(*concept).title.as_str());
        let concepts = if self.is_recipe { vec![recipe_of(titles)] } else { titles.map(str::to_owned).collect() };
        Some(EntryView {
            url: self.absolute(PageId::Writing(id))?,
            title: meta.title.clone(),
            author: None,
            language: meta.lang.clone().filter(|language| *language != self.book.language),
            published: Some(published),
            updated,
            summary,
            html: self.full_text(id, base),
            concepts,
            canonical: meta.canonical.clone(),
            answers: None,
        })
    }

    /// A reply as an entry. Atom wants a moment for each: where the day is not known, the first moment that it can have been; where
    /// nothing is, the day of the essay, before which nobody can have answered it; without that one, there is no entry. Only a
    /// day that is known is told as that on which it was published.
    fn reply_entry(&self, fresh: Fresh<'_>) -> Option<EntryView> {
        let (published, updated) = match fresh.date {
            When::Day(day) => (Some(day.to_timestamp()), day.to_timestamp()),
            When::Between(first, last) => {
                (Some(first.to_timestamp()).filter(|_| first.as_day() == last.as_day()), first.to_timestamp())
            }
            When::Unknown => (None, self.site.writing(fresh.essay).meta.date?.to_timestamp()),
        };
        let name = if fresh.view.name.is_empty() { "A reader" } else { fresh.view.name.as_str() };
        let essay = self.site.title(PageId::Writing(fresh.essay), self.book);
        Some(EntryView {
            url: self.book.whole_address(&fresh.view.url)?,
            title: format!("{name} on \u{201c}{essay}\u{201d}"),
            author: Some(name.to_owned()),
            language: None,
            published,
            updated,
            summary: shortened(&fresh.text.split_whitespace().collect::<Vec<_>>().join(" "), LONGEST_SUMMARY),
            html: self.reply_html(&fresh, name).into(),
            concepts: Vec::new(),
            canonical: None,
            answers: Some(self.absolute(PageId::Writing(fresh.essay))?),
        })
    }

    /// What the page shows of a reply: the passage it speaks of, its words, and below them who wrote it, where and when.
    fn reply_html(&self, fresh: &Fresh<'_>, name: &str) -> String {
        let reply = &fresh.view;
        let mut html = String::new();
        if let Some(passage) = &reply.passage {
            let url = escaped_attribute(&self.book.whole_address(&passage.url).unwrap_or_default());
            html.push_str(&format!("<blockquote><p><a href=\"{url}\">{}</a></p></blockquote>\n", passage.html));
        }
        html.push_str(&format!("<div dir=\"auto\">\n{}</div>\n", reply.body));
        let mut line = vec![escaped(name)];
        if !reply.headline.is_empty() {
            line.push(escaped(&reply.headline));
        }
        match (reply.address.is_empty(), reply.place.is_empty()) {
            (false, is_unnamed) => {
                let place =
                    if is_unnamed { "at its source".to_owned() } else { format!("on {}", escaped(&reply.place)) };
                line.push(format!("<a href=\"{}\">{place}</a>", escaped_attribute(&reply.address)));
            }
            (true, false) => line.push(format!("via {}", escaped(&reply.place))),
            (true, true) => {}
        }
        line.extend(reply.date.as_ref().map(|date| escaped(&date.text)));
        if reply.is_edited {
            line.push("edited".to_owned());
        }
        html.push_str(&format!("<p><small>{}</small></p>\n", line.join(" \u{b7} ")));
        html
    }
}
