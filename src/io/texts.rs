//! What builds found in the texts of a book, kept from one to the next: one file with all of it, and a small one with what came
//! since. Knows nothing of what was found.

use std::collections::HashMap;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use rayon::prelude::*;

use super::error::Error;
use super::sealed::{self, Content, Read};
use crate::base::fingerprint::Fingerprint;
use crate::model::kept::Kept;

/// How many entries are in memory while they are written.
const AT_ONCE: usize = 1024;

/// The file with all, and the one with what came since.
const ALL: &str = "texts";
const NEWS: &str = "texts-since";

/// What is known of the texts of a book.
pub struct Texts {
    book: PathBuf,
    all: List,
    news: List,
    failure: Mutex<Option<Error>>,
}

/// Entries as they lie in a file: key (16), length (4), bytes. Of the bytes none is held: of a large book they are many.
#[derive(Default)]
struct List {
    content: Option<Content>,
    places: HashMap<Fingerprint, (u64, u32)>,
    /// Whether the file is none that can be used.
    is_refused: bool,
}

impl List {
    fn read(book: &Path, name: &str) -> Self {
        match sealed::look(book, name, &mut |content, length| places_in(content, length)) {
            Read::Kept((places, content)) => Self { content: Some(content), places, is_refused: false },
            Read::Nothing => Self::default(),
            Read::Refused => Self { is_refused: true, ..Self::default() },
        }
    }

    fn find(&self, key: Fingerprint) -> Option<Vec<u8>> {
        let (from, length) = *self.places.get(&key)?;
        self.content.as_ref()?.part(from, usize::try_from(length).ok()?)
    }
}

/// Where the bytes of each entry stand; `None` for what is no list of entries.
fn places_in(content: &mut dyn io::BufRead, length: u64) -> Option<HashMap<Fingerprint, (u64, u32)>> {
    let mut places = HashMap::with_capacity(usize::try_from(length >> 12).ok()?);
    let mut at = 0;
    while at < length {
        let (mut key, mut size) = ([0; 16], [0; 4]);
        content.read_exact(&mut key).ok()?;
        content.read_exact(&mut size).ok()?;
        let size = u32::from_le_bytes(size);
        let mut left = size as usize;
        while left > 0 {
            let some = content.fill_buf().ok()?.len().min(left);
            if some == 0 {
                return None;
            }
            content.consume(some);
            left -= some;
        }
        places.insert(Fingerprint::from_bytes(key), (at + 20, size));
        at += 20 + u64::from(size);
    }
    Some(places)
}

fn write_entry(out: &mut dyn Write, key: Fingerprint, bytes: &[u8]) -> io::Result<()> {
    // An essay of which more than four billion bytes are known is none.
    let length = u32::try_from(bytes.len()).unwrap_or(0);
    out.write_all(key.as_bytes())?;
    out.write_all(&length.to_le_bytes())?;
    out.write_all(&bytes[..length as usize])
}

impl Texts {
    /// What earlier runs of this executable found in the texts of a book. What cannot be used is found anew.
    #[must_use]
    pub fn open(book: &Path) -> Self {
        let (all, news) = rayon::join(|| List::read(book, ALL), || List::read(book, NEWS));
        Self { book: book.to_owned(), all, news, failure: Mutex::default() }
    }

    /// Whether there is something that cannot be used: damaged, or of another version.
    #[must_use]
    pub fn is_refused(&self) -> bool {
        self.all.is_refused || self.news.is_refused
    }

    /// Why what was found could not be kept, if it could not.
    #[must_use]
    pub fn failure(&self) -> Option<Error> {
        self.failure.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    fn write(&self, found: &[(Fingerprint, bool)], bytes: &(dyn Fn(usize) -> Vec<u8> + Sync)) -> Result<(), Error> {
        if found.iter().all(|(_, is_new)| !is_new) && !self.is_refused() {
            return Ok(());
        }
        let is_in_all = |(key, is_new): &(Fingerprint, bool)| !is_new && self.all.places.contains_key(key);
        let rest: Vec<usize> = (0..found.len()).filter(|at| !is_in_all(&found[*at])).collect();
        let entry = |at: usize| -> (Fingerprint, Vec<u8>) {
            let (key, is_new) = found[at];
            let known = if is_new { None } else { self.find(key) };
            (key, known.unwrap_or_else(|| bytes(at)))
        };
        let write = |places: &[usize], out: &mut dyn Write| -> io::Result<()> {
            for some in places.chunks(AT_ONCE) {
                let entries: Vec<_> = some.par_iter().map(|at| entry(*at)).collect();
                entries.iter().try_for_each(|(key, bytes)| write_entry(out, *key, bytes))?;
            }
            Ok(())
        };
        // Where most is known, only the rest is written; what is no longer true takes room until all is written anew.
        let known = self.all.places.len();
        if rest.len() * 4 <= known && (found.len() - rest.len()) * 2 >= known {
            return sealed::write_with(&self.book, NEWS, &mut |out| write(&rest, out));
        }
        let all: Vec<usize> = (0..found.len()).collect();
        sealed::write_with(&self.book, ALL, &mut |out| write(&all, out))?;
        sealed::remove(&self.book, NEWS)
    }
}

impl Kept for Texts {
    fn has(&self, key: Fingerprint) -> bool {
        self.news.places.contains_key(&key) || self.all.places.contains_key(&key)
    }

    fn find(&self, key: Fingerprint) -> Option<Vec<u8>> {
        self.news.find(key).or_else(|| self.all.find(key))
    }

    fn keep(&self, found: &[(Fingerprint, bool)], bytes: &(dyn Fn(usize) -> Vec<u8> + Sync)) {
        if let Err(error) = self.write(found, bytes) {
            *self.failure.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
        }
    }
}
