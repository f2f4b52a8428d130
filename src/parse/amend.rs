//! Sources that a program changes on behalf of their author: from one text to the next, every other byte left as it is.
//! Knows no file.

use std::collections::BTreeMap;
use std::ops::Range;

use toml_edit::{Document, Item, Table};

use super::frontmatter::{self, Front};
use crate::base::path::SitePath;
use crate::model::book::ConceptLinks;
use crate::model::writing::Kind;

/// Why the state of a reply cannot be changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refused {
    /// The file is no TOML.
    Unreadable,
    /// It holds no reply with this id.
    NoReply,
    /// The reply was not written for the public and cannot be shown.
    Private,
}

/// What the file of a new concept says.
pub(crate) fn new_concept(name: &str) -> String {
    let title = serde_json::Value::from(name);
    format!("+++\ntitle = {title}\n# summary = \"What it means, in one sentence.\"\n+++\n")
}

/// A file of replies in which the reply with this id has this state.
pub(crate) fn set_state(text: &str, id: &str, state: &str) -> Result<String, Refused> {
    let (mark, text) = without_mark(text);
    let document = Document::parse(text).map_err(|_| Refused::Unreadable)?;
    let list = document.as_table().get("reply").and_then(Item::as_array_of_tables).ok_or(Refused::NoReply)?;
    let word = |table: &Table, key: &str| table.get(key).and_then(Item::as_str).unwrap_or("").to_owned();
    let mut changes = Vec::new();
    for table in list.iter().filter(|table| word(table, "id") == id) {
        if state == "shown" && word(table, "at_source") == "private" {
            return Err(Refused::Private);
        }
        changes.push(change(text, table, "state", &format!("\"{state}\"")).ok_or(Refused::NoReply)?);
    }
    if changes.is_empty() {
        return Err(Refused::NoReply);
    }
    let mut new = text.to_owned();
    for (range, words) in changes.into_iter().rev() {
        new.replace_range(range, &words);
    }
    Ok(format!("{mark}{new}"))
}

/// The file of a concept that says that no mention of it becomes a link; `None` where its front matter does not let
/// itself be changed without changing what else it says.
pub(crate) fn never_link(path: &SitePath, text: &str) -> Option<String> {
    let end = line_end(text);
    let fence = text.lines().next().unwrap_or("").trim_end();
    let start = text.find('\n').map_or(text.len(), |at| at + 1);
    let closed = frontmatter::closing(text, start, fence).map(|(close, _)| close);
    let new = match (fence, closed) {
        ("+++", Some(close)) => {
            let front = &text[start..close];
            let document = Document::parse(front).ok()?;
            // Without any key, the line stands first.
            let (range, words) = change(front, document.as_table(), "link", "\"none\"")
                .unwrap_or_else(|| (0..0, format!("link = \"none\"{end}")));
            replaced(text, start + range.start..start + range.end, &words)
        }
        ("---", Some(close)) => {
            let mut at = start;
            let mut own = close..close;
            for line in text[start..close].split_inclusive('\n') {
                if line.strip_prefix("link").is_some_and(|rest| rest.trim_start_matches(' ').starts_with(':')) {
                    own = at..at + line.len();
                }
                at += line.len();
            }
            replaced(text, own, &format!("link: none{end}"))
        }
        _ => replaced(text, 0..0, &format!("+++{end}link = \"none\"{end}+++{end}")),
    };
    let (old, now) = (frontmatter::read(Kind::Concept, path, text), frontmatter::read(Kind::Concept, path, &new));
    let is_same = says(&old, text) == says(&now, &new) && addresses(&old) == addresses(&now);
    (is_same && now.meta.concept_links == Some(ConceptLinks::None)).then_some(new)
}

/// The bytes to replace, and by what, so that a file names these old addresses too; `None` where its front matter does not
/// let itself be changed without changing what else it says.
pub(crate) fn with_addresses(kind: Kind, path: &SitePath, text: &str, lost: &[&str]) -> Option<(Range<usize>, String)> {
    let key = if kind == Kind::Concept { "redirect_from" } else { "aliases" };
    let old = frontmatter::read(kind, path, text);
    let known = addresses(&old);
    let mut wanted = known.clone();
    wanted.extend(lost.iter().filter(|lost| !known.iter().any(|old| old == *lost)).map(|lost| (*lost).to_owned()));
    let added: Vec<String> = wanted[known.len()..].iter().map(|address| format!("\"{address}\"")).collect();
    let ends = old.meta.old_addresses.last().map(|last| (last.range.0 as usize, last.range.1 as usize));
    let (range, words) = match ends {
        Some(last) if old.is_yaml => beside_in_yaml(text, last, &added.join(", "))?,
        Some(last) => beside_in_toml(text, last, &added.join(", "))?,
        None => line_of_addresses(text, key, &added.join(", "))?,
    };
    let new = replaced(text, range.clone(), &words);
    let now = frontmatter::read(kind, path, &new);
    let is_same = says(&old, text) == says(&now, &new) && old.meta.concept_links == now.meta.concept_links;
    (is_same && addresses(&now) == wanted).then_some((range, words))
}

/// Elements behind the last one of a list, which becomes one where it is a text alone.
fn beside_in_toml(text: &str, last: (usize, usize), added: &str) -> Option<(Range<usize>, String)> {
    let before = text.get(..last.0)?.trim_end();
    if before.ends_with('=') {
        return Some((last.0..last.1, format!("[{}, {added}]", text.get(last.0..last.1)?)));
    }
    Some((last.1..last.1, format!(", {added}")))
}

/// The same in YAML, where the list may stand on one line or each element on its own.
fn beside_in_yaml(text: &str, last: (usize, usize), added: &str) -> Option<(Range<usize>, String)> {
    let start = text.get(..last.0)?.rfind('\n').map_or(0, |at| at + 1);
    let line = text.get(start..last.1)?;
    let indent = line.len() - line.trim_start().len();
    let end = line_end(text);
    if line.trim_start().starts_with("- ") {
        let lines = added.split(", ").map(|address| format!("{end}{}- {address}", &line[..indent]));
        return Some((last.1..last.1, lines.collect()));
    }
    if let Some(list) = line.strip_suffix(']') {
        let at = start + list.trim_end().len();
        return Some((at..at, format!(", {added}")));
    }
    let before = text.get(..last.0)?.trim_end();
    before.ends_with(':').then(|| (last.0..last.1, format!("[{}, {added}]", &text[last.0..last.1])))
}

/// The line with these addresses, where there is none yet.
fn line_of_addresses(text: &str, key: &str, added: &str) -> Option<(Range<usize>, String)> {
    let end = line_end(text);
    let fence = text.lines().next().unwrap_or("").trim_end();
    let start = text.find('\n').map_or(text.len(), |at| at + 1);
    match (fence, frontmatter::closing(text, start, fence)) {
        ("+++", Some((close, _))) => {
            let front = &text[start..close];
            let document = Document::parse(front).ok()?;
            let (range, words) = change(front, document.as_table(), key, &format!("[{added}]"))
                .unwrap_or_else(|| (0..0, format!("{key} = [{added}]{end}")));
            Some((start + range.start..start + range.end, words))
        }
        ("---", Some((close, _))) => Some((close..close, format!("{key}: [{added}]{end}"))),
        ("+++" | "---", None) => None,
        _ => Some((0..0, format!("+++{end}{key} = [{added}]{end}+++{end}"))),
    }
}

fn addresses(front: &Front) -> Vec<String> {
    front.meta.old_addresses.iter().map(|old| old.value.clone()).collect()
}

/// Everything a file says besides its old addresses and how its concepts are linked.
fn says(front: &Front, text: &str) -> (Vec<String>, String, usize) {
    let meta = &front.meta;
    let lists = [
        &meta.names,
        &meta.broader,
        &meta.related,
        &meta.contrasts,
        &meta.concepts,
        &meta.related_essays,
        &meta.unrelated_essays,
    ];
    let texts = [&meta.slug, &meta.passage, &meta.series, &meta.image];
    let names = lists.into_iter().flatten().chain(texts.into_iter().flatten()).map(|placed| placed.value.clone());
    let days = format!("{:?} {:?} {:?} {}", meta.date, meta.updated, meta.expires, meta.is_draft);
    let others = format!("{:?} {:?} {:?} {}", meta.canonical, meta.syndication, meta.answers, meta.is_start);
    let part = format!("{:?}", meta.part.as_ref().map(|part| part.value));
    let own =
        [meta.title.clone(), meta.summary.clone(), format!("{:?} {:?}", meta.lang, meta.extra), days, others, part];
    let findings = front.diagnostics.clone().into_report(&BTreeMap::new()).diagnostics.len();
    (own.into_iter().chain(names).collect(), text[front.body_start..].to_owned(), findings)
}

/// The bytes to replace, and by what, so that a table has this value, as TOML writes it: that of the key, or a line behind its
/// last one. `None` for a table without any value.
fn change(text: &str, table: &Table, key: &str, value: &str) -> Option<(Range<usize>, String)> {
    if let Some(known) = table.get(key).and_then(Item::span) {
        return Some((known, value.to_owned()));
    }
    let values = table.iter().filter(|(_, value)| value.is_value());
    let last = values.filter_map(|(_, value)| value.span()).map(|span| span.end).max()?;
    let end = line_end(text);
    let line = format!("{key} = {value}{end}");
    match text.get(last..)?.find('\n') {
        Some(at) => Some((last + at + 1..last + at + 1, line)),
        None => Some((text.len()..text.len(), format!("{end}{line}"))),
    }
}

fn replaced(text: &str, range: Range<usize>, words: &str) -> String {
    format!("{}{words}{}", &text[..range.start], &text[range.end..])
}

/// How lines end in this text.
fn line_end(text: &str) -> &'static str {
    let is_crlf = text.find('\n').is_some_and(|at| text[..at].ends_with('\r'));
    if is_crlf { "\r\n" } else { "\n" }
}

/// The byte order mark, if there is one, and the rest.
fn without_mark(text: &str) -> (&str, &str) {
    let rest = text.strip_prefix('\u{feff}').unwrap_or(text);
    text.split_at(text.len() - rest.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    const REPLIES: &str = "# Ours.\n[[thread]]\nsource = \"csv\"\n\n\
        [[reply]]\nid = \"csv:1\" # first\ntext = '''\nTwo\nlines'''\n\n\
        [[reply]]\nid   =   \"csv:2\"\nstate = 'held' # why\nat_source = \"private\"";

    #[test]
    fn a_state_is_one_value_or_one_new_line() {
        let shown = set_state(REPLIES, "csv:1", "shown").expect("there");
        assert_eq!(shown, REPLIES.replace("lines'''\n", "lines'''\nstate = \"shown\"\n"));
        let hidden = set_state(REPLIES, "csv:2", "hidden").expect("there");
        assert_eq!(hidden, REPLIES.replace("'held'", "\"hidden\""));
        assert_eq!(set_state(&shown, "csv:1", "hidden").expect("there"), shown.replace("\"shown\"", "\"hidden\""));
    }

    #[test]
    fn lines_end_as_they_did_and_a_byte_order_mark_stays() {
        let text = format!("\u{feff}{}", REPLIES.replace('\n', "\r\n"));
        let shown = set_state(&text, "csv:1", "shown").expect("there");
        assert_eq!(shown, text.replace("lines'''\r\n", "lines'''\r\nstate = \"shown\"\r\n"));
        let last = "[[reply]]\nid = \"csv:1\"";
        assert_eq!(set_state(last, "csv:1", "held"), Ok(format!("{last}\nstate = \"held\"\n")));
    }

    #[test]
    fn what_is_private_is_not_shown_and_what_is_not_there_not_changed() {
        assert_eq!(set_state(REPLIES, "csv:2", "shown"), Err(Refused::Private));
        assert_eq!(set_state(REPLIES, "csv:3", "shown"), Err(Refused::NoReply));
        assert_eq!(set_state("[reply", "csv:3", "shown"), Err(Refused::Unreadable));
    }

    #[test]
    fn never_is_one_line_of_the_front_matter() {
        let path = SitePath::new("content/concepts/x.md").expect("clean");
        for (text, wanted) in [
            (
                "+++\ntitle = \"X\" # a\n\n[extra]\na = 1\n+++\nText\n",
                "+++\ntitle = \"X\" # a\nlink = \"none\"\n\n[extra]\na = 1\n+++\nText\n",
            ),
            ("+++\nlink = 'first'\ntitle = \"X\"\n+++\n", "+++\nlink = \"none\"\ntitle = \"X\"\n+++\n"),
            ("+++\n# nothing\n+++\nText\n", "+++\nlink = \"none\"\n# nothing\n+++\nText\n"),
            ("+++\r\ntitle = \"X\"\r\n+++\r\nText\r\n", "+++\r\ntitle = \"X\"\r\nlink = \"none\"\r\n+++\r\nText\r\n"),
            (
                "---\ntitle: X\nsummary: >\n  Two\n  lines\n---\nText\n",
                "---\ntitle: X\nsummary: >\n  Two\n  lines\nlink: none\n---\nText\n",
            ),
            ("---\nlink : every\ntitle: X\n...\nText\n", "---\nlink: none\ntitle: X\n...\nText\n"),
            ("# X\n\nText\n", "+++\nlink = \"none\"\n+++\n# X\n\nText\n"),
        ] {
            assert_eq!(never_link(&path, text).as_deref(), Some(wanted), "{text}");
        }
    }

    #[test]
    fn old_addresses_are_one_line_of_the_front_matter() {
        let path = SitePath::new("content/essays/x.md").expect("clean");
        for (front, wanted) in [
            (
                "+++\ntitle = \"X\"\n\n[extra]\na = 1\n+++\n",
                "+++\ntitle = \"X\"\naliases = [\"/a/\", \"/b/\"]\n\n[extra]\na = 1\n+++\n",
            ),
            ("+++\naliases = []\ntitle = \"X\"\n+++\n", "+++\naliases = [\"/a/\", \"/b/\"]\ntitle = \"X\"\n+++\n"),
            ("+++\naliases = [\"/o/\"] # old\n+++\n", "+++\naliases = [\"/o/\", \"/a/\", \"/b/\"] # old\n+++\n"),
            ("+++\naliases = [\n  \"/o/\",\n]\n+++\n", "+++\naliases = [\n  \"/o/\", \"/a/\", \"/b/\",\n]\n+++\n"),
            ("+++\naliases = '/o/'\n+++\n", "+++\naliases = ['/o/', \"/a/\", \"/b/\"]\n+++\n"),
            ("+++\naliases = [\"/a/\"]\n+++\n", "+++\naliases = [\"/a/\", \"/b/\"]\n+++\n"),
            ("---\ntitle: X\n---\n", "---\ntitle: X\naliases: [\"/a/\", \"/b/\"]\n---\n"),
            (
                "---\r\naliases:\r\n  - /o/\r\n---\r\n",
                "---\r\naliases:\r\n  - /o/\r\n  - \"/a/\"\r\n  - \"/b/\"\r\n---\r\n",
            ),
            ("---\naliases: [/o/, /p/]\n---\n", "---\naliases: [/o/, /p/, \"/a/\", \"/b/\"]\n---\n"),
            ("---\naliases: /o/\n---\n", "---\naliases: [/o/, \"/a/\", \"/b/\"]\n---\n"),
            ("", "+++\naliases = [\"/a/\", \"/b/\"]\n+++\n"),
        ] {
            let text = format!("{front}Text.\n");
            let (range, words) = with_addresses(Kind::Essay, &path, &text, &["/a/", "/b/"]).expect(front);
            assert_eq!(replaced(&text, range, &words), format!("{wanted}Text.\n"));
        }
        for text in ["---\naliases:\n---\n", "---\n{title: X}\n---\n", "+++\ntitle = \n+++\n", "+++\ntitle = \"X\"\n"] {
            assert_eq!(with_addresses(Kind::Essay, &path, text, &["/a/"]), None, "{text}");
        }
    }

    #[test]
    fn front_matter_that_would_say_something_else_is_left_alone() {
        let path = SitePath::new("content/concepts/x.md").expect("clean");
        for text in ["---\n{title: X}\n---\n", "+++\ntitle = \n+++\n", "---\nlink:\n  - a\n---\n"] {
            assert_eq!(never_link(&path, text), None, "{text}");
        }
    }
}
