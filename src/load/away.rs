//! Texts for which there is no room: they are read again when they are asked for. Knows where the book is, not what its texts say.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::base::fingerprint::Fingerprint;
use crate::base::path::SitePath;
use crate::io::disk;
use crate::model::source::{Changed, Fetch, Holds};

/// The folder of a book, and how much of its texts may still be held.
#[derive(Debug)]
pub(super) struct Away {
    pub(super) root: PathBuf,
    left: AtomicUsize,
    left_once: AtomicUsize,
}

impl Away {
    pub(super) fn new(root: &Path, holds: Holds) -> Arc<Self> {
        let Holds { sources, once, .. } = holds;
        Arc::new(Self { root: root.to_owned(), left: AtomicUsize::new(sources), left_once: AtomicUsize::new(once) })
    }

    /// Whether there is room for so many bytes more; then it is taken.
    pub(super) fn has_room(&self, bytes: usize) -> bool {
        takes(&self.left, bytes)
    }

    /// The same for bytes that are held until they are asked for.
    pub(super) fn has_room_once(&self, bytes: usize) -> bool {
        takes(&self.left_once, bytes)
    }
}

fn takes(left: &AtomicUsize, bytes: usize) -> bool {
    left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(bytes)).is_ok()
}

impl Fetch for Away {
    fn fetch(&self, path: &SitePath, fingerprint: Fingerprint) -> Arc<str> {
        let text =
            disk::read_bytes(&self.root.join(path.as_str())).ok().and_then(|bytes| String::from_utf8(bytes).ok());
        let text = text.unwrap_or_default();
        let text: Arc<str> = text.strip_prefix('\u{feff}').unwrap_or(&text).into();
        if Fingerprint::of(text.as_bytes()) != fingerprint {
            // No panic: nothing is wrong with the program, and nobody need be shown a trace.
            std::panic::resume_unwind(Box::new(Changed(path.clone())));
        }
        text
    }
}
