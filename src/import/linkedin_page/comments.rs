//! Comments on a saved page of LinkedIn. Classes change with every version of the site; what stays is the URN, which gives the
//! id, the post and the time of a comment.

use std::collections::BTreeSet;
use std::ops::Range;

use jiff::Timestamp;

use super::body::{Feeds, address, body};
use crate::base::path::percent_decoded;
use crate::import::html::{Element, Html, one_line, text};
use crate::import::linkedin_paste::words::{self, Word};

/// Attributes whose URN says that an element is a comment.
const ANCHORS: [&str; 4] = ["data-id", "componentkey", "id", "data-urn"];

/// Classes of a name, by version of the site.
const NAMES: [&str; 3] =
    ["comment__author", "comments-comment-meta__description-title", "comments-post-meta__name-text"];

/// Classes of a headline.
const HEADLINES: [&str; 3] =
    ["comment__author-headline", "comments-comment-meta__description-subtitle", "comments-post-meta__headline"];

/// Classes of an age.
const AGES: [&str; 3] = ["comment__duration-since", "comments-comment-meta__data", "comments-comment-item__timestamp"];

/// Classes of the words.
const BODIES: [&str; 2] = ["comment__text", "comments-comment-item__main-content"];

/// More badges and ages than this stand beside no name, and none is longer.
const MOST_MARKS: usize = 8;
const LONGEST_MARK: usize = 4 << 10;

/// Ids hold a time behind this many bits.
const TIME_BITS: u32 = 22;

/// LinkedIn opened in May 2003; an id that says less is of the time before ids said anything.
const OPENED: i64 = 1_051_747_200_000;

/// A comment as the page shows it.
#[derive(Clone, Debug, Default)]
pub(super) struct Comment {
    pub(super) id: Option<String>,
    /// What it was written under: `activity:7190…`.
    pub(super) post: Option<String>,
    /// The comment it answers, as an index.
    pub(super) parent: Option<usize>,
    pub(super) name: Option<String>,
    pub(super) profile: Option<String>,
    pub(super) headline: Option<String>,
    pub(super) age: String,
    pub(super) is_edited: bool,
    pub(super) is_author: bool,
    pub(super) reactions: Option<u64>,
    /// Its words as HTML that holds only links.
    pub(super) body: String,
    /// Its words alone.
    pub(super) words: String,
    /// Where it starts on the page.
    pub(super) start: usize,
    /// Whether it is anchored by a URN of its own, as on pages that were saved signed in.
    pub(super) is_anchored: bool,
}

impl Comment {
    /// When it was written, as its id says.
    pub(super) fn written(&self) -> Option<Timestamp> {
        moment_of(self.id.as_deref()?)
    }
}

/// The time that the id of a comment or post holds.
pub(super) fn moment_of(id: &str) -> Option<Timestamp> {
    let id: u64 = id.parse().ok()?;
    let time = i64::try_from(id >> TIME_BITS).ok().filter(|time| *time > OPENED)?;
    Timestamp::from_millisecond(time).ok()
}

/// The comments of a page, in its order.
pub(super) fn comments(html: &Html<'_>) -> Vec<Comment> {
    let roots = roots(html);
    let ends = roots.iter().skip(1).map(|next| next.element.outer.start).chain([usize::MAX]);
    roots
        .iter()
        .zip(ends)
        .map(|(root, end)| {
            // A comment's own part of the page ends where the first answer to it starts.
            let zone = root.element.inner.start..root.element.inner.end.min(end);
            comment(html, root, &zone)
        })
        .collect()
}

/// The element that holds a comment.
struct Root<'a> {
    element: &'a Element,
    urn: Option<Urn>,
    parent: Option<usize>,
    is_anchored: bool,
}

/// The id of a comment and of what it was written under.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Urn {
    id: String,
    post: String,
}

/// `urn:li:comment:(activity:1,2)`, `urn:li:comment:(urn:li:activity:1,2)` and `urn:li:fsd_comment:(2,urn:li:activity:1)`.
fn urn(text: &str) -> Option<Urn> {
    if !text.contains("comment:") && !text.contains("comment%3A") {
        return None;
    }
    let plain = percent_decoded(text);
    let (_, behind) = plain.split_once("comment:(")?;
    let (first, second) = behind.split(')').next()?.split_once(',')?;
    let is_id = |part: &str| !part.is_empty() && part.len() <= 20 && part.bytes().all(|byte| byte.is_ascii_digit());
    let (id, post) = if is_id(first.trim()) { (first, second) } else { (second, first) };
    let post = post.trim();
    let post = post.strip_prefix("urn:li:").unwrap_or(post);
    is_id(id.trim()).then(|| Urn { id: id.trim().to_owned(), post: post.to_owned() })
}

fn is_comment(element: &Element) -> bool {
    element.name == "section" && element.has_class("comment")
        || element.has_class("comments-comment-entity")
        || element.has_class("comments-comment-item")
}

fn roots<'a>(html: &'a Html<'_>) -> Vec<Root<'a>> {
    let mut roots: Vec<Root<'a>> = Vec::new();
    let mut open: Vec<usize> = Vec::new();
    let mut last_top: Option<usize> = None;
    let mut seen = BTreeSet::new();
    for element in html.elements() {
        while open
            .last()
            .and_then(|at| roots.get(*at))
            .is_some_and(|root| root.element.outer.end <= element.outer.start)
        {
            open.pop();
        }
        let anchor = ANCHORS.iter().find_map(|name| urn(element.attribute(name)?));
        let is_anchored = anchor.is_some();
        let found = anchor.or_else(|| urn(element.attribute("data-semaphore-content-urn")?));
        let around = open.last().and_then(|at| roots.get_mut(*at));
        let is_named = around.as_ref().is_none_or(|root| root.urn.is_some());
        let starts = is_comment(element) && (found.is_none() || is_anchored) || is_anchored && is_named;
        if !starts {
            if let (Some(root), Some(found), false) = (around, found, is_named) {
                seen.insert(found.id.clone());
                root.urn = Some(found);
            }
            continue;
        }
        // Several elements of one comment bear its URN; the outermost counts.
        if found.as_ref().is_some_and(|found| around.is_some() && seen.contains(&found.id)) {
            continue;
        }
        seen.extend(found.as_ref().map(|found| found.id.clone()));
        let is_answer = element.classes().any(|class| class.ends_with("--reply"));
        let parent = open.last().copied().or_else(|| last_top.filter(|_| is_answer));
        if parent.is_none() {
            last_top = Some(roots.len());
        }
        open.push(roots.len());
        roots.push(Root { element, urn: found, parent, is_anchored });
    }
    roots
}

/// The part of a page that one comment has for itself. Elements that are left open reach beyond it, so nothing is read behind
/// its end.
struct Zone<'z, 'a> {
    html: &'z Html<'a>,
    elements: &'z [Element],
    end: usize,
}

impl<'a> Zone<'_, 'a> {
    fn inner(&self, element: &Element) -> Range<usize> {
        element.inner.start..element.inner.end.min(self.end)
    }

    fn source(&self, element: &Element) -> &'a str {
        self.html.source(&self.inner(element))
    }

    /// The words of an element, if it has any; where the page has them twice, for the eye and for the ear, those for the eye.
    fn words(&self, element: &Element) -> Option<String> {
        let is_seen = |inner: &&Element| inner.name == "span" && inner.attribute("aria-hidden") == Some("true");
        let seen = self.html.within(&self.inner(element)).iter().find(is_seen);
        Some(one_line(&text(self.source(seen.unwrap_or(element))))).filter(|words| !words.is_empty())
    }

    fn first(&self, classes: &[&str]) -> Option<&Element> {
        self.elements.iter().find(|element| has_any(element, classes))
    }
}

fn comment(html: &Html<'_>, root: &Root<'_>, part: &Range<usize>) -> Comment {
    let zone = Zone { html, elements: html.within(part), end: part.end };
    let profile = profile(&zone);
    let name = zone.first(&NAMES).and_then(|element| zone.words(element)).or_else(|| named_by_label(&zone));
    let marks = marks(&zone);
    let age = zone.first(&AGES).or_else(|| zone.elements.iter().find(|element| element.name == "time"));
    let body = words_of(&zone);
    Comment {
        id: root.urn.as_ref().map(|urn| urn.id.clone()),
        post: root.urn.as_ref().map(|urn| urn.post.clone()),
        parent: root.parent,
        name: name.or_else(|| zone.words(profile?)),
        profile: profile.and_then(|link| address(link.attribute("href")?)),
        headline: zone.first(&HEADLINES).and_then(|element| zone.words(element)),
        age: age.and_then(|age| zone.words(age)).map(|age| bare_age(&age)).unwrap_or_default(),
        is_edited: marks.iter().any(|mark| mark.split('(').any(is_edited)),
        is_author: marks.iter().any(|mark| words::is(mark.trim(), Word::Author)),
        reactions: reactions(&zone),
        words: text(&body),
        body,
        start: root.element.outer.start,
        is_anchored: root.is_anchored,
    }
}

/// What stands beside a name: its badges, the age, and whether the comment was edited.
fn marks(zone: &Zone<'_, '_>) -> Vec<String> {
    let is_badge = |element: &Element| element.classes().any(|class| class.ends_with("__badge"));
    let is_mark = |element: &&Element| {
        (element.name == "time" || has_any(element, &AGES) || is_badge(element))
            && zone.source(element).len() <= LONGEST_MARK
    };
    let found = zone.elements.iter().filter(is_mark).take(MOST_MARKS).filter_map(|element| zone.words(element));
    found.flat_map(|words| words.split('\u{2022}').map(str::to_owned).collect::<Vec<_>>()).collect()
}

fn is_edited(mark: &str) -> bool {
    words::is(mark.trim().trim_end_matches(')'), Word::Edited)
}

/// An age without what stands behind it: `4y (edited)`.
fn bare_age(text: &str) -> String {
    text.split(['\u{2022}', '(']).next().unwrap_or("").trim().to_owned()
}

fn has_any(element: &Element, classes: &[&str]) -> bool {
    element.classes().any(|class| classes.contains(&class))
}

/// The link to the person or organisation that wrote it.
fn profile<'z>(zone: &Zone<'z, '_>) -> Option<&'z Element> {
    let is_profile = |element: &&Element| {
        let address = element.attribute("href").unwrap_or("");
        element.name == "a" && ["/in/", "/company/", "/school/"].iter().any(|part| address.contains(part))
    };
    let named = |element: &&Element| is_profile(element) && has_any(element, &NAMES);
    let mut links = zone.elements.iter();
    // A picture links to the same place as the name and comes first, but shows no words.
    let has_words = |element: &&Element| is_profile(element) && !zone.source(element).trim_start().starts_with("<img");
    links.clone().find(named).or_else(|| links.clone().find(has_words)).or_else(|| links.find(is_profile))
}

/// `View more options for Ada's comment.`
fn named_by_label(zone: &Zone<'_, '_>) -> Option<String> {
    zone.elements.iter().find_map(|element| {
        let label = element.attribute("aria-label")?.strip_prefix("View more options for ")?;
        let (name, _) = label.rsplit_once("\u{2019}s comment").or_else(|| label.rsplit_once("'s comment"))?;
        Some(one_line(name)).filter(|name| !name.is_empty())
    })
}

/// The words of a comment, as HTML that holds only links.
fn words_of(zone: &Zone<'_, '_>) -> String {
    let is_box = |element: &&Element| element.attribute("data-testid") == Some("expandable-text-box");
    let element = zone.first(&BODIES).or_else(|| zone.elements.iter().find(is_box));
    let Some(element) = element else { return String::new() };
    let keeps = element.has_class("comment__text") || element.has_class("whitespace-pre-wrap");
    body(zone.source(element), if keeps { Feeds::Count } else { Feeds::Blank })
}

/// The count that is shown; a hidden twin of it is one higher, for the moment after a click.
fn reactions(zone: &Zone<'_, '_>) -> Option<u64> {
    let is_count = |element: &&Element| {
        let mut classes = element.classes();
        classes.any(|class| class.contains("__reactions-count")) && !element.has_class("hidden")
    };
    number(&zone.words(zone.elements.iter().find(is_count)?)?)
}

/// The number that a text begins with, its thousands parted or not: `1,234 reactions`.
pub(super) fn number(text: &str) -> Option<u64> {
    let start = text.trim_start();
    let end = start.find(|c: char| !c.is_ascii_digit() && !matches!(c, ',' | '.' | '\u{202f}')).unwrap_or(start.len());
    let digits: String = start.get(..end)?.chars().filter(char::is_ascii_digit).collect();
    // `1.2K` is no number that can be told.
    let is_rounded = start.get(end..)?.starts_with(['K', 'M', 'k']);
    if is_rounded { None } else { digits.parse().ok() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urns_of_all_forms_are_read() {
        let wanted = Some(Urn { id: "22".to_owned(), post: "activity:11".to_owned() });
        for text in [
            "urn:li:comment:(activity:11,22)",
            "replaceableComment_urn:li:comment:(urn:li:activity:11,22)",
            "urn:li:fsd_comment:(22,urn:li:activity:11)",
            "x?commentUrn=urn%3Ali%3Acomment%3A%28activity%3A11%2C22%29",
        ] {
            assert_eq!(urn(text), wanted, "{text}");
        }
        for text in ["", "comment:(", "urn:li:comment:(activity:11)", "urn:li:comment:(a,b)", "comment%3A%ff"] {
            assert_eq!(urn(text), None, "{text}");
        }
    }

    #[test]
    fn a_page_saved_signed_in_is_read_by_its_urns() {
        let of = |id: &str, class: &str, name: &str, more: &str| {
            format!(
                "<article class=\"comments-comment-entity {class}\" data-id=\"urn:li:comment:(activity:11,{id})\"><a href=\"/in/{name}?x=1\"><span class=\"comments-comment-meta__description-title\"><span aria-hidden=\"true\">{name}</span><span class=\"visually-hidden\">View {name}</span></span></a><span class=\"comments-comment-meta__badge\">Author</span><div class=\"comments-comment-meta__description-subtitle\">Pilot</div><time class=\"comments-comment-meta__data\">4mo (edited)</time><span class=\"comments-comment-item__main-content\" id=\"urn:li:comment:(activity:11,{id})\">By <b>{name}</b><br>two</span><button class=\"comments-comment-social-bar__reactions-count--cr\">1,204</button>{more}</article>"
            )
        };
        let page = format!(
            "{}{}{}<div componentkey=\"replaceableComment_urn:li:comment:(urn:li:activity:11,25)\"><button aria-label=\"View more options for Eve\u{2019}s comment.\">x</button><p data-testid=\"expandable-text-box\">New</p></div>",
            of("22", "", "Ada", &of("23", "comments-comment-entity--reply", "Bo", "")),
            of("24", "", "Cy", ""),
            of("26", "comments-comment-entity--reply", "Di", "")
        );
        let found = comments(&Html::new(&page));
        let seen: Vec<_> =
            found.iter().map(|one| (one.id.as_deref(), one.name.as_deref(), one.parent, one.words.as_str())).collect();
        assert_eq!(
            seen,
            [
                (Some("22"), Some("Ada"), None, "By Ada\ntwo"),
                (Some("23"), Some("Bo"), Some(0), "By Bo\ntwo"),
                (Some("24"), Some("Cy"), None, "By Cy\ntwo"),
                (Some("26"), Some("Di"), Some(2), "By Di\ntwo"),
                (Some("25"), Some("Eve"), None, "New"),
            ]
        );
        let first = found.first().expect("one");
        assert_eq!(
            (first.is_edited, first.is_author, first.reactions, first.age.as_str()),
            (true, true, Some(1204), "4mo")
        );
        assert_eq!(first.profile.as_deref(), Some("https://www.linkedin.com/in/Ada?x=1"));
    }

    #[test]
    fn a_number_is_read_only_whole() {
        for (text, wanted) in
            [("9\u{a0}Reactions", Some(9)), ("1,888", Some(1888)), ("1.2K", None), ("", None), (&"9".repeat(40), None)]
        {
            assert_eq!(number(text), wanted, "{text}");
        }
    }
}
