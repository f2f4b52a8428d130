//! The release before the last one: its bytes are kept on this machine before they are replaced, and found there again.

use std::collections::BTreeSet;
use std::sync::Mutex;

use super::manifest::Manifest;
use super::plan::Plan;
use super::release::{File, Release};
use super::target::Failure;
use crate::base::fingerprint::Fingerprint;
use crate::io::error::Error;
use crate::io::keep::Keep;

/// Gets the bytes of files as they are at a place now; takes the names, and hands over each that is there.
pub(super) type Fetch<'a> = &'a dyn Fn(&[&str], &Taken<'_>) -> Result<(), Failure>;

/// Is handed a file that was fetched: its name and its bytes. May be called from any thread.
pub type Taken<'a> = dyn Fn(&str, &[u8]) -> Result<(), Failure> + Sync + 'a;

/// Keeps what the plan replaces or removes. `promote` makes it the former release once the plan has begun.
///
/// # Errors
/// It cannot be fetched or written. Files that are not as they were left are refused, unless they may be written over.
pub(super) fn keep(
    keep: &Keep,
    place: &str,
    there: &Manifest,
    plan: &Plan,
    overwrites: bool,
    fetch: Fetch<'_>,
) -> Result<(), Failure> {
    let mark = there.whole_mark().to_string();
    let is_resumed = there.before.is_some();
    let is_kept = !is_resumed || keep.mark().as_deref() == Some(&mark);
    if there.files.is_empty() && !is_resumed {
        // Before the first release there is none.
        return keep.clear().map_err(local);
    }
    if !is_kept {
        // The run that was cut kept that release elsewhere; nothing that is here now could bring it back.
        keep.clear().map_err(local)?;
    } else if !is_resumed {
        keep.begin(&mark, &there.to_text()).map_err(local)?;
    }
    let wanted: Vec<&str> = plan.touched().filter(|name| there.files.contains_key(*name)).collect();
    let missing = Mutex::new(wanted.iter().copied().collect::<BTreeSet<&str>>());
    fetch(&wanted, &|name, bytes| {
        let fingerprint = Fingerprint::of(bytes);
        if there.files.get(name).is_none_or(|entry| entry.fingerprint != fingerprint) {
            return Ok(());
        }
        if let Ok(mut missing) = missing.lock() {
            missing.remove(name);
        }
        if is_kept { keep.add(&fingerprint.to_string(), bytes).map_err(local) } else { Ok(()) }
    })?;
    let strange = missing.into_inner().unwrap_or_default();
    if strange.is_empty() || overwrites {
        return Ok(());
    }
    let (count, is) = (strange.len(), if strange.len() == 1 { "file at" } else { "files at" });
    Err(Failure::new(format!(
        "{count} {is} {place} is not as Throughline left it: somebody else changed or removed it"
    ))
    .help("look at what was changed; `--overwrite` publishes over it")
    .undone(strange))
}

/// The release that stood at the place before the one of this manifest.
///
/// # Errors
/// It was not kept on this machine, or not whole.
pub(super) fn read(keep: &Keep, there: &Manifest) -> Result<Release, Failure> {
    let none = |why: &str| {
        Failure::new(format!("there is no former release on this machine that could be brought back: {why}"))
            .help("check out the state of the book that it was made from, and publish that")
    };
    let is_next = keep.successor().is_some_and(|successor| successor == there.mark().to_string());
    let is_cut = there.before.is_some_and(|before| keep.mark() == Some(before.to_string()));
    let manifest = keep.manifest().ok_or_else(|| none("nothing was replaced from here yet"))?;
    if !is_next && !is_cut {
        return Err(none("what is published now was published from elsewhere"));
    }
    let manifest = Manifest::read(&manifest).ok_or_else(|| none("what was kept of it is damaged"))?;
    let mut release = Release { manifest, ..Release::default() };
    let plan = Plan::of(there, &release.manifest);
    for name in plan.all_sent() {
        let Some(entry) = release.manifest.files.get(name).copied() else { continue };
        let bytes = keep.bytes(&entry.fingerprint.to_string());
        let file = bytes.map(|bytes| File::new(name, bytes)).filter(|file| file.fingerprint == entry.fingerprint);
        let file = file.ok_or_else(|| none(&format!("`{name}` was not kept")))?;
        release.files.insert(name.to_owned(), file);
    }
    Ok(release)
}

/// What failed on this machine while a release was kept.
pub(super) fn local(error: Error) -> Failure {
    Failure::new(error.to_string()).help("what is replaced is kept there first; nothing was published")
}
