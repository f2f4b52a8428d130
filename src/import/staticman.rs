//! Staticman: a folder of files `comment-<number>.yml`, `.json` or `.md` for each page, as it writes them into the repository
//! of a site. Which comment answers which is said by each theme in its own way, and is found out folder by folder.

use std::collections::BTreeMap;

use serde_json::Value;

use super::fields::{self, address, is, name, said, scalar};
use super::foreign::{Author, Body, ForeignReply, ForeignThread, Format, Harvest, Key, State, Unreadable};
use super::input::{Input, Part};
use super::json;

/// The word for the source.
pub const NAME: &str = "staticman";

/// A file beyond this is no comment.
const LARGEST: u64 = 1 << 20;

/// Whether this is a folder or archive with such files.
#[must_use]
pub fn recognises(input: &Input) -> bool {
    input.is_folder && input.parts.iter().any(|part| is_comment(&part.name))
}

/// Whether a file is named as Staticman names comments: `comment-1481460884456.yml`, or `entry1481460884456.yml`.
fn is_comment(name: &str) -> bool {
    let Some((stem, extension)) = file_of(name).rsplit_once('.') else { return false };
    let number = stem.strip_prefix("comment-").or_else(|| stem.strip_prefix("entry")).unwrap_or_default();
    let is_number = !number.is_empty() && number.chars().all(|c| c.is_ascii_digit());
    is_number && matches!(extension, "yml" | "yaml" | "json" | "md")
}

fn file_of(name: &str) -> &str {
    name.rsplit_once('/').map_or(name, |(_, file)| file)
}

/// Reads it.
///
/// # Errors
/// There is no such file.
pub fn read(input: &Input, harvest: &mut dyn Harvest) -> Result<(), Unreadable> {
    let mut folders: BTreeMap<&str, Vec<&Part>> = BTreeMap::new();
    for part in input.parts.iter().filter(|part| is_comment(&part.name)) {
        let folder = part.name.rsplit_once('/').map_or("", |(folder, _)| folder);
        folders.entry(folder).or_default().push(part);
    }
    if folders.is_empty() || !input.is_folder {
        return Err(Unreadable::new("a folder of files named `comment-<number>.yml` or `.json` is wanted"));
    }
    let mut lasts: BTreeMap<&str, usize> = BTreeMap::new();
    folders.keys().for_each(|folder| *lasts.entry(file_of(folder)).or_default() += 1);
    for (folder, parts) in &folders {
        // The last part alone is the slug; the others say where the folders were found, which may differ the next time.
        let slug = if lasts.get(file_of(folder)) == Some(&1) { file_of(folder) } else { folder };
        harvest_folder(slug, parts, harvest);
    }
    Ok(())
}

fn harvest_folder(slug: &str, parts: &[&Part], harvest: &mut dyn Harvest) {
    let mut comments: Vec<(String, Value)> = Vec::new();
    let mut broken = 0_usize;
    for part in parts {
        match fields_of(part) {
            Ok(fields) => comments.push((part.name.clone(), fields)),
            Err(why) => {
                broken += 1;
                harvest.left(part.name.clone(), why);
            }
        }
    }
    let tree = Tree::of(&comments);
    let mut thread = ForeignThread { key: key(slug, tree.page.clone()), ..ForeignThread::default() };
    if broken > 0 {
        // Answers name the place of what they answer in some folders, so one lost file may shift the others.
        thread
            .gaps
            .push(format!("{broken} of {} files cannot be read; answers may hang at the wrong reply", parts.len()));
    }
    if thread.key == Key::default() {
        thread.gaps.push("neither the folder's name nor a comment names the page; name it with `--essay`".to_owned());
    }
    for (at, (name, comment)) in comments.iter().enumerate() {
        let parent = tree.parent(at, comment).unwrap_or_else(|why| {
            harvest.left(name.clone(), why);
            None
        });
        let id = tree.ids.get(at).cloned();
        thread.replies.push(ForeignReply { id, parent, ..reply(comment, name, harvest) });
    }
    harvest.thread(thread);
}

/// The page that the comments name, else the folder's name. Both are given only where they differ, so that the key is the
/// same whether the folder is read alone or among others.
fn key(slug: &str, page: Option<String>) -> Key {
    let slug = Some(slug.to_owned()).filter(|slug| !slug.is_empty());
    match page {
        Some(page) => {
            let is_same = |slug: &String| file_of(page.trim_end_matches('/')) == slug;
            Key { id: slug.filter(|slug| !is_same(slug)), ..Key::of_page(&page, None) }
        }
        None => Key { path: slug, ..Key::default() },
    }
}

/// The fields of a comment, from any of the three forms.
fn fields_of(part: &Part) -> Result<Value, String> {
    if part.size > LARGEST {
        return Err("it is too large for a comment".to_owned());
    }
    let text = part.text().map_err(|error| error.message)?;
    let value = match part.name.rsplit_once('.').map(|(_, extension)| extension) {
        Some("json") => json::whole(&text).map_err(|error| error.message)?,
        Some("md") => front_matter(&text)?,
        _ => yaml(&text)?,
    };
    if value.is_object() { Ok(value) } else { Err("it has no fields".to_owned()) }
}

fn yaml(text: &str) -> Result<Value, String> {
    let options = serde_saphyr::options! { strict_booleans: true, with_snippet: false };
    serde_saphyr::from_str_with_options(text, options).map_err(|error| {
        let message = error.without_snippet().to_string();
        message.lines().next().unwrap_or("it cannot be read").to_owned()
    })
}

/// Fields between two lines of `---`, with the words below them.
fn front_matter(text: &str) -> Result<Value, String> {
    let text = text.replace("\r\n", "\n");
    let split = text.strip_prefix("---\n").and_then(|rest| rest.split_once("\n---"));
    let (above, below) = split.ok_or("it has no fields between two lines of `---`")?;
    let mut value = yaml(above)?;
    if let Some(object) = value.as_object_mut() {
        object.entry("message").or_insert_with(|| Value::from(below.trim_start_matches('-')));
    }
    Ok(value)
}

/// Fields in which themes keep the comment that is answered, the most exact one first.
const ANSWERED: [&str; 6] = ["replying_to_uid", "replyID", "parent_id", "reply_to", "replying_to", "replyThread"];

/// What the comments of a folder say of their places.
struct Tree {
    ids: Vec<String>,
    /// Ids by comment, for looking up.
    places: BTreeMap<String, usize>,
    /// Comments that answer nothing, in the order of the files.
    tops: Vec<usize>,
    /// Whether every `replying_to` is an id, so that a number is no place.
    has_ids: bool,
    /// What `_parent` says where it is no id: the page.
    page: Option<String>,
}

impl Tree {
    fn of(comments: &[(String, Value)]) -> Self {
        let ids: Vec<String> = comments.iter().map(|(name, comment)| own_id(name, comment)).collect();
        let places: BTreeMap<String, usize> = ids.iter().cloned().enumerate().map(|(at, id)| (id, at)).collect();
        let mut tree = Self { ids, places, tops: Vec::new(), has_ids: true, page: None };
        for (at, (_, comment)) in comments.iter().enumerate() {
            let above = scalar(comment, "_parent");
            let has_parent = above.as_ref().is_some_and(|above| tree.is_id(above));
            if let Some(answered) = answered(comment, "replying_to") {
                tree.has_ids &= tree.places.contains_key(&answered);
            }
            if !has_parent && ANSWERED.iter().all(|key| answered(comment, key).is_none()) {
                tree.tops.push(at);
            }
            tree.page = tree.page.take().or(above.filter(|_| !has_parent));
        }
        tree
    }

    /// Whether a text names a comment: one of this folder, or one that was.
    fn is_id(&self, text: &str) -> bool {
        let is_uuid = text.len() == 36 && text.chars().all(|c| c.is_ascii_hexdigit() || c == '-');
        is_uuid || self.places.contains_key(text)
    }

    /// The id of the comment that this one answers.
    fn parent(&self, at: usize, comment: &Value) -> Result<Option<String>, String> {
        let own = self.ids.get(at);
        let named: Vec<String> = ANSWERED.iter().filter_map(|key| answered(comment, key)).collect();
        let ordinal = answered(comment, "replying_to").and_then(|text| text.parse::<usize>().ok());
        if let Some(place) = ordinal.filter(|_| !self.has_ids) {
            let top = place.checked_sub(1).and_then(|before| self.tops.get(before)).and_then(|top| self.ids.get(*top));
            return match top {
                Some(id) => Ok(Some(id.clone())),
                None => Err(format!("it answers reply {place}, and there are {}", self.tops.len())),
            };
        }
        let above = scalar(comment, "_parent").filter(|above| self.is_id(above));
        let all: Vec<String> = named.into_iter().chain(above).filter(|id| Some(id) != own).collect();
        let known = all.iter().find(|id| self.places.contains_key(*id)).or(all.first());
        Ok(known.cloned())
    }
}

fn answered(comment: &Value, key: &str) -> Option<String> {
    said(comment, key).filter(|text| !matches!(text.as_str(), "0" | "false"))
}

/// The id that Staticman gave; else the name of the file, which is made of the time.
fn own_id(name: &str, comment: &Value) -> String {
    let given = scalar(comment, "_id").or_else(|| scalar(comment, "id"));
    given.unwrap_or_else(|| file_of(name).rsplit_once('.').map_or(name, |(stem, _)| stem).to_owned())
}

fn reply(comment: &Value, place: &str, harvest: &mut dyn Harvest) -> ForeignReply {
    let words = ["message", "comment", "body", "content"].iter().find_map(|key| scalar(comment, key));
    let (date, updated) = (scalar(comment, "date"), scalar(comment, "updated"));
    ForeignReply {
        author: Author { name: name(comment, "name"), url: address(comment, "url"), ..Author::default() },
        date: fields::date(comment, &["date", "timestamp"], place, harvest),
        is_edited: date.is_some() && updated.is_some() && date != updated,
        body: Body { text: words.unwrap_or_default(), format: Format::Markdown },
        state: if is(comment, "hidden") { State::Hidden } else { State::Live },
        ..ForeignReply::default()
    }
}

#[cfg(test)]
mod tests {
    use super::super::foreign::{Basket, When};
    use super::*;

    fn basket(files: &[(&str, &str)]) -> Result<Basket, Unreadable> {
        let parts = files.iter().map(|(name, text)| Part::from_bytes(*name, text.as_bytes())).collect();
        let mut basket = Basket::default();
        read(&Input::folder(parts), &mut basket).map(|()| basket)
    }

    fn parents(thread: &ForeignThread) -> Vec<(&str, Option<&str>)> {
        thread.replies.iter().map(|reply| (reply.id.as_deref().unwrap_or(""), reply.parent.as_deref())).collect()
    }

    #[test]
    fn a_number_is_the_place_among_those_that_answer_nothing() {
        let found = basket(&[
            ("data/trust/comment-1.yml", "---\n_id: a\n_parent: /trust/\nname: Ada\nemail: 0123abcd\nmessage: \"One.\\r\\nMore.\"\ndate: 2014-02-10T04:08:40Z\nupdated: 2014-02-10T04:08:40Z\n"),
            ("data/trust/comment-2.yml", "_id: b\n_parent: /trust/\nname: 007\nurl: ''\nreplying_to: '1'\nmessage: yes\ndate: 1611111111\nhidden: ''\n"),
            ("data/trust/comment-3.yml", "_id: c\nreplying_to: ''\nmessage: Three.\ndate: 2014-02-10 04:08:40 +0100\n"),
            ("data/trust/comment-4.yml", "replying_to: 2\nmessage: Four.\nhidden: true\n"),
            ("data/trust/comment-5.yml", "_id: e\nreplying_to: '9'\nmessage: Five.\n"),
            ("data/trust/comment-6.yml", "a: [broken"),
            ("data/trust/readme.yml", "a: [broken"),
        ])
        .expect("good");
        let thread = &found.threads[0];
        assert_eq!((thread.key.id.as_deref(), thread.key.path.as_deref()), (None, Some("/trust/")));
        assert_eq!(
            parents(thread),
            [("a", None), ("b", Some("a")), ("c", None), ("comment-4", Some("c")), ("e", None)]
        );
        let [first, second, third, fourth, _] = thread.replies.as_slice() else { panic!("{thread:#?}") };
        assert_eq!((first.body.text.as_str(), first.is_edited), ("One.\r\nMore.", false));
        assert_eq!((second.body.text.as_str(), second.author.url.as_deref(), second.state), ("yes", None, State::Live));
        assert_eq!(second.date, When::Exact("2021-01-20T02:51:51Z".parse().expect("a moment")));
        assert_eq!(third.date, When::Exact("2014-02-10T03:08:40Z".parse().expect("a moment")));
        assert_eq!((fourth.state, &fourth.date), (State::Hidden, &When::Unknown));
        let places: Vec<&str> = found.left.iter().map(|left| left.place.as_str()).collect();
        assert_eq!(places, ["data/trust/comment-6.yml", "data/trust/comment-5.yml"]);
        assert_eq!(thread.gaps.len(), 1);
        assert!(!format!("{found:?}").contains("0123abcd"));
    }

    #[test]
    fn an_id_is_an_id_in_whatever_field_it_stands() {
        let gone = "0d3b6f20-5b0c-11eb-a0b1-0f0000000009";
        let found = basket(&[
            ("comment-1.json", "{\"_id\": \"a\", \"_parent\": \"\", \"message\": \"One.\"}"),
            ("comment-2.json", "{\"_id\": \"b\", \"_parent\": \"a\", \"message\": \"Two.\"}"),
            ("comment-3.json", "{\"_id\": \"c\", \"replyThread\": \"a\", \"replyID\": \"b\", \"message\": \"Three.\"}"),
            ("comment-4.json", &format!("{{\"_id\": \"d\", \"_parent\": \"{gone}\", \"parent_id\": \"d\"}}")),
            ("comment-5.md", "---\n_id: e\nreplying_to: c\n---\nFive.\n\nMore.\n"),
        ])
        .expect("good");
        let thread = &found.threads[0];
        assert_eq!(
            parents(thread),
            [("a", None), ("b", Some("a")), ("c", Some("b")), ("d", Some(gone)), ("e", Some("c"))]
        );
        assert_eq!(thread.replies[4].body.text, "Five.\n\nMore.");
        assert_eq!((&thread.key, thread.gaps.len(), found.left.len()), (&Key::default(), 1, 0));
    }

    #[test]
    fn folders_of_the_same_name_stay_apart_and_other_folders_are_refused() {
        let found =
            basket(&[("en/a/comment-1.yml", "message: x"), ("fr/a/comment-1.yml", "message: y")]).expect("good");
        let paths: Vec<_> = found.threads.iter().map(|thread| thread.key.path.as_deref()).collect();
        assert_eq!(paths, [Some("en/a"), Some("fr/a")]);
        assert!(
            basket(&[]).is_err()
                && basket(&[("a/comment.yml", ""), ("comment-x.yml", ""), ("comment-1.txt", "")]).is_err()
        );
        let deep = "[".repeat(10_000);
        let bomb = format!(
            "a: &a [x, x, x, x, x, x, x, x]\n{}",
            (0..40).map(|n| format!("b{n}: [*a, *a]\n")).collect::<String>()
        );
        let found = basket(&[
            ("comment-1.yml", &deep),
            ("comment-2.json", &deep),
            ("comment-3.yml", &bomb),
            ("comment-4.yml", "3"),
        ]);
        assert!(found.expect("read").left.len() >= 3);
    }
}
