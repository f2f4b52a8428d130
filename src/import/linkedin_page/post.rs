//! The post or article that a saved page of LinkedIn is of: its ids, its address, and how many comments it has. Knows no comment.

use super::body;
use super::comments::number;
use super::said::Posting;
use crate::import::html::{Element, Html};

/// What a page says of its post.
pub(super) struct Post {
    /// Ids of the post: its activity first, then what it shares.
    pub(super) ids: Vec<String>,
    /// Where it can be read.
    pub(super) address: Option<String>,
    /// Its address under the second id.
    pub(super) other_address: Option<String>,
    /// The language of the interface, as a tag.
    pub(super) language: Option<String>,
    /// What its JSON-LD says.
    pub(super) posting: Posting,
    /// Whether the page is one of a post or article at all; profiles show posts too.
    pub(super) is_known: bool,
    /// How many comments the post has, as it says itself.
    count: Option<u64>,
    /// The first such number on the page, whichever post it belongs to.
    first_count: Option<u64>,
}

impl Post {
    pub(super) fn of(html: &Html<'_>, posting: Posting) -> Self {
        let all = html.elements();
        let attribute = |name: &str| all.iter().find_map(|element| Some((element, element.attribute(name)?)));
        let canonical = all.iter().find(|element| element.attribute("rel") == Some("canonical"));
        let canonical = canonical.and_then(|element| element.attribute("href"));
        let named = [canonical, meta(all, "og:url"), posting.address.as_deref(), meta(all, "lnkd:url")];
        let named: Vec<String> = named.into_iter().flatten().filter_map(body::address).collect();
        let card = attribute("data-activity-urn").or_else(|| attribute("data-urn"));
        let urn = card.map(|(_, urn)| urn).filter(|urn| urn.starts_with("urn:li:"));
        let shared = card.and_then(|(card, _)| card.attribute("data-attributed-urn"));
        let address = named.iter().find(|address| has_post(address)).cloned();
        Self {
            ids: ids(&[urn, meta(all, "lnkd:url"), address.as_deref(), shared]),
            other_address: shared.filter(|urn| urn.starts_with("urn:li:")).map(feed_address),
            language: meta(all, "locale").or_else(|| attribute("lang").map(|(_, tag)| tag)).map(str::to_owned),
            count: count(html, card.map_or(all, |(card, _)| html.within(&card.outer))),
            first_count: count(html, all),
            is_known: address.is_some() || named.is_empty() && (urn.is_some() || posting.headline.is_some()),
            address: address.or_else(|| urn.map(feed_address)),
            posting,
        }
    }

    /// How many comments there are, and the gaps that this leaves. A post that shows neither comments nor their number has the
    /// first number of the page counted for it, with a word of warning: posts below it have numbers too.
    pub(super) fn claim(&self, shown: u64, is_signed_in: bool) -> (Option<u64>, Vec<String>) {
        let stated = self.posting.count.filter(|count| *count > 0 && *count >= shown);
        let own = self.count.or(stated);
        let claimed = own.or_else(|| self.first_count.filter(|_| shown == 0)).or(self.posting.count);
        let mut gaps = Vec::new();
        if let Some(claimed) = claimed.filter(|claimed| *claimed > shown) {
            let why = if is_signed_in {
                "what was folded when it was saved is missing"
            } else {
                "answers to replies are not on it"
            };
            gaps.push(format!("{shown} of {claimed} replies are on this page; {why}"));
            if own.is_none() {
                gaps.push(format!(
                    "the post itself shows no number of replies; {claimed} is the first on the page and may be that of another post"
                ));
            }
        }
        (claimed, gaps)
    }
}

fn meta<'a>(all: &'a [Element], name: &str) -> Option<&'a str> {
    let is_named = |element: &&Element| {
        element.name == "meta" && [element.attribute("name"), element.attribute("property")].contains(&Some(name))
    };
    all.iter().find(is_named).and_then(|element| element.attribute("content"))
}

/// The different ids of posts in these texts, in their order.
fn ids(texts: &[Option<&str>]) -> Vec<String> {
    let mut ids: Vec<String> = Vec::new();
    for id in texts.iter().flatten().filter_map(|text| post_id(text)) {
        if !ids.contains(&id) {
            ids.push(id);
        }
    }
    ids
}

/// How many comments these elements say there are.
fn count(html: &Html<'_>, inside: &[Element]) -> Option<u64> {
    let stated = inside.iter().find_map(|element| element.attribute("data-num-comments")?.trim().parse().ok());
    stated.or_else(|| {
        let shown = inside.iter().find(|element| element.has_class("social-details-social-counts__comments"));
        number(&html.words(shown?))
    })
}

/// The address of something with a URN.
pub(super) fn feed_address(urn: &str) -> String {
    format!("https://www.linkedin.com/feed/update/{urn}")
}

fn has_post(address: &str) -> bool {
    ["/posts/", "/pulse/", "/feed/update/"].iter().any(|part| address.contains(part))
}

/// Whether something that a comment stands under can be opened by its URN.
pub(super) fn is_post(under: &str) -> bool {
    ["activity:", "ugcPost:", "share:"].iter().any(|kind| under.starts_with(kind))
}

/// The id of a post: the long number behind its kind, in a URN or in an address.
pub(super) fn post_id(text: &str) -> Option<String> {
    let mut parts = text.split(['?', '#']).next()?.split([':', '-', '/']);
    parts.find(|part| part.len() >= 15 && part.bytes().all(|byte| byte.is_ascii_digit())).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn post(page: &str) -> Post {
        Post::of(&Html::new(page), Posting::default())
    }

    #[test]
    fn ids_are_found_in_urns_and_addresses() {
        for text in [
            "urn:li:activity:7190000000000000001",
            "https://www.linkedin.com/posts/ada_keel-activity-7190000000000000001-AbCd?x=7190000000000000002",
            "https://www.linkedin.com/feed/update/urn:li:ugcPost:7190000000000000001/",
        ] {
            assert_eq!(post_id(text).as_deref(), Some("7190000000000000001"), "{text}");
        }
        assert_eq!(post_id("https://www.linkedin.com/pulse/on-keels-12345"), None);
    }

    #[test]
    fn a_profile_that_shows_posts_is_no_page_of_a_post() {
        let card = "<div data-urn=\"urn:li:activity:7190000000000000001\"></div>";
        assert!(!post(&format!("<link rel=canonical href=\"https://www.linkedin.com/in/ada/\">{card}")).is_known);
        let saved = post(card);
        assert!(saved.is_known);
        assert_eq!(
            saved.address.as_deref(),
            Some("https://www.linkedin.com/feed/update/urn:li:activity:7190000000000000001")
        );
        assert!(!post("<p>Sign in</p>").is_known);
        assert!(post("<meta property=\"og:url\" content=\"https://www.linkedin.com/pulse/on-keels\">").is_known);
    }
}
