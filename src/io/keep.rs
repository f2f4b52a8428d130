//! Bytes of the release before the last one, in a folder of the book that git leaves out. Knows nothing of what they are.

use std::fs;
use std::path::{Path, PathBuf};

use super::error::Error;
use super::tree;

/// The folder of a book for what Throughline remembers on this machine.
pub const FOLDER: &str = ".throughline";
/// The folder in it for releases that were replaced.
const FORMER: &str = "former";

/// What is kept of one release: its manifest, and those of its files that were replaced, each under its fingerprint.
///
/// A release that is about to be replaced is put together beside the one that is kept, and takes its place once something of it
/// has been replaced.
pub struct Keep {
    book: PathBuf,
    kept: PathBuf,
    next: PathBuf,
}

impl Keep {
    /// The release that is kept for this name, in a book. Nothing is made before something is kept.
    #[must_use]
    pub fn open(book: &Path, name: &str) -> Self {
        let former = book.join(FOLDER).join(FORMER);
        Self { book: book.to_owned(), kept: former.join(name), next: former.join(format!("{name}.next")) }
    }

    /// The mark of the release that is kept.
    #[must_use]
    pub fn mark(&self) -> Option<String> {
        fs::read_to_string(self.kept.join("mark")).ok()
    }

    /// The mark of the release that took its place, where that was sent whole.
    #[must_use]
    pub fn successor(&self) -> Option<String> {
        fs::read_to_string(self.kept.join("successor")).ok()
    }

    /// Its manifest.
    #[must_use]
    pub fn manifest(&self) -> Option<String> {
        fs::read_to_string(self.kept.join("manifest")).ok()
    }

    /// The bytes under a fingerprint.
    #[must_use]
    pub fn bytes(&self, fingerprint: &str) -> Option<Vec<u8>> {
        fs::read(self.kept.join("files").join(fingerprint)).ok()
    }

    /// Begins to put another release together.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn begin(&self, mark: &str, manifest: &str) -> Result<(), Error> {
        own_folder(&self.book, FORMER)?;
        tree::remove(&self.next)?;
        let files = self.next.join("files");
        fs::create_dir_all(&files).map_err(|source| Error::Write { path: files, source })?;
        write(&self.next.join("manifest"), manifest.as_bytes())?;
        write(&self.next.join("mark"), mark.as_bytes())
    }

    /// Keeps bytes of the release that is being put together, or of the one that is kept where none is.
    ///
    /// # Errors
    /// They cannot be written.
    pub fn add(&self, fingerprint: &str, bytes: &[u8]) -> Result<(), Error> {
        let folder = if self.next.exists() { &self.next } else { &self.kept };
        write(&folder.join("files").join(fingerprint), bytes)
    }

    /// Lets the release that was put together take the place of the one that is kept.
    ///
    /// # Errors
    /// It cannot be moved there.
    pub fn promote(&self) -> Result<(), Error> {
        if !self.next.exists() {
            return Ok(());
        }
        tree::remove(&self.kept)?;
        fs::rename(&self.next, &self.kept).map_err(|source| Error::Write { path: self.kept.clone(), source })
    }

    /// Notes that the release of this mark took the place of the kept one.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn finish(&self, successor: &str) -> Result<(), Error> {
        if self.kept.exists() { write(&self.kept.join("successor"), successor.as_bytes()) } else { Ok(()) }
    }

    /// Forgets everything.
    ///
    /// # Errors
    /// It cannot be removed.
    pub fn clear(&self) -> Result<(), Error> {
        tree::remove(&self.next).and_then(|()| tree::remove(&self.kept))
    }
}

/// A folder of this name among those that git leaves out.
///
/// # Errors
/// It cannot be made.
pub fn own_folder(book: &Path, name: &str) -> Result<PathBuf, Error> {
    let own = folder(book)?.join(name);
    fs::create_dir_all(&own).map_err(|source| Error::Write { path: own.clone(), source })?;
    Ok(own)
}

/// The folder of a book for what Throughline remembers on this machine, made where it is missing.
///
/// # Errors
/// It cannot be made.
pub fn folder(book: &Path) -> Result<PathBuf, Error> {
    let folder = book.join(FOLDER);
    fs::create_dir_all(&folder).map_err(|source| Error::Write { path: folder.clone(), source })?;
    let ignore = folder.join(".gitignore");
    if !ignore.exists() {
        write(&ignore, b"*\n")?;
    }
    Ok(folder)
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    fs::write(path, bytes).map_err(|source| Error::Write { path: path.to_owned(), source })
}
