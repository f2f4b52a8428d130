//! What decides the bytes of a file. Knows no file.

use crate::base::fingerprint::Fingerprint;

/// The fingerprints of what decides the bytes of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Recipe {
    /// Of what it shows, which the book decides.
    pub shown: Fingerprint,
    /// Of all of it: besides that, the program, the settings and the theme.
    pub whole: Fingerprint,
}

/// What a build of the same book found of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Before {
    /// `Recipe::shown`
    pub shown: Fingerprint,
    /// What its texts were made of, where it has any.
    pub texts: Option<Fingerprint>,
}
