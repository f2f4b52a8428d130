//! What one build leaves for the next: bytes under fingerprints. Knows neither where they are kept nor what they mean.

use std::borrow::Cow;
use std::sync::Arc;

use super::writing::Writing;
use crate::base::fingerprint::Fingerprint;

/// What an earlier build found in texts, each under the fingerprint of all that decided it.
pub trait Kept: Sync {
    /// Whether anything was found under this fingerprint.
    fn has(&self, key: Fingerprint) -> bool;

    /// What was found under this fingerprint.
    fn find(&self, key: Fingerprint) -> Option<Vec<u8>>;

    /// Takes all that this build found, in place of what was kept: the keys, each with whether the bytes under it are new, and the
    /// bytes of an entry by its place in the list.
    fn keep(&self, found: &[(Fingerprint, bool)], bytes: &(dyn Fn(usize) -> Vec<u8> + Sync));
}

/// What the link stage found in texts.
pub trait Found: Sync {
    /// Whether what it found in this one came with it.
    fn is_as_before(&self, writing: &Arc<Writing>) -> bool;

    /// What it found in this one, as bytes that may come with it the next time.
    fn found<'a>(&'a self, writing: &'a Arc<Writing>) -> Cow<'a, [u8]>;
}
