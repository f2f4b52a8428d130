//! One import: each thread of a source matched, made into records, merged into its file, counted. Reads and writes files
//! only through the desk it is given.

use std::collections::{BTreeMap, BTreeSet};

use super::count::Counts;
use super::foreign::{ForeignThread, Harvest, Left};
use super::matching::{Essays, Match};
use super::merge::{Head, Merged, merge};
use super::record::{self, Circumstances, Records};
use crate::base::fingerprint::Fingerprint;
use crate::base::path::slug;

/// The folder of a book that holds replies.
pub const FOLDER: &str = "content/replies";

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
    /// How many records it had, and how many the source claims.
    pub records: u64,
    /// How many the source claims.
    pub claimed: Option<u64>,
    /// What changed in the file.
    pub added: u64,
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

/// An import under way.
pub struct Importer<'a> {
    desk: &'a mut dyn Desk,
    essays: &'a Essays,
    wishes: Wishes,
    /// What was done.
    pub summary: Summary,
    /// The first thing that failed; nothing is written after it.
    pub failure: Option<String>,
}

impl<'a> Importer<'a> {
    /// An import into the files of a desk.
    pub fn new(desk: &'a mut dyn Desk, essays: &'a Essays, wishes: Wishes) -> Self {
        Self { desk, essays, wishes, summary: Summary::default(), failure: None }
    }

    fn take(&mut self, thread: &ForeignThread) -> Result<(), String> {
        self.summary.counts.add(thread);
        if thread.replies.is_empty() {
            return Ok(());
        }
        let key = key_of(thread);
        let unmatched_file = self.unmatched_file(thread, &key);
        let (essay, by) = self.essay_of(thread, &key, &unmatched_file)?;
        let essay_at = essay.map(|at| &self.essays.list()[at]);
        let Records { mut list, left } = record::of_thread(&self.wishes.source, thread, essay_at, &self.wishes.given);
        let before_forgetting = list.len();
        list.retain(|record| !self.wishes.forgotten.contains(&record.id));
        self.note_left("forgotten here", (before_forgetting - list.len()) as u64);
        for (reason, count) in left {
            self.note_left(reason, count);
        }
        let (file, title) = match essay_at {
            Some(essay) => (format!("{FOLDER}/{}.toml", essay.name), essay.title.clone()),
            None => (unmatched_file.clone(), String::new()),
        };
        let head = Head {
            source: self.wishes.source.clone(),
            key: key.clone(),
            address: thread.address.clone().filter(|address| is_web(address)),
            claimed: thread.claimed,
            captured: self.wishes.given.captured,
            title: thread.key.title.clone().filter(|_| essay.is_none()),
            is_whole: self.wishes.is_whole
                && thread.gaps.is_empty()
                && thread.claimed.is_none_or(|claimed| claimed <= thread.replies.len() as u64),
        };
        let merged = self.merge_into(&file, &unmatched_file, &title, thread, &head, &list)?;
        self.report(file, title, by, key, thread, merged);
        Ok(())
    }

    fn note_left(&mut self, reason: &str, count: u64) {
        if count > 0 {
            *self.summary.left.entry(reason.to_owned()).or_default() += count;
        }
    }

    /// The essay of a thread: the one that was named, the one the author wrote into the file of an unmatched thread, the one
    /// that fits, or the one chosen from several.
    fn essay_of(&mut self, thread: &ForeignThread, key: &str, file: &str) -> Result<(Option<usize>, String), String> {
        if let Some(essay) = self.wishes.essay {
            return Ok((Some(essay), "named".to_owned()));
        }
        if let Some(text) = self.desk.read(file)?
            && let Some(name) = assigned(&text)
        {
            return match self.essays.find(&name) {
                Match::One(at, _) => Ok((Some(at), "assigned".to_owned())),
                _ => Ok((None, format!("`{file}` names the essay `{name}`, which does not exist"))),
            };
        }
        match self.essays.of_thread(thread) {
            Match::One(at, by) => Ok((Some(at), by.to_owned())),
            Match::Several(all) => {
                let titles: Vec<&str> = all.iter().map(|at| self.essays.list()[*at].name.as_str()).collect();
                let chosen = self.desk.choose(thread.key.title.as_deref().unwrap_or(key), &titles);
                let listed = titles.join(", ");
                match chosen.and_then(|at| all.get(at)) {
                    Some(at) => Ok((Some(*at), "chosen".to_owned())),
                    None => Ok((None, format!("fits several: {listed}"))),
                }
            }
            Match::None(near) => {
                let near = near.map(|at| format!("perhaps {}", self.essays.list()[at].name));
                Ok((None, near.unwrap_or_default()))
            }
        }
    }

    /// The file that keeps a thread until its essay is known.
    fn unmatched_file(&self, thread: &ForeignThread, key: &str) -> String {
        let digest = Fingerprint::of(key.as_bytes()).to_short_hex();
        let name = slug(thread.key.title.as_deref().unwrap_or(key));
        let name: String = name.chars().take(40).collect();
        let name = name.trim_end_matches('-');
        format!("{FOLDER}/unmatched/{}-{name}-{digest}.toml", self.wishes.source)
    }

    fn merge_into(
        &mut self,
        file: &str,
        unmatched: &str,
        title: &str,
        thread: &ForeignThread,
        head: &Head,
        records: &[record::Record],
    ) -> Result<Merged, String> {
        let before = self.desk.read(file)?;
        // A thread that was kept aside moves with everything the author wrote into its file.
        let kept = if file == unmatched { None } else { self.desk.read(unmatched)? };
        let moves = kept.is_some() && before.is_none();
        let start = if moves { kept.clone() } else { before.clone() };
        let comment = if file == unmatched {
            let name = thread.key.title.as_deref().unwrap_or(&head.key).replace(['\n', '\r'], " ");
            format!(
                "# Replies that belong to no essay yet: {name}\n# Write `essay = \"NAME\"` under [[thread]] and import again."
            )
        } else {
            format!("# Replies to \u{201c}{title}\u{201d}. `state`, `name`, `note` and `passage` are yours to write.")
        };
        let merged = merge(start.as_deref(), &comment, head, records).map_err(|why| format!("`{file}`: {why}"))?;
        let has_replies = merged.text.contains("[[reply]]");
        if before.as_deref() != Some(merged.text.as_str()) && (has_replies || before.is_some()) {
            self.desk.write(file, &merged.text)?;
        }
        if kept.is_some() {
            self.desk.remove(unmatched)?;
        }
        Ok(merged)
    }

    fn report(&mut self, file: String, essay: String, by: String, key: String, thread: &ForeignThread, merged: Merged) {
        if essay.is_empty() {
            self.summary.unmatched += 1;
        } else {
            self.summary.matched += 1;
        }
        self.summary.threads.push(ThreadReport {
            file,
            essay,
            by,
            key,
            records: thread.replies.len() as u64,
            claimed: thread.claimed,
            added: merged.added,
            updated: merged.updated,
            unchanged: merged.unchanged,
            gone: merged.gone,
            kept: merged.kept,
            gaps: thread.gaps.clone(),
        });
    }
}

impl Harvest for Importer<'_> {
    fn thread(&mut self, thread: ForeignThread) {
        if self.failure.is_none()
            && let Err(why) = self.take(&thread)
        {
            self.failure = Some(why);
        }
    }

    fn left(&mut self, place: String, reason: String) {
        self.summary.unread.push(Left { place, reason });
    }
}

/// What names a thread at its source: its id, address, path or title, in this order.
fn key_of(thread: &ForeignThread) -> String {
    let key = &thread.key;
    let all = [&key.id, &key.address, &thread.address, &key.path, &key.title];
    let found = all.into_iter().flatten().map(|text| text.split_whitespace().collect::<Vec<_>>().join(" "));
    found.into_iter().find(|text| !text.is_empty()).unwrap_or_else(|| "unnamed".to_owned())
}

fn is_web(address: &str) -> bool {
    (address.starts_with("https://") || address.starts_with("http://")) && !address.contains([' ', '"', '<', '>', '\n'])
}

/// The essay that the author wrote into the file of an unmatched thread.
fn assigned(text: &str) -> Option<String> {
    let document: toml_edit::DocumentMut = text.parse().ok()?;
    let threads = document.get("thread")?.as_array_of_tables()?;
    let name = threads.iter().find_map(|table| table.get("essay")?.as_str())?;
    (!name.trim().is_empty()).then(|| name.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::super::foreign::{Body, ForeignReply, Format, Key, State};
    use super::super::matching::Essay;
    use super::*;

    #[derive(Default)]
    struct Drawer {
        files: BTreeMap<String, String>,
        writes: usize,
    }

    impl Desk for Drawer {
        fn read(&mut self, name: &str) -> Result<Option<String>, String> {
            Ok(self.files.get(name).cloned())
        }

        fn write(&mut self, name: &str, text: &str) -> Result<(), String> {
            self.writes += 1;
            self.files.insert(name.to_owned(), text.to_owned());
            Ok(())
        }

        fn remove(&mut self, name: &str) -> Result<(), String> {
            self.files.remove(name);
            Ok(())
        }

        fn choose(&mut self, _: &str, _: &[&str]) -> Option<usize> {
            None
        }
    }

    fn essays() -> Essays {
        let essay = |name: &str, title: &str| Essay {
            name: name.to_owned(),
            title: title.to_owned(),
            slug: name.to_owned(),
            route: format!("/essays/{name}/"),
            text: "Trust arrives on foot and leaves on horseback.\nMore.".to_owned(),
            ..Essay::default()
        };
        Essays::new(vec![essay("trust", "On Trust"), essay("vision", "On Vision")])
    }

    fn reply(id: &str, parent: Option<&str>, text: &str, state: State) -> ForeignReply {
        ForeignReply {
            id: Some(id.to_owned()),
            parent: parent.map(str::to_owned),
            body: Body { text: text.to_owned(), format: Format::Plain },
            state,
            ..ForeignReply::default()
        }
    }

    fn thread(title: &str) -> ForeignThread {
        ForeignThread {
            key: Key { id: Some("t1".to_owned()), title: Some(title.to_owned()), ..Key::default() },
            replies: vec![
                reply("1", None, "", State::Deleted),
                reply("2", Some("1"), "> Trust arrives on foot and leaves on horseback.\n\nYes.", State::Live),
                reply("3", None, "Buy now", State::Spam),
                reply("4", None, "Wait.", State::Waiting),
            ],
            ..ForeignThread::default()
        }
    }

    fn import(drawer: &mut Drawer, threads: &[ForeignThread]) -> Summary {
        let essays = essays();
        let wishes = Wishes { source: "disqus".to_owned(), is_whole: true, ..Wishes::default() };
        let mut importer = Importer::new(drawer, &essays, wishes);
        threads.iter().for_each(|thread| importer.thread(thread.clone()));
        assert_eq!(importer.failure, None);
        importer.summary
    }

    #[test]
    fn a_thread_goes_to_its_essay_and_nothing_else_is_written_the_second_time() {
        let mut drawer = Drawer::default();
        let summary = import(&mut drawer, &[thread("on trust")]);
        let text = &drawer.files["content/replies/trust.toml"];
        for part in [
            "# Replies to “On Trust”.",
            "id = \"disqus:1\"\nat_source = \"deleted\"\n",
            "id = \"disqus:2\"\nparent = \"disqus:1\"\npassage = \"Trust arrives on foot and leaves on horseback\"\n",
            "id = \"disqus:4\"\nat_source = \"waiting\"\ntext = \"Wait.\"\n",
        ] {
            assert!(text.contains(part), "{part} is not in {text}");
        }
        assert!(!text.contains("Buy"), "{text}");
        assert_eq!((summary.matched, summary.sum(|thread| thread.added)), (1, 3));
        assert_eq!(summary.left, BTreeMap::from([("removed at its source".to_owned(), 1), ("spam".to_owned(), 1)]));
        let writes = drawer.writes;
        let summary = import(&mut drawer, &[thread("on trust")]);
        assert_eq!((drawer.writes, summary.sum(|thread| thread.unchanged)), (writes, 3));
    }

    #[test]
    fn a_thread_without_an_essay_waits_and_moves_when_it_is_assigned() {
        let mut drawer = Drawer::default();
        let summary = import(&mut drawer, &[thread("Elsewhere")]);
        assert_eq!((summary.matched, summary.unmatched), (0, 1));
        let (name, text) = drawer.files.pop_first().expect("kept aside");
        assert!(name.starts_with("content/replies/unmatched/disqus-elsewhere-"), "{name}");
        let assigned =
            text.replace("key = \"t1\"", "key = \"t1\"\nessay = \"vision\"").replace("\"Wait.\"", "\"Wait!\"");
        drawer.files.insert(name, assigned);
        import(&mut drawer, &[thread("Elsewhere")]);
        assert_eq!(drawer.files.keys().map(String::as_str).collect::<Vec<_>>(), ["content/replies/vision.toml"]);
        assert!(drawer.files["content/replies/vision.toml"].contains("\"Wait!\""), "an edit by hand moves too");
    }

    #[test]
    fn what_was_forgotten_does_not_come_back() {
        let mut drawer = Drawer::default();
        let essays = essays();
        let wishes = Wishes {
            source: "disqus".to_owned(),
            forgotten: BTreeSet::from(["disqus:2".to_owned()]),
            ..Wishes::default()
        };
        let mut importer = Importer::new(&mut drawer, &essays, wishes);
        importer.thread(thread("On Trust"));
        assert_eq!(importer.summary.left.get("forgotten here"), Some(&1));
        assert!(!drawer.files["content/replies/trust.toml"].contains("horseback"));
    }
}
