//! What templates may show of the replies of readers: a part of the contract in `views`.

use serde::Serialize;

use super::long_views::StepsView;
use super::views::{LinkView, PassageView};

/// The replies to an essay.
#[derive(Clone, Debug, Serialize)]
pub struct ThreadView {
    /// How many there are.
    pub count: usize,
    /// Those that stand open: threads with their answers, the oldest first.
    pub open: Vec<ReplyView>,
    /// Those that are folded, where there are more than 8.
    pub folded: Vec<ReplyView>,
    /// How many of these have words to show; the others only keep the place of a reply that is not shown.
    pub more: u32,
    /// Where the conversation goes on, by the name of the place.
    pub places: Vec<LinkView>,
}

/// A reply. One that is not shown but has answers that are has no words: `is_shown` is `false`.
#[derive(Clone, Debug, Default, Serialize)]
pub struct ReplyView {
    /// Its id on the page.
    pub id: String,
    /// Its address on this site.
    pub url: String,
    /// 1 for a reply to the essay, 2 for an answer, 3 for whatever answers deeper.
    pub depth: u32,
    /// The reply it answers, where its depth does not tell; `null` otherwise.
    pub answers: Option<AnsweredView>,
    /// Whether it has words to show.
    pub is_shown: bool,
    /// Who wrote it; empty where that is not known or not to be shown.
    pub name: String,
    /// The line below the name at its source; empty unless the book shows headlines.
    pub headline: String,
    /// The name of the place it was written in; empty if there is none to tell.
    pub place: String,
    /// Its address there; empty if not known.
    pub address: String,
    /// When it was written; `null` if not known.
    pub date: Option<ReplyDate>,
    /// Whether it was edited.
    pub is_edited: bool,
    /// Whether the author of the essay wrote it.
    pub is_author: bool,
    /// The passage of the essay that it speaks of, and the address of its paragraph; `null` without one.
    pub passage: Option<PassageView>,
    /// HTML of its words, cleaned.
    pub body: String,
}

/// The reply that another one answers.
#[derive(Clone, Debug, Serialize)]
pub struct AnsweredView {
    /// Who wrote it; empty where that is not shown.
    pub name: String,
    /// Its id on the page.
    pub id: String,
}

/// When a reply was written, never more precise than known.
#[derive(Clone, Debug, Serialize)]
pub struct ReplyDate {
    /// `2021-03-02`, `2021-03` or `2021`, for `datetime`; empty where not even the year is certain.
    pub iso: String,
    /// `2 March 2021`, `March 2021`, `2021` or `about 2021`.
    pub text: String,
}

/// A sentence of a reply, on the page of a concept.
#[derive(Clone, Debug, Serialize)]
pub struct ReplyWord {
    /// HTML: the sentence, the word marked.
    pub html: String,
    /// Address of the reply.
    pub url: String,
    /// Who wrote it; empty where that is not shown.
    pub name: String,
    /// Title of the essay it answers.
    pub title: String,
}

/// `replies`: every reply.
#[derive(Clone, Debug, Serialize)]
pub struct RepliesView {
    /// Essays with their replies, the one answered last before the others: the 200 replies of this page.
    pub essays: Vec<RepliesEssay>,
    /// How many replies there are.
    pub count: usize,
    /// The pages before and after this one.
    pub steps: StepsView,
    /// Where somebody asks for the removal of a reply: `mailto:…` or `https://…`; empty if not said.
    pub removal: String,
}

/// An essay on the page of replies.
#[derive(Clone, Debug, Serialize)]
pub struct RepliesEssay {
    /// Its title.
    pub title: String,
    /// Its address.
    pub url: String,
    /// How many replies it has.
    pub count: usize,
    /// The replies, the newest first.
    pub replies: Vec<ReplyView>,
}
