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

/// Keeps what the plan replaces or removes. `promote` makes it the former release once the plan has begun. Returned are the
/// files that are not as they were left.
///
/// # Errors
/// One cannot be fetched or written.
pub(super) fn keep<'a>(
    keep: &Keep,
    there: &Manifest,
    plan: &'a Plan,
    fetch: Fetch<'_>,
) -> Result<BTreeSet<&'a str>, Failure> {
    let mark = there.whole_mark().to_string();
    let is_resumed = there.before.is_some();
    // Before the first release there is none, and of a run that was cut elsewhere nothing here could bring it back.
    let is_kept = if is_resumed { keep.mark().as_deref() == Some(&mark) } else { !there.files.is_empty() };
    if !is_kept {
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
    Ok(missing.into_inner().unwrap_or_default())
}

/// What others changed, removed or put there meanwhile is not written over in silence.
///
/// # Errors
/// There is such a file, and it may not be written over.
pub(super) fn check(place: &str, strange: &BTreeSet<&str>, overwrites: bool) -> Result<(), Failure> {
    let Some(first) = strange.first().filter(|_| !overwrites) else { return Ok(()) };
    let what = match strange.len() {
        1 => format!("`{first}` at {place} is"),
        2 => format!("`{first}` and another file at {place} are"),
        count => format!("`{first}` and {} other files at {place} are", count - 1),
    };
    Err(Failure::new(format!("{what} not as Throughline left it: somebody else wrote or removed something there"))
        .help("look at what was changed; `--overwrite` publishes over it")
        .undone(strange.iter().copied()))
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
