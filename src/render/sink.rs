//! Where files go when they are made. Knows no folder.

use std::ops::Deref;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use crate::base::fingerprint::Fingerprint;
use crate::memo::Memo;
use crate::model::kept::Kept;
use crate::model::portions::Portions;
use crate::model::recipe::{Before, Recipe};
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
    /// What the last build found of a file, if that was a build of the same book: then nobody need find it again.
    fn before(&self, _file: &str) -> Option<Before> {
        None
    }

    /// Whether it has a file that was made from this recipe already, and keeps it: then nobody need make it.
    fn keep(&self, _file: &str, _recipe: Recipe) -> bool {
        false
    }

    /// Texts that stand in a file that it has from before, if they were made of this.
    fn texts(&self, _file: &str, _made_of: Fingerprint) -> Option<Vec<String>> {
        None
    }

    /// Takes a file, by its name below the site's root, with all that decided its bytes, where that is known.
    fn put(&self, file: &str, recipe: Option<Recipe>, bytes: Bytes);

    /// The same, for a file in which texts stand that may be asked for later.
    fn put_with_texts(&self, file: &str, recipe: Option<Recipe>, _texts: Portions, bytes: Bytes) {
        self.put(file, recipe, bytes);
    }
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
    fn put(&self, file: &str, _: Option<Recipe>, bytes: Bytes) {
        let artifact = Artifact { file: file.to_owned(), bytes: bytes.into() };
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(artifact);
    }
}

/// Holds no file: for whoever wants to know what is wrong with a book, and nothing else.
pub struct Dropped;

impl Sink for Dropped {
    fn put(&self, _: &str, _: Option<Recipe>, _: Bytes) {}
}

/// What a build uses besides the book: where its files go, who hears of them, and what time it is.
#[derive(Clone, Copy)]
pub struct Tools<'a> {
    /// Takes the files.
    pub sink: &'a dyn Sink,
    /// Remembers what plain functions made of their arguments, which changes nothing but the time a build takes.
    pub leaves: &'a Arc<Memo>,
    /// Keeps what was found in texts, from one build to the next.
    pub kept: Option<&'a dyn Kept>,
    /// Hears of each file that is made, with the number of all: from any thread.
    pub step: &'a (dyn Fn(usize) + Sync),
    /// The fingerprint of the program that builds, for a sink that remembers from which recipe a file was made; nobody asks for
    /// recipes without it.
    pub engine: Option<Fingerprint>,
    /// The time since some moment; a build that is not timed may have a clock that stands still.
    pub clock: &'a (dyn Fn() -> Duration + Sync),
}

impl<'a> Tools<'a> {
    /// Files go here, and results are remembered there; nobody hears of them or times them.
    #[must_use]
    pub fn new(sink: &'a dyn Sink, leaves: &'a Arc<Memo>) -> Self {
        Self { sink, leaves, kept: None, step: &|_| (), engine: None, clock: &|| Duration::ZERO }
    }
}
