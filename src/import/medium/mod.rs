//! Medium: the responses to an essay, from a page saved in a browser, from the answer to `format=json`, or from an answer of
//! Medium's GraphQL copied from developer tools. No file that Medium exports holds the responses of others.

mod essay;
mod post;
mod text;
mod threads;

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::fields::text;
use super::foreign::{Harvest, Unreadable};
use super::input::{Input, SAMPLE};
use super::json::{self, Json};
pub use essay::page as essay_page;
use post::Beside;
use threads::{Gathered, threads};

/// The word for the source.
pub const NAME: &str = "medium";

/// What stands before an answer to `format=json`, so that no other site can run it.
const GUARD: &str = "])}while(1);</x>";

/// The name under which a page keeps its objects.
const STATE: &str = "__APOLLO_STATE__";

/// How many objects with that name are tried; a page has one, and perhaps speaks of others.
const MOST_STATES: usize = 8;

/// Whether this is one of the three forms.
#[must_use]
pub fn recognises(input: &Input) -> bool {
    input.single().is_some_and(|part| {
        let sample = part.sample();
        let start = sample.trim_start();
        let has = |word: &str| sample.contains(word);
        // The objects stand at the end of a page, beyond what is looked at of a long one.
        let is_page = has(STATE) && has("\"Post:") || part.size > SAMPLE as u64 && has("com.medium.reader");
        let is_answer = has("\"threadedPostResponses\"") && has("\"data\"");
        let is_old_answer = has("\"payload\"") && has("\"inResponseToPostId\"");
        match start.chars().next() {
            Some('<') => is_page,
            Some('{' | '[') => is_answer || is_old_answer,
            _ => start.starts_with(GUARD),
        }
    })
}

/// Reads it.
///
/// # Errors
/// The file is none of the three forms, is cut short, or holds no response; with line and column where they are known.
pub fn read(input: &Input, harvest: &mut dyn Harvest) -> Result<(), Unreadable> {
    let whole = input.only("page or JSON file")?.text()?;
    let advice = "open deep answers on their own pages";
    let start = whole.trim_start();
    if start.starts_with('<') {
        return state_of(&whole)
            .and_then(|state| state.give(page, harvest))
            .map_err(|error| json::advised(error, advice));
    }
    let guarded = start.strip_prefix(GUARD).unwrap_or(start);
    let found = json::values(&whole, whole.len() - guarded.len());
    found.and_then(|found| found.give(threads_of, harvest)).map_err(|error| json::advised(error, advice))
}

/// Reads an answer of Medium, without its guard.
///
/// # Errors
/// It holds no response, or says that something failed.
pub fn threads_of(value: &Value, harvest: &mut dyn Harvest) -> Result<(), Unreadable> {
    match value {
        Value::Object(object) if object.contains_key("payload") || object.contains_key("success") => {
            old_answer(value, harvest)
        }
        Value::Object(_) => answers(std::slice::from_ref(value), harvest),
        Value::Array(list) => answers(list, harvest),
        _ => Err(Unreadable::new("this is no answer of Medium: an object or a list is wanted")),
    }
}

/// The objects of a page: the first JSON object after their name that holds a post.
fn state_of(page: &str) -> Result<Json, Unreadable> {
    let mut failed = None;
    let places = page.match_indices(STATE).filter_map(|(at, _)| {
        let rest = page.get(at + STATE.len()..)?.trim_start_matches(['"', '\'', ']']).trim_start();
        let json = rest.strip_prefix('=').map(str::trim_start).filter(|json| json.starts_with('{'))?;
        Some(page.len() - json.len())
    });
    for place in places.take(MOST_STATES) {
        // The reader stops where the object ends, whatever stands in its texts.
        match json::first(page, place) {
            Ok(state) if posts(&state.value).next().is_some() => return Ok(state),
            Ok(_) => {}
            Err(error) => failed = failed.or(Some(error)),
        }
    }
    let missing = || Unreadable::new(format!("this page has no object `window.{STATE}` with posts of Medium in it"));
    Err(failed.unwrap_or_else(missing))
}

/// The posts among the objects of a page.
fn posts(state: &Value) -> impl Iterator<Item = &Value> {
    let all = state.as_object().into_iter().flatten();
    all.filter(|(name, post)| name.starts_with("Post:") && text(post, "id").is_some()).map(|(_, post)| post)
}

/// The form with a guard: a list of posts, and the users and posts that they name.
fn old_answer(value: &Value, harvest: &mut dyn Harvest) -> Result<(), Unreadable> {
    let payload = value.get("payload").filter(|payload| payload.is_object());
    let why = || text(value, "error").map_or_else(String::new, |why| format!(": {why}"));
    let payload = payload.ok_or_else(|| Unreadable::new(format!("Medium did not answer with posts{}", why())))?;
    let references = payload.get("references").unwrap_or(&Value::Null);
    let beside = Beside { state: None, users: references.get("User") };
    let named = references.get("Post").and_then(Value::as_object);
    let listed = match payload.get("value") {
        Some(Value::Array(list)) => list.iter().collect(),
        Some(post @ Value::Object(_)) => vec![post],
        _ => Vec::new(),
    };
    let mut gathered = Gathered::default();
    for (at, post) in listed.iter().enumerate() {
        if beside.answered(post).is_none() && !json::is_cut(post) {
            let place = text(post, "id").map_or_else(|| format!("post {}", at + 1), |id| format!("post {id}"));
            harvest.left(place, "it is no response to another post".to_owned());
        }
    }
    for post in listed.iter().copied().chain(named.into_iter().flat_map(Map::values)) {
        if let Some(parent) = beside.answered(post) {
            gathered.take(beside, post, Some(&parent));
        } else if let Some(id) = text(post, "id") {
            gathered.essays.insert(id.to_owned(), beside.essay(post));
        }
    }
    let resources = references.get("MediaResource").and_then(Value::as_object).into_iter().flat_map(Map::values);
    for resource in resources {
        let Some(id) = resource.get("mediumPost").and_then(|post| text(post, "postId")) else { continue };
        let essay = gathered.essays.entry(id.to_owned()).or_default();
        essay.title = essay.title.take().or_else(|| text(resource, "title").map(str::to_owned));
        essay.address = essay.address.take().or_else(|| text(resource, "href").map(str::to_owned));
    }
    if payload.pointer("/paging/next").is_some_and(Value::is_object) {
        gathered.unfinished.extend(gathered.essays.keys().cloned());
    }
    threads(gathered, harvest);
    Ok(())
}

/// Answers of GraphQL: one or several pages of responses, nested.
fn answers(list: &[Value], harvest: &mut dyn Harvest) -> Result<(), Unreadable> {
    let beside = Beside::default();
    let mut gathered = Gathered::default();
    let mut is_one = false;
    for (at, answer) in list.iter().enumerate() {
        if let Some(why) = answer.pointer("/errors/0/message").and_then(Value::as_str) {
            harvest.left(format!("answer {}", at + 1), format!("Medium says that it failed: {why}"));
        }
        let fields = answer.get("data").and_then(Value::as_object).into_iter().flat_map(Map::values);
        for post in fields.filter(|field| field.get("threadedPostResponses").is_some()) {
            is_one = true;
            let id = text(post, "id").unwrap_or_default().to_owned();
            if let Some(essay) = beside.answered(post).filter(|essay| *essay != id) {
                gathered.parents.insert(id.clone(), essay);
            }
            gathered.essays.entry(id.clone()).or_insert_with(|| beside.essay(post));
            // Of several pages, the last one says whether there are more.
            gathered.unfinished.remove(&id);
            if beside.answers(post).1 {
                gathered.unfinished.insert(id);
            }
            gathered.take_listed(beside, post, harvest);
        }
    }
    if !is_one {
        return Err(Unreadable::new("this is no answer of Medium with responses: it has no `threadedPostResponses`"));
    }
    threads(gathered, harvest);
    Ok(())
}

/// A saved page: first what it lists, then what says itself that it is a response.
fn page(state: &Value, harvest: &mut dyn Harvest) -> Result<(), Unreadable> {
    let beside = Beside { state: state.as_object(), users: None };
    let mut gathered = Gathered::default();
    for post in posts(state) {
        let id = text(post, "id").unwrap_or_default();
        gathered.essays.insert(id.to_owned(), beside.essay(post));
        gathered
            .parents
            .extend(beside.answered(post).filter(|parent| parent != id).map(|parent| (id.to_owned(), parent)));
        if beside.answers(post).1 {
            gathered.unfinished.insert(id.to_owned());
        }
    }
    for post in posts(state).filter(|post| beside.answered(post).is_none()) {
        gathered.take_listed(beside, post, harvest);
    }
    for post in posts(state) {
        if let Some(parent) = beside.answered(post) {
            gathered.take(beside, post, Some(&parent));
            gathered.take_listed(beside, post, harvest);
        }
    }
    // A page keeps much about other essays; only those that were asked for say how many responses are missing.
    let asked: BTreeSet<String> = state
        .get("ROOT_QUERY")
        .and_then(Value::as_object)
        .into_iter()
        .flatten()
        .filter(|(name, _)| name.starts_with("post(") || name.starts_with("postResult("))
        .filter_map(|(_, named)| text(named, "__ref")?.strip_prefix("Post:").map(str::to_owned))
        .collect();
    let answered: BTreeSet<String> = gathered.parents.values().cloned().collect();
    gathered.essays.retain(|id, _| asked.contains(id) || answered.contains(id));
    if gathered.responses.is_empty() && asked.is_empty() {
        return Err(Unreadable::new(
            "no response is in this page; open the responses and scroll to the last before saving it",
        ));
    }
    threads(gathered, harvest);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::foreign::{Basket, State};
    use super::super::json::tests::first_half;
    use super::*;

    fn input(text: &str) -> Input {
        Input::of(text)
    }

    /// Ids and parents of a thread.
    fn shape(basket: &Basket, at: usize) -> Vec<(&str, Option<&str>)> {
        let replies = &basket.threads[at].replies;
        replies.iter().map(|reply| (reply.id.as_deref().unwrap_or(""), reply.parent.as_deref())).collect()
    }

    fn post(id: &str, counted: u64, below: &str) -> String {
        format!(
            r#"{{"id": "{id}", "createdAt": 1500000000000, "responsesCount": {counted}, "creator": {{"id": "w{id}", "name": "Ada"}},
            "content": {{"bodyModel": {{"paragraphs": [{{"type": "P", "text": "Words of {id}.", "markups": []}}]}}}},
            "threadedPostResponses": {below}}}"#
        )
    }

    fn list(posts: &[String], next: &str) -> String {
        format!(r#"{{"pagingInfo": {{"next": {next}}}, "posts": [{}]}}"#, posts.join(", "))
    }

    #[test]
    fn nested_answers_become_a_thread_that_says_what_is_missing() {
        let inner = list(&[post("c3", 0, "{}"), "7".to_owned()], "null");
        let first = list(&[post("b2", 1, &inner), post("d4", 2, "{}")], r#"{"to": "x"}"#);
        let second = list(&[post("d4", 2, "{}"), post("e5", 0, "{}")], "null");
        let page = |posts: &str| {
            format!(
                r#"{{"data": {{"post": {{"id": "a1", "title": "On Trust", "responsesCount": 9, "creator": {{"id": "wc3"}}, "threadedPostResponses": {posts}}}}}}}"#
            )
        };
        let one = format!("[{}]", page(&first));
        assert!(recognises(&input(&one)));
        let found = Basket::of(read, &one).expect("one page");
        assert_eq!(shape(&found, 0), [("b2", None), ("c3", Some("b2")), ("d4", None)]);
        let thread = &found.threads[0];
        assert_eq!(
            (thread.key.id.as_deref(), thread.key.title.as_deref(), thread.claimed),
            (Some("a1"), Some("On Trust"), Some(9))
        );
        assert_eq!(thread.address.as_deref(), Some("https://medium.com/p/a1"));
        assert_eq!(
            thread.gaps,
            [
                "3 of 9 responses are in this file",
                "more responses follow on the next page, which is not in this file",
                "not all answers to response d4 are in this file"
            ]
        );
        assert_eq!(thread.replies[0].body.text, "<p>Words of b2.</p>");
        assert_eq!(thread.replies.iter().filter(|reply| reply.author.is_essay_author).count(), 1);
        assert_eq!(found.left.len(), 1);
        let both = Basket::of(read, &format!("[{}, {}]", page(&first), page(&second))).expect("two pages");
        assert_eq!(shape(&both, 0), [("b2", None), ("c3", Some("b2")), ("d4", None), ("e5", None)]);
        assert_eq!(both.threads[0].gaps.len(), 2);
    }

    #[test]
    fn the_guarded_form_names_essay_and_writers_apart() {
        let text = r#"])}while(1);</x>{"success": true, "payload": {"value": [
            {"id": "b2", "creatorId": "u1", "createdAt": 1500000000000, "inResponseToPostId": "a1", "deletedAt": 0, "previewContent": {"isFullContent": false, "bodyModel": {"paragraphs": [{"type": 1, "text": "Half a"}]}}},
            {"id": "c3", "creatorId": "u2", "inResponseToPostId": "b2", "responseHiddenOnParentPostAt": 9, "previewContent": {"bodyModel": {"paragraphs": [{"type": 1, "text": "Hidden."}]}}},
            {"id": "x9", "title": "No response"}],
            "references": {"User": {"u1": {"name": "Ada", "username": "ada"}},
            "Post": {"a1": {"id": "a1", "title": "On Trust", "creatorId": "u2", "webCanonicalUrl": "https://example.org/trust", "virtuals": {"responsesCreatedCount": 1}}},
            "MediaResource": {"m": {"href": "https://medium.com/@me/on-trust-a1", "mediumPost": {"postId": "a1"}}}}}}"#;
        assert!(recognises(&input(text)));
        let found = Basket::of(read, text).expect("good");
        let thread = &found.threads[0];
        assert_eq!(shape(&found, 0), [("b2", None), ("c3", Some("b2"))]);
        assert_eq!(thread.key.address.as_deref(), Some("https://example.org/trust"));
        assert_eq!(thread.address.as_deref(), Some("https://medium.com/@me/on-trust-a1"));
        assert_eq!(thread.gaps, ["this file holds only the beginning of response b2"]);
        let [first, second] = thread.replies.as_slice() else { panic!("{thread:#?}") };
        assert_eq!((first.author.name.as_deref(), first.author.handle.as_deref()), (Some("Ada"), Some("@ada")));
        assert_eq!((second.state, second.author.is_essay_author), (State::Hidden, true));
        assert_eq!(found.left[0].place, "post x9");
    }

    #[test]
    fn a_page_is_read_from_its_objects() {
        let state = r#"{"ROOT_QUERY": {"postResult({\"id\":\"a1\"})": {"__ref": "Post:a1"}},
            "User:u1": {"id": "u1", "name": "Ada"}, "Paragraph:p": {"type": "P", "text": "Words with }; </script> in them."},
            "Post:d4": {"id": "d4", "inResponseToPostResult": {"__ref": "Post:c3"}},
            "Post:c3": {"id": "c3", "inResponseToPostResult": {"__ref": "Post:a1"}, "creator": {"__ref": "User:u1"},
                "content({\"x\":1})": {"bodyModel": {"paragraphs": [{"__ref": "Paragraph:p"}, {"__ref": "Paragraph:gone"}]}}},
            "Post:b2": {"id": "b2"}, "Post:other": {"id": "other", "postResponses": {"count": 40}},
            "Post:y": {"id": "y", "inResponseToPostResult": {"id": "z"}}, "Post:z": {"id": "z", "inResponseToPostResult": {"id": "y"}},
            "Post:a1": {"id": "a1", "title": "On Trust", "postResponses": {"count": 4},
                "threadedPostResponses({\"limit\":10})": {"posts": [{"__ref": "Post:b2"}, {"__ref": "Post:gone"}]}}}"#;
        let page =
            format!("<!doctype html><p>__APOLLO_STATE__ = {{</p><script>window.__APOLLO_STATE__ = {state};</script>");
        assert!(recognises(&input(&page)));
        let found = Basket::of(read, &page).expect("good");
        assert_eq!(shape(&found, 0), [("b2", None), ("d4", Some("c3")), ("c3", None)]);
        assert_eq!(shape(&found, 1).len(), 2);
        assert_eq!(found.threads[0].gaps, ["3 of 4 responses are in this file"]);
        assert_eq!(found.threads[0].replies[2].body.text, "<p>Words with }; &lt;/script&gt; in them.</p>");
        assert_eq!(found.threads[0].replies[2].author.name.as_deref(), Some("Ada"));
        let alone = r#"<script>window.__APOLLO_STATE__={"ROOT_QUERY": {"post({})": {"__ref": "Post:a1"}}, "Post:a1": {"id": "a1", "postResponses": {"count": 28}}}"#;
        let none = Basket::of(read, alone).expect("good");
        assert_eq!((none.threads[0].claimed, none.threads[0].replies.len(), none.left.len()), (Some(28), 0, 1));
    }

    #[test]
    fn what_is_something_else_or_broken_is_refused_with_its_place() {
        for bad in [
            "",
            "3",
            "[]",
            "{}",
            "<p>",
            "[[",
            "{\"success\": false, \"error\": \"gone\"}",
            "<a>__APOLLO_STATE__ = {\"Post:a\"",
            "[{\"data\": {\"post\": 3}}]",
        ] {
            assert!(Basket::of(read, bad).is_err(), "{bad}");
        }
        let cut = Basket::of(read, "\n])}while(1);</x>{\"payload\":").expect_err("cut");
        assert_eq!(cut.message, "line 2, column 27: EOF while parsing a value");
        let deep = format!("{}{}", "[".repeat(10_000), "]".repeat(10_000));
        assert!(Basket::of(read, &deep).expect_err("deep").message.contains("nested deeper"));
        let odd = r#"{"data": {"post": {"id": 3, "responsesCount": -1, "threadedPostResponses": {"posts": [[], {"id": [], "creator": 4, "createdAt": 1e300, "content": []}]}}}}"#;
        let found = Basket::of(read, odd).expect("odd");
        assert_eq!((found.threads[0].replies.len(), found.left.len()), (1, 1));
    }

    #[test]
    fn a_long_chain_of_posts_is_read_in_good_time() {
        let posts: Vec<String> = (1..40_000)
            .map(|at| format!(r#""Post:{at}": {{"id": "{at}", "inResponseToPostResult": {{"id": "{}"}}, "threadedPostResponses": {{"posts": [{{"__ref": "Post:{}"}}]}}}}"#, at - 1, at + 1))
            .collect();
        let page = format!("<p>__APOLLO_STATE__={{{}}}", posts.join(","));
        let found = Basket::of(read, &page).expect("long");
        assert_eq!((found.threads.len(), found.threads[0].replies.len()), (1, 39_999));
    }

    #[test]
    fn a_file_that_is_cut_short_gives_what_is_whole() {
        let below = list(&[post("c3", 0, "{}"), post("d4", 0, "{}")], "null");
        let posts = list(&[post("e5", 0, "{}"), post("b2", 2, &below)], "null");
        let text =
            format!(r#"{{"data": {{"post": {{"id": "a1", "title": "On Trust", "threadedPostResponses": {posts}}}}}}}"#);
        assert_eq!(first_half(read, &text), 1);
        let response =
            |id: &str| format!(r#"{{"id": "{id}", "creatorId": "u1", "inResponseToPostId": "a1", "title": "Words."}}"#);
        let text = format!(
            r#"{GUARD}{{"payload": {{"references": {{"User": {{"u1": {{"name": "Ada"}}}}, "Post": {{"a1": {{"id": "a1", "title": "On Trust"}}}}}}, "value": [{}, {}]}}}}"#,
            response("b2"),
            response("c3")
        );
        assert_eq!(first_half(read, &text), 0);
        let object = |id: &str| {
            format!(
                r#""Post:{id}": {{"id": "{id}", "inResponseToPostResult": {{"id": "a1"}}, "creator": {{"name": "Ada"}}, "title": "Words."}}"#
            )
        };
        let text = format!(
            r#"<script>window.__APOLLO_STATE__ = {{"Post:a1": {{"id": "a1", "title": "On Trust"}}, {}, {}, {}}}"#,
            object("b2"),
            object("c3"),
            object("d4")
        );
        assert_eq!(first_half(read, &text), 1);
    }
}
