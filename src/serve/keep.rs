//! What files said when they could last be read, in the place of what they say now where that cannot be read.

use std::collections::{BTreeMap, BTreeSet};
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
    writings: BTreeMap<SitePath, Arc<Writing>>,
    replies: BTreeMap<SitePath, Arc<Replies>>,
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
        for writing in &mut parsed.writings {
            let is_emptied = writing.prose.pieces.is_empty() && is_blank(snapshot, &writing.path);
            let is_bad = is_emptied || at_fault.contains(&writing.path);
            let good = self.writings.get(&writing.path);
            if is_emptied && good.is_some() {
                // An editor may be about to write it anew; if not, the author should know why the page stays.
                let found = Diagnostic::new(Code::UnreadableFile, Span::file(&writing.path), "this file is empty");
                emptied.push(found.help("write it again, or delete it"));
            }
            match good {
                Some(good) if is_bad => *writing = Arc::clone(good),
                Some(good) if Arc::ptr_eq(good, writing) => continue,
                _ if is_bad => continue,
                _ => {
                    self.writings.insert(writing.path.clone(), Arc::clone(writing));
                    continue;
                }
            }
            kept.insert(writing.path.clone());
        }
        for replies in &mut parsed.replies {
            let is_bad = at_fault.contains(&replies.path);
            match self.replies.get(&replies.path) {
                Some(good) if is_bad => {
                    *replies = Arc::clone(good);
                    kept.insert(replies.path.clone());
                }
                Some(good) if Arc::ptr_eq(good, replies) => {}
                _ if is_bad => {}
                _ => {
                    self.replies.insert(replies.path.clone(), Arc::clone(replies));
                }
            }
        }
        self.bring_back(parsed, errors, &mut kept);
        self.forget(parsed);
        (kept, emptied)
    }

    /// Files that are there and could not even be loaded.
    fn bring_back(&self, parsed: &mut Parsed, errors: &[Diagnostic], kept: &mut BTreeSet<SitePath>) {
        let unread = [Code::NotUtf8, Code::UnreadableFile, Code::BadSymlink, Code::NotAFile];
        let unread = errors.iter().filter(|error| unread.contains(&error.code));
        for path in unread.filter_map(|error| Some(&error.span.as_ref()?.path)) {
            if let Some(good) = self.writings.get(path)
                && let Err(at) = parsed.writings.binary_search_by(|writing| writing.path.cmp(path))
            {
                parsed.writings.insert(at, Arc::clone(good));
                kept.insert(path.clone());
            }
            if let Some(good) = self.replies.get(path)
                && let Err(at) = parsed.replies.binary_search_by(|replies| replies.path.cmp(path))
            {
                parsed.replies.insert(at, Arc::clone(good));
                kept.insert(path.clone());
            }
        }
    }

    /// What is gone is not brought back by a file that takes its name later.
    fn forget(&mut self, parsed: &Parsed) {
        if self.writings.len() != parsed.writings.len() {
            let is_there = |path: &SitePath| parsed.writings.binary_search_by(|writing| writing.path.cmp(path)).is_ok();
            self.writings.retain(|path, _| is_there(path));
        }
        if self.replies.len() != parsed.replies.len() {
            let is_there = |path: &SitePath| parsed.replies.binary_search_by(|replies| replies.path.cmp(path)).is_ok();
            self.replies.retain(|path, _| is_there(path));
        }
    }
}

fn is_blank(snapshot: &Snapshot, path: &SitePath) -> bool {
    let at = snapshot.sources.binary_search_by(|source| source.path.cmp(path));
    at.is_ok_and(|at| snapshot.sources[at].text.trim().is_empty())
}
