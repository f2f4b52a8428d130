//! The essay on a saved page of LinkedIn: the words of a post, or title and paragraphs of an article. Knows no comment.

use super::body::{Feeds, body};
use super::comments::moment_of;
use super::said::{Posting, posting};
use super::{is_page, read};
use crate::import::foreign::Basket;
use crate::import::html::{Element, Html, one_line, text};
use crate::import::input::{Input, Part};
use crate::import::linkedin_paste::Page;

/// Elements that are paragraphs of an article.
const PARAGRAPHS: [&str; 8] = ["p", "h2", "h3", "h4", "li", "blockquote", "pre", "figcaption"];

/// Parts of an article's text that belong to other articles.
const CARDS: [&str; 2] = ["inline-articles", "content-author-card"];

/// A first line that is longer is no title.
const LONGEST_TITLE: usize = 200;

/// The essay and the replies of a saved page; `None` where it is no page of LinkedIn, or has no words of a post. There are no
/// roles: a saved page has no lines that a person copied.
#[must_use]
pub fn page(part: &Part) -> Option<Page> {
    if !is_page(&part.sample()) {
        return None;
    }
    let source = part.text().ok()?;
    let html = Html::new(&source);
    let mut basket = Basket::default();
    let posting = posting(&html, &mut basket).unwrap_or_default();
    let (title, paragraphs) = article(&html, &posting).or_else(|| post(&html, &posting))?;
    read(&Input::file(part.clone()), &mut basket).ok()?;
    let thread = basket.threads.into_iter().next().unwrap_or_default();
    // The id of a post holds its time; an article has none.
    let moment = thread.key.id.as_deref().and_then(moment_of);
    Some(Page {
        title,
        paragraphs,
        key: thread.key,
        address: thread.address.or(posting.address),
        date: moment.map(|moment| moment.to_zoned_datetime(jiff::tz::TimeZone::UTC).date()),
        replies: thread.replies,
        gaps: thread.gaps,
        ..Page::default()
    })
}

/// An article has a title of its own, and its text in blocks.
fn article(html: &Html<'_>, posting: &Posting) -> Option<(String, Vec<String>)> {
    let all = html.elements();
    let is_text = |element: &&Element| {
        element.attribute("data-test-id") == Some("article-content-blocks")
            || element.has_class("reader-article-content")
            || element.has_class("article-main__content")
    };
    let text_of = all.iter().find(is_text)?;
    let heading = all.iter().find(|element| element.name == "h1").map(|element| html.words(element));
    let title = heading.filter(|title| !title.is_empty()).or_else(|| posting.headline.clone())?;
    let mut paragraphs: Vec<String> = Vec::new();
    // What lies before this place was already taken, or is a card of another article.
    let mut behind = text_of.inner.start;
    for element in html.within(&text_of.inner) {
        if element.outer.start < behind {
            continue;
        }
        if CARDS.iter().any(|card| element.has_class(card)) {
            behind = element.outer.end;
        } else if PARAGRAPHS.contains(&element.name.as_str()) {
            behind = element.outer.end;
            let words = one_line(&text(html.source(&element.inner)));
            paragraphs.extend(Some(words).filter(|words| !words.is_empty()));
        }
    }
    (!paragraphs.is_empty()).then_some((title, paragraphs))
}

/// A post is nothing but its words; the first line stands for a title.
fn post(html: &Html<'_>, posting: &Posting) -> Option<(String, Vec<String>)> {
    let all = html.elements();
    let is_text = |element: &&Element| {
        element.attribute("data-test-id") == Some("main-feed-activity-card__commentary")
            || element.has_class("update-components-update-v2__commentary")
    };
    let shown = all.iter().find(is_text).map(|element| {
        let is_public = element.attribute("data-test-id").is_some();
        let feeds = if is_public { Feeds::Count } else { Feeds::Blank };
        text(&body(html.source(&element.inner), feeds))
    });
    let words = shown.filter(|words| !words.trim().is_empty()).or_else(|| posting.text.clone())?;
    let mut paragraphs: Vec<String> = words.lines().map(one_line).filter(|line| !line.is_empty()).collect();
    let first = paragraphs.first()?.clone();
    if first.len() <= LONGEST_TITLE && paragraphs.len() > 1 {
        paragraphs.remove(0);
        return Some((first, paragraphs));
    }
    let headline = posting.headline.as_deref().map(one_line);
    let title = headline.unwrap_or_else(|| first.chars().take(LONGEST_TITLE / 2).collect());
    Some((title, paragraphs))
}
