//! Reddit: a thread as its address with `.json` behind it tells it, `[Listing of one t3, Listing of t1 and more]`, and what
//! stands behind `more` (`/api/morechildren`). The form of its feeds is read elsewhere.

use serde_json::Value;

use super::addresses::addresses;
use super::fields::{number, text};
use super::foreign::{ForeignThread, Harvest, Unreadable};
use super::input::Input;
use super::json;
use super::reddit_comment::{SITE, bare, html_is_escaped, plain, reply};
use super::threads::ByName;

/// The word for the source.
pub const NAME: &str = "reddit";

/// The deepest answer that can be read from one file: the reader of JSON goes 127 levels deep, and each answer takes five.
/// Reddit itself sends ten before it writes "continue this thread".
const DEEPEST: usize = 25;

/// Whether this is JSON with a listing of Reddit.
#[must_use]
pub fn recognises(input: &Input) -> bool {
    input.single().is_some_and(|part| {
        let sample = part.sample();
        let has = |key: &str| sample.contains(&format!("\"{key}\""));
        let is_json = sample.trim_start().starts_with(['{', '[']);
        is_json && has("kind") && has("data") && (has("Listing") || has("things"))
    })
}

/// Reads it.
///
/// # Errors
/// The file is no JSON, is nested too deep, or holds no thread.
pub fn read(input: &Input, harvest: &mut dyn Harvest) -> Result<(), Unreadable> {
    let advice =
        format!("answers deeper than {DEEPEST} are not read from one file; save that branch by its own address");
    json::read(input, threads_of, harvest).map_err(|error| json::advised(error, &advice))
}

/// Reads an answer of Reddit.
///
/// # Errors
/// It holds neither a post nor a comment.
pub fn threads_of(value: &Value, harvest: &mut dyn Harvest) -> Result<(), Unreadable> {
    let things = things(value, harvest);
    // Without `raw_json=1` texts come escaped once more. HTML shows it: it begins with a tag or with the name of one.
    let is_escaped = things.iter().find_map(|thing| html_is_escaped(thing.data));
    let mut threads: ByName<Open> = ByName::default();
    let mut last = "";
    for thing in &things {
        let link = if thing.kind == "t3" { text(thing.data, "id") } else { text(thing.data, "link_id").map(bare) };
        // A stub does not name its thread.
        last = link.unwrap_or(last);
        let open = threads.of(last, Open::default);
        match thing.kind {
            "t3" => open.head(thing.data, is_escaped),
            "t1" => match reply(thing.data, thing.above, is_escaped, open.thread.address.as_deref()) {
                Some(reply) => open.thread.replies.push(reply),
                None => harvest.left(
                    format!("comment {}", text(thing.data, "id").unwrap_or("without an id")),
                    "it has no words".to_owned(),
                ),
            },
            _ => open.more(thing.data),
        }
        let id = link.map(str::to_owned);
        open.thread.key.id = open.thread.key.id.take().or(id);
    }
    let threads = threads.into_list();
    if threads.is_empty() {
        return Err(Unreadable::new("this is no thread of Reddit: it has neither a post (t3) nor a comment (t1)"));
    }
    threads.into_iter().for_each(|open| harvest.thread(open.close()));
    Ok(())
}

/// A post (t3), a comment (t1) or a stub (more).
struct Thing<'a> {
    kind: &'a str,
    data: &'a Value,
    /// The comment it stands below.
    above: Option<&'a str>,
}

/// Everything in an answer in the order of the page, with a list of what is still to be read instead of calls.
fn things<'a>(value: &'a Value, harvest: &mut dyn Harvest) -> Vec<Thing<'a>> {
    let mut found = Vec::new();
    let mut open: Vec<(&Value, Option<&str>)> = vec![(value, None)];
    while let Some((value, above)) = open.pop() {
        let data = value.get("data").unwrap_or(&Value::Null);
        let things = value.get("json").and_then(|json| json.get("data")?.get("things")).unwrap_or(&Value::Null);
        let lists = [value, data.get("children").unwrap_or(&Value::Null), things];
        let kind = text(value, "kind").unwrap_or("");
        let is_cut = json::is_cut(value.get("data").unwrap_or(value));
        match kind {
            "t1" => {
                // In an answer the comments below a comment stand before its words.
                found.extend((!is_cut).then_some(Thing { kind, data, above }));
                let below = data.get("replies").filter(|replies| replies.is_object());
                open.extend(below.map(|below| (below, text(data, "id"))));
            }
            "more" if is_cut => {}
            "t3" | "more" => found.push(Thing { kind, data, above }),
            _ => match lists.into_iter().find_map(Value::as_array) {
                Some(list) => open.extend(list.iter().rev().map(|value| (value, above))),
                None if is_cut => {}
                None => harvest.left(format!("behind thing {}", found.len()), "this is no thing of Reddit".to_owned()),
            },
        }
    }
    found
}

/// A thread while it is gathered.
#[derive(Default)]
struct Open {
    thread: ForeignThread,
    /// How many replies stand behind stubs, and how many stubs there are.
    behind: u64,
    stubs: u64,
    /// Branches that go on at an address of their own.
    branches: u64,
}

impl Open {
    fn head(&mut self, post: &Value, is_escaped: Option<bool>) {
        let of = |key: &str| text(post, key).map(|text| plain(text, is_escaped));
        let words = of("selftext").unwrap_or_default();
        let named = addresses(&words);
        // A post of words is about the essay it names, if it names one only.
        let only =
            named.first().filter(|first| named.iter().all(|address| address == *first)).map(|only| (*only).to_owned());
        let is_own =
            |url: &String| url.contains("://www.reddit.com/") || url.contains("redd.it/") || url.starts_with('/');
        self.thread.address = text(post, "permalink").map(|path| format!("{SITE}{path}"));
        self.thread.key.address = of("url").filter(|url| !is_own(url)).or(only);
        self.thread.key.title = of("title");
        self.thread.claimed = number(post, "num_comments");
    }

    fn more(&mut self, stub: &Value) {
        match number(stub, "count").unwrap_or(0) {
            0 => self.branches = self.branches.saturating_add(1),
            count => {
                self.behind = self.behind.saturating_add(count);
                self.stubs = self.stubs.saturating_add(1);
            }
        }
    }

    fn close(mut self) -> ForeignThread {
        let found = self.thread.replies.len() as u64;
        let gaps = &mut self.thread.gaps;
        if let Some(claimed) = self.thread.claimed.filter(|claimed| *claimed > found) {
            gaps.push(format!("{found} of {claimed} replies are in this file"));
        }
        if self.stubs > 0 {
            gaps.push(format!("{} replies stand behind {} links \"more replies\"", self.behind, self.stubs));
        }
        if self.branches > 0 {
            gaps.push(format!("{} branches go on behind \"continue this thread\"", self.branches));
        }
        self.thread
    }
}

#[cfg(test)]
mod tests {
    use super::super::foreign::{Basket, State, When};
    use super::super::json::tests::first_half;
    use super::*;
    use serde_json::json;

    fn input(text: &str) -> Input {
        Input::of(text)
    }

    fn comment(id: &str, parent: &str, more: Value) -> Value {
        let mut data = json!({"id": id, "parent_id": parent, "link_id": "t3_p", "author": "ada", "body": "Words.",
            "body_html": "<div>Words.</div>", "created_utc": 1474842803.0, "edited": false, "score": 3, "replies": ""});
        if let (Some(data), Some(more)) = (data.as_object_mut(), more.as_object()) {
            data.extend(more.clone());
        }
        json!({"kind": "t1", "data": data})
    }

    fn listing(children: Vec<Value>) -> Value {
        json!({"kind": "Listing", "data": {"children": children, "after": null}})
    }

    fn thread(comments: Vec<Value>, more: Value) -> String {
        let mut post = json!({"id": "p", "title": "On &amp; off", "url": "https://example.org/trust/", "permalink": "/r/essays/comments/p/on/", "num_comments": 9, "selftext": ""});
        if let (Some(post), Some(more)) = (post.as_object_mut(), more.as_object()) {
            post.extend(more.clone());
        }
        json!([listing(vec![json!({"kind": "t3", "data": post})]), listing(comments)]).to_string()
    }

    #[test]
    fn a_thread_keeps_its_tree_and_says_what_is_missing() {
        let below = listing(vec![
            comment("b", "t1_a", json!({"author": "[deleted]"})),
            json!({"kind": "more", "data": {"count": 7, "id": "c"}}),
            json!({"kind": "more", "data": {"count": 0, "id": "_"}}),
        ]);
        let first = comment("a", "t3_p", json!({"replies": below}));
        let others = [
            json!({"author": "AutoModerator"}),
            json!({"stickied": true}),
            json!({"body": "[removed]"}),
            json!({"body": 3}),
        ];
        let mut all = vec![first];
        all.extend(others.into_iter().enumerate().map(|(at, more)| comment(&format!("d{at}"), "t3_p", more)));
        let text = thread(all, json!({}));
        assert!(recognises(&input(&text)));
        let found = Basket::of(read, &text).expect("good");
        let [thread] = found.threads.as_slice() else { panic!("{found:#?}") };
        assert_eq!(
            (thread.key.id.as_deref(), thread.key.address.as_deref()),
            (Some("p"), Some("https://example.org/trust/"))
        );
        let states: Vec<_> = thread.replies.iter().map(|reply| (reply.parent.as_deref(), reply.state)).collect();
        let wanted = [
            (None, State::Live),
            (Some("a"), State::Deleted),
            (None, State::Waiting),
            (None, State::Waiting),
            (None, State::Deleted),
        ];
        assert_eq!(states, wanted);
        assert_eq!(
            thread.gaps,
            [
                "5 of 9 replies are in this file",
                "7 replies stand behind 1 links \"more replies\"",
                "1 branches go on behind \"continue this thread\""
            ]
        );
        assert_eq!(found.left.len(), 1);
    }

    #[test]
    fn a_comment_keeps_what_is_said_of_it() {
        let more =
            json!({"edited": 1474918726.0, "body": "See [x](/r/a) &lt;", "permalink": "/r/essays/comments/p/on/x/"});
        let comments = vec![comment("a", "t3_p", more), comment("b", "t3_p", json!({"author": "[deleted]"}))];
        let found = Basket::of(read, &thread(comments, json!({}))).expect("good");
        let [first, second] = found.threads[0].replies.as_slice() else { panic!("{found:#?}") };
        assert_eq!(
            (first.body.text.as_str(), first.is_edited, first.reactions),
            ("See [x](https://www.reddit.com/r/a) &lt;", true, Some(2))
        );
        assert_eq!(first.permalink.as_deref(), Some("https://www.reddit.com/r/essays/comments/p/on/x/"));
        assert_eq!(
            (second.author.name.as_deref(), second.permalink.as_deref()),
            (None, Some("https://www.reddit.com/r/essays/comments/p/on/b/"))
        );
    }

    #[test]
    fn texts_that_were_escaped_are_undone_once() {
        let of = |more: Value| {
            let text = thread(
                vec![comment("a", "t3_p", more)],
                json!({"url": "https://www.reddit.com/x", "selftext": "On https://example.org/t/"}),
            );
            let thread = Basket::of(read, &text).expect("good").threads.remove(0);
            (thread.key.title.unwrap_or_default(), thread.replies[0].body.text.clone(), thread.key.address)
        };
        let (title, words, address) = of(json!({"body": "1 &lt; 2 &amp;amp; x", "body_html": "&lt;div&gt;"}));
        assert_eq!(
            (title.as_str(), words.as_str(), address.as_deref()),
            ("On & off", "1 < 2 &amp; x", Some("https://example.org/t/"))
        );
        assert_eq!(of(json!({"body": "1 &lt; 2"})).1, "1 &lt; 2");
        assert_eq!(of(json!({"body": "1 &lt; 2", "body_html": null})).1, "1 < 2");
        assert_eq!(of(json!({"body": "> 1 &lt; 2", "body_html": null})).1, "> 1 &lt; 2");
    }

    #[test]
    fn deep_threads_are_read_to_the_limit_and_deeper_ones_refused() {
        let deep = |depth: usize| {
            let mut text = "\"\"".to_owned();
            for at in (0..depth).rev() {
                text = format!(
                    "{{\"kind\": \"Listing\", \"data\": {{\"children\": [{{\"kind\": \"t1\", \"data\": {{\"id\": \"c{at}\", \"author\": \"a\", \"body\": \"x\", \"replies\": {text}}}}}]}}}}"
                );
            }
            format!("[{text}]")
        };
        let found = Basket::of(read, &deep(DEEPEST)).expect("the limit");
        assert_eq!(
            (found.threads[0].replies.len(), found.threads[0].replies[24].parent.as_deref()),
            (DEEPEST, Some("c23"))
        );
        let error = Basket::of(read, &deep(DEEPEST + 1)).expect_err("too deep");
        assert!(error.message.contains("answers deeper than 25"), "{error}");
    }

    #[test]
    fn cut_and_odd_files_give_what_they_have() {
        let text = thread(
            vec![comment("a", "t3_p", json!({})), comment("b", "t1_b", json!({"created_utc": 1e300, "score": -9}))],
            json!({}),
        );
        let found = Basket::of(read, &text).expect("odd");
        assert_eq!(
            (found.threads[0].replies[1].date.clone(), found.threads[0].replies[1].reactions),
            (When::Unknown, None)
        );
        let cut = Basket::of(read, &text[..text.len() - 20]).expect("a part");
        assert_eq!((cut.threads[0].replies.len(), cut.left.len()), (1, 1));
        let more = json!({"json": {"data": {"things": [comment("x", "t1_a", json!({}))]}}}).to_string();
        assert!(recognises(&input(&more)) && Basket::of(read, &more).expect("things").threads[0].replies.len() == 1);
        for bad in
            ["", "{}", "3", "[[[]]]", "[{\"kind\": \"Listing\", \"data\": {\"children\": 3}}]", &"[".repeat(10_000)]
        {
            assert!(Basket::of(read, bad).is_err(), "{bad:.20}");
        }
    }

    #[test]
    fn a_file_that_is_cut_short_gives_what_is_whole() {
        let below = |id: &str| listing(vec![comment(id, "t1_b", json!({}))]);
        // As Reddit does it, the answers stand before the id and the words.
        let outer = json!({"kind": "t1", "data": {"replies": below("c"), "parent_id": "t3_p", "link_id": "t3_p", "id": "b", "author": "ada",
            "body": "Words.", "created_utc": 1474842803.0}});
        let text = thread(vec![comment("a", "t3_p", json!({})), outer, comment("d", "t3_p", json!({}))], json!({}));
        assert_eq!(first_half(read, &text), 1);
    }
}
