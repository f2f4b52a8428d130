//! Medium: the archive that "Download your information" sends. Its `posts/` hold everything the member wrote: essays, drafts,
//! and responses to essays of others. Only the responses are replies; which essay one answers is said nowhere.

use std::collections::BTreeMap;

use super::dates;
use super::foreign::{Author, Body, ForeignReply, ForeignThread, Format, Harvest, Key, State, Unreadable, When};
use super::html::{Element, Html, one_line};
use super::input::{Input, Part};
use crate::base::words::plain;

/// The word for the source.
pub const NAME: &str = "medium";

/// A post beyond this is nobody's writing.
const LARGEST_POST: u64 = 32 << 20;

/// How many files are looked at to recognise an export.
const LOOKS: usize = 20;

/// Whether posts of an export are among the files.
#[must_use]
pub fn recognises(input: &Input) -> bool {
    posts(input).take(LOOKS).any(|part| {
        let sample = part.sample();
        sample.contains("class=\"h-entry\"") && sample.contains("data-field=\"body\"")
    })
}

/// Reads it: each response becomes a thread of its own that waits for its essay.
///
/// # Errors
/// No post is found in it.
pub fn read(input: &Input, harvest: &mut dyn Harvest) -> Result<(), Unreadable> {
    let mut seen: BTreeMap<String, &str> = BTreeMap::new();
    let mut has_posts = false;
    for part in posts(input) {
        match post_of(part) {
            Ok(Post::Response(thread)) => {
                has_posts = true;
                let id = thread.key.id.clone().unwrap_or_default();
                match seen.get(&id).filter(|_| !id.is_empty()) {
                    Some(other) => harvest.left(part.name.clone(), format!("it has the id of `{other}`")),
                    None => {
                        seen.insert(id, &part.name);
                        harvest.thread(*thread);
                    }
                }
            }
            Ok(Post::Left(reason)) => {
                has_posts = true;
                harvest.passed(reason);
            }
            Err(why) => harvest.left(part.name.clone(), why.message),
        }
    }
    if has_posts { Ok(()) } else { Err(Unreadable::new("no post of Medium is in it: an export has them in `posts/`")) }
}

/// The files that can be posts: those of `posts/`, or all of them where that folder itself is given. Other folders of an
/// export hold what is nobody's business, such as addresses and sessions.
fn posts(input: &Input) -> impl Iterator<Item = &Part> {
    let folder = |part: &Part| part.name.rsplit('/').nth(1).map(str::to_owned);
    let is_in_posts = move |part: &Part| folder(part).as_deref() == Some("posts");
    let has_posts = input.parts.iter().any(is_in_posts);
    input.parts.iter().filter(move |part| {
        part.name.ends_with(".html") && if has_posts { is_in_posts(part) } else { !part.name.contains('/') }
    })
}

/// What a file of `posts/` is.
enum Post {
    Response(Box<ForeignThread>),
    Left(&'static str),
}

fn post_of(part: &Part) -> Result<Post, Unreadable> {
    if part.size > LARGEST_POST {
        return Err(Unreadable::new(format!("it is larger than {} MiB", LARGEST_POST >> 20)));
    }
    let text = part.text()?;
    let html = Html::new(&text);
    let body = html.elements().iter().find(|element| element.attribute("data-field") == Some("body"));
    let body = body.ok_or_else(|| Unreadable::new("this is no post of Medium: it has no body"))?;
    let footer = Footer::of(&html, body);
    let file = part.name.rsplit('/').next().unwrap_or("");
    if file.starts_with("draft_") || footer.date == When::Unknown && footer.address.is_none() {
        return Ok(Post::Left("a draft"));
    }
    let title = of_class(html.elements(), "p-name").map(|element| html.words(element)).unwrap_or_default();
    if !is_response(&html, body, &title) {
        return Ok(Post::Left("an essay"));
    }
    let id = footer.id.clone().or_else(|| id_at_end(file.trim_end_matches(".html")));
    Ok(Post::Response(Box::new(ForeignThread {
        key: Key { id: id.clone(), title: Some(title), ..Key::default() },
        address: footer.address.clone(),
        replies: vec![ForeignReply {
            id,
            author: footer.author,
            date: footer.date,
            body: Body { text: without_first_rule(&html, body), format: Format::Html },
            state: State::Waiting,
            permalink: footer.address,
            ..ForeignReply::default()
        }],
        gaps: vec!["a response by the member; the export does not say which essay it answers".to_owned()],
        ..ForeignThread::default()
    })))
}

fn of_class<'a>(elements: &'a [Element], class: &str) -> Option<&'a Element> {
    elements.iter().find(|element| element.has_class(class))
}

/// What stands below a post.
struct Footer {
    author: Author,
    date: When,
    address: Option<String>,
    id: Option<String>,
}

impl Footer {
    fn of(html: &Html<'_>, body: &Element) -> Self {
        let below = html.within(&(body.outer.end..usize::MAX));
        let address_of = |element: &Element| {
            let address = element.attribute("href").map(str::trim).filter(|address| address.starts_with("http"));
            address.map(|address| address.split(['?', '#']).next().unwrap_or(address).to_owned())
        };
        let author = of_class(below, "p-author");
        let address = of_class(below, "p-canonical").and_then(address_of);
        // `medium.com/p/ID` stands around the date; drafts and undated posts have it elsewhere or not at all.
        let short = below.iter().filter_map(address_of).find_map(|address| {
            let (_, id) = address.split_once("medium.com/p/")?;
            is_id(id).then(|| id.to_ascii_lowercase())
        });
        Self {
            author: Author {
                name: author.map(|author| html.words(author)).filter(|name| !name.is_empty()),
                url: author.and_then(address_of),
                ..Author::default()
            },
            date: of_class(below, "dt-published")
                .and_then(|time| dates::iso(time.attribute("datetime")?).ok())
                .unwrap_or_default(),
            id: short.or_else(|| id_at_end(address.as_deref()?)),
            address,
        }
    }
}

fn is_id(text: &str) -> bool {
    (6..=16).contains(&text.len()) && text.chars().all(|c| c.is_ascii_hexdigit())
}

/// The hexadecimal id at the end of an address or of a file's name.
fn id_at_end(text: &str) -> Option<String> {
    let last = text.rsplit(['-', '/', '_']).next()?;
    is_id(last).then(|| last.to_ascii_lowercase())
}

/// Whether this is a response: it has no title of its own, so its text begins with a paragraph or a quotation, and Medium
/// made its title from its first words.
fn is_response(html: &Html<'_>, body: &Element, title: &str) -> bool {
    let kinds = |element: &Element| element.classes().find_map(|class| class.strip_prefix("graf--").map(str::to_owned));
    let is_text = |element: &&Element| matches!(element.name.as_str(), "p" | "blockquote");
    let mut blocks = html.within(&body.inner).iter().filter(|element| element.has_class("graf"));
    let first = blocks.clone().next().and_then(kinds);
    if !matches!(first.as_deref(), Some("p" | "blockquote" | "pullquote")) {
        return false;
    }
    let beginning = plain(title.trim_end_matches(['\u{2026}', '.']));
    let second = blocks.clone().filter(is_text).nth(1).filter(|_| first.as_deref() != Some("p"));
    let starts = |element: &Element| plain(&one_line(&html.words(element))).starts_with(&beginning);
    !beginning.is_empty() && (blocks.next().is_some_and(starts) || second.is_some_and(starts))
}

/// The body without the line that Medium draws above every text.
fn without_first_rule(html: &Html<'_>, body: &Element) -> String {
    let inside = html.within(&body.inner);
    let first = of_class(inside, "graf").map_or(body.inner.end, |first| first.outer.start);
    let rule = of_class(inside, "section-divider").filter(|rule| rule.outer.end <= first);
    match rule {
        Some(rule) => {
            let before = html.source(&(body.inner.start..rule.outer.start));
            format!("{before}{}", html.source(&(rule.outer.end..body.inner.end)))
        }
        None => html.source(&body.inner).to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::foreign::Basket;
    use super::super::normalise::to_markdown;
    use super::*;

    fn post(title: &str, blocks: &str, footer: &str) -> String {
        format!(
            "<!DOCTYPE html><html><head><title>x</title></head><body><article class=\"h-entry\"><header><h1 class=\"p-name\">{title}</h1></header><section data-field=\"body\" class=\"e-content\"><section name=\"a\" class=\"section\"><div class=\"section-divider\"><hr class=\"section-divider\"></div><div class=\"section-content\">{blocks}</div></section></section><footer>{footer}</footer></article></body></html>"
        )
    }

    const FOOTER: &str = "<p>By <a href=\"https://medium.com/@ada\" class=\"p-author h-card\">Ada Keel</a> on <a href=\"https://medium.com/p/0a1b2c3d4e\"><time class=\"dt-published\" datetime=\"2019-03-04T05:06:07.089Z\">March 4, 2019</time></a>.</p><p><a href=\"https://medium.com/@ada/the-keel-0a1b2c3d4e\" class=\"p-canonical\">Canonical link</a></p>";

    fn basket(files: &[(&str, String)]) -> Result<Basket, Unreadable> {
        let parts = files.iter().map(|(name, text)| Part::from_bytes(*name, text.as_bytes())).collect();
        let input = Input::folder(parts);
        assert!(recognises(&input) || !files.iter().any(|(_, text)| text.contains("h-entry")));
        let mut basket = Basket::default();
        read(&input, &mut basket).map(|()| basket)
    }

    #[test]
    fn responses_wait_for_their_essay_and_the_rest_is_named() {
        let paragraph =
            "<p class=\"graf graf--p graf--leading\">The keel&nbsp;holds, I think, as long as nobody looks.</p>";
        let response = post(
            "The keel holds, I think\u{2026}",
            &format!("{paragraph}<p class=\"graf graf--p\">More <a href=\"https://example.org/\">here</a>.</p>"),
            FOOTER,
        );
        let essay = post(
            "On Keels",
            &format!("<h3 class=\"graf graf--h3 graf--title\">On Keels</h3>{paragraph}"),
            &FOOTER.replace("0a1b2c3d4e", "ffff2c3d4e"),
        );
        let untitled = post("On Masts", paragraph, &FOOTER.replace("0a1b2c3d4e", "eeee2c3d4e"));
        let draft = post("The keel holds, I think", paragraph, "<p>Exported</p>");
        let found = basket(&[
            ("x/posts/2019-03-04_The-keel-0a1b2c3d4e.html", response.clone()),
            ("x/posts/2019-03-04_The-keel-again.html", response),
            ("x/posts/a.html", essay),
            ("x/posts/b.html", untitled),
            ("x/posts/draft_c.html", draft.clone()),
            ("x/posts/d.html", draft),
            ("x/posts/e.html", "<p>nothing</p>".to_owned()),
            ("x/ips/ips-1.html", "h-entry 192.0.2.1".to_owned()),
        ])
        .expect("an export");
        let [thread] = found.threads.as_slice() else { panic!("{found:#?}") };
        let reply = &thread.replies[0];
        assert_eq!((thread.key.id.as_deref(), reply.id.as_deref()), (Some("0a1b2c3d4e"), Some("0a1b2c3d4e")));
        assert_eq!(
            (reply.author.name.as_deref(), reply.author.url.as_deref()),
            (Some("Ada Keel"), Some("https://medium.com/@ada"))
        );
        assert_eq!(reply.permalink.as_deref(), Some("https://medium.com/@ada/the-keel-0a1b2c3d4e"));
        assert_eq!((reply.state, reply.author.is_essay_author), (State::Waiting, false));
        assert_eq!(reply.date, When::Exact("2019-03-04T05:06:07.089Z".parse().expect("a date")));
        assert_eq!(
            to_markdown(&reply.body),
            "The keel holds, I think, as long as nobody looks.\n\nMore [here](https://example.org/)."
        );
        let reasons: Vec<&str> = found.left.iter().map(|left| left.reason.as_str()).collect();
        assert_eq!(
            reasons,
            [
                "it has the id of `x/posts/2019-03-04_The-keel-0a1b2c3d4e.html`",
                "this is no post of Medium: it has no body",
            ]
        );
        assert_eq!(found.passed, ["an essay", "an essay", "a draft", "a draft"]);
        assert!(!format!("{found:?}").contains("192.0.2"));
    }

    #[test]
    fn a_quotation_may_stand_before_a_response() {
        let blocks = "<blockquote class=\"graf graf--blockquote\">They said so.</blockquote><p class=\"graf graf--p\">I do not.</p>";
        let found = basket(&[("posts/a-123456789abc.html", post("I do not.", blocks, ""))]).expect("an export");
        assert_eq!(found.passed, ["a draft"], "it has neither date nor address");
        let found = basket(&[("a.html", post("I do not.", blocks, FOOTER))]).expect("an export");
        assert_eq!(found.threads.len(), 1);
    }

    #[test]
    fn what_is_no_export_is_refused() {
        for files in [&[][..], &[("posts/a.html", String::new())], &[("ips/a.html", "h-entry".to_owned())]] {
            let parts = files.iter().map(|(name, text)| Part::from_bytes(*name, text.as_bytes())).collect();
            let input = Input::folder(parts);
            assert!(!recognises(&input));
            assert!(read(&input, &mut Basket::default()).is_err());
        }
        let cut = "<article class=\"h-entry\"><h1 class=\"p-name\">A b<section data-field=\"body\"><p class=\"graf";
        assert_eq!(basket(&[("posts/a.html", cut.to_owned())]).expect("cut").passed, ["a draft"]);
    }
}
