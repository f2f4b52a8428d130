//! What templates may show of lists that are too long for one page: a part of the contract in `views`.

use serde::Serialize;

use super::views::{Card, LinkView};

/// A year of a list that is too long for one page.
#[derive(Clone, Debug, Serialize)]
pub struct YearCount {
    /// The year; `null` for essays without a date.
    pub year: Option<i16>,
    /// Address of the page that lists its essays.
    pub url: String,
    /// How many there are.
    pub count: usize,
}

/// `year`: essays of one year, of all or of those that use a concept, where a list of them all would be too long for one page. A
/// year of more than 200 has several such pages.
#[derive(Clone, Debug, Serialize)]
pub struct YearPageView {
    /// Name of the page: `Essays of 2021`, `trust in 2021, page 2`.
    pub title: String,
    /// Its address.
    pub url: String,
    /// The page that leads here: the list of all essays, or that of the concept.
    pub above: LinkView,
    /// The year; `null` for essays without a date.
    pub year: Option<i16>,
    /// How many essays the year has, on all its pages.
    pub count: usize,
    /// Which of these pages this is, from 1.
    pub number: usize,
    /// The essays, newest first; none on the page of a concept.
    pub essays: Vec<Card>,
    /// The essays that use the concept, oldest first; none where the page is of no concept, and where there are `rows`.
    pub uses: Vec<UseView>,
    /// In a book of more than 4,000 essays, those in place of `uses`: HTML of an entry of a `dl` for each, in which the essay is
    /// named and not quoted. Such a book has hundreds of thousands of them.
    pub rows: String,
    /// The pages before and after this one.
    pub steps: StepsView,
}

/// An essay that uses a concept, in a long list of them.
#[derive(Clone, Debug, Serialize)]
pub struct UseView {
    /// Its title.
    pub title: String,
    /// Address of the paragraph in which the concept stands first; of the essay, where it only names the concept.
    pub url: String,
    /// Language tag of the title and the sentence.
    pub lang: String,
    /// HTML of the first sentence in which the concept stands, the word marked; empty where the essay only names it.
    pub html: String,
    /// How often the concept is mentioned behind that sentence, or at all where there is none.
    pub more: usize,
}

/// Where a page stands among those of a list that is too long for one.
#[derive(Clone, Debug, Default, Serialize)]
pub struct StepsView {
    /// The page before; `null` on the first.
    pub previous: Option<LinkView>,
    /// The page after; `null` on the last.
    pub next: Option<LinkView>,
}
