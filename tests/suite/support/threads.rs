//! Random threads with words that no format likes, as files of sources, and imports of them into files in memory.

use std::collections::BTreeMap;

use proptest::prelude::*;
use serde_json::{Value, json};
use throughline::import::input::{Input, Part};
use throughline::import::matching::{Essay, Essays};
use throughline::import::run::{Desk, Importer, Summary, Wishes};
use throughline::import::sources;
use toml_edit::{DocumentMut, Table};

/// The file of the essay that all random threads are about.
pub(crate) const FILE: &str = "content/replies/one.toml";

/// What a source says of one reply at one time.
#[derive(Clone, Debug)]
pub(crate) struct Version {
    pub(crate) name: String,
    pub(crate) words: String,
    pub(crate) format: &'static str,
    pub(crate) date: Option<&'static str>,
    pub(crate) is_edited: bool,
    pub(crate) reactions: Option<u64>,
}

/// A reply at two times.
#[derive(Clone, Debug)]
pub(crate) struct Said {
    /// Where among the replies the one that it answers stands; its own place for none.
    pub(crate) answers: usize,
    pub(crate) state: &'static str,
    pub(crate) versions: [Version; 2],
}

/// Pieces of texts: words, and signs that mean something in Markdown, HTML, TOML, JSON or templates.
const PIECES: [&str; 64] = [
    "stone",
    "wall",
    "Stein",
    "\u{77f3}",
    "\u{645}\u{627}\u{621}",
    "e\u{301}",
    "\u{1faa8}",
    "9",
    "12.",
    "1)",
    "3",
    " ",
    " ",
    " ",
    " ",
    "  ",
    "\n",
    "\n",
    "\n\n",
    "\r\n",
    "\t",
    "*",
    "**",
    "_",
    "__",
    "`",
    "```\n",
    "~~",
    "~~~\n",
    "#",
    "# ",
    "> ",
    "- ",
    "+ ",
    "=",
    "===",
    "---\n",
    "|",
    "| a | b |\n|--|--|\n",
    "[",
    "]",
    "](",
    "[^1]",
    "![",
    "<",
    ">",
    "</p>",
    "<b>",
    "<script>",
    "<!--",
    "&",
    "&amp;",
    "&#60;",
    "'''",
    "'",
    "\"\"\"",
    "\\",
    "\\\n",
    "[[reply]]\n",
    "$x$",
    "{{ x }}",
    "{% x %}",
    "https://example.org/a_b*c",
    "javascript:a",
];

/// What may stand in a name, besides.
const HIDDEN: [&str; 4] = ["\u{202e}", "\u{0}", "\u{1b}[31m", "\u{feff}"];

fn text(most: usize) -> impl Strategy<Value = String> {
    let piece = prop_oneof![30 => prop::sample::select(&PIECES[..]), 1 => prop::sample::select(&HIDDEN[..])];
    prop::collection::vec(piece, 0..most).prop_map(|pieces| pieces.concat())
}

fn version() -> impl Strategy<Value = Version> {
    let dates =
        [None, Some("2021-03-02"), Some("2021-03-02T07:00:00Z"), Some("2021-03-02T08:00:00"), Some("1999-12-31")];
    (
        text(6),
        text(30),
        prop::sample::select(&["plain", "html", "markdown"][..]),
        prop::sample::select(dates.to_vec()),
        any::<bool>(),
        prop::option::of(0_u64..9),
    )
        .prop_map(|(name, words, format, date, is_edited, reactions)| Version {
            name,
            words,
            format,
            date,
            is_edited,
            reactions,
        })
}

/// A thread. A reply may answer any other, so that there are circles too.
pub(crate) fn thread() -> impl Strategy<Value = Vec<Said>> {
    let states = ["live", "live", "live", "live", "waiting", "hidden", "spam", "trash", "deleted", "private"];
    let said = (any::<prop::sample::Index>(), prop::sample::select(states.to_vec()), version(), version());
    prop::collection::vec(said, 1..9).prop_map(|list| {
        let count = list.len();
        let said = |(answers, state, before, after): (prop::sample::Index, _, _, _)| Said {
            answers: answers.index(count),
            state,
            versions: [before, after],
        };
        list.into_iter().map(said).collect()
    })
}

/// The word that begins a text, and that no other text of the thread has.
pub(crate) fn word(at: usize, time: usize) -> String {
    format!("word{at}time{time}")
}

/// The words of a reply: its own word makes sure that there are some.
pub(crate) fn words(at: usize, time: usize, said: &Said) -> String {
    format!("{} {}", word(at, time), said.versions[time].words)
}

fn parent(at: usize, said: &Said) -> Option<String> {
    (said.answers != at).then(|| said.answers.to_string())
}

/// The thread as it is at one time, in JSON of our own.
pub(crate) fn own_json(thread: &[Said], time: usize) -> Vec<u8> {
    let reply = |(at, said): (usize, &Said)| {
        let version = &said.versions[time];
        json!({ "id": at.to_string(), "parent": parent(at, said), "name": version.name, "state": said.state,
            "text": words(at, time, said), "format": version.format, "date": version.date, "edited": version.is_edited,
            "reactions": version.reactions })
    };
    let replies: Vec<Value> = thread.iter().enumerate().map(reply).collect();
    json!({ "threads": [{ "id": "t", "essay": "one", "replies": replies }] }).to_string().into_bytes()
}

/// The replies of the thread that are left, as Artalk exports them; its exports are whole.
pub(crate) fn artrans(thread: &[Said], is_left: impl Fn(usize) -> bool) -> Vec<u8> {
    let comment = |(at, said): (usize, &Said)| {
        let version = &said.versions[0];
        json!({ "id": format!("c{at}"), "rid": parent(at, said).map_or("0".to_owned(), |parent| format!("c{parent}")),
            "content": words(at, 0, said), "nick": version.name, "email": "a@example.org", "ip": "192.0.2.1",
            "is_pending": (said.state == "waiting").to_string(), "is_collapsed": (said.state == "hidden").to_string(),
            "created_at": version.date.unwrap_or(""), "page_key": "/essays/one/", "page_title": "One" })
    };
    let left = thread.iter().enumerate().filter(|(at, _)| is_left(*at));
    Value::from(left.map(comment).collect::<Vec<_>>()).to_string().into_bytes()
}

/// Files of a book in memory.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Files(pub(crate) BTreeMap<String, String>);

impl Desk for Files {
    fn read(&mut self, name: &str) -> Result<Option<String>, String> {
        Ok(self.0.get(name).cloned())
    }

    fn write(&mut self, name: &str, text: &str) -> Result<(), String> {
        self.0.insert(name.to_owned(), text.to_owned());
        Ok(())
    }

    fn remove(&mut self, name: &str) -> Result<(), String> {
        self.0.remove(name);
        Ok(())
    }

    fn choose(&mut self, _: &str, _: &[&str]) -> Option<usize> {
        None
    }
}

/// The essays `one`, and those that the exports of `tests/replies` are about.
fn essays() -> Essays {
    let essay = |name: &str, title: &str| Essay {
        name: name.to_owned(),
        title: title.to_owned(),
        slug: name.to_owned(),
        route: format!("/essays/{name}/"),
        ..Essay::default()
    };
    Essays::new(vec![
        essay("one", "One"),
        essay("on-laying-stones", "On Laying Stones"),
        essay("on-still-water", "On Still Water"),
    ])
}

/// Brings an input into files, as this reader reads it; whatever the reader says of the input.
pub(crate) fn bring_input(files: &mut Files, source: &sources::Source, input: &Input) -> Summary {
    let essays = essays();
    let wishes = Wishes { source: source.name.to_owned(), is_whole: source.is_whole, ..Wishes::default() };
    let mut importer = Importer::new(files, &essays, wishes);
    let _ = (source.read)(input, &mut importer);
    let (summary, failure) = importer.finish();
    assert_eq!(failure, None);
    summary
}

/// Brings the bytes of a file into files, which must be recognised as being of the source.
pub(crate) fn bring(files: &mut Files, what: &str, bytes: &[u8]) -> Summary {
    let input = Input::file(Part::from_bytes("export.json", bytes));
    let fitting = sources::of_input(&input, None);
    assert_eq!(fitting.iter().map(|source| source.what).collect::<Vec<_>>(), [what]);
    bring_input(files, fitting[0], &input)
}

/// The replies of a file by their ids; each may be there once.
pub(crate) fn replies(text: &str) -> BTreeMap<String, Table> {
    let document: DocumentMut = text.parse().unwrap_or_else(|error| panic!("{error}\n{text}"));
    let mut replies = BTreeMap::new();
    for table in document.get("reply").and_then(|item| item.as_array_of_tables()).into_iter().flatten() {
        let id = table["id"].as_str().unwrap().to_owned();
        assert!(replies.insert(id.clone(), table.clone()).is_none(), "`{id}` is there twice in\n{text}");
    }
    replies
}

/// The fields of a reply as text, in the order of their names.
pub(crate) fn fields(table: &Table) -> BTreeMap<String, String> {
    let plain = |value: &toml_edit::Value| {
        value.as_str().map_or_else(|| value.clone().decorated("", "").to_string(), str::to_owned)
    };
    table.iter().map(|(key, item)| (key.to_owned(), plain(item.as_value().unwrap()))).collect()
}
