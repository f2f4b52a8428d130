//! LinkedIn: the saved page of a post or article, as HTML. Signed out it holds at most ten comments of the first level, and
//! their dates as JSON-LD; signed in it holds what was unfolded before it was saved.

mod body;
mod comments;
mod essay;
mod post;
mod said;

use std::collections::{BTreeMap, BTreeSet};

use super::foreign::{Author, Body, ForeignReply, ForeignThread, Format, Harvest, Key, Unreadable, When};
use super::html::Html;
use super::input::Input;
use super::linkedin_paste::ages;
use comments::{Comment, comments};
pub use essay::page;
use post::{Post, feed_address, is_post, post_id};
use said::{Said, joined, posting};

/// The word for the source.
pub const NAME: &str = "linkedin";

/// What only pages of LinkedIn have in their heads, or in comments near their beginning.
const MARKS: [&str; 5] =
    ["content=\"d_public_post\"", "urn:li:comment:", "lnkd:url", "article-ssr-frontend-pulse", "static.licdn.com/"];

/// Whether this is HTML of LinkedIn.
#[must_use]
pub fn recognises(input: &Input) -> bool {
    input.single().is_some_and(|part| is_page(&part.sample()))
}

fn is_page(sample: &str) -> bool {
    let is_html = sample.trim_start_matches('\u{feff}').trim_start().starts_with('<');
    is_html && !sample.contains("__APOLLO_STATE__") && MARKS.iter().any(|mark| sample.contains(mark))
}

/// Reads it.
///
/// # Errors
/// The file is no text, or no page of a post or article.
pub fn read(input: &Input, harvest: &mut dyn Harvest) -> Result<(), Unreadable> {
    let part = input.single().ok_or_else(|| Unreadable::new("a single HTML file is wanted"))?;
    let text = part.text()?;
    let html = Html::new(&text);
    if let Some(cut) = html.cut {
        harvest.left(format!("byte {cut}"), "the page has too many elements; the rest is not read".to_owned());
    }
    let posting = posting(&html, harvest);
    let post = Post::of(&html, posting.unwrap_or_default());
    let found = comments(&html);
    if found.is_empty() && !post.is_known {
        return Err(Unreadable::new(
            "this is no page of a post or article of LinkedIn; open the post by its own address and save that page",
        ));
    }
    for thread in threads(&html, &post, found, harvest) {
        harvest.thread(thread);
    }
    Ok(())
}

/// One thread for each post that comments on the page were written under; that of the page's own post is always there.
fn threads(html: &Html<'_>, post: &Post, found: Vec<Comment>, harvest: &mut dyn Harvest) -> Vec<ForeignThread> {
    let is_signed_in = found.iter().any(|comment| comment.is_anchored);
    let is_own = |under: &str| post.ids.iter().any(|id| under.rsplit(':').next() == Some(id.as_str()));
    let under: Vec<&str> = found.iter().filter_map(|comment| comment.post.as_deref()).collect();
    // A comment may name its post by an id that the page does not show elsewhere.
    let main = under.iter().find(|under| is_own(under)).or(under.first()).map(|main| (*main).to_owned());
    let (joins, rest) = joined(&found, &post.posting.comments);
    let mut replies: BTreeMap<Option<String>, Vec<ForeignReply>> = BTreeMap::new();
    let mut seen = BTreeSet::new();
    for (comment, join) in found.iter().zip(&joins) {
        if comment.id.as_ref().is_some_and(|id| !seen.insert(id)) {
            harvest.left(format!("byte {}", comment.start), "a comment with its id stands before it".to_owned());
            continue;
        }
        let said = join.and_then(|at| post.posting.comments.get(at));
        let parent = comment.parent.and_then(|at| found.get(at)?.id.clone());
        let own = comment.post.clone().filter(|under| Some(under) != main.as_ref() && !is_own(under));
        replies.entry(own).or_default().push(ForeignReply { parent, ..reply(comment, said, post) });
    }
    let only_said = rest.into_iter().filter_map(|at| post.posting.comments.get(at)).map(only_said);
    replies.entry(None).or_default().extend(only_said);
    replies
        .into_iter()
        .map(|(other, replies)| match other {
            None => own_thread(html, post, main.as_deref(), replies, is_signed_in),
            Some(other) => other_thread(&other, replies),
        })
        .collect()
}

fn own_thread(
    html: &Html<'_>,
    post: &Post,
    under: Option<&str>,
    replies: Vec<ForeignReply>,
    is_signed_in: bool,
) -> ForeignThread {
    let (claimed, gaps) = post.claim(replies.len() as u64, is_signed_in);
    let id = post.ids.first().cloned().or_else(|| post_id(under?));
    let heading = || html.elements().iter().find(|element| element.name == "h1").map(|element| html.words(element));
    ForeignThread {
        key: Key {
            id,
            // An essay may list the post by either of its two ids.
            address: post.other_address.clone().or_else(|| post.address.clone()),
            title: post.posting.headline.clone().or_else(heading).filter(|title| !title.is_empty()),
            ..Key::default()
        },
        address: post.address.clone(),
        claimed,
        replies,
        gaps,
    }
}

fn other_thread(under: &str, replies: Vec<ForeignReply>) -> ForeignThread {
    let address = is_post(under).then(|| feed_address(&format!("urn:li:{under}")));
    ForeignThread {
        key: Key { id: post_id(under), address: address.clone(), ..Key::default() },
        address,
        replies,
        gaps: vec!["the page is that of another post, so replies may be missing".to_owned()],
        ..ForeignThread::default()
    }
}

fn reply(comment: &Comment, said: Option<&Said>, post: &Post) -> ForeignReply {
    let exact = said.and_then(|said| said.date).or_else(|| comment.written());
    let date = match (exact, ages::age(&comment.age, post.language.as_deref())) {
        (Some(moment), _) => When::Exact(moment),
        (None, Some(ages::Found::One(age))) => When::Age(age),
        (None, Some(ages::Found::Ambiguous(text))) => When::AgeText(text),
        _ => When::Unknown,
    };
    let permalink = comment.id.as_ref().zip(comment.post.as_ref()).filter(|(_, under)| is_post(under));
    let is_essay_author =
        matches!((&comment.profile, &post.posting.author), (Some(own), Some(author)) if is_same(own, author));
    let body = match (comment.body.is_empty(), said) {
        (true, Some(said)) => Body { text: said.text.clone(), format: Format::Plain },
        _ => Body { text: comment.body.clone(), format: Format::Html },
    };
    ForeignReply {
        id: comment.id.clone(),
        author: Author {
            name: comment.name.clone().or_else(|| said.and_then(|said| said.name.clone())),
            url: comment.profile.clone(),
            headline: comment.headline.clone(),
            is_essay_author: comment.is_author || is_essay_author,
            ..Author::default()
        },
        date,
        is_edited: comment.is_edited,
        body,
        reactions: comment.reactions.or_else(|| said.and_then(|said| said.reactions)).filter(|count| *count > 0),
        permalink: permalink.map(|(id, under)| {
            let urn = format!("urn:li:comment:({under},{id})").replace(':', "%3A").replace(',', "%2C");
            let urn = urn.replace('(', "%28").replace(')', "%29");
            format!("{}?commentUrn={urn}", feed_address(&format!("urn:li:{under}")))
        }),
        ..ForeignReply::default()
    }
}

/// A comment that only the JSON-LD tells.
fn only_said(said: &Said) -> ForeignReply {
    ForeignReply {
        author: Author { name: said.name.clone(), ..Author::default() },
        date: said.date.map_or(When::Unknown, When::Exact),
        body: Body { text: said.text.clone(), format: Format::Plain },
        reactions: said.reactions.filter(|count| *count > 0),
        ..ForeignReply::default()
    }
}

/// Whether two addresses are one profile: every country has a host of its own.
fn is_same(one: &str, other: &str) -> bool {
    let path = |address: &str| {
        let place = address.split(['?', '#']).next().unwrap_or("");
        let (_, path) = place.split_once("linkedin.com/")?;
        let mut parts = path.split('/');
        Some((parts.next()?.to_owned(), parts.next()?.to_lowercase()))
    };
    path(one).is_some_and(|found| Some(found) == path(other))
}

#[cfg(test)]
mod tests;
