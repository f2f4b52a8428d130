//! One post of Medium, in any of the three forms in which Medium tells it, as a reply or as an essay. Knows no thread.

use serde_json::{Map, Value};

use super::super::dates;
use super::super::fields::{first_text, number, text};
use super::super::foreign::{Author, Body, ForeignReply, Format, State, When};
use super::text::to_html;

/// Where parts of a post lie that the post itself only names.
#[derive(Clone, Copy, Default)]
pub struct Beside<'a> {
    /// The objects of a page, by the names that `__ref` has.
    pub state: Option<&'a Map<String, Value>>,
    /// Users by id.
    pub users: Option<&'a Value>,
}

/// What a post says of itself when others answer it.
#[derive(Clone, Debug, Default)]
pub struct Essay {
    /// Its title.
    pub title: Option<String>,
    /// Its address at Medium.
    pub address: Option<String>,
    /// Its address elsewhere, of which it is a copy.
    pub original: Option<String>,
    /// How many responses it has.
    pub claimed: Option<u64>,
    /// The id of its writer.
    pub writer: Option<String>,
}

/// A post that answers another.
#[derive(Clone, Debug)]
pub struct Response {
    /// What it says; its parent is not yet known.
    pub reply: ForeignReply,
    /// How many answers it has itself, as it says.
    pub counted: u64,
    /// Whether the file holds only the beginning of its words.
    pub is_cut: bool,
    /// The id of its writer.
    pub writer: Option<String>,
}

impl<'a> Beside<'a> {
    /// What a value stands for: itself, or the object that it names.
    #[must_use]
    pub fn follow(&self, value: &'a Value) -> &'a Value {
        match text(value, "__ref") {
            Some(name) => self.state.and_then(|state| state.get(name)).unwrap_or(&Value::Null),
            None => value,
        }
    }

    /// All values of a field, which in pages may carry its arguments: `content({"…"})`.
    fn fields(self, post: &'a Value, key: &'a str) -> impl Iterator<Item = &'a Value> {
        let is_named =
            move |name: &str| name.strip_prefix(key).is_some_and(|rest| rest.is_empty() || rest.starts_with('('));
        let all = post.as_object().into_iter().flatten().filter(move |(name, _)| is_named(name));
        all.map(move |(_, value)| self.follow(value)).filter(|value| !value.is_null())
    }

    /// The first value of a field; null where there is none.
    #[must_use]
    pub fn field(self, post: &'a Value, key: &'a str) -> &'a Value {
        self.fields(post, key).next().unwrap_or(&Value::Null)
    }

    /// The posts that are listed as answers to a post, and whether the list goes on elsewhere.
    #[must_use]
    pub fn answers(self, post: &'a Value) -> (Vec<&'a Value>, bool) {
        let mut posts = Vec::new();
        let mut goes_on = false;
        for list in self.fields(post, "threadedPostResponses") {
            posts.extend(list.get("posts").and_then(Value::as_array).into_iter().flatten());
            goes_on |= list.pointer("/pagingInfo/next/to").is_some_and(|next| !next.is_null());
        }
        (posts, goes_on)
    }

    /// The id of the post that a post answers.
    #[must_use]
    pub fn answered(self, post: &'a Value) -> Option<String> {
        let of = |value: &'a Value| {
            let named = text(value, "__ref").and_then(|name| name.strip_prefix("Post:"));
            named.or_else(|| text(value, "id")).map(str::to_owned)
        };
        let direct = post.get("inResponseToPostResult").and_then(of);
        let root = || self.field(post, "responseRootPost").get("post").and_then(of);
        direct.or_else(|| text(post, "inResponseToPostId").map(str::to_owned)).or_else(root)
    }

    /// The post as an essay.
    #[must_use]
    pub fn essay(self, post: &'a Value) -> Essay {
        let total = self.field(post, "postResponses").get("count").or_else(|| post.get("responsesCount"));
        let original = first_text(post, &["webCanonicalUrl", "canonicalUrl"]);
        Essay {
            title: text(post, "title").map(str::to_owned),
            address: text(post, "mediumUrl").map(without_query),
            original: original.map(str::to_owned),
            claimed: total.or_else(|| post.pointer("/virtuals/responsesCreatedCount")).and_then(Value::as_u64),
            writer: self.writer(post).map(str::to_owned),
        }
    }

    fn writer(self, post: &'a Value) -> Option<&'a str> {
        let creator = self.field(post, "creator");
        first_text(creator, &["id", "userId"]).or_else(|| text(post, "creatorId"))
    }

    /// The post as a response.
    #[must_use]
    pub fn response(self, post: &'a Value, id: Option<&str>) -> Response {
        let (html, is_cut) = self.words(post);
        let claps = number(post, "clapCount").max(number(&post["virtuals"], "totalClapCount"));
        let (first, latest) = (number(post, "firstPublishedAt"), number(post, "latestPublishedAt"));
        let counted = post.get("responsesCount").or_else(|| post.pointer("/virtuals/responsesCreatedCount"));
        let reply = ForeignReply {
            id: id.map(str::to_owned),
            parent: None,
            author: self.author(post),
            date: moment(post, "createdAt").or_else(|| moment(post, "firstPublishedAt")).unwrap_or_default(),
            is_edited: first > Some(0) && latest > first,
            body: Body { text: html, format: Format::Html },
            state: state(post),
            reactions: claps.filter(|claps| *claps > 0),
            permalink: text(post, "mediumUrl").map(without_query).or_else(|| id.map(short_address)),
            ..ForeignReply::default()
        };
        Response {
            reply,
            counted: counted.and_then(Value::as_u64).unwrap_or_default(),
            is_cut,
            writer: self.writer(post).map(str::to_owned),
        }
    }

    fn author(self, post: &'a Value) -> Author {
        let known = || text(post, "creatorId").and_then(|id| self.users?.get(id));
        let inside = self.field(post, "creator");
        let user = if inside.is_object() { inside } else { known().unwrap_or(&Value::Null) };
        let handle = text(user, "username").filter(|name| !name.contains(['/', ' ']));
        Author {
            name: text(user, "name").map(str::to_owned),
            url: handle.map(|handle| format!("https://medium.com/@{handle}")),
            handle: handle.map(|handle| format!("@{handle}")),
            ..Author::default()
        }
    }

    /// The words as HTML, and whether they are only the beginning. Medium sends them under several names, not always whole;
    /// where it sends none, the title of a response is made of its first words.
    fn words(self, post: &'a Value) -> (String, bool) {
        let mut cut = None;
        for content in ["content", "previewContent2", "previewContent", "extendedPreviewContent"]
            .into_iter()
            .flat_map(|key| self.fields(post, key))
        {
            let paragraphs = self.field(content, "bodyModel").get("paragraphs").and_then(Value::as_array);
            let paragraphs: Vec<&Value> = paragraphs.into_iter().flatten().map(|one| self.follow(one)).collect();
            let html = to_html(&paragraphs);
            let is = |key: &str, wanted: bool| content.get(key).and_then(Value::as_bool) == Some(wanted);
            let is_beginning = is("isFullContent", false) || is("isLockedPreviewOnly", true);
            if !html.is_empty() && !is_beginning {
                return (html, false);
            }
            cut = cut.or(Some(html).filter(|html| !html.is_empty()));
        }
        let beginning = || text(post, "title").map(|title| to_html(&[&serde_json::json!({ "text": title })]));
        match cut.or_else(beginning) {
            Some(html) => (html, true),
            None => (String::new(), false),
        }
    }
}

fn moment(post: &Value, key: &str) -> Option<When> {
    dates::milliseconds(post.get(key)?.as_f64().filter(|moment| *moment != 0.0)?).ok()
}

fn state(post: &Value) -> State {
    let is = |key: &str| match post.get(key) {
        Some(Value::Bool(is)) => *is,
        // A moment, which is 0 where nothing happened.
        Some(Value::Number(moment)) => moment.as_i64() != Some(0),
        _ => false,
    };
    let visibility = post.get("visibility").unwrap_or(&Value::Null);
    let is_public = visibility.as_u64().is_none_or(|level| level == 0)
        && visibility.as_str().is_none_or(|word| word.is_empty() || word == "PUBLIC");
    let is_gone = text(post, "__typename").is_some_and(|kind| kind != "Post");
    if is("deletedAt") || is_gone {
        State::Deleted
    } else if post.get("isPublished").and_then(Value::as_bool) == Some(false) {
        State::Private
    } else if ["isSuspended", "isLimitedState", "responseHiddenOnParentPostAt", "inResponseToRemovedAt"]
        .into_iter()
        .any(is)
        || !is_public
    {
        State::Hidden
    } else {
        State::Live
    }
}

/// The address of a post that needs nothing but its id.
#[must_use]
pub fn short_address(id: &str) -> String {
    format!("https://medium.com/p/{id}")
}

fn without_query(address: &str) -> String {
    address.split(['?', '#']).next().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn states_are_told_apart() {
        for (post, wanted) in [
            (json!({"deletedAt": 0, "isSuspended": false, "visibility": 0, "__typename": "Post"}), State::Live),
            (json!({"visibility": "PUBLIC", "isPublished": true}), State::Live),
            (json!({"deletedAt": 1_590_000_000_000_i64}), State::Deleted),
            (json!({"__typename": "UnavailablePost"}), State::Deleted),
            (json!({"isSuspended": true}), State::Hidden),
            (json!({"responseHiddenOnParentPostAt": 5}), State::Hidden),
            (json!({"visibility": "UNLISTED"}), State::Hidden),
            (json!({"isPublished": false}), State::Private),
            (json!({"deletedAt": "x", "visibility": []}), State::Live),
        ] {
            assert_eq!(state(&post), wanted, "{post}");
        }
    }

    #[test]
    fn words_that_are_cut_are_taken_only_where_none_are_whole() {
        let body = |text: &str, is_full: bool| json!({"isFullContent": is_full, "bodyModel": {"paragraphs": [{"type": 1, "text": text}]}});
        let beside = Beside::default();
        let both = json!({"previewContent2": body("A be", false), "previewContent": body("A beginning.", true)});
        assert_eq!(beside.words(&both), ("<p>A beginning.</p>".to_owned(), false));
        assert_eq!(beside.words(&json!({"previewContent": body("A be", false)})), ("<p>A be</p>".to_owned(), true));
        assert_eq!(beside.words(&json!({"title": "A <be"})), ("<p>A &lt;be</p>".to_owned(), true));
        assert_eq!(beside.words(&json!({"content": 4, "title": []})), (String::new(), false));
    }

    #[test]
    fn edits_claps_and_odd_values_are_read() {
        let post = json!({"createdAt": i64::MAX, "firstPublishedAt": 1_500_000_000_000_i64, "latestPublishedAt": 1_500_000_900_000_i64,
            "clapCount": 7, "mediumUrl": "https://medium.com/@ada/x-1?source=y", "creator": {"name": " Ada ", "username": "ada", "imageId": "a.png"}});
        let found = Beside::default().response(&post, Some("1"));
        assert_eq!(found.reply.date, When::Exact("2017-07-14T02:40:00Z".parse().expect("a moment")));
        assert_eq!((found.reply.is_edited, found.reply.reactions), (true, Some(7)));
        assert_eq!(found.reply.permalink.as_deref(), Some("https://medium.com/@ada/x-1"));
        assert_eq!(found.reply.author.url.as_deref(), Some("https://medium.com/@ada"));
        assert!(!format!("{found:?}").contains("a.png"));
    }
}
