//! Files that were parsed before and say the same. Knows that parsing looks at one file and the settings, and nothing else.

use std::sync::Arc;

use rayon::prelude::*;

use super::{Reader, published, replies};
use crate::base::diagnostic::Diagnostics;
use crate::base::path::SitePath;
use crate::memo::Memo as Leaves;
use crate::model::book::{Book, MarkdownSettings, RepliesSettings};
use crate::model::published::{FILE, Published};
use crate::model::source::Source;
use crate::model::thread::Replies;
use crate::model::writing::{Parsed, Writing};

/// Remembers what files say from one parse to the next. Forgetting costs time and nothing else.
#[derive(Default)]
pub struct Memo {
    /// What of the settings counts; the last is whether the address of an essay needs a date.
    settings: Option<(MarkdownSettings, RepliesSettings, bool)>,
    /// Sorted by path.
    files: Vec<Known>,
}

struct Known {
    path: SitePath,
    text: Arc<str>,
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
    pub(super) fn parse(&mut self, sources: &[Source], book: &Book, leaves: &Arc<Leaves>) -> (Parsed, Diagnostics) {
        let settings = Some((book.markdown.clone(), book.replies.clone(), book.urls.essay.has_date()));
        let mut before = std::mem::take(&mut self.files);
        if self.settings != settings {
            before.clear();
            self.settings = settings;
        }
        let mut diagnostics = Diagnostics::default();
        let reader = Reader::new(book, leaves, &mut diagnostics);
        let parse = |(at, source): (usize, &Source)| {
            let is_known = |known: &&Known| Arc::ptr_eq(&known.text, &source.text) && known.path == source.path;
            let elsewhere = || {
                let at = before.binary_search_by(|known| known.path.cmp(&source.path)).ok()?;
                before.get(at).filter(is_known)
            };
            let known = before.get(at).filter(is_known).or_else(elsewhere);
            let (said, diagnostics) = if let Some(known) = known {
                (known.said.clone(), known.diagnostics.clone())
            } else if source.path.below("content/replies").is_some() {
                let (replies, found) = replies::read(&source.path, &source.text, &book.replies);
                (Said::Replies(Arc::new(replies)), found)
            } else if let Some((writing, found)) = reader.read(source, book) {
                (Said::Writing(Arc::new(writing)), found)
            } else if source.path.as_str() == FILE {
                let (published, found) = published::read(&source.path, &source.text);
                (Said::Published(Arc::new(published)), found)
            } else {
                (Said::Nothing, Diagnostics::default())
            };
            Known { path: source.path.clone(), text: Arc::clone(&source.text), said, diagnostics }
        };
        self.files = sources.par_iter().enumerate().map(parse).collect();
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
