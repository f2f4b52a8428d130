//! Where files go when they are made. Knows no folder.

use std::ops::Deref;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use crate::model::source::Artifact;

/// Bytes of a file: made for it, or held by the book or the theme as well.
#[derive(Clone, Debug)]
pub enum Bytes {
    /// Made for it.
    Made(Vec<u8>),
    /// Held by others too.
    Held(Arc<[u8]>),
}

impl Deref for Bytes {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        match self {
            Self::Made(bytes) => bytes,
            Self::Held(bytes) => bytes,
        }
    }
}

impl From<Vec<u8>> for Bytes {
    fn from(bytes: Vec<u8>) -> Self {
        Self::Made(bytes)
    }
}

impl From<&Arc<[u8]>> for Bytes {
    fn from(bytes: &Arc<[u8]>) -> Self {
        Self::Held(Arc::clone(bytes))
    }
}

impl From<Bytes> for Arc<[u8]> {
    fn from(bytes: Bytes) -> Self {
        match bytes {
            Bytes::Made(bytes) => bytes.into(),
            Bytes::Held(bytes) => bytes,
        }
    }
}

/// Takes the files of a site while they are made: from any thread, in any order.
pub trait Sink: Sync {
    /// Takes a file, by its name below the site's root.
    fn put(&self, file: &str, bytes: Bytes);
}

/// Holds all files in memory.
#[derive(Default)]
pub struct Collected(Mutex<Vec<Artifact>>);

impl Collected {
    /// The files, sorted by name.
    #[must_use]
    pub fn into_artifacts(self) -> Vec<Artifact> {
        let mut artifacts = self.0.into_inner().unwrap_or_else(PoisonError::into_inner);
        artifacts.sort_unstable_by(|a, b| a.file.cmp(&b.file));
        artifacts
    }
}

impl Sink for Collected {
    fn put(&self, file: &str, bytes: Bytes) {
        let artifact = Artifact { file: file.to_owned(), bytes: bytes.into() };
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(artifact);
    }
}

/// Holds no file: for whoever wants to know what is wrong with a book, and nothing else.
pub struct Dropped;

impl Sink for Dropped {
    fn put(&self, _: &str, _: Bytes) {}
}

/// What a build uses besides the book: where its files go, who hears of them, and what time it is.
#[derive(Clone, Copy)]
pub struct Tools<'a> {
    /// Takes the files.
    pub sink: &'a dyn Sink,
    /// Hears of each file that is made, with the number of all: from any thread.
    pub step: &'a (dyn Fn(usize) + Sync),
    /// The time since some moment; a build that is not timed may have a clock that stands still.
    pub clock: &'a (dyn Fn() -> Duration + Sync),
}

impl<'a> Tools<'a> {
    /// Files go here; nobody hears of them or times them.
    #[must_use]
    pub fn of(sink: &'a dyn Sink) -> Self {
        Self { sink, step: &|_| (), clock: &|| Duration::ZERO }
    }
}
