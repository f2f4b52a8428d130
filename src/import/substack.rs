//! Substack: the comments of a post as its website tells them (`/api/v1/post/NUMBER/comments`), and the export, which holds no
//! replies at all. The lists of readers in an export are never opened.

use serde_json::Value;

use super::csv_rows::Header;
use super::fields::{count, id, is, list, name, text};
use super::foreign::{Author, Body, ForeignReply, ForeignThread, Format, Harvest, State, Unreadable};
use super::input::{Input, Part};
use super::{dates, json};

/// The word for the source.
pub const NAME: &str = "substack";

/// How the list of posts in an export begins.
const POSTS_HEADER: &str = "post_id,post_date,is_published";

/// Whether this is the comments of a post, or an export.
#[must_use]
pub fn recognises(input: &Input) -> bool {
    posts(input).is_some()
        || input.single().is_some_and(|part| {
            let sample = part.sample();
            let has = |key: &str| sample.contains(&format!("\"{key}\""));
            let is_ours = has("ancestor_path") || has("user_id") && has("children") && has("photo_url");
            sample.trim_start().starts_with('{') && has("comments") && has("body") && is_ours
        })
}

/// The list of posts of an export.
fn posts(input: &Input) -> Option<&Part> {
    let is_named = |part: &&Part| part.name == "posts.csv" || part.name.ends_with("/posts.csv");
    input.parts.iter().filter(is_named).find(|part| part.sample().starts_with(POSTS_HEADER))
}

/// Reads it.
///
/// # Errors
/// The file is neither an export nor the comments of a post.
pub fn read(input: &Input, harvest: &mut dyn Harvest) -> Result<(), Unreadable> {
    let Some(posts) = posts(input) else { return json::read(input, threads_of, harvest) };
    let text = posts.text()?;
    let header = Header::of(&text).ok_or_else(|| Unreadable::new("the table of posts has no header"))?;
    header.each_row(&text, harvest, &mut |_, harvest| harvest.passed(NO_REPLIES));
    Ok(())
}

/// What is said of each post of an export.
const NO_REPLIES: &str = "a post: an export holds no replies; save https://SITE/api/v1/post/NUMBER/comments?all_comments=true, \
    NUMBER being the one before its name, and import that";

/// Reads an answer of a website.
///
/// # Errors
/// It has no list `comments`.
pub fn threads_of(value: &Value, harvest: &mut dyn Harvest) -> Result<(), Unreadable> {
    if !value.get("comments").is_some_and(Value::is_array) {
        return Err(Unreadable::new("these are no comments of Substack: there is no list `comments`"));
    }
    let mut thread = ForeignThread::default();
    // The way down is kept in a list, in the order of the page.
    let mut open: Vec<(&Value, Option<String>)> =
        list(value, "comments").rev().map(|comment| (comment, None)).collect();
    while let Some((comment, parent)) = open.pop() {
        if !comment.is_object() {
            harvest.left(format!("comment {}", thread.replies.len() + 1), "it is no comment".to_owned());
            continue;
        }
        thread.key.id = thread.key.id.or_else(|| id(comment, "post_id"));
        let own = id(comment, "id");
        open.extend(list(comment, "children").rev().map(|child| (child, own.clone())));
        if !json::is_cut(comment) {
            let above = || text(comment, "ancestor_path")?.rsplit('.').next().map(str::to_owned);
            thread.replies.push(reply(comment, own, parent.or_else(above)));
        }
    }
    harvest.thread(thread);
    Ok(())
}

fn reply(comment: &Value, own: Option<String>, parent: Option<String>) -> ForeignReply {
    let words = text(comment, "body");
    let author = name(comment, "name");
    let handle =
        text(comment, "handle").filter(|handle| handle.chars().all(|c| c.is_alphanumeric() || "-_.".contains(c)));
    let is_gone = is(comment, "deleted") || words.is_none() && author.is_none();
    ForeignReply {
        id: own,
        parent,
        author: Author {
            name: author,
            url: handle.map(|handle| format!("https://substack.com/@{handle}")),
            handle: handle.map(|handle| format!("@{handle}")),
            ..Author::default()
        },
        date: dates::iso(text(comment, "date").unwrap_or_default()).unwrap_or_default(),
        is_edited: text(comment, "edited_at").is_some(),
        body: Body { text: words.filter(|_| !is_gone).unwrap_or_default().to_owned(), format: Format::Plain },
        state: if is_gone { State::Deleted } else { State::Live },
        reactions: reactions(comment),
        ..ForeignReply::default()
    }
}

/// The number of reactions, or their sum over the signs.
fn reactions(comment: &Value) -> Option<u64> {
    let by_sign = || {
        let counts = comment.get("reactions")?.as_object()?.values().filter_map(Value::as_u64);
        Some(counts.fold(0_u64, u64::saturating_add))
    };
    count(comment, "reaction_count").or_else(by_sign).filter(|count| *count > 0)
}

#[cfg(test)]
mod tests {
    use super::super::foreign::Basket;
    use super::super::json::tests::first_half;
    use super::*;

    fn basket(input: &Input) -> Result<Basket, Unreadable> {
        let mut basket = Basket::default();
        read(input, &mut basket).map(|()| basket)
    }

    fn file(text: &str) -> Input {
        Input::of(text)
    }

    #[test]
    fn comments_keep_their_answers() {
        let text = r#"{"comments": [{"id": 5, "body": "One.\n\nTwo.", "date": "2023-05-05T05:05:05.555Z", "edited_at": "2023-05-06T00:00:00Z",
            "name": "Ada", "handle": "ada", "photo_url": "https://x.example/p.png", "user_id": 9, "post_id": 77, "ancestor_path": "", "reactions": {"a": 2, "b": 1},
            "children": [{"id": 6, "body": null, "name": null, "deleted": true, "children": [{"id": 7, "body": "Yes.", "name": "Bo", "children": []}]}]}, 3]}"#;
        assert!(recognises(&file(text)));
        let found = basket(&file(text)).expect("good");
        let thread = &found.threads[0];
        assert_eq!(thread.key.id.as_deref(), Some("77"));
        let [first, second, third] = thread.replies.as_slice() else { panic!("{thread:#?}") };
        assert_eq!((first.is_edited, first.reactions, first.body.text.as_str()), (true, Some(3), "One.\n\nTwo."));
        assert_eq!((second.state, second.parent.as_deref()), (State::Deleted, Some("5")));
        assert_eq!((third.parent.as_deref(), third.author.name.as_deref()), (Some("6"), Some("Bo")));
        assert_eq!(found.left.len(), 1);
        assert!(!format!("{found:?}").contains("p.png"));
    }

    #[test]
    fn an_export_holds_no_replies_and_its_lists_of_readers_stay_closed() {
        let posts =
            "post_id,post_date,is_published,title\n1.trust,2020-01-02,TRUE,\"On\nTrust\"\n2.vision,,FALSE,Vision\n";
        let closed = || Err(std::io::Error::other("somebody opened the list of readers"));
        let input = Input::folder(vec![
            Part::from_bytes("x/posts.csv", posts.as_bytes()),
            Part::new("x/email_list.csv", 5, closed),
        ]);
        assert!(recognises(&input));
        let found = basket(&input).expect("good");
        assert_eq!((found.threads.len(), found.passed.as_slice()), (0, &[NO_REPLIES; 2][..]));
    }

    #[test]
    fn what_is_something_else_is_refused() {
        for bad in ["", "[]", "{\"comments\": 3}", &"[".repeat(10_000)] {
            assert!(basket(&file(bad)).is_err(), "{bad:.20}");
        }
        assert!(!recognises(&file("{\"comments\": [{\"comment\": {\"id\": 1, \"user_id\": 2}}]}")));
        let found = basket(&file("{\"comments\": [{\"id\": [], \"body\": 7, \"children\": \"x\", \"date\": 1e300}]}"))
            .expect("odd");
        assert_eq!(found.threads[0].replies[0].state, State::Deleted);
    }

    #[test]
    fn a_file_that_is_cut_short_gives_what_is_whole() {
        let comment = |id: u64, above: &str, below: &str| {
            format!(
                "{{\"id\": {id}, \"body\": \"Words.\", \"name\": \"Ada\", \"post_id\": 7, \"ancestor_path\": \"{above}\", \"children\": [{below}], \"date\": \"2023-05-05T05:05:05Z\"}}"
            )
        };
        let last = comment(4, "2.3", "");
        let below = comment(3, "2", &last);
        let text = format!("{{\"comments\": [{}, {}]}}", comment(1, "", ""), comment(2, "", &below));
        assert_eq!(first_half(read, &text), 1);
        let end = text.find(&last).expect("the last of them") + last.len();
        let cut = basket(&file(&text[..end])).expect("a part");
        assert_eq!(cut.threads[0].replies.last().and_then(|reply| reply.parent.as_deref()), Some("3"));
    }
}
