//! The contract with theme authors: everything a template may show, field by field.
//!
//! Addresses (`url`) are written from the site's root without a slash at the start (`essays/trust/`); a template
//! puts `page.root` before them: `{{ page.root }}{{ essay.url }}`. Fields that hold HTML say so and are used with `| safe`.
//! A field that may be missing is `null`, never absent.

use serde::Serialize;
use serde_json::{Map, Value};

pub use super::long_views::{StepsView, UseView, YearCount, YearPageView};
pub use super::print_views::{PrintEssay, PrintPart, PrintPlace, PrintTerm, PrintView};
pub use super::reply_views::{AnsweredView, RepliesEssay, RepliesView, ReplyDate, ReplyView, ReplyWord, ThreadView};

/// `book`: the same on every page.
#[derive(Clone, Debug, Serialize, PartialEq, Eq)]
pub struct BookView {
    /// Name of the book.
    pub title: String,
    /// Who wrote it; empty if not said.
    pub author: String,
    /// One sentence about it; empty if not said.
    pub summary: String,
    /// Language tag.
    pub language: String,
    /// Absolute address of the front page; `null` where the book has no `base_url`.
    pub url: Option<String>,
    /// Address of the feed of all essays; `null` where the book has no `base_url`.
    pub feed: Option<String>,
    /// The author's pages elsewhere, by the names of the places.
    pub profiles: Vec<LinkView>,
    /// Single pages (about …) for the footer, by title.
    pub pages: Vec<LinkView>,
    /// How many essays there are.
    pub essay_count: usize,
    /// How many concepts there are.
    pub concept_count: usize,
    /// Whether there is a page of replies.
    pub has_replies: bool,
    /// Whether there is a page for printing: in books of at most 500 essays.
    pub has_print: bool,
    /// Whether the replies to an essay are printed with it.
    pub prints_replies: bool,
    /// Every series with its essays, for a navigation that stands on every page; none in books of more than 200 essays, whose pages
    /// would grow with each of them.
    pub series: Vec<SeriesNav>,
    /// The essays in no series, newest first; none in books of more than 200 essays.
    pub loose: Vec<LinkView>,
    /// The settings of the theme, every one with a value: what `[theme]` of `book.toml` says, or the theme's default.
    pub theme: Map<String, Value>,
    /// `[extra]` of `book.toml`.
    pub extra: Map<String, Value>,
}

/// `page`: the page at hand.
#[derive(Clone, Debug, Serialize)]
pub struct PageView {
    /// Which template it is: `home`, `essay`, `archive`, `concept`, `concepts`, `series`, `year`, `replies`, `page`, `print`,
    /// `missing`.
    pub kind: String,
    /// For `<title>`: the page's own name, and the book's behind it on every page but home.
    pub title: String,
    /// For `<meta name="description">`; empty if there is nothing to say.
    pub description: String,
    /// Absolute address of the original of this page; `null` where the book has no `base_url` or on the 404 page.
    pub canonical: Option<String>,
    /// Language tag.
    pub lang: String,
    /// `rtl` where that language runs from right to left, else `ltr`.
    pub dir: String,
    /// The way from this page to the site's root: `./`, `../../`; on the 404 page the path from the server's root.
    pub root: String,
    /// Its address from the site's root, without a slash at the start; empty for home.
    pub url: String,
    /// Whether readers see it; `false` for drafts, scheduled and expired essays that are shown all the same.
    pub is_public: bool,
    /// Whether it has footnotes.
    pub has_notes: bool,
    /// Whether it has formulas.
    pub has_math: bool,
    /// What other programs are told of it; `null` where readers do not see it and on the 404 page.
    pub head: Option<super::head::HeadView>,
}

/// A link to a page.
#[derive(Clone, Debug, Serialize, PartialEq, Eq)]
pub struct LinkView {
    /// Its name.
    pub title: String,
    /// Its address.
    pub url: String,
}

/// A series with its essays.
#[derive(Clone, Debug, Serialize, PartialEq, Eq)]
pub struct SeriesNav {
    /// Its title.
    pub title: String,
    /// Its address.
    pub url: String,
    /// Its essays, in order.
    pub essays: Vec<LinkView>,
}

/// A day.
#[derive(Clone, Debug, Serialize)]
pub struct DateView {
    /// `2021-03-02`, for `datetime`.
    pub iso: String,
    /// `2 March 2021`.
    pub text: String,
    /// 2021.
    pub year: i16,
}

/// An essay in a list.
#[derive(Clone, Debug, Serialize)]
pub struct Card {
    /// Its title.
    pub title: String,
    /// Its address.
    pub url: String,
    /// Language tag of its title and dek.
    pub lang: String,
    /// Its dek; empty without one.
    pub summary: String,
    /// Its day; `null` without one.
    pub date: Option<DateView>,
    /// Minutes to read it, at least 1.
    pub minutes: u32,
    /// Its place in the series it is listed under; `null` elsewhere.
    pub part: Option<i64>,
    /// Why it is not public yet: `Draft`, `Scheduled`, `Expired`; `null` for what readers see.
    pub badge: Option<String>,
}

/// A sentence or paragraph quoted from an essay.
#[derive(Clone, Debug, Serialize)]
pub struct PassageView {
    /// HTML: the sentence, with `<mark>` around the word or link in question.
    pub html: String,
    /// Address of the paragraph it stands in.
    pub url: String,
}

/// `home`: the front page.
#[derive(Clone, Debug, Serialize)]
pub struct HomeView {
    /// Essays to begin with: those with `start = true`, at most 3.
    pub start: Vec<Card>,
    /// The newest essays, at most 5.
    pub latest: Vec<Card>,
    /// The concepts used most, at most 12, by name.
    pub concepts: Vec<CountView>,
    /// Every series; of more than 200 those with the most essays.
    pub series: Vec<SeriesCard>,
}

/// A concept with the number of essays that use it.
#[derive(Clone, Debug, Serialize)]
pub struct CountView {
    /// Its name.
    pub title: String,
    /// Its address.
    pub url: String,
    /// The first sentence of its definition; empty without one.
    pub summary: String,
    /// How many essays use it, up to 200.
    pub count: usize,
    /// Whether more than 200 do.
    pub is_many: bool,
}

/// A series in a list.
#[derive(Clone, Debug, Serialize)]
pub struct SeriesCard {
    /// Its title.
    pub title: String,
    /// Its address.
    pub url: String,
    /// What it is for; empty if not said.
    pub summary: String,
    /// How many essays it has.
    pub count: usize,
}

/// `essay`: the page of an essay.
#[derive(Clone, Debug, Serialize)]
pub struct EssayView {
    /// The essay as it stands in lists.
    pub card: Card,
    /// The day of the last change that the writer names; `null` without one.
    pub updated: Option<DateView>,
    /// How many words it has.
    pub words: u32,
    /// The series it belongs to; `null` without one.
    pub series: Option<SeriesPlace>,
    /// Copies elsewhere, by the name of the place.
    pub syndication: Vec<LinkView>,
    /// Table of contents: the headings, if there are at least 3; otherwise empty.
    pub contents: Vec<ContentsEntry>,
    /// HTML of the text.
    pub body: String,
    /// Footnotes.
    pub notes: Vec<NoteView>,
    /// Concepts in this essay: those it names and those linked in its text, by name.
    pub concepts: Vec<super::shared::Shared<TermView>>,
    /// Essays, concepts and pages that link here, oldest first; of more than 200 those that do so most often.
    pub backlinks: Vec<BacklinkView>,
    /// How many further pages link here.
    pub more_backlinks: usize,
    /// Replies of readers; `null` where there are none and no place to leave one.
    pub replies: Option<ThreadView>,
    /// What to read next, at most 3.
    pub related: Vec<RelatedView>,
    /// Free data of the front matter.
    pub extra: Map<String, Value>,
}

/// Where an essay stands in its series.
#[derive(Clone, Debug, Serialize)]
pub struct SeriesPlace {
    /// Title of the series.
    pub title: String,
    /// Its address.
    pub url: String,
    /// Place of this essay, from 1.
    pub position: usize,
    /// How many essays the series has.
    pub count: usize,
    /// The essay before; `null` for the first.
    pub previous: Option<LinkView>,
    /// The essay after; `null` for the last.
    pub next: Option<LinkView>,
}

/// A line of the table of contents.
#[derive(Clone, Debug, Serialize)]
pub struct ContentsEntry {
    /// The heading.
    pub title: String,
    /// Its id on this page.
    pub id: String,
    /// 2 to 6.
    pub level: u8,
}

/// A footnote. The reference in the text has the ids listed in `references`; the note itself has the id `n` and its number.
#[derive(Clone, Debug, Serialize)]
pub struct NoteView {
    /// Its number, from 1.
    pub number: usize,
    /// HTML of its text: blocks, usually one paragraph.
    pub html: String,
    /// Ids of the places that refer to it: `r3`, then `r3-2` …
    pub references: Vec<String>,
}

/// A concept in the list of an essay; previews copy this entry.
#[derive(Clone, Debug, Serialize)]
pub struct TermView {
    /// Its name.
    pub title: String,
    /// Its address.
    pub url: String,
    /// Its slug: links to it in the text carry `data-term` with this value.
    pub slug: String,
    /// Its definition; empty without one.
    pub summary: String,
    /// How many essays use it, up to 200.
    pub count: usize,
    /// Whether more than 200 do.
    pub is_many: bool,
}

/// A page that links to this one, with the sentences that do.
#[derive(Clone, Debug, Serialize)]
pub struct BacklinkView {
    /// Its title.
    pub title: String,
    /// Its address.
    pub url: String,
    /// Language tag of its title and sentences.
    pub lang: String,
    /// `essay`, `concept`, `series` or `page`.
    pub kind: String,
    /// The sentences, with the words of the link marked.
    pub passages: Vec<PassageView>,
}

/// A suggestion with its reason.
#[derive(Clone, Debug, Serialize)]
pub struct RelatedView {
    /// The essay.
    pub card: Card,
    /// `next in the series`, `also about trust and vision` …
    pub reason: String,
}

/// `concept`: the page of a concept.
#[derive(Clone, Debug, Serialize)]
pub struct ConceptView {
    /// Its name.
    pub title: String,
    /// Its address.
    pub url: String,
    /// Other names of it.
    pub aliases: Vec<String>,
    /// Its definition; empty without one.
    pub summary: String,
    /// HTML of its prose; empty without a file.
    pub body: String,
    /// Footnotes of its prose.
    pub notes: Vec<NoteView>,
    /// The passage the author chose; `null` without one.
    pub chosen: Option<ChosenView>,
    /// Essays that use it, oldest first, with their passages; of more than 60 those that say most of it.
    pub essays: Vec<AppearanceView>,
    /// Further essays that use it, where there are more than 60 and at most 200; otherwise empty.
    pub further: Vec<Card>,
    /// Every year with the page that lists its essays, oldest first, where more than 200 use it; otherwise empty.
    pub years: Vec<YearCount>,
    /// How many essays use it.
    pub essay_count: usize,
    /// How often they mention it.
    pub mention_count: usize,
    /// The same number, under the name that it had before.
    pub passage_count: usize,
    /// Related concepts, each with its reasons, at most 200.
    pub related: Vec<RelatedConcept>,
    /// Pages other than essays that link here, with their sentences; of more than 200 those that do so most often.
    pub backlinks: Vec<BacklinkView>,
    /// How many further pages link here.
    pub more_backlinks: usize,
    /// Sentences of replies that use it, at most 20.
    pub replies: Vec<ReplyWord>,
    /// The arc map; `null` where it has no neighbours.
    pub map: Option<MapView>,
}

/// The passage that the author chose for a concept.
#[derive(Clone, Debug, Serialize)]
pub struct ChosenView {
    /// HTML of the passage.
    pub html: String,
    /// The essay and paragraph it stands in; `null` if it stands in none.
    pub essay: Option<LinkView>,
}

/// An essay on the page of a concept.
#[derive(Clone, Debug, Serialize)]
pub struct AppearanceView {
    /// Its title.
    pub title: String,
    /// Its address.
    pub url: String,
    /// Language tag of its title and passages.
    pub lang: String,
    /// The year, where it differs from that of the essay before; `null` otherwise.
    pub year: Option<i16>,
    /// The first passages, at most 3; empty where the essay names the concept but does not use the word.
    pub passages: Vec<PassageView>,
    /// The rest of them, at most 197.
    pub more: Vec<PassageView>,
    /// How many sentences are too many to quote.
    pub unquoted: usize,
}

/// A related concept.
#[derive(Clone, Debug, Serialize)]
pub struct RelatedConcept {
    /// Its name.
    pub title: String,
    /// Its address.
    pub url: String,
    /// Its definition; empty without one.
    pub summary: String,
    /// `broader`, `narrower`, `related`, `contrasted`, `used together in 4 essays`, `used together in more than
    /// 200 essays`.
    pub reasons: Vec<String>,
}

/// A small static map: rows of names, this concept first, and arcs between them. 320 units wide.
#[derive(Clone, Debug, Serialize)]
pub struct MapView {
    /// Height in units: 36 a row.
    pub height: u32,
    /// The names, top to bottom, at most 9.
    pub rows: Vec<MapRow>,
    /// The arcs.
    pub arcs: Vec<MapArc>,
}

/// A name on the map.
#[derive(Clone, Debug, Serialize)]
pub struct MapRow {
    /// The name.
    pub title: String,
    /// Its address.
    pub url: String,
    /// Baseline of the label.
    pub y: u32,
    /// Whether it is the concept whose page this is.
    pub is_here: bool,
}

/// An arc on the map.
#[derive(Clone, Debug, Serialize)]
pub struct MapArc {
    /// SVG path data.
    pub path: String,
    /// Stroke width, 1 to 5: the more essays are shared, the wider.
    pub width: u32,
    /// Whether it ends at this concept (solid) or joins two others (dashed).
    pub is_direct: bool,
}

/// `concepts`: the index of concepts.
#[derive(Clone, Debug, Serialize)]
pub struct ConceptsView {
    /// All of them, A to Z; of more than 1,000 the thousand of this page.
    pub letters: Vec<LetterView>,
    /// Pairs that travel together, the strongest first, at most 12; none on further pages.
    pub pairs: Vec<PairView>,
    /// The pages before and after this one.
    pub steps: StepsView,
}

/// Concepts with one first letter.
#[derive(Clone, Debug, Serialize)]
pub struct LetterView {
    /// The letter, upper case; `#` for what does not begin with one.
    pub letter: String,
    /// The concepts.
    pub concepts: Vec<CountView>,
}

/// Two concepts that are used together.
#[derive(Clone, Debug, Serialize)]
pub struct PairView {
    /// One of them.
    pub first: LinkView,
    /// The other.
    pub second: LinkView,
    /// In how many essays, up to 200.
    pub count: usize,
    /// Whether in more than 200.
    pub is_many: bool,
    /// Sentences in which both stand, at most 3.
    pub passages: Vec<QuotedView>,
}

/// A passage with the essay it stands in.
#[derive(Clone, Debug, Serialize)]
pub struct QuotedView {
    /// HTML of the sentence, the words marked.
    pub html: String,
    /// Address of the paragraph.
    pub url: String,
    /// Language tag of the sentence.
    pub lang: String,
    /// Title of the essay.
    pub title: String,
}

/// `series`: the page of a series. One of more than 200 essays has further pages, which hold essays and nothing else.
#[derive(Clone, Debug, Serialize)]
pub struct SeriesView {
    /// Its title; on a further page with the number of that.
    pub title: String,
    /// Its address.
    pub url: String,
    /// What it is for; empty if not said.
    pub summary: String,
    /// HTML of its prose; empty without a file.
    pub body: String,
    /// Footnotes of its prose.
    pub notes: Vec<NoteView>,
    /// Its essays, in order, the 200 of this page.
    pub essays: Vec<Card>,
    /// How many essays it has.
    pub essay_count: usize,
    /// Minutes to read all of it.
    pub minutes: u32,
    /// The pages before and after this one.
    pub steps: StepsView,
    /// Pages that link here, with their sentences; of more than 200 those that do so most often.
    pub backlinks: Vec<BacklinkView>,
    /// How many further pages link here.
    pub more_backlinks: usize,
}

/// `archive`: every essay by year.
#[derive(Clone, Debug, Serialize)]
pub struct ArchiveView {
    /// The years, newest first; essays without a date come last under `null`. In a book of more than 200 essays they hold the
    /// newest 60.
    pub years: Vec<YearView>,
    /// Every year with the page that lists its essays, newest first, in a book of more than 200; otherwise empty.
    pub all_years: Vec<YearCount>,
}

/// The essays of one year.
#[derive(Clone, Debug, Serialize)]
pub struct YearView {
    /// The year; `null` for essays without a date.
    pub year: Option<i16>,
    /// The essays, newest first.
    pub essays: Vec<Card>,
}

/// `single`: the about page and its kin.
#[derive(Clone, Debug, Serialize)]
pub struct SingleView {
    /// Its title.
    pub title: String,
    /// Its address.
    pub url: String,
    /// One sentence about it; empty if not said.
    pub summary: String,
    /// Whether it tells who wrote the book: the page `about`.
    pub is_about: bool,
    /// HTML of its text.
    pub body: String,
    /// Footnotes.
    pub notes: Vec<NoteView>,
    /// Pages that link here, with their sentences; of more than 200 those that do so most often.
    pub backlinks: Vec<BacklinkView>,
    /// How many further pages link here.
    pub more_backlinks: usize,
    /// Free data of the front matter.
    pub extra: Map<String, Value>,
}

/// `missing`: the page for addresses that do not exist. Each list holds at most 1000, and
/// ends where its names and addresses come to more than 32 kB.
#[derive(Clone, Debug, Serialize)]
pub struct MissingView {
    /// The newest essays, by title.
    pub essays: Vec<LinkView>,
    /// The concepts used most, by name.
    pub concepts: Vec<NamedView>,
    /// Every series, by title.
    pub series: Vec<LinkView>,
    /// Single pages, the page of replies and that for printing, by title.
    pub pages: Vec<LinkView>,
}

/// A link to a page that goes by several names.
#[derive(Clone, Debug, Serialize)]
pub struct NamedView {
    /// Its name.
    pub title: String,
    /// Its address.
    pub url: String,
    /// Other names of it.
    pub aliases: Vec<String>,
}
