//! What was understood of a file, as bytes for the next build: it decides by the path, the bytes of the file and the settings, and
//! by nothing else.

use std::sync::Arc;

use super::Reader;
use crate::base::diagnostic::Diagnostics;
use crate::base::fingerprint::Fingerprint;
use crate::base::path::SitePath;
use crate::model::prose::Facts;
use crate::model::source::Source;
use crate::model::text::Text;
use crate::model::thread::Replies;
use crate::model::writing::{Kind, Meta, Writing};

/// The key under which a file is kept.
pub(super) fn key(path: &SitePath, text: Fingerprint, settings: Fingerprint) -> Fingerprint {
    let mut key = Vec::with_capacity(128);
    key.extend_from_slice(settings.as_bytes());
    key.extend_from_slice(text.as_bytes());
    key.extend_from_slice(path.as_str().as_bytes());
    Fingerprint::of(&key)
}

/// A writing and what was found while it was read; `found` are the bytes that the link stage left with it.
pub(super) fn write_writing(writing: &Writing, found: &[u8], diagnostics: &Diagnostics) -> Vec<u8> {
    let Writing { kind, meta, facts, text, findings, .. } = writing;
    let kept = (kind, meta, (text.body_start as u64, text.has_title), facts, findings, found, diagnostics);
    // Room for most: bytes that grow are copied each time.
    postcard::to_extend(&kept, Vec::with_capacity(8 << 10)).expect("texts and numbers can always be written")
}

/// What `write_writing` wrote; `None` for anything else.
pub(super) fn read_writing(bytes: &[u8], source: &Source, reader: &Reader) -> Option<(Writing, Diagnostics)> {
    type Read<'a> = (Kind, Meta, (u64, bool), Facts, Diagnostics, &'a [u8], Diagnostics);
    let (kind, meta, (body_start, has_title), facts, findings, found, diagnostics): Read<'_> =
        postcard::from_bytes(bytes).ok()?;
    let body_start = usize::try_from(body_start).ok()?;
    let text = Text::new(source, (body_start, has_title), &reader.reads, &reader.room);
    let found_before = Arc::from(found);
    Some((Writing { kind, path: source.path.clone(), meta, facts, text, found_before, findings }, diagnostics))
}

/// Replies and what was found while they were read.
pub(super) fn write_replies(replies: &Replies, diagnostics: &Diagnostics) -> Vec<u8> {
    postcard::to_stdvec(&(replies, diagnostics)).expect("texts and numbers can always be written")
}

/// What `write_replies` wrote; `None` for anything else.
pub(super) fn read_replies(bytes: &[u8]) -> Option<(Replies, Diagnostics)> {
    postcard::from_bytes(bytes).ok()
}
