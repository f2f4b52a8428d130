//! The memo of leaves of a book, kept in a file among what git leaves out. Knows nothing of what is remembered.
//!
//! There is no lock: two programs that write at one time each write a whole file with what they find there, and the last one
//! wins. What is lost that way is computed again.

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::error::Error;
use super::keep::FOLDER;
use super::process::is_gone;
use super::{executable, sealed};
use crate::base::fingerprint::Fingerprint;
use crate::memo::{Memo, Refusal};

/// The folder for what costs time and nothing else when it is deleted, and the file in it.
pub(super) const CACHE: &str = "cache";
const FILE: &str = "memo";
/// No file of ours is larger.
const LARGEST: u64 = 65 << 20;

/// The memo of a book.
#[derive(Debug, Default)]
pub struct Leaves {
    memo: Arc<Memo>,
    /// Where it is kept; nowhere where nothing should be.
    place: Option<Place>,
    /// Whether the file is none that can be used, so that it is replaced even if nothing new is known.
    is_spoiled: AtomicBool,
}

#[derive(Debug)]
struct Place {
    book: PathBuf,
    executable: Fingerprint,
}

/// Why the file of a memo is not used.
#[derive(Debug)]
pub enum Unused {
    /// It is none of ours, or not of this program.
    Refused(PathBuf, Refusal),
    /// It cannot be read.
    Unread(Error),
}

impl Leaves {
    /// What earlier runs have computed for a book. Where that cannot be used, all is computed anew and takes its place.
    #[must_use]
    pub fn open(book: &Path) -> (Self, Option<Unused>) {
        // Where the system does not say which program runs, nothing tells whether it has changed.
        let Some(executable) = executable::fingerprint() else { return (Self::default(), None) };
        let place = Place { book: book.to_owned(), executable };
        let (memo, unused) = match read(&place.path()) {
            Ok(None) => (Memo::default(), None),
            Ok(Some(bytes)) => match Memo::of(bytes, executable) {
                Ok(memo) => (memo, None),
                Err(why) => (Memo::default(), Some(Unused::Refused(place.path(), why))),
            },
            Err(error) => (Memo::default(), Some(Unused::Unread(error))),
        };
        (Self { memo: Arc::new(memo), place: Some(place), is_spoiled: AtomicBool::new(unused.is_some()) }, unused)
    }

    /// Whether the file was one that can be used, or there was none.
    #[must_use]
    pub fn is_used(&self) -> bool {
        !self.is_spoiled.load(Ordering::Relaxed)
    }

    /// The results, by what they were made from.
    #[must_use]
    pub fn memo(&self) -> &Arc<Memo> {
        &self.memo
    }

    /// Whether there is something to keep that is not in the file.
    #[must_use]
    pub fn has_news(&self) -> bool {
        self.place.is_some() && (self.memo.has_news() || self.is_spoiled.load(Ordering::Relaxed))
    }

    /// Keeps what was computed since the last time, if anything was. At every moment the file is the old one or the new one.
    ///
    /// # Errors
    /// It cannot be written. What is known stays in memory, and the book is no worse for it.
    pub fn keep(&self) -> Result<(), Error> {
        let Some(place) = self.place.as_ref().filter(|_| self.has_news()) else { return Ok(()) };
        self.is_spoiled.store(false, Ordering::Relaxed);
        // What cannot be read is replaced like what cannot be used: nothing of it is worth keeping.
        let mut beside = read(&place.path()).ok().flatten();
        sealed::replace(&place.book, FILE, &mut |out| self.memo.write(place.executable, beside.take(), out))
    }
}

impl Place {
    fn path(&self) -> PathBuf {
        self.book.join(FOLDER).join(CACHE).join(FILE)
    }
}

/// The bytes of a file; `None` where there is none.
fn read(path: &Path) -> Result<Option<Vec<u8>>, Error> {
    let failed = |source| Error::Read { path: path.to_owned(), source };
    let metadata = match fs::metadata(path) {
        Err(source) if source.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        found => found.map_err(failed)?,
    };
    // A pipe would never end, and a file that large would take its time.
    if !metadata.is_file() || metadata.len() > LARGEST {
        return Err(failed(std::io::Error::other("it is no file that Throughline wrote")));
    }
    let mut bytes = Vec::with_capacity(usize::try_from(metadata.len()).unwrap_or(0) + 1);
    let read = fs::File::open(path).and_then(|file| file.take(LARGEST).read_to_end(&mut bytes));
    read.map(|_| Some(bytes)).map_err(failed)
}

/// Takes away what killed programs left unfinished.
pub(super) fn remove_unfinished(folder: &Path) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let process = name.split_once(".new-").and_then(|(_, rest)| rest.split_once('-')?.0.parse().ok());
        if process.is_some_and(is_gone) {
            // It costs room and nothing else, and the next run tries again.
            drop(fs::remove_file(entry.path()));
        }
    }
}
