//! GitHub: Discussions (giscus) and Issues (utterances) as `gh api` writes them, in one file or a folder of files: answers of
//! GraphQL, and lists, single posts and webhooks of REST.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::fields::{first_text, text};
use super::foreign::{ForeignReply, ForeignThread, Harvest, Unreadable};
use super::github_comment::essay_address;
use super::input::{Input, Part};
use super::threads::ByName;
use super::{github_graphql, github_rest, json};

/// The word for the source.
pub const NAME: &str = "github";

/// Whether this is JSON with the fields of either form; of a folder, whether all its JSON files are.
#[must_use]
pub fn recognises(input: &Input) -> bool {
    let parts = parts(input);
    !parts.is_empty() && parts.into_iter().all(|part| is_github(&part.sample()))
}

fn parts(input: &Input) -> Vec<&Part> {
    let is_json = |part: &&Part| part.name.to_ascii_lowercase().ends_with(".json");
    input.single().map_or_else(|| input.parts.iter().filter(is_json).collect(), |part| vec![part])
}

fn is_github(sample: &str) -> bool {
    let has = |key: &str| sample.contains(&format!("\"{key}\""));
    let is_json = sample.trim_start().starts_with(['{', '[']);
    let has_post = has("repository") && (has("discussion") || has("discussions") || has("issue"));
    let has_node = has("node") && (has("Discussion") || sample.contains("\"https://github.com/"));
    let is_graphql = has("data") && (has_post || has_node);
    let is_of_api = sample.contains("\"https://api.github.com/repos/") && has("user") && has("body");
    // Servers of companies have other addresses, but the same fields.
    let is_of_server = has("author_association") && has("html_url") && has("user");
    let is_post = has("title") && has("number") && has("user") && sample.contains("\"https://github.com/");
    let is_rest = is_of_api || is_of_server || is_post;
    is_json && (is_graphql || is_rest)
}

/// Reads it.
///
/// # Errors
/// A file is no JSON, or nothing in it is of GitHub.
pub fn read(input: &Input, harvest: &mut dyn Harvest) -> Result<(), Unreadable> {
    json::read_all(&parts(input), threads_of, harvest)
}

/// Reads an answer of GitHub: one of GraphQL, or a list of comments of REST, or `{"issue": …, "comments": […]}` of the two; or
/// a list of such answers.
///
/// # Errors
/// It holds neither a discussion nor an issue nor comments of either.
pub fn threads_of(value: &Value, harvest: &mut dyn Harvest) -> Result<(), Unreadable> {
    let mut threads = Threads::default();
    let mut open = vec![value];
    let mut number = 0;
    while let Some(value) = open.pop() {
        number += 1;
        let took = match value.as_array() {
            Some(list) if list.iter().any(|answer| answer.is_array() || github_graphql::is_answer(answer)) => {
                open.extend(list.iter().rev());
                Ok(())
            }
            None if github_graphql::is_answer(value) => github_graphql::take(value, &mut threads, harvest),
            _ => github_rest::take(value, &mut threads, harvest),
        };
        if let Err(reason) = took {
            harvest.left(format!("answer {number}"), reason.clone());
            threads.refused.get_or_insert(reason);
        }
    }
    threads.finish(harvest)
}

/// Threads while they are gathered from pages and files.
#[derive(Default)]
pub(super) struct Threads {
    open: ByName<Open>,
    /// Whether a list of comments was met, with comments or without.
    pub(super) has_list: bool,
    /// Why the first value that holds nothing of GitHub was refused.
    refused: Option<String>,
}

/// A thread that may still grow.
#[derive(Default)]
pub(super) struct Open {
    thread: ForeignThread,
    /// Ids of replies by the ids of their nodes: what answers name them by.
    by_node: BTreeMap<String, Option<String>>,
    known: BTreeSet<String>,
    /// How many replies to the essay there are, as the source says.
    pub(super) claimed: Option<u64>,
    /// How many answers to each of them there are.
    pub(super) answers: BTreeMap<String, u64>,
    /// Of how many only the ids are told.
    pub(super) named: BTreeSet<String>,
    /// Whether some replies do not say what answers they have.
    pub(super) hides_answers: bool,
}

impl Threads {
    /// The thread of this address; the one without a name where there is none.
    pub(super) fn open(&mut self, address: Option<&str>) -> &mut Open {
        self.open.of(address.unwrap_or(""), || {
            let mut open = Open::default();
            // The same in every form, so that a later import finds the thread again. It has no slash, or its last part would be
            // taken for the slug of an essay.
            open.thread.key.id = address.map(short);
            open.thread.address = address.filter(|address| address.contains("://")).map(str::to_owned);
            open
        })
    }

    fn finish(self, harvest: &mut dyn Harvest) -> Result<(), Unreadable> {
        let list = self.open.into_list();
        if list.is_empty() && (!self.has_list || self.refused.is_some()) {
            let usual = "this is neither a discussion nor an issue of GitHub, nor comments of one";
            return Err(Unreadable::new(self.refused.unwrap_or_else(|| usual.to_owned())));
        }
        list.into_iter().for_each(|open| harvest.thread(open.close()));
        Ok(())
    }
}

/// `https://github.com/o/r/issues/3` as `o/r:issues:3`.
fn short(address: &str) -> String {
    let path = address.split_once("://").and_then(|(_, rest)| rest.split_once('/')).map_or(address, |(_, path)| path);
    match path.rsplitn(3, '/').collect::<Vec<_>>().as_slice() {
        [number, kind, repository] => format!("{repository}:{kind}:{number}"),
        _ => path.replace('/', ":"),
    }
}

impl Open {
    /// What the post at the head of the thread says.
    pub(super) fn head(&mut self, post: &Value, claimed: Option<u64>) {
        let title = text(post, "title");
        let is_address = title.is_some_and(|title| title.starts_with("https://") || title.starts_with("http://"));
        let is_path = title.is_some_and(|title| !is_address && !title.contains(char::is_whitespace));
        let owned = |text: Option<&str>| text.map(str::to_owned);
        let key = &mut self.thread.key;
        key.title = key.title.take().or_else(|| owned(title));
        key.path = key.path.take().or_else(|| owned(title.filter(|_| is_path)));
        let named = owned(title.filter(|_| is_address)).or_else(|| essay_address(post));
        key.address = key.address.take().or(named);
        self.claimed = self.claimed.max(claimed);
    }

    /// Adds a reply that is not there yet.
    pub(super) fn add(&mut self, comment: &Value, reply: ForeignReply, harvest: &mut dyn Harvest) {
        if let Some(id) = &reply.id
            && !self.known.insert(id.clone())
        {
            harvest.left(format!("comment {id}"), "it is there twice; the first one counts".to_owned());
            return;
        }
        if let Some(node) = first_text(comment, &["node_id", "id"]) {
            self.by_node.insert(node.to_owned(), reply.id.clone());
        }
        self.thread.replies.push(reply);
    }

    fn close(mut self) -> ForeignThread {
        for reply in &mut self.thread.replies {
            let by_node = reply.parent.as_ref().and_then(|parent| self.by_node.get(parent));
            if let Some(parent) = by_node {
                reply.parent = parent.clone();
            }
        }
        let answers = self.answers.values().copied().fold(0, u64::saturating_add);
        self.thread.claimed = self.claimed.map(|claimed| claimed.saturating_add(answers));
        let found = self.thread.replies.len() as u64;
        let gaps = &mut self.thread.gaps;
        match self.thread.claimed {
            Some(claimed) if claimed > found => gaps.push(format!("{found} of {claimed} replies are in this file")),
            Some(_) => {}
            None => gaps.push("the file does not say how many replies there are".to_owned()),
        }
        let named = self.named.iter().filter(|id| !self.known.contains(*id)).count();
        if named > 0 {
            gaps.push(format!("of {named} more the file has only ids; ask for `body`, `author` and `createdAt` too"));
        }
        if self.hides_answers {
            gaps.push("the file does not say which answers its replies have; ask for `replies` too".to_owned());
        }
        self.thread
    }
}

#[cfg(test)]
mod tests {
    use super::super::foreign::{Basket, State};
    use super::super::json::tests::first_half;
    use super::*;
    use serde_json::json;

    fn input(text: &str) -> Input {
        Input::of(text)
    }

    fn node(number: u64, more: Value) -> Value {
        let mut node = json!({"id": format!("DC_{number}"), "url": format!("https://github.com/o/r/discussions/7#discussioncomment-{number}"),
            "author": {"login": "ada", "url": "https://github.com/ada", "avatarUrl": "https://a.example/ada.png"},
            "createdAt": "2024-05-02T10:00:00Z", "body": "One.\r\nTwo.", "replies": {"totalCount": 0, "nodes": []}});
        if let (Some(node), Some(more)) = (node.as_object_mut(), more.as_object()) {
            node.extend(more.clone());
        }
        node
    }

    fn discussion(total: u64, nodes: Vec<Value>) -> Value {
        json!({"data": {"repository": {"discussion": {"title": "essays/trust", "url": "https://github.com/o/r/discussions/7",
            "author": {"login": "giscus", "url": "https://github.com/apps/giscus"}, "body": "# essays/trust\n\nhttps://example.org/essays/trust/\n\n<!-- sha1: 0 -->",
            "comments": {"totalCount": total, "nodes": nodes}}}}})
    }

    fn shape(thread: &ForeignThread) -> Vec<(Option<&str>, Option<&str>)> {
        thread.replies.iter().map(|reply| (reply.id.as_deref(), reply.parent.as_deref())).collect()
    }

    #[test]
    fn pages_of_a_discussion_are_one_thread() {
        let answers = json!({"replies": {"totalCount": 3, "nodes": [node(2, json!({"replyTo": {"id": "DC_1"}}))]}});
        let first = discussion(3, vec![node(1, answers)]);
        let second =
            discussion(3, vec![node(4, json!({"isMinimized": true})), node(1, json!({})), json!({"id": "DC_9"})]);
        let text = format!("{first}\n{second}");
        assert!(recognises(&input(&text)));
        let found = Basket::of(read, &text).expect("good");
        let [thread] = found.threads.as_slice() else { panic!("{found:#?}") };
        assert_eq!(shape(thread), [(Some("1"), None), (Some("2"), Some("1")), (Some("4"), None)]);
        assert_eq!(
            (thread.claimed, thread.gaps[0].as_str(), thread.gaps.len()),
            (Some(6), "3 of 6 replies are in this file", 2)
        );
        assert_eq!(
            (thread.key.path.as_deref(), thread.key.address.as_deref()),
            (Some("essays/trust"), Some("https://example.org/essays/trust/"))
        );
        assert_eq!((thread.replies[0].body.text.as_str(), thread.replies[2].state), ("One.\\\nTwo.", State::Hidden));
        assert_eq!((found.left.len(), format!("{found:?}").contains("ada.png")), (1, false));
    }

    #[test]
    fn the_chosen_answer_stands_for_the_node_of_its_id() {
        let text = json!({"data": {"node": {"__typename": "Discussion", "title": "How?", "url": "https://github.com/o/r/discussions/8",
            "answer": {"id": "DC_2", "databaseId": 2, "body": "So.", "author": null},
            "comments": {"totalCount": 2, "nodes": [{"id": "DC_1"}, {"id": "DC_2"}]}}}});
        let found = Basket::of(read, &text.to_string()).expect("good");
        let thread = &found.threads[0];
        assert_eq!((shape(thread), thread.claimed, thread.gaps.len()), (vec![(Some("2"), None)], Some(2), 3));
        assert!(
            threads_of(
                &json!({"errors": [{"message": "Not found"}], "data": {"repository": null}}),
                &mut Basket::default()
            )
            .is_err_and(|error| error.message == "GitHub says: Not found")
        );
        assert!(threads_of(&json!([]), &mut Basket::default()).is_ok());
    }

    #[test]
    fn lists_of_comments_go_to_their_issues() {
        let comment = |issue: u64, number: u64| {
            json!({"html_url": format!("https://github.com/o/r/issues/{issue}#issuecomment-{number}"),
            "id": number, "user": {"login": "bo", "html_url": "https://github.com/bo"}, "author_association": "OWNER",
            "created_at": "2020-01-02T09:00:00Z", "updated_at": "2020-01-02T09:01:00Z", "body": "x", "reactions": {"total_count": 2}})
        };
        let issue = json!({"number": 3, "title": "On Trust", "html_url": "https://github.com/o/r/issues/3", "comments": 5, "user": {"login": "utterances-bot"}, "body": "[https://example.org/t/](https://example.org/t/)"});
        let text = format!("[{}, {}][{}]{issue}", comment(3, 1), comment(4, 2), comment(3, 3));
        assert!(recognises(&input(&text)));
        let found = Basket::of(read, &text).expect("good");
        let [third, fourth] = found.threads.as_slice() else { panic!("{found:#?}") };
        assert_eq!((shape(third), third.claimed), (vec![(Some("1"), None), (Some("3"), None)], Some(5)));
        assert_eq!((third.key.address.as_deref(), third.key.path.as_deref()), (Some("https://example.org/t/"), None));
        assert_eq!((third.key.id.as_deref(), fourth.key.id.as_deref()), (Some("o/r:issues:3"), Some("o/r:issues:4")));
        let reply = &third.replies[0];
        assert_eq!((reply.is_edited, reply.reactions, reply.author.is_essay_author), (true, Some(2), true));
        let cut = Basket::of(read, &text[..text.len() - 3]).expect("a part");
        assert_eq!((cut.threads[0].replies.len(), cut.left.len()), (2, 1));
    }

    #[test]
    fn webhooks_and_odd_values_are_read() {
        let hook = |action: &str| {
            json!({"action": action, "discussion": {"number": 7, "title": "essays/trust", "html_url": "https://github.com/o/r/discussions/7", "comments": 2},
            "comment": {"id": 12, "node_id": "DC_12", "parent_id": 11, "html_url": "https://github.com/o/r/discussions/7#discussioncomment-12", "body": "Words.", "user": null}})
        };
        let found = Basket::of(read, &hook("created").to_string()).expect("good");
        assert_eq!((shape(&found.threads[0]), found.threads[0].claimed), (vec![(Some("12"), Some("11"))], Some(2)));
        let gone = Basket::of(read, &hook("deleted").to_string()).expect("good");
        assert_eq!(
            (gone.threads[0].replies[0].state, gone.threads[0].replies[0].body.text.as_str()),
            (State::Deleted, "")
        );
        let odd = Basket::of(
            read,
            "[3, {\"body\": \"x\", \"url\": \"https://api.github.com/repos/o/r/issues/comments/5\", \"id\": 1e400}]",
        );
        assert!(odd.is_err(), "a number that is too large is no JSON of theirs");
        let odd = Basket::of(
            read,
            "[3, {\"body\": \"x\", \"url\": \"https://api.github.com/repos/o/r/issues/comments/5\", \"id\": -5}]",
        )
        .expect("odd");
        assert_eq!((odd.threads[0].replies.len(), odd.threads[0].address.as_deref(), odd.left.len()), (1, None, 1));
        for bad in ["", "{}", "3", "[[[{}]]]", "{\"data\": {\"node\": null}}", &"[".repeat(10_000)] {
            assert!(Basket::of(read, bad).is_err(), "{bad:.20}");
        }
    }

    #[test]
    fn a_file_that_is_cut_short_gives_what_is_whole() {
        let answers = json!({"replies": {"totalCount": 2, "nodes": [node(2, json!({})), node(3, json!({}))]}});
        let text = discussion(2, vec![node(4, json!({})), node(1, answers)]).to_string();
        assert_eq!(first_half(read, &text), 1);
        let comment = |number: u64| {
            json!({"html_url": format!("https://github.com/o/r/issues/3#issuecomment-{number}"), "id": number,
                "user": {"login": "bo"}, "created_at": "2020-01-02T09:00:00Z", "body": "Words."})
            .to_string()
        };
        assert_eq!(first_half(read, &format!("[{}, {}, {}]", comment(1), comment(2), comment(3))), 1);
        assert_eq!(first_half(read, &format!("[{}]\n[{}, {}]", comment(1), comment(2), comment(3))), 1);
        let part = |name: &str, text: &str| Part::from_bytes(name, text.as_bytes());
        let cut = format!("[{}, {}", comment(1), &comment(2)[..90]);
        let mut found = Basket::default();
        read(&Input::folder(vec![part("a.json", &cut), part("b.json", &format!("[{}]", comment(3)))]), &mut found)
            .expect("a part");
        assert_eq!(
            (found.threads[0].replies.len(), found.left[0].place.split(',').next()),
            (2, Some("a.json: line 1"))
        );
    }
}
