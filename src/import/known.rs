//! The replies that a file holds already, found by their ids and by their words. Changes nothing.

use std::collections::{BTreeMap, BTreeSet};

use toml_edit::{ArrayOfTables, Item, Table, Value};

use super::merge::Head;
use super::record::{Record, is_made_id, words_id};
use crate::base::fingerprint::Fingerprint;

/// Where a record stands in a file already.
#[derive(Clone, Copy)]
pub(super) enum Found {
    /// Nowhere.
    Nowhere,
    /// Under its own id.
    Same(usize),
    /// Under an id that was made of its words; the record says more.
    Better(usize),
    /// Under an id that says more than the record does.
    Worse(usize),
}

impl Found {
    pub(super) fn at(self) -> Option<usize> {
        match self {
            Self::Nowhere => None,
            Self::Same(at) | Self::Better(at) | Self::Worse(at) => Some(at),
        }
    }
}

/// The thread that is put in, among the replies of its file.
pub(super) struct Place<'a> {
    pub(super) replies: &'a ArrayOfTables,
    /// What replies of the thread name it by; `None` for the first of its source.
    pub(super) thread: Option<&'a str>,
}

impl Place<'_> {
    /// Whether a reply with the id of a record is this record: of the same thread, or by the same person or in the same words.
    fn holds(&self, table: &Table, record: &Record) -> bool {
        let text = |key: &str| table.get(key).and_then(Item::as_str).unwrap_or("");
        let new = |key: &str| record.fields.get(key).and_then(Value::as_str).unwrap_or("");
        let same = |key: &str| !new(key).is_empty() && text(key) == new(key);
        table.get("thread").and_then(Item::as_str) == self.thread || same("author") || same("text")
    }
}

/// The replies of a file by what names them.
pub(super) struct Known {
    by_id: BTreeMap<String, usize>,
    /// Those of the source by name and words and by words alone, made when first needed. One reply may be two in the sources: a
    /// page that was copied as text has no ids, the same page saved has them.
    by_words: BTreeMap<String, Vec<usize>>,
    /// Whether each has a name, and an id that its source gave it.
    kinds: Vec<(bool, bool)>,
    claimed: BTreeSet<usize>,
}

impl Known {
    pub(super) fn of(replies: &ArrayOfTables, source: &str) -> Self {
        let text = |table: &Table, key: &str| table.get(key).and_then(Item::as_str).unwrap_or("").to_owned();
        // Only these can be had with ids and without.
        let is_copied_too = matches!(source, "linkedin" | "medium" | "csv" | "json");
        let mut known =
            Self { by_id: BTreeMap::new(), by_words: BTreeMap::new(), kinds: Vec::new(), claimed: BTreeSet::new() };
        for (at, table) in replies.iter().enumerate() {
            let id = text(table, "id");
            let is_here = id.split_once(':').is_some_and(|(own, _)| own == source);
            let is_made = id.split_once(':').is_some_and(|(_, id)| is_made_id(id));
            let (name, words) = (text(table, "author"), text(table, "text"));
            if is_here && !words.is_empty() && is_copied_too {
                for key in [words_id(&name, &words), words_id("", &words)] {
                    known.by_words.entry(key).or_default().push(at);
                }
            }
            let also = text(table, "also");
            known.kinds.push((!name.is_empty(), !is_made || !also.is_empty()));
            if !also.is_empty() {
                known.by_id.insert(also, at);
            }
            known.by_id.insert(id, at);
        }
        known
    }

    /// Notes that a reply is known by the id of a record too.
    pub(super) fn rename(&mut self, at: usize, record: &Record) {
        self.by_id.insert(record.id.clone(), at);
        if let Some(kind) = self.kinds.get_mut(at) {
            *kind = (true, true);
        }
    }

    /// Where a record stands, and the id it has in the file if that is another one: ids of two threads may be the same.
    pub(super) fn find(&mut self, record: &Record, head: &Head, place: &Place<'_>) -> (Found, Option<String>) {
        let taken = self.by_id.get(&record.id).and_then(|at| place.replies.get(*at));
        if taken.is_none_or(|table| place.holds(table, record)) {
            return (self.find_as(record, &record.id), None);
        }
        let (source, id) = record.id.split_once(':').unwrap_or(("", &record.id));
        let digest = Fingerprint::of(head.key.as_bytes()).to_short_hex();
        let own = format!("{source}:{digest}.{id}");
        let found = self.by_id.get(&own).map_or(Found::Nowhere, |at| Found::Same(*at));
        (found, Some(own))
    }

    fn find_as(&mut self, record: &Record, id: &str) -> Found {
        let is_own = id.split_once(':').is_some_and(|(_, id)| !is_made_id(id));
        if let Some(at) = self.by_id.get(id) {
            self.claimed.insert(*at);
            return if is_own || !self.kinds[*at].1 { Found::Same(*at) } else { Found::Worse(*at) };
        }
        if self.by_words.is_empty() {
            return Found::Nowhere;
        }
        let text = |key: &str| record.fields.get(key).and_then(Value::as_str).unwrap_or("");
        let (name, words) = (text("author"), text("text"));
        let same_name = self.by_words.get(&words_id(name, words)).into_iter().flatten().copied();
        let unnamed = self.by_words.get(&words_id("", words)).into_iter().flatten().copied();
        let unnamed = unnamed.filter(|at| name.is_empty() || !self.kinds[*at].0);
        let free = |at: &usize| !(self.claimed.contains(at) || is_own && self.kinds[*at].1);
        let Some(at) = same_name.chain(unnamed).find(free).filter(|_| !words.is_empty()) else {
            return Found::Nowhere;
        };
        self.claimed.insert(at);
        let (has_name, has_own) = self.kinds[at];
        let is_better = is_own && !has_own || is_own == has_own && !name.is_empty() && !has_name;
        if is_better { Found::Better(at) } else { Found::Worse(at) }
    }
}
