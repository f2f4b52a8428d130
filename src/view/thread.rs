//! Replies under an essay, on the page of all replies and on the pages of concepts.

use super::Viewer;
use super::cards::date_view;
use super::views::{
    AnsweredView, LinkView, PassageView, RepliesEssay, RepliesView, ReplyDate, ReplyView, ReplyWord, ThreadView,
};
use crate::base::words::plain;
use crate::link::threads::{Conversation, Placed};
use crate::link::{ConceptId, PageId, Site, WritingId, index};
use crate::model::thread::{Reply, When, source_name};
use crate::view::prose::quote;

/// Replies that stand open under an essay; the threads behind them are folded.
const OPEN: usize = 8;
/// The place before which a fold waits for a beginning; a longer conversation is folded amid its answers.
const FARTHEST: usize = 16;
/// Levels that are indented; what answers deeper stands on the last one and says whom it answers.
const LEVELS: u32 = 3;
/// Passages of replies on the page of a concept.
const MOST_PASSAGES: usize = 20;
/// The most letters of a passage of the essay that a reply shows.
const PASSAGE: usize = 200;

/// A reply with what its view does not tell.
pub(super) struct Fresh<'a> {
    /// The essay it answers.
    pub(super) essay: WritingId,
    /// When it was written.
    pub(super) date: When,
    /// Its words as plain text.
    pub(super) text: &'a str,
    /// What the page of replies shows of it.
    pub(super) view: ReplyView,
}

impl Viewer<'_> {
    /// The conversation under an essay; `None` where nobody has replied.
    pub(super) fn thread_view(&self, id: WritingId) -> Option<ThreadView> {
        let conversation = self.site.conversations.get(&id)?;
        let places = self.places(id, conversation);
        if conversation.count == 0 && places.is_empty() {
            return None;
        }
        let mut open: Vec<ReplyView> =
            conversation.replies.iter().map(|placed| self.reply_view(id, conversation, placed)).collect();
        // Answers are not torn from what they answer where that can be helped: the fold comes before the first beginning behind
        // the eighth reply, unless that is far off.
        let beginning = open.iter().enumerate().take(FARTHEST).skip(OPEN).find(|(_, reply)| reply.depth == 1);
        let cut = match beginning {
            Some((at, _)) => at,
            None if open.len() > FARTHEST => OPEN,
            None => open.len(),
        };
        let folded = open.split_off(cut);
        let more = folded.iter().filter(|reply| reply.is_shown).count();
        Some(ThreadView { count: conversation.count, open, folded, more: index(more), places })
    }

    /// Where the conversation goes on: the addresses of its threads, then the copies that the essay names.
    fn places(&self, id: WritingId, conversation: &Conversation) -> Vec<LinkView> {
        let threads = conversation.threads.iter().filter(|thread| !thread.address.is_empty());
        let mut places: Vec<LinkView> = Vec::new();
        for thread in threads {
            let title = source_name(&thread.source).to_owned();
            if !title.is_empty() {
                places.push(LinkView { title, url: thread.address.clone() });
            }
        }
        for url in &self.site.writing(id).meta.syndication {
            let place = super::essay::place_name(url);
            if !places.iter().any(|known| known.title == place.title) {
                places.push(place);
            }
        }
        places
    }

    fn reply_view(&self, id: WritingId, conversation: &Conversation, placed: &Placed) -> ReplyView {
        let url = self.url(PageId::Writing(id));
        let answered = placed.answers.and_then(|at| conversation.replies.get(at as usize));
        let answers = answered.filter(|_| placed.depth > LEVELS).map(|answered| AnsweredView {
            name: answered.reply.as_ref().map(|reply| reply.name.clone()).unwrap_or_default(),
            id: answered.anchor.clone(),
        });
        let mut view = ReplyView {
            id: placed.anchor.clone(),
            url: format!("{url}#{}", placed.anchor),
            depth: placed.depth.min(LEVELS),
            answers,
            ..ReplyView::default()
        };
        let Some(reply) = &placed.reply else { return view };
        view.is_shown = true;
        view.name.clone_from(&reply.name);
        view.headline.clone_from(&reply.headline);
        view.place = source_name(reply.source()).to_owned();
        view.address.clone_from(&reply.address);
        view.date = reply_date(reply);
        view.is_edited = reply.is_edited;
        view.is_author = reply.is_author;
        view.passage = placed.block.map(|block| self.passage_of(id, block, reply));
        view.body = body(reply, view.passage.is_some()).to_owned();
        view
    }

    /// The passage of the essay that a reply speaks of.
    fn passage_of(&self, id: WritingId, block: u32, reply: &Reply) -> PassageView {
        let written = reply.passage.as_ref().map_or("", |passage| passage.value.as_str());
        let cut = written.char_indices().nth(PASSAGE).map_or(written.len(), |(at, _)| at);
        let mut html = crate::view::prose::escaped(&written[..cut]);
        if cut < written.len() {
            html.push('\u{2026}');
        }
        PassageView { html, url: self.link_to_block(id, block).url }
    }

    /// Sentences of replies that use a concept.
    pub(super) fn reply_words(&self, id: ConceptId) -> Vec<ReplyWord> {
        let mut words = Vec::new();
        for (essay, at) in &self.site.concept(id).replies {
            let placed = &self.site.conversations[essay].replies[*at as usize];
            let Some(reply) = &placed.reply else { continue };
            let Some((_, mark, sentence)) = placed.mentions.iter().find(|(concept, ..)| *concept == id) else {
                continue;
            };
            let link = self.link(PageId::Writing(*essay));
            words.push(ReplyWord {
                html: quote(&reply.text, *sentence, &[*mark], &[]),
                url: format!("{}#{}", link.url, placed.anchor),
                name: reply.name.clone(),
                title: link.title,
            });
            if words.len() == MOST_PASSAGES {
                break;
            }
        }
        words
    }

    /// These of all replies, as one page of them: the newest first under its essay, the essay answered last before the others.
    pub(super) fn replies_view(&self, entries: std::ops::Range<usize>, page: PageId) -> RepliesView {
        let answered = &self.tables.answered;
        let from = answered.partition_point(|(_, before)| *before <= entries.start).saturating_sub(1);
        let mut views = Vec::new();
        for &(id, before) in answered[from..].iter().take_while(|(_, before)| *before < entries.end) {
            let conversation = &self.site.conversations[&id];
            let mut shown: Vec<&Placed> = conversation.replies.iter().filter(|placed| placed.reply.is_some()).collect();
            shown.sort_by_key(|placed| std::cmp::Reverse(moment(placed)));
            shown.truncate(entries.end - before);
            shown.drain(..entries.start.saturating_sub(before).min(shown.len()));
            let link = self.link(PageId::Writing(id));
            let flat = |placed: &Placed| ReplyView { depth: 1, ..self.reply_view(id, conversation, placed) };
            views.push(RepliesEssay {
                title: link.title,
                url: link.url,
                count: conversation.count,
                replies: shown.into_iter().map(flat).collect(),
            });
        }
        let (count, removal) = (self.site.reply_count(), self.book.replies.removal.clone());
        RepliesView { essays: views, count, steps: self.steps(page), removal }
    }

    /// The newest replies to essays that readers see; of those of one moment, the later one in its conversation first. One without
    /// a date comes after all others.
    pub(super) fn newest_replies(&self, most: usize) -> Vec<Fresh<'_>> {
        let public = self.site.conversations.iter().filter(|(id, _)| self.is_public(PageId::Writing(**id)));
        let mut all: Vec<_> = public
            .flat_map(|(id, conversation)| {
                let replies = conversation.replies.iter().enumerate();
                let shown = replies.filter(|(_, placed)| placed.reply.is_some());
                shown.map(move |(at, placed)| (moment(placed), *id, at))
            })
            .collect();
        all.sort_unstable_by(|a, b| b.cmp(a));
        all.truncate(most);
        let fresh = |(_, essay, at): (Option<crate::base::date::Date>, WritingId, usize)| {
            let conversation = &self.site.conversations[&essay];
            let placed = &conversation.replies[at];
            let reply = placed.reply.as_ref()?;
            let view = self.reply_view(essay, conversation, placed);
            Some(Fresh { essay, date: reply.date, text: &reply.text, view })
        };
        all.into_iter().filter_map(fresh).collect()
    }
}

/// Essays that were answered, the one answered last before the others, with the number of replies before theirs.
pub(super) fn answered(site: &Site) -> Vec<(WritingId, usize)> {
    let said = site.conversations.iter().filter(|(_, conversation)| conversation.count > 0);
    let mut essays: Vec<_> =
        said.map(|(id, said)| (said.replies.iter().filter_map(moment).max(), *id, said.count)).collect();
    essays.sort_unstable_by(|a, b| b.cmp(a));
    let mut before = 0;
    let place = |(_, id, count): (Option<crate::base::date::Date>, WritingId, usize)| {
        before += count;
        (id, before - count)
    };
    essays.into_iter().map(place).collect()
}

fn moment(placed: &Placed) -> Option<crate::base::date::Date> {
    match placed.reply.as_ref()?.date {
        When::Day(day) | When::Between(day, _) => Some(day),
        When::Unknown => None,
    }
}

/// The date as precisely as it is known: a day; a month or a year where all days that it can be lie in one; else about a year.
fn reply_date(reply: &Reply) -> Option<ReplyDate> {
    match reply.date {
        When::Unknown => None,
        When::Day(day) => {
            let view = date_view(&day);
            Some(ReplyDate { iso: view.iso, text: view.text })
        }
        When::Between(first, last) if first.as_day() == last.as_day() => {
            let view = date_view(&first);
            Some(ReplyDate { iso: view.iso, text: view.text })
        }
        When::Between(first, last) if first.year() == last.year() => {
            let (from, to) = (first.as_day(), last.as_day());
            if from.month() == to.month() {
                let text = from.strftime("%B %Y").to_string();
                return Some(ReplyDate { iso: format!("{:04}-{:02}", from.year(), from.month()), text });
            }
            Some(ReplyDate { iso: format!("{:04}", first.year()), text: first.year().to_string() })
        }
        When::Between(first, last) => {
            // The year in which most of the days lie.
            let new_year = jiff::civil::date(last.year(), 1, 1);
            let before = first.as_day().until(new_year).map_or(0, |span| span.get_days());
            let after = new_year.until(last.as_day()).map_or(0, |span| span.get_days());
            let year = if before > after { last.year() - 1 } else { last.year() };
            Some(ReplyDate { iso: String::new(), text: format!("about {year}") })
        }
    }
}

/// The words of a reply, without a quotation at its beginning that is shown as its passage already.
fn body(reply: &Reply, has_passage: bool) -> &str {
    let quoted = reply.text.lines().next().unwrap_or("");
    let passage = reply.passage.as_ref().map_or("", |passage| passage.value.as_str());
    let letters = |text: &str| plain(text).trim_matches(|c: char| !c.is_alphanumeric()).to_owned();
    let is_same = has_passage && letters(quoted) == letters(passage);
    let rest = reply.html.strip_prefix("<blockquote>").filter(|_| is_same);
    rest.and_then(|rest| rest.split_once("</blockquote>")).map_or(reply.html.as_str(), |(_, rest)| rest.trim_start())
}
