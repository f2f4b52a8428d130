//! In which state the texts of a book were read, kept from one build to the next, so that those that nobody touched since need not
//! be read again. Knows nothing of what they say.

use std::path::Path;

use serde::{Deserialize, Serialize};

use super::disk::Stamp;
use super::error::Error;
use super::sealed::{self, Read};
use crate::base::fingerprint::Fingerprint;
use crate::base::path::SitePath;

/// The name of the file in the cache.
const NAME: &str = "stamps";

/// A text of the book, as it was read.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct Stamped {
    /// Where it stands.
    pub path: SitePath,
    /// Its state at that time.
    pub stamp: Stamp,
    /// The fingerprint of what it said.
    pub fingerprint: Fingerprint,
}

/// What earlier builds of this executable read, sorted by path; none where that cannot be told. A stamp is worth something only where
/// it tells when anything about a file changed, which whoever edits a file cannot set: not on Windows.
#[must_use]
pub fn read(book: &Path) -> Vec<Stamped> {
    if !cfg!(unix) {
        return Vec::new();
    }
    // One that cannot be used is written anew by the build that follows, which tells of its kin.
    let Read::Kept(bytes) = sealed::read(book, NAME) else { return Vec::new() };
    postcard::from_bytes(&bytes).unwrap_or_default()
}

/// Keeps them for the next build.
///
/// # Errors
/// They cannot be written.
pub fn keep(book: &Path, stamps: &[Stamped]) -> Result<(), Error> {
    if !cfg!(unix) {
        return Ok(());
    }
    sealed::write(book, NAME, &postcard::to_stdvec(stamps).expect("paths and numbers can always be written"))
}

/// Takes away what is kept: a text is not what it was taken for.
///
/// # Errors
/// It cannot be taken away.
pub fn forget(book: &Path) -> Result<(), Error> {
    sealed::remove(book, NAME)
}
