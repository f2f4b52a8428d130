//! Threads merged into the text of their file. Touches no file, so that it can be done for many at once.

use std::collections::BTreeMap;

use super::{ThreadReport, UNNAMED, Wishes, person};
use crate::import::foreign::ForeignThread;
use crate::import::matching::{Essay, Essays};
use crate::import::merge::{Head, Merged, Sheet};
use crate::import::record::{self, Record, Records, words_id};

/// A thread with the essay that it was found to belong to.
pub(super) struct Matched {
    pub(super) thread: ForeignThread,
    pub(super) key: String,
    /// Its title as a file may hold it.
    pub(super) title: Option<String>,
    pub(super) essay: Option<usize>,
    pub(super) by: String,
    /// The file that keeps it while it has no essay.
    pub(super) unmatched: String,
    /// What that file holds.
    pub(super) kept: Option<String>,
}

/// What becomes of one file.
pub(super) struct Outcome {
    pub(super) name: String,
    pub(super) before: Option<String>,
    pub(super) after: Option<String>,
    /// Files of unmatched threads that moved here.
    pub(super) emptied: Vec<String>,
    pub(super) reports: Vec<(usize, ThreadReport)>,
    pub(super) left: BTreeMap<&'static str, u64>,
}

/// Merges threads into texts; files are not touched, so that it can be done for many at once.
pub(super) struct Worker<'a> {
    pub(super) essays: &'a Essays,
    pub(super) wishes: &'a Wishes,
}

impl Worker<'_> {
    /// Puts threads into the file that they belong to.
    pub(super) fn fill(
        &self,
        before: Option<String>,
        name: String,
        threads: &[usize],
        matched: &[Matched],
    ) -> Result<Outcome, String> {
        let named = |why: String| format!("`{name}`: {why}");
        let mut sheet = Sheet::open(before.as_deref()).map_err(named)?;
        let (mut reports, mut left, mut emptied) = (Vec::<(usize, ThreadReport)>::new(), BTreeMap::new(), Vec::new());
        let mut comment = String::new();
        for at in threads {
            let found = &matched[*at];
            let essay = found.essay.map(|essay| &self.essays.list()[essay]);
            let head = self.head(found, essay);
            // A thread that was kept aside moves with everything the author wrote into its file.
            if let Some(kept) = found.kept.as_deref().filter(|_| essay.is_some()) {
                sheet.adopt(kept, &head).map_err(|why| format!("`{}`: {why}", found.unmatched))?;
                emptied.push(found.unmatched.clone());
            }
            let merged = sheet.put(&head, &self.records(found, essay, &mut left)).map_err(named)?;
            comment = comment_of(found, essay);
            let title = essay.map(|essay| essay.title.clone()).unwrap_or_default();
            reports.push((*at, report(found, &name, title, merged)));
        }
        let text = sheet.into_text(&comment);
        let after = (text.contains("[[reply]]") || before.is_some()).then_some(text);
        if after.is_none() {
            // Nothing of it is kept, so there is no file to name.
            reports.iter_mut().for_each(|(_, report)| report.file.clear());
        }
        Ok(Outcome { name, before, after, emptied, reports, left })
    }

    fn records(
        &self,
        found: &Matched,
        essay: Option<&Essay>,
        all_left: &mut BTreeMap<&'static str, u64>,
    ) -> Vec<Record> {
        let Records { mut list, left } =
            record::of_thread(&self.wishes.source, &found.thread, essay, &self.wishes.given);
        let before_forgetting = list.len();
        if !self.wishes.forgotten.is_empty() {
            list.retain(|record| !self.is_forgotten(record));
        }
        let forgotten = (before_forgetting - list.len()) as u64;
        for (reason, count) in left.into_iter().chain([("forgotten here", forgotten)]).filter(|(_, count)| *count > 0) {
            *all_left.entry(reason).or_default() += count;
        }
        list
    }

    /// Whether somebody asked that this be forgotten: by its id, or, where it came from a copied text then, by its words.
    fn is_forgotten(&self, record: &Record) -> bool {
        let forgotten = &self.wishes.forgotten;
        let text = |key: &str| record.fields.get(key).and_then(toml_edit::Value::as_str).unwrap_or("");
        let words = text("text");
        let by_words = |name: &str| forgotten.contains(&format!("{}:{}", self.wishes.source, words_id(name, words)));
        let person = person(text("author"));
        !text("author").is_empty() && forgotten.contains(&person)
            || forgotten.contains(&record.id)
            || !words.is_empty() && (by_words(text("author")) || by_words(""))
    }

    fn head(&self, found: &Matched, essay: Option<&Essay>) -> Head {
        let Matched { thread, key, title, .. } = found;
        Head {
            source: self.wishes.source.clone(),
            key: key.clone(),
            address: record::address(thread.address.as_deref()),
            claimed: thread.claimed,
            captured: self.wishes.given.captured,
            title: title.clone().filter(|_| essay.is_none()),
            holds: self.wishes.holds,
            is_partial: !thread.gaps.is_empty(),
            is_whole: self.wishes.is_whole
                && !key.starts_with(UNNAMED)
                && thread.gaps.is_empty()
                && thread.claimed.is_none_or(|claimed| claimed <= thread.replies.len() as u64),
        }
    }
}

/// The first line of a new file.
fn comment_of(found: &Matched, essay: Option<&Essay>) -> String {
    let Some(essay) = essay else {
        let name = found.title.as_ref().unwrap_or(&found.key);
        return format!(
            "# Replies that belong to no essay yet: {name}\n# Write `essay = \"NAME\"` under [[thread]] and import again."
        );
    };
    format!(
        "# Replies to \u{201c}{}\u{201d}. `state`, `name`, `note` and `passage` are yours to write.",
        record::one_line(&essay.title)
    )
}

fn report(found: &Matched, file: &str, essay: String, merged: Merged) -> ThreadReport {
    ThreadReport {
        file: file.to_owned(),
        essay,
        by: found.by.clone(),
        key: found.key.clone(),
        title: found
            .title
            .clone()
            .or_else(|| record::address(found.thread.address.as_deref()))
            .unwrap_or_else(|| found.key.clone()),
        records: found.thread.replies.len() as u64,
        claimed: found.thread.claimed,
        added: merged.added,
        held: merged.held,
        updated: merged.updated,
        unchanged: merged.unchanged,
        gone: merged.gone,
        kept: merged.kept,
        gaps: found.thread.gaps.clone(),
    }
}
