//! Foreign replies to the fields that a reply file holds. Knows one thread and the essay it belongs to, no file.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil;
use rayon::prelude::*;
use toml_edit::{Array, Value};

use super::foreign::{Age, Body, ForeignReply, ForeignThread, Kind, State, Unit, When};
use super::letter::{ADDRESS, without_addresses};
use super::matching::Essay;
use super::normalise;
use crate::base::date::Date;
use crate::base::fingerprint::Fingerprint;
use crate::base::words::plain;

/// The fields that come from outside, in the order in which they stand in a file.
pub const OUTSIDE: [&str; 13] = [
    "parent",
    "author",
    "headline",
    "url",
    "date",
    "age",
    "between",
    "edited",
    "by_author",
    "address",
    "at_source",
    "reactions",
    "text",
];

/// A reply as it goes into a file.
#[derive(Clone, Debug)]
pub struct Record {
    /// `SOURCE:ID`, unique in the thread.
    pub id: String,
    /// Fields from outside; one that is missing has no value.
    pub fields: BTreeMap<&'static str, Value>,
    /// A sentence of the essay that the reply quotes.
    pub passage: Option<String>,
}

/// What of a thread goes into its file, and how many records do not, by reason.
#[derive(Clone, Debug, Default)]
pub struct Records {
    /// The records, in the order of the source.
    pub list: Vec<Record>,
    /// Reasons and counts.
    pub left: BTreeMap<&'static str, u64>,
}

/// What a person says of an import.
#[derive(Clone, Debug, Default)]
pub struct Circumstances {
    /// The day on which a page was copied; ages are counted from it.
    pub captured: Option<civil::Date>,
    /// The author of the book: replies under this name are marked as the author's own.
    pub author: String,
}

/// The records of a thread.
#[must_use]
pub fn of_thread(source: &str, thread: &ForeignThread, essay: Option<&Essay>, given: &Circumstances) -> Records {
    let ids = ids(source, &thread.replies);
    let by_foreign: BTreeMap<&str, &str> =
        thread.replies.iter().zip(&ids).filter_map(|(reply, id)| Some((reply.id.as_deref()?, id.as_str()))).collect();
    let texts: Vec<String> = thread.replies.par_iter().map(|reply| words(&reply.body)).collect();
    let reasons: Vec<Option<&'static str>> =
        thread.replies.iter().zip(&texts).map(|(reply, text)| why_left(reply, text)).collect();
    let needed = needed(thread, &ids, &by_foreign, &reasons);
    let essay_text = essay.map(|essay| plain(&essay.text)).unwrap_or_default();
    let mut records = Records::default();
    for (at, reply) in thread.replies.iter().enumerate() {
        if let Some(reason) = reasons[at] {
            *records.left.entry(reason).or_default() += 1;
            if !needed.contains(&at) {
                continue;
            }
        }
        let has_words = reasons[at].is_none();
        let mut fields = BTreeMap::new();
        let mut put = |key: &'static str, value: Option<Value>| fields.extend(value.map(|value| (key, value)));
        let parent = reply.parent.as_deref().map(|parent| {
            by_foreign.get(parent).map_or_else(|| format!("{source}:{}", id_text(parent)), |id| (*id).to_owned())
        });
        put("parent", parent.filter(|parent| *parent != ids[at]).map(Value::from));
        put("at_source", at_source(reply.state).map(Value::from));
        if has_words {
            let name = reply.author.name.as_deref().map(shown_name).filter(|name| !name.is_empty());
            let is_own = reply.author.is_essay_author || name.as_ref().is_some_and(|name| *name == given.author);
            // Whom a source calls the author of the essay and nothing else, the book knows by name.
            let own_name =
                || Some(given.author.clone()).filter(|author| reply.author.is_essay_author && !author.is_empty());
            let name = name.or_else(own_name);
            put("author", name.map(Value::from));
            put("headline", text(reply.author.headline.as_deref()));
            put("url", address(reply.author.url.as_deref()).map(Value::from));
            put("address", address(reply.permalink.as_deref()).map(Value::from));
            put("edited", reply.is_edited.then(|| Value::from(true)));
            put("by_author", is_own.then(|| Value::from(true)));
            put("reactions", reply.reactions.and_then(|count| i64::try_from(count).ok()).map(Value::from));
            put("text", Some(Value::from(texts[at].clone())));
            for (key, value) in dates(&reply.date, given.captured) {
                put(key, Some(value));
            }
        }
        let passage = if has_words { quoted(&texts[at], &essay_text) } else { None };
        records.list.push(Record { id: ids[at].clone(), fields, passage });
    }
    records
}

/// Why a record does not become a reply; `None` for one that does.
fn why_left(reply: &ForeignReply, text: &str) -> Option<&'static str> {
    match (reply.kind, reply.state) {
        (Kind::Like, _) => Some("a like"),
        (Kind::Repost, _) => Some("a repost"),
        (Kind::Bookmark, _) => Some("a bookmark"),
        (Kind::Rsvp, _) => Some("an answer to an invitation"),
        (Kind::Ping, _) => Some("a pingback or trackback"),
        (Kind::Mention, _) => Some("a mention on another page"),
        (Kind::Reply, State::Spam) => Some("spam"),
        (Kind::Reply, State::Trash) => Some("in the trash"),
        (Kind::Reply, State::Deleted) => Some("removed at its source"),
        (Kind::Reply, State::Private) => Some("private"),
        (Kind::Reply, State::Live | State::Waiting | State::Hidden) if text.is_empty() => Some("without words"),
        (Kind::Reply, State::Live | State::Waiting | State::Hidden) => None,
    }
}

fn at_source(state: State) -> Option<&'static str> {
    match state {
        State::Live => None,
        State::Waiting => Some("waiting"),
        State::Spam => Some("spam"),
        State::Trash => Some("trash"),
        State::Deleted => Some("deleted"),
        State::Hidden => Some("hidden"),
        State::Private => Some("private"),
    }
}

/// Records without words whose place is kept, because a living reply answers them.
fn needed(
    thread: &ForeignThread,
    ids: &[String],
    by_foreign: &BTreeMap<&str, &str>,
    reasons: &[Option<&'static str>],
) -> BTreeSet<usize> {
    let places: BTreeMap<&str, usize> = ids.iter().enumerate().map(|(at, id)| (id.as_str(), at)).collect();
    let parent_of = |at: usize| -> Option<usize> {
        let own = by_foreign.get(thread.replies[at].parent.as_deref()?)?;
        places.get(own).copied()
    };
    let mut needed = BTreeSet::new();
    let mut seen = BTreeSet::new();
    for at in (0..thread.replies.len()).filter(|at| reasons[*at].is_none()) {
        let mut next = parent_of(at);
        while let Some(here) = next.filter(|here| seen.insert(*here)) {
            if reasons[here].is_some() {
                needed.insert(here);
            }
            next = parent_of(here);
        }
    }
    needed
}

/// Ids in the file: the source's own, or one made of name and words, so that it is the same in the next copy.
fn ids(source: &str, replies: &[ForeignReply]) -> Vec<String> {
    let mut taken: BTreeSet<String> = BTreeSet::new();
    let mut count: BTreeMap<String, usize> = BTreeMap::new();
    replies
        .iter()
        .map(|reply| {
            let own = reply.id.as_deref().map(id_text).filter(|id| !id.is_empty());
            let base = match own {
                Some(id) => format!("{source}:{id}"),
                None => format!("{source}:{}", made_id(reply)),
            };
            let mut id = base.clone();
            while !taken.insert(id.clone()) {
                let number = count.entry(base.clone()).or_insert(1);
                *number += 1;
                id = format!("{base}-{number}");
            }
            id
        })
        .collect()
}

/// An id of a source on one line; one that is an e-mail address is told from others by a digest of it.
fn id_text(written: &str) -> String {
    let id = one_line(written);
    let is_address = id.split_once('@').is_some_and(|(local, place)| !local.is_empty() && place.contains('.'));
    if is_address && !id.contains('/') { format!("m{}", Fingerprint::of(id.as_bytes()).to_short_hex()) } else { id }
}

/// How much of a text makes its id: ends of long replies are cut by some pages.
const ID_LETTERS: usize = 200;

/// An id made of the name and the first words, for replies that have none at their source.
#[must_use]
pub fn made_id(reply: &ForeignReply) -> String {
    words_id(&shown_name(reply.author.name.as_deref().unwrap_or("")), &words(&reply.body))
}

/// The id of a name and words of Markdown: of their letters alone, so that markup and line breaks make no difference.
#[must_use]
pub fn words_id(name: &str, markdown: &str) -> String {
    let letters = |text: &str| -> String {
        text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).take(ID_LETTERS).collect()
    };
    let words = without_targets(markdown);
    format!("x{}", Fingerprint::of(format!("{}\n{}", letters(name), letters(&words)).as_bytes()).to_short_hex())
}

/// Whether an id (without its source) is one that `words_id` made, with or without a number behind it.
#[must_use]
pub fn is_made_id(id: &str) -> bool {
    let digits = id.strip_prefix('x').map(|rest| rest.split('-').next().unwrap_or(""));
    digits.is_some_and(|digits| digits.len() == 8 && digits.chars().all(|c| c.is_ascii_hexdigit()))
}

/// Markdown without the addresses of its links: a copied text has the words alone.
fn without_targets(markdown: &str) -> String {
    let mut words = String::with_capacity(markdown.len());
    let mut rest = markdown;
    while let Some((before, behind)) = rest.split_once("](") {
        words.push_str(before);
        rest = behind.split_once(')').map_or("", |(_, next)| next);
    }
    words.push_str(rest);
    words
}

/// The words as Markdown. An e-mail address in them was not written for every reader of a book.
fn words(body: &Body) -> String {
    let markdown = normalise::to_markdown(body);
    if markdown.contains('@') || markdown.contains("%40") { without_addresses(&markdown) } else { markdown }
}

/// A name on one line. Many people write an e-mail address in its place, or have the number of their computer there; of the
/// first only the part before the sign is kept, of the second nothing.
fn shown_name(written: &str) -> String {
    let name = one_line(written);
    if name.parse::<std::net::IpAddr>().is_ok() {
        return String::new();
    }
    let ends = name.split_once('@').filter(|_| !name.contains(' '));
    match ends {
        Some((local, place)) if !local.is_empty() && place.contains('.') => local.to_owned(),
        _ => without_addresses(&name).replace(ADDRESS, "").trim().to_owned(),
    }
}

/// A text of a source as one line, without anything that cannot be seen.
pub(super) fn one_line(text: &str) -> String {
    let visible: String = text.chars().filter(|c| !crate::base::path::is_bidi(*c)).collect();
    visible
        .split(|c: char| c.is_whitespace() || c.is_control())
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

fn text(written: Option<&str>) -> Option<Value> {
    written.map(|written| without_addresses(&one_line(written))).filter(|text| !text.is_empty()).map(Value::from)
}

/// An address of the web; `None` for anything else.
pub(super) fn address(written: Option<&str>) -> Option<String> {
    let address = one_line(written?);
    let is_web = address.starts_with("https://") || address.starts_with("http://");
    // What stands before an `@` there is an account with a password, or an e-mail address.
    let host = address.split("://").nth(1).and_then(|rest| rest.split(['/', '?', '#']).next()).unwrap_or("");
    let is_plain = !host.contains('@') && !address.contains([' ', '"', '<', '>']);
    (is_web && is_plain && address.len() <= 2_000).then_some(address)
}

fn dates(date: &When, captured: Option<civil::Date>) -> Vec<(&'static str, Value)> {
    let parsed = |text: String| {
        let date = text.parse::<toml_edit::Datetime>().ok().filter(|_| is_readable(&text));
        date.map(|date| ("date", Value::from(date)))
    };
    match date {
        When::Exact(moment) => parsed(moment.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()).into_iter().collect(),
        When::ZoneUnknown(moment) => parsed(moment.strftime("%Y-%m-%dT%H:%M:%S").to_string()).into_iter().collect(),
        When::Day(day) => parsed(day.to_string()).into_iter().collect(),
        When::Age(age) => {
            let mut fields = vec![("age", Value::from(one_line(&age.text)))];
            if let Some((first, last)) = captured.and_then(|day| range(age, day)) {
                let (first, last) = (first.to_string(), last.to_string());
                let mut ends = Array::new();
                let is_readable = is_readable(&first) && is_readable(&last);
                ends.extend([first, last]);
                fields.extend(is_readable.then(|| ("between", Value::from(ends))));
            }
            fields
        }
        When::AgeText(text) => vec![("age", Value::from(one_line(text)))],
        When::Unknown => Vec::new(),
    }
}

/// Whether a file of replies may hold a date: years of other ages are slips of a source, and nobody could build with them.
fn is_readable(date: &str) -> bool {
    Date::parse(date).is_ok()
}

/// The days on which something of this age can have been written, seen on this day. Ages are rounded down, so "4 years" is
/// at least four and less than five.
fn range(age: &Age, captured: civil::Date) -> Option<(civil::Date, civil::Date)> {
    let count = i64::from(age.count);
    let back = |count: i64| -> Option<civil::Date> {
        let span = match age.unit {
            Unit::Year => jiff::Span::new().try_years(count),
            Unit::Month => jiff::Span::new().try_months(count),
            Unit::Week => jiff::Span::new().try_weeks(count),
            Unit::Day => jiff::Span::new().try_days(count),
            Unit::Second | Unit::Minute | Unit::Hour => return None,
        };
        captured.checked_sub(span.ok()?).ok()
    };
    match age.unit {
        // Hours may reach back to the day before.
        Unit::Second | Unit::Minute => Some((captured, captured)),
        Unit::Hour => Some((captured.yesterday().ok()?, captured)),
        _ => Some((back(count + 1)?.tomorrow().ok()?, back(count)?)),
    }
}

/// Fewer words are no quotation that would be found by chance in one place only.
const QUOTED_WORDS: usize = 5;

/// The first passage of a reply that stands word for word in the essay: a quotation at its beginning, or words between
/// quotation marks.
fn quoted(markdown: &str, essay: &str) -> Option<String> {
    if essay.is_empty() {
        return None;
    }
    let leading: Vec<&str> = markdown.lines().map_while(|line| line.strip_prefix('>')).map(str::trim).collect();
    let mut candidates = vec![leading.join(" ")];
    let mut rest = markdown;
    for _ in 0..20 {
        let Some(open) = rest.find(['\u{201c}', '"']) else { break };
        let after = &rest[open..].chars().next().map_or("", |mark| &rest[open + mark.len_utf8()..]);
        let Some(close) = after.find(['\u{201d}', '"']) else { break };
        candidates.push(after[..close].to_owned());
        rest = &after[close..];
        rest = rest.char_indices().nth(1).map_or("", |(at, _)| &rest[at..]);
    }
    candidates.into_iter().find_map(|candidate| {
        let words = plain(&candidate.replace(['*', '_'], ""));
        let wanted = words.trim_matches(|c: char| !c.is_alphanumeric());
        let is_long = wanted.split(' ').count() >= QUOTED_WORDS && wanted.len() <= 600;
        (is_long && essay.contains(wanted)).then(|| wanted.to_owned())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_year_that_no_file_may_hold_is_no_date() {
        let day = |year: i16| dates(&When::Day(civil::date(year, 3, 2)), None);
        assert_eq!(day(2021).len(), 1);
        assert!(day(985).is_empty() && day(9791).is_empty());
        let moment = civil::date(205, 2, 24).at(4, 3, 37, 0);
        assert!(dates(&When::ZoneUnknown(moment), None).is_empty());
        let age = |count| When::Age(Age { text: format!("{count}y"), count, unit: Unit::Year });
        let keys = |count| -> Vec<&str> {
            dates(&age(count), Some(civil::date(2026, 1, 1))).into_iter().map(|(key, _)| key).collect()
        };
        assert_eq!((keys(4), keys(2_000)), (vec!["age", "between"], vec!["age"]));
    }
}
