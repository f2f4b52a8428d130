//! Files that were parsed before and say the same. Knows that parsing looks at one file and the settings, and nothing else.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use rayon::prelude::*;

use super::{Reader, kept, published, replies};
use crate::base::diagnostic::Diagnostics;
use crate::base::fingerprint::Fingerprint;
use crate::base::path::SitePath;
use crate::base::shares::AT_A_TIME;
use crate::memo::Memo as Leaves;
use crate::model::book::{MarkdownSettings, RepliesSettings};
use crate::model::kept::{Found, Kept};
use crate::model::published::{FILE, Published};
use crate::model::source::{Snapshot, Source};
use crate::model::thread::Replies;
use crate::model::writing::{Parsed, Writing};

/// Remembers what files say from one parse to the next. Forgetting costs time and nothing else.
#[derive(Default)]
pub struct Memo {
    /// What of the settings counts; the last is whether the address of an essay needs a date.
    settings: Option<(MarkdownSettings, RepliesSettings, bool)>,
    /// The fingerprint of those.
    print: Fingerprint,
    /// Sorted by path.
    files: Vec<Known>,
    /// How many files were read the last time; of the others it was known what they say.
    pub read: usize,
}

struct Known {
    path: SitePath,
    fingerprint: Fingerprint,
    said: Said,
    diagnostics: Diagnostics,
}

#[derive(Clone)]
enum Said {
    Writing(Arc<Writing>),
    Replies(Arc<Replies>),
    Published(Arc<Published>),
    Nothing,
}

impl Memo {
    /// Gives what was understood of each file to whoever keeps it for the next build, with what the link stage found in it.
    pub fn keep(&self, kept: &dyn Kept, linked: &dyn Found) {
        let key = |at: usize| {
            let known = &self.files[at];
            let key = kept::key(&known.path, known.fingerprint, self.print);
            let is_known = || kept.has(key);
            let is_new = match &known.said {
                Said::Writing(writing) => !(linked.is_as_before(writing) && is_known()),
                Said::Replies(_) => !is_known(),
                Said::Published(_) | Said::Nothing => return None,
            };
            Some((at, key, is_new))
        };
        let files: Vec<_> = (0..self.files.len()).into_par_iter().filter_map(key).collect();
        let found: Vec<_> = files.iter().map(|(_, key, is_new)| (*key, *is_new)).collect();
        kept.keep(&found, &|at| {
            let known = &self.files[files[at].0];
            match &known.said {
                Said::Writing(writing) => kept::write_writing(writing, &linked.found(writing), &known.diagnostics),
                Said::Replies(replies) => kept::write_replies(replies, &known.diagnostics),
                Said::Published(_) | Said::Nothing => Vec::new(),
            }
        });
    }

    pub(super) fn parse(
        &mut self,
        snapshot: &Snapshot,
        leaves: &Arc<Leaves>,
        kept: Option<&dyn Kept>,
    ) -> (Parsed, Diagnostics) {
        let Snapshot { sources, book, .. } = snapshot;
        self.print = Fingerprint::of(
            format!("{:?} {:?} {}", book.markdown, book.replies, book.urls.essay.has_date()).as_bytes(),
        );
        let print = self.print;
        let settings = Some((book.markdown.clone(), book.replies.clone(), book.urls.essay.has_date()));
        let mut before = std::mem::take(&mut self.files);
        if self.settings != settings {
            before.clear();
            self.settings = settings;
        }
        let mut diagnostics = Diagnostics::default();
        let reader = Reader::new(book, snapshot.holds.texts, leaves, &mut diagnostics);
        let read = AtomicUsize::new(0);
        let parse = |(at, source): (usize, &Source)| {
            let is_known = |known: &&Known| known.fingerprint == source.fingerprint && known.path == source.path;
            let elsewhere = || {
                let at = before.binary_search_by(|known| known.path.cmp(&source.path)).ok()?;
                before.get(at).filter(is_known)
            };
            let known = before.get(at).filter(is_known).or_else(elsewhere);
            let bytes = || kept.and_then(|kept| kept.find(kept::key(&source.path, source.fingerprint, print)));
            let (said, diagnostics) = if let Some(known) = known {
                (known.said.clone(), known.diagnostics.clone())
            } else if source.path.below("content/replies").is_some() {
                let before = bytes().and_then(|bytes| kept::read_replies(&bytes));
                let (replies, found) = before.unwrap_or_else(|| {
                    read.fetch_add(1, Ordering::Relaxed);
                    replies::read(&source.path, &source.text(), &book.replies)
                });
                (Said::Replies(Arc::new(replies)), found)
            } else if let Some((writing, found)) = bytes().and_then(|bytes| kept::read_writing(&bytes, source, &reader))
            {
                (Said::Writing(Arc::new(writing)), found)
            } else if let Some((writing, found)) = reader.read(source, book) {
                read.fetch_add(1, Ordering::Relaxed);
                (Said::Writing(Arc::new(writing)), found)
            } else if source.path.as_str() == FILE {
                let (published, found) = published::read(&source.path, &source.text());
                (Said::Published(Arc::new(published)), found)
            } else {
                (Said::Nothing, Diagnostics::default())
            };
            Known { path: source.path.clone(), fingerprint: source.fingerprint, said, diagnostics }
        };
        self.files = sources.par_iter().with_max_len(AT_A_TIME).enumerate().map(parse).collect();
        self.read = read.into_inner();
        let mut parsed = Parsed { writings: Vec::with_capacity(self.files.len()), ..Parsed::default() };
        for known in &self.files {
            diagnostics.append(known.diagnostics.clone());
            match &known.said {
                Said::Writing(writing) => parsed.writings.push(Arc::clone(writing)),
                Said::Replies(replies) => parsed.replies.push(Arc::clone(replies)),
                Said::Published(published) => parsed.published = Arc::clone(published),
                Said::Nothing => {}
            }
        }
        (parsed, diagnostics)
    }
}
