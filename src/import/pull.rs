//! Threads that can be fetched again without an account, by the addresses of an essay's copies. Decides what is asked and reads
//! what is answered; asks nobody itself.

use serde_json::{Value, json};

use super::foreign::{Basket, ForeignThread, Unreadable};
use super::{bluesky, github, hackernews, mastodon, webmention};
use crate::base::host::is_public;

/// A thread that can be fetched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The word for its source.
    pub source: &'static str,
    /// The address that names it.
    pub address: String,
    /// The host that is asked.
    pub host: String,
    what: What,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum What {
    Status { id: String },
    Post { who: String, key: String },
    Story { id: String },
    Issue { repository: String, number: u64 },
    Discussion { repository: String, number: u64 },
    Mentions,
}

/// What is asked of the host of a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// The path with its query.
    pub path: String,
    /// JSON that is sent, where there is any.
    pub body: Option<Value>,
}

/// Asks the host of a place.
pub type Ask<'a> = dyn FnMut(&Place, &Question) -> Result<Value, String> + 'a;

/// Pages beyond this number belong to no essay.
const MOST_PAGES: usize = 50;
/// How many records a page is asked to hold.
const PAGE: usize = 100;

impl Place {
    /// The thread that an address names; `None` for addresses of anything else.
    #[must_use]
    pub fn of(address: &str) -> Option<Self> {
        let rest = address.strip_prefix("https://").or_else(|| address.strip_prefix("http://"))?;
        let (host, path) = rest.split_once('/')?;
        let host = host.to_ascii_lowercase();
        let (path, query) = path.split('#').next()?.split_once('?').unwrap_or((path.split('#').next()?, ""));
        let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
        let (source, asked, what) = match (host.trim_start_matches("www."), parts.as_slice()) {
            ("news.ycombinator.com", ["item"]) => {
                let id = query.split('&').find_map(|part| part.strip_prefix("id=")).filter(|id| is_number(id))?;
                (hackernews::NAME, "hn.algolia.com", What::Story { id: id.to_owned() })
            }
            ("bsky.app", ["profile", who, "post", key]) if is_plain(who) && is_plain(key) => {
                let what = What::Post { who: (*who).to_owned(), key: (*key).to_owned() };
                (bluesky::NAME, "public.api.bsky.app", what)
            }
            ("github.com", [owner, name, kind, number]) if is_plain(owner) && is_plain(name) => {
                let repository = format!("{owner}/{name}");
                let number = number.parse().ok()?;
                let what = match *kind {
                    "issues" | "pull" => What::Issue { repository, number },
                    "discussions" => What::Discussion { repository, number },
                    _ => return None,
                };
                (github::NAME, "api.github.com", what)
            }
            (_, [who, id]) if who.starts_with('@') && is_number(id) && id.len() >= 5 && is_public(&host) => {
                (mastodon::NAME, host.as_str(), What::Status { id: (*id).to_owned() })
            }
            (_, ["users", _, "statuses", id]) if is_number(id) && is_public(&host) => {
                (mastodon::NAME, host.as_str(), What::Status { id: (*id).to_owned() })
            }
            _ => return None,
        };
        Some(Self { source, address: address.to_owned(), host: asked.to_owned(), what })
    }

    /// The webmentions of an essay, kept by webmention.io.
    #[must_use]
    pub fn mentions(address: &str) -> Self {
        let host = "webmention.io".to_owned();
        Self { source: webmention::NAME, address: address.to_owned(), host, what: What::Mentions }
    }

    /// Whether the host tells this only to somebody with a token.
    #[must_use]
    pub fn wants_token(&self) -> bool {
        matches!(self.what, What::Discussion { .. })
    }

    /// Fetches the thread, page by page.
    ///
    /// # Errors
    /// The host cannot be asked, or answers something else than a thread.
    pub fn fetch(&self, ask: &mut Ask<'_>) -> Result<Basket, String> {
        let answer = match &self.what {
            What::Status { id } => ask(self, &get(format!("/api/v1/statuses/{id}/context")))?,
            What::Post { who, key } => ask(
                self,
                &get(format!(
                    "/xrpc/app.bsky.feed.getPostThread?uri=at://{who}/app.bsky.feed.post/{key}&depth=50&parentHeight=0"
                )),
            )?,
            What::Story { id } => ask(self, &get(format!("/api/v1/items/{id}")))?,
            What::Issue { repository, number } => self.pages(ask, |page| {
                format!("/repos/{repository}/issues/{number}/comments?per_page={PAGE}&page={}", page + 1)
            })?,
            What::Mentions => self.pages(ask, |page| {
                let target = percent_encoded(&self.address);
                format!("/api/mentions.jf2?target={target}&per-page={PAGE}&page={page}")
            })?,
            What::Discussion { repository, number } => self.discussion(ask, repository, *number)?,
        };
        let mut basket = Basket::default();
        let read = match self.source {
            mastodon::NAME => mastodon::threads_of(&answer, &mut basket),
            bluesky::NAME => bluesky::threads_of(&answer, &mut basket),
            hackernews::NAME => hackernews::threads_of(&answer, &mut basket),
            github::NAME => github::threads_of(&answer, &mut basket),
            _ => webmention::threads_of(&answer, &mut basket),
        };
        read.map_err(|Unreadable { message }| format!("{} answers something else: {message}", self.host))?;
        basket.threads.iter_mut().for_each(|thread| self.name(thread));
        Ok(basket)
    }

    /// Names a thread by the address it was fetched by: some answers do not say what they answer.
    fn name(&self, thread: &mut ForeignThread) {
        thread.address = Some(self.address.clone()).filter(|_| self.what != What::Mentions);
        if let What::Status { id } = &self.what {
            thread.key.id = Some(id.clone());
        }
    }

    /// Lists that are told page by page, as one.
    fn pages(&self, ask: &mut Ask<'_>, path: impl Fn(usize) -> String) -> Result<Value, String> {
        let mut all: Vec<Value> = Vec::new();
        for page in 0..MOST_PAGES {
            let mut answer = ask(self, &get(path(page)))?;
            let list = if answer.is_array() { Some(&mut answer) } else { answer.get_mut("children") };
            let Some(list) = list.and_then(Value::as_array_mut) else {
                return Err(format!("{} answers something else than a list", self.host));
            };
            let count = list.len();
            all.append(list);
            if count < PAGE {
                break;
            }
        }
        Ok(if self.what == What::Mentions { json!({ "type": "feed", "children": all }) } else { Value::Array(all) })
    }

    /// A discussion with all its comments, in the form of one answer.
    fn discussion(&self, ask: &mut Ask<'_>, repository: &str, number: u64) -> Result<Value, String> {
        let (owner, name) = repository.split_once('/').unwrap_or((repository, ""));
        let mut whole: Option<Value> = None;
        let mut after = Value::Null;
        for _ in 0..MOST_PAGES {
            let variables = json!({ "owner": owner, "name": name, "number": number, "after": after });
            let body = json!({ "query": DISCUSSION, "variables": variables });
            let mut answer = ask(self, &Question { path: "/graphql".to_owned(), body: Some(body) })?;
            let comments = answer.pointer("/data/repository/discussion/comments");
            let Some(comments) = comments else {
                let why = answer.pointer("/errors/0/message").and_then(Value::as_str).unwrap_or("it is not there");
                return Err(format!("{} does not tell the discussion: {why}", self.host));
            };
            let has_more = comments.pointer("/pageInfo/hasNextPage").and_then(Value::as_bool).unwrap_or_default();
            after = comments.pointer("/pageInfo/endCursor").cloned().unwrap_or_default();
            match &mut whole {
                None => whole = Some(answer),
                Some(whole) => {
                    let nodes = answer.pointer_mut(NODES).map(Value::take).unwrap_or_default();
                    let list = whole.pointer_mut(NODES).and_then(Value::as_array_mut);
                    if let (Some(list), Value::Array(nodes)) = (list, nodes) {
                        list.extend(nodes);
                    }
                }
            }
            if !has_more || after.is_null() {
                break;
            }
        }
        let mut whole = whole.unwrap_or_default();
        if let Some(info) = whole.pointer_mut("/data/repository/discussion/comments/pageInfo/hasNextPage") {
            *info = Value::Bool(false);
        }
        Ok(whole)
    }
}

const NODES: &str = "/data/repository/discussion/comments/nodes";

/// The fields that the reader of GitHub knows, and no others.
const DISCUSSION: &str = "query($owner:String!,$name:String!,$number:Int!,$after:String){repository(owner:$owner,name:$name){\
discussion(number:$number){number title url body author{login} comments(first:50,after:$after){totalCount \
pageInfo{hasNextPage endCursor} nodes{id url body createdAt lastEditedAt deletedAt isMinimized minimizedReason \
authorAssociation upvoteCount author{login url} replies(first:100){totalCount nodes{id url body createdAt lastEditedAt \
deletedAt isMinimized minimizedReason authorAssociation author{login url} replyTo{id}}}}}}}}";

fn get(path: String) -> Question {
    Question { path, body: None }
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.len() <= 30 && text.chars().all(|c| c.is_ascii_digit())
}

/// Whether a part of an address can stand in another one as it is.
fn is_plain(text: &str) -> bool {
    !text.is_empty()
        && text.chars().all(|c| c.is_ascii_alphanumeric() || "-._:".contains(c))
        && text != ".."
        && text != "."
}

/// An address as the value of a query.
fn percent_encoded(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => char::from(byte).to_string(),
            other => format!("%{other:02X}"),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_name_the_hosts_that_are_asked() {
        for (address, wanted) in [
            ("https://news.ycombinator.com/item?id=8863&p=2", Some("hn.algolia.com")),
            ("https://bsky.app/profile/ada.example/post/3kabc", Some("public.api.bsky.app")),
            ("https://github.com/ada/book/discussions/7#discussioncomment-1", Some("api.github.com")),
            ("https://github.com/ada/book/issues/7", Some("api.github.com")),
            ("https://social.example/@ada/110000000000000001", Some("social.example")),
            ("https://social.example/users/ada/statuses/110000000000000001", Some("social.example")),
            ("https://medium.com/@ada/on-trust-5d1c0a7e42b9", None),
            ("https://www.linkedin.com/pulse/on-trust", None),
            ("https://127.0.0.1/@ada/110000000000000001", None),
            ("https://localhost/@ada/110000000000000001", None),
            ("https://social.example:8080/@ada/110000000000000001", None),
            ("https://router.lan/@ada/110000000000000001", None),
            ("https://github.com/ada/../issues/7", None),
            ("https://news.ycombinator.com/item?id=../x", None),
            ("ftp://news.ycombinator.com/item?id=1", None),
            ("https://bsky.app/profile/a%2fb/post/3kabc", None),
        ] {
            assert_eq!(Place::of(address).map(|place| place.host).as_deref(), wanted, "{address}");
        }
    }

    #[test]
    fn pages_are_asked_for_until_one_is_not_full() {
        let place = Place::mentions("https://book.example/trust/?a=b");
        let mut paths = Vec::new();
        let entry = |id: usize| {
            json!({"type": "entry", "wm-id": id, "wm-property": "in-reply-to", "wm-target": "https://book.example/trust/",
                "wm-source": format!("https://a.example/{id}"), "content": {"text": "Yes."}})
        };
        let basket = place.fetch(&mut |_, question| {
            paths.push(question.path.clone());
            let count = if paths.len() == 1 { PAGE } else { 3 };
            Ok(json!({"type": "feed", "children": (0..count).map(|at| entry(paths.len() * 1000 + at)).collect::<Vec<_>>()}))
        });
        assert_eq!(basket.expect("good").threads[0].replies.len(), PAGE + 3);
        assert_eq!(
            paths[1],
            "/api/mentions.jf2?target=https%3A%2F%2Fbook.example%2Ftrust%2F%3Fa%3Db&per-page=100&page=1"
        );
    }

    #[test]
    fn a_discussion_is_put_together_from_its_pages() {
        let place = Place::of("https://github.com/ada/book/discussions/7").expect("one");
        assert!(place.wants_token());
        let mut asked = Vec::new();
        let basket = place.fetch(&mut |_, question| {
            let after = question.body.as_ref().and_then(|body| body.pointer("/variables/after")).cloned();
            asked.push(after.unwrap_or_default());
            let comment = |id: u64| json!({"id": format!("D{id}"), "url": format!("https://github.com/ada/book/discussions/7#discussioncomment-{id}"),
                "body": "Words.", "createdAt": "2024-01-02T03:04:05Z", "author": {"login": "bo"}, "replies": {"totalCount": 0, "nodes": []}});
            let is_first = asked.len() == 1;
            Ok(json!({"data": {"repository": {"discussion": {"number": 7, "title": "trust", "url": "https://github.com/ada/book/discussions/7",
                "comments": {"totalCount": 2, "pageInfo": {"hasNextPage": is_first, "endCursor": "c1"},
                    "nodes": [comment(if is_first { 1 } else { 2 })]}}}}}))
        });
        let thread = &basket.expect("good").threads[0];
        assert_eq!((thread.replies.len(), thread.claimed, thread.gaps.as_slice()), (2, Some(2), &[][..]));
        assert_eq!(asked, [Value::Null, json!("c1")]);
    }

    #[test]
    fn what_is_no_thread_is_said() {
        let place = Place::of("https://social.example/@ada/110000000000000001").expect("one");
        for garbage in [json!({"error": "Record not found"}), json!([]), json!(3)] {
            let why = place.fetch(&mut |_, _| Ok(garbage.clone())).expect_err("no thread");
            assert!(why.starts_with("social.example answers something else"), "{why}");
        }
        let issue = Place::of("https://github.com/ada/book/issues/7").expect("one");
        assert!(issue.fetch(&mut |_, _| Ok(json!({"message": "x"}))).is_err());
        assert_eq!(issue.fetch(&mut |_, _| Err("no".to_owned())), Err("no".to_owned()));
    }
}
