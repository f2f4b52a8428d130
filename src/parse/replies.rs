//! A file of `content/replies/` to `Replies`. Knows no essay.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::fields::Fields;
use super::untrusted;
use super::values::{Table, Text, read_toml};
use crate::base::codes::Code;
use crate::base::date::Date;
use crate::base::diagnostic::{Diagnostic, Diagnostics};
use crate::base::path::SitePath;
use crate::base::span::Span;
use crate::model::book::{Names, RepliesSettings};
use crate::model::thread::{Replies, Reply, State, Thread, When};
use crate::model::writing::Placed;

/// Reads the replies to one essay. A reply without an id, or with one that is taken, is reported and left out.
pub(crate) fn read(path: &SitePath, text: &str, settings: &RepliesSettings) -> (Replies, Diagnostics) {
    if let Some(single) = single_bracket(path, text) {
        let mut diagnostics = Diagnostics::default();
        diagnostics.push(single);
        return (Replies { path: path.clone(), threads: Vec::new(), replies: Vec::new() }, diagnostics);
    }
    let (table, mut diagnostics) = read_toml(&Text { path, text, offset: 0 });
    let mut fields = Fields::new(path, table);
    let mut replies = Replies { path: path.clone(), threads: Vec::new(), replies: Vec::new() };
    for table in fields.tables("thread") {
        replies.threads.push(read_thread(path, table, &mut diagnostics));
    }
    let mut taken: BTreeMap<String, (u32, u32)> = BTreeMap::new();
    for table in fields.tables("reply") {
        let Some(reply) = read_reply(path, table, settings, &mut diagnostics) else { continue };
        if let Some(first) = taken.insert(reply.id.value.clone(), reply.id.range) {
            let span = |range| Span { path: path.clone(), range: Some(range) };
            diagnostics.push(
                Diagnostic::new(
                    Code::DuplicateReply,
                    span(reply.id.range),
                    format!("another reply has the id `{}`", reply.id.value),
                )
                .label(span(first), "this one")
                .help("take one of them out, or give it another id"),
            );
            continue;
        }
        replies.replies.push(Arc::new(reply));
    }
    diagnostics.append(fields.finish());
    (replies, diagnostics)
}

/// A block that begins with `[reply]`: the parser would say of the second one that its keys stand twice.
fn single_bracket(path: &SitePath, text: &str) -> Option<Diagnostic> {
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let word = line.trim();
        if matches!(word, "[reply]" | "[thread]") {
            let span = Span::bytes(path, start..start + word.len());
            let message = format!("`{word}` begins no block of a list");
            return Some(Diagnostic::new(Code::BadSyntax, span, message).help(format!("write `[{word}]`")));
        }
        start += line.len();
    }
    None
}

fn read_thread(path: &SitePath, table: Table, diagnostics: &mut Diagnostics) -> Thread {
    let mut fields = Fields::new(path, table);
    let text = |placed: Option<Placed<String>>| placed.map(|placed| placed.value).unwrap_or_default();
    let thread = Thread { source: text(fields.text("source")), address: address(&mut fields, "address") };
    // What an import notes down for the next one; a page does not show it.
    fields.text("key");
    fields.text("title");
    fields.text("essay");
    fields.date("captured");
    fields.number("claimed");
    diagnostics.append(fields.finish());
    thread
}

fn read_reply(
    path: &SitePath,
    table: Table,
    settings: &RepliesSettings,
    diagnostics: &mut Diagnostics,
) -> Option<Reply> {
    let top = table.first().map_or((0, 0), |(key, _)| key.range);
    let mut fields = Fields::new(path, table);
    let text = |placed: Option<Placed<String>>| placed.map(|placed| placed.value).unwrap_or_default();
    let id = fields.text("id");
    let author = text(fields.text("author"));
    let own_name = fields.text("name").map(|name| name.value);
    let name = own_name.unwrap_or_else(|| settings.names.apply(&author));
    let headline = text(fields.text("headline"));
    let date = read_date(&mut fields);
    let at_source = fields.word("at_source", &AT_SOURCE).map_or_else(|| "live".to_owned(), |word| word.value);
    // A word that is none was meant to say something: until it is known what, readers see nothing.
    let state = fields.has("state").then(|| {
        let word = fields.word("state", &State::WORDS);
        word.and_then(|word| State::from_word(&word.value)).unwrap_or(State::Held)
    });
    let body = fields.long_text("text");
    // The source's word that a reply is not public goes before everything but the author's own.
    let is_public = matches!(at_source.as_str(), "live" | "gone");
    let own = state.unwrap_or(if is_public { settings.import_as } else { State::Hidden });
    let (html, plain) = body.map(|body| untrusted::read(&body)).unwrap_or_default();
    let reply = Reply {
        parent: text(fields.text("parent")),
        name,
        headline: if settings.headlines { headline } else { String::new() },
        url: address(&mut fields, "url"),
        date,
        is_edited: fields.boolean("edited").unwrap_or_default(),
        is_author: fields.boolean("by_author").unwrap_or_default(),
        // Its address at the source names its writer, too.
        address: Some(address(&mut fields, "address")).filter(|_| settings.names != Names::None).unwrap_or_default(),
        passage: fields.text("passage"),
        // Nobody can have meant to show what its writer kept private.
        state: if at_source == "private" { State::Hidden } else { own },
        html,
        text: plain,
        id: id.clone().unwrap_or(Placed { value: String::new(), range: top }),
    };
    fields.number("reactions");
    fields.text("note");
    fields.text("thread");
    fields.text("also");
    fields.text("imported");
    diagnostics.append(fields.finish());
    if id.is_none() {
        let span = Span { path: path.clone(), range: Some(top) };
        diagnostics.push(
            Diagnostic::new(Code::BadValue, span, "this reply has no id")
                .help("give it one, such as `id = \"mine:1\"`; answers name it as their `parent`"),
        );
        return None;
    }
    Some(reply)
}

/// What a source may say of a reply; `gone` is what an import notes when it finds a reply no longer.
pub(crate) const AT_SOURCE: [&str; 8] = ["live", "gone", "waiting", "spam", "trash", "deleted", "hidden", "private"];

fn read_date(fields: &mut Fields<'_>) -> When {
    let day = fields.date("date");
    let ends: Vec<Placed<String>> = fields.days("between");
    fields.text("age");
    if let Some(day) = day {
        return When::Day(day);
    }
    let parsed: Vec<Option<Date>> = ends.iter().map(|end| Date::parse(&end.value).ok()).collect();
    match parsed.as_slice() {
        [] => When::Unknown,
        [Some(first), Some(last)] if first <= last => When::Between(*first, *last),
        _ => {
            let range = ends.first().map_or((0, 0), |end| end.range);
            fields.refuse(
                Code::BadDate,
                range,
                "`between` must hold two days, the earlier one first",
                "write it as `between = [\"2020-11-21\", \"2021-11-20\"]`",
            );
            When::Unknown
        }
    }
}

/// An address of the web; empty where there is none or it is none.
fn address(fields: &mut Fields<'_>, key: &'static str) -> String {
    let Some(found) = fields.text(key) else { return String::new() };
    let is_web = found.value.starts_with("https://") || found.value.starts_with("http://");
    if is_web && !found.value.contains(|c: char| c.is_whitespace() || "\"<>".contains(c)) {
        return found.value;
    }
    let message = format!("`{key}` must be a web address");
    fields.refuse(Code::BadValue, found.range, message, "write it with `https://`, or take the line out");
    String::new()
}
