//! One import: each thread of a source matched, made into records, merged into its file, counted. Reads and writes files
//! only through the desk it is given.

mod worker;

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;

use super::count::Counts;
use super::foreign::{ForeignThread, Harvest, Left};
use super::letter::without_addresses;
use super::matching::{Essays, Match};
use super::record::{self, Circumstances, made_id};
use crate::base::fingerprint::Fingerprint;
use crate::base::slug::slug;
use crate::base::words::plain;
use worker::{Matched, Outcome, Worker};

/// The folder of a book that holds replies.
pub const FOLDER: &str = "content/replies";

/// The file that holds the replies to an essay.
#[must_use]
pub fn file_of(name: &str) -> String {
    format!("{FOLDER}/{name}.toml")
}

/// The files of a book and the person in front of it, as an import sees them.
pub trait Desk {
    /// The text of a file; `None` where there is none.
    ///
    /// # Errors
    /// It is there and cannot be read.
    fn read(&mut self, name: &str) -> Result<Option<String>, String>;
    /// Writes a file, the old one or the new one at every moment.
    ///
    /// # Errors
    /// It cannot be written.
    fn write(&mut self, name: &str, text: &str) -> Result<(), String>;
    /// Takes a file away.
    ///
    /// # Errors
    /// It cannot be taken away.
    fn remove(&mut self, name: &str) -> Result<(), String>;
    /// Asks which of several essays a thread belongs to; `None` where nobody is there to say.
    fn choose(&mut self, thread: &str, essays: &[&str]) -> Option<usize>;
}

/// What is said on the command line.
#[derive(Clone, Debug, Default)]
pub struct Wishes {
    /// The word for the source.
    pub source: String,
    /// Whether this source's exports hold every reply of a thread.
    pub is_whole: bool,
    /// The essay that everything belongs to, as an index.
    pub essay: Option<usize>,
    /// Day of capture and author.
    pub given: Circumstances,
    /// Ids of replies that somebody asked to be forgotten.
    pub forgotten: BTreeSet<String>,
    /// Whether new replies wait for the author's word.
    pub holds: bool,
}

/// What became of one thread.
#[derive(Clone, Debug, Default)]
pub struct ThreadReport {
    /// The file it went to.
    pub file: String,
    /// The essay's title; empty where none matched.
    pub essay: String,
    /// What the essay was found by, or what is near it.
    pub by: String,
    /// What names the thread at its source.
    pub key: String,
    /// What people know it by: its title, else its address, else its key.
    pub title: String,
    /// How many records it had, and how many the source claims.
    pub records: u64,
    /// How many the source claims.
    pub claimed: Option<u64>,
    /// What changed in the file.
    pub added: u64,
    /// How many of the new ones wait for the author's word.
    pub held: u64,
    /// Changed at the source.
    pub updated: u64,
    /// As they were.
    pub unchanged: u64,
    /// Gone at the source.
    pub gone: u64,
    /// Ids where both sides changed.
    pub kept: Vec<String>,
    /// What is known to be missing.
    pub gaps: Vec<String>,
}

/// Everything an import did.
#[derive(Clone, Debug, Default)]
pub struct Summary {
    /// Counts over all records.
    pub counts: Counts,
    /// Each thread with records.
    pub threads: Vec<ThreadReport>,
    /// How many threads found their essay.
    pub matched: u64,
    /// How many did not.
    pub unmatched: u64,
    /// Records that did not become replies, by reason.
    pub left: BTreeMap<String, u64>,
    /// Parts of the source that could not be read, with their places.
    pub unread: Vec<Left>,
}

impl Summary {
    /// A sum over the threads.
    #[must_use]
    pub fn sum(&self, of: impl Fn(&ThreadReport) -> u64) -> u64 {
        self.threads.iter().map(of).sum()
    }
}

/// How many bytes of words are gathered before they are worked on, on all cores at once; a thread that is larger is worked on
/// alone.
const BATCH: usize = 4 << 20;

/// An import under way.
pub struct Importer<'a> {
    desk: &'a mut dyn Desk,
    essays: &'a Essays,
    wishes: Wishes,
    waiting: Vec<ForeignThread>,
    /// Bytes of the words that wait.
    size: usize,
    summary: Summary,
    failure: Option<String>,
}

impl<'a> Importer<'a> {
    /// An import into the files of a desk.
    pub fn new(desk: &'a mut dyn Desk, essays: &'a Essays, wishes: Wishes) -> Self {
        Self { desk, essays, wishes, waiting: Vec::new(), size: 0, summary: Summary::default(), failure: None }
    }

    /// Ends the import: what was done, and the first thing that failed; nothing was written after it.
    #[must_use]
    pub fn finish(mut self) -> (Summary, Option<String>) {
        self.work();
        (self.summary, self.failure)
    }

    /// Works on what waits.
    fn work(&mut self) {
        let threads = std::mem::take(&mut self.waiting);
        self.size = 0;
        if self.failure.is_none()
            && let Err(why) = self.take(threads)
        {
            self.failure = Some(why);
        }
    }

    fn take(&mut self, threads: Vec<ForeignThread>) -> Result<(), String> {
        let mut matched = Vec::with_capacity(threads.len());
        for thread in threads {
            self.summary.counts.add(&thread);
            if thread.is_told() {
                matched.push(self.matched(thread)?);
            }
        }
        let mut sheets: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for (at, found) in matched.iter().enumerate() {
            let file = found.essay.map(|essay| file_of(&self.essays.list()[essay].name));
            sheets.entry(file.unwrap_or_else(|| found.unmatched.clone())).or_default().push(at);
        }
        let mut jobs = Vec::with_capacity(sheets.len());
        for (name, threads) in sheets {
            jobs.push((self.desk.read(&name)?, name, threads));
        }
        let worker = Worker { essays: self.essays, wishes: &self.wishes };
        let done: Vec<Result<Outcome, String>> =
            jobs.into_par_iter().map(|(before, name, threads)| worker.fill(before, name, &threads, &matched)).collect();
        let mut reports = Vec::with_capacity(matched.len());
        for outcome in done {
            let outcome = outcome?;
            self.put(&outcome)?;
            for (reason, count) in outcome.left {
                *self.summary.left.entry(reason.to_owned()).or_default() += count;
            }
            reports.extend(outcome.reports);
        }
        // In the order of the source, not of the files.
        reports.sort_by_key(|(at, _)| *at);
        for (_, report) in reports {
            let counter = if report.essay.is_empty() { &mut self.summary.unmatched } else { &mut self.summary.matched };
            *counter += 1;
            self.summary.threads.push(report);
        }
        Ok(())
    }

    fn put(&mut self, outcome: &Outcome) -> Result<(), String> {
        if let Some(after) = outcome.after.as_deref().filter(|after| outcome.before.as_deref() != Some(after)) {
            self.desk.write(&outcome.name, after)?;
        }
        outcome.emptied.iter().try_for_each(|name| self.desk.remove(name))
    }

    fn matched(&mut self, thread: ForeignThread) -> Result<Matched, String> {
        let key = key_of(&thread);
        let unmatched = self.unmatched_file(&key);
        let kept = self.desk.read(&unmatched)?;
        let (essay, by) = self.essay_of(&thread, &key, &unmatched, kept.as_deref())?;
        let title = thread.key.title.as_deref().map(|title| without_addresses(&record::one_line(title)));
        let title = title.filter(|title| !title.is_empty());
        Ok(Matched { thread, key, title, essay, by, unmatched, kept })
    }

    /// The essay of a thread: the one that was named, the one the author wrote into the file of an unmatched thread, the one
    /// that fits, or the one chosen from several.
    fn essay_of(
        &mut self,
        thread: &ForeignThread,
        key: &str,
        file: &str,
        kept: Option<&str>,
    ) -> Result<(Option<usize>, String), String> {
        refuse_orphan(self.essays, &self.wishes.source, key)?;
        let before = self.essays.having(&self.wishes.source, key);
        if let Some(essay) = self.wishes.essay {
            if let Some(other) = before.filter(|before| *before != essay) {
                let other = file_of(&self.essays.list()[other].name);
                return Err(format!(
                    "the thread `{key}` stands in `{other}` already; take it out there, or leave `--essay` out"
                ));
            }
            return Ok((Some(essay), "named".to_owned()));
        }
        // What came in once goes where it went, whatever was renamed since.
        if let Some(essay) = before {
            return Ok((Some(essay), "known".to_owned()));
        }
        if let Some(name) = kept.and_then(assigned) {
            return Ok(match self.essays.find(&name) {
                Match::One(at, _) => (Some(at), "assigned".to_owned()),
                Match::None(Some(near)) => {
                    let near = &self.essays.list()[near].name;
                    (None, format!("`{file}` names the essay `{name}`, which does not exist; did you mean `{near}`?"))
                }
                _ => (None, format!("`{file}` names the essay `{name}`, which does not exist")),
            });
        }
        Ok(match self.essays.of_thread(thread) {
            Match::One(at, by) => (Some(at), by.to_owned()),
            Match::Several(all) => {
                let titles: Vec<&str> = all.iter().map(|at| self.essays.list()[*at].name.as_str()).collect();
                let chosen = self.desk.choose(thread.key.title.as_deref().unwrap_or(key), &titles);
                let listed = titles.join(", ");
                match chosen.and_then(|at| all.get(at)) {
                    Some(at) => (Some(*at), "chosen".to_owned()),
                    None => (None, format!("fits several: {listed}")),
                }
            }
            Match::None(near) => {
                let near = near.map(|at| format!("perhaps {}", self.essays.list()[at].name));
                (None, near.unwrap_or_default())
            }
        })
    }

    /// The file that keeps a thread until its essay is known.
    fn unmatched_file(&self, key: &str) -> String {
        let digest = Fingerprint::of(key.as_bytes()).to_short_hex();
        // Not by its title: that may change at the source, and the file would be another one.
        let name = slug(key);
        let name: String = name.chars().take(40).collect();
        let name = name.trim_end_matches('-');
        format!("{FOLDER}/unmatched/{}-{name}-{digest}.toml", self.wishes.source)
    }
}

impl Harvest for Importer<'_> {
    fn thread(&mut self, thread: ForeignThread) {
        self.size += thread.replies.iter().map(|reply| reply.body.text.len() + REPLY).sum::<usize>();
        self.waiting.push(thread);
        if self.size >= BATCH {
            self.work();
        }
    }

    fn left(&mut self, place: String, reason: String) {
        self.summary.unread.push(Left { place, reason });
    }

    fn passed(&mut self, reason: &'static str) {
        *self.summary.left.entry(reason.to_owned()).or_default() += 1;
    }
}

/// What a reply takes beside its words, about.
const REPLY: usize = 400;

/// Refuses a thread whose replies stand in a file that belongs to no essay: they would come in a second time beside it.
///
/// # Errors
/// There is such a file; with its name and what to do.
pub fn refuse_orphan(essays: &Essays, source: &str, key: &str) -> Result<(), String> {
    let Some(orphan) = essays.orphan(source, key) else { return Ok(()) };
    Err(format!(
        "`{orphan}` has replies of the thread `{key}` and belongs to no essay; rename it as the file of its essay is called, and import again"
    ))
}

/// What is remembered of a person who asked to be forgotten: a digest of the name, by which it is known again and not read.
#[must_use]
pub fn person(name: &str) -> String {
    let name = plain(name).to_lowercase();
    format!("person:{}", Fingerprint::of(name.trim().as_bytes()))
}

/// How the key of a thread that nothing names begins.
const UNNAMED: &str = "unnamed";

/// What names a thread at its source: its id, address, path or title, in this order.
#[must_use]
pub fn key_of(thread: &ForeignThread) -> String {
    let key = &thread.key;
    let all = [&key.id, &key.address, &thread.address, &key.path, &key.title];
    let found = all.into_iter().flatten().map(|text| without_addresses(&record::one_line(text)));
    // What nothing names is told from other such threads by its first words.
    let unnamed =
        || thread.replies.first().map_or_else(|| UNNAMED.to_owned(), |reply| format!("{UNNAMED}-{}", made_id(reply)));
    found.into_iter().find(|text| !text.is_empty()).unwrap_or_else(unnamed)
}

/// The essay that the author wrote into the file of an unmatched thread.
fn assigned(text: &str) -> Option<String> {
    let document: toml_edit::DocumentMut = text.parse().ok()?;
    let threads = document.get("thread").and_then(toml_edit::Item::as_array_of_tables);
    let below = threads.into_iter().flatten().find_map(|table| table.get("essay")?.as_str());
    // Written at the top of the file, it can mean nothing else.
    let name = below.or_else(|| document.get("essay")?.as_str())?;
    (!name.trim().is_empty()).then(|| name.trim().to_owned())
}

#[cfg(test)]
mod tests;
