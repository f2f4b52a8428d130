//! What files said when they could last be read, in the place of what they say now where that cannot be read.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::base::codes::Code;
use crate::base::diagnostic::Diagnostic;
use crate::base::path::SitePath;
use crate::base::span::Span;
use crate::model::source::Snapshot;
use crate::model::thread::Replies;
use crate::model::writing::{Parsed, Writing};

/// What files said when they could last be read.
#[derive(Default)]
pub(super) struct Keep {
    /// Sorted by path.
    writings: Vec<Arc<Writing>>,
    replies: Vec<Arc<Replies>>,
}

impl Keep {
    /// Puts the last good version of each file in the place of one that cannot be read. `errors` are those of loading and
    /// parsing. Gives back which files are shown as they were, and what is wrong besides those errors.
    pub(super) fn mend(
        &mut self,
        parsed: &mut Parsed,
        errors: &[Diagnostic],
        snapshot: &Snapshot,
    ) -> (BTreeSet<SitePath>, Vec<Diagnostic>) {
        let at_fault: BTreeSet<&SitePath> =
            errors.iter().filter_map(|error| Some(&error.span.as_ref()?.path)).collect();
        let (mut kept, mut emptied) = (BTreeSet::new(), Vec::new());
        // Files that never could be read are shown as far as they go, and are no good version for later.
        let mut never_good = BTreeSet::new();
        for writing in &mut parsed.writings {
            let is_emptied = writing.facts.is_empty
                && snapshot.source(&writing.path).is_some_and(|source| source.text().trim().is_empty());
            if !is_emptied && !at_fault.contains(&writing.path) {
                continue;
            }
            let path = writing.path.clone();
            let Some(good) = self.writing(&path) else {
                never_good.insert(path);
                continue;
            };
            if is_emptied {
                // An editor may be about to write it anew; if not, the author should know why the page stays.
                let found = Diagnostic::new(Code::UnreadableFile, Span::file(&path), "this file is empty");
                emptied.push(found.help("write it again, or delete it"));
            }
            *writing = Arc::clone(good);
            kept.insert(path);
        }
        for replies in &mut parsed.replies {
            if !at_fault.contains(&replies.path) {
                continue;
            }
            let path = replies.path.clone();
            let Some(good) = self.answers(&path) else {
                never_good.insert(path);
                continue;
            };
            *replies = Arc::clone(good);
            kept.insert(path);
        }
        self.bring_back(parsed, errors, &mut kept);
        let is_good = |path: &SitePath| never_good.is_empty() || !never_good.contains(path);
        self.writings = parsed.writings.iter().filter(|writing| is_good(&writing.path)).cloned().collect();
        self.replies = parsed.replies.iter().filter(|replies| is_good(&replies.path)).cloned().collect();
        (kept, emptied)
    }

    fn writing(&self, path: &SitePath) -> Option<&Arc<Writing>> {
        let at = self.writings.binary_search_by(|writing| writing.path.cmp(path)).ok()?;
        self.writings.get(at)
    }

    fn answers(&self, path: &SitePath) -> Option<&Arc<Replies>> {
        let at = self.replies.binary_search_by(|replies| replies.path.cmp(path)).ok()?;
        self.replies.get(at)
    }

    /// Files that are there and could not even be loaded.
    fn bring_back(&self, parsed: &mut Parsed, errors: &[Diagnostic], kept: &mut BTreeSet<SitePath>) {
        let unread = [Code::NotUtf8, Code::UnreadableFile, Code::BadSymlink, Code::NotAFile];
        let unread = errors.iter().filter(|error| unread.contains(&error.code));
        for path in unread.filter_map(|error| Some(&error.span.as_ref()?.path)) {
            if let Some(good) = self.writing(path)
                && let Err(at) = parsed.writings.binary_search_by(|writing| writing.path.cmp(path))
            {
                parsed.writings.insert(at, Arc::clone(good));
                kept.insert(path.clone());
            }
            if let Some(good) = self.answers(path)
                && let Err(at) = parsed.replies.binary_search_by(|replies| replies.path.cmp(path))
            {
                parsed.replies.insert(at, Arc::clone(good));
                kept.insert(path.clone());
            }
        }
    }
}
