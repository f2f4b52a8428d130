//! New records over a file of replies: what came from outside is renewed, what the author wrote stays. Knows texts, no files.
//!
//! Each reply remembers under `imported` what its fields were when they were last brought in, as eight hexadecimal digits
//! a field, so that an edit by hand can be told from a change at the source.

mod fields;

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use toml_edit::{ArrayOfTables, DocumentMut, Item, Table, Value};

use super::known::{Found, Known, Place};
use super::record::{OUTSIDE, Record};
use fields::{NONE, mark_or_none, push_field, set};

/// The head of a thread in a file.
#[derive(Clone, Debug, Default)]
pub struct Head {
    /// The word for the source.
    pub source: String,
    /// What names the thread at its source.
    pub key: String,
    /// Its address there.
    pub address: Option<String>,
    /// How many replies the source claims.
    pub claimed: Option<u64>,
    /// The day of capture.
    pub captured: Option<jiff::civil::Date>,
    /// The essay's title as the source has it; kept for threads that match no essay.
    pub title: Option<String>,
    /// Whether new replies wait for the author's word.
    pub holds: bool,
    /// Whether parts of the thread are known to be missing.
    pub is_partial: bool,
    /// Whether every reply of the thread is among the records, so that one that is not is gone.
    pub is_whole: bool,
}

/// What changed in a file.
#[derive(Clone, Debug, Default)]
pub struct Merged {
    /// How many replies are new.
    pub added: u64,
    /// How many changed at the source.
    pub updated: u64,
    /// How many are as they were.
    pub unchanged: u64,
    /// How many are gone at the source since the last import.
    pub gone: u64,
    /// How many of the new ones wait for the author's word.
    pub held: u64,
    /// Ids of replies that changed at the source where the author has changed them too: the author's words stay.
    pub kept: Vec<String>,
}

/// Puts the records of one thread into a file. `comment` is the first line of a new file.
///
/// # Errors
/// The file cannot be read as TOML, or holds something else than replies; with the reason.
pub fn merge(before: Option<&str>, comment: &str, head: &Head, records: &[Record]) -> Result<(String, Merged), String> {
    let mut sheet = Sheet::open(before)?;
    let merged = sheet.put(head, records)?;
    Ok((sheet.into_text(comment), merged))
}

/// A file of replies that threads are put into, one after the other.
pub struct Sheet {
    document: DocumentMut,
    is_new: bool,
    /// New replies, as text for the end of the file: what stands before them is not touched.
    added: String,
    /// Their ids.
    fresh: BTreeSet<String>,
    /// The replies of the document for the source that was put in last.
    known: Option<(String, Known)>,
}

impl Sheet {
    /// Reads the text of a file; `None` for one that is not there yet.
    ///
    /// # Errors
    /// It is no TOML; with the line.
    pub fn open(before: Option<&str>) -> Result<Self, String> {
        let document = parsed(before.unwrap_or(""))?;
        let is_new = before.is_none_or(|before| before.trim().is_empty());
        Ok(Self { document, is_new, added: String::new(), fresh: BTreeSet::new(), known: None })
    }

    /// Takes over the replies of another file, with everything that was written into them by hand; those whose ids are here
    /// already are left out.
    ///
    /// # Errors
    /// One of the files holds something else than replies.
    pub fn adopt(&mut self, other: &str, head: &Head) -> Result<(), String> {
        self.settle()?;
        let mut other = parsed(other)?;
        adopt_head(&mut self.document, &other, head)?;
        let thread = put_head(&mut self.document, head)?;
        let replies = tables(&mut self.document, "reply")?;
        let id_of = |table: &Table| table.get("id").and_then(Item::as_str).unwrap_or("").to_owned();
        let taken: BTreeSet<String> = replies.iter().map(id_of).collect();
        for table in tables(&mut other, "reply")?.iter().filter(|table| !taken.contains(&id_of(table))) {
            let mut table = table.clone();
            // Where it stood in the other file says nothing of where it stands in this one.
            table.set_position(None);
            if let Some(thread) = &thread {
                table.insert("thread", toml_edit::value(thread.clone()));
            }
            replies.push(table);
        }
        self.known = None;
        Ok(())
    }

    /// Puts the records of a thread in.
    ///
    /// # Errors
    /// The file holds something else than replies.
    pub fn put(&mut self, head: &Head, records: &[Record]) -> Result<Merged, String> {
        if records.iter().any(|record| self.fresh.contains(&record.id)) {
            self.settle()?;
        }
        if records.is_empty() && thread_of(&self.document, head).is_none() {
            // Of a thread that brings nothing there is nothing to remember.
            return Ok(Merged::default());
        }
        let thread = put_head(&mut self.document, head)?;
        let replies = tables(&mut self.document, "reply")?;
        let known = match self.known.take() {
            Some((source, known)) if source == head.source => known,
            _ => Known::of(replies, &head.source),
        };
        let (_, known) = self.known.insert((head.source.clone(), known));
        let place = Place { replies, thread: thread.as_deref() };
        let (found, own): (Vec<Found>, Vec<Option<String>>) =
            records.iter().map(|record| known.find(record, head, &place)).unzip();
        let renamed = renamed(records, &found, &own, replies);
        let mut merged = Merged::default();
        for (record, found) in records.iter().zip(found) {
            let Some(table) = found.at().and_then(|at| replies.get_mut(at)) else {
                push_reply(&mut self.added, record, thread.as_deref(), &renamed);
                // What has no words only keeps a place.
                if head.holds && record.fields.contains_key("text") {
                    push_field(&mut self.added, "state", &Value::from("held"));
                    merged.held += 1;
                }
                self.fresh.insert(renamed.get(record.id.as_str()).unwrap_or(&record.id).clone());
                merged.added += 1;
                continue;
            };
            match found {
                // The same words with less around them, as a copied text has them, add nothing.
                Found::Worse(_) => merged.unchanged += 1,
                _ => renew(table, &answering(record, &renamed), head.is_partial, &mut merged),
            }
            if let Found::Better(at) = found {
                set(table, "also", Some(Value::from(record.id.clone())));
                known.rename(at, record);
            }
        }
        if head.is_whole {
            let ids = records.iter().map(|record| record.id.as_str());
            let seen: BTreeSet<&str> = ids.chain(renamed.values().map(String::as_str)).collect();
            merged.gone = mark_gone(replies, &head.source, thread.as_deref(), &seen);
        }
        Ok(merged)
    }

    /// Makes tables of the new replies, so that they can be found.
    fn settle(&mut self) -> Result<(), String> {
        if !self.added.is_empty() {
            self.document = parsed(&self.text())?;
            self.added.clear();
            self.fresh.clear();
            self.known = None;
        }
        Ok(())
    }

    fn text(&self) -> String {
        let mut text = self.document.to_string();
        if !self.added.is_empty() && !text.is_empty() && !text.ends_with('\n') {
            text.push('\n');
        }
        text + &self.added
    }

    /// The text of the file; `comment` is the first line of a new one.
    #[must_use]
    pub fn into_text(self, comment: &str) -> String {
        let text = self.text();
        if self.is_new { format!("{comment}\n\n{}", text.trim_start()) } else { text }
    }
}

/// The threads that a file has replies of: the word for the source and the key of each. Only the heads are read, so that it
/// costs little; a file that is broken there has none.
#[must_use]
pub fn threads_in(text: &str) -> Vec<(String, String)> {
    let mut heads = String::new();
    let mut is_head = false;
    for line in text.lines() {
        if line.starts_with('[') {
            is_head = line.trim_end() == "[[thread]]";
        }
        if is_head {
            heads.push_str(line);
            heads.push('\n');
        }
    }
    let document: DocumentMut = heads.parse().unwrap_or_default();
    let text = |table: &Table, key: &str| Some(table.get(key)?.as_str()?.to_owned());
    let threads = document.get("thread").and_then(Item::as_array_of_tables).into_iter().flatten();
    threads.filter_map(|table| Some((text(table, "source")?, text(table, "key")?))).collect()
}

fn parsed(text: &str) -> Result<DocumentMut, String> {
    text.parse().map_err(|error: toml_edit::TomlError| {
        let line = error.span().map_or(1, |span| text[..span.start].matches('\n').count() + 1);
        format!("line {line}: {}", error.message())
    })
}

/// Ids of records that stand in the file under another one.
fn renamed<'a>(
    records: &'a [Record],
    found: &[Found],
    own: &[Option<String>],
    replies: &ArrayOfTables,
) -> BTreeMap<&'a str, String> {
    let places = records.iter().zip(found).zip(own).filter_map(|((record, found), own)| {
        let here = found.at().and_then(|at| replies.get(at)?.get("id")?.as_str());
        let id = here.or(own.as_deref())?;
        (id != record.id).then(|| (record.id.as_str(), id.to_owned()))
    });
    places.collect()
}

/// The record with the reply it answers under the id that this has in the file.
fn answering<'a>(record: &'a Record, renamed: &BTreeMap<&str, String>) -> Cow<'a, Record> {
    let parent = record.fields.get("parent").and_then(Value::as_str).and_then(|parent| renamed.get(parent));
    let Some(parent) = parent else { return Cow::Borrowed(record) };
    let mut record = record.clone();
    record.fields.insert("parent", Value::from(parent.clone()));
    Cow::Owned(record)
}

/// Marks the replies of a thread that were not seen; returns how many.
fn mark_gone(replies: &mut ArrayOfTables, source: &str, thread: Option<&str>, seen: &BTreeSet<&str>) -> u64 {
    let prefix = format!("{source}:");
    let mut gone = 0;
    for table in replies.iter_mut() {
        let id = table.get("id").and_then(Item::as_str).unwrap_or("");
        let also = table.get("also").and_then(Item::as_str).unwrap_or(id);
        let is_here = id.starts_with(&prefix) && table.get("thread").and_then(Item::as_str) == thread;
        let said = table.get("at_source").and_then(Item::as_str).unwrap_or("");
        if is_here && !seen.contains(id) && !seen.contains(also) && !matches!(said, "gone" | "deleted") {
            set(table, "at_source", Some(Value::from("gone")));
            remember(table, "at_source");
            gone += 1;
        }
    }
    gone
}

/// The list of tables under a key, made where it is missing.
fn tables<'a>(document: &'a mut DocumentMut, key: &str) -> Result<&'a mut ArrayOfTables, String> {
    let item = document.entry(key).or_insert(Item::ArrayOfTables(ArrayOfTables::new()));
    item.as_array_of_tables_mut().ok_or_else(|| format!("`{key}` must be written as `[[{key}]]`"))
}

/// Takes over the head of a thread with the remarks around it, where the file has none of its own.
fn adopt_head(document: &mut DocumentMut, other: &DocumentMut, head: &Head) -> Result<(), String> {
    if thread_of(document, head).is_some() {
        return Ok(());
    }
    if let Some(own) = thread_of(other, head) {
        let mut table = own.clone();
        table.set_position(None);
        // What only told where it waited has been done.
        table.remove("essay");
        table.remove("title");
        tables(document, "thread")?.push(table);
    }
    Ok(())
}

/// The head of a thread in a file, if it has one there.
fn thread_of<'a>(document: &'a DocumentMut, head: &Head) -> Option<&'a Table> {
    let is = |table: &Table, key: &str, wanted: &str| table.get(key).and_then(Item::as_str) == Some(wanted);
    let mut threads = document.get("thread").and_then(Item::as_array_of_tables).into_iter().flatten();
    threads.find(|table| is(table, "source", &head.source) && is(table, "key", &head.key))
}

/// Puts the head of the thread in, and returns its key where replies must name it: where another thread of the same source
/// stands before it.
fn put_head(document: &mut DocumentMut, head: &Head) -> Result<Option<String>, String> {
    let threads = tables(document, "thread")?;
    let text = |table: &Table, key: &str| table.get(key).and_then(Item::as_str).unwrap_or("").to_owned();
    let is_source = |table: &Table| text(table, "source") == head.source;
    let first = threads.iter().find(|table| is_source(table)).map(|table| text(table, "key"));
    let at = threads.iter().position(|table| is_source(table) && text(table, "key") == head.key);
    let at = at.unwrap_or_else(|| {
        let mut table = Table::new();
        table.insert("source", toml_edit::value(head.source.clone()));
        table.insert("key", toml_edit::value(head.key.clone()));
        threads.push(table);
        threads.len() - 1
    });
    let Some(table) = threads.get_mut(at) else { return Err("the list of threads cannot be written".to_owned()) };
    let day = head.captured.and_then(|day| day.to_string().parse::<toml_edit::Datetime>().ok());
    let wanted = [
        ("title", head.title.clone().map(Value::from)),
        ("address", head.address.clone().map(Value::from)),
        ("claimed", head.claimed.and_then(|count| i64::try_from(count).ok()).map(Value::from)),
        ("captured", day.map(Value::from)),
    ];
    for (key, value) in wanted {
        // What a later copy does not say is not forgotten.
        if value.is_some() {
            set(table, key, value);
        }
    }
    Ok((first.is_some_and(|first| first != head.key)).then(|| head.key.clone()))
}

/// A new reply as text.
fn push_reply(out: &mut String, record: &Record, thread: Option<&str>, renamed: &BTreeMap<&str, String>) {
    out.push_str("\n[[reply]]\n");
    push_field(out, "id", &Value::from(renamed.get(record.id.as_str()).unwrap_or(&record.id).as_str()));
    if let Some(thread) = thread {
        push_field(out, "thread", &Value::from(thread));
    }
    let record = answering(record, renamed);
    for key in OUTSIDE {
        if key == "text"
            && let Some(passage) = &record.passage
        {
            push_field(out, "passage", &Value::from(passage.as_str()));
        }
        if let Some(value) = record.fields.get(key) {
            push_field(out, key, value);
        }
    }
    let marks = OUTSIDE.map(|key| mark_or_none(record.fields.get(key))).join(" ");
    push_field(out, "imported", &Value::from(marks));
}

/// Notes down one field as it is now.
fn remember(table: &mut Table, key: &str) {
    let known = table.get("imported").and_then(Item::as_str).unwrap_or("").to_owned();
    let known: Vec<&str> = known.split(' ').collect();
    let now = mark_or_none(table.get(key).and_then(Item::as_value));
    let marks: Vec<&str> = OUTSIDE
        .iter()
        .enumerate()
        .map(|(at, field)| if *field == key { now.as_str() } else { known.get(at).copied().unwrap_or(NONE) })
        .collect();
    set(table, "imported", Some(Value::from(marks.join(" "))));
}

/// New values over those that nobody edited.
fn renew(table: &mut Table, record: &Record, is_partial: bool, merged: &mut Merged) {
    let known = table.get("imported").and_then(Item::as_str).unwrap_or("").to_owned();
    let known: Vec<&str> = known.split(' ').collect();
    let mut is_updated = false;
    let mut is_kept = false;
    let mut marks = Vec::with_capacity(OUTSIDE.len());
    for (at, key) in OUTSIDE.into_iter().enumerate() {
        // A reply that was written by hand remembers nothing: all that stands there is the author's.
        let last = known.get(at).copied().unwrap_or("");
        let here = mark_or_none(table.get(key).and_then(Item::as_value));
        let new = record.fields.get(key);
        let there = mark_or_none(new);
        // A range that was found with the day of capture is not lost by an import without it, and what a part of a thread does
        // not say of its people is not forgotten: their names may stand behind the cut.
        let is_unsaid = key == "between" && record.fields.contains_key("age")
            || is_partial && matches!(key, "author" | "url" | "headline" | "reactions");
        if is_unsaid && new.is_none() && record.fields.contains_key("text") {
            marks.push(if last.is_empty() { NONE.to_owned() } else { last.to_owned() });
            continue;
        }
        if here == last || here == NONE && last.is_empty() {
            is_updated |= set(table, key, new.cloned());
        } else if there != last && there != here {
            is_kept = true;
        }
        marks.push(there);
    }
    set(table, "imported", Some(Value::from(marks.join(" "))));
    if is_kept {
        merged.kept.push(record.id.clone());
    }
    if is_updated {
        merged.updated += 1;
    } else {
        merged.unchanged += 1;
    }
}

#[cfg(test)]
mod tests;
